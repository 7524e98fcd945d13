"""环比, 同比 and 较目标 of every scored question, as one small table."""

import pandas as pd

from cemlab.measure.periods import REFERENCES, compare_periods
from cemlab.report.labels import NOT_SHOWN, Labels
from cemlab.report.wording import number

HEADS = {"previous": ("环比", "vs previous"), "year_ago": ("同比", "vs a year ago"), "target": ("较目标", "vs target")}
METRICS = {"nps": ("净推荐值 NPS（分）", "NPS (points)"), "top_box": ("高分占比（%）", "Top box (%)")}


def period_comparisons(data, codebook, *, period="month", calendar=None, as_of=None, weights=None, id=None, min_n=30):
    """The newest period of every scored question against the previous one, last year's, and its target.

    Parameters
    ----------
    data : data frame
        All waves, with ``_date``.
    codebook : Codebook
        Its NPS question gives the score, its rated questions the top box; ``target`` is the goal.
    period, calendar, as_of, weights, id, min_n
        As in `measure.periods.compare_periods`.

    Returns
    -------
    pandas.DataFrame
        Comparisons as `compare_periods` gives them; empty where no question is scored. P-values are adjusted over the
        questions of one metric together.
    """
    import narwhals as nw

    have = set(nw.from_native(data).collect_schema().names())
    out = []
    for metric, roles in (("nps", ("nps",)), ("top_box", ("outcome", "effort", "touchpoint"))):
        asked = [c for c in codebook.of_role(*roles) if c.scale is not None and c.name in have]
        asked = [c for c in asked if c.scale.high - c.scale.low > 1]
        if not asked:
            continue
        options = {"weights": weights, "id": id, "min_n": min_n, "calendar": calendar, "as_of": as_of}
        if metric == "top_box":
            options |= {"scale": {c.name: c.scale for c in asked}, "top": {c.name: c.scale.top_codes for c in asked}}
        goals = {c.name: c.target for c in asked if c.target is not None}
        against = REFERENCES if goals else REFERENCES[:2]
        names = [c.name for c in asked]
        out.append(compare_periods(data, names, period=period, metric=metric, against=against, target=goals, **options))
    return pd.concat(out, ignore_index=True) if out else pd.DataFrame()


def period_table(comparisons, codebook, *, lang="zh", level=0.95):
    """Comparisons as a table: one line a question, a column a reference.

    Differences of shares are percentage points; ▲ and ▼ mark what the test shows, other differences stand without a mark.
    """
    labels = Labels(codebook, lang)
    question, figure, period, now = labels.say(
        ("题目", "指标", "本期", "结果"), ("Question", "Figure", "Period", "Result")
    )
    rows = []
    for (metric, item), part in comparisons.groupby(["metric", "item"], sort=False):
        first = part.iloc[0]
        line = {question: labels.code("item", item), figure: METRICS[metric][labels.which], period: first["period"]}
        line[now] = "—" if pd.isna(first["estimate"]) else number(first["estimate"], first["unit"])
        line["n"] = f"{first['n']:,.0f}"
        for reference in REFERENCES:
            found = part[part["reference"] == reference]
            if (comparisons["reference"] == reference).any():
                line[HEADS[reference][labels.which]] = told(found.iloc[0], level) if len(found) else "—"
        rows.append(line)
    return pd.DataFrame(rows)


def told(row, level):
    """A difference in words: its sign, its size, and a mark where the test shows it."""
    if row["status"] in NOT_SHOWN or pd.isna(row["difference"]):
        return "—"
    size = ("+" if row["difference"] > 0 else "") + number(row["difference"], row["unit"])
    if row["p_adjusted"] < 1 - level and row["difference"] != 0:
        return f"{size} {'▲' if row['difference'] > 0 else '▼'}"
    return size

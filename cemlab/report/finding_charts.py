"""The figures behind each finding of a report, as small bar charts that slides and long pictures draw themselves."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cemlab.measure.schema import ALL, MISSING
from cemlab.report.labels import METRICS, NOT_SHOWN, Labels
from cemlab.report.summary import Words, read_table
from cemlab.report.wording import number, value

MOST = 12  # bars in one chart
NOISE = "(noise)"
FINDING = {"verdict", "sentence", "kind", "metric", "item", "unit"}
RESULT = {"part", "metric", "item", "estimate", "status"}
ORDER = {"wave": 0, "change": 0}


@dataclass(frozen=True)
class FindingChart:
    """One finding with the rows it rests on.

    ``bars`` are dicts: label, value, low, high, n and strong (whether the sentence is about this bar).
    """

    sentence: str
    title: str
    unit: str
    level: float | None
    bars: list
    kind: str

    def text(self, bar, lang, *, base=True):
        """A bar's figure in words: "22.0 分 [17.3, 26.5] n=1,200"."""
        out = value(bar["value"], self.unit, lang)
        if bar["low"] is not None:
            out += f" [{number(bar['low'], self.unit)}, {number(bar['high'], self.unit)}]"
        return out + (f" n={bar['n']:,}" if base and bar["n"] is not None else "")


def finding_charts(folder, summary, *, most=8):
    """Charts for the claims of a report, headline changes first.

    Parameters
    ----------
    folder : str or pathlib.Path
        The report, with results.csv and findings.csv.
    summary : dict
        Output of `read_summary`.
    most : int

    Returns
    -------
    list of FindingChart
        Figures are those of the rows; nothing is computed but the figure compared with, where the finding alone gives it.
    """
    found, results = read_table(f"{folder}/findings.csv"), read_table(f"{folder}/results.csv")
    if not len(found) or not FINDING <= set(found.columns):
        return []  # a notebook of one's own may keep its findings in another form
    if not RESULT <= set(results.columns):
        results = results.head(0)
    claims = found[found["verdict"] == "claim"]
    opening = {sentence: place for place, sentence in enumerate(summary["findings"])}
    rank = [(opening.get(s, 99), ORDER.get(k, 1)) for s, k in zip(claims["sentence"], claims["kind"], strict=True)]
    order = sorted(range(len(claims)), key=lambda i: (*rank[i], i))
    words, out = Words(summary), []
    for row in claims.iloc[order].to_dict("records")[:most]:
        rows, column, strong = rows_of(row, results, summary.get("period"))
        bars = [_bar(one, column, strong, words) for one in rows] or _two_bars(row, words, summary.get("period"))
        level = row.get("level") or next((one["level"] for one in rows if one.get("level")), None)
        level = level if isinstance(level, float) and level == level else 0.95 if not rows else None
        out.append(FindingChart(row["sentence"], _title(row, words), row["unit"], level, bars, row["kind"]))
    return out


def rows_of(finding, results, period):
    """Rows to show beside a finding, the column that tells them apart, and the code the finding is about."""
    if not len(results) or "estimate" not in results:
        return [], None, None
    cuts = _cuts(results)
    same = results[(results["metric"] == finding["metric"]) & results["estimate"].notna()]
    same = same[~same["status"].isin(NOT_SHOWN)]
    if finding["kind"] == "driver":
        rows = same[same["part"] == "drivers"].sort_values("estimate", ascending=False)
        return _one_part(rows, "item"), "item", finding["item"]
    same = same[same["item"] == finding["item"]]
    group = {cut: code for cut, code in _group(finding).items() if cut in cuts}
    others = [cut for cut in cuts if cut not in group]
    if finding["kind"] in ("wave", "change", "aspect", "theme"):
        rows = same[_all(same, others) & np.logical_and.reduce([same[c] == v for c, v in group.items()] or [True])]
        rows = rows[rows["_wave"].notna()] if "_wave" in rows else rows.head(0)
        return _one_part(rows, "_wave"), "_wave", period
    if len(group) == 1:
        cut, code = next(iter(group.items()))
        rows = same[_all(same, others) & same[cut].notna() & ~same[cut].isin([ALL, MISSING])]
        if "_wave" in rows and rows["_wave"].notna().any():
            rows = rows[rows["_wave"].isna() | (rows["_wave"] == period)]
        return _one_part(rows, cut), cut, code
    return [], None, None


def _one_part(rows, column):
    """The rows of the part that shows most of them, each code once; none where there is nothing to compare."""
    parts = [part.drop_duplicates(column) for _, part in rows.groupby("part", sort=False)] if len(rows) else []
    best = max(parts, key=len, default=None)
    return best.head(MOST).to_dict("records") if best is not None and len(best) > 1 else []


def _all(rows, cuts):
    """Rows that make none of these cuts."""
    return np.logical_and.reduce([rows[cut].isna() | (rows[cut] == ALL) for cut in cuts] or [np.ones(len(rows), bool)])


def _cuts(results):
    """Columns that hold groups: they stand between the part and the metric."""
    columns = list(results.columns)
    return [c for c in columns[1 : columns.index("metric")] if c != "_wave"]


def _group(finding):
    cut, group = finding.get("cut"), finding.get("group")
    if not isinstance(cut, str) or not isinstance(group, str):
        return {}
    return dict(zip(cut.split(" × "), group.split(" × "), strict=False))


def _bar(row, column, strong, words):
    low, high, n = row.get("ci_low"), row.get("ci_high"), row.get("n")
    known = pd.notna(low) and pd.notna(high)
    return {
        "label": words.plain.say("噪声基准", "Noise") if row[column] == NOISE else words.code(column, row[column]),
        "value": float(row["estimate"]),
        "low": float(low) if known else None,
        "high": float(high) if known else None,
        "n": int(n) if pd.notna(n) else None,
        "strong": row[column] == strong,
    }


def _two_bars(finding, words, period):
    """The two sides of a finding whose rows are not in the results."""
    if pd.isna(finding.get("difference")) or pd.isna(finding.get("estimate")):
        return []
    reference = finding.get("reference")
    label = words.code("reference", reference) if isinstance(reference, str) else words.plain.say("对比", "Compared")
    own = finding.get("group") if isinstance(finding.get("group"), str) else None
    name = words.code("group", f"{finding['cut']}={own}") if own else words.code("_wave", period) if period else "—"
    none = {"low": None, "high": None}
    sides = [(label, finding["estimate"] - finding["difference"], finding.get("n_reference"), False)]
    sides += [(name, finding["estimate"], finding.get("n"), True)]
    return [
        {"label": text, "value": float(figure), "n": int(n) if pd.notna(n) else None, "strong": strong, **none}
        for text, figure, n, strong in sides
    ]


def _title(finding, words):
    """What the bars show: figure and question."""
    metric = words.code("metric", finding["metric"]) if finding["metric"] in METRICS else ""
    item = words.code("item", finding["item"]) if isinstance(finding["item"], str) else ""
    said = metric if finding["metric"] == "nps" else " · ".join(one for one in (item, metric) if one)
    if finding["kind"] == "driver":
        return words.plain.say("驱动因素：占可解释变差的比重", "Drivers: share of explained variance")
    labels = Labels(None, words.lang)
    cut = finding.get("cut")
    if isinstance(cut, str) and finding["kind"] not in ("wave", "change"):
        said += labels.say(f"，按{words.code('cut', cut)}", f", by {words.code('cut', cut)}")
    return said

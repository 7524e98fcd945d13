"""The figures behind each finding of a report, as small bar charts that slides and long pictures draw themselves."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cemlab.measure.schema import ALL, MISSING
from cemlab.report.finding_sides import NOISE, groups_of, is_driver, item_words, two_bars
from cemlab.report.labels import METRICS, NOT_SHOWN, Labels
from cemlab.report.summary import Words, read_table
from cemlab.report.wording import number, value

MOST = 12  # bars in one chart
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
        bars = [_bar(one, column, strong, words) for one in rows] or two_bars(row, words, summary.get("period"))
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
        return _one_part(rows, "item", finding["item"]), "item", finding["item"]
    same = same[same["item"] == finding["item"]]
    group = {cut: code for cut, code in _group(finding).items() if cut in cuts}
    others = [cut for cut in cuts if cut not in group]
    if finding["kind"] in ("wave", "change", "aspect", "theme"):
        rows = same[_all(same, others) & np.logical_and.reduce([same[c] == v for c, v in group.items()] or [True])]
        rows = rows[rows["_wave"].notna()] if "_wave" in rows else rows.head(0)
        return _one_part(rows, "_wave", period), "_wave", period
    if len(group) == 1:
        cut, code = next(iter(group.items()))
        rows = same[_all(same, others) & same[cut].notna() & ~same[cut].isin([ALL, MISSING])]
        if "_wave" in rows and rows["_wave"].notna().any():
            rows = rows[rows["_wave"].isna() | (rows["_wave"] == period)]
        return _one_part(rows, cut, code), cut, code
    return [], None, None


def _one_part(rows, column, strong):
    """The rows of the part that shows most of them, each code once; none where there is nothing to compare.

    Of many, the first are taken, and always the one the finding is about; without it there is nothing to show.
    """
    parts = [part.drop_duplicates(column) for _, part in rows.groupby("part", sort=False)] if len(rows) else []
    parts = [part for part in parts if (part[column] == strong).any()]
    best = max(parts, key=len, default=None)
    if best is None or len(best) < 2:
        return []
    about = best[column] == strong
    kept = about | ((~about).cumsum() <= MOST - 1)
    return best[kept].to_dict("records")


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


def _title(finding, words):
    """What the bars show: figure and question."""
    metric = words.code("metric", finding["metric"]) if finding["metric"] in METRICS else ""
    item = item_words(finding["item"], words)
    said = metric if finding["metric"] == "nps" else " · ".join(one for one in (item, metric) if one)
    if is_driver(finding):
        return words.plain.say("驱动因素：占可解释变差的比重", "Drivers: share of explained variance")
    labels = Labels(None, words.lang)
    cut = " × ".join(words.code("cut", c) for c in groups_of(finding, words))
    if cut and finding["kind"] not in ("wave", "change"):
        said += labels.say(f"，按{cut}", f", by {cut}")
    return said

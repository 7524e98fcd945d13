"""References of a case looked up in the results of reports: one row, or nothing with the reason."""

import functools
import hashlib
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cemlab.checks import nearest
from cemlab.measure.schema import ALL, MISSING
from cemlab.report.finding_charts import _cuts
from cemlab.report.labels import METRICS, NOT_SHOWN
from cemlab.report.summary import Words, read_summary, read_table
from cemlab.report.wording import gap, number, value

TEXTS = {
    "zh": {
        "hidden": "（样本不足，不发布）",
        "interval": "{level} 置信区间 {low}～{high}",
        "base": "n={n:,}",
        "wrap": "（{}）",
        "join": "；",
        "wave": "较{reference}显著{verb} {size}",
        "group": "显著{verb}其余受访者 {size}",
        "none": "较{reference}未见显著变化",
        "none_group": "与其余受访者未见显著差异",
        "up": {"wave": "上升", "group": "高于"},
        "down": {"wave": "下降", "group": "低于"},
    },
    "en": {
        "hidden": "(base too small to publish)",
        "interval": "{level} CI {low} to {high}",
        "base": "n={n:,}",
        "wrap": " ({})",
        "join": "; ",
        "wave": "significantly {verb} {size} since {reference}",
        "group": "significantly {verb} the rest by {size}",
        "none": "no evidence of change since {reference}",
        "none_group": "no evidence of a difference from the rest",
        "up": {"wave": "up", "group": "above"},
        "down": {"wave": "down", "group": "below"},
    },
}


@dataclass(frozen=True)
class Report:
    """A report that a case refers to."""

    name: str
    folder: Path
    results: pd.DataFrame
    found: pd.DataFrame
    summary: dict
    digest: str

    @property
    def words(self):
        return Words(self.summary)


@functools.lru_cache(maxsize=32)
def _opened(folder, digest):
    return read_table(Path(folder) / "results.csv"), read_table(Path(folder) / "findings.csv"), read_summary(folder)


def open_report(name, reports):
    """Open a report by its path under the folder of reports.

    Raises
    ------
    ValueError
        No such report; the nearest names are given.
    """
    folder = Path(reports) / name
    path = folder / "results.csv"
    if not path.is_file() or not Path(folder).resolve().is_relative_to(Path(reports).resolve()):
        known = sorted(p.parent.relative_to(reports).as_posix() for p in Path(reports).rglob("results.csv"))
        near = nearest(name, known)
        hint = f" Did you mean {near!r}?" if near else f" There is {known[:8]}."
        raise ValueError(f"no report {name!r} under {Path(reports).name}/.{hint}")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Report(name, folder, *_opened(str(folder), digest), digest)


def rows_for(report, reference):
    """The rows a reference points at: one for a figure, several for a table or picture.

    Raises
    ------
    ValueError
        No row, or several with different figures; the message says what would tell them apart.
    """
    results, many = report.results, [k for k, v in reference.where.items() if v == "*"]
    cuts = _cuts(results)
    rows = results[results["metric"] == reference.metric]
    if not len(rows):
        known = sorted(results["metric"].dropna().unique())
        near = nearest(reference.metric, known)
        raise ValueError(
            f"no metric {reference.metric!r} in {report.name}."
            + (f" Did you mean {near!r}?" if near else f" There is {known}.")
        )
    if reference.item:
        names = {code: report.words.code("item", code) for code in rows["item"].dropna().unique()}
        rows = rows[rows["item"].isin([c for c, said in names.items() if reference.item in (c, said)])]
        if not len(rows):
            near = nearest(reference.item, sorted(names))
            raise ValueError(f"no {reference.metric} of {reference.item!r}." + (f" Did you mean {near!r}?" if near else f" There is {sorted(names)}."))  # fmt: skip
    if "banner" in rows:
        rows = rows[rows["banner"].isna()]
    for column, code in reference.where.items():
        if column not in rows or column not in [*cuts, "_wave", "part", "item", "at"]:
            near = nearest(column, [*cuts, "_wave", "part", "item"])
            raise ValueError(f"no cut {column!r} in {report.name}." + (f" Did you mean {near!r}?" if near else f" There is {cuts}."))  # fmt: skip
        if code != "*":
            names = {one: report.words.code(column, one) for one in rows[column].dropna().astype(str).unique()}
            rows = rows[rows[column].astype(str).isin([c for c, said in names.items() if code in (c, said)])]
        elif column in cuts:
            rows = rows[rows[column].notna() & ~rows[column].isin([ALL, MISSING])]
    for cut in [one for one in cuts if one not in reference.where]:
        rows = rows[rows[cut].isna() | (rows[cut] == ALL)]
    if "_wave" in rows and "_wave" not in reference.where:
        rows = rows[rows["_wave"].isna() | (rows["_wave"] == report.summary.get("period"))]
    if not len(rows):
        raise ValueError(
            f"{reference.key} is no row of results.csv; see its columns part, {', '.join(['_wave', *cuts])}."
        )
    if many:
        rows = rows[rows[many[0]].notna()].drop_duplicates(many[0])
        return rows.to_dict("records")
    known = rows.dropna(subset="estimate")
    rows = known if len(known) else rows
    if rows["estimate"].round(9).nunique() > 1:
        told = "item" if rows["item"].nunique() > 1 else "part"
        raise ValueError(
            f"{reference.key} means {len(rows)} rows; add {told}, one of {sorted(rows[told].unique())[:6]}."
        )
    with_interval = rows.dropna(subset="ci_low") if "ci_low" in rows else rows
    return (with_interval if len(with_interval) else rows).head(1).to_dict("records")


def published(row, min_n, *, group):
    """Whether a row may be published: shown in its report, and a group's base not under the publication base."""
    if row.get("status") in NOT_SHOWN or pd.isna(row.get("estimate")):
        return False
    bases = [row[c] for c in ("n", "n_eff") if pd.notna(row.get(c))]
    return not group or (bool(bases) and min(bases) >= min_n)


def finding_of(report, reference, row):
    """The tested finding about a row: its change since the wave before, or its group against the rest; None without one."""
    found = report.found
    if not len(found) or "verdict" not in found:
        return None
    same = found[(found["metric"] == row["metric"]) & (found["item"].astype(str) == str(row["item"]))]
    groups = {k: row[k] for k in reference.where if k in row and k not in ("_wave", "part", "item", "at")}
    if groups:
        cut, group = " × ".join(groups), " × ".join(str(v) for v in groups.values())
        same = same[(same["cut"] == cut) & (same["group"].astype(str) == group)] if "cut" in same else same.head(0)
    elif "cut" in same:
        own = same["cut"].isna()
        same = same[own] if own.any() else same.head(0)
    return same.iloc[0].to_dict() if len(same) else None


def shown(report, reference, row, *, lang, min_n):
    """A reference in words."""
    texts, options, unit = TEXTS[lang], reference.options, row["unit"]
    group = any(k not in ("_wave", "part", "item", "at") for k in reference.where)
    if not published(row, min_n, group=group):
        return texts["hidden"].strip("（）") if lang == "zh" else texts["hidden"]
    if options.get("n"):
        return f"{int(row['n']):,}"
    if {"change", "size", "difference", "previous"} & set(options):
        return _compared(report, reference, row, texts, lang)
    digits = options.get("digits")
    if digits is not None:
        text = f"{round(float(row['estimate']), int(digits)) + 0.0:.{int(digits)}f}"
        text += value(0, unit, lang).removeprefix(number(0, unit)) if not options.get("nounit") else ""
    else:
        text = number(row["estimate"], unit) if options.get("nounit") else value(row["estimate"], unit, lang)
    more = []
    if options.get("interval") and pd.notna(row.get("ci_low")):
        level = f"{row['level']:.0%}" if pd.notna(row.get("level")) else "95%"
        more.append(
            texts["interval"].format(level=level, low=number(row["ci_low"], unit), high=number(row["ci_high"], unit))
        )
    if options.get("base"):
        more.append(texts["base"].format(n=int(row["n"])))
    return text + (texts["wrap"].format(texts["join"].join(more)) if more else "")


def _compared(report, reference, row, texts, lang):
    finding = finding_of(report, reference, row)
    if finding is None or pd.isna(finding.get("difference")):
        raise ValueError(f"{reference.key} was not compared in its report; take out the option.")
    unit, options, words = row["unit"], reference.options, report.words
    kind = "group" if isinstance(finding.get("cut"), str) and finding["kind"] != "wave" else "wave"
    if options.get("previous"):
        return value(finding["estimate"] - finding["difference"], unit, lang)
    if options.get("size"):
        return gap(finding["difference"], unit, lang)
    if options.get("difference"):
        sign = "+" if finding["difference"] > 0 else "-"
        return sign + gap(finding["difference"], unit, lang)
    reference_name = words.code("reference", finding["reference"])
    if finding["verdict"] != "claim":
        return texts["none_group" if kind == "group" else "none"].format(reference=reference_name)
    verb = texts["up" if finding["difference"] > 0 else "down"][kind]
    return texts[kind].format(reference=reference_name, verb=verb, size=gap(finding["difference"], unit, lang))


def name_of(report, row):
    """What a row's figure is called: 净推荐值 NPS, 早餐 · 高分占比."""
    metric = report.words.code("metric", row["metric"]) if row["metric"] in METRICS else ""
    item = report.words.code("item", row["item"]) if isinstance(row.get("item"), str) else ""
    return metric if row["metric"] == "nps" else " · ".join(one for one in (item, metric) if one) or row["metric"]

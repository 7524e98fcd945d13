"""What is different from the report before: tested change, sampling noise, or a change of data, codebook, method or code."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from cemlab.measure.multiplicity import adjust_p
from cemlab.measure.schema import ALL

SAME = 1e-9
FIGURES = ("estimate", "n")
KEYS = ("metric", "item", "at")
COLUMNS = [
    *("kind", "period", "part", "cut", "metric", "item", "unit", "before", "after", "difference"),
    *("n_before", "n_after", "p_value", "sentence"),
]
TESTED = {"claim": "tested", "not_significant": "noise", "small_effect": "small", "not_estimable": "not_testable"}
CODE = ("cemlab", "commit", "notebook_sha256", "python", "packages")  # of a manifest: what computes the figures


@dataclass(frozen=True)
class Report:
    """A finished report as far as comparing needs it."""

    facts: dict
    results: pd.DataFrame
    findings: pd.DataFrame
    code: dict = field(default_factory=dict)

    @property
    def wave(self):
        """The wave or period it reports."""
        return self.facts.get("wave")


def read_report(folder, *, notebook_hash=None):
    """Read a report's folder; its manifest is not there yet while it is being made (`notebook_hash` instead)."""
    from cemlab.report import manifest

    folder = Path(folder)
    facts = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
    path = folder / manifest.NAME
    if path.is_file():
        content = json.loads(path.read_text(encoding="utf-8"))
        code = {name: content.get(name) for name in CODE}
    else:
        import platform

        packages = {name: manifest.version(name) for name in manifest.PACKAGES}
        code = {"cemlab": manifest.version("cemlab"), "commit": manifest.commit(Path.cwd()), "packages": packages}
        code |= {"notebook_sha256": notebook_hash, "python": platform.python_version()}
    return Report(facts, read_table(folder / "results.csv"), read_table(folder / "findings.csv"), code)


def read_table(path):
    """A table as it was written, codes as texts (hotel 01 stays 01); an empty one stays empty."""
    try:
        names = list(pd.read_csv(path, encoding="utf-8", nrows=0).columns)
    except pd.errors.EmptyDataError:
        return pd.DataFrame()
    cuts = names[: names.index("metric")] if "metric" in names else []
    texts = dict.fromkeys([*cuts, "_wave", "item", "reference"], str)
    return pd.read_csv(path, encoding="utf-8", dtype=texts, low_memory=False)


def what_differs(before, now):
    """Which of data, codebook and code differ between two reports, as a set."""
    found = set()
    if before.facts.get("data_version") != now.facts.get("data_version"):
        found.add("data")
    if before.facts.get("codebook_hash") != now.facts.get("codebook_hash"):
        found.add("codebook")
    if any(before.code.get(name) != now.code.get(name) for name in CODE):
        found.add("code")
    return found


def changes(before, now):
    """Differences between two reports of one job.

    Parameters
    ----------
    before, now : Report

    Returns
    -------
    pandas.DataFrame
        One row per figure that differs: ``kind, period, part, cut, metric, item, unit, before, after, difference, n_before,
        n_after, p_value, sentence``. ``kind`` is "tested" (a change the report claims), "noise" (tested, not significant),
        "small" (significant, below the least effect worth a sentence), "not_testable", or, for a figure of one and the same
        period, why it is another one than was reported: "data", "method", "codebook", "code", several of them joined by
        "+" where more than one changed and the figures do not tell which, "unexplained" where none did.

    Notes
    -----
    A figure of one period in two reports is not tested: the same answers stand in both. Between periods the report's own
    tests decide (`findings.csv`, one family); where it has none, totals with a standard error are compared as independent
    samples, adjusted by Benjamini-Hochberg.
    """
    rows = again(before, now)
    if before.wave != now.wave:
        rows += between(before, now)
    return pd.DataFrame(rows, columns=COLUMNS)


def again(before, now):
    """Figures of the earlier report's period that are other ones now."""
    left, right = (
        of_period(before, before.wave, before.wave == now.wave),
        of_period(now, before.wave, before.wave == now.wave),
    )
    if not len(left) or not len(right):
        return []
    possible = what_differs(before, now)
    rows = []
    for key in left.index.intersection(right.index):
        old, new = left.loc[key], right.loc[key]
        if all(same(old.get(name), new.get(name)) for name in FIGURES):
            continue
        if str(old.get("method")) != str(new.get("method")):
            kind = "method"
        elif not same(old.get("n"), new.get("n")) and "codebook" not in possible:
            kind = "data"
        else:
            kind = "+".join(sorted(possible)) or "unexplained"
        rows.append(
            row_of(kind, before.wave, new, old.get("estimate"), new.get("estimate"), old.get("n"), new.get("n"))
        )
    return rows


def of_period(report, wave, whole):
    """Rows of results about one period, by key; of a report about another period only rows that name their period."""
    table = report.results
    if not len(table) or "metric" not in table:
        return pd.DataFrame()
    cuts = cut_names(table)
    if not whole:
        table = table[table["_wave"] == wave] if "_wave" in table else table.iloc[:0]
    if not len(table):
        return pd.DataFrame()
    names = [c for c in ("part", *cuts, *KEYS, "reference") if c in table]
    keys = joined(table[names])
    keys = keys + "|" + keys.groupby(keys).cumcount().astype(str)
    texts = table[cuts].astype(str).where(table[cuts].notna(), "") if cuts else pd.DataFrame(index=table.index)
    shown = [c for c in cuts if c != "_wave"]
    cut = (
        texts[shown].apply(lambda row: " ".join(f"{c}={v}" for c, v in row.items() if v and v != ALL), axis=1)
        if shown
        else ""
    )
    return table.assign(cut=cut, **{"key": keys}).set_index("key")


def joined(table):
    """The cells of each row as one text; a missing one is empty (pandas keeps it missing, also as text)."""
    return table.astype(object).where(table.notna(), "").astype(str).agg("|".join, axis=1)


def cut_names(table):
    """The columns that cut a table of results: those between `part` and `metric`."""
    columns = list(table.columns)
    return [c for c in columns[: columns.index("metric")] if c != "part"]


def between(before, now):
    """Change from the earlier report's period to this one's."""
    said = now.findings
    if len(said) and "kind" in said and (said["kind"] == "wave").any():
        rows = said[(said["kind"] == "wave") & (said["reference"].isna() | (said["reference"] == before.wave))]
        return [
            row_of(TESTED.get(r["verdict"], "not_testable"), now.wave, r, r["estimate"] - r["difference"], r["estimate"],
                   r.get("n_reference"), r.get("n"), p=r.get("p_family"), sentence=r.get("sentence"))
            for r in rows.to_dict("records")
        ]  # fmt: skip
    left, right = totals(before), totals(now)
    shared = left.index.intersection(right.index)
    if not len(shared):
        return []
    from scipy.stats import norm

    old, new = left.loc[shared], right.loc[shared]
    spread = np.sqrt(old["se"] ** 2 + new["se"] ** 2)
    p = adjust_p((2 * norm.sf((new["estimate"] - old["estimate"]).abs() / spread)).astype(float), method="bh")
    kinds = ["not_testable" if v != v else "tested" if v <= 0.05 else "noise" for v in p]
    return [
        row_of(kind, now.wave, new.loc[key], old.loc[key, "estimate"], new.loc[key, "estimate"], old.loc[key].get("n"),
               new.loc[key].get("n"), p=value)
        for kind, key, value in zip(kinds, shared, p, strict=True)
    ]  # fmt: skip


def totals(report):
    """Figures of everybody in the period reported, with a standard error, by metric and item."""
    table = report.results
    if not len(table) or not {"metric", "estimate", "se"} <= set(table.columns):
        return pd.DataFrame(columns=["estimate", "se"])
    keep = table["estimate"].notna() & (table["se"] > 0)
    for cut in cut_names(table):
        own = [ALL, report.wave] if cut == "_wave" else [ALL]
        keep &= table[cut].isna() | table[cut].astype(str).isin([str(v) for v in own])
    if "reference" in table:
        keep &= table["reference"].isna()
    kept = table[keep]
    if not len(kept):
        return pd.DataFrame(columns=["estimate", "se"])
    keys = joined(kept[[c for c in KEYS if c in kept]])
    return kept.assign(key=keys, cut="").drop_duplicates("key").set_index("key")


def row_of(kind, period, row, before, after, n_before, n_after, *, p=np.nan, sentence=""):
    """One row of changes."""
    gap = after - before if before == before and after == after and before is not None and after is not None else np.nan
    return {
        "kind": kind, "period": period, "part": row.get("part", ""), "cut": row.get("cut", ""), "metric": row.get("metric"),
        "item": row.get("item"), "unit": row.get("unit"), "before": before, "after": after, "difference": gap,
        "n_before": n_before, "n_after": n_after, "p_value": p, "sentence": sentence,
    }  # fmt: skip


def same(old, new):
    """Whether two figures are one and the same, missing ones included."""
    if old is None or new is None or old != old or new != new:
        return (old is None or old != old) and (new is None or new != new)
    try:
        return abs(float(old) - float(new)) <= SAME * max(1.0, abs(float(old)), abs(float(new)))
    except (TypeError, ValueError):
        return str(old) == str(new)

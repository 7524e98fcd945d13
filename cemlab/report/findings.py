"""Sentences from result rows: one family of tests per report, and nothing said that the rows do not license."""

import numpy as np
import pandas as pd

from cemlab.measure.multiplicity import adjust_p
from cemlab.measure.schema import ALL, COMPARISONS, MISSING
from cemlab.report.wording import direction, sentence

REASONS = ("claim", "not_significant", "small_effect", "not_estimable")
DRIVER = 5.0  # a driver worth naming explains so much more than noise (percent of the explained variance)
NEARLY_ALL = 0.9  # share of the complement from which on it is the other group
COLUMNS = [
    *("kind", "cut", "group", "metric", "item", "unit", "estimate", "reference", "difference"),
    *("difference_low", "difference_high", "n", "n_reference", "p_value", "p_family", "minimum_effect"),
    *("verdict", "direction", "status", "sentence"),
]


def findings(candidates, codebook, *, lang="zh", level=0.95, method="bh"):
    """Decide which candidate comparisons may be said, and say them.

    Parameters
    ----------
    candidates : dict of str to pandas.DataFrame
        Comparisons by kind ("wave": change since the reference wave; "group": a group against its complement).
    codebook : Codebook
        Labels and the minimum effect a sentence needs.
    lang : {"zh", "en"}
    level : float, default 0.95
        1 - `level` is the rate kept by the whole family.
    method : {"bh", "holm"}, default "bh"
        Benjamini-Hochberg or Holm over all candidates of the report.

    Returns
    -------
    pandas.DataFrame
        One row per candidate, claims first, largest evidence first: ``kind, cut, group, metric, item, ... p_value,
        p_family, minimum_effect, verdict, direction, sentence``. ``verdict`` is claim, not_significant, small_effect
        or not_estimable; only claims have a sentence that states a difference.

    Notes
    -----
    All candidates of a report are one family: tables that each adjust for themselves put a claim into a quarter of
    reports made from noise. A candidate must stand up among its own kind too (``p_family`` is the larger of both adjusted
    p-values): with Benjamini-Hochberg twenty certain drivers would otherwise let doubtful differences of groups pass. Two-sided groups (men and women, with or without a handful of others) are one test,
    not two, and stand once, on the side that is worse off. Groups without an answer to the segment question make no sentence. Control-chart signals are no
    candidates. Under pure noise the chance of any claim is at most 1 - `level`.
    """
    rows = [flatten(frame, kind) for kind, frame in candidates.items()]
    rows = [frame for frame in rows if len(frame)]
    if not rows:
        return pd.DataFrame(columns=COLUMNS)
    table = once_per_test(pd.concat(rows, ignore_index=True))
    own = table.groupby("kind")["p_value"].transform(lambda p: adjust_p(p.to_numpy(float), method=method))
    table["p_family"] = np.maximum(adjust_p(table["p_value"].to_numpy(float), method=method), own)
    table["minimum_effect"] = [minimum_effect(codebook, metric) for metric in table["metric"]]
    estimable = table["p_value"].notna() & table["status"].isin(["ok", "low_base"])
    tested = estimable & (table["p_family"] <= 1 - level)
    large = table["difference"].abs() >= table["minimum_effect"]
    table["verdict"] = np.select(
        [~estimable, ~tested, ~large], ["not_estimable", "not_significant", "small_effect"], "claim"
    )
    table["direction"] = [direction(d) for d in table["difference"]]
    table["sentence"] = [sentence(row, codebook, lang) for row in table.to_dict("records")]
    order = table["verdict"].map(REASONS.index)
    table = table.assign(order=order).sort_values(["order", "p_family"], kind="stable")
    return table.reindex(columns=COLUMNS).reset_index(drop=True)


def flatten(frame, kind):
    """One comparison frame with its cuts as two columns, ``cut`` and ``group``; groups without a name are left out."""
    cuts = [column for column in frame.columns if column not in COMPARISONS]
    frame = frame.reset_index(drop=True)
    used = [[(c, row[c]) for c in cuts if row[c] != ALL] for row in frame[cuts].to_dict("records")] if cuts else None
    names = [" × ".join(c for c, _ in pairs) for pairs in used] if used else [""] * len(frame)
    groups = [" × ".join(v for _, v in pairs) for pairs in used] if used else [""] * len(frame)
    out = frame.assign(kind=kind, cut=names, group=groups)
    return out[~out["group"].str.contains(MISSING, regex=False)]


def tests_of(table):
    """What makes each row a test of its own: both groups of a cut in two are one and the same test.

    A cut counts as one in two when just two of its groups have a test and each makes up nearly all of the other's
    complement: a third group of a few people beside men and women does not make two tests out of one.
    """
    keys = table["group"].copy()
    for _, rows in table[table["kind"] == "group"].groupby(["cut", "metric", "item"], sort=False):
        tested = rows[rows["p_value"].notna()]
        if len(tested) == 2 and (tested["n"].to_numpy()[::-1] >= NEARLY_ALL * tested["n_reference"]).all():
            keys[tested.index] = "(both)"
    return table[["kind", "cut", "metric", "item"]].assign(test=keys)


def once_per_test(table):
    """Each test once; of a cut in two the side that is worse off stays."""
    order = table.sort_values(["difference", "group"], kind="stable").index
    kept = tests_of(table).loc[order].drop_duplicates().index
    return table.loc[sorted(kept)].reset_index(drop=True)


def with_family(frame, kind, table):
    """A candidate frame with the report's own adjusted p-values and verdicts, so that charts and sentences agree.

    Parameters
    ----------
    frame : pandas.DataFrame or None
        One of the candidates given to `findings`.
    kind : str
        Its key there.
    table : pandas.DataFrame
        What `findings` returned.

    Returns
    -------
    pandas.DataFrame or None
        The rows of `frame` that are candidates, flattened (``cut, group``), with ``p_adjusted`` over the whole report
        and ``verdict``.
    """
    if frame is None or not len(frame):
        return None
    rows = flatten(frame, kind).reset_index(drop=True)
    names = ["kind", "cut", "metric", "item", "test"]
    known = table.assign(p_value=table["p_value"].astype(float))
    merged = tests_of(rows)
    one_side = merged["test"] == "(both)"
    decided = {}
    for row in known.to_dict("records"):
        decided[row["kind"], row["cut"], row["metric"], row["item"], row["group"]] = row
        decided.setdefault((row["kind"], row["cut"], row["metric"], row["item"], "(both)"), row)
    found = [
        decided[(*key[:-1], "(both)" if both else key[-1])]
        for key, both in zip(merged[names].itertuples(index=False, name=None), one_side, strict=True)
    ]
    return rows.assign(
        p_adjusted=[row["p_family"] for row in found],
        verdict=[row["verdict"] for row in found],
        adjust="family",
    )


def minimum_effect(codebook, metric):
    """The least difference worth a sentence, in the metric's own unit."""
    limits = codebook.minimum_effect
    if metric == "sales":  # in the outcome's own unit
        pack = codebook.product_questions.pack
        return pack.least if pack else 0.0
    own = {
        "hazard_ratio": 0.0,
        "correlation": 0.0,
        "nps": limits.nps,
        "net_sentiment": limits.nps,
        "mean": limits.mean,
        "importance": DRIVER,
    }
    return own.get(metric, limits.share)


def claims(table):
    """The rows that are claims."""
    return table[table["verdict"] == "claim"]

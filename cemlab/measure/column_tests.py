"""Tests between the columns of a banner: every pair (letters), and each column against all others (exceptions)."""

import itertools
import string

import numpy as np
import pandas as pd

from cemlab.measure.difference import difference
from cemlab.measure.letters import column_letters
from cemlab.measure.multiplicity import adjust_p
from cemlab.measure.sums import SUMS, side

LETTERS = len(string.ascii_uppercase)
KINDS = {"share": "top_box", "mean": "mean", "nps": "nps"}


def shared_sums(sums, members, pairs):
    """Sums over the respondents who stand in both columns of each pair; None when no two columns overlap.

    Parameters
    ----------
    sums : array (rows, groups, 8)
        Sums of `sums.SUMS` by group.
    members : array (columns, groups)
        0/1: which groups a column holds.
    pairs : array (pairs, 2)
        Columns of each pair.
    """
    both = members[pairs[:, 0]] * members[pairs[:, 1]]
    return np.einsum("pg,rgs->rps", both, sums) if both.any() else None


def pair_tests(one, two, both, kind, *, level=0.95):
    """Tests of one side against another, row by row.

    Parameters
    ----------
    one, two : arrays (tests, 8)
        Sums of both sides, in the order of `sums.SUMS`; scores in percent or points.
    both : array (tests, 8) or None
        Sums over the respondents who stand on both sides; None where nobody does.
    kind : {"share", "mean", "nps"}
    level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    dict of arrays
        As `difference.difference`: ``estimate, reference_estimate, difference, difference_se, p_value, ...``.

    Notes
    -----
    Independent sides: shares by z with the share pooled on effective bases, means by Welch's t, NPS by z with both
    variances. Sides that overlap: shares subtract ``2 p (1 - p) S12 / (W1 W2)`` from the variance, with p pooled, W the
    sums of weights and S12 the squared weights of those on both sides (unweighted: ``2 p (1 - p) n12 / (n1 n2)``); means
    and NPS subtract twice their covariance.
    """
    from scipy.special import ndtr

    one, two = (pd.DataFrame(part, columns=SUMS) for part in (one, two))
    if both is None:
        return difference(KINDS[kind], one, two, level=level)
    both = pd.DataFrame(both, columns=SUMS)
    with np.errstate(divide="ignore", invalid="ignore"):
        m1, m2 = one["wx"] / one["w"], two["wx"] / two["w"]
        cov = (both["w2xx"] - (m1 + m2) * both["w2x"] + m1 * m2 * both["w2"]) / (one["w"] * two["w"])
        cov = cov.fillna(0.0).to_numpy(float)
        nothing = np.zeros(len(one))
        out = difference(KINDS[kind], one, two, level=level, covariance=(nothing, nothing, cov))
        if kind != "share":
            return out
        a, b = side(one, False), side(two, False)
        p = (a["n_eff"] * a["mean"] + b["n_eff"] * b["mean"]) / (a["n_eff"] + b["n_eff"])
        shared = both["w2"].to_numpy(float) / (a["w"] * b["w"])
        variance = p * (100 - p) * np.maximum(1 / a["n_eff"] + 1 / b["n_eff"] - 2 * shared, 0.0)
        gap = np.where(np.abs(out["difference"]) < 1e-9, 0.0, out["difference"])
        p_value = np.where(
            variance > 1e-12, 2 * ndtr(-np.abs(gap) / np.sqrt(variance)), np.where(gap == 0, 1.0, np.nan)
        )
    nobody = (one["w"] <= 0) | (two["w"] <= 0)
    return {**out, "p_value": np.where(nobody, np.nan, p_value)}


def tests_of(kinds, one, two, both, level):
    """`pair_tests` of several rows: `kinds` (rows,), sides (rows, tests, 8); dict of arrays (rows, tests)."""
    shape, out = one.shape[:2], {}
    for kind in sorted(set(kinds) & set(KINDS)):
        rows = np.flatnonzero(np.asarray(kinds) == kind)
        overlap = None if both is None else both[rows].reshape(-1, len(SUMS))
        tested = pair_tests(
            one[rows].reshape(-1, len(SUMS)), two[rows].reshape(-1, len(SUMS)), overlap, kind, level=level
        )
        for name, values in tested.items():
            out.setdefault(name, np.full(shape, np.nan))[rows] = np.reshape(values, (len(rows), -1))
    return out


def family(p_values, tables, adjust):
    """P-values (rows, tests) adjusted inside each table; `tables` names the table of each row."""
    out = np.full_like(p_values, np.nan)
    for table in dict.fromkeys(tables):
        rows = [i for i, name in enumerate(tables) if name == table]
        out[rows] = adjust_p(p_values[rows].ravel(), adjust).reshape(len(rows), -1)
    return out


def letters(sums, members, columns, kinds, tables, *, levels, adjust, min_n):
    """Letters of one banner, and the tests they come from.

    Parameters
    ----------
    sums : array (rows, groups, 8)
    members : array (columns, groups)
    columns : array (rows, columns, 8)
        Sums of the columns.
    kinds : list of str
        For each row share, mean, nps, or anything else for a row that is not tested.
    tables : list of str
        The table (question) of each row; p-values are adjusted inside it.
    levels : tuple of two floats
        Levels of capital and of small letters.
    adjust : str or None
        As in `multiplicity.adjust_p`.
    min_n : float
        A column with a smaller effective base in a row is not tested there.

    Returns
    -------
    tuple
        Array (rows, columns) of letters, and a frame of all pairs: ``row, column, reference, difference, difference_se,
        difference_low, difference_high, p_value, p_adjusted``. Nothing where there are more than 26 columns.
    """
    rows, count = columns.shape[:2]
    empty = np.full((rows, count), "", dtype=object)
    pairs = np.array(list(itertools.combinations(range(count), 2)), dtype=int).reshape(-1, 2)
    if not len(pairs) or count > LETTERS:
        return empty, pd.DataFrame()
    one, two = columns[:, pairs[:, 0]], columns[:, pairs[:, 1]]
    found = tests_of(kinds, one, two, shared_sums(sums, members, pairs), levels[0])
    if not found:
        return empty, pd.DataFrame()
    small = (effective(one) < min_n) | (effective(two) < min_n)
    found["p_value"] = np.where(small, np.nan, found["p_value"])
    found["p_adjusted"] = family(found["p_value"], tables, adjust)
    row, pair = (axis.ravel() for axis in np.indices(found["p_value"].shape))
    kept = ("difference", "difference_se", "difference_low", "difference_high", "p_value", "p_adjusted")
    frame = pd.DataFrame({"row": row, "column": pairs[pair, 0], "reference": pairs[pair, 1]})
    frame = frame.assign(**{name: found[name].ravel() for name in kept})
    claims = frame[frame["p_adjusted"] < 1 - min(levels)]
    if len(claims):
        named = claims.assign(
            metric="letters",
            item=claims["row"],
            column=claims["column"].astype(str),
            reference=claims["reference"].astype(str),
        )
        order = [str(place) for place in range(count)]
        told = column_letters(named, by="column", order=order, levels=levels)
        empty[told["item"].astype(int), told["group"].astype(int)] = told["above"]
    return empty, frame


def exceptions(columns, rest, kinds, tables, *, level, adjust, min_n):
    """Each column against all respondents of the banner who are not in it: p-values, raw and adjusted, and arrows.

    Returns
    -------
    tuple of arrays (rows, columns)
        ``arrow`` ("↑" above the others, "↓" below, "" no evidence at `level`), ``p_value``, ``p_adjusted``.
    """
    found = tests_of(kinds, columns, rest, None, level)
    if not found:
        nothing = np.full(columns.shape[:2], np.nan)
        return np.full(columns.shape[:2], "", dtype=object), nothing, nothing
    small = (effective(columns) < min_n) | (effective(rest) < min_n)
    p_value = np.where(small, np.nan, found["p_value"])
    adjusted = family(p_value, tables, adjust)
    with np.errstate(invalid="ignore"):
        claimed = adjusted < 1 - level
        arrow = np.where(
            claimed & (found["difference"] > 0), "↑", np.where(claimed & (found["difference"] < 0), "↓", "")
        )
    return arrow.astype(object), p_value, adjusted


def effective(sums):
    """Kish's effective base of sums (..., 8)."""
    w, w2 = sums[..., SUMS.index("w")], sums[..., SUMS.index("w2")]
    return np.divide(w * w, w2, out=np.zeros_like(w), where=w2 > 0)

"""Kano's method: what people take for granted, what they want more of, and what delights them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cemlab.checks import DataError, require_level
from cemlab.measure.intervals import quantile, share_interval
from cemlab.measure.moments import counts, is_why_missing
from cemlab.measure.schema import as_list, estimates

TABLE = ("QAAAO", "RIIIM", "RIIIM", "RIIIM", "RRRRQ")  # rows functional, columns dysfunctional (Berger et al.)
CATEGORIES = ("M", "O", "A", "I", "R", "Q")  # ties go to the earlier
FUNCTIONAL = {1: 4.0, 2: 2.0, 3: 0.0, 4: -1.0, 5: -2.0}
DYSFUNCTIONAL = {1: -2.0, 2: -1.0, 3: 0.0, 4: 2.0, 5: 4.0}
SCALE = (1, 5)
CLEAR = 0.06  # category strength from which the most frequent class stands alone
FONG_Z = 1.65


@dataclass(frozen=True)
class Kano:
    """What `kano` returns: ``estimates`` and ``classes``."""

    estimates: pd.DataFrame
    classes: pd.DataFrame


def kano(data, attributes, *, by=None, weights=None, level=0.95):
    """Classes, better and worse coefficients and continuous scores of attributes asked by Kano's pair of questions.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per respondent.
    attributes : dict of str to (str, str)
        Attribute -> column of the functional question ("if the product has it") and of the dysfunctional one ("if it
        has not"); answers 1 I like it, 2 I expect it, 3 neutral, 4 I can live with it, 5 I dislike it.
    by : str or list of str, optional
        Columns that define groups.
    weights : str, optional
        Column of case weights.
    level : float, default 0.95

    Returns
    -------
    Kano
        ``estimates``: per group and attribute the metrics ``better`` and ``worse`` (percent, -100 to 100; Wilson on the
        effective base of those whose answers are M, O, A or I), ``share`` of each class (``at`` is its place 0-5 in M, O,
        A, I, R, Q), ``functional`` and ``dysfunctional`` (DuMouchel's scores, -2 to 4, t interval). ``classes``: per
        group and attribute ``n``, the six (weighted) counts, ``category`` (most frequent), ``rule_category``
        (M before O before A before I unless one class is clearly ahead), ``total_strength, category_strength``
        (0 to 1), ``fong, fong_limit, separated`` and ``contradictory`` (percent Q of the answers).

    Raises
    ------
    ValueError
        Unknown column, no attribute, `level` outside (0, 1).
    DataError
        An answer other than 1 to 5; a missing or negative weight.

    Notes
    -----
    Pairs with one answer missing are left out for that attribute and counted in ``n_missing`` (unless not asked or not
    applicable). better = (A + O) / (A + O + M + I), worse = -(O + M) / (A + O + M + I): reversed and contradictory pairs are
    left out of both. `separated` is Fong's test: the two largest counts a, b among M, O, A, I, R differ by at least
    1.65 sqrt((a + b)(2 n - a - b) / (2 n)); with weights, counts are scaled to the effective base. More than a few percent
    of contradictory pairs means that the questions were not understood. A class is a majority of people, not a property of
    the attribute: look at the shares, and cut by segment, before calling a mixed attribute "indifferent".

    References
    ----------
    Kano, N. et al. (1984). Berger, C. et al. (1993). Center for Quality of Management Journal, 2(4). Fong, D. (1996), same
    journal. DuMouchel, W. (1993). In R: ``stp25stat::Kano, Kano_Auswertung``.

    Examples
    --------
    >>> import pandas as pd
    >>> answers = pd.DataFrame({"f": [1, 1, 2, 3], "d": [5, 3, 5, 3]})  # one-dimensional, attractive, must-be, indifferent
    >>> found = kano(answers, {"pickup": ("f", "d")}).estimates
    >>> found.loc[found["metric"].isin(["better", "worse"]), ["metric", "estimate", "n"]].reset_index(drop=True)
       metric  estimate  n
    0  better      50.0  4
    1   worse     -50.0  4
    """
    where, by = "kano", as_list(by)
    require_level(level, where)
    if not attributes:
        raise ValueError(f"{where}: no attribute given; map each to its pair of columns, functional first.")
    rows, classes = [], []
    for attribute, pair in attributes.items():
        functional, dysfunctional = pair
        table = counts(data, functional, by=[*by, dysfunctional], weights=weights, where=where)
        cells = paired(table, functional, dysfunctional, where)
        for group, part in cells.groupby(by, sort=False, dropna=False) if by else [((), cells)]:
            key = dict(zip(by, group if isinstance(group, tuple) else (group,), strict=True))
            found, summed = attribute_rows(part, level, bool(weights))
            rows += [key | {"item": attribute, **row} for row in found]
            classes.append(key | {"item": attribute, **summed})
    frame = estimates(pd.DataFrame(rows).assign(level=level), by)
    return Kano(frame, pd.DataFrame(classes))


def paired(table, functional, dysfunctional, where):
    """Counted pairs with their class; a pair with a gap has none and says whether it counts as missing."""
    other = pd.to_numeric(table[dysfunctional], errors="coerce")
    codes = pd.concat([table["value"].dropna(), other.dropna()])
    words = table[dysfunctional][other.isna() & (table[dysfunctional] != "(missing)")]
    bad = codes[~codes.isin(range(SCALE[0], SCALE[1] + 1))]
    if len(bad) or len(words):
        example = words.iloc[0] if len(words) else f"{bad.iloc[0]:g}"
        raise DataError(
            f"{where}: {functional!r} / {dysfunctional!r} hold an answer {example!r}; Kano's answers are 1 (I like it) to "
            "5 (I dislike it). Recode them in the codebook."
        )
    gap = table["value"].isna() | other.isna()
    names = [
        None if empty else TABLE[int(f) - 1][int(d) - 1] for f, d, empty in zip(table["value"], other, gap, strict=True)
    ]
    missing = gap & (is_why_missing(table["why"]) | table["value"].notna())
    return table.assign(other=other, category=names, missing=missing)


def attribute_rows(cells, level, weighted):
    """Estimates of one attribute in one group, and its row of classes."""
    valid = cells[cells["category"].notna()]
    n_missing = int(cells.loc[cells["missing"], "n"].sum())
    sums = valid.groupby("category")[["n", "w", "w2"]].sum().reindex(CATEGORIES, fill_value=0.0)
    method, base = ("kish" if weighted else ""), {"n_missing": n_missing}
    rows = []
    kept = sums.loc[list("MOAI")].sum()
    for metric, members, sign in (("better", "AO", 1), ("worse", "OM", -1)):
        row = share_row(sums["w"][list(members)].sum(), kept, level, sign)
        rows.append({"metric": metric, **row, **base, "method": f"wilson_{method}".strip("_")})
    whole = sums.sum()
    for place, name in enumerate(CATEGORIES):
        row = share_row(sums["w"][name], whole, level, 1)
        rows.append({"metric": "share", "at": place, **row, **base, "method": f"wilson_{method}".strip("_")})
    for metric, column, points in (("functional", "value", FUNCTIONAL), ("dysfunctional", "other", DYSFUNCTIONAL)):
        row = mean_row(valid[column].map(points).to_numpy(float), valid, level)
        rows.append({"metric": metric, **row, **base, "method": f"t_{method}".strip("_")})
    return rows, class_row(sums, whole)


def share_row(hits, sums, level, sign):
    """A share of weighted counts in percent with its Wilson interval; `sign` -1 turns it round."""
    if not sums["w"] > 0:
        return {"unit": "percent", "n": int(sums["n"]), "status": "not_estimable"}
    share, n_eff = hits / sums["w"], sums["w"] ** 2 / sums["w2"]
    ends = [100 * sign * float(end) for end in share_interval(share, n_eff, level=level)]
    se = 100 * np.sqrt(share * (1 - share) / n_eff)
    figures = {"estimate": 100 * sign * share, "se": se, "ci_low": min(ends), "ci_high": max(ends)}
    return {"unit": "percent", **figures, "n": int(sums["n"]), "n_eff": n_eff, "status": "ok"}


def mean_row(points, cells, level):
    """Mean of scores over counted cells with its t interval on the effective base."""
    w, n = cells["w"].to_numpy(float), int(cells["n"].sum())
    if not w.sum() > 0:
        return {"unit": "mean", "n": n, "status": "not_estimable"}
    mean, n_eff = w @ points / w.sum(), w.sum() ** 2 / cells["w2"].sum()
    row = {"unit": "mean", "estimate": mean, "n": n, "n_eff": n_eff}
    if n_eff <= 1 + 1e-9:
        return row | {"status": "not_estimable"}
    se = np.sqrt(w @ (points - mean) ** 2 / w.sum() / (n_eff - 1))
    half = quantile(level, n_eff - 1) * se
    return row | {"se": se, "ci_low": mean - half, "ci_high": mean + half, "status": "ok"}


def class_row(sums, whole):
    """Counts and classes of one attribute."""
    w, total = sums["w"], whole["w"]
    row = {"n": int(whole["n"]), **{name: float(w[name]) for name in CATEGORIES}}
    if not total > 0:
        return row | {"category": None, "rule_category": None, "separated": False}
    ranked = w[list("MOAIR")].sort_values(ascending=False, kind="stable")
    strength = (ranked.iloc[0] - ranked.iloc[1]) / total
    n = total**2 / whole["w2"]  # n without weights
    one, two = (ranked.iloc[:2] * n / total).tolist()
    limit = FONG_Z * np.sqrt((one + two) * (2 * n - one - two) / (2 * n))
    first_two = [name for name in "MOAI" if name in ranked.index[:2]] or [ranked.index[0]]
    return row | {
        "category": w.idxmax(),
        "rule_category": ranked.index[0] if strength > CLEAR else first_two[0],
        "total_strength": w[list("AOM")].sum() / total,
        "category_strength": strength,
        "fong": one - two,
        "fong_limit": limit,
        "separated": bool(one - two >= limit),
        "contradictory": 100 * w["Q"] / total,
    }

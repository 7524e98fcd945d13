"""May means of units be compared at all? Agreement inside units (rwg) and how much units differ (ICC)."""

import numpy as np
import pandas as pd

from cemlab.checks import DataError, require_choice, require_level
from cemlab.measure.answers import require_cuts, scale_bounds
from cemlab.measure.moments import moments
from cemlab.measure.rows import answered_all
from cemlab.measure.schema import MISSING, as_list, estimates

MEAN = "(mean)"


def rwg(data, items, *, unit, scale, ranvar=None):
    """Agreement inside each unit on single items: r_wg = 1 - variance / variance of random answers.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per person.
    items : str or list of str
    unit : str
        Column of the unit.
    scale : tuple of int
        Lowest and highest code.
    ranvar : float, optional
        Variance of random answers; that of a uniform one, (A^2 - 1) / 12 for A codes, when left out.

    Returns
    -------
    pandas.DataFrame
        `unit`, then estimates with ``metric`` "rwg"; a unit of one person is not estimable. The rows "(mean)" hold the mean
        over units, ``n`` the persons in them.

    Raises
    ------
    ValueError
        Unknown column, a `ranvar` that is not above 0.
    DataError
        An answer off the scale.

    Notes
    -----
    The variance has divisor n - 1; a negative value (more spread than random answers) is set to 0, as in R's
    ``multilevel::rwg``. 0.70 is the usual bar. A uniform null is the most generous one: polite answers cluster at the top of
    the scale and agree without agreeing.

    References
    ----------
    James, L. R., Demaree, R. G., Wolf, G. (1984). Journal of Applied Psychology, 69, 85-98.
    """
    where = "rwg"
    table, null = unit_variances(data, as_list(items), unit, scale, ranvar, where)
    table["estimate"] = np.maximum(1 - table["variance"] / null, 0.0)
    return agreement_rows(table, unit, "rwg", where)


def rwg_j(data, items, *, unit, scale, ranvar=None, name="scale"):
    """Agreement inside each unit on a scale of several items: r_wg(j).

    Parameters
    ----------
    data, unit, scale, ranvar
        As in `rwg`.
    items : list of str
        The items of the scale, two or more (all keyed the same way).
    name : str
        What the scale is called in ``item``.

    Returns
    -------
    pandas.DataFrame
        As `rwg`, ``metric`` "rwg_j". Only persons who answered all items count.

    Notes
    -----
    r_wg(j) = J q / (J q + 1 - q) with q = 1 - mean item variance / null variance; 0 where the variance exceeds the null's. It
    grows with the number of items: nine out of ten units pass 0.70 with eleven items. In R: ``multilevel::rwg.j``.
    """
    where, items = "rwg_j", as_list(items)
    if len(items) < 2:
        raise ValueError(f"{where}: {len(items)} item; a scale needs two or more, for one item there is `rwg`.")
    table, null = unit_variances(data, items, unit, scale, ranvar, where, complete=True)
    table = table.groupby(unit, as_index=False, sort=False).agg({"n": "min", "n_missing": "max", "variance": "mean"})
    q = np.maximum(1 - table["variance"] / null, 0.0)
    table["estimate"] = len(items) * q / (len(items) * q + 1 - q)
    return agreement_rows(table.assign(item=name), unit, "rwg_j", where)


def unit_variances(data, items, unit, scale, ranvar, where, complete=False):
    """Variance of each item in each unit, and the variance of random answers."""
    low, high = scale_bounds(scale, where)
    null = ((high - low + 1) ** 2 - 1) / 12 if ranvar is None else float(ranvar)
    if not null > 0:
        raise ValueError(f"{where}: `ranvar` is {ranvar!r}; the variance of random answers must be above 0.")
    require_cuts(items, unit, None, 0.95, where)
    if complete:
        data = answered_all(data, items, where=where)
    sums = moments(data, items, by=unit, where=where)
    off = sums[(sums["low"] < low) | (sums["high"] > high)]
    if len(off):
        raise DataError(
            f"{where}: column {off['item'].iloc[0]!r} must lie within {low} to {high}; {len(off)} unit(s) hold other values "
            f"(for example {off['high'].max():g}). List codes such as 99 under `missing` in the codebook, or recode first."
        )
    sums = sums[(sums[unit] != MISSING) & (sums["n"] > 0)].reset_index(drop=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.maximum(sums["wxx"] - sums["wx"] ** 2 / sums["n"], 0.0)
        sums["variance"] = np.where(sums["n"] > 1, spread / (sums["n"] - 1), np.nan)
    return sums[[unit, "item", "n", "n_missing", "variance"]], null


def agreement_rows(table, unit, metric, where):
    """Rows of units, then their mean."""
    if table.empty:
        raise DataError(f"{where}: no row has both a unit and an answer.")
    known = table.dropna(subset="estimate")
    whole = known.groupby("item", as_index=False, sort=False).agg(
        estimate=("estimate", "mean"), n=("n", "sum"), n_missing=("n_missing", "sum")
    )
    out = pd.concat([table, whole.assign(**{unit: MEAN})], ignore_index=True)
    status = np.where(out["estimate"].isna(), "not_estimable", "ok")
    out = out.assign(metric=metric, n_eff=out["n"].astype(float), at=np.nan, method="uniform_null", status=status)
    return estimates(out.assign(unit="agreement"), unit)


def icc1(data, items, *, unit, level=0.95):
    """ICC(1): what part of the spread of answers lies between units.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per person.
    items : str or list of str
        Numeric columns: items, or the scores of `person_scores`.
    unit : str
        Column of the unit.
    level : float, default 0.95

    Returns
    -------
    pandas.DataFrame
        Estimates with ``metric`` "icc1", one row per item; ``n`` persons, ``at`` the number of units.

    Raises
    ------
    ValueError
        Unknown column, fewer than two units, no unit with two persons.

    Notes
    -----
    (MSB - MSW) / (MSB + (k - 1) MSW), k the mean size of the units, from a one-way analysis of variance, as R's
    ``multilevel::ICC1``; the interval inverts F with the same k, which is approximate for units of unequal size. 0.05 to 0.20
    is usual in surveys of employees. Below 0 means that units differ less than chance would make them.

    References
    ----------
    Bliese, P. D. (2000), in Klein, Kozlowski (eds), Multilevel theory, 349-381. Shrout, Fleiss (1979), Psychological Bulletin 86.
    """
    return icc_rows(data, items, unit, level, "icc1")


def icc2(data, items, *, unit, level=0.95):
    """ICC(2): how reliable the means of units are, (MSB - MSW) / MSB.

    Arguments, errors and shape as in `icc1`; 0.70 is the usual bar for comparing means of units. In R: ``multilevel::ICC2``.
    """
    return icc_rows(data, items, unit, level, "icc2")


def icc_rows(data, items, unit, level, metric):
    """One ICC of each item with its interval."""
    from scipy.stats import f

    require_level(level, metric)
    table = mean_squares(data, as_list(items), unit, metric)
    low, high = (table["f"] / f.ppf(q, table["df1"], table["df2"]) for q in ((1 + level) / 2, (1 - level) / 2))
    k = table["size"]
    if metric == "icc1":
        value, a, b = ((ratio - 1) / (ratio + k - 1) for ratio in (table["f"], low, high))
    else:
        value, a, b = (1 - 1 / ratio for ratio in (table["f"], low, high))
    out = table.assign(metric=metric, unit="icc", estimate=value, ci_low=a, ci_high=b, n_eff=table["n"].astype(float))
    out = out.assign(level=level, method="anova_mean_size", at=table["df1"] + 1.0)
    out["status"] = np.where(out["estimate"].isna(), "not_estimable", "ok")
    return estimates(out)


def mean_squares(data, items, unit, where):
    """One-way analysis of variance by unit from sums: ``item, n, n_missing, f, df1, df2, size, within, between``."""
    require_cuts(items, unit, None, 0.95, where)
    sums = moments(data, items, by=unit, where=where)
    sums = sums[(sums[unit] != MISSING) & (sums["n"] > 0)]
    out = []
    for item in items:
        one = sums[sums["item"] == item]
        n, groups = one["n"].sum(), len(one)
        if groups < 2 or n <= groups:
            raise ValueError(
                f"{where}: {item!r} has {int(n):,} answers in {groups} unit(s) of {unit!r}; it takes two units, and one of "
                "them with two persons."
            )
        shift = one["wx"].sum() / n
        mean = one["wx"] / one["n"]
        between = (one["n"] * (mean - shift) ** 2).sum() / (groups - 1)
        within = np.maximum(one["wxx"] - one["n"] * mean**2, 0).sum() / (n - groups)
        ratio = between / within if within > 1e-12 else np.nan
        out.append({
            "item": item, "n": int(n), "n_missing": int(one["n_missing"].sum()), "f": ratio, "df1": groups - 1,
            "df2": n - groups, "size": n / groups, "within": within, "between": between,
        })  # fmt: skip
    return pd.DataFrame(out)


def unit_agreement(data, items, *, unit, scale, level=0.95, bar=0.7):
    """One line a score: may its unit means be compared?

    Parameters
    ----------
    data, unit, level
        As in `icc1`.
    items : str or list of str
        Scores of persons (`person_scores`) or items, all on the same `scale`.
    scale : tuple of int
    bar : float, default 0.7
        Least median r_wg and least ICC(2).

    Returns
    -------
    pandas.DataFrame
        ``item, n, units, icc1, icc1_low, icc1_high, icc2, rwg_median, rwg_share`` (percent of units at or above `bar`), ``f,
        p_value, comparable``: "yes" (units differ, and both agreement and reliability reach the bar), "shrunken" (units differ, but
        single means are unreliable: show them drawn in only) or "no" (no evidence that units differ).
    """
    from scipy.stats import f

    where, items = "unit_agreement", as_list(items)
    require_choice(bool(0 < bar < 1), (True,), name="0 < bar < 1", where=where)
    table = mean_squares(data, items, unit, where).set_index("item")
    one, two = (icc_rows(data, items, unit, level, m).set_index("item") for m in ("icc1", "icc2"))
    inside = rwg(data, items, unit=unit, scale=scale)
    inside = inside[inside[unit] != MEAN].groupby("item")["estimate"]
    p = f.sf(table["f"], table["df1"], table["df2"])
    out = pd.DataFrame({
        "n": table["n"], "units": table["df1"] + 1, "icc1": one["estimate"], "icc1_low": one["ci_low"],
        "icc1_high": one["ci_high"], "icc2": two["estimate"], "rwg_median": inside.median(),
        "rwg_share": 100 * inside.agg(lambda values: (values.dropna() >= bar).mean()), "f": table["f"], "p_value": p,
    }, index=table.index)  # fmt: skip
    sound = (out["icc2"] >= bar) & (out["rwg_median"] >= bar)
    out["comparable"] = np.where(out["p_value"] >= 1 - level, "no", np.where(sound, "yes", "shrunken"))
    return out.rename_axis("item").reset_index()

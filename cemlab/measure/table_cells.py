"""From sums to the cells of a table: estimate, error, interval and base of each row in each column."""

import numpy as np
import pandas as pd

from cemlab.measure.intervals import nps_interval, quantile, share_interval
from cemlab.measure.sums import SUMS, side


def cells(rows, codes, columns, spreads, members, *, level):
    """One line per row and column.

    Parameters
    ----------
    rows : list of Row
    codes : list of str
        Codes of the columns.
    columns : array (rows, columns, 8)
        Sums of `sums.SUMS`.
    spreads : dict
        Row number -> (group, value, weight) arrays of the distribution of answers, where a row needs it.
    members : array (columns, groups)
    level : float

    Returns
    -------
    pandas.DataFrame
        The key of each cell, estimates, ``count_weighted, base_weighted`` and ``which`` (the Row).
    """
    sums = pd.DataFrame(columns.reshape(-1, len(SUMS)), columns=SUMS)
    which = [row for row in rows for _ in codes]
    metric = np.array([row.metric for row in which], dtype=object)
    unit = np.array([row.unit for row in which], dtype=object)
    plain, mean = side(sums, False), side(sums, True)
    is_share, is_nps = unit == "percent", metric == "nps"
    averaged = ~is_share & ~is_nps & ~np.isin(metric, ["sd", "quantile"])
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate, n_eff = plain["mean"].copy(), plain["n_eff"]
        estimate = np.where(is_share, np.clip(estimate, 0, 100), estimate)  # sums of weights may round to 100 + 1e-14
        se = np.sqrt(np.where(averaged, mean["se2"], plain["se2"]))
        share = np.clip(np.where(is_share, estimate, np.nan) / 100, 0, 1)
        low, high = (100 * limit for limit in share_interval(share, n_eff, level=level))
        half = quantile(level, np.where(n_eff > 1, n_eff - 1, np.nan)) * se
        low, high = np.where(averaged, estimate - half, low), np.where(averaged, estimate + half, high)
        gap = np.where(is_nps, estimate, np.nan) / 100
        spread = np.where(is_nps, plain["var"], np.nan) / 1e4 + gap**2
        nps_low, nps_high = nps_interval((spread + gap) / 2, (spread - gap) / 2, se, n_eff, level=level)
        low, high = np.where(is_nps, nps_low, low), np.where(is_nps, nps_high, high)
        wide = np.sqrt(plain["var"] * n_eff / (n_eff - 1))
    at_sd = metric == "sd"
    estimate = np.where(at_sd, wide, estimate)
    se, low, high = (np.where(at_sd, np.nan, values) for values in (se, low, high))
    for r, (group, value, weight) in spreads.items():
        for c in range(len(codes)):
            cell = r * len(codes) + c
            inside = members[c][group] > 0
            q, base = rows[r].at, n_eff[cell]
            limits = [limit.item() for limit in share_interval(np.array(q), np.array(base), level=level)]
            estimate[cell], low[cell], high[cell] = quantiles(value[inside], weight[inside], [q, *limits])
            se[cell] = np.nan
    in_row = np.where(is_share, sums["wx"] / 100, np.nan)
    out = pd.DataFrame(
        {
            "which": which,
            **{"column": list(codes) * len(rows), "question": [row.question for row in which]},
            **{"row": [row.code for row in which], "item": [row.item for row in which]},
            **{"metric": metric, "unit": unit, "at": [row.at for row in which]},
            **{"estimate": estimate, "se": se, "ci_low": low, "ci_high": high},
            **{"n": sums["n"], "n_eff": n_eff, "n_missing": sums["n_missing"]},
            **{"count_weighted": in_row, "base_weighted": sums["w"]},
        }
    )
    out["method"] = np.select(
        [is_share, is_nps, averaged, at_sd], ["wilson", "adjusted", "t", "none"], default="woodruff"
    )
    estimable = out["estimate"].notna() & (out["n"] > 0)
    out["status"] = np.where(estimable, "ok", "not_estimable")
    return out


def quantiles(values, weights, at):
    """Weighted quantiles: the smallest answer at which the weight reached is at least the share wanted.

    Where the share falls exactly on an answer's edge, the middle between it and the next (as the usual median does).
    """
    at = np.asarray(at, dtype=float)
    if not len(values) or not weights.sum() > 0:
        return np.full(len(at), np.nan)
    distinct, inverse = np.unique(values, return_inverse=True)
    mass = np.bincount(inverse, weights)
    distinct, mass = distinct[mass > 0], mass[mass > 0]
    reached = np.cumsum(mass) / mass.sum()
    low = np.searchsorted(reached, at * (1 - 1e-12))
    high = np.searchsorted(reached, at * (1 + 1e-12), side="right")
    last = len(distinct) - 1
    out = (distinct[np.minimum(low, last)] + distinct[np.minimum(high, last)]) / 2
    return np.where(np.isnan(at), np.nan, out)

"""Guards before a score: what may be counted, and the counted answers that passed."""

import numpy as np
import pandas as pd

from cemlab.checks import DataError, require_level, require_scale
from cemlab.measure.errors import SUMS, sums_of_points
from cemlab.measure.moments import counts, moments
from cemlab.measure.schema import COMPARISONS, ESTIMATES, as_list


def answers(data, items, scale, *, by=None, weights=None, cluster=None, level=0.95, where="answers"):
    """Counts of each item's answers by group (and cluster), after all guards of a score.

    Parameters
    ----------
    data, items, by, weights
        As in `cemlab.measure.moments.counts`.
    scale : tuple of int
        Lowest and highest code; a dict from item to scale where items differ.
    cluster : str, optional
        Column of clusters; it becomes one more group of the counts.
    level : float
        Confidence level, checked here.
    where : str
        Name of the caller, for errors.

    Returns
    -------
    pandas.DataFrame
        Output of `counts`.

    Raises
    ------
    ValueError
        Unknown column, text instead of numbers, no scale, a `by` column named like a result column, `level` outside
        (0, 1).
    DataError
        An answer off the scale; a missing or negative weight.
    """
    items, cuts = require_cuts(items, by, cluster, level, where)
    bounds = {item: scale_bounds(scale, where, item) for item in items}
    table = counts(data, items, by=cuts, weights=weights, where=where)
    require_numbers(table, items, where)
    table = table.assign(value=table["value"].astype(float))
    value, of_item = table["value"].to_numpy(), table["item"].to_numpy()
    for item in items:
        low, high = bounds[item]
        given = (of_item == item) & ~np.isnan(value)
        if np.any(given & ((value < low) | (value > high) | (value % 1 != 0))):
            require_scale(table[given], low, high, column=item, where=where)
    return table


def require_numbers(table, items, where):
    """Raise ValueError where an item's answers are texts."""
    if pd.api.types.is_numeric_dtype(table["value"]):
        return
    for item in items:
        texts = table.loc[table["item"] == item, "value"].dropna()
        if len(texts) and not pd.api.types.is_numeric_dtype(pd.Series(texts.tolist())):
            raise ValueError(
                f"{where}: column {item!r} holds text ({texts.nunique()} different answers); a score needs numbers. "
                "Give the question a scale in the codebook, then the scan reads its codes as numbers; or recode first."
            )


def amounts(data, items, *, by=None, weights=None, cluster=None, level=0.95, where="amounts"):
    """Sums of measured amounts by group (and cluster), after the guards; as `answers`, for numbers without a scale."""
    items, cuts = require_cuts(items, by, cluster, level, where)
    sums = moments(data, items, by=cuts, weights=weights, where=where)
    bad = sorted(set(sums.loc[np.isinf(sums["low"]) | np.isinf(sums["high"]), "item"]))
    if bad:
        raise DataError(f"{where}: column {bad[0]!r} holds infinite values; mend them where they are made, or recode.")
    return sums.drop(columns=["low", "high"])


def require_cuts(items, by, cluster, level, where):
    """Check names and level; give back the items and all columns to group by, the cluster last."""
    require_level(level, where)
    items, by = as_list(items), as_list(by)
    if not items:
        raise ValueError(f"{where}: no item given; name at least one column.")
    for name, columns in (("items", items), ("by", by)):
        twice = sorted({c for c in columns if columns.count(c) > 1})
        if twice:
            raise ValueError(f"{where}: `{name}` names {twice[0]!r} twice; keep one.")
    taken = {*ESTIMATES, *COMPARISONS, *SUMS, "value", "why", "points", "df", "variance"}
    clash = [c for c in (*by, *as_list(cluster)) if c in taken]
    if clash:
        raise ValueError(f"{where}: a group column may not be called {clash[0]!r}, results use that name; rename it.")
    if cluster is not None and cluster in by:
        raise ValueError(
            f"{where}: `cluster` {cluster!r} is also a `by` column; inside one cluster there is no error between "
            "clusters. Leave `cluster` out to describe each of them, or group by something else."
        )
    return items, [*by, *as_list(cluster)]


def scale_bounds(scale, where, item=None):
    """(low, high) of a scale as whole numbers: from a tuple, an object with both, or a dict from item to either."""
    if isinstance(scale, dict):
        if item not in scale:
            raise ValueError(f"{where}: `scale` has no entry for {item!r}; it has {list(scale)[:10]}.")
        scale = scale[item]
    try:
        low, high = (scale.low, scale.high) if hasattr(scale, "low") else scale
        if int(low) != low or int(high) != high or low >= high:
            raise ValueError
    except (TypeError, ValueError):
        raise ValueError(
            f"{where}: `scale` is {scale!r}; give its lowest and highest code as in the codebook, for example (1, 5)."
        ) from None
    return int(low), int(high)


def points_by_group(table, points, by, cluster):
    """Sums of points by group, item and cluster of counted answers."""
    return sums_of_points(table, np.asarray(points, dtype=float), [*as_list(by), *as_list(cluster)])

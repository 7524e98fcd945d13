"""Unit engagement beside unit customer scores: correlations with honest intervals for few units."""

from itertools import permutations

import numpy as np
import pandas as pd

from cemlab.checks import require_columns, require_level
from cemlab.measure.intervals import quantile
from cemlab.measure.schema import estimates

EXACT = 8  # units up to which every order is tried
NOTE = {
    "zh": "单位层面的相关，不代表个人之间的关系；模型关联估计，非因果承诺",
    "en": "a correlation of units: it tells nothing of persons, and is no promise of cause and effect",
}  # fmt: skip


def unit_linkage(
    units, x, y, *, unit, weights=None, reliability_x=None, reliability_y=None, wave=None, lag=0, min_units=8, level=0.95,
    draws=9999, seed=1,
):  # fmt: skip
    """Correlation of two scores of units: employees' engagement and customers' scores or results.

    Parameters
    ----------
    units : pandas.DataFrame
        One row per unit (and wave): released scores, not persons.
    x, y : str
        Columns of the employee score and the customer score.
    unit : str
        Column of the unit.
    weights : str, optional
        Column of precision (1 / squared error, or the number of answers) for the weighted correlation.
    reliability_x, reliability_y : float, optional
        Reliability of the unit means (`icc2`): adds the correlation corrected for their noise.
    wave : str, optional
        Column whose codes put the waves in order; needed with `lag`.
    lag : int, default 0
        x of one wave against y of `lag` waves later.
    min_units : int, default 8
        With fewer units nothing is estimated.
    level : float, default 0.95
    draws, seed : int
        Permutations where there are too many units to try all orders.

    Returns
    -------
    pandas.DataFrame
        Estimates and ``p_value``; ``item`` "x ~ y", ``n`` units: "pearson" (Fisher's z), "spearman" (Bonett and Wright), where
        asked "pearson_weighted" and "pearson_disattenuated". p-values by permutation of units. ``at`` is the lag.

    Raises
    ------
    ValueError
        Unknown column, a unit twice (in a wave), a lag without waves, a reliability outside (0, 1].

    Notes
    -----
    With 12 units a correlation of 0.5 has an interval from about -0.1 to 0.8: read that, not the figure. With a lag and several
    pairs of waves each unit counts once (the mean of its pairs), so that repeated waves do not pose as more units. The interval of the
    corrected correlation divides both limits by the same factor and takes reliabilities as known. Units that share customers or regions
    are not independent.

    References
    ----------
    Bonett, D. G., Wright, T. A. (2000). Psychometrika, 65, 23-28. Bishara, A. J., Hittner, J. B. (2012). Psychological
    Methods, 17, 399-417.
    """
    where = "unit_linkage"
    require_level(level, where)
    require_columns(units.columns, [x, y, unit, *([weights] if weights else []), *([wave] if wave else [])], where)
    for value in (reliability_x, reliability_y):
        if value is not None and not 0 < value <= 1:
            raise ValueError(f"{where}: a reliability is {value!r}; it lies above 0, up to 1 (see `icc2`).")
    pairs = paired_units(units, x, y, unit, weights, wave, lag, where)
    n = len(pairs)
    a, b = pairs["x"].to_numpy(float), pairs["y"].to_numpy(float)
    rows = []
    fit = n >= max(min_units, 4) and a.std() > 0 and b.std() > 0
    ranks = [pd.Series(v).rank().to_numpy() for v in (a, b)]
    kinds = {"pearson": (a, b, None), "spearman": (*ranks, None)}
    if weights:
        kinds["pearson_weighted"] = (a, b, pairs["w"].to_numpy(float))
    for metric, (u, v, w) in kinds.items():
        row = {"metric": metric, "method": "fisher_z", "p_value": np.nan}
        if fit:
            r = correlation(u, v, w)
            size = n if w is None else w.sum() ** 2 / (w**2).sum()
            spread = (1 + r**2 / 2 if metric == "spearman" else 1.0) / max(size - 3, 1e-9)
            row |= limits(r, np.sqrt(spread), level) | {"p_value": permutation_p(u, v, w, draws, seed), "n_eff": size}
        rows.append(row)
    if reliability_x is not None or reliability_y is not None:
        rows.append(disattenuated(rows[0], (reliability_x or 1.0) * (reliability_y or 1.0)))
    frame = pd.DataFrame(rows).assign(item=f"{x} ~ {y}", unit="r", n=n, level=level, at=float(lag))
    frame = frame.reindex(columns=dict.fromkeys([*frame.columns, "estimate", "n_eff"]))
    frame["n_eff"] = frame["n_eff"].fillna(float(n))
    frame["status"] = np.where(frame["estimate"].isna(), "not_estimable", "ok")
    return estimates(frame).assign(p_value=frame["p_value"].to_numpy(float))


def paired_units(units, x, y, unit, weights, wave, lag, where):
    """One row a unit: x, y and the weight."""
    if lag and wave is None:
        raise ValueError(f"{where}: `lag` is {lag}, but no `wave` column says which wave comes after which.")
    table = units.rename(columns={x: "x", y: "y"}).assign(w=units[weights] if weights else 1.0)
    keys = [unit, wave] if wave else [unit]
    twice = table.duplicated(keys).sum()
    if twice:
        raise ValueError(f"{where}: {int(twice)} rows repeat a unit{' in a wave' if wave else ''}; give each one row.")
    if wave:
        order = {code: place for place, code in enumerate(sorted(table[wave].unique()))}
        table = table.assign(place=table[wave].map(order))
        early = table[[unit, "place", "x", "w"]].assign(place=table["place"] + lag)
        table = early.merge(table[[unit, "place", "y"]], on=[unit, "place"]).dropna(subset=["x", "y"])
        table = table.groupby(unit, as_index=False)[["x", "y", "w"]].mean()
    table = table.dropna(subset=["x", "y", "w"])
    return table[table["w"] > 0]


def correlation(a, b, w=None):
    """Pearson's correlation, weighted where asked."""
    w = np.ones(len(a)) if w is None else w
    a, b = a - w @ a / w.sum(), b - w @ b / w.sum()
    return float((w * a) @ b / np.sqrt(((w * a) @ a) * ((w * b) @ b)))


def limits(r, se, level):
    """Estimate and limits by Fisher's z; the error on the scale of r by the delta method."""
    inside = np.clip(r, -1 + 1e-12, 1 - 1e-12)
    half = quantile(level) * se
    z = np.arctanh(inside)
    return {"estimate": r, "se": se * (1 - inside**2), "ci_low": np.tanh(z - half), "ci_high": np.tanh(z + half)}


def permutation_p(a, b, w, draws, seed):
    """Two-sided p-value: all orders of up to 8 units, else `draws` random ones (the order seen counts)."""
    own, n = abs(correlation(a, b, w)) - 1e-12, len(a)
    if n <= EXACT:
        found = [abs(correlation(a, b[list(order)], w)) for order in permutations(range(n))]
        return float(np.mean(np.array(found) >= own))
    rng = np.random.default_rng(seed)
    orders = rng.permuted(np.tile(b, (draws, 1)), axis=1)
    w = np.ones(n) if w is None else w
    u = a - w @ a / w.sum()
    v = orders - (orders @ w / w.sum())[:, None]
    found = np.abs(v @ (w * u)) / np.sqrt(((w * u) @ u) * ((v**2) @ w))
    return float((1 + (found >= own).sum()) / (draws + 1))


def disattenuated(pearson, reliability):
    """The correlation and its limits divided by the root of the product of the reliabilities."""
    row = {"metric": "pearson_disattenuated", "method": "fisher_z_corrected", "p_value": pearson["p_value"]}
    if "estimate" not in pearson:
        return row
    scale = np.sqrt(reliability)
    cut = {side: float(np.clip(pearson[side] / scale, -1, 1)) for side in ("estimate", "ci_low", "ci_high")}
    return row | cut | {"se": pearson["se"] / scale, "n_eff": pearson["n_eff"]}

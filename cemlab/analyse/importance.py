"""Importance against performance: the quadrant map, and the key experiences (KX) with what an improvement goes with."""

import numpy as np
import pandas as pd

from cemlab.analyse.driver_figures import figures
from cemlab.analyse.driver_sums import MIN_USERS, DriverSums, driver_sums, repaired
from cemlab.analyse.driver_table import driver_table
from cemlab.analyse.drivers import drawn_figures, key_drivers
from cemlab.checks import require_choice, require_level
from cemlab.measure.moments import counts
from cemlab.measure.schema import as_list

IMPORTANCE = ("relative_weights", "lmg", "correlation", "partial", "beta")
QUADRANTS = ("Concentrate here", "Keep up the good work", "Low priority", "Possible overkill")


def importance_performance(
    data,
    outcome=None,
    drivers=None,
    *,
    weights=None,
    cluster=None,
    importance="relative_weights",
    crosshair="mean",
    missing="pairwise",
    min_users=MIN_USERS,
    draws=2000,
    level=0.95,
    seed=1,
):
    """Where each touchpoint lies by importance and performance, with intervals on both.

    Parameters
    ----------
    data, outcome, drivers, weights, cluster, missing, min_users, draws, level, seed
        As in `key_drivers`; `data` may be its sums.
    importance : {"relative_weights", "lmg", "correlation", "partial", "beta"}, default "relative_weights"
        Derived importance: percent of the explained variance for the first two, else the coefficient itself.
    crosshair : {"mean", "median"} or tuple (performance, importance), default "mean"
        Where the lines cross: among these touchpoints, or fixed places (a target; last wave's cross).

    Returns
    -------
    pandas.DataFrame
        ``item, performance, performance_low, performance_high, importance, importance_low, importance_high, quadrant,
        certainty, n, cross_performance, cross_importance, method, status``. ``certainty`` is the share of bootstrap samples
        that put the touchpoint into this quadrant: read 0.6 as "on the border". Touchpoints that cannot be estimated
        stand last, without a quadrant.

    Raises
    ------
    ValueError, DataError
        As in `key_drivers`.

    Notes
    -----
    High importance and low performance is "Concentrate here", high and high "Keep up the good work", low and low "Low
    priority", low importance and high performance "Possible overkill"; a tie with the line counts as high. The lines move
    with the touchpoints shown: a quadrant ranks them among each other and says nothing about good or bad.

    References
    ----------
    Martilla, J. A., James, J. C. (1977). Importance-performance analysis. Journal of Marketing, 41, 77-79.
    """
    where = "importance_performance"
    require_choice(importance, IMPORTANCE, name="importance", where=where)
    require_level(level, where)
    if isinstance(crosshair, str):
        require_choice(crosshair, ("mean", "median"), name="crosshair", where=where)
    options = {"weights": weights, "cluster": cluster, "missing": missing, "min_users": min_users}
    sums = data if isinstance(data, DriverSums) else driver_sums(data, outcome, drivers, **options)
    method = importance if importance == "lmg" else "relative_weights"
    base = sums.describe(sums.total)
    here = figures(sums, (*base[:3], repaired(base[3])[0]), method)
    x, y = here["performance"], measure(here, importance)
    cross = crossing(x, y, crosshair)
    out = pd.DataFrame({"item": sums.drivers, "performance": x, "importance": y, "quadrant": quadrants(x, y, cross)})
    limits = ["performance_low", "performance_high", "importance_low", "importance_high", "certainty"]
    out[limits] = np.nan
    if draws and len(sums.units) > 1:
        drawn = drawn_figures(sums, method, draws, seed)
        xs, ys = drawn["performance"], measure(drawn, importance)
        tails = [(1 - level) / 2, (1 + level) / 2]
        out[limits[:2]], out[limits[2:4]] = np.nanquantile(xs, tails, axis=0).T, np.nanquantile(ys, tails, axis=0).T
        out["certainty"] = (quadrants(xs, ys, crossing(xs, ys, crosshair)) == out["quadrant"].to_numpy()).mean(axis=0)
    out["n"] = [int(sums.people.loc[item, "n"]) for item in sums.drivers]
    out = out.assign(cross_performance=cross[0].item(), cross_importance=cross[1].item(), status="ok")
    out["method"] = f"{importance}_{sums.missing}"
    excluded = [
        {"item": item, "n": int(sums.people.loc[item, "n"]), "method": f"excluded_{why}", "status": "not_estimable"}
        for item, why in sums.excluded.items()
    ]
    columns = ["item", "performance", *limits[:2], "importance", *limits[2:4], "quadrant", "certainty", "n"]
    columns += ["cross_performance", "cross_importance", "method", "status"]
    return pd.concat([out, pd.DataFrame(excluded)], ignore_index=True)[columns] if excluded else out[columns]


def measure(found, importance):
    """The importance asked for, from the figures of a driver analysis."""
    if importance in ("relative_weights", "lmg"):
        return found["importance"]
    if importance != "partial":
        return found[importance]
    semi = found["beta"] / np.sqrt(found["vif"])
    return semi / np.sqrt(1 - found["r_squared"] + semi**2)


def crossing(x, y, crosshair):
    """Where the lines cross, for each set of touchpoints: two arrays with a last axis of length 1."""
    if isinstance(crosshair, str):
        middle = np.nanmean if crosshair == "mean" else np.nanmedian
        return middle(x, axis=-1, keepdims=True), middle(y, axis=-1, keepdims=True)
    return tuple(np.full((1,), float(value)) for value in crosshair)


def quadrants(x, y, cross):
    """Name of each touchpoint's quadrant; a tie counts as high."""
    low = x < cross[0]
    return np.where(y >= cross[1], np.where(low, *QUADRANTS[:2]), np.where(low, *QUADRANTS[2:]))


def key_experiences(
    data, outcome=None, drivers=None, *, targets, cost=None, draws=2000, level=0.95, min_n=None, seed=1, **options
):
    """Key experiences (KX): what to improve first, by impact x shortfall x reach over cost, with rank intervals.

    Parameters
    ----------
    data, outcome, drivers, draws, level, min_n, seed, options
        As in `key_drivers`.
    targets : dict of str to float
        Mean each touchpoint is meant to have (``target`` in the codebook), in scale points. A touchpoint without one is
        held against the best touchpoint's mean.
    cost : dict of str to float, optional
        What improving each touchpoint costs, in any one unit; 1 without it.

    Returns
    -------
    pandas.DataFrame
        ``item, rank, rank_low, rank_high, score, impact`` (percent of the explained variance, 0 for a negative slope),
        ``shortfall`` (scale points under the target), ``reach`` (percent), ``cost, target, performance, gain, gain_low,
        gain_high, is_key, n, method, status``, first things first. ``gain`` is what the outcome's mean over everyone is
        higher by, per point better on this touchpoint, in the model. ``is_key`` holds where the driver stands above
        noise, its slope and its shortfall are above 0 with all of their interval; only these may be named in a report.

    Raises
    ------
    ValueError
        A cost that is not positive; else as `key_drivers`.

    Notes
    -----
    A gain from a correlational model is no promise: word it 模型关联估计，非因果承诺. Ranks are taken anew in every
    bootstrap sample; wide rank intervals mean that the order is not known.
    """
    where = "key_experiences"
    how = {name: options[name] for name in options if name != "method"}
    sums = data if isinstance(data, DriverSums) else driver_sums(data, outcome, drivers, **how)
    wrong = {item: value for item, value in (cost or {}).items() if not value > 0}
    if wrong:
        raise ValueError(f"{where}: `cost` of {wrong} is not positive; give what it costs, or leave it out (1).")
    method = options.get("method", "relative_weights")
    results = key_drivers(sums, method=method, draws=draws, level=level, min_n=min_n, seed=seed)
    table = driver_table(results).set_index("item").loc[[*sums.drivers, *sums.excluded]]
    price = np.array([(cost or {}).get(item, 1.0) for item in sums.drivers], dtype=float)
    base = sums.describe(sums.total)
    here = figures(sums, (*base[:3], repaired(base[3])[0]), method)
    best = np.nanmax(here["performance"])
    goal = np.array(
        [targets.get(item) if targets.get(item) is not None else best for item in sums.drivers], dtype=float
    )
    score, shortfall = kx_score(here, goal, price)
    out = pd.DataFrame({"item": sums.drivers, "score": score, "shortfall": shortfall, "cost": price, "target": goal})
    out["impact"], out["reach"], out["performance"] = here["importance"], here["reach"], here["performance"]
    out["impact"] = out["impact"].where(here["coefficient"] > 0, 0.0)
    out["gain"] = here["coefficient"] * here["reach"] / 100
    out[["rank_low", "rank_high", "gain_low", "gain_high"]] = np.nan
    out["is_key"] = False
    estimable = results.loc[results["metric"] == "importance", "estimate"].notna().any()
    if draws and len(sums.units) > 1 and estimable:
        drawn = drawn_figures(sums, method, draws, seed)
        scores, gaps = kx_score(drawn, goal, price)
        places = 1.0 + (scores[:, None, :] > scores[:, :, None]).sum(axis=2)  # ties share the better rank
        tails = [(1 - level) / 2, (1 + level) / 2]
        out[["rank_low", "rank_high"]] = np.quantile(places, tails, axis=0, method="inverted_cdf").T
        out[["gain_low", "gain_high"]] = np.nanquantile(drawn["coefficient"] * drawn["reach"] / 100, tails, axis=0).T
        sure = (out["gain_low"] > 0) & (np.quantile(gaps, tails[0], axis=0) > 0)
        out["is_key"] = sure & table.loc[sums.drivers, "stands"].to_numpy(bool)
    out["rank"] = out["score"].rank(ascending=False, method="min")
    if not estimable:
        out[["score", "rank", "impact", "gain"]] = np.nan
    out = out.set_index("item").reindex(table.index)
    out[["n", "method", "status"]] = table[["n", "method", "status"]]
    out["is_key"] = out["is_key"].eq(True)
    first = ["rank", "rank_low", "rank_high", "score", "impact", "shortfall", "reach", "cost", "target", "performance"]
    last = ["gain", "gain_low", "gain_high", "is_key", "n", "method", "status"]
    return out[first + last].sort_values("rank", kind="stable").rename_axis("item").reset_index()


def kx_score(found, goal, price):
    """Score impact x shortfall x reach / cost, and the shortfall itself (not below 0)."""
    gap = goal - found["performance"]
    impact = np.where(found["coefficient"] > 0, found["importance"], 0.0)
    return impact / 100 * np.maximum(gap, 0.0) * found["reach"] / 100 / price, gap.clip(min=0.0)


def improvement_paths(data, items, experiences, *, scale, top=None, bottom=None, share=0.5, weights=None):
    """Two ways to improve a touchpoint, played through: cut the negative, or convert it.

    Parameters
    ----------
    data : data frame
        The answers behind `experiences`.
    items : str or list of str
        Touchpoints.
    experiences : pandas.DataFrame
        Output of `key_experiences`.
    scale : tuple (low, high)
    top, bottom : list of int, optional
        Codes that count as satisfied and as dissatisfied; the two outermost without.
    share : float, default 0.5
        Which part of the answers concerned moves.

    Returns
    -------
    pandas.DataFrame
        ``item, path`` ("cut": that part of the dissatisfied becomes neutral, the middle of the scale; "convert": it
        becomes satisfied, the lowest top code), ``moved`` (percent of users), ``mean_change`` (scale points), ``gain,
        gain_low, gain_high`` (outcome, over everyone).

    Raises
    ------
    ValueError
        `share` outside (0, 1].

    Notes
    -----
    A straight line through the model's slope: 模型关联估计，非因果承诺. Where dissatisfaction costs more than satisfaction
    earns (`penalty_reward`), "cut" is worth more than shown here.
    """
    if not 0 < share <= 1:
        raise ValueError(f"improvement_paths: `share` is {share!r}; it must lie above 0 and not above 1.")
    items, (low, high) = as_list(items), scale
    top, bottom = top or [high - 1, high], bottom or [low, low + 1]
    table, out = counts(data, items, weights=weights, where="improvement_paths"), []
    known = experiences.set_index("item")
    for item in items:
        rows = table[(table["item"] == item) & table["value"].notna()]
        value, w = rows["value"].to_numpy(float), rows["w"].to_numpy(float)
        bad = np.isin(value, bottom)
        for path, goal in (("cut", (low + high) / 2), ("convert", min(top))):
            moved = share * w[bad].sum() / w.sum()
            change = share * (w[bad] @ (goal - value[bad])) / w.sum()
            gains = {name: known.loc[item, name] * change for name in ("gain", "gain_low", "gain_high")}
            out.append({"item": item, "path": path, "moved": 100 * moved, "mean_change": change, **gains})
    return pd.DataFrame(out)

"""The experience curve: satisfaction along the journey with its low and high points, and the peak-end check."""

import narwhals as nw
import numpy as np
import pandas as pd

from cemlab.analyse.driver_regression import driver_regression
from cemlab.checks import require_columns, require_level
from cemlab.measure.frames import columns_of, lazy, number_column
from cemlab.measure.rows import reasons, unit_products, with_units
from cemlab.measure.schema import as_list

MIN_USERS = 30


def experience_curve(
    data,
    items,
    *,
    scale,
    stages=None,
    kinds=None,
    weights=None,
    cluster=None,
    level=0.95,
    draws=2000,
    min_n=MIN_USERS,
    minimum_effect=0.0,
    seed=1,
):
    """Satisfaction touchpoint by touchpoint along the journey, with pain points only where the intervals allow.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per answer.
    items : list of str
        Touchpoint ratings in the order of the journey.
    scale : tuple (low, high), or dict from item to it
        Ratings become 0 to 100: 100 (x - low) / (high - low).
    stages, kinds : dict from item to str, optional
        Stage of the journey; "function" or "emotion" (功能性, 情感性), kept apart in the chart.
    weights, cluster
        As in `nps`.
    level : float, default 0.95
        Of the intervals, and of all marks together.
    draws : int, default 2000
        Bootstrap samples of persons, replicates or clusters.
    min_n : int, default 30
        A touchpoint with fewer users keeps its row without figures.
    minimum_effect : float, default 0
        A mark needs at least this difference (0 to 100 points), too: large samples make every touchpoint differ.

    Returns
    -------
    pandas.DataFrame
        ``item, stage, kind, estimate`` (0 to 100), ``ci_low, ci_high, mean`` (scale points), ``reach`` (percent of those
        asked who used it), ``difference`` (to the mean of all touchpoints shown), ``difference_low, difference_high,
        mark`` ("low_point" 痛点, "high_point" or ""), ``n, n_missing, level, method, status``.

    Raises
    ------
    ValueError
        Unknown column, text instead of numbers, no two touchpoints with enough users.
    DataError
        A missing or negative weight.

    Notes
    -----
    The same people rate several touchpoints, so differences are taken inside bootstrap samples, and their limits are
    Bonferroni's for all touchpoints: with no true difference the chance of any mark is at most 1 - `level`. A low point is
    low among these touchpoints; whether it matters is for `key_drivers` to say.
    """
    where, items = "experience_curve", as_list(items)
    require_level(level, where)
    bounds = {item: scale[item] if isinstance(scale, dict) else scale for item in items}
    people = reasons(data, items, where=where).set_index("item")
    kept = [item for item in items if people.loc[item, "n"] >= max(min_n, 2)]
    if len(kept) < 2:
        raise ValueError(
            f"{where}: {len(kept)} of {len(items)} touchpoints have {min_n} users; a curve needs at least 2."
        )
    frame, kind = with_units(data, cluster=cluster, where=where)
    found = unit_products(frame.to_native(), kept, weights=weights, where=where)
    sums = found["products"][found["n"] > 0]
    k = len(kept)
    own = np.arange(k)
    low = np.array([bounds[item][0] for item in kept], dtype=float)
    width = np.array([bounds[item][1] - bounds[item][0] for item in kept], dtype=float)
    top, bottom = sums[:, own, k + own], sums[:, k + own, k + own]  # sums of ratings and of weights, by unit

    def curve(total, base):
        with np.errstate(invalid="ignore", divide="ignore"):
            return 100 * (total / base - low) / width

    estimate = curve(top.sum(axis=0), bottom.sum(axis=0))
    size = len(sums)
    counts = np.random.default_rng(seed).multinomial(size, np.full(size, 1 / size), size=draws).astype(float)
    drawn = curve(counts @ top, counts @ bottom)
    gap, gaps = estimate - estimate.mean(), drawn - np.nanmean(drawn, axis=1, keepdims=True)
    out = pd.DataFrame({"item": kept, "estimate": estimate, "mean": estimate / 100 * width + low, "difference": gap})
    out[["ci_low", "ci_high"]] = np.nanquantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0).T
    tail = (1 - level) / 2 / k
    # far tails from the error of the draws: too few draws lie out there to be counted
    from scipy.stats import norm

    half = norm.isf(tail) * np.nanstd(gaps, axis=0, ddof=1)
    out["difference_low"], out["difference_high"] = gap - half, gap + half
    large = out["difference"].abs() >= minimum_effect
    sides = [large & (out["difference_high"] < 0), large & (out["difference_low"] > 0)]
    out["mark"] = np.select(sides, ["low_point", "high_point"], "")
    out = out.set_index("item").reindex(items)
    out["mark"] = out["mark"].fillna("")
    out["status"] = np.where(out["estimate"].isna(), "not_estimable", "ok")
    out["reach"] = 100 * people["n"] / (people["n"] + people["not_applicable"])
    out[["n", "n_missing"]] = people[["n", "n_missing"]]
    out["stage"], out["kind"] = ([(table or {}).get(item, "") for item in items] for table in (stages, kinds))
    out = out.assign(level=level, method=f"bootstrap_{kind}{size}")
    columns = ["stage", "kind", "estimate", "ci_low", "ci_high", "mean", "reach", "difference", "difference_low"]
    columns += ["difference_high", "mark", "n", "n_missing", "level", "method", "status"]
    return out[columns].rename_axis("item").reset_index()


def peak_end(data, outcome, items, *, weights=None, level=0.95):
    """Whether the best, the worst and the last touchpoint say more about the whole than the mean of all.

    Parameters
    ----------
    data : data frame
        One row per answer.
    outcome : str
        Overall satisfaction.
    items : list of str
        Touchpoint ratings in the order of the journey, on one scale; people who rated fewer than two are left out.
    weights : str, optional
    level : float, default 0.95

    Returns
    -------
    pandas.DataFrame
        Output of `driver_regression` (HC3) of the outcome on ``(mean), (worst), (best), (last)``, and two rows metric
        ``r_squared`` with the items "(mean)" and "(worst, best, last)": what either side explains alone.

    Notes
    -----
    The rule speaks of experiences as they were felt; ratings given afterwards share one mood, which favours the mean.
    Kahneman, D. et al. (1993). When more pain is preferred to less. Psychological Science, 4, 401-405.
    """
    where, items = "peak_end", as_list(items)
    frame = lazy(data, where)
    require_columns(columns_of(frame), [*items, outcome, *as_list(weights)], where)
    if len(items) < 2:
        raise ValueError(f"{where}: {len(items)} touchpoint(s); at least 2 are needed to tell a peak from an end.")
    values = [number_column(item) for item in items]
    rated = nw.sum_horizontal(*(nw.when(v.is_null()).then(nw.lit(0)).otherwise(nw.lit(1)) for v in values))
    frame = frame.filter(rated >= 2).with_columns(
        mean_of(values).alias("(mean)"),
        nw.min_horizontal(*values).alias("(worst)"),
        nw.max_horizontal(*values).alias("(best)"),
        nw.coalesce(*reversed(values)).alias("(last)"),
    )
    rows, parts = frame.to_native(), ["(mean)", "(worst)", "(best)", "(last)"]
    full = driver_regression(rows, outcome, parts, weights=weights, level=level)
    alone = []
    for label, columns in (("(mean)", parts[:1]), ("(worst, best, last)", parts[1:])):
        fit = driver_regression(rows, outcome, columns, weights=weights, level=level)
        alone.append(fit[fit["metric"] == "r_squared"].assign(item=label))
    return pd.concat([full, *alone], ignore_index=True)


def mean_of(values):
    """Mean of the ratings given, row by row."""
    given = nw.sum_horizontal(*(nw.when(v.is_null()).then(nw.lit(0.0)).otherwise(nw.lit(1.0)) for v in values))
    return nw.sum_horizontal(*(nw.when(v.is_null()).then(nw.lit(0.0)).otherwise(v) for v in values)) / given

"""Key drivers: which touchpoints go with the outcome, how much, and whether more than noise would."""

import warnings

import numpy as np
import pandas as pd

from cemlab.analyse.driver_figures import figures, less_noise
from cemlab.analyse.driver_sums import LARGEST_REPAIR, MIN_USERS, DriverSums, NoDrivers, driver_sums, repaired
from cemlab.analyse.driver_table import NOISE, driver_claims, driver_table
from cemlab.analyse.lmg import MOST, subset_r2
from cemlab.checks import require_choice, require_level
from cemlab.measure.schema import estimates

__all__ = ["driver_claims", "driver_sums", "driver_table", "key_drivers"]
METHODS = ("relative_weights", "lmg")
UNITS = {
    **{"importance": "percent", "above_noise": "percent", "reach": "percent", "r2_part": "r2", "r_squared": "r2"},
    **{
        "correlation": "r",
        "beta": "beta",
        "vif": "ratio",
        "rank": "rank",
        "coefficient": "mean",
        "performance": "mean",
    },
}
ORDER = (
    "importance",
    "above_noise",
    "rank",
    "correlation",
    "beta",
    "coefficient",
    "r2_part",
    "vif",
    "performance",
    "reach",
)


def key_drivers(
    data,
    outcome=None,
    drivers=None,
    *,
    weights=None,
    cluster=None,
    method="relative_weights",
    metric="mean",
    missing="pairwise",
    draws=2000,
    level=0.95,
    min_n=None,
    min_users=MIN_USERS,
    seed=1,
):
    """How much of the outcome goes with each driver, with intervals, signs and a noise floor.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame; or DriverSums
        One row per answer; or what `driver_sums` made of it (then outcome, drivers, weights, cluster, metric, missing and
        min_users are those of the sums).
    outcome : str
        Numeric column to be explained: satisfaction, or the 0 to 10 recommendation.
    drivers : list of str
        Numeric columns, reversed where needed so that higher is better.
    weights : str, optional
        Column of case weights.
    cluster : str, optional
        Column of stores or interview points sampled as a whole; they are then what is resampled.
    method : {"relative_weights", "lmg"}, default "relative_weights"
        Johnson's relative weights, or LMG (Shapley) shares, exact up to 18 drivers.
    metric : {"mean", "nps"}, default "mean"
        "nps" explains the points 100, 0 and -100 of promoters, passives and detractors, so that coefficients are NPS
        points.
    missing : {"pairwise", "listwise"}, default "pairwise"
        "pairwise": every correlation from those who answered both (a touchpoint among its users); "listwise": only
        rows that answered everything. Without gaps both are the same; the `method` column says what was done.
    draws : int, default 2000
        Bootstrap samples of persons (below 1,000 of them), replicates or clusters; 0 gives no intervals.
    level : float, default 0.95
    min_n : int, optional
        Below this many answers only correlations are given; max(200, 10 a driver) when left out.
    min_users : int, default 100
        A driver with fewer users is not estimated.
    seed : int

    Returns
    -------
    pandas.DataFrame
        Estimates in long form, one row per ``metric`` and ``item``:

        ``importance`` (percent of the explained variance; sums to 100 over drivers), ``r2_part`` (the same as part of
        R-squared), ``correlation``, ``beta`` (standardised, full model: its sign is the driver's), ``coefficient``
        (outcome points that go with one more point on the driver, others held), ``vif``, ``rank`` (interval: ranks
        between draws), ``above_noise`` (importance less that of a noise driver), ``performance`` (mean), ``reach``
        (percent of those asked who used it); for the model ``r_squared`` (item: the outcome) and ``importance`` of
        "(noise)": what a driver without any meaning gets.

        Drivers that cannot be estimated keep their row: status "not_estimable", ``method`` says why (constant,
        few_users, few_joint_users, correlations_only).

    Raises
    ------
    ValueError
        Wrong columns or options; more than 18 drivers with "lmg".
    NoDrivers
        A ValueError: an outcome without spread, fewer than two drivers that can be estimated, or a pairwise matrix that no
        small repair makes a correlation matrix.
    DataError
        A missing or negative weight.

    Notes
    -----
    Everything comes from weighted sums of products: one scan, whatever the rows. The noise driver is drawn from its exact
    distribution given these sums (Tonidandel's comparison without choosing one lucky variable), and compared by relative
    weights under both methods. Intervals are percentiles; importance near 0 is biased upwards, hence the floor.
    Importance is not cause: correlated drivers share credit, a driver that everyone rates alike gets none, and an omitted
    one is hidden in others. With VIF above about 5 single coefficients and signs mean little; shares stay stable.
    Pairwise correlations of different users may not fit together: an indefinite matrix is repaired openly (method ends
    in "_repaired") if no correlation moves by more than 0.1, otherwise refused.

    References
    ----------
    Johnson (2000), Multivariate Behavioral Research 35, 1-19. Tonidandel, LeBreton, Johnson (2009), Psychological
    Methods 14, 387-399. Groemping (2006), J. Statistical Software 17(1). In R: ``rwa::rwa``, ``relaimpo::calc.relimp``.
    """
    where = "key_drivers"
    require_choice(method, METHODS, name="method", where=where)
    require_level(level, where)
    how = {"weights": weights, "cluster": cluster, "metric": metric, "missing": missing, "min_users": min_users}
    sums = data if isinstance(data, DriverSums) else driver_sums(data, outcome, drivers, **how)
    if method == "lmg" and sums.k > MOST:
        subset_r2(np.eye(sums.k + 1))  # says why not
    least = max(200, 10 * sums.k) if min_n is None else min_n
    if sums.n < least:
        return shaped(sums, correlations_only(sums), level, f"correlations_only_{sums.missing}")
    base = sums.describe(sums.total)
    fixed, change = repaired(base[3])
    if change > LARGEST_REPAIR:
        raise NoDrivers(
            f"{where}: the pairwise correlations contradict each other (smallest eigenvalue "
            f"{np.linalg.eigvalsh(base[3])[0]:.3f}; a repair would move one by {change:.2f}); take missing='listwise' or "
            "leave out drivers that few people share."
        )
    rows = figures(sums, (*base[:3], fixed), method)
    rows |= noise_floor(sums, base, level, seed)
    token = f"{method}_{sums.missing}" + ("_repaired" if change else "")
    if draws and len(sums.units) > 1:
        resampled = drawn_figures(sums, method, draws, seed)
        rows = with_intervals(rows, resampled, level)
        token += f"_{sums.unit_kind}{len(sums.units)}"
    return shaped(sums, rows, level, token)


def drawn_figures(sums, method, draws, seed):
    """Figures of `draws` bootstrap samples: dict of metric to array, draws first."""
    drawn, parts = sums.draws(draws, seed), []
    piece = max(1, 2**20 // 2**sums.k) if method == "lmg" else draws  # the subsets of all draws at once are too many
    for start in range(0, draws, piece):
        base = sums.describe(drawn[start : start + piece])
        parts.append(figures(sums, (*base[:3], repaired(base[3])[0]), method))
    out = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    noise = sums.noise(draws, seed + 1, 2.0)
    base = sums.describe(drawn)
    out["above_noise"] = less_noise(repaired(base[3])[0], noise)
    return out


def noise_floor(sums, base, level, seed):
    """What a driver without meaning gets in this very sample: mean, and the percentiles of `level`."""
    noise = sums.noise(1000, seed + 2, 1.0)
    correlation = repaired(base[3])[0]
    wide = less_noise(np.broadcast_to(correlation, (len(noise), *correlation.shape)), noise)
    share = (100 - wide.sum(axis=1)) / (sums.k + 1)  # parts sum to 100, and each stands there less the noise's
    low, high = np.quantile(share, [(1 - level) / 2, (1 + level) / 2])
    return {"noise": (share.mean(), share.std(ddof=1), low, high), "above_noise": wide.mean(axis=0)}


def correlations_only(sums):
    """Figures of a sample too small for a model."""
    weight, means, _, correlation = sums.describe(sums.total)
    nothing = np.full(sums.k, np.nan)
    names = ("importance", "r2_part", "beta", "coefficient", "vif", "rank")
    known = {"correlation": correlation[: sums.k, sums.k], "performance": means[: sums.k], "reach": sums.reach(weight)}
    return dict.fromkeys(names, nothing) | known | {"r_squared": np.array([np.nan])}


def with_intervals(rows, drawn, level):
    """Each figure as (estimate, se, low, high), from its draws; ranks keep whole numbers."""
    tails = [(1 - level) / 2, (1 + level) / 2]
    out = {}
    for name, estimate in rows.items():
        if name not in drawn:
            out[name] = estimate
            continue
        values = drawn[name]
        with np.errstate(invalid="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # a column of draws without a value has no quantile
            finite = np.where(np.isfinite(values), values, np.nan)
            kind = {"method": "inverted_cdf"} if name == "rank" else {}
            low, high = np.nanquantile(finite, tails, axis=0, **kind)
            out[name] = (estimate, np.nanstd(finite, axis=0, ddof=1), low, high)
    return out


def shaped(sums, rows, level, token):
    """Long estimates of all drivers, the excluded ones too, then of the model."""
    people, out = sums.people, []
    number = {"n": people["n"], "n_missing": people["n_missing"]}
    for metric in (name for name in ORDER if name in rows):
        value = rows[metric] if isinstance(rows[metric], tuple) else (rows[metric], *[np.full(sums.k, np.nan)] * 3)
        unit = "points" if metric == "coefficient" and sums.options["metric"] == "nps" else UNITS[metric]
        for i, driver in enumerate(sums.drivers):
            out.append({"metric": metric, "item": driver, "unit": unit, "method": token, **figure(value, i)})
        for driver, reason in sums.excluded.items():
            out.append({"metric": metric, "item": driver, "unit": unit, "method": f"excluded_{reason}"})
    for row in out:
        row["n"], row["n_missing"] = (int(number[name][row["item"]]) for name in ("n", "n_missing"))
        if sums.missing == "listwise" and row["item"] in sums.drivers:
            row["n"] = sums.n
        row["n_eff"] = row["n"] * sums.n_eff / sums.n
    value = (
        rows["r_squared"] if isinstance(rows["r_squared"], tuple) else (rows["r_squared"], *[np.full(1, np.nan)] * 3)
    )
    model = {"n": sums.n, "n_missing": 0, "n_eff": sums.n_eff, "method": token}
    out.append({"metric": "r_squared", "item": sums.outcome, "unit": "r2", **model, **figure(value, 0)})
    if "noise" in rows:
        names = dict(zip(("estimate", "se", "ci_low", "ci_high"), rows["noise"], strict=True))
        out.append({"metric": "importance", "item": NOISE, "unit": "percent", **model, **names})
    frame = pd.DataFrame(out).assign(level=level)
    frame["status"] = np.where(frame["estimate"].isna(), "not_estimable", "ok")
    return estimates(frame)


def figure(value, place):
    """One driver's estimate, error and limits."""
    return {name: float(part[place]) for name, part in zip(("estimate", "se", "ci_low", "ci_high"), value, strict=True)}

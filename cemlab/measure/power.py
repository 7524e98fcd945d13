"""What a sample can show: the smallest difference it would detect, and the sample a difference needs."""

import numpy as np

from cemlab.checks import require_columns, require_level
from cemlab.measure.schema import COMPARISONS, ESTIMATES


def detectable_difference(results, reference=None, *, power=0.8, level=0.95):
    """The smallest true difference that each row could show: the power line under a headline.

    Parameters
    ----------
    results : pandas.DataFrame
        Estimates of this wave (NPS, shares, means); or comparisons, which hold both sides.
    reference : pandas.DataFrame, optional
        Estimates of the wave compared with, made with the same `by` columns, metrics and items. Without it (and with
        estimates) the other sample is taken to be like this one.
    power : float, default 0.8
        Probability of finding the difference if it is there.
    level : float, default 0.95
        1 minus the two-sided level of the test.

    Returns
    -------
    pandas.DataFrame
        The key columns of `results` (by, metric, item, at), then ``unit, detectable, n_eff, n_eff_reference, power,
        level, status``. ``detectable`` is in the unit of the row: NPS points, percentage points, scale points.

    Raises
    ------
    ValueError
        `power` or `level` outside (0, 1); rows of `results` without a partner in `reference`.

    Notes
    -----
    (z_{1-alpha/2} + z_power) * sqrt(se_1^2 + se_2^2); 2.80 at 95 % and 80 %. On effective bases se^2 = V / n_eff with
    V = p (1 - p) for a share, P + D - (P - D)^2 for NPS, s^2 for a mean; clustered errors enter as they are. Missing
    where a side has no error: all answers equal (nothing is known about the variance), no answers, hidden. It speaks of
    the design, not of the difference found: a difference below it may still be significant by luck. Adjustment for many
    tests makes the true figure larger.

    References
    ----------
    .. [1] Cohen, J. (1988). Statistical Power Analysis for the Behavioral Sciences, 2nd ed.

    Examples
    --------
    >>> import pandas as pd
    >>> half = {"metric": "top_box", "item": "overall", "unit": "percent", "se": 5.0, "n_eff": 100.0}
    >>> detectable_difference(pd.DataFrame([half]))["detectable"].round(1).tolist()
    [19.8]
    """
    where = "detectable_difference"
    require_level(level, where)
    factor = both_quantiles(level, power, where)
    two_sided = "difference_se" in results
    names = {*COMPARISONS, *ESTIMATES} - {"metric", "item", "at"} - ({"reference"} if two_sided else set())
    keys = [c for c in results.columns if c not in names]
    if two_sided:
        require_columns(results.columns, ["unit", "difference_se", "n_eff", "n_eff_reference"], where)
        error, other_base = results["difference_se"], results["n_eff_reference"]
    else:
        require_columns(results.columns, ["metric", "item", "unit", "se", "n_eff"], where)
        error, other_base = results["se"] * np.sqrt(2), results["n_eff"]
        if reference is not None:
            other = partner(results, reference, keys, where)
            error, other_base = np.hypot(results["se"].to_numpy(float), other["se"].to_numpy(float)), other["n_eff"]
    out = results[keys].reset_index(drop=True)
    error = np.asarray(error, dtype=float)
    detectable = np.where(error > 0, factor * error, np.nan)
    return out.assign(
        unit=results["unit"].to_numpy(),
        detectable=detectable,
        n_eff=results["n_eff"].to_numpy(float),
        n_eff_reference=np.asarray(other_base, dtype=float),
        power=power,
        level=level,
        status=np.where(np.isnan(detectable), "not_estimable", "ok"),
    )


def partner(results, reference, keys, where):
    """The rows of `reference` that belong to the rows of `results`, in their order."""
    require_columns(reference.columns, [*keys, "se", "n_eff"], where)
    twice = reference.duplicated(keys)
    if twice.any():
        raise ValueError(f"{where}: `reference` holds {int(twice.sum())} rows twice by {keys}; pass one wave only.")
    paired = results[keys].merge(reference[[*keys, "se", "n_eff"]], on=keys, how="left", indicator=True)
    lost = paired["_merge"] == "left_only"
    if lost.any():
        first = paired.loc[lost, keys].iloc[0].to_dict()
        raise ValueError(
            f"{where}: {int(lost.sum())} of {len(results)} rows have no partner in `reference`, for example {first}; make "
            "both with the same `by`, metrics and items, or compare only what both hold."
        )
    return paired


def both_quantiles(level, power, where):
    """Quantile z of the test plus z of the power: 2.80 for 95 % and 80 %."""
    from scipy.special import ndtri

    if isinstance(power, bool) or not isinstance(power, (int, float)) or not 0 < power < 1:
        raise ValueError(f"{where}: `power` is {power!r}; it must lie strictly between 0 and 1, for example 0.8.")
    return float(ndtri(0.5 + level / 2) + ndtri(power))


def sample_size(*, shares=None, difference=None, sd=None, power=0.8, level=0.95):
    """Answers needed per group to find a difference of two shares or of two means.

    Parameters
    ----------
    shares : tuple of two floats, optional
        The two shares, 0 to 1.
    difference, sd : float, optional
        The difference of two means and the standard deviation of one answer (NPS: 100 * sqrt(P + D - (P - D)^2)).
    power, level : float
        As in `detectable_difference`.

    Returns
    -------
    float
        Answers per group, not rounded; multiply by the design effect when weighted or clustered, round up.

    Raises
    ------
    ValueError
        Neither or both of `shares` and `difference`, equal shares, a share outside 0 to 1, `sd` not positive.

    Notes
    -----
    Shares: ((z_a sqrt(2 m (1 - m)) + z_b sqrt(p1 q1 + p2 q2)) / (p1 - p2))^2 with m their mean, as R's
    ``power.prop.test``. Means: two-sided t test with equal groups, as R's ``power.t.test``.
    """
    where = "sample_size"
    require_level(level, where)
    both_quantiles(level, power, where)
    if (shares is None) == (difference is None):
        raise ValueError(f"{where}: give either `shares=(p1, p2)` or `difference` with `sd`.")
    if shares is not None:
        from scipy.special import ndtri

        p1, p2 = shares
        if not (0 <= p1 <= 1 and 0 <= p2 <= 1) or p1 == p2:
            raise ValueError(f"{where}: `shares` is {shares!r}; give two different shares between 0 and 1.")
        mean = (p1 + p2) / 2
        test = ndtri(0.5 + level / 2) * np.sqrt(2 * mean * (1 - mean))
        return float(((test + ndtri(power) * np.sqrt(p1 * (1 - p1) + p2 * (1 - p2))) / (p1 - p2)) ** 2)
    if not sd or sd <= 0 or difference == 0:
        raise ValueError(f"{where}: `difference` is {difference!r}, `sd` {sd!r}; neither may be 0, `sd` not negative.")
    from statsmodels.stats.power import TTestIndPower

    effect = abs(difference) / sd
    return float(TTestIndPower().solve_power(effect, power=power, alpha=1 - level, ratio=1.0, alternative="two-sided"))


def power_of_shares(p1, p2, n, *, level=0.95):
    """Probability that a two-sided test finds shares `p1` and `p2` different with `n` answers each.

    Parameters
    ----------
    p1, p2 : float
        The two shares, 0 to 1.
    n : float
        (Effective) answers per group.
    level : float, default 0.95
        1 minus the level of the test.

    Returns
    -------
    float
        As R's ``power.prop.test(strict = FALSE)``.
    """
    from scipy.special import ndtr, ndtri

    require_level(level, "power_of_shares")
    mean = (p1 + p2) / 2
    shift = np.sqrt(n) * abs(p1 - p2) - ndtri(0.5 + level / 2) * np.sqrt(2 * mean * (1 - mean))
    return float(ndtr(shift / np.sqrt(p1 * (1 - p1) + p2 * (1 - p2))))

"""How large a difference of two groups is, from a table of counts: Cohen's d, Hedges' g, Cliff's delta."""

import numpy as np

from cemlab.checks import require_level
from cemlab.measure.inference import group_moments


def cohen_d(table, *, hedges=False, level=0.95):
    """Difference of the first two group means in pooled standard deviations.

    Parameters
    ----------
    table : pandas.DataFrame
        Counts, groups down, numeric answers across (`inference.crosstab`).
    hedges : bool, default False
        Hedges' correction for small samples, 1 - 3 / (4 n - 9), with its approximate interval; else the exact interval
        by the noncentral t.
    level : float, default 0.95
        Confidence level.

    Returns
    -------
    dict
        ``estimate, low, high``.

    Notes
    -----
    In R: ``effsize::cohen.d(a, b, noncentral = TRUE)`` and ``(..., hedges.correction = TRUE)``.
    """
    from scipy import optimize, stats

    require_level(level, "cohen_d")
    (n1, n2), mean, var = (a[:2] for a in group_moments(table))
    df = n1 + n2 - 2
    with np.errstate(divide="ignore", invalid="ignore"):
        d = (mean[0] - mean[1]) / np.sqrt(((n1 - 1) * var[0] + (n2 - 1) * var[1]) / df)
    if hedges:
        j = 1 - 3 / (4 * (n1 + n2) - 9)
        se = np.sqrt((n1 + n2) / (n1 * n2) + (d * j) ** 2 / (2 * (n1 + n2)))
        half = stats.t.ppf(0.5 + level / 2, df) * se * j
        return {"estimate": d * j, "low": d * j - half, "high": d * j + half}
    scale = np.sqrt(1 / n1 + 1 / n2)
    t = d / scale

    def miss(ncp, tail):
        below = stats.nct.cdf(t, df, ncp)
        return (float(ncp < t) if np.isnan(below) else below) - tail  # far out scipy gives NaN for 0 or 1

    def limit(tail):
        reach = 12 + abs(t)
        return optimize.brentq(miss, t - reach, t + reach, args=(tail,), xtol=1e-12) * scale

    if not np.isfinite(t):
        return {"estimate": d, "low": np.nan, "high": np.nan}
    return {"estimate": d, "low": limit(0.5 + level / 2), "high": limit(0.5 - level / 2)}


def cliff_delta(table, *, level=0.95):
    """P(first > second) - P(first < second) of two groups, -1 to 1, with Cliff's asymmetric interval.

    Parameters
    ----------
    table : pandas.DataFrame
        Counts, groups down, ordered answers across.
    level : float, default 0.95
        Confidence level.

    Returns
    -------
    dict
        ``estimate, low, high``; no limits where one side lies wholly above the other.

    References
    ----------
    Cliff, N. (1996). Ordinal Methods for Behavioral Data Analysis. In R: ``effsize::cliff.delta``.
    """
    from scipy import stats

    require_level(level, "cliff_delta")
    a, b = table.to_numpy(float)[:2]
    n1, n2 = a.sum(), b.sum()
    sign = np.sign(np.subtract.outer(np.arange(len(a)), np.arange(len(b))))
    rows, columns = sign @ b / n2, a @ sign / n1  # mean dominance of an answer of one side over the other side
    d = a @ rows / n1
    within = a @ (sign - d) ** 2 @ b
    variance = n2**2 * (a @ (rows - d) ** 2) + n1**2 * (b @ (columns - d) ** 2) - within
    variance /= n1 * n2 * (n1 - 1) * (n2 - 1)
    variance = max(variance, (1 - d * d) / (n1 * n2 - 1))
    z = stats.t.ppf(0.5 + level / 2, n1 + n2 - 2)
    half = z * np.sqrt(variance) * np.sqrt((1 - d * d) ** 2 + z * z * variance)
    below = 1 - d * d + z * z * variance
    if below <= 1e-12:  # one side lies wholly above the other: no variance to judge by
        return {"estimate": float(d), "low": np.nan, "high": np.nan}
    return {"estimate": float(d), "low": (d - d**3 - half) / below, "high": (d - d**3 + half) / below}

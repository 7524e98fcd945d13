"""Intervals of the difference of two independent shares: Newcombe, Miettinen-Nurminen, Agresti-Caffo, Wald."""

import numpy as np

from cemlab.checks import require_choice, require_level
from cemlab.measure.intervals import quantile, share_interval

METHODS = ("newcombe", "miettinen_nurminen", "agresti_caffo", "wald")


def share_difference_interval(share, n, reference, n_reference, *, level=0.95, method="newcombe"):
    """Interval of ``share - reference``, two shares of independent groups.

    Parameters
    ----------
    share, reference : arrays of float
        Shares, 0 to 1.
    n, n_reference : arrays of float
        Their (effective) bases.
    level : float, default 0.95
        Confidence level.
    method : {"newcombe", "miettinen_nurminen", "agresti_caffo", "wald"}
        "newcombe" joins two Wilson intervals (method 10 of [1]_); "miettinen_nurminen" inverts the score test [2]_;
        "agresti_caffo" adds one success and one failure to each side [3]_; "wald" is too narrow for small bases.

    Returns
    -------
    low, high : arrays of float
        Within -1 to 1; missing where a base is 0 or missing.

    Raises
    ------
    ValueError
        `level` outside (0, 1), unknown `method`.

    Notes
    -----
    The score equation is solved here because the score intervals of statsmodels 0.15 fail or deviate near 0 and 1.
    In R: ``DescTools::BinomDiffCI`` with methods "score", "mn", "ac", "wald".

    References
    ----------
    .. [1] Newcombe, R. (1998). Statistics in Medicine, 17, 873-890.
    .. [2] Miettinen, O., Nurminen, M. (1985). Statistics in Medicine, 4, 213-226.
    .. [3] Agresti, A., Caffo, B. (2000). The American Statistician, 54, 280-288.
    """
    require_level(level, "share_difference_interval")
    require_choice(method, METHODS, name="method", where="share_difference_interval")
    p1, n1, p2, n2 = np.broadcast_arrays(*(np.asarray(a, dtype=float) for a in (share, n, reference, n_reference)))
    n1, n2 = np.where(n1 > 0, n1, np.nan), np.where(n2 > 0, n2, np.nan)
    z = quantile(level)
    if method == "newcombe":
        low1, high1 = share_interval(p1, n1, level=level)
        low2, high2 = share_interval(p2, n2, level=level)
        low = p1 - p2 - np.hypot(p1 - low1, high2 - p2)
        high = p1 - p2 + np.hypot(high1 - p1, p2 - low2)
    elif method == "miettinen_nurminen":
        low = score_limit(p1, n1, p2, n2, z, -1.0)
        high = score_limit(p1, n1, p2, n2, z, 1.0)
    else:
        if method == "agresti_caffo":
            p1, n1, p2, n2 = (p1 * n1 + 1) / (n1 + 2), n1 + 2, (p2 * n2 + 1) / (n2 + 2), n2 + 2
        half = z * np.sqrt(p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2)
        low, high = p1 - p2 - half, p1 - p2 + half
    return np.clip(low, -1, 1), np.clip(high, -1, 1)


def score_limit(p1, n1, p2, n2, z, side):
    """The difference at which Miettinen and Nurminen's statistic reaches `z`, by bisection from the estimate."""
    near, far = p1 - p2, np.full(np.shape(p1), side)
    for _ in range(60):
        middle = (near + far) / 2
        with np.errstate(divide="ignore", invalid="ignore"):
            reached = np.abs(p1 - p2 - middle) >= z * restricted_error(p1, n1, p2, n2, middle)
        near, far = np.where(reached, near, middle), np.where(reached, middle, far)
    return np.where(np.isnan(n1 + n2 + p1 + p2), np.nan, (near + far) / 2)


def restricted_error(p1, n1, p2, n2, difference):
    """Standard error of p1 - p2 at the most likely shares that differ by `difference`, with factor N / (N - 1)."""
    ratio = n2 / n1
    a = 1 + ratio
    b = -(1 + ratio + p1 + ratio * p2 + difference * (ratio + 2))
    c = difference**2 + difference * (2 * p1 + ratio + 1) + p1 + ratio * p2
    d = -p1 * difference * (1 + difference)
    v = b**3 / (3 * a) ** 3 - b * c / (6 * a**2) + d / (2 * a)
    u = np.where(v >= 0, 1.0, -1.0) * np.sqrt(np.maximum(b**2 / (3 * a) ** 2 - c / (3 * a), 0.0))
    angle = (np.pi + np.arccos(np.clip(np.where(u == 0, 0.0, v / u**3), -1, 1))) / 3
    first = np.clip(2 * u * np.cos(angle) - b / (3 * a), 0, 1)
    second = np.clip(first - difference, 0, 1)
    total = n1 + n2
    return np.sqrt((first * (1 - first) / n1 + second * (1 - second) / n2) * total / (total - 1))

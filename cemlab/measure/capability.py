"""How well a stable process keeps within its limits of tolerance: Cp, Cpk, Cpm."""

import numpy as np
import pandas as pd

from cemlab.checks import require_level


def capability(n, centre, sigma, *, lower, upper, target=None, level=0.95):
    """Capability indices of a process, such as waiting times against a service promise.

    Parameters
    ----------
    n : int
        Values behind centre and sigma.
    centre, sigma : float
        Mean and standard deviation inside subgroups, from a control chart without signals (`control.control_limits`).
    lower, upper : float
        Limits of tolerance, in the unit of the values.
    target : float, optional
        Aim of Cpm; the middle of the limits without it.
    level : float, default 0.95
        Confidence level. The limits of ``cp_lower`` and ``cp_upper`` are one-sided at this level.

    Returns
    -------
    pandas.DataFrame
        ``index`` (cp, cp_lower, cp_upper, cpk, cpm), ``estimate, low, high``.

    Raises
    ------
    ValueError
        Limits out of order, sigma not positive, fewer than two values.

    Notes
    -----
    Means little while the process still signals, and wrong for values far from normal: waiting times are skewed, so take
    their logarithm or the share beyond the limit instead.

    References
    ----------
    Montgomery, D. C. Introduction to Statistical Quality Control. Boyles, R. A. (1991). J. Quality Technology, 23,
    17-26. In R: ``qcc::process.capability`` (whose limits of Cpm are somewhat wider).
    """
    from scipy import stats

    require_level(level, "capability")
    if not (lower < upper and sigma > 0 and n > 1):
        raise ValueError(
            f"capability: needs lower < upper, sigma > 0 and n > 1; got lower {lower}, upper {upper}, sigma {sigma}, n {n}."
        )
    middle = (lower + upper) / 2 if target is None else target
    tails = np.array([0.5 - level / 2, 0.5 + level / 2])
    cp, off = (upper - lower) / (6 * sigma), ((centre - middle) / sigma) ** 2
    sides = {"cp_lower": (centre - lower) / (3 * sigma), "cp_upper": (upper - centre) / (3 * sigma)}
    rows = {"cp": (cp, cp * np.sqrt(stats.chi2.ppf(tails, n - 1) / (n - 1)))}
    for name, value, z in [
        *((k, v, stats.norm.ppf(level)) for k, v in sides.items()),
        ("cpk", min(sides.values()), None),
    ]:
        z = stats.norm.ppf(tails[1]) if z is None else z
        half = z * np.sqrt(1 / (9 * n) + value**2 / (2 * (n - 1)))
        rows[name] = (value, (value - half, value + half))
    df = n * (1 + off) ** 2 / (1 + 2 * off)
    cpm = cp / np.sqrt(1 + off)
    rows["cpm"] = (cpm, cpm * np.sqrt(stats.chi2.ppf(tails, df) / df))
    return pd.DataFrame(
        [(name, value, *limits) for name, (value, limits) in rows.items()], columns=["index", "estimate", "low", "high"]
    )

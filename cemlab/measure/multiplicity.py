"""Many tests at once: adjusted p-values of one family."""

import numpy as np

from cemlab.checks import require_choice

METHODS = ("bh", "holm", "bonferroni", "hochberg", "hommel", "by")


def adjust_p(p_values, method="bh"):
    """P-values adjusted for one family of tests, in the order given.

    Parameters
    ----------
    p_values : array-like of float
        Raw p-values; missing ones were not tested, keep their place and do not count in the family.
    method : {"bh", "holm", "bonferroni", "hochberg", "hommel", "by"} or None, default "bh"
        "bh" (Benjamini-Hochberg) bounds the share of false claims among the claims; "holm" bounds the chance of any
        false claim. None leaves the values as they are.

    Returns
    -------
    numpy.ndarray
        Adjusted p-values, none above 1, never below the raw one.

    Raises
    ------
    ValueError
        Unknown method, or a p-value outside 0 to 1.

    Notes
    -----
    The figures depend on which tests belong to the family: adjusting two tables apart allows more false claims than
    adjusting them together.

    References
    ----------
    Benjamini, Y. and Hochberg, Y. (1995). JRSS B, 57, 289-300. Holm, S. (1979). Scand. J. Statist., 6, 65-70.
    In R: ``p.adjust``.
    """
    p = np.array(p_values, dtype=float)
    given = ~np.isnan(p)
    if ((p[given] < 0) | (p[given] > 1)).any():
        raise ValueError(
            f"adjust_p: p-values must lie between 0 and 1; found {p[given].min():g} to {p[given].max():g}."
        )
    if method is None:
        return p
    require_choice(method, METHODS, name="adjust", where="adjust_p")
    m = int(given.sum())
    if method == "hommel" and m:
        from statsmodels.stats.multitest import multipletests

        p[given] = multipletests(p[given], method="hommel")[1]
        return p
    order = np.flatnonzero(given)[np.argsort(p[given], kind="stable")]  # places of the tests, smallest p first
    rank = np.arange(1, m + 1)
    factor = {"bh": m / rank, "by": m / rank * (1 / rank).sum(), "bonferroni": np.full(m, float(m))}
    scaled = p[order] * factor.get(method, m - rank + 1)  # Holm and Hochberg
    if method == "holm":
        scaled = np.maximum.accumulate(scaled)
    else:
        scaled = np.minimum.accumulate(scaled[::-1])[::-1]
    p[order] = np.minimum(scaled, 1.0)
    return p

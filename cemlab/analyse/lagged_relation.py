"""How an experience figure and an operational figure move together over time (O+X): correlation of their changes by lag."""

import numpy as np
import pandas as pd
from scipy import stats

from cemlab.measure.multiplicity import adjust_p
from cemlab.measure.schema import estimates

FEWEST_PERIODS = 12


def lagged_relation(series, x, y, *, period="period", lags=3, level=0.95, min_periods=FEWEST_PERIODS):
    """Correlation of the changes of `x` with the changes of `y` in the same period and up to `lags` periods later.

    Parameters
    ----------
    series : pandas.DataFrame
        One row per period, in order, none left out (a period without a figure holds missing values).
    x, y : str
        Columns: the leading figure (awareness, percent) and the one that may follow (sales).
    period : str, default "period"
        Column of the periods' codes, each once.
    lags : int, default 3
    level : float, default 0.95
    min_periods : int, default 12
        With fewer pairs of changes, no figure is given.

    Returns
    -------
    pandas.DataFrame
        Estimates, one row a lag: metric "correlation", ``item`` x, ``at`` the lag, ``estimate`` between -1 and 1, ``n`` pairs of
        changes, ``n_eff`` pairs after correction for the series' own inertia, interval by Fisher's z on ``n_eff``; with the
        columns ``p_value`` and ``p_adjusted`` (Holm over the lags).

    Raises
    ------
    ValueError
        Unknown column, a period that stands twice, negative `lags`.

    Notes
    -----
    Levels of two series that both rise correlate whatever they measure; changes from one period to the next do not for that
    reason. ``n_eff = n / (1 + 2 sum r_x(j) r_y(j) (1 - j/n))`` over j < n/4, never above n (Bartlett's formula). Sampling error of
    a survey figure makes its changes noisy and the correlation small; a common season makes it large. It is no proof that
    one moves the other.

    References
    ----------
    Bartlett, M. S. (1946). JRSS Suppl., 8, 27-41. The plain correlation of changes in R: ``cor(diff(x), diff(y))``.

    Examples
    --------
    >>> import pandas as pd
    >>> weeks = pd.DataFrame({"period": range(15), "x": [1, 3, 2, 5, 4, 6, 5, 8, 7, 9, 6, 8, 9, 7, 8]})
    >>> weeks["y"] = weeks["x"].shift(1, fill_value=1)
    >>> lagged_relation(weeks, "x", "y", lags=1)[["at", "estimate", "n"]].round(2)
        at  estimate   n
    0  0.0     -0.75  14
    1  1.0      1.00  13
    """
    where = "lagged_relation"
    absent = [c for c in (period, x, y) if c not in series]
    if absent:
        raise ValueError(f"{where}: no column {absent[0]!r}; there are {list(series.columns)[:20]}.")
    twice = series[period][series[period].duplicated()]
    if len(twice):
        raise ValueError(f"{where}: period {str(twice.iloc[0])!r} stands more than once; sum or average it first.")
    if lags < 0:
        raise ValueError(f"{where}: `lags` is {lags}; give 0 or more.")
    dx, dy = (np.diff(pd.to_numeric(series[c]).to_numpy(dtype=float)) for c in (x, y))
    rows = []
    for lag in range(lags + 1):
        a, b = dx[: len(dx) - lag], dy[lag:]
        both = ~(np.isnan(a) | np.isnan(b))
        rows.append({"at": lag, "n": int(both.sum()), **correlation(a[both], b[both], level, min_periods)})
    out = pd.DataFrame(rows)
    frame = estimates(out.assign(metric="correlation", item=x, unit="correlation", n_missing=0, level=level,
                                 method="changes_bartlett"))  # fmt: skip
    frame["p_value"] = out["p_value"]
    return frame.assign(p_adjusted=adjust_p(frame["p_value"], "holm"))


def correlation(a, b, level, least):
    """Correlation, effective pairs, Fisher interval and p of two rows of changes; missing figures with too few pairs."""
    none = dict.fromkeys(("estimate", "se", "ci_low", "ci_high", "p_value"), np.nan)
    if len(a) < least or np.ptp(a) == 0 or np.ptp(b) == 0:
        return none | {"n_eff": float(len(a)), "status": "not_estimable"}
    r = float(np.corrcoef(a, b)[0, 1])
    n_eff = effective_pairs(a, b)
    if n_eff <= 4:
        return none | {"n_eff": n_eff, "status": "not_estimable"}
    se = 1 / np.sqrt(n_eff - 3)
    z, half = np.arctanh(np.clip(r, -1 + 1e-15, 1 - 1e-15)), stats.norm.ppf((1 + level) / 2) * se
    low, high = np.tanh([z - half, z + half])
    return {"estimate": r, "se": (1 - r**2) * se, "ci_low": low, "ci_high": high,
            "p_value": float(2 * stats.norm.sf(abs(z) / se)), "n_eff": n_eff, "status": "ok"}  # fmt: skip


def effective_pairs(a, b):
    """Pairs that independent series would need for the same precision, by Bartlett's formula."""
    n, total = len(a), 0.0
    for j in range(1, max(n // 4, 1) + 1):
        total += own_correlation(a, j) * own_correlation(b, j) * (1 - j / n)
    return float(min(n, n / max(1 + 2 * total, 1e-9)))


def own_correlation(values, lag):
    """Autocorrelation at a lag."""
    centred = values - values.mean()
    return float((centred[:-lag] * centred[lag:]).sum() / (centred**2).sum())

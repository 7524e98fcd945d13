"""Intervals of one share, of several shares at once, and of an NPS: formulas on small tables."""

import numpy as np

from cemlab.checks import require_choice, require_level

SHARE_METHODS = ("wilson", "agresti_coull", "clopper_pearson", "jeffreys", "logit", "wald")


def quantile(level, df=np.inf):
    """Two-sided quantile of the normal distribution, or of Student's t where `df` is finite."""
    from scipy.special import ndtri, stdtrit

    df = np.asarray(df, dtype=float)
    t = stdtrit(np.where(np.isfinite(df) & (df > 0), df, 1.0), 0.5 + level / 2)
    return np.where(np.isinf(df), ndtri(0.5 + level / 2), np.where(df > 0, t, np.nan))


def share_interval(share, n, *, level=0.95, method="wilson", df=np.inf):
    """Interval of a share.

    Parameters
    ----------
    share : array of float
        Shares, 0 to 1.
    n : array of float
        Bases; effective ones of weighted or clustered samples need not be whole numbers.
    level : float, default 0.95
        Confidence level.
    method : {"wilson", "agresti_coull", "clopper_pearson", "jeffreys", "logit", "wald"}
        "wilson" is the score interval [1]_; "clopper_pearson" never covers too little and is wide; "jeffreys" takes
        the equal tails of Beta(x + 1/2, n - x + 1/2), with 0 or 1 where x is 0 or n; "logit" falls back on
        Clopper-Pearson where x is 0 or n; "wald" is known to be too narrow near 0 and 1 and is there for comparison.
    df : array of float
        Degrees of freedom of a clustered error: Student's t replaces the normal quantile.

    Returns
    -------
    low, high : arrays of float
        Within 0 to 1; missing where n is 0 or missing.

    Raises
    ------
    ValueError
        `level` outside (0, 1), unknown `method`.

    References
    ----------
    .. [1] Newcombe, R. (1998). Two-sided confidence intervals for the single proportion. Statistics in Medicine, 17,
       857-872. Brown, L., Cai, T., DasGupta, A. (2001). Statistical Science, 16, 101-133. In R: ``binom.confint``.
    """
    require_level(level, "share_interval")
    require_choice(method, SHARE_METHODS, name="method", where="share_interval")
    p, n, df = np.broadcast_arrays(*(np.asarray(a, dtype=float) for a in (share, n, df)))
    n = np.where(n > 0, n, np.nan)
    z = quantile(level, df)
    with np.errstate(divide="ignore", invalid="ignore"):
        if method == "wald":
            half = z * np.sqrt(p * (1 - p) / n)
            low, high = p - half, p + half
        elif method in ("wilson", "agresti_coull"):
            centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
            if method == "wilson":
                half = z / (1 + z**2 / n) * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
            else:
                half = z * np.sqrt(centre * (1 - centre) / (n + z**2))
            low, high = centre - half, centre + half
            if method == "wilson":  # exact at the edges, where rounding would leave 1e-17
                low, high = np.where(p == 0, 0.0, low), np.where(p == 1, 1.0, high)
        elif method == "logit":
            low, high = logit_limits(p, np.sqrt(p * (1 - p) / n), z)
            exact_low, exact_high = beta_limits(p, n, effective_level(level, z, df), 0.0)
            low, high = (
                np.where((p == 0) | (p == 1), exact, limit) for exact, limit in ((exact_low, low), (exact_high, high))
            )
        else:
            low, high = beta_limits(p, n, effective_level(level, z, df), 0.5 if method == "jeffreys" else 0.0)
    return np.clip(low, 0, 1), np.clip(high, 0, 1)


def effective_level(level, z, df):
    """The level whose normal quantile is `z`, so that limits without a quantile widen with few clusters too."""
    from scipy.special import ndtr

    return np.where(np.isinf(df), level, 2 * ndtr(z) - 1)


def beta_limits(p, n, level, prior):
    """Clopper-Pearson limits (`prior` 0) or Jeffreys' (`prior` 1/2) from quantiles of the beta distribution."""
    from scipy.special import betaincinv

    x, tail = p * n, (1 - level) / 2
    one = 1.0 - 2 * prior  # Clopper-Pearson: Beta(x, n - x + 1) below and Beta(x + 1, n - x) above
    low = betaincinv(np.maximum(x + prior, 1e-300), n - x + prior + one, tail)
    high = betaincinv(x + prior + one, np.maximum(n - x + prior, 1e-300), 1 - tail)
    missing = np.isnan(n) | np.isnan(p)
    low, high = np.where(p <= 0, 0.0, low), np.where(p >= 1, 1.0, high)
    return np.where(missing, np.nan, low), np.where(missing, np.nan, high)


def logit_limits(p, se, z):
    """Limits symmetric on the logit scale, as R's ``svyciprop(method = "logit")``; missing where `p` is 0 or 1."""
    from scipy.special import expit, logit

    with np.errstate(divide="ignore", invalid="ignore"):
        centre, half = logit(p), z * se / (p * (1 - p))
        return expit(centre - half), expit(centre + half)


def shares_interval(counts, *, level=0.95, method="goodman"):
    """Simultaneous intervals of the shares of one question's codes.

    Parameters
    ----------
    counts : array of float
        Answers per code, at least two codes.
    level : float, default 0.95
        Level at which all intervals hold together.
    method : {"goodman", "quesenberry_hurst"}
        Goodman's are the narrower ones.

    Returns
    -------
    low, high : arrays of float
        Missing where nobody answered.

    Raises
    ------
    ValueError
        `level` outside (0, 1), unknown `method`, fewer than two codes.

    References
    ----------
    .. [1] Goodman, L. (1965). On simultaneous confidence intervals for multinomial proportions. Technometrics, 7,
       247-254. In R: ``DescTools::MultinomCI``.
    """
    from scipy.special import chdtri

    require_level(level, "shares_interval")
    require_choice(method, ("goodman", "quesenberry_hurst"), name="method", where="shares_interval")
    counts = np.asarray(counts, dtype=float)
    k, n = len(counts), counts.sum()
    if k < 2:
        raise ValueError(f"shares_interval: `counts` holds {k} codes; simultaneous intervals need at least two.")
    alpha = (1 - level) / k if method == "goodman" else 1 - level
    q = chdtri(1 if method == "goodman" else k - 1, alpha)
    with np.errstate(divide="ignore", invalid="ignore"):
        half = np.sqrt(q * (q + 4 * counts * (n - counts) / n))
        return (q + 2 * counts - half) / (2 * (n + q)), (q + 2 * counts + half) / (2 * (n + q))


def nps_interval(promoters, detractors, se, n, *, level=0.95, method="adjusted", df=np.inf):
    """Interval of an NPS in points.

    Parameters
    ----------
    promoters, detractors : arrays of float
        Shares, 0 to 1.
    se : array of float
        Standard error of the score in points; read by "wald" and "linearised".
    n : array of float
        (Effective) bases; read by "adjusted".
    level, df
        As in `share_interval`.
    method : {"adjusted", "wald", "linearised"}
        "adjusted" adds 0.75 detractors, 1.5 passives and 0.75 promoters before the Wald interval [1]_.

    Returns
    -------
    low, high : arrays of float
        Points, within -100 to 100; missing where n is 0.

    References
    ----------
    .. [1] Rocks, B. (2016). Interval estimation for the "Net Promoter Score". The American Statistician, 70, 365-372.
    """
    p, d, se, n, df = np.broadcast_arrays(*(np.asarray(a, dtype=float) for a in (promoters, detractors, se, n, df)))
    n = np.where(n > 0, n, np.nan)
    centre, error = p - d, se / 100
    if method == "adjusted":
        p, d = (p * n + 0.75) / (n + 3), (d * n + 0.75) / (n + 3)
        centre = p - d
        error = np.sqrt((p + d - centre**2) / (n + 3))
    half = quantile(level, df) * error
    return np.clip(100 * (centre - half), -100, 100), np.clip(100 * (centre + half), -100, 100)

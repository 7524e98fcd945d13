"""The difference of two sides and its test, from sums alone: one row a comparison, numpy throughout."""

import numpy as np

from cemlab.measure.intervals import nps_interval, share_interval
from cemlab.measure.sums import side

FEW = 5  # answers off the common one below which their spread says little about the spread to expect
METHODS = {"nps": "z", "top_box": "z-pooled", "bottom_box": "z-pooled", "mean": "welch-t"}


def difference(metric, one, two, *, level, covariance=None, clustered=None):
    """Estimates of both sides, their difference, interval and p-value.

    Parameters
    ----------
    metric : str
        One of `sums.METRICS`.
    one, two : pandas.DataFrame
        Sums of both sides (`sums.score_sums`), row by row.
    level : float
        Confidence level of the interval.
    covariance : tuple of three arrays, optional
        What repeated persons add to the variance of side one, of side two, and the covariance between them.
    clustered : tuple of four arrays, optional
        Variance of one, of two, of the difference, and degrees of freedom (`clusters.cluster_variance`).

    Returns
    -------
    dict of arrays
        Columns of `schema.COMPARISONS`, without the names.

    Notes
    -----
    NPS: z with both variances P + D - (P - D)^2 on effective bases; where fewer than five on one
    side differ from all others there, the interval is joined from the adjusted intervals of both sides (MOVER), so that
    agreement does not pass for certainty. Shares: z with the share pooled on effective bases;
    interval by Newcombe's hybrid of two Wilson intervals (with the correlation of the sides, MOVER). Means: Welch t on
    effective bases. Clustered: t on the variance between clusters, whatever the metric.

    References
    ----------
    Newcombe, R. G. (1998). Statist. Med., 17, 873-890. Zou, G. Y. and Donner, A. (2008). Statist. Med., 27, 1693-1702.
    """
    from scipy.special import stdtr, stdtrit

    is_share = metric in ("top_box", "bottom_box")
    a, b = side(one, metric == "mean"), side(two, metric == "mean")
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = a["mean"] - b["mean"]
        df = np.full(len(gap), np.inf)
        if clustered is not None:
            v1, v2, v, df = clustered
            tested = v
            for part, variance in ((a, v1), (b, v2)):
                part["base"] = np.where(variance > 0, part["var"] / variance, part["n_eff"])
            cov = (v1 + v2 - v) / 2
        else:
            extra1, extra2, cov = covariance if covariance is not None else (0.0, 0.0, 0.0)
            v1, v2 = a["se2"] + extra1, b["se2"] + extra2
            v = tested = np.maximum(v1 + v2 - 2 * cov, 0.0)
            if metric == "mean":
                df = (a["se2"] + b["se2"]) ** 2 / (a["se2"] ** 2 / (a["n_eff"] - 1) + b["se2"] ** 2 / (b["n_eff"] - 1))
                df = np.where(np.isnan(df), np.inf, df)
            if is_share:
                p = (a["n_eff"] * a["mean"] + b["n_eff"] * b["mean"]) / (a["n_eff"] + b["n_eff"])
                pooled = p * (100 - p) * (1 / a["n_eff"] + 1 / b["n_eff"]) + extra1 + extra2 - 2 * cov
                tested = pooled if covariance is None else np.maximum(pooled, v)
        tested = np.where(tested < 1e-12 * np.fmax(np.abs(a["mean"]), np.abs(b["mean"])) ** 2, 0.0, tested)
        gap = np.where(np.abs(gap) < 1e-12 * np.fmax(np.abs(a["mean"]), np.abs(b["mean"])), 0.0, gap)
        statistic = np.abs(gap) / np.sqrt(tested)
        p_value = np.clip(2 * stdtr(df, -statistic), 0.0, 1.0)
        p_value = np.where((tested == 0) & (gap == 0), 1.0, p_value)  # nobody differs: no evidence
        quantile = stdtrit(df, 0.5 + level / 2)
        se = np.sqrt(v)
        low, high = gap - quantile * se, gap + quantile * se
        correlation = cov / np.sqrt(v1 * v2)
        if metric == "nps":
            joined = mover(a, b, gap, correlation, nps_limits, level, df)
            agreed = (dissent(a) < FEW) | (dissent(b) < FEW)
            low, high = (np.where(agreed, new, old) for new, old in zip(joined, (low, high), strict=True))
        if is_share:
            low, high = mover(a, b, gap, correlation, share_limits, level, df)
            low, high = np.where(np.isnan(p_value), np.nan, low), np.where(np.isnan(p_value), np.nan, high)
    return {
        **{"estimate": a["mean"], "n": a["n"], "n_eff": a["n_eff"]},
        **{"reference_estimate": b["mean"], "n_reference": b["n"], "n_eff_reference": b["n_eff"]},
        **{"difference": gap, "difference_se": se, "difference_low": low, "difference_high": high, "p_value": p_value},
    }


def difference_from_target(metric, sums, target, *, level, clustered=None):
    """As `difference`, against exact figures: score test and Wilson limits for shares, z for NPS, t for means.

    `clustered` is a tuple (variance, df) of arrays; the test is then t for every metric.
    """
    from scipy.special import stdtr, stdtrit

    a = side(sums, metric == "mean")
    with np.errstate(divide="ignore", invalid="ignore"):
        df = np.full(len(target), np.inf)
        v = tested = a["se2"]
        if clustered is not None:
            v, df = clustered
            tested = v
            a["base"] = np.where(v > 0, a["var"] / v, a["n_eff"])
        elif metric == "mean":
            df = a["n_eff"] - 1
        gap = a["mean"] - target
        quantile = stdtrit(df, 0.5 + level / 2)
        low, high = gap - quantile * np.sqrt(v), gap + quantile * np.sqrt(v)
        if metric in ("top_box", "bottom_box"):
            if clustered is None:
                tested = target * (100 - target) / a["n_eff"]
            low, high = (limit - target for limit in share_limits(a, level, df))
        if metric == "nps":
            limits = (limit - target for limit in nps_limits(a, level, df))
            low, high = (np.where(dissent(a) < FEW, new, old) for new, old in zip(limits, (low, high), strict=True))
        p_value = np.clip(2 * stdtr(df, -np.abs(gap) / np.sqrt(tested)), 0.0, 1.0)
        p_value = np.where((tested == 0) & (gap == 0), 1.0, p_value)
    nobody = np.full(len(target), np.nan)
    return {
        **{"estimate": a["mean"], "n": a["n"], "n_eff": a["n_eff"]},
        **{"reference_estimate": target, "n_reference": nobody, "n_eff_reference": nobody},
        **{"difference": gap, "difference_se": np.sqrt(v), "difference_low": low, "difference_high": high},
        "p_value": p_value,
    }


def mover(a, b, gap, correlation, limits, level, df):
    """Limits of a difference from the `limits` of both sides; Newcombe's interval where these are Wilson's of two shares."""
    (low_a, high_a), (low_b, high_b) = (limits(part, level, df) for part in (a, b))
    r = np.clip(np.nan_to_num(correlation), -1, 1)
    p, q = np.maximum(a["mean"] - low_a, 0), np.maximum(high_b - b["mean"], 0)
    low = gap - np.sqrt(np.maximum(p * p + q * q - 2 * r * p * q, 0))
    p, q = np.maximum(high_a - a["mean"], 0), np.maximum(b["mean"] - low_b, 0)
    return low, gap + np.sqrt(np.maximum(p * p + q * q - 2 * r * p * q, 0))


def share_limits(part, level, df):
    """Wilson limits of one side's share, in percent, on the base that gives its clustered error where there is one."""
    return tuple(
        100 * limit for limit in share_interval(part["mean"] / 100, part.get("base", part["n_eff"]), level=level, df=df)
    )


def nps_limits(part, level, df):
    """Adjusted limits of one side's NPS, in points, on the base that gives its clustered error where there is one."""
    promoters, detractors = nps_shares(part)
    base = part.get("base", part["n_eff"])
    return nps_interval(promoters, detractors, np.nan, base, level=level, df=df)


def nps_shares(part):
    """Shares of promoters and detractors, from mean and variance of their points."""
    centre = part["mean"] / 100
    told = np.clip(part["var"] / 1e4 + centre**2, np.abs(centre), 1)
    return (told + centre) / 2, (told - centre) / 2


def dissent(part):
    """Answers (effective) that are not of the most frequent kind of the three."""
    promoters, detractors = nps_shares(part)
    common = np.maximum(np.maximum(promoters, detractors), 1 - promoters - detractors)
    return np.round(part["n_eff"] * (1 - common), 9)

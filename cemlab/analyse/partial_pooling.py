"""Means of units drawn in: variances steadied by all units, spread between units by REML, empirical Bayes estimates."""

import numpy as np


def steady_variances(variance, df):
    """Variances of units, drawn to their common value by how little each is known (Smyth 2004).

    Parameters
    ----------
    variance, df : arrays
        Variance of each unit (divisor df) and its degrees of freedom; units of one person have df 0.

    Returns
    -------
    steady : array
        (d0 s0^2 + df s^2) / (d0 + df).
    df : array
        d0 + df; infinite where variances differ no more than chance makes them.

    References
    ----------
    Smyth, G. K. (2004). Linear models and empirical Bayes methods. Stat. Appl. Genet. Mol. Biol., 3(1), 3. In R:
    ``limma::squeezeVar``.
    """
    from scipy.optimize import brentq
    from scipy.special import digamma, polygamma

    variance, df = np.asarray(variance, float), np.asarray(df, float)
    known = df > 0
    pooled = (df[known] @ variance[known]) / df[known].sum() if known.any() else np.nan
    if known.sum() < 3 or not pooled > 0:
        return np.full(len(variance), pooled), np.full(len(variance), df.sum())
    s, d = np.maximum(variance[known], 1e-3 * pooled), df[known]  # a unit of one mind is not a unit without error
    e = np.log(s) - digamma(d / 2) + np.log(d / 2)
    extra = e.var(ddof=1) - polygamma(1, d / 2).mean()
    if extra <= 0:
        d0, common = np.inf, pooled
    else:
        d0 = 2 * brentq(lambda half: polygamma(1, half) - extra, 1e-4, 1e8)
        common = np.exp(e.mean() + digamma(d0 / 2) - np.log(d0 / 2))
    if not np.isfinite(d0) or d0 > 1e6:
        return np.full(len(variance), pooled), np.full(len(variance), np.inf)
    return (d0 * common + np.where(known, df * variance, 0.0)) / (d0 + df), d0 + df


def between_variance(mean, sampling, method="reml"):
    """Variance between units beyond that of sampling: DerSimonian-Laird or REML.

    Parameters
    ----------
    mean, sampling : arrays
        Mean of each unit and the variance of that mean.
    method : {"reml", "dl"}

    Notes
    -----
    REML by Fisher scoring from the Dersimonian-Laird value, as in R's ``metafor::rma``.
    """
    w = 1 / sampling
    centre = w @ mean / w.sum()
    scale = w.sum() - (w @ w) / w.sum()
    tau2 = max((w @ (mean - centre) ** 2 - (len(mean) - 1)) / scale, 0.0) if scale > 0 else 0.0
    if method == "dl":
        return tau2
    for _ in range(200):
        w = 1 / (sampling + tau2)
        centre = w @ mean / w.sum()
        slope = (w**2 @ (mean - centre) ** 2 - w.sum() + (w**2).sum() / w.sum()) / 2
        information = ((w**2).sum() - 2 * (w**3).sum() / w.sum() + ((w**2).sum() / w.sum()) ** 2) / 2
        new = max(tau2 + slope / information, 0.0)
        if abs(new - tau2) <= 1e-12 * (1 + tau2):
            return new
        tau2 = new
    return tau2


def shrunk(mean, sampling, tau2):
    """Empirical Bayes means, their standard errors, and the weight each gives to its own answers.

    Notes
    -----
    Morris (1983): the pull is (k - 3) / (k - 1) v / (tau^2 + v), since tau^2 of k units is estimated and a straight v / (tau^2 +
    v) pulls too far; the error adds that of the common mean and of the estimated pull. With three units or fewer: no factor.
    """
    total = sampling + tau2
    w = 1 / total
    centre, units = w @ mean / w.sum(), len(mean)
    pull = sampling / total * ((units - 3) / (units - 1) if units > 3 else 1.0)
    estimate = centre + (1 - pull) * (mean - centre)
    variance = sampling * (1 - pull) + pull**2 / w.sum()
    if units > 3:
        variance = variance + 2 / (units - 3) * pull**2 * (mean - centre) ** 2
    return estimate, np.sqrt(variance), 1 - pull

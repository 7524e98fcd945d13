"""Whether chains of draws have met: rank-normalised split R-hat, and the effective number of draws."""

import numpy as np


def r_hat(chains):
    """Rank-normalised split R-hat of draws (chains, draws): the larger of bulk and folded.

    Vehtari, A. et al. (2021). Bayesian Analysis, 16, 667-718. In R: ``posterior::rhat``. Below 1.01 chains have met. NaN
    where a chain does not move.
    """
    halves = split(np.asarray(chains, dtype=float))
    folded = np.abs(halves - np.median(halves))
    return float(max(plain_r_hat(normal_scores(halves)), plain_r_hat(normal_scores(folded))))


def effective_draws(chains):
    """Effective number of draws for the mean (bulk ESS), from rank-normalised split chains; as ``posterior::ess_bulk``."""
    scores = normal_scores(split(np.asarray(chains, dtype=float)))
    m, n = scores.shape
    if n < 4 or np.ptp(scores) == 0:
        return float("nan")
    centred = scores - scores.mean(axis=1, keepdims=True)
    size = 1 << (2 * n - 1).bit_length()
    spectrum = np.fft.rfft(centred, size, axis=1)
    covariance = np.fft.irfft(spectrum * np.conj(spectrum), size, axis=1)[:, :n] / n
    within = covariance[:, 0].mean() * n / (n - 1)
    total = within * (n - 1) / n
    if m > 1:
        total += scores.mean(axis=1).var(ddof=1)
    rho = 1 - (within - covariance.mean(axis=0)) / total
    rho[0] = 1.0
    kept, last = [], np.inf
    for t in range(0, n - 1, 2):  # Geyer: pairs of neighbours, positive and falling
        pair = rho[t] + rho[t + 1]
        if pair < 0:
            break
        last = min(last, pair)
        kept.append(last)
    tau = max(-1 + 2 * sum(kept), 1 / np.log10(m * n))
    return float(m * n / tau)


def split(chains):
    """Each chain as two halves."""
    half = chains.shape[1] // 2
    return np.concatenate([chains[:, :half], chains[:, -half:]])


def normal_scores(chains):
    """Normal quantiles of the ranks over all chains (Blom)."""
    from scipy.special import ndtri
    from scipy.stats import rankdata

    ranks = rankdata(chains).reshape(chains.shape)
    return ndtri((ranks - 0.375) / (chains.size + 0.25))


def plain_r_hat(chains):
    """R-hat of Gelman and Rubin."""
    n = chains.shape[1]
    within = chains.var(axis=1, ddof=1).mean()
    between = chains.mean(axis=1).var(ddof=1)
    return np.sqrt((n - 1) / n + between / within) if within > 0 else float("nan")

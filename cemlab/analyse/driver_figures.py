"""Figures of a driver model from its correlations: importance, slopes, VIF, ranks; whole stacks of models at once."""

import numpy as np

from cemlab.analyse.lmg import lmg_shares, subset_r2
from cemlab.analyse.relative_weights import relative_weights


def figures(sums, base, method):
    """All figures of a model from (weights, means, standard deviations, correlations); stacks of them, too."""
    weight, means, sd, correlation = base
    k = sums.k
    among, r = correlation[..., :k, :k], correlation[..., :k, k]
    parts = relative_weights(among, r) if method == "relative_weights" else lmg_shares(subset_r2(correlation), k)
    total = parts.sum(axis=-1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        importance = np.where(total > 0, 100 * parts / total, 0.0)
        inverse, single = inverses(among)
        beta = np.where(single, np.einsum("...ij,...j->...i", inverse, r), np.nan)
        coefficient = beta * sd[..., k:] / sd[..., :k]
    return {
        "importance": importance,
        "r2_part": parts,
        "correlation": r,
        "beta": beta,
        "coefficient": coefficient,
        "vif": np.where(single, np.einsum("...ii->...i", inverse), np.inf),
        "rank": ranks(importance),
        "performance": means[..., :k],
        "reach": sums.reach(weight),
        "r_squared": total,
    }


def inverses(among):
    """Inverse correlation matrices, and whether each has one (a matrix of dependent drivers has none)."""
    single = np.linalg.eigvalsh(among)[..., :1] > 1e-9
    return np.linalg.inv(np.where(single[..., None], among, np.eye(among.shape[-1]))), single


def ranks(importance):
    """Rank of each driver, 1 for the largest."""
    return np.argsort(np.argsort(-importance, axis=-1, kind="stable"), axis=-1, kind="stable") + 1.0


def less_noise(correlation, noise):
    """Importance of each driver less that of a noise driver that joins them (percent of what all of them explain)."""
    draws, k = len(noise), correlation.shape[-1] - 1
    wide = np.empty((draws, k + 1, k + 1))
    wide[:, :k, :k] = correlation[..., :k, :k]
    wide[:, k, :k] = wide[:, :k, k] = noise[:, :k]
    wide[:, k, k] = 1.0
    r = np.empty((draws, k + 1))
    r[:, :k], r[:, k] = correlation[..., :k, k], noise[:, k]
    parts = relative_weights(wide, r)
    return 100 * (parts[:, :k] - parts[:, k:]) / parts.sum(axis=1, keepdims=True)

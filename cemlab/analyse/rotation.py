"""Rotations of factor loadings: varimax with Kaiser's normalisation, oblimin by gradient projection."""

import numpy as np


def varimax(loadings, *, tolerance=1e-5, rounds=1000):
    """Loadings after varimax with Kaiser normalisation (R's ``stats::varimax``), and the turning matrix."""
    p, k = loadings.shape
    if k < 2:
        return loadings, np.eye(k)
    length = np.sqrt((loadings**2).sum(axis=1))
    x = loadings / np.where(length > 0, length, 1.0)[:, None]
    turn, before = np.eye(k), 0.0
    for _ in range(rounds):
        z = x @ turn
        u, s, v = np.linalg.svd(x.T @ (z**3 - z * (z**2).sum(axis=0) / p))
        turn, now = u @ v, s.sum()
        if now < before * (1 + tolerance):
            break
        before = now
    return loadings @ turn, turn


def oblimin(loadings, *, tolerance=1e-7, rounds=2000):
    """Loadings after oblimin (gamma 0, no normalisation) and the correlations of the factors.

    Notes
    -----
    Gradient projection from the unrotated loadings, as in R's ``GPArotation::oblimin``.

    References
    ----------
    Bernaards, C. A., Jennrich, R. I. (2005). Educational and Psychological Measurement, 65, 676-696.
    """
    k = loadings.shape[1]
    if k < 2:
        return loadings, np.eye(k)
    others = np.ones((k, k)) - np.eye(k)

    def criterion(turn):
        turned = loadings @ np.linalg.inv(turn).T
        rest = turned**2 @ others
        return turned, (turned**2 * rest).sum() / 4, turned * rest

    def downhill(turn, turned, inner):
        return -(turned.T @ inner @ np.linalg.inv(turn)).T

    turn, step = np.eye(k), 1.0
    turned, value, inner = criterion(turn)
    slope = downhill(turn, turned, inner)
    for _ in range(rounds):
        along = slope - turn * (turn * slope).sum(axis=0)
        size = np.sqrt((along**2).sum())
        if size < tolerance:
            break
        step *= 2
        for _ in range(11):
            new = turn - step * along
            new = new / np.sqrt((new**2).sum(axis=0))
            found = criterion(new)
            if value - found[1] > 0.5 * size**2 * step:
                break
            step /= 2
        if value - found[1] <= 1e-15 * value:
            break  # nothing more to gain but rounding
        turn, (turned, value, inner) = new, found
        slope = downhill(turn, turned, inner)
    return turned, turn.T @ turn

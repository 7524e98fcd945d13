"""R-squared of every subset of drivers, and what follows from it: LMG (Shapley) shares, dominance, commonality."""

from functools import lru_cache
from math import factorial

import numpy as np

MOST = 18  # 2^18 subsets: 262,144


def subset_r2(correlation, players=None):
    """R-squared of the outcome on every subset of drivers.

    Parameters
    ----------
    correlation : array (..., k + 1, k + 1)
        Correlations (or covariances) of drivers and, last, the outcome; a stack of them is worked on together.
    players : list of lists of int, optional
        Drivers that enter together (the dummies of one factor); each driver alone without it. All drivers must be named.

    Returns
    -------
    array (..., 2 ** players)
        Entry s is the R-squared of the subset whose bit j says whether player j is in.

    Raises
    ------
    ValueError
        More than 18 players.

    Notes
    -----
    One player after the other is swept out of what is left of the matrix or struck from it, so that the work doubles
    while the matrices shrink: about 12 operations a subset, whatever k. A driver that the ones before it determine
    adds nothing.
    """
    matrix = np.asarray(correlation, dtype=float)
    k = matrix.shape[-1] - 1
    players = [[j] for j in range(k)] if players is None else [list(player) for player in players]
    if len(players) > MOST:
        raise ValueError(
            f"lmg: {len(players)} drivers; all subsets are tried, which is exact up to {MOST}. "
            'Group drivers that belong together, leave some out, or take method="relative_weights" (within a few '
            "hundredths of the same shares)."
        )
    order = [j for player in players for j in player] + [k]
    lead = matrix.shape[:-2]
    scale = np.sqrt(np.einsum("...ii->...i", matrix))
    with np.errstate(divide="ignore", invalid="ignore"):
        matrix = np.nan_to_num(matrix / scale[..., :, None] / scale[..., None, :])
    matrix = matrix[..., order, :][..., :, order].reshape(-1, k + 1, k + 1)
    left = np.ascontiguousarray(np.moveaxis(matrix, 0, -1))[:, :, None, :]  # (left, left, subsets so far, matrices)
    for player in players:
        inside = left
        for _ in player:
            pivot = inside[0, 0]
            with np.errstate(divide="ignore"):
                row = inside[0, 1:] * np.where(pivot > 1e-10, 1 / pivot, 0.0)
            inside = inside[1:, 1:] - inside[0, 1:][:, None] * row
        left = np.concatenate([left[len(player) :, len(player) :], inside], axis=2)
    return (1 - left[0, 0].T).reshape(*lead, -1)


def lmg_shares(r2, players):
    """LMG (Shapley) parts of R-squared from `subset_r2`: averages over all orderings; they sum to the full R-squared.

    References
    ----------
    .. [1] Lindeman, Merenda, Gold (1980). Groemping, U. (2007). The American Statistician, 61, 139-147.
       In R: ``relaimpo::calc.relimp(type = "lmg")``.
    """
    return r2 @ shapley_weights(players)


@lru_cache(maxsize=4)
def shapley_weights(players):
    """Matrix (2 ** players, players) that turns values of subsets into Shapley values."""
    inside = membership(players)
    size = inside.sum(axis=1)
    p = players
    joining = np.array([factorial(s) * factorial(p - s - 1) / factorial(p) if s < p else 0.0 for s in range(p + 1)])
    gain = np.concatenate([[0.0], joining[:-1]])[size]  # value of a subset that the player completes
    return np.where(inside, gain[:, None], -joining[size][:, None])


def membership(players):
    """Which player (column) is in which subset (row)."""
    return (np.arange(2**players)[:, None] >> np.arange(players)) & 1 == 1


def conditional_dominance(r2, players):
    """Mean gain in R-squared of each player over subsets of each size: array (size 0 .. players - 1, players)."""
    inside = membership(players)
    size, out = inside.sum(axis=1), np.zeros((players, players))
    for j in range(players):
        without = np.flatnonzero(~inside[:, j])
        gain = r2[without + (1 << j)] - r2[without]
        out[:, j] = [gain[size[without] == s].mean() for s in range(players)]
    return out


def commonality(r2, players):
    """Part of R-squared that exactly each subset of drivers shares: entry s for the subset with bits s; [0] is 0.

    Mood (1971), in R ``yhat::commonalityCoefficients``. Parts may be negative (suppression); they sum to R-squared.
    """
    table = r2[::-1].copy()  # entry s: R-squared of all drivers but those in s
    for j in range(players):
        view = table.reshape(2 ** (players - j - 1), 2, 2**j)
        view[:, 1] -= view[:, 0]
    return np.append(0.0, -table[1:])

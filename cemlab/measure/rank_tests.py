"""Rank tests from a table of counts (groups down, ordered answers across), ties and all."""

import itertools

import numpy as np
import pandas as pd

from cemlab.measure.multiplicity import adjust_p


def mid_ranks(cells):
    """Mid-rank of each answer when all groups are ranked together, and the tie term sum(t^3 - t)."""
    ties = np.asarray(cells, dtype=float).sum(axis=0)
    return np.cumsum(ties) - (ties - 1) / 2, (ties**3 - ties).sum()


def mann_whitney(table, *, correct=True):
    """Wilcoxon-Mann-Whitney test of the first group against the second: ``statistic`` (R's W), ``z, p_value``.

    Normal approximation with ties, and with continuity correction unless `correct` is False. In R:
    ``wilcox.test(a, b, exact = FALSE, correct = correct)``. It tests whether one side tends to answer higher, which is a
    statement on means only when both spreads are alike.
    """
    from scipy.special import ndtr

    cells = table.to_numpy(float)[:2]
    rank, ties = mid_ranks(cells)
    n1, n2 = cells.sum(axis=1)
    n = n1 + n2
    statistic = (cells[0] * rank).sum() - n1 * (n1 + 1) / 2
    gap = statistic - n1 * n2 / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.sqrt(n1 * n2 / 12 * (n + 1 - ties / (n * (n - 1))))
        z = (gap - (0.5 * np.sign(gap) if correct else 0)) / spread
    return {"statistic": statistic, "z": z, "p_value": float(min(2 * ndtr(-abs(z)), 1.0)) if z == z else np.nan}


def kruskal(table):
    """Kruskal-Wallis test: ``statistic`` (corrected for ties), ``df, p_value``. In R: ``kruskal.test``."""
    from scipy.special import chdtrc

    cells = table.to_numpy(float)
    rank, ties = mid_ranks(cells)
    size = cells.sum(axis=1)
    n = size.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = 12 / (n * (n + 1)) * ((cells @ rank) ** 2 / size).sum() - 3 * (n + 1)
        statistic /= 1 - ties / (n**3 - n)
    return {"statistic": statistic, "df": len(size) - 1, "p_value": float(chdtrc(len(size) - 1, statistic))}


def dunn(table, *, adjust="holm"):
    """Dunn's test of every pair after Kruskal-Wallis.

    Returns
    -------
    pandas.DataFrame
        ``group, reference, mean_rank_difference, z, p_value`` (two-sided), ``p_adjusted`` (`adjust` as in `adjust_p`).

    References
    ----------
    Dunn, O. J. (1964). Technometrics, 6, 241-252. In R: ``DescTools::DunnTest``.
    """
    from scipy.special import ndtr

    cells = table.to_numpy(float)
    rank, ties = mid_ranks(cells)
    size = cells.sum(axis=1)
    n = size.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = cells @ rank / size
        spread = n * (n + 1) / 12 - ties / (12 * (n - 1))
    rows = []
    for i, j in itertools.combinations(range(len(size)), 2):
        gap = mean[i] - mean[j]
        z = gap / np.sqrt(spread * (1 / size[i] + 1 / size[j]))
        rows.append((table.index[i], table.index[j], gap, z, 2 * ndtr(-abs(z))))
    out = pd.DataFrame(rows, columns=["group", "reference", "mean_rank_difference", "z", "p_value"])
    return out.assign(p_adjusted=adjust_p(out["p_value"], adjust))

"""Association of two ordered answers from their table: Kendall, Goodman-Kruskal, Somers, Spearman."""

import numpy as np

from cemlab.checks import require_choice, require_level
from cemlab.measure.table_tests import checked

MEASURES = ("tau_b", "tau_c", "gamma", "somers_c_given_r", "somers_r_given_c")


def ordinal_association(table, measure="tau_b", *, level=0.95):
    """A rank measure of association of an ordered table, -1 to 1, with its large-sample interval.

    Parameters
    ----------
    table : pandas.DataFrame or 2-d array
        Counts, both codes in their order.
    measure : {"tau_b", "tau_c", "gamma", "somers_c_given_r", "somers_r_given_c"}, default "tau_b"
        Kendall's tau-b (ties count on both sides), Stuart's tau-c (oblong tables), Goodman and Kruskal's gamma (ties left
        out, so largest), Somers' d of columns given rows or of rows given columns.
    level : float, default 0.95
        Confidence level.

    Returns
    -------
    dict
        ``estimate, se, low, high``; limits are cut at -1 and 1.

    Raises
    ------
    ValueError
        Unknown measure, or a table with an empty row or column.

    References
    ----------
    Brown, M. B. and Benedetti, J. K. (1977). J. Amer. Statist. Assoc., 72, 309-315. In R: ``DescTools::KendallTauB``,
    ``StuartTauC``, ``GoodmanKruskalGamma``, ``SomersDelta``.
    """
    from scipy.special import ndtri

    require_level(level, "ordinal_association")
    require_choice(measure, MEASURES, name="measure", where="ordinal_association")
    cells = checked(table, "ordinal_association")
    if measure == "somers_r_given_c":
        cells, measure = cells.T, "somers_c_given_r"
    n, row, column = cells.sum(), cells.sum(axis=1, keepdims=True), cells.sum(axis=0, keepdims=True)
    same, opposite = concordance(cells), concordance(cells[:, ::-1])[:, ::-1]
    p, q = (cells * same).sum(), (cells * opposite).sum()
    gap = same - opposite
    if measure == "gamma":
        estimate = (p - q) / (p + q)
        variance = 16 / (p + q) ** 4 * (cells * (q * same - p * opposite) ** 2).sum()
    elif measure == "somers_c_given_r":
        untied = n**2 - (row**2).sum()
        estimate = (p - q) / untied
        variance = 4 / untied**4 * (cells * (untied * gap - (p - q) * (n - row)) ** 2).sum()
    elif measure == "tau_c":
        m = min(cells.shape)
        estimate = m * (p - q) / (n**2 * (m - 1))
        variance = 4 * m**2 / ((m - 1) ** 2 * n**4) * ((cells * gap**2).sum() - (p - q) ** 2 / n)
    else:
        by_row, by_column = n**2 - (row**2).sum(), n**2 - (column**2).sum()
        scale = np.sqrt(by_row * by_column)
        estimate = (p - q) / scale
        pull = row * by_column + column * by_row
        variance = (cells * (2 * scale * gap + estimate * pull) ** 2).sum() - n**3 * estimate**2 * (
            by_row + by_column
        ) ** 2
        variance /= scale**4
    se = np.sqrt(max(variance, 0.0))
    half = ndtri(0.5 + level / 2) * se
    limits = {"low": max(estimate - half, -1.0), "high": min(estimate + half, 1.0)}
    return {"estimate": float(estimate), "se": float(se), **{key: float(value) for key, value in limits.items()}}


def concordance(cells):
    """For each cell, how many answers lie above on both sides or below on both sides."""
    below = np.zeros_like(cells)
    below[1:, 1:] = cells.cumsum(axis=0).cumsum(axis=1)[:-1, :-1]
    turned = cells[::-1, ::-1]
    above = np.zeros_like(cells)
    above[1:, 1:] = turned.cumsum(axis=0).cumsum(axis=1)[:-1, :-1]
    return below + above[::-1, ::-1]


def spearman(table):
    """Spearman's rank correlation of an ordered table, with ties: ``estimate, statistic`` (t), ``df, p_value``.

    In R: ``cor.test(x, y, method = "spearman", exact = FALSE)``.
    """
    from scipy.special import stdtr

    cells = checked(table, "spearman")
    n = cells.sum()
    ranks = []
    for total in (cells.sum(axis=1), cells.sum(axis=0)):
        ranks.append(np.cumsum(total) - (total - 1) / 2 - (n + 1) / 2)
    x, y = ranks
    rho = x @ cells @ y / np.sqrt((cells.sum(axis=1) * x**2).sum() * (cells.sum(axis=0) * y**2).sum())
    statistic = rho * np.sqrt((n - 2) / max(1 - rho**2, 1e-300))
    return {"estimate": rho, "statistic": statistic, "df": n - 2, "p_value": float(2 * stdtr(n - 2, -abs(statistic)))}

"""Tests and measures of association of a two-way table of counts (codes down and across)."""

import itertools

import numpy as np
import pandas as pd

from cemlab.checks import require_level
from cemlab.measure.multiplicity import adjust_p


def chi_square(table, *, likelihood=False):
    """Chi-square test of independence without continuity correction, or the likelihood-ratio G test.

    Parameters
    ----------
    table : pandas.DataFrame or 2-d array
        Counts; with weights, calibrated to the effective base (`inference.crosstab`).
    likelihood : bool, default False
        The G test.

    Returns
    -------
    dict
        ``statistic, df, p_value, expected`` (array), ``n_small`` (cells expected below 5: with many the p-value is rough).

    Raises
    ------
    ValueError
        A row or column without answers, or fewer than two of either.

    Notes
    -----
    In R: ``chisq.test(t, correct = FALSE)``, ``DescTools::GTest(t)``.
    """
    from scipy import stats

    cells = checked(table, "chi_square")
    kind = "log-likelihood" if likelihood else "pearson"
    found = stats.chi2_contingency(cells, correction=False, lambda_=kind)
    out = {"statistic": found.statistic, "df": found.dof, "p_value": found.pvalue, "expected": found.expected_freq}
    return {**out, "n_small": int((found.expected_freq < 5).sum())}


def residuals(table, *, adjusted=True):
    """Adjusted (standardised) residuals of each cell, or Pearson's; like the table, z values under independence.

    In R: ``chisq.test(t)$stdres`` and ``$residuals``.
    """
    cells = checked(table, "residuals")
    n, row, column = cells.sum(), cells.sum(axis=1, keepdims=True), cells.sum(axis=0, keepdims=True)
    expected = row * column / n
    scale = expected * (1 - row / n) * (1 - column / n) if adjusted else expected
    out = (cells - expected) / np.sqrt(scale)
    return pd.DataFrame(out, index=table.index, columns=table.columns) if isinstance(table, pd.DataFrame) else out


def cramer_v(table, *, level=0.95):
    """Cramer's V with limits by the noncentral chi-square, the bias-corrected V, and the contingency coefficient.

    Returns
    -------
    dict
        ``estimate, low, high, bias_corrected, contingency``.

    References
    ----------
    Bergsma, W. (2013). J. Korean Stat. Soc., 42, 323-328. In R: ``DescTools::CramerV``, ``ContCoef``.
    """
    from scipy import optimize, stats

    require_level(level, "cramer_v")
    cells = checked(table, "cramer_v")
    chi = chi_square(cells)
    n, (r, c), statistic, df = cells.sum(), cells.shape, chi["statistic"], chi["df"]
    smallest = min(r, c) - 1

    def limit(tail):
        if stats.chi2.cdf(statistic, df) < tail:
            return 0.0
        top = statistic + 10 * np.sqrt(2 * df + 4 * statistic) + 50
        ncp = optimize.brentq(lambda x: stats.ncx2.cdf(statistic, df, max(x, 1e-12)) - tail, 0, top, xtol=1e-10)
        return np.sqrt(ncp / (n * smallest))

    phi2 = max(0.0, statistic / n - df / (n - 1))
    sides = min(r - (r - 1) ** 2 / (n - 1), c - (c - 1) ** 2 / (n - 1)) - 1
    return {
        **{"estimate": np.sqrt(statistic / (n * smallest)), "low": limit(0.5 + level / 2)},
        **{"high": min(limit(0.5 - level / 2), 1.0), "bias_corrected": np.sqrt(phi2 / sides)},
        "contingency": np.sqrt(statistic / (statistic + n)),
    }


def goodman_lambda(table):
    """Goodman and Kruskal's lambda, symmetric: how much fewer errors in guessing one code when the other is known."""
    cells = checked(table, "goodman_lambda")
    n, row, column = cells.sum(), cells.sum(axis=1).max(), cells.sum(axis=0).max()
    gained = cells.max(axis=1).sum() + cells.max(axis=0).sum()
    return float((gained - row - column) / (2 * n - row - column))


def theil_u(table):
    """Theil's uncertainty coefficient, symmetric. In R: ``DescTools::UncertCoef``."""
    cells = checked(table, "theil_u")

    def entropy(counts):
        share = counts[counts > 0] / cells.sum()
        return -(share * np.log(share)).sum()

    row, column, both = entropy(cells.sum(axis=1)), entropy(cells.sum(axis=0)), entropy(cells.ravel())
    return float(2 * (row + column - both) / (row + column))


def mcnemar(b, c):
    """Two yes/no items of the same respondents, from those who said yes to just one: exact when b + c < 25, else z.

    Parameters
    ----------
    b, c : int
        Respondents with yes to the first only, and to the second only.

    Returns
    -------
    dict
        ``statistic`` (b - c) / sqrt(b + c), ``p_value``, ``method`` ("exact" or "z", without continuity correction).
    """
    from scipy import stats

    if b < 0 or c < 0:
        raise ValueError(f"mcnemar: b = {b} and c = {c} must be counts.")
    if b + c == 0:
        return {"statistic": 0.0, "p_value": 1.0, "method": "exact"}
    z = (b - c) / np.sqrt(b + c)
    if b + c < 25:
        return {"statistic": z, "p_value": float(stats.binomtest(int(b), int(b + c)).pvalue), "method": "exact"}
    return {"statistic": z, "p_value": float(2 * stats.norm.sf(abs(z))), "method": "z"}


def cochran_q(products):
    """Cochran's Q: do several yes/no items of the same respondents have the same share of yes?

    `products` is the matrix of sums of x_i x_j over respondents (`moments.cross_moments` on 0/1 columns): its diagonal
    holds the yes counts. Returns ``statistic, df, p_value``. Cochran, W. G. (1950). Biometrika, 37, 256-266.
    """
    from scipy import stats

    products = np.asarray(products, dtype=float)
    k, yes = len(products), np.diag(products)
    total = yes.sum()
    below = k * total - products.sum()
    if below <= 0:
        return {"statistic": 0.0, "df": k - 1, "p_value": 1.0}
    statistic = (k - 1) * (k * (yes**2).sum() - total**2) / below
    return {"statistic": statistic, "df": k - 1, "p_value": float(stats.chi2.sf(statistic, k - 1))}


def pairwise_shares(yes, totals, *, names=None, correct=False, adjust="holm"):
    """Every pair of shares by the pooled z (chi-square) test.

    Parameters
    ----------
    yes, totals : sequence of numbers
        Answers in the box and answers in all, by group; effective counts with weights.
    names : sequence of str, optional
        Names of the groups.
    correct : bool, default False
        Yates' continuity correction.
    adjust : str or None, default "holm"
        As in `adjust_p`.

    Returns
    -------
    pandas.DataFrame
        ``group, reference, difference`` (of shares 0 to 1), ``statistic`` (chi-square), ``p_value, p_adjusted``.

    Notes
    -----
    In R: ``pairwise.prop.test``.
    """
    from scipy import stats

    x, n = np.asarray(yes, dtype=float), np.asarray(totals, dtype=float)
    names = list(range(1, len(x) + 1)) if names is None else list(names)
    rows = []
    for i, j in itertools.combinations(range(len(x)), 2):
        gap, both = x[i] / n[i] - x[j] / n[j], (x[i] + x[j]) / (n[i] + n[j])
        base = 1 / n[i] + 1 / n[j]
        distance = max(abs(gap) - (min(0.5 * base, abs(gap)) if correct else 0.0), 0.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            statistic = np.divide(distance**2, both * (1 - both) * base)
        rows.append((names[i], names[j], gap, statistic, stats.chi2.sf(statistic, 1)))
    out = pd.DataFrame(rows, columns=["group", "reference", "difference", "statistic", "p_value"])
    return out.assign(p_adjusted=adjust_p(out["p_value"], adjust))


def checked(table, where):
    """The cells as floats.

    Raises ValueError for negative cells, empty rows or columns, or fewer than two of either.
    """
    cells = np.asarray(table, dtype=float)
    if cells.ndim != 2 or min(cells.shape) < 2 or not (cells >= 0).all():
        raise ValueError(
            f"{where}: needs a table of counts with at least 2 rows and 2 columns; got shape {cells.shape}."
        )
    empty = int((cells.sum(axis=1) == 0).sum() + (cells.sum(axis=0) == 0).sum())
    if empty:
        raise ValueError(f"{where}: {empty} row(s) or column(s) hold no answers; leave them out of the table.")
    return cells

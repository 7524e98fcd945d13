"""Tests of group means and spreads from a small table: groups down, answers across, counts inside."""

import itertools

import numpy as np
import pandas as pd

from cemlab.checks import require_choice, require_level
from cemlab.measure.moments import counts
from cemlab.measure.multiplicity import adjust_p
from cemlab.measure.schema import MISSING


def crosstab(data, row, column, *, weights=None):
    """Table of two columns: codes of `row` down, answers of `column` across, unanswered and "(missing)" left out.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per answer.
    row, column : str
        The two columns; numeric answers of `column` stay numbers, in order.
    weights : str, optional
        Column of case weights. Cells then hold calibrated weights w * n_eff / sum(w), so that tests on the table use
        Kish's effective base in place of n.

    Returns
    -------
    pandas.DataFrame
        Cells as floats; index and columns sorted.

    Raises
    ------
    ValueError
        Unknown column.
    DataError
        A missing or negative weight.

    References
    ----------
    Kish, L. (1965). Survey Sampling.
    """
    long = counts(data, column, by=row, weights=weights, where="crosstab")
    long = long[long["value"].notna() & (long[row] != MISSING)]
    table = long.pivot_table(index=row, columns="value", values="w", aggfunc="sum", fill_value=0.0, observed=True)
    if weights and len(long):
        table = table * long["w"].sum() / long["w2"].sum()
    return table.astype(float).rename_axis(columns=column)


def group_moments(table):
    """n, mean and variance (divisor n - 1) of each group of a table of counts, as three arrays."""
    cells, x = np.asarray(table, dtype=float), answers(table)
    n = cells.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = cells @ x / n
        square = (cells * (x - mean[:, None]) ** 2).sum(axis=1)
        return n, mean, square / (n - 1)


def answers(table):
    """The answers across a table as numbers."""
    try:
        return np.array([float(value) for value in table.columns])
    except (TypeError, ValueError) as error:
        raise ValueError(f"group_moments: the answers {list(table.columns)[:5]} are not all numbers.") from error


def t_test(table, *, equal_var=False, level=0.95):
    """Welch's (or Student's) t test of the first group of a table against the second.

    Returns
    -------
    dict
        ``difference, statistic, df, p_value, low, high``; NaN where a group has fewer than two answers.

    Notes
    -----
    In R: ``t.test(a, b, var.equal = equal_var)``.
    """
    require_level(level, "t_test")
    n, mean, var = (a[:2] for a in group_moments(table))
    return pair_t(n, mean, var, equal_var, level)


def pair_t(n, mean, var, equal_var, level, pooled=None):
    """Two groups by t from n, mean and variance; `pooled` is (variance, df) of all groups together."""
    from scipy import stats

    with np.errstate(divide="ignore", invalid="ignore"):
        if pooled or equal_var:
            spread, df = pooled or (((n - 1) * var).sum() / (n.sum() - 2), n.sum() - 2)
            se = np.sqrt(spread * (1 / n).sum())
        else:
            part = var / n
            se, df = np.sqrt(part.sum()), part.sum() ** 2 / (part**2 / (n - 1)).sum()
        gap = mean[0] - mean[1]
        statistic = gap / se
        half = stats.t.ppf(0.5 + level / 2, df) * se
    p_value = 2 * stats.t.sf(abs(statistic), df)
    keys = ("difference", "se", "statistic", "df", "p_value", "low", "high")
    return dict(zip(keys, map(float, (gap, se, statistic, df, p_value, gap - half, gap + half)), strict=True))


def anova(table):
    """One-way analysis of variance: ``ss`` and ``df`` (between, within), ``statistic, p_value, eta2``.

    In R: ``aov(y ~ g)``. Assumes equal variances; `welch_anova` does not.
    """
    from scipy import stats

    n, mean, var = group_moments(table)
    grand = (n * mean).sum() / n.sum()
    between, within = (n * (mean - grand) ** 2).sum(), ((n - 1) * var).sum()
    df = (len(n) - 1, n.sum() - len(n))
    statistic = between / df[0] / (within / df[1])
    out = {"ss": (between, within), "df": df, "statistic": statistic, "p_value": stats.f.sf(statistic, *df)}
    return {**out, "eta2": between / (between + within)}


def welch_anova(table):
    """Welch's analysis of variance for unequal variances: ``statistic, df`` (two), ``p_value``.

    In R: ``oneway.test(y ~ g)``. Welch, B. L. (1951). Biometrika, 38, 330-336.
    """
    from scipy import stats

    n, mean, var = group_moments(table)
    weight = n / var
    centre, k = (weight * mean).sum() / weight.sum(), len(n)
    loss = ((1 - weight / weight.sum()) ** 2 / (n - 1)).sum() / (k * k - 1)
    statistic = (weight * (mean - centre) ** 2).sum() / (k - 1) / (1 + 2 * (k - 2) * loss)
    df = (k - 1, 1 / (3 * loss))
    return {"statistic": statistic, "df": df, "p_value": stats.f.sf(statistic, *df)}


def pairwise_means(table, *, method="games_howell", adjust="holm", level=0.95):
    """Every pair of group means.

    Parameters
    ----------
    table : pandas.DataFrame
        Counts, groups down, numeric answers across (`crosstab`).
    method : {"games_howell", "tukey", "welch", "student"}, default "games_howell"
        "games_howell" (unequal variances) and "tukey" (Tukey-Kramer, equal variances) adjust by the studentised range;
        "welch" and "student" (spread pooled over all groups) are t tests adjusted by `adjust`.
    adjust : str or None, default "holm"
        As in `adjust_p`; only for the t tests.
    level : float, default 0.95
        Level of the intervals, simultaneous for the studentised range, single for the t tests.

    Returns
    -------
    pandas.DataFrame
        ``group, reference, difference, se, df, p_value, p_adjusted, low, high``, one row a pair in the order of the table.

    References
    ----------
    Games, P. A. and Howell, J. F. (1976). J. Educ. Stat., 1, 113-125. In R: ``TukeyHSD``, ``pairwise.t.test``.
    """
    from scipy import stats

    require_level(level, "pairwise_means")
    require_choice(method, ("games_howell", "tukey", "welch", "student"), name="method", where="pairwise_means")
    n, mean, var = group_moments(table)
    k, pooled = len(n), (((n - 1) * var).sum() / (n.sum() - len(n)), n.sum() - len(n))
    rows = []
    for i, j in itertools.combinations(range(k), 2):
        pair = [i, j]
        shared = pooled if method in ("tukey", "student") else None
        row = pair_t(n[pair], mean[pair], var[pair], False, level, shared)
        if method in ("games_howell", "tukey"):
            row["p_adjusted"] = stats.studentized_range.sf(abs(row["statistic"]) * np.sqrt(2), k, row["df"])
            half = stats.studentized_range.ppf(level, k, row["df"]) / np.sqrt(2) * row["se"]
            row["low"], row["high"] = row["difference"] - half, row["difference"] + half
        rows.append({"group": table.index[i], "reference": table.index[j], **row})
    out = pd.DataFrame(rows)
    if method in ("welch", "student"):
        out["p_adjusted"] = adjust_p(out["p_value"], adjust)
    return out[["group", "reference", "difference", "se", "df", "p_value", "p_adjusted", "low", "high"]]


def bartlett(table):
    """Bartlett's test of equal variances: ``statistic, df, p_value``. Sensitive to answers that are not normal.

    In R: ``bartlett.test``.
    """
    from scipy import stats

    n, _, var = group_moments(table)
    k, df = len(n), n - 1
    pooled = (df * var).sum() / df.sum()
    statistic = df.sum() * np.log(pooled) - (df * np.log(var)).sum()
    statistic /= 1 + ((1 / df).sum() - 1 / df.sum()) / (3 * (k - 1))
    return {"statistic": statistic, "df": k - 1, "p_value": stats.chi2.sf(statistic, k - 1)}


def levene(table, *, centre="median"):
    """Levene's test of equal spread about the median (Brown-Forsythe) or the mean: as `anova`.

    In R: ``car::leveneTest``.
    """
    require_choice(centre, ("median", "mean"), name="centre", where="levene")
    x = answers(table)
    cells = table.to_numpy(float)
    middles = [weighted_median(x, row) for row in cells] if centre == "median" else group_moments(table)[1]
    distance = pd.DataFrame(
        [
            pd.Series(row, index=np.abs(x - middle)).groupby(level=0).sum()
            for row, middle in zip(cells, middles, strict=True)
        ]
    )
    return anova(distance.fillna(0.0))


def weighted_median(values, weights):
    """Median of values that stand `weights` times each; the middle of two where the half falls between them."""
    order = np.argsort(values)
    values, total = values[order], np.cumsum(weights[order])
    half = total[-1] / 2
    low = values[np.searchsorted(total, half * (1 - 1e-12))]
    return (low + values[np.searchsorted(total, half * (1 + 1e-12), side="right")]) / 2

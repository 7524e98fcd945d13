"""Standard errors from sums: Kish's effective base, Taylor-linearised, and between clusters."""

import numpy as np
import pandas as pd

from cemlab.measure.moments import is_why_missing
from cemlab.measure.schema import MISSING

SUMS = ["n", "n_missing", "w", "w2", "wx", "wxx", "w2x", "w2xx"]


def sums_of_points(table, points, by):
    """Sums of weights, points and squares by group and item, from the output of `counts`.

    Parameters
    ----------
    table : pandas.DataFrame
        Output of `cemlab.measure.moments.counts`.
    points : array of float
        What each row of `table` scores (100, 0 or -100 for NPS); ignored where the answer is missing.
    by : list of str
        Columns that define the groups, a cluster column included.

    Returns
    -------
    pandas.DataFrame
        The `by` columns, ``item``, then ``n, n_missing, w, w2, wx, wxx, w2x, w2xx``. Groups without answers stay.
    """
    answered = table["value"].notna()
    x = np.where(answered, points, 0.0)
    n, w, w2 = (table[name].to_numpy(float) * answered for name in ("n", "w", "w2"))
    columns = {
        "n": n,
        "n_missing": table["n"].to_numpy(float) * (~answered & is_why_missing(table["why"])),
        "w": w,
        "w2": w2,
        "wx": w * x,
        "wxx": w * x * x,
        "w2x": w2 * x,
        "w2xx": w2 * x * x,
    }
    return summed_by(table, [*by, "item"], columns)


def summed_by(table, keys, columns):
    """Sums of `columns` (dict of arrays) over the rows of `table` with the same keys, which come as they are first met."""
    group, size = np.zeros(len(table), dtype=np.int64), 1
    for key in keys:
        codes, values = pd.factorize(table[key], use_na_sentinel=False)
        group, size = group * len(values) + codes, size * len(values)
        if size > 2**40:  # far more combinations than there are rows: number them anew
            group, seen = pd.factorize(group)
            size = len(seen)
    group, seen = pd.factorize(group)
    first = np.zeros(len(seen), dtype=np.int64)
    first[group[::-1]] = np.arange(len(table))[::-1]
    sums = {name: np.bincount(group, weights=values, minlength=len(seen)) for name, values in columns.items()}
    return table[keys].iloc[first].reset_index(drop=True).assign(**sums)


def spread(sums, by, *, cluster=None, linearised=False, population_clusters=None):
    """Mean of the points by group and item, with its standard error and effective base.

    Parameters
    ----------
    sums : pandas.DataFrame
        Output of `sums_of_points` or of `moments`; with `cluster`, one row per group, item and cluster.
    by : list of str
        Columns that define the groups, without the cluster.
    cluster : str, optional
        Column of clusters (stores, interview points) that were sampled as a whole.
    linearised : bool
        Taylor-linearised error of the weighted mean instead of Kish's; always so with clusters.
    population_clusters : int, optional
        How many clusters the population holds, for the finite-population factor.

    Returns
    -------
    pandas.DataFrame
        The `by` columns, ``item``, ``n, n_missing, w``, ``estimate``, ``variance`` (of one answer, divisor sum of w),
        ``se``, ``n_eff``, ``df`` (infinite without clusters).

    Notes
    -----
    m = sum(wx) / sum(w). Kish: n_eff = sum(w)^2 / sum(w^2), se = sqrt(variance / n_eff). Linearised:
    se^2 = N / (N - 1) * sum(w^2 (x - m)^2) / sum(w)^2, N the answers of all groups together (groups are domains of one
    sample, as in R's ``svyby``). Clusters: se^2 = K / (K - 1) * sum_c (sum_{i in c} w (x - m))^2 / sum(w)^2, K the
    clusters of all groups together; an answer without a cluster is a cluster of its own; df is the group's own clusters minus 1, and n_eff = variance / se^2, never above
    n. Where all answers of a group are equal, between-cluster error tells nothing and n_eff is its number of clusters,
    the cautious end. A group inside one cluster has no error: ``se`` and ``n_eff`` are missing. Weights count as
    fixed: what raking gains is not in the error.
    """
    keys = [*by, "item"]
    total = summed_by(sums, keys, {name: sums[name].to_numpy(float) for name in SUMS}) if cluster else sums
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = total["wx"] / total["w"]
        variance = remove_noise(total["wxx"] / total["w"] - mean**2, total["wxx"] / total["w"])
        kish = total["w"] ** 2 / total["w2"]
        se = np.sqrt(variance / kish)
        n_eff, df = kish, pd.Series(np.inf, index=total.index)
        if cluster:
            se, n_eff, df = between_clusters(sums, total, mean, variance, keys, cluster, population_clusters)
        elif linearised:
            answers = total.groupby("item")["n"].transform("sum")
            squares = total["w2xx"] - 2 * mean * total["w2x"] + mean**2 * total["w2"]
            squares = remove_noise(squares, total["w2xx"])
            se = np.sqrt(squares * answers / (answers - 1)) / total["w"]
    figures = {"estimate": mean, "variance": variance, "se": se, "n_eff": n_eff.where(total["w"] > 0, 0.0), "df": df}
    return total[[*keys, "n", "n_missing", "w"]].assign(**figures)


def between_clusters(sums, total, mean, variance, keys, cluster, population_clusters):
    """Standard error, effective base and degrees of freedom from the sums of clusters."""
    m = sums[keys].merge(total[keys].assign(mean=mean), on=keys, how="left")["mean"].to_numpy()
    alone = (sums[cluster] == MISSING).to_numpy()  # answers without a cluster: each is one of its own
    of_rows = (sums["w2xx"] - 2 * m * sums["w2x"] + m**2 * sums["w2"]).to_numpy()
    of_clusters = ((sums["wx"] - m * sums["w"]) ** 2).to_numpy()
    score = np.where(alone, of_rows, of_clusters)
    clusters = np.where(alone, sums["n"], sums["n"] > 0)
    by_group = sums[keys].assign(score=score, clusters=clusters).groupby(keys, sort=False)
    squares = remove_noise(by_group["score"].sum().to_numpy(), (total["wxx"] * total["w"]).to_numpy())
    own = by_group["clusters"].sum().to_numpy(float)
    apart = sums[(sums["n"] > 0) & ~alone].groupby("item")[cluster].nunique()
    single = sums[alone].groupby("item")["n"].sum()
    all_clusters = sum(total["item"].map(known).fillna(0).to_numpy(float) for known in (apart, single))
    left = 1.0 if population_clusters is None else 1 - all_clusters / population_clusters
    se = np.sqrt(squares * all_clusters / (all_clusters - 1) * left) / total["w"].to_numpy()
    se = np.where(own > 1, se, np.nan)
    n_eff = np.where(se > 0, np.minimum(variance / se**2, total["n"].to_numpy()), own)
    n_eff = np.where(own > 1, n_eff, np.nan)
    return (pd.Series(values, index=total.index) for values in (se, n_eff, np.maximum(own - 1, 0)))


def remove_noise(values, size):
    """Differences of large sums that are nothing but rounding, as exact zeros."""
    values = np.asarray(values, dtype=float)
    return np.where(np.abs(values) <= 1e-13 * np.abs(np.asarray(size, dtype=float)), 0.0, np.maximum(values, 0.0))

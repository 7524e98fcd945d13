"""Principal components of ratings: attributes as arrows, brands as points, from sums of products."""

import narwhals as nw
import numpy as np
import pandas as pd

from cemlab.analyse.correspondence import Map, axes_of, long, turn
from cemlab.checks import DataError, require_choice, require_columns
from cemlab.measure.frames import columns_of, lazy, number_column
from cemlab.measure.moments import cross_moments, moments
from cemlab.measure.rows import unit_products
from cemlab.measure.schema import as_list

MATRICES = ("correlation", "covariance")
MISSING = ("listwise", "pairwise")


def pca_map(data, columns, *, by=None, weights=None, matrix="correlation", missing="listwise"):
    """Principal components of numeric columns, and where groups (brands) lie on them.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per answer (respondent x brand, say).
    columns : list of str
        Numeric columns, k of them.
    by : str, optional
        Column of the groups placed on the map by their means; a column with one row a code places every row.
    weights : str, optional
        Column of case weights.
    matrix : {"correlation", "covariance"}
        "correlation" gives every column the same say.
    missing : {"listwise", "pairwise"}
        Rows that answered everything, or every pair of columns from those who answered both (groups then lie at the means
        of those who answered, a gap counting as the mean).

    Returns
    -------
    Map
        ``axes`` as `correspondence` (the eigenvalues sum to k for correlations). ``points``, long: ``kind`` "column"
        (``standard``: eigenvector; ``principal``: loading, for correlations the correlation with the axis; ``contribution``
        percent of the axis; ``quality`` cos2) and, with `by`, "row" (``principal``: score of the group's mean, ``standard``:
        the same in units of the axis' standard deviation; ``mass``: share of the rows). ``test``: ``n``, smallest
        eigenvalue.

    Raises
    ------
    ValueError
        Unknown column or option, fewer than two columns.
    DataError
        A constant column, no complete row, a missing or negative weight.

    Notes
    -----
    Columns are centred and divided by their standard deviation with divisor n (sum of weights), as
    ``FactoMineR::PCA``; ``stats::prcomp`` divides by n - 1: same eigenvalues of correlations, scores smaller by
    sqrt((n - 1) / n). Covariances have divisor n - 1 (weighted: sum of weights - 1); pairwise ones are the correlation times
    each column's own standard deviations, as SPSS prints them. A pairwise matrix may have negative eigenvalues; they are
    kept in ``axes`` for all to see. Signs are arbitrary: the column with the largest loading is positive.
    """
    where = "pca_map"
    require_choice(matrix, MATRICES, name="matrix", where=where)
    require_choice(missing, MISSING, name="missing", where=where)
    if len(columns) < 2:
        raise ValueError(f"{where}: {len(columns)} column(s); give at least two.")
    base, mean, covariance, correlation, n = spread_of(data, columns, weights, missing, where)
    flat = [c for c, v in zip(columns, np.diag(covariance), strict=True) if not v > 1e-24]
    if flat:
        raise DataError(f"{where}: {flat[0]!r} has the same value in every row; leave it out.")
    own = np.diag(base)
    scale = np.sqrt(np.diag(covariance)) if matrix == "correlation" else np.ones(len(columns))
    spread = scale if matrix == "correlation" else np.sqrt(np.diag(covariance) * own / (own - 1))
    target = correlation if matrix == "correlation" else correlation * np.outer(spread, spread)
    values, vectors = np.linalg.eigh(target)
    values, vectors = values[::-1], vectors[:, ::-1]
    vectors = vectors * turn(vectors)
    loading = vectors * np.sqrt(np.maximum(values, 0.0))
    size = np.diag(target)
    k = len(columns)
    points = long_points("column", columns, np.full(k, 1 / k), vectors, loading)
    points["contribution"] = (100 * vectors**2).ravel()
    points["quality"] = (loading**2 / size[:, None]).ravel()
    frames = [points]
    if by is not None:
        sums = moments(data, columns, by=by, weights=weights, where=where)
        sums["mean"] = sums["wx"] / sums["w"].where(sums["w"] > 0)
        means = sums.pivot(index=as_list(by)[0], columns="item", values="mean")[columns]
        weight = sums.groupby(as_list(by)[0])["w"].max().loc[means.index].to_numpy()
        scores = np.nan_to_num((means.to_numpy() - mean) / scale) @ vectors
        with np.errstate(divide="ignore", invalid="ignore"):
            rows = long_points("row", means.index, weight / weight.sum(), scores / np.sqrt(values), scores)
            part = weight[:, None] / weight.sum() * scores**2
            rows["contribution"] = (100 * part / values).ravel()
            rows["quality"] = (scores**2 / (scores**2).sum(axis=1, keepdims=True)).ravel()
        frames.append(rows)
    axes = axes_of(values)
    return Map(axes, pd.concat(frames, ignore_index=True), {"n": n, "smallest": float(values[-1])})


def spread_of(data, columns, weights, missing, where):
    """Base weights of each pair, means, covariances (divisor: the base), correlations, and the number of rows."""
    frame, k = lazy(data, where), len(columns)
    if missing == "listwise":
        sums = cross_moments(data, columns, weights=weights, where=where)
        w, s, p = sums["w"][0], sums["sums"][0], sums["products"][0]
        if not w > 0:
            raise DataError(f"{where}: no row answered all {k} columns; take missing='pairwise'.")
        covariance = p / w - np.outer(s, s) / w**2
        base, mean, pair = np.full((k, k), w), s / w, np.tile(np.diag(covariance)[:, None], k)
        n = int(sums["n"][0])
    else:
        require_columns(columns_of(frame), columns, where)
        squares = [(number_column(c) * number_column(c)).alias(f"square__{i}") for i, c in enumerate(columns)]
        rows = frame.with_columns(nw.lit("all").alias("unit__"), *squares).to_native()
        names = [*columns, *(f"square__{i}" for i in range(k))]
        sums = unit_products(rows, names, weights=weights, where=where)
        products = sums["products"][0]
        base = products[2 * k : 3 * k, 2 * k : 3 * k]
        if (base <= 0).any():
            raise DataError(f"{where}: two of the columns were never answered together; leave one out.")
        first = products[:k, 2 * k : 3 * k] / base  # mean of the row's column among those who answered both
        covariance = products[:k, :k] / base - first * first.T
        pair = products[k : 2 * k, 2 * k : 3 * k] / base - first**2
        mean, n = np.diag(first), int(sums["n"][0])
    with np.errstate(divide="ignore", invalid="ignore"):
        correlation = covariance / np.sqrt(pair * pair.T)
    return base, mean, covariance, correlation, n


def long_points(kind, names, mass, standard, principal):
    """Arrays of points by dimensions in long form."""
    return long(kind, list(names), False, np.asarray(mass), np.full(len(mass), np.nan), standard, principal)

"""Correspondence analysis of a table of counts or rates: brands by attributes on one map, with what the map leaves out."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from cemlab.checks import DataError

ENOUGH = 70.0  # percent of inertia that two axes should hold before a map is read alone


class Map(NamedTuple):
    """A map: inertia of each axis, where the points lie, and the test of the table (None where there is none)."""

    axes: pd.DataFrame
    points: pd.DataFrame
    test: dict | None = None

    @property
    def shown(self):
        """Percent of inertia that the first two axes hold."""
        return float(self.axes["percent"].head(2).sum())


def correspondence(table, *, supplementary_rows=(), supplementary_columns=()):
    """Correspondence analysis of a two-way table.

    Parameters
    ----------
    table : pandas.DataFrame
        Counts or rates, rows (brands) by columns (attributes); index and columns name them. Only proportions matter, the
        chi-square test aside.
    supplementary_rows, supplementary_columns : list of str
        Rows and columns placed on the map without a part in making it.

    Returns
    -------
    Map
        ``axes``: ``dimension, eigenvalue, percent, cumulative``. ``points``, one row per point and dimension: ``kind`` ("row",
        "column"), ``name, supplementary, dimension, mass, inertia`` (of the point), ``standard, principal`` (coordinates),
        ``contribution`` (percent of the axis, missing for supplementary points), ``quality`` (cos2: share of the point
        that the axis shows). ``test``: ``n, chi2, df, p_value``, of use for counts of independent answers only.

    Raises
    ------
    ValueError
        Fewer than two active rows or columns, a supplementary name that is not in the table.
    DataError
        Negative or missing cells, or a row or column that is empty.

    Notes
    -----
    Singular value decomposition of D_r^-1/2 (P - r c') D_c^-1/2. A symmetric map shows principal coordinates of both
    sides: distances among rows, and among columns, mean something, those between a row and a column do not (angles from the
    centre do). An asymmetric map shows one side in standard coordinates. Signs of an axis are arbitrary; here the row
    with the largest coordinate is positive. Size is taken out: a brand with few and one with many mentions in equal
    proportions lie at the same place. With less than 70 % of inertia on two axes the map misleads; look at residuals.
    Where respondents tick several cells, chi-square is too large: answers of a respondent hang together.

    References
    ----------
    Greenacre, M. (2017). Correspondence Analysis in Practice. In R: ``ca::ca``, ``FactoMineR::CA`` (its contributions are in
    percent, too).
    """
    where = "correspondence"
    for names, have in ((supplementary_rows, table.index), (supplementary_columns, table.columns)):
        absent = [name for name in names if name not in have]
        if absent:
            raise ValueError(f"{where}: {absent[0]!r} is not in the table; there are {list(have)[:20]}.")
    cells = table.astype(float)
    if not np.isfinite(cells.to_numpy()).all() or (cells.to_numpy() < 0).any():
        bad = int((~(cells.to_numpy() >= 0)).sum())
        raise DataError(f"{where}: {bad} of {cells.size} cells are missing or negative; a table of counts has none.")
    active = cells.drop(index=list(supplementary_rows), columns=list(supplementary_columns))
    if min(active.shape) < 2:
        raise ValueError(f"{where}: {active.shape[0]} rows and {active.shape[1]} columns; a map needs two of each.")
    for axis, names in ((1, active.index), (0, active.columns)):
        empty = names[(active.sum(axis=axis) == 0).to_numpy()]
        if len(empty):
            raise DataError(f"{where}: {empty[0]!r} is empty; leave it out of the table or make it supplementary.")
    total = active.to_numpy().sum()
    p = active.to_numpy() / total
    r, c = p.sum(axis=1), p.sum(axis=0)
    left, singular, right = np.linalg.svd((p - np.outer(r, c)) / np.sqrt(np.outer(r, c)), full_matrices=False)
    k = min(active.shape) - 1
    left, singular, right = left[:, :k], singular[:k], right[:k].T
    flip = turn(left / np.sqrt(r)[:, None])
    rows, columns = left * flip / np.sqrt(r)[:, None], right * flip / np.sqrt(c)[:, None]
    eigenvalues = singular**2
    points = [
        side("row", active.index, r, rows, singular, row_distances(p, r, c)),
        side("column", active.columns, c, columns, singular, row_distances(p.T, c, r)),
    ]
    if len(supplementary_rows):
        extra = cells.loc[list(supplementary_rows), active.columns].to_numpy()
        points.append(placed("row", supplementary_rows, extra, c, columns, singular, total))
    if len(supplementary_columns):
        extra = cells.loc[active.index, list(supplementary_columns)].to_numpy().T
        points.append(placed("column", supplementary_columns, extra, r, rows, singular, total))
    return Map(axes_of(eigenvalues), pd.concat(points, ignore_index=True), chi_square(active.shape, total, eigenvalues))


def turn(points):
    """Sign of each axis that makes its farthest point positive (the first of equals, rounding aside)."""
    farthest = np.round(np.abs(points), 9).argmax(axis=0)
    return np.where(points[farthest, np.arange(points.shape[1])] < 0, -1.0, 1.0)


def row_distances(p, r, c):
    """Squared chi-square distance of each row profile from the centre."""
    return ((p / r[:, None] - c) ** 2 / c).sum(axis=1)


def axes_of(eigenvalues):
    """Eigenvalue, percent and running percent of each axis."""
    total = eigenvalues.sum()
    percent = 100 * eigenvalues / total if total > 0 else np.full(len(eigenvalues), np.nan)
    out = {"dimension": np.arange(1, len(eigenvalues) + 1), "eigenvalue": eigenvalues, "percent": percent}
    return pd.DataFrame(out | {"cumulative": np.cumsum(percent)})


def side(kind, names, mass, standard, singular, distance):
    """Points of one active side in long form."""
    principal = standard * singular
    with np.errstate(divide="ignore", invalid="ignore"):
        quality = principal**2 / distance[:, None]
    out = {
        "contribution": 100 * mass[:, None] * standard**2,
        "quality": np.where(distance[:, None] > 1e-15, quality, np.nan),
    }
    return long(kind, names, False, mass, mass * distance, standard, principal, **out)


def placed(kind, names, cells, other_mass, other_standard, singular, total):
    """Supplementary points by the transition formula: the profile's weighted mean of the other side's standard points."""
    sums = cells.sum(axis=1)
    if (sums == 0).any():
        empty = list(names)[int(np.flatnonzero(sums == 0)[0])]
        raise DataError(f"correspondence: {empty!r} is empty and has no place on the map; leave it out.")
    profile = cells / sums[:, None]
    distance = ((profile - other_mass) ** 2 / other_mass).sum(axis=1)
    principal = profile @ other_standard
    with np.errstate(divide="ignore", invalid="ignore"):
        standard, quality = principal / singular, principal**2 / distance[:, None]
    blank = np.full(principal.shape, np.nan)
    mass = sums / total
    return long(kind, names, True, mass, mass * distance, standard, principal, contribution=blank, quality=quality)


def long(kind, names, supplementary, mass, inertia, standard, principal, **more):
    """Arrays of points (rows) by dimensions as one long frame."""
    n, k = principal.shape
    out = {
        "kind": kind,
        "name": np.repeat(np.asarray(names, dtype=object), k),
        "supplementary": supplementary,
        "dimension": np.tile(np.arange(1, k + 1), n),
        "mass": np.repeat(mass, k),
        "inertia": np.repeat(inertia, k),
        "standard": standard.ravel(),
        "principal": principal.ravel(),
    }
    return pd.DataFrame(out | {name: values.ravel() for name, values in more.items()})


def chi_square(shape, total, eigenvalues):
    """Test of independence: n times the total inertia."""
    from scipy.special import chdtrc

    df = (shape[0] - 1) * (shape[1] - 1)
    chi2 = float(total * eigenvalues.sum())
    return {"n": float(total), "chi2": chi2, "df": df, "p_value": float(chdtrc(df, chi2))}


def coordinates(result, *, rows="principal", columns="principal", dimensions=(1, 2)):
    """Points of a map side by side: ``kind, name, supplementary, mass, x, y, contribution, quality`` (over both axes).

    Parameters
    ----------
    result : Map
    rows, columns : {"principal", "standard"}
        Both principal: the symmetric map. Standard columns: the asymmetric map in which a brand lies at the mean of the
        attributes it is said to have.
    dimensions : (int, int)

    Returns
    -------
    pandas.DataFrame
        ``contribution`` is in percent of the inertia of both axes together. Where there is one axis only, y is 0.
    """
    parts = [result.points[result.points["dimension"] == d].reset_index(drop=True) for d in dimensions]
    first, second = (
        parts[0],
        parts[1] if len(parts[1]) else parts[0].assign(standard=0.0, principal=0.0, contribution=0.0, quality=0.0),
    )
    eigen = result.axes.set_index("dimension")["eigenvalue"].reindex(dimensions, fill_value=0.0)
    chosen = [np.where(part["kind"] == "row", part[rows], part[columns]) for part in (first, second)]
    share = [part["contribution"] * eigen[d] for part, d in zip((first, second), dimensions, strict=True)]
    out = first[["kind", "name", "supplementary", "mass"]].assign(x=chosen[0], y=chosen[1])
    out["contribution"] = (share[0] + share[1]) / (eigen[dimensions[0]] + eigen[dimensions[1]])
    out["quality"] = first["quality"] + second["quality"]
    return out

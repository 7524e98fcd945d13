"""Sums of stacked rows by unit and brand: the ground of clustered errors of figures that join several cells."""

from typing import NamedTuple

import narwhals as nw
import numpy as np

from cemlab.checks import require_columns, require_weights
from cemlab.measure.frames import collect_all, columns_of, number_column
from cemlab.measure.rows import with_units
from cemlab.measure.schema import as_list
from cemlab.measure.stack import RESPONDENT


class UnitSums(NamedTuple):
    """Weighted sums by unit, group and column: `hits` of the values, `base` of the answers; and plain counts."""

    groups: list
    columns: list
    hits: np.ndarray  # (units, groups, columns)
    base: np.ndarray
    n: np.ndarray  # (groups, columns) answers, unweighted
    n_eff: np.ndarray
    kind: str

    def draws(self, number, seed):
        """`number` bootstrap tables of (hits, base): units drawn with replacement."""
        rng, size = np.random.default_rng(seed), len(self.hits)
        times = rng.multinomial(size, np.full(size, 1 / size), size=number).astype(float)
        return np.tensordot(times, self.hits, 1), np.tensordot(times, self.base, 1)


def unit_sums(data, columns, *, by="brand", groups=None, weights=None, person=RESPONDENT, where="unit_sums"):
    """Sums of columns by unit and group.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        Stacked rows (`stack_brands`).
    columns : list of str
        Numeric columns; missing = not in the base.
    by : str, default "brand"
    groups : list of str, optional
        Order of the groups; those found otherwise.
    weights : str, optional
    person : str
        Column whose rows hang together; the units are persons below 1,000 of them, their 256 replicates from there on.

    Returns
    -------
    UnitSums

    Raises
    ------
    ValueError
        Unknown column.
    DataError
        A missing or negative weight.
    """
    frame, kind = with_units(data, person=person, where=where)
    require_columns(columns_of(frame), [*columns, by, *as_list(weights)], where)
    w = nw.col(weights).cast(nw.Float64) if weights else nw.lit(1.0)
    rows = frame.select(
        nw.col("unit__"),
        nw.col(by).cast(nw.String).alias("by__"),
        w.alias("w__"),
        *(number_column(c).alias(f"x__{i}") for i, c in enumerate(columns)),
    )
    sums = [nw.len().alias("rows"), nw.col("w__").is_null().cast(nw.Int64).sum().alias("w_missing")]
    sums += [(nw.col("w__") < 0).cast(nw.Int64).sum().alias("w_negative"), nw.col("w__").max().alias("w_largest")]
    for i in range(len(columns)):
        x, v = nw.col(f"x__{i}"), nw.col("w__")
        given = ~x.is_null()
        asked = nw.when(given).then(v).otherwise(nw.lit(0.0))
        sums += [
            nw.when(given).then(v * x).otherwise(nw.lit(0.0)).sum().alias(f"h{i}"),
            asked.sum().alias(f"b{i}"),
            (asked * asked).sum().alias(f"s{i}"),
            given.cast(nw.Int64).sum().alias(f"n{i}"),
        ]
    (table,) = collect_all([rows.group_by("unit__", "by__").agg(*sums)])
    if weights and len(table):
        require_weights(
            int(table["rows"].sum()),
            int(table["w_missing"].sum()),
            int(table["w_negative"].fillna(0).sum()),
            float(table["w_largest"].max()) if table["w_largest"].notna().any() else 0.0,
            column=weights,
            where=where,
        )
    groups = [str(g) for g in groups] if groups is not None else sorted(table["by__"].unique())
    table = table[table["by__"].isin(groups)].sort_values("unit__", kind="stable")
    units, at = np.unique(table["unit__"].to_numpy(str), return_inverse=True)
    place = np.array([groups.index(g) for g in table["by__"]], dtype=int)
    k = len(columns)
    out = []
    for letter in "hbsn":
        cube = np.zeros((len(units), len(groups), k))
        np.add.at(cube, (at, place), table[[f"{letter}{i}" for i in range(k)]].to_numpy(float))
        out.append(cube)
    hits, base, squares, n = out
    with np.errstate(divide="ignore", invalid="ignore"):
        n_eff = np.where(squares.sum(axis=0) > 0, base.sum(axis=0) ** 2 / squares.sum(axis=0), 0.0)
    return UnitSums(groups, list(columns), hits, base, n.sum(axis=0), n_eff, kind)


def between_units(influence):
    """Standard error of figures from their influence by unit (units first), and degrees of freedom.

    Deviations are from nought, where influences sum by construction; divisor as for a mean of independent units.
    """
    m = len(influence)
    return np.sqrt(m / (m - 1) * (influence**2).sum(axis=0)), m - 1

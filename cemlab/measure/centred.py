"""Scores of persons inside their unit, and means of units: the two levels of nested answers."""

import narwhals as nw

from cemlab.checks import require_columns
from cemlab.measure.frames import collect_all, columns_of, group_column, lazy, number_column
from cemlab.measure.schema import MISSING


def centred_rows(data, columns, unit, *, where="centred_rows"):
    """Rows whose columns hold the distance from the unit's mean; rows without a unit are left out.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
    columns : list of str
        Numeric columns.
    unit : str

    Returns
    -------
    data frame
        A lazy frame; `unit` as text.
    """
    frame = known_units(data, columns, unit, where)
    return frame.with_columns(*((nw.col(c) - nw.col(c).mean().over("unit__")).alias(c) for c in columns)).to_native()


def unit_mean_rows(data, columns, unit, *, count, where="unit_mean_rows"):
    """A pandas frame with one row a unit: `unit`, the means of the columns, ``n`` answers to the column `count`."""
    frame = known_units(data, columns, unit, where)
    n = (~nw.col(count).is_null()).cast(nw.Float64).sum().alias("n__")
    (table,) = collect_all([frame.group_by("unit__").agg(*(nw.col(c).mean().alias(c) for c in columns), n)])
    table = table.rename(columns={"unit__": unit, "n__": "n"}).sort_values(unit, kind="stable")
    return table[table["n"] > 0].reset_index(drop=True)


def known_units(data, columns, unit, where):
    """Rows with a unit: numbers as numbers, the unit as text in ``unit__``."""
    frame = lazy(data, where)
    require_columns(columns_of(frame), [*columns, unit], where)
    schema = frame.collect_schema()
    frame = frame.with_columns(
        group_column(unit, schema).alias("unit__"), *(number_column(c).alias(c) for c in columns)
    )
    return frame.filter(nw.col("unit__") != MISSING)

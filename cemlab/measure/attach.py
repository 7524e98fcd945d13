"""Weights of cells back to the rows they came from, on pandas, polars or Spark."""

import narwhals as nw

from cemlab.measure.frames import group_column


def attach_weights(data, cells, *, columns, base, name, where):
    """`data` with the column `name`, joined from `cells` by `columns` (as text) and the base weight.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per respondent.
    cells : pandas.DataFrame
        ``columns`` as text, ``value`` (the base weight) when `base` is given, and `name`.
    columns : list of str
        Columns that name the cell.
    base : str or None
        Column of base weights.
    name : str
        Column of the new weights.
    where : str
        Name of the caller, for errors.

    Returns
    -------
    data frame
        Of the kind given; an eager frame keeps the order (and pandas its index) of its rows.
    """
    frame = nw.from_native(data)
    eager = isinstance(frame, nw.DataFrame)
    schema = frame.collect_schema()
    keys = [*(f"by__{column}" for column in columns), *(["base__"] if base else [])]
    added = [group_column(column, schema) for column in columns]
    if base:
        added.append(nw.col(base).cast(nw.Float64).alias("base__"))
    table = cells.rename(columns={column: f"by__{column}" for column in columns} | {"value": "base__"})[[*keys, name]]
    own = nw.from_native(data)
    if eager:
        own = own.with_row_index("row__")
    joined = own.with_columns(*added).join(small_frame(table, frame), on=keys, how="left").drop(keys)
    if not eager:
        return joined.to_native()
    out = joined.sort("row__").drop("row__").to_native()
    if hasattr(data, "index"):
        out.index = data.index
    return out


def small_frame(table, like):
    """A small pandas table as a narwhals frame of the same engine as `like`."""
    native = like.to_native()
    if isinstance(like, nw.DataFrame):
        return nw.from_dict({c: table[c].tolist() for c in table.columns}, backend=like.implementation)
    if hasattr(native, "sparkSession"):
        rows = [tuple(row) for row in table.itertuples(index=False, name=None)]
        return nw.from_native(native.sparkSession.createDataFrame(rows, list(table.columns)))
    import polars as pl

    return nw.from_native(pl.LazyFrame({c: table[c].tolist() for c in table.columns}))

"""Frames of any engine as lazy plans: columns as the reductions read them, and what a plan finds as a small table."""

import narwhals as nw

from cemlab.measure.schema import MISSING


def lazy(data, where):
    """`data` as a narwhals lazy frame; a pandas or polars frame is scanned by polars, Spark stays Spark.

    Raises TypeError for anything that is not a data frame.
    """
    try:
        frame = nw.from_native(data)
    except TypeError as error:
        raise TypeError(
            f"{where}: `data` is a {type(data).__name__}; pass a pandas, polars (eager or lazy) or Spark data frame."
        ) from error
    return frame.lazy("polars") if isinstance(frame, nw.DataFrame) else frame


def columns_of(frame):
    """The column names of a narwhals lazy frame."""
    return list(frame.collect_schema().names())


def number_column(item):
    """The expression of a numeric column; NaN counts as missing like null."""
    return nw.col(item).cast(nw.Float64).fill_nan(None)


def group_column(cut, schema):
    """The expression of one `by` column as text; whole numbers lose their ".0", missing reads "(missing)"."""
    column = nw.col(cut)
    if schema[cut].is_float():
        whole = column.cast(nw.Int64).cast(nw.String)
        column = nw.when(column == column.round(0)).then(whole).otherwise(column.cast(nw.String))
    else:
        column = column.cast(nw.String)
    return nw.when(column.is_null()).then(nw.lit(MISSING)).otherwise(column).alias(f"by__{cut}")


def collect_all(queries):
    """Collect lazy queries; polars queries are collected together, so that they share one scan."""
    natives = [query.to_native() for query in queries]
    if natives and type(natives[0]).__module__.startswith("polars"):
        import polars as pl

        words = pl.selectors.categorical() | pl.selectors.enum()
        return [table.with_columns(words.cast(pl.String)).to_pandas() for table in pl.collect_all(natives)]
    return [query.collect("pyarrow").to_native().to_pandas() for query in queries]


def read_once(frame, columns):
    """Some columns of a narwhals lazy frame, computed once for several reductions; what is no polars stays a plan."""
    frame = frame.select(*columns)
    native = frame.to_native()
    return nw.from_native(native.collect().lazy()) if type(native).__module__.startswith("polars") else frame

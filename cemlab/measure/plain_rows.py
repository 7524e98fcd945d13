"""Rows as they are, for the few methods that need each answer beside the others (taste tests, panels, choice tasks)."""

from cemlab.checks import require_columns
from cemlab.measure.frames import collect_all, columns_of, lazy
from cemlab.measure.rows import LIMIT


def plain_rows(data, columns, *, where="plain_rows"):
    """Some columns of every row, as a pandas frame.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
    columns : list of str
    where : str
        Name of the caller, for errors.

    Returns
    -------
    pandas.DataFrame
        The columns in the order given, gaps as missing; no row is dropped.

    Raises
    ------
    ValueError
        Unknown column, or more than 2,000,000 rows: such a method holds them in memory; take a sample.
    """
    import narwhals as nw

    frame, columns = lazy(data, where), list(dict.fromkeys(columns))
    require_columns(columns_of(frame), columns, where)
    (size,) = collect_all([frame.select(nw.len().alias("n"))])
    if size["n"][0] > LIMIT:
        raise ValueError(
            f"{where}: {size['n'][0]:,} rows; this method holds them in memory and takes at most {LIMIT:,}. Draw a sample."
        )
    (table,) = collect_all([frame.select(*columns)])
    return table

"""Complete rows for models that need them: numbers, and texts such as a band, a unit, a person or a wave."""

import narwhals as nw

from cemlab.checks import require_columns
from cemlab.measure.frames import collect_all, columns_of, group_column, lazy, number_column
from cemlab.measure.rows import LIMIT
from cemlab.measure.schema import MISSING


def model_rows(data, numbers, texts=(), *, gaps=(), where="model_rows"):
    """A pandas frame of the rows that hold every column, and how many were left out.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
    numbers : list of str
        Numeric columns.
    texts : list of str
        Columns read as text.
    gaps : list of str
        Numeric columns that may be missing.

    Returns
    -------
    frame : pandas.DataFrame
    n_dropped : int

    Raises
    ------
    ValueError
        Unknown column; more than 2,000,000 complete rows.
    """
    frame = lazy(data, where)
    require_columns(columns_of(frame), [*numbers, *texts, *gaps], where)
    schema = frame.collect_schema()
    rows = frame.select(
        *(number_column(c).alias(c) for c in [*numbers, *gaps]), *(group_column(c, schema).alias(c) for c in texts)
    )
    kept = rows
    for c in numbers:
        kept = kept.filter(~nw.col(c).is_null())
    for c in texts:
        kept = kept.filter(nw.col(c) != MISSING)
    every, whole = collect_all([part.select(nw.len().alias("n")) for part in (rows, kept)])
    if whole["n"][0] > LIMIT:
        raise ValueError(
            f"{where}: {whole['n'][0]:,} complete rows; this model holds them in memory and takes at most {LIMIT:,}. Draw a sample."
        )
    (table,) = collect_all([kept])
    return table, int(every["n"][0] - whole["n"][0])

"""One row a person: the newest answer of everyone who answered more than once."""

import narwhals as nw

from cemlab.measure.moments import collect_all


def newest_answers(frame, person, order, where):
    """The newest row of each person; rows without a person stay.

    Parameters
    ----------
    frame : narwhals.LazyFrame
    person : str
    order : str or None
        Column that orders a person's rows; the order of the rows (polars, pandas) when None. Rows without it are oldest.
    where : str
        Name of the caller, for errors.

    Returns
    -------
    narwhals.LazyFrame

    Raises
    ------
    ValueError
        A Spark frame without `order`: its rows have no order.
    """
    who = nw.col(person)
    local = type(frame.to_native()).__module__.startswith("polars")
    if not local and order is None:
        raise ValueError(f"{where}: rows of a Spark frame have no order; name the column of the time in `order`.")
    (size,) = collect_all(
        [frame.select(who.n_unique().alias("n"), who.is_null().sum().alias("gaps"), nw.len().alias("rows"))]
    )
    if size["n"][0] - (size["gaps"][0] > 0) + size["gaps"][0] == size["rows"][0]:
        return frame  # nobody twice
    if local:
        frame = nw.from_native(frame.to_native().with_row_index("row__"))
    keys = [*([order] if order else []), *(["row__"] if local else [])]
    known = frame.filter(~who.is_null())
    later = who.cum_count(reverse=True).over(person, order_by=keys)
    newest = known.with_columns(later.alias("later__")).filter(nw.col("later__") == 1).drop("later__")
    out = nw.concat([newest, frame.filter(who.is_null())], how="vertical")
    return out.sort("row__").drop("row__") if local else out

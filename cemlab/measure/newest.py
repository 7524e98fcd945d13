"""One row a person: the newest answer of everyone who answered more than once."""

import narwhals as nw

from cemlab.measure.frames import collect_all
from cemlab.measure.schema import as_list


def newest_answers(frame, person, order, where):
    """The newest row of each person; rows without a person stay.

    Parameters
    ----------
    frame : narwhals.LazyFrame
    person : str or list of str
        Column of the person; with further ones (a wave), the newest row of each combination.
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
    keys = as_list(person)
    local = type(frame.to_native()).__module__.startswith("polars")
    if not local and order is None:
        raise ValueError(f"{where}: rows of a Spark frame have no order; name the column of the time in `order`.")
    unknown = nw.col(keys[0]).is_null()
    known = frame.filter(~unknown)
    (most,) = collect_all([known.group_by(*keys).agg(nw.len().alias("n")).select(nw.col("n").max())])
    if not most["n"][0] > 1:
        return frame  # nobody twice
    if local:
        frame = nw.from_native(frame.to_native().with_row_index("row__"))
    by = [*as_list(order), *(["row__"] if local else [])]
    later = nw.col(keys[0]).cum_count(reverse=True).over(*keys, order_by=by)
    newest = frame.filter(~unknown).with_columns(later.alias("later__")).filter(nw.col("later__") == 1).drop("later__")
    out = nw.concat([newest, frame.filter(unknown)], how="vertical")
    return out.sort("row__").drop("row__") if local else out

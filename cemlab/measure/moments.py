"""Rows meet two reductions here, and nowhere else: `counts` and `moments`, on pandas, polars or Spark."""

import narwhals as nw
import numpy as np
import pandas as pd

from cemlab.checks import require_columns, require_weights
from cemlab.measure.frames import collect_all, columns_of, group_column, lazy, number_column
from cemlab.measure.in_order import is_small, summed
from cemlab.measure.packed_counts import packed_counts
from cemlab.measure.remembered import tables_of
from cemlab.measure.schema import as_list

NOT_MISSING = ("not_asked", "not_applicable")  # reasons that take a respondent out of the base instead of missing


def counts(data, items, *, by=None, weights=None, where="counts"):
    """Distinct answers of each item by group: how many, sum of weights, sum of squared weights.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per answer.
    items : str or list of str
        Columns counted, each on its own.
    by : str or list of str, optional
        Columns that define the groups; a missing group reads "(missing)".
    weights : str, optional
        Column of case weights; without it every weight is 1.

    Returns
    -------
    pandas.DataFrame
        The `by` columns, then ``item, value, why, n, w, w2``: one row per group, item and distinct value. ``value`` is
        NaN (or None for text) where unanswered; ``why`` then says why, when the scan knows (column ``<item>__why``).

    Notes
    -----
    The items are reduced together: polars shares one scan among them. Memory grows with groups and distinct values,
    not with rows.
    """
    items, by = as_list(items), as_list(by)
    frame = lazy(data, where)
    have = columns_of(frame)
    require_columns(have, [*items, *by, *as_list(weights)], where)
    schema = frame.collect_schema()
    tables = packed_counts(frame, items, by, weights, have)
    if tables is None:
        table = counted(frame, items, by, weights, have, schema)
    else:
        table = pd.concat([table.assign(item=item) for item, table in zip(items, tables, strict=True)])
    table = table.rename(columns={"value__": "value", "why__": "why", **{f"by__{cut}": cut for cut in by}})
    if weights:
        first = table[table["item"] == items[0]] if items else table
        require_weights(
            int(first["n"].sum()),
            int(first["w_missing"].sum()),
            int(first["w_negative"].fillna(0).sum()),
            float(first["w_largest"].max()) if len(first) and first["w_largest"].notna().any() else 0.0,
            column=weights,
            where=where,
        )
    else:  # every weight is 1: both sums are n
        table = table.assign(w=table["n"].astype(float), w2=table["n"].astype(float))
    table = table[[*by, "item", "value", "why", "n", "w", "w2"]]
    keys, order = [*by, "value", "why"], None
    if table["value"].dtype == object:  # numbers beside texts
        keys, order = [*by, "item", "value", "why"], as_texts
    table = table.sort_values(keys, na_position="last", kind="stable", key=order)
    return table.reset_index(drop=True)


def as_texts(column):
    """Sort key of a column that may mix numbers and texts; what is missing stays missing."""
    return column.astype(str).where(column.notna()) if column.dtype == object else column


def count_query(frame, item, by, weights, have, schema):
    """The query that counts one item's distinct answers by group."""
    number = schema[item].is_numeric() or schema[item] == nw.Boolean
    value = number_column(item) if number else nw.col(item).cast(nw.String)
    why = nw.col(f"{item}__why") if f"{item}__why" in have else nw.lit(None, nw.String)
    rows = frame.select(
        *(group_column(cut, schema) for cut in by),
        value.alias("value__"),
        why.alias("why__"),
        *([number_column(weights).alias("w__")] if weights else []),
    )
    w = nw.col("w__")
    sums = [
        w.sum().alias("w"),
        (w * w).sum().alias("w2"),
        w.is_null().cast(nw.Int64).sum().alias("w_missing"),
        (w < 0).cast(nw.Int64).sum().alias("w_negative"),
        w.max().alias("w_largest"),
    ]
    keys = [*(f"by__{cut}" for cut in by), "value__", "why__"]
    return rows.group_by(*keys).agg(nw.len().alias("n"), *(sums if weights else []))


def reduced(frame, keys, parts, *, in_order=False):
    """Column ``rows``, and sums, smallest or largest values of {name: (expression, "sum", "min" or "max")}, by group."""
    if in_order:
        columns = [nw.lit(1).alias("rows"), *(expr.alias(name) for name, (expr, _) in parts.items())]
        (rows,) = collect_all([frame.select(*keys, *columns)])
        return summed(rows, keys, {"rows": "sum"} | {name: how for name, (_, how) in parts.items()})
    aggregates = [nw.len().alias("rows"), *(getattr(expr, how)().alias(name) for name, (expr, how) in parts.items())]
    (table,) = collect_all([frame.group_by(*keys).agg(*aggregates) if keys else frame.select(*aggregates)])
    return table


def counted(frame, items, by, weights, have, schema):
    """What the queries of `counts` find, under one another, with the `item`; texts and numbers mix as objects."""
    native = frame.to_native()
    if not type(native).__module__.startswith("polars"):
        tables = collect_all([count_query(frame, item, by, weights, have, schema) for item in items])
        return pd.concat([table.assign(item=item) for table, item in zip(tables, items, strict=True)])
    import polars as pl

    known, asked = tables_of(native), {item: ("counts", item, *by, weights) for item in items}
    lacking = [item for item in items if asked[item] not in known]
    if lacking:
        words = pl.selectors.categorical() | pl.selectors.enum()
        queries = [count_query(frame, item, by, weights, have, schema).to_native() for item in lacking]
        for item, table in zip(lacking, pl.collect_all(queries), strict=True):
            known[asked[item]] = table.with_columns(words.cast(pl.String), item=pl.lit(item))
    tables = [known[asked[item]] for item in items]
    if len({tuple(table.schema.items()) for table in tables}) == 1:
        return pl.concat(tables).to_pandas()
    return pd.concat([table.to_pandas() for table in tables])


def is_why_missing(why):
    """True where an unanswered row counts as missing: no reason known, or no_answer (not "not asked")."""
    return ~why.isin(NOT_MISSING)


def moments(data, items, *, by=None, weights=None, where="moments"):
    """Sums of weights, values and squares of each item by group, in one scan.

    Parameters
    ----------
    data, items, by, weights
        As in `counts`; the items must be numbers.

    Returns
    -------
    pandas.DataFrame
        The `by` columns, then ``item, n, n_missing, w, w2, wx, wxx, w2x, w2xx, low, high``; one row per group and item.
        ``n`` counts answers; ``n_missing`` those asked who gave none.
    """
    items, by = as_list(items), as_list(by)
    frame = lazy(data, where)
    have = columns_of(frame)
    require_columns(have, [*items, *by, *as_list(weights)], where)
    schema = frame.collect_schema()
    for item in items:
        if not (schema[item].is_numeric() or schema[item] == nw.Boolean):
            raise ValueError(f"{where}: column {item!r} holds {schema[item]}, not numbers; recode it in the codebook.")
    weight = number_column(weights) if weights else nw.lit(1.0)
    prepared = frame.select(
        *(group_column(cut, schema) for cut in by),
        weight.alias("w__"),
        *(expr for item in items for expr in item_columns(item, have)),
    )
    parts = {
        "w_missing": (nw.col("w__").is_null().cast(nw.Int64), "sum"),
        "w_negative": ((nw.col("w__") < 0).cast(nw.Int64), "sum"),
        "w_largest": (nw.col("w__"), "max"),
    }
    for item in items:
        x, answered, asked = (nw.col(f"{kind}__{item}") for kind in ("x", "answered", "missing"))
        w = nw.col("w__") * answered
        parts |= {
            f"n__{item}": (answered, "sum"),
            f"m__{item}": (asked, "sum"),
            f"w__{item}": (w, "sum"),
            f"w2__{item}": (w * w, "sum"),
            f"wx__{item}": (w * x, "sum"),
            f"wxx__{item}": (w * x * x, "sum"),
            f"w2x__{item}": (w * w * x, "sum"),
            f"w2xx__{item}": (w * w * x * x, "sum"),
            f"low__{item}": (nw.col(f"raw__{item}"), "min"),
            f"high__{item}": (nw.col(f"raw__{item}"), "max"),
        }
    table = reduced(prepared, [f"by__{cut}" for cut in by], parts, in_order=is_small(data, len(parts)))
    if weights:
        largest = float(table["w_largest"].max()) if table["w_largest"].notna().any() else 0.0
        require_weights(
            int(table["rows"].sum()),
            int(table["w_missing"].sum()),
            int(table["w_negative"].fillna(0).sum()),
            largest,
            column=weights,
            where=where,
        )
    pieces = []
    names = ["n", "m", "w", "w2", "wx", "wxx", "w2x", "w2xx", "low", "high"]
    for item in items:
        piece = table[[f"by__{cut}" for cut in by]].rename(columns={f"by__{cut}": cut for cut in by})
        piece = piece.assign(item=item, **{name: table[f"{name}__{item}"].astype(float) for name in names})
        pieces.append(piece)
    out = pd.concat(pieces, ignore_index=True).rename(columns={"m": "n_missing"})
    sums = ["n", "n_missing", "w", "w2", "wx", "wxx", "w2x", "w2xx"]
    out[sums] = out[sums].fillna(0.0)
    return out.sort_values(by, kind="stable").reset_index(drop=True) if by else out


def item_columns(item, have):
    """Expressions for one item: value with 0 for missing, answered 0/1, missing 0/1, and the raw value."""
    value = number_column(item)
    unanswered = value.is_null()
    if f"{item}__why" in have:
        why = nw.col(f"{item}__why")
        left_out = (why == "not_asked") | (why == "not_applicable")
        missing = unanswered & nw.when(left_out.is_null()).then(nw.lit(True)).otherwise(~left_out)
    else:
        missing = unanswered
    return [
        nw.when(unanswered).then(nw.lit(0.0)).otherwise(value).alias(f"x__{item}"),
        nw.when(unanswered).then(nw.lit(0.0)).otherwise(nw.lit(1.0)).alias(f"answered__{item}"),
        nw.when(missing).then(nw.lit(1.0)).otherwise(nw.lit(0.0)).alias(f"missing__{item}"),
        value.alias(f"raw__{item}"),
    ]


def cross_moments(data, columns, *, by=None, weights=None, where="cross_moments"):
    """Sums of products of columns by group, over rows that answered all of them (listwise), in one scan.

    Parameters
    ----------
    data, weights
        As in `counts`.
    columns : list of str
        Numeric columns, k of them.
    by : str or list of str, optional
        Groups (a segment, a store, or ``_replicate`` for resampling).

    Returns
    -------
    dict
        ``groups`` (list of tuples, sorted), ``n`` (g,), ``w`` (g,), ``w2`` (g,), ``sums`` (g, k) and ``products``
        (g, k, k), numpy arrays; ``columns``; ``n_dropped`` (g,) rows with a weight but an answer missing.
    """
    by = as_list(by)
    frame = lazy(data, where)
    have = columns_of(frame)
    require_columns(have, [*columns, *by, *as_list(weights)], where)
    schema = frame.collect_schema()
    weight = nw.col(weights).cast(nw.Float64) if weights else nw.lit(1.0)
    complete = nw.lit(True)
    for column in columns:
        complete = complete & ~number_column(column).is_null()
    prepared = frame.with_columns(complete.alias("complete__"), weight.alias("w__")).select(
        *(group_column(cut, schema) for cut in by),
        nw.when(nw.col("complete__")).then(nw.col("w__")).otherwise(nw.lit(0.0)).alias("w__"),
        nw.when(nw.col("complete__")).then(nw.lit(1.0)).otherwise(nw.lit(0.0)).alias("used__"),
        *(
            nw.when(nw.col("complete__")).then(number_column(c)).otherwise(nw.lit(0.0)).alias(f"x__{i}")
            for i, c in enumerate(columns)
        ),
    )
    k = len(columns)
    w = nw.col("w__")
    parts = {"n": (nw.col("used__"), "sum"), "w": (w, "sum"), "w2": (w * w, "sum")}
    parts |= {f"s__{i}": (w * nw.col(f"x__{i}"), "sum") for i in range(k)}
    parts |= {f"p__{i}__{j}": (w * nw.col(f"x__{i}") * nw.col(f"x__{j}"), "sum") for i in range(k) for j in range(i, k)}
    table = reduced(prepared, [f"by__{cut}" for cut in by], parts, in_order=is_small(data, len(parts)))
    if by:
        table = table.sort_values([f"by__{cut}" for cut in by], kind="stable").reset_index(drop=True)
    products = np.zeros((len(table), k, k))
    for i in range(k):
        for j in range(i, k):
            products[:, i, j] = products[:, j, i] = table[f"p__{i}__{j}"].astype(float)
    groups = list(table[[f"by__{cut}" for cut in by]].itertuples(index=False, name=None)) if by else [()]
    return {
        "columns": list(columns),
        "groups": groups,
        "n": table["n"].to_numpy(float),
        "n_dropped": (table["rows"] - table["n"]).to_numpy(float),
        "w": table["w"].to_numpy(float),
        "w2": table["w2"].to_numpy(float),
        "sums": table[[f"s__{i}" for i in range(k)]].to_numpy(float),
        "products": products,
    }

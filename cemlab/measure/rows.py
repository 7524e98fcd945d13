"""Rows prepared for methods that need more than sums of single items: units to resample, gaps as zeros, a design matrix."""

import narwhals as nw
import numpy as np

from cemlab.checks import DataError, require_columns, require_weights
from cemlab.measure.frames import collect_all, columns_of, lazy, number_column
from cemlab.measure.moments import cross_moments
from cemlab.measure.schema import as_list

FEW_PERSONS = 1000  # below this the persons themselves are resampled, from here on their replicates
REPLICATES = 256
LIMIT = 2_000_000  # rows of a design matrix
BATCH = 40_000  # rows multiplied at a time: small products that stay on one thread


def with_units(data, *, cluster=None, person="_person", where="with_units"):
    """`data` with the column ``unit__`` that a bootstrap resamples, and what kind of unit it is.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per answer.
    cluster : str, optional
        Column of clusters; they are then the units. A row without a cluster is a unit of its own.
    person : str or None
        Column of the person, where there is one.

    Returns
    -------
    frame : narwhals.LazyFrame
    kind : {"clusters", "persons", "replicates"}

    Raises
    ------
    ValueError
        Unknown cluster; a Spark frame with neither ``_replicate`` nor `cluster`.

    Notes
    -----
    Below 1,000 persons every person is a unit (rows without a person count as one each). From there on the units are
    the 256 replicates of the store (``_replicate``, from the keyed person, so that nobody is in two of them); a frame
    without that column gets them by a fixed scramble of its row numbers, which keeps no person together.
    """
    frame = lazy(data, where)
    have = columns_of(frame)
    require_columns(have, as_list(cluster), where)
    local = type(frame.to_native()).__module__.startswith("polars")
    if not local:
        if cluster is None and "_replicate" not in have:
            raise ValueError(
                f"{where}: a Spark frame needs a column '_replicate' (0-255, from the person) or `cluster`."
            )
        return frame.with_columns(nw.col(cluster or "_replicate").cast(nw.String).alias("unit__")), (
            "clusters" if cluster else "replicates"
        )
    frame = nw.from_native(frame.to_native().with_row_index("row__"))
    alone = nw.concat_str([nw.lit("row "), nw.col("row__").cast(nw.String)])
    if cluster:
        name, kind = nw.col(cluster).cast(nw.String), "clusters"
    else:
        known = person if person in have else None
        who = nw.col(known).cast(nw.String) if known else nw.lit(None, nw.String)
        (size,) = collect_all(
            [frame.select((nw.col(known).n_unique() if known else nw.len()).alias("n"), nw.len().alias("rows"))]
        )
        if size["n"][0] < FEW_PERSONS and size["rows"][0] < 20 * FEW_PERSONS:
            name, kind = who, "persons"
        elif "_replicate" in have:
            name, kind = nw.col("_replicate").cast(nw.String), "replicates"
        else:
            scrambled = (nw.col("row__").cast(nw.Int64) * 40503 % 65536) // (65536 // REPLICATES)
            name, kind = scrambled.cast(nw.String), "replicates"
    unit = nw.when(name.is_null()).then(alone).otherwise(name)
    return frame.with_columns(unit.alias("unit__")).drop("row__"), kind


def unit_products(data, columns, *, unit="unit__", weights=None, where="unit_products"):
    """Sums of products by unit, over gaps, in one scan.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
    columns : list of str
        Numeric columns, k of them.
    unit : str
        Column of the units.
    weights : str, optional

    Returns
    -------
    dict
        ``n, w, w2`` (units,): rows, sums of weights and of their squares; ``products`` (units, 2k, 2k): weighted sums of
        products of the k columns with 0 for missing, then of k columns that are 1 where answered and 0 elsewhere. For
        every pair they hold the sums over rows that answered both.

    Raises
    ------
    ValueError
        Unknown column.
    DataError
        A missing or negative weight.

    Notes
    -----
    polars and pandas frames are read in batches and multiplied as matrices, some ten times faster than as many
    expressions; Spark goes through `cross_moments`. Units are sorted by name; figures agree between both to rounding.
    """
    frame = lazy(data, where)
    require_columns(columns_of(frame), [*columns, unit, *as_list(weights)], where)
    weight = nw.col(weights).cast(nw.Float64) if weights else nw.lit(1.0)
    numbers = [number_column(column) for column in columns]
    native = frame.to_native()
    if not type(native).__module__.startswith("polars"):
        filled = frame.select(
            nw.col(unit),
            weight.alias("w__"),
            *(nw.when(x.is_null()).then(nw.lit(0.0)).otherwise(x).alias(f"v__{i}") for i, x in enumerate(numbers)),
            *(nw.when(x.is_null()).then(nw.lit(0.0)).otherwise(nw.lit(1.0)).alias(f"a__{i}") for i, x in enumerate(numbers)),
        )  # fmt: skip
        names = [f"{kind}__{i}" for kind in "va" for i in range(len(columns))]
        return cross_moments(filled.to_native(), names, by=unit, weights="w__" if weights else None, where=where)
    import polars as pl

    rows = frame.select(
        nw.col(unit).cast(nw.String).alias("u__"),
        weight.alias("w__"),
        *(x.alias(f"x__{i}") for i, x in enumerate(numbers)),
    )
    rows = rows.to_native()
    names = rows.select(pl.col("u__").unique().sort()).collect()["u__"].to_list()
    rows = rows.with_columns(pl.col("u__").cast(pl.Enum(names)).to_physical())
    size, k = len(names), len(columns)
    n, w, w2, products = np.zeros(size), np.zeros(size), np.zeros(size), np.zeros((size, 2 * k, 2 * k))
    missing, negative, largest = 0, 0, 0.0
    for batch in rows.collect_batches(chunk_size=BATCH, maintain_order=True):
        batch = batch.sort("u__", maintain_order=True)
        code, v = batch["u__"].to_numpy(), batch["w__"].to_numpy()
        missing, negative = missing + batch["w__"].null_count(), negative + int((v < 0).sum())
        largest = max(largest, float(np.nanmax(v, initial=0.0)))
        x = pl.col("^x__.*$")
        wide = batch.select(x.fill_null(0.0), x.is_not_null().cast(pl.Float64).name.prefix("a")).to_numpy(order="c")
        starts = np.flatnonzero(np.diff(code, prepend=-1))
        for unit_code, a, b in zip(code[starts], starts, [*starts[1:], len(code)], strict=True):
            part, own = wide[a:b], v[a:b]
            n[unit_code] += b - a
            w[unit_code] += own.sum()
            w2[unit_code] += own @ own
            products[unit_code] += part.T @ (part * own[:, None] if weights else part)
    require_weights(int(n.sum()), missing, negative, largest, column=weights, where=where)
    return {"n": n, "w": w, "w2": w2, "products": products}


def design_matrix(data, columns, *, weights=None, where="design_matrix"):
    """Rows that answered every column, as an array, with their weights.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
    columns : list of str
        Numeric columns.
    weights : str, optional

    Returns
    -------
    values : array (n, k)
    weights : array (n,)
        1 without `weights`.
    n_dropped : int
        Rows left out because an answer is missing.

    Raises
    ------
    ValueError
        Unknown column; more than 2,000,000 complete rows: such a method needs them in memory, take a sample.
    DataError
        A weight that is missing or negative in a complete row.
    """
    frame = lazy(data, where)
    require_columns(columns_of(frame), [*columns, *as_list(weights)], where)
    weight = nw.col(weights).cast(nw.Float64) if weights else nw.lit(1.0)
    rows = frame.select(*(number_column(c).alias(f"x__{i}") for i, c in enumerate(columns)), weight.alias("w__"))
    (size,) = collect_all([frame.select(nw.len().alias("n"))])
    kept = rows
    for i in range(len(columns)):
        kept = kept.filter(~nw.col(f"x__{i}").is_null())
    (count,) = collect_all([kept.select(nw.len().alias("n"))])
    if count["n"][0] > LIMIT:
        raise ValueError(
            f"{where}: {count['n'][0]:,} complete rows; this method holds them in memory and takes at most {LIMIT:,}. "
            "Draw a sample, or use a method that works from sums (key_drivers)."
        )
    (table,) = collect_all([kept])
    values, w = table.iloc[:, :-1].to_numpy(float), table["w__"].to_numpy(float)
    if not (w >= 0).all() or not np.isfinite(w).all():
        raise DataError(
            f"{where}: weight column {weights!r} must be a non-negative number; {int((~(w >= 0)).sum())} of {len(w)} "
            "complete rows have none. Weight those answers or leave them out."
        )
    return values, w, int(size["n"][0] - count["n"][0])


def reasons(data, columns, *, where="reasons"):
    """How many rows answered each numeric column, and why the others did not, in one scan.

    Returns
    -------
    pandas.DataFrame
        ``item, rows, n, not_applicable, not_asked, n_missing, low, high``; ``n_missing`` counts asked who gave no answer
        (all gaps where the scan does not say why).

    Raises
    ------
    ValueError
        Unknown column, or text instead of numbers.
    """
    import pandas as pd

    frame = lazy(data, where)
    have, schema = columns_of(frame), frame.collect_schema()
    require_columns(have, columns, where)
    asked = [nw.len().alias("rows")]
    for i, column in enumerate(columns):
        if not (schema[column].is_numeric() or schema[column] == nw.Boolean):
            raise ValueError(
                f"{where}: column {column!r} holds {schema[column]}, not numbers; recode it in the codebook."
            )
        value = number_column(column)
        why = nw.col(f"{column}__why") if f"{column}__why" in have else nw.lit(None, nw.String)
        for name in ("not_applicable", "not_asked"):
            asked.append(
                nw.when(value.is_null() & (why == name)).then(nw.lit(1)).otherwise(nw.lit(0)).sum().alias(f"{name}{i}")
            )
        asked += [(~value.is_null()).sum().alias(f"n{i}"), value.min().alias(f"low{i}"), value.max().alias(f"high{i}")]
    (table,) = collect_all([frame.select(*asked)])
    names = ["n", "not_applicable", "not_asked", "low", "high"]
    row = table.iloc[0]
    out = pd.DataFrame(
        [{"item": c, "rows": row["rows"], **{name: row[f"{name}{i}"] for name in names}} for i, c in enumerate(columns)]
    )
    out = out.fillna({"n": 0, "not_applicable": 0, "not_asked": 0})
    out["n_missing"] = out["rows"] - out["n"] - out["not_applicable"] - out["not_asked"]
    return out.astype(dict.fromkeys(("rows", "n", "not_applicable", "not_asked", "n_missing"), "int64"))


def thinned(data, most=1_000_000):
    """`data`, or a random part of its persons where it holds more than `most` rows, for methods that need rows.

    Parameters
    ----------
    data : pandas, polars or Spark data frame
        With ``_replicate`` (0 to 255, from the keyed person); without it all rows are given back.
    most : int, default 1,000,000

    Returns
    -------
    data frame
        The same kind of frame. Whole replicates are taken, so that a person's answers stay together.
    """
    frame = lazy(data, "thinned")
    if "_replicate" not in columns_of(frame):
        return data
    (table,) = collect_all([frame.select(nw.len().alias("rows"))])
    rows = int(table["rows"].iloc[0])
    if rows <= most:
        return data
    kept = max(int(256 * most / rows), 1)
    return frame.filter(nw.col("_replicate") < kept).to_native()


def answered_all(data, columns, *, where="answered_all"):
    """Rows with an answer to every column."""
    frame = lazy(data, where)
    require_columns(columns_of(frame), columns, where)
    for column in columns:
        frame = frame.filter(~number_column(column).is_null())
    return frame.to_native()

"""The reduction behind research tables: every question by every banner, counted together in one scan."""

from dataclasses import dataclass, field

import narwhals as nw
import numpy as np
import pandas as pd

from cemlab.checks import require_columns, require_weights
from cemlab.measure.frames import collect_all, columns_of, group_column, lazy, number_column
from cemlab.measure.moments import NOT_MISSING
from cemlab.measure.packed_counts import packed_counts
from cemlab.measure.schema import ALL, MISSING
from cemlab.measure.score_rows import group_order

SEPARATOR = " / "
CELLS = 20_000_000  # rows x columns held at a time


@dataclass(frozen=True)
class Block:
    """One banner: what its columns are made from.

    `parts` are columns of the data. One part makes a column of each code; several make nested columns (their codes joined by
    " / "); with `overlapping` each part is a 0/1 column of its own, and a respondent may stand in several.
    """

    name: str
    parts: tuple = ()
    codes: tuple = ()  # codes in the order of the columns; empty: as found
    overlapping: bool = False

    def key(self, schema):
        """The expression of the group a row belongs to."""
        if not self.parts:
            return nw.lit(ALL)
        if self.overlapping:
            return nw.concat_str(*(self.bit(number_column(part)) for part in self.parts))
        if len(self.parts) == 1:
            return group_column(self.parts[0], schema)
        return nw.concat_str(*(group_column(part, schema) for part in self.parts), separator=SEPARATOR)

    @staticmethod
    def bit(value):
        """1 chosen, 0 not chosen, - unknown."""
        return nw.when(value == 1).then(nw.lit("1")).when(value.is_null()).then(nw.lit("-")).otherwise(nw.lit("0"))

    def columns(self, keys):
        """Codes of the columns and their members.

        Parameters
        ----------
        keys : list of str
            The groups found.

        Returns
        -------
        tuple
            Codes in order; a 0/1 array (columns x groups); a mask of the groups that belong to the banner at all.
        """
        if not self.parts:
            return [], np.zeros((0, len(keys))), np.zeros(len(keys), dtype=bool)
        if self.overlapping:
            bits = np.array([[one == "1" for one in key] for key in keys], dtype=float).reshape(len(keys), -1)
            known = np.array(["-" not in key for key in keys], dtype=bool)
            return list(self.codes), bits.T * known, known
        known = np.array([MISSING not in key.split(SEPARATOR) for key in keys], dtype=bool)
        found = sorted((key for key, one in zip(keys, known, strict=True) if one), key=group_order)
        order = [code for code in self.codes if code in found or len(self.parts) == 1]
        order += [code for code in found if code not in order]
        members = np.array([[float(key == code) for key in keys] for code in order])
        return order, members.reshape(len(order), len(keys)), known


@dataclass(frozen=True)
class Item:
    """One column to count. `made` makes it from several 0/1 or rank columns: any, sum, or rank among `sources`."""

    name: str
    sources: tuple
    made: str = ""
    text: bool = field(default=False)

    def value(self):
        """The expression of the answer."""
        columns = [number_column(source) for source in self.sources] if not self.text else []
        if self.made == "any":
            return nw.max_horizontal(*columns)
        if self.made == "sum":
            return nw.when(~nw.max_horizontal(*columns).is_null()).then(nw.sum_horizontal(*columns))
        if self.made == "rank":  # the first source; 0 where others were ranked and it was not
            ranked = ~nw.max_horizontal(*columns).is_null()
            return nw.when(ranked).then(columns[0].fill_null(0.0))
        if self.made == "answered":
            return nw.when(nw.col(self.sources[0]).is_null()).then(nw.lit(0.0)).otherwise(nw.lit(1.0))
        return nw.col(self.sources[0]).cast(nw.String) if self.text else columns[0]


def table_counts(data, items, blocks, *, weights=None, where="table_counts"):
    """Distinct answers of each item in each group of each banner: how many, sum of weights, sum of squared weights.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per answer.
    items : list of Item
    blocks : list of Block
        Banners; the one without parts holds everybody.
    weights : str, optional
        Column of case weights.

    Returns
    -------
    pandas.DataFrame
        ``block, item, key, value, code, n, unasked, w, w2``: numbers stand in `value`, text in `code`; both are missing
        where there is no answer, and `unasked` counts those of them who were not asked.

    Raises
    ------
    ValueError
        Unknown columns.
    DataError
        A missing or negative weight.

    Notes
    -----
    Each column is read once and held while its queries run together; so many columns are held at a time that rows x columns
    stays near 20 million (160 MB), never fewer than 8. The result grows with the distinct answers: an open number with a
    hundred thousand different answers gives as many rows.
    """
    frame = lazy(data, where)
    have = columns_of(frame)
    needed = [source for item in items for source in item.sources] + [part for block in blocks for part in block.parts]
    require_columns(have, [*dict.fromkeys(needed), *([weights] if weights else [])], where)
    schema = frame.collect_schema()
    weight = nw.col(weights).cast(nw.Float64) if weights else nw.lit(1.0)
    keys = [block.key(schema).alias(f"k__{i}") for i, block in enumerate(blocks)]
    rows = check_weights(frame.select(weight.alias("w")), weights, where)
    counted_small = small_counts(frame, items, blocks, weights, have)
    if counted_small is not None:
        return counted_small
    size = max(8, CELLS // max(rows, 1))
    out = []
    for first in range(0, len(items), size):
        batch = items[first : first + size]
        made = [item.value().alias(f"v__{i}") for i, item in enumerate(batch)]
        left = [unasked(item, have).alias(f"u__{i}") for i, item in enumerate(batch)]
        prepared = once(frame.select(weight.alias("w"), *keys, *made, *left))
        queries = [
            counted(prepared, b, block, i, item) for b, block in enumerate(blocks) for i, item in enumerate(batch)
        ]
        out.append(collect_stacked(queries))
    return pd.concat(out, ignore_index=True)


def small_counts(frame, items, blocks, weights, have):
    """The same from answers held as small codes (`measure.compact`), or None where columns must be made first."""
    if any(item.made or item.text for item in items) or any(b.overlapping or len(b.parts) > 1 for b in blocks):
        return None
    names, out = [item.sources[0] for item in items], []
    for block in blocks:
        tables = packed_counts(frame, names, list(block.parts), weights, have)
        if tables is None:
            return None
        for item, table in zip(items, tables, strict=True):
            key = table[f"by__{block.parts[0]}"].fillna(MISSING) if block.parts else ALL
            n = table["n"].astype(float)
            missed = table["why__"].isin(NOT_MISSING) & table["value__"].isna()
            facts = {"block": block.name, "item": item.name, "key": key, "value": table["value__"], "code": None}
            sums = {"w": table["w"], "w2": table["w2"]} if weights else {"w": n, "w2": n}
            out.append(pd.DataFrame(facts | {"n": n, "unasked": n.where(missed, 0.0)} | sums))
    table = pd.concat(out, ignore_index=True)
    rest = ["block", "item", "key", "value", "code"]  # one row a value, whatever the reason of a gap
    return table.groupby(rest, as_index=False, dropna=False, sort=False)[["n", "unasked", "w", "w2"]].sum()


def once(prepared):
    """The columns of one batch, read once and held (polars), or left to the cluster (Spark)."""
    native = prepared.to_native()
    if not type(native).__module__.startswith("polars"):
        return prepared
    import polars as pl

    held = native.with_columns(pl.col(pl.String).cast(pl.Categorical)).collect()
    return nw.from_native(held.lazy())


def counted(prepared, b, block, i, item):
    """The query that counts one item in the groups of one banner."""
    w, value = nw.col("w"), nw.col(f"v__{i}")
    grouped = prepared.group_by(f"k__{b}", f"v__{i}").agg(
        nw.len().alias("n"),
        nw.col(f"u__{i}").sum().alias("unasked"),
        w.sum().alias("sum_w"),
        (w * w).sum().alias("w2"),
    )
    return grouped.select(
        nw.lit(block.name).alias("block"),
        nw.lit(item.name).alias("item"),
        nw.col(f"k__{b}").cast(nw.String).alias("key"),
        (nw.lit(None, nw.Float64) if item.text else value).alias("value"),
        (value.cast(nw.String) if item.text else nw.lit(None, nw.String)).alias("code"),
        nw.col("n").cast(nw.Float64),
        nw.col("unasked").cast(nw.Float64),
        nw.col("sum_w").alias("w"),
        nw.col("w2"),
    )


def unasked(item, have):
    """1 where an answer is missing because the question was not asked or does not apply."""
    why = f"{item.sources[0]}__why"
    if why not in have:
        return nw.lit(0)
    reasons = (
        ["not_asked"] if item.made == "rank" else list(NOT_MISSING)
    )  # an option not ranked has a reason of its own
    missing = item.value().is_null() & nw.col(why).is_in(reasons).fill_null(False)
    return nw.when(missing).then(nw.lit(1)).otherwise(nw.lit(0))


def check_weights(prepared, weights, where):
    """Number of rows; DataError when weights are missing, negative or all zero."""
    w = nw.col("w")
    query = prepared.select(
        nw.len().alias("rows"),
        w.is_null().cast(nw.Int64).sum().alias("missing"),
        (w < 0).cast(nw.Int64).sum().alias("negative"),
        w.max().alias("largest"),
    )
    (found,) = collect_all([query])
    row = found.fillna(0).iloc[0]
    rows, missing, negative = (int(row[name]) for name in ("rows", "missing", "negative"))
    if weights:
        require_weights(rows, missing, negative, float(row["largest"]), column=weights, where=where)
    return rows


def collect_stacked(queries):
    """Collect lazy queries of one shape and put them under one another."""
    natives = [query.to_native() for query in queries]
    if type(natives[0]).__module__.startswith("polars"):
        import polars as pl

        return pl.concat(pl.collect_all(natives)).to_pandas()
    return pd.concat(collect_all(queries), ignore_index=True)

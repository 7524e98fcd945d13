"""`counts` on answers held as small codes: group, answer and reason in one whole number a row, counted in one pass."""

import numpy as np
import pandas as pd

from cemlab.measure.remembered import tables_of
from cemlab.measure.schema import MISSING

LARGEST = 4_000_000  # cells of one table; beyond that, grouping is better
BLOCK = 131_072


def packed_counts(frame, items, by, weights, have):
    """What `counts` counts, one table an item; None where the columns are no small codes (see `compact`).

    Parameters
    ----------
    frame : narwhals.LazyFrame
    items, by : list of str
    weights : str or None
    have : list of str
        Columns of `frame`.

    Returns
    -------
    list of pandas.DataFrame or None
        Per item: ``by__<cut>`` columns, ``value__, why__, n`` and, with weights, ``w, w2`` and what guards them.
    """
    native = frame.to_native()
    if not type(native).__module__.startswith("polars"):
        return None
    import polars as pl

    whys = [f"{item}__why" for item in items if f"{item}__why" in have]
    schema = native.collect_schema()
    if not all(small(schema[name]) for name in (*items, *by, *whys)) or any(schema[i] == pl.Date for i in items):
        return None
    known = tables_of(native)
    asked = {item: ("packed", item, *by, weights) for item in items}
    lacking = [item for item in items if asked[item] not in known]
    if lacking:
        made = packed_tables(native, lacking, by, weights, have)
        if made is None:
            return None
        known |= {asked[item]: table for item, table in zip(lacking, made, strict=True)}
    return [known[asked[item]].copy() for item in items]


def packed_tables(native, items, by, weights, have):
    """The tables themselves; None where they would hold too many cells."""
    import polars as pl

    whys = [f"{item}__why" for item in items if f"{item}__why" in have]
    needed = list(dict.fromkeys([*items, *by, *whys, *([weights] if weights else [])]))
    rows = native.select(needed).collect(engine="in-memory")
    groups = [coded(rows[cut]) for cut in by]
    n_groups = int(np.prod([len(names) for _, names in groups])) if groups else 1
    if n_groups > LARGEST or any(MISSING in names for _, names in groups):
        return None
    weight = rows[weights].cast(pl.Float64).fill_nan(None) if weights else None
    base = packed([codes for codes, _ in groups], [len(names) for _, names in groups], len(rows))
    out = []
    for item in items:
        why = rows[f"{item}__why"] if f"{item}__why" in have else None
        codes, values, reasons = coded_answers(rows[item], why)
        size = n_groups * len(values)
        if size > LARGEST:
            return None
        table = tally(base, codes, len(values), size, weight)
        at = table.pop("key").to_numpy()
        place = np.unravel_index(at // len(values), [len(names) for _, names in groups]) if groups else ()
        labels = {f"by__{cut}": text(names)[p] for cut, (_, names), p in zip(by, groups, place, strict=True)}
        labels |= {"value__": values[at % len(values)], "why__": reasons[at % len(values)]}
        labels = {name: v if v.dtype == float else pd.array(v, dtype="str") for name, v in labels.items()}
        out.append(table.assign(**labels))
    return out


def small(kind):
    """Whether a polars type is held as small whole numbers."""
    import polars as pl

    return kind in (pl.Int8, pl.Int16, pl.UInt8, pl.UInt16, pl.Date) or isinstance(kind, pl.Enum)


def coded(column):
    """Codes 0.. of a column's values and the values themselves; the missing come last, as None."""
    import polars as pl

    codes = column.to_physical()
    if isinstance(column.dtype, pl.Enum):
        names = column.dtype.categories.to_list()
        return codes.fill_null(len(names)).to_numpy(), [*names, None]
    low, high = codes.min(), codes.max()
    if low is None:
        return np.zeros(len(column), dtype=np.uint8), [None]
    names = pl.Series(range(low, high + 1)).cast(codes.dtype).cast(column.dtype).to_list()
    span = max(high + 1, high + 1 - low)
    if codes.dtype == pl.Int8 and span < 2**7:  # scales: without leaving one byte
        return (codes.fill_null(high + 1).to_numpy() - np.int8(low)).view(np.uint8), [*names, None]
    shifted = codes.cast(pl.Int64).fill_null(high + 1).to_numpy() - low
    return shifted.astype(np.uint16 if span < 2**15 else np.uint32), [*names, None]


def coded_answers(column, why):
    """Codes of an item's answers and, where there is none, of the reason; the values and reasons that they stand for."""
    codes, names = coded(column)
    number = column.dtype.is_integer()
    gap = np.nan if number else None
    values = np.array([*names[:-1], gap], dtype=float if number else object)
    if why is None:
        return codes, values, np.full(len(values), None, dtype=object)
    reason, reasons = coded(why)
    reason = np.where(codes == len(names) - 1, reason, 0)  # an answer needs none
    codes = codes + reason.astype(codes.dtype, copy=False)
    values = np.append(values[:-1], np.full(len(reasons), gap, dtype=values.dtype))
    return codes, values, np.array([None] * (len(names) - 1) + reasons, dtype=object)


def packed(codes, sizes, rows):
    """One number a row for several coded columns."""
    key = np.zeros(rows, dtype=np.uint32 if np.prod(sizes) > 2**16 else np.uint16)
    for column, size in zip(codes, sizes, strict=True):
        key = key * key.dtype.type(size) + column.astype(key.dtype, copy=False)
    return key


def tally(base, codes, values, size, weight):
    """Rows, and sums of weights, of each key that occurs; block by block, so that a block stays in the processor's cache."""
    n, sums = np.zeros(size, dtype=np.int64), np.zeros((4, size))
    largest = 0.0
    for start in range(0, len(codes), BLOCK):
        block = slice(start, start + BLOCK)
        key = base[block].astype(np.intp) * values + codes[block]
        n += np.bincount(key, minlength=size)
        if weight is None:
            continue
        lost = weight[block].is_null().to_numpy()
        w = weight[block].fill_null(0.0).to_numpy()
        for place, amounts in enumerate((w, w * w, lost.astype(float), (w < 0).astype(float))):
            sums[place] += np.bincount(key, weights=amounts, minlength=size)
        largest = max(largest, float(np.max(w, initial=0.0)))
    seen = np.flatnonzero(n)
    table = pd.DataFrame({"key": seen, "n": n[seen]})
    if weight is None:
        return table
    names = ("w", "w2", "w_missing", "w_negative")
    return table.assign(**{name: one[seen] for name, one in zip(names, sums, strict=True)}, w_largest=largest)


def text(names):
    """Group names as `by` columns hold them."""
    return np.array([MISSING if name is None else str(name) for name in names], dtype=object)

"""A large scan, read once: held in memory with one or two bytes an answer, so that every later count is quick."""

import polars as pl

SMALL = 10_000  # the widest range of whole numbers, and the most different texts, held as codes
IDENTIFIERS = ("_key", "_person")  # only ever compared with each other: their hash does
REASONS = pl.Enum(["no_answer", "not_applicable", "not_asked"])


def compact(scan):
    """The answers of a lazy scan, read into memory with the narrowest types that lose nothing.

    Parameters
    ----------
    scan : polars.LazyFrame
        Answers by their codebook (`cemlab.store.scan`).

    Returns
    -------
    polars.LazyFrame
        The same rows and columns over memory. Scales and other columns of whole numbers become small integers, texts
        categories, reasons (``<name>__why``) an enumeration; ``_key`` and ``_person`` become numbers of 64 bits that are
        equal where the texts are (of nine million persons two would share one with a chance of 2 in a million).

    Notes
    -----
    Nine million answers to 30 questions take about half a gigabyte. The scan is read once; numbers that turn out not to be
    whole are read again, those columns only. Every reduction gives the figures that it gives on the scan; `counts` works
    on the codes themselves.
    """
    frame, columns = _read(scan)
    return pl.DataFrame([column.settle(frame.drop_in_place(column.name)).rechunk() for column in columns]).lazy()


def apart(scan, column, codes):
    """As `compact`, the rows with each code of a column by themselves: {code: data frame}, in the order of `codes`.

    Taking one of them then neither copies nor filters. Rows with another code are left out.
    """
    frame, columns = _read(scan)
    where = {code: frame.select(pl.col(column) == code).to_series() for code in codes}
    held = {code: [] for code in codes}
    for one in columns:
        values = one.settle(frame.drop_in_place(one.name))  # the wide column goes before the next is made
        for code, mask in where.items():
            held[code].append(values.filter(mask).rechunk())
    return {code: pl.DataFrame(parts) for code, parts in held.items()}


def _read(scan):
    """A scan in memory in types that are narrow beforehand, and what is known of its columns."""
    columns = [_Column(name, kind) for name, kind in scan.collect_schema().items()]
    checks = [column.check() for column in columns if column.is_number]
    queries = [scan.select(column.read() for column in columns), *([scan.select(checks)] if checks else [])]
    frame, *found = pl.collect_all(queries, engine="streaming")
    wide = [name for name in (found[0].columns if found else []) if found[0][name].item()]
    if wide:
        frame = frame.with_columns(scan.select(wide).collect(engine="streaming"))
    return frame, columns


class _Column:
    """One column: how it is read, and the narrowest type that holds it."""

    def __init__(self, name, kind):
        self.name, self.kind = name, kind
        self.is_number = kind.is_float()
        self.words = None  # the categories, where texts are held as such
        if kind == pl.String and name not in IDENTIFIERS and not name.endswith("__why"):
            self.words = pl.Categorical(pl.Categories.random())

    def read(self):
        """Expression: the column in a type that is narrow, or none too wide."""
        column = pl.col(self.name)
        if self.name in IDENTIFIERS:
            return pl.when(column.is_not_null()).then(column.hash(seed=0)).alias(self.name)
        if self.words is not None:
            return column.cast(self.words)
        if self.name.endswith("__why"):
            return column.cast(REASONS)
        return column.cast(pl.Int16, strict=False) if self.is_number else column

    def check(self):
        """Expression: whether some number is not whole, or too large, and was lost by `read`."""
        column = pl.col(self.name)
        kept = (self.read().cast(self.kind) == column).fill_null(False)
        return (column.is_not_null() & ~kept).any().alias(self.name)

    def settle(self, values):
        """The column in the narrowest type that loses nothing; texts as an enumeration in the order of the alphabet."""
        if self.is_number and values.dtype == pl.Int16:
            low, high = values.min(), values.max()
            if low is None or (-128 <= low and high <= 127):
                return values.cast(pl.Int8)
            return values if -SMALL <= low and high <= SMALL else values.cast(self.kind)
        if self.words is None:
            return values
        found = self.words.categories.to_series()
        if len(found) > SMALL:
            return values.cast(pl.String)
        kind = pl.Enum(found.sort())
        return found.cast(kind).to_physical().gather(values.to_physical()).cat.to(kind).alias(self.name)

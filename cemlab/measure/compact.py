"""A large scan, read once: held in memory with one or two bytes an answer, so that every later count is quick."""

import polars as pl

SMALL = 10_000  # the widest range of whole numbers, and the most different texts, held as codes
BATCH = 500_000  # answers that are read, and made small, at a time
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
    The scan is read once, batch by batch, and each batch is made small as it comes: nine million answers to 30 questions
    take about half a gigabyte. Every reduction gives the figures that it gives on the scan; `counts` works on the codes
    themselves.
    """
    return pl.concat(_batches(scan), rechunk=True).lazy()


def apart(scan, column, codes):
    """As `compact`, the rows with each code of a column by themselves: {code: data frame}, in the order of `codes`.

    Taking one of them then neither copies nor filters. Rows with another code are left out.
    """
    held = {code: [] for code in codes}
    parts = _batches(scan)
    while parts:
        part = parts.pop(0)
        for code in codes:
            held[code].append(part.filter(pl.col(column) == code))
    return {code: pl.concat(parts, rechunk=True) for code, parts in held.items()}


def _batches(scan):
    """All batches of a scan, their columns narrowed to types that fit every one of them."""
    columns = [_Column(name, kind) for name, kind in scan.collect_schema().items()]
    read = scan.select(column.read() for column in columns)
    batches = read.collect_batches(chunk_size=BATCH, engine="streaming")
    parts = [pl.DataFrame([column.narrow(batch[column.name]) for column in columns]) for batch in batches]
    parts = parts or [pl.DataFrame(schema=read.collect_schema())]
    return [pl.DataFrame([column.settle(part[column.name]) for column in columns]) for part in parts]


class _Column:
    """One column as its batches come: how it is read, and the narrowest type that has fitted all of them so far."""

    def __init__(self, name, kind):
        self.name, self.kind = name, pl.UInt64 if name in IDENTIFIERS else kind
        self.numbers = [pl.Int8, pl.Int16] if kind.is_float() else []  # types still to be tried
        self.words = None  # what became of each category, where texts are held as categories
        if kind == pl.String and name not in IDENTIFIERS and not name.endswith("__why"):
            self.words = pl.Categorical(pl.Categories.random())

    def read(self):
        """Expression: the column as the scan gives it, as far as its narrow type is known beforehand."""
        column = pl.col(self.name)
        if self.name in IDENTIFIERS:
            return pl.when(column.is_not_null()).then(column.hash(seed=0)).alias(self.name)
        if self.words is not None:
            return column.cast(self.words)
        if self.name.endswith("__why"):
            return column.cast(REASONS)
        return column

    def narrow(self, values):
        """A batch in the narrowest type; a type it does not fit is given up for the whole column."""
        if self.words is not None and len(self.words.categories.to_series()) > SMALL:
            return values.cast(pl.String)
        while self.numbers:
            small = values.cast(self.numbers[0], strict=False)
            if small.null_count() == values.null_count() and (small.cast(self.kind) == values).all():
                if self.numbers[0] == pl.Int8 or (small.abs() <= SMALL).all():
                    return small
            self.numbers.pop(0)
        return values

    def settle(self, small):
        """A batch in the type that fits all batches; texts as an enumeration in the order of the alphabet."""
        if self.kind.is_float():
            return small.cast(self.numbers[0] if self.numbers else self.kind)
        if self.words is None:
            return small
        found = self.words.categories.to_series()
        if len(found) > SMALL:
            return small.cast(pl.String)
        kind = pl.Enum(found.sort())
        return found.cast(kind).to_physical().gather(small.to_physical()).cat.to(kind).alias(self.name)

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
    Nine million answers to 30 questions take about half a gigabyte. Every reduction gives the figures that it gives on
    the scan; `counts` works on the codes themselves.
    """
    schema = scan.collect_schema()
    texts = [n for n, kind in schema.items() if kind == pl.String and n not in IDENTIFIERS and not n.endswith("__why")]
    whole, words = narrow(scan, [name for name, kind in schema.items() if kind.is_float()], texts)
    held = []
    for name, kind in schema.items():
        column = pl.col(name)
        if name in IDENTIFIERS:
            column = pl.when(column.is_not_null()).then(column.hash(seed=0)).alias(name)
        elif name in whole:
            column = column.cast(whole[name])
        elif kind == pl.String and name.endswith("__why"):
            column = column.cast(REASONS)
        elif name in words:
            column = column.cast(words[name])
        held.append(column)
    return scan.select(held).collect(engine="streaming").lazy()


def apart(answers, column, codes):
    """Data frames of the rows with each code of a column, by code: taking one then neither copies nor filters.

    `answers` is what `compact` made.
    """
    held = answers.collect()
    return {code: held.filter(pl.col(column) == code).rechunk() for code in codes}


def narrow(scan, numbers, texts):
    """Two dicts from column to type: whole numbers of a small range (NaN is none), and few different texts; one scan."""
    facts = [pl.col(name).unique().sort().implode().alias(f"words {name}") for name in texts]
    for name in numbers:
        column = pl.col(name)
        facts += [
            column.min().alias(f"low {name}"),
            column.max().alias(f"high {name}"),
            (column.is_nan() | (column != column.round(0))).any().alias(f"broken {name}"),
        ]
    if not facts:
        return {}, {}
    row = scan.select(facts).collect(engine="streaming").row(0, named=True)
    whole, words = {}, {}
    for name in numbers:
        low, high = row[f"low {name}"], row[f"high {name}"]
        if low is not None and not row[f"broken {name}"] and -SMALL <= low and high <= SMALL:
            whole[name] = pl.Int8 if -128 <= low and high <= 127 else pl.Int16
    for name in texts:
        different = [word for word in row[f"words {name}"] if word is not None]
        if len(different) <= SMALL:
            words[name] = pl.Enum(different)
    return whole, words

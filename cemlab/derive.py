"""Columns made from others as the codebook declares: bands, nets, look-ups, ranks. Made at every read, stored nowhere."""

import csv
import io

import polars as pl

from cemlab.checks import DataError, nearest
from cemlab.paths import data_folder

NUMBER = ("scale", "number", "date")


def add_derived(answers, codebook):
    """Answers with the columns that the codebook derives.

    Parameters
    ----------
    answers : polars.LazyFrame
        As `apply.apply_codebook` makes them before: missing codes are null, with the reason in ``<name>__why``.
    codebook : Codebook

    Returns
    -------
    polars.LazyFrame
        The same rows; each derived column follows with its ``__why``: the source's reason where that is unanswered,
        "not_applicable" where it is answered and nothing in the codebook takes it.

    Raises
    ------
    ValueError
        A look-up table that is not there or lacks a column; its message names those there are.
    DataError
        A look-up table that names a key twice.

    Notes
    -----
    Made from answers as meant: reversed items are turned before. A source that no file held gives "not_asked".
    """
    for column in codebook.columns.values():
        if column.derived is not None:
            answers = answers.with_columns(derived(column, codebook, set(answers.collect_schema().names())))
    return answers


def unless_routed_past(why, value, column, have):
    """Expression: `why`, but not_asked where the question is unanswered and an answer as coded led past it (`asked_if`).

    Whoever answered all the same keeps the answer; the codebook print counts them.
    """
    past = pl.lit(False)
    for name, codes in column.asked_if.items():
        if name in have:
            code = pl.col(name).cast(pl.String).str.strip_suffix(".0")
            past = past | ~code.is_in(list(codes)).fill_null(False)
    return pl.when(value.is_null() & past).then(pl.lit("not_asked")).otherwise(why)


def derived(column, codebook, have):
    """Expressions of one derived column and its reasons."""
    how = column.derived
    if how.places:
        return ranks(column, how, have)
    source = codebook.columns[how.source]
    if how.codes and source.type == "multiple":
        return any_chosen(column, how, source, have)
    if how.source not in have:
        return nothing(column)
    value = pl.col(how.source)
    if how.bands:
        made = in_bands(value, how)
    elif how.codes:
        made = in_codes(value, how, source.type in NUMBER)
    else:
        pairs = look_up_table(how)
        plain = value.cast(pl.String).str.strip_chars().str.strip_suffix("市")
        made = plain.replace_strict(pairs, default=None, return_dtype=pl.String)
    if how.other is not None:
        made = pl.when(value.is_not_null()).then(made.fill_null(pl.lit(how.other)))
    if column.type in NUMBER:
        made = made.cast(pl.Float64)
    return [made.alias(column.name), why(value, made, how.source, have).alias(f"{column.name}__why")]


def nothing(column):
    """A column whose source is not there."""
    dtype = pl.Float64 if column.type in (*NUMBER, "multiple") else pl.String
    out = [pl.lit(None, dtype).alias(name) for name in column.stored]
    return out + [pl.lit("not_asked").alias(f"{name}__why") for name in column.stored]


def why(value, made, source, have):
    """Why a derived answer is missing."""
    given = pl.col(f"{source}__why") if f"{source}__why" in have else pl.lit("no_answer")
    reason = pl.when(value.is_null()).then(given.fill_null("no_answer"))
    return reason.when(made.is_null()).then(pl.lit("not_applicable")).otherwise(pl.lit(None, pl.String))


def in_bands(value, how):
    """The code of the band a number lies in; bands hold both their ends."""
    made = pl.when(pl.lit(False)).then(pl.lit(None, pl.String))
    for code, (low, high) in how.bands.items():
        inside = pl.lit(True) if low is None else value >= low
        inside = inside if high is None else inside & (value <= high)
        made = made.when(value.is_not_null() & inside).then(pl.lit(code))
    return made.otherwise(pl.lit(None, pl.String))


def in_codes(value, how, numeric):
    """The code that holds the source's code."""
    made = pl.when(pl.lit(False)).then(pl.lit(None, pl.String))
    for code, codes in how.codes.items():
        held = [float(one) for one in codes] if numeric else list(codes)
        made = made.when(value.is_in(held)).then(pl.lit(code))
    return made.otherwise(pl.lit(None, pl.String))


def any_chosen(column, how, source, have):
    """0/1 columns of a question with several answers, each 1 where any of the codes it holds was chosen."""
    out = []
    for option in column.options:
        names = [f"{source.name}__{one}" for one in how.codes.get(option, ()) if f"{source.name}__{one}" in have]
        if not names:
            out += nothing(column.model_copy(update={"type": "number", "name": f"{column.name}__{option}"}))
            continue
        chosen = pl.max_horizontal(*names)
        out.append(chosen.alias(f"{column.name}__{option}"))
        reason = pl.coalesce(f"{name}__why" for name in names) if f"{names[0]}__why" in have else pl.lit("no_answer")
        out.append(pl.when(chosen.is_null()).then(reason).alias(f"{column.name}__{option}__why"))
    return out


def ranks(column, how, have):
    """The place at which an option was named: 1 where the first choice holds it, 2 where the second does."""
    places = [(i, name) for i, name in enumerate(how.places, start=1) if name in have]
    if not places:
        return nothing(column)
    made = pl.when(pl.lit(False)).then(pl.lit(None, pl.Float64))
    for place, name in places:
        made = made.when(pl.col(name).cast(pl.String) == how.rank).then(pl.lit(float(place)))
    made = made.otherwise(pl.lit(None, pl.Float64))
    ranked = pl.any_horizontal(pl.col(name).is_not_null() for _, name in places)
    first = places[0][1]
    reason = pl.col(f"{first}__why").fill_null("no_answer") if f"{first}__why" in have else pl.lit("no_answer")
    told = pl.when(ranked & made.is_null()).then(pl.lit("not_applicable")).when(made.is_null()).then(reason)
    return [made.alias(column.name), told.alias(f"{column.name}__why")]


def look_up_table(how):
    """{key: value} of a table under data/tiers; lines that begin with # say where it comes from."""
    folder = data_folder("tiers")
    path = folder / f"{how.table}.csv"
    if not path.is_file():
        known = sorted(p.stem for p in folder.glob("*.csv"))
        hint = nearest(how.table, known)
        near = f" Did you mean {hint!r}?" if hint else ""
        raise ValueError(f"derive: no table {how.table!r} in data/tiers.{near} There are {known}.")
    lines = [line for line in path.read_text(encoding="utf-8-sig").splitlines() if not line.startswith("#")]
    rows = list(csv.DictReader(io.StringIO("\n".join(lines))))
    for name in (how.key, how.value):
        if not rows or name not in rows[0]:
            raise ValueError(
                f"derive: table {how.table!r} has no column {name!r}; it has {list(rows[0]) if rows else []}."
            )
    pairs = {}
    for row in rows:
        key = row[how.key].strip().removesuffix("市")
        if key in pairs:
            raise DataError(f"derive: table {how.table!r} names {key!r} twice; keep one line.")
        pairs[key] = row[how.value].strip()
    return pairs

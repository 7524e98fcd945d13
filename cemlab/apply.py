"""The codebook applied to answers as coded: codes that mean missing become null and say why, reversed items are turned.

Besides the codes of the codebook there are three marks, for what a tool writes in words where a number belongs ("(跳过)",
"Blank"). They lie far off every scale, so that nothing can be averaged with them unnoticed.
"""

import polars as pl

from cemlab.derive import add_derived, unless_routed_past

MARKS = {"not_applicable": -9901.0, "no_answer": -9902.0, "not_asked": -9903.0}
WORDS = {"not_applicable": "(不适用)", "no_answer": "(空)", "not_asked": "(跳过)"}
STORED = ("nps", "outcome", "touchpoint", "effort", "segment", "operational", "question", "cluster", "store", "weight")
NUMBERS = ("scale", "number", "date", "multiple")  # stored as numbers; a date as days since 1970-01-01
SYSTEM = {
    "_key": pl.String,
    "_person": pl.String,
    "_wave": pl.String,
    "_file": pl.String,
    "_batch": pl.String,
    "_at": pl.Datetime("us", "UTC"),
    "_date": pl.Date,
    "_replicate": pl.Int16,
}


def stored_columns(codebook):
    """Name -> type of the columns that a study's answers have in the store, without those that start with _."""
    types = dict.fromkeys(NUMBERS, pl.Float64)
    return {
        name: types.get(column.type, pl.String)
        for column in codebook.of_role(*STORED)
        if column.type not in ("text", "time") and column.derived is None
        for name in column.stored
    }


def apply_codebook(answers, codebook, absent=None):
    """Answers as coded to answers as meant.

    Parameters
    ----------
    answers : polars.LazyFrame
        As stored.
    codebook : Codebook
    absent : dict, optional
        Stored column -> batches whose file did not hold it.

    Returns
    -------
    polars.LazyFrame
        The columns with _, then those of the codebook in its order; beside each question ``<name>__why``: null where it was
        answered, else no_answer, not_applicable or not_asked. Codes that neither scale nor codebook knows stay as they
        are: the measures refuse them, with the count.
    """
    have = set(answers.collect_schema().names())
    out = [pl.col(name) for name in SYSTEM]
    for column in codebook.of_role(*STORED):
        if column.type in ("text", "time") or column.derived is not None:
            continue
        for name in column.stored:
            dtype = stored_columns_of(column)
            value = pl.col(name) if name in have else pl.lit(None, dtype)
            why = reason(value, column, name in have, (absent or {}).get(name, []))
            if column.asked_if:
                why = unless_routed_past(why, value, column, have)
            answered = pl.when(why.is_null()).then(turned(value, column))
            out.append(answered.alias(name))
            if column.role not in ("weight", "cluster", "store"):
                out.append(why.alias(f"{name}__why"))
    return add_derived(answers.select(out), codebook)


def stored_columns_of(column):
    """The type in which a column's answers are stored."""
    return pl.Float64 if column.type in NUMBERS else pl.String


def reason(value, column, stored, absent):
    """Expression: why an answer is missing; null where there is one."""
    if not stored:
        return pl.lit("not_asked")
    numeric = stored_columns_of(column) == pl.Float64
    codes = {mark: why for why, mark in (MARKS if numeric else WORDS).items()}
    for text, why in column.missing.items():
        if column.type == "multiple" or (numeric and not is_number(text)):
            continue
        codes[float(text) if numeric else text] = why
    by_reason = {}
    for one, why in codes.items():
        by_reason.setdefault(why, []).append(one)
    elsewhere = ~pl.col("_wave").is_in(list(column.waves)) if column.waves else pl.lit(False)
    unasked = elsewhere | (value.is_null() & pl.col("_batch").is_in(absent)) if absent else elsewhere
    expression = pl.when(unasked).then(pl.lit("not_asked"))
    expression = expression.when(value.is_null() | (value.is_nan() if numeric else False)).then(pl.lit("no_answer"))
    for why, ones in by_reason.items():
        expression = expression.when(value.is_in(ones)).then(pl.lit(why))
    return expression.otherwise(pl.lit(None, pl.String))


def turned(value, column):
    """Expression: a reversed item the right way round; what lies off the scale stays."""
    if column.scale is None or not column.scale.reverse:
        return value
    low, high = column.scale.low, column.scale.high
    return pl.when(value.is_between(low, high)).then(low + high - value).otherwise(value)


def is_number(text):
    """Whether a code is a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True

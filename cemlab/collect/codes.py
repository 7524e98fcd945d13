"""What a cell says, as the code the codebook means; what it cannot mean is refused, with its rows.

Whole columns are turned at once; only distinct texts that are no plain number are looked at one by one.
"""

import re
import unicodedata
from dataclasses import dataclass

import polars as pl

from cemlab.apply import MARKS, WORDS, is_number
from cemlab.codebook import Scale, code
from cemlab.collect.choices import MARKS as TOOL_MARKS
from cemlab.collect.columns import option_labels, plain

ZERO_ONE = Scale(low=0, high=1)
SHOWN = 3  # a text is shown in a message only when so many answers hold it: what one person wrote stays unseen


@dataclass
class Coded:
    """One column, coded: `values`, `bad` (a Boolean mask of rows to refuse, or None), `unknown` {code: n}."""

    values: pl.Series
    bad: pl.Series = None
    examples: tuple = ()
    unknown: dict = None


def tool_marks(export, name):
    """{-3.0: "not_asked", ...}: the numbers a column of 问卷星 uses for skipped and blank."""
    if not export.layout.startswith("wenjuanxing"):
        return {}
    return {float(c): why for c, why in export.missing.get(name, {}).items() if is_number(c)}


def tidy_text(values):
    """Text without surrounding space; nothing left is null. Other types stay."""
    if values.dtype != pl.String:
        return values
    stripped = values.str.strip_chars()
    return stripped.set(stripped == "", None)


def as_numbers(values, column, marks=None):
    """Answers to a scale, or numbers.

    Parameters
    ----------
    values : polars.Series
        As exported.
    column : Column
    marks : dict, optional
        Numbers by which the tool means skipped or blank.

    Returns
    -------
    Coded
        Float64. A number in text is that number ("4", " 4.0 ", "４"; with thousands commas where the codebook says number);
        an option's label is its code; a text listed under `missing`, and (跳过), (空), are marks (`apply.MARKS`).
    """
    values = tidy_text(values)
    known = {float(c) for c in (*column.missing, *column.options) if is_number(c)}
    if values.dtype == pl.Boolean:
        values = values.cast(pl.Int8)
    bad, examples = None, ()
    if values.dtype == pl.String:
        number = values.cast(pl.Float64, strict=False)
        left = values.filter(number.is_null() & values.is_not_null())
        labels = option_labels(column)
        meant = {text: meaning(text, column, labels) for text in left.unique().to_list()}
        told = {text: value for text, value in meant.items() if value is not None}
        if told:
            number = number.fill_null(values.replace_strict(told, default=None, return_dtype=pl.Float64))
        bad, examples = refused(values, number)
    elif values.dtype.is_numeric() or values.dtype == pl.Null:
        number = values.cast(pl.Float64)
    else:
        return Coded(pl.Series([None] * len(values), dtype=pl.Float64), values.is_not_null())
    number = number.set(number.is_nan() | number.is_infinite(), None)
    for one, why in (marks or {}).items():
        inside = column.scale is not None and column.scale.low <= one <= column.scale.high
        if one not in known and not inside:
            number = number.set(number == one, MARKS[why])
    return Coded(number, bad, examples, off_scale(number, column, known))


def as_days(values, column, marks=None):
    """Dates as days since 1970-01-01; texts as in `as_numbers` where they say why there is none."""
    from cemlab.collect.times import read_times

    values = tidy_text(values)
    if values.dtype == pl.String:
        words = [text for text in (*column.missing, *TOOL_MARKS) if not is_number(text)]
        why = {text: MARKS[column.missing.get(text) or TOOL_MARKS[text]] for text in words}
        texts = values.set(values.is_in(list(why)).fill_null(False), None)
    else:
        why, texts = {}, values
    number = read_times(texts, column.formats, "UTC")[1].cast(pl.Int32).cast(pl.Float64)
    if why:
        number = number.fill_null(values.replace_strict(why, default=None, return_dtype=pl.Float64))
    bad = values.is_not_null() & number.is_null()
    return Coded(number, bad if bad.any() else None)


def meaning(text, column, labels):
    """Number that a text in a column of numbers means, or None."""
    if text in column.missing and not is_number(text):
        return MARKS[column.missing[text]]
    if plain(text) in labels and is_number(labels[plain(text)]):
        return float(labels[plain(text)])
    if text in TOOL_MARKS and not is_number(text):
        return MARKS[TOOL_MARKS[text]]
    wide = unicodedata.normalize("NFKC", text).strip()
    if column.type == "number" and re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", wide):
        wide = wide.replace(",", "")
    return float(wide) if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)", wide) else None


def refused(values, coded):
    """Rows whose text means nothing here, and texts among them that are common enough to be shown."""
    bad = values.is_not_null() & coded.is_null()
    if not bad.any():
        return None, ()
    counts = values.filter(bad).value_counts(sort=True).filter(pl.col("count") >= SHOWN)
    return bad, tuple(text for text in counts.to_series(0).to_list() if len(text) <= 20)[:3]


def off_scale(number, column, known):
    """{code: n} of the answers that neither the scale nor the codebook knows."""
    if column.scale is None:
        return {}
    low, high = column.scale.low, column.scale.high
    given = number.drop_nulls()
    on = (given >= low) & (given <= high) & (given % 1 == 0)
    off = given.filter(~on & ~given.is_in([*known, *MARKS.values()]))
    return counted(off)


def counted(values):
    """{code: n}, the most frequent first; a number too long for a code is not shown (it may be a telephone's)."""
    out = {}
    for value, n in values.value_counts(sort=True).rows():
        text = code(value)
        shown = text if len(text) <= 6 or n >= SHOWN and len(text) <= 20 and not text.isdigit() else "…"
        out[shown] = out.get(shown, 0) + n
    return out


def as_codes(values, column, marks=None):
    """Answers to a closed question.

    Parameters
    ----------
    values, column, marks
        As in `as_numbers`.

    Returns
    -------
    Coded
        String codes: 1.0 and "1" are "1"; an option's label is its code; (跳过) and (空) are kept in one spelling. A text
        that is none of the codebook's options stays as it is and is counted in `unknown`.
    """
    values = tidy_text(values)
    labels = option_labels(column)
    meant, unknown = {}, []
    for value in values.unique().drop_nulls().to_list():
        one = code(int(value) if isinstance(value, bool) else value)
        number = float(one) if is_number(one) else None
        if one in column.options or one in column.missing:
            meant[value] = one
        elif one in TOOL_MARKS and number is None:
            meant[value] = WORDS[TOOL_MARKS[one]]
        elif number is not None and number in (marks or {}):
            meant[value] = WORDS[marks[number]]
        else:
            meant[value] = labels.get(plain(one), one)
            if column.options and meant[value] == one and plain(one) not in labels:
                unknown.append(value)
    coded = pl.Series([None] * len(values), dtype=pl.String)
    if meant:
        old = pl.Series(list(meant), dtype=values.dtype)
        coded = values.replace_strict(old, pl.Series(list(meant.values())), default=None, return_dtype=pl.String)
    strangers = values.filter(values.is_in(unknown)) if unknown else values.clear()
    return Coded(coded, unknown=rare_unseen(strangers))


def rare_unseen(values):
    """{text: n} of unknown answers; texts that fewer than `SHOWN` people gave are counted together as "…"."""
    out = {}
    for value, n in values.value_counts(sort=True).rows():
        text = code(value)
        shown = text if (n >= SHOWN and len(text) <= 40) or (len(text) <= 3 and text.isascii()) else "…"
        out[shown] = out.get(shown, 0) + n
    return out


def as_choices(columns, column, marks):
    """0/1 columns of a question with several answers.

    Parameters
    ----------
    columns : dict
        Option code -> Series as exported.
    column : Column
    marks : dict
        Numbers by which the tool means skipped or blank.

    Returns
    -------
    dict
        Option code -> Coded. A cell that repeats the option's label means chosen. Where a file writes the chosen ones only
        (no 0 anywhere), an empty cell beside a chosen one is not chosen; a row of empty cells stays null.
    """
    coded = {one: as_numbers(values, chosen(column, one), marks) for one, values in columns.items()}
    if not any((part.values == 0).any() for part in coded.values()):
        table = pl.DataFrame([part.values.alias(one) for one, part in coded.items()])
        some = table.select(pl.any_horizontal((pl.all() == 1).fill_null(False))).to_series()
        for part in coded.values():
            part.values = part.values.set(part.values.is_null() & some, 0.0)
    return coded


def chosen(column, one):
    """A column of 0 and 1 in which the option's own label stands for 1."""
    texts = {c: why for c, why in column.missing.items() if not is_number(c)}
    return column.model_copy(
        update={"type": "scale", "scale": ZERO_ONE, "missing": texts, "options": {"1": column.options[one]}}
    )

"""A product study's answers as rows of respondent x concept (or product), from either layout of the questionnaire."""

import narwhals as nw

from cemlab.checks import require_columns
from cemlab.measure.frames import collect_all, columns_of, lazy, number_column
from cemlab.measure.rows import thinned
from cemlab.measure.stack import RESPONDENT, named_respondents, stack_brands

KEPT = ("_key", "_person", "_wave", "_date", "_replicate")


def scale_of(codebook, question):
    """(low, high) of a question; None where it has no scale."""
    asked = codebook.batteries.get(question) or codebook.columns.get(question)
    return None if asked is None or asked.scale is None else (asked.scale.low, asked.scale.high)


def boxes(codebook, questions):
    """{question: (low, high)} and {question: top codes} of the questions that have a scale, as the measures take them."""
    scales, tops = {}, {}
    for name in questions:
        asked = codebook.batteries.get(name) or codebook.columns.get(name)
        if asked is not None and asked.scale is not None:
            scales[name], tops[name] = (asked.scale.low, asked.scale.high), list(asked.scale.top_codes)
    return scales, tops


def thing_rows(data, codebook, *, thing, column, questions, position=None, keep=()):
    """One row per respondent and thing rated (a concept, a product).

    Parameters
    ----------
    data : pandas, polars or Spark data frame
        Answers as `store.scan` gives them.
    codebook : Codebook
    thing : {"concept", "product"}
        Name of the column that tells which thing a row is about.
    column : str or None
        The column of the answers that says so; None: each question is a matrix with a row a thing.
    questions : list of str
        Columns or matrices wanted; those that the data lack are left out.
    position : str, optional
        Column or matrix of the place at which the thing was shown.
    keep : list of str
        Further columns to repeat (weights, segments, several answers).

    Returns
    -------
    polars.LazyFrame (or Spark data frame)
        The kept columns, ``_respondent``, `thing`, ``position`` (Float64, where there is one) and the questions with their
        reasons ``<question>__why``. Rows without a thing, and things a respondent was not asked about, are left out.
    """
    frame = lazy(data, "thing_rows")
    have = columns_of(frame)
    kept = [c for c in dict.fromkeys([*KEPT, *keep]) if c in have]
    if column is not None:
        frame, _ = named_respondents(frame, have)
        wanted = [q for q in questions if q in have]
        why = [nw.col(f"{q}__why") for q in wanted if f"{q}__why" in have]
        place = [number_column(position).alias("position")] if position in have else []
        out = frame.filter(~nw.col(column).is_null()).select(
            *(nw.col(c) for c in kept if c != thing),
            nw.col(RESPONDENT),
            nw.col(column).cast(nw.String).alias(thing),
            *place,
            *(nw.col(q) for q in wanted if q not in kept),
            *why,
        )
        return out.to_native()
    places, things = {}, []
    for name in [*questions, *([position] if position else [])]:
        battery = codebook.batteries.get(name)
        inside = {t: f"{name}__{t}" for t in battery.rows if f"{name}__{t}" in have} if battery else {}
        if inside:
            places["position" if name == position else name] = inside
            things += [t for t in inside if t not in things]
    stacked = nw.from_native(stack_brands(data, places, brands=things, keep=kept, brand=thing))
    asked = [nw.col(q).is_null() for q in places if q != "position"]
    return stacked.filter(~nw.all_horizontal(*asked, ignore_nulls=False)).to_native()


def complete_rows(data, columns, where, also=()):
    """The columns as a pandas frame, rows with a gap left out (gaps in the columns `also` stay); thinned above a million rows.

    For methods that need rows; ``attrs["dropped"]`` says how many were left out.
    """
    frame = lazy(thinned(data), where)
    require_columns(columns_of(frame), [*columns, *also], where)
    (table,) = collect_all([frame.select(*(nw.col(c) for c in dict.fromkeys([*columns, *also])))])
    out = table.dropna(subset=list(dict.fromkeys(columns))).reset_index(drop=True)
    out.attrs["dropped"] = len(table) - len(out)
    return out

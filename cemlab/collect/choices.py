"""Several answers joined in one cell: whether they are choices from one list, and 0/1 columns out of them."""

import re
from graphlib import CycleError, TopologicalSorter

import polars as pl

SKIPPED, BLANK = ("(跳过)", "（跳过）"), ("(空)", "（空）")
MARKS = {**dict.fromkeys((*SKIPPED, "-3"), "not_asked"), **dict.fromkeys((*BLANK, "-2"), "no_answer")}
TYPED = r"(?s)〖.*?〗"  # what a respondent typed beside an option


def split_choices(values, question, *, joiner="┋", options=None):
    """Split joined answers into 0/1 columns.

    Parameters
    ----------
    values : polars.Series
        One text an answer, options joined by `joiner`; typed words beside an option stand in 〖〗.
    question : str
        Name of the question, such as "第6题"; columns are named ``question(option)``.
    joiner : str, default "┋"
        What stands between two options.
    options : list of str, optional
        Options in the order wanted, for those nobody chose. Without it, the options seen, in the order they follow
        one another.

    Returns
    -------
    tuple
        List of Float64 Series (1 chosen, 0 not chosen, -3 skipped, -2 blank, null for an empty cell), each followed by a
        ``__text`` column where words were typed; and {option: column name}.
    """
    plain = values.str.replace_all(TYPED, "").str.strip_chars()
    mark = mark_codes(plain)
    pieces = (
        pl.DataFrame({"p": plain, "m": mark})
        .select(pl.when(pl.col("m").is_null()).then(pl.col("p").str.split(joiner)).alias("p"))["p"]
        .list.eval(pl.element().str.strip_chars())
    )
    columns, names = [], {}
    for option in options or _in_order(pieces):
        names[option] = name = f"{question}({option})"
        columns.append(mark.fill_null(pieces.list.contains(option).cast(pl.Float64)).alias(name))
        typed = values.str.extract(rf"(?s)(?:^|{joiner})\s*{re.escape(option)}\s*〖(.*?)〗\s*(?:{joiner}|$)", 1)
        if (typed.str.len_chars() > 0).any():
            columns.append(typed.alias(f"{name}__text"))
    return columns, names


def seems_choices(values, joiner):
    """Whether joined texts are choices from one list: pieces repeat over people, never within one answer, at any place."""
    plain = values.drop_nulls().str.replace_all(TYPED, "").str.strip_chars()
    lists = plain.filter(~plain.is_in(list(MARKS))).str.split(joiner)
    total, distinct = lists.list.len().sum(), lists.explode().n_unique()
    if not total or (lists.list.len() != lists.list.n_unique()).any():
        return False
    most = lists.list.len().max()
    if most > 1 and lists.list.len().min() == most:  # blanks of one question: what stands first never stands second
        places = [set(lists.list.get(place).to_list()) for place in range(most)]
        if sum(map(len, places)) == distinct:
            return False
    return distinct <= 100 and (distinct <= total / 2 or (distinct <= 12 and distinct <= 0.8 * total))


def mark_codes(plain):
    """Per answer: -3 where the answer is the mark for skipped, -2 for blank, else null."""
    codes = {**dict.fromkeys(SKIPPED, -3.0), **dict.fromkeys(BLANK, -2.0)}
    return plain.replace_strict(codes, default=None, return_dtype=pl.Float64)


def _in_order(lists):
    """Options in the order in which they follow one another; where that contradicts itself, by first appearance."""
    after, seen = {}, {}
    for one in lists.drop_nulls().unique(maintain_order=True).to_list():
        chosen = [option for option in one if option]
        for option in chosen:
            seen.setdefault(option, len(seen))
            after.setdefault(option, set())
        for first, second in zip(chosen, chosen[1:], strict=False):
            after[second].add(first)
    try:
        return list(TopologicalSorter(after).static_order())
    except CycleError:
        return list(seen)

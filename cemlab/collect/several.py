"""Questions with several answers: 0/1 columns out of columns of their own, or out of cells that join what was chosen."""

import polars as pl

from cemlab.collect.choices import MARKS as TOOL_MARKS
from cemlab.collect.choices import split_choices
from cemlab.collect.codes import Coded, as_choices, as_numbers, rare_unseen, tidy_text, tool_marks
from cemlab.collect.columns import plain, texts

JOINERS = ("┋", ";", "；", "|", ",", "，", "、")


def several(export, column, matched, out):
    """0/1 columns of a question with several answers, from columns of its own or from joined text."""
    if column.name in matched.multiple:
        sources = matched.multiple[column.name]
        marks = {}
        for source in sources.values():
            marks |= tool_marks(export, source)
        if export.layout.startswith("wenjuanxing"):
            marks = {-3.0: "not_asked", -2.0: "no_answer"} | marks
        parts = as_choices({one: export.frame[source] for one, source in sources.items()}, column, marks)
        for label, source in matched.strange.get(column.name, {}).items():
            times_chosen = int((export.frame[source] == 1).sum())
            if times_chosen:
                out.unknown.setdefault(column.name, {})[label] = times_chosen
    elif column.name in matched.joined:
        parts = joined(tidy_text(export.frame[matched.joined[column.name]]), column, out)
    else:
        return {}
    found = {f"{column.name}__{one}": parts[one] for one in column.options if one in parts}
    some = next(iter(found.values())).values
    for one in column.options:
        name = f"{column.name}__{one}"
        if name in found:
            continue
        if export.layout == "wenjuanxing_text":  # it has no column for an option that was offered and nobody chose
            found[name] = Coded(some.set(some == 1, 0.0))
        else:
            out.absent.append(name)
    return found


def joined(values, column, out):
    """0/1 columns out of cells in which the chosen options stand together."""
    values = values.cast(pl.String)
    joiner = next((j for j in JOINERS if values.str.contains(j, literal=True).any() and whole(values, j, column)), "┋")
    labels = {plain(text): one for one, option in column.options.items() for text in (*texts(option), one)}
    seen = values.drop_nulls().str.split(joiner).explode().str.strip_chars().value_counts()
    spelled, strangers = {}, []
    for text, n in seen.rows():
        bare = text.split("〖")[0].strip()
        if plain(bare) in labels:
            spelled.setdefault(labels[plain(bare)], []).append(bare)
        elif bare not in TOOL_MARKS and bare:
            strangers += [bare] * n
    if strangers:
        out.unknown.setdefault(column.name, {}).update(rare_unseen(pl.Series(strangers)))
    wanted = {one: spelled.get(one, [column.options[one].zh or one]) for one in column.options}
    flat = [text for spellings in wanted.values() for text in dict.fromkeys(spellings)]
    series, names = split_choices(values, "q", joiner=joiner, options=flat)
    by_name = {one.name: one for one in series}
    parts = {}
    for one, spellings in wanted.items():
        table = pl.DataFrame([by_name[names[text]].alias(str(i)) for i, text in enumerate(dict.fromkeys(spellings))])
        merged = table.select(pl.max_horizontal(pl.all())).to_series()
        parts[one] = as_numbers(
            merged, column.model_copy(update={"type": "number"}), {-3.0: "not_asked", -2.0: "no_answer"}
        )
    return parts


def whole(values, joiner, column):
    """Whether splitting at `joiner` gives options of the codebook."""
    known = {plain(text) for option in column.options.values() for text in texts(option)} | {
        plain(c) for c in column.options
    }
    pieces = values.drop_nulls().str.split(joiner).explode().str.strip_chars().unique().to_list()
    return 2 * sum(plain(piece.split("〖")[0]) in known for piece in pieces) >= len(pieces)

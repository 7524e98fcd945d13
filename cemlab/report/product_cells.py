"""The ground of the product report's tables and pictures: parts a study lacks leave no trace, names in words, figures as text."""

import pandas as pd

from cemlab.report.brand_cells import WEAK, probability, text
from cemlab.report.figures import show_figure
from cemlab.report.product_titles import PART_TITLES, PART_WORDS
from cemlab.report.product_words import HEADINGS, TITLES, WORDS
from cemlab.report.tables import show_table

ALL_TITLES, ALL_WORDS = TITLES | PART_TITLES, WORDS | PART_WORDS


def say(key, lang, **words):
    """A word or sentence of the product report."""
    text = ALL_WORDS[key][0 if lang == "zh" else 1]
    return text.format(**words) if words else text


def titled(key, lang, **words):
    """Title and note of a picture or table."""
    title, note = ALL_TITLES[key][0 if lang == "zh" else 1]
    note = note.format(**words)
    return {"title": title.format(**words), "note": note[:1].upper() + note[1:] or None}


def heading(report, key, *parts):
    """The heading of a section, where the study has one of its parts (all sections without parts)."""
    from IPython.display import Markdown

    if parts and not set(parts) & set(report.parts):
        return None
    return Markdown("## " + HEADINGS[key][0 if report.lang == "zh" else 1])


def table(frame, report, key, *, folded=False, **words):
    """A numbered table of texts, its columns named already; nothing where there are no rows."""
    if frame is None or not len(frame):
        return None
    return show_table(
        frame, lang=report.lang, columns=list(frame.columns), folded=folded, **titled(key, report.lang, **words)
    )


def picture(chart, frame, report, key, *arguments, words=None, **options):
    """A numbered picture; nothing where no row has a figure."""
    if frame is None or not len(frame) or ("status" in frame and not frame["status"].isin(WEAK).any()):
        return None
    fig = chart(frame, *arguments, codebook=report.book, lang=report.lang, **options)
    return show_figure(fig, **titled(key, report.lang, **(words or {})))


def note(line):
    """A line of text, in italics; nothing for an empty one."""
    from IPython.display import Markdown

    return Markdown(f"*{line}*") if line else None


def item_name(report, item):
    """A question, feature, item, attribute or level in the report's language."""
    return name_in(report.book, item, report.lang)


def name_in(book, item, lang):
    """As `item_name`, from a codebook."""
    parts = book.product_questions
    if parts.best_worst and item in parts.best_worst.items:
        return parts.best_worst.items[item](lang) or item
    if parts.kano:
        question = book.batteries.get(parts.kano.functional)
        if question and item in question.rows:
            return question.rows[item](lang) or item
    return book.label(item, lang)


def side_in(book, item, side, lang):
    """One side of a just-about-right scale in words: 甜度不足, or the word of an answer that is a side of its own."""
    label = name_in(book, item, lang)
    if side in ("too_little", "too_much"):
        return f"{label}{say(side, lang)}" if lang == "zh" else f"{label} {say(side, lang)}"
    return (
        f"{label}“{book.option_label(item, side, lang)}”"
        if lang == "zh"
        else f"{label} “{book.option_label(item, side, lang)}”"
    )


def thing_name(report, thing, code):
    """A concept or product in the report's language."""
    return report.book.option_label(thing, code, report.lang)


def interval(row):
    """A figure with its interval as it stands in a cell."""
    return text(row)


def columns(report, **values):
    """A frame whose columns are named in the report's language."""
    return pd.DataFrame({say(f"head_{key}", report.lang): list(value) for key, value in values.items()})


__all__ = [
    "columns", "heading", "interval", "item_name", "name_in", "note", "picture", "probability", "say", "side_in", "table", "thing_name",
    "titled",
]  # fmt: skip

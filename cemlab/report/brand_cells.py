"""The ground of the brand report's tables: names in words, figures as text, numbered tables and pictures."""

import pandas as pd

from cemlab.report.brand_titles import TITLES
from cemlab.report.brand_words import WORDS
from cemlab.report.figures import show_figure
from cemlab.report.tables import show_table
from cemlab.report.wording import number

WEAK = ("ok", "low_base")


def say(key, lang):
    """A word of the brand report."""
    return WORDS[key][0 if lang == "zh" else 1]


def titled(key, lang, **words):
    """Title and note of a picture or table."""
    title, note = TITLES[key][0 if lang == "zh" else 1]
    return title.format(**words), note.format(**words) or None


def nothing(key, report, **words):
    """A sentence in place of an empty chart or table."""
    from IPython.display import Markdown

    lang = report.study.lang
    colon = "：" if lang == "zh" else ": "
    return Markdown(f"*{titled(key, lang, **words)[0]}{colon}{say('nothing', lang)}*")


def table(frame, report, key, *, folded=False, **words):
    """A numbered table of texts; columns are named in the report's language already."""
    if frame is None or not len(frame):
        return nothing(key, report, **words)
    title, note = titled(key, report.study.lang, **words)
    return show_table(frame, lang=report.study.lang, title=title, note=note, columns=list(frame.columns), folded=folded)


def picture(chart, frame, report, key, *arguments, words=None, **options):
    """A numbered picture, or a sentence where no row has a figure."""
    shown = frame is not None and len(frame) and ("status" not in frame or frame["status"].isin(WEAK).any())
    if not shown:
        return nothing(key, report, **(words or {}))
    title, note = titled(key, report.study.lang, **(words or {}))
    fig = chart(frame, *arguments, codebook=report.study.codebook, lang=report.study.lang, **options)
    return show_figure(fig, title=title, note=note)


def brand_name(report, code):
    """A brand in the report's language."""
    return report.study.codebook.option_label("brand", code, report.study.lang)


def item_name(report, item):
    """A stage, attribute or figure in the report's language."""
    book, lang = report.study.codebook, report.study.lang
    return book.label(item.removeprefix("points__"), lang)


def text(row, *, interval=True):
    """A figure with its interval as it stands in a cell; a mark for a small base, a dash for one not shown."""
    if row["status"] not in WEAK:
        return "—"
    shown = number(row["estimate"], row["unit"]) + ("*" if row["status"] == "low_base" else "")
    if interval and row["ci_low"] == row["ci_low"]:
        shown += f" [{number(row['ci_low'], row['unit'])}, {number(row['ci_high'], row['unit'])}]"
    return shown


def probability(p):
    """A p-value as printed."""
    return "—" if p != p else "<0.001" if p < 0.001 else f"{p:.3f}"


def renamed(frame, report, columns):
    """Columns chosen and named in the report's language; brands and items in words; numbers with one decimal."""
    if frame is None or not len(frame):
        return None
    lang, out = report.study.lang, {}
    for column, key in columns.items():
        values = frame[column]
        if column in ("brand", "other", "rival"):
            shown = [brand_name(report, v) for v in values]
        elif column in ("item", "before", "name"):
            shown = [item_name(report, v) for v in values]
        elif pd.api.types.is_integer_dtype(values):
            shown = [f"{v:,}" for v in values]
        elif pd.api.types.is_float_dtype(values):
            shown = ["—" if v != v else f"{v:.1f}" for v in values]
        else:
            shown = values.tolist()
        out[say(key, lang)] = shown
    return pd.DataFrame(out)


def if_asked(measure, *arguments, **options):
    """The measure, or None where one of its arguments is missing or the data do not carry it."""
    from cemlab.checks import DataError

    if any(argument is None or (hasattr(argument, "__len__") and not len(argument)) for argument in arguments):
        return None
    try:
        return measure(*arguments, **options)
    except DataError:
        return None


def by_brand(frame, report, metrics):
    """Brands down, metrics across, figures as text."""
    lang, cells = report.study.lang, {(r["brand"], r["metric"]): text(r) for r in frame.to_dict("records")}
    brands = [b for b in report.plan.brands if (frame["brand"] == b).any()]
    out = {say("brand", lang): [brand_name(report, b) for b in brands]}
    return pd.DataFrame(out | {say(m, lang): [cells.get((b, m), "—") for b in brands] for m in metrics})

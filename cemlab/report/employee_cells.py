"""The ground of the employee report's tables and pictures: titles, names in words, figures as text."""

import pandas as pd

from cemlab.report.employee_units import unit_name
from cemlab.report.employee_words import HEADINGS, TITLES, WORDS
from cemlab.report.figures import show_figure
from cemlab.report.rows import interval_text
from cemlab.report.tables import show_table
from cemlab.report.wording import number

SHOWN = ("ok", "low_base")
DASH = "—"
OF_COMPANY = frozenset(  # always of the whole company, in a manager's version too
    (
        "weights",
        "reliability",
        "structure",
        "agreement",
        "drivers",
        "driver_rows",
        "panel",
        "dropout",
        "survival",
        "hazard",
        "risk",
    )
    + ("linkage", "linkage_picture")
)


def say(key, lang, **words):
    """A word or sentence of the employee report."""
    text = WORDS[key][0 if lang == "zh" else 1]
    return text.format(**words) if words else text


def titled(key, lang, **words):
    """Title and note of a picture or table."""
    title, note = TITLES[key][0 if lang == "zh" else 1]
    return {"title": title.format(**words), "note": note.format(**words) or None}


def heading(report, key):
    """The heading of a section."""
    from IPython.display import Markdown

    return Markdown("## " + HEADINGS[key][0 if report.lang == "zh" else 1])


def text(line):
    """A paragraph; nothing for an empty one."""
    from IPython.display import Markdown

    return Markdown(line) if line else None


def headed(report, key, **words):
    """Title and note; in a manager's version figures of the whole company say so."""
    made = titled(key, report.lang, **words)
    if report.unit is not None and key in OF_COMPANY:
        made["title"] = say("company", report.lang) + ("：" if report.lang == "zh" else ": ") + made["title"]
    return made


def nothing(report, key, **words):
    """A sentence in place of an empty chart or table."""
    title = headed(report, key, **words)["title"]
    return text(f"*{title}{'：' if report.lang == 'zh' else ': '}{say('nothing', report.lang)}*")


def table(frame, report, key, **words):
    """A numbered table of texts, its columns named already; a sentence where there are no rows."""
    if frame is None or not len(frame):
        return nothing(report, key, **words)
    return show_table(frame, lang=report.lang, columns=list(frame.columns), **headed(report, key, **words))


def picture(chart, frame, report, key, *arguments, words=None, **options):
    """A numbered picture; a sentence where no row has a figure."""
    if frame is None or not len(frame) or ("status" in frame and not frame["status"].isin(SHOWN).any()):
        return nothing(report, key, **(words or {}))
    fig = chart(frame, *arguments, codebook=report.book, lang=report.lang, **options)
    return show_figure(fig, **headed(report, key, **(words or {})))


def columns(report, **values):
    """A frame whose columns are named in the report's language."""
    return pd.DataFrame({say(f"head_{key}", report.lang): list(value) for key, value in values.items()})


def figure(row, *, digits=None):
    """An estimate as text: "62.0%", "13.4", or a dash where it may not be shown."""
    if row is None or row["status"] not in SHOWN or pd.isna(row["estimate"]):
        return coarse(row)
    if digits is not None:
        return f"{row['estimate']:.{digits}f}"
    mark = "*" if row["status"] == "low_base" else ""
    return number(row["estimate"], row["unit"]) + ("%" if row["unit"] == "percent" else "") + mark


def coarse(row, lang="zh"):
    """What stands for a figure that is not shown: a range where (nearly) all answered alike, else a dash."""
    from cemlab.release import coarse_text

    return (coarse_text(row, lang) if row is not None else "") or DASH


def with_interval(row):
    """ "62.0% [58.1, 65.7]", or a dash."""
    return interval_text(row, row["unit"]) if row is not None and row["status"] in SHOWN else coarse(row)


def base(row):
    """The number of answers, or a dash for a group that is not shown."""
    return DASH if row is None or row["status"] not in SHOWN or pd.isna(row["n"]) else f"{row['n']:,.0f}"


def difference(row):
    """ "+3.1 [0.4, 5.8]", or a dash."""
    if row is None or row["status"] not in SHOWN or pd.isna(row["difference"]):
        return DASH
    unit = row["unit"]
    sign = "+" if row["difference"] > 0 else ""
    bounds = f"[{number(row['difference_low'], unit)}, {number(row['difference_high'], unit)}]"
    return f"{sign}{number(row['difference'], unit)} {bounds}"


def probability(p):
    """A p-value as text."""
    return DASH if pd.isna(p) else "<0.001" if p < 0.001 else f"{p:.3f}"


def unit_of(row, levels):
    """(level, code) that a row is about; None for the whole company."""
    found = [(level, row[level]) for level in levels if level in row and row[level] != "(all)"]
    return found[-1] if found else None


def by_unit(frame, report, **match):
    """{(level, code) or None: row} of the rows that match."""
    if frame is None:
        return {}
    for column, value in match.items():
        frame = frame[frame[column] == value]
    return {unit_of(row, report.levels): row for row in frame.to_dict("records")}


def indented(report, key):
    """A unit's name, moved in by its depth."""
    if key is None:
        return say("company", report.lang)
    depth = report.tree[key].depth + 1
    return ("　" if report.lang == "zh" else "\u2003") * depth + unit_name(report.book, key, report.lang)


def units(report):
    """The units that this report speaks of, the whole company (None) first."""
    if report.unit is None:
        return [None, *(node.key for node in report.tree)]
    return [None, *(node.key for node in report.tree.around(report.unit))]


def label(report, name):
    """A dimension, item or column in words."""
    return report.book.label(name, report.lang)

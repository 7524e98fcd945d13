"""Result frames as tables of a report: labels for codes, one format a unit, intervals in one column, notes in words."""

import re

import numpy as np
import pandas as pd

from cemlab.measure.schema import ALL
from cemlab.report.blocks import Block, escape
from cemlab.report.labels import NOT_SHOWN, Labels, cuts
from cemlab.report.wording import number

TECHNICAL = ("unit", "se", "ci_low", "ci_high", "level", "method", "adjust", "n_eff", "n_eff_reference", "p_value",
             "difference_se", "difference_low", "difference_high", "reference_estimate", "at")  # fmt: skip
LIMITS = r"\[[^\[\]]*\]\*?"
FIGURE = re.compile(rf"[+\-−±≥≤<]?[\d,]*\.?\d+%?\*?( {LIMITS}| \([\d,]+\))?|{LIMITS}")
NEGATIVE_ZERO = re.compile(r"(?<![\w.\])])[-−](?=0(\.0+)?(?![\d.]))")  # what rounds to nothing has no sign
SHORT, MIDDLING, PAGE = 16, 30, 110  # widths in letters (a Chinese character has two): see `_unbroken`
COUNTS = ("n", "n_missing", "n_reference")
BASES = ("n_eff", "n_eff_reference")
PROBABILITIES = ("p_value", "p_adjusted")
SCORES = ("estimate", "se", "ci_low", "ci_high", "reference_estimate", "centre", "lower", "upper", "value", "statistic")


def show_table(frame, *, codebook=None, lang="zh", columns=None, title=None, note=None, heads=None, folded=False):
    """Show a frame as a numbered table.

    Parameters
    ----------
    frame : pandas.DataFrame
        Estimates, comparisons, or any small tidy frame. Everything in it is escaped.
    codebook : Codebook, optional
        Gives the labels of columns and codes.
    lang : {"zh", "en"}
    columns : list of str, optional
        Which columns, in which order; ``interval`` and ``difference_interval`` stand for the two limits together. For
        estimates and comparisons the reader's columns are chosen when left out: what tells the rows apart, the
        result, its interval, the base and the note.
    title, note : str, optional
        Above and below the table.
    heads : dict of str to str, optional
        Heads of columns in place of the usual ones.
    folded : bool, default False
        Only the title is shown until the reader opens it: for figures that the picture beside it shows already. Printed and
        in other formats the table stands open.

    Returns
    -------
    Block

    Raises
    ------
    ValueError
        Unknown columns in `columns`.

    Notes
    -----
    Points and percentages have one decimal, scale means two, bases thousands separators; NPS has no %. Differences
    of percentages are percentage points. Hidden figures read "—"; "*" marks a small base.
    """
    labels = Labels(codebook, lang)
    frame = frame.reset_index(drop=True)
    both = {"interval": ("ci_low", "ci_high"), "difference_interval": ("difference_low", "difference_high")}
    columns = list(columns) if columns is not None else _chosen(frame)
    unknown = [c for c in columns if c not in frame and not (c in both and set(both[c]) <= set(frame))]
    if unknown:
        raise ValueError(f"show_table: no column {unknown}. Columns: {[str(c) for c in frame.columns][:20]}.")
    records, level = frame.to_dict("records"), _one_level(frame)
    cells = [[NEGATIVE_ZERO.sub("", _cell(row, column, both, labels)) for column in columns] for row in records]
    numeric = {c: c in both or _is_figures(c, frame[c], [line[i] for line in cells]) for i, c in enumerate(columns)}
    names = [
        (heads or {}).get(column) or labels.head(column, level) + _unit(frame, column, labels) for column in columns
    ]
    named = f'<span class="cem-no" data-kind="table"></span>{escape(title)}' if title else ""
    caption = f"<caption>{named}</caption>" if named and not folded else ""
    top = "".join(
        f'<th scope="col"{_class(numeric[c])}>{escape(name)}</th>' for c, name in zip(columns, names, strict=True)
    )
    short = _unbroken(columns, cells, numeric)
    body = "".join(
        _row(row, texts, columns, numeric, short, before)
        for row, texts, before in zip(records, cells, [None, *records[:-1]], strict=True)
    )
    below = f'<p class="cem-note">{escape(note)}</p>' if note else ""
    table = f"<table>{caption}<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
    plain = "\n".join("\t".join(line) for line in [names, *cells])
    whole = f'<div class="cem-scroll">{table}</div>{below}'
    if folded:
        whole = f'<details class="cem-fold"><summary>{named}</summary>{whole}</details>'
    return Block(f'<div class="cem">{whole}</div>', f"{title or ''}\n{plain}")


def _is_figures(name, column, texts):
    """Whether a column is set to the right: numbers, or texts that all read as figures (62.0%, +1.5 [0.2, 2.8], —)."""
    if pd.api.types.is_numeric_dtype(column):
        return column.dtype != bool
    counted = name in (*COUNTS, "reviews", "mentions", "rated", "base") or re.search(
        r"(^|\s)n$", name
    )  # 样本量 n, Base n
    fine = any(FIGURE.fullmatch(text) and (counted or not text.isdigit()) for text in texts)  # codes, years are words
    return fine and all(text == "—" or FIGURE.fullmatch(text) for text in texts)


def _unbroken(columns, cells, numeric):
    """Columns of words that are not broken: short ones, and middling ones of a table that fits the page all the same."""
    widths = [max((width(line[i]) for line in cells), default=0) for i in range(len(columns))]
    fits = sum(min(wide, MIDDLING) + 3 for wide in widths) <= PAGE
    most = MIDDLING if fits else SHORT
    return {c: not numeric[c] and wide <= most for c, wide in zip(columns, widths, strict=True)}


def width(text):
    """Letters' widths of a text; a Chinese character has two."""
    return sum(2 if sign > "\u2e80" else 1 for sign in text.strip())


def _chosen(frame):
    """The columns a reader needs; all of them where the frame is no result."""
    if not {"unit", "status", "n"} <= set(frame.columns) or not {"estimate", "difference"} & set(frame.columns):
        return [str(column) for column in frame.columns]
    groups = (["stage"] if "stage" in frame else []) + cuts(frame)
    varied = [c for c in ("metric", "item") if c in frame and frame[c].nunique(dropna=False) > 1]
    spread = ["at"] if "at" in frame and frame["at"].notna().any() else []
    out = [*varied, *groups, *spread] or ["metric"]
    if "estimate" in frame:
        out += ["estimate"] + (["interval"] if {"ci_low", "ci_high"} <= set(frame) else [])
    out += ["n"]
    if "difference" in frame:
        out += ["reference", "difference", "difference_interval"]
        out += ["p_adjusted"] if "p_adjusted" in frame else []
    return out + (["status"] if (frame["status"] != "ok").any() else [])


def _unit(frame, column, labels):
    """The unit behind the head of a result column, where all rows share one that the cells do not show."""
    units = frame["unit"].dropna().unique() if "unit" in frame else []
    if len(units) != 1 or column not in ("estimate", "difference", "reference_estimate", "value"):
        return ""
    if column != "difference" and units[0] == "percent":
        return ""
    return labels.say("（{}）", " ({})").format(labels.unit(units[0], difference=column == "difference"))


def _one_level(frame):
    levels = frame["level"].dropna().unique() if "level" in frame else []
    return levels[0] if len(levels) == 1 else None


def _cell(row, column, both, labels):
    unit, hidden = row.get("unit"), row.get("status") in NOT_SHOWN
    if column in both:
        low, high = (row[limit] for limit in both[column])
        if hidden or pd.isna(low) or pd.isna(high):
            return "—"
        return f"[{number(low, unit)}, {number(high, unit)}]"
    value = row[column]
    if column == "status":
        return labels.status(value)
    if column == "metric":
        return labels.metric(value)
    if column == "unit":
        return labels.unit(value)
    if pd.api.types.is_number(value) and not isinstance(value, bool):
        return _figure(value, column, unit, hidden, row)
    if isinstance(value, (pd.Timestamp, np.datetime64)):
        return _day(value, labels)
    if isinstance(value, (bool, np.bool_)):
        return labels.say("是" if value else "否", "yes" if value else "no")
    if value is None or value is pd.NaT:
        return "—"
    return labels.code(column, value)


def _figure(value, column, unit, hidden, row):
    if pd.isna(value) or (hidden and column not in COUNTS):
        return "—"
    if column in COUNTS or column in BASES:
        return f"{value:,.0f}"
    if column in PROBABILITIES:
        return "<0.001" if value < 0.001 else f"{value:.3f}"
    if column == "level":
        return f"{value:.0%}"
    if column == "difference":
        return ("+" if round(value, 4) > 0 else "") + number(value, unit)
    if unit is not None and column in SCORES:
        weak = "*" if column == "estimate" and row.get("status") == "low_base" else ""
        return number(value, unit) + ("%" if unit == "percent" and column != "se" else "") + weak
    if float(value).is_integer():
        return f"{value:,.0f}"
    return f"{value:,.2f}"


def _day(value, labels):
    day = pd.Timestamp(value)
    if pd.isna(day):
        return "—"
    clock = f" {day:%H:%M}" if (day.hour, day.minute) != (0, 0) else ""
    return labels.say(f"{day.year}年{day.month}月{day.day}日", f"{day:%Y-%m-%d}") + clock


def _row(row, texts, columns, numeric, short, before):
    kinds = []
    groups = [c for c in columns if not numeric[c] and row.get(c) == ALL]
    if groups:
        kinds.append("total")
    if row.get("status") in NOT_SHOWN:
        kinds.append("quiet")
    if "stage" in columns and before is not None and row["stage"] != before["stage"]:
        kinds.append("first")
    cells = []
    for place, (column, text) in enumerate(zip(columns, texts, strict=True)):
        tag = 'th scope="row"' if place == 0 and not numeric[column] else "td"
        cells.append(
            f"<{tag}{_class(numeric[column]) or _class(short[column] and 'short', named=True)}>{_kept(text)}</{tag.split()[0]}>"
        )
    return f"<tr{_class(kinds and ' '.join(kinds), named=True)}>{''.join(cells)}</tr>"


def _kept(text):
    """Escaped text whose limits, "[0.1, 0.3]", stay on one line."""
    return re.sub(LIMITS, lambda limits: f'<span class="cem-keep">{limits.group()}</span>', escape(text))


def _class(value, *, named=False):
    if not value:
        return ""
    return f' class="{value if named else "num"}"'

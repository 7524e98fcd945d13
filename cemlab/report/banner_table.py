"""A research table inside a report: the same layout as in the workbook, as HTML."""

from cemlab.report.blocks import Block, escape
from cemlab.report.labels import Labels
from cemlab.report.table_layout import shown
from cemlab.report.wording import number


def banner_table(layout, *, lang="zh"):
    """Show one table of a study.

    Parameters
    ----------
    layout : Layout
        One of `table_layout.layouts`.
    lang : {"zh", "en"}

    Returns
    -------
    Block

    Notes
    -----
    Everything in it is escaped. Shares carry %, letters and arrows stand under their figure, small bases are marked.
    """
    labels = Labels(None, lang)
    heads = [
        "<tr><th></th>" + "".join(f'<th colspan="{count}" style="text-align:center">{escape(words)}</th>' for words, count in layout.banners) + "</tr>",
        "<tr><th></th>" + "".join(f'<th scope="col" class="num">{escape(head.label)}{letter(head)}</th>' for head in layout.heads) + "</tr>",
    ]  # fmt: skip
    body = "".join(row(line, len(layout.heads)) for line in layout.lines)
    caption = f'<caption><span class="cem-no" data-kind="table"></span>{escape(layout.title)}</caption>'
    note = labels.say("；", "; ").join(text for text in (layout.wording, layout.note) if text)
    below = f'<p class="cem-note">{escape(note)}</p>' if note else ""
    table = f"<table>{caption}<thead>{''.join(heads)}</thead><tbody>{body}</tbody></table>"
    return Block(f'<div class="cem"><div class="cem-scroll">{table}</div>{below}</div>', plain(layout))


def show_tables(layouts, *, lang="zh"):
    """Show all tables of a study under one another."""
    from IPython.display import display

    for layout in layouts:
        display(banner_table(layout, lang=lang))


def letter(head):
    """The letter of a column under its name."""
    return f"<br><small>{escape(head.letter)}</small>" if head.letter else ""


def row(line, width):
    """One line of the table."""
    if line.kind == "section":
        return f'<tr class="first"><th scope="rowgroup" colspan="{width + 1}">{escape(line.label)}</th></tr>'
    cells = "".join(f'<td class="num">{figure(cell, line)}</td>' for cell in line.cells)
    kind = {"net": ' class="total"', "base": ' class="quiet"'}.get(line.kind, "")
    return f'<tr{kind}><th scope="row" style="min-width:9em">{escape(line.label)}</th>{cells}</tr>'


def figure(cell, line):
    """One figure with its marks."""
    if line.kind == "base":
        mark = {"low_base": "*", "not_estimable": "**"}.get(cell.status, "")
        return f"{cell.value:,.0f}{mark}" if cell.value == cell.value else ""
    value = shown(cell, line.unit)
    if value is None:
        return "**" if cell.status == "not_estimable" else "—"
    text = (
        number(value, line.unit) + ("%" if line.unit == "percent" else "") + ("*" if cell.status == "low_base" else "")
    )
    marks = f"{cell.rest} {cell.above}".strip()
    return text + (f"<br><small>{escape(marks)}</small>" if marks else "")


def plain(layout):
    """The table as text."""
    lines = [layout.title, "\t".join(["", *(head.label for head in layout.heads)])]
    for line in layout.lines:
        cells = [figure(cell, line).replace("<br><small>", " ").replace("</small>", "") for cell in line.cells]
        lines.append("\t".join([line.label, *cells]))
    return "\n".join(lines)

"""Tables as a workbook to hand over: contents with links, notes, one sheet a question, ready to print."""

import re
from functools import cache
from pathlib import Path

from cemlab.report.labels import Labels
from cemlab.report.table_layout import shown

FORMATS = {"percent": "0.0%", "points": "0.0", "mean": "0.00", "count": "#,##0"}
FONT = "微软雅黑"
INK, SOFT, PALE, BRAND, LINE = "1C2733", "56636F", "EEF2F6", "1F4E79", "C9D1D9"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
FIRST = 7  # first row of the heads on a sheet
WIDE = 18  # columns beyond which a page is printed more than one page wide


def write_workbook(layouts, path, *, title, notes, lang="zh", counts=False, comparisons=None):
    """Write tables into an .xlsx file.

    Parameters
    ----------
    layouts : list of Layout
        Output of `table_layout.layouts`.
    path : str or pathlib.Path
        The file; its folder must exist. A file that is there is replaced.
    title : str
        Over the contents.
    notes : list of str
        How to read the tables.
    lang : {"zh", "en"}
    counts : bool, default False
        Add a line with the number of respondents under every share.
    comparisons : dict of str to pandas.DataFrame, optional
        Sheet title -> frame of text and numbers, such as 环比 and 同比, each on a sheet of its own.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    ValueError
        No tables; a path that does not end in .xlsx.

    Notes
    -----
    Shares are stored as fractions with the format 0.0%, so that a spreadsheet can go on counting. Text that a spreadsheet
    might take for a formula is stored as text and marked as such; nothing in the file is a formula.
    """
    from openpyxl import Workbook

    path = Path(path)
    if path.suffix.lower() != ".xlsx":
        raise ValueError(f"write_workbook: {path.name!r} does not end in .xlsx; name the file so.")
    if not layouts:
        raise ValueError("write_workbook: no tables given; count some with measure.tables.crosstab.")
    labels = Labels(None, lang)
    book = Workbook()
    front = book.active
    front.title = labels.say("目录", "Contents")
    names = [f"T{place:0{max(2, len(str(len(layouts))))}d}" for place in range(1, len(layouts) + 1)]
    for name, layout in zip(names, layouts, strict=True):
        table_sheet(book.create_sheet(name), layout, labels, front.title, counts)
    extra = {}
    for place, (heading, frame) in enumerate((comparisons or {}).items(), start=1):
        sheet = book.create_sheet(f"P{place:02d}")
        frame_sheet(sheet, heading, frame, labels, front.title)
        extra[sheet.title] = heading
    contents(front, title, notes, names, layouts, extra, labels)
    book.properties.title, book.properties.creator = title, "cemlab"
    book.save(path)
    return path


def put(sheet, row, column, value, *, bold=False, size=10, colour=INK, fill=None, centre=False, wrap=False, code=None):
    """Write one cell; text stays text whatever it begins with."""
    cell = sheet.cell(row, column)
    if isinstance(value, str):
        value = UNPRINTABLE.sub("", value)
        cell.value = value
        if value.startswith(FORMULA):
            cell.data_type, cell.quotePrefix = "s", True
    else:
        cell.value = value
    cell.font, cell.alignment, filled = look(bold, size, colour, centre, wrap, fill)
    if fill:
        cell.fill = filled
    if code:
        cell.number_format = code
    return cell


@cache
def look(bold, size, colour, centre, wrap, fill):
    """Font, alignment and fill of a cell, made once each."""
    from openpyxl.styles import Alignment, Font, PatternFill

    font = Font(name=FONT, size=size, bold=bold, color=colour)
    return font, Alignment("center" if centre else None, "center", wrap_text=wrap), PatternFill("solid", fill or PALE)


def contents(sheet, title, notes, names, layouts, extra, labels):
    """The first sheet: title, list of tables with links, notes."""
    put(sheet, 1, 1, title, bold=True, size=16, colour=BRAND)
    heads = labels.say(("表", "题目", "题型与基数", "样本量"), ("Table", "Question", "Type and base", "n"))
    for column, text in enumerate(heads, start=1):
        put(sheet, 3, column, text, bold=True, fill=PALE)
    row = 4
    for name, layout in zip(names, layouts, strict=True):
        link(put(sheet, row, 1, name, colour=BRAND), name)
        link(put(sheet, row, 2, layout.title, wrap=True, colour=BRAND), name)
        put(sheet, row, 3, layout.note, wrap=True, colour=SOFT)
        sheet.row_dimensions[row].height = 15 * (1 + max(wide(layout.note) // 38, wide(layout.title) // 50))
        put(sheet, row, 4, layout.base if layout.base == layout.base else None, code=FORMATS["count"])
        row += 1
    for name, heading in extra.items():
        link(put(sheet, row, 1, name, colour=BRAND), name)
        link(put(sheet, row, 2, heading, colour=BRAND), name)
        row += 1
    put(sheet, row + 1, 1, labels.say("说明", "Notes"), bold=True, size=12, colour=BRAND)
    for place, note in enumerate(notes, start=row + 2):
        sheet.merge_cells(start_row=place, end_row=place, start_column=1, end_column=4)
        put(sheet, place, 1, note, wrap=True)
        sheet.row_dimensions[place].height = 15 * (1 + wide(note) // 105)
    for column, width in zip("ABCD", (8, 52, 40, 10), strict=True):
        sheet.column_dimensions[column].width = width
    sheet.freeze_panes = "A4"
    page(sheet, labels, rows="3:3", wide=False)


def wide(text):
    """Width of a text in Latin letters; a Chinese character takes two."""
    return sum(2 if ord(sign) > 0x2E7F else 1 for sign in text)


def link(cell, sheet):
    """A link to the first cell of a sheet."""
    from openpyxl.worksheet.hyperlink import Hyperlink

    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{sheet}'!A1", display=str(cell.value))


def table_sheet(sheet, layout, labels, front, counts):
    """One table on its sheet."""
    from openpyxl.utils import get_column_letter

    link(put(sheet, 1, 1, labels.say("← 返回目录", "← Contents"), size=9, colour=BRAND), front)
    put(sheet, 2, 1, layout.title, bold=True, size=13, colour=BRAND)
    put(sheet, 3, 1, layout.wording, colour=SOFT)
    put(sheet, 4, 1, layout.note, size=9, colour=SOFT)
    banner_heads(sheet, layout)
    row = FIRST + 3
    for line in layout.lines:
        row = write_line(sheet, row, line, len(layout.heads), counts)
    rule_banners(sheet, layout, row - 1)
    sheet.column_dimensions["A"].width = 34
    for column in range(2, len(layout.heads) + 2):
        sheet.column_dimensions[get_column_letter(column)].width = 11.5
    sheet.freeze_panes = sheet.cell(FIRST + 3, 3)
    page(sheet, labels, rows=f"{FIRST}:{FIRST + 2}", wide=len(layout.heads) > WIDE)


def banner_heads(sheet, layout):
    """Three rows of heads: banner, column, letter."""
    for row in range(FIRST, FIRST + 3):
        put(sheet, row, 1, None, fill=PALE)
    column = 2
    for words, count in layout.banners:
        if count > 1:
            sheet.merge_cells(start_row=FIRST, end_row=FIRST, start_column=column, end_column=column + count - 1)
        put(sheet, FIRST, column, words, bold=True, centre=True, fill=PALE, wrap=True)
        column += count
    for place, head in enumerate(layout.heads, start=2):
        put(sheet, FIRST + 1, place, head.label, bold=True, centre=True, wrap=True, fill=PALE)
        put(sheet, FIRST + 2, place, head.letter, centre=True, colour=SOFT, fill=PALE)
    longest = max(wide(head.label) for head in layout.heads)
    sheet.row_dimensions[FIRST + 1].height = 15 * min(6, 1 + longest // 9)


def rule_banners(sheet, layout, last):
    """A line to the left of every banner."""
    from copy import copy

    from openpyxl.styles import Side

    column = 2
    for _, count in layout.banners:
        for row in range(FIRST, last + 1):
            border = copy(sheet.cell(row, column).border)
            border.left = Side("thin", color=LINE)
            sheet.cell(row, column).border = border
        column += count


def write_line(sheet, row, line, width, counts):
    """One row of the table on one to three rows of the sheet; returns the next free one."""
    from openpyxl.styles import Border, Side

    strong = line.kind in ("section", "net")
    put(sheet, row, 1, line.label, bold=strong, wrap=True, colour=BRAND if line.kind == "section" else INK)
    if line.kind == "section":
        for column in range(1, width + 2):
            sheet.cell(row, column).border = Border(bottom=Side("thin", color=BRAND))
        return row + 1
    for column, cell in enumerate(line.cells, start=2):
        value, code = shown(cell, line.unit), FORMATS[line.unit]
        if line.kind == "base":
            value, mark = cell.value, {"low_base": '"*"', "not_estimable": '"**"'}.get(cell.status, "")
            put(sheet, row, column, value if value == value else None, centre=True, colour=SOFT, code=code + mark)
        elif value is None:
            put(sheet, row, column, "**" if cell.status == "not_estimable" else "—", centre=True, colour=SOFT)
        else:
            value = value / 100 if line.unit == "percent" else value
            mark = '"*"' if cell.status == "low_base" else ""
            put(sheet, row, column, value, centre=True, bold=strong, code=code + mark)
    if line.kind == "base":
        return row + 1
    if counts and line.unit == "percent":
        row += 1
        for column, cell in enumerate(line.cells, start=2):
            value = cell.count if shown(cell, line.unit) is not None else None
            put(sheet, row, column, value, centre=True, size=9, colour=SOFT, code=FORMATS["count"])
    if any(cell.above or cell.rest for cell in line.cells):
        row += 1
        for column, cell in enumerate(line.cells, start=2):
            put(sheet, row, column, f"{cell.rest} {cell.above}".strip(), centre=True, size=9, colour=BRAND, bold=True)
    for column in range(1, width + 2):
        sheet.cell(row, column).border = Border(bottom=Side("hair", color=LINE))
    return row + 1


def frame_sheet(sheet, heading, frame, labels, front):
    """A small frame of text and numbers on its own sheet."""
    from openpyxl.utils import get_column_letter

    link(put(sheet, 1, 1, labels.say("← 返回目录", "← Contents"), size=9, colour=BRAND), front)
    put(sheet, 2, 1, heading, bold=True, size=13, colour=BRAND)
    for column, name in enumerate(frame.columns, start=1):
        put(sheet, 4, column, str(name), bold=True, wrap=True, centre=column > 2, fill=PALE)
        sheet.column_dimensions[get_column_letter(column)].width = 30 if column == 1 else 13
    for row, values in enumerate(frame.itertuples(index=False, name=None), start=5):
        for column, value in enumerate(values, start=1):
            empty = value is None or value != value
            number = isinstance(value, float) and not empty
            put(sheet, row, column, None if empty else value, centre=column > 2, code="0.0" if number else None)
    sheet.freeze_panes = "B5"
    page(sheet, labels, rows="4:4", wide=False)


def page(sheet, labels, *, rows, wide):
    """Print set-up: landscape A4, heads on every page, page numbers."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = (0 if wide else 1), 0
    if wide:
        sheet.sheet_properties.pageSetUpPr.fitToPage = False
        sheet.page_setup.scale = 70
        sheet.print_title_cols = "A:B"
    sheet.print_title_rows = rows
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.oddFooter.center.text = labels.say("第 &P 页，共 &N 页", "Page &P of &N")
    sheet.oddFooter.left.text = "&A"
    sheet.sheet_view.showGridLines = False

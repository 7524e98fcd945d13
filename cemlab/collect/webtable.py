"""A web page saved with a spreadsheet's name, as some platforms do: its largest table."""

from html.parser import HTMLParser

from cemlab.checks import DataError
from cemlab.collect.delimited import to_utf8
from cemlab.collect.table import note
from cemlab.collect.workbook import from_rows


class _Tables(HTMLParser):
    """Collects the rows of every table; a cell's text is what a reader would see."""

    def __init__(self):
        super().__init__()
        self.tables, self.cell, self.open = [], None, []

    def handle_starttag(self, tag, attrs):
        if tag == "table":
            self.tables.append([])
            self.open.append(self.tables[-1])
        elif tag == "tr" and self.open:
            self.open[-1].append([])
        elif tag in ("td", "th") and self.open and self.open[-1]:
            self.cell = []
            span = dict(attrs).get("colspan") or "1"
            self.span = min(int(span), 1000) if span.isdigit() else 1
        elif tag == "br" and self.cell is not None:
            self.cell.append("\n")

    def handle_endtag(self, tag):
        if tag in ("td", "th") and self.cell is not None and self.open and self.open[-1]:
            self.open[-1][-1] += ["".join(self.cell).strip()] + [""] * (self.span - 1)
            self.cell = None
        elif tag == "table" and self.open:
            self.open.pop()

    def handle_data(self, data):
        if self.cell is not None:
            self.cell.append(data)


def read_webtable(data, where):
    """Read the largest table of a web page; all cells are text.

    Parameters
    ----------
    data : bytes
        Contents of the file.
    where : str
        Name of the file, for messages.

    Returns
    -------
    tuple
        Frame, row numbers (rows of that table) and decisions.

    Raises
    ------
    DataError
        A page without a table of at least two rows.
    """
    text, encoding = to_utf8(data, where)
    parser = _Tables()
    parser.feed(text.decode("utf-8"))
    rows = max(parser.tables, key=len, default=[])
    if len(rows) < 2 or parser.open:
        what = (
            "a web page cut off inside a table"
            if parser.open
            else f"a web page with {len(parser.tables)} tables and no answers in any"
        )
        raise DataError(
            f"read_export: {where} holds {what}. Log in and export again, or save it as xlsx from a spreadsheet program."
        )
    width = max(map(len, rows))
    frame, numbers, notes = from_rows([row + [""] * (width - len(row)) for row in rows], where)
    return frame, numbers, [note(f"网页表格，编码 {encoding}", f"a table of a web page, encoding {encoding}"), *notes]

"""Native Word tables: a head that repeats on every page, rows that stay whole, figures to the right.

Written as XML in one go: cell by cell, the library walks the whole table again for each of them.
"""

from xml.sax.saxutils import escape

from cemlab.report.document_html import SHORT
from cemlab.report.docx_style import BRAND, LINE, PALE, SOFT
from cemlab.report.standing import column_shares

SIZES = ((6, 9.5), (9, 8.5), (12, 7.5), (99, 6.5))  # columns up to, points
SHADES = ((0xF4, 0xF1, 0xEA), (0x1F, 0x4E, 0x79))
SPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
RULE = "9AA7B3"


def write_table(file, piece, width, *, blanks=False):
    """Add a table of a `Document` to a Word file; `blanks` keeps room to write by hand in the last two columns."""
    head, rows = piece["head"], piece["rows"]
    lines = [*((cells, "head") for cells in head), *((row["cells"], row["kind"]) for row in rows)]
    together = len(lines) - 1 if len(rows) <= SHORT else len(head) + 2  # lines that stay on the page of the next one
    columns = max((sum(c["span"] for c in cells) for cells, _ in lines), default=0)
    if not columns:
        return
    shares = [0.64, 0.2, 0.16] if blanks and columns == 3 else column_shares(head, rows)
    widths = [int(width * share) // 635 for share in shares]  # twentieths of a point
    size = next(points for most, points in SIZES if columns <= most)
    below, body = {}, []
    for place, (cells, kind) in enumerate(lines):
        made, queue, column = [], list(cells), 0
        while column < columns:
            if below.get(column, 0):
                below[column] -= 1
                made.append(_cell([], widths[column : column + 1], merged="continue", edges=_edges(kind)))
                column += 1
                continue
            cell = queue.pop(0) if queue else {"text": "", "number": False, "span": 1, "down": 1}
            last = min(column + cell["span"], columns)
            if cell["down"] > 1:
                below |= dict.fromkeys(range(column, last), cell["down"] - 1)
            made.append(_table_cell(cell, kind, size, widths[column:last], stay=place < together))
            column = last
        body.append(_row("".join(made), repeat=kind == "head"))
    _add(file, widths, "".join(body))


def cards_table(file, cards, width, *, colours, marks):
    """Key figures side by side, three in a row."""
    for start in range(0, len(cards), 3):
        line = cards[start : start + 3]
        widths, made = [int(width / len(line)) // 635] * len(line), []
        for place, card in enumerate(line):
            texts = [(card["title"], 9, SOFT, False), (f"{card['value']} {card['unit']}".strip(), 20, BRAND, True)]
            texts += [(marks[card["direction"]] + card["change"], 9, colours[card["direction"]], False)]
            texts += [(card["note"], 8, SOFT, False)]
            paragraphs = [
                _paragraph(text, size, colour=colour, strong=strong, after=40)
                for text, size, colour, strong in texts
                if text
            ]
            made.append(_cell(paragraphs, widths[place : place + 1], fill=PALE, edges={"top": (12, BRAND)}))
        _add(file, widths, _row("".join(made)))


def shade(part):
    """A colour between pale and dark, as hexadecimal digits."""
    return "".join(f"{round(low + (high - low) * part):02X}" for low, high in zip(*SHADES, strict=True))


def _table_cell(cell, kind, size, widths, *, stay=False):
    colour = SOFT if kind in ("head", "quiet") else None
    fill = PALE if kind == "total" else None
    if "shade" in cell:
        fill, colour = shade(cell["shade"]), "FFFFFF" if cell["shade"] > 0.55 else colour
    strong = kind in ("head", "total")
    text = _paragraph(cell["text"], size, colour=colour, strong=strong, right=cell["number"], stay=stay)
    merged = "restart" if cell["down"] > 1 else None
    return _cell([text], widths, fill=fill, edges=_edges(kind), merged=merged)


def _edges(kind):
    edges = {"top": (6, RULE)} if kind == "first" else {}
    return edges | {"bottom": (8, BRAND) if kind == "head" else (4, LINE)}


def _add(file, widths, rows):
    from docx.oxml import parse_xml

    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    margins = '<w:tblCellMar><w:left w:w="80" w:type="dxa"/><w:right w:w="80" w:type="dxa"/></w:tblCellMar>'
    table = parse_xml(
        f'<w:tbl {SPACE}><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>{margins}'
        f"</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
    )
    file.element.body.insert_element_before(table, "w:sectPr")


def _row(cells, *, repeat=False):
    head = "<w:tblHeader/>" if repeat else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{head}</w:trPr>{cells}</w:tr>"


def _cell(paragraphs, widths, *, fill=None, edges=None, merged=None):
    parts = [f'<w:tcW w:w="{sum(widths)}" w:type="dxa"/>']
    if len(widths) > 1:
        parts.append(f'<w:gridSpan w:val="{len(widths)}"/>')
    if merged:
        parts.append(f'<w:vMerge w:val="{merged}"/>')
    if edges:
        lines = (
            f'<w:{side} w:val="single" w:sz="{edges[side][0]}" w:space="0" w:color="{edges[side][1]}"/>'
            for side in ("top", "bottom")
            if side in edges
        )
        parts.append(f"<w:tcBorders>{''.join(lines)}</w:tcBorders>")
    if fill:
        parts.append(f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>')
    return f"<w:tc><w:tcPr>{''.join(parts)}</w:tcPr>{''.join(paragraphs) or '<w:p/>'}</w:tc>"


def _paragraph(text, size, *, colour=None, strong=False, right=False, after=30, stay=False):
    keep = "<w:keepNext/>" if stay else ""
    side = '<w:jc w:val="right"/>' if right else ""
    look = ("<w:b/>" if strong else "") + (f'<w:color w:val="{colour}"/>' if colour else "")
    look += f'<w:sz w:val="{round(size * 2)}"/>'
    lines = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in _clean(text).split("\n"))
    return (
        f'<w:p><w:pPr>{keep}<w:spacing w:before="30" w:after="{after}" w:line="260" w:lineRule="auto"/>{side}</w:pPr>'
        f"<w:r><w:rPr>{look}</w:rPr>{lines}</w:r></w:p>"
    )


def _clean(text):
    """Text without signs that XML cannot hold."""
    return "".join(sign for sign in text if sign in "\n\t" or ord(sign) > 0x1F)

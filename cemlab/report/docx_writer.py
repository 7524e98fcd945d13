"""A report as a Word file: real headings, native tables, captions that Word counts, pictures; a company template honoured."""

import io
from pathlib import Path

from cemlab.report.docx_style import BAD, GOOD, SOFT, new_file, style_of
from cemlab.report.docx_tables import cards_table, write_table
from cemlab.report.packed import repacked, report_date
from cemlab.report.pictures import pixels
from cemlab.report.standing import WORDS, standing
from cemlab.report.wide_tables import in_parts

LANGUAGES = {"zh": "zh-CN", "en": "en-GB"}
MARKS = {"up": "▲ ", "down": "▼ ", "": ""}
HIGHEST = 0.72  # of the page's text height a picture may take


def write_docx(document, path, *, template=None):
    """Write a document as .docx.

    Parameters
    ----------
    document : Document
        Output of `read_document`.
    path : str or pathlib.Path
    template : str or pathlib.Path, optional
        A company's .docx: its styles, page, header and footer are kept, its text is not.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    ValueError
        The template cannot be read.

    Notes
    -----
    Fonts are named (Calibri, 微软雅黑), not embedded. The same document gives the same bytes.
    """
    path = Path(path)
    path.write_bytes(docx_bytes(document, template=template))
    return path


def docx_bytes(document, *, template=None):
    """The file as bytes."""
    file = new_file(template)
    writer = _Writer(file, document)
    writer.front()
    drawn = pixels(document.pieces)
    for place, piece in enumerate(document.pieces):
        writer.piece(piece, drawn.get(place))
    writer.edges()
    out = io.BytesIO()
    file.save(out)
    return repacked(out.getvalue(), date=report_date(document.facts))


class _Writer:
    """Puts the pieces of a document into a Word file, one after the other."""

    def __init__(self, file, document):
        self.file, self.document, self.words = file, document, WORDS[document.lang]
        section = file.sections[-1]
        self.width = section.page_width - section.left_margin - section.right_margin
        self.height = section.page_height - section.top_margin - section.bottom_margin

    def paragraph(self, style, *, otherwise="Normal"):
        return self.file.add_paragraph(style=style_of(self.file, style, otherwise=otherwise))

    def front(self):
        properties = self.file.core_properties
        properties.title, properties.author, properties.comments = self.document.title, "cemlab", ""
        properties.language = LANGUAGES[self.document.lang]
        self.paragraph("Title", otherwise="Heading 1").add_run(self.document.title)
        if standing(self.document):
            self.paragraph("Subtitle").add_run(standing(self.document))

    def piece(self, piece, picture):
        getattr(self, f"put_{piece['kind']}")(piece, picture)

    def put_heading(self, piece, _):
        level = min(max(piece["level"] - 1, 1), 4)
        self.paragraph(f"Heading {level}", otherwise="Heading 1").add_run(piece["text"])

    def text(self, runs, style):
        made = self.paragraph(style)
        for text, strong in runs:
            made.add_run(text).bold = strong or None
        return made

    def put_paragraph(self, piece, _):
        self.text(piece["runs"], "Normal")

    def put_note(self, piece, _):
        self.text(piece["runs"], "Report Note")

    def put_headline(self, piece, _):
        from docx.shared import Pt

        made = self.text(piece["runs"], "Normal")
        made.paragraph_format.space_after = Pt(10)
        for run in made.runs:
            run.font.size, run.bold = Pt(14), True

    def put_list(self, piece, _):
        style = "List Number" if piece["ordered"] else "List Bullet"
        fresh = _new_numbering(self.file) if piece["ordered"] else None
        for place, item in enumerate(piece["items"], start=1):
            made = self.text(item, style)
            if fresh:
                _number_with(made, fresh)
            elif made.style.name != style:  # a template without lists
                made.runs[0].text = (f"{place}. " if piece["ordered"] else "• ") + made.runs[0].text

    def put_code(self, piece, _):
        from docx.shared import Pt

        made = self.paragraph("Normal").add_run(piece["text"])
        made.font.name, made.font.size = "Consolas", Pt(9)

    def put_cards(self, piece, _):
        cards_table(self.file, piece["cards"], self.width, colours={"up": GOOD, "down": BAD, "": SOFT}, marks=MARKS)
        self.paragraph("Normal")

    def put_actions(self, piece, _):
        write_table(self.file, piece, self.width, blanks=True)
        self.paragraph("Normal")

    def put_table(self, piece, _):
        if piece["title"]:
            self.caption(piece)
        parts = in_parts(piece)
        for part in parts[:-1]:
            write_table(self.file, part, self.width)
            self.paragraph("Normal")
        write_table(self.file, parts[-1], self.width)
        self.below(piece)

    def put_picture(self, piece, data):
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from PIL import Image

        with Image.open(io.BytesIO(data)) as image:
            wide, high = image.size
        width = min(self.width, int(self.height * HIGHEST * wide / high))
        made = self.paragraph("Normal")
        made.alignment = WD_ALIGN_PARAGRAPH.CENTER if width < self.width else None
        made.paragraph_format.keep_with_next = bool(piece["title"] or piece["note"])
        made.paragraph_format.line_spacing = 1
        shape = made.add_run().add_picture(io.BytesIO(data), width=width)
        described = shape._inline.docPr
        described.set("descr", piece["alt"])
        described.set("name", piece.get("number") or piece["title"] or self.words["figure"])
        if piece["title"]:
            self.caption(piece).paragraph_format.keep_with_next = bool(piece["note"])
        self.below(piece)

    def caption(self, piece):
        """A caption whose number is a field, so that Word counts on when a figure is put in or taken out."""
        made = self.paragraph("Caption")
        name, _, number = piece["number"].rpartition(" ")
        made.add_run(f"{name} ")
        field(made, f"SEQ {name} \\* ARABIC", number)
        made.add_run(f"  {piece['title']}")
        return made

    def below(self, piece):
        if piece["note"]:
            self.text([(piece["note"], False)], "Report Note")
        elif piece["kind"] == "table":
            self.paragraph("Report Note")

    def edges(self):
        """Header and footer: title and data version, page number; a template's own are left as they are."""
        section = self.file.sections[-1]
        if not _written(section.header):
            _first(section.header).text = self.document.title
        if not _written(section.footer):
            foot = _first(section.footer)
            left, right = self.words["page"].split("{}")
            line = standing(self.document)
            foot.add_run(f"{line}　　{left}" if line else left)
            field(foot, "PAGE", "1")
            foot.add_run(right)


def field(paragraph, code, shown):
    """A field with what it shows until Word counts anew."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for kind in ("begin", None, "separate", "shown", "end"):
        run = paragraph.add_run()
        if kind == "shown":
            run.text = shown
        elif kind is None:
            text = OxmlElement("w:instrText")
            text.set(qn("xml:space"), "preserve")
            text.text = f" {code} "
            run._r.append(text)
        else:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)


def _written(part):
    """Whether a template's header or footer says anything."""
    from docx.oxml.ns import qn

    if part.is_linked_to_previous:
        return False
    return bool(
        "".join(p.text for p in part.paragraphs).strip() or part.tables or list(part._element.iter(qn("w:drawing")))
    )


def _first(part):
    part.is_linked_to_previous = False
    return part.paragraphs[0] if part.paragraphs else part.add_paragraph()


def _new_numbering(file):
    """A numbering that starts at 1 again, after the one of the style List Number; None in a template without it."""
    from docx.oxml.ns import qn

    style = style_of(file, "List Number")
    known = style.element.find(f".//{qn('w:numId')}")
    if known is None:
        return None
    numbering = file.part.numbering_part.numbering_definitions._numbering
    kind = numbering.num_having_numId(int(known.get(qn("w:val")))).abstractNumId.val
    fresh = numbering.add_num(kind)
    over = fresh.add_lvlOverride(ilvl=0)
    over.add_startOverride(1)
    return fresh.numId


def _number_with(paragraph, number):
    shape = paragraph._p.get_or_add_pPr().get_or_add_numPr()
    shape.get_or_add_ilvl().val = 0
    shape.get_or_add_numId().val = number

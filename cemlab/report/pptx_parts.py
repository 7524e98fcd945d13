"""Slides on a company's master or a plain one: titles in the layout's own place, text and cards in the room below."""

from pathlib import Path

from cemlab.report.docx_style import BAD, GOOD

LATIN, CHINESE = "Calibri", "微软雅黑"
INK, SOFT, BRAND, PALE, LINE = "1C2733", "56636F", "1F4E79", "F4F6F8", "D9DEE3"
MARKS = {"up": ("▲ ", GOOD), "down": ("▼ ", BAD), "": ("", SOFT)}
INCH = 914400


class Deck:
    """A presentation that slides are added to; sizes follow the master's."""

    def __init__(self, template=None):
        import pptx

        if template is None:
            self.file = pptx.Presentation()
            self.file.slide_width, self.file.slide_height = int(13.333 * INCH), int(7.5 * INCH)
        else:
            try:
                self.file = pptx.Presentation(str(template))
            except Exception as error:
                name = Path(template).name
                raise ValueError(
                    f"pptx: {name} is no PowerPoint template that can be read; save it as .pptx."
                ) from error
            self._empty()
        self.own = template is None
        self.wide, self.high = self.file.slide_width, self.file.slide_height
        self.left, self.room = int(self.wide * 0.06), int(self.wide * 0.88)
        self.top, self.bottom = int(self.high * 0.2), int(self.high * 0.92)
        self.chart_box = (self.left, int(self.high * 0.34), self.room, int(self.high * 0.46))

    def _empty(self):
        """A template without its own slides."""
        slides = self.file.slides._sldIdLst
        for one in list(slides):
            self.file.part.drop_rel(one.rId)
            slides.remove(one)

    def layout(self, *kinds):
        """The first layout that has placeholders of all these kinds, the fewest others; ValueError without a title."""
        fitting = []
        for layout in self.file.slide_layouts:
            there = [shape.placeholder_format.type for shape in layout.placeholders]
            if all(any(kind == one for one in there) for kind in kinds):
                fitting.append((len(there), len(fitting), layout))
        if not fitting:
            raise ValueError("pptx: the template has no layout with a title; add one to its master.")
        return min(fitting)[2]

    def font(self, font, size, colour=INK, *, strong=False):
        """Size, colour and the names of the fonts for both scripts; on a company's master only the Chinese one is named."""
        from pptx.dml.color import RGBColor
        from pptx.oxml.ns import qn
        from pptx.util import Pt

        font.size, font.bold = Pt(size), strong
        font.color.rgb = RGBColor.from_string(colour)
        if self.own:
            font.name = LATIN
        shape = font._rPr
        for old in shape.findall(qn("a:ea")):
            shape.remove(old)
        mark = shape.makeelement(qn("a:ea"), {"typeface": CHINESE})
        before = [one for one in shape if one.tag in (qn("a:latin"), qn("a:solidFill"), qn("a:ln"))]
        before[-1].addnext(mark) if before else shape.insert(0, mark)

    def title(self, text, line):
        """The title slide."""
        from pptx.enum.shapes import PP_PLACEHOLDER as P

        kinds = (P.CENTER_TITLE, P.SUBTITLE)
        try:
            slide = self.file.slides.add_slide(self.layout(*kinds))
        except ValueError:
            slide = self.file.slides.add_slide(self.layout(P.TITLE))
        self._titled(slide, text, 34)
        subtitle = next((s for s in slide.placeholders if s.placeholder_format.type == P.SUBTITLE), None)
        if subtitle is not None:
            subtitle.text_frame.text = line
            self.font(
                subtitle.text_frame.paragraphs[0].runs[0].font if line else subtitle.text_frame.paragraphs[0].font,
                16,
                SOFT,
            )
        self._tidy(slide)
        if self.own:
            slide.shapes.title.left, slide.shapes.title.width = self.left, self.room
            slide.shapes.title.top, slide.shapes.title.height = int(self.high * 0.3), int(self.high * 0.2)
            if subtitle is not None:
                subtitle.left, subtitle.width, subtitle.top, subtitle.height = (
                    self.left,
                    self.room,
                    int(self.high * 0.53),
                    INCH,
                )

    def slide(self, title, *, foot=""):
        """A slide with its title."""
        from pptx.enum.shapes import PP_PLACEHOLDER as P

        slide = self.file.slides.add_slide(self.layout(P.TITLE))
        self._titled(slide, title, 26)
        self._tidy(slide)
        if self.own:
            shape = slide.shapes.title
            shape.left, shape.top, shape.width, shape.height = (
                self.left,
                int(self.high * 0.05),
                self.room,
                int(self.high * 0.12),
            )
        if foot:
            self.text(slide, [foot], (self.left, int(self.high * 0.94), self.room, int(self.high * 0.05)), 10, SOFT)
        return slide

    def _titled(self, slide, text, size):
        frame = slide.shapes.title.text_frame
        frame.text = text
        run = frame.paragraphs[0].runs[0]
        if self.own:
            from pptx.enum.text import PP_ALIGN

            frame.paragraphs[0].alignment = PP_ALIGN.LEFT
            self.font(run.font, size, BRAND, strong=True)
        else:
            from pptx.oxml.ns import qn

            shape = run._r.get_or_add_rPr()
            shape.append(shape.makeelement(qn("a:ea"), {"typeface": CHINESE}))

    def _tidy(self, slide):
        """Placeholders nobody filled are taken off."""
        for shape in list(slide.placeholders):
            if shape != slide.shapes.title and shape.has_text_frame and not shape.text_frame.text.strip():
                shape._element.getparent().remove(shape._element)

    def text(self, slide, texts, box, size, colour=INK, *, strong=False, numbered=False, gap=0):
        """Paragraphs in a box."""
        from pptx.util import Pt

        frame = slide.shapes.add_textbox(*box).text_frame
        frame.word_wrap = True
        for place, words in enumerate(texts):
            paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
            paragraph.space_after = Pt(gap)
            run = paragraph.add_run()
            run.text = f"{place + 1}. {words}" if numbered else words
            self.font(run.font, size, colour, strong=strong)
        return frame

    def headline(self, slide, words):
        self.text(slide, [words], (self.left, self.top, self.room, int(self.high * 0.18)), 20, strong=True)

    def sentence(self, slide, words):
        self.text(slide, [words], (self.left, int(self.high * 0.18), self.room, int(self.high * 0.15)), 18, strong=True)

    def base(self, slide, words):
        size = 11 if len(words) < 260 else 9
        self.text(slide, [words], (self.left, int(self.high * 0.81), self.room, int(self.high * 0.12)), size, SOFT)

    def items(self, slide, texts, *, size=18, numbered=True):
        box = (self.left, self.top, self.room, self.bottom - self.top)
        self.text(slide, texts, box, size, numbered=numbered, gap=14)

    def cards(self, slide, cards):
        """Key figures side by side, each in a box of its own."""
        from pptx.dml.color import RGBColor
        from pptx.enum.shapes import MSO_SHAPE
        from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
        from pptx.util import Pt

        if not cards:
            return
        cards, gap = cards[:5], int(self.wide * 0.015)
        width = (self.room - gap * (len(cards) - 1)) // len(cards)
        top, height = int(self.high * 0.42), int(self.high * 0.4)
        for place, card in enumerate(cards):
            left = self.left + place * (width + gap)
            box = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, left, top, width, height)
            box.fill.solid()
            box.fill.fore_color.rgb = RGBColor.from_string(PALE)
            box.line.color.rgb = RGBColor.from_string(LINE)
            box.shadow.inherit = False
            frame = box.text_frame
            frame.word_wrap, frame.vertical_anchor = True, MSO_ANCHOR.TOP
            frame.margin_left = frame.margin_right = frame.margin_top = int(INCH * 0.15)
            mark, colour = MARKS[card["direction"]]
            size = 36 if len(cards) <= 3 else 26
            said = [(card["title"], 14, SOFT, False), (f"{card['value']} {card['unit']}".strip(), size, BRAND, True)]
            said += [(mark + card["change"], 13, colour, False), (card["note"], 11, SOFT, False)]
            for number, (words, points, shade, strong) in enumerate(one for one in said if one[0]):
                paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
                paragraph.alignment, paragraph.space_after = PP_ALIGN.LEFT, Pt(6)
                run = paragraph.add_run()
                run.text = words
                self.font(run.font, points, shade, strong=strong)

    def proposals(self, slide, texts, heads):
        """Proposals as a native table with room for owner and date."""
        from pptx.util import Emu

        if not texts:
            return
        height = int(self.high * 0.11) * (len(texts) + 1)
        shape = slide.shapes.add_table(len(texts) + 1, 3, self.left, self.top, self.room, height)
        for place, share in enumerate((0.66, 0.19, 0.15)):
            shape.table.columns[place].width = Emu(int(self.room * share))
        for row, words in enumerate([heads, *((f"{n}. {text}", "", "") for n, text in enumerate(texts, 1))]):
            for column, word in enumerate(words):
                run = shape.table.cell(row, column).text_frame.paragraphs[0].add_run()
                run.text = word
                self.font(run.font, 14, "FFFFFF" if row == 0 else INK, strong=row == 0)

    def notes(self, slide, text):
        slide.notes_slide.notes_text_frame.text = text

    def properties(self, title):
        properties = self.file.core_properties
        properties.title, properties.author, properties.last_modified_by = title, "cemlab", "cemlab"

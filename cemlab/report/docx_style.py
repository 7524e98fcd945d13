"""The look of a Word report: fonts by name in both scripts, styles of its own or a company template's."""

from pathlib import Path

INK, SOFT, BRAND, LINE, PALE = "1C2733", "56636F", "1F4E79", "D9DEE3", "F4F6F8"
GOOD, BAD = "1B6B50", "A6401F"
LATIN, CHINESE = "Calibri", "微软雅黑"
HEADINGS = {1: (17, BRAND), 2: (14, BRAND), 3: (12, BRAND), 4: (10.5, INK)}


def new_file(template=None):
    """A Word file to write into: empty with this package's styles, or a company template without its text.

    The template keeps its styles, page, header and footer; only what it lacks is added.
    """
    import docx

    if template is None:
        file = docx.Document()
        _own_styles(file)
        return file
    path = Path(template)
    if not path.is_file():
        raise ValueError(f"docx: no template {path.as_posix()!r}; give the path of a .docx file.")
    try:
        file = docx.Document(str(path))
    except Exception as error:
        raise ValueError(f"docx: {path.name} is no Word template that can be read; save it as .docx.") from error
    body = file.element.body
    for child in list(body):
        if not child.tag.endswith("}sectPr"):
            body.remove(child)
    if not _has_chinese(file):
        set_fonts(file.styles["Normal"], latin=None)
    return file


def set_fonts(style, *, latin=LATIN, chinese=CHINESE):
    """Name the fonts of a style; nothing is embedded."""
    from docx.oxml.ns import qn

    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    names = {"w:eastAsia": chinese} | ({"w:ascii": latin, "w:hAnsi": latin, "w:cs": latin} if latin else {})
    for key, value in names.items():
        fonts.set(qn(key), value)
    for key in ["w:eastAsiaTheme", *(["w:asciiTheme", "w:hAnsiTheme", "w:cstheme"] if latin else [])]:
        fonts.attrib.pop(qn(key), None)


def style_of(file, name, *, otherwise="Normal"):
    """A style by its name, or another where a template lacks it."""
    names = {style.name for style in file.styles}
    return file.styles[name if name in names else otherwise]


def _own_styles(file):
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Cm, Pt, RGBColor

    section = file.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.2)
    section.top_margin, section.bottom_margin = Cm(2.3), Cm(2)

    def look(name, size, colour, *, bold=False, before=0.0, after=6.0, spacing=None):
        style = file.styles[name]
        set_fonts(style)
        style.font.size, style.font.bold, style.font.italic = Pt(size), bold, False
        style.font.color.rgb = RGBColor.from_string(colour)
        shape = style.paragraph_format
        shape.space_before, shape.space_after = Pt(before), Pt(after)
        if spacing:
            shape.line_spacing = spacing
        return style

    look("Normal", 10.5, INK, spacing=1.3)
    look("Title", 22, BRAND, bold=True, after=2)
    _no_border(file.styles["Title"])
    look("Subtitle", 10, SOFT, after=14)
    for level, (size, colour) in HEADINGS.items():
        look(f"Heading {level}", size, colour, bold=True, before=18 if level == 1 else 10, after=6)
    look("Caption", 9.5, INK, bold=True, before=8, after=4).paragraph_format.keep_with_next = True
    for name in ("List Number", "List Bullet"):
        look(name, 10.5, INK, after=3, spacing=1.25)
    for name in ("Header", "Footer"):
        look(name, 8.5, SOFT, after=0)
    note = file.styles.add_style("Report Note", WD_STYLE_TYPE.PARAGRAPH)
    note.base_style = file.styles["Normal"]
    look("Report Note", 8.5, SOFT, before=2, after=12, spacing=1.2)


def _no_border(style):
    from docx.oxml.ns import qn

    shape = style.element.pPr
    for border in shape.findall(qn("w:pBdr")) if shape is not None else []:
        shape.remove(border)


def _has_chinese(file):
    """Whether a template says itself which font Chinese is set in."""
    from docx.oxml.ns import qn

    defaults = file.styles.element.find(qn("w:docDefaults"))
    places = [file.styles["Normal"].element, *([defaults] if defaults is not None else [])]
    fonts = [fonts for place in places for fonts in place.iter(qn("w:rFonts"))]
    return any(one.get(qn("w:eastAsia")) for one in fonts)

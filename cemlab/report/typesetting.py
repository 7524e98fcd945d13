"""Pages set without a browser or an office program: text goes to the typesetter as data, its glyphs checked beforehand."""

import functools
import importlib.util
import json
import tempfile
from pathlib import Path

from cemlab.report.document_html import plain
from cemlab.report.pictures import size_of
from cemlab.report.standing import WORDS, column_shares, standing
from cemlab.report.wide_tables import in_parts

STAND_IN = "〓"  # what Chinese typesetters put where a sign is missing
SUFFIX = {"image/svg+xml": "svg", "image/png": "png", "image/jpeg": "jpg"}
UNSEEN = "\u200b\u200c\u200d\ufe0e\ufe0f\ufeff"  # joiners and selectors take no room
WHEEL, FAMILY, FILE = "pylopdf_fonts_zh_cn", "Noto Sans SC", "NotoSansSC-Regular.otf"


@functools.cache
def font_folder():
    """The folder of the Chinese font that every page is set in, the same on every machine.

    Raises
    ------
    RuntimeError
        The wheel with the font is not installed.
    """
    found = importlib.util.find_spec(WHEEL)
    folder = Path(next(iter(found.submodule_search_locations))) if found else None
    if folder is None or not (folder / FILE).is_file():
        raise RuntimeError("typesetting: the Chinese font is missing; run `pip install pylopdf-fonts-zh-cn`.")
    return folder


@functools.cache
def drawable():
    """Code points the page's font draws."""
    from matplotlib.ft2font import FT2Font

    return frozenset(FT2Font(str(font_folder() / FILE)).get_charmap())


def undrawable(text):
    """The signs of a text that would be empty boxes, each once, in order; "" when there are none."""
    known = drawable()
    return "".join(dict.fromkeys(sign for sign in text if not sign.isspace() and ord(sign) not in known))


def drawn(value, lost):
    """A text with every sign that cannot be drawn replaced by a stand-in; these signs are added to `lost`."""
    missing = undrawable(value)
    for sign in missing:
        if sign not in UNSEEN:
            lost[sign] = True
    return "".join("" if sign in UNSEEN else STAND_IN if sign in missing else sign for sign in value)


def deep(value, lost):
    """`drawn` for every text in a piece of data; keys and bytes stay."""
    if isinstance(value, str):
        return drawn(value, lost)
    if isinstance(value, dict):
        return {key: deep(one, lost) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [deep(one, lost) for one in value]
    return value


def page_data(document, folder):
    """What the template sets: a document as plain JSON, its pictures as files in `folder`."""
    lost, out = {}, []
    for place, piece in enumerate(document.pieces):
        piece = deep(piece, lost)
        if piece["kind"] == "picture":
            piece["file"] = f"{place}.{SUFFIX[piece['mime']]}"
            (folder / piece["file"]).write_bytes(piece.pop("data"))
            piece["share"] = _share(document.pieces[place])
        for part in in_parts(piece) if piece["kind"] == "table" else [piece]:
            if piece["kind"] in ("table", "actions"):
                part |= _even(part)
            out.append({"number": "", "title": "", **part})
    if lost:
        signs = "、".join(f"U+{ord(sign):04X}" for sign in lost)
        text = WORDS[document.lang]["lost"].format(stand_in=STAND_IN, signs=signs)
        out.append({"kind": "note", "runs": [[text, False]]})
    words = WORDS[document.lang]
    content = {"title": drawn(document.title, lost), "standing": standing(document), "page": words["page"].split("{}")}
    return content | {"lang": document.lang, "fonts": [FAMILY], "pieces": out}


def typeset(template, content, *, folder, files=(), format="pdf", ppi=144):
    """Set a template with data; returns the bytes of the PDF or picture.

    Parameters
    ----------
    template : str
        Text of a typst template that reads document.json.
    content : dict
        Plain data.
    folder : pathlib.Path
        A private folder that holds the pictures the data name.
    """
    import typst

    (folder / "document.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    (folder / "main.typ").write_text(template, encoding="utf-8")
    options = {"ppi": ppi} if format == "png" else {}
    return typst.compile(
        folder / "main.typ", format=format, font_paths=[str(font_folder())], ignore_system_fonts=True, **options
    )


def private_folder():
    """A folder that goes when the page is set."""
    return tempfile.TemporaryDirectory(prefix="cemlab-", ignore_cleanup_errors=True)


def _share(picture, width=482.0, most=560.0):
    """How much of the text's width a picture takes, so that it fits a page."""
    if picture["mime"] != "image/svg+xml":
        import io

        from PIL import Image

        with Image.open(io.BytesIO(picture["data"])) as image:
            wide, high = image.size
    else:
        wide, high = size_of(picture["data"])
    return min(1.0, most * wide / high / width)


def _even(piece):
    """Columns and their widths; rows that are too short are filled up."""
    lines = [*piece["head"], *(row["cells"] for row in piece["rows"])]
    columns = max((sum(cell["span"] for cell in cells) for cells in lines), default=1)
    shares = (
        [0.64, 0.2, 0.16]
        if piece["kind"] == "actions" and columns == 3
        else column_shares(piece["head"], piece["rows"])
    )
    below = {}
    for at, cells in enumerate(lines):
        taken = sum(cell["span"] for cell in cells) + below.get(at, 0)
        cells += [{"text": "", "number": False, "span": 1, "down": 1} for _ in range(columns - taken)]
        for cell in cells:
            for deeper in range(1, cell["down"]):
                below[at + deeper] = below.get(at + deeper, 0) + cell["span"]
    return {"columns": columns, "shares": shares}


def all_text(document):
    """Everything a document says, for checks of glyphs."""
    return "".join(document.texts) + "".join(plain(piece.get("runs", [])) for piece in document.pieces)

"""Vector pictures as pixels for programs that cannot show SVG, drawn without a browser."""

import re
import tempfile
from pathlib import Path

PAGES = """
#set page(margin: 0pt)
#let all = json("pictures.json")
#for one in all {
  page(width: one.width * 1pt, height: one.height * 1pt, image(one.file, width: 100%, height: 100%))
}
"""


def size_of(data):
    """Width and height of an SVG in points."""
    head = data[:2000].decode("utf-8", "replace")
    box = re.search(r'viewBox="\s*[-\d.]+[ ,]+[-\d.]+[ ,]+([\d.]+)[ ,]+([\d.]+)', head)
    if box:
        return float(box[1]), float(box[2])
    sizes = [re.search(rf'\b{side}="([\d.]+)(?:pt|px)?"', head) for side in ("width", "height")]
    if not all(sizes):
        raise ValueError("pictures: the SVG names neither a viewBox nor a width and height; save it again with one.")
    return tuple(float(found[1]) for found in sizes)


def to_png(pictures, *, ppi=200):
    """Draw SVG pictures as PNG.

    Parameters
    ----------
    pictures : list of bytes
        SVG files whose text is outlines, as `figures.svg` makes them.
    ppi : int
        Pixels an inch.

    Returns
    -------
    list of bytes
    """
    import json

    import typst

    if not pictures:
        return []
    with tempfile.TemporaryDirectory(prefix="cemlab-") as private:
        folder, listed = Path(private), []
        for place, data in enumerate(pictures):
            width, height = size_of(data)
            (folder / f"{place}.svg").write_bytes(data)
            listed.append({"file": f"{place}.svg", "width": width, "height": height})
        (folder / "pictures.json").write_text(json.dumps(listed), encoding="utf-8")
        (folder / "main.typ").write_text(PAGES, encoding="utf-8")
        made = typst.compile(folder / "main.typ", format="png", ppi=ppi, ignore_system_fonts=True)
    return made if isinstance(made, list) else [made]


def pixels(pieces, *, ppi=200):
    """For every picture of a document its bytes as PNG or JPEG, by its place in the list."""
    at = [i for i, piece in enumerate(pieces) if piece["kind"] == "picture"]
    drawn = [i for i in at if pieces[i]["mime"] == "image/svg+xml"]
    out = {i: pieces[i]["data"] for i in at if pieces[i]["mime"] in ("image/png", "image/jpeg")}
    return out | dict(zip(drawn, to_png([pieces[i]["data"] for i in drawn], ppi=ppi), strict=True))

"""A finished report as a neutral document: what Word, PDF, slides and the long picture are written from."""

import base64
import json
import re
from dataclasses import dataclass, field
from pathlib import Path

from cemlab.report.document_charts import still_chart
from cemlab.report.document_html import pieces, plain, read_html
from cemlab.report.html import CHART_MIME, HIDDEN_TAGS, LAB_STYLE, LANGUAGES, WORDS
from cemlab.report.markdown import markdown_to_html


@dataclass(frozen=True)
class Document:
    """A report's content in order.

    `pieces` are dicts with a ``kind``: heading (level, text), paragraph, headline and note (runs of (text, strong)),
    list (ordered, items), table and actions (title, note, head, rows of cells), picture (data, mime, title, note, alt),
    cards, code (text). Tables and pictures carry ``label`` ("table" or "figure") and ``number``, the same as on the page.
    """

    title: str
    lang: str
    pieces: list
    facts: dict = field(default_factory=dict)

    @property
    def opening(self):
        """The first screen: headline, cards, findings and actions as plain values; empty where a report has none."""
        at = next((i for i, piece in enumerate(self.pieces) if piece["kind"] == "headline"), None)
        out = {"headline": "", "cards": [], "findings": [], "actions": []}
        if at is None:
            return out
        out["headline"] = plain(self.pieces[at]["runs"])
        for piece in self.pieces[at + 1 :]:
            if piece["kind"] == "cards":
                out["cards"] = piece["cards"]
            elif piece["kind"] == "list":
                out["findings"] = [plain(item) for item in piece["items"]]
            elif piece["kind"] == "actions":
                out["actions"] = [re.sub(r"^\d+\.\s*", "", row["cells"][0]["text"]) for row in piece["rows"]]
                break
            elif piece["kind"] == "heading" and piece["level"] < 4:
                break
        return out

    @property
    def texts(self):
        """Every text a reader sees, for checks of glyphs."""
        yield self.title
        for piece in self.pieces:
            yield from _texts(piece)

    def without_opening(self):
        """The pieces after the first screen, its heading left out as well."""
        kept, inside = [], False
        for piece in self.pieces:
            if piece["kind"] == "headline":
                inside = True
                if kept and kept[-1]["kind"] == "heading":
                    kept.pop()
            elif inside and (
                piece["kind"] in ("cards", "list", "actions") or (piece["kind"] == "heading" and piece["level"] == 4)
            ):
                continue
            else:
                inside = False
                kept.append(piece)
        return kept


def read_document(folder, *, lang=None):
    """Read a finished report.

    Parameters
    ----------
    folder : str or pathlib.Path
        The report's folder with ``run.ipynb``; ``facts.json`` and ``manifest.json`` are read where they are.
    lang : {"zh", "en"}, optional
        The report's own when left out.

    Returns
    -------
    Document

    Raises
    ------
    ValueError
        The folder holds no finished report.
    """
    folder = Path(folder)
    path = folder / "run.ipynb"
    if not path.is_file():
        raise ValueError(
            f"read_document: {folder.name!r} holds no run.ipynb, so it is no finished report; render it first."
        )
    notebook = json.loads(path.read_text(encoding="utf-8"))
    manifest, facts = _json(folder / "manifest.json"), _json(folder / "facts.json")
    lang = lang or manifest.get("parameters", {}).get("lang") or _guessed(notebook)
    facts = facts | {key: manifest[key] for key in ("finished", "study", "commit", "cemlab") if key in manifest}
    return notebook_document(notebook, lang=lang, facts=facts)


def notebook_document(notebook, *, lang="zh", title=None, facts=None):
    """A notebook that has run as a `Document`; takes plain JSON or a NotebookNode."""
    found = []
    for cell in notebook["cells"]:
        tags = set(cell.get("metadata", {}).get("tags", []))
        if tags & (HIDDEN_TAGS | (set(LANGUAGES) - {lang})):
            continue
        if cell["cell_type"] == "markdown":
            found += _markdown(_text(cell["source"]))
        elif cell["cell_type"] == "code" and "remove-output" not in tags:
            for output in cell.get("outputs", []):
                found += _output(output)
    first = next((piece for piece in found if piece["kind"] == "heading" and piece["level"] == 1), None)
    found = [piece for piece in found if piece is not first]
    counted = {"figure": 0, "table": 0}
    for piece in found:
        if piece["kind"] in ("table", "picture") and piece["title"]:
            counted[piece["label"]] += 1
            piece["number"] = f"{WORDS[lang][piece['label']]} {counted[piece['label']]}"
    return Document(title or (first["text"] if first else "cemlab"), lang, found, facts or {})


def _output(output):
    if output["output_type"] not in ("display_data", "execute_result"):
        return []  # what a program printed is for its author, not for readers of a document
    data = {kind: _text(value) for kind, value in output.get("data", {}).items() if isinstance(value, (str, list))}
    if "cemlab" in output.get("metadata", {}) and "text/html" in data:
        found = list(pieces(read_html(LAB_STYLE.sub("", data["text/html"]))))
        still = still_chart(output["data"][CHART_MIME]) if CHART_MIME in output["data"] else None
        return [still] if still else found
    if "text/markdown" in data:
        return _markdown(data["text/markdown"])
    for kind in ("image/png", "image/jpeg"):
        if kind in data:
            return [_bare(kind, base64.b64decode(data[kind]))]
    if "image/svg+xml" in data:
        return [_bare("image/svg+xml", data["image/svg+xml"].encode("utf-8"))]
    return []


def _bare(mime, data):
    return {"kind": "picture", "mime": mime, "data": data, "alt": "", "title": "", "note": "", "label": "figure"}


def _markdown(source):
    return list(pieces(read_html(markdown_to_html(source))))


def _text(value):
    return value if isinstance(value, str) else "".join(value)


def _texts(piece):
    for key in ("text", "title", "note", "number"):
        if piece.get(key):
            yield piece[key]
    for text, _ in piece.get("runs", []):
        yield text
    for item in piece.get("items", []):
        yield plain(item)
    for card in piece.get("cards", []):
        yield from (card[key] for key in ("title", "value", "unit", "change", "note"))
    for cells in [*piece.get("head", []), *(row["cells"] for row in piece.get("rows", []))]:
        yield from (cell["text"] for cell in cells)


def _json(path):
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _guessed(notebook):
    chinese = any("\u4e00" <= sign <= "\u9fff" for cell in notebook["cells"] for sign in _text(cell["source"]))
    return "zh" if chinese else "en"

"""The HTML of a report's blocks read back into plain pieces: headings, paragraphs, lists, tables, pictures, cards.

Every block of this package and all Markdown reach a report as HTML of a few fixed forms; one reader for these forms
serves every other format. What it does not know becomes a paragraph, so that nothing said is lost.
"""

import base64
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import unquote_to_bytes

from cemlab.report.standing import WHOLE

VOID = {"img", "br", "hr", "col", "input", "meta", "link", "wbr"}
LIMITS = re.compile(r"\[[^\[\]]{1,24}\]")
SHORT = 12  # rows of a table that is not broken over pages
SKIPPED = {"script", "style", "template"}
BLOCKS = {"div", "section", "figure", "p", "table", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote",
          "hr", "details"}  # fmt: skip


@dataclass
class Node:
    """An element of a page."""

    tag: str
    attrs: dict = field(default_factory=dict)
    children: list = field(default_factory=list)  # nodes and texts

    @property
    def classes(self):
        return set((self.attrs.get("class") or "").split())

    def find(self, tag=None, css=None):
        """The elements below with this tag and class, in order."""
        for child in self.children:
            if isinstance(child, Node):
                if (tag is None or child.tag == tag) and (css is None or css in child.classes):
                    yield child
                yield from child.find(tag, css)

    def first(self, tag=None, css=None):
        return next(self.find(tag, css), None)


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.root = Node("root")
        self.open = [self.root]

    def handle_starttag(self, tag, attrs):
        node = Node(tag, dict(attrs))
        self.open[-1].children.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_startendtag(self, tag, attrs):
        self.open[-1].children.append(Node(tag, dict(attrs)))

    def handle_endtag(self, tag):
        places = [place for place, node in enumerate(self.open) if node.tag == tag]
        if places and places[-1]:
            del self.open[places[-1] :]

    def handle_data(self, data):
        self.open[-1].children.append(data)


def read_html(text):
    """A page or a piece of one as a tree."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.root


def words(node):
    """The text of an element: runs of blanks are one, a line break is a line break."""
    return tidy("".join(text for text, _ in runs(node)))


def tidy(text):
    """Text with runs of blanks as one and none at the ends of lines."""
    return re.sub(r" *\n *", "\n", re.sub(r"[ \t\r\f\v]+", " ", text)).strip()


def runs(node, strong=False):
    """Pieces of text with whether they stand out: (text, strong)."""
    for child in node.children if isinstance(node, Node) else [node]:
        if isinstance(child, str):
            yield re.sub(r"\s+", " ", child), strong
        elif child.tag == "br":
            yield "\n", strong
        elif child.tag not in SKIPPED:
            yield from runs(child, strong or child.tag in ("strong", "b"))


def joined(pieces):
    """Neighbouring runs of one kind put together, blanks at both ends taken off."""
    out = []
    for text, strong in pieces:
        if out and out[-1][1] == strong:
            out[-1] = (out[-1][0] + text, strong)
        elif text:
            out.append((text, strong))
    if out:
        out[0] = (out[0][0].lstrip(), out[0][1])
        out[-1] = (out[-1][0].rstrip(), out[-1][1])
    return [(re.sub(r" *\n *", "\n", text), strong) for text, strong in out if text]


def pieces(node):
    """The pieces of a report below an element, in order, as dicts with `kind`."""
    inline = []
    for child in node.children:
        if isinstance(child, Node) and child.tag in SKIPPED:
            continue
        if isinstance(child, str) or child.tag not in BLOCKS:
            inline += list(runs(child)) if isinstance(child, str) or child.tag != "img" else []
            if isinstance(child, Node) and (child.tag == "img" or child.first("img")):
                yield from _picture(child if child.tag == "img" else child.first("img"))
            continue
        yield from _paragraph(inline)
        inline = []
        yield from _piece(child)
    yield from _paragraph(inline)


def _piece(node):
    css = node.classes
    if re.fullmatch(r"h[1-6]", node.tag):
        yield {"kind": "heading", "level": int(node.tag[1]), "text": words(node)}
    elif node.tag == "p":
        kind = "note" if "cem-note" in css else "headline" if "cem-headline" in css else "paragraph"
        yield from _paragraph(runs(node), kind)
        for picture in node.find("img"):
            yield from _picture(picture)
    elif node.tag in ("ul", "ol"):
        items = [joined(runs(item)) for item in node.children if isinstance(item, Node) and item.tag == "li"]
        yield {"kind": "list", "ordered": node.tag == "ol", "items": items}
    elif node.tag == "table":
        yield table(node)
    elif node.tag == "pre":
        text = "".join(text if isinstance(text, str) else words(text) for text in node.children).rstrip()
        yield {"kind": "code", "text": text}
    elif "cem-cards" in css:
        yield {"kind": "cards", "cards": [card(one) for one in node.find("div", "cem-card")]}
    elif node.tag == "figure":
        yield from _figure(node)
    elif node.tag == "hr":
        return
    elif "cem-fold" in css:
        below, summary = list(pieces(node)), node.first("summary")
        below = below[1:] if below and below[0]["kind"] == "paragraph" else below  # the title, told with the table
        found, note = below[0], plain(below[1]["runs"]) if len(below) > 1 else ""
        yield {**found, "title": words(summary) if summary else "", "note": note}
    else:
        below = list(pieces(node))
        if below and below[0]["kind"] == "table" and len(below) > 1 and below[-1]["kind"] == "note" and "cem" in css:
            below[0]["note"] = plain(below.pop()["runs"])
        yield from below


def _paragraph(inline, kind="paragraph"):
    runs_ = joined(inline)
    if plain(runs_).strip():
        yield {"kind": kind, "runs": runs_}


def plain(runs_):
    """Runs as one text."""
    return "".join(text for text, _ in runs_)


def _figure(node):
    caption, note = node.first("figcaption"), node.first("p", "cem-note")
    slot = caption.first("span", "cem-no") if caption else None
    title = {"title": words(caption) if caption else "", "note": words(note) if note else ""}
    label = (slot.attrs.get("data-kind") if slot else None) or "figure"
    drawn = node.first("img")
    if drawn is not None:
        yield from ({**picture, **title, "label": label} for picture in _picture(drawn))
    elif node.first("table") is not None:
        for one in node.find("table"):
            yield {**table(one), **title, "label": label}
    else:
        yield from pieces(node)


def _picture(node):
    found = re.fullmatch(r"data:(image/[\w.+-]+)(;base64)?,(.*)", node.attrs.get("src") or "", flags=re.DOTALL)
    if not found:
        if node.attrs.get("alt"):
            yield {"kind": "paragraph", "runs": [(node.attrs["alt"], False)]}
        return
    data = base64.b64decode(found[3]) if found[2] else unquote_to_bytes(found[3])
    yield {"kind": "picture", "mime": found[1], "data": data, "alt": node.attrs.get("alt") or "", "title": "", "note": "",
           "label": "figure"}  # fmt: skip


def card(node):
    """A key figure: its name, figure with unit, change with its direction, base."""
    name, figure, change, base = (node.first("div", css) for css in ("name", "figure", "change", "base"))
    unit = figure.first("span", "unit") if figure else None
    value = words(Node("x", {}, [c for c in figure.children if c is not unit])) if figure else ""
    turn = next((way for way in ("up", "down") if change is not None and way in change.classes), "")
    return {
        "title": words(name) if name else "",
        "value": value,
        "unit": words(unit) if unit else "",
        "change": re.sub(r"^[▲▼]\s*", "", words(change)) if change else "",
        "direction": turn,
        "note": words(base) if base else "",
    }


def table(node):
    """A table: rows of cells with text, whether they are numbers, head cells, spans."""
    caption = node.first("caption")
    head, body = [], []
    for row in node.find("tr"):
        cells = [c for c in row.children if isinstance(c, Node) and c.tag in ("td", "th")]
        made = [
            {
                "text": "" if "cem-blank" in c.classes else LIMITS.sub(_unbroken, words(c)),
                "number": "num" in c.classes or "right" in (c.attrs.get("style") or ""),
                "head": c.tag == "th",
                "span": int(c.attrs.get("colspan") or 1),
                "down": int(c.attrs.get("rowspan") or 1),
            }
            for c in cells
        ]
        kind = next((k for k in ("total", "quiet", "first") if k in row.classes), "")
        (head if not body and all(c.tag == "th" for c in cells) and _in_head(node, row) else body).append(
            {"cells": made, "kind": kind}
        )
    return {
        "kind": "actions" if "cem-actions" in node.classes else "table",
        "label": "table",
        "title": words(caption) if caption else "",
        "note": "",
        "head": [row["cells"] for row in head],
        "rows": body,
    }


def _unbroken(limits):
    """Limits, "[0.1, 0.3]", with a blank at which no line ends."""
    return limits.group().replace(" ", WHOLE)


def _in_head(node, row):
    return any(row in part.children for part in node.find("thead"))

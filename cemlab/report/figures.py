"""A matplotlib figure as a block of a report: a vector picture with a title, a note and a description in words."""

import base64
import io
import re

from cemlab.report.blocks import Block, escape, wrapped


def show_figure(fig, *, title=None, note=None, alt=None):
    """Show a figure as a numbered picture.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
        Closed afterwards, so that Jupyter does not show it twice.
    title : str, optional
        Goes above the picture, after "图 1". Say what it shows.
    note : str, optional
        Goes below: base, question, what the marks mean. The chart's own note (``fig.cemlab_note``) is added.
    alt : str, optional
        Description for readers who cannot see it; the charts of this package bring their own.

    Returns
    -------
    Block
    """
    import sys

    parts = [text for text in (note, getattr(fig, "cemlab_note", "")) if text]
    alt = alt or getattr(fig, "cemlab_alt", "") or title or ""
    block = Block(figure_html(fig, title=title, note=" ".join(parts) or None, alt=alt), f"[{title or ''}] {alt}")
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close(fig)
    return block


def figure_html(fig, *, title=None, note=None, alt=""):
    """The HTML of a figure: <figure> with its caption and the picture as data, nothing to fetch.

    The picture is an <img>, not inline SVG: readers can copy or save it, and ids of two pictures never meet.
    """
    data = base64.b64encode(svg(fig)).decode("ascii")
    picture = f'<div class="cem-wide"><img src="data:image/svg+xml;base64,{data}" alt="{escape(alt)}"></div>'
    return wrapped("figure", picture, title=title, note=note)


def svg(fig):
    """The figure as SVG bytes: text as outlines, no date, the same bytes for the same figure."""
    import matplotlib as mpl

    from cemlab.report.fonts import style

    buffer = io.BytesIO()
    ours = hasattr(fig, "cemlab_alt")  # our charts leave room for all they hold; of others the edges are not known
    with mpl.rc_context(style()):  # signs and hatches are settled when drawn, not when made
        metadata = {"Date": None, "Creator": None}
        fig.savefig(buffer, format="svg", metadata=metadata, bbox_inches=None if ours else "tight")
    text = buffer.getvalue().decode("utf-8")
    text = text[text.index("<svg") :]  # the XML head and the document type name other hosts
    text = re.sub(r"<metadata>.*?</metadata>\s*|<!--.*?-->\s*", "", text, flags=re.DOTALL)
    text = re.sub(r'(?<= d=")[^"]*', _shorter, text)
    return re.sub(r"\n\s*", "\n", text).encode("utf-8")


def _shorter(path):
    """Outline coordinates with two decimals, a hundredth of a point: a third of the size, the same picture."""
    return re.sub(r"\d+\.\d+", lambda number: f"{float(number.group()):.2f}".rstrip("0").rstrip("."), path.group())

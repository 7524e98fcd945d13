"""Markdown to HTML that cannot bring anything with it: raw HTML is shown as text, no picture is fetched."""

import html
import re

import mistune


class _Renderer(mistune.HTMLRenderer):
    def __init__(self, headings, prefix):
        super().__init__(escape=True)
        self.headings, self.prefix = headings, prefix

    def heading(self, text, level, **attrs):
        mark = f"{self.prefix}{len(self.headings) + 1}"
        self.headings.append((level, mark, re.sub(r"<[^>]+>", "", text)))
        return f'<h{level} id="{mark}">{text}</h{level}>\n'

    def image(self, text, url, title=None):
        """Only a picture that the text carries itself; of any other its description is left."""
        return super().image(text, url, title) if url.startswith("data:image/") else html.escape(text)

    def link(self, text, url, title=None):
        whole = super().link(text, url, title)
        return whole.replace("<a ", '<a rel="noopener noreferrer" ', 1)


def markdown_to_html(source, headings=None, prefix="s"):
    """Turn Markdown into HTML.

    Parameters
    ----------
    source : str
        Markdown with tables and footnotes. HTML in it is escaped, links to scripts are blunted.
    headings : list, optional
        Each heading met is added as (level, id, text as HTML without tags).
    prefix : str
        Start of the headings' ids.

    Returns
    -------
    str
    """
    renderer = _Renderer([] if headings is None else headings, prefix)
    return mistune.create_markdown(renderer=renderer, plugins=["table", "strikethrough", "footnotes"])(source)

"""A notebook that has run becomes one HTML file that opens anywhere and asks the network for nothing."""

import base64
import hashlib
import html
import json
import re
from importlib.resources import files
from pathlib import Path

from cemlab.report.markdown import markdown_to_html

SLOT = re.compile(r'<span class="cem-no" data-kind="(figure|table)"></span>')
LAB_STYLE = re.compile(r"^<style data-cemlab>.*?</style>", flags=re.DOTALL)
WORDS = {
    "zh": {"figure": "图", "table": "表", "contents": "目录", "code": "显示代码", "skip": "跳到正文", "chart": "图表"},
    "en": {
        "figure": "Figure",
        "table": "Table",
        "contents": "Contents",
        "code": "Show code",
        "skip": "Skip to content",
        "chart": "Chart",
    },
}
LANGUAGES = {"zh": "zh-CN", "en": "en"}
HIDDEN_TAGS = {"parameters", "injected-parameters", "remove-cell", "papermill-error-cell-tag"}
CHART_MIME = "application/vnd.cemlab.chart+json"


def read_run(path, *, replace=None):
    """Read a notebook that papermill has run and write it back without traces of the run.

    Parameters
    ----------
    path : str or Path
        The notebook; it is written back in place: no timings, random cell ids or error banners, so that the same
        content gives the same bytes.
    replace : dict of str to str, optional
        Texts to replace in it, such as the temporary folder it wrote to.

    Returns
    -------
    nbformat.NotebookNode
    """
    from cemlab.report.quick_nbformat import nbformat

    path = Path(path)
    text = path.read_text(encoding="utf-8")
    for old, new in (replace or {}).items():
        for written in {old, json.dumps(old)[1:-1], json.dumps(json.dumps(old)[1:-1])[1:-1]}:
            text = text.replace(written, new)
    notebook = nbformat.reads(text, as_version=4)
    notebook.metadata.pop("papermill", None)
    kept = [cell for cell in notebook.cells if "papermill-error-cell-tag" not in cell.metadata.get("tags", [])]
    for number, cell in enumerate(kept):
        cell["id"] = f"cell-{number}"
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
    notebook["cells"] = kept
    path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8", newline="\n")
    return notebook


def notebook_to_html(notebook, *, title=None, lang="zh", opening=()):
    """Turn a notebook with outputs into a self-contained page.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        As run; cells tagged "parameters", "injected-parameters" or "remove-cell" are left out, and those tagged with
        the other language ("zh" or "en"); "remove-input" and "remove-output" leave out one side.
    title : str, optional
        Title of the page; the first heading of level 1 when left out.
    lang : {"zh", "en"}, default "zh"
        Language of the page's own words and of its `lang` attribute.
    opening : sequence of str
        HTML of this package's own (escaped) blocks that the page begins with.

    Returns
    -------
    str
        HTML. Outputs of this package's display objects keep their HTML; pictures become data; every other output
        is shown as escaped text. A strict content security policy stops whatever else might have come in.

    Raises
    ------
    ValueError
        Unknown `lang`.
    """
    if lang not in LANGUAGES:
        raise ValueError(f"notebook_to_html: `lang` is {lang!r}; it must be one of {list(LANGUAGES)}.")
    page = _Page(WORDS[lang], left_out=set(LANGUAGES) - {lang})
    blocks = [("block", page.numbered(block)) for block in opening]
    blocks += [block for cell in notebook.cells for block in page.cell(cell)]
    first = next((text for level, _, text in page.headings if level == 1), None)
    scripts = _scripts(page.charts)
    hashes = " ".join(f"'sha256-{_digest(script)}'" for script in scripts)
    policy = (
        "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'; "
        f"script-src {hashes or chr(39) + 'none' + chr(39)}; base-uri 'none'; form-action 'none'"
    )
    return _template("report.html.j2").render(
        lang=LANGUAGES[lang],
        words=WORDS[lang],
        policy=policy,
        title=title or (html.unescape(first) if first else "cemlab"),
        contents=[heading for heading in page.headings if heading[0] in (2, 3)],
        css=text_of("block.css") + text_of("report.css"),
        blocks=blocks,
        scripts=scripts,
        has_code=page.has_code,
    )


class _Page:
    """Walks the cells in order, numbering figures and tables and gathering headings and charts."""

    def __init__(self, words, left_out=frozenset()):
        self.words, self.headings, self.charts = words, [], []
        self.left_out = HIDDEN_TAGS | left_out
        self.numbers = {"figure": 0, "table": 0}
        self.has_code = False

    def cell(self, cell):
        tags = set(cell.metadata.get("tags", []))
        if tags & self.left_out or not (cell.source.strip() or cell.get("outputs")):
            return
        if cell.cell_type == "markdown":
            if text := self.markdown(cell.source):
                yield "text", text
        elif cell.cell_type == "code":
            if "remove-input" not in tags:
                self.has_code = True
                yield "code", highlighted(cell.source)
            if "remove-output" not in tags:
                for output in cell.outputs:
                    yield from self.output(output)

    def markdown(self, source):
        known = len(self.headings)
        text = markdown_to_html(source, self.headings)
        if not known and self.headings and self.headings[0][0] == 1:  # it stands in the page's head
            text = re.sub(r"<h1 .*?</h1>\s*", "", text, count=1, flags=re.DOTALL)
        return text

    def output(self, output):
        if output.output_type == "stream":
            yield ("code" if output.name == "stderr" else "plain"), f"<pre>{html.escape(output.text)}</pre>"
            return
        if output.output_type == "error":
            lines = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(output.traceback))
            yield "plain", f"<pre>{html.escape(lines)}</pre>"
            return
        data = output.get("data", {})
        if "cemlab" in output.get("metadata", {}) and "text/html" in data:
            if CHART_MIME in data:
                yield "block", self.numbered(self.chart(data[CHART_MIME]))
            else:
                yield "block", self.numbered(LAB_STYLE.sub("", data["text/html"]))
        elif "application/vnd.jupyter.widget-view+json" in data:
            return
        elif "text/markdown" in data:
            yield "text", self.markdown(data["text/markdown"])
        elif picture := _picture(data):
            alt = html.escape(html.unescape(self.headings[-1][2] if self.headings else self.words["chart"]), quote=True)
            yield "block", f'<figure class="cem"><img src="{picture}" alt="{alt}"></figure>'
        elif "text/plain" in data:
            yield "plain", f"<pre>{html.escape(data['text/plain'])}</pre>"

    def numbered(self, text):
        def put(match):
            kind = match.group(1)
            self.numbers[kind] += 1
            return f'<span class="cem-no">{self.words[kind]} {self.numbers[kind]}</span>'

        return SLOT.sub(put, text)

    def chart(self, chart):
        from cemlab.report.echarts import chart_html

        self.charts.append(chart)
        return chart_html(chart, number=len(self.charts))


def _picture(data):
    for kind in ("image/png", "image/jpeg"):
        if kind in data:
            return f"data:{kind};base64,{re.sub(r'[^A-Za-z0-9+/=]', '', data[kind])}"
    if "image/svg+xml" in data:
        return "data:image/svg+xml;base64," + base64.b64encode(data["image/svg+xml"].encode("utf-8")).decode("ascii")
    return None


def _scripts(charts):
    """The scripts a page with these charts needs, each once: the library, its plug-ins, the line that draws."""
    if not charts:
        return []
    from cemlab.report.echarts import scripts_for

    return scripts_for(charts)


def _digest(script):
    return base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")


def highlighted(source):
    """Python code as HTML with classes; escaped by the highlighter."""
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    return highlight(source, PythonLexer(), HtmlFormatter(nowrap=False, cssclass="highlight"))


def text_of(name):
    """The text of a file shipped in this package's templates."""
    return files("cemlab.report").joinpath("templates", name).read_text(encoding="utf-8")


def _template(name):
    from jinja2 import DictLoader, Environment, StrictUndefined

    environment = Environment(
        loader=DictLoader({name: text_of(name)}), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template(name)

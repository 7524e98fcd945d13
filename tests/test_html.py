"""The page asks the network for nothing, lets nothing in that it did not make, and reads well."""

import base64
import re
import shutil
import subprocess
from html.parser import HTMLParser

import nbformat.v4 as v4
import pandas as pd
import pytest

from cemlab.report.blocks import first_screen
from cemlab.report.echarts import show_chart
from cemlab.report.html import notebook_to_html, read_run
from cemlab.report.tables import show_table

EVIL = "<script>document.title='hacked'</script><img src=http://evil.example/x onerror=\"document.title='hacked'\">"
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def shown(block):
    data, metadata = block._repr_mimebundle_()
    return v4.new_output("display_data", data=data, metadata=metadata)


def whole():
    """A notebook with everything in it that a page can hold, and attacks wherever text can stand."""
    bar = {"xAxis": {"data": [EVIL, "b"]}, "yAxis": {}, "series": [{"type": "bar", "name": EVIL, "data": [1, 2]}]}
    foreign = {"text/html": EVIL, "text/plain": "as text " + EVIL}
    svg = f'<svg xmlns="http://www.w3.org/2000/svg">{EVIL}</svg>'
    outputs = [
        shown(first_screen("核心", [{"title": "NPS", "value": "39.8 分"}], ["发现" + EVIL], ["建议"])),
        shown(show_table(pd.DataFrame({"题目": [EVIL], "n": [1234]}), title="一张表")),
        shown(show_table(pd.DataFrame({"x": [1]}), title="另一张表")),
        shown(show_chart(bar, title="互动图")),
        v4.new_output("display_data", data=foreign),
        v4.new_output("display_data", data={"image/png": PIXEL, "text/plain": "<Figure>"}),
        v4.new_output("display_data", data={"image/svg+xml": svg, "text/plain": "x"}),
        v4.new_output("display_data", data={"application/javascript": "alert(1)", "text/plain": "js"}),
        v4.new_output("display_data", data={"text/markdown": "## 从结果来\n\n" + EVIL, "text/plain": "x"}),
        v4.new_output("stream", name="stdout", text="打印 " + EVIL),
        v4.new_output("stream", name="stderr", text="WARNING 内部"),
        v4.new_output("display_data", data={"application/vnd.jupyter.widget-view+json": {}, "text/plain": "VBox()"}),
    ]
    secret = v4.new_code_cell("token: str = 'not for readers'", metadata={"tags": ["injected-parameters"]})
    text = f"# 报告 & <b>题目</b>\n\n{EVIL}\n\n![图](http://evil.example/a.png) [链接](https://example.org) [坏](javascript:alert(1))"
    cells = [v4.new_markdown_cell(text), secret, v4.new_markdown_cell("## 第一节\n\n### 小节")]
    return v4.new_notebook(cells=[*cells, v4.new_code_cell("x = '<i>'", outputs=outputs)])


class Fetches(HTMLParser):
    """Gathers whatever a page could fetch, and every element there is."""

    def __init__(self, text):
        super().__init__()
        self.fetched, self.elements = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append(tag)
        for name, value in attrs:
            if name in ("src", "srcset", "data", "poster", "action", "background") or (name == "href" and tag != "a"):
                self.fetched.append(value)


@pytest.fixture(scope="module")
def page():
    return notebook_to_html(whole())


def test_nothing_is_fetched(page):
    found = Fetches(page)
    assert found.fetched and all(value.startswith("data:image/") for value in found.fetched)
    assert not {"link", "iframe", "object", "embed", "base", "form"} & set(found.elements)
    styles = "".join(re.findall(r"<style>(.*?)</style>", page, flags=re.DOTALL))
    assert "url(" not in styles and "@import" not in styles


def test_policy_lets_only_the_scripts_of_the_page_run(page):
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page).group(1)
    assert policy.startswith("default-src &#39;none&#39;") and "unsafe-eval" not in policy
    assert "unsafe-inline" not in policy.split("script-src")[1] and policy.count("sha256-") == 2


def test_attacks_stay_text(page):
    body = page[page.index("<main") : page.index("Licensed to the Apache")]
    assert "<script>document" not in body and "<img src=http" not in body and "javascript:" not in body
    assert body.count("&lt;script&gt;document") >= 6
    assert "报告 &amp; &lt;b&gt;题目&lt;/b&gt;" in page


def test_foreign_html_is_dropped_to_its_plain_text(page):
    assert "as text &lt;script&gt;" in page and "alert(1)" not in page.split("<main")[1].split("Licensed")[0]


def test_pictures_become_data_that_cannot_run(page):
    assert f'src="data:image/png;base64,{PIXEL}"' in page
    svg = re.search(r'src="data:image/svg\+xml;base64,([^"]*)"', page).group(1)
    assert b"<script>" in base64.b64decode(svg)  # an <img> runs no script


def test_parameters_secrets_and_widgets_do_not_reach_readers(page):
    assert "not for readers" not in page and "VBox()" not in page


def test_contents_numbers_language_and_code_switch(page):
    assert '<html lang="zh-CN">' in page and "width=device-width" in page and "@media print" in page
    assert re.findall(r'<li class="level-(\d)"><a href="#(s\d+)">(.*?)</a>', page) == [
        ("2", "s2", "第一节"),
        ("3", "s3", "小节"),
        ("2", "s4", "从结果来"),
    ]
    assert re.findall(r'<span class="cem-no">(.*?)</span>', page) == ["表 1", "表 2", "图 1"]
    assert 'id="show-code"' in page and ".part.code{display:none}" in page
    english = notebook_to_html(whole(), lang="en", title="T")
    assert '<html lang="en">' in english and "<title>T</title>" in english and "Table 1" in english


def test_warnings_hide_with_the_code(page):
    assert re.search(r'<div class="part code"><pre>WARNING 内部', page)


def test_a_page_without_charts_or_code_carries_neither():
    text = notebook_to_html(v4.new_notebook(cells=[v4.new_markdown_cell("# 只有文字")]))
    assert (
        "<script" not in text and "show-code" not in text.split("</style>")[1] and "script-src &#39;none&#39;" in text
    )
    assert len(text) < 20_000


def test_same_notebook_gives_the_same_page(page):
    assert notebook_to_html(whole()) == page


def test_language_is_checked():
    with pytest.raises(ValueError, match="`lang` is 'de'"):
        notebook_to_html(whole(), lang="de")


def test_a_run_is_stored_without_its_traces(tmp_path):
    import nbformat

    notebook = v4.new_notebook(cells=[v4.new_code_cell(f"out = '{tmp_path.as_posix()}/x'")])
    notebook.cells[0].metadata["papermill"] = {"start_time": "now"}
    nbformat.write(notebook, tmp_path / "run.ipynb")
    cell = read_run(tmp_path / "run.ipynb", replace={tmp_path.as_posix(): "report"}).cells[0]
    assert cell.source == "out = 'report/x'" and "papermill" not in cell.metadata and cell.id == "cell-0"


def test_exporter_for_jupyterlab():
    from cemlab.report.exporter import ReportExporter

    text, _ = ReportExporter().from_notebook_node(whole())
    assert text.startswith("<!doctype html>") and "表 1" in text


def test_in_a_browser_without_network_charts_draw_and_attacks_do_not_run(tmp_path, page):
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        pytest.skip("no Chromium on this machine")
    (tmp_path / "report.html").write_text(page, encoding="utf-8")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
    flags += ["--disable-background-networking", "--disable-component-update", "--virtual-time-budget=3000"]
    flags += [f"--user-data-dir={tmp_path / 'profile'}", "--host-resolver-rules=MAP * ~NOTFOUND", "--dump-dom"]
    run = subprocess.run(
        [browser, *flags, (tmp_path / "report.html").as_uri()],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=90,
    )
    title = re.search(r"<title>(.*?)</title>", run.stdout).group(1)
    assert title == "报告 &amp; &lt;b&gt;题目&lt;/b&gt;"
    drawn = re.search(r'<div class="cem-echart"[^>]*>.*?<svg', run.stdout, flags=re.DOTALL)
    assert drawn and "</script>" not in drawn.group(0)

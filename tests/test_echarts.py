"""Interactive charts travel as data with one script a page; nothing that strangers wrote can run."""

import json
import re

import pytest

from cemlab.report import echarts
from cemlab.report.html import notebook_to_html

EVIL = "</script><script>document.title='hacked'</script><img src=x onerror=\"document.title='hacked'\">\u2028"


def bar(name=EVIL):
    from pyecharts.charts import Bar

    return Bar().add_xaxis([name, "餐饮"]).add_yaxis("满意度 " + name, [80, 61])


def page(*blocks):
    import nbformat.v4 as v4

    outputs = []
    for block in blocks:
        data, metadata = block._repr_mimebundle_()
        outputs.append(v4.new_output("display_data", data=data, metadata=metadata))
    return notebook_to_html(v4.new_notebook(cells=[v4.new_code_cell("1", outputs=outputs)]))


def test_script_is_the_known_copy():
    text = echarts.script()
    assert "Apache License" in text[:900] and f'version="{echarts.SCRIPTS["echarts.min.js"][0]}"' in text


def test_another_copy_is_refused(monkeypatch):
    monkeypatch.setitem(echarts.SCRIPTS, "echarts.min.js", ("5.5.1", "0" * 64))
    with pytest.raises(RuntimeError, match="not the known copy of version 5.5.1; run `pip install vizly"):
        echarts.script()


def test_library_stands_once_however_many_charts():
    text = page(echarts.show_chart(bar("a")), echarts.show_chart(bar("b")), echarts.show_chart(bar("c")))
    assert text.count("Licensed to the Apache Software Foundation") == 1
    assert len(re.findall(r'<div class="cem-echart"', text)) == 3


def test_labels_cannot_leave_the_data():
    text = page(echarts.show_chart(bar(), title=EVIL, note=EVIL, alt=EVIL))
    before_scripts = text[: text.index("Licensed to the Apache")]
    assert "<img src=x" not in before_scripts and "<script>document" not in before_scripts
    data = re.search(r'<script type="application/json"[^>]*>(.*?)</script>', text, flags=re.DOTALL).group(1)
    assert not set("<>&\u2028") & set(data)
    assert json.loads(data)["xAxis"][0]["data"][0] == EVIL  # and yet nothing is lost


def test_tooltips_are_text_and_links_pictures_and_tools_are_dropped():
    option = {
        "title": {"text": "t", "link": "javascript:alert(1)"},
        "tooltip": {"formatter": "{b}<b>"},
        "toolbox": {"show": True},
    }
    option["series"] = [
        {"type": "pie", "data": [{"name": "a", "value": 1}], "symbol": "image://http://x/y", "tooltip": {}}
    ]
    safe = echarts.safe_option(option)
    assert safe["tooltip"]["renderMode"] == "richText" == safe["series"][0]["tooltip"]["renderMode"]
    assert "link" not in safe["title"] and safe["series"][0]["symbol"] == "" and safe["toolbox"] == {"show": False}


def test_sankey_keeps_its_targets():
    links = [{"source": "a", "target": "b", "value": 3}]
    option = echarts.safe_option(
        {"series": [{"type": "sankey", "data": [{"name": "a"}, {"name": "b"}], "links": links}]}
    )
    assert option["series"][0]["links"] == links


def test_script_in_options_is_refused():
    from pyecharts.commons.utils import JsCode

    chart = bar("a").set_series_opts(label_opts={"formatter": JsCode("function(x){return 1}")})
    with pytest.raises(ValueError, match="JsCode"):
        echarts.show_chart(chart)
    with pytest.raises(TypeError, match="str is no pyecharts chart"):
        echarts.show_chart("bar")


def test_without_scripts_readers_get_the_figures():
    text = page(echarts.show_chart(bar("值机")))
    still = re.search(r"<noscript>(.*?)</noscript>", text, flags=re.DOTALL).group(1)
    assert "<th>值机</th><td>80</td>" in still and "<th>餐饮</th><td>61</td>" in still


def test_jupyterlab_gets_a_frame_of_its_own_and_a_run_does_not(monkeypatch):
    monkeypatch.delenv("CEMLAB_RENDER", raising=False)
    data, metadata = echarts.show_chart(bar("a"))._repr_mimebundle_()
    assert (
        data["text/html"].startswith('<iframe sandbox="allow-scripts"')
        and "Content-Security-Policy" in data["text/html"]
    )
    assert not re.search(r"https?://[^&]*\.js", data["text/html"][:3000]) and metadata == {"cemlab": True}
    monkeypatch.setenv("CEMLAB_RENDER", "1")
    data, _ = echarts.show_chart(bar("a"))._repr_mimebundle_()
    assert "<iframe" not in data["text/html"] and len(data["text/html"]) < 2000


def test_word_clouds_bring_their_plug_in():
    cloud = {"series": [{"type": "wordCloud", "data": [{"name": "好", "value": 3}]}]}
    assert len(echarts.scripts_for([{"option": cloud}])) == 3
    assert len(echarts.scripts_for([{"option": echarts.safe_option(bar("a"))}])) == 2

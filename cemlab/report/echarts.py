"""Interactive charts without a network: pyecharts writes the options, the ECharts script comes from a wheel.

The script (Apache-2.0) is taken from the wheel vizly, whose copies are known by their hashes, and stands once in a page
however many charts there are. Options travel as data, never as code: labels come from strangers.
"""

import copy
import hashlib
import html
import importlib.util
import json
import os
import re
from pathlib import Path

from cemlab.report.blocks import Block, escape, wrapped

MIME = "application/vnd.cemlab.chart+json"
SCRIPTS = {  # file: its version and sha256, as in vizly 1.0.1
    "echarts.min.js": ("5.5.1", "e84270bd0cd5bdf60fefc26d00c2a391cb2e81f4d26a7a9ee16185a54773a3cf"),
    "echarts-wordcloud.min.js": ("2.1.0", "7b6f0d55971d9de5913120c7ce6342f3551efd00b4a1df8a50f08385bb25f155"),
    "echarts-liquidfill.min.js": ("3.1.0", "7925141a342a2e92fb6223d94a47d8d39534cb40d70f1b28410e9933a8ac840b"),
}
PLUG_INS = {"wordCloud": "echarts-wordcloud.min.js", "liquidFill": "echarts-liquidfill.min.js"}
FONT = '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Noto Sans SC",sans-serif'
COLOURS = ["#1f4e79", "#c8641b", "#5b9bb5", "#e0a83c", "#7a6c9d", "#8a97a5", "#2f7d6b", "#b0506b"]
BANNED = ("link", "sublink", "optionToContent", "contentToOption", "extraCssText")
DRAW = """
(function(){
  var all = [];
  document.querySelectorAll('div.cem-echart').forEach(function(box){
    var data = document.getElementById(box.id + '-option');
    var chart = echarts.init(box, null, {renderer: 'svg'});
    var option = JSON.parse(data.textContent);
    chart.setOption(option);
    chart.cloud = JSON.stringify(option.series || '').indexOf('"wordCloud"') >= 0;
    all.push(chart);
  });
  function fit(event){
    all.forEach(function(chart){  // words are placed anew, too late for the printer
      if (!(chart.cloud && event.type !== 'resize')) chart.resize({animation: {duration: 0}});
    });
  }
  window.addEventListener('resize', fit);
  window.addEventListener('beforeprint', fit);
  window.addEventListener('afterprint', fit);
})();
"""


def show_chart(chart, *, height=420, title=None, note=None, alt=None, lang="zh"):
    """Show a pyecharts chart, in JupyterLab and in a report, without any request to the network.

    Parameters
    ----------
    chart : pyecharts chart, or dict
        A chart, or ECharts options as plain data.
    height : int, default 420
        Pixels.
    title, note : str, optional
        Above and below, as for figures.
    alt : str, optional
        Description; `title` when left out.
    lang : {"zh", "en"}

    Returns
    -------
    Block
        Where scripts do not run, readers get the chart's figures as a table.

    Raises
    ------
    TypeError
        Not a pyecharts chart and no dict.
    ValueError
        The chart holds script (``JsCode``), which does not travel as data.
    RuntimeError
        The ECharts script is not installed, or is not the copy known here.
    """
    option = safe_option(chart)
    data = {
        "option": option,
        "height": int(height),
        "title": title,
        "note": note,
        "alt": alt or title or "",
        "lang": lang,
    }
    still = wrapped("figure", _table(option, lang), title=title, note=note)
    shown = still if os.environ.get("CEMLAB_RENDER") else _framed(data)
    return _ChartBlock(shown, f"[{title or ''}] {data['alt']}", {MIME: data})


class _ChartBlock(Block):
    """Its HTML is whole as it is: a frame of its own in JupyterLab, the figures as a table in run.ipynb."""

    def _repr_html_(self):
        return self.html if self.html.startswith("<iframe") else super()._repr_html_()


def safe_option(chart):
    """The options of a chart as plain data, with everything taken out that could run, link or fetch.

    Tooltips are drawn as text in the picture, not as HTML; pictures and links are dropped.
    """
    if isinstance(chart, dict):
        text = json.dumps(chart, ensure_ascii=False, default=str)
    elif hasattr(chart, "dump_options_with_quotes"):
        text = chart.dump_options_with_quotes()
    else:
        raise TypeError(f"show_chart: {type(chart).__name__} is no pyecharts chart; pass a chart or a dict of options.")
    if "--x_x--0_0--" in text or re.search(r'"\s*function\s*\(', text):
        raise ValueError("show_chart: the options hold script (JsCode); use plain formatters such as '{b}: {c}'.")
    option = _clean(json.loads(text))
    tips = option.get("tooltip") if isinstance(option.get("tooltip"), dict) else {}
    option["tooltip"] = {**tips, "renderMode": "richText", "confine": True}
    option.setdefault("textStyle", {}).setdefault("fontFamily", FONT)
    option.setdefault("color", COLOURS)
    option["animation"] = False
    return option


def _clean(part):
    if isinstance(part, dict):
        kept = {key: _clean(value) for key, value in part.items() if key not in BANNED and value is not None}
        if isinstance(kept.get("tooltip"), dict):
            kept["tooltip"]["renderMode"] = "richText"
        if isinstance(kept.get("toolbox"), dict):
            kept["toolbox"] = {"show": False}
        return kept
    if isinstance(part, list):
        return [_clean(value) for value in part]
    if isinstance(part, str) and part.lstrip().lower().startswith(("image://", "javascript:")):
        return ""
    return part


def as_data(value):
    """JSON that can stand inside a <script> element: nothing in it can close the element or begin another."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, allow_nan=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def chart_html(chart, *, number):
    """The place of one chart in a page: an empty box, its options as data, and a table where scripts do not run."""
    mark = f"cem-chart-{number}"
    option = safe_option(chart["option"])  # a stored notebook is not trusted to hold what was once cleaned
    label = escape(chart.get("alt") or "")
    box = (
        f'<div class="cem-echart" id="{mark}" role="img" aria-label="{label}" '
        f'style="width:100%;height:{int(chart["height"])}px"></div>'
        f'<script type="application/json" id="{mark}-option">{as_data(option)}</script>'
        f"<noscript>{_table(option, chart.get('lang', 'zh'))}</noscript>"
    )
    return wrapped("figure", box, title=chart.get("title"), note=chart.get("note"))


def scripts_for(charts):
    """The scripts that these charts need, each once: library, plug-ins, the lines that draw."""
    types = {str(series.get("type")) for chart in charts for series in _series(chart["option"])}
    names = ["echarts.min.js"] + [name for kind, name in PLUG_INS.items() if kind in types]
    return [script(name) for name in names] + [DRAW]


def script(name="echarts.min.js"):
    """A script from the wheel, checked against its hash."""
    found = importlib.util.find_spec("vizly")
    path = Path(next(iter(found.submodule_search_locations))) / "assets" / name if found else None
    version, digest = SCRIPTS[name]
    if path is None or not path.is_file():
        raise RuntimeError(f"echarts: {name} is not installed; run `pip install vizly==1.0.1`.")
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != digest:
        raise RuntimeError(
            f"echarts: {name} is not the known copy of version {version}; run `pip install vizly==1.0.1`."
        )
    text = data.decode("utf-8")
    if "</script" in text.lower():
        raise RuntimeError(f"echarts: {name} holds '</script' and cannot stand in a page.")
    return text


def _framed(data):
    """A page of its own inside a frame, script and all: JupyterLab shows it offline."""
    import base64

    scripts = scripts_for([data])
    hashes = [base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii") for text in scripts]
    allowed = " ".join(f"'sha256-{digest}'" for digest in hashes)
    policy = f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src {allowed}"
    from cemlab.report.html import text_of

    page = (
        f'<!doctype html><html><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}">'
        f"<style>body{{margin:0;font-family:{FONT}}}{text_of('block.css')}</style></head><body>"
        + chart_html(data, number=1)
        + "".join(f"<script>{text}</script>" for text in scripts)
        + "</body></html>"
    )
    return (
        f'<iframe sandbox="allow-scripts" style="width:100%;height:{data["height"] + 110}px;border:0" '
        f'srcdoc="{html.escape(page, quote=True)}"></iframe>'
    )


def _series(option):
    series = option.get("series") or []
    return [one for one in (series if isinstance(series, list) else [series]) if isinstance(one, dict)]


def _table(option, lang):
    """The figures of a chart as a plain table: one row a category or item, one column a series."""
    option = copy.deepcopy(option)
    names = [str(one.get("name") or "") for one in _series(option)]
    axes = [axis for key in ("xAxis", "yAxis") for axis in _listed(option.get(key)) if isinstance(axis, dict)]
    categories = next((axis["data"] for axis in axes if axis.get("data")), None)
    rows = {}
    for place, series in enumerate(_series(option)):
        for at, point in enumerate(_listed(series.get("data") or series.get("links"))):
            label, value = _point(point, categories[at] if categories and at < len(categories) else at + 1)
            rows.setdefault(label, {})[place] = value
    head = "".join(f"<th>{escape(name)}</th>" for name in ["", *names])
    body = "".join(
        f"<tr><th>{escape(label)}</th>"
        + "".join(f"<td>{escape(row.get(i, '—'))}</td>" for i in range(len(names)))
        + "</tr>"
        for label, row in rows.items()
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _point(point, label):
    if isinstance(label, dict):
        label = label.get("value", "")
    if isinstance(point, dict):
        if "source" in point:
            return f"{point['source']} → {point.get('target')}", point.get("value", "")
        label, point = point.get("name", label), point.get("value", "")
    if isinstance(point, list):
        point = ", ".join(str(part) for part in point)
    return str(label), "—" if point is None else str(point)


def _listed(value):
    return value if isinstance(value, list) else [] if value is None else [value]

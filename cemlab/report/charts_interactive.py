"""Charts a reader moves about in: touchpoints by segment as a heat map with figures in its cells."""

from cemlab.report.echarts import show_chart
from cemlab.report.labels import NOT_SHOWN, Labels
from cemlab.report.wording import number

SHADES = [
    "#f4f1ea",
    "#cfdbe6",
    "#8fb0cb",
    "#4f81ab",
    "#1f4e79",
]  # one hue, light to dark: safe for colour-blind readers
IN_SIGHT = 12  # columns seen at once; more are reached with the slider


def segment_heatmap(estimates, segments, *, codebook, lang="zh", title=None, note=None):
    """Top boxes of touchpoints (rows) by groups of all segments (columns), with base and interval on pointing.

    Parameters
    ----------
    estimates : pandas.DataFrame
        `touchpoint_scores` by each segment, one after the other, bases flagged and small groups hidden.
    segments : list of str
        The segment columns, in order.
    codebook : Codebook
    lang : {"zh", "en"}
    title, note : str, optional

    Returns
    -------
    Block
        An ECharts chart that needs no network; without scripts its figures stand as a table.
    """
    from pyecharts import options as opts
    from pyecharts.charts import HeatMap

    labels = Labels(codebook, lang)
    frame = estimates[estimates["metric"] == "top_box"]
    items = list(dict.fromkeys(frame["item"]))
    columns = [(cut, group) for cut in segments for group in groups_in_order(frame, cut, codebook)]
    names = [f"{labels.head(cut)}\n{labels.code(cut, group)}" for cut, group in columns]
    cells, known = [], []
    for x, (cut, group) in enumerate(columns):
        rows = frame[frame[cut] == group].set_index("item")
        for y, item in enumerate(reversed(items)):
            if item in rows.index:
                row = rows.loc[item].to_dict()
                cells.append(cell(x, y, row, labels.code("item", item), names[x].replace("\n", "："), lang))
                if row["status"] not in NOT_SHOWN:
                    known.append(row["estimate"])
    if not known:
        return None
    chart = HeatMap(init_opts=opts.InitOpts(width="100%"))
    chart.add_xaxis(names)
    chart.add_yaxis(labels.metric("top_box"), [labels.code("item", item) for item in reversed(items)], [])
    chart.set_global_opts(
        tooltip_opts=opts.TooltipOpts(formatter="{b}"),
        legend_opts=opts.LegendOpts(is_show=False),
        xaxis_opts=opts.AxisOpts(position="top", axislabel_opts=opts.LabelOpts(font_size=11, interval=0, rotate=0)),
        yaxis_opts=opts.AxisOpts(axislabel_opts=opts.LabelOpts(font_size=12)),
        visualmap_opts=opts.VisualMapOpts(
            min_=int(min(known)), max_=int(max(known)) + 1, range_color=SHADES, orient="horizontal", pos_left="center",
            pos_bottom="0", precision=0, range_text=["%", ""],
        ),
    )  # fmt: skip
    option = chart.dump_options_with_quotes()
    return show_chart(
        finished(option, cells, len(columns)),
        height=190 + 30 * len(items),
        title=title,
        note=note,
        alt=title,
        lang=lang,
    )


def groups_in_order(frame, cut, codebook):
    """Groups of a segment in the codebook's order, without the total and those who gave no answer."""
    present = set(frame[cut]) - {"(all)", "(missing)"}
    known = [code for code in codebook.columns[cut].options if code in present]
    return known + sorted(present - set(known))


def cell(x, y, row, item, group, lang):
    """One cell: its place, its figure, and what pointing at it tells."""
    if row["status"] in NOT_SHOWN:
        few = "样本不足，不显示" if lang == "zh" else "base too small, not shown"
        return {"value": [x, y, "-"], "name": f"{group} · {item} {few}"}
    mark = "*" if row["status"] == "low_base" else ""
    figure = number(row["estimate"], "percent") + mark
    bounds = f"[{number(row['ci_low'], 'percent')}, {number(row['ci_high'], 'percent')}]"
    told = f"{group} · {item} {figure}% {bounds} n={int(row['n']):,}"
    return {"value": [x, y, round(float(row["estimate"]), 1)], "name": told, "label": {"formatter": figure}}


def finished(option, cells, columns):
    """The options as plain data: the cells put in, room for long labels, and a slider where columns are many."""
    import json

    option = json.loads(option)
    figures = [item["value"][2] for item in cells if "label" in item]
    middle = (min(figures) + max(figures)) / 2
    for item in cells:
        if "label" in item:
            item["label"]["color"] = "#ffffff" if item["value"][2] > middle else "#1b2a38"
    option["series"][0] |= {
        "data": cells,
        "label": {"show": True, "fontSize": 11},
        "itemStyle": {"borderColor": "#fff", "borderWidth": 1},
        "emphasis": {"itemStyle": {"borderColor": "#c8641b", "borderWidth": 2}},
    }  # fmt: skip
    option["grid"] = {
        "left": 8,
        "right": 12,
        "top": 16,
        "bottom": 92 if columns > IN_SIGHT else 56,
        "containLabel": True,
    }
    option["xAxis"][0]["axisLabel"] |= {"width": 58, "overflow": "break", "lineHeight": 14}
    option["animation"] = False
    if columns > IN_SIGHT:
        window = {"xAxisIndex": 0, "startValue": 0, "endValue": IN_SIGHT - 1, "minValueSpan": 3, "zoomLock": False}
        option["dataZoom"] = [{"type": "slider", "bottom": 58, "height": 16, "showDetail": False, **window}]
    return option

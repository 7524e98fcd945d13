"""Native charts on slides: figures in a sheet behind the chart, to be edited like any other."""

BRAND, ACCENT, PALE, SOFT, INK = "1F4E79", "C8641B", "9FB4C8", "56636F", "1C2733"
FORMATS = {"percent": "0.0", "points": "0.0", "mean": "0.00"}


def add_bars(slide, chart, box, *, lang, font):
    """Add a bar chart of a finding; the bars the sentence is about stand out.

    Parameters
    ----------
    slide : pptx slide
    chart : FindingChart
    box : tuple of int
        Left, top, width and height in EMU.
    lang : {"zh", "en"}
    font : callable
        Takes a pptx font and a size; names its fonts.
    """
    from pptx.chart.data import CategoryChartData
    from pptx.dml.color import RGBColor
    from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_TICK_LABEL_POSITION

    upright = chart.kind in ("wave", "change", "aspect", "theme")
    bars = chart.bars if upright else list(reversed(chart.bars))
    code = FORMATS.get(chart.unit, "0.0")
    data = CategoryChartData(number_format=code)
    data.categories = [bar["label"] for bar in bars]
    data.add_series(chart.title or chart.sentence[:30], [shown(bar["value"], code) for bar in bars])
    kind = XL_CHART_TYPE.COLUMN_CLUSTERED if upright else XL_CHART_TYPE.BAR_CLUSTERED
    made = slide.shapes.add_chart(kind, *box, data).chart
    title = title_of(chart, lang)
    made.has_legend, made.has_title = False, bool(title)
    if title:
        made.chart_title.text_frame.text = title
        font(made.chart_title.text_frame.paragraphs[0].runs[0].font, 12)
    made.value_axis.visible = False
    made.value_axis.has_major_gridlines = False
    if all(bar["value"] >= 0 for bar in bars):
        made.value_axis.minimum_scale = 0
    made.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    made.category_axis.format.line.color.rgb = RGBColor.from_string(PALE)
    font(made.category_axis.tick_labels.font, 12)
    plot = made.plots[0]
    plot.gap_width, plot.vary_by_categories, plot.has_data_labels = 60 if len(bars) > 3 else 120, False, True
    labels = plot.data_labels
    labels.number_format, labels.number_format_is_linked = code + ('"%"' if chart.unit == "percent" else ""), False
    labels.position, labels.show_value = XL_LABEL_POSITION.OUTSIDE_END, True
    font(labels.font, 12)
    series = plot.series[0]
    series.invert_if_negative = False
    for place, bar in enumerate(bars):
        fill = series.points[place].format.fill
        fill.solid()
        fill.fore_color.rgb = RGBColor.from_string(ACCENT if bar["strong"] else PALE)
    return made


def shown(value, code):
    """A figure rounded as it is written in sentences: a half in binary is no half, and slide and sentence must agree."""
    return float(f"{value:.{len(code.partition('.')[2])}f}")


def title_of(chart, lang):
    """Title of a chart with the unit, where it has one in words."""
    from cemlab.report.labels import UNITS, Labels

    if chart.unit not in UNITS or not chart.title:
        return chart.title
    unit = Labels(None, lang).unit(chart.unit)
    return f"{chart.title}（{unit}）" if lang == "zh" else f"{chart.title} ({unit})"


def chart_notes(chart, lang):
    """Base and interval of every bar, for the notes under a slide."""
    return [f"{bar['label']}: {chart.text(bar, lang)}" for bar in chart.bars]

"""Charts of drivers, journeys, waiting, units: what they say in words, and that labels stay apart."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from cemlab.analyse.funnel_plot import funnel_plot
from cemlab.report.charts_drivers import driver_bars, quadrant_map
from cemlab.report.charts_journey import journey_curve, waiting_chart
from cemlab.report.charts_units import funnel_chart, thermometer
from cemlab.report.place import overlap, place_labels

TABLE = pd.DataFrame({
    "item": ["早餐", "网络", "投诉"], "importance": [60.0, 40.0, np.nan], "importance_low": [50.0, -1.0, np.nan],
    "importance_high": [70.0, 45.0, np.nan], "stands": [True, False, False], "sign": [1, -1, 0], "n": [300, 200, 40],
    "method": ["relative_weights_complete", "relative_weights_complete", "excluded_few_users"],
})  # fmt: skip
MAP = pd.DataFrame({
    "item": ["早餐", "网络"], "performance": [3.0, 4.0], "performance_low": [2.9, 3.9], "performance_high": [3.1, 4.1],
    "importance": [70.0, 30.0], "importance_low": [60.0, 20.0], "importance_high": [80.0, 40.0],
    "quadrant": ["Concentrate here", "Possible overkill"], "certainty": [1.0, 0.6], "n": [300, 200],
    "cross_performance": 3.5, "cross_importance": 50.0, "method": "relative_weights_complete",
})  # fmt: skip
CURVE = pd.DataFrame({
    "item": ["预订", "入住", "早餐"], "stage": ["a", "a", "b"], "kind": "", "estimate": [80.0, 75.0, np.nan], "ci_low": [78.0, 70.0, np.nan],
    "ci_high": [82.0, 80.0, np.nan], "reach": [100.0, 90.0, 5.0], "mark": ["high_point", "", ""], "n": [300, 270, 15], "level": 0.95,
})  # fmt: skip


def drawn(fig):
    """The picture is drawn at once, so that a missing glyph or a wrong transform shows here."""
    FigureCanvasAgg(fig).draw()
    return fig


def test_driver_bars_tell_every_figure():
    fig = drawn(driver_bars(TABLE, noise=3.0))
    assert "早餐 60.0 [50.0, 70.0]" in fig.cemlab_alt
    assert "网络 (−) 40.0" in fig.cemlab_alt and "投诉 —（使用者过少）" in fig.cemlab_alt
    assert "随机变量" in fig.cemlab_note and "不代表因果" in fig.cemlab_note
    assert "not cause" in driver_bars(TABLE, lang="en").cemlab_note


def test_the_map_names_quadrants_and_doubt():
    fig = drawn(quadrant_map(MAP))
    assert "早餐 优先改进 (3.00, 70.0)" in fig.cemlab_alt
    assert "空心点" in fig.cemlab_note
    assert "空心点" not in quadrant_map(MAP.assign(certainty=1.0)).cemlab_note


def test_labels_of_crowded_points_do_not_overlap():
    rng = np.random.default_rng(1)
    fig = Figure(figsize=(9, 6))
    ax = fig.add_axes((0.1, 0.1, 0.85, 0.85))
    x, y = rng.normal(0, 1, 18), rng.normal(0, 1, 18)
    ax.set_xlim(-4, 4)
    ax.set_ylim(-4, 4)
    texts = place_labels(ax, x, y, [f"touchpoint number {i}" for i in range(18)])
    drawn(fig)
    boxes = [text.get_window_extent() for text in texts]
    boxes = [(b.x0, b.y0, b.x1, b.y1) for b in boxes]
    assert max(overlap(one, two) for i, one in enumerate(boxes) for two in boxes[:i]) == 0
    fig.set_dpi(200)  # the places hold at any resolution
    drawn(fig)
    again = texts[0].get_window_extent()
    assert again.x0 == pytest.approx(2 * boxes[0][0], rel=0.02)


def test_journey_tells_marks_and_what_is_missing():
    fig = drawn(journey_curve(CURVE))
    assert fig.cemlab_alt.endswith("预订 80.0（高点）；入住 75.0；早餐 —")
    assert "▲" in fig.cemlab_note
    assert "未见显著" in journey_curve(CURVE.assign(mark="")).cemlab_note


def test_waiting_says_when_there_is_no_knee():
    curve = pd.DataFrame(
        {"at": [0.0, 10], "estimate": [8.0, 6], "ci_low": [7.5, 5.5], "ci_high": [8.5, 6.5], "n": 400, "level": 0.95}
    )
    knee = pd.DataFrame({"metric": ["knee"], "estimate": [5.0], "ci_low": [4.0], "ci_high": [6.0], "status": ["ok"]})
    assert "拐点 5.0" in drawn(waiting_chart(curve, knee)).cemlab_alt
    without = waiting_chart(curve, knee.assign(status="not_estimable", estimate=np.nan))
    assert "未见显著拐点" in without.cemlab_alt and "未见显著拐点" in without.cemlab_note


def test_funnel_names_only_those_outside():
    rng = np.random.default_rng(3)
    store = np.repeat([f"s{i}" for i in range(20)], 300)
    score = np.where(store == "s7", 5, rng.choice([5, 8, 10], 6000))
    results = funnel_plot(pd.DataFrame({"store": store, "score": score}), "score", by="store")
    fig = drawn(funnel_chart(results, by="store"))
    assert "s7 -100.0 超出 99.8% 限" in fig.cemlab_alt and "s1 " not in fig.cemlab_alt


@pytest.mark.parametrize("values, alarm", [((10.0, 60.0), True), ((10.0, 80.0), False)])
def test_thermometer_alarms_when_all_fall(values, alarm):
    charts = [
        pd.DataFrame({
            "metric": metric, "item": item, "at": ["W1", "W2"], "unit": unit, "value": [centre, value], "statistic": [centre, value],
            "centre": centre, "lower": centre - 5, "upper": centre + 5, "n": 300,
        })
        for metric, item, unit, centre, value in (("nps", "r", "points", 30.0, values[0]), ("top_box", "o", "percent", 80.0, values[1]))
    ]  # fmt: skip
    fig = drawn(thermometer(charts))
    assert fig.cemlab_alarm is alarm and ("警报" in fig.cemlab_note) is alarm


def test_wording():
    with pytest.raises(ValueError, match="driver_bars: no column"):
        driver_bars(TABLE.drop(columns="sign"))
    with pytest.raises(ValueError, match="no touchpoint has both figures"):
        quadrant_map(MAP.assign(importance=np.nan))
    with pytest.raises(ValueError, match="no control charts given"):
        thermometer([])

"""Charts print every figure, interval and base; hidden groups stay hidden; labels from strangers are only text."""

import itertools

import numpy as np
import pandas as pd
import pytest

from cemlab.codebook import parse_codebook
from cemlab.measure.schema import comparisons, estimates
from cemlab.report import fonts
from cemlab.report.charts import score_dots, touchpoint_chart
from cemlab.report.charts_compare import difference_chart, distribution_bars
from cemlab.report.charts_time import score_over_time
from cemlab.report.figures import figure_html, show_figure, svg
from cemlab.report.labels import Labels, count, wrap

NAMES = [
    "(all)",
    "男",
    "女",
    "价格 $5-$10 的旅客 & <b>粗</b>",
    "从外地来本市出差并且第一次乘坐国际航班的商务旅客",
    "(missing)",
]


@pytest.fixture(autouse=True)
def no_gaps():
    with fonts.strict_glyphs():
        yield


def rows(names=NAMES, metric="nps", unit="points", by="segment", **more):
    middle = np.linspace(20, 60, len(names))
    frame = {by: names, "metric": metric, "item": "q", "unit": unit, "estimate": middle, "ci_low": middle - 4}
    frame |= {"ci_high": middle + 4, "n": 1234, "n_eff": 1200, "level": 0.95, "method": "x", "status": "ok"}
    return estimates(pd.DataFrame(frame | more), by)


def printed(fig):
    return [text.get_text() for ax in fig.axes for text in [*ax.texts, *ax.get_yticklabels(), *ax.get_xticklabels()]]


def overlapping(fig):
    """Pairs of texts whose boxes meet, and texts that leave the picture."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    with mpl.rc_context(fonts.style()):
        canvas = FigureCanvasAgg(fig)
        canvas.draw()
    render, edge = canvas.get_renderer(), fig.bbox
    texts = [t for ax in fig.axes for t in [*ax.texts, *ax.get_yticklabels(), *ax.get_xticklabels(), ax.xaxis.label]]
    low, high = fig.axes[0].get_xlim()
    boxes = [(t.get_text(), t.get_window_extent(render)) for t in texts if t.get_text() and t.get_visible()]
    inside = [(name, box) for name, box in boxes if box.width and box.height]
    wrong = [(a, b) for (a, one), (b, two) in itertools.combinations(inside, 2) if one.shrunk(0.97, 0.9).overlaps(two)]
    return wrong + [(name, "edge") for name, box in inside if box.x0 < -1 or box.x1 > edge.x1 + 1]


def test_dots_print_estimate_interval_and_base():
    texts = printed(score_dots(rows()))
    assert "20.0 [16.0, 24.0]" in texts and texts.count("1,234") == len(NAMES)
    assert "全体" in texts and "（未回答）" in texts


@pytest.mark.parametrize("status", ["hidden", "not_estimable"])
def test_hidden_rows_keep_their_place_and_show_nothing(status):
    frame = rows()
    frame.loc[2, "status"] = status  # even if somebody forgot to blank the figure
    fig = score_dots(frame)
    assert "—（样本不足，不显示）" in printed(fig)
    assert "36.0 [32.0, 40.0]" not in printed(fig) and "36.0" not in fig.cemlab_alt
    assert not any(36.0 in line.get_xdata() for line in fig.axes[0].lines)


def test_small_bases_are_marked_by_sign_and_shape():
    frame = rows(["a", "b"], "top_box", "percent", by="tp").assign(stage=["s", "s"])
    frame.loc[1, "status"] = "low_base"
    fig = touchpoint_chart(frame)
    assert "60.0% [56.0, 64.0]*" in printed(fig)
    assert [bar.get_hatch() for bar in fig.axes[0].patches] == [None, "////"]
    assert "* 样本偏少" in fig.cemlab_note


def test_parts_of_a_stack_add_up_and_score_stands_beside():
    shares = [("detractors", 25.0), ("passives", 30.0), ("promoters", 45.0)]
    frame = pd.concat([rows(["男", "女"], m, "percent").assign(estimate=v) for m, v in shares])
    frame = pd.concat([frame, rows(["男", "女"]).assign(estimate=20.0, ci_low=16.0, ci_high=24.0)])
    fig = distribution_bars(frame)
    ends = sorted(bar.get_x() + bar.get_width() for bar in fig.axes[0].patches if bar.get_width())
    assert ends[-2:] == [100, 100]
    assert printed(fig).count("20.0 [16.0, 24.0]") == 2 and "45.0" in printed(fig)


def test_answers_0_to_10_are_stacked_in_their_order():
    frame = pd.concat(
        [rows(["男"], "share", "percent", at=float(a)).assign(estimate=100 / 11) for a in (10, *range(10))]
    )
    bars = [bar for bar in distribution_bars(frame).axes[0].patches if bar.get_width()]
    assert len(bars) == 11 and [bar.get_x() for bar in bars] == sorted(bar.get_x() for bar in bars)


def test_only_adjusted_differences_are_filled():
    frame = rows(["男", "女"])
    frame = frame.assign(
        difference=5.0, difference_low=1.0, difference_high=9.0, p_adjusted=[0.04, 0.06], n_reference=9
    )
    fig = difference_chart(comparisons(frame.assign(reference="(rest)"), "segment"))
    marks = [line.get_markerfacecolor() for line in fig.axes[0].lines if line.get_marker() == "o"]
    assert marks == ["#1f4e79", "white"]
    assert "+5.0 [1.0, 9.0]" in printed(fig) and "1,234 / 9" in printed(fig)
    assert "男 +5.0 [1.0, 9.0] 显著" in fig.cemlab_alt and "女 +5.0 [1.0, 9.0] 未见显著差异" in fig.cemlab_alt


def test_waves_carry_value_base_and_change_mark():
    fig = score_over_time(rows(["2015", "2016", "2017"], by="wave"), changes={"2016": "年龄题改为分组"}, target=50)
    assert {"20.0", "40.0", "60.0", "(1)", "目标 50.0", "2016\nn=1,234"} <= set(printed(fig))
    assert "(1) 年龄题改为分组。" in fig.cemlab_note


def control(periods=30):
    frame = {"metric": "nps", "item": "q", "at": [f"2025-W{i:02d}" for i in range(periods)], "unit": "points", "n": 200}
    frame |= {
        "value": np.linspace(30, 40, periods),
        "centre": 35.0,
        "lower": 25.0,
        "upper": 45.0,
        "signal": "",
        "status": "ok",
    }
    return pd.DataFrame(frame)


def test_signals_are_marked_by_shape_and_told_as_no_claim():
    frame = control()
    frame.loc[7, ["value", "signal"]] = [48.2, "beyond"]
    fig = score_over_time(frame)
    diamonds = [line for line in fig.axes[0].lines if line.get_marker() == "D"]
    assert diamonds[0].get_xdata().tolist() == [7]
    assert "2025-W07" in fig.cemlab_note and "不等于结论" in fig.cemlab_note and "48.2" in printed(fig)


def test_periods_without_a_figure_leave_a_gap():
    frame = control()
    frame.loc[3, "status"] = "not_estimable"
    fig = score_over_time(frame)
    assert np.isnan(fig.axes[0].lines[1].get_ydata()[3]) or any(
        np.isnan(np.asarray(line.get_ydata(), float)).any() for line in fig.axes[0].lines
    )
    assert "1 期样本不足" in fig.cemlab_note


@pytest.mark.parametrize("size", [1, 2, 40])
def test_nothing_overlaps_from_one_to_forty_rows(size):
    names = [f"{place} {NAMES[4] if place % 3 else '男'}" for place in range(size)]
    stage = pd.Series([f"{place // 4} Arrival and check-in 抵店入住" for place in range(size)])
    frame = rows(names, "top_box", "percent")
    assert overlapping(score_dots(frame)) == []
    assert overlapping(touchpoint_chart(frame.assign(stage=stage))) == []
    assert overlapping(score_over_time(rows([f"{2000 + p}" for p in range(size)], by="wave"))) == []


def test_one_wave_and_one_row_are_enough():
    assert "60.0 [56.0, 64.0]" in printed(score_dots(rows(["a"]).assign(estimate=60.0, ci_low=56.0, ci_high=64.0)))
    assert svg(score_over_time(rows(["2017"], by="wave")))


def test_codebook_gives_the_words():
    book = parse_codebook(
        "study: service_touchpoints\nname: s\ntitle: {zh: 研究}\nstages: {arrival: {zh: 到达, en: Arrival}}\ncolumns:\n"
        "  sex: {role: segment, title: {zh: 性别, en: Sex}, options: {'1': {zh: 男, en: Male}, '2': {zh: 女, en: Female}}}\n"
    )
    fig = touchpoint_chart(rows(["1", "2"], by="sex").assign(stage="arrival"), codebook=book, lang="en")
    assert {"Arrival", "Male", "Female"} <= set(printed(fig))


def test_same_frame_gives_the_same_bytes_and_asks_nothing():
    one, two = svg(score_dots(rows())), svg(score_dots(rows()))
    assert one == two
    assert b"<date" not in one and b"dc:" not in one and b"<text" not in one
    assert b'href="http' not in one


def test_alt_text_is_escaped_in_the_page():
    page = figure_html(score_dots(rows()), title="<script>x</script>", alt='"><script>alert(1)</script>')
    assert "<script" not in page and 'alt="&quot;&gt;&lt;script&gt;' in page


def test_block_carries_description_and_note():
    block = show_figure(score_dots(rows()), title="各群体 NPS", note="题目：推荐意愿。")
    assert "男 28.0 [24.0, 32.0]" in block.html and "题目：推荐意愿。 方括号与横线为 95% 置信区间。" in block.html


def test_numbers_in_chinese_count_in_ten_thousands():
    zh, en = Labels(lang="zh"), Labels(lang="en")
    assert [count(n, zh) for n in (999, 12345, 3e8, np.nan)] == ["999", "1.2万", "3亿", "—"]
    assert count(12345, en) == "12,345"


def test_labels_break_by_width_and_lose_nothing_up_to_three_lines():
    assert wrap("短") == "短"
    assert wrap(NAMES[4]).replace("\n", "") == NAMES[4]
    assert wrap("很长" * 40).endswith("…") and wrap("很长" * 40).count("\n") == 2


@pytest.mark.parametrize("chart", [score_dots, distribution_bars])
def test_empty_and_mixed_frames_are_refused(chart):
    with pytest.raises(ValueError, match=f"{chart.__name__}: the frame has no rows"):
        chart(rows().head(0))


def test_two_units_on_one_axis_are_refused():
    with pytest.raises(ValueError, match=r"rows of 2 units \['percent', 'points'\]; one chart has one unit"):
        score_dots(pd.concat([rows(), rows(unit="percent")]))


def test_two_series_and_unknown_changes_are_refused():
    with pytest.raises(ValueError, match="'wave' holds '2016' twice; draw one series at a time"):
        score_over_time(rows(["2016", "2016"], by="wave"), x="wave")
    with pytest.raises(ValueError, match=r"`changes` names \['2019'\]"):
        score_over_time(rows(["2016", "2017"], by="wave"), changes={"2019": "x"})


def test_missing_columns_are_named():
    with pytest.raises(ValueError, match=r"score_dots: no column \['ci_low'\]"):
        score_dots(rows().drop(columns="ci_low"))

"""Tables and cards: one format a unit, words for codes, nothing unescaped, nothing hidden that shows."""

import re

import numpy as np
import pandas as pd
import pytest

from cemlab.codebook import parse_codebook
from cemlab.measure.schema import comparisons, estimates
from cemlab.report.blocks import first_screen, kpi_cards
from cemlab.report.tables import show_table

EVIL = '<img src=x onerror="alert(1)">'
BOOK = parse_codebook(
    "study: service_touchpoints\nname: s\ntitle: {zh: 研究}\nwaves: {'2016': {title: {zh: 2016年}}}\ncolumns:\n"
    "  sex: {role: segment, title: {zh: 性别, en: Sex}, options: {'1': {zh: 男, en: Male}}}\n"
)


def frame(**more):
    one = {"sex": ["(all)", "1", EVIL], "metric": "nps", "item": "q", "unit": "points", "estimate": [39.84, -7.25, 1.0]}
    one |= {"ci_low": [37.1, -12.0, 0.0], "ci_high": [42.6, -2.54, 2.0], "n": [2746, 1300, 4], "n_eff": 9.0}
    return estimates(pd.DataFrame(one | {"level": 0.95, "status": ["ok", "low_base", "hidden"]} | more), "sex")


def cells(block):
    return [line.split("\t") for line in block.plain.splitlines()[1:]]


def test_points_percent_and_means_by_hand():
    assert cells(show_table(frame(), codebook=BOOK)) == [
        ["性别", "结果（分）", "95% 置信区间", "样本量 n", "说明"],
        ["全体", "39.8", "[37.1, 42.6]", "2,746", ""],
        ["男", "-7.2*", "[-12.0, -2.5]", "1,300", "* 样本偏少，仅供参考"],
        [EVIL, "—", "—", "4", "— 为保护隐私，不显示"],
    ]
    assert cells(show_table(frame(unit="percent")))[1][1] == "39.8%"
    assert cells(show_table(frame(unit="mean")))[1][1] == "39.84"
    assert cells(show_table(frame(unit="percent"), lang="en", codebook=BOOK))[0] == [
        "Sex",
        "Result",
        "95% CI",
        "n",
        "Note",
    ]


def test_differences_of_shares_are_percentage_points():
    one = frame(unit="percent").assign(
        difference=[2.5, -1.0, 3.0], difference_low=0.1, difference_high=4.9, n_reference=9
    )
    table = show_table(comparisons(one.assign(reference="2016", p_adjusted=[0.0004, 0.2, 0.5]), "sex"), codebook=BOOK)
    assert "差异（百分点）" in cells(table)[0]
    assert cells(table)[1][3:] == ["2016年", "+2.5", "[0.1, 4.9]", "<0.001", ""]
    assert cells(table)[3][4:7] == ["—", "—", "—"]


def test_everything_is_escaped():
    block = show_table(frame(), title=EVIL, note=EVIL, heads={"n": EVIL})
    assert "<img" not in block.html and block.html.count("&lt;img") == 4
    assert "<img" not in kpi_cards([{"title": EVIL, "value": EVIL, "change": EVIL, "note": EVIL}]).html
    assert "<img" not in first_screen(EVIL, [{"title": "a", "value": "1"}], [EVIL], [EVIL]).html


def test_any_small_frame_can_be_shown():
    one = pd.DataFrame({"name": ["a", None], "day": pd.to_datetime(["2026-10-05", None]), "x": [1234567.0, np.nan]})
    assert cells(show_table(one.assign(yes=[True, False])))[1:] == [
        ["a", "2026年10月5日", "1,234,567", "是"],
        ["—", "—", "—", "否"],
    ]


def test_bold_totals_and_quiet_hidden_rows():
    html = show_table(frame()).html
    assert html.count('<tr class="total">') == 1 and html.count('<tr class="quiet">') == 1


def test_chosen_columns_and_their_error():
    block = show_table(frame(), columns=["sex", "n_eff", "interval"])
    assert cells(block)[0] == ["sex", "有效样本量", "95% 置信区间"]
    with pytest.raises(ValueError, match=r"show_table: no column \['size'\]"):
        show_table(frame(), columns=["size"])


def test_first_screen_leaves_owner_and_date_blank():
    html = first_screen(
        "一句话。", [{"title": "NPS", "value": "39.8 分", "direction": "up", "change": "上升"}], ["发现"], ["建议一"]
    ).html
    assert "责任部门" in html and "期限" in html and html.count("cem-blank") == 2
    assert '<span class="unit">分</span>' in html and "▲" in html


def test_cards_say_what_they_lack():
    with pytest.raises(ValueError, match=r"kpi_cards: card 2 has no \['value'\]"):
        kpi_cards([{"title": "a", "value": "1"}, {"title": "b"}])
    with pytest.raises(ValueError, match="no cards given"):
        kpi_cards([])
    with pytest.raises(ValueError, match="`direction` is 'sideways'"):
        kpi_cards([{"title": "a", "value": "1", "direction": "sideways"}])


def test_figures_made_into_text_stand_to_the_right_and_codes_do_not():
    data = pd.DataFrame(
        {
            "q": ["a", "b"],
            "rate": ["62.0%", "—"],
            "gap": ["+1.5", "-0.3"],
            "year": ["2026", "2017"],
            "said": ["x", "1.0"],
        }
    )
    heads = re.findall(r'<th scope="col"( class="num")?>(\w+)', show_table(data).html)
    assert {name for right, name in heads if right} == {"rate", "gap"}


def test_limits_stay_on_one_line_and_nothing_has_no_sign():
    data = pd.DataFrame({"q": ["a", "b"], "gap": ["-0.00 [-0.10, 0.00]", "1.20 [1.00, 2.00]*"], "n": ["60", "360"]})
    html = show_table(data).html
    assert '<td class="num">0.00 <span class="cem-keep">[-0.10, 0.00]</span></td>' in html
    assert '<td class="num">360</td>' in html  # a base is a figure, though it is digits only
    assert "-0.10" in html and "2026-0" in show_table(pd.DataFrame({"day": ["2026-0"]})).html


def test_a_folded_table_shows_its_title_and_is_whole_in_other_formats():
    from cemlab.report.document_html import pieces, read_html

    block = show_table(pd.DataFrame({"q": ["a"], "v": ["<1>"]}), title="T & t", note="why", folded=True)
    assert "<summary>" in block.html and "<caption>" not in block.html and "&lt;1&gt;" in block.html
    (found,) = pieces(read_html(block.html))
    assert (found["kind"], found["title"], found["note"]) == ("table", "T & t", "why")
    assert [cell["text"] for cell in found["rows"][0]["cells"]] == ["a", "<1>"]

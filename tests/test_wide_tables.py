"""Tables too wide for a page, as several below each other: nothing lost, nothing twice but the first column."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cemlab.report.standing import BESIDE, column_shares, room
from cemlab.report.wide_tables import in_parts, need


def cell(text, **more):
    return {"text": text, "number": text[:1].isdigit(), "span": 1, "down": 1, **more}


def table(heads, rows):
    return {"kind": "table", "title": "会话指标", "note": "注", "number": "表 1", "head": [[cell(t) for t in heads]],
            "rows": [{"cells": [cell(t) for t in row], "kind": ""} for row in rows]}  # fmt: skip


def texts(part):
    return [[c["text"] for c in cells] for cells in (*part["head"], *(row["cells"] for row in part["rows"]))]


def test_a_table_that_fits_stays_as_it_is():
    small = table(["团队", "人数", "得分"], [["一组", "30", "4.1"]])
    assert in_parts(small) == [small] and in_parts(small)[0] is small


def test_seventeen_intervals_are_set_in_parts():
    heads = ["团队", *(f"指标{n}" for n in range(17))]
    rows = [[f"热线服务部{n}组", *["54.0 [47.0, 109.0]*"] * 17] for n in range(3)]
    parts = in_parts(table(heads, rows))
    assert len(parts) == 2 and [len(part["head"][0]) for part in parts] == [10, 9]
    assert [part["title"] for part in parts] == ["会话指标", ""] and [part["note"] for part in parts] == ["", "注"]
    assert [texts(part)[1][0] for part in parts] == ["热线服务部0组"] * 2


def test_cells_that_span_keep_a_table_whole():
    wide = table(["团队", *["123456789012"] * 15], [["一组", *["123456789012"] * 15]])
    assert len(in_parts(wide)) > 1
    wide["head"].insert(0, [cell("", span=1), cell("全部", span=15)])
    assert in_parts(wide) == [wide]


@given(st.lists(st.integers(1, 14), min_size=1, max_size=30), st.integers(0, 3))
@settings(max_examples=60, deadline=None)
def test_each_column_stands_once_and_in_order(widths, short):
    heads = ["单位", *(f"{n}" for n in range(len(widths)))]
    rows = [["甲", *("9" * w for w in widths)], ["乙", *("8" * w for w in widths)][: len(widths) + 1 - short]]
    parts = in_parts(table(heads, rows))
    assert [text for part in parts for text in texts(part)[0][1:]] == heads[1:]
    assert [text for part in parts for text in texts(part)[2][1:]] == rows[1][1:]
    for part in parts:
        assert texts(part)[0][0] == "单位" and texts(part)[1][0] == "甲"
    if len(parts) > 1:
        whole = [[cell(t) for t in heads], *([cell(t) for t in row] for row in rows)]
        assert sum(need(whole, n) + BESIDE for n in range(len(heads))) > room(len(heads))


def test_figures_and_words_keep_their_width_and_texts_take_the_rest():
    """Five columns, more text than a page holds: 2,133 and Unfavourable need 6 and 12 letters and the margins beside."""
    long = "My manager rarely takes an interest in my work, and this goes on for a line"
    wide = table(
        ["Dimension", "Item", "Index", "Unfavourable %", "n"],
        [["Recognition", long, "71.6% [69.6, 73.4]", "10.7%", "2,133"]],
    )
    shares = column_shares(wide["head"], wide["rows"])
    assert sum(shares) == pytest.approx(1)
    letters = [share * room(5) for share in shares]
    assert letters[3] >= 12 + BESIDE - 1e-9 and letters[4] >= 6 + BESIDE - 1e-9 and letters[0] >= 11 + BESIDE - 1e-9
    assert max(letters) == letters[1]


def test_a_long_line_of_a_slide_ends_with_a_sentence_or_a_word():
    from cemlab.report.pptx_writer import shortened

    first = "Everybody counts once, and this sentence is long enough to stand alone on the slide that it is written on, whatever comes after it."
    assert shortened("short") == "short" and shortened(f"{first} {'more ' * 60}") == first
    cut = shortened("word " * 80)
    assert cut.endswith("word…") and len(cut) <= 260
    chinese = shortened("字" * 300)
    assert chinese.endswith("…") and len(chinese) <= 130


def test_limits_stay_whole_where_there_is_room_and_break_before_a_table_is_set_in_two():
    limits = "12.0 [10.1,\u00a014.2]"

    def piece(columns):
        cell = {"text": limits, "number": True, "head": False, "span": 1, "down": 1}
        first = {**cell, "text": "提示前知名（任意提及）", "number": False}
        return {"head": [[{**first, "head": True}, *[{**cell, "text": "x"}] * columns]],
                "rows": [{"cells": [first, *[cell] * columns], "kind": ""}], "title": "", "note": ""}  # fmt: skip

    (few,) = in_parts(piece(4))
    assert few["rows"][0]["cells"][1]["text"] == limits
    (more,) = in_parts(piece(7))
    assert more["rows"][0]["cells"][1]["text"] == "12.0 [10.1, 14.2]"

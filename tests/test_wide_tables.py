"""Tables too wide for a page, as several below each other: nothing lost, nothing twice but the first column."""

from hypothesis import given, settings
from hypothesis import strategies as st

from cemlab.report.wide_tables import BESIDE, in_parts, need, room


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

"""What cells mean: columns by alias, values to codes, times, waves, keys; what is refused and why."""

from datetime import UTC, date, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cemlab.apply import MARKS
from cemlab.checks import DataError
from cemlab.codebook import Column, parse_codebook
from cemlab.collect.codes import as_codes, as_numbers
from cemlab.collect.intake import take
from cemlab.collect.table import Export
from cemlab.collect.times import read_times

KEY = bytes(range(32))
HEAD = """
study: service_touchpoints
name: s
title: 研究
stages: {a: 环节}
"""
FIVE = Column(
    name="q",
    role="outcome",
    scale={"low": 1, "high": 5},
    options={"5": {"zh": "很满意", "en": "Very satisfied", "also": ["5分"]}, "1": {"zh": "很不满意"}},
    missing={"9": "not_applicable", "Blank": "no_answer"},
)


def book(columns, more=""):
    return parse_codebook(HEAD + more + "columns:\n" + "".join(f"  {line}\n" for line in columns))


def export(layout="csv", **columns):
    facts = {name: columns.pop(name) for name in ("multiple", "missing", "wording") if name in columns}
    frame = pl.DataFrame(columns.pop("frame", columns))
    rows = pl.Series("row", range(2, len(frame) + 2), dtype=pl.Int64)
    return Export(frame=frame, layout=layout, row_numbers=rows, file_hash="f" * 64, **facts)


# one cell


@pytest.mark.parametrize(
    "text, number",
    [
        *[
            ("4", 4),
            (" 4 ", 4),
            ("4.0", 4),
            ("４", 4),
            ("很满意", 5),
            ("very satisfied", 5),
            ("5分", 5),
            ("很不满意", 1),
        ],
        *[
            ("9", 9),
            ("11", 11),
            ("Blank", MARKS["no_answer"]),
            ("(跳过)", MARKS["not_asked"]),
            ("（空）", MARKS["no_answer"]),
        ],
        *[("", None), ("   ", None), (None, None)],
    ],
)
def test_cell_of_a_scale(text, number):
    coded = as_numbers(pl.Series(["3", text]), FIVE)
    assert coded.values.to_list() == [3, number]
    assert coded.bad is None


def test_text_that_means_nothing_is_refused_and_shown_only_when_common():
    coded = as_numbers(pl.Series(["4", "还行", "还行", "还行", "我叫张三"]), FIVE)
    assert coded.bad.to_list() == [False, True, True, True, True]
    assert coded.examples == ("还行",)


def test_codes_off_the_scale_are_kept_and_counted():
    coded = as_numbers(pl.Series(["11", "11", "0", "4.5", "9", "5"]), FIVE)
    assert coded.values.to_list() == [11, 11, 0, 4.5, 9, 5]
    assert coded.unknown == {"11": 2, "0": 1, "4.5": 1}


def test_long_numbers_are_counted_and_not_shown():
    assert as_numbers(pl.Series(["13800138000", "7"]), FIVE).unknown == {"…": 1, "7": 1}


def test_marks_of_the_tool_only_where_they_are_no_answers():
    values = pl.Series([-3.0, -2.0, 5.0])
    marks = {-3.0: "not_asked", -2.0: "no_answer"}
    assert as_numbers(values, FIVE, marks).values.to_list() == [MARKS["not_asked"], MARKS["no_answer"], 5]
    both_ways = FIVE.model_copy(update={"scale": FIVE.scale.model_copy(update={"low": -3, "high": 3})})
    assert as_numbers(values, both_ways, marks).values.to_list() == [-3, -2, 5]
    assert as_numbers(values, FIVE).unknown == {"-3": 1, "-2": 1}


@pytest.mark.parametrize("text, number", [("1,234.5", 1234.5), ("-7", -7), ("12%", "refused"), ("1,23", "refused")])
def test_numbers_of_a_measurement(text, number):
    coded = as_numbers(pl.Series([text, "1"]), Column(name="m", role="operational"))
    assert (coded.values[0] if coded.bad is None else "refused") == number


def test_dates_where_numbers_belong_are_refused():
    assert as_numbers(pl.Series([date(2026, 1, 1), None]), FIVE).bad.to_list() == [True, False]


@given(st.lists(st.integers(1, 5), min_size=1))
def test_text_and_numbers_of_one_column_agree(values):
    """What a csv holds as text and a spreadsheet as numbers is the same answer."""
    as_text = as_numbers(pl.Series([str(v) for v in values]), FIVE).values
    as_float = as_numbers(pl.Series([float(v) for v in values]), FIVE).values
    assert as_text.to_list() == as_float.to_list() == values


SINGLE = Column(
    name="g", role="segment", options={"1": {"zh": "男", "en": "Male"}, "2": {"zh": "女"}}, missing={"0": "no_answer"}
)


@pytest.mark.parametrize(
    "value, code",
    [
        *[
            ("男", "1"),
            ("male", "1"),
            ("1", "1"),
            (1, "1"),
            (1.0, "1"),
            ("0", "0"),
            (True, "1"),
            ("其他", "其他"),
            ("(跳过)", "(跳过)"),
        ]
    ],
)
def test_cell_of_a_closed_question(value, code):
    assert as_codes(pl.Series([value]), SINGLE).values.to_list() == [code]


def test_unknown_options_are_counted_and_rare_ones_not_shown():
    coded = as_codes(pl.Series(["其他"] * 3 + ["我叫张三", "男", "7"]), SINGLE)
    assert coded.unknown == {"其他": 3, "…": 1, "7": 1}
    assert as_codes(pl.Series(["随便"]), Column(name="c", role="cluster")).unknown == {}


# times


@pytest.mark.parametrize(
    "text, formats, moment, day",
    [
        ("2026/7/1 9:05:03", (), datetime(2026, 7, 1, 1, 5, 3), date(2026, 7, 1)),
        ("2026-07-01 00:30", (), datetime(2026, 6, 30, 16, 30), date(2026, 7, 1)),
        ("2026-07-01T12:38:43+00:00", (), datetime(2026, 7, 1, 12, 38, 43), date(2026, 7, 1)),
        ("2026-07-01T23:00:00Z", (), datetime(2026, 7, 1, 23), date(2026, 7, 2)),
        ("2026年7月1日", (), None, date(2026, 7, 1)),
        ("07/01/2026 02:00:00 PM", ("%m/%d/%Y %I:%M:%S %p",), datetime(2026, 7, 1, 6), date(2026, 7, 1)),
        ("45000.5", (), datetime(2023, 3, 15, 4), date(2023, 3, 15)),  # a spreadsheet shows 2023-03-15 12:00
        ("45000", (), None, date(2023, 3, 15)),
        ("01/07/2026", (), None, None),  # day or month first: nobody can know
        ("gestern", (), None, None),
        (None, (), None, None),
    ],
)
def test_time_as_tools_write_it(text, formats, moment, day):
    found, days = read_times(pl.Series([text], dtype=pl.String), formats, "Asia/Shanghai")
    assert found.to_list() == [moment.replace(tzinfo=UTC) if moment else None]
    assert days.to_list() == [day]


def test_day_of_the_month_takes_the_month_from_the_wave():
    wave = parse_codebook(HEAD + "waves: {a: {start: 2017-05-02, end: 2017-05-30}}\ncolumns: {q: {role: key}}").waves[
        "a"
    ]
    for values in (pl.Series(["13", "32"]), pl.Series([13.0, 32.0])):
        assert read_times(values, ("%d",), "Asia/Shanghai", wave)[1].to_list() == [date(2017, 5, 13), None]
    longer = wave.model_copy(update={"end": date(2017, 6, 2)})
    assert read_times(pl.Series(["13"]), ("%d",), "Asia/Shanghai", longer)[1].to_list() == [None]


def test_an_hour_that_does_not_exist_is_told_apart():
    """New York skipped 02:30 on 8 March 2026 and had 01:30 twice on 1 November."""
    found, days = read_times(pl.Series(["2026-03-08 02:30:00", "2026-11-01 01:30:00"]), (), "America/New_York")
    assert found.to_list() == [None, datetime(2026, 11, 1, 5, 30, tzinfo=UTC)]
    assert days[1] == date(2026, 11, 1)


# a whole file


def test_columns_by_alias_and_by_another_spelling():
    study = book(
        ["n: {role: nps, aliases: [推荐], scale: {low: 0, high: 10}}", "g: {role: segment, aliases: [Ｇｅｎｄｅｒ]}"]
    )
    found = take(export(frame={"推荐": ["9"], "gender ": ["x"], "rest": ["1"]}), study, KEY)
    assert found.answers.select("n", "g").rows() == [(9.0, "x")]
    assert found.left_out == ["rest"]
    assert found.decisions == [{"zh": "'gender ' 视为 'g'", "en": "'gender ' taken as 'g'"}]


def test_two_columns_for_one_and_none_at_all():
    study = book(["n: {role: nps, aliases: [a, b], scale: {low: 0, high: 10}}"])
    with pytest.raises(DataError, match=r"2 columns for 'n' of the codebook: \['a', 'b'\]. Keep one"):
        take(export(a=["9"], b=["8"]), study, KEY, name="x.csv")
    with pytest.raises(DataError, match="'x.csv' has none of the 1 columns of codebook 's'. Is it the right codebook"):
        take(export(c=["9"]), study, KEY, name="x.csv")


def test_refused_rows_say_why_and_where():
    study = book(
        ["id: {role: key}", "ok: {role: consent, granted: [同意]}", "q: {role: outcome, scale: {low: 1, high: 5}}"]
    )
    frame = {"id": ["a", "b", None, "d"], "ok": ["同意", "不同意", "同意", "同意"], "q": ["5", "好", "4", "好"]}
    found = take(export(frame=frame), study, KEY)
    assert found.answers["_key"].to_list() == ["all/a"]
    told = {(r.kind, r.column): (r.rows, r.where) for r in found.refused}
    assert told == {("consent", "ok"): (1, (3,)), ("text", "q"): (1, (5,)), ("key", "id"): (1, (4,))}
    assert "好" not in str(found.refused) and "好" not in found.refused[1].sentence("zh")


def test_without_the_consent_column_nothing_is_stored():
    study = book(["ok: {role: consent, granted: [1]}", "q: {role: outcome, scale: {low: 1, high: 5}}"])
    found = take(export(q=["5", "4"]), study, KEY)
    assert len(found.answers) == 0 and found.refused[0].rows == 2


def test_identifiers_do_not_come_through():
    study = book(["p: {role: person}", "ip: {role: identifier}", "q: {role: outcome, scale: {low: 1, high: 5}}"])
    found = take(export(p=["13800138000", None], ip=["198.51.100.7"] * 2, q=["5", "4"]), study, KEY)
    text = found.answers.write_csv()
    assert "13800138000" not in text and "198.51.100" not in text
    assert found.answers["_person"].null_count() == 1
    assert "ip" not in found.answers.columns and "p" not in found.answers.columns


@pytest.mark.parametrize("layout", ["wenjuanxing_text", "wenjuanxing_numeric", "csv"])
def test_multi_answers_of_every_layout(layout):
    study = book(["h: {role: segment, type: multiple, aliases: [第6题], options: {s: 运动, m: 音乐, z: 其他}}"])
    data = {"第6题(运动)": [1.0, 0.0, -3.0, -2.0], "第6题(音乐)": [0.0, 1.0, -3.0, -2.0]}
    multiple = {} if layout == "csv" else {"第6题": {"运动": "第6题(运动)", "音乐": "第6题(音乐)"}}
    missing = {} if layout == "csv" else {name: {"-3": "not_asked", "-2": "no_answer"} for name in data}
    found = take(export(layout, frame=data, multiple=multiple, missing=missing), study, KEY)
    skipped, blank = (-3.0, -2.0) if layout == "csv" else (MARKS["not_asked"], MARKS["no_answer"])
    assert found.answers["h__s"].to_list() == [1, 0, skipped, blank]
    assert found.answers["h__m"].to_list() == [0, 1, skipped, blank]
    if layout == "wenjuanxing_text":  # nobody chose 其他, so that the tool wrote no column for it
        assert found.answers["h__z"].to_list() == [0, 0, skipped, blank]
    else:
        assert "h__z" not in found.answers.columns and "h__z" in found.absent


def test_multi_answers_joined_in_one_cell():
    study = book(["h: {role: segment, type: multiple, aliases: [爱好], options: {s: 运动, m: 音乐, z: 其他}}"])
    cells = ["运动┋其他〖下棋〗", "音乐", "(跳过)", None, "飞行┋运动"]
    found = take(export("wenjuanxing_text", 爱好=cells), study, KEY)
    assert found.answers["h__s"].to_list() == [1, 0, MARKS["not_asked"], None, 1]
    assert found.answers["h__z"].to_list() == [1, 0, MARKS["not_asked"], None, 0]
    assert found.unknown == {"h": {"…": 1}}
    assert "下棋" not in found.answers.write_csv()


def test_chosen_options_beside_empty_cells():
    """Some tools write the chosen options only; a row without any cannot be told from a question not seen."""
    study = book(
        ["h: {role: segment, type: multiple, options: {s: {zh: 运动, also: [q1]}, m: {zh: 音乐, also: [q2]}}}"]
    )
    found = take(export(q1=["运动", None, None], q2=[None, "1", None]), study, KEY)
    assert found.answers.select("h__s", "h__m").rows() == [(1, 0), (0, 1), (None, None)]


WAVES = "waves: {w1: {start: 2026-01-01, end: 2026-03-31}, w2: {start: 2026-04-01, end: 2026-06-30}}\n"


def test_wave_by_argument_column_and_date():
    rating = "q: {role: outcome, scale: {low: 1, high: 5}}"
    dated = book([rating, "t: {role: time}"], WAVES)
    frame = {"q": ["5", "4", "3"], "t": ["2026-02-01", "2026-05-01", "2026-07-01"]}
    found = take(export(frame=frame), dated, KEY)
    assert found.answers["_wave"].to_list() == ["w1", "w2"] and found.wave == "w1, w2"
    assert [(r.kind, r.rows, r.where) for r in found.refused] == [("wave", 1, (4,))]
    assert take(export(frame=frame), dated, KEY, wave="w2").answers["_wave"].to_list() == ["w2"] * 3
    named = book([rating, "r: {role: wave, aliases: [期], options: {w1: 第一期}}"], WAVES)
    found = take(export(frame={"q": ["5", "4", "3"], "期": ["第一期", "w2", "w3"]}), named, KEY)
    assert found.answers["_wave"].to_list() == ["w1", "w2"]


def test_wave_that_cannot_be_known():
    rating = "q: {role: outcome, scale: {low: 1, high: 5}}"
    with pytest.raises(DataError, match=r"does not say which wave its 1 answers belong to.*one of \['w1', 'w2'\]"):
        take(export(q=["5"]), book([rating], WAVES), KEY)
    with pytest.raises(ValueError, match=r"no wave 'w3'\. It has \['w1', 'w2'\]"):
        take(export(q=["5"]), book([rating], WAVES), KEY, wave="w3")
    with pytest.raises(DataError, match="none of the 1 answers of 'x.csv' falls into a wave"):
        take(export(q=["5"], t=["2030-01-01"]), book([rating, "t: {role: time}"], WAVES), KEY, name="x.csv")


def test_times_that_cannot_be_read_are_told():
    study = book(["q: {role: outcome, scale: {low: 1, high: 5}}", "t: {role: time}"])
    found = take(export(q=["5", "4"], t=["01/02/2026", None]), study, KEY)
    assert len(found.answers) == 2 and found.answers["_at"].null_count() == 2
    assert "1 times could not be read" in found.decisions[0]["en"] and "formats" in found.decisions[0]["zh"]


def test_keys_by_hand():
    rating = "q: {role: outcome, scale: {low: 1, high: 5}}"
    two = book([rating, "a: {role: key}", "b: {role: key}"], WAVES)
    found = take(export(q=["5", "4"], a=["1", "1/2"], b=["2/3", "3"]), two, KEY, wave="w1")
    assert found.answers["_key"].to_list() == ["w1/1/2%2F3", "w1/1%2F2/3"]
    nothing = take(export(q=["5", "5"]), book([rating]), KEY)
    assert nothing.answers["_key"].to_list() == ["row:" + "f" * 16 + ":2", "row:" + "f" * 16 + ":3"]
    tool = take(export("qualtrics", q=["5"], ResponseId=["R_1"]), book([rating]), KEY)
    assert tool.answers["_key"].to_list() == ["id/R_1"]
    with pytest.raises(DataError, match="key column 'a' of codebook 's' is not in the file"):
        take(export(q=["5"], b=["1"]), two, KEY, wave="w1")


def test_marks_and_blanks_are_no_comments():
    study = book(["c: {role: comment}", "q: {role: outcome, scale: {low: 1, high: 5}}"])
    found = take(export(c=["(空)", "(跳过)", " ", "很好 "], q=["5"] * 4), study, KEY)
    assert found.answers["c"].to_list() == [None, None, None, "很好"]


def test_column_of_another_wave_is_stored_and_not_counted_as_unknown():
    study = book(
        ["q: {role: outcome, scale: {low: 1, high: 5}}", "g: {role: segment, waves: [w2], options: {1: 男}}"], WAVES
    )
    found = take(export(q=["5"], g=["7"]), study, KEY, wave="w1")
    assert found.unknown == {} and "not asked in wave w1" in found.decisions[-1]["en"]
    assert take(export(q=["5"], g=["7"]), study, KEY, wave="w2").unknown == {"g": {"7": 1}}

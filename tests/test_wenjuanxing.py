"""问卷星: both layouts give the same columns and the same answers."""

import exports_made as made
import polars as pl
import pytest

from cemlab.collect import read_export
from cemlab.collect.choices import seems_choices, split_choices


@pytest.fixture(params=["xlsx", "csv"])
def twins(request, tmp_path):
    """The planted survey in both layouts, as a workbook or as text in GB18030."""
    read = {}
    for layout in ("text", "numeric"):
        header, rows = made.wenjuanxing(layout)
        path = tmp_path / f"{layout}.{request.param}"
        if request.param == "xlsx":
            made.workbook(path, header, rows, title="满意度调查" if layout == "text" else None)
        else:
            path.write_bytes(made.text(header, rows).encode("gb18030"))
        read[layout] = read_export(path)
    return read["text"], read["numeric"]


# by hand


def test_both_layouts_are_recognised(twins):
    assert [export.layout for export in twins] == ["wenjuanxing_text", "wenjuanxing_numeric"]


def test_several_answers_skipped_and_blank(twins):
    want = {
        "第3题(运动)": [1, 0, -3, -2, 1, 1],
        "第3题(阅读)": [0, 0, -3, -2, 1, 1],
        "第3题(影视)": [1, 0, -3, -2, 0, 1],
        "第3题(其他)": [0, 1, -3, -2, 0, 0],
    }
    for export in twins:
        assert {c: export.frame[c].to_list() for c in want} == want
        assert set(export.multiple) == {"第3题"}
        assert export.multiple["第3题"] == {option: f"第3题({option})" for option in export.multiple["第3题"]}
        assert set(export.multiple["第3题"]) == set(made.OPTIONS)
        assert export.missing["第3题(运动)"] == {"-2": "no_answer", "-3": "not_asked"}
        assert export.frame["第3题(其他)__text"].to_list() == [None, "钓鱼┋露营", None, None, None, None]
        assert all(export.frame[c].dtype == pl.Float64 for c in want)


def test_matrix_rows_keep_brackets_within_their_name(twins):
    text, numeric = twins
    assert numeric.frame["第4题(服务态度)"].to_list() == [5, 3, -3, 1, 5, 4]
    assert numeric.frame["第4题(等候时间(分钟))"].to_list() == [4, 2, -3, 1, 5, 4]
    assert list(map(str, text.frame["第4题(服务态度)"])) == ["5", "3", "(跳过)", "1", "5", "4"]
    assert text.missing["第4题(服务态度)"] == {"(跳过)": "not_asked"}
    assert text.wording["第4题(等候时间(分钟))"] == "请评价 - 等候时间(分钟)"


def test_ranking_gives_places(twins):
    for export in twins:
        assert export.frame["第5题(价格)"].to_list() == [2, 1, -3, -2, 2, 2]
        assert export.frame["第5题(质量)"].to_list() == [1, 2, -3, -2, 1, 3]
        assert export.frame["第5题(服务)"].to_list() == [3, -2, -3, -2, -2, 1]


def test_single_answers_keep_their_marks_and_typed_words_move_out(twins):
    text, numeric = twins
    assert text.frame["2、地区"].to_list() == ["城区", "其他", "郊区", "(空)", "城区", "郊区"]
    assert list(map(int, numeric.frame["2、地区"])) == [1, 3, 2, -2, 1, 2]
    assert text.missing["2、地区"] == {"(空)": "no_answer"} and numeric.missing["2、地区"] == {"-2": "no_answer"}
    for export in twins:
        assert export.frame["2、地区__text"].to_list() == [None, "郊县", None, None, None, None]
        assert export.frame["6、建议"].to_list() == ["等太久", "(空)", "(跳过)", "很好 → 会再来", "不错", "还行"]


def test_blanks_of_one_question_stay_text_and_make_no_columns(twins):
    for export in twins:
        assert export.frame["7、两个空"].to_list() == ["甲┋一", "乙┋二", "丙┋三", "丁┋四", "戊┋五", "己┋六"]
        assert not [c for c in export.frame.columns if c.startswith("第7题")]


def test_what_the_tool_knows_about_an_answer(twins):
    for export in twins:
        assert export.frame["所用时间"].to_list() == [123, 123, 3605, 59, 60, 8]
        assert export.frame["来自IP"][0] == "10.0.0.1"
        assert export.frame["来自IP__place"][0] == "上海-上海"
        assert export.frame["提交答卷时间"][0] == "2024/5/1 9:01:30"
        assert list(map(int, export.frame["总分"])) == [10, 20, 30, 40, 50, 60]
        assert not export.missing.get("来自IP")


def test_both_layouts_have_the_same_columns(twins):
    text, numeric = twins
    assert set(text.frame.columns) == set(numeric.frame.columns)


def test_other_spellings_of_headings(tmp_path):
    header = ["序号", "所用时间", "1(速度)", "1(态度)", "2、评价—环境", "2、评价—价格"]
    path = made.workbook(tmp_path / "a.xlsx", header, [[1, "3秒", 5, 4, 3, 2], [2, "4秒", 1, 1, 1, 1]])
    assert read_export(path).frame.columns[2:] == ["第1题(速度)", "第1题(态度)", "第2题(环境)", "第2题(价格)"]


# against real exports and the counts published with them

KNOWN = {"美食": 492, "运动": 479, "旅游": 478, "影视": 461, "阅读": 436, "购物": 425, "音乐": 294}


@pytest.fixture(scope="module")
def real(shared):
    """Both layouts of one real survey of 800 people."""
    return [read_export(shared / f"data/exports/wjx_800_{layout}.xls") for layout in ("text", "numeric")]


def test_real_survey_counts(real):
    """Counts as documented for the files; words of the text twin give the numbers of single answers their labels."""
    text, numeric = real
    for export in real:
        assert {option: int(export.frame[f"第6题({option})"].sum()) for option in KNOWN} == KNOWN
    labels = {}
    for column in ("3、性别", "2、手机价格", "4、年龄"):
        pairs = pl.DataFrame({"code": numeric.frame[column], "label": text.frame[column]}).unique()
        labels[column] = dict(pairs.rows())
        assert len(labels[column]) == pairs.height  # one label a code, over all 800 people
    sex = numeric.frame["3、性别"].replace_strict(labels["3、性别"]).value_counts()
    assert dict(sex.rows()) == {"男": 427, "女": 373}
    for price in (text.frame["2、手机价格"], numeric.frame["2、手机价格"].replace_strict(labels["2、手机价格"])):
        assert (price == "3500元及以上").sum() == 246


def test_real_survey_answers_agree_person_by_person(real):
    text, numeric = real
    assert text.multiple == numeric.multiple
    for columns in text.multiple.values():
        assert text.frame.select(columns.values()).equals(numeric.frame.select(columns.values()))
    assert list(text.multiple["第6题"]) == list(numeric.multiple["第6题"])  # the questionnaire's order of options


# laws


def test_an_option_within_another_and_the_order_given():
    columns, names = split_choices(pl.Series(["茶┋奶茶", "奶茶", None, ""]), "第1题", options=["奶茶", "茶", "水"])
    assert list(names) == ["奶茶", "茶", "水"]
    assert [c.to_list() for c in columns] == [[1, 1, None, 0], [1, 0, None, 0], [0, 0, None, 0]]


def test_choices_are_told_from_blanks():
    names = pl.Series([f"人{i}┋电话{i}" for i in range(40)])
    assert not seems_choices(names, "┋")
    assert not seems_choices(
        pl.Series(["甲┋一", "乙┋二"] * 20), "┋"
    )  # first and second place share nothing: two blanks
    assert not seems_choices(pl.Series(["3┋3", "2┋3"] * 20), "┋")  # the same piece twice in one answer: two numbers
    assert seems_choices(pl.Series(["茶┋水", "水", "茶┋酒"] * 20), "┋")

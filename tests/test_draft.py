"""draft_codebook: what it takes over, what it guesses, and that no respondent's words get into it."""

import exports_made as made
import pytest

from cemlab.checks import DataError
from cemlab.codebook import load_codebook, parse_codebook
from cemlab.collect import draft, draft_codebook, read_export
from cemlab.measure.schema import COMPARISONS, ESTIMATES


def drafted(path, **options):
    """The draft, read back by the codebook's own reader; and its text."""
    text = draft_codebook(path, **options)
    return parse_codebook(text, "draft"), text


def survey(n=60):
    """A made survey: header and rows, every column with one role that a person would see at once."""
    header = [
        "答卷编号", "提交时间", "手机号", "您的昵称", "您有多大可能向朋友推荐我们", "总体满意度评分", "服务态度满意度", "排队轻松程度(容易)",
        "性别", "权重", "等候时长", "您的建议", "城市",
    ]  # fmt: skip
    rows = []
    for i in range(n):
        rows.append([
            f"R{i:04}", f"2024/05/{i % 28 + 1:02} 10:00:{i % 60:02}", f"138{i:08}", f"昵称{i}", str(i % 11), str(i % 5 + 1), str(i % 5 + 1),
            str(i % 7 + 1), "男女"[i % 2], f"{0.5 + i / n:.3f}", f"{i * 1.5:.1f}", f"第{i}位顾客写下的很长的一句心里话", "绝密小城" if i == 0 else "上海",
        ])  # fmt: skip
    return header, rows


@pytest.fixture
def path(tmp_path):
    """The made survey as a csv file."""
    file = tmp_path / "店铺 2024.csv"
    file.write_text(made.text(*survey()), encoding="utf-8")
    return file


# by hand


def test_roles_of_a_plain_survey(path):
    book, _ = drafted(path, name="shops")
    assert {column.aliases[0]: column.role for column in book.columns.values()} == {
        "答卷编号": "key",
        "提交时间": "time",
        "手机号": "identifier",
        "您的昵称": "identifier",
        "您有多大可能向朋友推荐我们": "nps",
        "总体满意度评分": "outcome",
        "服务态度满意度": "touchpoint",
        "排队轻松程度(容易)": "effort",
        "性别": "segment",
        "权重": "weight",
        "等候时长": "operational",
        "您的建议": "comment",
        "城市": "segment",
    }
    assert book.name == "shops"
    assert book.only("time").formats == ("%Y/%m/%d %H:%M:%S",)
    touchpoint = book.of_role("touchpoint")[0]
    assert (touchpoint.scale.low, touchpoint.scale.high, touchpoint.stage) == (1, 5, "stage_1")
    assert set(book.columns["性别"].options) == {"男", "女"}


def test_every_guess_is_marked_and_listed(path):
    book, text = drafted(path)
    head, _, body = text.partition("\ncolumns:\n")
    for name, column in book.columns.items():
        line = next(line for line in body.splitlines() if line.startswith(f"  {name}: "))
        assert "# guess" in line
        assert f"#   {name}: {column.role}" in head


def test_no_words_of_respondents_in_the_draft(path):
    _, text = drafted(path)
    for words in ("心里话", "昵称3", "1380000", "R0001", "绝密小城"):
        assert words not in text
    assert "上海" not in text  # a question with an answer given by fewer than 3 people lists none


def test_recommend_on_another_scale_is_no_nps(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text(made.text(["推荐意愿", "NPS打分"], [[i % 5 + 1, i % 10 + 1] for i in range(50)]), encoding="utf-8")
    book, _ = drafted(file)
    assert [(c.role, c.scale.low, c.scale.high) for c in book.columns.values()] == [
        ("outcome", 1, 5),
        ("outcome", 1, 10),
    ]


def test_spss_labels_are_taken_over_and_direction_guessed(tmp_path):
    import pandas as pd
    import pyreadstat

    words = {1.0: "非常满意", 2.0: "满意", 3.0: "一般", 4.0: "不满意", 5.0: "非常不满意", 9.0: "不清楚"}
    frame = pd.DataFrame({"q1": [1.0, 2, 3, 4, 5, 9] * 5, "q2": [1.0, 2.0] * 15})
    pyreadstat.write_sav(
        frame,
        tmp_path / "a.sav",
        column_labels={"q1": "对网点服务的满意度", "q2": "性别"},
        variable_value_labels={"q1": words, "q2": {1.0: "男", 2.0: "女"}},
    )
    book, text = drafted(tmp_path / "a.sav")
    rating = book.columns["q1"]
    assert (rating.role, rating.scale.low, rating.scale.high, rating.scale.reverse) == ("touchpoint", 1, 5, True)
    assert rating.missing == {"9": "no_answer"} and rating.title("zh") == "对网点服务的满意度"
    assert book.option_label("q1", 1) == "非常满意" and book.option_label("q2", 2) == "女"
    assert "# guess" not in next(line for line in text.splitlines() if line.startswith("  q2:"))  # a fact, not a guess


def test_wenjuanxing_both_layouts(tmp_path):
    for layout in ("text", "numeric"):
        header, rows = made.wenjuanxing(layout)
        rows = [[number, *row[1:]] for number, row in enumerate(rows * 4, start=1)]
        book, text = drafted(made.workbook(tmp_path / f"{layout}.xlsx", header, rows))
        several = [c for c in book.columns.values() if c.type == "multiple"]
        assert [{o.zh for o in c.options.values()} for c in several] == [set(made.OPTIONS)]
        assert several[0].missing == {"-3": "not_asked", "-2": "no_answer"} and "第3题" in several[0].aliases
        roles = {alias: c.role for c in book.columns.values() for alias in c.aliases}
        assert roles["序号"] == "key" and roles["来自IP"] == "identifier" and roles["提交答卷时间"] == "time"
        assert roles["第4题(服务态度)"] == "touchpoint"
        assert roles["所用时间"] == "operational" and "person" not in roles.values()
        assert "钓鱼" not in text and "10.0.0" not in text


# against real exports


@pytest.mark.parametrize(
    "file",
    [
        "service/sfo_customer_survey_2016.csv",
        "service/sfo_customer_survey_2017.csv",
        "service/Mobiles_feedback_4_weeks.sav",
        "service/bank_tidied.sav",
        "brand/Burger_Brand_Tracking_Dec_2017.sav",
        "brand/RD34_Data_4.sav",
        "exports/wjx_800_text.xls",
        "exports/wjx_800_numeric.xls",
        "exports/zh_word_importance.sav",
        "exports/qualtrics_sample.csv",
        "exports/qualtrics_sample_legacy.csv",
        "exports/google_forms_starbucks.csv",
        "text_zh/asap_train_sample.csv",
    ],
)
def test_drafts_of_real_files_load(shared, tmp_path, file):
    path = tmp_path / "draft.yml"
    path.write_text(draft_codebook(shared / "data" / file), encoding="utf-8")
    book = load_codebook(path)
    names = set(read_export(shared / "data" / file).frame.columns)
    for column in book.columns.values():
        assert column.type == "multiple" or set(column.aliases) <= names


def test_what_is_known_of_real_files(shared):
    data = shared / "data"
    sfo, _ = drafted(data / "service/sfo_customer_survey_2017.csv")
    assert sfo.only("nps").aliases == ("NETPRO",) and sfo.only("nps").missing == {"11": "no_answer"}
    assert sfo.only("weight").aliases == ("WEIGHT",)
    art = sfo.columns["q7art"]
    assert (art.role, art.scale.low, art.scale.high) == ("touchpoint", 1, 5)
    assert art.missing == {"0": "no_answer", "6": "not_applicable"}
    mobiles, text = drafted(data / "service/Mobiles_feedback_4_weeks.sav")
    assert mobiles.only("nps").aliases == ("Q8",)
    assert [len(mobiles.of_role(r)) for r in ("touchpoint", "effort", "comment")] == [3, 6, 2]
    bank, _ = drafted(data / "service/bank_tidied.sav")
    assert bank.only("person").aliases == ("ID",)  # its ids repeat
    assert len(bank.of_role("touchpoint")) == 6
    answers = read_export(data / "service/Mobiles_feedback_4_weeks.sav").frame["Q9"].drop_nulls()
    assert not [answer for answer in answers if len(answer) > 12 and answer in text]


# empty, and error wording


def test_names_of_result_columns_are_not_taken(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text(
        "method,level,n\n" + "".join(f"{'ab'[i % 2]},{i % 3},x{i % 2}\n" for i in range(60)), encoding="utf-8"
    )
    book, text = drafted(file)
    assert list(book.columns) == ["method_2", "level_2", "n_2"]
    assert draft.RESULT_COLUMNS == {*ESTIMATES, *COMPARISONS}
    assert "no question rates the whole" in text


def test_errors(tmp_path, path):
    (tmp_path / "empty.csv").write_bytes(b"")
    with pytest.raises(DataError, match="is empty"):
        draft_codebook(tmp_path / "empty.csv")
    with pytest.raises(ValueError, match=r"`name` is '店铺'; use small letters"):
        draft_codebook(path, name="店铺")


def test_a_table_name_is_made_from_the_file(path):
    assert drafted(path)[0].name == "study_2024"

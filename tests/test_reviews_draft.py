"""Drafts of codebooks for files of reviews: recognised by hand, surveys left alone, labels told by the words of the texts."""

import exports_made as made
import polars as pl
import pytest

from cemlab.codebook import parse_codebook
from cemlab.collect import draft_codebook
from cemlab.collect.reviews import field_of, label_names

GOOD = ["酒店房间干净，服务很好，下次入住还来", "前台热情，房间不错，早餐也喜欢"]
BAD = ["房间太差，前台态度糟糕，让人失望", "酒店早餐难吃，入住体验很差"]


def drafted(tmp_path, header, rows):
    """The draft of a made file, read back; and its text."""
    file = tmp_path / "reviews.csv"
    file.write_text(made.text(header, rows), encoding="utf-8")
    text = draft_codebook(file)
    return parse_codebook(text, "draft"), text


def texts(n=60):
    """Reviews and their label, each text once."""
    return [((GOOD if i % 2 else BAD)[i % 4 // 2] + f"，第{i}次", i % 2) for i in range(n)]


def test_label_and_review_are_a_file_of_reviews(tmp_path):
    book, text = drafted(tmp_path, ["label", "review"], [[label, words] for words, label in texts()])
    assert (book.study, book.lexicon) == ("word_of_mouth", "hotel")
    assert {name: column.role for name, column in book.columns.items()} == {
        "label_given": "question",
        "review": "comment",
    }
    assert book.label("label_given", "zh") == "原有标签" and "rates the whole" not in text
    assert {code: one.zh for code, one in book.columns["label_given"].options.items()} == {"1": "好评", "0": "差评"}


def test_all_columns_of_a_listening_tool(tmp_path):
    header = ["评论编号", "评论时间", "用户名", "星级", "平台", "评论内容", "链接", "food#taste"]
    rows = [
        [f"R{i}", f"2026/5/{i % 28 + 1} 10:00:00", f"住客{i}", i % 5 + 1, "甲乙丙"[i % 3], words, f"https://x.test/{i}", i % 4 - 2]
        for i, (words, _) in enumerate(texts(90))
    ]  # fmt: skip
    book, _ = drafted(tmp_path, header, rows)
    roles = {column.aliases[0]: column.role for column in book.columns.values()}
    assert roles == {
        "平台": "segment", "评论编号": "key", "评论时间": "time", "用户名": "person", "星级": "outcome", "评论内容": "comment",
    }  # fmt: skip
    assert next(iter(book.columns)) == "平台"  # sources are compared first
    assert (book.columns["星级"].scale.low, book.columns["星级"].scale.high) == (1, 5)


@pytest.mark.parametrize(
    "header",
    [
        ["您有多大可能向朋友推荐我们", "评论内容"],  # asks NPS
        ["总体满意度评分", "服务满意度评分", "评论内容"],  # two ratings
        ["星级", "您的建议"],  # a question
    ],
)
def test_a_survey_stays_a_survey(tmp_path, header):
    rows = [
        [*[str(i % 11 if "推荐" in h else i % 5 + 1) for h in header[:-1]], words]
        for i, (words, _) in enumerate(texts(66))
    ]
    book, _ = drafted(tmp_path, header, rows)
    assert book.study == "service_touchpoints"


def test_an_open_question_few_answer_is_no_review(tmp_path):
    rows = [[i % 2, words if i % 3 == 0 else ""] for i, (words, _) in enumerate(texts())]
    assert drafted(tmp_path, ["性别", "评论"], rows)[0].study == "service_touchpoints"


def test_codes_are_named_only_where_the_words_bear_it_out():
    words, labels = (pl.Series(list(part)) for part in zip(*texts(), strict=True))
    ones = labels.cast(pl.Float64)
    assert label_names(ones, words)["1"] == {"zh": "好评", "en": "praise"}
    assert label_names(1 - ones, words) == {"1": "1", "0": "0"}


def test_the_field_is_told_by_its_words_or_not_at_all():
    assert field_of(pl.Series(GOOD + BAD)) == "hotel"
    assert field_of(pl.Series(["物流很快，包装好", "快递慢，质量差"])) == "shop"
    assert field_of(pl.Series(["今天天气不错", "说不上来"])) == "" and field_of(pl.Series([], dtype=pl.String)) == ""

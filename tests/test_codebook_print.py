"""The codebook print: counts, reasons, violations; rare texts unseen."""

import polars as pl
import pytest

from cemlab.apply import apply_codebook
from cemlab.codebook import parse_codebook
from cemlab.report.codebook_print import codebook_lines, profile_codebook

BOOK = parse_codebook("""
study: brand_health
name: print
title: {zh: 首看, en: First look}
columns:
  sex: {role: segment, title: {zh: 性别, en: Sex}, wording: {zh: 您的性别？}, options: {1: {zh: 男}, 2: {zh: 女}}, missing: {9: no_answer}}
  rate: {role: outcome, title: {zh: 满意, en: Satisfied}, scale: {low: 1, high: 3}}
  hobby: {role: question, type: multiple, title: {zh: 爱好}, options: {a: {zh: 甲}, none: {zh: 都没有}}, exclusive: [none]}
  spend: {role: operational, title: {zh: 消费}}
  why_not: {role: question, title: {zh: 原因}, options: {x: {zh: 贵}}, asked_if: {rate: [1]}}
  gone: {role: question, title: {zh: 缺}}
""")
N = None


@pytest.fixture
def data():
    system = ("_key", "_person", "_wave", "_file", "_batch", "_at", "_date", "_replicate")
    rows = {
        "sex": ["1", "1", "2", "9", "张三的话", N],
        "rate": [1.0, 2, 3, 3, 7, N],
        "hobby__a": [1.0, 1, 0, 0, 0, N],
        "hobby__none": [1.0, 0, 1, 1, 1, N],
        "spend": [10.0, 20, 30, N, N, N],
        "why_not": ["x", "x", N, N, N, N],
    }
    return apply_codebook(pl.LazyFrame({name: [N] * 6 for name in system} | rows), BOOK)


def test_counts_by_hand(data):
    found, _ = profile_codebook(data, BOOK)
    n = found.set_index(["question", "code"])["n"].to_dict()
    assert (n["sex", "1"], n["sex", "2"], n["sex", "no_answer"], n["sex", "rare"]) == (2, 1, 2, 1)
    assert (n["rate", "3"], n["rate", "7"], n["rate", "no_answer"]) == (2, 1, 1)
    assert n["hobby__a", "1"] == 2 and n["hobby__none", "1"] == 4
    spend = found[(found["question"] == "spend") & (found["code"] == "range")].iloc[0]
    assert (spend["low"], spend["mean"], spend["high"], spend["n"]) == (10, 20, 30, 3)
    assert n["gone", "not_asked"] == 6  # no file held it
    shares = found[found["question"] == "rate"].set_index("code")["share"]
    assert shares["3"] == pytest.approx(40)


def test_violations_by_hand(data):
    _, wrong = profile_codebook(data, BOOK)
    told = set(wrong.itertuples(index=False, name=None))
    assert ("rate", "off", "7", 1) in told
    assert ("hobby", "both", "none", 1) in told
    assert ("why_not", "routed", "rate", 1) in told  # answered though rated 2
    assert ("sex", "off", "…", 1) in told


def test_a_column_that_is_not_there_is_told(data):
    _, wrong = profile_codebook(data.drop("spend", "spend__why"), BOOK)
    assert ("spend", "absent", "", 0) in set(wrong.itertuples(index=False, name=None))


def test_words_of_one_person_are_never_printed(data):
    text = "\n".join(codebook_lines(data, BOOK))
    assert "张三" not in text and "您的性别？" in text and "1 男  2  50.0%" in text


def test_both_languages_and_a_choice_of_questions(data):
    text = "\n".join(codebook_lines(data, BOOK, lang="en", questions="rate"))
    assert "Satisfied" in text and "Sex" not in text and "off the scale" in text

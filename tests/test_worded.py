"""Ratings in words: put in order, filled in by symmetry, and left alone when they are no ratings."""

import pytest

from cemlab.collect.worded import guess_worded, place

SATISFIED = ["一般", "不满意", "很不满意", "很满意", "满意"]


def options(answers, said="评价", missing=None):
    guess = guess_worded(answers, said, missing or {})
    return guess and dict(guess.fields["options"])


def test_five_points_in_order():
    assert options(SATISFIED) == {"1": "很不满意", "2": "不满意", "3": "一般", "4": "满意", "5": "很满意"}


@pytest.mark.parametrize(
    "answers, last",
    [
        (["非常不同意", "不同意", "一般", "同意", "非常同意"], "非常同意"),
        (["很费力", "比较费力", "一般", "比较省力", "很省力"], "很省力"),
        (["非常满意", "比较满意", "一般", "不太满意", "非常不满意"], "非常满意"),
        (["Very dissatisfied", "Somewhat dissatisfied", "Neither satisfied nor dissatisfied", "Somewhat satisfied", "Very satisfied"], "Very satisfied"),
    ],
)  # fmt: skip
def test_other_wordings(answers, last):
    found = options(sorted(answers))
    assert len(found) == 5
    assert found["5"] == last
    assert found["3"] in answers


def test_a_wording_nobody_chose_keeps_its_place():
    guess = guess_worded(["一般", "不满意", "满意", "很满意"], "早餐", {})
    assert guess.fields["scale"] == {"low": 1, "high": 5}
    assert guess.fields["options"] == {"2": "不满意", "3": "一般", "4": "满意", "5": "很满意"}


def test_what_does_not_apply_is_not_on_the_scale():
    guess = guess_worded([*SATISFIED, "未使用", "说不清"], "早餐", {"(空)": "no_answer"})
    assert guess.fields["scale"]["high"] == 5
    assert guess.fields["missing"] == {"(空)": "no_answer", "9": "not_applicable", "8": "no_answer"}


@pytest.mark.parametrize(
    "answers",
    [
        ["男", "女"],
        ["一线城市", "二线城市", "三线城市"],
        ["满意", "很满意", "一般"],  # one side only: which scale is not known
        ["满意", "感到满意", "不满意"],  # two wordings for one place
        ["每天", "每周", "从不"],
    ],
)
def test_no_rating_no_guess(answers):
    assert guess_worded(answers, "问题", {}) is None


def test_roles_follow_the_question():
    assert guess_worded(SATISFIED, "总体满意度", {}).role == "outcome"
    assert guess_worded(["很费力", "一般", "很省力"], "办事", {}).role == "effort"
    assert guess_worded(SATISFIED, "早餐", {}).role == "touchpoint"


def test_place_by_hand():
    assert [place(t) for t in ("很不满意", "不满意", "一般", "满意", "很满意")] == [-3, -2, 0, 2, 3]
    assert place("北京") is None

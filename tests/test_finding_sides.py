"""A finding as two bars: what it is held against has words, and a ratio is held against 1."""

import pytest

from cemlab.report.finding_sides import item_words, two_bars
from cemlab.report.summary import Words

LABELS = {
    "product": {"b": "配方B", "c": "配方C"},
    "item": {"leader": "直接上级", "sweet": "甜度", "triangle": "三角测试辨出"},
    "_wave": {"2026": "2026年度"},
}


def bars(lang="zh", **told):
    row = {
        "kind": "taste",
        "item": "liked",
        "unit": "mean",
        "estimate": 6.0,
        "difference": 1.5,
        "n": 40,
        "n_reference": 38,
    }
    made = two_bars(row | told, Words({"labels": LABELS, "lang": lang}), "2026")
    return [(bar["label"], bar["value"], bar["n"], bar["strong"]) for bar in made]


@pytest.mark.parametrize(
    "told, labels, value",
    [
        ({"cut": "product × against", "group": "b × c", "reference": "c"}, ("配方C", "配方B"), 4.5),
        ({"cut": "product", "group": "b", "reference": "(just right)"}, ("认为刚好者", "配方B"), 4.5),
        ({"kind": "driver:leave_intent", "item": "leader", "reference": "target"}, ("噪声基准", "直接上级"), 4.5),
        ({"kind": "turnover", "unit": "ratio", "reference": "target"}, ("高敬业度组", "低敬业度组"), 1.0),
        ({"kind": "linkage", "estimate": 1.5, "reference": "target"}, ("无关联", "2026年度"), 0.0),
        ({"kind": "sensory", "reference": "(guessing)"}, ("猜中的概率", "实际辨出"), 4.5),
        ({"kind": "sales", "reference": "(without)"}, ("无此变化的单元", "有此变化的单元"), 4.5),
    ],
)
def test_both_sides_have_words(told, labels, value):
    (other, compared, n, strong), (own, figure, _, about) = bars(**told)
    assert (other, own) == labels and compared == value and (strong, about) == (False, True)
    assert figure == told.get("estimate", 6.0) and n == 38


def test_without_a_difference_there_are_no_bars():
    assert bars(difference=float("nan")) == []


def test_items_in_words():
    zh, en = (Words({"labels": LABELS, "lang": lang}) for lang in ("zh", "en"))
    assert item_words("sweet:too_little", zh) == "甜度不足" and item_words("sweet:too_much", en) == "甜度 too much"
    assert item_words("bottles", zh) == "" and item_words(float("nan"), zh) == ""


def test_of_many_groups_the_one_spoken_of_is_shown():
    """Twenty departments, twelve bars: the sixteenth, which the sentence is about, is one of them; without it, no bars."""
    import pandas as pd

    from cemlab.report.finding_charts import MOST, rows_of

    results = pd.DataFrame({
        "part": "units", "department": [f"d{n:02d}" for n in range(20)], "metric": "mean", "item": "index",
        "estimate": range(20), "status": "ok",
    })  # fmt: skip
    finding = {"kind": "unit", "cut": "department", "group": "d15", "metric": "mean", "item": "index"}
    rows, column, strong = rows_of(finding, results, None)
    assert (column, strong, len(rows)) == ("department", "d15", MOST)
    assert [row["department"] for row in rows] == [f"d{n:02d}" for n in range(11)] + ["d15"]
    hidden = results.assign(status=results["status"].where(results["department"] != "d15", "hidden"))
    assert rows_of(finding, hidden, None)[0] == []


def test_a_slide_rounds_a_half_as_the_sentence_does():
    from cemlab.report.pptx_charts import shown

    assert [shown(7.475, "0.00"), shown(2.675, "0.00"), shown(36.25, "0.0")] == [7.47, 2.67, 36.2]
    assert f"{7.475:.2f}" == "7.47" and f"{36.25:.1f}" == "36.2"

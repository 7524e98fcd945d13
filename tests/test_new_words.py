"""Words first seen in a wave: by hand, noise, laws, gaps, quotations, wording."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import fisher_exact

from cemlab.text.new_words import new_words, word_quotation


def comments(wave, text, n):
    return pd.DataFrame({"_wave": wave, "comment": [f"{text}，第{i}回写" for i in range(n)]})


OLD = comments("q1", "早餐丰富", 100)
NEW = pd.concat([comments("q2", "早餐丰富", 80), comments("q2", "泳池关闭", 20)])
BOTH = pd.concat([OLD, NEW], ignore_index=True)


def test_planted_words_by_hand():
    """泳池 in 20 of 100 comments now and 0 of 100 before; the p is Fisher's of that table, as scipy has it."""
    found = new_words(BOTH, "comment", current="q2").set_index("word")
    assert set(found.index) == {"泳池", "关闭"}
    row = found.loc["泳池"]
    assert (row["n"], row["n_reference"], row["base"], row["base_reference"]) == (20, 0, 100, 100)
    assert (row["percent"], row["percent_reference"]) == (20, 0)
    assert row["p_value"] == pytest.approx(fisher_exact([[20, 80], [0, 100]], alternative="greater").pvalue)
    assert row["p_adjusted"] >= row["p_value"]


@pytest.mark.parametrize("before, found", [(2, True), (3, False)])
def test_a_tenth_of_the_share_before_is_almost_none(before, found):
    data = pd.concat([BOTH.iloc[before:], comments("q1", "泳池关闭", before)])
    assert ("泳池" in set(new_words(data, "comment", current="q2")["word"])) is found


def test_what_came_often_before_or_seldom_now_is_not_new():
    assert "早餐" not in set(new_words(BOTH, "comment", current="q2")["word"])
    few = pd.concat([OLD, comments("q2", "早餐丰富", 91), comments("q2", "泳池关闭", 9)])
    assert not len(new_words(few, "comment", current="q2"))


def test_the_same_text_and_the_same_person_count_once():
    copied = pd.concat(
        [OLD, comments("q2", "早餐丰富", 80), pd.DataFrame({"_wave": "q2", "comment": ["泳池关闭"] * 20})]
    )
    assert not len(new_words(copied, "comment", current="q2"))
    one = BOTH.assign(who=[f"p{i}" for i in range(180)] + ["same"] * 20)
    assert not len(new_words(one, "comment", current="q2", person="who"))
    assert new_words(BOTH.assign(who=range(200)), "comment", current="q2", person="who")["n"].tolist() == [20, 20]


def test_noise_finds_words_in_few_samples():
    """Both waves draw from the same 200 pairs of words: any word found in at most 5 % of samples, as a family."""
    rng, words = (
        np.random.default_rng(4),
        "早餐 房间 前台 空调 停车 电梯 泳池 枕头 网络 浴室 大堂 餐厅 窗户 地毯 毛巾 拖鞋".split(),
    )
    hits = 0
    for _ in range(60):
        texts = ["，".join(rng.choice(words, 2)) + f"，{i}" for i in range(120)]
        waves = np.where(rng.random(120) < 0.5, "q1", "q2")
        hits += len(new_words(pd.DataFrame({"_wave": waves, "comment": texts}), "comment", current="q2", min_n=5)) > 0
    assert hits <= 5


def test_the_first_day_and_missing_comments():
    dated = BOTH.assign(day=pd.date_range("2026-01-01", periods=200))
    found = new_words(dated, "comment", current="q2", date="day")
    assert found["first"].tolist() == [pd.Timestamp("2026-06-30")] * 2  # day 181
    gaps = pd.concat([BOTH, pd.DataFrame({"_wave": ["q2"] * 3, "comment": [None, np.nan, " "]})])
    assert new_words(gaps, "comment", current="q2")["base"].tolist() == [100, 100]


def test_a_quotation_holds_the_word_and_no_number_of_a_phone():
    texts = ["泳池关闭了，电话13812345678没人接", "早餐不错。泳池一直关着不开放", "泳池"]
    assert word_quotation(texts, "泳池") == "泳池一直关着不开放"
    assert "13812345678" not in word_quotation(texts[:1], "泳池")
    assert word_quotation(["早餐"], "泳池") == ""
    assert word_quotation(texts, "泳池", other_than=["泳池一直关着不开放"]) != "泳池一直关着不开放"


def test_waves_without_comments_are_told():
    with pytest.raises(ValueError, match="no comments before it"):
        new_words(NEW, "comment", current="q2")
    with pytest.raises(ValueError, match="no comments of the wave looked at"):
        new_words(OLD, "comment", current="q2", previous="q1")

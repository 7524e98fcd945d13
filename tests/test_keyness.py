"""Words that separate groups: the formula by hand, laws, noise, gaps, pictures, wording."""

import json

import numpy as np
import pandas as pd
import pytest

from cemlab.checks import DataError
from cemlab.report.charts_text import keyness_chart, word_cloud
from cemlab.text.keyness import content_words, fighting_words, keyness, promoter_words

FOOD = ["早餐很丰富", "早餐不错", "早餐好吃", "前台热情"] * 10
ROOM = ["隔音差", "房间隔音不好", "前台热情", "隔音太差"] * 10
DATA = pd.DataFrame({"comment": FOOD + ROOM, "kind": ["a"] * 40 + ["b"] * 40})


def test_log_odds_by_hand():
    """Counts 30 of 40 and 10 of 40, prior of 8 words: alpha 4 each; odds 34/14 and 14/34, both errors 1/34 + 1/14."""
    out = fighting_words(np.array([30.0, 10.0]), np.array([10.0, 30.0]), 8, 0.95)
    assert out["log_odds"][0] == pytest.approx(2 * np.log(34 / 14))
    assert out["se"][0] == pytest.approx(np.sqrt(1 / 34 + 1 / 14))
    assert out["z"][0] == pytest.approx(-out["z"][1])


def test_planted_words_stand_at_both_ends():
    words = keyness(DATA, "comment", group="kind", target="a", reference="b").set_index("word")
    assert words.index[0] == "早餐" and words.index[-1] == "隔音"
    assert (words.loc["早餐", "n"], words.loc["早餐", "n_reference"]) == (30, 0)
    assert words.loc["早餐", "percent"] == pytest.approx(75) and words.loc["早餐", "new"]
    assert words.loc["前台", "z"] == pytest.approx(0, abs=0.5) and words.loc["前台", "p_adjusted"] > 0.05


def test_swapped_groups_swap_signs():
    one = keyness(DATA, "comment", group="kind", target="a", reference="b").set_index("word")["log_odds"]
    two = keyness(DATA, "comment", group="kind", target="b", reference="a").set_index("word")["log_odds"]
    assert one.sort_index().to_numpy() == pytest.approx(-two.sort_index().to_numpy())


def test_a_comment_counts_a_word_once():
    once = pd.DataFrame({"comment": ["早餐 早餐 早餐 早餐"] * 12 + ["早餐"] * 12, "kind": ["a"] * 12 + ["b"] * 12})
    words = keyness(once, "comment", group="kind", target="a")
    assert words.loc[0, ["n", "n_reference"]].tolist() == [12, 12]


def test_noise_makes_no_claims():
    """Forty shuffles of the groups: false claims are rare after Benjamini-Hochberg (about 5 % of shuffles)."""
    rng = np.random.default_rng(11)
    letters = ["早餐", "房间", "前台", "电梯", "空调", "价格", "停车", "网络", "位置", "枕头", "毛巾", "窗户"]
    comments = ["，".join(rng.choice(letters, 3, replace=False)) for _ in range(300)]
    claims = 0
    for _ in range(40):
        data = pd.DataFrame({"c": comments, "g": rng.permutation(["a"] * 150 + ["b"] * 150)})
        claims += (keyness(data, "c", group="g", target="a")["p_adjusted"] < 0.05).any()
    assert claims <= 6  # 99 % bound of a binomial with 40 trials and 5 %


def test_content_words_drop_what_says_nothing():
    assert content_words(["我们", "的", "贵", "早餐", "店", "12", "慢"]) == ["贵", "早餐", "慢"]


def test_promoters_against_detractors():
    data = DATA.assign(recommend=[10] * 40 + [3] * 40)
    words = promoter_words(data, "comment", "recommend")
    assert words.loc[0, ["word", "target", "reference"]].tolist() == ["早餐", "promoter", "detractor"]
    with pytest.raises(DataError, match="80 of 80|40 of 80"):
        promoter_words(DATA.assign(recommend=[11] * 40 + [3] * 40), "comment", "recommend")


def test_blank_comments_and_missing_groups_are_left_out():
    extra = pd.DataFrame({"comment": [None, "", "!!!", "早餐"], "kind": ["a", "a", "b", None]})
    with_gaps = keyness(pd.concat([DATA, extra]), "comment", group="kind", target="a")
    without = keyness(DATA, "comment", group="kind", target="a")
    pd.testing.assert_frame_equal(with_gaps, without)
    assert keyness(DATA.head(3).assign(kind=list("aab")), "comment", group="kind", target="a").empty


def test_pictures_show_the_same_words():
    words = keyness(DATA, "comment", group="kind", target="a", reference="b")
    figure = keyness_chart(words, n=3)
    labels = [tick.get_text() for tick in figure.axes[0].get_yticklabels()]
    printed = [text.get_text() for text in figure.axes[0].texts]
    assert "早餐" in labels and "隔音" in labels and "75.0% (30)" in printed
    assert "早餐 75.0% (30) / 0.0% (0)" in figure.cemlab_alt and "95% 置信区间" in figure.cemlab_note
    options = json.loads(word_cloud(words, n=5).dump_options())
    shown = options["series"][0]["data"]
    assert shown[0]["name"] == "早餐" and shown[0]["value"] == 30
    assert word_cloud(words).dump_options() == word_cloud(words).dump_options()  # no chance colours


def test_wording_of_errors():
    with pytest.raises(ValueError, match=r"keyness: no column \['coment'\]\. Did you mean 'comment'"):
        keyness(DATA, "coment", group="kind", target="a")
    with pytest.raises(ValueError, match="`target` is 'c'"):
        keyness(DATA, "comment", group="kind", target="c")
    with pytest.raises(ValueError, match="both 'a'"):
        keyness(DATA, "comment", group="kind", target="a", reference="a")
    with pytest.raises(ValueError, match="`prior` is 0"):
        keyness(DATA, "comment", group="kind", target="a", prior=0)
    with pytest.raises(TypeError, match="`data` is a list"):
        keyness([], "comment", group="kind", target="a")

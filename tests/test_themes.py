"""Themes: planted ones are found, stay the same over seeds, rise where planted; quotations are masked; wording."""

import numpy as np
import pandas as pd
import pytest

from cemlab.checks import DataError
from cemlab.text.theme_scores import compare_themes, theme_columns, theme_quotations, theme_scores
from cemlab.text.themes import find_themes, place_texts, theme_names
from cemlab.text.word_kinds import names_something, says_something

TOPICS = {
    "food": ["早餐", "面包", "牛奶", "水果", "咖啡", "鸡蛋"],
    "room": ["房间", "枕头", "床单", "窗户", "空调", "毛巾"],
    "road": ["地铁", "公交", "机场", "停车", "打车", "火车站"],
}


def comments(n, shares=(1 / 3, 1 / 3, 1 / 3), seed=3):
    """Comments of four words each about one planted topic, and the topic."""
    rng = np.random.default_rng(seed)
    kinds = rng.choice(list(TOPICS), n, p=shares)
    return ["，".join(rng.choice(TOPICS[kind], 4, replace=False)) for kind in kinds], kinds


def same_division(one, two):
    """Adjusted Rand index."""
    from sklearn.metrics import adjusted_rand_score

    return adjusted_rand_score(one, two)


def test_planted_topics_are_found_and_named():
    texts, kinds = comments(300)
    themes = find_themes(texts, n=3)
    place = place_texts(texts, themes)["theme"]
    assert same_division(kinds, place) > 0.98
    leading = [set(part["word"].head(6)) for _, part in themes.words.groupby("theme")]
    assert all(any(set(words) == found for found in leading) for words in TOPICS.values())


def test_the_number_is_chosen_by_stability():
    texts, _ = comments(400)
    themes = find_themes(texts, candidates=(2, 3, 5))
    report = themes.stability.set_index("themes")
    assert report["chosen"].to_dict() == {2: False, 3: True, 5: False}
    assert report.loc[3, "stability"] > 0.95


def test_seeds_give_the_same_themes():
    texts, _ = comments(300)
    places = [place_texts(texts, find_themes(texts, n=3, seed=seed))["theme"] for seed in (1, 2, 3)]
    assert same_division(places[0], places[1]) > 0.98 and same_division(places[0], places[2]) > 0.98


def test_shares_come_with_intervals_and_blanks_are_missing():
    texts, kinds = comments(300)
    themes = find_themes(texts, n=3)
    data = pd.DataFrame({"comment": [*texts, None, "  "], "shop": ["a", "b"] * 151})
    rows = theme_scores(data, "comment", themes=themes)
    assert rows["n"].tolist() == [300] * 3 and rows["n_missing"].tolist() == [2] * 3
    assert rows["estimate"].sum() == pytest.approx(100)
    assert sorted(rows["estimate"]) == pytest.approx(sorted(100 * pd.Series(kinds).value_counts(normalize=True)))
    assert list(theme_scores(data, "comment", themes=themes, by="shop")["shop"].unique()) == ["a", "b"]
    assert theme_columns(data, "comment", themes=themes).columns == ["shop", "t1", "t2", "t3"]


def test_a_rising_theme_is_claimed_and_noise_is_not():
    before, _ = comments(400, seed=1)
    after, _ = comments(400, shares=(0.2, 0.3, 0.5), seed=2)
    themes = find_themes(before + after, n=3)
    road = themes.words.loc[themes.words["word"] == "地铁", "theme"].iloc[0]
    data = pd.DataFrame({"comment": before + after, "wave": ["1"] * 400 + ["2"] * 400})
    rise = compare_themes(data, "comment", themes=themes, wave="wave", current="2", previous="1")
    assert rise.loc[0, "item"] == road and rise.loc[0, "p_adjusted"] < 0.01 and rise.loc[0, "difference"] > 10
    rng, claims = np.random.default_rng(5), 0
    for _ in range(20):
        shuffled = data.assign(wave=rng.permutation(data["wave"]))
        quiet = compare_themes(shuffled, "comment", themes=themes, wave="wave", current="2", previous="1")
        claims += (quiet["p_adjusted"] < 0.05).any()
    assert claims <= 4  # 99 % bound of a binomial with 20 trials and 5 %


def test_quotations_are_typical_masked_and_withheld_from_small_themes():
    texts, kinds = comments(200)
    texts = [text + "，请打13812345678联系我" for text in texts]
    themes = find_themes(texts, n=3)
    shown = theme_quotations(texts, themes, n=2)
    assert shown.groupby("theme").size().tolist() == [2, 2, 2]
    assert not shown["text"].str.contains("138").any() and shown["text"].str.contains(r"\[电话\]").all()
    none = theme_quotations(texts[:12], themes, min_n=100)
    assert none["text"].eq("").all() and none["rank"].eq(0).all()


def test_too_little_to_divide_says_so():
    with pytest.raises(DataError, match="find_themes: 3 texts with words; themes need 50"):
        find_themes(["早餐", "房间", "地铁", None, ""])
    with pytest.raises(DataError, match="themes need more"):
        find_themes(["早餐 面包"] * 60, n=8)
    with pytest.raises(ValueError, match="1 themes asked for"):
        find_themes(["早餐"] * 60, n=1)


@pytest.mark.parametrize("word", ["早餐", "隔音", "不甜", "降价", "wifi", "四星", "及时", "打电话"])
def test_words_that_can_name_a_theme(word):
    assert names_something(word)


@pytest.mark.parametrize(
    "word", ["三个", "第二天", "一条", "这件", "好几个", "再也", "其中", "难道", "的话", "t.cn", "http"]
)
def test_grammar_and_counts_say_nothing(word):
    assert not says_something(word) and not names_something(word)


@pytest.mark.parametrize("word", ["不好", "垃圾", "后悔", "很快"])
def test_judgements_separate_groups_but_name_nothing(word):
    assert says_something(word) and names_something(word) == (word == "很快")


def test_names_share_no_word_and_hold_no_word_within_another():
    """不甜 stands for the second theme more than for the first; 甜 lies within it."""
    rows = [
        ("t1", "苹果", 9),
        ("t1", "不甜", 5),
        ("t1", "烟台", 4),
        ("t2", "不甜", 8),
        ("t2", "甜", 7),
        ("t2", "水分", 6),
    ]
    table = pd.DataFrame(rows, columns=["theme", "word", "weight"])
    assert theme_names(table) == {"t1": "苹果、烟台", "t2": "不甜、水分"}


def test_few_words_leave_few_themes():
    """Six words cannot make eight themes; the smaller divisions are tried."""
    said = ["早餐品种丰富", "地铁交通便利", "隔音马路吵闹"]
    found = find_themes([said[i % 3] for i in range(90)])
    assert found.stability["themes"].max() < 10

"""Aspects by hand: clauses, negation, contrast, overlaps; measures from them; lexicons that load, grow and complain."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cemlab.checks import DataError
from cemlab.codebook import load_codebook
from cemlab.measure.scores import nps
from cemlab.text.aspect_quotations import aspect_quotations
from cemlab.text.aspect_scores import SIGN, aspect_columns, aspect_effects, aspect_scores, compare_aspects
from cemlab.text.aspects import aspect_mentions, clauses
from cemlab.text.lexicon import (
    accept_words,
    load_lexicon,
    save_lexicon,
    suggest_words,
    touchpoint_lexicon,
)

SMALL = """
name: small
title: {zh: 小词表, en: Small}
ignore: [服务区, 菜市场]
opinions:
  positive: [不错, 好, 方便, 满意]
  negative: [差, 糟糕]
  neutral: [一般]
  ignore: [好多, 只好]
  negators: [不, 不是很, 没有, 不太]
  intensifiers: [好]
aspects:
  service: {title: {zh: 服务, en: Service}, group: people, words: [服务, 服务员], positive: [热情], negative: [冷淡]}
  price: {title: {zh: 价格, en: Price}, words: [价格], negative: [贵], positive: [便宜], blame_near: [高], patterns: ['\\d+元']}
  place: {title: {zh: 环境, en: Place}, words: [环境, WiFi], positive: [干净], negative: [吵]}
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    path = tmp_path_factory.mktemp("lexicon") / "small.yml"
    path.write_text(SMALL, encoding="utf-8")
    return load_lexicon(path)


def judged(text, lexicon, **options):
    """{aspect: label} of one text."""
    rows = aspect_mentions([text], lexicon, **options)
    return dict(zip(rows["aspect"], rows["label"], strict=True))


def test_clauses_by_hand():
    parts = clauses(["环境好，但是服务差。价格贵!", None, "  ", "free WiFi here、不错"])
    assert parts["body"].to_list() == ["环境好", "但是服务差", "价格贵", "free wifi here、不错"]
    assert parts["text"].to_list() == [0, 0, 0, 3] and parts["sentence"].to_list() == [0, 0, 1, 0]


@pytest.mark.parametrize(
    "text, expected",
    [
        ("服务员很热情", {"service": "positive"}),
        ("服务员不热情", {"service": "negative"}),  # negator before praise
        ("一点都不贵", {"price": "positive"}),  # negator before blame
        ("服务不是很好", {"service": "negative"}),
        ("服务好环境差", {"service": "positive", "place": "negative"}),  # two aspects in one clause
        ("服务和环境都不错", {"service": "positive", "place": "positive"}),  # one judgement for two aspects
        ("环境不错但服务差", {"place": "positive", "service": "negative"}),  # contrast
        ("很满意他们的服务", {"service": "positive"}),  # judgement before the aspect
        ("服务呢，不错", {"service": "positive"}),  # judgement in the next clause
        ("服务呢。不错", {"service": "neutral"}),  # but not in the next sentence
        ("服务好，服务差", {"service": "neutral"}),  # mixed
        ("环境一般", {"place": "neutral"}),
        ("价格高", {"price": "negative"}),  # 高 blames a price
        ("服务高", {"service": "neutral"}),  # and nothing else
        ("花了35元", {"price": "neutral"}),  # a pattern names the aspect
        ("好贵啊", {"price": "negative"}),  # 好 strengthens here
        ("服务区好多车", {}),  # ignored phrases
        ("wifi不错", {"place": "positive"}),
        ("wifis are here", {}),  # whole words only in English
        ("ＷｉＦｉ差", {"place": "negative"}),  # full width
    ],
)
def test_judgements_by_hand(text, expected, small):
    assert judged(text, small) == expected


def test_counts_of_clauses(small):
    row = aspect_mentions(["服务好，服务员热情，服务差"], small).row(0, named=True)
    assert (row["clauses"], row["positive"], row["negative"]) == (3, 2, 1)
    assert row["score"] == pytest.approx(1 / 3) and row["label"] == "positive"


def test_the_sentiment_function_judges_what_words_do_not(small):
    asked = []

    def sentiment(texts):
        asked.extend(texts)
        return pd.DataFrame({"probability": [0.95 if "笑" in text else np.nan for text in texts]})

    assert judged("服务员笑着送我们出门，环境也看了，价格贵", small, sentiment=sentiment) == {
        "service": "positive",
        "place": "neutral",
        "price": "negative",
    }
    assert asked == ["服务员笑着送我们出门", "环境也看了"]  # clauses with a judging word are not asked about


@settings(deadline=None, max_examples=40)
@given(st.lists(st.text(alphabet="服务员环境好差不贵，。但 a1", max_size=12), max_size=6))
def test_texts_are_read_one_by_one(small_texts):
    """A text's aspects do not depend on its neighbours, and scores stay within -1 to 1."""
    lexicon = load_small()
    rows = aspect_mentions(small_texts, lexicon)
    assert rows["score"].is_between(-1, 1).all()
    for i, text in enumerate(small_texts):
        alone = aspect_mentions([text], lexicon).drop("text")
        assert rows.filter(pl.col("text") == i).drop("text").equals(alone)


def load_small():
    """The small lexicon without a file (hypothesis and fixtures do not mix)."""
    import yaml

    from cemlab.text.lexicon import Lexicon

    raw = yaml.safe_load(SMALL)
    return Lexicon(**raw)


def test_scores_by_hand(small):
    """Four comments: service named by three, praised by two, blamed by one: share 75 %, net (2 - 1) / 3."""
    data = pd.DataFrame({"comment": ["服务好", "服务员热情", "服务差", "环境好", None, " "]})
    rows = aspect_scores(data, "comment", lexicon=small, sentiment=None, min_n=1).set_index(["item", "metric"])
    share, net = rows.loc[("service", "mention_share")], rows.loc[("service", "net_sentiment")]
    assert (share["estimate"], share["n"], share["n_missing"], share["unit"]) == (75, 4, 2, "percent")
    assert net["estimate"] == pytest.approx(100 / 3) and net["n"] == 3 and net["unit"] == "points"
    answers = pd.DataFrame({"x": [10, 10, 0]})
    assert net["ci_low"] == pytest.approx(nps(answers, "x").loc[0, "ci_low"])
    assert rows.loc[("price", "net_sentiment"), "status"] == "not_estimable"


def test_scores_by_group_with_weights_and_small_bases(small):
    data = pd.DataFrame({"comment": ["服务好", "服务差"] * 20 + ["服务好"] * 5, "shop": ["a"] * 40 + ["b"] * 5})
    data["w"] = np.where(data["comment"] == "服务好", 3.0, 1.0)
    rows = aspect_scores(pl.from_pandas(data), "comment", lexicon=small, by="shop", weights="w", sentiment=None)
    net = rows[(rows["metric"] == "net_sentiment") & (rows["item"] == "service")].set_index("shop")
    assert net.loc["a", "estimate"] == pytest.approx(50) and net.loc["a", "n_eff"] == pytest.approx(32)
    assert net.loc["a", "status"] == "low_base" and net.loc["b", "status"] == "not_estimable"
    assert np.isnan(net.loc["b", "estimate"]) and net.loc["b", "n"] == 5


def test_changes_between_waves_are_one_family(small):
    data = pd.DataFrame(
        {
            "comment": ["服务好"] * 60 + ["环境好"] * 40 + ["服务好"] * 20 + ["服务差"] * 40 + ["环境好"] * 40,
            "_wave": ["1"] * 100 + ["2"] * 100,
        }
    )
    out = compare_aspects(data, "comment", lexicon=small, current="2", previous="1", sentiment=None)
    row = out.set_index(["item", "metric"]).loc[("service", "net_sentiment")]
    assert row["difference"] == pytest.approx(-100 * 4 / 3) and row["p_adjusted"] < 1e-6
    tested = out["p_value"].notna()
    assert tested.sum() == 5 and (out.loc[tested, "p_adjusted"] >= out.loc[tested, "p_value"]).all()


def test_effects_find_what_was_planted(small):
    """Blame of the service costs 80 points of NPS, praise of the place brings 40; price goes with nothing."""
    rng = np.random.default_rng(2)
    n = 3000
    blamed, praised, dear = rng.random(n) < 0.3, rng.random(n) < 0.4, rng.random(n) < 0.3
    chance = 0.5 + 0.2 * praised - 0.4 * blamed  # P(promoter); everyone else is a detractor
    data = pd.DataFrame(
        {
            "comment": [
                "，".join(w for w, there in (("服务差", b), ("环境好", p), ("价格贵", d), ("路过", True)) if there)
                for b, p, d in zip(blamed, praised, dear, strict=True)
            ],
            "recommend": np.where(rng.random(n) < chance, 10, 2),
        }
    )
    rows = aspect_effects(data, "comment", "recommend", lexicon=small, sentiment=None).set_index(["item", "metric"])
    for key, truth in (
        (("service", "effect_of_blame"), -80),
        (("place", "effect_of_praise"), 40),
        (("price", "effect_of_blame"), 0),
    ):
        row = rows.loc[key]
        assert abs(row["estimate"] - truth) < 3.3 * row["se"] and row["se"] < 5 and row["status"] == "ok"
    assert rows.loc[("service", "effect_of_praise"), "status"] == "not_estimable"


def test_effects_weigh_and_cluster(small):
    data = pd.DataFrame(
        {"comment": ["服务差", "路过"] * 60, "score": [0, 10, 3, 9] * 30, "shop": list("abcdef") * 20, "w": 2.0}
    )
    plain = aspect_effects(data, "comment", "score", lexicon=small, sentiment=None)
    weighted = aspect_effects(data, "comment", "score", lexicon=small, sentiment=None, weights="w")
    assert plain["estimate"].to_numpy() == pytest.approx(weighted["estimate"].to_numpy(), nan_ok=True)
    assert plain["se"].to_numpy() == pytest.approx(weighted["se"].to_numpy(), nan_ok=True)
    clustered = aspect_effects(data, "comment", "score", lexicon=small, sentiment=None, cluster="shop")
    assert (clustered["method"] == "ols_cluster").all()


def test_twins_are_not_told_apart_and_missing_clusters_stop(small):
    data = pd.DataFrame(
        {"comment": ["服务差，环境吵", "路过"] * 60, "score": [0, 10, 3, 9] * 30, "shop": ["a", None] * 60}
    )
    rows = aspect_effects(data, "comment", "score", lexicon=small, sentiment=None).set_index(["item", "metric"])
    assert rows.loc[("service", "effect_of_blame"), "estimate"] == pytest.approx(-200)
    assert rows.loc[("place", "effect_of_blame"), "status"] == "not_estimable"
    with pytest.raises(DataError, match="cluster column 'shop' is missing in 60 of 120 rows"):
        aspect_effects(data, "comment", "score", lexicon=small, sentiment=None, cluster="shop")


def test_columns_feed_other_measures(small):
    out = aspect_columns(
        pd.DataFrame({"c": ["服务好", None, "路过"], "x": [1, 2, 3]}), "c", lexicon=small, sentiment=None
    )
    assert out["service"].to_list() == [1, None, 0] and out["service" + SIGN].to_list() == [1, None, None]
    assert out["x"].to_list() == [1, 2, 3] and "c" not in out.columns


def test_batches_change_nothing(small, monkeypatch):
    texts = ["服务好", None, "环境差，价格贵", "路过", "服务差"] * 7
    whole = aspect_mentions(texts, small)
    monkeypatch.setattr("cemlab.text.aspects.BATCH", 4)
    assert aspect_mentions(texts, small).equals(whole)


def test_nothing_to_read(small):
    assert aspect_mentions([], small).is_empty() and aspect_mentions([None, "", "。。"], small).is_empty()
    rows = aspect_scores(pd.DataFrame({"c": [None, "!"]}), "c", lexicon=small, sentiment=None)
    assert (rows["status"] == "not_estimable").all() and len(rows) == 6


def test_proposals_are_found_and_wait_for_a_person(small):
    texts = ["服务员小妹很热情", "小妹的服务不错", "环境不错", "房间很大", "价格贵"] * 12
    proposals = suggest_words(texts, small, min_n=10)
    assert ("service", "小妹") in set(zip(proposals["aspect"], proposals["word"], strict=True))
    assert not proposals["accept"].any() and "房间" not in set(proposals["word"])  # goes with no aspect
    assert judged("小妹很贴心", small) == {}
    grown = accept_words(small, proposals.assign(accept=proposals["word"] == "小妹"))
    assert judged("小妹好", grown) == {"service": "positive"} and "小妹" not in small.aspects["service"].words
    assert "小妹" not in set(suggest_words(texts, grown, min_n=10)["word"])


def test_the_lexicon_of_drinks_reads_drinks(root):
    lexicon = load_lexicon(root / "data" / "lexicons" / "beverage.yml")
    assert judged("口感清爽，茶味足，就是价格偏贵", lexicon) == {"taste": "positive", "price": "negative"}
    assert judged("附近总买不到", lexicon) == {"availability": "negative"}
    assert judged("不太甜，刚好", lexicon) == {"sweetness": "positive"}


DRINKS = [  # written by hand, not taken from a sample
    ("入口很清爽，喝完嘴里还有淡淡的茶香", {"taste": "positive"}),
    ("香精味太重了，喝着像药水", {"taste": "negative"}),
    ("气很足，打开就喷，特别解暑", {"taste": "positive"}),
    ("没气了，跟糖水一样", {"taste": "negative"}),
    ("酸酸甜甜的，孩子很爱喝", {"taste": "positive"}),
    ("我觉得甜了点，半糖就够了", {"sweetness": "negative"}),
    ("太甜啦，齁得慌", {"sweetness": "negative"}),
    ("0糖0脂，喝起来没有罪恶感", {"health": "positive"}),
    ("零卡饮料，减肥期间也能喝", {"health": "positive"}),
    ("咖啡因含量高，晚上喝了睡不着", {"health": "negative"}),
    ("蛋白质含量高，早上喝一瓶很顶饱", {"health": "positive"}),
    ("瓶盖很难拧开，老人根本打不开", {"package": "negative"}),
    ("快递到的时候漏了两瓶，箱子都湿了", {"package": "negative"}),
    ("小瓶装刚好放进包里，携带方便", {"package": "positive"}),
    ("五块钱一瓶，学生党喝得起", {"price": "positive"}),
    ("第二件半价的时候囤了一箱，很值", {"price": "positive"}),
    ("楼下便利店就有，很方便", {"availability": "positive"}),
    ("我们县城根本没有卖的", {"availability": "negative"}),
    ("只能在网上买，运费都比饮料贵", {"availability": "negative", "price": "negative"}),
    ("广告吹得太厉害，实际也就那样", {"trust": "negative"}),
    ("生产日期是半年前的，快到期了才发货", {"trust": "negative"}),
    ("在瓶底发现了絮状物，质量堪忧", {"trust": "negative"}),
    ("还行吧，没什么特别的", {}),
    ("评价很多，价值不好说", {}),
    ("热量偏高", {"health": "negative"}),
]


@pytest.mark.parametrize(("text", "said"), DRINKS, ids=[text for text, _ in DRINKS])
def test_what_is_said_of_drinks(root, text, said):
    assert judged(text, load_lexicon(root / "data" / "lexicons" / "beverage.yml")) == said


def test_not_sweet_is_neither_praise_nor_blame(root):
    assert judged("一点都不甜", load_lexicon(root / "data" / "lexicons" / "beverage.yml")) == {"sweetness": "neutral"}


def test_signatures_and_counts_are_not_proposed(small):
    signature = "服务至上，诚聘英才，广告业务，索引，代理，友情链接，版权所有，京城互联网络有限公司敬上"
    texts = ["服务员小妹很热情", "服务两个小时", "环境不错", "价格贵", signature] * 12
    words = set(suggest_words(texts, small, min_n=10)["word"])
    assert "小妹" in words and not words & {"两个", "英才", "索引", "版权"}


def test_lexicons_survive_a_round_trip(small, tmp_path):
    save_lexicon(small, tmp_path / "again.yml")
    assert load_lexicon(tmp_path / "again.yml") == small


@pytest.mark.parametrize("name", ["restaurant", "hotel", "service", "shop"])
def test_shipped_lexicons_load_and_read(root, name):
    lexicon = load_lexicon(root / "data" / "lexicons" / f"{name}.yml")
    assert all(aspect.title.keys() >= {"zh", "en"} for aspect in lexicon.aspects.values())
    found = judged("服务态度很好，就是价格有点贵", lexicon)
    assert "positive" in found.values() and "negative" in found.values()


def test_a_codebook_gives_a_lexicon(tmp_path, small):
    (tmp_path / "c.yml").write_text(
        "study: service_touchpoints\nname: demo\ntitle: {zh: 示例, en: Demo}\ntimezone: Asia/Shanghai\n"
        "waves: {'1': {title: {zh: 一, en: one}, start: 2026-01-01, end: 2026-02-01}}\n"
        "stages: {visit: {zh: 到店, en: Visit}}\n"
        "columns:\n  respnum: {role: key, aliases: [id]}\n"
        "  checkout: {role: touchpoint, stage: visit, title: {zh: 收银台, en: Checkout}, scale: {low: 1, high: 5}}\n",
        encoding="utf-8",
    )
    lexicon = touchpoint_lexicon(load_codebook(tmp_path / "c.yml"), small)
    assert lexicon.aspects["checkout"].group == "visit"
    assert judged("收银台不错", lexicon) == {"checkout": "positive"}


def test_wording_of_errors(tmp_path, small):
    def load(text):
        (tmp_path / "x.yml").write_text(text, encoding="utf-8")
        return load_lexicon(tmp_path / "x.yml")

    with pytest.raises(ValueError, match="load_lexicon: no file 'none.yml'"):
        load_lexicon(tmp_path / "none.yml")
    with pytest.raises(ValueError, match=r"x\.yml, aspects\.a\.postive: .*Did you mean 'positive'"):
        load("name: x\ntitle: {zh: x}\naspects:\n  a: {title: {zh: a}, postive: [好]}\n")
    with pytest.raises(ValueError, match="aspect 'a' has no words"):
        load("name: x\ntitle: {zh: x}\naspects:\n  a: {title: {zh: a}}\n")
    with pytest.raises(ValueError, match=r"x\.yml, line 3 is not YAML"):
        load("name: x\ntitle: {zh: [\naspects: }")
    with pytest.raises(ValueError, match=r"no column \['text'\]"):
        aspect_scores(pd.DataFrame({"c": ["好"]}), "text", lexicon=small)
    with pytest.raises(ValueError, match="aspect 'service' is a column of the data"):
        aspect_columns(pd.DataFrame({"c": ["好"], "service": [1]}), "c", lexicon=small, sentiment=None)
    with pytest.raises(ValueError, match="neither 'model' nor None"):
        aspect_scores(pd.DataFrame({"c": ["好"]}), "c", lexicon=small, sentiment="bert")
    with pytest.raises(TypeError, match="`texts` is one string"):
        aspect_mentions("服务好", small)
    with pytest.raises(ValueError, match=r"accept_words: no aspect \['x'\]"):
        accept_words(small, pd.DataFrame({"aspect": ["x"], "word": ["y"], "accept": [True]}))
    with pytest.raises(ValueError, match="`min_share` is 0"):
        suggest_words(["服务"], small, min_share=0)


@pytest.mark.parametrize(
    "text, expected",
    [
        ("服务员不是特别的热情", {"staff": "negative"}),  # a word of degree between negator and praise
        ("交通不是非常便利", {"traffic": "negative"}),
        ("全程没人主动", {"staff": "negative"}),
        ("態度很熱情，環境乾淨", {"staff": "positive", "ambience": "neutral", "cleanliness": "positive"}),
        ("吵吵鬧鬧的", {"noise": "negative"}),
    ],
)
def test_degrees_and_traditional_writing(text, expected):
    assert judged(text, load_lexicon("restaurant")) | expected == judged(text, load_lexicon("restaurant"))


def test_quotations_are_masked_before_they_are_cut(small):
    texts = ["服务员很热情，电话1 3 8 1 2 3 4 5 6 7 8找她"] * 12
    shown = aspect_quotations(texts, lexicon=small, min_n=3, shortest=6, aspects=["service"])
    assert not shown["text"].str.contains("3 4|3，4").any() and shown["text"].str.contains("[电话]", regex=False).any()


def test_quotations_are_sentences_chosen_by_rule_and_masked(small):
    texts = ["服务员很热情，打13812345678找她。环境也好", "服务真的很好很好", "服务好"] + ["服务不错，环境差"] * 10
    shown = aspect_quotations(texts, lexicon=small, min_n=3, shortest=6, aspects=["service"])
    praise = shown[shown["label"] == "positive"]
    assert praise["comments"].tolist() == [13, 13] and len(praise) == 2
    assert set(praise["text"]) == {"服务真的很好很好", "服务员很热情，打[电话]找她"}  # about one aspect only
    withheld = shown[shown["label"] == "negative"].iloc[0]
    assert (withheld["comments"], withheld["rank"], withheld["text"]) == (0, 0, "")

    def sentiment(sentences):
        return pd.DataFrame({"probability": [len(s) / 100 for s in sentences]})

    options = {"lexicon": small, "min_n": 3, "shortest": 6, "n": 1, "aspects": ["service"], "sentiment": sentiment}
    high = aspect_quotations(texts, rule="most_positive", **options).iloc[0]
    low = aspect_quotations(texts, rule="most_negative", **options).iloc[0]
    assert "[电话]" in high["text"] and low["text"] in ("服务真的很好很好", "服务不错，环境差")
    with pytest.raises(ValueError, match="`rule` is 'best'"):
        aspect_quotations(texts, lexicon=small, rule="best")


def test_typical_praise_is_praise_in_every_reading():
    """A sentence that denies, one that turns, and one in a comment that blames stay out; what is left may be nothing."""
    hotel = load_lexicon("hotel")
    blame = "整体太差了，卫生糟糕，再也不会来，前台冷漠，隔音差，失望透顶"
    odd = ["没有娱乐设施，喜欢热闹的不应该住在这里", "设施很好很新，但是旧了一点点", f"设施齐全很好用。{blame}"]
    plain = ["设施齐全很新，非常满意，下次还来", "设备很新很好用，住得舒服满意"]
    options = {"lexicon": hotel, "min_n": 1, "n": 9, "aspects": ["facilities"]}
    shown = aspect_quotations(odd + plain, **options)
    assert set(shown.loc[shown["label"] == "positive", "text"]) == set(plain)
    alone = aspect_quotations(odd, **options)
    assert alone.loc[alone["label"] == "positive", "text"].tolist() == [""]


def test_shipped_lexicons_are_found_by_name():
    assert load_lexicon("hotel").name == "hotel"
    with pytest.raises(ValueError, match=r"no file 'hotels\.yml'"):
        load_lexicon("hotels")

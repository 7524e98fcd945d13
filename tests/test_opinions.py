"""Net sentiment, volume and alarms: by hand, laws, a planted sour week, wording of errors."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from cemlab.text.lexicon import load_lexicon
from cemlab.text.opinions import alarms, net_sentiment, opinion_chart, volume_chart, with_opinions
from cemlab.text.quotations import extreme_quotations

GOOD, BAD = "房间干净，服务很好，下次还来", "早餐很差，难吃，不会再来"


def weeks(sour=None, n=40):
    """Twelve weeks of `n` comments, three in four good; in week `sour` three in four bad."""
    rows = []
    for week in range(12):
        good = n // 4 if week == sour else 3 * n // 4
        days = [pd.Timestamp("2026-03-02") + pd.Timedelta(days=7 * week + i % 7) for i in range(n)]
        rows += [{"_date": day.date(), "text": GOOD if i < good else BAD} for i, day in enumerate(days)]
    return pl.DataFrame(rows)


def test_net_sentiment_by_hand():
    """Three of four praise, one blames: 75 - 25 = 50; a blank comment is missing."""
    data = with_opinions(pl.DataFrame({"text": [GOOD, GOOD, GOOD, BAD] * 30 + [""]}), "text")
    row = net_sentiment(data).iloc[0]
    assert row["estimate"] == pytest.approx(50) and row["n"] == 120 and row["n_missing"] == 1
    assert row["metric"] == "net_sentiment" and -100 <= row["ci_low"] < 50 < row["ci_high"] <= 100


def test_turning_every_comment_turns_the_figure():
    data = pl.DataFrame({"text": [GOOD] * 70 + [BAD] * 50})
    other = pl.DataFrame({"text": [BAD] * 70 + [GOOD] * 50})
    first, second = (net_sentiment(with_opinions(d, "text"))["estimate"].iloc[0] for d in (data, other))
    assert first == pytest.approx(-second)


def test_volume_counts_every_comment_once():
    chart = volume_chart(weeks())
    assert chart["n"].tolist() == [40] * 12
    assert chart["value"].to_numpy() == pytest.approx(np.full(12, 40 / 7))
    assert chart["signal"].replace("", None).isna().all()


def test_the_sour_week_alarms_and_names_breakfast():
    data = with_opinions(weeks(sour=8), "text")
    chart = opinion_chart(data)
    found = alarms(chart, data, "text", lexicon=load_lexicon("hotel"))
    low = found[found["turn"] == "down"].reset_index(drop=True)
    assert low["at"].tolist() == ["2026-W18"] and low["signal"].tolist() == ["beyond"]
    assert all(not aspects for aspects in found.loc[found["turn"] == "up", "aspects"])
    name, share, others = low["aspects"][0][0]
    assert name == "breakfast" and (share, others) == pytest.approx((75.0, 25.0))


def test_a_calm_course_has_no_alarm():
    data = with_opinions(weeks(), "text")
    assert len(alarms(opinion_chart(data), data, "text", lexicon=load_lexicon("hotel"))) == 0


def test_extremes_are_chosen_by_probability_and_masked():
    texts = [
        "房间很好电话13800138000请联系我",
        *(f"服务不错第{i}次来住了" for i in range(12)),
        *(f"早餐难吃第{i}次失望了" for i in range(12)),
    ]
    probability = [0.99, *np.linspace(0.7, 0.9, 12), *np.linspace(0.1, 0.3, 12)]
    out = extreme_quotations(texts, probability, n=1)
    assert out["rule"].tolist() == ["most_positive", "most_negative"]
    assert "13800138000" not in out["text"][0] and out["text"][1] == "早餐难吃第0次失望了"
    spam = extreme_quotations([*texts, "很好" * 20], [*probability, 0.999], n=1)
    assert spam["text"].tolist() == out["text"].tolist()  # a word typed over and over says nothing more
    assert len(extreme_quotations(texts[:5], probability[:5])) == 0  # too few on either side


def test_wording_of_errors():
    with pytest.raises(ValueError, match=r"with_opinions: no column \['txt'\]\. Did you mean 'text'"):
        with_opinions(pl.DataFrame({"text": [GOOD]}), "txt")
    with pytest.raises(ValueError, match=r"with_opinions: the frame has columns \['label'\] already"):
        with_opinions(pl.DataFrame({"text": [GOOD], "label": ["1"]}), "text")
    with pytest.raises(ValueError, match="volume_chart: no row has a date"):
        volume_chart(pl.DataFrame({"_date": pl.Series([None], dtype=pl.Date)}))

"""Mentions of brands in comments and their net sentiment."""

import pandas as pd
import pytest

from cemlab.text import brand_mentions as module
from cemlab.text.brand_mentions import brand_mentions

TEXTS = ["青禾很好喝", "qinghe 太甜了", "青禾和远山都不错", None, "  ", "今天很热"]
WORDS = {"a": ["青禾", "Qinghe"], "b": ["远山"], "c": ["白鹭"]}


@pytest.fixture(autouse=True)
def judge(monkeypatch):
    """A judge of words that a reader can follow."""

    def sentiment(texts, *, engine):
        labels = ["negative" if "太" in t else "none" if "热" in t else "positive" for t in texts]
        return pd.DataFrame({"label": labels})

    monkeypatch.setattr(module, "sentiment", sentiment)


def test_mentions_by_hand():
    """Four comments, four mentions: three of a (two praise, one blames), one of b."""
    rows = brand_mentions(TEXTS, WORDS).set_index(["brand", "metric"])
    assert rows["estimate"]["a"].to_dict() == pytest.approx({"voice": 75, "mentioned": 75, "net_sentiment": 100 / 3})
    assert rows["estimate"]["b"].to_dict() == pytest.approx({"voice": 25, "mentioned": 25, "net_sentiment": 100})
    assert rows["n"]["a"].to_dict() == {"voice": 4, "mentioned": 4, "net_sentiment": 3}


def test_a_brand_nobody_names_has_no_sentiment():
    rows = brand_mentions(TEXTS, WORDS).set_index(["brand", "metric"])
    assert rows.loc[("c", "net_sentiment"), "status"] == "not_estimable"
    assert rows.loc[("c", "mentioned"), "estimate"] == 0


def test_no_comments_and_no_spelling():
    assert brand_mentions([None, " "], WORDS)["status"].eq("not_estimable").all()
    with pytest.raises(ValueError, match="brand 'a' has no spelling"):
        brand_mentions(TEXTS, {"a": [""]})

"""Behind an alarm: contributions of sources by hand and their sum, reviews chosen by rule."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from cemlab.text.alarm_reading import alarm_reviews, alarm_sources
from cemlab.text.lexicon import load_lexicon


def judged(rows):
    """(day, source, opinion, times) as a frame of single reviews."""
    out = [(day, source, opinion) for day, source, opinion, times in rows for _ in range(times)]
    return pl.DataFrame(out, schema=["_date", "source", "opinion"], orient="row").with_columns(
        pl.col("_date").str.to_date()
    )


def test_contributions_by_hand():
    """Both weeks hold 20 a and 20 b; a falls from +100 to -100, b stays at 0: a gives 0.5 times -200, the mix nothing."""
    data = judged([
        ("2026-05-04", "a", 10.0, 20), ("2026-05-04", "b", 10.0, 10), ("2026-05-04", "b", 0.0, 10),
        ("2026-05-11", "a", 0.0, 20), ("2026-05-11", "b", 10.0, 10), ("2026-05-11", "b", 0.0, 10),
    ])  # fmt: skip
    out = alarm_sources(data, "2026-W20", by="source")
    assert out["source"].tolist() == ["a", "b", "(mix)"]
    assert out["contribution"].tolist() == pytest.approx([-100, 0, 0])
    assert out["n"].tolist() == [20, 20, 0] and out["net"].tolist()[:2] == [-100, 0]


def test_a_changed_mix_alone_is_the_mix():
    """Each source as before, but the sour one writes more: all of the fall is mix."""
    data = judged([
        ("2026-05-04", "a", 10.0, 30), ("2026-05-04", "b", 0.0, 10), ("2026-05-11", "a", 10.0, 10), ("2026-05-11", "b", 0.0, 30),
    ])  # fmt: skip
    out = alarm_sources(data, "2026-W20", by="source").set_index("source")["contribution"]
    assert out[["a", "b"]].tolist() == pytest.approx([0, 0]) and out["(mix)"] == pytest.approx(-100)


def test_contributions_add_up():
    rng = np.random.default_rng(4)
    n = 600
    data = pl.DataFrame({
        "_date": pd.Timestamp("2026-05-04") + pd.to_timedelta(rng.integers(0, 35, n), "D"), "source": rng.choice(list("abc"), n),
        "opinion": rng.choice([10.0, 8.0, 0.0], n),
    })  # fmt: skip
    here = (data["_date"].dt.week() == 20).to_numpy()
    sign = np.select([data["opinion"] > 9, data["opinion"] < 6], [100, -100], 0)
    total = alarm_sources(data, "2026-W20", by="source")["contribution"].sum()
    assert total == pytest.approx(sign[here].mean() - sign[~here].mean())


def test_reviews_of_the_period_are_chosen_by_aspect_and_masked():
    """Two blame breakfast, one the room; a good one and those of other weeks stay out; equal texts stand once."""
    words = ["早餐很难吃，品种少，打13800138000投诉", "早餐太差了，凉的", "早餐太差了，凉的", "房间太吵，睡不着"]
    rows = [("2026-05-12", text, "negative", 0.1) for text in words]
    rows += [
        ("2026-05-13", "早餐很好吃，下次再来", "positive", 0.9),
        ("2026-05-04", "早餐差得离谱，难吃", "negative", 0.0),
    ]
    data = pl.DataFrame(rows, schema=["_date", "text", "label", "probability"], orient="row").with_columns(
        pl.col("_date").str.to_date()
    )
    options = {"lexicon": load_lexicon("hotel"), "aspects": ["breakfast"], "min_n": 3}
    out = alarm_reviews(data, "text", "2026-W20", **options)
    assert out["item"].tolist() == ["breakfast", "breakfast", "opinion"] and out["text"][2] == "房间太吵，睡不着"
    assert not out["text"].str.contains("13800138000|离谱|下次").any()
    assert len(alarm_reviews(data, "text", "2026-W20", **{**options, "min_n": 99})) == 0

"""Ratings and comments in one model: what is planted is found on its side, noise adds nothing, bases are told."""

import numpy as np
import pandas as pd
import pytest

from cemlab.analyse.driver_sums import NoDrivers
from cemlab.analyse.drivers import key_drivers
from cemlab.analyse.joint_drivers import in_groups, joint_drivers, predicted


def answers(n=400, word=0.8, seed=1):
    """Overall = 0.5 a + 0.3 c + `word` w + noise; c is missing for a third; v means nothing."""
    rng = np.random.default_rng(seed)
    a, c = rng.integers(1, 6, n).astype(float), rng.integers(1, 6, n).astype(float)
    w = rng.choice([-1.0, 0.0, 1.0], n, p=[0.15, 0.7, 0.15])
    v = rng.choice([-1.0, 0.0, 1.0], n, p=[0.1, 0.8, 0.1])
    overall = 0.5 * a + 0.3 * c + word * w + rng.normal(0, 1, n)
    c[rng.random(n) < 1 / 3] = np.nan
    return pd.DataFrame({"overall": overall, "a": a, "c": c, "w": w, "v": v})


def gain(found, item="words"):
    return found.model.set_index(["metric", "item"]).loc[("r_squared_gain", item)]


def test_least_squares_of_the_others_by_hand():
    """On three rows y is 2x; the fourth is predicted by them; a missing x counts as their mean, 2."""
    x = np.array([[1.0], [2.0], [3.0], [5.0], [np.nan]])
    y = np.array([2.0, 4.0, 6.0, 0.0, 0.0])
    found = predicted(x, y, np.array([0, 0, 0, 1, 1]), {"x": [0], "none": np.arange(0)})
    assert found["x"] == pytest.approx([0.0, 0.0, 0.0, 10.0, 4.0])
    assert found["none"] == pytest.approx([0.0, 0.0, 0.0, 4.0, 4.0])


def test_predictions_from_sums_are_those_of_least_squares_on_the_rows():
    """Means of the rows that train stand for missing ratings; a column that is 0 in them, or twice there, does no harm."""
    data = answers()
    x = np.column_stack([data[["a", "c", "w", "v"]], data["a"], np.zeros(400)])
    y, fold = data["overall"].to_numpy(), np.arange(400) % 7
    x[fold == 3, 5] = 1.0
    for part in range(7):
        test, train = fold == part, fold != part
        means = np.nanmean(x[train], axis=0)
        centred = np.nan_to_num(x - means)
        slopes = np.linalg.lstsq(centred[train], y[train] - y[train].mean(), rcond=None)[0]
        found = predicted(x, y, fold, {"all": np.arange(6)})["all"]
        assert found[test] == pytest.approx(y[train].mean() + centred[test] @ slopes, rel=1e-9)


def test_many_persons_are_resampled_in_groups(monkeypatch):
    """The interval is as wide as that of persons drawn one by one."""
    data = answers(6000)
    grouped = gain(joint_drivers(data, "overall", ["a", "c"], ["w", "v"], draws=0))
    monkeypatch.setattr("cemlab.analyse.joint_drivers.MANY", 10_000)
    single = gain(joint_drivers(data, "overall", ["a", "c"], ["w", "v"], draws=0))
    assert grouped["estimate"] == pytest.approx(single["estimate"], rel=1e-9)
    assert grouped["se"] == pytest.approx(single["se"], rel=0.1)


def test_weights_are_those_of_key_drivers_and_shares_sum_to_100():
    data = answers()
    found = joint_drivers(data, "overall", ["a", "c"], ["w", "v"], draws=200)
    same = key_drivers(data, "overall", ["a", "c", "w", "v"], draws=200)
    pd.testing.assert_series_equal(found.estimates["estimate"], same["estimate"])
    share = found.model[found.model["metric"] == "share"].set_index("item")
    assert share["estimate"].sum() == pytest.approx(100)
    assert (share["ci_low"] < share["estimate"]).all() and (share["estimate"] < share["ci_high"]).all()


def test_a_planted_word_adds_what_it_explains():
    """Of 200,000 answers the word explains 0.102 of the variance beyond the ratings; its interval holds that."""
    found = joint_drivers(answers(), "overall", ["a", "c"], ["w", "v"], draws=0)
    assert gain(found)["ci_low"] > 0 and gain(found)["ci_low"] < 0.102 < gain(found)["ci_high"]
    table = found.table.set_index("item")
    assert table["source"].to_dict() == {"a": "rating", "c": "rating", "w": "word", "v": "word"}
    assert table.loc["w", "n"] == found.mentions["w"] and table.loc["c", "n"] < 400  # mentions; raters


def test_words_without_meaning_add_nothing():
    """Seen answers always fit better with more columns; of unseen ones noise explains nothing: none of 8 samples says so."""
    gains = [gain(joint_drivers(answers(250, 0.0, s), "overall", ["a", "c"], ["w", "v"], draws=0)) for s in range(8)]
    assert not any(row["ci_low"] > 0 for row in gains)
    assert np.mean([row["estimate"] for row in gains]) < 0.005


def test_persons_stay_together_and_the_same_seed_gives_the_same():
    data = answers().assign(person=[f"p{i // 2}" for i in range(400)])
    once, again = (joint_drivers(data, "overall", ["a", "c"], ["w", "v"], cluster="person", draws=50) for _ in range(2))
    pd.testing.assert_frame_equal(once.model, again.model)
    assert once.model["n"].eq(400).all()


def test_seldom_judged_aspects_and_small_samples_are_refused():
    data = answers().assign(rare=[1.0] * 29 + [0.0] * 371, answered=1.0)
    assert joint_drivers(data, "overall", ["a", "c"], ["w", "rare"], draws=0).words == ["w"]
    with pytest.raises(NoDrivers, match="no aspect is praised or blamed by 30 comments"):
        joint_drivers(data, "overall", ["a", "c"], ["rare"], draws=0)
    with pytest.raises(NoDrivers, match=r"150 answers for \d drivers"):
        joint_drivers(data.head(150), "overall", ["a", "c"], ["w", "v"], draws=0)
    with pytest.raises(NoDrivers, match="no ratings can be estimated"):
        joint_drivers(data, "overall", ["answered"], ["w", "v"], draws=0)


def test_groups_keep_persons_whole():
    few = pd.Series(["b", "a", None, "b", None])
    assert in_groups(few, 1).tolist() == [1, 0, 2, 1, 3]
    many = pd.Series([f"p{i % 6000}" for i in range(15_000)])
    groups = pd.DataFrame({"person": many, "group": in_groups(many, 1)})
    assert groups.groupby("person")["group"].nunique().max() == 1
    assert groups.groupby("group")["person"].nunique().eq(3).all() and groups["group"].nunique() == 2000

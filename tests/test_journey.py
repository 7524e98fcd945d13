"""Experience curve and peak-end."""

import numpy as np
import pandas as pd
import pytest

from cemlab.analyse.journey import experience_curve, peak_end


def journey(n=600, means=(3.85, 3.85, 3.2, 4.6), seed=1):
    rng = np.random.default_rng(seed)
    mood = rng.normal(0, 0.5, n)
    values = np.clip(np.round(np.array(means) + mood[:, None] + rng.normal(0, 0.7, (n, len(means)))), 1, 5)
    return pd.DataFrame(values, columns=["book", "arrive", "stay", "leave"][: len(means)])


def test_by_hand():
    """Ratings 1, 3 and 5, 5 of 1 to 5: 25 and 100; each is 37.5 from their mean."""
    data = pd.DataFrame({"a": [1, 3], "b": [5, 5]})
    found = experience_curve(data, ["a", "b"], scale=(1, 5), min_n=0)
    assert found["estimate"].tolist() == [25, 100]
    assert found["mean"].tolist() == [2, 5]
    assert found["difference"].tolist() == [-37.5, 37.5]


def test_planted_low_and_high_points_and_no_other():
    found = experience_curve(journey(), ["book", "arrive", "stay", "leave"], scale=(1, 5), stages={"stay": "住店"})
    assert found["mark"].tolist() == ["", "", "low_point", "high_point"]
    assert found["item"].tolist() == ["book", "arrive", "stay", "leave"]
    assert found.loc[2, "stage"] == "住店"
    assert (found["estimate"].between(found["ci_low"], found["ci_high"])).all()


def test_no_difference_rarely_gives_a_mark():
    """A family of 4 marks at 95 %: at most about 1 in 20 samples; 40 samples with 6 or more would be 1 in 1,000."""
    marked = 0
    for seed in range(40):
        data = journey(200, means=(4, 4, 4, 4), seed=seed)
        marked += (experience_curve(data, list(data), scale=(1, 5), draws=300)["mark"] != "").any()
    assert marked < 6


def test_weights_repeat_rows_and_gaps_count_as_reach():
    data = journey(200).assign(w=2.0)
    plain, weighted = (experience_curve(data, ["book", "stay"], scale=(1, 5), weights=w, draws=50) for w in (None, "w"))
    pd.testing.assert_frame_equal(plain, weighted)
    data.loc[:49, "stay"] = np.nan
    data["stay__why"] = np.where(data["stay"].isna(), "not_applicable", None)
    found = experience_curve(data, ["book", "stay"], scale=(1, 5), draws=50)
    assert found["reach"].tolist() == [100, 75]


def test_few_users_keep_their_row():
    data = journey(100).assign(rare=lambda d: d["stay"].where(d.index < 5))
    found = experience_curve(data, ["book", "rare", "stay"], scale=(1, 5), draws=50).set_index("item")
    assert found.loc["rare", ["status", "mark", "n"]].tolist() == ["not_estimable", "", 5]


def test_peak_end_finds_the_rule_that_made_the_answers():
    rng = np.random.default_rng(2)
    data = pd.DataFrame(rng.integers(1, 6, (900, 5)), columns=list("abcde")).astype(float)
    data["overall"] = 0.6 * data.min(axis=1) + 0.4 * data["e"] + rng.normal(0, 0.3, 900)
    found = peak_end(data, "overall", list("abcde"))
    slopes = found[found["metric"] == "coefficient"].set_index("item")
    assert slopes.loc["(worst)", "estimate"] == pytest.approx(0.6, abs=0.1)
    assert slopes.loc["(last)", "estimate"] == pytest.approx(0.4, abs=0.05)
    assert slopes.loc["(mean)", "ci_low"] < 0 < slopes.loc["(mean)", "ci_high"]
    alone = found[found["metric"] == "r_squared"].set_index("item")["estimate"]
    assert alone["(worst, best, last)"] > alone["(mean)"] + 0.1


def test_the_last_touchpoint_is_the_last_one_rated():
    rng = np.random.default_rng(5)
    data = pd.DataFrame(rng.integers(1, 6, (60, 4)), columns=list("abcd")).astype(float)
    data.loc[:29, "d"] = np.nan
    data["y"] = data["d"].fillna(data["c"])
    found = peak_end(data.assign(y=data["y"] + rng.normal(0, 0.01, 60)), "y", list("abcd"))
    slopes = found[found["metric"] == "coefficient"].set_index("item")["estimate"]
    assert slopes["(last)"] == pytest.approx(1, abs=0.05)


def test_wording():
    with pytest.raises(ValueError, match="0 of 2 touchpoints have 30 users"):
        experience_curve(journey(10), ["book", "stay"], scale=(1, 5))
    with pytest.raises(ValueError, match=r"1 touchpoint\(s\)"):
        peak_end(journey(50), "book", ["stay"])

"""Peak and end: which moment of each person the overall rating follows."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from cemlab.analyse.driver_sums import NoDrivers
from cemlab.analyse.drivers import key_drivers
from cemlab.analyse.peak_end import peak_end

STEPS = ["a", "b", "c", "d"]


def answers(n=1200, seed=3):
    """Ratings 1 to 5 of four steps in order; every third person never used the last one."""
    rng = np.random.default_rng(seed)
    data = pd.DataFrame(rng.integers(1, 6, (n, 4)).astype(float), columns=STEPS)
    return data.assign(d=data["d"].where(np.arange(n) % 3 > 0), noise=rng.normal(0, 0.5, n))


def shares(found):
    rows = found[(found["metric"] == "importance") & (found["item"] != "(noise)")]
    return rows.set_index("item")["estimate"]


def test_the_four_moments_by_hand():
    """What `key_drivers` gives for moments worked out row by row, in pandas."""
    data = answers().assign(y=lambda d: d["a"] + d["noise"])
    last = data["d"].fillna(data["c"])
    by_hand = pd.DataFrame(
        {
            "average": data[STEPS].mean(axis=1),
            "low_point": data[STEPS].min(axis=1),
            "high_point": data[STEPS].max(axis=1),
            "last_moment": last,
            "y": data["y"],
        }
    )
    expected = shares(key_drivers(by_hand, "y", ["average", "low_point", "high_point", "last_moment"], draws=0))
    assert shares(peak_end(data, "y", STEPS, draws=0)).to_dict() == pytest.approx(expected.to_dict())


@pytest.mark.parametrize("moment", ["low_point", "high_point", "last_moment"])
def test_the_planted_moment_comes_first(moment):
    data = answers()
    planted = {
        "low_point": data[STEPS].min(axis=1),
        "high_point": data[STEPS].max(axis=1),
        "last_moment": data["d"].fillna(data["c"]),
    }[moment]
    found = peak_end(data.assign(y=planted + data["noise"]), "y", STEPS, draws=200)
    assert shares(found).idxmax() == moment
    rows = found[(found["metric"] == "importance") & found["item"].isin([moment, "average"])].set_index("item")
    assert rows.loc[moment, "ci_low"] > rows.loc["average", "ci_high"]


def test_shares_sum_to_a_hundred_on_any_engine():
    data = answers().assign(y=lambda d: d[STEPS].mean(axis=1) + d["noise"])
    one, other = (peak_end(frame, "y", STEPS, draws=0) for frame in (data, pl.from_pandas(data).lazy()))
    assert shares(one).sum() == pytest.approx(100)
    assert shares(one).to_dict() == pytest.approx(shares(other).to_dict())


def test_persons_with_fewer_than_three_ratings_are_left_out():
    data = answers(900).assign(y=lambda d: d["a"] + d["noise"])
    few = data.assign(b=np.nan, c=np.nan)
    both = pd.concat([data, few], ignore_index=True)
    found, alone = (peak_end(frame, "y", STEPS, draws=0) for frame in (both, data))
    assert shares(found).to_dict() == pytest.approx(shares(alone).to_dict())
    assert found["n"].max() == 900


def test_few_answers_give_no_shares_and_two_touchpoints_are_refused():
    data = answers(150).assign(y=lambda d: d["a"] + d["noise"])
    found = peak_end(data, "y", STEPS, draws=0)
    assert (found[found["metric"] == "importance"]["status"] == "not_estimable").all()
    with pytest.raises(NoDrivers, match="a touchpoint needs 100 users"):
        peak_end(data.head(90), "y", STEPS, draws=0)
    with pytest.raises(ValueError, match="2 touchpoints; average, peak and end differ from 3 on"):
        peak_end(data, "y", ["a", "b"])

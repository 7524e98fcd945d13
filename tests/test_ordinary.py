"""Ordinary points of a control chart: by hand, laws, a bad week that must not widen its own limits, simulated alarms."""

import numpy as np
import pandas as pd
import pytest

from cemlab.measure.control import control_limits
from cemlab.measure.ordinary import ordinary
from cemlab.measure.time_before import time_before
from cemlab.measure.trend import control_chart
from cemlab.text.opinions import volume_chart


def reviews(rng, weeks=25, n=120, praise=0.62, sour=None):
    """One row per review: 10 praises, 0 blames; `sour` is {week: share of praise}."""
    share = np.full(weeks, praise)
    for week, value in (sour or {}).items():
        share[week] = value
    week = np.repeat(np.arange(weeks), n)
    score = np.where(rng.random(len(week)) < share[week], 10.0, 0.0)
    return pd.DataFrame({"_date": pd.Timestamp("2026-01-05") + pd.to_timedelta(7 * week, "D"), "x": score})


def test_a_far_point_stands_out_by_hand():
    """Moving ranges 1, 1, 1, 1, 9, 9, 1, 1, 1, 1: their median is 1, so the unrest is 1 / 0.954; 9 lies beyond 3 of it."""
    gaps = [0, 1, 0, 1, 0, 9, 0, 1, 0, 1, 0]
    assert ordinary(gaps).tolist() == [gap < 9 for gap in gaps]


def test_unrest_is_no_exception():
    """More than a quarter outside, or fewer than ten points: all are ordinary."""
    wild = [0, 0, 0, 9, 9, 0, 0, 0, 9, 9, 0, 0]
    assert ordinary(wild).all() and ordinary([0, 0, 0, 0, 99]).all()
    assert ordinary(np.array([0.0, 30, -30] * 8)).all()  # moves as large as that are usual here


def test_the_side_of_the_points_does_not_matter():
    rng = np.random.default_rng(3)
    gaps = np.r_[rng.normal(size=20), 7, -6]
    assert (ordinary(gaps) == ordinary(-gaps)).all() and (ordinary(gaps) == ordinary(gaps[::-1])[::-1]).all()


def test_a_bad_week_leaves_its_limits_as_sampling_makes_them():
    """Half-width of the sour week: 3 sampling errors at n=120 times the unrest of the others; Laney's own chart adds 40 %."""
    data = reviews(np.random.default_rng(5), sour={20: 0.25})
    wide, narrow = (control_chart(data, "x", chart=c, rules=["beyond"]) for c in ("laney", "auto"))
    calm = data.loc[data["_date"] != wide["start"][20], "x"]
    sampling = 3 * 100 * np.sqrt((1 - (2 * (calm == 10).mean() - 1) ** 2) / 120)
    assert 0.99 * sampling < narrow["upper"][20] - narrow["centre"][20] < 1.2 * sampling
    assert wide["upper"][20] - wide["centre"][20] > 1.4 * sampling
    assert narrow["signal"].tolist() == [""] * 20 + ["beyond"] + [""] * 4
    assert narrow["centre"][0] == pytest.approx(100 * (2 * (calm == 10).mean() - 1))  # the sour week is no part of it


@pytest.mark.parametrize("n", [30, 120, 500])
def test_false_and_missed_alarms(n):
    """100 series of 25 weeks: stable ones alarm in at most 15 (99.9 % bound of 1 - .9973^25 = 6.5 %), one week lowered by
    six sampling errors is missed in at most 6 (its chance to lie beyond 3 is 99.9 % before limits are estimated).
    """
    rng = np.random.default_rng(n)
    drop = 6 * np.sqrt(0.62 * 0.38 / n)
    false = missed = 0
    for _ in range(100):
        calm = control_chart(reviews(rng, n=n), "x", rules=["beyond"])
        sour = control_chart(reviews(rng, n=n, sour={12: 0.62 - min(drop, 0.6)}), "x", rules=["beyond"])
        false += (calm["signal"] != "").any()
        missed += sour["signal"][12] == ""
    assert false <= 15 and missed <= 6


def test_a_short_baseline_leaves_the_unrest_to_all_periods():
    """Weeks swing by 20 points either way: nine of them cannot tell, all can; limits of sampling alone would alarm at each."""
    rng = np.random.default_rng(2)
    data = reviews(rng, n=800, sour={week: 0.62 + (0.1 if week % 2 else -0.1) for week in range(25)})
    short = control_chart(data, "x", baseline=9, rules=["beyond"])
    plain = control_chart(data, "x", baseline=9, rules=["beyond"], chart="shewhart")
    assert set(short["chart"]) == {"laney"} and (short["signal"] == "").all() and (plain["signal"] != "").mean() > 0.5


def test_limits_of_counts_from_a_baseline_by_hand():
    """Rate 2 from the first two points of 10 and 30 on 10 units each; the third gives no part."""
    found = control_limits([10, 30, 90], kind="u", sizes=[10, 10, 10], baseline=[True, True, False])
    assert found["centre"].tolist() == [2.0] * 3 and found["sigma"].tolist() == pytest.approx([np.sqrt(0.2)] * 3)


def test_a_burst_of_reviews_does_not_widen_the_limits_of_volume():
    days = pd.date_range("2026-01-05", periods=7 * 14)
    data = pd.DataFrame({"_date": [*days.repeat(10), *pd.date_range("2026-03-02", periods=7).repeat(9)]})
    chart = volume_chart(data)
    assert chart["centre"].tolist() == pytest.approx([10.0] * 14)
    assert chart.loc[chart["signal"] == "beyond", "at"].tolist() == ["2026-W10"]


def test_periods_before_the_newest_wave():
    """Ten weeks of the wave before, then three of the newest: the ten are the baseline; one wave alone has none."""
    data = reviews(np.random.default_rng(1), weeks=13)
    data["_wave"] = np.where(data["_date"] < "2026-03-16", "one", "two")
    chart = control_chart(data, "x")
    assert time_before(chart, data) == ("2026-W02", "2026-W11")
    assert time_before(chart, data.assign(_wave="one")) is None

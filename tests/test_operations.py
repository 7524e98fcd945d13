"""Operational data beside experience."""

import numpy as np
import pandas as pd
import pytest

from cemlab.analyse.operations import complaint_chart, complaint_rate, first_contact_gap, first_contact_resolution
from cemlab.analyse.waiting_curve import knee_test, waiting_curve
from cemlab.checks import DataError


def waits(n=1500, seed=1, knee=10.0, drop=0.15):
    rng = np.random.default_rng(seed)
    x = rng.gamma(2, 5, n)
    return pd.DataFrame({"wait": x, "score": 8 - drop * np.maximum(x - knee, 0) + rng.normal(0, 1, n)})


def test_a_planted_knee_is_found_with_its_slopes():
    _, knee = waiting_curve(waits(), "wait", "score", draws=200)
    found = knee.set_index("metric")
    assert found.loc["knee", "ci_low"] < 10 < found.loc["knee", "ci_high"]
    assert found.loc["knee", "estimate"] == pytest.approx(10, abs=2)
    assert found.loc["slope_before", "ci_low"] < 0 < found.loc["slope_before", "ci_high"]
    assert found.loc["slope_after", "estimate"] == pytest.approx(-0.15, abs=0.03)


def test_a_straight_line_has_no_knee():
    _, knee = waiting_curve(waits(knee=-100, drop=0.05), "wait", "score", draws=200)
    assert knee.set_index("metric").loc["knee", "status"] == "not_estimable"


def test_the_test_of_a_knee_keeps_its_level():
    """60 straight lines at 5 %: 9 or more rejections would be 1 in 500."""
    rejected = 0
    for seed in range(60):
        data = waits(400, seed=seed, knee=-100, drop=0.05)
        places = np.quantile(data["wait"], np.linspace(0.05, 0.95, 37))
        rejected += knee_test(data["wait"].to_numpy(), data["score"].to_numpy(), np.ones(400), places, 1) <= 0.05
    assert rejected < 9


def test_the_curve_follows_the_truth_and_its_band_holds_it():
    curve, _ = waiting_curve(waits(4000), "wait", "score", draws=20)
    truth = 8 - 0.15 * np.maximum(curve["at"] - 10, 0)
    assert np.abs(curve["estimate"] - truth).max() < 0.35
    assert (curve["ci_low"] < curve["estimate"]).all()


def test_a_natural_spline_through_a_line_is_the_line():
    data = pd.DataFrame({"wait": np.arange(300.0), "score": 10 - 0.01 * np.arange(300.0)})
    curve, _ = waiting_curve(data, "wait", "score", draws=20)
    assert curve["estimate"].to_numpy() == pytest.approx(10 - 0.01 * curve["at"].to_numpy())


def test_first_contact_resolution_by_hand():
    data = pd.DataFrame({"contacts": [1, 1, 1, 2, 5, None], "team": list("aaabbb")})
    found = first_contact_resolution(data, "contacts", by="team").set_index("team")
    assert found["estimate"].to_dict() == pytest.approx({"(all)": 60, "a": 100, "b": 0})
    assert found.loc["(all)", "n_missing"] == 1


def test_exact_poisson_limits():
    """10 events: 4.795 to 18.390; 0 events: up to 3.689 (Garwood 1936; R ``poisson.test``)."""
    table = pd.DataFrame({"store": ["a", "b"], "complaints": [10, 0], "orders": [1000, 1000]})
    found = complaint_rate(table, "complaints", "orders", by="store").set_index("store")
    assert found.loc["a", ["estimate", "ci_low", "ci_high"]].tolist() == pytest.approx([10, 4.795, 18.390], abs=1e-3)
    assert found.loc["b", ["estimate", "ci_low", "ci_high"]].tolist() == pytest.approx([0, 0, 3.689], abs=1e-3)
    assert complaint_rate(table, "complaints", "orders").loc[0, "estimate"] == 5


def test_chart_of_complaints():
    rng = np.random.default_rng(2)
    table = pd.DataFrame({"week": [f"W{i:02d}" for i in range(20)], "c": rng.poisson(12, 20), "n": 3000})
    table.loc[15, "c"] = 60
    found = complaint_chart(table, "c", "n", at="week", kind="u")
    assert found.loc[15, "signal"] and found.loc[15, "at"] == "W15"
    assert found["centre"].iloc[0] == pytest.approx(1000 * table["c"].sum() / 60_000)


def test_wording():
    with pytest.raises(DataError, match=r"negative times in 1 of 300 rows"):
        waiting_curve(waits(300).assign(wait=lambda d: d["wait"].where(d.index > 0, -1)), "wait", "score")
    with pytest.raises(ValueError, match="50 complete answers, fewer than `min_n` 200"):
        waiting_curve(waits(50), "wait", "score")
    with pytest.raises(DataError, match="1 of 1 rows are not counts"):
        complaint_rate(pd.DataFrame({"c": [1], "n": [0]}), "c", "n")


def test_ratings_by_contacts_are_those_of_two_samples():
    """40 solved at once rate 4.5 on average, 40 who came again 3.5; three open cases are left out."""
    data = pd.DataFrame({"contacts": [1.0] * 40 + [2.0] * 30 + [3.0] * 10 + [np.nan] * 3})
    data["overall"] = [4.0, 5.0] * 20 + [3.0, 4.0] * 20 + [1.0] * 3
    row = first_contact_gap(data, "contacts", "overall", scale=(1, 5)).iloc[0]
    assert (row["estimate"], row["reference_estimate"], row["difference"]) == (4.5, 3.5, 1.0)
    assert (row["n"], row["n_reference"], row["reference"]) == (40, 40, "again")
    se = np.sqrt(2 * 0.5**2 / 39)  # Welch: variances 0.25 x 40 / 39, over 40 each
    assert row["difference_se"] == pytest.approx(se)
    few = first_contact_gap(data.head(45), "contacts", "overall", scale=(1, 5))
    assert few["status"].tolist() == ["not_estimable"]
    alone = first_contact_gap(data.head(40), "contacts", "overall", scale=(1, 5))
    assert alone["status"].tolist() == ["not_estimable"]
    assert not len(first_contact_gap(data.iloc[40:80], "contacts", "overall", scale=(1, 5)))
    assert not len(first_contact_gap(data.tail(3), "contacts", "overall", scale=(1, 5)))

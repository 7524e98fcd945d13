"""Leaving by engagement band: by hand, against statsmodels, planted ratios, the fictional attrition sample."""

import numpy as np
import pandas as pd
import pytest

from cemlab import DataError, turnover_cox, turnover_risk, turnover_survival


def staff(n=900, seed=2):
    """Hazard per day 0.001 for engaged people, twice that for the middle, four times for the others; follow-up 400 days."""
    rng = np.random.default_rng(seed)
    band = rng.choice(["high", "mid", "low"], n, p=[0.4, 0.4, 0.2])
    hazard = 0.001 * pd.Series(band).map({"high": 1, "mid": 2, "low": 4}).to_numpy()
    days = rng.exponential(1 / hazard)
    return pd.DataFrame(
        {"band": band, "days": np.minimum(days, 400).round(2), "left": (days < 400) * 1, "team": rng.integers(0, 30, n)}
    )


def row(found, metric, band):
    return found[(found["metric"] == metric) & (found["band"] == band)].iloc[0]


def test_survival_by_hand():
    """Four people: one leaves on day 1, one is lost on day 2, one leaves on day 3 of two: left 1 - 3/4 x 1/2 = 62.5 %."""
    data = pd.DataFrame({"band": ["a"] * 4 + ["b"] * 2, "days": [1, 2, 3, 9, 5, 6], "left": [1, 0, 1, 0, 0, 0]})
    found = turnover_survival(data, "days", "left", band="band", at=(4,))
    assert found.estimates["estimate"].tolist() == pytest.approx([62.5, 0])
    assert found.estimates["n"].tolist() == [4, 2]


def test_log_rank_against_statsmodels():
    from statsmodels.duration.survfunc import survdiff

    data = staff()
    found = turnover_survival(data, "days", "left", band="band")
    chi2, p = survdiff(data["days"], data["left"], data["band"])
    assert found.test["chi2"] == pytest.approx(chi2, rel=1e-8)
    assert found.test["df"] == 2
    assert found.test["p_value"] == pytest.approx(p, rel=1e-6)


def test_cox_finds_the_planted_ratios():
    found = turnover_cox(staff(), "days", "left", band="band", reference="high")
    for band, ratio in (("mid", 2), ("low", 4)):
        one = row(found, "hazard_ratio", band)
        assert one["ci_low"] < ratio < one["ci_high"]
        assert row(found, "proportional", band)["p_value"] > 0.01
    clustered = turnover_cox(staff(), "days", "left", band="band", reference="high", unit="team")
    assert row(clustered, "hazard_ratio", "low")["estimate"] == pytest.approx(
        row(found, "hazard_ratio", "low")["estimate"]
    )
    assert clustered["method"].iloc[0] == "cox_efron_clustered"


def test_a_ratio_that_changes_is_reported():
    """Low band: all risk in the first days; later they are the ones who stay."""
    rng = np.random.default_rng(1)
    low = np.where(rng.random(400) < 0.5, rng.uniform(0, 30, 400), 400)
    high = np.where(rng.random(400) < 0.5, rng.uniform(200, 400, 400), 400)
    days = np.concatenate([low, high])
    data = pd.DataFrame({"band": ["low"] * 400 + ["high"] * 400, "days": days, "left": (days < 400) * 1})
    assert (
        row(turnover_cox(data, "days", "left", band="band", reference="high"), "proportional", "low")["p_value"] < 1e-6
    )


def test_risk_by_hand():
    """40 of 100 against 20 of 100: odds ratio (40 x 80) / (20 x 60) = 2.667, difference 20 points; se of a 2 x 2 table."""
    data = pd.DataFrame({"band": ["low"] * 100 + ["high"] * 100, "left": [1] * 40 + [0] * 60 + [1] * 20 + [0] * 80})
    found = turnover_risk(data, "left", band="band", reference="high")
    odds = row(found, "odds_ratio", "low")
    assert odds["estimate"] == pytest.approx(8 / 3, rel=1e-6)
    assert odds["se"] / odds["estimate"] == pytest.approx(np.sqrt(1 / 40 + 1 / 60 + 1 / 20 + 1 / 80), rel=1e-5)
    gap = row(found, "risk_difference", "low")
    assert gap["estimate"] == pytest.approx(20, rel=1e-6)
    assert gap["se"] == pytest.approx(100 * np.sqrt(0.4 * 0.6 / 100 + 0.2 * 0.8 / 100), rel=1e-5)
    assert row(found, "left", "high")["estimate"] == 20
    assert set(found["n"]) == {100}


def test_attrition_sample(shared):
    """IBM's fictional sample: 235 of 1,466 left (16.03 %); overtime raises the odds."""
    data = pd.read_csv(shared / "data" / "employee" / "ibm_hr_attrition.csv")
    data["left"] = (data["Attrition"] == "Yes") * 1
    found = turnover_risk(data, "left", band="OverTime", reference="No", adjust=["Age"])
    shares = found[found["metric"] == "left"]
    assert (shares["estimate"] * shares["n"]).sum() / shares["n"].sum() == pytest.approx(100 * 235 / 1466)
    assert found.loc[found["metric"] == "odds_ratio", "ci_low"].iloc[0] > 2


def test_wording():
    data = staff(200)
    with pytest.raises(DataError, match="must be 1 where the person left"):
        turnover_risk(data.assign(left=2), "left", band="band")
    with pytest.raises(ValueError, match="no band 'best'"):
        turnover_risk(data, "left", band="band", reference="best")
    with pytest.raises(ValueError, match=r"0 people left, for 2 slope\(s\)"):
        turnover_cox(data.assign(left=0), "days", "left", band="band")

"""Van Westendorp's price points and curves, and the trial curve."""

import numpy as np
import pandas as pd
import pytest

from cemlab.analyse.price_sensitivity import price_sensitivity
from cemlab.checks import DataError

FOUR = ["toocheap", "cheap", "expensive", "tooexpensive"]
POINTS = {"range_low": "pricerange_lower", "range_high": "pricerange_upper", "idp": "idp", "opp": "opp"}


def points_of(found):
    return found.points.set_index("metric")["estimate"]


def test_by_hand():
    """All agree but for steps of 10: cheap falls from 100 to 0 % over 10..20, expensive rises over 20..30."""
    data = pd.DataFrame({"a": [5.0] * 10, "b": [10.0] * 5 + [20.0] * 5, "c": [25.0] * 10, "d": [40.0] * 10})
    found = price_sensitivity(data, "a", "b", "c", "d", draws=0)
    cheap = found.curves.query("metric == 'cheap'").set_index("at")["estimate"]
    assert cheap.to_dict() == {5: 100, 10: 100, 20: 0, 25: 0, 40: 0}  # its ends are set to 0 and 1
    assert found.quality.iloc[0].to_dict() == {"asked": 10, "valid": 10, "inconsistent": 0, "missing": 0}


@pytest.mark.parametrize("case", ["original", "narrower", "not_validated", "weighted", "interpolated"])
def test_against_psm_analysis(oracle, case):
    expected, folder = oracle("price_sensitivity")
    data, options = pd.read_csv(folder / "input.csv"), {"draws": 0}
    options |= {"accept": "narrower"} if case == "narrower" else {}
    options |= {"validate": False} if case == "not_validated" else {}
    options |= {"weights": "weight"} if case == "weighted" else {}
    found, e = price_sensitivity(data, *FOUR, **options), expected["results"][case]
    for ours, theirs in POINTS.items():
        assert points_of(found)[ours] == pytest.approx(e[theirs], abs=1e-6)
    assert found.quality["inconsistent"].iloc[0] == e["invalid"]


@pytest.mark.parametrize("method", ["min", "max", "mean"])
def test_several_crossings_against_psm_analysis(oracle, method):
    expected, folder = oracle("price_sensitivity")
    data = pd.read_csv(folder / "input_small.csv")
    found = points_of(price_sensitivity(data, *FOUR, crossings=method, draws=0))
    for ours, theirs in POINTS.items():
        assert found[ours] == pytest.approx(expected["results"]["small"][method][theirs], abs=1e-6)


def test_curves_and_trial_against_psm_analysis(oracle):
    expected, folder = oracle("price_sensitivity")
    e, data = expected["results"], pd.read_csv(folder / "input.csv")
    found = price_sensitivity(data, *FOUR, intent=("pi_cheap", "pi_expensive"), draws=50)
    for name in FOUR:
        ours = found.curves[found.curves["metric"] == name.replace("too", "too_")]
        assert ours["at"].tolist() == e["curves"]["price"]
        assert ours["estimate"].to_numpy() / 100 == pytest.approx(np.array(e["curves"][f"ecdf_{name}"]), abs=1e-9)
    for metric, size in (("trial", 100), ("revenue", 1)):
        ours = found.curves[found.curves["metric"] == metric]["estimate"].to_numpy() / size
        theirs = np.array(e["nms"]["curve"]["reach" if metric == "trial" else metric])
        assert ours == pytest.approx(theirs, abs=1e-9)
    best = found.optimum.set_index("metric")["estimate"]
    assert (best["reach_price"], best["revenue_price"]) == (e["nms"]["optimal_reach"], e["nms"]["optimal_revenue"])


def made(n, seed, centre=20.0):
    rng = np.random.default_rng(seed)
    cheap = np.round(centre * np.exp(rng.normal(0, 0.2, n)), 1)
    gaps = np.round(1 + rng.gamma(3, 1.5, (3, n)), 1)
    return pd.DataFrame({"toocheap": cheap - gaps[0], "cheap": cheap, "expensive": cheap + gaps[1]}).assign(
        tooexpensive=lambda d: d["expensive"] + gaps[2]
    )


def test_another_currency_changes_the_unit_only():
    data = made(200, 1).clip(lower=0)
    one, two = price_sensitivity(data, *FOUR, seed=3), price_sensitivity(data * 4, *FOUR, seed=3)
    for column in ("estimate", "ci_low", "ci_high"):
        assert (one.points[column] * 4).tolist() == pytest.approx(two.points[column].tolist())


def test_intervals_cover_the_truth():
    """The points of a hundred thousand respondents lie inside nine of ten intervals from 150 of them."""
    truth = points_of(price_sensitivity(made(100_000, 99).clip(lower=0), *FOUR, draws=0))
    inside = 0
    for seed in range(20):
        rows = price_sensitivity(made(150, seed).clip(lower=0), *FOUR, draws=300).points.set_index("metric")
        inside += ((rows["ci_low"] <= truth) & (truth <= rows["ci_high"])).sum()
    assert 0.85 * 80 <= inside <= 80


def test_blocks_of_many_respondents_give_intervals_of_the_same_width():
    data = made(3000, 5).clip(lower=0)
    wide = price_sensitivity(data, *FOUR, draws=500).points.set_index("metric")["se"]
    few = price_sensitivity(data.iloc[:1000], *FOUR, draws=500).points.set_index("metric")["se"]
    assert (few / wide).between(1.2, 2.6).all()  # root of three, roughly


def test_groups_gaps_and_few_respondents():
    data = made(60, 2).clip(lower=0).assign(g=["a"] * 30 + ["b"] * 25 + ["c"] * 5)
    data.loc[0, "cheap"] = np.nan
    found = price_sensitivity(data, *FOUR, by="g", draws=100)
    quality = found.quality.set_index("g")
    assert quality.loc["a", "missing"] == 1 and quality.loc["a", "asked"] == 30
    assert set(found.points[found.points["g"] == "c"]["status"]) == {"not_estimable"}
    alone = price_sensitivity(data[data["g"] == "b"], *FOUR, draws=0)
    assert points_of(alone).tolist() == found.points[found.points["g"] == "b"]["estimate"].tolist()


def test_wording():
    data = made(30, 2).clip(lower=0)
    with pytest.raises(DataError, match="1 respondents state a price below 0, for example -3"):
        price_sensitivity(data.assign(toocheap=lambda d: d["toocheap"].where(d.index > 0, -3.0)), *FOUR)
    with pytest.raises(ValueError, match="crossings"):
        price_sensitivity(data, *FOUR, crossings="middle")
    with pytest.raises(DataError, match="have no calibrated share, for example 9"):
        price_sensitivity(data.assign(i=9, j=9), *FOUR, intent=("i", "j"))

"""Importance and performance, key experiences."""

import numpy as np
import pandas as pd
import pytest

from cemlab.analyse.importance import importance_performance, improvement_paths, key_experiences

CALLS = {"pearson": "correlation", "partial": "partial", "std_beta": "beta", "lmg": "lmg"}


def survey(n=900, seed=1):
    """One bad touchpoint (t0: drives most, lowest mean), one good driver (t1), two that drive nothing."""
    rng = np.random.default_rng(seed)
    t = rng.normal(size=(n, 4)) + [3.0, 4.2, 3.5, 4.0]
    data = pd.DataFrame(t, columns=["t0", "t1", "t2", "t3"])
    return data.assign(y=0.6 * data["t0"] + 0.4 * data["t1"] + rng.normal(size=n))


def test_quadrants_by_hand():
    """Means 1, 2 (cross 1.5); y follows a alone: importance 100 and 0."""
    a, b = np.array([0, 2, 0, 2.0] * 50), np.array([1, 1, 3, 3.0] * 50)
    found = importance_performance(pd.DataFrame({"a": a, "b": b, "y": a}), "y", ["a", "b"], draws=0).set_index("item")
    assert found["performance"].tolist() == [1, 2]
    assert found["importance"].tolist() == pytest.approx([100, 0])
    assert found["quadrant"].tolist() == ["Concentrate here", "Possible overkill"]


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("cross", ["mean", "median"])
def test_against_base_r_and_ppcor(oracle, name, cross):
    """Base R 4.2.2 ``colMeans``, ``cor``; ppcor; relaimpo for LMG."""
    expected, folder = oracle("importance_performance")
    e, data = expected["results"], pd.read_csv(folder / "input.csv")
    options = {"importance": CALLS[name], "crosshair": cross, "draws": 0}
    found = importance_performance(data, e["outcome"], e["attributes"], **options).set_index("item")
    scale = 100 if name == "lmg" else 1
    assert found["performance"].to_dict() == pytest.approx(e["performance"], rel=1e-8)
    assert (found["importance"] / scale).to_dict() == pytest.approx(e["importance"][name], rel=1e-8)
    assert found["quadrant"].to_dict() == e[f"quadrant_{cross}"][name]
    if cross == "mean":
        assert found["cross_performance"].iloc[0] == pytest.approx(e["crosshair_mean"][name]["performance"], rel=1e-8)
        assert found["cross_importance"].iloc[0] / scale == pytest.approx(
            e["crosshair_mean"][name]["importance"], rel=1e-8
        )


def test_intervals_hold_the_estimates_and_certainty_is_a_share():
    found = importance_performance(survey(), "y", ["t0", "t1", "t2", "t3"], draws=200)
    for axis in ("performance", "importance"):
        assert found[axis].between(found[f"{axis}_low"], found[f"{axis}_high"]).all()
    assert found["certainty"].between(0, 1).all()
    assert found.set_index("item").loc["t0", ["quadrant", "certainty"]].tolist() == ["Concentrate here", 1.0]


def test_a_fixed_cross_is_taken():
    found = importance_performance(survey(), "y", ["t0", "t1"], crosshair=(5, 0), draws=0)
    assert set(found["quadrant"]) == {"Concentrate here"}


def test_the_planted_weak_spot_is_the_first_key_experience_and_the_only_one():
    goals = dict.fromkeys(["t0", "t1", "t2", "t3"], 4.0)
    found = key_experiences(survey(), "y", list(goals), targets=goals, draws=400)
    assert found.loc[0, "item"] == "t0" and found.loc[0, ["rank", "rank_high"]].tolist() == [1, 1]
    assert found.set_index("item")["is_key"].to_dict() == {"t0": True, "t1": False, "t2": False, "t3": False}
    assert found.loc[0, "gain"] == pytest.approx(0.6, abs=0.1)


def test_noise_has_no_key_experience():
    rng = np.random.default_rng(4)
    data = pd.DataFrame(rng.normal(size=(500, 6)), columns=[*"abcde", "y"])
    found = key_experiences(data, "y", list("abcde"), targets=dict.fromkeys("abcde", 1.0), draws=300)
    assert not found["is_key"].any()


def test_score_is_impact_times_shortfall_times_reach_over_cost():
    found = key_experiences(survey(), "y", ["t0", "t1"], targets={"t0": 4, "t1": 5}, cost={"t0": 2}, draws=0)
    row = found.set_index("item").loc["t0"]
    assert row["score"] == pytest.approx(row["impact"] / 100 * (4 - row["performance"]) * row["reach"] / 100 / 2)


def test_few_users_and_small_samples_are_not_ranked():
    data = survey().assign(rare=lambda d: d["t2"].where(d.index < 50))
    found = key_experiences(data, "y", ["t0", "rare", "t1"], targets={}, draws=50).set_index("item")
    assert found.loc["rare", "status"] == "not_estimable" and np.isnan(found.loc["rare", "rank"])
    small = key_experiences(survey(120), "y", ["t0", "t1"], targets={})
    assert small["rank"].isna().all() and not small["is_key"].any()


def test_paths_by_hand():
    """Ratings 1, 2, 3, 5: half of the two low ones to 3 is (1 + 0.5) / 4 points up, to 4 (1.5 + 1) / 4."""
    data = pd.DataFrame({"a": [1, 2, 3, 5]})
    kx = pd.DataFrame({"item": ["a"], "gain": [2.0], "gain_low": [1.0], "gain_high": [3.0]})
    found = improvement_paths(data, "a", kx, scale=(1, 5)).set_index("path")
    assert found["moved"].tolist() == [25, 25]
    assert found["mean_change"].to_dict() == pytest.approx({"cut": 0.375, "convert": 0.625})
    assert found.loc["convert", ["gain", "gain_low", "gain_high"]].tolist() == pytest.approx([1.25, 0.625, 1.875])


def test_wording():
    with pytest.raises(ValueError, match="not positive"):
        key_experiences(survey(), "y", ["t0", "t1"], targets={}, cost={"t0": 0})
    with pytest.raises(ValueError, match="`importance` is 'stated'"):
        importance_performance(survey(), "y", ["t0", "t1"], importance="stated")
    with pytest.raises(ValueError, match="`share` is 2"):
        improvement_paths(survey(), "t0", pd.DataFrame(), scale=(1, 5), share=2)

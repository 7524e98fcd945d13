"""Penalty-reward contrast."""

import numpy as np
import pandas as pd
import pytest

from cemlab.analyse.penalty_reward import penalty_reward


def test_by_hand():
    """One touchpoint: means 2 (low), 5 (middle), 6 (high): penalty -3, reward 1, IA (1 - 3) / 4."""
    data = pd.DataFrame({"x": [1, 1, 3, 3, 5, 5], "y": [1, 3, 4, 6, 5, 7]})
    row = penalty_reward(data, "y", "x", low=2, high=4, min_n=2).iloc[0]
    assert row[["penalty", "reward", "riocs", "ia"]].tolist() == pytest.approx([-3, 1, 4, -0.5])
    assert row[["share_low", "share_high"]].tolist() == pytest.approx([100 / 3] * 2)


@pytest.mark.parametrize("errors", ["classical", "HC3"])
def test_against_lm(oracle, errors):
    """R 4.2.2 ``lm`` with dummies, sandwich HC3, F test of both dummies."""
    expected, folder = oracle("penalty_reward")
    e, data = expected["results"], pd.read_csv(folder / "input.csv")
    found = penalty_reward(data, e["outcome"], e["attributes"], low=e["low_max"], high=e["high_min"], errors=errors)
    found = found.set_index("item")
    from scipy.stats import t

    table = e["coefficients"] if errors == "classical" else e["robust_HC3"]
    se = dict(zip(table["rows"], np.array(table["values"])[:, 1], strict=True))
    for item, wanted in e["by_attribute"].items():
        row = found.loc[item]
        for name in ("penalty", "reward", "riocs", "sgp", "dgp", "ia", "f"):
            value = np.nan if wanted[name] is None else wanted[name]
            assert row[name] == pytest.approx(value, rel=1e-8, nan_ok=True)
        assert row["p_value"] == pytest.approx(wanted["p"], rel=1e-8)
        half = t.ppf(0.975, len(data) - 13) * se[f"{item}_lo"]
        assert row["penalty_high"] - row["penalty"] == pytest.approx(half, rel=1e-8)
    assert (found["share_low"] / 100).to_dict() == pytest.approx(e["share_low"], rel=1e-8)
    assert (found["share_high"] / 100).to_dict() == pytest.approx(e["share_high"], rel=1e-8)


def test_planted_factors_are_found():
    rng = np.random.default_rng(2)
    x = rng.integers(1, 6, size=(2000, 4))
    lows, highs = x <= 2, x >= 4
    y = lows @ [-2.0, -0.9, 0, 0] + highs @ [0, 0.9, 2.0, 0] + rng.normal(size=2000)
    data = pd.DataFrame(x, columns=["must", "linear", "wow", "none"]).assign(y=y)
    found = penalty_reward(data, "y", ["must", "linear", "wow", "none"], low=2, high=4)
    assert found["factor"].tolist()[:3] == ["basic", "performance", "excitement"]
    assert found["factor"].isna().tolist() == [False, False, False, True]


def test_weight_two_gives_the_estimates_of_two_rows():
    rng = np.random.default_rng(1)
    data = pd.DataFrame({"x": rng.integers(1, 6, 60), "y": rng.normal(size=60), "w": rng.integers(1, 4, 60)})
    weighted = penalty_reward(data, "y", "x", low=2, high=4, weights="w")
    repeated = penalty_reward(data.loc[data.index.repeat(data["w"])], "y", "x", low=2, high=4)
    for name in ("penalty", "reward", "share_low"):
        assert weighted[name].iloc[0] == pytest.approx(repeated[name].iloc[0])


def test_no_low_ratings_leave_the_penalty_empty():
    rng = np.random.default_rng(1)
    data = pd.DataFrame({"x": rng.integers(3, 6, 80), "y": rng.normal(size=80)})
    row = penalty_reward(data, "y", "x", low=2, high=4).iloc[0]
    assert np.isnan(row["penalty"]) and not np.isnan(row["reward"]) and row["status"] == "low_base"


def test_wording():
    data = pd.DataFrame({"x": [1, 3, 5], "y": [1, 2, 3]})
    with pytest.raises(ValueError, match="`low` 4 is not below `high` 2"):
        penalty_reward(data, "y", "x", low=4, high=2)
    with pytest.raises(ValueError, match="3 complete rows do not settle 2 dummies"):
        penalty_reward(data, "y", "x", low=2, high=4)

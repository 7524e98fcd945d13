"""The heat map: by hand, against metafor's formulas, pooling laws, false discovery over the whole map."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize_scalar

from cemlab import shrunken_units, unit_heatmap
from cemlab.analyse.partial_pooling import between_variance, shrunk, steady_variances


def company(seed=5, units=40, spread=0.0, dims=2, shift=0.0):
    """Answers 1-5 of units of 4 to 60 people; the first unit is moved by `shift`."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(4, 60, units)
    team = np.repeat(np.arange(units), sizes)
    moved = rng.normal(0, spread, units)[team] + np.where(team == 0, shift, 0.0)
    answers = {f"q{d}": np.clip(np.round(3.4 + moved + rng.normal(0, 1, len(team))), 1, 5) for d in range(dims)}
    return pd.DataFrame({"team": team, "id": np.arange(len(team)), **answers})


def test_by_hand_two_teams():
    """Means 4.5 and 2, variances 1/3 and 2/3 (df 3 each, too few units to steady: pooled 1/2); 1/2 (1/4 + 1/4) plus tau^2.

    Between variance of two means by REML: (2.5^2 / 2) - 1/8 = 3; the rest is one team, so its error is 1/8 + 3.
    """
    data = pd.DataFrame({"team": ["a"] * 4 + ["b"] * 4, "q": [4, 4, 5, 5, 1, 2, 2, 3]})
    found = unit_heatmap(data, ["q"], unit="team", scale=(1, 5), metric="mean", min_n=2).iloc[0]
    assert found["difference"] == 2.5
    assert found["difference_se"] == pytest.approx(np.sqrt(1 / 8 + 1 / 8 + 3))


def test_between_variance_against_the_likelihood():
    """REML is the maximum of the restricted likelihood; DL as in DerSimonian and Laird (1986)."""
    rng = np.random.default_rng(2)
    v = rng.uniform(0.05, 2, 25)
    y = rng.normal(3, np.sqrt(0.6 + v))

    def restricted(tau2):
        w = 1 / (v + tau2)
        centre = w @ y / w.sum()
        return 0.5 * (np.log(v + tau2).sum() + np.log(w.sum()) + w @ (y - centre) ** 2)

    best = minimize_scalar(restricted, bounds=(0, 10), method="bounded", options={"xatol": 1e-10}).x
    assert between_variance(y, v) == pytest.approx(best, rel=1e-5)
    from statsmodels.stats.meta_analysis import combine_effects

    assert between_variance(y, v, "dl") == pytest.approx(combine_effects(y, v, method_re="dl").tau2)


def test_steady_variances_recover_the_prior():
    """Variances drawn from s0^2 d0 / chi2(d0), d0 = 8, s0^2 = 2 and seen with 6 df: steadied ones are nearer the truth."""
    rng = np.random.default_rng(4)
    truth = 2 * 8 / rng.chisquare(8, 4000)
    seen = truth * rng.chisquare(6, 4000) / 6
    steady, df = steady_variances(seen, np.full(4000, 6.0))
    assert df[0] - 6 == pytest.approx(8, rel=0.15)
    assert np.mean((np.log(steady) - np.log(truth)) ** 2) < 0.6 * np.mean((np.log(seen) - np.log(truth)) ** 2)


def test_small_units_shrink_more_and_intervals_cover():
    rng = np.random.default_rng(8)
    inside = []
    for _ in range(200):
        truth = rng.normal(50, 6, 30)
        v = rng.uniform(4, 100, 30)
        seen = truth + rng.normal(0, np.sqrt(v))
        value, se, own = shrunk(seen, v, between_variance(seen, v))
        inside.append(np.abs(value - truth) < 1.96 * se)
        assert (np.diff(own[np.argsort(v)]) <= 1e-12).all()
    assert 0.925 < np.mean(inside) < 0.975


def test_noise_gives_no_cell_and_a_moved_unit_is_found():
    flat = unit_heatmap(company(), {"d": ["q0", "q1"]}, unit="team", scale=(1, 5))
    assert (flat["p_adjusted"].dropna() > 0.05).all()
    assert flat["adjust"].unique().tolist() == ["bh"]
    found = unit_heatmap(company(shift=-1.6), ["q0", "q1"], unit="team", scale=(1, 5), metric="mean")
    hits = found[found["p_adjusted"] < 0.05]
    assert set(hits["team"]) == {"0"}
    assert (hits["difference"] < 0).all()


def test_shrunken_lie_between_own_and_common_mean():
    data = company(spread=0.3)
    found = shrunken_units(data, ["q0"], unit="team", scale=(1, 5), metric="mean")
    drawn = found[found["metric"] == "mean"].set_index("team")
    own = data.groupby("team")["q0"].mean().rename(index=str)[drawn.index]
    weight = found[found["metric"] == "own_weight"].set_index("team")["estimate"] / 100
    centre = (drawn["estimate"] - weight * own) / (1 - weight)
    assert np.ptp(centre) < 1e-6
    assert drawn["n"].tolist() == data["team"].astype(str).value_counts()[drawn.index].tolist()
    assert found.loc[found["metric"] == "between_sd", "estimate"].iloc[0] == pytest.approx(0.3, abs=0.12)


def test_against_the_last_wave_subtracts_the_covariance():
    rng = np.random.default_rng(1)
    person, trait = np.arange(80), rng.normal(3, 0.8, 80)
    waves = [np.clip(np.round(trait + lift + rng.normal(0, 0.4, 80)), 1, 5) for lift in (0.0, 0.3)]
    data = pd.concat(
        [pd.DataFrame({"id": person, "team": person % 2, "when": w, "q": q}) for w, q in zip("ab", waves, strict=True)]
    )
    how = {
        "unit": "team",
        "scale": (1, 5),
        "metric": "mean",
        "against": "previous",
        "wave": "when",
        "current": "b",
        "previous": "a",
    }
    paired, plain = (unit_heatmap(data, ["q"], person=p, **how) for p in ("id", None))
    assert paired["difference"].tolist() == pytest.approx(plain["difference"].tolist())
    assert (paired["difference_se"] < 0.8 * plain["difference_se"]).all()
    assert paired["n"].tolist() == [40, 40]


def test_benchmark_small_units_and_wording():
    data = pd.DataFrame({"team": ["a"] * 6 + ["b"] * 3, "q": [4, 4, 5, 5, 3, 3, 1, 2, 2]})
    found = unit_heatmap(data, ["q"], unit="team", scale=(1, 5), metric="mean", against="benchmark", benchmark={"q": 4})
    assert found["difference"].iloc[0] == 0
    assert found["status"].tolist() == ["ok", "not_estimable"]
    assert found["n"].tolist() == [6, 3]
    with pytest.raises(ValueError, match=r"`benchmark` has no value for \['q'\]"):
        unit_heatmap(data, ["q"], unit="team", scale=(1, 5), against="benchmark", benchmark={})
    with pytest.raises(ValueError, match="a map needs two or more"):
        unit_heatmap(data[data["team"] == "a"], ["q"], unit="team", scale=(1, 5))

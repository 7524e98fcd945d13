"""Unit engagement beside customer scores: by hand, exact permutation, lags, wording."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from cemlab import unit_linkage


def shops(n=12, seed=1):
    rng = np.random.default_rng(seed)
    engaged = rng.normal(size=n)
    return pd.DataFrame(
        {
            "shop": np.arange(n),
            "engaged": engaged,
            "nps": 0.7 * engaged + rng.normal(0, 0.7, n),
            "n": rng.integers(10, 90, n),
        }
    )


def row(found, metric):
    return found[found["metric"] == metric].iloc[0]


def test_interval_by_hand():
    """R = 0.5 with 12 units: tanh(0.5493 +- 1.96 / 3) = -0.104 to 0.834."""
    x = np.array([-1.0, 1.0] * 6)
    other = np.array([-1.0, -1.0, 1.0, 1.0] * 3)
    data = pd.DataFrame({"shop": range(12), "x": x, "y": 0.5 * x + np.sqrt(0.75) * other})
    one = row(unit_linkage(data, "x", "y", unit="shop"), "pearson")
    assert one["estimate"] == pytest.approx(0.5)
    assert (one["ci_low"], one["ci_high"]) == (pytest.approx(-0.104, abs=5e-4), pytest.approx(0.834, abs=5e-4))
    assert one["n"] == 12


def test_against_scipy():
    data = shops()
    found = unit_linkage(data, "engaged", "nps", unit="shop")
    r = stats.pearsonr(data["engaged"], data["nps"])
    assert row(found, "pearson")["estimate"] == pytest.approx(r.statistic)
    assert row(found, "spearman")["estimate"] == pytest.approx(stats.spearmanr(data["engaged"], data["nps"]).statistic)
    interval = r.confidence_interval()
    assert (row(found, "pearson")["ci_low"], row(found, "pearson")["ci_high"]) == pytest.approx(
        (interval.low, interval.high)
    )
    assert row(found, "pearson")["p_value"] == pytest.approx(r.pvalue, abs=0.01)


def test_few_units_try_every_order():
    data = shops(6)
    found = unit_linkage(data, "engaged", "nps", unit="shop", min_units=5)
    exact = stats.permutation_test(
        (data["nps"],),
        lambda y: abs(np.corrcoef(data["engaged"], y)[0, 1]),
        permutation_type="pairings",
        alternative="greater",
    )
    assert row(found, "pearson")["p_value"] == pytest.approx(exact.pvalue)


def test_lag_weights_and_correction():
    rng = np.random.default_rng(4)
    waves = [pd.DataFrame({"shop": range(30), "wave": w, "engaged": rng.normal(size=30)}) for w in ("2024", "2025")]
    data = pd.concat(waves, ignore_index=True)
    before = data.loc[data["wave"] == "2024", "engaged"].to_numpy()
    data["nps"] = np.concatenate([rng.normal(size=30), before + rng.normal(0, 0.3, 30)])
    late = row(unit_linkage(data, "engaged", "nps", unit="shop", wave="wave", lag=1), "pearson")
    assert (late["n"], late["at"]) == (30, 1)
    assert late["ci_low"] > 0.7
    found = unit_linkage(shops(), "engaged", "nps", unit="shop", weights="n", reliability_x=0.64)
    assert row(found, "pearson_disattenuated")["estimate"] == pytest.approx(row(found, "pearson")["estimate"] / 0.8)
    data = shops()
    w = np.cov(data["engaged"], data["nps"], aweights=data["n"])
    assert row(found, "pearson_weighted")["estimate"] == pytest.approx(w[0, 1] / np.sqrt(w[0, 0] * w[1, 1]))
    assert row(found, "pearson_weighted")["n_eff"] < 12


def test_chance_gives_uniform_p_values():
    p = [row(unit_linkage(shops(9, s).assign(nps=np.random.default_rng(s + 99).normal(size=9)), "engaged", "nps", unit="shop", draws=199), "pearson")["p_value"] for s in range(40)]  # fmt: skip
    assert stats.kstest(p, "uniform").pvalue > 0.01


def test_edges_and_wording():
    found = unit_linkage(shops(7), "engaged", "nps", unit="shop")
    assert set(found["status"]) == {"not_estimable"}
    with pytest.raises(ValueError, match="no `wave` column says"):
        unit_linkage(shops(), "engaged", "nps", unit="shop", lag=1)
    with pytest.raises(ValueError, match="1 rows repeat a unit"):
        unit_linkage(pd.concat([shops(), shops().head(1)]), "engaged", "nps", unit="shop")
    with pytest.raises(ValueError, match="a reliability is 1.2"):
        unit_linkage(shops(), "engaged", "nps", unit="shop", reliability_x=1.2)

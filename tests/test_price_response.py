"""Gabor-Granger: demand, revenue, optimum and elasticity."""

import numpy as np
import pandas as pd
import pytest

from cemlab.analyse.price_response import logit_line, price_response
from cemlab.checks import DataError


def lines(found):
    return found.demand.pivot(index="at", columns="metric", values="estimate")


def test_by_hand():
    data = pd.DataFrame({"p10": [1, 1, 1, 1], "p20": [1, 1, 1, 0], "p40": [1, 0, 0, 0]})
    found = price_response(data, {"p10": 10, "p20": 20, "p40": 40}, draws=0)
    assert lines(found)["demand"].tolist() == [100, 75, 25]
    assert lines(found)["revenue"].tolist() == [10, 15, 10]
    assert found.optimum.set_index("metric").loc["revenue_price", "estimate"] == 20
    arc = found.elasticity.query("metric == 'arc'")["estimate"].tolist()
    assert arc == pytest.approx([(-0.25 / 0.875) / (10 / 15), (-0.5 / 0.5) / (20 / 30)])


def test_ladder_against_r(oracle):
    expected, folder = oracle("gabor_granger")
    e, data = expected["results"], pd.read_csv(folder / "input.csv")
    prices = {f"buy_{p:g}": p for p in e["prices"]}
    found = price_response(data, prices, draws=100)
    demand = found.demand[found.demand["metric"] == "demand"]
    for ours, theirs in (("estimate", "demand"), ("ci_low", "wilson_lower"), ("ci_high", "wilson_upper")):
        assert (demand[ours] / 100).tolist() == pytest.approx(e[theirs], rel=1e-8)
    assert lines(found)["revenue"].tolist() == pytest.approx(e["revenue_index"], rel=1e-8)
    best = found.optimum.set_index("metric")["estimate"]
    assert best["revenue_price"] == e["optimum"]
    assert best["logit_price"] == pytest.approx(e["logit"]["optimum"], abs=1e-3)
    rows = found.elasticity
    assert rows[rows["metric"] == "arc"]["estimate"].tolist() == pytest.approx(e["arc_elasticity"], rel=1e-8)
    line = logit_line(np.array(e["prices"]), np.array(e["demand"]), np.full(len(prices), 420.0))
    assert line == pytest.approx(tuple(e["logit"]["coefficients"].values()), rel=1e-8)
    weighted = price_response(data, prices, weights="weight", method="linearised", draws=0).demand
    weighted = weighted[weighted["metric"] == "demand"]
    assert (weighted["estimate"] / 100).tolist() == pytest.approx(e["weighted"]["demand"], rel=1e-8)
    assert (weighted["se"] / 100).tolist() == pytest.approx(e["weighted"]["se"], rel=1e-8)


def test_cells_of_one_price_each_against_r(oracle):
    expected, folder = oracle("gabor_granger")
    e, cells = expected["results"]["monadic"], pd.read_csv(folder / "input_monadic.csv")
    parts = [
        pd.DataFrame({f"m{price:g}": [1] * bought + [0] * (asked - bought)})
        for price, asked, bought in cells.itertuples(index=False)
    ]
    found = price_response(pd.concat(parts), {f"m{price:g}": price for price in cells["price"]}, draws=0)
    curve = lines(found)
    assert (curve["demand"] / 100).tolist() == pytest.approx(e["raw"], rel=1e-8)
    assert (curve["monotone"] / 100).tolist() == pytest.approx(e["isotonic_decreasing"], rel=1e-8)
    assert (curve["monotone"] / 100 * curve.index).tolist() == pytest.approx(e["revenue"], rel=1e-8)
    assert found.optimum["estimate"].iloc[0] == e["optimum"]
    assert found.quality.iloc[0].to_dict() == {"rising": 1, "pairs": 6}


def ladder(n, seed):
    """Highest acceptable price: log-normal around 20."""
    most = 20 * np.exp(np.random.default_rng(seed).normal(0, 0.35, n))
    return pd.DataFrame({f"p{p}": (most >= p).astype(int) for p in (10, 14, 18, 22, 26, 30)})


PRICES = {f"p{p}": float(p) for p in (10, 14, 18, 22, 26, 30)}


def test_intervals_cover_the_truth():
    truth = price_response(ladder(200_000, 1), PRICES, draws=0).optimum.set_index("metric")["estimate"]
    inside = 0
    for seed in range(2, 32):
        row = price_response(ladder(150, seed), PRICES, draws=200).optimum.set_index("metric").loc["logit_price"]
        inside += row["ci_low"] <= truth["logit_price"] <= row["ci_high"]
    assert inside >= 25


def test_intent_scales_groups_and_gaps():
    data = pd.DataFrame({"a": [5, 4, 3, np.nan], "b": [4, 2, 1, 1], "g": ["x", "x", "y", "y"]})
    found = price_response(data, {"a": 1, "b": 2}, buy=(4, 5), by="g", draws=0).demand
    rows = found[found["metric"] == "demand"].set_index(["g", "at"])
    assert rows["estimate"].to_dict() == {("x", 1.0): 100, ("x", 2.0): 50, ("y", 1.0): 0, ("y", 2.0): 0}
    assert rows.loc[("y", 1.0), "n_missing"] == 1
    nobody = price_response(data.assign(a=np.nan, b=np.nan), {"a": 1, "b": 2}, draws=0)
    assert set(nobody.optimum["status"]) == {"not_estimable"}


def test_nobody_or_everybody_buys():
    data = pd.DataFrame({"a": [1] * 20, "b": [1] * 20})
    found = price_response(data, {"a": 5, "b": 8}, draws=50)
    assert found.optimum.set_index("metric").loc["revenue_price", "estimate"] == 8
    assert found.optimum.set_index("metric").loc["logit_price", "status"] == "not_estimable"


def test_wording():
    with pytest.raises(ValueError, match="maps each column to its price"):
        price_response(pd.DataFrame({"a": [1]}), {"a": 5})
    with pytest.raises(ValueError, match="maps each column to its price"):
        price_response(pd.DataFrame({"a": [1], "b": [1]}), {"a": 5, "b": -1})
    with pytest.raises(DataError, match="hold text"):
        price_response(pd.DataFrame({"a": ["yes"], "b": ["no"]}), {"a": 5, "b": 6})

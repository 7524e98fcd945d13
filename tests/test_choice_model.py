"""Multinomial logit, MaxDiff, hierarchical Bayes, market simulator."""

import numpy as np
import pandas as pd
import pytest

from cemlab.analyse.best_worst import best_worst
from cemlab.analyse.choice_model import choice_model, willingness_to_pay
from cemlab.analyse.convergence import effective_draws, r_hat
from cemlab.analyse.hierarchical_choice import hierarchical_choice, hierarchical_scores
from cemlab.analyse.market_simulator import price_curve, simulate_market
from cemlab.checks import DataError

WHO = {"person": "id", "task": "task"}
PICKED = {"person": "id", "task": "task", "item": "item", "best": "best", "worst": "worst"}


def choices(people=60, tasks=10, seed=1, spread=0.0, none=False):
    """Three alternatives of a brand (a, b, c: 0, 1, -0.5) and a price (-0.4 a yuan), with or without none (-0.8)."""
    rng = np.random.default_rng(seed)
    rows = []
    for person in range(people):
        own = np.array([1.0, -0.5, -0.4]) + spread * rng.normal(size=3)
        for task in range(tasks):
            brand, price = rng.choice(["a", "b", "c"], 3), rng.integers(1, 8, 3)
            utility = own[0] * (brand == "b") + own[1] * (brand == "c") + own[2] * price + rng.gumbel(size=3)
            if none:
                brand, price, utility = (
                    np.append(brand, "a"),
                    np.append(price, 0),
                    np.append(utility, -0.8 + rng.gumbel()),
                )
            for i in range(len(brand)):
                row = {"id": person, "task": task, "alt": str(i), "brand": brand[i], "price": float(price[i])}
                rows.append(row | {"choice": int(i == utility.argmax())})
    return pd.DataFrame(rows)


def test_by_hand():
    """Two alternatives that differ in x by 1, taken 3 of 4 times: the utility is log 3."""
    data = pd.DataFrame(
        {"id": [1, 1, 2, 2, 3, 3, 4, 4], "task": 1, "x": [1.0, 0] * 4, "choice": [1, 0, 1, 0, 1, 0, 0, 1]}
    )
    found = choice_model(data, "choice", ["x"], **WHO, errors="hessian")
    row = found.utilities.iloc[0]
    assert row["estimate"] == pytest.approx(np.log(3)) and row["se"] == pytest.approx(np.sqrt(1 / 3 + 1))
    assert found.fit["loglik"] == pytest.approx(3 * np.log(0.75) + np.log(0.25))
    assert found.fit["hit_rate"] == 0.75


def test_against_mlogit(oracle):
    expected, folder = oracle("conjoint_mnl")
    e, data = expected["results"], pd.read_csv(folder / "input.csv")
    found = choice_model(data, "choice", e["attributes"], **WHO)
    plain = choice_model(data, "choice", e["attributes"], **WHO, errors="hessian")
    rows = found.utilities.set_index("item")
    assert rows["estimate"].to_dict() == pytest.approx(e["coefficients"], abs=1e-5)
    assert rows["se"].to_dict() == pytest.approx(e["cluster_se"], abs=1e-5)
    assert plain.utilities.set_index("item")["se"].to_dict() == pytest.approx(e["se"], abs=1e-5)
    figures = [("loglik", "loglik"), ("loglik_equal", "loglik_equal"), ("rho2", "rho2"), ("aic", "aic")]
    for ours, theirs in [*figures, ("hit_rate", "in_sample_hit_rate")]:
        assert found.fit[ours] == pytest.approx(e[theirs], abs=1e-4)
    worth = willingness_to_pay(plain, "pf").set_index("item")
    assert worth["estimate"].to_dict() == pytest.approx(e["wtp"], abs=1e-5)
    assert worth["se"].to_dict() == pytest.approx(e["wtp_se"], abs=1e-5)
    assert found.importance.set_index("item")["estimate"].to_dict() == pytest.approx(e["importance_percent"], abs=1e-5)
    market = {str(i): {name: values[i] for name, values in e["scenario"].items()} for i in range(4)}
    shares = simulate_market(found, market, draws=0)["estimate"] / 100
    assert shares.tolist() == pytest.approx(e["scenario_share"], abs=1e-6)


@pytest.mark.parametrize(
    ("model", "key"), [("paired", "maxdiff"), ("marginal", "marginal"), ("sequential", "sequential")]
)
def test_best_worst_against_clogit(oracle, model, key):
    expected, folder = oracle("maxdiff")
    e, data = expected["results"], pd.read_csv(folder / "input.csv")
    found = best_worst(data, **PICKED, model=model, base="Pear", errors="hessian")
    rows = found.scores.set_index(["metric", "item"])
    for item, value in e[key]["coefficients"].items():
        assert rows.loc[("utility", item), "estimate"] == pytest.approx(value, abs=1e-5)
        assert rows.loc[("utility", item), "se"] == pytest.approx(e[key]["se"][item], abs=1e-5)
    for item, value in e[key]["share"].items():
        assert rows.loc[("share", item), "estimate"] / 100 == pytest.approx(value, abs=1e-5)
    assert found.fit["loglik"] == pytest.approx(e[key]["loglik"], abs=1e-5)
    assert found.fit["loglik_equal"] == pytest.approx(e[key]["loglik_null"], abs=1e-5)
    counts = found.counts.set_index("item")
    for item, values in zip(e["aggregate"]["rows"], e["aggregate"]["values"], strict=True):
        assert counts.loc[item, ["best", "worst"]].tolist() == values[:2]
        assert counts.loc[item, "estimate"] == pytest.approx(values[3])
    if model == "paired":
        clustered = best_worst(data, **PICKED, base="Pear").scores.set_index(["metric", "item"])
        for item, value in e["maxdiff_cluster_robust_se"].items():
            assert clustered.loc[("utility", item), "se"] == pytest.approx(value, abs=1e-5)


def test_hierarchical_against_bayesm(oracle):
    """Population means within 0.15 population spreads of bayesm's; persons' means correlated above 0.98."""
    expected, folder = oracle("conjoint_hb")
    e, data = expected["results"], pd.read_csv(folder / "input.csv")
    names = list(e["mu"])
    found = hierarchical_choice(data, "choice", names, **WHO, draws=250, warm_up=250, thin=1)
    rows = found.utilities.set_index(["metric", "item"])["estimate"]
    theirs = pd.read_csv(folder / "expected_individual.csv")
    order = {code: i for i, code in enumerate(theirs["id"])}
    ids = sorted(data["id"].unique())
    own = theirs[names].to_numpy()[[order[i] for i in ids]]
    for place, name in enumerate(names):
        assert abs(rows["utility", name] - e["mu"][name]) < 0.15 * e["population_sd"][name]
        assert rows["heterogeneity", name] == pytest.approx(e["population_sd"][name], rel=0.15)
        assert np.corrcoef(found.persons[:, place], own[:, place])[0, 1] > 0.98
    assert found.fit["rlh"] == pytest.approx(e["chain1"]["rlh"], abs=0.02)


def test_planted_utilities_are_found_and_held_out_choices_predicted():
    data = choices(people=150, tasks=10, spread=0.8)
    found = hierarchical_choice(data, "choice", ["brand", "price"], **WHO, holdout=2, draws=400, warm_up=300, thin=1)
    rows = found.utilities[found.utilities["metric"] == "utility"].set_index("item")
    truth = {"brand=b": 1.0, "brand=c": -0.5, "price": -0.4}
    for name, value in truth.items():
        assert abs(rows.loc[name, "estimate"] - value) < 4 * rows.loc[name, "se"]
    assert found.fit["holdout_hit_rate"] > 0.5 and found.fit["holdout_tasks"] == 300
    assert found.fit["rlh"] > found.fit["rlh_chance"]
    assert set(found.convergence["of"]) == {"mean", "spread"}
    assert 99.9 < found.importance["estimate"].sum() < 100.1
    again = hierarchical_choice(data, "choice", ["brand", "price"], **WHO, holdout=2, draws=400, warm_up=300, thin=1)
    assert again.persons == pytest.approx(found.persons)  # same seed, same draws


def test_items_of_persons_sum_to_a_hundred(oracle):
    _, folder = oracle("maxdiff")
    found = best_worst(pd.read_csv(folder / "input.csv"), **PICKED, base="Pear")
    scores = hierarchical_scores(found, draws=300, warm_up=200, thin=1).utilities
    shares = scores[scores["metric"] == "share"].set_index("item")["estimate"]
    assert shares.sum() == pytest.approx(100)
    assert shares.idxmax() == "Apple" and shares.idxmin() == "Melon"


def test_effects_coding_moves_the_level_not_the_model():
    data = choices()
    dummy = choice_model(data, "choice", ["brand", "price"], **WHO)
    effects = choice_model(data, "choice", ["brand", "price"], **WHO, coding="effects")
    assert dummy.fit["loglik"] == pytest.approx(effects.fit["loglik"])
    one, two = (m.utilities.set_index("item")["estimate"] for m in (dummy, effects))
    assert two["brand=b"] - two["brand=c"] == pytest.approx(one["brand=b"] - one["brand=c"])
    assert one["brand=b"] == pytest.approx(2 * two["brand=b"] + two["brand=c"])


def test_none_of_these():
    data = choices(people=200, none=True)
    found = choice_model(data, "choice", ["brand", "price"], **WHO, alternative="alt", none="3")
    rows = found.utilities.set_index("item")
    assert abs(rows.loc["(none)", "estimate"] + 0.8) < 4 * rows.loc["(none)", "se"]
    market = {"b at 3": {"brand": "b", "price": 3}, "a at 2": {"brand": "a", "price": 2}}
    shares = simulate_market(found, market, none=True, draws=0).set_index("item")["estimate"]
    assert shares.sum() == pytest.approx(100) and shares["(none)"] > 0
    with pytest.raises(ValueError, match="knows no choice of none"):
        simulate_market(choice_model(choices(), "choice", ["brand", "price"], **WHO), market, none=True)


@pytest.mark.parametrize("rule", ["share", "first", "randomised"])
def test_markets_sum_to_a_hundred_and_dear_sells_less(rule):
    found = hierarchical_choice(
        choices(people=80, spread=0.5), "choice", ["brand", "price"], **WHO, draws=150, warm_up=150, thin=1
    )
    market = {"x": {"brand": "b", "price": 3.0}, "y": {"brand": "a", "price": 2.0}, "z": {"brand": "c", "price": 1.0}}
    shares = simulate_market(found, market, rule=rule, draws=200)
    assert shares["estimate"].sum() == pytest.approx(100)
    assert (shares["ci_low"] <= shares["estimate"] + 1e-9).all()
    curve = price_curve(found, market, "x", "price", [1, 3, 5, 7], rule=rule, draws=0)
    falling = curve[curve["metric"] == "market_share"]["estimate"].to_numpy()
    assert (np.diff(falling) <= 1e-9).all() and falling[0] > falling[-1]


def test_twin_products_share_what_one_had_under_first_choice():
    """Two copies of one product: their common first-choice share is what the one had; the logit rule gives them more."""
    found = choice_model(choices(), "choice", ["brand", "price"], **WHO)
    one = {"x": {"brand": "b", "price": 3}, "y": {"brand": "b", "price": 2}}
    two = one | {"copy": {"brand": "b", "price": 3}}
    first = simulate_market(found, two, rule="first", draws=0).set_index("item")["estimate"]
    logit = [simulate_market(found, m, draws=0).set_index("item")["estimate"] for m in (one, two)]
    assert first["x"] + first["copy"] == pytest.approx(0) and first["y"] == pytest.approx(100)
    assert logit[1]["x"] + logit[1]["copy"] > logit[0]["x"]


def test_a_price_that_does_not_matter_prices_nothing():
    rng = np.random.default_rng(4)
    data = choices(people=40, tasks=4).assign(price=lambda d: rng.permutation(d["price"].to_numpy()))
    rows = willingness_to_pay(choice_model(data, "choice", ["brand", "price"], **WHO), "price")
    assert set(rows["status"]) == {"not_estimable"} and rows["estimate"].isna().all()


def test_chains_that_have_not_met_are_told():
    rng = np.random.default_rng(1)
    assert r_hat(rng.normal(size=(2, 1000))) < 1.01
    assert r_hat(rng.normal(size=(2, 1000)) + [[0], [1]]) > 1.1
    assert effective_draws(rng.normal(size=(2, 1000))) == pytest.approx(2000, rel=0.2)
    slow = np.cumsum(rng.normal(size=(2, 1000)), axis=1) * 0.1
    assert effective_draws(slow) < 60


def test_tasks_without_a_choice_are_left_out_and_counted():
    data = choices(people=20, tasks=3)
    data.loc[data["task"] == 0, "choice"] = 0
    found = choice_model(data, "choice", ["brand", "price"], **WHO)
    assert (found.fit["tasks"], found.fit["left_out"]) == (40, 20)
    shown = pd.DataFrame(
        {
            "id": 1,
            "task": [1, 1, 1, 2, 2, 2],
            "item": list("abcabc"),
            "best": [1, 0, 0, 0, 0, 1],
            "worst": [0, 0, 1, 0, 0, 0],
        }
    )
    more = pd.concat([shown, shown.assign(id=2, worst=[0, 1, 0, 1, 0, 0])])
    assert best_worst(more, **PICKED).fit["left_out"] == 1


def test_wording():
    data = choices(people=5, tasks=2)
    with pytest.raises(DataError, match="1 tasks have more than one choice"):
        bad = data.copy()
        bad.loc[[0, 1, 2], "choice"] = [1, 1, 0]
        choice_model(bad, "choice", ["brand", "price"], **WHO)
    with pytest.raises(ValueError, match="do not settle all"):
        choice_model(data.assign(twin=data["price"] * 2), "choice", ["price", "twin"], **WHO)
    with pytest.raises(DataError, match="has the level 'c' in .* known are"):
        choice_model(data, "choice", {"brand": ["a", "b"], "price": "linear"}, **WHO)
    with pytest.raises(ValueError, match="5 persons; a model between persons needs 30"):
        hierarchical_choice(data, "choice", ["brand", "price"], **WHO)
    found = choice_model(choices(), "choice", ["brand", "price"], **WHO)
    with pytest.raises(ValueError, match="lacks 'price'"):
        simulate_market(found, {"x": {"brand": "b"}, "y": {"brand": "a", "price": 1}})
    with pytest.raises(ValueError, match="'prise' is no number of the model. Did you mean 'price'"):
        willingness_to_pay(found, "prise")

"""Key drivers: formulas on a correlation matrix, and the analysis from rows."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cemlab.analyse.driver_sums import DriverSums, driver_sums, repaired
from cemlab.analyse.driver_table import driver_claims, driver_table
from cemlab.analyse.drivers import key_drivers
from cemlab.analyse.lmg import commonality, conditional_dominance, lmg_shares, subset_r2
from cemlab.analyse.relative_weights import car_scores, relative_weights
from cemlab.checks import DataError


def of(results, metric):
    return results[results["metric"] == metric].set_index("item")["estimate"]


def survey(n=600, seed=1, drivers=4, gaps=0.0):
    """Ratings with one common factor; t0 and t1 drive y, the rest do not. `gaps`: share who did not use t3."""
    rng = np.random.default_rng(seed)
    common = rng.normal(size=n)
    data = pd.DataFrame({f"t{j}": 3.5 + 0.5 * common + rng.normal(size=n) for j in range(drivers)})
    data["y"] = 1.0 * data["t0"] + 0.5 * data["t1"] + rng.normal(size=n)
    data.loc[rng.random(n) < gaps, "t3"] = np.nan
    return data


# by hand


def test_two_drivers_by_hand():
    """Correlations 0.6, 0.3 and 0.5 between them: R2 = (0.36 + 0.09 - 2 * 0.09) / 0.75 = 0.36; LMG of x1 (0.36 + 0.27) / 2."""
    correlation = np.array([[1, 0.5, 0.6], [0.5, 1, 0.3], [0.6, 0.3, 1]])
    r2 = subset_r2(correlation)
    assert r2 == pytest.approx([0, 0.36, 0.09, 0.36])
    assert lmg_shares(r2, 2) == pytest.approx([0.315, 0.045])
    assert relative_weights(correlation[:2, :2], correlation[:2, 2]).sum() == pytest.approx(0.36)


def test_unrelated_drivers_get_their_squared_correlations():
    correlation = np.array([[1, 0, 0.6], [0, 1, 0.3], [0.6, 0.3, 1]])
    for parts in (lmg_shares(subset_r2(correlation), 2), relative_weights(np.eye(2), np.array([0.6, 0.3]))):
        assert parts == pytest.approx([0.36, 0.09])


# against published values and other programs


def test_lmg_against_relaimpo(oracle):
    """R: relaimpo 2.2.7 ``calc.relimp``: plain, weighted, grouped; dominanceanalysis 2.1.0 for conditional dominance."""
    expected, folder = oracle("driver_lmg")
    e, data = expected["results"], pd.read_csv(folder / "input.csv")
    names, y, plain = e["drivers"], e["outcome"], e["unnormalised"]
    few = {"min_n": 0, "min_users": 0, "draws": 0, "method": "lmg"}
    found = key_drivers(data, y, names, **few)
    assert of(found, "r2_part").to_dict() == pytest.approx(plain["lmg"], rel=1e-8)
    assert (of(found, "importance").drop("(noise)") / 100).to_dict() == pytest.approx(e["normalised"]["lmg"], rel=1e-8)
    assert of(found, "r_squared")[y] == pytest.approx(e["r2"], rel=1e-8)
    assert (of(found, "beta") ** 2).to_dict() == pytest.approx(plain["betasq"], rel=1e-8)
    assert (of(found, "beta") * of(found, "correlation")).to_dict() == pytest.approx(plain["pratt"], rel=1e-8)
    weighted = key_drivers(data, y, names, weights="w", **few)
    assert of(weighted, "r2_part").to_dict() == pytest.approx(e["weighted"]["lmg"], rel=1e-8)
    correlation = data[[*names, y]].corr().to_numpy()
    r2 = subset_r2(correlation)
    dominance = conditional_dominance(r2, 5)
    assert dominance == pytest.approx(np.array(e["conditional_dominance"]["values"]), rel=1e-8)
    assert dominance[0] == pytest.approx([plain["first"][name] for name in names], rel=1e-8)
    assert dominance[-1] == pytest.approx([plain["last"][name] for name in names], rel=1e-8)
    among, r = correlation[:-1, :-1], correlation[:-1, -1]
    assert relative_weights(among, r) == pytest.approx([plain["genizi"][name] for name in names], rel=1e-8)
    assert car_scores(among, r) == pytest.approx([plain["car"][name] for name in names], rel=1e-8)
    group = [names.index(name) for name in e["group"]]
    alone = [j for j in range(5) if j not in group]
    grouped = lmg_shares(subset_r2(correlation, [group, *([j] for j in alone)]), 4)
    wanted = [e["grouped"]["lmg"][name] for name in ("GROUP", *(names[j] for j in alone))]
    assert grouped == pytest.approx(wanted, rel=1e-8)


def test_relative_weights_against_rwa_and_iopsych(oracle):
    """R: rwa 0.1.0, iopsych 0.90.1, yhat 2.0.4: weights, dominance, commonality (printed with four decimals)."""
    expected, folder = oracle("driver_relative_weights")
    e, data = expected["results"], pd.read_csv(folder / "input.csv")
    found = key_drivers(data, e["outcome"], e["drivers"], draws=0)
    assert of(found, "r2_part").to_dict() == pytest.approx(e["raw"], rel=1e-8)
    assert of(found, "importance").drop("(noise)").to_dict() == pytest.approx(e["rescaled_percent"], rel=1e-8)
    assert of(found, "r_squared")["sat1"] == pytest.approx(e["r2"], rel=1e-8)
    r2 = subset_r2(data[[*e["drivers"], e["outcome"]]].corr().to_numpy())
    assert lmg_shares(r2, 6) == pytest.approx(list(e["dominance_general"].values()), rel=1e-8)
    parts = commonality(r2, 6)
    printed = dict(zip(e["commonality"]["rows"], np.array(e["commonality"]["values"])[:, 0], strict=True))
    for subset in range(1, 64):
        members = [name for j, name in enumerate(e["drivers"]) if subset >> j & 1]
        start = "Unique to" if len(members) == 1 else "Common to"
        (row,) = [v for k, v in printed.items() if k.startswith(start) and sorted(
            k.removeprefix(start).replace(" and ", " ").replace(",", " ").split()) == sorted(members)]  # fmt: skip
        assert parts[subset] == pytest.approx(row, abs=5.1e-5)
    assert parts.sum() == pytest.approx(e["r2"])


def test_vif_and_beta_against_car(oracle):
    """R: car 3.1.1 ``vif``; standardised coefficients of ``lm``."""
    expected, folder = oracle("driver_regression")
    e, data = expected["results"], pd.read_csv(folder / "input.csv")
    found = key_drivers(data, e["outcome"], e["drivers"], draws=0)
    assert of(found, "vif").to_dict() == pytest.approx(e["vif"], rel=1e-8)
    assert of(found, "beta").to_dict() == pytest.approx(e["std_beta"], rel=1e-8)
    slopes = dict(zip(e["ols"]["rows"], np.array(e["ols"]["values"])[:, 0], strict=True))
    assert of(found, "coefficient").to_dict() == pytest.approx({d: slopes[d] for d in e["drivers"]}, rel=1e-8)


# laws


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 6))
def test_parts_sum_to_r_squared_and_are_not_negative(seed, k):
    rows = np.random.default_rng(seed).normal(size=(30, k + 1))
    rows[:, -1] += rows[:, 0]
    correlation = np.corrcoef(rows.T)
    r2 = subset_r2(correlation)
    for parts in (lmg_shares(r2, k), relative_weights(correlation[:k, :k], correlation[:k, k])):
        assert parts.sum() == pytest.approx(r2[-1])
        assert (parts > -1e-12).all()


def test_engines_weights_and_scale_change_nothing():
    data = survey().assign(w=3.0)
    plain = key_drivers(data, "y", ["t0", "t1", "t2", "t3"], draws=50)
    for other in (pl.DataFrame(data), pl.DataFrame(data).lazy(), data.assign(t0=10 * data["t0"] - 5)):
        weights = "w" if isinstance(other, pl.LazyFrame) else None
        again = key_drivers(other, "y", ["t0", "t1", "t2", "t3"], draws=50, weights=weights)
        for metric in ("importance", "correlation", "vif", "above_noise"):
            assert of(again, metric).to_numpy() == pytest.approx(of(plain, metric).to_numpy(), rel=1e-6)


def test_the_order_of_drivers_does_not_matter_and_the_seed_repeats():
    data = survey()
    one = key_drivers(data, "y", ["t0", "t1", "t2"], method="lmg", draws=40, seed=5)
    two = key_drivers(data, "y", ["t2", "t0", "t1"], method="lmg", draws=40, seed=5)
    assert of(one, "importance").drop("(noise)").to_dict() == pytest.approx(
        of(two, "importance").drop("(noise)").to_dict()
    )
    pd.testing.assert_frame_equal(one, key_drivers(data, "y", ["t0", "t1", "t2"], method="lmg", draws=40, seed=5))


def test_a_doubled_driver_shares_and_has_no_slope_of_its_own():
    data = survey().assign(twin=lambda d: d["t0"])
    found = key_drivers(data, "y", ["t0", "twin", "t1"], draws=0)
    importance = of(found, "importance")
    assert importance["t0"] == pytest.approx(importance["twin"])
    assert of(found, "beta").isna().all() and np.isinf(of(found, "vif")["t0"])


def test_planted_drivers_are_found_and_the_rest_is_not_claimed():
    """t0 and t1 drive y. The others correlate with them, so they get credit, but their sign is not clear."""
    table = driver_table(key_drivers(survey(1500, seed=3, drivers=6), "y", [f"t{j}" for j in range(6)], draws=300))
    assert table["item"].tolist()[:2] == ["t0", "t1"]
    assert table.set_index("item")["sign"].to_dict() == {"t0": 1, "t1": 1, "t2": 0, "t3": 0, "t4": 0, "t5": 0}


def test_pure_noise_gives_no_claim():
    rng = np.random.default_rng(8)
    data = pd.DataFrame(rng.normal(size=(500, 9)), columns=[*"abcdefgh", "y"])
    found = key_drivers(data, "y", list("abcdefgh"), draws=300)
    assert not driver_table(found)["stands"].any()
    assert (driver_claims(found)["p_value"] > 0.05 / 8).all()


def test_intervals_agree_with_resampling_rows_by_hand():
    """Errors from the sums of units against a plain bootstrap of the rows."""
    data = survey(400)
    found = key_drivers(data, "y", ["t0", "t1", "t2"], draws=800)
    rng, parts = np.random.default_rng(1), []
    values = data[["t0", "t1", "t2", "y"]].to_numpy()
    for _ in range(800):
        c = np.corrcoef(values[rng.integers(0, 400, 400)].T)
        parts.append(relative_weights(c[:3, :3], c[:3, 3]))
    shares = 100 * np.array(parts) / np.sum(parts, axis=1, keepdims=True)
    se = found[found["metric"] == "importance"].set_index("item")["se"].drop("(noise)")
    assert se.to_numpy() == pytest.approx(shares.std(axis=0), rel=0.12)  # each error of 800 draws is known to 2.5 %


# gaps, small samples


def test_a_touchpoint_is_judged_among_its_users():
    """Pairwise: t3's correlation is that of its users; listwise: everyone must have used it."""
    data = survey(800, gaps=0.6)
    users = data.dropna()
    found = key_drivers(data, "y", ["t0", "t1", "t3"], draws=0)
    assert of(found, "correlation")["t3"] == pytest.approx(
        np.cov(users["t3"], users["y"], bias=True)[0, 1] / users["t3"].std(ddof=0) / data["y"].std(ddof=0)
    )
    rows = found[found["metric"] == "importance"].set_index("item")
    assert rows.loc["t3", "n"] == len(users) and rows.loc["t0", "n"] == 800
    assert rows.loc["t0", "method"].startswith("relative_weights_pairwise")
    listwise = key_drivers(data, "y", ["t0", "t1", "t3"], draws=0, missing="listwise")
    plain = key_drivers(users, "y", ["t0", "t1", "t3"], draws=0)
    assert of(listwise, "importance").to_numpy() == pytest.approx(of(plain, "importance").to_numpy())
    assert (listwise["n"] == len(users)).all()


def test_reach_counts_not_applicable_and_not_the_unanswered():
    data = survey(300, gaps=0.4)
    data["t3__why"] = np.where(data["t3"].isna(), "not_applicable", None)
    data.loc[:29, "t2"] = np.nan
    data["t2__why"] = np.where(data["t2"].isna(), "no_answer", None)
    found = key_drivers(data, "y", ["t0", "t2", "t3"], draws=0)
    assert of(found, "reach").to_dict() == pytest.approx({"t0": 100, "t2": 100, "t3": 100 * data["t3"].notna().mean()})
    assert found[found["metric"] == "reach"].set_index("item")["n_missing"].to_dict() == {"t0": 0, "t2": 30, "t3": 0}


def test_constant_and_rare_drivers_keep_their_row_and_say_why():
    data = survey(400).assign(same=5.0, rare=lambda d: d["t2"].where(d.index < 60))
    found = key_drivers(data, "y", ["t0", "same", "t1", "rare"], draws=0)
    rows = found[found["metric"] == "importance"].set_index("item")
    assert rows.loc[["same", "rare"], "method"].tolist() == ["excluded_constant", "excluded_few_users"]
    assert (rows.loc[["same", "rare"], "status"] == "not_estimable").all()
    assert driver_table(found)["item"].tolist() == ["t0", "t1", "same", "rare"]


def test_pairs_that_hardly_anyone_used_together_leave_the_rarer_out():
    data = survey(600)
    data["left"] = data["t2"].where(data.index < 310)
    data["right"] = data["t3"].where(data.index >= 300)
    found = key_drivers(data, "y", ["t0", "left", "right"], draws=0)
    rows = found[found["metric"] == "importance"].set_index("item")
    assert rows.loc["right", "method"] == "excluded_few_joint_users"
    assert rows.loc["left", "status"] == "ok"


def test_too_few_answers_give_correlations_only():
    found = key_drivers(survey(150), "y", ["t0", "t1"])
    assert of(found, "correlation").notna().all()
    assert of(found, "importance").isna().all()
    assert found["method"].str.startswith("correlations_only").all()


def test_persons_are_resampled_whole():
    """Every person answered twice: errors are those of the persons, not of twice as many rows."""
    data = survey(300)
    twice = pd.concat([data, data]).assign(_person=[*map(str, range(300))] * 2)
    once = key_drivers(data, "y", ["t0", "t1", "t2"], draws=400)
    again = key_drivers(twice, "y", ["t0", "t1", "t2"], draws=400)
    errors = [frame[frame["metric"] == "correlation"]["se"].to_numpy() for frame in (once, again)]
    assert errors[1] == pytest.approx(errors[0], rel=0.15)
    assert "persons300" in again["method"].iloc[0]


def test_large_samples_resample_replicates_and_clusters_on_demand():
    data = survey(3000).assign(store=lambda d: [f"s{i % 40}" for i in range(len(d))])
    sums = driver_sums(data, "y", ["t0", "t1"])
    assert isinstance(sums, DriverSums) and (sums.unit_kind, len(sums.units)) == ("replicates", 256)
    assert sums.units.sum(axis=0) == pytest.approx(driver_sums(data, "y", ["t0", "t1"], cluster="store").total)
    found = key_drivers(data, "y", ["t0", "t1"], cluster="store", draws=50)
    assert found["method"].iloc[0].endswith("clusters40")


def test_contradictory_correlations_are_repaired_openly_or_refused():
    wild = np.array([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]])
    fixed, change = repaired(wild)
    assert np.linalg.eigvalsh(fixed)[0] > -1e-12 and change > 0.1
    rng = np.random.default_rng(0)
    z = rng.normal(size=1200)
    third = np.repeat([0, 1, 2], 400)
    noise = lambda: 0.1 * rng.normal(size=1200)  # noqa: E731
    data = pd.DataFrame(
        {"a": np.where(third == 2, -z, z) + noise(), "b": z + noise(), "c": z + noise(), "y": z + 3 * noise()}
    )
    data.loc[third == 0, "c"], data.loc[third == 1, "b"], data.loc[third == 2, "a"] = np.nan, np.nan, np.nan
    data.loc[third == 1, "c"] *= -1
    with pytest.raises(ValueError, match="contradict each other"):
        key_drivers(data, "y", ["a", "b", "c"], draws=0)


def test_nps_points_as_outcome():
    data = survey().assign(nps=lambda d: np.clip(np.round(d["y"] + 3), 0, 10))
    found = key_drivers(data, "nps", ["t0", "t1"], metric="nps", draws=0)
    points = np.where(data["nps"] >= 9, 100, np.where(data["nps"] <= 6, -100, 0))
    slope = np.linalg.lstsq(np.column_stack([np.ones(600), data[["t0", "t1"]]]), points, rcond=None)[0][1]
    row = found[(found["metric"] == "coefficient") & (found["item"] == "t0")].iloc[0]
    assert row["estimate"] == pytest.approx(slope) and row["unit"] == "points"


# wording


@pytest.mark.parametrize(
    "change, message",
    [
        ({"drivers": ["t0", "touch"]}, r"no column \['touch'\]. Columns: \['t0'"),
        ({"drivers": ["t0", "y"]}, "'y' stands twice"),
        ({"drivers": ["t0", "word"]}, "'word' holds String, not numbers"),
        ({"outcome": "flat"}, "no spread in 600 answers"),
        ({"drivers": ["t0", "flat"]}, "1 of 2 drivers can be estimated"),
        ({"method": "shapley"}, "`method` is 'shapley'; it must be one of"),
        ({"method": "lmg", "drivers": [f"x{j}" for j in range(19)]}, "19 drivers; all subsets are tried"),
    ],
)
def test_wording(change, message):
    data = survey().assign(word="a", flat=1)
    rng = np.random.default_rng(2)
    data = data.assign(**{f"x{j}": rng.normal(size=600) for j in range(19)})
    options = {"outcome": "y", "drivers": ["t0", "t1"], "draws": 0} | change
    with pytest.raises(ValueError, match=message):
        key_drivers(data, **options)


def test_weights_are_guarded():
    with pytest.raises(DataError, match="1 missing"):
        key_drivers(survey().assign(w=[np.nan, *[1.0] * 599]), "y", ["t0", "t1"], weights="w")

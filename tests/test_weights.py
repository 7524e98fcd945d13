"""Weights: by hand, against R survey and anesrake, laws, missing and empty, wording."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cemlab.checks import DataError
from cemlab.measure.weights import post_stratify, rake, trim_weights, weight_summary

FOUR = pd.DataFrame({"sex": ["f", "f", "f", "m"], "age": ["young", "old", "old", "young"]})


# By hand


def test_one_margin_by_hand():
    """3 women and 1 man to halves: weights 2/3 and 2; n_eff 16 / (3 * 4/9 + 4) = 3, efficiency 3/4, deff 4/3."""
    done = rake(FOUR, {"sex": {"f": 50, "m": 50}})
    assert done.data["weight"].tolist() == pytest.approx([2 / 3, 2 / 3, 2 / 3, 2])
    report = done.report.iloc[0]
    assert report[["n_eff", "efficiency", "deff"]].tolist() == pytest.approx([3, 0.75, 4 / 3])
    assert report["efficiency_before"] == 1
    assert report["converged"]
    table = done.margins.set_index("code")
    assert table.loc["m", ["n", "share_before", "share_target", "share_after"]].tolist() == pytest.approx(
        [1, 0.25, 0.5, 0.5]
    )


def test_summary_by_hand():
    """Weights 1, 1, 2: sum 4, sum of squares 6, n_eff 16/6, deff 18/16."""
    row = weight_summary(pd.DataFrame({"w": [1, 1, 2]}), "w").iloc[0]
    assert row[["n", "sum", "mean", "smallest", "largest"]].tolist() == pytest.approx([3, 4, 4 / 3, 1, 2])
    assert row[["n_eff", "deff", "efficiency", "cv"]].tolist() == pytest.approx(
        [16 / 6, 18 / 16, 16 / 18, np.sqrt(1 / 8)]
    )


def test_post_stratification_by_hand():
    cells = {("f", "young"): 1, ("f", "old"): 1, ("m", "young"): 2}
    done = post_stratify(FOUR, {k: v * 25 for k, v in cells.items()}, by=["sex", "age"])
    assert done.data["weight"].tolist() == pytest.approx([1, 0.5, 0.5, 2])
    assert done.margins["column"].unique().tolist() == ["sex x age"]


def test_a_cap_that_the_margin_cannot_meet_says_so():
    """Women and men to halves with no weight over 1.5: the man gets 1.5, each woman 2.5 / 3; he weighs 37.5 %."""
    done = rake(FOUR, {"sex": {"f": 50, "m": 50}}, cap=1.5)
    assert done.data["weight"].tolist() == pytest.approx([2.5 / 3] * 3 + [1.5])
    report = done.report.iloc[0]
    assert not report["converged"]
    assert report[["largest_error", "n_capped"]].tolist() == pytest.approx([0.125, 1])
    assert done.margins.set_index("code").loc["m", "share_after"] == pytest.approx(0.375)


# Against R


def test_raking_against_survey(oracle):
    """R survey 4.1.1 rake(), margins to 1e-9, weights relative 1e-6; Kish's design effect."""
    expected, folder = oracle("survey_weighting")
    data, want = pd.read_csv(folder / "input.csv"), expected["results"]
    done = rake(data, want["population"], weights="pw", total=6194)
    np.testing.assert_allclose(done.data["weight"], want["rake"]["weights"], rtol=1e-6)
    assert done.report.loc[0, "deff"] == pytest.approx(want["rake"]["kish_deff"], rel=1e-6)
    assert done.report.loc[0, "sum"] == pytest.approx(want["rake"]["sum_w"])
    mean = np.average(data["api00"], weights=done.data["weight"])
    assert mean == pytest.approx(want["rake"]["mean"]["est"], rel=1e-7)


def test_post_stratification_against_survey(oracle):
    """R survey 4.1.1 postStratify()."""
    expected, folder = oracle("survey_weighting")
    data, want = pd.read_csv(folder / "input.csv"), expected["results"]["poststratify"]
    done = post_stratify(data, want["population"], by="stype", weights="pw", total=6194)
    np.testing.assert_allclose(done.data["weight"].head(10), want["weights_first10"], rtol=1e-6)
    assert np.average(data["api00"], weights=done.data["weight"]) == pytest.approx(want["mean"]["est"], rel=1e-7)


def test_trimming_against_survey(oracle):
    """R survey 4.1.1 trimWeights(strict = TRUE) of the raked weights."""
    expected, _ = oracle("survey_weighting")
    want = expected["results"]["trim"]
    got = trim_weights(expected["results"]["rake"]["weights"], low=want["lower"], high=want["upper"])
    np.testing.assert_allclose(got, want["weights"], rtol=1e-6)
    assert got.sum() == pytest.approx(want["sum_w"])


def test_cap_against_anesrake(oracle):
    """R anesrake 0.80 with cap 1.8: it stops cutting within 1e-4 of the cap, so weights agree to that."""
    expected, folder = oracle("survey_weighting")
    data, want = pd.read_csv(folder / "input.csv"), expected["results"]
    done = rake(data, want["population"], weights="pw", cap=1.8)
    assert done.data["weight"].max() <= 1.8 * (1 + 1e-8)
    np.testing.assert_allclose(done.data["weight"], want["anesrake_cap_1.8"]["weights"], atol=2e-4)
    assert done.report.loc[0, "n_capped"] > 0


# Laws


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.2, 0.8), st.floats(0.2, 0.8))
def test_margins_hold_and_order_is_kept(seed, women, young):
    rng = np.random.default_rng(seed)
    data = pd.DataFrame(
        {"sex": rng.choice([1, 2], 200), "age": rng.choice(["a", "b"], 200), "w": rng.uniform(0.5, 2, 200)}
    )
    targets = {"sex": {1: women, 2: 1 - women}, "age": {"a": young, "b": 1 - young}}
    done = rake(data.set_index(np.arange(200) + 7), targets, weights="w")
    weight = done.data["weight"]
    assert done.data.index.tolist() == list(range(7, 207))
    pd.testing.assert_frame_equal(done.data[["sex", "age", "w"]].reset_index(drop=True), data)
    assert weight.mean() == pytest.approx(1)
    assert weight[data["sex"].to_numpy() == 1].sum() / 200 == pytest.approx(women, abs=1e-8)
    assert weight[data["age"].to_numpy() == "a"].sum() / 200 == pytest.approx(young, abs=1e-8)
    again = rake(data.assign(w=data["w"] * 3), targets, weights="w")
    np.testing.assert_allclose(again.data["weight"], weight, rtol=1e-9)


def test_a_sample_that_fits_keeps_its_weights():
    done = rake(
        FOUR,
        {"sex": {"f": 3, "m": 1}, "age": {"young": 2, "old": 2}}
        | {"sex": {"f": 0.75, "m": 0.25}}
        | {"age": {"young": 0.5, "old": 0.5}},
    )
    assert done.data["weight"].tolist() == pytest.approx([1, 1, 1, 1])
    assert done.report.loc[0, "rounds"] == 1


@pytest.mark.parametrize("engine", ["polars", "lazy"])
def test_polars_gets_the_same_weights(engine):
    rng = np.random.default_rng(3)
    data = pd.DataFrame(
        {"sex": rng.choice([1.0, 2.0], 500), "age": rng.choice(["a", "b"], 500), "w": rng.choice([1.0, 2.5], 500)}
    )
    targets = {"sex": {"1": 40, "2": 60}, "age": {"a": 30, "b": 70}}
    want = rake(data, targets, weights="w").data["weight"]
    frame = pl.from_pandas(data).with_row_index("id")
    done = rake(frame if engine == "polars" else frame.lazy(), targets, weights="w").data
    assert isinstance(done, pl.DataFrame if engine == "polars" else pl.LazyFrame)
    done = done.lazy().collect()
    if engine == "polars":
        assert done["id"].to_list() == list(range(500))
    np.testing.assert_allclose(done.sort("id")["weight"], want, rtol=1e-12)


# Missing and empty


def test_missing_codes_stop_or_keep_their_share():
    data = pd.DataFrame({"sex": ["f", "f", "m", None]})
    with pytest.raises(DataError, match="rake: 1 of 4 respondents have no code for 'sex'"):
        rake(data, {"sex": {"f": 0.5, "m": 0.5}})
    done = rake(data, {"sex": {"f": 0.5, "m": 0.5}}, missing="own")
    assert done.data["weight"].tolist() == pytest.approx([0.75, 0.75, 1.5, 1])


def test_summary_by_group_and_without_rows():
    data = pd.DataFrame({"w": [1.0, 3.0, 2.0], "cut": ["a", "a", "b"]})
    rows = weight_summary(data, "w", by="cut")
    assert rows["cut"].tolist() == ["a", "b"]
    assert rows["n_eff"].tolist() == pytest.approx([1.6, 1])
    assert weight_summary(data.head(0), "w").loc[0, "n"] == 0


# Wording


def test_wording():
    half = {"f": 0.5, "m": 0.5}
    with pytest.raises(DataError, match="no respondent .* has code 'd' of 'sex', whose target is 10.0 %"):
        rake(FOUR, {"sex": {"f": 0.4, "m": 0.5, "d": 0.1}})
    with pytest.raises(DataError, match="1 respondents have a code of 'sex' without a target, for example 'm'"):
        rake(FOUR, {"sex": {"f": 1}})
    with pytest.raises(ValueError, match="the targets of 'sex' sum to 0.9; shares must sum to 1 or 100"):
        rake(FOUR, {"sex": {"f": 0.4, "m": 0.5}})
    with pytest.raises(ValueError, match="the targets of 'sex' must be numbers over 0"):
        rake(FOUR, {"sex": {"f": 1.0, "m": 0}})
    with pytest.raises(ValueError, match="`cap` is 1; it is a multiple of the mean weight"):
        rake(FOUR, {"sex": half}, cap=1)
    with pytest.raises(ValueError, match=r"rake: no column \['sexx'\]. Did you mean 'sex'"):
        rake(FOUR, {"sexx": half})
    with pytest.raises(ValueError, match="column 'age' is already there"):
        rake(FOUR, {"sex": half}, name="age")
    with pytest.raises(DataError, match="margins not met after 50 rounds"):
        contradiction = pd.DataFrame({"a": [1, 2], "b": [1, 2]})
        rake(contradiction, {"a": {1: 0.3, 2: 0.7}, "b": {1: 0.6, 2: 0.4}}, max_rounds=50)
    with pytest.raises(ValueError, match="has 1 codes, `by` 2 columns"):
        post_stratify(FOUR, {"f": 1}, by=["sex", "age"])
    with pytest.raises(ValueError, match="the mean weight 2 lies outside 0 to 1.5"):
        trim_weights([1, 3], low=0, high=1.5)

"""The regression behind a driver analysis."""

import numpy as np
import pandas as pd
import pytest

from cemlab.analyse.driver_regression import driver_regression, regression_checks
from cemlab.checks import DataError

PARTS = {"std_beta": "std_beta", "vif": "vif", "partial": "partial", "semi_partial": "semipartial_driver_residualised"}


@pytest.fixture(scope="module")
def mobi(oracle):
    """The oracle's results and its input."""
    expected, folder = oracle("driver_regression")
    return expected["results"], pd.read_csv(folder / "input.csv")


def values(results, metric):
    return results[results["metric"] == metric].set_index("item")["estimate"]


def test_a_line_through_four_points_by_hand():
    """Points x = 0, 0, 2, 2 and y = 1, 3, 5, 7: slope 2, intercept 2, residuals -1, 1, -1, 1: R2 16/20, sigma^2 4/2."""
    found = driver_regression(pd.DataFrame({"x": [0, 0, 2, 2], "y": [1, 3, 5, 7]}), "y", "x", errors="classical")
    assert values(found, "coefficient").to_dict() == pytest.approx({"(intercept)": 2, "x": 2})
    assert values(found, "r_squared")["y"] == pytest.approx(0.8)
    assert values(found, "residual_sd")["y"] == pytest.approx(np.sqrt(2))
    assert found.set_index(["metric", "item"])["se"]["coefficient", "x"] == pytest.approx(np.sqrt(2 / 4))


@pytest.mark.parametrize(
    "errors, table", [("classical", "ols"), ("HC0", "robust_HC0"), ("HC1", "robust_HC1"), ("HC3", "robust_HC3")]
)
def test_linear_against_lm_and_sandwich(mobi, errors, table):
    """R 4.2.2 ``lm``, sandwich 3.0.2 ``vcovHC``; ppcor 1.1, car 3.1.1 for the parts."""
    expected, data = mobi
    found = driver_regression(data, "CUSA1", expected["drivers"], errors=errors)
    rows = found[found["metric"] == "coefficient"]
    reference = np.array(expected[table]["values"])
    assert rows["estimate"].to_numpy() == pytest.approx(reference[:, 0], rel=1e-8)
    assert rows["se"].to_numpy() == pytest.approx(reference[:, 1], rel=1e-8)
    assert rows["p_value"].to_numpy() == pytest.approx(reference[:, 3], rel=1e-8, abs=1e-12)
    for metric, name in PARTS.items():
        assert values(found, metric).to_dict() == pytest.approx(expected[name], rel=1e-8)
    model = {"r_squared": "r2", "adjusted_r_squared": "adj_r2", "residual_sd": "sigma", "log_likelihood": "loglik"}
    for metric, name in (model | {"aic": "aic", "bic": "bic"}).items():
        assert values(found, metric)["CUSA1"] == pytest.approx(expected[name], rel=1e-8)
    if errors == "classical":
        assert rows[["ci_low", "ci_high"]].to_numpy() == pytest.approx(np.array(expected["ci95"]["values"]), rel=1e-8)


def test_ordinal_against_polr(mobi):
    """MASS 7.3.58 ``polr``, relative 1e-4; it stops early (likelihood 6e-9 lower), visible in a slope near 0."""
    expected, data = mobi
    found = driver_regression(data, "CUSA1", expected["drivers"], family="ordinal")
    rows = found[found["metric"].isin(["coefficient", "threshold"])]
    reference = np.array(expected["polr"]["values"])
    assert rows["estimate"].to_numpy() == pytest.approx(reference[:, 0], rel=1e-4, abs=1e-5)
    assert rows["se"].to_numpy() == pytest.approx(reference[:, 1], rel=1e-4)
    assert values(found, "log_likelihood")["CUSA1"] == pytest.approx(expected["polr_loglik"], rel=1e-6)


def test_binary_against_glm(mobi):
    """R ``glm(family = binomial())`` of CUSA1 >= 8 (relative 1e-4)."""
    expected, data = mobi
    found = driver_regression(data, "CUSA1", expected["drivers"], family="binary", cut=expected["cut"])
    rows = found[found["metric"] == "coefficient"]
    reference = np.array(expected["logit"]["values"])
    assert rows["estimate"].to_numpy() == pytest.approx(reference[:, 0], rel=1e-4)
    assert rows["se"].to_numpy() == pytest.approx(reference[:, 1], rel=1e-4)
    assert values(found, "mcfadden")["CUSA1"] == pytest.approx(expected["mcfadden"], rel=1e-6)


def test_checks_against_lmtest(mobi):
    """R: lmtest 0.9.40 ``bptest``, ``dwtest``, ``resettest``."""
    expected, data = mobi
    found = regression_checks(data, "CUSA1", expected["drivers"]).set_index("check")
    for check in ("breusch_pagan", "reset"):
        assert found.loc[check, "statistic"] == pytest.approx(expected[check]["statistic"], rel=1e-8)
        assert found.loc[check, "p_value"] == pytest.approx(expected[check]["p"], rel=1e-8)
    assert found.loc["durbin_watson", "statistic"] == pytest.approx(expected["durbin_watson"]["statistic"], rel=1e-8)
    assert found.loc["largest_cook", "statistic"] == pytest.approx(expected["cooks_max"], rel=1e-8)
    assert found.loc["largest_leverage", "statistic"] == pytest.approx(expected["hat_max"], rel=1e-8)


def test_weight_two_gives_the_coefficients_of_two_rows():
    rng = np.random.default_rng(3)
    data = pd.DataFrame(rng.normal(size=(40, 3)), columns=["a", "b", "y"]).assign(w=rng.integers(1, 4, 40))
    weighted = driver_regression(data, "y", ["a", "b"], weights="w")
    repeated = driver_regression(data.loc[data.index.repeat(data["w"])], "y", ["a", "b"])
    for metric in ("coefficient", "std_beta", "vif", "partial"):
        assert values(weighted, metric).to_numpy() == pytest.approx(values(repeated, metric).to_numpy())


def test_rows_with_gaps_are_left_out_and_counted():
    data = pd.DataFrame({"x": [0, 0, 2, 2, None], "y": [1, 3, 5, 7, 9]})
    assert driver_regression(data, "y", "x").loc[0, ["n", "n_missing"]].tolist() == [4, 1]


def test_wording():
    data = pd.DataFrame({"x": [0, 1, 2, 4], "z": [0, 2, 4, 8], "y": [1, 3, 5, 7], "w": [1, -1, 1, 1]})
    with pytest.raises(ValueError, match="determine each other"):
        driver_regression(data, "y", ["x", "z"])
    with pytest.raises(DataError, match="1 of 4 complete rows"):
        driver_regression(data, "y", "x", weights="w")
    with pytest.raises(ValueError, match="`cut` belongs to family='binary'"):
        driver_regression(data, "y", "x", family="binary")

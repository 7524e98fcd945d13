"""Polychoric correlations: by hand, against scipy, planted, and in a factor model."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import multivariate_normal

from cemlab import cronbach_alpha, factor_structure, mcdonald_omega
from cemlab.measure.polychoric import both_below, pair_correlation, polychoric


def test_a_table_of_halves_by_hand():
    """Sheppard: with both variables cut at their medians p = 1/4 + asin(r) / (2 pi); 40, 10, 10, 40 gives sin(2 pi 0.15)."""
    assert pair_correlation(np.array([[40.0, 10], [10, 40]])) == pytest.approx(np.sin(2 * np.pi * 0.15), abs=1e-6)


def test_the_integral_against_scipy():
    for h, k, r in ((0.3, -0.8, 0.6), (1.5, 1.0, -0.9), (-2.0, 0.1, 0.2)):
        wanted = multivariate_normal([0, 0], [[1, r], [r, 1]]).cdf([h, k])
        assert both_below(np.array(h), np.array(k), r) == pytest.approx(wanted, abs=1e-6)


def answers(n=3000, load=0.8, seed=1):
    rng = np.random.default_rng(seed)
    latent = load * rng.normal(size=(n, 1)) + np.sqrt(1 - load**2) * rng.normal(size=(n, 5))
    return pd.DataFrame(np.digitize(latent, [0.3, 1.0, 1.6]) + 1, columns=list("abcde"))  # skewed: most answer 1


def test_what_was_planted_is_found_where_pearson_falls_short():
    data = answers()
    off = ~np.eye(5, dtype=bool)
    assert np.abs(polychoric(data, list(data))[off] - 0.64).max() < 0.05
    assert data.corr().to_numpy()[off].max() < 0.58
    found = factor_structure(data, list(data), factors=1, correlation="polychoric")
    assert found.loadings["F1"].to_numpy() == pytest.approx(np.full(5, 0.8), abs=0.04)
    omega = mcdonald_omega(data, list(data), correlation="polychoric")
    assert omega["estimate"].iloc[0] == pytest.approx(25 * 0.64 / (25 * 0.64 + 5 * 0.36), abs=0.02)
    assert omega["method"].iloc[0] == "minres1_polychoric"


def test_a_turned_item_turns_its_sign():
    data = answers(400)
    turned = data.assign(c=5 - data["c"])
    how = {"factors": 1, "correlation": "polychoric"}
    plain, back = factor_structure(data, list(data), **how), factor_structure(turned, list(data), reverse=["c"], **how)
    assert back.loadings["F1"].tolist() == pytest.approx(plain.loadings["F1"].tolist(), abs=1e-6)
    assert len(cronbach_alpha(data, list(data))) > 0


def test_wording():
    data = answers(100).assign(a=np.arange(100) % 20)
    with pytest.raises(ValueError, match="item 'a' has 20 codes; polychoric correlations take 2 to 12"):
        polychoric(data, ["a", "b"])

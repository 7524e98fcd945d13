"""Intervals of averages over persons, and when a model of persons may be used."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from cemlab.analyse.choice_draws import averages, limits
from cemlab.analyse.product_models import settled, steps_of


def test_an_average_holds_the_error_of_the_mean_and_of_who_was_asked():
    """Spread 1 between 400 persons (0.05 of their mean) and 0.12 of the population's mean: 0.13 together."""
    rng = np.random.default_rng(1)
    own, population = rng.normal(size=(400, 2)), 0.12 * rng.normal(size=(4000, 2))
    se, low, high = limits(averages(own, np.ones(400), population, lambda u: u, times=2000), 0.95)
    assert se == pytest.approx([0.13, 0.13], rel=0.08)
    assert ((low < own.mean(axis=0)) & (own.mean(axis=0) < high)).all()


def test_nothing_moves_where_all_are_alike_and_the_mean_is_known():
    drawn = averages(np.ones((50, 1)), np.ones(50), np.ones((10, 1)), lambda u: 2 * u, times=20)
    assert (drawn == 2).all()


@pytest.mark.parametrize("means, spreads, used", [(1.01, 1.3, True), (1.2, 1.0, False)])
def test_a_model_is_used_where_its_means_have_met(means, spreads, used):
    table = pd.DataFrame({"of": ["mean", "spread"], "r_hat": [means, spreads]})
    model = SimpleNamespace(convergence=table)
    assert (settled(model) is model) is used
    assert settled(None) is None


def test_steps():
    assert steps_of(1000) == {"draws": 1000, "warm_up": 500, "thin": 1}

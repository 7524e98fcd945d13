"""Drivers of a yes or no."""

import numpy as np
import pandas as pd
import pytest

from cemlab.analyse.logistic_dominance import logistic_dominance
from cemlab.checks import DataError


def test_one_driver_by_hand():
    """3 of 4 yes at x = 1, 1 of 4 at x = 0: McFadden 1 - (6 ln 3/4 + 2 ln 1/4) / (8 ln 1/2)."""
    data = pd.DataFrame({"x": [1] * 4 + [0] * 4, "y": [1, 1, 1, 0, 1, 0, 0, 0]})
    found = logistic_dominance(data, "y", "x", cut=1)
    assert found.loc[0, "contribution"] == pytest.approx(1 - (6 * np.log(0.75) + 2 * np.log(0.25)) / (8 * np.log(0.5)))


@pytest.mark.parametrize(
    "measure, name", [("mcfadden", "r2.m"), ("cox_snell", "r2.cs"), ("nagelkerke", "r2.n"), ("estrella", "r2.e")]
)
def test_against_dominanceanalysis(oracle, measure, name):
    """Dominanceanalysis 2.1.0 on ``glm(binomial)``, absolute 1e-6."""
    expected, folder = oracle("driver_relative_weights")
    e, data = expected["results"], pd.read_csv(folder / "input.csv")
    found = logistic_dominance(data, "sat1", e["drivers"], cut=8, measure=measure).set_index("item")
    assert found["contribution"].to_dict() == pytest.approx(e["logistic_average"][name], abs=1e-6)
    assert found["contribution"].sum() == pytest.approx(e["logistic_total"][name], abs=1e-6)


def test_wording():
    data = pd.DataFrame({"x": [1, 1, 0, 0], "y": [1, 1, 0, 0]})
    with pytest.raises(DataError, match="perfectly"):
        logistic_dominance(data, "y", "x", cut=1)
    with pytest.raises(DataError, match="one side of `cut` 9"):
        logistic_dominance(data, "y", "x", cut=9)
    with pytest.raises(ValueError, match="11 drivers"):
        logistic_dominance(data, "y", list("abcdefghijk"), cut=1)

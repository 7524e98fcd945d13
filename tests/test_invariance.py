"""Measurement invariance: against lavaan, and groups in which it fails by construction."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cemlab.analyse.invariance import MODELS, measurement_invariance

LAVAAN = json.loads(Path(__file__).with_name("invariance_lavaan.json").read_text(encoding="utf-8"))
DIMENSIONS = {"visual": ["x1", "x2", "x3"], "textual": ["x4", "x5", "x6"], "speed": ["x7", "x8", "x9"]}
ITEMS = [item for items in DIMENSIONS.values() for item in items]


def with_moments(n, mean, covariance, seed):
    """Rows whose means and covariances (divisor n) are exactly these."""
    z = np.random.default_rng(seed).normal(size=(n, len(mean)))
    z -= z.mean(axis=0)
    own = np.linalg.cholesky(z.T @ z / n)
    return pd.DataFrame(z @ np.linalg.inv(own).T @ np.linalg.cholesky(np.array(covariance)).T + mean, columns=ITEMS)


def test_two_schools_as_lavaan_has_them():
    """HolzingerSwineford1939 by school, lavaan 0.6-14: cfa(group =, group.equal = c("loadings", "intercepts"))."""
    schools = [name for name in LAVAAN if name not in MODELS]
    frames = [with_moments(**LAVAAN[name], seed=i).assign(school=name) for i, name in enumerate(schools)]
    found = measurement_invariance(pd.concat(frames), DIMENSIONS, by="school").set_index(["item", "metric"])["estimate"]
    for model in MODELS:
        for metric, value in LAVAAN[model].items():
            assert found[model, metric] == pytest.approx(value, rel=1e-5), (model, metric)
    assert found["metric", "holds"] == 1 and found["scalar", "holds"] == 0
    assert found["scalar", "df_difference"] == 6
    assert found["scalar", "chi2_difference"] == pytest.approx(
        LAVAAN["scalar"]["chi2"] - LAVAAN["metric"]["chi2"], rel=1e-4
    )


def people(n=900, *, shift=0.0, weaker=1.0, seed=1):
    """Two sites; in the second item x1 is `shift` easier to agree with, and hangs `weaker` on its dimension."""
    rng = np.random.default_rng(seed)
    site = np.repeat(["a", "b"], n)
    factors = rng.multivariate_normal(np.zeros(3), 0.4 + 0.6 * np.eye(3), 2 * n) + 0.3 * (site == "b")[:, None]
    data = pd.DataFrame(factors[:, np.repeat([0, 1, 2], 3)] + rng.normal(0, 0.7, (2 * n, 9)), columns=ITEMS)
    there = site == "b"
    data.loc[there, "x1"] = weaker * factors[there, 0] + rng.normal(0, 0.7, n) + shift
    return data.assign(site=site)


def holds(data):
    found = measurement_invariance(data, DIMENSIONS, by="site").set_index(["item", "metric"])["estimate"]
    return found["metric", "holds"], found["scalar", "holds"]


def test_what_was_planted_is_told_apart():
    """Means of the factors may differ; an intercept or a loading that differs may not."""
    assert holds(people()) == (1, 1)
    assert holds(people(shift=1.5)) == (1, 0)
    assert holds(people(weaker=-0.2))[0] == 0


def test_the_unit_of_an_item_changes_nothing():
    data = people(shift=0.4)
    other = data.assign(x5=10 * data["x5"] - 3)
    one, two = (measurement_invariance(d, DIMENSIONS, by="site")["estimate"].to_numpy() for d in (data, other))
    assert one == pytest.approx(two, rel=1e-5, abs=1e-7, nan_ok=True)


def test_small_groups_are_left_out_and_one_is_not_enough():
    data = people(n=200)
    few = pd.concat([data, data.head(40).assign(site="c")])
    assert measurement_invariance(few, DIMENSIONS, by="site")["n"].iloc[0] == 400
    with pytest.raises(ValueError, match=r"measurement_invariance: 1 group\(s\) of 'site' with 100 complete persons"):
        measurement_invariance(data[data["site"] == "a"], DIMENSIONS, by="site")
    with pytest.raises(ValueError, match="no column"):
        measurement_invariance(data, DIMENSIONS, by="team")

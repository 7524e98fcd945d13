"""Rows prepared for methods: units, products over gaps, reasons, design matrices."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from cemlab.checks import DataError
from cemlab.measure.moments import cross_moments
from cemlab.measure.rows import design_matrix, reasons, unit_products, with_units


def answers(n=500, seed=1):
    rng = np.random.default_rng(seed)
    data = pd.DataFrame(rng.normal(size=(n, 3)), columns=["a", "b", "c"]).assign(w=rng.uniform(0.5, 2, n))
    data.loc[rng.random(n) < 0.3, "b"] = np.nan
    return data.assign(_replicate=rng.integers(0, 7, n))


def test_products_by_hand():
    """Unit u holds (1, 2) and (3, missing): products 1 + 9, 2, 4; answered 2, 1, 1."""
    data = pd.DataFrame({"a": [1.0, 3.0], "b": [2.0, None], "unit__": ["u", "u"]})
    found = unit_products(data, ["a", "b"])
    assert found["n"].tolist() == [2]
    assert found["products"][0].tolist() == [[10, 2, 4, 1], [2, 4, 2, 2], [4, 2, 2, 1], [1, 2, 1, 1]]


@pytest.mark.parametrize("weights", [None, "w"])
def test_products_agree_with_the_reduction_that_every_engine_shares(weights):
    data = answers()
    filled = data.assign(ax=1.0, bx=data["b"].notna() * 1.0, b=data["b"].fillna(0.0))
    other = cross_moments(filled, ["a", "b", "ax", "bx"], by="_replicate", weights=weights)
    found = unit_products(data, ["a", "b"], unit="_replicate", weights=weights)
    for name in ("n", "w", "w2", "products"):
        assert found[name] == pytest.approx(other[name], rel=1e-9)


def test_batches_do_not_show(monkeypatch):
    data = answers()
    whole = unit_products(data, ["a", "b"], unit="_replicate")["products"]
    monkeypatch.setattr("cemlab.measure.rows.BATCH", 7)
    assert unit_products(pl.DataFrame(data).lazy(), ["a", "b"], unit="_replicate")["products"] == pytest.approx(whole)


def units(data, **options):
    frame, kind = with_units(data, **options)
    return frame.to_native().collect()["unit__"].n_unique(), kind


def test_units_are_persons_then_replicates_or_clusters():
    data = answers().assign(_person=lambda d: [None if i < 10 else f"p{i // 2}" for i in range(len(d))])
    assert units(data) == (10 + 245, "persons")
    assert units(data, cluster="_replicate") == (7, "clusters")
    many = answers(2000)
    assert units(many) == (7, "replicates")
    assert units(many.drop(columns="_replicate")) == (256, "replicates")


def test_reasons_say_why_an_answer_is_missing():
    data = pd.DataFrame(
        {"a": [1, None, None, None, 5], "a__why": [None, "no_answer", "not_applicable", "not_asked", None]}
    )
    row = reasons(data, ["a"]).iloc[0]
    assert row[["rows", "n", "not_applicable", "not_asked", "n_missing", "low", "high"]].tolist() == [
        5,
        2,
        1,
        1,
        1,
        1,
        5,
    ]


def test_design_matrix_keeps_complete_rows():
    values, w, dropped = design_matrix(answers(), ["a", "b"], weights="w")
    assert len(values) == len(w) == answers()["b"].notna().sum() and dropped == 500 - len(values)


def test_wording(monkeypatch):
    with pytest.raises(DataError, match="unit_products: weight column 'w'.*1 negative"):
        unit_products(answers().assign(w=[-1.0, *[1.0] * 499]), ["a"], unit="_replicate", weights="w")
    with pytest.raises(ValueError, match="'t' holds String, not numbers"):
        reasons(answers().assign(t="x"), ["t"])
    monkeypatch.setattr("cemlab.measure.rows.LIMIT", 100)
    with pytest.raises(ValueError, match="takes at most 100. Draw a sample"):
        design_matrix(answers(), ["a"])

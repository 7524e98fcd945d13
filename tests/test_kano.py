"""Kano: classes and coefficients by hand, against R, and their laws."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cemlab.analyse.kano import CATEGORIES, kano
from cemlab.checks import DataError


def test_by_hand():
    """A, O, M, I once each: better = 2 of 4, worse = 2 of 4."""
    data = pd.DataFrame({"f": [1, 1, 2, 3], "d": [3, 5, 5, 3]})
    found = kano(data, {"x": ("f", "d")})
    assert found.classes[list("AOMI")].iloc[0].tolist() == [1, 1, 1, 1]
    rows = found.estimates.set_index("metric")["estimate"]
    assert rows["better"] == 50 and rows["worse"] == -50
    assert rows["functional"] == pytest.approx((4 + 4 + 2 + 0) / 4)
    assert rows["dysfunctional"] == pytest.approx((0 + 4 + 4 + 0) / 4)


def test_against_stp25stat(oracle):
    expected, folder = oracle("kano")
    data = pd.read_csv(folder / "input.csv")
    found = kano(data, {f"f{i}": (f"f{i}", f"d{i}") for i in range(1, 9)})
    classes = found.classes.set_index("item")
    for item, e in expected["results"]["by_attribute"].items():
        row = classes.loc[item]
        assert {name: row[name] for name in CATEGORIES} == e["counts"]
        assert (row["category"], row["rule_category"], row["n"]) == (e["max_category"], e["rule_category"], e["n"])
        assert row["separated"] == e["fong_significant"]
        pairs = [("total_strength", "total_strength"), ("category_strength", "category_strength")]
        for ours, theirs in [*pairs, ("fong", "fong_lhs"), ("fong_limit", "fong_rhs")]:
            assert row[ours] == pytest.approx(e[theirs], abs=1e-9)
        rows = found.estimates[found.estimates["item"] == item].set_index("metric")["estimate"]
        assert rows["better"] / 100 == pytest.approx(e["better"], abs=1e-9)
        assert rows["worse"] / 100 == pytest.approx(e["worse"], abs=1e-9)
        assert rows["functional"] == pytest.approx(e["functional_mean"], abs=1e-9)
        assert rows["dysfunctional"] == pytest.approx(e["dysfunctional_mean"], abs=1e-9)


answers = st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(1, 3)), min_size=1, max_size=30)


@settings(max_examples=50, deadline=None)
@given(answers)
def test_weight_k_is_k_respondents(rows):
    data = pd.DataFrame(rows, columns=["f", "d", "w"])
    weighted = kano(data, {"x": ("f", "d")}, weights="w")
    repeated = kano(data.loc[data.index.repeat(data["w"])], {"x": ("f", "d")})
    assert weighted.classes[list(CATEGORIES)].to_numpy() == pytest.approx(repeated.classes[list(CATEGORIES)].to_numpy())
    a, b = weighted.estimates, repeated.estimates
    assert a["estimate"].to_numpy() == pytest.approx(b["estimate"].to_numpy(), nan_ok=True)
    shares = b[b["metric"] == "share"]["estimate"]
    assert shares.sum() == pytest.approx(100)


def test_groups_stand_alone():
    data = pd.DataFrame({"f": [1, 2, 1, 3], "d": [5, 5, 3, 3], "g": ["a", "a", "b", "b"]})
    both = kano(data, {"x": ("f", "d")}, by="g").estimates
    one = kano(data[data["g"] == "b"], {"x": ("f", "d")}).estimates
    assert both[both["g"] == "b"]["estimate"].tolist() == pytest.approx(one["estimate"].tolist(), nan_ok=True)


def test_gaps_are_left_out_and_counted():
    data = pd.DataFrame({"f": [1, np.nan, 2, 1], "d": [5, 5, np.nan, 3]})
    row = kano(data, {"x": ("f", "d")}).estimates.iloc[0]
    assert (row["n"], row["n_missing"]) == (2, 2)
    empty = kano(data.iloc[1:3], {"x": ("f", "d")}).estimates
    assert set(empty["status"]) == {"not_estimable"}


def test_an_answer_off_the_scale_stops_the_run():
    with pytest.raises(DataError, match="'f' / 'd' hold an answer '7'.*1 .I like it. to 5"):
        kano(pd.DataFrame({"f": [1, 7], "d": [5, 5]}), {"x": ("f", "d")})
    with pytest.raises(ValueError, match="no attribute"):
        kano(pd.DataFrame({"f": [1], "d": [5]}), {})

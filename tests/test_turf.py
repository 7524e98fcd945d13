"""TURF: reach of sets."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cemlab.analyse import turf as module
from cemlab.analyse.turf import turf
from cemlab.checks import DataError


def test_by_hand():
    data = pd.DataFrame({"a": [1, 1, 1, 0], "b": [1, 1, 0, 0], "c": [0, 0, 0, 1]})
    found = turf(data, ["a", "b", "c"], size=2, min_n=1)
    pairs = found.sets[found.sets["size"] == 2]
    assert pairs["items"].tolist() == ["a + c", "a + b", "b + c"]  # 4, 3 and 3 of 4; more people want a and b
    assert pairs["reach"].tolist() == [100, 75, 75]
    assert found.single["estimate"].tolist() == [75, 50, 25]
    assert found.curve["estimate"].tolist() == [75, 100]


@pytest.mark.parametrize(
    ("case", "depth", "weights"), [("depth1", 1, "wgt"), ("depth2", 2, "wgt"), ("unweighted_depth1", 1, None)]
)
def test_against_turfr(oracle, case, depth, weights):
    expected, folder = oracle("turf")
    e, data = expected["results"], pd.read_csv(folder / "input.csv")
    found = turf(data, e["items"], size=5, depth=depth, weights=weights)
    for name, wanted in e[case].items():
        rows = found.sets[found.sets["size"] == int(name[-1])]
        assert (rows["reach"] / 100).tolist() == pytest.approx(wanted["reach"], abs=1e-9)
        assert rows["frequency"].tolist() == pytest.approx(wanted["frequency"], abs=1e-9)
        keys = list(zip(np.round(wanted["reach"], 9), np.round(wanted["frequency"], 9), strict=True))
        for key, ours, theirs in zip(keys, rows["items"], wanted["items"], strict=True):
            if keys.count(key) == 1 and key != keys[-1]:
                assert ours.split(" + ") == theirs
    if case == "depth1":
        single = dict(zip(found.single["item"], found.single["estimate"] / 100, strict=True))
        assert single == pytest.approx(e["single_item_reach"], abs=1e-9)


wishes = st.integers(0, 2**32 - 1).map(lambda seed: np.random.default_rng(seed))


@settings(max_examples=15, deadline=None)
@given(wishes, st.integers(1, 3), st.integers(1, 2))
def test_search_and_greedy_against_trying_every_set(rng, size, depth):
    data = pd.DataFrame((rng.random((25, 6)) < 0.3).astype(int), columns=list("abcdef")).assign(w=rng.random(25) + 0.1)
    size = max(size, depth)
    best = max(
        (data["w"] * (data[list(chosen)].sum(axis=1) >= depth)).sum() / data["w"].sum()
        for chosen in combinations("abcdef", size)
    )
    exact = turf(data, list("abcdef"), size=size, depth=depth, weights="w", min_n=1).sets
    quick = turf(data, list("abcdef"), size=size, depth=depth, weights="w", min_n=1, method="greedy").sets
    limit, module.MOST_SETS = module.MOST_SETS, 0
    try:
        looked = turf(data, list("abcdef"), size=size, depth=depth, weights="w", min_n=1).sets
    finally:
        module.MOST_SETS = limit
    last = [sets[(sets["size"] == size) & (sets["rank"] == 1)].iloc[0] for sets in (exact, looked, quick)]
    assert last[0]["reach"] == pytest.approx(100 * best)
    assert last[1]["reach"] == pytest.approx(100 * best, abs=1e-4)
    assert last[1]["bound"] >= 100 * best - 1e-6
    assert last[2]["reach"] <= 100 * best + 1e-9 <= last[2]["bound"] + 1e-6


def test_ties_are_named():
    """B and c are wanted by nearly the same number of people: the data do not separate a+b from a+c."""
    rng = np.random.default_rng(3)
    data = pd.DataFrame({"a": rng.random(300) < 0.6, "b": rng.random(300) < 0.5, "c": rng.random(300) < 0.5}).astype(
        int
    )
    data["d"] = (rng.random(300) < 0.02).astype(int)
    pairs = turf(data, list("abcd"), size=2).sets.query("size == 2").set_index("items")
    assert pairs["tied"].sum() >= 2 and not pairs.loc["c + d" if "c + d" in pairs.index else "b + d", "tied"]


def test_gaps_low_base_and_wording():
    data = pd.DataFrame({"a": [1, 0, np.nan], "b": [0, 1, 1]})
    found = turf(data, ["a", "b"], size=1)
    assert set(found.sets["status"]) == {"low_base"} and found.sets["n"].iloc[0] == 2
    with pytest.raises(DataError, match="column 'a' holds 5; items are 1"):
        turf(data.assign(a=[5, 0, 1]), ["a", "b"], size=1)
    with pytest.raises(ValueError, match="size 3 of 2 items"):
        turf(data, ["a", "b"], size=3)
    with pytest.raises(ValueError, match="no respondent"):
        turf(data.assign(a=np.nan), ["a", "b"], size=1)

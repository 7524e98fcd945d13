"""Scores of scales: persons first, favourable shares, the census factor, participation and non-response weights."""

import math

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cemlab import DataError, census_intervals, engagement_index, nonresponse_weights, nps, participation, person_scores
from cemlab.measure.nonresponse_weights import joined_cells

ROWS = pd.DataFrame(
    {
        "id": ["a", "a", "b", "c", "d", None],
        "unit": ["x", "x", "x", "x", "y", "y"],
        "q1": [1, 5, 4, None, 2, 5],
        "q2": [1, 4, None, None, 2, 3],
        "q3": [1, 2, 1, 3, 5, 1],  # reverse-keyed
    }
)
ENGAGED = {"engaged": ["q1", "q2", "q3"]}
HOW = {"scale": (1, 5), "reverse": ["q3"], "person": "id"}


def row(found, metric, **where):
    for column, value in {"metric": metric, **where}.items():
        found = found[found[column] == value]
    return found.iloc[0]


def test_person_scores_by_hand():
    """A counts with the newest sheet: (5 + 4 + (6 - 2)) / 3; b with two of three items; c (one of three) not at all."""
    found = person_scores(ROWS, ENGAGED, **HOW).collect()
    assert found["engaged"].to_list() == pytest.approx([13 / 3, 4.5, None, 5 / 3, 13 / 3])
    assert found["engaged__favourable"].to_list() == pytest.approx([100, 100, None, 0, 200 / 3])
    assert found["engaged__neutral"].to_list() == pytest.approx([0, 0, None, 0, 100 / 3])
    assert found["engaged__unfavourable"].to_list() == pytest.approx([0, 0, None, 100, 0])


def test_the_newest_answer_is_that_of_the_order():
    timed = ROWS.assign(day=[9, 1, 1, 1, 1, 1])
    assert person_scores(timed, ENGAGED, order="day", **HOW).collect()["engaged"][0] == pytest.approx(7 / 3)


def test_index_by_hand():
    """Unit y: persons 0 and 66.7 % favourable, mean 33.3; each counts once, so team x is not 3 sheets of 2 people."""
    found = engagement_index(ROWS.rename(columns={"unit": "team"}), ENGAGED, by="team", **HOW)
    y = row(found, "favourable", team="y")
    assert y["estimate"] == pytest.approx(100 / 3)
    assert y["se"] == pytest.approx(100 / 3 / math.sqrt(2))
    x = found[found["metric"] == "mean"].iloc[0]
    assert (x["estimate"], x["n"], x["n_missing"]) == (pytest.approx((13 / 3 + 4.5) / 2), 2, 1)


def test_one_item_gives_the_wilson_interval_of_a_share():
    """7 of 10 favourable: Wilson 0.3968 to 0.8922 (Newcombe 1998, formula 3)."""
    found = engagement_index(pd.DataFrame({"q": [4] * 7 + [2] * 3}), ["q"], scale=(1, 5))
    share = row(found, "favourable")
    assert (share["ci_low"], share["ci_high"]) == (pytest.approx(39.68, abs=0.01), pytest.approx(89.22, abs=0.01))


def test_census_factor_by_hand():
    """N = 20, n = 10: factor sqrt(10 / 19); everybody answered: no width; NPS takes the same door."""
    data = pd.DataFrame({"q": [4] * 7 + [2] * 3})
    plain, census = (row(engagement_index(data, ["q"], scale=(1, 5), headcount=h), "mean") for h in (None, 20))
    assert census["se"] == pytest.approx(plain["se"] * math.sqrt(10 / 19))
    assert census["estimate"] - census["ci_low"] == pytest.approx(
        (plain["estimate"] - plain["ci_low"]) * math.sqrt(10 / 19)
    )
    full = row(engagement_index(data, ["q"], scale=(1, 5), headcount=10), "favourable")
    assert full["ci_low"] == full["estimate"] == full["ci_high"] == pytest.approx(70)
    enps = census_intervals(nps(pd.DataFrame({"r": [10, 9, 3]}), "r"), 3).iloc[0]
    assert enps["method"] == "adjusted_fpc"
    assert 0 < enps["se"] < 1e-9  # an error of exactly 0 would say that all answers are the same


def test_participation_by_hand():
    """x: 3 persons of 3 (4 sheets); y: 2 of 9; z: nobody. Margin of y: 1.96 * 50 / sqrt(2) * sqrt(7 / 8) = 64.82."""
    people = pd.DataFrame({"unit": ["x", "y", "z"], "headcount": [3, 9, 2]})
    with pytest.raises(ValueError, match="may not be called 'unit'"):
        participation(ROWS, people, by="unit", person="id")
    people = people.rename(columns={"unit": "team"})
    found = participation(ROWS.rename(columns={"unit": "team"}), people, by="team", person="id")
    rate = found[found["metric"] == "response_rate"].set_index("team")
    assert rate["estimate"].tolist() == pytest.approx([100, 200 / 9, 0])
    assert rate["n_missing"].tolist() == [0, 7, 2]
    margin = found[found["metric"] == "margin"].set_index("team")
    assert margin["estimate"].tolist()[:2] == pytest.approx([0, 64.8197], abs=1e-4)
    assert margin.loc["z", "status"] == "not_estimable"


def test_weights_by_hand_and_small_cells_joined():
    """Site b answers half as often; b/night (3 answers) joins b/day, because the last column gives way first."""
    people = pd.DataFrame({"site": ["a"] * 60 + ["b"] * 60, "shift": (["day"] * 30 + ["night"] * 30) * 2})
    answers = pd.DataFrame(
        {"site": ["a"] * 40 + ["b"] * 20, "shift": ["day"] * 20 + ["night"] * 20 + ["day"] * 17 + ["night"] * 3}
    )
    found = nonresponse_weights(answers, people, ["site", "shift"], least=10)
    assert found.margins["cell"].tolist() == [1, 2, 3, 3]
    assert found.margins["weight"].tolist() == pytest.approx([0.75, 0.75, 1.5, 1.5])
    assert found.data["weight"].sum() == pytest.approx(60)
    assert found.report.loc[0, ["cells", "joined"]].tolist() == [3, 1]


@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 25), st.integers(0, 40)), min_size=1, max_size=9
    )
)
@settings(max_examples=25, deadline=None)
def test_joined_cells_are_large_enough_or_all_one(rows):
    table = pd.DataFrame(rows, columns=["a", "b", "n", "headcount"]).groupby(["a", "b"], as_index=False).sum()
    table["cell"] = joined_cells(table, ["a", "b"], 10)
    sums = table.groupby("cell")[["n", "headcount"]].sum()
    assert len(sums) == 1 or ((sums["n"] >= 10) & (sums["headcount"] > 0)).all()


@given(st.lists(st.lists(st.one_of(st.none(), st.integers(1, 5)), min_size=3, max_size=3), min_size=1, max_size=12))
@settings(max_examples=8, deadline=None)
def test_shares_sum_to_hundred_and_reversal_turns_the_sides(rows):
    frame = pl.DataFrame(rows, schema={"q1": pl.Float64, "q2": pl.Float64, "q3": pl.Float64}, orient="row")
    items = ["q1", "q2", "q3"]
    found, turned = (
        engagement_index(frame, {"d": items}, scale=(1, 5), reverse=r).set_index("metric") for r in ((), items)
    )
    if found["n"].iloc[0]:
        shares = found.loc[["favourable", "neutral", "unfavourable"], "estimate"]
        assert shares.sum() == pytest.approx(100)
        assert turned.loc["unfavourable", "estimate"] == pytest.approx(found.loc["favourable", "estimate"])
        assert turned.loc["mean", "estimate"] == pytest.approx(6 - found.loc["mean", "estimate"])
        three = found.loc[shares.index]
        assert ((three["ci_low"] <= shares + 1e-9) & (shares <= three["ci_high"] + 1e-9)).all()


def test_equal_weights_change_nothing():
    frame = pd.DataFrame({"q": [1, 2, 4, 5, 5], "w": 3.0})
    plain, weighted = (engagement_index(frame, ["q"], scale=(1, 5), weights=w) for w in (None, "w"))
    assert np.allclose(plain[["estimate", "se", "ci_low"]], weighted[["estimate", "se", "ci_low"]])


def test_nobody_answered_keeps_the_row():
    found = engagement_index(pd.DataFrame({"q": [None, None]}, dtype=float), ["q"], scale=(1, 5))
    assert found["n"].tolist() == [0] * 4
    assert set(found["status"]) == {"not_estimable"}


def test_wording():
    with pytest.raises(DataError, match=r"column 'q1' must hold whole numbers 1 to 4; 2 of 5 answers do not"):
        engagement_index(ROWS, ["q1"], scale=(1, 4))
    with pytest.raises(ValueError, match="dimension 'd' names 'q1' twice"):
        engagement_index(ROWS, {"d": ["q1", "q1"]}, scale=(1, 5))
    with pytest.raises(ValueError, match="dimension 'q2' is called like a column"):
        person_scores(ROWS, {"q2": ["q1", "q2"]}, scale=(1, 5))
    with pytest.raises(DataError, match="more answers than people, for example 10 of 9"):
        engagement_index(pd.DataFrame({"q": [4] * 10}), ["q"], scale=(1, 5), headcount=9)

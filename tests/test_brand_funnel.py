"""The funnel by hand, its laws, and what contradicts it."""

import narwhals as nw
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cemlab.analyse.brand_funnel import brand_funnel, funnel_gaps, leaks, routed
from cemlab.checks import DataError

STAGES = ["knows", "uses", "likes"]
TEN = pd.DataFrame({  # of ten: eight know, four of them use, one user and one stranger like
    "brand": "a", "knows": [1] * 8 + [0, 0], "uses": [1] * 4 + [0] * 6, "likes": [1, 0, 0, 0, 0, 0, 0, 0, 0, 1],
}).astype({"knows": float, "uses": float, "likes": float})  # fmt: skip


def test_levels_and_conversions_by_hand():
    rows = brand_funnel(TEN, STAGES).set_index(["metric", "item"])
    assert rows["estimate"].to_dict() == pytest.approx({
        ("reach", "knows"): 80, ("reach", "uses"): 40, ("reach", "likes"): 20,
        ("conversion", "uses"): 50, ("conversion", "likes"): 25,
    })  # fmt: skip
    assert rows.loc["conversion"]["n"].to_dict() == {"uses": 8, "likes": 4}


def test_conversion_intervals_are_wilson_on_the_stage_before():
    """4 of 8: Wilson 95 % interval 21.52 to 78.48 (R: binom.confint(4, 8, methods = "wilson"))."""
    row = brand_funnel(TEN, STAGES).set_index(["metric", "item"]).loc[("conversion", "uses")]
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((21.521, 78.479), abs=1e-3)


def test_who_claims_a_stage_without_the_one_before_is_counted():
    rows = funnel_gaps(TEN, STAGES).set_index("item")
    assert rows["without"].to_dict() == {"uses": 0, "likes": 1}
    assert rows.loc["likes", ["n", "share"]].tolist() == [2, 50]


def test_the_largest_leak_is_the_gap_to_the_best_rival_times_those_who_stand_there():
    rival = TEN.assign(brand="b", uses=[1.0] * 6 + [0.0] * 4, likes=[1.0] + [0.0] * 9)
    table = leaks(brand_funnel(pd.concat([TEN, rival]), STAGES), "a")
    assert table.loc[0, ["item", "rival", "gap", "volume"]].tolist() == pytest.approx(["uses", "b", 25, 20], abs=1e-9)
    assert table.loc[1, "volume"] == 0  # 25 % against 17 %: no leak


def test_stages_left_out_by_routing_are_not_reached_and_no_answer_stays_missing():
    rows = pd.DataFrame({
        "knows": [0.0, 1, 1], "uses": [np.nan, np.nan, 1.0], "uses__why": ["not_asked", "no_answer", None],
        "likes": [np.nan, np.nan, np.nan], "likes__why": ["not_asked", "not_asked", "not_asked"],
    })  # fmt: skip
    out = routed(nw.from_native(rows), STAGES).to_native()
    assert out["uses"].tolist()[0] == 0 and np.isnan(out["uses"][1])
    assert out["likes"].tolist()[0] == 0
    assert np.isnan(out["likes"][1]) and np.isnan(out["likes"][2])


ROWS = st.lists(st.tuples(*[st.integers(0, 1)] * 3, st.floats(0.2, 5)), min_size=2, max_size=60)


@given(ROWS)
@settings(max_examples=30, deadline=None)
def test_laws(rows):
    """Where stages are nested, the product of conversions is the last level; equal weights change nothing."""
    data = pd.DataFrame(rows, columns=[*STAGES, "w"]).assign(brand="a").astype(dict.fromkeys(STAGES, float))
    data["uses"] *= data["knows"]
    data["likes"] *= data["uses"]
    table = brand_funnel(data, STAGES, weights="w").set_index(["metric", "item"])["estimate"]
    if table["reach", "likes"] > 0:
        product = table["reach", "knows"] * table["conversion", "uses"] * table["conversion", "likes"] / 1e4
        assert product == pytest.approx(table["reach", "likes"])
    same = brand_funnel(data.assign(w=2.5), STAGES, weights="w")["estimate"]
    assert np.allclose(same, brand_funnel(data, STAGES)["estimate"], equal_nan=True)


def test_nobody_at_a_stage_leaves_no_conversion():
    rows = brand_funnel(TEN.assign(knows=0.0, uses=0.0, likes=0.0), STAGES).set_index(["metric", "item"])
    assert rows.loc[("conversion", "uses"), ["n", "status"]].tolist() == [0, "not_estimable"]
    assert rows.loc[("reach", "uses"), "estimate"] == 0


def test_errors_name_what_is_wrong():
    with pytest.raises(ValueError, match="give at least one, and each once"):
        brand_funnel(TEN, ["knows", "knows"])
    with pytest.raises(ValueError, match=r"no column \['use'\]. Did you mean 'uses'"):
        brand_funnel(TEN, ["knows", "use"])
    with pytest.raises(DataError, match="'uses' must hold whole numbers 0 to 1; 1 of 10 answers"):
        brand_funnel(TEN.assign(uses=[3.0] + [0.0] * 9), STAGES)

"""Paired preference and triangle tests: exact figures, tables of the standard, and what stops a run."""

import pandas as pd
import pytest

from cemlab.analyse.sensory import paired_preference, tasters, triangle_test
from cemlab.checks import DataError


def found(right, n):
    return pd.DataFrame({"odd": [1] * right + [0] * (n - right) + [None]})


def test_preference_by_hand():
    """Eight of ten: two-sided p = 2 (1 + 10 + 45) / 1024."""
    row = paired_preference(pd.DataFrame({"better": ["a"] * 8 + ["b"] * 2 + [None]}), "better").iloc[0]
    assert (row["group"], row["reference"], row["n"]) == ("a", "b", 10)
    assert row["p_value"] == pytest.approx(2 * 56 / 1024)
    assert row[["difference_low", "difference_high"]].tolist() == pytest.approx([44.3905 - 50, 97.4789 - 50], abs=1e-4)


@pytest.mark.parametrize("n, least", [(6, 5), (12, 8), (18, 10), (24, 13), (30, 15), (36, 18), (60, 27)])
def test_triangle_against_the_standard(n, least):
    """ISO 4120, table A.1: fewest right answers of n for a difference at 5 %."""
    p = [triangle_test(found(right, n), "odd").iloc[0]["p_value"] for right in (least - 1, least)]
    assert p[0] > 0.05 >= p[1]


def test_similarity_and_tasters():
    """Share found if 30 % taste it: 1/3 + 2/3 x 0.3 = 53.3 %; 20 of 60 found is what guessing gives."""
    rows = triangle_test(found(20, 60), "odd").set_index("metric")
    assert rows.loc["similarity", "reference_estimate"] == pytest.approx(100 * 8 / 15)
    assert rows.loc["similarity", "p_value"] < 0.01
    assert rows.loc["triangle", "p_value"] > 0.5
    assert tasters([100 / 3, 100, 20]).tolist() == pytest.approx([0, 100, 0])


def test_one_preferred_by_all_and_nobody_asked():
    one = paired_preference(pd.DataFrame({"better": ["a", "a"]}), "better", products=("a", "b")).iloc[0]
    assert (one["estimate"], one["p_value"]) == (100, 0.5)
    empty = triangle_test(found(0, 0), "odd")
    assert empty["status"].tolist() == ["not_estimable"] * 2
    assert empty["p_value"].isna().all()


def test_what_stops_a_run():
    with pytest.raises(DataError, match="must name two products; it has .*c"):
        paired_preference(pd.DataFrame({"better": ["a", "b", "c"]}), "better")
    with pytest.raises(DataError, match=r"must hold 0 and 1; it has \[2.0\]"):
        triangle_test(pd.DataFrame({"odd": [0, 1, 2]}), "odd")
    with pytest.raises(ValueError, match="`similar` is 30; give a share"):
        triangle_test(found(1, 2), "odd", similar=30)

"""Column letters of tables."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cemlab.measure.compare import compare_groups
from cemlab.measure.letters import column_letters


def pairs(*rows):
    frame = pd.DataFrame(rows, columns=["g", "reference", "difference", "p_adjusted"])
    return frame.assign(metric="nps", item="x")


def test_by_hand():
    """A above b at 95 %, above c at 90 % only; b and c do not differ."""
    found = column_letters(pairs(("a", "b", 9, 0.01), ("a", "c", 5, 0.07), ("b", "c", -4, 0.5)), by="g")
    assert found.set_index("group")["above"].to_dict() == {"a": "Bc", "b": "", "c": ""}
    assert found["letter"].tolist() == ["A", "B", "C"]


def test_order_of_the_columns_gives_the_letters():
    found = column_letters(pairs(("a", "b", -9, 0.01)), by="g", order=["b", "a"])
    assert found.set_index("group")["above"].to_dict() == {"b": "B", "a": ""}


def test_untested_pairs_give_no_letter():
    assert column_letters(pairs(("a", "b", None, None)), by="g")["above"].tolist() == ["", ""]


ROWS = st.lists(st.tuples(st.integers(0, 10), st.sampled_from("abcd")), min_size=40, max_size=120)


@settings(max_examples=25, deadline=None)
@given(ROWS)
def test_letters_are_the_tests_of_the_frame(rows):
    """Every letter is one pair with a p-value under its level, and no pair gives letters to both sides."""
    data = pd.DataFrame(rows, columns=["x", "g"])
    if data["g"].nunique() < 2:
        return
    frame = compare_groups(data, "x", by="g", against="pairwise", min_n=2)
    letters = column_letters(frame, by="g").set_index("group")
    for row in frame.itertuples():
        over = letters.loc[row.reference, "letter"] in letters.loc[row.g, "above"].upper()
        under = letters.loc[row.g, "letter"] in letters.loc[row.reference, "above"].upper()
        assert not (over and under)
        assert over == (row.p_adjusted < 0.1 and row.difference > 0)
        assert under == (row.p_adjusted < 0.1 and row.difference < 0)
        if over:
            assert (letters.loc[row.reference, "letter"] in letters.loc[row.g, "above"]) == (row.p_adjusted < 0.05)


def test_errors():
    with pytest.raises(ValueError, match="one row a pair"):
        column_letters(pairs(("a", "(rest)", 9, 0.01)), by="g")
    with pytest.raises(ValueError, match=r"`order` lacks \['b'\]"):
        column_letters(pairs(("a", "b", 9, 0.01)), by="g", order=["a"])
    with pytest.raises(ValueError, match="27 groups; letters reach to 26"):
        column_letters(pairs(("a", "b", 9, 0.01)), by="g", order=["a", "b", *range(25)])

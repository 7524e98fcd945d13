"""Adjusted p-values of a family."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cemlab.measure.multiplicity import METHODS, adjust_p

P = st.lists(st.floats(0, 1), min_size=1, max_size=30)


def test_by_hand():
    """BH: 3 p / rank, from the largest down; Holm: p times 3, 2, 1, from the smallest up."""
    assert adjust_p([0.03, 0.01, 0.04]) == pytest.approx([0.04, 0.03, 0.04])
    assert adjust_p([0.03, 0.01, 0.04], "holm") == pytest.approx([0.06, 0.03, 0.06])
    assert adjust_p([0.03, 0.01], None) == pytest.approx([0.03, 0.01])


@pytest.mark.parametrize("method", METHODS)
def test_matches_r(oracle, method):
    """R 4.2.2 p.adjust; relative 1e-8."""
    expected = oracle("crosstab_tests")[0]["results"]["p_adjust"]
    name = method.upper() if method in ("bh", "by") else method
    assert adjust_p(expected["p"], method) == pytest.approx(expected[name], rel=1e-8)


@pytest.mark.parametrize("method", METHODS)
@given(p=P)
def test_monotone_within_bounds_and_in_any_order(method, p):
    found = adjust_p(p, method)
    order = np.argsort(p, kind="stable")
    assert (np.diff(found[order]) >= -1e-12).all()
    assert (found >= np.array(p) - 1e-12).all() and (found <= 1).all()
    assert adjust_p(p[::-1], method)[::-1] == pytest.approx(found)


@given(p=P, gaps=st.integers(1, 5))
def test_untested_rows_keep_their_place_and_do_not_count(p, gaps):
    found = adjust_p([np.nan] * gaps + p)
    assert np.isnan(found[:gaps]).all() and found[gaps:] == pytest.approx(adjust_p(p))


def test_empty_and_all_missing():
    assert len(adjust_p([])) == 0 and np.isnan(adjust_p([np.nan, np.nan])).all()


def test_errors():
    with pytest.raises(ValueError, match="`adjust` is 'hom'.*Did you mean 'holm'|`adjust` is 'hom'"):
        adjust_p([0.1], "hom")
    with pytest.raises(ValueError, match="between 0 and 1; found 0.1 to 1.2"):
        adjust_p([0.1, 1.2])

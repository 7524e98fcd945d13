"""Small bases: by hand, laws, missing, wording."""

import numpy as np
import pandas as pd
import pytest

from cemlab.measure.bases import flag_bases
from cemlab.measure.schema import comparisons
from cemlab.measure.scores import nps


def rows(**columns):
    return pd.DataFrame({"estimate": 1.0, "se": 1.0, "ci_low": 0.0, "ci_high": 2.0, "status": "ok", **columns})


def test_thresholds_by_hand():
    out = flag_bases(rows(n=[29, 30, 99, 100], n_eff=[29.0, 30.0, 99.0, 100.0]))
    assert out["status"].tolist() == ["not_estimable", "low_base", "low_base", "ok"]
    assert out[["estimate", "se", "ci_low", "ci_high"]].isna().all(axis=1).tolist() == [True, False, False, False]
    assert out["n"].tolist() == [29, 30, 99, 100]


def test_the_effective_base_judges():
    out = flag_bases(rows(n=[500, 500, 20], n_eff=[29.9, np.nan, 200.0]))
    assert out["status"].tolist() == ["not_estimable", "ok", "ok"]


def test_a_comparison_is_judged_by_its_smaller_side():
    frame = pd.DataFrame({"metric": "nps", "item": "q", "unit": "points", "status": "ok", "p_value": 0.01, "difference": 5.0,
                          "n": [200, 200, 20, 200], "n_eff": [200.0, 200, 20, 200], "n_reference": [200, 20, 200, 90],
                          "n_eff_reference": [200.0, 20, 200, np.nan], "estimate": 1.0, "reference_estimate": 2.0})  # fmt: skip
    out = flag_bases(comparisons(frame))
    assert out["status"].tolist() == ["ok", "not_estimable", "not_estimable", "low_base"]
    assert out[["estimate", "reference_estimate", "difference", "p_value"]].isna().all(axis=1).tolist() == [
        False,
        True,
        True,
        False,
    ]


def test_hidden_and_not_estimable_stay():
    out = flag_bases(rows(n=[5, 50, 500], n_eff=[5.0, 50.0, 500.0], status=["hidden", "not_estimable", "hidden"]))
    assert out["status"].tolist() == ["hidden", "not_estimable", "hidden"]


def test_twice_is_once_and_the_argument_stays_as_it_was():
    frame = rows(n=[10, 50], n_eff=[10.0, 50.0])
    before = frame.copy()
    once = flag_bases(frame)
    pd.testing.assert_frame_equal(frame, before)
    pd.testing.assert_frame_equal(flag_bases(once), once)


def test_no_rows_and_real_estimates():
    frame = nps(pd.DataFrame({"q": [9] * 40 + [0] * 20, "cut": ["a"] * 40 + ["b"] * 20}), "q", by="cut")
    assert flag_bases(frame)["status"].tolist() == ["low_base", "not_estimable"]
    assert flag_bases(frame, min_n=10, low_n=20)["status"].tolist() == ["ok", "ok"]
    assert len(flag_bases(frame.head(0))) == 0


def test_wording():
    with pytest.raises(ValueError, match="flag_bases: `low_n` is 10, below `min_n` 30"):
        flag_bases(rows(n=[1]), low_n=10)
    with pytest.raises(ValueError, match=r"flag_bases: no column \['n'\]"):
        flag_bases(rows(n_eff=[1.0]))

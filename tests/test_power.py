"""Power: published figures, R, laws, missing, wording."""

import numpy as np
import pandas as pd
import pytest

from cemlab.measure.compare import compare_groups
from cemlab.measure.power import detectable_difference, power_of_shares, sample_size
from cemlab.measure.scores import mean_score, nps, top_box


def half(n):
    """A share of one half in n answers."""
    return top_box(pd.DataFrame({"q": [1, 5] * (n // 2)}), "q", scale=(1, 5))


@pytest.mark.parametrize("n, points", [(100, 19.8), (200, 14.0), (400, 9.9)])
def test_shares_at_usual_cells(n, points):
    """2.80 * sqrt(2 * 0.25 / n): 19.8, 14.0 and 9.9 percentage points."""
    row = detectable_difference(half(n)).iloc[0]
    assert row["detectable"] == pytest.approx(points, abs=0.05)
    assert (row["unit"], row["status"]) == ("percent", "ok")


def test_nps_at_100():
    """P = .5, D = .2, n = 100: 2.80 * sqrt(2 * 0.61 / 100) is 30.9 points; the interval of one score +-15.3."""
    frame = nps(pd.DataFrame({"q": [9] * 50 + [7] * 30 + [0] * 20}), "q", method="wald")
    assert detectable_difference(frame).loc[0, "detectable"] == pytest.approx(30.9, abs=0.05)
    assert (frame.loc[0, "ci_high"] - frame.loc[0, "ci_low"]) / 2 == pytest.approx(15.3, abs=0.05)


def test_sample_sizes_and_power_against_r(oracle):
    """R stats 4.2.2: power.prop.test, power.t.test (printed to 1e-6 or better)."""
    want = oracle("proportion_intervals")[0]["results"]["power"]
    assert sample_size(shares=(0.5, 0.6)) == pytest.approx(want["n_two_prop"], rel=1e-5)
    assert power_of_shares(0.3, 0.42, 200) == pytest.approx(want["power_two_prop"], rel=1e-8)
    assert sample_size(difference=0.3, sd=1, power=0.9) == pytest.approx(want["n_t"], rel=1e-5)


def test_detectable_differences_are_detected_so_often():
    """2,000 seeded pairs of samples that differ by the detectable difference: z finds 77 to 83 % of them."""
    n, p = 400, 0.5
    gap = detectable_difference(half(n)).loc[0, "detectable"] / 100
    rng = np.random.default_rng(5)
    one, two = rng.binomial(n, p + gap / 2, 2000) / n, rng.binomial(n, p - gap / 2, 2000) / n
    pooled = (one + two) / 2
    found = np.abs(one - two) / np.sqrt(2 * pooled * (1 - pooled) / n) > 1.959964
    assert 0.77 <= found.mean() <= 0.83


def test_two_waves_and_comparisons_agree():
    rng = np.random.default_rng(2)
    data = pd.DataFrame({"q": rng.integers(0, 11, 500), "cut": ["a"] * 200 + ["b"] * 300})
    one, two = nps(data[data["cut"] == "a"], "q"), nps(data[data["cut"] == "b"], "q")
    waves = detectable_difference(one, two).loc[0]
    assert waves["detectable"] == pytest.approx(2.8016 * np.hypot(one.loc[0, "se"], two.loc[0, "se"]), rel=1e-4)
    pairs = detectable_difference(compare_groups(data, "q", by="cut", against="pairwise")).iloc[0]
    assert pairs["detectable"] == pytest.approx(waves["detectable"], rel=1e-9)
    assert pairs["reference"] == "b"


def test_more_answers_show_smaller_differences():
    sizes = [detectable_difference(half(n)).loc[0, "detectable"] for n in (50, 100, 1000)]
    assert sizes == sorted(sizes, reverse=True)
    assert detectable_difference(half(100), power=0.9).loc[0, "detectable"] > sizes[1]


def test_nothing_is_claimed_without_an_error():
    all_equal = top_box(pd.DataFrame({"q": [5] * 50}), "q", scale=(1, 5))
    row = detectable_difference(all_equal).iloc[0]
    assert np.isnan(row["detectable"]) and row["status"] == "not_estimable"
    empty = mean_score(pd.DataFrame({"q": [None]}, dtype=float), "q")
    assert detectable_difference(empty).loc[0, "status"] == "not_estimable"


def test_wording():
    with pytest.raises(ValueError, match="`power` is 80; it must lie strictly between 0 and 1"):
        detectable_difference(half(100), power=80)
    by = nps(pd.DataFrame({"q": [9, 0], "cut": ["a", "b"]}), "q", by="cut")
    with pytest.raises(ValueError, match="1 of 2 rows have no partner in `reference`, for example .*'cut': 'b'"):
        detectable_difference(by, by.head(1))
    with pytest.raises(ValueError, match="give either `shares"):
        sample_size()
    with pytest.raises(ValueError, match="two different shares"):
        sample_size(shares=(0.5, 0.5))

"""Intervals: published cases and R, laws, edges, wording."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from cemlab.measure.difference_intervals import share_difference_interval
from cemlab.measure.errors import spread
from cemlab.measure.intervals import SHARE_METHODS, logit_limits, quantile, share_interval, shares_interval
from cemlab.measure.resample import bootstrap_interval


def test_wilson_by_hand():
    """Newcombe (1998), table I: 81 of 263 gives 0.2553 to 0.3662."""
    low, high = share_interval(81 / 263, 263)
    assert (float(low), float(high)) == pytest.approx((0.2553, 0.3662), abs=5e-5)


@pytest.mark.parametrize(
    "method, package, name",
    [
        ("wilson", "desctools", "wilson"),
        ("agresti_coull", "desctools", "agresti-coull"),
        ("clopper_pearson", "desctools", "clopper-pearson"),
        ("jeffreys", "desctools", "jeffreys"),
        ("wald", "desctools", "wald"),
        ("logit", "binom", "logit"),
    ],
)
def test_one_share_against_r(oracle, method, package, name):
    """R: binom 1.1.1.1 and DescTools 0.99.50, absolute 1e-7 (limits clipped to [0, 1])."""
    expected, _ = oracle("proportion_intervals")
    table = pd.DataFrame(expected["results"][package])
    table = table[table["method"] == name]
    low, high = share_interval(table["x"] / table["n"], table["n"], method=method)
    np.testing.assert_allclose(low, table["lower"].clip(0, 1), atol=1e-7)
    np.testing.assert_allclose(high, table["upper"].clip(0, 1), atol=1e-7)


@pytest.mark.parametrize(
    "method, name, tolerance",
    [
        ("newcombe", "score", 1e-7),
        ("agresti_caffo", "ac", 1e-7),
        ("wald", "wald", 1e-7),
        ("miettinen_nurminen", "mn", 1e-4),
    ],
)
def test_difference_of_shares_against_r(oracle, method, name, tolerance):
    """DescTools 0.99.50 BinomDiffCI on the cases of Newcombe (1998); "mn" is iterated there to 1e-4."""
    expected, folder = oracle("proportion_intervals")
    cases = pd.read_csv(folder / "input_diff.csv")
    table = pd.DataFrame(expected["results"]["difference"])
    table = table[table["method"] == name].sort_values("case")
    sides = (cases["x1"] / cases["n1"], cases["n1"], cases["x2"] / cases["n2"], cases["n2"])
    low, high = share_difference_interval(*sides, method=method)
    np.testing.assert_allclose(low, table["lower"], atol=tolerance)
    np.testing.assert_allclose(high, table["upper"], atol=tolerance)


@pytest.mark.parametrize("method, name", [("goodman", "goodman"), ("quesenberry_hurst", "qh")])
def test_simultaneous_shares_against_r(oracle, method, name):
    """DescTools 0.99.50 MultinomCI, absolute 1e-7."""
    expected, folder = oracle("proportion_intervals")
    want = expected["results"]["multinomial"][name]
    low, high = shares_interval(pd.read_csv(folder / "input_multinomial.csv")["count"], method=method)
    np.testing.assert_allclose(low, want["lower"], atol=1e-7)
    np.testing.assert_allclose(high, want["upper"], atol=1e-7)


def test_design_based_logit_against_survey(oracle):
    """svyciprop(method = "logit") of R survey 4.1.1: clusters, finite population, t with 14 degrees of freedom."""
    expected, folder = oracle("survey_weighting")
    data, want = pd.read_csv(folder / "input.csv"), expected["results"]["base"]["proportion"]
    x, w = data["above700"], data["pw"]
    sums = pd.DataFrame({"item": "above700", "dnum": data["dnum"], "n": 1.0, "n_missing": 0.0, "w": w, "w2": w * w})
    sums = sums.assign(wx=w * x, wxx=w * x * x, w2x=w * w * x, w2xx=w * w * x * x)
    sums = sums.groupby(["item", "dnum"], as_index=False).sum()
    row = spread(sums, [], cluster="dnum", population_clusters=757).iloc[0]
    assert row["se"] == pytest.approx(want["se"], rel=1e-6)
    low, high = logit_limits(row["estimate"], row["se"], quantile(0.95, row["df"]))
    assert [float(low), float(high)] == pytest.approx(want["ci_logit"], rel=1e-6)


@pytest.mark.parametrize("statistic", ["nps", "cor", "ratio"])
@pytest.mark.parametrize(
    "method, name", [("normal", "norm"), ("basic", "basic"), ("percentile", "perc"), ("bca", "bca")]
)
def test_bootstrap_rules_against_boot(oracle, statistic, method, name):
    """R: boot 1.3-28.1 boot.ci on 1,999 given replicates, relative 1e-8 (bca 1e-6)."""
    expected, folder = oracle("bootstrap_intervals")
    replicates = pd.read_csv(folder / "input_replicates.csv")[statistic]
    want = expected["results"]["intervals"][statistic]
    for place, level in enumerate(want[name]["conf"]):
        got = bootstrap_interval(want["t0"], replicates, level=level, method=method, influence=want["empinf"])
        limits = [want[name]["lower"][place], want[name]["upper"][place]]
        assert got == pytest.approx(limits, rel=1e-6 if method == "bca" else 1e-8)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 300), st.data(), st.sampled_from(SHARE_METHODS), st.floats(0.5, 0.999))
def test_laws_of_one_share(n, data, method, level):
    """Inside 0 to 1, holding the share, mirrored for the complement."""
    x = data.draw(st.integers(0, n))
    low, high = share_interval(x / n, n, level=level, method=method)
    assert 0 <= low <= x / n + 1e-12
    assert x / n - 1e-12 <= high <= 1
    other_low, other_high = share_interval((n - x) / n, n, level=level, method=method)
    assert (float(other_low), float(other_high)) == pytest.approx((1 - high, 1 - low), abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 80), st.integers(1, 80), st.data())
def test_swapping_sides_turns_the_interval(n1, n2, data):
    p1, p2 = data.draw(st.integers(0, n1)) / n1, data.draw(st.integers(0, n2)) / n2
    for method in ("newcombe", "miettinen_nurminen", "agresti_caffo"):
        low, high = share_difference_interval(p1, n1, p2, n2, method=method)
        other = share_difference_interval(p2, n2, p1, n1, method=method)
        assert (float(other[0]), float(other[1])) == pytest.approx((-high, -low), abs=1e-7)
        if method != "agresti_caffo":  # drawn towards 0, it may miss a difference of -1 or 1
            assert low - 1e-9 <= p1 - p2 <= high + 1e-9


def test_exact_coverage():
    """Summed over all outcomes of 40 answers: Clopper-Pearson never under 95 %, Wilson 93 to 98 %, Wald far under."""
    x, shares = np.arange(41), np.array([0.03, 0.1, 0.3, 0.5])
    chance = binom.pmf(x[:, None], 40, shares)
    covered = {}
    for method in ("clopper_pearson", "wilson", "wald"):
        low, high = share_interval(x / 40, 40, method=method)
        covered[method] = (chance * ((low[:, None] <= shares) & (shares <= high[:, None]))).sum(axis=0)
    assert (covered["clopper_pearson"] >= 0.95).all()
    assert ((covered["wilson"] >= 0.93) & (covered["wilson"] <= 0.985)).all()
    assert covered["wald"].min() < 0.75


def test_few_clusters_widen_the_interval():
    for method in SHARE_METHODS:
        normal, t = share_interval(0.3, 50, method=method), share_interval(0.3, 50, method=method, df=4)
        assert t[0] < normal[0] and t[1] > normal[1], method


def test_nothing_comes_from_nothing():
    for method in SHARE_METHODS:
        low, high = share_interval([np.nan, 0.5], [0, 0], method=method)
        assert np.isnan(low).all() and np.isnan(high).all(), method
    assert np.isnan(share_difference_interval(0.5, 0, 0.5, 10, method="miettinen_nurminen")[0])


def test_wording():
    with pytest.raises(ValueError, match="share_interval: `method` is 'wilsonn'; .*Did you mean 'wilson'"):
        share_interval(0.5, 10, method="wilsonn")
    with pytest.raises(ValueError, match="`counts` holds 1 codes"):
        shares_interval([5])
    with pytest.raises(ValueError, match="30 replicates, 1 of them missing"):
        bootstrap_interval(0.0, [np.nan] + [0.0] * 29)
    with pytest.raises(ValueError, match='"bca" needs `influence`'):
        bootstrap_interval(0.0, np.linspace(-1, 1, 100), method="bca")
    with pytest.raises(ValueError, match="outside all 100 replicates"):
        bootstrap_interval(5.0, np.linspace(-1, 1, 100), method="bca", influence=[1.0, -1.0])

"""Tests on small tables: means, spreads, ranks, association, effect sizes."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from cemlab.measure.effect_sizes import cliff_delta, cohen_d
from cemlab.measure.inference import (
    anova,
    bartlett,
    crosstab,
    group_moments,
    levene,
    pairwise_means,
    t_test,
    welch_anova,
)
from cemlab.measure.ordinal import MEASURES, ordinal_association, spearman
from cemlab.measure.rank_tests import dunn, kruskal, mann_whitney
from cemlab.measure.table_tests import (
    chi_square,
    cochran_q,
    cramer_v,
    goodman_lambda,
    mcnemar,
    pairwise_shares,
    residuals,
    theil_u,
)


def table_of(*samples):
    """Table of counts from samples, one a group."""
    long = pd.DataFrame([(f"g{i}", x) for i, sample in enumerate(samples) for x in sample], columns=["g", "x"])
    return crosstab(long, "g", "x")


def test_crosstab_by_hand():
    data = pd.DataFrame({"g": ["a", "a", "b", None], "x": [1.0, 2.0, 2.0, 1.0], "w": [1.0, 3.0, 2.0, 1.0]})
    assert crosstab(data, "g", "x").to_dict("list") == {1.0: [1, 0], 2.0: [1, 1]}
    weighted = crosstab(data, "g", "x", weights="w")  # sum 6, squares 14: effective base 36 / 14
    assert weighted.to_numpy().sum() == pytest.approx(36 / 14)
    assert weighted.loc["a", 2.0] == pytest.approx(3 * 6 / 14)


def test_mcnemar_by_hand():
    """5 against 1: exact, 2 * (1 + 6) / 64; 20 against 10: z = 10 / sqrt(30)."""
    assert mcnemar(5, 1)["p_value"] == pytest.approx(14 / 64) and mcnemar(5, 1)["method"] == "exact"
    assert mcnemar(20, 10)["statistic"] == pytest.approx(10 / np.sqrt(30)) and mcnemar(20, 10)["method"] == "z"
    assert mcnemar(0, 0)["p_value"] == 1


def test_cochran_of_two_items_is_mcnemar():
    """Two items: Q is McNemar's z squared; b = 20, c = 10, 5 yes to both."""
    found = cochran_q([[25, 5], [5, 15]])
    assert found["statistic"] == pytest.approx(100 / 30) and found["df"] == 1


def test_cochran_agrees_with_statsmodels():
    from statsmodels.stats.contingency_tables import cochrans_q

    x = (np.random.default_rng(1).random((60, 4)) < [0.3, 0.4, 0.5, 0.6]).astype(float)
    assert cochran_q(x.T @ x)["statistic"] == pytest.approx(cochrans_q(x).statistic)


@pytest.fixture(scope="module")
def regions(oracle):
    """`group_comparison`: counts by region, and what R gives."""
    expected, folder = oracle("group_comparison")
    return crosstab(pd.read_csv(folder / "input.csv"), "g", "y"), expected["results"]


def test_two_groups_match_r(regions):
    """R 4.2.2 t.test, wilcox.test; effsize 0.8.1. Relative 1e-8, intervals of effect sizes absolute 1e-4."""
    table, results = regions
    two = results["two_group"]
    for name, equal in (("welch", False), ("student", True)):
        found = t_test(table, equal_var=equal)
        assert (found["statistic"], found["p_value"]) == pytest.approx(
            (two[name]["statistic"], two[name]["p"]), rel=1e-8
        )
        assert found["df"] == pytest.approx(two[name]["df"]["df"], rel=1e-8)
        assert (found["low"], found["high"]) == pytest.approx(two[name]["conf_int"], rel=1e-8)
    found = mann_whitney(table)
    assert (found["statistic"], found["p_value"]) == pytest.approx(tuple(two["wilcoxon"].values()), rel=1e-8)
    found = cohen_d(table)
    assert found["estimate"] == pytest.approx(two["cohen_d"]["d"], rel=1e-8)
    assert (found["low"], found["high"]) == pytest.approx(two["cohen_d"]["ci"], abs=1e-4)
    found = cohen_d(table, hedges=True)
    assert tuple(found.values()) == pytest.approx((two["hedges_g"]["g"], *two["hedges_g"]["ci"]), rel=1e-8)
    found = cliff_delta(table)
    assert tuple(found.values()) == pytest.approx((two["cliff_delta"]["delta"], *two["cliff_delta"]["ci"]), rel=1e-8)


def test_all_groups_match_r(regions):
    """R 4.2.2 aov, oneway.test, kruskal.test, bartlett.test; car 3.1.1 leveneTest. Relative 1e-8."""
    table, results = regions
    n, mean, var = group_moments(table)
    for name, values in (("n", n), ("mean", mean), ("sd", np.sqrt(var))):
        assert list(values) == pytest.approx(list(results[name].values()), rel=1e-8)
    found, wanted = anova(table), results["anova"]
    assert (*found["df"], *found["ss"]) == pytest.approx((*wanted["df"], *wanted["ss"]), rel=1e-8)
    assert (found["statistic"], found["p_value"], found["eta2"]) == pytest.approx(
        (wanted["f"], wanted["p"], wanted["eta2"]), rel=1e-8
    )
    found, wanted = welch_anova(table), results["welch_anova"]
    assert (found["statistic"], *found["df"], found["p_value"]) == pytest.approx(
        (wanted["statistic"], *wanted["df"].values(), wanted["p"]), rel=1e-8
    )
    for test, name in ((kruskal, "kruskal"), (bartlett, "bartlett")):
        found, wanted = test(table), results[name]
        assert (found["statistic"], found["p_value"]) == pytest.approx((wanted["statistic"], wanted["p"]), rel=1e-8)
    found = levene(table)
    assert (found["statistic"], found["p_value"]) == pytest.approx(tuple(results["levene"].values()), rel=1e-8)


def test_pairs_match_r(regions):
    """R 4.2.2 TukeyHSD (p absolute 1e-8), pairwise.t.test; DescTools 0.99.50 DunnTest. R lists second - first."""
    table, results = regions
    found, wanted = pairwise_means(table, method="tukey"), np.array(results["tukey"]["values"])
    assert (-found["difference"]).tolist() == pytest.approx(wanted[:, 0], rel=1e-8)
    assert (-found["high"]).tolist() == pytest.approx(wanted[:, 1], rel=1e-6)
    assert (-found["low"]).tolist() == pytest.approx(wanted[:, 2], rel=1e-6)
    assert found["p_adjusted"].tolist() == pytest.approx(wanted[:, 3], abs=1e-8)
    for method, name in (("student", "pairwise_t_holm"), ("welch", "pairwise_welch_holm")):
        found = pairwise_means(table, method=method).set_index(["group", "reference"])["p_adjusted"]
        assert_lower_triangle(found, results[name])
    found, wanted = dunn(table), np.array(results["dunn_holm"]["values"])
    assert (-found["mean_rank_difference"]).tolist() == pytest.approx(wanted[:, 0], rel=1e-8)
    assert found["p_adjusted"].tolist() == pytest.approx(wanted[:, 1], rel=1e-8)


def assert_lower_triangle(p_values, table):
    """R's lower triangles: row against column, the column's group first here."""
    for name, values in zip(table["rows"], table["values"], strict=True):
        for other, value in zip(table["cols"], values, strict=True):
            if value is not None:
                assert p_values[(other, name)] == pytest.approx(value, rel=1e-8)


def test_games_howell_of_two_groups_is_welch():
    """With two groups the studentised range is sqrt(2) times t, so the p-values agree."""
    table = table_of([1, 2, 2, 3, 5], [2, 4, 4, 5, 5, 5, 1])
    assert pairwise_means(table)["p_adjusted"][0] == pytest.approx(t_test(table)["p_value"], rel=1e-6)


@pytest.fixture(scope="module")
def jobs(oracle):
    """`crosstab_tests`: the table, and what R gives."""
    expected, folder = oracle("crosstab_tests")
    results = expected["results"]
    return crosstab(pd.read_csv(folder / "input.csv"), "r", "c")[results["levels"]["c"]], results


def test_tables_match_r(jobs):
    """R 4.2.2 chisq.test, DescTools 0.99.50 GTest, CramerV, ContCoef, Lambda, UncertCoef. Relative 1e-8."""
    table, results = jobs
    assert table.to_numpy().tolist() == results["table"]["values"]
    for likelihood, name in ((False, "chisq"), (True, "g_test")):
        found = chi_square(table, likelihood=likelihood)
        assert (found["statistic"], found["p_value"]) == pytest.approx(
            (results[name]["statistic"], results[name]["p"]), rel=1e-8
        )
    assert chi_square(table)["expected"] == pytest.approx(np.array(results["expected"]["values"]), rel=1e-8)
    assert residuals(table).to_numpy() == pytest.approx(np.array(results["stdres"]["values"]), rel=1e-8)
    assert residuals(table, adjusted=False).to_numpy() == pytest.approx(
        np.array(results["pearson_res"]["values"]), rel=1e-8
    )
    found = cramer_v(table)
    assert found["estimate"] == pytest.approx(results["cramer_v"][0], rel=1e-8)
    assert (found["low"], found["high"]) == pytest.approx(results["cramer_v"][1:], abs=1e-4)
    assert found["bias_corrected"] == pytest.approx(results["cramer_v_bias_corrected"], rel=1e-8)
    assert found["contingency"] == pytest.approx(results["contingency"], rel=1e-8)
    assert goodman_lambda(table) == pytest.approx(results["lambda"], rel=1e-8)
    assert theil_u(table) == pytest.approx(results["theil_u"], rel=1e-8)


@pytest.mark.parametrize(
    "measure, name",
    [("tau_b", "tau_b"), ("tau_c", "tau_c"), ("gamma", "gamma"), ("somers_c_given_r", "somers_d_c_given_r")],
)
def test_ordered_tables_match_r(jobs, measure, name):
    """DescTools 0.99.50: estimates relative 1e-8, intervals absolute 1e-4.

    Its tau-b interval is 5e-5 wider than the delta method, which `test_errors_are_the_delta_method` checks.
    """
    table, results = jobs
    found = ordinal_association(table, measure)
    assert found["estimate"] == pytest.approx(results[name][0], rel=1e-8)
    assert (found["low"], found["high"]) == pytest.approx(results[name][1:], abs=1e-4)


def test_spearman_and_pairs_match_r(jobs):
    """R 4.2.2 cor.test(method = "spearman", exact = FALSE), pairwise.prop.test with and without Yates. Relative 1e-8."""
    table, results = jobs
    found = spearman(table)
    assert (found["estimate"], found["p_value"]) == pytest.approx(tuple(results["spearman"].values()), rel=1e-8)
    for name, correct in (("plain", False), ("corrected", True)):
        for adjust, key in ((None, "none"), ("holm", "holm"), ("bh", "BH"), ("bonferroni", "bonferroni")):
            pairs = pairwise_shares(table["high"], table.sum(axis=1), names=table.index, correct=correct, adjust=adjust)
            pairs = pairs.set_index(["group", "reference"])["p_adjusted"]
            assert_lower_triangle(pairs, results["column_pairs"][name][key])


@pytest.mark.parametrize("measure", MEASURES)
def test_errors_are_the_delta_method(measure):
    """se^2 = sum over cells of n * (derivative - mean derivative)^2, derivatives by central differences."""
    cells = np.array([[32, 42, 9], [103, 87, 30], [78, 205, 60]], dtype=float)
    slope = np.zeros_like(cells)
    for place in np.ndindex(cells.shape):
        more, less = cells.copy(), cells.copy()
        more[place] += 1e-3
        less[place] -= 1e-3
        slope[place] = np.subtract(*(ordinal_association(c, measure)["estimate"] for c in (more, less))) / 2e-3
    middle = (cells * slope).sum() / cells.sum()
    se = np.sqrt((cells * (slope - middle) ** 2).sum())
    found = ordinal_association(cells, measure)["se"]
    if measure == "tau_c":  # scaled by n^2, so its delta-method error counts n as fixed
        assert found == pytest.approx(se, rel=1e-5)
    else:
        assert found == pytest.approx(se, rel=1e-6)


SAMPLES = st.lists(st.lists(st.integers(0, 10), min_size=3, max_size=25), min_size=2, max_size=4)


@settings(max_examples=40, deadline=None)
@given(SAMPLES)
def test_agrees_with_scipy_on_the_rows(samples):
    if len({x for sample in samples for x in sample}) < 2:
        return
    samples = [np.array(sample, dtype=float) for sample in samples]
    table = table_of(*samples)
    a, b = samples[:2]
    if len({*a, *b}) > 1:
        ours, theirs = mann_whitney(table.iloc[:2]), stats.mannwhitneyu(a, b, method="asymptotic")
        assert ours["statistic"] == theirs.statistic and ours["p_value"] == pytest.approx(theirs.pvalue)
    assert kruskal(table)["statistic"] == pytest.approx(stats.kruskal(*samples).statistic)
    spread = [np.abs(np.array(s) - np.median(s)) for s in samples]
    if sum(np.var(s) for s in spread) > 0:
        assert levene(table)["statistic"] == pytest.approx(stats.levene(*samples).statistic)
    if all(np.var(s) > 0 for s in samples):
        assert bartlett(table)["p_value"] == pytest.approx(stats.bartlett(*samples).pvalue)
        assert anova(table)["p_value"] == pytest.approx(stats.f_oneway(*samples).pvalue)
        assert t_test(table)["p_value"] == pytest.approx(stats.ttest_ind(a, b, equal_var=False).pvalue)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 10), min_size=3, max_size=25), st.lists(st.integers(0, 10), min_size=3, max_size=25))
def test_swapping_groups_flips_effects(a, b):
    if len({*a, *b}) < 2 or (np.var(a) == 0 and np.var(b) == 0):
        return
    one, two = table_of(a, b), table_of(b, a)
    for effect in (cohen_d, cliff_delta):
        first, second = effect(one), effect(two)
        assert first["estimate"] == pytest.approx(-second["estimate"])
        assert first["low"] == pytest.approx(-second["high"], abs=1e-6, nan_ok=True)
        assert np.isnan(first["low"]) or first["low"] <= first["estimate"] <= first["high"]


def test_no_spread_gives_no_test_and_no_crash():
    found = t_test(table_of([5, 5, 5], [5, 5, 5]))
    assert found["difference"] == 0 and np.isnan(found["p_value"])


def test_empty_rows_stop_with_a_reason():
    with pytest.raises(ValueError, match=r"chi_square: 1 row\(s\) or column\(s\) hold no answers"):
        chi_square([[1, 2], [0, 0]])
    with pytest.raises(ValueError, match="at least 2 rows and 2 columns"):
        chi_square([[1, 2]])
    with pytest.raises(ValueError, match="`measure` is 'tau'"):
        ordinal_association([[1, 2], [3, 4]], "tau")
    with pytest.raises(ValueError, match="not all numbers"):
        t_test(pd.DataFrame({"low": [1, 2], "high": [2, 1]}))
    with pytest.raises(ValueError, match="mcnemar: b = -1"):
        mcnemar(-1, 3)

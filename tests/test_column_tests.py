"""Tests between columns: by hand, against R's pairwise.prop.test, overlapping columns, exceptions, adjustment."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from cemlab.codebook import parse_codebook
from cemlab.measure.column_tests import exceptions, family, letters, pair_tests
from cemlab.measure.tables import crosstab

BOOK = parse_codebook("""
study: brand_health
name: overlap
title: 重叠
columns:
  buys: {role: question, type: multiple, options: {a: {zh: 甲}, b: {zh: 乙}, c: {zh: 丙}}}
  like: {role: question, type: scale, scale: {low: 1, high: 5}}
  said: {role: question, options: {1: {zh: 是}, 0: {zh: 否}}}
""")


def sums(values, weights=None):
    """Sums as `sums.SUMS` of scores."""
    x = np.asarray(values, float)
    w = np.ones(len(x)) if weights is None else np.asarray(weights, float)
    return np.array(
        [len(x), 0, w.sum(), (w**2).sum(), (w * x).sum(), (w * x * x).sum(), (w**2 * x).sum(), (w**2 * x * x).sum()]
    )


def test_two_shares_by_hand():
    """60 of 100 against 40 of 100: p = .5, z = .2 / sqrt(.25 * .02) = 2.8284."""
    one, two = sums([100] * 60 + [0] * 40), sums([100] * 40 + [0] * 60)
    found = pair_tests(one[None], two[None], None, "share")
    assert found["p_value"][0] == pytest.approx(2 * stats.norm.sf(0.2 / math.sqrt(0.25 * 0.02)))


def test_overlapping_shares_by_hand():
    """100 and 80 people, 30 in both, shares 60 and 40 %: p = 92/180, variance p q (1/100 + 1/80 - 2 * 30 / 8000)."""
    one, two = sums([100] * 60 + [0] * 40), sums([100] * 32 + [0] * 48)
    both = sums([100] * 15 + [0] * 15)
    p = (60 + 32) / 180
    z = 0.2 / math.sqrt(p * (1 - p) * (1 / 100 + 1 / 80 - 2 * 30 / (100 * 80)))
    found = pair_tests(one[None], two[None], both[None], "share")
    assert found["p_value"][0] == pytest.approx(2 * stats.norm.sf(z), rel=1e-9)
    apart = pair_tests(one[None], two[None], None, "share")
    assert found["p_value"][0] < apart["p_value"][0]


def test_overlapping_means_by_simulation():
    """Under no difference the test of overlapping columns rejects 5 % (1,500 runs, exact seed: 5 +- 1.7 %)."""
    rng = np.random.default_rng(20261001)
    p_values = []
    for _ in range(1500):
        x = rng.normal(3, 1, 60)
        p_values.append(pair_tests(sums(x[:40])[None], sums(x[20:])[None], sums(x[20:40])[None], "mean")["p_value"][0])
    assert abs(np.mean(np.array(p_values) < 0.05) - 0.05) < 0.017


def test_a_column_against_itself_has_no_evidence():
    part = sums([100] * 30 + [0] * 30)
    for kind in ("share", "mean"):
        assert pair_tests(part[None], part[None], part[None], kind)["p_value"][0] == 1


def test_equals_pairwise_prop_test_of_r(oracle):
    """R 4.2.2: pairwise.prop.test(top, n, correct = FALSE), raw and holm; the same through the whole table."""
    expected, folder = oracle("crosstab_tests")
    data = pd.read_csv(folder / "input.csv")
    groups = expected["results"]["levels"]["r"]
    for adjust in ("none", "holm", "bonferroni", "BH"):
        table = expected["results"]["column_pairs"]["plain"][adjust]
        cells = {g: sums(100.0 * (data.loc[data["r"] == g, "c"] == "high")) for g in groups}
        columns = np.array([[cells[g] for g in groups]])
        _, pairs = letters(
            *(np.array([[cells[g] for g in groups]]), np.eye(4), columns, ["share"], ["c"]),
            **{"levels": (0.95, 0.9), "adjust": None if adjust == "none" else adjust.lower(), "min_n": 30},
        )
        for row in pairs.to_dict("records"):
            at = table["rows"].index(groups[row["reference"]]), table["cols"].index(groups[row["column"]])
            assert row["p_adjusted"] == pytest.approx(table["values"][at[0]][at[1]], rel=1e-8)


def test_letters_of_the_danish_workers(oracle):
    """Letters follow from R's raw p-values: capital below .05, small below .10."""
    expected, folder = oracle("crosstab_tests")
    table = crosstab(pd.read_csv(folder / "input.csv"), "c", "r", adjust=None)
    high = table[(table["row"] == "high") & (table["banner"] == "r")].set_index("column")
    raw = expected["results"]["column_pairs"]["plain"]["none"]
    place = {name: i for i, name in enumerate(raw["cols"])}
    wanted = dict.fromkeys(high.index, "")
    for i, one in enumerate(raw["rows"]):
        for other in raw["cols"]:
            p = raw["values"][i][place[other]]
            if p is not None and p < 0.10:
                up, low = (one, other) if high.loc[one, "estimate"] > high.loc[other, "estimate"] else (other, one)
                letter = high.loc[low, "letter"]
                wanted[up] += letter if p < 0.05 else letter.lower()
    assert {k: "".join(sorted(v, key=str.upper)) for k, v in wanted.items()} == high["above"].to_dict()


def test_exception_tests_leave_the_column_out_of_the_others():
    """42 of 74 against the 401 of 641 others, not against all 715."""
    one, rest = sums([100] * 42 + [0] * 32), sums([100] * 401 + [0] * 240)
    p = (42 + 401) / 715
    z = (42 / 74 - 401 / 641) / math.sqrt(p * (1 - p) * (1 / 74 + 1 / 641))
    arrow, raw, _ = exceptions(one[None, None], rest[None, None], ["share"], ["t"], level=0.95, adjust="bh", min_n=30)
    assert raw[0, 0] == pytest.approx(2 * stats.norm.sf(abs(z))) and arrow[0, 0] == ""


def test_each_table_is_a_family_of_its_own():
    p = np.array([[0.01, 0.04], [0.02, 0.5], [0.03, np.nan]])
    adjusted = family(p, ["q", "q", "r"], "bh")
    assert adjusted[:2].ravel() == pytest.approx([0.04, 0.04 * 4 / 3, 0.04, 0.5])
    assert adjusted[2, 0] == 0.03 and np.isnan(adjusted[2, 1])


def test_overlapping_banner_through_the_table():
    """The table's test of two overlapping columns is the one on the two sets of respondents."""
    rng = np.random.default_rng(4)
    data = pd.DataFrame({f"buys__{o}": rng.integers(0, 2, 400).astype(float) for o in "abc"})
    data["like"] = np.clip(np.round(rng.normal(3, 1, 400) + data["buys__a"]), 1, 5)
    data["said"] = np.where(rng.random(400) < 0.4 + 0.2 * data["buys__a"], "1", "0")
    table = crosstab(data, ["said", "like"], "buys", codebook=BOOK, adjust=None)
    a, b = data["buys__a"] == 1, data["buys__b"] == 1
    score = 100.0 * (data["said"] == "1")
    found = pair_tests(*(sums(score[which])[None] for which in (a, b, a & b)), "share")
    above = table[(table["row"] == "1") & (table["column"] == "a")]["above"].iloc[0]
    p = found["p_value"][0]
    assert ("B" in above) == (p < 0.05) and ("b" in above) == (0.05 <= p < 0.10)
    rest = table[(table["row"] == "1") & (table["column"] == "a")]["p_rest"].iloc[0]
    assert rest == pytest.approx(pair_tests(sums(score[a])[None], sums(score[~a])[None], None, "share")["p_value"][0])


@settings(max_examples=30, deadline=None)
@given(st.lists(st.booleans(), min_size=4, max_size=30), st.floats(0.1, 50))
def test_scale_of_weights_does_not_matter(chosen, factor):
    x = 100.0 * np.array(chosen)
    w = np.linspace(1, 2, len(x))
    half = len(x) // 2
    parts = [
        (x[: half + 1], w[: half + 1]),
        (x[half - 1 :], w[half - 1 :]),
        (x[half - 1 : half + 1], w[half - 1 : half + 1]),
    ]
    one = pair_tests(*(sums(v, u)[None] for v, u in parts), "share")["p_value"]
    two = pair_tests(*(sums(v, factor * u)[None] for v, u in parts), "share")["p_value"]
    assert one == pytest.approx(two, nan_ok=True, rel=1e-6)


def test_small_columns_are_not_tested_and_many_have_no_letters():
    data = pd.DataFrame({"q": ["y"] * 100 + ["n"] * 29, "g": ["x"] * 100 + ["z"] * 29})
    table = crosstab(data, "q", "g")
    assert set(table["above"]) == {""} and table["p_rest"].isna().all()
    many = pd.DataFrame({"q": ["y", "n"] * 1350, "g": np.repeat([f"g{i:02d}" for i in range(27)], 100)})
    table = crosstab(many, "q", "g")
    assert set(table["letter"]) == {""} and table["p_rest"].notna().any()


def test_a_question_is_not_tested_by_itself():
    data = pd.DataFrame({"g": ["x", "z"] * 100})
    assert set(crosstab(data, "g", "g")["above"]) == {""}

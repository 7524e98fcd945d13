"""Respondents stacked by brand, and their sums by unit."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cemlab.checks import DataError
from cemlab.measure.compare import compare_groups
from cemlab.measure.stack import RESPONDENT, stack_brands
from cemlab.measure.unit_sums import between_units, unit_sums

ANSWERS = pd.DataFrame({
    "_key": ["k1", "k2", "k3"], "_person": ["p1", None, "p1"], "w": [1.0, 2.0, 3.0],
    "knows__a": [1.0, 0.0, np.nan], "knows__b": [1.0, 1.0, 0.0], "knows__a__why": [None, None, "no_answer"],
    "likes": ["a", "none", None], "rate__a": [9.0, np.nan, 3.0],
})  # fmt: skip
PLACES = {
    "knows": {"a": "knows__a", "b": "knows__b"},
    "likes": {"a": ("likes", ["a"]), "b": ("likes", ["b"])},
    "keen": {"a": ("rate__a", [9, 10])},
}


def test_stacked_by_hand():
    rows = stack_brands(ANSWERS, PLACES, brands=["a", "b"], keep=["w"]).collect().to_pandas().set_index("brand")
    a, b = rows.loc["a"], rows.loc["b"]
    assert a[RESPONDENT].tolist() == ["p1", "k2", "p1"]
    assert a["knows"].tolist()[:2] == [1, 0] and np.isnan(a["knows"].iloc[2])
    assert a["knows__why"].tolist()[2] == "no_answer"
    assert a["likes"].tolist()[:2] == [1, 0] and np.isnan(a["likes"].iloc[2])
    assert a["keen"].tolist()[::2] == [1, 0] and np.isnan(a["keen"].iloc[1])
    assert b["keen"].isna().all()
    assert b["w"].tolist() == [1, 2, 3]


def test_engines_agree():
    places = {k: v for k, v in PLACES.items() if k != "keen"}
    one = stack_brands(ANSWERS, places, brands=["a", "b"]).collect()
    two = stack_brands(pl.from_pandas(ANSWERS).lazy(), places, brands=["a", "b"]).collect()
    assert one["knows"].to_list()[:2] == two["knows"].to_list()[:2]
    assert one.drop("knows").equals(two.drop("knows"))


def test_paired_brands_have_the_error_of_the_difference_per_respondent():
    """Clustered by respondent, a - b has the variance of the mean of each respondent's own difference (m / (m - 1))."""
    rng = np.random.default_rng(3)
    a = (rng.random(200) < 0.6).astype(float)
    b = np.where(rng.random(200) < 0.7, a, rng.random(200) < 0.3).astype(float)
    answers = pd.DataFrame({"_key": [f"k{i}" for i in range(200)], "x__a": a, "x__b": b})
    rows = stack_brands(answers, {"x": {"a": "x__a", "b": "x__b"}}, brands=["a", "b"])
    found = compare_groups(
        rows, "x", by="brand", against="a", metric="top_box", scale=(0, 1), top=[1], cluster=RESPONDENT
    )
    d = b - a
    assert found["difference"].iloc[0] == pytest.approx(100 * d.mean())
    assert found["difference_se"].iloc[0] == pytest.approx(100 * d.std(ddof=1) / np.sqrt(200), rel=1e-9)
    apart = compare_groups(rows, "x", by="brand", against="a", metric="top_box", scale=(0, 1), top=[1])
    assert apart["difference_se"].iloc[0] > 1.2 * found["difference_se"].iloc[0]


def test_unit_sums_by_hand():
    rows = stack_brands(ANSWERS, {"knows": PLACES["knows"]}, brands=["a", "b"], keep=["w"])
    sums = unit_sums(rows, ["knows"], weights="w", groups=["a", "b"])
    assert sums.kind == "persons"
    assert sums.hits.sum(axis=0)[:, 0].tolist() == [1, 3]
    assert sums.base.sum(axis=0)[:, 0].tolist() == [3, 6]
    assert sums.n[:, 0].tolist() == [2, 3]
    assert sums.n_eff[:, 0].tolist() == pytest.approx([9 / 5, 36 / 14])
    assert len(sums.hits) == 2  # p1 answered twice and is one unit


@given(st.lists(st.tuples(st.floats(0.5, 3), st.integers(0, 1)), min_size=3, max_size=40))
@settings(max_examples=30, deadline=None)
def test_the_error_of_a_mean_over_units_is_the_linearised_one(pairs):
    w, x = np.array(pairs).T
    data = pd.DataFrame({"brand": "a", RESPONDENT: [f"r{i}" for i in range(len(w))], "w": w, "x": x})
    sums = unit_sums(data, ["x"], weights="w")
    mean = (w * x).sum() / w.sum()
    assert sums.hits.sum() / sums.base.sum() == pytest.approx(mean, abs=1e-12)
    se, df = between_units((sums.hits - mean * sums.base)[:, 0, 0] / w.sum())
    m = len(w)
    assert se == pytest.approx(np.sqrt(m / (m - 1) * (w**2 * (x - mean) ** 2).sum()) / w.sum(), abs=1e-9)
    assert df == m - 1


def test_from_a_thousand_people_on_the_replicates_are_the_units():
    n = 1500
    data = pd.DataFrame({RESPONDENT: [f"r{i}" for i in range(n)], "_replicate": np.arange(n) % 256, "brand": "a"})
    sums = unit_sums(data.assign(x=1.0), ["x"])
    assert (sums.kind, len(sums.hits)) == ("replicates", 256)


def test_errors_name_what_is_wrong():
    with pytest.raises(ValueError, match=r"stack_brands: no column \['knws__a'\]. Did you mean 'knows__a'"):
        stack_brands(ANSWERS, {"knows": {"a": "knws__a"}}, brands=["a"])
    with pytest.raises(ValueError, match="0 brands and 1 questions"):
        stack_brands(ANSWERS, {"knows": PLACES["knows"]}, brands=[])
    rows = stack_brands(ANSWERS.assign(w=[1, None, 1]), {"knows": PLACES["knows"]}, brands=["a"], keep=["w"])
    with pytest.raises(DataError, match="1 missing, 0 negative"):
        unit_sums(rows, ["knows"], weights="w")

"""Groups against the others and waves against each other."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from cemlab.checks import DataError
from cemlab.measure import schema
from cemlab.measure.compare import compare_groups, compare_waves
from cemlab.measure.difference import difference
from cemlab.measure.multiplicity import adjust_p

FIGURES = ["difference", "difference_se", "difference_low", "difference_high", "p_value", "p_adjusted"]


def answers(**columns):
    """Rows from columns of (value, how often) pairs."""
    return pd.DataFrame({name: [v for v, n in pairs for _ in range(n)] for name, pairs in columns.items()})


SHOPS = answers(shop=[("a", 100), ("b", 100)], score=[(9, 60), (5, 40), (9, 40), (5, 60)])


def test_nps_by_hand():
    """Shop a: 60 promoters, 40 detractors, 20 points, variance 1 - 0.04; b: -20, the same variance."""
    row = compare_groups(SHOPS, "score", by="shop").iloc[0]
    se = 100 * np.sqrt(2 * 0.96 / 100)
    assert (row["estimate"], row["reference_estimate"], row["difference"]) == pytest.approx((20, -20, 40))
    assert row["difference_se"] == pytest.approx(se)
    assert row["p_value"] == pytest.approx(2 * stats.norm.sf(40 / se))
    assert (row["difference_low"], row["difference_high"]) == pytest.approx((40 - 1.959964 * se, 40 + 1.959964 * se))
    assert (row["reference"], row["n"], row["n_reference"], row["unit"]) == ("(rest)", 100, 100, "points")


def test_two_sides_that_agree_on_everything_are_not_certain():
    """All 50 and all 40 are detractors: by hand the adjusted intervals of both sides, joined (MOVER); none at 0 width."""
    data = answers(wave=[("a", 50), ("b", 40)], score=[(0, 90)])
    row = compare_waves(data, "score", wave="wave", current="a", previous="b").iloc[0]
    assert (row["difference"], row["p_value"]) == (0, 1)
    reach = []
    for n in (50, 40):
        p, d = 0.75 / (n + 3), (n + 0.75) / (n + 3)
        reach.append(100 + 100 * (p - d + 1.959964 * np.sqrt((p + d - (p - d) ** 2) / (n + 3))))
    assert row["difference_high"] == pytest.approx(reach[0], rel=1e-5)  # b cannot be lower than -100
    assert row["difference_low"] == pytest.approx(-reach[1], rel=1e-5)


def test_five_who_differ_on_each_side_are_enough_for_the_usual_interval():
    four = answers(wave=[("a", 50), ("b", 50)], score=[(0, 46), (9, 4), (0, 46), (9, 4)])
    five = answers(wave=[("a", 50), ("b", 50)], score=[(0, 45), (9, 5), (0, 45), (9, 5)])
    rows = [compare_waves(d, "score", wave="wave", current="a", previous="b").iloc[0] for d in (four, five)]
    half = [1.959964 * row["difference_se"] for row in rows]
    usual = [row["difference_high"] == pytest.approx(h, rel=1e-6) for row, h in zip(rows, half, strict=True)]
    assert usual == [False, True]


def test_a_group_is_set_against_the_others_not_against_a_total_that_holds_it():
    """Three shops with shares 60, 40 and 20 of 100: the complement of the first holds 60 of 200."""
    data = answers(
        shop=[("a", 100), ("b", 100), ("c", 100)], score=[(1, 60), (0, 40), (1, 40), (0, 60), (1, 20), (0, 80)]
    )
    row = compare_groups(data, "score", by="shop", metric="top_box", top=[1]).iloc[0]
    pooled = 120 / 300
    assert (row["estimate"], row["reference_estimate"]) == pytest.approx((60, 30))
    z = 0.3 / np.sqrt(pooled * (1 - pooled) * (1 / 100 + 1 / 200))
    assert row["p_value"] == pytest.approx(2 * stats.norm.sf(z))


def test_weights_work_through_the_effective_base():
    """Half the answers weigh 3, half 1: n_eff = (50 * 3 + 50)^2 / (50 * 9 + 50) = 80 a shop."""
    data = SHOPS.assign(w=[3, 1] * 100)
    row = compare_groups(data, "score", by="shop", weights="w").iloc[0]
    assert (row["n_eff"], row["n_eff_reference"]) == pytest.approx((80, 80))
    assert row["difference_se"] == pytest.approx(100 * np.sqrt(2 * 0.96 / 80))


def test_same_people_in_both_waves_make_a_paired_test():
    """All 40 answer twice: the error is that of the 40 differences (divisor n, as the NPS variance has it)."""
    rng = np.random.default_rng(3)
    first = rng.integers(0, 11, 40)
    second = np.clip(first + rng.integers(-1, 3, 40), 0, 10)
    data = pd.DataFrame({"_wave": ["1"] * 40 + ["2"] * 40, "id": list(range(40)) * 2, "x": [*first, *second]})
    row = compare_waves(data, "x", current="2", previous="1", id="id").iloc[0]
    points = [100 * (x >= 9) - 100 * (x <= 6) for x in (first, second)]
    assert row["difference_se"] == pytest.approx(np.std(points[1] - points[0]) / np.sqrt(40))
    alone = compare_waves(data, "x", current="2", previous="1").iloc[0]
    assert row["difference"] == pytest.approx(alone["difference"])
    assert row["difference_se"] < alone["difference_se"]


def test_answering_twice_in_one_wave_is_not_two_people():
    """Every row doubled under one id: the error is that of the single rows."""
    rng = np.random.default_rng(4)
    once = pd.DataFrame({"_wave": ["1", "2"] * 60, "id": range(120), "x": rng.integers(0, 11, 120)})
    twice = pd.concat([once, once])
    options = {"current": "2", "previous": "1", "id": "id"}
    one, two = (compare_waves(d, "x", **options).iloc[0] for d in (once, twice))
    assert two["difference_se"] == pytest.approx(one["difference_se"])
    assert compare_waves(twice, "x", current="2", previous="1").iloc[0]["difference_se"] < one["difference_se"]


def test_cluster_error_by_hand():
    """Four equal stores a group: the error is that of the eight store means, m / (m - 1) on each side."""
    means = {"a": [4, 5, 6, 7], "b": [2, 4, 4, 6]}
    rows = [
        (g, f"{g}{i}", m + e) for g, ms in means.items() for i, m in enumerate(ms) for e in (-1, 1) for _ in range(5)
    ]
    data = pd.DataFrame(rows, columns=["g", "store", "x"])
    row = compare_groups(data, "x", by="g", metric="mean", cluster="store").iloc[0]
    expected = np.sqrt(np.var(means["a"], ddof=1) / 4 + np.var(means["b"], ddof=1) / 4)
    assert row["difference"] == pytest.approx(1.5)
    assert row["difference_se"] == pytest.approx(expected)
    assert row["p_value"] == pytest.approx(2 * stats.t.sf(1.5 / expected, 6))  # 8 equal stores, 2 means


def test_every_row_its_own_cluster_is_close_to_no_cluster():
    data = SHOPS.assign(row=range(200))
    plain, clustered = (
        compare_groups(SHOPS if c is None else data, "score", by="shop", cluster=c) for c in (None, "row")
    )
    assert clustered["difference_se"].tolist() == pytest.approx(plain["difference_se"].tolist(), rel=0.01)


def test_clusters_agree_with_statsmodels_on_equal_stores():
    """Both groups in each of 12 equal stores: OLS with clustered errors (CR1) up to its small-sample factor."""
    import statsmodels.api as sm

    rng = np.random.default_rng(5)
    store = np.repeat(np.arange(12), 20)
    g = np.tile([0, 1], 120)
    x = rng.normal(size=240) + rng.normal(size=12)[store] + g * rng.normal(size=12)[store]
    data = pd.DataFrame({"g": np.where(g, "b", "a"), "store": store.astype(str), "x": x})
    fit = sm.OLS(x, sm.add_constant(g)).fit(cov_type="cluster", cov_kwds={"groups": store, "use_correction": False})
    row = compare_groups(data, "x", by="g", metric="mean", cluster="store", against="a").iloc[0]
    assert row["difference"] == pytest.approx(fit.params[1])
    assert row["difference_se"] == pytest.approx(fit.bse[1] * np.sqrt(12 / 11))


def test_a_group_in_a_single_store_cannot_be_told_from_it():
    data = SHOPS.assign(store=SHOPS["shop"])
    assert compare_groups(data, "score", by="shop", cluster="store")["status"].tolist() == ["not_estimable"] * 2


def test_group_means_match_r(oracle):
    """R 4.2.2 t.test(a, b) and pairwise.t.test(pool.sd = FALSE, holm) on `group_comparison`; relative 1e-8."""
    expected, folder = oracle("group_comparison")
    data, results = pd.read_csv(folder / "input.csv"), expected["results"]
    rows = compare_groups(data, "y", by="g", metric="mean", against="pairwise", adjust="holm").set_index(
        ["g", "reference"]
    )
    welch = results["two_group"]["welch"]
    first = rows.loc[("APAC", "EMEA")]
    assert first["p_value"] == pytest.approx(welch["p"], rel=1e-8)
    assert (first["difference_low"], first["difference_high"]) == pytest.approx(welch["conf_int"], rel=1e-8)
    table = results["pairwise_welch_holm"]
    for name, values in zip(table["rows"], table["values"], strict=True):
        for other, value in zip(table["cols"], values, strict=True):
            if value is not None:
                assert rows.loc[(other, name), "p_adjusted"] == pytest.approx(value, rel=1e-8)


@pytest.mark.parametrize("adjust, name", [(None, "none"), ("bonferroni", "bonferroni"), ("holm", "holm"), ("bh", "BH")])
def test_group_shares_match_r(oracle, adjust, name):
    """R 4.2.2 pairwise.prop.test(correct = FALSE) on `crosstab_tests`; relative 1e-8."""
    expected, folder = oracle("crosstab_tests")
    data = pd.read_csv(folder / "input.csv")
    data["high"] = (data["c"] == "high").astype(int)
    rows = compare_groups(data, "high", by="r", metric="top_box", top=[1], against="pairwise", adjust=adjust)
    rows = rows.set_index(["r", "reference"])
    table = expected["results"]["column_pairs"]["plain"][name]
    for row, values in zip(table["rows"], table["values"], strict=True):
        for other, value in zip(table["cols"], values, strict=True):
            if value is not None:
                assert rows.loc[(other, row), "p_adjusted"] == pytest.approx(value, rel=1e-8)


def test_nps_difference_matches_r(oracle):
    """R package NPS 1.1 nps.test(a, b): unpooled z, shares of 1 instead of points; relative 1e-9."""
    expected, folder = oracle("nps")
    data = pd.read_csv(folder / "input.csv")
    rows = compare_groups(data, "score", by="group", against="pairwise").set_index(["group", "reference"])
    for pair, two in expected["results"]["two_sample"].items():
        row = rows.loc[tuple(pair.split(" vs "))]
        assert abs(row["difference"]) == pytest.approx(100 * two["delta_abs"], rel=1e-9)
        assert row["difference_se"] == pytest.approx(100 * two["se"], rel=1e-9)
        assert row["p_value"] == pytest.approx(two["p"], rel=1e-9)
        limits = sorted(np.sign(row["difference"]) * row[["difference_low", "difference_high"]].to_numpy(float))
        assert limits == pytest.approx([100 * limit for limit in two["ci95"]], rel=1e-8)


def test_newcombe_matches_r(oracle):
    """DescTools 0.99.50 BinomDiffCI(method = "score") on Newcombe's cases, limits cut at -1 and 1; absolute 1e-7."""
    expected, folder = oracle("proportion_intervals")
    cases, table = pd.read_csv(folder / "input_diff.csv").astype(float), pd.DataFrame(expected["results"]["difference"])
    sides = [share_sums(cases[f"x{i}"], cases[f"n{i}"]) for i in (1, 2)]
    found = difference("top_box", *sides, level=0.95)
    wanted = table[table["method"] == "score"]
    assert found["difference_low"] == pytest.approx(100 * wanted["lower"].to_numpy(), abs=1e-5)
    assert found["difference_high"] == pytest.approx(100 * wanted["upper"].to_numpy(), abs=1e-5)


def share_sums(yes, n):
    """Sums of a share in percent."""
    names = {"w": n, "w2": n, "wx": 100 * yes, "wxx": 1e4 * yes}
    return pd.DataFrame({"n": n, **names})


TABLES = st.lists(
    st.tuples(st.integers(0, 10), st.sampled_from("ab"), st.sampled_from(["s", "t", "u"]), st.floats(0.1, 5)),
    min_size=12,
    max_size=60,
)
METRICS = [("nps", {}), ("top_box", {"scale": (0, 10)}), ("bottom_box", {"scale": (0, 10)}), ("mean", {})]


@pytest.mark.parametrize("metric, options", METRICS)
@settings(max_examples=12, deadline=None)
@given(rows=TABLES)
def test_swapping_the_sides_flips_the_sign(metric, options, rows):
    data = pd.DataFrame(rows, columns=["x", "_wave", "store", "w"])
    if data["_wave"].nunique() < 2:
        return
    for extra in ({}, {"weights": "w"}, {"cluster": "store"}):
        kwargs = {"metric": metric, **options, **extra, "min_n": 0}
        one = compare_waves(data, "x", current="a", previous="b", **kwargs).iloc[0]
        two = compare_waves(data, "x", current="b", previous="a", **kwargs).iloc[0]
        assert one["difference"] == pytest.approx(-two["difference"], nan_ok=True)
        assert one["difference_low"] == pytest.approx(-two["difference_high"], nan_ok=True, abs=1e-8)
        assert one["p_value"] == pytest.approx(two["p_value"], nan_ok=True)
        assert np.isnan(one["p_value"]) or 0 <= one["p_value"] <= 1


@settings(max_examples=15, deadline=None)
@given(rows=TABLES, factor=st.floats(0.01, 100))
def test_the_scale_of_the_weights_changes_nothing(rows, factor):
    data = pd.DataFrame(rows, columns=["x", "g", "store", "w"])
    options = {"by": "g", "metric": "mean", "weights": "w", "min_n": 0}
    one = compare_groups(data, "x", **options)
    two = compare_groups(data.assign(w=data["w"] * factor), "x", **options)
    assert one[FIGURES].to_numpy() == pytest.approx(two[FIGURES].to_numpy(), nan_ok=True, rel=1e-6, abs=1e-9)


def test_people_who_answer_once_change_nothing():
    data = pd.DataFrame({"_wave": ["1", "2"] * 50, "id": range(100), "x": [9, 3, 7, 10] * 25})
    for metric, options in METRICS:
        kwargs = {"current": "2", "previous": "1", "metric": metric, **options}
        one, two = (compare_waves(data, "x", **kwargs, id=i)[FIGURES].to_numpy() for i in (None, "id"))
        assert one == pytest.approx(two)


def test_engines_agree():
    """pandas, polars and polars lazy, all options at once."""
    rng = np.random.default_rng(6)
    n = 900
    data = pd.DataFrame({"x": rng.integers(0, 11, n).astype(float), "g": rng.choice(["a", "b"], n)})
    data = data.assign(_wave=rng.choice(["1", "2"], n), store=rng.choice(list("stuvw"), n), id=rng.integers(0, 500, n))
    data = data.assign(w=rng.uniform(0.5, 2, n))
    data.loc[::7, "x"] = np.nan
    options = {"current": "2", "previous": "1", "by": "g", "weights": "w", "id": "id", "cluster": "store"}
    one = compare_waves(data, "x", **options)
    for other in (pl.from_pandas(data), pl.from_pandas(data).lazy()):
        pd.testing.assert_frame_equal(one, compare_waves(other, "x", **options), rtol=1e-9)


TABLES_OF_NOISE = 400


def noise(seed, *, unrest=0.0, nested=False, persons=False, n=400, stores=20):
    """400 tables of pure noise under one another: groups "1" and "2" never differ."""
    rng = np.random.default_rng(seed)
    table, store = np.repeat(np.arange(TABLES_OF_NOISE), n), rng.integers(0, stores, TABLES_OF_NOISE * n)
    who = rng.integers(0, n // 2, len(table))
    level = rng.normal(size=(TABLES_OF_NOISE, n))[table, who if persons else store]
    z = np.sqrt(1 - unrest) * rng.normal(size=len(table)) + np.sqrt(unrest) * level
    side = np.where(store % 2, "1", "2") if nested else rng.choice(["1", "2"], len(table))
    columns = {"table": table.astype(str), "_wave": side, "store": [f"s{s}" for s in store], "id": who}
    return pd.DataFrame({**columns, "x": np.clip(np.floor(7.2 + 2.5 * z), 0, 10), "w": rng.uniform(0.3, 3, len(table))})


NOISES = {
    "plain": ({"seed": 1}, {}),
    "weighted": ({"seed": 2}, {"weights": "w"}),
    "stores hold both waves": ({"seed": 3, "unrest": 0.1}, {"cluster": "store"}),
    "stores hold one group each": ({"seed": 4, "unrest": 0.1, "nested": True}, {"cluster": "store"}),
    "people answer again": ({"seed": 5, "unrest": 0.6, "persons": True}, {"id": "id"}),
}


@pytest.mark.parametrize("kind", NOISES)
def test_noise_claims_one_in_twenty(kind):
    """Share of p < 0.05 in 400 noise tables: two-sided 99.9 % binomial bounds; clustered only from above."""
    made, options = NOISES[kind]
    data = noise(**made)
    for metric, extra in METRICS if "cluster" not in options else METRICS[::3]:
        found = compare_waves(data, "x", current="1", previous="2", by="table", metric=metric, **extra, **options)
        p = found["p_value"]
        low, high = stats.binom.ppf([0.0005, 0.9995], TABLES_OF_NOISE, 0.05)
        claims = (p < 0.05).sum()
        assert p.notna().all()
        assert claims <= high, (metric, claims)
        assert "cluster" in options or claims >= low, (metric, claims)


def test_without_clusters_nested_noise_would_claim_too_much():
    """The test above can fail: leaving `cluster` out of the same noise makes several times too many claims."""
    found = compare_waves(noise(4, unrest=0.1, nested=True), "x", current="1", previous="2", by="table")
    assert (found["p_value"] < 0.05).mean() > 0.15


def test_small_bases_keep_their_row_and_leave_the_family():
    data = answers(g=[("a", 60), ("b", 60), ("tiny", 8)], x=[(9, 40), (3, 20), (9, 25), (3, 35), (9, 8)])
    rows = compare_groups(data, "x", by="g").set_index("g")
    assert rows.loc["tiny", "status"] == "not_estimable" and rows.loc["tiny", "n"] == 8
    assert rows.loc["tiny", [*FIGURES, "estimate"]].isna().all()
    two = rows.loc[["a", "b"], "p_value"]
    assert rows.loc[["a", "b"], "p_adjusted"].tolist() == pytest.approx(adjust_p(two))


def test_people_without_a_group_belong_to_no_complement():
    data = pd.concat([SHOPS, pd.DataFrame({"shop": [None] * 50, "score": [0] * 50})])
    rows = compare_groups(data, "score", by="shop").set_index("shop")
    assert rows.loc["a", "n_reference"] == 100 and rows.loc["a", "reference_estimate"] == pytest.approx(-20)
    assert rows.loc["(missing)", "status"] == "not_estimable" and rows.loc["(missing)", "n"] == 50


def test_missing_answers_are_left_out_item_by_item():
    data = SHOPS.assign(other=[None, 8] * 100)
    rows = compare_groups(data, ["score", "other"], by="shop", metric="mean").set_index(["item", "shop"])
    assert rows.loc[("other", "a"), "n"] == 50 and rows.loc[("score", "a"), "n"] == 100
    assert rows.loc[("other", "a"), "p_value"] == 1.0  # nobody differs


def test_an_item_of_one_wave_only_keeps_its_row():
    data = pd.DataFrame({"_wave": ["1"] * 40 + ["2"] * 40, "x": [None] * 40 + [9.0] * 40})
    row = compare_waves(data, "x", current="2", previous="1").iloc[0]
    assert (row["status"], row["n"], row["n_reference"]) == ("not_estimable", 40, 0)


def test_rows_without_a_store_stand_for_themselves():
    """No store known at all: as good as independent answers."""
    data = SHOPS.assign(store=None).astype({"store": "str"})
    data["store"] = pd.Series([None] * 200, dtype="object")
    plain, clustered = (compare_groups(data, "score", by="shop", cluster=c).iloc[0] for c in (None, "store"))
    assert clustered["difference_se"] == pytest.approx(plain["difference_se"])


def test_everybody_without_a_group_gives_rows_without_tests():
    data = pd.DataFrame({"g": pd.Series([None] * 40, dtype="object"), "x": [9.0] * 40})
    rows = compare_groups(data, "x", by="g")
    assert rows["g"].tolist() == ["(missing)"] and rows["status"].tolist() == ["not_estimable"]


def test_the_frame_has_the_shape_of_comparisons():
    rows = compare_groups(SHOPS, "score", by="shop")
    assert list(rows.columns) == ["shop", *schema.COMPARISONS]


def test_errors_say_what_to_do():
    with pytest.raises(ValueError, match="compare_groups: no column.*Did you mean 'shop'"):
        compare_groups(SHOPS, "score", by="shpo")
    with pytest.raises(ValueError, match="`against` is 'c'; it must be 'complement', 'pairwise' or one of the groups"):
        compare_groups(SHOPS, "score", by="shop", against="c")
    with pytest.raises(ValueError, match=r"top_box of 'score' needs `scale` \(low, high\) or `top`"):
        compare_groups(SHOPS, "score", by="shop", metric="top_box")
    with pytest.raises(ValueError, match="`metric` is 'npss'.*Did you mean 'nps'"):
        compare_groups(SHOPS, "score", by="shop", metric="npss")
    with pytest.raises(ValueError, match="`adjust` is 'fdr'"):
        compare_groups(SHOPS, "score", by="shop", adjust="fdr")
    with pytest.raises(DataError, match=r"1 of 200 answers do not \(values \[11\]\)"):
        compare_groups(SHOPS.replace({"score": {9: 9}}).assign(score=[11, *SHOPS["score"][1:]]), "score", by="shop")
    waves = SHOPS.rename(columns={"shop": "_wave"})
    with pytest.raises(ValueError, match=r"no rows of wave \['c'\] in column '_wave'; waves there: \['a', 'b'\]"):
        compare_waves(waves, "score", current="c", previous="b")
    with pytest.raises(ValueError, match="are both 'a'"):
        compare_waves(waves, "score", current="a", previous="a")
    with pytest.raises(ValueError, match="cannot be a group too"):
        compare_waves(waves, "score", current="a", previous="b", by="_wave")

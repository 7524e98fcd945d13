"""Scores: by hand, against R, laws, missing and empty, wording."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cemlab.checks import DataError
from cemlab.measure.schema import ESTIMATES
from cemlab.measure.scores import (
    bottom_box,
    distribution,
    effort_score,
    mean_score,
    nps,
    nps_shares,
    top_box,
)

SIX = pd.DataFrame({"recommend": [0, 7, 7, 9, 9, 9]})  # 1 detractor, 2 passives, 3 promoters
FIGURES = ["estimate", "se", "ci_low", "ci_high", "n_eff"]


# By hand


def test_nps_by_hand():
    """Shares 1/6, 2/6, 3/6: score 2/6, variance 4/6 - (2/6)^2 = 5/9, se sqrt(5/9/6)."""
    row = nps(SIX, "recommend", method="wald").iloc[0]
    assert row["estimate"] == pytest.approx(100 / 3)
    assert row["se"] == pytest.approx(30.4290, abs=1e-4)  # 0.304 in the R package NPS 2.0
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((-26.3064, 92.9731), abs=1e-4)


def test_adjusted_interval_by_hand():
    """3.75 of 9 promoters, 1.75 of 9 detractors: centre 2/9, variance 5.5/9 - 4/81, se sqrt(that / 9)."""
    row = nps(SIX, "recommend").iloc[0]
    half = 1.959963985 * np.sqrt((5.5 / 9 - 4 / 81) / 9)
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((100 * (2 / 9 - half), 100 * (2 / 9 + half)), abs=1e-6)


@pytest.mark.parametrize("answer, points", [(0, -100), (6, -100), (7, 0), (8, 0), (9, 100), (10, 100)])
def test_every_edge_of_the_scale(answer, points):
    row = nps(pd.DataFrame({"recommend": [answer] * 4}), "recommend").iloc[0]
    assert row["estimate"] == points
    assert -100 <= row["ci_low"] <= row["ci_high"] <= 100


def test_boxes_and_mean_by_hand():
    """Answers 1, 4, 5, 5: top two 3 of 4, bottom two 1 of 4, mean 15/4, s^2 = (67 - 4 * (15/4)^2) / 3 = 43/12."""
    data = pd.DataFrame({"overall": [1, 4, 5, 5]})
    assert top_box(data, "overall", scale=(1, 5)).loc[0, "estimate"] == pytest.approx(75)
    assert top_box(data, "overall", scale=(1, 5), top=[5]).loc[0, "estimate"] == pytest.approx(50)
    assert bottom_box(data, "overall", scale=(1, 5)).loc[0, "estimate"] == pytest.approx(25)
    row = mean_score(data, "overall", scale=(1, 5)).iloc[0]
    assert row["estimate"] == pytest.approx(3.75)
    assert row["se"] == pytest.approx(np.sqrt(43 / 12 / 4))
    assert (row["ci_low"], row["ci_high"]) == (1, 5)
    free = mean_score(data, "overall").iloc[0]  # without a scale the limits are free
    half = 3.182446305 * np.sqrt(43 / 12 / 4)
    assert (free["ci_low"], free["ci_high"]) == pytest.approx((3.75 - half, 3.75 + half), abs=1e-8)


def test_effort_gives_mean_and_share():
    rows = effort_score(pd.DataFrame({"easy": [7, 6, 5, 2]}), "easy", scale=(1, 7), easy=[5, 6, 7])
    assert rows["metric"].tolist() == ["effort", "easy"]
    assert rows["estimate"].tolist() == pytest.approx([5.0, 75.0])
    assert rows["unit"].tolist() == ["mean", "percent"]


def test_distribution_holds_every_code():
    rows = distribution(pd.DataFrame({"overall": [1, 4, 4, 5]}), "overall", scale=(1, 5))
    assert rows["at"].tolist() == [1, 2, 3, 4, 5]
    assert rows["estimate"].tolist() == pytest.approx([25, 0, 0, 50, 25])
    assert rows.loc[1, "ci_high"] > 0


def test_weighted_by_hand():
    """Weights 3 and 1 on a promoter and a detractor: 3/4 - 1/4; Kish's base (3 + 1)^2 / (9 + 1) = 1.6."""
    row = nps(pd.DataFrame({"q": [10, 0], "w": [3, 1]}), "q", weights="w", method="wald").iloc[0]
    assert row["estimate"] == pytest.approx(50)
    assert row["n_eff"] == pytest.approx(1.6)
    assert row["se"] == pytest.approx(100 * np.sqrt(0.75 / 1.6))
    assert row["method"] == "wald_kish"


def test_clusters_by_hand():
    """Two stores, 2 answers each, 9 9 | 0 0: totals of deviations 2, -2; se^2 = 2/1 * (4 + 4) / 16 = 1; n_eff 1."""
    data = pd.DataFrame({"q": [9, 9, 0, 0], "store": ["a", "a", "b", "b"]})
    row = nps(data, "q", cluster="store", method="wald").iloc[0]
    assert row["se"] == pytest.approx(100)
    assert row["n_eff"] == pytest.approx(1)
    assert row["method"] == "wald_clustered"


def test_several_items_come_in_their_order_within_groups():
    data = pd.DataFrame({"b": [1, 5], "a": [5, 5], "cut": ["10", "9"]})
    rows = top_box(data, ["b", "a"], scale=(1, 5), by="cut")
    assert rows[["cut", "item"]].to_numpy().tolist() == [["9", "b"], ["9", "a"], ["10", "b"], ["10", "a"]]


def test_items_may_differ_in_scale_and_box():
    data = pd.DataFrame({"stars": [5, 4, 1], "points": [10, 9, 8]})
    scale = {"stars": (1, 5), "points": (0, 10)}
    assert top_box(data, ["stars", "points"], scale=scale)["estimate"].tolist() == pytest.approx([200 / 3, 200 / 3])
    rows = top_box(data, ["stars", "points"], scale=scale, top={"stars": [5], "points": [8, 9, 10]})
    assert rows["estimate"].tolist() == pytest.approx([100 / 3, 100])
    assert len(distribution(data, ["stars", "points"], scale=scale)) == 5 + 11
    assert mean_score(data, ["stars", "points"], scale=scale)["ci_high"].tolist() == [5, 10]
    with pytest.raises(ValueError, match="`scale` has no entry for 'points'"):
        top_box(data, ["stars", "points"], scale={"stars": (1, 5)})


# Against R


def test_nps_against_r(oracle):
    """R packages NPS 1.1 (nps, nps.se, nps.test) and survey 4.1.1 (svymean, svyby), tolerance 1e-9."""
    expected, folder = oracle("nps")
    data, want = pd.read_csv(folder / "input.csv"), expected["results"]
    row = nps(data, "score", method="wald").iloc[0]
    assert (row["n"], row["n_missing"]) == (want["n"], 3)
    assert row["estimate"] == pytest.approx(100 * want["nps"], rel=1e-9)
    assert row["se"] == pytest.approx(100 * want["se"], rel=1e-9)
    assert [row["ci_low"], row["ci_high"]] == pytest.approx(100 * np.array(want["overall"]["ci95"]), rel=1e-9)
    row = nps(data, "score", method="wald", level=0.9).iloc[0]
    assert [row["ci_low"], row["ci_high"]] == pytest.approx(100 * np.array(want["ci90"]), rel=1e-9)
    groups = nps(data, "score", by="group", method="wald").set_index("group")
    for group, figures in want["by_group"].items():
        assert groups.loc[group, "estimate"] == pytest.approx(100 * figures["nps"], rel=1e-9)
        assert groups.loc[group, "se"] == pytest.approx(100 * figures["se"], rel=1e-9)
        limits = groups.loc[group, ["ci_low", "ci_high"]].astype(float)
        assert limits.tolist() == pytest.approx(100 * np.array(figures["ci95"]), rel=1e-9)
    classes = nps_shares(data, "score").set_index("metric")["estimate"] / 100 * want["n"]
    assert classes.round(6).tolist() == [want["counts"][c] for c in ("Promoter", "Passive", "Detractor")]


def test_weighted_nps_against_survey(oracle):
    """svydesign(ids = ~1, weights = ~weight); svymean, confint, svyby (groups are domains), tolerance 1e-9."""
    expected, folder = oracle("nps")
    data, want = pd.read_csv(folder / "input.csv"), expected["results"]["weighted"]
    row = nps(data, "score", weights="weight", method="linearised").iloc[0]
    assert row["estimate"] == pytest.approx(100 * want["nps"], rel=1e-9)
    assert row["se"] == pytest.approx(100 * want["se"], rel=1e-9)
    assert [row["ci_low"], row["ci_high"]] == pytest.approx(100 * np.array(want["ci95_normal"]), rel=1e-9)
    groups = nps(data, "score", by="group", weights="weight", method="linearised").set_index("group")
    for group, figures in want["by_group"].items():
        assert groups.loc[group, "estimate"] == pytest.approx(100 * figures["nps"], rel=1e-9)
        assert groups.loc[group, "se"] == pytest.approx(100 * figures["se"], rel=1e-9)
    plain = nps(data, "score", method="linearised").loc[0, "se"]
    assert plain == pytest.approx(100 * expected["results"]["unweighted_linearised_se"], rel=1e-9)


def test_clustered_errors_against_survey(oracle):
    """R survey 4.1.1 on apiclus1, one-stage clusters: svymean, svyby, svyciprop(method = "logit").

    The reference carries the finite-population factor sqrt(1 - 15 / 757), taken out here by hand.
    """
    expected, folder = oracle("survey_weighting")
    data, want = pd.read_csv(folder / "input.csv"), expected["results"]["base"]
    factor = np.sqrt(1 - 15 / 757)
    design = {"weights": "pw", "cluster": "dnum"}
    for options in ({}, {"scale": (0, 1000)}):  # without a scale the sums come from another reduction
        row = mean_score(data, "api00", **options, **design).iloc[0]
        assert row["estimate"] == pytest.approx(want["mean"]["est"], rel=1e-7)
        assert row["se"] * factor == pytest.approx(want["mean"]["se"], rel=1e-6)
        half = (row["ci_high"] - row["ci_low"]) / 2 * factor
        assert half == pytest.approx((want["mean"]["ci_t"][1] - want["mean"]["ci_t"][0]) / 2, rel=1e-6)
    groups = mean_score(data, "api00", by="stype", **design).set_index("stype")
    for group, figures in want["by_domain"].items():
        assert groups.loc[group, "estimate"] == pytest.approx(figures["est"], rel=1e-7)
        assert groups.loc[group, "se"] * factor == pytest.approx(figures["se"], rel=1e-6)
    row = top_box(data, "above700", scale=(0, 1), top=[1], method="linearised", **design).iloc[0]
    assert row["estimate"] == pytest.approx(100 * want["proportion"]["est"], rel=1e-7)
    assert row["se"] * factor == pytest.approx(100 * want["proportion"]["se"], rel=1e-6)


def test_real_airport_scores(shared):
    """San Francisco airport 2017: NPS 39.84 unweighted, 40.40 weighted, n 2746 (codes 0 to 10 only)."""
    data = pl.read_csv(
        shared / "data/service/sfo_customer_survey_2017.csv", infer_schema_length=None, encoding="utf8-lossy"
    )
    score = pl.col("NETPRO").cast(pl.Float64, strict=False)
    data = data.select(score.alias("q"), pl.col("WEIGHT").cast(pl.Float64).alias("w")).filter(pl.col("q") <= 10)
    plain, weighted = nps(data, "q").iloc[0], nps(data, "q", weights="w").iloc[0]
    assert plain["n"] == 2746
    assert plain["estimate"] == pytest.approx(39.84, abs=0.005)
    assert weighted["estimate"] == pytest.approx(40.40, abs=0.005)


# Laws

answers = st.lists(st.integers(0, 10), min_size=1, max_size=60)


@settings(max_examples=12, deadline=None)
@given(answers, st.floats(0.01, 1000))
def test_equal_weights_and_their_scale_change_nothing(values, weight):
    data = pd.DataFrame({"q": values, "w": weight})
    for measure, options in ((nps, {}), (top_box, {"scale": (0, 10)}), (mean_score, {"scale": (0, 10)})):
        plain, weighted = measure(data, "q", **options), measure(data, "q", weights="w", **options)
        np.testing.assert_allclose(weighted[FIGURES], plain[FIGURES], rtol=1e-9, atol=1e-9)


@settings(max_examples=12, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10), st.floats(0.1, 5)), min_size=1, max_size=40), st.floats(0.01, 100))
def test_scale_of_weights_changes_nothing(rows, factor):
    data = pd.DataFrame(rows, columns=["q", "w"])
    for method in ("adjusted", "wald", "linearised"):
        one = nps(data, "q", weights="w", method=method)
        two = nps(data.assign(w=data["w"] * factor), "q", weights="w", method=method)
        np.testing.assert_allclose(two[FIGURES], one[FIGURES], rtol=1e-8, atol=1e-8)


@settings(max_examples=12, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10), st.floats(0.1, 5)), min_size=1, max_size=40))
def test_shares_sum_to_100(rows):
    data = pd.DataFrame(rows, columns=["q", "w"])
    assert nps_shares(data, "q", weights="w")["estimate"].sum() == pytest.approx(100)
    assert distribution(data, "q", weights="w", scale=(0, 10))["estimate"].sum() == pytest.approx(100)
    sides = nps_shares(data, "q", weights="w").set_index("metric")["estimate"]
    assert nps(data, "q", weights="w").loc[0, "estimate"] == pytest.approx(sides["promoters"] - sides["detractors"])


@settings(max_examples=12, deadline=None)
@given(answers, st.randoms())
def test_order_of_rows_changes_nothing(values, random):
    shuffled = values[:]
    random.shuffle(shuffled)
    one, two = (mean_score(pd.DataFrame({"q": v}), "q", scale=(0, 10)) for v in (values, shuffled))
    pd.testing.assert_frame_equal(one, two, rtol=1e-12)


@settings(max_examples=40, deadline=None)
@given(
    answers, st.sampled_from(["wilson", "agresti_coull", "clopper_pearson", "jeffreys", "logit", "wald", "linearised"])
)
def test_interval_holds_the_estimate(values, method):
    row = top_box(pd.DataFrame({"q": values}), "q", scale=(0, 10), method=method).iloc[0]
    if row["status"] == "ok":
        assert 0 <= row["ci_low"] <= row["estimate"] + 1e-9
        assert row["estimate"] - 1e-9 <= row["ci_high"] <= 100


@settings(max_examples=12, deadline=None)
@given(st.lists(st.integers(0, 10), min_size=2, max_size=60))
def test_adjusted_interval_holds_the_estimate_at_95(values):
    row = nps(pd.DataFrame({"q": values}), "q").iloc[0]
    assert row["ci_low"] - 1e-9 <= row["estimate"] <= row["ci_high"] + 1e-9


def test_weight_two_gives_the_estimate_of_two_rows():
    weighted = nps(SIX.assign(w=[2, 1, 1, 1, 1, 1]), "recommend", weights="w")
    repeated = nps(pd.concat([SIX, SIX.head(1)]), "recommend")  # the index repeats, too
    assert weighted.loc[0, "estimate"] == pytest.approx(repeated.loc[0, "estimate"])


def test_every_answer_its_own_cluster_is_the_linearised_error():
    data = pd.DataFrame({"q": [0, 3, 7, 9, 10, 10], "w": [1, 2, 1, 3, 1, 2], "id": list("abcdef")})
    clustered = nps(data, "q", weights="w", cluster="id", method="wald").loc[0, "se"]
    assert clustered == pytest.approx(nps(data, "q", weights="w", method="linearised").loc[0, "se"])
    alone = data.assign(id=None)  # answers without a cluster are clusters of their own
    assert nps(alone, "q", weights="w", cluster="id", method="wald").loc[0, "se"] == pytest.approx(clustered)


def test_clustered_intervals_cover():
    """600 samples of 20 stores with 10 answers and strong store effects: 95 % intervals cover in 92.5 to 97.5 %."""
    rng = np.random.default_rng(11)
    store = rng.normal(0, 1, (600, 20, 1))
    answer = np.clip(np.round(5 + store + rng.normal(0, 1, (600, 20, 10))), 0, 10)
    data = pd.DataFrame({"q": answer.ravel(), "sample": np.repeat(np.arange(600), 200)})
    data["store"] = np.repeat(np.arange(600 * 20), 10)

    def covered(cluster):
        rows = mean_score(data, "q", by="sample", cluster=cluster)
        return ((rows["ci_low"] <= 5) & (rows["ci_high"] >= 5)).mean()

    assert 0.925 <= covered("store") <= 0.975
    assert covered(None) < 0.75  # what ignoring stores would do


# Missing and empty


def test_missing_answers_are_counted_by_their_reason():
    data = pl.DataFrame(
        {
            "q": [9.0, None, None, None, float("nan")],
            "q__why": [None, "no_answer", "not_asked", "not_applicable", None],
        }
    )
    row = nps(data, "q").iloc[0]
    assert (row["n"], row["n_missing"]) == (1, 2)


def test_a_group_without_answers_keeps_its_row():
    data = pd.DataFrame({"q": [9, None, 8], "cut": ["a", "b", None]})
    for rows in (
        nps(data, "q", by="cut"),
        top_box(data, "q", by="cut", scale=(0, 10)),
        mean_score(data, "q", by="cut"),
    ):
        assert rows["cut"].tolist() == ["a", "b", "(missing)"]
        assert rows.loc[1, ["n", "n_missing", "status"]].tolist() == [0, 1, "not_estimable"]
        assert rows.loc[1, FIGURES[:4]].isna().all()


def test_no_rows_at_all():
    data = pd.DataFrame({"q": pd.Series([], dtype=float), "cut": pd.Series([], dtype=str)})
    for measure, options in (
        (nps, {}),
        (top_box, {"scale": (1, 5)}),
        (mean_score, {}),
        (mean_score, {"scale": (1, 5)}),
    ):
        row = measure(data, "q", **options).iloc[0]
        assert (row["n"], row["status"]) == (0, "not_estimable")
        assert len(measure(data, "q", by="cut", **options)) == 0


def test_one_answer_has_a_mean_without_error():
    row = mean_score(pd.DataFrame({"q": [4]}), "q", scale=(1, 5)).iloc[0]
    assert (row["estimate"], row["status"]) == (4, "not_estimable")
    assert np.isnan(row["se"])


def test_a_group_inside_one_cluster_has_no_error():
    data = pd.DataFrame({"q": [9, 0, 9, 0, 9, 9], "region": list("aabbbb"), "store": list("112233")})
    rows = nps(data, "q", by="region", cluster="store").set_index("region")
    assert (rows.loc["a", "status"], rows.loc["b", "status"]) == ("not_estimable", "ok")
    assert rows.loc["a", "estimate"] == 0


def test_weight_zero_leaves_a_group_not_estimable():
    row = nps(pd.DataFrame({"q": [9, 9], "w": [0, 1], "cut": ["a", "b"]}), "q", by="cut", weights="w").iloc[0]
    assert (row["n"], row["n_eff"], row["status"]) == (1, 0, "not_estimable")


def test_columns_and_types_are_those_of_the_schema():
    rows = distribution(pd.DataFrame({"q": [1, 2], "cut": [1, 2]}), "q", scale=(1, 5), by="cut")
    assert list(rows.columns) == ["cut", *ESTIMATES]
    assert rows["cut"].tolist()[:1] == ["1"]
    assert rows["n"].dtype == "int64"


# Wording


def test_codes_off_the_scale_stop_the_run():
    with pytest.raises(DataError, match=r"2 of 3 answers do not \(values \[11, 99\]\).*codebook"):
        nps(pd.DataFrame({"recommend": [9, 11, 99]}), "recommend")
    with pytest.raises(DataError, match=r"top_box: column 'q' must hold whole numbers 1 to 5; 1 of 2 .*\[4.5\]"):
        top_box(pd.DataFrame({"q": [4.5, 4]}), "q", scale=(1, 5))


def test_wording_of_wrong_arguments():
    data = pd.DataFrame({"recommend": [9], "word": ["好"], "w": [None], "v": [-1.0]})
    with pytest.raises(ValueError, match=r"nps: no column \['recomend'\]\. Did you mean 'recommend'\?"):
        nps(data, "recomend")
    with pytest.raises(ValueError, match="nps: column 'word' holds text .* a score needs numbers") as caught:
        nps(data, "word")
    assert "好" not in str(caught.value)
    with pytest.raises(ValueError, match="`level` is 95; it must lie strictly between 0 and 1"):
        nps(data, "recommend", level=95)
    with pytest.raises(ValueError, match="`method` is 'wilsn'.*Did you mean 'wilson'"):
        top_box(data, "recommend", scale=(0, 10), method="wilsn")
    with pytest.raises(ValueError, match="`scale` is 5; give its lowest and highest code"):
        top_box(data, "recommend", scale=5)
    with pytest.raises(ValueError, match=r"a scale 0 to 1 has two codes; say which counts, `top=\[1\]`"):
        top_box(data, "recommend", scale=(0, 1))
    with pytest.raises(ValueError, match=r"`top` is \[5, 6\]; \[6\] lie outside the scale 1 to 5"):
        top_box(data, "recommend", scale=(1, 5), top=[5, 6])
    with pytest.raises(DataError, match="weight column 'w' .* 1 missing"):
        nps(data, "recommend", weights="w")
    with pytest.raises(DataError, match="weight column 'v' .* 1 negative"):
        nps(data, "recommend", weights="v")
    with pytest.raises(DataError, match="weight column 'w' .* 1 missing"):
        nps(pl.DataFrame({"recommend": [9.0, 1.0], "w": [1.0, float("nan")]}), "recommend", weights="w")
    with pytest.raises(ValueError, match="`cluster` 'word' is also a `by` column"):
        nps(data, "recommend", by="word", cluster="word")
    with pytest.raises(ValueError, match="a group column may not be called 'n'"):
        nps(data.assign(n=1), "recommend", by="n")
    with pytest.raises(TypeError, match="`data` is a list"):
        nps([9], "recommend")
    with pytest.raises(DataError, match="column 'v' holds infinite values"):
        mean_score(data.assign(v=np.inf), "v")

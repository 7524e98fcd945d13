"""Research tables: every type of question counted by hand, bases, weights, order, errors."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cemlab.checks import DataError
from cemlab.codebook import parse_codebook
from cemlab.measure.scores import mean_score, nps, top_box
from cemlab.measure.table_cells import quantiles
from cemlab.measure.tables import crosstab, frequencies

BOOK = parse_codebook("""
study: brand_health
name: tables
title: 表
columns:
  sex: {role: segment, options: {1: {zh: 男}, 2: {zh: 女}}}
  seen: {role: question, options: {y: {zh: 看过}, n: {zh: 没看过}, d: {zh: 不记得}}, nets: {told: {zh: 有印象, codes: [y, n]}}}
  hobby: {role: question, type: multiple, options: {a: {zh: 甲}, b: {zh: 乙}, none: {zh: 都没有}}, exclusive: [none], nets: {any: {zh: 任一, codes: [a, b]}}}
  like: {role: question, type: matrix, scale: {low: 1, high: 5}, rows: {x: {zh: 一}, y: {zh: 二}}}
  rank: {role: question, type: ranking, options: {p: {zh: 子}, q: {zh: 丑}, r: {zh: 寅}, s: {zh: 卯}}}
  recommend: {role: nps, scale: {low: 0, high: 10}}
  spend: {role: operational}
  words: {role: question, type: text}
  w: {role: weight}
""")
N = None
DATA = pl.DataFrame(
    {
        "sex": ["1", "1", "1", "2", "2", N],
        "seen": ["y", "y", "n", "n", "d", "y"],
        "hobby__a": [1.0, 1, 0, 0, 0, N],
        "hobby__b": [1.0, 0, 1, 0, 0, N],
        "hobby__none": [0.0, 0, 0, 1, 1, N],
        "like__x": [5.0, 4, 3, 2, 1, 5],
        "like__y": [1.0, 1, 1, 1, N, N],
        "rank__p": [1.0, 2, 1, N, N, N],
        "rank__q": [2.0, 1, N, N, N, N],
        "rank__r": [3.0, 3, N, N, N, N],
        "rank__s": [N, N, 2.0, N, N, N],
        "recommend": [10.0, 9, 8, 7, 0, 6],
        "spend": [10.0, 20, 30, 40, 100, N],
        "words": ["好", N, "", "行", N, N],
        "w": [2.0, 1, 1, 1, 1, 1],
    }
)
OPEN = {"codebook": BOOK, "min_n": 0, "low_n": 0}


def cell(table, row, column="(all)", item=None, metric=None):
    """The one line of a row and a column."""
    found = table[(table["row"] == row) & (table["column"] == column)]
    found = found if item is None else found[found["item"] == item]
    found = found if metric is None else found[found["metric"] == metric]
    (line,) = found.to_dict("records")
    return line


def test_single_choice_with_a_net():
    table = crosstab(DATA, "seen", "sex", **OPEN)
    assert [cell(table, code)["estimate"] for code in ("y", "n", "d", "told")] == pytest.approx(
        [50, 100 / 3, 50 / 3, 250 / 3]
    )
    assert cell(table, "y", "1")["estimate"] == pytest.approx(200 / 3) and cell(table, "y", "1")["count"] == 2
    assert cell(table, "told")["count"] == 5
    assert list(table["column"].unique()) == ["(all)", "1", "2"]
    assert cell(table, "y", "1")["n"] + cell(table, "y", "2")["n"] == 5  # the sixth has no sex, and is in the total
    assert cell(table, "y")["n"] == 6


def test_several_answers_are_based_on_respondents():
    table = frequencies(DATA, "hobby", **OPEN)
    assert [cell(table, code)["estimate"] for code in ("a", "b", "none", "any")] == pytest.approx([40, 40, 40, 60])
    assert cell(table, "a")["n"] == 5 and cell(table, "a")["n_missing"] == 1
    assert cell(table, "answers")["estimate"] == pytest.approx(
        4 / 5
    )  # (2 + 1 + 1 + 0 + 0) / 5, none is no option chosen


def test_matrix_rows_have_bases_of_their_own():
    table = frequencies(DATA, "like", **OPEN)
    x, y = cell(table, "mean", item="like__x"), cell(table, "mean", item="like__y")
    assert (x["estimate"], x["n"], y["estimate"], y["n"]) == (pytest.approx(20 / 6), 6, 1, 4)
    assert cell(table, "top_box", item="like__x")["estimate"] == 50
    assert cell(table, "sd", item="like__x")["estimate"] == pytest.approx(np.std([5, 4, 3, 2, 1, 5], ddof=1))
    assert set(table["question"]) == {"like"}


def test_ranking():
    """Three ranked anything: p first twice; s ranked once, second."""
    table = frequencies(DATA, "rank", **OPEN)
    assert cell(table, "first", item="rank__p")["estimate"] == pytest.approx(200 / 3)
    assert cell(table, "top3", item="rank__s")["estimate"] == pytest.approx(100 / 3)
    assert cell(table, "mean_rank", item="rank__p")["estimate"] == pytest.approx(4 / 3)
    assert (cell(table, "mean_rank", item="rank__s")["estimate"], cell(table, "mean_rank", item="rank__s")["n"]) == (
        2,
        1,
    )
    assert cell(table, "first", item="rank__s")["n"] == 3


def test_recommend_and_open_numbers_and_words():
    table = frequencies(DATA, ["recommend", "spend", "words"], **OPEN)
    assert cell(table, "nps")["estimate"] == pytest.approx(0) and cell(table, "promoters")["count"] == 2
    spend = [cell(table, row, item="spend")["estimate"] for row in ("mean", "q25", "q50", "q75")]
    assert spend == [40, 20, 30, 40]
    assert cell(table, "answered")["count"] == 3


def test_nested_banner_and_order_of_columns():
    table = crosstab(DATA, "recommend", ["sex*seen"], **OPEN)
    assert list(table["column"].unique()) == ["(all)", "1 / y", "1 / n", "2 / n", "2 / d"]
    assert cell(table, "10", "1 / y")["estimate"] == 50


def test_multiple_answers_as_banner():
    table = crosstab(DATA, "recommend", "hobby", **OPEN)
    assert [cell(table, "mean", code)["n"] for code in ("a", "b", "none")] == [2, 2, 2]
    assert cell(table, "mean", "a")["estimate"] == 9.5 and cell(table, "mean", "b")["estimate"] == 9


@pytest.mark.parametrize("weights", [None, "w"])
def test_scores_are_those_of_the_reports(weights):
    data = pd.concat([DATA.to_pandas()] * 10, ignore_index=True)
    table = crosstab(data, ["recommend", "like"], "sex", codebook=BOOK, weights=weights, min_n=1, low_n=1)
    pairs = [
        (cell(table, "nps", "1"), nps(data, "recommend", by="sex", weights=weights)),
        (
            cell(table, "mean", "1", item="like__x"),
            mean_score(data, "like__x", scale=(1, 5), by="sex", weights=weights),
        ),
        (
            cell(table, "top_box", "1", item="like__x"),
            top_box(data, "like__x", scale=(1, 5), by="sex", weights=weights),
        ),
    ]
    for mine, score in pairs:
        theirs = score[score["sex"] == "1"].iloc[0]
        for name in ("estimate", "se", "n", "n_eff"):
            assert mine[name] == pytest.approx(theirs[name], rel=1e-9), name
        assert mine["ci_low"] == pytest.approx(max(theirs["ci_low"], -100), rel=1e-9)


def test_engines_and_extra_columns_agree():
    one = crosstab(DATA.lazy(), ["seen", "hobby", "rank"], ["sex", "hobby"], weights="w", **OPEN)
    two = crosstab(DATA.to_pandas(), ["seen", "hobby", "rank"], ["sex", "hobby"], weights="w", **OPEN)
    pd.testing.assert_frame_equal(one, two)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xy"), st.integers(1, 9)), min_size=2, max_size=40))
def test_columns_add_up_to_the_total_and_equal_weights_change_nothing(rows):
    data = pd.DataFrame(rows, columns=["seen", "sex", "w"]).assign(same=3.0)
    table = crosstab(data, "seen", "sex", weights="w", min_n=0, low_n=0)
    total, parts = table[table["banner"] == "(all)"], table[table["banner"] == "sex"]
    added = parts.groupby("row")[["count", "count_weighted", "n"]].sum()
    assert added.to_numpy() == pytest.approx(total.set_index("row").loc[added.index, added.columns].to_numpy())
    assert total["estimate"].sum() == pytest.approx(100)
    plain = crosstab(data, "seen", "sex", min_n=0, low_n=0)
    equal = crosstab(data, "seen", "sex", weights="same", min_n=0, low_n=0)
    for name in ("estimate", "se", "ci_low", "n_eff", "p_rest"):
        assert equal[name].to_numpy() == pytest.approx(plain[name].to_numpy(), nan_ok=True), name


@pytest.mark.parametrize("values", [[1, 2, 3, 4], [1, 1, 2], [5], [3, 1, 2, 9, 9, 9]])
def test_the_median_is_the_usual_one(values):
    values = np.array(values, dtype=float)
    assert quantiles(values, np.ones(len(values)), [0.5])[0] == np.median(values)
    assert quantiles(values, np.full(len(values), 7.0), [0.5])[0] == np.median(values)


def test_batches_change_nothing(monkeypatch):
    whole = crosstab(DATA, ["seen", "hobby", "like", "rank", "spend"], ["sex"], weights="w", **OPEN)
    monkeypatch.setattr("cemlab.measure.table_counts.CELLS", 1)
    batched = crosstab(DATA, ["seen", "hobby", "like", "rank", "spend"], ["sex"], weights="w", **OPEN)
    pd.testing.assert_frame_equal(whole, batched)


def test_small_bases_are_blanked_and_marked():
    data = pd.DataFrame({"q": ["a", "b"] * 100, "g": ["x"] * 20 + ["y"] * 60 + ["z"] * 120})
    table = crosstab(data, "q", "g")
    assert [cell(table, "a", g)["status"] for g in "xyz"] == ["not_estimable", "low_base", "ok"]
    assert np.isnan(cell(table, "a", "x")["count"]) and cell(table, "a", "x")["n"] == 20


def test_unlisted_codes_keep_their_row():
    table = frequencies(pd.DataFrame({"seen": ["y", "n", "x", "y"]}), "seen", **OPEN)
    assert list(table["row"]) == ["y", "n", "d", "x", "told"]


def test_not_asked_is_outside_the_base():
    data = DATA.with_columns(pl.Series("seen__why", [N] * 6, dtype=pl.String))
    data = data.with_columns(
        pl.Series("seen", ["y", N, N, "n", "d", "y"]), pl.Series("seen__why", [N, "not_asked", "no_answer", N, N, N])
    )
    assert cell(frequencies(data, "seen", **OPEN), "y")["n_missing"] == 1


def test_nobody_and_no_rows():
    empty = frequencies(DATA.with_columns(pl.lit(N, pl.Float64).alias("recommend")), "recommend", **OPEN)
    assert set(empty["status"]) == {"not_estimable"} and (empty["n"] == 0).all()
    none = crosstab(DATA.clear(), "seen", "sex", **OPEN)
    assert (none["n"] == 0).all()


@pytest.mark.parametrize(
    "questions, banner, message",
    [
        ("sen", "sex", r"crosstab: no column \['sen'\]. Did you mean 'seen'"),
        ("seen", "sx", r"no column \['sx'\]. Did you mean 'sex'"),
        ("seen", "sex*hobby", "'hobby' holds several answers and cannot be nested"),
    ],
)
def test_unknown_names_are_told(questions, banner, message):
    with pytest.raises(ValueError, match=message):
        crosstab(DATA, questions, banner, **OPEN)


def test_answers_against_the_codebook_stop_the_table():
    with pytest.raises(
        DataError, match=r"'like__x' must hold whole numbers 1 to 5; 1 of 6 answers do not \(values \[9\]\)"
    ):
        frequencies(DATA.with_columns(pl.Series("like__x", [9.0, 1, 1, 1, 1, 1])), "like", **OPEN)
    with pytest.raises(DataError, match=r"'hobby__a' must hold whole numbers 0 to 1"):
        frequencies(DATA.with_columns(pl.Series("hobby__a", [2.0, 1, 1, 1, 1, 1])), "hobby", **OPEN)
    with pytest.raises(DataError, match="1 missing, 1 negative"):
        crosstab(DATA.with_columns(pl.Series("w", [N, -1.0, 1, 1, 1, 1])), "seen", "sex", weights="w", **OPEN)

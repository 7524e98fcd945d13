"""The two reductions: by hand, the same on every engine, missing answers and weights."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cemlab.checks import DataError
from cemlab.measure.moments import counts, cross_moments, moments
from cemlab.measure.schema import MISSING

ROWS = pd.DataFrame({
    "score": [0, 7, 7, 9, 9, 9, None],
    "group": ["a", "a", "b", "b", None, "b", "b"],
    "w": [1.0, 2.0, 3.0, 1.0, 1.0, 1.0, 1.0],
})  # fmt: skip


def test_counts_by_hand():
    table = counts(ROWS, "score", weights="w")
    np.testing.assert_array_equal(table["value"], [0, 7, 9, np.nan])
    assert table["n"].tolist() == [1, 2, 3, 1]
    assert table.loc[1, ["w", "w2"]].tolist() == [5.0, 13.0]


def test_moments_by_hand():
    row = moments(ROWS, "score", weights="w").iloc[0]
    assert (row["n"], row["n_missing"], row["w"], row["w2"]) == (6, 1, 9, 17)
    assert row["wx"] == 0 + 14 + 21 + 27
    assert row["w2xx"] == 4 * 49 + 9 * 49 + 3 * 81
    assert (row["low"], row["high"]) == (0, 9)


def test_cross_moments_drop_incomplete_rows_and_say_how_many():
    data = ROWS.assign(y=[1, 2, 3, 4, 5, 6, 7])
    out = cross_moments(data, ["score", "y"])
    assert (out["n"][0], out["n_dropped"][0]) == (6, 1)
    assert out["products"][0].tolist() == [[341.0, 7 * 5 + 9 * 15], [170.0, 91.0]]


def test_respondents_without_a_group_form_one():
    assert counts(ROWS, "score", by="group")["group"].unique().tolist() == [MISSING, "a", "b"]


def test_only_no_answer_counts_as_missing():
    data = pl.DataFrame({
        "x": [5.0, None, None, None, None],
        "x__why": [None, "not_asked", "not_applicable", "no_answer", None],
    })  # fmt: skip
    assert moments(data, "x").loc[0, ["n", "n_missing"]].tolist() == [1, 2]
    assert moments(data.drop("x__why"), "x").loc[0, "n_missing"] == 4


def test_groups_coded_as_numbers_read_as_codes():
    data = pl.DataFrame({"x": [1.0, 2.0, 3.0], "g": [1.0, 2.0, 1.5]})
    assert counts(data, "x", by="g")["g"].tolist() == ["1", "1.5", "2"]


def test_nan_in_polars_is_missing_like_null():
    data = pl.DataFrame({"x": [1.0, float("nan"), None]})
    assert moments(data, "x").loc[0, ["n", "n_missing"]].tolist() == [1, 2]
    assert counts(data, "x")["n"].tolist() == [1, 2]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10) | st.none(), st.floats(0, 5)), min_size=1, max_size=30))
def test_engines_agree_and_counts_carry_the_moments(rows):
    data = pd.DataFrame(
        {"x": [float("nan") if x is None else float(x) for x, _ in rows], "w": [w + 0.1 for _, w in rows]}
    )
    frames = [data, pl.from_pandas(data), pl.from_pandas(data).lazy()]
    tables = [moments(frame, "x", weights="w") for frame in frames]
    for table in tables[1:]:
        pd.testing.assert_frame_equal(table, tables[0], check_exact=False, rtol=1e-12)
    counted = counts(data, "x", weights="w").dropna(subset="value")
    assert (counted["w"] * counted["value"]).sum() == pytest.approx(tables[0].loc[0, "wx"])
    assert (counted["w2"] * counted["value"] ** 2).sum() == pytest.approx(tables[0].loc[0, "w2xx"])


def test_an_empty_frame_gives_empty_tables():
    empty = ROWS.head(0)
    assert len(counts(empty, "score")) == 0
    assert len(moments(empty, "score", by="group")) == 0
    assert moments(empty, "score").loc[0, "n"] == 0


def test_errors_name_the_nearest_column():
    with pytest.raises(ValueError, match=r"no column \['scor'\]. Did you mean 'score'\?"):
        counts(ROWS, "scor")
    with pytest.raises(TypeError, match="pass a pandas, polars"):
        counts([1, 2], "score")


def test_weights_must_be_there_and_not_negative():
    with pytest.raises(DataError, match="of 7 rows 1 missing, 1 negative"):
        moments(ROWS.assign(w=[None, -1, 1, 1, 1, 1, 1]), "score", weights="w")
    with pytest.raises(DataError, match="is 0 in all 7 rows"):
        counts(ROWS.assign(w=0.0), "score", weights="w")


def test_a_small_frame_in_memory_sums_to_the_same_last_digit_each_time():
    """The streaming engine adds what its threads bring as they end; reports made twice must not differ by that."""
    rng = np.random.default_rng(4)
    frame = pd.DataFrame({"x": rng.normal(size=5000), "w": rng.random(5000), "g": rng.integers(0, 4, 5000).astype(str)})
    columns = ["w", "w2", "wx", "wxx", "w2x", "w2xx"]
    first = moments(frame, "x", by="g", weights="w")[columns].to_numpy()
    for data in [frame, pl.from_pandas(frame)] * 10:
        assert (moments(data, "x", by="g", weights="w")[columns].to_numpy() == first).all()
    one = frame[frame["g"] == "2"]
    assert first[2] == pytest.approx([one["w"].sum(), (one["w"] ** 2).sum(), (one["w"] * one["x"]).sum(),
        (one["w"] * one["x"] ** 2).sum(), (one["w"] ** 2 * one["x"]).sum(), (one["w"] ** 2 * one["x"] ** 2).sum()])  # fmt: skip


def test_sums_of_nobody_are_zero():
    nobody = pd.DataFrame({"x": pd.Series([], dtype=float), "g": pd.Series([], dtype=str)})
    for data in (nobody, pl.from_pandas(nobody), pl.from_pandas(nobody).lazy()):
        row = moments(data, "x").iloc[0]
        assert row[["n", "n_missing", "w", "wx", "wxx"]].tolist() == [0] * 5 and np.isnan(row["low"])
        assert len(moments(data, "x", by="g")) == 0

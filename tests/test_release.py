"""Privacy: by hand, what refers to a hidden group, laws, missing, wording."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from cemlab.measure.compare import compare_groups, compare_waves
from cemlab.measure.schema import BLANKED, combine
from cemlab.measure.scores import nps
from cemlab.release import distinct_persons, protect

RNG = np.random.default_rng(4)
TEAMS = ["a"] * 60 + ["b"] * 40 + ["c"] * 36  # team c: 36 answers of 9 persons
DATA = pd.DataFrame(
    {
        "_person": [f"p{i}" for i in range(100)] + [f"q{i % 9}" for i in range(36)],
        "team": TEAMS,
        "recommend": RNG.integers(0, 11, 136).astype(float),
        "_wave": ["1", "2"] * 68,
    }
)


# By hand


def test_persons_by_hand():
    out = distinct_persons(DATA, "team")
    assert out.to_dict("list") == {"team": ["(all)", "a", "b", "c"], "persons": [109, 60, 40, 9]}


def test_persons_cross_items_and_those_without_a_name():
    data = pl.DataFrame(
        {
            "_person": ["p", "p", None, None, "q"],
            "x": [1.0, None, 2.0, float("nan"), None],
            "y": ["1", "1", "1", "1", None],
            "cut": ["a", "b", "a", "a", None],
        }
    )
    out = distinct_persons(data.lazy(), ["cut"], items=["x", "y"])
    got = {(r["cut"], r["item"]): r["persons"] for r in out.to_dict("records")}
    assert got == {
        ("(all)", "x"): 2, ("(all)", "y"): 3, ("a", "x"): 2, ("a", "y"): 3,
        ("b", "x"): 0, ("b", "y"): 1, ("(missing)", "x"): 0, ("(missing)", "y"): 0,
    }  # fmt: skip
    crossed = distinct_persons(data, ["cut", ["cut", "y"]])
    assert crossed.columns.tolist() == ["cut", "y", "persons"]
    assert len(crossed) == 1 + 3 + 3
    assert distinct_persons(data, person=None)["persons"].tolist() == [5]


def test_answers_are_many_but_persons_few():
    results = combine([nps(DATA, "recommend"), nps(DATA, "recommend", by="team")])
    out = protect(results, distinct_persons(DATA, "team"))
    assert out.set_index("team")["status"].to_dict() == {"(all)": "ok", "a": "ok", "b": "ok", "c": "hidden"}
    hidden = out[out["team"] == "c"].iloc[0]
    assert hidden[["estimate", "se", "ci_low", "ci_high"]].isna().all()
    assert hidden["n"] == 36
    gone = protect(results, distinct_persons(DATA, "team"), hide_counts=True).set_index("team").loc["c"]
    assert gone[["n", "n_eff", "n_missing"]].isna().all()


@pytest.mark.parametrize("against", ["complement", "pairwise", "c"])
def test_rows_that_refer_to_a_hidden_group_go_too(against):
    """A difference beside one visible side would give the hidden side away."""
    results = compare_groups(DATA, "recommend", by="team", against=against, min_n=1)
    out = protect(results, distinct_persons(DATA, "team"))
    for row in out.to_dict("records"):
        hidden = "c" in (row["team"], row["reference"])
        assert (row["status"] == "hidden") == hidden
        assert all(np.isnan(row[c]) for c in BLANKED if c in row) == hidden


def test_the_rest_may_be_the_hidden_group():
    """With two teams, the rest of the large one is the small one."""
    data = DATA[DATA["team"] != "b"]
    results = compare_groups(data, "recommend", by="team", min_n=1)
    assert protect(results, distinct_persons(data, "team"))["status"].tolist() == ["hidden", "hidden"]


def test_waves_are_judged_on_both_sides():
    data = DATA.assign(_person=[f"p{i}" for i in range(136)])
    now, before = data[data["_wave"] == "2"], data[data["_wave"] == "1"].iloc[8:]  # 18 - 0 of c now, 18 before
    before = before[~((before["team"] == "b") & (np.arange(len(before)) % 4 > 0))]  # 5 of team b before
    both = pd.concat([now, before])
    results = compare_waves(both, "recommend", current="2", previous="1", by="team", min_n=1)
    persons, reference = distinct_persons(now, "team"), distinct_persons(before, "team")
    few = dict(zip(reference["team"], reference["persons"] < 10, strict=True))
    assert few == {"(all)": False, "a": False, "b": True, "c": False}
    out = protect(results, persons, reference_persons=reference).set_index("team")
    assert out["status"].to_dict() == {"a": "ok", "b": "hidden", "c": "ok"}
    with pytest.raises(
        ValueError, match="rows refer to '1', which is no group of the results; pass `reference_persons`"
    ):
        protect(results, persons)


def test_items_are_judged_by_those_who_answered_them():
    data = DATA.assign(rare=DATA["recommend"].where(np.arange(136) < 8))
    results = combine([nps(data, "recommend"), nps(data, "rare")])
    persons = distinct_persons(data, items=["recommend", "rare"])
    assert protect(results, persons)["status"].tolist() == ["ok", "hidden"]
    assert protect(results, distinct_persons(data))["status"].tolist() == ["ok", "hidden"]  # fewer answers than persons


# Laws


def test_stricter_hides_more_and_twice_is_once():
    results = combine([nps(DATA, "recommend"), nps(DATA, "recommend", by="team")])
    persons = distinct_persons(DATA, "team")
    hidden = [
        set(protect(results, persons, min_persons=m).query("status == 'hidden'")["team"]) for m in (5, 10, 50, 200)
    ]
    assert hidden == [set(), {"c"}, {"b", "c"}, {"(all)", "a", "b", "c"}]
    once = protect(results, persons)
    pd.testing.assert_frame_equal(protect(once, persons), once)


def test_no_figure_of_a_hidden_row_is_left_in_any_column():
    results = nps(DATA, "recommend", by="team").assign(extra=1.5, target=40)
    out = protect(results, distinct_persons(DATA, "team"), hide_counts=True)
    numbers = out.loc[out["status"] == "hidden"].select_dtypes("number").drop(columns=["at", "level"])
    assert numbers.isna().all(axis=None)


# Missing and empty


def test_no_rows_and_nobody():
    persons = distinct_persons(DATA, "team")
    assert len(protect(nps(DATA, "recommend", by="team").head(0), persons)) == 0
    nobody = nps(DATA.assign(recommend=np.nan), "recommend")
    assert protect(nobody, persons)["status"].tolist() == ["not_estimable"]
    assert distinct_persons(DATA.head(0), "team").to_dict("list") == {"team": ["(all)"], "persons": [0]}


# Wording: in doubt nothing is released


def test_wording():
    results, persons = nps(DATA, "recommend", by="team"), distinct_persons(DATA, "team")
    with pytest.raises(ValueError, match="`min_persons` is 4; under 5 a person can be recognised"):
        protect(results, persons, min_persons=4)
    with pytest.raises(ValueError, match="no persons counted for group {'team': 'c'}"):
        protect(results, persons[persons["team"] != "c"])
    with pytest.raises(
        ValueError, match="column 'team' of the results may define groups whose persons were not counted"
    ):
        protect(results, distinct_persons(DATA))
    with pytest.raises(ValueError, match="the persons of group {'team': 'a'} stand twice"):
        protect(results, pd.concat([persons, persons[persons["team"] == "a"]]))
    with pytest.raises(ValueError, match=r"distinct_persons: no column \['_persn'\]. Did you mean '_person'"):
        distinct_persons(DATA, person="_persn")
    staged = nps(DATA, "recommend").assign(stage="arrival")
    assert protect(staged, distinct_persons(DATA))["status"].tolist() == ["ok"]

"""Tables are counted once on a study's frames, and anew on every other frame."""

import gc

import polars as pl
import pytest

from cemlab.measure import moments as reductions
from cemlab.measure import remembered
from cemlab.measure.moments import counts
from cemlab.measure.persons import distinct_persons
from cemlab.measure.remembered import remember, tables_of

DATA = pl.DataFrame(
    {"q": [1.0, 2.0, 2.0, None], "r": [3.0, 3.0, 1.0, 2.0], "g": ["a", "b", "b", "a"], "_person": list("pqqr")}
)


@pytest.fixture
def queries(monkeypatch):
    """Names of the items counted, one by one."""
    seen, real = [], reductions.count_query

    def watched(frame, item, *rest):
        seen.append(item)
        return real(frame, item, *rest)

    monkeypatch.setattr(reductions, "count_query", watched)
    return seen


def test_a_remembered_frame_is_counted_once_for_each_question(queries):
    frame = remember(DATA.lazy())
    first = counts(frame, ["q", "r"], by="g")
    assert counts(frame, ["r", "q"], by="g").equals(counts(DATA, ["r", "q"], by="g"))
    assert counts(frame, ["q", "r"], by="g").equals(first)
    assert queries == ["q", "r", "r", "q"]  # twice on the frame, twice on the other one
    counts(frame, "q")  # another cut is another question
    assert queries[-1] == "q" and len(queries) == 5


def test_what_is_given_back_may_be_changed():
    frame = remember(DATA.lazy())
    found = counts(frame, "q")
    found.loc[:, "n"] = 99
    assert counts(frame, "q")["n"].sum() == 4
    persons = distinct_persons(frame, "g")
    persons.loc[:, "persons"] = 99
    assert distinct_persons(frame, "g").equals(distinct_persons(DATA, "g"))


def test_a_file_that_changes_is_read_again(tmp_path):
    path = tmp_path / "a.csv"
    DATA.write_csv(path)
    frame = pl.scan_csv(path)
    assert counts(frame, "q")["n"].sum() == 4
    pl.concat([DATA, DATA]).write_csv(path)
    assert counts(frame, "q")["n"].sum() == 8


def test_tables_go_with_their_frame():
    frame = remember(DATA.lazy())
    counts(frame, "q")
    place = id(frame)
    assert tables_of(frame) and place in remembered.TABLES
    del frame
    gc.collect()
    assert place not in remembered.TABLES

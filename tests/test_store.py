"""The versioned store: what a scan makes of codes, waves and versions; types, restore, two writers."""

import json
import threading
from datetime import UTC, date, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cemlab import store
from cemlab.apply import MARKS, SYSTEM, apply_codebook, stored_columns
from cemlab.checks import DataError
from cemlab.codebook import parse_codebook

TEXT = """
study: service_touchpoints
name: s
title: 研究
waves: {a: {}, b: {}}
columns:
  q: {role: outcome, scale: {low: 1, high: 5}, missing: {9: not_applicable, 0: no_answer}}
  r: {role: outcome, scale: {low: 1, high: 5, reverse: true}, missing: {9: not_applicable}}
  g: {role: segment, options: {1: 男, 2: 女}, missing: {0: no_answer}}
  h: {role: segment, type: multiple, options: {s: 运动, m: 音乐}}
  b: {role: question, waves: [b]}
  w: {role: weight}
  c: {role: comment}
"""
BOOK = parse_codebook(TEXT)
WORDS = {"_key": pl.String, "_batch": pl.String, "_person": pl.String, "column": pl.String, "text": pl.String}


def answers(columns, *, wave="a", batch="1", first=0, book=BOOK):
    """Answers as an intake makes them: `columns` maps names to values."""
    types = stored_columns(book)
    frame = pl.DataFrame([pl.Series(name, values, dtype=types[name]) for name, values in columns.items()])
    given = {"_person": None, "_wave": wave, "_file": "f", "_batch": batch, "_replicate": 7}
    given |= {"_at": datetime(2026, 1, 1, tzinfo=UTC), "_date": date(2026, 1, 1 + first)}
    frame = frame.with_columns(pl.lit(value).cast(SYSTEM[name]).alias(name) for name, value in given.items())
    keys = pl.Series("_key", [f"{wave}/{first + i}" for i in range(len(frame))])
    return frame.with_columns(keys).select(*SYSTEM, *columns)


def put(lake, frame, *, words=(), book=BOOK, at="now", **more):
    """Append answers as one batch; `words` are (key, comment)."""
    batch = frame["_batch"][0]
    comments = [{"_key": key, "_batch": batch, "_person": None, "column": "c", "text": text} for key, text in words]
    held = json.dumps([name for name in frame.columns if name not in SYSTEM])
    facts = {"batch": batch, "file": "f", "wave": "a", "rows": len(frame), "columns": held, "codebook": "h"}
    batches = pl.DataFrame([facts | {"taken": datetime.now(UTC)}])
    at = store.current_version(book, lake) if at == "now" else at
    return store.append(book, frame, pl.DataFrame(comments, schema=WORDS), batches, lake=lake, at=at, **more)


@pytest.fixture
def lake(tmp_path):
    return tmp_path / "lake"


# by hand


def test_codes_become_answers_and_reasons(lake):
    put(
        lake,
        answers(
            {
                "q": [5, 9, 0, None, MARKS["not_asked"], 11],
                "r": [5, 1, 9, 3, MARKS["no_answer"], 11],
                "g": ["1", "0", "(跳过)", "(空)", None, "7"],
                "h__s": [1, 0, MARKS["not_asked"], None, 1, 0],
                "h__m": [0, 0, MARKS["not_asked"], None, 1, 1],
                "w": [1, 2, 1, 1, 1, None],
            }
        ),
    )
    found = store.scan(BOOK, lake=lake).collect()
    assert found["q"].to_list() == [5, None, None, None, None, 11]
    assert found["q__why"].to_list() == [None, "not_applicable", "no_answer", "no_answer", "not_asked", None]
    assert found["r"].to_list() == [1, 5, None, 3, None, 11]  # turned: 6 - answer; what is off the scale stays
    assert found["g"].to_list() == ["1", None, None, None, None, "7"]
    assert found["g__why"].to_list() == [None, "no_answer", "not_asked", "no_answer", "no_answer", None]
    assert found["h__s"].to_list() == [1, 0, None, None, 1, 0]
    assert found["h__s__why"].to_list() == [None, None, "not_asked", "no_answer", None, None]
    assert found["b__why"].to_list() == ["not_asked"] * 6  # never stored
    assert found["w"].to_list() == [1, 2, 1, 1, 1, None] and "w__why" not in found.columns
    assert found.columns[:8] == list(SYSTEM) and "c" not in found.columns


def test_column_that_a_file_lacks_was_not_asked(lake):
    put(lake, answers({"q": [5, None]}))
    put(lake, answers({"q": [4], "r": [None]}, batch="2", first=2))
    found = store.scan(BOOK, lake=lake).sort("_key").collect()
    assert found["r__why"].to_list() == ["not_asked", "not_asked", "no_answer"]
    assert found["q__why"].to_list() == [None, "no_answer", None]


def test_column_of_other_waves_is_not_read(lake):
    put(lake, answers({"b": ["1"]}))
    put(lake, answers({"b": ["1", None]}, wave="b", batch="2"))
    found = store.scan(BOOK, lake=lake).sort("_key").collect()
    assert found["b"].to_list() == [None, "1", None]
    assert found["b__why"].to_list() == ["not_asked", None, "no_answer"]


def test_comments_come_when_asked_for(lake):
    put(lake, answers({"q": [5, 4]}), words=[("a/1", "很好")])
    assert store.scan(BOOK, comments=True, lake=lake).sort("_key").collect()["c"].to_list() == [None, "很好"]


def test_versions_stay_what_they_were(lake):
    assert store.current_version(BOOK, lake) is None and store.waves_present(BOOK, lake=lake) == []
    assert store.freshness(BOOK, lake=lake) is None and len(store.versions(BOOK, lake=lake)) == 0
    assert put(lake, answers({"q": [5]}), words=[("a/0", "old")]) == 0
    assert put(lake, answers({"q": [4], "r": [2]}, wave="b", batch="2", first=3)) == 1
    new = answers({"q": [1]}, batch="3")
    assert put(lake, new, words=[("a/0", "new")], replaced=new["_key"]) == 2

    def seen(version):
        found = store.scan(BOOK, version=version, comments=True, lake=lake).sort("_key").collect()
        return found.select("_key", "q", "c").rows()

    assert seen(0) == [("a/0", 5, "old")]
    assert seen(1) == [("a/0", 5, "old"), ("b/3", 4, None)]
    assert seen(2) == seen(None) == [("a/0", 1, "new"), ("b/3", 4, None)]
    assert store.waves_present(BOOK, 0, lake=lake) == ["a"] and store.waves_present(BOOK, lake=lake) == ["a", "b"]
    assert store.freshness(BOOK, 0, lake=lake) == date(2026, 1, 1) and store.freshness(BOOK, lake=lake) == date(
        2026, 1, 4
    )
    told = store.versions(BOOK, lake=lake)
    assert told["version"].to_list() == [2, 1, 0] and told["rows"].to_list() == [1, 1, 1]
    assert told["replaced"].to_list() == [1, 0, 0] and (told["codebook"] == BOOK.hash()).all()


def test_restore_brings_an_older_version_back(lake):
    put(lake, answers({"q": [5]}))
    put(lake, answers({"q": [4]}, batch="2", first=1))
    assert store.restore(BOOK, 0, lake=lake) == 2
    assert store.scan(BOOK, lake=lake).collect()["q"].to_list() == [5]
    assert sorted(store.scan(BOOK, version=1, lake=lake).collect()["q"].to_list()) == [4, 5]


def test_waves_in_the_codebooks_order(lake):
    put(lake, answers({"q": [5]}, wave="b"))
    put(lake, answers({"q": [4]}, wave="a", batch="2"))
    assert store.waves_present(BOOK, lake=lake) == ["a", "b"]
    assert store.scan(BOOK, ["b"], lake=lake).collect()["q"].to_list() == [5]
    assert store.scan(BOOK, "a", lake=lake).collect()["q"].to_list() == [4]


def test_folder_by_argument_environment_and_project(monkeypatch, tmp_path):
    from cemlab import paths

    monkeypatch.delenv("CEMLAB_LAKE", raising=False)
    assert store.lake_folder() == paths.lake_folder().resolve()
    monkeypatch.setenv("CEMLAB_LAKE", str(tmp_path / "x"))
    assert store.lake_folder() == (tmp_path / "x").resolve()
    assert store.lake_folder(tmp_path / "y") == (tmp_path / "y").resolve()


# laws


@given(st.lists(st.one_of(st.none(), st.sampled_from([*range(-3, 13), *MARKS.values()])), min_size=1))
def test_every_row_has_an_answer_or_a_reason(values):
    frame = answers({"q": values, "r": values}).lazy()
    found = apply_codebook(frame, BOOK).collect()
    for name in ("q", "r"):
        assert len(found) == len(values)
        assert (found[name].is_null() == found[f"{name}__why"].is_not_null()).all()


@given(st.lists(st.integers(1, 5), min_size=1))
def test_turning_twice_changes_nothing(values):
    once = apply_codebook(answers({"r": values}).lazy(), BOOK).collect()
    twice = apply_codebook(once.lazy(), BOOK).collect()
    assert twice["r"].to_list() == values


# two writers


def test_the_slower_of_two_writers_is_told(lake):
    put(lake, answers({"q": [5]}))
    put(lake, answers({"q": [4]}, batch="2", first=1), at=0)
    with pytest.raises(store.Busy):
        put(lake, answers({"q": [3]}, batch="3", first=1), at=0)
    with pytest.raises(store.Busy):
        put(lake, answers({"q": [3]}, batch="4"), at=None)
    assert store.current_version(BOOK, lake) == 1
    assert sorted(store.scan(BOOK, lake=lake).collect()["q"].to_list()) == [4, 5]


def test_overtaken_between_the_check_and_the_commit(lake, monkeypatch):
    """The commit itself notices: no retry of deltalake's own may slip a second answer in."""
    put(lake, answers({"q": [5]}))
    stale = store.opened(BOOK, lake=lake)
    put(lake, answers({"q": [4]}, batch="2", first=1))
    monkeypatch.setattr(store, "opened", lambda *args, **more: stale)
    with pytest.raises(store.Busy):
        put(lake, answers({"q": [3]}, batch="3", first=1), at=0)
    with pytest.raises(store.Busy):
        new = answers({"q": [3]}, batch="4")
        put(lake, new, at=0, replaced=new["_key"])
    monkeypatch.undo()
    assert sorted(store.scan(BOOK, lake=lake).collect()["q"].to_list()) == [4, 5]


def test_the_lock_lets_one_in_at_a_time(lake):
    inside, most = [], []

    def work():
        with store.locked(BOOK, lake):
            inside.append(1)
            most.append(len(inside))
            inside.pop()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert most == [1] * 8


# empty and wrong


def test_no_answers_yet(lake):
    with pytest.raises(ValueError, match="store s: no answers yet in 'lake'; take files in with `cemlab ingest"):
        store.scan(BOOK, lake=lake)


def test_unknown_wave_and_version(lake):
    put(lake, answers({"q": [5]}, wave="2026Q1"))
    with pytest.raises(
        ValueError, match=r"no answers of wave '2026Q2'. Did you mean '2026Q1'\? There are \['2026Q1'\]"
    ):
        store.scan(BOOK, "2026Q2", lake=lake)
    with pytest.raises(ValueError, match="store s: no version 7; there are 0 to 0"):
        store.scan(BOOK, version=7, lake=lake)
    with pytest.raises(ValueError, match="restore: s has no version 7; there is 0 to 0"):
        store.restore(BOOK, 7, lake=lake)


def test_a_column_keeps_its_type(lake):
    put(lake, answers({"q": [5]}))
    other = parse_codebook(
        TEXT.replace(
            "q: {role: outcome, scale: {low: 1, high: 5}, missing: {9: not_applicable, 0: no_answer}}",
            "q: {role: segment}",
        )
    )
    with pytest.raises(DataError, match="column 'q' is stored as number, the codebook now makes it something else"):
        put(lake, answers({"q": ["x"]}, first=1, book=other), book=other)
    assert store.current_version(BOOK, lake) == 0


def test_old_log_entries_are_never_cleaned_away(lake):
    put(lake, answers({"q": [5]}))
    settings = store.opened(BOOK, lake=lake).metadata().configuration
    assert settings["delta.enableExpiredLogCleanup"] == "false"

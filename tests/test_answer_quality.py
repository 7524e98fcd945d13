"""Faults planted in a study: each is found in the report's own table, and those that the codebook names enter no figure."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from cemlab.analyse.answer_quality import without_excluded
from cemlab.codebook import load_codebook
from cemlab.codebook_errors import CodebookError
from cemlab.collect.ingest import ingest
from cemlab.measure.scores import nps
from cemlab.report.driver_sections import quality
from cemlab.report.study import open_study

ITEMS = [f"t{j}" for j in range(5)]
BOOK = """
study: service_touchpoints
name: s
title: 研究
stages: {s: 阶段}
columns:
  id: {role: key, aliases: [编号]}
  phone: {role: person, aliases: [手机]}
  at: {role: time, aliases: [时间], formats: ["%Y-%m-%d %H:%M:%S"]}
  shop: {role: store, aliases: [门店]}
  duration: {role: operational, type: number, aliases: [用时]}
  recommend: {role: nps, aliases: [推荐], scale: {low: 0, high: 10}}
  overall: {role: outcome, aliases: [总体], scale: {low: 1, high: 5}}
""" + "".join(
    f"  {item}: {{role: touchpoint, stage: s, aliases: [{item}], scale: {{low: 1, high: 5}}}}\n" for item in ITEMS
)
CLEAN = 600
DUPLICATES, CONTRADICTIONS, FAST, STRAIGHT, EMPTY, BURST = 12, 9, 15, 20, 7, 10


def planted(seed=3):
    """600 clean answers, then the faults, each kind in answers of its own."""
    rng = np.random.default_rng(seed)

    def some(n):
        start = dt.datetime(2026, 9, 1, 9)
        frame = pd.DataFrame(rng.integers(2, 5, (n, 5)), columns=ITEMS).astype(object)
        frame.iloc[:, 0], frame.iloc[:, 1] = 2, 4  # nobody gives one answer throughout by chance
        moments = [start + dt.timedelta(minutes=int(m)) for m in rng.integers(0, 40_000, n)]
        return frame.assign(
            推荐=rng.integers(0, 10, n),
            总体=3,
            用时=rng.integers(90, 150, n),
            门店=rng.choice(["a", "b"], n),
            时间=moments,
        )

    clean = some(CLEAN)
    contradictions = some(CONTRADICTIONS).assign(推荐=10, 总体=1)
    fast = some(FAST).assign(用时=12)
    straight = some(STRAIGHT).assign(推荐=4, 总体=4, **dict.fromkeys(ITEMS, 4))
    empty = some(EMPTY).assign(**dict.fromkeys(ITEMS, ""))
    burst = some(BURST).assign(推荐=10, 门店="b", 时间=dt.datetime(2026, 9, 5, 3, 7, 20))
    data = pd.concat([clean, contradictions, fast, straight, empty, burst], ignore_index=True)
    data["手机"] = [f"1390000{i:04d}" for i in range(len(data))]
    again = clean.head(DUPLICATES).assign(手机=data["手机"].head(DUPLICATES), 时间=dt.datetime(2026, 9, 30, 12))
    data = pd.concat([data, again], ignore_index=True)
    return data.assign(编号=1000 + np.arange(len(data)))  # the first is the first by its key as text


@pytest.fixture
def study(tmp_path, monkeypatch):
    """Opens the study with the lines given added to its codebook."""
    monkeypatch.setenv("CEMLAB_HOME", str(tmp_path))
    monkeypatch.setenv("CEMLAB_KEY", str(tmp_path / "key"))
    path = tmp_path / "s.yml"
    path.write_text(BOOK, encoding="utf-8")
    planted().to_csv(tmp_path / "e.csv", index=False, encoding="utf-8-sig", date_format="%Y-%m-%d %H:%M:%S")
    ingest(tmp_path / "e.csv", path)

    def opened(more=""):
        path.write_text(BOOK.replace("columns:", f"{more}\ncolumns:"), encoding="utf-8")
        return open_study(path)

    return opened


def rows_of(block):
    """The table of checks: check -> (number, handling, effect on NPS)."""
    lines = [line.split("\t") for line in block.plain.split("\n")[2:]]
    return {line[0]: (int(line[1].replace(",", "")), line[3], float(line[4])) for line in lines if len(line) == 5}


def test_every_fault_is_found_and_all_answers_stay(study):
    opened = study()
    found = rows_of(quality(opened))
    counts = {name: n for name, (n, _, _) in found.items()}
    planted_counts = {DUPLICATES, CONTRADICTIONS, FAST, STRAIGHT, EMPTY, BURST}
    assert set(counts.values()) == planted_counts and len(counts) == 6
    assert {handling for _, handling, _ in found.values()} == {"保留"}
    total = CLEAN + DUPLICATES + CONTRADICTIONS + FAST + STRAIGHT + EMPTY + BURST
    assert opened.now.collect().height == total


def test_the_effect_is_the_difference_of_two_scores(study):
    opened = study()
    data = planted()
    whole = nps(data[["推荐"]], "推荐")["estimate"].item()
    rest = nps(data.loc[data["用时"] >= 40, ["推荐"]], "推荐")["estimate"].item()
    effects = {n: effect for n, _, effect in rows_of(quality(opened)).values()}
    assert effects[FAST] == pytest.approx(rest - whole, abs=0.05)


def test_what_the_codebook_leaves_out_enters_no_figure(study):
    opened = study("quality: {exclude: [duplicate, inconsistent, speeder], least_seconds: 40}")
    gone = DUPLICATES + CONTRADICTIONS + FAST
    data = planted()
    kept = data[(data["用时"] >= 40) & ~((data["推荐"] == 10) & (data["总体"] == 1))].iloc[: -DUPLICATES or None]
    assert opened.now.collect().height == len(kept) == len(data) - gone
    assert nps(opened.now, "recommend")["estimate"].item() == pytest.approx(
        nps(kept[["推荐"]], "推荐")["estimate"].item()
    )
    found = rows_of(quality(opened))
    assert [handling for _, handling, _ in found.values()].count("剔除") == 4  # three checks, and all of them together
    assert found["合计剔除"][0] == gone
    effect = nps(kept[["推荐"]], "推荐")["estimate"].item() - nps(data[["推荐"]], "推荐")["estimate"].item()
    assert found["合计剔除"][2] == pytest.approx(effect, abs=0.05)


def test_comments_are_those_of_the_answers_kept(study, tmp_path):
    """The first answer says nothing, the same again has a comment: it stays out with its words."""
    book = BOOK + "  words: {role: comment, aliases: [评论]}\n"
    (tmp_path / "c.yml").write_text(book.replace("name: s", "name: c"), encoding="utf-8")
    data = planted()
    data.assign(评论=["再来一次" if i >= len(data) - DUPLICATES else "" for i in range(len(data))]).to_csv(
        tmp_path / "c.csv", index=False, encoding="utf-8-sig", date_format="%Y-%m-%d %H:%M:%S"
    )
    ingest(tmp_path / "c.csv", tmp_path / "c.yml")
    written = open_study(tmp_path / "c.yml").rows.read("all", comments="written").collect()
    assert written.height == DUPLICATES
    leaving = book.replace("name: s", "name: c").replace("columns:", "quality: {exclude: [duplicate]}\ncolumns:")
    (tmp_path / "c.yml").write_text(leaving, encoding="utf-8")
    assert open_study(tmp_path / "c.yml").rows.read("all", comments="written").collect().is_empty()


def test_the_same_answers_in_the_next_wave_are_no_duplicate(study):
    book = study("quality: {exclude: [duplicate]}").codebook
    twice = pd.DataFrame(
        {"_key": ["1", "2", "3"], "_person": "p", "_wave": ["a", "b", "b"], "recommend": 9.0, "overall": 4.0}
    )
    assert without_excluded(twice, book).collect()["_key"].to_list() == ["1", "2"]


def test_speeders_are_left_out_only_by_a_time_that_is_named(tmp_path):
    path = tmp_path / "s.yml"
    path.write_text(BOOK.replace("columns:", "quality: {exclude: [speeder]}\ncolumns:"), encoding="utf-8")
    with pytest.raises(CodebookError, match="least_seconds"):
        load_codebook(path)
    path.write_text(BOOK.replace("columns:", "quality: {exclude: [burst]}\ncolumns:"), encoding="utf-8")
    with pytest.raises(CodebookError, match="exclude"):
        load_codebook(path)

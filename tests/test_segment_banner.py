"""Key figures by segment: bases, letters, index, and what is hidden."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import polars as pl
import pytest

from cemlab.codebook import load_codebook
from cemlab.report.segment_banner import WIDEST, figure, segment_banner, show_segment_banner

BOOK = """
study: service_touchpoints
name: s
title: {zh: 研究, en: Study}
privacy: {min_persons: 10}
stages:
  stay: {zh: 住店, en: Stay}
columns:
  id: {role: key}
  recommend: {role: nps, title: {zh: 推荐, en: Recommend}, scale: {low: 0, high: 10}}
  desk: {role: touchpoint, stage: stay, title: {zh: 前台, en: Desk}, scale: {low: 1, high: 5}}
  sex: {role: segment, title: {zh: 性别, en: Sex}, options: {1: {zh: 男<b>, en: Men}, 2: {zh: 女, en: Women}, 3: {zh: 其他, en: Other}}}
  city: {role: segment, title: {zh: 城市, en: City}}
"""


@pytest.fixture
def study(tmp_path):
    """400 women (desk: 60 % top), 200 men (30 %), 6 others; twenty cities."""
    path = tmp_path / "s.yml"
    path.write_text(BOOK, encoding="utf-8")
    top = [5.0] * 240 + [2.0] * 160 + [5.0] * 60 + [2.0] * 140 + [5.0] * 6
    answers = pl.DataFrame({
        "_key": [str(i) for i in range(606)], "_wave": "all",
        "recommend": np.tile([10.0, 9.0, 3.0], 202), "desk": top,
        "sex": ["2"] * 400 + ["1"] * 200 + ["3"] * 6, "city": [f"c{i % 20:02d}" for i in range(606)],
    })  # fmt: skip
    facts = {"lang": "zh", "weights": None, "person": None, "min_n": 30, "segments": ["sex"]}
    return SimpleNamespace(codebook=load_codebook(path), now=answers.lazy(), **facts)


def cell(cells, question, column):
    return cells[(cells["question"] == question) & (cells["column"] == column)].iloc[0]


def test_by_hand(study):
    """300 of 600 = 50 %; nobody is "other", which hides no one else; women 60 % (index 120), men 30 % (60), women above men at 95 %."""
    study.now = study.now.filter(pl.col("sex") != "3")
    cells = segment_banner(study, ["recommend", "desk"])
    women, men = cell(cells, "desk", "2"), cell(cells, "desk", "1")
    assert (women["n"], women["estimate"], men["estimate"]) == (400, 60, 30)
    assert (women["index"], men["index"]) == pytest.approx((120, 60))
    assert women["above"] == men["letter"] and men["above"] == ""
    assert (women["rest"], men["rest"]) == ("↑", "↓")
    assert set(cells[cells["question"] == "recommend"]["metric"]) == {"nps"}
    assert cells[cells["question"] == "recommend"]["index"].isna().all()  # NPS may be 0 or less: no index


def test_a_question_of_two_codes_shows_the_upper_one(study, tmp_path):
    path = tmp_path / "two.yml"
    path.write_text(BOOK.replace("low: 1, high: 5", "low: 0, high: 1"), encoding="utf-8")
    study.codebook = load_codebook(path)
    study.now = study.now.with_columns(desk=(pl.col("desk") == 5).cast(pl.Float64)).filter(pl.col("sex") != "3")
    assert cell(segment_banner(study, ["desk"]), "desk", "2")["estimate"] == 60


def test_small_groups_are_hidden(study):
    """6 others are too few; the 200 men go too, or the total less women and men would give the others away."""
    cells = segment_banner(study, ["desk"])
    for column in ("1", "3"):
        row = cell(cells, "desk", column)
        assert row["status"] in ("hidden", "not_estimable") and np.isnan(row["estimate"]) and np.isnan(row["index"])
    assert cell(cells, "desk", "2")["above"] == ""


def test_the_table_in_words(study, monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda block: shown.append(block))
    show_segment_banner(segment_banner(study, ["recommend", "desk"]), study, "一览", "注")
    page = shown[0]._repr_html_()
    assert "60.0 (119)" in page and "男&lt;b&gt;" in page and "<b>" not in page
    assert ">606</td>" in page and ">400</td>" in page  # bases
    assert "前台（%）" in page and "推荐（分）" in page


def test_many_segments_go_into_tables_of_their_own(study, monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda block: shown.append(block))
    study.segments = ["sex", "city"]
    show_segment_banner(segment_banner(study, ["desk"]), study, "一览", "注")
    pages = [block._repr_html_() for block in shown]
    assert len(pages) > 1 and "一览 1/" in pages[0]
    assert all(page.count('scope="col"') <= max(WIDEST, 20) + 1 for page in pages)
    assert "c00" in "".join(pages)


def test_nothing_to_show(study):
    assert segment_banner(study, []) is None
    study.segments = []
    assert segment_banner(study, ["desk"]) is None


def test_marks():
    base = {"unit": "percent", "index": 90.0, "banner_is_part": True, "rest": "↓", "above": "A"}
    assert figure(base | {"status": "low_base", "estimate": 45.0}) == "45.0* (90)<br><small>↓ A</small>"
    assert figure(base | {"status": "hidden", "estimate": np.nan}) == "—"
    assert figure(base | {"status": "not_estimable", "estimate": np.nan}) == "**"


def test_of_many_questions_those_without_a_difference_are_counted(study, monkeypatch):
    """Women and men differ on the desk, on nothing else; the recommendation stays whatever it shows."""
    from cemlab.report import segment_banner as banner

    study.now = study.now.filter(pl.col("sex") != "3")
    cells = segment_banner(study, ["recommend", "desk"])
    even = cells[cells["question"] == "recommend"].assign(question="even", above="", rest="")
    cells = pd.concat([cells, even], ignore_index=True)
    assert banner.worth_a_row(cells, ["sex"], study.codebook)[1] == 0  # three questions are not many
    monkeypatch.setattr(banner, "MANY", 2)
    rows, quiet = banner.worth_a_row(cells, ["sex"], study.codebook)
    assert rows["question"].unique().tolist() == ["recommend", "desk"] and quiet == 1

"""The employee sample and its codebook: units of every size, planted truth, dates as days, errors in one sentence."""

import polars as pl
import pytest

from cemlab.codebook import CodebookError, load_codebook, parse_codebook
from cemlab.collect.codes import as_days
from cemlab.sample_files_employee import write_employee_sample
from cemlab.simulate_employee import DIMENSIONS, ITEMS, LOW, REVERSED, employee_answers, organisation


@pytest.fixture(scope="module")
def answers():
    return employee_answers()


@pytest.fixture
def book(root):
    return load_codebook(root / "data" / "codebooks" / "employee_engagement.yml")


def favourable(rows, name):
    items = [i for i in ITEMS if i.startswith(name)]
    turned = [(6 - pl.col(i) if i in REVERSED else pl.col(i)) for i in items]
    return 100 * rows.select(pl.mean_horizontal([(t >= 4).cast(pl.Float64) for t in turned]).mean()).item()


def test_sixty_teams_of_3_to_400_in_three_levels():
    units = organisation()
    assert (len(units), units["team"].n_unique(), units["department"].n_unique()) == (60, 60, 18)
    assert (units["size"].min(), units["size"].max()) == (3, 400)


def test_what_is_planted_is_there(answers):
    now = answers.filter((pl.col("wave") == "2026") & (pl.col("answered") == 1))
    low = now["department"] == LOW[0]
    assert favourable(now.filter(low), LOW[1]) < favourable(now.filter(~low), LOW[1]) - 15
    then = answers.filter((pl.col("wave") == "2025") & (pl.col("answered") == 1))
    assert favourable(now, "recognition") > favourable(then, "recognition") + 7
    again = set(now["person"].to_list()) & set(then["person"].to_list())
    assert 0.5 < len(again) / len(then) < 0.8


def test_without_truth_units_and_waves_differ_by_chance(answers):
    noise = employee_answers(truth=False).filter(pl.col("answered") == 1)
    for name in DIMENSIONS:
        by_wave = [favourable(noise.filter(pl.col("wave") == wave), name) for wave in ("2025", "2026")]
        assert abs(by_wave[0] - by_wave[1]) < 5


def test_the_files_hold_what_the_door_must_stop(tmp_path):
    paths = write_employee_sample(tmp_path)
    text = paths[-1].read_text(encoding="utf-8-sig")
    assert "13800009876" in text and "工号是E104521" in text
    assert {p.name for p in tmp_path.iterdir()} == {
        "employee_engagement_2025.csv", "employee_engagement_2026.csv", "employee_engagement_customers.csv",
        "employee_engagement_dialogues.csv", "employee_engagement_actions.csv",
    }  # fmt: skip


def test_the_codebook_knows_every_column_of_the_sample(book):
    asked = book.employee_questions
    assert asked.items["leader"] == ["leader1", "leader2", "leader3", "leader4"]
    assert {item for items in asked.items.values() for item in items} == set(ITEMS)
    assert {i for i in ITEMS if book.columns[i].scale.reverse} == REVERSED


def test_dates_are_days_since_1970(book):
    made = as_days(pl.Series(["1970-01-02", "2026/9/1", "", "soon", "(空)"]), book.columns["left"])
    assert made.values.to_list()[:3] == [1.0, 20697.0, None]
    assert made.values[4] == -9902.0
    assert made.bad.to_list() == [False, False, False, True, False]


MISTAKES = {
    "organisation: [team]": ("organisation: [taem]", "'taem' is no column; did you mean 'team'"),
    "index: morale": ("index: mood", "'mood' is no dimension"),
    "items: [a, b]": ("items: [a, a]", "'a' stands in 'morale' already"),
    "staff: {left: left, until: 2026-01-31}": ("staff: {left: left}", "needs `until`"),
    "bands: [3, 4]": ("bands: [4, 3]", "must rise"),
}


@pytest.mark.parametrize("right", MISTAKES)
def test_mistakes_are_named(right):
    wrong, said = MISTAKES[right]
    text = """
study: employee_engagement
name: small
title: Small
employee_questions:
  organisation: [team]
  dimensions: {morale: {zh: 士气, items: [a, b]}}
  index: morale
  bands: [3, 4]
  staff: {left: left, until: 2026-01-31}
columns:
  team: {role: segment}
  a: {role: question, type: scale, scale: {low: 1, high: 5}}
  b: {role: question, type: scale, scale: {low: 1, high: 5}}
  left: {role: operational, type: date}
"""
    assert parse_codebook(text).employee_questions.index == "morale"
    with pytest.raises(CodebookError, match=said):
        parse_codebook(text.replace(right, wrong))

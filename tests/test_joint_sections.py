"""The section that shows ratings and comments side by side: gain told with and without one, refused where too few write."""

import re

import numpy as np
import polars as pl
import pytest

from cemlab.collect.ingest import ingest
from cemlab.report import joint_sections as both
from cemlab.report.comments import open_comments
from cemlab.report.study import open_study

BOOK = """
study: service_touchpoints
name: stays
title: {zh: 住店体验, en: Stays}
timezone: Asia/Shanghai
privacy: {min_persons: 10, comments_min: 10, retention_days: 365}
bases: {min_n: 30, low_n: 100}
minimum_effect: {nps: 3, share: 2, mean: 0.1}
lexicon: hotel
waves: {2026Q3: {title: {zh: 2026年第三季度, en: Q3 2026}, start: 2026-07-01, end: 2026-09-30}}
stages: {arrive: {zh: 抵店, en: Arrival}, stay: {zh: 住店, en: Stay}}
columns:
  number: {role: key}
  overall: {role: outcome, title: {zh: 总体满意度, en: Overall}, scale: {low: 0, high: 10}}
  checkin: {role: touchpoint, stage: arrive, title: {zh: 前台办理, en: Check-in}, scale: {low: 1, high: 5}}
  wifi: {role: touchpoint, stage: stay, title: {zh: 客房网络, en: Wi-Fi}, scale: {low: 1, high: 5}}
  said: {role: comment, title: {zh: 意见, en: Comment}}
"""
SAID = {1: "早餐很好吃，第{i}次来", -1: "早餐太难吃了，第{i}次来", 0: "和家里人一起来的，第{i}次"}


def answers(n=600, word=1.5, written=1.0, seed=1):
    """Overall is made of two ratings, `word` points of breakfast praised or blamed, and noise; `written` of them comment."""
    rng = np.random.default_rng(seed)
    checkin, wifi = rng.integers(1, 6, n), rng.integers(1, 6, n)
    sign = rng.choice([-1, 0, 1], n, p=[0.25, 0.5, 0.25])
    overall = np.clip(np.round(1 + 0.8 * checkin + 0.5 * wifi + word * sign + rng.normal(0, 1, n)), 0, 10)
    said = [SAID[s].format(i=i) if i < written * n else None for i, s in enumerate(sign)]
    return pl.DataFrame(
        {"number": range(n), "overall": overall.astype(int), "checkin": checkin, "wifi": wifi, "said": said}
    )


@pytest.fixture
def opened(tmp_path, monkeypatch):
    """A function from answers to opened comments, by way of a file and the store."""

    def take(rows, lang="zh"):
        monkeypatch.setenv("CEMLAB_HOME", str(tmp_path))
        monkeypatch.setenv("CEMLAB_KEY", str(tmp_path / "secret.key"))
        book = tmp_path / "stays.yml"
        book.write_text(BOOK, encoding="utf-8")
        rows.write_csv(tmp_path / "stays.csv")
        ingest([tmp_path / "stays.csv"], book)
        return open_comments(open_study(book, lang=lang))

    return take


@pytest.fixture
def shown(monkeypatch):
    """What the section displays: sentences as text, pictures as they are."""
    out = []
    monkeypatch.setattr("IPython.display.display", lambda item: out.append(getattr(item, "data", item)))
    return out


def test_a_planted_word_is_told_as_a_gain(opened, shown):
    """Breakfast moves the overall rating by 1.5 points either way: what comments add is about its part of the variance."""
    words = opened(answers())
    frames = both.show_joint(words)
    model = frames["joint_model"].set_index(["metric", "item"])
    gain = model.loc[("r_squared_gain", "words")]
    assert gain["ci_low"] > 0.1 and gain["n"] == 600
    assert {"rating:checkin", "checkin"} & set(frames["joint_drivers"]["item"])
    first, last = shown[0], shown[-1]
    assert "评论带有评分之外的信息" in first and "未见" not in first
    told = re.search(r"增加 (-?[\d.]+) 个百分点", first)
    assert float(told[1]) == pytest.approx(100 * gain["estimate"], abs=0.06)
    assert "只含写了评论又给出总体评价的 600 份答卷（本期 600 份的 100.0%）" in last
    mean = answers()["overall"].mean()
    assert f"均分 {mean:.2f}，本期全部为 {mean:.2f}" in last
    assert len(shown) == 3 and not any("{" in text for text in (first, last))


def test_words_that_mean_nothing_add_nothing(opened, shown):
    frames = both.show_joint(opened(answers(word=0.0, seed=3)))
    gain = frames["joint_model"].set_index(["metric", "item"]).loc[("r_squared_gain", "words")]
    assert gain["ci_low"] <= 0
    assert "未见评论带有评分之外的信息" in shown[0]


def test_drivers_are_called_by_name_and_kind(opened):
    words = opened(answers())
    found = both.fitted(words, draws=50)
    names = set(both.named(found, words)["item"])
    assert {"前台办理（评分）", "客房网络（评分）", "早餐餐饮（评论）"} <= names or any(
        name.startswith("早餐") and name.endswith("（评论）") for name in names
    )


def test_few_writers_get_one_sentence_and_no_model(opened, shown):
    """150 of 600 wrote: under 200."""
    words = opened(answers(written=0.25))
    assert words.written == 150 and not words.reason
    assert both.fitted(words) is None and both.show_joint(words) == {}
    assert len(shown) == 1 and "不足 200 份" in shown[0]


def test_without_comments_nothing_is_shown(opened, shown):
    words = opened(answers(written=0.05))
    assert words.reason == "few"
    assert both.show_joint(words) == {} and not shown


def test_one_rating_or_silent_comments_carry_no_model(opened):
    """With one touchpoint there is nothing to set beside comments; comments that judge no aspect leave no driver."""
    rows = answers()
    assert both.fitted(opened(rows.with_columns(pl.format("和家里人一起来的，第{}次", "number").alias("said")))) is None


def test_the_wording_stands_in_both_languages(opened, shown):
    both.show_joint(opened(answers(), lang="en"))
    assert "comments tell what ratings do not" in shown[0] and "percentage points" in shown[0]
    assert "it holds 600 answers only" in shown[-1]

"""The first screen and the checks of a report on reviews from a drafted codebook: what was not compared is not said to be equal."""

from dataclasses import replace

import exports_made as made
import polars as pl
import pytest

from cemlab.collect.draft import draft_codebook
from cemlab.collect.ingest import ingest
from cemlab.report import review_checks as rc
from cemlab.report import review_labels as rl
from cemlab.report.comments import open_comments
from cemlab.report.findings import findings
from cemlab.report.review_first import first_screen
from cemlab.report.review_sections import candidates
from cemlab.report.study import open_study

GOOD, BAD = "房间干净舒服，服务很好，下次再来第{i}次", "早餐太差很难吃，房间吵，非常失望第{i}次"


@pytest.fixture
def words(tmp_path, monkeypatch):
    """240 labelled reviews, 24 of them with the wrong label, six with one text, from file to opened comments."""
    monkeypatch.setenv("CEMLAB_HOME", str(tmp_path))
    monkeypatch.setenv("CEMLAB_KEY", str(tmp_path / "secret.key"))
    rows = [
        [int((i % 2 == 0) != (i < 24)), (BAD if i % 2 else GOOD).format(i=i if i > 5 else i % 2)] for i in range(240)
    ]
    file = tmp_path / "reviews.csv"
    file.write_text(made.text(["label", "review"], rows), encoding="utf-8")
    book = tmp_path / "book.yml"
    book.write_text(draft_codebook(file), encoding="utf-8")
    ingest([file], book)
    return open_comments(open_study(book))


def test_agreement_and_copies_by_hand(words):
    row = rl.label_agreement(words).iloc[0]
    assert (row["n"], row["estimate"]) == (240, pytest.approx(90.0))
    assert "一致的占 90.0%" in rl.label_sentences(words)
    assert "有 6 条（2.5%）" in rc.copies_sentence(words) and "来自 2 段文字" in rc.copies_sentence(words)
    assert rc.star_mix(words) is None and rc.conflicts(words) is None


def test_the_label_of_all_reviews_gives_its_own_figures(words):
    """Of 240 the 24 first are labelled the wrong way round: 12 praise as blame, 12 blame as praise; 120 each in all."""
    shares = rl.label_shares(words)
    assert shares["negative"]["estimate"] == pytest.approx(50)
    assert [shares[f"wrong_{side}"]["estimate"] for side in ("positive", "negative")] == pytest.approx([10, 10])
    text = rl.label_sentences(words)
    assert "按标签计，差评占 50.0%" in text and "净情感值 0.0 分" in text and "有 10.0% 被读成差评" in text


def test_labels_of_some_reviews_tell_agreement_only(words):
    part = pl.when(pl.int_range(pl.len()) < 100).then(pl.col("label_given")).alias("label_given")
    some = replace(words, data=words.data.with_columns(part))
    assert rl.label_shares(some) is None
    assert "n=100" in rl.label_sentences(some) and "按标签计" not in rl.label_sentences(some)


def test_what_was_not_compared_is_not_said_to_be_equal(words):
    said = findings(candidates(words), words.study.codebook)
    page = first_screen(words, said)
    text = page.html if hasattr(page, "html") else str(page._repr_html_())
    assert "未作比较检验" in text and "未见显著" not in text and "无需专项整改" not in text
    assert "净情感值最低的是“" in text and "先读“" in text


def test_groups_are_compared_by_the_label_where_all_have_one(words):
    """The 24 labelled the wrong way round change sides; where only some are labelled, groups are compared as read."""
    judged = rl.compared(words)
    assert (judged["opinion"] == 10).to_list() == (judged["given"] == "positive").to_list()
    assert (judged["given"] != judged["read"]).sum() == 24
    some = pl.when(pl.int_range(pl.len()) < 100).then(pl.col("label_given")).alias("label_given")
    part = replace(words, data=words.data.with_columns(some))
    assert rl.compared(part)["opinion"].to_list() == words.now["opinion"].to_list()

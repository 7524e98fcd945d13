"""The first screen and the checks of a report on reviews from a drafted codebook: what was not compared is not said to be equal."""

import exports_made as made
import pytest

from cemlab.collect.draft import draft_codebook
from cemlab.collect.ingest import ingest
from cemlab.report import review_checks as rc
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
    row = rc.label_agreement(words).iloc[0]
    assert (row["n"], row["estimate"]) == (240, pytest.approx(90.0))
    assert "一致的占 90.0%" in rc.agreement_sentence(words)
    assert "有 6 条（2.5%）" in rc.copies_sentence(words) and "来自 2 段文字" in rc.copies_sentence(words)
    assert rc.star_mix(words) is None and rc.conflicts(words) is None


def test_what_was_not_compared_is_not_said_to_be_equal(words):
    said = findings(candidates(words), words.study.codebook)
    page = first_screen(words, said)
    text = page.html if hasattr(page, "html") else str(page._repr_html_())
    assert "未作比较检验" in text and "未见显著" not in text and "无需专项整改" not in text
    assert "净情感值最低的是“" in text and "先读“" in text

"""Copied reviews: by hand, what is no copy, bursts, and the marks that leave one of each."""

import pandas as pd
import polars as pl
import pytest

from cemlab.text.copied_reviews import copied_reviews, copy_marks

PASTED = "酒店很好下次还来，大家都来住吧"


def reviews():
    """Six copies within three days and one later, two of another text, short and silent ones, and a phone number."""
    days = ["2026-05-01"] * 3 + ["2026-05-03"] * 3 + ["2026-06-20"]
    rows = [(PASTED, day, "ab"[i % 2]) for i, day in enumerate(days)]
    rows += [
        ("房间太小而且不隔音电话13800138000", "2026-05-02", "a"),
        ("房间太小，而且不隔音！电话13800138000", "2026-05-09", "a"),
    ]
    rows += [("很好", "2026-05-01", "a")] * 4 + [("此用户没有填写评价，系统默认好评", "2026-05-01", "a")] * 3
    return pl.DataFrame(rows, schema=["text", "_date", "source"], orient="row").with_columns(
        pl.col("_date").str.to_date()
    )


def test_copies_by_hand():
    out = copied_reviews(reviews(), "text", by="source")
    assert out["copies"].tolist() == [7, 2] and out["groups"].tolist() == [2, 1] and out["burst"].tolist() == [6, 0]
    assert out["text"][0] == PASTED and "13800138000" not in out["text"][1]
    assert (str(out["first"][0])[:10], str(out["last"][0])[:10]) == ("2026-05-01", "2026-06-20")


def test_marks_leave_one_of_each_text():
    marks = copy_marks(reviews(), "text")
    assert marks.to_list() == [False] + [True] * 6 + [False, True] + [False] * 7
    assert len(copied_reviews(reviews().filter(~marks), "text")) == 0


def test_nothing_to_find_and_no_dates():
    assert len(copied_reviews(pl.DataFrame({"text": ["房间很干净服务也很好", None, ""]}), "text")) == 0
    out = copied_reviews(pd.DataFrame({"text": [PASTED] * 6}), "text")
    assert out["copies"].tolist() == [6] and out["burst"].tolist() == [0] and out["first"].isna().all()
    with pytest.raises(ValueError, match=r"copied_reviews: no column \['txt'\]"):
        copied_reviews(reviews(), "txt")

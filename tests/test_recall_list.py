"""The list of customers to call back."""

import datetime as dt

import pandas as pd
import polars as pl
import pytest

from cemlab.analyse.recall_list import recall_list

DATA = pd.DataFrame({
    "_key": list("abcdef"),
    "_person": ["p1", "p2", "p2", None, "p4", "p5"],
    "_date": [dt.date(2026, 7, day) for day in (6, 7, 9, 8, 8, 1)],
    "recommend": [3, 6, 5, 0, 9, 2],
    "room": [1, 5, 2, 1, 5, 1],
    "wifi": [2, 1, None, 1, 5, 1],
    "words": ["请打13800138000找我，房间很吵", None, "x" * 80, "不好", "很好", "旧"],
    "ok": [1, 1, 1, 1, 1, 0],
})  # fmt: skip


def listed(data=DATA, **options):
    return recall_list(data, "recommend", at_most=6, **{"touchpoints": ["room", "wifi"], "comment": "words", **options})


def test_by_hand():
    """p5 (2), p1 (3), p2 with the later of two answers (5); d has no person; p4 is happy."""
    found = listed()
    assert found["person"].tolist() == ["p5", "p1", "p2"]
    assert found["case"].tolist() == ["f", "a", "c"]
    assert found["low_points"].tolist() == ["room|wifi", "room|wifi", "room"]
    assert found["due"].tolist() == [dt.date(2026, 7, 3), dt.date(2026, 7, 8), dt.date(2026, 7, 11)]
    assert found.attrs == {"without_person": 1, "not_listed": 0}


def test_reasons_are_masked_and_cut():
    reasons = listed(words=20)["reason"].tolist()
    assert "13800138000" not in "".join(reasons) and "[电话]" in reasons[1]
    assert reasons[2] == "x" * 20 + "…"


def test_week_consent_and_what_is_overdue():
    found = listed(pl.DataFrame(DATA).lazy(), since="2026-07-06", until="2026-07-12", consent="ok", today="2026-07-10")
    assert found["person"].tolist() == ["p1", "p2"]
    assert found["overdue"].tolist() == [True, False]


def test_the_longest_list_says_what_it_leaves_out():
    assert listed(most=1).attrs["not_listed"] == 2


def test_nobody_unhappy_gives_an_empty_list():
    found = listed(DATA.assign(recommend=10))
    assert len(found) == 0 and list(found) == list(listed())


def test_wording():
    with pytest.raises(ValueError, match=r"recall_list: no column \['_person'\]"):
        listed(DATA.drop(columns="_person"))

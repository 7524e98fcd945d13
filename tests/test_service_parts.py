"""Operational figures chosen by the codebook: waits, first contacts, complaints, response."""

import datetime as dt

import numpy as np
import polars as pl
import pytest
from pydantic import ValidationError

from cemlab.analyse.service_parts import complaints_over_time, operational_figures
from cemlab.codebook import load_codebook
from cemlab.codebook_service import Operations

BOOK = """
study: service_touchpoints
name: s
title: {{zh: 研究, en: Study}}
{operations}
columns:
  id: {{role: key}}
  recommend: {{role: nps, scale: {{low: 0, high: 10}}}}
  shop: {{role: store}}
  wait: {{role: operational}}
  served: {{role: operational}}
  contacts: {{role: operational}}
  complained: {{role: operational}}
  answered: {{role: operational}}
  spend: {{role: operational}}
"""
ALL_OF_THEM = "operations: {wait: wait, served: served, within: [2], contacts: contacts, complained: complained, answered: answered, amounts: [spend]}"


def book(tmp_path, operations=ALL_OF_THEM):
    path = tmp_path / "s.yml"
    path.write_text(BOOK.format(operations=operations), encoding="utf-8")
    return load_codebook(path)


@pytest.fixture
def answers():
    """2,000 customers over ten weeks; every hundredth complained, one in two answered."""
    n = 2000
    number = np.arange(n)
    return pl.DataFrame({
        "_key": number.astype(str), "_wave": "all", "recommend": np.where(number % 2, 9.0, np.nan),
        "_date": [dt.date(2026, 3, 2) + dt.timedelta(days=int(i % 70)) for i in number],
        "shop": np.where(number % 4, "a", "b"), "wait": np.where(number < 4, [1.0, 2.0, 2.0, 3.0][0:1] * n, np.nan),
        "served": 1.0, "contacts": np.where(number < 10, 1.0 + (number >= 6), np.nan),
        "complained": (number % 100 == 0).astype(float), "answered": (number % 2).astype(float), "spend": 100.0 + number % 2 * 5 + number % 7,
    }).with_columns(pl.Series("wait", [1.0, 2.0, 3.0, *[None] * (n - 3)]), pl.Series("served", [1.0, 0.0, 1.0, *[None] * (n - 3)]))  # fmt: skip


def test_each_by_hand(tmp_path, answers):
    found = operational_figures(answers.lazy(), book(tmp_path), by="shop")
    assert set(found) == {"wait", "first_contact", "complaints", "response", "nonresponse"}
    wait = found["wait"].set_index(["metric", "at"])["estimate"]
    assert wait["served_within", 2] == pytest.approx(100 / 3)  # one of three served at 1, one gave up at 2
    assert wait["wait", 0.5] == 3
    assert found["first_contact"].iloc[0][["estimate", "n"]].tolist() == [60, 10]
    complaints = found["complaints"].set_index("shop")
    assert complaints["estimate"].to_dict() == pytest.approx({"(all)": 10, "a": 0, "b": 40})
    assert complaints["n"].to_dict() == {"(all)": 2000, "a": 1500, "b": 500}
    assert complaints["level"].to_dict() == {"(all)": 0.95, "a": 0.998, "b": 0.998}
    assert complaints.loc["(all)", ["ci_low", "ci_high"]].tolist() == pytest.approx(
        [6.108, 15.445], abs=1e-3
    )  # 20 events
    response = found["response"].set_index("shop")
    assert response["estimate"].to_dict() == pytest.approx({"(all)": 50, "a": 100 * 1000 / 1500, "b": 0})
    assert response.index.tolist().count("(all)") == 1
    row = found["nonresponse"].iloc[0]
    assert row["difference"] == pytest.approx(5, abs=0.3) and (row["n"], row["n_reference"]) == (1000, 1000)


def test_only_what_the_codebook_names_and_the_data_hold(tmp_path, answers):
    assert operational_figures(answers.lazy(), book(tmp_path, "")) == {}
    assert set(operational_figures(answers.drop("wait", "contacts", "answered").lazy(), book(tmp_path))) == {
        "complaints"
    }
    few = answers.with_columns(answered=pl.when(pl.int_range(pl.len()) < 20).then(0.0).otherwise(1.0))
    assert "nonresponse" not in operational_figures(few.lazy(), book(tmp_path))


def test_complaints_by_week(tmp_path, answers):
    chart = complaints_over_time(answers.lazy(), book(tmp_path))
    assert chart["at"].tolist() == [f"2026-W{week:02d}" for week in range(10, 20)]
    assert chart["centre"].iloc[0] == pytest.approx(10)
    assert chart["n"].sum() == 2000 if "n" in chart else True
    assert complaints_over_time(answers.head(40).lazy(), book(tmp_path)) is None
    assert complaints_over_time(answers.drop("complained").lazy(), book(tmp_path)) is None


def test_wording():
    with pytest.raises(ValidationError, match="a waiting time and `served`"):
        Operations(wait="wait")
    with pytest.raises(ValidationError, match="name `answered`"):
        Operations(amounts=("spend",))


def test_a_named_column_must_be_operational(tmp_path):
    with pytest.raises(ValueError, match="recommend"):
        book(tmp_path, "operations: {complained: recommend}")
    with pytest.raises(ValueError, match="gone"):
        book(tmp_path, "operations: {complained: gone}")


@pytest.mark.parametrize("column", ["wait", "contacts", "complained", "answered", None])
def test_a_store_where_nothing_of_it_happened_this_month(tmp_path, answers, column):
    """A report of one store: nobody waited, complained or was asked. Nothing is known then; that is no 0 % and no error."""
    names = [column] if column else ["wait", "served", "contacts", "complained", "answered", "spend"]
    few = answers.head(20).with_columns(pl.lit(None, pl.Float64).alias(name) for name in names)
    found = operational_figures(few.lazy(), book(tmp_path), by="shop")
    part = {"wait": "wait", "contacts": "first_contact", "complained": "complaints", "answered": "response"}
    for name in [part[column]] if column else part.values():
        assert name not in found or not found[name]["estimate"].notna().any(), name
    if column != "wait" and column is not None:
        assert found["wait"]["n"].tolist() == [3] * len(found["wait"])

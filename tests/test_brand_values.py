"""Culture and values, price premium, and sales beside a brand's figures."""

import numpy as np
import pandas as pd
import pytest

from cemlab.analyse.brand_outcomes import outcome_relations, outcome_series
from cemlab.analyse.brand_rows import brand_plan, brand_rows
from cemlab.analyse.brand_values import price_premium, value_agreement, value_gaps
from cemlab.analyse.lagged_relation import effective_pairs, lagged_relation
from cemlab.checks import DataError
from cemlab.codebook import CodebookError, parse_codebook

BOOK = """
study: brand_health
name: small
title: {zh: 小研究}
brands: {a: {zh: 甲, own: true}, b: {zh: 乙}}
brand_questions:
  funnel: [knows, uses]
  users: uses
  values: [green]
  premium: paid
  outcomes: {table: sales.csv, period: day, value: sold, every: month, of: [knows]}
columns:
  number: {role: key}
  knows: {role: question, type: multiple, options: &both {a: {zh: 甲}, b: {zh: 乙}}}
  uses: {role: question, type: multiple, options: *both}
  green: {role: question, type: matrix, scale: {low: 1, high: 5}, rows: *both}
  paid: {role: operational, type: matrix, rows: *both}
"""


def answers(n=40):
    """Brand a: all know it, the first half use it; users answer 5, the others 2 but every fourth 4. Brand b: nobody knows it."""
    use = np.arange(n) < n // 2
    green = np.where(use, 5.0, np.where(np.arange(n) % 4 == 0, 4.0, 2.0))
    return pd.DataFrame({
        "_key": [f"k{i}" for i in range(n)], "_wave": "w", "knows__a": 1.0, "knows__b": 0.0,
        "uses__a": use.astype(float), "uses__b": 0.0, "green__a": green, "green__b": np.nan,
        "paid__a": np.where(use, 2.0, 1.0), "paid__b": np.nan,
    })  # fmt: skip


@pytest.fixture(scope="module")
def small():
    book = parse_codebook(BOOK, "small")
    data = answers()
    plan = brand_plan(data, book)
    return book, plan, brand_rows(data, book, plan)


def test_agreement_by_hand(small):
    """20 users and 5 of 20 others agree: 25 of 40."""
    _, plan, rows = small
    table = value_agreement(rows, plan).set_index("brand")
    assert table.loc["a", "estimate"] == pytest.approx(62.5)
    assert table.loc["a", "n"] == 40
    assert "b" not in table.index or table.loc["b", "n"] == 0


def test_users_against_those_who_only_know_the_brand(small):
    """100 % of users against 25 % of the others; nobody knows brand b, so it has no row."""
    _, plan, rows = small
    (row,) = value_gaps(rows, plan, min_n=10).to_dict("records")
    assert (row["brand"], row["estimate"], row["difference"]) == ("a", pytest.approx(100), pytest.approx(75))
    assert row["p_adjusted"] == row["p_value"] < 0.001
    assert value_gaps(rows, plan, min_n=30)["status"].tolist() == ["not_estimable"]


def test_premium_by_hand(small):
    _, plan, rows = small
    table = price_premium(rows, plan).set_index("brand")
    assert table.loc["a", "estimate"] == pytest.approx(1.5)
    assert table.loc["a", "metric"] == "premium"


def test_a_study_without_these_questions_has_none_of_the_figures():
    book = parse_codebook(BOOK.replace("  values: [green]\n  premium: paid\n", ""), "small")
    plan = brand_plan(answers(), book)
    rows = brand_rows(answers(), book, plan)
    assert value_agreement(rows, plan) is value_gaps(rows, plan) is price_premium(rows, plan) is None


def test_a_misspelt_statement_is_told_with_the_nearest_name():
    with pytest.raises(CodebookError, match=r"brand_questions.*values.*'gren'.*'green'"):
        parse_codebook(BOOK.replace("[green]", "[gren]"), "small")


# sales


def dated(months=14):
    """`months` months of 40 answers; the share that knows brand a rises by one person a month."""
    frames = []
    for m in range(months):
        day = pd.Timestamp(2025, 1, 15) + pd.DateOffset(months=m)
        part = answers().assign(_date=day.date(), knows__a=(np.arange(40) < 20 + m).astype(float), _wave="w")
        frames.append(part.assign(_key=[f"{m}-{k}" for k in part["_key"]]))
    return pd.concat(frames, ignore_index=True)


def sold(months=14, **changes):
    days = [(pd.Timestamp(2025, 1, 1) + pd.DateOffset(months=m)).date().isoformat() for m in range(months)]
    table = pd.DataFrame({"brand": "a", "day": days, "sold": [str(100 + m) for m in range(months)]})
    return table.assign(**changes)


@pytest.fixture(scope="module")
def monthly():
    book = parse_codebook(BOOK, "small")
    data = dated()
    plan = brand_plan(data, book)
    return brand_rows(data, book, plan), plan, book.brand_questions.outcomes


def test_series_by_hand(monthly):
    """20 of 40 in January 2025, 33 of 40 in February 2026; sales known one month longer leave a share missing."""
    rows, plan, outcomes = monthly
    series = outcome_series(rows, plan, outcomes, sold(15))
    assert series["period"].iloc[[0, 13, 14]].tolist() == ["2025-01", "2026-02", "2026-03"]
    assert series["knows"].iloc[[0, 13]].tolist() == pytest.approx([50.0, 82.5])
    assert np.isnan(series["knows"].iloc[14]) and series["outcome"].iloc[14] == 114


@pytest.mark.parametrize(
    "change, told",
    [
        ({"sold": "many"}, r"column 'sold' must hold numbers; 14 of 14 rows of 'a' do not \(such as 'many'\)"),
        ({"day": "soon"}, r"column 'day' must hold days such as 2026-07-01; 14 of 14"),
        ({"brand": "c"}, r"no row of brand 'a' in column 'brand'; there are \['c'\]"),
        ({"day": "2025-01-01"}, r"'a' stands more than once in month 2025-01"),
    ],
)
def test_what_is_wrong_with_sales_is_told(monthly, change, told):
    rows, plan, outcomes = monthly
    with pytest.raises(DataError, match=told):
        outcome_series(rows, plan, outcomes, sold(**change))


def test_changes_that_never_change_have_no_correlation(monthly):
    rows, plan, outcomes = monthly
    table = outcome_relations(outcome_series(rows, plan, outcomes, sold()), lags=1)
    assert set(table["status"]) == {"not_estimable"} and table["estimate"].isna().all()


def test_correlation_of_changes_as_numpy_gives_it():
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"period": range(40), "x": rng.normal(size=40).cumsum(), "y": rng.normal(size=40).cumsum()})
    table = lagged_relation(frame, "x", "y", lags=2).set_index("at")
    dx, dy = np.diff(frame["x"]), np.diff(frame["y"])
    for lag in (0, 1, 2):
        assert table.loc[lag, "estimate"] == pytest.approx(np.corrcoef(dx[: len(dx) - lag], dy[lag:])[0, 1])
    assert table["n"].tolist() == [39, 38, 37]
    assert ((table["ci_low"] < table["estimate"]) & (table["estimate"] < table["ci_high"])).all()


def test_effective_pairs_never_exceed_the_pairs_and_fall_with_inertia():
    rng = np.random.default_rng(4)
    white = rng.normal(size=200), rng.normal(size=200)
    slow = tuple(np.convolve(v, np.ones(8) / 8, "valid") for v in white)
    assert effective_pairs(*white) <= 200
    assert effective_pairs(*slow) < 0.4 * len(slow[0])


def test_unrelated_walks_are_rarely_called_related():
    """200 pairs of random walks: levels correlate above 0.5 often, changes are called related by chance only."""
    rng, called, level = np.random.default_rng(5), 0, 0
    for _ in range(200):
        x, y = rng.normal(size=(2, 30)).cumsum(axis=1)
        level += abs(np.corrcoef(x, y)[0, 1]) > 0.5
        called += (
            lagged_relation(pd.DataFrame({"period": range(30), "x": x, "y": y}), "x", "y", lags=0)["p_value"][0] < 0.05
        )
    assert level > 40
    assert called <= 20  # 10 expected at 5 %; above 20 has a chance under 0.2 %


def test_fewer_than_twelve_periods_give_no_figure():
    frame = pd.DataFrame({"period": range(12), "x": np.arange(12.0) ** 2, "y": np.arange(12.0) ** 3})
    table = lagged_relation(frame, "x", "y", lags=0)
    assert table["status"].tolist() == ["not_estimable"] and table["n"].tolist() == [11]


def test_wording_of_errors():
    frame = pd.DataFrame({"period": [1, 1], "x": [1.0, 2], "y": [1.0, 2]})
    with pytest.raises(ValueError, match="period '1' stands more than once"):
        lagged_relation(frame, "x", "y")
    with pytest.raises(ValueError, match="no column 'z'"):
        lagged_relation(frame, "z", "y")

"""Periods against the previous one, the same one last year, and a target."""

import datetime

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cemlab.checks import DataError
from cemlab.measure.compare import compare_waves
from cemlab.measure.festivals import align_year_ago, load_calendar
from cemlab.measure.period_codes import PERIODS, code, period_holding
from cemlab.measure.periods import compare_periods


def days(first, last, each=2):
    """Rows on every day, the score 9 on even days of the month and 3 on odd ones."""
    every = pd.date_range(first, last).repeat(each)
    return pd.DataFrame({"_date": every, "x": np.where(every.day % 2, 3.0, 9.0)})


YEARS = days("2024-01-01", "2025-02-15")


@pytest.fixture(scope="module")
def china(root):
    return root / "data" / "calendars" / "china.yml"


@pytest.mark.parametrize(
    "day, kind, expected",
    [
        ("2025-03-02", "day", "2025-03-02"),
        ("2025-03-02", "week", "2025-W09"),  # a Sunday: the week began on Monday 24 February
        ("2025-03-03", "week", "2025-W10"),
        ("2024-12-30", "week", "2025-W01"),
        ("2025-03-02", "month", "2025-03"),
        ("2025-03-02", "quarter", "2025-Q1"),
        ("2025-03-02", "year", "2025"),
    ],
)
def test_codes(day, kind, expected):
    assert code(period_holding(day, kind, "test")) == expected


def test_month_by_hand():
    """January 2025 against December and January 2024: 2 answers a day, so 62 on each side."""
    rows = compare_periods(YEARS, "x", as_of="2025-01-31").set_index("reference")
    assert rows["reference_period"].to_dict() == {"previous": "2024-12", "year_ago": "2024-01"}
    assert rows["n"].tolist() == [62, 62] and rows["n_reference"].tolist() == [62, 62]
    assert rows["difference"].tolist() == pytest.approx([0, 0])
    assert rows["period"].tolist() == ["2025-01"] * 2


def test_an_unfinished_period_is_set_against_as_many_days():
    """1 to 15 February: previous is 1 to 15 January, last year 1 to 15 February."""
    rows = compare_periods(YEARS, "x").set_index("reference")
    assert rows.loc["previous", "reference_period"] == "2025-01-01/2025-01-15"
    assert rows.loc["year_ago", "reference_period"] == "2024-02-01/2024-02-15"
    assert rows["n"].tolist() == rows["n_reference"].tolist() == [30, 30]
    assert rows["method"].str.endswith(";to-date:15d").all()


def test_a_week_last_year_is_52_weeks_before():
    rows = compare_periods(YEARS, "x", period="week", as_of="2025-02-09", against="year_ago", min_n=0)
    assert rows["reference_period"].tolist() == ["2024-W06"] and rows["n_reference"].tolist() == [14]


def test_target_by_hand():
    """31 days of 2 answers: 30 nines of 62 in the box against a target of 60 percent, by the score test."""
    rows = compare_periods(YEARS, "x", as_of="2025-01-31", metric="top_box", top=[9, 10], against="target", target=60)
    row = rows.iloc[0]
    share = 30 / 62
    assert row["estimate"] == pytest.approx(100 * share) and row["reference_estimate"] == 60
    assert row["p_value"] == pytest.approx(2 * stats.norm.sf(abs(share - 0.6) / np.sqrt(0.6 * 0.4 / 62)))
    assert row["reference_period"] == "" and np.isnan(row["n_reference"])


def test_mean_against_a_target_is_a_t_test():
    rng = np.random.default_rng(2)
    data = pd.DataFrame({"_date": datetime.date(2025, 1, 5), "x": rng.integers(1, 6, 80)})
    row = compare_periods(data, "x", metric="mean", against="target", target={"x": 3.2}).iloc[0]
    found = stats.ttest_1samp(data["x"], 3.2)
    assert row["p_value"] == pytest.approx(found.pvalue)
    limits = found.confidence_interval(0.95)
    assert (row["difference_low"], row["difference_high"]) == pytest.approx((limits.low - 3.2, limits.high - 3.2))


def test_stores_widen_the_error_against_a_target():
    rng = np.random.default_rng(3)
    store = np.repeat(np.arange(20), 20)
    x = np.clip(np.round(7 + 2 * rng.normal(size=20)[store] + rng.normal(size=400)), 0, 10)
    data = pd.DataFrame({"_date": datetime.date(2025, 1, 5), "x": x, "store": store.astype(str)})
    plain, clustered = (
        compare_periods(data, "x", metric="mean", against="target", target=7, cluster=c).iloc[0]
        for c in (None, "store")
    )
    means = data.groupby("store")["x"].mean()
    assert clustered["difference_se"] == pytest.approx(np.sqrt(means.var() / 20))
    assert clustered["p_value"] > plain["p_value"]


def test_periods_are_the_waves_they_hold():
    """Two whole months as waves give the same figures as the months."""
    rng = np.random.default_rng(4)
    data = pd.DataFrame({"_date": pd.Timestamp("2025-01-01") + pd.to_timedelta(rng.integers(0, 59, 800), "D")})
    data = data.assign(x=rng.integers(0, 11, 800), id=rng.integers(0, 400, 800), w=rng.uniform(1, 2, 800))
    data = data.assign(_wave=data["_date"].dt.month.astype(str))
    options = {"id": "id", "weights": "w"}
    period = compare_periods(data, "x", against="previous", as_of="2025-02-28", **options).iloc[0]
    wave = compare_waves(data, "x", current="2", previous="1", **options).iloc[0]
    for column in ("estimate", "difference", "difference_se", "p_value", "n", "n_reference"):
        assert period[column] == pytest.approx(wave[column])


def test_the_newest_periods_are_one_family():
    rows = compare_periods(YEARS, "x", period="month", periods=3, as_of="2025-01-31", against=["previous"])
    assert rows["period"].tolist() == ["2024-11", "2024-12", "2025-01"]
    assert rows["p_adjusted"].tolist() == pytest.approx([rows["p_value"].max()] * 3, abs=1)


def test_dates_as_text_time_or_date_and_other_engines_agree():
    one = compare_periods(YEARS, "x")
    text = YEARS.assign(_date=YEARS["_date"].dt.strftime("%Y-%m-%d"))
    date = pl.from_pandas(YEARS).with_columns(pl.col("_date").cast(pl.Date)).lazy()
    for other in (text, date):
        pd.testing.assert_frame_equal(one, compare_periods(other, "x"))


def test_festival_days_match_the_lunar_calendar(china):
    """Days of the calendar against the lunar tables of the package holidays, 2014 to 2027."""
    chinese = pytest.importorskip("holidays.calendars.chinese", reason="package holidays is not installed")
    lunar = chinese._ChineseLunisolar()
    names = {"spring_festival": "lunar_new_year", "mid_autumn": "mid_autumn", "dragon_boat": "dragon_boat"}
    found = {festival.code: festival.days for festival in load_calendar(china)}
    for festival, name in names.items():
        wanted = {year: getattr(lunar, f"{name}_date")(year)[0] for year in range(2014, 2028)}
        assert {year: day.date() for year, day in found[festival].items()} == wanted


def test_fixed_festivals_stand_on_their_day_in_every_year(china):
    fixed = {"labour_day": (5, 1), "national_day": (10, 1), "shopping_618": (6, 18), "double_eleven": (11, 11)}
    for festival in load_calendar(china):
        assert set(festival.days) == set(range(2014, 2028))
        if festival.code in fixed:
            assert {(day.month, day.day) for day in festival.days.values()} == {fixed[festival.code]}


def test_new_year_moves_last_years_window(china):
    """2025: New Year on 29 January; 2024: on 10 February. January 2025 begins 28 days before it, so 13 January 2024."""
    rows = compare_periods(YEARS, "x", as_of="2025-01-31", against="year_ago", calendar=china)
    assert rows["reference_period"].tolist() == ["2024-01-13/2024-02-12"]
    assert rows["method"].str.endswith(";aligned:spring_festival").all()
    assert rows["n_reference"].tolist() == [62]


@pytest.mark.parametrize(
    "current, plain, kind, expected",
    [
        (("2025-03-01", "2025-03-31"), ("2024-03-01", "2024-03-31"), "month", ""),  # no festival in either
        (("2025-01-01", "2025-03-31"), ("2024-01-01", "2024-03-31"), "quarter", ""),  # both hold the whole festival
        (("2025-10-01", "2025-10-31"), ("2024-10-01", "2024-10-31"), "month", ""),  # Mid-Autumn moves no month
        (("2025-09-29", "2025-10-05"), ("2024-09-30", "2024-10-06"), "week", "national_day"),
        (
            ("2024-01-01", "2024-01-31"),
            ("2023-01-01", "2023-01-31"),
            "month",
            "spring_festival",
        ),  # only last year's held it
    ],
)
def test_windows_move_only_where_it_helps(china, current, plain, kind, expected):
    window, plain = (tuple(map(pd.Timestamp, pair)) for pair in (current, plain))
    moved, festival = align_year_ago(window, plain, load_calendar(china), kind, "test")
    assert festival == expected
    assert (moved[1] - moved[0]) == (window[1] - window[0]) or not expected
    if not expected:
        assert moved == plain


@given(day=st.dates(datetime.date(2015, 1, 5), datetime.date(2027, 12, 20)), kind=st.sampled_from(list(PERIODS)))
def test_moving_never_makes_the_windows_less_alike(root, day, kind):
    festivals = load_calendar(root / "data" / "calendars" / "china.yml")
    now = period_holding(day, kind, "test")
    window = (now.start_time, now.end_time.normalize())
    years = {window[0].year, window[1].year}
    if max(years) > 2027 or min(years) - 1 < 2014:
        return
    plain = tuple(d - pd.Timedelta(days=364) for d in window)
    if min(plain).year < 2014:
        return
    moved, _ = align_year_ago(window, plain, festivals, kind, "test")

    def unlike(other):
        return sum(abs(f.days_in(*other) - f.days_in(*window)) for f in festivals if kind in f.align)

    assert unlike(moved) <= unlike(plain)


def test_a_year_the_calendar_lacks_stops_the_run(china):
    data = days("2027-01-01", "2028-02-29")
    with pytest.raises(ValueError, match=r"no day of 'spring_festival' in \[2028\]; add it"):
        compare_periods(data, "x", as_of="2028-01-31", calendar=china)


def test_nothing_last_year_keeps_its_row():
    rows = compare_periods(days("2025-01-01", "2025-01-31"), "x").set_index("reference")
    assert rows.loc["year_ago", "status"] == "not_estimable" and rows.loc["year_ago", "n_reference"] == 0


def test_errors_say_what_to_do(china):
    with pytest.raises(ValueError, match="`period` is 'moon'"):
        compare_periods(YEARS, "x", period="moon")
    with pytest.raises(ValueError, match="`against` is 'last'"):
        compare_periods(YEARS, "x", against=["last"])
    with pytest.raises(ValueError, match="no row has a date in column '_date' up to 2020-01-01"):
        compare_periods(YEARS, "x", as_of="2020-01-01")
    with pytest.raises(ValueError, match="nothing to compare"):
        compare_periods(YEARS, "x", against="target")
    with pytest.raises(ValueError, match="`periods` is 0"):
        compare_periods(YEARS, "x", periods=0)
    with pytest.raises(DataError, match="must hold days such as 2025-03-02"):
        compare_periods(YEARS.assign(_date="03/02/2025"), "x")
    with pytest.raises(DataError, match="festival 'f': needs `days`"):
        load_calendar({"festivals": {"f": {"days": ["soon"], "first": 0, "last": 1}}})
    with pytest.raises(DataError, match="one day a year"):
        load_calendar({"festivals": {"f": {"days": ["2025-01-01", "2025-02-01"], "first": 0, "last": 1}}})

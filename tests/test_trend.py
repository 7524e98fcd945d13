"""Control charts, from tables and from rows."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cemlab.checks import DataError
from cemlab.measure.capability import capability
from cemlab.measure.control import c4, control_limits, d2, d3
from cemlab.measure.run_rules import RULES, signals
from cemlab.measure.trend import control_chart


def marked(frame, words):
    """1-based points whose rule holds these words."""
    return (np.flatnonzero(frame["rule"].str.contains(words)) + 1).tolist()


def test_p_chart_by_hand():
    """Shares .1, .2, .3 of 100: centre .2, sigma .04."""
    found = control_limits([10, 20, 30], kind="p", sizes=[100] * 3)
    assert found["centre"].tolist() == pytest.approx([0.2] * 3)
    assert found["upper"].tolist() == pytest.approx([0.32] * 3) and found["lower"].tolist() == pytest.approx([0.08] * 3)


def test_laney_by_hand():
    """Z of the points -2.5, 0, 2.5: mean moving range 2.5, so sigma grows by 2.5 / 1.128."""
    found = control_limits([10, 20, 30], kind="laney_p", sizes=[100] * 3)
    assert found["sigma"][0] == pytest.approx(0.04 * 2.5 / 1.128379, rel=1e-6)


def test_constants_match_the_tables():
    """Montgomery's table of control chart factors, three and four decimals."""
    for n, mean, spread, factor in [(2, 1.128, 0.853, 0.7979), (4, 2.059, 0.880, 0.9213), (5, 2.326, 0.864, 0.9400)]:
        assert (d2(n), d3(n)) == pytest.approx((mean, spread), abs=6e-4)
        assert c4(n) == pytest.approx(factor, abs=6e-5)


def test_ewma_and_cusum_by_hand():
    """Values 2, 0 (sigma from mr 2 / d2): EWMA from the centre 1 with .2 is 1.2, then .96; CUSUM of z = -+ d2 / 2."""
    ewma = control_limits([2, 0], kind="ewma")
    assert ewma["statistic"].tolist() == pytest.approx([1.2, 0.96])
    z = d2(2) / 2
    cusum = control_limits([2, 0], kind="cusum")
    assert cusum["positive"].tolist() == pytest.approx([z - 0.5, max(0, z - 0.5 - z - 0.5)])
    assert cusum["negative"].tolist() == pytest.approx([0, 0.5 - z])


def test_run_rules_by_hand():
    flat = {"centre": 0.0, "lower": -3.0, "upper": 3.0, "sigma": 1.0, "rules": RULES, "run_length": 4}
    assert signals([4, 0, -4], **flat)[0].tolist() == ["beyond", "", "beyond"]
    assert signals([0.1, 0.2, 0.1, 0.2, 0.1], **flat)[0].tolist() == ["", "", "", "run", "run"]
    assert signals([2.5, -0.1, 2.5], **flat)[0].tolist() == ["", "", "zone2"]
    assert signals([1.5, -0.1, 1.5, 1.5, 1.5], **flat)[0].tolist() == ["", "", "", "", "zone1"]
    assert signals([-0.5, -0.3, -0.1, 0.1, 0.3, 0.5], **flat)[0].tolist()[-1] == "trend"
    assert signals([0.1, 0.2, np.nan, 0.1, 0.2], **flat)[0].tolist() == ["", "", "", "", "run"]
    assert signals([0.1, 0.2, 0.0, 0.1, 0.2], **flat)[0].tolist() == [""] * 5  # a point on the centre ends a run


@pytest.fixture(scope="module")
def qcc(oracle):
    """`control_charts`: tables, and what R's qcc 2.7 gives."""
    expected, folder = oracle("control_charts")
    groups = [g.to_numpy() for _, g in pd.read_csv(folder / "input.csv").groupby("sample")["value"]]
    single, p, u = (pd.read_csv(folder / f"input_{name}.csv") for name in ("i", "p", "u"))
    return expected["results"], {"groups": groups, "single": single["value"], "p": p, "u": u}


CHARTS = {  # result -> kind, table, options, largest deviation of the limits in sigma (exact d2 and d3 against qcc's three decimals)
    "xbar": ("xbar", "groups", {}, 4e-4),
    "xbar_uwave_sd": ("xbar", "groups", {"sigma": "S"}, 1e-8),
    "xbar_rmsdf": ("xbar", "groups", {"sigma": "pooled"}, 1e-8),
    "xbar_2sigma": ("xbar", "groups", {"sigmas": 2}, 4e-4),
    "R": ("R", "groups", {}, 4e-4),
    "S": ("S", "groups", {}, 1e-8),
    "individuals": ("individuals", "single", {}, 3 * 4e-4),
    "individuals_sd": ("individuals", "single", {"sigma": "sd"}, 1e-8),
    "p": ("p", "p", {}, 1e-8),
    "np": ("np", "p", {}, 1e-8),
    "u": ("u", "u", {}, 1e-8),
    "c": ("c", "u", {}, 1e-8),
}


@pytest.mark.parametrize("name", CHARTS)
def test_charts_match_qcc(qcc, name):
    """R package qcc 2.7: centre and points relative 1e-9, limits as listed, points beyond and runs of 7 exactly."""
    results, tables = qcc
    kind, table, options, tolerance = CHARTS[name]
    wanted, values = results[name], tables[table]
    if table in ("p", "u"):
        sizes = values.iloc[:, 1] if kind != "c" else None
        values = values.iloc[:, 0]
        options = {**options, "sizes": sizes}
    found = control_limits(values, kind=kind, run_length=7, **options)
    assert found["value"].tolist() == pytest.approx(wanted["statistics"], rel=1e-9)
    assert found["centre"][0] == pytest.approx(wanted["center"], rel=1e-9)
    for side, limit in (("lower", "lcl"), ("upper", "ucl")):
        assert found[side].to_numpy() == pytest.approx(
            np.atleast_1d(wanted[limit])[0], abs=tolerance * wanted["std_dev"]
        )
    assert marked(found, "outside") == sorted(np.atleast_1d(wanted["beyond"]).astype(int))
    assert marked(found, "row") == sorted(np.atleast_1d(wanted["runs"]).astype(int))


def test_ewma_and_cusum_match_qcc(qcc):
    """Qcc 2.7 ewma(lambda = .2), cusum(5, 1): EWMA relative 1e-9, sigma 4e-4; sums 4e-4 of a point; signals exactly."""
    results, tables = qcc
    found, wanted = control_limits(tables["groups"], kind="ewma"), results["ewma"]
    assert found["statistic"].tolist() == pytest.approx(wanted["y"], rel=1e-9)
    assert found["sigma"].tolist() == pytest.approx(wanted["sigma"], rel=4e-4)
    assert marked(found, "outside") == wanted["violations"]
    found, wanted = control_limits(tables["groups"], kind="cusum"), results["cusum"]
    assert found["positive"].tolist() == pytest.approx(wanted["positive"], rel=4e-4, abs=1e-3)
    assert found["negative"].tolist() == pytest.approx(wanted["negative"], rel=4e-4, abs=1e-3)
    assert marked(found, "outside") == sorted(wanted["violations_upper"] + wanted["violations_lower"])


def test_capability_matches_qcc(qcc):
    """Qcc 2.7 process.capability with the xbar sigma: relative 1e-8, limits as printed, 5e-4.

    Its limits of Cpm are left out: they take n (1 + d^2) / (1 + 2 d^2) degrees of freedom, where Patnaik's approximation
    of the noncentral chi-square has (1 + d^2)^2 above; the exact distribution decides below.
    """
    from scipy import stats

    results, _ = qcc
    wanted, chart = results["capability"], results["xbar"]
    low, high = wanted["spec"]
    found = capability(200, chart["center"], chart["std_dev"], lower=low, upper=high)
    values = np.array(wanted["indices"]["values"])
    assert found["estimate"].tolist() == pytest.approx(values[:, 0], rel=1e-8)
    limits = found[["low", "high"]].to_numpy()
    assert limits[:4] == pytest.approx(values[:4, 1:], rel=5e-4)
    off = ((chart["center"] - 74) / chart["std_dev"]) ** 2
    exact = stats.ncx2.ppf([0.025, 0.975], 200, 200 * off) / (200 * (1 + off))
    assert limits[4] == pytest.approx(values[4, 0] * np.sqrt(exact), rel=5e-4)
    with pytest.raises(ValueError, match="capability: needs lower < upper"):
        capability(200, 1, 1, lower=3, upper=2)


def answers(seed, *, days=140, each=60, drop=0, unrest=0.0):
    """Answers a day around NPS -5; the last 20 days lose `drop`; days move by `unrest`."""
    rng = np.random.default_rng(seed)
    day = np.repeat(np.arange(days), each)
    z = rng.normal(size=len(day)) + unrest * rng.normal(size=days)[day] - drop * (day >= days - 20)
    dates = pd.Timestamp("2025-01-06") + pd.to_timedelta(day, "D")
    return pd.DataFrame({"_date": dates, "x": np.clip(np.floor(7.2 + 2.5 * z), 0, 10)})


def test_score_chart_by_hand():
    """Two weeks of 40 answers: 20 and 30 promoters, the rest detractors; centre 25, variance 1 - .0625 a answer."""
    data = pd.DataFrame(
        {"_date": ["2025-03-05"] * 40 + ["2025-03-12"] * 40, "x": [9] * 20 + [1] * 20 + [10] * 30 + [0] * 10}
    )
    found = control_chart(data, "x", chart="shewhart")
    assert found["at"].tolist() == ["2025-W10", "2025-W11"] and found["value"].tolist() == pytest.approx([0, 50])
    assert found["centre"].tolist() == pytest.approx([25, 25])
    assert found["sigma"].tolist() == pytest.approx([100 * np.sqrt((1 - 0.0625) / 40)] * 2)
    assert found["upper"][0] == pytest.approx(25 + 3 * found["sigma"][0])


def test_a_share_chart_is_the_p_chart_of_its_table():
    data = answers(1, days=70)
    found = control_chart(data, "x", metric="top_box", scale=(0, 10), chart="shewhart", run_length=7)
    table = (
        data.assign(week=data["_date"].dt.strftime("%G-W%V"))
        .groupby("week")["x"]
        .agg([lambda x: (x >= 9).sum(), "size"])
    )
    wanted = control_limits(table.iloc[:, 0], kind="p", sizes=table["size"], run_length=7)
    for column in ("value", "centre", "lower", "upper", "sigma"):
        assert found[column].to_numpy() == pytest.approx(100 * wanted[column].to_numpy())
    assert found["signal"].tolist() == wanted["signal"].tolist()


def test_a_drop_is_signalled_and_a_stable_series_is_not():
    quiet, fallen = (control_chart(answers(2, drop=drop), "x", baseline=14) for drop in (0, 0.6))
    assert (quiet["signal"] == "").all()
    assert fallen["signal"].iloc[-3:].eq("beyond").sum() >= 2


def test_usual_unrest_between_days_does_not_alarm():
    """Days move by more than sampling: plain limits alarm on many days, the default on few."""
    data = answers(3, each=2000, unrest=0.15)
    plain, auto = (control_chart(data, "x", period="day", chart=c, rules=["beyond"]) for c in ("shewhart", "auto"))
    assert (plain["signal"] != "").mean() > 0.2
    assert (auto["signal"] != "").mean() < 0.05 and set(auto["chart"]) == {"laney"}


def test_false_alarms_of_a_stable_series_are_rare():
    """200 stable series of 20 weeks: a point beyond 3 sigma has chance .0027; 99.9 % binomial bound of 4,000 points."""
    rng = np.random.default_rng(7)
    weeks = pd.Timestamp("2025-01-06") + pd.to_timedelta(7 * np.repeat(np.arange(20), 50), "D")
    data = pd.DataFrame({"_date": np.tile(weeks, 200), "series": np.repeat(np.arange(200), 1000)})
    data["x"] = rng.choice([3, 8, 9], size=len(data), p=[0.3, 0.3, 0.4])
    found = control_chart(data, "x", by="series", rules=["beyond"], chart="shewhart")
    assert len(found) == 4000 and (found["signal"] != "").sum() <= 24


def test_weekdays_get_their_own_centre():
    data = answers(4, each=40)
    weekend = data["_date"].dt.day_of_week >= 5
    data["x"] = np.where(weekend, np.minimum(data["x"], 6), data["x"])
    plain, season = (control_chart(data, "x", period="day", season=s, chart="shewhart") for s in (None, "weekday"))
    assert (plain["signal"] != "").mean() > 0.2 and (season["signal"] != "").mean() < 0.05
    assert season.groupby(season["start"].dt.day_of_week)["centre"].nunique().eq(1).all()


def test_a_period_without_answers_keeps_its_row():
    data = answers(5, days=35)
    gap = data[~data["_date"].between("2025-01-13", "2025-01-19")]
    found = control_chart(gap, "x").set_index("at")
    assert found.loc["2025-W03", "n"] == 0 and found.loc["2025-W03", "status"] == "not_estimable"
    assert found.loc["2025-W03", ["value", "lower", "upper"]].isna().all() and found.loc["2025-W03", "signal"] == ""


def test_small_periods_take_no_part():
    data = pd.concat([answers(6, days=35), pd.DataFrame({"_date": [pd.Timestamp("2025-02-11")] * 5, "x": [0.0] * 5})])
    found = control_chart(data, "x")
    assert found["status"].tolist() == ["ok"] * 5 + ["not_estimable"]
    assert found["centre"][0] == control_chart(answers(6, days=35), "x")["centre"][0]


def test_missing_answers_and_dates_are_in_no_period():
    data = answers(8, days=14).astype({"x": float})
    data.loc[:9, "x"] = np.nan
    data.loc[10:19, "_date"] = pd.NaT
    assert control_chart(data, "x")["n"].sum() == len(data) - 20


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 999), chart=st.sampled_from(["auto", "shewhart", "laney", "individuals", "ewma"]))
def test_weights_of_one_and_order_of_rows_change_nothing(seed, chart):
    data = answers(seed, days=98, each=10).assign(w=2.5)
    one = control_chart(data, "x", chart=chart)
    two = control_chart(data.sample(frac=1, random_state=seed), "x", chart=chart, weights="w")
    pd.testing.assert_frame_equal(one, two, rtol=1e-9)
    assert ((one["lower"] <= one["centre"]) & (one["centre"] <= one["upper"])).all()


def test_engines_agree():
    data = answers(9, days=40)
    one = control_chart(data, "x", metric="mean", chart="cusum")
    lazy = pl.from_pandas(data).with_columns(pl.col("_date").cast(pl.Date)).lazy()
    pd.testing.assert_frame_equal(one, control_chart(lazy, "x", metric="mean", chart="cusum"), rtol=1e-9)


def test_errors_say_what_to_do():
    data = answers(10, days=20)
    with pytest.raises(ValueError, match="season='weekday' needs period='day'"):
        control_chart(data, "x", season="weekday")
    with pytest.raises(ValueError, match="at least 4 of each weekday in the baseline; the rarest has 2"):
        control_chart(data, "x", period="day", season="weekday")
    with pytest.raises(ValueError, match="`baseline` is 'W1'.*out of 2025-W02 to 2025-W04"):
        control_chart(data, "x", baseline="W1")
    with pytest.raises(ValueError, match="`chart` is 'ewna'.*Did you mean 'ewma'"):
        control_chart(data, "x", chart="ewna")
    with pytest.raises(ValueError, match="no row has a date in column '_date'"):
        control_chart(data.assign(_date=None).astype({"_date": "datetime64[ns]"}), "x")
    with pytest.raises(DataError, match="must hold days such as 2025-03-02; 1 distinct values do not"):
        control_chart(data.assign(_date="5 March"), "x")
    with pytest.raises(DataError, match=r"1 of 2 points are not counts on a positive size \(point 2 first\)"):
        control_limits([1, 5], kind="p", sizes=[4, 4])
    with pytest.raises(ValueError, match="kind='u' needs `sizes`"):
        control_limits([1, 5], kind="u")
    with pytest.raises(ValueError, match="`rules` is 'runs'"):
        control_limits([1, 5], kind="c", rules=["runs"])

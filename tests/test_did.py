"""Difference in differences: by hand, against R, laws, and what stops a run."""

import numpy as np
import pandas as pd
import pytest

from cemlab.analyse.did import difference_in_differences
from cemlab.checks import DataError

SHOPS = {"unit": "shop", "period": "week", "treated": "new"}


def shops(rows):
    return pd.DataFrame(rows, columns=["shop", "week", "sold", "new"])


FOUR = shops([("a", 1, 10, 0), ("a", 2, 15, 1), ("b", 1, 8, 0), ("b", 2, 9, 0)])


def drawn(units=30, weeks=6, effect=0.0, seed=1, switch=4):
    rng = np.random.default_rng(seed)
    shop, week = (v.ravel() for v in np.indices((units, weeks)))
    new = ((shop % 2 == 0) & (week >= switch - 1)).astype(int)
    sold = 50 + 10 * rng.normal(size=units)[shop] + week**1.5 + effect * new + rng.normal(size=units * weeks)
    return pd.DataFrame({"shop": shop, "week": week + 1, "sold": sold, "new": new})


def estimate(found, metric, method=None):
    rows = found.effects[found.effects["metric"] == metric]
    return rows[rows["method"] == method].iloc[0] if method else rows.iloc[0]


def test_by_hand():
    """(15 - 10) - (9 - 8) = 4, whatever the way."""
    found = difference_in_differences(FOUR, "sold", **SHOPS, placebo=0)
    for metric in ("two_by_two", "twfe", "att"):
        assert estimate(found, metric)["estimate"] == pytest.approx(4)
    assert found.fit == {"rows": 4, "dropped": 0, "units": 2, "periods": 2, "switched": 1, "left_out": 0}


def close(rows, wanted, errors, rel=1e-6, se=1e-4):
    assert rows["estimate"].tolist() == pytest.approx(wanted, rel=rel)
    assert rows["se"].tolist() == pytest.approx(errors, rel=se)


def test_against_r_one_regression(oracle):
    """Lm and sandwich on two groups and two years; fixest with effects of units and periods; sunab."""
    expected, folder = oracle("did")
    e, data = expected["results"], pd.read_csv(folder / "input.csv")
    columns = {"unit": "id", "period": "period", "first": "first", "placebo": 0}
    found = difference_in_differences(data, "y", **columns)
    close(found.effects[found.effects["metric"] == "twfe"], [e["twfe"]["estimate"]] * 2,
          [e["twfe"]["cluster_se"], e["twfe"]["iid_se"]])  # fmt: skip
    for metric, key in (("event", "event_study"), ("sunab", "sunab")):
        close(found.event_study[found.event_study["metric"] == metric], e[key]["estimate"], e[key]["cluster_se"])
    close(found.effects[found.effects["metric"] == "sunab"], [e["sunab"]["att"]], [e["sunab"]["att_se"]])
    w = e["two_by_two"]
    two = data[data["first"].isin([0, w["cohort"]]) & data["period"].isin(w["periods"])]
    rows = difference_in_differences(two, "y", **columns).effects
    errors = [w["cluster_se"], w["hc1_se"], w["classical"]["values"][-1][1]]
    close(rows[rows["metric"] == "two_by_two"], [w["estimate"]] * 3, errors)
    rows = difference_in_differences(two, "y", **columns, covariates=["x"]).effects
    row = rows[(rows["metric"] == "two_by_two") & (rows["method"] == "classical")]
    close(row, w["with_x"]["values"][-1][:1], w["with_x"]["values"][-1][1:2])


@pytest.mark.parametrize(
    "key, method", [("none", None), ("dr", "doubly_robust"), ("ipw", "weighting"), ("reg", "regression")]
)
def test_against_r_by_cohort_and_period(oracle, key, method):
    """did::att_gt and aggte. Of one error (mean over cohorts) R's own lies up to 0.4 % off: did 2.1.2 takes the first cohort's
    members for those of every cohort there; with that slip put in, the figures agree to the last digit.
    """
    expected, folder = oracle("did")
    e, data = expected["results"][f"att_gt_{key}"], pd.read_csv(folder / "input.csv")
    options = {"covariates": ["x"], "method": method} if method else {}
    found = difference_in_differences(data, "y", unit="id", period="period", first="first", placebo=0, **options)
    close(found.group_time, e["att"], e["se"])
    rows = found.effects
    for metric, name in (("cohort", "group"), ("since", "dynamic"), ("time", "calendar")):
        close(rows[rows["metric"] == metric], e[name]["att"], e[name]["se"])
        loose = 5e-3 if metric == "cohort" else 1e-4
        close(rows[rows["metric"] == f"by_{metric}"], [e[name]["overall"]], [e[name]["overall_se"]], se=loose)
    close(rows[rows["metric"] == "att"], [e["simple"]["overall"]], [e["simple"]["overall_se"]])


def test_what_all_gain_and_what_shops_differ_by_is_no_effect():
    data = drawn(effect=3)
    found = difference_in_differences(data, "sold", **SHOPS, placebo=199)
    moved = data.assign(sold=data["sold"] + 100 * data["week"] + 7 * data["shop"])
    again = difference_in_differences(moved, "sold", **SHOPS, placebo=0)
    assert estimate(found, "twfe")["estimate"] == pytest.approx(estimate(again, "twfe")["estimate"])
    assert estimate(found, "twfe")["ci_low"] < 3 < estimate(found, "twfe")["ci_high"]
    assert found.placebo["p_value"] <= 0.01
    assert found.trend["df"] == 2


def test_noise_is_seldom_an_effect():
    """Of 60 panels without an effect about three lie outside; more than nine would be one in a thousand."""
    rows = [estimate(difference_in_differences(drawn(16, 4, seed=s, switch=3), "sold", **SHOPS, placebo=0), "twfe", "cluster") for s in range(60)]  # fmt: skip
    assert sum(not r["ci_low"] < 0 < r["ci_high"] for r in rows) <= 9


def test_gaps_leave_a_unit_out_of_the_averages_only():
    data = drawn(effect=2).drop(index=3)
    data.loc[40, "sold"] = np.nan
    found = difference_in_differences(data, "sold", **SHOPS, placebo=99)
    assert found.fit["left_out"] == 2
    assert found.fit["dropped"] == 1
    assert found.placebo is None


def test_not_yet_switched_serve_as_controls():
    data = drawn(12, 6, effect=2)
    late = data["shop"] % 2 == 1
    data.loc[late & (data["week"] == 6), "new"] = 1
    with pytest.raises(DataError, match="0 of 12 units"):
        difference_in_differences(data.assign(new=0), "sold", **SHOPS)
    found = difference_in_differences(data, "sold", **SHOPS, controls="not_yet", placebo=0)
    assert estimate(found, "att")["ci_low"] < 2 < estimate(found, "att")["ci_high"]


@pytest.mark.parametrize(
    "data, message",
    [
        (pd.concat([FOUR, FOUR.head(1)]), r"1 of 5 rows repeat a unit and period; sum or average first"),
        (FOUR.assign(new=[1, 0, 0, 0]), r"1 units switch back \('new' turns from 1 to 0\)"),
        (FOUR.assign(new=[0, 2, 0, 0]), r"column 'new' must hold 0 and 1; 1 rows do not, e.g. 2"),
        (FOUR.assign(sold=["10", "many", "8", "9"]), r"column 'sold' must hold numbers; 1 of 4 rows do not"),
        (FOUR.assign(new=[0, 1, 0, 1]), r"2 of 2 units switch; some must, and some must not"),
        (FOUR[FOUR["week"] == 2], r"1 period; a switch needs one before and one after"),
    ],
)
def test_what_stops_a_run(data, message):
    with pytest.raises(DataError, match=message):
        difference_in_differences(data, "sold", **SHOPS)


def test_arguments():
    with pytest.raises(ValueError, match="give either `treated`.*or `first`"):
        difference_in_differences(FOUR, "sold", unit="shop", period="week")
    with pytest.raises(ValueError, match="no column"):
        difference_in_differences(FOUR, "sales", **SHOPS)

"""Waiting times with censoring."""

import gzip

import numpy as np
import pandas as pd
import polars as pl
import pytest

from cemlab.analyse.waiting import survival_curve, waiting_times
from cemlab.checks import DataError

SIX_MP = [6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
REMISSION = pd.DataFrame({"weeks": SIX_MP, "event": [1] * 9 + [0] * 12})


def test_by_hand():
    """Served at 1 and 3, given up at 2: still waiting 2/3 after 1, then 0 of 1 left after 3."""
    curve = survival_curve(pd.DataFrame({"t": [1, 2, 3], "s": [1, 0, 1]}), "t", "s")
    assert curve["at_risk"].tolist() == [3, 2, 1]
    assert curve["survival"].tolist() == pytest.approx([2 / 3, 2 / 3, 0])


def test_against_a_published_curve():
    """Freireich's 6-MP patients (Kalbfleisch and Prentice; R ``survfit``): survival and Greenwood errors as printed."""
    curve = survival_curve(REMISSION, "weeks", "event")
    curve = curve[curve["events"] > 0]
    assert curve["survival"].to_numpy() == pytest.approx([0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448], abs=5e-4)
    assert curve["se"].to_numpy() == pytest.approx([0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346], abs=5e-5)
    row = waiting_times(REMISSION, "weeks", "event", quantiles=[0.5]).iloc[0]
    assert (row["estimate"], row["ci_low"]) == (23, 13) and np.isnan(row["ci_high"])


def test_against_statsmodels():
    from statsmodels.duration.survfunc import SurvfuncRight

    rng = np.random.default_rng(1)
    data = pd.DataFrame({"t": rng.integers(0, 60, 500), "s": rng.integers(0, 2, 500)})
    other, curve = SurvfuncRight(data["t"], data["s"]), survival_curve(data, "t", "s")
    mine = curve[curve["events"] > 0]
    assert mine["survival"].to_numpy() == pytest.approx(other.surv_prob, rel=1e-9)
    assert mine["se"].to_numpy()[:-1] == pytest.approx(other.surv_prob_se[:-1], rel=1e-9)


def test_without_censoring_it_is_the_plain_share():
    data = pl.DataFrame({"t": [5.0, 10, 15, 40], "s": [True] * 4})
    found = waiting_times(data, "t", "s", within=[20], quantiles=[0.5]).set_index("metric")
    assert found.loc["served_within", "estimate"] == pytest.approx(75)
    assert found.loc["wait", "estimate"] == 10


def test_call_centre(shared):
    """February 1999: those who hang up are censored; leaving them out or counting them as served shortens the wait."""
    path = shared / "data" / "service" / "callcenter_anonymous_bank_feb1999.txt.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        calls = pd.read_csv(file, sep="\t", usecols=["q_time", "outcome"])
    calls["outcome"] = calls["outcome"].str.strip()
    assert calls["outcome"].value_counts().to_dict() == {"AGENT": 27162, "HANG": 5904, "PHANTOM": 278}
    queued = calls[(calls["q_time"] > 0) & (calls["outcome"] != "PHANTOM")]
    queued = queued.assign(served=(queued["outcome"] == "AGENT").astype(int))
    honest = waiting_times(queued, "q_time", "served", within=[60]).set_index(["metric", "at"])["estimate"]
    naive = waiting_times(queued[queued["served"] == 1], "q_time", "served").set_index(["metric", "at"])["estimate"]
    assert honest["wait", 0.5] > naive["wait", 0.5]
    assert 0 < honest["served_within", 60.0] < 100


def test_groups_and_a_quantile_out_of_reach():
    data = pd.DataFrame({"t": [1, 2, 3, 4], "s": [1, 1, 0, 0], "line": ["a", "a", "b", "b"]})
    found = waiting_times(data, "t", "s", by="line", quantiles=[0.5]).set_index("line")
    assert found["status"].to_dict() == {"a": "ok", "b": "not_estimable"}
    assert found["n"].to_dict() == {"a": 2, "b": 2} and found.loc["b", "n_eff"] == 0


def test_wording():
    data = pd.DataFrame({"t": [1, -2, 3], "s": [1, 1, 0]})
    with pytest.raises(DataError, match="missing or negative in 1 of 3 rows"):
        waiting_times(data, "t", "s")
    with pytest.raises(DataError, match=r"also holds \['2'\]"):
        waiting_times(data.assign(t=1, s=[1, 2, 0]), "t", "s")
    with pytest.raises(ValueError, match="`quantiles` holds 90"):
        waiting_times(data, "t", "s", quantiles=[90])


def test_where_nobody_waited_nothing_is_known():
    nobody = pd.DataFrame({"t": pd.Series([], dtype=float), "s": pd.Series([], dtype=float)})
    found = waiting_times(nobody, "t", "s", within=[5])
    assert found["status"].tolist() == ["not_estimable"] * 3 and found["n"].tolist() == [0, 0, 0]
    assert not found[["estimate", "se", "ci_low", "ci_high"]].notna().any(axis=None)
    assert len(survival_curve(nobody, "t", "s")) == 0

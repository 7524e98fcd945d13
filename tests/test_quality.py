"""Response quality."""

import datetime as dt

import numpy as np
import pandas as pd
import polars as pl
import pytest

from cemlab.measure.quality import quality_effects, quality_flags, without
from cemlab.measure.response import nonresponse, response_rate

ITEMS = [f"q{j}" for j in range(6)]


def answers(n=300, seed=1):
    rng = np.random.default_rng(seed)
    data = pd.DataFrame(rng.integers(1, 6, size=(n, 6)).astype(float), columns=ITEMS)
    data["recommend"] = rng.integers(0, 11, n)
    data["_key"], data["_person"] = [f"k{i:04d}" for i in range(n)], [f"p{i}" for i in range(n)]
    data["seconds"] = rng.normal(120, 15, n)
    data["store"] = rng.choice(["north", "south"], n)
    data["_at"] = [dt.datetime(2026, 7, 1, 9) + dt.timedelta(minutes=int(m)) for m in rng.integers(0, 20_000, n)]
    return data


def flagged(data, **options):
    out = quality_flags(data, ITEMS, **options).collect().to_pandas()
    return {c.removeprefix("doubt__"): np.flatnonzero(out[c]).tolist() for c in out if c.startswith("doubt__")}


def test_each_check_finds_what_was_planted_and_nothing_else():
    data = answers()
    twin = data.iloc[[0]].assign(_key="k9999")
    data.loc[3, ITEMS] = 4.0  # the same answer throughout
    data.loc[5, "seconds"] = 20.0
    data.loc[7, ITEMS[:4]] = np.nan
    data.loc[9, ["recommend", "q0"]] = [10, 1]
    others = (data["recommend"] >= 9) & (data["q0"] <= 1) & (data.index != 9)
    data.loc[others, "q0"] = 3.0
    data = pd.concat([data, twin], ignore_index=True)
    found = flagged(data, duration="seconds", pairs=[("recommend", 9, 10, "q0", 1, 1)])
    assert found == {"duplicate": [300], "straight_line": [3], "speeder": [5], "unanswered": [7], "inconsistent": [9]}


def test_not_applicable_is_no_gap():
    data = answers(50)
    data.loc[0, ITEMS[:4]] = np.nan
    for item in ITEMS:
        data[f"{item}__why"] = np.where(data[item].isna(), "not_applicable", None)
    assert flagged(data)["unanswered"] == []


def test_a_burst_of_praise_in_one_store_is_found_and_an_even_flow_is_not():
    data = answers(400)
    data["recommend"] = 10
    assert flagged(data, praise=("recommend", 10), burst_by="store")["burst"] == []
    data.loc[:9, ["store", "_at"]] = ["north", dt.datetime(2026, 7, 3, 14, 2, 30)]
    assert flagged(pl.DataFrame(data), praise=("recommend", 10), burst_by="store")["burst"] == list(range(10))


def test_effects_by_hand():
    """Four 10s and a repeated 0: NPS 33.3 of six rows with the 0 twice, 60 without the repetition."""
    data = pd.DataFrame(
        {
            "_key": list("abcdef"),
            "_person": list("pqrsuu"),
            "q": [5, 5, 5, 5, 1, 1],
            "recommend": [10, 10, 10, 10, 0, 0],
        }
    )
    found = quality_effects(quality_flags(data, "q"), "recommend", exclude=["duplicate"]).set_index("check")
    assert found.loc["(all)", "estimate"] == pytest.approx(100 / 3)
    assert found.loc["duplicate", ["n", "estimate"]].tolist() == pytest.approx([1, 60])
    assert found.loc["(excluded together)", "effect"] == pytest.approx(60 - 100 / 3)
    assert len(without(quality_flags(data, "q"), ["duplicate"]).collect()) == 5


def test_straight_lines_alone_never_exclude():
    with pytest.raises(ValueError, match="all 10s can be real"):
        quality_effects(quality_flags(answers(), ITEMS), "recommend", exclude=["straight_line"])


def test_response_rate_and_nonresponse():
    rng = np.random.default_rng(3)
    invited = pd.DataFrame({"answered": [1] * 200 + [0] * 800, "channel": ["sms", "app"] * 500})
    invited["spend"] = np.where(invited["answered"] == 1, 120, 100) + rng.normal(0, 20, 1000)
    rates = response_rate(invited, "answered", by="channel").set_index("channel")
    assert rates.loc["(all)", ["estimate", "n"]].tolist() == [20, 1000]
    assert set(rates.index) == {"(all)", "sms", "app"}
    row = nonresponse(invited, "answered", "spend").iloc[0]
    assert row["difference"] == pytest.approx(20, abs=4) and row["p_value"] < 1e-6
    assert row["reference"] == "silent"


def test_wording():
    with pytest.raises(ValueError, match=r"quality_flags: no column \['q9'\]"):
        quality_flags(answers(), [*ITEMS, "q9"])
    with pytest.raises(ValueError, match="`burst_by` needs `praise`"):
        quality_flags(answers(), ITEMS, burst_by="store")

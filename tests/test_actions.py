"""Recommended actions: only from rows that stand, each with evidence, gain and its uncertainty."""

import numpy as np
import pandas as pd
import pytest

from cemlab.analyse.actions import COLUMNS, EACH, recommended_actions
from cemlab.analyse.waiting_curve import falls_faster, waiting_curve

EXPERIENCES = pd.DataFrame(
    {
        "item": ["wifi", "food"],
        "performance": [3.5, 4.1],
        "shortfall": [0.7, 0.1],
        "gain": [0.30, 0.10],
        "gain_low": [0.25, 0.02],
        "gain_high": [0.35, 0.18],
        "reach": [80.0, 60.0],
        "cost": [2.0, 1.0],
    }
)
STORES = pd.DataFrame(
    {
        "shop": ["a", "b", "c", "d"],
        "item": "recommend",
        "estimate": [-10.0, 60.0, 20.0, 0.0],
        "n": [100, 100, 300, 500],
        "target": 25.0,
        "shrunken": [-5.0, 55.0, 20.0, 5.0],
        "shrunken_low": [-15.0, 45.0, 15.0, 0.0],
        "shrunken_high": [5.0, 65.0, 25.0, 10.0],
        "signal": ["beyond_998", "beyond_998", "", "beyond_95"],
        "status": ["ok", "ok", "ok", "ok"],
    }
)


def waits(after, n=4000, seed=1):
    """Rating 8 up to 10 minutes, then `after` a minute."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(0, 20, n)
    return pd.DataFrame({"wait": x, "desk": 8 + after * np.maximum(x - 10, 0) + rng.normal(0, 0.5, n)})


@pytest.fixture(scope="module")
def knee():
    return waiting_curve(waits(-0.2), "wait", "desk", draws=100)[1]


def test_a_touchpoint_by_hand():
    row = recommended_actions(outcome="overall", experiences=EXPERIENCES, named=["wifi"]).iloc[0]
    assert (row["kind"], row["item"], row["gain_item"], row["figure"]) == ("improve", "wifi", "overall", 3.5)
    assert row["target"] == pytest.approx(4.2)
    assert row[["gain", "gain_low", "gain_high", "reach", "cost"]].tolist() == [0.30, 0.25, 0.35, 80, 2]


def test_a_store_by_hand():
    """a: a tenth of the answers, 30 below the centre by its shrunken score: 3 points of the whole (2 to 4)."""
    table = recommended_actions(stores=STORES, store="shop")
    assert table["group"].tolist() == ["a", "d"]  # b lies above, c inside
    assert table.loc[0, ["gain", "gain_low", "gain_high", "reach"]].tolist() == pytest.approx([3, 2, 4, 10])
    assert table["evidence"].tolist() == ["beyond_998", "beyond_95"]


def test_a_wait_is_worth_what_the_time_beyond_its_knee_costs(knee):
    """Half wait beyond 10 minutes, 5 minutes more on average: 0.5 x 5 x 0.2 = 0.5 points."""
    row = recommended_actions(knees={"wait": knee}).iloc[0]
    assert (row["kind"], row["item"], row["gain_item"]) == ("wait", "wait", "desk")
    assert row["gain_low"] < 0.5 < row["gain_high"]
    assert row["gain"] == pytest.approx(0.5, abs=0.06)
    assert row["reach"] == pytest.approx(50, abs=4)
    assert row["low"] < 10 < row["high"]


def test_no_knee_or_a_fall_that_slows_down_is_no_action():
    line = waiting_curve(waits(0.0), "wait", "desk", draws=50)[1]
    slows = waits(0.2).assign(desk=lambda d: d["desk"] - 0.3 * d["wait"])
    slows = waiting_curve(slows, "wait", "desk", draws=50)[1]
    assert slows.set_index("metric").loc["knee", "status"] == "ok"
    assert not falls_faster(line) and not falls_faster(slows)
    assert not len(recommended_actions(knees={"a": line, "b": slows}))


def test_every_action_has_evidence_and_a_gain_inside_its_interval(knee):
    table = recommended_actions(
        outcome="overall", experiences=EXPERIENCES, named=["wifi", "food"], stores=STORES, store="shop",
        knees={"wait": knee},
    )  # fmt: skip
    assert table["kind"].tolist() == ["improve", "improve", "wait", "visit", "visit"]
    assert table[["evidence", "gain_item"]].notna().all().all()
    assert (table["gain_low"] <= table["gain"]).all() and (table["gain"] <= table["gain_high"]).all()
    assert table["reach"].between(0, 100).all()


def test_nothing_to_go_by_gives_no_row_and_many_stores_are_cut_off():
    assert list(recommended_actions().columns) == COLUMNS and not len(recommended_actions())
    assert not len(recommended_actions(experiences=EXPERIENCES, named=[]))
    hidden = STORES.assign(status="hidden", signal="")
    assert not len(recommended_actions(stores=hidden, store="shop"))
    many = pd.concat([STORES.iloc[[0]]] * 20, ignore_index=True)
    assert len(recommended_actions(stores=many, store="shop")) == EACH


def test_first_contacts_by_hand():
    """A quarter came again and rates 0.8 lower: 0.2 points of the whole."""
    gap = {"item": "overall", "estimate": 4.2, "reference_estimate": 3.4, "n": 300, "n_reference": 100}
    gap |= {"difference": 0.8, "difference_low": 0.4, "difference_high": 1.2}
    row = recommended_actions(contacts=pd.DataFrame([gap])).iloc[0]
    assert (row["kind"], row["gain_item"], row["figure"], row["target"]) == ("resolve", "overall", 3.4, 4.2)
    assert row[["gain", "gain_low", "gain_high", "reach"]].tolist() == pytest.approx([0.2, 0.1, 0.3, 25])
    assert not len(recommended_actions(contacts=pd.DataFrame([gap | {"difference_low": -0.1}])))


def test_complaints_by_hand():
    """Shop a: 20 of 1,000 against 10 in total, a tenth of the customers: 1 complaint per 1,000 less in total."""
    rows = [("(all)", 10.0, 9.0, 11.0, 10_000), ("a", 20.0, 14.0, 28.0, 1000), ("b", 12.0, 8.0, 17.0, 1000)]
    table = pd.DataFrame(rows, columns=["shop", "estimate", "ci_low", "ci_high", "n"])
    table = table.assign(item="complaints", status="ok")
    made = recommended_actions(complaints=table, store="shop")
    assert made["group"].tolist() == ["a"]
    assert made.loc[0, ["gain", "gain_low", "gain_high", "reach"]].tolist() == pytest.approx([-1, -1.8, -0.4, 10])
    assert not len(recommended_actions(complaints=table.assign(status="hidden"), store="shop"))


def test_a_group_is_listened_to_only_where_the_report_claims_it():
    said = {"kind": "group", "cut": "purpose", "group": "business", "item": "recommend", "unit": "points"}
    said |= {"estimate": 5.0, "difference": -28.0, "difference_low": -36.0, "difference_high": -20.0}
    said = pd.DataFrame([said | {"n": 400, "n_reference": 600, "verdict": "claim"}])
    row = recommended_actions(groups=said).iloc[0]
    assert (row["kind"], row["group"], row["figure"], row["target"]) == ("listen", "purpose=business", 5, 33)
    assert row[["gain", "gain_low", "gain_high", "reach"]].tolist() == pytest.approx([11.2, 8, 14.4, 40])
    assert not len(recommended_actions(groups=said.assign(verdict="not_significant")))
    assert not len(recommended_actions(groups=said.assign(difference=28.0)))

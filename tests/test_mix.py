"""Scores over time with the mix of stores held level."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cemlab.measure.mix import level_mix
from cemlab.measure.sums import SUMS
from cemlab.measure.trend import control_chart


def sums(rows):
    """Sums of points by store and period from (store, period, value) rows of weight 1."""
    frame = pd.DataFrame(rows, columns=["store", "period", "x"]).assign(item="q")
    keys = ["item", "store", "period"]
    out = frame.groupby(keys)["x"].agg(["count", "sum", lambda x: (x**2).sum()]).reset_index()
    out.columns = [*keys, "n", "wx", "wxx"]
    full = out.assign(w=out["n"], w2=out["n"], w2x=out["wx"], w2xx=out["wxx"])
    return full.assign(**{name: 0.0 for name in SUMS if name not in full})


def means(table):
    return (table.set_index("period")["wx"] / table.set_index("period")["w"]).to_dict()


def test_by_hand():
    """Good store 10, bad store 0; period 2 has only the bad one more often. Nothing really changed."""
    rows = [("good", 1, 10)] * 3 + [("bad", 1, 0)] + [("good", 2, 10)] + [("bad", 2, 0)] * 3
    assert means(level_mix(sums(rows), "store", ["item", "period"])) == pytest.approx({1: 5, 2: 5})


def test_a_store_that_changes_still_shows():
    """Both stores stand at 0 and 10 (means 5 over all); in period 2 both fall by 4."""
    rows = [(s, p, v - 4 * (p == 2)) for s, v in (("a", 0), ("b", 10)) for p in (1, 2) for _ in range(5)]
    found = means(level_mix(sums(rows), "store", ["item", "period"]))
    assert found[1] - found[2] == pytest.approx(4)


def test_the_spread_is_that_about_the_shifted_mean():
    rows = [("good", 1, 10), ("good", 1, 8), ("bad", 1, 0), ("good", 2, 9), ("bad", 2, 1), ("bad", 2, 2)]
    before = sums(rows).groupby("period")[SUMS].sum()
    after = level_mix(sums(rows), "store", ["item", "period"]).set_index("period")
    for table in (before, after):
        table["var"] = table["wxx"] / table["w"] - (table["wx"] / table["w"]) ** 2
    assert after["var"].to_numpy() == pytest.approx(before["var"].to_numpy())
    assert after["w2xx"].to_numpy() == pytest.approx(after["wxx"].to_numpy())  # all weights are 1


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(1, 3), st.integers(-100, 100)), min_size=1, max_size=40))
def test_the_whole_keeps_its_mean(rows):
    before, after = sums(rows), level_mix(sums(rows), "store", ["item", "period"])
    assert after["wx"].sum() == pytest.approx(before["wx"].sum(), abs=1e-6)
    assert after[["n", "w", "w2"]].sum().tolist() == before[["n", "w", "w2"]].sum().tolist()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 3), st.integers(-100, 100)), min_size=1, max_size=30))
def test_one_store_has_no_mix(rows):
    one = sums([("a", *row) for row in rows])
    after = level_mix(one, "store", ["item", "period"])
    assert after["wx"].to_numpy() == pytest.approx(one.groupby("period")["wx"].sum().to_numpy(), abs=1e-6)


def test_a_changing_mix_raises_no_alarm_in_the_chart():
    """30 days; on the last five the weak store has most of the answers. Without `mix` they signal, with it they do not."""
    rng, rows = np.random.default_rng(5), []
    for day in pd.date_range("2026-03-01", periods=30):
        weak = 350 if day >= pd.Timestamp("2026-03-26") else 100
        rows.append(pd.DataFrame({"_date": day.date(), "store": "weak", "q": rng.choice([2, 9], weak, p=[0.7, 0.3])}))
        rows.append(pd.DataFrame({"_date": day.date(), "store": "good", "q": rng.choice([2, 9], 200, p=[0.2, 0.8])}))
    data = pd.concat(rows, ignore_index=True)
    options = {"period": "day", "metric": "nps", "rules": ("beyond",), "chart": "shewhart"}
    plain, level = (control_chart(data, "q", mix=mix, **options) for mix in (None, "store"))
    assert plain["signal"].iloc[-5:].all() and not level["signal"].iloc[-5:].any()
    assert level["n"].tolist() == plain["n"].tolist()


def test_an_unknown_column_is_named():
    data = pd.DataFrame({"_date": ["2026-03-01"], "q": [9]})
    with pytest.raises(ValueError, match="shop"):
        control_chart(data, "q", metric="nps", mix="shop")

"""Funnel plots, shrunken ranks."""

import numpy as np
import pandas as pd
import pytest

from cemlab.analyse.funnel_plot import funnel_curve, funnel_plot, overdispersion
from cemlab.checks import DataError


def stores(shares, n, seed=None):
    """Answers 1 (satisfied) or 0 of stores with these shares; exact without a seed."""
    rng = np.random.default_rng(seed)
    rows = []
    for i, (share, size) in enumerate(zip(shares, np.broadcast_to(n, len(shares)), strict=True)):
        hits = int(round(share * size)) if seed is None else rng.binomial(size, share)
        rows.append(pd.DataFrame({"store": f"s{i:02d}", "ok": [1] * hits + [0] * (size - hits)}))
    return pd.concat(rows, ignore_index=True)


def plot(data, **options):
    return funnel_plot(data, "ok", by="store", metric="top_box", scale=(0, 1), top=[1], **options).set_index("store")


def test_limits_by_hand():
    """Half of all are satisfied: at n = 100 the 95 % limits are 50 +/- 1.96 * 5; 60 % is z = 2."""
    found = plot(stores([0.4, 0.6, 0.5], 100), dispersion="none")
    assert found["target"].iloc[0] == pytest.approx(50)
    assert found.loc["s01", ["z", "lower_95", "upper_95"]].tolist() == pytest.approx([2, 40.2002, 59.7998], abs=1e-4)
    assert found.loc["s01", "upper_998"] == pytest.approx(50 + 3.090232 * 5, abs=1e-5)
    assert found["signal"].tolist() == ["beyond_95", "beyond_95", ""]


def test_dispersion_by_hand():
    """Z = -2, 0, 2 with equal variance s: phi = 8 / 3, tau^2 = (8 - 2) / (3 / s - 1 / s) = 3 s."""
    phi, tau2 = overdispersion([-2, 0, 2], [4.0, 4.0, 4.0], 0)
    assert (phi, tau2) == pytest.approx((8 / 3, 12))
    assert overdispersion([-0.1, 0, 0.1], [1.0, 1.0, 1.0], 0)[1] == 0


def test_equal_stores_rarely_leave_the_funnel():
    """200 stores without a difference: about 5 % beyond 95 %, about none beyond 99.8 %, and every rank is open."""
    found = plot(stores([0.7] * 200, 400, seed=3))
    assert (found["signal"] != "").mean() == pytest.approx(0.05, abs=0.04)
    assert (found["signal"] == "beyond_998").sum() <= 2
    assert found["method"].iloc[0] == "sampling"
    assert (found["rank_high"] - found["rank_low"]).min() > 100


def test_overdispersed_stores_get_wider_limits_and_one_bad_store_still_shows():
    rng = np.random.default_rng(1)
    shares = [*np.clip(rng.normal(0.7, 0.04, 40), 0, 1), 0.4]
    data = stores(shares, 800, seed=2)
    narrow, wide = plot(data, dispersion="none"), plot(data)
    assert wide["method"].iloc[0] == "additive"
    assert wide["tau"].iloc[0] == pytest.approx(4, abs=1.5)
    assert (narrow["signal"] == "beyond_998").sum() > 5
    assert wide.index[wide["signal"] == "beyond_998"].tolist() == ["s40"]
    assert wide.loc["s40", ["rank", "rank_low"]].tolist() == [41, 41]


def test_shrunken_scores_lie_between_raw_and_target_and_small_stores_move_most():
    found = plot(stores([0.9, 0.9, 0.5, 0.5, 0.7, 0.6], [40, 4000, 40, 4000, 400, 400]), winsor=0)
    pull = (found["shrunken"] - found["target"]) / (found["estimate"] - found["target"])
    assert pull.between(0, 1).all()
    assert pull["s00"] < pull["s01"] and pull["s02"] < pull["s03"]


def test_small_stores_are_not_judged_and_middling_ones_not_ranked():
    found = plot(stores([0.5, 0.6, 0.4, 0.5], [20, 50, 200, 200]))
    assert found["status"].tolist() == ["not_estimable", "low_base", "ok", "ok"]
    assert np.isnan(found.loc["s00", "estimate"]) and np.isnan(found.loc["s01", "rank"])
    assert found.loc[["s02", "s03"], "rank"].notna().all()


@pytest.mark.parametrize("metric, options", [("nps", {}), ("mean", {"scale": (0, 10)})])
def test_scores_other_than_shares(metric, options):
    rng = np.random.default_rng(1)
    data = pd.DataFrame({"agent": np.repeat(list("abcdef"), 200), "score": rng.integers(0, 11, 1200)})
    found = funnel_plot(data, "score", by="agent", metric=metric, **options)
    assert (found["signal"] != "beyond_998").all() and found["unit"].iloc[0] == {"nps": "points"}.get(metric, metric)
    curve = funnel_curve(found)
    assert (curve["upper_998"] > curve["upper_95"]).all()
    assert np.interp(found["n_eff"][0], curve["n_eff"], curve["upper_95"]) == pytest.approx(
        found["upper_95"][0], rel=1e-3
    )


def test_answers_without_a_store_are_left_out():
    data = pd.concat([stores([0.5, 0.6], 100), pd.DataFrame({"store": [None] * 50, "ok": [0] * 50})])
    assert plot(data).index.tolist() == ["s00", "s01"]


def test_wording():
    with pytest.raises(ValueError, match="0 of 2 units in 'store' have an effective base of 30"):
        plot(stores([0.5, 0.6], 10))
    with pytest.raises(DataError, match="whole numbers 0 to 1"):
        plot(stores([0.5, 0.6], 100).assign(ok=7))
    with pytest.raises(ValueError, match="`dispersion` is 'some'"):
        plot(stores([0.5, 0.6], 100), dispersion="some")


def test_one_unit_far_off_is_not_pulled_to_the_others():
    """19 alike units and one 60 points below: its shrunken score stays on its side of them."""
    rng = np.random.default_rng(4)
    rows = [pd.DataFrame({"shop": f"{i:02d}", "q": rng.choice([10.0, 3.0], 60, p=[0.6, 0.4])}) for i in range(19)]
    rows.append(pd.DataFrame({"shop": "bad", "q": rng.choice([10.0, 3.0], 60, p=[0.3, 0.7])}))
    found = funnel_plot(pd.concat(rows), "q", by="shop").set_index("shop")
    assert found.loc["bad", "signal"] == "beyond_998"
    assert found.loc["bad", "estimate"] < found.loc["bad", "shrunken"] < found.loc["bad", "target"] - 10

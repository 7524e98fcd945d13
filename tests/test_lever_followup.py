"""Following up what was to be done: by hand, regression to the mean is not taken for an effect, an effect is found, wording."""

import numpy as np
import pandas as pd
import pytest

from cemlab.analyse.lever_followup import lever_followup

ITEMS = ["leader", "growth", "trust", "wellbeing"]


def waves(rng, units=60, effect=0.0, n=30):
    """Unit means in two waves of which the true parts are the same; the lowest pairs are chosen, `effect` is added to them."""
    true = rng.normal(0, 0.2, (units, len(ITEMS)))
    noise = 1.0 / np.sqrt(n)
    then, later = true + rng.normal(0, noise, true.shape), true + rng.normal(0, noise, true.shape)
    low = (then < -0.1) & (rng.random(then.shape) < 0.5)
    return frame(then + 3.5, n), frame(later + 3.8 + effect * low, n), pairs(low)


def frame(means, n):
    rows = [("(all)", item, means[:, at].mean(), n * len(means)) for at, item in enumerate(ITEMS)]
    rows += [(f"t{u:02d}", item, means[u, at], n) for u in range(len(means)) for at, item in enumerate(ITEMS)]
    return pd.DataFrame(rows, columns=["team", "item", "estimate", "n"])


def pairs(low):
    return pd.DataFrame(
        [(f"t{u:02d}", ITEMS[i]) for u, i in zip(*np.nonzero(low), strict=True)], columns=["team", "item"]
    )


def beyond(found):
    return found.whole.set_index("metric").loc["beyond"]


def test_by_hand():
    """Others halve their distance; the chosen rise by 0.3 more: change, usual and beyond follow from the start alone."""
    start = np.linspace(-1, 1, 40)
    before = pd.DataFrame({"team": [f"t{i}" for i in range(40)], "item": "leader", "estimate": 3 + start, "n": 20})
    picked = np.arange(40) % 4 == 0
    now = before.assign(estimate=4 + start / 2 + 0.3 * picked)
    whole = pd.DataFrame({"team": ["(all)"], "item": ["leader"], "estimate": [3.0], "n": [800]})
    after = whole.assign(estimate=4.0)
    found = lever_followup(
        pd.concat([before, whole]), pd.concat([now, after]), before.loc[picked, ["team", "item"]], unit="team"
    )
    one = found.pairs.set_index("team").loc["t0"]
    assert one[["start", "change", "usual", "beyond"]].tolist() == pytest.approx([-1, 0.8, 0.5, 0.3])
    total = found.whole.set_index("metric")["estimate"]
    assert total["beyond"] == pytest.approx(0.3)
    assert total["change"] - total["usual"] == pytest.approx(0.3)


def test_what_rises_by_itself_is_not_an_effect():
    """Nothing was done: the chosen rise all the same, and what goes beyond stays within its interval as often as it should."""
    inside, rises = 0, []
    for seed in range(100):
        found = lever_followup(*waves(np.random.default_rng(seed)), unit="team")
        rises.append(found.whole.set_index("metric").loc["change", "estimate"])
        inside += beyond(found)["ci_low"] < 0 < beyond(found)["ci_high"]
    assert min(rises) > 0 and np.mean(rises) > 0.08
    assert inside >= 87  # 280 of 300 other runs: 93 %


def test_an_effect_is_found():
    row = beyond(lever_followup(*waves(np.random.default_rng(4), effect=0.3), unit="team"))
    assert row["ci_low"] > 0 and abs(row["estimate"] - 0.3) < 0.12


def test_intervals_of_single_pairs_hold_the_scatter_of_units():
    found = lever_followup(*waves(np.random.default_rng(8)), unit="team").pairs
    inside = ((found["beyond_low"] < 0) & (found["beyond_high"] > 0)).mean()
    assert len(found) > 20 and inside > 0.85


def test_without_others_of_the_same_start_nothing_is_told():
    before, now, chosen = waves(np.random.default_rng(1))
    everything = before.loc[before["team"] != "(all)", ["team", "item"]]
    assert lever_followup(before, now, everything, unit="team") is None
    assert lever_followup(before, now, chosen.head(9), unit="team") is None
    hidden = now.assign(estimate=np.where(now["team"].isin(chosen["team"]), np.nan, now["estimate"]))
    assert lever_followup(before, hidden, chosen, unit="team") is None
    with pytest.raises(ValueError, match="estimate"):
        lever_followup(before.drop(columns="estimate"), now, chosen, unit="team")

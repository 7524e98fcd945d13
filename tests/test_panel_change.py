"""Change over waves with drop-out: by hand, closed forms, planted drop-out, the univbct panel."""

import numpy as np
import pandas as pd
import pytest

from cemlab import DataError, panel_change, panel_dropout
from cemlab.analyse.panel_likelihood import both_means

WAVES = {"person": "id", "wave": "wave", "previous": "1", "current": "2"}


def long(first, second):
    """Rows of both waves; missing = the person did not answer that wave."""
    ids = np.arange(len(first))
    frames = [pd.DataFrame({"id": ids, "wave": w, "score": v}) for w, v in ((1, first), (2, second))]
    return pd.concat(frames).dropna()


def by_method(found):
    return found.set_index("method")


def test_by_hand():
    """Five people in both: differences 1, 1, 0, 2, 1, mean 1, sd 0.7071; one more left (5), one joined (1)."""
    data = long([1, 2, 3, 2, 4, 5, np.nan], [2, 3, 3, 4, 5, np.nan, 1])
    found = by_method(panel_change(data, "score", **WAVES))
    paired = found.loc["paired"]
    assert (paired["difference"], paired["n"], paired["n_reference"]) == (pytest.approx(1), 5, 5)
    assert paired["difference_se"] == pytest.approx(np.sqrt(0.5) / np.sqrt(5))
    every = found.loc["all"]
    assert every["difference"] == pytest.approx(18 / 6 - 17 / 6)
    assert (every["n"], every["n_reference"]) == (6, 6)
    a, b = np.array([1, 2, 3, 2, 4, 5.0]), np.array([2, 3, 3, 4, 5, 1.0])
    covariance = np.cov([1, 2, 3, 2, 4], [2, 3, 3, 4, 5])[0, 1]
    assert every["difference_se"] ** 2 == pytest.approx(a.var(ddof=1) / 6 + b.var(ddof=1) / 6 - 2 * covariance * 5 / 36)


def test_likelihood_of_a_monotone_pattern():
    """Anderson (1957): the second mean is the regression of the second wave on the first, at the mean of everybody."""
    rng = np.random.default_rng(1)
    first = rng.normal(3, 1, 120)
    second = 0.6 * first + rng.normal(1, 0.5, 120)
    second[first < 2.6] = np.nan
    stay = ~np.isnan(second)
    slope, cut = np.polyfit(first[stay], second[stay], 1)
    before, after, se = both_means(first, second)
    assert before == pytest.approx(first.mean(), abs=1e-8)
    assert after == pytest.approx(cut + slope * first.mean(), abs=1e-6)
    assert 0 < se < 0.2


def test_complete_data_agree_in_all_ways():
    rng = np.random.default_rng(2)
    first = rng.normal(3, 1, 80)
    found = panel_change(long(first, first + rng.normal(0.3, 0.5, 80)), "score", **WAVES)
    assert np.ptp(found["difference"]) < 1e-7
    assert found["difference_se"].max() < 1.03 * found["difference_se"].min()


def test_drop_out_of_the_unhappy_is_repaired():
    """Change is 0 for everybody on average, but the unhappy rise by chance and leave: paired change is below 0."""
    rng = np.random.default_rng(3)
    trait = rng.normal(3, 0.8, 4000)
    first, second = trait + rng.normal(0, 0.8, 4000), trait + rng.normal(0, 0.8, 4000)
    gone = rng.random(4000) < 1 / (1 + np.exp(2 * (first - 2.5)))
    second[gone] = np.nan
    found = by_method(panel_change(long(first, second), "score", **WAVES))
    assert found.loc["paired", "difference_high"] < -0.1
    for method in ("likelihood", "weighted"):
        assert abs(found.loc[method, "difference"]) < 3 * found.loc[method, "difference_se"] + 0.02
    left = panel_dropout(long(first, second), "score", **WAVES)
    assert left.loc[left["metric"] == "odds_ratio", "ci_high"].iloc[0] < 1
    assert left.loc[left["metric"] == "gap", "estimate"].iloc[0] < -0.5
    share = left[left["metric"] == "dropout"].iloc[0]
    assert share["estimate"] == pytest.approx(100 * gone.mean())


def test_univbct(shared):
    """Means of the data's description: JSAT 3.235, 3.246, 3.338 of 468, 465, 463 people."""
    rdata = pytest.importorskip("rdata")
    army = rdata.read_rda(shared / "data" / "employee" / "univbct.rda")["univbct"]
    data = army[["SUBNUM", "TIME", "JSAT", "COMMIT", "READY"]]
    how = {"person": "SUBNUM", "wave": "TIME", "previous": "0", "current": "2"}
    found = panel_change(data, ["JSAT", "COMMIT", "READY"], **how)
    every = found[found["method"] == "all"].set_index("item")
    assert every["estimate"].tolist() == pytest.approx([3.338, 3.538, 3.212], abs=6e-4)
    assert every["reference_estimate"].tolist() == pytest.approx([3.235, 3.617, 3.010], abs=6e-4)
    assert every.loc["JSAT", ["n", "n_reference"]].tolist() == [463, 468]
    paired = found[found["method"] == "paired"].set_index("item")
    wide = data.pivot(index="SUBNUM", columns="TIME", values="JSAT").dropna(subset=[0, 2])
    assert paired.loc["JSAT", "difference"] == pytest.approx((wide[2] - wide[0]).mean())
    assert paired.loc["JSAT", "n"] == len(wide)
    assert found["status"].eq("ok").all()
    gone = panel_dropout(data, ["JSAT", "COMMIT", "READY"], **how)
    assert gone.loc[gone["metric"] == "dropout", "estimate"].iloc[0] < 15


def test_edges_and_wording():
    data = long([1, 2, 3, 4], [2, 3, np.nan, np.nan])
    assert set(panel_change(data, "score", **WAVES)["status"]) == {"not_estimable"}
    with pytest.raises(ValueError, match="no answers of wave '3'"):
        panel_change(data, "score", **{**WAVES, "current": "3"})
    with pytest.raises(DataError, match="1 rows repeat a person in one wave"):
        panel_change(pd.concat([data, data.head(1)]), "score", **WAVES)

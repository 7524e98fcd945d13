"""Drivers within and between units, and each unit's levers."""

import numpy as np
import pandas as pd
import pytest

from cemlab import unit_drivers, unit_levers
from cemlab.analyse.drivers import driver_table
from cemlab.analyse.unit_levers import NOTE


def nested(units=60, size=15, seed=3):
    """Inside units `lead` drives engagement; between units it is `pay`, and `lead` runs the other way."""
    rng = np.random.default_rng(seed)
    team = np.repeat(np.arange(units), size)
    lead_unit, pay_unit = rng.normal(size=(2, units))
    lead, pay = rng.normal(size=(2, len(team)))
    engaged = 0.8 * lead + 1.0 * pay_unit[team] - 0.5 * lead_unit[team] + rng.normal(0, 0.7, len(team))
    return pd.DataFrame({"team": team, "lead": lead_unit[team] + lead, "pay": pay_unit[team] + pay, "engaged": engaged})


def figure(found, metric, item, column="estimate"):
    return found.loc[(found["metric"] == metric) & (found["item"] == item), column].iloc[0]


def test_within_is_least_squares_with_a_constant_for_each_unit():
    """Frisch-Waugh: slopes of centred data are those of a regression with a dummy for each unit."""
    data = nested()
    found = unit_drivers(data, "engaged", ["lead", "pay"], unit="team", draws=0)
    dummies = pd.get_dummies(data["team"], dtype=float).to_numpy()
    design = np.hstack([data[["lead", "pay"]].to_numpy(), dummies])
    slopes = np.linalg.lstsq(design, data["engaged"].to_numpy(), rcond=None)[0][:2]
    assert [figure(found, "coefficient", item) for item in ("lead", "pay")] == pytest.approx(slopes.tolist(), rel=1e-8)
    assert found["method"].str.endswith("_within").all()
    assert figure(found, "performance", "lead") == pytest.approx(data["lead"].mean())
    table = driver_table(found).set_index("item")
    assert table.loc["pay", "performance"] == pytest.approx(data["pay"].mean())


def test_between_is_weighted_least_squares_of_unit_means():
    data = nested().iloc[:-7]  # one unit is smaller
    found = unit_drivers(data, "engaged", ["lead", "pay"], unit="team", part="between", draws=0)
    means, n = data.groupby("team").mean(), data.groupby("team").size()
    design = np.column_stack([np.ones(60), means[["lead", "pay"]]]) * np.sqrt(n.to_numpy())[:, None]
    slopes = np.linalg.lstsq(design, means["engaged"].to_numpy() * np.sqrt(n.to_numpy()), rcond=None)[0][1:]
    assert [figure(found, "coefficient", item) for item in ("lead", "pay")] == pytest.approx(slopes.tolist(), rel=1e-8)
    assert figure(found, "importance", "lead", "n") == 60


def test_the_levels_tell_different_stories():
    data = nested()
    inside, across = (
        unit_drivers(data, "engaged", ["lead", "pay"], unit="team", part=part, draws=200)
        for part in ("within", "between")
    )
    assert figure(inside, "coefficient", "lead", "ci_low") > 0.6
    assert figure(across, "coefficient", "lead", "ci_high") < 0
    assert figure(across, "coefficient", "pay", "ci_low") > 0.5


def test_few_units_give_correlations_only():
    found = unit_drivers(nested(units=12), "engaged", ["lead", "pay"], unit="team", part="between", draws=0)
    assert found["method"].str.startswith("correlations_only").all()


HEAT = pd.DataFrame(
    {
        "team": ["a", "a", "a", "b", "b", "b"],
        "item": ["lead", "pay", "tools"] * 2,
        "estimate": [3.0, 3.5, 2.0, 4.5, np.nan, 3.9],
        "reference_estimate": [4.0, 3.9, 3.5, 4.0, 4.0, 4.0],
        "difference_se": [0.1, 0.1, 0.1, 0.1, np.nan, 0.2],
        "n": [20, 20, 20, 30, 30, 30],
    }
)
SLOPES = pd.DataFrame(
    {
        "metric": "coefficient",
        "item": ["lead", "pay", "tools"],
        "estimate": [0.5, 0.4, 0.6],
        "se": [0.05, 0.05, 0.4],
        "ci_low": [0.4, 0.3, -0.2],
    }
)


def test_levers_by_hand():
    """Team a: lead 0.5 x 1.0, pay 0.4 x 0.4; tools has no sure slope. Team b stands above, is hidden, or has no slope."""
    found = unit_levers(HEAT, SLOPES, unit="team")
    assert found[["team", "rank", "item", "n"]].values.tolist() == [["a", 1, "lead", 20], ["a", 2, "pay", 20]]
    assert found["expected"].tolist() == pytest.approx([0.5, 0.16])
    se = np.sqrt(0.5**2 * 0.1**2 + 1.0 * 0.05**2 + 0.05**2 * 0.1**2)
    assert found["expected_low"].iloc[0] == pytest.approx(0.5 - 1.959964 * se, abs=1e-6)
    assert found["clear"].tolist() == [True, True]
    assert set(found["note"]) == {NOTE["zh"]} == {"模型关联估计，非因果承诺"}
    marks = unit_levers(HEAT, SLOPES, unit="team", target={"lead": 5.0, "pay": 5.0, "tools": 5.0}, most=1)
    assert marks[["team", "item"]].values.tolist() == [["a", "lead"], ["b", "lead"]]


def test_wording():
    with pytest.raises(ValueError, match="`target` has no mark for 'pay'"):
        unit_levers(HEAT, SLOPES, unit="team", target={"lead": 5, "tools": 5})
    with pytest.raises(ValueError, match="holds no coefficients"):
        unit_levers(HEAT, SLOPES.assign(estimate=np.nan), unit="team")
    with pytest.raises(ValueError, match="stands twice"):
        unit_drivers(nested(3), "engaged", ["engaged", "pay"], unit="team")

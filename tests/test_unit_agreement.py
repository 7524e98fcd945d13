"""Agreement inside units and reliability of their means, against Bliese's published figures."""

import numpy as np
import pandas as pd
import pytest

from cemlab import DataError, icc1, icc2, rwg, rwg_j, unit_agreement

TEAMS = pd.DataFrame({"team": ["a"] * 3 + ["b"] * 3 + ["c"], "q": [4, 4, 4, 1, 3, 5, 2], "p": [4, 5, 3, 1, 3, 5, 2]})


@pytest.fixture(scope="module")
def army(shared):
    rdata = pytest.importorskip("rdata")
    return rdata.read_rda(shared / "data" / "employee" / "bhr2000.rda")["bhr2000"]


def at(found, column, code, figure="estimate"):
    return found.loc[found[column] == code, figure].iloc[0]


def test_by_hand():
    """Team b answers 1, 3, 5: variance 4, null (25 - 1) / 12 = 2, so 1 - 4/2 is cut to 0; team a agrees wholly."""
    found = rwg(TEAMS, "q", unit="team", scale=(1, 5))
    assert found["estimate"].tolist()[:2] == [1, 0]
    assert found["status"].tolist() == ["ok", "ok", "not_estimable", "ok"]
    assert at(found, "team", "(mean)") == 0.5
    both = rwg_j(TEAMS, ["q", "p"], unit="team", scale=(1, 5))
    assert at(both, "team", "a") == pytest.approx(2 * 0.75 / (2 * 0.75 + 0.25))  # variances 0 and 1: q = 3/4


def test_icc_by_hand():
    """Two teams of two: 1, 3 and 5, 7. MSB 16, MSW 2, k 2: ICC(1) 14/18, ICC(2) 14/16."""
    data = pd.DataFrame({"team": ["a", "a", "b", "b"], "q": [1, 3, 5, 7]})
    assert icc1(data, "q", unit="team")["estimate"].iloc[0] == pytest.approx(14 / 18)
    assert icc2(data, "q", unit="team")["estimate"].iloc[0] == pytest.approx(14 / 16)


def test_published_figures(army):
    """Bliese, Multilevel Modeling in R: ICC(1) of HRS 0.1741008, ICC(2) 0.9199889, mean rwg RELIG 0.186, rwg(j) 0.8876."""
    assert icc1(army, "HRS", unit="GRP")["estimate"].iloc[0] == pytest.approx(0.1741008, abs=5e-8)
    assert icc2(army, "HRS", unit="GRP")["estimate"].iloc[0] == pytest.approx(0.9199889, abs=5e-8)
    alone = rwg(army, "RELIG", unit="GRP", scale=(1, 5), ranvar=2)
    assert at(alone, "GRP", "(mean)") == pytest.approx(0.186, abs=5e-4)
    items = [column for column in army.columns if column[0] == "A"]
    together = rwg_j(army, items, unit="GRP", scale=(1, 5), ranvar=2)
    assert at(together, "GRP", "(mean)") == pytest.approx(0.8876, abs=5e-5)


def test_the_scale_of_eleven_items(army):
    """Arithmetic in the data's description: ICC(1) 0.1357, ICC(2) 0.8954 of the mean of the 11 items."""
    items = [column for column in army.columns if column[0] == "A"]
    data = army.assign(lead=army[items].mean(axis=1))
    found = unit_agreement(data, ["lead", "HRS"], unit="GRP", scale=(0, 30)).set_index("item")
    assert found.loc["lead", ["icc1", "icc2"]].tolist() == pytest.approx([0.1357, 0.8954], abs=5e-5)
    assert found.loc["lead", ["n", "units"]].tolist() == [5400, 99]
    assert found.loc["lead", "icc1_low"] < 0.1357 < found.loc["lead", "icc1_high"]
    assert found["comparable"].tolist() == ["yes", "yes"]


def test_units_drawn_by_chance_are_not_comparable():
    rng = np.random.default_rng(1)
    data = pd.DataFrame({"team": np.repeat(np.arange(40), 10), "q": rng.integers(1, 6, 400)})
    found = unit_agreement(data, "q", unit="team", scale=(1, 5)).iloc[0]
    assert found["comparable"] == "no"
    assert abs(found["icc1"]) < 0.06


def test_wording():
    with pytest.raises(ValueError, match="it takes two units"):
        icc1(TEAMS[TEAMS["team"] == "a"], "q", unit="team")
    with pytest.raises(DataError, match="must lie within 1 to 4"):
        rwg(TEAMS, "q", unit="team", scale=(1, 4))
    with pytest.raises(ValueError, match="there is `rwg`"):
        rwg_j(TEAMS, "q", unit="team", scale=(1, 5))

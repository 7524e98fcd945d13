"""Just-about-right scales: drops and penalties."""

import numpy as np
import pandas as pd
import pytest

from cemlab.analyse.jar_penalty import jar_penalty
from cemlab.checks import DataError


def test_by_hand():
    """Just right likes it 8, 8, 8, 8; too much 4, 6, 5: drop 3 for three of eight."""
    data = pd.DataFrame({"like": [8, 8, 8, 8, 4, 6, 5, 7], "sweet": [3, 3, 3, 3, 4, 5, 4, 2]})
    rows = jar_penalty(data, "like", ["sweet"], min_n=1).penalties.set_index("side")
    assert rows.loc["too_much", ["share", "drop", "total"]].tolist() == pytest.approx([37.5, 3, 9 / 8])
    assert rows.loc["too_little", "drop"] == 1


def test_against_sensominer(oracle):
    expected, folder = oracle("jar_penalty")
    e, data = expected["results"], pd.read_csv(folder / "input.csv", dtype={"judge": str, "product": str})
    items = list(e["attributes"])
    plain = jar_penalty(data, "liking", items, by="product", just_right="jar")
    rows = plain.penalties.set_index("side")
    for sides in e["mean_drop"].values():
        for side, wanted in sides.items():
            row = rows.loc[side]
            figures = [row["n"], row["share"] / 100, row["mean_side"], row["mean_right"], row["drop"], row["total"]]
            names = ["n", "share", "mean_level", "mean_jar", "drop", "weighted"]
            assert figures == pytest.approx([wanted[name] for name in names], rel=1e-7)
            assert row["p_value"] == pytest.approx(
                np.nan if wanted["p"] is None else wanted["p"], rel=1e-7, nan_ok=True
            )
    one = e["penalty_one_dimensional"]
    for side, figures in zip(one["rows"], one["values"], strict=True):
        assert rows.loc[side, ["penalty", "penalty_se", "penalty_p"]].tolist() == pytest.approx(figures, rel=1e-7)
    joint = jar_penalty(data, "liking", items, by="product", assessor="judge", just_right="jar").penalties
    joint, several = joint.set_index("side"), e["penalty_multidimensional"]
    for side, (coefficient, se, p) in zip(several["rows"], several["values"], strict=True):
        assert joint.loc[side, ["joint", "joint_se", "joint_p"]].tolist() == pytest.approx(
            [-coefficient, se, p], rel=1e-7
        )
    shares, wanted = plain.shares.set_index(["side", "product"])["estimate"], e["frequency_percent"]
    for side, figures in zip(wanted["rows"], wanted["values"], strict=True):
        for product, figure in zip(wanted["cols"], figures, strict=True):
            assert shares[side, product] == pytest.approx(figure, rel=1e-7)


def tasted(n, seed, cost):
    """Two scales; being too sweet costs, being too sour does not."""
    rng = np.random.default_rng(seed)
    sweet, sour = rng.choice([2, 3, 4], n, p=[0.2, 0.5, 0.3]), rng.choice([2, 3, 4], n, p=[0.25, 0.5, 0.25])
    like = 7 - cost * (sweet == 4) + rng.normal(0, 1.2, n)
    return pd.DataFrame({"like": like, "sweet": sweet, "sour": sour})


def test_only_the_planted_side_is_named():
    found = jar_penalty(tasted(300, 1, 1.0), "like", ["sweet", "sour"]).penalties
    assert found.loc[found["named"], ["item", "side"]].to_numpy().tolist() == [["sweet", "too_much"]]


def test_noise_names_nothing():
    named = [jar_penalty(tasted(120, s, 0), "like", ["sweet", "sour"]).penalties["named"].any() for s in range(60)]
    assert sum(named) <= 8  # 5 percent of 60 are 3; 8 is passed once in a hundred runs


def test_weight_k_is_k_people():
    data = tasted(80, 4, 0.5).assign(w=np.random.default_rng(4).integers(1, 4, 80))
    weighted = jar_penalty(data, "like", ["sweet", "sour"], weights="w").penalties
    repeated = jar_penalty(data.loc[data.index.repeat(data["w"])], "like", ["sweet", "sour"]).penalties
    for column in ("share", "drop", "total", "joint"):
        assert weighted[column].tolist() == pytest.approx(repeated[column].tolist())


def test_people_who_tasted_twice_widen_the_error():
    data = tasted(60, 5, 0.8).assign(who=range(60))
    twice = pd.concat([data, data])
    loose = jar_penalty(twice, "like", ["sweet"]).penalties
    tight = jar_penalty(twice, "like", ["sweet"], assessor="who").penalties
    assert (tight["p_value"] > loose["p_value"]).all()


def test_gaps_and_few_ratings():
    data = tasted(40, 6, 1).astype(float)
    data.loc[0, "like"], data.loc[1, "sweet"] = np.nan, np.nan
    found = jar_penalty(data, "like", ["sweet"])
    assert found.penalties["n"].sum() + (data["sweet"].iloc[1:] == 3).sum() == 38
    assert found.shares["n_missing"].iloc[0] == 1
    rare = data.assign(sweet=[2.0] * 3 + [3.0] * 37)
    assert jar_penalty(rare, "like", ["sweet"]).penalties["status"].tolist() == ["low_base"]


def test_wording():
    data = tasted(20, 7, 1)
    with pytest.raises(ValueError, match="no answer is 9 .just about right."):
        jar_penalty(data, "like", ["sweet"], just_right=9)
    with pytest.raises(ValueError, match="'like' holds text"):
        jar_penalty(data.assign(like="good"), "like", ["sweet"])
    with pytest.raises(DataError, match="1 missing or negative"):
        jar_penalty(data.assign(w=[-1.0] + [1.0] * 19), "like", ["sweet"], weights="w")

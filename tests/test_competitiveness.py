"""Shared buyers, switching, double jeopardy, mental availability and the index."""

import numpy as np
import pandas as pd
import pytest

from cemlab.analyse.brand_index import brand_index, index_sensitivity
from cemlab.analyse.competitiveness import double_jeopardy, duplication, repertoire, switching
from cemlab.analyse.dirichlet import dirichlet
from cemlab.analyse.mental_availability import mental_availability
from cemlab.checks import DataError
from cemlab.measure.stack import RESPONDENT

USE = pd.DataFrame({"a": [1, 1, 1, 1, 0, 0, 0, 0], "b": [1, 1, 0, 0, 0, 0, 0, 0]}, dtype=float)


def test_duplication_by_hand():
    """Two of four users of a use b, both users of b use a; D = mean(.5, 1) / mean(.25, .5) = 2."""
    rows = duplication(USE, {"a": "a", "b": "b"}).set_index(["brand", "other"])
    assert rows["share"].to_dict() == {("a", "b"): 50, ("b", "a"): 100}
    assert rows["coefficient"].iloc[0] == pytest.approx(2)
    assert rows.loc[("a", "b"), ["expected", "penetration", "n"]].tolist() == [50, 25, 4]
    assert repertoire(USE, {"a": "a", "b": "b"})["mean"].tolist() == [1.5, 2]


def test_independent_brands_have_a_coefficient_of_one():
    rng = np.random.default_rng(2)
    data = pd.DataFrame((rng.random((40_000, 4)) < [0.5, 0.3, 0.2, 0.1]).astype(float), columns=list("abcd"))
    found = duplication(data, {c: c for c in "abcd"})
    assert found["coefficient"].iloc[0] == pytest.approx(1, abs=0.02)
    assert found["deviation"].abs().max() < 2


def test_switching_recovers_loyalty_and_attraction():
    """Cells made by the model itself: loyal .6, .3, .1; attraction .5, .3, .2."""
    loyal, draw, n = np.array([0.6, 0.3, 0.1]), np.array([0.5, 0.3, 0.2]), np.array([5000, 3000, 2000])
    cells = n[:, None] * ((1 - loyal)[:, None] * draw + np.diag(loyal))
    pairs = [(i, j) for i in range(3) for j in range(3) for _ in range(round(cells[i, j]))]
    data = pd.DataFrame([("abc"[i], "abc"[j]) for i, j in pairs], columns=["before", "now"])
    matrix, brands = switching(data, "before", "now")
    assert (brands["loyal"] / 100).tolist() == pytest.approx(loyal, abs=1e-9)
    assert (brands["attraction"] / 100).tolist() == pytest.approx(draw, abs=1e-9)
    assert matrix.groupby("brand")["share"].sum().tolist() == pytest.approx([100] * 3)
    assert matrix["expected"].tolist() == pytest.approx(matrix["share"].tolist(), abs=1e-6)
    assert brands["net"].sum() == pytest.approx(0, abs=1e-9)


def test_the_double_jeopardy_line_by_hand():
    """W (1 - b) = 3 for every brand: all lie on the line."""
    b = pd.Series({"a": 50.0, "b": 25.0, "c": 10.0})
    line = double_jeopardy(b, 3 / (1 - b / 100))
    assert line["deviation"].abs().max() < 1e-12
    above = double_jeopardy(b, pd.Series({"a": 6.0, "b": 4.0, "c": 6.0})).set_index("brand")
    assert above["deviation"]["c"] > 0


def test_dirichlet_of_the_toothpaste_market():
    """M 1.46, K 0.78, S 1.55 as printed by the R package NBDdirichlet for its toothpaste data."""
    names = [
        "Colgate DC",
        "Macleans",
        "Close Up",
        "Signal",
        "Ultrabrite",
        "Gibbs SR",
        "Boots Priv. Label",
        "Sainsbury Priv. Lab.",
    ]
    shares = pd.Series([0.25, 0.19, 0.10, 0.10, 0.09, 0.08, 0.03, 0.02], names)
    seen = pd.Series([0.20, 0.17, 0.09, 0.08, 0.08, 0.07, 0.03, 0.02], names)
    out = dirichlet(shares, seen, category_penetration=0.56, category_rate=2.6)
    assert out.loc[0, ["M", "K", "S"]].tolist() == pytest.approx([1.46, 0.78, 1.55], abs=0.005)
    assert np.abs(out["penetration_expected"] - out["penetration"]).max() < 0.015
    assert out["rate_expected"].is_monotonic_decreasing or out["rate_expected"].iloc[0] > out["rate_expected"].iloc[-1]


LINKS = pd.DataFrame({  # respondent 1 links a twice and b once; 2 links b once; 3 links nothing
    RESPONDENT: ["1", "1", "2", "2", "3", "3"], "brand": ["a", "b"] * 3,
    "hot": [1, 1, 0, 1, 0, 0], "work": [1, 0, 0, 0, 0, 0],
}).astype({"hot": float, "work": float})  # fmt: skip


def test_mental_availability_by_hand():
    rows = mental_availability(LINKS, ["hot", "work"]).set_index(["brand", "metric"])["estimate"]
    assert rows["a"].to_dict() == pytest.approx(
        {"mental_market_share": 50, "mental_penetration": 100 / 3, "network_size": 2, "share_of_mind": 200 / 3}
    )
    assert rows["b"].to_dict() == pytest.approx(
        {"mental_market_share": 50, "mental_penetration": 200 / 3, "network_size": 1, "share_of_mind": 50}
    )


def test_errors_of_mental_market_share_are_those_of_resampled_respondents():
    rng = np.random.default_rng(5)
    n = 300
    likes = (rng.normal(size=(n, 3, 4)) + rng.normal(size=(n, 1, 1)) > 0.4).astype(float)
    frame = pd.DataFrame(likes.reshape(n * 3, 4), columns=list("wxyz"))
    frame["brand"], frame[RESPONDENT] = ["a", "b", "c"] * n, np.repeat([f"r{i}" for i in range(n)], 3)
    found = mental_availability(frame, list("wxyz")).set_index(["brand", "metric"])["se"]
    share, mind = [], []
    for _ in range(1500):
        drawn = likes[rng.integers(0, n, n)].sum(axis=2)
        share.append(100 * drawn[:, 0].sum() / drawn.sum())
        has = drawn[:, 0] > 0
        mind.append(100 * drawn[has, 0].sum() / drawn[has].sum())
    assert found["a", "mental_market_share"] == pytest.approx(np.std(share), rel=0.08)
    assert found["a", "share_of_mind"] == pytest.approx(np.std(mind), rel=0.08)


def scored(n=60):
    rng = np.random.default_rng(8)
    frame = pd.DataFrame({"brand": ["a", "b"] * n, RESPONDENT: np.repeat([f"r{i}" for i in range(n)], 2)})
    frame["knows"] = (rng.random(2 * n) < [0.8, 0.4] * n).astype(float)
    frame["rate"] = np.where(frame["knows"] == 1, rng.integers(1, 6, 2 * n), np.nan)
    return frame


def test_the_index_is_the_weighted_mean_of_its_parts():
    frame = scored()
    parts = {"knows": (3, 0, 1), "rate": (1, 1, 5)}
    out = brand_index(frame, parts, min_n=5)
    a = frame[frame["brand"] == "a"]
    wanted = 0.75 * 100 * a["knows"].mean() + 0.25 * 100 * (a["rate"].mean() - 1) / 4
    row = out[(out["brand"] == "a") & (out["metric"] == "index")].iloc[0]
    assert row["estimate"] == pytest.approx(wanted)
    assert row["n"] == a["rate"].notna().sum()
    table = index_sensitivity(out, parts).set_index("brand")
    assert table.loc["a", "rank"] == 1
    assert table.loc["a", "lowest"] < table.loc["a", "estimate"] < table.loc["a", "highest"]
    assert table.loc["a", "without_high"] >= table.loc["a", "estimate"] >= table.loc["a", "without_low"]


def test_a_brand_with_a_small_base_has_no_index():
    out = brand_index(scored(), {"knows": (1, 0, 1), "rate": (1, 1, 5)}, min_n=40)
    index = out[out["metric"] == "index"].set_index("brand")["status"]
    assert index.to_dict() == {"a": "ok", "b": "not_estimable"}


def test_errors_name_what_is_wrong():
    with pytest.raises(DataError, match="nobody uses 'b' among 8"):
        duplication(USE.assign(b=0.0), {"a": "a", "b": "b"})
    with pytest.raises(DataError, match="2 brand.s. were bought both before and last"):
        switching(pd.DataFrame({"x": list("abab"), "y": list("abba")}), "x", "y")
    with pytest.raises(DataError, match="the line needs three"):
        double_jeopardy(pd.Series({"a": 50.0}), pd.Series({"a": 2.0}))
    with pytest.raises(ValueError, match="1 entry point"):
        mental_availability(LINKS, ["hot"])
    with pytest.raises(ValueError, match="'knows' has weight 0"):
        brand_index(scored(), {"knows": (0, 0, 1)})
    with pytest.raises(ValueError, match="too low for the penetration"):
        dirichlet(pd.Series({"a": 0.5}), pd.Series({"a": 0.3}), category_penetration=0.9, category_rate=1.01)

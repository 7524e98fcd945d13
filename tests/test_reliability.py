"""Cronbach's alpha against R's psych, published figures, laws and edges."""

import numpy as np
import pandas as pd
import pytest

from cemlab import cronbach_alpha


def value(found, metric, item=None, column="estimate"):
    rows = found[found["metric"] == metric]
    return (rows if item is None else rows[rows["item"] == item])[column].iloc[0]


def test_alpha_by_hand():
    """Variances 1, 1, covariance 1/2: 2 (1 - 2 / 3) = 2/3; item-total 1/2."""
    found = cronbach_alpha(pd.DataFrame({"a": [1, 2, 3], "b": [2, 1, 3]}), ["a", "b"])
    assert value(found, "alpha") == pytest.approx(2 / 3)
    assert value(found, "item_total", "a") == pytest.approx(0.5)


def test_against_psych(oracle):
    """Psych 2.2.9: alpha(x, keys = reversed), alpha.ci (Feldt); relative 1e-9."""
    expected, folder = oracle("reliability")
    results, data = expected["results"], pd.read_csv(folder / "input.csv")
    close = {"rel": expected["tolerance"]["alpha_relative"]}
    found = cronbach_alpha(data, results["scale"], reverse=results["reversed"])
    total = results["alpha_total"]
    for metric, name in (
        *(("alpha", "raw_alpha"), ("alpha_standardised", "std.alpha"), ("lambda6", "G6(smc)")),
        *(("average_r", "average_r"), ("score_mean", "mean"), ("score_sd", "sd")),
    ):
        assert value(found, metric) == pytest.approx(total[name], **close)
    assert value(found, "alpha", column="se") == pytest.approx(total["ase"], **close)
    items = {"item_total": "r.drop", "item_total_corrected": "r.cor", "item_total_raw": "raw.r", "item_mean": "mean"}
    items |= {"item_total_standardised": "std.r", "item_sd": "sd"}
    table = np.array(results["item_stats"]["values"])
    for metric, name in items.items():
        column = table[:, results["item_stats"]["cols"].index(name)]
        assert found.loc[found["metric"] == metric, "estimate"].to_numpy() == pytest.approx(column, **close)
    assert found.loc[found["metric"] == "item_mean", "n"].tolist() == table[:, 0].tolist()
    dropped = np.array(results["alpha_item_dropped"]["values"])[:, 0]
    assert found.loc[found["metric"] == "alpha_dropped", "estimate"].to_numpy() == pytest.approx(dropped, **close)
    complete = cronbach_alpha(data, results["scale"], reverse=results["reversed"], missing="listwise")
    feldt = results["alpha_ci_feldt"]
    assert value(complete, "alpha") == pytest.approx(results["complete_rows"]["alpha"], **close)
    assert value(complete, "alpha", column="n") == results["complete_rows"]["n"]
    assert value(complete, "alpha", column="ci_low") == pytest.approx(feldt["lower"], **close)
    assert value(complete, "alpha", column="ci_high") == pytest.approx(feldt["upper"], **close)


def test_engagement_pilot(shared):
    """Figures of the data's own description: absorption 0.641, vigor 0.520, dedication 0.850, all 18 0.864."""
    data = pd.read_csv(shared / "data" / "employee" / "engagement_pilot_36items.csv")
    kept = pd.read_csv(shared / "data" / "employee" / "engagement_final18_items.csv")
    kept["name"] = kept["Item"].str.extract(r"^Item (\d+)", expand=False).radd("Item_")
    scales = kept.groupby("Substantive")["name"].agg(list).to_dict() | {"all": kept["name"].tolist()}
    found = cronbach_alpha(data, scales, reverse=["Item_14"], scale=(1, 6), missing="listwise")
    alpha = found[found["metric"] == "alpha"].set_index("dimension")
    assert alpha["estimate"].round(3).to_dict() == {
        "Absorption": 0.641,
        "Dedication": 0.850,
        "Vigor": 0.520,
        "all": 0.864,
    }
    assert (alpha.loc["Dedication", "n"], alpha.loc["all", "n"]) == (263, 255)


def test_a_reversed_item_left_alone_pulls_alpha_down():
    rng = np.random.default_rng(3)
    truth = rng.normal(size=300)
    data = pd.DataFrame({f"q{i}": truth + rng.normal(size=300) for i in range(4)}).round().clip(-2, 2) + 3
    turned = data.assign(q3=6 - data["q3"])
    plain = value(cronbach_alpha(data, list(data)), "alpha")
    assert value(cronbach_alpha(turned, list(data), reverse=["q3"], scale=(1, 5)), "alpha") == pytest.approx(plain)
    assert value(cronbach_alpha(turned, list(data)), "alpha") < plain - 0.2
    scaled = value(cronbach_alpha(data * 10 + 3, list(data)), "alpha")
    assert scaled == pytest.approx(plain)
    weighted = value(cronbach_alpha(data.assign(w=2.0), list(data), weights="w"), "alpha")
    assert weighted == pytest.approx(plain)


def test_several_scales_and_edges():
    data = pd.DataFrame({"a": [1, 2, 3, 4], "b": [1, 2, 4, 4], "c": [3, 3, 3, 3], "d": [1.0, None, None, None]})
    found = cronbach_alpha(data, {"one": ["a", "b"], "flat": ["a", "c"], "gaps": ["b", "d"]})
    alpha = found[found["metric"] == "alpha"].set_index("dimension")
    assert alpha["status"].tolist() == ["ok", "not_estimable", "not_estimable"]
    assert alpha.loc["gaps", "n_missing"] == 3


def test_wording():
    data = pd.DataFrame({"a": [1, 2], "b": [1, 2]})
    with pytest.raises(ValueError, match="a scale needs two or more"):
        cronbach_alpha(data, ["a"])
    with pytest.raises(ValueError, match="`reverse` names 'z'"):
        cronbach_alpha(data, ["a", "b"], reverse=["z"])

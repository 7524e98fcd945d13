"""Agreement of coders: by hand, against R (oracle `interrater`) and Krippendorff's own examples, laws, gaps, wording."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cemlab.checks import DataError
from cemlab.text.agreement import cohen_kappa, fleiss_kappa, krippendorff_alpha, percent_agreement
from cemlab.text.intraclass import intraclass

TEN = pd.DataFrame({"a": list("yyyyynnnnn"), "b": list("yyyynynnnn")})  # 8 of 10 agree, both say y five times


def test_cohen_by_hand():
    """Agreement .8, chance .5 * .5 + .5 * .5 = .5: kappa (.8 - .5) / .5 = .6; se sqrt(.8 * .2 / 10) / .5."""
    row = cohen_kappa(TEN, "a", "b").iloc[0]
    assert row["estimate"] == pytest.approx(0.6)
    assert row["se"] == pytest.approx(np.sqrt(0.8 * 0.2 / 10) / 0.5)
    assert row["statistic"] == pytest.approx(0.6 * np.sqrt(10))  # under chance the error is 1 / sqrt(n) here
    assert percent_agreement(TEN, ["a", "b"]) == pytest.approx(80)


def test_kappas_equal_those_of_r(oracle):
    """R packages irr 0.84.1 and DescTools 0.99.50 on `diagnoses` and `anxiety`, relative 1e-8."""
    expected, folder = oracle("interrater")
    results = expected["results"]
    codes, scores = pd.read_csv(folder / "input.csv"), pd.read_csv(folder / "input_numeric.csv")
    raters, numeric = list(codes), list(scores)
    cohen = cohen_kappa(codes, *raters[:2]).iloc[0]
    assert cohen["estimate"] == pytest.approx(results["cohen_kappa"]["kappa"], rel=1e-8)
    assert cohen["statistic"] == pytest.approx(results["cohen_kappa"]["z"], rel=1e-8)
    assert cohen["p_value"] == pytest.approx(results["cohen_kappa"]["p"], rel=1e-8)
    assert [cohen["estimate"], cohen["ci_low"], cohen["ci_high"]] == pytest.approx(results["cohen_kappa_ci"], rel=1e-8)
    for kind, name in (("linear", "weighted_kappa_equal"), ("squared", "weighted_kappa_squared")):
        row = cohen_kappa(scores, *numeric[:2], kind=kind).iloc[0]
        assert row["estimate"] == pytest.approx(results[name]["kappa"], rel=1e-8)
        assert row["statistic"] == pytest.approx(results[name]["z"], rel=1e-8)
    fleiss = fleiss_kappa(codes, raters, draws=50)
    assert fleiss.loc[0, ["estimate", "statistic"]].tolist() == pytest.approx(
        [results["fleiss"]["kappa"], results["fleiss"]["z"]], rel=1e-8
    )
    table = results["fleiss"]["by_category"]
    assert fleiss["item"].tolist()[1:] == table["rows"]
    assert fleiss["estimate"].to_numpy()[1:] == pytest.approx([row[0] for row in table["values"]], abs=5e-4)
    assert fleiss["statistic"].to_numpy()[1:] == pytest.approx([row[1] for row in table["values"]], abs=5e-4)
    assert percent_agreement(codes, raters) == pytest.approx(results["agreement_pct"], rel=1e-8)
    for scale, data in (("nominal", codes), ("ordinal", scores), ("interval", scores)):
        row = krippendorff_alpha(data, list(data), scale=scale, variant="irr", draws=10).iloc[0]
        assert row["estimate"] == pytest.approx(results[f"kripp_{scale}"], rel=1e-8)


def test_intraclass_equals_psych(oracle):
    """Psych 2.2.9 ICC(lmer = FALSE): estimates, F, degrees of freedom, p and limits, relative 1e-8."""
    expected, folder = oracle("interrater")
    scores = pd.read_csv(folder / "input_numeric.csv")
    rows = intraclass(scores, list(scores)).set_index("item")
    for name, values in expected["results"]["icc"].items():
        got = rows.loc[name, ["estimate", "statistic", "df1", "df2", "p_value", "ci_low", "ci_high"]].tolist()
        wanted = [values[key] for key in ("icc", "F", "df1", "df2", "p", "lower", "upper")]
        assert got == pytest.approx(wanted, rel=1e-8)


def test_alpha_of_krippendorffs_own_example():
    """Krippendorff (2011), four observers, twelve units, gaps: .743, .815, .849, .797."""
    gap = np.nan
    rows = [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, gap, gap, gap],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, gap, 3],
        [gap, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, gap],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, gap],
    ]
    data = pd.DataFrame(np.array(rows).T, columns=list("abcd"))
    for scale, alpha in (("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)):
        row = krippendorff_alpha(data, list("abcd"), scale=scale, draws=200).iloc[0]
        assert row["estimate"] == pytest.approx(alpha, abs=6e-4)
        assert row["n"] == 11 and row["n_missing"] == 1  # the last unit was coded once
        assert row["ci_low"] < row["estimate"] < row["ci_high"]


def test_alpha_of_krippendorffs_complete_examples():
    """Krippendorff (2011): two observers without gaps, binary .095 and nominal .692."""
    binary = pd.DataFrame({"a": [0, 1, 0, 0, 0, 0, 0, 0, 1, 0], "b": [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]})
    nominal = pd.DataFrame({"a": list("aabbdcccedda"), "b": list("babbbccceddd")})
    assert krippendorff_alpha(binary, ["a", "b"], draws=10).loc[0, "estimate"] == pytest.approx(0.095, abs=6e-4)
    assert krippendorff_alpha(nominal, ["a", "b"], draws=10).loc[0, "estimate"] == pytest.approx(0.692, abs=6e-4)


@given(st.lists(st.tuples(st.sampled_from("xyz"), st.sampled_from("xyz")), min_size=3, max_size=30))
def test_kappa_does_not_depend_on_who_is_first_and_stays_below_one(pairs):
    data = pd.DataFrame(pairs, columns=["a", "b"])
    one, two = cohen_kappa(data, "a", "b").iloc[0], cohen_kappa(data, "b", "a").iloc[0]
    assert one["status"] == two["status"]
    if one["status"] == "ok":
        assert one["estimate"] == pytest.approx(two["estimate"]) and one["estimate"] <= 1 + 1e-12


@given(st.lists(st.sampled_from("xyz"), min_size=3, max_size=20).filter(lambda codes: len(set(codes)) > 1))
def test_full_agreement_is_one(codes):
    data = pd.DataFrame({"a": codes, "b": codes, "c": codes})
    assert cohen_kappa(data, "a", "b").loc[0, "estimate"] == pytest.approx(1)
    assert fleiss_kappa(data, list("abc"), draws=5).loc[0, "estimate"] == pytest.approx(1)
    assert krippendorff_alpha(data, list("abc"), draws=5).loc[0, "estimate"] == pytest.approx(1)


def test_chance_coders_agree_by_chance():
    rng = np.random.default_rng(7)
    data = pd.DataFrame(rng.integers(0, 3, (3000, 3)), columns=list("abc"))
    for row in (cohen_kappa(data, "a", "b").iloc[0], fleiss_kappa(data, list("abc"), draws=100).iloc[0]):
        assert abs(row["estimate"]) < 3.3 * row["se"] and row["ci_high"] - row["ci_low"] < 0.12


def test_gaps_are_counted_and_sameness_is_not_estimable():
    gaps = pd.concat([TEN, pd.DataFrame({"a": ["y", None], "b": [None, "n"]})])
    row = cohen_kappa(gaps, "a", "b").iloc[0]
    assert (row["n"], row["n_missing"]) == (10, 2) and row["estimate"] == pytest.approx(0.6)
    same = pd.DataFrame({"a": ["y"] * 5, "b": ["y"] * 5})
    for result in (cohen_kappa(same, "a", "b"), fleiss_kappa(same, ["a", "b"]), krippendorff_alpha(same, ["a", "b"])):
        assert result.loc[0, "status"] == "not_estimable" and np.isnan(result.loc[0, "estimate"])
    assert (intraclass(pd.DataFrame({"a": [2, 2], "b": [2, 2]}), ["a", "b"])["status"] == "not_estimable").all()
    assert np.isnan(percent_agreement(pd.DataFrame({"a": [None], "b": ["y"]}), ["a", "b"]))


def test_wording_of_errors():
    with pytest.raises(ValueError, match=r"cohen_kappa: no column \['codr'\]\."):
        cohen_kappa(TEN, "a", "codr")
    with pytest.raises(ValueError, match="`kind` is 'square'.*Did you mean 'squared'"):
        cohen_kappa(TEN, "a", "b", kind="square")
    with pytest.raises(ValueError, match="`raters` must list two columns or more"):
        fleiss_kappa(TEN, ["a"])
    with pytest.raises(DataError, match="krippendorff_alpha: 20 of 20 codes are not numbers"):
        krippendorff_alpha(TEN, ["a", "b"], scale="interval")
    with pytest.raises(DataError, match="1 codes are not among `categories`"):
        cohen_kappa(TEN, "a", "b", categories=["y"])
    with pytest.raises(ValueError, match="strictly between 0 and 1"):
        intraclass(TEN, ["a", "b"], level=95)

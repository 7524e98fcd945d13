"""Maps: correspondence analysis, multiple correspondence analysis and principal components."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cemlab.analyse.correspondence import coordinates, correspondence
from cemlab.analyse.multiple_correspondence import multiple_correspondence
from cemlab.analyse.pca_map import pca_map
from cemlab.checks import DataError


def wide(points, kind, value):
    """One coordinate of all points of a kind: points down, dimensions across."""
    part = points[points["kind"] == kind] if kind else points
    return part.pivot(index="name", columns="dimension", values=value)


def frame(block):
    return pd.DataFrame(block["values"], index=block["rows"], columns=range(1, len(block["cols"]) + 1), dtype=float)


def aligned(mine, theirs):
    """`mine` in the order of `theirs`, each axis turned to the same sign."""
    mine = mine.loc[theirs.index, theirs.columns]
    sign = np.sign((mine * theirs).sum())
    return mine * sign, sign


def close(mine, theirs, tolerance=1e-7):
    mine, _ = aligned(mine, theirs)
    given = theirs.notna().to_numpy()
    assert np.abs(mine.to_numpy() - theirs.to_numpy())[given].max() < tolerance


def test_two_by_two_by_hand():
    """Table [[30, 10], [10, 30]]: chi-square 20, n 80, one axis with inertia 0.25; the points lie at +-0.5."""
    result = correspondence(pd.DataFrame([[30, 10], [10, 30]], index=["a", "b"], columns=["x", "y"]))
    assert result.test == pytest.approx({"n": 80, "chi2": 20, "df": 1, "p_value": 7.744e-06}, rel=1e-3)
    assert result.axes["eigenvalue"].tolist() == pytest.approx([0.25])
    assert wide(result.points, "row", "principal")[1].to_dict() == pytest.approx({"a": 0.5, "b": -0.5})
    assert result.points["quality"].tolist() == pytest.approx([1] * 4)
    assert result.points["contribution"].tolist() == pytest.approx([50] * 4)


@pytest.mark.parametrize("case", ["plain", "with_supplementary"])
def test_correspondence_against_ca_and_factominer(oracle, case):
    expected, folder = oracle("correspondence")
    want = expected["results"][case]
    table = pd.read_csv(folder / "input.csv", index_col=0)
    extra = {"supplementary_rows": want.get("sup_rows", ()), "supplementary_columns": want.get("sup_cols", ())}
    result = correspondence(table, **extra)
    points = result.points
    active = points[~points["supplementary"]]
    assert result.axes["eigenvalue"].tolist() == pytest.approx(want["eigenvalues"], abs=1e-7)
    assert result.axes["percent"].tolist() == pytest.approx(want["percent"], abs=1e-7)
    assert result.test["chi2"] == pytest.approx(want["chi2"], abs=1e-7)
    assert result.test["p_value"] == pytest.approx(want["p"], abs=1e-7)
    masses = active.drop_duplicates(["kind", "name"]).set_index(["kind", "name"])
    for kind, name in (("row", "row"), ("column", "col")):
        for mine, theirs in (("mass", f"{name}_mass"), ("inertia", f"{name}_inertia")):
            assert masses.loc[kind][mine].to_dict() == pytest.approx(want[theirs], abs=1e-7)
        for value, key in (("standard", "standard"), ("principal", "principal")):
            if f"{name}_{key}" in want:
                close(wide(active, kind, value), frame(want[f"{name}_{key}"]))
        if f"{name}_contrib_percent" in want:
            theirs = frame(want[f"{name}_contrib_percent"])
            assert np.allclose(wide(active, kind, "contribution").loc[theirs.index, theirs.columns], theirs, atol=1e-6)
        if f"{name}_cos2" in want:
            theirs = frame(want[f"{name}_cos2"])
            assert np.allclose(wide(active, kind, "quality").loc[theirs.index, theirs.columns], theirs, atol=1e-7)
    if case == "with_supplementary":
        placed = points[points["supplementary"]]
        close(wide(placed, "row", "principal"), frame(want["row_sup_principal"]))
        close(wide(placed, "column", "principal"), frame(want["col_sup_principal"]))
        assert placed["contribution"].isna().all()


def test_soft_drinks_as_published(shared):
    """csd.perceptions: axes 77.5 % and 17.0 %; principal coordinates of four points (signs free)."""
    import rdata

    values = rdata.read_rda(shared / "data" / "brand" / "csd.perceptions.rda")["csd.perceptions"]
    table = pd.DataFrame(values.to_numpy(), index=values["Brand"].values, columns=values["Attribute"].values)
    result = correspondence(table)
    assert result.axes["percent"].head(2).tolist() == pytest.approx([77.5, 17.0], abs=0.05)
    places = coordinates(result).set_index("name")[["x", "y"]].abs()
    wanted = {"Coke": (0.2428, 0.2025), "V": (0.4480, 0.1122), "Fanta": (1.2734, 0.4665), "Kids": (1.3154, 0.3681)}
    for name, place in wanted.items():
        assert places.loc[name].tolist() == pytest.approx(place, abs=1e-4)


def test_multiple_correspondence_against_mjca_and_factominer(oracle):
    expected, folder = oracle("multiple_correspondence")
    want, answers = expected["results"], pd.read_csv(folder / "input.csv")
    result = multiple_correspondence(answers, list(answers.columns), inertia="indicator")
    assert result.test["n"] == want["n"]
    assert result.axes["eigenvalue"].tolist() == pytest.approx(want["indicator_eigenvalues"], abs=1e-7)
    points = result.points.assign(name=result.points["kind"] + "_" + result.points["name"])
    close(wide(points, None, "principal")[range(1, 7)], frame(want["category_principal"]))
    close(wide(points, None, "quality")[range(1, 7)], frame(want["category_cos2"]))
    close(wide(points, None, "contribution")[range(1, 7)], frame(want["category_contrib_percent"]), 1e-6)
    close(result.test["eta2"][range(1, 7)], frame(want["eta2"]))
    burt = multiple_correspondence(answers, list(answers.columns), inertia="burt").axes
    assert burt["eigenvalue"].tolist() == pytest.approx(want["burt_eigenvalues"], abs=1e-7)
    adjusted = multiple_correspondence(answers, list(answers.columns))
    assert np.sqrt(adjusted.axes["eigenvalue"]).tolist() == pytest.approx(want["adjusted_sv"], abs=1e-7)
    assert (adjusted.axes["percent"] / 100).tolist() == pytest.approx(want["adjusted_inertia"], abs=1e-7)
    assert adjusted.test["adjusted_total"] == pytest.approx(want["adjusted_total"], abs=1e-7)


def test_pca_against_factominer_and_prcomp(oracle):
    expected, folder = oracle("pca_map")
    want, answers = expected["results"], pd.read_csv(folder / "input.csv")
    columns = [c for c in answers if c != "athlete"]
    result = pca_map(answers, columns, by="athlete")
    assert result.axes["eigenvalue"].tolist() == pytest.approx(want["eigenvalues"], abs=1e-7)
    five = list(range(1, 6))
    close(wide(result.points, "row", "principal")[five], frame(want["row_coord"]))
    close(wide(result.points, "row", "contribution")[five], frame(want["row_contrib_percent"]), 1e-6)
    close(wide(result.points, "row", "quality")[five], frame(want["row_cos2"]))
    close(wide(result.points, "column", "principal")[five], frame(want["variable_coord"]))
    close(wide(result.points, "column", "contribution")[five], frame(want["variable_contrib_percent"]), 1e-6)
    close(wide(result.points, "column", "standard")[five], frame(want["prcomp_rotation"]))


def test_brand_ratings_of_chapman_and_feit(shared):
    """Standard deviations and shares as printed in R for Marketing Research and Analytics, chapter 8."""
    ratings = pd.read_csv(shared / "data" / "brand" / "chapman_chapter9_brand_ratings.csv")
    columns = [c for c in ratings if c != "brand"]
    result = pca_map(ratings, columns, by="brand")
    printed = [1.726, 1.4479, 1.0389, 0.8528, 0.79846, 0.73133, 0.62458, 0.55861, 0.49310]
    assert np.sqrt(result.axes["eigenvalue"]).tolist() == pytest.approx(printed, abs=5e-4)
    assert (result.axes["percent"] / 100).head(3).tolist() == pytest.approx([0.331, 0.2329, 0.1199], abs=5e-4)
    assert len(result.points[result.points["kind"] == "row"]) == 10 * 9


@pytest.mark.parametrize(
    "items, weight, matrix, missing, first",
    [
        ("q2320_", None, "correlation", "pairwise", 4.440349),
        ("q2320_", "nEJYFW", "correlation", "pairwise", 4.566926),
        ("q2320_", None, "covariance", "pairwise", 7.858482),
        ("q2320_", "nEJYFW", "covariance", "pairwise", 7.394944),
        ("q23", "wBTNOH", "correlation", "listwise", 4.540077),
        ("q23", "wBTNOH", "covariance", "listwise", 7.285815),
    ],
)
def test_first_eigenvalue_of_the_phone_survey_as_spss_prints_it(shared, items, weight, matrix, missing, first):
    import pyreadstat

    answers, _ = pyreadstat.read_sav(shared / "data" / "brand" / "pcaPhoneTestData.sav")
    names = [f"q23{letter}" for letter in "abcdefghijklmnopqrstuvwxy"]
    columns = [c for c in answers if c.startswith(items)] if items != "q23" else names
    assert len(columns) == 25
    result = pca_map(answers, columns, weights=weight, matrix=matrix, missing=missing)
    assert result.axes["eigenvalue"].iloc[0] == pytest.approx(first, abs=1e-6)
    if weight is None and matrix == "correlation":
        eigenvalues = result.axes["eigenvalue"]
        assert ((eigenvalues > 1).sum(), (eigenvalues > 2).sum()) == (8, 2)


TABLES = st.lists(st.lists(st.integers(1, 40), min_size=4, max_size=4), min_size=3, max_size=6)


@given(TABLES)
@settings(max_examples=40, deadline=None)
def test_laws_of_a_map(cells):
    """Inertia is chi-square / n however the table is turned or scaled; contributions sum to 100, qualities to 1."""
    table = pd.DataFrame(cells, index=[f"r{i}" for i in range(len(cells))], columns=list("abcd"))
    result, turned, scaled = correspondence(table), correspondence(table.T), correspondence(table * 7.5)
    assert np.allclose(result.axes["eigenvalue"], turned.axes["eigenvalue"], atol=1e-12)
    assert np.allclose(result.axes["eigenvalue"], scaled.axes["eigenvalue"], atol=1e-12)
    expected = np.outer(table.sum(axis=1), table.sum()) / table.to_numpy().sum()
    assert result.test["chi2"] == pytest.approx(((table - expected) ** 2 / expected).to_numpy().sum(), abs=1e-8)
    sums = result.points.groupby(["kind", "dimension"])["contribution"].sum()
    large = result.axes.set_index("dimension")["eigenvalue"] > 1e-10
    assert sums[[large[d] for _, d in sums.index]].tolist() == pytest.approx([100] * 2 * int(large.sum()))
    held = result.points.groupby(["kind", "name"])["quality"].sum(min_count=1).dropna()
    assert np.allclose(held, 1, atol=1e-6)


def test_a_split_row_changes_nothing():
    """Distributional equivalence: a brand listed twice with half its counts leaves the columns where they were."""
    table = pd.DataFrame([[20, 10, 4], [6, 12, 8], [10, 10, 30]], index=list("abc"), columns=list("xyz"))
    split = pd.concat([table.drop(index="a"), table.loc[["a", "a"]].set_axis(["a1", "a2"]) / 2])
    one, two = (wide(correspondence(t).points, "column", "principal")[[1, 2]] for t in (table, split))
    assert np.allclose(one.abs(), two.abs(), atol=1e-12)


def test_weights_count_like_rows():
    rng = np.random.default_rng(5)
    answers = pd.DataFrame(rng.integers(1, 4, (60, 3)), columns=list("pqr")).astype(str)
    answers["w"] = rng.integers(1, 4, 60)
    doubled = answers.loc[answers.index.repeat(answers["w"])]
    one = multiple_correspondence(answers, list("pqr"), weights="w").axes
    two = multiple_correspondence(doubled, list("pqr")).axes
    assert np.allclose(one, two, atol=1e-9)


def test_rows_with_a_gap_are_left_out_and_counted():
    answers = pd.DataFrame({"p": ["a", "b", None, "a"] * 9, "q": ["x", "y", "x", "y"] * 9})
    assert (multiple_correspondence(answers, ["p", "q"]).test["n"], 9) == (27, 9)
    assert multiple_correspondence(answers, ["p", "q"]).test["n_dropped"] == 9
    ratings = pd.DataFrame({"p": [1.0, 2, 3, np.nan], "q": [2.0, 2, 5, 1]})
    assert pca_map(ratings, ["p", "q"]).test["n"] == 3


@pytest.mark.parametrize(
    "table, error, words",
    [
        ([[1, -2], [3, 4]], DataError, "correspondence: 1 of 4 cells are missing or negative"),
        ([[0, 0], [3, 4]], DataError, "'r0' is empty; leave it out of the table or make it supplementary"),
        ([[1, 2]], ValueError, "1 rows and 2 columns; a map needs two of each"),
    ],
)
def test_what_makes_no_map(table, error, words):
    names = [f"r{i}" for i in range(len(table))]
    with pytest.raises(error, match=words):
        correspondence(pd.DataFrame(table, index=names, columns=["a", "b"]))


def test_errors_name_what_is_wrong():
    table = pd.DataFrame([[1, 2], [3, 4]], index=["a", "b"], columns=["x", "y"])
    with pytest.raises(ValueError, match="'c' is not in the table; there are"):
        correspondence(table, supplementary_rows=["c"])
    answers = pd.DataFrame({"p": ["a"] * 4, "q": ["x", "y"] * 2, "r": [1.0] * 4, "s": [1.0, 2, 3, 4]})
    with pytest.raises(ValueError, match="'p' has 1 code"):
        multiple_correspondence(answers, ["p", "q"])
    with pytest.raises(DataError, match="'r' has the same value in every row"):
        pca_map(answers, ["r", "s"])
    with pytest.raises(ValueError, match="`inertia` is 'adjust'; it must be one of.*Did you mean 'adjusted'"):
        multiple_correspondence(answers, ["p", "q"], inertia="adjust")

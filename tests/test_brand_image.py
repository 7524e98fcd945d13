"""Image beyond size: by hand, against R's residuals, errors against resampling, noise."""

import numpy as np
import pandas as pd
import pytest

from cemlab.analyse.brand_image import brand_image, image_profile
from cemlab.checks import DataError
from cemlab.measure.stack import RESPONDENT


def stacked(tables, people=None):
    """Rows from an array respondents x brands x attributes of 0/1."""
    n, brands, attributes = tables.shape
    grid = pd.MultiIndex.from_product([range(n), [f"b{i}" for i in range(brands)]], names=[RESPONDENT, "brand"])
    frame = pd.DataFrame(
        tables.reshape(n * brands, attributes), index=grid, columns=[f"a{i}" for i in range(attributes)]
    )
    frame = frame.reset_index()
    frame[RESPONDENT] = "r" + frame[RESPONDENT].astype(str)
    return frame


def ticks(n=300, seed=1, brands=3, attributes=4):
    """Ticks of people who differ in how readily they tick."""
    rng = np.random.default_rng(seed)
    ready = rng.normal(size=(n, 1, 1))
    size = np.linspace(-0.4, 0.6, brands)[None, :, None]
    return (rng.normal(size=(n, brands, attributes)) + ready + size > 0.3).astype(float)


def test_differences_by_hand():
    """Shares [[.6, .2], [.2, .2]]: row sums .8 and .4, columns .8 and .4, total 1.2; expected .8 * .8 / 1.2 = .5333."""
    tables = np.zeros((100, 2, 2))
    tables[:60, 0, 0] = tables[:20, 0, 1] = tables[:20, 1, 0] = tables[:20, 1, 1] = 1
    row = brand_image(stacked(tables), ["a0", "a1"], draws=0).profile.iloc[0]
    assert (row["estimate"], row["reference_estimate"], row["difference"]) == pytest.approx(
        (60, 53.333, 6.667), abs=1e-3
    )
    assert (row["metric"], row["unit"], row["n"]) == ("image", "percent", 100)


def test_the_error_is_that_of_resampled_respondents():
    """Linearised errors within 7 % of 1,500 bootstrap samples of respondents; ticks taken as independent would be far off."""
    tables = ticks()
    found = brand_image(stacked(tables), [f"a{i}" for i in range(4)], draws=0).profile
    rng, gaps = np.random.default_rng(7), []
    for _ in range(1500):
        share = tables[rng.integers(0, 300, 300)].mean(axis=0)
        gaps.append(share - np.outer(share.sum(axis=1), share.sum(axis=0)) / share.sum())
    wanted = 100 * np.std(gaps, axis=0).ravel()
    assert np.allclose(found["difference_se"], wanted, rtol=0.07)


def test_adjusted_residuals_as_r_prints_them():
    """chisq.test(matrix(c(30, 20, 10, 40), 2, byrow = TRUE))$stdres: 4.082483 and -4.082483."""
    table = pd.DataFrame([[30, 20], [10, 40]], index=["a", "b"], columns=["x", "y"])
    found = image_profile(table)
    assert found["z"].tolist() == pytest.approx([4.082483, -4.082483, -4.082483, 4.082483], abs=1e-6)
    assert found["expected"].tolist() == [20, 30, 20, 30]
    assert found.loc[0, "index"] == 150


def test_a_brand_of_double_size_owns_nothing():
    """Everything ticked twice as often by twice as many is size, not image."""
    tables = np.zeros((200, 2, 3))
    for a, count in enumerate((40, 60, 20)):
        tables[:count, 0, a] = 1
        tables[: 2 * count, 1, a] = 1
    profile = brand_image(stacked(tables), ["a0", "a1", "a2"], draws=0).profile
    assert np.abs(profile["difference"]).max() < 1e-9


def test_differences_sum_to_nought_and_contrasts_are_their_differences():
    result = brand_image(stacked(ticks()), [f"a{i}" for i in range(4)], own="b0", draws=50)
    wide = result.profile.pivot(index="brand", columns="item", values="difference")
    assert np.abs(wide.sum(axis=0)).max() < 1e-9 and np.abs(wide.sum(axis=1)).max() < 1e-9
    contrast = result.contrasts.pivot(index="brand", columns="item", values="difference")
    assert np.allclose(contrast.loc["b2"], wide.loc["b2"] - wide.loc["b0"])
    assert set(result.contrasts["reference"]) == {"b0"}


def test_regions_hold_the_places_of_new_samples():
    """Ellipses of 95 % hold the brand's place on the same axes in about 95 of 100 fresh samples of the same people."""
    tables = ticks(n=400, seed=4)
    names = [f"a{i}" for i in range(4)]
    result = brand_image(stacked(tables), names, draws=400)
    axes = result.map.points[(result.map.points["kind"] == "column") & (result.map.points["dimension"] <= 2)]
    other = axes.pivot(index="name", columns="dimension", values="standard").loc[names].to_numpy()
    brands = result.regions[result.regions["kind"] == "row"]
    rng, inside = np.random.default_rng(9), []
    for _ in range(200):
        share = tables[rng.integers(0, 400, 400)].mean(axis=0)
        spots = share / share.sum(axis=1, keepdims=True) @ other
        for spot, row in zip(spots, brands.to_dict("records"), strict=True):
            away = spot - [row["x"], row["y"]]
            inside.append(
                away @ np.linalg.solve([[row["xx"], row["xy"]], [row["xy"], row["yy"]]], away) < row["scale"] ** 2
            )
    assert 0.92 < np.mean(inside) < 0.98


def test_noise_is_found_in_five_of_a_hundred_cells():
    """60 samples without any image: single p-values under 0.05 in 3 to 7 % of 12 cells each, readiness to tick or not."""
    p = np.concatenate([
        brand_image(stacked(ticks(n=150, seed=s)), [f"a{i}" for i in range(4)], draws=0).profile["p_value"] for s in range(60)
    ])  # fmt: skip
    assert 0.03 < (p < 0.05).mean() < 0.07


def test_a_small_brand_keeps_its_rows_without_figures_and_has_no_place():
    data = stacked(ticks())
    data.loc[(data["brand"] == "b2") & (np.arange(len(data)) > 60), [f"a{i}" for i in range(4)]] = np.nan
    result = brand_image(data, [f"a{i}" for i in range(4)], draws=0)
    rows = result.profile[result.profile["brand"] == "b2"]
    assert rows["status"].eq("not_estimable").all() and rows["difference"].isna().all()
    assert "b2" not in result.table.index


def test_errors_name_what_is_wrong():
    data = stacked(ticks())
    with pytest.raises(ValueError, match="1 attribute"):
        brand_image(data, ["a0"])
    with pytest.raises(ValueError, match="0 brand.s. with a base of 1000"):
        brand_image(data, ["a0", "a1"], min_n=1000)
    with pytest.raises(DataError, match="nobody ticked 'a1' for any brand"):
        brand_image(data.assign(a1=0.0), ["a0", "a1"])
    with pytest.raises(DataError, match="empty row or column"):
        image_profile(pd.DataFrame([[1, 0], [2, 0]]))

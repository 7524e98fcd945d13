"""Brand image: which attributes a brand owns beyond what its size explains, and the map of brands and attributes."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from cemlab.analyse.correspondence import Map, coordinates, correspondence
from cemlab.checks import DataError, require_level
from cemlab.measure.multiplicity import adjust_p
from cemlab.measure.schema import comparisons
from cemlab.measure.unit_sums import between_units, unit_sums


class BrandImage(NamedTuple):
    """Image of the brands: profile and contrasts (comparisons), the map with regions, and the table behind them."""

    profile: pd.DataFrame
    contrasts: pd.DataFrame
    map: Map
    regions: pd.DataFrame
    table: pd.DataFrame


def brand_image(
    data, attributes, *, brand="brand", brands=None, own=None, weights=None, level=0.95, draws=500, min_n=30, seed=1
):
    """Image profile corrected for size, contrasts with the own brand, and the correspondence map with regions.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per respondent and brand (`stack_brands`); attributes are 1 (fits), 0 (does not) or missing (not asked).
    attributes : list of str
        Columns, at least two.
    brand : str, default "brand"
    brands : list of str, optional
        Brands in order; all found otherwise.
    own : str, optional
        The own brand; ``contrasts`` compares every rival with it.
    weights : str, optional
        Column of case weights.
    level : float, default 0.95
    draws : int, default 500
        Bootstrap samples for the regions of the map; 0 gives none.
    min_n : float, default 30
        A brand with a smaller effective base has no figures and no place on the map.
    seed : int

    Returns
    -------
    BrandImage
        ``profile``: comparisons by brand, ``metric`` "image", ``item`` the attribute, percent: ``estimate`` the share of
        respondents who say so, ``reference_estimate`` what the brand's and the attribute's size alone would give (row total x
        column total / total), ``difference`` in percentage points. ``contrasts``: comparisons by rival, ``metric``
        "image_gap": the rival's difference less the own brand's. ``map``: `correspondence` of the shares. ``regions``: ``kind, name,
        x, y, xx, xy, yy`` and ``scale``: the point, the covariance of its place, and the radius in standard deviations that
        holds `level`. ``table``: shares in percent.

    Raises
    ------
    ValueError
        Unknown column, fewer than two brands or attributes left.
    DataError
        An attribute nobody ticked; a missing or negative weight.

    Notes
    -----
    Large brands get more ticks on everything (double jeopardy of image); a brand owns what exceeds that. The usual adjusted
    residual treats ticks as independent, while one respondent ticks many cells: here the error of each difference is
    linearised over respondents (below 1,000 of them; over their 256 replicates from there on) and includes the error of
    the expected share. Where brands were asked of different people, shares on each brand's own base enter. p-values are
    adjusted over the profile (Benjamini-Hochberg). Regions come from respondents drawn anew, each table placed on the axes of
    the full one (partial bootstrap, Greenacre 2017, chapter 29): they show sampling error of places, not of axes.
    """
    where = "brand_image"
    require_level(level, where)
    if len(attributes) < 2:
        raise ValueError(f"{where}: {len(attributes)} attribute(s); give at least two.")
    sums = unit_sums(data, attributes, by=brand, groups=brands, weights=weights, where=where)
    enough = sums.n_eff.min(axis=1) >= max(min_n, 1)
    if enough.sum() < 2:
        raise ValueError(f"{where}: {int(enough.sum())} brand(s) with a base of {min_n:g} or more; an image needs two.")
    names = [g for g, kept in zip(sums.groups, enough, strict=True) if kept]
    hits, base = sums.hits[:, enough], sums.base[:, enough]
    share = hits.sum(axis=0) / base.sum(axis=0)
    empty = [a for a, total in zip(attributes, share.sum(axis=0), strict=True) if not total > 0]
    if empty:
        raise DataError(f"{where}: nobody ticked {empty[0]!r} for any brand; leave it out.")
    expected, gap, influence = residuals(hits, base, share)
    se, df = between_units(influence)
    figures = {"estimate": share, "reference_estimate": expected, "difference": gap}
    rows = cells(figures, se, df, names, attributes, sums, enough, level, brand)
    out = pd.concat([rows, missing_rows(sums, enough, attributes, brand, level)], ignore_index=True)
    profile = in_brand_order(out.assign(metric="image", reference=""), sums.groups, attributes, brand)
    contrasts = pd.DataFrame()
    if own in names:
        contrasts = against_own(share, gap, influence, names, own, attributes, sums, enough, level, brand)
    table = pd.DataFrame(100 * share, index=names, columns=attributes)
    result = correspondence(table)
    return BrandImage(profile, contrasts, result, regions(result, sums, enough, level, draws, seed), table)


def residuals(hits, base, share):
    """Expected shares, differences, and the influence of each unit on the differences (units, brands, attributes)."""
    r, c, t = share.sum(axis=1), share.sum(axis=0), share.sum()
    expected = np.outer(r, c) / t
    own = (hits - share * base) / base.sum(axis=0)  # influence on each share
    by_row, by_column, by_all = own.sum(axis=2), own.sum(axis=1), own.sum(axis=(1, 2))
    on_expected = (
        by_row[:, :, None] * c / t + r[:, None] / t * by_column[:, None, :] - expected / t * by_all[:, None, None]
    )
    return expected, share - expected, own - on_expected


def cells(figures, se, df, names, attributes, sums, enough, level, brand):
    """Rows of comparisons from matrices brands x attributes, in percent."""
    from scipy.special import stdtr, stdtrit

    grid = pd.MultiIndex.from_product([names, attributes], names=[brand, "item"]).to_frame(index=False)
    out = grid.assign(**{name: 100 * values.ravel() for name, values in figures.items()})
    error = 100 * se.ravel()
    half = stdtrit(df, 0.5 + level / 2) * error
    with np.errstate(divide="ignore", invalid="ignore"):
        t = out["difference"].to_numpy() / error
    out = out.assign(
        difference_se=error, difference_low=out["difference"] - half, difference_high=out["difference"] + half
    )
    p = np.where(error > 1e-12, 2 * stdtr(df, -np.abs(t)), np.nan)
    out["p_value"], out["p_adjusted"] = p, adjust_p(p, "bh")
    out["n"], out["n_eff"] = sums.n[enough].ravel(), sums.n_eff[enough].ravel()
    status = np.where(np.isnan(p), "not_estimable", "ok")
    return out.assign(unit="percent", adjust="bh", level=level, method=f"linearised_{sums.kind}", status=status)


def missing_rows(sums, enough, attributes, brand, level):
    """Rows of brands whose base is too small, without figures."""
    left = [g for g, kept in zip(sums.groups, enough, strict=True) if not kept]
    out = pd.MultiIndex.from_product([left, attributes], names=[brand, "item"]).to_frame(index=False)
    out["n"], out["n_eff"] = sums.n[~enough].ravel(), sums.n_eff[~enough].ravel()
    return out.assign(
        unit="percent", adjust="bh", level=level, method=f"linearised_{sums.kind}", status="not_estimable"
    )


def in_brand_order(rows, groups, attributes, brand):
    """Comparisons in the order of brands, then of attributes."""
    place = rows[brand].map({g: i for i, g in enumerate(groups)}) * len(attributes)
    place = place + rows["item"].map({a: i for i, a in enumerate(attributes)})
    return comparisons(rows.loc[place.sort_values(kind="stable").index], by=brand)


def against_own(share, gap, influence, names, own, attributes, sums, enough, level, brand):
    """Each rival's size-corrected profile less the own brand's."""
    mine = names.index(own)
    rivals = [i for i in range(len(names)) if i != mine]
    figures = {
        "estimate": gap[rivals],
        "reference_estimate": np.broadcast_to(gap[mine], (len(rivals), len(attributes))),
        "difference": gap[rivals] - gap[mine],
    }
    se, df = between_units(influence[:, rivals] - influence[:, [mine]])
    kept = np.flatnonzero(enough)[rivals]
    chosen = np.isin(np.arange(len(enough)), kept)
    rows = cells(figures, se, df, [names[i] for i in rivals], attributes, sums, chosen, level, brand)
    own_n = dict(zip(attributes, sums.n[np.flatnonzero(enough)[mine]], strict=True))
    own_eff = dict(zip(attributes, sums.n_eff[np.flatnonzero(enough)[mine]], strict=True))
    rows = rows.assign(metric="image_gap", reference=own, n_reference=rows["item"].map(own_n),
                       n_eff_reference=rows["item"].map(own_eff))  # fmt: skip
    return comparisons(rows, by=brand)


def regions(result, sums, enough, level, draws, seed):
    """Places of brands and attributes on the map with the covariance of their sampling error."""
    from scipy.special import chdtri

    places = coordinates(result)
    scale = float(np.sqrt(chdtri(2, 1 - level)))
    out = places.assign(xx=np.nan, xy=np.nan, yy=np.nan, scale=scale)
    if not draws or len(result.axes) < 2:
        return out
    hits, base = sums.draws(draws, seed)
    with np.errstate(divide="ignore", invalid="ignore"):
        tables = np.nan_to_num(hits[:, enough] / base[:, enough])
    axes = result.points[result.points["dimension"] <= 2]
    for kind, drawn in (("row", tables), ("column", tables.swapaxes(1, 2))):
        other = axes[axes["kind"] != kind].pivot(index="name", columns="dimension", values="standard")
        order = axes.loc[axes["kind"] != kind, "name"].drop_duplicates()
        with np.errstate(divide="ignore", invalid="ignore"):
            spots = np.nan_to_num(drawn / drawn.sum(axis=2, keepdims=True)) @ other.loc[order].to_numpy()
        spread = spots - spots.mean(axis=0)
        covariance = np.einsum("dpi,dpj->pij", spread, spread) / (draws - 1)
        at = np.flatnonzero(places["kind"] == kind)
        for name, i, j in (("xx", 0, 0), ("xy", 0, 1), ("yy", 1, 1)):
            out.iloc[at, out.columns.get_loc(name)] = covariance[:, i, j]
    return out


def image_profile(table):
    """What each brand owns, from a count table alone: adjusted residuals of independence.

    Parameters
    ----------
    table : pandas.DataFrame
        Counts, brands down, attributes across.

    Returns
    -------
    pandas.DataFrame
        ``brand, item, observed, expected, index`` (100 = expected), ``z`` (adjusted residual), ``p_value, p_adjusted`` (BH).

    Raises
    ------
    DataError
        Negative or missing counts, an empty row or column.

    Notes
    -----
    z = (o - e) / sqrt(e (1 - r / N) (1 - c / N)) with e = r c / N. It takes ticks as independent; those of one respondent are
    not, so that it is a rough guide. With respondents at hand use `brand_image`.

    References
    ----------
    Agresti, A. (2013). Categorical Data Analysis, section 3.3. In R: ``chisq.test(table)$stdres``.
    """
    from scipy.special import ndtr

    observed = table.to_numpy(float)
    if not (observed >= 0).all() or (observed.sum(axis=0) == 0).any() or (observed.sum(axis=1) == 0).any():
        raise DataError("image_profile: the table holds negative or missing counts, or an empty row or column.")
    n = observed.sum()
    r, c = observed.sum(axis=1, keepdims=True), observed.sum(axis=0, keepdims=True)
    expected = r * c / n
    z = (observed - expected) / np.sqrt(expected * (1 - r / n) * (1 - c / n))
    out = pd.MultiIndex.from_product([table.index, table.columns], names=["brand", "item"]).to_frame(index=False)
    out = out.assign(observed=observed.ravel(), expected=expected.ravel(), index=(100 * observed / expected).ravel())
    out["z"], out["p_value"] = z.ravel(), 2 * ndtr(-np.abs(z)).ravel()
    return out.assign(p_adjusted=adjust_p(out["p_value"], "bh"))

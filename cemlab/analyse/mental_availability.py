"""Mental availability: how widely a brand comes to mind in the situations in which the category is bought."""

import numpy as np
import pandas as pd

from cemlab.measure.intervals import quantile
from cemlab.measure.schema import combine, estimates
from cemlab.measure.unit_sums import between_units, unit_sums

METRICS = ("mental_market_share", "mental_penetration", "network_size", "share_of_mind")


def mental_availability(data, entry_points, *, brand="brand", brands=None, weights=None, level=0.95):
    """Mental market share, penetration, network size and share of mind from category entry points.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per respondent and brand (`stack_brands`) with the column ``_respondent``.
    entry_points : list of str
        Columns, one a category entry point: 1 where the respondent links the brand with it, 0 where not.
    brand : str, default "brand"
    brands : list of str, optional
        Brands in order.
    weights : str, optional
        Column of case weights.
    level : float, default 0.95

    Returns
    -------
    pandas.DataFrame
        Estimates by brand: ``mental_market_share`` (percent of all links that are the brand's; sums to 100),
        ``mental_penetration`` (percent with at least one link), ``network_size`` (mean links of those with one; unit "links"),
        ``share_of_mind`` (percent of the links of those with one that are the brand's). Respondents who answered no entry
        point are left out. Errors are linearised over respondents.

    Raises
    ------
    ValueError
        Unknown column, fewer than two entry points.
    DataError
        A missing or negative weight.

    Notes
    -----
    Depends on the entry points and brands listed: comparable between waves with the same lists only. Large brands have
    larger networks (double jeopardy); compare with brands of like size.

    References
    ----------
    Romaniuk, J. (2013). Modeling mental market share. Journal of Business Research, 66, 188-195.
    """
    where = "mental_availability"
    if len(entry_points) < 2:
        raise ValueError(f"{where}: {len(entry_points)} entry point(s); give at least two.")
    rows = linked(data, entry_points, brand)
    sums = unit_sums(rows, ["links__", "linked__", "all__"], by=brand, groups=brands, weights=weights, where=where)
    links, has, every = sums.hits[:, :, 0], sums.hits[:, :, 1], sums.hits[:, :, 2]
    base = sums.base[:, :, 0]
    total = links.sum(axis=1)
    pairs = {
        "mental_market_share": (links, np.broadcast_to(total[:, None], links.shape), 100, "percent"),
        "mental_penetration": (has, base, 100, "percent"),
        "network_size": (links, has, 1, "links"),
        "share_of_mind": (links, every, 100, "percent"),
    }
    counts = {"mental_market_share": sums.n[:, 0], "mental_penetration": sums.n[:, 0]}
    frames = []
    for metric, (top, bottom, scale, unit) in pairs.items():
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = top.sum(axis=0) / bottom.sum(axis=0)
            influence = (top - ratio * bottom) / bottom.sum(axis=0)
        se, df = between_units(np.nan_to_num(influence))
        half = quantile(level, df) * se
        n = counts.get(metric, sums.n[:, 2])
        part = {"estimate": scale * ratio, "se": scale * se, "ci_low": scale * np.maximum(ratio - half, 0)}
        high = ratio + half if metric == "network_size" else np.minimum(ratio + half, 1)
        part |= {"ci_high": scale * high, "n": n, brand: sums.groups, "unit": unit, "metric": metric}
        effective = sums.n_eff[:, 0 if metric in counts else 2]
        frames.append(estimates(pd.DataFrame(part).assign(n_eff=effective), by=brand))
    out = combine(frames, by=[brand])
    out = out.assign(level=level, method=f"linearised_{sums.kind}")
    out["status"] = np.where(out["estimate"].isna() | ~(out["n"] > 0), "not_estimable", "ok")
    return out.assign(item="entry_points")


def linked(data, entry_points, brand):
    """Stacked rows with the number of links, whether there is one, and the respondent's links with all brands."""
    import narwhals as nw

    from cemlab.checks import require_columns
    from cemlab.measure.frames import columns_of, lazy, number_column
    from cemlab.measure.stack import RESPONDENT

    frame = lazy(data, "mental_availability")
    require_columns(columns_of(frame), [*entry_points, brand, RESPONDENT], "mental_availability")
    values = [number_column(c) for c in entry_points]
    given = ~values[0].is_null()
    links = nw.when(values[0].is_null()).then(nw.lit(0.0)).otherwise(values[0])
    for value in values[1:]:
        given = given | ~value.is_null()
        links = links + nw.when(value.is_null()).then(nw.lit(0.0)).otherwise(value)
    frame = frame.with_columns(nw.when(given).then(links).alias("links__"))
    waves = [c for c in ("_wave",) if c in columns_of(frame)]
    totals = frame.group_by(RESPONDENT, *waves).agg(nw.col("links__").sum().alias("total__"))
    frame = frame.join(totals, on=[RESPONDENT, *waves], how="left")
    some = nw.col("links__") > 0
    return frame.with_columns(
        nw.when(~nw.col("links__").is_null())
        .then(nw.when(some).then(nw.lit(1.0)).otherwise(nw.lit(0.0)))
        .alias("linked__"),
        nw.when(some).then(nw.col("total__")).alias("all__"),
    ).to_native()

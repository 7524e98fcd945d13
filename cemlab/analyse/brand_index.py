"""A brand health index: one number from stated components and weights, with what other weights would make of it."""

import numpy as np
import pandas as pd

from cemlab.measure.intervals import quantile
from cemlab.measure.schema import combine, estimates
from cemlab.measure.unit_sums import between_units, unit_sums


def brand_index(data, components, *, brand="brand", brands=None, weights=None, level=0.95, min_n=30):
    """Weighted mean of components on a scale from 0 to 100, by brand.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per respondent and brand (`stack_brands`).
    components : dict
        Column -> (weight, lowest, highest): (3, 0, 1) for a stage, (1, -100, 100) for NPS points, (1, 1, 5) for a rating. Each
        brand's mean is put on 0 to 100 between the two ends; weights are divided by their sum.
    brand : str, default "brand"
    brands : list of str, optional
    weights : str, optional
        Column of case weights.
    level : float, default 0.95
    min_n : float, default 30
        A brand with a smaller effective base in any component has no index.

    Returns
    -------
    pandas.DataFrame
        Estimates by brand, unit "index": ``metric`` "index" (item "index"; n of the smallest component) and "component" (item:
        the column; its mean on 0 to 100). Errors are linearised over respondents, with what the components share.

    Raises
    ------
    ValueError
        Unknown column, no components, a weight that is not above 0, ends in the wrong order.
    DataError
        A missing or negative weight of a respondent.

    Notes
    -----
    An index is a decision, not a finding: other weights give other numbers and sometimes another order of brands;
    `index_sensitivity` says how often. Compare it with itself over waves, with the same components and weights.
    """
    where = "brand_index"
    if not components:
        raise ValueError(f"{where}: no components given; name columns with (weight, lowest, highest).")
    for name, (weight, low, high) in components.items():
        if not weight > 0 or not low < high:
            raise ValueError(
                f"{where}: {name!r} has weight {weight!r} and ends {low!r}, {high!r}; weight above 0, low < high."
            )
    names = list(components)
    share = np.array([components[c][0] for c in names], dtype=float)
    share = share / share.sum()
    low, high = (np.array([components[c][i] for c in names], dtype=float) for i in (1, 2))
    sums = unit_sums(data, names, by=brand, groups=brands, weights=weights, where=where)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = sums.hits.sum(axis=0) / sums.base.sum(axis=0)
        influence = (sums.hits - mean * sums.base) / sums.base.sum(axis=0) * 100 / (high - low)
    score = 100 * (mean - low) / (high - low)
    influence = np.nan_to_num(influence)
    frames = []
    for i, name in enumerate(names):
        frames.append(rows("component", name, score[:, i], influence[:, :, i], sums, i, brand, level))
    index = rows("index", "index", score @ share, influence @ share, sums, 0, brand, level)
    index["n"], index["n_eff"] = sums.n.min(axis=1), sums.n_eff.min(axis=1)
    frames.append(index)
    out = combine([estimates(frame, by=brand) for frame in frames], by=[brand])
    small = (out["n_eff"] < min_n) | out["estimate"].isna()
    out.loc[small, ["estimate", "se", "ci_low", "ci_high"]] = np.nan
    out["status"] = np.where(small, "not_estimable", "ok")
    return out


def rows(metric, item, estimate, influence, sums, place, brand, level):
    """Estimates of one component, or of the index, by brand."""
    se, df = between_units(influence)
    half = quantile(level, df) * se
    out = {brand: sums.groups, "metric": metric, "item": item, "unit": "index", "estimate": estimate, "se": se}
    out |= {
        "ci_low": np.maximum(estimate - half, 0),
        "ci_high": np.minimum(estimate + half, 100),
        "n": sums.n[:, place],
    }
    return pd.DataFrame(out | {"n_eff": sums.n_eff[:, place], "level": level, "method": f"linearised_{sums.kind}"})


def index_sensitivity(index, components, *, brand="brand", draws=2000, seed=1):
    """What other weights would make of the index.

    Parameters
    ----------
    index : pandas.DataFrame
        Output of `brand_index`.
    components : dict
        As there.
    draws : int, default 2000
        Sets of weights drawn uniformly (Dirichlet with all parameters 1).
    seed : int

    Returns
    -------
    pandas.DataFrame
        ``brand, estimate, rank`` with the stated weights; ``lowest, highest`` (2.5 and 97.5 percent of the draws), ``rank_low,
        rank_high`` (the same of ranks), ``same_rank`` (percent of draws with the stated rank), ``without_low, without_high``: the
        index with one component left out in turn. Brands without an index are left out.
    """
    parts = index[(index["metric"] == "component") & index["estimate"].notna()]
    table = parts.pivot(index=brand, columns="item", values="estimate").reindex(columns=list(components)).dropna()
    stated = index[(index["metric"] == "index") & index["estimate"].notna()].set_index(brand)["estimate"]
    table = table.loc[[b for b in stated.index if b in table.index]]
    if not len(table):
        return pd.DataFrame()
    weight = np.array([components[c][0] for c in table.columns], dtype=float)
    drawn = np.random.default_rng(seed).dirichlet(np.ones(table.shape[1]), draws) @ table.to_numpy().T
    ranks = (-drawn).argsort(axis=1, kind="stable").argsort(axis=1, kind="stable") + 1
    estimate = table.to_numpy() @ (weight / weight.sum())
    rank = (-estimate).argsort(kind="stable").argsort(kind="stable") + 1
    without = [estimate]
    for i in range(len(weight) if len(weight) > 1 else 0):
        left = np.delete(weight, i)
        without.append(np.delete(table.to_numpy(), i, axis=1) @ (left / left.sum()))
    return pd.DataFrame({
        brand: table.index, "estimate": estimate, "rank": rank,
        "lowest": np.quantile(drawn, 0.025, axis=0), "highest": np.quantile(drawn, 0.975, axis=0),
        "rank_low": np.quantile(ranks, 0.025, axis=0, method="inverted_cdf"),
        "rank_high": np.quantile(ranks, 0.975, axis=0, method="inverted_cdf"),
        "same_rank": 100 * (ranks == rank).mean(axis=0),
        "without_low": np.min(without, axis=0), "without_high": np.max(without, axis=0),
    })  # fmt: skip

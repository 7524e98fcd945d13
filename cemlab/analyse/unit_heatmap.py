"""The heat map of an employee study: units by dimensions against the rest, the last wave or a benchmark."""

import numpy as np
import pandas as pd

from cemlab.analyse.partial_pooling import between_variance, shrunk, steady_variances
from cemlab.checks import require_choice, require_columns, require_level
from cemlab.measure.answers import require_cuts, scale_bounds
from cemlab.measure.compare import REST, compare_waves
from cemlab.measure.frames import columns_of, lazy
from cemlab.measure.intervals import quantile
from cemlab.measure.moments import moments
from cemlab.measure.multiplicity import adjust_p
from cemlab.measure.scales import as_dimensions, person_scores
from cemlab.measure.schema import MISSING, comparisons, estimates

METRICS = ("favourable", "mean", "unfavourable")


def unit_heatmap(
    data,
    dimensions,
    *,
    unit,
    scale,
    metric="favourable",
    top=None,
    bottom=None,
    reverse=(),
    least=0.5,
    against="rest",
    benchmark=None,
    wave="_wave",
    current=None,
    previous=None,
    person=None,
    order=None,
    weights=None,
    level=0.95,
    adjust="bh",
    min_n=5,
):
    """Units by dimensions: each against the rest of the company, its own last wave, or a benchmark.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per answer sheet.
    dimensions, scale, top, bottom, reverse, least, order
        As in `person_scores`.
    unit : str
        Column of the unit.
    metric : {"favourable", "mean", "unfavourable"}, default "favourable"
    against : {"rest", "previous", "benchmark"}, default "rest"
        "rest" is everybody in another unit, never a total that holds the unit.
    benchmark : dict of str to float
        Dimension -> value, for "benchmark".
    wave, current, previous : str
        Column and codes of two waves, for "previous".
    person : str, optional
        Column of the person: the newest sheet counts, and the covariance of those who answered in both waves is subtracted.
    weights : str, optional
        Column of weights (against non-response).
    level : float, default 0.95
    adjust : {"bh", "holm", "by", ...} or None, default "bh"
        Over all cells of the map: one family.
    min_n : int, default 5
        A unit with fewer persons is not tested (precision; who may be shown is judged by `protect`).

    Returns
    -------
    pandas.DataFrame
        `unit` and comparisons, one row per unit and dimension (``item``); ``n`` persons.

    Raises
    ------
    ValueError
        Unknown column or option, a dimension without benchmark, fewer than two units.
    DataError
        An answer off the scale; a missing or negative weight.

    Notes
    -----
    "rest" and "benchmark": a unit's variance is steadied by all units' (Smyth), so that a team of five of one mind is no
    certainty; t with the degrees of freedom that this gives. The rest is made of units, not of unrelated persons: its error
    adds the variance between units (REML). "previous": Welch's t without assuming equal variances, covariance subtracted.
    The differences are of plain means; beside them show `shrunken_units`, since in a map of sixty units the extreme plain
    means are mostly small units.
    """
    where = "unit_heatmap"
    require_choice(metric, METRICS, name="metric", where=where)
    require_choice(against, ("rest", "previous", "benchmark"), name="against", where=where)
    require_level(level, where)
    named = as_dimensions(dimensions, where)
    keys = [person, wave] if person and against == "previous" else person
    how = {"scale": scale, "top": top, "bottom": bottom, "reverse": reverse, "least": least}
    rows = person_scores(data, named, **how, person=keys, order=order)
    columns = {name if metric == "mean" else f"{name}__{metric}": name for name in named}
    what = {"metric": metric, "unit": "mean" if metric == "mean" else "percent", "level": level, "adjust": adjust}
    if against == "previous":
        if current is None or previous is None:
            raise ValueError(f"{where}: against='previous' needs `current` and `previous`, the codes of two waves.")
        require_columns(columns_of(lazy(rows, where)), [wave], where)
        found = compare_waves(
            rows, list(columns), current=current, previous=previous, wave=wave, by=unit, metric="mean", id=person,
            weights=weights, level=level, adjust=adjust, min_n=min_n,
        )  # fmt: skip
        found = found.assign(metric=metric, item=found["item"].map(columns), unit=what["unit"])
        return comparisons(found[found[unit] != MISSING], unit)
    if against == "benchmark" and not (isinstance(benchmark, dict) and set(named) <= set(benchmark)):
        lacking = [name for name in named if name not in (benchmark or {})]
        raise ValueError(f"{where}: `benchmark` has no value for {lacking}; give one for each dimension.")
    pieces = []
    for column, table in unit_means(rows, list(columns), unit, weights, where).items():
        name = columns[column]
        if against == "rest":
            reference, error, n_other, n_eff_other = complements(table)
            label = REST
        else:
            reference, error = np.full(len(table), float(benchmark[name])), np.zeros(len(table))
            n_other, n_eff_other, label = np.full(len(table), np.nan), np.full(len(table), np.nan), "benchmark"
        piece = tested(table, reference, error, level).assign(item=name, reference=label, **what)
        piece["n_reference"], piece["n_eff_reference"] = n_other, n_eff_other
        few = (table["n_eff"] < min_n).to_numpy() | (n_other < min_n)
        figures = ["difference", "difference_se", "difference_low", "difference_high", "p_value"]
        piece.loc[few, [*figures, "estimate", "reference_estimate"]] = np.nan
        piece["status"] = np.where(piece["p_value"].isna(), "not_estimable", "ok")
        pieces.append(piece)
    out = pd.concat(pieces, ignore_index=True)
    out["p_adjusted"] = adjust_p(out["p_value"], adjust)
    out["method"] = f"steady_t_{against}" + ("_kish" if weights else "")
    return comparisons(out.assign(at=np.nan), unit)


def shrunken_units(
    data, dimensions, *, unit, scale, metric="favourable", top=None, bottom=None, reverse=(), least=0.5, person=None,
    order=None, weights=None, level=0.95, method="reml",
):  # fmt: skip
    """Scores of units drawn towards the whole by how little each is known (partial pooling).

    Parameters
    ----------
    data, dimensions, unit, scale, metric, top, bottom, reverse, least, person, order, weights, level
        As in `unit_heatmap`.
    method : {"reml", "dl"}, default "reml"
        How the spread between units is estimated.

    Returns
    -------
    pandas.DataFrame
        `unit`, then estimates: `metric` (the drawn-in score with its interval), "own_weight" (percent of it that comes from
        the unit's own answers) and, on the rows "(all)", "between_sd": the spread between units that sampling does not explain.

    Raises
    ------
    ValueError, DataError
        As `unit_heatmap`.

    Notes
    -----
    Estimate = common mean + weight (own mean - common mean), weight = 1 - (k - 3) / (k - 1) v / (tau^2 + v) for k units.
    Without any spread beyond chance every unit stands next to the common mean. Intervals allow for the estimated mean and
    spread (Morris 1983); in simulations with 30 units they cover some 94 % at a level of 95 %.
    """
    where = "shrunken_units"
    require_choice(metric, METRICS, name="metric", where=where)
    require_choice(method, ("reml", "dl"), name="method", where=where)
    require_level(level, where)
    named = as_dimensions(dimensions, where)
    how = {"scale": scale, "top": top, "bottom": bottom, "reverse": reverse, "least": least}
    rows = person_scores(data, named, **how, person=person, order=order)
    columns = {name if metric == "mean" else f"{name}__{metric}": name for name in named}
    z, pieces = quantile(level), []
    for column, table in unit_means(rows, list(columns), unit, weights, where).items():
        name, sampling = columns[column], table["sampling"].to_numpy(float)
        mean = table["mean"].to_numpy(float)
        tau2 = between_variance(mean, sampling, method)
        value, se, own = shrunk(mean, sampling, tau2)
        ends = (0.0, 100.0) if metric != "mean" else ends_of(named[name], scale, where)
        score = table.assign(
            metric=metric, estimate=value, se=se, unit="mean" if metric == "mean" else "percent",
            ci_low=np.clip(value - z * se, *ends), ci_high=np.clip(value + z * se, *ends),
        )  # fmt: skip
        weight = table.assign(metric="own_weight", estimate=100 * own, unit="percent")
        whole = {unit: "(all)", "metric": "between_sd", "estimate": np.sqrt(tau2), "unit": score["unit"].iloc[0]}
        whole |= {"n": table["n"].sum(), "n_eff": table["n_eff"].sum(), "n_missing": table["n_missing"].sum()}
        pieces += [frame.assign(item=name) for frame in (score, weight, pd.DataFrame([whole]))]
    out = pd.concat(pieces, ignore_index=True)
    return estimates(out.assign(level=level, method=f"empirical_bayes_{method}", at=np.nan, status="ok"), unit)


def ends_of(items, scale, where):
    """Mean lowest and highest code of a dimension's items."""
    return tuple(np.mean([scale_bounds(scale, where, item) for item in items], axis=0))


def unit_means(rows, columns, unit, weights, where):
    """Mean of persons by unit with its steadied variance: a frame per column."""
    require_cuts(columns, unit, None, 0.95, where)
    sums = moments(rows, columns, by=unit, weights=weights, where=where)
    sums = sums[(sums[unit] != MISSING) & (sums["n"] > 0) & (sums["w"] > 0)]
    out = {}
    for column in columns:
        one = sums[sums["item"] == column].reset_index(drop=True)
        if len(one) < 2:
            raise ValueError(f"{where}: {len(one)} unit(s) of {unit!r} answered {column!r}; a map needs two or more.")
        n_eff, mean = one["w"] ** 2 / one["w2"], one["wx"] / one["w"]
        df = np.maximum(n_eff - 1, 0.0).where(one["n"] > 1, 0.0)
        spread = np.maximum(one["wxx"] / one["w"] - mean**2, 0.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            variance = np.where(df > 0, spread * n_eff / df, 0.0)
        steady, steady_df = steady_variances(variance, df)
        steady = np.maximum(steady, 1e-12)
        out[column] = pd.DataFrame({
            unit: one[unit], "n": one["n"], "n_eff": n_eff, "n_missing": one["n_missing"], "mean": mean,
            "sampling": steady / n_eff, "df": steady_df,
        })  # fmt: skip
    return out


def complements(table):
    """For each unit the mean of all others, its squared error with the spread between units, and its bases."""
    n, n_eff, mean, v = (table[name].to_numpy(float) for name in ("n", "n_eff", "mean", "sampling"))
    tau2 = between_variance(mean, v)
    share = n / n.sum()
    left = 1 - share
    reference = ((share * mean).sum() - share * mean) / left
    squares = share**2 * (v + tau2)
    error = (squares.sum() - squares) / left**2
    return reference, error, n.sum() - n, n_eff.sum() - n_eff


def tested(table, reference, error, level):
    """Both sides, the difference, its interval and two-sided p-value."""
    from scipy.stats import norm, t

    difference = table["mean"].to_numpy(float) - reference
    own = table["sampling"].to_numpy(float)
    se = np.sqrt(own + error)
    df = table["df"].to_numpy(float)
    size = np.abs(difference) / se
    p = np.where(np.isfinite(df), 2 * t.sf(size, np.where(np.isfinite(df), df, 1.0)), 2 * norm.sf(size))
    half = quantile(level, df) * se
    out = table.drop(columns=["mean", "sampling", "df", "n_missing"])
    return out.assign(
        estimate=table["mean"], reference_estimate=reference, difference=difference, difference_se=se,
        difference_low=difference - half, difference_high=difference + half, p_value=p,
    )  # fmt: skip

"""Gabor-Granger: how many would buy at each price, what that earns, and how steeply demand falls."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cemlab.checks import DataError, require_choice, require_level
from cemlab.measure.intervals import share_interval
from cemlab.measure.moments import counts, is_why_missing
from cemlab.measure.resample import bootstrap_interval
from cemlab.measure.rows import with_units
from cemlab.measure.schema import as_list, estimates

SUMMED = ("n", "w", "w2", "yes", "yes2", "lost")


@dataclass(frozen=True)
class PriceResponse:
    """What `price_response` returns: ``demand, optimum, elasticity`` (estimates) and ``quality``."""

    demand: pd.DataFrame
    optimum: pd.DataFrame
    elasticity: pd.DataFrame
    quality: pd.DataFrame


def price_response(data, prices, *, buy=(1,), by=None, weights=None, level=0.95, method="wilson", draws=2000, seed=0):
    """Demand and revenue by price from ladder or monadic price questions.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per respondent.
    prices : dict of str to float
        Column -> the price asked there. Each respondent answered all of them (a ladder) or some (monadic cells, the
        others empty).
    buy : tuple of int, default (1,)
        Answers that mean buying: 1 of 0/1 questions, or (4, 5) of a scale of intent.
    by : str or list of str, optional
        Columns that define groups.
    weights : str, optional
        Column of case weights.
    level : float, default 0.95
    method : {"wilson", "linearised"}
        Interval of the demand: Wilson on the effective base, or the logit interval with the Taylor-linearised error of
        the weighted share (R's ``svymean``).
    draws : int, default 2000
        Bootstrap draws of persons for optimum and elasticity; 0: no such intervals.
    seed : int, default 0

    Returns
    -------
    PriceResponse
        ``demand``: metrics ``demand`` (percent who would buy, ``at`` the price, Wilson on the effective base),
        ``revenue`` (price x share, per respondent asked, the limits of demand times the price), ``monotone`` (the falling line nearest to
        demand, percent) and ``logit`` (fitted demand, percent). ``optimum``: metrics ``revenue_price`` (price asked with
        the largest revenue) and ``logit_price`` (largest fitted revenue inside the range of prices), bootstrap percentile
        intervals. ``elasticity``: ``arc`` between neighbouring prices (``at`` their middle) and ``slope`` (logit
        coefficient of the price). ``quality``: per group ``rising``, how many neighbouring pairs of prices have demand
        going up with the price, and their number.

    Raises
    ------
    ValueError
        Unknown column, fewer than two prices or a price that is not above 0.
    DataError
        A missing or negative weight.

    Notes
    -----
    Asked on a ladder, answers of one person hang together: the bootstrap redraws persons (256 blocks of persons from 1,000 on),
    so the limits of the optimum, of the elasticities and of the slope hold for ladders as for cells. Stated demand is
    higher than bought demand, and respondents sense that the ladder bargains: use it for the shape. An optimum at the lowest or
    highest price asked says only that the range was too narrow; a curve that rises somewhere (``quality``) says that
    the prices were not taken seriously or the cells differ.

    References
    ----------
    Gabor, A., Granger, C. (1966). Economica, 33, 43-70. In R: ``glm(family = binomial)``, ``isoreg``, ``optimize``.

    Examples
    --------
    >>> import pandas as pd
    >>> asked = pd.DataFrame({"p10": [1, 1, 1, 1], "p20": [1, 1, 0, 0], "p30": [0, 0, 0, 0]})
    >>> found = price_response(asked, {"p10": 10, "p20": 20, "p30": 30}, draws=0)
    >>> found.demand.query("metric == 'revenue'")["estimate"].tolist()
    [10.0, 10.0, 0.0]
    """
    where, by = "price_response", as_list(by)
    require_level(level, where)
    require_choice(method, ("wilson", "linearised"), name="method", where=where)
    bad = {column: price for column, price in prices.items() if not price > 0}
    if len(prices) < 2 or bad or len(set(prices.values())) < len(prices):
        raise ValueError(
            f"{where}: `prices` maps each column to its price, at least two different ones above 0; got {dict(prices)}."
        )
    columns = sorted(prices, key=prices.get)
    units, _ = with_units(data, where=where)
    table = counts(units.to_native(), columns, by=[*by, "unit__"], weights=weights, where=where)
    if not pd.api.types.is_numeric_dtype(table["value"]):
        raise DataError(f"{where}: columns {columns[:3]} hold text; give the questions a scale in the codebook.")
    would = table["value"].isin(buy)
    table = table.assign(yes=table["w"].where(would, 0.0), yes2=table["w2"].where(would, 0.0))
    table["answered"] = table["value"].notna()
    table["lost"] = table["n"].where(~table["answered"] & is_why_missing(table["why"]), 0)
    table.loc[~table["answered"], ["n", "w", "w2"]] = 0
    grid = np.array([prices[c] for c in columns], dtype=float)
    frames = {"demand": [], "optimum": [], "elasticity": [], "quality": []}
    for group, part in table.groupby(by, sort=True) if by else [((), table)]:
        key = dict(zip(by, group if isinstance(group, tuple) else (group,), strict=True))
        sums = part.pivot_table(index="unit__", columns="item", values=list(SUMMED), aggfunc="sum")
        sums = {name: sums[name].reindex(columns=columns).fillna(0.0).to_numpy(float) for name in SUMMED}
        for name, rows in group_rows(sums, grid, method, level, draws, seed).items():
            frames[name] += [key | row for row in rows]
    kish = "_kish" if weights else ""
    shaped = {}
    for name in ("demand", "optimum", "elasticity"):
        frame = pd.DataFrame(frames[name]).assign(item="price", level=level)
        shaped[name] = estimates(frame.assign(method=frame["method"] + kish), by)
    return PriceResponse(**shaped, quality=pd.DataFrame(frames["quality"]))


def group_rows(units, grid, method, level, draws, seed):
    """Rows of all four frames for one group, from its units' sums (units, prices)."""
    total = {name: values.sum(axis=0) for name, values in units.items()}
    with np.errstate(divide="ignore", invalid="ignore"):
        share, n_eff = total["yes"] / total["w"], total["w"] ** 2 / total["w2"]
    rows = {"demand": [], "optimum": [], "elasticity": [], "quality": [{"rising": 0, "pairs": 0}]}
    known = np.isfinite(share)
    base = [
        {"n": int(n), "n_eff": e, "n_missing": int(m), "status": "ok" if k else "not_estimable"}
        for n, e, m, k in zip(total["n"], n_eff, total["lost"], known, strict=True)
    ]
    se, base_of = np.sqrt(share * (1 - share) / n_eff), n_eff
    if method == "linearised":
        with np.errstate(divide="ignore", invalid="ignore"):
            spread = total["yes2"] * (1 - share) ** 2 + (total["w2"] - total["yes2"]) * share**2
            se = np.sqrt(spread * total["n"] / (total["n"] - 1)) / total["w"]
            base_of = np.where(se > 0, share * (1 - share) / se**2, n_eff)
    how = "logit" if method == "linearised" else "wilson"
    low, high = share_interval(share, np.where(known, base_of, np.nan), level=level, method=how)
    for metric, unit, size in (("demand", "percent", np.full(len(grid), 100.0)), ("revenue", "price", grid)):
        figures = pd.DataFrame({"estimate": share, "se": se, "ci_low": low, "ci_high": high}).mul(size, axis=0)
        known_as = {"metric": metric, "unit": unit, "method": method}
        rows["demand"] += [
            known_as | {"at": price, **figure, **one}
            for price, figure, one in zip(grid, figures.to_dict("records"), base, strict=True)
        ]
    if known.sum() < 2:
        lost = {"n": int(total["n"].max()), "status": "not_estimable"}
        rows["optimum"] = [{"metric": "revenue_price", "unit": "price", "method": "bootstrap", **lost}]
        rows["elasticity"] = [{"metric": "slope", "unit": "logit", "method": "bootstrap", **lost}]
        return rows
    units = {name: values[:, known] for name, values in units.items()}
    grid, base = grid[known], [one for one, k in zip(base, known, strict=True) if k]
    found = shape_of(share[known], total["w"][known], grid)
    for metric in ("monotone", "logit"):
        rows["demand"] += [
            {"metric": metric, "at": price, "unit": "percent", "estimate": 100 * value, "method": metric, **one}
            for price, value, one in zip(grid, found[metric], base, strict=True)
        ]
    drawn = redrawn(units, grid, draws, seed)
    whole = {"n": int(total["n"].max()), "n_eff": float(n_eff[known].max()), "method": "bootstrap"}
    for metric in ("revenue_price", "logit_price"):
        rows["optimum"].append({"metric": metric, "unit": "price", **whole, **limits(found, drawn, metric, level)})
    for i, middle in enumerate((grid[1:] + grid[:-1]) / 2):
        row = {"metric": "arc", "at": middle, "unit": "elasticity", **whole}
        rows["elasticity"].append(row | limits(found, drawn, ("arc", i), level))
    rows["elasticity"].append({"metric": "slope", "unit": "logit", **whole, **limits(found, drawn, "slope", level)})
    rows["quality"] = [{"rising": int((np.diff(share[known]) > 1e-12).sum()), "pairs": len(grid) - 1}]
    return rows


def shape_of(share, weight, grid):
    """Everything read off one demand curve: falling and logistic fit, both optima, elasticities."""
    intercept, slope = logit_line(grid, share, weight)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        change = np.diff(share) / ((share[1:] + share[:-1]) / 2)
        arc = change / (np.diff(grid) / ((grid[1:] + grid[:-1]) / 2))
        fitted = 1 / (1 + np.exp(-(intercept + slope * grid)))
    return {
        "monotone": falling_line(share, weight),
        "logit": fitted,
        "revenue_price": grid[np.argmax(grid * share)],
        "logit_price": logit_optimum(grid, intercept, slope),
        "slope": slope,
        **{("arc", i): value for i, value in enumerate(arc)},
    }


def redrawn(units, grid, draws, seed):
    """Each figure of the bootstrap draws of units."""
    if not draws or len(units["w"]) < 2:
        return {}
    rng, size, out = np.random.default_rng(seed), len(units["w"]), {}
    times = rng.multinomial(size, np.full(size, 1 / size), size=draws).astype(float)
    yes, weight = times @ units["yes"], times @ units["w"]
    for one, all_ in zip(yes, weight, strict=True):
        if (all_ > 0).all():
            for name, value in shape_of(one / all_, all_, grid).items():
                out.setdefault(name, []).append(value)
    return {name: np.array(values) for name, values in out.items() if np.ndim(values[0]) == 0}


def limits(found, drawn, name, level):
    """A figure with its percentile interval."""
    value = float(found[name])
    if not np.isfinite(value):
        return {"status": "not_estimable"}
    row, values = {"estimate": value, "status": "ok"}, drawn.get(name, np.array([]))
    values = values[np.isfinite(values)]
    if len(values) < 20:
        return row
    low, high = bootstrap_interval(value, values, level=level)
    return row | {"se": float(np.std(values, ddof=1)), "ci_low": low, "ci_high": high}


def falling_line(share, weight):
    """The falling line nearest to the shares (pool adjacent violators)."""
    from scipy.optimize import isotonic_regression

    return isotonic_regression(share, weights=weight, increasing=False).x


def logit_line(grid, share, weight):
    """Intercept and slope of the binomial logit with a straight line in the price (Newton's steps); NaN without a fit."""
    middle, spread = grid.mean(), grid.std()
    x = np.column_stack([np.ones(len(grid)), (grid - middle) / spread])
    b = np.zeros(2)
    for _ in range(60):
        p = 1 / (1 + np.exp(-np.clip(x @ b, -500, 500)))
        information = x.T @ (x * (weight * p * (1 - p))[:, None])
        try:
            step = np.linalg.solve(information, x.T @ (weight * (share - p)))
        except np.linalg.LinAlgError:
            return np.nan, np.nan
        b = b + step
        if np.abs(step).max() < 1e-12:
            return b[0] - b[1] * middle / spread, b[1] / spread
        if np.abs(b).max() > 1e3:
            break
    return np.nan, np.nan  # all bought, none did, or a clean step: no finite slope


def logit_optimum(grid, intercept, slope):
    """Price inside the range asked at which price x fitted demand is largest."""
    if not np.isfinite(slope):
        return np.nan
    if slope >= 0:
        return float(grid[-1])
    from scipy.special import lambertw  # p (1 - F) is stationary where -slope p = 1 + exp(intercept + slope p)

    price = (1 + float(lambertw(np.exp(intercept - 1)).real)) / -slope
    return float(np.clip(price, grid[0], grid[-1]))

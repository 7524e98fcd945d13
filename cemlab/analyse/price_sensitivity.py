"""Van Westendorp's price sensitivity meter, with the trial and revenue curves of Newton, Miller and Smith."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cemlab.analyse.price_curves import METHODS, POINTS, at_most, curves, points, trial
from cemlab.checks import DataError, require_choice, require_level
from cemlab.measure.intervals import share_interval
from cemlab.measure.resample import bootstrap_interval
from cemlab.measure.rows import design_matrix, reasons
from cemlab.measure.schema import as_list, estimates

CURVES = ("too_cheap", "cheap", "expensive", "too_expensive")
CALIBRATION = {5: 0.7, 4: 0.5, 3: 0.3, 2: 0.1, 1: 0.0}
BLOCKS = 256  # beyond so many persons, blocks of persons are resampled
FEWEST = 10


@dataclass(frozen=True)
class PriceSensitivity:
    """What `price_sensitivity` returns: ``points, curves, optimum`` (estimates) and ``quality``."""

    points: pd.DataFrame
    curves: pd.DataFrame
    optimum: pd.DataFrame
    quality: pd.DataFrame


def price_sensitivity(
    data,
    too_cheap,
    cheap,
    expensive,
    too_expensive,
    *,
    intent=None,
    calibration=None,
    accept="original",
    crossings="min",
    validate=True,
    by=None,
    weights=None,
    level=0.95,
    draws=2000,
    seed=0,
):
    """Price points of van Westendorp, their curves and, with two intent questions, trial and revenue by price.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per respondent.
    too_cheap, cheap, expensive, too_expensive : str
        Columns with the four prices.
    intent : tuple of two str, optional
        Columns with the intention to buy at the cheap and at the expensive price (codes of `calibration`).
    calibration : dict of int to float, optional
        Share that buys among those who gave a code; {5: 0.7, 4: 0.5, 3: 0.3, 2: 0.1, 1: 0} when left out.
    accept : {"original", "narrower"}
        Acceptable range: "original" from too cheap x not cheap to too expensive x not expensive; "narrower" from too cheap
        x expensive to too expensive x cheap.
    crossings : {"min", "max", "mean"}
        Which price counts where two curves cross more than once.
    validate : bool, default True
        Leave out respondents whose prices do not rise strictly.
    by : str, optional
        Column of groups, each on its own.
    weights : str, optional
        Column of case weights.
    level : float, default 0.95
    draws : int, default 2000
        Bootstrap draws of respondents (of 256 blocks of respondents above that number); 0: no intervals.
    seed : int, default 0

    Returns
    -------
    PriceSensitivity
        ``points``: metrics ``range_low, range_high`` (acceptable range; PMC and PME), ``idp`` (indifference) and
        ``opp`` (optimal price point), unit "price", percentile intervals. ``curves``: metrics ``too_cheap, cheap,
        expensive, too_expensive`` (percent, ``at`` the price, Wilson) and, with `intent`, ``trial`` (percent) and ``revenue``
        (price x trial per respondent). ``optimum``: with `intent`, the prices of most trial (``reach_price``) and of
        most revenue (``revenue_price``). ``quality``: per group ``asked, valid, inconsistent, missing``.

    Raises
    ------
    ValueError
        Unknown column or choice.
    DataError
        A price below 0, an intent without a calibrated share, a missing or negative weight.

    Notes
    -----
    Curves follow the stated prices; between two of them a crossing is placed on the straight line. A share at or below the
    smallest stated price counts as 0, from the largest on as 1. A point that an outlier's few draws did not have is left
    out of its interval. The method asks for no product choice: it shows what people find fitting, not what they would
    buy, and tends to low prices; read it beside `price_response`. Under 10 valid respondents no point is given.

    References
    ----------
    Van Westendorp, P. (1976). ESOMAR Congress. Newton, D., Miller, J., Smith, P. (1993). AMA Advanced Research
    Techniques Forum. In R: ``pricesensitivitymeter::psm_analysis, psm_analysis_weighted``.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> cheap = 20 + rng.integers(0, 9, 60)
    >>> asked = pd.DataFrame({"a": cheap - 8, "b": cheap, "c": cheap + 9, "d": cheap + 20})
    >>> price_sensitivity(asked, "a", "b", "c", "d", draws=0).points["metric"].tolist()
    ['range_low', 'range_high', 'idp', 'opp']
    """
    where, by, prices = "price_sensitivity", as_list(by), [too_cheap, cheap, expensive, too_expensive]
    require_level(level, where)
    require_choice(accept, ("original", "narrower"), name="accept", where=where)
    require_choice(crossings, METHODS, name="crossings", where=where)
    if len(by) > 1:
        raise ValueError(f"{where}: `by` names {len(by)} columns; cut by one at a time.")
    calibration = CALIBRATION if calibration is None else calibration
    options = {"level": level, "draws": draws, "seed": seed, "accept": accept, "method": crossings}
    frames = {"points": [], "curves": [], "optimum": [], "quality": []}
    for group, part in groups(data, by):
        found = one_group(part, prices, as_list(intent), calibration, weights, validate, options, where)
        for name, rows in found.items():
            frames[name] += [dict(zip(by, [group], strict=False)) | row for row in rows]
    kish = "_kish" if weights else ""
    shaped = {
        name: estimates(pd.DataFrame(frames[name]).assign(item=too_cheap, level=level, method=f"{method}{kish}"), by)
        for name, method in (("points", "bootstrap"), ("curves", "wilson"), ("optimum", "bootstrap"))
        if frames[name]
    }
    empty = estimates(pd.DataFrame({"metric": []}), [])
    return PriceSensitivity(
        **{name: shaped.get(name, empty) for name in ("points", "curves", "optimum")},
        quality=pd.DataFrame(frames["quality"]),
    )


def groups(data, by):
    """(code, rows) of each group of a column; all rows without one."""
    if not by:
        return [("", data)]
    import narwhals as nw

    from cemlab.measure.frames import collect_all, columns_of, lazy

    frame = lazy(data, "price_sensitivity")
    if by[0] not in columns_of(frame):
        raise ValueError(f"price_sensitivity: no column {by[0]!r}; there are {columns_of(frame)[:10]}.")
    (table,) = collect_all([frame.select(nw.col(by[0])).unique()])
    codes = sorted(table[by[0]].dropna(), key=str)
    return [(str(code), frame.filter(nw.col(by[0]) == code).to_native()) for code in codes]


def one_group(data, prices, intent, calibration, weights, validate, options, where):
    """Rows of all four frames for one group."""
    values, w, _ = design_matrix(data, [*prices, *intent], weights=weights, where=where)
    why = reasons(data, [*prices, *intent], where=where)
    if (values[:, :4] < 0).any():
        raise DataError(
            f"{where}: {int((values[:, :4] < 0).any(axis=1).sum())} respondents state a price below 0, for example "
            f"{values[:, :4].min():g}; correct the export or declare that code missing in the codebook."
        )
    valid = (np.diff(values[:, :4], axis=1) > 0).all(axis=1)
    missing = int(why["n_missing"].max())
    quality = {"asked": len(values) + missing, "valid": int(valid.sum()), "inconsistent": int((~valid).sum())}
    rows = {"points": [], "curves": [], "optimum": [], "quality": [quality | {"missing": missing}]}
    kept = valid if validate else np.ones(len(values), dtype=bool)
    stated, w = values[kept], w[kept]
    n, base = len(stated), {"n_missing": missing}
    if n < FEWEST or not w.sum() > 0:
        rows["points"] = [{"metric": p, "unit": "price", "n": n, "status": "not_estimable"} for p in POINTS]
        return rows
    n_eff = w.sum() ** 2 / (w @ w)
    base |= {"n": n, "n_eff": n_eff}
    grid = np.unique(stated[:, :4])
    block = blocks(n, options["seed"])
    sums, total = at_most(stated[:, :4], grid, w, block), w.sum()
    shares = curves(sums.sum(axis=0), total)
    found = points(shares, grid, accept=options["accept"], method=options["method"])
    chances = trial(stated[:, :4], calibrated(stated[:, 4:], calibration, intent, where), grid) if intent else None
    drawn = redrawn(sums, block, chances, w, grid, options)
    for name in POINTS:
        rows["points"].append({"metric": name, "unit": "price", **base, **interval(found[name], drawn, name, options)})
    low, high = share_interval(shares, n_eff, level=options["level"])
    se = np.sqrt(shares * (1 - shares) / n_eff)
    for i, name in enumerate(CURVES):
        for j, price in enumerate(grid):
            figures = (100 * a[i, j] for a in (shares, se, low, high))
            figures = dict(zip(("estimate", "se", "ci_low", "ci_high"), figures, strict=True))
            rows["curves"].append({"metric": name, "at": price, "unit": "percent", **figures, **base})
    if intent:
        mean = w @ chances / total
        for name, unit, line in (("trial", "percent", 100 * mean), ("revenue", "price", grid * mean)):
            rows["curves"] += [
                {"metric": name, "at": price, "unit": unit, "estimate": value, **base}
                for price, value in zip(grid, line, strict=True)
            ]
        for name, line in (("reach_price", mean), ("revenue_price", grid * mean)):
            best = float(grid[np.argmax(line)])
            rows["optimum"].append({"metric": name, "unit": "price", **base, **interval(best, drawn, name, options)})
    return rows


def calibrated(codes, calibration, intent, where):
    """Chances (n, 2) to buy of intent codes; DataError for a code without one."""
    out = np.full(codes.shape, np.nan)
    for code, chance in calibration.items():
        out[codes == code] = chance
    if np.isnan(out).any():
        bad = codes[np.isnan(out)]
        raise DataError(
            f"{where}: {len(bad)} answers of {intent[0]!r} or {intent[1]!r} have no calibrated share, for example "
            f"{bad[0]:g}; `calibration` has {sorted(calibration)}."
        )
    return out


def blocks(n, seed):
    """The block that each of n respondents is resampled with: its own up to about a thousand."""
    return np.arange(n) if n <= BLOCKS * 4 else np.random.default_rng(seed).permutation(n) % BLOCKS


def redrawn(sums, block, chances, w, grid, options):
    """Each statistic of the bootstrap draws: a dict of arrays."""
    if not options["draws"]:
        return {}
    rng, size = np.random.default_rng(options["seed"]), len(sums)
    total = np.bincount(block, weights=w, minlength=size)
    bought = np.zeros((size, len(grid)))
    if chances is not None:
        np.add.at(bought, block, w[:, None] * chances)
    out = {}
    for start in range(0, options["draws"], 200):  # blocks of draws bound the memory
        times = rng.multinomial(size, np.full(size, 1 / size), size=min(200, options["draws"] - start)).astype(float)
        bases = times @ total
        found = points(
            curves(np.tensordot(times, sums, axes=1), bases), grid, accept=options["accept"], method=options["method"]
        )
        if chances is not None:
            mean = times @ bought / bases[:, None]
            found |= {"reach_price": grid[mean.argmax(axis=1)], "revenue_price": grid[(grid * mean).argmax(axis=1)]}
        for name, values in found.items():
            out.setdefault(name, []).append(values)
    return {name: np.concatenate(parts) for name, parts in out.items()}


def interval(value, drawn, name, options):
    """A price with its percentile interval; not estimable where the curves do not cross."""
    if not np.isfinite(value):
        return {"status": "not_estimable"}
    row = {"estimate": float(value), "status": "ok"}
    kept = drawn[name][np.isfinite(drawn[name])] if name in drawn else []
    if len(kept) < 20:
        return row
    low, high = bootstrap_interval(value, kept, level=options["level"])
    return row | {"se": float(np.std(kept, ddof=1)), "ci_low": low, "ci_high": high}

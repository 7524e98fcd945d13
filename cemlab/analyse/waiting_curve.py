"""Satisfaction over waiting time: a smooth curve, and the knee where it starts to fall faster."""

import numpy as np
import pandas as pd

from cemlab.checks import DataError, require_level
from cemlab.measure.rows import design_matrix
from cemlab.measure.schema import estimates


def waiting_curve(data, wait, outcome, *, weights=None, level=0.95, draws=500, points=40, min_n=200, seed=1):
    """Satisfaction over waiting time: a smooth curve with its band, and the knee where it starts to fall faster.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per answer; at most 2,000,000 complete rows.
    wait : str
        Waiting time (any unit), not negative.
    outcome : str
        Rating.
    weights : str, optional
    level : float, default 0.95
        Of the band at each point and of the knee's interval.
    draws : int, default 500
        Bootstrap samples for the knee.
    points : int, default 40
        Places at which the curve is given, between the 1st and the 99th percentile of waiting.
    min_n : int, default 200
        Below this many complete answers there is no curve.
    seed : int

    Returns
    -------
    curve : pandas.DataFrame
        Estimates, metric "curve", the waiting time in ``at``: natural cubic spline with knots at the 5th, 35th, 65th and
        95th percentile, pointwise limits from HC3 errors.
    knee : pandas.DataFrame
        One row per metric: ``knee`` (waiting time where two straight lines meet best), ``slope_before``,
        ``slope_after`` (outcome points per unit of waiting), ``slope_change``; limits are bootstrap percentiles.
        ``knee_test`` is the p-value of one straight line against a knee sought anywhere (the interval of the change alone
        finds a knee in most straight lines, because the place was chosen for it). Above 1 - `level` there is no knee to
        speak of: its row is "not_estimable".

    Raises
    ------
    ValueError
        Unknown column, too few answers, no spread in waiting.
    DataError
        A negative waiting time; a missing or negative weight.

    Notes
    -----
    The knee is the least-squares break of two joined lines, sought over the 5th to 95th percentile. It is a description:
    people who waited longer also came at busier hours. A threshold set at the knee is a proposal to test.
    """
    from scipy.stats import norm

    where = "waiting_curve"
    require_level(level, where)
    values, w, dropped = design_matrix(data, [wait, outcome], weights=weights, where=where)
    x, y = values.T
    if (x < 0).any():
        raise DataError(
            f"{where}: column {wait!r} holds negative times in {int((x < 0).sum()):,} of {len(x):,} rows "
            f"(for example {x.min():g}); mend the clocks or leave those rows out."
        )
    if len(x) < min_n:
        raise ValueError(f"{where}: {len(x)} complete answers, fewer than `min_n` {min_n}; pool periods.")
    knots = np.unique(np.quantile(x, [0.05, 0.35, 0.65, 0.95]))
    if len(knots) < 3:
        raise ValueError(
            f"{where}: {wait!r} takes too few values ({len(np.unique(x))} different) for a curve; cut it into classes."
        )
    base = {"item": outcome, "n": len(x), "n_eff": w.sum() ** 2 / (w @ w), "n_missing": dropped, "level": level}
    at = np.linspace(*np.quantile(x, [0.01, 0.99]), points)
    wide, here = spline(x, knots), spline(at, knots)
    b, covariance = robust_fit(wide, y, w)
    middle, se = here @ b, np.sqrt(np.einsum("ij,jk,ik->i", here, covariance, here))
    z = norm.ppf((1 + level) / 2)
    curve = pd.DataFrame({"metric": "curve", "at": at, "estimate": middle, "se": se, "ci_low": middle - z * se})
    curve = curve.assign(ci_high=middle + z * se, unit="mean", method="natural_spline_HC3", **base)
    return estimates(curve), knee_rows(x, y, w, base, level, draws, seed)


def knee_rows(x, y, w, base, level, draws, seed):
    """The knee, both slopes and their change with bootstrap limits."""
    places = np.unique(np.quantile(x, np.linspace(0.05, 0.95, 37)))
    place, classes = class_of(x)
    rng = np.random.default_rng(seed)
    group = rng.integers(0, 1000, len(x)) if len(x) > 1000 else np.arange(len(x))
    size = int(group.max()) + 1  # answers below 1,000 of them, random thousandths of the answers above
    cells = np.stack([np.bincount(group * classes + place, v, size * classes) for v in (w, w * x, w * y)])
    cells = cells.reshape(3, size, classes)
    found, drawn = broken_line(cells.sum(axis=1), places), []
    for _ in range(draws):
        times = rng.multinomial(size, np.full(size, 1 / size)).astype(float)
        drawn.append(broken_line(np.einsum("g,vgc->vc", times, cells), places))
    drawn = np.array(drawn)
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0)
    names = ["knee", "slope_before", "slope_after", "slope_change"]
    out = pd.DataFrame(
        {"metric": names, "estimate": found, "se": drawn.std(axis=0, ddof=1), "ci_low": low, "ci_high": high}
    )
    out = out.assign(unit=["wait", *["mean"] * 3], method="broken_line_bootstrap", **base)
    p_value = knee_test(x, y, w, places, seed)
    test = {"metric": "knee_test", "estimate": p_value, "unit": "p", "method": "sup_score", **base}
    out = pd.concat([out, pd.DataFrame([test])], ignore_index=True)
    if p_value > 1 - level:
        out.loc[0, ["estimate", "se", "ci_low", "ci_high"]] = np.nan
        out["status"] = np.where(out["metric"] == "knee", "not_estimable", "ok")
    return estimates(out)


def knee_test(x, y, w, places, seed, draws=999):
    """P-value of "one straight line is enough" against a knee sought anywhere: largest score, drawn under the line."""
    place, classes = class_of(x)
    wide = np.column_stack([np.ones(len(x)), x])
    b = np.linalg.solve(wide.T @ (wide * w[:, None]), wide.T @ (w * y))
    score = w * (y - wide @ b)
    base, times, up, spread = (np.bincount(place, v, classes) for v in (w, w * x, score, score**2))
    kept = base > 0
    base, up, spread, middle = base[kept], up[kept], spread[kept], times[kept] / base[kept]
    line = np.column_stack([np.ones(len(middle)), middle])
    hinge = np.maximum(middle[:, None] - np.unique(places)[None, 1:-1], 0.0)
    hinge -= line @ np.linalg.solve(line.T @ (line * base[:, None]), line.T @ (base[:, None] * hinge))
    covariance = (hinge * spread[:, None]).T @ hinge
    scale = np.sqrt(np.diag(covariance))
    values, vectors = np.linalg.eigh(covariance / scale[:, None] / scale)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    drawn = np.abs(np.random.default_rng(seed).normal(size=(draws, len(scale))) @ root.T).max(axis=1)
    return float((1 + (drawn >= np.abs(up @ hinge / scale).max()).sum()) / (draws + 1))


def class_of(x, most=400):
    """Class of each waiting time (its distinct values, or quantiles of them), and the number of classes."""
    edges = np.unique(x)
    if len(edges) > most:
        edges = np.unique(np.quantile(x, np.linspace(0, 1, most)))
    return np.searchsorted(edges, x), len(edges) + 1


def broken_line(sums, places):
    """Best knee among `places`, slopes before and after it, and their difference, from sums of w, wx, wy by class."""
    w, wx, wy = sums[:, sums[0] > 0]
    x, y, root, best = wx / w, wy / w, np.sqrt(w), None
    for _ in range(3):  # over all places, then twice between the neighbours of the best
        for place in places:
            wide = np.column_stack([np.ones(len(x)), x, np.maximum(x - place, 0.0)])
            b, *_ = np.linalg.lstsq(wide * root[:, None], y * root, rcond=None)
            rss = w @ (y - wide @ b) ** 2
            if best is None or rss < best[0]:
                best = rss, place, b
        here = int(np.argmin(np.abs(places - best[1])))
        places = np.linspace(places[max(here - 1, 0)], places[min(here + 1, len(places) - 1)], 9)
    _, place, b = best
    return np.array([place, b[1], b[1] + b[2], b[2]])


def spline(x, knots):
    """Natural cubic spline: intercept, x, and one term per inner piece (truncated power form)."""

    def term(k):
        cubes = np.maximum(x - knots[k], 0) ** 3 - np.maximum(x - knots[-1], 0) ** 3
        return cubes / (knots[-1] - knots[k])

    last = term(len(knots) - 2)
    scale = (knots[-1] - knots[0]) ** 2
    return np.column_stack([np.ones(len(x)), x, *((term(k) - last) / scale for k in range(len(knots) - 2))])


def robust_fit(wide, y, w):
    """Weighted least squares with HC3 errors."""
    bread = np.linalg.inv(wide.T @ (wide * w[:, None]))
    b = bread @ (wide.T @ (w * y))
    leverage = np.einsum("ij,jk,ik->i", wide, bread, wide) * w
    score = w * (y - wide @ b) / (1 - leverage)
    return b, bread @ ((wide * score[:, None] ** 2).T @ wide) @ bread

"""Satisfaction over waiting time: a smooth curve, and the knee where it starts to fall faster."""

import numpy as np
import pandas as pd

from cemlab.checks import DataError, require_level
from cemlab.measure.rows import design_matrix
from cemlab.measure.schema import estimates


class NoCurve(ValueError):
    """Too few answers, or waits too alike, for a curve."""


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
        ``slope_after`` (outcome points per unit of waiting), ``slope_change``, ``beyond`` (percent who waited longer than the
        knee) and ``gain`` (points by which the outcome's mean would lie higher if these waits had ended at the knee:
        an association); limits are bootstrap percentiles.
        ``knee_test`` is the p-value of one straight line against a knee sought anywhere (the interval of the change alone
        finds a knee in most straight lines, because the place was chosen for it). Above 1 - `level` there is no knee to
        speak of: its row is "not_estimable".

    Raises
    ------
    NoCurve
        A ValueError: too few answers, or no spread in waiting.
    ValueError
        Unknown column or level.
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
        raise NoCurve(f"{where}: {len(x)} complete answers, fewer than `min_n` {min_n}; pool periods.")
    knots = np.unique(np.quantile(x, [0.05, 0.35, 0.65, 0.95]))
    if len(knots) < 3:
        raise NoCurve(
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
    names = ["knee", "slope_before", "slope_after", "slope_change", "beyond", "gain"]
    out = pd.DataFrame(
        {"metric": names, "estimate": found, "se": drawn.std(axis=0, ddof=1), "ci_low": low, "ci_high": high}
    )
    out = out.assign(unit=["wait", *["mean"] * 3, "percent", "mean"], method="broken_line_bootstrap", **base)
    p_value = knee_test(x, y, w, places, seed)
    test = {"metric": "knee_test", "estimate": p_value, "unit": "p", "method": "sup_score", **base}
    out = pd.concat([out, pd.DataFrame([test])], ignore_index=True)
    if p_value > 1 - level:
        none = out["metric"].isin(["knee", "beyond", "gain"])
        out.loc[none, ["estimate", "se", "ci_low", "ci_high"]] = np.nan
        out["status"] = np.where(none, "not_estimable", "ok")
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
    """Best knee among `places`, slopes before and after, their difference, the share beyond and the gain of ending there.

    From sums of w, wx, wy by class.
    """
    w, wx, wy = sums[:, sums[0] > 0]
    x, best = wx / w, None
    middle = wx.sum() / w.sum()
    scale = np.sqrt(w @ (x - middle) ** 2 / w.sum()) or 1.0
    for _ in range(3):  # over all places, then twice between the neighbours of the best
        fitted, b = hinge_fits((x - middle) / scale, w, wy, (places - middle) / scale)
        here = int(np.argmax(fitted))
        if best is None or fitted[here] > best[0]:
            best = fitted[here], places[here], b[here] / scale
        here = int(np.argmin(np.abs(places - best[1])))
        places = np.linspace(places[max(here - 1, 0)], places[min(here + 1, len(places) - 1)], 9)
    _, place, b = best
    after, late = b[1] + b[2], x > place
    beyond, excess = w[late].sum() / w.sum(), w[late] @ (x[late] - place) / w.sum()
    return np.array([place, b[1], after, b[2], 100 * beyond, -after * excess])


def hinge_fits(x, w, wy, places):
    """Explained sum of squares and coefficients (1, x, hinge) of weighted least squares, for all places at once."""
    hinge = np.maximum(x - places[:, None], 0.0)
    line = np.stack([np.ones(len(x)), x])
    normal = np.empty((len(places), 3, 3))
    normal[:, :2, :2] = (line * w) @ line.T
    normal[:, 2, :2] = normal[:, :2, 2] = hinge @ (line * w).T
    normal[:, 2, 2] = hinge**2 @ w
    right = np.column_stack([np.tile(line @ wy, (len(places), 1)), hinge @ wy])
    b = np.einsum("pij,pj->pi", np.linalg.pinv(normal, rcond=1e-12, hermitian=True), right)
    return np.einsum("pi,pi->p", b, right), b


def falls_faster(knee):
    """Whether a knee stands (second frame of `waiting_curve`) and the outcome falls faster behind it than before."""
    rows = knee.set_index("metric")
    stands = "knee" in rows.index and rows.loc["knee", "status"] in ("ok", "low_base")
    return bool(stands and rows.loc["slope_change", "ci_high"] < 0 and rows.loc["slope_after", "ci_high"] < 0)


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

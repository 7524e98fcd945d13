"""Operational data beside experience (O+X): satisfaction over waiting time and its knee, resolution, complaints."""

import numpy as np
import pandas as pd

from cemlab.checks import DataError, require_columns, require_level
from cemlab.measure.control import control_limits
from cemlab.measure.moments import columns_of, lazy
from cemlab.measure.rows import design_matrix
from cemlab.measure.schema import as_list, combine, estimates
from cemlab.measure.scores import top_box


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
    table = classes(x, y, w)
    found = broken_line(table, places)
    rng, drawn = np.random.default_rng(seed), []
    group = rng.integers(0, min(len(x), 1000), len(x)) if len(x) > 1000 else np.arange(len(x))
    size = group.max() + 1
    for _ in range(draws):  # persons below 1,000 answers, random thousandths of the answers above
        drawn.append(broken_line(classes(x, y, w * rng.multinomial(size, np.full(size, 1 / size))[group]), places))
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
    wide = np.column_stack([np.ones(len(x)), x])
    b = np.linalg.solve(wide.T @ (wide * w[:, None]), wide.T @ (w * y))
    score = w * (y - wide @ b)
    hinge = np.maximum(x[:, None] - np.unique(places)[None, 1:-1], 0.0)
    hinge -= wide @ np.linalg.solve(wide.T @ (wide * w[:, None]), wide.T @ (w[:, None] * hinge))
    covariance = (hinge * score[:, None] ** 2).T @ hinge
    scale = np.sqrt(np.diag(covariance))
    values, vectors = np.linalg.eigh(covariance / scale[:, None] / scale)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    drawn = np.abs(np.random.default_rng(seed).normal(size=(draws, len(scale))) @ root.T).max(axis=1)
    return float((1 + (drawn >= np.abs(score @ hinge / scale).max()).sum()) / (draws + 1))


def classes(x, y, w, most=400):
    """Sums over classes of waiting (its distinct values, or their quantiles): w, wx, wy, wxx, wxy and the class's mean."""
    edges = np.unique(x)
    if len(edges) > most:
        edges = np.unique(np.quantile(x, np.linspace(0, 1, most)))
    place = np.searchsorted(edges, x)
    size = len(edges) + 1
    total = np.bincount(place, w, size)
    kept = total > 0
    wx, wy = np.bincount(place, w * x, size)[kept], np.bincount(place, w * y, size)[kept]
    return total[kept], wx / total[kept], wy / total[kept]


def broken_line(table, places):
    """Best knee among `places`, slopes before and after it, and their difference, by weighted least squares."""
    w, x, y = table
    best = None
    root = np.sqrt(w)
    for place in places:
        wide = np.column_stack([np.ones(len(x)), x, np.maximum(x - place, 0.0)])
        b, *_ = np.linalg.lstsq(wide * root[:, None], y * root, rcond=None)
        rss = w @ (y - wide @ b) ** 2
        if best is None or rss < best[0]:
            best = rss, place, b
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


def first_contact_resolution(data, contacts, *, by=None, weights=None, level=0.95):
    """Share of cases resolved at the first contact, in percent.

    Parameters
    ----------
    data : data frame
        One row per case.
    contacts : str
        How many contacts the case took until resolved (1, 2, ...); missing = not resolved yet, left out and counted in
        ``n_missing``, which flatters: few open cases only.
    by, weights, level
        As in `top_box`.

    Returns
    -------
    pandas.DataFrame
        Estimates, metric "first_contact_resolution" (Wilson).

    Raises
    ------
    DataError
        A number of contacts that is not whole or below 1.
    """
    where = "first_contact_resolution"
    require_columns(columns_of(lazy(data, where)), [contacts], where)
    options = {"scale": (1, 10_000), "top": [1], "weights": weights, "level": level}
    frames = [top_box(data, contacts, **options), *(top_box(data, contacts, by=cut, **options) for cut in as_list(by))]
    return combine(frames).assign(metric="first_contact_resolution")


def complaint_rate(table, complaints, units, *, by=None, per=1000, level=0.95):
    """Complaints per 1,000 customers (orders, calls) with the exact Poisson interval.

    Parameters
    ----------
    table : pandas.DataFrame
        Counts: one row per group.
    complaints, units : str
        Columns: how many complaints, on how many customers.
    by : str or list of str, optional
        Columns that name the groups; rows of the same group are added up.
    per : float, default 1000
    level : float, default 0.95

    Returns
    -------
    pandas.DataFrame
        Estimates, metric "complaints", unit "per_1000"; ``n`` is the number of units, ``n_eff`` the same.

    Raises
    ------
    DataError
        A negative or missing count, or complaints on no units.

    Notes
    -----
    Garwood's interval: chi-square quantiles of the count over 2. 0 complaints of n units have the upper limit 3.69 / n
    (95 %, two-sided). People who complain twice count twice.
    """
    from scipy.stats import chi2

    where, by = "complaint_rate", as_list(by)
    require_level(level, where)
    require_columns(table.columns, [complaints, units, *by], where)
    grouped = table.groupby(by, as_index=False, dropna=False)[[complaints, units]] if by else None
    given = table[[complaints, units]].to_numpy(float)
    bad = ~(given[:, 0] >= 0) | ~(given[:, 1] > 0)
    if bad.any():
        raise DataError(
            f"{where}: {int(bad.sum())} of {len(table)} rows are not counts on a positive number of {units!r}."
        )
    total = grouped.sum() if by else table[[complaints, units]].sum().to_frame().T
    count, size, tail = total[complaints].to_numpy(float), total[units].to_numpy(float), (1 - level) / 2
    low = np.where(count > 0, chi2.ppf(tail, 2 * np.maximum(count, 1)) / 2, 0.0)
    out = total[by].assign(metric="complaints", item=complaints, unit=f"per_{per:g}", estimate=per * count / size)
    out = out.assign(
        se=per * np.sqrt(count) / size,
        ci_low=per * low / size,
        ci_high=per * chi2.ppf(1 - tail, 2 * count + 2) / 2 / size,
    )
    return estimates(out.assign(n=size, n_eff=size, level=level, method="poisson_exact"), by)


def complaint_chart(table, complaints, units, *, at, kind="laney_u", per=1000, **options):
    """Control chart of complaints per 1,000 by period: Laney's u' chart, or "u" for limits from Poisson alone.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per period, in order of time.
    complaints, units, at : str
        Columns of counts, sizes and period names.
    kind : {"laney_u", "u"}
    options
        As in `control_limits`.

    Returns
    -------
    pandas.DataFrame
        Output of `control_limits`; values, centre and limits per 1,000.
    """
    require_columns(table.columns, [complaints, units, at], "complaint_chart")
    names = table[at].astype(str).tolist()
    out = control_limits(table[complaints].tolist(), kind=kind, sizes=table[units].tolist(), at=names, **options)
    scaled = ["value", "statistic", "centre", "lower", "upper", "sigma"]
    return out.assign(
        **{column: per * out[column] for column in scaled}, metric="complaints", unit=f"per_{per:g}", status="ok"
    )

"""Control charts of a table: counts with their sizes, subgroups, single values; Shewhart, Laney, EWMA and CUSUM."""

from functools import lru_cache

import numpy as np
import pandas as pd

from cemlab.checks import DataError, require_choice
from cemlab.measure.run_rules import signals

COUNTS = ("p", "np", "u", "c", "laney_p", "laney_u")
SUBGROUPS = ("xbar", "R", "S", "ewma", "cusum")
KINDS = (*COUNTS, *SUBGROUPS, "individuals", "moving_range")


def control_limits(
    values,
    *,
    kind,
    sizes=None,
    sigma=None,
    at=None,
    sigmas=3.0,
    lam=0.2,
    decision=5.0,
    shift=1.0,
    rules=("beyond", "run"),
    run_length=8,
    baseline=None,
):
    """Control chart of a small table.

    Parameters
    ----------
    values : sequence of numbers, or of subgroups
        Counts for "p", "np", "u", "c" and Laney's charts; single values for "individuals" and "moving_range"; lists of
        values, one a subgroup, for "xbar", "R" and "S"; either for "ewma" and "cusum".
    kind : {"p", "np", "u", "c", "laney_p", "laney_u", "xbar", "R", "S", "individuals", "moving_range", "ewma", "cusum"}
        The chart.
    sizes : sequence of numbers, optional
        Answers (p, np) or units (u) behind each count.
    sigma : {"R", "S", "pooled", "mr", "sd"}, optional
        How the spread is found. Subgroups: mean range / d2 ("R", the default; "S" for the S chart), mean sd / c4 ("S"),
        pooled sd / c4 ("pooled"). Single values: mean moving range / d2(2) ("mr", the default), sd / c4 ("sd").
    at : sequence, optional
        Names of the points; 1, 2, ... without.
    sigmas, rules, run_length
        As in `run_rules.signals`; runs are not looked for in EWMA and CUSUM, whose points hang together.
    lam : float, default 0.2
        EWMA's weight of the newest point; its limits hold the exact variance from the start on.
    decision, shift : float, default 5 and 1
        CUSUM's decision interval and the shift it looks for, in standard errors.
    baseline : sequence of bool, optional
        Of charts of counts: which points give centre and limits; all of them when left out.

    Returns
    -------
    pandas.DataFrame
        ``at, value, n, statistic, centre, lower, upper, sigma, signal, rule``. ``statistic`` is what is held against the
        limits: the value, its EWMA, or the CUSUM farther from 0 (then also columns ``positive`` and ``negative``).
        ``sigma`` is the standard error of the statistic before the limits.

    Raises
    ------
    ValueError
        Unknown kind or sigma; sizes lacking; fewer than two points.
    DataError
        A missing or negative count, more failures than answers, a size that is not positive.

    Notes
    -----
    Lower limits of counts, ranges and spreads are cut at 0, upper limits of shares at 1. The limits describe the series
    they come from: an unusual period inside it widens them.

    References
    ----------
    Montgomery, D. C. Introduction to Statistical Quality Control. Laney, D. B. (2002). Quality Engineering, 14, 531-537.
    In R: ``qcc`` (which rounds d2 and d3 to three decimals; they are exact here), ``cusum``, ``ewma``.
    """
    where = "control_limits"
    require_choice(kind, KINDS, name="kind", where=where)
    if len(values) < 2:
        raise ValueError(
            f"{where}: {len(values)} point(s); a control chart needs at least 2, and is of use from some 20."
        )
    floor, ceiling = -np.inf, np.inf
    if kind in COUNTS:
        value, n, centre, se, floor, ceiling = count_chart(
            np.asarray(values, dtype=float), sizes, kind, where, baseline
        )
    elif kind in ("individuals", "moving_range") or np.ndim(values[0]) == 0:
        x = np.asarray(values, dtype=float)
        spread = single_spread(x, sigma or "mr", where)
        value, n, centre, se = x, np.ones(len(x)), x.mean(), np.full(len(x), spread)
        if kind == "moving_range":
            value = np.abs(np.diff(x, prepend=np.nan))
            centre, se, floor = d2(2) * spread, np.full(len(x), d3(2) * spread), 0.0
    else:
        groups = [np.asarray(group, dtype=float) for group in values]
        n = np.array([len(group) for group in groups], dtype=float)
        if (n < 2).any():
            raise ValueError(
                f"{where}: {int((n < 2).sum())} subgroup(s) hold fewer than 2 values; use kind='individuals'."
            )
        spread = subgroup_spread(groups, sigma or ("S" if kind == "S" else "R"), where)
        value = np.array([{"R": np.ptp, "S": sd}.get(kind, np.mean)(group) for group in groups])
        centre = (n * value).sum() / n.sum()
        factor = {"R": [d3(m) for m in n], "S": [np.sqrt(1 - c4(m) ** 2) for m in n]}.get(kind, 1 / np.sqrt(n))
        se, floor = spread * np.asarray(factor), 0.0 if kind in ("R", "S") else -np.inf
    statistic, lower, upper, extra = value, centre - sigmas * se, centre + sigmas * se, {}
    if kind == "ewma":
        statistic, se = ewma_points(value, centre, se, lam)
        lower, upper = centre - sigmas * se, centre + sigmas * se
    elif kind == "cusum":
        positive, negative = cusum_sums((value - centre) / se, shift / 2)
        statistic = np.where(positive >= -negative, positive, negative)
        extra = {"positive": positive, "negative": negative}
        lower, upper = -decision, decision
    out = pd.DataFrame({"at": np.arange(1, len(value) + 1) if at is None else list(at), "value": value, "n": n})
    out = out.assign(
        statistic=statistic, centre=centre, lower=np.maximum(lower, floor), upper=np.minimum(upper, ceiling)
    )
    if kind in ("ewma", "cusum"):
        rules = ("beyond",)
    middle = 0.0 if kind == "cusum" else out["centre"]
    signal, rule = signals(statistic, middle, out["lower"], out["upper"], rules=rules, run_length=run_length, sigma=se)
    return out.assign(sigma=se, **extra, signal=signal, rule=rule)


def count_chart(counts, sizes, kind, where, baseline=None):
    """Value, n, centre, standard error and bounds of the charts of counts."""
    shares = kind in ("p", "np", "laney_p")
    if sizes is None and kind != "c":
        raise ValueError(f"{where}: kind={kind!r} needs `sizes`, the answers or units behind each count.")
    n = np.ones(len(counts)) if sizes is None else np.asarray(sizes, dtype=float)
    bad = ~(counts >= 0) | ~(n > 0) | (shares & (counts > n))
    if bad.any():
        raise DataError(
            f"{where}: {int(bad.sum())} of {len(counts)} points are not counts on a positive size "
            f"(point {int(np.argmax(bad)) + 1} first); leave such points out of the chart."
        )
    used = np.ones(len(n), dtype=bool) if baseline is None else np.asarray(baseline, dtype=bool)
    rate = counts[used].sum() / n[used].sum()
    se = np.sqrt(rate * (1 - rate) / n) if shares else np.sqrt(rate / n)
    if kind == "np":
        return counts, n, rate * n, se * n, 0.0, n
    value = counts / n
    if kind.startswith("laney"):
        se = se * np.abs(np.diff(((value - rate) / se)[used])).mean() / d2(2)
    return value, n, np.full(len(n), rate), se, 0.0, 1.0 if shares else np.inf


def ewma_points(value, centre, se, lam):
    """EWMA from the centre on, and its exact standard errors; a missing point leaves both as they were."""
    points, errors = np.empty(len(value)), np.empty(len(value))
    last, variance = 0.0, 0.0
    gap = value - centre
    for i, (g, s) in enumerate(zip(gap, se, strict=True)):
        if not np.isnan(g):
            last, variance = (1 - lam) * last + lam * g, (1 - lam) ** 2 * variance + (lam * s) ** 2
        points[i], errors[i] = (last, np.sqrt(variance)) if not np.isnan(g) else (np.nan, np.nan)
    return centre + points, errors


def cusum_sums(z, allowance):
    """Upper and lower CUSUM of standardised points, both from 0; a missing point leaves both as they were."""
    up, down = np.zeros(len(z)), np.zeros(len(z))
    high = low = 0.0
    for i, point in enumerate(np.nan_to_num(z)):
        if not np.isnan(z[i]):
            high, low = max(0.0, high + point - allowance), min(0.0, low + point + allowance)
        up[i], down[i] = high, low
    return up, down


def subgroup_spread(groups, sigma, where):
    """Standard deviation inside subgroups."""
    require_choice(sigma, ("R", "S", "pooled"), name="sigma", where=where)
    if sigma == "R":
        return np.mean([np.ptp(group) / d2(len(group)) for group in groups])
    if sigma == "S":
        return np.mean([sd(group) / c4(len(group)) for group in groups])
    df = sum(len(group) - 1 for group in groups)
    return np.sqrt(sum((len(group) - 1) * sd(group) ** 2 for group in groups) / df) / c4(df + 1)


def single_spread(values, sigma, where):
    """Standard deviation of single values, from neighbours or from all."""
    require_choice(sigma, ("mr", "sd"), name="sigma", where=where)
    return np.abs(np.diff(values)).mean() / d2(2) if sigma == "mr" else sd(values) / c4(len(values))


def sd(values):
    """Standard deviation with divisor n - 1."""
    return np.std(values, ddof=1)


@lru_cache
def range_moments(n):
    """Mean and standard deviation of the range of n standard normal values (d2 and d3), by quadrature."""
    from scipy.integrate import dblquad, quad
    from scipy.special import ndtr

    mean = quad(lambda x: 1 - ndtr(x) ** n - ndtr(-x) ** n, -12, 12, epsabs=1e-13, epsrel=1e-12)[0]
    # E[W^2] = 2 * double integral over x < y of 1 - F(y)^n - (1 - F(x))^n + (F(y) - F(x))^n
    square = dblquad(
        lambda x, y: 1 - ndtr(y) ** n - ndtr(-x) ** n + (ndtr(y) - ndtr(x)) ** n,
        *(-9, 9, lambda y: -9, lambda y: y),
        epsabs=1e-10,
        epsrel=1e-9,
    )[0]
    return mean, float(np.sqrt(2 * square - mean**2))


def d2(n):
    """Mean range of n standard normal values (1.128 for 2, 2.326 for 5)."""
    return range_moments(int(n))[0] if n != 2 else 2 / np.sqrt(np.pi)


def d3(n):
    """Standard deviation of that range (0.853 for 2, 0.864 for 5)."""
    return range_moments(int(n))[1]


def c4(n):
    """Mean sd of n standard normal values (0.9400 for 5)."""
    from scipy.special import gammaln

    return float(np.sqrt(2 / (n - 1)) * np.exp(gammaln(n / 2) - gammaln((n - 1) / 2)))

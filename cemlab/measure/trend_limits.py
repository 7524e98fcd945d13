"""Centre and limits of one series of period scores; `trend.control_chart` is the way in."""

import numpy as np
import pandas as pd

from cemlab.measure.control import cusum_sums, d2, ewma_points
from cemlab.measure.ordinary import ENOUGH, ordinary
from cemlab.measure.period_codes import code
from cemlab.measure.sums import side

DECISION, ALLOWANCE = 5.0, 0.5
LEAST_DAYS = 4  # of a weekday, for a centre of its own
EDGES = {"nps": (-100.0, 100.0), "top_box": (0.0, 100.0), "bottom_box": (0.0, 100.0)}


def series_limits(series, rule, *, chart, baseline, season, sigmas, lam, min_n, where):
    """One row a period (the index of `series`, sums of scores): value, base, statistic, centre, limits, status."""
    base = side(series, metric_is_mean=False)
    shown = base["n_eff"] >= max(min_n, 1)
    value = np.where(shown, base["mean"], np.nan)
    codes = [code(period) for period in series.index]
    used = shown & in_baseline(codes, baseline, where)
    centre, sigma = sampling_limits(series, used, rule, base, season, where)
    if chart in ("auto", "ewma", "cusum"):
        known = used & np.isfinite((value - centre) / np.where(sigma > 0, sigma, np.nan))
        plain = used.copy()
        plain[known] = ordinary(((value - centre) / sigma)[known], sigmas=sigmas)
        if (plain != used).any() and holds_season(series, plain, season):
            used = plain
            centre, sigma = sampling_limits(series, used, rule, base, season, where)
    with np.errstate(divide="ignore", invalid="ignore"):
        gaps = ((value - centre) / sigma)[used]
    gaps = gaps[np.isfinite(gaps)]
    if (
        len(gaps) < ENOUGH and baseline is not None
    ):  # moving ranges do not ask where the level is: all periods may give them
        gaps = all_gaps(value, centre, sigma, sigmas)
    unrest = np.abs(np.diff(gaps)).mean() / d2(2) if len(gaps) > 1 else np.nan
    if chart == "individuals":
        moves = np.abs(np.diff((value - centre)[used]))
        sigma = np.full(len(value), moves.mean() / d2(2) if len(moves) else np.nan)
    elif chart == "laney":
        sigma = sigma * unrest
    elif chart != "shewhart" and len(gaps) >= ENOUGH:
        sigma = sigma * max(unrest, 1.0)
    if chart == "auto":
        chart = "laney" if len(gaps) >= ENOUGH and unrest > 1 else "shewhart"
    sigma = np.where(shown, sigma, np.nan)
    statistic = value
    if chart == "ewma":
        statistic, sigma = ewma_points(value, centre, sigma, lam)
    lower, upper = centre - sigmas * sigma, centre + sigmas * sigma
    low, high = EDGES.get(rule.metric, (rule.low, rule.high))
    if low is not None:
        lower, upper = (
            np.fmax(lower, np.where(np.isnan(lower), np.nan, low)),
            np.fmin(upper, np.where(np.isnan(upper), np.nan, high)),
        )
    if chart == "cusum":
        up, down = cusum_sums((value - centre) / sigma, ALLOWANCE)
        statistic = np.where(shown, np.where(up >= -down, up, down), np.nan)
        lower, upper = (np.where(shown, limit, np.nan) for limit in (-DECISION, DECISION))
    return pd.DataFrame(
        {
            **{"at": codes, "start": [period.start_time for period in series.index], "value": value},
            **{"n": base["n"].astype("int64"), "n_eff": base["n_eff"], "statistic": statistic},
            **{"centre": centre, "lower": lower, "upper": upper, "sigma": sigma},
            **{"chart": chart, "status": np.where(shown, "ok", "not_estimable")},
        }
    )


def all_gaps(value, centre, sigma, sigmas):
    """Distances from the centre in standard errors of all ordinary periods, for a baseline too short to tell unrest."""
    with np.errstate(divide="ignore", invalid="ignore"):
        gaps = (value - centre) / sigma
    gaps = gaps[np.isfinite(gaps)]
    return gaps[ordinary(gaps, sigmas=sigmas)]


def sampling_limits(series, used, rule, base, season, where):
    """Centre of the periods `used`, and each period's standard error from sampling alone."""
    centre = centre_of(series, used, season, where)
    with np.errstate(divide="ignore", invalid="ignore"):
        return centre, np.sqrt(variance_of(series, used, rule, base) / base["n_eff"])


def holds_season(series, used, season):
    """Whether every weekday keeps enough days for a centre of its own."""
    if season is None:
        return True
    weekday = series.index.day_of_week.to_numpy()
    return np.bincount(weekday[used], minlength=7)[np.unique(weekday)].min() >= LEAST_DAYS


def in_baseline(codes, baseline, where):
    """Which periods give centre and limits."""
    if baseline is None:
        return np.ones(len(codes), dtype=bool)
    if isinstance(baseline, int) and not isinstance(baseline, bool) and baseline > 0:
        return np.arange(len(codes)) < baseline
    if isinstance(baseline, (tuple, list)) and len(baseline) == 2 and set(map(str, baseline)) <= set(codes):
        first, last = codes.index(str(baseline[0])), codes.index(str(baseline[1]))
        if first <= last:
            return (np.arange(len(codes)) >= first) & (np.arange(len(codes)) <= last)
    raise ValueError(
        f"{where}: `baseline` is {baseline!r}; it must be a number of periods, or a first and a last code out of "
        f"{codes[0]} to {codes[-1]}."
    )


def centre_of(series, used, season, where):
    """Mean score of the baseline, one for all periods, or one a weekday."""
    w, wx = series["w"].to_numpy(float), series["wx"].to_numpy(float)
    if not used.any():
        return np.full(len(w), np.nan)
    if season is None:
        return np.full(len(w), wx[used].sum() / w[used].sum())
    weekday = series.index.day_of_week.to_numpy()
    days = np.bincount(weekday[used], minlength=7)
    present = np.unique(weekday)
    if days[present].min() < LEAST_DAYS:
        raise ValueError(
            f"{where}: season='weekday' needs at least {LEAST_DAYS} of each weekday in the baseline; the rarest has "
            f"{days[present].min()}. Take a longer baseline or leave `season` out."
        )
    total, score = (np.bincount(weekday[used], weights=a[used], minlength=7) for a in (w, wx))
    with np.errstate(invalid="ignore"):
        return (score / total)[weekday]


def variance_of(series, used, rule, base):
    """Variance of one answer: about the centre for shares and NPS (as in a p chart), within periods for means."""
    if not used.any():
        return np.nan
    w, wx, wxx = (series[column].to_numpy(float)[used] for column in ("w", "wx", "wxx"))
    if rule.metric != "mean":
        return max(wxx.sum() / w.sum() - (wx.sum() / w.sum()) ** 2, 0.0)
    n_eff, var = base["n_eff"][used], base["var"][used]
    return (n_eff * var).sum() / (n_eff - 1).sum() if (n_eff > 1).any() else np.nan

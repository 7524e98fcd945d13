"""Scores over time with control limits, from rows: is a day, week or month more than chance and usual unrest?"""

import narwhals as nw
import pandas as pd

from cemlab.checks import require_choice, require_columns
from cemlab.measure.answers import require_cuts
from cemlab.measure.frames import columns_of, lazy
from cemlab.measure.mix import level_mix
from cemlab.measure.period_codes import PERIODS, as_days, read_days
from cemlab.measure.run_rules import signals
from cemlab.measure.schema import as_list
from cemlab.measure.score_rows import in_order
from cemlab.measure.sums import SUMS, score_sums, scoring
from cemlab.measure.trend_limits import series_limits

CHARTS = ("auto", "shewhart", "laney", "individuals", "ewma", "cusum")
COLUMNS = ["metric", "item", "at", "start", "unit", "value", "n", "n_eff", "statistic", "centre", "lower", "upper"]
COLUMNS += ["sigma", "signal", "rule", "chart", "status"]


def control_chart(
    data,
    item,
    *,
    date="_date",
    period="week",
    metric="nps",
    scale=None,
    top=None,
    bottom=None,
    by=None,
    weights=None,
    chart="auto",
    baseline=None,
    season=None,
    mix=None,
    rules=("beyond", "run"),
    run_length=8,
    sigmas=3.0,
    lam=0.2,
    min_n=30,
):
    """Control chart of a score by day, week, month, quarter or year.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per answer.
    item : str or list of str
        Columns charted, each on its own.
    date : str, default "_date"
        Local day of the answer: a date, a date and time, or text that begins with 2025-03-02.
    period : {"day", "week", "month", "quarter", "year"}, default "week"
        Weeks begin on Monday.
    metric, scale, top, bottom, weights
        As in `compare_groups`.
    by : str or list of str, optional
        One chart per group.
    chart : {"auto", "shewhart", "laney", "individuals", "ewma", "cusum"}, default "auto"
        "shewhart": limits from sampling error alone, on each period's effective base (p chart for shares, its kin for NPS
        and means). "laney": these limits times the unrest between periods that sampling does not explain (Laney's p').
        "auto": the wider of both, and "shewhart" with fewer than 10 periods; column ``chart`` says which. A baseline of fewer
        than 10 leaves the unrest to all periods.
        Periods of the baseline that stand out (`measure.ordinary.ordinary`) give neither centre nor limits there, so that
        one bad week does not widen the limits it is judged by.
        "individuals": equal limits from the mean moving range of the scores. "ewma" and "cusum" find small lasting shifts;
        they widen their sigma as "auto" does. CUSUM is drawn in sigma units (decision interval 5, shift 1).
    baseline : int or tuple (first code, last code), optional
        Periods that give centre and limits: the first k, or those from one code to another. All by default.
    season : "weekday", optional
        With period="day", each weekday gets its own centre, so that usual weekends do not signal.
    mix : str, optional
        Column (the store) whose changing mix of answers is taken out of the scores; see `measure.mix.level_mix`.
    rules, run_length
        As in `run_rules.signals`; EWMA and CUSUM only know "beyond".
    sigmas : float, default 3
        Distance of the limits from the centre.
    lam : float, default 0.2
        Weight of the newest period in the EWMA.
    min_n : float, default 30
        Periods with a smaller effective base are not charted.

    Returns
    -------
    pandas.DataFrame
        The `by` columns, then ``metric, item, at`` (period code such as 2025-W09), ``start`` (its first day), ``unit, value``
        (the period's score), ``n, n_eff, statistic`` (what is held against the limits: the score, its EWMA, or the CUSUM
        farther out), ``centre, lower, upper, sigma, signal, rule, chart, status``. Every period from the first to the last
        has a row; those under `min_n` have status "not_estimable" and no score, signal or part in the limits. Rows
        without a date are in no period.

    Raises
    ------
    ValueError
        Unknown column, period, chart, rule or baseline; `season` without days, or with under four of a weekday.
    DataError
        An answer off the scale; text that is no date; a missing or negative weight.

    Notes
    -----
    Signals are signals, not claims: a stable series of 50 points has about one chance in eight of a point outside 3
    sigma. On large bases sampling limits are so narrow that every weekend alarms; that is what "auto" and `season` are for. Runs
    lose their meaning where neighbouring periods share people. Limits are cut at the ends of the scale.

    References
    ----------
    Montgomery, D. C. Introduction to Statistical Quality Control. Laney, D. B. (2002). Quality Engineering, 14, 531-537.
    In R: ``qcc``.
    """
    where = "control_chart"
    items, by = as_list(item), as_list(by)
    require_cuts(items, by, None, 0.95, where)
    require_choice(period, tuple(PERIODS), name="period", where=where)
    require_choice(chart, CHARTS, name="chart", where=where)
    require_choice(season, (None, "weekday"), name="season", where=where)
    if season and period != "day":
        raise ValueError(f"{where}: season='weekday' needs period='day', not {period!r}.")
    item_rules = {name: scoring(name, metric, scale=scale, top=top, bottom=bottom, where=where) for name in items}
    frame = lazy(data, where)
    require_columns(columns_of(frame), [*items, date, *by, *as_list(weights), *as_list(mix)], where)
    if frame.collect_schema()[date] != nw.Date:  # sums are taken by day, and days become text there
        frame = as_days(frame, date)
    cuts = [*by, date, *as_list(mix)]
    days = score_sums(frame.to_native(), items, item_rules, by=cuts, weights=weights, where=where)
    days["period__"] = read_days(days[date], date, where).dt.to_period(PERIODS[period])
    days = days.dropna(subset="period__")
    if mix and len(days):
        days = level_mix(days, mix, [*by, "item", "period__"])
    if not len(days):
        raise ValueError(f"{where}: no row has a date in column {date!r}.")
    every = pd.period_range(days["period__"].min(), days["period__"].max(), freq=PERIODS[period])
    sums = days.groupby([*by, "item", "period__"])[SUMS].sum()
    options = {"chart": chart, "baseline": baseline, "season": season, "sigmas": sigmas, "lam": lam, "min_n": min_n}
    charted = ("beyond",) if chart in ("ewma", "cusum") else rules
    out = []
    for key in in_order(days[[*by, "item"]].drop_duplicates(), items, by).itertuples(index=False, name=None):
        series = sums.loc[key].reindex(every, fill_value=0.0)
        rule = item_rules[key[-1]]
        one = series_limits(series, rule, **options, where=where)
        centre = 0.0 if chart == "cusum" else one["centre"]
        one["signal"], one["rule"] = signals(
            *(one["statistic"], centre, one["lower"], one["upper"]),
            sigma=one["sigma"] if chart != "cusum" else 1.0,
            rules=charted,
            run_length=run_length,
        )
        out.append(one.assign(metric=metric, item=key[-1], unit=rule.unit, **dict(zip(by, key[:-1], strict=True))))
    return pd.concat(out, ignore_index=True)[[*by, *COLUMNS]]

"""Waiting and response times with people who gave up or are still waiting: Kaplan-Meier from counts."""

import numpy as np
import pandas as pd

from cemlab.checks import DataError, require_columns, require_level
from cemlab.measure.frames import columns_of, group_column, lazy
from cemlab.measure.moments import counts
from cemlab.measure.schema import as_list, estimates


def waiting_times(data, time, served, *, by=None, level=0.95, quantiles=(0.5, 0.9), within=()):
    """How long people wait until served, with those who hung up (or are still open) treated as censored.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per call or case.
    time : str
        Waiting time until served or until the person gave up; not negative.
    served : str
        Column that is 1 (or true) where served, 0 where the wait was cut short.
    by : str or list of str, optional
        Columns that define the groups.
    level : float, default 0.95
    quantiles : sequence of float, default (0.5, 0.9)
        Waiting times reported: median and 90 % of those who would wait.
    within : sequence of float, optional
        Times at which the share served is reported (service level: served within 20 seconds).

    Returns
    -------
    pandas.DataFrame
        The `by` columns, then estimates: metric "wait" with the quantile in ``at`` and unit "time"; metric
        "served_within" with the time in ``at`` in percent. ``n`` counts rows, ``n_eff`` those served. A quantile that the
        curve does not reach is "not_estimable".

    Raises
    ------
    ValueError
        Unknown column, quantile outside (0, 1).
    DataError
        A missing or negative time, or `served` other than 0 and 1.

    Notes
    -----
    Kaplan-Meier's curve of the time until served: what the wait would be if nobody hung up, provided that those who hang up
    would have been served like the others at that moment. Impatient hours break that; leaving them out shortens waits, and
    counting their time as a wait until served does so too. Greenwood's variance with the log-log transform; quantiles by
    inverting that band (Brookmeyer and Crowley).

    References
    ----------
    Kaplan, E. L., Meier, P. (1958). JASA, 53, 457-481. In R: ``survival::survfit(conf.type = "log-log")``.
    """
    where, by = "waiting_times", as_list(by)
    require_level(level, where)
    wrong = [q for q in quantiles if not 0 < q < 1]
    if wrong:
        raise ValueError(f"{where}: `quantiles` holds {wrong[0]!r}; each must lie strictly between 0 and 1.")
    table = event_table(data, time, served, by, where)
    out = []
    for key, one in table.groupby(by, sort=True, dropna=False) if by else [((), table)]:
        curve = kaplan_meier(one, level)
        base = dict(zip(by, key, strict=True)) | {
            "item": time,
            "n": int(one["all"].sum()),
            "n_eff": float(one["events"].sum()),
        }
        for q in quantiles:
            found = {
                "estimate": reach(curve, 1 - q, "survival"),
                "ci_low": reach(curve, 1 - q, "low"),
                "ci_high": reach(curve, 1 - q, "high"),
            }
            out.append(base | found | {"metric": "wait", "at": q, "unit": "time"})
        for moment in within:
            before = curve[curve["time"] <= moment]
            start = 1.0 if base["n"] else np.nan  # nobody waited: nothing is known, not "nobody was served"
            row = before.iloc[-1] if len(before) else {"survival": start, "low": start, "high": start, "se": start - 1}
            found = {"estimate": 100 - 100 * row["survival"], "se": 100 * row["se"], "ci_low": 100 - 100 * row["high"]}
            out.append(
                base
                | found
                | {"ci_high": 100 - 100 * row["low"], "metric": "served_within", "at": moment, "unit": "percent"}
            )
    frame = pd.DataFrame(out).assign(level=level, method="kaplan_meier")
    frame["status"] = np.where(frame["estimate"].isna(), "not_estimable", "ok")
    return estimates(frame, by)


def survival_curve(data, time, served, *, by=None, level=0.95):
    """Kaplan-Meier's curve: the `by` columns, ``time, at_risk, events, censored, survival, se, low, high``.

    Arguments as in `waiting_times`; one row per distinct time. ``survival`` is the share still waiting.
    """
    where, by = "survival_curve", as_list(by)
    require_level(level, where)
    table = event_table(data, time, served, by, where)
    pieces = []
    for key, one in table.groupby(by, sort=True, dropna=False) if by else [((), table)]:
        pieces.append(kaplan_meier(one, level).assign(**dict(zip(by, key, strict=True))))
    out = pd.concat(pieces, ignore_index=True)
    return out[[*by, *(column for column in out if column not in by)]]


def event_table(data, time, served, by, where):
    """Numbers served and in all by group and distinct time, from one scan."""
    import narwhals as nw

    frame = lazy(data, where)
    require_columns(columns_of(frame), [time, served, *by], where)
    schema = frame.collect_schema()
    columns = [group_column(cut, schema).alias(f"g{i}__") for i, cut in enumerate(by)]
    rows = frame.select(
        *columns, nw.col(time).cast(nw.Float64).alias("time"), nw.col(served).cast(nw.Float64).alias("served")
    )
    names = [f"g{i}__" for i in range(len(by))]
    table = counts(rows.to_native(), "time", by=[*names, "served"], where=where)
    if len(table) and (table["value"].isna().any() or (table["value"] < 0).any()):
        bad = int(table.loc[table["value"].isna() | (table["value"] < 0), "n"].sum())
        raise DataError(
            f"{where}: column {time!r} is missing or negative in {bad:,} of {table['n'].sum():,} rows; leave them out or mend them."
        )
    if not set(table["served"]) <= {"0", "1"}:
        odd = sorted(set(table["served"]) - {"0", "1"})[:5]
        raise DataError(f"{where}: column {served!r} must be 1 where served and 0 where not; it also holds {odd}.")
    table = table.assign(events=table["n"].where(table["served"] == "1", 0), all=table["n"])
    table = table.groupby([*names, "value"], as_index=False)[["events", "all"]].sum()
    return table.rename(columns=dict(zip(names, by, strict=True)) | {"value": "time"})


def kaplan_meier(table, level):
    """The curve of one group from its events by time."""
    from scipy.stats import norm

    table = table.sort_values("time")
    events, every = table["events"].to_numpy(float), table["all"].to_numpy(float)
    risk = every.sum() - (np.cumsum(every) - every)
    survival = np.cumprod(1 - events / risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(events / (risk * (risk - events)))
        z = norm.ppf((1 + level) / 2) * np.sqrt(greenwood) / np.abs(np.log(survival))
        low, high = survival ** np.exp(z), survival ** np.exp(-z)
    none, all_served = survival == 1, survival == 0
    low, high = (
        np.where(none, 1.0, np.where(all_served, np.nan, low)),
        np.where(none, 1.0, np.where(all_served, np.nan, high)),
    )
    se = np.where(all_served, np.nan, survival * np.sqrt(np.where(np.isfinite(greenwood), greenwood, 0.0)))
    return pd.DataFrame({
        "time": table["time"].to_numpy(float), "at_risk": risk, "events": events, "censored": every - events,
        "survival": survival, "se": se, "low": low, "high": high,
    })  # fmt: skip


def reach(curve, share, column):
    """First time at which the curve (or a limit) is at or below `share`; NaN where it never is."""
    below = curve.loc[curve[column] <= share + 1e-12, "time"]
    return float(below.iloc[0]) if len(below) else np.nan

"""A day, week, month, quarter or year against the one before (环比), the same one last year (同比), and its target."""

from dataclasses import dataclass

import narwhals as nw
import numpy as np
import pandas as pd

from cemlab.checks import require_choice, require_columns
from cemlab.measure.clusters import cluster_variance
from cemlab.measure.compare_sides import checked, compare_sides, finish, method_token
from cemlab.measure.difference import difference_from_target
from cemlab.measure.festivals import align_year_ago, load_calendar
from cemlab.measure.frames import collect_all, columns_of, lazy
from cemlab.measure.period_codes import as_days, code, period_holding, read_days
from cemlab.measure.schema import as_list
from cemlab.measure.sums import SUMS, score_sums

REFERENCES = ("previous", "year_ago", "target")
SIDE = "side__"


@dataclass(frozen=True)
class Window:
    """Days compared, both ends included, and what to call them."""

    first: pd.Timestamp
    last: pd.Timestamp
    name: str
    note: str = ""


def compare_periods(
    data,
    item,
    *,
    date="_date",
    period="month",
    metric="nps",
    scale=None,
    top=None,
    bottom=None,
    against=REFERENCES,
    target=None,
    calendar=None,
    as_of=None,
    periods=1,
    by=None,
    weights=None,
    id=None,
    cluster=None,
    level=0.95,
    adjust="bh",
    min_n=30,
):
    """The newest periods against the previous one, the same one last year, and a target.

    Parameters
    ----------
    data, item, metric, scale, top, bottom, by, weights, id, cluster, level, adjust, min_n
        As in `compare_waves`.
    date : str, default "_date"
        Local day of the answer: a date, a date and time, or text that begins with 2025-03-02.
    period : {"day", "week", "month", "quarter", "year"}, default "month"
        Weeks begin on Monday.
    against : sequence of {"previous", "year_ago", "target"}
        References wanted: 环比, 同比, 较目标.
    target : float or dict of item to float, optional
        Target of the score in its unit; items without one have no row against "target".
    calendar : str, pathlib.Path or dict, optional
        Dated festivals (data/calendars/china.yml) for "year_ago". Without it last year's window is the plain one.
    as_of : date or text such as 2025-03-15, optional
        Last day counted; the last day in the data without it. The period that holds it may be unfinished: then previous
        and last year's windows are cut to as many days, so that like is set against like.
    periods : int, default 1
        How many of the newest periods are compared.

    Returns
    -------
    pandas.DataFrame
        The `by` columns, ``period`` (2025-02, 2025-W09, ...) and ``reference_period`` (a code, or first/last day where the
        window was cut or moved; "" for a target), then the columns of `schema.COMPARISONS` with ``reference``
        "previous", "year_ago" or "target". Rows under `min_n` on either side have status "not_estimable", no figures, and
        do not count in the family of tests, which is all other rows of the call. ``method`` ends in ``;to-date:15d`` for an
        unfinished period and in ``;aligned:spring_festival`` for a moved window.

    Raises
    ------
    ValueError
        Unknown column, period, reference or metric; a calendar without the year needed; no row with a date up to `as_of`.
    DataError
        Text that is no day, an answer off the scale, a missing or negative weight, a calendar file out of form.

    Notes
    -----
    Last year of a month, quarter or year is the same calendar window; of a day or week, the one 52 weeks before, so that
    weekdays match. Where the two windows hold different numbers of festival days (`calendar`), last year's window is moved
    to the same distance from the festival's day that year, with the same number of days: January 2025 (New Year on the
    29th) is set against 13 January to 12 February 2024 (New Year on 10 February). "previous" is never moved: a month
    after the festival differs from the festival month, and saying so is the reader's part.

    Against a target: share by the score test on the effective base with Wilson limits, NPS by z, mean by t; the target is
    taken as exact.
    """
    where = "compare_periods"
    items, by = as_list(item), as_list(by)
    rules = checked(
        items, [*by, "period", "reference_period"], cluster, metric, scale, top, bottom, level, adjust, where
    )
    against = as_list(against)
    for reference in against:
        require_choice(reference, REFERENCES, name="against", where=where)
    if isinstance(periods, bool) or not isinstance(periods, int) or periods < 1:
        raise ValueError(f"{where}: `periods` is {periods!r}; it must be a whole number from 1.")
    frame = lazy(data, where)
    needed = [*items, date, *by, *as_list(weights), *as_list(id), *as_list(cluster)]
    require_columns(columns_of(frame), needed, where)
    frame = as_days(frame, date)
    last_day = newest_day(frame, date, as_of, where)
    festivals = load_calendar(calendar) if calendar is not None and "year_ago" in against else []
    newest = period_holding(last_day, period, where)
    options = {"by": by, "weights": weights, "id": id, "cluster": cluster, "level": level, "where": where}
    out = []
    for current in (newest - back for back in range(periods - 1, -1, -1)):
        window = Window(current.start_time, min(current.end_time.normalize(), last_day), code(current))
        for reference in [r for r in REFERENCES if r in against]:
            if reference == "target":
                rows = [against_target(frame, rules, window, date, target, **options)]
            else:
                other = reference_window(current, window, reference, period, festivals, where)
                marked = mark(frame, date, window, other)
                rows = [compare_sides(marked, items, rules, SIDE, "current", "reference", **options)[0]]
                rows[0]["reference_period"], rows[0]["method"] = other.name, rows[0]["method"] + other.note
            note = "" if window.last == current.end_time.normalize() else f";to-date:{length(window)}d"
            out += [
                r.assign(period=window.name, reference=reference, method=r["method"] + note) for r in rows if len(r)
            ]
    if not out:
        raise ValueError(f"{where}: nothing to compare; `against` is {against} and no item has a `target`.")
    out = pd.concat(out, ignore_index=True)
    return finish(out, [*by, "period", "reference_period"], metric, rules, level, adjust, min_n)


def length(window):
    """Days of a window."""
    return (window.last - window.first).days + 1


def newest_day(frame, date, as_of, where):
    """The last day counted."""
    if as_of is not None:
        frame = frame.filter(nw.col(date) <= f"{pd.Timestamp(as_of):%Y-%m-%d}")
    (newest,) = collect_all([frame.select(nw.col(date).max().alias("newest"))])
    if newest["newest"].isna().all():
        raise ValueError(f"{where}: no row has a date in column {date!r}" + (f" up to {as_of}." if as_of else "."))
    found = read_days(newest["newest"], date, where)[0]
    return pd.Timestamp(as_of).normalize() if as_of is not None else found


def reference_window(current, window, reference, kind, festivals, where):
    """Previous or last year's window, as many days as `window` where that is unfinished."""
    if reference == "previous":
        other = current - 1
        first, last = other.start_time, other.end_time.normalize()
    elif kind in ("day", "week"):
        first, last = (day - pd.Timedelta(days=364) for day in (current.start_time, current.end_time.normalize()))
        other = period_holding(first, kind, where)
    else:
        other = current - {"month": 12, "quarter": 4, "year": 1}[kind]
        first, last = other.start_time, other.end_time.normalize()
    name, note = code(other), ""
    if window.last < current.end_time.normalize():
        last = min(last, first + (window.last - window.first))
        name = span(first, last)
    if reference == "year_ago" and festivals:
        (first, last), festival = align_year_ago((window.first, window.last), (first, last), festivals, kind, where)
        if festival:
            name, note = span(first, last), f";aligned:{festival}"
    return Window(first, last, name, note)


def span(first, last):
    """Two days as 2024-01-13/2024-02-12 (as in ISO 8601)."""
    return f"{first:%Y-%m-%d}/{last:%Y-%m-%d}"


def inside(date, window):
    """The expression "this row's day lies in the window" (days are text, so text order is time order)."""
    return (nw.col(date) >= f"{window.first:%Y-%m-%d}") & (nw.col(date) <= f"{window.last:%Y-%m-%d}")


def mark(frame, date, window, other):
    """Rows of both windows, marked "current" or "reference"."""
    chosen = frame.filter(inside(date, window) | inside(date, other))
    side = nw.when(inside(date, window)).then(nw.lit("current")).otherwise(nw.lit("reference"))
    return chosen.with_columns(side.alias(SIDE))


def against_target(frame, rules, window, date, target, *, by, weights, id, cluster, level, where):
    """Rows of one period against the targets of the items that have one."""
    goals = {name: target.get(name) if isinstance(target, dict) else target for name in rules}
    rules = {name: rule for name, rule in rules.items() if goals[name] is not None}
    if not rules:
        return pd.DataFrame()
    chosen = frame.filter(inside(date, window)).to_native()
    who = cluster or id
    cells = score_sums(chosen, list(rules), rules, by=[*by, *as_list(who)], weights=weights, where=where)
    sums = cells.groupby([*by, "item"])[SUMS].sum().reset_index()
    clustered = None
    if who:
        parts = cells.set_index(who).groupby([*by, "item"])[SUMS]
        rows = [
            cluster_variance(parts.get_group(key)) for key in sums[[*by, "item"]].itertuples(index=False, name=None)
        ]
        clustered = tuple(np.array(rows, dtype=float).reshape(len(sums), 4).T[2:])
    metric = next(iter(rules.values())).metric
    goal = sums["item"].map(goals).to_numpy(float)
    out = pd.DataFrame(difference_from_target(metric, sums, goal, level=level, clustered=clustered))
    return pd.concat([sums[[*by, "item"]], out], axis=1).assign(
        reference_period="", method=method_token(metric, cluster=who) + ";target"
    )

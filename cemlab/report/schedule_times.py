"""When a job is due, and which period it then reports: cron lines in a time zone, safe across clock changes."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

from cemlab.checks import nearest

PERIODS = ("last_day", "last_week", "last_month", "last_quarter")
MOST = 2000  # due times looked at in one go: a minutely job after a long rest


def utc(moment):
    """A moment as text that sorts by time: 2026-11-02T00:00:00+00:00."""
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds")


def moment(text):
    """The moment that `utc` wrote."""
    return dt.datetime.fromisoformat(text)


def check_cron(line):
    """The cron line as it is; ValueError with what is wrong in it."""
    from cronsim import CronSim, CronSimError

    try:
        next(CronSim(line, dt.datetime(2026, 1, 1, tzinfo=dt.UTC)))
    except CronSimError as error:
        raise ValueError(
            f"{line!r} is no cron line ({error}); write minute hour day month weekday, for example '0 8 2 * *'"
        ) from None
    except StopIteration:
        raise ValueError(
            f"{line!r} never comes; write minute hour day month weekday, for example '0 8 2 * *'"
        ) from None
    if len(line.split()) != 5:
        raise ValueError(f"{line!r} must have five fields: minute hour day month weekday, for example '0 8 2 * *'")
    return line


def due_times(cron, zone, after, until):
    """Due times after `after`, up to and including `until`.

    Parameters
    ----------
    cron : str
        Five fields.
    zone : str
        Time zone in which the line is read, such as Asia/Shanghai.
    after, until : datetime.datetime
        With time zone.

    Returns
    -------
    list of datetime.datetime
        UTC, oldest first, `MOST` at most. A time that the clock skips in spring comes right after the gap, one that comes
        twice in autumn counts once, as in Debian's cron.
    """
    from cronsim import CronSim

    found = []
    if until <= after:
        return found
    for due in CronSim(cron, after.astimezone(ZoneInfo(zone))):
        if due > until or len(found) == MOST:
            break
        if due > after:
            found.append(due.astimezone(dt.UTC))
    return found


def period_at(expression, due, zone):
    """The period that a job reports at a due time.

    Parameters
    ----------
    expression : str
        One of `PERIODS`, "latest", or the code of a wave.
    due : datetime.datetime
    zone : str

    Returns
    -------
    period, wave : str
        The ledger's name of the period, and the value of the notebook's parameter `wave`. They differ for "latest", whose
        period is the local day of the due time.
    """
    day = due.astimezone(ZoneInfo(zone)).date()
    if expression == "latest":
        return day.isoformat(), "latest"
    if expression not in PERIODS:
        return expression, expression
    if expression == "last_day":
        code = (day - dt.timedelta(days=1)).isoformat()
    elif expression == "last_week":
        year, week, _ = (day - dt.timedelta(days=7)).isocalendar()
        code = f"{year}-W{week:02d}"
    else:
        months = 1 if expression == "last_month" else (day.month - 1) % 3 + 1
        year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
        code = f"{year}-{month + 1:02d}" if expression == "last_month" else f"{year}-Q{month // 3 + 1}"
    return code, code


def period_days(period):
    """First and last day of a calendar period's code; None for the code of a wave."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", period):
        day = dt.date.fromisoformat(period)
        return day, day
    if found := re.fullmatch(r"(\d{4})-W(\d\d)", period):
        first = dt.date.fromisocalendar(int(found[1]), int(found[2]), 1)
        return first, first + dt.timedelta(days=6)
    found = re.fullmatch(r"(\d{4})-(\d\d)", period)
    quarter = re.fullmatch(r"(\d{4})-Q([1-4])", period)
    if not found and not quarter:
        return None
    year, month, long = (int(found[1]), int(found[2]), 1) if found else (int(quarter[1]), int(quarter[2]) * 3 - 2, 3)
    after = dt.date(year + (month + long > 12), (month + long - 1) % 12 + 1, 1)
    return dt.date(year, month, 1), after - dt.timedelta(days=1)


def check_zone(name):
    """The name of a time zone as it is; ValueError with the nearest one."""
    from zoneinfo import available_timezones

    known = available_timezones()
    if name not in known:
        hint = nearest(name, known)
        raise ValueError(
            f"{name!r} is no time zone.{f' Did you mean {hint!r}?' if hint else ''} Write for example Asia/Shanghai"
        )
    return name


def check_period(value):
    """A period expression; ValueError for what only looks like one."""
    text = str(value)
    if text.startswith("last") and text not in PERIODS:
        hint = nearest(text, PERIODS)
        near = f" Did you mean {hint!r}?" if hint else ""
        raise ValueError(f"{text!r} is no period.{near} Allowed: {', '.join(PERIODS)}, or `wave: latest`")
    return text


def next_due(cron, zone, after):
    """The next due time, in the job's own zone."""
    from cronsim import CronSim

    return next(CronSim(cron, after.astimezone(ZoneInfo(zone))))

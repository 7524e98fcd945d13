"""What periods of reviews are called on the page: weeks by the day of their Monday, not by their number."""

import pandas as pd

from cemlab.report.sections import day

MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def short_days(starts, lang):
    """Short names of days (8月24日, 24 Aug), with the year where the days span more than one."""
    days = [pd.Timestamp(start) for start in starts]
    years = len({one.year for one in days}) > 1
    if lang == "zh":
        return [(f"{one.year % 100:02d}年" if years else "") + f"{one.month}月{one.day}日" for one in days]
    return [f"{one.day} {MONTHS[one.month - 1]}" + (f" {one.year}" if years else "") for one in days]


def with_days(chart, period, lang):
    """A control chart whose periods are called by their first day, where they are weeks."""
    return chart.assign(at=short_days(chart["start"], lang)) if period == "week" else chart


def period_name(row, period, lang):
    """A period as the reader calls it: the first and the last day of a week, the code otherwise."""
    if period != "week":
        return row["at"]
    first = pd.Timestamp(row["start"])
    last = first + pd.Timedelta(days=6)
    if lang == "zh":
        return f"{day(first, lang)}—{'' if last.month == first.month else f'{last.month}月'}{last.day}日"
    return f"{first:%Y-%m-%d} to {last:%m-%d}"

"""Days, weeks (from Monday), months, quarters and years: codes, first and last days."""

import narwhals as nw
import pandas as pd

from cemlab.checks import DataError, require_choice
from cemlab.measure.schema import MISSING

PERIODS = {"day": "D", "week": "W-SUN", "month": "M", "quarter": "Q-DEC", "year": "Y-DEC"}


def code(period):
    """The code of a pandas Period: 2025-03-02, 2025-W09, 2025-03, 2025-Q1 or 2025 (weeks by ISO 8601, from Monday)."""
    if period.freqstr.startswith("W"):
        year, week, _ = period.start_time.isocalendar()
        return f"{year}-W{week:02d}"
    return period.strftime({"D": "%Y-%m-%d", "M": "%Y-%m", "Q": "%Y-Q%q", "Y": "%Y"}[period.freqstr[0]])


def period_holding(day, kind, where):
    """The pandas Period of `kind` that holds `day`."""
    require_choice(kind, tuple(PERIODS), name="period", where=where)
    return pd.Period(pd.Timestamp(day), freq=PERIODS[kind])


def as_days(frame, date):
    """`frame` (narwhals lazy) with column `date` as text of the day, 2025-03-02, whose order is that of time."""
    kind = frame.collect_schema()[date]
    column = nw.col(date)
    return frame.with_columns(
        column.str.slice(0, 10) if kind == nw.String else column.cast(nw.Date).cast(nw.String).alias(date)
    )


def read_days(codes, column, where):
    """Day codes as timestamps; "(missing)" is missing.

    Raises DataError for text that is no day.
    """
    days = pd.to_datetime(codes.where(codes != MISSING), format="%Y-%m-%d", errors="coerce")
    bad = days.isna() & (codes != MISSING)
    if bad.any():
        raise DataError(
            f"{where}: column {column!r} must hold days such as 2025-03-02; {int(bad.sum()):,} distinct values do not. "
            "Give the codebook's time column its `formats`, or pass a date column."
        )
    return days

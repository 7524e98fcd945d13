"""A dated calendar of festivals, and last year's window that holds the same days of them."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cemlab.checks import DataError
from cemlab.measure.period_codes import PERIODS


@dataclass(frozen=True)
class Festival:
    """One festival: the first and last day of its window in each year, and the periods that are moved for it."""

    code: str
    days: dict  # year -> the festival's own day
    windows: dict  # year -> (first day, last day)
    align: tuple

    def days_in(self, first, last):
        """How many days of the festival's windows lie between two days, both included."""
        return sum(max(0, (min(last, end) - max(first, start)).days + 1) for start, end in self.windows.values())


def load_calendar(source):
    """Festivals of a calendar file (see data/calendars/china.yml for its form).

    Parameters
    ----------
    source : str, pathlib.Path or dict
        A YAML file, or what it holds.

    Returns
    -------
    list of Festival

    Raises
    ------
    DataError
        A festival without days, a day that is no date, two days in a year, a window that ends before it begins, or an
        `align` that is no kind of period.
    """
    name = "calendar"
    if not isinstance(source, dict):
        import yaml

        name = Path(source).name
        source = yaml.safe_load(Path(source).read_text(encoding="utf-8"))
    out = []
    for code, entry in ((source or {}).get("festivals") or {}).items():
        place = f"{name}: festival {code!r}"
        try:
            days = [pd.Timestamp(day) for day in entry["days"]]
            first, last = int(entry["first"]), int(entry["last"])
        except (KeyError, TypeError, ValueError) as error:
            raise DataError(
                f"{place}: needs `days` (dates such as 2025-01-29), `first` and `last` (whole days); {error}."
            ) from error
        align = tuple(entry.get("align", ("day", "week")))
        by_year = {day.year: day for day in days}
        if not days or len(by_year) < len(days) or first > last or not set(align) <= set(PERIODS):
            raise DataError(
                f"{place}: `days` must hold one day a year, `first` ({first}) must not exceed `last` ({last}), and `align` "
                f"must be out of {list(PERIODS)}."
            )
        span = (pd.Timedelta(days=first), pd.Timedelta(days=last))
        windows = {year: (day + span[0], day + span[1]) for year, day in by_year.items()}
        out.append(Festival(code, by_year, windows, align))
    if not out:
        raise DataError(f"{name}: no `festivals` found; see data/calendars/china.yml for the form of the file.")
    return out


def align_year_ago(current, year_ago, festivals, kind, where):
    """Last year's window for `current`, moved to a festival where that makes both hold the same festival days.

    Parameters
    ----------
    current, year_ago : tuple of two Timestamps
        First and last day of the window, and of the same window last year by the plain calendar.
    festivals : list of Festival
    kind : str
        Kind of period; only festivals whose `align` names it count.

    Returns
    -------
    window : tuple of two Timestamps
    festival : str
        Code of the festival it was moved to, "" when it was left in place.

    Notes
    -----
    Candidates are the plain window and, for each festival of which both hold different numbers of days, the window at the
    same distance from the festival's day last year, as many days long. The one that differs least from `current` in its
    number of festival days (summed over festivals) is taken, of equals the first: a window is moved only where that helps.
    """
    counted = [festival for festival in festivals if kind in festival.align]
    years = {day.year for day in (*current, *year_ago)}
    for festival in counted:
        lacking = sorted(years - set(festival.days))
        if lacking:
            raise ValueError(
                f"{where}: the calendar has no day of {festival.code!r} in {lacking}; add it, or leave `calendar` out."
            )
    wanted = {festival.code: festival.days_in(*current) for festival in counted}

    def mismatch(window):
        return sum(abs(festival.days_in(*window) - wanted[festival.code]) for festival in counted)

    best, chosen = year_ago, ""
    for festival in (f for f in counted if f.days_in(*year_ago) != wanted[f.code]):
        year = current[0].year if current[0].year == current[1].year else nearest_year(festival, current)
        if year - 1 not in festival.days:
            continue
        shift = festival.days[year - 1] - festival.days[year]
        window = (current[0] + shift, current[1] + shift)
        if mismatch(window) < mismatch(best):
            best, chosen = window, festival.code
    return best, chosen


def nearest_year(festival, window):
    """The year of the window whose festival lies closest to it (weeks may lie in two years)."""
    return min((window[0].year, window[1].year), key=lambda year: abs((festival.days[year] - window[0]).days))

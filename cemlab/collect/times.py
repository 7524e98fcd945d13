"""When an answer was given: times as tools write them, to UTC and to the local date."""

import re

import polars as pl

FORMATS = (  # the year first: what cannot be read two ways; other orders stand in the codebook
    "%Y-%m-%d %H:%M:%S",
    "%Y/%m/%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M",
    "%Y-%m-%dT%H:%M:%S",
    "%Y年%m月%d日 %H:%M:%S",
    "%Y年%m月%d日 %H:%M",
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y年%m月%d日",
    "%Y%m%d",
)
ZONED = re.compile(r"T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$")


def read_times(values, formats, zone, wave=None):
    """Times of a column.

    Parameters
    ----------
    values : polars.Series
        Text, dates, datetimes, or day numbers of a spreadsheet.
    formats : tuple of str
        The codebook's, in strftime letters, tried before `FORMATS`. One that names a day only ("%d") takes year and month
        from the wave, when that lies within one month.
    zone : str
        Time zone of times that do not name theirs.
    wave : Wave, optional

    Returns
    -------
    tuple of polars.Series
        UTC time (null where only the day is known) and local date; both null where nothing could be read.
    """
    if values.dtype == pl.Date:
        return nothing(values, pl.Datetime("us", "UTC")), values
    if isinstance(values.dtype, pl.Datetime):
        moment = values.cast(pl.Datetime("us", values.dtype.time_zone))
        return finish(moment if values.dtype.time_zone else local(moment, zone), zone)
    if values.dtype.is_numeric():
        return spreadsheet_days(values.cast(pl.Float64), zone, formats, wave)
    if values.dtype != pl.String:
        return nothing(values, pl.Datetime("us", "UTC")), nothing(values, pl.Date)
    text = values.str.strip_chars()
    moment, day = nothing(values, pl.Datetime("us", "UTC")), nothing(values, pl.Date)
    for form in (*formats, *FORMATS):
        left = text.set(moment.is_not_null() | day.is_not_null(), None)
        if left.null_count() == len(left):
            break
        if has_zone(form):
            read = left.str.to_datetime(form, time_unit="us", strict=False)
            moment = moment.fill_null(read if read.dtype.time_zone else local(read, zone))
        elif has_clock(form):
            moment = moment.fill_null(local(left.str.to_datetime(form, time_unit="us", strict=False), zone))
        else:
            day = day.fill_null(read_days(left, form, wave))
    left = text.filter(moment.is_null() & day.is_null() & text.str.contains(ZONED.pattern))
    if len(left):
        from datetime import datetime

        found = {one: datetime.fromisoformat(one) for one in left.unique().to_list() if ZONED.search(one)}
        moment = moment.fill_null(
            text.replace_strict(list(found), list(found.values()), default=None, return_dtype=pl.Datetime("us", "UTC"))
        )
    left = text.set(moment.is_not_null() | day.is_not_null(), None).cast(pl.Float64, strict=False)
    if left.null_count() < len(left):
        later, later_day = spreadsheet_days(left, zone, (), None)
        moment, day = moment.fill_null(later), day.fill_null(later_day)
    moment, own = finish(moment, zone)
    return moment, day.fill_null(own)


def nothing(values, dtype):
    """A column of nulls as long as `values`."""
    return pl.Series([None] * len(values), dtype=dtype)


def has_clock(form):
    """Whether a format holds a time of day."""
    return any(letter in form for letter in ("%H", "%I", "%T", "%R", "%M"))


def has_zone(form):
    """Whether a format holds a zone."""
    return "%z" in form or "%:z" in form or "%#z" in form


def local(moment, zone):
    """A wall-clock time in `zone` as UTC; an hour that occurs twice is taken as the first, one that does not as null."""
    aware = moment.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    return aware.dt.convert_time_zone("UTC")


def finish(moment, zone):
    """UTC time, and the date in `zone`."""
    moment = moment.dt.convert_time_zone("UTC")
    return moment, moment.dt.convert_time_zone(zone).dt.date()


def read_days(text, form, wave):
    """Dates without a time; what the format lacks of year and month comes from a wave within one month."""
    if "%Y" not in form and "%y" not in form:
        if wave is None or wave.start is None or wave.end is None:
            return nothing(text, pl.Date)
        if (wave.start.year, wave.start.month) != (wave.end.year, wave.end.month):
            return nothing(text, pl.Date)
        text, form = f"{wave.start.year:04d}-" + text, "%Y-" + form
        if "%m" not in form and "%b" not in form:
            text, form = f"{wave.start.month:02d}-" + text, "%m-" + form
    return text.str.to_date(form, strict=False)


def spreadsheet_days(numbers, zone, formats, wave):
    """Day numbers of a spreadsheet (45000.5 is noon of 2023-03-15); small ones are days of the month where a format says so."""
    if "%d" in formats:
        small = numbers.set(~((numbers >= 1) & (numbers <= 31)), None).cast(pl.Int64, strict=False)
        return nothing(numbers, pl.Datetime("us", "UTC")), read_days(small.cast(pl.String), "%d", wave)
    days = numbers.set(~((numbers > 20000) & (numbers < 80000)), None)
    seconds = (days * 86400).round()
    naive = (
        pl.select(pl.datetime(1899, 12, 30) + pl.duration(seconds=pl.lit(seconds.cast(pl.Int64))))
        .to_series()
        .cast(pl.Datetime("us"))
    )
    whole = days.is_not_null() & (days % 1 == 0)
    moment, day = finish(local(naive, zone), zone)
    return moment.set(whole, None), day

"""Google Forms: times with a half of the day and a zone, several answers joined in one cell."""

import re
from datetime import datetime, timedelta, timezone

import polars as pl

from cemlab.collect.choices import seems_choices, split_choices
from cemlab.collect.table import note

STAMPS = ("timestamp", "时间戳记", "时间戳", "時間戳記")
TIME = re.compile(
    r"^(\d{4})/(\d{1,2})/(\d{1,2})\s+(上午|下午)?\s*(\d{1,2}):(\d{2}):(\d{2})\s*(AM|PM|上午|下午)?\s*(?:GMT|UTC)([+-]\d{1,2})?(?::?(\d{2}))?$",
    re.IGNORECASE,
)


def recognise(frame):
    """ "google_forms" when the first column is its time stamp, else None."""
    name = frame.columns[0]
    if name.strip().lower() not in STAMPS or frame[name].dtype != pl.String:
        return None
    given = frame[name].drop_nulls()
    return "google_forms" if given.len() and TIME.match(given[0].strip()) else None


def read(frame, rows, layout, where):
    """Times in ISO form with their zone; 0/1 columns ``question(option)`` beside each question with joined answers."""
    stamp = frame.columns[0]
    times = [None if text is None else iso_time(text) for text in frame[stamp].to_list()]
    decisions = []
    if sum(time is None for time in times) == frame[stamp].null_count():
        frame = frame.with_columns(pl.Series(stamp, times, dtype=pl.String))
        decisions.append(note("时间改写为带时区的 ISO 格式", "times rewritten in ISO form with their zone"))
    multiple, columns = {}, []
    for values in frame:
        columns.append(values)
        joiner = _joiner(values) if values.dtype == pl.String and values.name != stamp else None
        if joiner:
            added, multiple[values.name] = split_choices(
                values, values.name, joiner=joiner, options=_options(values, joiner)
            )
            columns += added
    if multiple:
        decisions.append(
            note(
                f"{len(multiple)} 道题的答案以分隔符连接，视为多选题（推测），原列保留；少于 3 人的写法视为自填，不单列",
                f"{len(multiple)} questions with joined answers taken as multi-answer (a guess), the joined column kept; "
                "what fewer than 3 people wrote gets no column",
            )
        )
    return {"frame": pl.DataFrame(columns), "multiple": multiple, "decisions": decisions}


def iso_time(text):
    """'2019/10/01 12:38:43 PM GMT+8' -> '2019-10-01T12:38:43+08:00'; None when it is no such time."""
    match = TIME.match(text.strip())
    if not match:
        return None
    year, month, day, before, hour, minute, second, behind, zone, zone_minutes = match.groups()
    half, hour = (before or behind or "").lower(), int(hour)
    if half:
        hour = hour % 12 + 12 * (half in ("pm", "下午"))
    hours = int(zone or 0)
    offset = timedelta(hours=hours, minutes=int(zone_minutes or 0) * (-1 if hours < 0 else 1))
    try:
        return datetime(
            int(year), int(month), int(day), hour, int(minute), int(second), tzinfo=timezone(offset)
        ).isoformat()
    except ValueError:
        return None


def _options(values, joiner):
    """The options of a question, most frequent first; what fewer than 3 of 30 or more people wrote is their own words."""
    counts = values.drop_nulls().str.split(joiner).explode().str.strip_chars().value_counts(sort=True)
    least = 3 if values.len() >= 30 else 1
    return [option for option, count in counts.rows() if option and count >= least]


def _joiner(values):
    """What joins several answers in one cell, or None: more combinations than options tell choices from one long label."""
    for joiner in (";", ", "):
        if values.str.contains(joiner, literal=True).any() and seems_choices(values, joiner):
            given = values.drop_nulls()
            options = given.str.split(joiner).explode().n_unique()
            if options <= 30 and (joiner == ";" or given.n_unique() > options):
                return joiner
    return None

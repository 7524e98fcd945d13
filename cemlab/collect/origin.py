"""Where an answer comes from: its time, its wave and its key."""

import polars as pl

from cemlab.checks import DataError, nearest
from cemlab.codebook import Column
from cemlab.collect.codes import as_codes, tidy_text
from cemlab.collect.table import note
from cemlab.collect.times import read_times

ANSWER_IDS = ("ResponseId", "ResponseID", "_recordId")  # columns in which a tool numbers answers over all its exports


def only_wave(codebook):
    """The codebook's wave when there is just one."""
    return next(iter(codebook.waves.values())) if len(codebook.waves) == 1 else None


def times(export, codebook, source, wave, out):
    """UTC time and local date of the answers; what cannot be read is told and left empty."""
    column = codebook.only("time")
    if source is None:
        empty = pl.Series([None] * out.rows)
        return empty.cast(pl.Datetime("us", "UTC")), empty.cast(pl.Date)
    values = tidy_text(export.frame[source])
    moment, day = read_times(values, column.formats, codebook.timezone, wave)
    unread = int((values.is_not_null() & day.is_null()).sum())
    if unread:
        out.decisions.append(
            note(
                f"{unread:,} 个时间无法识别，答卷保留、时间留空（请在代码本 {column.name!r} 的 formats 中写明格式）",
                f"{unread:,} times could not be read; the answers are kept without (say how under `formats` of {column.name!r})",
            )
        )
    return moment, day


def decide_wave(export, codebook, wave, source, day, name):
    """Code of each answer's wave (null: none fits), and the column that decided."""
    known, rows = list(codebook.waves), export.frame.height
    if wave is not None:
        if known and str(wave) not in known:
            hint = nearest(wave, known)
            near = f" Did you mean {hint!r}?" if hint else ""
            raise ValueError(f"ingest: codebook {codebook.name!r} has no wave {wave!r}.{near} It has {known}.")
        return pl.Series([str(wave)] * rows, dtype=pl.String), "wave"
    column = codebook.only("wave")
    if source is not None:
        coded = as_codes(export.frame[source], column).values
        return (coded.set(~coded.is_in(known).fill_null(False), None) if known else coded), column.name
    if not known:
        return pl.Series(["all"] * rows, dtype=pl.String), "wave"
    dated = [(code, one) for code, one in codebook.waves.items() if one.start and one.end]
    if dated and day.null_count() < rows:
        found = pl.Series([None] * rows, dtype=pl.String)
        for code, one in dated:
            found = found.set(day.is_between(one.start, one.end).fill_null(False), code)
        if found.null_count() < rows:
            return found, getattr(codebook.only("time"), "name", "time")
        raise DataError(
            f"ingest: none of the {rows:,} answers of {name!r} falls into a wave ({day.min()} to {day.max()}; waves {known}). "
            "Say which with `wave`, or mend start and end in the codebook."
        )
    if len(known) == 1:
        return pl.Series(known * rows, dtype=pl.String), "wave"
    raise DataError(
        f"ingest: {name!r} does not say which wave its {rows:,} answers belong to. Say it with `wave` (--wave): one of {known}."
    )


def keys(export, codebook, matched, waves, bad):
    """The key of each answer: wave and the codebook's key columns, else the tool's answer id, else file and row."""
    named = codebook.of_role("key")
    tool = [name for name in ANSWER_IDS if name in export.frame.columns] if export.layout == "qualtrics" else []
    if named:
        sources = [matched.single.get(column.name) for column in named]
        if None in sources:
            lost = named[sources.index(None)]
            raise DataError(
                f"ingest: the key column {lost.name!r} of codebook {codebook.name!r} is not in the file (aliases "
                f"{list(lost.aliases)}). Without it answers cannot be told apart; add the name it has here to its aliases."
            )
    elif tool:
        sources = tool[:1]
    else:
        return (
            "row:" + pl.Series([export.file_hash[:16]] * len(waves)) + ":" + export.row_numbers.cast(pl.String)
        ).alias("_key")
    as_written = Column(name="key", role="key")
    parts = [as_codes(export.frame[source], as_written).values for source in sources]
    label = named[0].name if named else sources[0]
    empty = parts[0].is_null()
    for part in parts[1:]:
        empty = empty | part.is_null()
    bad.refuse("key", label, empty)
    joined_parts = waves.fill_null("") if named else pl.Series(["id"] * len(waves))
    for part in parts:
        joined_parts = joined_parts + "/" + part.fill_null("").str.replace_all("%", "%25").str.replace_all("/", "%2F")
    return joined_parts.alias("_key")

"""One export by its codebook: answers as coded under canonical names, comments apart, and what was refused and why."""

import uuid
from dataclasses import dataclass, field

import polars as pl

from cemlab.apply import STORED, SYSTEM
from cemlab.checks import DataError, nearest
from cemlab.codebook import Column
from cemlab.collect.choices import MARKS as TOOL_MARKS
from cemlab.collect.choices import split_choices
from cemlab.collect.codes import Coded, as_choices, as_codes, as_numbers, rare_unseen, tidy_text, tool_marks
from cemlab.collect.columns import match_columns, plain, texts
from cemlab.collect.table import note
from cemlab.collect.times import read_times
from cemlab.contacts import consented, pseudonyms, replicates

ANSWER_IDS = ("ResponseId", "ResponseID", "_recordId")  # columns in which a tool numbers answers over all its exports
JOINERS = ("┋", ";", "；", "|", ",", "，", "、")


@dataclass(frozen=True)
class Refusal:
    """Rows of one file that are not stored, and why: `kind` is text, consent, wave or key."""

    kind: str
    column: str
    rows: int
    where: tuple
    examples: tuple = ()

    def __str__(self):
        return self.sentence("en")

    def sentence(self, lang):
        """The reason in words; texts appear only where several answers share them."""
        zh = {
            "text": f"{self.column!r} 的内容既不是数字也不是代码本中的选项",
            "consent": f"{self.column!r} 未给出同意",
            "wave": f"无法归入代码本中的任何一期（依据 {self.column!r}）",
            "key": f"答卷编号 {self.column!r} 为空",
        }
        en = {
            "text": f"{self.column!r} holds text that is neither a number nor an option of the codebook",
            "consent": f"no consent in {self.column!r}",
            "wave": f"belongs to no wave of the codebook, going by {self.column!r}",
            "key": f"no answer id in {self.column!r}",
        }
        return (zh if lang == "zh" else en)[self.kind]


@dataclass
class Intake:
    """What one file brings: rows to store, and all that must be told about the others."""

    batch: str
    file: str
    wave: str
    rows: int
    answers: pl.DataFrame = None
    comments: list = field(default_factory=list)
    refused: list = field(default_factory=list)
    unknown: dict = field(default_factory=dict)
    absent: list = field(default_factory=list)
    left_out: list = field(default_factory=list)
    decisions: list = field(default_factory=list)


def take(export, codebook, key, *, wave=None, name="the file"):
    """Bring one export under the codebook.

    Parameters
    ----------
    export : Export
    codebook : Codebook
    key : bytes
        Of the pseudonyms; see `contacts.load_key`.
    wave : str, optional
        Code of the wave; without it the codebook's wave column, else the answers' dates decide.
    name : str
        Name of the file, for messages.

    Returns
    -------
    Intake
        `answers` holds the columns of `apply.SYSTEM`, the codebook's, the comment columns named in `comments`, and ``_row``, the
        row in the file. Identifiers are gone: of them only the person's pseudonym is left.

    Raises
    ------
    DataError
        The file does not fit the codebook, or its answers fit no wave.
    ValueError
        `wave` is not one of the codebook's.
    """
    where = repr(name)
    matched = match_columns(export, codebook, where)
    out = Intake(uuid.uuid4().hex, export.file_hash, None, export.frame.height)
    out.absent, out.left_out = matched.absent, matched.left_out
    out.decisions = [*export.decisions, *matched.decisions]
    frame = Bad(export.row_numbers)
    columns = closed_columns(export, codebook, matched, out, frame)
    columns |= comment_columns(export, codebook, matched, out)

    def find(role):
        return matched.single.get(getattr(codebook.only(role), "name", None))

    agree = codebook.only("consent")
    if agree is not None:
        given = consented(tidy_text(export.frame[find("consent")]), agree) if find("consent") else None
        frame.refuse("consent", agree.name, ~given if given is not None else pl.Series([True] * out.rows))
    single = codebook.waves.get(str(wave)) if wave is not None else only_wave(codebook)
    moment, day = times(export, codebook, find("time"), single, out)
    waves, label = decide_wave(export, codebook, wave, find("wave"), day, name)
    frame.refuse("wave", label, waves.is_null())
    person = export.frame[find("person")] if find("person") else None
    columns["_person"] = pseudonyms(person, key) if person is not None else pl.Series([None] * out.rows, dtype=pl.String)
    columns |= {"_wave": waves, "_at": moment, "_date": day, "_row": frame.rows}
    columns["_key"] = keys(export, codebook, matched, waves, frame)
    columns["_file"] = pl.Series([export.file_hash] * out.rows)
    columns["_batch"] = pl.Series([out.batch] * out.rows)
    kept = pl.DataFrame([values.alias(one) for one, values in columns.items()]).filter(~frame.bad)
    kept = kept.with_columns(replicates(kept["_person"], kept["_key"], key))
    system = [pl.col(one).cast(dtype) for one, dtype in SYSTEM.items()]
    own = [one for one in columns if one not in SYSTEM]
    out.answers, out.refused = kept.select(*system, *own), frame.told
    found = kept["_wave"].unique().sort().to_list()
    out.wave = ", ".join(found)
    not_asked_here(codebook, found, columns, out)
    return out


def not_asked_here(codebook, waves, columns, out):
    """Tell which columns the file holds although the codebook says they were not asked in its waves."""
    for column in codebook.columns.values():
        here = [name for name in column.stored if name in columns]
        if here and column.waves and waves and not set(waves) & set(column.waves):
            for name in here:
                out.unknown.pop(name, None)
            zh = f"{column.name!r} 按代码本在期次 {out.wave} 未询问，已存但不参与分析"
            out.decisions.append(note(zh, f"{column.name!r}: not asked in wave {out.wave} by the codebook; stored, not read"))


class Bad:
    """Rows refused so far, each counted under the first reason met."""

    def __init__(self, rows):
        self.rows, self.told = rows.alias("_row"), []
        self.bad = pl.Series([False] * len(rows))

    def refuse(self, kind, column, rows, examples=()):
        """Refuse `rows` (a Boolean mask)."""
        if rows is None:
            return
        new = rows & ~self.bad
        if new.any():
            some = tuple(self.rows.filter(new).head(5).to_list())
            self.told.append(Refusal(kind, column, int(new.sum()), some, tuple(examples)))
            self.bad = self.bad | new


def closed_columns(export, codebook, matched, out, bad):
    """The codebook's stored columns that the file holds, coded."""
    columns = {}
    for column in codebook.of_role(*STORED):
        if column.type in ("text", "time"):
            continue
        found = {}
        if column.type == "multiple":
            found = several(export, column, matched, out)
        elif source := matched.single.get(column.name):
            turn = as_numbers if column.type in ("scale", "number") else as_codes
            found = {column.name: turn(export.frame[source], column, tool_marks(export, source))}
        for stored, coded in found.items():
            columns[stored] = coded.values
            bad.refuse("text", column.name, coded.bad, coded.examples)
            if coded.unknown:
                out.unknown.setdefault(stored, {}).update(coded.unknown)
    return columns


def several(export, column, matched, out):
    """0/1 columns of a question with several answers, from columns of its own or from joined text."""
    if column.name in matched.multiple:
        sources = matched.multiple[column.name]
        marks = {}
        for source in sources.values():
            marks |= tool_marks(export, source)
        if export.layout.startswith("wenjuanxing"):
            marks = {-3.0: "not_asked", -2.0: "no_answer"} | marks
        parts = as_choices({one: export.frame[source] for one, source in sources.items()}, column, marks)
        for label, source in matched.strange.get(column.name, {}).items():
            times_chosen = int((export.frame[source] == 1).sum())
            if times_chosen:
                out.unknown.setdefault(column.name, {})[label] = times_chosen
    elif column.name in matched.joined:
        parts = joined(tidy_text(export.frame[matched.joined[column.name]]), column, out)
    else:
        return {}
    found = {f"{column.name}__{one}": parts[one] for one in column.options if one in parts}
    some = next(iter(found.values())).values
    for one in column.options:
        name = f"{column.name}__{one}"
        if name in found:
            continue
        if export.layout == "wenjuanxing_text":  # it has no column for an option that was offered and nobody chose
            found[name] = Coded(some.set(some == 1, 0.0))
        else:
            out.absent.append(name)
    return found


def joined(values, column, out):
    """0/1 columns out of cells in which the chosen options stand together."""
    values = values.cast(pl.String)
    joiner = next((j for j in JOINERS if values.str.contains(j, literal=True).any() and whole(values, j, column)), "┋")
    labels = {plain(text): one for one, option in column.options.items() for text in (*texts(option), one)}
    seen = values.drop_nulls().str.split(joiner).explode().str.strip_chars().value_counts()
    spelled, strangers = {}, []
    for text, n in seen.rows():
        bare = text.split("〖")[0].strip()
        if plain(bare) in labels:
            spelled.setdefault(labels[plain(bare)], []).append(bare)
        elif bare not in TOOL_MARKS and bare:
            strangers += [bare] * n
    if strangers:
        out.unknown.setdefault(column.name, {}).update(rare_unseen(pl.Series(strangers)))
    wanted = {one: spelled.get(one, [column.options[one].zh or one]) for one in column.options}
    flat = [text for spellings in wanted.values() for text in dict.fromkeys(spellings)]
    series, names = split_choices(values, "q", joiner=joiner, options=flat)
    by_name = {one.name: one for one in series}
    parts = {}
    for one, spellings in wanted.items():
        table = pl.DataFrame([by_name[names[text]].alias(str(i)) for i, text in enumerate(dict.fromkeys(spellings))])
        merged = table.select(pl.max_horizontal(pl.all())).to_series()
        parts[one] = as_numbers(merged, column.model_copy(update={"type": "number"}), {-3.0: "not_asked", -2.0: "no_answer"})
    return parts


def whole(values, joiner, column):
    """Whether splitting at `joiner` gives options of the codebook."""
    known = {plain(text) for option in column.options.values() for text in texts(option)} | {plain(c) for c in column.options}
    pieces = values.drop_nulls().str.split(joiner).explode().str.strip_chars().unique().to_list()
    return 2 * sum(plain(piece.split("〖")[0]) in known for piece in pieces) >= len(pieces)


def comment_columns(export, codebook, matched, out):
    """Respondents' words; marks for skipped and blank are no words."""
    columns = {}
    for column in codebook.of_role("comment"):
        source = matched.single.get(column.name)
        out.comments.append(column.name)
        if source is None:
            columns[column.name] = pl.Series([None] * export.frame.height, dtype=pl.String)
            continue
        values = tidy_text(export.frame[source].cast(pl.String))
        marks = [*TOOL_MARKS, *column.missing]
        columns[column.name] = values.set(values.is_in(marks).fill_null(False), None)
    return columns


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
        return ("row:" + pl.Series([export.file_hash[:16]] * len(waves)) + ":" + export.row_numbers.cast(pl.String)).alias("_key")
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



"""One export by its codebook: answers as coded under canonical names, comments apart, and what was refused and why."""

import uuid
from dataclasses import dataclass, field

import polars as pl

from cemlab.apply import STORED, SYSTEM
from cemlab.collect.choices import MARKS as TOOL_MARKS
from cemlab.collect.codes import as_codes, as_days, as_numbers, tidy_text, tool_marks
from cemlab.collect.columns import match_columns
from cemlab.collect.origin import decide_wave, keys, only_wave, times
from cemlab.collect.several import several
from cemlab.collect.table import note
from cemlab.contacts import consented, pseudonyms, replicates


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
        `answers` holds the columns of `apply.SYSTEM`, the codebook's, its comment columns, and ``_row``, the row in the
        file. Identifiers are gone: of them only the person's pseudonym is left.

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

    def find(role):
        return matched.single.get(getattr(codebook.only(role), "name", None))

    agree = codebook.only("consent")
    if agree is not None:
        given = consented(tidy_text(export.frame[find("consent")]), agree) if find("consent") else None
        frame.refuse("consent", agree.name, ~given if given is not None else pl.Series([True] * out.rows))
    columns = closed_columns(export, codebook, matched, out, frame)
    columns |= comment_columns(export, codebook, matched)
    single = codebook.waves.get(str(wave)) if wave is not None else only_wave(codebook)
    moment, day = times(export, codebook, find("time"), single, out)
    waves, label = decide_wave(export, codebook, wave, find("wave"), day, name)
    frame.refuse("wave", label, waves.is_null())
    person = export.frame[find("person")] if find("person") else None
    columns["_person"] = (
        pseudonyms(person, key) if person is not None else pl.Series([None] * out.rows, dtype=pl.String)
    )
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
            out.decisions.append(
                note(zh, f"{column.name!r}: not asked in wave {out.wave} by the codebook; stored, not read")
            )


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
            turn = {"scale": as_numbers, "number": as_numbers, "date": as_days}.get(column.type, as_codes)
            found = {column.name: turn(export.frame[source], column, tool_marks(export, source))}
        for stored, coded in found.items():
            columns[stored] = coded.values
            bad.refuse("text", column.name, coded.bad, coded.examples)
            if coded.unknown:
                out.unknown.setdefault(stored, {}).update(coded.unknown)
    return columns


def comment_columns(export, codebook, matched):
    """Respondents' words; marks for skipped and blank are no words."""
    columns = {}
    for column in codebook.of_role("comment"):
        if source := matched.single.get(column.name):
            values = tidy_text(export.frame[source].cast(pl.String))
            marks = [*TOOL_MARKS, *column.missing]
            columns[column.name] = values.set(values.is_in(marks).fill_null(False), None)
    return columns

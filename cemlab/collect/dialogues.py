"""Conversations in: one row a message, read as any export, masked at the door, kept in the store by version."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from cemlab import contacts, store
from cemlab.checks import DataError, nearest, require_columns
from cemlab.collect.exports import read_export
from cemlab.masking import mask
from cemlab.paths import data_folder, project_root

FOLDERS = ("dialogues", "designs", "sample")  # under the project's data folder, in this order
NAMES = ("conversation", "speaker", "time", "text")
READ_AS = "2"  # changes when the door reads otherwise, so that kept tables are made anew


@dataclass(frozen=True)
class Turns:
    """Messages as they may be worked with: masked texts, pseudonyms of conversations, no agent's name.

    `frame` has ``conversation, speaker, time, text`` and ``team`` (a code, or null); `version` is the start of the SHA-256
    of the file, `masked` the number of messages in which something was masked; `part` is what the codebook says.
    """

    frame: pl.DataFrame
    version: str
    masked: int
    part: object = field(repr=False, default=None)


def find_table(name):
    """Path of a table of conversations, or None where there is no such file.

    Parameters
    ----------
    name : str
        File name, or a path.
    """
    given = Path(name)
    if given.is_absolute():
        return given if given.is_file() else None
    places = [project_root() / "data" / folder for folder in FOLDERS] + [data_folder("designs")]
    return next((folder / name for folder in places if (folder / name).is_file()), None)


def open_dialogues(codebook, *, lake=None):
    """The conversations of a study, or None where its codebook names none or their file is not there; see `read_dialogues`."""
    part = codebook.conversations
    if part is None or find_table(part.table) is None:
        return None
    return read_dialogues(part, study=codebook.name, lake=lake)


def read_dialogues(part, *, study, lake=None):
    """Read the conversations that a codebook names.

    Parameters
    ----------
    part : codebook_dialogues.Conversations, or anything with its fields
        ``table, conversation, speaker, time, text`` and the column of the team (``team``, else ``unit`` or ``level``).
    study : str
        Name of the study, whose folder of the store keeps the masked table.
    lake : str or pathlib.Path, optional
        Folder of the store; see `store.lake_folder`.

    Returns
    -------
    Turns

    Raises
    ------
    DataError
        No such file, a column is missing, or the file cannot be read; nothing that was said stands in the message.

    Notes
    -----
    Texts pass `masking.mask`; conversation ids become keyed pseudonyms; columns that are not named are dropped, so the
    names of agents never get in. The masked table is kept as ``<store>/<study>/dialogues/<version>.parquet`` and read
    from there as long as the file and what the codebook says of it are the same; every version stays.
    """
    where = f"conversations of study {study!r}"
    path = find_table(part.table)
    if path is None:
        raise DataError(f"{where}: no table {part.table!r} in data/dialogues.{_near(part.table)} Put the file there.")
    told = [getattr(part, name) for name in NAMES]
    team = next((value for name in ("team", "unit", "level") if (value := getattr(part, name, None))), None)
    digest = hashlib.sha256("\n".join([READ_AS, *told, str(team)]).encode())
    digest.update(path.read_bytes())
    version, folder = digest.hexdigest()[:16], store.lake_folder(lake) / study / "dialogues"
    kept = folder / f"{version}.parquet"
    if not kept.is_file():
        frame = masked_turns(
            read_export(path, layout=None).frame, told, team, contacts.load_key(folder.parent.parent), where
        )
        folder.mkdir(parents=True, exist_ok=True)
        draft = kept.with_suffix(".part")
        frame.write_parquet(draft)
        draft.replace(kept)
    frame = pl.read_parquet(kept)
    return Turns(frame.drop("masked"), version, int(frame["masked"].sum()), part)


def masked_turns(frame, told, team, key, where):
    """The columns wanted under canonical names: texts masked, conversations by pseudonym, blank messages left out."""
    try:
        require_columns(frame.columns, [*told, *([team] if team else [])], where)
    except ValueError as error:
        raise DataError(f"{error} Name the columns in the codebook.") from None
    frame = frame.select(
        **{name: pl.col(column) for name, column in zip(NAMES, told, strict=True)},
        team=pl.col(team).cast(pl.String).str.strip_chars() if team else pl.lit(None, pl.String),
    )
    blank = frame["conversation"].is_null() | (frame["conversation"].cast(pl.String).str.strip_chars() == "")
    if blank.any():
        raise DataError(
            f"{where}: {int(blank.sum()):,} of {len(frame):,} messages belong to no conversation (column {told[0]!r} is blank, "
            f"first in row {int(blank.arg_true()[0]) + 2} of the file); fill it in."
        )
    said = frame["text"].cast(pl.String).fill_null("")
    safe = pl.Series("text", [mask(text) for text in said.to_list()], dtype=pl.String)
    return frame.with_columns(
        contacts.pseudonyms(frame["conversation"], key).alias("conversation"), safe, (safe != said).alias("masked")
    )


def _near(name):
    folder = project_root() / "data"
    known = sorted({path.name for part in FOLDERS for path in (folder / part).glob("*.csv")})
    hint = nearest(name, known)
    return f" Did you mean {hint!r}?" if hint else ""

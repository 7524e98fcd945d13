"""From export files to the store: read, bring under the codebook, compare, keep the raw file, commit once."""

import errno
import hashlib
import json
import sys
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl

from cemlab import contacts, store, vault
from cemlab.apply import SYSTEM, stored_columns
from cemlab.checks import DataError, require_choice
from cemlab.codebook import load_codebook
from cemlab.collect.exports import read_export
from cemlab.collect.intake import take
from cemlab.collect.settle import comment_rows, settle
from cemlab.collect.summary import FileSummary, IngestSummary

ATTEMPTS = 5


def ingest(paths, codebook, *, wave=None, keep=None, lake=None, progress=None):
    """Take export files into the store: all of them, or none.

    Parameters
    ----------
    paths : str, pathlib.Path or list of them
        Files that `read_export` reads.
    codebook : Codebook, str or pathlib.Path
    wave : str, optional
        Wave of all the files. Without it each answer's wave comes from the codebook's wave column, else from its date.
    keep : {"first", "last"}, optional
        Which contents stay when one key comes with two. Without it such files are refused.
    lake : str or pathlib.Path, optional
        Folder of the store; see `store.lake_folder`.
    progress : bool, optional
        Show a progress bar; without it, only on a terminal.

    Returns
    -------
    IngestSummary
        Rows read, added, repeated, conflicting, refused and why, codes that the codebook does not know, and more; its
        `lines` are made to be printed.

    Raises
    ------
    DataError
        A file that cannot be read or does not fit the codebook, or contradicting contents without `keep`; the store is as
        it was.
    ValueError
        An unknown wave or `keep`.

    Notes
    -----
    The same file under the same codebook changes nothing. After the codebook was mended the file is looked at again: rows
    refused before are added; answers that read otherwise now need ``keep="last"``. Stopped at any moment, the store holds
    the version before or the one after.
    """
    require_choice(keep, (None, "first", "last"), name="keep", where="ingest")
    book = load_codebook(codebook)
    paths = [Path(one) for one in ([paths] if isinstance(paths, (str, Path)) else paths)]
    if not paths:
        raise ValueError("ingest: no file given; name at least one export file.")
    folder = store.lake_folder(lake)
    had_key = contacts.key_file().exists()
    key = contacts.load_key(folder)
    before = store.current_version(book, folder)
    with steps(progress, 3 * len(paths) + 2) as step:
        before_batches = committed(book, before, folder)
        intakes, files = [], []
        for path in paths:
            step(f"{path.name}: 读取 / reading")
            files.append(FileSummary(path.name))
            batch = taken_before(path, book, wave, before_batches)
            intakes.append(None if batch else read_one(path, book, key, wave, files[-1], step))
            if batch:
                files[-1].already, files[-1].wave = True, batch["wave"]
                files[-1].rows = files[-1].repeated = batch["rows"]
            step()
        summary = IngestSummary(book.name, files, before, before, keep)
        if not had_key:
            summary.new_key = str(contacts.key_file())
        step("比对 / comparing")
        try:
            write(paths, intakes, book, summary, folder, key, step)
        except Exception as error:
            if not disk_is_full(error):
                raise
            raise OSError(
                f"ingest {book.name}: the disk of {folder.as_posix()} is full; the store is as it was. Free some space and "
                "run this again."
            ) from error
    return summary


def disk_is_full(error):
    """Whether an error, Python's own or one that the table library puts into words, means a full disk or quota."""
    full = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
    if isinstance(error, OSError) and error.errno in full:
        return True
    return any(f"os error {code})" in str(error) for code in (*full, 112))  # 112: Windows


def write(paths, intakes, book, summary, folder, key, step):
    """Compare and commit; once more when somebody else committed in between."""
    new = [one for one in intakes if one is not None]
    places = [i for i, one in enumerate(intakes) if one is not None]
    if not new:
        return
    for _ in range(ATTEMPTS):
        with store.locked(book, folder):
            at = store.current_version(book, folder)
            found = settle([one.answers for one in new], book, at=at, keep=summary.keep, lake=folder)
            summary.before = summary.after = at
            count(summary.files, places, found)
            if not len(found.answers):
                return
            step("写入 / writing")
            written = set(found.answers["_batch"].unique().to_list())
            batches = batch_rows([one for one in new if one.batch in written], book)
            for path, one in zip(paths, intakes, strict=True):
                if one is not None and one.batch in written:
                    vault.keep(path, lake=folder, study=book.name, retention_days=book.privacy.retention_days, key=key)
            try:
                comments = comment_rows(found.answers, [column.name for column in book.of_role("comment")])
                columns = [name for name in stored_columns(book) if name in found.answers.columns]
                answers = found.answers.select(*SYSTEM, *columns)
                summary.after = store.append(
                    book, answers, comments, batches, replaced=found.replaced, lake=folder, at=at
                )
            except store.Busy:
                continue
            summary.kept_until = (date.today() + timedelta(days=book.privacy.retention_days)).isoformat()
            return
    raise RuntimeError(
        f"ingest {book.name}: {ATTEMPTS} times another process wrote first; nothing was changed. Run this again."
    )


def committed(book, version, folder):
    """The batches that have answers in a version, as dicts."""
    found = store.opened(book, "batches", folder)
    if version is None or found is None:
        return []
    alive = store.raw(book, version, folder).select(pl.col("_batch").unique()).collect()["_batch"]
    return pl.scan_delta(found).filter(pl.col("batch").is_in(alive.to_list())).collect().to_dicts()


def taken_before(path, book, wave, batches):
    """The batch in which this file was taken in under this codebook, or None; DataError when it was another wave's."""
    if not path.is_file():
        return None  # the reader says what is wrong
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    same = [batch for batch in batches if batch["file"] == digest]
    for batch in same:
        if wave is not None and str(wave) not in batch["wave"].split(", "):
            raise DataError(
                f"ingest: {path.name!r} was taken in before as wave {batch['wave']!r}; the same answers cannot be wave "
                f"{str(wave)!r} as well. If that was a mistake, go back with cemlab.store.restore first."
            )
    return next((batch for batch in same if batch["codebook"] == book.hash()), None)


def read_one(path, book, key, wave, file, step):
    """Read one file and bring it under the codebook; what is found goes into its summary as well."""
    export = read_export(path)
    file.rows = export.frame.height
    step(f"{path.name}: {file.rows:,} × {export.frame.width}")
    intake = take(export, book, key, wave=wave, name=path.name)
    file.wave, file.refused, file.unknown = intake.wave, intake.refused, intake.unknown
    file.left_out, file.absent, file.decisions = intake.left_out, intake.absent, intake.decisions
    return intake


def count(files, places, found):
    """Rows added, repeated, conflicting and replaced, by file."""
    added = dict(found.answers.group_by("_part").len().rows()) if len(found.answers) else {}
    again = found.answers.filter(pl.col("_key").is_in(found.replaced.to_list()))
    replaced = dict(again.group_by("_part").len().rows())
    for part, place in enumerate(places):
        file = files[place]
        file.replaced = replaced.get(part, 0)
        file.added = added.get(part, 0) - file.replaced
        file.repeated, file.conflicting = found.repeated.get(part, 0), found.conflicting.get(part, 0)


def batch_rows(intakes, book):
    """The batches as rows of their table."""
    rows = [
        {
            "batch": one.batch,
            "file": one.file,
            "wave": one.wave,
            "rows": one.rows,
            "columns": json.dumps(
                [name for name in stored_columns(book) if name in one.answers.columns], ensure_ascii=False
            ),
            "codebook": book.hash(),
            "taken": datetime.now(UTC),
        }
        for one in intakes
    ]
    return pl.DataFrame(rows)


@contextmanager
def steps(progress, total):
    """A progress bar; `step(text)` moves it on."""
    if progress is None:
        progress = sys.stderr.isatty()
    if not progress:
        yield lambda text="": None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    shown = (SpinnerColumn(), BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*shown, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total)
        yield lambda text="": bar.update(task, advance=1, **({"description": text} if text else {}))

"""The versioned store: one folder a study, three Delta tables in it, and `scan` to read answers by their codebook.

`answers` holds what was answered, as coded. `comments` (respondents' words) and `batches` (which file brought what) are joined to
it by `_batch`. They are written first; the commit of `answers` is the one point at which a batch comes to be. What a killed
run left behind in the other two belongs to no answer and is never seen; older versions stay what they were.
"""

import json
import os
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from cemlab import apply, paths
from cemlab.checks import DataError, nearest

FOREVER = {  # older versions serve reports that are made again: nothing is cleaned away by itself
    "delta.logRetentionDuration": "interval 36500 days",
    "delta.deletedFileRetentionDuration": "interval 36500 days",
    "delta.enableExpiredLogCleanup": "false",
}
PATIENCE = 600  # seconds to wait for another ingest into the same study


class Busy(RuntimeError):
    """Another process changed the store between reading and writing; read again."""


def lake_folder(lake=None):
    """Folder of the store: the argument, else the environment variable CEMLAB_LAKE, else data/lake of the project."""
    return Path(lake or os.environ.get("CEMLAB_LAKE") or paths.lake_folder()).expanduser().resolve()


def table(codebook, name, lake=None):
    """Folder of one of a study's tables: answers, comments or batches."""
    return lake_folder(lake) / codebook.name / name


def opened(codebook, name="answers", lake=None, version=None):
    """A table as deltalake opens it, or None when there is none."""
    from deltalake import DeltaTable
    from deltalake.exceptions import DeltaError, TableNotFoundError

    folder = table(codebook, name, lake)
    if not (folder / "_delta_log").is_dir():
        return None
    try:
        return DeltaTable(folder, version=version)
    except TableNotFoundError:
        return None
    except DeltaError:
        if version is None:
            raise
        newest = DeltaTable(folder).version()
        raise ValueError(
            f"store {codebook.name}: no version {version}; there are 0 to {newest} (see cemlab.store.versions)."
        ) from None


def current_version(codebook, lake=None):
    """Number of the newest version of a study's answers; None when there are none yet."""
    found = opened(codebook, lake=lake)
    return None if found is None else found.version()


@contextmanager
def locked(codebook, lake=None):
    """Let one process write to a study at a time; the lock goes with the process, however it ends."""
    from filelock import FileLock, Timeout

    folder = lake_folder(lake) / codebook.name
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / ".lock", timeout=PATIENCE):
            yield
    except Timeout:
        raise RuntimeError(
            f"store {codebook.name}: another process has been writing for {PATIENCE} s; wait for it and run this again."
        ) from None


def append(codebook, answers, comments, batches, *, replaced=None, lake=None, at=None):
    """Add answers in one transaction.

    Parameters
    ----------
    codebook : Codebook
    answers : polars.DataFrame
        The columns of `apply.SYSTEM`, then those of the codebook.
    comments : polars.DataFrame
        ``_key, _batch, _person, column, text``.
    batches : polars.DataFrame
        One row a file: ``batch, file, wave, rows, columns`` (those it held, as JSON), ``codebook`` (hash), ``taken``.
    replaced : polars.Series, optional
        Keys among `answers` that take the place of stored ones.
    lake : str or pathlib.Path, optional
    at : int, optional
        The version that `answers` were compared with (None: no table).

    Returns
    -------
    int
        The new version.

    Raises
    ------
    Busy
        Another process has committed since version `at`; nothing was changed.
    DataError
        A column whose stored type is another one than the codebook's now.
    """
    from deltalake import CommitProperties, write_deltalake

    if replaced is not None and len(replaced) == 0:
        replaced = None
    check_types(codebook, answers, lake)
    facts = {"rows": str(len(answers)), "replaced": str(0 if replaced is None else len(replaced))}
    facts |= {"files": json.dumps(batches["file"].to_list()), "codebook": codebook.hash()}
    once = CommitProperties(custom_metadata=facts, max_commit_retries=0)
    for name, rows in (("comments", comments), ("batches", batches)):
        if len(rows):
            write_deltalake(
                table(codebook, name, lake), rows, mode="append", schema_mode="merge", configuration=FOREVER
            )
    now = opened(codebook, lake=lake)
    if (None if now is None else now.version()) != at:
        raise Busy
    folder = table(codebook, "answers", lake)
    with busy_when_overtaken():
        if now is None:
            write_deltalake(folder, answers, mode="error", configuration=FOREVER, commit_properties=once)
        elif replaced is None:
            write_deltalake(now, answers, mode="append", schema_mode="merge", commit_properties=once)
        else:
            merge = now.merge(answers, "t._key = s._key", "s", "t", merge_schema=True, commit_properties=once)
            merge.when_matched_update_all().when_not_matched_insert_all().execute()
    return opened(codebook, lake=lake).version()


@contextmanager
def busy_when_overtaken():
    """Turn deltalake's ways of saying that somebody else committed first into `Busy`."""
    from deltalake.exceptions import CommitFailedError, DeltaError

    try:
        yield
    except CommitFailedError:
        raise Busy from None
    except DeltaError as error:
        if "already exists" in str(error) or "transaction" in str(error).lower():
            raise Busy from None
        raise


def check_types(codebook, answers, lake=None):
    """Raise DataError when a column changed between number and text since it was first stored."""
    found = opened(codebook, lake=lake)
    if found is None:
        return
    stored = pl.scan_delta(found).collect_schema()
    changed = [name for name, dtype in answers.schema.items() if name in stored and stored[name] != dtype]
    if changed:
        was = "number" if stored[changed[0]].is_numeric() else "text"
        raise DataError(
            f"store {codebook.name}: column {changed[0]!r} is stored as {was}, the codebook now makes it something else "
            f"({len(changed)} such columns). Give the column another name in the codebook, or keep its type."
        )


def raw(codebook, version=None, lake=None):
    """Answers as coded, as a lazy frame; ValueError when the study has none."""
    found = opened(codebook, lake=lake, version=version)
    if found is None:
        raise ValueError(
            f"store {codebook.name}: no answers yet in {lake_folder(lake).name!r}; take files in with "
            "`cemlab ingest FILE --codebook ...`."
        )
    return pl.scan_delta(found)


def lacking(codebook, lake=None):
    """Stored column -> batches whose file did not hold it."""
    found, names = opened(codebook, "batches", lake), list(apply.stored_columns(codebook))
    out = {name: [] for name in names}
    if found is not None:
        for batch, columns in pl.scan_delta(found).select("batch", "columns").collect().rows():
            held = set(json.loads(columns))
            for name in names:
                if name not in held:
                    out[name].append(batch)
    return out


def scan(codebook, wave=None, version=None, comments=False, *, lake=None):
    """A study's answers, by its codebook.

    Parameters
    ----------
    codebook : Codebook, str or pathlib.Path
        The codebook or its file.
    wave : str or list of str, optional
        Only these waves; without it all.
    version : int, optional
        Version of the store; the newest when left out.
    comments : bool or "written", default False
        Whether to add the comment columns: respondents' words, to be masked before they are shown. "written": with them,
        and only the answers that have any.
    lake : str or pathlib.Path, optional
        Folder of the store; see `lake_folder`.

    Returns
    -------
    polars.LazyFrame
        One row per answer: ``_key, _person, _wave, _file, _batch, _at, _date, _replicate``, then the codebook's columns, as
        `apply.apply_codebook` makes them: missing codes are null, with the reason in ``<name>__why``; reversed items
        turned; multi-answers as ``<name>__<option>``, 1 chosen, 0 not.

    Raises
    ------
    ValueError
        No answers yet, an unknown wave or version; the message names those there are.
    """
    from cemlab.codebook import load_codebook

    book = load_codebook(codebook)
    answers = raw(book, version, lake)
    if wave is not None:
        wanted = [str(one) for one in ([wave] if isinstance(wave, (str, int)) else wave)]
        present = waves_present(book, version, lake=lake)
        unknown = [one for one in wanted if one not in present]
        if unknown:
            hint = nearest(unknown[0], present)
            near = f" Did you mean {hint!r}?" if hint else ""
            raise ValueError(f"scan: {book.name} has no answers of wave {unknown[0]!r}.{near} There are {present}.")
        answers = answers.filter(pl.col("_wave").is_in(wanted))
    words = opened(book, "comments", lake) if comments == "written" else None
    if words is not None:
        wrote = pl.scan_delta(words).select("_key", "_batch").unique()
        answers = answers.join(wrote, on=["_key", "_batch"], how="semi", maintain_order="left")
    out = apply.apply_codebook(answers, book, lacking(book, lake))
    return with_comments(out, book, lake) if comments else out


def with_comments(answers, book, lake=None):
    """Add one column of words per comment question."""
    columns = [column.name for column in book.of_role("comment")]
    found = opened(book, "comments", lake)
    if found is None:
        return answers.with_columns(pl.lit(None, pl.String).alias(name) for name in columns)
    words = pl.scan_delta(found)
    for name in columns:
        one = words.filter(pl.col("column") == name).select("_key", "_batch", pl.col("text").alias(name))
        answers = answers.join(one, on=["_key", "_batch"], how="left", maintain_order="left")
    return answers


def waves_present(codebook, version=None, *, lake=None):
    """Codes of the waves that have answers, in the codebook's order; empty when there are none yet."""
    if opened(codebook, lake=lake, version=version) is None:
        return []
    have = set(raw(codebook, version, lake).select(pl.col("_wave").unique()).collect()["_wave"].to_list())
    return [code for code in codebook.waves if code in have] + sorted(have - set(codebook.waves))


def freshness(codebook, version=None, *, lake=None):
    """Local date of the newest answer (datetime.date); None without answers or dates."""
    if opened(codebook, lake=lake, version=version) is None:
        return None
    return raw(codebook, version, lake).select(pl.col("_date").max()).collect().item()


def versions(codebook, *, lake=None):
    """What became of a study's answers, version by version.

    Returns
    -------
    polars.DataFrame
        ``version, at`` (UTC), ``operation, rows`` (brought in), ``replaced, codebook`` (hash); the newest first.
    """
    found = opened(codebook, lake=lake)
    rows = []
    for entry in [] if found is None else found.history():
        rows.append(
            {
                "version": entry["version"],
                "at": entry["timestamp"],
                "operation": entry.get("operation", "").lower(),
                "rows": int(entry.get("rows", 0)),
                "replaced": int(entry.get("replaced", 0)),
                "codebook": entry.get("codebook"),
            }
        )
    types = {"version": pl.Int64, "at": pl.Int64, "operation": pl.String, "rows": pl.Int64, "replaced": pl.Int64}
    frame = pl.DataFrame(rows, schema=types | {"codebook": pl.String})
    return frame.with_columns(pl.from_epoch("at", time_unit="ms").dt.replace_time_zone("UTC"))


def restore(codebook, version, *, lake=None):
    """Make an older version the newest one, as a version of its own; return its number.

    For a file that was taken in by mistake; `version` None goes back to before the first. Nothing is deleted: the versions
    in between can still be read.
    """
    with locked(codebook, lake):
        found = opened(codebook, lake=lake)
        known = found is not None and (
            version is None or (isinstance(version, int) and 0 <= version <= found.version())
        )
        if not known:
            newest = "no version yet" if found is None else f"0 to {found.version()}"
            raise ValueError(f"restore: {codebook.name} has no version {version!r}; there is {newest}.")
        if version is None:
            found.delete()
        elif version < found.version():
            found.restore(version)
    return current_version(codebook, lake)

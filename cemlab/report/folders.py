"""A report's folder takes its place whole or not at all, and never the place of something else."""

import shutil
from pathlib import Path

from cemlab.report import manifest


def require_replaceable(out):
    """Raise ValueError unless `out` is new, empty or an earlier report: replacing it deletes what is there."""
    for folder, mark in ((out, manifest.NAME), (failed_of(out), "error.html")):
        if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
            continue
        if not (folder / mark).is_file() or Path.cwd().is_relative_to(folder):
            raise ValueError(
                f"render: {folder.name!r} is there already and is no report (no {mark} in it), so it is not replaced; "
                "choose another folder for `out`."
            )


def publish(folder, out):
    """Rename the whole folder into place; an earlier one steps aside first and comes back if that fails."""
    aside = aside_of(out)
    if out.exists():
        shutil.rmtree(aside, ignore_errors=True)
        out.rename(aside)
    try:
        folder.rename(out)
    except OSError:
        put_back(out)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def put_back(out):
    """Undo a replacement that was cut short: the earlier report returns to its place."""
    if aside_of(out).exists() and not out.exists():
        aside_of(out).rename(out)


def aside_of(out):
    """Where the earlier report stands while it is replaced."""
    return out.with_name(f".{out.name}.earlier")


def failed_of(out):
    """Where a failed run leaves its error page."""
    return out.with_name(f"{out.name}.FAILED")

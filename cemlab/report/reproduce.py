"""A report made again at its data version, with its codebook, parameters and notebook, and held against the first one."""

import json
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from cemlab.report import manifest
from cemlab.report.changes import same
from cemlab.report.folders import publish

MOST = 20  # differences told
WORDS = ("part", "metric", "item", "at", "reference")


@dataclass
class Reproduction:
    """What came of it: `differences` are sentences, each names a cell; `changed` says what is another one today."""

    report: str
    cells: int
    differences: list
    changed: list = field(default_factory=list)

    def lines(self):
        """What is told on the command line."""
        out = list(self.changed)
        if not self.differences:
            return [*out, f"{self.report}：{self.cells:,} 个数字全部一致（1e-9）/ every figure is the same."]
        more = len(self.differences) - MOST
        out += self.differences[:MOST] + ([f"... {more} more"] if more > 0 else [])
        return [*out, f"{self.report}：{self.cells:,} 个数字中有 {len(self.differences):,} 个不同 / differ."]


def reproduce(report, *, out=None):
    """Make a report again and compare every figure of results.csv.

    Parameters
    ----------
    report : str or pathlib.Path
        Folder of a finished report; its files must fit their hashes.
    out : str or pathlib.Path, optional
        Where the report made again is kept; nothing is kept when left out.

    Returns
    -------
    Reproduction

    Raises
    ------
    ValueError
        No finished report, files that were changed, a notice, a data version that is not there any more.
    RenderError
        It does not run any more; the message names the step.

    Notes
    -----
    Notebook and codebook are taken as they stand beside the report (run.ipynb, codebook.yml), so new answers, an edited
    codebook or notebook change nothing; they are told. The code of cemlab and of the libraries is today's: where a figure
    differs, the lines before it say which of them changed.
    """
    from cemlab.report.render import render

    folder = Path(report).resolve()
    told = manifest.check_report(folder)
    if told.get("notice"):
        raise ValueError(
            f"reproduce: {folder.name} says that there were no new answers; there is nothing to make again."
        )
    facts, values = told["data"], {k: v for k, v in told["parameters"].items() if k != "out"}
    with tempfile.TemporaryDirectory(prefix="cemlab-again-", ignore_cleanup_errors=True) as place:
        notebook = Path(place) / f"{told['study']}.ipynb"
        notebook.write_text(json.dumps(as_stored(folder / "run.ipynb")), encoding="utf-8")
        if "version" in values:
            values["version"] = facts["data_version"]
        if values.get("wave") == "latest" and facts.get("wave"):
            values["wave"] = facts["wave"]
        if (folder / "codebook.yml").is_file() and "codebook" in values:
            kept = Path(place) / Path(values["codebook"]).name
            shutil.copyfile(folder / "codebook.yml", kept)
            values["codebook"] = str(kept)
        made = render(notebook, parameters=values, out=Path(place) / folder.name)
        cells, differences = compare(folder / "results.csv", made / "results.csv")
        changed = what_changed(told, made)
        if out is not None:
            shutil.copytree(made, Path(place) / "kept")
            Path(out).parent.mkdir(parents=True, exist_ok=True)
            publish(Path(place) / "kept", Path(out).resolve())
    return Reproduction(folder.name, cells, differences, changed)


def as_stored(path):
    """A notebook that ran, without outputs and injected parameters: what it was before."""
    content = json.loads(Path(path).read_text(encoding="utf-8"))
    kept = []
    for cell in content["cells"]:
        if "injected-parameters" in cell.get("metadata", {}).get("tags", []):
            continue
        if cell["cell_type"] == "code":
            cell = {**cell, "outputs": [], "execution_count": None}
        kept.append(cell)
    return {**content, "cells": kept}


def what_changed(told, made):
    """Sentences about what is another one today than when the report was made."""
    from cemlab.codebook import load_codebook
    from cemlab.report.study import find_codebook, notebook_of
    from cemlab.store import current_version

    now, out = json.loads((made / manifest.NAME).read_text(encoding="utf-8")), []
    facts = told["data"]
    try:
        if manifest.sha256(notebook_of(told["study"])) != told["notebook_sha256"]:
            out.append("Notebook 此后有改动，按当时的内容重做 / the notebook was changed since; made again as it was.")
    except FileNotFoundError:
        pass  # a notebook of one's own, wherever it lies
    if "codebook" in told["parameters"] and find_codebook(told["parameters"]["codebook"]).is_file():
        book = load_codebook(find_codebook(told["parameters"]["codebook"]))
        newest = current_version(book)
        if newest != facts.get("data_version"):
            out.append(
                f"数据此后有更新：版本 {facts.get('data_version')} → {newest}，按当时的版本重做 / the study has new data; made again at its own version."
            )
        if (
            made_hash(now)
            and made_hash(now) == facts.get("codebook_hash")
            and hash_today(book) != facts.get("codebook_hash")
        ):
            out.append(
                "代码本此后有改动，按当时的代码本重做 / the codebook was changed since; made again with the one kept."
            )
    for name, word in (("cemlab", "cemlab"), ("commit", "commit"), ("python", "Python")):
        if told.get(name) != now.get(name):
            out.append(f"{word}：{told.get(name)} → {now.get(name)}")
    for name, version in told["packages"].items():
        if now["packages"].get(name) != version:
            out.append(f"{name}：{version} → {now['packages'].get(name)}")
    return out


def made_hash(content):
    """Hash of the codebook a report was made with."""
    return content["data"].get("codebook_hash")


def hash_today(book):
    """Hash of the codebook as reports note it, with the names of aspects."""
    from cemlab.report.topics import with_topics

    return with_topics(book).hash()


def compare(first, second):
    """(number of figures, sentences about those that differ) of two results.csv, cell by cell."""
    old, new = (pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8") for path in (first, second))
    differences = []
    if list(old.columns) != list(new.columns):
        gone, come = set(old.columns) - set(new.columns), set(new.columns) - set(old.columns)
        differences.append(f"results.csv: columns differ: gone {sorted(gone)}, new {sorted(come)}.")
    if len(old) != len(new):
        differences.append(f"results.csv: {len(old):,} rows then, {len(new):,} now.")
    columns = [c for c in old.columns if c in new.columns]
    for place in range(min(len(old), len(new))):
        before, now = old.iloc[place], new.iloc[place]
        for column in columns:
            if not equal(before[column], now[column]):
                named = ", ".join(f"{c}={before[c]}" for c in WORDS if c in columns and before[c])
                differences.append(
                    f"results.csv line {place + 2} ({named}), {column}: {before[column]!r} then, {now[column]!r} now."
                )
    return len(old) * len(columns), differences


def equal(old, new):
    """Whether two cells say the same: the same text, or numbers within 1e-9."""
    if old == new:
        return True
    try:
        return same(float(old), float(new))
    except ValueError:
        return False

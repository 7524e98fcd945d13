"""A stored report holds figures of groups, never rows of persons: looked for before it is written."""

import json
import re
from pathlib import Path

from cemlab.checks import DataError

NAMES = re.compile(r"(?<![\w])_(?:key|person|batch|file|replicate)(?![\w])")
PSEUDONYM = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
RAW = re.compile(r"class=\\?\"dataframe|shape: \(\d+, \d+\)|\[\d+ rows x \d+ columns\]")
GROUPED = re.compile(r"(?<![\w])(?:estimate|difference|persons|metric)(?![\w])")
FRAME = re.compile(r"shape: \((\d+), \d+\)|\[(\d+) rows x \d+ columns\]|<tr\b", re.IGNORECASE)
PICTURES = ("image/", "application/vnd.cemlab.chart", "application/pdf")


def no_person_rows(report, *, columns=(), identifiers=()):
    """Raise DataError when a report's notebook or tables hold rows of persons.

    Parameters
    ----------
    report : str or pathlib.Path
        A run notebook, a CSV, or a report's folder with both.
    columns : sequence of str
        Columns that stand for single persons (comments, keys) and may head no table.
    identifiers : collection of str
        Pseudonyms or keys of persons, looked for as they are.

    Raises
    ------
    DataError
        The message names the file and the place, never what stands there.

    Notes
    -----
    Found are: the store's own columns (``_key``, ``_person``, ``_batch``, ...) and those in `columns` as heads of any table
    or output, anything that reads like a pseudonym (32 hexadecimal digits) and any of `identifiers`, in outputs of cells, in
    attachments and metadata of cells, a frame shown as it is that has none of a result's columns, and in the columns and cells of CSV files. Pictures and charts are drawn from results
    that passed the last door.
    """
    report = Path(report)
    files = [report] if report.is_file() else sorted([*report.glob("*.ipynb"), *report.glob("*.csv")])
    known = {str(one) for one in identifiers}
    for path in files:
        if path.suffix == ".ipynb":
            look_into_notebook(path, columns, known)
        else:
            look_into_table(path, columns, known)


def look_into_notebook(path, columns, known):
    """Every output of every cell."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for number, cell in enumerate(notebook.get("cells", []), start=1):
        pieces = [json.dumps(cell.get(part, {}), ensure_ascii=False) for part in ("attachments", "metadata")]
        for output in cell.get("outputs", []):
            pieces += texts_of(output)
        for text in pieces:
            require_none(text, columns, known, f"{path.name}, cell {number}")


def texts_of(output):
    """The texts of one output; pictures left out."""
    yield from (joined(output[key]) for key in ("text", "evalue") if key in output)
    yield from (joined(line) for line in output.get("traceback", []))
    for kind, content in output.get("data", {}).items():
        if not kind.startswith(PICTURES):
            yield joined(content)


def joined(content):
    """An output's content as one text."""
    if isinstance(content, list):
        return "".join(str(one) for one in content)
    return content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)


def require_none(text, columns, known, place):
    """Raise DataError where a text shows persons."""
    names = NAMES.search(text)
    headed = [c for c in columns if re.search(rf"(?<![\w]){re.escape(c)}(?![\w])", text)] if FRAME.search(text) else []
    hashes = PSEUDONYM.search(text)
    listed = known and any(one in text for one in known)
    raw = RAW.search(text) and not GROUPED.search(text)
    if names or headed or hashes or listed or raw:
        what = "a frame that is no result"
        what = "a person's key" if hashes or listed else what
        what = f"the column {(names or headed)[0]!r}" if names or headed else what
        raise DataError(
            f"anonymity: {place} shows rows of persons ({what}); a report of this study is not written with them. Show "
            "figures of groups, and take the output out of the notebook."
        )


def look_into_table(path, columns, known):
    """The head and the cells of a CSV."""
    import csv

    with open(path, encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        head = next(rows, [])
        bad = [c for c in head if NAMES.fullmatch(c) or c in columns]
        if bad:
            raise DataError(
                f"anonymity: {path.name} has a column {bad[0]!r}, a row a person; a report of this study is not written with "
                "it. Write figures of groups."
            )
        for number, row in enumerate(rows, start=2):
            if any(PSEUDONYM.fullmatch(cell) or cell in known for cell in row):
                raise DataError(
                    f"anonymity: line {number} of {path.name} holds a person's key; a report of this study is not written "
                    "with it. Write figures of groups."
                )

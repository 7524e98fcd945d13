"""A table as a tool wrote it: the shape every reader hands on, its header row and its column names."""

from dataclasses import dataclass, field

import polars as pl

from cemlab.checks import DataError


@dataclass(frozen=True)
class Export:
    """One export file, read; nothing in it is recoded.

    Attributes
    ----------
    frame : polars.DataFrame
        One row per answer. Names as in the tool, without surrounding white space. Text is String, numbers are
        Int64 or Float64, times typed by a spreadsheet or SPSS are Date or Datetime; empty cells are null.
    layout : str
        One of `cemlab.collect.LAYOUTS`.
    wording : dict
        Column (or multi-answer question) -> question text, where the tool gives one.
    options : dict
        Column -> {code: label}, where the file holds value labels; codes are text ("1").
    multiple : dict
        Multi-answer question -> {option label: name of its 0/1 column}.
    missing : dict
        Column -> {code: "not_asked" | "no_answer" | "not_applicable"}: the codes the tool itself marks as missing.
        They stay in `frame`; the codebook decides.
    decisions : list of dict
        What was decided while reading, as {"zh": ..., "en": ...} sentences.
    row_numbers : polars.Series
        Row of each answer in the file, the first line or sheet row being 1.
    file_hash : str
        SHA-256 of the file's bytes.
    """

    frame: pl.DataFrame
    layout: str
    wording: dict = field(default_factory=dict)
    options: dict = field(default_factory=dict)
    multiple: dict = field(default_factory=dict)
    missing: dict = field(default_factory=dict)
    decisions: list = field(default_factory=list)
    row_numbers: pl.Series = None
    file_hash: str = ""


def note(zh, en):
    """One decision, in both languages."""
    return {"zh": zh, "en": en}


def find_header(rows):
    """Index of the header among the first rows: the first that fills at least half of the widest one's cells."""
    filled = [sum(bool(str(cell).strip()) for cell in row) for row in rows]
    widest = max(filled, default=0)
    wanted = 1 if widest < 2 else max(2, (widest + 1) // 2)
    return next((index for index, count in enumerate(filled) if count >= wanted), 0)


def clean_names(raw):
    """Names made usable: stripped, an empty one becomes column_5, a second 'a' becomes 'a (2)'; and the notes on it."""
    names, repeated = [], []
    for position, name in enumerate(raw, start=1):
        base = str(name).strip().strip("\ufeff").strip() or f"column_{position}"
        new, times = base, 1
        while new in names:
            times += 1
            new = f"{base} ({times})"
        if new != base:
            repeated.append(new)
        names.append(new)
    notes = []
    if repeated:
        notes.append(
            note(
                f"{len(repeated)} 个列名重复，已加序号，例如 {repeated[0]!r}",
                f"{len(repeated)} column names stood twice and got a number, for example {repeated[0]!r}",
            )
        )
    return names, notes


def tidy(names, body, first_row, *, where, title_rows=0):
    """Name the columns of `body`, drop empty rows and nameless empty columns.

    Parameters
    ----------
    names : list of str
        The header's cells, one per column of `body`.
    body : polars.DataFrame
        The rows under the header; column names do not matter.
    first_row : int
        Row in the file of the first row of `body`.
    where : str
        Name of the file, for messages.
    title_rows : int, default 0
        Rows above the header that were left out, for the notes.

    Returns
    -------
    tuple
        Frame, row numbers (Series) and notes.
    """
    notes = []
    if title_rows:
        notes.append(
            note(
                f"第 {title_rows + 1} 行为表头，其上 {title_rows} 行为标题",
                f"header in row {title_rows + 1}, below {title_rows} title rows",
            )
        )
    columns = body.columns
    blanks = pl.col(pl.String).str.contains(r"^\s+$").fill_null(False)
    spaces = body.select(blanks.sum()).sum_horizontal().sum() if pl.String in body.dtypes else 0
    body = body.with_columns(
        pl.when(pl.col(pl.String).str.contains(r"^\s*$")).then(None).otherwise(pl.col(pl.String)).name.keep()
    )
    if spaces:
        notes.append(
            note(
                f"{spaces:,} 个单元格只有空格，按空白处理", f"{spaces:,} cells held only white space and count as empty"
            )
        )
    row_numbers = pl.Series("row", range(first_row, first_row + body.height), dtype=pl.Int64)
    if body.height:
        filled = body.select(~pl.all_horizontal(pl.all().is_null())).to_series()
        if not filled.all():
            body, row_numbers = body.filter(filled), row_numbers.filter(filled)
    nameless = [c for c, name in zip(columns, names, strict=True) if not str(name).strip(" \ufeff\t")]
    empty = [c for c in nameless if body[c].null_count() == body.height]
    if empty:
        notes.append(note(f"去掉 {len(empty)} 个无名空列", f"{len(empty)} empty columns without a name left out"))
    keep = [c for c in columns if c not in empty]
    new, more = clean_names([name for c, name in zip(columns, names, strict=True) if c not in empty])
    if not keep or not body.height:
        raise DataError(
            f"read_export: {where} holds {'a header' if keep else 'no columns'} but no answers (0 rows under row {first_row - 1}). "
            "Export again once there are answers."
        )
    return body.select(keep).rename(dict(zip(keep, new, strict=True))), row_numbers, notes + more

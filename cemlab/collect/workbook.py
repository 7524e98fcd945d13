"""Workbooks (xlsx, xls, xlsb, ods): the first sheet with rows, each column with the type its cells have."""

import io
import struct
import zipfile
from datetime import date, datetime, time, timedelta

import polars as pl

from cemlab.checks import DataError
from cemlab.collect.table import find_header, note, tidy


def read_workbook(data, where):
    """Read a workbook's first visible sheet that holds rows.

    Parameters
    ----------
    data : bytes
        Contents of the file.
    where : str
        Name of the file, for messages.

    Returns
    -------
    tuple
        Frame, row numbers and decisions. A column typed as numbers throughout is Int64 (all whole) or Float64, one
        of dates Date or Datetime; a mixed column is text, whole numbers in it without a decimal point.

    Raises
    ------
    DataError
        A workbook that is broken, protected by a password, or without rows.
    """
    rows, sheet, more = first_sheet(data, where)
    frame, numbers, notes = from_rows(rows, where)
    others = (
        f"（另有 {len(more)} 个工作表未读：{more}）" if more else "",
        f" ({len(more)} more not read: {more})" if more else "",
    )
    if errors := error_cells(data):
        notes.append(
            note(
                f"工作簿中有 {errors:,} 个错误值单元格（如 #N/A），按空白处理",
                f"{errors:,} cells of the workbook hold an error such as #N/A and count as empty",
            )
        )
    return frame, numbers, [note(f"工作表 {sheet!r}{others[0]}", f"sheet {sheet!r}{others[1]}"), *notes]


def from_rows(rows, where):
    """Frame, row numbers and notes from rows of equal length, the header somewhere near the top."""
    header = find_header(rows[:40])
    titles = sum(any(str(cell).strip() for cell in row) for row in rows[:header])
    body = pl.DataFrame([column(f"c{i}", cells) for i, cells in enumerate(zip(*rows[header + 1 :], strict=True))])
    if not body.width:
        body = pl.DataFrame(schema={f"c{i}": pl.String for i in range(len(rows[header]))})
    names = [text(cell) or "" for cell in rows[header]]
    return tidy(names, body, header + 2, where=where, title_rows=titles and header)


def first_sheet(data, where):
    """Rows of the first visible sheet with any, its name, and the names of further ones with rows."""
    import python_calamine as calamine

    if protected(data):
        raise locked(where)
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        shown, kind = calamine.SheetVisibleEnum.Visible, calamine.SheetTypeEnum.WorkSheet
        visible = [sheet.name for sheet in book.sheets_metadata if sheet.visible == shown and sheet.typ == kind]
        sheets = {name: book.get_sheet_by_name(name) for name in visible}
        full = [name for name, sheet in sheets.items() if sheet.start is not None]
        rows = sheets[full[0]].to_python(skip_empty_area=False) if full else []
    except BaseException as error:
        if (
            not isinstance(error, Exception) and type(error).__name__ != "PanicException"
        ):  # how calamine's own faults arrive
            raise
        raise DataError(
            f"read_export: {where} is a broken or cut-off workbook ({len(data):,} bytes, {type(error).__name__}). "
            "Download it again, or open it in a spreadsheet program and save it as xlsx."
        ) from None
    if not full:
        raise DataError(
            f"read_export: {where} has {len(visible)} visible sheets and no cell in any. Export again once there are answers."
        )
    return rows, full[0], full[1:]


def protected(data):
    """Whether the first records of an old xls are those of a file with a password (a FILEPASS record, 0x002F)."""
    place = data.find(b"\x09\x08\x10\x00")
    for _ in range(4):
        if place < 0 or place + 4 > len(data):
            return False
        kind, length = struct.unpack_from("<HH", data, place)
        if kind == 0x2F:
            return True
        place += 4 + length
    return False


def error_cells(data):
    """How many cells of an xlsx hold an error value; the reader below gives them as empty."""
    if not data.startswith(b"PK"):
        return 0
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        sheets = [name for name in packed.namelist() if name.startswith("xl/worksheets/") and name.endswith(".xml")]
        return sum(packed.read(name).count(b' t="e"') for name in sheets)


def locked(where):
    """The DataError for a protected workbook."""
    return DataError(
        f"read_export: {where} is protected by a password. Remove the protection in the spreadsheet program and save a copy."
    )


def column(name, cells):
    """One column with the type its filled cells share; text where they differ."""
    kinds = {type(cell) for cell in cells if cell != ""}
    given = [None if cell == "" else cell for cell in cells]
    if kinds and kinds <= {int, float}:
        whole = all(cell is None or float(cell).is_integer() and abs(cell) < 2**53 for cell in given)
        return pl.Series(
            name,
            [cell if cell is None else (int(cell) if whole else float(cell)) for cell in given],
            dtype=pl.Int64 if whole else pl.Float64,
        )
    if kinds == {date}:
        return pl.Series(name, given, dtype=pl.Date)
    if kinds and kinds <= {datetime, date}:
        full = [datetime(c.year, c.month, c.day) if type(c) is date else c for c in given]
        return pl.Series(name, full, dtype=pl.Datetime("us"))
    return pl.Series(name, [text(cell) for cell in cells], dtype=pl.String)


def text(cell):
    """A cell as a person would read it: 3.0 is "3", a time is in ISO form, empty is None."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell)

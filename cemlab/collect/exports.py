"""One entry for what survey tools write: look at the bytes, read the table, recognise the tool."""

import gzip
import hashlib
import io
import zipfile
import zlib
from pathlib import Path

from cemlab.checks import DataError, nearest, require_choice
from cemlab.collect import delimited, forms, qualtrics, spss, table, webtable, wenjuanxing, workbook

LAYOUTS = ("csv", "xlsx", "xls", "spss", "wenjuanxing_text", "wenjuanxing_numeric", "qualtrics", "google_forms")
SUFFIXES = {
    "text": {".csv", ".tsv", ".txt", ".tab", ".dat", ""},
    "xlsx": {".xlsx", ".xlsm", ".xlsb", ".ods"},
    "xls": {".xls", ".et"},
    "spss": {".sav", ".zsav"},
    "html": {".html", ".htm"},
}
SIGNATURES = [
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"{\\rtf", "a text document"),
    (b"SQLite", "a database"),
    (b"<stata_dta>", "a Stata file"),
]
GREATEST = 4 * 2**30  # bytes a packed file may unpack to


def read_export(path, *, layout=None):
    """Read a file that a survey tool wrote, whatever its encoding and layout.

    Parameters
    ----------
    path : str or pathlib.Path
        A csv (any encoding among UTF-8, UTF-16, GB18030; any delimiter and line ending), xlsx, xls, SPSS file or web page
        with a table, bare or packed with gzip or alone in a zip. What counts is the content, not the file's name.
    layout : str, optional
        One of `LAYOUTS`, to read the file as that instead of recognising the tool: "csv", "xlsx" or "xls" leave the
        table as it stands.

    Returns
    -------
    Export
        The answers as the tool wrote them, with question wording, option labels, multi-answer columns, codes that mean
        missing, and every decision taken. See `cemlab.collect.Export`.

    Raises
    ------
    FileNotFoundError
        No such file.
    ValueError
        Unknown `layout`.
    DataError
        A file that is empty, broken, cut off, protected, not a table, or not in the layout asked for. Nothing is
        changed by the attempt, and no answer is shown in the message.

    Notes
    -----
    Cells of a text file stay text, so that the id 00123 keeps its zeros; types come from the codebook. Duplicate names
    get a number, "score (2)". 问卷星: both layouts give the same columns, see `cemlab.collect.wenjuanxing`. Qualtrics:
    names from the first header row, wording from the second. Google Forms: multi-answers get 0/1 columns.
    """
    path = Path(path)
    if layout is not None:
        require_choice(layout, LAYOUTS, name="layout", where="read_export")
    if not path.is_file():
        near = (
            nearest(path.name, [p.name for p in path.parent.iterdir()])
            if path.parent.is_dir() and not path.is_dir()
            else None
        )
        hint = f"Did you mean {near!r}?" if near else "Check the name and the folder."
        raise FileNotFoundError(f"read_export: {path.name!r} is {'a folder' if path.is_dir() else 'not there'}. {hint}")
    raw = path.read_bytes()
    where = repr(path.name)
    data, inner, decisions = unpack(raw, path.name, where)
    kind = sniff(data, where)
    suffix = Path(inner).suffix.lower()
    if suffix not in SUFFIXES[kind] and any(suffix in known for known in SUFFIXES.values()):
        decisions.append(
            table.note(f"文件名为 {suffix}，内容实为 {kind}", f"named {suffix}, but the content is {kind}")
        )
    identity = {"file_hash": hashlib.sha256(raw).hexdigest()}
    if kind == "spss":
        if layout not in (None, "spss"):
            raise misfit(where, layout, "an SPSS file")
        frame, facts = spss.read_spss(data, where)
        facts["decisions"] = decisions + facts["decisions"]
        rows = table.pl.Series("row", range(1, frame.height + 1), dtype=table.pl.Int64)
        return table.Export(frame=frame, layout="spss", row_numbers=rows, **facts, **identity)
    reader = {"text": delimited.read_delimited, "html": webtable.read_webtable}.get(kind, workbook.read_workbook)
    frame, rows, more = reader(data, where)
    plain = {"text": "csv", "html": "xls"}.get(kind, kind)
    found, export = recognise(frame, rows, layout, plain, where)
    told = table.note(f"版式 {found}", f"layout {found}" + ("" if layout is None else " (as asked)"))
    export = {"frame": frame, "row_numbers": rows, **export}
    export["decisions"] = [*decisions, *more, told, *export.get("decisions", [])]
    return table.Export(layout=found, **export, **identity)


def unpack(raw, name, where):
    """The file's own bytes out of gzip or zip, its name inside, and what was decided."""
    if raw.startswith(b"\x1f\x8b"):
        try:
            with gzip.open(io.BytesIO(raw)) as packed:
                data = packed.read(GREATEST + 1)
        except (OSError, EOFError, zlib.error):
            raise DataError(
                f"read_export: {where} is a broken or cut-off gzip file ({len(raw):,} bytes). Download it again."
            ) from None
        inner = name[:-3] if name.lower().endswith(".gz") else name
    elif raw.startswith(b"PK"):
        try:
            with zipfile.ZipFile(io.BytesIO(raw)) as packed:
                members = [m for m in packed.infolist() if not m.is_dir() and not m.filename.startswith("__MACOSX/")]
                names = {m.filename for m in members}
                if any(n.startswith(("xl/workbook", "xl\\workbook")) for n in names) or "content.xml" in names:
                    return raw, name, []
                if len(members) != 1 or members[0].flag_bits & 1:
                    what = (
                        "protected by a password"
                        if any(m.flag_bits & 1 for m in members)
                        else f"a zip with {len(members)} files"
                    )
                    raise DataError(f"read_export: {where} is {what}. Unpack it and give the file itself.")
                inner = members[0].filename
                if members[0].file_size > GREATEST:
                    raise too_large(where)
                data = packed.read(members[0])
        except (zipfile.BadZipFile, EOFError, zlib.error, NotImplementedError):
            raise DataError(
                f"read_export: {where} is a broken or cut-off xlsx or zip file ({len(raw):,} bytes). Download it again."
            ) from None
    else:
        return raw, name, []
    if len(data) > GREATEST:
        raise too_large(where)
    return data, inner, [table.note("从压缩文件中读取", "read from inside a packed file")]


def too_large(where):
    """The DataError for a file that unpacks beyond all measure."""
    return DataError(
        f"read_export: {where} unpacks to more than {GREATEST / 2**30:.0f} GiB. Unpack it and give the file in parts."
    )


def sniff(data, where):
    """What the bytes are: text, xlsx, xls, html or spss; DataError for anything that holds no table."""
    if not data.strip(b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"):
        raise DataError(f"read_export: {where} is empty ({len(data):,} bytes). Export or download it again.")
    if data.startswith(b"PK"):
        return "xlsx"
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise workbook.locked(where)
        return "xls"
    if data.startswith((b"$FL2", b"$FL3")):
        return "spss"
    start = data[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    named = next((what for mark, what in SIGNATURES if data.startswith(mark)), None)
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<meta", b"<style", b"<script", b"<body")):
        return "html"
    if start.startswith(b"<?xml"):
        named = "XML"
    if named:
        raise DataError(
            f"read_export: {where} holds {named}, not a table this reads (csv, xlsx, xls, SPSS sav). If a spreadsheet program opens it, "
            "save it from there as xlsx; else export again."
        )
    return "text"


def recognise(frame, rows, layout, plain, where):
    """The layout, and what its reader makes of the table."""
    if layout in ("csv", "xlsx", "xls"):
        if layout != plain:
            raise misfit(where, layout, plain)
        return layout, {}
    if layout == "spss":
        raise misfit(where, layout, plain)
    for tool in (wenjuanxing, qualtrics, forms):
        found = tool.recognise(frame)
        if found and (layout is None or layout == found or (tool is wenjuanxing and layout in tool.LAYOUTS)):
            return layout or found, tool.read(frame, rows, layout or found, where)
    if layout is not None:
        raise misfit(where, layout, f"a plain {plain} table of {frame.width} columns")
    return plain, {}


def misfit(where, layout, found):
    """The DataError for a file that is not in the layout asked for."""
    return DataError(
        f"read_export: {where} is not in layout {layout!r}; it is {found}. Leave `layout` out to have it recognised."
    )

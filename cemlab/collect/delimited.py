"""Delimited text: which encoding, line ending and delimiter, and a table of text cells out of it."""

import csv
import io
import re
from collections import Counter

import polars as pl

from cemlab.checks import DataError
from cemlab.collect.halves import mended
from cemlab.collect.table import find_header, note, tidy

DELIMITERS = {
    ",": "comma",
    "\t": "tab",
    ";": "semicolon",
    "|": "pipe",
    "^": "caret",
    "~": "tilde",
    "\x01": "SOH",
    "\x1f": "US",
}
ENDINGS = {"\r\n": "CRLF", "\n": "LF", "\r": "CR"}
HALVED = note(
    "残缺的字符（多为被截断的表情）读作 \ufffd，其余文字照原样；原始文件未改动",
    "halves of characters (often emoji cut in two) are read as \ufffd, all other text as it stands; the raw file is unchanged",
)
BOMS = [
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
]


def read_delimited(data, where):
    """Read delimited text.

    Parameters
    ----------
    data : bytes
        Contents of the file.
    where : str
        Name of the file, for messages.

    Returns
    -------
    tuple
        Frame (all columns String, so that 00123 stays 00123), row numbers and decisions.

    Raises
    ------
    DataError
        Text that is in no known encoding, cut off, or whose rows do not fit the header.
    """
    data, encoding = to_utf8(data, where)
    head = data[:200_000].decode("utf-8", errors="ignore")
    skipped = 0
    if declared := re.match(r"sep=(.)\r?\n", head):
        skipped, data, head = 1, data[len(declared[0].encode()) :], head[len(declared[0]) :]
    ending = line_ending(head)
    delimiter = declared[1] if declared else find_delimiter(head)
    records, lines = first_records(head, delimiter)
    header = find_header(records)
    titles = sum(bool("".join(row).strip()) for row in records[:header])
    names = records[header]
    body = quick_body(data, lines[header], len(names), delimiter, ending)
    if body is None:
        text = data.decode("utf-8")
        names, body, more = careful_body(text, header, delimiter, skipped, where)
    else:
        more = []
    frame, rows, notes = tidy(names, body, skipped + header + 2, where=where, title_rows=titles and header)
    name = DELIMITERS.get(delimiter, repr(delimiter))
    decided = note(
        f"编码 {encoding}；分隔符 {name}；换行 {ENDINGS[ending]}",
        f"encoding {encoding}; delimiter {name}; line ending {ENDINGS[ending]}",
    )
    if "\ufffd" in encoding:
        more = [*more, HALVED]
    return frame, rows, [decided, *more, *notes]


def to_utf8(data, where):
    """The text as UTF-8 bytes without a byte order mark, and the name of the encoding it came in."""
    for mark, encoding in BOMS:
        if data.startswith(mark):
            text = _mended(data[len(mark) :], encoding) if encoding == "utf-8" else None
            return (
                (text[0], text[1].replace(encoding, "utf-8 (BOM)"))
                if text
                else decoded(data[len(mark) :], encoding, where, " (BOM)")
            )
    sample = data[:4096]
    if b"\x00" in sample:
        even, odd = sample[0::2].count(0), sample[1::2].count(0)
        if max(even, odd) > len(sample) / 8 and min(even, odd) < max(even, odd) / 10:
            return decoded(data, "utf-16-le" if odd > even else "utf-16-be", where, "")
        raise DataError(
            f"read_export: {where} is not a table ({sample.count(0):,} zero bytes among its first {len(sample):,}). "
            "Export it again as csv, xlsx or sav."
        )
    try:
        data.decode("utf-8")
        return data, "utf-8"
    except UnicodeDecodeError as error:
        first, cut = error.start, error.reason == "unexpected end of data"
    replaced = data.decode("utf-8", errors="replace")
    wrong = replaced.count("\ufffd")
    right = sum(len(part) for part in re.findall(r"[^\x00-\x7f\ufffd]+", replaced[:2_000_000]))
    if right and (text := _mended(data, "utf-8", right // 5)):
        return text
    if right > 5 * wrong:
        raise broken(where, data, first, "UTF-8", wrong, cut)
    high = re.findall(rb"[\x80-\xff]+", re.sub(rb"[\x81-\xfe]\d[\x81-\xfe]\d", b"", data))
    if 2 * sum(len(run) == 1 for run in high) > sum(map(len, high)):  # Chinese bytes come in pairs
        return decoded(data, "windows-1252", where, " (guess)")
    text = _mended(data, "gb18030") if wrong > right else None  # else broken UTF-8 would pass for other characters
    return text or decoded(data, "gb18030", where, "")


def _mended(data, encoding, most=None):
    """As `to_utf8`, of bytes whose only fault is a few halves of characters, `most` of them; None where there is another."""
    try:
        text, lost = mended(data, encoding)
    except UnicodeDecodeError:
        return None
    if lost > 1 + len(text) / 100 or (most is not None and lost > most):
        return None
    return text.encode("utf-8"), encoding + (f" ({lost:,} × \ufffd)" if lost else "")


def decoded(data, encoding, where, remark):
    """Re-encode to UTF-8; DataError at the first byte that does not fit."""
    try:
        return data.decode(encoding).encode("utf-8"), encoding + remark
    except UnicodeDecodeError as error:
        raise broken(where, data, error.start, encoding, 1, error.end >= len(data)) from None


def broken(where, data, position, encoding, count, cut):
    """The DataError for bytes that are not text in the encoding found."""
    row = data.count(b"\n", 0, position) + 1
    if cut and position > len(data) - 4:
        return DataError(
            f"read_export: {where} ends in the middle of a character (byte {position:,} of {len(data):,}); it was cut off. Download it again."
        )
    return DataError(
        f"read_export: {where} is not sound {encoding} text: {count:,} places cannot be read, the first near line {row:,} "
        f"(byte 0x{data[position]:02x}). Export again as UTF-8 or xlsx."
    )


def line_ending(head):
    """The most frequent line ending outside quotes."""
    bare = re.sub(r'"[^"]*"', "", head)
    found = Counter(re.findall(r"\r\n|\n|\r", bare))
    return found.most_common(1)[0][0] if found else "\n"


def first_records(head, delimiter, most=40):
    """The first rows as lists of cells, and after how many characters of the text each one ends."""
    records, ends, used = [], [], 0
    lines = io.StringIO(head, newline="")

    def counted():
        nonlocal used
        for line in lines:
            used += len(line)
            yield line

    try:
        for record in csv.reader(counted(), delimiter=delimiter):
            records.append(record)
            ends.append(used)
            if len(records) == most:
                break
    except csv.Error:
        pass  # the careful reading says what is wrong, and where
    return records or [[""]], ends or [0]


def find_delimiter(head):
    """The delimiter that splits most of the first rows into the same number of cells, more cells being better."""

    def fit(delimiter):
        records, _ = first_records(head, delimiter)
        widths = [len(row) for row in records[: len(records) - (len(records) > 3)] if "".join(row).strip()]
        width, rows = Counter(widths).most_common(1)[0] if widths else (1, 0)
        return (width > 1) * round(rows / max(len(widths), 1), 1), width

    usual = max([",", "\t", ";", "|"], key=fit)
    return usual if fit(usual)[1] > 1 else max(DELIMITERS, key=fit)


def quick_body(data, start, width, delimiter, ending):
    """The rows after character `start`, read by polars; None where a row is not exactly `width` cells long."""
    start = len(data[: 4 * start + 4].decode("utf-8", errors="ignore")[:start].encode("utf-8"))
    rest = data[start:]
    if not rest.strip():
        return pl.DataFrame(schema={f"c{i}": pl.String for i in range(width)})
    try:
        body = pl.read_csv(
            rest,
            has_header=False,
            separator=delimiter,
            eol_char="\r" if ending == "\r" else "\n",
            schema={f"c{i}": pl.String for i in range(width)},
        )
    except (pl.exceptions.PolarsError, ValueError):
        return None
    within = (
        body.select(pl.all().str.count_matches(delimiter, literal=True).sum()).sum_horizontal()[0]
        if b'"' in rest
        else 0
    )
    return body if rest.count(delimiter.encode()) == body.height * (width - 1) + (within or 0) else None


def careful_body(text, header, delimiter, skipped, where):
    """The same rows, read cell by cell: gives way where it is safe, and says what is wrong where it is not."""
    rows, notes, most = None, [], 0
    for attempt in ({"strict": True}, {"strict": True, "skipinitialspace": True}, {}):
        try:
            read = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, **attempt))
        except csv.Error as error:
            if "end of data" in str(error) or "field larger" in str(error):
                raise DataError(
                    f"read_export: {where} has a quotation mark that is opened and never closed; the file was probably cut off. "
                    "Download it again."
                ) from None
            continue
        wide = sum(len(row) > len(read[header]) for row in read)
        if rows is None or wide < most:
            rows, most = read, wide
            if not wide:
                break
    names, body = rows[header], rows[header + 1 :]
    offset = header + 2 + skipped
    width = len(names)
    longest = max([width, *map(len, body)])
    spare = [index for index, row in enumerate(body) if any(cell.strip() for cell in row[width:])]
    if spare:
        raise DataError(
            f"read_export: {where}: {len(spare):,} of {len(body):,} rows have more cells than the header's {width} "
            f"(first: row {spare[0] + offset:,} with {len(body[spare[0]])}); text with {delimiter!r} in it was written without quotes. "
            "Export as xlsx, or with quoted text."
        )
    if longest > width:
        notes.append(note("数据行末尾多出的空单元格已去掉", "empty cells beyond the header's last column left out"))
    while (
        names
        and not names[-1].strip()
        and all(len(row) < len(names) or not row[len(names) - 1].strip() for row in body)
    ):
        names = names[:-1]
    short = [index for index, row in enumerate(body) if row and len(row) < len(names)]
    if short:
        raise short_rows(where, short, body, len(names), offset)
    cells = [(row + [""] * len(names))[: len(names)] for row in body]
    frame = pl.DataFrame(cells, schema={f"c{i}": pl.String for i in range(len(names))}, orient="row")
    return names, frame, notes


def short_rows(where, short, body, width, offset):
    """The DataError for rows with too few cells: a cut file when it is the last row alone."""
    index = short[0]
    if short == [max(i for i, row in enumerate(body) if row)]:
        return DataError(
            f"read_export: {where} ends in the middle of row {index + offset:,}: {len(body[index])} of {width} cells; it was cut off. "
            "Download it again."
        )
    return DataError(
        f"read_export: {where}: {len(short):,} of {len(body):,} rows have fewer cells than the header's {width} "
        f"(first: row {index + offset:,} with {len(body[index])}); a line break inside a text was written without quotes, or the file "
        "was edited by hand. Export as xlsx, or with quoted text."
    )

"""Qualtrics csv and xlsx: two or three header rows, of which the first names the columns and the second words them."""

from cemlab.collect.table import note


def recognise(frame):
    """ "qualtrics" when the rows under the header are Qualtrics' own, else None."""
    if not frame.height:
        return None
    first = frame.row(0)
    second = frame.row(1) if frame.height > 1 else ()
    if _imports(second) or _imports(first):
        return "qualtrics"
    legacy = {"V1", "V2", "V3"} <= set(frame.columns) and "ResponseID" in map(str, first)
    return "qualtrics" if legacy else None


def read(frame, rows, layout, where):
    """The answers under the header rows, and the wording out of them."""
    from cemlab.checks import DataError

    extra = 2 if frame.height > 1 and _imports(frame.row(1)) else 1
    words = next((frame.row(index) for index in range(extra) if not _imports(frame.row(index))), ())
    body = frame.slice(extra)
    if not body.height:
        raise DataError(
            f"read_export: {where} holds {extra + 1} Qualtrics header rows but no answers. Export again once there are some."
        )
    return {
        "frame": body,
        "row_numbers": rows.slice(extra),
        "wording": {
            name: " ".join(str(text).split()) for name, text in zip(frame.columns, words, strict=False) if text
        },
        "decisions": [
            note(f"{extra + 1} 行表头，第 2 行为题目文字", f"{extra + 1} header rows, the second holds the wording")
        ],
    }


def _imports(row):
    """Whether a row is the one of import ids."""
    filled = [str(cell) for cell in row if cell is not None]
    return bool(filled) and all(cell.lstrip().startswith('{"ImportId"') for cell in filled)

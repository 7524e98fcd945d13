"""SPSS files (.sav, .zsav): values as coded, with the labels, missing codes and multi-answer sets the file declares."""

import io
import re

import polars as pl

from cemlab.checks import DataError
from cemlab.collect.table import note

ASIDE = re.compile(r"not applicable|n/?a\b|does not apply|never used|不适用|没用过|未使用", re.IGNORECASE)


def read_spss(data, where):
    """Read an SPSS file.

    Parameters
    ----------
    data : bytes
        Contents of the file.
    where : str
        Name of the file, for messages.

    Returns
    -------
    tuple
        Frame and a dict with `wording`, `options`, `multiple`, `missing` and `decisions` as in
        `cemlab.collect.Export`. User-missing values stay as coded and are listed in `missing`: as not_applicable when
        their label says so, else as no_answer. Multi-answer sets of several codes (not 0/1) are named in `decisions`.

    Raises
    ------
    DataError
        A file that is broken, cut off or without rows.
    """
    import pyreadstat

    try:
        frame, meta = pyreadstat.read_sav(io.BytesIO(data), user_missing=True, output_format="polars")
    except (
        pyreadstat.ReadstatError,
        pyreadstat.PyreadstatError,
        UnicodeDecodeError,
        ValueError,
        OverflowError,
    ) as error:
        raise DataError(
            f"read_export: {where} is a broken or cut-off SPSS file ({len(data):,} bytes, {type(error).__name__}). "
            "Download it again, or save it from SPSS as csv with codes."
        ) from None
    if not frame.height or not frame.width:
        raise DataError(
            f"read_export: {where} is an SPSS file without answers ({frame.height} rows, {frame.width} variables). Export again."
        )
    text = pl.col(pl.String)
    frame = (
        frame.with_columns(pl.when(text.str.contains(r"^\s*$")).then(None).otherwise(text).name.keep())
        if pl.String in frame.dtypes
        else frame
    )
    options = {
        column: {code(value): str(label).strip() for value, label in labels.items()}
        for column, labels in meta.variable_value_labels.items()
    }
    missing = {
        column: missing_codes(frame[column], ranges, options.get(column, {}))
        for column, ranges in meta.missing_ranges.items()
    }
    multiple, wording, left = (
        {},
        {c: label.strip() for c, label in meta.column_names_to_labels.items() if label and label.strip()},
        [],
    )
    for name, group in (getattr(meta, "mr_sets", None) or {}).items():
        if group["is_dichotomy"] and group["counted_value"] == 1:
            multiple[name] = {wording.get(column, column): column for column in group["variable_list"]}
            wording[name] = group["label"] or name
        else:
            left.append(name)
    facts = {
        "wording": wording,
        "options": options,
        "multiple": multiple,
        "missing": {column: codes for column, codes in missing.items() if codes},
        "decisions": [note(f"SPSS，编码 {meta.file_encoding}", f"SPSS, encoding {meta.file_encoding}")],
    }
    if facts["missing"]:
        some = next(iter(facts["missing"]))
        facts["decisions"].append(
            note(
                f"{len(facts['missing'])} 个变量有用户缺失值，保留原码（例如 {some}：{list(facts['missing'][some])}）",
                f"{len(facts['missing'])} variables declare missing codes, kept as coded (for example {some}: {list(facts['missing'][some])})",
            )
        )
    if left:
        facts["decisions"].append(
            note(
                f"多重响应集未展开：{left[:5]}",
                f"multiple-response sets that are not 0/1 columns stay as they are: {left[:5]}",
            )
        )
    return frame, facts


def code(value):
    """A code as text: 1.0 is "1"."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def missing_codes(values, ranges, labels):
    """The codes of a column that the file declares as missing, with the likely reason."""
    known = {code(value) for value in values.drop_nulls().unique()} | set(labels)
    found = {}
    for span in ranges:
        for one in known:
            try:
                inside = span["lo"] <= float(one) <= span["hi"]
            except (TypeError, ValueError):
                inside = span["lo"] == one
            if inside:
                found[one] = "not_applicable" if ASIDE.search(labels.get(one, "")) else "no_answer"
    return dict(sorted(found.items()))

"""Tables and answers for other programs: CSV that a Chinese Excel opens, parquet, labelled SPSS files."""

from pathlib import Path

import polars as pl

from cemlab.checks import require_choice
from cemlab.paths import reports_folder

FORMULA = ("=", "+", "-", "@", "\t", "\r")
KEPT = {"_wave": "wave", "_date": "date"}


def write_results(table, path):
    """Write a result frame as .csv (UTF-8 with BOM) or .parquet; full precision, codes as they are.

    Parameters
    ----------
    table : pandas.DataFrame
        Cells, estimates or comparisons as they may be shown.
    path : str or pathlib.Path

    Returns
    -------
    pathlib.Path

    Notes
    -----
    In CSV, text that a spreadsheet would take for a formula begins with an apostrophe.
    """
    path = Path(path)
    require_choice(path.suffix.lower(), (".csv", ".parquet"), name="suffix", where="write_results")
    if path.suffix.lower() == ".parquet":
        table.to_parquet(path, index=False)
    else:
        plain = table.copy()
        for column in plain.columns[[kind.kind not in "ifbM" for kind in plain.dtypes]]:
            plain[column] = plain[column].map(harmless)
        plain.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\r\n")
    return path


def harmless(text):
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if isinstance(text, str) and text.startswith(FORMULA) else text


def write_answers(data, codebook, path, *, lang="zh"):
    """Write answers, one row each, with their labels: .sav, .csv (UTF-8 with BOM) or .parquet.

    Parameters
    ----------
    data : polars data frame, lazy or eager
        As `store.scan` gives it; derived columns are in it like others.
    codebook : Codebook
    path : str or pathlib.Path
        Not under the folder of reports: rows of persons do not belong there.
    lang : {"zh", "en"}
        Language of the labels. CSV holds labels in place of codes; .sav holds codes with value labels; parquet codes.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    ValueError
        Another suffix, or a path under the folder of reports.

    Notes
    -----
    Keys, pseudonyms, files and respondents' words are left out; what remains may still tell who someone is where groups
    are small, and stays inside the team. Missing answers are empty; why they are missing is not written.
    """
    path = Path(path)
    require_choice(path.suffix.lower(), (".sav", ".csv", ".parquet"), name="suffix", where="write_answers")
    if reports_folder().resolve() in path.resolve().parents:
        raise ValueError(
            "write_answers: rows of persons do not belong into the folder of reports; name another folder."
        )
    frame = data.lazy()
    have = frame.collect_schema().names()
    shown = [
        c for c in codebook.columns.values() if c.role not in ("person", "identifier", "key", "comment", "consent")
    ]
    columns = {name: column for column in shown for name in column.stored if name in have}
    kept = {old: new for old, new in KEPT.items() if old in have and new not in columns}
    frame = frame.select([*kept, *columns]).rename(kept).collect()
    if path.suffix.lower() == ".parquet":
        frame.write_parquet(path)
    elif path.suffix.lower() == ".csv":
        labelled(frame, columns, codebook, lang).write_csv(path, include_bom=True, line_terminator="\r\n")
    else:
        write_sav(frame, columns, codebook, path, lang)
    return path


def labelled(frame, columns, codebook, lang):
    """Codes of single questions as their labels, columns under their titles; formulas made harmless."""
    made = []
    for name, column in columns.items():
        if column.type == "single":
            labels = {code: codebook.option_label(column.name, code, lang) for code in column.options}
            made.append(pl.col(name).replace(labels).map_elements(harmless, return_dtype=pl.String))
    titles, out = {}, frame.with_columns(made)
    for name in frame.columns:
        title = title_of(name, columns, codebook, lang)
        titles[name] = harmless(title if title not in titles.values() else f"{title} [{name}]")
    return out.rename(titles)


def title_of(name, columns, codebook, lang):
    """The title of a stored column: the question's, with the option where it has columns of its own."""
    if name not in columns:
        return name
    column = columns[name]
    own = codebook.label(name, lang)
    if column.type == "multiple":
        return f"{codebook.label(column.name, lang)}：{own}"
    return f"{codebook.label(column.part_of, lang)}：{own}" if column.part_of else own


def write_sav(frame, columns, codebook, path, lang):
    """A labelled SPSS file; codes that are all numbers become numbers."""
    import pyreadstat

    values, measures, numbers = {}, {}, []
    for name, column in columns.items():
        codes = {code: codebook.option_label(column.name, code, lang) for code in column.options}
        if column.type == "multiple":
            values[name] = {0.0: "未选" if lang == "zh" else "not chosen", 1.0: "选中" if lang == "zh" else "chosen"}
        elif column.type == "single":
            found = frame[name].drop_nulls().unique().to_list()
            if all(number(code) is not None for code in [*codes, *found]):
                numbers.append(name)
                values[name] = {number(code): label for code, label in codes.items()}
            else:
                values[name] = codes
        elif column.type == "scale" and codes:
            values[name] = {number(code): label for code, label in codes.items() if number(code) is not None}
        measures[name] = {"single": "nominal", "multiple": "nominal", "scale": "ordinal"}.get(column.type, "scale")
    frame = frame.with_columns(pl.col(name).cast(pl.Float64) for name in numbers)
    labels = {name: title_of(name, columns, codebook, lang)[:250] for name in frame.columns}
    pyreadstat.write_sav(
        frame.to_pandas(),
        str(path),
        column_labels=labels,
        variable_value_labels={name: some for name, some in values.items() if some},
        variable_measure=measures,
    )


def number(code):
    """A code as a number, or None."""
    try:
        return float(code)
    except ValueError:
        return None

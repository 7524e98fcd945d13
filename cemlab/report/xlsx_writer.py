"""The results of a report as a workbook: one sheet a part, figures with formats, words for codes, nothing that counts."""

import io
import re
from pathlib import Path

from cemlab.report.labels import Labels
from cemlab.report.packed import repacked, report_date
from cemlab.report.part_names import part_name
from cemlab.report.standing import WORDS, standing, wide
from cemlab.report.summary import Words, read_table
from cemlab.report.workbook import BRAND, PALE, SOFT, link, page, put

COUNTS = (
    "n",
    "n_missing",
    "n_reference",
    "count",
    "base_weighted",
    "count_weighted",
    "rank",
    "n_eff",
    "n_eff_reference",
)
PROBABILITIES = ("p_value", "p_adjusted", "p_family", "p_rest", "p_rest_adjusted")
FORMATS = {"percent": "0.0%", "points": "0.0", "mean": "0.00", "per_1000": "0.00", "time": "0.0"}
SCORES = ("estimate", "se", "ci_low", "ci_high", "reference_estimate", "difference", "difference_se", "difference_low",
          "difference_high", "value", "centre", "lower", "upper", "target", "minimum_effect", "shrunken", "shrunken_low",
          "shrunken_high", "lower_95", "upper_95", "lower_998", "upper_998")  # fmt: skip
FURTHER = {
    "value": ("观测值", "Observed"), "statistic": ("检验统计量", "Statistic"), "centre": ("中心线", "Centre"),
    "lower": ("控制下限", "Lower limit"), "upper": ("控制上限", "Upper limit"), "sigma": ("标准差", "Sigma"),
    "signal": ("信号", "Signal"), "rule": ("判异规则", "Rule"), "chart": ("控制图", "Chart"), "start": ("起始日", "Start"),
    "ci_low": ("置信下限", "CI low"), "ci_high": ("置信上限", "CI high"), "difference_low": ("差异下限", "Difference low"),
    "difference_high": ("差异上限", "Difference high"), "target": ("目标", "Target"), "rank": ("名次", "Rank"),
    "shrunken": ("收缩估计", "Shrunken"), "count": ("人数", "Count"), "question": ("题目", "Question"),
    "row": ("行", "Row"), "column": ("列", "Column"), "banner": ("表头", "Banner"), "kind": ("类别", "Kind"),
    "cut": ("细分", "Cut"), "group": ("群体", "Group"), "verdict": ("判定", "Verdict"), "sentence": ("结论", "Finding"),
    "direction": ("方向", "Direction"), "p_family": ("校正后 p 值", "Adjusted p"), "index": ("指数", "Index"),
    "minimum_effect": ("最小值得关注的差异", "Minimum effect"), "letter": ("字母", "Letter"), "part": ("部分", "Part"),
}  # fmt: skip
VERDICTS = {
    "claim": ("结论成立", "Claim"),
    "not_significant": ("未见显著", "No evidence"),
    "small_effect": ("差异过小", "Below minimum"),
    "not_estimable": ("样本不足", "Base too small"),
}
WIDEST = 60


def write_xlsx(folder, path, *, document, summary):
    """Write a report's results.csv and findings.csv as .xlsx.

    Parameters
    ----------
    folder : str or pathlib.Path
        The report.
    path : str or pathlib.Path
    document : Document
    summary : dict
        Output of `read_summary`.

    Returns
    -------
    pathlib.Path

    Notes
    -----
    Shares are stored as fractions with the format 0.0%, differences of shares as percentage points. Hidden figures stay
    empty; the note says why. Text that a spreadsheet might take for a formula is stored as text.
    """
    from openpyxl import Workbook

    results, found = read_table(Path(folder) / "results.csv"), read_table(Path(folder) / "findings.csv")
    results = results if "part" in results else results.assign(part=labels_of_results(document.lang))
    words, labels, book = Words(summary), Labels(None, document.lang), Workbook()
    front = book.active
    front.title = WORDS[document.lang]["contents"]
    sheets = []
    for part, rows in [*results.groupby("part", sort=False)] + ([("findings", found)] if len(found) else []):
        study = document.facts.get("study")
        name = WORDS[document.lang]["findings"] if part == "findings" else part_name(part, document.lang, study)
        sheet = book.create_sheet(_sheet_name(name, book.sheetnames))
        _rows(sheet, rows.drop(columns="part", errors="ignore").dropna(axis=1, how="all"), words, labels, front.title)
        sheets.append((sheet.title, name, len(rows)))
    _front(front, document, summary, sheets, labels)
    book.properties.title, book.properties.creator = document.title, "cemlab"
    out = io.BytesIO()
    book.save(out)
    Path(path).write_bytes(repacked(out.getvalue(), date=report_date(document.facts)))
    return Path(path)


def labels_of_results(lang):
    """The one sheet of results that are not divided into parts."""
    return "全部结果" if lang == "zh" else "Results"


def _rows(sheet, rows, words, labels, front):
    from openpyxl.utils import get_column_letter

    link(put(sheet, 1, 1, labels.say("← 返回目录", "← Contents"), size=9, colour=BRAND), front)
    put(sheet, 2, 1, sheet.title, bold=True, size=13, colour=BRAND)
    for place, column in enumerate(rows.columns, start=1):
        put(sheet, 4, place, head_of(column, words, labels), bold=True, fill=PALE, wrap=True, centre=True)
    widths = [wide(head_of(column, words, labels)) for column in rows.columns]
    for at, row in enumerate(rows.to_dict("records"), start=5):
        for place, (column, value) in enumerate(row.items(), start=1):
            shown, code = cell_of(column, value, row, words, labels)
            if shown is not None:
                put(sheet, at, place, shown, code=code, wrap=isinstance(shown, str) and wide(shown) > WIDEST)
                widths[place - 1] = max(widths[place - 1], min(wide(shown), WIDEST) if isinstance(shown, str) else 9)
    for place, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = max(8, min(width + 2, WIDEST))
    fixed = next((i for i, column in enumerate(rows.columns) if column in SCORES or column in COUNTS), 1)
    sheet.freeze_panes = sheet.cell(5, min(fixed, 4) + 1)
    sheet.auto_filter.ref = f"A4:{get_column_letter(len(rows.columns))}{len(rows) + 4}"
    page(sheet, labels, rows="4:4", wide=len(rows.columns) > 12)


def head_of(column, words, labels):
    """The head of a column in the report's language; a code where there are no words."""
    said = words.head(column)
    if said == column and column in FURTHER:
        return FURTHER[column][labels.which]
    return said


def cell_of(column, value, row, words, labels):
    """What a cell holds and its format: (None, None) for nothing."""
    if value is None or (isinstance(value, float) and value != value):
        return None, None
    unit = row.get("unit")
    if isinstance(value, bool):
        return labels.say("是" if value else "否", "yes" if value else "no"), None
    if isinstance(value, (int, float)):
        if column in COUNTS:
            return value, "#,##0" if float(value).is_integer() else "#,##0.0"
        if column in PROBABILITIES:
            return value, "0.000"
        if column in SCORES and unit == "percent":
            points = column.startswith("difference") or column == "minimum_effect"
            return (value, "0.0") if points else (value / 100, "0.0%")
        if column == "level":
            return value, "0%"
        return value, FORMATS.get(unit, "General") if column in SCORES else "General"
    if column == "unit":
        return labels.unit(value), None
    if column == "status":
        return labels.status(value) or None, None
    if column == "verdict" and value in VERDICTS:
        return VERDICTS[value][labels.which], None
    if column == "group":
        return words.code("group", f"{row.get('cut')}={value}") if row.get("cut") else words.code("group", value), None
    return words.code(column, value), None


def _front(sheet, document, summary, sheets, labels):
    say = WORDS[document.lang]
    put(sheet, 1, 1, document.title, bold=True, size=16, colour=BRAND)
    put(sheet, 2, 1, standing(document), colour=SOFT)
    put(sheet, 3, 1, summary["headline"], bold=True)
    heads = labels.say(("工作表", "行数"), ("Sheet", "Rows"))
    for column, text in enumerate(heads, start=1):
        put(sheet, 5, column, text, bold=True, fill=PALE)
    for row, (title, name, count) in enumerate(sheets, start=6):
        link(put(sheet, row, 1, name, colour=BRAND), title)
        put(sheet, row, 2, count, code="#,##0")
    notes = labels.say(
        ("占比以小数存储、按百分比显示；占比之差以百分点存储。", "样本不足或为保护隐私而不显示的数字为空，原因见“说明”列。", say["more"]),
        ("Shares are stored as fractions, their differences as percentage points.",
         "Figures hidden for small bases or privacy are empty; the note says why.", say["more"]),
    )  # fmt: skip
    for row, note in enumerate(notes, start=7 + len(sheets)):
        put(sheet, row, 1, note, colour=SOFT)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 60, 10
    sheet.freeze_panes = "A6"
    page(sheet, labels, rows="5:5", wide=False)


def _sheet_name(name, taken):
    """A sheet's name as a spreadsheet allows it, told apart from those there are."""
    clean = re.sub(r"[\[\]:*?/\\']", " ", name).strip()[:28] or "_"
    place, out = 1, clean
    while out.lower() in {one.lower() for one in taken}:
        place += 1
        out = f"{clean} {place}"
    return out

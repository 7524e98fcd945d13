"""Tables, pictures and the appendix of a case, from the rows it refers to."""

import numpy as np
import pandas as pd

from cemlab.report.document import read_document
from cemlab.report.document_html import plain
from cemlab.report.figures import show_figure
from cemlab.report.labels import Labels
from cemlab.report.standing import day
from cemlab.report.tables import show_table
from cemlab.report.whitepaper_rows import name_of, published
from cemlab.report.wording import number, value

WORDS = {
    "zh": {
        "group": "群体", "_wave": "期次", "item": "题目", "estimate": "结果", "interval": "{}置信区间", "n": "样本量 n",
        "hidden": "样本不足，不发布", "base": "方括号为 {level} 置信区间，n 为样本量。来源：{report}。",
        "small": "样本量低于 {n} 的群体不发布。",
        "sources": "资料来源", "data": "数据来源", "method": "方法附录", "index": "数字索引",
        "data_lead": "本案例的每个数字都取自下列报告的结果表，未经手工录入。",
        "heads": ("报告", "期次", "数据截至", "数据版本", "结果表指纹"),
        "index_heads": ("引用", "结果", "置信区间", "样本量 n", "报告"),
        "base_line": "发布门槛：样本量低于 {} 的群体不显示数字；各报告中为保护隐私而隐藏的数字亦不显示。",
        "verbs": "“上升”“下降”“高于”“低于”只用于经检验成立的结论；其余写作“未见显著”。",
        "index_title": "文中数字与结果表的对应", "data_title": "引用的报告",
    },
    "en": {
        "group": "Group", "_wave": "Wave", "item": "Question", "estimate": "Result", "interval": "{}CI", "n": "n",
        "hidden": "base too small to publish", "base": "Brackets: {level} CI; n: answers. Source: {report}.",
        "small": "Groups under {n} answers are not published.",
        "sources": "Sources", "data": "Data", "method": "Methods", "index": "Index of figures",
        "data_lead": "Every figure of this case is a row of the reports below; none was typed by hand.",
        "heads": ("Report", "Wave", "Answers up to", "Data version", "Fingerprint of results"),
        "index_heads": ("Reference", "Result", "CI", "n", "Report"),
        "base_line": "Publication base: groups under {} answers show no figures, nor do figures hidden for privacy.",
        "verbs": "Rises, falls and differences are named only where a test holds.",
        "index_title": "Figures of the text and their rows", "data_title": "Reports referred to",
    },
}  # fmt: skip


def table(report, reference, rows, *, lang, min_n):
    """A numbered table of the rows a reference points at."""
    words, column = WORDS[lang], _along(reference)
    heads = [words.get(column) or report.words.head(column), words["estimate"], words["interval"].format(_level(rows)), words["n"]]  # fmt: skip
    lines = [dict(zip(heads, _line(report, reference, row, column, lang, min_n), strict=True)) for row in rows]
    title = reference.options.get("title") or name_of(report, rows[0])
    frame = pd.DataFrame(lines, columns=heads)
    return show_table(frame, lang=lang, columns=heads, title=title, note=_note(report, reference, rows, lang, min_n))


def picture(report, reference, rows, *, lang, min_n, hide=str):
    """A numbered picture of the rows a reference points at; its labels are outlines, so names are hidden before drawing."""
    from cemlab.report.rows import BRAND, PALE, limits, right_text, row_axes, styled

    column, words = _along(reference), WORDS[lang]
    group = column not in ("_wave", "item", "part")
    seen = [published(row, min_n, group=group) for row in rows]
    unit = rows[0]["unit"]
    texts = [hide(report.words.code(column, row[column]) if column else name_of(report, row)) for row in rows]
    known = pd.DataFrame(
        [row for row, ok in zip(rows, seen, strict=True) if ok]
        or [dict.fromkeys(("estimate", "ci_low", "ci_high"), np.nan)]
    )
    known = known.reindex(columns=["estimate", "ci_low", "ci_high"])
    low, high = limits(known, unit, zero=True)
    with styled():
        fig, ax, y = row_axes(texts, heads=[words["estimate"], "n"], low=low, high=high)
        told = []
        for at, row, ok, text in zip(y, rows, seen, texts, strict=True):
            if not ok:
                right_text(ax, at, f"— {words['hidden']}", 0)
                told.append(f"{text} —")
                continue
            strong = bool(column) and reference.options.get("mark") in (row[column], text)
            ax.barh(at, row["estimate"], height=0.2, color=BRAND if strong else PALE)
            if pd.notna(row.get("ci_low")):
                ax.plot([row["ci_low"], row["ci_high"]], [at, at], color=BRAND, linewidth=1.4)
                ax.plot(row["estimate"], at, "o", color=BRAND, markersize=4.5)
            figure = value(row["estimate"], unit, lang) + _interval(row, unit)
            right_text(ax, at, figure, 0)
            right_text(ax, at, f"{int(row['n']):,}", 1)
            told.append(f"{text} {figure}")
        ax.axvline(0, color="#8a97a5", linewidth=0.8)
        name = report.words.code("metric", rows[0]["metric"]) if column == "item" else name_of(report, rows[0])
        name, unit_words = hide(name), Labels(None, lang).unit(unit)
        ax.set_xlabel(f"{name}（{unit_words}）" if lang == "zh" else f"{name} ({unit_words})")
    fig.cemlab_alt = ("；" if lang == "zh" else "; ").join(told)
    title = reference.options.get("title") or name_of(report, rows[0])
    return show_figure(fig, title=title, note=_note(report, reference, rows, lang, min_n))


def appendix(checked, sources):
    """Sources, data, methods and the index of figures, as parts of a case."""
    case = checked.case
    words, reports = WORDS[case.lang], {}
    for report, _, _ in checked.values.values():
        reports.setdefault(report.name, report)
    if sources:
        listed = "\n".join(f"{place}. {source}" for place, source in enumerate(sources, start=1))
        yield "text", f"## {words['sources']}\n\n{listed}"
    if not reports:
        return
    yield "text", f"## {words['data']}\n\n{words['data_lead']}"
    lines = [
        (r.summary["title"], r.words.code("_wave", r.summary.get("period") or ""),
         day(r.summary["newest_answer"], case.lang) if r.summary.get("newest_answer") else "—",
         str(r.summary.get("data_version", "—")), r.digest[:12])
        for r in reports.values()
    ]  # fmt: skip
    yield "block", show_table(pd.DataFrame(lines, columns=words["heads"]), lang=case.lang, title=words["data_title"])
    said = [words["base_line"].format(case.min_n), words["verbs"]]
    for report in reports.values():
        said += [line for line in _methods(report, checked) if line not in said]
    yield "text", f"## {words['method']}\n\n" + "\n".join(f"- {line}" for line in said)
    index = _index(checked, words)
    if index is not None:
        yield "text", f"## {words['index']}"
        yield "block", index


def _index(checked, words):
    lines = {}
    for reference, (report, rows, shown) in checked.values.items():
        if reference.form or words["hidden"].strip("—") in shown:
            continue
        row = rows[0]
        lines.setdefault(reference.key, (
            reference.key.split("#")[1], value(row["estimate"], row["unit"], checked.case.lang), _interval(row, row["unit"]).strip() or "—",
            f"{int(row['n']):,}" if pd.notna(row.get("n")) else "—", report.words.code("_wave", report.summary.get("period") or "") or report.name,
        ))  # fmt: skip
    if not lines:
        return None
    frame = pd.DataFrame(list(lines.values()), columns=words["index_heads"])
    return show_table(frame, lang=checked.case.lang, columns=list(frame.columns), title=words["index_title"])


def _methods(report, checked, most=6):
    """Who was asked, and those lines of the report's methods that speak of the figures used."""
    document = read_document(report.folder)
    rest = document.without_opening()
    first = next((i for i, piece in enumerate(rest) if piece["kind"] in ("table", "picture")), len(rest))
    out = [plain(piece["runs"]) for piece in rest[:first] if piece["kind"] == "paragraph"][1:3]
    lists = [piece for piece in rest if piece["kind"] == "list" and not piece["ordered"]]
    return (out + [plain(item) for piece in lists[-1:] for item in piece["items"]])[:most]


def _along(reference):
    """The column that tells the rows of a table apart."""
    return next((key for key, code in reference.where.items() if code == "*"), "")


def _line(report, reference, row, column, lang, min_n):
    group = column not in ("_wave", "item", "part", "")
    label = report.words.code(column, row[column]) if column else name_of(report, row)
    if not published(row, min_n, group=group):
        return label, "—", "—", "—"
    return (
        label,
        value(row["estimate"], row["unit"], lang),
        _interval(row, row["unit"]).strip() or "—",
        f"{int(row['n']):,}",
    )


def _interval(row, unit):
    if pd.isna(row.get("ci_low")):
        return ""
    return f" [{number(row['ci_low'], unit)}, {number(row['ci_high'], unit)}]"


def _level(rows):
    levels = {row["level"] for row in rows if pd.notna(row.get("level"))}
    return f"{levels.pop():.0%} " if len(levels) == 1 else ""


def _note(report, reference, rows, lang, min_n):
    words, column = WORDS[lang], _along(reference)
    note = words["base"].format(level=_level(rows).strip() or "95%", report=report.summary["title"])
    group = column not in ("_wave", "item", "part", "")
    if group and not all(published(row, min_n, group=True) for row in rows):
        note += words["small"].format(n=min_n)
    return " ".join(one for one in (reference.options.get("note"), note) if one)

"""A small finished report made by hand, as a run leaves it: no kernel is started."""

import json

import matplotlib.figure
import nbformat
import pandas as pd

from cemlab.codebook import load_codebook
from cemlab.report.blocks import first_screen
from cemlab.report.figures import show_figure
from cemlab.report.html import notebook_to_html
from cemlab.report.manifest import sha256
from cemlab.report.summary import write_summary
from cemlab.report.tables import show_table

CODEBOOK = """
name: visits
study: service_touchpoints
title: {zh: 到店体验, en: Store visits}
waves:
  2026Q2: {title: {zh: 2026年第二季度, en: Q2 2026}}
  2026Q3: {title: {zh: 2026年第三季度, en: Q3 2026}}
columns:
  recommend: {role: nps, title: {zh: 推荐意愿, en: Recommend}, scale: {low: 0, high: 10}}
  purpose: {role: segment, title: {zh: 出行目的, en: Purpose}, options: {a: {zh: 商务, en: Business}, b: {zh: 休闲, en: Leisure}}}
"""
HEADLINE = "净推荐值 NPS 22.0 分，较2026年第二季度显著下降 14.0 分。"
SENTENCES = (
    "净推荐值 NPS 22.0 分，较2026年第二季度显著下降 14.0 分（95% 置信区间 7.7～20.3；n=1,200，上期 n=1,200）。",
    "出行目的为“商务”的受访者：净推荐值 NPS 5.0 分，显著低于其余受访者 28.3 分（95% 置信区间 21.6～35.0；n=480）。",
)


def results():
    """Rows of two waves and two groups, one of them hidden; an item whose name looks like a formula."""
    common = {"metric": "nps", "item": "recommend", "unit": "points", "level": 0.95, "status": "ok", "n_missing": 3}
    rows = [
        {"part": "headline", "_wave": "2026Q2", "purpose": "(all)", "estimate": 36.0, "ci_low": 31.6, "ci_high": 40.2, "n": 1200},
        {"part": "headline", "_wave": "2026Q3", "purpose": "(all)", "estimate": 22.0, "ci_low": 17.3, "ci_high": 26.5, "n": 1200},
        {"part": "segments", "purpose": "a", "estimate": 5.0, "ci_low": -2.0, "ci_high": 12.0, "n": 480},
        {"part": "segments", "purpose": "b", "estimate": 33.3, "ci_low": 28.0, "ci_high": 39.0, "n": 720},
        {"part": "segments", "purpose": "(missing)", "n": 6, "status": "hidden"},
        {"part": "shares", "metric": "top_box", "item": "=cmd", "unit": "percent", "estimate": 62.5, "ci_low": 60.0,
         "ci_high": 65.0, "n": 20},
    ]  # fmt: skip
    return pd.DataFrame([{"part": "", "_wave": None, "purpose": None} | common | row for row in rows])


def found():
    """One change and one contrast that hold, one that does not."""
    common = {
        "metric": "nps",
        "item": "recommend",
        "unit": "points",
        "level": 0.95,
        "status": "ok",
        "minimum_effect": 3.0,
    }
    rows = [
        {"kind": "wave", "estimate": 22.0, "reference": "2026Q2", "difference": -14.0, "difference_low": -20.3,
         "difference_high": -7.7, "n": 1200, "n_reference": 1200, "verdict": "claim", "direction": "down", "sentence": SENTENCES[0]},
        {"kind": "group", "cut": "purpose", "group": "a", "estimate": 5.0, "reference": "(rest)", "difference": -28.3,
         "difference_low": -35.0, "difference_high": -21.6, "n": 480, "n_reference": 720, "verdict": "claim", "direction": "down",
         "sentence": SENTENCES[1]},
        {"kind": "group", "cut": "purpose", "group": "b", "estimate": 33.3, "reference": "(rest)", "difference": 2.0, "n": 720,
         "verdict": "not_significant", "direction": "up", "sentence": "未见显著差异。"},
    ]  # fmt: skip
    return pd.DataFrame([common | row for row in rows])


def write_report(folder, *, period="2026Q3", lang="zh", rows=None, findings=None, words="<b>很好</b> & “满意”"):
    """Leave a finished report in `folder`."""
    folder.mkdir(parents=True)
    (folder / "codebook.yml").write_text(CODEBOOK, encoding="utf-8")
    book = load_codebook(folder / "codebook.yml")
    rows, findings = results() if rows is None else rows, found() if findings is None else findings
    rows.assign(item=rows["item"].map(lambda item: "'" + item if item.startswith("=") else item)).to_csv(
        folder / "results.csv", index=False
    )
    findings.to_csv(folder / "findings.csv", index=False)
    facts = {"codebook": "visits", "study": "service_touchpoints", "data_version": 3, "newest_answer": "2026-09-30"}
    facts |= {"wave": period, "previous": "2026Q2", "codebook_hash": "ab" * 32}
    (folder / "facts.json").write_text(json.dumps(facts), encoding="utf-8")
    figure = matplotlib.figure.Figure(figsize=(6, 2))
    figure.add_subplot().plot([1, 2], [36, 22])
    card = {"title": "净推荐值 NPS", "value": "22.0 分", "change": "较2026年第二季度显著下降 14.0 分", "direction": "down",
            "note": "n=1,200，95% 置信区间 17.3～26.5"}  # fmt: skip
    shown = rows[rows["part"] == "segments"].drop(columns=["part", "_wave"])
    quoted = pd.DataFrame({"原文": [words] * 60, "得分": range(60)})
    outputs = [
        first_screen(HEADLINE, [card], list(SENTENCES), ["查明下降的原因。"], lang=lang),
        show_figure(figure, title="各期 NPS", note="误差线：95% 置信区间。", alt="下降"),
        show_table(shown, codebook=book, lang=lang, title="各群体的 NPS", note="n 为人数。"),
        show_table(quoted, lang=lang, title="原声"),
    ]
    cells = [nbformat.v4.new_markdown_cell("# 到店体验 · 2026年第三季度"), nbformat.v4.new_markdown_cell("## 核心结论")]
    for place, block in enumerate(outputs):
        data, extra = {"text/html": block.html, "text/plain": block.plain}, {"cemlab": True}
        made = nbformat.v4.new_output("execute_result", data=data, metadata=extra, execution_count=place + 1)
        cells.append(nbformat.v4.new_code_cell("show()", outputs=[made], execution_count=place + 1))
        if place == 0:
            cells.append(nbformat.v4.new_markdown_cell("## 走势\n\n未见**其他**变化。\n\n- 一\n- 二"))
    notebook = nbformat.v4.new_notebook(cells=cells)
    (folder / "run.ipynb").write_text(nbformat.writes(notebook), encoding="utf-8")
    (folder / "report.html").write_text(notebook_to_html(notebook, lang=lang), encoding="utf-8")
    write_summary(folder, codebook=book, lang=lang)
    files = {path.name: sha256(path) for path in sorted(folder.iterdir())}
    content = {
        "study": "service_touchpoints",
        "parameters": {"lang": lang, "wave": period},
        "data": facts,
        "files": files,
    }
    content |= {"finished": "2026-10-05T01:00:00+00:00", "started": "2026-10-05T00:59:00+00:00"}
    (folder / "manifest.json").write_text(json.dumps(content), encoding="utf-8")
    return folder

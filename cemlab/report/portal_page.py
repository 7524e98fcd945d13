"""The portal's page: a list that can be searched and filtered, a line for each headline figure, the schedule's state."""

import base64
import hashlib
import re
from urllib.parse import quote

from cemlab.report.html import LANGUAGES, _template, text_of

TEXTS = {
    "zh": {
        "title": "体验研究报告", "search": "搜索标题、结论、门店……", "study": "研究", "unit": "单位", "period": "期次", "all": "全部",
        "found": "份报告", "none": "没有符合条件的报告", "open": "打开报告", "status": "排程状态", "job": "任务", "state": "状态",
        "due": "应出时间（UTC）", "finished": "完成时间（UTC）", "error": "说明", "cases": "白皮书案例", "trend": "历期", "newest": "数据截至",
        "unit_all": "全体", "empty": "还没有报告。", "for": "供 {} 查阅",
    },
    "en": {
        "title": "Experience research reports", "search": "Search titles, findings, stores…", "study": "Study", "unit": "Unit",
        "period": "Period", "all": "All", "found": "reports", "none": "No report fits", "open": "Open report", "status": "Schedule",
        "job": "Job", "state": "State", "due": "Due (UTC)", "finished": "Finished (UTC)", "error": "Note", "cases": "Whitepaper cases",
        "trend": "History", "newest": "Answers up to", "unit_all": "All", "empty": "No reports yet.", "for": "For {}",
    },
}  # fmt: skip
STATES = {
    "zh": {"done": "已完成", "due": "待出", "running": "进行中", "retry": "待重试", "failed": "失败", "skipped": "无新答卷，已跳过",
           "notice": "无新答卷，已说明", "stopped": "已停止"},
    "en": {"done": "done", "due": "due", "running": "running", "retry": "to be tried again", "failed": "failed",
           "skipped": "skipped: nothing new", "notice": "nothing new, said so", "stopped": "stopped"},
}  # fmt: skip
NAMES = {
    "html": "HTML",
    "docx": "Word",
    "pdf": "PDF",
    "pptx": "PPT",
    "png": {"zh": "长图", "en": "Picture"},
    "xlsx": "Excel",
}
WIDE, HIGH, ROWS = 132, 34, 60


def page(reports, status, *, cases, lang, receiver=None):
    """The whole page as HTML; every text in it is escaped by the template."""
    texts = TEXTS[lang]
    script = text_of("portal.js")
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    policy = (
        f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'"
    )
    lines = histories(reports)
    shown = [
        one
        | {
            "links": [(_format(name, lang), link(one["folder"], f"report.{name}")) for name in one["formats"]],
            "href": link(one["folder"], "report.html"),
            "line": lines.get(one["folder"]),
            "words": " ".join([one["title"], one["headline"], one["unit"], one["period"], one["job"]]).lower(),
        }
        for one in reports
    ]
    choices = [
        ("study", texts["study"], sorted({one["name"] for one in reports})),
        ("unit", texts["unit"], sorted({one["unit"] for one in reports if one["unit"]})),
        ("period", texts["period"], sorted({one["period"] for one in reports}, reverse=True)),
    ]
    known = {one["folder"] for one in reports}
    rows = [
        {key: str(row.get(key) or "") for key in ("job", "period", "unit", "state", "due_at", "finished_at", "error")}
        | {
            "state_words": STATES[lang].get(str(row.get("state")), str(row.get("state"))),
            "href": link(str(row["folder"]), "report.html") if row.get("folder") in known else "",
        }
        for row in status[:ROWS]
    ]
    return _template("portal.html.j2").render(
        lang=LANGUAGES[lang], texts=texts, policy=policy, css=text_of("portal.css"), script=script, reports=shown,
        choices=choices, status=rows, receiver=texts["for"].format(receiver) if receiver else "",
        cases=[(one.split("/")[-2], quote(one)) for one in cases], wide=WIDE, high=HIGH,
    )  # fmt: skip


def histories(reports):
    """For every report the line of its first headline figure over the periods of the same job and unit."""
    series = {}
    for one in reports:
        figure = number_of(one["cards"][0]["value"]) if one["cards"] else None
        if figure is not None:
            key = (one["job"], one["name"], one["unit"], one["cards"][0]["title"])
            series.setdefault(key, {}).setdefault(one["period"], (figure, one["folder"]))
    out = {}
    for periods in series.values():
        ordered = sorted(periods)
        values = [periods[period][0] for period in ordered]
        if len(ordered) < 2:
            continue
        for at, period in enumerate(ordered):
            told = ", ".join(f"{p} {v:g}" for p, v in zip(ordered, values, strict=True))
            out[periods[period][1]] = {"points": _points(values), "at": _points(values)[at], "told": told}
    return out


def number_of(text):
    """The number a card shows, or None: "22.0", "67.0%", "1,204"."""
    found = re.fullmatch(r"\s*([-−+]?[\d,]+(?:\.\d+)?)\s*%?\s*", str(text))
    return float(found[1].replace(",", "").replace("−", "-")) if found else None


def link(folder, file):
    """A relative address that works from a file share, whatever signs a folder's name holds."""
    return quote(f"{folder}/{file}")


def _points(values):
    low, high = min(values), max(values)
    span, step = (high - low) or 1.0, (WIDE - 12) / (len(values) - 1)
    return [(round(6 + i * step, 1), round(HIGH - 6 - (v - low) / span * (HIGH - 12), 1)) for i, v in enumerate(values)]


def _format(name, lang):
    words = NAMES[name]
    return words[lang] if isinstance(words, dict) else words

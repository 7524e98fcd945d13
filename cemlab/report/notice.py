"""In place of a report that has no answers to stand on: a page that says so."""

import json
import secrets
from pathlib import Path

from cemlab.report import manifest
from cemlab.report.blocks import escape
from cemlab.report.folders import publish, put_back

WORDS = {
    "zh": ("{job} · {period}", "本期没有新的答卷，未生成报告。", "上一期报告仍然有效。"),
    "en": (
        "{job} · {period}",
        "There are no new answers in this period; no report was made.",
        "The report before stands.",
    ),
}
PAGE = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>
<style>body{{font:16px/1.7 "PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Noto Sans SC",sans-serif;color:#1c2733;
max-width:44rem;margin:3rem auto;padding:0 1.2rem}}h1{{font-size:1.4rem}}</style></head><body>
<h1>{title}</h1><p>{unit}</p><p><strong>{line}</strong></p><p>{rest}</p>
</body></html>
"""


def write_notice(out, row, *, lang="zh"):
    """Write the page and its manifest into `out`, whole or not at all."""
    out = Path(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    put_back(out)
    folder = out.with_name(f".{out.name}.{secrets.token_hex(6)}.part")
    folder.mkdir()
    title, line, rest = WORDS["en" if lang == "en" else "zh"]
    unit = "" if row["unit"] == "all" else row["unit"]
    page = PAGE.format(
        lang="en" if lang == "en" else "zh-CN", title=escape(title.format(job=row["job"], period=row["period"])),
        unit=escape(unit), line=line, rest=rest,
    )  # fmt: skip
    (folder / "report.html").write_text(page, encoding="utf-8", newline="\n")
    told = {"notice": True, "study": row["study"], "schedule": {k: row[k] for k in ("job", "study", "period", "unit")}}
    told["files"] = {"report.html": manifest.sha256(folder / "report.html")}
    (folder / manifest.NAME).write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    publish(folder, out)

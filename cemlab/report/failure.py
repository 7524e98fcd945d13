"""When a run fails: which step, and why, in plain words, in both languages."""

import html
import shutil
from pathlib import Path

from cemlab.masking import mask

KINDS = {
    "cell": ("这一步的代码报错", "The code of this step raised an error"),
    "kernel_died": (
        "计算内核意外退出，常见原因是内存不足",
        "The kernel died; the usual cause is that the memory ran out",
    ),
    "start": (
        "计算内核没有启动（已自动重试一次）",
        "The kernel did not start (it was tried twice)",
    ),
    "timeout": (
        "运行超过 {text} 秒的时限，已被终止",
        "The run passed its limit of {text} seconds and was ended",
    ),
    "memory": (
        "运行占用的内存超过 {text} MB 的上限，已被终止",
        "The run passed its limit of {text} MB of memory and was ended",
    ),
    "crashed": ("运行报告的进程意外退出", "The process that runs the report ended unexpectedly"),
    "stopped": (
        "Notebook 在最后一步之前自行停止（sys.exit）",
        "The notebook stopped itself before its last cell (sys.exit)",
    ),
    "results": (
        "运行完成，但没有写出完整的结果文件：{text}",
        "The notebook ran, but did not write these files, or wrote them empty: {text}",
    ),
    "persons": (
        "输出中出现了逐人的数据，员工研究不写出这样的报告：{text}",
        "Its outputs hold rows of persons; no report of employees is written with them: {text}",
    ),
    "run": ("运行 Notebook 时出错", "Running the notebook failed"),
}
NAMES = {
    "DataError": ("答案与编码簿（codebook）不一致", "answers contradict the codebook"),
    "FileNotFoundError": ("找不到文件", "a file is missing"),
    "PermissionError": ("没有读写权限", "no permission to read or write"),
    "ModuleNotFoundError": (
        "缺少软件包，请运行 cemlab doctor",
        "a package is missing; run `cemlab doctor`",
    ),
    "MemoryError": ("内存不足", "the memory ran out"),
    "KeyError": ("找不到所需的列或名称", "a column or name is missing"),
    "ColumnNotFoundError": ("找不到所需的列", "a column is missing"),
    "ValueError": ("某个取值或参数不合要求", "a value or parameter is not as it must be"),
    "TypeError": ("某个取值的类型不对", "a value has the wrong type"),
    "ZeroDivisionError": ("除数为零（可能没有样本）", "a division by zero (perhaps no answers)"),
}
SAFE = ("FileNotFoundError", "PermissionError", "ModuleNotFoundError")  # these quote paths and packages, no answers
LOGGED = ("start", "run", "kernel_died", "crashed", "memory", "timeout")  # only here the log tells more
PAGE = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{heading}</title>
<style>body{{font:16px/1.7 "PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Noto Sans SC",sans-serif;color:#1c2733;
max-width:44rem;margin:3rem auto;padding:0 1.2rem}}h1{{font-size:1.5rem;border-left:4px solid #b3402a;padding-left:.7rem}}
dt{{color:#5b6875;font-size:.9rem;margin-top:.9rem}}dd{{margin:0;overflow-wrap:anywhere}}
section+section{{margin-top:2.5rem;border-top:1px solid #d9dee3;padding-top:1rem;color:#3c4854}}</style></head><body>
{sections}
</body></html>
"""
WORDS = {
    "zh": ("报告未生成", "步骤", "原因", "报错信息", "怎么办", "（第一个标题之前）"),
    "en": ("No report was made", "Step", "Reason", "Message", "What to do", "(before the first heading)"),
}
ADVICE = {
    "zh": "修正后重新运行。同一文件夹中的 run.ipynb 保存了运行到出错处的全部输出；上一次完整的报告没有改动。",
    "en": "Mend it and run again. run.ipynb beside this page holds every output up to the error; the last whole "
    "report was left as it was.",
}


def reason(outcome, language):
    """The cause of a failed run in plain words, without the notebook's own message."""
    which = 0 if language == "zh" else 1
    text = KINDS[outcome["kind"]][which].format(text=outcome["text"])
    if outcome["kind"] == "cell":
        known = NAMES.get(outcome["name"])
        text += ("：" if which == 0 else ": ") + (known[which] if known else outcome["name"])
    return text + ("。" if which == 0 else ".")


def message(outcome):
    """The notebook's own message, masked and cut: phones, names and ids do not belong into pages and logs."""
    if outcome["kind"] not in ("cell", "run", "start") or not outcome["text"]:
        return ""
    lines = mask(outcome["text"]).strip().splitlines()
    text = lines[0] if lines else ""
    return f"{outcome['name']}: {text[:400]}"


def sentence(outcome, notebook, folder):
    """One line for the terminal and logs: where it stopped, why, and where to read on.

    Other people's messages may quote an answer ("could not convert '...'"), so they stand on the error page only.
    """
    step = f"at step {outcome['step']!r}" if outcome["step"] else "before its first heading"
    may_tell = outcome.get("ours") or outcome["name"] in SAFE or outcome["kind"] != "cell"
    own = message(outcome) if may_tell else ""
    return (
        f"render: {notebook} stopped {step}. {reason(outcome, 'en')}{' ' + own if own else ''} See {folder}/error.html."
    )


def write_error_page(folder, outcome, *, notebook, title, language):
    """Turn the folder of a failed run into what is left of it: error.html, run.ipynb and the log, nothing half-made."""
    folder = Path(folder)
    kept = {"run.ipynb"} | ({"log.txt"} if outcome["kind"] in LOGGED else set())
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name not in kept or not path.stat().st_size:
            path.unlink()
    log = folder / "log.txt"
    if log.exists():
        log.write_text(mask(log.read_text(encoding="utf-8", errors="replace")), encoding="utf-8")
    if (folder / "run.ipynb").exists():
        from cemlab.report.html import read_run

        read_run(folder / "run.ipynb", replace={str(folder): "."})
    order = ("zh", "en") if language == "zh" else ("en", "zh")
    sections = "\n".join(_section(outcome, notebook, title, lang) for lang in order)
    heading = html.escape(f"{WORDS[order[0]][0]} · {title or notebook}")
    page = PAGE.format(lang={"zh": "zh-CN", "en": "en"}[order[0]], heading=heading, sections=sections)
    (folder / "error.html").write_text(page, encoding="utf-8", newline="\n")


def _section(outcome, notebook, title, lang):
    heading, step, why, own, do, first = WORDS[lang]
    rows = [(step, outcome["step"] or first), (why, reason(outcome, lang)), (own, message(outcome)), (do, ADVICE[lang])]
    body = "".join(f"<dt>{name}</dt><dd>{html.escape(text)}</dd>" for name, text in rows if text)
    return f'<section lang="{lang}"><h1>{heading}</h1><p>{html.escape(title or notebook)}</p><dl>{body}</dl></section>'

"""The first lines of a standing report: how old its newest answer is, and what changed since the report before."""

import datetime as dt
import json
from pathlib import Path

from cemlab.report.blocks import escape
from cemlab.report.changes import changes, read_report, what_differs
from cemlab.report.table_exports import harmless

MOST = 5  # sentences of tested change
WORDS = {
    "zh": {
        "head": "与上一期报告（{period}）相比",
        "first": "这是该报告的第一期，没有可比的上一期。",
        "fresh": "最新一份答卷：{day}，距本报告 {age} 天。",
        "today": "最新一份答卷：{day}，即报告当日。",
        "stale": "最新一份答卷：{day}，距本报告已 {age} 天；此后没有新答卷，结论可能已过时。",
        "undated": "答卷没有日期，无法判断数据新旧。",
        "tested": "经检验的变化",
        "none": "没有经检验成立的变化。",
        "noise": "另有 {n} 项指标的升降在抽样误差之内，不作变化解读。",
        "small": "{n} 项差异虽显著，但小于值得报告的幅度。",
        "not_testable": "{n} 项指标样本不足，无法检验有无变化。",
        "late": "上一期报告之后，{period} 的答卷由 {before} 份变为 {after} 份。",
        "data": "受数据更正或补录影响，{period} 已报告的数字中有 {n} 个改变{example}。",
        "codebook": "代码本已改动，{period} 已报告的数字中有 {n} 个因此改变{example}。",
        "method": "计算方法已更新，{period} 已报告的数字中有 {n} 个因此改变{example}。",
        "code": "程序或 Notebook 已改动，{period} 已报告的数字中有 {n} 个因此改变{example}。",
        "several": "{period} 已报告的数字中有 {n} 个改变；{causes}同时有变，无法区分是哪一项所致{example}。",
        "unexplained": "{period} 已报告的数字中有 {n} 个改变，而数据、代码本与程序均未改动，请核查{example}。",
        "same": "{causes}有变动，{period} 已报告的数字没有改变。",
        "nothing": "数据、代码本与程序均未改动。",
        "example": "，如{name} {before} → {after}",
        "causes": {"data": "数据", "codebook": "代码本", "code": "程序", "method": "方法"},
        "and": "、",
    },
    "en": {
        "head": "Compared with the report before ({period})",
        "first": "This is the first report of its kind: there is none before to compare with.",
        "fresh": "Newest answer: {day}, {age} days before this report.",
        "today": "Newest answer: {day}, the day of this report.",
        "stale": "Newest answer: {day}, {age} days before this report; nothing has come in since, and the findings may be out of date.",
        "undated": "The answers carry no dates: how old they are is not known.",
        "tested": "Changes that stood up to a test",
        "none": "No change stood up to a test.",
        "noise": "{n} more figures moved within sampling error; they are not read as changes.",
        "small": "{n} differences are significant but smaller than what is worth reporting.",
        "not_testable": "{n} figures rest on too few answers to test whether they changed.",
        "late": "Since the report before, the answers of {period} went from {before} to {after}.",
        "data": "Corrected or late data changed {n} figures already reported for {period}{example}.",
        "codebook": "The codebook was changed; with it {n} figures already reported for {period}{example}.",
        "method": "A method was changed; with it {n} figures already reported for {period}{example}.",
        "code": "Program or notebook were changed; with them {n} figures already reported for {period}{example}.",
        "several": "{n} figures already reported for {period} changed; {causes} changed at once, and which of them did it cannot be told{example}.",
        "unexplained": "{n} figures already reported for {period} changed although data, codebook and program did not: look into it{example}.",
        "same": "{causes} changed; the figures already reported for {period} did not.",
        "nothing": "Data, codebook and program are the same.",
        "example": ", such as {name} {before} → {after}",
        "causes": {"data": "data", "codebook": "codebook", "code": "program", "method": "method"},
        "and": ", ",
    },
}


def opening_of(folder, standing, *, notebook_hash, lang="zh"):
    """Write changes.json and changes.csv into a report's folder, and make the block that its page opens with.

    Parameters
    ----------
    folder : Path
        The folder of the finished run.
    standing : dict
        ``previous`` (folder of the report before, or None), ``today`` and ``stale_days``; without ``today`` there is no block.
    notebook_hash : str
    lang : {"zh", "en"}

    Returns
    -------
    list of str
        HTML blocks, everything in them escaped.
    """
    if "today" not in standing:
        return []
    now = read_report(folder, notebook_hash=notebook_hash)
    previous = standing.get("previous")
    before = None
    if previous and (Path(previous) / "facts.json").is_file() and (Path(previous) / "results.csv").is_file():
        before = read_report(previous)
    age, line, stale = freshness_line(now.facts.get("newest_answer"), standing, lang)
    told = {"newest_answer": now.facts.get("newest_answer"), "age_days": age, "stale": stale, "freshness": line}
    told |= {"previous": None, "causes": [], "counts": {}, "sentences": []}
    if before is None:
        lines, tested = [WORDS[lang]["first"]], None
    else:
        table = changes(before, now)
        texts = table.select_dtypes(include=["object", "string"]).columns
        safe = table.assign(**{c: table[c].map(harmless) for c in texts})
        safe.to_csv(Path(folder) / "changes.csv", index=False, encoding="utf-8", lineterminator="\n")
        tested, lines = words_of(table, before, now, book_of(folder), lang)
        told |= {
            "previous": {"period": before.wave, "data_version": before.facts.get("data_version")},
            "causes": sorted(what_differs(before, now)),
            "counts": {str(kind): int(n) for kind, n in table["kind"].value_counts().items()},
        }
    told["sentences"] = [*(tested or []), *lines]
    text = json.dumps(told, ensure_ascii=False, indent=1, allow_nan=False)
    (Path(folder) / "changes.json").write_text(text + "\n", encoding="utf-8", newline="\n")
    return [block(line, stale, None if before is None else before.wave, tested, lines, lang)]


def freshness_line(newest, standing, lang):
    """How old the newest answer is: days, a sentence, and whether that is too old."""
    words = WORDS[lang]
    if not newest:
        return None, words["undated"], False
    today, day = dt.date.fromisoformat(standing["today"]), dt.date.fromisoformat(str(newest)[:10])
    age = (today - day).days
    stale = age > standing.get("stale_days", 7)
    key = "stale" if stale else "today" if age == 0 else "fresh"
    shown = f"{day.year}年{day.month}月{day.day}日" if lang == "zh" else day.isoformat()
    return age, words[key].format(day=shown, age=age), stale


def words_of(table, before, now, book, lang):
    """Sentences about tested change, and lines about everything else."""
    words, kinds = WORDS[lang], table["kind"]
    tested, lines = None, []
    if before.wave != now.wave:
        claims = table[kinds == "tested"]
        tested = [claim_text(row, book, lang) for row in claims.head(MOST).to_dict("records")]
        for kind in ("noise", "small", "not_testable"):
            if n := int((kinds == kind).sum()):
                lines.append(words[kind].format(n=n))
    had = (before.facts.get("answers") or {}).get(before.wave)
    have = (now.facts.get("answers") or {}).get(before.wave)
    if had is not None and have is not None and had != have:
        lines.append(words["late"].format(period=before.wave, before=f"{had:,}", after=f"{have:,}"))
    causes, explained = what_differs(before, now), False
    names = words["causes"]
    for kind, rows in table[~kinds.isin(["tested", "noise", "small", "not_testable"])].groupby("kind", sort=False):
        example = example_text(rows, book, lang)
        said = words["and"].join(names[part] for part in kind.split("+") if part in names)
        pattern = words["several"] if "+" in kind else words[kind]
        lines.append(pattern.format(period=before.wave, n=len(rows), example=example, causes=said))
        explained = True
    if not causes and not explained:
        lines.append(words["nothing"])
    elif causes and not explained and had == have:
        said = words["and"].join(names[cause] for cause in sorted(causes))
        lines.append(words["same"].format(period=before.wave, causes=said))
    return tested, lines


def claim_text(row, book, lang):
    """The report's own sentence, or the figure before and after."""
    if isinstance(row["sentence"], str) and row["sentence"]:
        return row["sentence"]
    return f"{figure_of(row, book, lang)} {shown(row['before'])} → {shown(row['after'])}"


def example_text(rows, book, lang):
    """One figure before and after, in words; "" where none has both."""
    both = rows[rows["before"].notna() & rows["after"].notna() & (rows["cut"].fillna("") == "")]
    if not len(both):
        return ""
    row = both.iloc[0].to_dict()
    before, after = shown(row["before"]), shown(row["after"])
    if before == after:  # the same to one decimal: its base tells more
        before, after = f"{before} (n={shown(row['n_before'], 0)})", f"{after} (n={shown(row['n_after'], 0)})"
    return WORDS[lang]["example"].format(name=figure_of(row, book, lang), before=before, after=after)


def figure_of(row, book, lang):
    """What a figure is called."""
    if book is not None:
        from cemlab.report.wording import figure_name

        try:
            return figure_name(row["metric"], row["item"], book, lang).strip()
        except (KeyError, AttributeError, TypeError):
            pass
    return " ".join(str(v) for v in (row["metric"], row["item"]) if isinstance(v, str))


def shown(value, places=1):
    """A figure with one decimal."""
    return "—" if value is None or value != value else f"{value:,.{places}f}"


def book_of(folder):
    """The codebook kept beside the report, or None."""
    from cemlab.codebook import load_codebook

    path = Path(folder) / "codebook.yml"
    try:
        return load_codebook(path) if path.is_file() else None
    except ValueError:
        return None


def block(line, stale, period, tested, lines, lang):
    """The block in HTML."""
    words = WORDS[lang]
    parts = [f'<p class="cem-fresh{" stale" if stale else ""}">{escape(line)}</p>']
    if period is not None:
        parts.append(f"<h4>{escape(words['head'].format(period=period))}</h4>")
    if tested:
        items = "".join(f"<li>{escape(text)}</li>" for text in tested)
        parts.append(f'<p>{escape(words["tested"])}</p><ol class="cem-findings">{items}</ol>')
    elif tested is not None:
        parts.append(f"<p>{escape(words['none'])}</p>")
    parts += [f'<p class="cem-note">{escape(text)}</p>' for text in lines]
    return f'<section class="cem cem-since">{"".join(parts)}</section>'

"""The small words every document carries: what data it stands on, and the parts it is made of."""

import re

import pandas as pd

WHOLE = "\u00a0"  # the blank in limits, "[0.1, 0.3]", at which no line ends
UNBROKEN = re.compile(rf"[!-~{WHOLE}]+")  # Chinese may be broken anywhere, Latin words and figures may not
LONGEST = 14  # letters of a word that a column makes room for
BESIDE = 2.5  # letters that a column's margins take
# What a page of A4 holds, in Latin letters of the size that a table of so many columns is set in, with a wide font.
ROOM = ((6, 84), (9, 94), (12, 107), (99, 123))
WORDS = {
    "zh": {
        "version": "数据版本 {}",
        "newest": "数据截至 {}",
        "page": "第 {} 页",
        "findings": "主要发现",
        "actions": "建议",
        "owner": "责任部门",
        "due": "期限",
        "what": "建议内容",
        "source": "数据来源与口径",
        "figure": "图",
        "table": "表",
        "contents": "目录",
        "more": "完整图表、方法说明与全部数字见网页版报告与 results.csv。",
        "lost": "本文件所用字体无法显示以下符号，以“{stand_in}”代替：{signs}。网页版报告中完整显示。",
    },
    "en": {
        "version": "data version {}",
        "newest": "answers up to {}",
        "page": "page {}",
        "findings": "Findings",
        "actions": "Proposals",
        "owner": "Owner",
        "due": "Due",
        "what": "Proposal",
        "source": "Data and definitions",
        "figure": "Figure",
        "table": "Table",
        "contents": "Contents",
        "more": "All charts, methods and figures: see the web page of the report and results.csv.",
        "lost": "The font of this file lacks these signs, shown as “{stand_in}”: {signs}. The web page shows them.",
    },
}


def day(value, lang):
    """A date in words: 2026年10月5日."""
    at = pd.Timestamp(value)
    return f"{at.year}年{at.month}月{at.day}日" if lang == "zh" else f"{at:%Y-%m-%d}"


def standing(document):
    """One line on the data a document stands on: newest answer and version; "" where nothing is known."""
    words, facts, parts = WORDS[document.lang], document.facts, []
    if facts.get("newest_answer"):
        parts.append(words["newest"].format(day(facts["newest_answer"], document.lang)))
    if facts.get("data_version") is not None:
        parts.append(words["version"].format(facts["data_version"]))
    return " · ".join(parts)


def wide(text):
    """Width of a text in Latin letters; a Chinese character takes two."""
    return sum(2 if ord(sign) > 0x2E7F else 1 for sign in text)


def column_shares(head, rows, *, most=40):
    """How the width of a table is shared among its columns, from what stands in them; the shares sum to 1.

    A figure or a Latin word is never broken where there is room; what is left goes to the columns of long texts.
    """
    need, whole = {}, {}
    for cells, weight in [*((cells, 0.75) for cells in head), *((row["cells"], 1.0) for row in rows[:400])]:
        at = 0
        for cell in cells:
            if cell["span"] == 1:
                longest = max((wide(line) for line in cell["text"].split("\n")), default=0)
                words = max((len(word) for word in UNBROKEN.findall(cell["text"])), default=0)
                whole[at] = max(whole.get(at, 4), 6 if cell["number"] else 4, min(words, LONGEST))
                need[at] = max(need.get(at, 0), whole[at], min(longest * weight, most))
            at += cell["span"]
    count = max(need, default=0) + 1
    least = [whole.get(at, 4) + BESIDE for at in range(count)]
    more = [max(need.get(at, 4) + BESIDE - least[at], 0) for at in range(count)]
    left = room(count) - sum(least)
    if left < sum(more):
        more = [part * max(left, 0) / sum(more) for part in more]
    sizes = [one + other for one, other in zip(least, more, strict=True)]
    return [size / sum(sizes) for size in sizes]


def room(columns):
    """Letters that fit beside each other in a table of so many columns."""
    return next(letters for most, letters in ROOM if columns <= most)

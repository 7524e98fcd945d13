"""问卷星 (wjx): both export layouts become the same columns.

What each kind of question becomes, from either layout ("text": answers in words, "numeric": option numbers):

- single answer ``3、性别``: the column stays, words or numbers as written; words typed beside an option
  (``其他〖…〗``) go to ``2、手机价格__text``;
- several answers, ``6、兴趣爱好`` with ┋ or ``第6题(运动)`` as 0/1: columns ``第6题(运动)``, 1 chosen, 0 not, listed in
  `Export.multiple` under ``第6题``; typed words in ``第6题(其他)__text``;
- matrix, ``7、请评价(服务态度)``, ``7、请评价—服务态度``, ``第7题(服务态度)`` or ``7(服务态度)``: ``第7题(服务态度)``;
- ranking, ``A→B→C`` or ``第9题(A)`` with places: ``第9题(A)`` holds the place, -2 where not ranked;
- skipped by a jump ``(跳过)`` or -3, left blank ``(空)`` or -2: the marks stay (as numbers in 0/1 and rank columns), and
  `Export.missing` says what they mean;
- ``所用时间`` in seconds; ``来自IP`` without the place, which goes to ``来自IP__place``; ``序号`` numbers the answers of one
  export and is no person.

Answers joined by ┋ whose pieces hardly repeat are several blanks of one question (姓名┋电话): they stay one text column.
The text layout shows only options somebody chose, and a several-answers question where nobody chose two looks like a single
answer; `cemlab.collect.choices.split_choices` serves a caller who knows better from the codebook.
"""

import re
from collections import Counter

import polars as pl

from cemlab.collect.choices import MARKS, TYPED, mark_codes, seems_choices, split_choices
from cemlab.collect.table import clean_names, note

LAYOUTS = ("wenjuanxing_text", "wenjuanxing_numeric")
ABOUT = ("序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP")
JOIN, ORDER = "┋", "→"
PART = re.compile(r"^(?:第(\d+)题|(\d+))[(（](.*)[)）]$", re.DOTALL)
TITLE = re.compile(r"^(\d+)[、.．](.*)$", re.DOTALL)


def recognise(frame):
    """The layout of a 问卷星 table, or None."""
    if "序号" not in frame.columns or not {"提交答卷时间", "所用时间", "来自IP"} & set(frame.columns):
        return None
    asked = [name for name in frame.columns if PART.match(name) or TITLE.match(name)]
    if any(name.startswith("第") for name in asked):
        return LAYOUTS[1]
    numbers = [name for name in asked if frame[name].dtype.is_numeric() or _all_codes(frame[name])]
    return LAYOUTS[1] if asked and 2 * len(numbers) > len(asked) else LAYOUTS[0]


def read(frame, rows, layout, where):
    """Frame, wording, multi-answer columns, missing marks and decisions; see the module's head for the columns."""
    questions, columns = _questions(frame.columns), []
    facts = {"wording": {}, "multiple": {}, "missing": {}, "decisions": []}
    for name in frame.columns:
        values = frame[name]
        if name not in questions:
            columns += _about(values)
            continue
        number, title, part = questions[name]
        new = f"第{number}题({part})" if part is not None else name
        facts["wording"][new] = " - ".join(filter(None, (title, part)))
        if layout == LAYOUTS[0]:
            columns += _words(values.alias(new), new if part is not None else f"第{number}题", title, facts)
        else:
            columns += _codes(values.alias(new), part is not None)
    if layout == LAYOUTS[1]:
        _find_multiple(columns, facts)
    names, more = clean_names([column.name for column in columns])
    out = pl.DataFrame([column.alias(name) for column, name in zip(columns, names, strict=True)])
    facts["missing"].update({c.name: marks for c in out if (marks := _marks(c)) and c.name not in ABOUT})
    facts["decisions"] += more
    if facts["multiple"]:
        count = sum(map(len, facts["multiple"].values()))
        facts["decisions"].append(
            note(
                f"{len(facts['multiple'])} 道多选题，共 {count} 列 0/1",
                f"{len(facts['multiple'])} multi-answer questions in {count} 0/1 columns",
            )
        )
    if facts["missing"]:
        facts["decisions"].append(
            note(
                f"{len(facts['missing'])} 列含跳过（-3）或空（-2）标记，保留原样",
                f"{len(facts['missing'])} columns hold marks for skipped (-3) or blank (-2), kept as written",
            )
        )
    return {"frame": out, **facts}


def _questions(names):
    """{column: (number, title, matrix row or option or None)}; a title's last bracket is a row only if its number repeats."""
    found = {}
    for name in names:
        if match := PART.match(name):
            found[name] = (match[1] or match[2], "", match[3])
        elif match := TITLE.match(name):
            found[name] = (match[1], match[2].strip(), None)
    often = Counter(number for number, _, _ in found.values())
    for name, (number, title, part) in found.items():
        if part is None and often[number] > 1:
            found[name] = (number, *_last_bracket(title))
    return found


def _last_bracket(title):
    """'请评价(服务态度)' -> ('请评价', '服务态度'), brackets inside the last pair kept; also '请评价—服务态度'."""
    if title[-1:] in (")", "）"):
        depth = 0
        for index in range(len(title) - 1, -1, -1):
            depth += (title[index] in ")）") - (title[index] in "(（")
            if not depth:
                return title[:index].strip(), title[index + 1 : -1].strip()
    for dash in ("——", "—", ":", "："):
        before, found, after = title.rpartition(dash)
        if found and after.strip():
            return before.strip(), after.strip()
    return title, None


def _about(values):
    """Columns that are no question: seconds out of '123秒', the place out of '1.2.3.4(北京-北京)'."""
    if values.name == "所用时间" and values.dtype == pl.String:
        spans = [
            values.str.extract(rf"(\d+(?:\.\d+)?)\s*{unit}", 1).cast(pl.Float64) for unit in ("(?:小时|时)", "分", "秒")
        ]
        total = sum(span.fill_null(0) * size for span, size in zip(spans, (3600, 60, 1), strict=True))
        bare = values.str.strip_chars().cast(pl.Float64, strict=False)
        known = pl.select(pl.coalesce(bare, pl.when(values.str.contains("[时分秒]")).then(total))).to_series()
        return [known.alias(values.name)] if known.null_count() == values.null_count() else [values]
    if values.name == "来自IP" and values.dtype == pl.String and values.str.contains(r"[(（]").any():
        place = values.str.extract(r"[(（](.*?)[)）]\s*$", 1)
        return [values.str.replace(r"\s*[(（].*$", "").alias(values.name), place.alias("来自IP__place")]
    return [values]


def _words(values, question, title, facts):
    """Columns of one question of the text layout."""
    if values.dtype != pl.String:
        return [values]
    if values.str.contains(JOIN, literal=True).any():
        if seems_choices(values, JOIN):
            columns, names = split_choices(values, question)
            facts["multiple"][question] = names
            facts["wording"].pop(values.name, None)
            facts["wording"][question] = title or question
            return columns
        facts["decisions"].append(
            note(
                f"{values.name!r} 各项内容几乎不重复，视为多项填空，保留文本",
                f"{values.name!r}: joined pieces hardly repeat; taken as several blanks, left as text",
            )
        )
        return [values]
    if values.str.contains(ORDER, literal=True).any() and seems_choices(values, ORDER):
        facts["wording"].pop(values.name, None)
        ranks = _ranks(values, question)
        facts["wording"].update({c.name: f"{title} - {c.name[len(question) + 1 : -1]}" for c in ranks})
        return ranks
    return _typed(values)


def _ranks(values, question):
    """Columns with the place of each option of a ranking question, -2 where it was not ranked."""
    mark = mark_codes(values.str.strip_chars())
    lists = values.to_frame("v").select(pl.when(mark.is_null()).then(pl.col("v").str.split(ORDER)))["v"]
    lists = lists.list.eval(pl.element().str.strip_chars())
    places = [
        {option: float(place) for place, option in enumerate(one, start=1)} if one is not None else None
        for one in lists.to_list()
    ]
    seen = sorted({option for one in places if one for option in one})
    columns = [
        pl.Series(f"{question}({o})", [None if one is None else one.get(o, -2.0) for one in places], dtype=pl.Float64)
        for o in seen
    ]
    return [mark.fill_null(column).alias(column.name) for column in columns]


def _typed(values):
    """The answer without what was typed beside it, and the typed words in a column of their own."""
    typed = values.str.extract(r"(?s)〖(.*?)〗\s*$", 1)
    if not typed.is_not_null().any():
        return [values]
    return [values.str.replace_all(TYPED, "").str.strip_chars(), typed.alias(f"{values.name}__text")]


def _codes(values, is_part):
    """Columns of one question of the numeric layout: numbers, and words typed beside a number apart."""
    columns = _typed(values) if values.dtype == pl.String else [values]
    first = columns[0]
    if is_part and (first.dtype.is_numeric() or _all_codes(first)):
        columns[0] = first.str.strip_chars().cast(pl.Float64) if first.dtype == pl.String else first.cast(pl.Float64)
    elif len(columns) == 2 and first.dtype == pl.String and _all_codes(first):
        columns[0] = first.cast(pl.Float64).cast(pl.Int64, strict=False)
    return columns


def _find_multiple(columns, facts):
    """List the 0/1 columns of each question under `multiple`; places and matrix rows hold other numbers."""
    groups = {}
    for column in columns:
        match = PART.match(column.name)
        if match and column.dtype == pl.Float64:
            groups.setdefault(f"第{match[1] or match[2]}题", []).append((match[3], column))
    for question, parts in groups.items():
        seen = set().union(*(column.drop_nulls().unique().to_list() for _, column in parts))
        if 0 in seen and seen <= {0, 1, -2, -3}:
            facts["multiple"][question] = {part: column.name for part, column in parts}


def _marks(column):
    """{mark: reason} of the marks a column holds."""
    seen = {
        str(int(v)) if isinstance(v, float) and v.is_integer() else str(v)
        for v in column.drop_nulls().unique().to_list()
    }
    return {mark: MARKS[mark] for mark in sorted(seen & set(MARKS))}


def _all_codes(values):
    """Whether every filled text cell is a whole number, with or without words typed beside it."""
    if values.dtype != pl.String or not values.len() - values.null_count():
        return False
    return bool(values.drop_nulls().str.contains(r"(?s)^\s*-?\d+(\.0+)?\s*(〖.*〗)?\s*$").all())

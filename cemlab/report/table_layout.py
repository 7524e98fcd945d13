"""A research table laid out: heads, bases and lines in words, ready to be written as a sheet or as HTML."""

from dataclasses import dataclass

import pandas as pd

from cemlab.measure.schema import ALL
from cemlab.measure.table_counts import SEPARATOR
from cemlab.report.labels import Labels

ROWS = {  # metric or row code -> words
    "top_box": ("高分占比（{codes}）", "Top box ({codes})"),
    "bottom_box": ("低分占比（{codes}）", "Bottom box ({codes})"),
    "promoters": ("推荐者（9–10）", "Promoters (9–10)"),
    "passives": ("被动者（7–8）", "Passives (7–8)"),
    "detractors": ("贬损者（0–6）", "Detractors (0–6)"),
    "nps": ("净推荐值 NPS（分）", "Net Promoter Score (points)"),
    "mean": ("均值", "Mean"),
    "sd": ("标准差", "Standard deviation"),
    "q25": ("下四分位数", "Lower quartile"),
    "q50": ("中位数", "Median"),
    "q75": ("上四分位数", "Upper quartile"),
    "first": ("排在第一位", "Ranked first"),
    "top3": ("排在前三位", "Ranked in the top three"),
    "mean_rank": ("平均名次（仅计已排序者）", "Mean rank (among those who ranked it)"),
    "answers": ("人均选择项数", "Options chosen, mean"),
    "answered": ("填写了文字", "Wrote an answer"),
}
BASES = {
    "n": ("样本量 n（未加权）", "Base n (unweighted)"),
    "base_weighted": ("加权基数", "Weighted base"),
    "n_eff": ("有效样本量", "Effective base"),
}
TYPES = {
    "single": ("单选", "single choice"),
    "multiple": ("多选，基数为答题人数，合计可超过 100%", "several choices; base: respondents, so shares may exceed 100 % together"),
    "scale": ("量表", "scale"),
    "matrix": ("矩阵题", "matrix"),
    "ranking": ("排序题，基数为至少排了一项的人数", "ranking; base: those who ranked anything"),
    "number": ("数值", "number"),
    "text": ("开放题，只计是否填写", "open text; only whether anything was written"),
}  # fmt: skip
NET = ("［合计］", "Net: ")


@dataclass(frozen=True)
class Head:
    """One column: its banner and itself in words, its letter."""

    banner: str
    label: str
    letter: str


@dataclass(frozen=True)
class Cell:
    """One figure: `value` in its unit, what marks it, and who counts in it."""

    value: float
    status: str
    above: str
    rest: str
    count: float


@dataclass(frozen=True)
class Line:
    """One row: words, kind (section, base, share, net, figure), unit, and its cells."""

    label: str
    kind: str
    unit: str = ""
    cells: tuple = ()


@dataclass(frozen=True)
class Layout:
    """One table."""

    name: str
    title: str
    wording: str
    note: str
    base: float
    heads: tuple
    lines: tuple

    @property
    def banners(self):
        """(words, number of columns) of each banner, from the left."""
        out = []
        for head in self.heads:
            if out and out[-1][0] == head.banner:
                out[-1] = (head.banner, out[-1][1] + 1)
            else:
                out.append((head.banner, 1))
        return out


def layouts(table, *, codebook=None, lang="zh", weighted=False):
    """The tables of a study, one a question, in the order of the frame.

    Parameters
    ----------
    table : pandas.DataFrame
        Output of `measure.tables.crosstab`, as it may be shown (`table_guard.guarded`).
    codebook : Codebook, optional
    lang : {"zh", "en"}
    weighted : bool
        Whether weighted and effective bases are shown beside n.

    Returns
    -------
    list of Layout
    """
    labels = Labels(codebook, lang)
    columns = table[["banner", "column", "letter"]].drop_duplicates(["banner", "column"])
    heads = tuple(head(row, labels) for row in columns.to_dict("records"))
    keys = list(columns[["banner", "column"]].itertuples(index=False, name=None))
    return [one(name, part, keys, heads, labels, weighted) for name, part in table.groupby("question", sort=False)]


def head(row, labels):
    """The head of one column."""
    if row["banner"] == ALL:
        return Head("", labels.say("总计", "Total"), "")
    names = row["banner"].split("*")
    codes = row["column"].split(SEPARATOR) if len(names) > 1 else [row["column"]]
    words = [labels.code(name, code) for name, code in zip(names, codes, strict=True)]
    return Head(
        " × ".join(labels.head("wave") if name == "_wave" else labels.code("item", name) for name in names),
        " · ".join(words),
        row["letter"],
    )


def one(name, part, keys, heads, labels, weighted):
    """The layout of one question."""
    book = labels.codebook
    asked = (book.batteries.get(name) or book.columns.get(name)) if book else None
    items = list(dict.fromkeys(part["item"]))
    lines = []
    if len(items) > 1:
        lines += summary(part, items, keys, labels)
    for item in items:
        rows = part[part["item"] == item]
        if len(items) > 1:
            lines.append(Line(labels.code("item", item), "section"))
        lines += bases(rows, keys, labels, weighted)
        lines += [line(key, cells, keys, labels) for key, cells in rows.groupby(["metric", "row"], sort=False)]
    wording = asked.wording(labels.lang) if asked is not None and asked.wording else ""
    kind = TYPES.get(asked.type, ("", ""))[labels.which] if asked is not None else ""
    if asked is not None and asked.scale:
        kind += labels.say(f"，{asked.scale.low}–{asked.scale.high} 分", f", {asked.scale.low} to {asked.scale.high}")
    if asked is not None and asked.asked_if:
        routes = [
            f"{labels.code('item', name)} = {'/'.join(labels.code(name, c) for c in codes)}"
            for name, codes in asked.asked_if.items()
        ]
        kind += labels.say("；仅询问：", "; asked only if: ") + labels.say("，", ", ").join(routes)
    total = part[part["banner"] == ALL]
    base = total["n"].iloc[0] if len(total) else float("nan")
    return Layout(name, labels.code("item", name), wording, kind, base, heads, tuple(lines))


def summary(part, items, keys, labels):
    """The main figure of every row of a battery, under one another."""
    for metric in ("top_box", "ranked_first", "mean"):
        rows = part[part["metric"] == metric]
        if rows["item"].nunique() > 1:
            first = Line(
                labels.say("汇总：", "Summary: ") + row_label(metric, rows.iloc[0]["row"], items[0], labels), "section"
            )
            cells = [
                line((metric, item), some, keys, labels, item=item) for item, some in rows.groupby("item", sort=False)
            ]
            return [first, *cells]
    return []


def bases(rows, keys, labels, weighted):
    """Base lines of one item, from its first row."""
    first = rows[(rows["metric"] == rows["metric"].iloc[0]) & (rows["row"] == rows["row"].iloc[0])]
    found = first.set_index(["banner", "column"])
    out = []
    for name in ("n", "base_weighted", "n_eff") if weighted else ("n",):
        values = [found.loc[key, [name, "status"]] if key in found.index else None for key in keys]
        cells = tuple(
            Cell(float("nan"), "ok", "", "", 0) if v is None else Cell(v[name], v["status"], "", "", 0) for v in values
        )
        out.append(Line(BASES[name][labels.which], "base", "count", cells))
    return out


def line(key, rows, keys, labels, item=None):
    """One row of figures."""
    metric, code = key
    found = {(row["banner"], row["column"]): row for row in rows.to_dict("records")}
    cells = []
    for one_key in keys:
        row = found.get(one_key)
        if row is None:
            cells.append(Cell(float("nan"), "not_estimable", "", "", float("nan")))
        else:
            cells.append(Cell(row["estimate"], row["status"], row["above"], row["rest"], row["count"]))
    first = rows.iloc[0]
    label = labels.code("item", item) if item else row_label(metric, code, first["item"], labels)
    kind = "net" if metric in ("net", "top_box", "bottom_box") else "share" if first["unit"] == "percent" else "figure"
    return Line(label, kind, first["unit"], tuple(cells))


def row_label(metric, code, item, labels):
    """A row in words."""
    book = labels.codebook
    column = book.columns.get(item) if book else None
    if metric in ("top_box", "bottom_box") and column is not None and column.scale:
        codes = column.scale.top_codes if metric == "top_box" else column.scale.bottom_codes
        return ROWS[metric][labels.which].format(
            codes="、".join(map(str, codes)) if labels.lang == "zh" else ", ".join(map(str, codes))
        )
    if metric == "net":
        return NET[labels.which] + labels.code(item, code)
    word = ROWS.get(metric) or ROWS.get(code if metric in ("quantile", "ranked_first", "ranked_top3") else "")
    if word:
        return word[labels.which].format(codes="")
    text = labels.code(item, code)
    if column is not None and column.scale is not None and text != str(code):
        return f"{code} {text}"
    return labels.say(f"{code} 分", str(code)) if column is not None and column.scale is not None else text


def shown(cell, unit):
    """A cell's value, or None where it is not shown."""
    return None if cell.status in ("hidden", "not_estimable") or pd.isna(cell.value) else cell.value


def notes(labels, *, level=0.95, small_level=0.90, adjust="bh", weights=None, min_n=30, low_n=100, min_persons=10):
    """How to read the tables: bases, marks, letters, weights, privacy."""
    say = labels.say
    capital, small = f"{level:.0%}", f"{small_level:.0%}"
    adjusted = (
        say("；同一张表内按 Benjamini-Hochberg 法校正", ", adjusted by Benjamini-Hochberg inside one table")
        if adjust
        else ""
    )
    return [
        say(f"数据按“{labels.code('item', weights)}”加权；样本量 n 为未加权人数，检验基于有效样本量（Kish）。", f"Weighted by “{labels.code('item', weights)}”; n counts respondents, tests use Kish's effective base.") if weights
        else say("数据未加权。", "Unweighted."),
        say("基数为回答了该题的人；未被询问者与“不适用”不计入。", "Base: those who answered the question; not asked and not applicable stand outside."),
        say(f"字母表示该列显著高于相应字母的列（同一组列内两两比较）：大写为 {capital} 置信水平，小写为 {small}{adjusted}。多选题作表头时，各列有重叠，检验已扣除重叠部分。",
            f"Letters: the column lies above the columns named, inside one banner; capital at {capital}, small at {small}{adjusted}. Columns of a multiple-answer banner overlap; the tests allow for it."),
        say(f"↑ ↓ 表示与该组列中其余全部受访者相比显著偏高或偏低（{capital}{adjusted}）。", f"↑ ↓: above or below all other respondents of the banner ({capital}{adjusted})."),
        say(f"** 有效样本量不足 {min_n}，不显示、不检验；* 不足 {low_n}，仅供参考；— 人数少于 {min_persons}，为保护隐私不显示（必要时连同可据以推算的另一列）。",
            f"** effective base under {min_n}: neither shown nor tested; * under {low_n}: indicative; — fewer than {min_persons} persons (or a column that would give them away): hidden."),
        say("字母与箭头用于探索，不等同于报告结论：报告中的结论另按全部检验统一校正。", "Letters and arrows explore; they are no findings. A report's claims are adjusted together."),
    ]  # fmt: skip

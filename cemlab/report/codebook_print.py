"""The first look at a data set: every question with its wording, options, counts, missing answers and violations."""

import pandas as pd

from cemlab.measure.moments import counts
from cemlab.measure.schema import as_list
from cemlab.report.labels import Labels

ROLES = ("nps", "outcome", "effort", "touchpoint", "question", "segment", "operational", "cluster", "store", "weight")
BATCH = 40  # columns held at a time
SHOWN_FROM = 3  # a text that is no code of the codebook is shown when so many gave it
WORDS = {
    "columns": (("题目", "代码", "选项", "人数", "占比 %"), ("Question", "Code", "Option", "n", "%")),
    "no_answer": ("（未回答）", "(no answer)"),
    "not_applicable": ("（不适用）", "(does not apply)"),
    "not_asked": ("（未询问）", "(not asked)"),
    "rare": ("（代码本以外的其他写法）", "(other texts, not in the codebook)"),
    "off": ("不在量表或选项内", "off the scale or the options"),
    "both": ("“{}”与其他选项同时被选", "“{}” chosen together with others"),
    "routed": ("按跳题逻辑不应作答而作答", "answered although routed past"),
    "absent": ("数据中没有这一列", "not in the data"),
    "range": ("最小 {low:g}，均值 {mean:.2f}，最大 {high:g}", "lowest {low:g}, mean {mean:.2f}, highest {high:g}"),
}


def profile_codebook(data, codebook, questions=None):
    """Counts of every code of every question, and what contradicts the codebook.

    Parameters
    ----------
    data : polars data frame, lazy or eager
        As `store.scan` gives it.
    codebook : Codebook
    questions : str or list of str, optional
        Only these columns.

    Returns
    -------
    tuple of two pandas.DataFrame
        Counts: ``question, code, n, share`` (of all who answered; of a number ``code`` is "range" with ``low, mean, high``;
        reasons of missing answers stand as codes no_answer, not_applicable, not_asked, without a share). Violations:
        ``question, kind`` (off, both, routed, absent), ``code, n``.

    Notes
    -----
    Unweighted. Texts that are no option and that fewer than three people gave are counted together.
    """
    frame = data.lazy()
    have = set(frame.collect_schema().names())
    wanted = as_list(questions) or None
    asked = [c for c in codebook.of_role(*ROLES) if wanted is None or c.name in wanted or c.part_of in wanted]
    asked = [c for c in asked if c.type not in ("text", "time")]
    rows, wrong = [], []
    present = {c.name: [name for name in c.stored if name in have] for c in asked}
    wrong += [(c.name, "absent", "", 0) for c in asked if not present[c.name]]
    tables = many_counts(frame, [name for names in present.values() for name in names])
    for column in asked:
        for name in present[column.name]:
            found, off = of_column(column, name, tables[name])
            rows, wrong = rows + found, wrong + off
    wrong += contradictions(frame, asked, codebook, have)
    columns = ["question", "code", "n", "share", "low", "mean", "high"]
    return pd.DataFrame(rows, columns=columns), pd.DataFrame(wrong, columns=["question", "kind", "code", "n"])


def many_counts(frame, names):
    """{column: its counts}; columns are read `BATCH` at a time, numbers and text apart."""
    schema = frame.collect_schema()
    out = {}
    for numeric in (True, False):
        some = [name for name in names if schema[name].is_numeric() == numeric]
        for first in range(0, len(some), BATCH):
            batch = some[first : first + BATCH]
            reasons = [f"{name}__why" for name in batch if f"{name}__why" in schema]
            held = frame.select(*batch, *reasons).collect()
            out |= dict(iter(counts(held, batch, where="codebook print").groupby("item", sort=False)))
    return out


def of_column(column, name, table):
    """Rows of one stored column, and answers off its scale or options."""
    given = table[table["value"].notna()]
    total = float(given["n"].sum())
    known = {str(code) for code in column.options}
    scaled = column.scale is not None
    if scaled:
        known = {str(code) for code in range(column.scale.low, column.scale.high + 1)}
    rows, wrong, rare = [], [], 0
    if column.type == "date":  # a first and last day would be some person's
        rows.append((name, "range", total, 100.0 if total else None, None, None, None))
    elif column.type in ("number",) and not scaled:
        values, n = given["value"].astype(float), given["n"]
        if total:
            mean = float((values * n).sum() / total)
            rows.append((name, "range", total, 100.0, values.min(), mean, values.max()))
    elif column.type == "multiple":
        chosen = float(given.loc[given["value"] == 1, "n"].sum())
        rows.append((name, "1", chosen, 100 * chosen / total if total else None, None, None, None))
        off = given[~given["value"].isin([0, 1])]
        wrong += [(name, "off", plain(v), int(n)) for v, n in zip(off["value"], off["n"], strict=True)]
    else:
        by_code = given.assign(code=given["value"].map(plain)).groupby("code")["n"].sum()
        order = [code for code in sorted(known, key=rank) if known] if scaled else list(column.options)
        for code in [*order, *sorted(set(by_code.index) - set(order), key=rank)]:
            n = int(by_code.get(code, 0))
            if code not in known and (known or not number(code)):
                if known:
                    wrong.append((name, "off", code if n >= SHOWN_FROM or number(code) else "…", n))
                if n < SHOWN_FROM and not number(code):
                    rare += n
                    continue
            rows.append((name, code, n, 100 * n / total if total else None, None, None, None))
    if rare:
        rows.append((name, "rare", rare, 100 * rare / total, None, None, None))
    empty = table[table["value"].isna()]
    reasons = empty.assign(why=empty["why"].fillna("no_answer")).groupby("why")["n"].sum()
    rows += [(name, why, int(n), None, None, None, None) for why, n in reasons.items()]
    return rows, wrong


def contradictions(frame, asked, codebook, have):
    """Exclusive options chosen with others, and answers to questions that were routed past."""
    import polars as pl

    found = []
    for column in asked:
        stored = {code: f"{column.name}__{code}" for code in column.options}
        for code in column.exclusive:
            others = [name for one, name in stored.items() if one not in column.exclusive and name in have]
            if stored[code] in have and others:
                both = (pl.col(stored[code]) == 1) & (pl.max_horizontal(others) == 1)
                found.append((column.name, "both", code, both))
        for source, codes in column.asked_if.items():
            name = next((one for one in column.stored if one in have), None)
            if source in have and name:
                past = ~pl.col(source).cast(pl.String).str.strip_suffix(".0").is_in(list(codes)).fill_null(False)
                found.append((column.name, "routed", source, pl.col(name).is_not_null() & past))
    if not found:
        return []
    counted = frame.select(expr.sum().alias(str(i)) for i, (*_, expr) in enumerate(found)).collect().row(0)
    return [(name, kind, code, int(n)) for (name, kind, code, _), n in zip(found, counted, strict=True) if n]


def codebook_lines(data, codebook, *, lang="zh", questions=None):
    """The codebook print as lines of text; see `profile_codebook`."""
    labels = Labels(codebook, lang)
    found, wrong = profile_codebook(data, codebook, questions)
    out = [f"{codebook.title(lang)}（{codebook.name}）", ""]
    for name, part in found.groupby("question", sort=False):
        question, _, option = name.partition("__")
        column = codebook.columns.get(name) or codebook.columns[question]
        head = (
            labels.code("item", name)
            if name in codebook.columns
            else f"{labels.code('item', question)}：{labels.code('item', name)}"
        )
        if column.part_of:
            head = f"{labels.code('item', column.part_of)}：{head}"
        out.append(f"{name}  {head}  [{column.role}, {column.type}]")
        asked = codebook.batteries.get(column.part_of) if column.part_of else column
        if asked.wording:
            out.append(f"    {asked.wording(lang)}")
        out += [f"    {text}" for text in lines_of(part, column, labels)]
        bad = wrong[wrong["question"] == name]
        out += [f"    ! {violation(row, column, labels)}" for row in bad.to_dict("records")]
        out.append("")
    seen = set(found["question"])
    rest = [row for row in wrong.to_dict("records") if row["question"] not in seen]
    out += [f"! {row['question']}: {violation(row, codebook.columns.get(row['question']), labels)}" for row in rest]
    return out


def lines_of(part, column, labels):
    """One line a code."""
    for row in part.to_dict("records"):
        if row["code"] == "range":
            yield f"n {row['n']:,.0f}  " + WORDS["range"][labels.which].format(**row)
            continue
        word = WORDS.get(row["code"])
        if word:
            text = word[labels.which]
        else:
            text = labels.say("选中", "chosen") if column.type == "multiple" else labels.code(column.name, row["code"])
            text = text if text == row["code"] else f"{row['code']} {text}"
        share = "" if pd.isna(row["share"]) else f"  {row['share']:.1f}%"
        yield f"{text}  {row['n']:,.0f}{share}"


def violation(row, column, labels):
    """A violation in words."""
    code = labels.code(column.name, row["code"]) if row["kind"] == "both" else row["code"]
    text = WORDS[row["kind"]][labels.which].format(code)
    if row["kind"] == "absent":
        return text
    return f"{text}{labels.say('：', ': ')}{row['code'] + ' × ' if row['kind'] == 'off' else ''}{row['n']:,}"


def plain(value):
    """A code as text: 4.0 is "4"."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def number(code):
    """Whether a code is a number."""
    try:
        float(code)
    except ValueError:
        return False
    return True


def rank(code):
    """Numbers by value, then words."""
    return (0, float(code), "") if number(code) else (1, 0.0, code)

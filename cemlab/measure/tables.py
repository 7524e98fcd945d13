"""Research tables: every question by every banner, with bases, letters and exception tests, from one scan."""

import numpy as np
import pandas as pd

from cemlab.checks import require_choice, require_columns, require_level, require_scale
from cemlab.codebook import Column
from cemlab.measure.bases import flag_bases
from cemlab.measure.column_tests import LETTERS, exceptions, letters
from cemlab.measure.frames import columns_of, lazy
from cemlab.measure.multiplicity import METHODS as ADJUSTMENTS
from cemlab.measure.schema import ALL, ESTIMATES, as_list, estimates
from cemlab.measure.score_rows import group_order
from cemlab.measure.table_cells import cells
from cemlab.measure.table_counts import SEPARATOR, Block, table_counts
from cemlab.measure.table_rows import TESTED, UNTESTED, Row, table_rows
from cemlab.measure.table_sums import group_sums

KEYS = ["banner", "column", "question", "row"]
MORE = ["count", "count_weighted", "base_weighted", "letter", "above", "rest", "p_rest", "p_rest_adjusted"]
QUESTION_ROLES = ("nps", "outcome", "effort", "touchpoint", "question", "segment", "operational", "comment")


def frequencies(data, questions, *, codebook=None, weights=None, level=0.95, min_n=30, low_n=100):
    """Every question for everybody: what `crosstab` gives for its total.

    Parameters
    ----------
    data, questions, codebook, weights, level, min_n, low_n
        As in `crosstab`.

    Returns
    -------
    pandas.DataFrame
        As `crosstab`, with ``banner`` and ``column`` "(all)".
    """
    return crosstab(data, questions, [], codebook=codebook, weights=weights, level=level, min_n=min_n, low_n=low_n)


def crosstab(
    data,
    questions,
    banner,
    *,
    codebook=None,
    weights=None,
    level=0.95,
    small_level=0.90,
    adjust="bh",
    min_n=30,
    low_n=100,
):
    """Every question by every banner, in one scan.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per answer; as `store.scan` gives it where a codebook is used.
    questions : str or list of str
        Questions by name: a column, or the name of a multiple, matrix or ranking question of the codebook.
    banner : str or list
        What makes the columns: names of questions, or several joined by "*" for nested columns ("gender*age"). A question
        with several answers gives columns that overlap.
    codebook : Codebook, optional
        Gives types, options and their order, nets, boxes. Without it numbers are open numbers and text is a single choice.
    weights : str, optional
        Column of case weights.
    level, small_level : float, default 0.95 and 0.90
        Levels of intervals, arrows and capital letters, and of small letters.
    adjust : str or None, default "bh"
        How p-values are adjusted inside one table, that is one question by one banner.
    min_n, low_n : float, default 30 and 100
        A cell with a smaller effective base is blanked and not tested, or marked.

    Returns
    -------
    pandas.DataFrame
        ``banner`` ("(all)" for the total), ``column`` (its code), ``question, row``, then the columns of estimates
        (``item`` is the column of the codebook: of a matrix or ranking the row or option), ``count`` and
        ``count_weighted`` (who counts in the row; missing where it is no share), ``base_weighted``, ``letter`` (of the
        column), ``above`` (letters of columns it lies above: capital at `level`, small at `small_level`), ``rest`` ("↑"
        or "↓" against all others in the banner) with ``p_rest`` and ``p_rest_adjusted``. ``metric`` is share, net, top_box,
        bottom_box, promoters, passives, detractors, nps, mean, sd, quantile (``at`` says which), mean_rank,
        ranked_first, ranked_top3, answers (how many options), or answered (open text).

    Raises
    ------
    ValueError
        Unknown question, banner, level or adjustment.
    DataError
        An answer off the scale, a multiple answer that is not 0 or 1, a missing or negative weight.

    Notes
    -----
    The base of a row is who answered the question: of a multiple answer respondents, so shares may exceed 100 together;
    of a ranking who ranked anything, but for the mean rank who ranked that option. Who was not asked stands outside the
    base. Shares: Wilson interval; means: t; quantiles: the weighted distribution turned round its own Wilson limits
    (Woodruff); all on Kish's effective base, which leaves clusters out: compare stores with `compare_groups`. Tests as in
    `column_tests`. Letters explore; they make no sentence of a report. The total holds respondents whose banner is
    missing; the columns do not.

    References
    ----------
    Woodruff, R. S. (1952). Confidence intervals for medians and other position measures. JASA, 47, 635-646.

    Examples
    --------
    >>> import pandas as pd
    >>> answers = pd.DataFrame({"shop": ["a"] * 50 + ["b"] * 50, "seen": ["yes"] * 60 + ["no"] * 40})
    >>> table = crosstab(answers, "seen", "shop")
    >>> table[(table["row"] == "yes") & (table["banner"] == "shop")][["column", "estimate", "n", "letter", "rest"]]
      column  estimate   n letter rest
    4      a     100.0  50      A    ↑
    5      b      20.0  50      B    ↓
    """
    where = "crosstab"
    require_level(level, where)
    require_level(small_level, where)
    require_choice(adjust, (None, *ADJUSTMENTS), name="adjust", where=where)
    frame = lazy(data, where)
    have = set(columns_of(frame))
    schema = frame.collect_schema()
    asked = [find(name, codebook, have, schema, where) for name in as_list(questions)]
    blocks = [Block(ALL), *(block(entry, codebook, have, where) for entry in as_list(banner))]
    parts = [table_rows(question, codebook, have) for question in asked]
    items = [item for found, _ in parts for item in found]
    if not items:
        raise ValueError(f"{where}: the data hold no column of {[q.name for q in asked][:5]}; name other questions.")
    counted = table_counts(data, items, blocks[1:] or blocks, weights=weights, where=where)
    if len(blocks) > 1:  # the total is the groups of any banner together
        everybody = counted[counted["block"] == blocks[1].name].assign(block=ALL, key=ALL)
        counted = pd.concat([everybody, counted], ignore_index=True)
    check(counted, asked, where)
    rows = with_unlisted(asked, parts, counted)
    pieces = [whole_block(one, rows, counted, level, small_level, adjust, min_n) for one in blocks]
    out = pd.concat(pieces, ignore_index=True)
    order = {row: place for place, row in enumerate(rows)}
    out["place"] = out.pop("which").map(order)
    out = out.sort_values("place", kind="stable").drop(columns="place").reset_index(drop=True)
    shaped = estimates(out.assign(level=level), KEYS)
    shaped[MORE] = out[MORE].to_numpy()
    for column in MORE:
        shaped[column] = out[column]
    flagged = flag_bases(shaped, min_n=min_n, low_n=max(low_n, min_n))
    closed = flagged["status"].isin(["not_estimable", "hidden"])
    flagged.loc[closed, ["count", "count_weighted", "p_rest", "p_rest_adjusted"]] = np.nan
    flagged.loc[closed, ["above", "rest"]] = ""
    return flagged[[*KEYS, *ESTIMATES, *MORE]]


def find(name, codebook, have, schema, where):
    """A question by its name: from the codebook, else made from the column's type."""
    if codebook is not None:
        found = codebook.batteries.get(name) or codebook.columns.get(name)
        if found is not None:
            return found
    known = [*(codebook.batteries if codebook else ()), *(codebook.columns if codebook else ()), *sorted(have)]
    require_columns(list(dict.fromkeys(known)), [name], where)
    kind = "number" if schema[name].is_numeric() else "single"
    return Column(name=name, role="question", type=kind)


def block(entry, codebook, have, where):
    """A banner by its name or names."""
    names = entry.split("*") if isinstance(entry, str) else list(entry)
    names = [name.strip() for name in names]
    columns = [codebook.columns.get(name) if codebook else None for name in names]
    if len(names) == 1 and columns[0] is not None and columns[0].type == "multiple":
        codes = [code for code in columns[0].options if f"{names[0]}__{code}" in have]
        if codes:
            return Block(names[0], tuple(f"{names[0]}__{code}" for code in codes), tuple(codes), overlapping=True)
    several = [n for n, column in zip(names, columns, strict=True) if column is not None and column.type == "multiple"]
    if several:
        raise ValueError(
            f"{where}: {several[0]!r} holds several answers and cannot be nested; nest single questions, or use one option, "
            f"for example {several[0] + '__' + next(iter(codebook.columns[several[0]].options))!r}."
        )
    options = [list(column.options) if column is not None else [] for column in columns]
    codes = options[0] if len(names) == 1 else nested(options)
    return Block("*".join(names), tuple(names), tuple(codes))


def nested(options):
    """Codes of nested columns in the order of their parts; empty when a part's codes are unknown."""
    import itertools

    return [SEPARATOR.join(codes) for codes in itertools.product(*options)] if all(options) else []


def check(counted, asked, where):
    """Answers lie on the scale of their question; choices are 0 or 1."""
    everybody = counted[counted["block"] == ALL].astype({"n": "int64"})
    for question in asked:
        names = question.stored if question.type in ("matrix", "multiple") else [question.name]
        bounds = (0, 1) if question.type == "multiple" else question.scale and (question.scale.low, question.scale.high)
        for name in names if bounds else ():
            require_scale(everybody[everybody["item"] == name], *bounds, column=name, where=where)


def with_unlisted(asked, parts, counted):
    """All rows; codes of single questions that were answered and are not in the codebook follow the listed ones."""
    texts = counted[(counted["block"] == ALL) & counted["code"].notna()]
    found = texts.groupby("item", sort=False)["code"].unique().to_dict()
    out = []
    for question, (items, rows) in zip(asked, parts, strict=True):
        for item in items:
            listed = [i for i, row in enumerate(rows) if (row.item, row.metric) == (item.name, "share")]
            known = {rows[i].code for i in listed}
            codes = [code for code in sorted(found.get(item.name, ()), key=group_order) if code not in known]
            more = [Row(question.name, item.name, item.name, code, "share", (code,)) for code in codes]
            end = listed[-1] + 1 if listed else len(rows)
            rows = [*rows[:end], *more, *rows[end:]]
        out += rows
    return out


def whole_block(block, rows, counted, level, small_level, adjust, min_n):
    """All cells of one banner: estimates, and its tests."""
    table = counted[counted["block"] == block.name] if block.parts else counted[counted["block"] == ALL]
    groups = list(dict.fromkeys(table["key"]))
    codes, members, known = block.columns(groups)
    if not block.parts:
        codes, members, known = [ALL], np.ones((1, len(groups))), np.ones(len(groups), dtype=bool)
    sums, hits, spreads = group_sums(table, rows, groups)
    columns = np.einsum("cg,rgs->rcs", members, sums)
    out = cells(rows, codes, columns, spreads, members, level=level)
    out["count"] = np.where(out["unit"] == "percent", np.einsum("cg,rg->rc", members, hits).ravel(), np.nan)
    out["banner"] = block.name
    out[["letter", "above", "rest"]] = ""
    out[["p_rest", "p_rest_adjusted"]] = np.nan
    if not block.parts:
        return out
    own = set(block.name.split("*"))  # a question by itself has nothing to test
    kinds = [None if row.metric in UNTESTED or row.question in own else TESTED.get(row.metric, "share") for row in rows]
    tables = [row.question for row in rows]
    told, _ = letters(
        *(sums, members, columns, kinds, tables),
        **{"levels": (level, small_level), "adjust": adjust, "min_n": min_n},
    )
    others = np.einsum("cg,rgs->rcs", (1 - members) * known, sums)
    arrow, p, adjusted = exceptions(columns, others, kinds, tables, level=level, adjust=adjust, min_n=min_n)
    named = [chr(ord("A") + place) if len(codes) <= LETTERS else "" for place in range(len(codes))]
    out["letter"] = named * len(rows)
    out["above"], out["rest"] = told.ravel(), arrow.ravel()
    out["p_rest"], out["p_rest_adjusted"] = p.ravel(), adjusted.ravel()
    return out

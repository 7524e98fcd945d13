"""Choices of a product study as rows of alternatives, whatever layout the questionnaire and its design have."""

import pandas as pd

from cemlab.analyse.product_study import present
from cemlab.checks import DataError, require_columns
from cemlab.measure.frames import collect_all, columns_of, lazy
from cemlab.measure.rows import thinned
from cemlab.measure.stack import RESPONDENT, named_respondents


def respondents(data, columns, where):
    """The columns with ``_respondent``, one row an answer, as pandas; thinned above a million rows."""
    frame = lazy(thinned(data), where)
    frame, _ = named_respondents(frame, columns_of(frame))
    (table,) = collect_all([frame.select(RESPONDENT, *dict.fromkeys(columns))])
    return table


def choice_rows(data, codebook, design=None, *, weights=None):
    """One row per respondent, task and alternative of the study's conjoint.

    Parameters
    ----------
    data : pandas, polars or Spark data frame
        The wave's answers.
    codebook : Codebook
        With the part ``conjoint``.
    design : pandas.DataFrame, optional
        The table named there, with texts: version, task, alternative and the attributes.
    weights : str, optional
        Column kept.

    Returns
    -------
    pandas.DataFrame
        ``_respondent, task, alternative, chosen`` (1 or 0), the attributes (codes of levels as text, numbers where linear),
        ``none`` (1 for "none of these", whose attributes are missing) where the study has it. Tasks without an answer are
        left out.

    Raises
    ------
    DataError
        A level that the codebook does not know, an answer that is no alternative of the design.
    """
    part = codebook.product_questions.conjoint
    kept = [weights] if weights else []
    if part.design:
        rows = from_design(data, part, design, kept)
    elif part.columns:
        rows = from_columns(data, part, kept)
    else:
        rows = from_rows(data, part, kept)
    for name, attribute in part.attributes.items():
        if attribute.linear:
            rows[name] = pd.to_numeric(rows[name])
            continue
        rows[name] = rows[name].where(rows[name].isna(), rows[name].astype(str))
        strange = rows[name].dropna()[~rows[name].dropna().isin(list(attribute.levels))]
        if len(strange):
            raise DataError(
                f"choice_rows: attribute {name!r} has the level {strange.iloc[0]!r}, which the codebook does not know; add it under `levels`."
            )
    return rows.reset_index(drop=True)


def from_design(data, part, design, kept):
    """Answers one column a task, profiles from the design."""
    names = ["task", "alternative", *part.attributes]
    require_columns(design.columns, [*names, *(["version"] if part.version else [])], f"design {part.design}")
    people = respondents(data, [*part.chosen, *([part.version] if part.version else []), *kept], "choice_rows")
    tasks = list(dict.fromkeys(design["task"]))
    tasks.sort(key=lambda t: (len(str(t)), str(t)))
    if len(tasks) < len(part.chosen):
        raise DataError(
            f"choice_rows: {len(part.chosen)} columns of choices and {len(tasks)} tasks in the design; one task a column."
        )
    long = people.melt(
        id_vars=[RESPONDENT, *([part.version] if part.version else []), *kept],
        value_vars=list(part.chosen),
        var_name="question",
        value_name="answer",
    )
    long["task"] = long["question"].map(dict(zip(part.chosen, tasks, strict=False)))
    long = long[long["answer"].notna()]
    by = ["version", "task"] if part.version else ["task"]
    shown = design[[*by, "alternative", *part.attributes]].drop_duplicates()
    if part.version:
        long = long.rename(columns={part.version: "version"})
    if part.none is not None:
        extra = shown[by].drop_duplicates().assign(alternative=str(part.none), none=1)
        shown = pd.concat([shown.assign(none=0), extra], ignore_index=True)
    rows = long.merge(shown, on=by, how="inner")
    rows["chosen"] = (rows["alternative"].astype(str) == rows["answer"].astype(str)).astype(int)
    hit = rows.groupby([RESPONDENT, "task"])["chosen"].sum()
    if len(hit) < len(long) or (hit != 1).any():
        raise DataError(
            f"choice_rows: {int((hit != 1).sum()) + len(long) - len(hit)} of {len(long)} answers name no alternative of the design, "
            "or a version that it lacks; compare codes of the answers and of `alternative`, `version`."
        )
    order = [
        RESPONDENT,
        "task",
        "alternative",
        "chosen",
        *part.attributes,
        *(["none"] if part.none is not None else []),
        *kept,
    ]
    return rows[order]


def from_columns(data, part, kept):
    """One choice an answer, a column for every attribute of every alternative."""
    wanted = [column for one in part.columns.values() for column in one.values()]
    people = respondents(data, [part.chosen[0], *wanted, *kept], "choice_rows")
    people = people[people[part.chosen[0]].notna()]
    frames = []
    for code, columns in part.columns.items():
        made = people[[RESPONDENT, *kept]].assign(
            task="1", alternative=code, chosen=(people[part.chosen[0]].astype(str) == code).astype(int)
        )
        frames.append(made.assign(**{name: people[column] for name, column in columns.items()}))
    return pd.concat(frames, ignore_index=True).sort_values([RESPONDENT], kind="stable")


def from_rows(data, part, kept):
    """One row an alternative."""
    names = present(data, part.attributes)
    columns = [part.chosen[0], part.task, *([part.alternative] if part.alternative else []), *names, *kept]
    rows = respondents(data, columns, "choice_rows").rename(columns={part.chosen[0]: "chosen", part.task: "task"})
    rows["alternative"] = (
        rows[part.alternative] if part.alternative else rows.groupby([RESPONDENT, "task"]).cumcount().astype(str)
    )
    rows["chosen"] = pd.to_numeric(rows["chosen"]).astype(int)
    return rows[[RESPONDENT, "task", "alternative", "chosen", *names, *kept]]


def best_worst_rows(data, codebook, design, *, weights=None):
    """One row per respondent, task and item shown: ``_respondent, task, item, best, worst`` (1 or 0).

    Parameters and errors as in `choice_rows`, for the part ``best_worst`` and its design (version, task, position, item).
    Tasks without both answers are left out.
    """
    part = codebook.product_questions.best_worst
    kept, versioned = [weights] if weights else [], [part.version] if part.version else []
    require_columns(
        design.columns, ["task", "position", "item", *(["version"] if versioned else [])], f"design {part.design}"
    )
    strange = set(design["item"]) - set(part.items)
    if strange:
        raise DataError(
            f"best_worst_rows: the design shows {sorted(strange)[0]!r}, which is not among the items of the codebook."
        )
    people = respondents(data, [*part.best, *part.worst, *versioned, *kept], "best_worst_rows")
    tasks = sorted(design["task"].unique(), key=lambda t: (len(str(t)), str(t)))
    if len(tasks) < len(part.best):
        raise DataError(
            f"best_worst_rows: {len(part.best)} columns of best and {len(tasks)} tasks in the design; one task a column."
        )
    frames = []
    for task, best, worst in zip(tasks, part.best, part.worst, strict=False):
        one = people[[RESPONDENT, *versioned, *kept]].assign(task=task, b=people[best], w=people[worst])
        frames.append(one[one["b"].notna() & one["w"].notna()])
    long = pd.concat(frames, ignore_index=True).rename(columns={part.version: "version"} if versioned else {})
    by = ["version", "task"] if versioned else ["task"]
    rows = long.merge(design[[*by, "position", "item"]], on=by, how="inner")
    told = "position" if part.answers == "position" else "item"
    for mark, name in (("b", "best"), ("w", "worst")):
        rows[name] = (rows[told].astype(str) == rows[mark].astype(str)).astype(int)
    hit = rows.groupby([RESPONDENT, "task"])[["best", "worst"]].sum()
    if len(hit) < len(long) or (hit != 1).any(axis=None):
        raise DataError(
            "best_worst_rows: some answers name no item of their task; compare the codes of answers and design, and `answers`."
        )
    return rows[[RESPONDENT, "task", "item", "best", "worst", *kept]]

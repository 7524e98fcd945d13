"""The brand funnel: how many know, consider, use and prefer a brand, and how many pass from each stage to the next."""

import narwhals as nw
import numpy as np
import pandas as pd

from cemlab.checks import require_columns
from cemlab.measure.frames import columns_of, lazy, number_column
from cemlab.measure.moments import cross_moments
from cemlab.measure.schema import as_list, combine
from cemlab.measure.scores import top_box

BOX = {"scale": (0, 1), "top": [1]}
STEP = "step__"


def brand_funnel(data, stages, *, beside=(), brand="brand", by=None, weights=None, level=0.95):
    """Level of each stage and conversion from the stage before, by brand.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per respondent and brand (`stack_brands`); stages are 1 (reached), 0 (not) or missing (no answer, not asked).
    stages : list of str
        Columns from the widest stage to the narrowest; each conversion's base are those who reached the stage before.
    beside : list of str
        Stages reported as levels only: named first, named unaided.
    brand : str, default "brand"
    by : str or list of str, optional
        Further groups (wave, segment).
    weights : str, optional
        Column of case weights.
    level : float, default 0.95

    Returns
    -------
    pandas.DataFrame
        Estimates by brand (and `by`), in percent: ``metric`` "reach" (item: the stage) and "conversion" (item: the stage
        reached, of those who reached the one before). Wilson intervals on Kish's effective base; n of a conversion counts
        those at the stage before. Rows with a base that is too small lose their figures in `flag_bases`, not here.

    Raises
    ------
    ValueError
        Unknown column, a stage that stands twice, no stages.
    DataError
        A stage that holds anything but 0 and 1; a missing or negative weight.

    Notes
    -----
    A conversion counts only who reached both stages, so that people who claim a late stage without an early one do not lift
    it above 100 %; `funnel_gaps` counts them. Conversions compare brands of unlike size badly: small brands convert less at
    every stage (double jeopardy), without doing anything wrong.
    """
    where = "brand_funnel"
    every = [*beside, *stages]
    if not stages or len(set(every)) < len(every):
        raise ValueError(f"{where}: stages {every}; give at least one, and each once.")
    frame = with_steps(lazy(data, where), stages, where)
    options = {"by": [brand, *as_list(by)], "weights": weights, "level": level, **BOX}
    rows = [top_box(frame, every, **options).assign(metric="reach")]
    if len(stages) > 1:
        steps = top_box(frame, [f"{STEP}{stage}" for stage in stages[1:]], **options)
        rows.append(steps.assign(metric="conversion", item=steps["item"].str.removeprefix(STEP)))
    out = combine(rows, by=options["by"])
    out["status"] = np.where(out["n"] > 0, out["status"], "not_estimable")
    return out


def with_steps(frame, stages, where):
    """The frame with a column for each conversion: the stage among those who reached the one before, missing elsewhere."""
    require_columns(columns_of(frame), stages, where)
    steps = []
    for before, stage in zip(stages, stages[1:], strict=False):
        value = nw.when(number_column(before) == 1).then(number_column(stage))
        steps.append(value.alias(f"{STEP}{stage}"))
        given = (number_column(before) == 1) & ~number_column(stage).is_null()
        why = nw.when(~given).then(nw.lit("not_applicable")).otherwise(nw.lit(None, nw.String))
        steps.append(why.alias(f"{STEP}{stage}__why"))
    return (frame.with_columns(*steps) if steps else frame).to_native()


def routed(frame, stages):
    """The frame with later stages set to 0 where the questionnaire left them out because an earlier one was not reached.

    Whoever does not know a brand is not asked whether they use it, and does not use it: a stage without an answer, for a
    reason other than no_answer, is 0 when the stage before is 0. Stages without a known reason stay missing.
    """
    have = columns_of(frame)
    for before, stage in zip(stages, stages[1:], strict=False):
        if f"{stage}__why" not in have:
            continue
        left_out = nw.col(f"{stage}__why").is_in(["not_asked", "not_applicable"]).fill_null(False)
        nothing = number_column(stage).is_null() & left_out & (number_column(before) == 0).fill_null(False)
        value = nw.when(nothing).then(nw.lit(0.0)).otherwise(number_column(stage)).alias(stage)
        why = nw.when(nothing).then(nw.lit(None, nw.String)).otherwise(nw.col(f"{stage}__why")).alias(f"{stage}__why")
        frame = frame.with_columns(value, why)
    return frame


def funnel_gaps(data, stages, *, brand="brand"):
    """Who claims a stage without the one before: nobody uses what they do not know.

    Parameters
    ----------
    data, stages, brand
        As in `brand_funnel`.

    Returns
    -------
    pandas.DataFrame
        ``brand, item`` (the later stage), ``before``, ``n`` (who reached it and answered the one before), ``without`` (of them,
        how many did not reach the one before) and ``share`` (percent). Unweighted: it judges answers, not the market.
    """
    out = []
    for before, stage in zip(stages, stages[1:], strict=False):
        sums = cross_moments(data, [before, stage], by=brand, where="funnel_gaps")
        reached, both = sums["sums"][:, 1], sums["products"][:, 0, 1]
        out += [
            {brand: group[0], "item": stage, "before": before, "n": int(n), "without": int(round(n - b))}
            for group, n, b in zip(sums["groups"], reached, both, strict=True)
        ]
    table = pd.DataFrame(out, columns=[brand, "item", "before", "n", "without"])
    return table.assign(share=100 * table["without"] / table["n"].where(table["n"] > 0))


def leaks(funnel, own, *, brand="brand"):
    """Where the own brand loses most against the best rival: conversion gap times the people who stand there.

    Parameters
    ----------
    funnel : pandas.DataFrame
        Output of `brand_funnel` without further groups, flagged.
    own : str
        Code of the own brand.

    Returns
    -------
    pandas.DataFrame
        ``item, estimate`` (own conversion), ``rival, rival_estimate, gap`` (percentage points), ``volume`` (percent of all
        respondents who would reach the stage in addition, were the conversion the best rival's), largest first. Arithmetic on estimates: which gaps are
        tested, the comparisons say.
    """
    known = funnel[funnel["status"].isin(["ok", "low_base"])]
    reach = known[known["metric"] == "reach"].set_index([brand, "item"])["estimate"]
    steps = known[known["metric"] == "conversion"]
    order = list(dict.fromkeys(funnel.loc[funnel["metric"] == "reach", "item"]))
    out = []
    for item, rows in steps.groupby("item", sort=False):
        mine, others = rows[rows[brand] == own], rows[rows[brand] != own]
        before = order[order.index(item) - 1]
        if not len(mine) or not len(others) or (own, before) not in reach.index:
            continue
        best = others.loc[others["estimate"].idxmax()]
        gap = float(best["estimate"] - mine["estimate"].iloc[0])
        volume = max(gap, 0.0) / 100 * reach[own, before]
        out.append({"item": item, "estimate": mine["estimate"].iloc[0], "rival": best[brand],
                    "rival_estimate": best["estimate"], "gap": gap, "volume": volume})  # fmt: skip
    table = pd.DataFrame(out, columns=["item", "estimate", "rival", "rival_estimate", "gap", "volume"])
    return table.sort_values("volume", ascending=False, kind="stable", ignore_index=True)

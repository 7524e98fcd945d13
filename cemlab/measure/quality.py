"""Response quality: which answers look doubtful, and what leaving them out would do to the headline."""

import narwhals as nw
import numpy as np
import pandas as pd

from cemlab.checks import require_choice, require_columns
from cemlab.measure.frames import collect_all, columns_of, lazy, number_column, read_once
from cemlab.measure.moments import counts
from cemlab.measure.schema import as_list
from cemlab.measure.score_rows import box_codes
from cemlab.measure.scores import mean_score, nps, top_box

CHECKS = ("duplicate", "straight_line", "speeder", "unanswered", "inconsistent", "burst")
NEVER_ALONE = ("straight_line", "burst")  # a person may mean ten times 10, a coach may arrive at once
FEWEST_ITEMS = 5
SURE = 0.001


def quality_flags(
    data,
    items,
    *,
    duration=None,
    pairs=(),
    praise=None,
    burst_by=None,
    time="_at",
    person="_person",
    key="_key",
    fastest=1 / 3,
    most_missing=0.5,
    wave=None,
):
    """The answers with one column ``doubt__<check>`` (0 or 1) for each check that the data allow.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per answer.
    items : list of str
        Rating questions, asked of all; not applicable is no gap where the scan says so (``<item>__why``).
    duration : str, optional
        Column of the time to answer: under `fastest` of the median is a speeder.
    pairs : list of tuples (column, low, high, column, low, high), optional
        Answers that contradict each other: first in its range while second in its own, such as
        ("recommend", 9, 10, "overall", 1, 2).
    praise : tuple (column, lowest), optional
        What counts as praise for bursts (刷好评), such as ("recommend", 10).
    burst_by : str or list of str, optional
        Store, device: praise of one such place inside one minute (of `time`) beyond what Poisson allows for its own
        rate is a burst (tail probability under 0.001 over all minutes together, at least 5 answers).
    time, person, key : str
        Columns of the moment, the person and the answer; checks that need an absent one are not made.
    fastest : float, default 1/3
    most_missing : float, default 0.5
        More than this share of the items without an answer is "unanswered".
    wave : str, optional
        Column inside which the same answers of a person are a duplicate; across waves they may be meant.

    Returns
    -------
    polars or Spark lazy frame
        The rows of `data`, none dropped.

    Raises
    ------
    ValueError
        Unknown column; `burst_by` without `praise` or without `time`.

    Notes
    -----
    "duplicate": the same person gave the same answers to all items again (the first, by key, stays clean).
    "straight_line": at least 5 items answered, all with the same code; never alone a reason to leave an answer out.
    """
    where, items = "quality_flags", as_list(items)
    frame = lazy(data, where)
    have = columns_of(frame)
    used = [
        *items,
        *as_list(wave),
        *as_list(duration),
        *(pair[i] for pair in pairs for i in (0, 3)),
        *as_list(burst_by),
    ]
    require_columns(have, [*used, *([praise[0]] if praise else [])], where)
    values = [number_column(item) for item in items]
    answered = nw.sum_horizontal(*(nw.when(v.is_null()).then(nw.lit(0.0)).otherwise(nw.lit(1.0)) for v in values))
    flags = {}
    if {person, key} <= set(have):
        same = [person, *as_list(wave), *items]
        first = nw.col(key).cast(nw.String).min().over(*same)
        flags["duplicate"] = ~nw.col(person).is_null() & (answered > 0) & (nw.col(key).cast(nw.String) != first)
    flags["straight_line"] = (answered >= FEWEST_ITEMS) & (nw.max_horizontal(*values) == nw.min_horizontal(*values))
    if duration:
        (table,) = collect_all([frame.select(number_column(duration).median().alias("median"))])
        if pd.notna(table["median"][0]):
            flags["speeder"] = number_column(duration) < fastest * float(table["median"][0])
    gaps = [nw.when(gap(item, have)).then(nw.lit(1.0)).otherwise(nw.lit(0.0)) for item in items]
    missing = nw.sum_horizontal(*gaps)
    flags["unanswered"] = missing > most_missing * (answered + missing)
    if pairs:
        hit = nw.lit(False)
        for one, low, high, other, other_low, other_high in pairs:
            hit = hit | (within(one, low, high) & within(other, other_low, other_high))
        flags["inconsistent"] = hit
    if burst_by:
        if not praise or time not in have:
            raise ValueError(
                f"{where}: `burst_by` needs `praise` (column, lowest code) and a column {time!r} of moments."
            )
        frame, flags["burst"] = burst_flag(frame, as_list(burst_by), praise, time)
    columns = [
        nw.when(flag).then(nw.lit(1, nw.Int8)).otherwise(nw.lit(0, nw.Int8)).alias(f"doubt__{name}")
        for name, flag in flags.items()
    ]
    return frame.with_columns(*columns).drop([c for c in ("minute__",) if burst_by]).to_native()


def gap(item, have):
    """True where an item was asked and not answered."""
    empty = number_column(item).is_null()
    if f"{item}__why" not in have:
        return empty
    why = nw.col(f"{item}__why")
    return empty & nw.when(why.is_null()).then(nw.lit(True)).otherwise(~why.is_in(["not_asked", "not_applicable"]))


def within(column, low, high):
    """True where a column's answer lies in a range; a gap does not."""
    value = number_column(column)
    return nw.when(value.is_null()).then(nw.lit(False)).otherwise((value >= low) & (value <= high))


def burst_flag(frame, places, praise, time):
    """Minutes in which one place got more praise than its own rate explains."""
    from scipy.stats import poisson

    column, lowest = praise
    happy = number_column(column) >= lowest
    frame = frame.with_columns(nw.col(time).dt.truncate("1m").alias("minute__"))
    minutes = frame.filter(happy).group_by(*places, "minute__").agg(nw.len().alias("n"))
    (table,) = collect_all([minutes])
    table = table.dropna(subset="minute__")
    if not len(table):
        return frame, nw.lit(False)
    span = table["minute__"].max() - table["minute__"].min()
    minutes_open = max(span.total_seconds() / 60 / 2, 1.0)  # half of the clock: nobody answers at night
    total = table.groupby(places, dropna=False)["n"].transform("sum")
    tail = poisson.sf(table["n"] - 1, total / minutes_open) * minutes_open
    found = table[(tail < SURE) & (table["n"] >= FEWEST_ITEMS)]
    hit = nw.lit(False)
    for row in found[[*places, "minute__"]].to_dict("records"):
        here = nw.col("minute__") == row["minute__"].to_pydatetime()
        for place in places:
            here = here & (nw.col(place) == row[place])
        hit = hit | here
    return frame, hit & happy


def quality_effects(
    flagged, score, *, metric="nps", scale=None, top=None, weights=None, exclude=("duplicate", "inconsistent")
):
    """How many answers each check doubts, and what the headline is with and without them.

    Parameters
    ----------
    flagged : data frame
        Output of `quality_flags`.
    score : str
        Headline column.
    metric : {"nps", "top_box", "mean"}
    scale, top
        As in `top_box`.
    weights : str, optional
    exclude : sequence of str
        Checks whose answers the report leaves out. "straight_line" and "burst" alone are no reason.

    Returns
    -------
    pandas.DataFrame
        ``check, n, share`` (percent of the rows), ``excluded, estimate`` (headline without these answers), ``effect``
        (that less the headline of all rows), ``unit``; first row "(all)", last row "(excluded together)".

    Raises
    ------
    ValueError
        An unknown check or metric, or one to exclude that is never a reason alone.
    """
    where = "quality_effects"
    require_choice(metric, ("nps", "top_box", "mean"), name="metric", where=where)
    frame = lazy(flagged, where)
    checks = [c for c in CHECKS if f"doubt__{c}" in columns_of(frame)]
    require_columns(columns_of(frame), [score, *as_list(weights)], where)
    used = [score, f"{score}__why", *as_list(weights), *(f"doubt__{c}" for c in checks)]
    frame = read_once(frame, [c for c in dict.fromkeys(used) if c in columns_of(frame)])
    alone = sorted(set(exclude) & set(NEVER_ALONE))
    if alone:
        raise ValueError(
            f"{where}: {alone[0]!r} alone never excludes an answer (all 10s can be real); look at those answers, and "
            "exclude them by a check of your own if they are not."
        )
    for check in exclude:
        require_choice(check, CHECKS, name="exclude", where=where)

    def headline(rows):  # with all its guards
        options = {"weights": weights}
        if metric == "nps":
            return nps(rows.to_native(), score, **options).iloc[0]
        if metric == "top_box":
            return top_box(rows.to_native(), score, scale=scale, top=top, **options).iloc[0]
        return mean_score(rows.to_native(), score, scale=scale, **options).iloc[0]

    whole = headline(frame)
    table = counts(frame.to_native(), score, by=[f"doubt__{c}" for c in checks], weights=weights, where=where)
    doubts = table[[f"doubt__{c}" for c in checks]].eq("1").set_axis(checks, axis=1)
    points = points_of(table["value"], metric, score, scale, top, where)

    def without_these(doubted):
        kept = table["value"].notna() & ~doubted
        weight = table["w"].where(kept, 0.0)
        return (weight * points.fillna(0.0)).sum() / weight.sum() if weight.sum() > 0 else np.nan

    out_checks = [c for c in checks if c in exclude]
    together = doubts[out_checks].any(axis=1)
    total = int(table["n"].sum())
    rows = [{"check": "(all)", "n": total, "excluded": False, "estimate": whole["estimate"]}]
    for check, doubted in [*doubts.items(), ("(excluded together)", together)]:
        out_of = check in exclude or check == "(excluded together)"
        n = int(table["n"].where(doubted, 0).sum())
        rows.append({"check": check, "n": n, "excluded": out_of, "estimate": without_these(doubted)})
    out = pd.DataFrame(rows)
    out["share"], out["effect"] = 100 * out["n"] / total, out["estimate"] - whole["estimate"]
    return out.assign(unit=whole["unit"])[["check", "n", "share", "excluded", "estimate", "effect", "unit"]]


def points_of(values, metric, score, scale, top, where):
    """What each answer scores in the headline: 100, 0 or -100 of NPS, 100 or 0 of a box, itself of a mean."""
    if metric == "nps":
        return 100.0 * (values >= 9) - 100.0 * (values <= 6)
    if metric == "mean":
        return values.astype(float)
    return 100.0 * values.isin(box_codes(top, scale, score, name="top", where=where))


def without(flagged, exclude):
    """The answers that none of the checks in `exclude` doubts, without the columns of the checks."""
    frame = lazy(flagged, "quality")
    for check in exclude:
        frame = frame.filter(nw.col(f"doubt__{check}") == 0)
    return frame.drop([c for c in columns_of(frame) if c.startswith("doubt__")]).to_native()

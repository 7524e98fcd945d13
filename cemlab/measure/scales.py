"""Scales of several items: one score a person first, then means and favourable shares by group."""

import narwhals as nw
import numpy as np
import pandas as pd

from cemlab.checks import require_columns, require_scale
from cemlab.measure.answers import require_cuts, scale_bounds
from cemlab.measure.census import census_intervals
from cemlab.measure.errors import spread
from cemlab.measure.frames import columns_of, lazy, number_column
from cemlab.measure.intervals import quantile, share_interval
from cemlab.measure.moments import NOT_MISSING, counts, moments
from cemlab.measure.newest import newest_answers
from cemlab.measure.schema import as_list, estimates
from cemlab.measure.score_rows import box_codes, in_order

PARTS = ("favourable", "neutral", "unfavourable")


def as_dimensions(dimensions, where):
    """Dimension -> items: a list makes each item a dimension of its own; names and items are checked."""
    if isinstance(dimensions, dict):
        found = {str(name): as_list(items) for name, items in dimensions.items()}
    else:
        found = {item: [item] for item in as_list(dimensions)}
    if not found:
        raise ValueError(f"{where}: no dimension given; pass for example {{'vigor': ['q1', 'q2']}}.")
    for name, items in found.items():
        twice = sorted({item for item in items if items.count(item) > 1})
        if not items or twice:
            what = f"names {twice[0]!r} twice" if twice else "has no items"
            raise ValueError(f"{where}: dimension {name!r} {what}; give each of its items once.")
    return found


def person_scores(
    data, dimensions, *, scale, top=None, bottom=None, reverse=(), least=0.5, person=None, order=None
):  # fmt: skip
    """Rows with one score a dimension: the mean of its items and the shares of favourable, neutral, unfavourable ones.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per answer sheet.
    dimensions : dict of str to list of str
        Dimension -> its items; a list of items makes each a dimension of its own.
    scale : tuple of int, or dict of item to tuple
        Lowest and highest code.
    top, bottom : list of int or dict of item to list, optional
        Favourable and unfavourable codes (after reversal); the two highest and the two lowest when left out.
    reverse : list of str
        Items to be turned here (low + high - answer); none where the codebook has turned them already.
    least : float, default 0.5
        A person's dimension counts when at least this share of its items was answered.
    person : str or list of str, optional
        Column of the person: only the newest row of each counts (of each person and wave, with a list). Rows without a
        person stay.
    order : str, optional
        Column that orders a person's rows (a time); the order of the rows when left out.

    Returns
    -------
    data frame
        A lazy frame (polars, or Spark as given): the rows, and per dimension ``<name>`` (mean of the answered items),
        ``<name>__favourable``, ``<name>__neutral``, ``<name>__unfavourable`` (percent of the answered items). They are
        missing together under `least`.

    Raises
    ------
    ValueError
        Unknown column, a dimension named like a column that is not one of its items, `least` outside (0, 1].
    DataError
        An answer off the scale.

    Notes
    -----
    The mean of answered items stands for the missing ones, which is right when a person's items measure one thing
    (Schafer and Graham 2002); without a missing item it is the plain mean.
    """
    where = "person_scores"
    named = as_dimensions(dimensions, where)
    if not 0 < least <= 1:
        raise ValueError(f"{where}: `least` is {least!r}; the share of items that must be answered is over 0, up to 1.")
    items = list(dict.fromkeys(item for group in named.values() for item in group))
    frame = lazy(data, where)
    have = columns_of(frame)
    require_columns(have, [*items, *as_list(reverse), *as_list(person), *as_list(order)], where)
    clash = [name for name, group in named.items() if name in have and group != [name]]
    if clash:
        raise ValueError(f"{where}: dimension {clash[0]!r} is called like a column of the data; give it another name.")
    bounds = {item: scale_bounds(scale, where, item) for item in items}
    table = counts(frame.to_native(), items, where=where)
    for item in items:
        given = table[table["item"] == item]
        require_scale(given.assign(value=given["value"].astype(float)), *bounds[item], column=item, where=where)
    if person is not None:
        frame = newest_answers(frame, person, order, where)
    boxes = {
        item: [[float(c) for c in box_codes(codes, scale, item, name=name, where=where)] for name, codes in (("top", top), ("bottom", bottom))]
        for item in items
    }  # fmt: skip
    parts = []
    for i, item in enumerate(items):
        value = number_column(item)
        if item in as_list(reverse):
            value = nw.lit(float(sum(bounds[item]))) - value
        parts.append(value.alias(f"v__{i}"))
    frame = frame.with_columns(*parts)
    parts = []
    for i, item in enumerate(items):
        v, (high, low) = nw.col(f"v__{i}"), boxes[item]
        parts += [number_of(~v.is_null()).alias(f"g__{i}"), number_of(v.is_in(high)).alias(f"f__{i}")]
        parts += [
            number_of(v.is_in(low)).alias(f"u__{i}"),
            nw.when(v.is_null()).then(nw.lit(0.0)).otherwise(v).alias(f"x__{i}"),
        ]
    frame = frame.with_columns(*parts)
    made = [e for name, group in named.items() for e in dimension_columns(name, group, items, least, have)]
    return frame.with_columns(*made).drop([f"{kind}__{i}" for kind in "vgfux" for i in range(len(items))]).to_native()


def dimension_columns(name, group, items, least, have):
    """The expressions of one dimension: mean, three shares, and why they are missing where the scan knows."""
    places = [items.index(item) for item in group]
    number, value, favourable, unfavourable = (total([nw.col(f"{k}__{i}") for i in places]) for k in "gxfu")
    enough = number >= least * len(group) - 1e-9
    sums = {"": value, "__favourable": 100.0 * favourable, "__unfavourable": 100.0 * unfavourable}
    sums["__neutral"] = 100.0 * (number - favourable - unfavourable)
    out = [
        nw.when(enough).then(sums[end] / number).otherwise(nw.lit(None, nw.Float64)).alias(name + end) for end in sums
    ]
    if all(f"{item}__why" in have for item in group):
        unasked = total([number_of(nw.col(f"{item}__why").is_in(list(NOT_MISSING))) for item in group])
        why = nw.when(unasked >= len(group)).then(nw.lit("not_asked")).otherwise(nw.lit(None, nw.String))
        out += [why.alias(f"{name}{end}__why") for end in sums if f"{name}{end}__why" not in have]
    return out


def number_of(condition):
    """A condition as 1 or 0; unknown is 0."""
    return nw.when(condition).then(nw.lit(1.0)).otherwise(nw.lit(0.0))


def total(expressions):
    """Sum of expressions."""
    out = expressions[0]
    for one in expressions[1:]:
        out = out + one
    return out


def engagement_index(
    data,
    dimensions,
    *,
    scale,
    top=None,
    bottom=None,
    reverse=(),
    least=0.5,
    by=None,
    weights=None,
    person=None,
    order=None,
    headcount=None,
    level=0.95,
):
    """Engagement by group: mean of persons' scores and their favourable, neutral and unfavourable shares.

    Parameters
    ----------
    data, dimensions, scale, top, bottom, reverse, least, person, order
        As in `person_scores`.
    by : str or list of str, optional
        Columns that define the groups.
    weights : str, optional
        Column of weights (against non-response).
    headcount : pandas.DataFrame or int, optional
        How many people each group has: the `by` columns and ``headcount`` (a number without `by`). Intervals then carry the
        finite-population factor sqrt((N - n) / (N - 1)): nothing is uncertain where everybody answered.
    level : float, default 0.95

    Returns
    -------
    pandas.DataFrame
        Estimates, one row per group, dimension (``item``) and ``metric``: "mean" (scale points, t interval) and
        "favourable" (the index, percent: mean favourability of the items), "neutral", "unfavourable". ``n`` counts persons.

    Raises
    ------
    ValueError, DataError
        As `person_scores`; more answers than people in a group.

    Notes
    -----
    A person's score comes first, so that everybody counts once, however many items they left out. Without gaps the index is
    the mean of the items' favourable shares. The interval of a share is Wilson's with the base at which a plain share
    would have the same standard error, p (1 - p) / se^2; for one item it is Wilson's interval itself.
    """
    where, by = "engagement_index", as_list(by)
    named = as_dimensions(dimensions, where)
    require_cuts(list(named), by, None, level, where)
    how = {"scale": scale, "top": top, "bottom": bottom, "reverse": reverse, "least": least}
    rows = person_scores(data, named, **how, person=person, order=order)
    return index_of_scores(rows, named, scale=scale, by=by, weights=weights, headcount=headcount, level=level)


def index_of_scores(rows, dimensions, *, scale, by=None, weights=None, headcount=None, level=0.95):
    """`engagement_index` from rows that hold their scores already (`person_scores`): made once, cut often."""
    where, by = "engagement_index", as_list(by)
    named = as_dimensions(dimensions, where)
    parts = {f"{name}{end}": (name, end) for name in named for end in ("", *(f"__{part}" for part in PARTS))}
    sums = moments(rows, list(parts), by=by, weights=weights, where=where)
    figures = spread(sums.drop(columns=["low", "high"]), by)
    figures["metric"] = [parts[column][1].removeprefix("__") or "mean" for column in figures["item"]]
    figures["item"] = [parts[column][0] for column in figures["item"]]
    bounds = {name: [scale_bounds(scale, where, item) for item in items] for name, items in named.items()}
    lows, highs = (figures["item"].map({n: np.mean([b[i] for b in bounds[n]]) for n in named}) for i in (0, 1))
    mean = figures["metric"] == "mean"
    a, b = mean_limits(figures, level)
    c, d = favourable_limits(figures, level)
    with np.errstate(divide="ignore", invalid="ignore"):
        unbiased = np.sqrt(figures["variance"] / (figures["n_eff"].where(figures["n_eff"] > 1) - 1))
    out = figures.assign(
        unit=np.where(mean, "mean", "percent"),
        se=np.where(mean, unbiased, figures["se"]),
        ci_low=np.where(mean, np.maximum(a, lows), c),
        ci_high=np.where(mean, np.minimum(b, highs), d),
        level=level,
        method=np.where(mean, "t", "wilson"),
        at=np.nan,
    )
    out["method"] = "person_" + out["method"] + ("_kish" if weights else "")
    out["status"] = np.where(out["estimate"].isna() | out["se"].isna(), "not_estimable", "ok")
    place = out["metric"].map({m: i for i, m in enumerate(("mean", *PARTS))})
    out = in_order(out.assign(place=place).sort_values("place", kind="stable"), list(named), by)
    out = estimates(out, by)
    return out if headcount is None else census_intervals(out, headcount, by=by)


def mean_limits(figures, level):
    """Limits of means with Student's t."""
    n = figures["n_eff"].where(figures["n_eff"] > 1 + 1e-9)
    half = quantile(level, n - 1) * np.sqrt(figures["variance"] / (n - 1))
    return figures["estimate"] - half, figures["estimate"] + half


def favourable_limits(figures, level):
    """Limits of mean shares (percent) by Wilson, on the base at which a plain share has the same error."""
    p, se, n = (figures[name].to_numpy(float) for name in ("estimate", "se", "n_eff"))
    p = np.clip(p / 100, 0, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        base = np.where(se > 0, p * (1 - p) / (se / 100) ** 2, n)
    low, high = share_interval(p, base, level=level)
    return 100 * pd.Series(low, index=figures.index), 100 * pd.Series(high, index=figures.index)

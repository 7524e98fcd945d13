"""Scores of closed answers: NPS, top and bottom boxes, means, effort, and the share of each code."""

import numpy as np
import pandas as pd

from cemlab.checks import require_choice
from cemlab.measure.answers import amounts, answers, scale_bounds
from cemlab.measure.errors import spread
from cemlab.measure.intervals import SHARE_METHODS, nps_interval
from cemlab.measure.schema import as_list
from cemlab.measure.score_rows import (
    box_codes,
    box_rows,
    finish,
    in_box,
    in_order,
    mean_rows,
    share_rows,
    shares_rows,
    summarise,
)

BOX_METHODS = (*SHARE_METHODS, "linearised")


def nps(data, score, *, by=None, weights=None, cluster=None, level=0.95, method="adjusted"):
    """Net Promoter Score with a confidence interval, one row per group.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per answer.
    score : str or list of str
        Columns with the 0 to 10 "how likely to recommend" answer; missing = not answered.
    by : str or list of str, optional
        Columns that define the groups. Without it, one row for everyone.
    weights : str, optional
        Column of case weights (non-negative, any scale). Without it, every weight is 1.
    cluster : str, optional
        Column of stores, interview points or persons that were sampled as a whole; the error is then the one between
        clusters, with Student's t. An answer without a cluster is a cluster of its own.
    level : float, default 0.95
        Confidence level, strictly between 0 and 1.
    method : {"adjusted", "wald", "linearised"}, default "adjusted"
        "adjusted" adds the pseudo-answers (0.75, 1.5, 0.75) before the Wald interval [1]_; "linearised" is the Wald
        interval with the Taylor-linearised error of the weighted mean.

    Returns
    -------
    pandas.DataFrame
        The `by` columns, then the columns of estimates (``metric`` "nps", ``unit`` "points", -100 to 100). ``n``
        counts answers, ``n_eff`` is Kish's effective n (with `cluster`: variance / se^2, never above n),
        ``n_missing`` those asked who gave no answer. Respondents without a group form the group "(missing)"; a group
        without answers keeps its row with n = 0 and status "not_estimable".

    Raises
    ------
    ValueError
        Unknown column, text instead of numbers, `level` outside (0, 1), unknown `method`.
    DataError
        An answer that is not a whole number 0 to 10; a missing or negative weight.

    Notes
    -----
    Promoters answer 9 or 10, passives 7 or 8, detractors 0 to 6; the score is the share of promoters minus the share
    of detractors, its variance (per answer) P + D - (P - D)^2. Only a 0-10 question gives an NPS: a question from 1 to
    10 or with stars passes this guard when nobody may answer 0, so the codebook refuses it by its scale. ``se`` belongs
    to the plain estimate, so a difference of two rows can be tested from the frame alone; the adjusted interval is
    drawn towards 0 and, under about 5 answers and levels below 0.95, may miss an estimate of -100 or 100. "wald" and
    "linearised" give an interval without width where all answers fall in one class. Weights count as fixed, which
    leaves out what raking gains or loses.

    References
    ----------
    .. [1] Rocks, B. (2016). Interval estimation for the "Net Promoter Score". The American Statistician, 70, 365-372.
       In R: ``NPS::nps.se``; ``survey::svymean`` for "linearised", ``survey::svyby`` for its groups.

    Examples
    --------
    >>> import pandas as pd
    >>> answers = pd.DataFrame({"recommend": [0, 7, 7, 9, 9, 9, None]})
    >>> nps(answers, "recommend")[["estimate", "ci_low", "ci_high", "n"]].round(1)
       estimate  ci_low  ci_high  n
    0      33.3   -26.7     71.2  6
    """
    where = "nps"
    require_choice(method, ("adjusted", "wald", "linearised"), name="method", where=where)
    table = answers(data, score, (0, 10), by=by, weights=weights, cluster=cluster, level=level, where=where)
    points = 100 * nps_points(table["value"])
    figures = summarise(table, points, score, by, cluster, linearised=method == "linearised")
    # From P - D and P + D - (P - D)^2 follow both shares; they are exact because points are -100, 0 and 100.
    difference = figures["estimate"] / 100
    total = figures["variance"] / 1e4 + difference**2
    promoters, detractors = (total + difference) / 2, (total - difference) / 2
    low, high = nps_interval(
        promoters, detractors, figures["se"], figures["n_eff"], level=level, method=method, df=figures["df"]
    )
    return finish(figures, by, weights, cluster, level, method, metric="nps", unit="points", low=low, high=high)


def nps_points(score):
    """1 for promoters (9, 10), 0 for passives (7, 8), -1 for detractors (0 to 6); missing counts 0."""
    score = np.asarray(score, dtype=float)
    return np.where(score >= 9, 1.0, np.where(score <= 6, -1.0, 0.0))


def nps_shares(data, score, *, by=None, weights=None, cluster=None, level=0.95, method="wilson"):
    """Shares of promoters, passives and detractors: three rows per group, in percent.

    Parameters
    ----------
    data, score, by, weights, cluster, level
        As in `nps`.
    method : str, default "wilson"
        As in `top_box`.

    Returns
    -------
    pandas.DataFrame
        Estimates with ``metric`` "promoters", "passives" and "detractors"; the three shares of a group sum to 100.
    """
    where = "nps_shares"
    require_choice(method, BOX_METHODS, name="method", where=where)
    table = answers(data, score, (0, 10), by=by, weights=weights, cluster=cluster, level=level, where=where)
    classes = {"promoters": range(9, 11), "passives": range(7, 9), "detractors": range(7)}
    parts = [(metric, item, codes) for item in as_list(score) for metric, codes in classes.items()]
    return shares_rows(table, parts, by, weights, cluster, level, method)


def top_box(data, items, *, scale, top=None, by=None, weights=None, cluster=None, level=0.95, method="wilson"):
    """Share of answers in the top boxes, in percent, one row per group and item.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per answer.
    items : str or list of str
        Columns with ratings as numbers; missing = not answered. Several items share one scan.
    scale : tuple of int, or dict from item to tuple
        Lowest and highest code, from the codebook; never read from the answers, where the highest code may be absent.
    top : list of int, or dict from item to list, optional
        Codes that count; without it the two highest of the scale.
    by, weights, cluster, level
        As in `nps`.
    method : {"wilson", "agresti_coull", "clopper_pearson", "jeffreys", "logit", "wald", "linearised"}
        Interval, on the effective base. "linearised" is the logit interval with the Taylor-linearised error, as R's
        ``svyciprop(method = "logit")``.

    Returns
    -------
    pandas.DataFrame
        The `by` columns, then the columns of estimates (``metric`` "top_box", ``unit`` "percent", 0 to 100).

    Raises
    ------
    ValueError
        Unknown column, text instead of numbers, a scale that is none, top codes outside it, unknown `method`.
    DataError
        An answer that is not a whole number of the scale; a missing or negative weight.

    Notes
    -----
    The base is those who answered: not asked and not applicable are left out, no answer is counted in ``n_missing``.
    ``se`` is sqrt(p (1 - p) / n_eff), 0 where all or none are in the box; the interval is then still wide.

    Examples
    --------
    >>> import pandas as pd
    >>> answers = pd.DataFrame({"overall": [1, 4, 5, 5, None]})
    >>> top_box(answers, "overall", scale=(1, 5))[["estimate", "ci_low", "ci_high", "n", "n_missing"]].round(1)
       estimate  ci_low  ci_high  n  n_missing
    0      75.0    30.1     95.4  4          1
    """
    require_choice(method, BOX_METHODS, name="method", where="top_box")
    how = {"by": by, "weights": weights, "cluster": cluster, "level": level, "method": method}
    return box_rows(data, items, scale, top, name="top", metric="top_box", **how)


def bottom_box(data, items, *, scale, bottom=None, by=None, weights=None, cluster=None, level=0.95, method="wilson"):
    """Share of answers in the bottom boxes, in percent, one row per group and item.

    Parameters
    ----------
    data, items, scale, by, weights, cluster, level, method
        As in `top_box`.
    bottom : list of int, or dict from item to list, optional
        Codes that count; without it the two lowest of the scale.

    Returns
    -------
    pandas.DataFrame
        As `top_box`, with ``metric`` "bottom_box".
    """
    require_choice(method, BOX_METHODS, name="method", where="bottom_box")
    how = {"by": by, "weights": weights, "cluster": cluster, "level": level, "method": method}
    return box_rows(data, items, scale, bottom, name="bottom", metric="bottom_box", **how)


def mean_score(data, items, *, scale=None, by=None, weights=None, cluster=None, level=0.95, method="t"):
    """Mean with a confidence interval, one row per group and item.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per answer.
    items : str or list of str
        Numeric columns; missing = not answered. Several items share one scan.
    scale : tuple of int, optional
        Lowest and highest code of a rating; answers outside stop the run. Leave it out for measured amounts (minutes).
    by, weights, cluster, level
        As in `nps`.
    method : {"t", "linearised"}, default "t"
        "t": Student's t with n_eff - 1 degrees of freedom; "linearised": Taylor-linearised error, t with n - 1.

    Returns
    -------
    pandas.DataFrame
        The `by` columns, then the columns of estimates (``metric`` "mean", ``unit`` "mean": scale points).

    Raises
    ------
    ValueError
        Unknown column, text instead of numbers, unknown `method`.
    DataError
        An answer outside the scale or not finite; a missing or negative weight.

    Notes
    -----
    "t": s^2 = sum(w (x - m)^2) / sum(w) * n_eff / (n_eff - 1), se = s / sqrt(n_eff); with equal weights the usual t
    interval. With `cluster` both methods take the error between clusters and its degrees of freedom. A group with one
    answer has a mean and no error: its status is "not_estimable". With a scale, limits stay inside it. A mean of
    ratings treats steps as equal; print the scale beside it.

    Examples
    --------
    >>> import pandas as pd
    >>> mean_score(pd.DataFrame({"overall": [3, 4, 5, None]}), "overall")[["estimate", "ci_low", "ci_high"]].round(2)
       estimate  ci_low  ci_high
    0       4.0    1.52     6.48
    """
    where = "mean_score"
    require_choice(method, ("t", "linearised"), name="method", where=where)
    if scale is not None:
        table = answers(data, items, scale, by=by, weights=weights, cluster=cluster, level=level, where=where)
        figures = summarise(table, table["value"], items, by, cluster, linearised=method == "linearised")
    else:
        sums = amounts(data, items, by=by, weights=weights, cluster=cluster, level=level, where=where)
        figures = in_order(spread(sums, as_list(by), cluster=cluster, linearised=method == "linearised"), items, by)
    return mean_rows(figures, by, weights, cluster, level, method, metric="mean", scale=scale)


def effort_score(data, items, *, scale, easy=None, by=None, weights=None, cluster=None, level=0.95):
    """Customer effort: mean of the scale and share of easy answers, two rows per group and item.

    Parameters
    ----------
    data, items, by, weights, cluster, level
        As in `mean_score`.
    scale : tuple of int
        Lowest and highest code; the highest means "very easy" (the codebook reverses items that run the other way).
    easy : list of int, optional
        Codes that count as easy; without it the two highest of the scale.

    Returns
    -------
    pandas.DataFrame
        Estimates with ``metric`` "effort" (mean, t interval) and "easy" (percent, Wilson interval).

    Raises
    ------
    ValueError, DataError
        As in `top_box`.

    Notes
    -----
    "Effort" has no single formula in the trade: CES 2.0 is the mean of "made it easy" from 1 to 7, others report the
    share of 5 to 7. Both figures here come from the same answers; say the scale and the easy codes beside them.
    """
    options = {"by": by, "weights": weights, "cluster": cluster, "level": level}
    share, mean = box_and_mean(data, items, easy, name="easy", metrics=("easy", "effort"), scale=scale, **options)
    return in_order(pd.concat([mean, share], ignore_index=True), items, by)


def rating_scores(data, items, *, scale, top=None, by=None, weights=None, cluster=None, level=0.95):
    """Top boxes and means of the same answers, counted once: the rows of `top_box`, then those of `mean_score`.

    Arguments, returns and errors as in `top_box`, with its interval and that of `mean_score` by default.
    """
    options = {"by": by, "weights": weights, "cluster": cluster, "level": level}
    frames = box_and_mean(data, items, top, name="top", metrics=("top_box", "mean"), scale=scale, **options)
    return pd.concat(frames, ignore_index=True)


def box_and_mean(data, items, codes, *, name, metrics, scale, by, weights, cluster, level):
    """Share of a box and mean, two frames of estimates from one count."""
    where = metrics[0]
    codes = {item: box_codes(codes, scale, item, name=name, where=where) for item in as_list(items)}
    table = answers(data, items, scale, by=by, weights=weights, cluster=cluster, level=level, where=where)
    figures = summarise(table, table["value"], items, by, cluster)
    share = share_rows(table, in_box(table, codes), items, by, weights, cluster, level, "wilson", metric=metrics[0])
    return share, mean_rows(figures, by, weights, cluster, level, "t", metric=metrics[1], scale=scale)


def distribution(data, items, *, scale, by=None, weights=None, cluster=None, level=0.95, method="wilson"):
    """Share of each code of a rating, in percent: one row per group, item and code.

    Parameters
    ----------
    data, items, scale, by, weights, cluster, level, method
        As in `top_box`.

    Returns
    -------
    pandas.DataFrame
        Estimates with ``metric`` "share" and the code in ``at``; codes that nobody gave stand with 0. The shares of a
        group sum to 100. Each interval holds for its own code; for all at once see
        `cemlab.measure.intervals.shares_interval`.
    """
    where = "distribution"
    require_choice(method, BOX_METHODS, name="method", where=where)
    bounds = {item: scale_bounds(scale, where, item) for item in as_list(items)}
    table = answers(data, items, scale, by=by, weights=weights, cluster=cluster, level=level, where=where)
    parts = [(code, item, [code]) for item, (low, high) in bounds.items() for code in range(low, high + 1)]
    return shares_rows(table, parts, by, weights, cluster, level, method, metric="share")

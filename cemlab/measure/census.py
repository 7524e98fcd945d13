"""A census: intervals of a finite population, participation against headcount."""

import numpy as np
import pandas as pd

from cemlab.checks import DataError, require_columns
from cemlab.measure.answers import require_cuts
from cemlab.measure.frames import columns_of, lazy
from cemlab.measure.intervals import quantile, share_interval
from cemlab.measure.moments import counts
from cemlab.measure.newest import newest_answers
from cemlab.measure.schema import ALL, MISSING, as_list, estimates

NO_ERROR = 1e-12  # factor where everybody answered; an error of exactly 0 says that all answers are the same


def census_intervals(results, headcount, *, by=None):
    """Estimates whose errors and intervals carry the finite-population factor.

    Parameters
    ----------
    results : pandas.DataFrame
        Estimates (of `engagement_index`, `nps`, `top_box` and the like); ``n`` must count persons.
    headcount : pandas.DataFrame or int
        The `by` columns and ``headcount``; a number for results without groups.
    by : str or list of str, optional

    Returns
    -------
    pandas.DataFrame
        The same rows; ``se`` and both distances of the interval from the estimate times sqrt((N - n) / (N - 1)), ``method``
        ends in "_fpc". Rows of groups without a headcount stay as they are.

    Raises
    ------
    ValueError
        Columns missing, a group twice in `headcount`.
    DataError
        More answers than people, or a headcount that is no whole number of at least 1.

    Notes
    -----
    The factor is right for a random sample of the unit; silence is not random, so it says nothing of the bias of who kept
    silent (`nonresponse_weights`).
    """
    size = headcounts(headcount, as_list(by), "census_intervals")
    keys = keys_of(results, as_list(by))
    people = keys.map(size).to_numpy(float)
    n = results["n"].to_numpy(float)
    over = np.flatnonzero(n > people)
    if len(over):
        raise DataError(
            f"census_intervals: {len(over)} row(s) hold more answers than people, for example {n[over[0]]:.0f} of "
            f"{people[over[0]]:.0f} in {keys[over[0]]!r}; count each person once (`person`), or mend the headcount."
        )
    factor = np.where(people > 1, np.sqrt((people - n) / np.maximum(people - 1, 1)), 0.0)
    known = ~np.isnan(people)
    factor = np.where(known, factor, 1.0)
    out = results.copy()
    out["se"] = out["se"] * np.maximum(factor, NO_ERROR)
    for side in ("ci_low", "ci_high"):
        out[side] = out["estimate"] + (out[side] - out["estimate"]) * factor
    out["method"] = np.where(known, out["method"] + "_fpc", out["method"])
    return out


def participation(data, headcount, *, by=None, person=None, level=0.95):
    """How many of each unit's people answered, and how exact a share can be there.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per answer sheet.
    headcount : pandas.DataFrame or int
        The `by` columns and ``headcount``; a number without `by`.
    by : str or list of str, optional
        Columns of the unit.
    person : str, optional
        Column of the person, so that several sheets of one count once.
    level : float, default 0.95

    Returns
    -------
    pandas.DataFrame
        Estimates: "response_rate" (percent; ``n`` people, ``n_missing`` those who kept silent) and "margin" (points: half the
        interval of a share of 50 % with the finite-population factor; ``n`` answers). Units without any answer stand with 0.

    Raises
    ------
    ValueError, DataError
        As `census_intervals`.

    Notes
    -----
    The rate itself is a count without error. Its interval (Wilson) is for comparing units: how willing people like these are
    to answer. Answers of units without a headcount are not estimable.
    """
    where, by = "participation", as_list(by)
    require_cuts(["answers"], by, None, level, where)
    size = headcounts(headcount, by, where)
    frame = lazy(data, where)
    require_columns(columns_of(frame), [*by, *as_list(person)], where)
    if person is not None:
        frame = newest_answers(frame, person, None, where) if type(frame.to_native()).__module__.startswith("polars") else frame.unique(subset=[person], keep="any")  # fmt: skip
    have = columns_of(frame)
    table = counts(frame.to_native(), by[0] if by else have[0], by=by, where=where)
    answered = table.assign(key=keys_of(table, by)).groupby("key")["n"].sum()
    keys = list(dict.fromkeys([*size, *answered.index]))
    n = np.array([float(answered.get(key, 0)) for key in keys])
    people = np.array([size.get(key, np.nan) for key in keys])
    over = np.flatnonzero(n > people)
    if len(over):
        raise DataError(
            f"{where}: {len(over)} unit(s) hold more answers than people, for example {n[over[0]]:.0f} of "
            f"{people[over[0]]:.0f} in {keys[over[0]]!r}; name the person column, or mend the headcount."
        )
    groups = pd.DataFrame([key if isinstance(key, tuple) else (key,) for key in keys], columns=by) if by else pd.DataFrame(index=range(1))  # fmt: skip
    low, high = share_interval(n / people, people, level=level)
    rate = groups.assign(
        metric="response_rate", unit="percent", estimate=100 * n / people, ci_low=100 * low, ci_high=100 * high,
        n=people, n_eff=people, n_missing=people - n, method="count_wilson", at=np.nan,
    )  # fmt: skip
    rate["n"], rate["n_missing"] = rate["n"].fillna(n.sum() if not by else 0), rate["n_missing"].fillna(0)
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.where(people > 1, np.sqrt((people - n) / np.maximum(people - 1, 1)), 0.0)
        half = 100 * quantile(level) * 0.5 / np.sqrt(np.where(n > 0, n, np.nan)) * factor
    margin = groups.assign(
        metric="margin", unit="points", estimate=half, n=n, n_eff=n, n_missing=0, method="half_fpc", at=np.nan
    )  # fmt: skip
    out = pd.concat([rate, margin], ignore_index=True).assign(item=person or "answers", level=level)
    out["status"] = np.where(out["estimate"].isna(), "not_estimable", "ok")
    return estimates(out, by)


def headcounts(headcount, by, where):
    """Unit -> people, checked."""
    if not isinstance(headcount, pd.DataFrame):
        if by:
            raise ValueError(
                f"{where}: `headcount` is {headcount!r}; with `by` give a frame with {by} and 'headcount'."
            )
        headcount = pd.DataFrame({"headcount": [headcount]})
    require_columns(headcount.columns, [*by, "headcount"], where)
    table = headcount.assign(key=keys_of(headcount, by))
    twice = table.loc[table["key"].duplicated(), "key"]
    if len(twice):
        raise ValueError(f"{where}: {twice.iloc[0]!r} stands twice in `headcount`; give each unit one row.")
    size = pd.to_numeric(table["headcount"], errors="coerce")
    bad = ~((size >= 1) & (size % 1 == 0))
    if bad.any():
        raise DataError(
            f"{where}: {int(bad.sum())} headcount(s) are no whole number of at least 1, for example "
            f"{table.loc[bad, 'headcount'].iloc[0]!r}; mend them or leave the unit out."
        )
    return dict(zip(table["key"], size.astype(float), strict=True))


def keys_of(table, by):
    """The groups' codes as text: one code, or a tuple of several; "(all)" without groups."""
    if not by:
        return pd.Series(ALL, index=table.index)
    texts = [table[cut].map(lambda v: MISSING if pd.isna(v) else str(int(v)) if isinstance(v, float) and v.is_integer() else str(v)) for cut in by]  # fmt: skip
    if len(by) == 1:
        return texts[0]
    return pd.Series(list(zip(*texts, strict=True)), index=table.index)

"""The shapes of results, fixed once: estimates, comparisons and signals."""

import numpy as np
import pandas as pd

ALL = "(all)"
MISSING = "(missing)"

KEY = ["metric", "item", "at"]
FIGURES = ["unit", "estimate", "se", "ci_low", "ci_high", "n", "n_eff", "n_missing", "level", "method", "status"]
ESTIMATES = KEY + FIGURES
COMPARISONS = [
    *KEY,
    *("unit", "estimate", "n", "n_eff", "reference", "n_reference", "n_eff_reference", "reference_estimate"),
    *("difference", "difference_se", "difference_low", "difference_high"),
    *("p_value", "p_adjusted", "adjust", "level", "method", "status"),
]
STATUSES = ("ok", "low_base", "hidden", "not_estimable")
TEXT = {"metric", "item", "unit", "method", "status", "reference", "adjust"}
BLANKED = [  # every column that tells something about a group's answers
    *("estimate", "se", "ci_low", "ci_high", "reference_estimate"),
    *("difference", "difference_se", "difference_low", "difference_high", "p_value", "p_adjusted"),
]


def as_list(by):
    """`by` as a list of column names: None is no cut, a string is one."""
    if by is None:
        return []
    return [by] if isinstance(by, str) else list(by)


def shape(frame, columns, by=None):
    """Order and type `frame`: the `by` columns, then `columns`; what a method does not give is missing."""
    by, size, out = as_list(by), len(frame), {}
    for column in by:
        out[column] = words(frame[column], MISSING)
    for column in columns:
        if column in TEXT:
            out[column] = words(frame[column] if column in frame else None, "ok" if column == "status" else None, size)
        elif column in ("n", "n_missing", "n_reference"):
            figures = numbers(frame, column, 0 if column == "n_missing" else np.nan, size)
            out[column] = figures if np.isnan(figures).any() else figures.astype("int64")
        else:
            out[column] = numbers(frame, column, np.nan, size)
    unknown = set(out["status"].unique()) - set(STATUSES)
    if unknown:
        raise ValueError(f"schema: status {sorted(unknown)} is not one of {list(STATUSES)}.")
    return pd.DataFrame(out, index=pd.RangeIndex(size))


def words(series, otherwise, size=0):
    """A column as an array of texts; `otherwise` where it holds none, or is None."""
    if series is None:
        return pd.array([otherwise] * size, dtype="str")
    if series.dtype != "str":
        series = series.astype("object").where(series.notna(), None)
        series = pd.Series([v if v is None else str(v) for v in series], dtype="str")
    found = series.array
    return found.fillna(otherwise) if otherwise is not None and found.isna().any() else found


def numbers(frame, column, otherwise, size):
    """A column as an array of floats; `otherwise` in every row where the frame has none."""
    if column not in frame:
        return np.full(size, float(otherwise))
    series = frame[column]
    return (series if pd.api.types.is_numeric_dtype(series) else pd.to_numeric(series)).to_numpy(
        "float64", na_value=np.nan
    )


def estimates(frame, by=None):
    """`frame` in the shape of estimates: `by`, metric, item, at, then the figures."""
    return shape(frame, ESTIMATES, by)


def comparisons(frame, by=None):
    """`frame` in the shape of comparisons: `by`, metric, item, at, both sides, the difference and its test."""
    return shape(frame, COMPARISONS, by)


def combine(frames, by=None):
    """Put result frames under one another; a cut that a frame does not make reads "(all)".

    Parameters
    ----------
    frames : list of pandas.DataFrame
        Estimates (or comparisons), each with its own `by` columns or none.
    by : list of str, optional
        The `by` columns to put first, in this order; found from the frames when left out.

    Returns
    -------
    pandas.DataFrame
        All rows, `by` columns first. A row made without a cut holds "(all)" there, so a total is never a bare
        missing value.

    Raises
    ------
    ValueError
        No frames, or estimates mixed with comparisons.
    """
    frames = [frame for frame in frames if frame is not None]
    if not frames:
        raise ValueError("combine: no frames given; pass a list of result frames.")
    kinds = {"difference" in frame.columns for frame in frames}
    if len(kinds) > 1:
        raise ValueError("combine: estimates and comparisons have different shapes; combine them apart.")
    columns = COMPARISONS if kinds.pop() else ESTIMATES
    if by is None:
        by = list(dict.fromkeys(c for frame in frames for c in frame.columns if c not in set(columns)))
    by = as_list(by)
    filled = [frame.assign(**{cut: ALL for cut in by if cut not in frame.columns}) for frame in frames]
    return shape(pd.concat(filled, ignore_index=True), columns, by)

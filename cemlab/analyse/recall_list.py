"""待回访: the unhappy customers of a week to call back, by pseudonym, with a masked reason and a due date."""

import narwhals as nw
import pandas as pd

from cemlab.checks import require_columns
from cemlab.masking import mask
from cemlab.measure.frames import collect_all, columns_of, lazy, number_column
from cemlab.measure.schema import as_list

COLUMNS = ["case", "person", "answered", "item", "score", "low_points", "reason", "due", "overdue"]


def recall_list(
    data,
    item,
    *,
    at_most,
    touchpoints=(),
    low=2,
    comment=None,
    consent=None,
    date="_date",
    since=None,
    until=None,
    due_days=2,
    today=None,
    most=500,
    words=60,
):
    """The unhappy customers to call back, one row per person, unhappiest first.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per answer, with ``_person`` and ``_key`` as the store keeps them; comments only if scanned for.
    item : str
        Rating that decides (the 0 to 10 recommendation, overall satisfaction).
    at_most : float
        Answers up to here are unhappy: 6 for the recommendation.
    touchpoints : list of str, optional
        Ratings listed where they are at most `low`.
    comment : str, optional
        Column of comments; shown masked, and cut after `words` signs.
    consent : str, optional
        Column that is 1 (or true) where the person may be called; others are left out.
    date : str, default "_date"
    since, until : date or str, optional
        First and last day of the answers taken (a week from Monday to Sunday); all without.
    due_days : int, default 2
        Calendar days after the answer by which somebody calls.
    today : date or str, optional
        For ``overdue``; without it nothing is overdue.
    most : int, default 500
        Rows at most, the unhappiest and oldest first.

    Returns
    -------
    pandas.DataFrame
        ``case`` (the answer's key), ``person`` (pseudonym), ``answered, item, score, low_points`` (touchpoints rated low,
        by name, joined by "|"), ``reason`` (masked), ``due, overdue``. Answers without a person cannot be called and are
        counted in ``frame.attrs["without_person"]``; those cut by `most` in ``frame.attrs["not_listed"]``.

    Raises
    ------
    ValueError
        Unknown column.

    Notes
    -----
    Rows of persons: for the care team's screen only, never for a report's folder. A person with several unhappy answers
    stands once, with the latest. Who a pseudonym is stands in the contacts, where each look-up is a deliberate step.
    """
    where, touchpoints = "recall_list", as_list(touchpoints)
    frame = lazy(data, where)
    wanted = [item, "_person", "_key", date, *touchpoints, *as_list(comment), *as_list(consent)]
    require_columns(columns_of(frame), wanted, where)
    rows = frame.filter(number_column(item) <= at_most)
    if consent:
        rows = rows.filter(nw.col(consent).cast(nw.Float64) == 1)
    rows = rows.with_columns(nw.col(date).cast(nw.String).str.slice(0, 10).alias("day__"))
    for day, later in ((since, True), (until, False)):
        if day is not None:
            edge = nw.lit(str(pd.Timestamp(day).date()))
            rows = rows.filter(nw.col("day__") >= edge if later else nw.col("day__") <= edge)
    kept = [
        nw.col("_key").cast(nw.String).alias("case"),
        nw.col("_person").cast(nw.String).alias("person"),
        nw.col("day__"),
    ]
    kept += [number_column(column).alias(f"t__{i}") for i, column in enumerate([item, *touchpoints])]
    kept += [nw.col(comment).cast(nw.String).alias("comment__")] if comment else []
    (table,) = collect_all([rows.select(*kept)])
    unknown = int(table["person"].isna().sum())
    table = (
        table.dropna(subset="person")
        .sort_values(["day__", "case"], kind="stable")
        .drop_duplicates("person", keep="last")
    )
    table = table.sort_values(["t__0", "day__", "case"], kind="stable").reset_index(drop=True)
    out = table.head(most)
    answered = pd.to_datetime(out["day__"])
    lows = [
        "|".join(name for i, name in enumerate(touchpoints, 1) if row[f"t__{i}"] <= low)
        for row in out.to_dict("records")
    ]
    reasons = [shorten(text, words) for text in out["comment__"]] if comment else [""] * len(out)
    due = answered + pd.Timedelta(days=due_days)
    overdue = due < pd.Timestamp(today) if today is not None else pd.Series(False, index=out.index)
    result = pd.DataFrame({
        "case": out["case"], "person": out["person"], "answered": answered.dt.date, "item": item, "score": out["t__0"],
        "low_points": lows, "reason": reasons, "due": due.dt.date, "overdue": overdue,
    }, columns=COLUMNS)  # fmt: skip
    result.attrs |= {"without_person": unknown, "not_listed": len(table) - len(out)}
    return result


def shorten(text, words):
    """A comment masked first and cut afterwards, so that no half of a number slips through; "" where there is none."""
    if text is None or pd.isna(text):
        return ""
    text = " ".join(mask(str(text)).split())
    return text if len(text) <= words else text[:words] + "…"

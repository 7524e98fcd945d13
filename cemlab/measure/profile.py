"""What was asked and of whom: answers, persons and days by wave; answered and unanswered by question."""

import narwhals as nw
import pandas as pd

from cemlab.measure.frames import collect_all, columns_of, lazy
from cemlab.measure.moments import counts

KINDS = ["no_answer", "not_applicable", "not_asked"]


def response_profile(data, items, *, by=None):
    """How many were asked each question, answered it, or did not, and why.

    Parameters
    ----------
    data : pandas, polars or Spark data frame
        Answers as `store.scan` gives them (columns ``<item>__why`` say why an answer is missing).
    items : str or list of str
        Questions.
    by : str or list of str, optional
        Groups.

    Returns
    -------
    pandas.DataFrame
        The `by` columns, then ``item, rows, answered, no_answer, not_applicable, not_asked`` (numbers of rows;
        unweighted). An unanswered row without a known reason counts as no_answer.
    """
    by = [by] if isinstance(by, str) else list(by or [])
    table = counts(data, items, by=by, where="response_profile")
    why = table["why"].where(table["why"].isin(KINDS), "no_answer").where(table["value"].isna(), "answered")
    wide = table.assign(why=why).pivot_table(
        index=[*by, "item"], columns="why", values="n", aggfunc="sum", fill_value=0
    )
    wide = wide.reindex(columns=["answered", *KINDS], fill_value=0).astype("int64")
    wide.insert(0, "rows", wide.sum(axis=1))
    order = {item: place for place, item in enumerate([items] if isinstance(items, str) else items)}
    out = wide.reset_index().rename_axis(columns=None)
    return out.sort_values("item", key=lambda names: names.map(order), kind="stable").reset_index(drop=True)


def wave_profile(data):
    """Answers, distinct persons and first and last day of each wave.

    Parameters
    ----------
    data : data frame
        With ``_wave``; ``_person`` and ``_date`` where the store knows them.

    Returns
    -------
    pandas.DataFrame
        ``wave, answers, persons, first, last``; ``persons`` is missing where no person is known, and an answer without
        a person counts as one of its own.
    """
    frame = lazy(data, "wave_profile")
    have = columns_of(frame)
    known = "_person" in have
    aggregates = [nw.len().alias("answers")]
    if known:
        aggregates += [
            nw.col("_person").n_unique().alias("distinct"),
            nw.col("_person").is_null().sum().alias("unnamed"),
        ]
    if "_date" in have:
        aggregates += [nw.col("_date").min().alias("first"), nw.col("_date").max().alias("last")]
    (table,) = collect_all([frame.group_by("_wave").agg(*aggregates)])
    out = table.rename(columns={"_wave": "wave"}).sort_values("wave", kind="stable").reset_index(drop=True)
    persons = pd.Series(pd.NA, index=out.index, dtype="Int64")
    if known:
        named = out["distinct"] - (out["unnamed"] > 0)
        persons = (named + out["unnamed"]).where(named > 0).astype("Int64")
    out = out.assign(persons=persons).reindex(columns=["wave", "answers", "persons", "first", "last"])
    return out

"""What comments say as a whole: net sentiment as a measure, its course in time, how many come in, what stands behind an alarm."""

import numpy as np
import pandas as pd
import polars as pl

from cemlab.checks import require_columns
from cemlab.measure.bases import flag_bases
from cemlab.text.aspect_scores import AS_ANSWER, SIGN, aspect_columns, polars_frame

OPINION = "opinion"
SIGNS = {"positive": 1, "neutral": 0, "negative": -1}
BLAMED = "__blamed"


def with_opinions(data, text, *, engine="default"):
    """`data` as a polars frame with ``probability, label`` of the comment and ``opinion``, which every measure can read.

    ``opinion`` is 10, 8 or 0 for a positive, neutral or negative comment and null where there is none, so that an NPS of it
    is the net sentiment (`net_sentiment`). Raises ValueError for an unknown column or engine.
    """
    from cemlab.text.sentiment import sentiment

    frame = polars_frame(data, "with_opinions")
    require_columns(frame.columns, [text], "with_opinions")
    taken = [name for name in ("probability", "label", OPINION) if name in frame.columns]
    if taken:
        raise ValueError(f"with_opinions: the frame has columns {taken} already; rename them first.")
    scored = sentiment(frame[text].cast(pl.String), engine=engine)
    answers = {label: AS_ANSWER[sign] for label, sign in SIGNS.items()}
    opinion = scored["label"].replace_strict(answers, default=None, return_dtype=pl.Float64)
    return frame.with_columns(scored["probability"], scored["label"], opinion.alias(OPINION))


def net_sentiment(data, *, by=None, weights=None, cluster=None, level=0.95, min_n=30):
    """Percent of comments that praise less percent that blame, with an interval.

    Parameters
    ----------
    data : pandas or polars data frame
        From `with_opinions`.
    by, weights, cluster, level
        As in `cemlab.measure.scores.nps`.
    min_n : float, default 30
        Rows on a smaller effective base keep their place without figures.

    Returns
    -------
    pandas.DataFrame
        Estimates with ``metric`` "net_sentiment", ``item`` "opinion", points from -100 to 100; ``n`` counts comments with
        an opinion.

    Raises
    ------
    ValueError
        No column ``opinion``.

    Notes
    -----
    The interval holds sampling error only. Misread comments pull the figure towards the middle and shrink differences; a
    difference that is found is not made by them as long as they are as frequent on both sides.
    """
    from cemlab.measure.scores import nps

    frame = nps(data, OPINION, by=by, weights=weights, cluster=cluster, level=level).assign(metric="net_sentiment")
    return flag_bases(frame, min_n=min_n, low_n=max(100, min_n))


def opinion_chart(data, *, period="week", min_n=30, **options):
    """Control chart of the net sentiment by period; arguments and columns as in `cemlab.measure.trend.control_chart`."""
    from cemlab.measure.trend import control_chart

    chart = control_chart(data, OPINION, metric="nps", period=period, min_n=min_n, **options)
    return chart.assign(metric="net_sentiment")


def volume_chart(data, *, date="_date", period="week", sigmas=3.0, baseline=None):
    """Control chart of the number of comments a day, by period.

    Parameters
    ----------
    data : pandas or polars data frame
        One row per comment.
    date : str, default "_date"
        Local day; rows without one are in no period.
    period : {"day", "week", "month", "quarter", "year"}
    sigmas : float, default 3
    baseline : tuple (first code, last code), optional
        Periods that give centre and limits; all by default.

    Returns
    -------
    pandas.DataFrame
        Columns as in `control_chart`, ``metric`` "volume", ``unit`` "per_day"; ``n`` comments. The first and the last
        period count the days from the first to the last comment only.

    Raises
    ------
    ValueError
        Unknown column, or fewer than two periods.

    Notes
    -----
    Laney's u chart: limits hold the chance of single comments and the usual unrest between periods. Periods that stand out
    (`measure.ordinary.ordinary`) give no part of them.
    """
    from cemlab.measure.control import control_limits
    from cemlab.measure.ordinary import ordinary
    from cemlab.measure.period_codes import PERIODS, code
    from cemlab.measure.trend_limits import in_baseline

    frame = polars_frame(data, "volume_chart")
    require_columns(frame.columns, [date], "volume_chart")
    days = pd.to_datetime(frame[date].drop_nulls().to_pandas())
    if not len(days):
        raise ValueError(f"volume_chart: no row has a date in column {date!r}.")
    every = pd.period_range(days.min(), days.max(), freq=PERIODS[period])
    counted = days.dt.to_period(PERIODS[period]).value_counts().reindex(every, fill_value=0)
    starts = np.maximum(every.start_time.normalize(), days.min().normalize())
    ends = np.minimum(every.end_time.normalize(), days.max().normalize())
    length = (ends - starts).days + 1
    codes, sizes, counts = [code(p) for p in every], np.asarray(length), counted.to_numpy()
    used = in_baseline(codes, baseline, "volume_chart")
    shared = {"sizes": sizes, "at": codes, "sigmas": sigmas}
    plain = control_limits(counts, kind="u", baseline=used, **shared)
    used[used] = ordinary(((plain["value"] - plain["centre"]) / plain["sigma"])[used], sigmas=sigmas)
    chart = control_limits(counts, kind="laney_u", baseline=used, **shared)
    return chart.assign(
        metric="volume", item="volume", unit="per_day", n=counted.to_numpy(), start=every.start_time, status="ok"
    )


def alarms(chart, data, text, *, lexicon, date="_date", period="week", min_n=30, level=0.95, most=6, sentiment="model"):
    """For each period whose net sentiment signals: the aspects that more comments blame there than at other times.

    Parameters
    ----------
    chart : pandas.DataFrame
        From `opinion_chart` on the same data.
    data : pandas or polars data frame
        From `with_opinions`.
    text : str
        Column of comments.
    lexicon, sentiment
        As in `cemlab.text.aspect_scores.aspect_columns`.
    date, period
        As in the chart.
    min_n : int, default 30
        As in `compare_groups`.
    level : float, default 0.95
        An aspect is named when its adjusted p stays below 1 - level.
    most : int, default 6
        Periods, the newest ones.

    Returns
    -------
    pandas.DataFrame
        The rows of the chart that signal, newest first, with ``turn`` ("up", "down") and ``aspects``: a list of (aspect,
        percent of that period's comments that blame it, percent of the others), clearest first; for a good period the
        list is empty.

    Notes
    -----
    Exploratory: the aspects of each period are one family (Benjamini-Hochberg), the periods were picked because they
    stand out. They say where to look first.
    """
    from cemlab.measure.compare import compare_groups
    from cemlab.measure.period_codes import PERIODS, code

    found = chart[chart["signal"].notna() & (chart["signal"] != "") & (chart["status"] == "ok")]
    found = found.sort_values("start", ascending=False).head(most).reset_index(drop=True)
    found = found.assign(turn=np.where(found["value"] > found["centre"], "up", "down"))
    if not len(found):
        return found.assign(aspects=pd.Series(dtype=object))
    names = list(lexicon.aspects)
    rows = aspect_columns(data, text, lexicon=lexicon, sentiment=sentiment)
    blamed = [
        pl.when(pl.col(n).is_not_null())
        .then((pl.col(n + SIGN) == -1).fill_null(False).cast(pl.Float64))
        .alias(n + BLAMED)
        for n in names
    ]
    days = pd.to_datetime(rows[date].to_pandas()).dt.to_period(PERIODS[period])
    rows = rows.select(blamed).with_columns(
        at=pl.Series([None if pd.isna(p) else code(p) for p in days], dtype=pl.String)
    )
    rows = rows.filter(pl.col("at").is_not_null())
    listed = []
    for row in found.to_dict("records"):
        if row["turn"] == "up":
            listed.append([])
            continue
        part = rows.with_columns(then=pl.when(pl.col("at") == row["at"]).then(pl.lit("then")).otherwise(pl.lit("else")))
        options = {"metric": "top_box", "scale": (0, 1), "top": [1], "min_n": min_n, "level": level}
        tested = compare_groups(part, [n + BLAMED for n in names], by="then", against="complement", **options)
        tested = tested[(tested["then"] == "then") & (tested["p_adjusted"] < 1 - level) & (tested["difference"] > 0)]
        tested = tested.sort_values(["p_adjusted", "difference"], ascending=[True, False], kind="stable")
        listed.append([
            (r.item.removesuffix(BLAMED), float(r.estimate), float(r.estimate - r.difference)) for r in tested.itertuples()
        ])  # fmt: skip
    return found.assign(aspects=pd.Series(listed, dtype=object))

"""Leavers, told so coarsely that one whom everybody knows is not placed in a band of engagement.

When somebody left is known to colleagues; which band they were in is not. A curve with a step for every leaver joins the two.
So shares are told at a few times only; between two of them at least the minimum of persons left, of more than one band; and
nothing is told of a time that not everybody has reached, as the figures of two months' reports would differ by one leaver.
"""

import numpy as np
import pandas as pd
import polars as pl

from cemlab.analyse import employee_exits as left
from cemlab.release.coarse import near

TIMES = (90, 180, 365)  # days after the answer: three, six and twelve months
EXIT, STAYED, GONE = "_exit", "stayed", "gone"


def told_times(people, least):
    """Times (days) at which shares of leavers may be told, the earliest first; none where too few left.

    Parameters
    ----------
    people : polars.LazyFrame
        Output of `followed` with leaving dates.
    least : int
        Fewest persons who left between two times, and who were still there at the last.

    Returns
    -------
    list of int

    Notes
    -----
    A time is taken when everybody has been followed for so long. Leavers of one band only are no group of several answers: the
    time waits for the next. What is decided for a time does not change when more time has passed.
    """
    table = people.filter(pl.col("band").is_not_null()).select("band", "days__", "gone__", "seen__").collect()
    out, start = [], 0.0
    for time in TIMES:
        if not len(table) or table["seen__"].min() < time:
            break
        gone = table.filter((pl.col("gone__") == 1) & (pl.col("days__") > start) & (pl.col("days__") <= time))
        stayed = len(table) - table.filter((pl.col("gone__") == 1) & (pl.col("days__") <= time)).height
        most = max((gone["band"] == band).sum() for band in left.BANDS)
        if len(gone) >= least and stayed >= least and len(gone) - most > near(len(gone)):
            out.append(time)
            start = float(time)
    return out


def with_exits(rows, book, waves, least):
    """`rows` with the column ``_exit``: when a person of one of `waves` left, as coarsely as it is told.

    Codes are the times of `told_times` ("90": within 90 days), "gone" where HR data have a flag only, else "stayed".
    """
    hr, code = book.employee_questions.staff, pl.lit(STAYED)
    for wave in waves:
        people = left.followed(rows, book, wave)
        if people is None:
            break
        mine = pl.col("_wave") == wave
        if hr.gone:
            code = pl.when(mine & (pl.col(hr.gone) == 1)).then(pl.lit(GONE)).otherwise(code)
            continue
        gone, days, _ = left.leaving(hr)
        for time in reversed(told_times(people, least)):
            code = pl.when(mine & gone & (days > 0) & (days <= time)).then(pl.lit(str(time))).otherwise(code)
    return rows.with_columns(code.alias(EXIT))


def band_shares(people, index):
    """What shares of leavers by band give away: the bands' shares among those who left at about the same time, and who stayed.

    Figures of groups that everybody can name, so they are what the release plan has to judge; they are not shown themselves.
    """
    known = people.filter(pl.col("band").is_not_null()).select(EXIT, "band").collect().to_pandas()
    rows = []
    for code, group in known.groupby(EXIT):
        for place, band in enumerate(left.BANDS):
            share, n = (group["band"] == band).mean(), len(group)
            rows.append({
                EXIT: code, "metric": "share", "item": index, "at": float(place), "unit": "percent", "estimate": 100 * share,
                "se": 100 * np.sqrt(share * (1 - share) / n), "n": n, "n_eff": float(n), "status": "ok",
            })  # fmt: skip
    return pd.DataFrame(rows)

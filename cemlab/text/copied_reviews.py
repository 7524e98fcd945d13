"""Reviews that repeat another one's words: copies, bursts of them, praise by default, and what they do to the net sentiment."""

import numpy as np
import polars as pl

from cemlab.checks import require_columns
from cemlab.text.aspect_scores import polars_frame
from cemlab.text.shipped_reviews import text_key

LONG = 10  # characters from which the same words are no coincidence
BURST_DAYS, BURST = 7, 5  # so many copies within so many days are a burst
COLUMNS = ["text", "copies", "first", "last", "burst", "groups"]


def copied_reviews(data, text, *, date="_date", by=None, longest=60):
    """Texts that stand more than once, most copies first.

    Parameters
    ----------
    data : pandas or polars data frame
        One row per review.
    text : str
        Column of reviews.
    date : str, default "_date"
        Local day, where the frame has it.
    by : str, optional
        Column of sources.
    longest : int, default 60
        Characters shown of each text, masked.

    Returns
    -------
    pandas.DataFrame
        ``text`` (masked), ``copies`` (reviews with these words), ``first, last`` (days), ``burst`` (most of them within
        seven days, where five or more are; else 0), ``groups`` (sources among which they stand).

    Raises
    ------
    ValueError
        Unknown column.

    Notes
    -----
    Two texts are the same when their letters, digits and characters are. Texts under ten of these (很好, 不错), and words typed
    over and over (不好不好不好), are the same by coincidence and not counted; nor is praise by default, which platforms write. Copied words are a reason
    to look, no proof of paid praise: people paste a text on two platforms, and exports hold rows twice.
    """
    from cemlab.masking import mask
    from cemlab.text.business_names import mask_businesses
    from cemlab.text.quotations import shortened

    rows = keyed(data, text, date, by)
    groups = rows.filter(pl.col("copied")).group_by("key", maintain_order=True)
    out = groups.agg(
        pl.col("told").first(), copies=pl.len(), first=pl.col("day").min(), last=pl.col("day").max(), days=pl.col("day"),
        groups=pl.col("group").n_unique(),
    ).sort("copies", "told", descending=[True, False])  # fmt: skip
    frame = out.drop("key").to_pandas()
    frame["text"] = [shortened(mask_businesses(mask(told)), longest) for told in frame["told"]]
    frame["burst"] = [burst(days) for days in frame["days"]]
    return frame[COLUMNS]


def copy_marks(data, text):
    """Which reviews repeat the words of an earlier row: a polars series of bool in the order of `data`."""
    rows = keyed(data, text, "_date", None)
    return rows.select(pl.col("copied") & ~pl.col("key").is_first_distinct()).to_series()


def keyed(data, text, date, by):
    """One row per review: its key, whether its words stand elsewhere too, its day and group."""
    frame = polars_frame(data, "copied_reviews")
    require_columns(frame.columns, [text, *([by] if by else [])], "copied_reviews")
    told = frame[text].cast(pl.String).fill_null("")
    from cemlab.text.quotations import says_more
    from cemlab.text.sentiment import sentiment

    keys = pl.Series("key", [text_key(one) for one in told], dtype=pl.String)
    day = frame[date].cast(pl.Date) if date in frame.columns else pl.Series([None] * len(frame), dtype=pl.Date)
    group = frame[by].cast(pl.String) if by else pl.Series([""] * len(frame), dtype=pl.String)
    rows = pl.DataFrame({"key": keys, "told": told.str.strip_chars(), "day": day, "group": group})
    twice = (pl.col("key").str.len_chars() >= LONG) & (pl.len().over("key") > 1)
    rows = rows.with_columns(copied=twice)
    few = rows.filter("copied").select("key", "told").unique("key")
    more = pl.Series([says_more(one) for one in few["key"]], dtype=pl.Boolean)
    none = pl.Series((sentiment(few["told"])["label"] == "none").to_numpy(), dtype=pl.Boolean) if len(few) else more
    silent = few.filter(none | ~more)["key"]
    return rows.with_columns(pl.col("copied") & ~pl.col("key").is_in(list(silent)))


def burst(days):
    """Most copies within seven days where these are five or more, else 0."""
    given = np.sort(np.array([day for day in days if day is not None], dtype="datetime64[D]"))
    ends = np.searchsorted(given, given + np.timedelta64(BURST_DAYS, "D"))
    most = int((ends - np.arange(len(given))).max(initial=0))
    return most if most >= BURST else 0

"""Stars that say one thing and words that say another."""

from itertools import islice

import pandas as pd
import polars as pl

from cemlab.checks import require_columns
from cemlab.text.aspect_scores import polars_frame

CLEAR = 0.9  # probability from which a text reads clearly as praise; blame below 1 - CLEAR
KINDS = ("high_negative", "low_positive")


def star_conflicts(data, text, stars, *, top, bottom, by=None, clear=CLEAR, level=0.95):
    """How many reviews give high stars and clear blame, or low stars and clear praise.

    Parameters
    ----------
    data : pandas or polars data frame
        From `cemlab.text.opinions.with_opinions`, with the column `stars`.
    text, stars : str
        Columns: the reviews, the rating.
    top, bottom : list of number
        High and low ratings (4 and 5; 1 and 2).
    by : str or list of str, optional
        Columns of groups.
    clear : float, default 0.9
        A text is clear praise from this probability on, clear blame below 1 - `clear`.
    level : float, default 0.95

    Returns
    -------
    pandas.DataFrame
        Estimates with ``metric`` "share" and ``item`` high_negative (of the reviews with high stars, percent that read clearly
        negative) or low_positive (of those with low stars, percent that read clearly positive).

    Raises
    ------
    ValueError
        Unknown column; no column ``probability``.

    Notes
    -----
    Some of these are misread texts, some slips of the finger, some praise in return for a gift. The program errs more
    often than guests mistype: read the examples before blaming anyone.
    """
    from cemlab.measure.schema import as_list, combine
    from cemlab.measure.scores import top_box

    rows = conflict_columns(data, text, stars, top=top, bottom=bottom, clear=clear)
    options = {"scale": (0, 1), "top": [1], "by": by, "level": level}
    frames = [top_box(rows, kind, **options).assign(metric="share") for kind in KINDS if rows[kind].drop_nulls().len()]
    return combine(frames, by=as_list(by)) if frames else pd.DataFrame(columns=["item", "estimate", "n"])


def conflict_columns(data, text, stars, *, top, bottom, clear=CLEAR):
    """`data` with high_negative and low_positive: 1 where the text clearly contradicts the stars, 0 not, null elsewhere."""
    frame = polars_frame(data, "star_conflicts")
    require_columns(frame.columns, [text, stars, "probability"], "star_conflicts")
    given, chance = pl.col(stars).cast(pl.Float64, strict=False), pl.col("probability")
    told = chance.is_not_null() & chance.is_not_nan()
    high, low = (given.is_in([float(v) for v in codes]) & told for codes in (top, bottom))
    return frame.with_columns(
        high_negative=pl.when(high).then((chance < 1 - clear).cast(pl.Float64)),
        low_positive=pl.when(low).then((chance > clear).cast(pl.Float64)),
    )


def conflict_examples(data, text, stars, *, top, bottom, n=3, min_n=10, shortest=10, longest=100):
    """The reviews whose words contradict their stars most clearly, masked: ``kind, stars, text``.

    A kind with fewer than `min_n` reviews on its side of the stars shows none.
    """
    from cemlab.masking import mask
    from cemlab.text.business_names import mask_businesses
    from cemlab.text.quotations import says_more, shortened

    rows = conflict_columns(data, text, stars, top=top, bottom=bottom)
    out = []
    for kind in KINDS:
        side = rows.filter(pl.col(kind).is_not_null())
        found = side.filter(pl.col(kind) == 1).unique(text, maintain_order=True)
        found = found.filter(pl.col(text).str.len_chars().is_between(shortest, 4 * longest))
        found = found.sort("probability", text, descending=[kind == "low_positive", False])
        speaking = (row for row in found.iter_rows(named=True) if says_more(row[text]))
        shown = islice(speaking, n if len(side) >= min_n else 0)
        out += [(kind, row[stars], shortened(mask_businesses(mask(row[text])), longest)) for row in shown]
    return pd.DataFrame(out, columns=["kind", "stars", "text"])

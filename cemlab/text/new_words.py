"""Words first seen in a wave: in enough comments now, in almost none before, and more than chance would bring."""

import re

import numpy as np
import pandas as pd

from cemlab.checks import require_columns, require_level
from cemlab.text.given import as_text

ALMOST = 0.1  # share before, of the share now, up to which a word was as good as unsaid
COLUMNS = ["word", "n", "n_reference", "base", "base_reference", "percent", "percent_reference", "first", "p_value",
           "p_adjusted", "adjust", "tested"]  # fmt: skip
SHORTEST, LONGEST = 6, 60  # characters of a quotation


def new_words(
    data, text, *, current, previous=None, wave="_wave", person=None, date=None, words=None, min_n=10, adjust="bh",
    level=0.95,
):  # fmt: skip
    """Words that comments of this wave use and those before hardly did.

    Parameters
    ----------
    data : pandas or polars data frame
        One row per comment.
    text : str
        Column of comments; missing ones and repeats of the same text within a wave are left out.
    current : str
        Code of the wave looked at.
    previous : str, optional
        Code of the wave before; without it all other rows with a wave.
    wave : str, default "_wave"
        Column of the wave.
    person : str, optional
        Column of writers: the comments of one person in a wave then count once.
    date : str, optional
        Column of days, for ``first``.
    words : list of str, optional
        The study's own words for the tokeniser.
    min_n : int, default 10
        Comments (persons) of this wave that hold a word which is shown.
    adjust : str or None, default "bh"
        Adjustment over all words tested.
    level : float, default 0.95
        Words whose adjusted p stays below ``1 - level`` are returned.

    Returns
    -------
    pandas.DataFrame
        Commonest first: ``word, n, n_reference`` (comments that hold it, now and before), ``base, base_reference, percent,
        percent_reference, first`` (day), ``p_value, p_adjusted, adjust, tested`` (words in the family).

    Raises
    ------
    ValueError
        Unknown column, or no comment in one of the waves.

    Notes
    -----
    Tested are all content words in `min_n` comments of both waves together, by Fisher's exact test, one-sided: whether the
    comments that hold the word fell on this wave by chance. That choice looks at both waves alike, so it does not favour
    new words. Returned are those in `min_n` comments now whose share before was a tenth of today's at most. A word may be
    new because the tokeniser cuts otherwise, a platform changed its form, or a season came: read the comments.

    Examples
    --------
    >>> rows = [("q1", f"早餐不错{i}") for i in range(40)] + [("q2", f"泳池关闭{i}") for i in range(40)]
    >>> data = pd.DataFrame(rows, columns=["_wave", "comment"])
    >>> new_words(data, "comment", current="q2")[["word", "n", "n_reference"]].values.tolist()
    [['关闭', 40, 0], ['泳池', 40, 0]]
    """
    from scipy.stats import hypergeom

    from cemlab.measure.multiplicity import adjust_p
    from cemlab.text.keyness import presence

    where = "new_words"
    require_level(level, where)
    rows = rows_of(data, text, wave, person, date, where)
    rows = rows[rows["wave"].isin([str(current), str(previous)] if previous is not None else rows["wave"].dropna())]
    now = (rows["wave"] == str(current)).to_numpy()
    if not now.any() or now.all():
        lacks = "of the wave looked at" if not now.any() else "before it"
        raise ValueError(
            f"{where}: no comments {lacks} (current={str(current)!r}); waves: {sorted(set(rows['wave']))}."
        )
    held, vocabulary = presence(rows["text"].tolist(), words, min_n)
    if not len(vocabulary):
        return pd.DataFrame(columns=COLUMNS)
    n, before = (np.asarray(held[side].sum(0)).ravel().astype(int) for side in (now, ~now))
    base, base_before = int(now.sum()), int((~now).sum())
    p = hypergeom.sf(n - 1, base + base_before, n + before, base)
    out = pd.DataFrame({
        "word": vocabulary, "n": n, "n_reference": before, "base": base, "base_reference": base_before,
        "percent": 100 * n / base, "percent_reference": 100 * before / base_before, "p_value": p,
        "p_adjusted": adjust_p(p, adjust), "adjust": adjust or "none", "tested": len(vocabulary),
    })  # fmt: skip
    fresh = (out["n"] >= min_n) & (out["percent_reference"] <= ALMOST * out["percent"])
    out = out[fresh & (out["p_adjusted"] < 1 - level)].sort_values(["n", "word"], ascending=[False, True])
    days = rows["date"].to_numpy()
    out["first"] = [first_day(days[now & (held[:, at].toarray().ravel() > 0)]) for at in out.index]
    return out[COLUMNS].reset_index(drop=True)


def rows_of(data, text, wave, person, date, where):
    """One row per distinct text (per person) and wave: wave, text, date of the earliest."""
    frame = data.to_pandas() if hasattr(data, "to_pandas") else data
    require_columns(frame.columns, [text, wave, *(c for c in (person, date) if c)], where)
    rows = pd.DataFrame(
        {"text": [as_text(one) for one in frame[text]], "wave": frame[wave].astype(object)}
    ).reset_index(drop=True)
    rows["date"] = pd.to_datetime(frame[date]).to_numpy() if date else pd.NaT
    rows["person"] = frame[person].astype(object).to_numpy() if person else None
    rows = rows[rows["text"].str.contains(r"\w", na=False) & rows["wave"].notna()]
    rows["wave"] = rows["wave"].map(str)
    rows = rows.sort_values("date", kind="stable").drop_duplicates(["wave", "text"])
    if person is None:
        return rows.sort_index().reset_index(drop=True)
    rows["person"] = rows["person"].where(rows["person"].notna(), rows.index.to_series().map(lambda at: f"row {at}"))
    together = rows.groupby(["wave", "person"], sort=False).agg(text=("text", "。".join), date=("date", "min"))
    return together.reset_index()


def first_day(days):
    """The earliest of some days, or none."""
    known = days[~pd.isna(days)]
    return pd.Timestamp(known.min()) if len(known) else pd.NaT


def word_quotation(texts, word, *, other_than=()):
    """One masked clause that holds a word: of middle length, "" where none is fit to be shown.

    Parameters
    ----------
    texts : list, pandas or polars series of str
        Comments.
    word : str
    other_than : sequence of str
        Quotations that stand already; one of them is returned only where there is no other.

    Returns
    -------
    str
    """
    from cemlab.masking import mask_series
    from cemlab.text.aspects import text_series
    from cemlab.text.business_names import LABEL, mask_businesses
    from cemlab.text.quotations import says_more, shortened

    given = [text for text in text_series(texts).to_list() if text and word in text]
    parts = [
        part.strip()
        for text in mask_series(text_series(given)).to_list()
        for part in re.split(r"[。！!？?；;\n]", text)
    ]
    fit = sorted({part for part in parts if word in part and len(part) >= SHORTEST and says_more(part)})
    if not fit:
        return ""
    middle = sorted(map(len, fit))[(len(fit) - 1) // 2]
    found = []
    for part in sorted(fit, key=lambda one: (abs(len(one) - min(middle, LONGEST)), one)):
        masked = shortened(mask_businesses(part), LONGEST)
        if word in masked and LABEL not in masked:
            found.append(masked)
            if masked not in other_than:
                return masked
    return found[0] if found else ""

"""Comments shown in a report: chosen by rule, masked, never beside a cross of segments."""

import narwhals as nw
import numpy as np
import pandas as pd

from cemlab.masking import mask
from cemlab.measure.frames import columns_of, lazy

TRIED = 20  # extreme comments looked at
GROUPS = ("promoter", "passive", "detractor")


def quotations(data, comment, score, *, per_group=4, min_n=10, shortest=6, longest=120, seed=0):
    """A few masked comments of promoters, passives and detractors.

    Parameters
    ----------
    data : pandas, polars or Spark data frame
        One row per answer, with the comment column (`store.scan(..., comments=True)`).
    comment, score : str
        Columns: the text, and the 0 to 10 recommendation (missing scores take no part).
    per_group : int, default 4
        Quotations per group.
    min_n : int, default 10
        A group with fewer commenting persons than this shows none.
    shortest, longest : int
        Characters a quotation may have; a longer comment is cut at `longest` with an ellipsis.
    seed : int, default 0
        The draw is random among the group's distinct comments and the same for the same seed.

    Returns
    -------
    pandas.DataFrame
        ``group, comments, shown, text``: the group, how many commented, 1 if shown, and the masked text; a group that
        is too small has one row without text.

    Notes
    -----
    Quotations illustrate; they are drawn without regard to content and stand for nobody but their writer.
    """
    frame = lazy(data, "quotations")
    person = "_person" if "_person" in columns_of(frame) else None
    named = [nw.col(person).alias("person")] if person else []
    rows = (
        frame.filter(~nw.col(comment).is_null() & ~nw.col(score).is_null())
        .select(nw.col(comment).cast(nw.String).alias("text"), nw.col(score).cast(nw.Float64).alias("score"), *named)
        .collect("pyarrow")
        .to_native()
        .to_pandas()
    )
    rows = rows.assign(text=rows["text"].str.strip()).loc[lambda t: t["text"].str.len() > 0]
    rows["group"] = np.select([rows["score"] >= 9, rows["score"] <= 6], ["promoter", "detractor"], "passive")
    rng = np.random.default_rng(seed)
    out = []
    for group in GROUPS:
        part = rows[rows["group"] == group]
        persons = len(part) if person is None else part["person"].nunique() + part["person"].isna().sum()
        base = {"group": group, "comments": len(part)}
        fit = part.loc[part["text"].str.len() >= shortest, "text"].drop_duplicates().sort_values()
        if persons < min_n or not len(fit):
            out.append({**base, "shown": 0, "text": ""})
            continue
        drawn = fit.iloc[np.sort(rng.permutation(len(fit))[:per_group])]
        out += [{**base, "shown": 1, "text": shortened(mask(text), longest)} for text in drawn]
    return pd.DataFrame(out, columns=["group", "comments", "shown", "text"])


def shortened(text, longest):
    """The text on one line, cut with an ellipsis where it is too long."""
    text = " ".join(text.split())
    return text if len(text) <= longest else text[: longest - 1] + "…"


def extreme_quotations(texts, probability, *, n=2, min_n=10, shortest=10, longest=100):
    """The comments that read as most positive and most negative, masked, names of hotels and shops with them.

    Parameters
    ----------
    texts : list, pandas or polars series of str
        Comments, one a person.
    probability : sequence of float
        Probability that each is positive (`cemlab.text.sentiment.sentiment`); missing ones take no part.
    n : int, default 2
        Comments a side.
    min_n : int, default 10
        A side of 0.5 with fewer comments shows none.
    shortest, longest : int
        Characters a comment must and may have; longer ones are cut with an ellipsis.

    Returns
    -------
    pandas.DataFrame
        ``label`` (positive, negative), ``rule`` (most_positive, most_negative), ``text``; the clearest first. Texts that repeat themselves (很好很好很好) are passed over.
    """
    from cemlab.text.business_names import LABEL, compares_names, mask_businesses

    rows = pd.DataFrame({"text": list(texts), "p": np.asarray(probability, dtype=float)}).dropna()
    rows["text"] = rows["text"].str.strip()
    out = []
    for label, falling in (("positive", True), ("negative", False)):
        side = rows[rows["p"] > 0.5] if falling else rows[rows["p"] < 0.5]
        fit = side[side["text"].str.len().between(shortest, 4 * longest)].drop_duplicates("text")
        fit = fit[np.array([says_more(text) for text in fit["text"]], bool)]
        fit = fit.sort_values(["p", "text"], ascending=[not falling, True]).head(TRIED if len(side) >= min_n else 0)
        masked = [mask_businesses(mask(text)) for text in fit["text"]]
        told = [
            text for text in masked if text.count(LABEL) < 2 and not compares_names(text)
        ]  # one that compares houses is about none of them
        out += [(label, f"most_{label}", shortened(text, longest)) for text in told[:n]]
    return pd.DataFrame(out, columns=["label", "rule", "text"])


def says_more(text):
    """Whether two thirds of a text's pairs of characters are new ones, so that it is no word typed over and over."""
    pairs = [text[at : at + 2] for at in range(len(text) - 1)]
    return 3 * len(set(pairs)) >= 2 * len(pairs)

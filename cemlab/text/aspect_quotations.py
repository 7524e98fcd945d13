"""Sentences shown for an aspect: chosen by rule, masked, never by hand."""

import re

import numpy as np
import pandas as pd
import polars as pl

from cemlab.checks import require_choice
from cemlab.text.aspect_scores import judge
from cemlab.text.aspects import MIXED, clauses, mentions_by_clause, text_series

ROOM = 0.15  # how far beyond the neutral band the readings of a typical sentence and of its comment stand
TRIED = 60  # typical sentences read before an aspect is left without one
TURNS = "但|不过|可是|虽然|然而|尽管|可惜|除了|只是"  # a sentence that turns stands for neither side
DENIED = "不([^错愧二]|$)|没|无|别|差|未|缺|难"  # praise that needs no denial is the typical one
BEGIN = r"^[\s\d一二三四五六七八九十]{0,3}[、.．)）:：，]\s*"
RULES = ("typical", "most_positive", "most_negative")
COLUMNS = ["item", "label", "comments", "rank", "text"]


def aspect_quotations(
    texts, *, lexicon, rule="typical", n=2, min_n=10, shortest=8, longest=80, sentiment="model", aspects=None
):
    """A few masked sentences that praise, and that blame, each aspect.

    Parameters
    ----------
    texts : list, pandas or polars series of str
        Comments.
    lexicon : Lexicon
        From `cemlab.text.lexicon.load_lexicon`.
    rule : {"typical", "most_positive", "most_negative"}, default "typical"
        "typical": about as few aspects as there are, judged by two clauses rather than one, and nearest to the median
        length of such sentences; of these only sentences without a turn (但, 不过), praise without a denial (没有, 不应该), that the sentiment function reads as the
        clauses do, and whose whole comment it reads so too, both with room off the neutral band. The others: by the sentiment
        function's probability, highest or lowest first.
    n : int, default 2
        Sentences for each aspect and side at most.
    min_n : int, default 10
        A side on which fewer comments speak shows none (one row without text).
    shortest, longest : int
        Characters a sentence must and may have; longer ones are cut with an ellipsis.
    sentiment : "model" or callable, default "model"
        Gives the probability of praise of a sentence and of a comment.
    aspects : list of str, optional
        Aspects wanted; all of them without it.

    Returns
    -------
    pandas.DataFrame
        ``item, label`` (positive, negative), ``comments`` (that praise or blame the aspect), ``rank`` (0: withheld),
        ``text``.

    Raises
    ------
    ValueError
        Unknown `rule`, or an aspect that the lexicon lacks.

    Notes
    -----
    Sentences, not comments, so that the rest of a comment stays private. They illustrate and stand for nobody but their
    writer. Comments are counted, not persons; `cemlab.release` judges persons.
    """
    from cemlab.masking import mask_series
    from cemlab.text.business_names import mask_businesses
    from cemlab.text.quotations import shortened

    texts = mask_series(text_series(texts)).to_list()  # before cutting, which would take numbers apart
    where = "aspect_quotations"
    require_choice(rule, RULES, name="rule", where=where)
    wanted = list(lexicon.aspects) if aspects is None else list(aspects)
    for aspect in wanted:
        require_choice(aspect, list(lexicon.aspects), name="aspects", where=where)
    parts = clauses(texts)
    found = mentions_by_clause(parts, lexicon)
    whole = parts.group_by("text", "sentence", maintain_order=True).agg("body")
    whole = whole.with_columns(body=pl.col("body").list.join("，"))
    many = found.group_by("text", "sentence").agg(named=pl.col("aspect").n_unique())
    told = (
        found.group_by("text", "sentence", "aspect")
        .agg(score=pl.col("sign").mean(), sure=pl.col("sign").sum().abs().clip(0, 2))
        .drop_nulls("score")
    )
    told = told.filter(pl.col("score").abs() > MIXED).with_columns(
        label=pl.when(pl.col("score") > 0).then(pl.lit("positive")).otherwise(pl.lit("negative"))
    )
    told = told.join(many, on=["text", "sentence"]).join(whole, on=["text", "sentence"])
    rows = []
    for aspect in wanted:
        for label in ("positive", "negative"):
            side = told.filter((pl.col("aspect") == aspect) & (pl.col("label") == label))
            comments = side["text"].n_unique()
            fit = side.filter(pl.col("body").str.len_chars() >= shortest).unique("body").sort("body")
            shown = chosen(fit, rule, n, sentiment, label, texts) if comments >= min_n else []
            rows += [
                (aspect, label, comments, r, shortened(mask_businesses(plain(t)), longest))
                for r, t in enumerate(shown, 1)
            ]
            rows += [] if shown else [(aspect, label, comments, 0, "")]
    return pd.DataFrame(rows, columns=COLUMNS)


def chosen(fit, rule, n, sentiment, label, texts):
    """The first `n` sentences by the rule; ties in the order of their characters."""
    from cemlab.text.business_names import compares_names
    from cemlab.text.quotations import says_more

    if rule == "typical":
        fit = fit.filter(~pl.col("body").str.contains(TURNS if label == "negative" else f"{TURNS}|{DENIED}"))
    if fit.is_empty():
        return []
    if rule == "typical":
        alone = fit.filter(pl.col("named") == pl.col("named").min())
        fine = [says_more(body) and not compares_names(body) for body in alone["body"]]
        alone = alone.filter(pl.Series(fine, dtype=pl.Boolean))
        length = alone["body"].str.len_chars()
        alone = alone.with_columns(far=(length - length.median()).abs())
        alone = alone.sort("sure", "far", "body", descending=[True, False, False]).head(TRIED)
        return [
            body for body, agrees in zip(alone["body"], agreed(alone, label, sentiment, texts), strict=True) if agrees
        ][:n]
    chance = pl.Series("chance", list(judge(sentiment)(fit["body"].to_list())["probability"]), dtype=pl.Float64)
    fit = fit.with_columns(chance).drop_nulls("chance")
    return fit.sort("chance", "body", descending=[rule == "most_positive", False])["body"].head(n).to_list()


def agreed(fit, label, sentiment, texts):
    """Whether the sentiment function reads each sentence, and the comment it stands in, as `label`, clearly."""
    from cemlab.text.sentiment import NEUTRAL

    bodies, wholes = fit["body"].to_list(), [texts[at] for at in fit["text"]]
    read = np.asarray(judge(sentiment)(bodies + wholes)["probability"], dtype=float)
    clear = read > NEUTRAL[1] + ROOM if label == "positive" else read < NEUTRAL[0] - ROOM
    return clear[: len(bodies)] & clear[len(bodies) :]


def plain(text):
    """A sentence without the number that a writer put before it (2、)."""
    return re.sub(BEGIN, "", text)

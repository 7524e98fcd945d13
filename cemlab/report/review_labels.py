"""The report on reviews against the label that came with the file: how often they agree, and what the label says of the whole."""

import polars as pl

from cemlab.report.comment_labels import given_labels
from cemlab.report.review_texts import told
from cemlab.report.rows import interval_text
from cemlab.report.wording import number

WHOLE = 0.95  # share of reviews with a label from which the labels stand for all of them


def labelled_rows(words):
    """Reviews of this wave that were read and came with a label: columns ``given`` and ``read`` (the side of 0.5), or None."""
    known = given_labels(words.study.codebook)
    name = next((one for one in known if one in words.now.columns), None)
    if name is None:
        return None
    read = pl.when(pl.col("probability") > 0.5).then(pl.lit("positive")).otherwise(pl.lit("negative"))
    given = pl.col(name).cast(pl.String).replace_strict(known[name], default=None, return_dtype=pl.String)
    rows = words.now.filter(pl.col("probability").is_not_null() & ~pl.col("probability").is_nan())
    return rows.with_columns(given=given, read=read).filter(pl.col("given").is_not_null())


def share_of(rows, condition, words):
    """Share of rows for which a condition holds, as an estimate that may be shown."""
    from cemlab.measure.scores import top_box

    rows = rows.with_columns(hit=condition.cast(pl.Float64))
    return words.study.shown(top_box(rows, "hit", scale=(0, 1), top=[1]).assign(metric="share"), rows)


def label_agreement(words):
    """How often the program reads a review as the label says that came with it; None without a label."""
    rows = labelled_rows(words)
    if rows is None or not len(rows):
        return None
    return share_of(rows, pl.col("given") == pl.col("read"), words).assign(item="agreement")


def label_shares(words):
    """Blame by the label, and how often either side is taken for the other; None unless nearly all reviews are labelled."""
    rows = labelled_rows(words)
    if rows is None or not len(rows) or len(rows) < WHOLE * len(words.now):
        return None
    out = {"negative": share_of(rows, pl.col("given") == "negative", words)}
    for side in ("positive", "negative"):
        part = rows.filter(pl.col("given") == side)
        out[f"wrong_{side}"] = share_of(part, pl.col("read") != side, words) if len(part) else None
    sure = all(one is not None and one["status"].iloc[0] in ("ok", "low_base") for one in out.values())
    return {key: one.iloc[0].to_dict() for key, one in out.items()} if sure else None


def compared(words):
    """Reviews of this wave as groups are compared on them: judged by the label where nearly all have one, else as read."""
    from cemlab.text.aspect_scores import AS_ANSWER
    from cemlab.text.opinions import OPINION

    if label_shares(words) is None:
        return words.now
    judged = pl.col("given").replace_strict(
        {"positive": AS_ANSWER[1], "negative": AS_ANSWER[-1]}, return_dtype=pl.Float64
    )
    return labelled_rows(words).with_columns(judged.alias(OPINION))


def label_sentences(words):
    """Agreement with the label, and the figures of the label where it covers all reviews; None without a label."""
    found, lang = label_agreement(words), words.study.lang
    if found is None or found["status"].iloc[0] not in ("ok", "low_base"):
        return None
    row = found.iloc[0].to_dict()
    text = told("agreement", lang, n=f"{int(row['n']):,}", share=interval_text(row, "percent"))
    shares = label_shares(words)
    if shares is None:
        return text
    blame = shares["negative"]
    net = words.net[words.net["_wave"] == words.study.wave].iloc[0]
    given = 100 - 2 * blame["estimate"]
    said = {
        "negative": interval_text(blame, "percent"),
        "net": number(given, "points"),
        "read": number(net["estimate"], "points"),
    }
    said |= {"low": number(100 - 2 * blame["ci_high"], "points"), "high": number(100 - 2 * blame["ci_low"], "points")}
    said |= {key: f"{shares[key]['estimate']:.1f}%" for key in ("wrong_positive", "wrong_negative")}
    said["gap"] = number(abs(round(given, 1) - round(net["estimate"], 1)), "points")
    return text + ("" if lang == "zh" else " ") + told("label_net", lang, **said)

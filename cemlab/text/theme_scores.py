"""Themes as measures: shares with intervals, what rises between waves, typical masked quotations."""

import numpy as np
import pandas as pd

from cemlab.checks import require_columns
from cemlab.text.given import as_text
from cemlab.text.themes import place_texts


def theme_columns(data, text, *, themes):
    """`data` without `text`, with a 0/1 column for each theme (null without a comment), ready for every measure."""
    import polars as pl

    from cemlab.text.aspect_scores import polars_frame

    frame = polars_frame(data, "theme_columns")
    require_columns(frame.columns, [text], "theme_columns")
    texts = frame[text].cast(pl.String).fill_null("")
    place = pl.Series("theme__", list(place_texts(texts.to_list(), themes)["theme"]), dtype=pl.String)
    told = pl.Series("told__", texts.str.contains(r"[\p{L}\p{N}]"))
    rows = frame.drop(text).with_columns(place, told)
    rows = rows.with_columns(
        pl.when("told__").then((pl.col("theme__") == code).fill_null(False).cast(pl.Float64)).alias(code)
        for code in themes.names
    )
    return rows.drop("theme__", "told__")


def theme_scores(data, text, *, themes, by=None, weights=None, cluster=None, level=0.95, min_n=30):
    """Share of comments in each theme with its interval: estimates with ``metric`` "theme_share", ``item`` the code.

    Options and errors as in `cemlab.measure.scores.top_box`. Comments near no theme belong to none, so shares sum to less
    than 100.
    """
    from cemlab.measure.bases import flag_bases
    from cemlab.measure.scores import top_box

    rows = theme_columns(data, text, themes=themes)
    options = {"by": by, "weights": weights, "cluster": cluster, "level": level}
    out = top_box(rows, list(themes.names), scale=(0, 1), top=[1], **options).assign(metric="theme_share")
    return flag_bases(out, min_n=min_n, low_n=max(100, min_n))


def compare_themes(data, text, *, themes, wave="_wave", current, previous, **options):
    """Themes that rise or fall between two waves: comparisons with ``metric`` "theme_share", largest rise first.

    All themes are one family of tests (Benjamini-Hochberg by default). Find the themes on both waves together: themes
    learnt on one wave alone look rarer in the other. Options and errors as in `cemlab.measure.compare.compare_waves`.
    """
    from cemlab.measure.compare import compare_waves

    rows = theme_columns(data, text, themes=themes)
    options = {"wave": wave, "current": current, "previous": previous} | options
    out = compare_waves(rows, list(themes.names), metric="top_box", scale=(0, 1), top=[1], **options)
    out = out.assign(metric="theme_share")
    return out.sort_values("difference", ascending=False, kind="stable", na_position="last").reset_index(drop=True)


def theme_quotations(texts, themes, *, n=3, min_n=10, shortest=15, longest=120):
    """The most typical comments of each theme, masked.

    Returns a frame ``theme, comments, rank, closeness, text``: the comments nearest to the theme's centre, distinct, of
    `shortest` characters at least, cut at `longest`. A theme with fewer than `min_n` comments shows none (one row, no
    text).
    """
    from cemlab.masking import mask
    from cemlab.text.quotations import shortened

    rows = place_texts(texts, themes).assign(text=pd.Series([(as_text(t) or "").strip() for t in texts], dtype=object))
    out = []
    for code in themes.names:
        part = rows[rows["theme"] == code]
        fit = part[part["text"].map(len).ge(shortest)].drop_duplicates("text")
        fit = fit.sort_values(["closeness", "text"], ascending=[False, True]).head(n if len(part) >= min_n else 0)
        shown = [
            (code, len(part), r, q.closeness, shortened(mask(q.text), longest))
            for r, q in enumerate(fit.itertuples(), 1)
        ]
        out += shown or [(code, len(part), 0, np.nan, "")]
    return pd.DataFrame(out, columns=["theme", "comments", "rank", "closeness", "text"])

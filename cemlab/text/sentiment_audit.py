"""How wrong is the sentiment in this study: a sample labelled by hand, and what it says.

`draw_gold` picks comments for people to label, `sentiment_audit` tells accuracy and recall, `abstain_band` says which
probabilities to trust; `cemlab.text.prevalence.sentiment_shares` counts opinions with the error taken off.
"""

import numpy as np
import pandas as pd

from cemlab.checks import DataError, require_columns, require_level
from cemlab.measure import schema
from cemlab.measure.intervals import share_interval

OPINIONS = ("positive", "neutral", "negative")


def draw_gold(texts, *, n=200, strata=10, seed=0, engine="default", groups=None):
    """Comments to label by hand: the same number from each band of the score, drawn by chance.

    Parameters
    ----------
    texts : list or series of str
        All comments of the study.
    n : int, default 200
        Comments to draw; all of them where there are fewer.
    strata : int, default 10
        Bands of equal size from the lowest to the highest probability.
    seed : int, default 0
        The same seed draws the same comments.
    engine : str or Model
        As in `sentiment`.
    groups : pandas or polars data frame, optional
        One row per comment: columns (wave, store) that each drawn comment carries along, so that `sentiment_shares`
        can correct a group by its own errors.

    Returns
    -------
    pandas.DataFrame
        ``row`` (position in `texts`), ``text`` (masked), ``probability``, ``label`` (the engine's), ``stratum``,
        ``stratum_size`` (comments in the band), the columns of `groups`, and ``gold``, to be filled in with positive,
        neutral or negative; rows in random order, so that labels do not drift with the score. Hide ``probability`` and ``label`` from who labels.

    Raises
    ------
    ValueError
        `n` or `strata` below 1, fewer than two comments per band drawn, or no comment with an opinion; `groups` of
        another length than `texts`.
    """
    from cemlab.masking import mask
    from cemlab.text.given import is_missing
    from cemlab.text.sentiment import sentiment

    if strata < 1 or n < 2 * strata:
        raise ValueError(
            f"draw_gold: n={n} must give each of the {strata} bands at least 2 comments; raise n or lower strata."
        )
    texts = [None if is_missing(text) else text for text in texts]
    if groups is not None and len(groups) != len(texts):
        raise ValueError(f"draw_gold: `groups` has {len(groups)} rows for {len(texts)} comments; give one row each.")
    scored = sentiment(texts, engine=engine)
    probability, label = scored["probability"].to_numpy(), scored["label"].to_numpy()
    rows = np.flatnonzero(label != "none")
    if not len(rows):
        raise ValueError(f"draw_gold: none of {len(texts)} comments holds an opinion; there is nothing to label.")
    rng = np.random.default_rng(seed)
    rows = rows[np.lexsort((rng.random(len(rows)), probability[rows]))]
    parts = [part for part in np.array_split(rows, min(strata, max(1, len(rows) // 2))) if len(part)]
    each, more = divmod(n, len(parts))
    drawn = []
    for k, part in enumerate(parts):
        size = min(len(part), each + (k < more))
        drawn += [(row, k, len(part)) for row in rng.choice(part, size, replace=False)]
    drawn = [drawn[at] for at in rng.permutation(len(drawn))]
    chosen = np.array([row for row, _, _ in drawn])
    return pd.DataFrame(
        {
            "row": chosen,
            "text": [mask(texts[row]) for row in chosen],
            "probability": probability[chosen],
            "label": label[chosen],
            "stratum": [k for _, k, _ in drawn],
            "stratum_size": [size for _, _, size in drawn],
            **({} if groups is None else {c: np.asarray(groups[c])[chosen] for c in groups.columns}),
            "gold": pd.Series([None] * len(drawn), dtype="object"),
        }
    )


def sentiment_audit(gold, *, level=0.95):
    """Accuracy of the engine on this study's own comments, with intervals.

    Parameters
    ----------
    gold : pandas.DataFrame
        From `draw_gold`, with ``gold`` filled in; rows left empty are not used.
    level : float, default 0.95

    Returns
    -------
    pandas.DataFrame
        Estimates in percent: ``accuracy`` (the engine's label is the gold label), ``accuracy_polar`` (over comments that
        people call positive or negative: the side of 0.5), and by opinion (``item``) ``recall`` and ``precision``.
        Comments count by their band's share of all comments; intervals are Wilson's on the effective base.

    Raises
    ------
    ValueError
        Missing columns or an impossible level.
    DataError
        A gold label that is not positive, neutral or negative, or none filled in.
    """
    require_level(level, "sentiment_audit")
    given = labelled(gold, "sentiment_audit")
    right = given["label"] == given["gold"]
    polar = given["gold"] != "neutral"
    side = np.where(given["probability"] > 0.5, "positive", "negative") == given["gold"]
    rows = [
        _ratio(given, right, right | True, "accuracy", "", level),
        _ratio(given, side, polar, "accuracy_polar", "", level),
    ]
    for opinion in OPINIONS:
        rows.append(_ratio(given, right, given["gold"] == opinion, "recall", opinion, level))
        rows.append(_ratio(given, right, given["label"] == opinion, "precision", opinion, level))
    return schema.estimates(pd.DataFrame(rows))


def abstain_band(gold, *, target=0.9):
    """The probabilities to call neutral, so that what lies outside is right often enough in this study.

    Parameters
    ----------
    gold : pandas.DataFrame
        From `draw_gold`, with ``gold`` filled in.
    target : float, default 0.9
        Share of right labels wanted below and above the band.

    Returns
    -------
    (float, float)
        Pass it on as ``neutral=``. (0, 1) where no probability is sure enough. Chosen on the sample itself, hence a little
        optimistic: audit again on a fresh sample before it is quoted.

    Raises
    ------
    ValueError
        `target` outside (0, 1), missing columns.
    DataError
        A gold label that is not positive, neutral or negative, or none filled in.
    """
    require_level(target, "abstain_band")
    given = labelled(gold, "abstain_band")
    p, weight = given["probability"].to_numpy(float), given["weight"].to_numpy()
    steps = np.round(np.arange(0, 0.501, 0.01), 2)

    def sure(chosen, opinion):
        return (
            chosen.sum() >= 5
            and np.average(given["gold"].to_numpy()[chosen] == opinion, weights=weight[chosen]) >= target
        )

    low = max((step for step in steps if sure(p < step, "negative")), default=0.0)
    high = min((1 - step for step in steps if sure(p > 1 - step, "positive")), default=1.0)
    return float(low), float(high)


def labelled(gold, where):
    """The labelled rows, each with the weight that makes its band count by its size."""
    require_columns(list(gold.columns), ["probability", "label", "stratum", "stratum_size", "gold"], where)
    given = gold[gold["gold"].notna() & (gold["gold"] != "")].reset_index(drop=True)
    if given.empty:
        raise DataError(
            f"{where}: none of {len(gold)} rows has a gold label; fill in positive, neutral or negative first."
        )
    wrong = ~given["gold"].isin(OPINIONS)
    if wrong.any():
        raise DataError(
            f"{where}: gold labels must be one of {list(OPINIONS)}; {int(wrong.sum())} of {len(given)} are not. "
            "Write out the label, or leave the row empty."
        )
    counts = given.groupby("stratum")["gold"].transform("size")
    return given.assign(weight=given["stratum_size"] / counts)


def stratified_mean(given, values):
    """Mean over all comments from a sample by band, and its variance; a band with one labelled row takes the pooled variance."""
    sizes = given.groupby("stratum")["stratum_size"].first()
    part = pd.Series(np.asarray(values, float)).groupby(given["stratum"])
    share = sizes / sizes.sum()
    pooled = float(np.var(np.asarray(values, float), ddof=1)) if len(given) > 1 else np.nan
    spread = part.var(ddof=1).fillna(pooled)
    rest = 1 - part.size() / sizes
    return float((share * part.mean()).sum()), float((share**2 * spread * rest / part.size()).sum())


def stratified_share(given, hit, base):
    """Weighted share of hits in a base, and its variance by linearisation over the bands."""
    hit, base = np.asarray(hit, float), np.asarray(base, float)
    total, _ = stratified_mean(given, base)
    if not total > 0:
        return np.nan, np.nan
    share = stratified_mean(given, hit * base)[0] / total
    return share, stratified_mean(given, base * (hit - share) / total)[1]


def _ratio(given, hit, base, metric, item, level):
    share, variance = stratified_share(given, hit, base)
    n = int(np.asarray(base).sum())
    row = {"metric": metric, "item": item, "unit": "percent", "n": n, "level": level, "method": "stratified, wilson"}
    if not n:
        return row | {"status": "not_estimable"}
    n_eff = min(n, share * (1 - share) / variance) if variance > 0 else n
    low, high = share_interval(np.array([share]), np.array([float(n_eff)]), level=level)
    return row | {
        "estimate": 100 * share,
        "se": 100 * np.sqrt(variance),
        "ci_low": 100 * low[0],
        "ci_high": 100 * high[0],
        "n_eff": n_eff,
        "status": "ok",
    }

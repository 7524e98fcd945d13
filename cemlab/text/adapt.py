"""The default sentiment model fitted further on a team's own rated comments, and kept only when that helps."""

import numpy as np

from cemlab.checks import DataError, require_choice

MIN_EACH = 50
SCALES = {"stars": ((1, 2), (5,), range(1, 6)), "nps": (range(0, 7), (9, 10), range(0, 11))}


def fit_sentiment(texts, scores, *, scale="stars", weight=1.0, parts=5, name="adapted"):
    """Adapt the default model to a team's own comments that carry a rating.

    Parameters
    ----------
    texts : list or series of str
    scores : list or series of numbers
        The rating given with each text; missing ratings are left out.
    scale : {"stars", "nps"}, default "stars"
        stars: 1 and 2 are negative, 5 positive, 3 and 4 left out. nps: 0 to 6 negative, 9 and 10 positive, 7 and 8 left out.
    weight : float, default 1.0
        Weight of one own text beside one shipped review.
    parts : int, default 5
        Parts of the cross-validation.
    name : str
        What the `engine` column will say.

    Returns
    -------
    (Model, pandas.DataFrame)
        The model for `sentiment(texts, engine=model)`, and one row each for "default" and the adapted model: ``n, accuracy,
        auc, log_loss`` by cross-validation on the own texts, and for the adapted one ``gain`` (fall of the log loss) with
        ``gain_low, gain_high`` (95 %).

    Raises
    ------
    ValueError
        Unknown scale; lists of unequal length; fewer than 50 usable texts on a side; or the adaptation does not help: the
        interval of the gain in log loss reaches 0.
    DataError
        A rating off the scale.

    Notes
    -----
    Texts without an opinion (blank, 系统默认好评) and repeated texts are left out, whatever their stars. The default model is
    held against as it stands or recalibrated on the same parts, whichever fits better, so the gain is due to words alone. Ratings are noisy labels: five
    stars with a complaint count as positive.
    """
    from cemlab.text import shipped_reviews as shipped_part
    from cemlab.text.sentiment_fields import calibrated
    from cemlab.text.sentiment_model import default_model
    from cemlab.text.sentiment_training import Design, calibrate

    require_choice(scale, sorted(SCALES), name="scale", where="fit_sentiment")
    own, labels = _labelled(texts, scores, scale)
    shipped, shipped_labels = shipped_part.shipped_reviews()
    known = np.arange(len(shipped) + len(own)) < len(shipped)
    weights = np.where(known, 1.0, weight)
    design = Design(shipped + own, np.concatenate([shipped_labels, labels]), weights, ordered=len(shipped))
    base = design.predict(design.fit(known), ~known)
    adapted = design.held_out(parts, always=known, watch=_watched)[:2]
    part = np.random.default_rng(1).permutation(len(own)) % parts
    losses, rows = [], []
    for label, (score, stands) in (("default", base), (name, adapted)):
        probability = np.empty(len(own))
        for k in range(parts):
            curve = calibrate(score[part != k], labels[part != k], stands=stands[part != k])
            probability[part == k] = 1 / (1 + np.exp(-calibrated(score[part == k], stands[part == k], curve)))
        if label == "default":  # few texts recalibrate it badly: then it is held against as it stands
            as_it_stands = default_model().probability(default_model().scores(own)[0])
            probability = min(probability, as_it_stands, key=lambda p: loss(p, labels).mean())
        losses.append(loss(probability, labels))
        rows.append(
            {
                "engine": label,
                "n": len(own),
                "accuracy": np.mean((probability > 0.5) == labels),
                "auc": _auc(labels, probability),
                "log_loss": losses[-1].mean(),
            }
        )
    gain = losses[0] - losses[1]
    half = 1.959964 * gain.std(ddof=1) / np.sqrt(len(gain))
    rows[1] |= {"gain": gain.mean(), "gain_low": gain.mean() - half, "gain_high": gain.mean() + half}
    if gain.mean() - half <= 0:
        raise ValueError(
            f"fit_sentiment: the own comments do not improve on the default model beyond doubt: log loss {losses[0].mean():.3f} before, "
            f"{losses[1].mean():.3f} after, gain {gain.mean():.3f} ({gain.mean() - half:.3f} to {gain.mean() + half:.3f}) over {len(own)} texts. "
            "Keep the default engine, or bring more rated comments."
        )
    import pandas as pd

    model = design.fit(np.ones(len(known), bool), name, calibrate(adapted[0], labels, stands=adapted[1]))
    return model, pd.DataFrame(rows)


def _watched(parts):
    """The parts, with a bar where somebody is looking: a terminal, or JupyterLab."""
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    unseen = not (console.is_terminal or console.is_jupyter)
    return track(list(parts), "fit_sentiment", console=console, transient=True, disable=unseen)


def loss(probability, labels):
    """Log loss of each text."""
    return -np.log(np.clip(np.where(labels == 1, probability, 1 - probability), 1e-12, 1))


def _labelled(texts, scores, scale):
    from cemlab.text.sentiment import has_opinion
    from cemlab.text.shipped_reviews import text_key

    texts, scores = list(texts), [np.nan if score is None else float(score) for score in scores]
    if len(texts) != len(scores):
        raise ValueError(f"fit_sentiment: {len(texts)} texts but {len(scores)} scores; give one score per text.")
    negative, positive, valid = SCALES[scale]
    off = [score for score in scores if score == score and score not in valid]
    if off:
        raise DataError(
            f"fit_sentiment: scores must be whole numbers {valid[0]} to {valid[-1]} on scale {scale!r}; {len(off)} of "
            f"{sum(score == score for score in scores)} are not (values {sorted(set(off))[:5]}). Choose the scale, or recode first."
        )
    kept = {}
    for text, score, speaks in zip(texts, scores, has_opinion(texts), strict=True):
        if speaks and (score in negative or score in positive):
            kept.setdefault(text_key(text), (text, float(score in positive)))
    labels = np.array([label for _, label in kept.values()])
    few = min(int(labels.sum()), int(len(labels) - labels.sum())) if len(labels) else 0
    if few < MIN_EACH:
        raise ValueError(
            f"fit_sentiment: needs {MIN_EACH} positive and {MIN_EACH} negative comments with words; the smaller side has {few} of "
            f"{len(texts)} texts. Keep the default engine until more are rated."
        )
    return [text for text, _ in kept.values()], labels


def _auc(labels, score):
    from sklearn.metrics import roc_auc_score

    return roc_auc_score(labels, score)

"""Shares of positive and negative comments with the engine's error taken off, from a sample labelled by hand."""

import numpy as np
import pandas as pd

from cemlab.checks import require_choice, require_columns, require_level
from cemlab.measure import schema
from cemlab.measure.intervals import share_interval
from cemlab.text.sentiment_audit import OPINIONS, labelled, stratified_mean, stratified_share

METHODS = ("prediction_powered", "rogan_gladen", "uncorrected")


def sentiment_shares(data, gold=None, *, by=None, method="prediction_powered", level=0.95):
    """Shares of positive, neutral and negative comments, with the engine's error taken off.

    Parameters
    ----------
    data : pandas or polars data frame
        One row per comment with ``label`` (and ``probability``) from `sentiment`; "none" rows count as missing.
    gold : pandas.DataFrame, optional
        From `draw_gold` over the same comments, labelled. Without it the figures are uncorrected, and ``method`` says so.
    by : str or list of str, optional
        Groups. What a label means is estimated over all of `gold` and taken to be the same in every group.
    method : {"prediction_powered", "rogan_gladen", "uncorrected"}
        "prediction_powered" adds the labelled sample's mean error, band by band, to the engine's share, of which it uses as
        much as the sample shows it to be worth [1]_;
        "rogan_gladen" solves for the share from sensitivity and specificity [2]_ and breaks down (not_estimable) where
        they add up to little more than 1.
    level : float, default 0.95

    Returns
    -------
    pandas.DataFrame
        Estimates: ``metric`` "sentiment_share", ``item`` the opinion, ``unit`` percent. ``n`` counts comments with an
        opinion. Comments are taken as a sample of what customers could have written.

    Raises
    ------
    ValueError
        Unknown column, method or level.
    DataError
        A gold label that is not positive, neutral or negative, or none filled in.

    Notes
    -----
    Uncorrected shares carry only chance in their interval: with 85 % accuracy they can be off by ten points and more,
    whatever n. A corrected interval (Wilson on the base that gives the
    corrected variance) is as wide as the labelled sample makes it.

    References
    ----------
    .. [1] Angelopoulos, A. N. et al. (2023). Prediction-powered inference. Science, 382, 669-674; with the tuning of
       Angelopoulos, A. N., Duchi, J. C., Zrnic, T. (2023). PPI++. arXiv:2311.01453.
    .. [2] Rogan, W. J., Gladen, B. (1978). Estimating prevalence from the results of a screening test. American Journal
       of Epidemiology, 107(1), 71-76.
    """
    require_level(level, "sentiment_shares")
    require_choice(method, METHODS, name="method", where="sentiment_shares")
    frame = data.collect() if hasattr(data, "collect") else data
    by = schema.as_list(by)
    require_columns(list(frame.columns), ["label", *by], "sentiment_shares")
    frame = pd.DataFrame({name: frame[name].to_list() for name in ["label", *by]})
    given = None if gold is None or method == "uncorrected" else labelled(gold, "sentiment_shares")
    groups = [((), frame)] if not by else [(key, part) for key, part in frame.groupby(by, sort=True, dropna=False)]
    rows = []
    for key, part in groups:
        n = int((part["label"] != "none").sum())
        for opinion in OPINIONS:
            share = float((part["label"] == opinion).sum() / n) if n else np.nan
            figures = _corrected(share, n, opinion, given, method, level)
            rows.append(
                {
                    **dict(zip(by, key, strict=True)),
                    "metric": "sentiment_share",
                    "item": opinion,
                    "unit": "percent",
                    "n": n,
                    "n_missing": len(part) - n,
                    "level": level,
                }
                | figures
            )
    return schema.estimates(pd.DataFrame(rows), by)


def _corrected(share, n, opinion, given, method, level):
    if not n:
        return {"method": "uncorrected" if given is None else method, "status": "not_estimable"}
    chance = share * (1 - share) / n
    if given is None:
        low, high = share_interval(np.array([share]), np.array([float(n)]), level=level)
        return _percent(share, np.sqrt(chance), low[0], high[0], n, "uncorrected")
    said, true = ((given[name] == opinion).to_numpy(float) for name in ("label", "gold"))
    if method == "prediction_powered":
        slope = _slope(given, said, true)
        error, variance = stratified_mean(given, true - slope * said)
        estimate, variance = slope * share + error, variance + chance
    else:
        sensitivity, v_sensitivity = stratified_share(given, said, true)
        specificity, v_specificity = stratified_share(given, 1 - said, 1 - true)
        power = sensitivity + specificity - 1
        if not power > 0.1:
            return {"method": method, "status": "not_estimable"}
        estimate = (share + specificity - 1) / power
        variance = (chance + estimate**2 * v_sensitivity + (1 - estimate) ** 2 * v_specificity) / power**2
    estimate = float(np.clip(estimate, 0, 1))
    n_eff = estimate * (1 - estimate) / variance if variance > 0 and 0 < estimate < 1 else len(given)
    low, high = share_interval(np.array([estimate]), np.array([float(n_eff)]), level=level)
    return _percent(estimate, np.sqrt(variance), low[0], high[0], n_eff, method)


def _slope(given, said, true):
    """How much of the engine's share to use: the slope that makes the corrected share least uncertain, 0 to 1."""
    both = stratified_mean(given, said + true)[1] - stratified_mean(given, said)[1] - stratified_mean(given, true)[1]
    spread = stratified_mean(given, said)[1]
    return float(np.clip(both / 2 / spread, 0, 1)) if spread > 0 else 0.0


def _percent(estimate, se, low, high, n_eff, method):
    return {
        "estimate": 100 * estimate,
        "se": 100 * se,
        "ci_low": 100 * low,
        "ci_high": 100 * high,
        "n_eff": n_eff,
        "method": method,
        "status": "ok",
    }

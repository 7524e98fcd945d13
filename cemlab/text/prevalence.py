"""Shares of positive and negative comments with the engine's error taken off, from a sample labelled by hand."""

import numpy as np
import pandas as pd

from cemlab.checks import require_choice, require_columns, require_level
from cemlab.measure import schema
from cemlab.measure.bases import flag_bases
from cemlab.measure.intervals import share_interval
from cemlab.text.sentiment_audit import OPINIONS, labelled, stratified_mean, stratified_share

METHODS = ("prediction_powered", "rogan_gladen", "uncorrected")
SIGNS = {"positive": 1, "neutral": 0, "negative": -1}
OWN = 30  # labelled comments from which a group's error is its own
UNSEEN = 1.53  # errors that none seen in n leaves possible: 3 / n at 95 %, hence an error of 1.53 / n


def sentiment_shares(data, gold=None, *, by=None, method="prediction_powered", level=0.95):
    """Shares of positive, neutral and negative comments, with the engine's error taken off.

    Parameters
    ----------
    data : pandas or polars data frame
        One row per comment with ``label`` (and ``probability``) from `sentiment`; "none" rows count as missing.
    gold : pandas.DataFrame, optional
        From `draw_gold` over the same comments, labelled. Without it the figures are uncorrected, and ``method`` says so.
    by : str or list of str, optional
        Groups. Where `gold` carries these columns (`draw_gold(..., groups=)`), a group with 30 labelled comments is
        corrected by its own errors, and ``method`` says "by group". Other groups are corrected with "rogan_gladen" from
        all of `gold`: shares may differ, but an engine that reads one group worse than the other misleads.
    method : {"prediction_powered", "rogan_gladen", "uncorrected"}
        "prediction_powered" adds the labelled sample's mean error, band by band, to the engine's share, of which it uses as
        much as the sample shows it to be worth [1]_, alike for all three, so that they add up to 100;
        "rogan_gladen" solves for the share from sensitivity and specificity [2]_, with Fieller's interval, and breaks down
        (not_estimable) where they do not clearly add up to more than 1.
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
    corrected variance) is as wide as the labelled sample makes it. In simulations of shares from 1 to 97 %, samples of
    100 to 400 and engines from weak to nearly perfect (`python -m benchmarks.prevalence`), intervals of 95 % held the truth
    in 92 to 100 of 100 trials, and in 90 at the least: a rare "neutral" of an engine that hardly errs.

    References
    ----------
    .. [1] Angelopoulos, A. N. et al. (2023). Prediction-powered inference. Science, 382, 669-674; with the tuning of
       Angelopoulos, A. N., Duchi, J. C., Zrnic, T. (2023). PPI++. arXiv:2311.01453.
    .. [2] Rogan, W. J., Gladen, B. (1978). Estimating prevalence from the results of a screening test. American Journal
       of Epidemiology, 107(1), 71-76.
    """
    require_level(level, "sentiment_shares")
    require_choice(method, METHODS, name="method", where="sentiment_shares")
    by, groups = _groups(data, by, "sentiment_shares")
    given = None if gold is None or method == "uncorrected" else labelled(gold, "sentiment_shares")
    rows = []
    for key, part in groups:
        n = int((part["label"] != "none").sum())
        mine = _own(given, by, key)
        for opinion in OPINIONS:
            share = float((part["label"] == opinion).sum() / n) if n else np.nan
            figures = _corrected(share, n, opinion, given, mine, len(groups) > 1, method, level)
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


def corrected_net(data, gold, *, by=None, level=0.95, min_n=30):
    """Net sentiment with the engine's error taken off: what `sentiment_shares` gives for praise, less that for blame.

    Parameters
    ----------
    data, gold, by, level
        As in `sentiment_shares`.
    min_n : float, default 30
        Rows on a smaller base keep their place without figures.

    Returns
    -------
    pandas.DataFrame
        Estimates with ``metric`` "net_sentiment", ``item`` "opinion", points from -100 to 100. Intervals are normal ones; a
        group corrected by the error rates of all gets the wider one of two errors that may go together ("rogan_gladen").

    Raises
    ------
    ValueError, DataError
        As `sentiment_shares`.
    """
    from scipy.stats import norm

    shares = sentiment_shares(data, gold, by=by, level=level)
    by, groups = _groups(data, by, "corrected_net")
    given, z, rows = labelled(gold, "corrected_net"), norm.ppf(0.5 + level / 2), []
    kept = [*by, "n", "n_missing", "level", "method", "status"]
    for (key, part), start in zip(groups, range(0, len(shares), len(OPINIONS)), strict=True):
        three = shares.iloc[start : start + len(OPINIONS)].set_index("item")
        row = three.loc["positive", kept].to_dict() | {"metric": "net_sentiment", "item": "opinion", "unit": "points"}
        if not (three["status"] == "ok").loc[["positive", "negative"]].all():
            rows.append(row | {"status": "not_estimable"})
            continue
        praise, blame = (three.loc[side, "estimate"] / 100 for side in ("positive", "negative"))
        if row["method"].startswith("prediction_powered"):
            se = _net_error(part, given, _own(given, by, key))
        else:
            se = three.loc[["positive", "negative"], "se"].sum() / 100
        net, spread = praise - blame, praise + blame - (praise - blame) ** 2
        low, high = np.clip([net - z * se, net + z * se], -1, 1)
        figures = {"estimate": net, "se": se, "ci_low": low, "ci_high": high}
        rows.append(row | {name: 100 * value for name, value in figures.items()} | {"n_eff": spread / se**2})
    return flag_bases(schema.estimates(pd.DataFrame(rows), by), min_n=min_n, low_n=max(100, min_n))


def _net_error(part, given, mine):
    """Standard error of praise less blame, corrected by the labelled comments of the group, or all."""
    mine = np.ones(len(given)) if mine is None else mine
    said, true = (given[name].map(SIGNS).to_numpy(float) for name in ("label", "gold"))
    variance = max(stratified_share(given, true - _slope(given) * said, mine)[1], (2 * UNSEEN / mine.sum()) ** 2)
    told = part.loc[part["label"] != "none", "label"].map(SIGNS)
    return float(np.sqrt(variance + told.var(ddof=0) / len(told)))


def _groups(data, by, where):
    """Names of the groups' columns, and their rows as (key, pandas frame with ``label``)."""
    frame = data.collect() if hasattr(data, "collect") else data
    by = schema.as_list(by)
    require_columns(list(frame.columns), ["label", *by], where)
    frame = pd.DataFrame({name: frame[name].to_list() for name in ["label", *by]})
    return by, [((), frame)] if not by else [(key, part) for key, part in frame.groupby(by, sort=True, dropna=False)]


def _own(given, by, key):
    """Which labelled comments are those of the group; None where all of them stand for it."""
    if given is None or not by or not set(by) <= set(given.columns):
        return None
    mine = np.all([given[name].astype(str) == str(value) for name, value in zip(by, key, strict=True)], axis=0)
    return mine.astype(float) if mine.sum() >= OWN else None


def _corrected(share, n, opinion, given, mine, several, method, level):
    if not n:
        return {"method": "uncorrected" if given is None else method, "status": "not_estimable"}
    chance = share * (1 - share) / n
    if given is None:
        low, high = share_interval(np.array([share]), np.array([float(n)]), level=level)
        return _percent(share, np.sqrt(chance), low[0], high[0], n, "uncorrected")
    if mine is None and several:  # the mean error depends on the share, hence on the group; the error rates need not
        method = "rogan_gladen"
    told = method if mine is None else f"{method}, by group"
    mine = np.ones(len(given)) if mine is None else mine
    said, true = ((given[name] == opinion).to_numpy(float) for name in ("label", "gold"))
    if method == "prediction_powered":
        slope = _slope(given)
        error, variance = stratified_share(given, true - slope * said, mine)
        least = (UNSEEN / mine.sum()) ** 2  # a sample without errors does not prove that there are none
        estimate, variance = slope * share + error, max(variance, least) + chance
    else:
        found = _rogan_gladen(share, chance, given, said, true, mine, level)
        if found is None:
            return {"method": told, "status": "not_estimable"}
        estimate, variance, low, high = found
        estimate = float(np.clip(estimate, 0, 1))
        n_eff = estimate * (1 - estimate) / variance
        return _percent(estimate, np.sqrt(variance), min(low, estimate), max(high, estimate), n_eff, told)
    estimate = float(np.clip(estimate, 0, 1))
    n_eff = estimate * (1 - estimate) / variance if variance > 0 and 0 < estimate < 1 else mine.sum()
    low, high = share_interval(np.array([estimate]), np.array([float(n_eff)]), level=level)
    return _percent(estimate, np.sqrt(variance), low[0], high[0], n_eff, told)


def _rogan_gladen(share, chance, given, said, true, mine, level):
    """Share, variance and Fieller's limits; None where sensitivity and specificity do not clearly exceed 1 together."""
    from scipy.stats import norm

    z = norm.ppf(0.5 + level / 2)
    sensitivity, alarms, v_sensitivity, v_alarms, both = _rates(given, said, true, mine)
    power, offset = sensitivity - alarms, share - alarms
    # |share - p sensitivity - (1 - p) alarms| <= z * its error: a quadratic in p
    square = power**2 - z**2 * (v_sensitivity + v_alarms - 2 * both)
    if not (power > 0 and square > 0):
        return None
    middle = offset * power + z**2 * (both - v_alarms)
    rest = offset**2 - z**2 * (chance + v_alarms)
    half = np.sqrt(max(middle**2 - square * rest, 0.0)) / square
    low, high = np.clip([middle / square - half, middle / square + half], 0, 1)
    p = offset / power
    variance = chance + p**2 * v_sensitivity + 2 * p * (1 - p) * both + (1 - p) ** 2 * v_alarms
    return p, variance / power**2, low, high


def _rates(given, said, true, mine):
    """Sensitivity, false alarms, their variances and covariance over the bands of the sample."""
    found, parts, variances = [], [], []
    for base in (true * mine, (1 - true) * mine):
        rate, variance = stratified_share(given, said, base)
        if not rate >= 0:
            return (np.nan,) * 5
        n_eff = min(mine.sum(), rate * (1 - rate) / variance) if variance > 0 else base.sum()
        smooth = (rate * n_eff + 0.5) / (n_eff + 1)  # a rate of 0 or 1 in a small sample is not certain
        found.append(rate)
        parts.append(base * (said - rate) / stratified_mean(given, base)[0])
        variances.append((variance, max(variance, smooth * (1 - smooth) / (n_eff + 1))))
    together = stratified_mean(given, parts[0] + parts[1])[1]
    both = (together - variances[0][0] - variances[1][0]) / 2
    return *found, variances[0][1], variances[1][1], both


def _slope(given):
    """How much of the engine's shares to use, 0 to 1: what makes the three corrected shares least uncertain together.

    One slope for all of them, so that they still add up to 100 %.
    """
    both = spread = 0.0
    for opinion in OPINIONS:
        said, true = ((given[name] == opinion).to_numpy(float) for name in ("label", "gold"))
        one, other = stratified_mean(given, said)[1], stratified_mean(given, true)[1]
        both += (stratified_mean(given, said + true)[1] - one - other) / 2
        spread += one
    return float(np.clip(both / spread, 0, 1)) if spread > 0 else 0.0


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

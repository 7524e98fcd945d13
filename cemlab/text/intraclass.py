"""How far raters agree on scores: the intraclass correlations of Shrout and Fleiss."""

import numpy as np

from cemlab.checks import require_level
from cemlab.text.ratings import blank_row, frame_of, numbers, rating_table, require_raters


def intraclass(data, raters, *, level=0.95):
    """The six intraclass correlations of Shrout and Fleiss for scores by several raters.

    Parameters
    ----------
    data : pandas or polars data frame
        One row per subject; rows with a blank score are left out and counted in ``n_missing``.
    raters : list of str
        The raters' columns of numbers, two or more.
    level : float, default 0.95
        Confidence level.

    Returns
    -------
    pandas.DataFrame
        Rows ``item`` ICC1, ICC2, ICC3 (one rater) and ICC1k, ICC2k, ICC3k (their mean): 1 = other raters for every
        subject, 2 = raters are a sample (absolute agreement), 3 = just these raters (consistency). ``statistic`` is F
        with ``df1`` and ``df2``.

    Raises
    ------
    ValueError
        Unknown column, fewer than two raters, `level` outside (0, 1).
    DataError
        Scores that are not numbers.

    Notes
    -----
    In R: ``psych::ICC(b, lmer=FALSE)``. An estimate below 0 means less agreement than chance would give.

    References
    ----------
    .. [1] Shrout, P. E., Fleiss, J. L. (1979). Intraclass correlations: uses in assessing rater reliability.
       Psychological Bulletin, 86(2), 420-428.
    """
    from scipy.stats import f as fisher

    where = "intraclass"
    require_level(level, where)
    require_raters(raters, where)
    table = numbers(rating_table(data, raters, where), where)
    x = table.dropna().to_numpy(float)
    n, k = x.shape
    row = blank_row("icc", n, k, len(table) - n, level, "anova")
    names = ["ICC1", "ICC2", "ICC3", "ICC1k", "ICC2k", "ICC3k"]
    if n < 2 or np.ptp(x) == 0:
        return frame_of([row | {"item": name} for name in names])
    between = k * ((x.mean(1) - x.mean()) ** 2).sum() / (n - 1)
    within = ((x - x.mean(1, keepdims=True)) ** 2).sum() / (n * (k - 1))
    raters_ms = n * ((x.mean(0) - x.mean()) ** 2).sum() / (k - 1)
    error = (within * n * (k - 1) - raters_ms * (k - 1)) / ((n - 1) * (k - 1))
    if error <= 0 or within <= 0:
        return frame_of([row | {"item": name, "estimate": 1.0, "method": "anova, no error variance"} for name in names])
    tail = 1 - (1 - level) / 2
    f1, f3 = between / within, between / error
    d1, d3 = n * (k - 1), (n - 1) * (k - 1)
    icc2 = (between - error) / (between + (k - 1) * error + k * (raters_ms - error) / n)
    mix = n * (1 + (k - 1) * icc2) - k * icc2
    fj = raters_ms / error
    df = (k - 1) * (n - 1) * (k * icc2 * fj + mix) ** 2 / ((n - 1) * (k * icc2 * fj) ** 2 + mix**2)
    up, down = fisher.ppf(tail, n - 1, df), fisher.ppf(tail, df, n - 1)
    rest = k * raters_ms + (k * n - k - n) * error
    limits2 = (
        n * (between - up * error) / (up * rest + n * between),
        n * (down * between - error) / (rest + n * down * between),
    )
    out = []
    for name, value, df2, ratio in (("ICC1", f1, d1, None), ("ICC2", f3, d3, limits2), ("ICC3", f3, d3, None)):
        low, high = value / fisher.ppf(tail, n - 1, df2), value * fisher.ppf(tail, df2, n - 1)
        single = ratio or ((low - 1) / (low + k - 1), (high - 1) / (high + k - 1))
        estimate = icc2 if ratio else (value - 1) / (value + k - 1)
        test = {"statistic": value, "df1": n - 1, "df2": df2, "p_value": fisher.sf(value, n - 1, df2), "status": "ok"}
        for item, (e, a, b) in ((name, (estimate, *single)), (name + "k", stepped_up(estimate, single, k))):
            out.append(row | test | {"item": item, "estimate": e, "ci_low": a, "ci_high": b})
    return frame_of(sorted(out, key=lambda r: names.index(r["item"])))


def stepped_up(estimate, limits, k):
    """Spearman-Brown: one rater's figures to those of the mean of k raters."""
    return tuple(v * k / (1 + v * (k - 1)) for v in (estimate, *limits))

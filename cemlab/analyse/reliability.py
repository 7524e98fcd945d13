"""Is a scale sound? Cronbach's alpha with its interval, what each item adds to it, and what alpha would be without it."""

import numpy as np
import pandas as pd

from cemlab.checks import require_choice, require_level
from cemlab.measure.item_sums import item_sums
from cemlab.measure.scales import as_dimensions
from cemlab.measure.schema import as_list, estimates

WHOLE = "scale"


def cronbach_alpha(data, items, *, reverse=(), scale=None, missing="pairwise", weights=None, level=0.95):
    """Cronbach's alpha of a scale, and item by item what it rests on.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per person.
    items : list of str, or dict of str to list of str
        The items of a scale; a dict gives several scales (dimensions), each judged on its own.
    reverse : list of str
        Reverse-keyed items, turned here; none where the codebook has turned them already.
    scale : tuple of int, optional
        Lowest and highest code, for turning; the lowest and highest answer to any item of the scale when left out.
    missing : {"pairwise", "listwise"}, default "pairwise"
        Covariances over those who answered both items, or over those who answered all.
    weights : str, optional
        Column of weights.
    level : float, default 0.95

    Returns
    -------
    pandas.DataFrame
        ``dimension`` ("scale" for a list), then estimates. Of the scale (``item`` = the dimension): "alpha" (Feldt's
        interval), "alpha_standardised", "lambda6" (Guttman), "average_r", "score_mean" and "score_sd" (of the person's mean).
        Of each item: "alpha_dropped" (alpha without it), "item_total" (correlation with the sum of the others),
        "item_total_corrected" (for overlap, by squared multiple correlations), "item_total_raw", "item_mean", "item_sd".

    Raises
    ------
    ValueError
        Unknown column or option, fewer than two items.

    Notes
    -----
    alpha = k / (k - 1) (1 - trace(C) / sum(C)). ``se`` is Duhachek and Iacobucci's with the number of all persons; the
    interval is Feldt's F with the number of complete ones. Alpha is a lower bound only when errors are uncorrelated, grows
    with the number of items, and does not say that the items measure one thing: see `mcdonald_omega`, `factor_structure`.
    A scale with an item that everybody answered alike is not estimable. In R: ``psych::alpha``, ``psych::alpha.ci``.

    References
    ----------
    Feldt, L. S., Woodruff, D. J., Salih, F. A. (1987). Applied Psychological Measurement, 11, 93-103. Duhachek, A.,
    Iacobucci, D. (2004). Journal of Applied Psychology, 89, 792-808.

    Examples
    --------
    >>> import pandas as pd
    >>> answers = pd.DataFrame({"a": [1, 2, 3, 4, 5], "b": [1, 3, 2, 4, 5], "c": [2, 1, 3, 5, 4]})
    >>> found = cronbach_alpha(answers, ["a", "b", "c"])
    >>> found.loc[found["metric"] == "alpha", ["estimate", "ci_low", "ci_high", "n"]].round(3)
       estimate  ci_low  ci_high  n
    0     0.923    0.61    0.991  5
    """
    where = "cronbach_alpha"
    require_choice(missing, ("pairwise", "listwise"), name="missing", where=where)
    require_level(level, where)
    scales = as_dimensions(items, where) if isinstance(items, dict) else {WHOLE: as_list(items)}
    out = []
    for name, group in scales.items():
        turned = [item for item in as_list(reverse) if item in group or not isinstance(items, dict)]
        sums = item_sums(data, group, reverse=turned, scale=scale, missing=missing, weights=weights, where=where)
        out += [{"dimension": name, **row} for row in alpha_rows(sums, name, level)]
    token = f"alpha_{missing}" + ("_kish" if weights else "")
    frame = pd.DataFrame(out).assign(level=level, method=token, at=np.nan)
    frame["status"] = np.where(frame["estimate"].isna(), "not_estimable", "ok")
    return estimates(frame, "dimension")


def alpha_rows(sums, name, level):
    """All figures of one scale."""
    from scipy.stats import f

    k, c, r = sums.k, sums.covariance, sums.correlation
    fit = sums.complete > 2 and not sums.constant and np.isfinite(c).all()
    whole = {"item": name, "n": sums.rows, "n_eff": sums.n_eff, "n_missing": sums.rows - sums.complete}
    value = alpha_of(c) if fit else np.nan
    d1 = sums.n_eff - 1
    low, high = (
        (1 - (1 - value) * f.ppf(q, d1, d1 * (k - 1)) for q in ((1 + level) / 2, (1 - level) / 2))
        if fit
        else (np.nan,) * 2
    )
    rows = [{"metric": "alpha", "unit": "alpha", "estimate": value, "ci_low": low, "ci_high": high}]
    rows[0]["se"] = alpha_error(c, sums.rows) if fit else np.nan
    average = (r.sum() - k) / k / (k - 1)
    singles = {
        "alpha_standardised": (alpha_of(r) if fit else np.nan, "alpha"),
        "lambda6": (lambda6(r) if fit else np.nan, "alpha"),
        "average_r": (average if fit else np.nan, "r"),
        "score_mean": (sums.total["mean"], "mean"),
        "score_sd": (sums.total["sd"], "mean"),
    }
    rows += [{"metric": metric, "unit": unit, "estimate": value} for metric, (value, unit) in singles.items()]
    rows = [whole | row for row in rows]
    parts = item_figures(sums) if fit else {}
    described = {"item_mean": (sums.mean, "mean"), "item_sd": (np.sqrt(np.diag(c)), "mean")}
    names = ("alpha_dropped", "item_total", "item_total_corrected", "item_total_raw", "item_total_standardised")
    described |= {
        metric: (parts.get(metric, np.full(k, np.nan)), "alpha" if metric[0] == "a" else "r") for metric in names
    }
    for metric, (values, unit) in described.items():
        for place, item in enumerate(sums.items):
            n = int(sums.n[place])
            base = {"item": item, "n": n, "n_eff": float(n), "n_missing": max(sums.rows - n, 0)}
            rows.append(base | {"metric": metric, "unit": unit, "estimate": float(values[place])})
    return rows


def item_figures(sums):
    """What each item adds to a scale."""
    c, r, k = sums.covariance, sums.correlation, sums.k
    with_all, variance = c.sum(axis=1), np.diag(c)
    overlap = r.copy()
    np.fill_diagonal(overlap, squared_multiple(r))
    rest = [[j for j in range(k) if j != i] for i in range(k)]
    return {
        "alpha_dropped": np.array([alpha_of(c[np.ix_(o, o)]) if k > 2 else np.nan for o in rest]),
        "item_total": (with_all - variance) / np.sqrt(variance * (c.sum() - 2 * with_all + variance)),
        "item_total_corrected": overlap.sum(axis=1) / np.sqrt(overlap.sum()),
        "item_total_raw": sums.total["correlation"],
        "item_total_standardised": r.sum(axis=1) / np.sqrt(r.sum()),
    }


def alpha_of(covariance):
    """Cronbach's alpha of a covariance (or correlation) matrix."""
    k = len(covariance)
    return k / (k - 1) * (1 - np.trace(covariance) / covariance.sum())


def alpha_error(covariance, n):
    """Asymptotic standard error of alpha (Duhachek and Iacobucci)."""
    k, trace, whole, square = len(covariance), np.trace(covariance), covariance.sum(), covariance @ covariance
    inner = whole * (np.trace(square) + trace**2) - 2 * trace * square.sum()
    return np.sqrt(2 * k**2 / ((k - 1) ** 2 * whole**3) * inner / n)


def squared_multiple(correlation):
    """Squared multiple correlation of each item with the others."""
    return 1 - 1 / np.diag(np.linalg.pinv(correlation, hermitian=True))


def lambda6(correlation):
    """Guttman's lambda 6."""
    return 1 - (len(correlation) - squared_multiple(correlation).sum()) / correlation.sum()

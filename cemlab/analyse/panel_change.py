"""Change over waves: of the people who answered both, of all by likelihood, and weighted against drop-out."""

import warnings

import numpy as np
import pandas as pd

from cemlab.analyse.panel_likelihood import both_means
from cemlab.checks import DataError, require_level
from cemlab.measure.intervals import quantile
from cemlab.measure.model_rows import model_rows
from cemlab.measure.multiplicity import adjust_p
from cemlab.measure.schema import as_list, comparisons, estimates

KINDS = ("paired", "all", "likelihood", "weighted")


def panel_change(data, scores, *, person, wave, previous, current, explain=(), level=0.95, adjust="bh", min_n=5):
    """Change of scores from one wave to another, four ways that answer different questions.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per person and wave (long form).
    scores : str or list of str
        Numeric columns: scores of `person_scores`, or items.
    person, wave : str
        Columns of the person and the wave.
    previous, current : str
        Codes of the two waves.
    explain : str or list of str
        Further numeric columns of the first wave that may explain who drops out (age, tenure).
    level : float, default 0.95
    adjust : {"bh", ...} or None, default "bh"
        Over the scores, inside each method.
    min_n : int, default 5
        With fewer persons in both waves a score is not tested.

    Returns
    -------
    pandas.DataFrame
        Comparisons; ``item`` the score and ``method``:

        "paired" - only those who answered both, t of their differences;
        "all" - everybody who answered either wave, the covariance of those in both subtracted;
        "likelihood" - everybody, means by maximum likelihood of a bivariate normal distribution: right when drop-out depends on
        what was answered (missing at random), as a mixed model for repeated measures;
        "weighted" - those who answered both (and all that explains the return), weighted by 1 / chance of coming back, from a
        logistic model of the first wave.

        ``n`` and ``n_reference`` count the persons used in the current and the previous wave.

    Raises
    ------
    ValueError
        Unknown column or wave.
    DataError
        A person twice in one wave (take `person_scores` with the person and wave first).

    Notes
    -----
    "all" mixes change with who came and went; a gap between "paired" and "likelihood" or "weighted" says that drop-out matters.
    None repairs drop-out that depends on the answer nobody gave. Weights count as fixed, which widens the interval slightly.

    References
    ----------
    Little, R. J. A., Rubin, D. B. (2019). Statistical Analysis with Missing Data, ch. 7 and 11.
    """
    where, scores, explain = "panel_change", as_list(scores), as_list(explain)
    require_level(level, where)
    wide = {}
    for score in scores:
        wide[score] = two_waves(data, score, person, wave, previous, current, where)
    chances = return_chances(data, scores, explain, person, wave, previous, current, where)
    rows = []
    for score in scores:
        first, second = wide[score]["first"].to_numpy(float), wide[score]["second"].to_numpy(float)
        both = ~np.isnan(first) & ~np.isnan(second)
        weight = None if chances is None else 1 / wide[score].index.map(chances).to_numpy(float)
        for kind in KINDS:
            used = both if kind != "weighted" or weight is None else both & ~np.isnan(weight)
            found = change_of(kind, first, second, used, weight, level) if used.sum() >= max(min_n, 3) else {}
            alone = kind in ("paired", "weighted")
            n, other = (used.sum(), used.sum()) if alone else ((~np.isnan(v)).sum() for v in (second, first))
            rows.append({"item": score, "method": kind, "n": int(n), "n_reference": int(other), **found})
    frame = pd.DataFrame(rows)
    frame = frame.reindex(columns=dict.fromkeys([*frame.columns, "estimate", "difference", "p_value"]))
    frame["p_adjusted"] = np.nan
    for kind in KINDS:
        own = frame["method"] == kind
        frame.loc[own, "p_adjusted"] = adjust_p(frame.loc[own, "p_value"], adjust)
    frame = frame.assign(metric="mean", unit="mean", reference=str(previous), level=level, adjust=adjust, at=np.nan)
    frame["n_eff"], frame["n_eff_reference"] = frame["n"].astype(float), frame["n_reference"].astype(float)
    frame["status"] = np.where(frame["difference"].isna(), "not_estimable", "ok")
    return comparisons(frame)


def change_of(kind, first, second, both, weight, level):
    """Both means, the difference, its error, interval and p-value, one way."""
    from scipy.stats import t

    a, b = first[both], second[both]
    n = len(a)
    df = float(n - 1)
    if kind == "paired":
        before, after, se = a.mean(), b.mean(), (b - a).std(ddof=1) / np.sqrt(n)
    elif kind == "all":
        x, y = first[~np.isnan(first)], second[~np.isnan(second)]
        before, after = x.mean(), y.mean()
        covariance = np.cov(a, b)[0, 1]
        se = np.sqrt(x.var(ddof=1) / len(x) + y.var(ddof=1) / len(y) - 2 * covariance * n / len(x) / len(y))
        df = float(min(len(x), len(y)) - 1)
    elif kind == "likelihood":
        found = both_means(first, second)
        if found is None:
            return {}
        before, after, se = found
    else:
        if weight is None:
            return {}
        w = weight[both]
        before, after = w @ a / w.sum(), w @ b / w.sum()
        gap = (b - a) - (after - before)
        se = np.sqrt(n / (n - 1) * (w**2 @ gap**2)) / w.sum()
    difference = after - before
    half = quantile(level, df) * se
    return {
        "estimate": after, "reference_estimate": before, "difference": difference, "difference_se": se,
        "difference_low": difference - half, "difference_high": difference + half,
        "p_value": 2 * t.sf(abs(difference) / se, df) if se > 0 else (1.0 if difference == 0 else 0.0),
    }  # fmt: skip


def two_waves(data, score, person, wave, previous, current, where):
    """One row per person with the score in both waves (missing where not answered)."""
    table, _ = model_rows(data, [score], [person, wave], where=where)
    known = set(table[wave])
    for code in (str(previous), str(current)):
        if code not in known:
            raise ValueError(f"{where}: no answers of wave {code!r} in {wave!r}; it has {sorted(known)[:10]}.")
    table = table[table[wave].isin([str(previous), str(current)])]
    twice = table.duplicated([person, wave]).sum()
    if twice:
        raise DataError(
            f"{where}: {int(twice)} rows repeat a person in one wave; keep one each (`person_scores` with person=[person, wave])."
        )
    wide = table.pivot(index=person, columns=wave, values=score)
    return pd.DataFrame({"first": wide[str(previous)], "second": wide[str(current)]})


def return_chances(data, scores, explain, person, wave, previous, current, where):
    """Chance of answering the second wave, by person of the first; None where no model can be fitted."""
    import statsmodels.api as sm

    first, came = first_wave(data, scores, explain, person, wave, previous, current, where)
    if len(first) < 10 or min(came.sum(), (~came).sum()) < 5:
        return pd.Series(1.0, index=first.index) if came.all() else None
    x = sm.add_constant((first - first.mean()) / first.std(ddof=0).replace(0, 1.0))
    try:
        fitted = sm.Logit(came.astype(float), x).fit(disp=0)
    except Exception:  # perfect separation: no chance can be told
        return None
    return pd.Series(np.clip(fitted.predict(x), 0.02, 1.0), index=first.index)


def first_wave(data, scores, explain, person, wave, previous, current, where):
    """Complete first-wave rows by person, and whether the person answered any score in the second wave."""
    table, _ = model_rows(data, [*scores, *explain], [person, wave], where=where)
    first = table[table[wave] == str(previous)].drop_duplicates(person).set_index(person)[[*scores, *explain]]
    later = set()
    for score in scores:
        again, _ = model_rows(data, [score], [person, wave], where=where)
        later |= set(again.loc[again[wave] == str(current), person])
    return first, pd.Series(first.index.isin(later), index=first.index)


def panel_dropout(data, scores, *, person, wave, previous, current, explain=(), level=0.95):
    """Who does not come back: drop-out explained by first-wave answers.

    Parameters
    ----------
    data, scores, person, wave, previous, current, explain, level
        As in `panel_change`.

    Returns
    -------
    pandas.DataFrame
        Estimates and ``p_value``: "dropout" (percent of the first wave, Wilson), "odds_ratio" of dropping out for one standard
        deviation more on each score (logistic, together; ``n`` persons with complete first-wave answers), "gap" (mean of those
        who dropped out less that of those who stayed, Welch).

    Raises
    ------
    ValueError
        Unknown column or wave.

    Notes
    -----
    No link with what was answered does not prove that drop-out is harmless. Odds ratios are not estimable with fewer than 5 persons
    on a side for each score, nor where answers part those who stayed from those who went without overlap.
    """
    import statsmodels.api as sm
    from scipy.stats import norm, ttest_ind

    from cemlab.measure.intervals import share_interval

    where, scores, explain = "panel_dropout", as_list(scores), as_list(explain)
    require_level(level, where)
    for score in scores:
        two_waves(data, score, person, wave, previous, current, where)
    first, came = first_wave(data, scores, explain, person, wave, previous, current, where)
    n, gone = len(first), int((~came).sum())
    low, high = share_interval(gone / n if n else np.nan, n, level=level)
    base = {"n": n, "n_eff": float(n), "p_value": np.nan}
    rows = [{**base, "metric": "dropout", "item": "all", "unit": "percent", "estimate": 100 * gone / n if n else np.nan, "ci_low": 100 * float(low), "ci_high": 100 * float(high)}]  # fmt: skip
    z, columns = quantile(level), [*scores, *explain]
    enough = min(gone, n - gone) >= 5 * len(columns)
    if enough:
        x = sm.add_constant((first - first.mean()) / first.std(ddof=0).replace(0, 1.0))
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # answers that part those who stayed from those who went: no odds can be told
            fitted = sm.Logit((~came).astype(float), x).fit(disp=0)
        enough = bool(np.isfinite(fitted.bse).all() and fitted.bse.max() < 10)
    for column in columns:
        b, se = (fitted.params[column], fitted.bse[column]) if enough else (np.nan, np.nan)
        ratio = {
            "estimate": np.exp(b),
            "se": np.exp(b) * se,
            "ci_low": np.exp(b - z * se),
            "ci_high": np.exp(b + z * se),
        }
        rows.append(
            {
                **base,
                "metric": "odds_ratio",
                "item": column,
                "unit": "ratio",
                **ratio,
                "p_value": 2 * norm.sf(abs(b / se)),
            }
        )
        left, stayed = first.loc[~came, column], first.loc[came, column]
        if min(len(left), len(stayed)) > 1 and first[column].std() > 0:
            test = ttest_ind(left, stayed, equal_var=False)
            interval = test.confidence_interval(level)
            gap = {
                "estimate": left.mean() - stayed.mean(),
                "ci_low": interval.low,
                "ci_high": interval.high,
                "p_value": test.pvalue,
            }
        else:
            gap = {"estimate": np.nan}
        rows.append({**base, "n": gone, "n_eff": float(gone), "metric": "gap", "item": column, "unit": "mean", **gap})
    frame = pd.DataFrame(rows).assign(level=level, method="logit_first_wave", at=np.nan)
    frame["status"] = np.where(frame["estimate"].isna(), "not_estimable", "ok")
    return estimates(frame).assign(p_value=frame["p_value"].to_numpy(float))

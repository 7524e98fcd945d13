"""Do the items stand where the questionnaire puts them? Confirmatory factors, their fit and reliability."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from cemlab.analyse.likelihood_factors import fit, fit_measures, standard_errors
from cemlab.checks import require_level
from cemlab.measure.intervals import quantile
from cemlab.measure.item_sums import item_sums
from cemlab.measure.scales import as_dimensions
from cemlab.measure.schema import as_list, estimates


class Confirmed(NamedTuple):
    """A confirmatory factor model."""

    loadings: pd.DataFrame  # `dimension`, estimates: standardised loadings
    correlations: pd.DataFrame  # `dimension` and `other`, estimates of correlations between dimensions; and htmt
    fit: pd.DataFrame  # estimates: chi2, df, p_value, cfi, tli, rmsea, srmr, loglik, aic, bic
    reliability: (
        pd.DataFrame
    )  # `dimension`, estimates: omega (model), composite (against observed variance), variance_extracted


def confirmatory_factors(data, dimensions, *, reverse=(), scale=None, weights=None, level=0.95):
    """Confirmatory factor analysis by maximum likelihood: every item on its own dimension, dimensions correlated.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per person; only persons who answered all items count.
    dimensions : dict of str to list of str
        Dimension -> its items; two or more each (three where there is only one dimension), no item twice.
    reverse, scale, weights
        As in `cronbach_alpha`; without `scale` items are turned by the lowest and highest answer of all items.
    level : float, default 0.95

    Returns
    -------
    Confirmed

    Raises
    ------
    ValueError
        Wrong dimensions, too few persons, or a model without a proper solution.

    Notes
    -----
    Covariances with divisor n, factors with variance 1, chi2 = n F; standard errors from the expected information. Standardised
    loadings and errors as R's ``lavaan::cfa(std.lv = TRUE)``; composite reliability and variance extracted as ``semTools``. HTMT
    over 0.85 says that two dimensions are one. Maximum likelihood takes answers as normal: with 5-point items chi2 is too large.
    Usual bars: CFI and TLI 0.90, RMSEA 0.08, SRMR 0.08.
    """
    where = "confirmatory_factors"
    require_level(level, where)
    named = as_dimensions(dimensions, where)
    items = [item for group in named.values() for item in group]
    single = [name for name, group in named.items() if len(group) < (2 if len(named) > 1 else 3)]
    if len(set(items)) < len(items) or single:
        what = f"dimension {single[0]!r} has too few items" if single else "an item stands in two dimensions"
        raise ValueError(f"{where}: {what}; each needs at least two items of its own (three where it stands alone).")
    sums = item_sums(
        data, items, reverse=as_list(reverse), scale=scale, missing="listwise", weights=weights, where=where
    )
    if sums.complete <= len(items) or sums.constant:
        what = f"item {sums.constant[0]!r} does not vary" if sums.constant else f"only {sums.complete} complete persons"
        raise ValueError(f"{where}: {what}; a model of {len(items)} items needs more persons, and answers that differ.")
    r, p, n = sums.correlation, sums.k, sums.n_eff
    places = [place for place, group in enumerate(named.values()) for _ in group]
    try:
        model, theta, value, information, done = fit(r, places, len(named))
    except np.linalg.LinAlgError:
        done = False
    if not done:
        raise ValueError(
            f"{where}: no proper solution for {len(named)} dimensions of {p} items in {sums.complete:,} persons; look at "
            "`factor_structure` for items that stand elsewhere, or join dimensions."
        )
    estimate, se = standard_errors(model, theta, information, n)
    names, z = list(named), quantile(level)
    base = {"n": sums.complete, "n_eff": n, "level": level, "method": "ml", "at": np.nan, "unit": "loading"}

    def interval(rows, value, error):
        frame = pd.DataFrame(rows).assign(estimate=value, se=error, **base)
        return frame.assign(ci_low=np.maximum(frame["estimate"] - z * frame["se"], -1), ci_high=np.minimum(frame["estimate"] + z * frame["se"], 1))  # fmt: skip

    own = [{"dimension": names[places[i]], "metric": "loading", "item": item} for i, item in enumerate(items)]
    loadings = estimates(interval(own, estimate[:p], se[:p]), "dimension")
    pairs = [
        {"dimension": names[a], "other": names[b], "metric": "correlation", "item": "factors"} for a, b in model.pairs
    ]
    keys = ["dimension", "other"]
    if pairs:
        both = interval(pairs, estimate[2 * p :], se[2 * p :])
        ratio = both.assign(metric="htmt", estimate=[htmt(r, places, a, b) for a, b in model.pairs], se=np.nan, ci_low=np.nan, ci_high=np.nan)  # fmt: skip
        correlations = estimates(pd.concat([both, ratio], ignore_index=True), keys)
    else:
        correlations = estimates(pd.DataFrame(columns=[*keys, "metric", "item"]), keys)
    figures = model_figures(model, theta, value, r, sums, n)
    frame = pd.DataFrame([{"metric": m, "estimate": v} for m, v in figures.items()]).assign(item="model", **base)
    frame["unit"] = "fit"
    for side in ("low", "high"):
        frame[f"ci_{side}"] = np.where(frame["metric"] == "rmsea", figures[f"rmsea_{side}"], np.nan)
    frame = frame[~frame["metric"].isin(["rmsea_low", "rmsea_high"])]
    frame["level"] = np.where(frame["metric"] == "rmsea", 0.9, level)
    sound = [
        {"dimension": d, "item": d, **row}
        for d, rows in composite(model, theta, sums, n, names).items()
        for row in rows
    ]
    reliability = estimates(pd.DataFrame(sound).assign(**base | {"unit": "omega"}), "dimension")
    return Confirmed(loadings, correlations, estimates(frame), reliability)


def model_figures(model, theta, value, r, sums, n):
    """Fit of the model by name."""
    p = sums.k
    df, df_null = p * (p + 1) / 2 - model.size, p * (p - 1) / 2
    null = -n * np.linalg.slogdet(r)[1]
    implied = model.implied(theta)
    measures = fit_measures(n * value, df, null, df_null, n, r - implied)
    size = np.log(np.diag(sums.covariance) * (n - 1) / n).sum()
    loglik = (
        -n / 2 * (p * np.log(2 * np.pi) + np.linalg.slogdet(implied)[1] + size + np.trace(np.linalg.solve(implied, r)))
    )
    information = {"loglik": loglik, "aic": 2 * model.size - 2 * loglik, "bic": np.log(n) * model.size - 2 * loglik}
    return {"chi2": n * value, "df": df} | measures | information


def composite(model, theta, sums, n, names):
    """Reliability of each dimension from the model, on the items' own scale."""
    loadings, _, residual = model.parts(theta)
    covariance = sums.covariance * (n - 1) / n
    sd = np.sqrt(np.diag(covariance))
    out = {}
    for place, name in enumerate(names):
        own = np.flatnonzero(model.places == place)
        raw, unique = loadings[own, place] * sd[own], residual[own] * sd[own] ** 2
        common = raw.sum() ** 2
        figures = {
            "omega": common / (common + unique.sum()),
            "composite": common / covariance[np.ix_(own, own)].sum(),
            "variance_extracted": (raw**2).sum() / ((raw**2).sum() + unique.sum()),
        }
        out[name] = [{"metric": metric, "estimate": figure} for metric, figure in figures.items()]
    return out


def htmt(r, places, a, b):
    """Heterotrait-monotrait ratio of two dimensions with geometric means (HTMT2: Roemer, Schuberth, Henseler 2021)."""
    size, places = np.abs(r), np.asarray(places)
    one, two = places == a, places == b

    def middle(values):
        with np.errstate(divide="ignore"):
            return np.exp(np.log(values).mean())

    def inside(own):
        block = size[np.ix_(own, own)]
        return middle(block[~np.eye(len(block), dtype=bool)])

    return middle(size[np.ix_(one, two)]) / np.sqrt(inside(one) * inside(two))

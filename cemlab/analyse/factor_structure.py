"""What a questionnaire measures: exploratory factors with their fit, from the correlations of complete rows."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from cemlab.analyse.extraction import adequacy, discrepancy, extract, parallel_analysis
from cemlab.analyse.omega import ending
from cemlab.analyse.rotation import oblimin, varimax
from cemlab.checks import require_choice, require_level
from cemlab.measure.item_sums import item_sums
from cemlab.measure.schema import estimates

METHODS = ("minres", "ml", "components")
ROTATIONS = ("oblimin", "varimax", "none")


class Factors(NamedTuple):
    """Factors of a set of items."""

    loadings: pd.DataFrame  # item, then F1, F2 ...: pattern loadings; communality
    correlations: pd.DataFrame  # factor, then F1, F2 ...
    variance: pd.DataFrame  # factor, loadings (sum of squares), share (percent of the items' variance)
    weights: pd.DataFrame  # item, then F1 ...: weights of the standardised items in regression scores
    fit: pd.DataFrame  # estimates: chi2, rmsea, tli, cfi, rmsr, kmo, bartlett
    eigenvalues: pd.DataFrame  # place, eigenvalue, noise (bar of the parallel analysis), above


def factor_structure(
    data, items, *, factors=None, method="minres", rotation="oblimin", reverse=(), scale=None, weights=None, correlation="pearson", level=0.9,
    seed=1,
):  # fmt: skip
    """Exploratory factors: loadings, fit, and how many factors noise would not explain.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per person; only persons who answered all items count.
    items : list of str
    factors : int, optional
        How many; those that parallel analysis finds (one at least) when left out.
    method : {"minres", "ml", "components"}, default "minres"
    rotation : {"oblimin", "varimax", "none"}, default "oblimin"
    reverse, scale, weights
        As in `cronbach_alpha`.
    correlation : {"pearson", "polychoric"}, default "pearson"
        "polychoric": of the normal variables behind the codes; less attenuated where answers pile up at one end of a short scale.
    level : float, default 0.9
        Of the interval of RMSEA.
    seed : int
        Of the parallel analysis.

    Returns
    -------
    Factors
        Factors in the order of their sums of squared loadings, each turned so that its loadings sum to more than 0.

    Raises
    ------
    ValueError
        Unknown column or option, more factors than the items can settle, fewer complete persons than items, an item that
        everybody answered alike.

    Notes
    -----
    chi2 = F (n - 1 - (2 p + 5) / 6 - 2 k / 3), F the likelihood discrepancy; TLI and CFI against
    uncorrelated items with the same factor; RMSEA^2 = chi2 / (df n) - 1 / (n - 1); rmsr over the correlations. Items of a 5-point
    scale are no normal numbers: read the fit as a guide. Usual bars: KMO 0.70, RMSEA 0.08, TLI and CFI 0.90. Components have no
    fit. In R: ``psych::fa``, ``stats::factanal``, ``psych::principal``.
    """
    where = "factor_structure"
    require_choice(method, METHODS, name="method", where=where)
    require_choice(rotation, ROTATIONS, name="rotation", where=where)
    require_level(level, where)
    sums = item_sums(
        data,
        items,
        reverse=reverse,
        scale=scale,
        missing="listwise",
        weights=weights,
        correlation=correlation,
        where=where,
    )
    n, p, r = sums.n_eff, sums.k, sums.correlation
    if sums.complete <= p or sums.constant:
        what = f"item {sums.constant[0]!r} does not vary" if sums.constant else f"only {sums.complete} complete persons"
        raise ValueError(
            f"{where}: {what}; factors of {p} items need more persons than items, and answers that differ."
        )
    if np.linalg.eigvalsh(r)[0] < 1e-10:
        raise ValueError(f"{where}: some items repeat each other exactly; leave one of them out.")
    own, bar, found = parallel_analysis(r, round(n), seed=seed)
    k = max(found, 1) if factors is None else factors
    df = p * (p - 1) / 2 - p * k + k * (k - 1) / 2
    if not 1 <= k < p or (df < 0 and method != "components"):
        raise ValueError(f"{where}: {k} factors cannot be settled from {p} items; ask for fewer.")
    raw = extract(r, k, method)
    loadings, phi = rotated(raw, rotation)
    names = [f"F{i + 1}" for i in range(k)]
    structure = loadings @ phi
    communality = (loadings * structure).sum(axis=1)
    squares = np.diag(phi @ loadings.T @ loadings)
    fit = fit_rows(r, raw, n, k, df, level) if method != "components" else {}
    fit |= adequacy_rows(r, n)
    rows = [{"metric": m, "estimate": v[0], "ci_low": v[1], "ci_high": v[2]} for m, v in fit.items()]
    frame = pd.DataFrame(rows).assign(item="items", unit="fit", n=sums.complete, n_eff=n, level=level, at=np.nan)
    frame = frame.assign(
        method=f"{method}{k}_{rotation}{ending(correlation)}",
        status=np.where(frame["estimate"].isna(), "not_estimable", "ok"),
    )
    place = np.arange(1, p + 1)
    return Factors(
        pd.DataFrame(loadings, columns=names).assign(communality=communality).assign(item=sums.items)[["item", *names, "communality"]],
        pd.DataFrame(phi, columns=names).assign(factor=names)[["factor", *names]],
        pd.DataFrame({"factor": names, "loadings": squares, "share": 100 * squares / p}),
        pd.DataFrame(np.linalg.solve(r, structure), columns=names).assign(item=sums.items)[["item", *names]],
        estimates(frame),
        pd.DataFrame({"place": place, "eigenvalue": own, "noise": bar, "above": place <= found}),
    )  # fmt: skip


def rotated(loadings, rotation):
    """Loadings and factor correlations, largest factor first, each with a positive sum."""
    if rotation == "oblimin":
        turned, phi = oblimin(loadings)
    else:
        turned = varimax(loadings)[0] if rotation == "varimax" else loadings
        phi = np.eye(loadings.shape[1])
    order = np.argsort(-np.diag(phi @ turned.T @ turned), kind="stable")
    sign = np.where(turned[:, order].sum(axis=0) < 0, -1.0, 1.0)
    return turned[:, order] * sign, phi[np.ix_(order, order)] * np.outer(sign, sign)


def fit_rows(r, raw, n, k, df, level):
    """Fit of the model: metric -> (estimate, low, high)."""
    from scipy.optimize import brentq
    from scipy.stats import chi2, ncx2

    p = len(r)
    model = raw @ raw.T
    np.fill_diagonal(model, np.maximum(np.diag(model), 1.0))
    residual = r - model
    factor = n - 1 - (2 * p + 5) / 6 - 2 * k / 3
    value, null = discrepancy(r, model) * factor, -np.linalg.slogdet(r)[1] * factor
    df_null = p * (p - 1) / 2
    out = {"chi2": (value, np.nan, np.nan), "df": (df, np.nan, np.nan)}
    nothing = (np.nan,) * 3
    rms = np.sqrt((residual[~np.eye(p, dtype=bool)] ** 2).sum() / (p * (p - 1)))
    if df <= 0:
        return out | dict.fromkeys(("p_value", "rmsea", "tli", "cfi"), nothing) | {"rmsr": (rms, np.nan, np.nan)}

    def limit(q):
        if chi2.cdf(value, df) <= q:
            return 0.0
        return np.sqrt(brentq(lambda lam: ncx2.cdf(value, df, lam) - q, 0, 10 * value + 100) / (df * (n - 1)))

    over = max(value - df, 0.0)
    single = {
        "p_value": chi2.sf(value, df),
        "tli": (null / df_null - value / df) / (null / df_null - 1),
        "cfi": 1 - over / max(null - df_null, over, 1e-300),
        "rmsr": rms,
    }
    rmsea = np.sqrt(max(value / (df * n) - 1 / (n - 1), 0.0))
    out["rmsea"] = (rmsea, limit((1 + level) / 2), limit((1 - level) / 2))
    return out | {name: (figure, np.nan, np.nan) for name, figure in single.items()}


def adequacy_rows(r, n):
    """KMO and Bartlett's test."""
    kmo, _, (value, df, p) = adequacy(r, n)
    figures = {"kmo": kmo, "bartlett": value, "bartlett_df": df, "bartlett_p": p}
    return {name: (figure, np.nan, np.nan) for name, figure in figures.items()}

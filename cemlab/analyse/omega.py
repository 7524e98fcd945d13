"""McDonald's omega: how much of a score's spread comes from common factors, and how much from one general factor."""

import numpy as np
import pandas as pd

from cemlab.analyse.extraction import extract
from cemlab.analyse.reliability import WHOLE, alpha_of
from cemlab.analyse.rotation import oblimin
from cemlab.measure.item_sums import item_sums
from cemlab.measure.scales import as_dimensions
from cemlab.measure.schema import as_list, estimates


def mcdonald_omega(data, items, *, factors=1, reverse=(), scale=None, weights=None, correlation="pearson", flip=True):
    """Omega total and hierarchical of a scale.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per person; only persons who answered all items count.
    items : list of str, or dict of str to list of str
        The items of a scale; a dict gives several scales, each with `factors` factors.
    factors : int, default 1
        1: total omega of a one-factor model. 3 or more: factors (minres, oblimin), then a general factor above them
        (Schmid-Leiman): also hierarchical omega.
    reverse, scale
        As in `cronbach_alpha`.
    weights : str, optional
    correlation : {"pearson", "polychoric"}, default "pearson"
        "polychoric": of the normal variables behind the codes; less attenuated where answers pile up at one end of a short scale.
    flip : bool, default True
        Items with a negative general loading count as turned.

    Returns
    -------
    pandas.DataFrame
        ``dimension``, then estimates without interval (``item`` = the dimension): "omega_total", "alpha_standardised"; with
        factors above 1 also "omega_hierarchical", "omega_limit" (of a test of endless length) and "common_variance" (share of the
        common variance that is the general factor's); by item "general_loading".

    Raises
    ------
    ValueError
        Unknown column, fewer than two items, too many factors for the items.

    Notes
    -----
    On correlations: omega total = 1 - sum(u^2) / V, omega hierarchical = (sum of general loadings)^2 / V, V the sum of the
    correlations. With 2 factors the general loadings are not determined; both get the square root of their correlation.
    Omega depends on the number of factors and the rotation: name both. In R: ``psych::omega``.

    References
    ----------
    Zinbarg, R. E., Revelle, W., Yovel, I., Li, W. (2005). Psychometrika, 70, 123-133.
    """
    where = "mcdonald_omega"
    scales = as_dimensions(items, where) if isinstance(items, dict) else {WHOLE: as_list(items)}
    out = []
    for name, group in scales.items():
        most = len(group) // 3 if factors > 1 else 1
        if not 1 <= factors <= max(most, 1):
            raise ValueError(
                f"{where}: {factors} factors for {len(group)} items; at most {max(most, 1)} (three items each)."
            )
        turned = [item for item in as_list(reverse) if item in group or not isinstance(items, dict)]
        sums = item_sums(
            data,
            group,
            reverse=turned,
            scale=scale,
            missing="listwise",
            weights=weights,
            correlation=correlation,
            where=where,
        )
        fit = sums.complete > len(group) and not sums.constant and len(group) > 2
        figures = omega_figures(sums.correlation, factors, flip) if fit else {"omega_total": np.nan}
        base = {"dimension": name, "n": sums.complete, "n_eff": sums.n_eff}
        general = figures.pop("general", None)
        out += [base | {"metric": m, "item": name, "unit": "omega", "estimate": v} for m, v in figures.items()]
        if general is not None:
            out += [
                base | {"metric": "general_loading", "item": item, "unit": "loading", "estimate": v}
                for item, v in zip(group, general, strict=True)
            ]
    frame = pd.DataFrame(out).assign(
        method=f"minres{factors}" + ("_oblimin_schmid_leiman" if factors > 1 else "") + ending(correlation), at=np.nan
    )
    frame["status"] = np.where(frame["estimate"].isna(), "not_estimable", "ok")
    return estimates(frame, "dimension")


def ending(correlation):
    """What `method` adds for correlations that are not Pearson's."""
    return "" if correlation == "pearson" else f"_{correlation}"


def omega_figures(correlation, factors, flip):
    """All figures of one correlation matrix."""
    general, group, unique = schmid_leiman(correlation, factors)
    sign = np.where(general < 0, -1.0, 1.0) if flip else np.ones(len(general))
    turned = correlation * np.outer(sign, sign)
    whole = turned.sum()
    total = 1 - unique.sum() / whole
    out = {"omega_total": total, "alpha_standardised": alpha_of(turned), "general": general}
    if factors > 1:
        out["omega_hierarchical"] = (general * sign).sum() ** 2 / whole
        out["omega_limit"] = out["omega_hierarchical"] / total
        out["common_variance"] = (general**2).sum() / ((general**2).sum() + (group**2).sum())
    return out


def schmid_leiman(correlation, factors):
    """General loadings (p,), group loadings (p, k) and uniquenesses (p,)."""
    loadings, phi = oblimin(extract(correlation, factors, "minres"))
    if factors == 1:
        return loadings[:, 0], np.zeros_like(loadings), 1 - loadings[:, 0] ** 2
    sign = np.where(loadings.sum(axis=0) < 0, -1.0, 1.0)
    loadings, phi = loadings * sign, phi * np.outer(sign, sign)
    if factors == 2:
        above = np.sqrt(np.abs(phi[0, 1])) * np.array([1.0, np.sign(phi[0, 1]) or 1.0])
    else:
        above = extract(phi, 1, "minres")[:, 0]
    unique = 1 - np.diag(loadings @ phi @ loadings.T)
    return loadings @ above, loadings * np.sqrt(np.maximum(1 - above**2, 0)), unique

"""Several concepts a respondent: does the place at which a concept was shown matter, and what is left without it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cemlab.analyse.product_rows import complete_rows
from cemlab.measure.multiplicity import adjust_p
from cemlab.measure.schema import comparisons
from cemlab.measure.scores import top_box


@dataclass(frozen=True)
class OrderEffects:
    """``first``: estimates of concepts shown first; ``positions``: of each place; ``tests``: effect, chi2, df, p_value;
    ``adjusted``: comparisons of concepts with the effect of the place taken out.
    """

    first: pd.DataFrame
    positions: pd.DataFrame
    tests: pd.DataFrame
    adjusted: pd.DataFrame


def order_effects(
    data,
    item,
    *,
    scale,
    top=None,
    control=None,
    concept="concept",
    position="position",
    person="_respondent",
    weights=None,
    level=0.95,
    min_n=30,
):
    """First-place scores, the test of the place, and comparisons adjusted for it.

    Parameters
    ----------
    data : pandas or polars (eager or lazy) data frame
        One row per respondent and concept; thinned above a million rows.
    item : str
        The question, counted by its top boxes.
    scale, top
        As in `cemlab.measure.scores.top_box`.
    control : str, optional
        Concept that the others are set against; all pairs without it.
    concept, position, person : str
        Columns of the concept, of the place (1 first) and of the respondent.
    weights : str, optional
        Column of case weights.
    level : float, default 0.95
    min_n : float, default 30
        Concepts with fewer answers get no comparison.

    Returns
    -------
    OrderEffects
        ``tests`` has the rows "position" (do places differ) and "concept_by_position" (does the place change the order of
        concepts; None where a concept was not shown at every place).

    Raises
    ------
    ValueError
        A column is missing, or nobody rated two concepts.

    Notes
    -----
    Generalised estimating equations, linear in the 0/1 answer, exchangeable within respondents, robust errors: differences
    are in percentage points, as a mixed model with a random effect of the respondent gives them (R: ``geepack::geeglm(y ~
    concept + position, id = person, corstr = "exchangeable")``). Wald tests. First places alone are a monadic test of a
    part of the sample: unbiased by order, less precise.
    """
    where = "order_effects"
    columns = [item, concept, position, person, *([weights] if weights else [])]
    rows = complete_rows(data, columns, where)
    if not rows.duplicated(person).any():
        raise ValueError(f"{where}: every respondent has one row; order matters where somebody rated two or more.")
    low, high = scale
    codes = set(top or (high - 1, high))
    y = 100.0 * rows[item].isin(codes).to_numpy(float)
    box = {"scale": scale, "top": sorted(codes), "weights": weights, "level": level}
    first = top_box(rows[rows[position] == rows[position].min()], item, by=concept, **box)
    places = top_box(rows.assign(**{position: rows[position].astype(int).astype(str)}), item, by=position, **box)
    names = list(dict.fromkeys(rows[concept].sort_values()))
    names = [control, *(c for c in names if c != control)] if control in names else names
    plain = dummies(rows, concept, names[1:])
    later = sorted(rows[position].unique())[1:]
    placed = dummies(rows, position, later)
    ids, w = pd.factorize(rows[person])[0], rows[weights].to_numpy(float) if weights else None
    fit = gee(y, np.column_stack([np.ones(len(rows)), plain, placed]), ids, w)
    tests = [("position", *wald(fit, range(len(names), len(names) + len(later))))]
    crossed = [plain[:, [i]] * placed[:, [j]] for i in range(plain.shape[1]) for j in range(placed.shape[1])]
    full = np.column_stack([np.ones(len(rows)), plain, placed, *crossed])
    seen = rows.groupby([concept, position]).size()
    if crossed and len(seen) == len(names) * (1 + len(later)) and seen.min() >= 5:
        tests.append(
            ("concept_by_position", *wald(gee(y, full, ids, w), range(full.shape[1] - len(crossed), full.shape[1])))
        )
    table = adjusted(fit, rows, names, control, item, concept, y, w, level, min_n)
    return OrderEffects(first, places, pd.DataFrame(tests, columns=["effect", "chi2", "df", "p_value"]), table)


def dummies(rows, column, codes):
    """0/1 columns of the codes."""
    return (
        np.column_stack([(rows[column] == c).to_numpy(float) for c in codes])
        if len(codes)
        else np.empty((len(rows), 0))
    )


def gee(y, x, ids, weights):
    """(coefficients, robust covariance) of a linear model, exchangeable within `ids`."""
    import warnings

    import statsmodels.api as sm

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the covariance structure's own iterations
        options = {} if weights is None else {"weights": weights}
        fit = sm.GEE(y, x, groups=ids, cov_struct=sm.cov_struct.Exchangeable(), **options).fit()
    return np.asarray(fit.params), np.asarray(fit.cov_params())


def wald(fit, places):
    """(chi2, df, p) that the coefficients at `places` are nought."""
    from scipy.stats import chi2

    beta, cov, places = *fit, list(places)
    if not places:
        return np.nan, 0, np.nan
    value = float(beta[places] @ np.linalg.pinv(cov[np.ix_(places, places)]) @ beta[places])
    return value, len(places), float(chi2.sf(value, len(places)))


def adjusted(fit, rows, names, control, item, concept, y, w, level, min_n):
    """Comparisons of concepts from the coefficients."""
    from scipy.stats import norm

    beta, cov = fit
    place = {c: i for i, c in enumerate(names)}
    pairs = (
        [(c, names[0]) for c in names[1:]] if control else [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]
    )
    weight = np.ones(len(rows)) if w is None else w
    out = []
    for one, other in pairs:
        contrast = np.zeros(len(beta))
        for c, sign in ((one, 1), (other, -1)):
            if place[c]:
                contrast[place[c]] += sign
        gap, se = float(contrast @ beta), float(np.sqrt(contrast @ cov @ contrast))
        sides = [(rows[concept] == c).to_numpy() for c in (one, other)]
        n = [int(side.sum()) for side in sides]
        n_eff = [float(weight[side].sum() ** 2 / (weight[side] ** 2).sum()) for side in sides]
        means = [float(np.average(y[side], weights=weight[side])) for side in sides]
        far = norm.ppf(0.5 + level / 2) * se
        out.append({
            concept: one, "reference": other, "item": item, "metric": "top_box", "unit": "percent", "estimate": means[0],
            "reference_estimate": means[1], "n": n[0], "n_reference": n[1], "n_eff": n_eff[0], "n_eff_reference": n_eff[1],
            "difference": gap, "difference_se": se, "difference_low": gap - far, "difference_high": gap + far,
            "p_value": float(2 * norm.sf(abs(gap) / se)) if se > 0 else np.nan, "level": level, "method": "gee_position",
            "status": "ok" if min(n_eff) >= min_n else "not_estimable", "adjust": "holm",
        })  # fmt: skip
    table = pd.DataFrame(out)
    weak = table["status"] == "not_estimable"
    table.loc[weak, ["difference", "difference_se", "difference_low", "difference_high", "p_value"]] = np.nan
    table["p_adjusted"] = adjust_p(table["p_value"].to_numpy(float), method="holm")
    return comparisons(table, concept)

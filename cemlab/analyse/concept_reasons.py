"""What goes with the wish to buy a concept: what was ticked, and what it would replace."""

import narwhals as nw
import numpy as np
import pandas as pd

from cemlab.analyse.product_rows import complete_rows
from cemlab.measure.frames import lazy, number_column
from cemlab.measure.multiplicity import adjust_p
from cemlab.measure.schema import comparisons
from cemlab.measure.scores import top_box


def lift_when_ticked(
    data, item, ticks, *, scale, top=None, concept="concept", weights=None, cluster=None, level=0.95, min_n=30
):
    """Purchase intent among those who ticked an attribute against those who did not, the concept and other ticks held.

    Parameters
    ----------
    data : pandas or polars (eager or lazy) data frame
        One row per respondent and concept; thinned above a million rows.
    item : str
        Purchase intent, counted by its top boxes.
    ticks : list of str
        0/1 columns.
    scale, top
        As in `cemlab.measure.scores.top_box`.
    concept : str or None, default "concept"
        Column held constant.
    weights, cluster : str, optional
        Case weights; column of the respondent where respondents have several rows.
    level : float, default 0.95
    min_n : float, default 30
        An attribute ticked, or left, by fewer gets no test.

    Returns
    -------
    pandas.DataFrame
        Comparisons, ``item`` the attribute, ``metric`` "lift": ``estimate`` and ``reference_estimate`` are the plain shares
        with and without the tick, ``difference`` the average marginal effect of the logistic model in percentage points.
        Benjamini-Hochberg over the attributes.

    Notes
    -----
    Logit of the top boxes on all ticks and the concept; effect = mean over respondents of P(ticked) - P(not ticked), error
    by the delta method from the robust (clustered) covariance. Those who like a concept tick more: an association, no
    promise that adding the attribute sells.
    """
    rows = complete_rows(data, [item, *ticks, *(c for c in (concept, weights, cluster) if c)], "lift_when_ticked")
    codes = set(top or (scale[1] - 1, scale[1]))
    y, x = rows[item].isin(codes).to_numpy(float), rows[ticks].to_numpy(float)
    w = rows[weights].to_numpy(float) if weights else np.ones(len(rows))
    used = [i for i in range(len(ticks)) if min(x[:, i].sum(), (1 - x[:, i]).sum()) >= min_n and spread(y, x[:, i])]
    effects = {}
    if used:
        names = sorted(rows[concept].unique())[1:] if concept else []
        design = [np.ones(len(rows)), *x[:, used].T, *((rows[concept] == c).to_numpy(float) for c in names)]
        effects = dict(
            zip(
                used,
                marginal(y, np.column_stack(design), len(used), w, rows[cluster] if cluster else None),
                strict=True,
            )
        )
    out = [tick_row(name, i, x, y, w, effects.get(i), level) for i, name in enumerate(ticks)]
    table = pd.DataFrame(out)
    table["p_adjusted"] = adjust_p(table["p_value"].to_numpy(float), method="bh")
    return comparisons(table.assign(method="lift_logit", adjust="bh", level=level))


def spread(y, tick):
    """Whether both answers stand with and without the tick; otherwise the logit has no end."""
    return all(0 < y[tick == side].mean() < 1 for side in (0, 1))


def marginal(y, x, many, w, cluster):
    """(effect, error) in percentage points of the first `many` 0/1 columns after the constant."""
    import statsmodels.api as sm

    if cluster is None:
        how = {"cov_type": "HC0"}
    else:
        how = {"cov_type": "cluster", "cov_kwds": {"groups": pd.factorize(cluster)[0]}}
    fit = sm.GLM(y, x, family=sm.families.Binomial(), var_weights=w).fit(**how)
    beta, cov, out = np.asarray(fit.params), np.asarray(fit.cov_params()), []
    for i in range(1, many + 1):
        sides = []
        for value in (1.0, 0.0):
            z = x.copy()
            z[:, i] = value
            p = 1 / (1 + np.exp(-z @ beta))
            sides.append((np.average(p, weights=w), np.average(z * (p * (1 - p))[:, None], axis=0, weights=w)))
        (one, slope_one), (none, slope_none) = sides
        slope = slope_one - slope_none
        out.append((100 * (one - none), 100 * float(np.sqrt(slope @ cov @ slope))))
    return out


def tick_row(name, i, x, y, w, effect, level):
    """One comparison."""
    from scipy.stats import norm

    sides = [x[:, i] == 1, x[:, i] == 0]
    share = [100 * float(np.average(y[s], weights=w[s])) if s.any() else np.nan for s in sides]
    n_eff = [float(w[s].sum() ** 2 / (w[s] ** 2).sum()) if s.any() else 0.0 for s in sides]
    gap, se = effect or (np.nan, np.nan)
    far = norm.ppf(0.5 + level / 2) * se
    return {
        "item": name, "metric": "lift", "unit": "percent", "reference": "(not ticked)", "estimate": share[0],
        "reference_estimate": share[1], "n": int(sides[0].sum()), "n_reference": int(sides[1].sum()), "n_eff": n_eff[0],
        "n_eff_reference": n_eff[1], "difference": gap, "difference_se": se, "difference_low": gap - far,
        "difference_high": gap + far, "p_value": float(2 * norm.sf(abs(gap) / se)) if se > 0 else np.nan,
        "status": "ok" if se > 0 else "not_estimable",
    }  # fmt: skip


def source_of_volume(data, intent, replaces, *, own, scale, top=None, concept="concept", weights=None, level=0.95):
    """Share of would-be buyers of a concept who would buy less of one's own products: cannibalisation.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
    intent, replaces : str
        Purchase intent; the product that would be bought less.
    own : list of str
        Codes of `replaces` that are one's own products.
    scale, top, concept, weights, level
        As in `cemlab.analyse.concept_test.concept_scores`.

    Returns
    -------
    pandas.DataFrame
        Estimates by concept, ``metric`` "own_share", percent of those in the top boxes who answered.

    Notes
    -----
    What people say they would replace is a guess of theirs; volumes and prices are not in it.
    """
    frame, codes = lazy(data, "source_of_volume"), list(top or (scale[1] - 1, scale[1]))
    buyers = frame.filter(number_column(intent).is_in([float(c) for c in codes]))
    hit = nw.when(nw.col(replaces).cast(nw.String).is_in(list(own))).then(nw.lit(1.0)).otherwise(nw.lit(0.0))
    made = buyers.with_columns(nw.when(~nw.col(replaces).is_null()).then(hit).alias("own_share")).to_native()
    out = top_box(made, "own_share", scale=(0, 1), top=[1], by=concept, weights=weights, level=level)
    return out.assign(metric="own_share", item=replaces)

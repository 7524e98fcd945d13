"""Drivers of a yes or no (satisfied, would recommend): average contributions to pseudo R-squared over all subsets."""

import numpy as np
import pandas as pd

from cemlab.analyse.lmg import lmg_shares
from cemlab.checks import DataError, require_choice
from cemlab.measure.rows import design_matrix
from cemlab.measure.schema import as_list

MEASURES = ("mcfadden", "cox_snell", "nagelkerke", "estrella")
MOST = 10


def logistic_dominance(data, outcome, drivers, *, cut, measure="mcfadden"):
    """General dominance of drivers in a logistic regression of outcome >= `cut`.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per answer; complete rows are held in memory, and 2 ** drivers models fitted to their distinct patterns.
    outcome : str
    drivers : list of str
        At most 10.
    cut : float
        Lowest answer that counts as yes.
    measure : {"mcfadden", "cox_snell", "nagelkerke", "estrella"}, default "mcfadden"

    Returns
    -------
    pandas.DataFrame
        ``item, contribution`` (sums to the full model's pseudo R-squared), ``share`` (percent), ``n, measure``.

    Raises
    ------
    ValueError
        More than 10 drivers; wrong columns.
    DataError
        All answers on one side of the cut; drivers that separate the answers perfectly.

    Notes
    -----
    Answers of people who rate everything alike are counted once with their number, so rows cost little. No intervals: use
    `key_drivers` on the rating itself where it can be had; a yes or no throws information away.

    References
    ----------
    Azen, R., Traxel, N. (2009). J. Educational and Behavioral Statistics, 34, 319-347. In R: ``dominanceanalysis``.
    """
    where, drivers = "logistic_dominance", as_list(drivers)
    require_choice(measure, MEASURES, name="measure", where=where)
    if len(drivers) > MOST:
        raise ValueError(
            f"{where}: {len(drivers)} drivers; every subset is fitted, at most {MOST}. Leave some out, or take `key_drivers`."
        )
    values, _, _ = design_matrix(data, [*drivers, outcome], where=where)
    hit = (values[:, -1] >= cut).astype(float)
    n, yes = len(hit), hit.sum()
    if not 0 < yes < n:
        raise DataError(f"{where}: all {n:,} answers lie on one side of `cut` {cut:g}; take a cut inside the answers.")
    patterns, place = np.unique(values[:, :-1], axis=0, return_inverse=True)
    size = np.bincount(place.ravel()).astype(float)
    yeses = np.bincount(place.ravel(), hit)
    spread = patterns.std(axis=0)
    x = (patterns - patterns.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    null = yes * np.log(yes / n) + (n - yes) * np.log(1 - yes / n)
    r2 = np.zeros(2 ** len(drivers))
    for subset in range(1, len(r2)):
        inside = [j for j in range(len(drivers)) if subset >> j & 1]
        r2[subset] = pseudo_r2(logit_likelihood(x[:, inside], size, yeses, where), null, n, measure)
    parts = lmg_shares(r2, len(drivers))
    out = pd.DataFrame({"item": drivers, "contribution": parts, "share": 100 * parts / r2[-1]})
    return out.assign(n=n, measure=measure)


def logit_likelihood(x, size, yes, where):
    """Largest log-likelihood of a logit on counted patterns, by Newton's steps."""
    wide = np.column_stack([np.ones(len(x)), x])
    b = np.zeros(wide.shape[1])
    for _ in range(60):
        eta = wide @ b
        p = 1 / (1 + np.exp(-np.clip(eta, -500, 500)))
        step = np.linalg.lstsq((wide * (size * p * (1 - p))[:, None]).T @ wide, wide.T @ (yes - size * p), rcond=None)[
            0
        ]
        b = b + step
        if np.abs(step).max() < 1e-10:
            eta = wide @ b
            return float(yes @ eta - size @ np.logaddexp(0, eta))
    raise DataError(
        f"{where}: the drivers tell yes from no perfectly, or nearly so; a logit has no finite slope then. Leave out such a driver."
    )


def pseudo_r2(loglik, null, n, measure):
    """Pseudo R-squared of a model's log-likelihood against the empty model's."""
    cox = 1 - np.exp(2 * (null - loglik) / n)
    if measure == "mcfadden":
        return 1 - loglik / null
    if measure == "cox_snell":
        return cox
    return cox / (1 - np.exp(2 * null / n)) if measure == "nagelkerke" else 1 - (loglik / null) ** (-2 * null / n)

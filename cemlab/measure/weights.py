"""Weights: raking and post-stratification to known margins, trimming, and what weights cost."""

import numpy as np
import pandas as pd

from cemlab.measure.moments import moments
from cemlab.measure.raking import WEIGHT_COLUMNS, describe, weigh
from cemlab.measure.schema import as_list


def rake(
    data,
    targets,
    *,
    weights=None,
    cap=None,
    missing="error",
    total=None,
    name="weight",
    tolerance=1e-9,
    max_rounds=1000,
):
    """Weights whose weighted margins equal known margins (raking, iterative proportional fitting).

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per respondent.
    targets : dict of dict
        Column -> code -> share or count of the population. Shares sum to 1 or 100; counts sum to the same total in every
        margin.
    weights : str, optional
        Column of base weights (of the sampling design); without it every respondent starts with 1.
    cap : float, optional
        Largest weight allowed, as a multiple of the mean weight; larger ones are cut and all rescaled in every round.
    missing : {"error", "own"}, default "error"
        Respondents without a code in a margin stop the run, or keep their own share of it, the targets being shared out
        among the others.
    total : float, optional
        What the weights sum to; without it the number of rows (mean 1).
    name : str, default "weight"
        Name of the new column.
    tolerance : float, default 1e-9
        Largest allowed distance of a weighted share from its target.
    max_rounds : int, default 1000
        Rounds before the run gives up.

    Returns
    -------
    Weighted
        ``data``: the frame given, rows in the same order, with the new column. ``margins``: ``column, code, n,
        share_before, share_target, share_after``. ``report``, one row: ``rounds, converged, largest_error, n_capped``
        and the columns of `weight_summary`, ``efficiency_before`` included.

    Raises
    ------
    ValueError
        Unknown column, a margin whose targets neither are shares nor agree in total, a negative or zero target, `cap`
        not over 1, `name` already taken.
    DataError
        A target that no respondent meets, a code without a target, missing codes, margins that cannot be met together.

    Notes
    -----
    Each round multiplies the weights by target / weighted share, margin after margin, until all margins hold at once. A
    cap moves the margins away from their targets where they need larger weights: then ``converged`` is False and
    ``margins`` says by how much. Weights repair only what the margins know of; each costs precision (``efficiency``).
    Errors elsewhere take weights as fixed, while raking to margins related to the answers narrows them.

    References
    ----------
    .. [1] Deming, W., Stephan, F. (1940). Annals of Mathematical Statistics, 11, 427-444. In R: ``survey::rake``,
       ``anesrake::anesrake`` (cap).

    Examples
    --------
    >>> import pandas as pd
    >>> answers = pd.DataFrame({"sex": ["f", "f", "f", "m"]})
    >>> rake(answers, {"sex": {"f": 0.5, "m": 0.5}}).data["weight"].round(3).tolist()
    [0.667, 0.667, 0.667, 2.0]
    """
    margins = {(column,): {(code,): value for code, value in codes.items()} for column, codes in targets.items()}
    how = {"cap": cap, "missing": missing, "total": total, "name": name}
    return weigh(data, margins, weights, **how, tolerance=tolerance, max_rounds=max_rounds, where="rake")


def post_stratify(data, targets, *, by, weights=None, total=None, name="weight"):
    """Weights whose weighted cells equal known cells of a population.

    Parameters
    ----------
    data, weights, total, name
        As in `rake`.
    targets : dict
        Code (one column) or tuple of codes -> share or count of the population.
    by : str or list of str
        The columns that make the cells.

    Returns
    -------
    Weighted
        As `rake`; ``column`` and ``code`` of ``margins`` join several columns by " x ".

    Raises
    ------
    ValueError, DataError
        As `rake`.

    Notes
    -----
    One round is exact. In R: ``survey::postStratify``.
    """
    by = as_list(by)
    cells = {(code if isinstance(code, tuple) else (code,)): value for code, value in targets.items()}
    wrong = [cell for cell in cells if len(cell) != len(by)]
    if wrong:
        raise ValueError(f"post_stratify: target {wrong[0]} has {len(wrong[0])} codes, `by` {len(by)} columns {by}.")
    how = {"cap": None, "missing": "error", "total": total, "name": name}
    return weigh(data, {tuple(by): cells}, weights, **how, tolerance=1e-9, max_rounds=10, where="post_stratify")


def weight_summary(data, weights, *, by=None):
    """What weights cost: design effect and effective base, one row per group.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per respondent.
    weights : str
        Column of weights.
    by : str or list of str, optional
        Columns that define the groups.

    Returns
    -------
    pandas.DataFrame
        The `by` columns, then ``n, sum, mean, smallest, largest, cv, deff, n_eff, efficiency``.

    Raises
    ------
    ValueError, DataError
        Unknown column; a missing or negative weight.

    Notes
    -----
    Kish: deff = n sum(w^2) / sum(w)^2 = 1 + cv^2, n_eff = n / deff, efficiency = n_eff / n. It holds for answers that
    have nothing to do with the weights; the true loss differs by question.
    """
    by = as_list(by)
    table = moments(data, weights, by=by, weights=weights, where="weight_summary")
    rows = []
    for row in table.to_dict("records"):  # with w as its own item: sum(w) in w, sum(w^2) in w2
        figures = (
            describe(row["n"], row["w"], row["w2"], [row["low"], row["high"]]) if row["n"] and row["w"] else {"n": 0}
        )
        rows.append({**{cut_: row[cut_] for cut_ in by}, **figures})
    return pd.DataFrame(rows, columns=[*by, *WEIGHT_COLUMNS])


def trim_weights(values, *, low=None, high=None):
    """Weights cut to [low, high], what is cut off shared out equally among the others; the sum stays.

    Parameters
    ----------
    values : array of float
        Weights.
    low, high : float, optional
        Limits, in the unit of the weights.

    Returns
    -------
    numpy.ndarray

    Raises
    ------
    ValueError
        Limits that cannot hold the sum (their order, or a mean weight outside them).

    Notes
    -----
    Repeated until all weights are inside. In R: ``survey::trimWeights(strict = TRUE)``. Margins met by raking are not
    met any more; `rake` with a `cap` keeps them nearer.
    """
    values = np.asarray(values, dtype=float).copy()
    low, high = -np.inf if low is None else low, np.inf if high is None else high
    if not low <= values.mean() <= high:
        raise ValueError(f"trim_weights: the mean weight {values.mean():g} lies outside {low:g} to {high:g}.")
    for _ in range(1000):
        outside = (values < low) | (values > high)
        if not outside.any():
            return values
        if outside.all():
            break
        inside = np.clip(values, low, high)
        inside[~outside] += (values - inside).sum() / (~outside).sum()
        values = inside
    raise ValueError(f"trim_weights: limits {low:g} to {high:g} cannot hold the sum of the weights; widen them.")

"""Drivers of engagement within units and between them: what goes with a person's score, and what with a unit's."""

import numpy as np

from cemlab.analyse.drivers import key_drivers
from cemlab.checks import require_choice
from cemlab.measure.centred import centred_rows, unit_mean_rows
from cemlab.measure.errors import spread
from cemlab.measure.intervals import quantile
from cemlab.measure.moments import moments
from cemlab.measure.schema import as_list

PARTS = ("within", "between", "total")


def unit_drivers(
    data, outcome, drivers, *, unit, part="within", method="relative_weights", missing="listwise", draws=2000,
    level=0.95, min_n=None, min_units=20, min_users=100, seed=1,
):  # fmt: skip
    """Key drivers at one level of nested answers.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per person: scores of `person_scores`, or items.
    outcome : str
        Engagement, or the intention to leave (then a driver that protects has a negative sign).
    drivers : list of str
    unit : str
        Column of the unit.
    part : {"within", "between", "total"}, default "within"
        "within": distances from the unit's mean (what sets people apart from colleagues of the same unit); "between": means of
        units, weighted by their persons (what sets units apart); "total": both at once.
    method, missing, draws, level, min_n, min_users, seed
        As in `key_drivers`; whole units are resampled, because people of one unit are alike.
    min_units : int, default 20
        "between": with fewer units (or fewer than 5 a driver) only correlations are given.

    Returns
    -------
    pandas.DataFrame
        As `key_drivers`; ``method`` ends in the part. In "between", ``n`` counts units.

    Raises
    ------
    ValueError, DataError
        As `key_drivers`.

    Notes
    -----
    "performance" is the mean of the scores as given in every part but "between", where it is the mean over units.
    A driver may matter within units and not between them, or with the other sign: a figure of units says nothing of persons.
    Managers can act on the one, the company on the other. Importance is not cause.

    References
    ----------
    Raudenbush, S. W., Bryk, A. S. (2002). Hierarchical Linear Models, ch. 5. Snijders, Bosker (2012), ch. 3.
    """
    where = "unit_drivers"
    require_choice(part, PARTS, name="part", where=where)
    drivers = as_list(drivers)
    columns = [*drivers, outcome]
    if len(set(columns)) < len(columns):
        raise ValueError(f"{where}: a column stands twice among outcome and drivers {columns}; keep one.")
    how = {"method": method, "missing": missing, "draws": draws, "level": level, "seed": seed}
    if part == "between":
        table = unit_mean_rows(data, columns, unit, count=outcome, where=where)
        least = max(min_units, 5 * len(drivers))
        found = key_drivers(
            table, outcome, drivers, weights="n", cluster=unit, **how, min_n=least, min_users=min(min_users, 3)
        )  # fmt: skip
    else:
        rows = data if part == "total" else centred_rows(data, columns, unit, where=where)
        found = key_drivers(rows, outcome, drivers, cluster=unit, **how, min_n=min_n, min_users=min_users)
        if part == "within":  # the mean of distances from means is 0: performance is that of the scores themselves
            found = with_performance(found, data, drivers, level)
    return found.assign(method=found["method"] + f"_{part}")


def with_performance(found, data, drivers, level):
    """Driver figures whose "performance" is the mean of the scores as given, with its t interval."""
    figures = spread(moments(data, drivers, where="unit_drivers").drop(columns=["low", "high"]), []).set_index("item")
    mean, se = figures["estimate"], np.sqrt(figures["variance"] / np.maximum(figures["n"] - 1, 1))
    half = quantile(level, figures["n"] - 1) * se
    rows = found["metric"] == "performance"
    item = found.loc[rows, "item"]
    for column, values in (("estimate", mean), ("se", se), ("ci_low", mean - half), ("ci_high", mean + half)):
        found.loc[rows, column] = item.map(values)
    found.loc[rows, "status"] = np.where(found.loc[rows, "estimate"].isna(), "not_estimable", "ok")
    return found

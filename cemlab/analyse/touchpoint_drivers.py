"""What to improve first in a service study: drivers, quadrants, key experiences and paths, chosen by the codebook."""

from dataclasses import dataclass

import pandas as pd

from cemlab.analyse.driver_sums import NoDrivers, driver_sums
from cemlab.analyse.driver_table import driver_claims, driver_table
from cemlab.analyse.drivers import key_drivers
from cemlab.analyse.importance import importance_performance, improvement_paths, key_experiences
from cemlab.analyse.journey import experience_curve
from cemlab.analyse.penalty_reward import penalty_reward
from cemlab.analyse.touchpoints import answered_columns
from cemlab.measure.profile import response_profile
from cemlab.measure.rows import thinned

MIN_ANSWERS = 200  # under this many answers correlations only (STUDIES: n >= max(200, 10 a driver))
ENOUGH = 200_000  # answers that a regression row by row takes; more only costs time
WIDELY = 0.6  # touchpoints used by this share of guests enter one regression row by row


@dataclass(frozen=True)
class Drivers:
    """Results of one driver analysis; frames are None where the study does not carry them."""

    outcome: str
    estimates: pd.DataFrame
    table: pd.DataFrame
    quadrants: pd.DataFrame
    experiences: pd.DataFrame
    paths: pd.DataFrame | None
    asymmetry: pd.DataFrame | None


def study_drivers(data, codebook, *, weights=None, cluster=None, level=0.95, seed=1, draws=2000):
    """Drivers of overall satisfaction (of the recommendation where it is not asked) among the touchpoints.

    Parameters
    ----------
    data : pandas, polars or Spark data frame
        Answers of one wave, as `store.scan` gives them.
    codebook : Codebook
        Touchpoints with ``target`` and ``cost``; a touchpoint without target is held against the best one's mean.
    weights, cluster, level
        As in `key_drivers`.
    seed, draws : int
        Of the bootstrap.

    Returns
    -------
    Drivers or None
        None with fewer than two touchpoints, without an outcome, with fewer than 200 answers to it, or with answers that
        carry no driver analysis (`NoDrivers`).

    Notes
    -----
    One reduction serves all tables. Gains are associations in a model: 模型关联估计，非因果承诺.
    """
    outcomes = answered_columns(data, codebook, "outcome") or answered_columns(data, codebook, "nps")
    touchpoints = answered_columns(data, codebook, "touchpoint")
    if not outcomes or len(touchpoints) < 2:
        return None
    outcome, names = outcomes[0].name, [column.name for column in touchpoints]
    profile = response_profile(data, [outcome, *names]).set_index("item")["answered"]
    names = [name for name in names if profile[name] > 0]
    if profile[outcome] < MIN_ANSWERS or sum(profile[names] >= 100) < 2:
        return None
    options = {"level": level, "seed": seed, "draws": draws}
    try:
        sums = driver_sums(data, outcome, names, weights=weights, cluster=cluster)
        estimates = key_drivers(sums, **options)
    except NoDrivers:
        return None
    targets = {c.name: c.target for c in touchpoints if c.target is not None and c.name in names}
    costs = {c.name: c.cost for c in touchpoints if c.cost is not None and c.name in names}
    experiences = key_experiences(sums, targets=targets, cost=costs or None, **options)
    return Drivers(
        outcome=outcome,
        estimates=estimates,
        table=driver_table(estimates),
        quadrants=importance_performance(sums, **options),
        experiences=experiences,
        paths=paths_of(data, codebook, experiences, weights),
        asymmetry=asymmetry_of(data, codebook, outcome, names, profile, weights, level),
    )


def paths_of(data, codebook, experiences, weights):
    """The two improvement paths of up to three key experiences on one scale, or None where there is none."""
    keys = experiences[experiences["is_key"].fillna(False).astype(bool)]["item"].tolist()[:3]
    if not keys:
        return None
    scale = codebook.columns[keys[0]].scale
    keys = [name for name in keys if codebook.columns[name].scale == scale]
    boxes = {"top": list(scale.top_codes), "bottom": list(scale.bottom_codes)}
    return improvement_paths(data, keys, experiences, scale=(scale.low, scale.high), **boxes, weights=weights)


def asymmetry_of(data, codebook, outcome, names, profile, weights, level):
    """Penalty-reward contrasts of the widely used touchpoints of one common scale, or None."""
    used = [name for name in names if profile[name] >= WIDELY * profile[outcome]]
    scales = {(codebook.columns[n].scale.low, codebook.columns[n].scale.high) for n in used}
    if len(used) < 2 or len(scales) > 1 or (scales and scales.pop()[1] < 5):
        return None
    scale = codebook.columns[used[0]].scale
    low, high = max(scale.bottom_codes), max(min(scale.top_codes), scale.high - (scale.high - scale.low) // 6)
    return penalty_reward(thinned(data, ENOUGH), outcome, used, low=low, high=high, weights=weights, level=level)


def journey(data, codebook, *, weights=None, cluster=None, level=0.95, seed=1, draws=2000):
    """The experience curve over all touchpoints, or None with fewer than two touchpoints.

    Arguments as in `study_drivers`. A mark needs 2 of 100 points at least, so that large samples do not mark everything.
    """
    columns = answered_columns(data, codebook, "touchpoint")
    profile = response_profile(data, [c.name for c in columns]).set_index("item")["answered"] if columns else {}
    columns = [column for column in columns if profile[column.name] >= 100]
    if len(columns) < 2:
        return None
    stages = list(codebook.stages)
    columns = sorted(columns, key=lambda column: stages.index(column.stage))
    return experience_curve(
        data,
        [column.name for column in columns],
        scale={column.name: (column.scale.low, column.scale.high) for column in columns},
        stages={column.name: column.stage for column in columns},
        kinds={column.name: column.kind for column in columns} if all(c.kind for c in columns) else None,
        weights=weights,
        cluster=cluster,
        level=level,
        minimum_effect=2.0,
        seed=seed,
        draws=draws,
    )


def claims_of(drivers):
    """The drivers as candidate claims: ``{"driver": comparisons against noise}``, or {} without a driver analysis."""
    return {} if drivers is None else {"driver": driver_claims(drivers.estimates)}


def experiences_of(drivers):
    """The key experiences of a driver analysis; None stays None."""
    return None if drivers is None else drivers.experiences

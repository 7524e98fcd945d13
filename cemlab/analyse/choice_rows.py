"""Choice tasks as arrays: one row an alternative, tasks one after the other, attributes coded."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from cemlab.checks import DataError, nearest
from cemlab.measure.plain_rows import plain_rows


@dataclass(frozen=True)
class Coding:
    """How profiles become numbers: parameter names, and for each attribute its levels (None: a number)."""

    attributes: dict  # attribute -> list of levels, the first is the base; None for a number
    effects: bool = False
    none: bool = False

    @property
    def names(self):
        """Parameter names: "attribute" of a number, "attribute=level" of a level, "(none)"."""
        out = []
        for attribute, levels in self.attributes.items():
            out += [attribute] if levels is None else [f"{attribute}={level}" for level in levels[1:]]
        return out + (["(none)"] if self.none else [])

    def code(self, profiles, none=None):
        """Matrix (rows, parameters) of a frame of profiles; rows where `none` is true choose nothing.

        Raises DataError for an unknown level or a missing number.
        """
        away = np.zeros(len(profiles), dtype=bool) if none is None else np.asarray(none, dtype=bool)
        columns = []
        for attribute, levels in self.attributes.items():
            given = profiles[attribute]
            if levels is None:
                values = pd.to_numeric(given, errors="coerce").to_numpy(float)
                if np.isnan(values[~away]).any():
                    raise DataError(
                        f"choices: attribute {attribute!r} lacks a number in {int(np.isnan(values[~away]).sum())} rows."
                    )
                columns.append(np.where(away, 0.0, values))
                continue
            codes = given.map(level_code)
            unknown = codes[~away & ~codes.isin(levels)]
            if len(unknown):
                hint = nearest(str(unknown.iloc[0]), levels)
                near = f"; did you mean {hint!r}" if hint else ""
                raise DataError(
                    f"choices: attribute {attribute!r} has the level {unknown.iloc[0]!r} in {len(unknown)} rows; known are "
                    f"{levels}{near}."
                )
            base = (codes == levels[0]).to_numpy() & self.effects
            columns += [
                np.where(away, 0.0, np.where(base, -1.0, (codes == level).to_numpy(float))) for level in levels[1:]
            ]
        if self.none:
            columns.append(away.astype(float))
        return np.column_stack(columns) if columns else np.zeros((len(profiles), 0))

    def ranges(self, coefficients):
        """Range of the utilities of each attribute's levels (persons, attributes); numbers have None for theirs."""
        out, place = {}, 0
        for attribute, levels in self.attributes.items():
            if levels is None:
                out[attribute] = None
                place += 1
                continue
            part = coefficients[..., place : place + len(levels) - 1]
            base = -part.sum(axis=-1, keepdims=True) if self.effects else np.zeros((*part.shape[:-1], 1))
            worths = np.concatenate([base, part], axis=-1)
            out[attribute] = worths.max(axis=-1) - worths.min(axis=-1)
            place += len(levels) - 1
        return out


@dataclass(frozen=True)
class Tasks:
    """Alternatives of all tasks: `x` (rows, parameters), `start` (first row of each task), `chosen` (row of the choice),
    `person` (number of each task's person), `who` (their codes), `weight` (of each task).
    """

    x: np.ndarray
    start: np.ndarray
    chosen: np.ndarray
    person: np.ndarray
    who: list = field(repr=False)
    weight: np.ndarray = field(repr=False)

    @property
    def sizes(self):
        """Alternatives of each task."""
        return np.diff(np.append(self.start, len(self.x)))

    @property
    def of_row(self):
        """Task of each row."""
        return np.repeat(np.arange(len(self.start)), self.sizes)

    def part(self, keep):
        """Some of the tasks; persons keep their numbers."""
        keep = np.asarray(keep, dtype=bool)
        rows, sizes = keep[self.of_row], self.sizes[keep]
        start = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(int) if len(sizes) else np.zeros(0, int)
        chosen = start + (self.chosen - self.start)[keep]
        return Tasks(self.x[rows], start, chosen, self.person[keep], self.who, self.weight[keep])


def level_code(value):
    """A level as text; whole numbers lose their ".0"."""
    if isinstance(value, float) and value == int(value if value == value else 0):
        return str(int(value))
    return None if value is None or value != value else str(value)


def coding_of(rows, attributes, *, effects=False, none=False):
    """A `Coding` from names of attributes (numbers are linear, words are levels) or a dict that says so.

    In a dict an attribute stands with "linear", with the list of its levels (first the base), or with None: as found.
    """
    given = attributes if isinstance(attributes, dict) else dict.fromkeys(attributes)
    out = {}
    for attribute, levels in given.items():
        if isinstance(levels, str) and levels == "linear":
            out[attribute] = None
        elif levels is None and pd.api.types.is_numeric_dtype(rows[attribute]):
            out[attribute] = None
        elif levels is None:
            out[attribute] = sorted(rows[attribute].dropna().map(level_code).unique())
        else:
            out[attribute] = [level_code(level) for level in levels]
    return Coding(out, effects, none)


def choice_tasks(data, chosen, attributes, *, person, task, alternative=None, none=None, weights=None, effects=False):
    """Tasks and coding from rows of alternatives.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per person, task and alternative.
    chosen : str
        1 for the alternative taken, else 0.
    attributes : list or dict
        As in `coding_of`.
    person, task : str
        Columns; tasks may be numbered per person or over all.
    alternative, none : str, optional
        Column of the alternative's code, and the code that means "none of these".
    weights : str, optional
        Column of a person's weight.
    effects : bool
        Effects coding (base -1) in place of dummies.

    Returns
    -------
    Tasks, Coding, int
        The last one: tasks left out because nothing was chosen in them.

    Raises
    ------
    DataError
        More than one choice in a task, a task with one alternative, an unknown level.
    """
    where = "choices"
    names = list(attributes)
    optional = [c for c in (alternative, weights) if c]
    rows = plain_rows(data, [person, task, chosen, *names, *optional], where=where)
    lost = int(rows[[person, task]].isna().any(axis=1).sum())
    if lost:
        raise DataError(f"{where}: {lost} rows have no {person!r} or no {task!r}; every alternative belongs to a task.")
    rows = rows.sort_values([person, task], kind="stable").reset_index(drop=True)
    away = (rows[alternative].map(level_code) == str(none)).to_numpy() if none is not None else None
    taken = pd.to_numeric(rows[chosen], errors="coerce").fillna(0).to_numpy(float)
    if not np.isin(taken, (0.0, 1.0)).all():
        raise DataError(f"{where}: {chosen!r} must be 1 for the alternative chosen and 0 for the others.")
    number = rows.groupby([person, task], sort=False).ngroup().to_numpy()
    count = np.bincount(number, weights=taken)
    if (count > 1).any():
        raise DataError(
            f"{where}: {int((count > 1).sum())} tasks have more than one choice; one alternative is taken a task."
        )
    if (np.bincount(number) < 2).any():
        raise DataError(f"{where}: {int((np.bincount(number) < 2).sum())} tasks show one alternative only.")
    coding = coding_of(rows, attributes, effects=effects, none=none is not None)
    answered = count[number] == 1
    rows, number, taken = rows[answered], number[answered], taken[answered]
    x = coding.code(rows, None if away is None else away[answered])
    start = np.flatnonzero(np.append(True, np.diff(number) != 0)) if len(number) else np.zeros(0, int)
    who, names = pd.factorize(rows[person].to_numpy()[start])
    weight = rows[weights].to_numpy(float)[start] if weights else np.ones(len(start))
    if not (weight >= 0).all():
        raise DataError(f"{where}: weight column {weights!r} has missing or negative values.")
    return Tasks(x, start, np.flatnonzero(taken == 1), who, list(names), weight), coding, int((count == 0).sum())

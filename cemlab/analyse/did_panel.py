"""Panels of units and periods: two-way effects, event studies and the table of two groups by two times, with clustered errors."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

REFERENCE = -1  # period before the first treated one, to which an event study refers


@dataclass(frozen=True)
class Panel:
    """Rows of a panel: outcome ``y``, unit and period as 0, 1, 2 ..., first treated period (inf: never), covariates ``x``."""

    y: np.ndarray
    unit: np.ndarray
    period: np.ndarray
    first: np.ndarray
    x: np.ndarray
    units: int
    periods: np.ndarray  # the periods themselves, ascending

    @property
    def time(self):
        """The period of each row."""
        return self.periods[self.period]

    @property
    def treated(self):
        """1 where a row is treated."""
        return (self.time >= self.first).astype(float)

    @property
    def cohorts(self):
        """First treated periods, ascending."""
        return np.unique(self.first[np.isfinite(self.first)])

    @property
    def balanced(self):
        """Whether every unit has every period."""
        return len(self.y) == self.units * len(self.periods)

    def since(self):
        """Periods since the first treated one, in steps of the panel; nan for those never treated."""
        steps = np.searchsorted(self.periods, np.where(np.isfinite(self.first), self.first, 0))
        return np.where(np.isfinite(self.first), self.period - steps, np.nan)


def least_squares(y, x):
    """(coefficients, residuals, inverse of x'x)."""
    bread = np.linalg.pinv(x.T @ x)
    b = bread @ (x.T @ y)
    return b, y - x @ b, bread


def clustered(x, residuals, bread, cluster, parameters):
    """Sandwich covariance by cluster, times G/(G-1) and (n-1)/(n-K)."""
    scores = x * residuals[:, None]
    sums = np.zeros((cluster.max() + 1, x.shape[1]))
    np.add.at(sums, cluster, scores)
    n, groups = len(residuals), len(np.unique(cluster))
    factor = over(groups, groups - 1) * over(n - 1, n - parameters)
    return factor * bread @ (sums.T @ sums) @ bread


def over(value, free):
    """A sum over its degrees of freedom; nan where none are left."""
    return value / free if free > 0 else np.nan


def within(values, unit, units):
    """Columns less their mean by unit."""
    count = np.bincount(unit, minlength=units)
    means = np.column_stack([np.bincount(unit, weights=c, minlength=units) / count for c in values.T])
    return values - means[unit]


def two_way(panel, columns):
    """(coefficients, clustered covariance, independent-error covariance) of `columns`, with effects of unit and period."""
    times = (panel.period[:, None] == np.arange(1, len(panel.periods))).astype(float)
    whole = within(np.column_stack([panel.y, columns, times]), panel.unit, panel.units)
    y, x, k = whole[:, 0], whole[:, 1:], columns.shape[1]
    b, residuals, bread = least_squares(y, x)
    many = k + len(panel.periods)  # effects of units lie inside the clusters and are not counted
    cov = clustered(x, residuals, bread, panel.unit, many)
    free = len(y) - k - panel.units - len(panel.periods) + 1
    plain = bread * over(float(residuals @ residuals), free)
    return b[:k], cov[:k, :k], plain[:k, :k]


def event_columns(panel, by_cohort=False):
    """0/1 columns of the periods since treatment (the one before it left out), and a frame ``since, cohort, rows`` of them."""
    since, facts, columns = panel.since(), [], []
    cohorts = panel.cohorts if by_cohort else [None]
    for step in np.unique(since[np.isfinite(since)]):
        for cohort in cohorts if step != REFERENCE else []:
            hit = (since == step) & (True if cohort is None else panel.first == cohort)
            if hit.any():
                columns.append(hit.astype(float))
                facts.append((step, cohort, int(hit.sum())))
    frame = pd.DataFrame(facts, columns=["since", "cohort", "rows"])
    return (np.column_stack(columns) if columns else np.empty((len(panel.y), 0))), frame


def two_by_two(panel):
    """Two groups before and after: interaction of group and time in one regression, with three kinds of error.

    Returns {"estimate", "classical", "hc1", "cluster"} and degrees of freedom "free"; None where units switch at different times.
    """
    if len(panel.cohorts) != 1:
        return None
    ever, post = np.isfinite(panel.first).astype(float), (panel.time >= panel.cohorts[0]).astype(float)
    x = np.column_stack([np.ones(len(post)), ever, post, *panel.x.T, ever * post])
    b, residuals, bread = least_squares(panel.y, x)
    n, k = x.shape
    classical = bread * over(float(residuals @ residuals), n - k)
    hc1 = bread @ (x.T @ (x * (residuals**2)[:, None])) @ bread * over(n, n - k)
    both = {"classical": classical, "hc1": hc1, "cluster": clustered(x, residuals, bread, panel.unit, k)}
    return {"estimate": b[-1], "free": n - k, **{name: float(np.sqrt(cov[-1, -1])) for name, cov in both.items()}}


def shuffled(panel, times, rng):
    """The two-way effect, and those of panels whose treatment was dealt out to units anew; None for an unbalanced panel."""
    if not panel.balanced:
        return None
    order = np.lexsort((panel.period, panel.unit))
    shape = (panel.units, len(panel.periods))
    y, d = panel.y[order].reshape(shape), panel.treated[order].reshape(shape)
    y, d = (v - v.mean(axis=1, keepdims=True) - v.mean(axis=0) + v.mean() for v in (y, d))
    size = float((d * d).sum())
    drawn = np.array([(d[rng.permutation(panel.units)] * y).sum() for _ in range(times)]) / size
    return float((d * y).sum() / size), drawn

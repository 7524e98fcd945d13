"""Answers that are all the same must not be worked out either: a linear program for every figure.

A reader knows the sums of all figures shown in full and the ranges of the coarse ones. When there is a way of giving out the
answers that fits all this and leaves every kind of person something on both sides (some who said it, some who did not), no
group's answers are told to be all the same. When there is none, the sums that force it are found from the program's duals,
and the one of the fewest persons is hidden, until there is a way.
"""

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array, hstack, vstack

from cemlab.release.coarse import near
from cemlab.release.isolate import together

LEFT = 1e-4  # persons; well above what the slack of the sums can make up


def give_away(cells, plan):
    """Cells to be made coarse and cells to be hidden.

    Parameters
    ----------
    cells : pandas.DataFrame
        ``kind`` (what the figure is about), ``group`` (place in the plan), ``n``, ``share`` (0 to 1).
    plan : Plan

    Returns
    -------
    (numpy.ndarray, numpy.ndarray)
        Of bool, a value a cell.
    """
    count = cells["n"].to_numpy(float) * cells["share"].to_numpy(float)
    allowed = near(cells["n"])
    coarse = (count <= allowed + 1e-9) | (cells["n"] - count <= allowed + 1e-9).to_numpy()
    coarse, gone = np.asarray(coarse, dtype=bool), np.zeros(len(cells), dtype=bool)
    if not len(cells):
        return coarse, gone
    waves = plan.groups["_wave"].to_numpy()
    tables = {}
    of = cells.groupby(["kind", cells["group"].map(lambda g: waves[g])], sort=False).indices
    for rows in of.values():
        groups = cells["group"].to_numpy()[rows]
        key = groups.tobytes()
        if key not in tables:
            smaller, persons = together(plan.problem.table[:, groups], plan.problem.persons)
            tables[key] = smaller[smaller.any(axis=1)], persons[smaller.any(axis=1)]
        values = count[rows], cells["n"].to_numpy(float)[rows]
        gone[rows] = forced(*tables[key], *values, coarse[rows], allowed[rows])
    return coarse, gone


def forced(table, persons, count, n, coarse, allowed):
    """Cells of one figure to hide, so that neither "all said it" nor "nobody did" follows for anybody."""
    gone = np.zeros(len(n), dtype=bool)
    for side in (count, n - count):
        while True:
            taking = told(table, persons, side, n, coarse & ~gone, ~coarse & ~gone, allowed)
            if taking is None:
                break
            if not len(taking):  # no sum of its own forces it: all go but the largest
                taking = np.flatnonzero(~coarse & ~gone)
            gone[taking[np.argmin(n[taking])]] = True
    return gone


def told(table, persons, side, n, coarse, exact, allowed):
    """None when everybody can have something on this side; else the exact cells that forbid it."""
    kinds = len(table)
    if not exact.any():
        return None
    equal = csr_array(table[:, exact].T.astype(float))
    slack = hstack([csr_array(np.eye(exact.sum())), csr_array(-np.eye(exact.sum()))])
    ranges = csr_array(table[:, coarse].T.astype(float))
    low = np.where(side[coarse] <= allowed[coarse] + 1e-9, 0.0, n[coarse] - allowed[coarse])
    high = np.where(side[coarse] <= allowed[coarse] + 1e-9, allowed[coarse], n[coarse])
    sums = exact.sum()
    # unknowns: what each kind has, slack of the sums (weighted figures do not add up exactly), the least that any kind has
    everyone = {
        "A_eq": hstack([equal, slack, csr_array((sums, 1))]),
        "b_eq": side[exact],
        "A_ub": vstack([
            hstack([ranges, csr_array((coarse.sum(), 2 * sums + 1))]),
            hstack([-ranges, csr_array((coarse.sum(), 2 * sums + 1))]),
            hstack([-csr_array(np.eye(kinds)), csr_array((kinds, 2 * sums)), csr_array(np.ones((kinds, 1)))]),
        ]),
        "b_ub": np.r_[high, -low, np.zeros(kinds)],
        "method": "highs",
    }  # fmt: skip
    limits = [*((0, p) for p in persons), *[(0, None)] * (2 * sums), (0, 1)]
    first = linprog(np.r_[np.zeros(kinds), np.ones(2 * sums), 0.0], bounds=limits, **everyone)
    if first.status != 0:
        return np.array([], dtype=int)
    used = first.x[kinds : kinds + sums] + first.x[kinds + sums : -1]
    limits[kinds:-1] = [(0, m) for m in np.r_[used, used] + 1e-7]
    second = linprog(np.r_[np.zeros(kinds + 2 * sums), -1.0], bounds=limits, **everyone)
    if second.status != 0:
        return np.array([], dtype=int)
    if second.x[-1] > LEFT:
        return None
    forcing = np.abs(second.eqlin.marginals) > 1e-9
    return np.flatnonzero(exact)[forcing]

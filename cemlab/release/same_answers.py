"""Answers that are all the same must not be worked out either: a linear program for every figure.

A reader knows the sums of all figures shown in full and the ranges of the coarse ones. When there is a way of giving out the
answers that fits all this and leaves every kind of person something on both sides (some who said it, some who did not), no
group's answers are told to be all the same. When there is none, the sums that force it are found from the program's duals,
and the one of the fewest persons is hidden, until there is a way.
"""

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from cemlab.release.coarse import near
from cemlab.release.isolate import together

ONE_CODE = ("share", "net")  # figures of one answer among several
LEFT = 1e-4  # persons; well above what the slack of the sums can make up


def give_away(cells, plan):
    """Cells to be made coarse and cells to be hidden; what stays is remembered by the plan, since later results add to it.

    A cell that an earlier report told of the same persons, or held back, is told or held back again: two reports of the same
    answers show the same.

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
    n = cells["n"].to_numpy(float)
    gone, fixed, tables = np.zeros(len(cells), dtype=bool), np.zeros(len(cells), dtype=bool), {}
    groups = cells["group"].to_numpy(int)
    waves = plan.problem.waves
    for (kind, wave), rows in cells.groupby(
        ["kind", cells["group"].map(lambda g: waves[g])], sort=False
    ).indices.items():
        known = plan.seen.setdefault((kind, wave), {})
        others = [group for group in known if group not in set(groups[rows])]
        all_groups = np.r_[groups[rows], others].astype(int)
        key = all_groups.tobytes()
        if key not in tables:
            smaller, persons = together(plan.problem.table[:, all_groups], plan.problem.persons)
            tables[key] = smaller[smaller.any(axis=1)], persons[smaller.any(axis=1)]
        all_n = np.r_[n[rows], [known[g][0] for g in others]]
        one_code = kind[0] in ONE_CODE
        all_count = np.r_[count[rows], [known[g][1] for g in others]]
        told_before = np.array([g in known for g in all_groups], dtype=bool)
        own = range(len(rows))
        told_before[: len(rows)] |= [
            again(groups[rows[i]], all_n[i], all_count[i], known, plan.twins, one_code) for i in own
        ]
        held = plan.held.get((kind, wave), set())
        before = np.zeros(len(all_groups), dtype=bool)
        before[: len(rows)] = [bool(held & {g, *plan.twins.get(g, ())}) for g in groups[rows]]
        before &= ~told_before
        coarse = at_end(all_count, all_n, one_code)
        sides = (all_n - all_count,) if one_code else (all_count, all_n - all_count)
        gone[rows] = forced(*tables[key], sides, all_n, coarse, told_before, before)[: len(rows)]
        fixed[rows] = told_before[: len(rows)]
    coarse = np.where([kind[0] in ONE_CODE for kind in cells["kind"]], at_end(count, n, True), at_end(count, n))
    ends = {
        (k[:2], g) for k, g, end in zip(cells["kind"], groups, coarse | gone, strict=True) if end and k[0] in ONE_CODE
    }
    for row, (kind, group) in enumerate(zip(cells["kind"], groups, strict=True)):
        if (kind[:2], group) in ends and not coarse[row] and not fixed[row]:
            gone[row] = True  # the other answers would tell what the range does not
        if gone[row]:
            plan.held.setdefault((kind, waves[group]), set()).add(group)
        else:
            plan.seen[kind, waves[group]].setdefault(group, (n[row], count[row]))
    return coarse, gone


def again(group, n, count, known, twins, one_code):
    """Whether an earlier report told this very figure of the same persons: its sum, or the end of its scale for a range."""
    if at_end(np.array(count), np.array(n), one_code):
        count = end_of(n, count)
    told = [known[twin] for twin in twins.get(group, ()) if twin in known]
    return any(abs(n - its_n) < 1e-6 and abs(count - its_count) < 1e-6 * max(n, 1) for its_n, its_count in told)


def end_of(n, count):
    """The end of its scale for which a range stands, as a ledger has it."""
    return 0.0 if 2 * count <= n else n


def at_end(count, n, one_code=False):
    """True where a figure is so near an end of its scale that it is shown as a range.

    With `one_code`, the upper end only: that nobody gave one of several answers is not yet the same answer of all.
    """
    top = n - count <= near(n) + 1e-9
    return top if one_code else top | (count <= near(n) + 1e-9)


def forced(table, persons, sides, n, coarse, told_before, held):
    """Cells of one figure to hide, so that neither "all said it" nor "nobody did" follows for anybody; `held` are anyway."""
    gone, allowed = held.copy(), near(n)
    for side in sides:
        while True:
            taking = told(table, persons, side, n, coarse & ~gone, ~coarse & ~gone, allowed)
            if taking is None:
                break
            taking = taking[~told_before[taking]]
            if not len(taking):  # no sum of its own forces it, or only such as are known already
                taking = np.flatnonzero(~gone & ~told_before)
            if not len(taking):
                break
            gone[taking[np.argmin(n[taking])]] = True
    return gone


def told(table, persons, side, n, coarse, exact, allowed):
    """None when everybody can have something on this side; else the cells that forbid it."""
    kinds = len(table)
    if not (exact | coarse).any():
        return None
    equal = table[:, exact].T.astype(float)
    ranges = table[:, coarse].T.astype(float)
    low = np.where(side[coarse] <= allowed[coarse] + 1e-9, 0.0, n[coarse] - allowed[coarse])
    high = np.where(side[coarse] <= allowed[coarse] + 1e-9, allowed[coarse], n[coarse])
    sums = int(exact.sum())
    least = np.hstack([-np.eye(kinds), np.ones((kinds, 1))])  # the last unknown is no more than what any kind has
    above = np.vstack([np.hstack([side_ * ranges, np.zeros((len(ranges), 1))]) for side_ in (1, -1)] + [least])
    right = np.r_[high, -low, np.zeros(kinds)]
    limits = [*((0, p) for p in persons), (0, 1)]
    equal = np.hstack([equal, np.zeros((sums, 1))])
    price = np.r_[np.zeros(kinds), -1.0]
    found = linprog(price, A_ub=above, b_ub=right, A_eq=equal, b_eq=side[exact], bounds=limits, method="highs")
    if found.status == 2:  # weighted figures, or changed answers, do not add up: as little slack as will do
        slack = np.hstack([np.eye(sums), -np.eye(sums)])
        wide = {"A_ub": np.hstack([above, np.zeros((len(above), 2 * sums))]), "b_ub": right}
        wide |= {"A_eq": np.hstack([equal, slack]), "b_eq": side[exact], "method": "highs"}
        first = linprog(
            np.r_[np.zeros(kinds + 1), np.ones(2 * sums)], bounds=[*limits, *[(0, None)] * (2 * sums)], **wide
        )
        if first.status != 0:
            return np.array([], dtype=int)
        used = first.x[kinds + 1 : kinds + 1 + sums] + first.x[kinds + 1 + sums :]
        most = [(0, m) for m in np.r_[used, used] + 1e-7]
        found = linprog(np.r_[price, np.zeros(2 * sums)], bounds=[*limits, *most], **wide)
    if found.status != 0:
        return np.array([], dtype=int)
    if found.x[kinds] > LEFT:
        if len(found.x) > kinds + 1 or np.abs(side - np.round(side)).max() > 1e-6:
            return None
        low_all, high_all = side.copy(), side.copy()
        low_all[coarse], high_all[coarse] = low, high
        shown = exact | coarse
        stuck = stuck_in_whole(
            table[:, shown], persons, np.round(low_all[shown]), np.round(high_all[shown]), found.x[:kinds]
        )
        return None if stuck is None else np.flatnonzero(shown & table[stuck].astype(bool))
    many = int(coarse.sum())
    pressed = np.abs(found.ineqlin.marginals[:many]) + np.abs(found.ineqlin.marginals[many : 2 * many])
    forcing = np.zeros(len(n), dtype=bool)
    forcing[np.flatnonzero(exact)] = np.abs(found.eqlin.marginals) > 1e-9
    forcing[np.flatnonzero(coarse)] = pressed > 1e-9
    return np.flatnonzero(forcing)


def stuck_in_whole(table, persons, low, high, inside):
    """A kind that can have something in fractions only, not in whole persons; None when there is none."""
    kinds = len(persons)
    open_ = inside < 1 - 1e-6
    limits, box = LinearConstraint(table.T.astype(float), low, high), Bounds(np.zeros(kinds), persons)
    while open_.any():  # as many as can be at once have something; what is left is asked one by one
        found = milp(-open_.astype(float), constraints=limits, bounds=box, integrality=np.ones(kinds))
        if found.x is None:
            return None
        if not (open_ & (found.x > 0.5)).any():
            return int(np.flatnonzero(open_)[0])
        open_ &= found.x < 0.5
    return None

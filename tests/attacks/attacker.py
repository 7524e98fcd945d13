"""A reader who knows who works where, and everything that the reports of an organisation publish.

Nothing of the package is used here but the frames that left it. The attacker knows every person's groups (so all headcounts and
bases, hidden or not), solves by linear and integer programs, and takes three ways:

- *sums*: which combinations of the groups shown leave fewer than the minimum? People who answered twice are taken to have
  answered alike, so that the difference of two waves is that of those who came and left. An integer program of its own finds the
  combination that leaves the fewest.
- *bounds*: what can each group of kinds of persons have said, given all sums and ranges? Fewer than the minimum whose number
  is known for certain are narrowed.
- *same*: is there anybody who must have said it, or cannot have?
"""

import itertools

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from cemlab.measure.schema import ALL


def knowledge(published, alike):
    """Kinds of persons, and what is known of their sums.

    Parameters
    ----------
    published : list of (results, people)
    alike : bool
        Whether a person is one unknown in all waves.

    Returns
    -------
    (table, persons, low, high, targets)
        Kinds x groups shown; persons of each kind; what each group's sum is at least and at most; kinds x groups hidden.
    """
    names, shown, hidden, low, high = {}, [], [], [], []
    for _, people in published:
        for who in people["_person"] if alike else zip(people["_person"], people["_wave"], strict=True):
            names.setdefault(who, len(names))
    for results, people in published:
        cuts = [c for c in ("div", "dept", "team", "gender") if c in results]
        who = people["_person"] if alike else list(zip(people["_person"], people["_wave"], strict=True))
        place = np.array([names[one] for one in who])
        codes = {cut: people[cut].to_numpy(object) for cut in [*cuts, "_wave"]}
        for row in results.to_dict("records"):
            inside = codes["_wave"] == row["_wave"]
            for cut in cuts:
                if row[cut] != ALL:
                    inside = inside & (codes[cut] == row[cut])
            column = np.zeros(len(names), dtype=np.int8)
            column[place[inside]] = 1
            n = inside.sum()
            if np.isfinite(row["estimate"]):
                told = round(row["estimate"] * n / 100, 6), round(row["estimate"] * n / 100, 6)
            elif np.isfinite(row["ci_low"]) and np.isfinite(row["ci_high"]):
                told = np.ceil(row["ci_low"] * n / 100 - 1e-6), np.floor(row["ci_high"] * n / 100 + 1e-6)
            else:
                hidden.append(column)
                continue
            shown.append(column)
            low.append(told[0])
            high.append(told[1])
    every = np.array(shown + hidden).T
    kinds, kind = np.unique(every, axis=0, return_inverse=True)
    persons = np.bincount(kind.reshape(-1))
    return kinds[:, : len(shown)], persons, np.array(low), np.array(high), kinds[:, len(shown) :]


def fewest_left(table, persons, least):
    """Persons left by the combination of groups that leaves the fewest (of 1 to `least` - 1), by an integer program; else 0.

    Unknowns: a factor for each group, and for each kind whether it is left. A kind that is to be left has the value 1.
    """
    table, kind = np.unique(table, axis=0, return_inverse=True)
    persons = np.bincount(kind.reshape(-1), weights=persons)
    light = np.flatnonzero((persons < least) & table.any(axis=1))
    heavy = np.setdiff1d(np.arange(len(table)), light)
    basis = null_of(table[heavy].astype(float))  # combinations that are zero for every kind of many persons
    if not basis.shape[1] or not len(light):
        return 0
    values = table[light].astype(float) @ basis
    best, size = 0, 50.0
    rank = values.shape[1]
    for number in np.argsort(persons[light]):
        if not np.abs(values[number]).max() > 1e-9:
            continue
        cost = np.r_[np.zeros(rank), persons[light]]
        big = np.hstack([values, -size * np.eye(len(light))])
        small = np.hstack([-values, -size * np.eye(len(light))])
        one = np.r_[values[number], np.zeros(len(light))]
        limits = [LinearConstraint(np.vstack([big, small]), -np.inf, 0), LinearConstraint(one, 1, 1)]
        limits.append(LinearConstraint(cost, 0, least - 0.5))
        whole = np.r_[np.zeros(rank), np.ones(len(light))]
        found = milp(cost, constraints=limits, integrality=whole, bounds=Bounds(np.r_[-1e4 * np.ones(rank), np.zeros(len(light))], np.r_[1e4 * np.ones(rank), np.ones(len(light))]))  # fmt: skip
        if found.x is not None and found.fun < least - 0.4:
            best = int(round(found.fun)) if not best else min(best, int(round(found.fun)))
            break
    return best


def null_of(matrix):
    """Columns that span what `matrix` sends to zero."""
    if 0 in matrix.shape:
        return np.eye(matrix.shape[1])
    _, sizes, right = np.linalg.svd(matrix)
    rank = int((sizes > 1e-9 * max(matrix.shape) * sizes[0]).sum())
    return right[rank:].T


def range_of(weights, table, persons, low, high):
    """What a weighted sum over kinds can be in whole numbers; None where the program finds no answer."""
    limits = LinearConstraint(table.T.astype(float), low, high)
    box, whole = Bounds(np.zeros(len(persons)), persons), np.ones(len(persons))
    ends = [milp(sign * weights, constraints=limits, bounds=box, integrality=whole) for sign in (1, -1)]
    return None if any(end.x is None for end in ends) else (round(ends[0].fun), round(-ends[1].fun))


def sets_of_few(table, hidden, persons, least, rng):
    """Sets of kinds to go for: each kind, hidden groups, what two groups share or differ by, and some pairs at random."""
    kinds = len(persons)
    groups = np.hstack([table, hidden]).T.astype(bool)
    sets = {row.tobytes(): row for row in np.eye(kinds, dtype=bool)}
    for a, b in itertools.combinations(groups, 2):
        for one in (a & b, a & ~b, b & ~a):
            sets.setdefault(one.tobytes(), one)
    for group in groups:
        sets.setdefault(group.tobytes(), group)
    for _ in range(20):
        one = np.zeros(kinds, dtype=bool)
        one[rng.choice(kinds, size=min(2, kinds), replace=False)] = True
        sets.setdefault(one.tobytes(), one)
    return [one for one in sets.values() if 0 < persons[one].sum() < least]


def attack(published, least, rng, exact=True):
    """What the attacker finds: counts of hidden groups, of sets attacked, of persons narrowed and of persons exposed."""
    table, persons, low, high, hidden = knowledge(published, alike=False)
    out = {"hidden": hidden.shape[1], "attacked": 0, "narrowed": 0, "exposed": 0, "sums": 0}
    if table.shape[1]:
        targets = sets_of_few(table, hidden, persons, least, rng)
        out["attacked"] = len(targets) + len(persons)
        points = answers_that_fit(table, persons, low, high, rng)
        for one in targets:
            seen = {int(point[one].sum()) for point in points}
            if len(seen) < 2:
                ends = range_of(one.astype(float), table, persons, low, high)
                out["narrowed"] += int(persons[one].sum()) if ends is None or ends[0] == ends[1] else 0
        for kind in range(len(persons)):
            if any(p[kind] > 0 for p in points) and any(p[kind] < persons[kind] for p in points):
                continue
            ends = range_of(np.eye(len(persons))[kind], table, persons, low, high)
            if ends is None or ends[1] == 0 or ends[0] == persons[kind]:
                out["exposed"] += int(persons[kind])
    if exact:
        table, persons, low, high, _ = knowledge(published, alike=True)
        equal = low == high
        out["sums"] = fewest_left(table[:, equal], persons, least)
    return out


def answers_that_fit(table, persons, low, high, rng, tries=8):
    """Whole answers that fit all that is published, at the ends of random directions."""
    points = []
    sums = table.T.astype(float)
    for _ in range(tries):
        found = linprog(
            rng.normal(size=len(persons)),
            A_ub=np.vstack([sums, -sums]),
            b_ub=np.r_[high, -low],
            bounds=np.column_stack([np.zeros(len(persons)), persons]),
            method="highs",
        )
        if found.status == 0 and np.abs(found.x - np.round(found.x)).max() < 1e-6:
            points.append(np.round(found.x))
    return points

"""Which groups to hide, at the least cost, so that no combination of the others tells about a few persons.

Every combination found by `isolate.leaks` needs some groups; one of them at least must go. The cheapest choice that breaks all
combinations found is a small integer program; its answer is searched again, until nothing is found. Each demand is necessary,
so the last choice is the cheapest there is (an implicit hitting set).
"""

from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array

from cemlab.release.isolate import eliminated, leaks, together

ROUNDS = 60  # exact choices before groups are only added (large reports)
AT_ONCE = 20  # combinations taken from one search
PATIENCE = 20.0  # seconds for one choice


@dataclass
class Choice:
    """Groups hidden, and how good that is; made by `cheapest`."""

    hidden: np.ndarray
    demands: list = field(default_factory=list)  # groups of which one had to go
    earlier: list = field(default_factory=list)  # of each demand, whether earlier reports take part in it
    bound: float = 0.0  # no choice costs less
    proven: bool = False  # no combination of the groups shown tells about few persons: proven, not only searched
    open: list = field(default_factory=list)  # combinations of groups that cannot be hidden any more
    exact: bool = True


def cheapest(table, persons, least, cost, *, few, fixed, rng):
    """Hide groups until nothing is told about fewer than `least` persons.

    Parameters
    ----------
    table : numpy.ndarray
        Kinds of persons x groups.
    persons : numpy.ndarray
        Persons of each kind.
    least : int
    cost : numpy.ndarray
        Of hiding each group.
    few : numpy.ndarray of bool
        Groups that are hidden at any cost.
    fixed : numpy.ndarray of bool
        Groups that are known to the reader already.
    rng : numpy.random.Generator

    Returns
    -------
    Choice
    """
    table, persons = table[persons > 0], persons[persons > 0]
    out = Choice(few.copy())
    ignored = np.zeros(len(persons), dtype=bool)
    for attempt in range(10_000):
        shown = np.flatnonzero(~out.hidden)
        smaller, counted = together(table[:, shown], np.where(ignored, least, persons))
        found, out.proven = leaks(smaller, counted, least, rng=rng)
        if not found:
            break
        basis = eliminated(smaller.T.astype(np.int64), np.argsort(-counted, kind="stable"))[2]
        for leak in found[:AT_ONCE]:
            groups = shown[recipe(smaller, leak.kinds, basis, np.where(fixed[shown], 0.01, 1.0))]
            demand = groups[~fixed[groups] & ~few[groups]]
            if len(demand):
                out.demands.append(np.sort(demand))
                out.earlier.append(bool(fixed[groups].any()))
            else:  # told by what is known already: no choice mends it; look past these persons
                out.open.append(groups)
                ignored |= (table[:, shown][:, None] == smaller[leak.kinds]).all(axis=2).any(axis=1)
        out.exact = out.exact and attempt < ROUNDS
        if out.exact:
            chosen, out.bound, out.exact = hitting(out.demands, cost, few)
        else:
            chosen = greedy(out.demands, cost, out.hidden)
        out.hidden = chosen
    if not out.exact:
        out.hidden = without_needless(out, table, np.where(ignored, least, persons), least, cost, few, rng)
    return out


def recipe(table, kinds, basis, price):
    """Columns of the shortest combination (sum of |coefficients|) that is zero outside `kinds` and not inside.

    `basis` holds kinds that span all rows; rows outside that the combination still touches are added until none is left.
    """
    outside = np.setdiff1d(np.arange(len(table)), kinds)
    asked = np.setdiff1d(basis, kinds)
    count = table.shape[1]
    for kind in kinds:
        while True:
            equal = np.vstack([table[asked], table[kind]]).astype(float)
            right = np.r_[np.zeros(len(asked)), 1.0]
            found = linprog(np.r_[price, price], A_eq=np.hstack([equal, -equal]), b_eq=right, method="highs")
            if found.status != 0:
                break
            factors = found.x[:count] - found.x[count:]
            touched = np.abs(table[outside] @ factors)
            worst = np.argsort(-touched)[:50]
            worst = outside[worst[touched[worst] > 1e-7]]
            if not len(worst):
                return np.flatnonzero(np.abs(factors) > 1e-7)
            asked = np.union1d(asked, worst)
    raise RuntimeError("plan_release: a combination of groups could not be written down; no plan is made.")


def hitting(demands, cost, few):
    """The cheapest choice with a group of every demand; its cost; whether it is proven to be the cheapest."""
    if not demands:
        return few.copy(), 0.0, True
    count = len(cost)
    if not demands:  # all that is told is told by what was released before: nothing left to choose
        return few.copy(), 0.0, True
    rows = np.repeat(np.arange(len(demands)), [len(d) for d in demands])
    each = csr_array((np.ones(len(rows)), (rows, np.concatenate(demands))), shape=(len(demands), count))
    paid = cost[few].sum()
    easy = linprog(
        cost, A_ub=-each, b_ub=-np.ones(len(demands)), bounds=np.column_stack([few, np.ones(count)]), method="highs"
    )
    if easy.status == 0 and np.abs(easy.x - np.round(easy.x)).max() < 1e-7:  # whole by itself, and so the cheapest
        return easy.x > 0.5, float(easy.fun) - paid, True
    need = LinearConstraint(each, 1, np.inf)
    found = milp(cost, constraints=need, integrality=np.ones(count), bounds=Bounds(few.astype(float), 1), options={"time_limit": PATIENCE, "mip_rel_gap": 0})  # fmt: skip
    if found.x is None:
        return greedy(demands, cost, few), 0.0, False
    bound = found.mip_dual_bound if found.mip_dual_bound is not None else found.fun
    return found.x > 0.5, float(bound) - paid, found.status == 0


def greedy(demands, cost, hidden):
    """`hidden` and, one after another, the group that breaks most open demands for its cost."""
    hidden = hidden.copy()
    left = [d for d in demands if not hidden[d].any()]
    while left:
        breaks = np.bincount(np.concatenate(left), minlength=len(cost))
        hidden[np.argmax(breaks / cost)] = True
        left = [d for d in left if not hidden[d].any()]
    return hidden


def without_needless(choice, table, persons, least, cost, few, rng):
    """After a greedy choice: groups that may be shown after all, the dearest first."""
    hidden = choice.hidden.copy()
    for group in sorted(np.flatnonzero(hidden & ~few), key=lambda g: -cost[g]):
        hidden[group] = False
        if (
            any(not hidden[d].any() for d in choice.demands)
            or leaks(*together(table[:, ~hidden], persons), least, rng=rng)[0]
        ):
            hidden[group] = True
    return hidden

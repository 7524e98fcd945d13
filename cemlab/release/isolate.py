"""What a reader with a pencil can work out: combinations of groups that leave only a few persons over.

Groups are columns of zeros and ones over kinds of persons. Whoever knows the sums of some groups knows every combination of
them, and nothing else for certain. A combination that is zero for all but a few persons tells about these few. So the
question is whether the code spanned by the groups has a word of small weight (weight: the persons where it is not zero).

Elimination is done modulo a prime, so that no rounding can hide or invent a zero.
"""

from dataclasses import dataclass

import numpy as np

PRIME = 2**31 - 1
PAIRS = 20_000  # pairs of rows looked at before the search leaves it to chance


@dataclass(frozen=True)
class Leak:
    """A combination that tells about few persons: the kinds it leaves, and how many persons these are."""

    kinds: np.ndarray
    persons: int


def leaks(table, persons, least, *, rng, rounds=12):
    """Combinations of groups that leave 1 to `least` - 1 persons, and whether the search proves there is no other.

    Parameters
    ----------
    table : numpy.ndarray
        Kinds x groups, zeros and ones; no two kinds the same (`together`).
    persons : numpy.ndarray
        Persons of each kind.
    least : int
    rng : numpy.random.Generator
    rounds : int, default 12
        Orders tried at random after the heaviest-first one.

    Returns
    -------
    (list of Leak, bool)
        The second is True when no combination at all can leave so few (the list is empty then).

    Notes
    -----
    Kinds of `least` persons or more must be zero in every such combination, which leaves a small code. Of that code, several
    disjoint sets of pivots are taken. A word that no generator and no sum of two generators of any set gives has three
    non-zero pivots in each set, so at least the three lightest pivots of every set; when these add up to `least` persons,
    there is no word to find.
    """
    heavy = persons >= least
    order = np.argsort(-persons, kind="stable")
    rows, taken, _ = eliminated(table.T.astype(np.int64), order[heavy[order]])
    rows = np.delete(rows, taken, axis=0)
    light = np.flatnonzero(~heavy & (rows != 0).any(axis=0))
    if not len(light):
        return [], True
    base = rows[:, light]
    base = base[(base != 0).any(axis=1)]
    found, proven = search(base, persons[light], least, rng, rounds)
    return [Leak(light[on], int(persons[light[on]].sum())) for on in found], proven


def together(table, persons):
    """Kinds that are alike in all groups of `table`, counted together: the smaller table, and the persons of its kinds."""
    smaller, kind = np.unique(table, axis=0, return_inverse=True)
    return smaller, np.bincount(kind.reshape(-1), weights=persons, minlength=len(smaller)).astype(np.int64)


def search(base, weight, least, rng, rounds):
    """Words of small weight as lists of columns, lightest first, and whether there is none."""
    found, full = {}, None
    for attempt in range(1 + rounds):
        noise = rng.random(len(weight)) * (0.5 if attempt == 0 else 4.0)
        left, bound, complete = np.argsort(-(weight + noise), kind="stable"), 0, True
        while bound < least and len(left):
            rows, pivots, columns = eliminated(base, left)
            full = len(pivots) if full is None else full
            if len(pivots) < full:
                break
            rows = rows[pivots]
            keep(found, rows, weight, least)
            complete &= keep_pairs(found, rows, weight, least)
            lightest = np.sort(weight[columns])[:3]
            bound += lightest.sum() if len(lightest) == 3 else least
            left = left[~np.isin(left, columns)]
        if found or (complete and bound >= least):
            break
    words = sorted((np.frombuffer(word, dtype=np.int64) for word in found), key=lambda on: weight[on].sum())
    return words, bool(not found and complete and bound >= least)


def keep(found, rows, weight, least):
    """Enter the rows that leave few persons."""
    on = rows != 0
    total = on @ weight
    for number in np.flatnonzero((total < least) & on.any(axis=1)):
        found[np.flatnonzero(on[number]).tobytes()] = True


def keep_pairs(found, rows, weight, least):
    """Enter sums of two rows that leave few persons; False when there were too many pairs to look at all."""
    on = rows != 0
    own = on @ weight
    both = (on * weight) @ on.T.astype(np.int64)
    apart = own[:, None] + own[None, :] - 2 * both  # persons in one of them only: never cancelled
    first, second = np.nonzero(np.triu((apart < least) & (both > 0), 1))
    for i, j in zip(first[:PAIRS], second[:PAIRS], strict=True):
        shared = np.flatnonzero(on[i] & on[j])
        ratio = rows[i, shared] * inverses(rows[j, shared]) % PRIME
        factors, where = np.unique(ratio, return_inverse=True)
        cancelled = np.bincount(where.reshape(-1), weights=weight[shared])
        for factor in factors[apart[i, j] + both[i, j] - cancelled < least]:
            word = np.flatnonzero((rows[i] - factor * rows[j]) % PRIME)
            if len(word):
                found[word.tobytes()] = True
    return len(first) <= PAIRS


def inverses(values):
    """Inverses modulo the prime."""
    return np.array([pow(int(value), -1, PRIME) for value in values], dtype=np.int64)


def eliminated(rows, order):
    """Rows with every pivot's column zero in all others, columns tried in `order`; the pivots' rows and columns."""
    rows = rows % PRIME
    pivots, columns = [], []
    free = np.ones(len(rows), dtype=bool)
    for column in order:
        if not free.any():
            break
        at = np.flatnonzero(free & (rows[:, column] != 0))
        if not len(at):
            continue
        pivot = at[0]
        rows[pivot] = rows[pivot] * pow(int(rows[pivot, column]), -1, PRIME) % PRIME
        others = np.flatnonzero(rows[:, column])
        others = others[others != pivot]
        rows[others] = (rows[others] - rows[others, column][:, None] * rows[pivot]) % PRIME
        free[pivot] = False
        pivots.append(pivot)
        columns.append(column)
    return rows, np.array(pivots, dtype=int), np.array(columns, dtype=int)

"""TURF: which few variants together reach the most people (total unduplicated reach and frequency)."""

from dataclasses import dataclass
from itertools import combinations, islice
from math import comb

import numpy as np
import pandas as pd

from cemlab.checks import DataError, require_choice, require_level
from cemlab.measure.intervals import quantile, share_interval
from cemlab.measure.rows import design_matrix
from cemlab.measure.schema import as_list, estimates

MOST_SETS = 300_000  # up to so many sets all are tried; beyond, the best one is searched for
SECONDS = 20.0  # of the search for the best set
BLOCK = 4096


@dataclass(frozen=True)
class Turf:
    """What `turf` returns: ``sets``, ``curve`` and ``single`` (estimates)."""

    sets: pd.DataFrame
    curve: pd.DataFrame
    single: pd.DataFrame


def turf(data, items, *, size, depth=1, method="exact", keep=10, weights=None, level=0.95, min_n=100):
    """The sets of `size` items that reach most, the reach of the best set of every size, and of each item alone.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per respondent.
    items : list of str
        Columns of 0 and 1: would buy it, or likes it. Respondents with a gap are left out and counted.
    size : int
        Items in a set; the curve goes from 1 to `size`.
    depth : int, default 1
        A person is reached by at least so many items of the set.
    method : {"exact", "greedy"}
        "exact" tries every set up to 300,000 of them; where there are more, mixed-integer programming looks for the
        best one for at most 20 seconds and states how far from the best it can be. "greedy" adds the item that reaches
        most each time, with the same kind of bound.
    keep : int, default 10
        Sets kept, best first; a search or greedy run keeps one.
    weights : str, optional
        Column of case weights.
    level : float, default 0.95
    min_n : int, default 100
        Under so many respondents every row reads "low_base".

    Returns
    -------
    Turf
        ``sets``: ``size, rank, items`` (joined by " + "), ``reach, ci_low, ci_high`` (percent, Wilson),
        ``frequency`` (mean number of the set's items that a person wants), ``behind, behind_low, behind_high``
        (percentage points behind the first set, paired), ``tied`` (that interval holds 0: the data do not separate this set from
        the first), ``bound`` (percent that no set of this size can exceed; the reach itself where it is proven), ``n,
        status``. ``curve``: metric ``reach``, ``at`` the size. ``single``: metric ``reach`` per item.

    Raises
    ------
    ValueError
        Fewer items than `size`, `depth` above `size`, an unknown `method`, no complete respondent.
    DataError
        An answer other than 0 and 1; a missing or negative weight.

    Notes
    -----
    Sets are ranked by reach, then frequency, then the order of `items`. The first of many sets is chosen for being the
    highest, so its reach is somewhat flattered; the sets marked ``tied`` are as good a choice, and costs may decide among
    them. Reach says nothing about how much is bought.

    References
    ----------
    Miaoulis, G., Free, V., Parsons, H. (1990). Marketing Research, 2, 30-40. Nemhauser, G., Wolsey, L., Fisher, M. (1978):
    the bound of greedy sets. In R: ``turfR::turf``.

    Examples
    --------
    >>> import pandas as pd
    >>> likes = pd.DataFrame({"plain": [1, 1, 1, 0], "lemon": [1, 1, 0, 0], "ginger": [0, 0, 0, 1]})
    >>> found = turf(likes, ["plain", "lemon", "ginger"], size=2, min_n=1)
    >>> found.sets.query("size == 2 and rank == 1")["items"].item()
    'plain + ginger'
    """
    where, items = "turf", as_list(items)
    require_level(level, where)
    require_choice(method, ("exact", "greedy"), name="method", where=where)
    if not 1 <= size <= len(items) or not 1 <= depth <= size:
        raise ValueError(
            f"{where}: size {size} of {len(items)} items with depth {depth}; take 1 <= depth <= size <= number of items."
        )
    values, w, _ = design_matrix(data, items, weights=weights, where=where)
    if not len(values) or not w.sum() > 0:
        raise ValueError(f"{where}: no respondent has answered all {len(items)} items.")
    wrong = ~np.isin(values, (0.0, 1.0))
    if wrong.any():
        at = np.argwhere(wrong)[0]
        raise DataError(
            f"{where}: column {items[at[1]]!r} holds {values[tuple(at)]:g}; items are 1 (wants it) or 0. Make top boxes "
            "in the codebook (derived) first."
        )
    people = People(*patterns(values, w), n=len(values))
    rows = []
    for k in range(depth, size + 1):
        rows += set_rows(people, items, k, depth, method, keep, level)
    sets = pd.DataFrame(rows).assign(n=people.n, status="ok" if people.n >= min_n else "low_base")
    first = sets[sets["rank"] == 1]
    shape = {"metric": "reach", "unit": "percent", "level": level, "n": people.n, "n_eff": people.n_eff}
    shape |= {"method": "wilson_kish" if weights else "wilson", "status": sets["status"].iloc[0]}
    curve = first.rename(columns={"size": "at", "reach": "estimate"}).assign(**shape, item="(set)")
    alone = pd.DataFrame([{"item": item, **reach_row(people, [i], 1, level)} for i, item in enumerate(items)])
    single = alone.rename(columns={"reach": "estimate"}).assign(**shape)
    return Turf(sets, estimates(curve.drop(columns="items"), []), estimates(single, []))


@dataclass(frozen=True)
class People:
    """Different patterns of wishes (p, items), their weights and squared weights."""

    wants: np.ndarray
    w: np.ndarray
    w2: np.ndarray
    n: int

    @property
    def n_eff(self):
        """Kish's effective base."""
        return float(self.w.sum() ** 2 / self.w2.sum())


def patterns(values, w):
    """Distinct rows with sums of weights and of squared weights."""
    wants, place = np.unique(values, axis=0, return_inverse=True)
    place = place.ravel()
    return wants, np.bincount(place, weights=w), np.bincount(place, weights=w * w)


def set_rows(people, items, size, depth, method, keep, level):
    """Rows of the best sets of one size."""
    bound = None
    if method == "greedy":
        found, bound = greedy(people, size, depth)
    elif comb(len(items), size) <= MOST_SETS:
        found = every_set(people, size, depth, keep)
    else:
        found, bound = searched(people, size, depth)
    best, rows = reached(people, found[0], depth), []
    for rank, chosen in enumerate(found, start=1):
        row = {"size": size, "rank": rank, "items": " + ".join(items[i] for i in chosen)}
        row |= reach_row(people, chosen, depth, level) | behind(people, best, reached(people, chosen, depth), level)
        rows.append(row | {"bound": row["reach"] if bound is None else 100 * bound})
    return rows


def reached(people, chosen, depth):
    """True for each pattern that the chosen items reach."""
    return people.wants[:, list(chosen)].sum(axis=1) >= depth


def reach_row(people, chosen, depth, level):
    """Reach in percent with its interval, and frequency."""
    total = people.w.sum()
    share = people.w @ reached(people, chosen, depth) / total
    low, high = share_interval(share, people.n_eff, level=level)
    se = 100 * np.sqrt(share * (1 - share) / people.n_eff)
    frequency = float(people.w @ people.wants[:, list(chosen)].sum(axis=1) / total)
    return {"reach": 100 * share, "se": se, "ci_low": 100 * low, "ci_high": 100 * high, "frequency": frequency}


def behind(people, best, other, level):
    """How far a set stays behind the first one: paired difference with its interval, in percentage points."""
    gap = best.astype(float) - other
    mean = people.w @ gap / people.w.sum()
    variance = people.w @ (gap - mean) ** 2 / people.w.sum() / people.n_eff
    half = float(quantile(level)) * np.sqrt(variance)
    return {
        "behind": 100 * mean,
        "behind_low": 100 * (mean - half),
        "behind_high": 100 * (mean + half),
        "tied": bool(mean - half <= 1e-12),
    }


def every_set(people, size, depth, keep):
    """The best sets of one size among all of them."""
    share, total = people.w / people.w.sum(), people.wants.shape[1]
    sets, best = combinations(range(total), size), []
    while block := list(islice(sets, BLOCK)):
        member = np.zeros((total, len(block)))
        member[np.array(block).T, np.arange(len(block))] = 1.0
        wanted = people.wants @ member
        reach, frequency = share @ (wanted >= depth), share @ wanted
        order = np.lexsort((-np.round(frequency, 12), -np.round(reach, 12)))[:keep]
        best += [(round(reach[i], 12), round(frequency[i], 12), block[i]) for i in order]
        best = sorted(best, key=lambda one: (-one[0], -one[1]))[:keep]
    return [chosen for _, _, chosen in best]


def greedy(people, size, depth):
    """A set built item by item, and the share that no set of this size can exceed (depth 1; otherwise 1)."""
    share, chosen = people.w / people.w.sum(), []
    for _ in range(size):
        left = [i for i in range(people.wants.shape[1]) if i not in chosen]
        wanted = people.wants[:, [*chosen]].sum(axis=1) if chosen else np.zeros(len(share))
        after = wanted[:, None] + people.wants[:, left]
        gain = share @ np.minimum(after, depth)  # towards the depth first, then the number of wishes met
        more = share @ people.wants[:, left]
        chosen.append(left[int(np.lexsort((-more, -np.round(gain, 12)))[0])])
    now = people.wants[:, chosen].sum(axis=1) >= depth
    if depth > 1:
        return [tuple(sorted(chosen))], 1.0
    gains = np.sort(share @ (people.wants * ~now[:, None]))[::-1][:size]  # reach has falling returns
    return [tuple(sorted(chosen))], float(min(1.0, share @ now + gains.sum()))


def searched(people, size, depth):
    """The best set found by mixed-integer programming, and the share that no set can exceed."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array, hstack, vstack

    share, (rows, total) = people.w / people.w.sum(), people.wants.shape
    counted = hstack([csr_array(people.wants), csr_array((np.full(rows, -float(depth)), (range(rows), range(rows))))])
    picked = csr_array((np.ones(total), (np.zeros(total, int), range(total))), shape=(1, total + rows))
    found = milp(
        -np.concatenate([np.zeros(total), share]),
        constraints=LinearConstraint(
            vstack([counted, picked]), np.append(np.zeros(rows), size), np.append(np.full(rows, np.inf), size)
        ),
        integrality=np.concatenate([np.ones(total), np.full(rows, 1.0 if depth > 1 else 0.0)]),
        bounds=Bounds(0, 1),
        options={"time_limit": SECONDS},
    )
    start, limit = greedy(people, size, depth)
    bound = limit if found.mip_dual_bound is None else min(limit, -found.mip_dual_bound)
    if found.x is None:
        return start, bound
    chosen = tuple(int(i) for i in np.argsort(-found.x[:total], kind="stable")[:size])
    options = [tuple(sorted(chosen)), start[0]]
    best = max(options, key=lambda one: share @ reached(people, one, depth))
    return [best], float(max(bound, share @ reached(people, best, depth)))

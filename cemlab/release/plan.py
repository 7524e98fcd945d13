"""Which groups of a study may be shown to anybody: each is released whole or hidden whole."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from cemlab.measure.memberships import PANEL, alike, members
from cemlab.measure.schema import ALL, as_list
from cemlab.release.earlier import by_version, figures_before, numbered, released, twins_of
from cemlab.release.hide import cheapest

NEVER = 1_000.0  # cost of a group that is kept for as long as anything else can go


@dataclass(frozen=True)
class Plan:
    """Groups and whether they are shown; made by `plan_release`."""

    groups: pd.DataFrame
    cuts: tuple
    wave: str  # the newest: that of results without a wave
    min_persons: int
    loss: dict
    places: dict = field(repr=False)
    problem: object = field(repr=False)  # what was solved, for items that fewer answered
    items: dict = field(repr=False, default_factory=dict)  # item -> groups shown, as far as asked
    seen: dict = field(repr=False, default_factory=dict)  # (figure, wave) -> {group: (n, sum)} shown so far
    held: dict = field(repr=False, default_factory=dict)  # (figure, wave) -> groups whose figure was held back
    twins: dict = field(
        repr=False, default_factory=dict
    )  # group -> groups of earlier reports that are the same persons

    @property
    def open(self):
        """True for each group that is shown."""
        return self.groups["shown"].to_numpy(bool)

    def open_for(self, item, bases):
        """True for each group that is shown of an item, which fewer may have answered.

        Parameters
        ----------
        item : str
        bases : dict of int to int
            Answers of the groups (by their place) that are to be shown.
        """
        short = [place for place, n in bases.items() if self.open[place] and 0 < n < self.min_persons]
        key = (item, tuple(sorted(short)))
        if key not in self.items:
            self.items[key] = self.problem.solved(item, short, self.open)
        return self.items[key]

    def at(self, codes, wave):
        """Row of a group in `groups`; None where the plan does not know it."""
        return self.places.get((*(str(codes.get(cut, ALL)) for cut in self.cuts), str(wave)))

    def shown(self, *, _wave=None, **codes):
        """Whether a group is shown; KeyError for one that the plan does not know."""
        place = self.at(codes, self.wave if _wave is None else _wave)
        if place is None:
            raise KeyError(f"plan: no group {codes} of wave {_wave or self.wave!r}; its cuts are {list(self.cuts)}.")
        return bool(self.groups["shown"].iloc[place])


@dataclass(frozen=True)
class Problem:
    """Kinds of persons and their groups, as they were solved."""

    table: np.ndarray  # kinds x groups; those of earlier reports last
    persons: np.ndarray
    answered: dict  # item -> how many of each kind answered it
    least: int
    cost: np.ndarray
    fixed: np.ndarray
    seed: int
    waves: np.ndarray  # of each group

    def solved(self, item, short, open_):
        """Groups shown of an item: those of the plan, less those that too few answered, less those that would tell these."""
        persons = self.answered.get(item, self.persons)
        known = item in self.answered
        if not short and (not known or (persons == self.persons).all()):
            return open_
        few = self.fixed & False
        few[: len(open_)] = ~open_
        sizes = self.table.T.astype(np.int64) @ persons
        few |= ~self.fixed & (sizes < self.least)
        few[short] = True
        rng = np.random.default_rng(self.seed)
        choice = cheapest(self.table, persons, self.least, self.cost, few=few, fixed=self.fixed, rng=rng)
        return ~choice.hidden[: len(open_)]


def plan_release(
    population,
    cuts,
    *,
    person="_person",
    wave="_wave",
    waves=None,
    min_persons=10,
    items=(),
    panel=False,
    keep=((),),
    ledger=(),
    versions=None,
    seed=0,
):
    """Decide which groups of persons a report may show, so that nothing is told about fewer than `min_persons`.

    Parameters
    ----------
    population : pandas, polars (eager or lazy) or Spark data frame
        One row per answer, of every wave that is shown, with every column that is cut. Nobody's answers are looked at.
    cuts : list
        All cuts that the report and its exports publish: a column, or a list of columns that are crossed. The total is always
        one of them. Versions for single managers use the plan of all of them.
    person, wave : str or None
        Columns of the person and the wave.
    waves : list of str, optional
        The waves in their order; alphabetical when left out. The newest is the dearest to hide.
    min_persons : int, default 10
        Fewest persons that anything shown, or worked out from it, may rest on; never under 5.
    items : sequence of str
        Questions that not everybody answered: figures of each are judged by those who did.
    panel : bool, default False
        The report shows those who answered in every wave apart (wave "(both)").
    keep : sequence
        Cuts that are given up last; the total when left out.
    ledger : sequence of dict
        Groups that earlier reports have shown (`open_ledger(...).entries`): ``group`` (codes by column), ``wave``,
        ``version``.
    versions : dict, optional
        The population as it was at the versions of the ledger; a version that is not given is taken as it is now.
    seed : int, default 0

    Returns
    -------
    Plan
        ``groups``: the cut columns ("(all)" where a group does not make that cut), ``_wave``, ``persons``, ``shown``, ``reason`` ("" shown; "few" persons; "complement": others would give it away; "waves": it would give
        away those who came or left; "ledger": it would give somebody away together with an earlier report). ``loss``: how many
        ``groups`` there are, ``hidden``, ``few`` of them, ``bound`` (no plan hides fewer for less), ``exact``, ``proven``, and
        ``open``, what earlier reports have told already.

    Raises
    ------
    ValueError
        `min_persons` under 5; an unknown column; a ledger that names a column the population lacks.

    Notes
    -----
    A reader knows the sums of all groups shown, and so all their combinations. A combination that is zero for all but fewer
    than `min_persons` persons tells about these few, whichever figure it is: a sibling from its total, a cross from two other
    crosses, a joiner from two waves (people who stayed are taken to have answered alike, which a reader may suppose). No
    combination of the groups shown is of that kind, and as little as possible is hidden for it: the number of groups, then
    the persons in them; the newest wave counts double.

    Examples
    --------
    >>> people = pd.DataFrame({"_person": range(60), "team": ["a"] * 4 + ["b"] * 14 + ["c"] * 42})
    >>> plan_release(people, ["team"], wave=None).groups[["team", "persons", "shown", "reason"]]
        team  persons  shown      reason
    0  (all)       60   True
    1      a        4  False         few
    2      b       14  False  complement
    3      c       42   True
    """
    where = "plan_release"
    if isinstance(min_persons, bool) or not min_persons >= 5:
        raise ValueError(
            f"{where}: `min_persons` is {min_persons!r}; under 5 a person can be recognised. Take 5 or more."
        )
    one = members(population, cuts, person=person, wave=wave, items=items, panel=panel, where=where)
    columns = [c for c in one.groups.columns if c != "_wave"]
    earlier = [
        released(entry, (versions or {}).get(entry.get("version"), population), columns, person, wave, where)
        for entry in by_version(ledger)
    ]
    table, persons, answered = alike([one, *(part for part, *_ in earlier)])
    listed = [np.arange(len(one.groups)), *(at + start for at, start in numbered(one, earlier))]
    dense = table[:, np.concatenate(listed).astype(int)].toarray().astype(np.int8)
    fixed = np.arange(dense.shape[1]) >= len(one.groups)
    sizes = dense.T.astype(np.int64) @ persons
    few = ~fixed & (sizes < min_persons)
    order = list(waves) if waves is not None else sorted(set(one.groups["_wave"]) - {PANEL})
    newest = order[-1] if order else ALL
    cost = prices(one.groups, sizes, newest, keep, columns, len(sizes))
    rng = np.random.default_rng(seed)
    choice = cheapest(dense, persons, min_persons, cost, few=few, fixed=fixed, rng=rng)
    groups = one.groups.assign(persons=sizes[~fixed], shown=~choice.hidden[~fixed])
    groups["reason"] = reasons(groups, choice, few)
    hidden = choice.hidden & ~few
    facts = {
        "groups": int((sizes[~fixed] > 0).sum()),
        "hidden": int((choice.hidden & (sizes > 0))[~fixed].sum()),
        "few": int((few & (sizes > 0)).sum()),
        "cost": float(cost[hidden].sum()),
        "bound": float(choice.bound),
        "exact": choice.exact,
        "proven": choice.proven,
        "open": len(choice.open),
    }
    places = {key: i for i, key in enumerate(groups[[*columns, "_wave"]].itertuples(index=False, name=None))}
    asked = {item: answered[:, number] for number, item in enumerate(items)}
    all_waves = np.r_[
        one.groups["_wave"].to_numpy(object), *(part.groups["_wave"].to_numpy(object)[at] for part, at, *_ in earlier)
    ]
    problem = Problem(dense, persons, asked, int(min_persons), cost, fixed, seed, all_waves)
    seen, held = figures_before(earlier, len(one.groups))
    before = {"seen": seen, "held": held, "twins": twins_of(dense, all_waves, len(one.groups))}
    return Plan(groups, tuple(columns), newest, int(min_persons), facts, places, problem, **before)


def prices(groups, sizes, newest, keep, columns, count):
    """What hiding each group costs: a group is one, its persons a little more; the newest wave double; kept ones dear."""
    cost, own = np.ones(count), len(groups)
    cost[:own] += sizes[:own] / max(sizes[:own].sum(), 1)
    cost[:own][groups["_wave"].to_numpy(object) == newest] *= 2
    made = groups[columns].to_numpy(object) != ALL if columns else np.zeros((own, 0), dtype=bool)
    for cut in keep:
        cost[:own][(made == [c in as_list(cut) for c in columns]).all(axis=1)] *= NEVER
    return cost


def reasons(groups, choice, few):
    """Why each hidden group is hidden, in a word."""
    count = len(groups)
    waves = groups["_wave"].to_numpy()
    out = np.where(few[:count], "few", "").astype(object)
    for group in np.flatnonzero(choice.hidden[:count] & ~few[:count]):
        mine = [i for i, demand in enumerate(choice.demands) if group in demand]
        alone = [i for i in mine if choice.hidden[choice.demands[i]].sum() == 1]
        told = min(alone or mine, key=lambda i: len(choice.demands[i]))
        if choice.earlier[told]:
            out[group] = "ledger"
        else:
            out[group] = "waves" if len(set(waves[choice.demands[told]])) > 1 else "complement"
    return out

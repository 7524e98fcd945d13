"""What earlier reports of a study have told and held back, as further groups beside those of the report to come."""

import numpy as np

from cemlab.measure.memberships import PANEL, members
from cemlab.measure.schema import ALL


def by_version(ledger):
    """The ledger's entries gathered by the version of the data they were made from."""
    gathered = {}
    for entry in ledger:
        gathered.setdefault(entry.get("version"), []).append(entry)
    return [{"version": version, "entries": entries} for version, entries in gathered.items()]


def released(gathered, population, columns, person, wave, where):
    """Persons of the groups that earlier reports showed: their members, the groups' places among them, what was told of each,
    and what was held back.
    """
    import narwhals as nw

    entries = gathered["entries"]
    have = nw.from_native(population).collect_schema().names()
    lacking = sorted({column for entry in entries for column in entry["group"]} - set(have))
    if lacking:
        raise ValueError(
            f"{where}: an earlier report was cut by {lacking[0]!r}, which the population lacks, so that nobody can tell "
            f"what the two reports give away together; add the column."
        )
    crosses = list(dict.fromkeys(tuple(sorted(entry["group"])) for entry in entries))
    panel = any(entry["wave"] == PANEL for entry in entries)
    part = members(population, [list(c) for c in crosses if c], person=person, wave=wave, panel=panel, where=where)
    own = [c for c in part.groups.columns if c != "_wave"]
    place = {key: i for i, key in enumerate(part.groups[[*own, "_wave"]].itertuples(index=False, name=None))}
    figures, held = {}, {}
    for entry in entries:
        key = (*(str(entry["group"].get(c, ALL)) for c in own), str(entry["wave"]))
        if key in place:
            figures.setdefault(place[key], {}).update(
                {tuple(kind): (n, total) for kind, n, total in entry.get("figures", [])}
            )
            held.setdefault(place[key], set()).update(tuple(kind) for kind in entry.get("held", []))
    at = np.array(sorted(figures), dtype=int)
    return part, at, [figures[one] for one in at], [held[one] for one in at]


def figures_before(earlier, start):
    """What earlier reports told and held back, as `Plan.seen` and `Plan.held` have it."""
    seen, held = {}, {}
    for part, at, figures, kept in earlier:
        waves = part.groups["_wave"].to_numpy(object)[at]
        for number, wave in enumerate(waves):
            for kind, told in figures[number].items():
                seen.setdefault((kind, wave), {})[start + number] = told
            for kind in kept[number]:
                held.setdefault((kind, wave), set()).add(start + number)
        start += len(at)
    return seen, held


def twins_of(table, waves, own):
    """For each of the first `own` groups the later ones (of earlier reports) that are the same persons in the same wave."""
    places = {}
    for place in range(own, table.shape[1]):
        places.setdefault((table[:, place].tobytes(), waves[place]), []).append(place)
    return {
        place: tuple(found)
        for place in range(own)
        if (found := places.get((table[:, place].tobytes(), waves[place]))) and table[:, place].any()
    }


def numbered(one, earlier):
    """For each earlier part its groups' places and where they start in the table of all parts."""
    start = len(one.groups)
    for part, places, *_ in earlier:
        yield places, start
        start += len(part.groups)

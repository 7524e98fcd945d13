"""Which persons belong to which groups of a report: persons alike in all of them are counted together."""

from dataclasses import dataclass

import narwhals as nw
import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from cemlab.checks import require_columns
from cemlab.measure.frames import collect_all, columns_of, group_column, lazy
from cemlab.measure.persons import given
from cemlab.measure.schema import ALL, as_list

PANEL = "(both)"  # the wave of persons who answered in every wave


@dataclass(frozen=True)
class Members:
    """Groups and the persons in them; made by `members`."""

    groups: pd.DataFrame  # a row a group: the cut columns, then "_wave"
    names: np.ndarray  # of the persons
    person: np.ndarray  # pairs: place of a person ...
    group: np.ndarray  # ... and of a group they belong to
    answered: np.ndarray  # persons x items, True where a person answered the item every time


def members(data, cuts, *, person="_person", wave="_wave", items=(), panel=False, where="members"):
    """The groups that `cuts` make in every wave, with their persons.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per answer.
    cuts : list
        Each entry is a column, or a list of columns that are crossed; the total is always there.
    person : str or None
        Column of the person; rows without one are a person each (named by their ``_key`` where there is one).
    wave : str or None
        Column of the wave.
    items : sequence of str
        Questions whose answers are counted.
    panel : bool, default False
        Add the persons who answered in every wave as a wave of their own, by their groups in the newest one.

    Returns
    -------
    Members
    """
    cuts = [(), *(tuple(as_list(cut)) for cut in cuts)]
    cuts = list(dict.fromkeys(cuts))
    columns = list(dict.fromkeys(column for cut in cuts for column in cut))
    frame = lazy(data, where)
    have = columns_of(frame)
    require_columns(have, [*columns, *items, *as_list(person), *as_list(wave)], where)
    schema = frame.collect_schema()
    query = frame.select(
        (nw.col(person).cast(nw.String) if person else nw.lit(None, nw.String)).alias("person__"),
        (nw.col("_key").cast(nw.String) if "_key" in have else nw.lit(None, nw.String)).alias("key__"),
        *(group_column(column, schema) for column in [*columns, *as_list(wave)]),
        *(given(item, schema).alias(f"a__{item}") for item in items),
    )
    rows = collect_all([query])[0]
    names = rows["person__"].to_numpy(object, copy=True)
    lacking = np.flatnonzero(rows["person__"].isna().to_numpy())
    keys = rows["key__"].to_numpy(object)
    names[lacking] = [f"\0{at if pd.isna(keys[at]) else keys[at]}" for at in lacking]
    known, place = np.unique(names.astype(str), return_inverse=True)
    place = place.reshape(-1)
    texts = {column: rows[f"by__{column}"].to_numpy(object).astype(str).astype(object) for column in columns}
    texts["_wave"] = (
        rows[f"by__{wave}"].to_numpy(object).astype(str).astype(object) if wave else np.full(len(rows), ALL, object)
    )
    answered = np.ones((len(known), len(items)), dtype=bool)
    for number, item in enumerate(items):
        given_here = rows[f"a__{item}"].to_numpy(bool)
        asked = pd.Series(given_here).groupby(texts["_wave"]).transform("max").to_numpy(bool)
        np.logical_and.at(
            answered[:, number], place, given_here | ~asked
        )  # a wave that nobody was asked it in says nothing
    frames = [(place, texts)]
    if panel and len(set(texts["_wave"])) > 1:
        frames.append(everywhere(place, texts))
    found, person_at, group_at, done = [], [], [], 0
    for at, codes in frames:
        numbers = {column: np.unique(values, return_inverse=True) for column, values in codes.items()}
        for cut in cuts:
            groups, number = crossed([numbers[column] for column in (*cut, "_wave")])
            pairs = np.unique(at.astype(np.int64) * len(groups[0]) + number)
            found.append({c: dict(zip((*cut, "_wave"), groups, strict=True)).get(c) for c in [*columns, "_wave"]})
            person_at.append(pairs // len(groups[0]))
            group_at.append(pairs % len(groups[0]) + done)
            done += len(groups[0])
    named = {
        column: np.concatenate(
            [np.full(len(one["_wave"]), ALL, object) if one[column] is None else one[column] for one in found]
        )
        for column in [*columns, "_wave"]
    }
    groups = pd.DataFrame(named, dtype=object)
    return Members(groups, np.asarray(known, object), np.concatenate(person_at), np.concatenate(group_at), answered)


def crossed(numbers):
    """The groups that some columns make together, in order: their codes column by column, and the group of each row."""
    number = np.zeros(len(numbers[0][1]), dtype=np.int64)
    for codes, inverse in numbers:
        number = number * len(codes) + inverse.reshape(-1)
    found, group = np.unique(number, return_inverse=True)
    columns = []
    for codes, _ in reversed(numbers):
        columns.insert(0, codes[found % len(codes)])
        found = found // len(codes)
    return columns, group.reshape(-1)


def everywhere(place, texts):
    """The rows of the newest wave of those who answered in every wave, as a wave of its own."""
    waves = sorted(set(texts["_wave"]))
    number = np.unique(texts["_wave"], return_inverse=True)[1].reshape(-1)
    seen = np.bincount(np.unique(place.astype(np.int64) * len(waves) + number) // len(waves), minlength=place.max() + 1)
    kept = (seen[place] == len(waves)) & (texts["_wave"] == waves[-1])
    codes = {column: values[kept] for column, values in texts.items()}
    return place[kept], codes | {"_wave": np.full(kept.sum(), PANEL, object)}


def alike(parts):
    """Persons who belong to the same groups, counted together.

    Parameters
    ----------
    parts : list of Members
        Of the same or of other answers; a person of the same name is the same person.

    Returns
    -------
    (scipy.sparse.csr_array, numpy.ndarray, numpy.ndarray)
        Kinds of persons x groups (0 or 1; the groups of all parts one after another), how many persons each kind holds, and how
        many of them answered each item of the first part.
    """
    names = np.unique(np.concatenate([part.names for part in parts]))
    count = sum(len(part.groups) for part in parts)
    person, group, done = [], [], 0
    for part in parts:
        person.append(np.searchsorted(names, part.names)[part.person])
        group.append(part.group + done)
        done += len(part.groups)
    person, group = np.concatenate(person), np.concatenate(group)
    marks = np.random.default_rng(11).integers(1, 2**63, count, dtype=np.uint64)
    sums = np.zeros((len(names), 2), dtype=np.uint64)  # two sums of random marks: persons alike have the same
    np.add.at(sums[:, 0], person, marks[group])
    np.add.at(sums[:, 1], person, marks[::-1][group])
    _, first, kind = np.unique(sums, axis=0, return_index=True, return_inverse=True)
    kind = kind.reshape(-1)
    keep = np.isin(person, first)
    rank = np.full(len(names), -1)
    rank[first] = kind[first]
    table = csr_array((np.ones(keep.sum()), (rank[person[keep]], group[keep])), shape=(len(first), count))
    persons = np.bincount(kind, minlength=len(first))
    answered = np.ones((len(names), parts[0].answered.shape[1]), dtype=bool)
    answered[np.searchsorted(names, parts[0].names)] = parts[0].answered
    by_kind = np.zeros((len(first), answered.shape[1]), dtype=np.int64)
    np.add.at(by_kind, kind, answered)
    return table, persons, by_kind

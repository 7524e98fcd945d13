"""The last door before anything leaves: figures of too few persons, or that refer to them, are blanked."""

import numpy as np
import pandas as pd

from cemlab.checks import require_columns
from cemlab.measure.persons import distinct_persons
from cemlab.measure.schema import ALL, COMPARISONS, ESTIMATES, MISSING

__all__ = ["distinct_persons", "protect"]

COUNTS = ["n", "n_eff", "n_missing", "n_reference", "n_eff_reference"]
KEPT = {"at", "level"}  # numbers that say nothing about a group's answers
REST = "(rest)"


def protect(
    results,
    persons,
    *,
    min_persons=10,
    reference_persons=None,
    hide_counts=False,
    labels=("stage",),
):
    """Blank every figure of every row that is, or refers to, a group of fewer than `min_persons` persons.

    Parameters
    ----------
    results : pandas.DataFrame
        Estimates or comparisons.
    persons : pandas.DataFrame
        Output of `distinct_persons` on the same answers with the same cuts; with its column ``item``, persons are judged
        item by item.
    min_persons : int, default 10
        Smallest number of distinct persons a figure may rest on; never under 5.
    reference_persons : pandas.DataFrame, optional
        The same for the answers compared with (the wave before); needed when ``reference`` is no group of `results`.
    hide_counts : bool, default False
        Blank the bases of hidden rows, too.
    labels : tuple of str
        Text columns that describe items and define no group.

    Returns
    -------
    pandas.DataFrame
        The same rows; hidden ones have status "hidden" and no figures.

    Raises
    ------
    ValueError
        A group of `results` without persons counted, a text column that is no cut of `persons`, a reference that cannot
        be judged, `min_persons` under 5. In doubt nothing is released.

    Notes
    -----
    A row is hidden when its own group or the group it refers to holds too few persons; when fewer than `min_persons`
    answers stand behind it; and, for a group against "(rest)", when the others may be too few. A difference beside one
    visible side would give the other away, so both sides of such a row go. Persons who answer more than once count
    once. Rows along ``at`` (periods, codes) are judged by the persons of their group and by their own n; where persons
    answer often, put the period into the cuts. Not done here: a hidden group can still be worked out from a total and all its other parts, and a share of 0
    or 100 % tells what everyone said.

    Examples
    --------
    >>> import pandas as pd
    >>> results = pd.DataFrame({"team": ["a", "b"], "estimate": [20.0, 50.0], "n": [40, 12], "status": ["ok", "ok"]})
    >>> persons = pd.DataFrame({"team": ["(all)", "a", "b"], "persons": [44, 40, 4]})
    >>> protect(results, persons)[["team", "estimate", "n", "status"]]
      team  estimate   n  status
    0    a      20.0  40      ok
    1    b       NaN  12  hidden
    """
    where = "protect"
    if isinstance(min_persons, bool) or not min_persons >= 5:
        raise ValueError(
            f"{where}: `min_persons` is {min_persons!r}; under 5 a person can be recognised. Take 5 or more."
        )
    require_columns(results.columns, ["n", "status"], where)
    cuts = cuts_of(results, persons, labels, where)
    few = np.zeros(len(results), dtype=bool)
    for column in ("n", "n_reference"):
        if column in results:
            few |= ((results[column] > 0) & (results[column] < min_persons)).to_numpy()
    few |= too_few(results, persons, reference_persons, cuts, min_persons, where)
    return blank(results, few, hide_counts)


def cuts_of(results, persons, labels, where):
    """The columns that define groups in both frames; anything that could be a group and was not counted stops the run."""
    require_columns(persons.columns, ["persons"], where)
    cuts = [c for c in persons.columns if c not in ("persons", "item")]
    known = {*ESTIMATES, *COMPARISONS, *cuts, *labels}
    others = [c for c in results.columns if c not in known and not pd.api.types.is_numeric_dtype(results[c])]
    if others:
        raise ValueError(
            f"{where}: column {others[0]!r} of the results may define groups whose persons were not counted; count them "
            f"with distinct_persons(data, by=[{others[0]!r}, ...]), or name the column in `labels` if it describes items."
        )
    return cuts


def too_few(results, persons, reference_persons, cuts, min_persons, where):
    """True for rows whose own group, or the group they refer to, holds fewer persons than allowed."""
    by_item = "item" in persons.columns
    own = lookup(persons, cuts, where)
    other = None if reference_persons is None else lookup(reference_persons, cuts, where)
    out = []
    for row in results.to_dict("records"):
        item = row["item"] if by_item else None
        group = tuple(str(row.get(cut, ALL)) for cut in cuts)
        count = need(own, item, group, cuts, where)
        reference = row.get("reference")
        if isinstance(reference, str) and reference not in ("target", ""):
            count = min(count, referred(reference, own, other, item, group, cuts, where))
        out.append(count < min_persons)
    return np.array(out, dtype=bool)


def lookup(persons, cuts, where):
    """Persons by item (None where not counted by item) and group."""
    require_columns(persons.columns, [*cuts, "persons"], where)
    items = persons["item"] if "item" in persons else [None] * len(persons)
    groups = persons[cuts].astype(str).itertuples(index=False, name=None) if cuts else [()] * len(persons)
    out = {}
    for item, group, count in zip(items, groups, persons["persons"], strict=True):
        if (item, group) in out:
            raise ValueError(
                f"{where}: the persons of group {dict(zip(cuts, group, strict=True))} stand twice; count once."
            )
        out[item, group] = count
    return out


def need(counted, item, group, cuts, where):
    """Persons of one group; ValueError when they were not counted."""
    if (item, group) not in counted:
        of = f" of item {item!r}" if item is not None else ""
        raise ValueError(
            f"{where}: no persons counted for group {dict(zip(cuts, group, strict=True))}{of}; make `persons` from the same "
            "answers and cuts with distinct_persons(data, by=...)."
        )
    return counted[item, group]


def referred(reference, own, other, item, group, cuts, where):
    """Persons of the group that a row refers to (for "(rest)": at least so many)."""
    active = [i for i, code in enumerate(group) if code != ALL]
    if other is not None and reference != REST:
        return need(other, item, group, cuts, where)
    beside = {
        " / ".join(g[i] for i in active): count
        for (name, g), count in own.items()
        if name == item and g != group and all((g[i] == ALL) == (i not in active) for i in range(len(g)))
    }
    if active and reference == REST:
        known = {label: count for label, count in beside.items() if MISSING not in label.split(" / ")}
        lost = sum(count for label, count in beside.items() if label not in known)
        total = own.get((item, (ALL,) * len(group)), 0)
        return max([total - lost - own[item, group], *known.values(), 0])
    if active and reference in beside:
        return beside[reference]
    raise ValueError(
        f"{where}: rows refer to {reference!r}, which is no group of the results; pass `reference_persons`, the persons of "
        "the answers compared with, counted with the same cuts."
    )


def blank(results, hidden, hide_counts):
    """`results` with the figures of hidden rows taken away."""
    out = results.copy()
    numbers = [c for c in out.columns if pd.api.types.is_numeric_dtype(out[c]) and c not in KEPT]
    for column in numbers:
        if hide_counts or column not in COUNTS:
            if hidden.any() and not pd.api.types.is_float_dtype(out[column]):
                out[column] = out[column].astype(float)
            out.loc[hidden, column] = np.nan
    out.loc[hidden, "status"] = "hidden"
    return out

"""Tables before they leave: few persons hidden by the same door as reports, and what would give them away hidden too."""

import numpy as np
import pandas as pd

from cemlab.measure.persons import distinct_persons
from cemlab.measure.schema import ALL, MISSING
from cemlab.measure.table_counts import SEPARATOR
from cemlab.measure.tables import block
from cemlab.release import protect

TEXTS = ("question", "row", "letter", "above", "rest")
CLOSED = ("hidden", "not_estimable")


def banner_persons(data, banner, codebook, *, person="_person"):
    """Distinct persons behind every column of every banner.

    Parameters
    ----------
    data : data frame
        What the tables were counted on.
    banner : list
        As in `measure.tables.crosstab`.
    codebook : Codebook or None
    person : str or None
        Column of the person; None where every row is one.

    Returns
    -------
    pandas.DataFrame
        ``banner, column, persons``, the total as "(all)".
    """
    import narwhals as nw

    have = set(nw.from_native(data).collect_schema().names())
    out = [distinct_persons(data, person=person).assign(banner=ALL, column=ALL)]
    for entry in banner:
        one = block(entry, codebook, have, "banner_persons")
        parts = list(one.parts)
        counted = distinct_persons(data, parts if one.overlapping else [parts], person=person)
        if one.overlapping:
            for part, code in zip(parts, one.codes, strict=True):
                chosen = counted[(counted[part] == "1") & counted[[p for p in parts if p != part]].eq(ALL).all(axis=1)]
                out.append(pd.DataFrame({"persons": chosen["persons"].sum(), "banner": one.name, "column": [code]}))
            continue
        groups = counted[counted[parts].ne(ALL).all(axis=1) & counted[parts].ne(MISSING).all(axis=1)]
        named = groups[parts].agg(SEPARATOR.join, axis=1) if len(groups) else []
        out.append(pd.DataFrame({"persons": groups["persons"], "banner": one.name, "column": named}))
    return pd.concat(out, ignore_index=True)[["banner", "column", "persons"]]


def guarded(table, persons, *, min_persons=10):
    """A table as it may be shown.

    Parameters
    ----------
    table : pandas.DataFrame
        Output of `measure.tables.crosstab`.
    persons : pandas.DataFrame
        Output of `banner_persons` on the same data and banners.
    min_persons : int, default 10
        As in `release.protect`.

    Returns
    -------
    pandas.DataFrame
        The same cells. Hidden ones have no figures; letters that refer to a hidden column are taken out; no arrow stands
        where those outside the column are too few. Where the total less the columns shown leaves fewer than `min_persons`
        answers, these would give the hidden ones away: the smallest column shown is hidden as well.

    Raises
    ------
    ValueError
        A column of the table without persons counted.
    """
    absent = table[["banner", "column"]].drop_duplicates().merge(persons, how="left", on=["banner", "column"])
    absent = absent[absent["persons"].isna()]
    persons = pd.concat([persons, absent.assign(persons=0)[["banner", "column", "persons"]]], ignore_index=True)
    out = protect(table, persons, min_persons=min_persons, labels=TEXTS)
    out = blanked(out, out["status"] == "hidden")
    out = blanked(out, told_by_others(out, min_persons))
    counted = persons.set_index(["banner", "column"])["persons"]
    everybody = counted.get((ALL, ALL), np.inf)
    own = out[["banner", "column"]].merge(persons, how="left", on=["banner", "column"])["persons"].to_numpy()
    few = (everybody - own < min_persons) & (out["banner"] != ALL).to_numpy()
    out.loc[few, ["p_rest", "p_rest_adjusted"]] = np.nan
    out.loc[few, "rest"] = ""
    return without_letters(out)


def blanked(table, which):
    """The cells `which` hidden."""
    figures = [c for c in table.columns if pd.api.types.is_float_dtype(table[c]) and c not in ("at", "level")]
    figures = [c for c in figures if c not in ("n", "n_eff", "n_missing")]
    out = table.copy()
    out.loc[which, figures] = np.nan
    out.loc[which, ["above", "rest"]] = ""
    out.loc[which, "status"] = "hidden"
    return out


def told_by_others(table, min_persons):
    """Cells to hide because the total less the columns shown would leave too few: the smallest one shown of each such row."""
    rows = ["banner", "question", "item", "row", "metric"]
    out = pd.Series(False, index=table.index)
    cut = table[table["banner"] != ALL]
    touched = cut.loc[cut["status"] == "hidden", rows].drop_duplicates()
    if not len(touched):
        return out
    part = cut.reset_index().merge(touched, on=rows)
    total = table.loc[table["banner"] == ALL, [*rows[1:], "n"]].rename(columns={"n": "total"})
    part = part.merge(total, how="left", on=rows[1:])
    part["shown"] = part["n"].where(~part["status"].isin(CLOSED) & (part["n"] > 0))
    by_row = part.groupby(rows, sort=False)
    left = part["total"] - by_row["shown"].transform("sum")
    overlapping = by_row["n"].transform("sum") > part["total"]
    opened = part[(left > 0) & (left < min_persons) & ~overlapping & part["shown"].notna()]
    smallest = opened.sort_values("shown", kind="stable").drop_duplicates(rows)["index"]
    out.loc[smallest] = True
    return out


def without_letters(table):
    """Letters of hidden columns taken out of the cells that refer to them."""
    hidden = table[(table["status"] == "hidden") & (table["letter"] != "")]
    if not len(hidden):
        return table
    rows = ["banner", "question", "item", "row"]
    lost = hidden.groupby(rows)["letter"].agg("".join).rename("lost").reset_index()
    found = table[rows].merge(lost, how="left", on=rows)["lost"].fillna("")
    kept = [
        "".join(sign for sign in above if sign.upper() not in gone)
        for above, gone in zip(table["above"], found, strict=True)
    ]
    return table.assign(above=kept)

"""Weights against non-response from personnel data: cells of the headcount, small ones joined."""

import numpy as np
import pandas as pd

from cemlab.checks import DataError, require_columns
from cemlab.measure.attach import attach_weights
from cemlab.measure.frames import columns_of, lazy
from cemlab.measure.moments import counts
from cemlab.measure.raking import WEIGHT_COLUMNS, Weighted, describe
from cemlab.measure.schema import as_list


def nonresponse_weights(data, people, cells, *, least=10, name="weight"):
    """Weights that give each cell of the headcount its share among those who answered.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per person who answered.
    people : data frame
        One row per employee, whether they answered or not, with the same columns.
    cells : str or list of str
        Columns that make the cells, the most important first (division, then tenure band, then sex).
    least : int, default 10
        A cell with fewer answers is joined to others: first to those that differ in the last column only.
    name : str, default "weight"

    Returns
    -------
    Weighted
        ``data`` with the column `name` (mean 1); ``margins``: the cells' columns, ``cell`` (number of the joined cell), ``n``
        answers, ``headcount``, ``weight``; ``report``, one row: ``cells, joined`` and the columns of `weight_summary`.

    Raises
    ------
    ValueError
        Unknown column, `name` already taken, `least` under 1.
    DataError
        No answers, or no people.

    Notes
    -----
    Post-stratification: weight = (N_cell / N) / (n_cell / n). It removes the bias of silence as far as people inside a cell
    are silent by chance. Cells are joined because a cell of few answers has a weight that one person decides; joining puts
    bias in place of noise. Cells without a code stand as "(missing)". Where margins alone are known, use `rake`.

    Examples
    --------
    >>> import pandas as pd
    >>> people = pd.DataFrame({"site": ["a"] * 60 + ["b"] * 40})
    >>> answers = pd.DataFrame({"site": ["a"] * 20 + ["b"] * 20})
    >>> nonresponse_weights(answers, people, "site").margins[["site", "n", "headcount", "weight"]]
      site   n  headcount  weight
    0    a  20         60     1.2
    1    b  20         40     0.8
    """
    where, cells = "nonresponse_weights", as_list(cells)
    if not cells or least < 1:
        raise ValueError(f"{where}: give at least one column of cells, and `least` of at least 1 (it is {least!r}).")
    have = columns_of(lazy(data, where))
    require_columns(have, cells, where)
    require_columns(columns_of(lazy(people, where)), cells, where)
    if name in have:
        raise ValueError(f"{where}: column {name!r} is already there; choose another `name` for the new weights.")
    answers, staff = (
        counts(rows, cells[0], by=cells, where=where).groupby(cells)["n"].sum() for rows in (data, people)
    )
    table = pd.DataFrame({"n": answers, "headcount": staff}).fillna(0).astype(int).sort_index().reset_index()
    if table["n"].sum() == 0 or table["headcount"].sum() == 0:
        raise DataError(
            f"{where}: {table['n'].sum():,} answers and {table['headcount'].sum():,} people; both are needed."
        )
    table["cell"] = joined_cells(table, cells, least)
    own = table.groupby("cell")[["n", "headcount"]].transform("sum")
    share = own["headcount"] / table["headcount"].sum()
    table["weight"] = share / (own["n"] / table["n"].sum())
    n, w = table["n"].to_numpy(float), table["weight"].to_numpy(float)
    answered = n > 0
    figures = describe(n.sum(), (n * w).sum(), (n * w**2).sum(), w[answered])
    report = pd.DataFrame(
        [{"cells": table["cell"].nunique(), "joined": len(table) - table["cell"].nunique(), **figures}]
    )
    weighted = table.loc[answered, [*cells, "weight"]].rename(columns={"weight": name})
    rows = attach_weights(data, weighted, columns=cells, base=None, name=name, where=where)
    return Weighted(
        rows, table[[*cells, "cell", "n", "headcount", "weight"]], report[["cells", "joined", *WEIGHT_COLUMNS]]
    )


def joined_cells(table, cells, least):
    """Number of each cell after joining those that are too small, from the last column to the first."""
    codes = list(table[cells].itertuples(index=False, name=None))
    n, staff = table["n"].to_numpy(float), table["headcount"].to_numpy(float)
    groups = [[i] for i in range(len(table))]

    def enough(group):
        return n[group].sum() >= least and staff[group].sum() > 0

    for depth in range(len(cells) - 1, -1, -1):
        families = {}
        for group in groups:
            families.setdefault(codes[group[0]][:depth], []).append(group)
        groups = []
        for family in families.values():
            large = sorted((group for group in family if enough(group)), key=lambda group: n[group].sum())
            small = [i for group in family if not enough(group) for i in group]
            if small and large and not enough(small):
                large[0] = large[0] + small
            elif small:
                large.append(small)
            groups += large
    out = np.empty(len(table), dtype=int)
    for number, group in enumerate(sorted(groups, key=min)):
        out[group] = number + 1
    return out

"""Sums of a small frame in memory, always added in one order: two runs agree in the last digit, whatever threads do."""

import pandas as pd

CELLS = 1_000_000  # rows times columns; more are summed by the frame's own engine, to 1e-9


def is_small(data, columns):
    """Whether `data` is a frame in memory (pandas or polars) of few enough cells for so many columns."""
    return hasattr(data, "shape") and data.shape[0] * columns <= CELLS


def summed(rows, keys, hows):
    """Sums, smallest and largest values by group.

    Parameters
    ----------
    rows : pandas.DataFrame
        The key columns, and a column for each name of `hows`; missing values are left out.
    keys : list of str
        Columns that define the groups; without any, one row comes back.
    hows : dict of str to {"sum", "min", "max"}

    Returns
    -------
    pandas.DataFrame
        The keys and the names of `hows`, one row per group, in the order of the keys.
    """
    grouped = rows.groupby(keys, sort=True, dropna=False) if keys else rows.groupby(lambda _: 0)
    parts = [
        grouped[[name for name, how in hows.items() if how == kind]].agg(kind) for kind in sorted({*hows.values()})
    ]
    table = pd.concat(parts, axis=1)[list(hows)]
    if not keys and not len(table):  # nobody: sums of nothing are 0
        table = pd.DataFrame({name: [0.0 if how == "sum" else float("nan")] for name, how in hows.items()})
    return table.reset_index(drop=not keys)

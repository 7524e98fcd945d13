"""Column letters of a table: which columns a column lies above, capital at 95 %, small at 90 %."""

import string

import pandas as pd

from cemlab.measure.schema import KEY, as_list


def column_letters(pairs, *, by, order=None, levels=(0.95, 0.90)):
    """Letters for a table of groups from its pairwise comparisons.

    Parameters
    ----------
    pairs : pandas.DataFrame
        Comparisons made by ``compare_groups(..., against="pairwise")``, one or more items.
    by : str or list of str
        The `by` of that call.
    order : list of str, optional
        Groups in the order of the table's columns; as met in `pairs` without it.
    levels : tuple of two floats, default (0.95, 0.90)
        Levels of capital and small letters.

    Returns
    -------
    pandas.DataFrame
        ``metric, item, group, letter`` (the column's own, A, B, ...), ``above`` (letters of the columns it lies above, such
        as "BCd"). One row a group and item.

    Raises
    ------
    ValueError
        Comparisons that are not pairwise, a group that `order` lacks, or more than 26 groups.

    Notes
    -----
    Judged on ``p_adjusted`` as it stands in the frame (the raw value where the call adjusted nothing). Letters explore a
    table; they make no sentence in a report.
    """
    where = "column_letters"
    by = as_list(by)
    group = pairs[by].agg(" / ".join, axis=1) if len(by) > 1 else pairs[by[0]]
    found = list(dict.fromkeys([*group, *pairs["reference"]]))
    if pairs["reference"].str.startswith("(").any() or pairs.duplicated([*by, "reference", "metric", "item"]).any():
        raise ValueError(f"{where}: needs one row a pair, as made by compare_groups(..., against='pairwise').")
    order = found if order is None else list(order)
    lacking = [name for name in found if name not in order]
    if lacking or len(order) > 26:
        raise ValueError(
            f"{where}: "
            + (f"`order` lacks {lacking}." if lacking else f"{len(order)} groups; letters reach to 26 (A to Z).")
        )
    letter = dict(zip(order, string.ascii_uppercase, strict=False))
    capital, small = (1 - level for level in levels)
    signs = {}
    words = [column.tolist() for column in (pairs[KEY[0]], pairs[KEY[1]], group, pairs["reference"])]
    figures = [pairs[column].astype(float).tolist() for column in ("difference", "p_adjusted")]
    for metric, item, name, reference, gap, p in zip(*words, *figures, strict=True):
        above = signs.setdefault((metric, item), dict.fromkeys(order, ""))
        if p < small and gap != 0:
            higher, lower = (name, reference) if gap > 0 else (reference, name)
            above[higher] += letter[lower] if p < capital else letter[lower].lower()
    rows = [
        (metric, item, name, letter[name], "".join(sorted(above[name], key=str.upper)))
        for (metric, item), above in signs.items()
        for name in order
    ]
    return pd.DataFrame(rows, columns=["metric", "item", "group", "letter", "above"])

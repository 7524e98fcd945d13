"""Sums by period as they would be with one and the same mix of stores in every period."""

import numpy as np

from cemlab.measure.errors import SUMS


def level_mix(sums, mix, by):
    """Sums by group and period from which the effect of a changing mix has been taken.

    Parameters
    ----------
    sums : pandas.DataFrame
        Sums of points (the columns of `measure.errors.SUMS`) by `by` and `mix`.
    mix : str
        Column whose mix changes from period to period (the store).
    by : list of str
        The columns that remain, the period last; those before it define series that are adjusted on their own.

    Returns
    -------
    pandas.DataFrame
        Sums by `by`.

    Notes
    -----
    Indirect standardisation: each store's mean over all periods tells what a period's score would be from its mix alone;
    the difference between that and the mean over everything is taken off the period's answers. A store that changes
    in one period only still shows, as its own mean is taken over all periods. The spread inside a period stays what it was.
    """
    series = by[:-1]
    whole = sums.groupby([*series, mix], dropna=False)[["w", "wx"]].transform("sum")
    total = sums.groupby(series, dropna=False)[["w", "wx"]].transform("sum") if series else sums[["w", "wx"]].sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        shift = np.nan_to_num((whole["wx"] / whole["w"]).to_numpy(float)) - np.nan_to_num(total["wx"] / total["w"])
    moved = sums.assign(expected=shift * sums["w"])
    kept = moved.groupby(by, dropna=False)[[*SUMS, "expected"]].sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        c = np.nan_to_num((kept["expected"] / kept["w"]).to_numpy(float))
    out = kept[SUMS].copy()
    out["wxx"] = kept["wxx"] - 2 * c * kept["wx"] + c**2 * kept["w"]
    out["w2xx"] = kept["w2xx"] - 2 * c * kept["w2x"] + c**2 * kept["w2"]
    out["wx"] = kept["wx"] - c * kept["w"]
    out["w2x"] = kept["w2x"] - c * kept["w2"]
    return out.reset_index()

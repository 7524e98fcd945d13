"""Did units move where something was to be done? Against units of the same start, as low ones rise by themselves."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from cemlab.checks import require_columns, require_level
from cemlab.measure.intervals import quantile
from cemlab.measure.schema import ALL, estimates

FEWEST = 10  # pairs of unit and dimension on each side


class Followup(NamedTuple):
    """How the chosen pairs of unit and dimension moved."""

    pairs: pd.DataFrame  # `unit`, item, start, end, change, usual, beyond, beyond_low, beyond_high, n, n_reference
    whole: pd.DataFrame  # estimates, metric "change", "usual" and "beyond" of all chosen pairs; ``n`` pairs chosen


def lever_followup(before, now, chosen, *, unit, level=0.95):
    """Change of chosen units on chosen dimensions, what is usual from such a start, and what goes beyond it.

    Parameters
    ----------
    before, now : pandas.DataFrame
        Estimates of means in two waves: `unit` ("(all)": everybody), ``item, estimate, n``. Rows without figures take no part.
    chosen : pandas.DataFrame
        `unit` and ``item``: where something was recommended or done in the first wave.
    unit : str
        Column of the unit.
    level : float, default 0.95

    Returns
    -------
    Followup or None
        None with fewer than 10 chosen pairs, or fewer than 10 others that started as low or as high.

    Raises
    ------
    ValueError
        Columns missing.

    Notes
    -----
    Units are chosen because they stood low, and whoever stands low by chance rises by itself (regression to the mean). So all
    scores are taken from everybody's mean of their wave, and the chosen are held against other pairs of unit and dimension whose start
    lies between theirs: end = a + b start + d chosen, weighted by 1 / (1/n + 1/n'), errors robust against dimensions of one unit
    moving together; d is "beyond". ``usual`` is a + b start - start, of the others alone for single pairs, whose intervals hold
    the scatter of single units. Who acts may differ otherwise, too: a difference is no proof of an effect.
    """
    where = "lever_followup"
    require_level(level, where)
    for frame in (before, now):
        require_columns(frame.columns, [unit, "item", "estimate", "n"], where)
    require_columns(chosen.columns, [unit, "item"], where)
    table = starts_and_ends(before, now, unit)
    marked = pd.MultiIndex.from_frame(chosen[[unit, "item"]].astype(str))
    table["chosen"] = pd.MultiIndex.from_frame(table[[unit, "item"]].astype(str)).isin(marked)
    mine = table[table["chosen"]]
    if len(mine) < FEWEST:
        return None
    alike = table["start"].between(mine["start"].min(), mine["start"].max())
    others = table[~table["chosen"] & alike]
    if len(others) < FEWEST or others["start"].nunique() < 3:
        return None
    return Followup(single(mine, others, unit, level), together(mine, others, unit, level))


def starts_and_ends(before, now, unit):
    """A row a unit and dimension known in both waves: ``start`` and ``end`` from everybody's mean, ``n_reference`` and ``n``, weight."""
    parts = []
    for frame in (before, now):
        known = frame[frame["estimate"].notna()]
        whole = known[known[unit] == ALL].set_index("item")["estimate"]
        rows = known[(known[unit] != ALL) & known["item"].isin(whole.index)]
        parts.append(rows.assign(mean=rows["item"].map(whole))[[unit, "item", "estimate", "mean", "n"]])
    table = parts[0].merge(parts[1], on=[unit, "item"], suffixes=("_then", "_now"))
    return pd.DataFrame({
        unit: table[unit], "item": table["item"], "start": table["estimate_then"] - table["mean_then"],
        "end": table["estimate_now"] - table["mean_now"], "n": table["n_now"], "n_reference": table["n_then"],
        "weight": 1 / (1 / table["n_then"] + 1 / table["n_now"]),
    })  # fmt: skip


def single(mine, others, unit, level):
    """Each chosen pair against the line of the others."""
    import statsmodels.api as sm

    fitted = sm.WLS(others["end"], sm.add_constant(others["start"]), weights=others["weight"]).fit()
    x = np.column_stack([np.ones(len(mine)), mine["start"]])
    line = x @ fitted.params.to_numpy()
    error = np.sqrt(fitted.scale / mine["weight"] + np.einsum("ij,jk,ik->i", x, fitted.cov_params().to_numpy(), x))
    half = quantile(level, fitted.df_resid) * error
    beyond = mine["end"] - line
    out = mine.assign(
        change=mine["end"] - mine["start"], usual=line - mine["start"], beyond=beyond, beyond_low=beyond - half,
        beyond_high=beyond + half, level=level,
    )  # fmt: skip
    columns = [unit, "item", "start", "end", "change", "usual", "beyond", "beyond_low", "beyond_high", "n", "n_reference", "level"]  # fmt: skip
    return out[columns].sort_values([unit, "item"], ignore_index=True)


def together(mine, others, unit, level):
    """The chosen pairs' mean change, what is usual, and what goes beyond, with intervals robust within units."""
    import statsmodels.api as sm

    both = pd.concat([mine, others], ignore_index=True)
    design = sm.add_constant(both[["start"]].assign(chosen=both["chosen"].astype(float)))
    groups = pd.factorize(both[unit])[0]
    fitted = sm.WLS(both["end"], design, weights=both["weight"]).fit(
        cov_type="cluster", cov_kwds={"groups": groups, "df_correction": True}, use_t=True
    )
    w = mine["weight"] / mine["weight"].sum()
    change, beyond = float(w @ (mine["end"] - mine["start"])), float(fitted.params["chosen"])
    low, high = fitted.conf_int(1 - level).loc["chosen"]
    rows = [
        {"metric": "change", "estimate": change},
        {"metric": "usual", "estimate": change - beyond},
        {"metric": "beyond", "estimate": beyond, "se": fitted.bse["chosen"], "ci_low": low, "ci_high": high},
    ]
    frame = pd.DataFrame(rows).reindex(columns=["metric", "estimate", "se", "ci_low", "ci_high"])
    frame = frame.assign(
        item="chosen", unit="mean", n=len(mine), n_eff=float(mine[unit].nunique()), n_missing=0, at=np.nan
    )
    return estimates(frame.assign(level=level, method="same_start_wls_clustered", status="ok"))

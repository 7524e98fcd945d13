"""A new pack in a product study: people who saw one pack each, and units (shops, channels) before and after the switch."""

import numpy as np
import pandas as pd

from cemlab.analyse.did import FEW, difference_in_differences
from cemlab.analyse.product_rows import boxes
from cemlab.checks import DataError, require_columns
from cemlab.measure.compare import compare_groups
from cemlab.measure.schema import comparisons

NAMES = ["unit", "period", "treated", "outcome"]


def pack_cells(data, codebook, *, weights=None, level=0.95, min_n=30):
    """The new pack against the current one on every rating; None unless people saw one pack each."""
    pack = codebook.product_questions.pack
    if pack is None or not pack.cell:
        return None
    scales, tops = boxes(codebook, pack.ratings)
    out = compare_groups(data, list(pack.ratings), by=pack.cell, metric="top_box", scale=scales, top=tops,
                         against=pack.current, weights=weights, level=level, min_n=min_n)  # fmt: skip
    return out[out[pack.cell] == pack.new].reset_index(drop=True)


def pack_panel(rows, pack):
    """Units by period: ``unit, period, treated, outcome``; several answers of a unit in a period are averaged.

    Parameters
    ----------
    rows : pandas.DataFrame
        With the columns that `pack` names.
    pack : Pack
        Of the codebook.

    Raises
    ------
    DataError
        A column that holds no numbers, or a unit that is both switched and not in one period.
    """
    names = [pack.unit, pack.period, pack.treated, pack.outcome]
    require_columns(rows.columns, names, f"table {pack.sales}" if pack.sales else "new pack")
    out = rows[names].set_axis(NAMES, axis=1)
    for column, name in zip(NAMES[1:], names[1:], strict=True):
        values = pd.to_numeric(out[column], errors="coerce")
        bad = values.isna() & out[column].notna()
        if bad.any():
            raise DataError(f"new pack: column {name!r} must hold numbers; {int(bad.sum())} of {len(out)} rows do not.")
        out[column] = values
    out = out.dropna()
    whole = out.groupby(["unit", "period"], as_index=False).agg(
        treated=("treated", "mean"), outcome=("outcome", "mean")
    )
    mixed = ~whole["treated"].isin([0, 1])
    if mixed.any():
        raise DataError(
            f"new pack: {int(mixed.sum())} of {len(whole)} units and periods are both switched and not, or {pack.treated!r} is neither 0 nor 1; split the unit."
        )
    return whole


def pack_effect(panel, *, level=0.95, seed=1):
    """`difference_in_differences` of the panel; None without one."""
    if panel is None:
        return None
    columns = {"unit": "unit", "period": "period", "treated": "treated"}
    return difference_in_differences(panel, "outcome", **columns, level=level, seed=seed)


def pack_claim(found, panel, pack):
    """The effect on the outcome as a comparison (metric "sales"), for the report's family of tests.

    Where all units switch at one time: the two-way effect, errors clustered by unit, t with units - 1 degrees of freedom; with
    fewer than ten units on a side the p-value is the larger of that and of the placebo. Otherwise the mean effect on switched
    units and periods ("att").
    """
    if found is None:
        return None
    from scipy.stats import t as student

    rows = found.effects
    one_date = (rows["metric"] == "two_by_two").any()
    row = (
        rows[(rows["metric"] == "twfe") & (rows["method"] == "cluster")] if one_date else rows[rows["metric"] == "att"]
    )
    row = row.iloc[0]
    free = max(found.fit["units"] - 1, 1)
    p = float(2 * student.sf(abs(row["estimate"] / row["se"]), free)) if row["se"] > 0 else np.nan
    few = min(found.fit["switched"], found.fit["units"] - found.fit["switched"]) < FEW
    if few and found.placebo is not None:
        p = max(p, found.placebo["p_value"])
    before = mean_before(panel)
    frame = pd.DataFrame([{
        "metric": "sales", "item": pack.outcome, "unit": "outcome", "estimate": before + row["estimate"], "n": found.fit["switched"],
        "n_eff": float(found.fit["switched"]), "reference": "(without)", "n_reference": found.fit["units"] - found.fit["switched"],
        "n_eff_reference": float(found.fit["units"] - found.fit["switched"]), "reference_estimate": before,
        "difference": row["estimate"], "difference_se": row["se"], "difference_low": row["ci_low"],
        "difference_high": row["ci_high"], "p_value": p, "level": row["level"], "method": "did", "status": row["status"],
    }])  # fmt: skip
    return comparisons(frame, [])


def mean_before(panel):
    """Mean outcome of the units that switch, before they do."""
    ever = panel.groupby("unit")["treated"].transform("max") > 0
    return float(panel.loc[ever & (panel["treated"] == 0), "outcome"].mean())

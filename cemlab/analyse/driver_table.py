"""Key drivers as a table to read, and as claims against noise."""

import numpy as np
import pandas as pd

from cemlab.measure.schema import comparisons

NOISE = "(noise)"


def driver_table(results):
    """Key drivers in wide form for charts and decisions: one row per driver, most important first.

    Parameters
    ----------
    results : pandas.DataFrame
        Output of `key_drivers`.

    Returns
    -------
    pandas.DataFrame
        ``item, importance, importance_low, importance_high, rank, rank_low, rank_high, sign`` (1, -1, or 0 where the
        interval of beta holds 0), ``stands`` (above the noise driver with all of its interval, and sign not negative),
        ``correlation, beta, coefficient, coefficient_low, coefficient_high, vif, performance, reach, n, method, status``.
        Drivers that cannot be estimated stand last.
    """
    drivers = results[(results["item"] != NOISE) & (results["metric"] != "r_squared")]
    wide = drivers.pivot(index="item", columns="metric", values=["estimate", "ci_low", "ci_high"])
    head = drivers[drivers["metric"] == "importance"].set_index("item")
    wide = wide.reindex(head.index)
    out = pd.DataFrame(index=head.index)
    for metric in ("importance", "rank", "coefficient"):
        for name, part in ((metric, "estimate"), (f"{metric}_low", "ci_low"), (f"{metric}_high", "ci_high")):
            out[name] = wide[part].get(metric)
    for metric in ("correlation", "beta", "vif", "performance", "reach"):
        out[metric] = wide["estimate"].get(metric)
    low, high = wide["ci_low"]["beta"], wide["ci_high"]["beta"]
    out["sign"] = np.where(low > 0, 1, np.where(high < 0, -1, 0))
    noise = wide["ci_low"].get("above_noise", pd.Series(np.nan, index=out.index))
    out["stands"] = (noise > 0) & ~(out["sign"] < 0)
    out = out.join(head[["n", "method", "status"]])
    return (
        out.sort_values("importance", ascending=False, na_position="last", kind="stable")
        .rename_axis("item")
        .reset_index()
    )


def driver_claims(results):
    """Each driver against the noise driver, as comparisons for the report's one family of tests.

    Returns
    -------
    pandas.DataFrame
        Comparisons with ``metric`` "importance", ``reference`` "(noise)": the difference in percent of the explained
        variance and its two-sided p-value (normal, from the bootstrap error). Drivers without an interval are left out.
    """
    from scipy.stats import norm

    above = results[(results["metric"] == "above_noise") & results["se"].gt(0)]
    floor = results.loc[results["item"] == NOISE, "estimate"]
    importance = results[results["metric"] == "importance"].set_index("item")["estimate"]
    frame = above.assign(
        metric="importance",
        estimate=above["item"].map(importance),
        reference=NOISE,
        reference_estimate=floor.iloc[0] if len(floor) else np.nan,
        difference=above["estimate"],
        difference_se=above["se"],
        difference_low=above["ci_low"],
        difference_high=above["ci_high"],
        p_value=2 * norm.sf(np.abs(above["estimate"] / above["se"])),
        adjust="none",
    )
    return comparisons(frame.assign(p_adjusted=frame["p_value"]))

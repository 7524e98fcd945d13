"""Each unit's levers: where it stands below its mark, times what goes with that in the company's model."""

import numpy as np
import pandas as pd

from cemlab.checks import require_columns, require_level
from cemlab.measure.intervals import quantile

NOTE = {
    "zh": "模型关联估计，非因果承诺",
    "en": "estimated from associations in a model; no promise of cause and effect",
}  # fmt: skip
COLUMNS = [
    *("rank", "item", "estimate", "target", "gap", "gap_low", "gap_high", "coefficient", "expected"),
    *("expected_low", "expected_high", "n", "n_reference", "clear", "level", "method", "note"),
]


def unit_levers(heatmap, drivers, *, unit, target=None, most=3, level=0.95, lang="zh"):
    """The dimensions in which a unit could gain most, and what the model would expect of closing the gap.

    Parameters
    ----------
    heatmap : pandas.DataFrame
        `unit_heatmap` of the same dimensions and the same measure as the drivers (metric "mean" for drivers from means of
        persons), against "rest" or "benchmark". Rows without figures (hidden, too small) take no part.
    drivers : pandas.DataFrame
        `unit_drivers` or `key_drivers`: dimension -> "coefficient" of the outcome.
    unit : str
        Column of the unit.
    target : dict of str to float, optional
        Dimension -> mark to reach; the reference of the heat map (the rest, the benchmark) when left out.
    most : int, default 3
    level : float, default 0.95
    lang : {"zh", "en"}
        Of ``note``.

    Returns
    -------
    pandas.DataFrame
        `unit`, ``rank`` (1 is the largest), ``item, estimate, target, gap`` (target - estimate) with its interval, ``coefficient``,
        ``expected`` (outcome points that go with closing the gap) with its interval, ``n, n_reference``, ``clear`` (the
        interval lies above 0), ``level, method, note``. A unit has up to `most` rows: only dimensions below the mark whose coefficient
        is positive with all of its interval.

    Raises
    ------
    ValueError
        Columns missing, drivers without coefficients, a target that is lacking.

    Notes
    -----
    expected = coefficient x gap; its error joins both: se^2 = b^2 s_gap^2 + gap^2 s_b^2 + s_b^2 s_gap^2. The coefficient belongs to
    the company and to answers given at one time: people who rate a thing higher are more engaged, which does not say that raising it
    engages them.
    """
    where = "unit_levers"
    require_level(level, where)
    require_columns(heatmap.columns, [unit, "item", "estimate", "reference_estimate", "difference_se", "n"], where)
    slope = drivers[drivers["metric"] == "coefficient"].set_index("item")
    if slope.empty or slope["estimate"].isna().all():
        raise ValueError(
            f"{where}: `drivers` holds no coefficients (too few persons or units for a model); no lever can be told."
        )
    lacking = [item for item in heatmap["item"].unique() if target is not None and item not in target]
    if lacking:
        raise ValueError(f"{where}: `target` has no mark for {lacking[0]!r}; give one for each dimension.")
    rows = heatmap[heatmap["estimate"].notna() & heatmap["difference_se"].notna()].copy()
    rows["coefficient"], rows["slope_se"] = rows["item"].map(slope["estimate"]), rows["item"].map(slope["se"])
    rows["slope_low"] = rows["item"].map(slope["ci_low"])
    rows["target"] = rows["item"].map(target) if target is not None else rows["reference_estimate"]
    rows["gap"] = rows["target"] - rows["estimate"]
    rows = rows[(rows["gap"] > 0) & (rows["slope_low"] > 0)]
    z = quantile(level)
    b, s_b, gap, s_gap = (rows[c].to_numpy(float) for c in ("coefficient", "slope_se", "gap", "difference_se"))
    se = np.sqrt(b**2 * s_gap**2 + gap**2 * s_b**2 + s_b**2 * s_gap**2)
    rows = rows.assign(
        expected=b * gap, expected_low=b * gap - z * se, expected_high=b * gap + z * se, gap_low=gap - z * s_gap,
        gap_high=gap + z * s_gap, clear=b * gap - z * se > 0, level=level, method="coefficient_x_gap", note=NOTE[lang],
    )  # fmt: skip
    rows = rows.sort_values([unit, "expected"], ascending=[True, False], kind="stable")
    rows["rank"] = rows.groupby(unit).cumcount() + 1
    if "n_reference" not in rows:
        rows["n_reference"] = np.nan
    return pd.DataFrame(rows.loc[rows["rank"] <= most, [unit, *COLUMNS]]).reset_index(drop=True)

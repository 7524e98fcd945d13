"""Sales and the like beside a brand's awareness and consideration (O+X): one series a period, and how they move together."""

import narwhals as nw
import pandas as pd

from cemlab.analyse.brand_funnel import BOX
from cemlab.analyse.lagged_relation import lagged_relation
from cemlab.checks import DataError, require_columns
from cemlab.measure.period_codes import PERIODS, code
from cemlab.measure.schema import combine
from cemlab.measure.trend import control_chart


def outcome_series(rows, plan, outcomes, table, *, weights=None, min_n=30):
    """The own brand's stages and its operational figure, period by period.

    Parameters
    ----------
    rows : data frame
        `brand_rows`, all waves.
    plan : BrandPlan
    outcomes : codebook_study.BrandOutcomes
        Which columns of `table` hold brand, period and figure.
    table : pandas.DataFrame
        One row per brand and period, all text.
    weights : str, optional
    min_n : float, default 30
        A share on a smaller effective base is missing in its period.

    Returns
    -------
    pandas.DataFrame or None
        ``period`` (code), ``start``, ``outcome``, and a column for each stage (percent); every period from the first to the
        last that either side knows. None without an own brand, stages or dates.

    Raises
    ------
    DataError
        Figures that are no numbers, days that are no days, a brand and period that stand twice, or no row of the own brand.
    """
    stages = [s for s in outcomes.of if s in plan.stages] or plan.headline
    if plan.own is None or not stages:
        return None
    own = nw.from_native(rows).filter(nw.col("brand") == plan.own).to_native()
    if "_date" not in nw.from_native(own).collect_schema().names():
        return None
    chart = control_chart(own, stages, metric="top_box", **BOX, period=outcomes.every, weights=weights, min_n=min_n)
    known = chart[chart["status"] == "ok"]
    shares = known.pivot(index="at", columns="item", values="value").reindex(columns=stages)
    sold = own_outcomes(table, outcomes, plan.own)
    starts = [pd.Period(s, freq=PERIODS[outcomes.every]) for s in pd.to_datetime(known["start"].unique())]
    every = pd.period_range(min([*starts, *sold.index]), max([*starts, *sold.index]), freq=PERIODS[outcomes.every])
    out = pd.DataFrame({"period": [code(p) for p in every], "start": [p.start_time.date().isoformat() for p in every]})
    out["outcome"] = sold.reindex(every).to_numpy()
    return out.assign(**{s: shares[s].reindex(out["period"]).to_numpy() for s in stages})


def own_outcomes(table, outcomes, own):
    """The own brand's figure by pandas Period."""
    where = f"table {outcomes.table}"
    require_columns(table.columns, [outcomes.brand, outcomes.period, outcomes.value], where)
    rows = table[table[outcomes.brand].astype(str) == own]
    if not len(rows):
        raise DataError(f"{where}: no row of brand {own!r} in column {outcomes.brand!r}; "
                        f"there are {sorted(set(table[outcomes.brand].astype(str)))[:10]}.")  # fmt: skip
    days = pd.to_datetime(rows[outcomes.period], format="ISO8601", errors="coerce")
    values = pd.to_numeric(rows[outcomes.value], errors="coerce")
    for name, bad in ((outcomes.period, days.isna()), (outcomes.value, values.isna() & rows[outcomes.value].notna())):
        if bad.any():
            kind = "days such as 2026-07-01" if name == outcomes.period else "numbers"
            raise DataError(f"{where}: column {name!r} must hold {kind}; {int(bad.sum())} of {len(rows)} rows of {own!r} do "
                            f"not (such as {rows[name][bad].iloc[0]!r}).")  # fmt: skip
    periods = days.dt.to_period(PERIODS[outcomes.every])
    if periods.duplicated().any():
        twice = code(periods[periods.duplicated()].iloc[0])
        raise DataError(f"{where}: {own!r} stands more than once in {outcomes.every} {twice}; sum its rows first.")
    return pd.Series(values.to_numpy(dtype=float), index=pd.PeriodIndex(periods))


def outcome_relations(series, *, lags=3, level=0.95):
    """`lagged_relation` of every stage with the outcome; None without a series.

    Parameters
    ----------
    series : pandas.DataFrame or None
        Output of `outcome_series`.
    lags, level
        As in `lagged_relation`.
    """
    if series is None:
        return None
    stages = [c for c in series.columns if c not in ("period", "start", "outcome")]
    frames = [lagged_relation(series, s, "outcome", lags=lags, level=level) for s in stages]
    tests = pd.concat([f[["p_value", "p_adjusted"]] for f in frames], ignore_index=True)
    return combine([f.drop(columns=["p_value", "p_adjusted"]) for f in frames]).assign(**tests)

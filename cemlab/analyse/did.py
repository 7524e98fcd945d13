"""Difference in differences: what a switch did in the units that made it, against units that did not (or not yet)."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cemlab.analyse.did_group_time import METHODS, averages, group_time
from cemlab.analyse.did_panel import Panel, event_columns, shuffled, two_by_two, two_way
from cemlab.analyse.product_rows import complete_rows
from cemlab.checks import DataError, require_choice, require_level
from cemlab.measure.schema import estimates

FEW = 10  # units on one side below which clustered errors are too small as a rule


@dataclass(frozen=True)
class DifferenceInDifferences:
    """What `difference_in_differences` returns.

    ``effects``, ``event_study``, ``group_time``: estimates. ``trend``: chi2, df, p_value of all effects before the switch.
    ``placebo``: p_value of the two-way effect when the switch is dealt out to units at random, and how often; None for an
    unbalanced panel. ``fit``: counts of rows, units, periods, units that switched, units left out of ``group_time``.
    """

    effects: pd.DataFrame
    event_study: pd.DataFrame
    group_time: pd.DataFrame
    trend: dict
    placebo: dict | None
    fit: dict


def difference_in_differences(
    data,
    outcome,
    *,
    unit,
    period,
    treated=None,
    first=None,
    covariates=(),
    controls="never",
    method="doubly_robust",
    level=0.95,
    placebo=999,
    seed=1,
):
    """Effect of a switch (a new pack, a new counter) on the units that made it.

    Parameters
    ----------
    data : pandas or polars (eager or lazy) data frame
        One row per unit and period.
    outcome, unit, period : str
        Columns; outcome and period are numbers.
    treated : str, optional
        Column of 0 and 1: whether the unit is switched in that period. Once switched, a unit stays so.
    first : str, optional
        Column of the first switched period (0 or missing: never); instead of `treated`.
    covariates : list of str
        Numbers known before the switch, on which comparability may depend.
    controls : {"never", "not_yet"}, default "never"
        Units that ``group_time`` compares with.
    method : {"doubly_robust", "regression", "weighting"}, default "doubly_robust"
        How covariates enter ``group_time``; without covariates the three agree with the plain difference of mean changes.
    level : float, default 0.95
    placebo : int, default 999
        How often the switch is dealt out anew; 0 leaves it out.
    seed : int, default 1

    Returns
    -------
    DifferenceInDifferences
        ``effects``, by ``metric``: "two_by_two" (group x time in one regression, ``method`` cluster, hc1 or classical; one
        switch date only), "twfe" (effects of units and periods, ``method`` cluster or iid), "att" (mean effect on switched
        units and periods), "by_cohort", "by_since", "by_time" (means of the means), and by ``at`` "cohort", "since" (periods
        since the switch; below 0 a placebo) and "time"; "sunab" the mean of the cohort-wise event study. ``event_study``:
        metrics "event" and "sunab", ``at`` the periods since the switch, the one before it left out. ``group_time``:
        ``item`` the cohort, ``at`` the period. ``n`` counts units.

    Raises
    ------
    ValueError
        Neither or both of `treated` and `first`; an unknown choice; a missing column.
    DataError
        A unit twice in a period, a unit that switches back, nobody switched or nobody left as a control, a single period.

    Notes
    -----
    Honest where, without the switch, both groups would have moved alike; ``trend`` and ``placebo`` can make that doubtful,
    not prove it. Errors are clustered by unit with the factors G/(G-1) and (n-1)/(n-K), t with G - 1 degrees of freedom; with
    fewer than ten units on a side they are too small, and ``placebo`` is the better guide. "twfe" mixes cohorts with weights
    that may be negative where units switch at different times; "att" does not. Errors of "att" and its kin come from
    influence functions (divisor n), normal quantiles.

    R: ``lm(y ~ treat * post)`` with ``sandwich::vcovCL``, ``fixest::feols(y ~ treated | id + period, cluster = ~id)``,
    ``i(rel, ever, ref = -1)``, ``sunab(first, period)``, ``did::att_gt`` with ``aggte`` (bstrap = FALSE).

    References
    ----------
    Callaway, B., Sant'Anna, P. (2021). Journal of Econometrics, 225, 200-230. Sun, L., Abraham, S. (2021), same issue,
    175-199. Bertrand, M., Duflo, E., Mullainathan, S. (2004). QJE, 119, 249-275.

    Examples
    --------
    >>> shops = pd.DataFrame({"shop": [1, 1, 2, 2], "week": [1, 2, 1, 2], "sold": [10, 15, 8, 9], "new": [0, 1, 0, 0]})
    >>> found = difference_in_differences(shops, "sold", unit="shop", period="week", treated="new", placebo=0)
    >>> float(found.effects.set_index("metric").loc["att", "estimate"])
    4.0
    """
    where = "difference_in_differences"
    require_level(level, where)
    require_choice(controls, ("never", "not_yet"), name="controls", where=where)
    require_choice(method, tuple(m for m in METHODS if m != "plain"), name="method", where=where)
    if (treated is None) == (first is None):
        raise ValueError(f"{where}: give either `treated` (0 and 1 in each period) or `first` (first switched period).")
    panel, dropped = panel_of(data, outcome, unit, period, treated, first, list(covariates), where)
    whole, left_out = complete(panel)
    cells, influence, start = group_time(whole, controls=controls, method=method if len(covariates) else "plain")
    options = {"level": level, "units": panel.units}
    rows = [*simple_rows(panel, options), *mean_rows(cells, influence, start, options)]
    events, joint = event_rows(panel, options)
    rows += [r for r in events if r["metric"] == "sunab" and np.isnan(r["at"])]
    events = [r for r in events if not np.isnan(r["at"])]
    ever = pd.Series(panel.first).groupby(panel.unit).first()
    fit = {"rows": len(panel.y), "dropped": dropped, "units": panel.units, "periods": len(panel.periods),
           "switched": int(np.isfinite(ever).sum()), "left_out": left_out}  # fmt: skip
    return DifferenceInDifferences(table(rows), table(events), cell_table(cells, influence, options), joint,
                                   dealt(panel, placebo, seed), fit)  # fmt: skip


def panel_of(data, outcome, unit, period, treated, first, covariates, where):
    """The rows as a panel, and how many rows with gaps were dropped."""
    columns = [outcome, unit, period, *covariates, treated or first]
    rows = complete_rows(data, [c for c in columns if c != first], where, also=[first] if first else ())
    told, rows = rows.attrs.get("dropped", 0), rows.reset_index(drop=True)
    values = {c: numbers(rows, c, where) for c in (outcome, period, *covariates, treated or first)}
    codes, units = pd.factorize(rows[unit])
    periods, place = np.unique(values[period], return_inverse=True)
    twice = pd.DataFrame({"u": codes, "t": place}).duplicated()
    if twice.any():
        raise DataError(
            f"{where}: {int(twice.sum())} of {len(rows)} rows repeat a unit and period; sum or average first."
        )
    if len(periods) < 2:
        raise DataError(f"{where}: {len(periods)} period; a switch needs one before and one after it.")
    if first:
        start = np.where(np.isfinite(values[first]) & (values[first] > 0), values[first], np.inf)
        start = np.where(start > periods[-1], np.inf, start)
    else:
        start = starts(values[treated], values[period], codes, treated, where)
    switched = pd.Series(start).groupby(codes).first()
    if not np.isfinite(switched).any() or np.isfinite(switched).all() and len(np.unique(switched)) == 1:
        some = int(np.isfinite(switched).sum())
        raise DataError(f"{where}: {some} of {len(units)} units switch; some must, and some must not (or later).")
    x = np.column_stack([values[c] for c in covariates]) if covariates else np.empty((len(rows), 0))
    return Panel(values[outcome], codes, place, start, x, len(units), periods), told


def numbers(rows, column, where):
    """A column as floats."""
    values = pd.to_numeric(rows[column], errors="coerce").to_numpy(float)
    bad = np.isnan(values) & rows[column].notna().to_numpy()
    if bad.any():
        raise DataError(f"{where}: column {column!r} must hold numbers; {int(bad.sum())} of {len(rows)} rows do not.")
    return values


def starts(treated, time, codes, column, where):
    """First switched period of each row's unit; units stay switched."""
    strange = ~np.isin(treated, (0, 1))
    if strange.any():
        raise DataError(
            f"{where}: column {column!r} must hold 0 and 1; {int(strange.sum())} rows do not, e.g. {treated[strange][0]:g}."
        )
    at = pd.Series(np.where(treated == 1, time, np.inf)).groupby(codes).transform("min").to_numpy()
    back = (time >= at) & (treated == 0)
    if back.any():
        many = len(np.unique(codes[back]))
        raise DataError(
            f"{where}: {many} units switch back ({column!r} turns from 1 to 0); only lasting switches can be judged."
        )
    return at


def complete(panel):
    """The panel of units that have every period, and how many were left out."""
    if panel.balanced:
        return panel, 0
    full = np.bincount(panel.unit, minlength=panel.units) == len(panel.periods)
    keep = full[panel.unit]
    codes, units = pd.factorize(panel.unit[keep])
    part = Panel(panel.y[keep], codes, panel.period[keep], panel.first[keep], panel.x[keep], len(units), panel.periods)
    return part, int((~full).sum())


def row(metric, at, value, se, method, options, *, free=None, item=None):
    """One estimate."""
    from scipy.stats import norm, t

    level, n = options["level"], options.get("n", options["units"])
    reach = (norm.ppf(0.5 + level / 2) if free is None else t.ppf(0.5 + level / 2, free)) if se > 0 else np.nan
    return {
        "metric": metric, "item": item, "at": at, "unit": "outcome", "estimate": value, "se": se if se > 0 else np.nan,
        "ci_low": value - reach * se, "ci_high": value + reach * se, "n": n, "n_eff": float(n), "level": level,
        "method": method, "status": "ok" if se > 0 else "not_estimable",
    }  # fmt: skip


def simple_rows(panel, options):
    """The two-by-two and the two-way effect."""
    out, pooled = [], two_by_two(panel)
    for kind in ("cluster", "hc1", "classical") if pooled else ():
        free = panel.units - 1 if kind == "cluster" else pooled["free"]
        out.append(row("two_by_two", np.nan, pooled["estimate"], pooled[kind], kind, options, free=free))
    b, cov, plain = two_way(panel, panel.treated[:, None])
    for kind, spread in (("cluster", cov), ("iid", plain)):
        free = panel.units - 1 if kind == "cluster" else max(len(panel.y) - panel.units - len(panel.periods), 1)
        out.append(row("twfe", np.nan, b[0], float(np.sqrt(spread[0, 0].clip(0))), kind, options, free=free))
    return out


def mean_rows(cells, influence, first, options):
    """Averages of the effects by cohort and period."""
    if not (cells["since"] >= 0).any():
        return []
    found = averages(cells, influence, first)
    return [row(r.metric, r.at, r.estimate, r.se, "group_time", options) for r in found.itertuples()]


def event_rows(panel, options):
    """Event studies (all cohorts alike, and cohort by cohort), and the joint test of the periods before the switch."""
    from scipy.stats import chi2

    free, out, joint = panel.units - 1, [], {"chi2": np.nan, "df": 0, "p_value": np.nan}
    for metric, by_cohort in (("event", False), ("sunab", True)):
        columns, facts = event_columns(panel, by_cohort)
        if not len(facts):
            continue
        b, cov, _ = two_way(panel, columns)
        early = (facts["since"] < 0).to_numpy()
        if metric == "event" and early.any():
            part = cov[np.ix_(early, early)]
            value = float(b[early] @ np.linalg.pinv(part) @ b[early])
            joint = {"chi2": value, "df": int(early.sum()), "p_value": float(chi2.sf(value, early.sum()))}
        sets = [(s, (facts["since"] == s).to_numpy()) for s in facts["since"].unique()]
        sets += [(np.nan, (facts["since"] >= 0).to_numpy())] if by_cohort else []
        for at, where in sets:
            weight = np.where(where, facts["rows"], 0) / facts["rows"][where].sum()
            se = float(np.sqrt((weight @ cov @ weight).clip(0)))
            out.append(row(metric, at, float(weight @ b), se, "cluster", options, free=free))
    return out, joint


def dealt(panel, times, seed):
    """How often chance alone, units drawn anew, gives a two-way effect as large."""
    found = shuffled(panel, times, np.random.default_rng(seed)) if times else None
    if found is None:
        return None
    effect, drawn = found
    return {"p_value": float((1 + (np.abs(drawn) >= abs(effect) - 1e-12).sum()) / (1 + times)), "times": times}


def cell_table(cells, influence, options):
    """Effects by cohort and period as estimates."""
    se = np.sqrt((influence**2).mean(axis=0) / max(len(influence), 1))
    told = zip(cells.itertuples(), se, strict=True)
    return table([row("att", c.time, c.att, float(s), "group_time", {**options, "n": c.n + c.n_control}, item=f"{c.cohort:g}")
                  for c, s in told])  # fmt: skip


def table(rows):
    """Rows in the shape of estimates."""
    return estimates(pd.DataFrame(rows), []) if rows else estimates(pd.DataFrame(columns=["metric"]), [])

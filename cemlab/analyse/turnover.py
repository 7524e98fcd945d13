"""Leaving by engagement band: Kaplan-Meier and Cox where leaving dates are known, logistic risk where only a flag is."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from cemlab.analyse.waiting import survival_curve, waiting_times
from cemlab.checks import DataError, require_level
from cemlab.measure.intervals import quantile
from cemlab.measure.model_rows import model_rows
from cemlab.measure.schema import MISSING, as_list, estimates

FEWEST = 5  # people who left, for each slope of a model


class Survival(NamedTuple):
    """How long people stay, by band."""

    estimates: pd.DataFrame  # `band`, estimates: left_within (percent, ``at`` = time)
    curve: pd.DataFrame  # `band`, time, at_risk, events, censored, survival, se, low, high
    test: dict  # log-rank: chi2, df, p_value


def turnover_survival(people, time, left, *, band, at=(180.0, 365.0), level=0.95):
    """Share of each engagement band that leaves, allowing for those who are still there (Kaplan-Meier).

    Parameters
    ----------
    people : data frame
        One row per person.
    time : str
        Days from the survey until the person left, or until the data end.
    left : str
        1 where the person left, 0 where they are still there.
    band : str
        Column of the engagement band.
    at : sequence of float, default (180, 365)
        Times reported.
    level : float, default 0.95

    Returns
    -------
    Survival
        ``n`` counts people, ``n_eff`` those who left. Groups only: no figure belongs to a person, and none should be made.

    Raises
    ------
    ValueError, DataError
        As `cemlab.analyse.waiting.waiting_times`.

    Notes
    -----
    Log-rank test of equal curves. People without a band stand as "(missing)" and take no part in the test. A curve of few
    people names the days on which they left: protect it like any other figure.
    """
    found = waiting_times(people, time, left, by=band, level=level, quantiles=(), within=tuple(at))
    curve = survival_curve(people, time, left, by=band, level=level)
    rows = estimates(found.assign(metric="left_within", item=left), band)
    return Survival(rows, curve, log_rank(curve[curve[band] != MISSING], band))


def log_rank(curve, band):
    """Log-rank test of the curves of all bands."""
    from scipy.stats import chi2

    bands = sorted(curve[band].unique())
    times = np.unique(curve.loc[curve["events"] > 0, "time"])
    if len(bands) < 2 or not len(times):
        return {"chi2": np.nan, "df": 0, "p_value": np.nan}
    d, n = np.zeros((len(bands), len(times))), np.zeros((len(bands), len(times)))
    for row, name in enumerate(bands):
        one = curve[curve[band] == name].sort_values("time")
        moments, events = one["time"].to_numpy(float), one["events"].to_numpy(float)
        every = events + one["censored"].to_numpy(float)
        n[row] = [every[moments >= t].sum() for t in times]
        d[row] = [events[moments == t].sum() for t in times]
    whole, dead = n.sum(axis=0), d.sum(axis=0)
    gap = (d - n * dead / whole).sum(axis=1)
    scale = dead * (whole - dead) / np.maximum(whole - 1, 1) / whole**2
    spread = np.diag((scale * n * whole).sum(axis=1)) - (scale * n) @ n.T
    value = float(gap[1:] @ np.linalg.pinv(spread[1:, 1:]) @ gap[1:])
    df = len(bands) - 1
    return {"chi2": value, "df": df, "p_value": float(chi2.sf(value, df))}


def turnover_cox(people, time, left, *, band, reference=None, adjust=(), unit=None, level=0.95):
    """Hazard of leaving of each band against a reference band (Cox), and whether one ratio can stand for all times.

    Parameters
    ----------
    people, time, left, band, level
        As in `turnover_survival`.
    reference : str, optional
        Code of the reference band; the largest when left out.
    adjust : str or list of str
        Numeric columns held equal (tenure, age).
    unit : str, optional
        Column of the unit: errors are then robust against people of one unit leaving together.

    Returns
    -------
    pandas.DataFrame
        `band`, then estimates and ``p_value``: "hazard_ratio" (``item`` = the reference; of an adjusting column its name, `band`
        "(all)") and "proportional": the correlation of Schoenfeld residuals with the order of time; its p-value below 0.05
        says that the ratio changes over time and the curves should be shown instead.

    Raises
    ------
    ValueError
        Unknown column or band, fewer than two bands, fewer than 5 people who left for each slope.
    DataError
        `left` other than 0 and 1; a negative time.

    Notes
    -----
    Efron's ties. In R: ``survival::coxph``. A ratio of groups is not a risk of a person.
    """
    from scipy.stats import norm
    from statsmodels.duration.hazard_regression import PHReg

    where = "turnover_cox"
    table, x, names, reference, n = group_design(people, left, band, reference, adjust, where, level, [time], unit)
    if (table[time] < 0).any():
        raise DataError(f"{where}: column {time!r} is negative in {int((table[time] < 0).sum())} rows; mend them.")
    model = PHReg(table[time].to_numpy(float), x, status=table[left].to_numpy(float), ties="efron")
    fitted = model.fit(**({"groups": table[unit].to_numpy()} if unit else {}))
    slope, se = fitted.params, fitted.bse
    residuals = np.asarray(fitted.schoenfeld_residuals)
    gone = table[left].to_numpy() == 1
    order = pd.Series(table.loc[gone, time]).rank().to_numpy()
    rows = []
    for place, (kind, name) in enumerate(names):
        along = np.corrcoef(residuals[gone, place], order)[0, 1] if gone.sum() > 3 else np.nan
        rows += slope_rows("hazard_ratio", "ratio", kind, name, band, reference, n, slope[place], se[place], level)
        rows.append(
            rows[-1]
            | {
                "metric": "proportional", "unit": "r", "estimate": along, "se": np.nan, "ci_low": np.nan, "ci_high": np.nan,
                "p_value": 2 * norm.sf(abs(along) * np.sqrt(max(gone.sum() - 1, 1))),
            }
        )  # fmt: skip
    return model_frame(rows, band, level, "cox_efron" + ("_clustered" if unit else ""))


def turnover_risk(people, left, *, band, reference=None, adjust=(), unit=None, level=0.95):
    """Risk of having left by band where only a flag is known: logistic odds ratios and average differences in percentage points.

    Parameters
    ----------
    people, left, band, reference, adjust, unit, level
        As in `turnover_cox`.

    Returns
    -------
    pandas.DataFrame
        `band`, then estimates and ``p_value``: "left" (percent of the band, Wilson), "odds_ratio" (``item`` = the reference) and
        "risk_difference" (average marginal effect in percentage points, others held as they are).

    Raises
    ------
    ValueError, DataError
        As `turnover_cox`; a band in which nobody or everybody left (join it to its neighbour).

    Notes
    -----
    Leaving and answering are not ordered in time here: people who had decided to leave may have answered so.
    """
    import statsmodels.api as sm

    from cemlab.measure.intervals import share_interval

    where = "turnover_risk"
    table, x, names, reference, n = group_design(people, left, band, reference, adjust, where, level, [], unit)
    rate = table.groupby(band)[left].mean()
    flat = rate.index[(rate == 0) | (rate == 1)].tolist()
    if flat:
        raise ValueError(f"{where}: in band {flat[0]!r} nobody or everybody left; join it to its neighbour.")
    design = sm.add_constant(x, has_constant="add")
    how = {"cov_type": "cluster", "cov_kwds": {"groups": pd.factorize(table[unit])[0]}} if unit else {}
    fitted = sm.Logit(table[left].to_numpy(float), design).fit(disp=0, **how)
    slope, covariance = fitted.params, fitted.cov_params()
    se, rows = np.sqrt(np.diag(covariance)), []
    for name, share in rate.items():
        low, high = share_interval(share, n[name], level=level)
        rows.append({
            band: name, "metric": "left", "unit": "percent", "item": left, "estimate": 100 * share, "ci_low": 100 * low,
            "ci_high": 100 * high, "se": 100 * np.sqrt(share * (1 - share) / n[name]), "n": n[name], "p_value": np.nan,
        })  # fmt: skip
    bands = [place for place, (kind, _) in enumerate(names) if kind == "band"]
    for place, (kind, name) in enumerate(names):
        rows += slope_rows(
            "odds_ratio", "ratio", kind, name, band, reference, n, slope[place + 1], se[place + 1], level
        )
        if kind != "band":
            continue
        base, moved = design.copy(), design.copy()
        base[:, [b + 1 for b in bands]] = moved[:, [b + 1 for b in bands]] = 0.0
        moved[:, place + 1] = 1.0
        p0, p1 = (1 / (1 + np.exp(-(d @ slope))) for d in (base, moved))
        gradient = ((p1 * (1 - p1))[:, None] * moved - (p0 * (1 - p0))[:, None] * base).mean(axis=0)
        effect, error = 100 * (p1 - p0).mean(), 100 * np.sqrt(gradient @ covariance @ gradient)
        half = quantile(level) * error
        rows.append(
            rows[-1]
            | {"metric": "risk_difference", "unit": "points", "estimate": effect, "se": error, "ci_low": effect - half, "ci_high": effect + half}
        )  # fmt: skip
    return model_frame(rows, band, level, "logit" + ("_clustered" if unit else ""))


def group_design(people, left, band, reference, adjust, where, level, numbers, unit):
    """Complete rows, the design of band dummies and adjusting columns, their names, the reference and people by band."""
    require_level(level, where)
    adjust = as_list(adjust)
    texts = [band, *([unit] if unit else [])]
    table, _ = model_rows(people, [*numbers, left, *adjust], texts, where=where)
    odd = sorted(set(table[left].unique()) - {0.0, 1.0})
    if odd:
        raise DataError(
            f"{where}: column {left!r} must be 1 where the person left and 0 where not; it also holds {odd[:5]}."
        )
    n = table[band].value_counts().to_dict()
    if len(n) < 2:
        raise ValueError(f"{where}: {len(n)} band(s) in {band!r}; two or more are needed.")
    reference = str(reference) if reference is not None else max(n, key=n.get)
    if reference not in n:
        raise ValueError(f"{where}: no band {reference!r} in {band!r}; it has {sorted(n)}.")
    others = [name for name in sorted(n) if name != reference]
    names = [("band", name) for name in others] + [("adjust", name) for name in adjust]
    gone = int(table[left].sum())
    if gone < FEWEST * len(names):
        raise ValueError(
            f"{where}: {gone} people left, for {len(names)} slope(s); {FEWEST} for each are needed. Join bands."
        )
    columns = [(table[band] == name).astype(float) for _, name in names[: len(others)]] + [table[c] for c in adjust]
    return table, np.column_stack(columns).astype(float), names, reference, n


def slope_rows(metric, unit, kind, name, band, reference, n, slope, se, level):
    """A slope as a ratio with its interval and two-sided p-value."""
    from scipy.stats import norm

    z = quantile(level)
    row = {
        band: name if kind == "band" else "(all)", "metric": metric, "unit": unit, "item": reference if kind == "band" else name,
        "estimate": np.exp(slope), "se": np.exp(slope) * se, "ci_low": np.exp(slope - z * se), "ci_high": np.exp(slope + z * se),
        "n": n[name] if kind == "band" else sum(n.values()), "p_value": 2 * norm.sf(abs(slope / se)),
    }  # fmt: skip
    return [row]


def model_frame(rows, band, level, method):
    """Rows in the shape of estimates with their p-values."""
    frame = pd.DataFrame(rows).assign(level=level, method=method, at=np.nan)
    frame["n_eff"] = frame["n"].astype(float)
    frame["status"] = np.where(frame["estimate"].isna(), "not_estimable", "ok")
    return estimates(frame, band).assign(p_value=frame["p_value"].to_numpy(float))

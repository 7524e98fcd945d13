"""Stores and agents: funnel plot with limits for their own size, overdispersion, shrunken scores and rank intervals."""

import numpy as np
import pandas as pd

from cemlab.checks import require_choice, require_columns, require_level
from cemlab.measure.frames import columns_of, lazy
from cemlab.measure.schema import MISSING, as_list
from cemlab.measure.sums import score_sums, scoring, side

LIMITS = {"95": 1.959963984540054, "998": 3.090232306167813}  # two-sided 95 % and 99.8 %
DISPERSION = ("auto", "additive", "none")


def funnel_plot(
    data,
    item,
    *,
    by,
    metric="nps",
    scale=None,
    top=None,
    bottom=None,
    weights=None,
    target=None,
    dispersion="auto",
    winsor=0.1,
    min_n=30,
    rank_n=100,
    level=0.95,
    draws=4000,
    seed=1,
):
    """Scores of stores or agents against what their number of answers allows; never a raw league table.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per answer.
    item : str
        Column scored.
    by : str
        Column of the unit: store, agent (a pseudonym), branch.
    metric, scale, top, bottom, weights
        As in `compare_groups`.
    target : float, optional
        Centre of the funnel; the score of all units together when left out.
    dispersion : {"auto", "additive", "none"}, default "auto"
        Spiegelhalter's additive random effect: limits widen by the spread between units that sampling does not explain.
        "auto" adds it when the winsorised dispersion exceeds 1 + 2 sqrt(2 / units).
    winsor : float, default 0.1
        Share of extreme z-scores at each end drawn in before the dispersion is measured.
    min_n : int, default 30
        A unit with a smaller effective base is not judged; pool periods.
    rank_n : int, default 100
        A unit with a smaller effective base gets no rank.
    level : float, default 0.95
        Of the intervals of shrunken scores and ranks.
    draws, seed : int
        For the rank intervals.

    Returns
    -------
    pandas.DataFrame
        `by`, ``metric, item, unit, estimate, n, n_eff, z, target, lower_95, upper_95, lower_998, upper_998, signal``
        ("", "beyond_95", "beyond_998"), ``shrunken, shrunken_low, shrunken_high, rank, rank_low, rank_high`` (1 is best),
        ``tau`` (spread between units), ``phi`` (dispersion), ``method, status``. Sorted by name, not by score.

    Raises
    ------
    ValueError
        Fewer than two units that can be judged; unknown column or option.
    DataError
        An answer off the scale; a missing or negative weight.

    Notes
    -----
    Limits: target +/- z sqrt(v / n_eff + tau^2), v the variance of an answer at the target (p (1 - p) for shares, pooled
    inside units for NPS and means). With 50 units and no true difference 2 or 3 lie beyond 95 %: a signal, not a claim; 99.8 %
    is the one to act on. Limits of shares are normal and cut at the ends of the scale. Shrunken scores pull each unit
    to the target by how little it is known (the spread between units is here that of all of them, extremes not drawn in,
    or one unit far off would be pulled to the others); ranks are drawn from them, so units that cannot be told apart have
    wide rank intervals. Answers without a unit are left out.

    References
    ----------
    Spiegelhalter, D. J. (2005). Funnel plots for comparing institutional performance. Statistics in Medicine, 24,
    1185-1202; (2005) Handling over-dispersion of performance indicators. Qual. Saf. Health Care, 14, 347-351.
    """
    where = "funnel_plot"
    require_choice(dispersion, DISPERSION, name="dispersion", where=where)
    require_level(level, where)
    if len(as_list(by)) != 1:
        raise ValueError(f"{where}: `by` is {by!r}; name one column of units.")
    (by,) = as_list(by)
    rule = scoring(item, metric, scale=scale, top=top, bottom=bottom, where=where)
    require_columns(columns_of(lazy(data, where)), [item, by, *as_list(weights)], where)
    sums = score_sums(data, [item], {item: rule}, by=by, weights=weights, where=where)
    sums = sums[sums[by].astype(str) != MISSING].sort_values(by, kind="stable").reset_index(drop=True)
    units = side(sums, metric == "mean")
    judged = units["n_eff"] >= max(min_n, 2)
    if judged.sum() < 2:
        raise ValueError(
            f"{where}: {int(judged.sum())} of {len(sums)} units in {by!r} have an effective base of {min_n}; at least 2 are "
            "needed. Pool periods, or lower `min_n`."
        )
    w, mean = units["w"][judged], units["mean"][judged]
    centre = float(w @ mean / w.sum()) if target is None else float(target)
    if rule.is_share:
        variance = centre * (100 - centre)
    else:
        variance = float(w @ units["var"][judged] / w.sum())
    if not variance > 0:
        raise ValueError(f"{where}: answers do not vary around the target {centre:g}; there is nothing to hold apart.")
    sampling = variance / np.where(units["n_eff"] > 0, units["n_eff"], np.nan)
    z = (mean - centre) / np.sqrt(sampling[judged])
    phi, tau2 = overdispersion(z, sampling[judged], winsor)
    _, spread_of_all = overdispersion(z, sampling[judged], 0)
    if dispersion == "none" or (dispersion == "auto" and phi <= 1 + 2 * np.sqrt(2 / judged.sum())):
        limit_tau2, how = 0.0, "sampling"
    else:
        limit_tau2, how = tau2, "additive"
    ends = {"nps": (-100.0, 100.0), "mean": (rule.low, rule.high)}.get(metric, (0.0, 100.0))
    bottom_end, top_end = (-np.inf, np.inf) if ends[0] is None else ends
    spread = np.sqrt(sampling + limit_tau2)
    out = pd.DataFrame({by: sums[by].astype(str), "metric": metric, "item": item, "unit": rule.unit})
    out["estimate"], out["n"], out["n_eff"] = units["mean"], units["n"].astype("int64"), units["n_eff"]
    out["z"], out["target"] = (units["mean"] - centre) / spread, centre
    for name, z in LIMITS.items():
        out[f"lower_{name}"] = np.maximum(centre - z * spread, bottom_end)
        out[f"upper_{name}"] = np.minimum(centre + z * spread, top_end)
    beyond = np.abs(out["z"])
    out["signal"] = np.select([beyond > LIMITS["998"], beyond > LIMITS["95"]], ["beyond_998", "beyond_95"], "")
    out = out.join(
        shrunken_ranks(units["mean"], sampling, centre, spread_of_all, units["n_eff"] >= rank_n, level, draws, seed)
    )
    out = out.assign(tau=np.sqrt(tau2), phi=phi, method=how, status=np.where(judged, "ok", "not_estimable"))
    figures = ["estimate", "z", "shrunken", "shrunken_low", "shrunken_high", "rank", "rank_low", "rank_high"]
    out.loc[~judged, figures] = np.nan
    out.loc[~judged, "signal"] = ""
    out.loc[judged & (out["n_eff"] < rank_n), "status"] = "low_base"
    return out


def overdispersion(z, sampling, winsor):
    """Winsorised dispersion phi (1 when sampling explains all) and the variance between units, tau squared."""
    z = np.asarray(z, dtype=float)
    if winsor:
        z = np.clip(z, *np.quantile(z, [winsor, 1 - winsor]))
    units, phi = len(z), float(np.mean(z**2))
    weight = 1 / np.asarray(sampling, dtype=float)
    tau2 = (units * phi - (units - 1)) / (weight.sum() - (weight**2).sum() / weight.sum())
    return phi, float(max(tau2, 0.0))


def shrunken_ranks(mean, sampling, centre, tau2, ranked, level, draws, seed):
    """Posterior means with limits under a normal prior (centre, tau^2), and ranks with limits among `ranked` units."""
    from scipy.stats import norm

    trust = tau2 / (tau2 + sampling)
    middle, error = centre + trust * (mean - centre), np.sqrt(trust * sampling)
    half = norm.ppf((1 + level) / 2) * error
    out = pd.DataFrame({"shrunken": middle, "shrunken_low": middle - half, "shrunken_high": middle + half})
    out[["rank", "rank_low", "rank_high"]] = np.nan
    ranked = np.asarray(ranked) & np.isfinite(middle)
    if ranked.sum() < 2:
        return out
    drawn = middle[ranked] + error[ranked] * np.random.default_rng(seed).normal(size=(draws, int(ranked.sum())))
    if tau2 > 0:
        places = np.argsort(np.argsort(-drawn, axis=1), axis=1) + 1.0
        limits = np.quantile(places, [(1 - level) / 2, (1 + level) / 2], axis=0, method="inverted_cdf")
        out.loc[ranked, "rank"] = places.mean(axis=0)
    else:  # nothing tells the units apart: every rank is possible
        limits = np.array([[1.0], [float(ranked.sum())]]) * np.ones(int(ranked.sum()))
        out.loc[ranked, "rank"] = (ranked.sum() + 1) / 2
    out.loc[ranked, ["rank_low", "rank_high"]] = limits.T
    return out


def funnel_curve(results, points=120):
    """Limits along the number of answers, to draw the funnel: ``n_eff, target, lower_95, upper_95, lower_998, upper_998``."""
    shown = results[results["status"] != "not_estimable"]
    n = np.geomspace(shown["n_eff"].min() * 0.8, shown["n_eff"].max() * 1.2, points)
    row = shown.iloc[int(np.argmax(shown["n_eff"]))]
    known = shown[(shown["z"].abs() > 1e-9)]
    spread2 = ((known["estimate"] - known["target"]) / known["z"]) ** 2
    extra = float(row["tau"] ** 2) if row["method"] == "additive" else 0.0
    variance = float(np.median((spread2 - extra) * known["n_eff"])) if len(known) else np.nan
    spread, out = np.sqrt(variance / n + extra), {"n_eff": n, "target": row["target"]}
    ends = {"points": (-100, 100), "percent": (0, 100)}.get(row["unit"], (-np.inf, np.inf))
    for name, z in LIMITS.items():
        out[f"lower_{name}"] = np.maximum(row["target"] - z * spread, ends[0])
        out[f"upper_{name}"] = np.minimum(row["target"] + z * spread, ends[1])
    return pd.DataFrame(out)

"""Concepts against each other, a control and a norm: scores, tests with one control, the winner, calibrated trial."""

import numpy as np
import pandas as pd

from cemlab.checks import require_choice, require_columns
from cemlab.measure.compare import compare_groups
from cemlab.measure.frames import lazy, number_column
from cemlab.measure.multiplicity import adjust_p
from cemlab.measure.schema import as_list, combine
from cemlab.measure.scores import mean_score, top_box

FEWEST = 4  # earlier concepts from which on quartiles mean anything


def concept_scores(
    data, questions, *, scale, top=None, concept="concept", by=None, weights=None, cluster=None, level=0.95
):
    """Top box, top two boxes and mean of each concept on each question.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per respondent and concept (`product_rows.thing_rows`).
    questions : str or list of str
        Ratings; the highest code is the best answer (the codebook reverses those that run the other way).
    scale : tuple of int, or dict from question to tuple
        Lowest and highest code.
    top : list of int, or dict from question to list, optional
        Codes of the top two boxes; without it the two highest.
    concept : str, default "concept"
        Column that tells the concept.
    by : str or list of str, optional
        Further groups.
    weights, cluster, level
        As in `cemlab.measure.scores.top_box`. Within one concept each respondent has one row, so no cluster is needed.

    Returns
    -------
    pandas.DataFrame
        Estimates by concept: ``metric`` "top_box" (two boxes, percent), "top_one" (highest code, percent), "mean".

    Raises
    ------
    ValueError, DataError
        As `top_box` and `mean_score`.
    """
    questions, groups = as_list(questions), [concept, *as_list(by)]
    scales = scale if isinstance(scale, dict) else dict.fromkeys(questions, scale)
    options = {"by": groups, "weights": weights, "cluster": cluster, "level": level}
    highest = {q: [scales[q][1]] for q in questions}
    frames = [
        top_box(data, questions, scale=scales, top=top, **options),
        top_box(data, questions, scale=scales, top=highest, **options).assign(metric="top_one"),
    ]
    frames += [mean_score(data, q, scale=scales[q], **options) for q in questions]
    return combine(frames, by=groups)


def compare_concepts(
    data,
    questions,
    *,
    scale,
    top=None,
    control=None,
    concept="concept",
    metric="top_box",
    person=None,
    weights=None,
    level=0.95,
    adjust="dunnett",
    min_n=30,
):
    """Each concept against the control, or every pair of concepts where there is none.

    Parameters
    ----------
    data, questions, scale, top, concept, weights, level
        As in `concept_scores`.
    control : str, optional
        Code of the control concept.
    metric : {"top_box", "mean"}, default "top_box"
    person : str, optional
        Column of the respondent where respondents rated several concepts: the covariance between their answers is in the
        error.
    adjust : {"dunnett", "bh", "holm"} or None, default "dunnett"
        Adjustment within a question. "dunnett" needs a control and one concept a respondent; Holm is used elsewhere.
    min_n : float, default 30

    Returns
    -------
    pandas.DataFrame
        Comparisons by concept, ``reference`` the control (or the other concept of the pair); ``adjust`` says what was done.

    Raises
    ------
    ValueError
        Unknown control, metric or adjustment.

    Notes
    -----
    Tests as in `compare_groups` (z with the pooled share; Welch t). Dunnett: the comparisons share the control, so that with
    effective bases n_i their test statistics correlate by l_i l_j, l_i = sqrt(n_i / (n_i + n_0)); the adjusted p is
    1 - P(max |Z| <= |z|) in that normal distribution, exact in one integral. For means of small cells Student's t would give
    slightly larger p (``scipy.stats.dunnett``, R ``multcomp::glht``).

    References
    ----------
    Dunnett, C. W. (1955). JASA, 50, 1096-1121.
    """
    where = "compare_concepts"
    require_choice(adjust, ("dunnett", "bh", "holm", None), name="adjust", where=where)
    options = {"metric": metric, "scale": scale, "weights": weights, "cluster": person, "level": level, "min_n": min_n}
    options |= {"top": top} if metric == "top_box" else {}
    against = control or "pairwise"
    out = compare_groups(data, as_list(questions), by=concept, against=against, adjust=None, **options)
    how = adjust if adjust != "dunnett" or (control and person is None) else "holm"
    for _, rows in out.groupby("item", sort=False):
        p = dunnett_p(rows) if how == "dunnett" else adjust_p(rows["p_value"].to_numpy(float), method=how)
        out.loc[rows.index, "p_adjusted"] = p
    return out.assign(adjust=how)


def dunnett_p(rows):
    """Adjusted p-values of comparisons that share their reference, from raw p-values and effective bases."""
    from scipy.special import ndtr, ndtri

    p = rows["p_value"].to_numpy(float)
    out, tested = p.copy(), np.isfinite(p)
    if tested.sum() < 2:
        return out
    n, n0 = (rows[c].to_numpy(float)[tested] for c in ("n_eff", "n_eff_reference"))
    load = np.sqrt(n / (n + n0))
    nodes, weights = np.polynomial.hermite_e.hermegauss(81)
    weights = weights / weights.sum()
    z = -ndtri(np.clip(p[tested], 1e-300, 1) / 2)
    rest = np.sqrt(1 - load**2)[None, None, :]
    shift = load[None, None, :] * nodes[None, :, None]
    inside = ndtr((z[:, None, None] - shift) / rest) - ndtr((-z[:, None, None] - shift) / rest)
    out[tested] = np.maximum(1 - (inside.prod(axis=2) * weights).sum(axis=1), p[tested])
    return out


def best_concept(pairs, scores, *, concept="concept", level=0.95, power=0.8):
    """Whether one concept stands above all others, and the sample that would be needed otherwise.

    Parameters
    ----------
    pairs : pandas.DataFrame
        `compare_concepts` without a control, one question, as shown (small bases blanked).
    scores : pandas.DataFrame
        `concept_scores` of the same question and metric.
    concept : str, default "concept"
    level : float, default 0.95
    power : float, default 0.8

    Returns
    -------
    dict
        ``leader, runner_up`` (codes), ``estimate, difference, difference_low, difference_high``, ``p_adjusted`` (Holm over
        all pairs, of the leader's weakest lead), ``separated`` (bool), ``n`` (the smaller of the two bases), ``n_needed``
        (answers a concept at which a lead of this size would be found with probability `power`; None where there is no
        lead). None with fewer than two concepts that have figures.

    Notes
    -----
    The leader was picked by looking, hence all pairs make the family. ``n_needed`` = n ((z + z_power) se / difference)^2
    with n the smaller base and se the error of the lead, whatever the design (cells or the same people).
    """
    from scipy.special import ndtri

    known = scores[scores["estimate"].notna() & scores["status"].isin(["ok", "low_base"])]
    if len(known) < 2 or not len(pairs):
        return None
    order = known.sort_values("estimate", ascending=False, kind="stable")
    leader, second = order[concept].iloc[0], order[concept].iloc[1]
    adjusted = adjust_p(pairs["p_value"].to_numpy(float), method="holm")
    mine = pairs.assign(p_all=adjusted)
    mine = mine[(mine[concept] == leader) | (mine["reference"] == leader)]
    lead = mine[(mine[concept] == second) | (mine["reference"] == second)]
    if not len(lead) or lead["p_value"].isna().all():
        return None
    row = lead.iloc[0]
    turn = 1 if row[concept] == leader else -1
    low, high = sorted((turn * row["difference_low"], turn * row["difference_high"]))
    gap, n = turn * row["difference"], min(row["n"], row["n_reference"])
    quantiles = ndtri(0.5 + level / 2) + ndtri(power)
    needed = int(np.ceil(n * (quantiles * row["difference_se"] / gap) ** 2)) if gap > 0 else None
    others = mine[mine["p_value"].notna()]
    return {
        "leader": leader, "runner_up": second, "estimate": order["estimate"].iloc[0], "unit": row["unit"],
        "difference": gap, "difference_low": low, "difference_high": high,
        "p_adjusted": float(others["p_all"].max()), "separated": bool((others["p_all"] <= 1 - level).all()),
        "n": int(n), "n_needed": needed,
    }  # fmt: skip


def trial_rate(data, intent, calibration, *, by=None, weights=None, cluster=None, level=0.95):
    """Share that would try, from purchase intent and a stated calibration.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
    intent : str
        Column of purchase intent.
    calibration : dict of int to float
        Share that buys among those who gave each code; a code left out buys nothing.
    by, weights, cluster, level
        As in `cemlab.measure.scores.mean_score`.

    Returns
    -------
    pandas.DataFrame
        Estimates, ``metric`` "trial", percent; the interval holds the sampling error only.

    Raises
    ------
    ValueError
        No calibration, or a share outside 0 to 1.

    Notes
    -----
    sum of c_k p_k, a mean of calibrated answers with its t interval. The calibration itself is an assumption of unknown error
    and the larger one as a rule: state it, and replace it by what one's own launches showed. Full awareness and distribution
    are taken for granted.
    """
    import narwhals as nw

    if not calibration or any(not 0 <= share <= 1 for share in calibration.values()):
        raise ValueError(f"trial_rate: `calibration` is {calibration!r}; give {{code: share that buys}}, 0 to 1.")
    frame, answer = lazy(data, "trial_rate"), number_column(intent)
    value = nw.lit(0.0)
    for code, share in calibration.items():
        value = nw.when(answer == code).then(nw.lit(100.0 * share)).otherwise(value)
    made = frame.with_columns(nw.when(~answer.is_null()).then(value).alias(intent)).to_native()
    out = mean_score(made, intent, by=by, weights=weights, cluster=cluster, level=level)
    bounds = {c: out[c].clip(0, 100) for c in ("ci_low", "ci_high")}
    return out.assign(metric="trial", unit="percent", method="calibrated_t", **bounds)


def concept_norm(scores, archive, *, concept="concept"):
    """Where each concept stands among earlier ones, with their number.

    Parameters
    ----------
    scores : pandas.DataFrame
        `concept_scores`; the rows of metric "top_box" are judged.
    archive : dict of str to dict
        Earlier concepts: question -> share of the top two boxes, percent.
    concept : str, default "concept"

    Returns
    -------
    pandas.DataFrame
        ``concept, item, estimate, norm`` (median of the archive), ``low, high`` (its quartiles), ``quartile`` (1 best, 4
        worst), ``earlier`` (number of concepts). Questions with fewer than four earlier concepts are left out.

    Notes
    -----
    The quartile is that of the point estimate; near a quartile's edge another sample would say otherwise. Norms hold for the
    same question, category and kind of sample only.
    """
    require_columns(scores.columns, [concept, "metric", "item", "estimate"], "concept_norm")
    out = []
    for row in scores[scores["metric"] == "top_box"].to_dict("records"):
        known = np.array([shares[row["item"]] for shares in archive.values() if row["item"] in shares], dtype=float)
        if len(known) < FEWEST or not np.isfinite(row["estimate"]):
            continue
        low, middle, high = np.quantile(known, [0.25, 0.5, 0.75])
        quartile = 1 + sum(row["estimate"] < edge for edge in (high, middle, low))
        out.append((row[concept], row["item"], row["estimate"], middle, low, high, quartile, len(known)))
    return pd.DataFrame(out, columns=[concept, "item", "estimate", "norm", "low", "high", "quartile", "earlier"])

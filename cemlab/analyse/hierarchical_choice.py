"""Hierarchical Bayes logit: utilities of every person, drawn towards those of all, with convergence shown."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from cemlab.analyse.choice_draws import averages, limits
from cemlab.analyse.choice_model import shares_of_range, spans_of
from cemlab.analyse.choice_rows import Coding, choice_tasks
from cemlab.analyse.choice_sampler import chain
from cemlab.analyse.convergence import effective_draws, r_hat
from cemlab.analyse.logit_fit import chances, log_chosen
from cemlab.checks import require_level
from cemlab.measure.schema import estimates

MET = 1.01


@dataclass(frozen=True)
class HierarchicalChoice:
    """What `hierarchical_choice` returns. ``utilities, importance`` (estimates), ``convergence``, ``fit`` may be shown;
    the utilities of persons (``persons``) serve simulations and never leave.
    """

    utilities: pd.DataFrame
    importance: pd.DataFrame
    convergence: pd.DataFrame
    fit: dict
    coding: Coding = field(repr=False)
    coefficients: np.ndarray = field(repr=False)
    population: np.ndarray = field(repr=False)
    persons: np.ndarray = field(repr=False)
    weights: np.ndarray = field(repr=False)


def hierarchical_choice(
    data,
    chosen,
    attributes,
    *,
    person,
    task,
    alternative=None,
    none=None,
    coding="dummy",
    holdout=0,
    weights=None,
    draws=2000,
    warm_up=1000,
    thin=1,
    chains=2,
    level=0.95,
    seed=1,
):
    """Hierarchical Bayes multinomial logit with normal heterogeneity.

    Parameters
    ----------
    data, chosen, attributes, person, task, alternative, none, coding, weights, level
        As in `choice_model`; weights count in the simulations and averages over persons, not in the model.
    holdout : int, default 0
        The last so many tasks of each person are kept out and predicted.
    draws, warm_up, thin, chains : int
        Draws kept of each chain, steps before the first, steps from one to the next, chains.
    seed : int, default 1

    Returns
    -------
    HierarchicalChoice
        ``utilities``: metrics ``utility`` (mean of the population, posterior mean and quantiles) and ``heterogeneity``
        (standard deviation between persons) per parameter. ``importance``: per attribute, of each person, then averaged.
        ``convergence``: per parameter ``r_hat`` (below 1.01 the chains have met), ``effective_draws``, ``met``. ``fit``:
        persons, tasks, left_out, accepted, rlh (root likelihood: geometric mean chance of what was chosen, against
        ``rlh_chance``), hit_rate in sample; with `holdout` ``holdout_hit_rate``, ``holdout_mae`` (mean absolute error of shares, percentage
        points); ``converged``.

    Raises
    ------
    ValueError, DataError
        As in `choice_model`; fewer than 30 persons, or no task left beside the held-out ones.

    Notes
    -----
    Where ``converged`` is false, more steps (`warm_up`, `thin`) are needed before any figure is used. Persons with few tasks stand near
    the mean of all: spreads between persons are those of the model, not of raw answers. Numbers should be scaled so
    that a typical step is about 1 (prices in hundreds).

    References
    ----------
    Rossi, P., Allenby, G., McCulloch, R. (2005). Bayesian Statistics and Marketing. In R:
    ``bayesm::rhierMnlRwMixture(ncomp = 1)``.
    """
    options = {"alternative": alternative, "none": none, "weights": weights, "effects": coding == "effects"}
    tasks, coded, left_out = choice_tasks(data, chosen, attributes, person=person, task=task, **options)
    steps = {"draws": draws, "warm_up": warm_up, "thin": thin, "chains": chains, "seed": seed}
    return sampled(tasks, coded, left_out=left_out, holdout=holdout, level=level, **steps)


def hierarchical_scores(found, *, draws=2000, warm_up=1000, thin=1, chains=2, level=0.95, seed=1):
    """Utilities of the items of a MaxDiff for every person.

    Parameters
    ----------
    found : BestWorst
        Output of `best_worst` (its model and base are kept; "paired" is the usual one).
    draws, warm_up, thin, chains, level, seed
        As in `hierarchical_choice`.

    Returns
    -------
    HierarchicalChoice
        Parameters are ``item=<item>``, the base item has utility 0; ``utilities`` has further rows, metric ``share`` (percent):
        exp(v) over the sum of each person, averaged, with an interval from draws of the population's means and of persons. ``importance`` has no meaning here and is empty.

    Raises
    ------
    ValueError
        Fewer than 30 persons.
    """
    coding = Coding({"item": [found.items[-1], *found.items[:-1]]})
    steps = {"draws": draws, "warm_up": warm_up, "thin": thin, "chains": chains, "seed": seed}
    made = sampled(found.tasks, coding, left_out=found.fit["left_out"], holdout=0, level=level, **steps)
    share = made.weights / made.weights.sum()
    mean, n_eff = share @ shares_of(made.persons), float(1 / (share @ share))
    se, low, high = limits(averages(made.persons, made.weights, made.population, shares_of, seed=seed), level)
    each = made.persons
    rows = pd.DataFrame({"item": found.items, "estimate": mean, "se": se, "ci_low": low, "ci_high": high})
    facts = {"metric": "share", "unit": "percent", "n": len(each), "n_eff": n_eff, "level": level, "status": "ok"}
    rows = estimates(rows.assign(method="hierarchical_bayes_2", **facts), [])
    utilities = estimates(pd.concat([made.utilities, rows], ignore_index=True), [])
    return replace(made, utilities=utilities, importance=made.importance.iloc[:0])


def shares_of(persons):
    """Shares of preference in percent of every person; the base item, whose utility is 0, last."""
    utility = np.column_stack([persons, np.zeros(len(persons))])
    e = np.exp(utility - utility.max(axis=1, keepdims=True))
    return 100 * e / e.sum(axis=1, keepdims=True)


def sampled(tasks, coded, *, left_out, holdout, level, draws, warm_up, thin, chains, seed):
    """A hierarchical model of coded tasks."""
    where = "hierarchical_choice"
    require_level(level, where)
    persons = len(tasks.who)
    if persons < 30:
        raise ValueError(f"{where}: {persons} persons; a model between persons needs 30 at least, use choice_model.")
    kept, held = hold_out(tasks, holdout)
    if not len(kept.start):
        raise ValueError(f"{where}: holdout={holdout} leaves no task to learn from.")
    streams = np.random.SeedSequence(seed).spawn(chains)
    steps = {"draws": draws, "warm_up": warm_up, "thin": thin}
    with ThreadPoolExecutor(
        max_workers=min(chains, os.cpu_count() or 1)
    ) as pool:  # numpy leaves the lock while it works
        drawn = list(pool.map(lambda s: chain(kept, persons, rng=np.random.default_rng(s), **steps), streams))
    own = np.mean([one["persons"] for one in drawn], axis=0)
    means = np.stack([one["mean"] for one in drawn])
    deviations = np.sqrt(np.stack([np.einsum("dii->di", one["spread"]) for one in drawn]))
    weight = np.array([tasks.weight[tasks.person == i][0] for i in range(persons)])
    facts = {"n": persons, "n_eff": float(weight.sum() ** 2 / (weight @ weight)), "level": level, "status": "ok"}
    met = convergence_rows(coded.names, means, deviations)
    known = {"persons": persons, "tasks": len(kept.start), "left_out": left_out}
    return HierarchicalChoice(
        utilities=utility_rows(coded.names, means, deviations, facts, level),
        importance=importance_rows(own, weight, means.reshape(-1, means.shape[-1]), coded, tasks.x, facts, level),
        convergence=met,
        fit=known
        | {"accepted": float(np.mean([one["accepted"] for one in drawn])), "converged": bool(met["met"].all())}
        | fitted(kept, own)
        | predicted(held, own),
        coding=coded,
        coefficients=means.mean(axis=(0, 1)),
        population=means.reshape(-1, means.shape[-1]),
        persons=own,
        weights=weight,
    )


def hold_out(tasks, last):
    """The tasks learnt from, and the last ones of each person (None without)."""
    if not last:
        return tasks, None
    back = np.zeros(len(tasks.start), dtype=int)
    seen = {}
    for place in range(len(back) - 1, -1, -1):
        person = tasks.person[place]
        back[place] = seen[person] = seen.get(person, -1) + 1
    return tasks.part(back >= last), tasks.part(back < last)


def convergence_rows(names, means, deviations):
    """R-hat and effective draws of every mean and spread of the population."""
    rows = []
    for kind, draws in (("mean", means), ("spread", deviations)):
        for i, name in enumerate(names):
            value = r_hat(draws[:, :, i])
            rows.append(
                {
                    "item": name,
                    "of": kind,
                    "r_hat": value,
                    "effective_draws": effective_draws(draws[:, :, i]),
                    "met": value < MET,
                }
            )
    return pd.DataFrame(rows)


def utility_rows(names, means, deviations, facts, level):
    """Means and spreads of the population with quantiles of their draws."""
    rows, tails = [], [(1 - level) / 2, (1 + level) / 2]
    for metric, draws in (("utility", means), ("heterogeneity", deviations)):
        flat = draws.reshape(-1, draws.shape[-1])
        low, high = np.quantile(flat, tails, axis=0)
        frame = pd.DataFrame({"item": names, "estimate": flat.mean(axis=0), "se": flat.std(axis=0, ddof=1)})
        rows.append(frame.assign(metric=metric, ci_low=low, ci_high=high))
    return estimates(pd.concat(rows).assign(unit="utility", method="hierarchical_bayes_2", **facts), [])


def importance_rows(own, weight, population, coding, x, facts, level):
    """Importance of each person, averaged, with the interval of that average."""
    spans = spans_of(coding, x)

    def shares(utilities):
        return shares_of_range(utilities, coding, spans)

    mean = weight / weight.sum() @ shares(own)
    se, low, high = limits(averages(own, weight, population, shares), level)
    frame = pd.DataFrame({"item": list(coding.attributes), "estimate": mean, "se": se, "ci_low": low, "ci_high": high})
    return estimates(frame.assign(metric="importance", unit="percent", method="range_by_person_2", **facts), [])


def person_utility(tasks, own):
    """Utility of every row by its person's posterior mean."""
    return np.einsum("rk,rk->r", tasks.x, own[tasks.person[tasks.of_row]])


def first_choice(tasks, utility):
    """Row of the highest utility of each task, the first of ties."""
    best = np.repeat(np.maximum.reduceat(utility, tasks.start), tasks.sizes)
    return np.minimum.reduceat(np.where(utility >= best - 1e-12, np.arange(len(utility)), len(utility)), tasks.start)


def fitted(tasks, own):
    """Root likelihood and hit rate in sample."""
    utility = person_utility(tasks, own)
    logs = log_chosen(utility, tasks.start, tasks.sizes, tasks.chosen)
    return {
        "rlh": float(np.exp(logs.mean())),
        "rlh_chance": float(np.exp(-np.log(tasks.sizes).mean())),
        "hit_rate": float(np.mean(first_choice(tasks, utility) == tasks.chosen)),
    }


def predicted(tasks, own):
    """Hit rate on held-out tasks, and the mean error of predicted shares by the place of the alternative."""
    if tasks is None or not len(tasks.start):
        return {}
    utility = person_utility(tasks, own)
    hits = float(np.mean(first_choice(tasks, utility) == tasks.chosen))
    if len(set(tasks.sizes.tolist())) > 1:
        return {"holdout_hit_rate": hits, "holdout_tasks": len(tasks.start)}
    shares = chances(utility, tasks.start, tasks.sizes).reshape(len(tasks.start), -1).mean(axis=0)
    taken = np.bincount(tasks.chosen - tasks.start, minlength=len(shares)) / len(tasks.start)
    return {
        "holdout_hit_rate": hits,
        "holdout_mae": float(100 * np.abs(shares - taken).mean()),
        "holdout_tasks": len(tasks.start),
    }

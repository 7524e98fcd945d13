"""Choice-based conjoint for everybody together: multinomial logit, importance, willingness to pay."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from cemlab.analyse.choice_rows import Coding, choice_tasks
from cemlab.analyse.logit_fit import covariance, fit
from cemlab.checks import nearest, require_choice, require_level
from cemlab.measure.intervals import quantile
from cemlab.measure.schema import estimates

RULE = 500  # n t a / c of Johnson and Orme
PEOPLE = 300


@dataclass(frozen=True)
class ChoiceModel:
    """What `choice_model` returns: ``utilities, importance`` (estimates), ``fit``, and what simulations need."""

    utilities: pd.DataFrame
    importance: pd.DataFrame
    fit: dict
    coding: Coding = field(repr=False)
    coefficients: np.ndarray = field(repr=False)
    covariance: np.ndarray = field(repr=False)


def choice_model(
    data,
    chosen,
    attributes,
    *,
    person,
    task,
    alternative=None,
    none=None,
    coding="dummy",
    errors="cluster",
    weights=None,
    level=0.95,
):
    """Multinomial logit of choices among profiles.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per person, task and alternative.
    chosen : str
        Column with 1 for the alternative taken, else 0. Tasks without a choice are left out and counted.
    attributes : list of str, or dict
        Columns; numbers enter as numbers, words as levels. A dict says for each "linear", or its levels, the first being
        the base.
    person, task : str
        Columns of the person and of the task.
    alternative, none : str, optional
        Column of the alternative and its code for "none of these", which gets a utility of its own.
    coding : {"dummy", "effects"}
        Base level 0, or levels that sum to 0.
    errors : {"cluster", "hessian"}
        Errors clustered by person (answers of one person hang together), or the model's own.
    weights : str, optional
        Column of the person's weight.
    level : float, default 0.95

    Returns
    -------
    ChoiceModel
        ``utilities``: metric ``utility``, item the parameter ("price", "brand=b", "(none)"; base levels are 0 and not
        listed). ``importance``: metric ``importance`` (percent) per attribute: range of its utilities over the sum of
        ranges (of a number: over the range shown), interval by simulation. ``fit``: persons, tasks, left_out,
        alternatives, loglik, loglik_equal, rho2, aic, hit_rate (in sample), converged, and ``size`` (persons x tasks x
        alternatives / largest number of levels; 500 is the rule) with ``enough``.

    Raises
    ------
    ValueError
        Unknown column or option; attributes that the tasks do not settle.
    DataError
        Two choices in a task, one alternative in a task, an unknown level, a missing or negative weight.

    Notes
    -----
    Utilities have no unit and only differences count; compare them inside one model. One model for all assumes that tastes
    are alike (and that alternatives are independent of irrelevant others): shares of a market are better simulated from
    `hierarchical_choice`. rho2 is McFadden's against equal shares.

    References
    ----------
    McFadden, D. (1974). Train, K. (2009). Discrete Choice Methods with Simulation. Orme, B. (2010), chapter 7. In R:
    ``mlogit::mlogit``, ``survival::clogit(cluster)``.
    """
    where = "choice_model"
    require_level(level, where)
    require_choice(coding, ("dummy", "effects"), name="coding", where=where)
    require_choice(errors, ("cluster", "hessian"), name="errors", where=where)
    options = {"alternative": alternative, "none": none, "weights": weights, "effects": coding == "effects"}
    tasks, coded, left_out = choice_tasks(data, chosen, attributes, person=person, task=task, **options)
    if not len(tasks.start):
        raise ValueError(f"{where}: no task has a choice.")
    found = fit(tasks)
    plain, clustered = covariance(found, tasks.person)
    used = clustered if errors == "cluster" else plain
    persons, k = len(tasks.who), len(found["b"])
    se, z = np.sqrt(np.diag(used)), float(quantile(level))
    frame = pd.DataFrame({"item": coded.names, "estimate": found["b"], "se": se})
    frame = frame.assign(ci_low=frame["estimate"] - z * se, ci_high=frame["estimate"] + z * se)
    facts = {"n": persons, "n_eff": persons, "level": level, "status": "ok"}
    frame = frame.assign(metric="utility", unit="utility", method=f"mnl_{errors}", **facts)
    largest = max([len(levels) for levels in coded.attributes.values() if levels], default=1)
    size = len(tasks.start) * float(np.mean(tasks.sizes)) / largest
    return ChoiceModel(
        utilities=estimates(frame, []),
        importance=importance_rows(found["b"], used, coded, tasks.x, facts, level),
        fit={
            "persons": persons,
            "tasks": len(tasks.start),
            "left_out": left_out,
            "alternatives": float(np.mean(tasks.sizes)),
            "loglik": found["loglik"],
            "loglik_equal": found["loglik_equal"],
            "rho2": 1 - found["loglik"] / found["loglik_equal"],
            "aic": 2 * k - 2 * found["loglik"],
            "hit_rate": found["hits"],
            "converged": found["converged"],
            "size": size,
            "enough": bool(size >= RULE and persons >= PEOPLE),
        },
        coding=coded,
        coefficients=found["b"],
        covariance=used,
    )


def shares_of_range(coefficients, coding, spans):
    """Importance (..., attributes) in percent from coefficients (..., k)."""
    ranges, place, out = coding.ranges(coefficients), 0, []
    for attribute, levels in coding.attributes.items():
        if levels is None:
            out.append(np.abs(coefficients[..., place]) * spans[attribute])
            place += 1
        else:
            out.append(ranges[attribute])
            place += len(levels) - 1
    total = np.stack(out, axis=-1)
    whole = total.sum(axis=-1, keepdims=True)
    return 100 * total / np.where(whole > 0, whole, 1.0)


def spans_of(coding, x):
    """Largest less smallest value shown of each number."""
    names, out = coding.names, {}
    real = x[:, names.index("(none)")] == 0 if coding.none else np.ones(len(x), dtype=bool)
    for attribute, levels in coding.attributes.items():
        if levels is None:
            column = x[real, names.index(attribute)]
            out[attribute] = float(column.max() - column.min())
    return out


def importance_rows(b, used, coding, x, facts, level, draws=2000, seed=1):
    """Importance of each attribute with a simulated interval."""
    spans = spans_of(coding, x)
    drawn = np.random.default_rng(seed).multivariate_normal(b, used, size=draws, method="eigh")
    spread = shares_of_range(drawn, coding, spans)
    tails = [(1 - level) / 2, (1 + level) / 2]
    low, high = np.quantile(spread, tails, axis=0)
    frame = pd.DataFrame({"item": list(coding.attributes), "estimate": shares_of_range(b, coding, spans)})
    frame = frame.assign(se=spread.std(axis=0, ddof=1), ci_low=low, ci_high=high)
    return estimates(frame.assign(metric="importance", unit="percent", method="range_simulated", **facts), [])


def willingness_to_pay(model, price, *, level=0.95):
    """What one unit or one level more is worth in the price's unit: -utility / utility of the price.

    Parameters
    ----------
    model : ChoiceModel or HierarchicalChoice
        With the price as a number.
    price : str
        Attribute that is the price.
    level : float, default 0.95

    Returns
    -------
    pandas.DataFrame
        Estimates, metric ``willingness_to_pay``, unit "price": delta method for a `ChoiceModel`, quantiles of the draws of
        the population means for a `HierarchicalChoice`. Where the price's own interval holds 0 nothing can be divided by
        it: "not_estimable".

    Raises
    ------
    ValueError
        No such number in the model.

    Notes
    -----
    The ratio inherits every weakness of the price coefficient: prices outside what was shown, budgets that nobody spent, and in a
    model for all the assumption that everybody's ratio is that of the means. Read as a comparison of features, not a price list.

    References
    ----------
    Krinsky, I., Robb, A. (1986). In R: ``msm::deltamethod``.
    """
    where = "willingness_to_pay"
    require_level(level, where)
    names = model.coding.names
    if price not in names:
        numbers = [a for a, levels in model.coding.attributes.items() if levels is None]
        hint = nearest(price, numbers)
        near = f" Did you mean {hint!r}?" if hint else ""
        raise ValueError(f"{where}: {price!r} is no number of the model.{near} There are {numbers}.")
    place, z, rows = names.index(price), float(quantile(level)), []
    draws = getattr(model, "population", None)
    b = model.coefficients
    sure = b[place] != 0 and (
        abs(b[place]) > z * np.sqrt(model.covariance[place, place])
        if draws is None
        else np.mean(np.sign(draws[:, place]) == np.sign(b[place])) > (1 + level) / 2
    )
    for i, name in enumerate(names):
        if i == place:
            continue
        row = {"item": name, "status": "ok" if sure else "not_estimable"}
        if sure and draws is None:
            value = -b[i] / b[place]
            gradient = np.zeros(len(b))
            gradient[i], gradient[place] = -1 / b[place], b[i] / b[place] ** 2
            se = float(np.sqrt(gradient @ model.covariance @ gradient))
            row |= {"estimate": value, "se": se, "ci_low": value - z * se, "ci_high": value + z * se}
        elif sure:
            ratio = -draws[:, i] / draws[:, place]
            low, middle, high = np.quantile(ratio, [(1 - level) / 2, 0.5, (1 + level) / 2])
            row |= {"estimate": middle, "se": float(ratio.std(ddof=1)), "ci_low": low, "ci_high": high}
        rows.append(row)
    method = "delta" if draws is None else "posterior"
    facts = {"n": model.fit["persons"], "n_eff": model.fit["persons"], "level": level}
    return estimates(pd.DataFrame(rows).assign(metric="willingness_to_pay", unit="price", method=method, **facts), [])

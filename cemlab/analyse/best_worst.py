"""MaxDiff (best-worst scaling): counts, a logit for all, and shares of preference."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from cemlab.analyse.choice_rows import Coding, Tasks, level_code
from cemlab.analyse.logit_fit import covariance, fit
from cemlab.checks import DataError, require_choice, require_level
from cemlab.measure.intervals import quantile
from cemlab.measure.plain_rows import plain_rows
from cemlab.measure.schema import as_list, estimates

MODELS = ("paired", "marginal", "sequential")
ENOUGH = 3  # times each item is shown to each person


@dataclass(frozen=True)
class BestWorst:
    """What `best_worst` returns: ``counts, scores`` (estimates), ``design``, ``fit``."""

    counts: pd.DataFrame
    scores: pd.DataFrame
    design: pd.DataFrame
    fit: dict
    tasks: Tasks = field(repr=False)
    items: list = field(repr=False)


def best_worst(
    data, *, person, task, item, best, worst, model="paired", base=None, errors="cluster", weights=None, level=0.95
):
    """Scores of items from tasks in which the best and the worst were picked.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per person, task and item shown.
    person, task, item : str
        Columns.
    best, worst : str
        Columns with 1 for the item picked, else 0. Tasks without both, or with the same item as both, are left out.
    model : {"paired", "marginal", "sequential"}
        Utility of a pair of best and worst v_i - v_j over all ordered pairs; best by exp(v) and worst by exp(-v) over all
        items shown; or worst by exp(-v) over the items left after the best.
    base : str, optional
        Item with utility 0; the last in the order of first appearance in sorted tasks when left out.
    errors : {"cluster", "hessian"}
        As in `choice_model`.
    weights : str, optional
        Column of the person's weight.
    level : float, default 0.95

    Returns
    -------
    BestWorst
        ``counts``: metric ``best_less_worst`` per item, -1 to 1 (best less worst over the times shown; interval between
        persons), with ``best, worst, shown``. ``scores``: metrics ``utility`` and ``share`` (percent, exp(v) over the sum:
        adds to 100) and ``rescaled`` (percent chosen best against a - 1 items of average utility; a items a task).
        ``design``: per item how often shown to each person (``least, mean``) and ``enough`` (3 or more). ``fit``: persons, tasks,
        left_out, loglik, loglik_equal, hit_rate, rank correlation of counts and utilities.

    Raises
    ------
    ValueError
        Unknown column or model; nobody picked anything.
    DataError
        Two best or two worst in a task, an item twice in a task, a missing or negative weight.

    Notes
    -----
    Scores say which of these items matter more, not whether any matters. Counts are right only where each item was shown
    equally often; the logit allows for it. One logit for all hides groups with opposite tastes: use
    `hierarchical_scores` for persons.

    References
    ----------
    Louviere, J., Flynn, T., Marley, A. (2015). Best-Worst Scaling. Aizaki, H. In R: ``support.BWS::bws.count``,
    ``survival::clogit``.
    """
    where = "best_worst"
    require_level(level, where)
    require_choice(model, MODELS, name="model", where=where)
    require_choice(errors, ("cluster", "hessian"), name="errors", where=where)
    rows, left_out = picked(data, person, task, item, best, worst, weights, where)
    items = list(dict.fromkeys(rows["item"]))
    base = items[-1] if base is None else str(base)
    if base not in items:
        raise ValueError(f"{where}: base {base!r} is no item; there are {items}.")
    items = [one for one in items if one != base] + [base]
    tasks = as_tasks(rows, items, model)
    found = fit(tasks)
    plain, clustered = covariance(found, tasks.person)
    used = clustered if errors == "cluster" else plain
    persons = int(rows["person"].nunique())
    shown = float(rows.groupby("task").size().mean())
    facts = {"n": persons, "n_eff": persons, "level": level, "status": "ok"}
    counts = count_rows(rows, items, facts, level)
    scores = score_rows(found["b"], used, items, shown, facts, level, f"{model}_{errors}")
    order = counts.set_index("item")["estimate"].reindex(items)
    utility = np.append(found["b"], 0.0)
    known = {"loglik": found["loglik"], "loglik_equal": found["loglik_equal"], "hit_rate": found["hits"]}
    return BestWorst(
        counts=counts,
        scores=scores,
        design=design_rows(rows, items),
        fit={"persons": persons, "tasks": int(rows["task"].nunique()), "left_out": left_out, "model": model, **known}
        | {"correlation": float(np.corrcoef(order.to_numpy(float), utility)[0, 1])},
        tasks=tasks,
        items=items,
    )


def picked(data, person, task, item, best, worst, weights, where):
    """Rows of complete tasks: person, task (numbered over all), item, best, worst, w; and how many tasks were left out."""
    rows = plain_rows(data, [person, task, item, best, worst, *as_list(weights)], where=where)
    out = pd.DataFrame({
        "person": rows[person].map(level_code), "asked": rows[task].map(level_code), "item": rows[item].map(level_code),
        "best": pd.to_numeric(rows[best]).fillna(0).to_numpy(float), "worst": pd.to_numeric(rows[worst]).fillna(0).to_numpy(float),
        "w": rows[weights].to_numpy(float) if weights else 1.0,
    })  # fmt: skip
    if not (out["w"] >= 0).all():
        raise DataError(f"{where}: weight column {weights!r} has missing or negative values.")
    number = out.groupby(["person", "asked"], sort=False).ngroup()
    out = out.assign(task=number).sort_values("task", kind="stable").reset_index(drop=True)
    if out.duplicated(["task", "item"]).any():
        raise DataError(f"{where}: {int(out.duplicated(['task', 'item']).sum())} rows show an item twice in a task.")
    sums = out.groupby("task")[["best", "worst"]].sum()
    if (sums > 1).any().any():
        raise DataError(
            f"{where}: {int((sums > 1).any(axis=1).sum())} tasks have two best or two worst items; one of each is picked."
        )
    same = out[(out["best"] == 1) & (out["worst"] == 1)]["task"]
    good = sums.index[(sums == 1).all(axis=1) & ~sums.index.isin(same)]
    kept = out[out["task"].isin(good)].reset_index(drop=True)
    if not len(kept):
        raise ValueError(f"{where}: no task has both a best and a worst item.")
    return kept, int(len(sums) - len(good))


def as_tasks(rows, items, model):
    """Choice tasks of one of the three models; the last item has utility 0."""
    unit = np.vstack([np.eye(len(items) - 1), np.zeros(len(items) - 1)])
    place = rows["item"].map({name: i for i, name in enumerate(items)}).to_numpy()
    who, names = pd.factorize(rows["person"].to_numpy())
    blocks, chosen, person, weight, sizes = [], [], [], [], []

    total = 0
    for _, index in rows.groupby("task", sort=False).indices.items():
        x, best, worst = unit[place[index]], rows["best"].to_numpy()[index], rows["worst"].to_numpy()[index]
        i, j = int(np.argmax(best)), int(np.argmax(worst))
        if model == "paired":
            pairs = [(a, b) for a in range(len(x)) for b in range(len(x)) if a != b]
            block, pick = np.array([x[a] - x[b] for a, b in pairs]), pairs.index((i, j))
            parts = [(block, pick)]
        else:
            left = [a for a in range(len(x)) if a != i] if model == "sequential" else list(range(len(x)))
            parts = [(x, i), (-x[left], left.index(j))]
        for block, pick in parts:
            blocks.append(block)
            chosen.append(total + pick)
            person.append(who[index[0]])
            weight.append(rows["w"].iloc[index[0]])
            sizes.append(len(block))
            total += len(block)
    start = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(int)
    return Tasks(np.vstack(blocks), start, np.array(chosen), np.array(person), list(names), np.array(weight))


def count_rows(rows, items, facts, level):
    """Best less worst over the times shown, with the spread between persons."""
    out = []
    for item in items:
        part = rows[rows["item"] == item]
        by_person = part.assign(gap=(part["best"] - part["worst"]) * part["w"]).groupby("person")[["gap", "w"]].sum()
        total = by_person["w"].sum()
        score = by_person["gap"].sum() / total
        residual = by_person["gap"] - score * by_person["w"]
        n = len(by_person)
        se = np.sqrt(n / max(n - 1, 1) * (residual**2).sum()) / total
        half = float(quantile(level, n - 1)) * se if n > 1 else np.nan
        sums = {"best": int(part["best"].sum()), "worst": int(part["worst"].sum()), "shown": len(part)}
        row = {"item": item, "estimate": score, "se": se, "ci_low": score - half, "ci_high": score + half, **sums}
        out.append(row)
    frame = pd.DataFrame(out).assign(metric="best_less_worst", unit="score", method="counts_by_person", **facts)
    return estimates(frame, []).assign(**{name: frame[name].to_numpy() for name in ("best", "worst", "shown")})


def score_rows(b, used, items, shown, facts, level, method):
    """Utilities, shares of preference and rescaled scores, with intervals by simulation for the latter two."""
    z, k = float(quantile(level)), len(items)
    utility = np.append(b, 0.0)
    wide = np.zeros((k, k))
    wide[:-1, :-1] = used
    drawn = np.zeros((2000, k))
    drawn[:, :-1] = np.random.default_rng(1).multivariate_normal(b, used, size=2000, method="eigh")
    tails, out = [(1 - level) / 2, (1 + level) / 2], []
    se = np.sqrt(np.diag(wide))
    shares, others = share_of(utility), share_of(drawn)
    rescaled, again = rescale(utility, shown), rescale(drawn, shown)
    for i, item in enumerate(items):
        limits = {"ci_low": utility[i] - z * se[i], "ci_high": utility[i] + z * se[i]}
        out.append(
            {"metric": "utility", "item": item, "unit": "utility", "estimate": utility[i], "se": se[i], **limits}
        )
        for metric, value, spread in (("share", shares[i], others[:, i]), ("rescaled", rescaled[i], again[:, i])):
            low, high = np.quantile(spread, tails)
            row = {"metric": metric, "item": item, "unit": "percent", "estimate": value, "se": spread.std(ddof=1)}
            out.append(row | {"ci_low": low, "ci_high": high})
    return estimates(pd.DataFrame(out).assign(method=method, **facts), [])


def share_of(utility):
    """Exp(v) over the sum, in percent."""
    e = np.exp(utility - utility.max(axis=-1, keepdims=True))
    return 100 * e / e.sum(axis=-1, keepdims=True)


def rescale(utility, shown):
    """Chance in percent to be picked best among `shown` items, the others of average utility."""
    centred = utility - utility.mean(axis=-1, keepdims=True)
    e = np.exp(centred)
    return 100 * e / (e + shown - 1)


def design_rows(rows, items):
    """How often each item was shown to each person."""
    seen = rows.pivot_table(index="person", columns="item", values="task", aggfunc="count", fill_value=0)[items]
    out = pd.DataFrame({"item": items, "least": seen.min().to_numpy(), "mean": seen.mean().to_numpy()})
    return out.assign(enough=out["least"] >= ENOUGH)


def item_coding(items):
    """The coding of a MaxDiff model: one attribute, the last item its base."""
    return Coding({"item": [items[-1], *items[:-1]]})

"""Basic, performance and excitement touchpoints: what low ratings cost and what high ratings earn."""

import numpy as np
import pandas as pd

from cemlab.checks import require_choice, require_level
from cemlab.measure.rows import design_matrix
from cemlab.measure.schema import as_list

FACTORS = ("basic", "performance", "excitement")


def penalty_reward(data, outcome, drivers, *, low, high, weights=None, errors="HC3", level=0.95, min_n=30):
    """Penalty-reward contrast: dummies of low and of high ratings of all touchpoints in one regression.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per answer; rows with a gap are left out (put rarely used touchpoints into a call of their own).
    outcome : str
        Overall satisfaction.
    drivers : str or list of str
        Touchpoint ratings.
    low, high : float
        Ratings up to `low` are low, from `high` on high; those between are the reference.
    weights : str, optional
    errors : {"HC3", "classical"}, default "HC3"
        Standard errors.
    level : float, default 0.95
    min_n : int, default 30
        A touchpoint with fewer low or fewer high ratings gets no factor.

    Returns
    -------
    pandas.DataFrame
        One row per touchpoint: ``item, penalty, penalty_low, penalty_high, reward, reward_low, reward_high`` (outcome
        points, others held), ``riocs`` (range of impact), ``sgp, dgp`` (satisfaction- and dissatisfaction-generating
        potential), ``ia`` (impact asymmetry, -1 to 1), ``share_low, share_high`` (percent), ``difference,
        difference_low, difference_high`` (reward + penalty: below 0 low ratings weigh more), ``f, p_value`` (both dummies
        0), ``factor, n, status``. ``factor`` is "basic" or "excitement" where the interval of the difference leaves
        out 0, "performance" where penalty and reward both stand, else missing: not clear.

    Raises
    ------
    ValueError
        `low` not below `high`, wrong columns, too few rows.
    DataError
        A missing or negative weight.

    Notes
    -----
    RIOCS = reward + abs(penalty), SGP = reward / RIOCS, DGP = abs(penalty) / RIOCS, IA = SGP - DGP; missing where the
    penalty is positive or the reward negative. Naming factors by point estimates alone, as often done, calls noise
    "basic"; the interval decides here. The F test is the classical one with equal weights; else the Wald test of `errors`.

    References
    ----------
    Brandt, R. D. (1987). Mikulic, J., Prebezac, D. (2008). Managing Service Quality, 18, 559-576. In R: ``lm``.
    """
    from scipy.stats import f as fisher
    from scipy.stats import t as student

    where, drivers = "penalty_reward", as_list(drivers)
    require_level(level, where)
    require_choice(errors, ("HC3", "classical"), name="errors", where=where)
    if not low < high:
        raise ValueError(
            f"{where}: `low` {low!r} is not below `high` {high!r}; ratings between them are the reference."
        )
    values, w, _ = design_matrix(data, [*drivers, outcome], weights=weights, where=where)
    x, y, n = values[:, :-1], values[:, -1], len(values)
    dummies = np.stack([x <= low, x >= high], axis=2).reshape(n, -1).astype(float)
    held = dummies.sum(axis=0)
    use = np.flatnonzero(held > 0)
    wide = np.column_stack([np.ones(n), dummies[:, use]])
    df = n - wide.shape[1]
    if df < 1 or np.linalg.matrix_rank(wide) < wide.shape[1]:
        raise ValueError(
            f"{where}: {n} complete rows do not settle {wide.shape[1] - 1} dummies; take fewer touchpoints."
        )
    bread = np.linalg.inv(wide.T @ (wide * w[:, None]))
    b = bread @ (wide.T @ (w * y))
    residual = y - wide @ b
    classical = bread * (w @ residual**2) / df
    leverage = np.einsum("ij,jk,ik->i", wide, bread, wide) * w
    score = w * residual / np.maximum(1 - leverage, 1e-12)
    robust = bread @ ((wide * score[:, None] ** 2).T @ wide) @ bread
    covariance = robust if errors == "HC3" else classical
    tested = covariance if weights else classical
    place = {column: 1 + i for i, column in enumerate(use)}
    t, rows = student.ppf((1 + level) / 2, df), []
    for j, item in enumerate(drivers):
        lo, hi = place.get(2 * j), place.get(2 * j + 1)
        row = {"item": item, "n": n, "share_low": 100 * (w @ dummies[:, 2 * j]) / w.sum()}
        row |= {"share_high": 100 * (w @ dummies[:, 2 * j + 1]) / w.sum()}
        for name, at in (("penalty", lo), ("reward", hi)):
            row |= limits(name, b[at] if at else np.nan, np.sqrt(covariance[at, at]) if at else np.nan, t)
        enough = min(held[2 * j], held[2 * j + 1]) >= min_n
        if lo and hi:
            pair = [lo, hi]
            contrast = covariance[np.ix_(pair, pair)].sum()
            row |= limits("difference", b[lo] + b[hi], np.sqrt(contrast), t)
            row["f"] = b[pair] @ np.linalg.solve(tested[np.ix_(pair, pair)], b[pair]) / 2
            row["p_value"] = fisher.sf(row["f"], 2, df)
            row |= asymmetry(b[lo], b[hi])
        row["factor"] = factor(row) if enough else None
        rows.append(row | {"status": "ok" if enough else "low_base"})
    columns = [f"{name}{end}" for name in ("penalty", "reward") for end in ("", "_low", "_high")]
    columns = ["item", *columns, "riocs", "sgp", "dgp", "ia", "share_low", "share_high"]
    columns += ["difference", "difference_low", "difference_high", "f", "p_value", "factor", "n", "status"]
    return pd.DataFrame(rows).reindex(columns=columns)


def limits(name, value, se, t):
    """A figure and its limits under three names."""
    return {name: value, f"{name}_low": value - t * se, f"{name}_high": value + t * se}


def asymmetry(penalty, reward):
    """Range of impact and its halves; nothing where the signs are not those of a penalty and a reward."""
    span = reward - penalty
    if reward < 0 or penalty > 0 or span == 0:
        return dict.fromkeys(("riocs", "sgp", "dgp", "ia"), np.nan)
    return {"riocs": span, "sgp": reward / span, "dgp": -penalty / span, "ia": (reward + penalty) / span}


def factor(row):
    """Which of the three factors the intervals allow, or None."""
    costs, earns = row["penalty_high"] < 0, row["reward_low"] > 0
    if costs and row.get("difference_high", np.nan) < 0:
        return "basic"
    if earns and row.get("difference_low", np.nan) > 0:
        return "excitement"
    return "performance" if costs and earns else None

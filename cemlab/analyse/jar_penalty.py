"""Just-about-right scales: what is too little or too much of something costs in liking, and how many it concerns."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cemlab.checks import DataError, require_level
from cemlab.measure.intervals import share_interval
from cemlab.measure.multiplicity import adjust_p
from cemlab.measure.plain_rows import plain_rows
from cemlab.measure.schema import as_list, estimates

CONCERNED = 20.0  # percent that must lie on a side before its drop is acted upon
SIDES = ("too_little", "too_much")


@dataclass(frozen=True)
class JarPenalty:
    """What `jar_penalty` returns: ``penalties`` and ``shares`` (estimates)."""

    penalties: pd.DataFrame
    shares: pd.DataFrame


def jar_penalty(
    data, liking, jar, *, by=None, assessor=None, just_right=3, weights=None, level=0.95, concerned=CONCERNED, min_n=10
):
    """Mean drops and penalties of just-about-right scales, with the share of people on each side.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per person and product.
    liking : str
        Overall liking (a number).
    jar : list of str
        Just-about-right scales: numbers with `just_right` in the middle (below it too little, above it too much), or
        words, each of which is then a side of its own.
    by : str, optional
        Column of the product: shares are also given for each, and the joint regression allows for it.
    assessor : str, optional
        Column of the person: the joint regression allows for each person, and the errors of the drops are clustered by
        person. Needed where a person tasted several products.
    just_right : number or str, default 3
        The code that means just about right.
    weights : str, optional
        Column of case weights.
    level : float, default 0.95
    concerned : float, default 20
        Percent of people on a side from which its drop is named (the 20 % rule).
    min_n : int, default 10
        A side with fewer ratings has status "low_base".

    Returns
    -------
    JarPenalty
        ``penalties``: one row per scale and side: ``item, side, n, share, share_low, share_high`` (percent of those
        with liking), ``mean_side, mean_right``, ``drop, drop_low, drop_high, p_value`` (just right less the side, liking points; Welch,
        or clustered by `assessor`), ``total`` (drop x share: points over everybody), ``penalty, penalty_se,
        penalty_p`` (one regression per scale), ``joint, joint_se, joint_p`` (one regression with all scales, product and
        person; a loss is positive), ``p_adjusted`` (Benjamini-Hochberg over the sides that concern enough people), ``named``
        (enough people, drop above 0 and significant at 1 - `level` after adjustment), ``status``. ``shares``: metric
        ``share`` by product, item = scale, with the column ``side`` (percent of all rows with that scale, Wilson).

    Raises
    ------
    ValueError
        Unknown column, liking that is text, nobody just right on any scale.
    DataError
        A missing or negative weight.

    Notes
    -----
    Rows without liking take no part in the penalties. A drop is a difference between people, not the effect of a changed
    recipe: those who find it too sweet may like the whole thing less. Small sides have wild drops; ``total`` and the 20 %
    rule keep them in their place. With weights, sums are weighted and the effective base takes the place of n.

    References
    ----------
    Rothman, L., Parker, M. (2009). ASTM Manual 63. In R: ``SensoMineR::JAR`` (its multidimensional penalties have the other
    sign).

    Examples
    --------
    >>> import pandas as pd
    >>> tasted = pd.DataFrame({"liking": [8, 8, 7, 5, 4, 5, 8, 7], "sweet": [3, 3, 3, 5, 4, 4, 3, 2]})
    >>> found = jar_penalty(tasted, "liking", ["sweet"], min_n=1).penalties
    >>> found.loc[found["side"] == "too_much", ["share", "drop"]].round(2).iloc[0].tolist()
    [37.5, 3.08]
    """
    where, jar = "jar_penalty", as_list(jar)
    require_level(level, where)
    rows = plain_rows(data, [liking, *jar, *as_list(by), *as_list(assessor), *as_list(weights)], where=where)
    if not pd.api.types.is_numeric_dtype(rows[liking]):
        raise ValueError(f"{where}: {liking!r} holds text; liking must be a number.")
    rows["w__"] = rows[weights].astype(float) if weights else 1.0
    if not (rows["w__"] >= 0).all():
        raise DataError(
            f"{where}: weight column {weights!r} has {int((~(rows['w__'] >= 0)).sum())} missing or negative."
        )
    sides = {column: side_of(rows[column], just_right) for column in jar}
    if not any((side == "right").any() for side in sides.values()):
        raise ValueError(f"{where}: no answer is {just_right!r} (just about right); name that code in `just_right`.")
    shares = share_rows(rows, sides, by, level, bool(weights))
    judged = rows[liking].notna()
    rows, sides = rows[judged], {column: side[judged] for column, side in sides.items()}
    y, w = rows[liking].to_numpy(float), rows["w__"].to_numpy(float)
    who = pd.factorize(rows[assessor])[0] if assessor else None
    out = [row for column in jar for row in scale_rows(column, sides[column], y, w, who, level, min_n)]
    table = pd.DataFrame(out)
    joint = joint_penalties(sides, y, w, [pd.factorize(rows[c])[0] for c in [*as_list(by), *as_list(assessor)]])
    table = table.join(joint, on=["item", "side"])
    matters = (table["share"] >= concerned) & (table["status"] == "ok") & table["p_value"].notna()
    table["p_adjusted"] = np.nan
    if matters.any():
        table.loc[matters, "p_adjusted"] = adjust_p(table.loc[matters, "p_value"].to_numpy(), "bh")
    table["named"] = (table["p_adjusted"] < 1 - level) & (table["drop"] > 0)
    return JarPenalty(table, shares)


def side_of(column, just_right):
    """Side of each answer: "right", "too_little" and "too_much" of numbers, else the word itself; None where unanswered."""
    if pd.api.types.is_numeric_dtype(column):
        middle = float(just_right)
        names = np.select([column < middle, column > middle, column == middle], [*SIDES, "right"], "")
        return pd.Series(names, index=column.index, dtype=object).where(column.notna(), None)
    words = column.astype(object).where(column.notna(), None)
    return words.where(words != str(just_right), "right")


def share_rows(rows, sides, by, level, weighted):
    """Share of each side by product, of all rows with an answer."""
    out = []
    for product, part in rows.groupby(by, sort=True) if by else [("", rows)]:
        for item, side in sides.items():
            told = side.loc[part.index].dropna()
            w = part.loc[told.index, "w__"].to_numpy(float)
            if not w.sum() > 0:
                continue
            n_eff = w.sum() ** 2 / (w @ w)
            for name in names_of(sides[item]):
                share = w @ (told == name).to_numpy(float) / w.sum()
                low, high = share_interval(share, n_eff, level=level)
                row = {"item": item, "side": name, "estimate": 100 * share, "n": len(told), "n_eff": n_eff}
                row |= {"ci_low": 100 * low, "ci_high": 100 * high, "n_missing": len(part) - len(told)}
                out.append(
                    row | {"se": 100 * np.sqrt(share * (1 - share) / n_eff), **({by: str(product)} if by else {})}
                )
    method = "wilson_kish" if weighted else "wilson"
    frame = pd.DataFrame(out).assign(metric="share", unit="percent", level=level, method=method)
    return estimates(frame, [*as_list(by), "side"])


def names_of(side):
    """The names of a scale's sides, just right first, in a steady order."""
    found = set(side.dropna())
    known = [name for name in ("right", *SIDES) if name in found]
    return known + sorted(found - set(known))


def scale_rows(item, side, y, w, who, level, min_n):
    """Rows of one scale: shares, drops and its own regression."""
    from scipy.stats import t as student

    names = [name for name in names_of(side) if name != "right"]
    told = side.notna().to_numpy()
    right, out = (side == "right").to_numpy(), []
    n_eff = w[told].sum() ** 2 / (w[told] @ w[told]) if told.any() else np.nan
    groups = {"right": right, **{name: (side == name).to_numpy() for name in names}}
    facts = {name: spread(y[members], w[members]) for name, members in groups.items()}
    residual = sum(fact["square"] for fact in facts.values())
    df = sum(fact["n_eff"] for fact in facts.values()) - len(facts)
    for name in names:
        one, base = facts[name], facts["right"]
        share = w[groups[name]].sum() / w[told].sum()
        low, high = share_interval(share, n_eff, level=level)
        row = {"item": item, "side": name, "n": int(groups[name].sum()), "share": 100 * share}
        row |= {"share_low": 100 * float(low), "share_high": 100 * float(high)}
        drop = base["mean"] - one["mean"]
        row |= {"mean_side": one["mean"], "mean_right": base["mean"], "drop": drop, "total": drop * share}
        if who is None:
            se, error_df = welch(base, one)
        else:
            se, error_df = clustered(y, w, groups["right"], groups[name], who)
        with np.errstate(divide="ignore", invalid="ignore"):
            half = student.ppf((1 + level) / 2, error_df) * se
            row |= {"drop_low": drop - half, "drop_high": drop + half}
            row["p_value"] = 2 * student.sf(abs(drop / se), error_df)
            pooled = np.sqrt(residual / df * (1 / base["n_eff"] + 1 / one["n_eff"])) if df > 0 else np.nan
            row |= {"penalty": drop, "penalty_se": pooled, "penalty_p": 2 * student.sf(abs(drop / pooled), df)}
        enough = min(row["n"], int(right.sum())) >= min_n
        out.append(row | {"status": "ok" if enough else "low_base"})
    return out


def spread(y, w):
    """Mean, effective base and sum of squares (on the effective base) of one side."""
    if not w.sum() > 0:
        return {"mean": np.nan, "n_eff": 0.0, "square": 0.0}
    mean, n_eff = w @ y / w.sum(), w.sum() ** 2 / (w @ w)
    return {"mean": mean, "n_eff": n_eff, "square": w @ (y - mean) ** 2 / w.sum() * n_eff}


def welch(one, two):
    """Standard error of a difference of means and its degrees of freedom."""
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = [np.divide(side["square"], side["n_eff"] - 1) / side["n_eff"] for side in (one, two)]
        if min(one["n_eff"], two["n_eff"]) <= 1 + 1e-9:
            return np.nan, np.nan
        total = sum(parts)
        return np.sqrt(total), total**2 / sum(
            part**2 / (side["n_eff"] - 1) for part, side in zip(parts, (one, two), strict=True)
        )


def clustered(y, w, right, side, who):
    """Error of the difference of two means, clustered by person (linearised), with the number of persons less one."""
    score = np.zeros(len(y))
    for members, sign in ((right, 1.0), (side, -1.0)):
        if w[members].sum() > 0:
            mean = w[members] @ y[members] / w[members].sum()
            score[members] = sign * w[members] * (y[members] - mean) / w[members].sum()
    used = right | side
    persons = len(np.unique(who[used]))
    if persons < 2 or not right.any() or side.sum() < 2:
        return np.nan, np.nan
    sums = np.bincount(who, weights=score)
    return np.sqrt(persons / (persons - 1) * (sums @ sums)), persons - 1.0


def joint_penalties(sides, y, w, blocks):
    """Penalties of all scales in one regression with dummies of product and person; rows without a gap."""
    from scipy.stats import t as student

    whole = np.logical_and.reduce([side.notna().to_numpy() for side in sides.values()])
    keys, columns = [], [np.ones(whole.sum())]
    for item, side in sides.items():
        for name in names_of(side):
            if name != "right":
                keys.append((item, name))
                columns.append((side[whole] == name).to_numpy(float))
    for codes in blocks:
        columns += [(codes[whole] == code).astype(float) for code in np.unique(codes[whole])[1:]]
    x, z, v = np.column_stack(columns), y[whole], w[whole]
    index = pd.MultiIndex.from_tuples(keys, names=["item", "side"])
    empty = pd.DataFrame(np.nan, index=index, columns=["joint", "joint_se", "joint_p"])
    rank = np.linalg.matrix_rank(x) if len(x) else 0
    df = len(z) - rank
    if df < 1:
        return empty
    root = np.sqrt(v)
    xtx = np.linalg.pinv((x * v[:, None]).T @ x)
    b = xtx @ (x.T @ (v * z))
    scale = np.sum((root * (z - x @ b)) ** 2) / df
    place = slice(1, 1 + len(keys))
    own = np.linalg.matrix_rank(np.delete(x, range(1, 1 + len(keys)), axis=1)) + len(keys) == rank
    if not own:  # some side cannot be told from the others
        return empty
    se = np.sqrt(scale * np.diag(xtx)[place])
    values = {"joint": -b[place], "joint_se": se, "joint_p": 2 * student.sf(np.abs(b[place] / se), df)}
    return pd.DataFrame(values, index=index)

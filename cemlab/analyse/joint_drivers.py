"""Ratings and comments in one model: what was rated and what was praised or blamed, side by side, and what words add."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cemlab.analyse.driver_sums import NoDrivers, driver_sums
from cemlab.analyse.driver_table import driver_table
from cemlab.analyse.drivers import drawn_figures, key_drivers
from cemlab.checks import require_level
from cemlab.measure.model_rows import model_rows
from cemlab.measure.schema import as_list, estimates

MIN_MENTIONS = 30  # comments that praise or blame an aspect, below which it is no driver
FOLDS, REPEATS = 10, 10
MANY, GROUPS = 5000, 2000  # persons beyond which groups of them are resampled, and how many groups
MODELS = ("ratings", "words", "both")


@dataclass(frozen=True)
class JointDrivers:
    """Result of `joint_drivers`."""

    estimates: pd.DataFrame  # of `key_drivers`, over ratings and words together
    model: pd.DataFrame  # estimates of the model: shares of the two kinds, R-squared with and without
    ratings: list
    words: list
    mentions: dict  # aspect -> comments that praise or blame it

    @property
    def table(self):
        """`driver_table` with the column ``source`` (rating, word); ``n`` of a word is its mentions."""
        out = driver_table(self.estimates)
        word = out["item"].isin(self.words)
        return out.assign(
            source=np.where(word, "word", "rating"), n=out["n"].where(~word, out["item"].map(self.mentions)).astype(int)
        )


def joint_drivers(data, outcome, ratings, words, *, cluster=None, level=0.95, seed=1, draws=2000):
    """Relative weights of ratings and signed mentions in one model, and what mentions explain beyond the ratings.

    Parameters
    ----------
    data : pandas or polars data frame
        One row per answer with a comment.
    outcome : str
        Overall rating, or the 0 to 10 recommendation.
    ratings : list of str
        Touchpoint ratings, missing where not used.
    words : list of str
        Aspects of the comment: 1 praised, -1 blamed, 0 neither or not named. Those that fewer than 30 comments praise or
        blame are left out.
    cluster, level, seed, draws
        As in `key_drivers`.

    Returns
    -------
    JointDrivers
        ``model`` holds ``metric`` "share" (percent of the explained variance; items ratings, words), "r_squared_out" (of
        answers that the model has not seen; items ratings, words, both) and "r_squared_gain" (items words: both less
        ratings; ratings: both less words).

    Raises
    ------
    NoDrivers
        No word or fewer than two drivers left, fewer answers than 200 or 10 a driver, an outcome without spread.
    ValueError
        Unknown columns; as in `key_drivers`.

    Notes
    -----
    R-squared of seen answers grows with every column, meaningful or not. Here each tenth of the persons is predicted by a
    model of the others (10 times over, other tenths each time; a missing rating counts as the mean), so that a gain may be
    negative. Its interval resamples persons among the predictions; the models themselves stay, so it is a little too narrow. It
    speaks of those who write only. Rating and comment come from one head at one time: neither is the cause of the other, and
    an aspect named without a rating of its own may stand for one that was not asked.
    """
    where = "joint_drivers"
    require_level(level, where)
    ratings, words = as_list(ratings), as_list(words)
    rows, _ = model_rows(data, [outcome], as_list(cluster), gaps=[*ratings, *words], where=where)
    mentions = {word: int(rows[word].fillna(0).ne(0).sum()) for word in words}
    used = [word for word in words if MIN_MENTIONS <= mentions[word] <= len(rows) - MIN_MENTIONS]
    if not used:
        raise NoDrivers(f"{where}: no aspect is praised or blamed by {MIN_MENTIONS} comments; read them instead.")
    if cluster is not None:
        rows = rows.assign(**{cluster: in_groups(rows[cluster], seed)})
    sums = driver_sums(rows, outcome, [*ratings, *used], cluster=cluster)
    if sums.n < max(200, 10 * sums.k):
        raise NoDrivers(f"{where}: {sums.n:,} answers for {sums.k} drivers; 200 are needed, and 10 a driver.")
    kinds = {
        name: [i for i, driver in enumerate(sums.drivers) if driver in of]
        for name, of in (("ratings", ratings), ("words", used))
    }
    if not all(kinds.values()):
        raise NoDrivers(f"{where}: no {' and no '.join(k for k, v in kinds.items() if not v)} can be estimated.")
    found = key_drivers(sums, level=level, seed=seed, draws=draws)
    out = shares(found, sums, kinds, level, seed, draws)
    out += out_of_sample(
        rows, outcome, {k: [sums.drivers[i] for i in v] for k, v in kinds.items()}, cluster, level, seed
    )
    base = {"n": sums.n, "n_eff": sums.n_eff, "level": level}
    return JointDrivers(found, estimates(pd.DataFrame(out).assign(**base)), ratings, used, mentions)


def in_groups(persons, seed):
    """Numbers of the persons; of random groups of whole persons where there are so many that their sums fill the memory."""
    codes, known = pd.factorize(persons, sort=True)
    codes = np.where(codes < 0, len(known) + np.arange(len(codes)), codes)  # without a person: one of their own
    codes = np.unique(codes, return_inverse=True)[1]
    number = codes.max() + 1
    return codes if number <= MANY else (np.random.default_rng(seed).permutation(number) % GROUPS)[codes]


def shares(found, sums, kinds, level, seed, draws):
    """What each kind of driver gets of the explained variance, with percentiles of the bootstrap."""
    importance = found[found["metric"] == "importance"].set_index("item")["estimate"]
    drawn = drawn_figures(sums, "relative_weights", draws, seed)["importance"] if draws else None
    tails, out = [(1 - level) / 2, (1 + level) / 2], []
    for kind, places in kinds.items():
        row = {"metric": "share", "item": kind, "unit": "percent", "method": found["method"].iloc[0]}
        row["estimate"] = importance[[sums.drivers[i] for i in places]].sum()
        if drawn is not None:
            values = drawn[:, places].sum(axis=1)
            row |= dict(zip(("ci_low", "ci_high"), np.quantile(values, tails), strict=True), se=values.std(ddof=1))
        out.append(row)
    return out


def out_of_sample(rows, outcome, kinds, cluster, level, seed, draws=2000):
    """R-squared of unseen answers for ratings, words and both, and the gains, with percentile intervals over units."""
    rng = np.random.default_rng(seed)
    y = rows[outcome].to_numpy(float)
    units = np.arange(len(y)) if cluster is None else rows[cluster].to_numpy()
    x = np.hstack([rows[names].to_numpy(float) for names in kinds.values()])
    first = len(kinds["ratings"])
    columns = {"ratings": np.arange(first), "words": np.arange(first, x.shape[1]), "both": np.arange(x.shape[1])}
    number = units.max() + 1
    losses = {name: np.zeros(len(y)) for name in ("none", *MODELS)}
    columns = {"none": np.arange(0), **columns}
    for _ in range(REPEATS):
        fold = (rng.permutation(number) % min(FOLDS, number))[units]
        for model, found in predicted(x, y, fold, columns).items():
            losses[model] += (y - found) ** 2 / REPEATS
    total = np.array([np.bincount(units, losses[name], number) for name in ("none", *MODELS)])  # models x units
    if number > MANY:  # whole units, dealt at random into groups, which are resampled instead
        group = rng.permutation(number) % GROUPS
        total = np.array([np.bincount(group, row, GROUPS) for row in total])
    drawn = resampled(rng, total, draws)
    return [
        r2_row(metric, item, total.sum(axis=1), drawn, better, worse, level)
        for metric, item, better, worse in (
            *(("r_squared_out", model, 1 + place, 0) for place, model in enumerate(MODELS)),
            ("r_squared_gain", "words", 3, 1),
            ("r_squared_gain", "ratings", 3, 2),
        )
    ]


def resampled(rng, total, draws):
    """Sums of the columns of `total`, drawn with replacement, for each of `draws` samples."""
    number = total.shape[1]
    return rng.multinomial(number, np.full(number, 1 / number), size=draws) @ total.T


def predicted(x, y, fold, columns):
    """Each row's prediction by least squares on the rows of all other folds; a missing value counts as their mean.

    One entry for each choice of `columns`. The sums of cross-products of each fold, of values and of whether they are there,
    hold all that the models need: memory and time do not depend on how many models there are.
    """
    k, there = x.shape[1], np.isfinite(x)
    level = y.mean()
    x = np.where(there, x - np.where(there, x, 0).sum(0) / np.maximum(there.sum(0), 1), 0)  # for the digits' sake
    given = np.column_stack([x, there, np.ones(len(y)), y - level])
    parts = {part: given[fold == part] for part in np.unique(fold)}
    sums = {part: rows.T @ rows for part, rows in parts.items()}
    whole = sum(sums.values())
    found = {name: np.empty(len(y)) for name in columns}
    for part, own in sums.items():
        rest = whole - own
        means = rest[-2, :k] / np.maximum(rest[-2, k : 2 * k], 1)
        turn = np.vstack([np.eye(k), -np.diag(means), np.zeros((2, k))])  # centred where there, 0 where missing
        products, middle = turn.T @ rest @ turn, rest[-1, -2] / rest[-2, -2]
        with_y = turn.T @ (rest[:, -1] - middle * rest[:, -2])
        centred = parts[part] @ turn
        for name, chosen in columns.items():
            inverse = np.linalg.pinv(products[np.ix_(chosen, chosen)], rcond=1e-12, hermitian=True)
            found[name][fold == part] = level + middle + centred[:, chosen] @ (inverse @ with_y[chosen])
    return found


def r2_row(metric, item, total, drawn, better, worse, level):
    """How much smaller the errors of one model are than another's, as part of the errors of no model."""
    values = (drawn[:, worse] - drawn[:, better]) / drawn[:, 0]
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return {
        "metric": metric, "item": item, "unit": "r2", "estimate": (total[worse] - total[better]) / total[0],
        "se": values.std(ddof=1), "ci_low": low, "ci_high": high, "method": f"cv{FOLDS}x{REPEATS}_bootstrap",
    }  # fmt: skip

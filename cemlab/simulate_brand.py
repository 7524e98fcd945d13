"""The brand sample: a market of five invented tea drinks over two quarters, with known answers planted in it, and pure noise."""

from datetime import datetime, timedelta

import numpy as np
import polars as pl

PER_WAVE = 1000
WAVES = {"2026Q2": datetime(2026, 4, 1), "2026Q3": datetime(2026, 7, 1)}
OWN = "qinghe"
STAGES = ["aided", "familiar", "considered", "tried", "regular", "preferred"]
# Brand -> respondents of 1,000 at each stage; consideration of the own brand falls in 2026Q3.
FUNNEL = {
    "qinghe": [720, 600, 470, 340, 220, 140],
    "yuanshan": [850, 740, 580, 470, 330, 250],
    "bailu": [640, 500, 380, 270, 180, 120],
    "xingye": [480, 360, 260, 180, 110, 70],
    "nanping": [350, 240, 160, 110, 60, 40],
}
FALLEN = {("2026Q3", "qinghe", "considered"): 380}
NAMED = {"qinghe": (310, 120), "yuanshan": (520, 290), "bailu": (260, 90), "xingye": (150, 50), "nanping": (80, 25)}
# Brand -> share of promoters and detractors among those who tried it.
RECOMMEND = {
    "qinghe": (0.48, 0.18), "yuanshan": (0.47, 0.19), "bailu": (0.60, 0.12), "xingye": (0.46, 0.20), "nanping": (0.45, 0.20),
}  # fmt: skip
SATISFIED = {"qinghe": 0.72, "yuanshan": 0.71, "bailu": 0.74, "xingye": 0.70, "nanping": 0.70}
ATTRIBUTES = {  # attribute -> share of those who know a brand that tick it for it
    **{"fresh": 0.36, "tasty": 0.44, "natural": 0.32, "young": 0.28, "trusted": 0.40, "healthy": 0.30},
    **{"value": 0.34, "nearby": 0.46, "stylish": 0.24, "premium": 0.20},
}
OWNED = {  # what brands have beyond their size, in respondents of 1,000: rows and columns sum to nought
    **{("qinghe", "fresh"): 90, ("qinghe", "young"): -90, ("xingye", "young"): 90, ("xingye", "fresh"): -90},
    **{("yuanshan", "trusted"): 80, ("yuanshan", "stylish"): -80, ("bailu", "stylish"): 80, ("bailu", "trusted"): -80},
}
RIPPLE = {  # too small to be found in 1,000 respondents
    **{("nanping", "value"): 8, ("nanping", "premium"): -8, ("xingye", "value"): -8, ("xingye", "premium"): 8},
    **{("nanping", "natural"): 8, ("nanping", "nearby"): -8, ("yuanshan", "natural"): -8, ("yuanshan", "nearby"): 8},
    **{("qinghe", "healthy"): 9, ("qinghe", "tasty"): -9, ("bailu", "healthy"): -9, ("bailu", "tasty"): 9},
}
ENTRY_POINTS = {
    **{"hot_day": 0.42, "with_meal": 0.38, "at_work": 0.30, "on_the_way": 0.34},
    **{"with_friends": 0.28, "after_sport": 0.22},
}
SEGMENTS = {
    "gender": {"1": 0.46, "2": 0.54},
    "age": {"1": 0.26, "2": 0.34, "3": 0.24, "4": 0.16},
    "tier": {"1": 0.40, "2": 0.34, "3": 0.26},
}
VALUES = {
    "heritage": 3.5,
    "green": 3.3,
    "growers": 3.1,
}  # statement -> mean agreement, 1 to 5, of those who know a brand
CLOSER = {("bailu", "green"): 0.9}  # agreement of users beyond that of others who know the brand
PREMIUM = {
    "qinghe": 0.6,
    "yuanshan": 0.8,
    "bailu": 1.5,
    "xingye": 0.4,
    "nanping": 0.3,
}  # yuan above a plain bottled tea
SALES = {"qinghe": 210, "yuanshan": 330, "bailu": 170, "xingye": 100, "nanping": 60}  # 10,000 bottles a week
PRAISE = ["{}很清爽，喝完不腻", "一直买{}，味道稳定，很喜欢", "{}口感好，会推荐给朋友", "朋友都说{}不错，价格也合适"]
BLAME = ["{}太甜了，喝不惯", "{}涨价了，不划算", "附近总买不到{}，很失望", "{}包装容易漏，体验很差"]

PLANTED = {  # what a report of 2026Q3 against 2026Q2 must say
    "reach": {("qinghe", "aided"): 72.0, ("qinghe", "considered"): 38.0, ("yuanshan", "regular"): 33.0},
    "nps": {"qinghe": 30.0, "yuanshan": 28.0, "bailu": 48.0},
    "changes": {("qinghe", "considered")},  # and no other change
    "image": {(*cell, np.sign(size)) for cell, size in OWNED.items()},  # and nothing else
    "rivals": {("yuanshan", "aided"), ("bailu", "recommend"), ("nanping", "aided")},  # among others
}


def brand_answers(seed=20261002):
    """Answers of the brand sample as coded, with exact planted figures (before weighting).

    Parameters
    ----------
    seed : int
        Who gets which answer; the planted figures do not depend on it.

    Returns
    -------
    polars.DataFrame
        One row per respondent: wave, answered, segments, 0/1 columns ``<question>__<brand>``, ratings, ``first_named,
        preferred, bought_before, bought_last`` and comment. Null: not asked.

    Notes
    -----
    Each stage is dealt to an exact number of those at the stage before, along a latent leaning towards the brand. Ticks of
    attributes fall on those who know the brand, in numbers that follow sizes of brand and attribute but for `OWNED`.
    """
    rng = np.random.default_rng(seed)
    answers = pl.concat([one_wave(rng, wave) for wave in WAVES])
    return answers.with_columns(
        beliefs(np.random.default_rng([seed, 1]), answers)
    )  # of its own: the rest stays as it is


def beliefs(rng, answers):
    """Agreement with statements of those who know a brand, and what those who consider it would pay more (yuan)."""
    made = []
    for b in FUNNEL:
        knows, uses = (answers[f"{stage}__{b}"].to_numpy() == 1 for stage in ("aided", "regular"))
        for statement, mean in VALUES.items():
            score = mean + CLOSER.get((b, statement), 0) * uses + rng.normal(size=len(answers))
            made.append((f"{statement}__{b}", np.where(knows, np.clip(np.round(score), 1, 5), np.nan)))
        considers = answers[f"considered__{b}"].to_numpy() == 1
        paid = np.maximum(np.round(2 * rng.gamma(2, PREMIUM[b] / 2, len(answers))) / 2, 0)
        made.append((f"premium_paid__{b}", np.where(considers, paid, np.nan)))
    return [pl.Series(name, values).fill_nan(None) for name, values in made]


def brand_sales(seed=20261002):
    """Sales of every brand by week over both waves: a level of its own, a warm summer, and noise; no tie to the answers."""
    rng, rows = np.random.default_rng([seed, 2]), []
    for week in range(26):
        monday = datetime(2026, 4, 6) + timedelta(days=7 * week)
        season = 1 + 0.25 * np.sin(np.pi * week / 26)
        rows += [(b, monday.date().isoformat(), round(SALES[b] * season * rng.lognormal(0, 0.06), 1)) for b in SALES]
    return pl.DataFrame(rows, schema=["brand", "week", "bottles"], orient="row")


def one_wave(rng, wave):
    """Answers of one wave."""
    n, brands = PER_WAVE, list(FUNNEL)
    columns = {"wave": [wave] * n}
    for name, shares in SEGMENTS.items():
        columns[name] = rng.permutation(np.repeat(list(shares), largest_remainder(n, list(shares.values()))))
    common = rng.normal(size=n)
    leaning = {b: 0.5 * common + rng.normal(size=n) for b in brands}
    reached = {b: nest(rng, wave, b, leaning[b]) for b in brands}
    ticks = {a: {} for a in [*ATTRIBUTES, *ENTRY_POINTS]}
    knowing = {b: FUNNEL[b][0] for b in brands}
    for attribute, share in (ATTRIBUTES | ENTRY_POINTS).items():
        for b in brands:
            count = round(share * knowing[b]) + (OWNED | RIPPLE).get((b, attribute), 0)
            ticks[attribute][b] = top(rng, reached[b]["aided"], 0.5 * common + 0.3 * leaning[b], count)
    wish = {b: leaning[b] + 1.2 * ticks["trusted"][b] + 0.9 * ticks["tasty"][b] for b in brands}
    preferred = prefer(rng, wish, {b: reached[b]["regular"] for b in brands})
    for stage in STAGES[:-1]:
        columns |= {f"{stage}__{b}": reached[b][stage].astype(float) for b in brands}
    columns |= {f"{a}__{b}": ticks[a][b].astype(float) for a in ticks for b in brands}
    columns |= named(rng, reached, leaning)
    columns["preferred"] = preferred
    for b in brands:
        columns |= rated(rng, b, reached[b], leaning[b])
    before = choose(rng, reached, leaning, None)
    columns["bought_before"], columns["bought_last"] = before, choose(rng, reached, leaning, before)
    days = rng.integers(0, 90, n)
    seconds = rng.integers(9 * 3600, 22 * 3600, n)
    columns["answered"] = [
        WAVES[wave] + timedelta(days=int(d), seconds=int(s)) for d, s in zip(days, seconds, strict=True)
    ]
    columns["comment"] = comments(rng, preferred)
    return pl.DataFrame(columns, strict=False).with_columns(pl.col(pl.Float64).fill_nan(None))


def nest(rng, wave, brand, leaning):
    """Who reaches each stage of a brand, in exact numbers, each among those at the stage before."""
    inside, out = np.ones(len(leaning), bool), {}
    for stage, count in zip(STAGES[:-1], FUNNEL[brand], strict=False):
        count = FALLEN.get((wave, brand, stage), count)
        inside = top(rng, inside, leaning, count)
        out[stage] = inside
    return out


def top(rng, among, leaning, count):
    """A Boolean mask of `count` people among those given, more likely where they lean."""
    wish = np.where(among, leaning + 1.2 * rng.normal(size=len(leaning)), -np.inf)
    out = np.zeros(len(leaning), bool)
    out[np.argsort(-wish, kind="stable")[:count]] = True
    return out & among


def prefer(rng, wish, regular):
    """The brand each respondent prefers: exact numbers among its regular users, nobody twice, else "none"."""
    out = np.full(PER_WAVE, "none", dtype=object)
    for b in sorted(wish, key=lambda b: FUNNEL[b][-1]):
        free = regular[b] & (out == "none")
        out[top(rng, free, wish[b], FUNNEL[b][-1])] = b
    return out


def named(rng, reached, leaning):
    """Brands named unaided, and the one named first (nobody names two first)."""
    out, first = {}, np.full(PER_WAVE, "none", dtype=object)
    for b in sorted(NAMED, key=lambda b: NAMED[b][1]):
        unaided = top(rng, reached[b]["aided"], leaning[b], NAMED[b][0])
        out[f"named__{b}"] = unaided.astype(float)
        first[top(rng, unaided & (first == "none"), leaning[b], NAMED[b][1])] = b
    return out | {"first_named": first}


def rated(rng, brand, reached, leaning):
    """Recommendation 0-10 and satisfaction 1-5 of those who tried it; purchases of those who use it regularly."""
    tried = np.flatnonzero(reached["tried"])
    promoters, detractors = RECOMMEND[brand]
    n = len(tried)
    counts = [round(promoters * n), 0, round(detractors * n)]
    counts[1] = n - counts[0] - counts[2]
    kinds = np.repeat([2, 1, 0], counts)
    order = tried[np.argsort(-(leaning[tried] + rng.normal(size=n)), kind="stable")]
    scores = np.array([rng.choice(([3, 4, 5, 6], [7, 8], [9, 10])[k]) for k in kinds], dtype=float)
    recommend, satisfied, times = (np.full(PER_WAVE, np.nan) for _ in range(3))
    recommend[order] = scores
    happy = rng.permutation(n) < round(SATISFIED[brand] * n)
    satisfied[order] = np.where(happy, rng.choice([4, 5], n), rng.choice([1, 2, 3], n, p=[0.1, 0.25, 0.65]))
    regular = reached["regular"]
    times[regular] = 1 + rng.poisson(2.2 + FUNNEL[brand][4] / 400, regular.sum())
    return {f"recommend__{brand}": recommend, f"satisfied__{brand}": satisfied, f"times__{brand}": times}


def choose(rng, reached, leaning, before):
    """The brand bought, by leaning among those tried; four in ten stay with the one bought before."""
    brands = list(reached)
    wish = np.column_stack(
        [np.where(reached[b]["tried"], leaning[b] + rng.gumbel(size=PER_WAVE), -np.inf) for b in brands]
    )
    out = np.where(np.isinf(wish).all(axis=1), "other", np.array(brands, dtype=object)[wish.argmax(axis=1)])
    return out if before is None else np.where(rng.random(PER_WAVE) < 0.4, before, out)


def comments(rng, preferred):
    """What some say about the brand they prefer, and a few about one they do not."""
    titles = {"qinghe": "青禾", "yuanshan": "远山", "bailu": "白鹭", "xingye": "星野", "nanping": "南屏"}
    out = []
    for brand in preferred:
        draw, name = rng.random(), titles.get(brand)
        if draw > 0.22:
            out.append(None)
        elif name and draw < 0.17:
            out.append(str(rng.choice(PRAISE)).format(name))
        else:
            out.append(str(rng.choice(BLAME)).format(rng.choice(list(titles.values()))))
    return out


def largest_remainder(n, shares):
    """Whole numbers that sum to `n` in the shares given."""
    exact = np.array(shares) / sum(shares) * n
    whole = np.floor(exact).astype(int)
    whole[np.argsort(-(exact - whole), kind="stable")[: n - whole.sum()]] += 1
    return whole


def brand_noise(seed, n=300, brands=5):
    """Pure noise in the shape of a scan: two waves, all brands alike, answers of a respondent that hang together.

    Returns a polars.DataFrame with ``_key, _wave`` and the columns of the sample's codebook for its first `brands` brands.
    """
    rng = np.random.default_rng(seed)
    names, total = list(FUNNEL)[:brands], 2 * n
    common = rng.normal(size=total)
    columns = {"_key": [f"k{i}" for i in range(total)], "_wave": np.repeat(list(WAVES), n)}
    for b in names:
        leaning = common + rng.normal(size=total)
        for stage, limit in zip(STAGES[:-1], (-0.6, -0.2, 0.1, 0.5, 0.9), strict=False):
            columns[f"{stage}__{b}"] = (leaning > limit * 1.4).astype(float)
        for attribute, share in ATTRIBUTES.items():
            columns[f"{attribute}__{b}"] = (rng.random(total) < share * (0.6 + 0.4 * (common > 0))).astype(float)
        score = np.clip(np.round(7.5 + 1.5 * rng.normal(size=total) + 0.5 * common), 0, 10)
        columns[f"recommend__{b}"] = np.where(columns[f"tried__{b}"] == 1, score, np.nan)
    columns["preferred"] = rng.choice([*names, "none"], total)
    return pl.DataFrame(columns).with_columns(pl.col(pl.Float64).fill_nan(None))

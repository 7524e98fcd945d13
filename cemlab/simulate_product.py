"""The product sample: three invented teas against the one sold, in one questionnaire, with known answers planted, and noise."""

from datetime import datetime, timedelta

import numpy as np
import polars as pl

from cemlab.simulate_product_rows import choice_answers, taste_answers

PER_CELL = 200
START = datetime(2026, 7, 6)
CONTROL = "sold"
# Concept -> question -> respondents of 200 in the two highest codes of five.
CONCEPTS = {
    "sold": {"intent": 84, "unique": 70, "relevant": 104, "believable": 130, "value": 96, "liking": 104},
    "jasmine": {"intent": 120, "unique": 86, "relevant": 112, "believable": 128, "value": 102, "liking": 140},
    "sparkling": {"intent": 88, "unique": 124, "relevant": 98, "believable": 92, "value": 92, "liking": 108},
    "pomelo": {"intent": 86, "unique": 78, "relevant": 106, "believable": 126, "value": 98, "liking": 106},
}
RATINGS = ("unique", "relevant", "believable", "value", "liking")
TICKS = {"taste": 0.44, "natural": 0.36, "sugarless": 0.40, "bottle": 0.26, "price": 0.30}
LIFTED = "taste"  # ticked more by those who would buy
REPLACES = {"sold": 0.30, "rival": 0.42, "other": 0.28}
PRICES = {"4": 4.0, "5": 5.0, "6": 6.0, "7": 7.0, "8": 8.0}
PLANTED_PRICE = 5.5  # in the middle of the four prices
PLANTED_LIMIT = 6.2  # where half would still buy; revenue is largest at 5
KANO = {  # feature -> planted category and how many of ten people see it so
    "seal": ("M", 7), "cold_chain": ("M", 6), "sweetness": ("O", 6), "fresh_leaf": ("O", 5),
    "light_bottle": ("A", 6), "game_code": ("I", 7), "gift_box": ("I", 6), "chilled_cup": ("A", 5),
}  # fmt: skip
# Answers (if there, if not; 1 like it, 2 must be so, 3 no matter, 4 can live with it, 5 dislike it) of each category.
SEEN = {"M": (2, 5), "O": (1, 5), "A": (1, 3), "I": (3, 3), "R": (5, 2)}
FLAVOURS = {"jasmine": 0.42, "oolong": 0.36, "pomelo": 0.30, "peach": 0.26, "pu_er": 0.18, "mint": 0.14, "ginger": 0.10}
PACK = {"current": 176, "new": 220}  # of 400 in the two highest codes of "stands out on the shelf"
SEGMENTS = {
    "gender": {"1": 0.47, "2": 0.53},
    "age": {"1": 0.30, "2": 0.36, "3": 0.34},
    "tier": {"1": 0.38, "2": 0.34, "3": 0.28},
}
LIKES = {
    "taste": ["茶味清香，回甘明显，味道很喜欢", "口感清爽，茶味足，喝着舒服", "茶香很自然，味道不腻"],
    "sugar": ["没有糖，喝起来没负担", "零糖配方健康，不怕胖", "少糖健康，减肥也能喝"],
    "bottle": ["瓶子设计好看，适合拍照", "包装设计很有格调，瓶身好看"],
}
DISLIKES = {
    "price": ["价格偏贵，不太划算", "定价太贵了，同样价格有更多选择", "价格贵，性价比一般"],
    "taste": ["担心味道太淡，不够甜", "味道可能偏苦，喝不惯", "味道太淡，像白水"],
    "doubt": ["不太相信真的没有添加", "宣传有点夸张，不太可信", "不相信配料说的那么天然"],
}

PLANTED = {
    "claims": {("jasmine", "intent", 1), ("jasmine", "liking", 1), ("sparkling", "unique", 1), ("sparkling", "believable", -1)},
    "intent": {code: shares["intent"] / 2 for code, shares in CONCEPTS.items()},
    "leader": "jasmine",
    "lift": LIFTED,
    "kano": {feature: kind for feature, (kind, _) in KANO.items()},
    "pack": ("shelf", 11.0),
}  # fmt: skip


def product_answers(seed=20261003):
    """Answers of the product sample as coded.

    Parameters
    ----------
    seed : int
        Who gets which answer; the shares of `CONCEPTS` and `PACK` do not depend on it.

    Returns
    -------
    polars.DataFrame
        One row per respondent: number, answered, segments, the concept seen and its ratings, prices, features, choices,
        tasting, pack and open answers. Null: not asked. Every second person was asked about prices and features, the others
        chose among items and profiles; every fifth tasted.
    """
    rng = np.random.default_rng(seed)
    n = PER_CELL * len(CONCEPTS)
    columns = {
        "number": np.arange(1, n + 1).astype(str),
        "concept": rng.permutation(np.repeat(list(CONCEPTS), PER_CELL)),
    }
    for name, shares in SEGMENTS.items():
        columns[name] = rng.permutation(np.repeat(list(shares), whole(n, shares.values())))
    moments = np.sort(rng.integers(0, 14 * 86400, n))
    columns["answered"] = [START + timedelta(seconds=int(s)) for s in moments]
    mood = rng.normal(size=n)
    for question in ("intent", *RATINGS):
        columns[question] = rated(rng, columns["concept"], {c: s[question] for c, s in CONCEPTS.items()}, mood)
    wants = columns["intent"] >= 4
    columns |= ticked(rng, wants)
    columns["replaces"] = np.where(wants, rng.choice(list(REPLACES), n, p=list(REPLACES.values())), None)
    half = np.arange(n) % 2 == 0
    columns |= {name: np.where(half, value, np.nan) for name, value in priced(rng, n, mood).items()}
    columns |= {name: np.where(half, value, np.nan) for name, value in features(rng, n).items()}
    columns |= {f"flavours__{f}": (mood * 0.1 + rng.random(n) < s).astype(float) for f, s in FLAVOURS.items()}
    columns |= choice_answers(rng, ~half)
    columns |= taste_answers(rng, np.arange(n) % 5 == 0)
    columns["pack"] = rng.permutation(np.repeat(list(PACK), n // 2))
    columns["shelf"] = rated(rng, columns["pack"], PACK, rng.normal(size=n))
    columns["likes"] = [said(rng, LIKES, 0.7) for _ in range(n)]
    columns["dislikes"] = [said(rng, DISLIKES, 0.5) for _ in range(n)]
    plain = {name: list(v) if getattr(v, "dtype", None) is np.dtype(object) else v for name, v in columns.items()}
    return pl.DataFrame(plain, strict=False).with_columns(pl.col(pl.Float64).fill_nan(None))


def rated(rng, cells, tops, mood):
    """Codes 1 to 5, with an exact number in the two highest codes of each cell, more likely where the mood is good."""
    out = np.empty(len(cells))
    for cell, top in tops.items():
        inside = np.flatnonzero(cells == cell)
        order = inside[np.argsort(-(0.6 * mood[inside] + rng.normal(size=len(inside))), kind="stable")]
        out[order[:top]] = rng.choice([4, 5], top, p=[0.6, 0.4])
        out[order[top:]] = rng.choice([1, 2, 3], len(order) - top, p=[0.15, 0.3, 0.55])
    return out


def ticked(rng, wants):
    """What appealed: 0/1 columns; the lifted one is ticked more by those who would buy."""
    out = {}
    for name, share in TICKS.items():
        lean = 0.09 if name == LIFTED else 0.0
        out[f"appeal__{name}"] = (rng.random(len(wants)) < share + np.where(wants, lean, -lean)).astype(float)
    return out


def priced(rng, n, mood):
    """Four prices, two intents and a ladder of yes and no; three in a hundred contradict themselves."""
    centre = PLANTED_PRICE * np.exp(0.12 * rng.normal(size=n))
    steps = {"too_cheap": 0.55, "cheap": 0.78, "expensive": 1.18, "too_expensive": 1.5}
    out = {name: np.round(2 * centre * step * np.exp(0.06 * rng.normal(size=n))) / 2 for name, step in steps.items()}
    wrong = rng.random(n) < 0.03
    out["cheap"], out["too_cheap"] = np.where(wrong, out["too_cheap"] - 0.5, out["cheap"]), out["too_cheap"]
    out["intent_cheap"] = np.clip(np.round(3.9 + 0.5 * mood + 0.8 * rng.normal(size=n)), 1, 5)
    out["intent_expensive"] = np.clip(np.round(2.7 + 0.5 * mood + 0.9 * rng.normal(size=n)), 1, 5)
    limit = PLANTED_LIMIT * np.exp(0.22 * rng.normal(size=n))
    return out | {f"ladder__{code}": (limit >= price).astype(float) for code, price in PRICES.items()}


def features(rng, n):
    """Kano answers: each feature's planted category in so many of ten, others mixed; importance 1 to 5."""
    out = {}
    for name, (kind, of_ten) in KANO.items():
        drawn = np.where(rng.random(n) < of_ten / 10, kind, rng.choice(list(SEEN), n, p=[0.2, 0.25, 0.25, 0.25, 0.05]))
        out[f"with__{name}"] = np.array([SEEN[k][0] for k in drawn], dtype=float)
        out[f"without__{name}"] = np.array([SEEN[k][1] for k in drawn], dtype=float)
    return out


def said(rng, themes, share):
    """One open answer, or None."""
    if rng.random() > share:
        return None
    theme = rng.choice(list(themes), p=np.array([3, 2, 1]) / 6)
    return str(rng.choice(themes[theme]))


def whole(n, shares):
    """Whole numbers that sum to `n` in the shares given."""
    exact = np.array(list(shares)) * n
    out = np.floor(exact).astype(int)
    out[np.argsort(-(exact - out), kind="stable")[: n - out.sum()]] += 1
    return out


def product_noise(seed, n=600):
    """Pure noise in the shape of a scan: concepts, recipes and packs all alike, a respondent's answers hang together."""
    rng = np.random.default_rng(seed)
    mood = rng.normal(size=n)
    columns = {"_key": [f"k{i}" for i in range(n)], "_wave": ["2026Q3"] * n, "concept": rng.choice(list(CONCEPTS), n)}
    columns["gender"], columns["age"] = rng.choice(["1", "2"], n), rng.choice(["1", "2", "3"], n)
    columns["tier"], columns["pack"] = rng.choice(["1", "2", "3"], n), rng.choice(list(PACK), n)
    for question in ("intent", *RATINGS, "shelf"):
        columns[question] = np.clip(np.round(3.3 + 0.7 * mood + 0.8 * rng.normal(size=n)), 1, 5)
    columns |= {f"appeal__{t}": (rng.random(n) < s).astype(float) for t, s in TICKS.items()}
    tasters = np.arange(n) % 3 == 0
    for recipe in ("a", "b", "c"):
        liking = np.clip(np.round(6.3 + mood + 1.2 * rng.normal(size=n)), 1, 9)
        columns[f"liked__{recipe}"] = np.where(tasters, liking, np.nan)
        for scale in ("sweet", "strong", "bitter", "aroma"):
            middle = rng.choice([1.0, 2, 3, 4, 5], n, p=[0.06, 0.18, 0.52, 0.18, 0.06])
            columns[f"{scale}__{recipe}"] = np.where(tasters, middle, np.nan)
    return pl.DataFrame(columns, strict=False).with_columns(pl.col(pl.Float64).fill_nan(None))

"""Choices, tasting and sales of the product sample: answers made from designs, with known utilities and effects."""

import numpy as np
import polars as pl

TASKS, VERSIONS = 8, 6
ITEMS = {  # utilities of what matters in a tea, in the mean
    "taste": 1.4, "natural": 0.9, "sugarless": 0.7, "price": 0.6, "brand": 0.2,
    "bottle": -0.4, "size": -0.5, "nearby": 0.1, "new": -0.9, "gift": -2.1,
}  # fmt: skip
LEVELS = {
    "brand": {"qinghe": 0.0, "yuanshan": 0.3},
    "flavour": {"plain": 0.0, "jasmine": 0.7, "sparkling": 0.1},
    "sugar": {"full": 0.0, "low": 0.5, "none": 0.8},
    "price": {"4": 0.0, "5": -0.45, "6": -0.95, "7": -1.6},
}
SPREAD, NONE = 0.6, -0.9  # between people; utility of "none of these"
RECIPES = {"a": 6.6, "b": 5.9, "c": 7.2}  # mean liking, 1 to 9
JAR = {"sweet": {"b": -1}, "strong": {}, "bitter": {"a": 1}, "aroma": {}}  # recipe that lies to one side
DROP = 1.3  # points of liking that the side costs
SHOPS, WEEKS, SWITCH, EFFECT = 40, 16, 8, 9.0  # sales of the new pack, in percent


def best_worst_design(seed=3):
    """Items shown: version, task, position, item; each item 3 or 4 times in a version, never twice in a task."""
    rng, rows = np.random.default_rng(seed), []
    for version in range(1, VERSIONS + 1):
        shown = dict.fromkeys(ITEMS, 0)
        for task in range(1, TASKS + 1):
            order = sorted(ITEMS, key=lambda item: (shown[item], rng.random()))[:4]
            for position, item in enumerate(rng.permutation(order), 1):
                shown[item] += 1
                rows.append((version, task, position, str(item)))
    return pl.DataFrame(rows, schema=["version", "task", "position", "item"], orient="row")


def choice_design(seed=4):
    """Profiles shown: version, task, alternative and a level of each attribute; none twice in a task."""
    rng, rows = np.random.default_rng(seed), []
    for version in range(1, VERSIONS + 1):
        for task in range(1, TASKS + 1):
            columns = [balanced(rng, list(levels)) for levels in LEVELS.values()]
            while len(set(zip(*columns, strict=True))) < 3:
                columns = [balanced(rng, list(levels)) for levels in LEVELS.values()]
            rows += [(version, task, a + 1, *(str(c[a]) for c in columns)) for a in range(3)]
    return pl.DataFrame(rows, schema=["version", "task", "alternative", *LEVELS], orient="row")


def balanced(rng, levels):
    """Three levels, as different as can be."""
    return (
        list(rng.permutation(levels))[:3] if len(levels) >= 3 else list(rng.permutation([*levels, rng.choice(levels)]))
    )


def choice_answers(rng, asked):
    """Versions, best and worst of eight tasks, and the profile chosen (1 to 3, 4 none) in eight others."""
    n = len(asked)
    version = rng.integers(1, VERSIONS + 1, n)
    out = {"version": np.where(asked, version.astype(str), None)}
    shown = best_worst_design()
    utility = np.array(list(ITEMS.values())) + SPREAD * rng.normal(size=(n, len(ITEMS)))
    place = {item: i for i, item in enumerate(ITEMS)}
    cells = {
        (v, t): part["item"].to_list() for (v, t), part in shown.group_by(["version", "task"], maintain_order=True)
    }
    for task in range(1, TASKS + 1):
        items = np.array([[place[i] for i in cells[v, task]] for v in version])
        seen = np.take_along_axis(utility, items, axis=1)
        best = (seen + rng.gumbel(size=seen.shape)).argmax(axis=1)
        left = -seen + rng.gumbel(size=seen.shape)
        left[np.arange(n), best] = -np.inf
        names = np.array(list(ITEMS), dtype=object)
        for kind, chosen in (("best", best), ("worst", left.argmax(axis=1))):
            out[f"{kind}{task}"] = np.where(asked, names[items[np.arange(n), chosen]], None)
    return out | profiles(rng, asked, version)


def profiles(rng, asked, version):
    """The profile chosen in each task."""
    n, design = len(asked), choice_design()
    parts = {(a, level): u for a, levels in LEVELS.items() for level, u in levels.items()}
    own = {key: u + (SPREAD * rng.normal(size=n) if u else 0.0) for key, u in parts.items()}
    cells = {key: part.rows(named=True) for key, part in design.group_by(["version", "task"], maintain_order=True)}
    out = {}
    for task in range(1, TASKS + 1):
        utility = np.full((n, 4), NONE)
        for i, v in enumerate(version):
            for a, row in enumerate(cells[v, task]):
                utility[i, a] = sum(np.broadcast_to(own[key, row[key]], n)[i] for key in LEVELS)
        chosen = (utility + rng.gumbel(size=utility.shape)).argmax(axis=1) + 1
        out[f"choice{task}"] = np.where(asked, chosen.astype(str), None)
    return out


def taste_answers(rng, asked):
    """Liking 1 to 9, four just-about-right scales and the place of three recipes; preference; triangle test."""
    n, out = len(asked), {}
    person = rng.normal(size=n)
    orders = np.array([rng.permutation(3) for _ in range(n)])
    liked = {}
    for i, (recipe, mean) in enumerate(RECIPES.items()):
        liking = mean + 0.5 + 0.7 * person + 1.1 * rng.normal(size=n)
        for scale, sides in JAR.items():
            side = sides.get(recipe, 0)
            shares = {
                0: (0.03, 0.12, 0.70, 0.12, 0.03),
                -1: (0.10, 0.35, 0.48, 0.06, 0.01),
                1: (0.01, 0.06, 0.53, 0.30, 0.10),
            }
            code = rng.choice([1.0, 2, 3, 4, 5], n, p=shares[side])
            hurt = (code < 3) if side < 0 else (code > 3) if side > 0 else np.zeros(n, bool)
            liking = liking - DROP * hurt
            out[f"{scale}__{recipe}"] = np.where(asked, code, np.nan)
        liked[recipe] = liking
        out[f"liked__{recipe}"] = np.where(asked, np.clip(np.round(liking), 1, 9), np.nan)
        out[f"place__{recipe}"] = np.where(asked, orders[:, i] + 1.0, np.nan)
    better = np.where(liked["c"] + rng.normal(size=n) > liked["a"] + rng.normal(size=n), "c", "a")
    out["preferred"] = np.where(asked, better, None)
    out["triangle"] = np.where(asked, (rng.random(n) < 0.55).astype(float), np.nan)
    return out


def shop_sales(seed=5):
    """Weekly bottles of each shop: shop, week, new_pack (1 where and since the new pack is sold), bottles."""
    rng, rows = np.random.default_rng(seed), []
    season = 6 * np.sin(np.arange(WEEKS) / 3) + 0.4 * np.arange(WEEKS)
    for shop in range(SHOPS):
        base, test = 120 + 25 * rng.normal(), shop % 2 == 0
        for week in range(WEEKS):
            sold = base + season[week] + 6 * rng.normal() + (EFFECT if test and week >= SWITCH else 0)
            rows.append((f"S{shop + 1:02d}", week + 1, int(test and week >= SWITCH), round(float(sold), 1)))
    return pl.DataFrame(rows, schema=["shop", "week", "new_pack", "bottles"], orient="row")

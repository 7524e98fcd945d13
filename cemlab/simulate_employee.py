"""A census of employees with known truth planted in it: an organisation of three levels, two waves, people who come and go."""

from datetime import date, datetime, timedelta

import numpy as np
import polars as pl
from scipy.stats import norm

from cemlab.simulate_employee_words import comments_for

WAVES = {"2025": datetime(2025, 9, 8), "2026": datetime(2026, 9, 7)}
UNTIL = date(2026, 10, 31)  # the day on which the dates of leaving were taken from the HR system
TREE = {  # division -> departments -> number of teams
    "rd": {"platform": 3, "apps": 4, "testing": 3, "design": 2},
    "sales": {"east": 5, "south": 4, "north": 4, "market": 2},
    "service": {"hotline": 5, "online": 4, "onsite": 3},
    "plant": {"works1": 5, "works2": 5, "logistics": 3, "quality": 2},
    "staff": {"people": 2, "finance": 2, "it": 2},
}
SMALLEST, LARGEST, MEDIAN, SPREAD = 3, 400, 28, 1.0
DIMENSIONS = {  # dimension -> (items, those that are reverse-keyed, favourable share aimed at)
    "engagement": (4, (), 0.66),
    "leader": (4, (3,), 0.68),
    "growth": (3, (), 0.58),
    "recognition": (3, (2,), 0.52),
    "resources": (3, (), 0.64),
    "teamwork": (3, (), 0.74),
    "trust": (3, (), 0.60),
    "wellbeing": (3, (1, 3), 0.60),
}
ITEMS = [f"{name}{k}" for name, (count, _, _) in DIMENSIONS.items() for k in range(1, count + 1)]
REVERSED = {f"{name}{k}" for name, (_, turned, _) in DIMENSIONS.items() for k in turned}
DRIVERS = {"leader": 0.50, "growth": 0.36}  # what makes engagement; the other dimensions have no part in it
SHARED, TEAM, LOADING = 0.40, 0.28, 0.80  # a common mood of a person, of a team; how closely an item follows
LOW = ("works2", "wellbeing", -0.85)  # one department low on one dimension, in both waves
BETTER = ("recognition", 0.32)  # one dimension improved everywhere in 2026
LEAVING = {"low": 0.30, "middle": 0.12, "high": 0.05}  # share gone within a year, by third of engagement
SILENT = {"plant": 0.62, "staff": 0.90}  # share that answers, by division; elsewhere 0.82
LINK = 0.75  # correlation of a team's engagement with what its customers say
COVERED = {"none_below": 12}  # teams with customers of their own have at least so many people

PLANTED = {
    "low": LOW[:2],
    "improved": BETTER[0],
    "drivers": set(DRIVERS),
    "leaving": ("low", "high"),
    "link": LINK,
}


def organisation():
    """The tree, one row a team: division, department, team (t01 to t60) and headcount aimed at."""
    rows = [(d, p, k) for d, parts in TREE.items() for p, count in parts.items() for k in range(1, count + 1)]
    ranks = (np.arange(len(rows)) + 0.5) / len(rows)
    sizes = np.exp(np.log(MEDIAN) + SPREAD * norm.ppf(ranks)).round().clip(SMALLEST, LARGEST).astype(int)
    sizes[0], sizes[-1] = SMALLEST, LARGEST
    order = np.random.default_rng(7).permutation(len(rows))
    return pl.DataFrame({
        "division": [d for d, _, _ in rows],
        "department": [p for _, p, _ in rows],
        "place": [k for _, _, k in rows],
        "team": [f"t{i:02d}" for i in range(1, len(rows) + 1)],
        "size": sizes[order],
    })  # fmt: skip


def employee_answers(seed=20261004, truth=True):
    """One row for everybody on the payroll of each wave, with answers where they answered.

    Parameters
    ----------
    seed : int
    truth : bool, default True
        False: nothing planted; every unit, wave and driver differs by chance only.

    Returns
    -------
    polars.DataFrame
        wave, person, division, department, team, job, gender, age, hired, left (dates), answered_on, answered (1 or 0),
        the items as answered (reverse-keyed ones not turned), recommend, satisfied, leave_intent, comment.
    """
    rng = np.random.default_rng(seed)
    units = organisation()
    team_mood = rng.normal(size=(len(units), len(DIMENSIONS)))
    first = hire(rng, units, 0)
    first, gone = live(rng, first, team_mood, "2025", truth)
    stayed = first.filter(~pl.Series(gone)).select(KEPT)
    second = pl.concat([stayed, hire(rng, units, len(first), gone, first)])
    second, _ = live(rng, second, team_mood, "2026", truth)
    return pl.concat([first.drop(MOODS), second.drop(MOODS)]).sort("wave", "answered_on", nulls_last=True)


def hire(rng, units, start, gone=None, before=None):
    """People who are hired: everybody of the first wave, or as many as left."""
    if gone is None:
        place = np.repeat(np.arange(len(units)), units["size"].to_numpy())
        hired = np.array([date(2025, 8, 1) - timedelta(days=int(d)) for d in rng.gamma(1.6, 900, len(place)) + 30])
    else:
        place = before["place"].to_numpy()[gone]
        place = place[rng.random(len(place)) < 0.97]
        hired = np.array([date(2025, 9, 20) + timedelta(days=int(d)) for d in rng.integers(0, 330, len(place))])
    n = len(place)
    hired = np.array([max(day, date(1998, 1, 1)) for day in hired])
    plant = np.isin(units["division"].to_numpy()[place], ["plant"])
    job = np.where(plant & (rng.random(n) < 0.85), "worker", np.where(rng.random(n) < 0.12, "lead", "professional"))
    return pl.DataFrame({
        "person": np.arange(start, start + n),
        "place": place,
        "hired": hired.tolist(),
        "job": job,
        "gender": rng.choice(["1", "2"], n, p=[0.56, 0.44]),
        "age": rng.choice(["1", "2", "3", "4"], n, p=[0.22, 0.38, 0.26, 0.14]),
        **{f"mood_{name}": rng.normal(size=n) for name in ("all", *DIMENSIONS)},
    })  # fmt: skip


MOODS = [f"mood_{name}" for name in ("all", *DIMENSIONS)] + ["place"]
KEPT = ["person", "place", "hired", "job", "gender", "age", *MOODS[:-1]]


def live(rng, people, team_mood, wave, truth):
    """One wave: what people feel, answer and write, and who leaves in the year that follows."""
    units, n = organisation(), len(people)
    place = people["place"].to_numpy()
    department = units["department"].to_numpy()[place]
    shared = people["mood_all"].to_numpy()
    felt = {}
    for k, name in enumerate(DIMENSIONS):
        own = 0.75 * people[f"mood_{name}"].to_numpy() + np.sqrt(1 - 0.75**2) * rng.normal(size=n)
        part = TEAM * team_mood[place, k] if truth else 0.0
        felt[name] = SHARED * shared + part + np.sqrt(1 - SHARED**2 - TEAM**2) * own
    if truth:
        driven = sum(weight * felt[name] for name, weight in DRIVERS.items())
        felt["engagement"] = driven + np.sqrt(1 - driven.var()) * people["mood_engagement"].to_numpy()
        felt[LOW[1]] = felt[LOW[1]] + LOW[2] * (department == LOW[0])
        felt[BETTER[0]] = felt[BETTER[0]] + BETTER[1] * (wave == "2026")
    columns = answers_of(rng, felt)
    rate = np.array([SILENT.get(d, 0.82) for d in units["division"].to_numpy()[place]])
    answered = rng.random(n) < (rate if truth else 0.8)
    left = leave(rng, felt["engagement"], wave, truth)
    gone = np.array([day is not None and day < WAVES["2026"].date() for day in left])
    words = comments_for(rng, felt, answered)
    start = WAVES[wave]
    seconds = rng.beta(1.2, 2.2, n) * 11 * 86400
    moment = [start + timedelta(hours=8, seconds=int(s)) if a else None for s, a in zip(seconds, answered, strict=True)]
    blank = {name: np.where(answered & (rng.random(n) > 0.01), values, np.nan) for name, values in columns.items()}
    out = people.with_columns(
        pl.lit(wave).alias("wave"),
        *(pl.Series(name, units[name].to_numpy()[place]) for name in ("division", "department", "team")),
        pl.Series("left", left, dtype=pl.Date),
        pl.Series("answered_on", moment, dtype=pl.Datetime("us")),
        pl.Series("answered", answered.astype(int)),
        *(pl.Series(name, values).fill_nan(None) for name, values in blank.items()),
        pl.Series("comment", words, dtype=pl.String),
    )
    return out, gone


def answers_of(rng, felt):
    """Answers 1-5 to every item, 0-10 to the recommendation, 1-5 to satisfaction and the wish to leave."""
    n, columns = len(felt["engagement"]), {}
    for name, (count, turned, share) in DIMENSIONS.items():
        for k in range(1, count + 1):
            score = LOADING * felt[name] + np.sqrt(1 - LOADING**2) * rng.normal(size=n)
            value = boxed(score, [0.04, 0.10, 1 - share - 0.14, 0.62 * share, 0.38 * share], range(1, 6))
            columns[f"{name}{k}"] = 6 - value if k in turned else value
    mood = felt["engagement"]
    noise = rng.normal(size=(3, n))
    recommend = [0.02, 0.01, 0.02, 0.03, 0.03, 0.07, 0.09, 0.15, 0.20, 0.20, 0.18]
    columns["recommend"] = boxed(0.75 * mood + 0.66 * noise[0], recommend, range(11))
    columns["satisfied"] = boxed(0.65 * mood + 0.76 * noise[1], [0.04, 0.09, 0.23, 0.42, 0.22], range(1, 6))
    columns["leave_intent"] = boxed(-0.6 * mood + 0.8 * noise[2], [0.30, 0.30, 0.22, 0.12, 0.06], range(1, 6))
    return columns


def boxed(score, shares, codes):
    """Codes in fixed thresholds of a standard normal score, so that a shift of the score shifts the answers."""
    edges = norm.ppf(np.cumsum(shares)[:-1])
    return np.array(list(codes), float)[np.searchsorted(edges, score)]


def leave(rng, mood, wave, truth):
    """Day of leaving, or None: within a year with the chance of one's third of engagement; later days are not known yet."""
    third = np.searchsorted(np.quantile(mood, [1 / 3, 2 / 3]), mood)
    chance = np.array(list(LEAVING.values()))[third] if truth else np.full(len(mood), 0.15)
    days = rng.exponential(365 / -np.log1p(-chance)) + 20
    start = WAVES[wave].date()
    return [start + timedelta(days=int(d)) if start + timedelta(days=int(d)) <= UNTIL else None for d in days]

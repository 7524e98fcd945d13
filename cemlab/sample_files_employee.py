"""The employee sample as files: the survey tool's export joined to the HR list, and the tables of customers, dialogues and actions."""

from pathlib import Path

import numpy as np
import polars as pl

from cemlab.simulate_employee import COVERED, DIMENSIONS, ITEMS, LINK, REVERSED, WAVES, employee_answers, organisation
from cemlab.simulate_employee_words import service_dialogues

CUSTOMERS = "employee_engagement_customers.csv"
DIALOGUES = "employee_engagement_dialogues.csv"
ACTIONS = "employee_engagement_actions.csv"


def write_employee_sample(folder, seed=20261004, truth=True):
    """Write the employee sample: one csv a wave with a row for everybody on the payroll, and the tables beside it.

    Parameters
    ----------
    folder : str or pathlib.Path
        Made when absent.
    seed, truth
        As in `simulate_employee.employee_answers`.

    Returns
    -------
    list of pathlib.Path
        The csv of each wave (UTF-8 with BOM), oldest first. Customer scores of the teams, service dialogues and actions lie
        beside them and are read by the report.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    answers, units, paths = employee_answers(seed, truth), organisation(), []
    customer_scores(answers, units, seed, truth).write_csv(folder / CUSTOMERS)
    pl.concat([service_dialogues(units, wave, seed) for wave in WAVES]).write_csv(folder / DIALOGUES)
    actions_taken(answers, seed).write_csv(folder / ACTIONS)
    for wave in WAVES:
        path = folder / f"employee_engagement_{wave}.csv"
        part = as_hr_writes(answers.filter(pl.col("wave") == wave))
        path.write_bytes(b"\xef\xbb\xbf" + part.write_csv().encode("utf-8"))
        paths.append(path)
    return paths


def as_hr_writes(part):
    """The columns of the export: employee number, unit, HR data, answers as codes."""
    numbers = [pl.col(c).cast(pl.Int64).cast(pl.String) for c in (*ITEMS, "recommend", "satisfied", "leave_intent")]
    return part.select(
        pl.format("E{}", pl.col("person") + 200000).alias("工号"),
        pl.col("wave").alias("年度"),
        pl.col("answered_on").dt.strftime("%Y-%m-%d %H:%M:%S").alias("提交时间"),
        pl.col("answered").alias("是否作答"),
        *("division", "department", "team", "job", "gender", "age"),
        pl.col("hired").dt.strftime("%Y-%m-%d").alias("入职日期"),
        pl.col("left").dt.strftime("%Y-%m-%d").alias("离职日期"),
        *numbers,
        pl.col("comment").alias("您还有什么想说的"),
    )


def customer_scores(answers, units, seed, truth):
    """What customers say of the teams that have some: wave, team, score (0-100) and the customers asked."""
    rng, rows = np.random.default_rng([seed, 3]), []
    items = [f"engagement{k}" for k in range(1, 5)]
    large = units.filter((pl.col("size") >= COVERED["none_below"]) & pl.col("division").is_in(["sales", "service"]))
    for wave in WAVES:
        mine = answers.filter((pl.col("wave") == wave) & pl.col("team").is_in(large["team"].to_list()))
        means = mine.group_by("team").agg(pl.mean_horizontal(items).mean().alias("mean")).sort("team")
        feeling = (means["mean"] - means["mean"].mean()) / means["mean"].std()
        weight = LINK if truth else 0.0
        score = weight * feeling.to_numpy() + np.sqrt(1 - weight**2) * rng.normal(size=len(means))
        asked = rng.integers(80, 260, len(means))
        rows += zip(
            [wave] * len(means), means["team"].to_list(), (78 + 5 * score).round(1), asked.tolist(), strict=True
        )
    return pl.DataFrame(rows, schema=["wave", "team", "score", "customers"], orient="row")


def actions_taken(answers, seed):
    """What teams undertook after the first wave: half of what stood low; it had no effect (nothing is planted)."""
    rng, rows, first = np.random.default_rng([seed, 5]), [], next(iter(WAVES))
    then = answers.filter((pl.col("wave") == first) & (pl.col("answered") == 1))
    for name in [dimension for dimension in DIMENSIONS if dimension != "engagement"]:
        items = [(6 - pl.col(i) if i in REVERSED else pl.col(i)) for i in ITEMS if i.startswith(name)]
        means = (
            then.group_by("team").agg(pl.mean_horizontal(items).mean().alias("mean"), pl.len().alias("n")).sort("team")
        )
        whole = then.select(pl.mean_horizontal(items).mean()).item()
        low = means.filter((pl.col("mean") < whole - 0.05) & (pl.col("n") >= 8))["team"].to_list()
        rows += [(first, team, name) for team in low if rng.random() < 0.5]
    return pl.DataFrame(rows, schema=["wave", "team", "dimension"], orient="row")

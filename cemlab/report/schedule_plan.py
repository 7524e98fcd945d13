"""What is due: periods that came since the last look, one report for each unit, entered in the ledger."""

import datetime as dt
import itertools
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from cemlab.paths import reports_folder
from cemlab.report.ledger import Key
from cemlab.report.parameters import read_parameters
from cemlab.report.schedule_times import due_times, period_at, period_days
from cemlab.report.study import find_codebook, notebook_of

ALL = "all"  # the unit of a job without a matrix


@dataclass(frozen=True)
class Due:
    """A period of a job that is due."""

    job: str
    period: str
    wave: str
    at: dt.datetime
    skip: str = ""  # why it is entered as skipped


def dues_of(schedule, ledger, name):
    """Periods of a job that are due and not in the ledger, oldest first; nothing is written but since when it is known."""
    job, zone = schedule.jobs[name], schedule.zone_of(name)
    start = None
    if job.start is not None:
        from zoneinfo import ZoneInfo

        start = dt.datetime.combine(job.start, dt.time(0), ZoneInfo(zone)) - dt.timedelta(seconds=1)
    since = ledger.known_since(name, start)
    found, seen = [], set()
    for at in due_times(job.cron, zone, ledger.last_due(name) or since, ledger.now()):
        period, wave = period_at(job.expression, at, zone)
        if period not in seen and not ledger.has(name, period):
            seen.add(period)
            found.append(Due(name, period, wave, at))
    only_newest = job.catch_up == "newest" or job.expression == "latest"
    if only_newest and len(found) > 1:
        newest = found[-1].period
        found = [Due(d.job, d.period, d.wave, d.at, f"schedule: overtaken by {newest}") for d in found[:-1]] + found[
            -1:
        ]
    return found


def due_now(schedule, ledger, name):
    """The period that a job would report were it due now."""
    period, wave = period_at(schedule.jobs[name].expression, ledger.now(), schedule.zone_of(name))
    return Due(name, period, wave, ledger.now())


def enter_due(schedule, ledger, due):
    """Enter a due period with its reports; what has no new answers is entered as skipped, with the reason."""
    job = schedule.jobs[due.job]
    study = Path(job.source).stem
    if due.skip:
        return ledger.enter(due.job, due.period, due.wave, due.at, units_listed(job) or [ALL], study=study, state="skipped",
                            reason=due.skip)  # fmt: skip
    units = units_of(job, due)
    if not units:
        reason = f"schedule: no answers in {due.period}"
        return ledger.enter(due.job, due.period, due.wave, due.at, [ALL], study=study, state="skipped", reason=reason)
    return ledger.enter(due.job, due.period, due.wave, due.at, units, study=study)


def units_listed(job):
    """Units of a matrix whose values are all listed; None where some are taken from the data."""
    if any(values == "data" for values in job.matrix.values()):
        return None
    return units_from({column: [str(v) for v in values] for column, values in job.matrix.items()})


def units_from(values):
    """Every combination of a matrix as a unit: "hotel=03,tier=1"; `ALL` without one."""
    if not values:
        return [ALL]
    combined = itertools.product(*([f"{c}={v}" for v in listed] for c, listed in values.items()))
    return [",".join(parts) for parts in combined]


def units_of(job, due):
    """Units of a job in a period; values taken from the data are those that answered in it."""
    listed = units_listed(job)
    if listed is not None:
        return listed
    values = {c: [str(v) for v in listed] for c, listed in job.matrix.items() if listed != "data"}
    asked = [c for c, listed in job.matrix.items() if listed == "data"]
    rows, waves = opened_rows(job, due.wave)
    if not waves:
        return []
    found = rows.read(waves[-1]).select(asked).unique().collect()
    for column in asked:
        values[column] = sorted(str(v) for v in found[column].drop_nulls().unique().to_list())
    return units_from({column: values[column] for column in job.matrix})


def opened_rows(job, wave):
    """How the answers of a job's study are read now, and the wave meant (as a list, empty without answers)."""
    from cemlab.codebook import load_codebook
    from cemlab.report.study_rows import Rows, calendar_kind
    from cemlab.store import current_version

    book = load_codebook(codebook_of(job))
    version = current_version(book)
    rows = Rows(book, version, calendar_kind(wave, book))
    if version is None:
        return rows, []
    present = rows.present()
    return rows, present[-1:] if wave == "latest" else [wave] if wave in present else []


def codebook_of(job):
    """Path of the codebook a job reads, or None for a notebook without one."""
    named = job.parameters.get("codebook")
    if named is None:
        known = read_parameters(notebook_of(job.source))
        named = known["codebook"].default if "codebook" in known else None
    return None if named is None else find_codebook(named)


def answers_in(job, row):
    """(answers of a unit in its period, version of the store); None where the job reads no codebook of the store."""
    if codebook_of(job) is None:
        return None
    rows, waves = opened_rows(job, row["wave"])
    if not waves:
        return 0, rows.version
    from dataclasses import replace

    from cemlab.report.study_rows import read_only

    kept = replace(rows, only=read_only(only_of(row["unit"]), rows.codebook))
    import polars as pl

    return kept.read(waves[-1]).select(pl.len()).collect().item(), rows.version


def kept_back(job, wave):
    """Units that get no report, and why: they, or those left out, are fewer persons than may be told about.

    Returns
    -------
    dict of str to str
        Unit -> one sentence; of every unit in the data, whether the job lists it or not.
    """
    columns = list(job.matrix)
    if not columns or codebook_of(job) is None:
        return {}
    rows, waves = opened_rows(job, wave)
    if not waves or rows.codebook.of_employees:
        return {}
    from cemlab.report.only_groups import groups_without, pairs_of, told
    from cemlab.report.study_rows import person_of

    least = rows.codebook.privacy.min_persons
    pairs = pairs_of(rows.read(waves[-1]), columns, person_of(rows.codebook), least)
    closed = groups_without(pairs, columns, least)
    return {
        ",".join(f"{c}={v}" for c, v in zip(columns, code, strict=True)): told(
            code, n, columns, period=waves[-1], least=least
        )
        for code, n in closed.items()
    }


def only_of(unit):
    """The notebook's parameter `only` for a unit."""
    return [] if unit == ALL else unit.split(",")


def folder_of(row):
    """Folder of a report below the reports folder: job / period / unit."""
    return Path(row["job"]) / safe(row["period"]) / safe(row["unit"])


def safe(name):
    """A name as a folder's on every system."""
    return re.sub(r'[<>:"/\\|?*\x00-\x1f]', "_", name).strip(". ") or "_"


def parameters_of(job, row):
    """Parameters of one report of a job; those the notebook does not have are left out."""
    known = read_parameters(notebook_of(job.source))
    own = {"wave": row["wave"], "only": only_of(row["unit"])}
    if row["unit"] != ALL and "only" not in known:
        raise ValueError(f"schedule: {row['job']}: its notebook has no parameter `only`, which a matrix needs.")
    return {**job.parameters, **{name: value for name, value in own.items() if name in known}}


def commands(schedule, ledger, *, job=None, file=None):
    """What would be run now, as commands that any machine with this project and database can run, one a report.

    Returns
    -------
    list of dict
        ``job, period, unit, due_at, command`` (a list of words) in the order wanted; those of one unit of a job must run one
        after another, the rest may run at once. Each takes its report in the ledger: a command that runs twice does nothing.
        ``skip`` says why nothing will be made of a unit of too few persons.
    """
    rows = [row for row in ledger.open_reports(job) if row["job"] in schedule.jobs]
    for name in [job] if job else schedule.jobs:
        for due in dues_of(schedule, ledger, name):
            if not due.skip:
                units = units_of(schedule.jobs[name], due)
                common = {"job": name, "period": due.period, "wave": due.wave, "due_at": due.at.isoformat()}
                rows += [{**common, "unit": u} for u in units]
    reasons = {k: kept_back(schedule.jobs[k[0]], k[1]) for k in {(row["job"], row["wave"]) for row in rows}}
    rows.sort(key=lambda row: row["due_at"])
    where = ["--file", str(file)] if file else []
    start = [sys.executable, "-m", "cemlab.cli", "schedule", "run"]
    return [
        {
            "job": row["job"], "period": row["period"], "unit": row["unit"], "due_at": row["due_at"],
            "folder": folder_of(row).as_posix(), "skip": reasons[row["job"], row["wave"]].get(row["unit"], ""),
            "command": [*start, "--job", row["job"], "--period", row["period"], "--unit", row["unit"], *where],
        }
        for row in rows
    ]  # fmt: skip


def finished_before(ledger, row):
    """Folder of the newest finished report before `row` of the same job and unit, or None; and that row."""
    before = ledger.before(row)
    if before is None or not before["folder"]:
        return None, before
    folder = reports_folder() / before["folder"]
    return (folder if folder.is_dir() else None), before


def last_day(row):
    """The last day of a calendar period, or None."""
    days = period_days(row["period"])
    return days and days[1]


def as_text(rows):
    """Rows as JSON."""
    return json.dumps(rows, ensure_ascii=False, indent=1)


def key_from(job, period, unit):
    """The key of a report named on the command line."""
    return Key(job, period, unit)

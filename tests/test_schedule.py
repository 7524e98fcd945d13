"""Standing reports: the file is checked, due times are safe, each period is made once whatever happens."""

import datetime as dt
import json
import os
import subprocess
import sys
import time
from zoneinfo import ZoneInfo

import pytest
from standing import Clock, StandInPool, notebook

from cemlab.db import open_database
from cemlab.report import schedule_plan
from cemlab.report.ledger import Key, Ledger, status_rows
from cemlab.report.schedule_alive import never_started
from cemlab.report.schedule_file import ScheduleError, parse_schedule
from cemlab.report.schedule_line import KINDS, scheduler_line
from cemlab.report.schedule_run import run_due
from cemlab.report.schedule_times import due_times, period_at, period_days

UTC = dt.UTC
START = dt.datetime(2026, 10, 1, tzinfo=UTC)
FILE = """
zone: Asia/Shanghai
jobs:
  stores:
    notebook: {notebook}
    cron: "0 8 2 * *"
    start: 2026-10-01
    period: last_month
    matrix: {{hotel: ["01", "02"]}}
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project of its own with a tiny notebook; gives `(schedule, ledger, clock)` for a text."""
    monkeypatch.setenv("CEMLAB_HOME", str(tmp_path))
    monkeypatch.delenv("CEMLAB_DB", raising=False)
    monkeypatch.chdir(tmp_path)
    made = notebook(tmp_path)

    def make(text=FILE, at=START, **options):
        clock = Clock(at)
        return parse_schedule(text.format(notebook=made.as_posix())), Ledger(now=clock, **options), clock

    return make


# the file


def test_a_schedule_is_read(project):
    schedule, _, _ = project()
    job = schedule.job("stores")
    assert job.expression == "last_month" and schedule.zone_of("stores") == "Asia/Shanghai" and job.formats == ["html"]
    assert schedule_plan.units_listed(job) == ["hotel=01", "hotel=02"]


@pytest.mark.parametrize(
    "old, new, told",
    [
        ("cron:", "crn:", r"line 6, jobs.stores.crn: unknown field 'crn'. Did you mean 'cron'"),
        ("0 8 2 * *", "0 8 2 *", r"line 6, jobs.stores.cron: '0 8 2 \*' is no cron line"),
        ("0 8 2 * *", "0 8 31 2 *", r"jobs.stores.cron: '0 8 31 2 \*'"),
        ("last_month", "last_mont", r"line 8, jobs.stores.period: 'last_mont' is no period. Did you mean 'last_month'"),
        ("zone: Asia/Shanghai", "zone: Asia/Shangai", r"line 2, zone: 'Asia/Shangai' is no time zone. Did you mean"),
        ("period: last_month", "period: {{wave: latest, x: 1}}", r"unknown field 'x'"),
        ("start: 2026-10-01", "formats: [docs]", r"'docs' is not allowed. Did you mean 'docx'"),
        ("start: 2026-10-01", "parameters: {{wave: a}}", r"parameters.wave: is set by the schedule"),
        ("start: 2026-10-01", "study: x", r"give `study` .* or `notebook`"),
        ("  stores:", "  st ores:", r"jobs.st ores: a job's name is a folder's"),
        ("start: 2026-10-01", "cron: '* * * * *'", r"line 7: 'cron' stands twice"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(old, new, told):
    with pytest.raises(ScheduleError, match=told):
        parse_schedule(FILE.replace(old, new).format(notebook="x.ipynb"))


def test_the_committed_schedule_is_sound(root):
    from cemlab.report.schedule_file import load_schedule
    from cemlab.report.study import notebook_of

    schedule = load_schedule(root / "reports" / "schedule.yml")
    assert {job.study for job in schedule.jobs.values()} >= {"service_touchpoints", "brand_health", "word_of_mouth"}
    assert all(notebook_of(job.source).is_file() for job in schedule.jobs.values())


# due times and periods


def test_due_times_around_clock_changes():
    """Berlin 2026: 2:30 is skipped on 29 March (the job comes right after the gap), comes twice on 25 October (once)."""
    berlin = ZoneInfo("Europe/Berlin")
    spring = due_times(
        "30 2 * * *",
        "Europe/Berlin",
        dt.datetime(2026, 3, 28, 12, tzinfo=berlin),
        dt.datetime(2026, 3, 30, 12, tzinfo=berlin),
    )
    assert [t.astimezone(berlin).strftime("%d %H:%M") for t in spring] == ["29 03:00", "30 02:30"]
    autumn = due_times(
        "30 2 * * *",
        "Europe/Berlin",
        dt.datetime(2026, 10, 24, 12, tzinfo=berlin),
        dt.datetime(2026, 10, 26, 12, tzinfo=berlin),
    )
    assert [t.astimezone(berlin).day for t in autumn] == [25, 26]


@pytest.mark.parametrize(
    "expression, due, period",
    [
        ("last_month", "2026-01-02T00:30", "2025-12"),
        ("last_week", "2026-01-05T00:30", "2026-W01"),
        ("last_week", "2027-01-04T00:30", "2026-W53"),
        ("last_quarter", "2026-01-02T00:30", "2025-Q4"),
        ("last_quarter", "2026-11-02T00:30", "2026-Q3"),
        ("last_day", "2026-03-01T00:30", "2026-02-28"),
        ("latest", "2026-03-01T00:30", "2026-03-01"),
        ("2026Q3", "2026-03-01T00:30", "2026Q3"),
    ],
)
def test_periods(expression, due, period):
    at = dt.datetime.fromisoformat(due).replace(tzinfo=ZoneInfo("Asia/Shanghai"))
    assert period_at(expression, at, "Asia/Shanghai")[0] == period


def test_days_of_periods():
    day = dt.date
    assert period_days("2025-12") == (day(2025, 12, 1), day(2025, 12, 31))
    assert period_days("2026-Q1") == (day(2026, 1, 1), day(2026, 3, 31))
    assert period_days("2026-W53") == (day(2026, 12, 28), day(2027, 1, 3)) and period_days("2026Q3") is None


# the ledger


def test_each_period_once_and_in_order_after_a_rest(project):
    schedule, ledger, clock = project()
    assert run_due(schedule, ledger=ledger, pool=StandInPool()) == []
    clock.moment = dt.datetime(2027, 1, 5, tzinfo=UTC)  # three months without a runner
    pool = StandInPool(workers=1)
    run_due(schedule, ledger=ledger, pool=pool)
    assert [key.period for key in pool.made] == ["2026-09"] * 2 + ["2026-10"] * 2 + ["2026-11"] * 2 + ["2026-12"] * 2
    assert run_due(schedule, ledger=ledger, pool=StandInPool(lambda t: pytest.fail("made twice"))) == []
    rows = status_rows(ledger)
    assert {row["state"] for row in rows} == {"done"} and rows[0]["folder"] == "stores/2026-12/hotel=01"


def test_a_notebook_with_the_latest_wave_is_made_for_the_newest_due_time_only(project):
    schedule, ledger, clock = project(FILE.replace("last_month", "{{wave: latest}}"))
    clock.moment = dt.datetime(2026, 12, 5, tzinfo=UTC)
    pool = StandInPool()
    run_due(schedule, ledger=ledger, pool=pool)
    assert {key.period for key in pool.made} == {"2026-12-02"}
    skipped = [row for row in status_rows(ledger) if row["state"] == "skipped"]
    assert len(skipped) == 4 and skipped[0]["error"] == "schedule: overtaken by 2026-12-02"


def test_what_passes_is_tried_again_later_and_what_raised_is_not(project):
    schedule, ledger, clock = project(at=dt.datetime(2026, 10, 2, 1, tzinfo=UTC))
    faults = {"hotel=01": ("crashed", ""), "hotel=02": ("cell", "ValueError")}
    run_due(schedule, ledger=ledger, pool=StandInPool(lambda task: faults[task.name.unit]))
    states = {row["unit"]: row["state"] for row in status_rows(ledger)}
    assert states == {"hotel=01": "retry", "hotel=02": "failed"}
    again = StandInPool()
    run_due(schedule, ledger=ledger, pool=again)
    assert again.made == [], "not before its time"
    clock.moment += dt.timedelta(seconds=61)
    run_due(schedule, ledger=ledger, pool=again)
    assert [key.unit for key in again.made] == ["hotel=01"]


def test_a_period_skipped_for_want_of_answers_can_be_asked_for_by_hand(project):
    """Answers came a day late: `schedule run --job` makes the period after all; one that was made is not made again."""
    schedule, ledger, clock = project(
        FILE.replace("last_month", "{{wave: latest}}"), at=dt.datetime(2026, 12, 2, 1, tzinfo=UTC)
    )
    run_due(schedule, ledger=ledger, pool=StandInPool())
    assert {(row["period"], row["state"]) for row in status_rows(ledger)} == {
        ("2026-10-02", "skipped"), ("2026-11-02", "skipped"), ("2026-12-02", "done")}  # fmt: skip
    clock.moment = dt.datetime(2026, 11, 2, 5, tzinfo=UTC)
    pool = StandInPool()
    run_due(schedule, ledger=ledger, job="stores", force=True, pool=pool)
    assert {key.period for key in pool.made} == {"2026-11-02"} and len(pool.made) == 2
    run_due(schedule, ledger=ledger, job="stores", force=True, pool=StandInPool(lambda t: pytest.fail("made twice")))


def test_a_full_disk_passes(project):
    schedule, ledger, clock = project(at=dt.datetime(2026, 10, 2, 1, tzinfo=UTC))
    run_due(schedule, ledger=ledger, pool=StandInPool(lambda task: ("cell", "OSError")))
    assert {row["state"] for row in status_rows(ledger)} == {"retry"}


def test_a_job_that_keeps_failing_is_stopped_with_an_alert_and_can_be_resumed(project, tmp_path):
    schedule, ledger, clock = project(FILE + "    stop_after: 2\n", at=dt.datetime(2026, 10, 2, 1, tzinfo=UTC))
    run_due(schedule, ledger=ledger, pool=StandInPool(lambda task: ("cell", "ValueError")))
    alert = tmp_path / "reports" / "ALERT-stores.txt"
    assert (
        "stopped after 2 failed reports in a row" in alert.read_text(encoding="utf-8") and "stores" in ledger.stopped()
    )
    clock.moment = dt.datetime(2026, 11, 3, tzinfo=UTC)
    idle = StandInPool()
    run_due(schedule, ledger=ledger, pool=idle)
    assert idle.made == [] and any("is stopped" in line for line in never_started(schedule, ledger))
    assert ledger.resume("stores") == 2
    clock.moment += dt.timedelta(seconds=1)
    run_due(schedule, ledger=ledger, pool=idle)
    assert len(idle.made) == 4 and not alert.exists()


def test_the_alert_of_one_store_stays_until_that_store_works_again(project, tmp_path):
    schedule, ledger, clock = project(at=dt.datetime(2026, 10, 2, 1, tzinfo=UTC))
    alert = tmp_path / "reports" / "ALERT-stores.txt"
    faulty = StandInPool(lambda task: ("cell", "ValueError") if task.name.unit == "hotel=01" else None, workers=1)
    run_due(schedule, ledger=ledger, pool=faulty)
    assert {row["unit"]: row["state"] for row in status_rows(ledger)} == {"hotel=01": "failed", "hotel=02": "done"}
    assert "hotel=01" in alert.read_text(encoding="utf-8"), "hotel 02 came after it and was made"
    clock.moment = dt.datetime(2026, 11, 3, tzinfo=UTC)
    run_due(schedule, ledger=ledger, pool=StandInPool())
    assert not alert.exists()


def test_a_runner_killed_after_the_report_was_published_costs_nothing(project):
    """The report stands, the ledger says running; when the lease ends it is noted, not made again."""
    schedule, ledger, clock = project(at=dt.datetime(2026, 10, 2, 1, tzinfo=UTC))

    class Killed(Exception):
        pass

    class Dies(StandInPool):
        def poll(self, wait):
            raise Killed

    with pytest.raises(Killed):
        run_due(schedule, ledger=ledger, pool=Dies(workers=2))
    assert {row["state"] for row in status_rows(ledger)} == {"running"}
    run_due(schedule, ledger=ledger, pool=StandInPool(lambda t: pytest.fail("taken under a lease")))
    clock.moment += dt.timedelta(seconds=ledger.lease + 1)
    ended = run_due(schedule, ledger=ledger, pool=StandInPool(lambda t: pytest.fail("made twice")))
    assert {row["state"] for row in ended} == {"done"} and len(ended) == 2


def test_of_two_runners_one_gets_the_report(project):
    schedule, ledger, _ = project(at=dt.datetime(2026, 10, 2, 1, tzinfo=UTC))
    for due in schedule_plan.dues_of(schedule, ledger, "stores"):
        assert schedule_plan.enter_due(schedule, ledger, due) and not schedule_plan.enter_due(schedule, ledger, due)
    row = ledger.ready()[0]
    assert ledger.take(row, "a") and not ledger.take(row, "b")
    assert not ledger.finish(Key(row["job"], row["period"], row["unit"]), "b", "done")


RUNNER = """
import sys
from standing import StandInPool
from cemlab.report.ledger import Ledger
from cemlab.report.schedule_file import load_schedule
from cemlab.report.schedule_run import run_due
pool = StandInPool()
run_due(load_schedule(sys.argv[1]), ledger=Ledger(), pool=pool)
print(len(pool.made))
"""


def test_two_processes_at_once_make_each_report_once(project, tmp_path, root):
    made = notebook(tmp_path)
    listed = ", ".join(f'"{n:02d}"' for n in range(20))
    text = FILE.format(notebook=made.as_posix()).replace('"01", "02"', listed).replace("0 8 2 * *", "0 8 2 1 *")
    (tmp_path / "s.yml").write_text(text.replace("2026-10-01", "2025-12-01"), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(root), str(root / "tests")])}
    command = [sys.executable, "-c", RUNNER, str(tmp_path / "s.yml")]
    both = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in "ab"
    ]
    told = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], told
    rows = Ledger().rows()
    per_report = {(row["period"], row["unit"]) for row in rows}
    assert sum(int(out) for out, _ in told) == len(rows) == len(per_report) >= 20
    assert {row["state"] for row in rows} == {"done"} and {row["attempts"] for row in rows} == {1}


OPENERS = """
import sys, time
from cemlab.report.ledger import Ledger
time.sleep(max(0, float(sys.argv[1]) - time.time()))
Ledger().beat()
"""


def test_runners_that_meet_an_empty_database_all_find_their_tables(project, root):
    """Each looks whether the tables are there, and creates them: one is faster, the others must not fall over it."""
    environment = {**os.environ, "PYTHONPATH": str(root)}
    at = str(time.time() + 6)
    four = [
        subprocess.Popen([sys.executable, "-c", OPENERS, at], env=environment, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    told = [process.communicate(timeout=120)[1] for process in four]
    assert [process.returncode for process in four] == [0] * 4, told
    assert Ledger().last_beat() is not None


def test_old_periods_are_cleared_and_their_rows_stay(project, tmp_path):
    schedule, ledger, clock = project(FILE + "    retention: 2\n")
    ledger.known_since("stores", None)
    clock.moment = dt.datetime(2027, 1, 5, tzinfo=UTC)
    run_due(schedule, ledger=ledger, pool=StandInPool())
    kept = sorted(path.name for path in (tmp_path / "reports" / "stores").iterdir() if any(path.iterdir()))
    assert kept == ["2026-11", "2026-12"] and len(ledger.rows()) == 8
    assert {row["folder"] is None for row in ledger.rows() if row["period"] == "2026-09"} == {True}


def test_the_dead_mans_check(project):
    schedule, ledger, clock = project()
    run_due(schedule, ledger=ledger, pool=StandInPool())
    assert never_started(schedule, ledger) == []
    clock.moment = dt.datetime(2026, 10, 2, 0, 30, tzinfo=UTC)
    assert never_started(schedule, ledger) == [], "within the hour of grace"
    clock.moment = dt.datetime(2026, 10, 2, 3, tzinfo=UTC)
    (line,) = never_started(schedule, ledger)
    assert "stores was due 2026-10-02T00:00+00:00 (2026-09) and no runner took it up" in line


def test_statements_compile_for_a_server_too(project):
    """PostgreSQL by URL: also where there is no server; test_schedule_postgres runs on one."""
    from sqlalchemy.dialects import postgresql
    from sqlalchemy.schema import CreateTable

    from cemlab.report.ledger import metadata

    for table in metadata.sorted_tables:
        assert "PRIMARY KEY" in str(CreateTable(table).compile(dialect=postgresql.dialect()))
    with pytest.raises(ValueError, match="no database URL"):
        open_database("nonsense")


@pytest.mark.parametrize("kind", KINDS)
def test_lines_for_schedulers(kind):
    text = scheduler_line(kind)
    assert "cemlab.cli" in text and "--due" in text


# the command


def test_the_command_from_plan_to_status(project, tmp_path, root):
    made = notebook(tmp_path)
    (tmp_path / "reports").mkdir()
    text = FILE.format(notebook=made.as_posix()).replace("0 8 2 * *", "0 8 2 1 *").replace("2026-10-01", "2025-12-01")
    text = text.replace("    period", "    catch_up: newest\n    period").replace(', "02"', "")
    (tmp_path / "reports" / "schedule.yml").write_text(text, encoding="utf-8")

    def command(*words):
        environment = {**os.environ, "PYTHONPATH": str(root), "PYTHONUTF8": "1"}
        done = subprocess.run(
            [sys.executable, "-m", "cemlab.cli", *words],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=300,
        )
        return done.returncode, done.stdout, done.stderr

    code, out, err = command("schedule", "plan", "--json")
    (planned,) = json.loads(out)
    assert planned["unit"] == "hotel=01" and planned["command"][1:5] == ["-m", "cemlab.cli", "schedule", "run"]
    code, out, err = command(*planned["command"][3:])
    assert code == 0 and "已生成" in out, err
    code, out, err = command("schedule", "run", "--due")
    assert code == 0 and "hotel=01" not in out.replace("skipped", "")
    rows = json.loads(command("schedule", "status", "--json")[1])
    done = [row for row in rows if row["state"] == "done"]
    folder = tmp_path / "reports" / done[0]["folder"]
    assert len(done) == 1 and "第一期" in (folder / "report.html").read_text(encoding="utf-8")
    told = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["schedule"]
    assert (told["job"], told["unit"], told["previous"]) == ("stores", "hotel=01", None)
    code, out, err = command("schedule", "run")
    assert code == 2 and "--due" in err

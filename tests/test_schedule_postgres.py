"""The ledger on a PostgreSQL server: the tests of standing reports once more, and what only a server can do wrong."""

import os
import signal
import subprocess
import sys
import time

import postgres_server
import pytest
from standing import Clock, notebook
from test_schedule import (  # noqa: F401 - collected here once more, with this module's `project`
    FILE,
    START,
    test_a_full_disk_passes,
    test_a_job_that_keeps_failing_is_stopped_with_an_alert_and_can_be_resumed,
    test_a_notebook_with_the_latest_wave_is_made_for_the_newest_due_time_only,
    test_a_period_skipped_for_want_of_answers_can_be_asked_for_by_hand,
    test_a_runner_killed_after_the_report_was_published_costs_nothing,
    test_each_period_once_and_in_order_after_a_rest,
    test_of_two_runners_one_gets_the_report,
    test_old_periods_are_cleared_and_their_rows_stay,
    test_runners_that_meet_an_empty_database_all_find_their_tables,
    test_the_dead_mans_check,
    test_two_processes_at_once_make_each_report_once,
    test_what_passes_is_tried_again_later_and_what_raised_is_not,
)

from cemlab.report.ledger import Ledger
from cemlab.report.schedule_file import parse_schedule

pytestmark = pytest.mark.skipif(bool(postgres_server.absent()), reason=postgres_server.absent() or "there is one")


@pytest.fixture(scope="module")
def server():
    with postgres_server.running() as url:
        yield url


@pytest.fixture
def project(server, tmp_path, monkeypatch):
    """As in test_schedule, with the ledger in an empty schema on the server."""
    with postgres_server.schema(server) as url:
        monkeypatch.setenv("CEMLAB_HOME", str(tmp_path))
        monkeypatch.setenv("CEMLAB_DB", url)
        monkeypatch.chdir(tmp_path)
        made = notebook(tmp_path)

        def make(text=FILE, at=START, **options):
            clock = Clock(at)
            return parse_schedule(text.format(notebook=made.as_posix())), Ledger(now=clock, **options), clock

        yield make
    assert not (tmp_path / "data" / "cemlab.sqlite3").exists(), "nothing fell back to the file"


SLOW = """
import sys, time
from standing import StandInPool
from cemlab.report.ledger import Ledger
from cemlab.report.schedule_file import load_schedule
from cemlab.report.schedule_run import run_due

class Slow(StandInPool):
    def submit(self, task):
        time.sleep(0.2)
        super().submit(task)
        with open("made.txt", "a") as file:
            print(task.name.unit, file=file)

run_due(load_schedule(sys.argv[1]), ledger=Ledger(lease=2), pool=Slow(workers=1))
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_a_runner_killed_with_its_connection_open_holds_nobody_up(project, tmp_path, root):
    """SIGKILL in the middle of 20 reports: what it held is taken when its lease ends, what it published is not made twice."""
    listed = ", ".join(f'"{n:02d}"' for n in range(20))
    text = FILE.format(notebook=notebook(tmp_path).as_posix()).replace('"01", "02"', listed)
    text = text.replace("0 8 2 * *", "0 8 2 1 *").replace("2026-10-01", "2025-12-01")
    (tmp_path / "s.yml").write_text(text + "    catch_up: newest\n", encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(root), str(root / "tests")])}
    command = [sys.executable, "-c", SLOW, str(tmp_path / "s.yml")]
    first = subprocess.Popen(command, env=environment)
    made = tmp_path / "made.txt"
    while first.poll() is None and (not made.exists() or len(made.read_text().split()) < 5):
        time.sleep(0.02)
    first.send_signal(signal.SIGKILL)
    assert first.wait(timeout=60) == -signal.SIGKILL
    left = [row["state"] for row in Ledger().rows() if row["state"] != "skipped"]
    assert len(left) == 20 and 4 <= left.count("done") < 20
    deadline = time.monotonic() + 60
    while Ledger().open_reports() and time.monotonic() < deadline:
        subprocess.run(command, env=environment, check=True, timeout=120)
    rows = [row for row in Ledger().rows() if row["state"] != "skipped"]
    assert {row["state"] for row in rows} == {"done"}
    told = made.read_text().split()
    assert sorted(told) == sorted(row["unit"] for row in rows), "each report made once"


def test_a_server_that_does_not_answer_is_told_in_one_sentence(project, monkeypatch, tmp_path, root):
    secret = "postgresql+psycopg://somebody:geheim@127.0.0.1:1/x"
    (tmp_path / "reports").mkdir()
    text = FILE.format(notebook=notebook(tmp_path).as_posix())
    (tmp_path / "reports" / "schedule.yml").write_text(text, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(root), "CEMLAB_DB": secret}
    command = [sys.executable, "-m", "cemlab.cli", "schedule", "run", "--due"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 2 and len(done.stderr.splitlines()) == 1 and "geheim" not in done.stderr
    assert done.stderr.startswith("database: 127.0.0.1:1 does not answer as CEMLAB_DB says")

"""A disk that is really full: the system refuses to let a file grow (RLIMIT_FSIZE), in the kernel and in the ledger."""

import os
import subprocess
import sys

import pytest
from standing import WRITE, notebook
from test_schedule import FILE

from cemlab.report.ledger import Ledger

resource = pytest.importorskip("resource", reason="this system has no limits for the size of a file")

RUN = """
import datetime as dt, resource, sys
limit, hours, schedule = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
if limit:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
from cemlab.report.fanout import open_pool
from cemlab.report.ledger import Ledger
from cemlab.report.schedule_file import load_schedule
from cemlab.report.schedule_run import run_due
now = dt.datetime(2026, 10, 2, 1, tzinfo=dt.UTC) + dt.timedelta(hours=hours)
run_due(load_schedule(schedule), ledger=Ledger(now=lambda: now), pool=open_pool(1))
"""
BIG = WRITE + '(folder / "rows.csv").write_text("x" * 600_000, encoding="utf-8")\n'


@pytest.fixture
def run(tmp_path, monkeypatch, root):
    """Run what is due so many hours after the first due time, where no file may grow beyond a limit (0: no limit)."""
    monkeypatch.setenv("CEMLAB_HOME", str(tmp_path))
    monkeypatch.delenv("CEMLAB_DB", raising=False)
    made = notebook(tmp_path, BIG)
    (tmp_path / "s.yml").write_text(FILE.format(notebook=made.as_posix()), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}

    def again(limit, hours):
        command = [sys.executable, "-c", RUN, str(limit), str(hours), str(tmp_path / "s.yml")]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300)

    return again


def states():
    return {row["unit"]: (row["state"], row["attempts"]) for row in Ledger().rows()}


def test_a_report_that_finds_the_disk_full_waits_and_is_made_when_there_is_room(run, tmp_path):
    full = run(400_000, 0)
    assert full.returncode == 0, full.stderr
    assert states() == {"hotel=01": ("retry", 1), "hotel=02": ("retry", 1)}
    assert all("OSError" in row["error"] for row in Ledger().rows())
    stores = tmp_path / "reports" / "stores" / "2026-09"
    assert sorted(path.name for path in stores.iterdir()) == ["hotel=01.FAILED", "hotel=02.FAILED"]
    room = run(0, 1)
    assert room.returncode == 0, room.stderr
    assert states() == {"hotel=01": ("done", 2), "hotel=02": ("done", 2)}
    assert sorted(path.name for path in stores.iterdir()) == ["hotel=01", "hotel=02"]
    assert (stores / "hotel=01" / "rows.csv").stat().st_size == 600_000


def test_a_ledger_that_finds_the_disk_full_is_not_harmed(run):
    """Not even the tables can be written: the run ends; the next one, with room, finds everything due and makes it once."""
    full = run(4096, 0)
    assert full.returncode != 0 and "OperationalError" in full.stderr
    room = run(0, 0)
    assert room.returncode == 0, room.stderr
    assert states() == {"hotel=01": ("done", 1), "hotel=02": ("done", 1)}

"""A month of standing reports under a moved clock: 4 studies, 30 units, kills, a full disk, a clock change, late data.

Schedule, ledger, leases, retries, publishing and "what changed" are the real ones. The reports come from a stand-in pool
that writes each one's folder without a kernel, a kill is an exception that nothing catches, and the disk is full by an
OSError; kernels are in test_standing_reports.py, a disk that is full by the system's own limit in
test_schedule_full_disk.py, a process ended by SIGKILL in test_schedule_postgres.py.
"""

import datetime as dt
import errno
import json
import random
from zoneinfo import ZoneInfo

import pytest
from standing import HEADER, Clock, StandInPool, notebook, write_report

from cemlab.paths import reports_folder
from cemlab.report import manifest
from cemlab.report.changes import changes, read_report
from cemlab.report.ledger import Ledger
from cemlab.report.schedule_file import parse_schedule
from cemlab.report.schedule_run import run_due

BERLIN = ZoneInfo("Europe/Berlin")  # its clocks go back on 25 October 2026
UNITS = [f"{n:02d}" for n in range(1, 31)]
JOB = """
  {study}_weekly:
    notebook: {notebook}
    cron: "30 2 * * 1"
    start: 2026-10-01
    period: last_week
    matrix: {{store: {few}}}
  {study}_monthly:
    notebook: {notebook}
    cron: "30 2 1 * *"
    start: 2026-10-01
    period: last_month
    matrix: {{store: {units}}}
"""
DAILY = """
  service_daily:
    notebook: {notebook}
    cron: "30 2 * * *"
    start: 2026-10-20
    period: last_day
"""


class Killed(BaseException):
    """The runner's process ends here."""


class Calm:
    """No accident any more."""

    def random(self):
        return 0.5


NEVER = Calm()


CORRECTED = dt.datetime(2026, 10, 15, tzinfo=BERLIN)  # 35 late answers of September come in


class Rough(StandInPool):
    """Kills the runner, fills the disk, loses workers: each by chance; counts what it published."""

    def __init__(self, chance, published, full, clock):
        super().__init__(workers=30)
        self.chance, self.published, self.full, self.clock, self.refused = chance, published, full, clock, 0

    def write(self, task):
        """The report; a monthly one holds September's figure as it is known now, and opens with what changed."""
        if not task.standing["job"].endswith("monthly"):
            return write_report(task)
        late = self.clock.moment >= CORRECTED
        lines = [f"headline,2026-09,nps,recommend,points,{'41.5,2,535' if late else '40,2,500'},wald"]
        if task.parameters["wave"] == "2026-10":
            lines.append("headline,2026-10,nps,recommend,points,48,2,500,wald")
        return write_report(task, lines, version=2 if late else 1, opening=True)

    def submit(self, task):
        """A report, or a fault in place of it."""
        draw = self.chance.random()
        if draw < 0.004:
            raise Killed  # before anything was made
        if self.full():
            error = OSError(errno.ENOSPC, "No space left on device")
            self.wrong = lambda task: ("cell", type(error).__name__)
            self.refused += 1
        elif draw < 0.02:
            self.wrong = lambda task: ("crashed", "")
        else:
            self.wrong = lambda task: None
        super().submit(task)
        if self.made and self.made[-1] == task.name:
            self.published[task.name] = self.published.get(task.name, 0) + 1
        if 0.9 < draw < 0.905:
            raise Killed  # after it was published, before the ledger knows


def test_a_month_with_accidents(tmp_path, monkeypatch):
    monkeypatch.setenv("CEMLAB_HOME", str(tmp_path))
    monkeypatch.delenv("CEMLAB_DB", raising=False)
    monkeypatch.setattr(manifest, "version", lambda name: "1")  # asked for hundreds of times
    monkeypatch.setattr(manifest, "commit", lambda folder: "c")
    made = notebook(tmp_path).as_posix()
    units, few = json.dumps(UNITS), json.dumps(UNITS[:8])
    jobs = "".join(
        JOB.format(study=s, notebook=made, units=units, few=few) for s in ("brand", "product", "people", "service")
    )
    jobs += DAILY.format(notebook=made)
    schedule = parse_schedule(f"zone: Europe/Berlin\njobs:{jobs}")
    clock = Clock(dt.datetime(2026, 10, 1, tzinfo=BERLIN))
    ledger, chance, published, killed = Ledger(now=clock), random.Random(7), {}, 0
    refused = 0
    full_from, full_until = dt.datetime(2026, 10, 12, tzinfo=BERLIN), dt.datetime(2026, 10, 12, 9, tzinfo=BERLIN)

    def full():
        return full_from <= clock.moment < full_until

    end = dt.datetime(2026, 11, 3, tzinfo=BERLIN)
    while clock.moment < end:
        down = dt.datetime(2026, 10, 17, tzinfo=BERLIN) < clock.moment < dt.datetime(2026, 10, 20, tzinfo=BERLIN)
        if not down:  # three days without a machine
            pool = Rough(chance, published, full, clock)
            try:
                run_due(schedule, ledger=ledger, pool=pool)
            except Killed:
                killed += 1
            refused += pool.refused
        clock.moment = (clock.moment.astimezone(dt.UTC) + dt.timedelta(hours=6)).astimezone(BERLIN)
    for _ in range(8):  # the last waits and leases end
        clock.moment += dt.timedelta(hours=7)
        run_due(schedule, ledger=ledger, pool=Rough(NEVER, published, lambda: False, clock))

    rows = ledger.rows()
    wanted = {"weekly": {"2026-W40", "2026-W41", "2026-W42", "2026-W43", "2026-W44"}, "monthly": {"2026-09", "2026-10"}}
    for study in ("brand", "product", "people", "service"):
        for kind, periods in wanted.items():
            held = [
                (r["period"], r["unit"]) for r in rows if r["job"] == f"{study}_{kind}" and r["due_at"] < "2026-11-03"
            ]
            assert sorted(held) == sorted(
                (p, f"store={u}") for p in periods for u in (UNITS[:8] if kind == "weekly" else UNITS)
            ), "each period once, none lost"
    days = [r["period"] for r in rows if r["job"] == "service_daily" and r["due_at"] < "2026-11-03"]
    assert sorted(days) == [str(dt.date(2026, 10, 19) + dt.timedelta(days=n)) for n in range(14)], "25 October once"
    ours = [row for row in rows if row["due_at"] < "2026-11-03"]
    assert {row["state"] for row in ours} == {"done"}
    assert killed >= 2, "the runner was killed on the way"
    assert refused >= 30, "the disk was full when reports were due"
    twice = [key for key, number in published.items() if number > 1]
    assert not twice, "published once, also where the runner was killed right after"
    for row in ours[::17]:
        folder = reports_folder() / row["folder"]
        told = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["schedule"]
        assert (told["job"], told["period"], told["unit"]) == (row["job"], row["period"], row["unit"])
    assert any(row["attempts"] > 1 for row in ours)
    told = [row for row in ours if row["job"].endswith("monthly") and row["period"] == "2026-10"]
    assert len(told) == 4 * 30
    for row in told:  # September was reported as 40 of 500 answers, and is 41.5 of 535 since the correction
        changed = json.loads((reports_folder() / row["folder"] / "changes.json").read_text(encoding="utf-8"))
        assert changed["counts"] == {"data": 1, "tested": 1} and changed["causes"] == ["data"], row
        assert "2026-09 已报告的数字中有 1 个改变，如nps recommend 40.0 → 41.5" in changed["sentences"][-1]


def test_a_late_correction_is_told_as_one(tmp_path):
    """The report before said 40 for September; today's, about October, gives 41.5 for September from more answers."""

    class Task:
        out, parameters, standing = tmp_path / "old", {"wave": "2026-09"}, {}

    write_report(Task)
    head = HEADER + "\n"
    old, new = tmp_path / "old", tmp_path / "new"
    (old / "results.csv").write_text(head + "headline,2026-09,nps,recommend,points,40,2,500,wald\n", encoding="utf-8")
    Task.out, Task.parameters = new, {"wave": "2026-10"}
    write_report(Task)
    rows = (
        "headline,2026-09,nps,recommend,points,41.5,2,535,wald\nheadline,2026-10,nps,recommend,points,48,2,500,wald\n"
    )
    (new / "results.csv").write_text(head + rows, encoding="utf-8")
    facts = {"wave": "2026-10", "data_version": 2}
    (new / "facts.json").write_text(json.dumps(facts), encoding="utf-8")
    table = changes(read_report(old), read_report(new)).set_index("kind")
    assert table.loc["data", ["before", "after", "n_before", "n_after"]].tolist() == [40, 41.5, 500, 535]
    assert table.loc["tested", "difference"] == pytest.approx(8) and table.loc["tested", "p_value"] == pytest.approx(
        0.004678, abs=1e-6
    )

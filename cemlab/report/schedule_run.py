"""Running what is due: take a report in the ledger, make it, note how it went; safe to be killed anywhere.

The order of the last steps matters: a report is published (one rename), then noted as done. Killed in between, the
report's lease ends, the next runner finds its manifest with the key of the period, and only notes it.
"""

import json
import shutil
import time
from pathlib import Path
from zoneinfo import ZoneInfo

from cemlab.paths import reports_folder
from cemlab.report import manifest, schedule_plan
from cemlab.report.fanout import Task, open_pool
from cemlab.report.ledger import Ledger, key_of
from cemlab.report.schedule_alerts import alert, clear_alert, deliver_report

# What may go away by itself. A cell that raised is not run again, unless the system failed it: a full disk, no memory.
PASSING = ("start", "crashed", "kernel_died", "timeout", "memory", "run", "stopped", "cancelled")
SYSTEM = (
    "OSError",
    "MemoryError",
    "PermissionError",
    "ConnectionError",
    "TimeoutError",
    "OperationalError",
    "ArrowMemoryError",
)
NO_ANSWERS = "schedule: no new answers"


def run_due(
    schedule, *, ledger=None, job=None, key=None, force=False, pool=None, workers=None, show=None, dry_run=False
):
    """Make the reports that are due.

    Parameters
    ----------
    schedule : Schedule
    ledger : Ledger, optional
        Its clock says what is due.
    job : str, optional
        Only this job.
    key : Key, optional
        Only this report, which is entered when it is not in the ledger yet.
    force : bool
        Enter the period that `job` would report now, due or not; one that was skipped, or got a notice, anew.
    pool : PlainPool or ForkPool, optional
    workers : int, optional
        Reports at a time, as many as processors when left out.
    show : callable, optional
        Called with (done, all, running, name of the last report) as reports end.
    dry_run : bool
        Only say what would be made.

    Returns
    -------
    list of dict
        Rows of the ledger that this run ended, or would make.
    """
    ledger = ledger or Ledger()
    names = [job] if job else [key.job] if key else list(schedule.jobs)
    found = {name: schedule_plan.dues_of(schedule, ledger, name) for name in names}
    if force:
        found[job] = [*found[job], schedule_plan.due_now(schedule, ledger, job)]
    if dry_run:
        return [vars(due) for dues in found.values() for due in dues]
    runner = ledger.beat()
    if force and found[job][-1].period not in [due.period for due in found[job][:-1]]:
        ledger.withdraw(job, found[job][-1].period)  # asked for by hand: answers may have come since it was skipped
    for dues in found.values():
        for due in dues:
            schedule_plan.enter_due(schedule, ledger, due)
    work = Run(schedule, ledger, runner, job=job, key=key, show=show)
    own = pool is None
    try:
        work.run(pool, workers)
    finally:
        if own and work.pool is not None:
            work.pool.close()
        ledger.beat(json.dumps({"ended": len(work.ended)}), runner)
    return work.ended


class Run:
    """One run of the runner."""

    def __init__(self, schedule, ledger, runner, *, job=None, key=None, show=None):
        self.schedule, self.ledger, self.runner = schedule, ledger, runner
        self.job, self.key, self.show = job, key, show
        self.pool, self.taken, self.ended, self.kept = None, {}, [], time.monotonic()

    def ready(self):
        """Rows that this run may take."""
        rows = self.ledger.ready(self.job or (self.key and self.key.job))
        rows = [row for row in rows if row["job"] in self.schedule.jobs]
        return [row for row in rows if key_of(row) == self.key] if self.key else rows

    def run(self, pool, workers):
        """Until nothing is ready and nothing runs."""
        self.deliver_left()
        while True:
            waiting = self.ready()
            if not waiting and not self.taken:
                return
            if self.pool is None:
                self.pool = pool or open_pool(min(workers or 10**6, len(waiting)) if len(waiting) == 1 else workers)
            for row in waiting:
                if not self.pool.free:
                    break
                if key_of(row) not in self.taken and self.ledger.take(row, self.runner):
                    self.begin({**row, "attempts": row["attempts"] + 1})
            for ended in self.pool.poll(0.2):
                self.end(ended)
            self.keep()

    def begin(self, row):
        """Begin a report that was taken, or end it at once where nothing is to be made."""
        key, job = key_of(row), self.schedule.jobs[row["job"]]
        try:
            if self.found_finished(row) or self.nothing_new(row, job):
                return
            previous, _ = schedule_plan.finished_before(self.ledger, row)
            zone = self.schedule.zone_of(row["job"])
            standing = {
                "job": row["job"], "study": row["study"], "period": row["period"], "unit": row["unit"],
                "due": row["due_at"], "zone": zone, "previous": previous and str(previous),
                "today": self.ledger.now().astimezone(ZoneInfo(zone)).date().isoformat(), "stale_days": job.stale_days,
            }  # fmt: skip
            task = Task(
                key, job.source, schedule_plan.parameters_of(job, row), reports_folder() / schedule_plan.folder_of(row),
                timeout=job.timeout, memory_mb=job.memory_mb, standing=standing, formats=tuple(job.formats),
            )  # fmt: skip
        except (ValueError, OSError) as error:
            self.failed(row, "wrong", type(error).__name__, str(error))
            return
        self.taken[key] = row
        self.pool.submit(task)

    def found_finished(self, row):
        """Whether the report was made already and only not noted; then it is noted now."""
        folder = reports_folder() / schedule_plan.folder_of(row)
        try:
            made = manifest.check_report(folder).get("schedule", {})
        except (ValueError, OSError):
            return False
        if (made.get("job"), made.get("period"), made.get("unit")) != (row["job"], row["period"], row["unit"]):
            return False
        if made.get("due") != row["due_at"]:
            return False
        self.done(row)
        return True

    def nothing_new(self, row, job):
        """Whether a report has no answers to stand on; then it is skipped, or a notice takes its place."""
        counted = schedule_plan.answers_in(job, row)
        if counted is None:
            return False
        number, version = counted
        told = schedule_plan.kept_back(job, row["wave"]).get(row["unit"])
        if told:
            self.note(row, "skipped", error=told)
            return True
        before = self.ledger.before(row)
        stale = row["wave"] == "latest" and before is not None and before["data_version"] == version
        if number and not (stale and job.no_new_answers == "skip"):
            return False
        if job.no_new_answers == "skip":
            reason = NO_ANSWERS if number else f"schedule: no answers in {row['period']}"
            self.note(row, "skipped", error=reason)
        else:
            folder = schedule_plan.folder_of(row)
            from cemlab.report.notice import write_notice

            write_notice(reports_folder() / folder, row, lang=job.parameters.get("lang", "zh"))
            self.note(row, "notice", folder=folder.as_posix(), error="")
        return True

    def end(self, ended):
        """Note how a report went."""
        row = self.taken.pop(ended.task.name, None)
        if row is None:
            return
        if ended.kind == "done":
            self.done(row)
        else:
            self.failed(row, ended.kind, ended.name, ended.text)

    def done(self, row):
        """The note in the ledger, then delivery and clearing of old folders."""
        job, folder = self.schedule.jobs[row["job"]], schedule_plan.folder_of(row)
        path = reports_folder() / folder
        facts = json.loads((path / "facts.json").read_text(encoding="utf-8"))
        values = {"folder": folder.as_posix(), "error": "", "data_version": facts.get("data_version")}
        values |= {"headline": headline_of(path), "change": change_of(path), "delivered": 0 if job.receivers else 1}
        if self.note(row, "done", **values):
            deliver_report(self.ledger, {**row, **values}, job)
            self.clear_old(row, job)
            if not self.ledger.stopped().get(row["job"]) and not self.still_failed(row["job"]):
                clear_alert(row["job"])

    def still_failed(self, job):
        """Whether the newest ended report of any unit of a job failed: what others achieve does not mend that one."""
        newest = {}
        for row in self.ledger.rows(job):
            if row["state"] in ("done", "notice", "failed"):
                newest.setdefault(row["unit"], row["state"])
        return "failed" in newest.values()

    def failed(self, row, kind, name, text):
        """Another try later, or the end of it with an alert; a job that keeps failing is stopped."""
        job, key = self.schedule.jobs[row["job"]], key_of(row)
        if kind == "cancelled":
            return
        passing = kind in PASSING or (kind == "cell" and name in SYSTEM)
        if passing and row["attempts"] <= job.retries:
            self.ledger.try_again(key, self.runner, text, row["attempts"])
            return
        self.note(row, "failed", error=text)
        alert(row["job"], text, job, row)
        in_a_row = self.ledger.failed_in_a_row(row["job"])
        if in_a_row >= job.stop_after and self.ledger.stop(row["job"], text):
            alert(row["job"], f"schedule: {row['job']} was stopped after {in_a_row} failed reports in a row. {text} "
                  f"Mend it, then `cemlab schedule resume {row['job']}`.", job, row)  # fmt: skip

    def note(self, row, state, **values):
        """Write the end of a report into the ledger; False when its lease was lost."""
        if not self.ledger.finish(key_of(row), self.runner, state, **values):
            return False
        self.ended.append({**row, **values, "state": state})
        if self.show:
            left = len(self.ready()) + len(self.taken)
            self.show(
                len(self.ended), len(self.ended) + left, len(self.taken), f"{row['job']} {row['period']} {row['unit']}"
            )
        return True

    def keep(self):
        """Renew the leases in time; a report whose lease was lost is another runner's now."""
        if time.monotonic() - self.kept < self.ledger.lease / 4:
            return
        self.kept = time.monotonic()
        for key in list(self.taken):
            if not self.ledger.keep(key, self.runner):
                self.taken.pop(key)
                self.pool.cancel(key)

    def deliver_left(self):
        """Deliver what was made and could not be delivered."""
        for row in self.ledger.rows(self.job, state="done", delivered=0):
            if row["job"] in self.schedule.jobs and row["folder"]:
                deliver_report(self.ledger, row, self.schedule.jobs[row["job"]])

    def clear_old(self, row, job):
        """Delete folders of periods beyond the retention; their rows stay."""
        if job.retention is None:
            return
        kept = [r for r in self.ledger.rows(row["job"], unit=row["unit"]) if r["folder"]]
        for old in kept[job.retention :]:
            folder = reports_folder() / old["folder"]
            if (folder / manifest.NAME).is_file() or not folder.exists():
                shutil.rmtree(folder, ignore_errors=True)
                self.ledger.drop_folder(key_of(old))


def headline_of(folder):
    """The first sentence of a report's findings that is a claim; "" where nothing is claimed."""
    import csv

    with open(Path(folder) / "findings.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row.get("verdict") == "claim":
                return (row.get("sentence") or "").removeprefix("'")
    return ""


def change_of(folder):
    """The first sentence of what changed."""
    path = Path(folder) / "changes.json"
    if not path.is_file():
        return ""
    told = json.loads(path.read_text(encoding="utf-8"))
    return (told["sentences"] or [""])[0]

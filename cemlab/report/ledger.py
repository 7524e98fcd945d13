"""The ledger of standing reports: each period of a job once, whatever is killed and however many run at a time.

Three tables. `schedule_dues` holds one row for each period of a job that came due, written together with its reports
(`schedule_reports`, one row a unit) in one transaction. A report is taken by one UPDATE whose WHERE names the state it
was seen in, so that of two runners only one gets it; the lease it takes ends by itself when its runner dies.
`schedule_jobs` holds since when a job is known, and whether it was stopped; `schedule_beats` when runners ran.
"""

import datetime as dt
import json
import secrets
from dataclasses import dataclass

from sqlalchemy import Column, Integer, MetaData, String, Table, Text, and_, or_, select, update
from sqlalchemy.exc import IntegrityError

from cemlab.report.schedule_times import moment, utc

LEASE = 120  # seconds a report stays taken without a sign of life
BACK_OFF = (60, 300, 1800, 7200, 21600)  # seconds until the next try
OPEN = ("due", "running", "retry")
FINAL = ("done", "notice", "skipped", "failed")

metadata = MetaData()
jobs = Table(
    "schedule_jobs", metadata,
    Column("job", String(80), primary_key=True), Column("since", String(32), nullable=False),
    Column("stopped", String(32)), Column("reason", Text),
)  # fmt: skip
dues = Table(
    "schedule_dues", metadata,
    Column("job", String(80), primary_key=True), Column("period", String(40), primary_key=True),
    Column("due_at", String(32), nullable=False), Column("wave", String(40), nullable=False),
)  # fmt: skip
reports = Table(
    "schedule_reports", metadata,
    Column("job", String(80), primary_key=True), Column("period", String(40), primary_key=True),
    Column("unit", String(200), primary_key=True), Column("study", String(80), nullable=False),
    Column("due_at", String(32), nullable=False), Column("wave", String(40), nullable=False),
    Column("state", String(12), nullable=False), Column("attempts", Integer, nullable=False),
    Column("next_try", String(32), nullable=False), Column("owner", String(40)), Column("lease_until", String(32)),
    Column("finished_at", String(32)), Column("folder", String(400)), Column("headline", Text), Column("error", Text),
    Column("change", Text), Column("data_version", Integer), Column("delivered", Integer, nullable=False),
)  # fmt: skip
beats = Table(
    "schedule_beats", metadata,
    Column("runner", String(40), primary_key=True), Column("started", String(32), nullable=False),
    Column("ended", String(32)), Column("told", Text),
)  # fmt: skip


@dataclass(frozen=True)
class Key:
    """Which report: job, period, unit."""

    job: str
    period: str
    unit: str

    @property
    def where(self):
        """The condition that finds its row."""
        c = reports.c
        return and_(c.job == self.job, c.period == self.period, c.unit == self.unit)


class Ledger:
    """The ledger in a database; `now` gives the time (UTC), so that tests can move the clock."""

    def __init__(self, engine=None, *, now=None, lease=LEASE):
        from cemlab.db import create_tables, open_database

        self.engine = engine or open_database()
        self.now = now or (lambda: dt.datetime.now(dt.UTC))
        self.lease = lease
        create_tables(self.engine, metadata)

    def known_since(self, job, start):
        """When a job came to be known; the first call notes it (`start`, or now)."""
        with self.engine.begin() as db:
            row = db.execute(select(jobs.c.since).where(jobs.c.job == job)).scalar()
        if row is None:
            try:
                with self.engine.begin() as db:
                    db.execute(jobs.insert().values(job=job, since=utc(start or self.now())))
            except IntegrityError:  # another runner was faster
                pass
            return self.known_since(job, start)
        return moment(row)

    def last_due(self, job):
        """The newest due time of a job that the ledger holds, or None."""
        with self.engine.begin() as db:
            found = db.execute(select(dues.c.due_at).where(dues.c.job == job).order_by(dues.c.due_at.desc())).scalar()
        return found and moment(found)

    def has(self, job, period):
        """Whether the ledger holds this period of a job."""
        with self.engine.begin() as db:
            return db.execute(select(dues.c.job).where(dues.c.job == job, dues.c.period == period)).first() is not None

    def enter(self, job, period, wave, due, units, *, study, state="due", reason=None):
        """Enter a period with all its reports in one transaction; False when it is there already."""
        common = {"job": job, "period": period, "due_at": utc(due), "wave": wave}
        ended = {"finished_at": utc(self.now()), "error": reason} if state in FINAL else {}
        rows = [{**common, "unit": unit, "study": study, "state": state, "attempts": 0, "next_try": utc(due),
                 "delivered": 1, **ended} for unit in units]  # fmt: skip
        try:
            with self.engine.begin() as db:
                db.execute(dues.insert().values(**common))
                if rows:
                    db.execute(reports.insert(), rows)
        except IntegrityError:
            return False
        return True

    def withdraw(self, job, period):
        """Take a period out again for which nothing was made (skipped, or a notice in place of reports); True if so."""
        c, d = reports.c, dues.c
        with self.engine.begin() as db:
            ours = and_(c.job == job, c.period == period)
            states = set(db.execute(select(c.state).where(ours)).scalars())
            if not states or states - {"skipped", "notice"}:
                return False
            gone = db.execute(dues.delete().where(d.job == job, d.period == period)).rowcount == 1
            db.execute(reports.delete().where(ours, c.state.in_(("skipped", "notice"))))
        return gone

    def open_reports(self, job=None):
        """Rows that wait or run, in the order in which they are to be made: by due time, then unit."""
        c = reports.c
        query = select(reports).where(c.state.in_(OPEN)).order_by(c.due_at, c.job, c.period, c.unit)
        with self.engine.begin() as db:
            rows = [dict(row._mapping) for row in db.execute(query if job is None else query.where(c.job == job))]
        first = {}
        for row in rows:  # of one unit only the oldest period is open: each report looks back on the one before
            first.setdefault((row["job"], row["unit"]), row["due_at"])
        return [row for row in rows if row["due_at"] == first[row["job"], row["unit"]]]

    def ready(self, job=None):
        """Open rows that may be taken now."""
        now = utc(self.now())
        stopped = self.stopped()
        return [
            row
            for row in self.open_reports(job)
            if row["job"] not in stopped
            and ((row["state"] != "running" and row["next_try"] <= now) or (row["lease_until"] or "~") < now)
        ]

    def take(self, row, owner):
        """Take a report seen by `ready`; False when another runner was faster."""
        now, c = self.now(), reports.c
        seen = or_(
            and_(c.state == row["state"], c.state != "running"), and_(c.state == "running", c.lease_until < utc(now))
        )
        until = utc(now + dt.timedelta(seconds=self.lease))
        change = {"state": "running", "owner": owner, "lease_until": until, "attempts": c.attempts + 1}
        with self.engine.begin() as db:
            done = db.execute(
                update(reports).where(key_of(row).where, seen, c.attempts == row["attempts"]).values(**change)
            )
        return done.rowcount == 1

    def keep(self, key, owner):
        """Renew a lease; False when it was lost."""
        until = utc(self.now() + dt.timedelta(seconds=self.lease))
        return self.change(key, owner, lease_until=until)

    def change(self, key, holder, /, **values):
        """Change a row that `holder` holds; False when it does not hold it any more."""
        held = (key.where, reports.c.owner == holder, reports.c.state == "running")
        with self.engine.begin() as db:
            return db.execute(update(reports).where(*held).values(**values)).rowcount == 1

    def finish(self, key, owner, state, **values):
        """End a report as done, notice, skipped or failed."""
        ended = {"state": state, "finished_at": utc(self.now()), "owner": None, "lease_until": None}
        return self.change(key, owner, **ended, **values)

    def try_again(self, key, owner, error, attempts):
        """Let a report wait for its next try: one minute, five, half an hour, two hours, six hours."""
        wait = BACK_OFF[min(attempts, len(BACK_OFF)) - 1]
        later = utc(self.now() + dt.timedelta(seconds=wait))
        return self.change(key, owner, state="retry", next_try=later, error=error, owner=None, lease_until=None)

    def row(self, key):
        """A report's row, or None."""
        with self.engine.begin() as db:
            found = db.execute(select(reports).where(key.where)).first()
        return found and dict(found._mapping)

    def rows(self, job=None, **equal):
        """All rows, newest due time first."""
        c = reports.c
        query = select(reports).order_by(c.due_at.desc(), c.job, c.unit)
        query = query if job is None else query.where(c.job == job)
        for name, value in equal.items():
            query = query.where(c[name] == value)
        with self.engine.begin() as db:
            return [dict(row._mapping) for row in db.execute(query)]

    def before(self, row):
        """The newest finished report of the same job and unit that was due before `row`, or None."""
        found = [
            r for r in self.rows(row["job"], unit=row["unit"]) if r["state"] == "done" and r["due_at"] < row["due_at"]
        ]
        return found[0] if found else None

    def set_delivered(self, key, delivered):
        """Note whether a finished report still has to be delivered (0) or not (1)."""
        with self.engine.begin() as db:
            db.execute(update(reports).where(key.where).values(delivered=int(delivered)))

    def drop_folder(self, key):
        """Note that a finished report's folder was cleared away."""
        with self.engine.begin() as db:
            db.execute(update(reports).where(key.where).values(folder=None))

    def failed_in_a_row(self, job):
        """How many of a job's last ended reports failed, one after another, since it was last set going."""
        ended = [row for row in self.rows(job) if row["state"] in ("done", "notice", "failed") and row["finished_at"]]
        ended.sort(key=lambda row: row["finished_at"], reverse=True)
        since = self.resumed(job)
        states = [row["state"] for row in ended if row["finished_at"] > since]
        return next((place for place, state in enumerate(states) if state != "failed"), len(states))

    def resumed(self, job):
        """Since when failures of a job count."""
        with self.engine.begin() as db:
            found = db.execute(select(jobs.c.reason).where(jobs.c.job == job, jobs.c.stopped.is_(None))).scalar()
        return json.loads(found)["resumed"] if found else ""

    def stop(self, job, reason):
        """Stop a job; True when it was not stopped already."""
        with self.engine.begin() as db:
            query = update(jobs).where(jobs.c.job == job, jobs.c.stopped.is_(None))
            return db.execute(query.values(stopped=utc(self.now()), reason=reason)).rowcount == 1

    def stopped(self):
        """{job: reason} of the jobs that were stopped."""
        with self.engine.begin() as db:
            found = db.execute(select(jobs.c.job, jobs.c.reason).where(jobs.c.stopped.is_not(None)))
            return {row.job: row.reason for row in found}

    def resume(self, job):
        """Set a stopped job going, and open its failed reports once more; returns how many."""
        note = json.dumps({"resumed": utc(self.now())})
        again = {"state": "due", "attempts": 0, "next_try": utc(self.now()), "finished_at": None}
        with self.engine.begin() as db:
            db.execute(update(jobs).where(jobs.c.job == job).values(stopped=None, reason=note))
            query = update(reports).where(reports.c.job == job, reports.c.state == "failed")
            return db.execute(query.values(**again)).rowcount

    def beat(self, told=None, runner=None):
        """Note that a runner started (returns its name), or that it ended."""
        now = utc(self.now())
        with self.engine.begin() as db:
            if runner is None:
                runner = secrets.token_hex(8)
                db.execute(beats.insert().values(runner=runner, started=now))
                old = utc(self.now() - dt.timedelta(days=400))
                db.execute(beats.delete().where(beats.c.started < old))
            else:
                db.execute(update(beats).where(beats.c.runner == runner).values(ended=now, told=told))
        return runner

    def last_beat(self):
        """When a runner last started, or None."""
        with self.engine.begin() as db:
            found = db.execute(select(beats.c.started).order_by(beats.c.started.desc())).scalar()
        return found and moment(found)


def key_of(row):
    """The key of a row."""
    return Key(row["job"], row["period"], row["unit"])


SHOWN = ("job", "study", "period", "unit", "state", "folder", "due_at", "finished_at", "attempts", "headline", "change",
         "error")  # fmt: skip


def status_rows(ledger=None):
    """What the ledger tells others: one dict a report, newest due time first.

    Returns
    -------
    list of dict
        ``job, study, period, unit, state`` (due, running, retry, done, notice, skipped, failed), ``folder`` (below the reports
        folder), ``due_at, finished_at`` (UTC), ``attempts, headline, change, error``.
    """
    rows = (ledger or Ledger()).rows()
    return [
        {
            name: row[name] if row[name] is not None or name not in ("headline", "change", "error") else ""
            for name in SHOWN
        }
        for row in rows
    ]

"""The dead man's check: says when a due run never started; called by something else than the scheduler."""

import datetime as dt

from cemlab.report import schedule_plan
from cemlab.report.schedule_times import moment


def never_started(schedule, ledger, grace=3600):
    """Sentences about due times for which no runner ever started (the dead man's check).

    A job's newest due time that is older than `grace` seconds must be in the ledger, and not wait there untouched.
    """
    late, told = ledger.now() - dt.timedelta(seconds=grace), []
    beat = ledger.last_beat()
    since = f"the last one started {beat.isoformat(timespec='minutes')}" if beat else "none ever started"
    for name in schedule.jobs:
        missed = [due for due in schedule_plan.dues_of(schedule, ledger, name) if due.at <= late]
        if missed:
            first = missed[0]
            told.append(
                f"schedule: {name} was due {first.at.isoformat(timespec='minutes')} ({first.period}) and no runner took it up; {since}."
            )
    stopped = ledger.stopped()
    for row in ledger.open_reports():
        waiting = row["state"] == "due" and moment(row["next_try"]) <= late and row["job"] not in stopped
        if row["job"] in schedule.jobs and waiting and (beat is None or beat <= late):
            told.append(
                f"schedule: {row['job']} {row['period']} {row['unit']} has waited since {row['due_at']}; {since}."
            )
    told += [f"schedule: {name} is stopped: {reason}" for name, reason in stopped.items() if name in schedule.jobs]
    return told

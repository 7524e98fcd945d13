"""When a standing report fails, and when it is ready: an alert file that nobody has to subscribe to, and the delivery."""

import importlib
import importlib.util
import logging

from cemlab.masking import mask
from cemlab.paths import reports_folder

log = logging.getLogger("cemlab.schedule")


def alert_file(job):
    """The alert file of a job."""
    return reports_folder() / f"ALERT-{job}.txt"


def alert(name, text, job, row=None):
    """Write a job's alert file and tell its receivers; an alert never raises."""
    told = mask(text)
    where = "" if row is None else f"{row['job']} {row['period']} {row['unit']}\n"
    try:
        reports_folder().mkdir(parents=True, exist_ok=True)
        alert_file(name).write_text(f"{where}{told}\n", encoding="utf-8")
    except OSError as error:
        log.error("the alert file of %s could not be written: %s", name, error)
    log.error("%s: %s", name, told)
    send(job, job=name, period=row["period"] if row else "", unit="", folder=None, headline=told, change="")


def clear_alert(name):
    """Take the alert file away once the job works again."""
    alert_file(name).unlink(missing_ok=True)


def deliver_report(ledger, row, job):
    """Deliver a finished report; what fails is noted and tried again by the next run."""
    from cemlab.report.ledger import key_of

    if not job.receivers:
        return
    done = send(
        job, job=row["job"], period=row["period"], unit=row["unit"], folder=reports_folder() / row["folder"],
        headline=row["headline"] or "", change=row["change"] or "",
    )  # fmt: skip
    ledger.set_delivered(key_of(row), done)


def send(settings, /, **told):
    """Hand a message to `act.notify`; False when it could not be sent."""
    if not settings.receivers:
        return True
    if importlib.util.find_spec("cemlab.act.notify") is None:
        log.error("%s: there is no cemlab.act.notify to deliver with", told["job"])
        return False
    try:
        importlib.import_module("cemlab.act.notify").deliver(
            settings.receivers, lang=settings.parameters.get("lang", "zh"), **told
        )
    except Exception as error:  # a receiver that is down must not cost the report
        log.error("%s: delivery failed: %s", told["job"], type(error).__name__)
        return False
    return True

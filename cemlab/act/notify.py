"""Telling people that a report is there: headline, change and a link, through apprise; recorded, retried, never twice."""

import contextlib
import datetime as dt
import hashlib
import json
import os
import re
import time
from pathlib import Path

from filelock import FileLock

from cemlab.masking import mask
from cemlab.paths import reports_folder

PREFIX = "CEMLAB_NOTIFY_"
RECORD = ".delivered.jsonl"
LINKS = "CEMLAB_REPORTS_URL"
LONGEST = 1500  # signs of a message; group robots refuse longer ones
WORDS = {
    "zh": {"title": "{name} 报告已出：{period}", "alert": "{name}：{period} 排程提醒", "unit": "单位：{}", "change": "较上一份：{}", "link": "查看报告：{}"},
    "en": {"title": "{name}: report for {period}", "alert": "{name}: schedule alert for {period}", "unit": "Unit: {}", "change": "Since the last one: {}", "link": "Open: {}"},
}  # fmt: skip


class DeliveryError(RuntimeError):
    """A message that did not reach everybody; `failed` names the receivers. Never holds an address or a secret."""

    def __init__(self, message, failed):
        super().__init__(message)
        self.failed = failed


def deliver(
    receivers,
    *,
    job,
    period,
    unit="",
    folder=None,
    headline="",
    change="",
    lang="zh",
    link=None,
    record=None,
    attempts=3,
    wait=2.0,
):
    """Tell receivers that a report is there, or that something went wrong with one.

    Parameters
    ----------
    receivers : list of str
        Names. The address of each is an apprise URL in the environment variable ``CEMLAB_NOTIFY_<NAME>`` (in capitals, other
        signs as "_"): WeCom ``wecombot://``, Feishu ``feishu://``, DingTalk ``dingtalk://``, e-mail ``mailtos://`` and more;
        several with blanks between.
    job, period, unit : str
        Which report.
    folder : str or pathlib.Path, optional
        The report; without it the message is an alert.
    headline, change : str
        What is said. Telephone numbers, e-mail addresses and the like are masked once more.
    lang : {"zh", "en"}
    link : str, optional
        Address of the report; made from the environment variable CEMLAB_REPORTS_URL when left out; none without it.
    record : str or pathlib.Path, optional
        File of deliveries, one JSON a line; ``.delivered.jsonl`` in the folder of reports when left out.
    attempts : int, default 3
        Tries for one receiver.
    wait : float, default 2
        Seconds before the second try; doubled for each further one.

    Returns
    -------
    list of dict
        One entry a receiver: receiver, state ("sent" or "before": it had this message already).

    Raises
    ------
    DeliveryError
        Somebody was not reached. Those who were are recorded, so that calling again tells only the others.
    """
    message = compose(
        job=job, period=period, unit=unit, folder=folder, headline=headline, change=change, lang=lang, link=link
    )
    digest = hashlib.sha256(json.dumps(message, ensure_ascii=False, sort_keys=True).encode("utf-8")).hexdigest()
    path = Path(record) if record else reports_folder() / RECORD
    path.parent.mkdir(parents=True, exist_ok=True)
    out, failed = [], []
    with FileLock(f"{path}.lock", timeout=600):
        known = {(one["receiver"], one["message"]) for one in delivered(path) if one["state"] == "sent"}
        for receiver in dict.fromkeys(receivers):
            entry = {"receiver": receiver, "job": job, "period": period, "unit": unit, "message": digest}
            if (receiver, digest) in known:
                out.append(entry | {"state": "before"})
                continue
            reason, tried = _send(receiver, message, attempts, wait)
            state = "failed" if reason else "sent"
            at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
            entry |= {"state": state, "attempts": tried, "at": at} | ({"reason": reason} if reason else {})
            with open(path, "a", encoding="utf-8", newline="\n") as file:
                file.write(json.dumps(entry, ensure_ascii=False) + "\n")
            (failed if reason else out).append(entry)
    if failed:
        told = "; ".join(f"{one['receiver']}: {one['reason']}" for one in failed)
        raise DeliveryError(f"deliver: {len(failed)} of {len(receivers)} receiver(s) not reached ({told}).", [one["receiver"] for one in failed])  # fmt: skip
    return out


def compose(*, job, period, unit="", folder=None, headline="", change="", lang="zh", link=None):
    """The message: title and body, with nothing about persons in it."""
    words = WORDS[lang]
    name, summary = job, {}
    if folder is not None and (Path(folder) / "report.json").is_file():
        summary = json.loads((Path(folder) / "report.json").read_text(encoding="utf-8"))
        name = re.split(r"\s+·\s+", summary.get("title") or job)[0]
    title = words["title" if folder is not None else "alert"].format(name=name, period=period)
    lines = [headline or summary.get("headline", "")]
    lines += [words["unit"].format(unit)] if unit and unit != "all" else []
    lines += [words["change"].format(change)] if change else []
    link = link or _link(folder)
    text = "\n".join(mask(line) for line in lines if line)[:LONGEST]
    return {"title": mask(title), "body": text + (f"\n{words['link'].format(link)}" if link else "")}


def delivered(record=None):
    """The entries of a record of deliveries, oldest first; a line cut off by a crash is left out."""
    path = Path(record) if record else reports_folder() / RECORD
    out = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else []:
        with contextlib.suppress(ValueError):
            out.append(json.loads(line))
    return out


def address_of(receiver):
    """The apprise URLs of a receiver, from the environment only.

    Raises
    ------
    ValueError
        The environment names none; the variable to set is told.
    """
    name = PREFIX + re.sub(r"[^A-Za-z0-9]", "_", receiver).upper()
    if re.search(r"[^\x00-\x7f]", receiver):  # variables have no Chinese names: the code points stand in
        name = PREFIX + "".join(
            s.upper() if s.isascii() and s.isalnum() else f"U{ord(s):X}" if not s.isascii() else "_" for s in receiver
        )
    found = os.environ.get(name, "").split()
    if not found:
        raise ValueError(f"no address: set the environment variable {name} to an apprise URL")
    return found


def _send(receiver, message, attempts, wait):
    """Send; returns the reason it failed (None when it did not) and the tries taken. Addresses never come out."""
    import logging

    import apprise

    try:
        addresses = address_of(receiver)
    except ValueError as error:
        return str(error), 0
    logging.getLogger("apprise").setLevel(logging.CRITICAL)  # its log lines hold addresses
    sender = apprise.Apprise()
    for address in addresses:
        if not sender.add(address):
            return "its address is no apprise URL that this version knows", 0
    for tried in range(1, attempts + 1):
        try:
            if sender.notify(title=message["title"], body=message["body"]):
                return None, tried
        except Exception:
            pass  # a plug-in that breaks is a receiver not reached; its words may hold the address
        if tried < attempts:
            time.sleep(wait * 2 ** (tried - 1))
    return f"not accepted after {attempts} tries", attempts


def _link(folder):
    base = os.environ.get(LINKS, "").rstrip("/")
    if folder is None or not base:
        return ""
    from urllib.parse import quote

    folder, root = Path(folder).resolve(), reports_folder().resolve()
    name = folder.relative_to(root).as_posix() if folder.is_relative_to(root) else folder.name
    return f"{base}/{quote(name)}/report.html"

"""Runs a command that may hang, die or eat the memory, and always ends it: the guard outside the kernel's processes.

The time-outs inside the Jupyter libraries do not fire in every hang, so the clock runs here, in another process. A
kernel leaves the process group of the process that starts it, hence the whole tree of processes is followed and ended.
"""

import json
import os
import queue
import signal
import subprocess
import threading
import time
from dataclasses import dataclass, field

import psutil

TICK = 0.2  # seconds between two looks


@dataclass
class Outcome:
    """How a watched command ended: "ended", "timeout", "start_timeout" or "memory", and what it said."""

    how: str
    code: int | None = None
    seconds: float = 0.0
    events: list = field(default_factory=list)


def run_watched(command, *, timeout, start_timeout, memory_mb=None, env=None, log=None, on_event=None):
    """Run a command in a process group of its own and end it, with all it started, whatever happens.

    Parameters
    ----------
    command : list of str
        The program and its arguments. It says what it does in lines of JSON on its standard output; its standard
        input stays open as long as this process lives, so that it can notice an orphaned run.
    timeout : float
        Seconds of wall clock for the whole run.
    start_timeout : float
        Seconds until the first event must have come.
    memory_mb : float, optional
        Resident memory of all its processes together, in MB; looked at every half second, so that a quick burst
        can pass it.
    env : dict, optional
        Environment of the command.
    log : file object, optional
        Takes its standard error; without it that is dropped.
    on_event : callable, optional
        Called with each event (a dict) as it comes.

    Returns
    -------
    Outcome
    """
    group = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP} if os.name == "nt" else {"start_new_session": True}
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log or subprocess.DEVNULL, env=env, **group
    )
    lines, outcome, family = queue.Queue(), Outcome("ended"), set()
    reader = threading.Thread(target=_read, args=(process.stdout, lines), daemon=True)
    reader.start()
    began = time.monotonic()
    looked = began
    try:
        while True:
            code = process.poll()
            _take(lines, outcome, on_event, wait=TICK if code is None else 0)
            now = time.monotonic()
            if code is not None:
                outcome.code = code
                break
            if now - began > timeout:
                outcome.how = "timeout"
                break
            if not outcome.events and now - began > start_timeout:
                outcome.how = "start_timeout"
                break
            if now - looked > 0.5:
                looked = now
                family |= _family(process.pid)
                if memory_mb and _resident(family) > memory_mb * 1e6:
                    outcome.how = "memory"
                    break
    finally:
        end_tree(process, family)
        reader.join(timeout=2)
        _take(lines, outcome, on_event, wait=0)
        process.stdin.close()
        process.stdout.close()
    outcome.seconds = time.monotonic() - began
    return outcome


def end_tree(process, family=()):
    """End a process, its descendants and those of `family` that still live; returns when they are gone."""
    family = set(family) | _family(process.pid)
    if os.name != "nt" and process.poll() is None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
    for member in family:
        try:
            member.kill()
        except psutil.Error:
            pass
    process.kill()
    process.wait()
    psutil.wait_procs(family, timeout=5)


def _family(pid):
    try:
        return set(psutil.Process(pid).children(recursive=True))
    except psutil.Error:
        return set()


def _resident(family):
    total = 0
    for member in family:
        try:
            total += member.memory_info().rss
        except psutil.Error:
            pass
    return total


def _read(stream, lines):
    for line in stream:
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict) and "event" in event:
            lines.put(event)


def _take(lines, outcome, on_event, wait):
    """Move the events that have come into the outcome; wait a little for the first."""
    try:
        while True:
            event = lines.get(timeout=wait) if wait else lines.get_nowait()
            outcome.events.append(event)
            if on_event:
                on_event(event)
            wait = 0
    except queue.Empty:
        pass

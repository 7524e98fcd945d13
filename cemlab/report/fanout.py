"""Many reports at a time, each in a fresh process, watched from outside: none is lost, none is called done that is not.

A report counts as done when its folder holds the manifest of this very run and every file fits its hash; what the
process says or how it ends is not enough. Only a start that failed is tried again, never a cell that raised.
"""

import os
import queue
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Task:
    """One report to be made; `name` tells it from others."""

    name: object
    notebook: str
    parameters: dict
    out: Path
    title: str | None = None
    timeout: float = 900
    start_timeout: float = 90
    memory_mb: float | None = None
    standing: dict | None = None
    formats: tuple = ("html",)


@dataclass
class Ended:
    """How a report ended: `kind` "done", or why not (as in `RenderError`, or "wrong": it could not be begun)."""

    task: Task
    kind: str
    text: str = ""
    name: str = ""
    seconds: float = 0.0
    starts: int = 1
    peak_mb: float = 0.0
    cpu: float = 0.0


def can_fork():
    """Whether reports are made in forked processes here: on Linux only, where threads of libraries do not mind."""
    return sys.platform == "linux"


def open_pool(workers=None, *, fork=None):
    """A pool for `workers` reports at a time; forked where that is possible.

    Without a number: as many as processors, and two more where they are forked, since a report waits for its kernel a
    quarter of its time (50 store reports on two processors: 51.6 s three at a time, 48.0 s four).
    """
    from cemlab.report.forkpool import ForkPool

    processors = os.cpu_count() or 1
    if can_fork() if fork is None else fork:
        return ForkPool(workers or processors + 2)
    return PlainPool(workers or processors)


def render_many(tasks, *, workers=None, fork=None, pool=None):
    """Make many reports.

    Parameters
    ----------
    tasks : iterable of Task
    workers : int, optional
        Reports at a time; see `open_pool`. Many more than processors make kernels miss their time to start.
    fork : bool, optional
        Forked processes; by default where the system allows it.

    Yields
    ------
    Ended
        As they end.
    """
    waiting, pool = iter(tasks), pool or open_pool(workers, fork=fork)
    try:
        more = True
        while more or pool.busy:
            while more and pool.free:
                task = next(waiting, None)
                more = task is not None
                if more:
                    pool.submit(task)
            yield from pool.poll(0.2)
    finally:
        pool.close()


class PlainPool:
    """Reports by `render`, each in a guarded process of its own; for systems without a safe fork."""

    def __init__(self, workers):
        self.workers, self.running, self.ended = workers, {}, queue.Queue()
        self.threads = ThreadPoolExecutor(workers)

    @property
    def busy(self):
        """Reports on their way."""
        return len(self.running)

    @property
    def free(self):
        """Reports that could be begun now."""
        return self.workers - self.busy

    def submit(self, task):
        """Begin a report."""
        self.running[task.name] = task
        self.threads.submit(lambda: self.ended.put(self.make(task)))

    def make(self, task):
        """Make one report; how it ended."""
        from cemlab.report.render import RenderError, render

        began = time.monotonic()
        try:
            render(
                task.notebook, parameters=task.parameters, out=task.out, title=task.title, timeout=task.timeout,
                start_timeout=task.start_timeout, memory_mb=task.memory_mb, standing=task.standing, formats=task.formats,
            )  # fmt: skip
            ended = Ended(task, "done")
        except RenderError as error:
            ended = Ended(task, error.kind, str(error), error.name)
        except Exception as error:
            kind = "run" if isinstance(error, OSError) and not isinstance(error, FileNotFoundError) else "wrong"
            ended = Ended(task, kind, str(error), type(error).__name__)
        ended.seconds = time.monotonic() - began
        return ended

    def poll(self, wait):
        """Reports that ended; waits up to `wait` seconds for one."""
        found = []
        try:
            while True:
                ended = self.ended.get(timeout=wait) if not found else self.ended.get_nowait()
                self.running.pop(ended.task.name, None)
                found.append(ended)
        except queue.Empty:
            return found

    def cancel(self, name):
        """A guarded run cannot be recalled; its report is made, and nobody counts it."""

    def close(self):
        """Wait for what runs."""
        self.threads.shutdown(wait=True)

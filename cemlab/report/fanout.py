"""Many reports at a time, each in a fresh process, watched from outside: none is lost, none is called done that is not.

A report counts as done when its folder holds the manifest of this very run and every file fits its hash; what the
process says or how it ends is not enough. Only a start that failed is tried again, never a cell that raised.
"""

import itertools
import json
import os
import queue
import secrets
import shutil
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from cemlab.report import manifest
from cemlab.report.folders import aside_of, put_back

STARTS = 3  # tries of a run that does not reach its first cell
LOOK = 0.5  # seconds between two looks at memory


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


@dataclass
class Running:
    """A report on its way."""

    task: Task
    id: str
    folder: Path
    began: float
    starts: int = 1
    pid: int | None = None
    reached: dict = field(default_factory=lambda: {"index": None, "step": ""})
    outcome: dict | None = None
    killed: str = ""
    peak_mb: float = 0.0


def can_fork():
    """Whether reports are made in forked processes here: on Linux only, where threads of libraries do not mind."""
    return sys.platform == "linux"


def open_pool(workers=None, *, fork=None):
    """A pool for `workers` reports at a time (as many as processors); forked where that is possible."""
    workers = workers or os.cpu_count() or 1
    return ForkPool(workers) if (can_fork() if fork is None else fork) else PlainPool(workers)


def render_many(tasks, *, workers=None, fork=None, pool=None):
    """Make many reports.

    Parameters
    ----------
    tasks : iterable of Task
    workers : int, optional
        Reports at a time; the number of processors when left out. More than that makes kernels miss their time to start.
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
                start_timeout=task.start_timeout, memory_mb=task.memory_mb, standing=task.standing,
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


class ForkPool:
    """Reports in processes forked from a warm one (`nursery`); the watchdog runs here, outside of them."""

    def __init__(self, workers, *, log=None):
        self.workers, self.log = workers, log
        self.running, self.nursery, self.events = {}, None, queue.Queue()
        self.parent_mb, self.numbers = 0.0, itertools.count()

    @property
    def busy(self):
        """Reports on their way."""
        return len(self.running)

    @property
    def free(self):
        """Reports that could be begun now."""
        return self.workers - self.busy

    def submit(self, task, starts=1):
        """Begin a report."""
        if self.nursery is None or self.nursery.poll() is not None:
            self.open_nursery()
        out = Path(task.out).resolve()
        token = secrets.token_hex(8)
        folder = out.with_name(f".{out.name}.{token}.part")
        standing = {**(task.standing or {}), "run": token}
        running = Running(task, token, folder, time.monotonic(), starts)
        self.running[token] = running
        job = {
            "id": token, "notebook": str(task.notebook), "parameters": task.parameters, "out": str(out),
            "title": task.title, "standing": standing, "folder": str(folder), "cwd": str(Path.cwd()),
            "log": str(out.with_name(f".{out.name}.{token}.log")), "start_timeout": task.start_timeout,
            "memory_mb": task.memory_mb,
        }  # fmt: skip
        out.parent.mkdir(parents=True, exist_ok=True)
        put_back(out)
        try:
            self.nursery.stdin.write((json.dumps(job) + "\n").encode())
            self.nursery.stdin.flush()
        except OSError:
            pass  # the nursery is gone: `poll` sees it, and the start is tried again

    def open_nursery(self):
        """Start the process that reports are forked from."""
        environment = {key: value for key, value in os.environ.items() if key != "MPLBACKEND"}
        root = str(Path(__file__).resolve().parents[2])
        if "site-packages" not in root:
            environment["PYTHONPATH"] = os.pathsep.join(filter(None, [root, environment.get("PYTHONPATH")]))
        each = str(max(1, (os.cpu_count() or 1) // self.workers))
        environment |= {"PYTHONUTF8": "1", "PYTHONHASHSEED": "0", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
        environment |= {"MPLBACKEND": "module://matplotlib_inline.backend_inline", "CEMLAB_RENDER": "1"}
        environment |= {"POLARS_MAX_THREADS": each, "OPENBLAS_NUM_THREADS": each, "OMP_NUM_THREADS": each}
        self.nursery = subprocess.Popen(
            [sys.executable, "-m", "cemlab.report.nursery"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=self.log or subprocess.DEVNULL, env=environment, start_new_session=True,
        )  # fmt: skip
        threading.Thread(target=self.read, args=(self.nursery,), daemon=True).start()

    def read(self, nursery):
        """Put the lines of a nursery into the queue."""
        for line in nursery.stdout:
            try:
                self.events.put((nursery, json.loads(line)))
            except ValueError:
                continue
        self.events.put((nursery, {"event": "gone"}))

    def poll(self, wait):
        """Reports that ended; waits up to `wait` seconds for news."""
        found = []
        try:
            while True:
                nursery, event = self.events.get(timeout=wait)
                wait = 0.001
                found += self.take(nursery, event)
        except queue.Empty:
            pass
        self.watch()
        if self.nursery is not None and self.nursery.poll() is not None and self.running:
            found += self.nursery_gone()
        return found

    def take(self, nursery, event):
        """Note one event; the reports that ended with it."""
        if event["event"] == "ready":
            self.parent_mb = event["rss_mb"]
            for running in self.running.values():
                running.began = time.monotonic()  # waiting for the nursery is no one's time
        running = self.running.get(event.get("id"))
        if running is None:
            return []
        if event["event"] == "forked":
            running.pid, running.began = event["pid"], time.monotonic()
        elif event["event"] == "cell":
            running.reached = {"index": event["index"], "step": event["step"]}
        elif event["event"] == "outcome":
            running.outcome = event
        elif event["event"] == "exit":
            return self.end(running)
        return []

    def watch(self):
        """End what takes too long or too much."""
        for running in self.running.values():
            if running.pid is None or running.killed or running.outcome:
                continue
            age = time.monotonic() - running.began
            if age > running.task.timeout:
                running.killed = "timeout"
            elif running.reached["index"] is None and age > running.task.start_timeout:
                running.killed = "start"
            elif self.memory(running) > (running.task.memory_mb or float("inf")):
                running.killed = "memory"
            if running.killed:
                kill(running.pid)

    def memory(self, running):
        """Resident memory of a report's processes in MB, what they share with the nursery counted once."""
        import psutil

        now = time.monotonic()
        if now - getattr(running, "looked", 0) < LOOK:
            return 0.0
        running.looked, total = now, self.parent_mb
        try:
            worker = psutil.Process(running.pid)
            for process in [worker, *worker.children(recursive=True)]:
                total += max(0.0, process.memory_info().rss / 1e6 - self.parent_mb)
        except psutil.Error:
            return 0.0
        running.peak_mb = max(running.peak_mb, total)
        return total

    def end(self, running):
        """A worker has ended: how its report did. A start that failed is begun again, and nothing is returned."""
        del self.running[running.id]
        task, out = running.task, Path(running.task.out).resolve()
        log = out.with_name(f".{out.name}.{running.id}.log")
        ended = Ended(task, "done", seconds=time.monotonic() - running.began, starts=running.starts)
        ended.peak_mb = running.peak_mb
        if running.outcome:
            ended.peak_mb, ended.cpu = max(ended.peak_mb, running.outcome["peak_mb"]), running.outcome["cpu"]
        if not is_of_run(out, running.id):
            kind, text, name = self.why(running)
            if kind == "start" and running.starts < STARTS:
                clear(running, log)
                self.submit(task, running.starts + 1)
                return []
            ended.kind, ended.text, ended.name = kind, text, name
            if not running.outcome or running.killed:
                ended.text = leave_error(running, kind, log)
        clear(running, log)
        return [ended]

    def why(self, running):
        """Kind, sentence and name of what kept a report from being made."""
        if running.killed == "start":
            return "start", "", ""
        if running.killed:
            return running.killed, "", ""
        if running.outcome and running.outcome["kind"] != "done":
            return running.outcome["kind"], running.outcome["text"], running.outcome["name"]
        if running.outcome:
            return "results", f"render: {Path(running.task.out).name} is not the report that was made.", ""
        return ("start" if running.reached["index"] is None else "crashed"), "", ""

    def nursery_gone(self):
        """The nursery died: what it forked is ended and told; starts are tried again with a new one."""
        self.nursery.wait()
        found, self.nursery = [], None
        for running in list(self.running.values()):
            if running.pid is not None:
                kill(running.pid)
                gone(running.pid)
            found += self.end(running)
        return found

    def cancel(self, name):
        """End a report that must not be made any more."""
        for running in self.running.values():
            if running.task.name == name and running.pid is not None:
                running.killed = "cancelled"
                kill(running.pid)

    def close(self):
        """End the nursery and whatever still runs."""
        if self.nursery is not None:
            self.nursery.stdin.close()
            try:
                self.nursery.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.nursery.kill()
                self.nursery.wait()
            self.nursery.stdout.close() if not self.running else None
        for running in self.running.values():
            if running.pid is not None:
                kill(running.pid)
            clear(running, Path(running.task.out).with_name(f".{Path(running.task.out).name}.{running.id}.log"))
        self.running = {}


def is_of_run(out, run):
    """Whether a folder holds the whole report of this very run."""
    try:
        return manifest.check_report(out).get("schedule", {}).get("run") == run
    except (ValueError, OSError, KeyError):
        return False


def leave_error(running, kind, log):
    """Write the error page of a worker that could not do so itself; the sentence that tells it."""
    from cemlab.report.render import plan_render

    task = running.task
    limit = {"timeout": f"{task.timeout:g}", "memory": f"{task.memory_mb}"}.get(kind, "")
    if kind == "cancelled":
        return "render: the report was taken over by another runner."
    outcome = {"kind": kind, "name": "", "text": limit, **running.reached}
    try:
        plan = plan_render(
            task.notebook, parameters=task.parameters, out=task.out, title=task.title, folder=running.folder
        )
        running.folder.mkdir(parents=True, exist_ok=True)
        if log.is_file():
            shutil.copyfile(log, running.folder / "log.txt")
        return str(plan.failed(outcome))
    except (ValueError, OSError) as error:
        return str(error)


def clear(running, log):
    """Take away what a run left beside its report."""
    shutil.rmtree(running.folder, ignore_errors=True)
    log.unlink(missing_ok=True)
    put_back(Path(running.task.out).resolve())
    if Path(running.task.out).exists():
        shutil.rmtree(aside_of(Path(running.task.out).resolve()), ignore_errors=True)


def kill(pid):
    """End a worker and its kernel: they are one group; before the group is made, the worker alone."""
    for end in (os.killpg, os.kill):
        try:
            end(pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass


def gone(pid, seconds=5):
    """Wait until a process is gone."""
    import psutil

    try:
        psutil.Process(pid).wait(timeout=seconds)
    except psutil.Error:
        pass

"""Reports in forked processes, and the watchdog over them: it runs here, outside of every process that may hang."""

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
from dataclasses import dataclass, field
from pathlib import Path

from cemlab.report import manifest
from cemlab.report.fanout import Ended, Task
from cemlab.report.folders import aside_of, put_back

STARTS = 3  # tries of a run that does not reach its first cell
LOOK = 0.5  # seconds between two looks at memory


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
    looked: float = 0.0

    @property
    def log(self):
        """What the processes print past Jupyter."""
        out = Path(self.task.out).resolve()
        return out.with_name(f".{out.name}.{self.id}.log")


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
            "log": str(running.log), "start_timeout": task.start_timeout,
            "memory_mb": task.memory_mb, "formats": list(task.formats),
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
        with nursery.stdout as lines:
            for line in lines:
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
        if now - running.looked < LOOK:
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
        ended = Ended(task, "done", seconds=time.monotonic() - running.began, starts=running.starts)
        ended.peak_mb = running.peak_mb
        if running.outcome:
            ended.peak_mb, ended.cpu = max(ended.peak_mb, running.outcome["peak_mb"]), running.outcome["cpu"]
        if not is_of_run(out, running.id):
            kind, text, name = self.why(running)
            if kind == "start" and running.starts < STARTS:
                clear(running)
                self.submit(task, running.starts + 1)
                return []
            ended.kind, ended.text, ended.name = kind, text, name
            if not running.outcome or running.killed:
                ended.text = leave_error(running, kind)
        clear(running)
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
        try:
            self.nursery.stdin.close()
        except OSError:
            pass  # what was left to be written has no reader any more
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
        for running in self.running.values():
            if running.pid is not None:
                kill(running.pid)
            clear(running)
        self.running = {}


def is_of_run(out, run):
    """Whether a folder holds the whole report of this very run."""
    try:
        return manifest.check_report(out).get("schedule", {}).get("run") == run
    except (ValueError, OSError, KeyError):
        return False


def leave_error(running, kind):
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
        if running.log.is_file():
            shutil.copyfile(running.log, running.folder / "log.txt")
        return str(plan.failed(outcome))
    except (ValueError, OSError) as error:
        return str(error)


def clear(running):
    """Take away what a run left beside its report."""
    shutil.rmtree(running.folder, ignore_errors=True)
    running.log.unlink(missing_ok=True)
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

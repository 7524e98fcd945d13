"""Many renders with injected faults: none may be lost, none wrongly called done.

``python -m benchmarks.kernel_faults 1000 [workers]``. A tiny notebook is rendered as often as told. Meanwhile faults come
from outside and from the notebooks themselves, at fixed shares drawn from a seed:

=========  =========================================================================================
cell       the notebook raises (must end as "cell", after one start)
exits      its kernel leaves with os._exit (must end as "kernel_died")
hangs      it sleeps for ever (must end as "timeout")
eats       it takes more memory than allowed (must end as "memory", or "cell" with MemoryError at the wall)
partial    it ends without writing its results (must end as "results")
stillborn  its worker is killed before the first cell, once (must be tried again, and end as "done")
stuck      its worker is stopped (SIGSTOP) before the first cell, once (as above, after the time to start)
nursery    the process that forks them all is killed, every 150 renders (what ran then may end as "crashed", never as
           "done" without its report)
=========  =========================================================================================

A report counts as done only where the pool says so; then its figures must be those of its own parameters. Exit code 1
when one is lost, wrongly called done, or ended otherwise than its fault says.
"""

import collections
import json
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import nbformat.v4 as v4
import psutil

from cemlab.report import forkpool, manifest
from cemlab.report.fanout import Task, render_many

HEAD = 'wave: str = "0"\nfault: str = ""\nout: str = "draft"\n'
CODE = """import json, os, time
from pathlib import Path

folder = Path(out)
if fault == "cell":
    raise ZeroDivisionError("asked for")
if fault == "exits":
    os._exit(7)
if fault == "hangs":
    time.sleep(3600)
if fault == "eats":
    hold = []
    while True:
        hold.append(bytearray(b"x" * 100_000_000))
        time.sleep(0.2)
if fault != "partial":
    (folder / "results.csv").write_text(f"metric,estimate\\nnps,{wave}\\n", encoding="utf-8")
    (folder / "findings.csv").write_text("sentence\\n", encoding="utf-8")
(folder / "facts.json").write_text(json.dumps({"wave": wave}), encoding="utf-8")
"""
SHARES = {"cell": 0.05, "exits": 0.03, "hangs": 0.01, "eats": 0.005, "partial": 0.02, "stillborn": 0.05, "stuck": 0.01}
EXPECTED = {"cell": {"cell"}, "exits": {"kernel_died"}, "hangs": {"timeout"}, "eats": {"memory", "cell", "kernel_died"},
            "partial": {"results"}, "stillborn": {"done"}, "stuck": {"done"}, "": {"done"}}  # fmt: skip


class Saboteur(forkpool.ForkPool):
    """A pool whose workers are killed or stopped as they are forked, and its nursery now and then."""

    def __init__(self, workers, faults, *, every=150):
        super().__init__(workers)
        self.faults, self.every, self.forks, self.hit, self.nurseries = dict(faults), every, 0, set(), []

    def take(self, nursery, event):
        """As the pool does; a fault may follow the fork."""
        running = self.running.get(event.get("id"))
        found = super().take(nursery, event)
        if event["event"] == "forked" and running is not None:
            self.forks += 1
            fault = self.faults.get(running.task.name)
            if fault in ("stillborn", "stuck") and running.starts == 1:
                try:
                    os.kill(running.pid, signal.SIGKILL if fault == "stillborn" else signal.SIGSTOP)
                except ProcessLookupError:
                    pass
            if self.every and self.forks % self.every == 0:
                self.hit |= {r.task.name for r in self.running.values()}
                self.nurseries.append(self.forks)
                self.nursery.kill()
        return found


def notebook(folder):
    """The tiny notebook."""
    cells = [v4.new_markdown_cell("# tiny"), v4.new_code_cell(HEAD, metadata={"tags": ["parameters"]})]
    path = Path(folder) / "tiny.ipynb"
    nbformat.write(v4.new_notebook(cells=[*cells, v4.new_markdown_cell("## one"), v4.new_code_cell(CODE)]), path)
    return path


def draw(number, seed=20261125):
    """A fault, or none, for each render."""
    chance = random.Random(seed)
    names, weights = [*SHARES, ""], [*SHARES.values(), 1 - sum(SHARES.values())]
    return dict(enumerate(chance.choices(names, weights, k=number)))


def run(number, workers=2, *, folder=None, every=150, timeout=30, start_timeout=20, faults=None, memory_mb=1000):
    """Render; returns what went wrong (sentences) and a summary (dict)."""
    faults = draw(number) if faults is None else faults
    with tempfile.TemporaryDirectory(dir=folder, ignore_cleanup_errors=True) as place:
        book, out = notebook(place), Path(place) / "out"
        tasks = (
            Task(n, book, {"wave": str(n), "fault": fault}, out / f"r{n}", timeout=timeout, start_timeout=start_timeout,
                 memory_mb=memory_mb) for n, fault in faults.items()
        )  # fmt: skip
        pool = Saboteur(workers, faults, every=every)
        began, cpu, ended = time.monotonic(), os.times(), {}
        wrong, growth = [], []
        for done in render_many(tasks, pool=pool):
            if done.task.name in ended:
                wrong.append(f"{done.task.name}: ended twice")
            ended[done.task.name] = done
            growth.append(psutil.Process().memory_info().rss / 1e6)
        seconds, now = time.monotonic() - began, os.times()
        for name, fault in faults.items():
            wrong += verdict(name, fault, ended.get(name), out / f"r{name}", name in pool.hit)
        left = [p.name for p in out.iterdir() if p.name.startswith(".")]
        wrong += [f"left behind: {name}" for name in left]
        kinds = collections.Counter((fault or "-", ended[n].kind) for n, fault in faults.items() if n in ended)
        return wrong, {
            "renders": number, "seconds": round(seconds, 1), "per_minute": round(number / seconds * 60, 1),
            "cpu_seconds": round(sum(now[:4]) - sum(cpu[:4]), 1), "load": [round(v, 1) for v in os.getloadavg()],
            "nurseries_killed": len(pool.nurseries), "tried_again": sum(e.starts > 1 for e in ended.values()),
            "ended": {f"{a} -> {b}": n for (a, b), n in sorted(kinds.items())},
            "parent_mb": round(pool.parent_mb), "largest_child_mb": round(max(e.peak_mb for e in ended.values())),
            "own_mb": [round(growth[len(growth) // 10]), round(growth[-1])],
        }  # fmt: skip


def verdict(name, fault, ended, out, hit):
    """Sentences about one render that did not go as it must."""
    if ended is None:
        return [f"{name} ({fault}): lost"]
    if ended.kind == "done":
        try:
            manifest.check_report(out)
            true = (out / "results.csv").read_text(encoding="utf-8").split()[-1] == f"nps,{name}"
        except (ValueError, OSError):
            true = False
        if not true or "done" not in EXPECTED[fault]:
            return [f"{name} ({fault}): wrongly called done"]
        return []
    told = (out.with_name(f"{out.name}.FAILED") / "error.html").is_file()
    if ended.kind not in EXPECTED[fault] and not (hit and ended.kind in ("crashed", "start")):
        return [f"{name} ({fault}): ended as {ended.kind}: {ended.text[:200]}"]
    if out.exists():
        return [f"{name} ({fault}): a report stands although it ended as {ended.kind}"]
    if not told:
        return [f"{name} ({fault}): no error page"]
    return (
        [f"{name}: a cell was run {ended.starts} times"]
        if ended.kind == "cell" and ended.starts > 1 and not hit
        else []
    )


def main():
    """Print the summary as JSON, then what went wrong."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    workers = int(sys.argv[2]) if len(sys.argv) > 2 else os.cpu_count()
    wrong, summary = run(number, workers)
    print(json.dumps(summary, indent=1))
    print("\n".join(wrong[:40]) if wrong else "none lost, none wrongly called done")
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()

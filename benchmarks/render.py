"""Store reports of the touchpoint study: the package's fan-out against the papermill and nbconvert commands.

``python -m benchmarks.render [reports] [by hand]``: 50 reports (hotel x month of the service sample, cut by purpose) are made
by `fanout`, then some of the same by ``papermill`` and ``jupyter nbconvert``, one after another, on the same machine in the
same run; the time of the rest is worked out from those. ``python -m benchmarks.render growth 500`` renders a small notebook
so often and looks at the memory of the process that forks and of the one that watches.
"""

import itertools
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from cemlab.report.fanout import Task, render_many
from cemlab.report.forkpool import ForkPool

MONTHS = ("2026-09", "2026-08", "2026-07", "2026-06")


def prepared(home):
    """The service sample in a store of its own; the tasks of its hotels and months."""
    os.environ |= {"CEMLAB_HOME": str(home), "CEMLAB_KEY": str(home / "secret.key")}
    from cemlab.codebook import load_codebook
    from cemlab.collect.ingest import ingest
    from cemlab.paths import codebooks_folder, notebooks_folder
    from cemlab.sample_study import make_sample

    codebook = codebooks_folder() / "service_touchpoints.yml"
    ingest(make_sample(["service_touchpoints"]), codebook)
    hotels = load_codebook(codebook).columns["hotel"].options
    notebook = notebooks_folder() / "service_touchpoints.ipynb"
    for month, hotel in itertools.product(MONTHS, hotels):
        values = {"codebook": str(codebook), "wave": month, "only": [f"hotel={hotel}"], "by": ["purpose"]}
        yield Task(f"{month} {hotel}", str(notebook), values, home / "reports" / month / hotel, start_timeout=300)


def by_fanout(tasks, workers):
    """Made by the package, its start included: wall seconds, CPU seconds, memory."""
    began, pool = time.perf_counter(), ForkPool(workers)
    ended = list(render_many(tasks, pool=pool))
    seconds = time.perf_counter() - began
    wrong = [f"{e.task.name}: {e.kind} {e.text}" for e in ended if e.kind != "done"]
    return {
        "reports": len(ended), "wrong": wrong[:3], "seconds": round(seconds, 1), "per_minute": round(len(ended) / seconds * 60, 2),
        "cpu_seconds_each": round(sum(e.cpu for e in ended) / len(ended), 2), "parent_mb": round(pool.parent_mb),
        "largest_child_mb": round(max(e.peak_mb for e in ended)), "workers": workers,
    }  # fmt: skip


def by_commands(tasks, folder):
    """Made by the commands, one after another: wall seconds and CPU seconds."""
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    bin_folder = Path(sys.executable).parent
    for number, task in enumerate(tasks):
        out, run = folder / f"hand{number}", folder / f"hand{number}.ipynb"
        out.mkdir()
        values = json.dumps({**task.parameters, "out": str(out)})
        words = [bin_folder / "papermill", task.notebook, run, "-y", values, "-k", "python3", "--no-progress-bar"]
        subprocess.run(words, check=True, capture_output=True)
        words = [bin_folder / "jupyter", "nbconvert", "--to", "html", run, "--output-dir", out]
        subprocess.run(words, check=True, capture_output=True)
    seconds, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"reports": len(tasks), "seconds": round(seconds, 1), "per_minute": round(len(tasks) / seconds * 60, 2),
            "cpu_seconds_each": round(cpu / len(tasks), 2)}  # fmt: skip


def growth(number, workers):
    """Memory of the forking and the watching process over many small reports, in MB, at ten places."""
    from benchmarks.kernel_faults import notebook

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        book, pool, seen = notebook(place), ForkPool(workers), []
        tasks = (Task(n, str(book), {"wave": str(n)}, Path(place) / "out" / f"r{n % 20}") for n in range(number))
        for done, ended in enumerate(render_many(tasks, pool=pool), 1):
            if done % max(number // 10, 1) == 0:
                parent = psutil.Process(pool.nursery.pid).memory_info().rss / 1e6
                seen.append((done, round(parent, 1), round(psutil.Process().memory_info().rss / 1e6, 1), ended.kind))
        return seen


def main():
    """Print what was measured."""
    words, workers = sys.argv[1:], os.cpu_count() + 2
    if words[:1] == ["growth"]:
        for line in growth(int(words[1]) if len(words) > 1 else 500, workers):
            print("reports {}: forking process {} MB, watching process {} MB ({})".format(*line))
        return
    number, by_hand = int(words[0]) if words else 50, int(words[1]) if len(words) > 1 else 5
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        tasks = list(itertools.islice(prepared(Path(place)), number))
        slow = by_commands(tasks[:by_hand], Path(place))
        fast = by_fanout(tasks, workers)
    print(json.dumps({"fan-out": fast, "commands": slow, "load": [round(v, 1) for v in os.getloadavg()]}, indent=1))
    print(f"{fast['per_minute'] / slow['per_minute']:.1f} times the reports per minute "
          f"({number} made; the commands measured on {by_hand}); "
          f"{slow['cpu_seconds_each'] / fast['cpu_seconds_each']:.1f} times less CPU each")  # fmt: skip


if __name__ == "__main__":
    main()

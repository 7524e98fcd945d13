"""The process that reports are forked from: it imports everything once, then waits for orders; it has one thread.

Started as ``python -m cemlab.report.nursery``. Orders come as lines of JSON on its standard input, what happens goes as
lines of JSON to its standard output. When its input ends, whoever gave the orders is gone: it ends all it forked,
clears their folders and leaves.
"""

import gc
import json
import os
import select
import shutil
import signal
import sys

from cemlab.report import quick_nbformat  # noqa: F401  (before papermill is imported)

LOOK = 0.05  # seconds between two looks for ended workers
WARM = (
    *("papermill", "nbclient", "ipykernel.kernelapp", "ipykernel.ipkernel", "IPython.core.interactiveshell"),
    *("IPython.core.completer", "matplotlib_inline.backend_inline", "matplotlib.backends.backend_svg"),
    *("pandas", "polars", "pyarrow.dataset", "narwhals", "deltalake", "scipy.stats", "scipy.optimize", "seaborn"),
    *("statsmodels.api", "sklearn.linear_model", "jinja2", "mistune", "pygments.lexers", "pygments.formatters"),
    *("cemlab.report.html", "cemlab.report.kernels", "cemlab.report.render", "cemlab.report.study"),
    *("cemlab.report.sections", "cemlab.report.service_sections", "cemlab.report.text_sections"),
    *("cemlab.report.driver_sections", "cemlab.report.verdict", "cemlab.report.findings", "cemlab.report.comments"),
    *("cemlab.report.opening", "cemlab.report.echarts", "cemlab.report.charts", "cemlab.report.charts_time"),
    *("cemlab.report.charts_compare", "cemlab.report.charts_drivers", "cemlab.report.charts_journey"),
    *("cemlab.report.brand_report", "cemlab.report.review_sections", "cemlab.analyse.touchpoint_drivers"),
)


def warm_up(names=WARM):
    """Import what reports need, and fill the caches that take long: fonts, styles."""
    import importlib

    for name in names:
        try:
            importlib.import_module(name)
        except ImportError as error:
            print(f"nursery: {name} is not imported beforehand: {error}", file=sys.stderr)
    import pandas

    from cemlab.report.fonts import style

    pandas.set_option("mode.string_storage", "python")  # faster on tables as small as those of a report
    style()
    gc.collect()
    gc.freeze()  # pages of what is imported stay shared: the collector does not write into them


def main():
    """Warm up, then fork a worker for each order."""
    events = os.dup(1)
    os.set_inheritable(events, False)
    os.dup2(2, 1)
    gc.disable()
    warm_up()
    say(events, {"event": "ready", "rss_mb": resident(), "threads": threads()})
    running, rest = {}, b""
    while True:
        readable, _, _ = select.select([0], [], [], LOOK)
        if readable:
            got = os.read(0, 65536)
            if not got:
                break
            *orders, rest = (rest + got).split(b"\n")
            for order in orders:
                job = json.loads(order)
                pid = os.fork()
                if pid == 0:
                    from cemlab.report.kernels import work

                    work(job, events)
                running[pid] = job
                say(events, {"event": "forked", "id": job["id"], "pid": pid})
        while running:
            pid, status, usage = os.wait4(-1, os.WNOHANG)
            if not pid:
                break
            job = running.pop(pid)
            sweep(pid)
            code = os.waitstatus_to_exitcode(status)
            say(events, {"event": "exit", "id": job["id"], "code": code})
    for pid, job in running.items():
        sweep(pid)
        os.waitpid(pid, 0)
        shutil.rmtree(job["folder"], ignore_errors=True)


def sweep(pid):
    """End what a worker left behind: its group is its own."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


def say(events, event):
    """Write one line."""
    os.write(events, (json.dumps(event) + "\n").encode())


def resident():
    """Resident memory of this process in MB."""
    import psutil

    return psutil.Process().memory_info().rss / 1e6


def threads():
    """Threads of this process, those of libraries included."""
    return len(os.listdir("/proc/self/task"))


if __name__ == "__main__":
    main()

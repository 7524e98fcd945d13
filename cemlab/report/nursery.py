"""The process that reports are forked from: it imports everything once, then waits for orders; it runs one thread.

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
    *("cemlab.report.dialogue_sections", "cemlab.report.charts_dialogue", "cemlab.report.operation_sections"),
    *("cemlab.report.segment_banner", "cemlab.report.summary", "cemlab.report.formats"),
    *("cemlab.collect.dialogues", "cemlab.analyse.recall_list", "cemlab.text.sentiment", "cemlab.text.keyness"),
    *("cemlab.analyse.touchpoints", "cemlab.measure.power", "cemlab.measure.quality", "cemlab.text.dialogue_scores"),
    *("narwhals._polars.namespace", "narwhals._pandas_like.namespace", "narwhals._arrow.namespace", "pyecharts.charts"),
    *(
        "narwhals._polars.dataframe",
        "narwhals._polars.group_by",
        "narwhals._interchange.dataframe",
        "pandas.io.formats.csvs",
    ),
    *("vizly", "prettytable", "encodings.utf_32_le", "encodings.utf_8_sig", "encodings.cp437", "encodings.latin_1"),
    *("ipykernel.debugger", "IPython.core.completerlib", "IPython.core.oinspect", "IPython.extensions.storemagic"),
    *("tornado.platform.asyncio", "tornado.queues", "cemlab.report.execute", "cemlab.report.charts_interactive"),
    *(
        "cemlab.text.aspect_scores",
        "cemlab.text.quotations",
        "cemlab.text.theme_scores",
        "cemlab.text.dialogue_quality",
    ),
)


def warm_up(names=WARM):
    """Import what reports need, and fill the caches that take long: fonts, styles."""
    import importlib

    sys.modules.setdefault("debugpy", None)  # nobody debugs a report: the kernel does without, 150 modules fewer
    for name in names:
        try:
            importlib.import_module(name)
        except ImportError as error:
            print(f"nursery: {name} is not imported beforehand: {error}", file=sys.stderr)
    import pandas

    from cemlab.report.fonts import style

    pandas.set_option("mode.string_storage", "python")  # faster on tables as small as those of a report
    style()
    rehearse()
    keep_words_ready()
    gc.collect()
    gc.freeze()  # pages of what is imported stay shared: the collector does not write into them


def rehearse():
    """Make a page of one heading, one line of code and one picture: what compiles itself at first use is then there."""
    import nbformat
    from matplotlib.figure import Figure

    from cemlab.report.figures import show_figure
    from cemlab.report.html import notebook_to_html

    figure = Figure()
    figure.subplots().plot([0, 1], [0, 1], label="净推荐值 NPS")
    picture = show_figure(figure, title="走势")
    shown = nbformat.v4.new_output("display_data", {"text/html": picture.html})
    code = nbformat.v4.new_code_cell('text.table(f"{1}", study)  # 表', outputs=[shown])
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# 报告\n\n**1** 项 `a`"), code])
    nbformat.validate(notebook)
    notebook_to_html(notebook)


def keep_words_ready():
    """Load the segmenter, and the sentiment model where it was trained before: a report would load both."""
    from cemlab.text.features import read
    from cemlab.text.sentiment_model import cache_path, default_model

    try:
        read(["服务很好"])
        if cache_path().is_file():
            default_model()
    except (ImportError, OSError) as error:
        print(f"nursery: no words beforehand: {error}", file=sys.stderr)


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

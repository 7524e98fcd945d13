"""Standing reports on an engine of one's own: Dask distributed with two worker processes runs what `plan --json` lists.

``pip install distributed`` (it is no dependency of cemlab), then ``python -m benchmarks.fanout_dask``. A project with a tiny
notebook and a matrix of 12 units is made in a temporary folder; its plan is read, each command is handed to the cluster
twice (as engines do when a worker is lost), and the ledger must show each report made once, by both workers.

Measured with distributed 2026.8.0 on two cores that others used too: 24 commands in 99 s (each starts Python and its own
fork parent), six of the twelve reports by each worker, each made once.
"""

import collections
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.kernel_faults import CODE

FILE = """
jobs:
  demo:
    notebook: {notebook}
    cron: "0 8 2 1 *"
    start: 2025-12-01
    period: last_month
    catch_up: newest
    matrix: {{store: [{units}]}}
"""
HEAD = 'wave: str = "0"\nonly: list = []\nfault: str = ""\nout: str = "draft"\n'


def command(words):
    """Run one command where the worker is; how it ended, what it printed, and by which process."""
    done = subprocess.run(words, capture_output=True, text=True)
    return done.returncode, done.stdout.strip(), done.stderr.strip()[-300:], os.getpid()


def project(folder):
    """A project with a schedule."""
    import nbformat
    import nbformat.v4 as v4

    cells = [
        v4.new_markdown_cell("# demo"),
        v4.new_code_cell(HEAD, metadata={"tags": ["parameters"]}),
        v4.new_code_cell(CODE),
    ]
    nbformat.write(v4.new_notebook(cells=cells), folder / "demo.ipynb")
    (folder / "reports").mkdir()
    units = ", ".join(f'"{n:02d}"' for n in range(1, 13))
    text = FILE.format(notebook=(folder / "demo.ipynb").as_posix(), units=units)
    (folder / "reports" / "schedule.yml").write_text(text, encoding="utf-8")


def main():
    """Plan, run on the cluster, look at the ledger."""
    from distributed import Client, LocalCluster

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        os.environ["CEMLAB_HOME"] = place
        project(Path(place))
        start = [sys.executable, "-m", "cemlab.cli", "schedule"]
        planned = json.loads(command([*start, "plan", "--json"])[1])
        with LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
        ) as cluster:
            with Client(cluster) as client:
                words, began = [entry["command"] for entry in planned] * 2, time.perf_counter()
                told = client.gather(client.map(command, words, pure=False))
                seconds = time.perf_counter() - began
        print(
            "exit codes", collections.Counter(code for code, *_ in told), [err for code, _, err, _ in told if code][:2]
        )
        makers = collections.Counter(worker for _, out, _, worker in told if "/ done" in out)
        print(f"{seconds:.0f} s; reports made by each worker process: {sorted(makers.values())}")
        rows = [row for row in json.loads(command([*start, "status", "--json"])[1]) if row["state"] != "skipped"]
        print(f"{len(planned)} planned, {len(words)} commands run; ledger: {collections.Counter(r['state'] for r in rows)}, "
              f"tries {collections.Counter(r['attempts'] for r in rows)}")  # fmt: skip
        once = len(rows) == len(planned) and all(row["state"] == "done" and row["attempts"] == 1 for row in rows)
        raise SystemExit(0 if once and len(makers) == 2 else "the ledger is harmed, or one worker did it all")


if __name__ == "__main__":
    main()

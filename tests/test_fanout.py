"""Reports in forked processes: the same as by plain kernels, isolated, watched, none lost, none wrongly called done."""

import json

import pytest
from standing import WRITE, notebook

from cemlab.report.fanout import Task, can_fork, open_pool, render_many
from cemlab.report.manifest import check_report

pytestmark = pytest.mark.skipif(not can_fork(), reason="processes are forked on Linux only")


def test_faults_from_outside_and_inside_lose_nothing():
    """One of each fault (see the benchmark, which does a thousand), the forking process killed once."""
    from benchmarks.kernel_faults import SHARES, run

    faults = dict(enumerate(["", *SHARES, "", ""]))
    wrong, told = run(len(faults), 2, faults=faults, every=9, timeout=30, start_timeout=20, memory_mb=700)
    assert wrong == []
    assert told["tried_again"] >= 2 and told["nurseries_killed"] >= 1


def test_nothing_is_carried_over_and_paths_are_private(tmp_path, monkeypatch):
    """Two reports in one pool: other processes, no names, variables or settings left; sockets instead of ports."""
    monkeypatch.chdir(tmp_path)
    look = WRITE + (
        "import os, ipykernel.kernelapp as k\n"
        "app = k.IPKernelApp.instance()\n"
        "print(json.dumps([os.getpid(), 'left' in globals(), os.environ.get('LEFT'), app.transport, app.ip]))\n"
        "left = 1; os.environ['LEFT'] = 'x'"
    )
    book = notebook(tmp_path, look)
    tasks = [Task(n, str(book), {"wave": str(n)}, tmp_path / "out" / str(n)) for n in range(2)]
    small = notebook(tmp_path, name="small.ipynb")
    tasks += [Task("c", str(small), {"wave": "2026-09"}, tmp_path / "c")]
    ended = list(render_many(tasks, workers=1))
    assert [e.kind for e in ended] == ["done", "done", "done"]
    seen = []
    for n in range(2):
        check_report(tmp_path / "out" / str(n))
        cells = json.loads((tmp_path / "out" / str(n) / "run.ipynb").read_text(encoding="utf-8"))["cells"]
        texts = ["".join(o.get("text", "")) for c in cells for o in c.get("outputs", [])]
        seen.append(json.loads(next(t for t in texts if t.startswith("["))))
    assert seen[0][0] != seen[1][0] and seen[0][4] != seen[1][4]
    assert [entry[1:4] for entry in seen] == [[False, None, "ipc"]] * 2
    tasks = [
        Task("a", str(small), {"wave": "2026-09"}, tmp_path / "a"),
        Task("b", str(small), {"wav": "x"}, tmp_path / "b"),
    ]
    plain = {e.task.name: e for e in render_many(tasks, pool=open_pool(1, fork=False))}  # where there is no fork
    assert plain["a"].kind == "done" and plain["b"].kind == "wrong" and "Did you mean 'wave'" in plain["b"].text
    assert (tmp_path / "a" / "results.csv").read_bytes() == (tmp_path / "c" / "results.csv").read_bytes()

"""A tiny study for tests of standing reports: a notebook of one cell, and a pool that makes reports without kernels."""

import json
from pathlib import Path

import nbformat
import nbformat.v4 as v4

from cemlab.report import manifest
from cemlab.report.fanout import Ended

HEAD = """wave: str = "2026-09"
only: list = []
fail: str = ""
lang: str = "zh"
out: str = "draft"
"""
WRITE = """import json
from pathlib import Path

folder = Path(out)
(folder / "results.csv").write_text(f"part,metric,item,estimate,se,n\\nheadline,nps,recommend,{len(wave)},1,100\\n", encoding="utf-8")
(folder / "findings.csv").write_text("sentence\\n", encoding="utf-8")
(folder / "facts.json").write_text(json.dumps({"wave": wave, "data_version": 3, "codebook_hash": "ab"}), encoding="utf-8")
"""


def notebook(folder, *cells, name="tiny.ipynb"):
    """Write a notebook of these cells."""
    made = [v4.new_markdown_cell("# 题目"), v4.new_code_cell(HEAD, metadata={"tags": ["parameters"]})]
    for number, source in enumerate(cells or (WRITE,), 1):
        made += [v4.new_markdown_cell(f"## 第{number}步"), v4.new_code_cell(source)]
    path = Path(folder) / name
    nbformat.write(v4.new_notebook(cells=made), path)
    return path


class Clock:
    """A clock that tests move."""

    def __init__(self, moment):
        self.moment = moment

    def __call__(self):
        return self.moment


class StandInPool:
    """Makes a report's folder at once, without a kernel; `wrong` may say (kind, name) for a task, or raise."""

    def __init__(self, wrong=None, workers=2):
        self.wrong, self.workers, self.ended, self.made = wrong or (lambda task: None), workers, [], []

    @property
    def busy(self):
        return len(self.ended)

    @property
    def free(self):
        return self.workers - self.busy

    def submit(self, task):
        fault = self.wrong(task)
        if fault:
            self.ended.append(Ended(task, fault[0], f"render: {fault[1]}", fault[1]))
            return
        write_report(task)
        self.made.append(task.name)
        self.ended.append(Ended(task, "done"))

    def poll(self, wait):
        found, self.ended = self.ended, []
        return found

    def cancel(self, name):
        pass

    def close(self):
        pass


def write_report(task, estimate=1.0):
    """A finished report's folder, as far as the ledger and the next report need it."""
    out = Path(task.out)
    out.mkdir(parents=True, exist_ok=True)
    line = f"headline,nps,recommend,{estimate},1,100"
    (out / "results.csv").write_text(f"part,metric,item,estimate,se,n\n{line}\n", encoding="utf-8")
    (out / "findings.csv").write_text("sentence,verdict\n", encoding="utf-8")
    (out / "report.html").write_text("x", encoding="utf-8")
    facts = {"wave": task.parameters.get("wave"), "data_version": 1}
    (out / "facts.json").write_text(json.dumps(facts), encoding="utf-8")
    (out / manifest.NAME).write_text(json.dumps({"files": {}, "schedule": task.standing}), encoding="utf-8")
    manifest.seal(out)

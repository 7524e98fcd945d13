"""A tiny study for tests of standing reports: a notebook of one cell, and a pool that makes reports without kernels."""

import json
import platform
from pathlib import Path

import nbformat
import nbformat.v4 as v4

from cemlab.report import manifest
from cemlab.report.fanout import Ended
from cemlab.report.opening import opening_of

HEAD = """wave: str = "2026-09"
only: list = []
fail: str = ""
lang: str = "zh"
out: str = "draft"
"""
WRITE = """import json
import platform
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
        self.write(task)
        self.made.append(task.name)
        self.ended.append(Ended(task, "done"))

    def write(self, task):
        """The report itself."""
        write_report(task)

    def poll(self, wait):
        found, self.ended = self.ended, []
        return found

    def cancel(self, name):
        pass

    def close(self):
        pass


HEADER = "part,_wave,metric,item,unit,estimate,se,n,method"


def write_report(task, lines=("headline,,nps,recommend,points,1.0,1,100,wald",), *, version=1, opening=False):
    """A finished report's folder, as far as the ledger and the next report need it; `opening` tells what changed."""
    out = Path(task.out)
    out.mkdir(parents=True, exist_ok=True)
    (out / "results.csv").write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    (out / "findings.csv").write_text("sentence,verdict\n", encoding="utf-8")
    (out / "report.html").write_text("x", encoding="utf-8")
    facts = {"wave": task.parameters.get("wave"), "data_version": version}
    (out / "facts.json").write_text(json.dumps(facts), encoding="utf-8")
    told = {"files": {}, "schedule": task.standing}
    if opening:
        opening_of(out, task.standing, notebook_hash="n")
        told |= {"cemlab": manifest.version("cemlab"), "commit": manifest.commit(Path.cwd()), "notebook_sha256": "n"}
        told |= {"packages": {name: manifest.version(name) for name in manifest.PACKAGES}}
        told |= {"python": platform.python_version()}
    (out / manifest.NAME).write_text(json.dumps(told), encoding="utf-8")
    manifest.seal(out)

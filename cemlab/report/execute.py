"""Runs one notebook with papermill: the main of the process that the watchdog guards.

Started as ``python -m cemlab.report.execute job.json``. It writes one line of JSON for each cell it reaches, and at the
end ``outcome.json`` beside the run notebook. Its kernel is always the Python that runs this file: the kernel spec is
given in place, installed ones (which may belong to another Python) are not looked at.
"""

import json
import os
import re
import shutil
import sys
import threading
from pathlib import Path

from cemlab.report import quick_nbformat  # noqa: F401  (before papermill is imported)


def main(job_file):
    """Run the job, write its outcome; the exit code is 0 whenever an outcome was written."""
    job = json.loads(Path(job_file).read_text(encoding="utf-8"))
    folder = Path(job["folder"])
    lines = os.fdopen(os.dup(1), "w", encoding="utf-8")

    def events(event):
        lines.write(json.dumps(event) + "\n")
        lines.flush()

    os.dup2(2, 1)  # what kernels print past Jupyter goes to the log, not between the events
    threading.Thread(target=_end_when_orphaned, args=(folder,), daemon=True).start()
    outcome = run_notebook(job, folder, events, own_python())
    (folder / "outcome.json").write_text(json.dumps(outcome, ensure_ascii=False), encoding="utf-8")


def own_python():
    """A kernel manager that starts this very Python, whatever kernel specs are installed."""
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import AsyncKernelManager

    class OwnPython(AsyncKernelManager):
        """A kernel of this very Python."""

        @property
        def kernel_spec(self):
            start = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
            return KernelSpec(
                argv=[*start, "--HistoryManager.enabled=False"], display_name="Python 3", language="python"
            )

    return OwnPython


def run_notebook(job, folder, events, manager):
    """Run the job's notebook in a kernel that `manager` starts; the outcome as a dict."""
    import papermill
    from papermill.exceptions import PapermillExecutionError

    reached = {"index": None, "step": "", "done": -1}

    def at_start(cell, cell_index):
        if cell.cell_type == "markdown":
            headings = re.findall(r"^#{1,6}\s+(.+?)\s*#*$", cell.source, flags=re.MULTILINE)
            reached["step"] = headings[-1] if headings else reached["step"]
        reached["index"] = cell_index
        events({"event": "cell", "index": cell_index, "step": reached["step"]})

    def at_end(cell, cell_index, execute_reply):
        reached["done"] = cell_index

    target = folder / "run.ipynb"
    try:
        notebook = papermill.execute_notebook(
            job["notebook"],
            str(target),
            job["parameters"],
            kernel_name="python3",
            language="python",
            progress_bar=False,
            request_save_on_cell_execute=False,  # written once, at the end: the file grows with every picture
            start_timeout=job["start_timeout"],
            cwd=job["cwd"],
            kernel_manager_class=manager,
            on_cell_start=at_start,
            on_cell_executed=at_end,
            store_widget_state=False,
        )
    except PapermillExecutionError as error:
        ours = _raised_by_cemlab("\n".join(error.traceback))
        return {"kind": "cell", "name": error.ename, "text": str(error.evalue), "ours": ours, **reached}
    except KeyboardInterrupt:
        raise
    except Exception as error:
        if reached["index"] is None:
            kind = "start"
        else:
            kind = "kernel_died" if type(error).__name__ == "DeadKernelError" else "run"
        return {"kind": kind, "name": type(error).__name__, "text": str(error), **reached}
    code = [i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code" and cell.source.strip()]
    if code and reached["done"] < code[-1]:
        return {"kind": "stopped", "name": "SystemExit", "text": "", **reached}
    return {"kind": "done", "name": "", "text": "", **reached}


def _raised_by_cemlab(traceback):
    """Whether the innermost frame lies in this package, whose messages never quote an answer."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", traceback)
    frames = re.findall(r"^(?:File (.+?):\d+|Cell In)", plain, flags=re.MULTILINE)
    return bool(frames) and Path(__file__).parents[1].as_posix() in Path(frames[-1]).as_posix()


def _end_when_orphaned(folder):
    """Standard input ends when the parent is gone: then end the kernels, clear the folder and leave."""
    while sys.stdin.buffer.read(1):
        pass
    import psutil

    for child in psutil.Process().children(recursive=True):
        try:
            child.kill()
        except psutil.Error:
            pass
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(1)


if __name__ == "__main__":
    main(sys.argv[1])

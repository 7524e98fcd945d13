"""One notebook, its parameters and an output folder in; a whole report out, or none."""

import datetime as dt
import json
import os
import secrets
import shutil
import sys
import tempfile
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from cemlab.report import failure, manifest
from cemlab.report.door import look_for_persons
from cemlab.report.folders import failed_of, publish, put_back, require_replaceable
from cemlab.report.formats import require_formats, write_formats
from cemlab.report.parameters import check_parameters, read_parameters
from cemlab.report.renderable import codebook_of, require_renderable
from cemlab.report.study import notebook_of
from cemlab.report.summary import write_summary
from cemlab.report.watchdog import run_watched


class RenderError(RuntimeError):
    """A run that ended without a report; `step` is the last heading reached, `folder` holds error.html."""

    def __init__(self, message, *, kind, step, folder, name=""):
        super().__init__(message)
        self.kind, self.step, self.folder, self.name = kind, step, folder, name


def render(
    notebook,
    *,
    parameters,
    out,
    title=None,
    timeout=600,
    formats=("html",),
    template=None,
    start_timeout=90,
    memory_mb=None,
    standing=None,
):
    """Run a notebook and leave a self-contained report in `out`.

    Parameters
    ----------
    notebook : str or Path
        The name of a study or the path of a notebook whose parameters cell has ``out`` (the folder it writes to) and which writes ``results.csv``,
        ``findings.csv`` and ``facts.json`` (what it read: data version, hash of the codebook) there. It runs in the
        current working directory.
    parameters : dict
        Values for the parameters cell; texts are turned into the annotated types. Never a secret: all are recorded.
    out : str or Path
        Folder of the report. An earlier report stays there until the new one is whole, then is replaced.
    title : str, optional
        Title of the page; the notebook's first heading when left out.
    timeout : float, default 600
        Seconds of wall clock after which the run is ended.
    formats : tuple of str, default ("html",)
        Of html (always written), docx, pdf, pptx, png and xlsx; see `formats.write_formats`.
    template : path, list of paths or dict, optional
        A company's .docx or .pptx for Word and PowerPoint.
    start_timeout : float, default 90
        Seconds the kernel may take to start. A kernel that does not start is tried once more; a cell that fails is
        never run again.
    memory_mb : float, optional
        Resident memory of the run after which it is ended.
    standing : dict, optional
        What makes it a standing report: ``job, period, unit, due, zone`` (kept in the manifest), ``previous`` (folder of the
        report before), ``today`` (2026-11-02) and ``stale_days``; the page then opens with what changed.

    Returns
    -------
    Path
        `out`, now holding report.html, results.csv, findings.csv, facts.json, run.ipynb and manifest.json.

    Raises
    ------
    FileNotFoundError
        No such notebook.
    ValueError
        An unknown or mistyped parameter or format, a codebook, wave or segment that the study cannot be opened with, or
        `out` holds something that is no report; nothing was run.
    RenderError
        The run failed, hung or did not write its results; ``<out>.FAILED`` holds error.html and run.ipynb.
    """
    plan = plan_render(
        notebook, parameters=parameters, out=out, title=title, standing=standing, formats=formats, template=template
    )
    if "codebook" in plan.used:
        require_renderable(plan.notebook.stem, plan.used)
    return plan.make(lambda folder: _run(plan.notebook, plan.given, folder, timeout, start_timeout, memory_mb))


def plan_render(notebook, *, parameters, out, title=None, standing=None, folder=None, formats=("html",), template=None):
    """Check a notebook and its parameters; the `Plan` then makes the report. Raises as `render` does, nothing is run."""
    notebook, out = notebook_of(notebook).resolve(), Path(out).resolve()
    require_formats(formats, "render")
    given = check_parameters(notebook, {name: value for name, value in parameters.items() if name != "out"})
    known = read_parameters(notebook)
    if "out" not in known:
        raise ValueError(f"render: {notebook.name} has no parameter 'out'; add `out: str = \"...\"` to its parameters.")
    used = {**{name: parameter.default for name, parameter in known.items()}, **given, "out": out.name}
    require_replaceable(out)
    folder = Path(folder) if folder else out.with_name(f".{out.name}.{secrets.token_hex(6)}.part")
    return Plan(notebook, given, used, out, title, standing, folder, tuple(formats), template)


@dataclass(frozen=True)
class Plan:
    """A report about to be made: what is run with which parameters, where it goes, the folder it is made in."""

    notebook: Path
    given: dict
    used: dict
    out: Path
    title: str | None
    standing: dict | None
    folder: Path
    formats: tuple
    template: object

    @property
    def language(self):
        """Language of the page."""
        return self.used.get("lang") if self.used.get("lang") in ("zh", "en") else "zh"

    def make(self, run):
        """Make the report: `run(folder)` gives the outcome of the notebook; returns `out`, or raises RenderError."""
        self.out.parent.mkdir(parents=True, exist_ok=True)
        put_back(self.out)
        self.folder.mkdir()
        started = _now()
        try:
            outcome = run(self.folder)
            lacking = manifest.missing_files(self.folder) if outcome["kind"] == "done" else []
            if lacking:
                outcome.update(kind="results", text=", ".join(lacking))
            look_for_persons(self.folder, self.used.get("codebook"), outcome)
            if outcome["kind"] == "done":
                self.finish(started)
                return self.out
            raise self.failed(outcome)
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def finish(self, started):
        """Turn the folder of a finished run into the report, and put it in its place."""
        from cemlab.report.html import notebook_to_html, read_run

        folder = self.folder
        run = read_run(folder / "run.ipynb", replace={str(folder): self.out.name})
        opening = ()
        if "codebook" in self.used:
            manifest.keep_codebook(folder, self.used["codebook"])
        if self.standing:
            from cemlab.report.opening import opening_of

            opening = opening_of(
                folder, self.standing, notebook_hash=manifest.sha256(self.notebook), lang=self.language
            )
        page = notebook_to_html(run, title=self.title, lang=self.language, opening=opening)
        (folder / "report.html").write_text(page, encoding="utf-8", newline="\n")
        write_summary(folder, codebook=codebook_of(self.used), lang=self.language)
        write_formats(folder, self.formats, template=self.template, lang=self.language)
        manifest.write_manifest(
            folder,
            study=self.notebook.stem,
            notebook_hash=manifest.sha256(self.notebook),
            parameters=self.used,
            started=started,
            finished=_now(),
            cwd=Path.cwd(),
            standing=self.standing,
        )
        manifest.check_report(folder)
        publish(folder, self.out)
        shutil.rmtree(failed_of(self.out), ignore_errors=True)

    def failed(self, outcome):
        """Leave `<out>.FAILED` with the error page; returns the RenderError that tells it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        failure.write_error_page(
            self.folder, outcome, notebook=self.notebook.name, title=self.title, language=self.language
        )
        shutil.rmtree(failed_of(self.out), ignore_errors=True)
        publish(self.folder, failed_of(self.out))
        return RenderError(
            failure.sentence(outcome, self.notebook.name, failed_of(self.out).name),
            kind=outcome["kind"],
            step=outcome["step"],
            folder=failed_of(self.out),
            name=outcome["name"],
        )


def _run(notebook, parameters, folder, timeout, start_timeout, memory_mb):
    """The outcome of the run in a guarded process: kind, name and text of an error, index and step reached."""
    for attempt in (1, 2):
        with tempfile.TemporaryDirectory(prefix="cemlab-", ignore_cleanup_errors=True) as private:
            job = {
                "notebook": str(notebook),
                "parameters": {**parameters, "out": str(folder)},
                "folder": str(folder),
                "start_timeout": start_timeout,
                "cwd": str(Path.cwd()),
            }
            job_file = Path(private) / "job.json"
            job_file.write_text(json.dumps(job), encoding="utf-8")
            command = [sys.executable, "-m", "cemlab.report.execute", str(job_file)]
            reached = {"index": None, "step": ""}
            with open(folder / "log.txt", "wb") as log, _progress(notebook) as show:

                def note(event, reached=reached, show=show):
                    reached.update(index=event["index"], step=event["step"])
                    show(event)

                watched = run_watched(
                    command,
                    timeout=timeout,
                    start_timeout=start_timeout,
                    memory_mb=memory_mb,
                    env=_environment(private),
                    log=log,
                    on_event=note,
                )
        written = folder / "outcome.json"
        if watched.how == "ended" and written.is_file():
            outcome = json.loads(written.read_text(encoding="utf-8"))
        else:
            kind = {"ended": "crashed", "start_timeout": "start"}.get(watched.how, watched.how)
            limit = {"timeout": f"{timeout:g}", "memory": f"{memory_mb}"}.get(kind, "")
            outcome = {"kind": kind, "name": "", "text": limit, **reached}
        written.unlink(missing_ok=True)
        if outcome["kind"] != "start" or attempt == 2:
            break
        for leftover in folder.iterdir():
            leftover.unlink()
    if outcome["kind"] == "done":
        (folder / "log.txt").unlink(missing_ok=True)
    return outcome


def _environment(private):
    """The environment of a run: this cemlab, UTF-8, a fixed hash seed, no personal Jupyter or IPython settings."""
    environment = {key: value for key, value in os.environ.items() if key != "MPLBACKEND"}
    root = str(Path(__file__).resolve().parents[2])
    if "site-packages" not in root:
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, [root, environment.get("PYTHONPATH")]))
    return environment | {
        "CEMLAB_RENDER": "1",
        "PYTHONUTF8": "1",
        "PYTHONHASHSEED": "0",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "IPYTHONDIR": str(Path(private) / "ipython"),
        "JUPYTER_RUNTIME_DIR": str(Path(private) / "runtime"),
    }


def _progress(notebook):
    """A progress bar over the cells on a terminal; silence elsewhere. Yields a function that takes events."""
    from contextlib import contextmanager

    if not sys.stderr.isatty():
        return nullcontext(lambda event: None)

    @contextmanager
    def bar():
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        cells = len(json.loads(notebook.read_text(encoding="utf-8"))["cells"]) + 1
        columns = (TextColumn("{task.fields[name]}"), BarColumn(), TextColumn("{task.fields[step]}"))
        with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task("", total=cells, name=notebook.stem, step="…")
            yield lambda event: progress.update(task, completed=event["index"] + 1, step=event["step"] or "…")

    return bar()


def _now():
    return dt.datetime.now(dt.UTC)

"""How a report was made: what is needed to make it again, and the hash of every file it consists of."""

import hashlib
import importlib.metadata
import json
import platform
import shutil
import subprocess
from pathlib import Path

PACKAGES = (
    *("pandas", "polars", "narwhals", "deltalake", "numpy", "scipy", "statsmodels", "scikit-learn", "pydantic"),
    *("seaborn", "matplotlib", "pyecharts", "vizly", "rjieba", "snownlp", "papermill", "nbclient", "ipykernel"),
)
REQUIRED = ("results.csv", "findings.csv", "facts.json")  # what a notebook must have written
NAME = "manifest.json"
RENDERED = (*REQUIRED, "run.ipynb", "report.html")  # what the run itself left; later files may be written anew


def write_manifest(folder, *, study, notebook_hash, parameters, started, finished, cwd, standing=None):
    """Write manifest.json into a whole report folder and return its content.

    Parameters
    ----------
    folder : Path
        The folder with every file of the report; ``facts.json`` is what the notebook says about its data.
    study : str
        Name of the notebook.
    notebook_hash : str
        sha256 of the notebook that was run.
    parameters : dict
        Every parameter with the value used.
    started, finished : datetime.datetime
        UTC.
    cwd : Path
        Where the notebook ran; its git commit is noted.
    standing : dict, optional
        Job, period and unit of a standing report.

    Returns
    -------
    dict
    """
    folder = Path(folder)
    facts = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != NAME)
    content = {
        "study": study,
        "notebook_sha256": notebook_hash,
        "parameters": parameters,
        "seed": parameters.get("seed"),
        "data": facts,
        "started": started.isoformat(timespec="seconds"),
        "finished": finished.isoformat(timespec="seconds"),
        "commit": commit(cwd),
        "cemlab": version("cemlab"),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
        "files": {path.relative_to(folder).as_posix(): sha256(path) for path in files},
    }
    if standing:
        content["schedule"] = standing
    text = json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False)
    (folder / NAME).write_text(text + "\n", encoding="utf-8")
    return content


def seal(folder):
    """Enter the hash of every file of a report into its manifest anew, after files were added to it.

    Raises
    ------
    ValueError
        What the run itself left has changed or is gone: then the report is not what was rendered.
    """
    folder = Path(folder)
    require_rendered(folder)
    content = json.loads((folder / NAME).read_text(encoding="utf-8"))
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != NAME)
    content["files"] = {path.relative_to(folder).as_posix(): sha256(path) for path in files}
    text = json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False)
    (folder / NAME).write_text(text + "\n", encoding="utf-8")


def require_rendered(folder):
    """Raise ValueError where a file that the run itself left differs from the manifest; nothing without a manifest."""
    path = Path(folder) / NAME
    listed = json.loads(path.read_text(encoding="utf-8"))["files"] if path.is_file() else {}
    for name in RENDERED:
        file = path.with_name(name)
        if name in listed and (not file.is_file() or sha256(file) != listed[name]):
            raise ValueError(f"{Path(folder).name}: {name!r} differs from the report's manifest. Render it again.")


def keep_codebook(folder, codebook):
    """Keep the codebook beside the report that was made with it, so that the report can be made again."""
    from cemlab.report.study import find_codebook

    path = find_codebook(codebook)
    if path.is_file():
        shutil.copyfile(path, Path(folder) / "codebook.yml")


def check_report(folder):
    """Read a report's manifest and compare every file with its hash.

    Returns
    -------
    dict
        The manifest.

    Raises
    ------
    ValueError
        No manifest, or files that are missing, changed or not listed.
    """
    folder = Path(folder)
    path = folder / NAME
    if not path.is_file():
        raise ValueError(f"check_report: {folder.name} has no {NAME}: it is no finished report. Render it again.")
    content = json.loads(path.read_text(encoding="utf-8"))
    there = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file() and p != path}
    wrong = [name for name, digest in content["files"].items() if name not in there or sha256(there[name]) != digest]
    wrong += [name for name in there if name not in content["files"]]
    if wrong:
        raise ValueError(
            f"check_report: {len(wrong)} file(s) of {folder.name} differ from its manifest, e.g. {sorted(wrong)[0]!r}. "
            "Render it again."
        )
    return content


def missing_files(folder):
    """Names of the files a notebook should have written into `folder` and did not, or left empty or unreadable."""
    wrong = []
    for name in REQUIRED:
        path = Path(folder) / name
        if not path.is_file() or not path.stat().st_size:
            wrong.append(name)
        elif name.endswith(".json"):
            try:
                if not isinstance(json.loads(path.read_text(encoding="utf-8")), dict):
                    wrong.append(name)
            except ValueError:
                wrong.append(name)
        elif name == "results.csv" and len(path.read_bytes().splitlines()) < 2:
            wrong.append(name)
    return wrong


def sha256(path):
    """The sha256 of a file, as hexadecimal digits."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def version(package):
    """The installed version of a package, or None."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def commit(folder):
    """The git commit of a folder, with "+changes" when tracked files differ from it; None without git."""

    def git(*words):
        run = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, text=True, timeout=10)
        return run.stdout.strip() if run.returncode == 0 else None

    try:
        head = git("rev-parse", "HEAD")
        return head and head + ("+changes" if git("status", "--porcelain", "--untracked-files=no") else "")
    except (OSError, subprocess.TimeoutExpired):
        return None

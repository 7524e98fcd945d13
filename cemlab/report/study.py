"""How a study is named on the way to its report: which notebook, which folder."""

from pathlib import Path

from cemlab.checks import nearest
from cemlab.paths import notebooks_folder, reports_folder


def notebook_of(study):
    """The notebook of a study: a path to a .ipynb, or the name of one that comes with cemlab.

    Raises
    ------
    FileNotFoundError
        No such notebook; the message names those there are.
    """
    path = Path(study)
    if path.suffix == ".ipynb":
        if not path.is_file():
            raise FileNotFoundError(f"render: no notebook {path.as_posix()!r}; give the path of an .ipynb file.")
        return path
    found = notebooks_folder() / f"{study}.ipynb"
    if not found.is_file():
        known = sorted(p.stem for p in notebooks_folder().glob("*.ipynb") if p.stem != "start")
        hint = nearest(study, known)
        near = f" Did you mean {hint!r}?" if hint else ""
        raise FileNotFoundError(f"render: no study {str(study)!r}.{near} There is {known}; or give an .ipynb file.")
    return found


def report_folder(study, parameters):
    """Where a report goes when nobody says: reports/<codebook's or study's name>/<wave>."""
    name = Path(parameters["codebook"]).stem if parameters.get("codebook") else Path(study).stem
    return reports_folder() / name / (parameters.get("wave") or "latest")

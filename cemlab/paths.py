"""Where things stand: in a checkout beside the package, in an installed wheel under cemlab/_study_files.

What comes with cemlab (notebooks, codebooks) is only read. What a team makes (store, inbox, reports) stands under
`project_root()`.
"""

import os
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
SHIPPED = PACKAGE / "_study_files"


def is_checkout():
    """Whether this cemlab runs from its repository rather than from an installed wheel."""
    return (PACKAGE.parent / "pyproject.toml").is_file() and (PACKAGE.parent / "notebooks").is_dir()


def project_root():
    """Folder that holds what a team makes: `data/lake`, `data/inbox`, `reports`.

    Returns
    -------
    pathlib.Path
        The folder that the environment variable CEMLAB_HOME names; without it the repository of a checkout; without
        that the current folder.

    Notes
    -----
    A kernel starts in the folder of its notebook. Whatever starts one for an installed cemlab sets CEMLAB_HOME, so that
    notebook and command mean the same store.
    """
    home = os.environ.get("CEMLAB_HOME")
    if home:
        return Path(home).expanduser().resolve()
    return PACKAGE.parent if is_checkout() else Path.cwd()


def notebooks_folder():
    """Folder of the study notebooks that come with cemlab."""
    return PACKAGE.parent / "notebooks" if is_checkout() else SHIPPED / "notebooks"


def data_folder(name):
    """Folder of the data files that come with cemlab: `name` is codebooks, lexicons or calendars."""
    base = PACKAGE.parent if is_checkout() else SHIPPED
    return base / "data" / name


def codebooks_folder():
    """Folder of the codebooks that come with cemlab."""
    return data_folder("codebooks")


def lake_folder():
    """Folder of the versioned store."""
    return project_root() / "data" / "lake"


def reports_folder():
    """Folder that rendered reports go to."""
    return project_root() / "reports"

"""JupyterLab on the start notebook: `cemlab lab`.

The interface is Chinese through a default that cemlab's installation puts beside JupyterLab's own settings
(share/jupyter/lab/settings/overrides.d/cemlab.json); what a user sets in JupyterLab wins.
"""

import os
import shutil
import subprocess
import sys
import sysconfig

from cemlab.paths import is_checkout, notebooks_folder, project_root

START = "start.ipynb"


def prepare_notebooks():
    """Return the folder to work in; an installed cemlab copies its notebooks there, never over an existing file."""
    folder = project_root() / "notebooks"
    if is_checkout() and folder == notebooks_folder():
        return folder
    for source in sorted(notebooks_folder().rglob("*.ipynb")):
        target = folder / source.relative_to(notebooks_folder())
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    return folder


def lab_command(arguments=()):
    """Return the command line (list of str) that opens JupyterLab on the start notebook.

    Parameters
    ----------
    arguments : sequence of str
        Passed on to JupyterLab, such as ``--no-browser`` or ``--port=8899``.
    """
    root = project_root()
    start = f"/lab/tree/notebooks/{START}"
    options = [f"--ServerApp.root_dir={root}", f"--LabApp.default_url={start}"]
    return [sys.executable, "-m", "jupyterlab", *options, *arguments]


def open_lab(arguments=()):
    """Run JupyterLab on the start notebook until it is stopped; return its exit code.

    Parameters
    ----------
    arguments : sequence of str
        Passed on to JupyterLab.
    """
    prepare_notebooks()
    root = project_root()
    scripts = sysconfig.get_path("scripts")  # a terminal opened in JupyterLab finds the command cemlab there
    path = os.pathsep.join([scripts, os.environ.get("PATH", "")])
    environment = {**os.environ, "CEMLAB_HOME": str(root), "PATH": path}
    try:
        return subprocess.run(lab_command(arguments), cwd=root, env=environment, check=False).returncode
    except KeyboardInterrupt:
        return 0

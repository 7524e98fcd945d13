"""JupyterLab opens on the start notebook, in Chinese, and finds the command; an installed cemlab brings its notebooks."""

import json
import os
import re
import sys

import pytest

from cemlab import lab, paths


@pytest.fixture
def installed(monkeypatch, tmp_path):
    """An installed cemlab: its notebooks inside the package, an empty folder to work in."""
    shipped = tmp_path / "site" / "cemlab"
    (shipped / "_study_files" / "notebooks" / "explore").mkdir(parents=True)
    for name in ("start.ipynb", "explore/free.ipynb"):
        (shipped / "_study_files" / "notebooks" / name).write_text("{}", encoding="utf-8")
    monkeypatch.setattr(paths, "PACKAGE", shipped)
    monkeypatch.setattr(paths, "SHIPPED", shipped / "_study_files")
    monkeypatch.delenv("CEMLAB_HOME", raising=False)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


def test_a_checkout_works_in_its_own_folders(root, monkeypatch):
    monkeypatch.delenv("CEMLAB_HOME", raising=False)
    assert paths.is_checkout()
    assert paths.project_root() == root
    assert paths.notebooks_folder() == lab.prepare_notebooks() == root / "notebooks"
    assert paths.codebooks_folder() == root / "data" / "codebooks"


def test_an_installed_cemlab_works_in_the_current_folder(installed):
    assert paths.project_root() == installed
    assert paths.lake_folder() == installed / "data" / "lake"
    assert paths.notebooks_folder().parts[-2:] == ("_study_files", "notebooks")
    assert paths.codebooks_folder().parts[-3:] == ("_study_files", "data", "codebooks")


def test_cemlab_home_wins(installed, monkeypatch, tmp_path):
    monkeypatch.setenv("CEMLAB_HOME", str(tmp_path / "elsewhere"))
    assert paths.project_root() == tmp_path / "elsewhere"


def test_notebooks_are_copied_and_never_overwritten(installed):
    (installed / "notebooks").mkdir()
    (installed / "notebooks" / "start.ipynb").write_text("my own", encoding="utf-8")
    assert lab.prepare_notebooks() == installed / "notebooks"
    assert (installed / "notebooks" / "start.ipynb").read_text(encoding="utf-8") == "my own"
    assert (installed / "notebooks" / "explore" / "free.ipynb").is_file()


def test_lab_starts_this_python_on_the_start_notebook(installed, monkeypatch):
    """The kernel of the notebook must find this cemlab, this store, and a terminal the command."""
    called = {}

    def run(command, **options):
        called.update(options, command=command)
        return type("Done", (), {"returncode": 0})

    monkeypatch.setattr(lab.subprocess, "run", run)
    assert lab.open_lab(["--no-browser"]) == 0
    assert called["command"][:3] == [sys.executable, "-m", "jupyterlab"]
    assert "--LabApp.default_url=/lab/tree/notebooks/start.ipynb" in called["command"]
    assert called["command"][-1] == "--no-browser"
    assert called["cwd"] == installed
    assert called["env"]["CEMLAB_HOME"] == str(installed)
    assert called["env"]["PATH"].endswith(os.pathsep + os.environ["PATH"])


def test_the_default_settings_are_ones_that_jupyterlab_knows(root):
    """Read against the schemas of the installed JupyterLab: a setting that it renames would silently do nothing."""
    schemas = os.path.join(sys.prefix, "share", "jupyter", "lab", "schemas")
    if not os.path.isdir(schemas):
        pytest.skip("JupyterLab's schemas are not in this environment")
    from jsonschema import validate

    settings = json.loads((root / "cemlab" / "lab_settings.json").read_text(encoding="utf-8"))
    for plugin, values in settings.items():
        package, name = plugin.split(":")
        with open(os.path.join(schemas, *package.split("/"), f"{name}.json"), encoding="utf-8") as file:
            schema = json.load(file)
        assert values.keys() <= schema["properties"].keys()
        validate(values, schema)
    assert settings["@jupyterlab/translation-extension:plugin"]["locale"] == "zh_CN"


def test_the_chinese_language_pack_is_found():
    from jupyterlab_server.translation_utils import get_language_packs

    packs, _ = get_language_packs()
    assert "zh_CN" in packs


def test_the_start_notebook_leads_to_every_study(root):
    """Every study has a link, and every link leads to a notebook."""
    notebook = json.loads((root / "notebooks" / "start.ipynb").read_text(encoding="utf-8"))
    text = "".join("".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown")
    links = set(re.findall(r"\]\(([\w/]+\.ipynb)\)", text))
    studies = {path.name for path in (root / "notebooks").glob("*.ipynb")} - {"start.ipynb"}
    assert studies <= links
    assert [link for link in links if not (root / "notebooks" / link).is_file()] == []

"""The ground: what is declared, locked, packed and kept out of the repository; what `import cemlab` loads."""

import re
import shutil
import subprocess
import sys
import tomllib
from zipfile import ZipFile

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tools import clean, make_help, set_up

CONDA_NAMES = {"tzdata": "python-tzdata", "jupyter-client": "jupyter_client"}  # where conda-forge says it otherwise
HEAVY = [
    "pandas",
    "polars",
    "pyarrow",
    "narwhals",
    "numpy",
    "scipy",
    "statsmodels",
    "sklearn",
    "deltalake",
    "matplotlib",
]
HEAVY += ["seaborn", "pyecharts", "snownlp", "rjieba", "papermill", "nbconvert", "IPython", "sqlalchemy", "pyspark"]


@pytest.fixture(scope="module")
def project(root):
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def pins(path):
    """Lock file as {name: Requirement}."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    found = {canonicalize_name(Requirement(line).name): Requirement(line) for line in lines}
    assert len(found) == len(lines), "a package is locked twice"
    return found


# what `import cemlab` loads


def test_import_loads_no_heavy_library():
    """Counted in loaded modules, not in seconds: a busy machine changes nothing."""
    code = f"import sys, cemlab; print([name for name in {HEAVY} if name in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "[]"


def test_every_public_name_can_be_loaded():
    import cemlab

    absent = []
    for name in cemlab.__all__:
        try:
            getattr(cemlab, name)
        except (ImportError, AttributeError) as reason:
            absent.append(f"{name}: {reason}")
    assert absent == []


# what is declared and locked


def test_environment_yml_says_what_pyproject_says(root, project):
    environment = yaml.safe_load((root / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    conda = [entry for entry in environment if isinstance(entry, str)]
    (through_pip,) = [entry["pip"] for entry in environment if isinstance(entry, dict)]
    wanted = {canonicalize_name(Requirement(line).name): line for line in project["dependencies"]}
    names = {CONDA_NAMES.get(name, name): name for name in wanted}
    found = {}
    for line in [*conda, *through_pip]:
        if line in ("pip", "--editable .") or line.startswith("python>"):
            continue
        name, bounds = re.match(r"([\w.-]+)(.*)", line).groups()
        found[names.get(name, name)] = names.get(name, name) + bounds
    assert found == wanted
    assert f"python{project['requires-python']}" in conda
    assert through_pip[-1] == "--editable ."


def test_every_dependency_has_both_bounds_and_a_pin_within_them(root, project):
    locked = pins(root / "requirements.lock")
    for line in [*project["dependencies"], *project["optional-dependencies"]["dev"]]:
        requirement = Requirement(line)
        assert {specifier.operator for specifier in requirement.specifier} <= {">=", "<"}, line
        pin = locked[canonicalize_name(requirement.name)]
        (exact,) = pin.specifier
        assert requirement.specifier.contains(exact.version), f"{line} is locked at {exact.version}"


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-spark.lock"])
def test_locks_hold_exact_versions_and_no_address(root, name):
    for pin in pins(root / name).values():
        assert [specifier.operator for specifier in pin.specifier] == ["=="], str(pin)
        assert pin.url is None
    assert "://" not in (root / name).read_text(encoding="utf-8")


def test_the_locks_do_not_contradict_each_other(root, project):
    spark = pins(root / "requirements-spark.lock")
    assert not spark.keys() & pins(root / "requirements.lock").keys()
    for line in project["optional-dependencies"]["spark"]:
        assert canonicalize_name(Requirement(line).name) in spark


def test_one_version_everywhere(root, project):
    import cemlab

    assert project["version"] == cemlab.__version__
    changelog = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## \[(\d+\.\d+\.\d+)\]", changelog, flags=re.MULTILINE)[1]
    assert Version(newest) == Version(project["version"])


# what is packed


def test_the_wheel_holds_what_an_installed_cemlab_reads(root, tmp_path):
    """Built without network, outside the tree: notebooks, codebooks, templates, settings; no data of a team."""
    from hatchling.builders.wheel import WheelBuilder

    for entry in ["cemlab", "notebooks", "data", "pyproject.toml", "README.md", "LICENSE", ".gitignore"]:
        source = root / entry
        target = tmp_path / entry
        if source.is_dir():
            shutil.copytree(
                source, target, ignore=shutil.ignore_patterns("lake", "inbox", "raw", "cache", "__pycache__")
            )
        else:
            shutil.copyfile(source, target)
    (tmp_path / "data" / "lake").mkdir()
    (tmp_path / "data" / "lake" / "answers.parquet").write_bytes(b"someone's answers")
    (wheel,) = WheelBuilder(str(tmp_path)).build(directory=str(tmp_path / "dist"), versions=["standard"])
    held = set(ZipFile(wheel).namelist())
    wanted = {f"cemlab/{path.relative_to(root / 'cemlab').as_posix()}" for path in packaged(root / "cemlab")}
    for folder, shipped in [("notebooks", "notebooks"), ("data/codebooks", "data/codebooks")]:
        files = packaged(root / folder)
        wanted |= {f"cemlab/_study_files/{shipped}/{path.relative_to(root / folder).as_posix()}" for path in files}
    assert wanted - held == set()
    assert any(name.endswith("share/jupyter/lab/settings/overrides.d/cemlab.json") for name in held)
    assert not [name for name in held if "lake" in name or name.startswith(("tests", "tools", "benchmarks"))]


def packaged(folder):
    """Files of a folder that belong to the project."""
    hidden = {"__pycache__", ".ipynb_checkpoints"}
    return [path for path in folder.rglob("*") if path.is_file() and not hidden & set(path.parts)]


# what make does


def test_help_lists_every_target_a_user_needs(root):
    text = (root / "Makefile").read_text(encoding="utf-8")
    shown = dict(make_help.targets(text))
    phony = re.search(r"^\.PHONY: (.+)$", text, flags=re.MULTILINE)[1].split()
    assert list(shown) == phony
    assert {"setup", "lab", "sample", "report", "test", "lint", "bench", "clean"} <= shown.keys()


@pytest.mark.parametrize("target", ["lab", "sample", "report", "test", "lint", "bench"])
def test_each_target_works_as_the_first_command(root, target):
    text = (root / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{target}: setup ##", text, flags=re.MULTILINE)


def test_set_up_does_nothing_while_the_lock_is_the_same(monkeypatch, tmp_path):
    """Set-up is called with a stamp that fits: whatever would install or make something fails the test."""
    for name in ("make_venv", "install", "find_python"):
        monkeypatch.setattr(set_up, name, lambda *_, name=name: pytest.fail(f"{name} was called"))
    lock = set_up.ROOT / "requirements.lock"
    monkeypatch.setattr(set_up, "installed", lambda: {"requirements.lock": set_up.fingerprint([lock, lock])})
    monkeypatch.setattr(set_up, "STAMP", tmp_path / "stamp")
    set_up.main([])
    assert not (tmp_path / "stamp").exists()


def test_set_up_installs_an_extra_on_top_and_remembers_it(monkeypatch, tmp_path):
    called = []
    lock, spark = set_up.ROOT / "requirements.lock", set_up.ROOT / "requirements-spark.lock"
    monkeypatch.setattr(set_up, "make_venv", lambda _: pytest.fail("the environment was made anew"))
    monkeypatch.setattr(set_up, "install", called.append)
    monkeypatch.setattr(set_up, "installed", lambda: {"requirements.lock": set_up.fingerprint([lock, lock])})
    monkeypatch.setattr(set_up, "STAMP", tmp_path / "stamp")
    set_up.main(["spark"])
    assert called == [[lock, spark]]
    lines = (tmp_path / "stamp").read_text(encoding="utf-8").splitlines()
    assert [line.split()[0] for line in lines] == ["requirements.lock", "requirements-spark.lock"]


def test_set_up_starts_over_when_the_lock_changed(monkeypatch, tmp_path):
    called = []
    monkeypatch.setattr(set_up, "version_of", lambda *_, **__: None)
    monkeypatch.setattr(set_up, "find_python", lambda: ["python"])
    monkeypatch.setattr(set_up, "make_venv", lambda python: called.append(python))
    monkeypatch.setattr(set_up, "install", called.append)
    monkeypatch.setattr(set_up, "installed", lambda: {"requirements.lock": "of last week"})
    monkeypatch.setattr(set_up, "STAMP", tmp_path / "stamp")
    set_up.main([])
    assert called == [["python"], [set_up.ROOT / "requirements.lock"]]


def test_set_up_says_which_python_and_which_extra(monkeypatch):
    monkeypatch.setattr(set_up, "version_of", lambda *_, **__: (3, 9))
    with pytest.raises(SystemExit, match=r"需要 Python 3\.11.*\n.*3\.11, 3\.12 or 3\.13 is needed.*make PYTHON="):
        set_up.find_python()
    with pytest.raises(SystemExit, match=r"no extra \['sprak'\]; there are \['spark'\]"):
        set_up.read_lock(["sprak"])


def test_set_up_says_what_to_install_where_python_came_without_venv(monkeypatch, tmp_path):
    """A Python whose `-m venv` fails, as Debian's does without python3-venv; a half-made folder must not stay."""
    monkeypatch.setattr(set_up, "VENV", tmp_path / ".venv")
    (tmp_path / ".venv").mkdir()
    with pytest.raises(SystemExit, match="sudo apt install python3-venv"):
        set_up.make_venv([sys.executable, "-c", "raise SystemExit(1)"])
    assert not (tmp_path / ".venv").exists()


def test_clean_leaves_environment_store_and_reports_alone(tmp_path):
    kept = [".venv/lib/__pycache__", "data/lake/service", "data/raw", "reports/2026Q3"]
    gone = ["build", "cemlab/__pycache__", "notebooks/explore/.ipynb_checkpoints", "reports/2026Q3.FAILED"]
    for name in [*kept, *gone]:
        (tmp_path / name).mkdir(parents=True)
    assert sorted(clean.leftovers(tmp_path)) == sorted(tmp_path / name for name in gone)


# what must not stand in a tracked file


def tracked_texts(root):
    """(path, text) of every tracked text file."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git repository: tracked files cannot be listed")
    for name in filter(None, listed.stdout.decode().split("\0")):
        path = root / name
        if path.is_file():
            try:
                yield name, path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue


PLACES = re.compile(
    r"(?<![\w.~$}:/])/(?:" + "|".join(["home", "root", "Users", "work", "tmp", "opt"]) + r")/\w|[A-Z]:\\Users\\\w"
)
HOSTS = re.compile(
    "|".join(
        [
            "py" + r"pi\.",
            "pythonhosted" + r"\.",
            "npm" + r"js\.",
            "anaconda" + r"\.(?:org|com)",
            "--(?:extra-)?index" + "-url",
        ]
    )
)


@pytest.mark.parametrize("pattern", [PLACES, HOSTS], ids=["places of one machine", "hosts of registries"])
def test_no_tracked_file_names(root, pattern):
    found = []
    for name, text in tracked_texts(root):
        found += [f"{name}: {match[0]}" for match in pattern.finditer(text) if name != "tests/test_ground.py"]
    assert found == []


@pytest.mark.parametrize(
    "line", ["open('/home/someone/x.csv')", "see /" + "work/x", r"C:\Users\someone", "(/" + "tmp/x)"]
)
def test_a_place_is_found(line):
    assert PLACES.search(line)


@pytest.mark.parametrize(
    "line", ["data/" + "work/x", "example.org/" + "home/page", "${HOME}/" + "work/x", "a/" + "tmp/b", "reports/"]
)
def test_what_is_no_place_is_left_alone(line):
    assert not PLACES.search(line)

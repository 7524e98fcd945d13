"""Rooms call downwards only; what a room imports from outside is declared. Imports inside functions count as well."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions

import pytest

GROUND = {"checks", "paths"}
WORDS = GROUND | {"codebook", "masking", "masking_rules", "masking_staff"}
STORES = {"store", "contacts", "db", "vault", "apply", "derive"}
FIGURES = {"measure", "analyse", "text"}
SAMPLES = {
    "simulate",
    "simulate_brand",
    "simulate_reviews",
    "simulate_dialogues",
    "sample_files",
    "sample_files_brand",
    "sample_files_reviews",
    "simulate_product",
    "simulate_product_rows",
    "sample_files_product",
    "simulate_employee",
    "simulate_employee_words",
    "sample_files_employee",
}
LOWER = WORDS | STORES | FIGURES | {"act", "release"}
# room -> the rooms it may call; itself always. A new room is entered here, with its place in the architecture.
MAY_CALL = {
    "checks": set(),
    "paths": set(),
    "masking_rules": {"checks"},
    "masking": {"checks", "masking_rules"},
    "masking_staff": {"masking", "masking_rules"},
    "codebook_parts": {"checks"},
    "codebook_study": {"checks", "codebook_parts"},
    "codebook_service": {"codebook_parts"},
    "codebook_dialogues": {"codebook_parts"},
    "codebook_errors": {"checks"},
    "codebook_employee": {"checks", "codebook_parts"},
    "codebook_choice": {"codebook_parts"},
    "codebook_product": {"checks", "codebook_parts", "codebook_choice"},
    "codebook": {
        "checks",
        "codebook_parts",
        "codebook_study",
        "codebook_service",
        "codebook_dialogues",
        "codebook_product",
        "codebook_employee",
        "codebook_errors",
    },
    "db": WORDS,
    "contacts": WORDS | {"db"},
    "vault": WORDS | {"contacts"},
    "derive": WORDS,
    "apply": WORDS | {"derive"},
    "store": WORDS | {"db", "contacts", "apply", "derive"},
    "measure": {"checks", "codebook", "masking"},  # no files
    "analyse": {"checks", "codebook", "codebook_product", "masking", "measure"},  # no charts
    "text": WORDS | {"measure"},
    "collect": WORDS | STORES,  # no statistics
    "act": WORDS | STORES | FIGURES,
    "release": WORDS | STORES | FIGURES | {"act"},
    "report": LOWER | {"codebook_errors"},
    "forget": LOWER | {"report"},
    "explore": LOWER | {"report"},
    "simulate": WORDS,
    "simulate_reviews": WORDS | {"simulate"},
    "simulate_dialogues": WORDS,
    "sample_files": WORDS | {"simulate", "simulate_dialogues"},
    "simulate_brand": WORDS,
    "sample_files_brand": WORDS | {"simulate_brand"},
    "simulate_product": WORDS | {"simulate_product_rows"},
    "simulate_product_rows": WORDS,
    "sample_files_product": WORDS | {"simulate_product", "simulate_product_rows"},
    "simulate_employee": WORDS | {"simulate_employee_words"},
    "simulate_employee_words": WORDS,
    "sample_files_employee": WORDS | {"simulate_employee", "simulate_employee_words"},
    "sample_study": LOWER
    | {
        "collect",
        "report",
        "simulate",
        "simulate_reviews",
        "sample_files",
        "sample_files_brand",
        "sample_files_product",
        "sample_files_employee",
    },
    "doctor": WORDS | {"report"},
    "lab": WORDS,
}
TOP = {"__init__", "__main__", "cli", "cli_formats", "cli_schedule"}  # may call every room


def room_of(path, package):
    """Room of a file: the folder or the module directly under the package."""
    return path.relative_to(package).with_suffix("").parts[0]


def imported_names(path, package):
    """Every module and name that the file at `path` imports, in full (relative imports resolved)."""
    parts = (package.name, *path.relative_to(package).parent.parts)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = list(parts[: len(parts) - node.level + 1]) if node.level else []
            base += [node.module] if node.module else []
            yield from (".".join([*base, alias.name]) for alias in node.names)


def upward_calls(package):
    """Sentences about files under `package` that call a room which is not below their own."""
    for path in sorted(package.rglob("*.py")):
        room = room_of(path, package)
        if room in TOP:
            continue
        if room not in MAY_CALL:
            yield f"{room}: a room without a place; enter it in MAY_CALL of tests/test_layers.py"
            continue
        called = {name.split(".")[1] for name in imported_names(path, package) if name.startswith(f"{package.name}.")}
        rooms = {entry.stem for entry in package.iterdir()}
        for other in sorted((called & rooms) - MAY_CALL[room] - {room}):
            yield f"{path.relative_to(package).as_posix()} calls {other}, which is not below {room}"


def test_rooms_call_downwards_only(root):
    assert list(upward_calls(root / "cemlab")) == []


@pytest.mark.parametrize(
    "line",
    [
        "import cemlab.report.charts",
        "from cemlab.report import charts",
        "from cemlab import report",
        "from ..report.charts import draw",
        "from .. import report",
        "def f():\n    from cemlab.report import charts",
    ],
)
def test_an_upward_call_is_found_however_it_is_written(tmp_path, line):
    package = tmp_path / "cemlab"
    for room in ("measure", "report"):
        (package / room).mkdir(parents=True)
    (package / "measure" / "scores.py").write_text(line, encoding="utf-8")
    assert list(upward_calls(package)) == ["measure/scores.py calls report, which is not below measure"]


def test_the_places_hold_no_circle():
    """Taking away rooms that call nothing left must take away all of them."""
    left = {room: set(below) for room, below in MAY_CALL.items()}
    while True:
        done = {room for room, below in left.items() if not below & left.keys()}
        if not done:
            break
        left = {room: below for room, below in left.items() if room not in done}
    assert left == {}


def test_what_the_package_imports_is_declared(root):
    """A library that comes only because another one needs it may go with that other one."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["spark"]]
    declared = {normal(re.match(r"[\w.-]+", requirement)[0]) for requirement in wanted}
    distributions = packages_distributions()
    undeclared = {}
    for path in sorted((root / "cemlab").rglob("*.py")):
        for name in imported_names(path, root / "cemlab"):
            top = name.split(".")[0]
            if top in sys.stdlib_module_names or top == "cemlab":
                continue
            if not declared & {normal(found) for found in distributions.get(top, [top])}:
                undeclared.setdefault(top, path.relative_to(root).as_posix())
    assert undeclared == {}


def normal(name):
    """Name of a distribution as the index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()

"""Check notebooks as they are stored: `python -m tools.stored_notebooks [FILE...]`, without files all of notebooks/.

Every notebook: valid, a kernelspec that papermill finds, no outputs, no execution counts. A study notebook (directly in
notebooks/, the start notebook aside) besides that: one parameters cell of literal, annotated assignments; no definitions
and no loops; no library that computes statistics. Such code belongs in the package, with a name and a test.
"""

import ast
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ROOT / "notebooks"
NOT_STUDIES = {"start.ipynb"}
PACKAGE_CODE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.AsyncFor, ast.While)
PACKAGE_LIBRARIES = {"scipy", "statsmodels", "sklearn", "narwhals", "deltalake", "sqlalchemy", "snownlp", "rjieba"}
MOST_LINES = 30


def is_study(path):
    """Whether the notebook at `path` is a study: directly in a folder called notebooks, and not the start notebook."""
    return path.parent.name == "notebooks" and path.name not in NOT_STUDIES


def check_notebook(path):
    """Return what is wrong with the notebook at `path`: a list of one-line sentences, empty when all is well."""
    path = Path(path)
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        cells = notebook["cells"]
    except (ValueError, KeyError, TypeError):
        return ["is not a notebook in JSON; save it once more in JupyterLab"]
    problems = []
    if notebook.get("metadata", {}).get("kernelspec", {}).get("name") != "python3":
        problems.append("needs the kernelspec 'python3', or papermill finds no kernel")
    code = [(number, cell) for number, cell in enumerate(cells, 1) if cell["cell_type"] == "code"]
    for number, cell in code:
        if cell.get("outputs"):
            problems.append(f"cell {number} is stored with outputs; clear all outputs before saving")
        if cell.get("execution_count"):
            problems.append(f"cell {number} is stored with an execution count; clear all outputs before saving")
    return problems + (check_study(code) if is_study(path) else [])


def check_study(code):
    """Return what breaks the rules of a study notebook in its code cells, given as (number, cell)."""
    tagged = [(number, cell) for number, cell in code if "parameters" in cell.get("metadata", {}).get("tags", [])]
    problems = []
    if len(tagged) != 1:
        problems.append(f"has {len(tagged)} cells tagged 'parameters'; a study has exactly one")
    for number, cell in code:
        source = "".join(cell["source"])
        try:
            tree = ast.parse(source)
        except SyntaxError:
            problems.append(f"cell {number} is not plain Python (magics and shell lines do not belong in a study)")
            continue
        problems += [f"cell {number} {what}" for what in check_cell(tree, len(source.splitlines()))]
        if (number, cell) in tagged:
            problems += [f"cell {number} {what}" for what in check_parameters(tree)]
    return problems


def check_cell(tree, lines):
    """Return what in one cell is package code: definitions, loops, statistical libraries, too many lines."""
    found = sorted({type(node).__name__ for node in ast.walk(tree) if isinstance(node, PACKAGE_CODE)})
    problems = [f"holds {kind}; put it into the package, with a name and a test" for kind in found]
    imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    heavy = sorted({name.split(".")[0] for name in imported} & PACKAGE_LIBRARIES)
    problems += [f"imports {name}; call a function of cemlab" for name in heavy]
    if lines > MOST_LINES:
        problems.append(f"has {lines} lines, more than {MOST_LINES}; put its logic into the package")
    return problems


def check_parameters(tree):
    """Return what keeps a parameters cell from being literal and annotated."""
    problems = []
    for statement in tree.body:
        if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
            problems.append(
                f"line {statement.lineno}: parameters read `name: type = literal`, and nothing else stands there"
            )
            continue
        try:
            ast.literal_eval(statement.value)
        except (ValueError, TypeError):
            problems.append(f"line {statement.lineno}: parameter {statement.target.id!r} is not a literal")
    return problems


def main(arguments):
    """Print the problems of the named notebooks, or of all; return the exit code."""
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    every = [path for path in sorted(NOTEBOOKS.rglob("*.ipynb")) if ".ipynb_checkpoints" not in path.parts]
    paths = [Path(argument) for argument in arguments] or every
    problems = [f"{path}: {problem}" for path in paths for problem in check_notebook(path)]
    print("\n".join(problems) if problems else f"{len(paths)} stored notebooks are as they should be")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The check of stored notebooks: every rule is broken once, and the notebooks of the repository keep them all."""

import json

import pytest

from tools.stored_notebooks import check_notebook, main

PARAMETERS = 'wave: str = "2017"  # reported\nby: list = ["segment"]\nmin_n: int = -1\nstop: str | None = None'


def notebook(folder, *cells, name="study.ipynb", kernel="python3"):
    """Write a notebook of (source, tags, outputs, count) cells into notebooks/ under `folder`; return its path."""
    written = []
    for source, tags, outputs, count in cells:
        cell = {"cell_type": "code", "metadata": {"tags": tags}, "source": source.splitlines(keepends=True)}
        written.append({**cell, "outputs": outputs, "execution_count": count})
    path = folder / "notebooks" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {"cells": written, "metadata": {"kernelspec": {"name": kernel}}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def code(source, *tags, outputs=(), count=None):
    return source, list(tags), list(outputs), count


GOOD = code(PARAMETERS, "parameters")


def test_a_sound_study_passes(tmp_path):
    assert check_notebook(notebook(tmp_path, GOOD, code("scores = [cem.nps(data, cut) for cut in by]\nscores"))) == []


@pytest.mark.parametrize(
    "cell, problem",
    [
        (code("1", outputs=[{"output_type": "stream"}]), "cell 2 is stored with outputs"),
        (code("1", count=3), "cell 2 is stored with an execution count"),
        (code("def f():\n    pass"), "cell 2 holds FunctionDef"),
        (code("class F:\n    pass"), "cell 2 holds ClassDef"),
        (code("for x in y:\n    pass"), "cell 2 holds For"),
        (code("while True:\n    pass"), "cell 2 holds While"),
        (code("f = lambda x: x"), "cell 2 holds Lambda"),
        (code("from scipy.stats import norm"), "cell 2 imports scipy"),
        (code("import statsmodels.api as sm"), "cell 2 imports statsmodels"),
        (code("%matplotlib inline"), "cell 2 is not plain Python"),
        (code("\n".join(["x = 1"] * 31)), "cell 2 has 31 lines"),
        (GOOD, "has 2 cells tagged 'parameters'"),
    ],
)
def test_each_broken_rule_is_named_with_its_cell(tmp_path, cell, problem):
    (found,) = check_notebook(notebook(tmp_path, GOOD, cell))
    assert found.startswith(problem)


@pytest.mark.parametrize(
    "line, problem",
    [
        ('wave = "2017"', "parameters read `name: type = literal`"),
        ("import cemlab", "parameters read `name: type = literal`"),
        ('out: str = "reports/" + wave', "parameter 'out' is not a literal"),
        ("day: object = today()", "parameter 'day' is not a literal"),
        ("wave: str", "parameter 'wave' is not a literal"),
    ],
)
def test_parameters_are_literal_and_annotated(tmp_path, line, problem):
    """A value worked out in the parameters cell keeps its old value when papermill injects new ones."""
    (found,) = check_notebook(notebook(tmp_path, code(f"{PARAMETERS}\n{line}", "parameters")))
    assert f"cell 1 line 5: {problem}" in found


def test_a_study_without_parameters_and_a_notebook_without_kernel(tmp_path):
    assert check_notebook(notebook(tmp_path, code("1"))) == ["has 0 cells tagged 'parameters'; a study has exactly one"]
    (found,) = check_notebook(notebook(tmp_path, GOOD, kernel=""))
    assert "kernelspec 'python3'" in found


def test_the_start_notebook_and_explorations_need_no_parameters(tmp_path):
    assert check_notebook(notebook(tmp_path, code("for x in y:\n    pass"), name="start.ipynb")) == []
    assert check_notebook(notebook(tmp_path, code("for x in y:\n    pass"), name="explore/free.ipynb")) == []


def test_a_broken_file_is_a_sentence_not_a_traceback(tmp_path, capsys):
    path = tmp_path / "broken.ipynb"
    path.write_text("{", encoding="utf-8")
    assert main([str(path)]) == 1
    assert "broken.ipynb: is not a notebook" in capsys.readouterr().out


def test_the_notebooks_of_the_repository(root):
    paths = [path for path in (root / "notebooks").rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts]
    assert {path.name: check_notebook(path) for path in paths} == {path.name: [] for path in paths}
    assert "start.ipynb" in {path.name for path in paths}

"""What a notebook may be told is checked before anything runs."""

import json

import pytest

from cemlab.report.parameters import check_parameters, read_parameters

CELL = """wave: str = "2017"  # the wave reported
level: float = 0.95
min_n: int = 30
by: list[str] = ["gender"]
full: bool = False
previous: str | None = None
limits: dict = {"low": 1}
out: str = "draft"
"""


@pytest.fixture
def notebook(tmp_path):
    def write(source=CELL, tags=("parameters",), times=1):
        cell = {"cell_type": "code", "metadata": {"tags": list(tags)}, "source": source, "outputs": []}
        path = tmp_path / "study.ipynb"
        path.write_text(
            json.dumps({"cells": [cell] * times, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}), "utf-8"
        )
        return path

    return write


def test_cell_is_read_without_running_it(notebook):
    found = read_parameters(notebook())
    assert list(found) == ["wave", "level", "min_n", "by", "full", "previous", "limits", "out"]
    assert found["wave"].help == "the wave reported" and found["by"].default == ["gender"]
    assert found["previous"].written == "str | None"


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("level", "0.9", 0.9),
        ("level", 1, 1.0),
        ("min_n", "50", 50),
        ("by", "gender, age", ["gender", "age"]),
        ("by", '["gender"]', ["gender"]),
        ("full", "true", True),
        ("full", "0", False),
        ("previous", "none", None),
        ("previous", "2016", "2016"),
        ("limits", '{"low": 2}', {"low": 2}),
        ("wave", "2016", "2016"),
    ],
)
def test_texts_of_a_command_line_become_the_annotated_type(notebook, name, text, value):
    found = check_parameters(notebook(), {name: text})[name]
    assert found == value and type(found) is type(value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("level", "high"),
        ("min_n", "3.5"),
        ("min_n", True),
        ("full", "maybe"),
        ("wave", 2017),
        ("by", 3),
        ("wave", None),
    ],
)
def test_a_mistyped_value_names_parameter_and_type(notebook, name, value):
    with pytest.raises(ValueError, match=f"render: parameter '{name}' of study.ipynb must be "):
        check_parameters(notebook(), {name: value})


def test_a_misspelt_name_stops_with_the_nearest(notebook):
    """Papermill itself would only warn, and report the default wave."""
    with pytest.raises(
        ValueError, match=r"has no parameter \['wav'\]. Did you mean 'wave'\? It has: wave, level, min_n, by, full"
    ):
        check_parameters(notebook(), {"wav": "2016"})


@pytest.mark.parametrize(
    ("source", "match"),
    [
        ("wave = 1", "not written as `name: type = literal`"),
        ("wave: str = str(1)", "not a literal"),
        ("wave: date = None", "the type 'date' of 'wave' is not known"),
        ("wave: int = 'x'", "default of 'wave' must be int, not 'x'"),
        ("wave: str =", "line 1 is no Python"),
        ("import os", "not written as"),
    ],
)
def test_a_cell_that_is_no_list_of_literals_is_refused(notebook, source, match):
    with pytest.raises(ValueError, match=match):
        read_parameters(notebook(source))


def test_one_tagged_cell_is_needed(notebook):
    with pytest.raises(ValueError, match="0 cells carry the tag 'parameters'"):
        read_parameters(notebook(tags=()))
    with pytest.raises(ValueError, match="2 cells carry the tag"):
        read_parameters(notebook(times=2))


def test_no_notebook_and_no_json(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no notebook"):
        read_parameters(tmp_path / "none.ipynb")
    (tmp_path / "bad.ipynb").write_text("{}", encoding="utf-8")
    with pytest.raises(ValueError, match="bad.ipynb is no Jupyter notebook"):
        read_parameters(tmp_path / "bad.ipynb")

"""What a notebook may be told: reads its parameters cell and checks values against it before a kernel starts."""

import ast
import difflib
import io
import json
import tokenize
import types
import typing
from dataclasses import dataclass
from pathlib import Path

TYPES = {"str": str, "int": int, "float": float, "bool": bool, "list": list, "dict": dict, "None": None}


@dataclass(frozen=True)
class Parameter:
    """One line of the parameters cell: its name, type as written, literal default and trailing comment."""

    name: str
    kind: object
    written: str
    default: object
    help: str


def read_parameters(notebook):
    """Read the parameters of a notebook without running it.

    Parameters
    ----------
    notebook : str or Path
        A .ipynb file with exactly one code cell tagged "parameters". Each of its statements is
        ``name: type = literal``; the type is one of str, int, float, bool, list, dict, ``list[str]`` and the like,
        or one of these ``| None``.

    Returns
    -------
    dict of str to Parameter
        In the order written.

    Raises
    ------
    FileNotFoundError
        No such notebook.
    ValueError
        No or several parameters cells; a statement that is not an annotated literal; a default of another type.
    """
    notebook = Path(notebook)
    where = f"parameters of {notebook.name}"
    cell = _parameters_cell(notebook, where)
    try:
        tree = ast.parse(cell)
    except SyntaxError as error:
        raise ValueError(f"{where}: line {error.lineno} is no Python ({error.msg}).") from None
    comments = _comments(cell)
    found = {}
    for statement in tree.body:
        text = ast.get_source_segment(cell, statement)
        if (
            not isinstance(statement, ast.AnnAssign)
            or not isinstance(statement.target, ast.Name)
            or not statement.value
        ):
            raise ValueError(f"{where}: {text!r} is not written as `name: type = literal`; move it to a later cell.")
        name, written = statement.target.id, ast.unparse(statement.annotation)
        kind = _kind(statement.annotation, where, name)
        try:
            default = ast.literal_eval(statement.value)
        except ValueError:
            raise ValueError(
                f"{where}: the default of {name!r} is not a literal; values worked out here would keep their "
                "old value when others are given. Work it out in a later cell."
            ) from None
        default = _convert(default, kind, written, f"{where}: default of {name!r}", texts=False)
        found[name] = Parameter(name, kind, written, default, comments.get(statement.end_lineno, ""))
    return found


def check_parameters(notebook, values):
    """Check values against a notebook's parameters cell and give them the types it names.

    Parameters
    ----------
    notebook : str or Path
        The notebook that will be run.
    values : dict
        Names and values. Texts, as a command line gives them, are turned into the annotated type: "0.9" becomes a
        float, "a,b" or a JSON text a list, "true" or "false" a bool, "none" None where None is allowed.

    Returns
    -------
    dict
        The given names only, with values of the annotated types.

    Raises
    ------
    ValueError
        A name that the notebook does not have (the message holds the nearest and all right names), or a value that
        is not of the annotated type.
    """
    notebook = Path(notebook)
    known = read_parameters(notebook)
    unknown = [name for name in values if name not in known]
    if unknown:
        near = difflib.get_close_matches(str(unknown[0]), known, n=1)
        hint = f"Did you mean {near[0]!r}? " if near else ""
        raise ValueError(f"render: {notebook.name} has no parameter {unknown}. {hint}It has: {', '.join(known)}.")
    return {
        name: _convert(value, known[name].kind, known[name].written, f"render: parameter {name!r} of {notebook.name}")
        for name, value in values.items()
    }


def _parameters_cell(notebook, where):
    if not notebook.is_file():
        raise FileNotFoundError(f"render: there is no notebook {notebook}.")
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    except (ValueError, KeyError, UnicodeDecodeError):
        raise ValueError(f"render: {notebook.name} is no Jupyter notebook of format 4 (JSON with `cells`).") from None
    tagged = [
        cell
        for cell in cells
        if cell.get("cell_type") == "code" and "parameters" in cell.get("metadata", {}).get("tags", [])
    ]
    if len(tagged) != 1:
        raise ValueError(f"{where}: {len(tagged)} cells carry the tag 'parameters'; there must be exactly one.")
    return "".join(tagged[0]["source"])


def _comments(source):
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except tokenize.TokenError:
        return {}
    return {token.start[0]: token.string.lstrip("# ").strip() for token in tokens if token.type == tokenize.COMMENT}


def _kind(node, where, name):
    """The type an annotation names; only the plain types above, their lists and dicts, and unions with None."""
    if isinstance(node, ast.Constant) and node.value is None:
        return type(None)
    if isinstance(node, ast.Name) and TYPES.get(node.id):
        return TYPES[node.id]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _kind(node.left, where, name) | _kind(node.right, where, name)
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id in ("list", "dict"):
        inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        return TYPES[node.value.id][tuple(_kind(part, where, name) for part in inner)]
    raise ValueError(
        f"{where}: the type {ast.unparse(node)!r} of {name!r} is not known; "
        "write str, int, float, bool, list, dict, list[str] or one of them `| None`."
    )


def _convert(value, kind, written, where, *, texts=True):
    for option in _options(kind):
        try:
            return _as(value, option, texts)
        except (ValueError, TypeError):
            continue
    shown = repr(value)
    raise ValueError(f"{where} must be {written}, not {shown if len(shown) < 80 else shown[:77] + '...'}.")


def _options(kind):
    """The members of a union, None first, text last: "none" and "3" are tried as themselves before as text."""
    members = typing.get_args(kind) if isinstance(kind, types.UnionType) else (kind,)
    return sorted(members, key=lambda member: (member is not type(None), member is str))


def _as(value, kind, texts):
    origin, inner = typing.get_origin(kind) or kind, typing.get_args(kind)
    text = texts and isinstance(value, str)
    if origin is type(None):
        if value is None or (text and value.strip().lower() in ("none", "null")):
            return None
    elif origin is bool:
        if isinstance(value, bool):
            return value
        if text and value.strip().lower() in ("true", "yes", "1", "false", "no", "0"):
            return value.strip().lower() in ("true", "yes", "1")
    elif origin is int:
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if text:
            return int(value)
    elif origin is float:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return float(value)
        if text:
            return float(value)
    elif origin is str:
        if isinstance(value, (str, Path)):
            return str(value)
    elif origin is list:
        items = _listed(value) if text else value
        if isinstance(items, (list, tuple)):
            return [_as(item, inner[0], texts) for item in items] if inner else list(items)
    elif origin is dict:
        items = json.loads(value) if text else value
        if isinstance(items, dict):
            return {k: _as(v, inner[1], texts) for k, v in items.items()} if len(inner) == 2 else dict(items)
    raise TypeError


def _listed(text):
    if text.strip().startswith("["):
        return json.loads(text)
    return [part.strip() for part in text.split(",") if part.strip()]

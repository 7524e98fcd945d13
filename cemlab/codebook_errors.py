"""What is wrong in a codebook, in our own words: line, field, what is allowed, the nearest name."""

import re

import yaml

from cemlab.checks import nearest

LOADER = getattr(
    yaml, "CSafeLoader", yaml.SafeLoader
)  # libyaml where it is there: a codebook opens in a tenth of the time


class CodebookError(ValueError):
    """A codebook that cannot be used; the message lists line, field, what is allowed."""


def positions(node, source, path=(), into=None):
    """Line numbers of every field, by its path; a name that stands twice is an error."""
    into = {} if into is None else into
    into[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        seen = {}
        for key, value in node.value:
            if key.value in seen:
                raise CodebookError(
                    f"codebook {source} line {key.start_mark.line + 1}: {key.value!r} stands twice "
                    f"(first in line {seen[key.value]}); keep one."
                )
            seen[key.value] = key.start_mark.line + 1
            positions(value, source, (*path, key.value), into)
            into[(*path, key.value)] = key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            positions(value, source, (*path, str(index)), into)
    return into


def explain(problem, lines, models):
    """One problem of pydantic in our own words: line, field, what is allowed, the nearest name.

    `models` gives the part that each field holds ("" the codebook itself, "*" any other).
    """
    path = tuple("columns" if step == "batteries" else str(step) for step in problem["loc"])
    message = problem["msg"].removeprefix("Value error, ")
    if not path and re.match(
        r"(columns|margins|brands|brand_questions|product_questions|employee_questions)\.", message
    ):
        field, _, message = message.partition(": ")
        path = tuple(field.split("."))
    context = problem.get("ctx", {})
    if problem["type"] == "extra_forbidden":
        owner = path[-3] if len(path) >= 3 and path[-3] in models else path[-2] if len(path) >= 2 else ""
        model = models.get(owner, models.get(path[-2] if len(path) > 1 else "", models["*"]))
        fields = {field.alias or name for name, field in model.model_fields.items()}
        allowed = sorted(fields - ({"batteries", "topics"} if model is models[""] else {"name", "part_of", "rank"}))
        hint = nearest(path[-1], allowed)
        near = f" Did you mean {hint!r}?" if hint else ""
        message = f"unknown field {path[-1]!r}.{near} Allowed: {', '.join(allowed)}"
    elif problem["type"] == "literal_error":
        given = str(problem["input"])
        hint = nearest(given, re.findall(r"'([^']+)'", context.get("expected", "")))
        near = f" Did you mean {hint!r}?" if hint else ""
        message = f"{given!r} is not allowed.{near} Allowed: {context.get('expected', '')}"
    elif problem["type"] == "missing":
        message = "is missing"
    else:
        prefix = f"{path[-1]}: " if path else ""
        message = message.removeprefix(prefix)
    known = next((lines[path[:end]] for end in range(len(path), -1, -1) if path[:end] in lines), 1)
    return f"line {known}, {'.'.join(path) or 'top'}: {message}"

"""Which column of a file is which column of the codebook, by name and alias, whatever the layout."""

import unicodedata
from dataclasses import dataclass, field

from cemlab.checks import DataError
from cemlab.collect.table import note


@dataclass
class Matched:
    """Where the codebook's columns stand in one file.

    Attributes
    ----------
    single : dict
        Canonical name -> column of the file.
    multiple : dict
        Canonical name -> {option code: column of the file}.
    joined : dict
        Canonical name -> column of the file in which all chosen options stand together.
    strange : dict
        Canonical name -> {option the codebook does not know: column of the file}.
    absent : list
        Canonical names the file does not hold.
    left_out : list
        Columns of the file the codebook does not name.
    decisions : list of dict
        What was guessed, as {"zh": ..., "en": ...}.
    """

    single: dict = field(default_factory=dict)
    multiple: dict = field(default_factory=dict)
    joined: dict = field(default_factory=dict)
    strange: dict = field(default_factory=dict)
    absent: list = field(default_factory=list)
    left_out: list = field(default_factory=list)
    decisions: list = field(default_factory=list)


def plain(name):
    """A name without what differs by accident: width of characters, capitals, white space."""
    return "".join(unicodedata.normalize("NFKC", str(name)).casefold().split())


def match_columns(export, codebook, where):
    """Find the codebook's columns in an export.

    Parameters
    ----------
    export : Export
    codebook : Codebook
    where : str
        Name of the file, for messages.

    Returns
    -------
    Matched

    Raises
    ------
    DataError
        Two columns of the file lead to one of the codebook, or none at all does.
    """
    out, used = Matched(), set()
    have = {name: name for name in export.frame.columns}
    folded = {}
    for name in export.frame.columns:
        folded.setdefault(plain(name), []).append(name)

    def find(names, canonical):
        exact = [have[name.strip()] for name in names if name.strip() in have]
        near = [column for name in names for column in folded.get(plain(name), [])]
        found = list(dict.fromkeys(exact or near))
        if len(found) > 1:
            raise DataError(
                f"ingest: {where} has {len(found)} columns for {canonical!r} of the codebook: {found[:5]}. "
                "Keep one of these names under its `aliases`."
            )
        if found and not exact:
            out.decisions.append(note(f"{found[0]!r} 视为 {canonical!r}", f"{found[0]!r} taken as {canonical!r}"))
        used.update(found)
        return found[0] if found else None

    for column in codebook.columns.values():
        if column.derived is not None:
            continue
        names = [column.name, *column.aliases]
        if column.type == "multiple":
            found = options_of(export, column, names, find, out)
        elif found := find(names, column.name):
            out.single[column.name] = found
        if not found:
            out.absent.append(column.name)
    for parts in (*out.multiple.values(), *out.strange.values()):
        used.update(parts.values())
    if not used:
        raise DataError(
            f"ingest: {where} has none of the {len(codebook.columns)} columns of codebook {codebook.name!r}. Is it the right "
            "codebook? Columns are found by their name or one of their `aliases`."
        )
    out.left_out = [name for name in export.frame.columns if name not in used]
    return out


def options_of(export, column, names, find, out):
    """Find the columns of a question with several answers; True when there are any."""
    labels = option_labels(column)
    parts, strange = {}, {}
    for question in questions_of(export, names):
        for label, name in export.multiple[question].items():
            one = labels.get(plain(label))
            (parts if one else strange)[one or label] = name
    for code, option in column.options.items():
        if code not in parts:
            spelled = [f"{alias}{a}{text}{z}" for alias in names for text in texts(option) for a, z in ("()", "（）")]
            found = find([f"{column.name}__{code}", *option.also, *spelled], f"{column.name}__{code}")
            if found:
                parts[code] = found
    if parts:
        out.multiple[column.name] = parts
        if strange:
            out.strange[column.name] = strange
        find(
            [n for n in names if n not in parts.values()], column.name
        )  # the joined texts beside 0/1 columns are no news
    elif found := find(names, column.name):
        out.joined[column.name] = found
    return bool(parts) or column.name in out.joined


def questions_of(export, names):
    """Multi-answer questions of the export that one of the names means."""
    wanted = {plain(name) for name in names}
    for question in export.multiple:
        wording = export.wording.get(question, "")
        number = question.removeprefix("第").removesuffix("题")
        called = {question, wording, f"{number}、{wording}", f"{number}.{wording}"}
        if wanted & {plain(name) for name in called if name}:
            yield question


def texts(option):
    """How an option is written: its labels in both languages and what else the codebook lists."""
    return [text for text in (option.zh, option.en, *option.also) if text]


def option_labels(column):
    """Plain text -> code, for all options of a column (and the codes themselves)."""
    found = {}
    for code, option in column.options.items():
        for text in texts(option):
            found.setdefault(plain(text), code)
    for code in column.options:
        found.setdefault(plain(code), code)
    return found

"""The text of a whitepaper case: its head, its references to figures, its quoted facts, and what may not stand in it."""

import re
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from cemlab.checks import nearest

REFERENCE = re.compile(
    r"\{\{\s*(?:(?P<form>table|figure)\s*:)?\s*(?P<report>[^#{}|]*?)\s*#\s*(?P<metric>[A-Za-z_]\w*)"
    r"(?::(?P<item>[^(){}|]+?))?\s*\((?P<where>[^()]*)\)\s*(?:\|(?P<options>[^{}]*))?\}\}"
)
FACT = re.compile(r"\[\[(?P<text>[^\[\]|]+)\|(?P<source>[^\[\]]*)\]\]")
HEAD = re.compile(r"\A---\s*\n(.*?)\n---\s*\n", flags=re.DOTALL)
NUMBER = re.compile(r"[0-9０-９]+(?:[.,，．][0-9０-９]+)*\s*(?:%|％|‰)?")
SAID = re.compile(r"百分之[一二三四五六七八九十百零点]+|[一二三四五六七八九十两半]+成(?!为|立|功|员|本|果|效|长|分|都)|"
                  r"[二三四五六七八九十两百千]+(?:倍|分之[一二三四五六七八九十]+|个百分点)")  # fmt: skip
NAMES = re.compile(  # names that hold a digit; every other digit is a figure
    r"(?<![A-Za-z0-9])(?:T[1-9]B|B2B|B2C|C2B|O2O|4S|5G|3C|A4|Q[1-4]|H[12]|GB/T\s*[0-9]+(?:[.\-][0-9]+)*|ISO\s*[0-9]+)(?![0-9A-Za-z%.])"
)
CALENDAR = re.compile(
    r"[0-9]{4}\s*年(?:\s*[0-9]{1,2}\s*月(?:\s*[0-9]{1,2}\s*日)?)?|[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}\s*月[0-9]{1,2}\s*日"
)
FIELDS = {"title", "subtitle", "lang", "author", "date", "reports", "anonymise", "min_n", "frame"}
OPTIONS = {"unit", "nounit", "base", "interval", "change", "size", "difference", "previous", "n"}
VALUED = {"digits", "title", "note", "mark"}


@dataclass(frozen=True, eq=False)
class Reference:
    """One reference in a case: which row of which report, and how it is shown."""

    text: str
    line: int
    form: str
    report: str
    metric: str
    item: str
    where: dict
    options: dict

    @property
    def key(self):
        """What the reference points at, in one way of writing."""
        item = f":{self.item}" if self.item else ""
        where = ",".join(f"{k}={v}" for k, v in self.where.items()) or "all"
        return f"{self.report}#{self.metric}{item}({where})"


@dataclass(frozen=True)
class Case:
    """A case as read: head, text with its lines, references."""

    path: Path
    head: dict
    body: str
    first_line: int
    references: list = field(default_factory=list)

    @property
    def lang(self):
        return self.head.get("lang", "zh")

    @property
    def min_n(self):
        return int(self.head.get("min_n", 100))

    def report(self, name):
        """A report's path under the folder of reports: an alias of the head, or the name itself."""
        return str((self.head.get("reports") or {}).get(name, name))


@dataclass(frozen=True)
class Problem:
    """Something wrong in a case; `error` stops rendering, `warning` does not."""

    line: int
    kind: str
    message: str
    severity: str = "error"

    def __str__(self):
        return f"{self.line}: {self.message}"


def read_case(path):
    """Read a case.

    Raises
    ------
    ValueError
        The head is no YAML, lacks a title, or has an unknown field; a reference that cannot be read. The line is named.
    """
    path = Path(path)
    text = path.read_text(encoding="utf-8").replace("\r\n", "\n")
    found = HEAD.match(text)
    if not found:
        raise ValueError(f"whitepaper {path.name}: no head; begin with a line ---, `title: ...`, and a line ---.")
    try:
        head = yaml.safe_load(found[1]) or {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise ValueError(f"whitepaper {path.name} line {mark.line + 2 if mark else 1}: the head is no YAML.") from None
    unknown = sorted(set(head) - FIELDS) if isinstance(head, dict) else ["?"]
    if unknown:
        near = nearest(unknown[0], sorted(FIELDS))
        raise ValueError(
            f"whitepaper {path.name}: the head has no field {unknown[0]!r}."
            + (f" Did you mean {near!r}?" if near else "")
        )
    if not head.get("title"):
        raise ValueError(f"whitepaper {path.name}: the head has no `title`; name the case.")
    if head.get("lang", "zh") not in ("zh", "en"):
        raise ValueError(f"whitepaper {path.name}: `lang` is {head['lang']!r}; it must be zh or en.")
    first, body = text[: found.end()].count("\n") + 1, text[found.end() :]
    references = [_reference(match, line, path) for line, match in _matches(REFERENCE, body, first)]
    for line, match in _matches(re.compile(r"\{\{[^{}]*\}\}"), body, first):
        if not REFERENCE.fullmatch(match[0]):
            raise ValueError(
                f"whitepaper {path.name} line {line}: {match[0][:60]!r} is no reference; write for example "
                "{{ service_touchpoints/2026Q3#nps(all) | base }}."
            )
    return Case(path, head, body, first, references)


def _matches(pattern, body, first):
    for number, line in enumerate(body.split("\n"), start=first):
        for match in pattern.finditer(line):
            yield number, match


def _reference(match, line, path):
    where, options = {}, {}
    for part in filter(None, (one.strip() for one in match["where"].split(","))):
        key, sign, value = part.partition("=")
        if sign:
            where[key.strip()] = value.strip()
        elif part != "all":
            raise ValueError(f"whitepaper {path.name} line {line}: {part!r} selects nothing; write all, or cut=group.")
    for part in filter(None, (one.strip() for one in (match["options"] or "").split(","))):
        key, _, value = part.partition("=")
        if key not in OPTIONS | VALUED:
            near = nearest(key, sorted(OPTIONS | VALUED))
            hint = f" Did you mean {near!r}?" if near else f" There are {sorted(OPTIONS | VALUED)}."
            raise ValueError(f"whitepaper {path.name} line {line}: no option {key!r}.{hint}")
        options[key] = value.strip() if key in VALUED else True
    return Reference(
        match[0],
        line,
        match["form"] or "",
        match["report"],
        match["metric"],
        (match["item"] or "").strip(),
        where,
        options,
    )


def _lines(case):
    """Every line a reader will see: title and subtitle, the text, and the titles and notes of figures and tables."""
    for key in ("title", "subtitle"):
        yield 2, str(case.head.get(key) or "")
    yield from enumerate(case.body.split("\n"), start=case.first_line)
    for one in case.references:
        yield one.line, f"{one.options.get('title', '')} {one.options.get('note', '')}"


def typed_numbers(case):
    """Numbers typed by hand that no reference backs; dates, numbering of lists and names such as T2B are none."""
    out = []
    for number, line in _lines(case):
        if line.lstrip().startswith("<!--"):
            continue
        rest = FACT.sub(" ", REFERENCE.sub(" ", line))
        rest = re.sub(r"^\s*(?:#+\s*|>\s*)*(?:\d+[.、)）]\s*)?", "", rest)
        rest = re.sub(r"\]\([^)]*\)", "]", rest)  # where a link leads is no figure
        rest = CALENDAR.sub(" ", rest)
        rest = NAMES.sub(" ", rest)
        found = [match[0].strip() for match in [*NUMBER.finditer(rest), *SAID.finditer(rest)]]
        out += [
            Problem(number, "number", f"“{one}” is typed by hand and no reference backs it; refer to a result with "
                    "{{ report#metric(group) }}, or mark a fact from outside as [[text | its source]].")
            for one in found
        ]  # fmt: skip
    for line, match in _matches(FACT, case.body, case.first_line):
        if not match["source"].strip():
            out.append(
                Problem(line, "source", f"“{match['text'].strip()}” is quoted without its source: [[text | source]].")
            )
    return out

"""What the columns mean: a study's codebook in YAML, checked, with errors that name line and field."""

import hashlib
import json
import re
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator, model_validator

from cemlab.checks import nearest

STUDIES = ("service_touchpoints", "brand_health", "product_concept", "employee_engagement", "word_of_mouth")
SCALES = ("nps", "outcome", "touchpoint", "effort")
DEFAULT_TYPE = {
    **dict.fromkeys(SCALES, "scale"),
    **dict.fromkeys(
        ("segment", "cluster", "store", "question", "key", "person", "wave", "consent", "identifier"), "single"
    ),
    **dict.fromkeys(("operational", "weight"), "number"),
    "comment": "text",
    "time": "time",
}
BATTERIES = ("matrix", "ranking")
Role = Literal[
    "key", "person", "weight", "time", "wave", "cluster", "store", "consent", "identifier",
    "nps", "outcome", "touchpoint", "effort", "comment", "segment", "operational", "question",
]  # fmt: skip
Reason = Literal["no_answer", "not_applicable", "not_asked"]
Code = Annotated[str, BeforeValidator(lambda value: code(value))]


def code(value):
    """A code as text: 1, 1.0 and "1" are the same code."""
    if isinstance(value, bool):
        raise ValueError("a code must not be true or false; put it in quotes")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


class Part(BaseModel):
    """Base of all parts: unknown fields are errors, parts do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Label(Part):
    """Words in Chinese and English; one language stands in for the other."""

    zh: str | None = None
    en: str | None = None

    @model_validator(mode="before")
    @classmethod
    def one_text_is_chinese(cls, value):
        """A bare text is the Chinese label."""
        return {"zh": str(value)} if isinstance(value, (str, int, float)) else value

    def __call__(self, lang="zh"):
        """The label in `lang`, or in the other language where it lacks."""
        first, second = (self.zh, self.en) if lang == "zh" else (self.en, self.zh)
        return first or second or ""


class Option(Label):
    """One closed answer: its labels, and how else exports write it (`also`)."""

    also: tuple[str, ...] = ()


class Scale(Part):
    """Bounds of a rating, its direction, and which codes are the top and bottom boxes."""

    low: int
    high: int
    reverse: bool = False
    top: tuple[int, ...] = ()
    bottom: tuple[int, ...] = ()

    @model_validator(mode="after")
    def ordered(self):
        """Bounds in order, boxes inside them."""
        if self.low >= self.high:
            raise ValueError(f"scale: low {self.low} must be below high {self.high}")
        outside = [c for c in (*self.top, *self.bottom) if not self.low <= c <= self.high]
        if outside:
            raise ValueError(f"scale: box codes {outside} lie outside {self.low} to {self.high}")
        return self

    @property
    def top_codes(self):
        """Codes of the top boxes: as given, else the two highest (after reversal)."""
        return self.top or (self.high - 1, self.high)

    @property
    def bottom_codes(self):
        """Codes of the bottom boxes: as given, else the two lowest (after reversal)."""
        return self.bottom or (self.low, self.low + 1)


class Net(Label):
    """Several codes counted as one row of a table, such as "satisfied" for 4 and 5."""

    codes: tuple[Code, ...]


class Derived(Part):
    """How a column is made from others at every read: exactly one of `bands`, `codes`, `table` or `places`.

    `bands` maps a code to its lowest and highest number, both included (null: no limit). `codes` maps a code to the source's
    codes it holds. `table` names a file of data/tiers: the source's text is looked up in column `key` and gives column
    `value`. `places` names the columns that hold the first choice, the second, and so on, of a ranking. `other` is the code
    of answers that nothing else takes; without it they count as not applicable.
    """

    source: str | None = Field(default=None, alias="from")
    bands: dict[Code, tuple[float | None, float | None]] = Field(default_factory=dict)
    codes: dict[Code, tuple[Code, ...]] = Field(default_factory=dict)
    table: str | None = None
    key: str | None = None
    value: str | None = None
    places: tuple[str, ...] = ()
    rank: Code | None = None  # the option ranked; set for the columns of a ranking
    other: Code | None = None

    @model_validator(mode="after")
    def one_way(self):
        """One way of making the column, with what it needs."""
        ways = [way for way in ("bands", "codes", "table", "places") if getattr(self, way)]
        if len(ways) != 1:
            raise ValueError(f"derived: give one of bands, codes, table or places; this gives {ways or 'none'}")
        if not self.places and self.source is None:
            raise ValueError("derived: `from` must name the column it is made from")
        if self.table and not (self.key and self.value):
            raise ValueError("derived: a table needs `key` and `value`, the names of its columns")
        wrong = [one for one, (low, high) in self.bands.items() if None not in (low, high) and low > high]
        if wrong:
            raise ValueError(f"derived: band {wrong[0]!r} ends before it begins")
        return self

    @property
    def sources(self):
        """The columns it is made from."""
        return self.places or (self.source,)


class Wave(Part):
    """One round of a study: its title, its days, and what was changed in it."""

    title: Label = Label()
    start: date | None = None
    end: date | None = None
    changes: Label | None = None


class Column(Part):
    """One column: its role, wording, codes, and the names it goes by in exports."""

    name: str
    role: Role
    type: Literal["scale", "single", "multiple", "matrix", "ranking", "number", "text", "time"]
    title: Label = Label()
    wording: Label | None = None
    aliases: tuple[str, ...] = ()
    stage: str | None = None
    scale: Scale | None = None
    missing: dict[Code, Reason] = Field(default_factory=dict)
    options: dict[Code, Option] = Field(default_factory=dict)
    waves: tuple[Code, ...] = ()
    target: float | None = None
    unit: Label | None = None
    formats: tuple[str, ...] = ()
    granted: tuple[Code, ...] = ()
    rows: dict[Code, Option] = Field(default_factory=dict)
    nets: dict[Code, Net] = Field(default_factory=dict)
    exclusive: tuple[Code, ...] = ()
    other: dict[Code, str] = Field(default_factory=dict)
    asked_if: dict[str, tuple[Code, ...]] = Field(default_factory=dict)
    derived: Derived | None = None
    part_of: str | None = None
    kind: Literal["function", "emotion"] | None = None  # what a touchpoint speaks to (功能性, 情感性)
    cost: float | None = Field(default=None, gt=0)  # what improving a touchpoint costs, in any one unit
    explains: str | None = None  # the touchpoint that an operational column is held against (waiting, say)
    aspects: tuple[str, ...] = ()  # aspects of the lexicon that a touchpoint answers for

    @model_validator(mode="before")
    @classmethod
    def default_type(cls, value):
        """The type follows from the role unless it is given."""
        if isinstance(value, dict) and "type" not in value:
            return {**value, "type": DEFAULT_TYPE.get(value.get("role"), "single")}
        return value

    @field_validator("aliases", "formats", mode="before")
    @classmethod
    def one_is_a_list(cls, value):
        """One alias may be written without brackets."""
        return (value,) if isinstance(value, str) else value

    @model_validator(mode="after")
    def fits_its_role(self):
        """What each role needs."""
        if self.type == "scale" and self.scale is None:
            raise ValueError(f"scale: a column with role {self.role} needs `scale: {{low: .., high: ..}}`")
        if self.role == "nps" and (self.scale.low, self.scale.high) != (0, 10):
            raise ValueError(
                f"scale: NPS comes from a 0 to 10 question only, this one is {self.scale.low} to {self.scale.high}; "
                "use role outcome"
            )
        if self.role == "touchpoint" and not self.stage:
            raise ValueError("stage: a touchpoint needs the journey stage it belongs to")
        if self.role == "consent" and not self.granted:
            raise ValueError("granted: say which answers are consent, for example granted: [同意]")
        if self.type in ("multiple", "ranking") and not self.options:
            raise ValueError(f"options: a {self.type} answer needs its options")
        if self.type == "matrix" and not self.rows:
            raise ValueError("rows: a matrix needs its rows, for example rows: {staff: {zh: 员工, also: [Q6_A]}}")
        if self.type != "matrix" and self.rows:
            raise ValueError(f"rows: only a matrix has rows, this is {self.type}")
        known = {str(c) for c in range(self.scale.low, self.scale.high + 1)} if self.scale else set(self.options)
        for name, net in self.nets.items():
            strange = [c for c in net.codes if known and c not in known]
            if strange or not net.codes:
                raise ValueError(
                    f"nets: {name!r} holds {strange or 'no codes'}; its codes must be codes of the question"
                )
            if name in self.options:
                raise ValueError(f"nets: {name!r} is an option already; give the net another code")
        for field, codes in (("exclusive", self.exclusive), ("other", self.other)):
            strange = [c for c in codes if c not in self.options]
            if strange:
                raise ValueError(f"{field}: {strange[0]!r} is not among the options")
        both = sorted(set(self.missing) & set(self.options))
        if both and self.type == "single":
            raise ValueError(f"missing: codes {both} stand under `missing` and under `options`; keep one")
        return self

    @property
    def stored(self):
        """The names of the columns this question takes in the store."""
        if self.type in BATTERIES:
            return [f"{self.name}__{c}" for c in (self.rows or self.options)]
        return [f"{self.name}__{c}" for c in self.options] if self.type == "multiple" else [self.name]


def spread(name, column):
    """The columns of a matrix or a ranking, one a row or option, as they would stand in a codebook."""
    shared = ("role", "stage", "waves", "asked_if")
    ranking = column.get("type") == "ranking"
    if not ranking:
        shared += ("scale", "options", "missing", "nets", "target", "unit")
    parts = column.get("options" if ranking else "rows") or {}
    for one, labels in parts.items() if isinstance(parts, dict) else ():
        labels = labels if isinstance(labels, dict) else {"zh": str(labels)}
        part = {field: column[field] for field in shared if field in column} | {"part_of": name}
        part["name"] = f"{name}__{code(one)}"
        part["type"] = "number" if ranking else "scale" if column.get("scale") else "single"
        part["title"] = {lang: labels[lang] for lang in ("zh", "en") if lang in labels}
        part["aliases"] = labels.get("also", ())
        if isinstance(column.get("derived"), dict):
            part["derived"] = column["derived"] | {"rank": one}
        yield part["name"], part


class Brand(Option):
    """A brand of a brand study: its labels, whether it is the study's own, and its colour in charts."""

    own: bool = False
    colour: str | None = None

    @field_validator("colour")
    @classmethod
    def six_digits(cls, value):
        """A colour as charts read it."""
        if value is not None and not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
            raise ValueError(f"{value!r} is no colour; write for example '#1f4e79'")
        return value


class BrandQuestions(Part):
    """Which questions a brand study reads, by what they are asked for.

    A question tells about each brand in one of three ways: several answers whose options are brands, one answer whose
    options are brands, or a matrix (or ranking) with a row a brand. `awareness` holds what stands beside the funnel (named
    first, named unaided); `funnel` goes from aided awareness to preference, each stage asked of those who reached the one
    before; `users` is the stage that makes a user. `switching` names the brand bought before and the one bought last.
    `index` gives the weight of each component of the brand index.
    """

    awareness: tuple[str, ...] = ()
    funnel: tuple[str, ...] = ()
    users: str | None = None
    consideration: str | None = None
    preference: str | None = None
    nps: str | None = None
    satisfaction: str | None = None
    frequency: str | None = None
    image: tuple[str, ...] = ()
    entry_points: tuple[str, ...] = ()
    switching: tuple[str, str] | None = None
    index: dict[str, float] = Field(default_factory=dict)

    @property
    def named(self):
        """Every question named, with the field that names it."""
        for field in type(self).model_fields:
            value = getattr(self, field)
            for name in [value] if isinstance(value, str) else value or ():
                yield field, name


class Privacy(Part):
    """From how many persons a figure or comments may be shown, and how long raw files are kept."""

    min_persons: int = Field(default=10, ge=5)
    comments_min: int = Field(default=10, ge=5)
    retention_days: int = Field(default=365, ge=1)


class Bases(Part):
    """Precision: under `min_n` no figure, under `low_n` a mark."""

    min_n: int = Field(default=30, ge=1)
    low_n: int = Field(default=100, ge=1)


class MinimumEffect(Part):
    """A sentence needs at least this difference: NPS points, percentage points, scale points."""

    nps: float = Field(default=3, ge=0)
    share: float = Field(default=2, ge=0)
    mean: float = Field(default=0.1, ge=0)


class Codebook(Part):
    """A study's codebook; made by `load_codebook`."""

    study: Literal[STUDIES]
    name: str
    title: Label
    about: Label | None = None
    timezone: str = "Asia/Shanghai"
    privacy: Privacy = Privacy()
    bases: Bases = Bases()
    minimum_effect: MinimumEffect = MinimumEffect()
    margins: dict[str, dict[Code, float]] = Field(default_factory=dict)
    waves: dict[Code, Wave] = Field(default_factory=dict)
    stages: dict[str, Label] = Field(default_factory=dict)
    lexicon: str | None = None  # aspects looked for in comments: a name of data/lexicons, or a file
    topics: dict[str, Label] = Field(default_factory=dict, exclude=True)  # what comments are about; filled when opened
    brands: dict[Code, Brand] = Field(default_factory=dict)
    brand_questions: BrandQuestions = BrandQuestions()
    columns: dict[str, Column]  # of a matrix or ranking, one column a row or option
    batteries: dict[str, Column] = Field(default_factory=dict)  # matrix and ranking questions, filled from `columns`

    @model_validator(mode="before")
    @classmethod
    def batteries_into_columns(cls, value):
        """A matrix or a ranking is written as one question and read as one column a row."""
        columns = value.get("columns") if isinstance(value, dict) else None
        if not isinstance(columns, dict) or "batteries" in value:
            return value
        spreadable = {n for n, c in columns.items() if isinstance(c, dict) and c.get("type") in BATTERIES}
        out = {}
        for name, column in columns.items():
            out |= dict(spread(str(name), column)) if name in spreadable else {name: column}
        batteries = {str(name): {**columns[name], "name": str(name)} for name in columns if name in spreadable}
        return {**value, "columns": out, "batteries": batteries}

    @field_validator("name")
    @classmethod
    def safe_name(cls, value):
        """The store names a folder after it."""
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,62}", value):
            raise ValueError(f"{value!r} must be small letters, digits and _, starting with a letter")
        return value

    @field_validator("timezone")
    @classmethod
    def known_zone(cls, value):
        """A zone the system knows."""
        from zoneinfo import ZoneInfo

        try:
            ZoneInfo(value)
        except Exception as error:
            raise ValueError(f"{value!r} is no time zone; write for example Asia/Shanghai") from error
        return value

    @field_validator("columns", mode="before")
    @classmethod
    def names_into_columns(cls, value):
        """Each column knows its own name."""
        if not isinstance(value, dict):
            raise ValueError("must map canonical names to what they mean")
        own = [c.get("part_of", n) if isinstance(c, dict) else n for n, c in value.items()]
        bad = [n for n in own if not re.fullmatch(r"[A-Za-z\u4e00-\u9fff][\w]{0,62}", str(n)) or "__" in str(n)]
        if bad:
            raise ValueError(f"{bad[0]!r} is no column name: letters, digits and single _, starting with a letter")
        return {n: {**c, "name": n} if isinstance(c, dict) else c for n, c in value.items()}

    @model_validator(mode="after")
    def fits_together(self):
        """Stages, waves, margins and aliases refer to what there is; single roles stand once."""
        taken = {}
        for column in self.columns.values():
            if column.stage and column.stage not in self.stages:
                hint = nearest(column.stage, self.stages)
                near = f"; did you mean {hint!r}" if hint else ""
                raise ValueError(f"columns.{column.name}.stage: {column.stage!r} is not among the stages{near}")
            unknown = [w for w in column.waves if w not in self.waves]
            if unknown:
                raise ValueError(f"columns.{column.name}.waves: {unknown[0]!r} is not among the waves")
            for alias in {column.name, *column.aliases}:
                if alias in taken:
                    raise ValueError(
                        f"columns.{column.name}.aliases: {alias!r} already leads to {taken[alias]!r}; an alias may stand once"
                    )
                taken[alias] = column.name
        self.check_made_and_routed()
        for column in self.columns.values():
            if column.explains and column.explains not in self.columns:
                hint = nearest(column.explains, self.columns)
                near = f"; did you mean {hint!r}" if hint else ""
                raise ValueError(f"columns.{column.name}.explains: no column {column.explains!r}{near}")
        for role in ("person", "weight", "time", "wave", "cluster", "store", "consent", "nps"):
            several = list(dict.fromkeys(c.part_of or c.name for c in self.columns.values() if c.role == role))
            if len(several) > 1:
                raise ValueError(
                    f"columns.{several[1]}.role: {role} stands at {several[0]!r} already; it may stand once"
                )
        for name in self.margins:
            if name not in self.columns:
                raise ValueError(f"margins.{name}: no such column")
        self.check_brands()
        return self

    def check_brands(self):
        """Questions of a brand study exist and ask for brands; at most one brand is the study's own."""
        own = [code for code, brand in self.brands.items() if brand.own]
        if len(own) > 1:
            raise ValueError(f"brands.{own[1]}.own: {own[0]!r} is the study's own brand already; only one may be")
        for field, name in self.brand_questions.named:
            asked = self.batteries.get(name) or self.columns.get(name)
            if asked is None:
                hint = nearest(name, [*self.columns, *self.batteries])
                near = f"; did you mean {hint!r}" if hint else ""
                raise ValueError(f"brand_questions.{field}: {name!r} is no question{near}")
            if not set(asked.rows or asked.options) & set(self.brands):
                raise ValueError(f"brand_questions.{field}: no option or row of {name!r} is among the brands")
        strange = set(self.brand_questions.index.values())
        if any(not weight > 0 for weight in strange):
            raise ValueError("brand_questions.index: weights must be above 0")
        if self.brand_questions.users and self.brand_questions.users not in self.brand_questions.funnel:
            raise ValueError(f"brand_questions.users: {self.brand_questions.users!r} is no stage of the funnel")

    @property
    def own_brand(self):
        """Code of the study's own brand, or None."""
        return next((code for code, brand in self.brands.items() if brand.own), None)

    def check_made_and_routed(self):
        """What a column is derived from, routed by or explained in exists, and stands before it."""
        stored, seen = {name for column in self.columns.values() for name in column.stored}, set()
        for column in self.columns.values():
            for source in column.derived.sources if column.derived else ():
                if source not in seen:
                    raise ValueError(f"columns.{column.name}.derived: {source!r} is no column that stands before it")
            for source in column.asked_if:
                if source not in stored:
                    hint = nearest(source, stored)
                    near = f"; did you mean {hint!r}" if hint else ""
                    raise ValueError(f"columns.{column.name}.asked_if: {source!r} is no column with answers{near}")
            for name in column.other.values():
                if name not in self.columns:
                    raise ValueError(f"columns.{column.name}.other: {name!r} is no column")
            seen.add(column.name)

    def questions(self, *roles):
        """What a respondent was asked, in the codebook's order: columns, and matrix and ranking questions as one."""
        out = {}
        for column in self.columns.values():
            asked = self.batteries[column.part_of] if column.part_of else column
            if asked.role in roles:
                out.setdefault(asked.name, asked)
        return list(out.values())

    def of_role(self, *roles):
        """Columns with one of the roles, in the codebook's order."""
        return [column for column in self.columns.values() if column.role in roles]

    def only(self, role):
        """The one column with this role, or None."""
        found = self.of_role(role)
        return found[0] if found else None

    def label(self, name, lang="zh"):
        """What a column (or an option column `question__code`) is called in a report."""
        named = self.columns.get(name) or self.batteries.get(name)
        if named is not None:
            return named.title(lang) or name
        if name in self.topics:
            return self.topics[name](lang) or name
        if name == "brand" and self.brands:
            return "品牌" if lang == "zh" else "Brand"
        if name.endswith("__top") and name.removesuffix("__top") in self.batteries:
            return self.label(name.removesuffix("__top"), lang) + ("（高分）" if lang == "zh" else " (top boxes)")
        question, _, option = name.partition("__")
        if question in self.columns and option in self.columns[question].options:
            return self.columns[question].options[option](lang) or option
        return name

    def option_label(self, name, value, lang="zh"):
        """What a code of a column is called in a report; unknown codes stand as they are."""
        column = self.columns.get(name)
        if name == "brand" and code(value) in self.brands:
            return self.brands[code(value)](lang) or code(value)
        if column is not None and code(value) in column.options:
            return column.options[code(value)](lang) or code(value)
        if column is not None and code(value) in column.nets:
            return column.nets[code(value)](lang) or code(value)
        return str(value)

    def wave_label(self, wave, lang="zh"):
        """What a wave is called in a report; a study without waves has one, "all"."""
        if wave == "all" and wave not in self.waves:
            return "全部答卷" if lang == "zh" else "all answers"
        return (self.waves[wave].title(lang) if wave in self.waves else "") or str(wave)

    @cached_property
    def fingerprint(self):
        """Hash of the codebook's meaning (comments and layout of the file do not count)."""
        return self.hash()

    def hash(self):
        """SHA-256 of the codebook's content, in hexadecimal."""
        content = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(content.encode("utf-8")).hexdigest()


class CodebookError(ValueError):
    """A codebook that cannot be used; the message lists line, field, what is allowed."""


def load_codebook(path):
    """Read and check a codebook.

    Parameters
    ----------
    path : str, pathlib.Path or Codebook
        YAML file in UTF-8; a Codebook is given back as it is.

    Returns
    -------
    Codebook

    Raises
    ------
    CodebookError
        The file is absent, is no YAML, repeats a name, or says something that does not fit; the message gives line,
        field, what is allowed and the nearest name.
    """
    if isinstance(path, Codebook):
        return path
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        near = nearest(path.name, [p.name for p in path.parent.glob("*.y*ml")]) if path.parent.is_dir() else None
        hint = f" Did you mean {near!r}?" if near else " Make one with `cemlab codebook draft FILE`."
        raise CodebookError(f"codebook: no file {path.as_posix()!r}.{hint}") from None
    except UnicodeDecodeError as error:
        raise CodebookError(
            f"codebook {path.name}: byte {error.start} is not UTF-8; save the file as UTF-8 and read it again."
        ) from None
    return parse_codebook(text, path.name)


def parse_codebook(text, source="codebook"):
    """Check a codebook given as YAML text; `source` names it in errors."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        lines = positions(node, source) if node is not None else {}
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" line {mark.line + 1}" if mark else ""
        raise CodebookError(f"codebook {source}{place}: {getattr(error, 'problem', None) or 'not YAML'}.") from None
    if not isinstance(content, dict):
        raise CodebookError(f"codebook {source}: must start with fields such as `study:`, `name:` and `columns:`.")
    try:
        return Codebook.model_validate(content)
    except ValidationError as error:
        problems = [explain(problem, lines) for problem in error.errors()]
        listed = "\n  ".join(dict.fromkeys(problems))
        raise CodebookError(f"codebook {source}: {len(problems)} thing(s) to mend\n  {listed}") from None


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


FIELDS = {
    "": Codebook,
    "columns": Column,
    "waves": Wave,
    "privacy": Privacy,
    "bases": Bases,
    "minimum_effect": MinimumEffect,
    "scale": Scale,
    "options": Option,
    "rows": Option,
    "nets": Net,
    "brands": Brand,
    "brand_questions": BrandQuestions,
    "derived": Derived,
}


def explain(problem, lines):
    """One problem of pydantic in our own words: line, field, what is allowed, the nearest name."""
    path = tuple("columns" if step == "batteries" else str(step) for step in problem["loc"])
    message = problem["msg"].removeprefix("Value error, ")
    if not path and re.match(r"(columns|margins|brands|brand_questions)\.", message):
        field, _, message = message.partition(": ")
        path = tuple(field.split("."))
    context = problem.get("ctx", {})
    if problem["type"] == "extra_forbidden":
        owner = path[-3] if len(path) >= 3 and path[-3] in FIELDS else path[-2] if len(path) >= 2 else ""
        model = FIELDS.get(owner, FIELDS.get(path[-2] if len(path) > 1 else "", Label))
        fields = {field.alias or name for name, field in model.model_fields.items()}
        allowed = sorted(fields - ({"batteries", "topics"} if model is Codebook else {"name", "part_of", "rank"}))
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

"""What the columns mean: a study's codebook in YAML, checked, with errors that name line and field."""

import hashlib
import json
import re
from functools import cached_property
from pathlib import Path
from typing import Literal

import yaml
from pydantic import Field, ValidationError, field_validator, model_validator

from cemlab.checks import nearest
from cemlab.codebook_dialogues import Conversations
from cemlab.codebook_employee import Dialogues, Dimension, EmployeeQuestions, Staff, UnitResults, check_employee
from cemlab.codebook_errors import LOADER, CodebookError, explain, positions
from cemlab.codebook_parts import (
    BATTERIES,
    STUDIES,
    Code,
    Column,
    Derived,
    Label,
    Net,
    Option,
    Part,
    Scale,
    Wave,
    code,
    spread,
)
from cemlab.codebook_product import ProductQuestions, check_product, thing_label
from cemlab.codebook_service import Operations, Service
from cemlab.codebook_study import Bases, Brand, BrandOutcomes, BrandQuestions, MinimumEffect, Privacy, Quality

THINGS = {"concept": ("概念", "Concept"), "product": ("产品", "Product")}


class Codebook(Part):
    """A study's codebook; made by `load_codebook`."""

    study: Literal[STUDIES]
    name: str
    title: Label
    about: Label | None = None
    timezone: str = "Asia/Shanghai"
    privacy: Privacy = Privacy()
    bases: Bases = Bases()
    quality: Quality = Quality()
    minimum_effect: MinimumEffect = MinimumEffect()
    margins: dict[str, dict[Code, float]] = Field(default_factory=dict)
    waves: dict[Code, Wave] = Field(default_factory=dict)
    stages: dict[str, Label] = Field(default_factory=dict)
    lexicon: str | None = None  # aspects looked for in comments: a name of data/lexicons, or a file
    topics: dict[str, Label] = Field(default_factory=dict, exclude=True)  # what comments are about; filled when opened
    services: dict[str, Service] = Field(default_factory=dict)
    operations: Operations = Operations()
    conversations: Conversations | None = None
    brands: dict[Code, Brand] = Field(default_factory=dict)
    brand_questions: BrandQuestions = BrandQuestions()
    product_questions: ProductQuestions = ProductQuestions()
    employee_questions: EmployeeQuestions = EmployeeQuestions()
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
        self.check_services()
        self.check_brands()
        check_product(self)
        check_employee(self)
        return self

    def check_services(self):
        """Services name touchpoints, operations name operational columns."""
        named = [
            (f"services.{n}.touchpoints", t, "touchpoint") for n, s in self.services.items() for t in s.touchpoints
        ]
        named += [(f"operations.{field}", name, "operational") for field, name in self.operations.named]
        for field, name, role in named:
            column = self.columns.get(name)
            if column is None or column.role != role:
                hint = nearest(name, [c.name for c in self.of_role(role)])
                near = f"; did you mean {hint!r}" if hint else ""
                raise ValueError(f"{field}: {name!r} is no column with the role {role}{near}")

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
        if name in self.employee_questions.dimensions:
            return self.employee_questions.dimensions[name](lang) or name
        if name in self.topics:
            return self.topics[name](lang) or name
        if name == "brand" and self.brands:
            return "品牌" if lang == "zh" else "Brand"
        if name in THINGS:
            return THINGS[name][0 if lang == "zh" else 1]
        if name.endswith("__top") and name.removesuffix("__top") in self.batteries:
            return self.label(name.removesuffix("__top"), lang) + ("（高分）" if lang == "zh" else " (top boxes)")
        question, _, option = name.partition("__")
        if question in self.columns and option in self.columns[question].options:
            return self.columns[question].options[option](lang) or option
        return name

    def option_label(self, name, value, lang="zh"):
        """What a code of a column is called in a report; unknown codes stand as they are."""
        column = self.columns.get(name)
        if (thing := thing_label(self, name, code(value), lang)) is not None:
            return thing
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
            what = ("全部评论", "all reviews") if self.study == "word_of_mouth" else ("全部答卷", "all answers")
            return what[0 if lang == "zh" else 1]
        return (self.waves[wave].title(lang) if wave in self.waves else "") or str(wave)

    @property
    def of_employees(self):
        """Whether the persons are employees, whom their readers know: everything shown passes a plan (`plan_release`)."""
        level = self.privacy.level
        return self.study == "employee_engagement" if level is None else level == "employee"

    @cached_property
    def fingerprint(self):
        """Hash of the codebook's meaning (comments and layout of the file do not count)."""
        return self.hash()

    def hash(self):
        """SHA-256 of the codebook's content, in hexadecimal."""
        content = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(content.encode("utf-8")).hexdigest()


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
    "services": Service,
    "operations": Operations,
    "conversations": Conversations,
    "brands": Brand,
    "brand_questions": BrandQuestions,
    "outcomes": BrandOutcomes,
    "product_questions": ProductQuestions,
    "employee_questions": EmployeeQuestions,
    "dimensions": Dimension,
    "staff": Staff,
    "results": UnitResults,
    "dialogues": Dialogues,
    **{name: field.annotation.__args__[0] for name, field in ProductQuestions.model_fields.items()},
    "derived": Derived,
    "*": Label,
}


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
        node = yaml.compose(text, Loader=LOADER)
        lines = positions(node, source) if node is not None else {}
        content = yaml.load(text, Loader=LOADER)  # a safe loader, whichever
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" line {mark.line + 1}" if mark else ""
        raise CodebookError(f"codebook {source}{place}: {getattr(error, 'problem', None) or 'not YAML'}.") from None
    if not isinstance(content, dict):
        raise CodebookError(f"codebook {source}: must start with fields such as `study:`, `name:` and `columns:`.")
    try:
        return Codebook.model_validate(content)
    except ValidationError as error:
        problems = [explain(problem, lines, FIELDS) for problem in error.errors()]
        listed = "\n  ".join(dict.fromkeys(problems))
        raise CodebookError(f"codebook {source}: {len(problems)} thing(s) to mend\n  {listed}") from None

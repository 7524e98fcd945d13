"""Parts of a codebook that say what one column means: labels, scales, waves, columns."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

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
    type: Literal["scale", "single", "multiple", "matrix", "ranking", "number", "date", "text", "time"]
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

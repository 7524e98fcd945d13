"""Parts of a codebook that an employee study reads: units, dimensions, HR data, who left, and the tables beside the answers."""

from datetime import date

from pydantic import Field, model_validator

from cemlab.codebook_parts import Label, Part


class Dimension(Label):
    """What several items ask together: its labels, its items, and the favourable share of others it is held against.

    `aspects` are aspects of the lexicon: comments about them belong to this dimension. `action` is what a unit would do about it.
    """

    items: tuple[str, ...] = Field(min_length=1)
    benchmark: float | None = Field(default=None, ge=0, le=100)
    aspects: tuple[str, ...] = ()
    action: Label | None = None


class Staff(Part):
    """HR data, in columns of the answers; then every row is a person on the payroll, whether they answered or not.

    `answered` is 1 for those who answered, 0 for the others. `hired` and `left` are dates (type date), `until` is the day on
    which the dates of leaving were taken. Without dates, `gone` is 1 for those who left. `groups` are HR columns by which
    unequal response is weighted. `headcount` is a csv of people per unit instead (wave, the unit columns, headcount).
    """

    answered: str | None = None
    hired: str | None = None
    left: str | None = None
    until: date | None = None
    gone: str | None = None
    groups: tuple[str, ...] = ()
    headcount: str | None = None

    @model_validator(mode="after")
    def whole(self):
        """Dates of leaving need the day they were taken; weights need those who did not answer."""
        if self.left and not self.until:
            raise ValueError("left: needs `until`, the day on which the dates of leaving were taken from the HR system")
        if self.left and self.gone:
            raise ValueError("gone: the dates `left` say it already; keep one of both")
        if self.groups and not self.answered:
            raise ValueError("groups: weights need the people who did not answer; name `answered` (1 answered, 0 not)")
        return self


class UnitResults(Label):
    """Results of units from elsewhere (customers' scores, sales): a csv in data/designs with a row a unit.

    `unit` is its column of unit codes, `level` the column of the answers that holds them, `value` the figure, `n` the
    customers behind it, `wave` the wave it belongs to (without it, the newest).
    """

    table: str
    level: str
    value: str
    unit: str | None = None
    wave: str | None = None
    n: str | None = None


class Dialogues(Part):
    """Conversations of units with customers: a csv in data/designs with a row a message.

    `level` is the column of the answers that holds the unit codes; the others are columns of the table.
    """

    table: str
    level: str
    unit: str | None = None
    conversation: str = "conversation"
    speaker: str = "speaker"
    time: str = "time"
    text: str = "text"
    cues: str = "dialogue"


class Actions(Part):
    """What units undertook after a wave: a csv in data/designs with a row a unit and dimension.

    `level` is the column of the answers that holds the unit codes, `unit` the table's own name of it; `wave` and `dimension` are
    columns of the table.
    """

    table: str
    level: str
    unit: str | None = None
    wave: str = "wave"
    dimension: str = "dimension"


class EmployeeQuestions(Part):
    """What an employee study reads. `organisation` are unit columns from the top to the bottom; `index` is the dimension that is
    the engagement index; `stay` asks about the wish to leave (its top codes are the wish). `bands` cut the index (mean of
    its items) into low, middle and high engagement.
    """

    organisation: tuple[str, ...] = ()
    dimensions: dict[str, Dimension] = Field(default_factory=dict)
    index: str | None = None
    satisfaction: str | None = None
    stay: str | None = None
    bands: tuple[float, float] | None = None
    staff: Staff = Staff()
    results: dict[str, UnitResults] = Field(default_factory=dict)
    dialogues: Dialogues | None = None
    actions: Actions | None = None

    @model_validator(mode="after")
    def sensible(self):
        """The index is a dimension, an item stands in one dimension, bands rise."""
        if self.index and self.index not in self.dimensions:
            raise ValueError(f"index: {self.index!r} is no dimension; there are {list(self.dimensions)}")
        seen = {}
        for name, dimension in self.dimensions.items():
            for item in dimension.items:
                if item in seen:
                    raise ValueError(f"dimensions.{name}.items: {item!r} stands in {seen[item]!r} already")
                seen[item] = name
        if self.bands and not self.bands[0] < self.bands[1]:
            raise ValueError(f"bands: {list(self.bands)} must rise, for example [3.0, 4.0]")
        return self

    @property
    def items(self):
        """{dimension: [items]}."""
        return {name: list(dimension.items) for name, dimension in self.dimensions.items()}

    @property
    def columns(self):
        """Every column named, with its field and the type it must have (None: any)."""
        yield from (("organisation", name, "single") for name in self.organisation)
        yield from ((f"dimensions.{d}.items", name, None) for d, part in self.dimensions.items() for name in part.items)
        yield from ((f, getattr(self, f), None) for f in ("satisfaction", "stay") if getattr(self, f))
        staff = self.staff
        for field, kind in (("answered", "number"), ("hired", "date"), ("left", "date"), ("gone", None)):
            if getattr(staff, field):
                yield f"staff.{field}", getattr(staff, field), kind
        yield from (("staff.groups", name, "single") for name in staff.groups)


def check_employee(book):
    """Every column named exists and has the type that its part needs."""
    from cemlab.checks import nearest

    asked = book.employee_questions
    for field, name, kind in asked.columns:
        column = book.columns.get(name)
        if column is None:
            hint = nearest(name, book.columns)
            near = f"; did you mean {hint!r}" if hint else ""
            raise ValueError(f"employee_questions.{field}: {name!r} is no column{near}")
        if kind and column.type != kind:
            raise ValueError(f"employee_questions.{field}: {name!r} is of type {column.type}; it must be {kind}")
    levels = [(f"results.{name}", part.level) for name, part in asked.results.items()]
    levels += [(part, getattr(asked, part).level) for part in ("dialogues", "actions") if getattr(asked, part)]
    for field, level in levels:
        if level not in asked.organisation:
            raise ValueError(f"employee_questions.{field}.level: {level!r} is no column of the organisation")
    if asked.bands and not asked.index:
        raise ValueError("employee_questions.bands: they cut the index; name `index`, a dimension")

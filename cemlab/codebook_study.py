"""Parts of a codebook that speak of the whole study: brands, privacy, bases, the least effect worth a sentence."""

import re
from typing import Literal

from pydantic import Field, field_validator, model_validator

from cemlab.codebook_parts import Label, Option, Part


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


class BrandOutcomes(Part):
    """Operational figures held beside a brand study: a csv with one row per brand and period.

    `brand`, `period` (any day of it) and `value` are columns of the table; `every` says how long a period is; `title` and
    `unit` name the figure. `of` are the stages set against it (the headline stages when left out).
    """

    table: str
    brand: str = "brand"
    period: str = "period"
    value: str = "value"
    every: Literal["week", "month", "quarter"] = "month"
    lags: int = Field(default=3, ge=0, le=12)
    title: Label = Label(zh="销售", en="Sales")
    unit: Label = Label()
    of: tuple[str, ...] = ()


class BrandQuestions(Part):
    """Which questions a brand study reads, by what they are asked for.

    A question tells about each brand in one of three ways: several answers whose options are brands, one answer whose
    options are brands, or a matrix (or ranking) with a row a brand. `awareness` holds what stands beside the funnel (named
    first, named unaided); `funnel` goes from aided awareness to preference, each stage asked of those who reached the one
    before; `users` is the stage that makes a user. `switching` names the brand bought before and the one bought last.
    `values` are statements about a brand's culture and values (agreement, or ticks); `premium` is what one would pay more
    for a brand than for another, a number by brand. `outcomes` are sales or the like, by brand and period. `index` gives
    the weight of each component of the brand index.
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
    values: tuple[str, ...] = ()
    premium: str | None = None
    outcomes: BrandOutcomes | None = None
    index: dict[str, float] = Field(default_factory=dict)

    @property
    def named(self):
        """Every question named, with the field that names it."""
        for field in type(self).model_fields:
            value = getattr(self, field)
            if isinstance(value, Part):
                continue
            for name in [value] if isinstance(value, str) else value or ():
                yield field, name


class Privacy(Part):
    """From how many persons a figure or comments may be shown, and how long raw files are kept.

    `level` "employee": what is shown is solved for, so that nothing hidden can be worked out (the default of employee
    studies). `enhanced`: no base is shown at all, and figures are rounded so that none can be read off them.
    """

    min_persons: int = Field(default=10, ge=5)
    comments_min: int = Field(default=10, ge=5)
    retention_days: int = Field(default=365, ge=1)
    level: Literal["customer", "employee"] | None = None
    enhanced: bool = False

    @property
    def comments_base(self):
        """Persons who must have written before comments of employees are shown: more than for a figure."""
        return max(self.comments_min, self.min_persons + 5)


class Bases(Part):
    """Precision: under `min_n` no figure, under `low_n` a mark."""

    min_n: int = Field(default=30, ge=1)
    low_n: int = Field(default=100, ge=1)


class Quality(Part):
    """Which doubtful answers are left out of every figure, and from where on an answer is doubtful.

    Straight-lining and bursts alone are never a reason. `least_seconds` is the shortest time to answer that is believed
    (without it, a third of the median, which marks but never leaves out); `most_missing` the share of questions that may
    stay unanswered.
    """

    exclude: tuple[Literal["duplicate", "inconsistent", "speeder", "unanswered"], ...] = ()
    least_seconds: float | None = Field(default=None, gt=0)
    most_missing: float = Field(default=0.5, gt=0, le=1)

    @model_validator(mode="after")
    def speed_is_known(self):
        """Who is too fast must not depend on how fast the others were."""
        if "speeder" in self.exclude and self.least_seconds is None:
            raise ValueError("exclude: speeders are left out only by a time of your own; name `least_seconds` as well")
        return self


class MinimumEffect(Part):
    """A sentence needs at least this difference: NPS points, percentage points, scale points."""

    nps: float = Field(default=3, ge=0)
    share: float = Field(default=2, ge=0)
    mean: float = Field(default=0.1, ge=0)

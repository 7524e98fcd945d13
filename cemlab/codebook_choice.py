"""Parts of a codebook that say how choices were asked: best-worst, lines of variants, profiles."""

from typing import Literal

from pydantic import Field, model_validator

from cemlab.codebook_parts import Code, Label, Part


class BestWorst(Part):
    """MaxDiff: columns `best` and `worst`, one a task, and the table `design` (version, task, position, item).

    Answers are codes of `items`, or positions in the task where the design says which item stood there. `version` is the
    column that holds a person's version; without it everybody had the same tasks.
    """

    items: dict[Code, Label]
    design: str
    version: str | None = None
    best: tuple[str, ...]
    worst: tuple[str, ...]
    answers: Literal["item", "position"] = "item"

    @model_validator(mode="after")
    def pairs(self):
        """A best and a worst a task."""
        if len(self.best) != len(self.worst):
            raise ValueError(f"worst: {len(self.best)} columns of best and {len(self.worst)} of worst; one a task each")
        return self

    def names(self):
        """Every question named, with its field."""
        for field in ("best", "worst"):
            yield from ((field, name) for name in getattr(self, field))
        if self.version:
            yield "version", self.version


class Turf(Part):
    """Reach of a line of `size` variants: several answers, or a matrix of ratings whose top boxes count."""

    question: str
    size: int = Field(default=3, ge=1)

    def names(self):
        """Every question named, with its field."""
        yield "question", self.question


class Attribute(Label):
    """One attribute of a choice: its labels, its levels (the first is the base), or `linear: true` for a number."""

    levels: dict[Code, Label] = Field(default_factory=dict)
    linear: bool = False


class Alternative(Label):
    """A product of the simulated market: its level of every attribute; `shown` gives alternative-wise columns."""

    levels: dict[str, str | float] = Field(default_factory=dict)


class Conjoint(Part):
    """Choices among profiles, in one of three layouts.

    `chosen` with several columns, one a task, holds the place of the alternative chosen, and the table `design` (version,
    task, alternative, attributes) what each place showed. `chosen` with one column and `task`: the answers are rows of
    alternatives. `chosen` with one column and `columns` {alternative: {attribute: column}}: one choice a row. `none` is the
    code of "none of these"; `price` the attribute that is the price; `products` the market to simulate.
    """

    chosen: tuple[str, ...]
    design: str | None = None
    version: str | None = None
    task: str | None = None
    alternative: str | None = None
    columns: dict[Code, dict[str, str]] = Field(default_factory=dict)
    attributes: dict[str, Attribute]
    none: Code | None = None
    price: str | None = None
    products: dict[Code, Alternative] = Field(default_factory=dict)
    persons: bool = True  # one model a person (hierarchical Bayes) beside the one for all

    @model_validator(mode="after")
    def one_layout(self):
        """One of the three layouts; products and price speak of the attributes."""
        ways = [bool(self.design), bool(self.task), bool(self.columns)]
        if sum(ways) != 1:
            raise ValueError("give one of `design`, `task` (rows of alternatives) and `columns` (one choice a row)")
        if self.price and self.price not in self.attributes:
            raise ValueError(f"price: {self.price!r} is not among the attributes")
        for code, product in self.products.items():
            wrong = set(product.levels) ^ set(self.attributes)
            if wrong:
                raise ValueError(
                    f"products: {code!r} must give a level of every attribute; look at {sorted(wrong)[0]!r}"
                )
        return self

    def names(self):
        """Every question named, with its field."""
        yield from (("chosen", name) for name in self.chosen)
        yield from ((f, getattr(self, f)) for f in ("version", "task", "alternative") if getattr(self, f))
        yield from (("columns", name) for one in self.columns.values() for name in one.values())

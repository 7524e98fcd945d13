"""Parts of a codebook that a service study reads: the services it judges, and its operational columns."""

from pydantic import Field, model_validator

from cemlab.codebook_parts import Label, Part

KINDS = ("sales", "after_sales", "agent", "self_service")


class Service(Label):
    """One service with a section of its own (销售, 售后, 客服, 自助): its labels and its touchpoints."""

    touchpoints: tuple[str, ...] = Field(min_length=1)


class Operations(Part):
    """Operational columns by what they hold, each with role operational.

    `wait` is a time and `served` 1 where the wait ended in being served, 0 where it was given up or is still open; `within`
    are the times for which the share served is told. `contacts` is the number of contacts until solved, `complained` 1 for
    a customer who complained. `answered` is 1 for those who answered the survey, 0 for the invited who did not; then every
    row is an invitation, and `amounts` are numbers known of both (spend, tenure).
    """

    wait: str | None = None
    served: str | None = None
    within: tuple[float, ...] = ()
    contacts: str | None = None
    complained: str | None = None
    answered: str | None = None
    amounts: tuple[str, ...] = ()

    @model_validator(mode="after")
    def pairs(self):
        """A waiting time needs its ending, amounts need to know who answered."""
        if bool(self.wait) != bool(self.served):
            raise ValueError("wait: a waiting time and `served` (1 served, 0 given up) go together; name both")
        if self.amounts and not self.answered:
            raise ValueError("amounts: they are compared between those who answered and the others; name `answered`")
        return self

    @property
    def named(self):
        """Every column named, with the field that names it."""
        for field in ("wait", "served", "contacts", "complained", "answered"):
            if getattr(self, field):
                yield field, getattr(self, field)
        yield from (("amounts", name) for name in self.amounts)

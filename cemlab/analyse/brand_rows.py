"""From a brand study's codebook to respondent x brand rows: which column tells what about which brand."""

from dataclasses import dataclass

import narwhals as nw

from cemlab.analyse.brand_funnel import routed
from cemlab.measure.frames import columns_of, lazy, number_column
from cemlab.measure.stack import answer, stack_brands

KEPT = ("_key", "_person", "_wave", "_date", "_replicate")
POINTS = "points__"


@dataclass(frozen=True)
class BrandPlan:
    """What a brand study can report from these data; names are columns of `brand_rows`."""

    brands: list
    own: str | None
    beside: list  # levels without conversions: named first, named unaided
    funnel: list
    image: list
    entry_points: list
    consideration: str | None
    users: str | None
    preference: str | None
    nps: str | None
    satisfaction: str | None
    frequency: str | None
    values: list  # agreement with statements about culture and values, 0/1 (top boxes)
    premium: str | None  # what one would pay more
    scale: object  # of satisfaction
    index: dict  # component -> (weight, low, high)
    asked: dict  # column -> brand -> place, as `stack_brands` takes it

    @property
    def stages(self):
        """All stages, in the order of a report."""
        return [*self.beside, *self.funnel]

    @property
    def outcome(self):
        """What image is held against: preference, else consideration."""
        return self.preference or (self.consideration if self.consideration in self.stages else None)

    @property
    def headline(self):
        """The stages of the first screen: awareness, consideration, use, preference."""
        wanted = [self.funnel[0] if self.funnel else None, self.consideration, self.users, self.preference]
        return list(dict.fromkeys(stage for stage in wanted if stage in self.stages))


def brand_plan(data, codebook):
    """Which of the codebook's brand questions these data hold.

    Parameters
    ----------
    data : pandas, polars or Spark data frame
        Answers as `store.scan` gives them.
    codebook : Codebook
        With `brands` and `brand_questions`.

    Returns
    -------
    BrandPlan

    Raises
    ------
    ValueError
        A codebook without brands.
    """
    if not codebook.brands:
        raise ValueError(
            f"brand_plan: codebook {codebook.name!r} names no brands; add `brands:` and `brand_questions:`."
        )
    have = set(columns_of(lazy(data, "brand_plan")))
    named, asked = codebook.brand_questions, {}

    def known(names, stage=False):
        out = []
        for name in names:
            column, places = places_of(name, codebook, have, stage)
            if places:
                asked[column] = places
                out.append(column)
        return out

    def one(name, stage=False):
        return next(iter(known([name], stage)), None) if name else None

    rated = named.nps, named.satisfaction, named.frequency
    nps, satisfaction, frequency = (one(name) for name in rated)
    beside, funnel = known(named.awareness, True), known(named.funnel, True)
    preference = one(named.preference, True)
    users = named.users if named.users in funnel else None
    if preference and preference not in funnel and preference not in beside:
        beside = [*beside, preference]
    asked_of = codebook.batteries.get(named.satisfaction) if named.satisfaction else None
    scale = asked_of.scale if asked_of else None
    index = {}
    for name, weight in named.index.items():
        column = f"{POINTS}{nps}" if name == named.nps else name
        ends = (-100, 100) if name == named.nps else (scale.low, scale.high) if name == named.satisfaction else (0, 1)
        if name in asked:
            index[column] = (weight, *ends)
    return BrandPlan(
        brands=list(codebook.brands), own=codebook.own_brand, beside=beside, funnel=funnel, image=known(named.image),
        entry_points=known(named.entry_points), users=users, consideration=named.consideration,
        preference=preference, nps=nps, satisfaction=satisfaction,
        frequency=frequency, values=known(named.values, True), premium=one(named.premium), scale=scale, index=index,
        asked=asked,
    )  # fmt: skip


def places_of(name, codebook, have, stage):
    """Column name in the stacked rows and {brand: place} of one question; ratings as stages count their top boxes."""
    battery, column = codebook.batteries.get(name), codebook.columns.get(name)
    if battery is not None:
        inside = {b: f"{name}__{b}" for b in codebook.brands if f"{name}__{b}" in have}
        if not stage:
            return name, inside
        codes = [1] if battery.type == "ranking" else list(battery.scale.top_codes) if battery.scale else None
        rated = battery.role in ("nps", "outcome")
        return (f"{name}__top" if rated else name), {b: (c, codes) if codes else c for b, c in inside.items()}
    if column.type == "multiple":
        return name, {b: f"{name}__{b}" for b in codebook.brands if f"{name}__{b}" in have}
    return name, ({b: (name, [b]) for b in codebook.brands if b in column.options} if name in have else {})


def reached_columns(data, plan, stage):
    """The data with a 0/1 column for each brand of a stage, and {brand: column}, for methods that compare brands in one row."""
    frame, columns = lazy(data, "reached_columns"), {}
    made = []
    for brand, place in plan.asked.get(stage, {}).items():
        columns[brand] = place if isinstance(place, str) else f"reached__{brand}"
        if not isinstance(place, str):
            made.append(answer(place, frame).alias(f"reached__{brand}"))
    return (frame.with_columns(*made) if made else frame).to_native(), columns


def brand_rows(data, codebook, plan=None, *, keep=()):
    """Respondent x brand rows of a brand study.

    Parameters
    ----------
    data : pandas, polars or Spark data frame
        Answers as `store.scan` gives them.
    codebook : Codebook
    plan : BrandPlan, optional
        `brand_plan` of the data when left out.
    keep : list of str
        Further columns to repeat (weights, segments).

    Returns
    -------
    polars.LazyFrame (or Spark data frame)
        As `stack_brands`, with stages that the questionnaire left out set to 0 (`brand_funnel.routed`), and ``points__<nps>``
        (100, 0, -100).
    """
    plan = plan or brand_plan(data, codebook)
    have = columns_of(lazy(data, "brand_rows"))
    kept = [c for c in dict.fromkeys([*KEPT, *keep]) if c in have]
    stacked = stack_brands(data, plan.asked, brands=plan.brands, keep=kept)
    frame = routed(nw.from_native(stacked), plan.funnel)
    if plan.nps:
        score = number_column(plan.nps)
        points = nw.when(score >= 9).then(nw.lit(100.0)).when(score <= 6).then(nw.lit(-100.0)).otherwise(nw.lit(0.0))
        frame = frame.with_columns(nw.when(~score.is_null()).then(points).alias(f"{POINTS}{plan.nps}"))
    return frame.to_native()

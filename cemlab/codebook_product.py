"""Parts of a codebook that say which questions a product study reads: concept, price, features, choice, taste, pack."""

from pydantic import Field, model_validator

from cemlab.codebook_choice import BestWorst, Conjoint, Turf
from cemlab.codebook_parts import Code, Label, Part

TRIAL = {5: 0.75, 4: 0.25, 3: 0.0, 2: 0.0, 1: 0.0}  # a custom of the trade, to be replaced by one's own launches


class ConceptTest(Part):
    """Ratings of concepts.

    `concept` is the column that tells which concept a row is about (each person saw one, or has a row a concept); without it
    every question named here is a matrix with a row a concept. `position` (column or matrix) says at which place it was
    shown, 1 first. `calibration` gives the share that buys among those who gave each code of `intent`. `archive` holds the
    top-two-box shares of earlier concepts, question by question: the norm. `replaces` asks what a buyer would buy less of;
    `own` are its codes that are products of one's own.
    """

    concept: str | None = None
    control: Code | None = None
    position: str | None = None
    intent: str
    ratings: tuple[str, ...] = ()
    ticked: str | None = None
    likes: str | None = None
    dislikes: str | None = None
    replaces: str | None = None
    own: tuple[Code, ...] = ()
    calibration: dict[int, float] = Field(default_factory=dict)
    archive: dict[str, dict[str, float]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def sensible(self):
        """Shares that buy lie between 0 and 1; the norm's shares between 0 and 100."""
        wrong = [c for c, share in self.calibration.items() if not 0 <= share <= 1]
        if wrong:
            raise ValueError(f"calibration: code {wrong[0]} buys with probability {self.calibration[wrong[0]]}; 0 to 1")
        for name, shares in self.archive.items():
            for question, share in shares.items():
                if question not in self.rated:
                    raise ValueError(f"archive: {name!r} names {question!r}, which is no question of the concept test")
                if not 0 <= share <= 100:
                    raise ValueError(f"archive: {name!r} has {share} for {question!r}; give percent, 0 to 100")
        if self.own and not self.replaces:
            raise ValueError("own: these are codes of the question `replaces`; name it")
        return self

    @property
    def rated(self):
        """Intent and the other ratings, in the order of a report."""
        return (self.intent, *self.ratings)

    def names(self):
        """Every question named, with its field."""
        single = ("concept", "position", "intent", "ticked", "likes", "dislikes", "replaces")
        yield from ((field, getattr(self, field)) for field in single if getattr(self, field))
        yield from (("ratings", name) for name in self.ratings)


class PriceQuestions(Part):
    """The four prices of van Westendorp, and the two intent questions (at the cheap and at the expensive price)."""

    too_cheap: str
    cheap: str
    expensive: str
    too_expensive: str
    intent: tuple[str, str] | None = None

    def names(self):
        """Every question named, with its field."""
        for field in ("too_cheap", "cheap", "expensive", "too_expensive"):
            yield field, getattr(self, field)
        yield from (("intent", name) for name in self.intent or ())


class PriceLadder(Part):
    """Would buy at each price (Gabor-Granger): a matrix with a row a price; `buy` are its codes that mean yes."""

    question: str
    prices: dict[Code, float]
    buy: tuple[int, ...] = ()

    def names(self):
        """Every question named, with its field."""
        yield "question", self.question


class KanoQuestions(Part):
    """Matrices with a row a feature, codes 1 (like it) to 5 (dislike it): if it is there, if it is not, how important."""

    functional: str
    dysfunctional: str
    importance: str | None = None

    def names(self):
        """Every question named, with its field."""
        yield from ((f, getattr(self, f)) for f in ("functional", "dysfunctional", "importance") if getattr(self, f))


class Taste(Part):
    """Tasting: liking and just-about-right scales of products.

    `product` is the column that tells which product a row is about; without it every question is a matrix with a row a
    product. `just_right` is the code in the middle of the scales `jar` (numbers, or words each of which is a side of its own). `preferred` asks which product is preferred (its
    codes are products), `triangle` holds 1 where the odd one was found, else 0; products count as alike where at most the
    share `similar` really tastes the difference.
    """

    product: str | None = None
    position: str | None = None
    liking: str
    jar: tuple[str, ...] = ()
    just_right: Code = "3"
    preferred: str | None = None
    triangle: str | None = None
    similar: float = Field(default=0.3, gt=0, lt=1)

    def names(self):
        """Every question named, with its field."""
        single = ("product", "position", "liking", "preferred", "triangle")
        yield from ((field, getattr(self, field)) for field in single if getattr(self, field))
        yield from (("jar", name) for name in self.jar)


class Pack(Part):
    """A new pack against the current one: cells of people who saw one of them, or units before and after.

    Cells: `cell` with the codes `current` and `new`, rated by `ratings`; the new one shall not be worse by more than `margin`
    percentage points. Units: `unit`, `period`, `treated` (1 where the new pack is sold) and `outcome`, as columns of the
    answers (averaged by unit and period), or of the table `sales`; a change of the outcome under `least` makes no sentence.
    """

    cell: str | None = None
    current: Code | None = None
    new: Code | None = None
    ratings: tuple[str, ...] = ()
    margin: float = Field(default=5, gt=0)
    least: float = Field(default=0, ge=0)
    sales: str | None = None
    unit: str | None = None
    period: str | None = None
    treated: str | None = None
    outcome: str | None = None
    title: Label = Label()  # what the outcome is called

    @model_validator(mode="after")
    def whole(self):
        """Cells with both codes, units with all four columns, or both."""
        if self.cell and not (self.current and self.new and self.ratings):
            raise ValueError("cell: needs `current`, `new` and `ratings`")
        four = [self.unit, self.period, self.treated, self.outcome]
        if any(four) and not all(four):
            raise ValueError("unit: needs `unit`, `period`, `treated` and `outcome`, all four")
        if not self.cell and not self.unit:
            raise ValueError("give `cell` (people who saw one pack) or `unit` (shops before and after)")
        return self

    def names(self):
        """Every question named, with its field; columns of the table `sales` are none."""
        if self.cell:
            yield "cell", self.cell
        yield from (("ratings", name) for name in self.ratings)
        if self.unit and not self.sales:
            yield from ((field, getattr(self, field)) for field in ("unit", "period", "treated", "outcome"))


class ProductQuestions(Part):
    """The parts of a product study; what is left out is left out of the report."""

    concept_test: ConceptTest | None = None
    price_sensitivity: PriceQuestions | None = None
    price_response: PriceLadder | None = None
    kano: KanoQuestions | None = None
    best_worst: BestWorst | None = None
    turf: Turf | None = None
    conjoint: Conjoint | None = None
    taste: Taste | None = None
    pack: Pack | None = None

    @property
    def parts(self):
        """The parts there are, by name."""
        return {name: part for name in type(self).model_fields if (part := getattr(self, name)) is not None}

    @property
    def named(self):
        """Every question named, with the field that names it."""
        for name, part in self.parts.items():
            for field, question in part.names():
                yield f"{name}.{field}", question


def check_product(book):
    """Every question named exists, and codes named are codes of their questions."""
    from cemlab.checks import nearest

    questions = {**book.columns, **book.batteries}
    for field, name in book.product_questions.named:
        if name not in questions:
            hint = nearest(name, questions)
            near = f"; did you mean {hint!r}" if hint else ""
            raise ValueError(f"product_questions.{field}: {name!r} is no question{near}")
    for field, name, codes in coded(book.product_questions):
        strange = [c for c in codes if c not in known_codes(questions[name])]
        if strange:
            raise ValueError(f"product_questions.{field}: {strange[0]!r} is no code of {name!r}")


def coded(parts):
    """(field, question, codes) wherever a part names codes of a question."""
    test, ladder, pack = parts.concept_test, parts.price_response, parts.pack
    if test and test.control:
        yield "concept_test.control", test.concept or test.intent, [test.control]
    if test and test.own:
        yield "concept_test.own", test.replaces, test.own
    if ladder:
        yield "price_response.prices", ladder.question, ladder.prices
    if pack and pack.cell:
        yield "pack.cell", pack.cell, [pack.current, pack.new]


def known_codes(question):
    """Codes of a question's rows, or of its options."""
    return question.rows or question.options


def thing_label(book, name, code, lang):
    """What a concept or a product is called; None where `name` is neither, or the code unknown."""
    part = {"concept": book.product_questions.concept_test, "product": book.product_questions.taste}.get(name)
    if part is None:
        return None
    asked = getattr(part, name) or (part.intent if name == "concept" else part.liking)
    question = book.batteries.get(asked) or book.columns.get(asked)
    found = known_codes(question).get(str(code)) if question else None
    return found(lang) if found else None

"""The choice models of a product study: best-worst scores, conjoint for all and for persons, the market simulated."""

from cemlab.analyse.product_choices import best_worst_rows, choice_rows
from cemlab.codebook import code
from cemlab.measure.stack import RESPONDENT

WHO = {"person": RESPONDENT, "task": "task"}
LOOSE = 1.05  # largest R-hat of the means at which a model of persons may be used at all; beyond it the model for all serves
LEAST_TASKS, LEAST_PERSONS = 4, 60  # from which on utilities of persons are estimated


def items(data, codebook, design, *, weights=None, level=0.95):
    """`best_worst` of the study's items; None without them."""
    from cemlab.analyse.best_worst import best_worst

    if codebook.product_questions.best_worst is None:
        return None
    rows = best_worst_rows(data, codebook, design, weights=weights)
    return best_worst(rows, **WHO, item="item", best="best", worst="worst", weights=weights, level=level)


def choices(data, codebook, design, *, weights=None):
    """`choice_rows` of the study's conjoint; None without one."""
    return None if codebook.product_questions.conjoint is None else choice_rows(data, codebook, design, weights=weights)


def attributes(codebook, *, numeric=()):
    """The attributes as the models take them: "linear", or their levels with the base first."""
    part = codebook.product_questions.conjoint
    return {name: "linear" if a.linear or name in numeric else list(a.levels) for name, a in part.attributes.items()}


def none_of(codebook):
    """Keyword arguments for "none of these"."""
    code = codebook.product_questions.conjoint.none
    return {"alternative": "alternative"} | ({"none": code} if code is not None else {})


def everybody(rows, codebook, *, weights=None, level=0.95):
    """`choice_model` of the choices; None without them."""
    from cemlab.analyse.choice_model import choice_model

    if rows is None:
        return None
    return choice_model(rows, "chosen", attributes(codebook), **WHO, **none_of(codebook), weights=weights, level=level)


def price_as_number(codebook):
    """Name of the price where it is a number, or its levels' codes are; None otherwise."""
    part = codebook.product_questions.conjoint
    if part is None or part.price is None:
        return None
    price = part.attributes[part.price]
    return part.price if price.linear or all(is_number(code) for code in price.levels) else None


def is_number(text):
    """Whether a code is a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def money(rows, codebook, *, weights=None, level=0.95):
    """`willingness_to_pay` with the price as a number; None without such a price."""
    from cemlab.analyse.choice_model import choice_model, willingness_to_pay

    price = price_as_number(codebook)
    if rows is None or price is None:
        return None
    known = attributes(codebook, numeric=[price])
    model = choice_model(
        rows.assign(**{price: rows[price].astype(float)}),
        "chosen",
        known,
        **WHO,
        **none_of(codebook),
        weights=weights,
        level=level,
    )
    found = willingness_to_pay(model, price, level=level)
    return found[found["item"] != "(none)"].reset_index(drop=True)


def many(rows):
    """Whether persons and their tasks are many enough for utilities of persons."""
    tasks = rows.groupby(WHO["person"])[WHO["task"]].nunique()
    return len(tasks) >= LEAST_PERSONS and tasks.median() >= LEAST_TASKS


def settled(model):
    """A model of persons whose chains have met well enough in the population's means to be used; None otherwise."""
    if model is None:
        return None
    means = model.convergence[model.convergence["of"] == "mean"]
    return model if float(means["r_hat"].max()) <= LOOSE else None


def steps_of(draws):
    """Steps of a model of persons from its draws a chain: half as many to warm up, every step kept."""
    return {"draws": draws, "warm_up": max(draws // 2, 100), "thin": 1}


def persons(rows, codebook, *, weights=None, level=0.95, seed=1, draws=1000):
    """`hierarchical_choice` with one task held out; None with few persons or tasks, or where the codebook says `persons: false`."""
    from cemlab.analyse.hierarchical_choice import hierarchical_choice

    if rows is None or not codebook.product_questions.conjoint.persons or not many(rows):
        return None
    options = {"weights": weights, "level": level, "holdout": 1, "seed": seed} | steps_of(draws)
    return hierarchical_choice(rows, "chosen", attributes(codebook), **WHO, **none_of(codebook), **options)


def person_items(found, *, level=0.95, seed=1, draws=1000):
    """`hierarchical_scores` of the items; None without items or with few persons."""
    from cemlab.analyse.hierarchical_choice import hierarchical_scores

    if found is None or found.fit["persons"] < LEAST_PERSONS or found.fit["tasks"] < LEAST_TASKS * found.fit["persons"]:
        return None
    return hierarchical_scores(found, level=level, seed=seed, **steps_of(draws))


def products(codebook):
    """{product: {attribute: level}} of the market that the codebook describes; None with fewer than two."""
    part = codebook.product_questions.conjoint
    if part is None or len(part.products) < 2:
        return None
    return {
        name: {a: value(level, part.attributes[a]) for a, level in one.levels.items()}
        for name, one in part.products.items()
    }


def value(level, attribute):
    """A level as the models name it: a number where the attribute is linear, else the code."""
    return float(level) if attribute.linear else code(level)


def market(model, codebook, *, rule="share", level=0.95, seed=1):
    """`simulate_market` of the codebook's products, "none of these" among them where it was offered; None without products."""
    from cemlab.analyse.market_simulator import simulate_market

    shelf = products(codebook)
    if model is None or shelf is None:
        return None
    none = codebook.product_questions.conjoint.none is not None
    return simulate_market(model, shelf, rule=rule, none=none, level=level, seed=seed)


def markets(model, codebook, *, level=0.95, seed=1):
    """{rule: `market` by that rule}; None without products."""
    rules = ("share", "first", "randomised")
    found = {rule: market(model, codebook, rule=rule, level=level, seed=seed) for rule in rules}
    return {rule: frame for rule, frame in found.items() if frame is not None}


def price_path(model, codebook, *, level=0.95, seed=1):
    """Share of the first product at every price shown, the others unchanged; None without products or price.

    Returns a pandas.DataFrame of estimates, metrics ``market_share`` and ``revenue`` (price x share), ``at`` the price.
    """
    import pandas as pd

    from cemlab.analyse.market_simulator import simulate_market

    shelf, part = products(codebook), codebook.product_questions.conjoint
    if model is None or shelf is None or price_as_number(codebook) is None or not part.attributes[part.price].levels:
        return None
    first, none = next(iter(shelf)), part.none is not None
    frames = []
    for step in part.attributes[part.price].levels:
        moved = {**shelf, first: {**shelf[first], part.price: step}}
        row = simulate_market(model, moved, none=none, level=level, seed=seed)
        row = row[row["item"] == first].assign(at=float(step), metric="demand")
        earned = row.assign(metric="revenue", unit="price")
        earned[["estimate", "se", "ci_low", "ci_high"]] *= float(step) / 100
        frames += [row, earned]
    return pd.concat(frames, ignore_index=True)

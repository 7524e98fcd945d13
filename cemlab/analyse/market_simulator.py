"""What a market of given products would look like: shares by rule, price curves, a choice of none."""

import numpy as np
import pandas as pd

from cemlab.analyse.choice_draws import TIMES, averages
from cemlab.checks import nearest, require_choice, require_level
from cemlab.measure.schema import estimates

RULES = ("share", "first", "randomised")
NONE = "(none)"
REPEATS = 200  # random choices a person of "randomised"


def simulate_market(model, products, *, rule="share", none=False, scale=1.0, draws=1000, level=0.95, seed=1):
    """Shares of products in a market, in percent.

    Parameters
    ----------
    model : ChoiceModel or HierarchicalChoice
    products : dict of str to dict
        Product -> its level (or number) of every attribute.
    rule : {"share", "first", "randomised"}
        Share of preference (logit), first choice, or first choice with random errors of products and attributes, which lies between and is
        less misled by near-copies of one product.
    none : bool, default False
        Whether "none of these" may be taken; the model must know it.
    scale : float, default 1
        Utilities are multiplied by it; above 1 choices are sharper than in the interview, below 1 looser.
    draws : int, default 1000
        Draws for the intervals: of the coefficients of a `ChoiceModel`; of the population's means and of persons of a
        `HierarchicalChoice` (200 at most).
    level : float, default 0.95
    seed : int, default 1

    Returns
    -------
    pandas.DataFrame
        Estimates, metric ``market_share``, item the product (and "(none)"), unit "percent".

    Raises
    ------
    ValueError
        Fewer than two things to choose from, an attribute left out, an unknown rule or level, `none` unknown to the model.

    Notes
    -----
    Shares of preference among these products as if all were known and on every shelf: no forecast of sales. Intervals hold
    what the sample leaves open, nothing else. "share" obeys independence of irrelevant alternatives person by person; one
    `ChoiceModel` for all obeys it altogether.

    References
    ----------
    Orme, B. (2010). Getting Started with Conjoint Analysis, chapter 9. Huber, J., Orme, B., Miller, R. (1999).
    """
    where = "simulate_market"
    require_level(level, where)
    require_choice(rule, RULES, name="rule", where=where)
    x, names = profiles(model, products, none, where)
    rng = np.random.default_rng(seed)
    own = getattr(model, "persons", None)
    if own is None:
        value = chosen_shares(model.coefficients[None], x, rule, scale, np.random.default_rng(seed))[0]
        drawn = (
            rng.multivariate_normal(model.coefficients, model.covariance, size=draws, method="eigh") if draws else None
        )
        spread = None if drawn is None else chosen_shares(drawn, x, rule, scale, np.random.default_rng(seed))
        n = model.fit["persons"]
    else:
        each = chosen_shares(own, x, rule, scale, rng)
        weight = model.weights / model.weights.sum()
        value, n = weight @ each, len(own)
        few = min(draws, TIMES if rule != "randomised" else TIMES // 4)

        def shares(utilities):
            return chosen_shares(utilities, x, rule, scale, rng)

        spread = averages(own, model.weights, model.population, shares, times=few, seed=seed) if few > 1 else None
    rows = []
    for i, name in enumerate(names):
        row = {"item": name, "estimate": 100 * value[i]}
        if spread is not None:
            low, high = np.quantile(spread[:, i], [(1 - level) / 2, (1 + level) / 2])
            row |= {"se": 100 * spread[:, i].std(ddof=1), "ci_low": 100 * low, "ci_high": 100 * high}
        rows.append(row)
    facts = {"metric": "market_share", "unit": "percent", "n": n, "n_eff": n, "level": level, "method": rule}
    return estimates(pd.DataFrame(rows).assign(status="ok", **facts), [])


def price_curve(model, products, product, price, values, **options):
    """Share of one product at several prices, the others as they are.

    Parameters
    ----------
    model, products
        As in `simulate_market`.
    product : str
        The product whose price moves.
    price : str
        Attribute that is the price.
    values : list of float
        Prices; inside what was shown in the interview.
    options
        As in `simulate_market`.

    Returns
    -------
    pandas.DataFrame
        Estimates: metric ``market_share`` of the product and ``revenue`` (price x share), ``at`` the price.
    """
    if product not in products:
        raise ValueError(f"price_curve: no product {product!r}; there are {list(products)}.")
    frames = []
    for value in values:
        moved = {**products, product: {**products[product], price: value}}
        row = simulate_market(model, moved, **options)
        row = row[row["item"] == product].assign(at=float(value))
        revenue = row.assign(metric="revenue", unit="price")
        revenue[["estimate", "se", "ci_low", "ci_high"]] *= float(value) / 100
        frames += [row, revenue]
    return estimates(pd.concat(frames, ignore_index=True), [])


def profiles(model, products, none, where):
    """Coded products and their names."""
    coding = model.coding
    if len(products) + bool(none) < 2:
        raise ValueError(f"{where}: give at least two products, or one with `none=True`.")
    for name, product in products.items():
        lacking = [attribute for attribute in coding.attributes if attribute not in product]
        strange = [attribute for attribute in product if attribute not in coding.attributes]
        if lacking or strange:
            what = f"lacks {lacking[0]!r}" if lacking else f"names {strange[0]!r}"
            hint = nearest(strange[0], coding.attributes) if strange else None
            near = f" Did you mean {hint!r}?" if hint else ""
            raise ValueError(
                f"{where}: product {name!r} {what}; the model's attributes are {list(coding.attributes)}.{near}"
            )
    if none and not coding.none:
        raise ValueError(f"{where}: the model knows no choice of none; name its code in `none` when it is estimated.")
    frame = pd.DataFrame(products.values(), columns=list(coding.attributes))
    for attribute, levels in coding.attributes.items():
        if levels is not None:
            frame[attribute] = frame[attribute].map(
                lambda level: str(int(level)) if level_is_whole(level) else str(level)
            )
    x = coding.code(frame)
    if none:
        away = np.zeros((1, x.shape[1]))
        away[0, coding.names.index(NONE)] = 1.0
        x = np.vstack([x, away])
    return x, [*products, *([NONE] if none else [])]


def level_is_whole(level):
    """Whether a level is a whole number."""
    return isinstance(level, (int, float)) and not isinstance(level, bool) and float(level).is_integer()


def chosen_shares(coefficients, x, rule, scale, rng):
    """Chances (persons, products) by rule."""
    utility = scale * coefficients @ x.T
    if rule == "first":
        return (utility == utility.max(axis=1, keepdims=True)) / (utility == utility.max(axis=1, keepdims=True)).sum(
            axis=1, keepdims=True
        )
    if rule == "share":
        e = np.exp(utility - utility.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)
    out = np.zeros_like(utility)
    for _ in range(
        REPEATS
    ):  # errors of attributes are shared by products of the same level, errors of products are not
        moved = coefficients + rng.normal(size=x.shape[1]) * np.abs(coefficients).mean(axis=0) * 0.25
        noisy = scale * moved @ x.T + 0.5 * rng.gumbel(size=utility.shape)
        out[np.arange(len(out)), noisy.argmax(axis=1)] += 1
    return out / REPEATS

"""The parts of a product study beside its concepts: price, features, line, tasting, each from the codebook's questions."""

import pandas as pd

from cemlab.analyse.product_rows import boxes
from cemlab.analyse.product_study import concepts_in, present, several
from cemlab.measure.schema import comparisons
from cemlab.measure.stack import RESPONDENT

ALL = "(all)"
FEWEST = 60  # people a product from which on its penalties stand alone


def part_of(codebook, name):
    """A part of the codebook's product questions, or None."""
    return getattr(codebook.product_questions, name)


def prices(data, codebook, *, weights=None, level=0.95, seed=1):
    """`price_sensitivity` of the study's four prices; None without them."""
    from cemlab.analyse.price_sensitivity import price_sensitivity

    part = part_of(codebook, "price_sensitivity")
    if part is None:
        return None
    columns = (part.too_cheap, part.cheap, part.expensive, part.too_expensive)
    if len(present(data, columns)) < 4:
        return None
    return price_sensitivity(data, *columns, intent=part.intent, weights=weights, level=level, seed=seed)


def ladder(data, codebook, *, weights=None, level=0.95, seed=1):
    """`price_response` of the study's price ladder; None without one."""
    from cemlab.analyse.price_response import price_response

    part = part_of(codebook, "price_response")
    if part is None:
        return None
    asked = {f"{part.question}__{code}": price for code, price in part.prices.items()}
    have = present(data, asked)
    scale = codebook.batteries[part.question].scale
    buy = part.buy or (scale.top_codes if scale else (1,))
    return price_response(data, {c: asked[c] for c in have}, buy=tuple(buy), weights=weights, level=level, seed=seed)


def features(data, codebook, *, weights=None, level=0.95):
    """`kano` of the study's pairs of questions; None without them."""
    from cemlab.analyse.kano import kano

    part = part_of(codebook, "kano")
    if part is None:
        return None
    rows = codebook.batteries[part.functional].rows
    pairs = {code: (f"{part.functional}__{code}", f"{part.dysfunctional}__{code}") for code in rows}
    pairs = {code: pair for code, pair in pairs.items() if len(present(data, pair)) == 2}
    return kano(data, pairs, weights=weights, level=level)


def line(data, codebook, *, weights=None, level=0.95, min_n=100):
    """`turf` of the study's variants; None without them."""
    from cemlab.analyse.turf import turf

    part = part_of(codebook, "turf")
    if part is None:
        return None
    columns = present(data, codebook.columns[part.question].stored)
    return turf(data, columns, size=min(part.size, len(columns)), weights=weights, level=level, min_n=min_n)


def penalties(rows, codebook, *, weights=None, level=0.95, min_n=30):
    """`jar_penalty` over all products ("(all)") and of each product; None without just-about-right scales.

    Returns (penalties, shares): frames with the column ``product``.
    """
    from cemlab.analyse.jar_penalty import jar_penalty

    part = part_of(codebook, "taste")
    if part is None or rows is None:
        return None
    scales = present(rows, part.jar)
    if not scales:
        return None
    numeric = bool(boxes(codebook, scales)[0])
    right = int(part.just_right) if numeric else part.just_right
    options = {"just_right": right, "weights": weights, "level": level}
    many = RESPONDENT if several(rows) else None
    whole = jar_penalty(rows, part.liking, scales, by="product", assessor=many, **options)
    parts = [whole.penalties.assign(product=ALL)]
    for code in codes(rows) if concepts_in(rows, "product") > 1 else []:
        mine = jar_penalty(one(rows, code), part.liking, scales, **options)
        parts.append(mine.penalties.assign(product=code))
    return pd.concat(parts, ignore_index=True), whole.shares


def codes(rows):
    """Codes of the products in the rows."""
    import narwhals as nw

    return sorted(nw.from_native(rows).select("product").unique().collect()["product"].to_list())


def one(rows, code):
    """Rows of one product."""
    import narwhals as nw

    return nw.from_native(rows).filter(nw.col("product") == code).to_native()


def large(rows):
    """Whether products were tasted by enough people to be judged one by one."""
    return any(ratings(part) >= FEWEST for code, part in rows.groupby("product") if code != ALL)


def ratings(rows):
    """Ratings behind the penalties of one product."""
    return float((100 * rows["n"] / rows["share"].where(rows["share"] > 0)).max()) if len(rows) else 0.0


def penalty_claims(found, *, level=0.95, least=20.0):
    """Drops of the sides that concern `least` percent or more, as comparisons by product (item "scale:side").

    Products tasted by fewer than 60 people each are judged together, product "(all)".
    """
    if found is None:
        return None
    rows = found[0]
    rows = rows[(rows["share"] >= least) & ((rows["product"] == ALL) ^ large(rows))].reset_index(drop=True)
    if not len(rows):
        return None
    frame = pd.DataFrame({
        "product": rows["product"], "metric": "mean", "unit": "mean", "item": rows["item"] + ":" + rows["side"].astype(str),
        "estimate": rows["mean_side"], "n": rows["n"], "n_eff": rows["n"].astype(float), "reference": "(just right)",
        "reference_estimate": rows["mean_right"], "difference": -rows["drop"], "difference_low": -rows["drop_high"],
        "difference_high": -rows["drop_low"], "p_value": rows["p_value"], "level": level, "method": "jar_drop", "status": "ok",
    })  # fmt: skip
    return comparisons(frame, "product")


def sensory_tests(data, codebook, *, level=0.95, similarity=False):
    """`paired_preference` and `triangle_test` of the tasting, by product preferred; None where neither was asked.

    The row "similarity" (are the products alike?) is no difference and comes on request only.
    """
    from cemlab.analyse.sensory import paired_preference, triangle_test

    part, frames = part_of(codebook, "taste"), []
    if part is None:
        return None
    if part.preferred and present(data, [part.preferred]):
        frames.append(paired_preference(data, part.preferred, level=level).assign(metric="preference"))
    if part.triangle and present(data, [part.triangle]):
        found = triangle_test(data, part.triangle, similar=part.similar, level=level)
        frames.append(found if similarity else found[found["metric"] == "triangle"])
    if not frames:
        return None
    return pd.concat(frames, ignore_index=True).rename(columns={"group": "product"})

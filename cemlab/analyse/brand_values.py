"""Culture and values of brands: who agrees, users beside those who know the brand and do not use it; what a brand adds to the price."""

import narwhals as nw

from cemlab.analyse.brand_funnel import BOX
from cemlab.analyse.brand_study import in_brand_order, known_rows
from cemlab.measure.compare import compare_groups
from cemlab.measure.moments import counts
from cemlab.measure.multiplicity import adjust_p
from cemlab.measure.schema import combine
from cemlab.measure.scores import mean_score, top_box

USER = "user__"


def value_agreement(rows, plan, *, weights=None, level=0.95):
    """Share that agrees with each statement about a brand, among those who know it.

    Parameters
    ----------
    rows : data frame
        `brand_rows`.
    plan : BrandPlan
    weights : str, optional
        Column of case weights.
    level : float, default 0.95

    Returns
    -------
    pandas.DataFrame or None
        Estimates by brand, metric top_box, one item a statement; None where the study asked for none. Statements with a
        scale count its top boxes, ticked ones the ticks.

    Notes
    -----
    Those who know a brand are those at the first stage of the funnel; without a funnel, all who answered. Figures of small
    brands rest on few people who know them: compare within the interval.
    """
    if not plan.values:
        return None
    table = top_box(knowing(rows, plan), plan.values, **BOX, by="brand", weights=weights, level=level)
    return in_brand_order(table, plan)


def value_gaps(rows, plan, *, weights=None, level=0.95, min_n=30):
    """Users of each brand against those who know it and do not use it, statement by statement.

    Parameters as in `value_agreement`; a side with an effective base under `min_n` is not tested.

    Returns
    -------
    pandas.DataFrame or None
        Comparisons by brand: ``estimate`` of the users, ``reference`` "nonuser", adjusted (Benjamini-Hochberg) over the
        whole table; None without statements or without a stage that makes a user.

    Notes
    -----
    Exploratory. Users may agree because they use the brand, or use it because they agree: the difference does not tell.
    """
    if not plan.values or plan.users is None or plan.users == (plan.funnel or [None])[0]:
        return None
    uses = nw.when(nw.col(plan.users) == 1).then(nw.lit("user")).otherwise(nw.lit("nonuser"))
    frame = nw.from_native(knowing(rows, plan)).filter(~nw.col(plan.users).is_null())
    frame = frame.with_columns(uses.alias(USER)).to_native()
    return per_brand(frame, plan, weights=weights, level=level, min_n=min_n)


def per_brand(frame, plan, *, weights, level, min_n):
    """Users against the others within each brand, one family over all brands and statements."""
    frames = []
    for brand in plan.brands:
        part = nw.from_native(frame).filter(nw.col("brand") == brand).to_native()
        kinds = counts(part, USER, where="value_gaps")["value"].tolist()
        if not {"user", "nonuser"} <= set(kinds):
            continue
        options = {"metric": "top_box", **BOX, "weights": weights, "level": level, "min_n": min_n}
        table = compare_groups(part, plan.values, by=USER, against="nonuser", **options)
        frames.append(table.drop(columns=USER).assign(brand=brand))
    if not frames:
        return None
    out = combine(frames, by=["brand"])
    return out.assign(p_adjusted=adjust_p(out["p_value"], "bh"), adjust="bh")


def price_premium(rows, plan, *, weights=None, level=0.95):
    """Mean of what people would pay more for each brand, among those who answered; None where it was not asked.

    Returns
    -------
    pandas.DataFrame or None
        Estimates by brand, metric "premium", in the question's own unit.

    Notes
    -----
    Stated, not paid: the order of brands means more than the size. Answers far out move the mean; look at the distribution.
    """
    if plan.premium is None:
        return None
    table = mean_score(rows, plan.premium, by="brand", weights=weights, level=level)
    return in_brand_order(table.assign(metric="premium"), plan)


def knowing(rows, plan):
    """Rows of brands that the respondent knows; all rows where the study has no funnel."""
    return known_rows(rows, plan) if plan.funnel else rows

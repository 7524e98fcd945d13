"""The brand-health study: which figures it reports, and which claims it may make."""

import pandas as pd

from cemlab.analyse.brand_funnel import BOX, brand_funnel
from cemlab.analyse.brand_image import brand_image
from cemlab.analyse.drivers import driver_table, key_drivers
from cemlab.measure.compare import compare_groups, compare_waves
from cemlab.measure.schema import combine
from cemlab.measure.scores import mean_score, nps, top_box
from cemlab.measure.stack import RESPONDENT
from cemlab.measure.time_before import FEWEST_PERIODS, time_before
from cemlab.measure.trend import control_chart


def headline(rows, plan, *, by=None, weights=None, level=0.95):
    """Stages, NPS and satisfaction of every brand.

    Parameters
    ----------
    rows : data frame
        `brand_rows`.
    plan : BrandPlan
    by : str or list of str, optional
        Further groups, such as ``_wave``.
    weights : str, optional
        Column of case weights.
    level : float, default 0.95

    Returns
    -------
    pandas.DataFrame
        Estimates by brand: metrics reach and conversion (`brand_funnel`), nps, top_box and mean.
    """
    groups = ["brand", *([by] if isinstance(by, str) else by or [])]
    options = {"by": groups, "weights": weights, "level": level}
    frames = []
    if plan.funnel:
        extra = groups[1:] or None
        frames.append(brand_funnel(rows, plan.funnel, beside=plan.beside, by=extra, weights=weights, level=level))
    elif plan.beside:
        frames.append(top_box(rows, plan.beside, **BOX, **options).assign(metric="reach"))
    if plan.nps:
        frames.append(nps(rows, plan.nps, **options))
    if plan.satisfaction:
        scale = (plan.scale.low, plan.scale.high)
        frames.append(top_box(rows, plan.satisfaction, scale=scale, top=list(plan.scale.top_codes), **options))
        frames.append(mean_score(rows, plan.satisfaction, scale=scale, **options))
    if plan.frequency:
        frames.append(mean_score(rows, plan.frequency, **options).assign(metric="frequency", unit="times"))
    return in_brand_order(combine(frames, by=groups), plan) if frames else None


def in_brand_order(results, plan):
    """Rows in the order of the codebook's brands, all else as it came."""
    place = {b: i for i, b in enumerate(plan.brands)}
    rank = results["brand"].map(lambda b: place.get(b, len(place)))
    return results.assign(rank__=rank).sort_values("rank__", kind="stable", ignore_index=True).drop(columns="rank__")


def wave_changes(rows, plan, *, current, previous, weights=None, person=None, level=0.95, min_n=30):
    """Change of every stage, of NPS and satisfaction since the previous wave, by brand.

    Parameters
    ----------
    rows, plan, weights, level
        As in `headline`; `rows` hold both waves.
    current, previous : str
        Codes of the waves.
    person : str, optional
        Column of the person, where people may answer in both waves.
    min_n : float, default 30

    Returns
    -------
    pandas.DataFrame
        Comparisons by brand (metrics reach, nps, top_box).
    """
    options = {"current": current, "previous": previous, "by": "brand", "weights": weights, "id": person}
    return compared(compare_waves, rows, plan, plan.stages, **options, level=level, min_n=min_n)


def rival_gaps(rows, plan, *, weights=None, level=0.95, min_n=30):
    """Every rival against the own brand on the headline stages, NPS and satisfaction, within respondents.

    Parameters as in `headline`. Returns comparisons by brand (the rival), ``reference`` the own brand; None without an own
    brand. Errors are clustered by respondent: the same people judged both brands.
    """
    if plan.own is None:
        return None
    options = {"by": "brand", "against": plan.own, "weights": weights, "cluster": RESPONDENT}
    return compared(compare_groups, rows, plan, plan.headline, **options, level=level, min_n=min_n)


def compared(compare, rows, plan, stages, **options):
    """One frame of comparisons over stages, NPS and satisfaction."""
    frames = []
    if stages:
        frames.append(compare(rows, stages, metric="top_box", **BOX, **options).assign(metric="reach"))
    if plan.nps:
        frames.append(compare(rows, plan.nps, metric="nps", **options))
    if plan.satisfaction:
        box = {"scale": (plan.scale.low, plan.scale.high), "top": list(plan.scale.top_codes)}
        frames.append(compare(rows, plan.satisfaction, metric="top_box", **box, **options))
    return in_brand_order(combine(frames, by=["brand"]), plan) if frames else None


def image(rows, plan, *, weights=None, level=0.95, min_n=30, draws=500, seed=1):
    """`brand_image` of the study's attributes; None with fewer than two, or where fewer than two brands were asked."""
    if len(plan.image) < 2:
        return None
    asked = [b for b in plan.brands if all(b in plan.asked[a] for a in plan.image)]
    options = {"brands": asked, "own": plan.own, "weights": weights, "level": level, "min_n": min_n}
    return brand_image(rows, plan.image, **options, draws=draws, seed=seed) if len(asked) > 1 else None


def preference_drivers(rows, plan, *, weights=None, level=0.95, draws=1000, seed=1):
    """Key drivers of preference from image attributes, over stacked rows of those who know the brand.

    Parameters as in `headline`. Returns `driver_table`, or None without an outcome, funnel or three attributes. The
    outcome is whether the brand is preferred (0/1), or considered where no preference was asked; respondents are what is
    resampled, since each has several rows.

    Notes
    -----
    Stacking mixes differences between people and between brands; each brand's mean is taken out of outcome and attributes
    first, so that what remains is: those who see more of the attribute in a brand prefer it more often, whatever its size.
    """
    if not plan.outcome or not plan.funnel or len(plan.image) < 3:
        return None
    knows = known_rows(rows, plan)
    centred, names = brand_centred(knows, [plan.outcome, *plan.image], weights)
    options = {"weights": weights, "cluster": RESPONDENT, "missing": "listwise", "draws": draws, "level": level}
    found = key_drivers(centred, names[0], names[1:], **options, seed=seed)
    table = driver_table(found)
    return table.assign(item=table["item"].str.removeprefix(CENTRED)) if "item" in table else table


CENTRED = "centred__"


def known_rows(rows, plan):
    """Rows of brands that the respondent knows (the first stage of the funnel)."""
    import narwhals as nw

    return nw.from_native(rows).filter(nw.col(plan.funnel[0]) == 1).to_native()


def brand_centred(rows, columns, weights):
    """Rows with each column less its brand's mean."""
    import narwhals as nw

    from cemlab.measure.attach import small_frame
    from cemlab.measure.moments import moments

    sums = moments(rows, columns, by="brand", weights=weights, where="brand_centred")
    means = (sums.assign(mean=sums["wx"] / sums["w"].where(sums["w"] > 0))
             .pivot(index="brand", columns="item", values="mean").reset_index())  # fmt: skip
    means = means.rename(columns={c: f"mean__{c}" for c in columns})
    frame = nw.from_native(rows)
    frame = frame.lazy("polars") if isinstance(frame, nw.DataFrame) else frame
    joined = frame.join(small_frame(means, frame), on="brand", how="left")
    made = [(nw.col(c) - nw.col(f"mean__{c}")).alias(f"{CENTRED}{c}") for c in columns]
    return joined.with_columns(*made).to_native(), [f"{CENTRED}{c}" for c in columns]


def tracking(rows, plan, *, weights=None, period="month", min_n=30):
    """Control charts of the own brand's headline figures by period, raw and smoothed (EWMA); None where time is too short.

    Parameters
    ----------
    rows, plan, weights
        As in `headline`; all waves.
    period : {"week", "month", "quarter"}
    min_n : float, default 30

    Returns
    -------
    pandas.DataFrame or None
        `control_chart` rows (chart "auto": the raw score with limits, from the time before the newest wave where eight
        periods precede it), metric "share" for stages, with the column ``smoothed``
        (EWMA, weight 0.2).
    """
    import narwhals as nw

    own = nw.from_native(rows).filter(nw.col("brand") == (plan.own or plan.brands[0])).to_native()
    shared = {"period": period, "weights": weights, "min_n": min_n}
    tasks = [(plan.headline, {"metric": "top_box", **BOX})] if plan.headline else []
    tasks += [([plan.nps], {"metric": "nps"})] if plan.nps else []
    frames = []
    for items, options in tasks:
        try:
            chart = control_chart(own, items, **options, **shared)
        except ValueError:  # no dates at all
            return None
        smooth = control_chart(own, items, **options, **shared, chart="ewma")
        before = time_before(chart, own)
        if before is not None:
            chart = control_chart(own, items, **options, **shared, baseline=before)
        keys = pd.MultiIndex.from_frame(chart[["item", "at"]])
        chart["smoothed"] = smooth.set_index(["item", "at"])["statistic"].reindex(keys).to_numpy()
        frames.append(chart)
    frames = [f.assign(metric=f["metric"].replace("top_box", "share")) for f in frames]
    frames = [f for f in frames if f.loc[f["status"] == "ok", "at"].nunique() >= FEWEST_PERIODS]
    return pd.concat(frames, ignore_index=True) if frames else None


def candidate_claims(rows, plan, profile, *, wave, previous, weights=None, person=None, level=0.95, min_n=30):
    """Every comparison that may become a sentence: the report's one family of tests.

    Parameters
    ----------
    rows : data frame
        `brand_rows` of this wave and the one before.
    plan : BrandPlan
    profile : pandas.DataFrame or None
        ``profile`` of this wave's `image`.
    wave, previous : str
        Codes of the waves; `previous` None: nothing to compare with.
    weights, person, level, min_n
        As in `wave_changes`.

    Returns
    -------
    dict of str to pandas.DataFrame
        ``change``: since the previous wave (the own brand on every stage, rivals on the headline stages); ``rival``: every rival
        against the own brand; ``image``: what each brand has beyond its size. Empty kinds are left out.
    """
    import narwhals as nw

    out = {}
    options = {"weights": weights, "level": level, "min_n": min_n}
    if previous is not None:
        changes = wave_changes(rows, plan, current=wave, previous=previous, person=person, **options)
        if changes is not None:
            lesser = (changes["metric"] == "reach") & ~changes["item"].isin(plan.headline)
            out["change"] = changes[~lesser | (changes["brand"] == plan.own)].reset_index(drop=True)
    now = nw.from_native(rows).filter(nw.col("_wave") == wave).to_native()
    out["rival"] = rival_gaps(now, plan, **options)
    out["image"] = profile
    return {kind: frame for kind, frame in out.items() if frame is not None and len(frame)}

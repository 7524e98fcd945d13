"""Culture and values, price premium, sales and the quality of answers of a brand report, each from its result frame."""

import pandas as pd

from cemlab.report.brand_cells import WEAK, brand_name, item_name, nothing, picture, probability, say, table, text
from cemlab.report.brand_verdict import figure_title, signed
from cemlab.report.wording import number


def value_table(agreement, report):
    """Statements down, brands across: agreement with its interval, and the people who know the brand."""
    if agreement is None:
        return None
    lang, items = report.study.lang, list(dict.fromkeys(agreement["item"]))
    cells = {(r["item"], r["brand"]): text(r) for r in agreement.to_dict("records")}
    base = agreement.groupby("brand")["n"].max()
    brands = [b for b in report.plan.brands if b in base.index]
    out = {say("statement", lang): [item_name(report, i) for i in items] + [say("n", lang)]}
    for b in brands:
        out[brand_name(report, b)] = [cells.get((i, b), "—") for i in items] + [f"{base[b]:,.0f}"]
    return pd.DataFrame(out)


def value_gap_table(gaps, report, level=0.95):
    """The own brand's rows, and those of other brands that stand inside the table."""
    if gaps is None:
        return None
    lang = report.study.lang
    rows = gaps[gaps["status"].isin(WEAK)]
    rows = rows[(rows["brand"] == report.plan.own) | (rows["p_adjusted"] <= 1 - level)]
    order = {b: i for i, b in enumerate([report.plan.own, *report.plan.brands])}
    rows = rows.sort_values("brand", key=lambda column: column.map(order), kind="stable")
    if not len(rows):
        return None
    return pd.DataFrame({
        say("brand", lang): [brand_name(report, b) for b in rows["brand"]],
        say("statement", lang): [item_name(report, i) for i in rows["item"]],
        say("users", lang): [f"{e:.1f} (n={n:,.0f})" for e, n in zip(rows["estimate"], rows["n"], strict=True)],
        say("nonusers", lang): [f"{e - d:.1f} (n={n:,.0f})" for e, d, n in
                                zip(rows["estimate"], rows["difference"], rows["n_reference"], strict=True)],
        say("difference", lang): [signed(d) for d in rows["difference"]],
        say("interval", lang): [f"[{a:.1f}, {b:.1f}]" for a, b in zip(rows["difference_low"], rows["difference_high"], strict=True)],
        say("p", lang): [probability(p) for p in rows["p_adjusted"]],
    })  # fmt: skip


def premium_rows(premium, report):
    """The premium with the question's unit, as a picture reads it."""
    if premium is None:
        return None
    asked = report.study.codebook.batteries.get(report.plan.premium)
    unit = asked.unit(report.study.lang) if asked is not None and asked.unit else ""
    return premium.assign(unit=unit or "mean")


def outcome_table(report):
    """The csv of operational figures that the codebook names, or None."""
    from cemlab.report.product_report import design_table

    named = report.study.codebook.brand_questions.outcomes
    return None if named is None else design_table(named.table, report.study.codebook.name)


def outcomes(series, relations, report):
    """Shares beside the operational figure; their relation only from twelve periods on."""
    from IPython.display import Markdown, display

    from cemlab.report.charts_outcomes import lag_chart, outcome_chart

    named, lang = report.study.codebook.brand_questions.outcomes, report.study.lang
    if series is None:
        display(nothing("outcomes", report, name="", periods=0, both=0))
        return
    name, unit = named.title(lang), named.unit(lang)
    stages = [c for c in series.columns if c not in ("period", "start", "outcome")]
    both = int((series["outcome"].notna() & series[stages].notna().any(axis=1)).sum())
    words = {"name": name, "periods": len(series), "both": both}
    display(picture(outcome_chart, series, report, "outcomes", words=words, name=name, unit=unit))
    if not (relations["status"] == "ok").any():
        display(Markdown(f"*{say('few_periods', lang).format(**words)}*"))
        return
    display(picture(lag_chart, relations, report, "lags", words=words, every=named.every))
    display(table(lag_table(relations, report), report, "lags", folded=True, **words))


def lag_table(relations, report):
    """Correlation of changes by stage and lag."""
    lang, rows = report.study.lang, relations[relations["status"] == "ok"]
    return pd.DataFrame({
        say("stage", lang): [item_name(report, i) for i in rows["item"]],
        say("lag", lang): [f"{a:.0f}" for a in rows["at"]],
        say("correlation", lang): [f"{e:.2f} [{a:.2f}, {b:.2f}]" for e, a, b in
                                   zip(rows["estimate"], rows["ci_low"], rows["ci_high"], strict=True)],
        say("pairs", lang): [f"{n} ({e:.0f})" for n, e in zip(rows["n"], rows["n_eff"], strict=True)],
        say("p", lang): [probability(p) for p in rows["p_adjusted"]],
    })  # fmt: skip


def quality(report):
    """Which answers of this wave are doubtful, and what leaving them out would do to a figure of the own brand."""
    from cemlab.measure.quality import quality_effects, quality_flags
    from cemlab.report.driver_sections import say as worded

    study, plan, lang = report.study, report.plan, report.study.lang
    have = set(study.now.collect_schema().names())
    rated = [f"{q}__{b}" for q in (plan.nps, plan.satisfaction) if q for b in plan.brands]
    rated = [c for c in rated if c in have]
    score = f"{plan.nps}__{plan.own}" if plan.nps and plan.own else None
    if score not in rated:
        return nothing("quality", report, name="NPS", unit="")
    duration = "duration" if "duration" in have else None
    flagged = quality_flags(study.now, rated, duration=duration)
    rows = quality_effects(flagged, score, weights=study.weights, exclude=())
    rows = rows[~rows["check"].isin(["(all)", "(excluded together)"])]
    frame = pd.DataFrame({
        say("check", lang): [worded(check, lang) for check in rows["check"]],
        say("doubtful", lang): [f"{n:,} ({number(share, 'percent')}%)" for n, share in zip(rows["n"], rows["share"], strict=True)],
        say("effect", lang): [signed(e) for e in rows["effect"]],
    })  # fmt: skip
    name = figure_title("nps", plan.nps, study.codebook, lang).strip("“”")
    return table(frame, report, "quality", name=name, unit="分" if lang == "zh" else "points")

"""Prices in a product report: van Westendorp's curves and points, the demand curve."""

import re

from cemlab.report.charts_price import POINTS, demand_chart, price, price_curves
from cemlab.report.product_cells import columns, picture, say, table


def unit_of(report, question):
    """Unit of a price question, in words."""
    column = report.book.columns.get(question) or report.book.batteries.get(question)
    return column.unit(report.lang) if column is not None and column.unit else ""


def traded_in(report):
    """Unit of the price in the conjoint, as its label gives it in brackets: 价格（元）; "" without one."""
    asked = report.book.product_questions.conjoint
    label = asked.attributes[asked.price](report.lang) if asked is not None and asked.price else ""
    found = re.search(r"[（(]([^（()）]+)[）)]\s*$", label)
    return found.group(1) if found else ""


def stated(report):
    """Unit of the four prices."""
    return unit_of(report, report.book.product_questions.price_sensitivity.cheap)


def curves(report, found):
    """Van Westendorp's curves; nothing without the four prices."""
    if found is None:
        return None
    quality = found.quality.iloc[0]
    words = {"n": f"{int(quality['valid']):,}", "wrong": f"{int(quality['inconsistent']):,}"}
    words["share"] = f"{100 * quality['inconsistent'] / max(quality['asked'], 1):.1f}%"
    return picture(
        price_curves, found.curves, report, "prices", report.shown(found.points), words=words, unit=stated(report)
    )


def spoken(calibration):
    """A calibration in words."""
    return " / ".join(f"{code}: {share:g}" for code, share in sorted(calibration.items(), reverse=True))


def point_table(report, found):
    """The price points, and the prices of most trial and revenue."""
    if found is None:
        return None
    from cemlab.analyse.price_sensitivity import CALIBRATION

    rows = report.shown(found.points).to_dict("records")
    rows += report.shown(found.optimum).to_dict("records") if len(found.optimum) else []
    known = {r["metric"]: r for r in rows if r["estimate"] == r["estimate"]}
    order = [m for m in (*POINTS, "reach_price", "revenue_price") if m in known]
    calibration = say("spoken_calibration", report.lang, calibration=spoken(CALIBRATION)) if len(found.optimum) else ""
    frame = columns(report, point=[say(m, report.lang) for m in order], price=[money(known[m], stated(report)) for m in order],
                    n=[f"{known[m]['n']:,.0f}" for m in order])  # fmt: skip
    return table(frame, report, "price_points", folded=True, calibration=calibration)


def money(row, unit):
    """A price with its interval."""
    text = price(row["estimate"]) + (f" {unit}" if unit else "")
    low, high = row["ci_low"], row["ci_high"]
    return text + (f" [{price(low)}, {price(high)}]" if low == low else "")


def trial_curve(report, found):
    """Trial and revenue by price, where the two intents were asked."""
    if found is None or not (found.curves["metric"] == "trial").any():
        return None
    from cemlab.analyse.price_sensitivity import CALIBRATION

    words = {"calibration": spoken(CALIBRATION)}
    return picture(
        demand_chart,
        found.curves,
        report,
        "trial_curve",
        found.optimum,
        words=words,
        unit=stated(report),
        share="trial",
    )


def demand(report, found):
    """Demand and revenue of the ladder; nothing without one."""
    if found is None:
        return None
    question = report.book.product_questions.price_response.question
    best = found.optimum[found.optimum["metric"] == "revenue_price"]
    return picture(demand_chart, report.shown(found.demand), report, "demand", best, unit=unit_of(report, question))


def elasticity(report, found):
    """Arc elasticities between neighbouring prices."""
    if found is None:
        return None
    rows = found.elasticity[found.elasticity["metric"] == "arc"]
    rows = rows[rows["estimate"].notna()].to_dict("records")
    told = [
        f"{r['estimate']:.2f}" + (f" [{r['ci_low']:.2f}, {r['ci_high']:.2f}]" if r["ci_low"] == r["ci_low"] else "")
        for r in rows
    ]
    return table(columns(report, range=[price(r["at"]) for r in rows], elasticity=told), report, "elasticity")


def price_cards(report, found, ladder):
    """Cards of the acceptable range and of the price of most revenue."""
    lang, out = report.lang, []
    if found is not None:
        known = report.shown(found.points).set_index("metric")
        if known["estimate"].notna().all():
            low, high, best = (price(known.loc[m, "estimate"]) for m in ("range_low", "range_high", "opp"))
            note = say("card_opp", lang, price=best, n=f"{int(known['n'].iloc[0]):,}")
            out.append(
                {"title": say("card_price", lang), "value": f"{low}–{high} {stated(report)}".strip(), "note": note}
            )
    if ladder is not None:
        best = ladder.optimum[ladder.optimum["metric"] == "revenue_price"].iloc[0]
        unit = unit_of(report, report.book.product_questions.price_response.question)
        if best["estimate"] == best["estimate"]:
            note = f"n={int(best['n']):,}"
            if best["ci_low"] == best["ci_low"]:
                note += ("，" if lang == "zh" else ", ") + f"[{price(best['ci_low'])}, {price(best['ci_high'])}]"
            out.append(
                {"title": say("card_revenue", lang), "value": f"{price(best['estimate'])} {unit}".strip(), "note": note}
            )
    return out

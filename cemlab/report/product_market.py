"""The simulated market of a product report: shares by rule, and along the price of the first product."""

from cemlab.report.brand_cells import text
from cemlab.report.charts_features import value_bars
from cemlab.report.product_cells import columns, picture, say, table
from cemlab.report.product_choice import level_name, part
from cemlab.report.product_price import traded_in


def market(
    report, found, rule_words=("偏好份额规则（个人效用的 logit 份额平均）", "shares of preference by person, averaged")
):
    """Shares of the simulated market."""
    if found is None:
        return None
    shelf = part(report).products
    rows = found.assign(
        name=[shelf[i](report.lang) if i in shelf else level_name(report, "(none)") for i in found["item"]]
    )
    words = {"rule": rule_words[0 if report.lang == "zh" else 1]}
    return picture(
        value_bars,
        rows.reset_index(drop=True),
        report,
        "market",
        words=words,
        head=say("head_share", report.lang),
        digits=1,
    )


def rules_table(report, found):
    """Shares by the three rules: {rule: shares}."""
    found = {rule: frame for rule, frame in found.items() if frame is not None}
    if not found:
        return None
    shelf, first = part(report).products, next(iter(found.values()))
    names = [shelf[i](report.lang) if i in shelf else level_name(report, "(none)") for i in first["item"]]
    told = columns(report, product=names)
    for rule, frame in found.items():
        told[say(f"rule_{rule}", report.lang)] = [text(r) for r in frame.to_dict("records")]
    return table(told, report, "rules")


def price_path(report, path):
    """Share and revenue of the first product along its price."""
    from cemlab.report.charts_price import demand_chart

    if path is None:
        return None
    name = next(iter(part(report).products.values()))(report.lang)
    return picture(demand_chart, path, report, "price_path", words={"product": name}, unit=traded_in(report))

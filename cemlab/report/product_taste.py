"""Tastings in a product report: liking, pairs of products, just-about-right scales and their penalties."""

from cemlab.analyse.product_parts import ALL, large, ratings, sensory_tests
from cemlab.analyse.sensory import tasters
from cemlab.report.brand_cells import text
from cemlab.report.charts_features import penalty_chart
from cemlab.report.product_cells import columns, item_name, picture, probability, say, side_in, table, thing_name
from cemlab.report.product_concept import verdict
from cemlab.report.wording import number


def side_name(report, item, side):
    """A side of a just-about-right scale in words."""
    return side_in(report.book, item, side, report.lang)


def liking_table(report, tasted):
    """Mean liking and top boxes of each product."""
    if tasted is None:
        return None
    cells = {(r["product"], r["metric"]): r for r in tasted.to_dict("records")}
    products = list(dict.fromkeys(tasted["product"]))
    told = {
        "product": [thing_name(report, "product", p) for p in products],
        "liking": [text(cells[p, "mean"]) for p in products],
    }
    if any(metric == "top_box" for _, metric in cells):
        told["top_box"] = [text(cells[p, "top_box"]) for p in products]
    told["n"] = [f"{cells[p, 'mean']['n']:,.0f}" for p in products]
    return table(columns(report, **told), report, "tasted")


def pair_table(report, candidates, said):
    """Every pair of products on liking."""
    rows = candidates.get("taste")
    if rows is None:
        return None
    known = said[said["kind"] == "taste"]
    verdicts = {(r["group"], r["reference"]): r["verdict"] for r in known.to_dict("records")}
    rows = rows.to_dict("records")
    fine = [r["difference"] == r["difference"] for r in rows]
    how = "p 值按 Holm 法校正" if report.lang == "zh" else "p adjusted by Holm"
    frame = columns(
        report,
        product=[thing_name(report, "product", r["product"]) for r in rows],
        other=[thing_name(report, "product", r["reference"]) for r in rows],
        gap=[f"{r['difference']:+.2f}" if k else "—" for r, k in zip(rows, fine, strict=True)],
        interval=[
            f"[{r['difference_low']:.2f}, {r['difference_high']:.2f}]" if k else "—"
            for r, k in zip(rows, fine, strict=True)
        ],
        p=[probability(r["p_adjusted"]) for r in rows],
        verdict=[
            verdict(verdicts.get((f"{r['product']} × {r['reference']}", r["reference"])), r["difference"], report.lang)
            for r in rows
        ],
    )
    return table(frame, report, "taste_pairs", method=how)


def sensory_table(report):
    """Paired preference, triangle test and similarity, exact."""
    rows = report.shown(sensory_tests(report.study.now, report.book, similarity=True))
    if rows is None:
        return None
    lang, told = report.lang, []
    similar = f"{100 * report.book.product_questions.taste.similar:g}%"
    for r in rows.to_dict("records"):
        name = say(f"test_{r['metric']}", lang, name=thing_name(report, "product", r["product"]), similar=similar)
        known = r["estimate"] == r["estimate"]
        low, high = (r["reference_estimate"] + r[c] for c in ("difference_low", "difference_high"))
        share = f"{r['estimate']:.1f}% [{low:.1f}, {high:.1f}]" if known else "—"
        if r["metric"] == "triangle" and known:
            share = say("tasters", lang, share=share, tasters=f"{float(tasters(r['estimate'])):.0f}")
        told.append((name, share, f"{r['reference_estimate']:.1f}%", probability(r["p_value"]), f"{r['n']:,.0f}"))
    frame = columns(
        report, test=[t[0] for t in told], outcome=[t[1] for t in told], chance=[t[2] for t in told],
        p_exact=[t[3] for t in told], n=[t[4] for t in told],
    )  # fmt: skip
    return table(frame, report, "sensory")


def jar_table(report, found):
    """Shares of the sides by product; only for scales with two sides."""
    if found is None:
        return None
    shares = shown_shares(report, found[1])
    cells = {(r["product"], r["item"], r["side"]): r for r in shares.to_dict("records")}
    if not {s for _, _, s in cells} <= {"too_little", "right", "too_much"}:
        return None
    keys = list(dict.fromkeys((p, i) for p, i, _ in cells if p != "(missing)"))
    order = {c: k for k, c in enumerate(report.order["product"])}
    scales = list(dict.fromkeys(i for _, i in keys))
    keys.sort(key=lambda key: (scales.index(key[1]), order.get(key[0], 99)))
    names = {"little": "too_little", "right": "right", "much": "too_much"}
    told = {
        "question": [item_name(report, i) for _, i in keys],
        "product": [thing_name(report, "product", p) for p, _ in keys],
    }
    for head, side in names.items():
        told[head] = [text(cells[p, i, side]) if (p, i, side) in cells else "0.0" for p, i in keys]
    told["n"] = [f"{max(cells[p, i, s]['n'] for s in names.values() if (p, i, s) in cells):,.0f}" for p, i in keys]
    return table(columns(report, **told), report, "jar")


def shown_shares(report, shares):
    """Shares as they may be shown; the side rides along in ``at``, which the shape of estimates keeps."""
    sides = list(dict.fromkeys(shares["side"]))
    rows = shares.assign(at=shares["side"].map({s: float(i) for i, s in enumerate(sides)})).drop(columns="side")
    out = report.shown(rows)
    return out.assign(side=[sides[int(a)] for a in out["at"]])


def penalty_pictures(report, found):
    """A penalty chart and its table for each product with enough people, or for all together where products are small."""
    from IPython.display import display

    if found is None:
        return
    rows = found[0]
    for code in report.order["product"] if large(rows) else [ALL]:
        mine = rows[rows["product"] == code]
        name = say("all_products", report.lang) if code == ALL else thing_name(report, "product", code)
        if ratings(mine) >= report.study.min_n:
            display(*[block for block in one_product(report, mine, name) if block is not None])


def one_product(report, rows, name):
    """Chart and table of one product."""
    rows = rows[rows["n"] >= 10].reset_index(drop=True)
    if not len(rows):
        return []
    names = [side_name(report, i, s) for i, s in zip(rows["item"], rows["side"], strict=True)]
    chart = picture(penalty_chart, rows.assign(status="ok"), report, "penalty", names=names, words={"product": name})
    rows = rows.assign(name=names).sort_values("total", ascending=False).to_dict("records")
    frame = columns(
        report,
        side=[r["name"] for r in rows],
        share=[f"{r['share']:.1f} [{r['share_low']:.1f}, {r['share_high']:.1f}]" for r in rows],
        drop=[
            f"{r['drop']:.2f}"
            + (f" [{r['drop_low']:.2f}, {r['drop_high']:.2f}]" if r["drop_low"] == r["drop_low"] else "")
            for r in rows
        ],
        total=[f"{r['total']:.2f}" for r in rows],
        p=[probability(r["p_adjusted"]) for r in rows],
        n=[f"{r['n']:,.0f}" for r in rows],
    )
    return [chart, table(frame, report, "penalties", folded=True, product=name)]


def taste_card(report, tasted):
    """A card of the product liked most."""
    if tasted is None:
        return []
    rows = tasted[(tasted["metric"] == "mean") & tasted["status"].isin(["ok", "low_base"])]
    if not len(rows):
        return []
    row = rows.loc[rows["estimate"].idxmax()]
    note = f"n={int(row['n']):,}, [{number(row['ci_low'], 'mean')}, {number(row['ci_high'], 'mean')}]"
    title = say("card_liked", report.lang, name=thing_name(report, "product", row["product"]))
    return [
        {
            "title": title,
            "value": number(row["estimate"], "mean") + (" 分" if report.lang == "zh" else ""),
            "note": note,
        }
    ]

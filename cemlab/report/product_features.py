"""Features and lines in a product report: Kano's classes, the reach of sets."""

from cemlab.report.brand_cells import text
from cemlab.report.charts_features import CLASSES, better_worse, reach_curve
from cemlab.report.product_cells import columns, item_name, picture, say, table


def quadrant(report, found):
    """The better-worse picture; nothing without Kano's questions."""
    if found is None:
        return None
    shown = report.shown(found.estimates)
    names = {i: item_name(report, i) for i in shown["item"].unique()}
    return picture(better_worse, shown, report, "quadrant", names=names)


def kano_table(report, found):
    """Class, better and worse of each feature, and whether the class stands."""
    if found is None:
        return None
    lang, which = report.lang, 0 if report.lang == "zh" else 1
    cells = {
        (r["item"], r["metric"]): text(r)
        for r in report.shown(found.estimates).to_dict("records")
        if r["metric"] in ("better", "worse")
    }
    rows = [r for r in found.classes.to_dict("records") if r["n"] >= report.study.min_n]
    frame = columns(
        report,
        feature=[item_name(report, r["item"]) for r in rows],
        **{"class": [f"{CLASSES[r['category']][which]} ({r['category']})" for r in rows]},
        better=[cells.get((r["item"], "better"), "—") for r in rows],
        worse=[cells.get((r["item"], "worse"), "—") for r in rows],
        separated=[say("yes" if r["separated"] else "no", lang) for r in rows],
        contradictory=[f"{r['contradictory']:.1f}" for r in rows],
        n=[f"{r['n']:,.0f}" for r in rows],
    )
    return table(frame, report, "kano")


def set_name(report, items):
    """A set of variants in words."""
    joint = "＋" if report.lang == "zh" else " + "
    return joint.join(item_name(report, one) for one in str(items).split(" + "))


def reach(report, found):
    """The reach curve; nothing without variants."""
    if found is None:
        return None
    first = found.sets[found.sets["rank"] == 1]
    names = {int(s): set_name(report, i) for s, i in zip(first["size"], first["items"], strict=True)}
    return picture(reach_curve, found.curve, report, "reach", names=names)


def set_table(report, found, most=6):
    """The best sets of the size wanted."""
    if found is None:
        return None
    size = int(found.sets["size"].max())
    rows = found.sets[found.sets["size"] == size].sort_values("rank").head(most).to_dict("records")
    lang = report.lang
    frame = columns(
        report,
        rank=[str(int(r["rank"])) for r in rows],
        set=[set_name(report, r["items"]) for r in rows],
        reach=[f"{r['reach']:.1f} [{r['ci_low']:.1f}, {r['ci_high']:.1f}]" for r in rows],
        frequency=[f"{r['frequency']:.2f}" for r in rows],
        behind=[
            "—" if r["rank"] == 1 else f"{r['behind']:.1f} [{r['behind_low']:.1f}, {r['behind_high']:.1f}]"
            for r in rows
        ],
        tied=["—" if r["rank"] == 1 else say("yes" if r["tied"] else "no", lang) for r in rows],
    )
    return table(frame, report, "sets", size=size)


def line_card(report, found):
    """A card of the best line."""
    if found is None:
        return []
    row = found.sets[found.sets["rank"] == 1].sort_values("size").iloc[-1]
    note = set_name(report, row["items"])
    return [
        {
            "title": say("card_line", report.lang, size=int(row["size"])),
            "value": f"{row['reach']:.1f}%",
            "note": f"{note}, n={int(row['n']):,}" if report.lang == "en" else f"{note}，n={int(row['n']):,}",
        }
    ]

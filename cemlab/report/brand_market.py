"""Image, competition, drivers, word of mouth and index of a brand report, each from its result frame."""

import pandas as pd

from cemlab.report.brand_cells import (
    WEAK,
    brand_name,
    by_brand,
    if_asked,
    item_name,
    nothing,
    picture,
    probability,
    renamed,
    say,
    text,
)
from cemlab.report.brand_verdict import signed


def point_table(image, report):
    """Contribution and quality of the points of the map."""
    from cemlab.analyse.correspondence import coordinates

    points = coordinates(image.map)
    lang = report.study.lang
    names = [
        brand_name(report, n) if k == "row" else item_name(report, n)
        for k, n in zip(points["kind"], points["name"], strict=True)
    ]
    return pd.DataFrame({
        say("point", lang): names,
        say("contribution", lang): [f"{v:.1f}" for v in points["contribution"]],
        say("quality", lang): [f"{v:.2f}" for v in points["quality"]],
    })  # fmt: skip


def contrast_table(contrasts, report, level=0.95, most=20):
    """Attributes in which the own brand stands above or below each rival beyond size, largest first."""
    rows = (
        contrasts[contrasts["status"].isin(WEAK) & (contrasts["p_adjusted"] <= 1 - level)]
        if len(contrasts)
        else contrasts
    )
    if not len(rows):
        return None
    rows = (
        rows.assign(size=-rows["difference"])
        .sort_values(["brand", "size"], ascending=[True, False], kind="stable")
        .head(most)
    )
    lang = report.study.lang
    return pd.DataFrame({
        say("rival", lang).replace("最佳", ""): [brand_name(report, b) for b in rows["brand"]],
        say("attribute", lang): [item_name(report, i) for i in rows["item"]],
        say("difference", lang): [signed(-d) for d in rows["difference"]],
        say("interval", lang): [f"[{-b:.1f}, {-a:.1f}]" for a, b in zip(rows["difference_low"], rows["difference_high"], strict=True)],
        say("p", lang): [probability(p) for p in rows["p_adjusted"]],
    })  # fmt: skip


def judged(image, candidates, said):
    """The image profile with the report's verdicts; None without an image."""
    from cemlab.report.findings import with_family

    if image is None:
        return None
    frame = with_family(candidates["image"], "image", said)
    return frame.assign(brand=frame["group"])


def image_maps(image, report):
    """The symmetric and the asymmetric map; a sentence without an image."""
    from IPython.display import display

    from cemlab.analyse.correspondence import coordinates
    from cemlab.report.charts_image import brand_map

    if image is None:
        display(nothing("map", report))
        return
    display(picture(brand_map, image.regions, report, "map", image.map.axes))
    plain = coordinates(image.map, columns="standard")
    display(picture(brand_map, plain, report, "map_rows", image.map.axes, kind="asymmetric"))


def contrasts_of(image, report):
    """`contrast_table` where there is an image."""
    return None if image is None else contrast_table(image.contrasts, report)


def points_of(image, report):
    """`point_table` where there is an image."""
    return None if image is None else point_table(image, report)


def shared_users(report):
    """`duplication` of the users of each brand, or None."""
    from cemlab.analyse.brand_rows import reached_columns
    from cemlab.analyse.competitiveness import duplication

    data, columns = reached_columns(report.study.now, report.plan, report.plan.users)
    return if_asked(duplication, data, columns, **report.options) if len(columns) > 1 else None


def duplication_of(pairs, report):
    """`duplication_table` where there is one."""
    return None if pairs is None else duplication_table(pairs, report)


def duplication_table(pairs, report):
    """Brands down and across: share of users, expected share in brackets."""
    lang, cells = (
        report.study.lang,
        {(r.brand, r.other): f"{r.share:.0f} ({r.expected:.0f})" for r in pairs.itertuples()},
    )
    brands = list(dict.fromkeys(pairs["brand"]))
    base = pairs.drop_duplicates("brand").set_index("brand")["n"]
    low = report.study.min_n
    out = {say("brand", lang): [f"{brand_name(report, b)}（n={base[b]:,}）" for b in brands]}
    for other in brands:
        out[brand_name(report, other)] = [
            "" if b == other else cells[b, other] if base[b] >= low else "—" for b in brands
        ]
    return pd.DataFrame(out)


def coefficient(pairs):
    """The duplication coefficient as printed."""
    return "—" if pairs is None else f"{pairs['coefficient'].iloc[0]:.2f}"


def switching_columns(report):
    """The two columns of the switching question, or two missing ones."""
    named = report.study.codebook.brand_questions.switching
    have = report.study.now.collect_schema().names()
    return named if named and set(named) <= set(have) else (None, None)


def switching_of(moved, report):
    """`switching_table` where there is one."""
    return None if moved is None else switching_table(moved[1], report)


def switching_table(summary, report):
    """Staying, loyalty net of size and net gains by brand; brands with few buyers before are left without figures."""
    keep = summary.copy()
    few = keep["n"] < report.study.min_n
    keep.loc[few, ["stayed", "loyal", "attraction", "gained", "lost", "net"]] = float("nan")
    keep["n"] = keep["n"].round().astype(int)
    names = {c: c for c in ("brand", "n", "stayed", "loyal", "attraction", "gained", "lost", "net")}
    return renamed(keep, report, names)


def penetration_and_frequency(headline, plan):
    """Share of users and mean purchases by brand, as shown; missing without the questions."""
    if plan.users is None or plan.frequency is None:
        return None, None
    rows = headline[headline["status"].isin(WEAK)].set_index("brand")
    users = rows[(rows["metric"] == "reach") & (rows["item"] == plan.users)]["estimate"]
    return users, rows[rows["metric"] == "frequency"]["estimate"]


def mental_of(mental, report):
    """Mental availability, brands down."""
    from cemlab.analyse.mental_availability import METRICS

    return None if mental is None else by_brand(mental, report, METRICS)


def driver_rows(found, report):
    """Attributes by importance for preference, with sign, interval and noise floor."""
    if found is None:
        return None
    lang = report.study.lang
    rows = found[found["importance"].notna()]
    sign = {1: "+", -1: "−", 0: "±"}
    return pd.DataFrame({
        say("attribute", lang): [item_name(report, i) for i in rows["item"]],
        say("importance", lang): [f"{a:.1f} [{b:.1f}, {c:.1f}]" for a, b, c in
                                  zip(rows["importance"], rows["importance_low"], rows["importance_high"], strict=True)],
        say("sign", lang): [sign[int(s)] for s in rows["sign"]],
        say("coefficient", lang): [signed(100 * c) for c in rows["coefficient"]],
        say("stands", lang): [("是" if s else "否") if lang == "zh" else ("yes" if s else "no") for s in rows["stands"]],
        say("n", lang): [f"{n:,.0f}" for n in rows["n"]],
    })  # fmt: skip


def outcome(report):
    """What image is held against, in words."""
    return item_name(report, report.plan.outcome) if report.plan.outcome else "—"


def mention_table(report):
    """Mentions and net sentiment by brand; None without comments, or with too few."""
    from cemlab.text.brand_mentions import brand_mentions

    study, book = report.study, report.study.codebook
    columns = book.of_role("comment")
    if not columns:
        return None
    data = study.rows.read(study.wave, comments=True)
    words = data.select([c.name for c in columns]).collect()
    texts = [t for c in columns for t in words[c.name].to_list() if t]
    if len(texts) < book.privacy.comments_min:
        return None
    spelled = {b: [w for w in (label.zh, label.en, *label.also) if w] for b, label in book.brands.items()}
    return report.shown(brand_mentions(texts, spelled))


def voice_of(voice, report):
    """Word of mouth, brands down."""
    return None if voice is None else by_brand(voice, report, ("mentioned", "voice", "net_sentiment"))


def index_of(index, sensitivity, report, seed):
    """The index table where there is an index."""
    return None if index is None else index_table(index, sensitivity(index, report.plan.index, seed=seed), report)


def index_table(index, sensitivity, report):
    """The index with its interval and what other weights would make of it."""
    lang, rows = report.study.lang, index[index["metric"] == "index"]
    if not rows["status"].isin(WEAK).any() or not len(sensitivity):
        return None
    estimate = rows.set_index("brand")
    order = sensitivity.sort_values("rank", kind="stable")
    return pd.DataFrame({
        say("brand", lang): [brand_name(report, b) for b in order["brand"]],
        say("index", lang): [text(estimate.loc[b].to_dict()) for b in order["brand"]],
        say("rank", lang): [str(r) for r in order["rank"]],
        say("range", lang): [f"{a:.1f}–{b:.1f}" for a, b in zip(order["lowest"], order["highest"], strict=True)],
        say("ranks", lang): [f"{a:.0f}–{b:.0f}" for a, b in zip(order["rank_low"], order["rank_high"], strict=True)],
        say("same", lang): [f"{s:.0f}" for s in order["same_rank"]],
        say("without_one", lang): [f"{a:.1f}–{b:.1f}" for a, b in zip(order["without_low"], order["without_high"], strict=True)],
    })  # fmt: skip


def index_parts(report):
    """Components and weights of the index in words."""
    lang = report.study.lang
    total = sum(weight for weight, _, _ in report.plan.index.values())
    parts = [f"{item_name(report, c)} {100 * w / total:.0f}%" for c, (w, _, _) in report.plan.index.items()]
    return ("、" if lang == "zh" else ", ").join(parts)

"""Sample, funnel, comparisons and findings of a brand report, each from its result frame."""

import pandas as pd

from cemlab.report.brand_cells import (
    WEAK,
    brand_name,
    item_name,
    probability,
    renamed,
    say,
    table,
    text,
)
from cemlab.report.brand_verdict import figure_title, signed_gap
from cemlab.report.brand_words import METHODS
from cemlab.report.finding_table import nearest
from cemlab.report.section_texts import VERDICTS
from cemlab.report.sections import disclosure
from cemlab.report.wording import gap, number, value

MANY = 6  # from so many brands on they stand down, not across


def margins(report):
    """The table of margins; nothing where the sample was not raked."""
    from IPython.display import Markdown

    return Markdown("") if report.margins is None else table(margin_table(report), report, "margins")


def margin_table(report):
    """Shares of the sample before and after weighting, this wave."""
    book, lang = report.study.codebook, report.study.lang
    rows = report.margins[report.margins["_wave"] == report.study.wave]
    return pd.DataFrame({
        say("segment", lang): [book.label(c, lang) for c in rows["column"]],
        say("code", lang): [book.option_label(c, v, lang) for c, v in zip(rows["column"], rows["code"], strict=True)],
        say("n", lang): [f"{n:,.0f}" for n in rows["n"]],
        **{say(key, lang): [f"{100 * v:.1f}" for v in rows[column]]
           for key, column in (("before_share", "share_before"), ("target", "share_target"), ("after_share", "share_after"))},
    })  # fmt: skip


def about(report):
    """Who was asked; how the sample was weighted and what that cost."""
    study, lang = report.study, report.study.lang
    if report.margins is None:
        return disclosure(study)
    from dataclasses import replace

    mark = "、" if lang == "zh" else ", "
    margins = mark.join(study.codebook.label(c, lang) for c in study.codebook.margins)
    parts = [say("wave_efficiency", lang).format(wave=study.codebook.wave_label(w, lang), share=e)
             for w, e in report.efficiency.items()]  # fmt: skip
    plain = disclosure(replace(study, weights=None)).split("\n\n")
    unweighted = "数据未加权。" if lang == "zh" else "Unweighted."
    own = (
        say("raked", lang).format(margins=margins)
        + ("" if lang == "zh" else " ")
        + say("efficiency", lang).format(parts=mark.join(parts[-2:]))
    )
    return "\n\n".join(own if line == unweighted else line for line in plain)


def power_line(candidates, detectable, report):
    """What the design of this wave could not have seen, for the own brand's headline stages and NPS."""
    from cemlab.report.sections import say as said

    lang, plan = report.study.lang, report.plan
    frame = candidates.get("change")
    if frame is None:
        return ""
    rows = frame[
        (frame["brand"] == plan.own) & frame["item"].isin([*plan.headline, plan.nps]) & frame["status"].isin(WEAK)
    ]
    if not len(rows):
        return ""
    power = detectable(rows.reset_index(drop=True))
    parts = []
    for row in power[power["detectable"].notna()].to_dict("records"):
        name = "NPS" if row["metric"] == "nps" else item_name(report, row["item"])
        parts.append(f"{name} ±{gap(row['detectable'], row['unit'], lang)}")
    return "*" + said("power", lang).format(parts=said("comma", lang).join(parts)) + "*" if parts else ""


def wide(frame, report, metric):
    """Items down and brands across, or the other way round where brands are many: figures as text, of one metric."""
    rows = frame[frame["metric"] == metric]
    if not len(rows):
        return None
    lang, items = report.study.lang, list(dict.fromkeys(rows["item"]))
    brands = [b for b in report.plan.brands if (rows["brand"] == b).any()]
    base = {b: f"{rows.loc[rows['brand'] == b, 'n'].max():,.0f}" for b in brands}
    turned = len(brands) > MANY
    plain = turned and len(items) > MANY
    cells = {(r["item"], r["brand"]): text(r, interval=not plain) for r in rows.to_dict("records")}
    if turned:
        out = {say("brand", lang): [brand_name(report, b) for b in brands]}
        out |= {item_name(report, i): [cells.get((i, b), "—") for b in brands] for i in items}
        return pd.DataFrame(out | ({say("n", lang): [base[b] for b in brands]} if metric == "reach" else {}))
    last = metric == "reach"
    out = {say("stage", lang): [item_name(report, item) for item in items] + [say("n", lang)] * last}
    return pd.DataFrame(
        out | {brand_name(report, b): [cells.get((i, b), "—") for i in items] + [base[b]] * last for b in brands}
    )


def funnel_of(headline):
    """Rows of the funnel: levels and conversions."""
    return headline[headline["metric"].isin(["reach", "conversion"])].reset_index(drop=True)


def rows_of(frame, *metrics):
    """Rows of the metrics named."""
    return frame[frame["metric"].isin(metrics)].reset_index(drop=True)


def own_of(frame, plan):
    """Rows of the own brand."""
    return frame[frame["brand"] == plan.own].reset_index(drop=True)


def leaks_of(headline, plan, leaks):
    """`leaks` of the own brand, or None without one."""
    return leaks(funnel_of(headline), plan.own) if plan.own and len(plan.funnel) > 1 else None


def leak_table(leaks, report):
    """Where the own brand loses most against the best rival."""
    names = {"item": "stage", "estimate": "own_conversion", "rival": "rival", "rival_estimate": "rival_conversion"}
    return renamed(leaks, report, names | {"gap": "gap", "volume": "volume"})


def gap_table(gaps, report, min_share=0.0):
    """Stages claimed without the one before; None where nobody did."""
    rows = gaps[gaps["without"] > 0]
    rows = rows[rows["share"] >= min_share]
    names = {
        "brand": "brand",
        "item": "stage",
        "before": "before",
        "n": "claimed",
        "without": "without",
        "share": "share",
    }
    return renamed(rows, report, names)


def verdict_words(row, kind, lang):
    """A verdict in words."""
    words = VERDICTS[lang]["wave" if kind == "change" else "group"]
    if row["verdict"] != "claim":
        return words[row["verdict"]]
    if kind == "rival":
        higher = row["difference"] > 0
        return (
            ("竞品显著较高" if higher else "本品显著较高")
            if lang == "zh"
            else ("rival higher" if higher else "own higher")
        )
    return words["up" if row["difference"] > 0 else "down"]


def comparison_table(said, report, kind):
    """Candidates of one kind with their verdicts."""
    rows = said[said["kind"] == kind]
    lang, book = report.study.lang, report.study.codebook
    if not len(rows):
        return None
    place = {b: i for i, b in enumerate(report.plan.brands)}
    order = {item: i for i, item in enumerate([*report.plan.stages, report.plan.nps, report.plan.satisfaction])}
    rows = rows.assign(a=rows["group"].map(place), b=rows["item"].map(order)).sort_values(["a", "b"], kind="stable")
    known = rows["estimate"].notna()
    first = "rival_estimate" if kind == "rival" else "estimate"
    out = {
        say("brand", lang): [brand_name(report, b) for b in rows["group"]],
        say("figure", lang): [
            figure_title(m, i, book, lang).strip("“”") for m, i in zip(rows["metric"], rows["item"], strict=True)
        ],
        say(first, lang): [
            value(e, u, lang) if k else "—" for e, u, k in zip(rows["estimate"], rows["unit"], known, strict=True)
        ],
    }
    if kind == "rival":
        own = rows["estimate"] - rows["difference"]
        out[say("own_estimate", lang)] = [
            value(e, u, lang) if k else "—" for e, u, k in zip(own, rows["unit"], known, strict=True)
        ]
    steps = [
        signed_gap(d, u, lang) if k else "—" for d, u, k in zip(rows["difference"], rows["unit"], known, strict=True)
    ]
    bounds = [f"[{number(a, u)}, {number(b, u)}]" if k else "—" for a, b, u, k in
              zip(rows["difference_low"], rows["difference_high"], rows["unit"], known, strict=True)]  # fmt: skip
    out |= {say("difference", lang): steps, say("interval", lang): bounds}
    out[say("p", lang)] = [probability(p) for p in rows["p_family"]]
    out[say("verdict", lang)] = [verdict_words(row, kind, lang) for row in rows.to_dict("records")]
    return pd.DataFrame(out)


def findings_table(said, report):
    """The claims and the candidates that came nearest to one; the others are counted."""
    lang = report.study.lang
    said, rest = nearest(said) if len(said) else (said, said)
    plain = VERDICTS[lang]["plain"]
    frame = pd.DataFrame({
        "发现" if lang == "zh" else "Finding": said["sentence"],
        say("p", lang): [probability(p) for p in said["p_family"]],
        say("verdict", lang): said["verdict"].map(plain),
    })  # fmt: skip
    return table(frame, report, "findings", rest=f"{len(rest):,}")


def methods(report, said):
    """The method notes."""
    study = report.study
    book, lang = study.codebook, study.lang
    return METHODS[lang].format(
        tests=len(said),
        nps=value(book.minimum_effect.nps, "points", lang),
        share=gap(book.minimum_effect.share, "percent", lang),
        min_n=study.min_n,
        low_n=max(study.min_n, book.bases.low_n),
        min_persons=book.privacy.min_persons,
    )

"""The concept test in a product report: scorecard, control, order, trial, what appeals, segments, likes, the decision table."""

import pandas as pd

from cemlab.analyse import product_study as product
from cemlab.measure.letters import column_letters
from cemlab.report.brand_cells import WEAK, text
from cemlab.report.finding_table import nearest
from cemlab.report.product_cells import columns, item_name, note, picture, probability, say, table, thing_name
from cemlab.report.product_verdict import one_side
from cemlab.report.section_texts import VERDICTS
from cemlab.report.wording import gap, number


def test_of(report):
    """The codebook's concept test."""
    return report.book.product_questions.concept_test


def letters(report, pairs):
    """Letters of the scorecard; None without pairs."""
    return None if pairs is None else column_letters(pairs, by="concept", order=report.order["concept"])


def scorecard(report, scores, pairs):
    """The scorecard picture; nothing without a concept test."""
    from cemlab.report.charts_product import concept_scorecard

    if scores is None:
        return None
    control = test_of(report).control
    return picture(concept_scorecard, scores, report, "scorecard", letters(report, pairs), control=control)


def spread(report):
    """The distribution of purchase intent; nothing without a concept test."""
    from cemlab.measure.scores import distribution
    from cemlab.report.charts_product import spread_bars

    if report.concepts is None:
        return None
    intent, scale, _ = product.test_box(report.book)
    return picture(
        spread_bars,
        report.shown(distribution(report.concepts, intent, scale=scale, by="concept", **report.options)),
        report,
        "spread",
    )


def score_table(report, scores):
    """Every concept on every question: two boxes, one box, mean."""
    if scores is None:
        return None
    cells = {(r["concept"], r["item"], r["metric"]): r for r in scores.to_dict("records")}
    keys = list(dict.fromkeys((c, i) for c, i, _ in cells))
    keys.sort(key=lambda key: list(dict.fromkeys(scores["item"])).index(key[1]))
    frame = columns(
        report,
        question=[item_name(report, i) for _, i in keys],
        concept=[thing_name(report, "concept", c) for c, _ in keys],
        top_box=[text(cells[c, i, "top_box"]) for c, i in keys],
        top_one=[text(cells[c, i, "top_one"]) for c, i in keys],
        mean=[text(cells[c, i, "mean"]) for c, i in keys],
        n=[f"{cells[c, i, 'top_box']['n']:,.0f}" for c, i in keys],
    )
    return table(frame, report, "scores", folded=True)


def adjustment(report, rows):
    """How a table's p-values were adjusted, in words."""
    how = "position" if (rows["method"] == "gee_position").any() else rows["adjust"].iloc[0]
    return say(f"adjust_{how}", report.lang)


def control_table(report, candidates, said):
    """Concepts against the control on every question, or the pairs on intent."""
    rows = candidates.get("concept")
    if rows is None:
        return None
    lang, control = report.lang, test_of(report).control
    known = said[said["kind"] == "concept"].to_dict("records")
    verdicts = {(one_side(r["group"]), r["reference"], r["item"]): r["verdict"] for r in known}
    questions = list(dict.fromkeys(rows["item"]))
    rows = sorted(rows.to_dict("records"), key=lambda r: questions.index(r["item"]))
    known = [r["difference"] == r["difference"] for r in rows]
    bounds = [f"[{number(r['difference_low'], r['unit'])}, {number(r['difference_high'], r['unit'])}]" if k else "—"
              for r, k in zip(rows, known, strict=True)]  # fmt: skip
    told = {
        "question": [item_name(report, r["item"]) for r in rows],
        "concept": [thing_name(report, "concept", r["concept"]) for r in rows],
        "estimate": [number(r["estimate"], r["unit"]) if k else "—" for r, k in zip(rows, known, strict=True)],
        "other" if not control else "reference": [
            thing_name(report, "concept", r["reference"])
            if not control
            else number(r["estimate"] - r["difference"], r["unit"])
            if k
            else "—"
            for r, k in zip(rows, known, strict=True)
        ],
        "difference": [signed(r["difference"]) if k else "—" for r, k in zip(rows, known, strict=True)],
        "interval": bounds,
        "p": [probability(r["p_adjusted"]) for r in rows],
        "verdict": [
            verdict(verdicts.get((r["concept"], r["reference"], r["item"])), r["difference"], lang) for r in rows
        ],
    }
    words = {"adjust": adjustment(report, candidates["concept"])}
    if control:
        words["reference"] = (
            f"{say('control', lang)}（{thing_name(report, 'concept', control)}）"
            if lang == "zh"
            else thing_name(report, "concept", control)
        )
    return table(columns(report, **told), report, "control" if control else "pairs", **words)


def signed(points):
    """A difference with its sign."""
    return f"{points:+.1f}" if round(points, 1) else "0.0"


def verdict(known, difference, lang):
    """A verdict in words."""
    words = VERDICTS[lang]["group"]
    if known is None:
        return "—"
    if known != "claim":
        return words[known]
    higher = difference > 0
    return ("显著较高" if higher else "显著较低") if lang == "zh" else ("higher" if higher else "lower")


def winner_line(report, winner):
    """Whether a winner was found, and the sample needed otherwise."""
    lang = report.lang
    if winner is None:
        return ""
    names = {k: thing_name(report, "concept", winner[k]) for k in ("leader", "runner_up")}
    if not winner["separated"] and winner["n_needed"] is None:
        return say("no_lead", lang)
    return say("winner" if winner["separated"] else "no_winner", lang).format(
        leader=names["leader"], second=names["runner_up"], size=gap(winner["difference"], winner["unit"], lang),
        low=number(winner["difference_low"], "percent"), high=number(winner["difference_high"], "percent"),
        needed=f"{winner['n_needed'] or 0:,}", n=f"{winner['n']:,}",
    )  # fmt: skip


def power_line(report, candidates):
    """What this design could not have seen on purchase intent."""
    from cemlab.measure.power import detectable_difference

    rows = candidates.get("concept")
    if rows is None or not test_of(report).control:
        return ""
    rows = rows[(rows["item"] == test_of(report).intent) & rows["status"].isin(WEAK)]
    if not len(rows):
        return ""
    least = detectable_difference(rows.reset_index(drop=True))["detectable"].max()
    return say("power", report.lang, size=gap(least, "percent", report.lang)) if least == least else ""


def order_table(report, order):
    """Tests of the place, and scores of first places."""
    if order is None:
        return None
    first = report.shown(order.first)
    lang = report.lang
    frame = columns(
        report,
        effect=[say(e, lang) for e in order.tests["effect"]]
        + [f"{say('first_place', lang)}: {thing_name(report, 'concept', c)}" for c in first["concept"]],
        chi2=[f"{r.chi2:.2f} ({r.df})" for r in order.tests.itertuples()] + [text(r) for r in first.to_dict("records")],
        p=[probability(p) for p in order.tests["p_value"]] + [f"n={n:,.0f}" for n in first["n"]],
    )
    return table(frame, report, "order")


def trial_table(report, trial, norm):
    """Calibrated trial and where intent stands among earlier concepts."""
    if trial is None:
        return None
    test, lang = test_of(report), report.lang
    calibration = test.calibration or product.TRIAL
    spoken = say("comma", lang).join(
        say("calibration", lang).format(code=c, share=s) for c, s in sorted(calibration.items(), reverse=True)
    )
    told = {
        "concept": [thing_name(report, "concept", c) for c in trial["concept"]],
        "trial": [text(r) for r in trial.to_dict("records")],
    }
    if norm is not None and (norm["item"] == test.intent).any():
        known = {r["concept"]: r for r in norm[norm["item"] == test.intent].to_dict("records")}
        quartiles = say("quartiles", lang).split("|")
        told["norm"] = [
            f"{r['norm']:.1f} [{r['low']:.1f}, {r['high']:.1f}]" if (r := known.get(c)) else "—"
            for c in trial["concept"]
        ]
        told["quartile"] = [quartiles[known[c]["quartile"] - 1] if c in known else "—" for c in trial["concept"]]
        told["earlier"] = [str(known[c]["earlier"]) if c in known else "—" for c in trial["concept"]]
    return table(columns(report, **told), report, "trial", calibration=spoken)


def lift_table(report, candidates, said):
    """What appeals, by its effect on intent."""
    rows = candidates.get("lift")
    if rows is None:
        return None
    verdicts = {r["item"]: r["verdict"] for r in said[said["kind"] == "lift"].to_dict("records")}
    rows = rows.sort_values("difference", ascending=False).to_dict("records")
    known = [r["difference"] == r["difference"] for r in rows]
    frame = columns(
        report,
        tick=[item_name(report, r["item"]) for r in rows],
        n=[f"{r['n']:,.0f}" for r in rows],
        **{"with": [number(r["estimate"], "percent") if k else "—" for r, k in zip(rows, known, strict=True)]},
        without=[number(r["reference_estimate"], "percent") if k else "—" for r, k in zip(rows, known, strict=True)],
        difference=[signed(r["difference"]) if k else "—" for r, k in zip(rows, known, strict=True)],
        interval=[
            f"[{r['difference_low']:.1f}, {r['difference_high']:.1f}]" if k else "—"
            for r, k in zip(rows, known, strict=True)
        ],
        verdict=[verdict(verdicts.get(r["item"]), r["difference"], report.lang) for r in rows],
    )
    return table(frame, report, "lift")


def volume_table(report, volume):
    """Stated cannibalisation; the control is left out."""
    if volume is None:
        return None
    rows = [r for r in volume.to_dict("records") if r["concept"] != test_of(report).control]
    frame = columns(report, concept=[thing_name(report, "concept", r["concept"]) for r in rows],
                    own=[text(r) for r in rows], n=[f"{r['n']:,.0f}" for r in rows])  # fmt: skip
    return table(frame, report, "volume")


def cuts(report):
    """Purchase intent by concept and segment, as shown: {segment: frame}; empty without a concept test."""
    if report.concepts is None:
        return {}
    out = {}
    for segment in report.study.segments:
        scored = product.scores(report.concepts, report.book, by=segment, **report.options)
        scored = scored[(scored["item"] == test_of(report).intent) & (scored["metric"] == "top_box")]
        out[segment] = report.shown(scored[scored[segment] != "(missing)"].reset_index(drop=True))
    return out


def segment_table(report, cuts):
    """Groups down, concepts across."""
    if not cuts:
        return None
    lang, rows = report.lang, []
    for segment, frame in cuts.items():
        cells = {(r[segment], r["concept"]): text(r, interval=False) for r in frame.to_dict("records")}
        options = report.book.columns[segment].options
        groups = sorted({g for g, _ in cells}, key=lambda g: list(options).index(g) if g in options else len(options))
        for group in groups:
            row = {
                say("head_segment", lang): report.book.label(segment, lang),
                say("head_group", lang): report.book.option_label(segment, group, lang),
            }
            rows.append(
                row | {thing_name(report, "concept", c): cells.get((group, c), "—") for c in report.order["concept"]}
            )
    return table(pd.DataFrame(rows), report, "segment")


def findings_table(report, said):
    """The claims and the candidates that came nearest; the others are counted."""
    if not len(said):
        return note(say("no_candidates", report.lang))
    said, rest = nearest(said)
    plain = VERDICTS[report.lang]["plain"]
    frame = columns(report, finding=said["sentence"], p=[probability(p) for p in said["p_family"]],
                    verdict=said["verdict"].map(plain))  # fmt: skip
    return table(frame, report, "findings", rest=f"{len(rest):,}")

"""A new pack in a product report: cells of people who saw one pack each, and units before and after the switch."""

import numpy as np

from cemlab.analyse.product_pack import mean_before, pack_panel
from cemlab.report.fonts import LINE, SOFT
from cemlab.report.labels import Labels
from cemlab.report.product_cells import columns, item_name, picture, probability, say, table
from cemlab.report.product_concept import signed, verdict
from cemlab.report.rows import ACCENT, BRAND, INK, WIDTH, styled
from cemlab.report.wording import number


def cell_table(report, candidates, said):
    """The new pack against the current one: difference, non-inferiority, verdict."""
    rows = candidates.get("pack")
    if rows is None:
        return None
    pack, lang = report.book.product_questions.pack, report.lang
    verdicts = {r["item"]: r["verdict"] for r in said[said["kind"] == "pack"].to_dict("records")}
    rows = rows.to_dict("records")
    known = [r["difference"] == r["difference"] for r in rows]
    frame = columns(
        report,
        question=[item_name(report, r["item"]) for r in rows],
        new=[number(r["estimate"], "percent") if k else "—" for r, k in zip(rows, known, strict=True)],
        current=[
            number(r["estimate"] - r["difference"], "percent") if k else "—" for r, k in zip(rows, known, strict=True)
        ],
        difference=[signed(r["difference"]) if k else "—" for r, k in zip(rows, known, strict=True)],
        interval=[
            f"[{r['difference_low']:.1f}, {r['difference_high']:.1f}]" if k else "—"
            for r, k in zip(rows, known, strict=True)
        ],
        inferior=[
            say("yes" if r["difference_low"] > -pack.margin else "no", lang) if k else "—"
            for r, k in zip(rows, known, strict=True)
        ],
        verdict=[verdict(verdicts.get(r["item"]), r["difference"], lang) for r in rows],
        n=[f"{r['n']:,.0f} / {r['n_reference']:,.0f}" for r in rows],
    )
    return table(frame, report, "pack", margin=f"{pack.margin:g}")


def sales_rows(report):
    """Units by period with the outcome, from the answers or the table named; None where the study has no units."""
    pack = report.book.product_questions.pack
    if pack is None or not pack.unit:
        return None
    names = [pack.unit, pack.period, pack.treated, pack.outcome]
    rows = report.table(pack.sales) if pack.sales else report.study.now.select(names).collect().to_pandas()
    return pack_panel(rows, pack)


def sales_name(report):
    """What the outcome is called."""
    pack = report.book.product_questions.pack
    return pack.title(report.lang) or report.book.label(pack.outcome, report.lang)


def sales_picture(report):
    """Mean outcome by period of units that got the new pack and of those that did not."""
    rows = report.sales
    if rows is None:
        return None
    return picture(sales_chart, rows, report, "sales", words={"name": sales_name(report)}, name=sales_name(report))


def effect_table(report, said):
    """The effect on the outcome, and what makes its premise doubtful: earlier trends, switches dealt out at random."""
    found = report.switch
    if found is None:
        return None
    lang, rows = report.lang, found.effects
    mine = said[said["kind"] == "sales"].to_dict("records")[0]
    before = mean_before(report.sales)
    share = (
        f"（{100 * mine['difference'] / before:+.1f}%）"
        if lang == "zh"
        else f" ({100 * mine['difference'] / before:+.1f} %)"
    )
    told = [(
        say("did_effect", lang, switched=found.fit["switched"], others=found.fit["units"] - found.fit["switched"]),
        f"{mine['difference']:+.2f} [{mine['difference_low']:.2f}, {mine['difference_high']:.2f}]" + (share if before > 0 else ""),
        probability(mine["p_value"]),
    )]  # fmt: skip
    att = rows[rows["metric"] == "att"]
    if len(att) and not (rows["metric"] == "two_by_two").any():  # units switched at different times
        row = att.iloc[0]
        told.append((say("did_att", lang), f"{row['estimate']:+.2f} [{row['ci_low']:.2f}, {row['ci_high']:.2f}]", "—"))
    if found.trend["df"]:
        text = f"χ²={found.trend['chi2']:.2f} ({found.trend['df']})"
        told.append((say("did_trend", lang), text, probability(found.trend["p_value"])))
    if found.placebo is not None:
        text = say("did_times", lang, times=f"{found.placebo['times']:,}")
        told.append((say("did_placebo", lang), text, probability(found.placebo["p_value"])))
    frame = columns(report, test=[t[0] for t in told], outcome=[t[1] for t in told], p_plain=[t[2] for t in told])
    return table(frame, report, "did", verdict=verdict(mine["verdict"], mine["difference"], lang))


def event_picture(report):
    """Effects by period since the switch, those before it being a check of the premise."""
    found = report.switch
    if found is None:
        return None
    rows = found.event_study[found.event_study["metric"] == "sunab"]
    return picture(event_chart, rows, report, "events", words={"name": sales_name(report)}, name=sales_name(report))


def event_chart(rows, *, codebook=None, lang="zh", name=""):
    """Effect at each period since the switch with its interval; the period before the switch is nought."""
    from matplotlib.figure import Figure

    labels, told = Labels(codebook, lang), []
    with styled():
        fig = Figure(figsize=(WIDTH, 3.6))
        ax = fig.add_axes((0.085, 0.16, 0.88, 0.78))
        ax.axhline(0, color=INK, linewidth=0.8)
        ax.axvline(-0.5, color=INK, linewidth=0.9, linestyle=(0, (4, 3)))
        for row in rows.to_dict("records"):
            colour = ACCENT if row["at"] >= 0 else BRAND
            ax.plot([row["at"]] * 2, [row["ci_low"], row["ci_high"]], color=colour, linewidth=1.4)
            ax.plot(row["at"], row["estimate"], "o", color=colour, markersize=5)
            told.append(f"{row['at']:g}: {row['estimate']:.1f}")
        ax.plot(-1, 0, "o", markeredgecolor=BRAND, markerfacecolor="white", markersize=5)
        ax.set_xlabel(labels.say("距换包装的时期数", "Periods since the switch"), color=SOFT)
        ax.set_ylabel(labels.say(f"{name}：差异", f"{name}: difference"), color=SOFT)
        for side in ("right", "top"):
            ax.spines[side].set_visible(False)
        ax.grid(color=LINE, linewidth=0.4)
        ax.set_axisbelow(True)
    fig.cemlab_alt = labels.say("换包装的影响：", "Effect of the switch: ") + labels.say("；", "; ").join(told)
    fig.cemlab_note = labels.say(
        "竖线为 95% 置信区间（按单元聚类）；空心点为基准时期。",
        "Lines: 95 % intervals (clustered by unit); hollow: the reference.",
    )
    return fig


def sales_chart(rows, *, codebook=None, lang="zh", name=""):
    """Two lines over time, the switch dashed; bands are 95 % intervals over units."""
    from matplotlib.figure import Figure

    labels, told = Labels(codebook, lang), []
    ever = rows.groupby("unit")["treated"].transform("max") > 0
    with styled():
        fig = Figure(figsize=(WIDTH, 3.9))
        ax = fig.add_axes((0.085, 0.15, 0.88, 0.73))
        for group, colour, text in (
            (True, ACCENT, labels.say("换新包装的单元", "With the new pack")),
            (False, BRAND, labels.say("未换的单元", "Without")),
        ):
            part = rows[ever == group]
            found = part.groupby("period")["outcome"].agg(["mean", "std", "count"])
            half = 1.96 * found["std"] / np.sqrt(found["count"])
            ax.fill_between(
                found.index, found["mean"] - half, found["mean"] + half, color=colour, alpha=0.14, linewidth=0
            )
            ax.plot(
                found.index, found["mean"], "-o", color=colour, markersize=4, label=f"{text} ({part['unit'].nunique()})"
            )
            told.append(f"{text} {found['mean'].iloc[0]:.1f} → {found['mean'].iloc[-1]:.1f}")
        starts = rows[rows["treated"] > 0]["period"]
        if len(starts):
            ax.axvline(starts.min() - 0.5, color=INK, linewidth=0.9, linestyle=(0, (4, 3)))
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2, frameon=False, fontsize=9)
        ax.set_ylabel(name, color=SOFT)
        ax.set_xlabel(labels.say("时期", "Period"), color=SOFT)
        for side in ("right", "top"):
            ax.spines[side].set_visible(False)
        ax.grid(color=LINE, linewidth=0.4)
        ax.set_axisbelow(True)
    fig.cemlab_alt = labels.say("换包装前后：", "Before and after: ") + labels.say("；", "; ").join(told)
    fig.cemlab_note = labels.say("色带为 95% 置信区间（单元之间）。", "Bands: 95 % intervals over units.")
    return fig

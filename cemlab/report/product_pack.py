"""A new pack in a product report: cells of people who saw one pack each, and units before and after the switch."""

import numpy as np
import pandas as pd

from cemlab.report.fonts import LINE, SOFT
from cemlab.report.labels import Labels
from cemlab.report.product_cells import columns, item_name, picture, say, table
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
    """Units by period with the outcome, from the answers or the table named; None where the study has no units.

    Returns a pandas.DataFrame ``unit, period, treated, outcome``.
    """
    from cemlab.checks import DataError, require_columns

    pack = report.book.product_questions.pack
    if pack is None or not pack.unit:
        return None
    names = [pack.unit, pack.period, pack.treated, pack.outcome]
    if pack.sales:
        rows = report.table(pack.sales)
        require_columns(rows.columns, names, f"table {pack.sales}")
    else:
        rows = report.study.now.select(names).collect().to_pandas()
    rows = rows[names].set_axis(["unit", "period", "treated", "outcome"], axis=1)
    for column in ("period", "treated", "outcome"):
        values = pd.to_numeric(rows[column], errors="coerce")
        bad = values.isna() & rows[column].notna()
        if bad.any():
            raise DataError(
                f"new pack: column {dict(zip(rows.columns, names, strict=True))[column]!r} must hold numbers; {int(bad.sum())} of {len(rows)} rows do not."
            )
        rows[column] = values
    return rows.dropna(subset=["unit", "period", "treated", "outcome"]).reset_index(drop=True)


def sales_name(report):
    """What the outcome is called."""
    pack = report.book.product_questions.pack
    return pack.title(report.lang) or report.book.label(pack.outcome, report.lang)


def sales_picture(report, rows):
    """Mean outcome by period of units that got the new pack and of those that did not."""
    if rows is None:
        return None
    return picture(sales_chart, rows, report, "sales", words={"name": sales_name(report)}, name=sales_name(report))


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

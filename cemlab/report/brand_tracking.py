"""Segments and waves of a brand report: the own brand by segment, every brand over the waves, control charts."""

import pandas as pd

from cemlab.report.brand_cells import WEAK, item_name, nothing, picture, say, text, titled
from cemlab.report.brand_verdict import figure_title
from cemlab.report.figures import show_figure
from cemlab.report.rows import ACCENT


def cut_scores(report, headline):
    """The own brand's figures by each segment, as shown; None without segments or an own brand."""
    import polars as pl

    from cemlab.measure.schema import combine

    plan, study = report.plan, report.study
    if not study.segments or plan.own is None:
        return None
    own = report.now.filter(pl.col("brand") == plan.own)
    frames = [report.shown(headline(own, plan, by=cut, **report.options), own) for cut in study.segments]
    return combine(frames, by=["brand", *study.segments])


def segment_table(cuts, totals, report):
    """Own brand's headline figures by segment, with the index against the total."""
    if cuts is None:
        return None
    book, lang, study = report.study.codebook, report.study.lang, report.study
    items = [("reach", i) for i in report.plan.headline]
    base = {(r["metric"], r["item"]): r["estimate"] for r in totals.to_dict("records") if r["status"] in WEAK}
    rows = []
    for cut in study.segments:
        part = cuts[cuts[cut] != "(all)"]
        options = list(book.columns[cut].options)
        groups = sorted(
            set(part[cut]) - {"(missing)"}, key=lambda g: options.index(g) if g in options else len(options)
        )
        for group in groups:
            mine = part[part[cut] == group].set_index(["metric", "item"]).to_dict("index")
            row = {say("segment", lang): book.label(cut, lang), say("group", lang): book.option_label(cut, group, lang)}
            for key in items:
                cell = mine.get(key)
                shown = "—"
                if cell is not None and cell["status"] in WEAK and base.get(key):
                    shown = f"{text(cell, interval=False)} ({100 * cell['estimate'] / base[key]:.0f})"
                row[item_name(report, key[1])] = shown
            row[say("n", lang)] = f"{max((mine[k]['n'] for k in items if k in mine), default=0):,.0f}"
            rows.append(row)
    return pd.DataFrame(rows)


def tracks(by_wave, said, report):
    """One picture a headline figure over all waves; with two, the table of changes says as much as a line would."""
    from IPython.display import display

    from cemlab.report.charts_brand import brand_lines

    if by_wave is None or by_wave["_wave"].nunique() < 2:
        display(nothing("tracked", report, name=""))
        return
    if by_wave["_wave"].nunique() < 3:
        from IPython.display import Markdown

        display(Markdown(f"*{say('two_waves', report.study.lang)}*"))
        return
    plan, book, lang = report.plan, report.study.codebook, report.study.lang
    order = {w: i for i, w in enumerate(report.study.waves)}
    for metric, item in [*(("reach", i) for i in plan.headline), ("nps", plan.nps), ("top_box", plan.satisfaction)]:
        rows = by_wave[(by_wave["metric"] == metric) & (by_wave["item"] == item)]
        if not len(rows):
            continue
        rows = rows.assign(o=rows["_wave"].map(order)).sort_values("o", kind="stable").drop(columns="o")
        stands = said[
            (said["kind"] == "change")
            & (said["metric"] == metric)
            & (said["item"] == item)
            & (said["verdict"] == "claim")
        ]
        words = {"name": figure_title(metric, item, book, lang).strip("“”")}
        display(picture(brand_lines, rows, report, "tracked", words=words, changes=stands))


def controls(trend, report):
    """Control charts of the own brand by month: raw, smoothed (dashed), limits."""
    from IPython.display import display

    from cemlab.report.charts_time import score_over_time

    if trend is None:
        display(nothing("smooth", report))
        return
    book, lang = report.study.codebook, report.study.lang
    for (metric, item), rows in trend.groupby(["metric", "item"], sort=False):
        name = figure_title("nps" if metric == "nps" else "reach", item, book, lang).strip("“”")
        title, note = titled("control", lang, name=name)
        rows = rows.reset_index(drop=True)
        fig = score_over_time(rows.drop(columns="smoothed"), codebook=book, lang=lang)
        fig.axes[0].plot(
            range(len(rows)), rows["smoothed"], color=ACCENT, linewidth=1.3, linestyle=(0, (4, 2)), zorder=3
        )
        display(show_figure(fig, title=title, note=note))

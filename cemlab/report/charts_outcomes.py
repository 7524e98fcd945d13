"""Pictures of experience beside operation: two series under one another, and how their changes go together by lag."""

import numpy as np

from cemlab.report.fonts import INK, LINE, SOFT
from cemlab.report.labels import Labels
from cemlab.report.rows import ACCENT, BRAND, MID, WIDTH, styled

SHADES = (BRAND, "#5b7f3a", "#7a5195", "#2a8c82", "#a0522d")
MARKS = ("o", "s", "^", "D", "v")


def outcome_chart(series, *, codebook, lang="zh", name="", unit=""):
    """Shares above, the operational figure below, over the same periods; two pictures, since two scales on one mislead.

    Parameters
    ----------
    series : pandas.DataFrame
        Output of `outcome_series`.
    codebook : Codebook
    lang : {"zh", "en"}
    name, unit : str
        What the operational figure is called, and its unit.

    Returns
    -------
    matplotlib.figure.Figure
    """
    from matplotlib.figure import Figure

    labels, told = Labels(codebook, lang), []
    stages = [c for c in series.columns if c not in ("period", "start", "outcome")]
    x = np.arange(len(series))
    with styled():
        fig = Figure(figsize=(WIDTH, 5.0))
        top, low = fig.add_axes((0.09, 0.54, 0.88, 0.36)), fig.add_axes((0.09, 0.13, 0.88, 0.33))
        for stage, colour, mark in zip(stages, SHADES * 2, MARKS * 2, strict=False):
            label = codebook.label(stage, lang)
            top.plot(x, series[stage], "-", marker=mark, color=colour, markersize=4, label=label)
            known = series[stage].dropna()
            told.append(f"{label} {known.iloc[0]:.1f}% → {known.iloc[-1]:.1f}%" if len(known) else f"{label} —")
        low.plot(x, series["outcome"], "-o", color=ACCENT, markersize=4)
        top.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=4, frameon=False, fontsize=9)
        top.set_ylabel(labels.say("占比（%）", "Share (%)"), color=SOFT)
        low.set_ylabel(name + (f"（{unit}）" if unit and lang == "zh" else f" ({unit})" if unit else ""), color=SOFT)
        step = max(1, int(np.ceil(len(series) / 10)))
        for ax in (top, low):
            ax.set_xticks(x[::step], series["period"].iloc[::step] if ax is low else [""] * len(x[::step]), fontsize=8)
            ax.set_xlim(-0.5, len(series) - 0.5)
            ax.grid(color=LINE, linewidth=0.4)
            for side in ("right", "top"):
                ax.spines[side].set_visible(False)
    fig.cemlab_alt = labels.say("；", "; ").join(told)
    return fig


def lag_chart(relations, *, codebook, lang="zh", every="month"):
    """Correlation of changes by lag with intervals, one row of dots a stage; nought is marked.

    Parameters
    ----------
    relations : pandas.DataFrame
        Output of `outcome_relations`, with figures.
    codebook, lang
        As in `outcome_chart`.
    every : {"week", "month", "quarter"}

    Returns
    -------
    matplotlib.figure.Figure
    """
    from matplotlib.figure import Figure

    labels = Labels(codebook, lang)
    rows = relations[relations["status"] == "ok"]
    stages = list(dict.fromkeys(rows["item"]))
    words = {"week": ("周", "weeks"), "month": ("个月", "months"), "quarter": ("个季度", "quarters")}[every]
    with styled():
        fig = Figure(figsize=(WIDTH, 3.3))
        ax = fig.add_axes((0.09, 0.17, 0.88, 0.68))
        for i, (stage, colour, mark) in enumerate(zip(stages, SHADES * 2, MARKS * 2, strict=False)):
            part = rows[rows["item"] == stage]
            at = part["at"] + (i - (len(stages) - 1) / 2) * 0.12
            ax.vlines(at, part["ci_low"], part["ci_high"], color=colour, linewidth=1.6)
            ax.plot(at, part["estimate"], mark, color=colour, label=codebook.label(stage, lang))
        ax.axhline(0, color=INK, linewidth=0.8)
        ax.set_ylim(-1, 1)
        ax.set_xticks(sorted(rows["at"].unique()))
        ax.set_xlabel(labels.say(f"滞后（{words[0]}）", f"Lag ({words[1]})"), color=SOFT)
        ax.set_ylabel(labels.say("变化量的相关系数", "Correlation of changes"), color=SOFT)
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=4, frameon=False, fontsize=9)
        ax.grid(axis="y", color=LINE, linewidth=0.4)
        for side in ("right", "top"):
            ax.spines[side].set_visible(False)
        ax.tick_params(color=MID)
    fig.cemlab_alt = labels.say("；", "; ").join(
        f"{codebook.label(r['item'], lang)} {r['at']:.0f}: {r['estimate']:.2f}" for r in rows.to_dict("records")
    )
    return fig

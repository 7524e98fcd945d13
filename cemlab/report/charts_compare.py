"""Charts of parts and of differences: how answers split, and how far groups lie from what they are compared with."""

import numpy as np

from cemlab.checks import require_columns
from cemlab.report.fonts import INK, LINE, SOFT
from cemlab.report.labels import Labels, count, row_labels
from cemlab.report.rows import (
    ACCENT,
    BRAND,
    HATCH,
    PALE,
    describe,
    interval_text,
    limits,
    not_shown_text,
    one_unit,
    right_text,
    row_axes,
    shown,
    styled,
)
from cemlab.report.wording import number

NEEDED = ["unit", "estimate", "ci_low", "ci_high", "n", "status"]
PARTS = {
    "detractors": (ACCENT, "white"), "passives": (PALE, INK), "promoters": (BRAND, "white"),
    "favourable": (BRAND, "white"), "neutral": (PALE, INK), "unfavourable": (ACCENT, "white"),
}  # fmt: skip


def distribution_bars(estimates, *, codebook=None, lang="zh"):
    """Answers split into parts, one stacked bar a group: detractors, passives and promoters, or the answers 0, 1, 2 ...

    Parameters
    ----------
    estimates : pandas.DataFrame
        Estimates in percent: metrics detractors, passives and promoters, or metric share with the answer in ``at``.
        Rows of metric nps, if there, are printed at the right with their interval.
    codebook, lang
        As in `score_dots`.

    Returns
    -------
    matplotlib.figure.Figure
        Parts of at least 6 % carry their share; the note tells how wide their intervals are at most.

    Raises
    ------
    ValueError
        A column is missing, or there are no parts to stack.
    """
    require_columns(estimates.columns, ["metric", *NEEDED], "distribution_bars")
    labels = Labels(codebook, lang)
    scores = estimates[estimates["metric"] == "nps"]
    frame = estimates[estimates["metric"].isin([*PARTS, "share"])].reset_index(drop=True)
    one_unit(frame, "distribution_bars")
    named = frame["metric"].isin(PARTS).all()
    keys = [column for column in frame.columns if column not in (*NEEDED, "at", "metric", "se", "n_eff", "n_missing")]
    keys = [column for column in keys if column not in ("level", "method")]
    keys = [column for column in keys if frame[column].nunique(dropna=False) > 1] or keys[:1]
    groups = list(dict.fromkeys(frame[keys].itertuples(index=False, name=None)))
    heads = frame.drop_duplicates(keys).reset_index(drop=True).assign(metric="share")
    texts = row_labels(heads, labels)
    parts = [part for part in PARTS if part in set(frame["metric"])] if named else sorted(frame["at"].unique())
    colours = [PARTS[part] for part in parts] if named else _steps(len(parts))
    with styled():
        fig, ax, y = row_axes(texts, heads=["NPS" if len(scores) else "", "n"], low=0, high=100, top=0.72)
        figures = []
        for group, at in zip(groups, y, strict=True):
            rows = frame[(frame[keys] == list(group)).all(axis=1)]
            figures.append(_stack(ax, rows, parts, colours, at, labels, named))
            score = scores[(scores[keys] == list(group)).all(axis=1)] if len(scores) else scores
            for row in score.to_dict("records"):
                text = interval_text(row, "points") if shown(row) else not_shown_text(row, labels)
                right_text(ax, at, text, 0)
                figures[-1] += f", NPS {text}"
            right_text(ax, at, count(rows["n"].max(), labels), 1)
        for part, (colour, _) in zip(parts, colours, strict=True):
            name = labels.metric(part) if named else f"{part:g}"
            ax.barh([-9], [0], color=colour, label=name)
        ax.legend(loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=min(len(parts), 11), frameon=False, fontsize=8.5,
                  handlelength=0.9, handleheight=0.9, columnspacing=1.1, handletextpad=0.4, borderaxespad=1.9 if len(scores) else 0.6)  # fmt: skip
        ax.set_xlabel(labels.say("占回答者的百分比（%）", "Share of answers (%)"), color=SOFT)
    describe(fig, frame, texts, labels, labels.say("分布", "Distribution"), figures, lines_too=False)
    widest = ((frame["ci_high"] - frame["ci_low"]) / 2).max()
    if np.isfinite(widest):
        size = number(np.ceil(widest * 10) / 10, "percent")
        fig.cemlab_note = labels.say(
            f"各占比的置信区间半宽不超过 {size} 个百分点。",
            f"Intervals of the shares: at most ±{size} percentage points.",
        ) + (f" {fig.cemlab_note}" if len(scores) else "")
    return fig


def difference_chart(comparisons, *, codebook=None, lang="zh"):
    """Differences with their intervals around a line at nought; filled marks are those that stand after adjustment.

    Parameters
    ----------
    comparisons : pandas.DataFrame
        Comparisons of one unit.
    codebook, lang
        As in `score_dots`.

    Returns
    -------
    matplotlib.figure.Figure
        Each row says in words whether the difference is significant (adjusted p against 1 - level).

    Raises
    ------
    ValueError
        A column is missing, no rows, or rows of different units.
    """
    wanted = ["unit", "difference", "difference_low", "difference_high", "p_adjusted", "n", "n_reference", "status"]
    require_columns(comparisons.columns, wanted, "difference_chart")
    labels, unit = Labels(codebook, lang), one_unit(comparisons, "difference_chart")
    frame = comparisons.reset_index(drop=True)
    texts, rows, figures = row_labels(frame, labels), frame.to_dict("records"), []
    axis = labels.say(
        f"差异（{labels.unit(unit, difference=True)}）", f"Difference ({labels.unit(unit, difference=True)})"
    )
    columns = ("difference", "difference_low", "difference_high")
    with styled():
        fig, ax, y = row_axes(texts, heads=[labels.head("difference"), labels.say("n / 对比 n", "n / n compared")])
        ax.set_xlim(*limits(frame, unit, columns, zero=True))
        ax.axvline(0, color=INK, linewidth=0.9, zorder=1)
        for row, at in zip(rows, y, strict=True):
            bases = f"{count(row['n'], labels)} / {count(row['n_reference'], labels)}"
            text = not_shown_text(row, labels)
            if shown(row):
                stands = row["p_adjusted"] <= 1 - row.get("level", 0.95)
                text = interval_text(row, unit, *columns, signed=True)
                ax.plot([row[columns[1]], row[columns[2]]], [at, at], color=BRAND, linewidth=1.6, zorder=3)
                ax.plot(row["difference"], at, "o", markersize=6.5, markeredgewidth=1.4, zorder=4,
                        markeredgecolor=BRAND, markerfacecolor=BRAND if stands else "white")  # fmt: skip
                right_text(ax, at, text, 0)
                text += " " + (
                    labels.say("显著", "significant") if stands else labels.say("未见显著差异", "no evidence")
                )
            else:
                right_text(ax, at, text, 0, color=SOFT)
            right_text(ax, at, bases, 1, color=SOFT)
            figures.append(text)
        ax.set_xlabel(axis, color=SOFT)
    describe(fig, frame, texts, labels, axis, figures)
    fig.cemlab_note += labels.say(
        " 实心点：经多重检验校正后差异显著；空心点：未见显著差异。",
        " Filled: significant after adjustment; hollow: no evidence of a difference.",
    )
    return fig


def _stack(ax, rows, parts, colours, at, labels, named):
    left, told = 0.0, []
    for part, (colour, ink) in zip(parts, colours, strict=True):
        found = rows[rows["metric"] == part] if named else rows[rows["at"] == part]
        name = labels.metric(part) if named else f"{part:g}"
        for row in found.to_dict("records"):
            if not shown(row):
                told.append(f"{name} —")
                continue
            weak = row["status"] == "low_base"
            ax.barh(at, row["estimate"], left=left, height=0.24, color=colour, edgecolor="white", linewidth=0.8,
                    hatch=HATCH if weak else None, zorder=2)  # fmt: skip
            if row["estimate"] >= 6:
                ax.text(left + row["estimate"] / 2, at, number(row["estimate"], "percent"), ha="center", va="center",
                        size=8, color=ink, zorder=3)  # fmt: skip
            left += row["estimate"]
            told.append(f"{name} {interval_text(row, 'percent')}")
    if left == 0:
        ax.text(50, at, labels.say("—（样本不足，不显示）", "— (base too small)"), ha="center", va="center", color=SOFT)
    return labels.say("，", ", ").join(told)


def _steps(size):
    """Colours from low to high answers: safe for colour-blind readers, light in the middle."""
    import seaborn as sns
    from matplotlib.colors import to_hex, to_rgb

    scale = sns.blend_palette([ACCENT, "#efe3d8", LINE, "#9db4ca", BRAND], max(size, 2))
    inks = ["white" if np.dot(to_rgb(c), (0.3, 0.59, 0.11)) < 0.55 else INK for c in scale]
    return [(to_hex(colour), ink) for colour, ink in zip(scale, inks, strict=True)][:size]

"""Charts of what drives: driver bars with intervals and the noise floor, and the quadrant map."""

import numpy as np

from cemlab.checks import require_columns
from cemlab.report.fonts import INK, LINE, SOFT
from cemlab.report.labels import Labels, count
from cemlab.report.place import place_labels
from cemlab.report.rows import ACCENT, BRAND, HATCH, MID, PALE, WIDTH, right_text, row_axes, styled
from cemlab.report.wording import number

QUADRANTS = {
    "Concentrate here": ("优先改进", "Concentrate here"),
    "Keep up the good work": ("继续保持", "Keep up the good work"),
    "Low priority": ("次要改进", "Low priority"),
    "Possible overkill": ("投入或过度", "Possible overkill"),
}
REASONS = {
    "constant": ("评分无差异", "no spread"),
    "few_users": ("使用者过少", "too few users"),
    "few_joint_users": ("共同使用者过少", "too few joint users"),
}


def driver_bars(table, *, noise=None, codebook=None, lang="zh", level=0.95, base=None):
    """Importance of each driver as a bar with its interval, most important on top.

    Parameters
    ----------
    table : pandas.DataFrame
        Output of `driver_table`.
    noise : float, optional
        Upper limit of what a driver without meaning gets (``ci_high`` of item "(noise)"): drawn as a line.
    codebook, lang
        As in `score_dots`.
    level : float
        Of the intervals, for the note.
    base : str, optional
        Head of the column of bases, in place of the number of raters.

    Returns
    -------
    matplotlib.figure.Figure
        Bars of drivers that do not stand above noise are pale and hatched; a minus sign marks a negative slope.

    Raises
    ------
    ValueError
        A column is missing, or no rows.
    """
    where, labels = "driver_bars", Labels(codebook, lang)
    require_columns(
        table.columns, ["item", "importance", "importance_low", "importance_high", "stands", "sign", "n"], where
    )
    if not len(table):
        raise ValueError(f"{where}: the frame has no rows; there is nothing to draw.")
    rows = table.reset_index(drop=True).to_dict("records")
    texts = [labels.code("item", row["item"]) for row in rows]
    figures = []
    with styled():
        highest = np.nanmax(
            [row["importance_high"] if np.isfinite(row["importance_high"]) else row["importance"] for row in rows]
        )
        top = highest * 1.05 if np.isfinite(highest) else 100
        fig, ax, y = row_axes(
            texts,
            heads=[labels.say("重要性（%）", "Importance (%)"), base or labels.say("评价人数", "n")],
            low=0,
            high=top,
        )
        for row, at in zip(rows, y, strict=True):
            if not np.isfinite(row["importance"]):
                reason = REASONS.get(
                    str(row.get("method", "")).removeprefix("excluded_"), ("样本不足，不估计", "base too small")
                )
                figures.append(f"—（{reason[0]}）" if lang == "zh" else f"— ({reason[1]})")
                right_text(ax, at, figures[-1], 0, color=SOFT)
                right_text(ax, at, count(row["n"], labels), 1, color=SOFT)
                continue
            clear = bool(row["stands"])
            ax.barh(at, row["importance"], height=0.2, color=BRAND if clear else "white", edgecolor=BRAND if clear else MID,
                    hatch=None if clear else HATCH, linewidth=0 if clear else 0.6, zorder=2)  # fmt: skip
            text = number(row["importance"], "percent")
            if np.isfinite(row["importance_low"]):
                ax.plot(
                    [row["importance_low"], row["importance_high"]],
                    [at, at],
                    color=ACCENT if clear else MID,
                    linewidth=1.4,
                    zorder=3,
                )
                text += f" [{number(row['importance_low'], 'percent')}, {number(row['importance_high'], 'percent')}]"
            if row["sign"] < 0:
                text = "(−) " + text
            figures.append(text)
            right_text(ax, at, text, 0)
            right_text(ax, at, count(row["n"], labels), 1, color=SOFT)
        if noise is not None and np.isfinite(noise):
            ax.axvline(noise, color=INK, linewidth=0.9, linestyle=(0, (1, 2)), zorder=4)
        ax.set_xlabel(labels.say("占可解释差异的百分比（%）", "Share of the explained variance (%)"), color=SOFT)
    told = [f"{text} {figure}" for text, figure in zip(texts, figures, strict=True)]
    colon = labels.say("：", ": ")
    fig.cemlab_alt = labels.say("驱动因素重要性", "Importance of drivers") + colon + labels.say("；", "; ").join(told)
    notes = []
    if any(np.isfinite(row["importance_low"]) for row in rows):
        notes.append(labels.say(f"方括号与横线为 {level:.0%} 置信区间。", f"Brackets and lines: {level:.0%} CI."))
    if noise is not None and np.isfinite(noise):
        notes.append(
            labels.say("虚线为无意义的随机变量可达到的水平。", "Dotted: what a meaningless variable may reach.")
        )
    if any(np.isfinite(row["importance"]) and not row["stands"] for row in rows):
        notes.append(labels.say("斜纹条未高于该水平。", "Hatched bars do not stand above it."))
    if any(row["sign"] < 0 for row in rows):
        notes.append(labels.say("(−) 表示其他因素不变时方向为负。", "(−): negative slope, others held."))
    notes.append(labels.say("重要性为模型关联，不代表因果。", "Importance is association, not cause."))
    fig.cemlab_note = " ".join(notes)
    return fig


def quadrant_map(table, *, codebook=None, lang="zh", unit="mean", level=0.95):
    """Importance against performance, four quadrants, with intervals on both axes and labels that do not overlap.

    Parameters
    ----------
    table : pandas.DataFrame
        Output of `importance_performance`.
    codebook, lang
        As in `score_dots`.
    unit : {"mean", "percent"}
        Of the performance.
    level : float
        Of the intervals, for the note.

    Returns
    -------
    matplotlib.figure.Figure
        Hollow points may as well lie in another quadrant (fewer than 90 % of bootstrap samples put them here).

    Raises
    ------
    ValueError
        A column is missing, or no touchpoint to draw.
    """
    where, labels = "quadrant_map", Labels(codebook, lang)
    needed = ["item", "performance", "importance", "quadrant", "certainty", "cross_performance", "cross_importance"]
    require_columns(table.columns, needed, where)
    frame = table[np.isfinite(table["performance"]) & np.isfinite(table["importance"])].reset_index(drop=True)
    if not len(frame):
        raise ValueError(f"{where}: no touchpoint has both figures; there is nothing to draw.")
    from matplotlib.figure import Figure

    texts = [labels.code("item", item) for item in frame["item"]]
    cross = frame["cross_performance"].iloc[0], frame["cross_importance"].iloc[0]
    share = str(frame["method"].iloc[0]).startswith(("relative_weights", "lmg")) if "method" in frame else True
    with styled():
        fig = Figure(figsize=(WIDTH, 6.0))
        ax = fig.add_axes((0.09, 0.1, 0.88, 0.86))
        for axis, name in ((0, "performance"), (1, "importance")):
            low, high = (
                frame[f"{name}_{end}"].where(np.isfinite(frame[f"{name}_{end}"]), frame[name])
                for end in ("low", "high")
            )
            air = max(high.max() - low.min(), 1e-9) * 0.12
            (ax.set_xlim, ax.set_ylim)[axis](min(low.min(), cross[axis]) - air, max(high.max(), cross[axis]) + air)
        ax.axvline(cross[0], color=MID, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
        ax.axhline(cross[1], color=MID, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
        ax.axhspan(
            cross[1],
            ax.get_ylim()[1],
            xmax=(cross[0] - ax.get_xlim()[0]) / np.ptp(ax.get_xlim()),
            color=PALE,
            alpha=0.3,
            zorder=0,
        )
        corners = {
            "Concentrate here": (0.01, 0.985),
            "Keep up the good work": (0.99, 0.985),
            "Low priority": (0.01, 0.015),
            "Possible overkill": (0.99, 0.015),
        }
        for name, (left, up) in corners.items():
            ax.text(left, up, QUADRANTS[name][labels.which], transform=ax.transAxes, color=SOFT, size=10,
                    ha="left" if left < 0.5 else "right", va="top" if up > 0.5 else "bottom")  # fmt: skip
        lines = []
        for row in frame.to_dict("records"):
            lines += bars(ax, row)
            sure = not row["certainty"] < 0.9
            colour = ACCENT if row["quadrant"] == "Concentrate here" else BRAND
            ax.plot(row["performance"], row["importance"], "o", markersize=7, markeredgewidth=1.4, markeredgecolor=colour,
                    markerfacecolor=colour if sure else "white", zorder=5)  # fmt: skip
        ax.set_xlabel(labels.say(f"表现（{labels.unit(unit)}）", f"Performance ({labels.unit(unit)})"), color=SOFT)
        name = labels.say("重要性", "Importance")
        ax.set_ylabel(labels.say(f"{name}（%）", f"{name} (%)") if share else name, color=SOFT)
        for side in ("top", "right"):
            ax.spines[side].set_visible(False)
        ax.grid(color=LINE, linewidth=0.4)
        ax.set_axisbelow(True)
        place_labels(ax, frame["performance"], frame["importance"], texts, lines=lines)
    told = [
        f"{text} {QUADRANTS[row['quadrant']][labels.which]} ({number(row['performance'], unit)}, {number(row['importance'], 'percent' if share else 'mean')})"
        for text, row in zip(texts, frame.to_dict("records"), strict=True)
    ]
    fig.cemlab_alt = labels.say("重要性与表现四象限图：", "Importance against performance: ") + labels.say(
        "；", "; "
    ).join(told)
    notes = [labels.say(f"十字线为 {level:.0%} 置信区间。", f"Whiskers: {level:.0%} CI.")] if lines else []
    if (frame["certainty"] < 0.9).any():
        notes.append(labels.say("空心点：所在象限不稳定。", "Hollow: the quadrant is not certain."))
    notes.append(
        labels.say(
            "虚线为各触点的中心，象限只作相互比较。",
            "Dashed: centre of these touchpoints; quadrants compare them with each other.",
        )
    )
    missing = len(table) - len(frame)
    if missing:
        notes.append(
            labels.say(f"{missing} 个触点样本不足，未列入。", f"{missing} touchpoint(s) not shown, base too small.")
        )
    fig.cemlab_note = " ".join(notes)
    return fig


def bars(ax, row):
    """Draw the intervals of one point; give back the strokes."""
    out = []
    x, y = row["performance"], row["importance"]
    if np.isfinite(row.get("performance_low", np.nan)):
        out.append((row["performance_low"], y, row["performance_high"], y))
    if np.isfinite(row.get("importance_low", np.nan)):
        out.append((x, row["importance_low"], x, row["importance_high"]))
    for x0, y0, x1, y1 in out:
        ax.plot([x0, x1], [y0, y1], color=MID, linewidth=0.9, zorder=2)
    return out

"""Charts of a concept test: the scorecard against the control, and intervals of one figure in rows."""

import numpy as np

from cemlab.checks import require_columns
from cemlab.report.fonts import INK, LINE, SOFT
from cemlab.report.labels import Labels, wrap
from cemlab.report.rows import ACCENT, BRAND, MID, PALE, WIDTH, shown, styled
from cemlab.report.wording import number

PANELS = 4  # questions in one row of panels


def concept_scorecard(scores, letters=None, *, control=None, codebook=None, lang="zh", thing="concept"):
    """Concepts down, questions across: top boxes with intervals, the control as a line, letters of tested differences.

    Parameters
    ----------
    scores : pandas.DataFrame
        `concept_scores`, flagged; the rows of metric "top_box" are drawn.
    letters : pandas.DataFrame, optional
        `column_letters` of the pairwise comparisons.
    control : str, optional
        Code of the control concept: a dashed line in each panel.
    codebook, lang
        As in `score_dots`.
    thing : str, default "concept"
        Column of the concepts.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        A column is missing, or no rows.
    """
    from matplotlib.figure import Figure

    require_columns(
        scores.columns, [thing, "metric", "item", "estimate", "ci_low", "ci_high", "n", "status"], "concept_scorecard"
    )
    labels, frame = Labels(codebook, lang), scores[scores["metric"] == "top_box"]
    if not len(frame):
        raise ValueError("concept_scorecard: no rows of metric 'top_box'; there is nothing to draw.")
    things, items = list(dict.fromkeys(frame[thing])), list(dict.fromkeys(frame["item"]))
    cells = {(r[thing], r["item"]): r for r in frame.to_dict("records")}
    own = {} if letters is None else dict(zip(letters["group"], letters["letter"], strict=True))
    above = {} if letters is None else {(r.group, r.item): r.above for r in letters.itertuples()}
    names = [wrap((f"{own[t]} " if t in own else "") + labels.code(thing, t), 9) for t in things]
    low, high = panel_limits(frame)
    rows, told = -(-len(items) // PANELS), []
    each = 0.46 * len(things) + 0.1
    with styled():
        height = rows * (each + 0.75) + 0.3
        fig = Figure(figsize=(WIDTH, height))
        for k, item in enumerate(items):
            row, column = divmod(k, PANELS)
            wide = (WIDTH - 1.75) / min(PANELS, len(items))
            bottom = height - (row + 1) * (each + 0.75) + 0.25
            ax = fig.add_axes(((1.65 + column * wide) / WIDTH, bottom / height, (wide - 0.15) / WIDTH, each / height))
            ax.set_ylim(len(things) - 0.4, -0.7)
            ax.set_xlim(low, high)
            base = cells.get((control, item))
            if base is not None and shown(base):
                ax.axvline(base["estimate"], color=MID, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
            for at, code in enumerate(things):
                cell = cells.get((code, item))
                if cell is None or not shown(cell):
                    ax.text(low + (high - low) / 2, at, "—", ha="center", va="center", color=SOFT)
                    continue
                colour = MID if code == control else BRAND
                ax.plot([cell["ci_low"], cell["ci_high"]], [at, at], color=colour, linewidth=1.6, zorder=3)
                weak = cell["status"] == "low_base"
                ax.plot(
                    cell["estimate"],
                    at,
                    "o",
                    markersize=6,
                    markeredgecolor=colour,
                    markerfacecolor="white" if weak else colour,
                    zorder=4,
                )
                text = number(cell["estimate"], "percent") + ("*" if weak else "")
                ax.text(cell["estimate"], at - 0.2, text, ha="center", va="bottom", size=8.5, color=INK)
                if mark := above.get((code, item)):
                    ax.text(
                        cell["ci_high"] + (high - low) * 0.02, at, mark, ha="left", va="center", size=8, color=ACCENT
                    )
                told.append(f"{labels.code(thing, code)} {labels.code('item', item)} {text}")
            ax.set_title(labels.code("item", item), size=10, color=INK, loc="left", pad=5)
            ax.set_yticks(range(len(things)), names if column == 0 else [""] * len(things))
            ax.tick_params(axis="y", length=0)
            ax.tick_params(axis="x", labelsize=8)
            for side in ("left", "right", "top"):
                ax.spines[side].set_visible(False)
            ax.grid(axis="x", color=LINE, linewidth=0.5)
            ax.set_axisbelow(True)
    bases = sorted({int(r["n"]) for r in cells.values() if shown(r)})
    spoken = f"{bases[0]:,}" if bases and bases[0] == bases[-1] else f"{bases[0]:,}–{bases[-1]:,}" if bases else "—"
    fig.cemlab_alt = labels.say("概念评分卡：", "Concept scorecard: ") + labels.say("；", "; ").join(told[:24])
    notes = [labels.say(f"横线为 95% 置信区间；每个概念 n={spoken}。", f"Lines: 95 % intervals; n={spoken} a concept.")]
    if control in things:
        notes.append(labels.say("虚线为对照。", "Dashed: the control."))
    if own:
        notes.append(labels.say(
            "字母：该概念显著高于字母所指概念（大写 95%，小写 90%，题内已校正），供查看，不写成结论。",
            "Letters: significantly above the concepts named (capital 95 %, small 90 %, adjusted); to explore, no claims.",
        ))  # fmt: skip
    fig.cemlab_note = " ".join(notes)
    return fig


def panel_limits(frame):
    """One axis for all panels: the intervals with air, inside 0 to 100."""
    values = frame[["ci_low", "ci_high", "estimate"]].to_numpy(float)
    values = values[np.isfinite(values)]
    if not len(values):
        return 0, 100
    air = max((values.max() - values.min()) * 0.12, 4)
    return max(values.min() - air, 0), min(values.max() + 2 * air, 104)


def spread_bars(shares, *, codebook=None, lang="zh", thing="concept"):
    """Distribution of a rating by concept: stacked bars from the highest code to the lowest.

    Parameters
    ----------
    shares : pandas.DataFrame
        `cemlab.measure.scores.distribution` by concept, flagged.
    codebook, lang, thing
        As in `concept_scorecard`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    from matplotlib.figure import Figure

    labels = Labels(codebook, lang)
    things, codes = list(dict.fromkeys(shares[thing])), sorted(shares["at"].unique(), reverse=True)
    cells = {(r[thing], r["at"]): r for r in shares.to_dict("records")}
    shades = ["#1f4e79", "#5f88ad", "#c9d3dd", "#e5c3a8", "#c8641b"]
    paint = [shades[round(i * 4 / max(len(codes) - 1, 1))] for i in range(len(codes))]
    told = []
    with styled():
        height = 0.42 * len(things) + 0.95
        fig = Figure(figsize=(WIDTH, height))
        ax = fig.add_axes((1.85 / WIDTH, 0.5 / height, (WIDTH - 2.6) / WIDTH, 0.42 * len(things) / height))
        for at, code in enumerate(things):
            left = 0.0
            for value, colour in zip(codes, paint, strict=True):
                cell = cells.get((code, value))
                if cell is None or not shown(cell):
                    continue
                ax.barh(at, cell["estimate"], left=left, height=0.62, color=colour, zorder=2)
                if cell["estimate"] >= 5:
                    dark = colour in ("#1f4e79", "#5f88ad", "#c8641b")
                    ax.text(left + cell["estimate"] / 2, at, number(cell["estimate"], "percent"), ha="center", va="center",
                            size=8.5, color="white" if dark else INK)  # fmt: skip
                left += cell["estimate"]
                told.append(f"{labels.code(thing, code)} {value:g}: {number(cell['estimate'], 'percent')}%")
            first = cells.get((code, codes[0]))
            ax.text(101, at, "—" if first is None else f"n={int(first['n']):,}", va="center", size=8.5, color=SOFT)
        for value, colour in zip(codes, paint, strict=True):
            ax.barh([-9], [0], color=colour, label=labels.say(f"{value:g} 分", f"{value:g}"))
        ax.set_ylim(len(things) - 0.5, -0.5)
        ax.set_xlim(0, 100)
        ax.set_yticks(range(len(things)), [wrap(labels.code(thing, t), 10) for t in things])
        ax.tick_params(axis="y", length=0)
        for side in ("left", "right", "top"):
            ax.spines[side].set_visible(False)
        ax.legend(
            loc="lower left", bbox_to_anchor=(0, 1.0), ncols=len(codes), frameon=False, fontsize=8.5, handlelength=1.0
        )
        ax.set_xlabel("%", color=SOFT)
    fig.cemlab_alt = labels.say("分布：", "Distribution: ") + labels.say("；", "; ").join(told[:30])
    fig.cemlab_note = labels.say("小于 5% 的不标数字。", "Shares under 5 % are not printed.")
    return fig


SHADES = (BRAND, ACCENT, PALE)

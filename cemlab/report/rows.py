"""The frame that row charts share: labels left, marks in the middle, figures and bases in columns at the right."""

import numpy as np

from cemlab.report.fonts import INK, LINE, SOFT, style
from cemlab.report.labels import NOT_SHOWN, cuts, wrap
from cemlab.report.wording import number

BRAND, ACCENT, PALE, MID = "#1f4e79", "#c8641b", "#c9d3dd", "#8a97a5"
WIDTH = 9.0  # inches, as every place below
LABELS, STAGES, MARKS = 2.15, 1.1, 6.05  # labels end, stages add, the axis ends
RESULT, BASE = 7.95, 8.95  # right edges of the two columns of figures
LINE_HEIGHT = 0.2
HATCH = "////"


def styled():
    """A context in which charts are drawn in this package's style, whatever the notebook has set."""
    import matplotlib as mpl

    return mpl.rc_context(style())


def one_unit(frame, where):
    """The unit all rows share; two units on one axis would mislead."""
    if not len(frame):
        raise ValueError(f"{where}: the frame has no rows; there is nothing to draw.")
    units = frame["unit"].dropna().unique().tolist()
    if len(units) > 1:
        raise ValueError(f"{where}: rows of {len(units)} units {sorted(units)}; one chart has one unit, filter first.")
    return units[0] if units else ""


def row_axes(texts, *, heads, low=None, high=None, top=0.36, stages=False):
    """A figure with one row for each text, first on top.

    Parameters
    ----------
    texts : list of str
        Row labels; broken into lines here.
    heads : list of str
        Heads of the text columns at the right.
    low, high : float, optional
        Limits of the axis.
    top : float
        Inches above the rows.
    stages : bool
        Leave room for names of stages left of the labels.

    Returns
    -------
    fig, ax, y : Figure, Axes, array of the rows' positions (0 on top, downwards)
    """
    from matplotlib.figure import Figure

    texts = [wrap(text) for text in texts]
    lines = np.array([max(text.count("\n") + 1, 1) for text in texts])
    heights = np.maximum(lines * LINE_HEIGHT + 0.14, 0.34)
    edges = np.concatenate([[0], np.cumsum(heights)])
    y = (edges[:-1] + edges[1:]) / 2
    bottom, left = 0.58, LABELS + (STAGES if stages else 0)
    height = edges[-1] + top + bottom
    fig = Figure(figsize=(WIDTH, height))
    ax = fig.add_axes((left / WIDTH, bottom / height, (MARKS - left) / WIDTH, edges[-1] / height))
    ax.set_ylim(edges[-1], 0)
    if low is not None:
        ax.set_xlim(low, high)
    ax.set_yticks(y, texts)
    ax.tick_params(axis="y", length=0, pad=8)
    for side in ("left", "right", "top"):
        ax.spines[side].set_visible(False)
    ax.grid(axis="x", color=LINE, linewidth=0.6)
    ax.set_axisbelow(True)
    for place, head in enumerate(heads):
        right_text(ax, -0.14, head, place, color=SOFT, size=8.5)
    return fig, ax, y


def right_text(ax, y, text, place, **options):
    """Text in the figure columns right of the axes: 0 holds the result with its interval, 1 the base."""
    settings = {"size": 9, "color": INK, **options}
    ax.text(
        across(ax, (RESULT, BASE)[place]),
        y,
        text,
        transform=ax.get_yaxis_transform(),
        ha="right",
        va="center",
        clip_on=False,
        **settings,
    )


def across(ax, inches):
    """A place on the figure, in inches from its left edge, as a share of the axis."""
    box = ax.get_position()
    return (inches / WIDTH - box.x0) / box.width


def limits(frame, unit, columns=("estimate", "ci_low", "ci_high"), *, zero=False):
    """Axis limits that hold all estimates and intervals, with air; whole scales for shares with zero=True."""
    values = frame[list(columns)].to_numpy(float)
    values = values[np.isfinite(values)]
    if not len(values):
        return (0, 100) if unit == "percent" else (-1, 1)
    low, high = values.min(), values.max()
    if zero:
        low, high = min(low, 0), max(high, 0)
    air = (high - low) * 0.08 or max(abs(high) * 0.1, 1)
    low, high = (low - air if low < 0 or not zero else 0), high + air
    if unit == "percent" and zero:
        high = min(high, 100) if values.max() <= 100 else high
    return low, high


def interval_text(row, unit, estimate="estimate", low="ci_low", high="ci_high", *, signed=False):
    """ "39.8 [36.2, 43.4]", with * for a small base; the interval is left out where there is none."""
    sign = "+" if signed and round(row[estimate], 4) > 0 else ""
    text = sign + number(row[estimate], unit) + ("%" if unit == "percent" and not signed else "")
    if np.isfinite(row[low]) and np.isfinite(row[high]):
        text += f" [{number(row[low], unit)}, {number(row[high], unit)}]"
    return text + ("*" if row["status"] == "low_base" else "")


def shown(row):
    """Whether a row has a figure that may be drawn."""
    return row["status"] not in NOT_SHOWN and np.isfinite(row["estimate" if "difference" not in row else "difference"])


def not_shown_text(row, labels):
    """What stands in place of a figure that is not shown."""
    if row["status"] == "hidden":
        return labels.say("—（样本不足，不显示）", "— (hidden: too few)")
    return labels.say("—（样本不足，不显示）", "— (base too small)")


def describe(fig, frame, texts, labels, what, figures, *, lines_too=True):
    """Attach what the picture says, in words, and the note that explains its marks."""
    told = [f"{text.replace(chr(10), '')} {figure}" for text, figure in zip(texts, figures, strict=True)]
    more = labels.say(f"；另有 {len(told) - 12} 行", f"; and {len(told) - 12} more") if len(told) > 12 else ""
    stop, colon = labels.say("；", "; "), labels.say("：", ": ")
    fig.cemlab_alt = f"{what}{colon}{stop.join(told[:12])}{more}"
    notes = []
    levels = frame["level"].dropna().unique() if "level" in frame else []
    if len(levels) == 1:
        marks = labels.say("方括号与横线", "Brackets and lines") if lines_too else labels.say("方括号", "Brackets")
        notes.append(labels.say(f"{marks}为 {levels[0]:.0%} 置信区间。", f"{marks}: {levels[0]:.0%} CI."))
    if (frame["status"] == "low_base").any():
        notes.append(labels.say("* 样本偏少，仅供参考。", "* Small base, indicative only."))
    fig.cemlab_note = " ".join(notes)
    return fig


def of_total(frame):
    """Which rows stand for everyone: "(all)" in every cut."""
    parts = cuts(frame)
    return (frame[parts] == "(all)").all(axis=1).to_numpy() if parts else np.zeros(len(frame), bool)

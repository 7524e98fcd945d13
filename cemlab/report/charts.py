"""Charts of scores: each draws a result frame as it is, with every figure, interval and base in print."""

import numpy as np

from cemlab.checks import require_columns
from cemlab.report.fonts import INK, SOFT
from cemlab.report.labels import Labels, count, row_labels, wrap
from cemlab.report.rows import (
    BASE,
    BRAND,
    HATCH,
    LINE_HEIGHT,
    MID,
    PALE,
    across,
    describe,
    interval_text,
    limits,
    not_shown_text,
    of_total,
    one_unit,
    right_text,
    row_axes,
    shown,
    styled,
)

NEEDED = ["unit", "estimate", "ci_low", "ci_high", "n", "status"]


def score_dots(estimates, *, codebook=None, lang="zh", sort=False):
    """Estimates as dots with their intervals, one row each.

    Parameters
    ----------
    estimates : pandas.DataFrame
        Estimates of one unit, as the measures give them; 1 to some 40 rows. Rows "(all)" are drawn darker and give
        the line to compare with.
    codebook : Codebook, optional
        Gives the labels; codes stand as they are without it.
    lang : {"zh", "en"}
    sort : bool, default False
        Largest first, totals on top; otherwise the frame's order.

    Returns
    -------
    matplotlib.figure.Figure
        With ``cemlab_alt`` (description) and ``cemlab_note``. Rows without a figure keep their place and say why.

    Raises
    ------
    ValueError
        A column is missing, no rows, or rows of different units.
    """
    require_columns(estimates.columns, NEEDED, "score_dots")
    labels, unit = Labels(codebook, lang), one_unit(estimates, "score_dots")
    frame = estimates.reset_index(drop=True)
    if sort:
        frame = frame.assign(total=~of_total(frame)).sort_values(["total", "estimate"], ascending=[True, False])
        frame = frame.drop(columns="total").reset_index(drop=True)
    texts, total, rows = row_labels(frame, labels), of_total(frame), frame.to_dict("records")
    with styled():
        fig, ax, y = row_axes(texts, heads=[labels.head("estimate"), "n"])
        ax.set_xlim(*limits(frame, unit))
        for row, at, whole in zip(rows, y, total, strict=True):
            if shown(row):
                _dot(ax, row, at, INK if whole else BRAND, hollow=row["status"] == "low_base")
                if whole and total.sum() == 1:
                    ax.axvline(row["estimate"], color=MID, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
        figures = _figures(ax, rows, y, unit, labels)
        ax.set_xlabel(_axis(frame, unit, labels), color=SOFT)
    return describe(fig, frame, texts, labels, _axis(frame, unit, labels), figures)


def touchpoint_chart(estimates, *, codebook=None, lang="zh"):
    """Touchpoints as bars in the order of the journey, grouped by stage, with intervals and bases.

    Parameters
    ----------
    estimates : pandas.DataFrame
        Estimates of one unit with the further column ``stage``, in journey order. Small bases are hatched.
    codebook, lang
        As in `score_dots`.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        A column is missing, no rows, or rows of different units.
    """
    require_columns(estimates.columns, [*NEEDED, "stage"], "touchpoint_chart")
    labels, unit = Labels(codebook, lang), one_unit(estimates, "touchpoint_chart")
    frame = estimates.reset_index(drop=True)
    first = frame["stage"].ne(frame["stage"].shift()).to_numpy()
    names = [labels.code("stage", stage) for stage in frame["stage"]]
    texts, rows = row_labels(frame, labels), frame.to_dict("records")
    with styled():
        low, high = limits(frame, unit, zero=True)
        if unit == "mean":  # a bar from nought would flatten a 1-to-5 scale; dots have no such duty
            low, high = limits(frame, unit)
        fig, ax, y = row_axes(texts, heads=[labels.head("estimate"), "n"], low=low, high=high, stages=True)
        for row, at in zip(rows, y, strict=True):
            if not shown(row):
                continue
            if unit == "mean":
                _dot(ax, row, at, BRAND, hollow=row["status"] == "low_base")
                continue
            weak = row["status"] == "low_base"
            ax.barh(at, row["estimate"], height=0.2, color="white" if weak else PALE, edgecolor=MID, zorder=2,
                    hatch=HATCH if weak else None, linewidth=0.6 if weak else 0)  # fmt: skip
            _dot(ax, row, at, BRAND, hollow=weak, size=4)
        _stages(ax, names, first, y)
        figures = _figures(ax, rows, y, unit, labels)
        ax.set_xlabel(_axis(frame, unit, labels), color=SOFT)
    told = [f"{stage} · {text}" for stage, text in zip(names, texts, strict=True)]
    return describe(fig, frame, told, labels, _axis(frame, unit, labels), figures)


def _dot(ax, row, at, colour, *, hollow=False, size=6.5):
    if np.isfinite(row["ci_low"]) and np.isfinite(row["ci_high"]):
        ax.plot([row["ci_low"], row["ci_high"]], [at, at], color=colour, linewidth=1.6, solid_capstyle="butt", zorder=3)
    ax.plot(row["estimate"], at, "o", markersize=size, markeredgewidth=1.3, zorder=4, markeredgecolor=colour,
            markerfacecolor="white" if hollow else colour)  # fmt: skip


def _figures(ax, rows, y, unit, labels):
    """Print result and base of every row at the right; return what was printed."""
    out = []
    for row, at in zip(rows, y, strict=True):
        here = shown(row)
        text = interval_text(row, unit) if here else not_shown_text(row, labels)
        right_text(ax, at, text, 0, **({} if here else {"color": SOFT}))
        right_text(ax, at, count(row["n"], labels), 1, color=SOFT)
        out.append(f"{text} (n={count(row['n'], labels)})")
    return out


def _axis(frame, unit, labels):
    metrics = frame["metric"].unique() if "metric" in frame else []
    name = labels.metric(metrics[0]) if len(metrics) == 1 else labels.head("estimate")
    return f"{name}（{labels.unit(unit)}）" if labels.lang == "zh" else f"{name} ({labels.unit(unit)})"


def _stages(ax, names, first, y):
    """A rule and a name where a stage begins, left of the labels."""
    edges = (y[1:] + y[:-1]) / 2
    starts = [place for place in range(len(y)) if first[place]]
    for begin, end in zip(starts, [*starts[1:], len(y)], strict=True):
        low = 0 if begin == 0 else edges[begin - 1]
        if begin:
            ends = [across(ax, 0.05), across(ax, BASE)]
            ax.plot(ends, [low, low], transform=ax.get_yaxis_transform(), color=MID, linewidth=0.7, clip_on=False)
        high = edges[end - 1] if end < len(y) else 2 * y[-1] - low if end - begin == 1 else y[-1] + (y[-1] - y[-2]) / 2
        lines = wrap(names[begin], 7)
        if LINE_HEIGHT * (lines.count("\n") + 1) > high - low:
            lines = lines.split("\n")[0] + "…"
        several = "\n" in lines
        ax.text(across(ax, 0.05), low + 0.05 if several else y[begin], lines, transform=ax.get_yaxis_transform(),
                ha="left", va="top" if several else "center", size=9, color=BRAND, clip_on=False)  # fmt: skip

"""Charts of an employee report: importance against performance, who is still employed, units beside their customers."""

import numpy as np

from cemlab.report.fonts import INK, LINE, SOFT
from cemlab.report.labels import Labels
from cemlab.report.rows import ACCENT, BRAND, MID, WIDTH, styled

COLOURS = {"low": ACCENT, "middle": MID, "high": BRAND}
MONTH = 30.4
PLACES = [  # of a name beside its point, the best first
    (8, 8, "left"), (8, -9, "left"), (-8, 8, "right"), (-8, -9, "right"), (0, 14, "center"), (0, -15, "center"),
    (8, 20, "left"), (8, -21, "left"), (-8, 20, "right"), (-8, -21, "right"),
]  # fmt: skip


def frame_of(height=4.2):
    """An empty figure in this package's size."""
    from matplotlib.figure import Figure

    fig = Figure(figsize=(WIDTH, height))
    ax = fig.add_axes((0.09, 0.15, 0.86, 0.78))
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    ax.grid(color=LINE, linewidth=0.6)
    ax.set_axisbelow(True)
    return fig, ax


def importance_map(table, *, codebook=None, lang="zh"):
    """Dimensions by favourable share (across) and relative weight (up); crossed at their means.

    Parameters
    ----------
    table : pandas.DataFrame
        `driver_table` with ``performance`` in percent.
    codebook, lang
        As in `score_dots`.

    Returns
    -------
    matplotlib.figure.Figure
        Hollow: weight not above noise.
    """
    labels = Labels(codebook, lang)
    rows = table[np.isfinite(table["importance"])].reset_index(drop=True)
    x, y = rows["performance"].to_numpy(float), rows["importance"].to_numpy(float)
    names = [labels.code("item", item) for item in rows["item"]]
    with styled():
        fig, ax = frame_of()
        ax.axvline(x.mean(), color=MID, linewidth=0.9, linestyle=(0, (4, 3)))
        ax.axhline(y.mean(), color=MID, linewidth=0.9, linestyle=(0, (4, 3)))
        for a, b, stands in zip(x, y, rows["stands"], strict=True):
            ax.plot(
                a, b, "o", markersize=8, markeredgecolor=BRAND, markerfacecolor=BRAND if stands else "white", zorder=3
            )
        ax.margins(0.14, 0.22)
        ax.set_ylim(bottom=min(0, ax.get_ylim()[0]))
        ax.set_xlabel(labels.say("赞成占比（%）", "Favourable (%)"), color=SOFT)
        ax.set_ylabel(labels.say("相对权重（%）", "Relative weight (%)"), color=SOFT)
        corners = [(0.01, 0.97, "left", "优先改进", "Concentrate here"), (0.99, 0.97, "right", "继续保持", "Keep up")]
        for a, b, side, zh, en in corners:
            ax.text(a, b, labels.say(zh, en), transform=ax.transAxes, ha=side, va="top", color=SOFT, size=9)
        for name, spot, (dx, dy, side) in zip(names, zip(x, y, strict=True), beside(ax, x, y, names), strict=True):
            ax.annotate(
                name, spot, xytext=(dx, dy), textcoords="offset points", size=9, ha=side, va="center", color=INK
            )
    told = "; ".join(f"{n} {a:.1f}% / {b:.1f}%" for n, a, b in zip(names, x, y, strict=True))
    fig.cemlab_alt = labels.say("重要性与现状：", "Importance and performance: ") + told
    fig.cemlab_note = labels.say(
        "空心点的权重未高于噪声；虚线为各维度平均。", "Hollow: weight not above noise; dashed: means."
    )
    return fig


def beside(ax, x, y, names):
    """Where each name stands so that it hides no point and no other name: shifts in points and the side it hangs on."""
    spots = ax.transData.transform(np.column_stack([x, y])) * 72 / ax.figure.dpi
    boxes, out = [(px - 5, py - 5, px + 5, py + 5) for px, py in spots], []
    for (px, py), name in zip(spots, names, strict=True):
        wide = sum(9.0 if ord(letter) > 0x2E80 else 5.2 for letter in name)
        best = None
        for dx, dy, side in PLACES:
            left = px + dx - {"left": 0.0, "right": wide, "center": wide / 2}[side]
            box = (left, py + dy - 6, left + wide, py + dy + 6)
            cost = sum(shared(box, other) for other in boxes)
            if best is None or cost < best[0] - 1e-9:
                best = (cost, (dx, dy, side), box)
        boxes.append(best[2])
        out.append(best[1])
    return out


def shared(one, other):
    """Area that two boxes share."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    return max(wide, 0.0) * max(min(one[3], other[3]) - max(one[1], other[1]), 0.0)


def survival_lines(shares, names, *, codebook=None, lang="zh"):
    """Share still employed by band at a few times, with intervals; never a step for a leaver.

    Parameters
    ----------
    shares : pandas.DataFrame
        ``band``, estimates of "left_within" in percent, ``at`` in days.
    names : dict
        Band -> what it is called; bands are drawn in this order.
    """
    labels = Labels(codebook, lang)
    rows = shares[np.isfinite(shares["estimate"])]
    known = [band for band in names if band in set(rows["band"])]
    times = sorted(rows["at"].unique())
    months = {time: round(time / MONTH) for time in times}
    told, ends = [], []
    with styled():
        fig, ax = frame_of()
        for place, band in enumerate(known):
            mine = rows[rows["band"] == band].sort_values("at")
            stay, low, high = (100 - mine[name].to_numpy(float) for name in ("estimate", "ci_high", "ci_low"))
            x = np.array([months[time] for time in mine["at"]]) + 0.08 * (place - 1)  # intervals beside one another
            ax.plot([0, *x], [100, *stay], "-", color=COLOURS[band], linewidth=1.6, alpha=0.8)
            ax.errorbar(x, stay, yerr=[stay - low, high - stay], fmt="o", color=COLOURS[band], capsize=3, markersize=5)
            ends.append((stay[-1], x[-1], band))
            told += [f"{names[band]} {months[t]}: {s:.1f}%" for t, s in zip(mine["at"], stay, strict=True)]
        bottom, top = ax.get_ylim()
        level = np.inf
        for value, x, band in sorted(ends, reverse=True):  # names under one another where lines end close together
            level = min(value, level - 0.055 * (top - bottom))
            ax.text(x + 0.25, level, f"{names[band]} {value:.0f}%", va="center", size=9, color=COLOURS[band])
        ax.set_xlim(-0.2, max(months.values()) * 1.16 + 0.4)
        ax.set_ylim(top=101)
        ax.set_xticks([0, *months.values()])
        ax.set_xlabel(labels.say("作答后月数", "Months after the answer"), color=SOFT)
        ax.set_ylabel(labels.say("仍在职（%）", "Still employed (%)"), color=SOFT)
    fig.cemlab_alt = labels.say("仍在职比例：", "Still employed: ") + "; ".join(told)
    fig.cemlab_note = ""
    return fig


def unit_scatter(table, name, *, codebook=None, lang="zh"):
    """Units by engagement (across) and a result from elsewhere (up), with a line of least squares.

    Parameters
    ----------
    table : pandas.DataFrame
        ``x, y``, one row a unit that may be shown.
    name : str
        What the result is called.
    """
    labels = Labels(codebook, lang)
    x, y = table["x"].to_numpy(float), table["y"].to_numpy(float)
    slope, start = np.polyfit(x, y, 1)
    ends = np.array([x.min(), x.max()])
    with styled():
        fig, ax = frame_of()
        ax.plot(x, y, "o", color=BRAND, markersize=6, alpha=0.85)
        ax.plot(ends, start + slope * ends, color=ACCENT, linewidth=1.4)
        ax.set_xlabel(labels.say("敬业度均值（分）", "Mean engagement (scale points)"), color=SOFT)
        ax.set_ylabel(name, color=SOFT)
    fig.cemlab_alt = labels.say(f"{len(x)} 个单元的敬业度与{name}", f"Engagement and {name} of {len(x)} units")
    fig.cemlab_note = ""
    return fig

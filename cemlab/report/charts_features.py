"""Charts of features and tastings: the better-worse quadrant, the reach curve, share against drop, utilities in rows."""

import numpy as np

from cemlab.report.fonts import INK, LINE, SOFT
from cemlab.report.labels import Labels
from cemlab.report.place import place_labels
from cemlab.report.rows import ACCENT, BRAND, MID, PALE, WIDTH, right_text, row_axes, styled

CLASSES = {
    "M": ("必备", "Must-be"), "O": ("期望", "One-dimensional"), "A": ("魅力", "Attractive"), "I": ("无差异", "Indifferent"),
    "R": ("反向", "Reverse"), "Q": ("矛盾", "Questionable"),
}  # fmt: skip


def plain(ax):
    """Axes without a frame, with a light grid."""
    for side in ("right", "top"):
        ax.spines[side].set_visible(False)
    ax.grid(color=LINE, linewidth=0.4)
    ax.set_axisbelow(True)


def better_worse(estimates, *, codebook=None, lang="zh", names=None):
    """Features by what their lack costs (worse) and what their presence brings (better), four quadrants, with intervals.

    Parameters
    ----------
    estimates : pandas.DataFrame
        `kano(...).estimates`, one group, flagged.
    codebook, lang
        As in `score_dots`.
    names : dict, optional
        Feature -> what it is called.

    Returns
    -------
    matplotlib.figure.Figure
    """
    from matplotlib.figure import Figure

    labels = Labels(codebook, lang)
    good = estimates[estimates["status"].isin(["ok", "low_base"])]
    better = good[good["metric"] == "better"].set_index("item")
    worse = good[good["metric"] == "worse"].set_index("item")
    items = [i for i in better.index if i in worse.index]
    texts = [(names or {}).get(i) or labels.code("item", i) for i in items]
    with styled():
        fig = Figure(figsize=(WIDTH, 6.2))
        ax = fig.add_axes((0.085, 0.1, 0.88, 0.86))
        ax.set_xlim(0, 100)
        ax.set_ylim(0, 100)
        ax.axvline(50, color=MID, linewidth=0.9, linestyle=(0, (4, 3)))
        ax.axhline(50, color=MID, linewidth=0.9, linestyle=(0, (4, 3)))
        corners = {
            "A": (1, 98.5, "left", "top"),
            "O": (99, 98.5, "right", "top"),
            "I": (1, 1.5, "left", "bottom"),
            "M": (99, 1.5, "right", "bottom"),
        }
        for kind, (x, y, ha, va) in corners.items():
            ax.text(x, y, CLASSES[kind][labels.which], color=SOFT, size=10.5, ha=ha, va=va)
        strokes = []
        for item in items:
            b, w = better.loc[item], worse.loc[item]
            x, y = -w["estimate"], b["estimate"]
            strokes += [(-w["ci_high"], y, -w["ci_low"], y), (x, b["ci_low"], x, b["ci_high"])]
            ax.plot(x, y, "o", color=BRAND, markersize=6.5, zorder=5)
        for x0, y0, x1, y1 in strokes:
            ax.plot([x0, x1], [y0, y1], color=MID, linewidth=0.9, zorder=2)
        ax.set_xlabel(labels.say("没有时的不满（Worse 的绝对值，%）", "What its lack costs (worse, %)"), color=SOFT)
        ax.set_ylabel(labels.say("有时的满意（Better，%）", "What its presence brings (better, %)"), color=SOFT)
        plain(ax)
        place_labels(
            ax,
            [-worse.loc[i, "estimate"] for i in items],
            [better.loc[i, "estimate"] for i in items],
            texts,
            lines=strokes,
        )
    told = [
        f"{t} {better.loc[i, 'estimate']:.1f} / {-worse.loc[i, 'estimate']:.1f}"
        for t, i in zip(texts, items, strict=True)
    ]
    fig.cemlab_alt = labels.say("Better-Worse 四象限：", "Better-worse quadrant: ") + labels.say("；", "; ").join(told)
    fig.cemlab_note = labels.say("十字线为 95% 置信区间；虚线在 50%。", "Whiskers: 95 % intervals; dashed: 50 %.")
    return fig


def reach_curve(curve, *, codebook=None, lang="zh", names=None):
    """Reach of the best set of each size, with its interval and what the set holds.

    Parameters
    ----------
    curve : pandas.DataFrame
        `turf(...).curve`.
    codebook, lang
        As in `score_dots`.
    names : dict of int to str, optional
        Size -> the best set in words.

    Returns
    -------
    matplotlib.figure.Figure
    """
    from matplotlib.figure import Figure

    labels, rows = Labels(codebook, lang), curve.sort_values("at").to_dict("records")
    told = []
    with styled():
        fig = Figure(figsize=(WIDTH, 3.9))
        ax = fig.add_axes((0.085, 0.15, 0.55, 0.78))
        for row in rows:
            ax.plot([row["at"]] * 2, [row["ci_low"], row["ci_high"]], color=MID, linewidth=1.4)
        ax.plot([r["at"] for r in rows], [r["estimate"] for r in rows], "-o", color=BRAND, markersize=6, linewidth=1.6)
        for place, row in enumerate(rows):
            ax.annotate(
                f"{row['estimate']:.1f}",
                (row["at"], row["ci_high"]),
                xytext=(0, 3),
                textcoords="offset points",
                ha="center",
                size=9,
            )
            held = (names or {}).get(int(row["at"]), "")
            y = 0.92 - place * 0.8 / max(len(rows) - 1, 1)
            text = f"{int(row['at'])}{labels.say('：', ': ')}{held}"
            lines = (
                "\n".join(text[i : i + 22] for i in range(0, len(text), 22))
                if lang == "zh"
                else "\n".join(broken(text, 34))
            )
            fig.text(0.67, y, lines, size=9, color=INK, va="top")
            told.append(f"{text} {row['estimate']:.1f}%")
        ax.set_xticks([int(r["at"]) for r in rows])
        ax.set_xlim(rows[0]["at"] - 0.4, rows[-1]["at"] + 0.4)
        low = min(r["ci_low"] for r in rows)
        ax.set_ylim(max(low - 10, 0), 103)
        ax.set_xlabel(labels.say("款数", "Number of variants"), color=SOFT)
        ax.set_ylabel(labels.say("触达（%）", "Reach (%)"), color=SOFT)
        plain(ax)
    fig.cemlab_alt = labels.say("触达曲线：", "Reach: ") + labels.say("；", "; ").join(told)
    fig.cemlab_note = labels.say(
        f"竖线为 95% 置信区间；n={int(rows[0]['n']):,}。", f"Lines: 95 % intervals; n={int(rows[0]['n']):,}."
    )
    return fig


def broken(text, width):
    """Lines of words."""
    import textwrap

    return textwrap.wrap(text, width)


def penalty_chart(penalties, *, codebook=None, lang="zh", names=None, least=20.0):
    """Share of people on a side against what it costs in liking; curves of equal total penalty; sides under the rule pale.

    Parameters
    ----------
    penalties : pandas.DataFrame
        ``item, side, share, drop, drop_low, drop_high, named, status``, one product (or all together).
    codebook, lang
        As in `score_dots`.
    names : list of str, optional
        What each row is called.
    least : float, default 20
        Share from which a side is acted upon.

    Returns
    -------
    matplotlib.figure.Figure
    """
    from matplotlib.figure import Figure

    labels = Labels(codebook, lang)
    frame = penalties.assign(name=names if names is not None else penalties["item"] + " " + penalties["side"])
    frame = frame[np.isfinite(frame["drop"]) & (frame["share"] > 0)].reset_index(drop=True)
    with styled():
        fig = Figure(figsize=(WIDTH, 5.2))
        ax = fig.add_axes((0.085, 0.12, 0.88, 0.84))
        matters = frame[frame["share"] >= least]
        spread = matters if len(matters) else frame
        high = max(spread["drop_high"].max(skipna=True), frame["drop"].max(), 0.5) * 1.1
        low = min(spread["drop_low"].min(skipna=True), frame["drop"].min(), 0) * 1.1
        right = max(frame["share"].max() * 1.15, least * 1.6)
        ax.set_xlim(0, right)
        ax.set_ylim(low, high)
        shares = np.linspace(right * 0.02, right, 120)
        for total in (0.25, 0.5, 1.0):
            curve = 100 * total / shares
            inside = curve <= high
            if inside.any():
                ax.plot(shares[inside], curve[inside], color=PALE, linewidth=1.0, zorder=1)
                ax.text(right, curve[-1], f" {total:g}", color=SOFT, size=8, va="center", ha="right") if curve[
                    -1
                ] < high else None
        ax.axvline(least, color=MID, linewidth=0.9, linestyle=(0, (4, 3)))
        ax.axhline(0, color=MID, linewidth=0.8)
        strokes = []
        for row in frame.to_dict("records"):
            known = row["share"] >= least
            colour = ACCENT if row["named"] else BRAND if known else MID
            if known and np.isfinite(row["drop_low"]):
                ax.plot([row["share"]] * 2, [row["drop_low"], row["drop_high"]], color=colour, linewidth=1.1, zorder=3)
                strokes.append((row["share"], row["drop_low"], row["share"], row["drop_high"]))
            ax.plot(
                row["share"],
                row["drop"],
                "o",
                markersize=7,
                markeredgecolor=colour,
                markerfacecolor=colour if row["named"] else "white",
                zorder=4,
            )
        ax.set_xlabel(labels.say("认为如此的占比（%）", "Share of people on the side (%)"), color=SOFT)
        ax.set_ylabel(labels.say("喜好下降（分）", "Drop in liking (points)"), color=SOFT)
        plain(ax)
        told_apart = frame if len(frame) <= 10 else frame[(frame["share"] >= least) | frame["named"]]
        place_labels(ax, told_apart["share"], told_apart["drop"], list(told_apart["name"]), lines=strokes)
    told = [
        f"{r['name']} {r['share']:.1f}% × {r['drop']:.2f}"
        for r in frame.sort_values("total", ascending=False).head(10).to_dict("records")
    ]
    fig.cemlab_alt = labels.say("惩罚图：", "Penalty chart: ") + labels.say("；", "; ").join(told)
    fig.cemlab_note = labels.say(
        f"实心点：不少于 {least:g}% 的人如此认为，且喜好下降经检验成立；竖线为 95% 置信区间；浅线上总惩罚（占比×下降）相同。",
        f"Solid: said by {least:g} % or more, and the drop stands; lines: 95 % intervals; pale curves: equal total penalty.",
    )
    return fig


def value_bars(rows, *, codebook=None, lang="zh", head="", digits=2, zero=True):
    """Values in rows with intervals: utilities, importances, shares of a market.

    Parameters
    ----------
    rows : pandas.DataFrame
        ``name, estimate, ci_low, ci_high``; a missing estimate makes the row a heading; an optional column ``strong``
        draws a row darker.
    codebook, lang
        As in `score_dots`.
    head : str
        Name of the axis.
    digits : int
    zero : bool
        Bars from nought; dots otherwise.

    Returns
    -------
    matplotlib.figure.Figure
    """
    labels, told = Labels(codebook, lang), []
    frame = rows.reset_index(drop=True)
    values = frame[["estimate", "ci_low", "ci_high"]].to_numpy(float)
    values = values[np.isfinite(values)]
    low, high = min(values.min(), 0), max(values.max(), 0)
    air = (high - low) * 0.06 or 1
    with styled():
        fig, ax, y = row_axes(list(frame["name"]), heads=[head], low=low - (air if low < 0 else 0), high=high + air)
        ax.axvline(0, color=MID, linewidth=0.8)
        for row, at in zip(frame.to_dict("records"), y, strict=True):
            if not np.isfinite(row["estimate"]):
                continue
            strong = row.get("strong", True)
            ax.barh(at, row["estimate"], height=0.24, color=BRAND if strong else PALE, zorder=2)
            text = f"{row['estimate']:.{digits}f}"
            if np.isfinite(row["ci_low"]):
                ax.plot([row["ci_low"], row["ci_high"]], [at, at], color=ACCENT, linewidth=1.4, zorder=3)
                text += f" [{row['ci_low']:.{digits}f}, {row['ci_high']:.{digits}f}]"
            right_text(ax, at, text, 0)
            told.append(f"{row['name']} {text}")
        ax.set_xlabel(head, color=SOFT)
    fig.cemlab_alt = f"{head}{labels.say('：', ': ')}{labels.say('；', '; ').join(told[:20])}"
    fig.cemlab_note = (
        labels.say("方括号与横线为 95% 区间。", "Brackets and lines: 95 % intervals.")
        if np.isfinite(frame["ci_low"]).any()
        else ""
    )
    return fig

"""Charts along the way of a customer: the experience curve and satisfaction over waiting time."""

import numpy as np

from cemlab.checks import require_columns
from cemlab.report.fonts import INK, LINE, SOFT
from cemlab.report.labels import Labels, count, wrap
from cemlab.report.rows import ACCENT, BRAND, MID, PALE, WIDTH, styled
from cemlab.report.wording import number

MANY = 11  # touchpoints up to which names stand level under the curve
LONG = 34  # Latin letters of an upright name; a Chinese character is two
KINDS = {"function": ("功能性", "Function"), "emotion": ("情感性", "Emotion")}


def journey_curve(table, *, codebook=None, lang="zh"):
    """Satisfaction along the journey, stage by stage, with low and high points and the reach of each touchpoint.

    Parameters
    ----------
    table : pandas.DataFrame
        Output of `experience_curve`.
    codebook, lang
        As in `score_dots`.

    Returns
    -------
    matplotlib.figure.Figure
        A filled triangle downwards marks a low point, upwards a high point; both are told in words.

    Raises
    ------
    ValueError
        A column is missing, or no touchpoint with a figure.
    """
    where, labels = "journey_curve", Labels(codebook, lang)
    require_columns(
        table.columns, ["item", "stage", "kind", "estimate", "ci_low", "ci_high", "reach", "mark", "n"], where
    )
    frame = table.reset_index(drop=True)
    seen = np.isfinite(frame["estimate"].to_numpy(float))
    if not seen.any():
        raise ValueError(f"{where}: no touchpoint has a figure; there is nothing to draw.")
    from matplotlib.figure import Figure

    texts, at = [labels.code("item", item) for item in frame["item"]], np.arange(len(frame))
    upright = len(frame) > MANY
    names = [shortened(text) for text in texts] if upright else texts
    room = 0.2 + 0.058 * max(map(breadth, names)) if upright else 1.05  # inches under the curve
    room = max(room, 1.5) if upright else room
    height = 3.35 + room
    with styled():
        fig = Figure(figsize=(WIDTH, height))
        ax = fig.add_axes((0.07, room / height, 0.91, 2.9 / height))
        low, high = np.nanmin(frame[["estimate", "ci_low"]]), np.nanmax(frame[["estimate", "ci_high"]])
        air = max(high - low, 5) * 0.18
        ax.set_ylim(max(low - air, 0), min(high + air, 104))
        ax.set_xlim(-0.6, len(frame) - 0.4)
        stages(ax, frame, labels)
        middle = frame.loc[seen, "estimate"].mean()
        ax.axhline(middle, color=MID, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
        for kind in dict.fromkeys(frame["kind"]):
            part = seen & (frame["kind"] == kind).to_numpy()
            style = (0, (1, 1.5)) if kind == "emotion" else "-"
            name = KINDS[kind][labels.which] if kind in KINDS else None
            ax.plot(
                at[part], frame["estimate"][part], color=BRAND, linewidth=1.8, linestyle=style, zorder=3, label=name
            )
        ax.vlines(at[seen], frame["ci_low"][seen], frame["ci_high"][seen], color=BRAND, linewidth=1.4, zorder=3)
        for row, place in zip(frame.to_dict("records"), at, strict=True):
            if not np.isfinite(row["estimate"]):
                ax.text(place, middle, "—", ha="center", va="center", color=SOFT)
                continue
            marker = {"low_point": "v", "high_point": "^"}.get(row["mark"], "o")
            colour = ACCENT if row["mark"] == "low_point" else BRAND
            ax.plot(
                place,
                row["estimate"],
                marker,
                markersize=6 if marker == "o" else 10,
                color=colour,
                markeredgecolor="white",
                zorder=5,
            )
            down = row["mark"] == "low_point"
            edge = row["ci_low"] if down else row["ci_high"]
            ax.annotate(number(row["estimate"], "percent"), (place, edge), xytext=(0, -6 if down else 5), textcoords="offset points",
                        ha="center", va="top" if down else "bottom", size=9, color=colour if down else INK, zorder=6,
                        bbox={"facecolor": "white", "alpha": 0.8, "linewidth": 0, "pad": 0.8})  # fmt: skip
        ax.set_xticks(
            at,
            ticks(frame, names, labels, upright),
            size=8,
            rotation=90 if upright else 0,
            multialignment="right" if upright else "center",
        )
        ax.set_ylabel(labels.say("满意度（0～100）", "Satisfaction (0 to 100)"), color=SOFT)
        if set(frame["kind"]) & set(KINDS):
            ax.legend(loc="lower left", frameon=False, fontsize=8.5)
        for side in ("top", "right", "left"):
            ax.spines[side].set_visible(False)
        ax.grid(axis="y", color=LINE, linewidth=0.6)
        ax.set_axisbelow(True)
    words = {"low_point": labels.say("（痛点）", " (low point)"), "high_point": labels.say("（高点）", " (high point)")}
    told = [
        f"{text} {number(row['estimate'], 'percent') if np.isfinite(row['estimate']) else '—'}{words.get(row['mark'], '')}"
        for text, row in zip(texts, frame.to_dict("records"), strict=True)
    ]
    fig.cemlab_alt = labels.say("体验曲线：", "Experience curve: ") + labels.say("；", "; ").join(told)
    level = frame["level"].iloc[0] if "level" in frame else 0.95
    notes = [
        labels.say(
            f"竖线为 {level:.0%} 置信区间，虚线为各触点均值。",
            f"Bars: {level:.0%} CI; dashed: mean of the touchpoints.",
        )
    ]
    marked = (frame["mark"] != "").any()
    notes.append(
        labels.say(
            "▼ 痛点、▲ 高点：经多重比较校正后显著低于或高于均值。",
            "Triangles: significantly below or above the mean, adjusted.",
        )
        if marked
        else labels.say("未见显著的痛点或高点。", "No low or high point is significant.")
    )
    fig.cemlab_note = " ".join(notes)
    return fig


def ticks(frame, texts, labels, upright):
    """Name, reach and base of each touchpoint: under one another, or of many touchpoints beside each other, upright."""
    width, reach = max(3, min(12, 42 // len(frame))), labels.say("使用 ", "used ")
    out = []
    for text, row in zip(texts, frame.to_dict("records"), strict=True):
        facts = f"{reach}{row['reach']:.0f}%", f"n={count(row['n'], labels)}"
        out.append(f"{text}\n{' '.join(facts)}" if upright else "\n".join([wrap(text, width), *facts]))
    return out


def breadth(text):
    """Width of a text in Latin letters; a Chinese character is two of them."""
    return sum(2 if ord(sign) > 0x2E7F else 1 for sign in text)


def shortened(text):
    """A name of at most `LONG` letters."""
    while breadth(text) > LONG:
        text = text[:-2] + "…"
    return text


def stages(ax, frame, labels):
    """Shade every other stage and name all of them above the curve."""
    starts = np.flatnonzero(frame["stage"].ne(frame["stage"].shift()).to_numpy())
    for place, (begin, end) in enumerate(zip(starts, [*starts[1:], len(frame)], strict=True)):
        name = labels.code("stage", frame["stage"][begin]) if frame["stage"][begin] else ""
        if place % 2 == 0 and len(starts) > 1:
            ax.axvspan(begin - 0.5, end - 0.5, color=PALE, alpha=0.25, linewidth=0, zorder=0)
        text = wrap(name, max(4, min(5 * (end - begin), int(7.5 * WIDTH * (end - begin) / len(frame)))))
        ax.text(
            (begin + end - 1) / 2,
            1.02,
            text,
            transform=ax.get_xaxis_transform(),
            ha="center",
            va="bottom",
            color=BRAND,
            size=9,
        )


def waiting_chart(curve, knee, *, codebook=None, lang="zh", wait="", outcome="", time_unit=""):
    """Satisfaction over waiting time with its band, and the knee with its interval where there is one.

    Parameters
    ----------
    curve, knee : pandas.DataFrame
        What `waiting_curve` returns.
    codebook, lang
        As in `score_dots`.
    wait, outcome, time_unit : str
        Names of the axes ("等候时间", "满意度", "分钟").

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        A column is missing, or no rows.
    """
    where, labels = "waiting_chart", Labels(codebook, lang)
    require_columns(curve.columns, ["at", "estimate", "ci_low", "ci_high", "n"], where)
    require_columns(knee.columns, ["metric", "estimate", "ci_low", "ci_high", "status"], where)
    if not len(curve):
        raise ValueError(f"{where}: the frame has no rows; there is nothing to draw.")
    from matplotlib.figure import Figure

    row = knee.set_index("metric").loc["knee"]
    unit = f"（{time_unit}）" if lang == "zh" and time_unit else f" ({time_unit})" if time_unit else ""
    with styled():
        fig = Figure(figsize=(WIDTH, 3.8))
        ax = fig.add_axes((0.075, 0.16, 0.9, 0.78))
        ax.fill_between(curve["at"], curve["ci_low"], curve["ci_high"], color=PALE, alpha=0.6, linewidth=0, zorder=1)
        ax.plot(curve["at"], curve["estimate"], color=BRAND, linewidth=2, zorder=3)
        if row["status"] == "ok":
            ax.axvspan(row["ci_low"], row["ci_high"], color=ACCENT, alpha=0.15, linewidth=0, zorder=0)
            ax.axvline(row["estimate"], color=ACCENT, linewidth=1.2, zorder=2)
            text = (
                labels.say("拐点 ", "Knee ")
                + f"{number(row['estimate'], 'points')} [{number(row['ci_low'], 'points')}, {number(row['ci_high'], 'points')}]"
            )
            right = row["estimate"] > np.mean(ax.get_xlim())
            ax.text(
                row["estimate"],
                0.97,
                f" {text} ",
                transform=ax.get_xaxis_transform(),
                ha="right" if right else "left",
                va="top",
                color=ACCENT,
                size=9,
            )
        ax.set_xlabel((wait or labels.say("等候时间", "Waiting time")) + unit, color=SOFT)
        ax.set_ylabel(outcome or labels.say("满意度", "Satisfaction"), color=SOFT)
        for side in ("top", "right", "left"):
            ax.spines[side].set_visible(False)
        ax.grid(axis="y", color=LINE, linewidth=0.6)
        ax.set_axisbelow(True)
    ends = curve.iloc[[0, -1]]
    told = labels.say("、", ", ").join(
        f"{number(a, 'points')}: {number(b, 'mean')}" for a, b in zip(ends["at"], ends["estimate"], strict=True)
    )
    no_knee = labels.say("未见显著拐点", "no evidence of a knee")
    said = no_knee if row["status"] != "ok" else labels.say("拐点 ", "knee ") + number(row["estimate"], "points")
    fig.cemlab_alt = (
        labels.say("满意度随等候时间的变化：", "Satisfaction over waiting time: ")
        + told
        + labels.say("；", "; ")
        + said
    )
    level = curve["level"].iloc[0] if "level" in curve else 0.95
    n = count(curve["n"].iloc[0], labels)
    fig.cemlab_note = labels.say(
        f"浅色带为 {level:.0%} 置信区间，n={n}。"
        + ("橙色带为拐点的置信区间。" if row["status"] == "ok" else no_knee + "。")
        + "关联不等于因果。",
        f"Band: {level:.0%} CI, n={n}. "
        + ("Orange: interval of the knee." if row["status"] == "ok" else no_knee.capitalize() + ".")
        + " Association, not cause.",
    )
    return fig

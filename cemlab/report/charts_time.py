"""Scores over time: waves with their intervals, or periods of a control chart with its limits and signals."""

import numpy as np
import pandas as pd

from cemlab.checks import require_columns
from cemlab.report.fonts import INK, LINE, SOFT, style
from cemlab.report.labels import NOT_SHOWN, Labels, count, cuts, wrap
from cemlab.report.rows import ACCENT, BRAND, MID, PALE, WIDTH, one_unit
from cemlab.report.wording import number

FEW = 12  # up to here every point carries its value and its base
SIGNALS = {"beyond": ("超出控制限", "outside the limits"), "run": ("连续同侧", "run on one side")}


def score_over_time(frame, *, x=None, codebook=None, lang="zh", changes=None, target=None):
    """A score over waves or periods, one line.

    Parameters
    ----------
    frame : pandas.DataFrame
        Estimates with one row a wave (drawn with their intervals), or a control chart with ``centre, lower, upper,
        signal`` (drawn with its limits; signals are marked by shape and told in words). One unit, one item, rows in
        order of time.
    x : str, optional
        Column of the time axis; the only `by` column of estimates, ``at`` of a control chart.
    codebook : Codebook, optional
        Gives labels of waves; changes that it notes at a wave are marked unless `changes` is given.
    lang : {"zh", "en"}
    changes : dict of str to str, optional
        Changes of questionnaire, quota or panel by wave or period: a numbered line in the chart, told in the note.
    target : float, optional
        Drawn as a line of its own.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        A column is missing, no rows, several units, several series, or an unknown wave in `changes`.
    """
    where, labels = "score_over_time", Labels(codebook, lang)
    limits = {"centre", "lower", "upper"} <= set(frame.columns)
    x = x or _time_column(frame, limits, where)
    score = "value" if "value" in frame.columns else "estimate"
    require_columns(frame.columns, [x, score, "unit", "n", "status"], where)
    if frame[x].duplicated().any():
        again = frame.loc[frame[x].duplicated(), x].iloc[0]
        raise ValueError(f"{where}: {x!r} holds {again!r} twice; draw one series at a time, filter first.")
    unit = one_unit(frame, where)
    frame = frame.reset_index(drop=True).rename(columns={score: "score"})
    frame.loc[frame["status"].isin(NOT_SHOWN), "score"] = np.nan
    ticks = [labels.code(x, value) for value in frame[x]]
    changes = _changes(frame, x, codebook, labels, changes, where)
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(style()):
        fig = Figure(figsize=(WIDTH, 3.6))
        ax = fig.add_axes((0.075, 0.2, 0.81, 0.7))
        at = np.arange(len(frame))
        ax.set_xlim(-0.6, len(frame) - 0.4 + 0.02 * len(frame))
        if limits:
            _limits(ax, frame, at, unit, labels)
        else:
            _intervals(ax, frame, at)
        ax.plot(at, frame["score"], color=BRAND, linewidth=1.8, marker="o", markersize=5, zorder=4)
        marked = _signals(ax, frame, at) if limits else np.zeros(len(frame), bool)
        if target is not None:
            ax.axhline(target, color=INK, linewidth=0.9, linestyle=(0, (1, 2)), zorder=1)
            _at_end(ax, target, labels.say(f"目标 {number(target, unit)}", f"Target {number(target, unit)}"), INK)
        if unit == "per_1000":
            ax.set_ylim(bottom=0)
        _values(ax, frame, at, unit, marked)
        _ticks(ax, frame, at, ticks, labels)
        for place, (position, _) in enumerate(changes, 1):
            ax.axvline(position - 0.5, color=MID, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
            ax.text(
                position - 0.5,
                1.02,
                f"({place})",
                transform=ax.get_xaxis_transform(),
                ha="center",
                color=SOFT,
                size=8.5,
            )
        metrics = frame["metric"].unique() if "metric" in frame else []
        name = labels.metric(metrics[0]) if len(metrics) == 1 else labels.head("estimate")
        ax.set_ylabel(f"{name}（{labels.unit(unit)}）" if lang == "zh" else f"{name} ({labels.unit(unit)})", color=SOFT)
        for side in ("top", "right", "left"):
            ax.spines[side].set_visible(False)
        ax.grid(axis="y", color=LINE, linewidth=0.6)
        ax.set_axisbelow(True)
    return _describe(fig, frame, ticks, unit, labels, name, limits, marked, changes)


def _time_column(frame, limits, where):
    if limits and "at" in frame:
        return "at"
    known = (*("value", "statistic", "centre", "lower", "upper", "sigma", "signal", "rule", "chart", "start"),)
    found = [column for column in cuts(frame) if column not in known and frame[column].nunique() > 1]
    found = found or [column for column in cuts(frame) if column not in known]
    if len(found) != 1:
        raise ValueError(
            f"{where}: which column is the time? Name it with `x`; there is {found or list(frame.columns)}."
        )
    return found[0]


def _changes(frame, x, codebook, labels, changes, where):
    """(position, text) of each change that falls on the axis, in order."""
    values = [str(value) for value in frame[x]]
    if changes is None and codebook is not None:
        noted = {name: wave.changes(labels.lang) if wave.changes else "" for name, wave in codebook.waves.items()}
        changes = {name: text for name, text in noted.items() if text and name in values}
    unknown = [name for name in changes or {} if str(name) not in values]
    if unknown:
        raise ValueError(f"{where}: `changes` names {unknown}, which {x!r} does not hold; it holds {values[:8]}.")
    found = [(values.index(str(name)), text) for name, text in (changes or {}).items()]
    return sorted(found)


def _limits(ax, frame, at, unit, labels):
    ax.fill_between(at, frame["lower"], frame["upper"], step="mid", color=PALE, alpha=0.45, linewidth=0, zorder=1)
    ax.step(at, frame["centre"], where="mid", color=MID, linewidth=1, zorder=2)
    centre = frame["centre"].dropna()
    if len(centre):
        text = labels.say("中心线 ", "Centre ") + number(centre.iloc[-1], unit)
        _at_end(ax, centre.iloc[-1], text, SOFT)


def _at_end(ax, y, text, colour):
    ax.text(1.005, y, text, transform=ax.get_yaxis_transform(), ha="left", va="center", size=8.5, color=colour)


def _intervals(ax, frame, at):
    if not {"ci_low", "ci_high"} <= set(frame.columns):
        return
    seen = frame["score"].notna() & frame["ci_low"].notna()
    ax.vlines(at[seen], frame["ci_low"][seen], frame["ci_high"][seen], color=BRAND, linewidth=1.4, zorder=3)


def _signals(ax, frame, at):
    marked = frame["signal"].fillna("").astype(str).isin(("", "False", "0")).to_numpy() ^ True
    marked &= frame["score"].notna().to_numpy()
    ax.plot(at[marked], frame["score"][marked], "D", markersize=8, color=ACCENT, markeredgecolor="white", zorder=5)
    return marked


def _values(ax, frame, at, unit, marked):
    """Print values: all of a few points, else the last, the ends of the range and the signals."""
    seen = frame["score"].dropna()
    if not len(seen):
        return
    wanted = set(seen.index)
    if len(frame) > FEW:
        first = np.flatnonzero(marked & ~np.roll(marked, 1)) if len(marked) else []
        wanted = {seen.index[-1], seen.idxmax(), seen.idxmin()} | set(first if len(first) <= 8 else [])
    bars = {"ci_low", "ci_high"} <= set(frame.columns)
    for place in sorted(wanted):
        score = frame["score"][place]
        weak = "*" if frame["status"][place] == "low_base" else ""
        around = frame["score"].iloc[max(place - 1, 0) : place + 2].dropna()
        below = len(frame) > FEW and score == around.min()
        top = frame["ci_high"][place] if bars and pd.notna(frame["ci_high"][place]) else score
        ax.annotate(number(score, unit) + weak, (at[place], top), xytext=(0, -8 if below else 7),
                    textcoords="offset points", ha="center", va="top" if below else "baseline", size=9, color=INK, zorder=6,
                    bbox={"boxstyle": "square,pad=0.1", "fc": "white", "ec": "none", "alpha": 0.75})  # fmt: skip
    ax.margins(y=0.18)


def _ticks(ax, frame, at, ticks, labels):
    if len(frame) <= FEW:
        width = 12 if len(frame) <= 5 else 6
        texts = [f"{wrap(text, width)}\nn={count(n, labels)}" for text, n in zip(ticks, frame["n"], strict=True)]
        ax.set_xticks(at, texts, size=8.5)
    else:
        every = int(np.ceil(len(frame) / 10))
        ax.set_xticks(at[::every], [wrap(text, 6) for text in ticks[::every]], size=8.5)


def _describe(fig, frame, ticks, unit, labels, name, limits, marked, changes):
    colon, stop = labels.say("：", ": "), labels.say("；", "; ")
    seen = frame["score"].notna()
    points = [f"{tick} {number(score, unit)}" for tick, score in zip(ticks, frame["score"].fillna(0), strict=True)]
    points = [point if there else f"{tick} —" for point, there, tick in zip(points, seen, ticks, strict=True)]
    told = points if len(points) <= FEW else [points[0], "…", *points[-3:]]
    notes = []
    if limits:
        notes.append(labels.say("灰带为控制限，横线为中心线。", "Grey band: control limits; line: centre."))
        if marked.any():
            where = [tick for tick, there in zip(ticks, marked, strict=True) if there]
            which = labels.say("、", ", ").join(where[:6]) + ("…" if len(where) > 6 else "")
            notes.append(
                labels.say(
                    f"菱形为信号（提示关注，不等于结论）：{which}。", f"Diamonds are signals, not claims: {which}."
                )
            )
    elif "level" in frame and len(frame["level"].dropna().unique()) == 1:
        level = frame["level"].dropna().iloc[0]
        notes.append(labels.say(f"误差线：{level:.0%} 置信区间。", f"Bars: {level:.0%} CI."))
        told = [
            f"{point} [{number(low, unit)}, {number(high, unit)}]" if there and pd.notna(low) else point
            for point, there, low, high in zip(points, seen, frame["ci_low"], frame["ci_high"], strict=True)
        ][-FEW:]
    if len(frame) > FEW:
        low, high = count(frame["n"].min(), labels), count(frame["n"].max(), labels)
        notes.append(labels.say(f"每期 n={low}～{high}。", f"n={low} to {high} a period."))
    if (~seen).any():
        hidden = int((~seen).sum())
        notes.append(labels.say(f"{hidden} 期样本不足，不显示。", f"{hidden} period(s) not shown, base too small."))
    if (frame["status"] == "low_base").any():
        notes.append(labels.say("* 样本偏少，仅供参考。", "* Small base, indicative only."))
    if changes:
        notes.append(labels.say("虚线处有变动：", "Dashed lines mark changes:"))
    notes += [f"({place}) {text}{labels.say('。', '.')}" for place, (_, text) in enumerate(changes, 1)]
    fig.cemlab_alt = f"{name}{colon}{stop.join(told)}"
    fig.cemlab_note = " ".join(notes).replace("。。", "。")
    return fig

"""Charts to watch over units and days: the funnel plot of stores or agents, and the thermometer."""

import numpy as np

from cemlab.analyse.funnel_plot import funnel_curve
from cemlab.checks import require_columns
from cemlab.report.fonts import INK, LINE, SOFT
from cemlab.report.labels import Labels, count
from cemlab.report.place import place_labels
from cemlab.report.rows import ACCENT, BRAND, MID, PALE, WIDTH, styled
from cemlab.report.wording import number

SIGNALS = {"beyond_95": ("超出 95% 限", "beyond 95 %"), "beyond_998": ("超出 99.8% 限", "beyond 99.8 %")}


def funnel_chart(results, *, by, codebook=None, lang="zh"):
    """Units by number of answers and score, inside limits of 95 and 99.8 %; only units outside are named.

    Parameters
    ----------
    results : pandas.DataFrame
        Output of `funnel_plot`.
    by : str
        Its column of units.
    codebook, lang
        As in `score_dots`.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        A column is missing, or no unit that can be judged.
    """
    where, labels = "funnel_chart", Labels(codebook, lang)
    require_columns(results.columns, [by, "estimate", "n_eff", "target", "signal", "status", "unit"], where)
    frame = results[np.isfinite(results["estimate"])].reset_index(drop=True)
    if not len(frame):
        raise ValueError(f"{where}: no unit can be judged; there is nothing to draw.")
    from matplotlib.figure import Figure

    unit, curve = frame["unit"].iloc[0], funnel_curve(results)
    with styled():
        fig = Figure(figsize=(WIDTH, 4.8))
        ax = fig.add_axes((0.085, 0.13, 0.83, 0.83))
        for name, style, text in (("95", (0, (4, 3)), "95%"), ("998", "-", "99.8%")):
            for side in ("lower", "upper"):
                ax.plot(curve["n_eff"], curve[f"{side}_{name}"], color=MID, linewidth=1, linestyle=style, zorder=2)
            ax.text(
                1.005,
                curve[f"upper_{name}"].iloc[-1],
                text,
                transform=ax.get_yaxis_transform(),
                va="bottom" if name == "998" else "center",
                size=8.5,
                color=SOFT,
            )
        ax.axhline(frame["target"].iloc[0], color=INK, linewidth=0.9, zorder=1)
        ax.set_xlim(curve["n_eff"].iloc[0], curve["n_eff"].iloc[-1])
        low = min(frame["estimate"].min(), curve["lower_998"].iloc[len(curve) // 4])
        high = max(frame["estimate"].max(), curve["upper_998"].iloc[len(curve) // 4])
        ax.set_ylim(low - (high - low) * 0.08, high + (high - low) * 0.08)
        if frame["n_eff"].max() > 8 * frame["n_eff"].min():
            ax.set_xscale("log")
            low, high = ax.get_xlim()
            steps = [m * 10**e for e in range(1, 9) for m in (1, 2, 5) if low <= m * 10**e <= high]
            ax.set_xticks(steps, [count(step, labels) for step in steps])
            ax.minorticks_off()
        for row in frame.to_dict("records"):
            colour = {"beyond_998": ACCENT, "beyond_95": BRAND}.get(row["signal"], MID)
            ax.plot(row["n_eff"], row["estimate"], "D" if row["signal"] == "beyond_998" else "o", markersize=6, zorder=4,
                    markeredgecolor=colour, markerfacecolor="white" if row["status"] == "low_base" else colour)  # fmt: skip
        ax.set_xlabel(labels.say("有效样本量", "Effective base"), color=SOFT)
        ax.set_ylabel(
            f"{labels.metric(frame['metric'].iloc[0])}"
            + labels.say(f"（{labels.unit(unit)}）", f" ({labels.unit(unit)})"),
            color=SOFT,
        )
        for side in ("top", "right"):
            ax.spines[side].set_visible(False)
        ax.grid(color=LINE, linewidth=0.4)
        ax.set_axisbelow(True)
        out = frame[frame["signal"] != ""].assign(far=lambda d: d["z"].abs()).nlargest(12, "far")
        names = [labels.code(by, code) for code in out[by]]
        place_labels(ax, out["n_eff"], out["estimate"], names, size=8.5)
    told = [
        f"{name} {number(row['estimate'], unit)} {SIGNALS[row['signal']][labels.which]}"
        for name, row in zip(names, out.to_dict("records"), strict=True)
    ]
    head = labels.say(f"漏斗图，{len(frame)} 个单位：", f"Funnel plot of {len(frame)} units: ")
    fig.cemlab_alt = head + (labels.say("；", "; ").join(told) or labels.say("均在控制限内", "all inside the limits"))
    wide = frame["method"].iloc[0] == "additive" if "method" in frame else False
    notes = [
        labels.say(
            "横线为整体水平，虚线与实线为 95% 与 99.8% 限。", "Line: overall; dashed and solid: 95 % and 99.8 % limits."
        )
    ]
    notes += (
        [labels.say("控制限已计入单位间的常态差异。", "Limits allow for the usual spread between units.")]
        if wide
        else []
    )
    notes.append(
        labels.say("超限是提示，不等于结论；不宜按原始得分排名。", "Signals, not claims; raw scores make no ranking.")
    )
    hidden = len(results) - len(frame)
    notes += (
        [labels.say(f"{hidden} 个单位样本不足，未列入。", f"{hidden} unit(s) not shown, base too small.")]
        if hidden
        else []
    )
    fig.cemlab_note = " ".join(notes)
    return fig


def thermometer(charts, *, codebook=None, lang="zh"):
    """The last period of several control charts on dials, each inside its own limits; falling together is an alarm.

    Parameters
    ----------
    charts : list of pandas.DataFrame
        Control charts (`control_chart`), one series each: NPS and satisfaction, best with chart="ewma".
    codebook, lang
        As in `score_dots`.

    Returns
    -------
    matplotlib.figure.Figure
        With ``cemlab_alarm``: True where the last point of every chart lies below its lower limit.

    Raises
    ------
    ValueError
        No chart, a column is missing, or a chart without any point that can be judged.
    """
    where, labels = "thermometer", Labels(codebook, lang)
    if not len(charts):
        raise ValueError(f"{where}: no control charts given; pass a list of them.")
    last = []
    for chart in charts:
        require_columns(
            chart.columns,
            ["metric", "item", "at", "unit", "value", "statistic", "centre", "lower", "upper", "n"],
            where,
        )
        shown = chart[np.isfinite(chart["statistic"])]
        if not len(shown):
            raise ValueError(f"{where}: the chart of {chart['item'].iloc[0]!r} has no period with a figure.")
        last.append(shown.iloc[-1])
    from matplotlib.figure import Figure

    below = [row["statistic"] < row["lower"] for row in last]
    told = []
    with styled():
        fig = Figure(figsize=(WIDTH, 0.5 + 0.95 * len(last)))
        for place, (row, falls) in enumerate(zip(last, below, strict=True)):
            height = 1 / (len(last) + 0.5)
            ax = fig.add_axes((0.24, 1 - (place + 0.78) * height, 0.5, 0.3 * height))
            span = max(row["upper"] - row["lower"], 1e-9)
            low, high = (
                min(row["lower"], row["statistic"]) - span * 0.5,
                max(row["upper"], row["statistic"]) + span * 0.5,
            )
            ax.set_xlim(low, high)
            ax.set_ylim(0, 1)
            for left, right, colour in (
                (low, row["lower"], "#f1d5c3"),
                (row["lower"], row["upper"], PALE),
                (row["upper"], high, "#cfe0d2"),
            ):
                ax.axvspan(left, right, color=colour, linewidth=0)
            ax.axvline(row["centre"], color=INK, linewidth=1)
            ax.plot(
                row["statistic"],
                0.5,
                "D",
                markersize=9,
                color=ACCENT if falls else BRAND,
                markeredgecolor="white",
                clip_on=False,
                zorder=4,
            )
            ax.set_yticks([])
            ax.set_xticks(
                [row["lower"], row["centre"], row["upper"]],
                [number(row[c], row["unit"]) for c in ("lower", "centre", "upper")],
                size=8,
            )
            for side in ax.spines.values():
                side.set_visible(False)
            name = labels.metric(row["metric"]) if row["metric"] == "nps" else labels.code("item", row["item"])
            ax.text(-0.03, 0.5, name, transform=ax.transAxes, ha="right", va="center", size=10, color=INK)
            state = (
                labels.say("低于控制限", "below limits")
                if falls
                else labels.say("高于控制限", "above limits")
                if row["statistic"] > row["upper"]
                else labels.say("正常波动", "usual range")
            )
            smoothed, own = number(row["statistic"], row["unit"]), number(row["value"], row["unit"])
            text = f"{smoothed}  {state}"
            if smoothed != own:  # an EWMA chart: the mark is not the period's own figure
                text += labels.say(f"（当期 {own}）", f" (this period {own})")
            ax.text(
                1.03, 0.5, text, transform=ax.transAxes, ha="left", va="center", size=10, color=ACCENT if falls else INK
            )
            told.append(f"{name} {text} (n={count(row['n'], labels)})")
    fig.cemlab_alarm = bool(all(below)) and len(below) > 1
    fig.cemlab_alt = labels.say("体验温度计：", "Thermometer: ") + labels.say("；", "; ").join(told)
    when = labels.code("at", last[0]["at"])
    note = labels.say(
        f"{when}；菱形与数字为平滑值，括号内为当期值，灰带为控制限，竖线为中心线。",
        f"{when}; diamond and figure: smoothed, in brackets the period's own; grey: control limits, line: centre.",
    )
    if fig.cemlab_alarm:
        note += labels.say(" 警报：各项同时低于控制限。", " Alarm: all of them are below their limits.")
    fig.cemlab_note = note
    return fig

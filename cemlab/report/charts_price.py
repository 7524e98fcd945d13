"""Charts of prices: van Westendorp's curves with their points, demand and revenue."""

import numpy as np

from cemlab.report.fonts import INK, LINE, SOFT
from cemlab.report.labels import Labels
from cemlab.report.rows import ACCENT, BRAND, MID, PALE, WIDTH, styled

CURVES = {
    "too_cheap": ("太便宜", "Too cheap", "#5b7f3a", (0, (4, 2))),
    "cheap": ("便宜", "Cheap", "#5b7f3a", "-"),
    "expensive": ("贵", "Expensive", ACCENT, "-"),
    "too_expensive": ("太贵", "Too expensive", ACCENT, (0, (4, 2))),
}
POINTS = {
    "range_low": ("可接受下限 PMC", "PMC"),
    "opp": ("最优价格点 OPP", "OPP"),
    "idp": ("无差异点 IDP", "IDP"),
    "range_high": ("可接受上限 PME", "PME"),
}


def price(value):
    """A price as printed."""
    return f"{value:,.2f}".rstrip("0").rstrip(".") if value < 1000 else f"{value:,.0f}"


def price_curves(curves, points, *, codebook=None, lang="zh", unit=""):
    """Four cumulative curves, the acceptable range as a band, the four points with their intervals below.

    Parameters
    ----------
    curves, points : pandas.DataFrame
        Of `price_sensitivity`, one group.
    codebook, lang
        As in `score_dots`.
    unit : str
        Of the prices.

    Returns
    -------
    matplotlib.figure.Figure
    """
    from matplotlib.figure import Figure

    labels = Labels(codebook, lang)
    known = points[points["estimate"].notna()].set_index("metric")
    told = []
    with styled():
        fig = Figure(figsize=(WIDTH, 5.6))
        ax = fig.add_axes((0.075, 0.34, 0.9, 0.58))
        below = fig.add_axes((0.075, 0.1, 0.9, 0.18), sharex=ax)
        for name, (chinese, english, colour, style) in CURVES.items():
            rows = curves[curves["metric"] == name].sort_values("at")
            ax.plot(
                rows["at"],
                rows["estimate"],
                color=colour,
                linestyle=style,
                linewidth=1.6,
                label=labels.say(chinese, english),
            )
        if {"range_low", "range_high"} <= set(known.index):
            low, high = known.loc["range_low", "estimate"], known.loc["range_high", "estimate"]
            for axes in (ax, below):
                axes.axvspan(low, high, color=PALE, alpha=0.45, linewidth=0, zorder=0)
        names = [p for p in POINTS if p in known.index]
        for at, name in enumerate(names):
            row = known.loc[name]
            ax.axvline(row["estimate"], color=MID, linewidth=0.8, linestyle=(0, (2, 2)), zorder=1)
            below.plot([row["ci_low"], row["ci_high"]], [at, at], color=BRAND, linewidth=1.8)
            below.plot(row["estimate"], at, "o", color=BRAND, markersize=6)
            text = f"{POINTS[name][labels.which]} {price(row['estimate'])}"
            if np.isfinite(row["ci_low"]):
                text += f" [{price(row['ci_low'])}, {price(row['ci_high'])}]"
            right = max(row["ci_high"] if np.isfinite(row["ci_high"]) else row["estimate"], row["estimate"])
            below.annotate(text, (right, at), xytext=(6, 0), textcoords="offset points", va="center", size=9, color=INK)
            told.append(text)
        stated = curves[curves["metric"].isin(list(CURVES))]
        left, right = limits_of(stated)
        ax.set_xlim(left, right)
        ax.set_ylim(0, 100)
        below.set_ylim(len(names) - 0.4, -0.6)
        below.set_yticks([])
        below.set_xlabel(
            labels.say(f"价格（{unit}）" if unit else "价格", f"Price ({unit})" if unit else "Price"), color=SOFT
        )
        ax.set_ylabel(labels.say("占受访者的百分比（%）", "Share of respondents (%)"), color=SOFT)
        ax.tick_params(axis="x", labelbottom=False)
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=4, frameon=False, fontsize=9)
        for axes in (ax, below):
            for side in ("right", "top", *(["left"] if axes is below else [])):
                axes.spines[side].set_visible(False)
            axes.grid(color=LINE, linewidth=0.4)
            axes.set_axisbelow(True)
    fig.cemlab_alt = labels.say("价格敏感度：", "Price sensitivity: ") + labels.say("；", "; ").join(told)
    fig.cemlab_note = labels.say(
        "灰带为可接受价格区间；方括号与横线为 95% 置信区间（对受访者自助抽样）。",
        "Band: acceptable range; brackets and lines: 95 % intervals (respondents resampled).",
    )
    return fig


def limits_of(stated):
    """Prices between which the curves do something: 0.5 % to 99.5 % on any of them, with air."""
    moving = stated[(stated["estimate"] > 0.5) & (stated["estimate"] < 99.5)]["at"]
    at = moving if len(moving) > 1 else stated["at"]
    air = (at.max() - at.min()) * 0.06 or 1
    return max(at.min() - air, 0), at.max() + air


def demand_chart(demand, optimum=None, *, codebook=None, lang="zh", unit="", share="demand"):
    """Share that would buy at each price, and the revenue per person asked, in two panels under one axis.

    Parameters
    ----------
    demand : pandas.DataFrame
        `price_response(...).demand`, or the curves of `price_sensitivity` (share="trial").
    optimum : pandas.DataFrame, optional
        Rows whose metric ends in "price": the price of most revenue with its interval.
    codebook, lang, unit
        As in `price_curves`.
    share : {"demand", "trial"}

    Returns
    -------
    matplotlib.figure.Figure
    """
    from matplotlib.figure import Figure

    labels = Labels(codebook, lang)
    bought = demand[demand["metric"] == share].sort_values("at")
    earned = demand[demand["metric"] == "revenue"].sort_values("at")
    few = len(bought) <= 15
    with styled():
        fig = Figure(figsize=(WIDTH, 4.9))
        upper, lower = fig.add_axes((0.085, 0.56, 0.88, 0.38)), fig.add_axes((0.085, 0.12, 0.88, 0.36))
        for ax, rows, colour in ((upper, bought, BRAND), (lower, earned, ACCENT)):
            if rows["ci_low"].notna().any():
                ax.fill_between(rows["at"], rows["ci_low"], rows["ci_high"], color=colour, alpha=0.15, linewidth=0)
            ax.plot(rows["at"], rows["estimate"], "-o" if few else "-", color=colour, markersize=5, linewidth=1.6)
            if few:
                top = rows["ci_high"].where(rows["ci_high"].notna(), rows["estimate"])
                for at, estimate, high in zip(rows["at"], rows["estimate"], top, strict=True):
                    text = f"{estimate:.1f}%" if ax is upper else f"{estimate:.2f}"
                    ax.annotate(
                        text, (at, high), xytext=(0, 3), textcoords="offset points", ha="center", size=8.5, color=INK
                    )
            ax.set_ylim(0, np.nanmax(rows[["ci_high", "estimate"]].to_numpy(float)) * 1.18)
            for side in ("right", "top"):
                ax.spines[side].set_visible(False)
            ax.grid(color=LINE, linewidth=0.4)
            ax.set_axisbelow(True)
        best = None if optimum is None else optimum[optimum["metric"] == "revenue_price"]
        note = ""
        if best is not None and len(best) and best["estimate"].notna().any():
            row = best.iloc[0]
            lower.axvline(row["estimate"], color=INK, linewidth=0.9, linestyle=(0, (4, 3)))
            note = labels.say(f"收入最高的价格为 {price(row['estimate'])}", f"Most revenue at {price(row['estimate'])}")
            if np.isfinite(row["ci_low"]) and row["ci_low"] == row["ci_high"]:
                note += labels.say("（95% 的重抽样均为此价）。", " (the same price in 95 % of the resamples).")
            elif np.isfinite(row["ci_low"]):
                lower.axvspan(row["ci_low"], row["ci_high"], color=PALE, alpha=0.5, linewidth=0, zorder=0)
                note += labels.say(
                    f"（95% 置信区间 {price(row['ci_low'])}～{price(row['ci_high'])}，灰带）。",
                    f" (95 % interval {price(row['ci_low'])} to {price(row['ci_high'])}, band).",
                )
            else:
                note += labels.say("。", ".")
        upper.set_ylabel(labels.say("会购买（%）", "Would buy (%)"), color=SOFT)
        money = labels.say(f"（{unit}）", f" ({unit})") if unit else ""
        lower.set_ylabel(labels.say("每位受访者收入", "Revenue per person") + money, color=SOFT)
        lower.set_xlabel(
            labels.say(f"价格（{unit}）" if unit else "价格", f"Price ({unit})" if unit else "Price"), color=SOFT
        )
        lower.set_xlim(upper.get_xlim())
        if few:
            upper.set_xticks(list(bought["at"]))
            lower.set_xticks(list(bought["at"]), [price(at) for at in bought["at"]])
        upper.tick_params(axis="x", labelbottom=False)
    told = [f"{price(r.at)}: {r.estimate:.1f}%" for r in bought.itertuples()][:12]
    fig.cemlab_alt = labels.say("需求曲线：", "Demand: ") + labels.say("；", "; ").join(told)
    band = labels.say("色带为 95% 置信区间。", "Bands: 95 % intervals.") if bought["ci_low"].notna().any() else ""
    fig.cemlab_note = " ".join(text for text in (note, band) if text)
    return fig

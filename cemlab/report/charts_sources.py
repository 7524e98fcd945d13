"""Net sentiment of each source by month: one small panel a source, all on one scale, the others pale behind it."""

import calendar

import numpy as np
import pandas as pd

from cemlab.checks import require_columns
from cemlab.report.fonts import LINE, SOFT
from cemlab.report.labels import Labels, count
from cemlab.report.rows import BRAND, PALE, WIDTH, shown, styled
from cemlab.report.wording import number

MOST = 6  # panels; the sources with most reviews
FEWEST = 3  # months with a figure from which a line is drawn
SIDE = 2  # panels beside each other
PANEL, HEAD, FOOT = 1.5, 0.42, 0.3  # inches


def lines_worth(frame, by):
    """The groups that have months enough for a line, largest first, and how many have not."""
    there = frame[[shown(row) for row in frame.to_dict("records")]]
    months = there.groupby(by)["month"].nunique()
    size = frame.groupby(by)["n"].sum().sort_values(ascending=False, kind="stable")
    fit = [code for code in size.index if months.get(code, 0) >= FEWEST]
    return fit[:MOST], len(size) - len(fit[:MOST])


def source_panels(frame, *, by, names, lang="zh"):
    """Net sentiment by month, a panel for each group.

    Parameters
    ----------
    frame : pandas.DataFrame
        Estimates with ``month`` ("2026-04") and the column `by`.
    by : str
        Column of groups.
    names : list of (code, str)
        Panels in order and what they are called.
    lang : {"zh", "en"}

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        A column is missing.
    """
    from matplotlib.figure import Figure

    require_columns(frame.columns, [by, "month", "estimate", "ci_low", "ci_high", "n", "status"], "source_panels")
    labels, months = Labels(None, lang), sorted(frame["month"].unique())
    lines = {code: line_of(frame[frame[by] == code], months) for code, _ in names}
    lows, highs = (np.concatenate([line[side] for line in lines.values()]) for side in ("ci_low", "ci_high"))
    low, high = np.nanmin(lows), np.nanmax(highs)
    air, down = 0.12 * (high - low) or 5, -(-len(names) // SIDE)
    height, wide = down * (PANEL + HEAD + FOOT), (WIDTH - 0.55 - 0.35) / SIDE
    told = []
    with styled():
        fig = Figure(figsize=(WIDTH, height))
        for place, (code, name) in enumerate(names):
            row, column = divmod(place, SIDE)
            bottom = height - (row + 1) * (PANEL + HEAD + FOOT) + FOOT
            box = (0.55 + column * (wide + 0.3)) / WIDTH, bottom / height, (wide - 0.1) / WIDTH, PANEL / height
            ax = fig.add_axes(box)
            for other in lines:
                if other != code:
                    ax.plot(range(len(months)), lines[other]["estimate"], color=PALE, linewidth=1.2, zorder=1)
            points = draw(ax, lines[code])
            bases = lines[code]["n"].dropna()
            least, most = count(bases.min(), labels), count(bases.max(), labels)
            title = f"{name}（每月 n={least}～{most}）" if lang == "zh" else f"{name} (n={least} to {most} a month)"
            ax.set_title(title, loc="left", size=9.5, pad=6)
            ax.set_ylim(low - air, high + air)
            ax.set_xlim(-0.4, len(months) - 0.6)
            step = -(-len(months) // 6)
            ax.set_xticks(range(0, len(months), step), [month_name(m, months, lang) for m in months[::step]])
            ax.tick_params(axis="both", length=0, labelsize=8.5, labelcolor=SOFT)
            for side in ("top", "right", "left"):
                ax.spines[side].set_visible(False)
            ax.grid(axis="y", color=LINE, linewidth=0.6)
            ax.set_axisbelow(True)
            told.append(f"{name} {points}")
    fig.cemlab_alt = labels.say("；", "; ").join(told)
    fig.cemlab_note = labels.say("竖线为 95% 置信区间，空心点样本偏少。", "Bars: 95% CI; hollow points: small base.")
    return fig


def line_of(rows, months):
    """The months of one group in order, without figures where none may be shown."""
    rows = rows.set_index("month").reindex(months)
    hidden = ~np.array([pd.notna(row["estimate"]) and shown(row) for row in rows.to_dict("records")], bool)
    rows.loc[hidden, ["estimate", "ci_low", "ci_high"]] = np.nan
    return rows.assign(estimate=rows["estimate"].astype(float))


def draw(ax, line):
    """Line, intervals, points; the last figure and the lowest in numbers. Returns them in words."""
    at = np.arange(len(line))
    ax.plot(at, line["estimate"], color=BRAND, linewidth=1.8, zorder=3)
    ax.vlines(
        at, line["ci_low"].astype(float), line["ci_high"].astype(float), color=BRAND, linewidth=1, alpha=0.5, zorder=2
    )
    there = np.flatnonzero(line["estimate"].notna())
    for spot in there:
        weak = line["status"].iloc[spot] == "low_base"
        ax.plot(spot, line["estimate"].iloc[spot], "o", color=BRAND, markersize=4.5, zorder=4,
                markerfacecolor="white" if weak else BRAND)  # fmt: skip
    lowest = there[np.argmin(line["estimate"].to_numpy()[there])]
    for spot in sorted({lowest, there[-1]}):
        figure = number(line["estimate"].iloc[spot], "points")
        box = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}
        ax.annotate(figure, (spot, line["estimate"].iloc[spot]), (5, 5 if spot != lowest else -11), textcoords="offset points",
                    size=8.5, color=BRAND, zorder=5, bbox=box)  # fmt: skip
    return ", ".join(f"{month} {number(line['estimate'].loc[month], 'points')}" for month in line.index[there])


def month_name(month, months, lang):
    """A month on the axis; with its year where it is the first or a January."""
    year, part = month.split("-")
    if month == months[0] or part == "01":
        return f"{year}年{int(part)}月" if lang == "zh" else f"{calendar.month_abbr[int(part)]} {year}"
    return f"{int(part)}月" if lang == "zh" else calendar.month_abbr[int(part)]

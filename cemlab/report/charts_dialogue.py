"""One picture of conversations: teams in rows, one panel a measure, each with its own axis and intervals."""

import numpy as np

from cemlab.checks import require_columns
from cemlab.measure.schema import ALL
from cemlab.report.fonts import INK, LINE, SOFT
from cemlab.report.labels import Labels, wrap
from cemlab.report.rows import BRAND, MID, WIDTH, describe, interval_text, shown, styled

LEFT, GAP, TOP, BOTTOM, ROW = 1.55, 0.3, 0.5, 0.5, 0.52  # inches


def team_panels(frame, panels, *, names, lang="zh"):
    """Teams in rows and a panel for each measure, dots with intervals.

    Parameters
    ----------
    frame : pandas.DataFrame
        Estimates with ``team`` ("(all)": all conversations, drawn darker, with the line to compare with).
    panels : dict
        (metric, item) -> title of its panel.
    names : list of (code, str)
        Rows from top to bottom and what they are called.
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

    require_columns(
        frame.columns, ["team", "metric", "item", "estimate", "ci_low", "ci_high", "status", "unit"], "team_panels"
    )
    cells = {(r["metric"], r["item"], r["team"]): r for r in frame.to_dict("records")}
    height, labels = TOP + BOTTOM + ROW * len(names), Labels(None, lang)
    wide = (WIDTH - LEFT - 0.1 - GAP * (len(panels) - 1)) / len(panels)
    told = []
    with styled():
        fig = Figure(figsize=(WIDTH, height))
        for place, (key, title) in enumerate(panels.items()):
            box = ((LEFT + place * (wide + GAP)) / WIDTH, BOTTOM / height, wide / WIDTH, ROW * len(names) / height)
            ax = fig.add_axes(box)
            ax.set_ylim(len(names), 0)
            rows = [cells.get((*key, code)) for code, _ in names]
            values = np.array([[r["estimate"], r["ci_low"], r["ci_high"]] for r in rows if r and shown(r)], float)
            values = values[np.isfinite(values)]
            low, high = (values.min(), values.max()) if len(values) else (0, 1)
            air = (high - low) * 0.15 or 1
            ax.set_xlim(max(low - air, 0) if low >= 0 else low - air, high + air)
            for at, ((code, name), row) in enumerate(zip(names, rows, strict=True)):
                whole, y = code == ALL, at + 0.62
                if row is None or not shown(row):
                    ax.text(0.5, y, "—", transform=ax.get_yaxis_transform(), ha="center", va="center", color=SOFT)
                    continue
                colour = INK if whole else BRAND
                text = interval_text(row, row["unit"])
                ax.plot([row["ci_low"], row["ci_high"]], [y, y], color=colour, linewidth=1.6, zorder=3)
                ax.plot(row["estimate"], y, "o", color=colour, markersize=6, zorder=4,
                        markerfacecolor="white" if row["status"] == "low_base" else colour)  # fmt: skip
                ax.text(
                    0.5,
                    at + 0.2,
                    text,
                    transform=ax.get_yaxis_transform(),
                    ha="center",
                    va="center",
                    size=8.5,
                    color=colour,
                    zorder=5,
                    bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
                )
                if whole:
                    ax.axvline(row["estimate"], color=MID, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
                told.append((f"{name} {title}", text))
            ax.set_yticks(np.arange(len(names)) + 0.5, [wrap(name) for _, name in names] if place == 0 else [])
            ax.tick_params(axis="y", length=0, pad=8)
            for side in ("left", "right", "top"):
                ax.spines[side].set_visible(False)
            ax.grid(axis="x", color=LINE, linewidth=0.6)
            ax.set_axisbelow(True)
            ax.set_title(title, fontsize=9.5, color=INK, pad=8)
            if low < 0 < high:
                ax.axvline(0, color=INK, linewidth=0.8, zorder=2)
    drawn = frame[[(m, i) in panels for m, i in zip(frame["metric"], frame["item"], strict=True)]]
    what = labels.say("各团队的会话", "Conversations by team")
    return describe(fig, drawn, [a for a, _ in told], labels, what, [b for _, b in told])

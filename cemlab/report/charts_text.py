"""Charts of words: what separates two groups of comments, with intervals, and the word cloud beside it."""

import numpy as np
import pandas as pd

from cemlab.checks import require_columns
from cemlab.report.fonts import INK, LINE, SOFT
from cemlab.report.labels import Labels
from cemlab.report.rows import ACCENT, BRAND, WIDTH, describe, right_text, row_axes, styled

HATCHES = ("", "////", "....")  # behind the fifth source the colours come again
PALETTE = ("#1f4e79", "#c8641b", "#2f7d6b", "#56514d", "#7a6c9d")


def keyness_chart(words, *, n=10, lang="zh", names=None):
    """The `n` clearest words of each side with their intervals, and the share of each side's comments that hold them.

    Parameters
    ----------
    words : pandas.DataFrame
        From `cemlab.text.keyness.keyness`.
    n : int, default 10
        Words a side.
    lang : {"zh", "en"}
    names : (str, str), optional
        What target and reference are called; their codes when left out.

    Returns
    -------
    matplotlib.figure.Figure
        Solid where the adjusted p is below 1 - level, hollow otherwise. The target's words are on top, right of nought.

    Raises
    ------
    ValueError
        A column is missing, or no word.
    """
    require_columns(words.columns, ["word", "z", "log_odds", "ci_low", "ci_high", "p_adjusted"], "keyness_chart")
    if not len(words):
        raise ValueError("keyness_chart: the frame has no words; there is nothing to draw.")
    labels = Labels(None, lang)
    shown = pd.concat([words[words["z"] > 0].head(n), words[words["z"] < 0].tail(n)], ignore_index=True)
    target, reference = names or (str(words["target"].iloc[0]), str(words["reference"].iloc[0]))
    texts = [str(word).replace("$", r"\$") for word in shown["word"]]
    with styled():
        low, high = min(shown["ci_low"].min(), 0), max(shown["ci_high"].max(), 0)
        air = 0.05 * (high - low)
        fig, ax, y = row_axes(texts, heads=[target, reference], low=low - air, high=high + air)
        figures = []
        for row, at in zip(shown.to_dict("records"), y, strict=True):
            colour = BRAND if row["z"] > 0 else ACCENT
            clear = row["p_adjusted"] < 1 - row["level"]
            ax.plot([row["ci_low"], row["ci_high"]], [at, at], color=colour, linewidth=1.6, zorder=3)
            ax.plot(row["log_odds"], at, "o" if row["z"] > 0 else "s", markersize=6.5, markeredgewidth=1.3, zorder=4,
                    markeredgecolor=colour, markerfacecolor=colour if clear else "white")  # fmt: skip
            mine = f"{row['percent']:.1f}% ({row['n']:,})", f"{row['percent_reference']:.1f}% ({row['n_reference']:,})"
            for place, text in enumerate(mine):
                right_text(ax, at, text, place, color=SOFT)
            figures.append(" / ".join(mine))
        ax.axvline(0, color=INK, linewidth=0.9, zorder=2)
        axis = labels.say(
            f"← {reference}多用　　对数优势比　　{target}多用 →", f"← {reference}    log odds    {target} →"
        )
        ax.set_xlabel(axis.replace("$", r"\$"), color=SOFT)
    what = labels.say("两组评论的用词差异", "Words that separate two groups of comments")
    frame = shown.assign(status="ok")
    fig = describe(fig, frame, texts, labels, what, figures)
    more = labels.say("实心为校正后显著，空心为未见显著。", "Solid: significant after adjustment; hollow: not.")
    fig.cemlab_note = f"{fig.cemlab_note} {more}".strip()
    return fig


def effects_chart(effects, *, codebook=None, lang="zh"):
    """What goes with praise and blame, as dots around nought with intervals.

    Parameters
    ----------
    effects : pandas.DataFrame
        From `cemlab.text.aspect_scores.aspect_effects`, rows with a figure.
    codebook, lang
        As in `cemlab.report.charts.score_dots`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    from cemlab.report.charts import score_dots

    fig = score_dots(effects, codebook=codebook, lang=lang)
    axes, labels = fig.axes[0], Labels(codebook, lang)
    axes.axvline(0, color=INK, linewidth=0.9, zorder=2)
    apart = labels.say("与 NPS 相差（分）", "NPS points apart")
    if effects["metric"].nunique() == 1:  # then the rows do not say whether praise or blame
        apart = labels.metric(effects["metric"].iloc[0]) + labels.say("", ": ") + apart
    axes.set_xlabel(apart, color=SOFT)
    return fig


def word_cloud(words, *, n=80, value="n"):
    """A pyecharts word cloud of the `n` largest words by column `value`; show it with `cemlab.report.show_chart`.

    Sizes say how often, not how surely: read `keyness_chart` beside it. Colours are fixed. Raises ValueError for a frame
    without ``word`` and `value`.
    """
    from pyecharts.charts import WordCloud
    from pyecharts.options import TooltipOpts

    require_columns(words.columns, ["word", value], "word_cloud")
    largest = words.nlargest(n, value, keep="first")
    pairs = [(str(w), float(v)) for w, v in zip(largest["word"], largest[value], strict=True) if v > 0]
    cloud = WordCloud().add("", pairs, word_size_range=[14, 60], rotate_step=90, shape="circle")
    series = cloud.options["series"][0]
    series |= {"layoutAnimation": False, "rotationRange": [0, 0], "width": "96%", "height": "92%"}
    for place, entry in enumerate(series["data"]):
        entry["textStyle"] = {"color": PALETTE[place % len(PALETTE)]}
    return cloud.set_global_opts(tooltip_opts=TooltipOpts(is_show=True))


def volume_by_source(counted, *, names, lang="zh"):
    """Stacked columns of comments a period, one colour a source.

    Parameters
    ----------
    counted : pandas.DataFrame
        Index: period codes in order; columns: sources in order; cells: comments.
    names : list of str
        What the sources are called.
    lang : {"zh", "en"}

    Returns
    -------
    matplotlib.figure.Figure
    """
    from matplotlib.figure import Figure

    at, below = np.arange(len(counted)), np.zeros(len(counted))
    with styled():
        fig = Figure(figsize=(WIDTH, 3.2))
        ax = fig.add_axes((0.075, 0.12, 0.81, 0.7))
        for place, (source, name) in enumerate(zip(counted.columns, names, strict=True)):
            colour = PALETTE[place % len(PALETTE)]
            hatch = HATCHES[place // len(PALETTE) % len(HATCHES)]
            ax.bar(
                at,
                counted[source],
                0.72,
                bottom=below,
                label=name,
                color=colour,
                hatch=hatch,
                edgecolor="white",
                linewidth=0.4,
            )
            below = below + counted[source].to_numpy(float)
        step = -(-len(at) // 8)
        ax.set_xticks(at[::step], [str(code) for code in counted.index[::step]])
        ax.set_xlim(-0.6, len(at) - 0.4)
        ax.set_ylabel("评论（条）" if lang == "zh" else "Reviews", color=SOFT)
        ax.tick_params(axis="both", length=0, labelsize=8.5, labelcolor=SOFT)
        for side in ("top", "right", "left"):
            ax.spines[side].set_visible(False)
        ax.grid(axis="y", color=LINE, linewidth=0.6)
        ax.set_axisbelow(True)
        columns = min(len(names), 5)
        ax.legend(
            loc="lower left", bbox_to_anchor=(0, 1.01), ncols=columns, frameon=False, fontsize=8.5, handlelength=1.2
        )
    total = counted.sum()
    colon, stop = ("：", "；") if lang == "zh" else (": ", "; ")
    told = [f"{name} {int(total[source]):,}" for source, name in zip(counted.columns, names, strict=True)]
    fig.cemlab_alt = ("评论量，按来源" if lang == "zh" else "Reviews by source") + colon + stop.join(told)
    fig.cemlab_note = ("合计：" if lang == "zh" else "In all: ") + stop.join(told) + ("。" if lang == "zh" else ".")
    return fig

"""Charts of a brand study: the funnel against rivals, and brands over waves."""

import numpy as np

from cemlab.checks import require_columns
from cemlab.report.brand_verdict import signed
from cemlab.report.fonts import INK, LINE, SOFT
from cemlab.report.labels import Labels, wrap
from cemlab.report.rows import BRAND, HATCH, MID, PALE, WIDTH, describe, right_text, row_axes, shown, styled
from cemlab.report.wording import number

SHADES = ("#c8641b", "#5b7f3a", "#7a5195", "#8a97a5", "#2a8c82", "#a0522d", "#4b6cb7", "#9a8c2c", "#b24a6e", "#54606b")
MARKS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "h")


def colours(codebook):
    """Brand -> (colour, mark): the codebook's colour, the house colour for the own brand, shades for the others."""
    out, free = {}, iter(SHADES * 3)
    for place, (code, brand) in enumerate(codebook.brands.items()):
        colour = brand.colour or (BRAND if brand.own else next(free))
        out[code] = (colour, MARKS[place % len(MARKS)])
    return out


def short(name, most=10):
    """A name that fits a narrow column."""
    return name if len(name) <= most else name[: most - 1] + "…"


def funnel_chart(funnel, *, codebook, lang="zh", brand=None):
    """One brand's stages as bars with conversions, rivals as marks, and the gap to the best of them.

    Parameters
    ----------
    funnel : pandas.DataFrame
        Estimates of `brand_funnel` (metrics reach and conversion), flagged.
    codebook : Codebook
        Brands and labels.
    lang : {"zh", "en"}
    brand : str, optional
        The brand drawn as bars; the codebook's own brand, else the first.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        A column is missing, or no stages of the brand.
    """
    require_columns(funnel.columns, ["brand", "metric", "item", "estimate", "n", "status"], "funnel_chart")
    labels, brand = Labels(codebook, lang), brand or codebook.own_brand or next(iter(codebook.brands))
    reach = funnel[funnel["metric"] == "reach"]
    stages = list(dict.fromkeys(reach["item"]))
    if not (reach["brand"] == brand).any():
        raise ValueError(f"funnel_chart: no stages of brand {brand!r}; there are {sorted(set(reach['brand']))}.")
    steps = funnel[funnel["metric"] == "conversion"].set_index(["brand", "item"]).to_dict("index")
    rows, paint, told = reach.set_index(["brand", "item"]).to_dict("index"), colours(codebook), []
    texts = [codebook.label(stage, lang) for stage in stages]
    heads = [labels.say("本品占比 · 转化率", "Own share · conversion"), labels.say("较最佳竞品", "vs best rival")]
    with styled():
        several = -(-len(codebook.brands) // 5)
        fig, ax, y = row_axes(texts, heads=heads, low=0, high=100, top=0.5 + 0.2 * several)
        for stage, at in zip(stages, y, strict=True):
            own = rows[brand, stage]
            others = {
                b: rows[b, stage]
                for b in codebook.brands
                if b != brand and (b, stage) in rows and shown(rows[b, stage])
            }
            text, gap = "—", "—"
            if shown(own):
                weak = own["status"] == "low_base"
                ax.barh(at, own["estimate"], height=0.2, color="white" if weak else PALE, edgecolor=MID, zorder=2,
                        hatch=HATCH if weak else None, linewidth=0.6 if weak else 0)  # fmt: skip
                if np.isfinite(own["ci_low"]):
                    ax.plot([own["ci_low"], own["ci_high"]], [at, at], color=paint[brand][0], linewidth=2.2, zorder=4)
                text = number(own["estimate"], "percent") + "%" + ("*" if weak else "")
                step = steps.get((brand, stage))
                if step is not None:
                    text += " · " + (number(step["estimate"], "percent") + "%" if shown(step) else "—")
                if others:
                    best = max(others, key=lambda b: others[b]["estimate"])
                    gap = f"{signed(own['estimate'] - others[best]['estimate'])} {short(codebook.option_label('brand', best, lang))}"
            for b, row in others.items():
                colour, mark = paint[b]
                ax.plot(row["estimate"], at, mark, color=colour, markersize=5.5, markeredgecolor="white",
                        markeredgewidth=0.6, zorder=5)  # fmt: skip
            right_text(ax, at, text, 0)
            right_text(ax, at, gap, 1, color=SOFT, size=8.5)
            told.append(f"{text}, {gap}")
        ax.barh([-9], [0], color=PALE, label=codebook.option_label("brand", brand, lang))
        for b in codebook.brands:
            if b != brand and any((b, stage) in rows for stage in stages):
                ax.plot([], [], paint[b][1], color=paint[b][0], label=codebook.option_label("brand", b, lang))
        ax.legend(loc="lower left", bbox_to_anchor=(-0.5, 1.0), ncols=5, frameon=False, fontsize=8.5, columnspacing=1.0,
                  handletextpad=0.3, borderaxespad=1.7)  # fmt: skip
        ax.set_xlabel(labels.say("占全部受访者的百分比（%）", "Share of all respondents (%)"), color=SOFT)
    mine = reach[reach["brand"] == brand]
    describe(fig, mine, texts, labels, labels.say("品牌漏斗", "Brand funnel"), told, lines_too=False)
    fig.cemlab_note = labels.say(
        "横条为本品占比，细线为其置信区间；转化率＝达到本阶段者 ÷ 达到上一阶段者；差距单位为百分点。",
        "Bars: the brand's share, thin lines its interval; conversion: of those at the stage before; gaps in percentage points.",
    )
    return fig


def brand_lines(estimates, *, codebook, lang="zh", changes=None):
    """One figure of every brand over the waves, names at the end of the lines, tested changes marked.

    Parameters
    ----------
    estimates : pandas.DataFrame
        Estimates of one metric and item by brand and ``_wave``, flagged, waves in order.
    codebook, lang
        As in `funnel_chart`.
    changes : pandas.DataFrame, optional
        ``group`` (brand) of changes to the last wave that stand; marked with a ring there.

    Returns
    -------
    matplotlib.figure.Figure
    """
    from matplotlib.figure import Figure

    require_columns(estimates.columns, ["brand", "_wave", "estimate", "status"], "brand_lines")
    labels, paint = Labels(codebook, lang), colours(codebook)
    waves = list(dict.fromkeys(estimates["_wave"]))
    known = estimates[estimates["status"].isin(["ok", "low_base"])].set_index(["brand", "_wave"])["estimate"]
    changed = set() if changes is None else set(changes["group"])
    with styled():
        fig = Figure(figsize=(WIDTH, 3.9))
        ax = fig.add_axes((0.07, 0.17, 0.79, 0.78))
        ends, told = [], []
        for brand in codebook.brands:
            values = np.array([known.get((brand, wave), np.nan) for wave in waves], dtype=float)
            if np.isnan(values).all():
                continue
            colour, mark = paint[brand]
            own = codebook.brands[brand].own
            ax.plot(range(len(waves)), values, color=colour, linewidth=2.2 if own else 1.1, marker=mark,
                    markersize=5 if len(waves) < 13 else 3, zorder=4 if own else 3)  # fmt: skip
            if brand in changed:
                ax.plot(
                    len(waves) - 1,
                    values[-1],
                    "o",
                    markersize=14,
                    markerfacecolor="none",
                    markeredgecolor=INK,
                    zorder=5,
                )
            last = np.flatnonzero(~np.isnan(values))[-1]
            name = codebook.option_label("brand", brand, lang)
            ends.append([values[last], f"{short(name, 13)} {values[last]:.1f}", colour])
            told.append(f"{name} {values[last]:.1f}")
        low, high = ax.get_ylim()
        spread_ends(ax, ends, low, high, len(waves) - 1)
        names = [wrap(labels.code("_wave", wave), 8) for wave in waves]
        lines = [line for name in names for line in name.split("\n")]
        widest = max(sum(2 if ord(sign) > 0x2E7F else 1 for sign in line) for line in lines) * 0.06 + 0.12  # inches
        step = max(1, int(np.ceil(len(waves) * widest / (0.79 * WIDTH))))
        ticks = range((len(waves) - 1) % step, len(waves), step)
        ax.set_xticks(list(ticks), [names[i] for i in ticks], size=8)
        ax.set_xlim(-0.3, len(waves) - 1 + 0.15)
        for side in ("top", "right"):
            ax.spines[side].set_visible(False)
        ax.grid(axis="y", color=LINE, linewidth=0.6)
        unit = estimates["unit"].iloc[0]
        ax.set_ylabel(labels.unit(unit), color=SOFT)
    fig.cemlab_alt = labels.say("；", "; ").join(told)
    fig.cemlab_note = labels.say(
        "黑圈：较上期的变化经检验成立；其余未见显著变化。",
        "Ring: change since the previous wave stands after testing; otherwise no evidence of change.",
    )
    return fig


def spread_ends(ax, ends, low, high, x):
    """Names at the ends of lines, moved apart where they would meet."""
    gap = (high - low) * 0.062
    ends.sort(key=lambda end: end[0])
    places = [end[0] for end in ends]
    for _ in range(200):
        moved = False
        for i in range(len(places) - 1):
            short = gap - (places[i + 1] - places[i])
            if short > 1e-9:
                places[i], places[i + 1], moved = places[i] - short / 2, places[i + 1] + short / 2, True
        if not moved:
            break
    top = high
    for i in reversed(range(len(places))):  # back inside the picture, from the top downwards
        places[i] = min(places[i], top)
        top = places[i] - gap
    for (value, text, colour), place in zip(ends, places, strict=True):
        ax.annotate(text, (x, value), xytext=(1.015, (place - low) / (high - low)), textcoords="axes fraction", size=8.5,
                    color=colour, va="center", annotation_clip=False)  # fmt: skip
    ax.set_ylim(low, high)

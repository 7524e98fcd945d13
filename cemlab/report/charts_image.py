"""Charts of brand image and of the market: the map, the profile beyond size, the double-jeopardy line."""

import numpy as np

from cemlab.checks import require_columns
from cemlab.report.brand_labels import placed_labels
from cemlab.report.brand_verdict import signed
from cemlab.report.charts_brand import colours
from cemlab.report.fonts import INK, LINE, SOFT
from cemlab.report.labels import Labels, wrap
from cemlab.report.rows import ACCENT, BRAND, MID, WIDTH, shown, styled

ENOUGH = 70.0


def brand_map(regions, axes, *, codebook, lang="zh", level=0.95, kind="symmetric"):
    """Brands and attributes on the first two axes of a correspondence analysis, labels kept apart.

    Parameters
    ----------
    regions : pandas.DataFrame
        ``kind, name, x, y`` and, where known, ``xx, xy, yy, scale`` (ellipses around the brands).
    axes : pandas.DataFrame
        ``dimension, percent``.
    codebook, lang
        As in `funnel_chart`.
    level : float
        What the ellipses hold, for the note.
    kind : {"symmetric", "asymmetric"}
        For the note: what distances between a brand and an attribute mean.

    Returns
    -------
    matplotlib.figure.Figure
        The note warns when both axes hold under 70 % of the inertia.
    """
    from matplotlib.figure import Figure
    from matplotlib.patches import Ellipse

    require_columns(regions.columns, ["kind", "name", "x", "y"], "brand_map")
    labels, paint = Labels(codebook, lang), colours(codebook)
    percent = axes.set_index("dimension")["percent"]
    held = float(percent.head(2).sum())
    with styled():
        fig = Figure(figsize=(WIDTH, 6.4))
        ax = fig.add_axes((0.08, 0.09, 0.89, 0.88))
        ax.axhline(0, color=LINE, linewidth=0.9, zorder=0)
        ax.axvline(0, color=LINE, linewidth=0.9, zorder=0)
        texts, spots = [], []
        for row in regions.to_dict("records"):
            own = row["kind"] == "row"
            colour, mark = paint.get(row["name"], (MID, "o")) if own else (MID, "+")
            ax.plot(row["x"], row["y"], mark, color=colour, markersize=8 if own else 6, zorder=4,
                    markeredgecolor="white" if own else MID, markeredgewidth=0.6 if own else 1.2)  # fmt: skip
            if own and np.isfinite(row.get("xx", np.nan)):
                values, vectors = np.linalg.eigh(np.array([[row["xx"], row["xy"]], [row["xy"], row["yy"]]]))
                width, height = 2 * row["scale"] * np.sqrt(np.maximum(values[::-1], 0))
                angle = np.degrees(np.arctan2(vectors[1, 1], vectors[0, 1]))
                ax.add_patch(
                    Ellipse((row["x"], row["y"]), width, height, angle=angle, facecolor=colour, alpha=0.13, zorder=1)
                )
            name = codebook.option_label("brand", row["name"], lang) if own else codebook.label(row["name"], lang)
            texts.append((name, {"color": colour if own else SOFT, "weight": "bold" if own else "normal",
                                 "size": 10 if own else 8.5}))  # fmt: skip
            spots.append((row["x"], row["y"]))
        ax.margins(0.12)
        ax.set_aspect("equal", adjustable="datalim")
        for side in ("top", "right"):
            ax.spines[side].set_visible(False)
        for which, d in ((ax.set_xlabel, 1), (ax.set_ylabel, 2)):
            share = percent.get(d, np.nan)
            which(labels.say(f"维度 {d}（惯量 {share:.1f}%）", f"Dimension {d} ({share:.1f} % of inertia)"), color=SOFT)
        placed_labels(fig, ax, texts, spots)
    fig.cemlab_alt = labels.say(
        f"对应分析图，前两维占惯量 {held:.1f}%", f"Correspondence map, two axes hold {held:.1f} % of inertia"
    )
    notes = [labels.say(f"前两维合计占惯量 {held:.1f}%。", f"Two axes hold {held:.1f} % of the inertia.")]
    if held < ENOUGH:
        notes.append(
            labels.say(
                "不足 70%，该图可能误导，请以形象优势表为准。",
                "Under 70 %: the map may mislead; rely on the profile table.",
            )
        )
    if kind == "symmetric":
        notes.append(labels.say("对称图：品牌与品牌、属性与属性之间的距离可比；品牌与属性之间只看方向，不看距离。",
                                "Symmetric map: compare brands with brands, attributes with attributes; between the two only directions count."))  # fmt: skip
    else:
        notes.append(
            labels.say(
                "非对称图：品牌位于其属性的加权中心，属性为标准坐标。",
                "Asymmetric map: a brand lies at the weighted mean of its attributes.",
            )
        )
    if "xx" in regions and regions["xx"].notna().any():
        notes.append(
            labels.say(
                f"椭圆为品牌位置的 {level:.0%} 置信域（对受访者自助抽样）。",
                f"Ellipses: {level:.0%} regions of the brands (bootstrap of respondents).",
            )
        )
    fig.cemlab_note = " ".join(notes)
    return fig


def image_heat(profile, *, codebook, lang="zh"):
    """Image beyond size: brands across, attributes down, percentage points in every cell; tested cells in bold with a frame.

    Parameters
    ----------
    profile : pandas.DataFrame
        ``profile`` of `brand_image`, with ``verdict`` (as `findings` judged) or ``p_adjusted``.
    codebook, lang
        As in `funnel_chart`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    from matplotlib.figure import Figure

    require_columns(profile.columns, ["brand", "item", "difference", "p_adjusted", "status"], "image_heat")
    labels = Labels(codebook, lang)
    brands, items = (list(dict.fromkeys(profile[c])) for c in ("brand", "item"))
    cells = profile.set_index(["item", "brand"]).to_dict("index")
    with styled():
        height = 0.31 * len(items) + 0.7
        fig = Figure(figsize=(WIDTH, height))
        ax = fig.add_axes((0.24, 0.1 / height, 0.74, 1 - 0.65 / height))
        largest = max(3.0, np.nanmax(np.abs(profile["difference"].to_numpy(float)), initial=0.0))
        told = []
        for i, item in enumerate(items):
            for j, brand in enumerate(brands):
                row = cells[item, brand]
                if not shown(row):
                    ax.text(j, i, "—", ha="center", va="center", color=SOFT, size=8.5)
                    continue
                strength, up = min(abs(row["difference"]) / largest, 1.0), row["difference"] >= 0
                stands = (
                    row["verdict"] == "claim" if "verdict" in row else row["p_adjusted"] <= 1 - row.get("level", 0.95)
                )
                ax.add_patch(rectangle(j, i, BRAND if up else ACCENT, 0.08 + 0.5 * strength if stands else 0.05))
                ax.text(j, i, signed(row["difference"]), ha="center", va="center", size=9, color=INK,
                        weight="bold" if stands else "normal")  # fmt: skip
                if stands:
                    told.append(
                        f"{codebook.option_label('brand', brand, lang)} {codebook.label(item, lang)} {signed(row['difference'])}"
                    )
        ax.set_xlim(-0.5, len(brands) - 0.5)
        ax.set_ylim(len(items) - 0.5, -0.5)
        size = 9 if len(brands) <= 7 else 7.5
        ax.set_xticks(range(len(brands)), [wrap(codebook.option_label("brand", b, lang), 6) for b in brands], size=size)
        ax.set_yticks(range(len(items)), [wrap(codebook.label(item, lang), 13) for item in items], size=8.5)
        ax.xaxis.tick_top()
        ax.tick_params(length=0)
        ax.grid(False)
        for side in ax.spines.values():
            side.set_visible(False)
    fig.cemlab_alt = labels.say("形象优势（百分点）：", "Image beyond size (points): ") + labels.say("；", "; ").join(
        told[:12]
    )
    fig.cemlab_note = labels.say(
        "数字为实际占比减去按品牌与属性规模推算的期望占比（百分点）；加粗着色者经全报告统一校正后成立，其余未见显著。",
        "Observed share less what sizes of brand and attribute lead one to expect (percentage points); bold and shaded: stands after adjustment over the report.",
    )
    return fig


def rectangle(j, i, colour, alpha):
    """One cell of the heat table."""
    from matplotlib.patches import Rectangle

    return Rectangle((j - 0.48, i - 0.46), 0.96, 0.92, facecolor=colour, alpha=alpha, linewidth=0, zorder=0)


def jeopardy_chart(line, *, codebook, lang="zh"):
    """Penetration against purchase frequency with the double-jeopardy line.

    Parameters
    ----------
    line : pandas.DataFrame
        Output of `double_jeopardy`.
    codebook, lang
        As in `funnel_chart`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    from matplotlib.figure import Figure

    labels, paint = Labels(codebook, lang), colours(codebook)
    with styled():
        fig = Figure(figsize=(WIDTH, 4.2))
        ax = fig.add_axes((0.09, 0.13, 0.88, 0.82))
        high = min(float(line["penetration"].max()) * 1.15, 99)
        x = np.linspace(0, high, 60)
        w0 = float(line["expected"].iloc[0] * (1 - line["penetration"].iloc[0] / 100))
        ax.plot(x, w0 / (1 - x / 100), color=MID, linewidth=1.2, linestyle=(0, (5, 3)), zorder=1)
        texts, spots = [], []
        for row in line.to_dict("records"):
            colour, mark = paint.get(row["brand"], (MID, "o"))
            ax.plot(row["penetration"], row["frequency"], mark, color=colour, markersize=8, zorder=3)
            texts.append((codebook.option_label("brand", row["brand"], lang), {"color": colour, "size": 9.5}))
            spots.append((row["penetration"], row["frequency"]))
        ax.set_xlim(0, high * 1.08)
        ax.margins(y=0.25)
        for side in ("top", "right"):
            ax.spines[side].set_visible(False)
        ax.set_xlabel(labels.say("渗透率（使用者占比，%）", "Penetration (share of users, %)"), color=SOFT)
        ax.set_ylabel(labels.say("使用者平均购买次数", "Mean purchases of users"), color=SOFT)
        placed_labels(fig, ax, texts, spots)
    fig.cemlab_alt = labels.say("双重危机线：", "Double-jeopardy line: ") + "; ".join(
        f"{codebook.option_label('brand', r['brand'], lang)} {r['penetration']:.1f}%, {r['frequency']:.2f}"
        for r in line.to_dict("records")
    )
    fig.cemlab_note = labels.say(
        "虚线为双重危机线 w＝w₀/(1−b)：小品牌使用者少，购买也略少。", "Dashed: double-jeopardy line w = w0 / (1 - b)."
    )
    return fig

"""The tables and pictures of a brand report, each from its result frame."""

import pandas as pd

from cemlab.report.brand_verdict import figure_title, signed, signed_gap
from cemlab.report.brand_words import METHODS, TITLES, WORDS
from cemlab.report.figures import show_figure
from cemlab.report.rows import ACCENT
from cemlab.report.section_texts import VERDICTS
from cemlab.report.sections import disclosure
from cemlab.report.tables import show_table
from cemlab.report.wording import gap, number, value

WEAK = ("ok", "low_base")


def say(key, lang):
    """A word of the brand report."""
    return WORDS[key][0 if lang == "zh" else 1]


def titled(key, lang, **words):
    """Title and note of a picture or table."""
    title, note = TITLES[key][0 if lang == "zh" else 1]
    return title.format(**words), note.format(**words) or None


def nothing(key, report, **words):
    """A sentence in place of an empty chart or table."""
    from IPython.display import Markdown

    lang = report.study.lang
    colon = "：" if lang == "zh" else ": "
    return Markdown(f"*{titled(key, lang, **words)[0]}{colon}{say('nothing', lang)}*")


def table(frame, report, key, **words):
    """A numbered table of texts; columns are named in the report's language already."""
    if frame is None or not len(frame):
        return nothing(key, report, **words)
    title, note = titled(key, report.study.lang, **words)
    return show_table(frame, lang=report.study.lang, title=title, note=note, columns=list(frame.columns))


def picture(chart, frame, report, key, *arguments, words=None, **options):
    """A numbered picture, or a sentence where no row has a figure."""
    shown = frame is not None and len(frame) and ("status" not in frame or frame["status"].isin(WEAK).any())
    if not shown:
        return nothing(key, report, **(words or {}))
    title, note = titled(key, report.study.lang, **(words or {}))
    fig = chart(frame, *arguments, codebook=report.study.codebook, lang=report.study.lang, **options)
    return show_figure(fig, title=title, note=note)


def brand_name(report, code):
    """A brand in the report's language."""
    return report.study.codebook.option_label("brand", code, report.study.lang)


def item_name(report, item):
    """A stage, attribute or figure in the report's language."""
    book, lang = report.study.codebook, report.study.lang
    return book.label(item.removeprefix("points__"), lang)


def text(row, *, interval=True):
    """A figure with its interval as it stands in a cell; a mark for a small base, a dash for one not shown."""
    if row["status"] not in WEAK:
        return "—"
    shown = number(row["estimate"], row["unit"]) + ("*" if row["status"] == "low_base" else "")
    if interval and row["ci_low"] == row["ci_low"]:
        shown += f" [{number(row['ci_low'], row['unit'])}, {number(row['ci_high'], row['unit'])}]"
    return shown


MANY = 6  # from so many brands on they stand down, not across


def wide(frame, report, metric):
    """Items down and brands across, or the other way round where brands are many: figures as text, of one metric."""
    rows = frame[frame["metric"] == metric]
    if not len(rows):
        return None
    lang, items = report.study.lang, list(dict.fromkeys(rows["item"]))
    brands = [b for b in report.plan.brands if (rows["brand"] == b).any()]
    turned = len(brands) > MANY
    plain = turned and len(items) > MANY
    cells = {(r["item"], r["brand"]): text(r, interval=not plain) for r in rows.to_dict("records")}
    if turned:
        out = {say("brand", lang): [brand_name(report, b) for b in brands]}
        return pd.DataFrame(out | {item_name(report, i): [cells.get((i, b), "—") for b in brands] for i in items})
    out = {say("stage", lang): [item_name(report, item) for item in items]}
    return pd.DataFrame(out | {brand_name(report, b): [cells.get((i, b), "—") for i in items] for b in brands})


def by_brand(frame, report, metrics):
    """Brands down, metrics across, figures as text."""
    lang, cells = report.study.lang, {(r["brand"], r["metric"]): text(r) for r in frame.to_dict("records")}
    brands = [b for b in report.plan.brands if (frame["brand"] == b).any()]
    out = {say("brand", lang): [brand_name(report, b) for b in brands]}
    return pd.DataFrame(out | {say(m, lang): [cells.get((b, m), "—") for b in brands] for m in metrics})


def margin_table(report):
    """Shares of the sample before and after weighting, this wave."""
    book, lang = report.study.codebook, report.study.lang
    rows = report.margins[report.margins["_wave"] == report.study.wave]
    return pd.DataFrame({
        say("segment", lang): [book.label(c, lang) for c in rows["column"]],
        say("code", lang): [book.option_label(c, v, lang) for c, v in zip(rows["column"], rows["code"], strict=True)],
        say("n", lang): [f"{n:,.0f}" for n in rows["n"]],
        **{say(key, lang): [f"{100 * v:.1f}" for v in rows[column]]
           for key, column in (("before_share", "share_before"), ("target", "share_target"), ("after_share", "share_after"))},
    })  # fmt: skip


def margins(report):
    """The table of margins; nothing where the sample was not raked."""
    from IPython.display import Markdown

    return Markdown("") if report.margins is None else table(margin_table(report), report, "margins")


def about(report):
    """Who was asked; how the sample was weighted and what that cost."""
    study, lang = report.study, report.study.lang
    if report.margins is None:
        return disclosure(study)
    from dataclasses import replace

    mark = "、" if lang == "zh" else ", "
    margins = mark.join(study.codebook.label(c, lang) for c in study.codebook.margins)
    parts = [say("wave_efficiency", lang).format(wave=study.codebook.wave_label(w, lang), share=e)
             for w, e in report.efficiency.items()]  # fmt: skip
    plain = disclosure(replace(study, weights=None)).split("\n\n")
    unweighted = "数据未加权。" if lang == "zh" else "Unweighted."
    own = (
        say("raked", lang).format(margins=margins)
        + ("" if lang == "zh" else " ")
        + say("efficiency", lang).format(parts=mark.join(parts[-2:]))
    )
    return "\n\n".join(own if line == unweighted else line for line in plain)


def verdict_words(row, kind, lang):
    """A verdict in words."""
    words = VERDICTS[lang]["wave" if kind == "change" else "group"]
    if row["verdict"] != "claim":
        return words[row["verdict"]]
    if kind == "rival":
        higher = row["difference"] > 0
        return (
            ("竞品显著较高" if higher else "本品显著较高")
            if lang == "zh"
            else ("rival higher" if higher else "own higher")
        )
    return words["up" if row["difference"] > 0 else "down"]


def comparison_table(said, report, kind):
    """Candidates of one kind with their verdicts."""
    rows = said[said["kind"] == kind]
    lang, book = report.study.lang, report.study.codebook
    if not len(rows):
        return None
    place = {b: i for i, b in enumerate(report.plan.brands)}
    order = {item: i for i, item in enumerate([*report.plan.stages, report.plan.nps, report.plan.satisfaction])}
    rows = rows.assign(a=rows["group"].map(place), b=rows["item"].map(order)).sort_values(["a", "b"], kind="stable")
    known = rows["estimate"].notna()
    first = "rival_estimate" if kind == "rival" else "estimate"
    out = {
        say("brand", lang): [brand_name(report, b) for b in rows["group"]],
        say("figure", lang): [
            figure_title(m, i, book, lang).strip("“”") for m, i in zip(rows["metric"], rows["item"], strict=True)
        ],
        say(first, lang): [
            value(e, u, lang) if k else "—" for e, u, k in zip(rows["estimate"], rows["unit"], known, strict=True)
        ],
    }
    if kind == "rival":
        own = rows["estimate"] - rows["difference"]
        out[say("own_estimate", lang)] = [
            value(e, u, lang) if k else "—" for e, u, k in zip(own, rows["unit"], known, strict=True)
        ]
    steps = [
        signed_gap(d, u, lang) if k else "—" for d, u, k in zip(rows["difference"], rows["unit"], known, strict=True)
    ]
    bounds = [f"[{number(a, u)}, {number(b, u)}]" if k else "—" for a, b, u, k in
              zip(rows["difference_low"], rows["difference_high"], rows["unit"], known, strict=True)]  # fmt: skip
    out |= {say("difference", lang): steps, say("interval", lang): bounds}
    out[say("p", lang)] = [probability(p) for p in rows["p_family"]]
    out[say("verdict", lang)] = [verdict_words(row, kind, lang) for row in rows.to_dict("records")]
    return pd.DataFrame(out)


def probability(p):
    """A p-value as printed."""
    return "—" if p != p else "<0.001" if p < 0.001 else f"{p:.3f}"


def renamed(frame, report, columns):
    """Columns chosen and named in the report's language; brands and items in words; numbers with one decimal."""
    if frame is None or not len(frame):
        return None
    lang, out = report.study.lang, {}
    for column, key in columns.items():
        values = frame[column]
        if column in ("brand", "other", "rival"):
            shown = [brand_name(report, v) for v in values]
        elif column in ("item", "before", "name"):
            shown = [item_name(report, v) for v in values]
        elif pd.api.types.is_integer_dtype(values):
            shown = [f"{v:,}" for v in values]
        elif pd.api.types.is_float_dtype(values):
            shown = ["—" if v != v else f"{v:.1f}" for v in values]
        else:
            shown = values.tolist()
        out[say(key, lang)] = shown
    return pd.DataFrame(out)


def gap_table(gaps, report, min_share=0.0):
    """Stages claimed without the one before; None where nobody did."""
    rows = gaps[gaps["without"] > 0]
    rows = rows[rows["share"] >= min_share]
    names = {
        "brand": "brand",
        "item": "stage",
        "before": "before",
        "n": "claimed",
        "without": "without",
        "share": "share",
    }
    return renamed(rows, report, names)


def leak_table(leaks, report):
    """Where the own brand loses most against the best rival."""
    names = {"item": "stage", "estimate": "own_conversion", "rival": "rival", "rival_estimate": "rival_conversion"}
    return renamed(leaks, report, names | {"gap": "gap", "volume": "volume"})


def point_table(image, report):
    """Contribution and quality of the points of the map."""
    from cemlab.analyse.correspondence import coordinates

    points = coordinates(image.map)
    lang = report.study.lang
    names = [
        brand_name(report, n) if k == "row" else item_name(report, n)
        for k, n in zip(points["kind"], points["name"], strict=True)
    ]
    return pd.DataFrame({
        say("point", lang): names,
        say("contribution", lang): [f"{v:.1f}" for v in points["contribution"]],
        say("quality", lang): [f"{v:.2f}" for v in points["quality"]],
    })  # fmt: skip


def contrast_table(contrasts, report, level=0.95, most=20):
    """Attributes in which the own brand stands above or below each rival beyond size, largest first."""
    rows = (
        contrasts[contrasts["status"].isin(WEAK) & (contrasts["p_adjusted"] <= 1 - level)]
        if len(contrasts)
        else contrasts
    )
    if not len(rows):
        return None
    rows = (
        rows.assign(size=-rows["difference"])
        .sort_values(["brand", "size"], ascending=[True, False], kind="stable")
        .head(most)
    )
    lang = report.study.lang
    return pd.DataFrame({
        say("rival", lang).replace("最佳", ""): [brand_name(report, b) for b in rows["brand"]],
        say("attribute", lang): [item_name(report, i) for i in rows["item"]],
        say("difference", lang): [signed(-d) for d in rows["difference"]],
        say("interval", lang): [f"[{-b:.1f}, {-a:.1f}]" for a, b in zip(rows["difference_low"], rows["difference_high"], strict=True)],
        say("p", lang): [probability(p) for p in rows["p_adjusted"]],
    })  # fmt: skip


def duplication_table(pairs, report):
    """Brands down and across: share of users, expected share in brackets."""
    lang, cells = (
        report.study.lang,
        {(r.brand, r.other): f"{r.share:.0f} ({r.expected:.0f})" for r in pairs.itertuples()},
    )
    brands = list(dict.fromkeys(pairs["brand"]))
    base = pairs.drop_duplicates("brand").set_index("brand")["n"]
    low = report.study.min_n
    out = {say("brand", lang): [f"{brand_name(report, b)}（n={base[b]:,}）" for b in brands]}
    for other in brands:
        out[brand_name(report, other)] = [
            "" if b == other else cells[b, other] if base[b] >= low else "—" for b in brands
        ]
    return pd.DataFrame(out)


def switching_table(summary, report):
    """Staying, loyalty net of size and net gains by brand; brands with few buyers before are left without figures."""
    keep = summary.copy()
    few = keep["n"] < report.study.min_n
    keep.loc[few, ["stayed", "loyal", "attraction", "gained", "lost", "net"]] = float("nan")
    keep["n"] = keep["n"].round().astype(int)
    names = {c: c for c in ("brand", "n", "stayed", "loyal", "attraction", "gained", "lost", "net")}
    return renamed(keep, report, names)


def driver_rows(found, report):
    """Attributes by importance for preference, with sign, interval and noise floor."""
    if found is None:
        return None
    lang = report.study.lang
    rows = found[found["importance"].notna()]
    sign = {1: "+", -1: "−", 0: "±"}
    return pd.DataFrame({
        say("attribute", lang): [item_name(report, i) for i in rows["item"]],
        say("importance", lang): [f"{a:.1f} [{b:.1f}, {c:.1f}]" for a, b, c in
                                  zip(rows["importance"], rows["importance_low"], rows["importance_high"], strict=True)],
        say("sign", lang): [sign[int(s)] for s in rows["sign"]],
        say("coefficient", lang): [signed(100 * c) for c in rows["coefficient"]],
        say("stands", lang): [("是" if s else "否") if lang == "zh" else ("yes" if s else "no") for s in rows["stands"]],
        say("n", lang): [f"{n:,.0f}" for n in rows["n"]],
    })  # fmt: skip


def outcome(report):
    """What image is held against, in words."""
    return item_name(report, report.plan.outcome) if report.plan.outcome else "—"


def index_table(index, sensitivity, report):
    """The index with its interval and what other weights would make of it."""
    lang, rows = report.study.lang, index[index["metric"] == "index"]
    if not rows["status"].isin(WEAK).any() or not len(sensitivity):
        return None
    estimate = rows.set_index("brand")
    order = sensitivity.sort_values("rank", kind="stable")
    return pd.DataFrame({
        say("brand", lang): [brand_name(report, b) for b in order["brand"]],
        say("index", lang): [text(estimate.loc[b].to_dict()) for b in order["brand"]],
        say("rank", lang): [str(r) for r in order["rank"]],
        say("range", lang): [f"{a:.1f}–{b:.1f}" for a, b in zip(order["lowest"], order["highest"], strict=True)],
        say("ranks", lang): [f"{a:.0f}–{b:.0f}" for a, b in zip(order["rank_low"], order["rank_high"], strict=True)],
        say("same", lang): [f"{s:.0f}" for s in order["same_rank"]],
        say("without_one", lang): [f"{a:.1f}–{b:.1f}" for a, b in zip(order["without_low"], order["without_high"], strict=True)],
    })  # fmt: skip


def index_parts(report):
    """Components and weights of the index in words."""
    lang = report.study.lang
    total = sum(weight for weight, _, _ in report.plan.index.values())
    parts = [f"{item_name(report, c)} {100 * w / total:.0f}%" for c, (w, _, _) in report.plan.index.items()]
    return ("、" if lang == "zh" else ", ").join(parts)


def findings_rows(said, report):
    """All candidates with their verdicts, claims first."""
    lang = report.study.lang
    if not len(said):
        return None
    plain = VERDICTS[lang]["plain"]
    return pd.DataFrame({
        "发现" if lang == "zh" else "Finding": said["sentence"],
        say("p", lang): [probability(p) for p in said["p_family"]],
        say("verdict", lang): said["verdict"].map(plain),
    })  # fmt: skip


def mention_table(report):
    """Mentions and net sentiment by brand; None without comments, or with too few."""
    from cemlab.store import scan
    from cemlab.text.brand_mentions import brand_mentions

    study, book = report.study, report.study.codebook
    columns = book.of_role("comment")
    if not columns:
        return None
    data = scan(book, wave=study.wave, version=study.version, comments=True)
    words = data.select([c.name for c in columns]).collect()
    texts = [t for c in columns for t in words[c.name].to_list() if t]
    if len(texts) < book.privacy.comments_min:
        return None
    spelled = {b: [w for w in (label.zh, label.en, *label.also) if w] for b, label in book.brands.items()}
    return report.shown(brand_mentions(texts, spelled))


def tracks(by_wave, said, report):
    """One picture a headline figure over all waves."""
    from IPython.display import display

    from cemlab.report.charts_brand import brand_lines

    if by_wave is None or by_wave["_wave"].nunique() < 2:
        display(nothing("tracked", report, name=""))
        return
    plan, book, lang = report.plan, report.study.codebook, report.study.lang
    order = {w: i for i, w in enumerate(report.study.waves)}
    for metric, item in [*(("reach", i) for i in plan.headline), ("nps", plan.nps), ("top_box", plan.satisfaction)]:
        rows = by_wave[(by_wave["metric"] == metric) & (by_wave["item"] == item)]
        if not len(rows):
            continue
        rows = rows.assign(o=rows["_wave"].map(order)).sort_values("o", kind="stable").drop(columns="o")
        stands = said[
            (said["kind"] == "change")
            & (said["metric"] == metric)
            & (said["item"] == item)
            & (said["verdict"] == "claim")
        ]
        words = {"name": figure_title(metric, item, book, lang).strip("“”")}
        display(picture(brand_lines, rows, report, "tracked", words=words, changes=stands))


def controls(trend, report):
    """Control charts of the own brand by month: raw, smoothed (dashed), limits."""
    from IPython.display import display

    from cemlab.report.charts_time import score_over_time

    if trend is None:
        display(nothing("smooth", report))
        return
    book, lang = report.study.codebook, report.study.lang
    for (metric, item), rows in trend.groupby(["metric", "item"], sort=False):
        name = figure_title("nps" if metric == "nps" else "reach", item, book, lang).strip("“”")
        title, note = titled("control", lang, name=name)
        rows = rows.reset_index(drop=True)
        fig = score_over_time(rows.drop(columns="smoothed"), codebook=book, lang=lang)
        fig.axes[0].plot(
            range(len(rows)), rows["smoothed"], color=ACCENT, linewidth=1.3, linestyle=(0, (4, 2)), zorder=3
        )
        display(show_figure(fig, title=title, note=note))


def segment_table(cuts, totals, report):
    """Own brand's headline figures by segment, with the index against the total."""
    if cuts is None:
        return None
    book, lang, study = report.study.codebook, report.study.lang, report.study
    items = [("reach", i) for i in report.plan.headline]
    base = {(r["metric"], r["item"]): r["estimate"] for r in totals.to_dict("records") if r["status"] in WEAK}
    rows = []
    for cut in study.segments:
        part = cuts[cuts[cut] != "(all)"]
        options = list(book.columns[cut].options)
        groups = sorted(
            set(part[cut]) - {"(missing)"}, key=lambda g: options.index(g) if g in options else len(options)
        )
        for group in groups:
            mine = part[part[cut] == group].set_index(["metric", "item"]).to_dict("index")
            row = {say("segment", lang): book.label(cut, lang), say("group", lang): book.option_label(cut, group, lang)}
            for key in items:
                cell = mine.get(key)
                shown = "—"
                if cell is not None and cell["status"] in WEAK and base.get(key):
                    shown = f"{text(cell, interval=False)} ({100 * cell['estimate'] / base[key]:.0f})"
                row[item_name(report, key[1])] = shown
            row[say("n", lang)] = f"{max((mine[k]['n'] for k in items if k in mine), default=0):,.0f}"
            rows.append(row)
    return pd.DataFrame(rows)


def methods(report, said):
    """The method notes."""
    study = report.study
    book, lang = study.codebook, study.lang
    return METHODS[lang].format(
        tests=len(said),
        nps=value(book.minimum_effect.nps, "points", lang),
        share=gap(book.minimum_effect.share, "percent", lang),
        min_n=study.min_n,
        low_n=max(study.min_n, book.bases.low_n),
        min_persons=book.privacy.min_persons,
    )


def power_line(candidates, detectable, report):
    """What the design of this wave could not have seen, for the own brand's headline stages and NPS."""
    from cemlab.report.sections import say as said

    lang, plan = report.study.lang, report.plan
    frame = candidates.get("change")
    if frame is None:
        return ""
    rows = frame[
        (frame["brand"] == plan.own) & frame["item"].isin([*plan.headline, plan.nps]) & frame["status"].isin(WEAK)
    ]
    if not len(rows):
        return ""
    power = detectable(rows.reset_index(drop=True))
    parts = []
    for row in power[power["detectable"].notna()].to_dict("records"):
        name = "NPS" if row["metric"] == "nps" else item_name(report, row["item"])
        parts.append(f"{name} ±{gap(row['detectable'], row['unit'], lang)}")
    return "*" + said("power", lang).format(parts=said("comma", lang).join(parts)) + "*" if parts else ""


def if_asked(measure, *arguments, **options):
    """The measure, or None where one of its arguments is missing or the data do not carry it."""
    from cemlab.checks import DataError

    if any(argument is None or (hasattr(argument, "__len__") and not len(argument)) for argument in arguments):
        return None
    try:
        return measure(*arguments, **options)
    except DataError:
        return None


def funnel_of(headline):
    """Rows of the funnel: levels and conversions."""
    return headline[headline["metric"].isin(["reach", "conversion"])].reset_index(drop=True)


def rows_of(frame, *metrics):
    """Rows of the metrics named."""
    return frame[frame["metric"].isin(metrics)].reset_index(drop=True)


def own_of(frame, plan):
    """Rows of the own brand."""
    return frame[frame["brand"] == plan.own].reset_index(drop=True)


def leaks_of(headline, plan, leaks):
    """`leaks` of the own brand, or None without one."""
    return leaks(funnel_of(headline), plan.own) if plan.own and len(plan.funnel) > 1 else None


def judged(image, candidates, said):
    """The image profile with the report's verdicts; None without an image."""
    from cemlab.report.findings import with_family

    if image is None:
        return None
    frame = with_family(candidates["image"], "image", said)
    return frame.assign(brand=frame["group"])


def image_maps(image, report):
    """The symmetric and the asymmetric map; a sentence without an image."""
    from IPython.display import display

    from cemlab.analyse.correspondence import coordinates
    from cemlab.report.charts_brand import brand_map

    if image is None:
        display(nothing("map", report))
        return
    display(picture(brand_map, image.regions, report, "map", image.map.axes))
    plain = coordinates(image.map, columns="standard")
    display(picture(brand_map, plain, report, "map_rows", image.map.axes, kind="asymmetric"))


def contrasts_of(image, report):
    """`contrast_table` where there is an image."""
    return None if image is None else contrast_table(image.contrasts, report)


def points_of(image, report):
    """`point_table` where there is an image."""
    return None if image is None else point_table(image, report)


def shared_users(report):
    """`duplication` of the users of each brand, or None."""
    from cemlab.analyse.brand_rows import reached_columns
    from cemlab.analyse.competitiveness import duplication

    data, columns = reached_columns(report.study.now, report.plan, report.plan.users)
    return if_asked(duplication, data, columns, **report.options) if len(columns) > 1 else None


def duplication_of(pairs, report):
    """`duplication_table` where there is one."""
    return None if pairs is None else duplication_table(pairs, report)


def coefficient(pairs):
    """The duplication coefficient as printed."""
    return "—" if pairs is None else f"{pairs['coefficient'].iloc[0]:.2f}"


def switching_columns(report):
    """The two columns of the switching question, or two missing ones."""
    named = report.study.codebook.brand_questions.switching
    have = report.study.now.collect_schema().names()
    return named if named and set(named) <= set(have) else (None, None)


def switching_of(moved, report):
    """`switching_table` where there is one."""
    return None if moved is None else switching_table(moved[1], report)


def penetration_and_frequency(headline, plan):
    """Share of users and mean purchases by brand, as shown; missing without the questions."""
    if plan.users is None or plan.frequency is None:
        return None, None
    rows = headline[headline["status"].isin(WEAK)].set_index("brand")
    users = rows[(rows["metric"] == "reach") & (rows["item"] == plan.users)]["estimate"]
    return users, rows[rows["metric"] == "frequency"]["estimate"]


def mental_of(mental, report):
    """Mental availability, brands down."""
    from cemlab.analyse.mental_availability import METRICS

    return None if mental is None else by_brand(mental, report, METRICS)


def voice_of(voice, report):
    """Word of mouth, brands down."""
    return None if voice is None else by_brand(voice, report, ("mentioned", "voice", "net_sentiment"))


def index_of(index, sensitivity, report, seed):
    """The index table where there is an index."""
    return None if index is None else index_table(index, sensitivity(index, report.plan.index, seed=seed), report)


def cut_scores(report, headline):
    """The own brand's figures by each segment, as shown; None without segments or an own brand."""
    import polars as pl

    from cemlab.measure.schema import combine

    plan, study = report.plan, report.study
    if not study.segments or plan.own is None:
        return None
    own = report.now.filter(pl.col("brand") == plan.own)
    frames = [report.shown(headline(own, plan, by=cut, **report.options), own) for cut in study.segments]
    return combine(frames, by=["brand", *study.segments])

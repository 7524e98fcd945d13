"""Sections on response quality, journey, drivers, thermometer and stores of a service report."""

import pandas as pd

from cemlab.analyse import touchpoint_drivers
from cemlab.analyse.answer_quality import study_flags
from cemlab.analyse.funnel_plot import funnel_plot
from cemlab.analyse.touchpoints import answered_columns, suitable_period
from cemlab.measure.moments import counts
from cemlab.measure.quality import quality_effects
from cemlab.measure.schema import MISSING
from cemlab.measure.trend import control_chart
from cemlab.report.charts_drivers import driver_bars, quadrant_map
from cemlab.report.charts_journey import journey_curve
from cemlab.report.charts_units import funnel_chart, thermometer
from cemlab.report.driver_texts import TITLES, WORDS
from cemlab.report.figures import show_figure
from cemlab.report.labels import Labels
from cemlab.report.sections import named_heads
from cemlab.report.tables import show_table
from cemlab.report.wording import number


def say(key, lang, **words):
    """A word or sentence of these sections."""
    return WORDS[key][0 if lang == "zh" else 1].format(**words)


def markdown(text):
    """Text as a notebook shows it."""
    from IPython.display import Markdown

    return Markdown(text)


def absent(key, study):
    """A sentence in place of a section that the study does not carry."""
    title = TITLES[key][0 if study.lang == "zh" else 1][0] if key in TITLES else ""
    return markdown(f"*{title}{'：' if study.lang == 'zh' else ': '}{say(f'no_{key}', study.lang)}*")


def table(frame, study, key, columns, *, folded=False):
    """A numbered table with the section's heads, or the sentence that stands for it."""
    if frame is None or not len(frame):
        return absent(key, study)
    title, note = TITLES[key][0 if study.lang == "zh" else 1]
    heads = named_heads(WORDS, study.lang, columns)
    options = {"codebook": study.codebook, "lang": study.lang}
    return show_table(frame, columns=columns, title=title, note=note, heads=heads, folded=folded, **options)


def figure(fig, study, key, **words):
    """A numbered picture with the section's title and note."""
    title, note = TITLES[key][0 if study.lang == "zh" else 1]
    return show_figure(fig, title=title.format(**words), note=note)


def interval(low, high, decimals="mean"):
    """Two limits in one cell."""
    return [
        "—" if pd.isna(a) or pd.isna(b) else f"[{number(a, decimals)}, {number(b, decimals)}]"
        for a, b in zip(low, high, strict=True)
    ]


def quality(study):
    """Which answers of this wave are doubtful, which of them are left out, and what leaving them out does to the NPS."""
    excluded = study.codebook.quality.exclude
    flagged = study_flags(study.rows.read(study.wave, all_answers=True) if excluded else study.now, study.codebook)
    if flagged is None:
        return absent("quality", study)
    effects = quality_effects(flagged, study.codebook.only("nps").name, weights=study.weights, exclude=excluded)
    rows = effects[effects["check"] != "(all)"]
    rows = rows if excluded else rows[rows["check"] != "(excluded together)"]
    out = pd.DataFrame({
        "check": [say(check, study.lang) for check in rows["check"]],
        "doubtful": rows["n"].to_numpy(),
        "share": [number(share, "percent") + "%" for share in rows["share"]],
        "kept": [say("left_out" if gone else "kept", study.lang) for gone in rows["excluded"]],
        "effect": [f"{effect:+.1f}" if abs(effect) >= 0.05 else "0.0" for effect in rows["effect"]],
    })  # fmt: skip
    return table(out, study, "quality_excluded" if excluded else "quality", list(out.columns))


def journey(study, *, seed=1):
    """The experience curve with its low and high points."""
    curve = touchpoint_drivers.journey(study.now, study.codebook, **study.design, seed=seed)
    if curve is None:
        return absent("journey", study)
    return figure(journey_curve(curve, codebook=study.codebook, lang=study.lang), study, "journey")


def driver_pictures(drivers, study):
    """Driver bars with the noise floor, and the quadrant map."""
    from IPython.display import display

    if drivers is None:
        display(absent("driver_bars", study))
        return
    estimates = drivers.estimates
    floor = estimates[(estimates["item"] == "(noise)") & (estimates["metric"] == "importance")]["ci_high"]
    options = {"codebook": study.codebook, "lang": study.lang}
    bars = driver_bars(drivers.table, noise=float(floor.iloc[0]) if len(floor) else None, **options)
    display(figure(bars, study, "driver_bars"))
    display(figure(quadrant_map(drivers.quadrants, **options), study, "quadrants"))


def driver_table(drivers, study):
    """Drivers in figures."""
    if drivers is None:
        return markdown("")  # said once, above
    rows = drivers.table
    out = pd.DataFrame({
        "item": rows["item"],
        "importance": [number(x, "percent") if x == x else "—" for x in rows["importance"]],
        "ranks": [f"{int(a)}–{int(b)}" if a == a else "—" for a, b in zip(rows["rank_low"], rows["rank_high"], strict=True)],
        "coefficient": [number(x, "mean") if x == x else "—" for x in rows["coefficient"]],
        "coefficients": interval(rows["coefficient_low"], rows["coefficient_high"]),
        "vif": [number(x, "percent") if x == x else "—" for x in rows["vif"]],
        "n": rows["n"],
        "told": [say("stands" if stands is True else "noise", study.lang) for stands in rows["stands"].tolist()],
    })  # fmt: skip
    return table(out, study, "driver_table", list(out.columns), folded=True)


def experiences(drivers, study, named):
    """Key experiences with what one point more goes with; `named` are those the report may name."""
    if drivers is None:
        return markdown("")
    rows = drivers.experiences
    out = pd.DataFrame({
        "rank": [f"{x:.0f}" if x == x else "—" for x in rows["rank"]],
        "ranks": [f"{int(a)}–{int(b)}" if a == a else "—" for a, b in zip(rows["rank_low"], rows["rank_high"], strict=True)],
        "item": rows["item"],
        "performance": [number(x, "mean") if x == x else "—" for x in rows["performance"]],
        "shortfall": [number(x, "mean") if x == x else "—" for x in rows["shortfall"]],
        "reach": [number(x, "percent") if x == x else "—" for x in rows["reach"]],
        "cost": [f"{x:g}" for x in rows["cost"]],
        "gain": [number(x, "mean") if x == x else "—" for x in rows["gain"]],
        "gains": interval(rows["gain_low"], rows["gain_high"]),
        "told": [say("is_key" if item in named else "not_key", study.lang) for item in rows["item"]],
    })  # fmt: skip
    return table(out, study, "experiences", list(out.columns))


def paths(drivers, study, named):
    """The two improvement paths of the key experiences that may be named."""
    if drivers is None:
        return markdown("")
    rows = drivers.paths
    rows = rows if rows is None else rows[rows["item"].isin(named)]
    if rows is None or not len(rows):
        return absent("paths", study)
    out = pd.DataFrame({
        "item": rows["item"],
        "path": [say(path, study.lang) for path in rows["path"]],
        "moved": [number(x, "percent") for x in rows["moved"]],
        "mean_change": [f"{x:+.2f}" for x in rows["mean_change"]],
        "gain": [f"{x:+.2f}" for x in rows["gain"]],
        "gains": interval(rows["gain_low"], rows["gain_high"]),
    })  # fmt: skip
    return table(out, study, "paths", list(out.columns))


def asymmetry(drivers, study):
    """Basic, performance and excitement touchpoints."""
    if drivers is None:
        return markdown("")
    rows = drivers.asymmetry
    if rows is None or not len(rows):
        return absent("asymmetry", study)
    out = pd.DataFrame({
        "item": rows["item"],
        "penalty": [f"{number(x, 'mean')} {i}" for x, i in zip(rows["penalty"], interval(rows["penalty_low"], rows["penalty_high"]), strict=True)],
        "reward": [f"{number(x, 'mean')} {i}" for x, i in zip(rows["reward"], interval(rows["reward_low"], rows["reward_high"]), strict=True)],
        "factor": [say(f if isinstance(f, str) else "unclear", study.lang) for f in rows["factor"]],
        "n": rows["n"],
    })  # fmt: skip
    return table(out, study, "asymmetry", list(out.columns))


def dial(study):
    """NPS and satisfaction of the latest period on two dials, with an alarm when both fell."""
    from IPython.display import display

    period = suitable_period(study.everything, study.min_n)
    outcomes = answered_columns(study.everything, study.codebook, "outcome")
    score = study.codebook.only("nps")
    if period is None or score is None or not outcomes:
        display(absent("thermometer", study))
        return
    store, have = study.codebook.only("store"), study.everything.collect_schema().names()
    options = {"period": period, "weights": study.weights, "min_n": study.min_n, "chart": "ewma"}
    options |= {"mix": store.name} if store and store.name in have else {}
    scale = outcomes[0].scale
    boxes = {"metric": "top_box", "scale": (scale.low, scale.high), "top": list(scale.top_codes)}
    charts = [
        seasonal(study.everything, score.name, metric="nps", **options),
        seasonal(study.everything, outcomes[0].name, **boxes, **options),
    ]
    if any((chart["status"] == "ok").sum() < 8 for chart in charts):
        display(absent("thermometer", study))
        return
    fig = thermometer(charts, codebook=study.codebook, lang=study.lang)
    alarm = say("alarm" if fig.cemlab_alarm else "calm", study.lang)
    fig.cemlab_note += say("mix", study.lang) if "mix" in options else ""
    display(figure(fig, study, "thermometer"), markdown(alarm))


def seasonal(data, item, *, period, **options):
    """A control chart; by day with a centre for each weekday, once there are four of each."""
    chart = control_chart(data, item, period=period, **options)
    if period != "day":
        return chart
    weekdays = pd.to_datetime(chart["start"])[chart["status"] == "ok"].dt.dayofweek.value_counts()
    if len(weekdays) < 7 or weekdays.min() < 4:
        return chart
    return control_chart(data, item, period=period, season="weekday", **options)


def store_results(study, *, seed=1):
    """Funnel results of the stores, or None where the codebook names none or too few can be judged."""
    store, score = study.codebook.only("store"), study.codebook.only("nps")
    if store is None or score is None:
        return None
    sizes = counts(study.now, score.name, by=store.name).dropna(subset="value").groupby(store.name)["n"].sum()
    if (sizes.drop(MISSING, errors="ignore") >= 2 * study.min_n).sum() < 2:
        return None
    results = funnel_plot(study.now, score.name, by=store.name, weights=study.weights, seed=seed)
    shown = study.shown(results.drop(columns="signal"))
    return shown.assign(signal=results["signal"].where(shown["status"].isin(["ok", "low_base"]), ""))


def stores(results, study):
    """The funnel plot, and the stores outside its limits."""
    from IPython.display import display

    store = study.codebook.only("store")
    if store is None:
        display(markdown(f"*{say('no_store', study.lang)}*"))
        return
    if results is None:
        display(absent("funnel", study))
        return
    display(figure(funnel_chart(results, by=store.name, codebook=study.codebook, lang=study.lang), study, "funnel"))
    rows = results[results["signal"].isin(["beyond_95", "beyond_998"]) & results["status"].isin(["ok", "low_base"])]
    labels = Labels(study.codebook, study.lang)
    shrunk = zip(rows["shrunken"], interval(rows["shrunken_low"], rows["shrunken_high"], "points"), strict=True)
    out = pd.DataFrame({
        "store": [labels.code(store.name, code) for code in rows[store.name]],
        "estimate": [number(x, "points") for x in rows["estimate"]],
        "n": rows["n"].to_numpy(),
        "shrunken": [f"{number(x, 'points')} {i}" for x, i in shrunk],
        "ranks": [f"{a:.0f}–{b:.0f}" if a == a else "—" for a, b in zip(rows["rank_low"], rows["rank_high"], strict=True)],
        "signal": [say(signal, study.lang) for signal in rows["signal"]],
    })  # fmt: skip
    display(table(out, study, "outside", list(out.columns)))


def recall_note(study):
    """How many unhappy customers are to be called back, and how their list is made; no person stands in a report."""
    score = study.codebook.only("nps")
    if score is None or study.person is None:
        return markdown(f"*{say('no_recall', study.lang)}*")
    from cemlab.analyse.touchpoints import nps_parts

    parts = study.shown(nps_parts(study.now, study.codebook))
    row = parts[parts["metric"] == "detractors"].iloc[0]
    if row["status"] not in ("ok", "low_base"):
        return markdown("")
    return markdown(say("recall", study.lang, n=f"{round(row['estimate'] * row['n'] / 100):,}", wave=study.wave))

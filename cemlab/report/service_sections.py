"""Sections of the service report on its services, on peak and end, segments in one banner, and what to do."""

import pandas as pd

from cemlab.analyse.actions import recommended_actions
from cemlab.analyse.driver_sums import NoDrivers
from cemlab.analyse.peak_end import FEWEST, MOMENTS, peak_end
from cemlab.analyse.touchpoint_drivers import ENOUGH
from cemlab.analyse.touchpoints import answered_columns
from cemlab.measure.rows import thinned
from cemlab.measure.scores import bottom_box
from cemlab.report.driver_sections import markdown
from cemlab.report.labels import Labels
from cemlab.report.sections import named_heads
from cemlab.report.segment_banner import segment_banner, show_segment_banner
from cemlab.report.service_texts import TITLES, WORDS
from cemlab.report.tables import show_table
from cemlab.report.wording import number

SHOWN = ("ok", "low_base")
FIGURES = ("figure", "low", "high", "target")
FINE = {"improve": "mean", "resolve": "mean"}  # actions whose figures are means


def say(key, lang, **words):
    """A word or sentence of these sections."""
    return WORDS[key][0 if lang == "zh" else 1].format(**words)


def titled(key, study, **words):
    """Title and note of a section."""
    title, note = TITLES[key][0 if study.lang == "zh" else 1]
    return title.format(**words), note.format(**words).strip()


def absent(key, study, **words):
    """A sentence in place of a section that the study does not carry."""
    mark = "：" if study.lang == "zh" else ": "
    return markdown(f"*{titled(key, study, **words)[0]}{mark}{say(f'no_{key}', study.lang)}*")


def table(rows, study, key, **words):
    """A numbered table, or the sentence that stands for it."""
    if rows is None or not len(rows):
        return absent(key, study, **words)
    (title, note), columns = titled(key, study, **words), list(rows.columns)
    heads = named_heads(WORDS, study.lang, columns)
    return show_table(
        rows, columns=columns, title=title, note=note, heads=heads, codebook=study.codebook, lang=study.lang
    )


def limits(row, unit):
    """An interval in one cell."""
    if pd.isna(row["ci_low"]):
        return "—"
    return f"[{number(row['ci_low'], unit)}, {number(row['ci_high'], unit)}]"


def banner(study):
    """Headline figures and touchpoints by every segment, with letters, bases and index."""
    items = [c.name for c in answered_columns(study.now, study.codebook, "nps", "outcome", "effort", "touchpoint")]
    cells = segment_banner(study, items)
    if cells is None or not len(cells):
        from IPython.display import display

        display(absent("banner", study))
        return None
    show_segment_banner(cells, study, *titled("banner", study))
    return cells


def services(study, touchpoints, changes, named=()):
    """One table of the services that the codebook names: scores, problems, change, what to improve first."""
    from IPython.display import display

    if not study.codebook.services:
        display(markdown(f"*{say('no_services', study.lang)}*"))
    asked = dict.fromkeys(item for service in study.codebook.services.values() for item in service.touchpoints)
    seen = set() if touchpoints is None else set(touchpoints["item"])
    every = [item for item in asked if item in seen]
    lows, out = low_shares(study, every) if every else None, []
    for service in study.codebook.services.values():
        rows = None if touchpoints is None else touchpoints[touchpoints["item"].isin(service.touchpoints)]
        name = service(study.lang)
        if rows is None or not len(rows):
            display(absent("service", study, name=name, pick=""))
            continue
        tops = rows[rows["metric"] == "top_box"].set_index("item")
        out += [
            {"service": name} | service_row(item, tops.loc[item], lows, changes, named, study) for item in tops.index
        ]
    if out:
        rows = pd.DataFrame(out)
        picked = set(named) & set(rows["item"])
        pick = say("pick_note", study.lang) if picked else ""
        rows = rows if picked else rows.drop(columns="first")
        display(table(rows, study, "service", name=say("services", study.lang), pick=pick))


def low_shares(study, items):
    """Bottom boxes of touchpoints as they may be shown, by item; those of the same scale are counted together."""
    alike = {}
    for item in items:
        scale = study.codebook.columns[item].scale
        alike.setdefault((scale.low, scale.high, scale.bottom_codes), []).append(item)
    frames = []
    for (low, high, codes), names in alike.items():
        options = {"scale": (low, high), "bottom": list(codes), "weights": study.weights, "cluster": study.cluster}
        frames.append(bottom_box(study.now, names, **options))
    return study.shown(pd.concat(frames, ignore_index=True)).set_index("item")


def service_row(item, top, lows, changes, named, study):
    """One touchpoint of a service."""
    fits = top["status"] in SHOWN
    low = lows.loc[item]
    change = None if changes is None else changes[(changes["item"] == item) & (changes["metric"] == "top_box")]
    told = "—"
    if change is not None and len(change) and change["difference"].notna().iloc[0]:
        told = f"{round(change['difference'].iloc[0], 1) + 0.0:+.1f}".replace("+0.0", "0.0")
    return {
        "item": item,
        "top": number(top["estimate"], "percent") + "%" if fits else "—",
        "limits": limits(top, "percent") if fits else "—",
        "bottom": number(low["estimate"], "percent") + "%" if low["status"] in SHOWN else "—",
        "n": f"{top['n']:,.0f}",
        "change": told,
        "first": say("pick", study.lang) if item in named else "",
    }


def peak(study, *, seed=1):
    """What the overall rating follows: the average, the worst, the best or the last touchpoint; None where not checked."""
    from IPython.display import display

    names = journey_order(study)
    outcomes = answered_columns(study.now, study.codebook, "outcome") or answered_columns(
        study.now, study.codebook, "nps"
    )
    rows = None
    if outcomes and len(names) >= FEWEST:
        try:
            found = peak_end(thinned(study.now, ENOUGH), outcomes[0].name, names, **study.design, seed=seed)
        except NoDrivers:
            found = pd.DataFrame({"metric": [], "item": [], "status": []})
        rows = found[(found["metric"] == "importance") & found["item"].isin(MOMENTS)]
    if rows is None or not len(rows) or not rows["status"].isin(SHOWN).all():
        display(absent("peak", study))
        return None
    out = pd.DataFrame({
        "figure": [say(item, study.lang) for item in rows["item"]],
        "share": [number(x, "percent") + "%" for x in rows["estimate"]],
        "limits": [limits(row, "percent") for row in rows.to_dict("records")],
        "n": [f"{n:,.0f}" for n in rows["n"]],
    })  # fmt: skip
    display(table(out, study, "peak"))
    return found


def journey_order(study):
    """Touchpoints of the commonest scale in the order of the stages."""
    columns = answered_columns(study.now, study.codebook, "touchpoint")
    stages = list(study.codebook.stages)
    columns = sorted(columns, key=lambda c: stages.index(c.stage) if c.stage in stages else len(stages))
    scales = [(c.scale.low, c.scale.high) for c in columns]
    return [c.name for c, scale in zip(columns, scales, strict=True) if scale == max(set(scales), key=scales.count)]


def actions(study, drivers, named, stores, knees, operations=None, said=None):
    """The list of recommended actions, each from a row of the results; the rows it is made of."""
    from IPython.display import display

    store = study.codebook.only("store")
    made = recommended_actions(
        outcome=None if drivers is None else drivers.outcome,
        experiences=None if drivers is None else drivers.experiences,
        named=named,
        stores=stores,
        store=store.name if store else None,
        knees=knees,
        contacts=(operations or {}).get("contact_gap"),
        complaints=(operations or {}).get("complaints"),
        groups=said,
    )
    display(table(action_rows(made, study, store), study, "actions"))
    return made


def action_rows(made, study, store):
    """Actions in words."""
    labels, book, lang, rows = Labels(study.codebook, study.lang), study.codebook, study.lang, []
    for row in made.to_dict("records"):
        kind = row["kind"]
        unit = book.columns[row["item"]].unit if kind == "wait" else None
        figures = {name: shown(row[name], FINE.get(kind, "points")) for name in FIGURES}
        limits = {"low": f"{row['gain_low']:.2f}", "high": f"{row['gain_high']:.2f}"}
        lifted = say("complaints", lang) if kind == "complaints" else book.label(row["gain_item"], lang)
        gain = say("gain", lang, name=lifted, gain=f"{row['gain']:+.2f}", **limits)
        place = place_of(row, labels, store)
        rows.append({
            "action": say(f"do_{kind}", lang, name=place),
            "why": say(f"why_{row['evidence']}", lang, unit=unit(lang) if unit else "", **figures),
            "gain": gain,
            "reach": shown(row["reach"], "percent") + "%",
            "cost": "—" if pd.isna(row["cost"]) else f"{row['cost']:g}",
            "owner": say("to_fill", lang),
            "due": say("to_fill", lang),
        })  # fmt: skip
    return pd.DataFrame(rows)


def place_of(row, labels, store):
    """What or whom an action is about."""
    if row["kind"] == "listen":
        pairs = zip(*(part.split(" × ") for part in row["group"].split("=", 1)), strict=True)
        return " × ".join(labels.code(cut, code) for cut, code in pairs)
    if row["kind"] in ("visit", "complaints"):
        return labels.code(store.name, row["group"])
    return labels.codebook.label(row["item"], labels.lang)


def shown(figure, kind):
    """A figure, or a dash."""
    return "—" if pd.isna(figure) else number(figure, kind)

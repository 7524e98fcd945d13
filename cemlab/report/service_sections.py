"""Sections of the service report on its services, operational figures, peak and end, segments in one banner, actions."""

import pandas as pd

from cemlab.analyse.actions import recommended_actions
from cemlab.analyse.peak_end import FEWEST, MOMENTS, peak_end
from cemlab.analyse.service_parts import complaints_over_time, operational_figures
from cemlab.analyse.touchpoints import answered_columns
from cemlab.measure.persons import distinct_persons
from cemlab.measure.scores import bottom_box
from cemlab.report.driver_sections import markdown
from cemlab.report.figures import show_figure
from cemlab.report.labels import Labels
from cemlab.report.sections import named_heads
from cemlab.report.segment_banner import segment_banner, show_segment_banner
from cemlab.report.service_texts import TITLES, WORDS
from cemlab.report.tables import show_table
from cemlab.report.wording import number

SHOWN = ("ok", "low_base")


def say(key, lang, **words):
    """A word or sentence of these sections."""
    return WORDS[key][0 if lang == "zh" else 1].format(**words)


def titled(key, study, **words):
    """Title and note of a section."""
    title, note = TITLES[key][0 if study.lang == "zh" else 1]
    return title.format(**words), note


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
    """One table for each service that the codebook names: scores, problems, change, what to improve first."""
    from IPython.display import display

    for service in study.codebook.services.values():
        rows = None if touchpoints is None else touchpoints[touchpoints["item"].isin(service.touchpoints)]
        name = service(study.lang)
        if rows is None or not len(rows):
            display(absent("service", study, name=name))
            continue
        tops = rows[rows["metric"] == "top_box"].set_index("item")
        lows = low_shares(study, list(tops.index))
        out = [service_row(item, tops.loc[item], lows, changes, named, study) for item in tops.index]
        display(table(pd.DataFrame(out), study, "service", name=name))


def low_shares(study, items):
    """Bottom boxes of touchpoints as they may be shown, by item."""
    frames = []
    for item in items:
        scale = study.codebook.columns[item].scale
        codes = {"scale": (scale.low, scale.high), "bottom": list(scale.bottom_codes)}
        frames.append(bottom_box(study.now, item, **codes, weights=study.weights, cluster=study.cluster))
    return study.shown(pd.concat(frames, ignore_index=True)).set_index("item")


def service_row(item, top, lows, changes, named, study):
    """One touchpoint of a service."""
    fits = top["status"] in SHOWN
    low = lows.loc[item]
    change = None if changes is None else changes[(changes["item"] == item) & (changes["metric"] == "top_box")]
    told = "—"
    if change is not None and len(change) and change["difference"].notna().iloc[0]:
        told = f"{change['difference'].iloc[0]:+.1f}"
    return {
        "item": item,
        "top": number(top["estimate"], "percent") + "%" if fits else "—",
        "limits": limits(top, "percent") if fits else "—",
        "bottom": number(low["estimate"], "percent") + "%" if low["status"] in SHOWN else "—",
        "n": f"{top['n']:,.0f}",
        "change": told,
        "first": say("pick", study.lang) if item in named else "",
    }


def operational(study):
    """Waits, first contacts, complaints and response where the codebook names them; the frames as they may be shown."""
    from IPython.display import display

    store = study.codebook.only("store")
    cut = store.name if store and store.name in study.now.collect_schema().names() else None
    found = operational_figures(study.now, study.codebook, by=cut, min_n=study.min_n)
    if not found:
        return {}
    cuts = [cut] if cut else []
    persons = distinct_persons(study.now, cuts, person=study.person)
    out = {name: shown_of(frame, study, persons, cut) for name, frame in found.items()}
    if "wait" in out:
        display(table(wait_rows(out["wait"], study), study, "wait"))
    totals = [out[name] for name in ("first_contact", "complaints") if name in out]
    if totals:
        display(table(figure_rows(totals, study, cut), study, "operational"))
    weekly = complaints_over_time(study.everything, study.codebook) if "complaints" in out else None
    if weekly is not None:
        display(complaint_figure(weekly, study))
    if "response" in out:
        display(table(figure_rows([out["response"]], study, cut), study, "response"))
    if "nonresponse" in out:
        display(table(nonresponse_rows(out["nonresponse"], study), study, "nonresponse"))
    return out


def shown_of(frame, study, persons, cut):
    """A frame as it may be shown; cut or not, its groups' persons are known."""
    from cemlab.measure.bases import flag_bases
    from cemlab.release import protect

    flagged = flag_bases(frame, min_n=study.min_n, low_n=max(study.min_n, study.codebook.bases.low_n))
    if "reference" in frame:  # answered against silent: both sides are counted in n and n_reference
        return flagged
    known = persons if cut in frame else persons[persons[cut] == "(all)"].drop(columns=cut) if cut else persons
    return protect(flagged, known, min_persons=study.codebook.privacy.min_persons)


def wait_rows(frame, study):
    """Quantiles of the wait and shares served in time."""
    asked, lang = study.codebook.operations, study.lang
    column = study.codebook.columns[asked.wait]
    unit = column.unit(lang) if column.unit else ""
    rows = []
    for row in frame.to_dict("records"):
        if row["metric"] == "wait":
            key = "median" if row["at"] == 0.5 else "quantile"
            name, value, kind = (
                say(key, lang, q=100 * row["at"]),
                f"{number(row['estimate'], 'points')} {unit}",
                "points",
            )
        else:
            name, kind = say("served_within", lang, at=row["at"], unit=unit), "percent"
            value = number(row["estimate"], "percent") + "%"
        fits = row["status"] in SHOWN
        rows.append(
            {
                "figure": name,
                "value": value if fits else "—",
                "limits": limits(row, kind) if fits else "—",
                "n": f"{row['n']:,.0f}",
            }
        )
    return pd.DataFrame(rows)


def figure_rows(frames, study, cut):
    """Totals, and groups where a frame is cut."""
    labels, rows = Labels(study.codebook, study.lang), []
    for frame in frames:
        for row in frame.to_dict("records"):
            group = row.get(cut, "(all)") if cut else "(all)"
            percent = row["unit"] == "percent"
            fits, kind = row["status"] in SHOWN, "percent" if percent else "points"
            rows.append({
                "figure": say(row["metric"], study.lang) if row["metric"] in WORDS else titled("response", study)[0],
                "group": labels.say("全部", "All") if group == "(all)" else labels.code(cut, group),
                "value": number(row["estimate"], kind) + ("%" if percent else "") if fits else "—",
                "limits": limits(row, kind) if fits else "—",
                "n": f"{row['n']:,.0f}",
            })  # fmt: skip
    return pd.DataFrame(rows)


def nonresponse_rows(frame, study):
    """Those who answered against the others, amount by amount."""
    rows = []
    for row in frame.to_dict("records"):
        fits = row["status"] in SHOWN
        gap = f"{row['difference']:+.2f} [{row['difference_low']:.2f}, {row['difference_high']:.2f}]"
        rows.append({
            "figure": study.codebook.label(row["item"], study.lang),
            "answered": f"{row['estimate']:.2f} (n={row['n']:,.0f})" if fits else "—",
            "silent": f"{row['reference_estimate']:.2f} (n={row['n_reference']:,.0f})" if fits else "—",
            "difference": gap if fits else "—",
        })  # fmt: skip
    return pd.DataFrame(rows)


def complaint_figure(weekly, study):
    """The weekly control chart of complaints."""
    from cemlab.report.charts_time import score_over_time

    title, note = titled("complaints", study)
    return show_figure(score_over_time(weekly, codebook=study.codebook, lang=study.lang), title=title, note=note)


def peak(study, *, seed=1):
    """What the overall rating follows: the average, the worst, the best or the last touchpoint; None where not checked."""
    from IPython.display import display

    outcomes = answered_columns(study.now, study.codebook, "outcome") or answered_columns(
        study.now, study.codebook, "nps"
    )
    columns = answered_columns(study.now, study.codebook, "touchpoint")
    stages = list(study.codebook.stages)
    columns = sorted(columns, key=lambda c: stages.index(c.stage) if c.stage in stages else len(stages))
    scales = [(c.scale.low, c.scale.high) for c in columns]
    columns = [c for c, scale in zip(columns, scales, strict=True) if scale == max(set(scales), key=scales.count)]
    if not outcomes or len(columns) < FEWEST:
        display(absent("peak", study))
        return None
    names = [c.name for c in columns]
    try:
        found = peak_end(study.now, outcomes[0].name, names, **study.design, seed=seed)
    except ValueError:  # too few answers for a driver analysis
        display(absent("peak", study))
        return None
    rows = found[(found["metric"] == "importance") & found["item"].isin(MOMENTS)]
    if not rows["status"].isin(SHOWN).all():
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


def actions(study, drivers, named, stores, knees):
    """The list of recommended actions, each from a row of the results; the rows it is made of."""
    from IPython.display import display

    store = study.codebook.only("store")
    made = recommended_actions(
        experiences=None if drivers is None else drivers.experiences,
        named=named,
        stores=stores,
        store=store.name if store else None,
        knees=knees,
    )
    display(table(action_rows(made, study, store), study, "actions"))
    return made


def action_rows(made, study, store):
    """Actions in words."""
    labels, rows = Labels(study.codebook, study.lang), []
    for row in made.to_dict("records"):
        place = (
            labels.code(store.name, row["group"])
            if row["kind"] == "visit"
            else study.codebook.label(row["item"], study.lang)
        )
        unit = study.codebook.columns[row["item"]].unit if row["kind"] == "wait" else None
        kind = "points" if row["kind"] != "improve" else "mean"
        figures = {name: "—" if pd.isna(row[name]) else number(row[name], kind) for name in ("figure", "low", "high")}
        gain = "—"
        if not pd.isna(row["gain"]):
            gain = f"{row['gain']:+.2f} [{row['gain_low']:.2f}, {row['gain_high']:.2f}]"
        rows.append({
            "action": say(f"do_{row['kind']}", study.lang, name=place),
            "why": say(f"why_{row['evidence']}", study.lang, unit=unit(study.lang) if unit else "", **figures),
            "gain": gain,
            "reach": "—" if pd.isna(row["reach"]) else number(row["reach"], "percent") + "%",
            "cost": "—" if pd.isna(row["cost"]) else f"{row['cost']:g}",
            "owner": say("to_fill", study.lang),
            "due": say("to_fill", study.lang),
        })  # fmt: skip
    return pd.DataFrame(rows)

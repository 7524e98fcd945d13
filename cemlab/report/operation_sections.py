"""Sections of the service report on operational data: satisfaction over waits, waits, first contacts, complaints, response."""

import pandas as pd

from cemlab.analyse.service_parts import complaints_over_time, operational_figures
from cemlab.analyse.touchpoint_drivers import ENOUGH
from cemlab.analyse.waiting_curve import NoCurve, falls_faster, waiting_curve
from cemlab.measure.bases import flag_bases
from cemlab.measure.persons import distinct_persons
from cemlab.measure.rows import thinned
from cemlab.measure.schema import ALL
from cemlab.release import protect
from cemlab.report.charts_journey import waiting_chart
from cemlab.report.charts_time import score_over_time
from cemlab.report.driver_sections import markdown
from cemlab.report.driver_sections import say as told
from cemlab.report.figures import show_figure
from cemlab.report.labels import Labels
from cemlab.report.service_sections import SHOWN, limits, say, table, titled
from cemlab.report.wording import number

MANY = 12  # groups up to which a table lists all of them


def curves(study, *, seed=1):
    """Satisfaction over operational figures (waiting), each held against the touchpoint it explains; the knees found."""
    from IPython.display import display

    have = set(study.now.collect_schema().names())
    columns = [c for c in study.codebook.of_role("operational") if c.explains and {c.name, c.explains} <= have]
    if not columns:
        display(markdown(f"*{told('no_operations', study.lang)}*"))
        return {}
    knees = {}
    for column in columns:
        names = {"wait": column.title(study.lang), "outcome": study.codebook.label(column.explains, study.lang)}
        try:
            rows = thinned(study.now, ENOUGH)
            curve, knee = waiting_curve(rows, column.name, column.explains, weights=study.weights, seed=seed)
        except NoCurve:
            display(markdown(f"*{told('no_curve', study.lang, wait=names['wait'], item=names['outcome'])}*"))
            continue
        unit = column.unit(study.lang) if column.unit else ""
        options = {"codebook": study.codebook, "lang": study.lang, "time_unit": unit}
        title, note = titled("waiting", study, **names)
        display(show_figure(waiting_chart(curve, knee, **names, **options), title=title, note=note))
        display(markdown(knee_sentence(knee, names, unit, study.lang)))
        knees[column.name] = knee
    return knees


def knee_sentence(knee, names, unit, lang):
    """Where satisfaction starts to fall faster, or that no such place was found."""
    rows = knee.set_index("metric")
    words = {"wait": names["wait"], "item": names["outcome"], "unit": unit}
    if rows.loc["knee", "status"] not in SHOWN:
        return told("no_knee", lang, **words)
    place = rows.loc["knee"]
    figures = {"knee": number(place["estimate"], "points"), "low": number(place["ci_low"], "points")}
    figures |= {"high": number(place["ci_high"], "points")}
    slopes = {side: f"{rows.loc[f'slope_{side}', 'estimate']:+.2f}" for side in ("before", "after")}
    return told("knee" if falls_faster(knee) else "other_knee", lang, **words, **figures, **slopes)


def operational(study):
    """Waits, first contacts, complaints and response where the codebook names them; the frames as they may be shown."""
    from IPython.display import display

    store = study.codebook.only("store")
    cut = store.name if store and store.name in study.now.collect_schema().names() else None
    found = operational_figures(study.now, study.codebook, by=cut, min_n=study.min_n, **study.design)
    if not found:
        return {}
    persons = distinct_persons(study.now, [cut] if cut else [], person=study.person)
    out = {name: shown_of(frame, study, persons, cut) for name, frame in found.items()}
    if "wait" in out:
        display(table(wait_rows(out["wait"], study), study, "wait"))
    rows = [figure_rows(out[name], study, cut) for name in ("first_contact", "complaints") if name in out]
    if rows:
        display(table(pd.concat(rows, ignore_index=True), study, "operational"))
    if "contact_gap" in out:
        display(markdown(contact_sentence(out["contact_gap"].iloc[0], study)))
    weekly = complaints_over_time(study.everything, study.codebook) if "complaints" in out else None
    if weekly is not None:
        title, note = titled("complaints", study)
        picture = score_over_time(weekly, codebook=study.codebook, lang=study.lang)
        display(show_figure(picture, title=title, note=note))
    if "response" in out:
        display(table(figure_rows(out["response"], study, cut), study, "response"))
    if "nonresponse" in out:
        display(table(nonresponse_rows(out["nonresponse"], study), study, "nonresponse"))
    return out


def contact_sentence(row, study):
    """How those solved at first contact rate beside the others."""
    figures = {"first": f"{row['estimate']:.2f}", "again": f"{row['reference_estimate']:.2f}"}
    figures |= {"gap": f"{row['difference']:+.2f}", "low": f"{row['difference_low']:.2f}"}
    figures |= {"high": f"{row['difference_high']:.2f}", "n": f"{row['n']:,.0f}", "m": f"{row['n_reference']:,.0f}"}
    return say("contact_gap", study.lang, item=study.codebook.label(row["item"], study.lang), **figures)


def shown_of(frame, study, persons, cut):
    """A frame as it may be shown; cut or not, its groups' persons are known."""
    flagged = flag_bases(frame, min_n=study.min_n, low_n=max(study.min_n, study.codebook.bases.low_n))
    if "reference" in frame:  # answered against silent: neither side holds fewer than `min_n`
        return flagged
    known = persons if cut in frame or not cut else persons[persons[cut] == ALL].drop(columns=cut)
    return protect(flagged, known, min_persons=study.codebook.privacy.min_persons)


def wait_rows(frame, study):
    """Quantiles of the wait and shares served in time."""
    column, lang = study.codebook.columns[study.codebook.operations.wait], study.lang
    unit = column.unit(lang) if column.unit else ""
    rows = []
    for row in frame.to_dict("records"):
        if row["metric"] == "wait":
            key, kind = "median" if row["at"] == 0.5 else "quantile", "points"
            name = say(key, lang, name=column.title(lang), q=100 * row["at"])
            value = f"{number(row['estimate'], kind)} {unit}"
        else:
            kind, name = "percent", say("served_within", lang, name=column.title(lang), at=row["at"], unit=unit)
            value = number(row["estimate"], kind) + "%"
        rows.append(cells(row, name, value, kind))
    return pd.DataFrame(rows)


def cells(row, name, value, kind):
    """One row of a table of figures."""
    fits = row["status"] in SHOWN
    shown = {"value": value if fits else "—", "limits": limits(row, kind) if fits else "—"}
    return {"figure": name, **shown, "n": f"{row['n']:,.0f}"}


def figure_rows(frame, study, cut):
    """The total, and groups where a frame is cut: all of a few, of many those whose interval leaves the total out."""
    labels, rows = Labels(study.codebook, study.lang), []
    total = frame[frame[cut] == ALL] if cut in frame else frame
    groups = frame.drop(total.index)
    if len(groups) > MANY:
        whole = total["estimate"].iloc[0]
        groups = groups[(groups["ci_low"] > whole) | (groups["ci_high"] < whole)]
    for row in pd.concat([total, groups]).to_dict("records"):
        kind = "percent" if row["unit"] == "percent" else "points"
        name = say(row["metric"], study.lang)
        if row.get(cut, ALL) != ALL:
            name += labels.say("：", ": ") + labels.code(cut, row[cut])
        rows.append(cells(row, name, number(row["estimate"], kind) + ("%" if kind == "percent" else ""), kind))
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

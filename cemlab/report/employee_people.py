"""Sections of the employee report on drivers and change."""

import pandas as pd

from cemlab.analyse import employee_people as people
from cemlab.analyse.driver_table import driver_table
from cemlab.report.charts_drivers import driver_bars
from cemlab.report.charts_employee import importance_map
from cemlab.report.employee_cells import (
    DASH,
    SHOWN,
    base,
    columns,
    difference,
    figure,
    label,
    nothing,
    picture,
    probability,
    say,
    table,
    with_interval,
)
from cemlab.report.employee_index import company, of_unit
from cemlab.report.employee_verdict import figure_name

BOTH = "(both)"


def lowest(report):
    """The lowest level of the organisation with at least two units, or None."""
    from cemlab.analyse.employee_map import several

    return next((level for level in reversed(report.levels) if several(report.now, level)), None)


def all_drivers(report, *, seed=1, draws=1000):
    """{(outcome, part): drivers as they may be shown} of the index within and between units, and of the wish to leave."""
    unit, index = lowest(report), report.asked.index
    wanted = [(index, "within"), (index, "between"), (report.asked.stay, "within")]
    out = {}
    for outcome, part in wanted:
        if outcome is None or (part == "between" and unit is None):
            continue
        found = people.drivers(report.now, report.book, outcome, unit=unit, part=part, seed=seed, draws=draws)
        if found is not None:
            weights = found["unit"].replace("percent", "weight")  # a weight near 0 is no share of persons near 0
            out[outcome, part] = report.door(found.assign(unit=weights))
    return out


def driver_candidates(report, found):
    """Candidates by kind: "driver" for the index, "driver:<question>" for the wish to leave."""
    kinds = {(report.asked.index, "within"): "driver", (report.asked.stay, "within"): f"driver:{report.asked.stay}"}
    rows = {kind: found[key].assign(unit="percent") for key, kind in kinds.items() if key in found}
    return {kind: people.driver_claims(frame) for kind, frame in rows.items()}


def driver_picture(report, found, outcome, part="within"):
    """Relative weights of one outcome as bars against noise."""
    words = {"outcome": label(report, outcome) if outcome else "", "part": say(part, report.lang)}
    rows = found.get((outcome, part))
    if rows is None:
        return nothing(report, "drivers", **words) if outcome else None
    wide = driver_table(rows)
    if outcome == report.asked.stay:  # what keeps people lowers the wish to leave: a negative sign is the right one
        above = rows[rows["metric"] == "above_noise"].set_index("item")["ci_low"]
        wide = wide.assign(stands=(wide["item"].map(above) > 0) & (wide["sign"] <= 0))
    floor = rows.loc[rows["item"] == "(noise)", "ci_high"]
    noise = float(floor.iloc[0]) if len(floor) else None
    return picture(driver_bars, wide, report, "drivers", noise=noise, words=words)


def driver_rows(report, found):
    """Weights within and between units side by side; what is not above noise counts as 0."""
    inside, across = (found.get((report.asked.index, part)) for part in ("within", "between"))
    if inside is None:
        return None
    wide = driver_table(inside).set_index("item")
    told = {
        "dimension": [label(report, name) for name in wide.index],
        "within": [weight(row) for row in wide.to_dict("records")],
    }
    if across is not None:
        other = driver_table(across).set_index("item").reindex(wide.index)
        told["between"] = [weight(row) for row in other.to_dict("records")]
    told["coefficient"] = [
        DASH if pd.isna(r["coefficient"]) else f"{r['coefficient']:+.2f} [{r['coefficient_low']:.2f}, {r['coefficient_high']:.2f}]"
        for r in wide.to_dict("records")
    ]  # fmt: skip
    told["n"] = [DASH if report.book.privacy.enhanced or pd.isna(n) else f"{n:,.0f}" for n in wide["n"]]
    frame = columns(report, **told)
    return table(frame, report, "driver_rows", outcome=label(report, report.asked.index))


def weight(row):
    """A relative weight; 0 where it is not above noise, a dash where it could not be estimated."""
    if pd.isna(row["importance"]):
        return DASH
    return f"{row['importance']:.1f}" if row["stands"] else "0"


def priorities(report, found, scores):
    """Importance within units against favourable shares of the company or the manager's unit."""
    inside = found.get((report.asked.index, "within"))
    if inside is None:
        return None
    scores = report.coarse(scores)
    rows = of_unit(scores, report, report.unit)
    if rows is None or not rows["status"].isin(SHOWN).any():
        rows = company(scores, report)
    shares = rows[(rows["metric"] == "favourable") & rows["status"].isin(SHOWN)].set_index("item")
    wide = driver_table(inside)
    wide = wide[wide["item"].isin(shares.index)].reset_index(drop=True)
    wide = wide.assign(performance=wide["item"].map(shares["estimate"]))
    wide = wide.drop(columns="status")
    return picture(importance_map, wide, report, "ipa")


def change_table(report, changes, said, moved=None):
    """Every figure of the company against the last wave, with verdicts over all candidates; a manager sees the unit's dimensions."""
    from cemlab.report.findings import with_family
    from cemlab.report.sections import told

    if changes is None:
        return None
    changes, moved = report.coarse(changes), report.coarse(moved)
    if report.unit is not None:
        return unit_changes(report, changes, moved)
    rows = told(with_family(changes, "wave", said), "wave", report.lang)
    frame = columns(
        report,
        figure=[figure_name(report, row) for row in rows.to_dict("records")],
        value=[figure(row) for row in rows.to_dict("records")],
        difference=[difference(row) for row in rows.to_dict("records")],
        p=[probability(p) for p in rows["p_adjusted"]],
        verdict=rows["told"],
    )
    then = report.book.wave_label(report.study.previous, report.lang)
    return table(frame, report, "changes", reference=then)


def unit_changes(report, changes, moved):
    """A unit's dimensions against its own last wave, beside the company's change; tested over the whole heat map."""
    rows = of_unit(moved, report, report.unit)
    words = {"reference": report.book.wave_label(report.study.previous, report.lang)}
    if rows is None or not rows["status"].isin(SHOWN).any():
        return nothing(report, "changes", **words)
    rows = {row["item"]: row for row in rows[rows["metric"] == "favourable"].to_dict("records")}
    whole = {row["item"]: row for row in changes[changes["metric"] == "favourable"].to_dict("records")}
    names = [name for name in report.dimensions if name in rows]
    least = report.book.minimum_effect.share
    clear = [rows[n]["p_adjusted"] <= 0.05 and abs(rows[n]["difference"]) >= least for n in names]
    frame = columns(
        report,
        dimension=[label(report, name) for name in names],
        value=[figure(rows[name]) for name in names],
        change=[difference(rows[name]) for name in names],
        company_change=[difference(whole.get(name)) for name in names],
        p=[probability(rows[name]["p_adjusted"]) for name in names],
        verdict=[say("verdict_claim" if one else "verdict_not_significant", report.lang) for one in clear],
    )
    return table(frame, report, "changes", **words)


def panel_changes(report):
    """(changes of those who answered both waves, changes of everybody by likelihood), as they may be shown; (None, None) without such people.

    They are unweighted: where everybody answered both waves and answers are weighted, they would be a second sum of the same
    answers (see `weights_table`), and are left out. Changes by likelihood are coefficients of everybody without a count that could be read off them.
    """
    study = report.study
    if report.weights and study.person and people.all_twice(report.scored, study.wave, study.previous, study.person):
        return None, None
    found = people.panel_changes(
        report.scored, report.book, wave=study.wave, previous=study.previous, person=study.person
    )
    if found is None:
        return None, None
    same, whole = (found[found["method"] == method] for method in ("paired", "likelihood"))
    whole = whole.assign(unit="coefficient", item="likelihood_" + whole["item"])  # no mean on the question's scale
    return report.door(same, BOTH), report.door(whole)


def panel_table(report, changes, panel):
    """Change of the same people, and of everybody allowing for drop-out, beside the change of everybody."""
    changes, panel = report.coarse(changes), [report.coarse(frame) for frame in panel]
    same, whole = ({} if f is None else {(r["metric"], r["item"]): r for r in f.to_dict("records")} for f in panel)
    if changes is None or not same:
        return None
    rows = changes.to_dict("records")
    keys = [(row["metric"], row["item"]) for row in rows]
    frame = columns(
        report,
        figure=[figure_name(report, row) for row in rows],
        all=[difference(row) for row in rows],
        panel=[difference(same.get(key)) for key in keys],
        likelihood=[allowed(whole.get((row["metric"], f"likelihood_{row['item']}")), row["unit"]) for row in rows],
        n=[base(same.get(key)) for key in keys],
    )
    return table(frame, report, "panel")


def allowed(row, unit):
    """A change by likelihood in the figure's own unit, or a dash."""
    return difference(None if row is None else row | {"unit": unit})


def dropouts(report):
    """Who did not answer again, as it may be shown."""
    study = report.study
    found = people.dropout(report.scored, report.book, wave=study.wave, previous=study.previous, person=study.person)
    return report.door(found, study.previous)


def dropout_table(report, found):
    """Who dropped out: means against those who stayed, odds ratios of all dimensions together; the share lost stands in the note."""
    if found is None:
        return None
    cells = {(row["metric"], row["item"]): row for row in report.coarse(found).to_dict("records")}
    lost = cells["dropout", "all"]
    names = [name for name in report.dimensions if ("gap", name) in cells]
    gaps, odds = ([cells[metric, name] for name in names] for metric in ("gap", "odds_ratio"))
    frame = columns(
        report,
        dimension=[label(report, name) for name in names],
        droppedout=[bracketed(row, "+.2f") for row in gaps],
        odds=[bracketed(row, ".2f") for row in odds],
        raw_p=[probability(row["p_value"]) if row["status"] in SHOWN else DASH for row in odds],
    )
    return table(frame, report, "dropout", share=with_interval(lost), n=base(lost))


def bracketed(row, form):
    """An estimate with its interval, or a dash."""
    if row["status"] not in SHOWN or pd.isna(row["estimate"]):
        return DASH
    return f"{row['estimate']:{form}} [{row['ci_low']:{form}}, {row['ci_high']:{form}}]"

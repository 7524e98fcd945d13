"""Sections of the employee report on drivers and change."""

import pandas as pd

from cemlab.analyse import employee_people as people
from cemlab.analyse import employee_study as staff
from cemlab.analyse.driver_table import driver_table
from cemlab.report.charts_drivers import driver_bars
from cemlab.report.charts_employee import importance_map
from cemlab.report.employee_cells import (
    DASH,
    SHOWN,
    columns,
    difference,
    figure,
    label,
    nothing,
    picture,
    probability,
    say,
    table,
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
    frame = columns(report, **told, n=[f"{n:,.0f}" for n in wide["n"]])
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
    rows = of_unit(scores, report, report.unit)
    if rows is None or not rows["status"].isin(SHOWN).any():
        rows = company(scores, report)
    shares = rows[(rows["metric"] == "favourable") & rows["status"].isin(SHOWN)].set_index("item")
    wide = driver_table(inside)
    wide = wide[wide["item"].isin(shares.index)].reset_index(drop=True)
    wide = wide.assign(performance=wide["item"].map(shares["estimate"]))
    wide = wide.drop(columns="status")
    return picture(importance_map, wide, report, "ipa")


def change_table(report, changes, said):
    """Every figure of the company against the last wave, with verdicts over all candidates; a manager sees the unit's."""
    from cemlab.report.findings import with_family
    from cemlab.report.sections import told

    if changes is None:
        return None
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


def panel_changes(report):
    """Changes among those who answered both waves, as they may be shown; None without such people."""
    rows = people.panel(report.scored, report.study.wave, report.study.previous, report.study.person)
    if rows is None or rows.select("_key").head(1).collect().is_empty():
        return None
    found = staff.wave_changes(rows, report.book, **{**report.since, "weights": None})
    return report.door(found, BOTH)


def panel_table(report, changes, panel):
    """Change of the same people beside the change of everybody."""
    if changes is None or panel is None:
        return None
    same = {(r["metric"], r["item"]): r for r in panel.to_dict("records")}
    rows = changes.to_dict("records")
    frame = columns(
        report,
        figure=[figure_name(report, row) for row in rows],
        all=[difference(row) for row in rows],
        panel=[difference(same.get((row["metric"], row["item"]))) for row in rows],
        n=[f"{same[k]['n']:,.0f}" if (k := (row["metric"], row["item"])) in same else DASH for row in rows],
    )
    return table(frame, report, "panel")


def dropouts(report):
    """Who did not answer again, as it may be shown."""
    found = people.dropout(
        report.scored, report.book, wave=report.study.wave, previous=report.study.previous, person=report.study.person
    )
    return report.door(found, report.study.previous)


def dropout_table(report, found):
    """Odds ratios of not answering again."""
    if found is None:
        return None
    rows = found.to_dict("records")
    frame = columns(
        report,
        dimension=[label(report, row["item"]) for row in rows],
        odds=[
            f"{r['estimate']:.2f} [{r['ci_low']:.2f}, {r['ci_high']:.2f}]" if r["status"] in SHOWN else DASH
            for r in rows
        ],
        p=[probability(row["p_value"]) for row in rows],
        n=[f"{row['n']:,.0f}" for row in rows],
    )
    return table(frame, report, "dropout")

"""The end of the way from figures to actions: each unit's three levers."""

import pandas as pd

from cemlab.analyse import employee_map as maps
from cemlab.report.employee_cells import DASH, SHOWN, columns, indented, label, nothing, say, table, units
from cemlab.report.study import of_waves

LEAST = 0.005  # of the index; less would be printed as +0.00
BEST = 0.75  # a unit's mark is what the best quarter of units that may be shown has reached


def unit_levers(report, drivers, wave=None):
    """Up to three dimensions for every unit that may be shown, with what to expect; None without drivers or units.

    `drivers` are those of the same wave (this one when left out).
    """
    from cemlab.analyse.unit_levers import unit_levers as levers_of

    slopes = drivers.get((report.asked.index, "within"))
    if slopes is None or not report.levels:
        return None
    wave = wave or report.study.wave
    rows = of_waves(report.everyone, [wave])
    tested = report.door(maps.tested_map(rows, report.book, report.levels, weights=report.weights, metric="mean"), wave)
    known = None if tested is None else tested[tested["status"].isin(SHOWN) & tested["item"].isin(slopes["item"])]
    if known is None or not len(known):
        return None
    low = known[known[report.levels[-1]] != "(all)"] if (known[report.levels[-1]] != "(all)").any() else known
    marks = low.groupby("item")["estimate"].quantile(BEST).to_dict()
    frames = []
    for level in report.levels:
        rows = known[(known[level] != "(all)") & known["item"].isin(marks)]
        if len(rows):
            found = levers_of(rows, slopes, unit=level, target=marks, lang=report.lang)
            others = {other: "(all)" for other in report.levels if other != level}
            frames.append(found.assign(**others))
    if not frames:
        return None
    found = pd.concat(frames, ignore_index=True)
    return found[found["expected"] >= LEAST].reset_index(drop=True)


def lever_table(report, levers):
    """Three levers a unit in the company's report; in a manager's version with evidence, action, owner and date."""
    if levers is None or not len(levers):
        return nothing(report, "levers", target=say("target", report.lang))
    by = {}
    for row in levers.to_dict("records"):
        key = next((level, row[level]) for level in report.levels if row[level] != "(all)")
        by.setdefault(key, []).append(row)
    if report.unit is not None and report.unit in by:
        return own_levers(report, by[report.unit])
    keys = [key for key in units(report) if key in by]
    told = {"unit": [indented(report, key) for key in keys]}
    for place in range(3):
        told[f"lever_{place + 1}"] = [short(report, by[key][place]) if place < len(by[key]) else "—" for key in keys]
    return table(columns(report, **told), report, "levers", target=say("target", report.lang))


def short(report, row):
    """One lever in a cell: 直接上级 3.62→3.95，+0.12."""
    comma = "，" if report.lang == "zh" else ", "
    gap = "" if report.book.privacy.enhanced else f"{row['estimate']:.2f}→{row['target']:.2f}{comma}"
    return f"{label(report, row['item'])} {gap}{row['expected']:+.2f} [{row['expected_low']:.2f}, {row['expected_high']:.2f}]"


def own_levers(report, rows):
    """A manager's own levers, one a row."""
    parts = report.asked.dimensions
    frame = columns(
        report,
        lever=[label(report, row["item"]) for row in rows],
        why=[DASH if report.book.privacy.enhanced else f"{row['estimate']:.2f} → {row['target']:.2f}" for row in rows],
        expected=[f"{r['expected']:+.2f} [{r['expected_low']:.2f}, {r['expected_high']:.2f}]" for r in rows],
        action=[
            parts[row["item"]].action(report.lang) if parts[row["item"]].action else say("unmarked", report.lang)
            for row in rows
        ],
        owner=[say("to_fill", report.lang)] * len(rows),
        due=[say("to_fill", report.lang)] * len(rows),
    )
    return table(frame, report, "levers", target=say("target", report.lang))


def lever_files(levers):
    """The levers as estimates for the files: expected change of the index, item by item."""
    if levers is None or not len(levers):
        return None
    return levers.drop(columns=["note"]).assign(
        metric="expected", unit="mean", ci_low=levers["expected_low"], ci_high=levers["expected_high"], mark=levers["target"],
        estimate=levers["expected"], status="ok", clear=levers["clear"].astype(float),
    ).drop(columns=["expected", "expected_low", "expected_high", "target"])  # fmt: skip

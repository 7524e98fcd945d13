"""Sections of the employee report on the scale, on agreement, the heat map of units, strengths and gaps."""

import pandas as pd

from cemlab.analyse import employee_map as maps
from cemlab.report.blocks import Block, escape
from cemlab.report.employee_cells import (
    DASH,
    SHOWN,
    by_unit,
    coarse,
    columns,
    difference,
    figure,
    indented,
    label,
    nothing,
    probability,
    say,
    table,
    titled,
    units,
)
from cemlab.report.employee_index import company, of_unit
from cemlab.report.wording import number

BAR = 0.70
ABOVE, BELOW, FULL = (
    (31, 78, 121),
    (200, 100, 27),
    16.0,
)  # colours of the map, and the difference at which they are full


def reliability(report):
    """Alpha and omega of every dimension of two items or more; (None, None) without any."""
    from cemlab.analyse.omega import mcdonald_omega
    from cemlab.analyse.reliability import cronbach_alpha

    if not report.scales:
        return None, None
    return cronbach_alpha(report.answers, report.scales), mcdonald_omega(report.answers, report.scales)


def reliability_table(report, alpha, omega=None):
    """Alpha with its interval, omega, and items without which alpha would rise."""
    if alpha is None:
        return nothing(report, "reliability")
    cells = {(r["dimension"], r["metric"], r["item"]): r for r in alpha.to_dict("records")}
    total = {} if omega is None else {r["item"]: r for r in omega[omega["metric"] == "omega_total"].to_dict("records")}
    names = [name for name in report.dimensions if (name, "alpha", name) in cells]
    comma = "、" if report.lang == "zh" else ", "
    better, verdict = [], []
    for name in names:
        whole = cells[name, "alpha", name]
        rise = [
            item
            for item in report.dimensions[name]
            if len(report.dimensions[name]) > 2
            and cells[name, "alpha_dropped", item]["estimate"] > whole["estimate"] + 0.01
        ]
        better.append(comma.join(label(report, item) for item in rise) or DASH)
        verdict.append(say("yes" if whole["estimate"] >= BAR else "no", report.lang))
    told = {
        "dimension": [label(report, name) for name in names],
        "alpha": [alpha_text(cells[name, "alpha", name]) for name in names],
    }
    if total:
        told["omega"] = [figure(total.get(name), digits=2) for name in names]
    frame = columns(
        report, **told, dropped=better, n=[f"{cells[n, 'alpha', n]['n']:,.0f}" for n in names], verdict=verdict
    )
    return table(frame, report, "reliability")


def structure_table(report, found):
    """Fit of the dimensions as factors (confirmatory), beside the customary bounds."""
    if found is None:
        return nothing(report, "structure")
    fit = found.fit.set_index("metric")["estimate"]
    bounds = {"cfi": (0.90, 1), "tli": (0.90, 1), "rmsea": (0.08, -1), "srmr": (0.08, -1)}
    names = [name for name in bounds if name in fit.index]
    verdict = [say("yes" if (fit[n] - bounds[n][0]) * bounds[n][1] >= 0 else "no", report.lang) for n in names]
    frame = columns(report, figure=[n.upper() for n in names], value=[f"{fit[n]:.3f}" for n in names], verdict=verdict)
    return table(frame, report, "structure")


def structure(report):
    """Confirmatory factors of the dimensions with two items or more; None where they cannot be fitted."""
    from cemlab.analyse.confirmatory import confirmatory_factors

    groups = {name: items for name, items in report.dimensions.items() if len(items) >= 2}
    try:
        return confirmatory_factors(report.answers, groups) if len(groups) > 1 else None
    except ValueError:
        return None


def alpha_text(row):
    """ "0.82 [0.80, 0.84]"."""
    if row["status"] not in SHOWN:
        return DASH
    return f"{row['estimate']:.2f} [{row['ci_low']:.2f}, {row['ci_high']:.2f}]"


def agreement_table(report, level=None):
    """May means of the lowest level be compared: agreement inside units, differences between them."""
    from cemlab.analyse.unit_agreement import unit_agreement

    level = level or (report.levels[-1] if report.levels else None)
    if level is None or not maps.several(report.now, level):
        return None
    kinds = {}  # dimensions by the scale that their items share
    for name, items in report.dimensions.items():
        kinds.setdefault(report.options["scale"][items[0]], []).append(name)
    rows = report.now.drop_nulls(level)
    frames = [unit_agreement(rows, names, unit=level, scale=scale) for scale, names in kinds.items()]
    found = pd.concat(frames, ignore_index=True)
    words = {key: say(f"comparable_{key}", report.lang) for key in ("yes", "shrunken", "no")}
    frame = columns(
        report,
        dimension=[label(report, name) for name in found["item"]],
        units=[f"{n:,.0f}" for n in found["units"]],
        rwg=[f"{x:.2f}" for x in found["rwg_median"]],
        icc1=[f"{r['icc1']:.3f} [{r['icc1_low']:.3f}, {r['icc1_high']:.3f}]" for r in found.to_dict("records")],
        icc2=[f"{x:.2f}" for x in found["icc2"]],
        p=[probability(p) for p in found["p_value"]],
        verdict=[words[c] for c in found["comparable"]],
    )
    return table(frame, report, "agreement", level=label(report, level))


def map_block(report, drawn, tested, changed=None):
    """The heat map: units down, dimensions across; drawn-in shares coloured by their distance from the company."""
    if drawn is None or tested is None:
        return nothing(report, "map", least=number(report.book.minimum_effect.share, "points"))
    names = list(report.dimensions)
    cells = {(key, name): row for name in names for key, row in by_unit(drawn, report, item=name).items()}
    marks = {(key, name): row for name in names for key, row in by_unit(tested, report, item=name).items()}
    moves = (
        {(k, n): row for n in names for k, row in by_unit(changed, report, item=n).items()}
        if changed is not None
        else {}
    )
    heads = [say("head_unit", report.lang), *(label(report, name) for name in names), say("head_n", report.lang)]
    rows = []
    for key in units(report):
        if key is None:
            continue
        line = [map_cell(report, cells.get((key, n)), marks.get((key, n)), moves.get((key, n))) for n in names]
        counts = [row["n"] for n in names if (row := cells.get((key, n))) is not None and row["status"] in SHOWN]
        n = f"{max(counts):,.0f}" if counts else DASH
        rows.append(
            f'<tr><th scope="row" style="white-space:nowrap">{escape(indented(report, key))}</th>{"".join(line)}<td class="num">{n}</td></tr>'
        )
    words = titled("map", report.lang, least=number(report.book.minimum_effect.share, "points"))
    caption = f'<caption><span class="cem-no" data-kind="table"></span>{escape(words["title"])}</caption>'
    top = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    body = whole_row(report, names) + "".join(rows)
    block = f"<table>{caption}<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
    note = f'<p class="cem-note">{escape(words["note"])}</p>'
    return Block(f'<div class="cem"><div class="cem-scroll">{block}</div>{note}</div>', words["title"])


def whole_row(report, names):
    """The benchmark, where there is one, above the units."""
    marks = [report.asked.dimensions[name].benchmark for name in names]
    if all(mark is None for mark in marks):
        return ""
    told = "".join(f'<td class="num">{DASH if m is None else number(m, "percent")}</td>' for m in marks)
    return f'<tr class="total"><th scope="row">{escape(say("head_benchmark", report.lang))}</th>{told}<td class="num"></td></tr>'


def map_cell(report, row, mark, move):
    """One cell: the drawn-in share, its colour, and what tests say of it."""
    if row is None or row["status"] not in SHOWN or pd.isna(row["estimate"]):
        return f'<td class="num" style="color:#8a97a5">{coarse(row)}</td>'
    text, colour = number(row["estimate"], "percent"), ""
    if mark is not None and mark["status"] in SHOWN and not pd.isna(mark["reference_estimate"]):
        distance = row["estimate"] - mark["reference_estimate"]
        tint = ABOVE if distance > 0 else BELOW
        colour = f"background:rgba({tint[0]},{tint[1]},{tint[2]},{min(abs(distance) / FULL, 1) * 0.55:.2f})"
        text += stands(report, mark, "▲", "▼")
    text += stands(report, move, "↑", "↓")
    return f'<td class="num" style="{colour}">{escape(text)}</td>'


def stands(report, row, up, down):
    """The sign of a difference that is tested and large enough; nothing otherwise."""
    if row is None or row["status"] not in SHOWN or pd.isna(row["difference"]):
        return ""
    if not row["p_adjusted"] <= 0.05 or abs(row["difference"]) < report.book.minimum_effect.share:
        return ""
    return f" {up if row['difference'] > 0 else down}"


def strengths_table(report, found, least=5.0):
    """Dimensions against their benchmarks: a strength or gap needs `least` points and significance."""
    if found is None:
        return nothing(report, "strengths")
    rows = sorted(found.to_dict("records"), key=lambda row: -row["difference"])
    verdict = []
    for row in rows:
        clear = row["p_adjusted"] <= 0.05 and abs(row["difference"]) >= least
        verdict.append(say("even" if not clear else "strength" if row["difference"] > 0 else "gap", report.lang))
    frame = columns(
        report,
        dimension=[label(report, row["item"]) for row in rows],
        index=[figure(row) for row in rows],
        benchmark=[number(row["reference_estimate"], "percent") for row in rows],
        gap=[difference(row) for row in rows],
        verdict=verdict,
    )
    return table(frame, report, "strengths")


def benchmarks(report, scores):
    """The dimensions of the company, or of a manager's unit, against their benchmarks."""
    rows = of_unit(scores, report, report.unit)
    if rows is None or not rows["status"].isin(SHOWN).any():
        rows = company(scores, report)
    return maps.against_benchmarks(rows[rows["status"].isin(SHOWN)], report.book)

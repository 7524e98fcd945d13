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
    say,
    table,
    titled,
    units,
)
from cemlab.report.employee_index import company, of_unit
from cemlab.report.wording import number

BAR = 0.70
SMALL = {"zh": 12.5, "en": 11.5}  # pixels: eight dimensions and their names fit a page
ABOVE, BELOW, FULL = (
    (31, 78, 121),
    (200, 100, 27),
    16.0,
)  # colours of the map, and the difference at which they are full


def map_block(report, drawn, tested, changed=None, scores=None):
    """The heat map: units down, dimensions across; drawn-in shares coloured by their distance from the company."""
    if drawn is None or tested is None:
        return nothing(report, "map", least=number(report.book.minimum_effect.share, "points"))
    names = list(report.dimensions)
    drawn, tested, changed, scores = (report.coarse(frame) for frame in (drawn, tested, changed, scores))
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
        n = f"{max(counts):,.0f}" if counts and not pd.isna(counts).any() else DASH
        rows.append(
            f'<tr><th scope="row" style="white-space:nowrap">{escape(indented(report, key))}</th>{"".join(line)}<td class="num">{n}</td></tr>'
        )
    words = titled("map", report.lang, least=number(report.book.minimum_effect.share, "points"))
    caption = f'<caption><span class="cem-no" data-kind="table"></span>{escape(words["title"])}</caption>'
    top = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    body = whole_row(report, names) + company_row(report, names, scores) + "".join(rows)
    small = f' style="font-size:{SMALL[report.lang]}px"'
    block = f"<table>{caption}<thead{small}><tr>{top}</tr></thead><tbody{small}>{body}</tbody></table>"
    note = f'<p class="cem-note">{escape(words["note"])}</p>'
    return Block(f'<div class="cem"><div class="cem-scroll">{block}</div>{note}</div>', words["title"])


def whole_row(report, names):
    """The benchmark, where there is one, above the units."""
    marks = [report.asked.dimensions[name].benchmark for name in names]
    if all(mark is None for mark in marks):
        return ""
    told = "".join(f'<td class="num">{DASH if m is None else number(m, "percent")}</td>' for m in marks)
    return f'<tr class="total"><th scope="row">{escape(say("head_benchmark", report.lang))}</th>{told}<td class="num"></td></tr>'


def company_row(report, names, scores):
    """Everybody's favourable shares, above the units."""
    rows = company(scores, report)
    if rows is None or not len(rows):
        return ""
    cells = {row["item"]: row for row in rows[rows["metric"] == "favourable"].to_dict("records")}
    told = "".join(f'<td class="num">{figure(cells.get(name)).removesuffix("%")}</td>' for name in names)
    most = max((row["n"] for row in cells.values() if row["status"] in SHOWN), default=float("nan"))
    n = DASH if pd.isna(most) else f"{most:,.0f}"
    return f'<tr class="total"><th scope="row">{escape(say("company", report.lang))}</th>{told}<td class="num">{n}</td></tr>'


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
    marks = {name: part.benchmark for name, part in report.asked.dimensions.items()}
    rows = sorted(report.coarse(found).to_dict("records"), key=lambda row: -row["difference"])
    verdict = []
    for row in rows:
        clear = row["p_adjusted"] <= 0.05 and abs(row["difference"]) >= least
        verdict.append(say("even" if not clear else "strength" if row["difference"] > 0 else "gap", report.lang))
    frame = columns(
        report,
        dimension=[label(report, row["item"]) for row in rows],
        index=[figure(row) for row in rows],
        benchmark=[number(marks[row["item"]], "percent") for row in rows],
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

"""Charts a reader moves about in, as still tables: a heat map as a shaded matrix, a word cloud as its words by weight."""

import re

WORDS_SHOWN, A_ROW = 30, 5
MOVING = re.compile(r"\s*[（(](?:交互图|interactive)[^）)]*[）)]", flags=re.IGNORECASE)


def still_chart(data):
    """The still form of an ECharts chart.

    Parameters
    ----------
    data : dict
        What `echarts.show_chart` leaves in a notebook: option, title, note.

    Returns
    -------
    dict or None
        A piece of a `Document`; None where only the plain table of its figures is left.
    """
    option = data.get("option") or {}
    series = [one for one in _listed(option.get("series")) if isinstance(one, dict)]
    make = {"heatmap": _matrix, "wordCloud": _words}.get(series[0].get("type")) if len(series) == 1 else None
    made = make(option, series[0]) if make else None
    if not made:
        return None
    head, rows = made
    return {
        "kind": "table",
        "label": "figure",
        "title": MOVING.sub("", data.get("title") or ""),
        "note": data.get("note") or "",
        "head": head,
        "rows": rows,
    }


def _matrix(option, series):
    """Groups as rows, items as columns: a page is higher than wide."""
    across, down = (_categories(option.get(axis)) for axis in ("xAxis", "yAxis"))
    points = [point for point in _listed(series.get("data")) if isinstance(point, dict)]
    values = [point["value"][2] for point in points if isinstance(point["value"][2], (int, float))]
    if not across or not down or not values:
        return None
    low, high = min(values), max(values)
    at = {(int(point["value"][0]), int(point["value"][1])): point for point in points}
    columns = list(reversed(range(len(down))))
    head = [[cell("", head=True), *(cell(down[y], head=True, number=True) for y in columns)]]
    rows = []
    for x, name in enumerate(across):
        cells = [cell(name.replace("\n", "："), head=True)]
        for y in columns:
            point = at.get((x, y))
            value = point["value"][2] if point else None
            text = str((point.get("label") or {}).get("formatter") or value) if point else "—"
            shade = (value - low) / (high - low or 1) if isinstance(value, (int, float)) else None
            cells.append(cell(text, number=True) | ({} if shade is None else {"shade": round(shade, 3)}))
        rows.append({"cells": cells, "kind": ""})
    return head, rows


def _words(option, series):
    points = [point for point in _listed(series.get("data")) if isinstance(point, dict) and point.get("name")]
    points = sorted(points, key=lambda point: -float(point.get("value") or 0))[:WORDS_SHOWN]
    texts = [f"{point['name']} {float(point['value']):,.0f}" for point in points]
    lines = [texts[i : i + A_ROW] for i in range(0, len(texts), A_ROW)]
    return [], [{"cells": [cell(t) for t in line + [""] * (A_ROW - len(line))], "kind": ""} for line in lines]


def cell(text, *, head=False, number=False):
    """One cell of a table."""
    return {"text": text, "number": number, "head": head, "span": 1, "down": 1}


def _categories(axis):
    return next((one["data"] for one in _listed(axis) if isinstance(one, dict) and one.get("data")), None)


def _listed(value):
    return value if isinstance(value, list) else [] if value is None else [value]

"""The first screen and the bars behind each finding as one long picture for phones (长图), 1,080 pixels wide."""

import math
from pathlib import Path

from cemlab.report.finding_charts import finding_charts
from cemlab.report.html import text_of
from cemlab.report.standing import WORDS, standing
from cemlab.report.typesetting import FAMILY, deep, private_folder, typeset
from cemlab.report.wording import value

WIDTH, POINTS = 1080, 540  # pixels, and the page's width in points


def write_long_picture(folder, path, *, document, summary, most=5):
    """Write a report's long picture.

    Parameters
    ----------
    folder : str or pathlib.Path
        The report.
    path : str or pathlib.Path
    document : Document
    summary : dict
        Output of `read_summary`.
    most : int
        Findings shown.

    Returns
    -------
    pathlib.Path
        A PNG, 1,080 pixels wide and as high as it needs to be.

    Notes
    -----
    Bars begin at 0 and carry their interval as a line. Signs the font lacks (emoji) become a stand-in.
    """
    lang, opening = document.lang, document.opening
    charts = {chart.sentence: chart for chart in finding_charts(folder, summary, most=99)}
    sentences = (opening["findings"] or list(charts))[:most]
    found = [{"text": text, "chart": _chart(charts[text], lang) if text in charts else None} for text in sentences]
    content = {
        "title": document.title,
        "standing": standing(document),
        "lang": lang,
        "headline": opening["headline"],
        "cards": opening["cards"],
        "findings": found,
        "actions": opening["actions"],
        "method": _method(document),
        "words": {key: WORDS[lang][key] for key in ("findings", "actions", "source")},
    }
    content = deep(content, {}) | {"fonts": [FAMILY]}
    with private_folder() as private:
        made = typeset(text_of("long.typ"), content, folder=Path(private), format="png", ppi=round(72 * WIDTH / POINTS))
    Path(path).write_bytes(made)
    return Path(path)


def _chart(chart, lang):
    """Bars as shares of the width: all on one axis that holds 0 and every interval."""
    ends = [one for bar in chart.bars for one in (bar["value"], bar["low"], bar["high"]) if one is not None]
    low, high = min(0.0, *ends), max(0.0, *ends)
    span = (high - low) or 1.0

    def place(figure):
        return (figure - low) / span

    bars = []
    for bar in chart.bars:
        start, end = sorted((place(0.0), place(bar["value"])))
        base = chart.text(bar, lang).removeprefix(value(bar["value"], chart.unit, lang)).strip()
        bars.append({
            "label": bar["label"],
            "text": value(bar["value"], chart.unit, lang),
            "base": base,
            "strong": bool(bar["strong"]),
            "start": start,
            "length": end - start,
            "low": None if bar["low"] is None else place(bar["low"]),
            "high": None if bar["high"] is None else place(bar["high"]),
        })  # fmt: skip
    if not all(math.isfinite(bar["length"]) for bar in bars):
        raise ValueError(f"long_picture: a bar of {chart.title!r} has no finite length; render the report again.")
    return {"title": chart.title, "bars": bars}


def _method(document):
    """Who was asked, in the report's own words, and where the rest stands."""
    from cemlab.report.document_html import plain

    rest = document.without_opening()
    first = next((i for i, piece in enumerate(rest) if piece["kind"] in ("table", "picture")), len(rest))
    said = [plain(piece["runs"]) for piece in rest[:first] if piece["kind"] == "paragraph"]
    return [*said[:3], WORDS[document.lang]["more"]]

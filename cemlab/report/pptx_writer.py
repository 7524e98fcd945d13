"""A report as slides: five that sum it up, then one finding a slide with a chart that can be edited."""

import io
from pathlib import Path

from cemlab.report.finding_charts import finding_charts
from cemlab.report.packed import repacked, report_date
from cemlab.report.pptx_charts import add_bars, chart_notes
from cemlab.report.pptx_parts import Deck
from cemlab.report.standing import WORDS, standing, wide

MOST = 8
TEXTS = {
    "zh": {
        "summary": "核心结论",
        "how": "怎么读：误差与口径",
        "finding": "发现 {}",
        "base": "样本量与 {}置信区间：",
        "size": "样本量：",
        "rows": "图中数字取自本报告 results.csv，可在图表中右键“编辑数据”。",
        "none": "本期没有经检验成立的变化或差异，不作结论。",
        "said": "方法",
    },
    "en": {
        "summary": "Summary",
        "how": "How to read it",
        "finding": "Finding {}",
        "base": "Bases and {}intervals: ",
        "size": "Bases: ",
        "rows": "Figures are rows of results.csv; right-click the chart to edit its data.",
        "none": "No change and no difference stood up to testing; no claims are made.",
        "said": "Methods",
    },
}


def write_pptx(folder, path, *, document, summary, template=None):
    """Write a report as .pptx.

    Parameters
    ----------
    folder : str or pathlib.Path
        The report.
    path : str or pathlib.Path
    document : Document
    summary : dict
        Output of `read_summary`.
    template : str or pathlib.Path, optional
        A company's .pptx: its masters, layouts, colours and size are used, its slides are not.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    ValueError
        The template cannot be read or has no layout with a title.

    Notes
    -----
    Five slides: title, summary with key figures, findings, proposals, data and methods; then one finding a slide, its
    bars a native chart. Bases and intervals stand under the chart and in the notes. Fonts are named, not embedded.
    """
    deck, lang = Deck(template), document.lang
    words, texts, opening = WORDS[lang], TEXTS[lang], document.opening
    line = standing(document)
    deck.title(document.title, line)
    slide = deck.slide(texts["summary"], foot=line)
    deck.headline(slide, opening["headline"])
    deck.cards(slide, opening["cards"])
    charts = finding_charts(folder, summary, most=MOST)
    slide = deck.slide(words["findings"], foot=line)
    deck.items(slide, opening["findings"] or [chart.sentence for chart in charts[:3]] or [texts["none"]])
    slide = deck.slide(words["actions"], foot=line)
    deck.proposals(slide, opening["actions"], (words["what"], words["owner"], words["due"]))
    slide = deck.slide(texts["how"], foot=line)
    deck.items(slide, [*_methods(document), words["more"]], size=13, numbered=False)
    for place, chart in enumerate(charts, start=1):
        slide = deck.slide(texts["finding"].format(place), foot=line)
        deck.sentence(slide, chart.sentence)
        notes = [chart.sentence, texts["rows"]]
        if chart.bars:
            level = f"{chart.level:.0%} " if chart.level else ""
            add_bars(slide, chart, deck.chart_box, lang=lang, font=deck.font)
            head = "base" if any(bar["low"] is not None for bar in chart.bars) else "size"
            base = texts[head].format(level) + ("；" if lang == "zh" else "; ").join(chart_notes(chart, lang))
            deck.base(slide, base)
            notes.append(base)
        deck.notes(slide, "\n".join(notes))
    deck.properties(document.title)
    out = io.BytesIO()
    deck.file.save(out)
    Path(path).write_bytes(repacked(out.getvalue(), date=report_date(document.facts)))
    return Path(path)


def _methods(document, most=5):
    """What a reader must know: the lines of the report before its first table (who was asked), then the method's first."""
    from cemlab.report.document_html import plain

    out, kinds = [], document.without_opening()
    first = next((i for i, piece in enumerate(kinds) if piece["kind"] in ("table", "picture")), len(kinds))
    out += [plain(piece["runs"]) for piece in kinds[:first] if piece["kind"] == "paragraph"]
    lists = [piece for piece in kinds if piece["kind"] == "list" and not piece["ordered"]]
    out += [plain(item) for piece in lists[-1:] for item in piece["items"]]
    return [shortened(text) for text in out][:most]


def shortened(text, most=260):
    """A text that takes no more room than `most` Latin letters: up to the end of a sentence, else of a word, with "…"."""
    if wide(text) <= most:
        return text
    end = next(at for at in range(len(text), 0, -1) if wide(text[:at]) < most)
    kept = text[:end]
    stops = [kept.rfind(sign) + 1 for sign in ("。", "；", ". ", "; ")]
    if max(stops) > end / 2:
        return kept[: max(stops)].rstrip()
    space = kept.rfind(" ")
    return (kept[:space] if space > end / 2 else kept).rstrip("，, ") + "…"

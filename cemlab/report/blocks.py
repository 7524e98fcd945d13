"""What a notebook cell may show in a report: blocks that carry their own, escaped HTML."""

import html
import os
from dataclasses import dataclass, field

from cemlab.checks import require_choice

ARROWS = {"up": "▲", "down": "▼", "": ""}
WORDS = {
    "zh": {"findings": "主要发现", "actions": "建议", "what": "建议内容", "who": "责任部门", "when": "期限"},
    "en": {"findings": "Findings", "actions": "Proposals", "what": "Proposal", "who": "Owner", "when": "Due"},
}


@dataclass(frozen=True)
class Block:
    """A piece of a report. JupyterLab shows it as HTML; the exporter recognises it and numbers it."""

    html: str
    plain: str = ""
    extra: dict = field(default_factory=dict)

    def _repr_html_(self):
        if os.environ.get("CEMLAB_RENDER"):
            return self.html
        from cemlab.report.html import text_of

        return f"<style data-cemlab>{text_of('block.css')}</style>{self.html}"

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/html": self._repr_html_(), "text/plain": self.plain, **self.extra}, {"cemlab": True}


def wrapped(kind, body, *, title=None, note=None, css=""):
    """`body` in a numbered <figure> with its title above and its note below; both are escaped."""
    head = f'<figcaption><span class="cem-no" data-kind="{kind}"></span>{escape(title)}</figcaption>' if title else ""
    foot = f'<p class="cem-note">{escape(note)}</p>' if note else ""
    return f'<figure class="cem {css}">{head}{body}{foot}</figure>'


def escape(text):
    """Text for HTML, between tags or in a quoted attribute."""
    return html.escape(str(text), quote=True)


def kpi_cards(cards, *, lang="zh"):
    """Key figures side by side.

    Parameters
    ----------
    cards : list of dict
        Each with ``title`` and ``value`` (words, such as "39.8 分"), and if wanted ``change`` (words),
        ``direction`` ("up", "down" or "") and ``note`` (base and interval). Everything is escaped.
    lang : {"zh", "en"}

    Returns
    -------
    Block

    Raises
    ------
    ValueError
        No cards, a card without title or value, an unknown direction.
    """
    require_choice(lang, tuple(WORDS), name="lang", where="kpi_cards")
    plain = "; ".join(f"{card.get('title')} {card.get('value')} {card.get('change', '')}".strip() for card in cards)
    return Block(f'<section class="cem">{_cards(cards)}</section>', plain)


def first_screen(headline, cards, findings, actions, *, lang="zh"):
    """The first screen 核心结论: one sentence, key figures, findings, and proposals whose owner and date stay blank.

    Parameters
    ----------
    headline : str
        One sentence.
    cards : list of dict
        As in `kpi_cards`; three, as a rule.
    findings, actions : list of str
        Sentences; three of each, as a rule. An empty list leaves its part out.
    lang : {"zh", "en"}

    Returns
    -------
    Block
    """
    require_choice(lang, tuple(WORDS), name="lang", where="first_screen")
    words = WORDS[lang]
    parts = [f'<p class="cem-headline">{escape(headline)}</p>', _cards(cards) if cards else ""]
    if findings:
        items = "".join(f"<li>{escape(text)}</li>" for text in findings)
        parts.append(f'<h4>{words["findings"]}</h4><ol class="cem-findings">{items}</ol>')
    if actions:
        blank = '<td class="cem-blank">____________</td>'
        rows = "".join(f"<tr><th>{n}. {escape(text)}</th>{blank}{blank}</tr>" for n, text in enumerate(actions, 1))
        heads = "".join(f"<th>{words[key]}</th>" for key in ("what", "who", "when"))
        parts.append(
            f'<h4>{words["actions"]}</h4><div class="cem-scroll"><table class="cem-actions"><thead><tr>{heads}</tr>'
            f"</thead><tbody>{rows}</tbody></table></div>"
        )
    plain = "\n".join([headline, *findings, *actions])
    return Block(f'<section class="cem">{"".join(parts)}</section>', plain)


def _cards(cards):
    if not cards:
        raise ValueError("kpi_cards: no cards given; pass a list of dicts with `title` and `value`.")
    out = []
    for place, card in enumerate(cards, 1):
        lacking = [key for key in ("title", "value") if key not in card]
        if lacking:
            raise ValueError(f"kpi_cards: card {place} has no {lacking}; each card needs `title` and `value`.")
        turn = card.get("direction") or ""
        require_choice(turn, tuple(ARROWS), name="direction", where="kpi_cards")
        figure, _, unit = str(card["value"]).partition(" ")
        change = card.get("change")
        arrow = f'<span aria-hidden="true">{ARROWS[turn]}</span> ' if turn else ""
        out.append(
            f'<div class="cem-card"><div class="name">{escape(card["title"])}</div>'
            f'<div class="figure">{escape(figure)}' + (f'<span class="unit">{escape(unit)}</span>' if unit else "") + "</div>"
            + (f'<div class="change {turn or "flat"}">{arrow}{escape(change)}</div>' if change else "")
            + (f'<div class="base">{escape(card["note"])}</div>' if card.get("note") else "")
            + "</div>"
        )  # fmt: skip
    return f'<div class="cem-cards">{"".join(out)}</div>'

"""The first screen of the report on reviews: key figures, alarms as signals, findings, proposals."""

from cemlab.analyse import touchpoints as tp
from cemlab.report import verdict
from cemlab.report.review_labels import label_shares
from cemlab.report.review_sections import alarms_now, charts_of, name_of, say_list
from cemlab.report.review_texts import told
from cemlab.report.text_sections import say
from cemlab.report.wording import number, value

TEXTS = {
    "zh": {
        "volume": "本期评论量",
        "reviews": "{n} 条",
        "last": "上期 {n} 条",
        "negative": "差评占比",
        "uncorrected": "未经校正",
        "no_alarm": "没有时段低于控制限。",
        "alarm": "有 {n} 个时段的净情感值低于控制限（{when}），属于提示信号，不是检验结论。",
        "look": "通读 {when} 的差评原文{aspects}，查明起因与范围后再定措施。",
        "about": "（该时段“{names}”的差评偏多）",
        "untested": "也没有来源等分组可比，未作比较检验。",
        "compared": "没有上期和分组可比，未作检验；先通读差评原文。",
        "ends": "提及较多的方面中，净情感值最低的是“{worst}”（{low}），最高的是“{best}”（{high}）。",
        "read": "先读“{worst}”的差评原文（净情感值 {low}，提及 {n} 条；描述性结果，未作检验），归类原因后再定措施。",
    },
    "en": {
        "volume": "Reviews",
        "reviews": "{n} reviews",
        "last": "{n} the time before",
        "negative": "Negative reviews",
        "uncorrected": "uncorrected",
        "no_alarm": "No period fell below its limits.",
        "alarm": "{n} fell below the limits of net sentiment ({when}): a signal to look at, no tested claim.",
        "look": "Read the negative reviews of {when}{aspects}, find cause and extent, then decide on measures.",
        "about": " (“{names}” was blamed more than usual)",
        "untested": "Nor are there groups to compare: nothing was tested.",
        "compared": "No wave before and no groups: nothing was tested. Read the negative reviews first.",
        "ends": "Of the aspects named by many, “{worst}” is judged worst ({low}) and “{best}” best ({high}).",
        "read": "Read the negative reviews about “{worst}” first (net sentiment {low}, named by {n}; described, not tested) and sort their causes.",
    },
}


def first_screen(words, said):
    """The first screen: net sentiment, negative share, stars and volume; alarms as signals; findings and proposals."""
    from cemlab.report.blocks import first_screen as block

    study, lang = words.study, words.study.lang
    if words.reason:
        from cemlab.report.comments import LEAST

        return block(say(words.reason, lang, written=f"{words.written:,}", least=LEAST), [], [], [], lang=lang)
    text, cards = TEXTS[lang], cards_of(words, said)
    opening = verdict.opening_sentence([card for card in cards if "change" in card], said, lang)
    space, found, proposals = "" if lang == "zh" else " ", alarms_now(words), []
    if charts_of(words) is not None:
        when = say_list([name_of(row, words) for row in found.to_dict("records")], lang)
        opening += space + (
            text["alarm"].format(n=counted(len(found), lang), when=when) if len(found) else text["no_alarm"]
        )
    ends = ends_of(words)
    opening += (space + text["untested"] if not len(said) else "") + (
        space + text["ends"].format(**ends) if ends else ""
    )
    if label_shares(words) is not None and study.segments:
        opening += space + told("label_compared", lang)
    for row in found.head(2).to_dict("records"):
        names = [study.codebook.label(f"topic:{one[0]}", lang) for one in row["aspects"][:2]]
        about = text["about"].format(names=say_list(names, lang)) if names else ""
        proposals.append(text["look"].format(when=name_of(row, words), aspects=about))
    further = verdict.suggestions(said, study.codebook, lang=lang)
    nothing = verdict.TEXTS[lang]["nothing"]
    if not len(said) or (ends and not proposals and further == [nothing]):
        further = [text["read"].format(**ends) if ends else text["compared"]]
    proposals += [one for one in further if not proposals or one != nothing]
    return block(opening, cards, verdict.top_findings(said), proposals[:3], lang=lang)


def counted(n, lang):
    """How many periods, as the sentence takes it."""
    return n if lang == "zh" else f"{n} period{'s' if n > 1 else ''}"


def ends_of(words):
    """The aspects with the lowest and the highest net sentiment among those with a firm base, in words; {} for fewer than two."""
    rows = words.aspects
    rows = rows[(rows["metric"] == "net_sentiment") & (rows["status"] == "ok")].sort_values("estimate", kind="stable")
    if len(rows) < 2:
        return {}
    lang, label, ends = words.study.lang, words.study.codebook.label, rows.iloc[[0, -1]].to_dict("records")
    names = {"worst": label(ends[0]["item"], lang), "best": label(ends[1]["item"], lang), "n": f"{int(ends[0]['n']):,}"}
    return names | {key: value(one["estimate"], "points", lang) for key, one in zip(("low", "high"), ends, strict=True)}


def cards_of(words, said):
    """Key figures: net sentiment with its tested change, negative share, stars, volume."""
    study, lang, text = words.study, words.study.lang, TEXTS[words.study.lang]
    net = words.net[words.net["_wave"] == study.wave].iloc[0].to_dict()
    as_wave = said.assign(kind=said["kind"].replace({"aspect": "wave"}))
    change, turn, decided = verdict.headline_change(net, as_wave, study.codebook, study.previous, lang)
    name = "净情感值" if lang == "zh" else "Net sentiment"
    cards = [{"title": name, "value": value(net["estimate"], "points", lang), "note": base(net, "points", lang)}]
    cards[0] |= {"change": change, "direction": turn, "verdict": decided}
    stars = tp.headline(study.now, study.codebook) if study.codebook.of_role("outcome") else None
    if stars is not None:
        rated = verdict.headline_figures(study.shown(stars), said, study.codebook, previous=study.previous, lang=lang)
        cards += [named_boxes(card, study.codebook, lang) for card in rated]
    share = words.sentiment[(words.sentiment["_wave"] == study.wave) & (words.sentiment["item"] == "topic:negative")]
    row = share.iloc[0].to_dict()
    note = base(row, "percent", lang) + (
        "" if words.gold is not None else ("，" if lang == "zh" else ", ") + text["uncorrected"]
    )
    given = label_shares(words)
    if given is not None:
        note += ("；" if lang == "zh" else "; ") + told("by_label", lang, share=f"{given['negative']['estimate']:.1f}%")
    cards.append({"title": text["negative"], "value": value(row["estimate"], "percent", lang), "note": note})
    last = int((words.every["_wave"] == study.previous).sum()) if study.previous is not None else 0
    note = text["last"].format(n=f"{last:,}") if last else ""
    cards.append({"title": text["volume"], "value": text["reviews"].format(n=f"{words.written:,}"), "note": note})
    return cards


def named_boxes(card, codebook, lang):
    """The card of a rating, whose title says that the figure is a share of its upper stars."""
    column = next((c for c in codebook.of_role("outcome") if codebook.label(c.name, lang) in card["title"]), None)
    if column is None or not card["value"].endswith("%"):
        return card
    low, high = min(column.scale.top_codes), max(column.scale.top_codes)
    what = f"（{low}–{high} 星占比）" if lang == "zh" else f" (share of {low}–{high})"
    return card | {"title": codebook.label(column.name, lang) + what}


def base(row, unit, lang):
    """Base and interval of a card."""
    low, high = number(row["ci_low"], unit), number(row["ci_high"], unit)
    return verdict.TEXTS[lang]["base"].format(n=f"{int(row['n']):,}", level=f"{row['level']:.0%}", low=low, high=high)

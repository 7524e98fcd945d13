"""The first screen 核心结论: one sentence, three figures with their change, three findings, three 建议."""

from cemlab.report.findings import claims
from cemlab.report.wording import figure_name, gap, group_name, number, value

LEAST_GAIN = 0.005  # a gain whose interval rounds to 0.00 is not worth a sentence
HEADLINE = {"nps": "nps", "outcome": "top_box", "effort": "top_box"}
TEXTS = {
    "zh": {
        "no_previous": "无上期可比",
        "not_asked": "上期未问此题，无从比较",
        "not_tested": "样本不足，未作比较",
        "no_change": "较{reference}未见显著变化",
        "change": "较{reference}显著{verb} {size}",
        "up": "上升",
        "down": "下降",
        "base": "n={n}，{level} 置信区间 {low}～{high}",
        "boxes": "{low}–{high} 分占比，",
        "target": "目标 {target}",
        "hidden": "样本不足，不显示",
        "touchpoint": "排查“{name}”满意度下降的原因（较{reference}下降 {size}）：先核对同期的产品、人手与流程变动，再定改进措施。",
        "aspect": "通读{name}下降（较{reference}下降 {size}）所涉的差评原文，归类原因后再定措施。",
        "group": "了解{cut}为“{group}”的受访者评价偏低的原因（{figure} 低于其余受访者 {size}），访谈或加问后再定措施。",
        "group_reviews": "通读{cut}为“{group}”的差评原文（{figure}低于其余评论 {size}），归类原因后再定措施。",
        "headline": "查明{name}较{reference}下降（{size}）的时间点与范围，确认是否与已知的运营变动同步。",
        "key": "优先改进“{name}”：距目标 {shortfall} 分，每提高 1 分，总体评价约高 {gain} 分（{level} 置信区间 {low}～{high}；模型关联估计，非因果承诺）。",
        "nothing": "本期没有经检验成立的下降或落后，无需专项整改；按原计划继续监测。",
        "no_claims": "本期各项变化与群体差异均未见显著，不作结论。",
        "and": "；",
        "stop": "。",
    },
    "en": {
        "no_previous": "no previous wave",
        "not_asked": "not asked in the wave before",
        "not_tested": "base too small, not compared",
        "no_change": "no evidence of change since {reference}",
        "change": "significantly {verb} {size} since {reference}",
        "up": "up",
        "down": "down",
        "base": "n={n}, {level} CI {low} to {high}",
        "boxes": "share {low}–{high}, ",
        "target": "target {target}",
        "hidden": "base too small, not shown",
        "touchpoint": "Find out why “{name}” fell ({size} since {reference}): check changes in product, staffing and process first, then decide on measures.",
        "aspect": "Read the negative comments behind the fall of {name} ({size} since {reference}) and sort their causes before deciding on measures.",
        "group": "Find out why {cut} “{group}” rates lower ({figure} {size} below the rest); ask for reasons before deciding on measures.",
        "group_reviews": "Read the negative reviews of {cut} “{group}” ({figure} {size} below the rest) and sort their causes before deciding on measures.",
        "headline": "Establish when and where {name} fell ({size} since {reference}) and whether it coincides with known operational changes.",
        "key": "Improve “{name}” first: {shortfall} points below target; one point more goes with {gain} more overall ({level} CI {low} to {high}; association in a model, no promise of cause).",
        "nothing": "No decline or lag stood up to testing; no special measures, keep monitoring as planned.",
        "no_claims": "No change and no group difference stood up to testing; no claims are made.",
        "and": "; ",
        "stop": ".",
    },
}


def headline_figures(estimates, table, codebook, *, previous, lang="zh"):
    """The key figures of the first screen, at most one NPS, one satisfaction and one effort figure.

    Parameters
    ----------
    estimates : pandas.DataFrame
        Headline estimates of this wave without cuts (`touchpoints.headline`), bases flagged.
    table : pandas.DataFrame
        The report's `findings`.
    codebook : Codebook
    previous : str or None
        Code of the previous wave.
    lang : {"zh", "en"}

    Returns
    -------
    list of dict
        title, value, note (base and interval), change (in words), direction ("up", "down" or "") and verdict.
    """
    words, cards = TEXTS[lang], []
    for role, metric in HEADLINE.items():
        columns = codebook.of_role(role)
        rows = estimates[(estimates["metric"] == metric) & estimates["item"].isin([c.name for c in columns])]
        if not len(rows) or (role == "effort" and rows["item"].nunique() > 1):
            continue  # several effort questions are no headline; each stands in the table
        row = rows.iloc[0].to_dict()
        unit, shown = row["unit"], row["status"] in ("ok", "low_base")
        change, turn, verdict = headline_change(row, table, codebook, previous, lang)
        note = words["hidden"]
        if shown:
            low, high = number(row["ci_low"], unit), number(row["ci_high"], unit)
            note = words["base"].format(n=f"{int(row['n']):,}", level=f"{row['level']:.0%}", low=low, high=high)
            if metric == "top_box":
                codes = codebook.columns[row["item"]].scale.top_codes
                note = words["boxes"].format(low=min(codes), high=max(codes)) + note
        target = codebook.columns[row["item"]].target
        if target is not None:
            note += ("，" if lang == "zh" else ", ") + words["target"].format(target=value(target, unit, lang))
        cards.append({
            "title": figure_name(metric, row["item"], codebook, lang).strip(),
            "value": value(row["estimate"], unit, lang) if shown else "—",
            "note": note,
            "change": change,
            "direction": turn,
            "verdict": verdict,
        })  # fmt: skip
    return cards


def headline_change(row, table, codebook, previous, lang):
    """How a headline figure stands against the previous wave: words, direction, verdict."""
    words = TEXTS[lang]
    if previous is None:
        return words["no_previous"], "", "none"
    found = table[(table["kind"] == "wave") & (table["metric"] == row["metric"]) & (table["item"] == row["item"])]
    if not len(found) or found.iloc[0]["verdict"] == "not_estimable":
        asked = len(found) and found.iloc[0]["n_reference"] > 0
        return words["not_tested" if asked else "not_asked"], "", "none"
    change = found.iloc[0]
    reference = codebook.wave_label(change["reference"], lang)
    if change["verdict"] != "claim":
        return words["no_change"].format(reference=reference), "", change["verdict"]
    size = gap(change["difference"], change["unit"], lang)
    turn = change["direction"]
    return words["change"].format(reference=reference, verb=words[turn], size=size), turn, "claim"


def opening_sentence(cards, table, lang="zh"):
    """The one sentence above everything: the headline figures and whether they moved."""
    words = TEXTS[lang]
    comma, alone = ("，" if lang == "zh" else ", "), words["no_previous"]
    parts = [f"{c['title']} {c['value']}" + ("" if c["change"] == alone else comma + c["change"]) for c in cards[:2]]
    parts += [alone] if cards and all(card["change"] == alone for card in cards) else []
    text = words["and"].join(parts) + words["stop"]
    if len(claims(table)) or not len(table):  # nothing compared, nothing to say about it
        return text
    return text + ("" if lang == "zh" else " ") + words["no_claims"]


def top_findings(table, most=3):
    """The sentences of the strongest claims, headline changes first."""
    rows = claims(table)
    rows = rows[(rows["kind"] != "driver") | (rows["difference"] > 0)]
    order = {"nps": 0, "top_box": 1}
    rows = rows.assign(first=rows["kind"].map({"wave": 0}).fillna(1), second=rows["metric"].map(order).fillna(2))
    return rows.sort_values(["first", "second", "p_family"], kind="stable")["sentence"].head(most).tolist()


def key_claims(experiences, table):
    """Key experiences that may be named: their driver holds in the report's family of tests, too; None gives none."""
    if experiences is None:
        return []
    holds = claims(table)
    holds = set(holds[(holds["kind"] == "driver") & (holds["difference"] > 0)]["item"])
    rows = [row for row in experiences.to_dict("records") if row["is_key"] is True and row["item"] in holds]
    return [row for row in rows if row["gain_low"] >= LEAST_GAIN]


def suggestions(table, codebook, *, lang="zh", most=3, experiences=None, level=0.95):
    """Proposals that follow from key experiences and from tested falls and lags.

    Who is responsible and by when is left to the researcher. `experiences` are the study's `key_experiences`.
    """
    words, out = TEXTS[lang], []
    for row in key_claims(experiences, table)[:1]:
        figures = {"shortfall": number(row["shortfall"], "mean"), "gain": number(row["gain"], "mean")}
        figures |= {"low": number(row["gain_low"], "mean"), "high": number(row["gain_high"], "mean")}
        out.append(words["key"].format(name=codebook.label(row["item"], lang), level=f"{level:.0%}", **figures))
    worse = claims(table)
    worse = worse[(worse["difference"] < 0) & (worse["kind"] != "driver")]
    roles = worse["item"].map(lambda item: getattr(codebook.columns.get(item), "role", ""))
    for row in worse[(worse["kind"] == "wave") & (roles == "touchpoint")].to_dict("records"):
        reference = codebook.wave_label(row["reference"], lang)
        size = gap(row["difference"], row["unit"], lang)
        out.append(words["touchpoint"].format(name=codebook.label(row["item"], lang), reference=reference, size=size))
    for row in worse[(worse["kind"] == "aspect") & (worse["metric"] == "net_sentiment")].to_dict("records"):
        name = figure_name(row["metric"], row["item"], codebook, lang).strip()
        size, reference = gap(row["difference"], row["unit"], lang), codebook.wave_label(row["reference"], lang)
        out.append(words["aspect"].format(name=name, reference=reference, size=size))
    groups = worse[worse["kind"] == "group"].drop_duplicates(["cut", "group"])
    for row in groups.to_dict("records"):
        figure = figure_name(row["metric"], row["item"], codebook, lang).strip()
        name = group_name(row["cut"], row["group"], codebook, lang)
        size, cut = gap(row["difference"], row["unit"], lang), codebook.label(row["cut"], lang)
        key = "group_reviews" if codebook.study == "word_of_mouth" else "group"
        out.append(words[key].format(cut=cut, group=name, figure=figure, size=size))
    for row in worse[(worse["kind"] == "wave") & roles.isin(["nps", "outcome"])].to_dict("records"):
        name = figure_name(row["metric"], row["item"], codebook, lang).strip()
        reference = codebook.wave_label(row["reference"], lang)
        out.append(
            words["headline"].format(name=name, reference=reference, size=gap(row["difference"], row["unit"], lang))
        )
    return out[:most] or [words["nothing"]]

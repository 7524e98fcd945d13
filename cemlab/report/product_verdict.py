"""The first screen of a product report: figures of each concept or part, sentences, proposals."""

from itertools import zip_longest

from cemlab.report.brand_verdict import signed_gap
from cemlab.report.findings import claims
from cemlab.report.product_cells import name_in, say, side_in
from cemlab.report.wording import gap, number, value

SENTENCES = {
    "zh": {
        "concept": "“{group}”的{name} {estimate}，显著{verb}{reference}（{reference_estimate}）{size}（95% 置信区间 {low}～{high}；n={n}）。",
        "concept_no": "“{group}”与{reference}的{name}未见显著差异。",
        "lift": "看中“{name}”的受访者购买意愿显著{verb}未看中者 {size}（95% 置信区间 {low}～{high}；n={n}；模型关联估计，非因果承诺）。",
        "lift_no": "看中“{name}”与购买意愿未见显著关联。",
        "taste": "“{group}”的{name} {estimate}，显著{verb}“{reference}”（{reference_estimate}）{size}（95% 置信区间 {low}～{high}；n={n}）。",
        "taste_no": "“{group}”与“{reference}”的{name}未见显著差异。",
        "penalty": "“{group}”的{name}：认为如此者占 {share}，其总体喜好比认为刚好者低 {size}（95% 置信区间 {low}～{high}；n={n}；模型关联估计，非因果承诺）。",
        "penalty_no": "“{group}”的{name}：总体喜好未见显著降低。",
        "group": "{cut}为“{group}”的受访者：{name} {estimate}，显著{verb}其余受访者（{reference_estimate}）{size}（95% 置信区间 {low}～{high}；n={n}）。",
        "group_no": "{cut}为“{group}”的受访者：{name}与其余受访者未见显著差异。",
        "pack": "新包装的“{name}” {estimate}，显著{verb}现包装（{reference_estimate}）{size}（95% 置信区间 {low}～{high}；n={n}）。",
        "pack_no": "新包装与现包装的“{name}”未见显著差异。",
        "sales": "换用新包装的单元，{name}的变化显著{verb}未换者 {size}（双重差分，95% 置信区间 {low}～{high}）。",
        "sales_no": "换包装对{name}未见显著影响（双重差分）。",
        "preference": "“{group}”比“{reference}”更受偏好：{estimate} 选它（有偏好者 n={n}；与各半相差的 95% 置信区间 {low}～{high} 个百分点）。",
        "preference_no": "两个产品的偏好未见显著差异。",
        "triangle": "三角测试中 {estimate} 辨出不同的一个，显著高于猜中的概率 33.3%（n={n}）：两者尝得出差别。",
        "triangle_no": "三角测试：未见有人尝得出差别（不等于两者相同）。",
        "small": "{name}的差异经检验存在，但小于约定的最小值得关注的差异（{minimum}），不作结论。",
        "none": "{name}：样本不足，未作检验。",
        "up": "高于",
        "down": "低于",
        "control": "对照（{name}）",
        "no_claims": "各项差异均未见显著，不作结论。",
        "lead": "“{leader}”购买意愿 {estimate}，领先其余概念且经检验成立",
        "no_lead": "各概念购买意愿最高为“{leader}” {estimate}，与其余概念未能分出胜负",
        "one": "“{leader}”购买意愿 {estimate}",
        "against": "较对照 {size}",
        "stands": "（显著）",
        "open": "（未见显著）",
        "fix_go": "推进“{name}”：购买意愿显著高于对照 {size}；上市前用小范围试销校准试购率。",
        "fix_weak": "修改“{name}”的{question}：显著低于对照 {size}，先访谈找出原因，再改概念表述。",
        "fix_penalty": "调整“{name}”：{question}（认为如此者的总体喜好低 {size}）；改后再做口味测试。",
        "fix_winner": "若要分出胜负，每个概念约需 {needed} 份答卷（现为 {n} 份）。",
        "nothing": "没有经检验成立的弱项；按事先约定的规则决定。",
        "untested": "本研究没有可供检验的比较；结果须与目标、对照或常模并看后再定。",
    },
    "en": {
        "concept": "“{group}”: {name} {estimate}, significantly {verb} {reference} ({reference_estimate}) by {size} (95% CI {low} to {high}; n={n}).",
        "concept_no": "“{group}” and {reference}: no evidence of a difference in {name}.",
        "lift": "Those to whom “{name}” appeals: purchase intent significantly {verb} the others by {size} (95% CI {low} to {high}; n={n}; association in a model, no promise of cause).",
        "lift_no": "“{name}”: no evidence that it goes with purchase intent.",
        "taste": "“{group}”: {name} {estimate}, significantly {verb} “{reference}” ({reference_estimate}) by {size} (95% CI {low} to {high}; n={n}).",
        "taste_no": "“{group}” and “{reference}”: no evidence of a difference in {name}.",
        "penalty": "“{group}”, {name}: said by {share}, whose liking lies {size} below that of “just right” (95% CI {low} to {high}; n={n}; association in a model, no promise of cause).",
        "penalty_no": "“{group}”, {name}: no evidence of lower liking.",
        "group": "{cut} “{group}”: {name} {estimate}, significantly {verb} the others ({reference_estimate}) by {size} (95% CI {low} to {high}; n={n}).",
        "group_no": "{cut} “{group}”: {name}, no evidence of a difference from the others.",
        "pack": "New pack, “{name}” {estimate}, significantly {verb} the current pack ({reference_estimate}) by {size} (95% CI {low} to {high}; n={n}).",
        "pack_no": "New and current pack: no evidence of a difference in “{name}”.",
        "sales": "Where the new pack is sold, the change in {name} lies significantly {verb} that elsewhere, by {size} (difference in differences, 95% CI {low} to {high}).",
        "sales_no": "No evidence that the new pack changes {name} (difference in differences).",
        "preference": "“{group}” is preferred to “{reference}” by {estimate} (n={n} with a preference; 95% CI of the distance from one half {low} to {high} points).",
        "preference_no": "No evidence that one of the two products is preferred.",
        "triangle": "{estimate} found the odd one in the triangle test, significantly more than the 33.3% of guessing (n={n}): the difference can be tasted.",
        "triangle_no": "Triangle test: no evidence that the difference can be tasted (which does not make them alike).",
        "small": "{name}: a difference was found but is below the agreed minimum ({minimum}); no claim.",
        "none": "{name}: base too small, not tested.",
        "up": "above",
        "down": "below",
        "control": "the control ({name})",
        "no_claims": "No difference stood up to testing; no claims are made.",
        "lead": "“{leader}” has a purchase intent of {estimate} and leads all other concepts, as tested",
        "no_lead": "“{leader}” has the highest purchase intent ({estimate}), but the concepts could not be separated",
        "one": "“{leader}”: purchase intent {estimate}",
        "against": "{size} vs control",
        "stands": " (significant)",
        "open": " (no evidence)",
        "fix_go": "Go on with “{name}”: purchase intent {size} above the control; calibrate trial in a small test market first.",
        "fix_weak": "Mend “{name}”, {question}: {size} below the control; find out why before changing the concept.",
        "fix_penalty": "Adjust “{name}”: {question} (liking lower by {size} among those who say so); taste again afterwards.",
        "fix_winner": "About {needed} answers a concept would be needed to separate them (now {n}).",
        "nothing": "No weakness stood up to testing; decide by the rule agreed beforehand.",
        "untested": "Nothing was there to be compared; set the results beside a target, a control or a norm before deciding.",
    },
}


def question_name(row, codebook, lang):
    """What a row speaks of: a question, an attribute, or one side of a just-about-right scale."""
    if row["kind"] == "penalty":
        item, _, side = str(row["item"]).rpartition(":")
        return side_in(codebook, item, side, lang)
    return name_in(codebook, row["item"], lang)


def one_side(group):
    """The concept or product that a row is about: the first of a pair."""
    return str(group).split(" × ")[0]


def reference_name(row, codebook, lang):
    """What a row is compared with."""
    test = codebook.product_questions.concept_test
    if row["kind"] == "concept":
        name = codebook.option_label("concept", row["reference"], lang)
        return SENTENCES[lang]["control"].format(name=name) if test.control else f"“{name}”"
    if row["kind"] in ("taste", "sensory"):
        return codebook.option_label("product", row["reference"], lang)
    return ""


def product_sentence(row, codebook, lang="zh"):
    """One finding of a product report in words; only a claim states a difference."""
    words, kind, unit = SENTENCES[lang], row["kind"], row["unit"]
    name = question_name(row, codebook, lang)
    thing = {"concept": "concept", "taste": "product", "penalty": "product", "sensory": "product"}.get(kind)
    group = codebook.option_label(thing, one_side(row["group"]), lang) if thing else ""
    if kind == "group":
        group = codebook.option_label(row["cut"], row["group"], lang)
    elif kind == "penalty" and not row["group"]:
        group = say("all_products", lang)
    if kind == "sales":
        name = codebook.product_questions.pack.title(lang) or name
    full = f"{group} {name}".strip()
    if row["verdict"] == "not_estimable":
        return words["none"].format(name=full)
    if row["verdict"] == "small_effect":
        return words["small"].format(name=full, minimum=gap(row["minimum_effect"], unit, lang))
    if kind == "sensory":
        kind = row["metric"]
    bounds = sorted((abs(row["difference_low"]), abs(row["difference_high"])))
    before = row["estimate"] - row["difference"]
    known = row["estimate"] == row["estimate"]
    return words[kind if row["verdict"] == "claim" else f"{kind}_no"].format(
        group=group, name=name, estimate=value(row["estimate"], unit, lang) if known else "—",
        reference=reference_name(row, codebook, lang), reference_estimate=value(before, unit, lang) if known else "—",
        verb=words[row["direction"] or "up"], size=gap(row["difference"], unit, lang), low=number(bounds[0], unit),
        high=number(bounds[1], unit), n=f"{int(row['n']):,}" if row["n"] == row["n"] else "—",
        cut=codebook.label(row["cut"], lang) if row["cut"] else "", share=value(row.get("share", float("nan")), "percent", lang),
    )  # fmt: skip


def concept_cards(scores, said, report, most=4):
    """Cards of the concepts: purchase intent, base and interval, and how it stands against the control."""
    test = report.book.product_questions.concept_test
    if scores is None or test is None:
        return []
    words, lang = SENTENCES[report.lang], report.lang
    rows = scores[
        (scores["metric"] == "top_box") & (scores["item"] == test.intent) & scores["status"].isin(["ok", "low_base"])
    ]
    rows = rows.assign(last=rows["concept"] == test.control).sort_values(["last", "estimate"], ascending=[True, False])
    out = []
    for row in rows.head(most).to_dict("records"):
        change, turn = "", ""
        found = said[(said["kind"] == "concept") & (said["item"] == test.intent) & (said["group"] == row["concept"])]
        if test.control and len(found) and found["difference"].notna().iloc[0]:
            one = found.iloc[0]
            stands = one["verdict"] == "claim"
            change = words["against"].format(size=signed_gap(one["difference"], row["unit"], lang))
            change, turn = change + words["stands" if stands else "open"], one["direction"] if stands else ""
        name = report.book.option_label("concept", row["concept"], lang)
        title = (
            f"{name}：{report.book.label(test.intent, lang)}"
            if lang == "zh"
            else f"{name}: {report.book.label(test.intent, lang)}"
        )
        note = f"n={int(row['n']):,}" + ("，" if lang == "zh" else ", ")
        note += f"[{number(row['ci_low'], row['unit'])}, {number(row['ci_high'], row['unit'])}]"
        out.append({"title": title, "value": value(row["estimate"], row["unit"], lang), "note": note, "change": change,
                    "direction": turn})  # fmt: skip
    return out


def product_opening(cards, winner, said, report):
    """The one sentence above everything."""
    words, lang = SENTENCES[report.lang], report.lang
    stop = "。" if lang == "zh" else "."
    comma = "：" if lang == "zh" else ": "
    if winner is not None:
        text = words["lead" if winner["separated"] else "no_lead"].format(
            leader=report.book.option_label("concept", winner["leader"], lang),
            estimate=value(winner["estimate"], winner["unit"], lang),
        )
    elif cards:
        text = cards[0]["title"] + comma.replace("：", " ").replace(": ", " ") + cards[0]["value"]
    else:
        text = report.book.title(lang)
    text += stop
    none = len(said) and not len(claims(said))
    return text + ((" " if lang == "en" else "") + words["no_claims"] if none else "")


def product_findings(said, codebook, most=3):
    """Sentences for the first screen, in turn from the concepts (intent first), the tasting, the pack and what appeals."""
    order = {"concept": 0, "taste": 1, "penalty": 2, "pack": 3, "sales": 3, "sensory": 5, "lift": 4, "group": 1}
    test, rows = codebook.product_questions.concept_test, claims(said)
    rows = rows.assign(rank=rows["kind"].map(order).fillna(9), other=rows["item"] != (test.intent if test else ""))
    rows = rows.sort_values(["rank", "other", "p_family"], kind="stable")
    turn = rows.groupby("kind").cumcount()
    return rows.assign(turn=turn).sort_values(["turn", "rank"], kind="stable")["sentence"].head(most).tolist()


def product_suggestions(said, winner, report, most=3):
    """Proposals that follow from tested strengths and weaknesses."""
    words, lang, book = SENTENCES[report.lang], report.lang, report.book
    test = book.product_questions.concept_test
    rows = claims(said)
    fixes = {"go": [], "weak": [], "penalty": [], "more": []}
    for row in rows.to_dict("records"):
        size = gap(row["difference"], row["unit"], lang)
        question = question_name(row, book, lang)
        if row["kind"] == "concept" and test.control:
            name = book.option_label("concept", one_side(row["group"]), lang)
            if row["difference"] > 0 and row["item"] == test.intent:
                fixes["go"].append(words["fix_go"].format(name=name, size=size))
            elif row["difference"] < 0:
                fixes["weak"].append(words["fix_weak"].format(name=name, question=question, size=size))
        if row["kind"] == "penalty" and row["difference"] < 0:
            name = book.option_label("product", row["group"], lang) if row["group"] else say("all_products", lang)
            fixes["penalty"].append(words["fix_penalty"].format(name=name, question=question, size=size))
    if winner is not None and not winner["separated"] and winner["n_needed"]:
        fixes["more"].append(words["fix_winner"].format(needed=f"{winner['n_needed']:,}", n=f"{winner['n']:,}"))
    out = [text for turn in zip_longest(*fixes.values()) for text in turn if text]
    return out[:most] or [words["nothing" if len(said) else "untested"]]

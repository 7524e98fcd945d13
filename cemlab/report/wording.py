"""How a result row is put into words, in Chinese and English: points, percentage points, rises and falls."""

WORDS = {
    "zh": {
        "wave": "{name}{estimate}，较{reference}显著{verb} {size}（{level} 置信区间 {low}～{high}；n={n}，上期 n={n_reference}）。",
        "group": "{cut}为“{group}”的受访者：{name}{estimate}，显著{verb}其余受访者 {size}（{level} 置信区间 {low}～{high}；n={n}）。",
        "wave_no": "{name}{estimate}，较{reference}未见显著变化。",
        "group_no": "{cut}为“{group}”的受访者：{name}与其余受访者未见显著差异。",
        "small": "{name}的差异经检验存在，但小于约定的最小值得关注的差异（{minimum}），不作结论。",
        "none": "{name}：样本不足，未作检验。",
        "group_none": "{cut}为“{group}”的受访者：{name} 样本不足，未作检验。",
        "not_asked": "{name}：上期未问此题，未作检验。",
        "driver": "“{item}”是总体评价的驱动因素：占可解释变差的 {estimate}，显著高于噪声基准（n={n}；{caveat}）。",
        "driver_small": "“{item}”与总体评价有关，但解释力超出噪声不足 {minimum}，不作结论。",
        "driver_no": "“{item}”对总体评价的解释力未见显著高于噪声基准。",
        "caveat": "模型关联估计，非因果承诺",
        "up": {"wave": "上升", "group": "高于"},
        "down": {"wave": "下降", "group": "低于"},
    },
    "en": {
        "wave": "{name} {estimate}, significantly {verb} {size} since {reference} ({level} CI {low} to {high}; n={n}, previous n={n_reference}).",
        "group": "{cut} “{group}”: {name} {estimate}, significantly {verb} the rest by {size} ({level} CI {low} to {high}; n={n}).",
        "wave_no": "{name} {estimate}: no evidence of change since {reference}.",
        "group_no": "{cut} “{group}”: no evidence of a difference from the rest in {name}.",
        "small": "{name}: a difference was found but is below the agreed minimum ({minimum}); no claim.",
        "none": "{name}: base too small, not tested.",
        "group_none": "{cut} “{group}”: {name}, base too small, not tested.",
        "not_asked": "{name}: not asked in the wave before, not tested.",
        "driver": "“{item}” drives the overall rating: {estimate} of the explained variance, significantly above noise (n={n}; {caveat}).",
        "driver_small": "“{item}” goes with the overall rating, but explains less than {minimum} more than noise; no claim.",
        "driver_no": "“{item}”: no evidence that it explains the overall rating better than noise.",
        "caveat": "association in a model, no promise of cause",
        "up": {"wave": "up", "group": "above"},
        "down": {"wave": "down", "group": "below"},
    },
}
DIFFERENCE_UNIT = {"points": {"zh": " 分", "en": " points"}, "percent": {"zh": " 个百分点", "en": " percentage points"}}
VALUE_UNIT = {
    "points": {"zh": " 分", "en": " points"},
    "percent": {"zh": "%", "en": "%"},
    "mean": {"zh": " 分", "en": ""},
}
COMMENTS = {  # figures counted in comments: of all comments, of one aspect or theme
    "net_sentiment": {
        "zh": ("评论净情感值 ", "评论中“{}”的净情感值 "),
        "en": ("Net sentiment of comments", "net sentiment of “{}”"),
    },
    "mention_share": {"zh": ("", "评论中“{}”的提及率 "), "en": ("", "share of comments naming “{}”")},
    "theme_share": {"zh": ("", "评论主题“{}”的占比 "), "en": ("", "share of comments on “{}”")},
}
DECIMALS = {"points": 1, "percent": 1, "mean": 2, "元": 2, "yuan": 2}


def number(value, unit):
    """A figure with the decimals of its unit; no negative zero."""
    digits = DECIMALS.get(unit, 1)
    rounded = round(float(value), digits) + 0.0
    return f"{rounded:.{digits}f}"


def value(figure, unit, lang):
    """A figure with its unit: "22.0 分", "62.0%"."""
    return number(figure, unit) + VALUE_UNIT.get(unit, {"zh": "", "en": ""})[lang]


def gap(difference, unit, lang):
    """The size of a difference: points for NPS, percentage points (never %) for shares."""
    return number(abs(difference), unit) + DIFFERENCE_UNIT.get(unit, VALUE_UNIT.get(unit, {"zh": "", "en": ""}))[lang]


def direction(difference):
    """ "up", "down" or "" for no or no known difference."""
    return "up" if difference > 0 else "down" if difference < 0 else ""


def figure_name(metric, item, codebook, lang):
    """What a figure is called in a sentence: 净推荐值 NPS, “早餐”满意度, “办事省力程度”高分占比."""
    label, role = codebook.label(item, lang), getattr(codebook.columns.get(item), "role", None)
    if metric == "nps":
        return "净推荐值 NPS " if lang == "zh" else "NPS"
    if metric in COMMENTS:
        whole, one = COMMENTS[metric][lang]
        return whole if item == "topic:opinion" else one.format(label)
    if lang == "zh":
        if metric == "mean":
            return f"“{label}”均值 "
        return {"outcome": f"{label} ", "effort": f"“{label}”高分占比 "}.get(role, f"“{label}”满意度 ")
    if metric == "mean":
        return f"mean {label}"
    return f"{label} (top boxes)"


def sentence(row, codebook, lang="zh"):
    """One finding in words; only a claim states a difference."""
    return of_reviews(finding_sentence(row, codebook, lang), codebook)


def of_reviews(text, codebook):
    """A sentence about respondents as one about reviews, in a study of reviews."""
    if codebook.study != "word_of_mouth":
        return text
    return text.replace("的受访者：评论净情感值", "的评论：净情感值").replace("受访者", "评论")


def finding_sentence(row, codebook, lang):
    """The sentence of a study of respondents."""
    words, unit = WORDS[lang], row["unit"]
    if row["kind"] == "driver" and row["verdict"] != "not_estimable":
        if row["verdict"] == "small_effect":
            least = value(row["minimum_effect"], "percent", lang)
            return words["driver_small"].format(item=codebook.label(row["item"], lang), minimum=least)
        claimed = row["verdict"] == "claim" and row["difference"] > 0
        figures = {"estimate": value(row["estimate"], "percent", lang), "n": f"{int(row['n']):,}"}
        return words["driver" if claimed else "driver_no"].format(
            item=codebook.label(row["item"], lang), caveat=words["caveat"], **figures
        )
    kind = row["kind"] if row["kind"] in ("wave", "group") else "wave"
    name = figure_name(row["metric"], row["item"], codebook, lang)
    cut = " × ".join(codebook.label(part, lang) for part in row["cut"].split(" × ")) if row["cut"] else ""
    group = group_name(row["cut"], row["group"], codebook, lang) if row["cut"] else ""
    if row["verdict"] == "not_estimable":
        untested = "group_none" if cut else "not_asked" if row["n_reference"] == 0 else "none"
        return words[untested].format(name=name.strip(), cut=cut, group=group)
    if row["verdict"] == "small_effect":
        return words["small"].format(name=name.strip(), minimum=gap(row["minimum_effect"], unit, lang))
    low, high = sorted((row["difference_low"], row["difference_high"]), key=abs)
    if row["difference_low"] < 0 < row["difference_high"]:
        low, high = row["difference_low"], row["difference_high"]
        bounds = (number(low, unit), number(high, unit))
    else:
        bounds = (number(abs(low), unit), number(abs(high), unit))
    verb = words[row["direction"] or "up"][kind]
    pattern = words[kind if row["verdict"] == "claim" else f"{kind}_no"]
    return pattern.format(
        name=name.strip() if pattern == words["group_no"] else name,
        estimate=value(row["estimate"], unit, lang),
        reference=codebook.wave_label(row["reference"], lang),
        verb=verb,
        size=gap(row["difference"], unit, lang),
        low=bounds[0],
        high=bounds[1],
        level=f"{row['level']:.0%}",
        n=f"{int(row['n']):,}",
        n_reference=f"{int(row['n_reference']):,}" if row["n_reference"] == row["n_reference"] else "",
        cut=cut,
        group=group,
    )


def group_name(cut, group, codebook, lang):
    """The label of a group, or of a cross of groups."""
    pairs = zip(cut.split(" × "), group.split(" × "), strict=False)
    return " × ".join(codebook.option_label(c, g, lang) for c, g in pairs)

"""How a result row is put into words, in Chinese and English: points, percentage points, rises and falls."""

WORDS = {
    "zh": {
        "wave": "{name}{estimate}，较{reference}显著{verb} {size}（{level} 置信区间 {low}～{high}；n={n}，上期 n={n_reference}）。",
        "group": "{cut}为“{group}”的受访者：{name}{estimate}，显著{verb}其余受访者 {size}（{level} 置信区间 {low}～{high}；n={n}）。",
        "wave_no": "{name}{estimate}，较{reference}未见显著变化。",
        "group_no": "{cut}为“{group}”的受访者：{name}与其余受访者未见显著差异。",
        "small": "{name}的差异经检验存在，但小于约定的最小值得关注的差异（{minimum}），不作结论。",
        "none": "样本不足，未作检验。",
        "up": {"wave": "上升", "group": "高于"},
        "down": {"wave": "下降", "group": "低于"},
    },
    "en": {
        "wave": "{name} {estimate}, significantly {verb} {size} since {reference} ({level} CI {low} to {high}; n={n}, previous n={n_reference}).",
        "group": "{cut} “{group}”: {name} {estimate}, significantly {verb} the rest by {size} ({level} CI {low} to {high}; n={n}).",
        "wave_no": "{name} {estimate}: no evidence of change since {reference}.",
        "group_no": "{cut} “{group}”: no evidence of a difference from the rest in {name}.",
        "small": "{name}: a difference was found but is below the agreed minimum ({minimum}); no claim.",
        "none": "Base too small, not tested.",
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
DECIMALS = {"points": 1, "percent": 1, "mean": 2}


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
    """What a figure is called in a sentence: 净推荐值 NPS, 「早餐」满意度, 「办事省力程度」省力比例."""
    label, role = codebook.label(item, lang), getattr(codebook.columns.get(item), "role", None)
    if metric == "nps":
        return "净推荐值 NPS " if lang == "zh" else "NPS"
    if lang == "zh":
        if metric == "mean":
            return f"“{label}”均值 "
        return {"outcome": f"{label} ", "effort": f"“{label}”正面评价占比 "}.get(role, f"“{label}”满意度 ")
    if metric == "mean":
        return f"mean {label}"
    return f"{label} (top boxes)"


def sentence(row, codebook, lang="zh"):
    """One finding in words; only a claim states a difference."""
    words, unit = WORDS[lang], row["unit"]
    kind = row["kind"] if row["kind"] in ("wave", "group") else "wave"
    name = figure_name(row["metric"], row["item"], codebook, lang)
    if row["verdict"] == "not_estimable":
        return name.strip() + ("：" if lang == "zh" else ": ") + words["none"]
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
        name=name,
        estimate=value(row["estimate"], unit, lang),
        reference=codebook.wave_label(row["reference"], lang),
        verb=verb,
        size=gap(row["difference"], unit, lang),
        low=bounds[0],
        high=bounds[1],
        level=f"{row['level']:.0%}",
        n=f"{int(row['n']):,}",
        n_reference=f"{int(row['n_reference']):,}" if row["n_reference"] == row["n_reference"] else "",
        cut=" × ".join(codebook.label(part, lang) for part in row["cut"].split(" × ")),
        group=group_name(row["cut"], row["group"], codebook, lang),
    )


def group_name(cut, group, codebook, lang):
    """The label of a group, or of a cross of groups."""
    pairs = zip(cut.split(" × "), group.split(" × "), strict=False)
    return " × ".join(codebook.option_label(c, g, lang) for c, g in pairs)

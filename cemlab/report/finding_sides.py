"""A finding as two bars, what it says of a group beside what that is held against, where the results hold no such rows."""

import pandas as pd

NOISE = "(noise)"
HELD_AGAINST = {  # reserved references: their words, and those of the other side where the finding names no group
    NOISE: (("噪声基准", "Noise"), None),
    "(just right)": (("认为刚好者", "Just right"), None),
    "(not ticked)": (("未选者", "Not ticked"), ("选中者", "Ticked")),
    "(without)": (("无此变化的单元", "Units without it"), ("有此变化的单元", "Units with it")),
    "(guessing)": (("猜中的概率", "By guessing"), ("实际辨出", "Found")),
}
SIDES = {"too_little": ("不足", "too little"), "too_much": ("过头", "too much")}


def two_bars(finding, words, period):
    """The two sides as bars, in the form of `finding_charts`; none where the finding does not give both."""
    if pd.isna(finding.get("difference")) or pd.isna(finding.get("estimate")):
        return []
    label, compared = held_against(finding, words)
    none = {"low": None, "high": None}
    sides = [(label, compared, finding.get("n_reference"), False)]
    sides += [(own_label(finding, words, period), finding["estimate"], finding.get("n"), True)]
    return [
        {"label": text, "value": float(figure), "n": int(n) if pd.notna(n) else None, "strong": strong, **none}
        for text, figure, n, strong in sides
    ]


def held_against(finding, words):
    """What a finding's figure is held against, and its value there; a ratio's difference is one of logarithms."""
    reference, say = finding.get("reference"), words.plain.say
    compared = finding["estimate"] - finding["difference"]
    if is_driver(finding):
        return say(*HELD_AGAINST[NOISE][0]), compared
    if reference in HELD_AGAINST:
        return say(*HELD_AGAINST[reference][0]), compared
    if finding["kind"] == "turnover":
        return say("高敬业度组", "High engagement"), 1.0
    if finding["unit"] == "ratio":
        return say("无差别", "No difference"), 1.0
    if reference == "target":
        return (say("目标", "Target") if compared else say("无关联", "No relation")), compared
    if not isinstance(reference, str):
        return say("对比", "Compared"), compared
    cut = next(iter(groups_of(finding, words)), None)
    said = words.code("reference", reference)
    return (words.code(cut, reference) if cut and said == reference else said), compared


def own_label(finding, words, period):
    """What the finding is about: its group, a driver, or the period."""
    groups, reference = groups_of(finding, words), finding.get("reference")
    if groups:
        return " × ".join(words.code(cut, code) for cut, code in groups.items())
    if is_driver(finding):
        return words.code("item", finding["item"])
    if finding["kind"] == "turnover":
        return words.plain.say("低敬业度组", "Low engagement")
    own = HELD_AGAINST.get(reference, (None, None))[1]
    return words.plain.say(*own) if own else words.code("_wave", period) if period else "—"


def groups_of(finding, words):
    """{cut: code} of a finding's group; what is no column of the study, such as the product compared with, is left out."""
    cut, group = finding.get("cut"), finding.get("group")
    if not isinstance(cut, str) or not isinstance(group, str):
        return {}
    pairs = dict(zip(cut.split(" × "), group.split(" × "), strict=False))
    return {c: code for c, code in pairs.items() if c != "against"}


def is_driver(finding):
    """Whether a finding is about the importance of a driver."""
    return str(finding["kind"]).startswith("driver")


def item_words(item, words):
    """An item in words: a question, or one side of a just-about-right scale; "" where it has none."""
    if not isinstance(item, str):
        return ""
    name, _, side = item.partition(":")
    said = words.code("item", name)
    if said == name and name.isascii():  # a code without words says nothing to a reader
        return ""
    return said + (words.plain.say("", " ") + words.plain.say(*SIDES[side]) if side in SIDES else "")

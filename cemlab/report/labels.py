"""Codes of result frames in a reader's words: groups, figures, statuses, column heads."""

import textwrap

import pandas as pd

from cemlab.checks import require_choice
from cemlab.measure.schema import ALL, COMPARISONS, ESTIMATES, MISSING

METRICS = {
    "nps": ("净推荐值 NPS", "Net Promoter Score"),
    "top_box": ("高分占比", "Top boxes"),
    "bottom_box": ("低分占比", "Bottom boxes"),
    "mean": ("均值", "Mean"),
    "premium": ("愿意多付", "Would pay more"),
    "effort": ("费力度", "Effort"),
    "easy": ("省力占比", "Easy"),
    "share": ("占比", "Share"),
    "promoters": ("推荐者", "Promoters"),
    "passives": ("被动者", "Passives"),
    "detractors": ("贬损者", "Detractors"),
    "favourable": ("赞成", "Favourable"),
    "neutral": ("中立", "Neutral"),
    "unfavourable": ("不赞成", "Unfavourable"),
    "response_rate": ("参与率", "Response rate"),
    "mention_share": ("提及率", "Named by"),
    "net_sentiment": ("净情感值", "Net sentiment"),
    "complaints": ("投诉", "Complaints"),
    "theme_share": ("主题占比", "Share of theme"),
    "sentiment_share": ("占比", "Share"),
    "effect_of_praise": ("好评时", "When praised"),
    "effect_of_blame": ("差评时", "When blamed"),
    "volume": ("评论量", "Comments"),
}
HEADS = {
    "metric": ("指标", "Figure"),
    "item": ("题目", "Question"),
    "at": ("取值", "At"),
    "unit": ("单位", "Unit"),
    "estimate": ("结果", "Result"),
    "se": ("标准误", "Std. error"),
    "interval": ("{level}置信区间", "{level}CI"),
    "n": ("样本量 n", "n"),
    "n_eff": ("有效样本量", "Effective n"),
    "n_missing": ("未回答", "Missing"),
    "level": ("置信水平", "Level"),
    "method": ("方法", "Method"),
    "status": ("说明", "Note"),
    "reference": ("对比对象", "Compared with"),
    "n_reference": ("对比样本量", "n compared"),
    "n_eff_reference": ("对比有效样本量", "Effective n compared"),
    "reference_estimate": ("对比结果", "Result compared"),
    "difference": ("差异", "Difference"),
    "difference_interval": ("差异的 {level}置信区间", "{level}CI of the difference"),
    "difference_se": ("差异标准误", "Std. error of the difference"),
    "p_value": ("p 值", "p"),
    "p_adjusted": ("校正后 p 值", "Adjusted p"),
    "adjust": ("校正方法", "Adjustment"),
    "stage": ("旅程阶段", "Stage"),
    "wave": ("波次", "Wave"),
}
STATUS = {
    "ok": ("", ""),
    "low_base": ("* 样本偏少，仅供参考", "* small base, indicative only"),
    "hidden": ("— 为保护隐私，不显示", "— hidden to protect privacy"),
    "not_estimable": ("— 样本不足，不显示", "— base too small, not shown"),
}
UNITS = {
    "points": ("分", "points"),
    "percent": ("%", "%"),
    "mean": ("分", "scale points"),
    "per_day": ("条/天", "a day"),
    "per_1000": ("起/千人", "per 1,000"),
    "ratio": ("倍", "times"),
}
DIFFERENCES = {"points": ("分", "points"), "percent": ("百分点", "percentage points"), "mean": ("分", "scale points")}
REFERENCES = {"(rest)": ("其余", "the rest"), "(complement)": ("其余", "the rest"), "(previous)": ("上期", "previous"),
              "(other)": ("其他方面", "Other aspects")}  # fmt: skip
NOT_SHOWN = ("hidden", "not_estimable")


class Labels:
    """Words for codes, by codebook where there is one."""

    def __init__(self, codebook=None, lang="zh"):
        require_choice(lang, ("zh", "en"), name="lang", where="labels")
        self.codebook, self.lang = codebook, lang
        self.which = 0 if lang == "zh" else 1

    def say(self, chinese, english):
        return english if self.which else chinese

    def head(self, column, level=None):
        """The head of a column."""
        if column in HEADS:
            return HEADS[column][self.which].format(level=f"{level:.0%} " if level == level and level else "")
        return self.codebook.label(column, self.lang) if self.codebook else str(column)

    def code(self, column, value):
        """A group's code in words; "(all)" and "(missing)" too."""
        if pd.isna(value) or value == MISSING:
            return self.say("（未回答）", "(no answer)")
        if value == ALL:
            return self.say("全体", "All")
        if value in REFERENCES:
            return REFERENCES[value][self.which]
        if self.codebook is None:
            return str(value)
        if column in ("wave", "_wave", "reference") and (value in self.codebook.waves or value == "all"):
            return self.codebook.wave_label(value, self.lang)
        if column == "stage":
            stage = self.codebook.stages.get(value)
            return (stage(self.lang) if stage else "") or str(value)
        if column == "item":
            return self.codebook.label(value, self.lang)
        return self.codebook.option_label(column, value, self.lang)

    def metric(self, metric):
        return METRICS[metric][self.which] if metric in METRICS else str(metric)

    def status(self, status):
        return STATUS[status][self.which]

    def unit(self, unit, *, difference=False):
        table = DIFFERENCES if difference else UNITS
        return table[unit][self.which] if unit in table else str(unit)


def cuts(frame):
    """The `by` columns of a result frame: those that its shape does not name."""
    known = set(ESTIMATES) | set(COMPARISONS) | {"stage"}
    return [column for column in frame.columns if column not in known]


def row_labels(frame, labels):
    """One label a row, from whatever tells the rows apart: the groups, and the question or figure where they differ."""
    parts = [column for column in cuts(frame) if frame[column].nunique(dropna=False) > 1]
    parts = [column for column in ("item", "metric") if column in frame and frame[column].nunique() > 1] + parts
    if not parts:
        parts = cuts(frame)[:1] or [column for column in ("item", "metric") if column in frame][:1]
    out = []
    for row in frame[parts].to_dict("records"):
        words = [labels.metric(v) if column == "metric" else labels.code(column, v) for column, v in row.items()]
        out.append(" · ".join(words))
    return out


def wrap(text, width=14):
    """A label broken into lines of `width` Chinese characters (two Latin letters count as one); at most three."""
    wide = [2 if ord(sign) > 0x2E7F else 1 for sign in text]
    if sum(wide) <= 2 * width:
        return text
    if max(wide, default=1) == 1:
        lines = textwrap.wrap(text, 2 * width)
    else:
        lines, line, used = [], "", 0
        for sign, size in zip(text, wide, strict=True):
            if used + size > 2 * width:
                lines.append(line)
                line, used = "", 0
            line, used = line + sign, used + size
        lines.append(line)
    return "\n".join(lines if len(lines) <= 3 else [*lines[:2], lines[2][:-1] + "…"])


def count(n, labels):
    """A base as a chart shows it: 万 and 亿 from ten thousand on in Chinese, thousands separators otherwise."""
    if pd.isna(n):
        return "—"
    if labels.lang == "zh" and n >= 1e8:
        return f"{n / 1e8:.2f}".rstrip("0").rstrip(".") + "亿"
    if labels.lang == "zh" and n >= 1e4:
        return f"{n / 1e4:.1f}".rstrip("0").rstrip(".") + "万"
    return f"{n:,.0f}"

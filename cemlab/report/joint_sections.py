"""The section that shows ratings and comments side by side: one model of both, among those who rated and wrote."""

import numpy as np

from cemlab.analyse.driver_sums import NoDrivers
from cemlab.analyse.joint_drivers import joint_drivers
from cemlab.analyse.touchpoints import answered_columns
from cemlab.measure.scores import mean_score
from cemlab.report.charts_drivers import driver_bars
from cemlab.report.comments import RATED, TEXT
from cemlab.report.figures import show_figure
from cemlab.report.labels import Labels
from cemlab.report.topics import PREFIX
from cemlab.report.wording import number

SHOWN = ("ok", "low_base")
WORDS = {
    "absent": (
        "*评分与评论一起看：写评论且给出总体评价的答卷不足 200 份或不足因素数的 10 倍，或没有评论足够多的方面，不建模型。*",
        "*Ratings and comments together: fewer than 200 answers (or 10 a driver) with comment and overall rating, or no aspect "
        "that enough comments judge; no model.*",
    ),
    "gain": (
        "只用触点评分，模型能预测“{outcome}”差异的 {ratings}；再加上评论中各方面的褒贬为 {both}，增加 {gain}：{verdict}"
        "以上均为对未参与建模者的预测（交叉验证），不是拟合值。可解释差异中评分占 {share}，评论占 {word_share}。",
        "From ratings of touchpoints alone the model predicts {ratings} of the differences in “{outcome}”; with praise and blame in "
        "comments {both}, {gain} more: {verdict} Predictions of answers the model has not seen (cross-validation). Of the "
        "variance explained ratings have {share}, comments {word_share}.",
    ),
    "adds": ("评论带有评分之外的信息。", "comments tell what ratings do not."),
    "adds_not": (
        "未见评论带有评分之外的信息。",
        "no evidence that comments tell what ratings do not.",
    ),
    "limits": (
        "它不能说明什么：只含写了评论又给出总体评价的 {n} 份答卷（本期 {asked} 份的 {percent}），他们的“{outcome}”均分 {mean}，"
        "本期全部为 {everyone}；不写评论的人如何评价不得而知。同一人同时打分与留言，二者互为表里，不分因果；程序判读褒贬有误差，会低估评论的份额；"
        "没有评分题的方面也可能替未问到的触点说话。探索性结果，不写入结论。",
        "What it cannot say: it holds {n} answers only, those with a comment and an overall rating ({percent} of {asked}); their mean of "
        "“{outcome}” is {mean}, that of all answers {everyone}; how those judge who do not write is unknown. Rating and comment come from "
        "one head at one time: neither is the cause of the other. The program misreads some comments, which makes their share too "
        "small; an aspect without a rating may speak for a touchpoint that was not asked. Exploratory, no claims.",
    ),
    "rating": ("{name}（评分）", "{name} (rating)"),
    "word": ("{name}（评论）", "{name} (comments)"),
    "base": ("人数/提及", "Raters/mentions"),
    "title": ("评分与评论一起看：哪些与“{outcome}”相关", "Ratings and comments together: what goes with “{outcome}”"),
    "note": (
        "同一模型中的 Johnson 相对重要性。评论按方面记为好评 1、差评 −1、未提或中性 0；褒贬不足 30 条的方面不入模。"
        "右列：评分为评分人数，评论为褒贬条数。模型关联估计，非因果承诺。",
        "Johnson's relative weights in one model. Aspects: praised 1, blamed -1, not named or neutral 0; at least 30 judged "
        "mentions. Right: persons who rated, comments that judge. An association, no promise.",
    ),
}


def say(key, lang, **words):
    """A word or sentence of this section."""
    return WORDS[key][0 if lang == "zh" else 1].format(**words)


def fitted(words, *, seed=1, draws=2000):
    """The model of ratings and comments of this wave, or None where they do not carry one."""
    from cemlab.text.aspect_scores import SIGN, aspect_columns

    study = words.study
    if words.reason:
        return None
    outcomes = answered_columns(words.now, study.codebook, "outcome") or answered_columns(
        words.now, study.codebook, "nps"
    )
    rated = {name: name.removeprefix(RATED) for name in words.now.columns if name.startswith(RATED)}
    ratings = list(rated.values())
    if not outcomes or len(ratings) < 2:
        return None
    signs = aspect_columns(words.now.select(TEXT), TEXT, lexicon=words.lexicon)
    names = list(words.lexicon.aspects)
    person = study.cluster or words.person
    kept = [outcomes[0].name, *([person] if person else []), *rated]
    rows = words.now.select(kept).rename(rated)
    rows = rows.with_columns(signs[name + SIGN].fill_null(0.0).alias(PREFIX + name) for name in names)
    try:
        return joint_drivers(
            rows, outcomes[0].name, ratings, [PREFIX + n for n in names],
            cluster=person, seed=seed, draws=draws,
        )  # fmt: skip
    except NoDrivers:
        return None


def show_joint(words, *, seed=1):
    """Sentences and chart of the model; gives its results for results.csv, empty where there is none."""
    from IPython.display import Markdown, display

    study, lang = words.study, words.study.lang
    if words.reason:
        return {}
    found = fitted(words, seed=seed)
    if found is None:
        display(Markdown(say("absent", lang)))
        return {}
    frames = {"joint_drivers": study.shown(found.estimates), "joint_model": study.shown(found.model)}
    if not frames["joint_model"]["status"].isin(SHOWN).all():
        display(Markdown(say("absent", lang)))
        return frames
    told = told_words(found, frames["joint_model"], words)
    display(Markdown(say("gain", lang, **told)))
    table, noise = named(found, words), found.estimates
    floor = noise[(noise["item"] == "(noise)") & (noise["metric"] == "importance")]["ci_high"]
    fig = driver_bars(table, noise=float(floor.iloc[0]), lang=lang, base=say("base", lang))
    display(show_figure(fig, title=say("title", lang, **told), note=say("note", lang)))
    display(Markdown(say("limits", lang, **told)))
    return frames


def named(found, words):
    """The table of drivers with items in words: touchpoint (rating), aspect (comments)."""
    labels, lang = Labels(words.study.codebook, words.study.lang), words.study.lang
    table = found.table
    texts = [
        say(source, lang, name=labels.code("item", item))
        for item, source in zip(table["item"], table["source"], strict=True)
    ]
    return table.assign(item=texts)


def told_words(found, model, words):
    """What the sentences of this section are filled with."""
    study, lang = words.study, words.study.lang
    outcome = found.estimates.loc[found.estimates["metric"] == "r_squared", "item"].iloc[0]
    rows = model.set_index(["metric", "item"])
    gain = rows.loc[("r_squared_gain", "words")]
    points = " 个百分点" if lang == "zh" else " percentage points"
    everyone = study.shown(mean_score(study.now, outcome, weights=study.weights))["estimate"].iloc[0]
    writers = study.shown(mean_score(words.now, outcome), words.now)["estimate"].iloc[0]
    n = int(model["n"].iloc[0])
    return {
        "outcome": study.codebook.label(outcome, lang),
        "ratings": percent(rows.loc[("r_squared_out", "ratings")], 100, "%"),
        "both": percent(rows.loc[("r_squared_out", "both")], 100, "%"),
        "gain": percent(gain, 100, points),
        "verdict": say("adds" if gain["ci_low"] > 0 else "adds_not", lang),
        "share": percent(rows.loc[("share", "ratings")], 1, "%"),
        "word_share": percent(rows.loc[("share", "words")], 1, "%"),
        "n": f"{n:,}",
        "asked": f"{words.asked:,}",
        "percent": f"{100 * n / max(words.asked, 1):.1f}%",
        "mean": number(writers, "mean") if np.isfinite(writers) else "—",
        "everyone": number(everyone, "mean") if np.isfinite(everyone) else "—",
    }


def percent(row, times, unit):
    """ "13.0% [7.2, 18.6]"."""
    value, low, high = (number(times * row[c], "percent") for c in ("estimate", "ci_low", "ci_high"))
    return f"{value}{unit} [{low}, {high}]"

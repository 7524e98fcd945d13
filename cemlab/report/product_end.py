"""First screen, method notes and the files of a product report."""

import pandas as pd

from cemlab import report as show
from cemlab.report.product_comments import by_concept
from cemlab.report.product_verdict import product_findings, product_opening
from cemlab.report.wording import gap
from cemlab.report.wording import value as worded

METHODS = {
    "zh": {
        "concept_test": "概念测试：高分占比用 Wilson 区间（有效样本量）；与对照的比较为 z 检验，同一对照的多次比较按 Dunnett 法校正；同一受访者评价多个概念时，标准误按受访者聚类，并用广义估计方程扣除展示次序。领先者须在全部两两比较（Holm）中成立才称为胜出。",
        "price_sensitivity": "价格敏感度：四条累积曲线的交点，区间来自对受访者的自助抽样；只用四个价格严格递增的回答。",
        "price_response": "需求曲线：各价格下愿意购买者占比；收入＝价格×占比，为每位受访者的期望收入；弹性与最优价格的区间来自对受访者的自助抽样。",
        "kano": "Kano：Better＝(A+O)/(A+O+M+I)，Worse＝−(O+M)/(A+O+M+I)，矛盾与反向回答不计入；分类是否分得清用 Fong 检验。",
        "best_worst": "MaxDiff：计数得分、合并 logit 与个人层面的分层贝叶斯（HB）三者对照；偏好份额由个人效用换算。",
        "turf": "TURF：穷举全部组合取触达最高者；被选出的最优组合的触达略有高估，与其分不开的组合一并列出。",
        "conjoint": "联合分析：多项 logit，标准误按受访者聚类；个人效用用分层贝叶斯估计，收敛以 R-hat 与有效抽样数检查。个人效用不出报告。",
        "taste": "口味测试：产品比较在同一消费者内进行；JAR 惩罚＝刚好者与一侧者的总体喜好均值之差，只对不少于 20% 的一侧检验。",
        "pack": "新包装：先检验非劣效（单侧），再检验差异；市场数据用双重差分，标准误按单元聚类。",
        "all": "多重比较：与对照的差异、卖点、产品比较、惩罚、包装共 {tests} 项候选结论作为一个检验族，用 Benjamini-Hochberg 法控制在 5%。成文的结论还须达到最小值得关注差异：占比 {share}，均值 {mean}。\n- 样本量：有效样本量不足 {min_n} 的不显示数字；不足 {low_n} 的标 *。少于 {min_persons} 人的群体出于隐私保护不显示。\n- 非概率样本的置信区间以“样本可视为随机抽取”为前提。陈述的意愿高于实际行为。",
    },
    "en": {
        "concept_test": "Concepts: top boxes with Wilson intervals on effective bases; z tests against the control, Dunnett's adjustment; where respondents rated several concepts, errors are clustered and the order of showing is taken out by generalised estimating equations. A winner must hold against every other concept (Holm over all pairs).",
        "price_sensitivity": "Price sensitivity: crossings of four cumulative curves, intervals from respondents resampled; answers whose four prices rise strictly.",
        "price_response": "Demand: share that would buy at each price; revenue is price times share, per person asked; intervals of optimum and elasticity from respondents resampled.",
        "kano": "Kano: better = (A+O)/(A+O+M+I), worse = -(O+M)/(A+O+M+I), without contradictory and reversed answers; Fong's test.",
        "best_worst": "MaxDiff: counts, logit for all and hierarchical Bayes for persons side by side; shares of preference from persons' utilities.",
        "turf": "TURF: all sets tried; the best one's reach is somewhat flattered, sets that cannot be told from it are listed.",
        "conjoint": "Conjoint: multinomial logit, errors clustered by person; persons' utilities by hierarchical Bayes, convergence by R-hat and effective draws. They never leave the report.",
        "taste": "Tasting: products compared within consumers; penalty = mean liking of just right less that of the side, tested where 20 % or more are on the side.",
        "pack": "Pack: non-inferiority first (one-sided), then difference; market data by difference in differences, errors clustered by unit.",
        "all": "Multiple testing: {tests} candidates are one family, Benjamini-Hochberg at 5 %. A claim must also reach the minimum effect: shares {share}, means {mean}.\n- Bases: no figure under an effective base of {min_n}; * under {low_n}. Groups of fewer than {min_persons} persons are hidden.\n- Intervals of a sample that was not drawn at random take it as if it were. Stated intent exceeds behaviour.",
    },
}


def first_screen(report, cards, winner, said, actions):
    """The first screen: one sentence, figures, findings, proposals."""
    chosen = cards[:5]
    return show.first_screen(
        product_opening(chosen, winner, said, report),
        chosen,
        product_findings(said, report.book),
        actions,
        lang=report.lang,
    )


def with_segments(report):
    """The part that segments cut, where there are segments; a part that no study has otherwise."""
    return ["concept_test"] if report.study.segments else ["(none)"]


def with_comments(report):
    """The part that holds likes and dislikes, where they can be told apart by concept."""
    test = report.book.product_questions.concept_test
    return ["concept_test"] if test and (test.likes or test.dislikes) and by_concept(report) else ["(none)"]


def methods(report, said):
    """The method notes of the parts that this study has."""
    study, lang = report.study, report.lang
    effect, words = report.book.minimum_effect, METHODS[report.lang]
    last = words["all"].format(
        tests=len(said), share=gap(effect.share, "percent", lang), mean=worded(effect.mean, "mean", lang), min_n=study.min_n,
        low_n=max(study.min_n, report.book.bases.low_n), min_persons=report.book.privacy.min_persons,
    )  # fmt: skip
    return "\n".join(f"- {text}" for text in [*(words[part] for part in report.parts), last])


def results(report, **named):
    """The frames of a report's files by part: as shown, groups of few persons hidden; nothing about single persons."""
    out = {}
    for name, value in named.items():
        if value is None:
            continue
        if isinstance(value, pd.DataFrame):
            out[name] = value
        elif name in ("likes", "dislikes"):
            out |= {name: value[0][0]} if value[0] is not None else {}
        elif name == "cuts":
            out |= {f"cuts_{segment}": frame for segment, frame in value.items()}
        elif name == "switch":
            out |= {f"switch_{field}": getattr(value, field) for field in ("effects", "event_study", "group_time")}
        elif name == "markets":
            out |= {f"market_{rule}": frame for rule, frame in value.items()}
        elif name == "jar":
            out["jar"] = value[0].assign(metric="drop", unit="mean", estimate=value[0]["drop"])
        else:
            out |= framed(report, name, value)
    return out


def framed(report, name, value):
    """The estimates that a method's result holds, as shown."""
    fields = (
        "points",
        "optimum",
        "demand",
        "elasticity",
        "estimates",
        "curve",
        "single",
        "counts",
        "scores",
        "utilities",
        "importance",
    )
    frames = {field: frame for field in fields if (frame := getattr(value, field, None)) is not None and len(frame)}
    if "counts" in frames:
        frames["counts"] = frames["counts"].drop(columns=["best", "worst", "shown"], errors="ignore")
    return {f"{name}_{field}": report.shown(frame) for field, frame in frames.items()}

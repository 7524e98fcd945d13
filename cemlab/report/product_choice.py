"""Choice models in a product report: best-worst shares, utilities, importance, fit, willingness to pay, the market."""

import numpy as np
import pandas as pd

from cemlab.report.brand_cells import WEAK
from cemlab.report.charts_features import value_bars
from cemlab.report.product_cells import columns, item_name, picture, say, table
from cemlab.report.product_price import traded_in
from cemlab.report.wording import number


def part(report):
    """The codebook's conjoint."""
    return report.book.product_questions.conjoint


def design(report, name):
    """The table of what a part showed; None where it has none."""
    asked = getattr(report.book.product_questions, name)
    return report.table(asked.design) if asked is not None and asked.design else None


def enough(report, n):
    """Whether a model of `n` people may be shown."""
    return n >= max(report.study.min_n, report.book.privacy.min_persons)


def item_shares(report, found, persons=None):
    """Shares of preference of the items, largest first."""
    if found is None or not enough(report, found.fit["persons"]):
        return None
    scores = found.scores if persons is None else persons.utilities
    rows = scores[scores["metric"] == "share"].sort_values("estimate", ascending=False)
    rows = rows.assign(name=[item_name(report, i) for i in rows["item"]]).reset_index(drop=True)
    zh, n = report.lang == "zh", f"{found.fit['persons']:,}"
    if persons is None:
        how = f"合并 logit，n={n}" if zh else f"logit for all, n={n}"
    else:
        met = convergence_words(report, persons)
        how = (
            f"个人效用（分层贝叶斯）换算后平均，n={n}；{met}"
            if zh
            else f"from utilities of persons (hierarchical Bayes), n={n}; {met}"
        )
    return picture(
        value_bars, rows, report, "items", words={"method": how}, head=say("head_share", report.lang), digits=1
    )


def item_counts(report, found):
    """Counts beside the utilities of the logit, and whether each item was shown often enough."""
    if found is None or not enough(report, found.fit["persons"]):
        return None
    scores = found.scores.set_index(["metric", "item"])
    rows = found.counts.sort_values("estimate", ascending=False).to_dict("records")
    zh = report.lang == "zh"
    shown = found.design["least"].min()
    balance = (
        f"每项每人至少出现 {shown:.0f} 次（惯例为 3 次）；计数与效用的相关系数 {found.fit['correlation']:.3f}。"
        if zh
        else f"Each item shown {shown:.0f} times or more a person (custom: 3); correlation of counts and utilities {found.fit['correlation']:.3f}."
    )
    frame = columns(
        report,
        item=[item_name(report, r["item"]) for r in rows],
        count=[f"{r['estimate']:+.2f} [{r['ci_low']:.2f}, {r['ci_high']:.2f}]" for r in rows],
        utility=[
            f"{scores.loc[('utility', r['item']), 'estimate']:.2f}"
            if ("utility", r["item"]) in scores.index
            else "0.00"
            for r in rows
        ],
    )
    return table(frame, report, "item_counts", balance=balance)


def level_name(report, attribute, level=None):
    """An attribute, or one of its levels, in words."""
    asked = part(report).attributes.get(attribute)
    if asked is None:
        return "以上都不选" if report.lang == "zh" else "None of these"
    if level is None:
        return asked(report.lang) or attribute
    known = asked.levels.get(str(level))
    return (known(report.lang) if known else "") or str(level)


def utility_frame(report, utilities):
    """Every level with its utility, base levels at 0, attributes as headings."""
    known = {r["item"]: r for r in utilities[utilities["metric"] == "utility"].to_dict("records")}
    rows = []
    for name, asked in part(report).attributes.items():
        if not asked.levels or asked.linear:
            if name in known:
                rows.append(named(level_name(report, name), known[name]))
            continue
        rows.append({"name": level_name(report, name), "estimate": np.nan, "ci_low": np.nan, "ci_high": np.nan})
        for level in asked.levels:
            found = known.get(f"{name}={level}", {"estimate": 0.0, "ci_low": np.nan, "ci_high": np.nan})
            rows.append(named("　" + level_name(report, name, level), found))
    if "(none)" in known:
        rows.append(named(level_name(report, "(none)"), known["(none)"]))
    return pd.DataFrame(rows)


def named(name, row):
    """A row of a chart."""
    return {"name": name, "estimate": row["estimate"], "ci_low": row["ci_low"], "ci_high": row["ci_high"]}


def convergence_words(report, model):
    """How far the chains have met: means of the population, and spreads between persons."""
    table = model.convergence
    means, spreads = (table.loc[table["of"] == kind, "r_hat"].max() for kind in ("mean", "spread"))
    fewest = table.loc[table["of"] == "mean", "effective_draws"].min()
    if report.lang == "zh":
        met = "已收敛" if model.fit["converged"] else "尚未完全收敛，数字仅供参考"
        return f"{met}（R-hat：均值最大 {means:.3f}，离散最大 {spreads:.3f}；均值的有效抽样数最少 {fewest:,.0f}）"
    met = "converged" if model.fit["converged"] else "not fully converged, indicative only"
    return f"{met} (R-hat: means up to {means:.3f}, spreads up to {spreads:.3f}; fewest effective draws of a mean {fewest:,.0f})"


def model_words(report, model):
    """What a model is, in words."""
    n, zh = model.fit["persons"], report.lang == "zh"
    if hasattr(model, "persons"):
        met = convergence_words(report, model)
        return (
            f"分层贝叶斯，总体均值，n={n:,} 人；{met}"
            if zh
            else f"hierarchical Bayes, means of the population, n={n:,} people; {met}"
        )
    return f"多项 logit，按人聚类，n={n:,} 人" if zh else f"multinomial logit, clustered by person, n={n:,} people"


def fit_table(report, model, persons):
    """How well the models fit, and whether the sample was large enough."""
    if model is None or not enough(report, model.fit["persons"]):
        return None
    zh, fit = report.lang == "zh", model.fit
    told = [
        ("受访者 / 任务", "people / tasks", f"{fit['persons']:,} / {fit['tasks']:,}"),
        ("对数似然（等概率）", "log-likelihood (equal chances)", f"{fit['loglik']:,.3f} ({fit['loglik_equal']:,.3f})"),
        ("McFadden R²（合并模型）", "McFadden's R², model for all", f"{fit['rho2']:.3f}"),
        ("命中率（合并模型，样本内）", "hit rate, model for all, in sample", f"{100 * fit['hit_rate']:.1f}%"),
        ("样本量经验值（n·t·a/c，惯例 ≥ 500）", "size n t a / c (custom: 500 or more)", f"{fit['size']:,.0f}"),
    ]
    if persons is not None:
        own = persons.fit
        told += [
            (
                "RLH（个人模型；等概率）",
                "root likelihood, persons (equal chances)",
                f"{own['rlh']:.3f} ({own['rlh_chance']:.3f})",
            ),
            (
                "留出任务命中率（个人模型）",
                "hit rate on held-out tasks, persons",
                f"{100 * own['holdout_hit_rate']:.1f}%" if "holdout_hit_rate" in own else "—",
            ),
            (
                "留出任务占比平均误差（百分点）",
                "mean error of held-out shares (points)",
                f"{own['holdout_mae']:.1f}" if "holdout_mae" in own else "—",
            ),
        ]
    frame = columns(report, measure=[t[0 if zh else 1] for t in told], value=[t[2] for t in told])
    few = fit["persons"] < 300
    note = (
        ("合并模型用于检验；个人模型用于模拟。" + ("受访者少于 300 人，个人模型仅供参考。" if few else ""))
        if zh
        else (
            "The model for all serves tests, the one of persons simulations."
            + (" Fewer than 300 people: indicative." if few else "")
        )
    )
    if persons is not None:
        met = convergence_words(report, persons)
        note += f"个人模型{met}。" if zh else f" The model of persons: {met}."
    return table(frame, report, "fit", note=note)


def utilities(report, model):
    """Utilities of the levels; nothing without a conjoint."""
    if model is None or not enough(report, model.fit["persons"]):
        return None
    frame = utility_frame(report, model.utilities)
    return picture(
        value_bars,
        frame,
        report,
        "utilities",
        words={"method": model_words(report, model)},
        head=say("head_utility", report.lang),
    )


def importance(report, model):
    """Importance of the attributes; nothing with a single one."""
    if model is None or not enough(report, model.fit["persons"]) or len(model.importance) < 2:
        return None
    frame, method = model.importance, model_words(report, model)
    rows = frame.sort_values("estimate", ascending=False).reset_index(drop=True)
    rows = rows.assign(name=[level_name(report, i) for i in rows["item"]])
    return picture(
        value_bars, rows, report, "importance", words={"method": method}, head=say("head_share", report.lang), digits=1
    )


def wtp_table(report, found):
    """Willingness to pay of levels against their base."""
    if found is None or not len(found):
        return None
    rows = found.to_dict("records")
    shown = [r["status"] in WEAK and r["estimate"] == r["estimate"] for r in rows]
    cells = [
        f"{number(r['estimate'], 'mean')} [{number(r['ci_low'], 'mean')}, {number(r['ci_high'], 'mean')}]"
        if ok
        else "—"
        for r, ok in zip(rows, shown, strict=True)
    ]
    parts = [str(r["item"]).split("=", 1) for r in rows]
    frame = columns(
        report,
        attribute=[level_name(report, p[0]) for p in parts],
        level=[
            level_name(report, p[0], p[1]) if len(p) > 1 else ("每增加 1" if report.lang == "zh" else "one more")
            for p in parts
        ],
        value=cells,
    )
    unit = traded_in(report)
    return table(
        frame, report, "wtp", unit=f"{unit}，" if unit and report.lang == "zh" else f"{unit}, " if unit else ""
    )


def conjoint_card(report, model):
    """A card of the attribute that matters most."""
    if model is None or not enough(report, model.fit["persons"]):
        return []
    row = model.importance.loc[model.importance["estimate"].idxmax()]
    note = f"n={model.fit['persons']:,}, [{row['ci_low']:.1f}, {row['ci_high']:.1f}]"
    return [
        {
            "title": f"{say('card_importance', report.lang)}{'：' if report.lang == 'zh' else ': '}{level_name(report, row['item'])}",
            "value": f"{row['estimate']:.1f}%",
            "note": note,
        }
    ]


def item_card(report, found, persons=None):
    """A card of the item that matters most."""
    if found is None or not enough(report, found.fit["persons"]):
        return []
    scores = found.scores if persons is None else persons.utilities
    rows = scores[scores["metric"] == "share"]
    row = rows.loc[rows["estimate"].idxmax()]
    title = f"{say('card_first', report.lang)}{'：' if report.lang == 'zh' else ': '}{item_name(report, row['item'])}"
    return [
        {
            "title": title,
            "value": f"{row['estimate']:.1f}%",
            "note": f"n={found.fit['persons']:,}, [{row['ci_low']:.1f}, {row['ci_high']:.1f}]",
        }
    ]

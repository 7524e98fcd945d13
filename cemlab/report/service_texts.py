"""Words of the sections on services, operational figures, peak and end, actions and the segment banner (Chinese, English)."""

from cemlab.report.driver_texts import CAVEAT_EN, CAVEAT_ZH

TITLES = {
    "banner": (
        (
            "各细分人群的关键指标一览",
            "数字为 NPS（分）或高分占比（%），括号内为指数（群体÷总体×100）；第二行为样本量。大写字母：显著高于相应列（95%）；小写：90%；↑↓：与其余受访者相比。**：样本不足不显示；*：样本偏少；—：为保护隐私不显示。字母仅供探索，结论以“发现与判定”为准。",
        ),
        (
            "Key figures by segment",
            "NPS in points or top boxes in %, in brackets the index (group / total x 100); second line: base. Capitals: above the columns named at 95 %, small letters at 90 %; arrows: against all others. ** base too small, * small base, — hidden for privacy. Letters explore; the claims stand under Findings.",
        ),
    ),
    "service": (
        (
            "{name}：触点得分与问题",
            "低分占比为最低两档；变化为百分点，是否显著见“触点一览”。{pick}",
        ),
        (
            "{name}: scores and problems",
            "Bottom boxes: the two lowest codes; changes in percentage points, tested in the table of touchpoints. {pick}",
        ),
    ),
    "waiting": (
        (
            "{wait} → {outcome}",
            "三次样条曲线；拐点仅在检验成立时标出；答卷超过 20 万份时取随机部分。" + CAVEAT_ZH,
        ),
        (
            "{wait} → {outcome}",
            "Cubic spline; a knee is marked only where the test supports it; of more than 200,000 answers a random part. "
            + CAVEAT_EN,
        ),
    ),
    "wait": (
        (
            "等候与放弃（Kaplan-Meier）",
            "放弃等候者按“删失”处理：其等候只知不短于放弃时刻。若急躁者更早挂断，此估计偏短。",
        ),
        (
            "Waiting with people who gave up (Kaplan-Meier)",
            "Those who gave up are censored: their wait is known to be at least so long. Where the impatient leave first, waits are understated.",
        ),
    ),
    "operational": (
        (
            "首次解决率与投诉",
            "首次解决率为 Wilson 区间，尚未解决者不计；每千人投诉为 Poisson 精确区间。门店超过 12 家时，只列出 99.8% 区间不含总体的门店（信号，不等于结论），其余见 results.csv。",
        ),
        (
            "First-contact resolution and complaints",
            "Wilson interval, open cases left out; complaints per 1,000 with the exact Poisson interval. Of more than 12 stores only those are listed whose 99.8 % interval leaves the total out (a signal, no claim); the rest in results.csv.",
        ),
    ),
    "complaints": (
        ("每千人投诉数，按周", "Laney u′ 控制图：控制限已计入抽样以外的波动。"),
        (
            "Complaints per 1,000 by week",
            "Laney's u' chart: limits allow for unrest beyond sampling.",
        ),
    ),
    "response": (
        (
            "应答率",
            "受邀者中作答的比例，Wilson 区间。门店超过 12 家时，只列出 99.8% 区间不含总体的门店，其余见 results.csv。",
        ),
        (
            "Response rate",
            "Share of the invited who answered, Wilson interval. Of more than 12 stores only those are listed whose 99.8 % interval leaves the total out; the rest in results.csv.",
        ),
    ),
    "nonresponse": (
        (
            "作答者与未作答者的运营数据比较",
            "未见显著差异不代表两者对服务的看法相同，只说明在这些指标上看不出差别。",
        ),
        (
            "Those who answered against those who did not",
            "No difference here is no proof of none in what was asked.",
        ),
    ),
    "peak": (
        (
            "峰终检验：总体评价跟着什么走",
            "对每位至少评价三个触点的受访者，取其各触点评分的均值、最低、最高与最后一项，以相对权重分解总体评价的可解释变差。均值包含其余三项，份额天然共享；仅当区间互不重叠时可分先后。"
            + CAVEAT_ZH,
        ),
        (
            "Peak-end check: what the overall rating follows",
            "For everyone with at least three rated touchpoints: average, lowest, highest and last rating; relative weights divide the explained variance. The average holds the other three; only intervals apart give an order. "
            + CAVEAT_EN,
        ),
    ),
    "actions": (
        (
            "建议行动清单",
            "每条建议对应一行结果。预期收益（95% 区间）：触点为提高 1 分时总体评价相应高出的分数；等候为拐点之后的等候都止于拐点时的得分差；门店、人群与再次联系者为其升至其余水平时的总体差；投诉为每千人减少数。门店与首次解决按 99.8% 区间判断（信号），人群为经检验的结论。每类至多三条，各项不可相加。"
            + CAVEAT_ZH
            + "责任部门与期限由研究员填写。",
        ),
        (
            "Recommended actions",
            "Each from a row of the results. Expected gain (95 % interval): of a touchpoint, points of the overall rating that go with one point more; of a wait, if none lasted beyond the knee; of a store, a group or those who came again, on the total if they came up to the others; of complaints, fewer per 1,000. Stores and first contacts are judged by 99.8 % intervals (signals), groups are claims that were tested. Three of a kind at most; gains do not add up. "
            + CAVEAT_EN
            + " Owner and date are left to the researcher.",
        ),
    ),
}
WORDS = {
    "no_banner": ("本期没有细分变量或样本不足，未编制一览表。", "no segments, or too few answers."),
    "no_services": ("代码本没有分项服务，本节略去。", "The codebook names no services; section left out."),
    "no_service": ("本期没有作答。", "no answers in this wave."),
    "no_wait": ("未提供等候数据。", "no waiting data."),
    "no_operational": ("未提供首次解决或投诉数据。", "no such data."),
    "no_complaints": ("不足八周，未绘控制图。", "under eight weeks, no chart."),
    "no_response": ("未提供受邀名单，无法计算应答率。", "the codebook names no list of the invited."),
    "no_nonresponse": ("未提供可比较的运营数据。", "no operational data to compare."),
    "no_peak": ("触点不足三个或样本不足，未作检验。", "under three touchpoints, or too few answers."),
    "no_actions": ("本期没有证据充分的建议。", "no action stands on sufficient evidence."),
    "average": ("各触点均值", "Average of the touchpoints"),
    "low_point": ("最低一项", "Lowest"),
    "high_point": ("最高一项", "Highest"),
    "last_moment": ("最后一项", "Last"),
    "median": ("{name}：半数不超过", "{name}: half up to"),
    "quantile": ("{name}：{q:.0f}% 不超过", "{name}: {q:.0f} % up to"),
    "served_within": ("{name}：{at:g} {unit}内接通的比例", "{name}: served within {at:g} {unit}"),
    "first_contact_resolution": ("首次解决率", "First-contact resolution"),
    "contact_gap": (
        "首次联系即解决的客户“{item}”均分 {first}（n={n}），需再次联系的 {again}（n={m}），相差 {gap}"
        "（99.8% 区间 {low}～{high}）。简单的问题更容易一次解决，差值不等于一次解决的效果。",
        "Customers solved at first contact rate “{item}” {first} on average (n={n}), those who came again {again} (n={m}): "
        "{gap} (99.8 % interval {low} to {high}). Easy matters are solved at once more often; the gap is no effect of it.",
    ),
    "complaints": ("每千人投诉", "Complaints per 1,000"),
    "response_rate": ("应答率", "Response rate"),
    "gain": ("“{name}”{gain} [{low}, {high}]", "“{name}” {gain} [{low}, {high}]"),
    "do_improve": ("改进“{name}”", "Improve “{name}”"),
    "do_wait": ("把“{name}”控制在拐点以内", "Keep “{name}” under its knee"),
    "do_visit": ("到{name}现场核查原因", "Visit {name} and find the cause"),
    "do_resolve": ("提高首次联系解决率", "Solve more at first contact"),
    "do_complaints": ("核查{name}的投诉原因", "Find what {name} is complained about for"),
    "do_listen": ("了解“{name}”评价偏低的原因", "Find out why “{name}” rate lower"),
    "why_again": (
        "需再次联系者均分 {figure}，首次解决者 {target}（99.8% 区间不含 0）",
        "mean {figure} of those who came again, {target} of those solved at once (99.8 % interval leaves 0 out)",
    ),
    "why_complaints": (
        "每千人投诉 {figure}（99.8% 区间 {low}–{high}），总体 {target}",
        "{figure} complaints per 1,000 (99.8 % interval {low} to {high}), {target} in total",
    ),
    "why_group_points": (
        "NPS {figure}，其余受访者 {target}；检验成立",
        "NPS {figure}, the others {target}; the claim holds",
    ),
    "why_group_percent": (
        "高分占比 {figure}%，其余 {target}%；检验成立",
        "top boxes {figure} %, the others {target} %; the claim holds",
    ),
    "why_group_mean": ("均分 {figure}，其余 {target}；检验成立", "mean {figure}, the others {target}; the claim holds"),
    "why_performance": (
        "均分 {figure}，目标 {target}；是可点名的关键体验",
        "mean {figure}, target {target}; a key experience that may be named",
    ),
    "why_knee": (
        "满意度在 {figure}（{low}–{high}）{unit}后加速下降",
        "satisfaction falls faster from {figure} ({low} to {high}) {unit}",
    ),
    "why_beyond_998": (
        "得分低于 99.8% 控制限；收缩后 NPS {figure}（{low} 至 {high}）",
        "below the 99.8 % limit; shrunken NPS {figure} ({low} to {high})",
    ),
    "why_beyond_95": (
        "得分低于 95% 控制限（信号，先复核）；收缩后 NPS {figure}（{low} 至 {high}）",
        "below the 95 % limit (a signal: check first); shrunken NPS {figure} ({low} to {high})",
    ),
    "to_fill": ("（待填）", "(to fill in)"),
    "pick_note": (
        "“最该先改”为可点名的关键体验。" + CAVEAT_ZH,
        "Improve first: key experiences that may be named. " + CAVEAT_EN,
    ),
    "pick": ("最该先改", "improve first"),
    "services": ("各项服务", "Services"),
    "head_service": ("服务", "Service"),
    "head_item": ("触点", "Touchpoint"),
    "head_top": ("高分占比", "Top boxes"),
    "head_limits": ("95% 置信区间", "95 % interval"),
    "head_bottom": ("低分占比", "Bottom boxes"),
    "head_n": ("样本量 n", "Base n"),
    "head_change": ("较上期", "Against the wave before"),
    "head_first": ("优先级", "Priority"),
    "head_figure": ("指标", "Figure"),
    "head_value": ("结果", "Result"),
    "head_share": ("占可解释变差", "Share of explained variance"),
    "head_answered": ("作答者", "Answered"),
    "head_silent": ("未作答者", "Silent"),
    "head_difference": ("差异", "Difference"),
    "head_action": ("建议", "Action"),
    "head_why": ("依据", "Evidence"),
    "head_gain": ("预期收益（分，95% 区间）", "Expected gain (points, 95 % interval)"),
    "head_reach": ("涉及客户", "Customers concerned"),
    "head_cost": ("成本", "Cost"),
    "head_owner": ("责任部门", "Owner"),
    "head_due": ("期限", "Due"),
}

"""Words of the sections on quality, drivers, journey, stores and operations: titles, notes, sentences (Chinese, English)."""

CAVEAT_ZH, CAVEAT_EN = "模型关联估计，非因果承诺。", "Associations in a model, no promise of cause."
TITLES = {
    "quality": (
        (
            "答卷质量检查",
            "存疑答卷均保留在分析中；“若剔除”一列为剔除后的 NPS 变化。直线作答与突发好评本身不作为剔除理由。",
        ),
        (
            "Checks of response quality",
            "Doubtful answers stay in the analysis; the last column tells what leaving them out would do. Straight-lining and bursts alone are no reason to exclude.",
        ),
    ),
    "quality_excluded": (
        (
            "答卷质量检查与剔除",
            "代码本（quality.exclude）规定剔除的答卷不进入任何数字；“若剔除”一列为只按该项剔除后的 NPS 变化，末行为实际剔除的合计。直线作答与突发好评本身不作为剔除理由。",
        ),
        (
            "Checks of response quality, and what was left out",
            "Answers that the codebook leaves out (quality.exclude) enter no figure; the last column tells what leaving out by this check alone does to NPS, the last row what was left out in all. Straight-lining and bursts alone are no reason to exclude.",
        ),
    ),
    "journey": (
        (
            "体验曲线：沿旅程的满意度（百分制）",
            "百分制＝(均分−最低分)/(最高分−最低分)×100。",
        ),
        (
            "Experience curve along the journey (0 to 100)",
            "(mean - lowest) / (highest - lowest) x 100.",
        ),
    ),
    "driver_bars": (
        (
            "总体评价的驱动因素",
            "重要性为 Johnson 相对权重。" + CAVEAT_ZH,
        ),
        (
            "Drivers of the overall rating",
            "Importance: Johnson's relative weights. " + CAVEAT_EN,
        ),
    ),
    "driver_table": (
        (
            "驱动因素明细",
            "系数为该触点高 1 分时总体评价相应高出的分数（其他触点不变）；VIF 为方差膨胀因子。" + CAVEAT_ZH,
        ),
        (
            "Drivers in detail",
            "Coefficient: points of the outcome that go with one more point on the touchpoint, others held. "
            + CAVEAT_EN,
        ),
    ),
    "quadrants": (
        ("重要性—表现象限图", "空心点落在其他象限的可能性不低于 10%。"),
        (
            "Importance and performance",
            "Hollow points lie in another quadrant with a chance of 10 % or more.",
        ),
    ),
    "experiences": (
        (
            "关键体验（KX）：先改进什么",
            "得分＝重要性×与目标的差距×使用面÷成本；名次区间来自自助法。仅“可点名”的触点写入结论。" + CAVEAT_ZH,
        ),
        (
            "Key experiences (KX): what to improve first",
            "Score: impact x shortfall x reach / cost; rank intervals by bootstrap. Only touchpoints marked may be named. "
            + CAVEAT_EN,
        ),
    ),
    "paths": (
        ("两条改进路径的推演", "“止损”：半数不满意者转为中立；“转化”：半数不满意者转为满意。" + CAVEAT_ZH),
        (
            "Two ways to improve, played through",
            "“Cut”: half of the dissatisfied become neutral; “convert”: they become satisfied. " + CAVEAT_EN,
        ),
    ),
    "asymmetry": (
        (
            "基本型、期望型与魅力型触点",
            "把各触点的低分与高分同时放入一个回归：惩罚与奖励为总体评价的分数变化；类别仅在区间支持时给出。",
        ),
        (
            "Basic, performance and excitement touchpoints",
            "Low and high ratings of all touchpoints in one regression; penalty and reward in points of the outcome; a class only where the interval supports it.",
        ),
    ),
    "thermometer": (
        (
            "温度计：最近一期的 NPS 与满意度",
            "EWMA 控制限（λ=0.2），按当期有效样本量计算并考虑时段间的日常波动；两者同时低于下限时报警。",
        ),
        (
            "Thermometer: NPS and satisfaction, latest period",
            "EWMA limits (lambda 0.2) on the period's effective base, widened by usual unrest; an alarm when both fall below.",
        ),
    ),
    "funnel": (
        (
            "各门店 NPS 漏斗图",
            "曲线为 95% 与 99.8% 控制限（含过度离散修正）；只标出限外门店。限内的高低属正常波动，不作排名。",
        ),
        (
            "NPS by store: funnel plot",
            "Limits of 95 and 99.8 % (overdispersion allowed for); only stores outside are named. Differences inside are usual unrest; no league table.",
        ),
    ),
    "outside": (
        ("限外门店", "收缩估计把小样本门店拉向总体；名次区间为 95%（1 为最好）。"),
        (
            "Stores outside the limits",
            "Shrunken estimates pull small stores towards the whole; rank intervals 95 % (1 is best).",
        ),
    ),
}
WORDS = {
    "no_quality": ("没有可检查的评分题。", "no ratings to check."),
    "no_journey": ("可用触点不足两个。", "fewer than two touchpoints."),
    "no_driver_bars": ("有效答卷不足 200 份、触点不足两个，或评分几无差异，不作驱动分析。", "fewer than 200 answers or two touchpoints, or ratings too much alike; no driver analysis."),
    "no_recall": ("本研究没有推荐意愿题或受访者标识，无法编制回访名单。", "Without a 0 to 10 recommendation and respondents' ids there is no list to call back."),
    "no_quadrants": ("未作驱动分析。", "no driver analysis."),
    "no_paths": ("没有可点名的关键体验，不作推演。", "no key experience to play through."),
    "no_asymmetry": ("使用面足够且量表一致的触点不足两个，不作三因素分析。", "fewer than two widely used touchpoints of one scale."),
    "no_thermometer": ("时间或样本不足，不绘制温度计。", "too little time or too few answers."),
    "no_funnel": ("样本足够的门店不足两个。", "fewer than two stores with enough answers."),
    "no_outside": ("没有限外门店。", "no store lies outside."),
    "alarm": ("**报警**：最近一期 NPS 与满意度同时低于控制下限，请核对当期运营事件。", "**Alarm**: NPS and satisfaction both fell below their limits in the latest period."),
    "calm": ("最近一期未触发双降报警。", "No alarm: not both figures fell below their limits."),
    "no_store": ("代码本没有门店列，本节略去。", "The codebook names no store column; section left out."),
    "no_operations": ("代码本没有与触点对应的运营数据列，本节略去。", "The codebook names no operational column held against a touchpoint; section left out."),
    "knee": (
        "“{wait}”超过 {knee} {unit}（95% 置信区间 {low}～{high}）后，“{item}”评分加速下降：每多 1 {unit}，均分变化由 {before} 变为 {after}。模型关联估计，非因果承诺。",
        "Beyond {knee} {unit} of “{wait}” (95 % CI {low} to {high}) the rating of “{item}” falls faster: {after} points per {unit} instead of {before}. Association, no promise of cause.",
    ),
    "other_knee": (
        "“{wait}”在 {knee} {unit}（95% 置信区间 {low}～{high}）前后与“{item}”评分的关系不同：每多 1 {unit}，均分变化由 {before} 变为 {after}；之后并未加速下降。模型关联估计，非因果承诺。",
        "Around {knee} {unit} of “{wait}” (95 % CI {low} to {high}) its relation to “{item}” changes: {before} points per {unit} before, {after} after; no faster fall. Association, no promise of cause.",
    ),
    "no_curve": ("“{wait}”与“{item}”：同时有两项数据的答卷不足 200 份或等候时间几乎相同，不绘制曲线。", "“{wait}” and “{item}”: under 200 answers with both, or waits too alike; no curve."),
    "no_knee": ("“{wait}”与“{item}”之间未检出拐点。", "No knee was found between “{wait}” and “{item}”."),
    "recall": (
        "本期共有 {n} 份贬损者答卷（0–6 分）待回访。名单含受访者标识，只供回访团队在系统内使用，不随报告分发：`cemlab recall --codebook … --wave {wave}`。",
        "{n} detractors (0-6) of this wave are to be called back. The list names pseudonyms, is for the care team only and does not travel with the report: `cemlab recall --codebook … --wave {wave}`.",
    ),
    "head_check": ("检查", "Check"),
    "head_share": ("占比", "Share"),
    "head_kept": ("处理", "Handling"),
    "head_effect": ("若剔除，NPS 变化", "NPS if left out"),
    "head_item": ("触点", "Touchpoint"),
    "head_importance": ("重要性 %", "Importance %"),
    "head_rank": ("名次", "Rank"),
    "head_ranks": ("名次区间", "Rank interval"),
    "head_coefficient": ("系数", "Coefficient"),
    "head_coefficients": ("系数区间", "Interval"),
    "head_vif": ("VIF", "VIF"),
    "head_performance": ("均分", "Mean"),
    "head_told": ("结论", "Reading"),
    "head_shortfall": ("距目标（分）", "Below target"),
    "head_reach": ("使用面 %", "Reach %"),
    "head_cost": ("成本", "Cost"),
    "head_score": ("得分", "Score"),
    "head_gain": ("每 +1 分的总体增益", "Gain per point"),
    "head_gains": ("增益区间", "Interval"),
    "head_path": ("路径", "Path"),
    "head_moved": ("涉及使用者 %", "Users moved %"),
    "head_mean_change": ("触点均分变化", "Touchpoint mean"),
    "head_penalty": ("惩罚", "Penalty"),
    "head_reward": ("奖励", "Reward"),
    "head_factor": ("类别", "Factor"),
    "head_n": ("样本量 n", "n"),
    "mix": (
        " 各时段的门店构成已调整为相同，故与上面的控制图略有出入。",
        " Every period is set to the same mix of stores, so figures differ a little from the charts above.",
    ),
    "head_doubtful": ("存疑答卷数", "Doubtful answers"),
    "head_store": ("门店", "Store"),
    "head_estimate": ("NPS（分）", "NPS"),
    "head_shrunken": ("收缩估计", "Shrunken"),
    "head_signal": ("信号", "Signal"),
    "kept": ("保留", "kept"),
    "left_out": ("剔除", "left out"),
    "(excluded together)": ("合计剔除", "Left out in all"),
    "cut": ("止损", "cut"),
    "convert": ("转化", "convert"),
    "basic": ("基本型", "basic"),
    "performance": ("期望型", "performance"),
    "excitement": ("魅力型", "excitement"),
    "unclear": ("不明确", "not clear"),
    "beyond_95": ("超出 95% 限", "outside 95 %"),
    "beyond_998": ("超出 99.8% 限", "outside 99.8 %"),
    "stands": ("高于噪声", "above noise"),
    "noise": ("与噪声难分", "not above noise"),
    "is_key": ("可点名", "may be named"),
    "not_key": ("—", "—"),
    "duplicate": ("重复提交", "Duplicates"),
    "straight_line": ("直线作答", "Straight-lining"),
    "speeder": ("作答过快", "Speeders"),
    "unanswered": ("漏答过半", "Half unanswered"),
    "inconsistent": ("前后矛盾", "Contradictions"),
    "burst": ("突发好评", "Bursts of praise"),
}  # fmt: skip

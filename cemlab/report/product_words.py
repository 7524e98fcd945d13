"""Words of the product report: headings, titles and notes of charts and tables, column heads (Chinese, English)."""

HEADINGS = {
    "launch": ("上市哪个：决策表", "Which to launch"),
    "asked": ("调查说明：问了什么，问了谁", "What was asked, and of whom"),
    "concept": ("概念测试", "Concept test"),
    "reasons": ("喜欢什么，不喜欢什么", "Likes and dislikes"),
    "price": ("价格", "Price"),
    "features": ("功能与卖点", "Features"),
    "choice": ("选择型联合分析与市场模拟", "Choice-based conjoint and market"),
    "taste": ("口味测试", "Taste test"),
    "pack": ("新包装", "New pack"),
    "segments": ("细分人群", "Segments"),
    "findings": ("发现与判定", "Findings"),
    "methods": ("方法说明", "Method notes"),
    "data": ("数据版本", "Data version"),
}
TITLES = {
    "scorecard": (
        ("概念评分卡：各项高分占比（%）", ""),
        ("Concept scorecard: top two boxes (%)", ""),
    ),
    "scores": (
        ("各概念各项得分", "高分占比为最高两档，首选占比为最高一档；方括号为 95% 置信区间；* 样本偏少。"),
        ("Scores of the concepts", "Top two boxes and top box; brackets: 95 % intervals; * small base."),
    ),
    "spread": (("购买意愿的分布（%）", ""), ("Distribution of purchase intent (%)", "")),
    "control": (
        (
            "与{reference}的差异及检验",
            "差异单位为百分点；{adjust}；最后一列按全报告的候选结论统一校正后判定。",
        ),
        (
            "Against {reference}",
            "Differences in percentage points; {adjust}; verdicts over all candidate claims of the report.",
        ),
    ),
    "pairs": (
        ("概念两两比较：购买意愿", "差异单位为百分点；{adjust}。"),
        ("Every pair of concepts: purchase intent", "Differences in percentage points; {adjust}."),
    ),
    "order": (
        (
            "展示次序的影响（购买意愿）",
            "次序效应用广义估计方程（同一受访者内相关）检验；第一位展示的结果不受次序影响，但样本较少。",
        ),
        (
            "Order of showing (purchase intent)",
            "Tested by generalised estimating equations; first places are free of order, but fewer.",
        ),
    ),
    "trial": (
        (
            "推算试购率与常模",
            "试购率＝Σ 各档占比 × 校准系数（{calibration}）；假定知晓与铺货各 100%，区间只含抽样误差，不含校准误差。常模为本方以往概念的高分占比，只列中位数、四分位与概念数。",
        ),
        (
            "Calibrated trial and norm",
            "Trial = sum of shares times calibration ({calibration}), at full awareness and distribution; intervals hold the sampling error only. Norm: one's own earlier concepts.",
        ),
    ),
    "lift": (
        (
            "哪些卖点与购买意愿相关",
            "勾选者与未勾选者购买意愿高分占比之差（百分点），已控制概念与其他卖点（logit 平均边际效应）；模型关联估计，非因果承诺。",
        ),
        (
            "What appeals, and purchase intent",
            "Average marginal effect of the tick (logit; concept and other ticks held), percentage points; association, no causal promise.",
        ),
    ),
    "volume": (
        ("想买者会少买本品牌现有产品的占比（蚕食）", "基数为该概念购买意愿最高两档者；为自述，不含数量与价格。"),
        (
            "Would-be buyers who would buy less of our own products",
            "Base: top two boxes of the concept; stated, without volumes or prices.",
        ),
    ),
    "segment": (
        ("购买意愿高分占比，按细分人群（%）", "探索性，不写成结论；— 为样本不足。"),
        ("Purchase intent by segment (%)", "Exploratory; — base too small."),
    ),
    "likes": (
        (
            "喜欢之处：各概念的主题占比（%）",
            "开放题自动归类，主题以其特征词命名；基数为写了的人；方括号为 95% 置信区间。",
        ),
        ("Likes: themes by concept (%)", "Open answers sorted automatically; base: those who wrote; 95 % intervals."),
    ),
    "dislikes": (
        (
            "不喜欢之处：各概念的主题占比（%）",
            "开放题自动归类，主题以其特征词命名；基数为写了的人；方括号为 95% 置信区间。",
        ),
        (
            "Dislikes: themes by concept (%)",
            "Open answers sorted automatically; base: those who wrote; 95 % intervals.",
        ),
    ),
    "launch": (
        (
            "各概念的决策依据",
            "规则事先约定：{rule} 只作建议，不代替判断。",
        ),
        ("What speaks for each concept", "Rule agreed beforehand: {rule} A proposal, no substitute for judgement."),
    ),
    "findings": (
        (
            "结论与最接近的候选",
            "全报告的候选结论作为一个检验族校正；只有校正后仍显著、样本量足够且达到最小值得关注差异的，才写成结论。其余 {rest} 项见 findings.csv。",
        ),
        (
            "Claims, and the candidates that came nearest",
            "One family of tests; only those that stay significant, have their base and reach the minimum effect are said. "
            "{rest} others stand in findings.csv.",
        ),
    ),
}
WORDS = {
    "head_concept": ("概念", "Concept"),
    "head_question": ("题目", "Question"),
    "head_top_box": ("高分占比", "Top two boxes"),
    "head_top_one": ("首选占比", "Top box"),
    "head_mean": ("均值", "Mean"),
    "head_n": ("样本量 n", "n"),
    "head_estimate": ("结果（%）", "Result (%)"),
    "head_reference": ("对照（%）", "Control (%)"),
    "head_other": ("对比对象", "Against"),
    "head_difference": ("差异（百分点）", "Difference (points)"),
    "head_interval": ("95% 置信区间", "95 % CI"),
    "head_p": ("校正后 p 值", "Adjusted p"),
    "head_verdict": ("检验结论", "Verdict"),
    "head_place": ("展示位次", "Place"),
    "head_effect": ("检验", "Test"),
    "head_chi2": ("卡方（自由度）", "Chi-square (df)"),
    "head_trial": ("推算试购率（%）", "Trial (%)"),
    "head_norm": ("常模中位数 [四分位]", "Norm median [quartiles]"),
    "head_quartile": ("所处四分位", "Quartile"),
    "head_earlier": ("常模概念数", "Earlier concepts"),
    "head_tick": ("卖点", "Attribute"),
    "head_with": ("勾选者（%）", "Ticked (%)"),
    "head_without": ("未勾选者（%）", "Not ticked (%)"),
    "head_own": ("少买本品牌（%）", "Own products (%)"),
    "head_segment": ("细分", "Segment"),
    "head_group": ("群体", "Group"),
    "head_theme": ("主题（特征词）", "Theme (words)"),
    "head_advice": ("建议", "Proposal"),
    "head_intent": ("购买意愿（%）", "Purchase intent (%)"),
    "head_against": ("较对照（百分点）", "Against control (points)"),
    "head_strong": ("强项", "Strengths"),
    "head_weak": ("弱项", "Weaknesses"),
    "head_finding": ("发现", "Finding"),
    "above_norm": ("前 25%", "top quarter"),
    "quartiles": ("前 25%|25–50%|50–75%|后 25%", "top quarter|second|third|bottom quarter"),
    "adjust_dunnett": ("p 值按 Dunnett 法校正（与同一对照比较）", "p adjusted by Dunnett (one control)"),
    "adjust_holm": ("p 值按 Holm 法校正", "p adjusted by Holm"),
    "adjust_bh": ("p 值按 Benjamini-Hochberg 法校正", "p adjusted by Benjamini-Hochberg"),
    "adjust_position": ("已扣除展示次序的影响；p 值按 Holm 法校正", "order of showing taken out; p adjusted by Holm"),
    "control": ("对照", "the control"),
    "position": ("展示位次有无影响", "Do places differ"),
    "concept_by_position": ("位次是否改变概念间的差异", "Do places change the differences"),
    "first_place": ("仅第一位展示", "Shown first only"),
    "rule_control": (
        "购买意愿显著高于对照（全报告校正后）为“推进”，显著低于对照为“停止”，其余为“优化后再测”。",
        "significantly above the control on purchase intent (over the whole report): go; significantly below: stop; otherwise: fix and test again.",
    ),
    "rule_target": (
        "购买意愿的 95% 置信区间整体高于目标 {target}% 为“推进”，整体低于目标为“停止”，其余为“优化后再测”。",
        "95 % interval of purchase intent wholly above the target of {target} %: go; wholly below: stop; otherwise: fix and test again.",
    ),
    "rule_none": (
        "无对照且未设目标（代码本 target），只列依据，不给建议。",
        "neither a control nor a target in the codebook: no proposal is made.",
    ),
    "go": ("推进", "Go"),
    "fix": ("优化后再测", "Fix and test again"),
    "stop": ("停止", "Stop"),
    "is_control": ("对照", "Control"),
    "winner": (
        "{leader}的购买意愿领先其余各概念，且经两两检验成立（较第二位{second}高 {size}，95% 置信区间 {low}～{high}）。",
        "{leader} leads all others on purchase intent, and every pairwise test holds ({size} above {second}, 95 % CI {low} to {high}).",
    ),
    "no_winner": (
        "未能分出胜者：{leader}居首，但较{second}的领先（{size}）未经检验成立；若真实差距如此，每个概念约需 {needed} 份答卷才能以 80% 的把握看出（现为 {n} 份）。",
        "No winner: {leader} is first, but its lead over {second} ({size}) does not stand; a gap of this size would need about {needed} answers a concept at 80 % power (now {n}).",
    ),
    "no_lead": ("未能分出胜者：居首的两个概念购买意愿相同。", "No winner: the two leading concepts tie."),
    "power": ("本期样本下，概念与对照之间小于 {size} 的购买意愿差异无法判断。", "With this sample, gaps in purchase intent below {size} could not have been seen."),
    "comma": ("、", ", "),
    "calibration": ("{code} 档 {share:.0%}", "{code}: {share:.0%}"),
    "none": ("—", "—"),
    "no_candidates": ("本研究没有可供检验的比较。", "Nothing was there to be compared."),
    "few_comments": ("开放题答案不足，未归类。", "Too few open answers to sort."),
    "foreign": ("开放题多非中文，未自动归类。", "Open answers are mostly not Chinese; not sorted automatically."),
}  # fmt: skip

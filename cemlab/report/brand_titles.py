"""Titles and notes of the brand report's charts and tables (Chinese, English)."""

TITLES = {
    "margins": (
        ("加权前后的样本构成", "各期分别迭代加权（raking）至代码本给定的边际。"),
        ("Sample before and after weighting", "Raked to the codebook's margins, wave by wave."),
    ),
    "funnel": (("品牌漏斗：本品与竞品", ""), ("Brand funnel: own brand and rivals", "")),
    "levels": (
        ("各品牌各阶段占比（%）", "方括号为 95% 置信区间；基数为全部受访者，n 为未加权人数。* 样本偏少。"),
        (
            "Share at each stage, by brand (%)",
            "Brackets: 95 % intervals; base: all respondents, n unweighted. * small base.",
        ),
    ),
    "steps": (
        (
            "各品牌阶段转化率（%）",
            "转化率＝达到本阶段者 ÷ 达到上一阶段者（二项 Wilson 区间）；基数不足 30 的不显示。小品牌各阶段转化率天然偏低（双重危机），不单独作为结论。",
        ),
        (
            "Conversion to each stage, by brand (%)",
            "Of those at the stage before (Wilson); bases under 30 are not shown. Small brands convert less by nature (double jeopardy).",
        ),
    ),
    "gaps": (
        ("漏斗逻辑检查：跳过上一阶段的回答", "未加权；占比高时，先核对问卷跳转与题意，再解读转化率。"),
        (
            "Funnel check: a stage claimed without the one before",
            "Unweighted; where shares are high, check routing and wording first.",
        ),
    ),
    "leaks": (
        (
            "漏损排序：与最佳竞品转化率的差距 × 人数",
            "“潜在人数”为转化率追平最佳竞品时，全部受访者中会增加的百分点；属算术推演，非因果承诺。",
        ),
        (
            "Leaks: gap to the best rival's conversion times people",
            "“Volume”: percentage points of all respondents gained if the conversion equalled the best rival's; arithmetic, no causal promise.",
        ),
    ),
    "changes": (
        ("较上期的变化", "p 值已按全报告所有候选结论统一校正（Benjamini-Hochberg）；仅列本品各阶段与各品牌核心指标。"),
        ("Change since the previous wave", "p adjusted over all candidate claims of the report (Benjamini-Hochberg)."),
    ),
    "rivals": (
        ("竞品与本品的差异（同一受访者内比较）", "差异＝竞品−本品；标准误按受访者聚类。"),
        (
            "Rivals against the own brand (within respondents)",
            "Difference: rival less own brand; errors clustered by respondent.",
        ),
    ),
    "nps": (
        ("各品牌 NPS", "基数为被问及推荐意愿的使用者。"),
        ("NPS by brand", "Base: users asked for a recommendation."),
    ),
    "satisfaction": (
        ("各品牌满意度（高分占比）", "基数为使用者中作答者；高分口径见方法说明。"),
        ("Satisfaction by brand (top boxes)", "Base: users who answered."),
    ),
    "image": (
        ("品牌形象优势：扣除规模效应后，各品牌拥有什么", "规模效应：大品牌在每一项上被提及都更多。"),
        ("Image beyond size: what each brand owns", "Large brands are named more for everything; that is taken out."),
    ),
    "map": (("品牌形象对应分析图（对称图）", ""), ("Image map (symmetric)", "")),
    "map_rows": (("品牌形象对应分析图（非对称图）", ""), ("Image map (asymmetric)", "")),
    "points": (
        ("对应分析：贡献与表示质量", "贡献：对前两维惯量的贡献；表示质量：前两维能反映该点的比例。"),
        (
            "Correspondence analysis: contribution and quality",
            "Contribution: to the inertia of two axes; quality: what two axes show of the point.",
        ),
    ),
    "contrasts": (
        (
            "与各竞品相比的强项与弱项",
            "扣除规模效应后，本品−竞品的百分点差；只列表内校正（BH）后 p<0.05 的，属探索性，不写成结论。",
        ),
        (
            "Strengths and weaknesses against each rival",
            "Own brand less rival beyond size, percentage points; rows with p<0.05 after BH in this table only, exploratory.",
        ),
    ),
    "duplication": (
        (
            "购买重叠：该行品牌的使用者中，也使用该列品牌的（%）",
            "括号内为按购买重叠法则（D＝{coefficient} × 对方渗透率）的期望值。",
        ),
        (
            "Duplication of purchase: users of the row's brand who also use the column's (%)",
            "In brackets: expected by the duplication law (D = {coefficient} x the other's penetration).",
        ),
    ),
    "switching": (
        ("品牌转换与净忠诚", "净忠诚：扣除品牌规模带来的巧合复购后，始终复购的比例（Colombo-Morrison 模型）。"),
        (
            "Switching and loyalty net of size",
            "Colombo-Morrison model: share who always buy again, chance repeats by size taken out.",
        ),
    ),
    "jeopardy": (("双重危机：渗透率与购买频次", ""), ("Double jeopardy: penetration and frequency", "")),
    "mental": (
        (
            "心智可得性",
            "心智份额：全部品牌—场合联想中属于该品牌的比例；心智渗透：至少有一个场合想到该品牌的人；网络规模：这些人平均想到的场合数；心智占有：这些人的联想中属于该品牌的比例。",
        ),
        ("Mental availability", "From category entry points; errors over respondents."),
    ),
    "drivers": (
        (
            "什么与“{outcome}”相关：形象属性的相对重要性",
            "堆叠数据（受访者 × 品牌），仅含知道该品牌者，已扣除品牌间均值差异；按受访者重抽样。模型关联估计，非因果承诺。",
        ),
        (
            "What goes with “{outcome}”: relative importance of attributes",
            "Stacked data of those who know the brand, brand means taken out; respondents resampled. Association, no causal promise.",
        ),
    ),
    "voice": (
        ("口碑：评论中的品牌提及与净情感", "情感由分类器判断，未校正其误判；评论者不代表全体受访者。"),
        (
            "Word of mouth: mentions and net sentiment",
            "Sentiment by a classifier, uncorrected; those who comment are not all respondents.",
        ),
    ),
    "index": (
        (
            "品牌健康指数（0–100）及权重敏感性",
            "组成与权重：{parts}。敏感性：随机改变权重 2,000 次，指数与排名的 95% 范围；逐一去掉一个组成部分的范围。",
        ),
        (
            "Brand health index (0-100) and its sensitivity",
            "Components and weights: {parts}. Sensitivity: 95 % range over 2,000 random sets of weights; range with one component left out.",
        ),
    ),
    "tracked": (("{name}，各期各品牌", ""), ("{name} by wave and brand", "")),
    "control": (
        (
            "本品“{name}”按月走势、平滑值与控制限",
            "实线为当月值，虚线为平滑值（EWMA，λ=0.2），控制限反映抽样误差与日常波动；超出控制限是需要查看的信号，不是检验结论。",
        ),
        (
            "Own brand: {name} by month with control limits",
            "Solid: the month; dashed: smoothed (EWMA, 0.2). A point outside the limits is a signal to look at, not a tested claim.",
        ),
    ),
    "smooth": (("本品按月原值与平滑值（EWMA，λ=0.2）", ""), ("Own brand by month: raw and smoothed (EWMA, 0.2)", "")),
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
    "cuts": (
        ("各细分人群的品牌核心指标与指数", "指数＝该群体占比 ÷ 总体占比 × 100；探索性，不写成结论。"),
        ("Own brand by segment, with index", "Index: group share / total share x 100; exploratory."),
    ),
    "quality": (
        (
            "回答质量：可疑回答及其对“{name}”的影响",
            "可疑回答均保留；右列为剔除该类后本品数字的变化（{unit}）。各品牌评分全部相同可能是真实态度，不作为剔除理由。",
        ),
        (
            "Response quality: doubtful answers and their effect on {name}",
            "All are kept; the last column tells how the own brand's figure would move without them ({unit}). Like ratings for all brands may be meant.",
        ),
    ),
    "values": (
        (
            "文化与价值观：知道该品牌者的认同占比（%）",
            "方括号为 95% 置信区间；量表题计高分，勾选题计勾选；n 为知道该品牌的人数。* 样本偏少。",
        ),
        (
            "Culture and values: agreement of those who know the brand (%)",
            "Brackets: 95 % intervals; top boxes of scales, ticks of lists; n: people who know the brand. * small base.",
        ),
    ),
    "value_gaps": (
        (
            "使用者与知道但未使用者的认同差异（百分点）",
            "表内校正（BH）；属探索性，不写成结论。使用者更认同，可能是因为使用，也可能因此才使用。",
        ),
        (
            "Users against those who know the brand and do not use it (percentage points)",
            "BH inside this table; exploratory, no claims. Users may agree because they use the brand, or use it because they agree.",
        ),
    ),
    "premium": (
        ("价格溢价：愿意为各品牌多付多少", "陈述意愿，非实际支付；看次序多于看绝对值。"),
        (
            "Price premium: what people would pay more for each brand",
            "Stated, not paid; read the order rather than the size.",
        ),
    ),
    "outcomes": (
        (
            "体验与经营数据并列（O+X）：本品占比与{name}",
            "共 {periods} 期，其中两边都有数字的 {both} 期。两幅图上下对照，不叠在同一纵轴上。",
        ),
        (
            "Experience beside operation (O+X): own brand's shares and {name}",
            "{periods} periods, {both} with figures on both sides. Two pictures, since two scales on one mislead.",
        ),
    ),
    "lags": (
        (
            "本品占比的变化与{name}的变化：按滞后期的相关",
            "用逐期变化量而非水平值计算，以免同涨同跌造成假相关；区间已按序列自身惯性折减样本。相关不等于因果。",
        ),
        (
            "Changes of shares and changes of {name}: correlation by lag",
            "Changes, not levels, so that a common rise does not correlate by itself; intervals allow for the series' inertia. Association, no cause.",
        ),
    ),
}

"""Words of the brand report: titles and notes of its charts and tables, sentences, method notes (Chinese, English)."""

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
            "全部候选结论及其判定",
            "全报告的候选结论作为一个检验族校正；只有校正后仍显著、样本量足够且达到最小值得关注差异的，才写成结论。",
        ),
        (
            "All candidate claims and their verdicts",
            "One family of tests; only those that stay significant, have their base and reach the minimum effect are said.",
        ),
    ),
    "cuts": (
        ("各细分人群的品牌核心指标与指数", "指数＝该群体占比 ÷ 总体占比 × 100；探索性，不写成结论。"),
        ("Own brand by segment, with index", "Index: group share / total share x 100; exploratory."),
    ),
}
WORDS = {
    "brand": ("品牌", "Brand"),
    "stage": ("阶段", "Stage"),
    "before": ("上一阶段", "Stage before"),
    "claimed": ("达到者", "Reached"),
    "without": ("其中未达上一阶段", "Without the stage before"),
    "share": ("占比", "Share"),
    "own_conversion": ("本品转化率", "Own conversion"),
    "rival": ("最佳竞品", "Best rival"),
    "rival_conversion": ("竞品转化率", "Rival's conversion"),
    "gap": ("差距（百分点）", "Gap (points)"),
    "volume": ("潜在人数（百分点）", "Volume (points)"),
    "figure": ("指标", "Figure"),
    "estimate": ("本期", "This wave"),
    "rival_estimate": ("竞品", "Rival"),
    "own_estimate": ("本品", "Own"),
    "difference": ("差异", "Difference"),
    "interval": ("95% 置信区间", "95 % CI"),
    "p": ("校正后 p 值", "Adjusted p"),
    "verdict": ("检验结论", "Verdict"),
    "attribute": ("属性", "Attribute"),
    "point": ("点", "Point"),
    "contribution": ("贡献（%）", "Contribution (%)"),
    "quality": ("表示质量", "Quality"),
    "percent": ("占比（%）", "Percent"),
    "stayed": ("复购率（%）", "Stayed (%)"),
    "loyal": ("净忠诚（%）", "Loyal net of size (%)"),
    "attraction": ("吸引力（%）", "Attraction (%)"),
    "gained": ("转入（%）", "Gained (%)"),
    "lost": ("转出（%）", "Lost (%)"),
    "net": ("净得（百分点）", "Net (points)"),
    "mental_market_share": ("心智份额（%）", "Mental market share (%)"),
    "mental_penetration": ("心智渗透（%）", "Mental penetration (%)"),
    "network_size": ("网络规模（个）", "Network size"),
    "share_of_mind": ("心智占有（%）", "Share of mind (%)"),
    "importance": ("相对重要性（%）", "Importance (%)"),
    "sign": ("方向", "Sign"),
    "coefficient": ("系数（百分点）", "Coefficient (points)"),
    "stands": ("高于噪声水平", "Above noise"),
    "mentioned": ("提及率（%）", "Named by (%)"),
    "voice": ("声量份额（%）", "Share of voice (%)"),
    "net_sentiment": ("净情感值（分）", "Net sentiment"),
    "index": ("指数", "Index"),
    "rank": ("排名", "Rank"),
    "range": ("换权重后的范围", "With other weights"),
    "ranks": ("排名范围", "Ranks"),
    "same": ("排名不变（%）", "Same rank (%)"),
    "without_one": ("去掉一项的范围", "One left out"),
    "segment": ("细分", "Segment"),
    "group": ("群体", "Group"),
    "code": ("群体", "Group"),
    "n": ("样本量 n", "n"),
    "before_share": ("加权前（%）", "Before (%)"),
    "target": ("目标（%）", "Target (%)"),
    "after_share": ("加权后（%）", "After (%)"),
    "efficiency": ("加权效率：{parts}（有效样本量 ÷ 样本量）。", "Weighting efficiency: {parts} (effective n / n)."),
    "wave_efficiency": ("{wave} {share:.1%}", "{wave} {share:.1%}"),
    "raked": ("数据已按{margins}的边际加权；表中 n 为未加权人数。", "Weighted to margins of {margins}; n counts respondents, unweighted."),
    "smoothed": ("平滑值", "Smoothed"),
    "nothing": ("本研究未问此题、无上期可比，或样本不足。", "not asked, no wave to compare with, or base too small."),
}  # fmt: skip
SENTENCES = {
    "zh": {
        "change": "{brand}的{name} {estimate}，较{reference}显著{verb} {size}（{level} 置信区间 {low}～{high}；n={n}）。",
        "change_no": "{brand}的{name} {estimate}，较{reference}未见显著变化。",
        "rival": "{own}的{name} {reference_estimate}，显著{verb}{brand}（{estimate}）{size}（{level} 置信区间 {low}～{high}）。",
        "rival_no": "{own}与{brand}的{name}未见显著差异。",
        "image": "{brand}在“{name}”上的认同占比 {estimate}，显著{verb}按品牌规模推算的 {reference_estimate}，相差 {size}（{level} 置信区间 {low}～{high}）。",
        "image_no": "{brand}在“{name}”上的认同占比与其规模相称。",
        "small": "{brand}的{name}差异经检验存在，但小于约定的最小值得关注的差异（{minimum}），不作结论。",
        "none": "{brand}的{name}：样本不足或上期未问，未作检验。",
        "up": {"change": "上升", "rival": "低于", "image": "高于"},
        "down": {"change": "下降", "rival": "高于", "image": "低于"},
        "best": "较{rival} {size}",
        "fix_change": "查明{name}较{reference}下降（{size}）的原因：先核对同期的投放、渠道与竞品动作，再定改进措施。",
        "fix_image": "“{name}”低于品牌规模应有水平（相差 {size}）：评估是否为目标定位所需，再决定传播重点。",
        "fix_rival": "{name}落后于{brand}（{size}）：对照漏斗转化率，找出差距最大的环节。",
        "nothing": "本期没有经检验成立的下降或落后，按原计划继续监测。",
        "no_claims": "本期各项变化与差异均未见显著，不作结论。",
    },
    "en": {
        "change": "{brand}: {name} {estimate}, significantly {verb} {size} since {reference} ({level} CI {low} to {high}; n={n}).",
        "change_no": "{brand}: {name} {estimate}, no evidence of change since {reference}.",
        "rival": "{own}: {name} {reference_estimate}, significantly {verb} {brand} ({estimate}) by {size} ({level} CI {low} to {high}).",
        "rival_no": "{own} and {brand}: no evidence of a difference in {name}.",
        "image": "{brand}, {name}: named by {estimate}, significantly {verb} the {reference_estimate} its size leads one to expect, by {size} ({level} CI {low} to {high}).",
        "image_no": "{brand}, {name}: in line with its size.",
        "small": "{brand}, {name}: a difference was found but is below the agreed minimum ({minimum}); no claim.",
        "none": "{brand}, {name}: base too small or not asked before, not tested.",
        "up": {"change": "up", "rival": "below", "image": "above"},
        "down": {"change": "down", "rival": "above", "image": "below"},
        "best": "vs {rival} {size}",
        "fix_change": "Find out why {name} fell ({size} since {reference}): check advertising, distribution and rivals' moves first, then decide.",
        "fix_image": "“{name}” lies below what the brand's size leads one to expect ({size}): decide whether the positioning needs it.",
        "fix_rival": "{name} lies behind {brand} ({size}): look for the stage with the largest gap in the funnel.",
        "nothing": "No decline or lag stood up to testing; keep monitoring as planned.",
        "no_claims": "No change and no difference stood up to testing; no claims are made.",
    },
}
METHODS = {
    "zh": """\
- 漏斗：各阶段占比以全部受访者为基数；转化率只计同时达到前后两阶段者。因跳转而未问者按“未达到”计；“未回答”不计入基数。
- 品牌之间的比较在同一受访者内进行，标准误按受访者聚类（配对比较）；与上期的比较为 z 检验，重复受访者的协方差已扣除。
- 品牌形象：期望占比＝品牌合计 × 属性合计 ÷ 总计；差异的标准误按受访者线性化（含期望值本身的误差）。对应分析图按占比表做，置信域来自对受访者的自助抽样。
- 品牌转换：Colombo-Morrison 模型；双重危机线 w＝w₀/(1−b)；购买重叠法则 D＝平均重叠率 ÷ 平均渗透率。
- 心智可得性依据所列品类入口（CEP）与品牌，只可与同一清单的各期比较。
- 偏好驱动：Johnson 相对权重，按受访者重抽样 1,000 次；噪声变量作为下限；相关不等于因果。
- 品牌健康指数是约定而非发现：权重不同，数字与排名会不同，见敏感性。
- 净推荐值（NPS）：0–10 分题中 9–10 分者占比减 0–6 分者占比，单位为分，只问使用者。
- 多重比较：本期变化、与竞品的差异、形象优势共 {tests} 项候选结论作为一个检验族，用 Benjamini-Hochberg 法控制在 5%。成文的结论还须达到最小值得关注差异：NPS {nps}，占比 {share}。
- 样本量：有效样本量不足 {min_n} 的不显示数字；不足 {low_n} 的标 *。少于 {min_persons} 人的群体出于隐私保护不显示。
- 非概率样本的置信区间以“样本可视为随机抽取”为前提。""",
    "en": """\
- Funnel: shares of all respondents; conversions count those who reached both stages. Stages left out by routing count as not reached; “no answer” is no part of the base.
- Brands are compared within respondents, errors clustered by respondent; waves by z tests, the covariance of repeated respondents taken out.
- Image: expected share is brand total x attribute total / total; errors linearised over respondents, that of the expectation included. Maps come from the table of shares, regions from a bootstrap of respondents.
- Switching: Colombo-Morrison; double-jeopardy line w = w0 / (1 - b); duplication law D = mean duplication / mean penetration.
- Mental availability depends on the entry points and brands listed: comparable over waves with the same lists only.
- Drivers: Johnson's relative weights, respondents resampled 1,000 times, a noise variable as the floor; association is not cause.
- The index is an agreement, no finding: other weights give other numbers and ranks, see its sensitivity.
- NPS: share answering 9-10 less share answering 0-6, in points; users only.
- Multiple testing: changes, gaps to rivals and image, {tests} candidates, are one family, Benjamini-Hochberg at 5 %. A claim must also reach the minimum effect: NPS {nps}, shares {share}.
- Bases: no figure under an effective base of {min_n}; * under {low_n}. Groups of fewer than {min_persons} persons are hidden.
- Intervals of a sample that was not drawn at random take it as if it were.""",
}

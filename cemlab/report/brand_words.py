"""Words of the brand report: single words, sentences, method notes (Chinese, English)."""

WORDS = {
    "brand": ("品牌", "Brand"),
    "stage": ("阶段", "Stage"),
    "before": ("上一阶段", "Stage before"),
    "claimed": ("达到者", "Reached"),
    "without": ("其中未达上一阶段", "Without the stage before"),
    "share": ("占比", "Share"),
    "statement": ("说法", "Statement"),
    "users": ("使用者（%）", "Users (%)"),
    "nonusers": ("知道但未使用者（%）", "Know, do not use (%)"),
    "lag": ("滞后（期）", "Lag (periods)"),
    "correlation": ("相关系数", "Correlation"),
    "pairs": ("期数（有效）", "Periods (effective)"),
    "few_periods": (
        "本品占比与{name}两边都有数字的只有 {both} 期，少于 12 期，不计算二者的关系。",
        "Shares and {name} have {both} periods in common, fewer than 12: their relation is not computed.",
    ),
    "check": ("检查", "Check"),
    "doubtful": ("可疑回答", "Doubtful"),
    "effect": ("剔除后的变化", "Change without them"),
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
    "two_waves": (
        "不足三期，不画走势线；两期的数字与变化见“较上期的变化”表。",
        "Fewer than three waves: no line is drawn; see the table of changes since the previous wave.",
    ),
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

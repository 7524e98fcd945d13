"""Words of the study reports: titles and notes of charts and tables, verdicts, method notes (Chinese, English)."""

WORDS = {
    "colon": ("：", ": "),
    "comma": ("，", ", "),
    "list": ("、", ", "),
    "headline_figures": ("总体指标", "Headline figures"),
    "no_waves_drawn": (
        "不足三期，不画走势线；两期的数字与变化见“总体指标”。",
        "fewer than three waves: no line is drawn; figures and changes stand under Headline figures.",
    ),
    "no_findings": (
        "没有上期或分组可比，未作检验，没有结论可列。",
        "no wave before and no groups to compare: nothing was tested, nothing is claimed.",
    ),
    "findings_left": (
        "，其余 {rest} 项（{parts}）见 findings.csv",
        "; the other {rest} ({parts}) stand in findings.csv",
    ),
    "no_rows": ("本期没有可显示的数据。", "nothing to show this time."),
    "no_changes": ("没有上一期数据，无法比较。", "there is no previous wave to compare with."),
    "no_touchpoint_changes": ("没有上一期数据，无法比较。", "there is no previous wave to compare with."),
    "no_trend": (
        "答卷在时间上不够连续或每时段样本不足（至少 8 个时段、每时段平均 60 份），不绘制控制图。",
        "answers too sparse in time for control limits (at least 8 periods of 60 answers on average); no chart.",
    ),
    "no_comments": ("本研究没有开放题。", "this study has no open question."),
    "power": (
        "检出力：以 80% 的把握度计，本期样本下，真实变化小于以下幅度的多半无法检出：{parts}；未见显著变化不等于没有变化。",
        "Power: with these samples, true changes smaller than {parts} would most likely go unseen (80 % power); "
        "no evidence of change is not evidence of no change.",
    ),
    "weighted": (
        "数据按“{column}”加权；表中 n 为未加权人数。",
        "Weighted by “{column}”; n counts respondents, unweighted.",
    ),
    "unweighted": ("数据未加权。", "Unweighted."),
    "newest": ("最新一份答卷的日期：{day}。", "Newest answer: {day}."),
    "comments_hidden": ("（评论人数不足，不显示）", "(too few comments, not shown)"),
    "promoter": ("推荐者（9–10 分）", "Promoters (9–10)"),
    "passive": ("被动者（7–8 分）", "Passives (7–8)"),
    "detractor": ("贬损者（0–6 分）", "Detractors (0–6)"),
    "scale": ("{low}–{high} 分，高分指 {top} 分", "{low}–{high}, top boxes {top}"),
    "scale_line": ("量表：{names}为 {text}。", "Scale: {names}: {text}."),
    "version": (
        "数据集 `{name}`，数据版本 {version}；代码本指纹 `{codebook}`；cemlab {cemlab}。"
        "参数、软件包版本与文件校验值见同目录的 manifest.json，全部数字见 results.csv 与 findings.csv。",
        "Data set `{name}`, version {version}; codebook `{codebook}`; cemlab {cemlab}. Parameters, package versions and "
        "checksums stand in manifest.json beside this file, all figures in results.csv and findings.csv.",
    ),
    "head_wave": ("期次", "Wave"),
    "head_answers": ("答卷数", "Answers"),
    "head_persons": ("人数", "Persons"),
    "head_first": ("最早", "First"),
    "head_last": ("最晚", "Last"),
    "head_item": ("题目", "Question"),
    "head_answered": ("已回答", "Answered"),
    "head_no_answer": ("未回答", "No answer"),
    "head_not_applicable": ("不适用", "Not applicable"),
    "head_not_asked": ("未问", "Not asked"),
    "head_rate": ("作答率", "Answered"),
    "head_average": ("均值", "Mean"),
    "head_told": ("检验结论", "Verdict"),
    "head_sentence": ("发现", "Finding"),
    "head_verdict": ("判定", "Verdict"),
    "head_p_value": ("p 值", "p"),
    "head_p_adjusted": ("校正后 p 值", "Adjusted p"),
    "head_difference": ("差异", "Difference"),
    "head_stage": ("阶段", "Stage"),
    "head_group": ("评分组", "Score group"),
    "head_comments": ("评论数", "Comments"),
    "head_text": ("评论摘录（已脱敏）", "Comment (masked)"),
    "head_question": ("题目", "Question"),
    "head_estimate": ("高分占比", "Top boxes"),
    "head_segment": ("细分", "Segment"),
    "head_segment_group": ("群体", "Group"),
}
TITLES = {
    "waves": (
        ("各期样本", "人数按脱敏后的受访者标识去重；未采集标识的研究不显示人数。"),
        ("Answers by wave", "Persons are distinct pseudonyms; not shown where the study collects none."),
    ),
    "waves_reviews": (
        ("各期评论", "人数按脱敏后的评论者标识去重；没有标识的文件不显示人数。"),
        ("Reviews by wave", "Persons are distinct pseudonyms; not shown where the file names no writers."),
    ),
    "asked": (
        (
            "本期各题的作答情况",
            "“不适用”（未使用该触点）与“未问”不计入基数；作答率＝已回答 ÷（已回答＋未回答）。人数未加权。",
        ),
        (
            "Answers by question, this wave",
            "“Not applicable” (touchpoint not used) and “not asked” are no part of the base. Answered: of those who answered or might have. Unweighted.",
        ),
    ),
    "headline": (
        ("总体指标，各期", "NPS＝推荐者占比−贬损者占比，单位为分；高分占比的口径见方法说明。未问该题的期次不列出。"),
        (
            "Headline figures by wave",
            "NPS is the share of promoters minus that of detractors, in points. Waves that did not ask are left out.",
        ),
    ),
    "parts": (
        ("推荐者、被动者与贬损者的构成，各期", ""),
        ("Promoters, passives and detractors by wave", ""),
    ),
    "changes": (
        ("总体指标较上期的变化", "p 值已按全报告候选结论及同类结论两层校正（Benjamini-Hochberg），取较大者。"),
        (
            "Change of the headline figures",
            "p adjusted over all candidate claims of the report and over its own kind (Benjamini-Hochberg), the larger of both.",
        ),
    ),
    "trend": (
        ("{name} 走势与控制限", "控制限反映抽样误差与日常波动；超出控制限是需要查看的信号，不是检验结论。"),
        (
            "{name} over time with control limits",
            "Limits hold sampling error and usual unrest; a point outside is a signal to look at, not a tested claim.",
        ),
    ),
    "waves_drawn": (
        ("{name}，各期", "是否变化以检验结论为准，不以误差线是否重叠为准。"),
        (
            "{name} by wave",
            "Whether it changed is for the test to say, not for overlapping bars.",
        ),
    ),
    "touchpoints": (
        ("各触点高分占比，按旅程阶段", "基数为使用过该触点并作答的受访者。"),
        ("Top boxes of each touchpoint, along the journey", "Base: respondents who used the touchpoint and answered."),
    ),
    "touchpoint_table": (
        ("触点一览：高分占比、均值与较上期变化", "差异单位为百分点；检验结论已按全报告统一校正。"),
        (
            "Touchpoints: top boxes, mean and change",
            "Differences in percentage points; verdicts adjusted over the report.",
        ),
    ),
    "heatmap": (
        (
            "各触点高分占比，按细分人群（交互图）",
            "单元格为高分占比（%），指向单元格可见置信区间与样本量；群体较多时拖动下方滑块。* 样本偏少；空格为样本不足。颜色只作辅助；未作检验，不构成结论。",
        ),
        (
            "Top boxes of each touchpoint by segment (interactive)",
            "Cells hold the top boxes in per cent; point at one for its interval and base; drag the slider for more groups. * small base; empty: base too small. "
            "Colour only helps the eye; nothing here is tested.",
        ),
    ),
    "touchpoint_changes": (
        ("各触点高分占比较上期的变化", ""),
        ("Change of the top boxes, by touchpoint", ""),
    ),
    "segments_nps": (
        ("各细分人群的 NPS", "每个群体与其余受访者（而非总体）比较；检验结论已按全报告统一校正。"),
        ("NPS by segment", "Each group is tested against everyone else; verdicts adjusted over the report."),
    ),
    "segments_top_box": (
        ("各细分人群的总体评价高分占比", "每个群体与其余受访者（而非总体）比较；检验结论已按全报告统一校正。"),
        (
            "Overall rating (top boxes), by segment",
            "Each group is tested against everyone else; verdicts adjusted over the report.",
        ),
    ),
    "segment_table_nps": (
        ("各细分人群的 NPS 与检验结论", "差异为与其余受访者之差（分）。"),
        ("NPS by segment, with verdicts", "Difference from everyone else, in points."),
    ),
    "segment_table_top_box": (
        ("各细分人群的总体评价高分占比与检验结论", "差异为与其余受访者之差（百分点）。"),
        (
            "Overall rating (top boxes) by segment, with verdicts",
            "Difference from everyone else, in percentage points.",
        ),
    ),
    "comments": (
        ("受访者原声（随机抽取，已脱敏）", "从各评分组的不重复评论中随机抽取，仅供理解语境，不代表该组全体。"),
        (
            "In their own words (drawn at random, masked)",
            "Drawn at random from each group's distinct comments; illustrations only.",
        ),
    ),
    "findings": (
        (
            "结论与最接近的候选",
            "全报告的 {total} 项候选作为一个检验族校正；只有校正后仍显著、样本量足够且达到最小值得关注差异的，才写成结论。"
            "表中为结论与最接近显著的候选{left}。",
        ),
        (
            "Claims, and the candidates nearest to one",
            "All {total} candidates are one family of tests; only those that stay significant, have their base and reach the "
            "minimum effect are said. Shown are claims and the candidates nearest to significance{left}.",
        ),
    ),
}
VERDICTS = {
    "zh": {
        "wave": {
            "up": "显著上升",
            "down": "显著下降",
            "not_significant": "未见显著变化",
            "small_effect": "变化小于约定下限",
            "not_estimable": "未作检验",
        },
        "group": {
            "up": "显著高于其余",
            "down": "显著低于其余",
            "not_significant": "未见显著差异",
            "small_effect": "差异小于约定下限",
            "not_estimable": "未作检验",
        },
        "plain": {
            "claim": "成立",
            "not_significant": "未见显著",
            "small_effect": "小于约定下限",
            "not_estimable": "未作检验",
        },
    },
    "en": {
        "wave": {
            "up": "significantly up",
            "down": "significantly down",
            "not_significant": "no evidence of change",
            "small_effect": "below the agreed minimum",
            "not_estimable": "not tested",
        },
        "group": {
            "up": "significantly above the rest",
            "down": "significantly below the rest",
            "not_significant": "no evidence of a difference",
            "small_effect": "below the agreed minimum",
            "not_estimable": "not tested",
        },
        "plain": {
            "claim": "holds",
            "not_significant": "not significant",
            "small_effect": "below minimum",
            "not_estimable": "not tested",
        },
    },
}
METHODS = {
    "zh": {
        "text": """\
- 净推荐值（NPS）：0–10 分的推荐意愿题中，9–10 分者占比减 0–6 分者占比，以“分”表示。置信区间采用调整 Wald 法（Rocks, 2016）。
- 高分占比（T2B 等）：选择量表最高几档者占全部有效回答者的比例，各题取哪几档见下；置信区间采用 Wilson 法。文中“某触点满意度”即其高分占比。
- 较上期变化：两期差异的 z 检验；群体差异：该群体与其余受访者（不含该群体）的 z 检验。
- 多重比较：全报告的所有候选结论作为一个检验族，用 Benjamini-Hochberg 法控制在 5%；同时在同类结论（变化、群体、驱动、评论方面）之内再校正一次，取较大的 p 值。成文的结论还须达到最小值得关注差异：NPS {nps}，占比 {share}。
- 样本量：有效样本量不足 {min_n} 的不显示数字；不足 {low_n} 的标 *，仅供参考。少于 {min_persons} 人的群体出于隐私保护不显示。
- 控制图：控制限由各时段的抽样误差与时段间的日常波动共同决定（Laney 法）；信号提示去查原因，不是检验结论。
- 缺失：“未回答”计入缺失；“不适用”与“未问”不计入基数。任何缺失均不填补。
- 时间按 {zone} 计。本报告描述关联与变化，不证明因果。""",
        "weighted": "- 加权：估计值加权；检验与区间用 Kish 有效样本量，未计入分层与整群抽样的影响（给出整群列时除外）。",
        "unweighted": "- 未加权：结果描述答卷者本身；推及全体顾客须假定答与不答者无差别，本报告未作检验。",
        "person": "- 同一受访者在两期均作答的，两期差异的方差中已扣除其协方差。",
        "no_person": "- 未采集受访者标识，无法识别重复作答者，检验按独立样本处理。",
    },
    "en": {
        "text": """\
- Net Promoter Score (NPS): share answering 9–10 minus share answering 0–6 on the 0–10 recommendation question, in points. Intervals: adjusted Wald (Rocks, 2016).
- Top boxes: share choosing the highest categories (listed below), of all valid answers. Intervals: Wilson.
- Change since the previous wave: z test of the difference; groups: z test against everyone else (the group itself left out).
- Multiple testing: all candidate claims of the report are one family, Benjamini-Hochberg at 5 %, and once more inside their own kind (changes, groups, drivers, aspects); the larger p counts. A claim must also reach the minimum effect: NPS {nps}, shares {share}.
- Bases: no figure under an effective base of {min_n}; * under {low_n}. Groups of fewer than {min_persons} persons are hidden to protect privacy.
- Control charts: limits hold sampling error and the usual unrest between periods (Laney); a signal asks for a look, it is no tested claim.
- Missing: “no answer” counts as missing; “not applicable” and “not asked” are no part of the base. Nothing is imputed.
- Times are {zone}. The report describes associations and changes and proves no cause.""",
        "weighted": "- Weighting: estimates are weighted; tests and intervals use Kish's effective n and ignore strata and clusters unless a cluster column is given.",
        "unweighted": "- Unweighted: results describe those who answered; extending them to all customers assumes that others do not differ, which was not tested.",
        "person": "- Respondents who answered in both waves: their covariance is taken out of the variance of the change.",
        "no_person": "- No respondent identifier was collected: repeated answers cannot be recognised, samples are taken as independent.",
    },
}

"""Longer texts of the employee report: the confidentiality statement, method notes (Chinese, English)."""

CONFIDENTIALITY = {
    "zh": (
        "- 作答自愿。答案以不可还原的编号保存，姓名、工号、电话不进入分析数据。\n"
        "- 任何数字背后至少有 **{persons}** 人，否则不显示；留言至少 **{comments}** 人。人数不足的单元并入上级，本人的答案仍计入上级与全公司。\n"
        "- 被隐藏的数字也不能由合计、同级单元、其他切分或上一期相减得出：为此会再隐藏一些人数足够的单元。\n"
        "- 主管看到的版本只含本单元、其上下级与全公司，并且只含对所有人都可公开的数字；不含任何个人的行。\n"
        "- 留言经打乱与隐名后才列出，不与单元或人群并列。"
    ),
    "en": (
        "- Answering is voluntary. Answers are stored under a code that leads back to nobody; names, staff numbers and telephones "
        "do not enter the data analysed.\n"
        "- Behind every figure stand at least **{persons}** people, behind comments **{comments}**; otherwise it is not shown. "
        "Answers of small units still count for the units above and for the company.\n"
        "- What is hidden cannot be worked out from totals, sister units, other cuts or the last wave: further units are hidden "
        "for that.\n"
        "- A manager's version holds the unit, the units above and below it and the company, and of these only what may be shown to "
        "everybody; never a row of a person.\n"
        "- Comments are masked and shuffled, and stand beside no unit or group."
    ),
}
REPRESENTATIVE = {
    "zh": {"company": "全公司。", "unit": "本单元。"},
    "en": {"company": "The whole company.", "unit": "This unit."},
}
METHODS = {
    "zh": (
        "- 每人只计一次：先求每人各维度的得分（答了至少一半题目才计），再求平均。指数为各题赞成占比的人均值，区间用 Wilson 法。\n"
        "- 普查：区间乘以有限总体系数 √[(N−n)/(N−1)]，全员作答则为 0。它只含“谁恰好作答”的偶然性，不含不答者与作答者系统不同的偏差。\n"
        "- 加权：按人力资源名册分格事后分层，过小的格并入邻格。\n"
        "- 单元与其余员工（不含本单元）相比；热力图全表统一用 Benjamini-Hochberg 法校正；小单元的数值向全公司收缩（经验贝叶斯）。\n"
        "- 驱动因素：Johnson 相对权重，团队内与团队间分开；并入一个噪声变量作为底线。横断面关联，不能证明因果。\n"
        "- 离职：以上期的敬业度预测此后的离职（Kaplan-Meier 与 Cox），只按组计算，不产出个人名单。\n"
        "- 全部 {tests} 项候选结论为一个检验族（5%），{claims} 项成立；占比类结论还须达到 {share}。\n"
        "- 有效样本量不足 {min_n} 不显示数字；少于 {min_persons} 人的群体，以及可由其他数字倒推者，一律隐藏。"
    ),
    "en": (
        "- Everybody counts once: first each person's score on a dimension (at least half of its items answered), then the mean. "
        "The index is the mean of persons' favourable shares; Wilson intervals.\n"
        "- Census: intervals carry the finite-population factor sqrt[(N-n)/(N-1)], nought where everybody answered. It holds the "
        "chance of who happened to answer, not a systematic difference between those who did and those who did not.\n"
        "- Weights: post-stratification to cells of the HR list; small cells are joined.\n"
        "- Units are held against everybody else (without the unit); Benjamini-Hochberg over the whole heat map; figures of small "
        "units are shrunken towards the company (empirical Bayes).\n"
        "- Drivers: Johnson's relative weights, within and between units apart, against a noise variable. Cross-sectional "
        "association proves no cause.\n"
        "- Leaving: engagement of the last wave and who left afterwards (Kaplan-Meier, Cox), by group; no list of persons is made.\n"
        "- All {tests} candidates are one family (5 %), {claims} are claims; shares need {share} as well.\n"
        "- No figure under an effective base of {min_n}; groups of fewer than {min_persons} people, and those that could be worked "
        "out, are hidden."
    ),
}

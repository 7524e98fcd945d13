"""Words of the sections on comments: titles, notes, what is said in place of a figure (Chinese, English)."""

WORDS = {
    "none": ("本期没有开放题评论，不作文本分析。", "No comments this time; no text analysis."),
    "few": (
        "本期评论只有 {written} 条（少于 {least} 条），适合逐条阅读，不作统计。",
        "Only {written} comments this time (fewer than {least}): read them one by one; nothing is counted.",
    ),
    "foreign": (
        "本期评论以外文为主，中文文本分析不适用。",
        "Most comments are not in Chinese; the Chinese text analysis does not apply.",
    ),
    "share": (
        "本期 {asked} 份答卷中有 {written} 份写了评论（{percent}）。写评论者不是全体答卷者的随机样本，以下各图表描述评论本身，未加权。",
        "{written} of {asked} answers of this wave hold a comment ({percent}). Those who write are no random sample of those "
        "who answer: what follows describes the comments, unweighted.",
    ),
    "share_reviews": (
        "本期共收集评论 {written} 条。评论者自行发声，不是全体顾客的随机样本；以下各图表描述评论本身，未加权。",
        "{written} reviews were collected this time. Reviewers speak up on their own and are no random sample of customers: "
        "what follows describes the reviews, unweighted.",
    ),
    "silent": (
        "其中 {silent} 条不含意见（“无”、系统默认好评等），以下不计入。",
        " {silent} of them hold no opinion (“nothing”, praise by default) and are left out below.",
    ),
    "uncorrected": (
        "情感占比**未经校正**：由程序逐条判读，本研究尚无人工标注样本。同一程序在公开的酒店与网购评论上，正负判断约每十二条错一条"
        "（正确率约 92%）；在其他领域可能更差。占比的置信区间只含抽样误差，不含判读误差。标注 200 条评论即可校正。",
        "Sentiment shares are **uncorrected**: each comment is read by a program and no sample has been labelled by hand for "
        "this study. On public hotel and shop reviews the same program takes about one comment in twelve for its opposite "
        "(92 % right); other fields can be worse. Intervals hold sampling error only. Labelling 200 comments allows a correction.",
    ),
    "corrected": (
        "各期情感占比与净情感值**已校正**：用 {n} 条人工标注的评论扣除了程序的判读误差，置信区间同时含抽样误差与判读误差；程序判读的正确率为 {accuracy}。按时段、来源和方面的数字仍为程序判读，宜看相对高低。",
        "Sentiment shares and the net sentiment of each wave are **corrected**: {n} comments labelled by hand take the "
        "program's error off, and intervals hold sampling and reading error; the program reads {accuracy} as people do. "
        "Figures by period, source and aspect are as the program reads; take them as higher and lower.",
    ),
    "no_themes": (
        "评论太少或话题划分不够稳定（换一批样本会得到不同的话题），不作自动话题分析；请看上面按方面的结果。",
        "Comments are too few, or other samples would give other themes: no automatic themes; see the aspects above.",
    ),
    "aspects_share": ("提及率", "share naming them"),
    "aspects_net": ("提及率与净情感值", "share naming them and net sentiment"),
    "aspects_change": ("提及率与净情感值的较上期变化", "share naming them and change of net sentiment"),
    "aspects_all": ("提及率、净情感值与较上期变化", "share naming them, net sentiment, change"),
    "tested": ("检验结论已按全报告统一校正。", " Verdicts adjusted over the report."),
    "wordless": ("另有 {n} 条没有文字，未计入。", " {n} more hold no words and are not counted."),
    "no_aspects": (
        "本期评论没有提到方面词典里的任何方面，不作方面分析。",
        "The comments name no aspect of the lexicon: no aspects this time.",
    ),
    "unnamed": (
        "词典另有 {n} 个方面本期无人提及，未列出。",
        " {n} more aspects of the lexicon are named by nobody and left out.",
    ),
    "share_before": ("上期占比", "Wave before"),
    "no_words_apart": (
        "{target}与{reference}的用词未见差异：检验的 {n} 个词，置信区间都包含零。",
        "{target} and {reference}: of {n} words tested the interval of each holds nought; no word tells them apart.",
    ),
    "no_words": ("两组评论都不够多，不比较用词。", "Too few comments on either side to compare words."),
    "no_quotations": ("评论人数不足，不摘录原文。", "Too few comments to quote."),
    "no_alarms": ("本期没有超出控制限的时段。", "No period is outside its limits."),
    "no_dates": (
        "评论不带日期，无法画走势和控制图，也不设预警。",
        "The reviews carry no dates: no course over time, no limits, no alarms.",
    ),
    "see_volume": ("原因见“评论量”一节。", "For the reason see the section on volume."),
    "sparse": (
        "时段太少或每个时段的评论太少（至少 8 个时段、每时段平均 60 条），不画控制图，也不设预警。",
        "Too few periods, or too few reviews in them (at least 8 periods of 60 on average): no limits, no alarms.",
    ),
    "typical": ("典型", "typical"),
    "most_positive": ("最正面", "most positive"),
    "most_negative": ("最负面", "most negative"),
    "promoter": ("推荐者", "Promoters"),
    "detractor": ("贬损者", "Detractors"),
    "top": ("高分评论", "High ratings"),
    "bottom": ("低分评论", "Low ratings"),
    "positive": ("好评", "Positive"),
    "negative": ("差评", "Negative"),
    "neutral": ("中性", "Neutral"),
    "theme": ("话题", "Theme"),
    "theme_share": ("占比", "Share"),
    "aspect": ("方面", "Aspect"),
    "opinion": ("评价", "Opinion"),
    "rule": ("选取规则", "Rule"),
    "text": ("评论摘录（已脱敏）", "Comment (masked)"),
    "wave": ("期次", "Wave"),
    "mention": ("提及率", "Named by"),
    "net": ("净情感值", "Net sentiment"),
    "net_interval": ("净情感值的 95% 置信区间", "95% CI of net sentiment"),
    "mentions": ("提及数", "Mentions"),
    "told": ("净情感较上期", "Net sentiment since last wave"),
    "change": ("较上期变化（分）", "Change (points)"),
    "theme_told": ("检验结论", "Verdict"),
    "estimate": ("本期占比", "This wave"),
    "period": ("时段", "Period"),
    "reviews": ("评论数", "Reviews"),
    "value": ("净情感值", "Net sentiment"),
    "limits": ("控制限", "Limits"),
    "turn": ("方向", "Direction"),
    "up": ("偏高", "high"),
    "down": ("偏低", "low"),
    "behind": ("该时段差评明显更多的方面（占比，其余时段）", "Aspects blamed more then (share; other periods)"),
    "spread": ("未见集中于某一方面", "not tied to one aspect"),
    "source": ("来源", "Source"),
    "group": ("群体", "Group"),
    "nothing": ("—", "—"),
}
TITLES = {
    "comment_sentiment": (
        (
            "评论情感构成，各期",
            "括号内为 95% 置信区间。好评、中性、差评由程序判读。净情感值＝好评占比−差评占比（−100 至 100）。",
        ),
        (
            "Sentiment of comments by wave",
            "Brackets: 95 % intervals. Read by a program. Net sentiment: positive less negative (-100 to 100).",
        ),
    ),
    "aspects_net": (
        (
            "评论中各方面的净情感值",
            "净情感值＝提及该方面的评论中，好评占比−差评占比（−100 至 100）；n 为提及数。区间只含抽样误差，宜看相对高低。",
        ),
        (
            "Net sentiment by aspect",
            "Of the comments that name the aspect: percent that praise less percent that blame; n mentions. Intervals hold "
            "sampling error only: compare rather than read levels.",
        ),
    ),
    "aspects": (
        (
            "评论中的各方面：{what}",
            "提及率以本期有意见的全部评论为基数；提及数不足 {least} 的方面不显示净情感值。{tested}{silent}",
        ),
        (
            "Aspects in comments: {what}",
            "Base: all comments that hold an opinion. No net sentiment under {least} mentions.{tested}{silent}",
        ),
    ),
    "effects": (
        (
            "各方面的好评与差评，与 NPS 相差多少",
            "与未提及该方面的评论者相比，其他方面相同时 NPS 相差的分数（回归，稳健标准误；基数为有推荐评分的 {n} 条评论）。n 为好评（差评）数，不足 30 的不估计。只说明同时出现，不说明改进后 NPS 会变多少。",
        ),
        (
            "How praise and blame of each aspect go with NPS",
            "NPS points between those who praise (blame) the aspect and those who do not name it, other aspects equal "
            "(least squares, robust errors; base: {n} comments with a score). n: comments that praise (blame) it, at least 30. An "
            "association, no promise.",
        ),
    ),
    "themes_now": (
        (
            "评论话题与占比",
            "话题由程序从评论中归纳，以其特征词命名；不近于任何话题的评论不归类。没有上一期评论，不作比较。",
        ),
        (
            "Themes of comments and their shares",
            "Found in the comments, named by their words; comments near none belong to none. No wave before: not compared.",
        ),
    ),
    "themes": (
        (
            "评论话题：本期占比与较上期变化",
            "话题由程序从两期评论中归纳，以其特征词命名；基数为本期 {n} 条、上期 {n_reference} 条评论。升降的检验结论已按全报告统一校正。",
        ),
        (
            "Themes of comments: share and change",
            "Found in both waves, named by their words; base: {n} comments of this wave, {n_reference} of the one before. Verdicts "
            "adjusted over the report.",
        ),
    ),
    "keyness": (
        (
            "{target}与{reference}的用词差异",
            "百分比为该组评论中出现该词的比例（括号内为条数）。只列 95% 置信区间不含零的词，每组至多 10 个。探索性结果，不成文。",
        ),
        (
            "Words of {target} and {reference}",
            "Share (and number) of each side's comments that hold the word; only words whose 95 % interval leaves out nought, ten a "
            "side at most. Exploratory.",
        ),
    ),
    "cloud": (
        ("评论词云（交互图）", "字号只表示出现该词的评论数，不表示显著与好坏；请与上图对照。"),
        (
            "Word cloud (interactive)",
            "Size shows how many comments hold the word, nothing else; read it beside the chart above.",
        ),
    ),
    "quotations": (
        (
            "评论摘录（按规则选取，已脱敏）",
            "“典型”取该方面中长度与写法最居中、且分句判读、整句判读与整条评论判读三者一致的一句；“最正面、最负面”取判读概率最高、最低的评论。均由规则选出，不经人手挑选；商家名按规则遮去，仍请过目。",
        ),
        (
            "Comments chosen by rule, masked",
            "Typical: the sentence nearest to the middle for its aspect, read alike by clause, as a whole and in its whole comment; most "
            "positive and negative: by the program's probability. Nobody picked them; names of houses are masked by rule: have a look.",
        ),
    ),
    "volume": (
        ("评论量走势与控制限", "每天平均评论数；超出控制限是需要查看的信号，不是检验结论。"),
        (
            "Number of reviews over time, with control limits",
            "Reviews a day; a point outside is a signal to look at, not a claim.",
        ),
    ),
    "volume_sources": (
        ("各时段评论量，按来源", "首尾时段可能不足整期。"),
        ("Reviews by period and source", "The first and last period may be incomplete."),
    ),
    "net_trend": (
        (
            "评论净情感值走势与控制限",
            "控制限取自平常时段（本期之前有至少 8 个时段时只用它们），反映抽样误差与日常波动；超出控制限是需要查看的信号，不是检验结论。",
        ),
        (
            "Net sentiment over time, with control limits",
            "Limits come from ordinary periods (those before this wave, where there are eight): sampling error and usual unrest. A point outside is a signal to look at, not a tested claim.",
        ),
    ),
    "alarms": (
        (
            "预警：净情感值出现信号的时段",
            "右列为该时段差评占比明显高于其余时段的方面（时段内 BH 校正），用于提示先查哪里，不是结论。",
        ),
        (
            "Alarms: periods whose net sentiment signals",
            "The last column names aspects blamed by clearly more reviews than at other times (BH within the period): where to look first.",
        ),
    ),
    "sources": (
        ("评论净情感值，按{cut}", "每组与其余评论比较；检验结论已按全报告统一校正。{label}"),
        ("Net sentiment by {cut}", "Each group is tested against the rest; verdicts adjusted over the report.{label}"),
    ),
}
DAYS = ("横轴为每周周一的日期。", "Days on the axis are the Mondays of the weeks.")
for key in ("volume", "net_trend"):
    (zh, zh_note), (en, en_note) = TITLES[key]
    TITLES[f"{key}_week"] = ((zh, f"{zh_note}{DAYS[0]}"), (en, f"{en_note} {DAYS[1]}"))
METHODS = {
    "zh": """\
- 评论净情感值：好评占比减差评占比（−100 至 100），由程序逐条判读；若各期、各来源的误判率相同，判读误差只会使数值向中间靠、差异变小，不会凭空造出差异；若误判率不同（如某来源多反语、多错别字，或某期话题变化），也可能造出差异，宜分期、分来源各标注一批核对。
- 评论方面：按方面词典逐句识别。在 100 条人工标注的餐饮评论上，识别出的提及 81% 正确，人工标出的 88% 被识别，褒贬判断 71% 与人工一致；其他领域未测。
- 控制图：中心线与控制限取自本期之前的时段（不足 8 个时段时取自全部时段）；控制限＝中心线±3×各时段自身样本量的抽样误差，时段间的波动大于抽样误差时再按相邻时段的平均移动极差放宽（Laney 法）。先用移动极差的中位数找出明显离群的时段，离群时段不参与计算，以免异常周放宽自己的控制限。模拟 25 周的平稳序列，出现误报的约 4%（周间另有波动时约 20%）；低 4 个标准差的一周约 75% 能被发现。信号提示去查原因，不是检验结论。
- 较上期变化、来源差异：z 检验；全报告的候选结论作为一个检验族，用 Benjamini-Hochberg 法控制在 5%，成文还须达到最小值得关注差异（净情感值 {nps}，占比 {share}）。
- 样本量：有效样本量不足 {min_n} 的不显示数字；不足 {low_n} 的标 *。少于 {min_persons} 人的群体不显示。
- 评论是自发的，不代表全体顾客；渠道规则、刷评与默认好评都会影响水平。时间按 {zone} 计。""",
    "en": """\
- Net sentiment: percent of comments that praise less percent that blame (-100 to 100), read by a program. Where error rates are equal in all waves and sources, misreading only pulls figures to the middle and shrinks differences; where they differ (irony or misspelling on one source, new topics in one wave) it can make a difference too: label a sample of each to check.
- Aspects: found sentence by sentence from a lexicon. On 100 restaurant reviews coded by hand 81 % of the mentions found were right, 88 % of the coded ones were found, 71 % had the coded judgement; other fields were not measured.
- Control charts: centre and limits come from the periods before this wave (from all when there are fewer than 8); limits are the centre ± 3 sampling errors of each period's own base, widened by the mean moving range where periods move by more than sampling (Laney). Periods far from the median, by the median moving range, take no part, so that a bad week does not widen its own limits. In simulated steady series of 25 weeks some 4 % alarm falsely (some 20 % where weeks have an unrest of their own); a week lower by 4 standard deviations is found in some 75 %. A signal asks for a look, it is no tested claim.
- Changes and sources: z tests; all candidate claims of the report are one family, Benjamini-Hochberg at 5 %, and must reach the minimum effect (net sentiment {nps}, shares {share}).
- Bases: no figure under an effective base of {min_n}; * under {low_n}. Groups of fewer than {min_persons} persons are hidden.
- Reviews are volunteered and stand for no population; platform rules, paid praise and praise by default move their level. Times are {zone}.""",
}

"""Words of the report on reviews beyond the shared sections on comments (Chinese, English)."""

from cemlab.report.tables import show_table

WORDS = {
    "source": ("来源", "Source"),
    "n": ("该时段评论数", "Reviews then"),
    "net": ("该时段净情感值", "Net sentiment then"),
    "net_others": ("其余时段", "Other periods"),
    "contribution": ("对差距的贡献（分）", "Contribution (points)"),
    "mix": ("来源占比变化", "changed mix of sources"),
    "mix_small": ("来源占比变化与不足 {n} 条的来源", "changed mix, and sources under {n} reviews"),
    "item": ("涉及方面", "About"),
    "rest": ("其他差评", "other blame"),
    "text": ("评论原文（已脱敏）", "Review (masked)"),
    "aspect": ("方面", "Aspect"),
    "month": ("月份", "Month"),
    "wave": ("期次", "Wave"),
    "stars": ("{star} 星", "{star} stars"),
    "rated": ("有星级的评论", "Rated reviews"),
    "kind": ("矛盾类型", "Kind"),
    "high_negative": ("{low}–{high} 星，文字明显差评", "{low}–{high} stars, words clearly blame"),
    "low_positive": ("{low}–{high} 星，文字明显好评", "{low}–{high} stars, words clearly praise"),
    "share": ("占该类星级评论", "Share of such ratings"),
    "base": ("该类星级评论数", "Such ratings"),
    "star": ("星级", "Stars"),
    "copies": ("条数", "Copies"),
    "span": ("起止日期", "From, to"),
    "burst": ("7 天内最多", "Most in 7 days"),
    "groups": ("来源数", "Sources"),
    "copied": ("重复的文字（已脱敏）", "Repeated text (masked)"),
    "agreement": (
        "文件自带好评、差评标签：程序判读的褒贬与标签一致的占 {share}（n={n}；方括号内为 95% 置信区间）。标签可能按星级自动生成，也会有错。",
        "The file brings a label of praise or blame: the program reads {share} of the reviews as it says (n={n}; 95 % interval in brackets). "
        "Labels are often made from stars and err, too.",
    ),
    "label_net": (
        "按标签计，差评占 {negative}，净情感值 {net} 分 [{low}, {high}]；程序判读的净情感值为 {read} 分，相差 {gap} 分。"
        "标签为好评的有 {wrong_positive} 被读成差评，标签为差评的有 {wrong_negative} 被读成好评；标签不分中性。引用水平值时以标签为准，"
        "各方面、话题与走势仍由程序判读。",
        "By the label {negative} are blame and net sentiment is {net} [{low}, {high}]; the program's reading gives {read}, {gap} points "
        "apart. Of labelled praise {wrong_positive} is read as blame, of labelled blame {wrong_negative} as praise; labels know no "
        "neutral. Quote levels from the label; aspects, themes and the course over time stay the program's reading.",
    ),
    "label_head": ("程序判读", "As read"),
    "label_note": (
        "净情感值与检验按文件自带的标签计（不分中性）；“程序判读”列仅供对照，两列之差来自误判与中性。",
        " Net sentiment and tests are by the label of the file (no neutral); “As read” is the program's, for comparison: the gap is "
        "misreading and neutral reviews.",
    ),
    "label_compared": ("来源等分组的比较按文件标签计。", "Groups are compared by the label of the file."),
    "by_label": ("文件标签为 {share}", "by the label of the file {share}"),
    "no_copies": (
        "本期 {n} 条评论中没有文字相同（10 个字以上）的评论。",
        "None of the {n} reviews repeats another one's words (ten characters or more).",
    ),
    "copies_told": (
        "本期 {n} 条评论中，有 {rows} 条（{percent}）与别的评论文字相同（10 个字以上），来自 {texts} 段文字。"
        "每段只留一条时，净情感值为 {without} 分，全部计入时为 {whole} 分。",
        "{rows} of the {n} reviews ({percent}) share their words with another one (ten characters or more), repeated texts: {texts}. "
        "With one of each, net sentiment is {without}; with all, {whole}.",
    ),
    "bursts": (
        "其中 {n} 段文字在 7 天内集中出现 5 条以上。",
        "{n} of these texts stand five times or more within seven days.",
    ),
    "no_groups": (
        "代码本没有来源或其他分组，不作来源比较。",
        "The codebook names no source or other groups: nothing to compare.",
    ),
    "silent": (
        "另有 {n} 条为系统默认好评或不含意见的评论，已不计入情感、方面与话题，但计入评论量与星级。",
        " {n} more are praise by default or hold no opinion: left out of sentiment, aspects and themes, counted in volume and stars.",
    ),
    "new_word": ("新出现的词", "Word"),
    "now": ("本期（条数）", "This wave (reviews)"),
    "before": ("上期（条数）", "Wave before"),
    "first": ("最早出现", "First day"),
    "sentence": ("例句（已脱敏）", "One sentence (masked)"),
    "lines_left": (
        "另有 {n} 个评论较少或不足三个月有数，不画线。",
        "{n} more have fewer reviews or under three months with a figure and are not drawn. ",
    ),
    "no_new_words": (
        "没有本期新出现的词：没有哪个词本期有足够多的评论用到、上期几乎没有，且检验显著。",
        "No word is new: none is in enough reviews of this wave, in almost none of the one before, and more than chance would bring.",
    ),
    "no_conflicts": (
        "没有星级与文字明显矛盾的评论可供查看。",
        "No reviews whose words clearly contradict their stars.",
    ),
}
TITLES = {
    "alarm_sources": (
        (
            "预警时段 {period}：哪些来源拉动了净情感值",
            "贡献＝该来源两段时间平均占比 ×（该时段净情感值−其余时段）；各行相加等于该时段与其余时段之差 {gap} 分。事后描述，未作检验。",
        ),
        (
            "The alarm of {period}: which sources moved net sentiment",
            "Contribution: the source's mean share of reviews times its change; rows add up to the gap of {gap} points between "
            "that period and the others. Described afterwards, not tested.",
        ),
    ),
    "alarm_reviews": (
        (
            "预警时段 {period}：先读这些差评",
            "差评明显增多的方面各取长度居中的几条，其余取判读最负面的几条；由规则选出、已脱敏，相同文字只列一条，不代表全部。",
        ),
        (
            "The alarm of {period}: negative reviews to read first",
            "Of aspects blamed more then, those of middle length; of the rest, those read as most negative. By rule, masked, equal "
            "texts once; they stand for nobody else.",
        ),
    ),
    "aspect_sources": (
        (
            "各方面的净情感值，按{cut}",
            "提及该方面的评论的净情感值{bases_zh}；不足 {min_n} 条不显示，* 样本偏少。描述性结果，未作检验。",
        ),
        (
            "Net sentiment of aspects by {cut}",
            "Of reviews that name the aspect{bases_en}; none under {min_n}, * small base. Descriptive, not tested.",
        ),
    ),
    "source_lines": (
        (
            "各月净情感值，按{cut}",
            "每格一个{cut}，同一刻度，浅色线为其余各格；不足 {least} 条的月份不画，首尾月份可能不足整月。描述性结果，未作检验。",
        ),
        (
            "Net sentiment by month and {cut}",
            "One panel each on one scale, the others pale behind it; no month under {least} reviews, the first and last may be incomplete. "
            "Descriptive, not tested. ",
        ),
    ),
    "source_months": (
        (
            "各月净情感值，按{cut}",
            "各月评论的净情感值{bases_zh}；不足 {min_n} 条不显示，* 样本偏少；首尾月份可能不足整月。描述性结果，未作检验。",
        ),
        (
            "Net sentiment by month and {cut}",
            "Of the month's reviews{bases_en}; none under {min_n}, * small base; the first and last month may be incomplete. Not tested.",
        ),
    ),
    "new_words": (
        (
            "本期新出现的词",
            "本期 {base} 条、上期 {base_before} 条不同文字的评论（有标识时同一人合计一条）；检验 {tested} 个词（Fisher 精确检验，BH 校正），"
            "显著且上期占比不到本期十分之一的共 {all} 个。例句由规则选出。探索性结果，不写入结论：新词也可能来自平台改版或节令，先读原文。",
        ),
        (
            "Words first seen this wave",
            "Of {base} different reviews of this wave and {base_before} of the one before (a known writer counts once); {tested} words tested "
            "(Fisher's exact test, Benjamini-Hochberg); {all} are significant with a share before of a tenth of today's at most. Sentences "
            "chosen by rule. Exploratory, no claims: a new form on a platform or the season brings words, too; read them first.",
        ),
    ),
    "star_mix": (
        ("星级构成，各期", "占有星级的评论的百分比。默认好评也有星级，会抬高五星占比。"),
        (
            "Stars by wave",
            "Percent of rated reviews. Praise by default has stars, too, and raises the share of the highest.",
        ),
    ),
    "conflicts": (
        (
            "星级与文字矛盾的评论",
            "文字判读为差评（好评）的概率超过 90% 才算“明显”；方括号内为 95% 置信区间。矛盾可能来自误判、手误或返现好评，先读原文。",
        ),
        (
            "Reviews whose words contradict their stars",
            "“Clearly”: read as blame (praise) with a probability over 90 %; 95 % intervals in brackets. Misreading, slips and paid "
            "praise all lead here: read the words first.",
        ),
    ),
    "conflict_examples": (
        ("星级与文字矛盾的评论举例", "每类取判读概率最极端的几条；由规则选出，已脱敏。"),
        ("Examples of such reviews", "The most extreme by probability; chosen by rule, masked."),
    ),
    "copies": (
        ("文字相同的评论", "列出条数最多的几段。重复可能是多平台同发、导出重复或代写，属提示，不是刷评的证据。"),
        (
            "Reviews with the same words",
            "Those with most copies. People post twice, exports repeat rows, praise is bought: a reason to look, no proof.",
        ),
    ),
}


def told(key, lang, **words):
    """A word or sentence of the report on reviews."""
    return WORDS[key][0 if lang == "zh" else 1].format(**words)


def shown(frame, words, key, *, heads, said=None, **options):
    """A numbered table of the report on reviews; `said` fills title and note, `heads` maps columns to keys or to words."""
    lang = words.study.lang
    title, note = (part.format(**(said or {})) for part in TITLES[key][0 if lang == "zh" else 1])
    named = {column: told(name, lang) if name in WORDS else name for column, name in heads.items()}
    return show_table(frame, codebook=words.study.codebook, lang=lang, title=title, note=note, heads=named, **options)

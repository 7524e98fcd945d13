"""Words of the sections on conversations with customer service, in both languages."""

MEASURES = {  # metric and item -> what a row is called, in the order of the table
    ("median", "first_response"): ("首次回应，中位数（秒）", "First answer, median (s)"),
    ("p90", "first_response"): ("首次回应，90%分位（秒）", "First answer, 90th percentile (s)"),
    ("median", "reply_median"): ("每次回复，中位数（秒）", "Replies, median (s)"),
    ("median", "longest_wait"): ("最长等待，中位数（秒）", "Longest wait, median (s)"),
    ("median", "longest_silence"): ("最长静默，中位数（秒）", "Longest silence, median (s)"),
    ("mean", "turns"): ("轮次，均值", "Turns, mean"),
    ("mean", "agent_talk_percent"): ("客服发言占比，均值（%）", "Agents' share of the words, mean (%)"),
    ("mean", "sentiment_change"): ("顾客情感变化（末轮−首轮）", "Customer sentiment, last less first"),
    ("share", "answered"): ("有人应答", "Answered"),
    ("share", "unanswered"): ("最后提问未获答复", "Last question unanswered"),
    ("share", "unresolved"): ("结尾未解决（%）", "Open end (%)"),
    ("share", "escalation"): ("要求升级或投诉", "Escalation words"),
    ("share", "churn"): ("流露离开意向", "Churn words"),
    ("share", "promise"): ("客服作出承诺", "Promises"),
    ("share", "empathy"): ("客服表示理解", "Empathy"),
    ("share", "apology"): ("客服致歉", "Apologies"),
    ("share", "polite"): ("客服礼貌用语", "Polite words"),
    ("share", "refusal"): ("客服拒绝办理", "Refusals"),
}
MAIN = (("median", "first_response"), ("share", "unresolved"), ("mean", "sentiment_change"))  # drawn
WORDS = {
    "all": ("全部会话", "All conversations"),
    "measure": ("指标", "Measure"),
    "rule": ("规则", "Rule"),
    "team": ("团队", "Team"),
    "n": ("会话数", "Conversations"),
    "not_named": ("本研究未接入客服会话。", "This study has no conversations with customer service."),
    "absent": (
        "未找到会话文件“{name}”，本节略去；放入 data/dialogues 后重新生成即可。",
        "No file of conversations {name!r}; put it into data/dialogues and render again.",
    ),
    "kept": (
        "本报告只含{kept}；会话不按这些群体区分，见总报告。",
        "This report holds {kept} only; conversations are not told apart by these groups, see the report on all.",
    ),
    "none_now": ("本期没有会话。", "No conversations in this wave."),
    "opening": (
        "本期会话 {n} 次、消息 {messages} 条，{first} 至 {last}；{masked} 条消息中的号码、姓名等在入库时已遮盖。数据版本 {version}。",
        "{n} conversations with {messages} messages, {first} to {last}; in {masked} messages numbers, names and the like were "
        "masked on the way in. Version of the data {version}.",
    ),
}
TITLES = {
    "picture": (
        ("各团队的会话：回应、结局与情感", "以会话为单位；只列团队，不列个人。情感变化为顾客末轮与首轮发言好评概率之差。"),
        (
            "Conversations by team: answer, end and sentiment",
            "By conversation; teams only, never persons. Sentiment change: probability of praise in the customer's last words "
            "less that in the first.",
        ),
    ),
    "table": (
        (
            "会话指标",
            "中位数与分位数为无分布区间，占比与均值为 95% 区间。首次回应只计有人应答的会话。升级、离开、承诺等为词语标记，"
            "准确率未经人工核对，只作线索；团队间差异未作检验。—：会话不足，不显示。",
        ),
        (
            "Measures of conversations",
            "Medians and percentiles with distribution-free limits, shares and means with 95 % intervals. First answer: answered "
            "conversations only. Escalation, churn, promises and the like are words, their precision unchecked; differences "
            "between teams are not tested. —: too few to show.",
        ),
    ),
    "quality": (
        ("会话质量：违反规则的占比", "规则与限值见会话词表（quality 部分）；分母为规则适用的会话。—：会话不足，不显示。"),
        ("Quality: share of conversations that break a rule", "Rules and limits: part quality of the cue file; base: conversations to which the rule applies. —: too few to show."),
    ),
}  # fmt: skip

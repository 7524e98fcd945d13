"""What employees of the sample write, and what service teams say to customers: invented sentences, nobody's words."""

from datetime import datetime, timedelta

import numpy as np
import polars as pl

PHRASES = {  # dimension -> (praise, blame)
    "leader": (
        ["我的直接上级很支持我们的工作", "领导会认真听取意见，反馈也及时", "主管公平，遇到问题愿意帮忙"],
        ["直接上级很少沟通，只在出问题时才出现", "领导不听意见，安排经常变来变去", "主管偏心，反馈总是批评"],
    ),
    "growth": (
        ["培训机会多，成长很快", "晋升通道清楚，能学到新东西", "公司愿意给年轻人机会"],
        ["看不到晋升空间，培训也少", "做了三年还在原地，没有发展机会", "培训流于形式，学不到东西"],
    ),
    "recognition": (
        ["奖金发放及时，付出有回报", "做得好会被表扬，薪酬也合理", "绩效考核比较公平"],
        ["薪酬偏低，付出和回报不成正比", "绩效考核不透明，干好干坏一个样", "加班没有补贴，奖金也看不懂"],
    ),
    "resources": (
        ["系统好用，工具和资料都齐全", "跨部门流程简化了，效率高多了", "设备更新后顺手很多"],
        ["系统太慢，流程审批要走好几天", "工具和设备老旧，影响效率", "资料找不到，流程太繁琐"],
    ),
    "teamwork": (
        ["同事之间互相帮助，氛围很好", "团队协作顺畅，遇事一起扛", "组里气氛融洽"],
        ["部门之间互相推诿，协作困难", "团队氛围紧张，沟通成本高", "交接不清楚，总是扯皮"],
    ),
    "trust": (
        ["公司方向清晰，对未来有信心", "高层讲话坦诚，战略看得懂", "公司说到做到"],
        ["战略总在变，看不清方向", "高层离一线太远，承诺没有兑现", "信息不透明，很多事最后才知道"],
    ),
    "wellbeing": (
        ["工作节奏合理，能照顾家庭", "排班人性化，压力不大", "上下班准时，休息有保障"],
        ["加班太多，身体吃不消", "排班太满，长期熬夜压力大", "周末也要待命，没有休息时间"],
    ),
}
ENDINGS = ["", "。", "，希望保持", "，谢谢", "！", "，希望能改善", "，大家都有同感"]
TRACES = [  # what masking must stop: invented names, numbers and days
    "，可以联系王建国13800009876",
    "，我的工号是E104521，欢迎核实",
    "，邮箱 lihua@example.com",
    "，2026年3月15日那次会议之后就这样了",
    "，李秀英主管很清楚",
]
SERVICE_TEAMS = ("hotline", "online")
SLOW, SHORT = "t32", "t30"  # one team answers slowly, one leaves questions unanswered


def comments_for(rng, felt, answered):
    """Comments of a quarter of those who answered: about what they feel most strongly, sometimes with a trace of a person."""
    names = list(PHRASES)
    scores = np.column_stack([felt[name] for name in names])
    scores = scores + rng.normal(0, 0.5, scores.shape)
    topic = np.abs(scores).argmax(axis=1)
    draws, words = rng.random((3, len(answered))), []
    for row, (gave, about) in enumerate(zip(answered, topic, strict=True)):
        if not gave or draws[0, row] > 0.26:
            words.append(None)
            continue
        shelf = PHRASES[names[about]][0 if scores[row, about] > 0 else 1]
        text = shelf[int(draws[1, row] * len(shelf))] + ENDINGS[int(draws[2, row] * len(ENDINGS))]
        if rng.random() < 0.03:
            text = text.rstrip("。！") + TRACES[int(rng.integers(len(TRACES)))]
        words.append(text)
    return words


ASKED = [
    "你好，我的订单还没有发货，能帮我查一下吗？",
    "请问发票怎么开？",
    "设备开不了机，怎么处理？",
    "上次说好的退款一直没有到账？",
    "会员积分为什么少了？",
    "安装师傅什么时候能来？",
]
SECOND = ["那大概什么时候能处理好？", "还有一个问题，保修期是多久？", "我需要提供什么资料吗？", "能不能今天解决？"]
OPEN = [
    "您好，很高兴为您服务，请稍等，我马上为您查询。",
    "您好，请问订单号是多少？我帮您看一下。",
    "您好，给您添麻烦了，非常抱歉，我来处理。",
]
SOLVE = [
    "已经为您提交加急，今天18点前会有结果，我会再给您回电。",
    "麻烦您提供一下照片，我们会在24小时内处理。",
    "查到了，已经为您补发，请注意查收。",
    "保修期是一年，资料只需要购买凭证。",
]
CLOSE = {
    True: ["好的，谢谢，态度很好。", "解决了，非常感谢。", "谢谢，很满意。"],
    False: ["太慢了，没有解决。", "算了，我要投诉。", "还是不行，很失望。"],
}


def service_dialogues(units, wave, seed=20261004, per_team=30):
    """Conversations of the service teams with customers: conversation, team, speaker, time, text, one row a message.

    Parameters
    ----------
    units : polars.DataFrame
        The organisation.
    wave : str
        Year of the conversations.
    """
    rng, rows = np.random.default_rng([seed, int(wave)]), []
    teams = units.filter(pl.col("department").is_in(SERVICE_TEAMS))["team"].to_list()
    for team in teams:
        for number in range(per_team):
            at = datetime(int(wave), 8, 1 + int(rng.integers(26)), 9) + timedelta(minutes=int(rng.integers(0, 9 * 60)))
            said, talk = conversation(rng, team == SLOW, team == SHORT), f"{team}-{wave}-{number:03d}"
            for speaker, text, wait in said:
                at += timedelta(seconds=int(wait))
                rows.append((talk, team, speaker, at.strftime("%Y-%m-%d %H:%M:%S"), text))
    return pl.DataFrame(rows, schema=["conversation", "team", "speaker", "time", "text"], orient="row")


def conversation(rng, slow, short):
    """One conversation: (speaker, text, seconds since the message before)."""

    def pick(shelf):
        return shelf[int(rng.integers(len(shelf)))]

    def wait():
        return 10 + rng.gamma(2, 90 if slow else 22)

    happy = rng.random() < (0.45 if slow or short else 0.75)
    out = [("customer", pick(ASKED), 0), ("agent", pick(OPEN), wait())]
    out += [("customer", pick(SECOND), 15 + rng.gamma(2, 12))]
    if not (short and rng.random() < 0.6):
        out.append(("agent", pick(SOLVE), wait()))
    if not (short and rng.random() < 0.3):
        out.append(("customer", pick(CLOSE[bool(happy)]), 15 + rng.gamma(2, 12)))
    if not short:
        out.append(("agent", "感谢您的来电，祝您生活愉快。", wait()))
    return out

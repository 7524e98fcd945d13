"""The sample's conversations: guests and three teams of customer service, with a slow night and a team that leaves ends open."""

from datetime import datetime, timedelta

import numpy as np
import polars as pl

TEAMS = {"chat": "在线客服组", "phone": "电话客服组", "night": "夜间值班组"}
PLANTED = {"slow": "night", "open_ends": "phone"}  # what the report must show
OPEN_END = {"chat": 0.15, "phone": 0.45, "night": 0.2}  # share of conversations left unresolved
WAIT = {"chat": 12.0, "phone": 18.0, "night": 75.0}  # seconds, half the mean of an answer's wait
ASKED = [
    "你好，我想改一下下周的入住日期，可以吗？",
    "发票抬头开错了，怎么重开？",
    "空调一直不制冷，前台也没人管，太差了",
    "请问早餐几点开始？能不能打包？",
    "退房多收了我一晚的钱，什么时候能退？",
    "订单显示未支付，可是钱已经扣了，我的手机号是{phone}",
    "房间隔音太差，一晚上没睡好，很失望",
    "会员积分没有到账，麻烦查一下",
]
GREET = ["您好，很高兴为您服务，请问您的订单号是多少？", "您好，请稍等，我帮您看一下。", "稍等。"]
MORE = ["我是{name}，就是上周那一单", "已经等了很久了，到底什么时候能处理？", "好，那你看一下。", "对的，麻烦快一点。"]
SOLVE = [
    "非常抱歉给您带来不便，已经为您处理好了，请您查收。",
    "理解您的心情，我们会在24小时内给您回复。",
    "这个系统不支持，没办法。",
    "已帮您登记，会有专人联系您。",
]
GOOD = ["好的，谢谢，服务态度很好。", "解决了，非常感谢！", "明白了，谢谢，很满意。"]
BAD = [
    "还是不行，太失望了，我要投诉。",
    "算了，再也不住你们家了。",
    "说了多少遍都没解决，怎么还没人管？",
    "没有解决，找你们经理。",
]
BYE = "感谢您的来电，祝您旅途愉快，再见。"
NAMES = ["王小明", "李建国", "张丽"]


def dialogue_rows(seed=20261005, per_team=110, months=((2026, 4), (2026, 7))):
    """Messages of the sample's conversations: number, team, speaker, time, words, and the agent's name.

    Parameters
    ----------
    seed : int
    per_team : int
        Conversations of each team in each quarter.
    months : tuple of (int, int)
        Year and first month of each quarter.

    Returns
    -------
    polars.DataFrame
        ``会话编号, 坐席组, 坐席姓名, 发言方, 时间, 内容``, in order of the conversations.
    """
    rng, rows = np.random.default_rng(seed), []
    for year, month in months:
        for team, name in TEAMS.items():
            for number in range(per_team):
                start = datetime(year, month, 1) + timedelta(days=int(rng.integers(0, 85)))
                hour = int(rng.integers(22, 30) if team == "night" else rng.integers(8, 21))
                at = start + timedelta(hours=hour, minutes=int(rng.integers(60)))
                who = NAMES[int(rng.integers(len(NAMES)))]
                for speaker, text, wait in conversation(rng, team):
                    at += timedelta(seconds=int(wait))
                    rows.append(
                        (f"S{year}{month:02d}{team}{number:03d}", name, who, speaker, f"{at:%Y-%m-%d %H:%M:%S}", text)
                    )
    return pl.DataFrame(rows, schema=["会话编号", "坐席组", "坐席姓名", "发言方", "时间", "内容"], orient="row")


def conversation(rng, team):
    """One conversation: (speaker, words, seconds since the message before)."""

    def pick(shelf):
        text = shelf[int(rng.integers(len(shelf)))]
        number = f"139{int(rng.integers(10**8)):08d}"
        return text.format(phone=number, name=NAMES[int(rng.integers(len(NAMES)))])

    def wait(scale):
        return 5 + rng.gamma(2, scale)

    out = [("客户", pick(ASKED), 0), ("系统", "正在为您转接人工客服", 1), ("客服", pick(GREET), wait(WAIT[team]))]
    for _ in range(int(rng.integers(0, 2))):
        out += [("客户", pick(MORE), wait(12)), ("客服", pick(GREET[1:]), wait(WAIT[team]))]
    out += [("客户", pick(MORE), wait(12)), ("客服", pick(SOLVE), wait(2 * WAIT[team]))]
    if rng.random() < OPEN_END[team]:
        return [*out, ("客户", pick(BAD), wait(15))]
    out.append(("客户", pick(GOOD), wait(15)))
    return [*out, ("客服", BYE, wait(10))] if rng.random() < 0.8 else out

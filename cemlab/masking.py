"""What must not be seen in free text: phones, mail addresses, ids, cards, plates, chat ids, addresses, names, order numbers.

Every text passes `mask` before it is displayed, exported or logged. The rules are regular expressions plus check digits;
they read half and full width alike and cost almost nothing on a text without digits or cues.
"""

import re
from datetime import date
from itertools import pairwise

from cemlab import masking_rules as rules

LABELS = {
    "email": "[邮箱]",
    "id_card": "[证件号]",
    "bank_card": "[银行卡]",
    "wechat": "[微信]",
    "qq": "[QQ]",
    "order": "[订单号]",
    "phone": "[电话]",
    "plate": "[车牌]",
    "address": "[地址]",
    "name": "[姓名]",
    "number": "[长数字]",
}
KINDS = tuple(LABELS)


def find(text):
    """Every span of `text` that must not be seen.

    Parameters
    ----------
    text : str
        Any text; half and full width, and zero-width characters between digits, are read alike.

    Returns
    -------
    list of (str, int, int)
        Kind (one of `KINDS`), start and end in characters of `text`; in order, never overlapping.

    Raises
    ------
    TypeError
        `text` is not a string.

    Notes
    -----
    Resident ids pass the check digit of GB 11643-1999 or carry a possible birthday; bank cards pass Luhn (ISO/IEC 7812).
    A long number that passes neither is still masked, as ``number``. Names are found after cues only ("联系人", "我是"):
    a name without a cue stays, so texts are never anonymous by this alone. Names that are words too (金卡, 常客) are left.

    Examples
    --------
    >>> find("电话13800138000")
    [('phone', 2, 13)]
    """
    if not isinstance(text, str):
        raise TypeError(
            f"find: text must be a str, not {type(text).__name__}; drop missing comments or use mask_series."
        )
    folded = text.translate(rules.FOLD)
    spans = []
    if rules.TRIGGER.search(folded):
        for kind, start, end in _numbers(folded):
            _keep(spans, kind, start, end)
    if rules.NAME_CUE.search(folded) or rules.SPOKEN_PHONE.search(folded):
        for start, end in _names(folded):
            _keep(spans, "name", start, end)
    return sorted(spans, key=lambda span: span[1])


def unbroken(text):
    """The text with lone halves of surrogate pairs, which no file can hold, as the replacement character.

    They come from emoji that a tool cut in two. A text without them is returned as it is.
    """
    if not rules.HALVES.search(text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def mask(text):
    """The text with every span that `find` reports replaced by the label of its kind.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        Masking a masked text changes nothing.

    Raises
    ------
    TypeError
        `text` is not a string.

    Examples
    --------
    >>> mask("请打13800138000，找我")
    '请打[电话]，找我'
    """
    text = unbroken(text) if isinstance(text, str) else text
    for _ in range(3):  # a label can bring two cues together; a second pass settles it
        spans = find(text)
        if not spans:
            break
        edges = [0, *(edge for _, start, end in spans for edge in (start, end)), len(text)]
        plain = [text[a:b] for a, b in list(pairwise(edges))[::2]]
        text = plain[0] + "".join(LABELS[kind] + rest for (kind, _, _), rest in zip(spans, plain[1:], strict=True))
    return text


def mask_series(series):
    """`mask` over a pandas or polars series; missing comments stay missing, the name and the index stay.

    Raises
    ------
    TypeError
        Not a pandas or polars series, or one that holds anything but text.
    """
    if type(series).__module__.startswith("polars"):
        import polars as pl

        if series.dtype == pl.Null:
            return series
        if series.dtype not in (pl.String, pl.Categorical, pl.Enum, pl.Object):
            kind = series.dtype.base_type()
            raise TypeError(f"mask_series: series {series.name!r} holds {kind}, not text; cast it first.")
        _only_text(series)
        return pl.Series(series.name, [None if text is None else mask(text) for text in series], dtype=pl.String)
    if not hasattr(series, "map") or not hasattr(series, "isna"):
        raise TypeError(f"mask_series: expected a pandas or polars series, not {type(series).__name__}.")
    _only_text(series.dropna())
    return series.map(mask, na_action="ignore")


def _only_text(series):
    """Whether a series of objects holds nothing beside text, or a sentence that names it."""
    other = next((type(value) for value in series if not (value is None or isinstance(value, str))), None)
    if other is not None:
        raise TypeError(
            f"mask_series: series {series.name!r} holds {other.__name__} values, not text only; cast it first."
        )


def _numbers(folded):
    for match in rules.EMAIL.finditer(folded):
        yield "email", *match.span()
    for match in rules.ID.finditer(folded):
        digits = re.sub(r"[ \t-]", "", match.group())
        if _id_checks(digits) or _birthday(digits[6:14]):
            yield "id_card", *match.span()
    for match in rules.ID_OLD.finditer(folded):
        if _birthday("19" + match.group()[6:12]) and not _luhn(match.group()):
            yield "id_card", *match.span()
    for match in rules.TRAVEL.finditer(folded):
        yield "id_card", *match.span("id")
    for match in rules.ID_HIDDEN.finditer(folded):
        yield "id_card", *match.span()
    for match in rules.CARD.finditer(folded):
        digits = re.sub("[ .-]", "", match.group())
        retail = len(digits) == 13 and digits[0] != "4"  # bar codes of goods have 13 digits, cards of 13 begin with 4
        if len(set(digits)) > 1 and _luhn(digits) and not retail:
            yield "bank_card", *match.span()
    for match in rules.MOBILE.finditer(folded):
        if not rules.ORDER_NEAR.search(folded, max(0, match.start() - 12), match.start()):
            yield "phone", *match.span()
    for match in rules.WECHAT.finditer(folded):
        if match["wxid"]:
            yield "wechat", *match.span("wxid")
        elif _wechat_id(folded[match.start() : match.start("id")], match["id"]):
            yield "wechat", *match.span("id")
    for match in rules.WECHAT_LETTER.finditer(folded):
        yield "wechat", *match.span("id")
    for match in rules.QQ.finditer(folded):
        yield "qq", *match.span("id")
    for pattern in (rules.ORDER, rules.ORDER_AFTER):
        for match in pattern.finditer(folded):
            if sum(c.isdigit() for c in match["id"]) >= 6 and not _dated(match["id"]):
                yield "order", *match.span("id")
    for match in rules.COURIER.finditer(folded):
        yield "order", *match.span()
    for match in rules.LANDLINE.finditer(folded):
        yield "phone", *match.span()
    for match in rules.LOCAL.finditer(folded):
        if not _dated(match["id"]) and len(set(match["id"])) > 2:
            yield "phone", *match.span("id")
    if rules.SPOKEN_RUN.search(folded):
        yield from _spoken(folded.translate(rules.SPOKEN))
    for match in rules.TAIL.finditer(folded):
        yield rules.TAIL_KIND.get((match["cue"] or "手")[0], "phone"), *match.span("id")
    for match in rules.PLATE.finditer(folded):
        if sum(c.isdigit() for c in match["tail"]) >= 3:
            yield "plate", *match.span()
    for pattern in rules.ADDRESS:
        for match in pattern.finditer(folded):
            yield "address", *match.span("address" if "address" in pattern.groupindex else 0)
    for match in rules.LONG.finditer(folded):
        if len(set(match.group())) > 2:
            yield "number", *match.span()


def _spoken(digits):
    """Numbers written out in characters (一三八…), from the text in which these are digits."""
    for pattern, kind in ((rules.SPOKEN_PHONE, "phone"), (rules.ID, "id_card")):
        for match in pattern.finditer(digits):
            yield kind, *match.span()
    for match in rules.QQ.finditer(digits):
        yield "qq", *match.span("id")


def _names(folded):
    for pattern, doubtful in rules.RULES_NAME:
        at = 0
        while match := pattern.search(folded, at):
            start, end = match.span("name")
            at = max(end, match.start() + 1)
            if not match["name"].isascii():
                end = start + _name_length(folded, match, doubtful)
            if end > start:
                yield start, end
            else:
                at = max(match.start("name"), match.start() + 1)


def _name_length(folded, match, doubtful):
    """Characters of the match that the segmenter, reading on, calls a person's name; 0 where it is another word."""
    import rjieba

    name, start = match["name"], match.start("name")
    if doubtful == "foreign" or len(name) == 1 or (len(name) == 2 and name[0] in "小老阿"):
        return len(name)
    if name in rules.NO_NAME or name[:2] in rules.NO_NAME:
        return 0
    if name[:2] in rules.COMPOUND.split("|"):
        return len(name)
    words = rjieba.tag(folded[start : start + 8])
    if (
        doubtful == "full"
    ):  # 快递员赵铁柱把件丢了: nothing marks the end, so only what the tagger takes as one whole name
        found, kind = words[0]
        named = kind == "nr" and len(found) == 3 and found[0] not in rules.FUNCTION and found[-1] not in rules.NO_LAST
        return 3 if named and found not in rules.NO_NAME else 0
    if doubtful == "titled":  # 方飞女士: a surname before the title; 年轻女士, 白衣女士 describe
        return len(name) if len(words[0][0]) == 1 or words[0][1].startswith("nr") else 0
    if len(words) > 1 and len(words[0][0]) == 1 and len(words[1][0]) <= 2 and words[0][1] == words[1][1] == "nr":
        return 1 + len(words[1][0])
    if words[0][1].startswith("nr") and 2 <= len(words[0][0]) <= 3:
        found = words[0][0]
        if doubtful and (
            found in rules.NO_NAME or found[-1] in rules.NO_LAST or found[0] in rules.FUNCTION and len(found) == 2
        ):
            return 0
        return len(found)
    if doubtful or name[0] in rules.FUNCTION or len(words[0][0]) > 1:
        return 0
    return len(name)


def _keep(spans, kind, start, end):
    if all(end <= a or start >= b for _, a, b in spans):
        spans.append((kind, start, end))


def _id_checks(digits):
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(d) * w for d, w in zip(digits[:17], weights, strict=True))
    return digits[17].upper() == "10X98765432"[total % 11]


def _birthday(digits):
    try:
        return date(1900, 1, 1) <= date(int(digits[:4]), int(digits[4:6]), int(digits[6:])) <= date.today()
    except ValueError:
        return False


def _luhn(digits):
    doubled = (int(d) * (1 + at % 2) for at, d in enumerate(reversed(digits)))
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def _dated(digits):
    """2008-08-08 or 20080808 after a cue such as 电话预订 is a date, not a number to hide."""
    plain = re.sub("[ -]", "", digits)
    return len(plain) == 8 and plain.isdigit() and _birthday(plain)


def _wechat_id(cue, given):
    if rules.WECHAT_WORDS.fullmatch(given):
        return False
    if rules.WECHAT_STRONG.search(re.sub("(?i)^(微信|weixin|wechat)", "", cue)):
        return True
    return any(c.isdigit() or c in "_-" for c in given)

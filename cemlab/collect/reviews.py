"""Whether an export holds reviews rather than answers to questions, and what its columns are then."""

import re

import polars as pl

from cemlab.collect.ratings import Guess

PLAIN = ("csv", "xlsx", "xls")
TEXT = re.compile(r"review|comment|评论|点评|评价|内容|content|正文|^text$|^body$|晒单", re.IGNORECASE)
ASKED = re.compile(r"建议|意见|原因|为什么|请|您|why|reason|suggest|question|^q\d|\?|？", re.IGNORECASE)
STARS = re.compile(r"star|score|rating|grade|星|评分|打分|分数", re.IGNORECASE)
LABEL = re.compile(r"label|polarity|sentiment|emotion|标签|情感|倾向|褒贬", re.IGNORECASE)
SOURCE = re.compile(r"source|platform|channel|site|来源|平台|渠道|站点", re.IGNORECASE)
WRITER = re.compile(
    r"^(user|用户|用户名|user.?name|author|作者|评论者|reviewer|guest|member|买家|会员|.*昵称)$", re.IGNORECASE
)
NUMBER = re.compile(r"^(评论|点评)?(编号|id|序号)$|review.?id|comment.?id", re.IGNORECASE)
LINK = re.compile(r"https?://|^www\.")
BY_HAND = {-2, -1, 0, 1}  # codes of aspects that people labelled
FILLED, SHORTEST, MOST_CLOSED = 0.95, 8, 8
PRAISE, BLAME = "不错|很好|满意|喜欢|推荐", "太差|很差|失望|垃圾|不好|糟糕|难吃"
KINDS = re.compile(r"^cat(egory)?$|品类|类目", re.IGNORECASE)
TITLES = (  # of columns whose own names say little on a page
    (SOURCE, {"zh": "来源", "en": "Source"}),
    (KINDS, {"zh": "品类", "en": "Category"}),
)
FIELDS = {
    "hotel": "酒店|宾馆|房间|入住|前台|退房|携程",
    "restaurant": "好吃|味道|口味|菜品|上菜|餐厅|点了|排队|团购|服务员",
    "shop": "物流|快递|发货|包装|收到|京东|淘宝|客服|质量|卖家|正品|买的",
}
NAMED = {  # what a report on these reviews is called
    "hotel": ("酒店网络口碑", "Hotel reviews"),
    "restaurant": ("餐饮网络口碑", "Restaurant reviews"),
    "shop": ("网购评论口碑", "Online shopping reviews"),
    "": ("网络口碑", "Word of mouth"),
}


def review_guesses(export, guesses):
    """Turn guesses into those of a file of reviews, where it is one.

    Parameters
    ----------
    export : Export
    guesses : dict
        {column: Guess} as `guess_column` gives them; changed in place when the file holds reviews.

    Returns
    -------
    str or None
        Name of the aspect lexicon that fits the texts, "" for none of them; None when these are no reviews.

    Notes
    -----
    Reviews: a plain table in which one column named like a text is filled in 95 of 100 rows, half of them with eight
    characters or more; no question in its name; no NPS, no effort, at most one rating, at most eight closed columns. Ratings
    called stars or score become the outcome, a label of two codes a question whose names are told from words of praise and
    blame in the texts, sources stand first, writers become persons, codes of aspects that people labelled stay outside.
    """
    if export.layout not in PLAIN or export.multiple:
        return None
    frame = export.frame
    text = main_text(frame, export.wording)
    if text is None:
        return None
    found = {column: review_column(frame[column], frame[text], guesses[column]) for column in guesses if column != text}
    ratings = [c for c, g in found.items() if g.role in ("outcome", "touchpoint", "nps", "effort")]
    closed = [c for c, g in found.items() if g.role in ("segment", "question")]
    if len(ratings) > 1 or any(found[c].role in ("nps", "effort") for c in ratings) or len(closed) > MOST_CLOSED:
        return None
    for column in ratings:
        found[column].role = "outcome"
    named = {"title": {"zh": "评论内容", "en": "Review"}}
    found[text] = Guess("comment", named, "the reviews; check that they hold no names or numbers of people")
    first = sorted(found, key=lambda c: not (found[c].role == "segment" and SOURCE.search(c)))
    guesses.clear()
    guesses.update({column: found[column] for column in first})
    return field_of(frame[text])


def main_text(frame, wording):
    """The column of reviews: named like a text, no question, nearly always filled, the longest of such; or None."""
    lengths = {}
    for name in frame.columns:
        values = frame[name]
        said = f"{name} {wording.get(name, '')}"
        if values.dtype != pl.String or not TEXT.search(said) or ASKED.search(said) or not values.len():
            continue
        told = values.str.strip_chars().str.len_chars().fill_null(0)
        if (told > 0).mean() >= FILLED and told.median() >= SHORTEST and values.n_unique() > values.len() / 2:
            lengths[name] = told.mean()
    return max(lengths, key=lengths.get) if lengths else None


def review_column(values, texts, guess):
    """The guess for one column beside the reviews."""
    name, given = values.name, values.drop_nulls()
    numbers = whole_numbers(given)
    if STARS.search(name) and numbers is not None and numbers.min() >= 1 and numbers.max() in (5, 10):
        fields = {"title": {"zh": "星级评分", "en": "Star rating"}, "scale": {"low": 1, "high": int(numbers.max())}}
        return Guess("outcome", fields, "stars; check the ends of the scale")
    if LABEL.search(name) and numbers is not None and set(numbers.unique()) == {0, 1}:
        names = label_names(numbers, texts.filter(values.is_not_null()))
        fields = {"title": {"zh": "原有标签", "en": "Label in the file"}, "options": names}
        return Guess("question", fields, "a label that came with the reviews, no group of customers; check its codes")
    if numbers is not None and numbers.min() < 0 and set(numbers.unique()) <= BY_HAND:
        return Guess(None, why="codes of an aspect that people labelled")
    if NUMBER.search(name) and given.n_unique() == values.len():
        return Guess("key", why="unique in this file; must stay the same when the file is exported again")
    if WRITER.search(name) and given.n_unique() > 30:
        return Guess("person", why="who wrote the review; kept as a keyed hash")
    if given.dtype == pl.String and given.len() and given.str.contains(LINK.pattern).mean() > 0.5:
        return Guess(None, why="links")
    if guess.role == "comment" and given.n_unique() < given.len() / 2:
        return Guess(None, why="names that repeat; give it the role segment or store to compare them")
    title = next((title for shape, title in TITLES if shape.search(name)), None)
    if guess.role == "segment" and title:
        guess.fields = {"title": title if name.isascii() else {**title, "zh": name}, **guess.fields}
    return guess


def whole_numbers(given):
    """Values as floats where all are whole numbers, else None."""
    numbers = given.cast(pl.Float64, strict=False)
    return numbers if len(given) and not numbers.null_count() and (numbers % 1 == 0).all() else None


def label_names(numbers, texts):
    """Names of the codes 1 and 0: praise and blame where the words of the texts bear it out, else the bare codes."""
    good, bad = (texts.str.contains(words).fill_null(False) for words in (PRAISE, BLAME))
    one = numbers == 1
    lean = {code: (good & mask).sum() - (bad & mask).sum() for code, mask in ((1, one), (0, ~one))}
    shares = {code: lean[code] / max(mask.sum(), 1) for code, mask in ((1, one), (0, ~one))}
    if shares[1] > shares[0] + 0.1:
        return {"1": {"zh": "好评", "en": "praise"}, "0": {"zh": "差评", "en": "blame"}}
    return {"1": "1", "0": "0"}


def field_of(texts, most=5000):
    """The lexicon whose words stand in most texts, at least in a quarter and in 1.5 times as many as the next; else ""."""
    some = texts.drop_nulls()
    some = some.gather_every(max(len(some) // most, 1))
    shares = sorted(((some.str.contains(words).mean() or 0.0, name) for name, words in FIELDS.items()), reverse=True)
    (first, name), (second, _) = shares[:2]
    return name if first >= 0.25 and first >= 1.5 * second else ""

"""What a column of an export may be: its role, guessed from name, wording, labels and the shape of its values."""

import re

import polars as pl

from cemlab.collect.ratings import ABSENT, Guess, guess_rating
from cemlab.collect.spss import ASIDE
from cemlab.collect.worded import guess_worded

EXACT_IDENTITY = re.compile(
    r"^(来自ip|ip|ip.?address|ip地址|openid|unionid|nick.?name|e-?mail.*|recipient.*|externalreference|externaldatareference|emailaddress|"
    r"location(latitude|longitude)|author|(用户|微信)?昵称|姓名|您的姓名|微信号?|qq号?|邮箱|手机号?码?|联系电话|电话|身份证号?|住址|地址|附件.*)$",
    re.IGNORECASE,
)
IDENTITY = re.compile(
    r"手机|电话|邮箱|昵称|姓名|微信|openid|附件|身份证|住址|e-?mail|phone|mobile|full name|address|(?<![a-z])ip(?![a-z])",
    re.IGNORECASE,
)
PERSONAL = r"(^|\D)1[3-9]\d{9}(\D|$)|[\w.+-]+@[\w-]+\.\w|^\s*\d{1,3}(\.\d{1,3}){3}|^\d{17}[\dXx]$"
KEY = re.compile(
    r"^\W*(序号|答卷编号|编号|(resp(ondent)?|response|record|answer|case|submission)?[ _.-]?(id|num|no|number|nr)|respnum|id|key|index|uuid)$",
    re.IGNORECASE,
)
PERSON = re.compile(
    r"^\W*(id|user.?id|customer.?id|member.?id|会员号?|会员编号|用户id|客户编号|person|panelist)$", re.IGNORECASE
)
WEIGHT = re.compile(r"^(weights?|wgt|wt|w|权重|加权系数|.*_weight|weight_.*)$", re.IGNORECASE)
OPEN = re.compile(
    r"建议|意见|原因|为什么|说明|补充|评论|comment|why|reason|suggest|\b(dis)?likes?\b|feedback|review|content",
    re.IGNORECASE,
)
CONSENT = re.compile(r"知情同意|是否同意|隐私|consent", re.IGNORECASE)
MAIN_TIME = re.compile(r"提交|结束|完成|end|record|submit|complete|timestamp|answered", re.IGNORECASE)
FORMATS = (
    "%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S",
    "%Y年%m月%d日 %H:%M:%S", "%Y年%m月%d日 %H:%M", "%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日",
    "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%Y", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%d.%m.%Y",
)  # fmt: skip
MOST_OPTIONS = 30
FEWEST_EACH = 3


def guess_column(values, wording, labels, missing):
    """Guess what one column is.

    Parameters
    ----------
    values : polars.Series
        The column of `Export.frame`.
    wording : str
        Its question text, "" where unknown.
    labels : dict
        {code: label} of the file, {} where there are none.
    missing : dict
        {code: reason} the file declares.

    Returns
    -------
    Guess
        A role of None means: leave out, for the reason in `why`.
    """
    name, said = values.name, f"{values.name} {wording}"
    given = values.drop_nulls()
    if missing and given.dtype == pl.String:
        given = given.filter(~given.is_in(list(missing)))
    distinct = given.n_unique()
    if EXACT_IDENTITY.match(name) or EXACT_IDENTITY.match(wording) or (given.dtype == pl.String and _personal(given)):
        return Guess("identifier", why="personal: kept out of the store")
    if not given.len():
        return Guess(None, why="empty in this file")
    if name.endswith("__text"):
        return Guess(None, why="words typed beside an option; give it the role comment to keep them")
    closed = labels or distinct <= MOST_OPTIONS
    if IDENTITY.search(said) and not closed and given.dtype == pl.String:
        return Guess("identifier", why="looks personal: kept out of the store")
    if KEY.match(name) and distinct == values.len():
        return Guess("key", why="unique in this file; must stay the same when the file is exported again")
    if PERSON.match(name) and not labels and distinct > MOST_OPTIONS:
        return Guess("person", why="repeats in this file: one person may answer more than once")
    if (formats := _time_formats(given)) is not None:
        return Guess("time", {"formats": formats} if formats else {}, "when the answer was given")
    numbers = _numbers(given)
    if WEIGHT.match(name) and numbers is not None and not labels and numbers.min() >= 0:
        return Guess("weight", why="case weight")
    if CONSENT.search(said) and distinct <= 3:
        yes = [
            v for v in map(str, given.unique().to_list()) if v.startswith(("同意", "是", "yes", "Yes", "I agree"))
        ] or ["1"]
        return Guess("consent", {"granted": yes}, "which answers are consent")
    if numbers is not None and (rating := guess_rating(numbers, said, labels, missing)):
        return rating
    if numbers is None and not labels and distinct <= MOST_OPTIONS and given.dtype == pl.String:
        rating = guess_worded(sorted(given.unique().to_list()), said, missing)
        if rating is not None:
            return rating
    return _closed(given, said, labels, missing) or _open(given, numbers, said)


def _closed(given, said, labels, missing):
    """A closed question with its options, or None."""
    counts = given.value_counts()
    numbers = _numbers(given)
    fractions = numbers is not None and not (numbers % 1 == 0).all()
    if labels:
        options = {c: text for c, text in labels.items() if c not in missing}
        lost = {
            c: "not_applicable" if ASIDE.search(t) else "no_answer"
            for c, t in options.items()
            if ABSENT.search(t) or ASIDE.search(t)
        }
        options = {c: text for c, text in options.items() if c not in lost}
        fields = {"options": options} if len(options) <= 200 else {}
        fields |= {"missing": {**missing, **lost}} if missing or lost else {}
        return Guess("segment", fields, "labels from the file", weak=False)
    if counts.height > MOST_OPTIONS or fractions or given.len() < FEWEST_EACH * counts.height / 2:
        return None
    if given.dtype == pl.String and given.str.len_chars().mean() > 40:
        return None
    options = {
        _code(v): _code(v)
        for v in sorted(given.unique().to_list(), key=lambda v: (str(type(v)), v))
        if _code(v) not in missing
    }
    few = counts["count"].min() < FEWEST_EACH
    codes = frozenset(map(int, numbers.unique())) if numbers is not None else frozenset()
    fields = {"missing": dict(missing)} if missing else {}
    if few:
        return Guess(
            "segment",
            fields,
            f"{counts.height} distinct answers, some by fewer than {FEWEST_EACH} people: options not listed",
            codes=codes,
        )
    return Guess(
        "segment", {**fields, "options": options}, f"{counts.height} distinct answers; name the codes", codes=codes
    )


def _open(given, numbers, said):
    """Free text, a measured number, or nothing."""
    if numbers is not None:
        return (
            Guess("operational", why="a number; say its unit")
            if numbers.n_unique() > 10
            else Guess(None, why="a number with few values")
        )
    length = given.str.len_chars().mean() if given.dtype == pl.String else 0
    chinese = given.dtype == pl.String and given.str.contains(r"[\u4e00-\u9fff]").mean() > 0.5
    if OPEN.search(said) or length > (8 if chinese else 25):
        return Guess("comment", why="free text; check that it holds no names or numbers of people")
    return Guess(None, why=f"{given.n_unique():,} different short answers; unclear what they are")


def _personal(given):
    """Whether most cells look like a phone number, an e-mail or IP address, or an identity number."""
    return given.len() > 0 and given.str.contains(PERSONAL).mean() > 0.5 and given.str.len_chars().mean() < 40


def _numbers(given):
    """The values as Float64 when all are numbers, else None."""
    if given.dtype.is_numeric():
        return given.cast(pl.Float64)
    if given.dtype != pl.String:
        return None
    cast = given.str.strip_chars().cast(pl.Float64, strict=False)
    return None if cast.null_count() else cast


def _time_formats(given):
    """Formats that every value fits ([] for a column that holds times already), or None for no time."""
    if given.dtype in (pl.Date, pl.Datetime):
        return []
    if given.dtype != pl.String or not given.head(50).str.contains(r"^\s*\d{1,4}[-/.年]\d{1,2}[-/.月]\d{1,4}").all():
        return None
    text = given.unique()
    fits = [
        f
        for f in FORMATS
        if text.str.strptime(pl.Datetime("us", "UTC") if "%z" in f else pl.Datetime("us"), f, strict=False).null_count()
        == 0
    ]
    return fits[:1] or None


def _code(value):
    """A value as a code: 1.0 is "1"."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)

"""Whether a question is a rating, and on which scale: from its labels, its wording, or its neighbours."""

import re
from dataclasses import dataclass, field

from cemlab.collect.spss import ASIDE

RECOMMEND = re.compile(r"recommend|推荐|net.?pro|(?<![a-z])nps(?![a-z])", re.IGNORECASE)
ZERO_TO_TEN = re.compile(r"\b0\s*(-|–|~|to|至|到|—)\s*10", re.IGNORECASE)
OVERALL = re.compile(r"overall|in general|总体|整体|总的来说|q\d+all$", re.IGNORECASE)
EFFORT = re.compile(
    r"(?<![a-z])effort|费力|费劲|费事|省力|省事|\bease of\b|\beasy (to|was|is)\b|how easy|轻松|容易", re.IGNORECASE
)
DEMOGRAPHIC = re.compile(
    r"gender|\bsex\b|(?<![a-z])age(?![a-z])|age.?group|income|educat|region|\bcity\b|provin|state\b|occupation|employ|marital|segment|member|channel|性别|年龄|"
    r"收入|学历|教育|职业|地区|城市|省份|婚姻|会员|渠道|客群",
    re.IGNORECASE,
)
BEST_FIRST = re.compile(
    r"^\W*\d*\W*(very|extremely|completely|strongly|definitely) ?(satisf|agree|likely|easy|good|would|buy)|^\W*\d*\W*excellent|"
    r"(非常|十分|完全|很)(满意|同意|容易|轻松|好|愿意)|一定会|肯定会",
    re.IGNORECASE,
)
RATING = re.compile(
    r"satisf|rate\b|rating|quality|importan|agree|满意|评价|评分|打分|^第\d+题\(|同意|重要|认可|喜欢|good|poor|excellent|likely|difficult|easy",
    re.IGNORECASE,
)
ABSENT = re.compile(
    r"don.?t know|refus|no answer|no response|prefer not|不知道|不清楚|说不清|拒答|未回答", re.IGNORECASE
)


@dataclass
class Guess:
    """A column's role and fields; `why` holds what the user must check, `weak` tells a guess from a fact."""

    role: str | None
    fields: dict = field(default_factory=dict)
    why: str = ""
    weak: bool = True
    codes: frozenset = frozenset()  # whole-number codes of an unlabelled closed question, for `find_batteries`


def guess_rating(numbers, said, labels, missing):
    """A rating on a scale, or None."""
    seen = {int(v) for v in numbers.unique() if float(v).is_integer()}
    if len(seen) < numbers.n_unique():
        return None
    seen -= {int(c) for c in missing if c.lstrip("-").isdigit()}
    missing = dict(missing)
    words = {c: text for c, text in labels.items() if c.lstrip("-").isdigit() and c not in missing}
    for code, text in list(words.items()):
        if ABSENT.search(text) or ASIDE.search(text):
            missing[code] = "not_applicable" if ASIDE.search(text) else "no_answer"
            seen.discard(int(code))
            del words[code]
    coded = sorted(map(int, words))
    whole = (
        bool(coded)
        and (coded == list(range(coded[0], coded[-1] + 1)) or len(coded) == 2)
        and coded[-1] - coded[0] in (3, 4, 5, 6, 9, 10)
    )
    spoken = bool(RATING.search(said) or RECOMMEND.search(said) or any(RATING.search(text) for text in words.values()))
    if labels:
        if not (whole and spoken and seen <= set(range(coded[0], coded[-1] + 1))):
            return None
        low, high = coded[0], coded[-1]
    else:
        if (
            RECOMMEND.search(said)
            and {9, 10} <= seen
            and (0 in seen or ZERO_TO_TEN.search(said))
            and (numbers.is_between(0, 10)).mean() > 0.9
        ):
            low, high = 0, 10
        elif seen and (spoken or OVERALL.search(said) or EFFORT.search(said)) and (bounds := _bounds(seen)):
            low, high = bounds
        else:
            return None
        for stray in sorted(seen - set(range(low, high + 1))):
            missing[str(stray)] = "not_applicable" if stray == high + 1 and high == 5 else "no_answer"
    fields = {"scale": {"low": low, "high": high}}
    if reverse := bool(BEST_FIRST.search(words.get(str(low), ""))):
        fields["scale"]["reverse"] = "true"
    if missing:
        fields["missing"] = missing
    if words:
        fields["options"] = words
    check = f"scale {low} to {high} {'from the labels' if labels else 'from the values seen'}; which end is good"
    check += " (the lowest code seems best: reversed)" if reverse else ""
    check += f"; codes {list(missing)} taken as missing" if missing else ""
    if RECOMMEND.search(said) and (low, high) == (0, 10):
        return Guess("nps", fields, check)
    if RECOMMEND.search(said) and high == 10:
        check += "; nobody answered 0: make it nps, 0 to 10, if 0 was on offer"
    role = (
        "effort" if EFFORT.search(said) or any(re.search("difficult|费力", t) for t in words.values()) else "touchpoint"
    )
    return Guess("outcome" if OVERALL.search(said) or RECOMMEND.search(said) else role, fields, check)


def find_batteries(guesses, least=4):
    """Turn runs of at least `least` neighbouring unlabelled questions with one scale into ratings, in place.

    Parameters
    ----------
    guesses : dict
        {column: Guess} in the order of the file.
    least : int, default 4
        Shortest run; fewer questions with the codes 1 to 5 are as likely options as ratings.
    """
    run = []
    for name, guess in [*guesses.items(), (None, Guess(None))]:
        own = _bounds(guess.codes) if guess.role == "segment" and not DEMOGRAPHIC.search(name) else None
        together = _bounds(frozenset().union(guess.codes, *(guesses[c].codes for c in run))) if own else None
        if together and all(together[1] - _bounds(guesses[c].codes)[1] <= 1 for c in run) and together[1] - own[1] <= 1:
            run.append(name)
            continue
        if len(run) >= least:
            _rate(guesses, run)
        run = [name] if own else []


def _rate(guesses, run):
    """Make one battery of ratings of the columns in `run`."""
    low, high = _bounds(frozenset().union(*(guesses[c].codes for c in run)))
    for column in run:
        missing = {
            str(c): "not_applicable" if c > high else "no_answer"
            for c in sorted(guesses[column].codes)
            if not low <= c <= high
        }
        fields = {"scale": {"low": low, "high": high}} | ({"missing": missing} if missing else {})
        why = f"one of {len(run)} neighbours coded {low} to {high}: ratings, or options of something else"
        why += f"; codes {list(missing)} taken as missing" if missing else ""
        guesses[column] = Guess("outcome" if OVERALL.search(column) else "touchpoint", fields, why)


def _bounds(seen):
    """The usual scale that holds the codes seen; 0 and 6 beside 1 to 5 are blank and does-not-apply."""
    top = max(seen, default=0)
    if seen <= set(range(1, 6)) and top >= 4:
        return 1, 5
    if seen <= set(range(0, 7)) and {1, 5} <= seen and (0 in seen):
        return 1, 5
    if seen <= set(range(1, 7)) and top == 6:
        return 1, 6
    if seen <= set(range(1, 8)) and top == 7:
        return 1, 7
    if seen <= set(range(1, 11)) and top >= 8:
        return 1, 10
    return (0, 10) if seen <= set(range(0, 11)) and top >= 8 else None

"""Ratings given in words (很不满意 … 很满意): which wordings make a scale, and in which order."""

import re

from cemlab.collect.ratings import ABSENT, EFFORT, OVERALL, Guess
from cemlab.collect.spss import ASIDE

NEUTRAL = re.compile(
    r"^(一般(般)?|中立|普通|还行|还可以|尚可|无所谓|不好说|neither\b.*|neutral|average|fair|ok(ay)?)$", re.IGNORECASE
)
STEM = re.compile(
    r"满意|同意|赞同|认可|喜欢|愿意|可能|重要|推荐|省力|费力|省事|费事|容易|困难|方便|麻烦|轻松|符合|清楚|及时|好$|差$|"
    r"satisfied|agree|likely|easy|difficult|hard$|important|good|poor|bad|excellent",
    re.IGNORECASE,
)
NEGATIVE = re.compile(
    r"不|费力|费事|困难|麻烦|差|(^|\s|-)dis|unlikely|unimportant|difficult|hard$|poor|bad|not ", re.IGNORECASE
)
STRONG = re.compile(
    r"非常|十分|极|完全|很|特别|一定|very|extremely|completely|strongly|totally|excellent", re.IGNORECASE
)
WEAK = re.compile(r"比较|较|有点|有些|不太|略|稍|somewhat|rather|slightly|fairly", re.IGNORECASE)


def place(text):
    """Where a wording stands: -3 (very bad) to 3 (very good), 0 in the middle, None when it is no rating."""
    text = text.strip()
    if NEUTRAL.match(text):
        return 0
    if not STEM.search(text) or len(text) > 40:
        return None
    strength = 3 if STRONG.search(text) else 1 if WEAK.search(text) else 2
    return -strength if NEGATIVE.search(text) else strength


def guess_worded(answers, said, missing):
    """A rating in words, or None.

    Parameters
    ----------
    answers : list of str
        The distinct answers.
    said : str
        Name and wording of the question.
    missing : dict
        {code: reason} that the file declares.

    Returns
    -------
    Guess or None
        With codes 1 (worst) upwards. A wording that nobody chose is filled in by symmetry: whoever offers 满意 and
        很满意 also offers 不满意 and 很不满意.
    """
    aside = {
        a: "not_applicable" if ASIDE.search(a) else "no_answer" for a in answers if ASIDE.search(a) or ABSENT.search(a)
    }
    rated = {answer: place(answer) for answer in answers if answer not in aside and answer not in missing}
    levels = list(rated.values())
    if len(levels) < 3 or None in levels or len(set(levels)) < len(levels) or not (min(levels) < 0 < max(levels)):
        return None
    whole = sorted({*levels, *(-level for level in levels)})
    codes = {answer: whole.index(level) + 1 for answer, level in rated.items()}
    options = {str(code): answer for answer, code in sorted(codes.items(), key=lambda pair: pair[1])}
    lost = dict(missing)
    for number, (answer, reason) in enumerate(aside.items()):
        code = str(9 - number if len(whole) < 8 else 99 - number)
        options[code] = answer
        lost[code] = reason
    fields = {"scale": {"low": 1, "high": len(whole)}, "options": options}
    fields |= {"missing": lost} if lost else {}
    why = f"words put in order, 1 worst to {len(whole)} best"
    why += f"; {list(aside)} taken as missing" if aside else ""
    effort = EFFORT.search(said) or any(re.search("费力|费事|difficult", answer) for answer in answers)
    return Guess("outcome" if OVERALL.search(said) else "effort" if effort else "touchpoint", fields, why)

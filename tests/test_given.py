"""Comments of every kind handed over: each function of the text room gives a result or one clear sentence."""

import re

import numpy as np
import pandas as pd
import pytest

from cemlab.masking import mask, mask_series, unbroken
from cemlab.text.aspect_quotations import aspect_quotations
from cemlab.text.aspect_scores import aspect_effects, aspect_scores
from cemlab.text.aspects import aspect_mentions
from cemlab.text.codeframe import Codeframe
from cemlab.text.coding import next_to_code, suggest_codes
from cemlab.text.dialogue import conversation_measures, load_cues
from cemlab.text.given import as_text, is_missing
from cemlab.text.keyness import keyness, promoter_words
from cemlab.text.lexicon import load_lexicon, suggest_words
from cemlab.text.theme_scores import theme_quotations, theme_scores
from cemlab.text.themes import find_themes, place_texts
from cemlab.text.tokens import tokenise

CASES = {
    "empty": [],
    "missing": [None, float("nan"), pd.NA, np.nan, pd.NaT],
    "one": ["房间很干净"],
    "all the same": ["房间很干净，服务好"] * 60,
    "emoji only": ["😀👍", "🙏🏻", "❤️‍🔥"] * 20,
    "very long": ["房间很干净，服务热情。" * 4600],
    "very long without a mark": ["好" * 50000],
    "a cue again and again": ["我是" * 25000],
    "digits only": ["1" * 50000],
    "halves of characters": ["房间\ud800很干净", "服务\udfff好"] * 30,
    "markup": ["<script>alert(1)</script>房间很好", "<b>早餐</b>&nbsp;差"] * 30,
    "formulas": ["=1+1", "+cmd|房间", "-2+3", "@SUM(A1)"] * 15,
    "right to left": ["\u202e房间很干净\u202c", "مرحبا غرفة", "\u200f服务\u200f好"] * 20,
    "english": ["The room was clean and staff friendly", "breakfast was terrible, too expensive"] * 30,
    "zero bytes": ["a\x00房间很好\x00"] * 60,
}
FRAME = Codeframe(name="x", title={"zh": "x"}, codes={"s": {"title": {"zh": "服务"}, "words": ["服务"]}})


@pytest.fixture(scope="module")
def lexicon():
    return load_lexicon("hotel")


@pytest.fixture(scope="module")
def themes():
    said = ["房间很干净，服务热情", "早餐品种丰富，味道好", "地铁站近，出门方便"]
    return find_themes([f"{said[i % 3]}，第{i}次来" for i in range(120)], n=2)


@pytest.mark.parametrize("name", CASES)
def test_every_function_gives_a_result(name, lexicon, themes):
    texts = CASES[name]
    n = len(texts)
    data = pd.DataFrame({"c": pd.Series(texts, dtype=object), "score": ([0, 10] * n)[:n]})
    assert len(tokenise(texts)) == n and len(mask_series(data["c"])) == n
    assert aspect_mentions(texts, lexicon)["text"].is_between(0, max(n - 1, 0)).all()
    assert len(aspect_scores(data, "c", lexicon=lexicon, sentiment=None)) == 2 * len(lexicon.aspects)
    assert len(aspect_effects(data, "c", "score", lexicon=lexicon, sentiment=None)) == 2 * len(lexicon.aspects)
    assert len(aspect_quotations(texts, lexicon=lexicon)) >= 2 * len(lexicon.aspects)
    assert len(place_texts(texts, themes)) == n
    assert len(theme_scores(data, "c", themes=themes)) == 2 and len(theme_quotations(texts, themes)) >= 2
    assert set(suggest_codes(texts, FRAME)["text"]) <= set(range(n)) and len(next_to_code(texts, FRAME)) <= 10
    turns = data.assign(id=range(n), who=(["customer", "agent"] * n)[:n], at=pd.Timestamp("2026-01-01"))
    columns = {"conversation": "id", "speaker": "who", "time": "at", "text": "c"}
    assert len(conversation_measures(turns, cues=load_cues(), sentiment=None, **columns)) == n


@pytest.mark.parametrize("name", CASES)
def test_what_needs_more_says_so(name, lexicon):
    """Themes, proposals and comparisons want enough of something; what they lack stands in one sentence."""
    texts = CASES[name]
    data = pd.DataFrame({"c": pd.Series(texts, dtype=object), "score": 0, "g": "a"})
    for call, wording in (
        (lambda: find_themes(texts), "find_themes: "),
        (lambda: suggest_words(texts, lexicon), "suggest_words: no text holds words"),
        (lambda: promoter_words(data, "c", "score"), "promoter_words: none of .* is a promoter's"),
        (lambda: keyness(data, "c", group="g", target="b"), "keyness: `target` is 'b'"),
    ):
        try:
            call()
        except ValueError as error:
            assert re.search(wording, str(error)) and "\n" not in str(error)


def test_numbers_in_place_of_comments_are_named():
    with pytest.raises(TypeError, match="column 'c' holds int values beside text"):
        keyness(pd.DataFrame({"c": [1, 2], "g": ["a", "b"]}), "c", group="g", target="a")


def test_halves_of_characters_and_missing_by_hand():
    assert unbroken("好\ud83d") == "好\ufffd" and unbroken("\ud83d\ude00") == "😀" and unbroken("好") == "好"
    assert mask("电话13800138000\ud83d") == "电话[电话]\ufffd"
    assert [as_text(v) for v in (None, float("nan"), pd.NA, 3, "好\udfff")] == [None, None, None, "3", "好\ufffd"]
    assert not is_missing("") and is_missing(pd.NaT)

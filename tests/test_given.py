"""Comments of every kind handed over: each function of the text room gives a result or one clear sentence."""

import re

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
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
from cemlab.text.sentiment import sentiment
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


SAID = ["房间很干净，服务热情", "早餐太差", None, "地铁站近，出门方便"] * 15
KINDS = {
    "pandas str": lambda: pd.Series(SAID, dtype="str"),
    "pandas string with NA": lambda: pd.Series(SAID, dtype="string"),
    "pandas categorical": lambda: pd.Series(SAID, dtype="category"),
    "object, None": lambda: pd.Series(SAID, dtype=object),
    "object, NaN": lambda: pd.Series([np.nan if t is None else t for t in SAID], dtype=object),
    "object, NA": lambda: pd.Series([pd.NA if t is None else t for t in SAID], dtype=object),
    "pandas on pyarrow": lambda: pd.Series(SAID, dtype=pd.ArrowDtype(pa.string())),
    "polars String": lambda: pl.Series("c", SAID),
    "polars Categorical": lambda: pl.Series("c", SAID, dtype=pl.Categorical),
    "polars Enum": lambda: pl.Series("c", SAID, dtype=pl.Enum(sorted({t for t in SAID if t}))),
    "polars Object": lambda: pl.Series("c", SAID, dtype=pl.Object),
    "pyarrow": lambda: pa.array(SAID),
    "pyarrow dictionary": lambda: pa.array(SAID).dictionary_encode(),
    "pyarrow chunks": lambda: pa.chunked_array([SAID[:7], SAID[7:]]),
}


def told(texts, lexicon, themes):
    """What the functions of the room say of the texts, whatever holds them."""
    return {
        "labels": list(sentiment(texts)["label"]),
        "words": tokenise(texts),
        "aspects": aspect_mentions(texts, lexicon).rows(),
        "quotations": len(aspect_quotations(texts, lexicon=lexicon)),
        "proposals": list(suggest_words(texts, lexicon, min_n=5)["word"]),
        "themes": list(place_texts(texts, themes)["theme"]),
        "codes": list(suggest_codes(texts, FRAME)["text"]),
        "next": list(next_to_code(texts, FRAME)["text"]),
    }


@pytest.fixture(scope="module")
def of_a_list(lexicon, themes):
    return told(SAID, lexicon, themes)


@pytest.mark.parametrize("kind", KINDS)
def test_what_holds_the_texts_changes_nothing(kind, of_a_list, lexicon, themes):
    texts = KINDS[kind]()
    assert told(texts, lexicon, themes) == of_a_list
    assert of_a_list["labels"].count("none") == 15
    if not kind.startswith("pyarrow"):
        assert sum(map(is_missing, mask_series(texts))) == 15
        frame = {"c": texts, "score": [0, 10] * 30, "g": ["a", "b"] * 30}
        data = pl.DataFrame(frame) if kind.startswith("polars") else pd.DataFrame(frame)
        assert aspect_scores(data, "c", lexicon=lexicon, sentiment=None)["n"].max() == 45
        assert len(theme_scores(data, "c", themes=themes)) == 2
        assert {"早餐", "太差"} & set(keyness(data, "c", group="g", target="b")["word"])


def test_nothing_but_missing_texts_has_no_opinion():
    for texts in (pl.Series("c", [None] * 3), pa.nulls(3), pd.Series([pd.NA] * 3), pd.Series([np.nan] * 3)):
        answer = sentiment(texts)
        assert list(answer["label"]) == ["none"] * 3 and pd.isna(pd.Series(list(answer["probability"]))).all()
        assert tokenise(texts) == [[], [], []]


def test_numbers_beside_text():
    """Where the words matter they are refused in one sentence that quotes no comment; aspects read them as text."""
    mixed = pd.Series(["房间很干净", 5, None], dtype=object, name="c")
    with pytest.raises(TypeError, match="not int; is this the right column"):
        sentiment(mixed)
    for series in (mixed, pl.Series("c", list(mixed), dtype=pl.Object), pd.Series([1, 2], name="c")):
        with pytest.raises(TypeError, match=r"^mask_series: series 'c' holds int(64)? values"):
            mask_series(series)
    with pytest.raises(TypeError, match="^mask_series: series 'c' holds Int64, not text"):
        mask_series(pl.Series("c", [1]))
    scores = aspect_scores(pd.DataFrame({"c": mixed}), "c", lexicon=load_lexicon("hotel"), sentiment=None)
    assert scores["n"].max() == 2

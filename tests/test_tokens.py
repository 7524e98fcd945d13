"""Tokens: folding, the study's own words, emoji, stop words."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cemlab.text.tokens import NEGATIONS, STOP_WORDS, normalise, tokenise


@pytest.mark.parametrize(
    "text, expected",
    [
        ("ＡＢＣ　１２３！", "abc 123!"),
        ("太好了！！！！", "太好了!!"),
        ("好好好好好", "好好"),
        ("55555555", "555"),
        ("价格10000元", "价格10000元"),
        ("看https://example.com/a?b=1这里", "看 url 这里"),
        ("很\u200b好  \n\t用", "很好 用"),
        ("哈哈哈哈😀😀😀😀", "哈哈😀😀"),
        ("", ""),
    ],
)
def test_normalise_by_hand(text, expected):
    assert normalise(text) == expected


def test_traditional_becomes_simplified_only_when_asked():
    assert normalise("這個產品質量很好,畫面清晰,乾坤", simplify=True) == "这个产品质量很好,画面清晰,乾坤"
    assert normalise("這個") == "這個"


@pytest.mark.parametrize(
    "traditional, simplified",
    [
        ("頭髮乾了，餅乾不乾淨，乾燥", "头发干了,饼干不干净,干燥"),
        ("乾隆年間，乾坤，康乾盛世", "乾隆年间,乾坤,康乾盛世"),
        ("皇后後來在裡面", "皇后后来在里面"),
        ("幹部面對麵條，看著著名的書", "干部面对面条,看着著名的书"),
        ("鐘錶，鍾愛", "钟表,钟爱"),
        ("其餘的憑藉運氣，一片狼藉", "其余的凭借运气,一片狼藉"),
        ("妳說甚麼，喫飯", "你说什么,吃饭"),
        ("臺北的滷肉飯，網路訂的", "台北的卤肉饭,网络订的"),
        ("已经是简体", "已经是简体"),
    ],
)
def test_traditional_by_hand(traditional, simplified):
    assert normalise(traditional, simplify=True) == simplified


@pytest.mark.parametrize(
    "text, expected",
    [
        ("看http://t.cn/abc，不错", "看 url ,不错"),
        ("见WWW.Example.com。好", "见 url 。好"),
        ("见http://t.cn/abc, www.a.cn.", "见 url , url ."),
        ("https://a.cn/中文 http://b.cn", "url 中文 url"),
        ("写信给a.b@c.com，版本3.1.4", "写信给a.b@c.com,版本3.1.4"),  # neither is an address of the web
        ("http没开头", "http没开头"),
    ],
)
def test_web_addresses_become_url(text, expected):
    assert normalise(text) == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        ("哈哈哈哈，好～～～～", "哈哈,好~~"),
        ("太差了！！！？？？", "太差了!!??"),
        ("gooood", "good"),
        ("价格100000元，3.1444444", "价格100000元,3.1444444"),  # numbers are not drawn out
        ("66666", "666"),
        ("高高兴兴", "高高兴兴"),
    ],
)
def test_drawn_out_characters_by_hand(text, expected):
    assert normalise(text) == expected


def test_own_words_stay_whole():
    plain = tokenise(["我用云谷小蜜买的"])[0]
    own = tokenise(["我用云谷小蜜买的"], words=["云谷小蜜"])[0]
    assert "云谷小蜜" in own and "云谷小蜜" not in plain


def test_emoji_and_emoticons_are_single_tokens():
    assert tokenise(["好👍🏽👨‍👩‍👧[微笑]!"]) == [["好", "👍", "👨‍👩‍👧", "[微笑]"]]
    assert tokenise(["🇨🇳🇫🇷好❤️❤️"]) == [["🇨🇳", "🇫🇷", "好", "❤", "❤"]]
    assert tokenise(["[强][强]😀😀赞[这里不是表情]"])[0][:5] == ["[强]", "[强]", "😀", "😀", "赞"]
    assert tokenise(["好!"], punctuation=True) == [["好", "!"]]


def test_chinese_and_english_mix():
    assert (
        tokenise(["iPhone15的WiFi很快"])[0] == ["iphone15", "的", "wifi", "很快"]
        or "iphone15" in tokenise(["iPhone15的WiFi很快"])[0]
    )


def test_stop_words_never_hold_a_negation():
    assert not STOP_WORDS & NEGATIONS
    assert tokenise(["这个不好"], stop=True)[0][0] in {"不好", "不"}


@given(st.text(max_size=50))
def test_normalising_twice_is_normalising_once_at_most_shorter(text):
    once = normalise(text)
    assert len(normalise(once)) <= len(once)
    assert once == once.strip()


def test_missing_and_empty():
    assert tokenise([None, float("nan"), "", "  "]) == [[], [], [], []]
    assert tokenise(pd.Series(["好", None])) == [["好"], []]
    assert tokenise([]) == []


def test_errors():
    with pytest.raises(TypeError, match=r"tokenise: texts must be a list or series of texts, not one string"):
        tokenise("好")
    with pytest.raises(TypeError, match=r"normalise: text must be a str, not int"):
        tokenise([3])

"""Names of hotels and shops in quotations: by hand, what is no name, nothing to mask."""

import pytest

from cemlab.text.business_names import compares_names, mask_businesses


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("于山宾馆服务非常差，是我从未见过的恶劣", "[商家名]宾馆服务非常差，是我从未见过的恶劣"),
        ("我们住的是喜来登大酒店", "我们住的是[商家名]大酒店"),
        ("叫‘玛格丽特的’西餐厅", "叫‘[商家名]’西餐厅"),
        ("还不如如家", "还不如[商家名]"),
        ("对面的海天大酒店更好，于山宾馆也行", "对面的[商家名]大酒店更好，[商家名]宾馆也行"),
    ],
)
def test_named_houses_are_masked(text, masked):
    assert mask_businesses(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "应该是沈阳最便宜的五星级酒店",
        "靠近路边的房间，这家宾馆不行",
        "很好的酒店",
        "商务酒店里算好的",
        "酒店不错",
        "",
        "好吃，实惠",
    ],
)
def test_what_a_house_is_like_is_no_name(text):
    assert mask_businesses(text) == text


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("价钱比九洲环宇要高30%多", True),
        ("比中州皇冠好", True),
        ("房间比想象的大", False),
        ("比以前好", False),
        ("价格比较高", False),
        ("", False),
    ],
)
def test_a_comparison_with_a_name_is_seen(text, named):
    assert compares_names(text) is named


def test_masking_twice_changes_nothing():
    once = mask_businesses("于山宾馆和香格里拉都住过")
    assert mask_businesses(once) == once and "于山" not in once and "香格里拉" not in once

"""Coding help: word and model stages, what to code next, agreement with people, shares of codes, wording."""

import numpy as np
import pandas as pd
import pytest

from cemlab.checks import DataError
from cemlab.measure.scores import top_box
from cemlab.text.codeframe import code_columns, load_codeframe
from cemlab.text.coding import coding_agreement, coding_quality, next_to_code, suggest_codes

FRAME = """
name: reasons
title: {zh: 原因, en: Reasons}
codes:
  price: {title: {zh: 价格, en: Price}, definition: {zh: 提到价格或收费}, words: [贵, 价格, 收费]}
  staff: {title: {zh: 服务, en: Staff}, words: [服务, 态度]}
  none: {title: {zh: 没有意见, en: Nothing}, words: [没有], exclusive: true}
"""


@pytest.fixture(scope="module")
def frame(tmp_path_factory):
    path = tmp_path_factory.mktemp("frame") / "frame.yml"
    path.write_text(FRAME, encoding="utf-8")
    return load_codeframe(path)


def coding(pairs):
    """A coding from (text, code) pairs."""
    return pd.DataFrame(pairs, columns=["text", "code"])


def planted(n=240, seed=4):
    """Answers about price, staff or both, in words of which the codeframe knows some; and their true codes."""
    rng = np.random.default_rng(seed)
    price = ["太贵了", "价格高", "花钱多", "不便宜啊", "钱包受不了"]
    staff = ["服务冷淡", "态度差", "店员不理人", "没人招呼", "店员很凶"]
    texts, pairs = [], []
    for i in range(n):
        kind = rng.integers(0, 3)
        parts = ([rng.choice(price)] if kind != 1 else []) + ([rng.choice(staff)] if kind != 0 else [])
        texts.append("，".join(parts) + rng.choice(["", "！", "吧"]))
        pairs += [(i, code) for code, there in (("price", kind != 1), ("staff", kind != 0)) if there]
    return texts, coding(pairs)


def test_words_suggest_with_even_odds_before_anything_is_coded(frame):
    out = suggest_codes(["价格太贵", "服务好", "路过", None], frame)
    assert out[["text", "code"]].values.tolist() == [[0, "price"], [1, "staff"]]
    assert (out["confidence"] == 0.5).all() and (out["source"] == "words").all() and out["suggested"].all()


def test_words_lose_confidence_when_people_contradict(frame):
    """贵 found in 3 coded answers and right once: (1 + 1) / (3 + 2)."""
    texts = ["贵阳很美", "贵宾室", "太贵", "贵吗"]
    out = suggest_codes(texts, frame, coded=coding([(0, None), (1, None), (2, "price")]))
    row = out[(out["text"] == 3) & (out["code"] == "price")].iloc[0]
    assert row["confidence"] == pytest.approx(0.4) and not row["suggested"]


def test_a_model_learns_words_that_the_codeframe_lacks(frame):
    texts, truth = planted()
    known = truth[truth["text"] < 160]
    out = suggest_codes(texts, frame, coded=known)
    fresh = out[(out["text"] >= 160) & out["suggested"]]
    got = set(zip(fresh["text"], fresh["code"], strict=True))
    wanted = set(truth.loc[truth["text"] >= 160].itertuples(index=False, name=None))
    assert len(got & wanted) / len(got | wanted) > 0.95
    assert (fresh["source"] == "model").all()


def test_quality_is_judged_on_unseen_answers(frame):
    texts, truth = planted()
    quality = coding_quality(texts, frame, coded=truth).set_index("item")
    assert quality.loc["price", "estimate"] > 0.9 and quality.loc["price", "ci_low"] > 0.8
    assert quality.loc["price", ["precision", "recall"]].min() > 90 and quality.loc["none", "status"] == "not_estimable"
    rng = np.random.default_rng(1)
    noise = coding([(i, rng.choice(["price", "staff"])) for i in range(len(texts))])
    blind = coding_quality(texts, frame, coded=noise).set_index("item")
    assert blind.loc["price", "ci_low"] < 0.1  # learning noise by heart does not count


def test_what_to_code_next(frame):
    texts = ["太贵", "太贵", "服务差，电话13812345678", "路过", "", None, "价格贵"]
    out = next_to_code(texts, frame, coded=coding([(6, "price")]), n=10)
    assert sorted(out["text"]) == [0, 2, 3]  # no twins, no blanks, nothing that is coded
    assert "13812345678" not in " ".join(out["shown"]) and "[电话]" in " ".join(out["shown"])
    assert out.set_index("text").loc[0, "codes"] == ["price"]
    many, truth = planted()
    drawn = next_to_code(many, frame, coded=truth[truth["text"] < 60], n=10, explore=0.3)
    assert len(drawn) == 10 and drawn["why"].value_counts().to_dict() == {"uncertain": 7, "random": 3}
    pd.testing.assert_frame_equal(drawn, next_to_code(many, frame, coded=truth[truth["text"] < 60], n=10, explore=0.3))
    assert next_to_code([], frame).empty


def test_agreement_of_two_coders_by_hand(frame):
    """Ten answers, price given by both to 4, by one alone to 1, by the other alone to 1: agreement .8, chance .5, kappa .6."""
    one = coding([(i, "price" if i < 5 else None) for i in range(10)] + [(12, "staff")])
    two = coding([(i, "price" if i in (0, 1, 2, 3, 9) else None) for i in range(10)])
    row = coding_agreement(one, two, frame).set_index("item").loc["price"]
    assert row["n"] == 10 and row["estimate"] == pytest.approx(0.6)


def test_codes_become_columns_for_every_measure(frame):
    data = pd.DataFrame({"shop": ["a", "a", "b", "b"]})
    rows = code_columns(data, coding([(0, "price"), (0, "staff"), (1, None), (2, "price")]), frame)
    assert rows["price"].to_list() == [1, 0, 1, None]
    share = top_box(rows, ["price", "staff"], scale=(0, 1), top=[1]).set_index("item")
    assert share.loc["price", "estimate"] == pytest.approx(200 / 3) and share.loc["price", "n_missing"] == 1


def test_wording_of_errors(frame, tmp_path):
    with pytest.raises(DataError, match=r"1 of 2 codings use codes that the codeframe lacks \(\['prise'\]\).*'price'"):
        suggest_codes(["贵", "好"], frame, coded=coding([(0, "prise"), (1, "staff")]))
    with pytest.raises(ValueError, match="names position 5 of 1 answers"):
        suggest_codes(["贵"], frame, coded=coding([(5, "price")]))
    with pytest.raises(DataError, match="1 answers carry an exclusive code beside others"):
        suggest_codes(["没有"], frame, coded=coding([(0, "none"), (0, "price")]))
    with pytest.raises(DataError, match="1 coded answers; code 10 at least"):
        coding_quality(["贵"], frame, coded=coding([(0, "price")]))
    with pytest.raises(ValueError, match="no answer was coded by both"):
        coding_agreement(coding([(0, "price")]), coding([(1, "price")]), frame)
    with pytest.raises(ValueError, match="`explore` is 2"):
        next_to_code(["贵"], frame, explore=2)
    (tmp_path / "f.yml").write_text("name: x\ntitle: {zh: x}\ncodes:\n  a: {titel: {zh: a}}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"load_codeframe: f\.yml, codes\.a\.\w+"):
        load_codeframe(tmp_path / "f.yml")

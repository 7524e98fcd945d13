"""Stars against words: by hand, laws, nothing to judge."""

import polars as pl
import pytest

from cemlab.text.star_conflicts import conflict_examples, star_conflicts

SCALE = {"top": [4, 5], "bottom": [1, 2]}


def rated():
    """Forty high ratings, ten of them with clear blame; twenty low ones, one of them with clear praise; middling ones."""
    rows = (
        [("服务太差再也不来", 5.0, 0.02)] * 10 + [("服务很好下次再来", 4.0, 0.98)] * 28 + [("还可以吧", 5.0, 0.5)] * 2
    )
    rows += (
        [("房间舒服非常满意推荐", 1.0, 0.97)] + [("房间太吵睡不着觉了", 2.0, 0.04)] * 19 + [("一般般", 3.0, 0.01)] * 5
    )
    rows += [("没有判读", 5.0, None)]
    return pl.DataFrame(rows, schema=["text", "stars", "probability"], orient="row")


def test_shares_by_hand():
    out = star_conflicts(rated(), "text", "stars", **SCALE).set_index("item")
    assert out.loc["high_negative", ["estimate", "n"]].tolist() == pytest.approx([25.0, 40])
    assert out.loc["low_positive", ["estimate", "n"]].tolist() == pytest.approx([5.0, 20])
    assert set(out["metric"]) == {"share"}


def test_turning_words_and_stars_swaps_the_kinds():
    turned = rated().with_columns(stars=6 - pl.col("stars"), probability=1 - pl.col("probability"))
    one = star_conflicts(rated(), "text", "stars", **SCALE).set_index("item")["estimate"]
    two = star_conflicts(turned, "text", "stars", **SCALE).set_index("item")["estimate"]
    assert two["low_positive"] == pytest.approx(one["high_negative"]) and two["high_negative"] == pytest.approx(
        one["low_positive"]
    )


def test_examples_are_masked_once_each_and_withheld_for_few():
    rows = rated().with_columns(
        text=pl.when(pl.col("probability") == 0.02).then(pl.lit("太差了，打13800138000投诉")).otherwise("text")
    )
    out = conflict_examples(rows, "text", "stars", **SCALE)
    assert out["kind"].tolist() == ["high_negative", "low_positive"] and "13800138000" not in out["text"][0]
    assert len(conflict_examples(rows, "text", "stars", min_n=50, **SCALE)) == 0


def test_no_stars_on_a_side():
    out = star_conflicts(rated().filter(pl.col("stars") == 3), "text", "stars", **SCALE)
    assert len(out) == 0
    with pytest.raises(ValueError, match=r"star_conflicts: no column \['probability'\]"):
        star_conflicts(rated().drop("probability"), "text", "stars", **SCALE)

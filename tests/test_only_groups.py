"""Reports kept to groups: no report, and no total less reports, tells about a few persons."""

import itertools

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cemlab.report.only_groups import groups_without, may_be_kept_to, pairs_of, persons_in, told


def pairs(sizes, person="person"):
    """Persons by shop: {"a": 12} are twelve persons of shop a, who answered once each."""
    rows = [{"shop": shop, "person": f"{shop}{n}"} for shop, size in sizes.items() for n in range(size)]
    return pairs_of(pl.DataFrame(rows, schema={"shop": pl.String, "person": pl.String}).lazy(), ["shop"], person, 10)


def closed(sizes, **options):
    return {code[0]: n for code, n in groups_without(pairs(sizes, **options), ["shop"], 10).items()}


def test_by_hand():
    assert closed({"a": 30, "b": 20, "c": 12}) == {}
    assert closed({"a": 30, "b": 20, "c": 12, "d": 4}) == {"d": 4, "c": -1}, "total - a - b - c = the four of d"
    assert closed({"a": 30, "b": 20, "d": 4, "e": 7}) == {"d": 4, "e": 7}, "eleven together: nobody can tell d from e"
    assert closed({"a": 30, "d": 4}) == {"d": 4, "a": -1}
    assert closed({"d": 4}) == {"d": 4}
    assert closed({"a": 30, "b": 20, None: 3}) == {"(missing)": 3, "b": -1}, "three without a shop are told as well"
    assert closed({"a": 30, "b": 20, None: 15}) == {"(missing)": 15}, "of no shop there is no report"


def test_persons_are_counted_once_and_rows_without_one_each():
    """The same four persons in three shops are four, not twelve: the smallest shop goes as well."""
    rows = [{"shop": shop, "person": f"p{n}"} for shop in "def" for n in range(4)]
    rows += [{"shop": "a", "person": f"a{n}"} for n in range(30)] + [{"shop": "b", "person": None}] * 20
    found = pairs_of(pl.DataFrame(rows).lazy(), ["shop"], "person", 10)
    assert persons_in(found) == 4 + 30 + 20
    assert groups_without(found, ["shop"], 10) == {("d",): 4, ("e",): 4, ("f",): 4, ("b",): -1}
    assert closed({"a": 30, "b": 20, "d": 4}, person=None) == {"d": 4, "b": -1}


def test_several_groups_in_one_report():
    """Shops a and d together, less a's own report, are the four of d; a and c leave nobody hidden out; d is too small."""
    sizes = {"a": 30, "b": 20, "c": 12, "d": 4}
    for codes, allowed in (
        ("a", True),
        ("c", False),
        ("d", False),
        ("ad", False),
        ("ab", True),
        ("cd", True),
        ("abc", False),
    ):
        assert may_be_kept_to(pairs(sizes), {"shop": list(codes)}, 10) is allowed, codes


def test_two_columns_are_held_against_the_totals_of_each():
    """Shop a has 3 guests of tier x: a's report less (a, y) would tell them; shop b is too small for any report."""
    rows = [("a", "x", 3), ("a", "y", 40), ("a", "z", 30), ("c", "x", 50), ("c", "y", 60), ("b", "y", 3)]
    frame = pl.DataFrame([{"shop": s, "tier": t, "person": f"{s}{t}{n}"} for s, t, size in rows for n in range(size)])
    found = pairs_of(frame.lazy(), ["shop", "tier"], "person", 10)
    shut = groups_without(found, ["shop", "tier"], 10)
    assert {code for code, n in shut.items() if n >= 0} == {("a", "x"), ("b", "y")}
    assert ("a", "z") in shut, "the smallest of shop a that is left"
    assert may_be_kept_to(found, {"shop": ["a"], "tier": ["y"]}, 10) is (("a", "y") not in shut)
    assert not may_be_kept_to(found, {"shop": ["a"], "tier": ["x"]}, 10)


@given(st.dictionaries(st.sampled_from("abcdefg"), st.integers(1, 25), min_size=1))
@settings(max_examples=60, deadline=None)
def test_no_total_less_any_reports_leaves_a_few(sizes):
    """The attack itself: everybody less every choice of published shops is nobody hidden, or ten persons at least."""
    shut = closed(sizes)
    shown = [shop for shop in sizes if shop not in shut]
    hidden = sum(sizes[shop] for shop in shut)
    assert all(sizes[shop] >= 10 for shop in shown)
    for number in range(len(shown) + 1):
        for some in itertools.combinations(shown, number):
            rest = sum(sizes.values()) - sum(sizes[shop] for shop in some)
            assert rest == 0 or rest >= 10 or not shown, (some, shut)
    assert hidden == 0 or hidden >= 10 or not shown
    for shop in sizes:
        assert may_be_kept_to(pairs(sizes), {"shop": [shop]}, 10) is (shop in shown)


@pytest.mark.parametrize("n, words", [(4, "has fewer than 10 persons in 2026-09"), (-1, "is kept back in 2026-09")])
def test_wording(n, words):
    text = told(("04",), n, ["hotel"], period="2026-09", least=10)
    assert text.startswith("schedule: hotel=04 ") and words in text


def test_one_person_who_answers_very_often_is_one():
    """3,000 answers of nine persons are nine persons; the tenth stands at the end, beyond the answers looked at first."""
    often = [{"shop": "a", "person": f"p{n % 9}"} for n in range(3000)]
    others = [{"shop": "b", "person": f"b{n}"} for n in range(40)] + [
        {"shop": "c", "person": f"c{n}"} for n in range(30)
    ]
    frame = pl.DataFrame(often + others)
    assert groups_without(pairs_of(frame.lazy(), ["shop"], "person", 10), ["shop"], 10) == {("a",): 9, ("c",): -1}
    late = pl.DataFrame([*often, {"shop": "a", "person": "late"}, *others])
    found = pairs_of(late.lazy(), ["shop"], "person", 10)
    assert groups_without(found, ["shop"], 10) == {} and found.filter(pl.col("shop") == "b")["rows"].to_list() == [40]

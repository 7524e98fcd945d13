"""Derived columns: bands, codes, look-ups, ranks; routed questions; what the codebook refuses."""

import polars as pl
import pytest

from cemlab.apply import apply_codebook, stored_columns
from cemlab.checks import DataError
from cemlab.codebook import CodebookError, parse_codebook
from cemlab.derive import add_derived, look_up_table

TEXT = """
study: brand_health
name: derived
title: 派生
columns:
  age: {role: operational}
  band: {role: segment, options: {1: {zh: 青年}, 2: {zh: 中年}, 9: {zh: 其他}}, derived: {from: age, bands: {1: [18, 34], 2: [35, null]}, other: 9}}
  young: {role: segment, options: {1: {zh: 是}}, derived: {from: band, codes: {1: [1]}}}
  city: {role: segment}
  tier: {role: segment, derived: {from: city, table: cities_2025, key: city, value: tier, other: "3"}}
  rating: {role: outcome, scale: {low: 1, high: 5, reverse: true}}
  pleased: {role: segment, derived: {from: rating, codes: {1: [4, 5], 0: [1, 2, 3]}}}
  hobby: {role: question, type: multiple, options: {a: {zh: 甲}, b: {zh: 乙}, c: {zh: 丙}}}
  out: {role: question, type: multiple, options: {x: {zh: 户外}}, derived: {from: hobby, codes: {x: [a, b]}}}
  first: {role: question}
  second: {role: question}
  rank: {role: question, type: ranking, options: {p: {zh: 子}, q: {zh: 丑}}, derived: {places: [first, second]}}
  why_not: {role: question, asked_if: {rating: [1, 2]}}
"""
BOOK = parse_codebook(TEXT)
N = None


def stored(**columns):
    """Answers as the store holds them."""
    system = ("_key", "_person", "_wave", "_file", "_batch", "_at", "_date", "_replicate")
    rows = len(next(iter(columns.values())))
    return pl.LazyFrame({name: [N] * rows for name in system} | columns)


def read(**columns):
    return apply_codebook(stored(**columns), BOOK).collect()


def test_bands_hold_both_their_ends():
    out = read(age=[17.0, 18, 34, 35, 90, N])
    assert out["band"].to_list() == ["9", "1", "1", "2", "2", N]
    assert out["band__why"].to_list() == [N] * 5 + ["no_answer"]
    assert out["young"].to_list() == [N, "1", "1", N, N, N]
    assert out["young__why"].to_list() == ["not_applicable", N, N, "not_applicable", "not_applicable", "no_answer"]


def test_codes_are_those_after_reversal():
    out = read(rating=[1.0, 2, 3, 4, 5])
    assert out["rating"].to_list() == [5, 4, 3, 2, 1]
    assert out["pleased"].to_list() == ["1", "1", "0", "0", "0"]


def test_city_tiers_from_the_dated_table():
    out = read(city=["上海", "成都市", "佛山", " 北京 ", "丽江", N])
    assert out["tier"].to_list() == ["1", "2", "2", "1", "3", N]
    tiers = look_up_table(BOOK.columns["tier"].derived)
    assert sorted(tiers.values()).count("1") == 4 and sorted(tiers.values()).count("2") == 15


def test_nets_of_several_answers():
    out = read(hobby__a=[1.0, 0, 0, N], hobby__b=[0.0, 0, 1, N], hobby__c=[0.0, 1, 0, N])
    assert out["out__x"].to_list() == [1, 0, 1, N]
    assert out["out__x__why"].to_list() == [N, N, N, "no_answer"]


def test_ranks_from_places():
    out = read(first=["p", "q", N], second=["q", N, N])
    assert out["rank__p"].to_list() == [1, N, N] and out["rank__q"].to_list() == [2, 1, N]
    assert out["rank__p__why"].to_list() == [N, "not_applicable", "no_answer"]


def test_routed_past_is_not_asked():
    out = read(rating=[1.0, 2, 3, N, 3], why_not=["x", N, N, N, "y"])
    assert out["why_not__why"].to_list() == [N, "no_answer", "not_asked", "not_asked", N]
    assert out["why_not"].to_list()[4] == "y"  # answered all the same: kept, and counted in the codebook print


def test_a_source_no_file_held_is_not_asked():
    out = read(city=["上海"])
    assert out["band__why"].to_list() == ["not_asked"] and out["rank__p__why"].to_list() == ["not_asked"]


def test_derived_columns_are_stored_nowhere():
    assert not {"band", "tier", "out__x", "rank__p"} & set(stored_columns(BOOK))
    assert {"age", "city", "hobby__a", "first"} <= set(stored_columns(BOOK))


def test_made_again_at_every_read():
    """Another band in the codebook gives other codes from the same stored answers."""
    other = parse_codebook(TEXT.replace("1: [18, 34], 2: [35, null]", "1: [18, 29], 2: [30, null]"))
    assert apply_codebook(stored(age=[32.0]), other).collect()["band"].to_list() == ["2"]
    assert other.hash() != BOOK.hash()


@pytest.mark.parametrize(
    "old, new, message",
    [
        ("bands: {1: [18, 34], 2: [35, null]}", "bands: {1: [34, 18]}", "band '1' ends before it begins"),
        ("from: age, bands", "from: ag, bands", "'ag' is no column that stands before it"),
        ("derived: {from: band, codes: {1: [1]}}", "derived: {from: band}", "give one of bands, codes, table or places"),
        ("table: cities_2025, key: city,", "table: cities_2025,", "a table needs `key` and `value`"),
        ("asked_if: {rating", "asked_if: {rting", "'rting' is no column with answers; did you mean 'rating'"),
        ("options: {p: {zh: 子}, q: {zh: 丑}}, derived", "derived", "a ranking answer needs its options"),
        ("type: multiple, options: {a", "type: multiple, exclusive: [z], options: {a", "exclusive: 'z' is not among the options"),
        ("role: outcome, scale", "role: outcome, nets: {top: {codes: [6]}}, scale", r"nets: 'top' holds ['6']"),
        ("age: {role: operational}", "age: {role: operational, rows: {x: 一}}", "only a matrix has rows"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told(old, new, message):
    assert old in TEXT
    with pytest.raises(CodebookError) as caught:
        parse_codebook(TEXT.replace(old, new, 1), "study.yml")
    assert message in str(caught.value)


def test_tables_that_are_not_there_or_broken(monkeypatch, tmp_path):
    (tmp_path / "tiers.csv").write_text("# 2025\ncity,tier\n上海,1\n上海市,2\n", encoding="utf-8")
    monkeypatch.setattr("cemlab.derive.data_folder", lambda name: tmp_path)
    how = BOOK.columns["tier"].derived
    with pytest.raises(ValueError, match=r"no table 'cities_2025' in data/tiers.*There are \['tiers'\]"):
        look_up_table(how)
    with pytest.raises(DataError, match="names '上海' twice"):
        look_up_table(how.model_copy(update={"table": "tiers"}))
    with pytest.raises(ValueError, match=r"has no column 'level'; it has \['city', 'tier'\]"):
        look_up_table(how.model_copy(update={"table": "tiers", "value": "level"}))


def test_add_derived_leaves_other_columns_alone():
    frame = pl.LazyFrame({"age": [20.0], "more": ["x"]})
    assert add_derived(frame, BOOK).collect()["more"].to_list() == ["x"]


def test_a_matrix_is_read_as_one_column_a_row():
    book = parse_codebook(
        TEXT
        + "  like: {role: question, type: matrix, title: {zh: 喜爱}, scale: {low: 1, high: 5}, missing: {6: no_answer}, "
        + "rows: {x: {zh: 一, also: [Q6_A]}, y: 二}}\n"
    )
    row = book.columns["like__x"]
    assert (row.type, row.aliases, row.part_of, row.missing) == ("scale", ("Q6_A",), "like", {"6": "no_answer"})
    assert book.label("like") == "喜爱" and book.label("like__y") == "二" and "like" not in book.columns
    assert [q.name for q in book.questions("question")][-1] == "like"
    assert set(stored_columns(book)) >= {"like__x", "like__y"}

"""The codebook: what it takes, what it refuses, and in which words."""

import pytest

from cemlab.codebook import CodebookError, load_codebook, parse_codebook

TEXT = """\
study: service_touchpoints
name: airport
title: 机场体验
stages: {arrival: {zh: 到达, en: Arrival}}
waves: {2016: {start: 2016-05-01}, 2017: {title: {zh: 2017年}}}
columns:
  respnum: {role: key, aliases: RESPNUM}
  recommend: {role: nps, scale: {low: 0, high: 10}, missing: {11: no_answer}, waves: [2017], target: 40}
  art: {role: touchpoint, stage: arrival, scale: {low: 1, high: 5}, missing: {0: no_answer, 6: not_applicable}}
  gender: {role: segment, options: {1: 男, 2: {zh: 女, en: Female, also: [F]}}}
  hobby: {role: segment, type: multiple, options: {sport: 运动, film: 影视}}
"""


def test_codes_are_text_whatever_yaml_makes_of_them():
    book = parse_codebook(TEXT)
    assert list(book.waves) == ["2016", "2017"]
    assert book.columns["recommend"].missing == {"11": "no_answer"}
    assert book.option_label("gender", 1.0) == "男"
    assert book.option_label("gender", "2", "en") == "Female"
    assert book.option_label("gender", "7") == "7"


def test_one_language_stands_in_for_the_other():
    book = parse_codebook(TEXT)
    assert book.title("en") == "机场体验"
    assert book.label("hobby__film") == "影视"
    assert book.wave_label("2017", "en") == "2017年"
    assert book.wave_label("2016") == "2016"


def test_boxes_default_to_the_two_outer_codes():
    scale = parse_codebook(TEXT).columns["art"].scale
    assert (scale.top_codes, scale.bottom_codes) == ((4, 5), (1, 2))


def test_multiple_answers_are_stored_as_one_column_an_option():
    assert parse_codebook(TEXT).columns["hobby"].stored == ["hobby__sport", "hobby__film"]


def test_the_hash_follows_the_meaning_not_the_layout():
    same = TEXT.replace("title: 机场体验", "title: {zh: 机场体验}  # a comment")
    assert parse_codebook(same).hash() == parse_codebook(TEXT).hash()
    assert parse_codebook(TEXT.replace("target: 40", "target: 41")).hash() != parse_codebook(TEXT).hash()


@pytest.mark.parametrize(
    "old, new, message",
    [
        ("role: nps", "role: npss", "line 8, columns.recommend.role: 'npss' is not allowed. Did you mean 'nps'?"),
        ("stage: arrival", "stage: arival", "line 9, columns.art.stage: 'arival' is not among the stages; did you mean 'arrival'"),
        ("low: 0, high: 10", "low: 1, high: 10", "line 8, columns.recommend: scale: NPS comes from a 0 to 10 question only, this one is 1 to 10"),
        ("aliases: RESPNUM", "aliass: RESPNUM", "line 7, columns.respnum.aliass: unknown field 'aliass'. Did you mean 'aliases'?"),
        ("{11: no_answer}", "{11: noanswer}", "'noanswer' is not allowed. Did you mean 'no_answer'?"),
        ("title: 机场", "titel: 机场", "line 3, titel: unknown field 'titel'. Did you mean 'title'?"),
        ("  art:", "  respnum:", "line 9: 'respnum' stands twice (first in line 7); keep one."),
        ("name: airport", "name: ../airport", "line 2, name: '../airport' must be small letters"),
        ("{low: 1, high: 5}", "{low: 5, high: 1}", "low 5 must be below high 1"),
        ("study: service_touchpoints", "study: service", "Did you mean 'service_touchpoints'?"),
        ("waves: [2017]", "waves: [2018]", "columns.recommend.waves: '2018' is not among the waves"),
        ("{1: 男", "{true: 男", "a code must not be true or false"),
        ("columns:", "columns: [", "codebook survey.yml line"),
        ("aliases: RESPNUM", "aliases: [RESPNUM, art]", "'art' already leads to"),
        ("role: touchpoint, stage: arrival,", "role: touchpoint,", "a touchpoint needs the journey stage"),
    ],
)  # fmt: skip
def test_errors_say_line_field_and_what_is_allowed(old, new, message):
    assert old in TEXT
    with pytest.raises(CodebookError) as caught:
        parse_codebook(TEXT.replace(old, new, 1), "survey.yml")
    assert message in str(caught.value)


def test_a_missing_file_offers_the_nearest(tmp_path):
    (tmp_path / "airport.yml").write_text(TEXT, encoding="utf-8")
    assert load_codebook(tmp_path / "airport.yml").name == "airport"
    with pytest.raises(CodebookError, match="Did you mean 'airport.yml'"):
        load_codebook(tmp_path / "airprt.yml")


def test_a_file_in_another_encoding_is_named(tmp_path):
    (tmp_path / "airport.yml").write_bytes(TEXT.encode("gb18030"))
    with pytest.raises(CodebookError, match="is not UTF-8; save the file as UTF-8"):
        load_codebook(tmp_path / "airport.yml")


def test_the_shipped_codebooks_load(root):
    books = sorted((root / "data" / "codebooks").glob("*.yml"))
    assert books
    for path in books:
        book = load_codebook(path)
        for column in book.columns.values():
            if column.role in ("nps", "outcome", "effort", "touchpoint", "segment"):
                assert column.title("zh") and column.title("en"), f"{path.name}: {column.name} lacks a title"

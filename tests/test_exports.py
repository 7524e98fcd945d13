"""read_export: any encoding, delimiter, line ending and workbook; broken files get one clear error."""

import datetime
import gzip
import hashlib
import io
import struct
import zipfile

import exports_made as made
import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cemlab.checks import DataError
from cemlab.collect import read_export


def put(folder, name, content):
    """Write bytes (or text as UTF-8) and return the path."""
    path = folder / name
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return path


def said(export):
    """All decisions in English, as one text."""
    return " | ".join(decision["en"] for decision in export.decisions)


PLAIN = [("00123", "9", "不错, 但是\n有点慢"), ("00124", None, '他说"还行"'), ("00125", "7", None)]


# by hand


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_encoding_delimiter_and_ending_gives_the_same_answers(tmp_path, encoding, delimiter, ending):
    export = read_export(put(tmp_path, "a.csv", made.text(*made.PLAIN, delimiter, ending).encode(encoding)))
    assert export.frame.columns == ["编号", "评分", "意见"]
    assert export.frame.rows() == PLAIN
    assert export.frame.dtypes == [pl.String] * 3  # 00123 keeps its zeros
    assert export.layout == "csv"
    assert {"\n": "LF", "\r\n": "CRLF", "\r": "CR"}[ending] in said(export)
    assert encoding.removesuffix("-sig")[:6] in said(export)


def test_row_numbers_count_records_of_the_file_and_empty_rows_go(tmp_path):
    export = read_export(put(tmp_path, "a.csv", "满意度调查结果,\n\nid,score\n1,5\n\n,\n2,\n"))
    assert export.frame.rows() == [("1", "5"), ("2", None)]
    assert export.row_numbers.to_list() == [4, 7]
    assert "title rows" in said(export)


def test_names_that_stand_twice_or_not_at_all(tmp_path):
    export = read_export(put(tmp_path, "a.csv", "\ufeff score ,score,,,score,\n1,2,3,,4,\n5,6,7,,8,\n"))
    assert export.frame.columns == ["score", "score (2)", "column_3", "score (3)"]
    assert export.frame.row(1) == ("5", "6", "7", "8")
    assert "2 column names stood twice" in said(export)
    assert "2 empty columns" in said(export)


def test_cells_of_white_space_are_empty_and_reported(tmp_path):
    export = read_export(put(tmp_path, "a.csv", "a,b\n1, \n2, x \n"))
    assert export.frame["b"].to_list() == [None, " x "]
    assert "1 cells held only white space" in said(export)


def test_stray_quotes_and_cells_beyond_the_header(tmp_path):
    export = read_export(put(tmp_path, "a.csv", 'id,text,\n1,a 6" tube\n2,he said "no"\n3,fine,\n'))
    assert export.frame.rows() == [("1", 'a 6" tube'), ("2", 'he said "no"'), ("3", "fine")]


def test_space_before_a_quoted_cell(tmp_path):
    assert read_export(put(tmp_path, "a.csv", 'id, text\n1, "a, b"\n2, "c"\n')).frame.rows() == [
        ("1", "a, b"),
        ("2", "c"),
    ]


def test_declared_delimiter(tmp_path):
    export = read_export(put(tmp_path, "a.csv", "sep=;\na;b\n1;2\n"))
    assert export.frame.rows() == [("1", "2")]
    assert export.row_numbers.to_list() == [3]


def test_workbook_types_title_row_and_second_sheet(tmp_path):
    header, rows = (
        ["id", "score", "share", "mixed", "空", "flag"],
        [[7, 9, 0.5, 1, None, True], [8, None, 1, "一次", None, False]],
    )
    export = read_export(made.workbook(tmp_path / "a.xlsx", header, rows, title="满意度调查", sheets=["说明"]))
    assert export.frame["score"].dtype == pl.Int64 and export.frame["share"].dtype == pl.Float64
    assert export.frame.rows() == [(7, 9, 0.5, "1", None, "TRUE"), (8, None, 1.0, "一次", None, "FALSE")]
    assert export.row_numbers.to_list() == [3, 4]
    assert "说明" in said(export) and "title rows" in said(export)


def test_error_cells_are_empty_and_reported(tmp_path):
    import xlsxwriter

    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["id", "score"])
        sheet.write_row(1, 0, [1, 5])
        sheet.write(2, 0, 2)
        sheet.write_formula(2, 1, "=1/0", None, "#DIV/0!")
    export = read_export(tmp_path / "a.xlsx")
    assert export.frame["score"].to_list() == [5, None]
    assert "1 cells of the workbook hold an error" in said(export)


def test_workbook_dates_are_dates(tmp_path):
    import xlsxwriter

    with xlsxwriter.Workbook(tmp_path / "a.xlsx", {"default_date_format": "yyyy-mm-dd hh:mm"}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["when", "score"])
        sheet.write_datetime(1, 0, datetime.datetime(2024, 5, 1, 9, 30))
        sheet.write(1, 1, 3)
    assert read_export(tmp_path / "a.xlsx").frame.row(0) == (datetime.datetime(2024, 5, 1, 9, 30), 3)


@pytest.mark.parametrize("name", ["a.csv.gz", "a.zip"])
def test_packed_files(tmp_path, name):
    content = made.text(*made.PLAIN).encode("gb18030")
    if name.endswith("gz"):
        path = put(tmp_path, name, gzip.compress(content))
    else:
        path = tmp_path / name
        with zipfile.ZipFile(path, "w") as packed:
            packed.writestr("a.csv", content)
    export = read_export(path)
    assert export.frame.rows() == PLAIN
    assert export.file_hash == hashlib.sha256(path.read_bytes()).hexdigest()


def test_names_that_lie_about_the_content(tmp_path):
    made.workbook(tmp_path / "a.csv", ["a", "b"], [[1, 2]])
    assert "named .csv, but the content is xlsx" in said(read_export(tmp_path / "a.csv"))
    export = read_export(put(tmp_path, "b.xlsx", "a,b\n1,2\n"))
    assert export.layout == "csv" and "named .xlsx, but the content is text" in said(export)


def test_web_page_named_xls(tmp_path):
    page = (
        "<html><table><tr><th>编号</th><th>意见</th></tr><tr><td>01</td><td>好<br>快 &amp; 稳</td></tr></table></html>"
    )
    export = read_export(put(tmp_path, "a.xls", page.encode("gb18030")))
    assert export.frame.rows() == [("01", "好\n快 & 稳")]
    assert "content is html" in said(export)


def test_spss_labels_missing_codes_and_dates(tmp_path):
    import pandas as pd
    import pyreadstat

    frame = pd.DataFrame(
        {"q1": [1.0, 2.0, 9.0, None], "name": ["甲", "", "乙", "丙"], "day": [datetime.date(2024, 1, 2)] * 4}
    )
    pyreadstat.write_sav(
        frame,
        tmp_path / "a.sav",
        column_labels={"q1": "总体满意度", "name": "称呼", "day": "日期"},
        variable_value_labels={"q1": {1.0: "不满意", 2.0: "满意", 9.0: "不适用"}},
        missing_ranges={"q1": [9]},
    )
    export = read_export(tmp_path / "a.sav")
    assert export.layout == "spss"
    assert export.frame["q1"].to_list() == [1, 2, 9, None]
    assert export.frame["name"].to_list() == ["甲", None, "乙", "丙"]
    assert export.frame["day"].dtype == pl.Date
    assert export.wording["q1"] == "总体满意度"
    assert export.options["q1"] == {"1": "不满意", "2": "满意", "9": "不适用"}
    assert export.missing == {"q1": {"9": "not_applicable"}}


def test_qualtrics_two_and_three_header_rows(tmp_path):
    ids = '"{""ImportId"":""_recordId""}","{""ImportId"":""QID1""}"'
    three = read_export(put(tmp_path, "a.csv", f"ResponseId,Q1\nResponse ID,How likely?\n{ids}\nR_1,9\nR_2,0\n"))
    two = read_export(
        put(tmp_path, "b.csv", "V1,V2,V3,Q1,\nResponseID,ResponseSet,Name,How likely?,\nR_1,Set,Anon,9,\n")
    )
    assert three.frame.rows() == [("R_1", "9"), ("R_2", "0")] and three.row_numbers.to_list() == [4, 5]
    assert three.wording == {"ResponseId": "Response ID", "Q1": "How likely?"} and three.layout == "qualtrics"
    assert two.frame.rows() == [("R_1", "Set", "Anon", "9")] and two.row_numbers.to_list() == [3]
    assert two.wording["Q1"] == "How likely?"


def test_google_forms_times_and_joined_answers(tmp_path):
    rows = [["2019/10/01 12:38:43 AM GMT+8", "tea;milk", "a; b"], ["2019/10/01 12:05:00 PM GMT+8", "tea", "c"], ["2019/10/01 下午 1:00:00 GMT-3", "milk;tea;ice", "d"]]  # fmt: skip
    export = read_export(put(tmp_path, "a.csv", made.text(["Timestamp", "What?", "Why?"], rows)))
    assert export.layout == "google_forms"
    assert export.frame["Timestamp"].to_list() == [
        "2019-10-01T00:38:43+08:00",
        "2019-10-01T12:05:00+08:00",
        "2019-10-01T13:00:00-03:00",
    ]
    assert export.multiple == {"What?": {o: f"What?({o})" for o in ["tea", "milk", "ice"]}}
    assert export.frame.select("What?(tea)", "What?(milk)", "What?(ice)").rows() == [(1, 1, 0), (1, 0, 0), (1, 1, 1)]
    assert export.frame["Why?"].to_list() == ["a; b", "c", "d"]  # free text is left alone


def test_a_layout_asked_for(tmp_path):
    page = put(tmp_path, "a.csv", "V1,V2,V3,Q1\nResponseID,ResponseSet,Name,How?\nR_1,Set,Anon,9\n")
    assert read_export(page, layout="csv").frame.height == 2
    with pytest.raises(DataError, match="not in layout 'wenjuanxing_text'"):
        read_export(page, layout="wenjuanxing_text")
    with pytest.raises(ValueError, match=r"`layout` is 'exel'.*must be one of"):
        read_export(page, layout="exel")


# against real exports and the counts published with them

SHAPES = {
    "service/sfo_customer_survey_2014.csv": (2818, 94),
    "service/sfo_customer_survey_2015.csv": (2958, 88),
    "service/sfo_customer_survey_2016.csv": (3087, 97),
    "service/sfo_customer_survey_2017.csv": (2831, 97),
    "service/Mobiles_feedback_4_weeks.sav": (895, 28),
    "service/bank_tidied.sav": (896, 9),
    "service/satisfaction.sav": (896, 8),
    "service/callcenter_anonymous_bank_feb1999.txt.gz": (33344, 17),
    "service/skytrax_lounge.csv.gz": (2264, 21),
    "brand/Burger_Brand_Tracking_Dec_2017.sav": (4853, 523),
    "brand/RD34_Data_4.sav": (327, 373),
    "brand/Colas.sav": (327, 87),
    "brand/pcaPhoneTestData.sav": (623, 125),
    "text_zh/ChnSentiCorp_htl_all.csv.gz": (7766, 2),
    "text_zh/asap_train_sample.csv": (100, 21),
    "text_zh/asap_dev_sample.csv": (100, 21),
    "text_zh/online_shopping_10_cats.zip": (62774, 3),
    "exports/zh_word_importance.sav": (53, 35),
    "exports/qualtrics_sample.csv": (1, 20),
    "exports/qualtrics_sample_legacy.csv": (1, 15),
}


@pytest.mark.parametrize("file", SHAPES)
def test_real_files_have_the_rows_and_columns_they_are_known_for(shared, file):
    export = read_export(shared / "data" / file)
    assert export.frame.shape == SHAPES[file]
    assert export.row_numbers.len() == export.frame.height


def test_known_counts_of_real_files(shared):
    data = shared / "data"
    sfo = read_export(data / "service/sfo_customer_survey_2017.csv").frame["NETPRO"]
    assert (sfo == "11").sum() == 84
    mobiles = read_export(data / "service/Mobiles_feedback_4_weeks.sav")
    assert ((mobiles.frame["Q8"] >= 9).sum(), (mobiles.frame["Q8"] <= 6).sum()) == (453, 147)
    assert mobiles.missing["Q12_5"] == {"6": "no_answer"}
    bank = read_export(data / "service/bank_tidied.sav").frame
    assert sum(bank.null_count().row(0)) == 987
    calls = read_export(data / "service/callcenter_anonymous_bank_feb1999.txt.gz").frame["outcome"]
    assert dict(calls.value_counts().rows()) == {"AGENT": 27162, "HANG": 5904, "PHANTOM": 278}
    hotel = read_export(data / "text_zh/ChnSentiCorp_htl_all.csv.gz").frame
    assert dict(hotel["label"].value_counts().rows()) == {"1": 5322, "0": 2444}
    forms = read_export(data / "exports/google_forms_starbucks.csv")
    assert forms.layout == "google_forms" and forms.frame.height == 122
    assert forms.frame["Timestamp"][0] == "2019-10-01T12:38:43+08:00"


# laws

CELLS = st.text(st.characters(codec="gb18030", exclude_characters="\x00", exclude_categories=("Cs", "Cc")), max_size=12)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(CELLS, CELLS, st.text('ab",;\n', max_size=6)), min_size=1, max_size=8),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]),
)
def test_what_was_written_is_read(tmp_path, rows, delimiter, encoding):
    """A table written by Python's csv module comes back cell by cell; blank rows go, white space counts as empty."""
    rows = [(f"n{index}", *row) for index, row in enumerate(rows)]
    if encoding == "gb18030":  # rare characters alone, with no common one beside them, look like a western file
        rows = [tuple(cell.encode("gb2312", "ignore").decode("gb2312") for cell in row) for row in rows]
    path = put(tmp_path, "a.csv", made.text(["编号", "列一", "列二", "列三"], rows, delimiter).encode(encoding))
    want = [tuple(cell if cell.strip() else None for cell in row) for row in rows]
    assert read_export(path).frame.rows() == want


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 250))
def test_a_file_cut_anywhere_never_gives_a_row_that_was_not_there(tmp_path, cut):
    """Cut off after any byte, a file is refused, or its rows are those of the whole file save the last cell."""
    content = made.text(["编号", "评分", "意见"], [[f"{i:03}", "9", f"意见, {i}"] for i in range(15)]).encode("utf-8")
    whole = read_export(put(tmp_path, "whole.csv", content)).frame
    try:
        part = read_export(put(tmp_path, "part.csv", content[: min(cut, len(content) - 1)])).frame
    except DataError:
        return
    if part.width == 3:
        assert part.select("编号", "评分").rows() == whole.head(part.height).select("编号", "评分").rows()


# empty and broken


def ole(*streams):
    """The start of an OLE file that mentions these streams."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + b"".join(s.encode("utf-16-le") for s in streams)


@pytest.mark.parametrize(
    "name, content, message",
    [
        ("empty.csv", b"", r"'empty.csv' is empty \(0 bytes\)"),
        ("blank.csv", b"\xef\xbb\xbf \r\n", "is empty"),
        ("header.csv", b"a,b\n", r"a header but no answers \(0 rows under row 1\)"),
        ("cut.csv", b"a,b,c\n1,2,3\n4,5", r"ends in the middle of row 3: 2 of 3 cells; it was cut off"),
        ("quote.csv", b'a,b\n1,"x\n2,y\n', "opened and never closed"),
        ("cutchar.csv", "a,b\n1,很好".encode()[:-1], "ends in the middle of a character"),
        ("long.csv", b"a,b\n1,x\n2,y,z\n3,w\n", r"1 of 3 rows have more cells than the header's 2 \(first: row 3 with 3\)"),
        ("short.csv", b"a,b,c\n1,x,y\n2\n3,z,w\n", r"1 of 3 rows have fewer cells than the header's 3 \(first: row 3 with 1\)"),
        ("mixed.csv", "意见,b\n很好很好很好很好很好,1\n".encode() + b"\xff\xfe,2\n", "not sound UTF-8 text: 2 places.*near line 3"),
        ("binary.csv", bytes(range(256)) * 8, "is not a table"),
        ("report.csv", b"%PDF-1.7 ...", "holds a PDF document"),
        ("login.xls", b"<!DOCTYPE html><html><body>please log in</body></html>", "a web page with 0 tables"),
        ("locked.xlsx", ole("EncryptionInfo", "EncryptedPackage"), "protected by a password"),
        ("broken.xls", ole("Workbook"), "broken or cut-off workbook"),
        ("broken.xlsx", b"PK\x03\x04broken", "broken or cut-off xlsx or zip file"),
        ("broken.sav", b"$FL2@(#) SPSS DATA FILE", "broken or cut-off SPSS file"),
        ("broken.csv.gz", gzip.compress(b"a,b\n" * 5000, mtime=0)[:40], "broken or cut-off gzip"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_gets_one_clear_error(tmp_path, name, content, message):
    path = put(tmp_path, name, content)
    with pytest.raises(DataError, match=message) as caught:
        read_export(path)
    assert str(caught.value).startswith(f"read_export: {name!r}")
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == content
    assert sorted(p.name for p in tmp_path.iterdir()) == [name]


def test_a_workbook_cut_anywhere_is_refused(tmp_path):
    path = made.workbook(tmp_path / "a.xlsx", ["a", "b"], [[1, 2]] * 50)
    content = path.read_bytes()
    for share in (0.2, 0.5, 0.9, 0.99):
        with pytest.raises(DataError, match="broken or cut-off"):
            read_export(put(tmp_path, "b.xlsx", content[: int(share * len(content))]))


def test_real_files_cut_in_half_are_refused(shared, tmp_path):
    for file in ("exports/wjx_800_text.xls", "service/Mobiles_feedback_4_weeks.sav", "exports/zh_word_importance.sav"):
        content = (shared / "data" / file).read_bytes()
        with pytest.raises(DataError, match="broken or cut-off"):
            read_export(put(tmp_path, file.split("/")[1], content[: len(content) // 2]))


def test_old_workbook_with_a_password(shared, tmp_path):
    """Turn the second record of a real xls into FILEPASS (0x002F), as protected files have it."""
    content = bytearray((shared / "data/exports/wjx_800_text.xls").read_bytes())
    start = content.index(struct.pack("<HH", 0x0809, 16))
    length = struct.unpack_from("<H", content, start + 2)[0]
    struct.pack_into("<H", content, start + 4 + length, 0x2F)
    with pytest.raises(DataError, match="protected by a password"):
        read_export(put(tmp_path, "a.xls", bytes(content)))


@pytest.mark.parametrize(
    "file", ["exports/wjx_800_text.xls", "concept/eggs_attributes.xlsx", "service/bank_tidied.sav"]
)
def test_damaged_bytes_give_answers_or_one_error(shared, tmp_path, file):
    """Bytes overwritten at random: no other exception may reach the caller."""
    content, random = (shared / "data" / file).read_bytes(), np.random.default_rng(5)
    for _ in range(25):
        damaged = bytearray(content)
        start = int(random.integers(0, len(damaged) - 64))
        damaged[start : start + 64] = random.bytes(64)
        try:
            read_export(put(tmp_path, file.split("/")[1], bytes(damaged)))
        except DataError as error:
            assert str(error).startswith("read_export: ")


def test_an_empty_workbook(tmp_path):
    made.workbook(tmp_path / "a.xlsx", [], [])
    with pytest.raises(DataError, match="no cell in any"):
        read_export(tmp_path / "a.xlsx")


def test_zip_with_two_files(tmp_path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as out:
        out.writestr("a.csv", "a\n1\n")
        out.writestr("b.csv", "a\n1\n")
    with pytest.raises(DataError, match="a zip with 2 files. Unpack it"):
        read_export(put(tmp_path, "a.zip", packed.getvalue()))


# error wording


def test_a_file_that_is_not_there(tmp_path):
    put(tmp_path, "wave_2017.csv", "a\n1\n")
    with pytest.raises(FileNotFoundError, match=r"'wave_2071.csv' is not there. Did you mean 'wave_2017.csv'\?"):
        read_export(tmp_path / "wave_2071.csv")
    with pytest.raises(FileNotFoundError, match="is a folder"):
        read_export(tmp_path)


def test_errors_show_no_answer(tmp_path):
    for body in (
        "id,text\n1,secret words, cut\n2,ok\n",
        "id,text,x\n1,secret words\n2,a,b\n",
        'id,text\n1,"secret words\n',
    ):
        with pytest.raises(DataError) as caught:
            read_export(put(tmp_path, "a.csv", body))
        assert "secret" not in str(caught.value)


HALVES = {  # a cell's bytes -> what is read, and how many places are lost
    "half an emoji": ("很好".encode() + b"\xed\xa0\xbd" + "，下次再来".encode(), "很好\ufffd，下次再来", 1),
    "an emoji in two parts": ("很好".encode() + b"\xed\xa0\xbd\xed\xb8\x80", "很好😀", 0),
    "an emoji cut off": ("很好".encode() + "😀".encode()[:2], "很好\ufffd", 1),
    "a word cut off": ("很好".encode() + "味".encode()[:2], "很好\ufffd", 1),
}


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("kind", HALVES)
def test_answers_survive_halves_of_characters(tmp_path, kind, bom):
    """The other answers are read, the lost places are counted and told, the file stays as it came."""
    cell, read, lost = HALVES[kind]
    data = bom + '编号,意见\n1,服务很好环境不错\n2,"'.encode() + cell + '"\n3,一般般吧\n'.encode()
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    export = read_export(path)
    assert export.frame["意见"].to_list() == ["服务很好环境不错", read, "一般般吧"]
    told = " ".join(one["en"] for one in export.decisions)
    assert (f"({lost} × \ufffd)" in told and "halves of characters" in told) == bool(lost)
    assert path.read_bytes() == data


def test_gb18030_with_a_character_cut_off(tmp_path):
    cell = "味道不错就是有点咸".encode("gb18030")[:-1]
    path = tmp_path / "a.csv"
    path.write_bytes("编号,意见\n1,服务很好环境不错\n2,".encode("gb18030") + cell + "\n3,一般😀\n".encode("gb18030"))
    export = read_export(path)
    assert export.frame["意见"].to_list() == ["服务很好环境不错", "味道不错就是有点\ufffd", "一般😀"]
    assert "gb18030 (1 × \ufffd)" in export.decisions[0]["en"]


def test_other_broken_bytes_are_refused_still(tmp_path):
    """Half an emoji beside bytes of another encoding, and more halves than whole texts."""
    rows = "编号,意见\n1,服务很好环境不错\n".encode()
    for more in (b"2,\xed\xa0\xbd\n3,\xff\xfe\n", b"2,\xed\xa0\xbd\xed\xa0\xbd\xed\xa0\xbd\n"):
        (tmp_path / "a.csv").write_bytes(rows + more)
        with pytest.raises(DataError, match="is not sound .* text: "):
            read_export(tmp_path / "a.csv")

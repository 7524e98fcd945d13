"""A finished report in other formats: the same words, tables and figures, and nothing that runs or counts by itself."""

import json

import docx
import openpyxl
import pytest
from docx.oxml.ns import qn

from cemlab.report.document import read_document
from cemlab.report.formats import write_formats
from cemlab.report.manifest import check_report
from tests.reports_made import HEADLINE, SENTENCES, write_report


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_report(tmp_path_factory.mktemp("reports") / "visits" / "2026Q3")


@pytest.fixture(scope="module")
def word(folder):
    return docx.Document(str(write_formats(folder, ["docx"])[0]))


def test_the_document_holds_what_the_page_shows(folder):
    document = read_document(folder)
    kinds = [piece["kind"] for piece in document.pieces]
    assert document.title == "到店体验 · 2026年第三季度" and document.lang == "zh"
    assert kinds.count("picture") == 1 and kinds.count("table") == 2 and "cards" in kinds
    assert [piece["number"] for piece in document.pieces if piece.get("number")] == ["图 1", "表 1", "表 2"]
    assert document.opening["headline"] == HEADLINE and document.opening["findings"] == list(SENTENCES)
    assert document.opening["actions"] == ["查明下降的原因。"]
    assert document.opening["cards"][0]["direction"] == "down" and document.opening["cards"][0]["unit"] == "分"
    quoted = next(piece for piece in document.pieces if piece.get("title") == "原声")
    assert quoted["rows"][0]["cells"][0]["text"] == "<b>很好</b> & “满意”"


def test_word_has_headings_native_tables_and_captions_that_count(word):
    headings = [p.text for p in word.paragraphs if p.style.name.startswith("Heading")]
    assert headings[:1] == ["核心结论"] and "走势" in headings
    captions = [p for p in word.paragraphs if p.style.name == "Caption"]
    assert [p.text for p in captions] == ["图 1  各期 NPS", "表 1  各群体的 NPS", "表 2  原声"]
    codes = [code.text for code in word.element.iter(qn("w:instrText"))]
    assert [code.strip() for code in codes] == ["SEQ 图 \\* ARABIC", "SEQ 表 \\* ARABIC", "SEQ 表 \\* ARABIC"]
    groups = next(table for table in word.tables if table.cell(0, 0).text == "出行目的")
    assert groups.cell(1, 0).text == "商务" and groups.cell(1, 1).text == "5.0"
    assert len(groups.rows) == 4 and groups.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert len(word.inline_shapes) == 1 and "<b>很好</b> & “满意”" in [
        row.cells[0].text for row in word.tables[-1].rows
    ]


def test_word_names_its_chinese_font_and_the_data(word):
    fonts = word.styles["Normal"].element.rPr.rFonts
    assert fonts.get(qn("w:eastAsia")) == "微软雅黑"
    assert "数据版本 3" in word.sections[0].footer.paragraphs[0].text
    assert word.sections[0].header.paragraphs[0].text == "到店体验 · 2026年第三季度"


def test_a_company_template_keeps_its_styles_header_and_page(folder, tmp_path):
    company = docx.Document()
    company.sections[0].header.paragraphs[0].text = "某某咨询"
    company.sections[0].page_width = 7_000_240
    company.styles["Heading 1"].font.size = 330_200
    company.add_paragraph("旧文字")
    company.save(str(tmp_path / "company.docx"))
    write_formats(folder, ["docx"], template=tmp_path / "company.docx")
    made = docx.Document(str(folder / "report.docx"))
    assert made.sections[0].header.paragraphs[0].text == "某某咨询"
    assert made.sections[0].page_width == 7_000_240 and made.styles["Heading 1"].font.size == 330_200
    assert "旧文字" not in [p.text for p in made.paragraphs]
    assert made.styles["Normal"].element.rPr.rFonts.get(qn("w:eastAsia")) == "微软雅黑"


def test_the_workbook_has_formats_labels_and_no_formula(folder):
    book = openpyxl.load_workbook(write_formats(folder, ["xlsx"])[0])
    assert book.sheetnames == ["目录", "总体指标", "细分人群", "shares", "主要发现"]
    groups = book["细分人群"]
    assert [cell.value for cell in groups[4]][:2] == ["出行目的", "指标"]
    assert groups["A5"].value == "商务" and groups.freeze_panes
    hidden = [row for row in groups.iter_rows(min_row=5, values_only=True) if row[0] == "（未回答）"][0]
    assert "— 为保护隐私，不显示" in hidden
    shares = {cell.value: cell for row in book["shares"].iter_rows(min_row=4) for cell in row}
    assert shares[0.625].number_format == "0.0%"
    assert shares["=cmd"].data_type == "s" and shares["=cmd"].quotePrefix
    assert not any(cell.data_type == "f" for sheet in book for row in sheet.iter_rows() for cell in row)


def test_the_same_report_gives_the_same_bytes_and_a_sound_manifest(folder):
    names = ["docx", "xlsx"]
    first = [path.read_bytes() for path in write_formats(folder, names)]
    assert [path.read_bytes() for path in write_formats(folder, names)] == first
    assert {"report.docx", "report.xlsx"} <= set(check_report(folder)["files"])


def test_wrong_formats_and_templates_are_told_before_anything_is_written(folder, tmp_path):
    with pytest.raises(ValueError, match=r"format \['doc'\] is not known; `formats` may hold"):
        write_formats(folder, ["docx", "doc"])
    with pytest.raises(ValueError, match="neither .docx nor .pptx"):
        write_formats(folder, ["docx"], template="house.odt")
    (tmp_path / "bad.docx").write_text("no archive")
    with pytest.raises(ValueError, match="bad.docx is no Word template"):
        write_formats(folder, ["docx"], template=tmp_path / "bad.docx")
    with pytest.raises(ValueError, match="no finished report"):
        write_formats(tmp_path, ["docx"])


def test_a_report_changed_by_hand_is_not_sealed(tmp_path):
    folder = write_report(tmp_path / "r")
    (folder / "results.csv").write_text("part\nx\n", encoding="utf-8")
    with pytest.raises(ValueError, match="r: 'results.csv' differs from the report's manifest"):
        write_formats(folder, ["xlsx"])
    assert json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["files"]["run.ipynb"]

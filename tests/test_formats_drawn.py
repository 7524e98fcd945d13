"""PDF, slides and the long picture of a report: signs that can be drawn, native charts of result rows, sizes kept."""

import io
import re
import shutil
import subprocess
import zipfile

import pptx
import pytest
from PIL import Image
from pptx.oxml.ns import qn

from cemlab.report.document import read_document
from cemlab.report.finding_charts import finding_charts
from cemlab.report.formats import write_formats
from cemlab.report.summary import read_summary
from cemlab.report.typesetting import all_text, drawn, undrawable
from tests.reports_made import HEADLINE, SENTENCES, write_report


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_report(tmp_path_factory.mktemp("reports") / "visits", words="味道 #好* $5 [x] \\ 😀")


@pytest.fixture(scope="module")
def slides(folder):
    return pptx.Presentation(str(write_formats(folder, ["pptx"])[0]))


def test_the_charts_of_findings_hold_rows_of_the_results(folder):
    change, group = finding_charts(folder, read_summary(folder))
    assert [(bar["label"], bar["value"], bar["n"], bar["strong"]) for bar in change.bars] == [
        ("2026年第二季度", 36.0, 1200, False),
        ("2026年第三季度", 22.0, 1200, True),
    ]
    assert [(bar["label"], bar["value"], bar["strong"]) for bar in group.bars] == [
        ("商务", 5.0, True),
        ("休闲", 33.3, False),
    ]
    assert group.text(group.bars[0], "zh") == "5.0 分 [-2.0, 12.0] n=480"


def test_five_slides_sum_up_and_each_finding_has_a_native_chart(slides):
    titles = [slide.shapes.title.text for slide in slides.slides]
    assert titles == [
        "到店体验 · 2026年第三季度",
        "核心结论",
        "主要发现",
        "建议",
        "怎么读：误差与口径",
        "发现 1",
        "发现 2",
    ]
    said = "\n".join(s.text_frame.text for slide in slides.slides for s in slide.shapes if s.has_text_frame)
    assert HEADLINE in said and all(sentence in said for sentence in SENTENCES)
    chart = next(shape.chart for shape in slides.slides[5].shapes if shape.has_chart)
    assert list(chart.plots[0].categories) == ["2026年第二季度", "2026年第三季度"]
    assert list(chart.plots[0].series[0].values) == [36.0, 22.0]
    assert chart.part.chart_workbook.xlsx_part is not None
    assert "36.0 分 [31.6, 40.2] n=1,200" in slides.slides[5].notes_slide.notes_text_frame.text


def test_slides_name_the_chinese_font_in_every_text(slides):
    for slide in slides.slides:
        runs = [
            run for shape in slide.shapes if shape.has_text_frame for p in shape.text_frame.paragraphs for run in p.runs
        ]
        assert runs
        for run in runs:
            assert run.font._rPr.find(qn("a:ea")).get("typeface") == "微软雅黑", run.text


def test_a_company_master_is_honoured(folder, tmp_path):
    company = pptx.Presentation()
    company.slide_width = 9_999_999
    company.slide_masters[0].name = "某某咨询"
    company.slides.add_slide(company.slide_layouts[0]).shapes.title.text = "旧幻灯片"
    company.save(str(tmp_path / "company.pptx"))
    write_formats(folder, ["pptx"], template=tmp_path / "company.pptx")
    made = pptx.Presentation(str(folder / "report.pptx"))
    assert made.slide_width == 9_999_999 and made.slide_masters[0].name == "某某咨询"
    assert "旧幻灯片" not in [slide.shapes.title.text for slide in made.slides]
    names = zipfile.ZipFile(folder / "report.pptx").namelist()
    assert len([name for name in names if re.match(r"ppt/slides/slide\d+\.xml", name)]) == len(made.slides)


def test_no_sign_of_a_report_becomes_an_empty_box(folder):
    """The words of the package can all be drawn; what a respondent wrote and the font lacks is named, not dropped."""
    text = all_text(read_document(folder))
    assert undrawable(text) == "😀"
    lost = {}
    assert drawn("好😀\u200d\ufe0f", lost) == "好〓" and list(lost) == ["😀"]


def test_the_pdf_says_what_the_report_says_and_text_is_never_markup(folder, tmp_path):
    path = write_formats(folder, ["pdf"])[0]
    assert path.read_bytes().startswith(b"%PDF-") and b"/FontFile" in path.read_bytes()
    if shutil.which("pdftotext") is None:
        pytest.skip("no pdftotext to read the PDF with")
    done = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, encoding="utf-8", timeout=60)
    said = re.sub(r"\s+", "", done.stdout)
    for wanted in (HEADLINE, *SENTENCES, "味道#好*$5[x]\\〓", "U+1F600", "数据版本3", "图1", "表2"):
        assert re.sub(r"\s+", "", wanted) in said
    assert said.count("原文得分") >= 2  # the head of a table that goes on stands on every page


def test_the_long_picture_is_1080_wide_and_everything_is_the_same_twice(folder):
    names = ["png", "pptx", "pdf"]
    first = [path.read_bytes() for path in write_formats(folder, names)]
    with Image.open(io.BytesIO(first[0])) as image:
        assert image.width == 1080 and image.height > 1500
    assert [path.read_bytes() for path in write_formats(folder, names)] == first


def test_a_report_without_claims_has_five_slides_that_say_so(tmp_path):
    from tests.reports_made import found

    folder = write_report(tmp_path / "quiet", findings=found().assign(verdict="not_significant"))
    made = pptx.Presentation(str(write_formats(folder, ["pptx"])[0]))
    assert len(made.slides) == 5

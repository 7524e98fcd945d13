"""Whitepaper cases: every number a row of a report's results, every verb backed by a test, nothing slips through."""

import re

import docx
import pytest

from cemlab.report.summary import read_table
from cemlab.report.whitepaper import new_case, render_case, substitution
from cemlab.report.whitepaper_check import check_case
from cemlab.report.whitepaper_text import read_case
from tests.reports_made import results, write_report

HEAD = "---\ntitle: 示例\nreports: {本期: visits/2026Q3}\nmin_n: 30\nanonymise: {到店体验: 某企业体验}\n---\n"
REFERENCE = "{{ 本期#nps(all) }}"


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reports")
    write_report(folder / "visits" / "2026Q3")
    return folder


@pytest.fixture
def checked(reports, tmp_path):
    def check(body):
        path = tmp_path / "case.md"
        path.write_text(HEAD + body, encoding="utf-8")
        return check_case(path, reports=reports)

    return check


def told(checked, kind):
    return [problem.line for problem in checked.problems if problem.kind == kind]


@pytest.mark.parametrize(
    "reference, words",
    [
        ("{{ 本期#nps(all) }}", "22.0 分"),
        ("{{ visits/2026Q3#nps:recommend(all) | nounit, digits=0 }}", "22"),
        ("{{ 本期#nps(_wave=2026Q2) | base }}", "36.0 分（n=1,200）"),
        ("{{ 本期#nps(all) | interval, base }}", "22.0 分（95% 置信区间 17.3～26.5；n=1,200）"),
        ("{{ 本期#nps(all) | change }}", "较2026年第二季度显著下降 14.0 分"),
        ("{{ 本期#nps(all) | previous }}", "36.0 分"),
        ("{{ 本期#nps(all) | difference }}", "-14.0 分"),
        ("{{ 本期#nps(purpose=a) | change }}", "显著低于其余受访者 28.3 分"),
        ("{{ 本期#nps(purpose=休闲) | change }}", "与其余受访者未见显著差异"),
        ("{{ 本期#nps(purpose=商务) | n }}", "480"),
        ("{{ 本期#top_box:=cmd(all) }}", "62.5%"),
    ],
)
def test_a_reference_is_filled_in_from_its_row(checked, reference, words):
    case = checked(reference)
    assert [shown for _, _, shown in case.values.values()] == [words] and not case.errors


@pytest.mark.parametrize(
    "reference, message",
    [
        ("{{ visits/2026Q4#nps(all) }}", "no report 'visits/2026Q4' under .*Did you mean 'visits/2026Q3'"),
        ("{{ 本期#npx(all) }}", "no metric 'npx' in visits/2026Q3. Did you mean 'nps'"),
        ("{{ 本期#nps(purpos=a) }}", "no cut 'purpos'.*Did you mean 'purpose'"),
        ("{{ 本期#nps(purpose=c) }}", "is no row of results.csv"),
        ("{{ 本期#nps(purpose=*) }}", "means 2 rows; begin with table: or figure:"),
        ("{{ 本期#top_box(all) | change }}", "was not compared in its report"),
        ("{{ ../outside#nps(all) }}", "no report"),
    ],
)
def test_a_reference_without_its_row_is_named_with_its_line(checked, reference, message):
    problems = checked(f"第一行\n\n{reference}\n").errors
    assert len(problems) == 1 and problems[0].line == 9
    assert re.search(message, problems[0].message)


@pytest.mark.parametrize(
    "line",
    [
        "满意度为 62.0%。",
        "约三成宾客不满。",
        "跌了两倍",
        "百分之五的人",
        "有１２家门店",
        "共 1,200 份",
        "NPS 62 分",
        "NPS62",
        "**9**",
    ],
)
def test_a_number_typed_by_hand_is_refused(checked, line):
    assert told(checked(f"## 背景\n{line}"), "number") == [8]


@pytest.mark.parametrize(
    "line", ["2026年10月5日", "1. 第一条", "## 1. 背景", "T2B 与 GB/T 19038", "这三件事", "完成", REFERENCE]
)
def test_dates_numbering_and_names_are_no_figures(checked, line):
    assert told(checked(line), "number") == []


def test_numbers_in_titles_are_typed_by_hand_too(checked, reports, tmp_path):
    assert told(checked("{{ figure: 本期#nps(_wave=*) | title=跌了 14 分 }}"), "number") == [7]
    (tmp_path / "t.md").write_text(HEAD.replace("title: 示例", "title: 跌了 14 分"), encoding="utf-8")
    assert told(check_case(tmp_path / "t.md", reports=reports), "number") == [2]


def test_a_fact_from_outside_needs_its_source(checked):
    assert checked("行业平均 [[31 分|某某协会 2025 年报告]]。").problems == []
    assert told(checked("行业平均 [[31 分|]]。"), "source") == [7]


@pytest.mark.parametrize(
    "sentence, wrong",
    [
        (f"NPS 下降，为 {REFERENCE}。", False),
        (f"NPS 上升到 {REFERENCE}。", True),  # the other way
        (f"NPS 低于同行，为 {REFERENCE}。", True),  # a change is no contrast
        ("商务客人 {{ 本期#nps(purpose=a) }}，低于其他人。", False),
        ("休闲客人 {{ 本期#nps(purpose=b) }}，高于其他人。", True),  # not significant
        (f"NPS 为 {REFERENCE}，未见上升。", False),
        (f"目标是把 {REFERENCE} 提升上去。", False),
        (f"NPS 为 {REFERENCE}。口碑明显改善。", True),  # under findings a verb needs a reference in its own sentence
    ],
)
def test_a_verb_needs_a_tested_finding_of_its_direction(checked, sentence, wrong):
    assert bool(told(checked(f"## 发现\n{sentence}"), "verb")) == wrong


def test_verbs_without_figures_are_free_outside_the_findings(checked):
    assert told(checked("## 行动\n提升早餐品质，降低等候。"), "verb") == []


def test_small_groups_are_not_published(reports, tmp_path):
    path = tmp_path / "case.md"
    path.write_text(
        HEAD.replace("min_n: 30", "min_n: 500") + "{{ 本期#nps(purpose=a) }} {{ 本期#nps(purpose=b) }}",
        encoding="utf-8",
    )
    case = check_case(path, reports=reports)
    assert [words for _, _, words in case.values.values()] == ["样本不足，不发布", "33.3 分"]
    assert told(case, "base") == [7]
    hidden = checked_words(reports, tmp_path, "{{ table: 本期#nps(purpose=*) }}")
    assert "5.0 分" not in hidden and "33.3 分" in hidden


def checked_words(reports, tmp_path, body):
    path = tmp_path / "small.md"
    path.write_text(HEAD.replace("min_n: 30", "min_n: 500") + body, encoding="utf-8")
    return render_case(path, out=tmp_path / "out", reports=reports)[0].read_text(encoding="utf-8")


def test_a_case_is_written_in_three_formats_and_the_company_stays_unnamed(reports, tmp_path):
    path = tmp_path / "case.md"
    body = f"## 发现\n\n到店体验的 NPS 为 {REFERENCE}，行业 [[31 分|某协会]]。\n\n{{{{ figure: 本期#nps(_wave=*) | title=两期 }}}}\n\n<script>x</script>\n"
    path.write_text(HEAD + body, encoding="utf-8")
    page, word, pdf = render_case(path, out=tmp_path / "out", formats=("html", "docx", "pdf"), reports=reports)
    text = page.read_text(encoding="utf-8")
    assert "22.0 分" in text and "31 分〔1〕" in text and "资料来源" in text and "数字索引" in text
    assert "到店体验" not in text and "某企业体验" in text and "<script>x" not in text
    said = [p.text for p in docx.Document(str(word)).paragraphs]
    assert "图 1  两期" in said and not any("到店体验" in one for one in said)
    assert pdf.read_bytes().startswith(b"%PDF-")


def test_a_case_with_errors_is_not_written_and_lists_them_all(reports, tmp_path):
    path = tmp_path / "case.md"
    path.write_text(HEAD + "有 9 家店。\n\n涨了 8%。\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"2 thing\(s\) to mend\n  line 7: “9”.*\n  line 9: “8%”"):
        render_case(path, out=tmp_path / "out", reports=reports)
    assert not (tmp_path / "out").exists()


def test_drift_and_newer_reports_are_told(tmp_path):
    reports, path = tmp_path / "reports", tmp_path / "case.md"
    write_report(reports / "visits" / "2026Q3")
    path.write_text(HEAD + REFERENCE, encoding="utf-8")
    render_case(path, out=tmp_path / "out", reports=reports)
    assert check_case(path, reports=reports).problems == []
    for file in sorted((reports / "visits" / "2026Q3").iterdir()):
        file.unlink()
    (reports / "visits" / "2026Q3").rmdir()
    rows = results()
    rows.loc[1, "estimate"] = 25.0
    write_report(reports / "visits" / "2026Q3", rows=rows)
    write_report(reports / "visits" / "2026Q4", period="2026Q4")
    found = check_case(path, reports=reports)
    assert [one.kind for one in found.problems] == ["moved", "superseded"]
    assert "22.0 分" in found.problems[0].message and "25.0 分" in found.problems[0].message
    assert read_table(reports / "visits" / "2026Q3" / "results.csv")["item"].iloc[-1] == "=cmd"


def test_names_are_substituted_longest_first():
    hide = substitution({"山河": "某", "山河酒店": "某酒店", "SHANHE": "X"})
    assert hide("山河酒店与山河，shanhe") == "某酒店与某，X"


@pytest.mark.parametrize("frame, words", [("five", ["背景", "方法", "发现", "行动", "成效"]), ("six", "道法术器用势")])
def test_a_new_case_renders_as_it_is(reports, tmp_path, frame, words):
    path = new_case(tmp_path / f"{frame}.md", report="visits/2026Q3", frame=frame)
    assert [line[3] for line in path.read_text(encoding="utf-8").split("\n") if line.startswith("## ")] == [
        w[0] for w in words
    ]
    assert check_case(path, reports=reports).errors == []
    with pytest.raises(ValueError, match="exists already"):
        new_case(path, report="visits/2026Q3")


@pytest.mark.parametrize(
    "text, message",
    [
        ("# 没有头", "no head; begin with a line ---"),
        ("---\ntitel: x\n---\n", "no field 'titel'. Did you mean 'title'"),
        ("---\ntitle: x\n---\n\n{{ 本期 nps }}", "line 5: '{{ 本期 nps }}' is no reference"),
        ("---\ntitle: x\n---\n{{ a#nps(all) | intervall }}", "line 4: no option 'intervall'. Did you mean 'interval'"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(tmp_path, text, message):
    (tmp_path / "c.md").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message.replace("{", r"\{")):
        read_case(tmp_path / "c.md")


def test_names_are_hidden_in_pictures_before_they_are_drawn(reports, tmp_path, monkeypatch):
    """Labels of a picture become outlines that no later substitution reaches."""
    drawn = []
    monkeypatch.setattr("cemlab.report.rows.wrap", lambda text, width=14: drawn.append(text) or text)
    path = tmp_path / "case.md"
    text = HEAD.replace("anonymise: {", "anonymise: {商务: 甲类, ") + "{{ figure: 本期#nps(purpose=*) }}"
    path.write_text(text, encoding="utf-8")
    render_case(path, out=tmp_path / "out", reports=reports)
    assert drawn == ["甲类", "休闲"]

"""What changed since the report before: tested change, noise, data, codebook, method, code; and reports made again."""

import json

import pandas as pd
import pytest

from cemlab.report.changes import Report, changes
from cemlab.report.opening import opening_of
from cemlab.report.reproduce import as_stored, compare

CODE = {"cemlab": "1", "commit": "a", "notebook_sha256": "n", "python": "3", "packages": {}}


def report(wave="2026-10", *, estimate=40.0, n=500, method="wald", data=1, book="b", code=CODE, findings=None, se=2.0):
    rows = [
        {
            "part": "headline",
            "_wave": wave,
            "metric": "nps",
            "item": "recommend",
            "estimate": estimate,
            "se": se,
            "n": n,
            "method": method,
        }
    ]
    facts = {"wave": wave, "data_version": data, "codebook_hash": book}
    return Report(facts, pd.DataFrame(rows), pd.DataFrame(findings or []), code)


def kinds(before, now):
    return changes(before, now)["kind"].tolist()


def test_the_same_report_has_no_changes():
    assert kinds(report(), report()) == []


@pytest.mark.parametrize(
    "now, kind",
    [
        ({"estimate": 41.0, "n": 510, "data": 2}, "data"),
        ({"estimate": 41.0, "data": 2}, "data"),
        ({"estimate": 41.0, "book": "c"}, "codebook"),
        ({"estimate": 41.0, "n": 510, "book": "c"}, "codebook"),
        ({"estimate": 41.0, "method": "adjusted", "code": CODE | {"commit": "b"}}, "method"),
        ({"estimate": 41.0, "code": CODE | {"packages": {"numpy": "9"}}}, "code"),
        ({"estimate": 41.0, "data": 2, "book": "c"}, "codebook+data"),
        ({"estimate": 41.0}, "unexplained"),
    ],
)
def test_a_figure_of_one_period_changed_for_a_reason(now, kind):
    assert kinds(report(), report(**now)) == [kind]


def test_between_periods_figures_are_tested():
    """(48 - 40) / sqrt(4 + 4) = 2.83, p = 0.0047; (42 - 40) / 2.83 = 0.71 is noise."""
    (row,) = changes(report(), report("2026-11", estimate=48.0)).to_dict("records")
    assert row["kind"] == "tested" and row["p_value"] == pytest.approx(0.004678, abs=1e-6)
    assert kinds(report(), report("2026-11", estimate=42.0)) == ["noise"]


def test_the_reports_own_findings_decide():
    said = {
        "kind": "wave",
        "metric": "nps",
        "item": "recommend",
        "estimate": 48,
        "difference": 8,
        "reference": "2026-10",
        "n": 500,
        "n_reference": 500,
    }
    for verdict, kind in (("claim", "tested"), ("not_significant", "noise"), ("small_effect", "small")):
        now = report("2026-11", estimate=48.0, findings=[said | {"verdict": verdict, "p_family": 0.1, "sentence": "s"}])
        (row,) = changes(report(), now).to_dict("records")
        assert (row["kind"], row["before"], row["after"]) == (kind, 40, 48)


def folder(path, table, facts):
    path.mkdir()
    (path / "results.csv").write_text(table, encoding="utf-8")
    (path / "findings.csv").write_text("sentence\n", encoding="utf-8")
    (path / "facts.json").write_text(json.dumps(facts), encoding="utf-8")
    return path


HEAD = "part,_wave,metric,item,estimate,se,n\n"


def test_the_page_opens_with_age_and_changes(tmp_path):
    facts = {"wave": "2026-09", "data_version": 1, "answers": {"2026-09": 500}, "newest_answer": "2026-09-30"}
    old = folder(tmp_path / "old", HEAD + "headline,2026-09,nps,<b>,40,2,500\n", facts)
    facts = {
        "wave": "2026-10",
        "data_version": 2,
        "answers": {"2026-09": 535, "2026-10": 480},
        "newest_answer": "2026-10-30",
    }
    rows = "headline,2026-09,nps,<b>,41.5,2,535\nheadline,2026-10,nps,<b>,30,2,480\n"
    new = folder(tmp_path / "new", HEAD + rows, facts)
    standing = {"today": "2026-11-02", "previous": str(old), "stale_days": 7}
    (page,) = opening_of(new, standing, notebook_hash="x")
    assert "最新一份答卷：2026年10月30日，距本报告 3 天。" in page and "与上一期报告（2026-09）相比" in page
    assert "2026-09 的答卷由 500 份变为 535 份" in page and "40.0 → 41.5" in page
    assert "<b>" not in page and "&lt;b&gt;" in page
    told = json.loads((new / "changes.json").read_text(encoding="utf-8"))
    assert told["counts"] == {"data": 1, "tested": 1} and told["age_days"] == 3 and not told["stale"]
    (page,) = opening_of(new, standing | {"today": "2026-11-30"}, notebook_hash="x", lang="en")
    assert "31 days before this report; nothing has come in since" in page and 'class="cem-fresh stale"' in page
    (page,) = opening_of(new, standing | {"previous": None}, notebook_hash="x")
    assert "第一期" in page


def test_what_could_not_be_tested_is_said():
    from cemlab.report.opening import words_of

    said = {"kind": "wave", "metric": "nps", "item": "recommend", "reference": "2026-10", "difference": float("nan"),
            "estimate": float("nan"), "verdict": "not_estimable"}  # fmt: skip
    before, now = report(), report("2026-11", findings=[said, said])
    for lang, told in (
        ("zh", "2 项指标样本不足，无法检验有无变化。"),
        ("en", "2 figures rest on too few answers to test"),
    ):
        tested, lines = words_of(changes(before, now), before, now, None, lang)
        assert tested == [] and lines[0].startswith(told)


def test_a_difference_names_the_cell(tmp_path):
    old, new = tmp_path / "a.csv", tmp_path / "b.csv"
    old.write_text(HEAD + "headline,2026-09,nps,recommend,40,2,500\n", encoding="utf-8")
    new.write_text(HEAD + "headline,2026-09,nps,recommend,40.0000000001,2,500\n", encoding="utf-8")
    assert compare(old, new) == (7, [])
    new.write_text(HEAD + "headline,2026-09,nps,recommend,40.000001,2,500\n", encoding="utf-8")
    assert compare(old, new)[1] == [
        "results.csv line 2 (part=headline, metric=nps, item=recommend), estimate: '40' then, '40.000001' now."
    ]
    new.write_text(HEAD, encoding="utf-8")
    assert compare(old, new)[1] == ["results.csv: 1 rows then, 0 now."]


def test_a_notebook_as_it_was_before_it_ran(tmp_path):
    cells = [
        {
            "cell_type": "code",
            "metadata": {"tags": ["injected-parameters"]},
            "source": "x = 1",
            "outputs": [],
            "execution_count": 1,
        },
        {
            "cell_type": "code",
            "metadata": {},
            "source": "x",
            "outputs": [{"output_type": "stream"}],
            "execution_count": 2,
        },
    ]
    (tmp_path / "run.ipynb").write_text(json.dumps({"cells": cells, "nbformat": 4}), encoding="utf-8")
    (cell,) = as_stored(tmp_path / "run.ipynb")["cells"]
    assert cell["outputs"] == [] and cell["execution_count"] is None


def test_tables_as_reports_write_them(tmp_path):
    """Empty cells in the columns that cut, codes such as 01, places on a curve: figures of one period still find each other."""
    from cemlab.report.changes import read_report

    head = "part,_wave,hotel,metric,item,at,estimate,se,n,method\n"
    old = ["headline,2026-09,,nps,recommend,,40,2,500,wald", "stores,2026-09,01,nps,recommend,,30,5,60,wald",
           "curve,2026-09,,score,days,0.5,7,1,500,wald", "other,,,share,x,,1,1,500,wald"]  # fmt: skip
    new = ["headline,2026-10,,nps,recommend,,48,2,500,wald", "headline,2026-09,,nps,recommend,,40,2,500,wald",
           "stores,2026-09,01,nps,recommend,,33,5,66,wald", "curve,2026-09,,score,days,0.5,7,1,500,wald"]  # fmt: skip
    told = []
    for name, wave, lines, version in (("old", "2026-09", old, 1), ("new", "2026-10", new, 2)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "results.csv").write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
        (tmp_path / name / "findings.csv").write_text("sentence\n", encoding="utf-8")
        (tmp_path / name / "facts.json").write_text(
            json.dumps({"wave": wave, "data_version": version}), encoding="utf-8"
        )
        told.append(read_report(tmp_path / name))
    found = changes(*told)
    late = found[found["kind"] == "data"]
    assert late[["cut", "before", "after", "n_before", "n_after"]].values.tolist() == [["hotel=01", 30, 33, 60, 66]]
    tested = found[found["kind"] == "tested"]
    assert tested[["metric", "before", "after"]].values.tolist() == [["nps", 40, 48]] and len(found) == 2

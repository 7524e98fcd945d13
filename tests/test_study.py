"""What a report needs is looked at before a kernel starts, and what it leaves is harmless in a spreadsheet."""

import pandas as pd
import pytest

from cemlab.collect.ingest import ingest
from cemlab.report.render import render
from cemlab.report.study import open_study, write_outputs

BOOK = """
study: service_touchpoints
name: s
title: 研究
columns:
  id: {role: key, aliases: [编号]}
  q: {role: nps, aliases: [推荐], scale: {low: 0, high: 10}}
  method: {role: question, aliases: [方式]}
  g: {role: segment, aliases: [性别]}
"""


@pytest.fixture
def codebook(tmp_path, monkeypatch):
    """A study of 60 answers in a store of its own."""
    monkeypatch.setenv("CEMLAB_HOME", str(tmp_path))
    monkeypatch.setenv("CEMLAB_KEY", str(tmp_path / "key"))
    path = tmp_path / "s.yml"
    path.write_text(BOOK, encoding="utf-8")
    rows = "".join(f"{i},{i % 11},x,{'=1+1' if i % 2 else '女'}\n" for i in range(60))
    (tmp_path / "e.csv").write_text("编号,推荐,方式,性别\n" + rows, encoding="utf-8")
    ingest(tmp_path / "e.csv", path)
    return path


@pytest.mark.parametrize(
    "parameters, message",
    [
        ({"wave": "2018"}, r"study s: no answers of wave '2018'; there are \['all'\]"),
        ({"by": "h"}, r"study s: 'h' is no segment.* There are \['g'\]"),
        ({"weights": "wt"}, "study s: no weight column 'wt'; write none: its codebook names no weight"),
        ({"lang": "fr"}, "study: `lang` is 'fr'; it must be one of"),
        ({"min_n": "-3"}, "study: `min_n` is -3; it is a number of answers"),
        ({"codebook": "gone.yml"}, "no file"),
    ],
)
def test_a_report_that_cannot_be_made_is_refused_before_it_runs(codebook, tmp_path, parameters, message):
    with pytest.raises((ValueError, OSError), match=message):
        render("service_touchpoints", parameters={"codebook": str(codebook), **parameters}, out=tmp_path / "out")
    assert not list(tmp_path.glob("*out*")) and not list(tmp_path.glob(".out*"))


def test_a_study_without_a_key_figure_says_which_roles_make_one(codebook, tmp_path):
    codebook.write_text(BOOK.replace("role: nps", "role: question, type: scale"), encoding="utf-8")
    with pytest.raises(
        ValueError, match="no column has the role nps, outcome or effort, so the report has no key figure"
    ):
        render("service_touchpoints", parameters={"codebook": str(codebook)}, out=tmp_path / "out")


def test_a_question_may_be_named_like_a_result_column(codebook):
    from cemlab.measure.scores import nps

    study = open_study(codebook)
    assert study.shown(nps(study.now, "q", by="g"))["status"].tolist() == ["low_base", "low_base"]


def test_no_cell_of_the_results_is_a_formula(codebook, tmp_path):
    from cemlab.measure.scores import nps

    study = open_study(codebook)
    said = pd.DataFrame({"sentence": ["=HYPERLINK(1)"], "difference": [-1.5]})
    write_outputs(tmp_path / "o", results={"a": nps(study.now, "q", by="g")}, findings=said, study=study, seed=1)
    table = pd.read_csv(tmp_path / "o" / "results.csv")
    assert sorted(table["g"]) == ["'=1+1", "女"]
    assert pd.read_csv(tmp_path / "o" / "findings.csv").iloc[0].tolist() == ["'=HYPERLINK(1)", -1.5]

"""The employee sample from its exports to reports: what was planted is said, small units stay hidden, a manager sees theirs."""

import re

import pandas as pd
import pytest

from cemlab.report.render import render
from cemlab.report.study import notebook_of
from cemlab.sample_study import report_samples
from cemlab.simulate_employee import PLANTED, organisation

UNIT = "works2"  # a department that is low on one dimension


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A team's folder with the employee sample rendered for the whole company and for one manager, in English."""
    folder = tmp_path_factory.mktemp("employees")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CEMLAB_HOME", str(folder))
        patch.setenv("CEMLAB_KEY", str(folder / "secret.key"))
        patch.delenv("CEMLAB_LAKE", raising=False)
        report_samples(say=lambda line: None, studies=["employee_engagement"])
        render(notebook_of("employee_engagement"), parameters={"unit": UNIT, "lang": "en"}, out=folder / "manager")
        yield folder


@pytest.fixture(scope="module")
def report(home):
    """Results, findings and page of the company's report."""
    folder = home / "reports" / "employee_engagement" / "2026"
    frames = [pd.read_csv(folder / name, low_memory=False) for name in ("results.csv", "findings.csv")]
    return (*frames, (folder / "report.html").read_text(encoding="utf-8"))


def claims(said, kind):
    return said[(said["verdict"] == "claim") & (said["kind"] == kind)]


def test_what_was_planted_is_said(report):
    _, said, page = report
    department, dimension = PLANTED["low"]
    low = claims(said, "unit")
    found = low[(low["cut"] == "department") & (low["group"] == department) & (low["item"] == dimension)]
    assert len(found) == 1 and found["difference"].iloc[0] < -15
    changed = claims(said, "wave")
    assert PLANTED["improved"] in set(changed.loc[changed["difference"] > 0, "item"])
    assert set(claims(said, "driver")["item"]) == PLANTED["drivers"]
    assert len(claims(said, "turnover")) == 1 and len(claims(said, "linkage")) == 1
    assert "低敬业度组的离职风险" in page


def test_engagement_rose_because_others_left_and_the_panel_shows_it(report):
    """Nothing was planted in engagement: the disengaged left, so the company rose and the same people did not."""
    table, said, _ = report
    same = table[(table["part"] == "panel") & (table["item"] == "engagement")].iloc[0]
    assert abs(same["difference"]) < 2 and same["difference_low"] < 0 < same["difference_high"]
    better = table[(table["part"] == "panel") & (table["item"] == PLANTED["improved"])].iloc[0]
    assert better["difference_low"] > 5


def test_no_unit_under_the_base_has_a_figure(report):
    table, said, page = report
    teams = organisation()
    tiny = teams.filter(teams["size"] < 10)["team"].to_list()
    rows = table[table["team"].isin(tiny)]
    assert len(rows) and rows[["estimate", "n", "difference"]].isna().all(axis=None)
    assert not set(said.loc[said["cut"] == "team", "group"]) & set(tiny)


def test_nobody_is_named_and_nothing_is_asked_of_the_network(report, home):
    page = report[2]
    assert re.findall(r"""(?:src|href|url|action)\s*[=(]\s*["']?(?:https?:)?//[^"'\s)>]+""", page) == []
    for folder in (home / "reports" / "employee_engagement" / "2026", home / "manager"):
        for path in folder.iterdir():
            text = path.read_text(encoding="utf-8")
            for trace in ("13800009876", "E104521", "lihua@", "王建国", "E200"):
                assert trace not in text, (trace, path.name)


def test_a_manager_sees_the_unit_its_parents_and_the_company(report, home):
    page = (home / "manager" / "report.html").read_text(encoding="utf-8")
    assert "Works 2" in page and "Manufacturing" in page
    for other in ("Works 1", "Hotline", "Sales East", "Logistics"):
        assert other not in page
    mine = pd.read_csv(home / "manager" / "results.csv", low_memory=False)
    assert set(mine["division"].dropna()) <= {"(all)", "plant"}
    assert set(mine["department"].dropna()) <= {"(all)", UNIT}
    whole, keys = report[0], ["part", "division", "department", "team", "metric", "item"]
    both = mine[mine["part"] == "map"].merge(whole[whole["part"] == "map"], on=keys, suffixes=("", "_whole"))
    assert len(both)
    assert both["estimate"].to_numpy() == pytest.approx(both["estimate_whole"].to_numpy(), rel=1e-9, nan_ok=True)
    headings = re.findall(r"<h[1-4][^>]*>(.*?)</h[1-4]>", page.split("<body")[1])
    assert headings and not any(re.search("[\u4e00-\u9fff]", heading) for heading in headings)

"""The main job, as `make report` runs it for each study (the other studies have journeys of their own): from the sample's exports to a report that says what was planted."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from cemlab.paths import data_folder
from cemlab.report.document import read_document
from cemlab.report.formats import write_formats
from cemlab.report.manifest import check_report
from cemlab.report.typesetting import all_text, undrawable
from cemlab.report.whitepaper import render_case
from cemlab.report.whitepaper_check import check_case
from cemlab.simulate import PLANTED


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """The sample's report, made by the command in a folder of its own."""
    home = tmp_path_factory.mktemp("team")
    environment = {**os.environ, "CEMLAB_HOME": str(home), "CEMLAB_KEY": str(home / "secret.key"), "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "cemlab.cli", "report", "service_touchpoints"],
        cwd=home, env=environment, capture_output=True, encoding="utf-8", errors="replace", timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return home / "reports" / "service_touchpoints" / "2026Q3", done.stdout, home


def test_the_planted_figures_are_in_the_results(report):
    table = pd.read_csv(report[0] / "results.csv")
    nps = table[(table["part"] == "headline") & (table["metric"] == "nps")].set_index("_wave")
    assert nps["estimate"].to_dict() == pytest.approx(PLANTED["nps"])
    assert nps["n"].tolist() == [1200, 1200]
    assert nps["n_missing"].tolist() == [24, 24]
    boxes = table[(table["part"] == "headline") & (table["metric"] == "top_box") & (table["item"] == "overall")]
    assert boxes.set_index("_wave")["estimate"].to_dict() == pytest.approx(PLANTED["satisfied"])
    purpose = table[(table["part"] == "segments") & (table["metric"] == "nps")].dropna(subset="purpose")
    groups = purpose[purpose["purpose"] != "(all)"].set_index("purpose")["estimate"]
    assert groups.to_dict() == pytest.approx(PLANTED["purpose_nps"])


def test_the_claims_are_those_planted_and_no_others(report):
    table = pd.read_csv(report[0] / "findings.csv")
    said = table[(table["verdict"] == "claim") & (table["kind"] != "driver")]
    found = {(r.kind, r.metric, r.item, *([r.cut] if isinstance(r.cut, str) else [])) for r in said.itertuples()}
    about_comments = {claim for claim in found if claim[0] in ("aspect", "theme")}
    assert found - about_comments == PLANTED["claims"]
    assert about_comments <= PLANTED["comment_claims"]


def test_breakfast_is_the_one_key_experience(report):
    page = (report[0] / "report.html").read_text(encoding="utf-8")
    assert PLANTED["key_experience"] == "breakfast"
    assert page.count("可点名</td>") == 1
    assert "优先改进“早餐”" in page
    table = pd.read_csv(report[0] / "results.csv", dtype={"hotel": str})
    drivers = table[(table["part"] == "drivers") & (table["metric"] == "importance") & (table["item"] != "(noise)")]
    assert drivers.sort_values("estimate")["item"].iloc[-1] == "breakfast"


def test_only_the_planted_hotel_lies_outside(report):
    table = pd.read_csv(report[0] / "results.csv", dtype={"hotel": str})
    stores = table[(table["part"] == "stores") & (table["signal"] == "beyond_998")]
    assert stores["hotel"].tolist() == [PLANTED["hotel"]]


def test_the_knee_of_waiting_is_found_where_it_was_planted(report):
    page = (report[0] / "report.html").read_text(encoding="utf-8")
    found = re.search(r"“入住等候时间”超过 ([\d.]+) 分钟（95% 置信区间 ([\d.]+)～([\d.]+)）", page)
    assert float(found[2]) <= PLANTED["knee"] <= float(found[3])


def test_comments_are_judged_by_aspect_and_stay_masked(report):
    """Praise comes from high scores, blame from low ones; scores fell, so the net sentiment of comments did."""
    table = pd.read_csv(report[0] / "results.csv")
    net = table[table["part"] == "comment_net_sentiment"].set_index("_wave")["estimate"]
    assert net["2026Q3"] < net["2026Q2"]
    aspects = table[(table["part"] == "comment_aspects") & (table["metric"] == "mention_share")]
    assert {"topic:breakfast", "topic:room", "topic:staff"} <= set(aspects["item"])
    page = (report[0] / "report.html").read_text(encoding="utf-8")
    assert "情感占比<strong>未经校正</strong>" in page and "推荐者与贬损者的用词差异" in page
    assert '"wordCloud"' in page


def test_the_control_chart_signals_the_week_of_the_turn(report):
    table = pd.read_csv(report[0] / "results.csv")
    signals = table[(table["part"] == "trend") & table["signal"].notna()]
    assert signals["start"].min() == "2026-08-17"


def test_the_page_asks_nothing_of_the_network_and_names_nobody(report):
    page = (report[0] / "report.html").read_text(encoding="utf-8")
    asked = re.findall(r"""(?:src|href|url|action)\s*[=(]\s*["']?(?:https?:)?//[^"'\s)>]+""", page)
    assert asked == []
    for personal in ("1380000", "198.51.100", "secret.key"):
        for path in report[0].iterdir():
            assert personal not in path.read_text(encoding="utf-8"), (personal, path.name)
    assert "核心结论" in page


def test_the_manifest_names_what_the_report_was_made_from(report):
    manifest = json.loads((report[0] / "manifest.json").read_text(encoding="utf-8"))
    facts = json.loads((report[0] / "facts.json").read_text(encoding="utf-8"))
    assert facts["data_version"] == 0
    assert len(facts["codebook_hash"]) == 64
    assert {"report.html", "results.csv", "findings.csv", "run.ipynb"} <= set(manifest["files"])
    assert manifest["parameters"]["lang"] == "zh"


def test_nothing_personal_is_in_the_store(report):
    lake = report[2] / "data" / "lake"
    assert (lake / "service_touchpoints" / "answers").is_dir()
    for path in lake.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            for personal in (b"13800001", b"198.51.100"):
                assert personal not in content, path.name


def test_english_and_a_second_run_change_no_figure(report):
    folder, _, home = report
    environment = {**os.environ, "CEMLAB_HOME": str(home), "CEMLAB_KEY": str(home / "secret.key"), "PYTHONUTF8": "1"}
    arguments = ["render", "service_touchpoints", "-p", "lang=en", "--out", str(home / "english")]
    done = subprocess.run(
        [sys.executable, "-m", "cemlab.cli", *arguments],
        cwd=home, env=environment, capture_output=True, encoding="utf-8", errors="replace", timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert (home / "english" / "results.csv").read_bytes() == (folder / "results.csv").read_bytes()
    page = (home / "english" / "report.html").read_text(encoding="utf-8")
    assert "significantly down 14.0 points since Q2 2026" in page
    body = re.sub(r"<(figure|td)[^>]*>.*?</\1>", "", page.split("<body")[1], flags=re.DOTALL)
    headings = re.findall(r"<h[1-4][^>]*>(.*?)</h[1-4]>", body)
    assert headings and not any(re.search("[\u4e00-\u9fff]", heading) for heading in headings)


def test_the_example_case_is_true_of_the_sample_and_is_written(report, tmp_path):
    """Every number of the case that comes with cemlab stands in the sample's report; word and page are written."""
    case = tmp_path / "breakfast.md"
    case.write_bytes((data_folder("cases") / "breakfast.md").read_bytes())
    checked = check_case(case, reports=report[2] / "reports")
    assert checked.problems == [] and len(checked.values) >= 15
    files = render_case(case, out=tmp_path / "out", formats=("html", "docx"), reports=report[2] / "reports")
    page = files[0].read_text(encoding="utf-8")
    assert "22.0 分（95% 置信区间 17.3～26.5；n=1,200）" in page and "示例连锁酒店" not in page


def test_the_sample_report_in_other_formats(report, tmp_path):
    """Nothing of the report's own words becomes an empty box; every format is written and entered into the manifest."""
    folder = Path(shutil.copytree(report[0], tmp_path / "report"))
    assert undrawable(all_text(read_document(folder))) == ""
    names = {path.name: path.stat().st_size for path in write_formats(folder, ["pdf", "pptx", "xlsx"])}
    assert set(names) == {"report.pdf", "report.pptx", "report.xlsx"} and min(names.values()) > 50_000
    assert check_report(folder)

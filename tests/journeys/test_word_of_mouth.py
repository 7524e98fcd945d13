"""The sample of reviews, from its export to a report: the sour week is found, the quarters are not said to differ."""

import pandas as pd
import pytest

from cemlab.sample_study import report_samples
from cemlab.simulate_reviews import PLANTED


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    home = tmp_path_factory.mktemp("team")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CEMLAB_HOME", str(home))
        patch.setenv("CEMLAB_KEY", str(home / "secret.key"))
        patch.delenv("CEMLAB_LAKE", raising=False)
        (page,) = report_samples(say=lambda line: None, studies=["word_of_mouth"])
    return page.parent


def test_the_alarm_is_the_planted_week_and_names_breakfast(report):
    table = pd.read_csv(report / "results.csv", dtype=str)
    found = table[table["part"] == "alarms"]
    assert found["at"].tolist() == [PLANTED["period"]]
    assert found["aspects"].iloc[0].startswith("breakfast")


def test_behind_the_alarm_stand_its_sources_and_reviews(report):
    """The sour week is dealt evenly over the sources, so that each gives its share and the mix next to nothing."""
    table = pd.read_csv(report / "results.csv", dtype=str)
    found = table[table["part"] == "alarm_sources"]
    gain = found.set_index("source")["contribution"].astype(float)
    assert set(found["at"]) == {PLANTED["period"]} and len(gain) == 5
    assert (gain.drop("(mix)") < -3).all() and abs(gain["(mix)"]) < 2
    page = (report / "report.html").read_text(encoding="utf-8")
    assert "哪些来源拉动了净情感值" in page and "先读这些差评" in page and "早餐情况" in page


def test_checks_and_splits_stand_in_the_page(report):
    page = (report / "report.html").read_text(encoding="utf-8")
    assert "系统默认好评" in page and "星级构成" in page and "星级与文字矛盾" in page and "各月净情感值，按来源" in page
    table = pd.read_csv(report / "results.csv", dtype=str)
    held = table[table["part"] == "star_conflicts"]
    assert set(held["item"]) == {"high_negative", "low_positive"} and (held["estimate"].astype(float) < 5).all()
    by_source = table[table["part"] == "aspects_by_source"]
    assert by_source["source"].nunique() == 4 and set(by_source["metric"]) == {"net_sentiment"}


def test_quarters_and_sources_make_no_claim_on_the_whole(report):
    """Both quarters hold the same share of praise and sources are dealt evenly; only talk of breakfast grew."""
    said = pd.read_csv(report / "findings.csv", dtype=str)
    said = said[said["verdict"] == "claim"]
    assert not (said["kind"] == "group").any()
    assert not (said["item"] == "topic:opinion").any() and not (said["item"] == "stars").any()
    assert said["item"].str.contains("breakfast|早餐").all()


def test_the_page_says_what_it_can_and_shows_nobody(report):
    page = (report / "report.html").read_text(encoding="utf-8")
    assert "2026年8月24日—30日" in page and "属于提示信号，不是检验结论" in page
    assert (
        "星级评分（4–5 星占比）" in page
        and "横轴为每周周一的日期" in page
        and "受访者" not in page.split("方法说明")[0].replace("受访者标识", "")
    )
    assert "未经校正" in page and "不含意见" in page
    for path in report.iterdir():
        assert "13800009999" not in path.read_text(encoding="utf-8"), path.name

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
    assert "未经校正" in page and "不含意见" in page
    for path in report.iterdir():
        assert "13800009999" not in path.read_text(encoding="utf-8"), path.name

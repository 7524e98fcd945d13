"""The portal: every finished report and no other, safe with strangers' words, and nothing a receiver may not see."""

import html
import re
import shutil
from urllib.parse import unquote

import pytest

from cemlab.report.portal import list_reports, may_see, write_portal
from cemlab.report.portal_page import number_of
from tests.reports_made import write_report

STATUS = [
    {
        "job": "<b>monthly</b>",
        "period": "2026Q3",
        "unit": "hotel=12",
        "state": "failed",
        "folder": None,
        "error": "磁盘已满",
    }
]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return write_report(tmp_path_factory.mktemp("made") / "one")


@pytest.fixture
def reports(made, tmp_path):
    folder = tmp_path / "reports"
    for place in ("stores/2026Q2/hotel=12", "stores/2026Q3/hotel=12", "stores/2026Q3/hotel=7", "visits/2026Q3"):
        shutil.copytree(made, folder / place)
        summary = (
            (made / "report.json")
            .read_text(encoding="utf-8")
            .replace('"period": "2026Q3"', f'"period": "{place.split("/")[1]}"')
        )
        (folder / place / "report.json").write_text(summary, encoding="utf-8")
    shutil.copytree(made, folder / "visits" / "2026Q4.FAILED")
    (folder / "access.yml").write_text("receivers:\n  北区: ['stores/*/hotel=12']\n  nobody: ['*']\n", encoding="utf-8")
    return folder


def test_the_portal_lists_finished_reports_with_working_links(reports):
    page = write_portal(reports, status=STATUS).read_text(encoding="utf-8")
    links = re.findall(r'<h3><a href="([^"]+)">', page)
    assert len(links) == 4 and not any("FAILED" in one for one in links)
    assert all((reports / unquote(one)).is_file() for one in links)
    assert page.count("<polyline") == 2  # one store has two periods
    assert "失败" in page and "磁盘已满" in page and "&lt;b&gt;monthly" in page and "<b>monthly" not in page
    assert not re.findall(r"""(?:src|href|url)\s*[=(]\s*["']?(?:https?:)?//""", page)
    policy = html.unescape(re.search('http-equiv="Content-Security-Policy" content="([^"]+)"', page)[1])
    assert policy.startswith("default-src 'none'") and "script-src 'sha256-" in policy


def test_units_and_periods_come_from_the_folders(reports):
    found = {one["folder"]: (one["job"], one["unit"], one["period"]) for one in list_reports(reports)}
    assert found["stores/2026Q3/hotel=7"] == ("stores", "hotel=7", "2026Q3")
    assert found["visits/2026Q3"] == ("visits", "", "2026Q3")


def test_a_receiver_gets_only_its_own_reports(reports, tmp_path):
    own = tmp_path / "north"
    page = write_portal(reports, receiver="北区", out=own, status=STATUS).read_text(encoding="utf-8")
    files = sorted(path.relative_to(own).as_posix() for path in own.rglob("*") if path.is_file())
    assert files == [
        ".portal.json",
        "index.html",
        "stores/2026Q2/hotel=12/report.html",
        "stores/2026Q3/hotel=12/report.html",
    ]
    assert "hotel=7" not in page and "monthly" not in page and "visits" not in page


def test_what_a_receiver_may_no_longer_see_is_taken_away(reports, tmp_path):
    own = tmp_path / "north"
    write_portal(reports, receiver="北区", out=own)
    (reports / "access.yml").write_text("receivers: {北区: ['stores/2026Q3/hotel=12']}\n", encoding="utf-8")
    write_portal(reports, receiver="北区", out=own)
    assert not (own / "stores" / "2026Q2").exists() and (own / "stores/2026Q3/hotel=12/report.html").is_file()


def test_a_star_never_reaches_deeper_and_nobody_sees_by_default(reports, tmp_path):
    page = write_portal(reports, receiver="nobody", out=tmp_path / "n").read_text(encoding="utf-8")
    assert "还没有报告" in page
    with pytest.raises(ValueError, match="names no receiver '南区'"):
        may_see(reports, "南区")
    with pytest.raises(ValueError, match="lies inside the folder of all reports"):
        write_portal(reports, receiver="北区", out=reports / "north")
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "a.txt").write_text("x")
    with pytest.raises(ValueError, match="holds other things than a portal"):
        write_portal(reports, receiver="北区", out=tmp_path / "thesis")


def test_numbers_of_cards():
    assert [number_of(text) for text in ("22.0", "67.0%", "−3.5", "1,204", "—", "3 of 5")] == [
        22.0,
        67.0,
        -3.5,
        1204.0,
        None,
        None,
    ]

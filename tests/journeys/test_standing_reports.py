"""Standing reports for real: the sample of reviews, kernels, two months of two sources, late data, the portal, made again."""

import csv
import datetime as dt
import json

import pytest
from standing import Clock

from cemlab.collect.ingest import ingest
from cemlab.paths import codebooks_folder, reports_folder
from cemlab.report.fanout import open_pool
from cemlab.report.ledger import Ledger, status_rows
from cemlab.report.manifest import check_report
from cemlab.report.portal import write_portal
from cemlab.report.reproduce import reproduce
from cemlab.report.schedule_file import parse_schedule
from cemlab.report.schedule_run import run_due
from cemlab.sample_study import make_sample

FILE = """
zone: Asia/Shanghai
jobs:
  reviews:
    study: word_of_mouth
    cron: "0 9 2 * *"
    start: 2026-08-01
    period: last_month
    formats: [html, docx, pptx]
    matrix: {source: [ota_a, app]}
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """July's reports on 2 August; in August answers of July come late; August's reports on 2 September."""
    home = tmp_path_factory.mktemp("team")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CEMLAB_HOME", str(home))
        patch.setenv("CEMLAB_KEY", str(home / "secret.key"))
        for name in ("CEMLAB_LAKE", "CEMLAB_DB"):
            patch.delenv(name, raising=False)
        patch.chdir(home)
        (path,) = make_sample(["word_of_mouth"])
        book = codebooks_folder() / "word_of_mouth.yml"
        ingest([path], book)
        schedule, clock = parse_schedule(FILE), Clock(dt.datetime(2026, 8, 2, 2, tzinfo=dt.UTC))
        ledger, pool = Ledger(now=clock), open_pool(1)
        try:
            first = run_due(schedule, ledger=ledger, pool=pool)
            with open(path, encoding="utf-8-sig", newline="") as file:
                head, *rows = csv.reader(file)
            late = [[str(900_000 + n), *row[1:]] for n, row in enumerate(rows) if row[1].startswith("2026/7/")][:60]
            with open(home / "late.csv", "w", encoding="utf-8-sig", newline="") as file:
                csv.writer(file).writerows([head, *late])
            ingest([home / "late.csv"], book)
            clock.moment = dt.datetime(2026, 9, 2, 2, tzinfo=dt.UTC)
            second = run_due(schedule, ledger=ledger, pool=pool)
        finally:
            pool.close()
        yield first, second, status_rows(ledger), home


def test_each_report_of_each_month_is_made_once_in_every_format(made):
    first, second, rows, _ = made
    assert [len(first), len(second)] == [2, 2] and {row["attempts"] for row in rows} == {1}
    assert {(r["period"], r["unit"], r["state"]) for r in rows} == {
        (period, f"source={code}", "done") for period in ("2026-07", "2026-08") for code in ("ota_a", "app")
    }
    for row in rows:
        folder = reports_folder() / row["folder"]
        check_report(folder)
        assert {path.suffix for path in folder.glob("report.*")} == {".html", ".json", ".docx", ".pptx"}


def test_the_second_month_opens_with_what_changed_and_tells_late_answers(made):
    for code in ("ota_a", "app"):
        old, new = (reports_folder() / "reviews" / period / f"source={code}" for period in ("2026-07", "2026-08"))
        assert "第一期" in (old / "report.html").read_text(encoding="utf-8")
        told = json.loads((new / "changes.json").read_text(encoding="utf-8"))
        assert told["previous"]["period"] == "2026-07" and told["causes"] == ["data"]
        assert told["counts"]["data"] >= 1 and any("2026-07 的答卷由" in text for text in told["sentences"])
        page = (new / "report.html").read_text(encoding="utf-8")
        assert "与上一期报告（2026-07）相比" in page and "受数据更正或补录影响" in page


def test_a_report_whose_study_received_data_since_is_made_again_to_the_last_figure(made):
    again = reproduce(reports_folder() / "reviews" / "2026-07" / "source=app")
    assert again.differences == [] and again.cells > 1000
    assert any("数据此后有更新：版本 0 → 1" in text for text in again.changed)


def test_a_receiver_finds_its_own_reports_and_no_others(made):
    _, _, rows, home = made
    (reports_folder() / "access.yml").write_text("receivers: {app: ['reviews/*/source=app']}\n", encoding="utf-8")
    page = write_portal(reports_folder(), status=rows).read_text(encoding="utf-8")
    assert all(
        f"reviews/{period}/source%3D{code}/report.html" in page
        for period in ("2026-07", "2026-08")
        for code in ("ota_a", "app")
    )
    own = write_portal(reports_folder(), receiver="app", out=home / "app", status=rows)
    assert "ota_a" not in own.read_text(encoding="utf-8")
    found = {path.relative_to(home / "app").as_posix() for path in (home / "app").rglob("report.*")}
    assert found == {
        f"reviews/{p}/source=app/report.{f}" for p in ("2026-07", "2026-08") for f in ("html", "docx", "pptx")
    }

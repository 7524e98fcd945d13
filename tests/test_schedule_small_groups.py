"""A job with a report for each shop: shops of a few persons get none, nor does one that would tell about them."""

import datetime as dt

import pytest
from standing import Clock, StandInPool, notebook
from test_reproduce import BOOK, HEAD

from cemlab.report.ledger import Ledger, status_rows
from cemlab.report.schedule_file import parse_schedule
from cemlab.report.schedule_plan import commands
from cemlab.report.schedule_run import run_due
from cemlab.report.study import open_study

SHOPS = BOOK.replace("b: {zh: 乙}", "b: {zh: 乙}, c: {zh: 丙}, d: {zh: 丁}").replace("role: segment", "role: store")
FILE = """
jobs:
  shops:
    notebook: {notebook}
    cron: "0 8 2 * *"
    start: 2026-10-01
    period: last_month
    matrix: {{shop: data}}
"""


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Some twenty answers a month of a, b and c; of d eight in August, three in July and September. The minimum is five."""
    from cemlab.collect.ingest import ingest

    monkeypatch.setenv("CEMLAB_HOME", str(tmp_path))
    monkeypatch.setenv("CEMLAB_KEY", str(tmp_path / "secret.key"))
    monkeypatch.delenv("CEMLAB_LAKE", raising=False)
    monkeypatch.delenv("CEMLAB_DB", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shops.yml").write_text(SHOPS, encoding="utf-8")
    sizes = [(month, {"a": 20, "b": 22, "c": 24, "d": few}) for month, few in (("07", 3), ("08", 8), ("09", 3))]
    rows = [(month, shop, n) for month, of in sizes for shop, size in of.items() for n in range(size)]
    lines = [f"{i},2026-{month}-{n + 1:02d},{shop},{n % 11}" for i, (month, shop, n) in enumerate(rows)]
    (tmp_path / "answers.csv").write_text("编号,时间,门店,推荐\n" + "\n".join(lines) + "\n", encoding="utf-8")
    ingest([tmp_path / "answers.csv"], tmp_path / "shops.yml")
    return tmp_path


def test_the_plan_says_why_and_the_ledger_too(home):
    import json

    made = notebook(home, "pass")
    content = json.loads(made.read_text(encoding="utf-8"))
    content["cells"][1]["source"] = HEAD
    made.write_text(json.dumps(content), encoding="utf-8")
    schedule = parse_schedule(FILE.format(notebook=made.as_posix()))
    ledger = Ledger(now=Clock(dt.datetime(2026, 10, 2, 1, tzinfo=dt.UTC)))
    why = {row["unit"]: row["skip"] for row in commands(schedule, ledger)}
    assert why["shop=d"] == "schedule: shop=d has fewer than 5 persons in 2026-09"
    assert why["shop=a"].startswith("schedule: shop=a is kept back in 2026-09: its report beside the others would tell")
    assert why["shop=b"] == why["shop=c"] == ""
    pool = StandInPool()
    run_due(schedule, ledger=ledger, pool=pool)
    assert sorted(key.unit for key in pool.made) == ["shop=b", "shop=c"]
    rows = {row["unit"]: (row["state"], row["error"]) for row in status_rows(ledger)}
    assert rows["shop=a"] == ("skipped", why["shop=a"]) and rows["shop=d"] == ("skipped", why["shop=d"])


def test_a_report_by_hand_obeys_the_same_rule_and_looks_back_on_no_such_period(home):
    assert open_study("shops.yml", wave="2026-08", only=["shop=d"]).waves == ["2026-08"]
    for only in (["shop=d"], ["shop=a"], ["shop=b", "shop=d"]):
        with pytest.raises(ValueError, match="would tell about fewer than 5 persons"):
            open_study("shops.yml", wave="2026-09", only=only)
    assert open_study("shops.yml", wave="2026-08", only=["shop=a"]).waves == ["2026-08"], "not July, with three of d"
    for only in (["shop=b"], ["shop=a", "shop=d"]):
        assert open_study("shops.yml", wave="2026-09", only=only).waves == ["2026-07", "2026-08", "2026-09"]

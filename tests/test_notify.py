"""Delivery: what arrives at a receiver on this machine, what is recorded, and what never leaves."""

import http.server
import json
import threading

import pytest

from cemlab.act.notify import DeliveryError, address_of, compose, deliver, delivered

SAID = {
    "job": "monthly",
    "period": "2026-10",
    "unit": "hotel=12",
    "headline": "净推荐值 NPS 22.0 分，显著下降 14.0 分。",
    "change": "早餐下降",
}


@pytest.fixture
def receiver(monkeypatch, tmp_path):
    """A server that keeps what it gets and answers with the codes it is told to."""
    got, codes = [], []

    class Keep(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(codes.pop(0) if codes else 200)
            self.end_headers()

        def log_message(self, *words):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Keep)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setenv("CEMLAB_NOTIFY_OPS", f"json://127.0.0.1:{server.server_port}/secret-token")
    yield got, codes, tmp_path / "sent.jsonl"
    server.shutdown()
    server.server_close()


def test_headline_change_and_link_arrive(receiver, monkeypatch, tmp_path):
    got, _, record = receiver
    monkeypatch.setenv("CEMLAB_REPORTS_URL", "https://reports.example")
    monkeypatch.setenv("CEMLAB_HOME", str(tmp_path))
    folder = tmp_path / "reports" / "monthly" / "2026-10" / "hotel=12"
    folder.mkdir(parents=True)
    (folder / "report.json").write_text('{"title": "到店体验 · 2026年10月", "headline": ""}', encoding="utf-8")
    sent = deliver(["ops"], **SAID, folder=folder, record=record)
    assert [one["state"] for one in sent] == ["sent"] and len(got) == 1
    assert got[0]["title"] == "到店体验 报告已出：2026-10"
    for wanted in (
        SAID["headline"],
        "单位：hotel=12",
        "较上一份：早餐下降",
        "https://reports.example/monthly/2026-10/hotel%3D12/report.html",
    ):
        assert wanted in got[0]["message"]


def test_the_same_message_is_sent_once(receiver):
    got, _, record = receiver
    deliver(["ops"], **SAID, record=record)
    assert deliver(["ops"], **SAID, record=record)[0]["state"] == "before" and len(got) == 1
    deliver(["ops"], **(SAID | {"period": "2026-11"}), record=record)
    assert len(got) == 2


def test_a_refusal_is_tried_again_and_recorded(receiver):
    got, codes, record = receiver
    codes += [500, 503]
    deliver(["ops"], **SAID, record=record, wait=0)
    assert len(got) == 3 and delivered(record)[0]["attempts"] == 3
    codes += [500] * 3
    with pytest.raises(
        DeliveryError, match=r"1 of 2 receiver\(s\) not reached \(ops: not accepted after 3 tries\)"
    ) as told:
        deliver(["ops", "ops"], **(SAID | {"period": "2026-12"}), record=record, wait=0)
    assert told.value.failed == ["ops"] and delivered(record)[-1]["state"] == "failed"
    deliver(["ops"], **(SAID | {"period": "2026-12"}), record=record, wait=0)
    assert delivered(record)[-1]["state"] == "sent"


def test_one_receiver_without_address_does_not_stop_the_other(receiver):
    got, _, record = receiver
    with pytest.raises(DeliveryError, match="set the environment variable CEMLAB_NOTIFY_NORTH_REGION"):
        deliver(["north region", "ops"], **SAID, record=record)
    assert len(got) == 1 and [one["state"] for one in delivered(record)] == ["failed", "sent"]


def test_persons_and_secrets_never_leave(receiver):
    got, _, record = receiver
    said = SAID | {"headline": "请回电 13800138000，邮箱 a.b@example.com。"}
    deliver(["ops"], **said, record=record)
    assert "13800138000" not in json.dumps(got) and "example.com" not in json.dumps(got)
    assert "secret-token" not in record.read_text(encoding="utf-8")


def test_alerts_and_names(monkeypatch):
    assert compose(job="monthly", period="2026-10", headline="任务已停止。")["title"] == "monthly：2026-10 排程提醒"
    monkeypatch.setenv("CEMLAB_NOTIFY_U5317U533A", "json://127.0.0.1 json://127.0.0.1")
    assert len(address_of("北区")) == 2


def test_a_line_cut_off_by_a_crash_is_left_out(tmp_path):
    (tmp_path / "r.jsonl").write_text('{"state": "sent"}\n{"stat', encoding="utf-8")
    assert delivered(tmp_path / "r.jsonl") == [{"state": "sent"}]

"""Conversations in a report: what the door keeps out, rules of quality by hand, the section on the sample, and wording."""

from types import SimpleNamespace

import pandas as pd
import polars as pl
import pytest

from cemlab.checks import DataError
from cemlab.codebook import load_codebook
from cemlab.codebook_dialogues import Conversations
from cemlab.collect.dialogues import find_table, open_dialogues, read_dialogues
from cemlab.report.dialogue_sections import conversations
from cemlab.report.study_rows import Rows, calendar_days
from cemlab.simulate_dialogues import PLANTED, TEAMS, dialogue_rows
from cemlab.text.dialogue_quality import load_rules, quality_flags, quality_scores


def judged(texts):
    """A judge for tests: praise where thanks are given."""
    return pd.DataFrame({"probability": [0.9 if "谢" in text else 0.2 for text in texts]})


@pytest.fixture
def page(monkeypatch):
    """What has been displayed so far, as one text."""
    seen = []
    monkeypatch.setattr("IPython.display.display", seen.append)

    def text():
        return "".join(getattr(one, "data", None) or one._repr_html_() for one in seen)

    return text


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("CEMLAB_HOME", str(tmp_path))
    monkeypatch.setenv("CEMLAB_KEY", str(tmp_path / "secret.key"))
    (tmp_path / "data" / "dialogues").mkdir(parents=True)
    return tmp_path


@pytest.fixture
def part(root):
    return load_codebook(root / "data" / "codebooks" / "service_touchpoints.yml").conversations


@pytest.fixture
def sample(home, part):
    dialogue_rows().write_csv(home / "data" / "dialogues" / part.table)
    return read_dialogues(part, study="service_touchpoints")


def test_the_door_keeps_names_numbers_and_ids_out(home, part, sample):
    assert sample.frame.columns == ["conversation", "speaker", "time", "text", "team"]
    words = "".join(sample.frame["text"])
    assert "139" not in words and "[电话]" in words and "[姓名]" in words and sample.masked > 50
    assert not sample.frame["conversation"].str.contains("S2026").any()
    kept = b"".join(path.read_bytes() for path in (home / "data" / "lake").rglob("*") if path.is_file())
    raw = dialogue_rows()
    assert raw["坐席姓名"][0].encode() not in kept and raw["会话编号"][0].encode() not in kept


def test_versions_are_kept_and_another_file_is_another_version(home, part, sample):
    again = read_dialogues(part, study="service_touchpoints")
    assert again.version == sample.version and again.frame.equals(sample.frame)
    dialogue_rows(seed=7).write_csv(home / "data" / "dialogues" / part.table)
    assert read_dialogues(part, study="service_touchpoints").version != sample.version
    assert len(list((home / "data" / "lake" / "service_touchpoints" / "dialogues").glob("*.parquet"))) == 2


def test_other_encodings_and_delimiters_give_the_same_messages(home, part, sample):
    path = home / "data" / "dialogues" / part.table
    path.write_bytes(dialogue_rows().write_csv(separator="\t").encode("gb18030"))
    other = read_dialogues(part, study="service_touchpoints")
    assert other.frame.drop("time").equals(sample.frame.drop("time"))


def test_the_section_finds_what_was_planted(part, sample, page):
    out = conversations(sample, lang="zh", sentiment=judged)
    cells = out.set_index(["metric", "item", "team"])["estimate"]
    waits = {code: cells[("median", "first_response", name)] for code, name in TEAMS.items()}
    ends = {code: cells[("share", "unresolved", name)] for code, name in TEAMS.items()}
    assert max(waits, key=waits.get) == PLANTED["slow"] and max(ends, key=ends.get) == PLANTED["open_ends"]
    assert set(out["team"]) == {"(all)", *TEAMS.values()}
    assert out.loc[out["status"].isin(["ok", "low_base"]), ["ci_low", "ci_high"]].notna().all(axis=None)
    told = page()
    assert "首次回应超过60秒" in told and "夜间值班组" in told and "S2026" not in told
    assert all(name not in told for name in dialogue_rows()["坐席姓名"].unique())


def test_the_release_rule_is_asked_before_anything_is_shown(sample, page):
    def hide(frame):
        return frame.assign(status="hidden", estimate=float("nan"), ci_low=float("nan"), ci_high=float("nan"))

    out = conversations(sample, sentiment=None, shown=hide)
    assert (out["status"] == "hidden").all() and "[" not in page().split("<tbody>")[1].split("</tbody>")[0]


def test_a_study_takes_the_conversations_of_its_wave(part, sample, root, page):
    book = load_codebook(root / "data" / "codebooks" / "service_touchpoints.yml")
    study = SimpleNamespace(codebook=book, lang="en", min_n=30, wave="2026Q3", rows=Rows(book, 0))
    out = conversations(study, open_dialogues(book), sentiment=judged)
    every = out[(out["item"] == "answered") & (out["team"] == "(all)")]["n"].item()
    assert every == 330 and "Night desk" in page()


def test_a_month_takes_the_conversations_of_its_days(part, sample, root, page):
    book = load_codebook(root / "data" / "codebooks" / "service_touchpoints.yml")
    study = SimpleNamespace(codebook=book, lang="zh", min_n=30, wave="2026-09", rows=Rows(book, 0, "month"))
    conversations(study, open_dialogues(book), sentiment=judged)
    assert "2026-09-" in page() and "2026-08-" not in page()


def test_a_report_of_some_groups_shows_no_conversations_of_others(part, sample, root, page):
    book = load_codebook(root / "data" / "codebooks" / "service_touchpoints.yml")
    rows = Rows(book, 0, only={"hotel": ["03"]})
    study = SimpleNamespace(codebook=book, lang="zh", min_n=30, wave="2026Q3", rows=rows)
    assert conversations(study, open_dialogues(book), sentiment=judged) is None
    assert "会话不按这些群体区分" in page()


@pytest.mark.parametrize(
    ("kind", "code", "first", "last"),
    [
        ("day", "2026-02-28", "2026-02-28", "2026-02-28"),
        ("week", "2026-W01", "2025-12-29", "2026-01-04"),
        ("month", "2024-02", "2024-02-01", "2024-02-29"),
        ("month", "2026-12", "2026-12-01", "2026-12-31"),
        ("quarter", "2026-Q4", "2026-10-01", "2026-12-31"),
    ],
)
def test_days_of_calendar_periods(kind, code, first, last):
    assert tuple(map(str, calendar_days(kind, code))) == (first, last)


def test_a_study_without_conversations_says_so(home, root, page):
    book = load_codebook(root / "data" / "codebooks" / "service_touchpoints.yml")
    study = SimpleNamespace(codebook=book, lang="zh", min_n=30, wave="2026Q3", rows=Rows(book, 0))
    assert conversations(study, open_dialogues(book)) is None and "未找到会话文件" in page()
    bare = SimpleNamespace(
        codebook=book.model_copy(update={"conversations": None}), lang="en", min_n=30, wave="x", rows=Rows(book, 0)
    )
    assert conversations(bare) is None and "no conversations" in page()


MEASURES = pd.DataFrame(
    {
        "first_response": [30.0, 90.0, None],
        "answered": [1.0, 1.0, 0.0],
        "escalation": [1.0, 0.0, 1.0],
        "apology": [0.0] * 3,
    }
)
RULES = {
    "slow": {"measure": "first_response", "above": 60},
    "cold": {"measure": "apology", "below": 1, "when": "escalation"},
}


def test_rules_by_hand():
    out = quality_flags(MEASURES, RULES)
    assert out["slow"].tolist()[:2] == [0, 1] and pd.isna(out["slow"][2])
    assert out["cold"].tolist()[::2] == [1, 1] and pd.isna(out["cold"][1])
    assert out["broken"].tolist() == [1, 1, 1]
    shares = quality_scores(out, RULES, min_n=1).set_index("item")
    assert shares.loc["slow", ["estimate", "n"]].tolist() == [50, 2]
    assert shares.loc["cold", ["estimate", "n"]].tolist() == [100, 2]
    nothing = quality_flags(MEASURES.assign(escalation=0.0), RULES)
    assert quality_scores(nothing, RULES, min_n=1)["item"].tolist() == ["slow"]


def test_the_rules_that_come_with_cemlab_load():
    rules = load_rules()
    assert len(rules) == 8 and all(rule["zh"] and rule["en"] for rule in rules.values())


@pytest.mark.parametrize(
    "rule, words",
    [
        ("{measure: first_respons, above: 3}", r"quality\.a\.measure: 'first_respons' .*'first_response'"),
        ("{measure: apology}", "give one number, `above` or `below`"),
        ("{measure: apology, above: 1, below: 0}", "give one number"),
        ("{measure: apology, over: 1}", "unknown field 'over'"),
        ("{measure: apology, below: 1, when: rain}", r"quality\.a\.when: 'rain' is no measure"),
    ],
)
def test_wording_of_wrong_rules(tmp_path, rule, words):
    (tmp_path / "cues.yml").write_text(f"quality:\n  a: {rule}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=words):
        load_rules(tmp_path / "cues.yml")


def test_wording_of_the_door(home):
    part = Conversations(table="talks.csv")
    with pytest.raises(DataError, match=r"conversations of study 'x': no table 'talks.csv' in data/dialogues"):
        read_dialogues(part, study="x")
    assert find_table(part.table) is None
    path = home / "data" / "dialogues" / "talks.csv"
    frame = pl.DataFrame(
        {
            "conversation": ["a", None],
            "speaker": ["客户"] * 2,
            "time": ["2026-03-01 09:00:00"] * 2,
            "text": ["好", "好"],
        }
    )
    frame.write_csv(path)
    with pytest.raises(DataError, match=r"no column \['team'\].*Name the columns in the codebook"):
        read_dialogues(part, study="x")
    with pytest.raises(DataError, match=r"1 of 2 messages belong to no conversation .*first in row 3"):
        read_dialogues(Conversations(table="talks.csv", team=None), study="x")

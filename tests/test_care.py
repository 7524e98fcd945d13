"""The call-back list: detractors with a person, pseudonyms only, nothing that a spreadsheet would run."""

import re

import pandas as pd
import pytest

from cemlab.act.care import write_recall_list
from cemlab.collect.ingest import ingest
from cemlab.sample_files import write_service_sample


@pytest.fixture
def sample(tmp_path, monkeypatch, root):
    monkeypatch.setenv("CEMLAB_HOME", str(tmp_path))
    monkeypatch.setenv("CEMLAB_KEY", str(tmp_path / "secret.key"))
    monkeypatch.delenv("CEMLAB_LAKE", raising=False)
    codebook = root / "data" / "codebooks" / "service_touchpoints.yml"
    ingest(write_service_sample(tmp_path / "tool"), codebook)
    return codebook


def test_the_list_holds_the_unhappy_once_each_and_no_phone_number(sample, tmp_path):
    path, number = write_recall_list(sample)
    table = pd.read_csv(path)
    assert path == tmp_path / "data" / "care" / "service_touchpoints-2026Q3.csv"
    assert len(table) == number > 250
    assert table["score"].max() <= 6
    assert table["person"].is_unique
    content = path.read_text(encoding="utf-8-sig")
    assert "1380000" not in content
    assert not re.search(r"(^|,)[=+@-]", content.replace(",-", ""), flags=re.MULTILINE)


def test_a_week_of_it(sample):
    path, _ = write_recall_list(sample, since="2026-09-21", until="2026-09-27")
    answered = pd.to_datetime(pd.read_csv(path)["answered"])
    assert answered.min() >= pd.Timestamp("2026-09-21")
    assert answered.max() < pd.Timestamp("2026-09-28")


def test_without_a_person_nobody_can_be_called(sample, tmp_path):
    text = sample.read_text(encoding="utf-8").replace("role: person", "role: identifier")
    other = tmp_path / "other.yml"
    other.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="no column with role person; without it nobody can be called"):
        write_recall_list(other)
    with pytest.raises(ValueError, match=r"no answers of wave '2030'; there are \['2026Q2', '2026Q3'\]"):
        write_recall_list(sample, wave="2030")

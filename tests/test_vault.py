"""Raw files: sealed, opened again, refused when touched, gone when due."""

import hashlib
import json
from datetime import date

import pytest

from cemlab import vault
from cemlab.checks import DataError

KEY, OTHER = bytes(range(32)), bytes(32)


@pytest.fixture
def raw(tmp_path):
    """An export with something personal in content and name."""
    path = tmp_path / "张三的导出.csv"
    path.write_text("手机号,评分\n13800138000,9\n", encoding="utf-8")
    return path


def keep(path, lake, **more):
    return vault.keep(path, lake=lake, study="s", retention_days=30, key=KEY, today=date(2026, 1, 1), **more)


def test_file_comes_back_as_it_was(raw, tmp_path):
    copy = keep(raw, tmp_path / "lake")
    digest = hashlib.sha256(raw.read_bytes()).hexdigest()
    assert copy.name == digest + ".sealed"
    assert vault.recover(digest[:8], tmp_path / "back.csv", lake=tmp_path / "lake", key=KEY) == raw.name
    assert (tmp_path / "back.csv").read_bytes() == raw.read_bytes()


@pytest.mark.parametrize("size", [0, 1, vault.CHUNK - 1, vault.CHUNK, vault.CHUNK + 1, 2 * vault.CHUNK])
def test_every_length_around_a_chunk(tmp_path, size):
    path = tmp_path / "f"
    path.write_bytes(bytes(i % 251 for i in range(1000)) * (size // 1000) + b"x" * (size % 1000))
    digest = keep(path, tmp_path / "lake").stem
    vault.recover(digest, tmp_path / "back", lake=tmp_path / "lake", key=KEY)
    assert (tmp_path / "back").read_bytes() == path.read_bytes()


def test_nothing_personal_can_be_read(raw, tmp_path):
    content = keep(raw, tmp_path / "lake").read_bytes()
    for secret in ("13800138000", "手机号", "张三"):
        assert secret.encode() not in content
    head = json.loads(content.split(b"\n", 1)[0])
    assert (head["study"], head["kept"], head["until"]) == ("s", "2026-01-01", "2026-01-31")


def test_kept_twice_stays_with_its_day(raw, tmp_path):
    first = keep(raw, tmp_path / "lake")
    before = first.read_bytes()
    again = vault.keep(raw, lake=tmp_path / "lake", study="s", retention_days=999, key=KEY, today=date(2026, 1, 5))
    assert again == first and first.read_bytes() == before


def test_purge_on_the_day_after(raw, tmp_path):
    lake = tmp_path / "lake"
    copy = keep(raw, lake)
    assert vault.purge(lake, today=date(2026, 1, 31)) == []
    gone = vault.purge(lake, today=date(2026, 2, 1))
    assert [one["file"] for one in gone] == [copy.stem]
    assert vault.kept(lake) == [] and not copy.exists()


def test_empty_vault(tmp_path):
    assert vault.kept(tmp_path) == [] and vault.purge(tmp_path) == []


@pytest.mark.parametrize("what", ["cut", "bit", "head", "chunk order", "other key"])
def test_touched_file_is_not_opened(raw, tmp_path, what):
    lake = tmp_path / "lake"
    raw.write_bytes(bytes(3 * vault.CHUNK))
    copy = keep(raw, lake)
    content = copy.read_bytes()
    head, body = content.split(b"\n", 1)
    chunk = vault.CHUNK + 16 + 4
    name = len(body) - 3 * chunk
    changed = {
        "cut": content[:-chunk],
        "bit": content[:-1] + bytes([content[-1] ^ 1]),
        "head": content.replace(b'"s"', b'"t"', 1),
        "chunk order": head
        + b"\n"
        + body[:name]
        + body[name + chunk : name + 2 * chunk]
        + body[name : name + chunk]
        + body[-chunk:],
        "other key": content,
    }[what]
    copy.write_bytes(changed)
    with pytest.raises(DataError, match="was cut, changed, or sealed with another key"):
        vault.recover(copy.stem, tmp_path / "back", lake=lake, key=OTHER if what == "other key" else KEY)
    assert not (tmp_path / "back").exists()
    assert not list(tmp_path.glob("back*"))


def test_errors_say_what_to_do(raw, tmp_path):
    copy = keep(raw, tmp_path / "lake")
    with pytest.raises(FileNotFoundError, match="0 kept files start with 'ffffffff0'"):
        vault.recover("ffffffff0", tmp_path / "b", lake=tmp_path / "lake", key=KEY)
    with pytest.raises(FileNotFoundError, match="give at least 8 digits"):
        vault.recover(copy.stem[:4], tmp_path / "b", lake=tmp_path / "lake", key=KEY)
    with pytest.raises(FileExistsError, match="is there already"):
        vault.recover(copy.stem, raw, lake=tmp_path / "lake", key=KEY)

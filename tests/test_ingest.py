"""From files to the store: new, repeated, contradicting, refused; all files or none; nothing personal told."""

import threading

import polars as pl
import pytest

from cemlab import contacts, store, vault
from cemlab.checks import DataError
from cemlab.codebook import load_codebook
from cemlab.collect import ingest as module
from cemlab.collect.ingest import ingest

BOOK = """
study: service_touchpoints
name: s
title: 研究
privacy: {retention_days: 30}
waves: {a: {}, b: {}}
columns:
  id: {role: key, aliases: [编号]}
  phone: {role: person, aliases: [手机号]}
  q: {role: nps, aliases: [推荐], scale: {low: 0, high: 10}}
  g: {role: segment, aliases: [性别], options: {1: 男, 2: 女}}
  c: {role: comment, aliases: [意见]}
"""
HEAD = "编号,手机号,推荐,性别,意见\n"
THREE = "1,13800138000,9,男,挺好\n2,13800138001,3,女,\n3,13800138000,11,其他,张三很热情\n"


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """`desk(text, name)` writes an export; desk.take ingests."""
    monkeypatch.setenv("CEMLAB_KEY", str(tmp_path / "key"))
    (tmp_path / "s.yml").write_text(BOOK, encoding="utf-8")

    class Desk:
        lake, codebook = tmp_path / "lake", tmp_path / "s.yml"

        def __call__(self, text, name="e.csv"):
            path = tmp_path / name
            path.write_text(HEAD + text, encoding="utf-8")
            return path

        def take(self, *paths, wave="a", **more):
            return ingest(list(paths), self.codebook, wave=wave, lake=self.lake, progress=False, **more)

        def rows(self, *columns, version=None):
            found = store.scan(self.codebook, version=version, comments=True, lake=self.lake).sort("_key").collect()
            return found.select(*columns).rows()

    return Desk()


# by hand


def test_summary_by_hand(desk):
    summary = desk.take(desk(THREE))
    assert (summary.rows, summary.added, summary.repeated, summary.conflicting) == (3, 3, 0, 0)
    assert (summary.before, summary.after) == (None, 0)
    assert summary.unknown == {"q": {"11": 1}, "g": {"…": 1}}
    assert summary.refused == {} and summary.left_out == [] and summary.absent == []
    assert desk.rows("_key", "q", "g", "c") == [
        *[("a/1", 9, "1", "挺好"), ("a/2", 3, "2", None), ("a/3", 11, "其他", "张三很热情")]
    ]
    persons = [row[0] for row in desk.rows("_person")]
    assert persons[0] == persons[2] != persons[1]


def test_same_file_twice_changes_nothing_and_says_so(desk):
    path = desk(THREE)
    desk.take(path)
    again = desk.take(path)
    assert (again.added, again.repeated, again.before, again.after) == (0, 3, 0, 0)
    assert again.lines("en") == [
        "e.csv: taken in before; nothing changed",
        "s: nothing new; the store is as before (version 0)",
    ]
    assert again.lines("zh") == ["e.csv：此前已入库，未作改动", "s：没有新答卷，数据保持不变（版本 0）"]


def test_same_answers_in_another_file_are_repeated(desk):
    desk.take(desk(THREE))
    longer = desk.take(desk(THREE + "4,13800138004,10,男,\n", "later.csv"))
    assert (longer.added, longer.repeated, longer.after) == (1, 3, 1)
    assert len(desk.rows("_key")) == 4


def test_equal_content_is_two_answers(desk, tmp_path):
    """Without a key in the codebook two anonymous 10s are two answers, and the same file is still the same."""
    desk.codebook.write_text(BOOK.replace("  id: {role: key, aliases: [编号]}\n", ""), encoding="utf-8")
    path = desk("1,,10,男,\n1,,10,男,\n")
    assert desk.take(path).added == 2
    assert desk.take(path).added == 0
    assert desk.take(desk("1,,10,男,\n1,,10,男,\n2,,10,男,\n", "more.csv")).added == 3


def test_key_holds_within_its_wave(desk):
    desk.take(desk(THREE))
    assert desk.take(desk(THREE.replace(",9,", ",8,"), "b.csv"), wave="b").added == 3


CHANGED = THREE.replace("1,13800138000,9,男,挺好", "1,13800138000,2,男,不好")


def test_contradiction_is_refused_until_somebody_chooses(desk):
    desk.take(desk(THREE))
    with pytest.raises(
        DataError, match=r"1 answers have a key that is taken with other contents \(for example rows \[2\]\)"
    ):
        desk.take(desk(CHANGED, "x.csv"))
    assert store.current_version(load_codebook(desk.codebook), desk.lake) == 0
    first = desk.take(desk.lake.parent / "x.csv", keep="first")
    assert (first.added, first.repeated, first.conflicting, first.replaced, first.after) == (0, 2, 1, 0, 0)
    last = desk.take(desk.lake.parent / "x.csv", keep="last")
    assert (last.added, last.conflicting, last.replaced, last.after) == (0, 1, 1, 1)
    assert desk.rows("_key", "q", "c")[0] == ("a/1", 2, "不好")
    assert desk.rows("_key", "q", "c", version=0)[0] == ("a/1", 9, "挺好")
    assert "1 replaced" in last.lines("en")[-2]


@pytest.mark.parametrize(
    "change", [("挺好", "不好"), ("挺好", ""), ("13800138000,9", "13800138007,9"), (",9,", ",8,"), (",男,", ",女,")]
)
def test_every_part_of_an_answer_counts_as_content(desk, change):
    desk.take(desk(THREE))
    with pytest.raises(DataError, match="1 answers have a key that is taken"):
        desk.take(desk(THREE.replace(*change, 1), "x.csv"))


def test_contradiction_within_one_file(desk):
    both = THREE + "1,13800138000,2,男,不好\n2,13800138001,3,女,\n"
    with pytest.raises(DataError, match=r"1 answers .*rows \[5\]"):
        desk.take(desk(both))
    assert store.current_version(load_codebook(desk.codebook), desk.lake) is None
    first = desk.take(desk(both), keep="first")
    assert (first.added, first.repeated, first.conflicting) == (3, 1, 1)
    assert desk.rows("q")[0] == (9,)


def test_last_within_one_file(desk):
    desk.take(desk(THREE + "1,13800138000,2,男,不好\n"), keep="last")
    assert desk.rows("q", "c")[0] == (2, "不好")


def test_mended_codebook_brings_in_what_was_refused(desk):
    path = desk(THREE.replace(",3,女", ",很满意,女"))
    first = desk.take(path)
    assert first.added == 2 and list(first.refused.values()) == [1]
    desk.codebook.write_text(BOOK.replace("high: 10}", "high: 10}, options: {10: 很满意}"), encoding="utf-8")
    second = desk.take(path)
    assert (second.added, second.repeated) == (1, 2)
    assert desk.rows("q")[1] == (10,)


def test_replacing_with_fewer_columns_forgets_the_others(desk, tmp_path):
    desk.take(desk(THREE))
    short = tmp_path / "short.csv"
    short.write_text("编号,手机号,推荐\n1,13800138000,0\n", encoding="utf-8")
    desk.take(short, keep="last")
    assert desk.rows("q", "g", "g__why", "c")[0] == (0, None, "not_asked", None)


def test_several_files_are_all_or_none(desk, tmp_path):
    good, broken = desk(THREE), tmp_path / "broken.csv"
    broken.write_bytes(b"")
    with pytest.raises(DataError, match=r"'broken.csv' is empty"):
        desk.take(good, broken)
    assert store.current_version(load_codebook(desk.codebook), desk.lake) is None
    assert vault.kept(desk.lake) == []
    two = desk.take(good, desk("9,,5,男,\n", "two.csv"))
    assert [file.added for file in two.files] == [3, 1] and two.after == 0


def test_same_file_under_another_wave(desk):
    path = desk(THREE)
    desk.take(path)
    with pytest.raises(DataError, match="was taken in before as wave 'a'; the same answers cannot be wave 'b' as well"):
        desk.take(path, wave="b")
    store.restore(load_codebook(desk.codebook), None, lake=desk.lake)
    assert desk.take(path, wave="b").added == 3
    assert store.waves_present(load_codebook(desk.codebook), lake=desk.lake) == ["b"]


def test_restored_version_lets_the_file_in_again(desk):
    desk.take(desk(THREE))
    later = desk("7,,7,男,\n", "later.csv")
    desk.take(later)
    store.restore(load_codebook(desk.codebook), 0, lake=desk.lake)
    assert desk.take(later, wave="b").added == 1


def test_restoring_what_is_there_changes_nothing(desk):
    desk.take(desk(THREE))
    assert store.restore(load_codebook(desk.codebook), 0, lake=desk.lake) == 0


# personal data


def test_nothing_personal_in_store_summary_or_vault(desk):
    path = desk(THREE + "5,13800138005,李四,女,\n")
    summary = desk.take(path)
    told = "\n".join(summary.lines("zh") + summary.lines("en")) + repr(summary)
    for secret in ("13800138", "张三", "挺好", "李四"):
        assert secret not in told
    held = b"".join(p.read_bytes() for p in desk.lake.rglob("*") if p.is_file())
    assert b"13800138" not in held and "李四".encode() not in held
    words = [p for p in desk.lake.rglob("*.parquet") if "comments" not in p.parts]
    assert all("张三" not in str(pl.read_parquet(p).rows()) for p in words)


def test_errors_show_nobody(desk):
    desk.take(desk(THREE))
    with pytest.raises(DataError) as told:
        desk.take(desk(CHANGED, "x.csv"))
    assert not any(secret in str(told.value) for secret in ("13800138", "挺好", "不好"))


def test_raw_file_is_kept_until_its_day(desk):
    path = desk(THREE)
    summary = desk.take(path)
    (kept,) = vault.kept(desk.lake)
    assert kept["until"] == summary.kept_until
    vault.recover(kept["file"], desk.lake.parent / "back.csv", lake=desk.lake)
    assert (desk.lake.parent / "back.csv").read_bytes() == path.read_bytes()


def test_unneeded_raw_files_are_not_kept(desk):
    desk.take(desk(THREE))
    desk.take(desk(THREE + "\n", "same answers.csv"))
    assert len(vault.kept(desk.lake)) == 1


def test_new_key_is_announced_once(desk):
    assert desk.take(desk(THREE)).new_key == str(contacts.key_file())
    assert desk.take(desk("8,,8,男,\n", "n.csv")).new_key is None


def test_refusals_and_unknown_codes_in_words(desk):
    desk.codebook.write_text(BOOK + "  ok: {role: consent, aliases: [同意], granted: [是]}\n", encoding="utf-8")
    path = desk.lake.parent / "e.csv"
    path.write_text("编号,推荐,同意,多余\n1,9,是,x\n2,好,是,x\n3,9,否,x\n4,11,是,x\n", encoding="utf-8")
    summary = desk.take(path)
    zh, en = "\n".join(summary.lines("zh")), "\n".join(summary.lines("en"))
    assert "读入 4，新增 2，拒收 2" in zh and "read 4, added 2, refused 2" in en
    assert "'ok' 未给出同意（第 4 行）" in zh and "no consent in 'ok' (rows 4)" in en
    assert "'q' 的内容既不是数字也不是代码本中的选项（第 3 行）" in zh
    assert "q：代码本未定义的取值 11 (1)，已原样保存" in zh
    assert "未入库的列 1：多余" in zh and "文件中没有的列 3：phone, g, c" in zh
    assert "含未同意者的答卷" in zh


# stopped, overtaken, wrong


@pytest.mark.parametrize("where", ["read_export", "take", "settle"])
def test_stopped_by_the_keyboard_changes_nothing(desk, monkeypatch, where):
    desk.take(desk(THREE))

    def stop(*args, **more):
        raise KeyboardInterrupt

    monkeypatch.setattr(module, where, stop)
    with pytest.raises(KeyboardInterrupt):
        desk.take(desk("8,,8,男,\n", "n.csv"))
    monkeypatch.undo()
    assert store.current_version(load_codebook(desk.codebook), desk.lake) == 0


def test_stopped_between_comments_and_answers_leaves_no_trace_in_scans(desk, monkeypatch):
    desk.take(desk(THREE))
    later = desk(THREE + "8,,8,男,多谢\n", "n.csv")
    real = store.opened
    calls = []

    def stop(book, name="answers", lake=None, version=None):
        calls.append(name)
        if store.table(book, "comments", lake).joinpath("_delta_log", "00000000000000000001.json").exists():
            raise KeyboardInterrupt
        return real(book, name, lake, version)

    monkeypatch.setattr(store, "opened", stop)
    with pytest.raises(KeyboardInterrupt):
        desk.take(later)
    monkeypatch.setattr(store, "opened", real)
    assert desk.rows("c") == [("挺好",), (None,), ("张三很热情",)]
    assert desk.take(later).added == 1
    assert desk.rows("c") == [("挺好",), (None,), ("张三很热情",), ("多谢",)]


def test_overtaken_run_compares_again(desk, monkeypatch):
    desk.take(desk(THREE))
    real, once = store.append, []

    def overtaken(*args, **more):
        if not once:
            once.append(1)
            raise store.Busy
        return real(*args, **more)

    monkeypatch.setattr(store, "append", overtaken)
    assert desk.take(desk("8,,8,男,\n", "n.csv")).added == 1


def test_many_at_once(desk):
    """Six threads with overlapping files: every answer once."""
    paths = [desk("".join(f"{i},,{i % 11},男,\n" for i in range(k, k + 40)), f"{k}.csv") for k in range(0, 120, 20)]
    contacts.load_key(desk.lake)
    failed = []

    def work(path):
        try:
            desk.take(path)
        except Exception as error:  # reported by the assertion below
            failed.append(error)

    threads = [threading.Thread(target=work, args=(path,)) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert failed == []
    keys = [row[0] for row in desk.rows("_key")]
    assert len(keys) == len(set(keys)) == 140


def test_progress_can_be_shown(desk, capsys):
    ingest(desk(THREE), desk.codebook, wave="a", lake=desk.lake, progress=True)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("error", [OSError(28, "No space left"), Exception("Unable to copy (os error 28)")])
def test_a_full_disk_is_told_in_one_sentence(desk, monkeypatch, error):
    def full(*_, **__):
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(store, "append", full)
        with pytest.raises(OSError, match="ingest s: the disk of .* is full; the store is as it was"):
            desk.take(desk(THREE), wave="a")
    assert store.current_version(load_codebook(desk.codebook), desk.lake) is None
    desk.take(desk(THREE), wave="a")
    assert store.current_version(load_codebook(desk.codebook), desk.lake) == 0


def test_wrong_arguments(desk):
    with pytest.raises(ValueError, match="ingest: `keep` is 'newest'; it must be one of"):
        desk.take(desk(THREE), keep="newest")
    with pytest.raises(ValueError, match="no file given"):
        desk.take()
    with pytest.raises(FileNotFoundError, match=r"'gone.csv' is not there"):
        desk.take(desk.lake.parent / "gone.csv")


def test_a_comment_may_be_called_text_or_column(tmp_path, monkeypatch):
    """Names that the comments table uses itself are no matter to the user."""
    import polars as pl

    from cemlab.codebook import load_codebook
    from cemlab.collect.ingest import ingest
    from cemlab.store import scan

    monkeypatch.setenv("CEMLAB_KEY", str(tmp_path / "secret.key"))
    book = tmp_path / "book.yml"
    book.write_text(
        "study: service_touchpoints\nname: named\ntitle: 命名\ncolumns:\n  number: {role: key, aliases: [id]}\n"
        "  text: {role: comment}\n  column: {role: comment}\n",
        encoding="utf-8",
    )
    export = tmp_path / "export.csv"
    pl.DataFrame({"id": ["1", "2"], "text": ["很好", None], "column": ["不错", "一般"]}).write_csv(export)
    ingest([export], book, lake=tmp_path / "lake")
    rows = scan(load_codebook(book), comments=True, lake=tmp_path / "lake").sort("_key").collect()
    assert rows["text"].to_list() == ["很好", None]
    assert rows["column"].to_list() == ["不错", "一般"]

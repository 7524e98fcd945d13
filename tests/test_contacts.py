"""The key, the pseudonyms made with it, and consent."""

import os
import stat
import sys

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cemlab import contacts
from cemlab.codebook import Column

KEY = bytes(range(32))


@pytest.fixture
def places(tmp_path, monkeypatch):
    """Lake and key file of one test."""
    monkeypatch.setenv("CEMLAB_KEY", str(tmp_path / "safe" / "key"))
    return tmp_path / "lake", tmp_path / "safe" / "key"


def test_key_is_made_once_and_found_again(places):
    lake, path = places
    key = contacts.load_key(lake)
    assert len(key) == 32
    assert contacts.load_key(lake) == key
    assert contacts.load_key(lake.parent / "other lake") == key
    assert key.hex() in path.read_text(encoding="utf-8")
    assert key.hex() not in (lake / contacts.MARK).read_text(encoding="utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="permission bits mean little on Windows")
def test_key_file_is_for_its_owner_only(places):
    contacts.load_key(places[0])
    assert stat.S_IMODE(os.stat(places[1]).st_mode) == 0o600


def test_lost_key_is_not_replaced(places):
    lake, path = places
    contacts.load_key(lake)
    path.unlink()
    with pytest.raises(contacts.KeyFileError, match="is not there. Put the copy of the key file back"):
        contacts.load_key(lake)
    assert not path.exists()


def test_another_key_is_noticed(places, monkeypatch):
    lake, path = places
    contacts.load_key(lake)
    monkeypatch.setenv("CEMLAB_KEY", str(path.with_name("second")))
    contacts.load_key(lake.parent / "second lake")
    with pytest.raises(contacts.KeyFileError, match="every person would become a stranger"):
        contacts.load_key(lake)


def test_broken_key_file_and_key_among_the_data(places, monkeypatch):
    lake, path = places
    path.parent.mkdir(parents=True)
    path.write_text("something else", encoding="utf-8")
    with pytest.raises(contacts.KeyFileError, match="'key' is no key file of cemlab"):
        contacts.load_key(lake)
    monkeypatch.setenv("CEMLAB_KEY", str(lake / "key"))
    with pytest.raises(contacts.KeyFileError, match="must live outside the data"):
        contacts.load_key(lake)


def test_pseudonym_is_hmac_sha256_by_hand():
    """Computed with the standard library from the definition: HMAC(HMAC(key, "cemlab person"), identifier), 128 bits."""
    import hashlib
    import hmac

    own = hmac.new(KEY, b"cemlab person", hashlib.sha256).digest()
    wanted = hmac.new(own, b"13800138000", hashlib.sha256).hexdigest()[:32]
    assert contacts.pseudonyms(pl.Series(["13800138000"]), KEY).to_list() == [wanted]


@pytest.mark.parametrize(
    "one, other",
    [
        ("13800138000", "+86 138-0013-8000"),
        ("13800138000", "0086 13800138000"),
        ("13800138000", " １３８００１３８０００ "),
        ("Ann@Example.com", "ann@example.com "),
        ("17", "17 "),
    ],
)
def test_spellings_of_one_identifier(one, other):
    first, second = contacts.pseudonyms(pl.Series([one, other]), KEY).to_list()
    assert first == second


def test_numbers_and_text_of_one_id_agree():
    assert contacts.pseudonyms(pl.Series([17.0]), KEY)[0] == contacts.pseudonyms(pl.Series(["17"]), KEY)[0]
    assert contacts.pseudonyms(pl.Series([17]), KEY)[0] == contacts.pseudonyms(pl.Series(["17"]), KEY)[0]


@pytest.mark.parametrize("one, other", [("13800138000", "13800138001"), ("00123", "123"), ("a", "b")])
def test_different_identifiers_stay_different(one, other):
    first, second = contacts.pseudonyms(pl.Series([one, other]), KEY).to_list()
    assert first != second


@given(st.lists(st.text(max_size=12), max_size=8))
def test_pseudonyms_are_a_function_of_the_identifier_alone(texts):
    together = contacts.pseudonyms(pl.Series(texts, dtype=pl.String), KEY).to_list()
    alone = [contacts.pseudonyms(pl.Series([text]), KEY)[0] for text in texts]
    assert together == alone
    assert all(one is None or len(one) == 32 for one in together)


def test_missing_identifier_is_nobody():
    assert contacts.pseudonyms(pl.Series([None, " ", ""]), KEY).to_list() == [None] * 3
    assert contacts.pseudonyms(pl.Series([None, None]), KEY).dtype == pl.String


def test_replicates_follow_the_person_and_spread():
    persons = contacts.pseudonyms(pl.Series([str(i % 5000) for i in range(10_000)]), KEY)
    keys = pl.Series([f"k{i}" for i in range(10_000)])
    found = contacts.replicates(persons, keys, KEY)
    assert found.dtype == pl.Int16
    assert (found[:5000] == found[5000:]).all()
    alone = contacts.replicates(pl.Series([None] * 10_000, dtype=pl.String), keys, KEY)
    for one in (found, alone):
        counts = one.value_counts()["count"]
        assert (one.min(), one.max(), len(counts)) == (0, 255, 256)
        assert 5 < counts.min() and counts.max() < 90  # 39 expected


def test_consent_by_code_label_and_other_spelling():
    options = {"1": {"zh": "同意", "en": "Agree", "also": ["我同意"]}, "2": {"zh": "不同意"}}
    column = Column(name="agree", role="consent", granted=["1"], options=options)
    given = contacts.consented(pl.Series(["同意", "1", "我同意", "Agree", "不同意", "2", None, "也许"]), column)
    assert given.to_list() == [True] * 4 + [False] * 4
    assert contacts.consented(pl.Series([1.0, 2.0, None]), column).to_list() == [True, False, False]
    assert contacts.consented(pl.Series([True, False]), column).to_list() == [True, False]
    assert contacts.consented(pl.Series([None, None]), column).to_list() == [False, False]

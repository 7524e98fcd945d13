"""Shared fixtures: real answers and oracles are read in place beside the repository; without them their tests skip."""

import json
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("untimed", deadline=None)  # how long an example took says what else the machine did
settings.load_profile("untimed")

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def root():
    """The repository's root folder."""
    return ROOT


@pytest.fixture(scope="session")
def shared():
    """The folder of real answers and oracles; the test skips where it is absent."""
    if not (SHARED / "data").is_dir():
        pytest.skip("no ../shared beside the repository: real answers and oracles are not part of it")
    return SHARED


@pytest.fixture(scope="session")
def oracle(shared):
    """`oracle(method)` gives (expected results as a dict, the method's folder)."""

    def read(method):
        folder = shared / "oracles" / method
        if not folder.is_dir():
            pytest.skip(f"no oracle {method!r} in ../shared")
        return json.loads((folder / "expected.json").read_text(encoding="utf-8")), folder

    return read


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A team's folder of its own."""
    monkeypatch.setenv("CEMLAB_HOME", str(tmp_path))
    monkeypatch.setenv("CEMLAB_KEY", str(tmp_path / "secret.key"))
    monkeypatch.delenv("CEMLAB_LAKE", raising=False)
    return tmp_path

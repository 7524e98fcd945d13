"""An ingest killed at any moment leaves the store as it was before or as it is after, and the next one completes."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time

import polars as pl
import pytest

from cemlab import store
from cemlab.collect.ingest import ingest

BOOK = """
study: service_touchpoints
name: s
title: 研究
waves: {a: {}}
columns:
  id: {role: key}
  person: {role: person}
  q: {role: nps, scale: {low: 0, high: 10}}
  c: {role: comment}
"""
OLD, NEW, KILLS, SEED = 400, 3000, 50, 20261001
CHILD = """
import os, sys, time
from cemlab import store, vault
from cemlab.collect import ingest as module
import cryptography.hazmat.primitives.ciphers.aead, deltalake, filelock, polars, rich

commit = store.append

def append(*args, **more):
    print("writes", flush=True)
    start = time.perf_counter()
    version = commit(*args, **more)
    print("wrote", time.perf_counter() - start, flush=True)
    return version

def work(folder):
    store.append = append
    start = time.perf_counter()
    files = (folder + "/new.csv", folder + "/s.yml")
    module.ingest(*files, wave="a", lake=folder + "/lake", keep="last", progress=False)
    print("took", time.perf_counter() - start, flush=True)

print("ready", flush=True)
for line in sys.stdin:
    pid = os.fork() if hasattr(os, "fork") else 0
    if pid:
        print("pid", pid, flush=True)
        os.waitpid(pid, 0)
        print("gone", flush=True)
    else:
        work(line.strip())
        os._exit(0)
"""


class Victims:
    """Processes that ingest `new.csv` and may be killed; everything is imported before the clock starts.

    Where the system can fork, one process imports and its copies work; elsewhere each is a process of its own.
    """

    def __init__(self):
        self.parent = None

    def run(self, folder, delay=None, after=None):
        """Ingest in `folder`; kill `delay` seconds (None: never) after the start or the line `after`; what was told."""
        if self.parent is None:
            pipe = subprocess.PIPE
            self.parent = subprocess.Popen([sys.executable, "-c", CHILD], stdin=pipe, stdout=pipe, text=True)
            assert self.parent.stdout.readline() == "ready\n"
        self.parent.stdin.write(f"{folder.as_posix()}\n")
        self.parent.stdin.flush()
        told = {}
        forks = hasattr(os, "fork")
        if forks:
            name, pid = self.parent.stdout.readline().split()
            assert name == "pid"
        lines = iter(self.parent.stdout.readline, "")
        while after and after not in told:
            name, *value = next(lines).split()
            told[name] = value
        if delay is not None:
            time.sleep(delay)
            try:
                os.kill(int(pid), signal.SIGKILL) if forks else self.parent.kill()
            except ProcessLookupError:
                pass  # it was done already
        for line in lines:
            name, *value = line.split()
            told[name] = value
            if name == "gone":
                break
        if not forks:
            self.stop()
        return {name: float(value[0]) for name, value in told.items() if value}

    def stop(self):
        """End the process."""
        if self.parent is not None:
            self.parent.kill()
            self.parent.communicate()
            self.parent = None


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A folder with a codebook, two exports, and a store that holds the first of them."""
    folder = tmp_path_factory.mktemp("killed")
    before = os.environ.get("CEMLAB_KEY")
    os.environ["CEMLAB_KEY"] = str(folder / "key")
    (folder / "base").mkdir()
    base = folder / "base"
    (base / "s.yml").write_text(BOOK, encoding="utf-8")
    for name, first, count in (("old", 0, OLD), ("new", OLD - 100, NEW)):  # 100 answers stand in both, changed
        rows = [f"{i},p{i % 50},{i % 11 if name == 'old' else 10},wort{name}" for i in range(first, first + count)]
        (base / f"{name}.csv").write_text("id,person,q,c\n" + "\n".join(rows) + "\n", encoding="utf-8")
    ingest(base / "old.csv", base / "s.yml", wave="a", lake=base / "lake", progress=False)
    yield folder
    os.environ.pop("CEMLAB_KEY") if before is None else os.environ.update(CEMLAB_KEY=before)


def state(folder):
    """What the store holds: rows, sum of answers, and rows by comment."""
    found = store.scan(folder / "s.yml", comments=True, lake=folder / "lake").collect()
    return len(found), found["q"].sum(), sorted(found["c"].value_counts().rows()), found["_key"].n_unique()


@pytest.fixture
def victims():
    one = Victims()
    yield one
    one.stop()


def test_killed_at_fifty_random_moments(desk, victims):
    """20 kills spread over the whole run, 30 over the writing alone, where the danger is."""
    old, whole = state(desk / "base"), []
    for number in range(3):
        shutil.copytree(desk / "base", desk / f"whole{number}")
        whole.append(victims.run(desk / f"whole{number}"))
    new = state(desk / "whole0")
    assert old[0] == OLD and new[0] == OLD - 100 + NEW and new[1] != old[1]
    longest = {name: max(one[name] for one in whole) for name in ("took", "wrote")}
    draw = random.Random(SEED)
    moments = [(None, (i + draw.random()) / 20 * longest["took"]) for i in range(20)]
    moments += [("writes", (i + draw.random()) / 30 * 1.5 * longest["wrote"]) for i in range(KILLS - 20)]
    seen = []
    for number, (after, delay) in enumerate(moments):
        folder = desk / f"n{number}"
        shutil.copytree(desk / "base", folder)
        victims.run(folder, delay, after)
        found = state(folder)
        assert found in (old, new), f"kill {number} left {found}"
        seen.append(found == new)
        again = ingest(
            folder / "new.csv", folder / "s.yml", wave="a", lake=folder / "lake", keep="last", progress=False
        )
        assert state(folder) == new
        assert again.added + again.repeated + again.replaced == NEW
        shutil.rmtree(folder)
    assert any(seen[20:]) and not all(seen[20:])  # kills that all come too early or too late would prove nothing


def test_killed_during_the_first_ingest_of_all(desk):
    """No table yet: what is left behind must not be taken for one."""
    folder = desk / "first"
    (folder / "lake" / "s" / "answers" / "_delta_log").mkdir(parents=True)
    (folder / "lake" / "s" / "comments" / "_delta_log").mkdir(parents=True)
    (folder / "lake" / "s" / "answers" / "part-00000-half.parquet").write_bytes(b"PAR1")
    shutil.copy(desk / "base" / "s.yml", folder)
    assert store.current_version(store_book(folder), folder / "lake") is None
    path = desk / "base" / "old.csv"
    assert ingest(path, folder / "s.yml", wave="a", lake=folder / "lake", progress=False).added == OLD
    assert store.scan(folder / "s.yml", lake=folder / "lake").select(pl.len()).collect().item() == OLD


def store_book(folder):
    """The codebook in a folder."""
    from cemlab.codebook import load_codebook

    return load_codebook(folder / "s.yml")

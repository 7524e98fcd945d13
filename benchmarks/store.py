"""How long an ingest of many answers takes, step by step: `python -m benchmarks store`."""

import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

ROWS, RATINGS = 300_000, 34
CODEBOOK = """
study: service_touchpoints
name: big
title: 大样本
waves: {a: {start: 2026-01-01, end: 2026-12-31}}
stages: {s: 环节}
columns:
  id: {role: key}
  at: {role: time}
  phone: {role: person}
  w: {role: weight}
  recommend: {role: nps, scale: {low: 0, high: 10}}
  gender: {role: segment, options: {1: 男, 2: 女}}
"""


def write_file(folder, rng):
    """An export of `ROWS` x 40 columns and its codebook."""
    names = [f"q{i}" for i in range(RATINGS)]
    text = CODEBOOK + "".join(
        f"  {q}: {{role: touchpoint, stage: s, scale: {{low: 1, high: 5}}, missing: {{9: not_applicable}}}}\n"
        for q in names
    )
    (folder / "big.yml").write_text(text, encoding="utf-8")
    stamps = pl.datetime_range(pl.datetime(2026, 1, 1), pl.datetime(2026, 12, 30), "100s", eager=True)
    frame = pl.DataFrame(
        {
            "id": [f"A{i:07d}" for i in range(ROWS)],
            "at": stamps.sample(ROWS, with_replacement=True, seed=1).dt.strftime("%Y-%m-%d %H:%M:%S"),
            "phone": [str(13_000_000_000 + int(i)) for i in rng.integers(0, 200_000, ROWS)],
            "w": rng.gamma(4, 0.25, ROWS).round(6),
            "recommend": rng.integers(0, 11, ROWS),
            "gender": rng.choice(["男", "女"], ROWS),
            **{q: rng.choice([1, 2, 3, 4, 5, 9], ROWS) for q in names},
        }
    )
    path = folder / "big.csv"
    frame.write_csv(path)
    return path, folder / "big.yml"


def timed(what, function):
    """Run a function and print its seconds."""
    start = time.perf_counter()
    out = function()
    print(f"{what:<52}{time.perf_counter() - start:8.2f} s", flush=True)
    return out


def main():
    """Write, ingest, ingest again, ingest a longer export, scan."""
    from cemlab import store
    from cemlab.collect import ingest as module
    from cemlab.collect.exports import read_export

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["CEMLAB_KEY"] = str(folder / "key")
        path, codebook = write_file(folder, np.random.default_rng(1))
        print(f"{ROWS:,} rows x {6 + RATINGS} columns, {path.stat().st_size / 2**20:.0f} MiB")
        timed("bare polars.read_csv", lambda: pl.read_csv(path))
        timed("read_export", lambda: read_export(path))
        lake = folder / "lake"
        summary = timed("ingest", lambda: module.ingest(path, codebook, lake=lake))
        assert summary.added == ROWS
        timed("the same file again", lambda: module.ingest(path, codebook, lake=lake))
        more = folder / "more.csv"
        more.write_text(
            path.read_text(encoding="utf-8") + path.read_text(encoding="utf-8").splitlines()[-1].replace("A0", "B0", 1)
        )
        summary = timed("an export with all of them and one more", lambda: module.ingest(more, codebook, lake=lake))
        assert (summary.added, summary.repeated) == (1, ROWS)
        one = pl.col("recommend").mean()
        timed("scan: one mean", lambda: store.scan(codebook, lake=lake).select(one).collect())
        timed("scan: everything", lambda: store.scan(codebook, lake=lake).collect())
    if sys.platform != "win32":
        import resource

        print(f"largest memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10:,.0f} MiB")


if __name__ == "__main__":
    main()

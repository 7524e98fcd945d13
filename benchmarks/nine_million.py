"""The service study at 300,000 answers a day: 30 days, nine million rows, rendered whole: `python benchmarks/nine_million.py`.

The sample study is taken into a lake of its own, its answers are multiplied there, and the notebook is rendered as
`cemlab render` does it. Printed: rows, seconds, seconds of the processors, load and peak memory of the render and its children.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

DAYS = 30


def multiply(lake, rows, seed=1):
    """Fill the answers table with `rows` answers like the sample's: 30 days, one file a day."""
    from deltalake import write_deltalake

    path = lake / "service_touchpoints" / "answers"
    answers = pl.read_delta(str(path))
    late = np.flatnonzero((answers["_wave"] == "2026Q3").to_numpy())
    early = np.setdiff1d(np.arange(len(answers)), late)
    rng = np.random.default_rng(seed)
    for day in range(DAYS):
        first, after = (rows * d // DAYS for d in (day, day + 1))
        n, start = after - first, np.datetime64("2026-08-17T00:00:00") + np.timedelta64(day, "D")
        moments = (start + rng.integers(0, 86400, n).astype("timedelta64[s]")).astype("datetime64[us]")
        part = answers[rng.choice(late if day >= DAYS // 2 else early, n)]
        part = part.with_columns(
            pl.Series("_key", np.arange(first, after).astype(str)),
            pl.Series("_at", moments).dt.replace_time_zone("UTC").cast(part.schema["_at"]),
            pl.Series("_date", moments).cast(pl.Date),
            pl.Series("_replicate", rng.integers(0, 256, n)).cast(part.schema["_replicate"]),
            pl.lit(None, part.schema["_person"]).alias("_person"),
        )
        write_deltalake(str(path), part.select(answers.columns).to_arrow(), mode="append" if day else "overwrite")


def render(codebook, home):
    """Render the study in a process of its own; return its seconds and the peak of all its processes in MB."""
    import psutil

    command = [sys.executable, "-m", "cemlab.cli", "render", "service_touchpoints", "--codebook", str(codebook)]
    start, peak = time.perf_counter(), 0
    process = subprocess.Popen([*command, "--out", str(home / "report")], env=os.environ, stdout=subprocess.DEVNULL)
    watched = psutil.Process(process.pid)
    while process.poll() is None:
        try:
            family = [watched, *watched.children(recursive=True)]
            peak = max(peak, sum(p.memory_info().rss for p in family))
        except psutil.NoSuchProcess:
            pass
        time.sleep(0.2)
    return process.returncode, time.perf_counter() - start, peak / 1e6


def processor_seconds():
    """User and system seconds of all processes waited for so far; None where the system does not tell."""
    try:
        import resource
    except ImportError:
        return None
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return np.array([used.ru_utime, used.ru_stime])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="?", type=int, default=9_000_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        os.environ |= {"CEMLAB_HOME": str(home), "CEMLAB_KEY": str(home / "key"), "CEMLAB_LAKE": str(home / "lake")}
        from cemlab.collect.ingest import ingest
        from cemlab.paths import codebooks_folder
        from cemlab.sample_files import write_service_sample

        codebook = codebooks_folder() / "service_touchpoints.yml"
        ingest(write_service_sample(home / "tool"), codebook)
        start = time.perf_counter()
        multiply(home / "lake", rows)
        print(f"{rows:,} answers written in {time.perf_counter() - start:.0f} s")
        before = processor_seconds()
        code, seconds, peak = render(codebook, home)
        if before is not None:
            user, system = processor_seconds() - before
            print(f"{user:.0f} s of processors (user), {system:.0f} s (system); load {os.getloadavg()[0]:.1f}")
        print(f"rendered in {seconds:.0f} s, peak {peak:,.0f} MB resident over all processes, exit {code}")


if __name__ == "__main__":
    main()

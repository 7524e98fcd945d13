"""How long comparisons of many answers take beside the bare polars query that reads the same columns.

Run: python benchmarks/compare.py [rows]
"""

import sys
import time

import numpy as np
import polars as pl

from cemlab.measure.compare import compare_groups, compare_waves
from cemlab.measure.trend import control_chart


def table(rows):
    """Answers of two waves, a hundred stores and a year of days; a third of the people answer twice."""
    rng = np.random.default_rng(1)
    start = np.datetime64("2025-01-01")
    return pl.DataFrame(
        {
            "x": rng.integers(0, 11, rows).astype(float),
            "_wave": rng.integers(1, 3, rows).astype(str),
            "g": rng.integers(0, 6, rows).astype(str),
            "store": rng.integers(0, 100, rows).astype(str),
            "_person": rng.integers(0, rows * 3 // 4, rows),
            "w": rng.uniform(0.5, 2, rows),
            "_date": start + rng.integers(0, 365, rows),
        }
    ).lazy()


def seconds(call):
    """The better of two runs."""
    best = np.inf
    for _ in range(2):
        began = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - began)
    return best


def main():
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 3_000_000
    data, waves = table(rows), {"current": "2", "previous": "1"}
    calls = {
        "bare polars group_by": lambda: data.group_by("_wave", "x").agg(pl.len(), pl.col("w").sum()).collect(),
        "compare_groups": lambda: compare_groups(data, "x", by="g", weights="w"),
        "compare_groups, clustered": lambda: compare_groups(data, "x", by="g", weights="w", cluster="store"),
        "compare_waves": lambda: compare_waves(data, "x", weights="w", **waves),
        "compare_waves, repeated persons": lambda: compare_waves(data, "x", weights="w", id="_person", **waves),
        "control_chart by day": lambda: control_chart(data, "x", period="day", weights="w"),
    }
    taken = {name: seconds(call) for name, call in calls.items()}
    base = taken["bare polars group_by"]
    for name, value in taken.items():
        print(f"{name:34s} {value:7.2f} s  {value / base:5.1f} x")


if __name__ == "__main__":
    main()

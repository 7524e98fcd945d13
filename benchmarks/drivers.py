"""Key drivers: 12 drivers with 2,000 draws, and 18 drivers of a million rows; seconds and peak memory."""

import sys
import time

import numpy as np
import polars as pl

from cemlab.analyse.drivers import key_drivers


def answers(n, drivers, *, used=1.0, seed=1):
    """Ratings 1 to 5 that follow one common factor; the first three drive the outcome. `used`: share who rate each."""
    rng = np.random.default_rng(seed)
    common = rng.normal(size=n)
    columns, outcome = {}, rng.normal(size=n)
    for j in range(drivers):
        x = np.clip(np.round(3.6 + 0.6 * common + 0.8 * rng.normal(size=n)), 1, 5)
        outcome += 0.4 * x * (j < 3)
        if used < 1:
            x[rng.random(n) > used] = np.nan
        columns[f"t{j:02d}"] = x
    columns["overall"] = np.clip(np.round(outcome), 0, 10)
    columns["_replicate"] = rng.integers(0, 256, size=n)
    return pl.DataFrame(columns).with_columns(pl.col(pl.Float64).fill_nan(None)).lazy()


def peak():
    """Largest memory of this process so far, in MB; unknown on Windows."""
    try:
        import resource
    except ImportError:
        return float("nan")
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size / (2**20 if sys.platform == "darwin" else 1024)


def run(name, data, drivers, **options):
    before, start = peak(), time.perf_counter()
    results = key_drivers(data, "overall", [f"t{j:02d}" for j in range(drivers)], **options)
    took = time.perf_counter() - start
    r2 = results.loc[results["metric"] == "r_squared", "estimate"].iloc[0]
    print(f"{name:<62} {took:7.2f} s   peak {peak():6.0f} MB (before {before:.0f})   R2 {r2:.3f}", flush=True)


def main():
    small = answers(5000, 15).collect().lazy()
    run("warm up", answers(2000, 3), 3)
    for method in ("relative_weights", "lmg"):
        run(f"{method}, 15 drivers, 5,000 rows, no intervals", small, 15, method=method, draws=0)
        run(f"{method}, 12 drivers, 5,000 rows, 2,000 draws", small, 12, method=method)
    large = answers(1_000_000, 18).collect().lazy()
    run("relative_weights, 18 drivers, 1,000,000 rows, 2,000 draws", large, 18)
    run("lmg, 18 drivers, 1,000,000 rows, no intervals", large, 18, method="lmg", draws=0)
    run("lmg, 18 drivers, 1,000,000 rows, 200 draws", large, 18, method="lmg", draws=200)
    gaps = answers(1_000_000, 18, used=0.8).collect().lazy()
    run("relative_weights, 18 drivers with gaps, 1,000,000 rows, 2,000", gaps, 18)


if __name__ == "__main__":
    main()

"""Time of the scores on many rows, beside the bare polars query that any tool would need: `python benchmarks/scores.py`."""

import argparse
import statistics
import time

import numpy as np
import polars as pl

from cemlab.measure.scores import mean_score, nps, top_box

ITEMS = ["recommend", "overall", "staff", "price"]


def answers(rows):
    """Ratings with a tenth missing, four segments and weights."""
    rng = np.random.default_rng(1)
    columns = {name: rng.integers(0, 11 if name == "recommend" else 6, rows).astype(float) for name in ITEMS}
    frame = pl.DataFrame(columns | {"segment": rng.choice(list("abcd"), rows), "w": rng.uniform(0.5, 2, rows)})
    return frame.with_columns(pl.when(pl.col(n) > 0).then(pl.col(n)).alias(n) for n in ITEMS[1:])


def bare(frame, items, weighted):
    """Counts of each item's codes by segment: the least that must be read."""
    w = pl.col("w") if weighted else pl.lit(1.0)
    sums = [pl.len(), w.sum().alias("w"), (w * w).sum().alias("w2")]
    return pl.collect_all([frame.lazy().group_by("segment", item).agg(sums) for item in items])


def seconds(run, repeats):
    """Median wall time."""
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=9_000_000)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    frame = answers(options.rows)
    rating = {"scale": (1, 5), "by": "segment"}
    cases = {
        "nps, 1 item": (lambda: nps(frame.lazy(), "recommend", by="segment"), ITEMS[:1], False),
        "nps, 1 item, weighted": (lambda: nps(frame.lazy(), "recommend", by="segment", weights="w"), ITEMS[:1], True),
        "top_box, 3 items": (lambda: top_box(frame.lazy(), ITEMS[1:], **rating), ITEMS[1:], False),
        "mean_score, 3 items, weighted": (
            lambda: mean_score(frame.lazy(), ITEMS[1:], **rating, weights="w"),
            ITEMS[1:],
            True,
        ),
    }
    print(f"{options.rows:,} rows, median of {options.repeats}")
    for name, (run, items, weighted) in cases.items():
        ours, least = (
            seconds(run, options.repeats),
            seconds(lambda i=items, w=weighted: bare(frame, i, w), options.repeats),
        )
        print(f"{name:32} {ours:6.2f} s   bare query {least:6.2f} s   ratio {ours / least:.2f}")


if __name__ == "__main__":
    main()

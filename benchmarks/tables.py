"""60 questions x 6 banners on 300,000 weighted answers: bare polars, pandas and `crosstab` in the same run."""

import time

import numpy as np
import polars as pl

from cemlab.codebook import parse_codebook
from cemlab.measure.table_counts import table_counts
from cemlab.measure.table_rows import table_rows
from cemlab.measure.tables import block, crosstab

ROWS, RATED, CHOSEN, BANNERS = 300_000, 30, 30, 6


def sample():
    """Answers: 30 ratings 1 to 5 with gaps, 30 single choices of 6, 6 banners of 5, weights."""
    rng = np.random.default_rng(20261001)
    columns = {f"q{i}": rng.integers(1, 6, ROWS).astype(float) for i in range(RATED)}
    columns |= {f"s{i}": rng.integers(1, 7, ROWS).astype(str) for i in range(CHOSEN)}
    columns |= {f"b{i}": rng.integers(1, 6, ROWS).astype(str) for i in range(BANNERS)}
    columns["w"] = rng.uniform(0.5, 2, ROWS)
    gaps = pl.when(pl.int_range(pl.len()) % 17 == 0).then(None).otherwise(pl.col("^q.*$")).name.keep()
    return pl.DataFrame(columns).with_columns(gaps)


def codebook():
    """Ratings are scales, the rest single choices."""
    lines = [f"  q{i}: {{role: question, type: scale, scale: {{low: 1, high: 5}}}}" for i in range(RATED)]
    lines += [f"  s{i}: {{role: question}}" for i in range(CHOSEN)]
    return parse_codebook("study: brand_health\nname: bench\ntitle: bench\ncolumns:\n" + "\n".join(lines))


def bare_polars(data, questions, banners):
    """The least a table needs: n, sum of w and of w squared by banner and answer, collected together."""
    w = pl.col("w")
    queries = [
        data.lazy().group_by(banner, question).agg(pl.len(), w.sum().alias("sum"), (w * w).sum().alias("squares"))
        for banner in banners
        for question in questions
    ]
    return pl.collect_all(queries)


def bare_pandas(frame, questions, banners):
    """The same with pandas, one question by one banner at a time."""
    squares = frame.assign(w2=frame["w"] ** 2)
    return [
        squares.groupby([banner, question], dropna=False, observed=True)[["w", "w2"]].agg(["size", "sum"])
        for banner in banners
        for question in questions
    ]


def best(call, times=3):
    """The shortest of some runs, in seconds, and the last result."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        result = call()
        seconds.append(time.perf_counter() - start)
    return min(seconds), result


def main():
    """Print the three times and what they count."""
    data, book = sample(), codebook()
    questions = [f"q{i}" for i in range(RATED)] + [f"s{i}" for i in range(CHOSEN)]
    banners = [f"b{i}" for i in range(BANNERS)]
    items = [item for name in questions for item in table_rows(book.columns[name], book, set(data.columns))[0]]
    blocks = [block(name, book, set(data.columns), "bench") for name in banners]
    bare, _ = best(lambda: bare_polars(data, questions, banners))
    reduced, _ = best(lambda: table_counts(data, items, blocks, weights="w"))
    whole, table = best(lambda: crosstab(data, questions, banners, codebook=book, weights="w"))
    frame = data.to_pandas()
    pandas, _ = best(lambda: bare_pandas(frame, questions, banners), times=1)
    print(f"{len(questions)} questions x {len(banners)} banners, {ROWS:,} weighted answers, {len(table):,} cells")
    print(f"bare polars (counts only)       {bare:6.2f} s")
    print(f"table_counts (the reduction)    {reduced:6.2f} s   x{reduced / bare:.2f}")
    print(f"crosstab (counts, tests, letters){whole:5.2f} s   x{whole / bare:.2f}")
    print(f"bare pandas (counts only)       {pandas:6.2f} s   x{pandas / bare:.2f}")


if __name__ == "__main__":
    main()

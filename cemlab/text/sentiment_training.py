"""How the default sentiment model is trained: features stretched by class, fields and lengths balanced, calibrated held out.

A logistic model on hashed characters, words and pairs (inverse document frequency, length 1, each feature stretched by how
far its share differs between praise and blame: Wang and Manning 2012) plus counts of praise and blame under negation and
after contrasts. The reviews are shipped line by line; neighbouring lines also stand in the training set joined, as the long
texts they come from. The opinion words stand there as tiny texts, alone, denied and
set against each other, so that a word no review used still has
a direction. Praise and blame weigh the same within each field (books, hotels, computers) and band of lengths, or what a text
is about, and how long it is, would pass for an opinion. Settings were chosen on the shipped reviews alone: parts of
neighbouring lines, and each field left out in turn.
"""

import numpy as np

from cemlab.text import features
from cemlab.text.opinion_words import BLAME, PRAISE
from cemlab.text.shipped_reviews import fields_of, neighbours

PENALTY = 5.0
STEPS = 100  # of L-BFGS
STRETCH = 0.75  # 0: a feature is as wide as it is rare; 1: as it is rare times its log ratio between the classes
SMOOTHING = 2.0  # texts added to each side of that ratio
RUN = 40  # neighbouring lines that are held out together
BANDS = (40, 80, 140)  # lengths, in characters, between which praise and blame weigh the same
MOST = 3.0  # largest weight that this gives a text, and the inverse of the smallest
WORD_WEIGHT = 0.3  # weight of an opinion word as a training text
OPINION_SCALE = 0.3
PARTS = 3
CONTRAST = ("但是", "不过", "可是", "但")  # what is said after these counts
DENIED = {  # opinion words denied: what stands before them, and which side that makes them
    "praise": ("不是很", "并不", "没有想象中", "谈不上"),
    "blame": ("一点也不", "并不", "没有"),
}


def train(texts, labels, *, weights=None, name="trained", parts=PARTS):
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
    cemlab.text.sentiment_model.Model
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
        self.read = _Matrix(texts)
        self.spans = np.array(list(neighbours(texts[:ordered], self.labels)), int).reshape(-1, 2)
        first = self.spans[:, 0]
        words, sides = tiny_texts()
        joined = ["，".join(texts[a:b]) for a, b in self.spans]
        self.added = _Matrix(joined + words)
        self.added_labels = np.concatenate([self.labels[first], sides])
        field = fields_of(texts[:ordered], self.labels[:ordered])
        even = evened(
            [len(text) for text in [*texts[:ordered], *joined]],
            np.concatenate([self.labels[:ordered], self.labels[first]]),
            np.concatenate([field, field[first]]),
        )
        self.added_weights = np.concatenate([self.weights[first] * even[ordered:], np.full(len(words), WORD_WEIGHT)])
        self.weights[:ordered] *= even[:ordered]
        self.words = np.arange(len(self.added_labels)) >= len(self.spans)

    def whole(self, rows):
        """Which joined texts consist of the chosen rows only."""
        chosen = np.concatenate([[0], np.cumsum(rows)])
        first, after = self.spans.T
        return chosen[after] - chosen[first] == after - first

    def fit(self, rows, name="", calibration=(1.0, 0.0)):
        """A model from the rows chosen (boolean array)."""
        import scipy.sparse as sp

        from cemlab.text.sentiment_model import Model

        added = self.words.copy()
        added[~self.words] = self.whole(rows)
        own = self.read.counts[rows]
        counts = sp.vstack([own, self.added.counts[added]], format="csr")
        opinions = np.concatenate([self.read.opinions[rows], self.added.opinions[added]]) * OPINION_SCALE
        labels = np.concatenate([self.labels[rows], self.added_labels[added]])
        weights = np.concatenate([self.weights[rows], self.added_weights[added]])
        seen = np.bincount(own.indices, minlength=counts.shape[1])
        known = seen >= 2
        known[self.added.counts[self.words].indices] = True
        kept = np.flatnonzero(known)
        idf = (np.log((rows.sum() + 1) / (seen[kept] + 1)) + 1).astype(np.float32)
        counts = counts[:, kept].astype(np.float32)
        width = idf * (1 - STRETCH + STRETCH * np.abs(_log_ratio(counts, labels, weights))).astype(np.float32)
        norm = 1 / np.sqrt(np.maximum(counts @ idf**2, 1e-12))
        counts.data *= np.repeat(norm.astype(np.float32), np.diff(counts.indptr)) * width[counts.indices]
        coefficients, on_opinions, intercept = _logistic(counts, opinions, labels, weights)
        table = np.zeros((1 << features.BITS, 2), np.float32)
        table[kept, 0] = idf**2
        table[kept, 1] = width * coefficients
        on_opinions = (on_opinions * OPINION_SCALE).astype(np.float32)
        return Model(name, table, on_opinions, intercept, tuple(calibration))

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
        return self.read.scores(model, rows)


class _Matrix:
    """Features of texts as a sparse matrix of counts beside the dense columns."""

    def __init__(self, texts):
        import scipy.sparse as sp

        given = features.read(list(texts))
        size = (given.n, 1 << features.BITS)
        self.counts = sp.csr_matrix((np.ones(len(given.text), np.float32), (given.text, given.index)), shape=size)
        self.counts.sum_duplicates()
        self.opinions = given.opinions

    def scores(self, model, rows):
        counts = self.counts[rows]
        norm = np.sqrt(np.maximum(counts @ model.table[:, 0].astype(float), 1e-12))
        return counts @ model.table[:, 1].astype(float) / norm + self.opinions[rows] @ model.opinions + model.intercept


def tiny_texts():
    """Opinion words alone, denied, and set against each other, with their sides: (list of str, list of float)."""
    words = sorted(PRAISE | BLAME)
    texts, sides = list(words), [float(word in PRAISE) for word in words]
    plain = [w for w in words if "一" <= w[0] <= "鿿" and len(w) <= 3 and w[0] not in "不没无未别再"]
    praise, blame = ([w for w in plain if (w in PRAISE) == side] for side in (True, False))
    for given, before in ((praise, DENIED["praise"]), (blame, DENIED["blame"])):
        texts += [before[place % len(before)] + word for place, word in enumerate(given)]
        sides += [float(given is blame)] * len(given)
    for first, second in ((praise, blame), (blame, praise)):
        pairs = zip(first, second[7:] + second[:7], strict=False)
        texts += [f"{a}，{CONTRAST[place % len(CONTRAST)]}{b}" for place, (a, b) in enumerate(pairs)]
        sides += [float(second is praise)] * min(len(first), len(second))
    return texts, sides


def calibrate(scores, labels, weights=None):
    """Slope and shift of Platt's logistic curve (1999) from held-out scores."""
    from sklearn.linear_model import LogisticRegression

    curve = LogisticRegression(C=1e6).fit(np.asarray(scores)[:, None], labels, weights)
    return float(curve.coef_[0, 0]), float(curve.intercept_[0])


def evened(lengths, labels, fields=None):
    """Weights that make both classes weigh the same within each field and band of lengths."""
    weights, cell = np.ones(len(lengths)), np.digitize(lengths, BANDS)
    cell = cell if fields is None else cell + (len(BANDS) + 1) * np.asarray(fields, int)
    for at in np.unique(cell):
        for side in (0, 1):
            chosen = (cell == at) & (labels == side)
            weights[chosen] = np.clip((cell == at).sum() / 2 / max(chosen.sum(), 1), 1 / MOST, MOST)
    return weights


def _logistic(counts, opinions, labels, weights):
    """Coefficients of a penalised logistic model: of the sparse columns, of the dense ones, and the intercept."""
    from scipy.optimize import minimize

    size, turned, sign = counts.shape[1], counts.T, 2 * labels - 1

    def loss(at):
        margin = sign * (counts @ at[:size].astype(np.float32) + opinions @ at[size:-1] + at[-1])
        pull = -weights * sign / (1 + np.exp(np.minimum(margin, 60)))
        slope = np.concatenate([turned @ pull.astype(np.float32), opinions.T @ pull, [pull.sum()]])
        size_of = np.append(at[:-1], 0.0)
        value = PENALTY * np.sum(weights * np.logaddexp(0, -margin)) + 0.5 * size_of @ size_of
        return value, PENALTY * slope + size_of

    start = np.zeros(size + opinions.shape[1] + 1)
    at = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": STEPS, "maxcor": 8}).x
    return at[:size].astype(np.float32), at[size:-1], float(at[-1])


def _log_ratio(counts, labels, weights):
    """Log of a feature's share among the positive texts over its share among the negative ones (Wang and Manning 2012)."""
    present = counts.copy()
    present.data = np.ones_like(present.data)
    positive, negative = (SMOOTHING + present.T @ (weights * side) for side in (labels, 1 - labels))
    return np.log(positive / positive.sum()) - np.log(negative / negative.sum())

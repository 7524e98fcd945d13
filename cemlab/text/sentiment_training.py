"""How the default sentiment model is trained: features stretched by class, fields and lengths balanced, calibrated held out.

Logistic models on hashed characters, words and pairs (inverse document frequency, length 1, each feature stretched by how
far its share differs between praise and blame: Wang and Manning 2012) plus counts of praise and blame under negation and
after contrasts. One is for texts of no field the reviews are about (books, hotels, computers): held tight, so that it keeps
what is said in all of them. The others are for texts near a field, as far as their words are typical of it
(`sentiment_fields`): the mean of a model of all reviews and one of that field alone, both held loosely. Books have none of
their own: their praise is long and their blame short, so it would learn lengths. The reviews are shipped line by line;
neighbouring lines also stand in the training set joined, as the long texts they come from. The opinion words stand there as
tiny texts, alone, denied and set against each other, so that a word no review used still has a direction. Praise and blame
weigh the same within each field and band of lengths, or what a text is about, and how long it is, would pass for an opinion.
The calibration is learnt on parts of neighbouring lines held out and on each field held out in turn, so that probabilities
are less certain the farther a text is from all fields. Settings were chosen on the shipped reviews alone, in these two ways.
How tight the model of no field should be grows with the number of fields it has read (best near a penalty of 0.12 with one
and of 0.25 with two, each time judged on the others); 0.5 continues that for three.
"""

import numpy as np

from cemlab.text import features
from cemlab.text.opinion_words import BLAME, PRAISE
from cemlab.text.sentiment_fields import fields_of_use, typicality
from cemlab.text.sentiment_fit import ROUGH, SMALL, Reviews, Way
from cemlab.text.shipped_reviews import fields_of, neighbours

RUN = 40  # neighbouring lines that are held out together
BANDS = (40, 80, 140)  # lengths, in characters, between which praise and blame weigh the same
MOST = 3.0  # largest weight that this gives a text, and the inverse of the smallest
PARTS = 2
CONTRAST = ("但是", "不过", "可是", "但")  # what is said after these counts
DENIED = {  # opinion words denied: what stands before them, and which side that makes them
    "praise": ("不是很", "并不", "没有想象中", "谈不上"),
    "blame": ("一点也不", "并不", "没有"),
}


FAR = Way(0.5, 0.05, 0.3, by_field=True)  # for texts of no field: held tight, so that what all fields say counts
SHARED = Way(5.0, 0.02, 0.1)  # all fields together, for texts near one of them
OWN = Way(5.0, 0.0, 0.0)  # one field by itself


def train(texts, labels, *, weights=None, name="trained", parts=PARTS):
    """Fit the model and calibrate it on held-out parts and held-out fields.

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
    held = [given.held_out(parts), given.fields_out()]
    scores, stands, rows = (np.concatenate(part) for part in zip(*held, strict=True))
    calibration = calibrate(scores, given.labels[rows], given.weights[rows], stands)
    return given.fit(np.ones(len(texts), bool), name, calibration)


class Design:
    """The training texts as one sparse matrix, to be fitted on any of its rows.

    The first `ordered` texts stand in their order of origin: neighbours are joined, and held out together. The others, if
    any, are a field of their own.
    """

    def __init__(self, texts, labels, weights=None, *, ordered=0):
        self.labels = np.asarray(labels, float)
        self.weights = np.ones(len(texts)) if weights is None else np.array(weights, float)
        self.ordered = ordered
        self.spans = np.array(list(neighbours(texts[:ordered], self.labels)), int).reshape(-1, 2)
        first = self.spans[:, 0]
        words, sides = tiny_texts()
        joined = ["，".join(texts[a:b]) for a, b in self.spans]
        self.words = np.arange(len(joined) + len(words)) >= len(joined)
        self.read, self.added = _Matrix(texts), _Matrix(joined + words)
        self.added_labels = np.concatenate([self.labels[first], sides])
        field = fields_of(texts[:ordered], self.labels[:ordered])
        even = evened(
            [len(text) for text in [*texts[:ordered], *joined]],
            np.concatenate([self.labels[:ordered], self.labels[first]]),
            np.concatenate([field, field[first]]),
        )
        self.added_weights = np.concatenate([self.weights[first] * even[ordered:], np.ones(len(words))])
        self.weights[:ordered] *= even[:ordered]
        own = np.full(len(texts) - ordered, field.max(initial=-1) + 1)
        self.fields = np.concatenate([field, own])
        self.added_fields = np.concatenate([field[first], np.full(len(words), -1)])
        self.near, self.apart = fields_of_use(
            self.fields, self.labels, np.digitize([len(text) for text in texts], BANDS)
        )
        known = np.bincount(self.read.counts.indices, minlength=1 << features.BITS) >= 2
        known[self.added.counts[self.words].indices] = True
        self.columns = np.flatnonzero(known)
        self.read.keep(self.columns)
        self.added.keep(self.columns)

    def whole(self, rows):
        """Which joined texts consist of the chosen rows only."""
        chosen = np.concatenate([[0], np.cumsum(rows)])
        first, after = self.spans.T
        return chosen[after] - chosen[first] == after - first

    def fit(self, rows, name="", calibration=(1.0, 0.0, 0.0, 0.0, 0.0), small=SMALL):
        """A model from the rows chosen (boolean array)."""
        import scipy.sparse as sp

        from cemlab.text.sentiment_model import Model

        added = self.words.copy()
        added[~self.words] = self.whole(rows)
        own = self.read.counts[rows]
        opinions = np.concatenate([self.read.opinions[rows], self.added.opinions[added]])
        labels = np.concatenate([self.labels[rows], self.added_labels[added]])
        weights = np.concatenate([self.weights[rows], self.added_weights[added]])
        near = [at for at in np.unique(self.fields[rows]) if self.near[at]]
        fields = np.concatenate([self.fields[rows], self.added_fields[added]])
        seen = np.bincount(own.indices, minlength=own.shape[1])
        known = seen >= 2
        known[self.added.counts[self.words].indices] = True
        kept = np.flatnonzero(known)
        typical = typicality(own[:, kept], self.fields[rows], near)
        counts = sp.vstack([own, self.added.counts[added]], format="csr")[:, kept]
        idf = (np.log((rows.sum() + 1) / (seen[kept] + 1)) + 1).astype(np.float32)
        norm = 1 / np.sqrt(np.maximum(counts @ idf**2, 1e-12))
        counts.data *= np.repeat(norm.astype(np.float32), np.diff(counts.indptr))
        words = np.concatenate([np.zeros(rows.sum(), bool), self.words[added]])
        given = Reviews(counts, opinions, labels, weights, words, fields, idf)
        shared = given.fitted(SHARED, small=small)
        ways = [given.fitted(FAR, small=small)]
        for at in near:
            own = given.fitted(OWN, fields == at, small) if self.apart[at] else shared
            ways.append([(one + other) / 2 for one, other in zip(shared, own, strict=True)])
        on_counts, on_opinions, intercepts = (np.array(part) for part in zip(*ways, strict=True))
        table = np.zeros((len(kept) + 1, 1 + len(ways) + len(near)), np.float32)
        table[1:] = np.column_stack([idf**2, on_counts.T, typical])
        place = np.zeros(1 << features.BITS, np.int32)
        place[self.columns[kept]] = np.arange(1, len(kept) + 1)
        return Model(name, place, table, on_opinions, intercepts, tuple(calibration))

    def held_out(self, parts=PARTS, always=None, watch=iter):
        """Score of every text by a model that did not see it, nor its neighbours: (scores, standing, rows).

        Rows in `always` are in every training part, and get no score; `watch` may show how far the parts are.
        """
        unit = np.arange(len(self.labels))
        unit[: self.ordered] //= RUN
        part = (np.random.default_rng(0).permutation(unit.max() + 1) % parts)[unit]
        if always is not None:
            part[always] = -1
        return self._left_out(part, watch)

    def fields_out(self):
        """As `held_out`, each text by a model that saw no text of its field."""
        return self._left_out(self.fields)

    def _left_out(self, part, watch=iter):
        found = []
        for k in watch(range(part.max() + 1)):
            unseen = part == k
            found.append((*self.predict(self.fit(~unseen, small=ROUGH), unseen), np.flatnonzero(unseen)))
        if not found:
            return np.zeros((0, 2)), np.zeros((0, 2)), np.zeros(0, int)
        scores, stands, rows = (np.concatenate(one) for one in zip(*found, strict=True))
        order = np.argsort(rows)
        return scores[order], stands[order], rows[order]

    def predict(self, model, rows):
        """Scores of the rows chosen, before calibration, and their `standing`."""
        given = self.read
        sums = given.counts[rows].astype(float) @ model.table[model.place[self.columns]].astype(float)
        return model.combined(sums, given.size[rows], given.opinions[rows])


class _Matrix:
    """Features of texts as a sparse matrix of counts beside the dense columns."""

    def __init__(self, texts):
        import scipy.sparse as sp

        given = features.read(list(texts))
        size = (given.n, 1 << features.BITS)
        self.counts = sp.csr_matrix((np.ones(len(given.text), np.float32), (given.text, given.index)), shape=size)
        self.counts.sum_duplicates()
        self.opinions, self.size = given.opinions, np.bincount(given.text, minlength=given.n)

    def keep(self, columns):
        """Drop all columns but these."""
        self.counts = self.counts[:, columns]


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


def calibrate(scores, labels, weights=None, stands=None):
    """Platt's logistic curve (1999) from held-out scores, with `standing`: what `sentiment_fields.calibrated` takes."""
    from sklearn.linear_model import LogisticRegression

    stands = np.zeros((len(scores), 2)) if stands is None else stands
    given = np.column_stack([scores, stands])
    curve = LogisticRegression(C=1e4, max_iter=1000).fit(given, labels, weights)
    far, near, lift, longer = map(float, curve.coef_[0])
    return far, near, float(curve.intercept_[0]), lift, longer


def evened(lengths, labels, fields=None):
    """Weights that make both classes weigh the same within each field and band of lengths."""
    weights, cell = np.ones(len(lengths)), np.digitize(lengths, BANDS)
    cell = cell if fields is None else cell + (len(BANDS) + 1) * np.asarray(fields, int)
    for at in np.unique(cell):
        for side in (0, 1):
            chosen = (cell == at) & (labels == side)
            weights[chosen] = np.clip((cell == at).sum() / 2 / max(chosen.sum(), 1), 1 / MOST, MOST)
    return weights

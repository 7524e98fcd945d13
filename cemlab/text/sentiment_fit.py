"""The penalised logistic models behind the default engine."""

from dataclasses import dataclass

import numpy as np

STRETCH = 0.75  # 0: a feature is as wide as it is rare; 1: as it is rare times its log ratio between the classes
SMOOTHING = 2.0  # texts added to each side of that ratio
STEPS = 200  # of L-BFGS at most
SMALL, ROUGH = (
    1e-6,
    1e-5,
)  # relative fall of the loss that ends it: for the model, and for the models of its calibration


@dataclass(frozen=True)
class Way:
    """One of the logistic models: how little it is pulled towards 0, and what opinion words and their counts weigh in it."""

    penalty: float
    word_weight: float  # of an opinion word as a training text
    opinion_scale: float
    by_field: bool = False  # features are stretched by the mean of their fields' log ratios, so that no field decides


@dataclass(frozen=True)
class Reviews:
    """Training texts: `counts` (sparse, each text of length 1 under `idf`) and `opinions` of each, and what weighs them.

    `words` tells which of them are opinion words standing alone, `fields` is the field of each (-1: of none).
    """

    counts: object
    opinions: np.ndarray
    labels: np.ndarray
    weights: np.ndarray
    words: np.ndarray
    fields: np.ndarray
    idf: np.ndarray

    def fitted(self, way, chosen=True, small=SMALL):
        """Weights of the features, of the opinion counts, and the intercept, learnt from the texts chosen."""
        weights = np.where(self.words, way.word_weight, self.weights)
        rows = np.flatnonzero((weights > 0) & (chosen | self.words))
        counts, labels, weights = self.counts[rows], self.labels[rows], weights[rows]
        fields = self.fields[rows] if way.by_field else np.zeros(len(rows), int)
        ratios = [log_ratio(counts[fields == at], labels[fields == at], weights[fields == at]) for at in np.unique(fields[fields >= 0])]  # fmt: skip
        width = self.idf * (1 - STRETCH + STRETCH * np.abs(np.mean(ratios, axis=0))).astype(np.float32)
        counts.data *= width[counts.indices]
        dense = self.opinions[rows] * way.opinion_scale
        on_counts, on_opinions, free = logistic(counts, dense, labels, weights, way.penalty, small)
        return on_counts * width, on_opinions * way.opinion_scale, free


def log_ratio(counts, labels, weights):
    """Log of a feature's share among the positive texts over its share among the negative ones (Wang and Manning 2012)."""
    present = counts.copy()
    present.data = np.ones_like(present.data)
    positive, negative = (SMOOTHING + present.T @ (weights * side) for side in (labels, 1 - labels))
    return np.log(positive / positive.sum()) - np.log(negative / negative.sum())


def logistic(counts, dense, labels, weights, penalty, small=SMALL):
    """Coefficients of a logistic model, pulled towards 0.

    Parameters
    ----------
    counts, dense : sparse matrix (CSR) and array
        Columns of the design.
    labels, weights : array
        1 or 0, and the weight of each text.
    penalty : float
        Inverse of the pull: the loss is half the sum of squares plus `penalty` times the weighted log loss. The intercept is
        free.
    small : float
        Relative fall of the loss that ends the search.

    Returns
    -------
    (numpy.ndarray, numpy.ndarray, float)
        Of the sparse columns, of the dense ones, and the intercept.
    """
    from scipy.optimize import minimize
    from threadpoolctl import threadpool_limits

    width, turned = counts.shape[1], counts.T.tocsr()
    sign, weights = 2 * np.asarray(labels) - 1, penalty * np.asarray(weights)

    def loss(at):
        sparse, rest, free = at[:width], at[width:-1], at[-1]
        margin = sign * (counts @ sparse.astype(np.float32) + dense @ rest + free)
        pull = -weights * sign / (1 + np.exp(np.minimum(margin, 60)))
        slope = np.concatenate([sparse + turned @ pull.astype(np.float32), rest + dense.T @ pull, [pull.sum()]])
        return 0.5 * (sparse @ sparse + rest @ rest) + np.sum(weights * np.logaddexp(0, -margin)), slope

    with threadpool_limits(1, "blas"):  # small vectors: more threads only wait for each other, and add in another order
        options = {"maxiter": STEPS, "maxcor": 8, "ftol": small, "gtol": 1e-4}
        at = minimize(loss, np.zeros(width + dense.shape[1] + 1), jac=True, method="L-BFGS-B", options=options).x
    return at[:width].astype(np.float32), at[width:-1], at[-1]

"""The penalised logistic model behind the default engine: weights that all fields share, and departures of each field."""

import numpy as np

PENALTY = 5.0  # inverse of the pull towards 0 of a field's departures
SHARED = 0.7  # scale of the shared weights: the pull on them is 1 / SHARED**2 times as strong
STEPS = 200  # of L-BFGS at most
SMALL, ROUGH = (
    1e-6,
    1e-5,
)  # relative fall of the loss that ends it: for the model, and for the models of its calibration


def logistic(counts, dense, labels, weights, fields, small=SMALL):
    """Coefficients by field.

    Parameters
    ----------
    counts, dense : sparse matrix and array
        Columns of the design.
    labels, weights : array
        1 or 0, and the weight of each text.
    fields : array of int
        Field of each text, from 0; -1 for texts that follow the shared weights alone.
    small : float
        Relative fall of the loss that ends the search.

    Returns
    -------
    (numpy.ndarray, numpy.ndarray, numpy.ndarray)
        Of the sparse columns, of the dense ones, and the intercept: one row for what is shared, then one per field with its
        departures from that.
    """
    from scipy.optimize import minimize
    from threadpoolctl import threadpool_limits

    parts = [_Part(counts[fields == at], dense[fields == at], labels[fields == at], weights[fields == at], at) for at in range(-1, fields.max() + 1)]  # fmt: skip
    width, more = counts.shape[1], dense.shape[1]
    common = width + more + 1
    first = common
    for part in parts[1:]:
        part.own = slice(first, first + part.size)
        first += part.size

    def loss(at):
        slope = at.copy()
        slope[common - 1] = 0  # the shared intercept is free
        value = 0.5 * slope @ slope
        for part in parts:
            value += part.add(at, slope, width)
        return value, slope

    with threadpool_limits(1, "blas"):  # small vectors: more threads only wait for each other, and add in another order
        options = {"maxiter": STEPS, "maxcor": 8, "ftol": small, "gtol": 1e-4}
        at = minimize(loss, np.zeros(first), jac=True, method="L-BFGS-B", options=options).x
    out = np.zeros((len(parts), common))
    out[0] = at[:common] * np.append(np.full(common - 1, SHARED), 1.0)
    for row, part in enumerate(parts[1:], 1):
        own = at[part.own]
        out[row, part.columns] = own[: len(part.columns)]
        out[row, width:] = own[len(part.columns) :]
    return out[:, :width].astype(np.float32), out[:, width:-1], out[:, -1]


class _Part:
    """The texts of one field, on the columns that they hold."""

    def __init__(self, counts, dense, labels, weights, field):
        self.columns = np.unique(counts.indices)
        self.counts = counts[:, self.columns]
        self.turned = self.counts.T
        self.dense, self.sign, self.weights = dense, 2 * labels - 1, PENALTY * weights
        self.field, self.own = field, None
        self.size = len(self.columns) + dense.shape[1] + 1

    def add(self, at, slope, width):
        """Loss of these texts at given coefficients; its slope is added to `slope`."""
        held = len(self.columns)
        sparse, rest = SHARED * at[self.columns], SHARED * at[width : width + self.dense.shape[1]]
        free = at[width + self.dense.shape[1]]
        if self.own is not None:
            own = at[self.own]
            sparse, rest, free = sparse + own[:held], rest + own[held:-1], free + own[-1]
        margin = self.sign * (self.counts @ sparse.astype(np.float32) + self.dense @ rest + free)
        pull = -self.weights * self.sign / (1 + np.exp(np.minimum(margin, 60)))
        on_sparse, on_dense, on_free = self.turned @ pull.astype(np.float32), self.dense.T @ pull, pull.sum()
        slope[self.columns] += SHARED * on_sparse
        slope[width : width + self.dense.shape[1]] += SHARED * on_dense
        slope[width + self.dense.shape[1]] += on_free
        if self.own is not None:
            slope[self.own] += np.concatenate([on_sparse, on_dense, [on_free]])
        return np.sum(self.weights * np.logaddexp(0, -margin))

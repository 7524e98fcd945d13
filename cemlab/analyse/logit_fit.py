"""Conditional logit: likelihood, Newton's steps, errors from the Hessian and clustered by person."""

import numpy as np


def chances(utility, start, sizes):
    """Probability of each alternative inside its task."""
    top = np.maximum.reduceat(utility, start)
    e = np.exp(utility - np.repeat(top, sizes))
    return e / np.repeat(np.add.reduceat(e, start), sizes)


def log_chosen(utility, start, sizes, chosen):
    """Log probability of each task's choice."""
    top = np.maximum.reduceat(utility, start)
    e = np.exp(utility - np.repeat(top, sizes))
    return utility[chosen] - top - np.log(np.add.reduceat(e, start))


def fit(tasks, *, steps=100, tolerance=1e-10):
    """Maximum likelihood of a conditional logit.

    Parameters
    ----------
    tasks : Tasks

    Returns
    -------
    dict
        ``b`` (k,), ``hessian`` (k, k, of minus the log-likelihood), ``scores`` (tasks, k), ``loglik``, ``loglik_equal``,
        ``hits`` (share of tasks whose highest utility was chosen, the first of ties), ``converged``.

    Raises
    ------
    ValueError
        Attributes that cannot be told apart in the tasks (a singular design), or choices that they predict perfectly.
    """
    x, start, sizes, w = tasks.x, tasks.start, tasks.sizes, tasks.weight
    of_row, k = tasks.of_row, tasks.x.shape[1]
    b, row_weight = np.zeros(k), w[of_row]
    value = w @ log_chosen(x @ b, start, sizes, tasks.chosen)
    converged = False
    for _ in range(steps):
        p = chances(x @ b, start, sizes)
        mean = np.add.reduceat(p[:, None] * x, start, axis=0)
        gradient = w @ (x[tasks.chosen] - mean)
        centred = x - mean[of_row]
        hessian = (centred * (row_weight * p)[:, None]).T @ centred
        if np.linalg.matrix_rank(hessian, hermitian=True) < k:
            raise ValueError(
                f"choice_model: the tasks do not settle all {k} utilities: two attributes always go together, a level was "
                "never shown, or the choices follow a rule perfectly. Leave one out or join levels."
            )
        step = np.linalg.solve(hessian, gradient)
        size = 1.0
        while size > 1e-6:
            new = w @ log_chosen(x @ (b + size * step), start, sizes, tasks.chosen)
            if new >= value - 1e-12 * abs(value):
                break
            size /= 2
        b, value = b + size * step, new
        if np.abs(size * step).max() < tolerance * max(1.0, np.abs(b).max()):
            converged = True
            break
    p = chances(x @ b, start, sizes)
    mean = np.add.reduceat(p[:, None] * x, start, axis=0)
    centred = x - mean[of_row]
    utility = x @ b
    best = np.repeat(np.maximum.reduceat(utility, start), sizes)
    first = np.minimum.reduceat(np.where(utility >= best - 1e-12, np.arange(len(x)), len(x)), start)
    return {
        "b": b,
        "hessian": (centred * (row_weight * p)[:, None]).T @ centred,
        "scores": w[:, None] * (x[tasks.chosen] - mean),
        "loglik": float(w @ log_chosen(utility, start, sizes, tasks.chosen)),
        "loglik_equal": float(-(w @ np.log(sizes))),
        "hits": float(w @ (first == tasks.chosen) / w.sum()),
        "converged": converged,
    }


def covariance(found, person):
    """Covariance of the estimates: from the Hessian, and clustered by person (without a small-sample factor)."""
    inverse = np.linalg.inv(found["hessian"])
    groups = int(person.max()) + 1
    sums = np.zeros((groups, inverse.shape[0]))
    np.add.at(sums, person, found["scores"])
    return inverse, inverse @ (sums.T @ sums) @ inverse

"""Draws of a hierarchical logit: every person's utilities by Hamiltonian steps, their mean and spread by Gibbs steps."""

import numpy as np

from cemlab.analyse.logit_fit import chances, fit

ACCEPT = 0.8  # share of steps taken that the tuning of the warm-up aims at
LEAPS = (2, 5)  # steps along a path, drawn anew each turn so that no path comes back to its start
TUNE = 25


def pooled(tasks):
    """Utilities of everybody together, to start from; zeros where the tasks do not settle them."""
    try:
        return fit(tasks)["b"]
    except ValueError:
        return np.zeros(tasks.x.shape[1])


def person_curvature(tasks, b, persons):
    """Curvature of each person's log-likelihood at the pooled utilities: (persons, k, k)."""
    p = chances(tasks.x @ b, tasks.start, tasks.sizes)
    mean = np.add.reduceat(p[:, None] * tasks.x, tasks.start, axis=0)
    centred = tasks.x - mean[tasks.of_row]
    root = centred * np.sqrt(p)[:, None]
    out, of_row = np.zeros((persons, tasks.x.shape[1], tasks.x.shape[1])), tasks.person[tasks.of_row]
    for person in range(persons):
        part = root[of_row == person]
        out[person] = part.T @ part
    return out


def wishart_inverse(rng, df, scale):
    """One draw of the inverse Wishart distribution (Bartlett)."""
    k = len(scale)
    lower = np.linalg.cholesky(np.linalg.inv(scale))
    a = np.tril(rng.normal(size=(k, k)), -1) + np.diag(np.sqrt(rng.chisquare(df - np.arange(k))))
    root = lower @ a
    return np.linalg.inv(root @ root.T)


class Rows:
    """The alternatives of all persons, ready for likelihoods and slopes of all of them at once."""

    def __init__(self, tasks, persons):
        order = np.argsort(tasks.person[tasks.of_row], kind="stable")  # rows of a person stand together
        self.x, self.person = tasks.x[order], tasks.person[tasks.of_row][order]
        task = tasks.of_row[order]
        self.start = np.flatnonzero(np.append(True, np.diff(task) != 0))
        self.sizes = np.diff(np.append(self.start, len(task)))
        self.taken = np.zeros(len(task))
        self.taken[np.argsort(order)[tasks.chosen]] = 1.0
        self.chosen, self.owner = np.flatnonzero(self.taken == 1), self.person[self.start]
        self.first = np.flatnonzero(np.append(True, np.diff(self.person) != 0))
        self.present, self.persons = self.person[self.first], persons
        counts = np.diff(np.append(self.first, len(task)))
        same = len(self.first) == persons and len(set(counts.tolist())) == 1
        self.cube = self.x.reshape(persons, counts[0], -1) if same else None  # everybody had equally many rows
        self.equal = int(self.sizes[0]) if len(set(self.sizes.tolist())) == 1 else 0

    def at(self, beta):
        """Log-likelihood (persons,) and its slope (persons, k)."""
        if self.cube is None:
            utility = np.einsum("rk,rk->r", self.x, beta[self.person])
        else:
            utility = np.matmul(self.cube, beta[:, :, None]).ravel()
        if self.equal:
            wide = utility.reshape(-1, self.equal)
            e = np.exp(wide - wide.max(axis=1, keepdims=True))
            p = (e / e.sum(axis=1, keepdims=True)).ravel()
        else:
            p = chances(utility, self.start, self.sizes)
        value = np.bincount(self.owner, weights=np.log(p[self.chosen] + 1e-300), minlength=self.persons)
        if self.cube is not None:
            rest = (self.taken - p).reshape(self.persons, 1, -1)
            return value, np.matmul(rest, self.cube)[:, 0]
        slope = np.zeros((self.persons, self.x.shape[1]))
        slope[self.present] = np.add.reduceat((self.taken - p)[:, None] * self.x, self.first, axis=0)
        return value, slope


def leap(data, beta, mean, inverse, roots, size, rng):
    """One Hamiltonian step of every person: the new utilities and the chance with which each was taken."""

    def density(values):
        likelihood, slope = data.at(values)
        gap = values - mean
        pull = gap @ inverse
        return likelihood - 0.5 * np.einsum("pk,pk->p", pull, gap), slope - pull

    momentum = rng.normal(size=beta.shape)
    now, slope = density(beta)
    energy = now - 0.5 * (momentum**2).sum(axis=1)
    step = size[:, None] * rng.uniform(0.8, 1.2)
    place = beta
    momentum = momentum + 0.5 * step * np.einsum("pji,pj->pi", roots, slope)
    leaps = rng.integers(*LEAPS)
    for turn in range(leaps):
        place = place + step * np.einsum("pij,pj->pi", roots, momentum)
        then, slope = density(place)
        half = 0.5 if turn == leaps - 1 else 1.0
        momentum = momentum + half * step * np.einsum("pji,pj->pi", roots, slope)
    gain = then - 0.5 * (momentum**2).sum(axis=1) - energy
    chance = np.exp(np.minimum(np.where(np.isfinite(gain), gain, -np.inf), 0.0))
    taken = rng.random(len(chance)) < chance
    return np.where(taken[:, None], place, beta), chance


def chain(tasks, persons, *, draws, warm_up, thin, rng):
    """One chain.

    Parameters
    ----------
    tasks : Tasks
    persons : int
    draws, warm_up, thin : int
        Draws kept, steps before the first, steps from one to the next.
    rng : numpy.random.Generator

    Returns
    -------
    dict
        ``mean`` (draws, k) and ``spread`` (draws, k, k) of the population, ``persons`` (persons, k): posterior means,
        ``squares`` (persons, k): means of the squares, ``accepted``: share of steps taken after the warm-up.

    Notes
    -----
    Prior of ``bayesm::rhierMnlRwMixture`` with one component: mean given spread N(0, spread / 0.01), spread inverse Wishart
    with k + 3 degrees of freedom and (k + 3) I. A person's path (Hamiltonian Monte Carlo) runs in the coordinates in which the
    person's curvature at the pooled utilities plus the inverse spread is the identity; coordinates and step sizes are tuned
    in the warm-up only.
    """
    k = tasks.x.shape[1]
    data = Rows(tasks, persons)
    b0 = pooled(tasks)
    curvature = person_curvature(tasks, b0, persons)
    beta = b0 + 0.1 * rng.normal(size=(persons, k))
    mean, inverse = b0.copy(), np.eye(k)
    nu, amu = k + 3, 0.01
    prior = nu * np.eye(k)

    def root_of(inverse):
        return np.linalg.cholesky(np.linalg.inv(curvature + inverse))

    roots, size = root_of(inverse), np.full(persons, 0.7)
    rate, seen = np.zeros(persons), 0
    kept_mean, kept_spread = np.zeros((draws, k)), np.zeros((draws, k, k))
    total, squares, accepted, steps = np.zeros((persons, k)), np.zeros((persons, k)), 0.0, 0
    for turn in range(warm_up + draws * thin):
        beta, chance = leap(data, beta, mean, inverse, roots, size, rng)
        average = beta.mean(axis=0)
        scatter = (beta - average).T @ (beta - average)
        shrunk = prior + scatter + amu * persons / (amu + persons) * np.outer(average, average)
        spread = wishart_inverse(rng, nu + persons, shrunk)
        inverse = np.linalg.inv(spread)
        centre = persons * average / (persons + amu)
        mean = centre + np.linalg.cholesky(spread) @ rng.normal(size=k) / np.sqrt(persons + amu)
        if turn < warm_up:
            rate += chance
            seen += 1
            if seen == TUNE:
                size = np.clip(size * np.exp(rate / seen - ACCEPT), 0.02, 2.0)
                rate, seen = np.zeros(persons), 0
                roots = root_of(inverse)
            continue
        accepted += chance.mean()
        steps += 1
        if (turn - warm_up + 1) % thin == 0:
            place = (turn - warm_up + 1) // thin - 1
            kept_mean[place], kept_spread[place] = mean, spread
            total += beta
            squares += beta**2
    return {
        "mean": kept_mean,
        "spread": kept_spread,
        "persons": total / draws,
        "squares": squares / draws,
        "accepted": accepted / max(steps, 1),
    }

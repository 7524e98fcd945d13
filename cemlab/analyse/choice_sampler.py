"""Draws of a hierarchical logit: every person's utilities by Hamiltonian steps, then mean and spread of all."""

import numpy as np

from cemlab.analyse.choice_population import Population
from cemlab.analyse.leaps import Tuned, leap
from cemlab.analyse.logit_fit import fit

TUNE = 25  # steps of the warm-up from one tuning to the next
SAFE = 300.0  # utilities up to this size may be exponentiated as they are
FRESH = 0.3  # weight of the newest curvature in that of the warm-up


def pooled(tasks):
    """Utilities of everybody together, to start from; zeros where the tasks do not settle them."""
    try:
        return fit(tasks)["b"]
    except ValueError:
        return np.zeros(tasks.x.shape[1])


class Rows:
    """The alternatives of all persons less the one that was chosen, ready for likelihoods and slopes of all persons at once.

    With d a passed-over alternative less the chosen one, the chance of the choice is 1 / (1 + sum exp(d b)).
    """

    def __init__(self, tasks, persons):
        over = np.ones(len(tasks.x), dtype=bool)
        over[tasks.chosen] = False
        task = tasks.of_row[over]
        order = np.argsort(tasks.person[task], kind="stable")  # rows of a person stand together
        self.x = (tasks.x[over] - tasks.x[tasks.chosen[task]])[order]
        task, self.persons = task[order], persons
        self.person = tasks.person[task]
        self.start = np.flatnonzero(np.append(True, np.diff(task) != 0))
        self.sizes, self.owner = np.diff(np.append(self.start, len(task))), self.person[self.start]
        self.first = np.flatnonzero(np.append(True, np.diff(self.person) != 0))
        self.present = self.person[self.first]
        counts = np.diff(np.append(self.first, len(task)))
        same = len(self.first) == persons and len(set(counts.tolist())) == 1
        self.cube = self.x.reshape(persons, counts[0], -1) if same else None  # everybody had equally many rows
        self.equal = int(self.sizes[0]) if len(set(self.sizes.tolist())) == 1 else 0
        self.known = self.last = (
            None,
            None,
            None,
        )  # likelihoods and slopes where the persons stand, and of the last look

    def chances(self, beta):
        """Probability of each alternative passed over, and log-probability of each choice."""
        if self.cube is None:
            utility = np.einsum("rk,rk->r", self.x, beta[self.person])
        else:
            utility = np.matmul(self.cube, beta[:, :, None]).ravel()
        if self.equal and np.abs(utility).max() < SAFE:
            e = np.exp(utility).reshape(-1, self.equal)
            whole = 1 + np.einsum("ta->t", e)  # as quick as BLAS here, and the same on any number of cores
            return (e / whole[:, None]).ravel(), -np.log(whole)
        top = np.maximum(np.maximum.reduceat(utility, self.start), 0.0)
        e = np.exp(utility - np.repeat(top, self.sizes))
        whole = np.exp(-top) + np.add.reduceat(e, self.start)
        return e / np.repeat(whole, self.sizes), -top - np.log(whole)

    def curvature(self, beta):
        """Curvature of each person's log-likelihood, with the sign turned: (persons, k, k)."""
        p = self.chances(beta)[0][:, None]
        mean, root = np.add.reduceat(p * self.x, self.start, axis=0), np.sqrt(p) * self.x
        out = np.zeros((self.persons, self.x.shape[1], self.x.shape[1]))
        for person in self.present:
            rows, tasks = root[slice(*np.searchsorted(self.person, [person, person + 1]))], mean[self.owner == person]
            out[person] = rows.T @ rows - tasks.T @ tasks
        return out

    def at(self, beta):
        """Log-likelihood (persons,) and its slope (persons, k)."""
        if beta is not self.known[0]:
            self.last = (beta, *self.looked(beta))
            return self.last[1:]
        return self.known[1:]

    def moved(self, beta, taken):
        """`beta`, whose persons stand where the last look was if `taken`, and otherwise where they stood."""
        _, value, slope = self.last
        if not taken.all():
            value, slope = np.where(taken, value, self.known[1]), np.where(taken[:, None], slope, self.known[2])
        self.known = (beta, value, slope)
        return beta

    def looked(self, beta):
        """What `at` returns, worked out."""
        p, logs = self.chances(beta)
        value = np.bincount(self.owner, weights=logs, minlength=self.persons)
        if self.cube is not None:
            return value, -np.matmul(p.reshape(self.persons, 1, -1), self.cube)[:, 0]
        slope = np.zeros((self.persons, self.x.shape[1]))
        slope[self.present] = -np.add.reduceat(p[:, None] * self.x, self.first, axis=0)
        return value, slope


def about(data, population):
    """Function of utilities (persons, k): each person's log-density given the population, and its slope."""

    def at(values):
        likelihood, slope = data.at(values)
        gap = values - population.mean
        pull = gap @ population.inverse
        return likelihood - 0.5 * np.einsum("pk,pk->p", pull, gap), slope - pull

    return at


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
    Model and moves of the population: `Population`. A person's path (Hamiltonian Monte Carlo) runs in the coordinates in
    which the person's curvature plus the inverse spread is the identity; coordinates and step sizes are tuned in the warm-up only.
    """
    data = Rows(tasks, persons)
    b0 = pooled(tasks)
    beta = b0 + 0.1 * rng.normal(size=(persons, len(b0)))
    population, tuned = Population(data, b0), Tuned(np.full(persons, 0.7))
    density = about(data, population)
    data.at(beta)
    data.moved(beta, np.ones(persons, dtype=bool))
    curvature = data.curvature(beta)
    roots = np.linalg.cholesky(np.linalg.inv(curvature + population.inverse))
    kept_mean, kept_spread = np.zeros((draws, len(b0))), np.zeros((draws, len(b0), len(b0)))
    total, squares, accepted, steps = np.zeros(beta.shape), np.zeros(beta.shape), 0.0, 0
    for turn in range(warm_up + draws * thin):
        beta, chance, taken = leap(density, beta, roots, tuned, rng)
        data.moved(beta, taken)
        population.gibbs(beta, rng)
        beta = population.carry(beta, rng)
        if turn < warm_up:
            if (turn + 1) % TUNE == 0:
                curvature = (1 - FRESH) * curvature + FRESH * data.curvature(beta)
                roots = np.linalg.cholesky(np.linalg.inv(curvature + population.inverse))
                population.settle(beta, curvature)
                tuned.tune()
                population.tuned.tune()
            continue
        accepted += chance.mean()
        steps += 1
        if (turn - warm_up + 1) % thin == 0:
            place = (turn - warm_up + 1) // thin - 1
            kept_mean[place], kept_spread[place] = population.mean, population.spread
            total += beta
            squares += beta**2
    return {
        "mean": kept_mean,
        "spread": kept_spread,
        "persons": total / draws,
        "squares": squares / draws,
        "accepted": accepted / max(steps, 1),
    }

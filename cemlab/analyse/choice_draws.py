"""Intervals of averages over persons of a hierarchical model."""

import numpy as np

TIMES = 200


def averages(persons, weights, population, measure, *, times=TIMES, seed=1):
    """Draws (times, k) of the weighted mean over persons of `measure` (persons, parameters) -> (persons, k).

    Utilities of persons are drawn towards those of all, so that their own scatter tells too little: each draw moves everybody by
    what a draw of the population's mean lies off, and deals the persons out anew. Rather a little too wide than too narrow.
    """
    rng, n = np.random.default_rng(seed), len(persons)
    moves = population[rng.integers(0, len(population), times)] - population.mean(axis=0)
    out = []
    for move in moves:
        counted = rng.multinomial(n, np.full(n, 1 / n)) * weights
        out.append(counted @ measure(persons + move) / counted.sum())
    return np.array(out)


def limits(drawn, level):
    """(standard errors, lower, upper) of draws."""
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return drawn.std(axis=0, ddof=1), low, high

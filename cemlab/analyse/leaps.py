"""Hamiltonian steps of many independent places at once, with step sizes tuned in the warm-up."""

import numpy as np

ACCEPT = 0.8  # share of steps taken that the tuning aims at
LEAPS = (2, 5)  # steps along a path, drawn anew each turn so that no path comes back to its start


class Tuned:
    """Step sizes of places, and how often their steps were taken since the last tuning."""

    def __init__(self, size):
        self.size, self.rate, self.seen = size, np.zeros(len(size)), 0

    def note(self, chance):
        """Count a step."""
        self.rate += chance
        self.seen += 1

    def tune(self):
        """Longer steps where they were taken too often, shorter ones where too seldom."""
        if self.seen:
            self.size = np.clip(self.size * np.exp(self.rate / self.seen - ACCEPT), 0.02, 2.0)
        self.rate, self.seen = np.zeros(len(self.size)), 0


def leap(density, place, roots, tuned, rng):
    """One Hamiltonian step of every place.

    Parameters
    ----------
    density : callable
        Places (n, k) -> log-density (n,) and slope (n, k); places do not depend on each other.
    place : numpy.ndarray
        (n, k).
    roots : numpy.ndarray
        (n, k, k): root of the covariance by which the momentum is scaled.
    tuned : Tuned
    rng : numpy.random.Generator

    Returns
    -------
    tuple
        The new places, the chance with which each step was taken, and whether it was.
    """
    momentum, start = rng.normal(size=place.shape), place
    now, slope = density(place)
    energy = now - 0.5 * (momentum**2).sum(axis=1)
    step = tuned.size[:, None] * rng.uniform(0.8, 1.2)
    momentum = momentum + 0.5 * step * np.einsum("pji,pj->pi", roots, slope)
    leaps = rng.integers(*LEAPS)
    for turn in range(leaps):
        place = place + step * np.einsum("pij,pj->pi", roots, momentum)
        then, slope = density(place)
        half = 0.5 if turn == leaps - 1 else 1.0
        momentum = momentum + half * step * np.einsum("pji,pj->pi", roots, slope)
    gain = then - 0.5 * (momentum**2).sum(axis=1) - energy
    chance = np.exp(np.minimum(np.where(np.isfinite(gain), gain, -np.inf), 0.0))
    tuned.note(chance)
    taken = rng.random(len(chance)) < chance
    return np.where(taken[:, None], place, start), chance, taken

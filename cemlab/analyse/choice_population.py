"""Mean and spread of a population of utilities: Gibbs steps, and moves that carry everybody along."""

import numpy as np

from cemlab.analyse.leaps import Tuned, leap

AMU = 0.01  # weight of the prior mean 0, in persons


class Population:
    """The population N(mean, spread) of persons' utilities under the prior of ``bayesm::rhierMnlRwMixture`` (one component):
    mean given spread N(0, spread / 0.01), spread inverse Wishart with k + 3 degrees of freedom and (k + 3) I.

    Two moves in turn (interweaving): given the utilities, mean and spread are drawn outright (`gibbs`); given where each person
    stands in the population, z = lower^-1 (utilities - mean), mean and spread move by a Hamiltonian step that takes the utilities of all
    with them (`carry`). The first is quick where persons tell much, the second where they tell little.

    References
    ----------
    Yu, Y., Meng, X.-L. (2011). To center or not to center: that is not the question. Journal of Computational and Graphical
    Statistics, 20, 531-570.
    """

    def __init__(self, data, mean):
        self.data, self.k, self.mean = data, len(mean), mean.copy()
        self.nu, self.spread, self.inverse = self.k + 3, np.eye(self.k), np.eye(self.k)
        rows, columns = np.indices((self.k, self.k + 1))
        self.free = columns <= rows + 1  # first the mean, then the lower triangle, its diagonal as logarithms
        self.log_diagonal = (columns == rows + 1)[self.free]
        self.tuned = Tuned(np.full(1, 0.5))
        self.roots = None

    def gibbs(self, beta, rng):
        """Draw mean and spread given the utilities of persons."""
        persons, average = len(beta), beta.mean(axis=0)
        scatter = (beta - average).T @ (beta - average)
        pulled = AMU * persons / (AMU + persons) * np.outer(average, average)
        self.spread = wishart_inverse(rng, self.nu + persons, self.nu * np.eye(self.k) + scatter + pulled)
        noise = np.linalg.cholesky(self.spread) @ rng.normal(size=self.k)
        self.mean = persons * average / (persons + AMU) + noise / np.sqrt(persons + AMU)
        self.inverse = np.linalg.inv(self.spread)

    def carry(self, beta, rng):
        """Move mean and spread and, with them, the utilities of persons, which are returned."""
        if self.roots is None:
            return beta
        lower, z = self.standing(beta)
        start = self.packed(lower)[None]
        place, _, taken = leap(self.density(z, start, beta), start, self.roots, self.tuned, rng)
        if not taken[0]:
            return beta
        self.mean, lower = self.unpacked(place[0])
        self.spread, back = lower @ lower.T, np.linalg.inv(lower)
        self.inverse = back.T @ back
        return self.data.moved(self.mean + z @ lower.T, np.ones(len(beta), dtype=bool))

    def settle(self, beta, curvature):
        """Take the coordinates of `carry` from the curvature of persons' likelihoods (persons, k, k) at this state."""
        lower, z = self.standing(beta)
        own = np.column_stack([np.ones(len(z)), z])
        n, k = own.shape[1], self.k
        pairs = (own[:, :, None] * own[:, None, :]).reshape(len(own), -1)
        whole = (curvature.reshape(len(own), -1).T @ pairs).reshape(k, k, n, n).transpose(0, 2, 1, 3)
        kept = self.free.ravel()
        whole = whole.reshape(k * n, k * n)[np.ix_(kept, kept)]
        diagonal = np.diag(lower)
        prior = np.column_stack([np.zeros(k), self.nu / np.outer(diagonal, diagonal) ** 2])
        scale = np.column_stack([np.ones(k), np.where(np.eye(k) == 1, lower, 1.0)])[self.free]
        prior[:, 1:][np.eye(k) == 1] = 2 * self.nu / diagonal**4
        whole = (whole + np.diag(prior[self.free])) * np.outer(scale, scale)
        places = np.flatnonzero(np.nonzero(self.free)[1] == 0)
        whole[np.ix_(places, places)] += AMU * self.inverse
        self.roots = np.linalg.cholesky(np.linalg.inv(whole))[None]

    def standing(self, beta):
        """Lower root of the spread, and where each person stands."""
        lower = np.linalg.cholesky(self.spread)
        return lower, np.linalg.solve(lower, (beta - self.mean).T).T

    def packed(self, lower):
        """Mean and lower root as one vector."""
        vector = np.column_stack([self.mean, lower])[self.free]
        vector[self.log_diagonal] = np.log(vector[self.log_diagonal])
        return vector

    def unpacked(self, vector):
        """(mean, lower root) of a vector."""
        values = vector.copy()
        values[self.log_diagonal] = np.exp(np.clip(values[self.log_diagonal], -30, 30))
        whole = np.zeros((self.k, self.k + 1))
        whole[self.free] = values
        return whole[:, 0], whole[:, 1:]

    def density(self, z, start, beta):
        """Function of vectors (1, d): log-density of mean and lower root given where persons stand, and its slope; `beta` are
        the utilities at `start`.

        Of the spread's density -(nu + k + 1)/2 log|spread|, of the mean's -1/2 log|spread|; the change from spread to
        lower root has the Jacobian prod lower_ii^(k - i + 1), that to logarithms one lower_ii more (i from 1).
        """
        power = self.k - np.arange(self.k) + 1 - (self.nu + self.k + 2)

        def at(vectors):
            mean, lower = self.unpacked(vectors[0])
            value, slope = self.data.at(beta if vectors is start else mean + z @ lower.T)
            back = np.linalg.inv(lower)
            inverse, pull = back.T @ back, back @ mean
            logs = power @ np.log(np.diag(lower)) - 0.5 * self.nu * (back**2).sum() - 0.5 * AMU * pull @ pull
            for_mean = slope.sum(axis=0) - AMU * inverse @ mean
            for_lower = slope.T @ z + self.nu * inverse @ back.T + AMU * np.outer(inverse @ mean, pull)
            own = np.diag(lower) * np.diag(for_lower) + power
            whole = np.column_stack([for_mean, for_lower])[self.free]
            whole[self.log_diagonal] = own
            return np.array([value.sum() + logs]), whole[None]

        return at


def wishart_inverse(rng, df, scale):
    """One draw of the inverse Wishart distribution (Bartlett)."""
    k = len(scale)
    lower = np.linalg.cholesky(np.linalg.inv(scale))
    a = np.tril(rng.normal(size=(k, k)), -1) + np.diag(np.sqrt(rng.chisquare(df - np.arange(k))))
    root = lower @ a
    return np.linalg.inv(root @ root.T)

"""Confirmatory factors by maximum likelihood: each item on one factor, factors correlated, from a covariance matrix."""

import numpy as np


class Model:
    """Which parameters a model of items on factors has; the factors' variances are 1."""

    def __init__(self, places, factors):
        self.places = np.asarray(places)  # factor of each item
        self.k, self.p = factors, len(places)
        self.pairs = [(a, b) for a in range(factors) for b in range(a + 1, factors)]
        self.size = 2 * self.p + len(self.pairs)

    def parts(self, theta):
        """Loadings (p, k), correlations of factors (k, k), residual variances (p,)."""
        loadings = np.zeros((self.p, self.k))
        loadings[np.arange(self.p), self.places] = theta[: self.p]
        phi = np.eye(self.k)
        for (a, b), value in zip(self.pairs, theta[2 * self.p :], strict=True):
            phi[a, b] = phi[b, a] = value
        return loadings, phi, theta[self.p : 2 * self.p]

    def implied(self, theta):
        """Covariances that the parameters imply."""
        loadings, phi, residual = self.parts(theta)
        return loadings @ phi @ loadings.T + np.diag(residual)

    def slopes(self, theta):
        """Derivative of the implied covariances by each parameter: (size, p, p)."""
        loadings, phi, _ = self.parts(theta)
        along = loadings @ phi  # (p, k)
        out = np.zeros((self.size, self.p, self.p))
        for i in range(self.p):
            out[i, i, :] += along[:, self.places[i]]
            out[i, :, i] += along[:, self.places[i]]
            out[self.p + i, i, i] = 1.0
        for place, (a, b) in enumerate(self.pairs):
            cross = np.outer(loadings[:, a], loadings[:, b])
            out[2 * self.p + place] = cross + cross.T
        return out


def fit(correlation, places, factors, *, rounds=500):
    """Parameters on the scale of correlations, discrepancy, information of one person, and whether it converged.

    Raises
    ------
    ValueError
        No proper solution: factors that cannot be told apart, or an item without residual variance.
    """
    model = Model(places, factors)
    theta = np.concatenate([np.full(model.p, 0.7), np.full(model.p, 0.5), np.full(len(model.pairs), 0.3)])

    def state(values):
        implied = model.implied(values)
        smallest = np.linalg.eigvalsh(implied)[0]
        if smallest <= 1e-10 or (values[model.p : 2 * model.p] <= 0).any():
            return None, np.inf
        ratio = np.linalg.solve(implied, correlation)
        return implied, float(np.trace(ratio) - np.linalg.slogdet(ratio)[1] - model.p)

    implied, value = state(theta)
    for _ in range(rounds):  # Fisher scoring with halving
        inverse = np.linalg.inv(implied)
        slopes = model.slopes(theta)
        weighted = inverse @ slopes  # (size, p, p)
        gradient = np.einsum("aij,ji->a", weighted, np.eye(model.p) - inverse @ correlation)
        information = np.einsum("aij,bji->ab", weighted, weighted)
        step = np.linalg.lstsq(information, -gradient, rcond=None)[0]
        size = 1.0
        while size > 1e-8:
            new, new_value = state(theta + size * step)
            if new_value <= value + 1e-14:
                break
            size /= 2
        if size <= 1e-8:
            break
        theta, implied, value = theta + size * step, new, new_value
        if np.abs(size * step).max() < 1e-11:
            break
    done = np.abs(gradient).max() < 1e-6 and np.linalg.cond(information) < 1e12
    return model, theta, value, information / 2, bool(done)


def standard_errors(model, theta, information, n):
    """Standard errors of standardised loadings, residual variances and factor correlations (delta method)."""
    covariance = np.linalg.inv(information) / n

    def standardised(values):
        loadings, _, residual = model.parts(values)
        sd = np.sqrt(np.diag(model.implied(values)))
        own = loadings[np.arange(model.p), model.places]
        return np.concatenate([own / sd, residual / sd**2, values[2 * model.p :]])

    step = 1e-6
    jacobian = np.array([
        (standardised(theta + step * unit) - standardised(theta - step * unit)) / (2 * step) for unit in np.eye(model.size)
    ]).T  # fmt: skip
    return standardised(theta), np.sqrt(np.diag(jacobian @ covariance @ jacobian.T))


def fit_measures(chi2, df, chi2_null, df_null, n, residuals, *, level=0.9):
    """CFI, TLI, RMSEA with its interval, SRMR and the p-value of a model with `df` degrees of freedom.

    RMSEA and its limits divide by n (lavaan); `residuals` are those of correlations with the diagonal.
    """
    from scipy.optimize import brentq
    from scipy.stats import chi2 as law
    from scipy.stats import ncx2

    def noncentral(q):
        if law.cdf(chi2, df) <= q:
            return 0.0
        return brentq(lambda lam: ncx2.cdf(chi2, df, lam) - q, 0, 10 * chi2 + 100)

    p = len(residuals)
    over, over_null = max(chi2 - df, 0.0), max(chi2_null - df_null, chi2 - df, 1e-300)
    low, high = (np.sqrt(noncentral(q) / (df * n)) if df else np.nan for q in ((1 + level) / 2, (1 - level) / 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        tli = (chi2_null / df_null - chi2 / df) / (chi2_null / df_null - 1) if df else np.nan
    return {
        "cfi": 1 - over / over_null,
        "tli": tli,
        "rmsea": np.sqrt(over / (df * n)) if df else np.nan,
        "rmsea_low": low,
        "rmsea_high": high,
        "srmr": np.sqrt((residuals[np.tril_indices(p)] ** 2).sum() / (p * (p + 1) / 2)),
        "p_value": law.sf(chi2, df) if df else np.nan,
    }

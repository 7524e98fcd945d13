"""Factors of a correlation matrix before rotation: minres, maximum likelihood, principal components; and its adequacy."""

import numpy as np

LEAST = 0.005  # smallest uniqueness


def extract(correlation, factors, method):
    """Unrotated loadings (p, k), column sums not negative.

    Parameters
    ----------
    correlation : array (p, p)
    factors : int
    method : {"minres", "ml", "components"}
    """
    if method == "components":
        values, vectors = np.linalg.eigh(correlation)
        loadings = vectors[:, ::-1][:, :factors] * np.sqrt(values[::-1][:factors])
    else:
        psi = uniquenesses(correlation, factors, method)
        loadings = loadings_of(correlation, psi, factors, method)
    return loadings * np.where(loadings.sum(axis=0) < 0, -1.0, 1.0)


def uniquenesses(correlation, factors, method):
    """Uniquenesses that minimise the least-squares or the likelihood discrepancy."""
    from scipy.optimize import minimize

    start = np.clip(1 / np.diag(np.linalg.pinv(correlation, hermitian=True)), LEAST, 1.0)

    def least_squares(psi):
        values, vectors = np.linalg.eigh(correlation - np.diag(psi))
        rest, sides = values[:-factors], vectors[:, :-factors]
        rest = np.concatenate([rest, np.minimum(values[-factors:], 0)])
        sides = np.hstack([sides, vectors[:, -factors:]])
        return 0.5 * (rest**2).sum(), -(sides**2) @ rest

    def likelihood(psi):
        scale = 1 / np.sqrt(psi)
        values, vectors = np.linalg.eigh(correlation * np.outer(scale, scale))
        rest = np.maximum(values[:-factors], 1e-12)
        loadings = vectors[:, -factors:] * np.sqrt(np.maximum(values[-factors:] - 1, 0)) / scale[:, None]
        gap = (loadings**2).sum(axis=1) + psi - np.diag(correlation)
        return (rest - np.log(rest) - 1).sum(), gap / psi**2

    criterion = least_squares if method == "minres" else likelihood
    options = {"maxiter": 5000, "ftol": 1e-16, "gtol": 1e-10}
    bounds = [(LEAST, 1.0)] * len(start)
    found = minimize(criterion, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options).x
    return minimize(criterion, found, jac=True, method="L-BFGS-B", bounds=bounds, options=options).x


def loadings_of(correlation, psi, factors, method):
    """Loadings that belong to uniquenesses."""
    if method == "minres":
        values, vectors = np.linalg.eigh(correlation - np.diag(psi))
        return vectors[:, ::-1][:, :factors] * np.sqrt(np.maximum(values[::-1][:factors], 0.0))
    scale = np.sqrt(psi)
    values, vectors = np.linalg.eigh(correlation / np.outer(scale, scale))
    return scale[:, None] * vectors[:, ::-1][:, :factors] * np.sqrt(np.maximum(values[::-1][:factors] - 1, 0.0))


def discrepancy(correlation, model):
    """Maximum-likelihood discrepancy of a model's correlations."""
    ratio = np.linalg.solve(model, correlation)
    return float(np.trace(ratio) - np.linalg.slogdet(ratio)[1] - len(correlation))


def adequacy(correlation, n):
    """Kaiser-Meyer-Olkin measure (of all, of each item) and Bartlett's test of sphericity (chi2, df, p)."""
    from scipy.stats import chi2

    p = len(correlation)
    inverse = np.linalg.inv(correlation)
    scale = 1 / np.sqrt(np.diag(inverse))
    partial = inverse * np.outer(scale, scale)
    r2, q2 = (m**2 - np.diag(np.diag(m**2)) for m in (correlation, partial))
    value = -np.linalg.slogdet(correlation)[1] * (n - 1 - (2 * p + 5) / 6)
    df = p * (p - 1) / 2
    items = r2.sum(axis=1) / (r2.sum(axis=1) + q2.sum(axis=1))
    return r2.sum() / (r2.sum() + q2.sum()), items, (value, df, chi2.sf(value, df))


def parallel_analysis(correlation, n, *, draws=200, level=0.95, seed=1):
    """Eigenvalues, their bar from pure noise of the same size, and how many stand above it in a row (Horn 1965)."""
    p = len(correlation)
    own = np.linalg.eigvalsh(correlation)[::-1]
    rng = np.random.default_rng(seed)
    noise = np.empty((draws, p))
    for i in range(draws):  # correlations of n rows of p independent normal columns, from Bartlett's decomposition
        a = np.tril(rng.normal(size=(p, p)), -1)
        a[np.diag_indices(p)] = np.sqrt(rng.chisquare(np.maximum(n - 1 - np.arange(p), 1)))
        w = a @ a.T
        scale = 1 / np.sqrt(np.diag(w))
        noise[i] = np.linalg.eigvalsh(w * np.outer(scale, scale))[::-1]
    bar = np.quantile(noise, level, axis=0)
    above = own > bar
    return own, bar, int(above.argmin()) if not above.all() else p

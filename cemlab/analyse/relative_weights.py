"""Johnson's relative weights and their relatives, from a correlation matrix alone; all take stacks of matrices."""

import numpy as np

TINY = 1e-10  # eigenvalues below this share of the largest count as zero


def relative_weights(among, with_outcome):
    """Johnson's relative weights: parts of R-squared, none negative, which sum to it.

    Parameters
    ----------
    among : array (..., k, k)
        Correlations among the drivers.
    with_outcome : array (..., k)
        Correlations of the drivers with the outcome.

    Returns
    -------
    array (..., k)

    Notes
    -----
    With among = V D V', L = V sqrt(D) V' holds the correlations of drivers and their nearest orthogonal counterparts z;
    with b = L^-1 r the weights are L^2 b^2 (squares element by element). Equal to Genizi's decomposition. Drivers that
    depend on each other exactly share their part (generalised inverse).

    References
    ----------
    .. [1] Johnson, J. W. (2000). Multivariate Behavioral Research, 35, 1-19. In R: ``rwa::rwa``, ``iopsych::relWt``.
    """
    root, inverse = roots(among)
    b = np.einsum("...ij,...j->...i", inverse, with_outcome)
    return np.einsum("...ij,...j->...i", root**2, b**2)


def car_scores(among, with_outcome):
    """Squared correlation-adjusted scores (Zuber and Strimmer 2011): (among^-1/2 r)^2; they sum to R-squared."""
    _, inverse = roots(among)
    return np.einsum("...ij,...j->...i", inverse, with_outcome) ** 2


def roots(matrix):
    """Symmetric square root of correlation matrices and its (generalised) inverse."""
    values, vectors = np.linalg.eigh(matrix)
    floor = TINY * values[..., -1:]
    root = np.sqrt(np.where(values > floor, values, 0.0))
    with np.errstate(divide="ignore"):
        inverse = np.where(root > 0, 1 / root, 0.0)
    transposed = np.swapaxes(vectors, -1, -2)
    return (vectors * root[..., None, :]) @ transposed, (vectors * inverse[..., None, :]) @ transposed

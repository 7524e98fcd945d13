"""Correlations of the normal variables behind answers on a few ordered codes."""

import numpy as np

from cemlab.measure.moments import counts
from cemlab.measure.rows import answered_all
from cemlab.measure.schema import as_list

MOST = 12  # codes an item may have
NODES, WEIGHTS = np.polynomial.legendre.leggauss(40)


def polychoric(data, items, *, weights=None, where="polychoric"):
    """Polychoric correlations of the persons who answered all items.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
    items : list of str
    weights : str, optional

    Returns
    -------
    array (k, k)
        With 1 on the diagonal; correlations of pairs, which need not fit together exactly.

    Raises
    ------
    ValueError
        An item with more than 12 codes, or with one.

    Notes
    -----
    Two steps: thresholds from the margins, then the correlation of each pair by maximum likelihood (Olsson 1979), from the pairs'
    counts. It takes the answers as cuts of a normal variable. In R: ``psych::polychoric(correct = 0)``.
    """
    items = as_list(items)
    rows = answered_all(data, items, where=where)
    k = len(items)
    out = np.eye(k)
    for i in range(k - 1):
        table = counts(rows, items[i + 1 :], by=items[i], weights=weights, where=where)
        for j in range(i + 1, k):
            one = table[table["item"] == items[j]]
            wide = one.assign(code=one[items[i]].astype(float)).pivot_table(
                index="code", columns="value", values="w", aggfunc="sum"
            )
            cells = wide.fillna(0).sort_index().sort_index(axis=1).to_numpy(float)
            for item, size in zip((items[i], items[j]), cells.shape, strict=True):
                if not 2 <= size <= MOST:
                    raise ValueError(
                        f"{where}: item {item!r} has {size} codes; polychoric correlations take 2 to {MOST}."
                    )
            out[i, j] = out[j, i] = pair_correlation(cells)
    return out


def pair_correlation(cells):
    """Maximum-likelihood correlation of one table of counts, thresholds from its margins."""
    from scipy.optimize import minimize_scalar
    from scipy.special import ndtri

    share = cells / cells.sum()
    cuts = [np.concatenate([[-8.0], ndtri(np.cumsum(share.sum(axis=axis))[:-1]), [8.0]]) for axis in (1, 0)]
    corners = np.meshgrid(*cuts, indexing="ij")

    def misfit(r):
        chances = np.diff(np.diff(both_below(*corners, r), axis=0), axis=1)
        return -(share * np.log(np.maximum(chances, 1e-12))).sum()

    return float(minimize_scalar(misfit, bounds=(-0.999, 0.999), method="bounded", options={"xatol": 1e-9}).x)


def both_below(h, k, r):
    """Chance that two normal variables with correlation r lie below h and k (Sheppard's integral)."""
    from scipy.special import ndtr

    angle = np.arcsin(r) / 2
    theta = angle * (NODES + 1)
    square, cross = (h**2 + k**2)[..., None], (2 * h * k)[..., None]
    inner = np.exp(-(square - cross * np.sin(theta)) / (2 * np.cos(theta) ** 2))
    return ndtr(h) * ndtr(k) + angle * (inner @ WEIGHTS) / (2 * np.pi)

"""The NBD-Dirichlet: what penetration and purchase rate of each brand would be if only its share mattered."""

import numpy as np
import pandas as pd


def dirichlet(shares, penetrations, *, category_penetration, category_rate, most=200):
    """NBD-Dirichlet: penetration and purchases per buyer that market shares alone would give.

    Parameters
    ----------
    shares : pandas.Series
        Brand -> share of purchases, 0 to 1 (they may sum to less: other brands).
    penetrations : pandas.Series
        Brand -> observed share of households that bought it, 0 to 1.
    category_penetration : float
        Share of households that bought the category.
    category_rate : float
        Mean purchases of the category per buyer of it.
    most : int
        Purchases up to which the distribution is summed.

    Returns
    -------
    pandas.DataFrame
        ``brand, share, penetration, penetration_expected, rate_expected`` (purchases of the brand per buyer of it), and the
        parameters ``M, K, S``.

    Raises
    ------
    ValueError
        Shares or penetrations outside 0 to 1, a rate that no negative binomial has.

    Notes
    -----
    Purchases of the category follow a negative binomial (mean M, exponent K from the share of non-buyers), choices among
    brands a Dirichlet with S fitted to each penetration and averaged by share. Patterns of stationary, unpartitioned markets.

    References
    ----------
    Goodhardt, G., Ehrenberg, A., Chatfield, C. (1984). The Dirichlet. JRSS A, 147, 621-655. In R: ``NBDdirichlet::dirichlet``.
    """
    from scipy.optimize import brentq
    from scipy.special import betaln
    from scipy.stats import nbinom

    where = "dirichlet"
    table = pd.DataFrame({"share": shares, "penetration": penetrations}).astype(float)
    if not table.gt(0).all().all() or not table.lt(1).all().all() or not 0 < category_penetration < 1:
        raise ValueError(f"{where}: shares and penetrations must lie between 0 and 1.")
    mean = category_penetration * category_rate
    nobody = -np.log(1 - category_penetration)
    if not nobody < mean:
        raise ValueError(f"{where}: a category rate of {category_rate:g} is too low for the penetration given.")
    k = brentq(lambda k: k * np.log1p(mean / k) - nobody, 1e-6, 1e6)
    n = np.arange(most + 1)
    weight = nbinom.pmf(n, k, k / (k + mean))

    def bought(s, share):
        alpha = s * share
        return 1 - (weight * np.exp(betaln(s - alpha + n, alpha) - betaln(s - alpha, alpha))).sum()

    fitted = []
    for share, penetration in table.itertuples(index=False):
        low, high = bought(1e-4, share), bought(1e4, share)
        if low < penetration < high:
            fitted.append((brentq(lambda s, a=share, p=penetration: bought(s, a) - p, 1e-4, 1e4), share))
    if not fitted:
        raise ValueError(
            f"{where}: no brand's penetration lies where a Dirichlet could have it; check shares and rate."
        )
    s = float(np.average([one for one, _ in fitted], weights=[share for _, share in fitted]))
    expected = np.array([bought(s, share) for share in table["share"]])
    out = table.assign(penetration_expected=expected, rate_expected=mean * table["share"] / expected)
    return out.assign(M=mean, K=k, S=s).rename_axis("brand").reset_index()

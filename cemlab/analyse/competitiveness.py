"""Competition among brands: shared buyers, switching net of size, and the double-jeopardy line."""

import numpy as np
import pandas as pd

from cemlab.checks import DataError
from cemlab.measure.inference import crosstab
from cemlab.measure.moments import cross_moments

ROUNDS = 10_000


def duplication(data, columns, *, weights=None):
    """Duplication of purchase: of the users of one brand, how many also use another.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per respondent.
    columns : dict
        Brand -> its 0/1 column.
    weights : str, optional
        Column of case weights.

    Returns
    -------
    pandas.DataFrame
        ``brand, other, share`` (percent of the users of `brand` who also use `other`), ``expected`` (D x penetration of
        `other`), ``deviation`` (percentage points), ``penetration`` (percent, of `other`), ``n`` (users of `brand`), ``coefficient``
        (D). One row per ordered pair of brands; respondents who answered for all brands count.

    Raises
    ------
    ValueError
        Unknown column, fewer than two brands.
    DataError
        A missing or negative weight, or a brand nobody uses.

    Notes
    -----
    D is the mean duplication over the mean penetration of the other brand. The law says that brands share users in line with
    the other's size; pairs well above it form a partition of the market. ``deviation`` has no test here: look at pairs that
    deviate in wave after wave.

    References
    ----------
    Ehrenberg, A. (1988). Repeat-Buying. Sharp, B. (2010). How Brands Grow, chapter 6.
    """
    where = "duplication"
    if len(columns) < 2:
        raise ValueError(f"{where}: {len(columns)} brand(s); give at least two.")
    brands, names = list(columns), list(columns.values())
    sums = cross_moments(data, names, weights=weights, where=where)
    plain = cross_moments(data, names, where=where) if weights else sums
    total, both = sums["w"][0], sums["products"][0]
    users = sums["sums"][0]
    if not total > 0 or (users <= 0).any():
        nobody = brands[int(np.argmin(users))]
        raise DataError(
            f"{where}: nobody uses {nobody!r} among {total:,.0f} who answered for every brand; leave it out."
        )
    share, penetration = both / users[:, None], users / total
    off = ~np.eye(len(brands), dtype=bool)
    d = share[off].mean() / np.broadcast_to(penetration, share.shape)[off].mean()
    rows = [(i, j) for i in range(len(brands)) for j in range(len(brands)) if i != j]
    out = pd.DataFrame({
        "brand": [brands[i] for i, _ in rows],
        "other": [brands[j] for _, j in rows],
        "share": [100 * share[i, j] for i, j in rows],
        "expected": [min(100 * d * penetration[j], 100.0) for _, j in rows],
        "penetration": [100 * penetration[j] for _, j in rows],
        "n": [int(plain["sums"][0][i]) for i, _ in rows],
    })  # fmt: skip
    return out.assign(deviation=out["share"] - out["expected"], coefficient=d)


def switching(data, before, now, *, brands=None, weights=None):
    """Who went from which brand to which, and how loyal each brand's buyers are net of its size.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per respondent.
    before, now : str
        Columns with the brand bought before and the one bought last.
    brands : list of str, optional
        Brands in order; respondents who name another are left out.
    weights : str, optional
        Column of case weights; cells are then weighted counts on Kish's effective base.

    Returns
    -------
    matrix : pandas.DataFrame
        Long: ``brand, other, n, share`` (percent of those who bought `brand` before and `other` last), ``expected`` (percent, of
        those who switch at all and go by size).
    brands : pandas.DataFrame
        ``brand, n`` (before), ``stayed`` (percent), ``loyal`` (percent net of size), ``attraction`` (percent of switchers drawn),
        ``gained, lost`` (percent of all respondents), ``net``.

    Raises
    ------
    ValueError
        Unknown column.
    DataError
        Fewer than three brands bought both before and last, or a missing or negative weight.

    Notes
    -----
    Colombo and Morrison: a share `loyal` of a brand's buyers always buys it again; the others choose by `attraction`, also the
    same brand by chance: P(i, i) = loyal_i + (1 - loyal_i) attraction_i. Fitted to the cells off the diagonal (quasi-independence,
    maximum likelihood). A negative value means that buyers stay less than chance would have it.

    References
    ----------
    Colombo, R. and Morrison, D. (1989). A brand switching model with implications for marketing strategies. Marketing Science,
    8, 89-99.
    """
    where = "switching"
    table = crosstab(data, before, now, weights=weights)
    table.columns = table.columns.astype(str)
    names = list(brands) if brands is not None else sorted(set(table.index) & set(table.columns))
    names = [b for b in names if b in table.index and b in table.columns]
    if len(names) < 3:
        raise DataError(f"{where}: {len(names)} brand(s) were bought both before and last; the model needs three.")
    cells = table.loc[names, names].to_numpy(float)
    n, total = cells.sum(axis=1), cells.sum()
    loyal, attraction = colombo_morrison(cells)
    stayed = np.diag(cells) / n
    gained, lost = cells.sum(axis=0) - np.diag(cells), n - np.diag(cells)
    grid = pd.MultiIndex.from_product([names, names], names=["brand", "other"]).to_frame(index=False)
    expected = (1 - loyal)[:, None] * attraction + np.diag(loyal)
    grid = grid.assign(n=cells.ravel(), share=(100 * cells / n[:, None]).ravel(), expected=100 * expected.ravel())
    summary = {"brand": names, "n": n, "stayed": 100 * stayed, "loyal": 100 * loyal, "attraction": 100 * attraction}
    summary |= {"gained": 100 * gained / total, "lost": 100 * lost / total, "net": 100 * (gained - lost) / total}
    return grid, pd.DataFrame(summary)


def colombo_morrison(cells):
    """Loyalty net of size and attraction of each brand, from the cells off the diagonal (iterative proportional fitting)."""
    off = np.where(np.eye(len(cells), dtype=bool), 0.0, cells)
    rows, columns, n = off.sum(axis=1), off.sum(axis=0), cells.sum(axis=1)
    if not (columns > 0).sum() >= 2:
        raise DataError("switching: fewer than two brands were switched to; there is nothing to fit.")
    a, b = rows / max(off.sum(), 1.0), np.where(columns > 0, columns, 0.0) / columns.sum()
    for _ in range(ROUNDS):
        a = np.divide(rows, b.sum() - b, out=np.zeros_like(a), where=b.sum() - b > 0)
        new = np.divide(columns, a.sum() - a, out=np.zeros_like(b), where=a.sum() - a > 0)
        new = new / new.sum()
        if np.abs(new - b).max() < 1e-13:
            b = new
            break
        b = new
    a = np.divide(rows, 1 - b, out=np.zeros_like(a), where=b < 1)
    return 1 - a / n, b


def double_jeopardy(penetration, frequency):
    """The double-jeopardy line: small brands have fewer buyers, who buy a little less often.

    Parameters
    ----------
    penetration : pandas.Series
        Brand -> share of buyers, percent.
    frequency : pandas.Series
        Brand -> mean purchases of its buyers.

    Returns
    -------
    pandas.DataFrame
        ``brand, penetration, frequency, expected`` (on the line), ``deviation``; brands without one of the two are left out.

    Raises
    ------
    DataError
        Fewer than three brands with both, a penetration outside 0 to 100, a frequency under 0.

    Notes
    -----
    w (1 - b) is nearly the same for all brands of a market: w = w0 / (1 - b), with w0 the mean of w (1 - b) weighted by
    buyers. The line describes markets without partitions; niche brands lie above it, brands bought for a change below. For
    purchase counts of a panel see `dirichlet.dirichlet`.

    References
    ----------
    Ehrenberg, A., Goodhardt, G., Barwise, P. (1990). Double jeopardy revisited. Journal of Marketing, 54(3), 82-91.
    """
    table = pd.DataFrame({"penetration": penetration, "frequency": frequency}).astype(float).dropna()
    b, w = table["penetration"] / 100, table["frequency"]
    if len(table) < 3 or (b <= 0).any() or (b >= 1).any() or (w < 0).any():
        raise DataError(
            f"double_jeopardy: {len(table)} brands with penetration and frequency; the line needs three, with penetration "
            "between 0 and 100 and no negative frequency."
        )
    w0 = float((b * w * (1 - b)).sum() / b.sum())
    table["expected"] = w0 / (1 - b)
    return table.assign(deviation=w - table["expected"]).rename_axis("brand").reset_index()


def repertoire(data, columns, *, weights=None):
    """Mean number of brands used among the users of each brand: ``brand, mean, users`` (sum of weights).

    Parameters as in `duplication`.
    """
    sums = cross_moments(data, list(columns.values()), weights=weights, where="repertoire")
    users, both = sums["sums"][0], sums["products"][0]
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = both.sum(axis=1) / users
    return pd.DataFrame({"brand": list(columns), "mean": mean, "users": users})

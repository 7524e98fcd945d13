"""Answers that are not independent: nested in clusters (stores, agents), or given twice by the same persons."""

import narwhals as nw
import numpy as np

from cemlab.measure.frames import collect_all, group_column, number_column
from cemlab.measure.schema import MISSING


def cluster_variance(cells_one, cells_two=None):
    """Variance of two means and of their difference between clusters, with degrees of freedom.

    Parameters
    ----------
    cells_one, cells_two : pandas.DataFrame
        Sums of each side by cluster (index), columns w, w2, wx, w2x, w2xx. The cluster "(missing)" holds rows without a
        cluster: each of them counts as a cluster of its own. Without side two, the variance is that of side one.

    Returns
    -------
    tuple of float
        Variance of one, of two, of the difference (covariance inside clusters on both sides included), and df. NaN where
        a side has answers from a single cluster: it cannot be told from that cluster's own level.

    Notes
    -----
    Linearised variance; each cluster's deviation is divided by sqrt(1 - its share of the side) (the CR2 correction of
    Bell and McCaffrey), for equal clusters the usual m / (m - 1). df by Satterthwaite from the shares alone, as if all
    unrest were between clusters: m - 1 for m equal clusters, fewer when few clusters carry a side. (df from the estimated
    variances would be large just when the variance came out small.) It errs towards too few claims.

    References
    ----------
    Bell, R. M. and McCaffrey, D. F. (2002). Survey Methodology, 28, 169-181. Imbens, G. W. and Kolesar, M. (2016).
    Rev. Econ. Stat., 98, 701-712.
    """
    tables = [cells for cells in (cells_one, cells_two) if cells is not None]
    names, code = np.unique(np.concatenate([cells.index.to_numpy(str) for cells in tables]), return_inverse=True)
    first = len(cells_one)
    places = (code[:first], code[first:])
    sides = [one_side(cells, at, names) for cells, at in zip(tables, places, strict=False)]
    if any(side is None for side in sides):
        return np.nan, np.nan, np.nan, np.nan
    variances = [(side["z"] ** 2).sum() + side["rows"] for side in sides]
    gap = sides[0]["z"] - (sides[1]["z"] if len(sides) == 2 else 0.0)
    v = (gap**2).sum() + sum(side["rows"] for side in sides)
    v_one, v_two = variances if len(sides) == 2 else (variances[0], 0.0)
    if v <= 0:
        return v_one, v_two, v, np.inf
    parts = sum(side["share"] ** 2 for side in sides)
    spread = parts.sum() + sum(side["alone"] for side in sides)
    fewest = min(1 / ((side["share"] ** 2).sum() + side["alone"]) for side in sides)
    largest = (parts**2).sum()
    df = spread**2 / largest * (1 - 1 / fewest) if largest > 0 else np.inf
    return v_one, v_two, v, max(df, 1.0)


def one_side(cells, places, names):
    """Deviation and share of each cluster in `names`; variance and concentration of the rows without one."""
    w, w2, wx, w2x, w2xx = cells[["w", "w2", "wx", "w2x", "w2xx"]].to_numpy(float).T
    total = w.sum()
    if not total > 0:
        return None
    mean = wx.sum() / total
    alone = names[places] == MISSING
    share, z = np.zeros(len(names)), np.zeros(len(names))
    share[places] = np.where(alone, 0.0, w / total)
    if (share > 1 - 1e-12).any():
        return None
    z[places] = np.where(alone, 0.0, (wx - mean * w) / total) / np.sqrt(1 - share[places])
    rows = (w2xx - 2 * mean * w2x + mean**2 * w2)[alone].sum() / total**2
    return {"z": z, "rows": max(rows, 0.0), "share": share, "alone": w2[alone].sum() / total**2}


def repeated_products(frame, asked, *, wave, current, by=(), weights=None):
    """What persons with several answers add, for each (item, rule, columns of the person) of `asked`: a list of frames.

    Sums of products of a person's sums, less those of their rows, by group; all are collected together. Each frame (pandas)
    has the `by` columns and, for A = sum of w x and B = sum of w of a person in a wave
    (1 current, 0 previous), the sums of A1A1, A1B1, B1B1, A0A0, A0B0, B0B0 less the rows' own squares, and of A1A0, A1B0,
    B1A0, B1B0.
    """
    options = {"wave": wave, "current": current, "by": by, "weights": weights}
    tables = collect_all([products_query(frame, item, rule, who, **options) for item, rule, who in asked])
    return [table.rename(columns={f"by__{cut}": cut for cut in by}).fillna(0.0) for table in tables]


def products_query(frame, item, rule, who, *, wave, current, by, weights):
    """The query of one table of `repeated_products`.

    Two group-bys inside the engine; rows without a person, or without an answer, are left out (they are independent).
    """
    schema = frame.collect_schema()
    value = number_column(item)
    weight = nw.col(weights).cast(nw.Float64) if weights else nw.lit(1.0)
    groups = [f"by__{cut}" for cut in (*by, wave)]
    rows = frame.filter(~value.is_null()).select(
        *(group_column(cut, schema) for cut in (*by, wave)),
        *(nw.col(column).alias(f"who__{i}") for i, column in enumerate(who)),
        weight.alias("w__"),
        rule.expression(value).alias("x__"),
    )
    for i in range(len(who)):
        rows = rows.filter(~nw.col(f"who__{i}").is_null())
    now = nw.col(groups[-1]) == current
    w, x = nw.col("w__"), nw.col("x__")
    sides = {
        **{"A1": nw.when(now).then(w * x).otherwise(nw.lit(0.0)), "B1": nw.when(now).then(w).otherwise(nw.lit(0.0))},
        **{"A0": nw.when(now).then(nw.lit(0.0)).otherwise(w * x), "B0": nw.when(now).then(nw.lit(0.0)).otherwise(w)},
    }
    pairs = [("A1", "A1"), ("A1", "B1"), ("B1", "B1"), ("A0", "A0"), ("A0", "B0"), ("B0", "B0")]
    rows = rows.with_columns(**sides)
    rows = rows.with_columns(**{f"{p}{q}": nw.col(p) * nw.col(q) for p, q in pairs})
    cuts = groups[:-1]
    persons = rows.group_by(*cuts, *(f"who__{i}" for i in range(len(who)))).agg(
        *(nw.col(name).sum() for name in sides), *(nw.col(p + q).sum() for p, q in pairs)
    )
    between = [("A1", "A0"), ("A1", "B0"), ("B1", "A0"), ("B1", "B0")]
    products = persons.select(
        *cuts,
        *((nw.col(p) * nw.col(q) - nw.col(p + q)).alias(p + q) for p, q in pairs),
        *((nw.col(p) * nw.col(q)).alias(p + q) for p, q in between),
    )
    totals = [nw.col(p + q).sum() for p, q in (*pairs, *between)]
    return products.group_by(*cuts).agg(*totals) if cuts else products.select(*totals)


def repeated_covariance(products, mean_one, total_one, mean_two, total_two):
    """Extra variance of both sides and the covariance between them, from `repeated_products` (arrays by row)."""
    p = products
    one = (p["A1A1"] - 2 * mean_one * p["A1B1"] + mean_one**2 * p["B1B1"]) / total_one**2
    two = (p["A0A0"] - 2 * mean_two * p["A0B0"] + mean_two**2 * p["B0B0"]) / total_two**2
    cross = p["A1A0"] - mean_two * p["A1B0"] - mean_one * p["B1A0"] + mean_one * mean_two * p["B1B0"]
    return one.to_numpy(float), two.to_numpy(float), (cross / (total_one * total_two)).to_numpy(float)

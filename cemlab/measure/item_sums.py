"""Covariances of the items of a scale, from sums of products: what reliability and factor models are made from."""

from typing import NamedTuple

import narwhals as nw
import numpy as np

from cemlab.checks import require_choice
from cemlab.measure.frames import collect_all, lazy, number_column
from cemlab.measure.polychoric import polychoric
from cemlab.measure.rows import reasons, unit_products
from cemlab.measure.schema import as_list


class ItemSums(NamedTuple):
    """Covariances of items, reversed ones turned."""

    items: list
    rows: int  # persons who take part: with any answer (pairwise), with all (listwise)
    complete: int  # persons who answered all
    n: np.ndarray  # (k,) answers of each item
    mean: np.ndarray  # (k,)
    covariance: np.ndarray  # (k, k), divisor n - 1
    n_eff: float  # Kish's, of the complete persons
    total: dict  # mean, sd of the person's mean; correlation (k,) of each item with it

    @property
    def k(self):
        return len(self.items)

    @property
    def correlation(self):
        """Correlations that belong to the covariances."""
        sd = np.sqrt(np.diag(self.covariance))
        with np.errstate(divide="ignore", invalid="ignore"):
            return self.covariance / np.outer(sd, sd)

    @property
    def constant(self):
        """Items that everybody answered alike."""
        return [item for item, v in zip(self.items, np.diag(self.covariance), strict=True) if not v > 1e-12]


def item_sums(
    data, items, *, reverse=(), scale=None, missing="pairwise", weights=None, correlation="pearson", where="item_sums"
):  # fmt: skip
    """Reduce rows to the covariances of items.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
    items : list of str
    reverse : list of str
        Items turned: low + high - answer, of `scale`, or of the lowest and highest answer to any of the items.
    scale : tuple of int, optional
    missing : {"pairwise", "listwise"}
        Covariances over those who answered both items, or over those who answered all.
    weights : str, optional
    correlation : {"pearson", "polychoric"}
        "polychoric" puts the correlations of the variables behind the codes in place of the covariances (complete persons).

    Returns
    -------
    ItemSums

    Raises
    ------
    ValueError
        Unknown column, text instead of numbers, fewer than two items, an item to be reversed that is none of them.
    """
    items = as_list(items)
    require_choice(correlation, ("pearson", "polychoric"), name="correlation", where=where)
    strange = [item for item in as_list(reverse) if item not in items]
    if strange:
        raise ValueError(f"{where}: `reverse` names {strange[0]!r}, which is none of the items {items}.")
    if len(items) < 2 or len(set(items)) < len(items):
        raise ValueError(f"{where}: {len(set(items))} different items in {items}; a scale needs two or more.")
    frame = lazy(data, where)
    known = reasons(frame.to_native(), items, where=where)
    low, high = scale or (known["low"].min(), known["high"].max())
    value = [number_column(item) for item in items]
    value = [
        nw.lit(float(low + high)) - v if item in as_list(reverse) else v for item, v in zip(items, value, strict=True)
    ]
    names = [f"i{place}" for place in range(len(items))]
    weight = nw.col(weights).cast(nw.Float64) if weights else nw.lit(1.0)
    rows = frame.select(*(v.alias(name) for name, v in zip(names, value, strict=True)), weight.alias("w__"))
    gaps = [nw.col(name).is_null() for name in names]
    total = rows_of([nw.when(g).then(nw.lit(0.0)).otherwise(nw.col(n)) for g, n in zip(gaps, names, strict=True)])
    number = rows_of([nw.when(g).then(nw.lit(0.0)).otherwise(nw.lit(1.0)) for g in gaps])
    rows = rows.with_columns(total.alias("s__"), number.alias("a__"), nw.lit("all").alias("one__"))
    rows = rows.filter(nw.col("a__") > (0 if missing == "pairwise" else len(items) - 0.5))
    rows = rows.with_columns((nw.col("s__") / nw.col("a__")).alias("t__"))
    rows = rows.with_columns((nw.col("t__") * nw.col("t__")).alias("tt__"))
    whole = rows.filter(nw.col("a__") > len(items) - 0.5)
    w = nw.col("w__")
    (base,) = collect_all([whole.select(nw.len().alias("n"), w.sum().alias("w"), (w * w).sum().alias("w2"))])
    complete, w, w2 = int(base["n"][0]), float(base["w"][0] or 0), float(base["w2"][0] or 0)
    found = unit_products(rows.to_native(), [*names, "t__", "tt__"], unit="one__", weights="w__" if weights else None, where=where)  # fmt: skip
    size = len(names) + 2
    products = found["products"].sum(axis=0) if len(found["products"]) else np.zeros((2 * size, 2 * size))
    joint, sums, cross = products[size:, size:], products[:size, size:], products[:size, :size]
    with np.errstate(divide="ignore", invalid="ignore"):
        less = joint if weights else joint - 1
        covariance = (cross - sums * sums.T / joint) / less
        mean = np.diag(sums) / np.diag(joint)
        sd = np.sqrt(np.maximum(np.diag(covariance), 0))
        spread = (sums[-1] - sums[-2] ** 2 / joint[-2]) / less[
            -2
        ]  # of the person's mean, over those who answered an item
        with_total = (covariance[-2] / sd / np.sqrt(spread))[:-2]
    matrix = covariance[:-2, :-2]
    if correlation == "polychoric" and complete > 2:
        sign = np.where([item in as_list(reverse) for item in items], -1.0, 1.0)
        matrix = polychoric(data, items, weights=weights, where=where) * np.outer(sign, sign)
    return ItemSums(
        items=items,
        rows=int(found["n"].sum()),
        complete=complete,
        n=known["n"].to_numpy(int) if missing == "pairwise" else np.full(len(items), complete),
        mean=mean[:-2],
        covariance=matrix,
        n_eff=w * w / w2 if w2 else 0.0,
        total={"mean": mean[-2], "sd": sd[-2], "correlation": with_total},
    )


def rows_of(expressions):
    """Sum of expressions."""
    out = expressions[0]
    for one in expressions[1:]:
        out = out + one
    return out

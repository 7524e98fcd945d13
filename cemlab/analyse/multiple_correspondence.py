"""Multiple correspondence analysis: codes of several closed questions on one map, from their cross-counts."""

import narwhals as nw
import numpy as np
import pandas as pd

from cemlab.analyse.correspondence import Map, axes_of, long, turn
from cemlab.checks import require_choice
from cemlab.measure.frames import lazy
from cemlab.measure.moments import counts, cross_moments

INERTIA = ("adjusted", "indicator", "burt")


def multiple_correspondence(data, columns, *, weights=None, inertia="adjusted"):
    """Map of the codes of several closed questions.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per respondent.
    columns : list of str
        Closed questions, at least two; rows that lack one of them are left out.
    weights : str, optional
        Column of case weights.
    inertia : {"adjusted", "indicator", "burt"}, default "adjusted"
        What ``axes`` hold: eigenvalues of the indicator matrix, of the Burt matrix (their squares), or Greenacre's
        adjusted inertias, which leave out the diagonal of the Burt matrix. The other two understate how good a map is.

    Returns
    -------
    Map
        ``axes`` as `correspondence`; "adjusted" lists axes above 1 / Q only, in percent of the adjusted total. ``points``:
        ``kind`` is the question, ``name`` the code; coordinates, contributions and quality are those of the indicator matrix.
        ``test``: ``n``, ``n_dropped``, ``adjusted_total``, and ``eta2`` (frame, question by dimension: squared correlation ratio).

    Raises
    ------
    ValueError
        Unknown column, fewer than two questions, a question with a single code, unknown `inertia`.
    DataError
        A missing or negative weight.

    Notes
    -----
    Everything comes from the Burt matrix: one scan, any number of rows. Rare codes pull axes towards themselves; join codes
    under some 5 % first.

    References
    ----------
    Greenacre, M. (2017). Correspondence Analysis in Practice, chapters 18-19. In R: ``FactoMineR::MCA``, ``ca::mjca``.
    """
    where = "multiple_correspondence"
    require_choice(inertia, INERTIA, name="inertia", where=where)
    if len(columns) < 2:
        raise ValueError(f"{where}: {len(columns)} question(s); give at least two (for two, see correspondence).")
    table = counts(data, columns, weights=weights, where=where)
    table = table[table["value"].notna()]
    codes = {c: sorted(set(table.loc[table["item"] == c, "value"].map(plain))) for c in columns}
    alone = [c for c, found in codes.items() if len(found) < 2]
    if alone:
        raise ValueError(f"{where}: {alone[0]!r} has {len(codes[alone[0]])} code(s) in these rows; leave it out.")
    burt, n, dropped = burt_matrix(data, codes, weights, where)
    q = len(columns)
    mass = np.diag(burt) / np.diag(burt).sum()
    z = burt / burt.sum() - np.outer(mass, mass)
    values, vectors = np.linalg.eigh(z / np.sqrt(np.outer(mass, mass)))
    k = sum(len(found) for found in codes.values()) - q
    order = np.argsort(-values)[:k]
    eigen = np.maximum(values[order], 0.0)  # of the indicator matrix; Burt's are their squares
    vectors = vectors[:, order]
    standard = vectors / np.sqrt(mass)[:, None]
    standard = standard * turn(standard)
    principal = standard * np.sqrt(eigen)
    distance = 1 / (q * mass) - 1
    kinds = np.repeat(columns, [len(codes[c]) for c in columns])
    names = [code for c in columns for code in codes[c]]
    share = 100 * mass[:, None] * standard**2
    points = long("", names, False, mass, mass * distance, standard, principal, contribution=share,
                  quality=principal**2 / distance[:, None])  # fmt: skip
    points["kind"] = np.repeat(kinds, k)
    eta2 = pd.DataFrame(
        [(q * mass[kinds == c, None] * principal[kinds == c] ** 2).sum(axis=0) for c in columns], index=columns
    )
    eta2.columns = range(1, k + 1)
    total = q / (q - 1) * ((eigen**2).sum() - k / q**2)
    axes = {"indicator": eigen, "burt": eigen**2}.get(inertia)
    if axes is None:
        kept = eigen[eigen > 1 / q]
        axes = (q / (q - 1) * (kept - 1 / q)) ** 2
    out = axes_of(axes)
    if inertia == "adjusted":
        out["percent"] = 100 * out["eigenvalue"] / total
        out["cumulative"] = out["percent"].cumsum()
    return Map(out, points, {"n": n, "n_dropped": dropped, "adjusted_total": float(total), "eta2": eta2})


def plain(value):
    """A code as text; 1.0 is "1"."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def burt_matrix(data, codes, weights, where):
    """Weighted counts of every pair of codes over rows that answered every question; n and rows left out."""
    frame = lazy(data, where)
    schema = frame.collect_schema()
    dummies, names = [], []
    for column, found in codes.items():
        text = nw.col(column).cast(nw.String)
        if schema[column].is_float():
            text = nw.when(nw.col(column).is_nan()).then(None).otherwise(nw.col(column).cast(nw.Int64).cast(nw.String))
        for code in found:
            name = f"d__{len(names)}"
            hit = nw.when(text == code).then(nw.lit(1.0)).otherwise(nw.lit(0.0))
            dummies.append(nw.when(~text.is_null()).then(hit).alias(name))
            names.append(name)
    keep = [weights] if weights else []
    sums = cross_moments(frame.select(*keep, *dummies).to_native(), names, weights=weights, where=where)
    return sums["products"][0], int(sums["n"][0]), int(sums["n_dropped"][0])

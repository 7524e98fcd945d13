"""Small bases: under `min_n` a row keeps its place and loses its figures, under `low_n` it is marked."""

import numpy as np

from cemlab.checks import require_columns
from cemlab.measure.schema import BLANKED


def flag_bases(results, *, min_n=30, low_n=100):
    """Mark rows whose effective base is under `low_n`, blank those under `min_n`; no row is dropped or added.

    Parameters
    ----------
    results : pandas.DataFrame
        Estimates or comparisons.
    min_n : float, default 30
        Under this base a row loses its figures and reads "not_estimable".
    low_n : float, default 100
        Under this base a row reads "low_base".

    Returns
    -------
    pandas.DataFrame
        The same rows and columns. The bases themselves stay, so that a reader sees why.

    Raises
    ------
    ValueError
        No column ``n`` or ``status``; `low_n` below `min_n`.

    Notes
    -----
    Judged on ``n_eff`` where it is known, else on ``n``; a comparison on the smaller of its two sides. This is
    precision only: who may be recognised is judged by `cemlab.release.protect`. Rows already "hidden" or
    "not_estimable" stay so. Thresholds 30 and 100 are the trade's custom, not a theorem.

    Examples
    --------
    >>> import pandas as pd
    >>> results = pd.DataFrame({"estimate": [1.0, 2.0], "n": [29, 250], "n_eff": [29.0, 99.0], "status": "ok"})
    >>> flag_bases(results)[["estimate", "n", "status"]]
       estimate    n         status
    0       NaN   29  not_estimable
    1       2.0  250       low_base
    """
    require_columns(results.columns, ["n", "status"], "flag_bases")
    if low_n < min_n:
        raise ValueError(f"flag_bases: `low_n` is {low_n:g}, below `min_n` {min_n:g}; a mark starts above the blank.")
    base = effective_base(results)
    closed = results["status"].isin(["hidden", "not_estimable"])
    blank = (base < min_n) & (results["status"] != "hidden")
    status = np.where(blank, "not_estimable", np.where((base < low_n) & ~closed, "low_base", results["status"]))
    out = results.assign(status=np.asarray(status, dtype=object))
    out["status"] = out["status"].astype(results["status"].dtype)
    out.loc[base < min_n, [column for column in BLANKED if column in out]] = np.nan
    return out


def effective_base(results):
    """The effective base of each row; of a comparison, that of its smaller side."""
    base = results["n_eff"].fillna(results["n"]) if "n_eff" in results else results["n"].astype(float)
    sides = [column for column in ("n_eff_reference", "n_reference") if column in results]
    if sides:
        other = results[sides].bfill(axis=1).iloc[:, 0]
        base = base.where(~(other < base), other)
    return base

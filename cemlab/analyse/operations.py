"""Operational data beside experience (O+X): first-contact resolution, complaints per 1,000."""

import narwhals as nw
import numpy as np

from cemlab.checks import DataError, require_columns, require_level
from cemlab.measure.compare import compare_groups
from cemlab.measure.control import control_limits
from cemlab.measure.frames import columns_of, lazy
from cemlab.measure.schema import as_list, combine, estimates
from cemlab.measure.scores import top_box


def first_contact_resolution(data, contacts, *, by=None, weights=None, level=0.95):
    """Share of cases resolved at the first contact, in percent.

    Parameters
    ----------
    data : data frame
        One row per case.
    contacts : str
        How many contacts the case took until resolved (1, 2, ...); missing = not resolved yet, left out and counted in
        ``n_missing``, which flatters: few open cases only.
    by, weights, level
        As in `top_box`.

    Returns
    -------
    pandas.DataFrame
        Estimates, metric "first_contact_resolution" (Wilson).

    Raises
    ------
    DataError
        A number of contacts that is not whole or below 1.
    """
    where = "first_contact_resolution"
    require_columns(columns_of(lazy(data, where)), [contacts], where)
    options = {"scale": (1, 10_000), "top": [1], "weights": weights, "level": level}
    frames = [top_box(data, contacts, **options), *(top_box(data, contacts, by=cut, **options) for cut in as_list(by))]
    return combine(frames).assign(metric="first_contact_resolution")


def first_contact_gap(data, contacts, outcome, *, scale, weights=None, cluster=None, level=0.95, min_n=30):
    """Mean rating of customers whose case was resolved at the first contact, against those who had to come again.

    Parameters
    ----------
    data : data frame
        One row per case.
    contacts : str
        As in `first_contact_resolution`; cases not resolved yet are left out.
    outcome : str
        The rating compared.
    scale : tuple of int
    weights, cluster, level, min_n
        As in `compare_groups`.

    Returns
    -------
    pandas.DataFrame
        Comparisons, one row: ``estimate`` of the first, ``reference`` "again"; no row where nobody was solved at once, no
        figures where nobody came again. Customers with an easy matter are solved at first contact more often, so the
        difference is no effect of solving it.

    Raises
    ------
    ValueError, DataError
        As `compare_groups`.
    """
    where = "first_contact_gap"
    frame = lazy(data, where)
    require_columns(columns_of(frame), [contacts, outcome], where)
    count = nw.col(contacts).cast(nw.Float64)
    frame = frame.filter(~count.is_null()).with_columns(
        nw.when(count == 1).then(nw.lit("first")).otherwise(nw.lit("again")).alias("solved__")
    )
    options = {"weights": weights, "cluster": cluster, "level": level, "min_n": min_n, "scale": scale}
    found = compare_groups(frame.to_native(), outcome, by="solved__", metric="mean", **options)
    found = found[found["solved__"] == "first"].drop(columns="solved__").reset_index(drop=True)
    return found.assign(reference="again")  # of two groups the other one is the complement


def complaint_rate(table, complaints, units, *, by=None, per=1000, level=0.95):
    """Complaints per 1,000 customers (orders, calls) with the exact Poisson interval.

    Parameters
    ----------
    table : pandas.DataFrame
        Counts: one row per group.
    complaints, units : str
        Columns: how many complaints, on how many customers.
    by : str or list of str, optional
        Columns that name the groups; rows of the same group are added up.
    per : float, default 1000
    level : float, default 0.95

    Returns
    -------
    pandas.DataFrame
        Estimates, metric "complaints", unit "per_1000"; ``n`` is the number of units, ``n_eff`` the same.

    Raises
    ------
    DataError
        A negative or missing count, or complaints on no units.

    Notes
    -----
    Garwood's interval: chi-square quantiles of the count over 2. 0 complaints of n units have the upper limit 3.69 / n
    (95 %, two-sided). People who complain twice count twice.
    """
    from scipy.stats import chi2

    where, by = "complaint_rate", as_list(by)
    require_level(level, where)
    require_columns(table.columns, [complaints, units, *by], where)
    grouped = table.groupby(by, as_index=False, dropna=False)[[complaints, units]] if by else None
    given = table[[complaints, units]].to_numpy(float)
    bad = ~(given[:, 0] >= 0) | ~(given[:, 1] > 0)
    if bad.any():
        raise DataError(
            f"{where}: {int(bad.sum())} of {len(table)} rows are not counts on a positive number of {units!r}."
        )
    total = grouped.sum() if by else table[[complaints, units]].sum().to_frame().T
    count, size, tail = total[complaints].to_numpy(float), total[units].to_numpy(float), (1 - level) / 2
    low = np.where(count > 0, chi2.ppf(tail, 2 * np.maximum(count, 1)) / 2, 0.0)
    out = total[by].assign(metric="complaints", item=complaints, unit=f"per_{per:g}", estimate=per * count / size)
    out = out.assign(
        se=per * np.sqrt(count) / size,
        ci_low=per * low / size,
        ci_high=per * chi2.ppf(1 - tail, 2 * count + 2) / 2 / size,
    )
    return estimates(out.assign(n=size, n_eff=size, level=level, method="poisson_exact"), by)


def complaint_chart(table, complaints, units, *, at, kind="laney_u", per=1000, **options):
    """Control chart of complaints per 1,000 by period: Laney's u' chart, or "u" for limits from Poisson alone.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per period, in order of time.
    complaints, units, at : str
        Columns of counts, sizes and period names.
    kind : {"laney_u", "u"}
    options
        As in `control_limits`.

    Returns
    -------
    pandas.DataFrame
        Output of `control_limits`; values, centre and limits per 1,000.
    """
    require_columns(table.columns, [complaints, units, at], "complaint_chart")
    names = table[at].astype(str).tolist()
    out = control_limits(table[complaints].tolist(), kind=kind, sizes=table[units].tolist(), at=names, **options)
    scaled = ["value", "statistic", "centre", "lower", "upper", "sigma"]
    return out.assign(
        **{column: per * out[column] for column in scaled}, metric="complaints", unit=f"per_{per:g}", status="ok"
    )

"""Operational data beside experience, chosen by the codebook: waits, first contacts, complaints, who answered."""

import narwhals as nw
import pandas as pd

from cemlab.analyse.operations import complaint_chart, complaint_rate, first_contact_gap, first_contact_resolution
from cemlab.analyse.waiting import waiting_times
from cemlab.measure.frames import columns_of, lazy
from cemlab.measure.moments import counts
from cemlab.measure.response import nonresponse, response_rate
from cemlab.measure.schema import ALL, MISSING, combine

FEWEST_PERIODS = 8
MANY_LEVEL = 0.998  # of one group among many, as in a funnel plot


def operational_figures(data, codebook, *, by=None, level=0.95, min_n=30, **design):
    """What the operational columns named in the codebook (`operations`) say of one wave.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        Answers (or calls, or invitations) of one wave.
    codebook : Codebook
    by : str, optional
        A column (the store) that complaints and response are cut by as well; groups get 99.8 % limits, as many are held
        against the whole.
    level : float, default 0.95
        Of the totals.
    min_n : int, default 30
        Fewer on one side, and the comparison of those who answered, or were solved at first contact, is left out.
    **design
        Weights and cluster of the comparison of ratings by contacts.

    Returns
    -------
    dict of str to pandas.DataFrame
        Those of ``wait`` (Kaplan-Meier quantiles and shares served within), ``first_contact``, ``contact_gap`` (rating of those
        solved at first contact against the others, 99.8 % interval: a signal, no claim), ``complaints`` (per 1,000, exact
        Poisson), ``response`` and ``nonresponse`` that the codebook names and the data hold.
    """
    asked, have = codebook.operations, set(columns_of(lazy(data, "operational_figures")))
    out = {}
    if asked.wait and {asked.wait, asked.served} <= have:
        waited = with_value(with_value(data, asked.wait), asked.served)
        out["wait"] = waiting_times(waited, asked.wait, asked.served, level=level, within=asked.within)
    if asked.contacts in have:
        out["first_contact"] = first_contact_resolution(with_value(data, asked.contacts), asked.contacts, level=level)
        rating = next((c for c in codebook.of_role("outcome") if c.name in have and c.scale is not None), None)
        if rating is not None:
            scale = (rating.scale.low, rating.scale.high)
            gap = first_contact_gap(
                data, asked.contacts, rating.name, scale=scale, level=MANY_LEVEL, min_n=min_n, **design
            )
            if (gap["status"] == "ok").any():
                out["contact_gap"] = gap
    if asked.complained in have:
        frames = [complaints_by(data, asked.complained, [], level)]
        frames += [complaints_by(data, asked.complained, [by], MANY_LEVEL)] if by else []
        if any(len(frame) for frame in frames):
            out["complaints"] = combine(frames)
    if asked.answered in have:
        frames = [response_rate(data, asked.answered, level=level)]
        if by:
            groups = response_rate(data, asked.answered, by=by, level=MANY_LEVEL)
            frames.append(groups[groups[by] != ALL])
        out["response"] = combine(frames)
        sides = counts(data, asked.answered).dropna(subset="value").set_index("value")["n"]
        if asked.amounts and min(sides.get(0.0, 0), sides.get(1.0, 0)) >= min_n:
            out["nonresponse"] = nonresponse(data, asked.answered, list(asked.amounts), level=level, min_n=min_n)
    return out


def with_value(data, column):
    """Rows in which a column holds something."""
    return lazy(data, "operational_figures").filter(~nw.col(column).is_null()).to_native()


def complaints_by(data, complained, cut, level):
    """Complaints per 1,000 customers, of all or by one column; no rows where it is known of nobody."""
    table = complaint_counts(data, complained, cut)
    if not len(table):
        return table
    return complaint_rate(table, "complaints", "customers", by=cut, level=level)


def complaint_counts(data, complained, cut):
    """Complaints and customers by group."""
    table = counts(data, complained, by=cut).dropna(subset="value")
    table = table.assign(complaints=table["n"].where(table["value"] == 1, 0), customers=table["n"])
    keys = cut if cut else [lambda index: 0]
    return table.groupby(keys)[["complaints", "customers"]].sum().reset_index(drop=not cut)


def complaints_over_time(data, codebook):
    """Weekly u'-chart of complaints per 1,000, or None under eight weeks.

    Weeks with fewer than ten customers are left out.
    """
    complained = codebook.operations.complained
    if not {complained, "_date"} <= set(columns_of(lazy(data, "complaints_over_time"))):
        return None
    days = complaint_counts(data, complained, ["_date"])
    days = days[days["_date"] != MISSING]
    weeks = days.groupby(pd.PeriodIndex(days["_date"], freq="W-SUN"))[["complaints", "customers"]].sum()
    weeks = weeks[weeks["customers"] >= 10]
    if len(weeks) < FEWEST_PERIODS:
        return None
    codes = ["{}-W{:02d}".format(*period.start_time.isocalendar()[:2]) for period in weeks.index]
    return complaint_chart(weeks.assign(at=codes), "complaints", "customers", at="at")

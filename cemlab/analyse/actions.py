"""Recommended actions, each made from a row of the results: what to do, why, what would go with it, how sure."""

import pandas as pd

from cemlab.analyse.waiting_curve import falls_faster

COLUMNS = ["kind", "item", "group", "evidence", "figure", "low", "high", "target"]
COLUMNS += ["gain_item", "gain", "gain_low", "gain_high", "reach", "cost"]
STANDS = ("ok", "low_base")
MOST = 8


def recommended_actions(*, outcome=None, experiences=None, named=(), stores=None, store=None, knees=None):
    """Actions that the results carry; nothing without a row that stands.

    Parameters
    ----------
    outcome : str, optional
        Overall rating that the drivers explain.
    experiences : pandas.DataFrame, optional
        Key experiences (`key_experiences`).
    named : list of str
        Touchpoints that the report may name, in order.
    stores : pandas.DataFrame, optional
        Output of `funnel_plot` as it may be shown.
    store : str, optional
        Its column of stores.
    knees : dict of str to pandas.DataFrame, optional
        Operational column -> second frame of `waiting_curve`.

    Returns
    -------
    pandas.DataFrame
        ``kind`` ("improve" a touchpoint, "wait": keep a wait under its knee, "visit" a store), ``item, group, evidence`` (which
        figure), ``figure, low, high, target``; then what would go with it: ``gain, gain_low, gain_high`` in points of
        ``gain_item``, ``reach`` (percent of customers concerned), ``cost``. Eight rows at most: touchpoints first, then waits,
        then stores from the weakest.

    Notes
    -----
    The gain of a touchpoint goes with one point more on it; that of a wait with waits that end at the knee; that of a store with
    a store that comes up to the centre of the funnel (its share of the answers times what it lacks, by shrunken score). All
    three are associations, no promises of cause, and do not add up.
    """
    rows = []
    if experiences is not None:
        table = experiences.set_index("item")
        rows += [touchpoint(item, table.loc[item], outcome) for item in named if item in table.index]
    rows += [wait(item, knee) for item, knee in (knees or {}).items() if falls_faster(knee)]
    if stores is not None:
        answers = stores["n"].sum()
        worse = stores[stores["signal"].isin(["beyond_998", "beyond_95"]) & stores["status"].isin(STANDS)]
        worse = worse[worse["estimate"] < worse["target"]].sort_values("shrunken")
        rows += [visit(row, store, answers) for row in worse.to_dict("records")]
    return pd.DataFrame(rows[:MOST], columns=COLUMNS)


def touchpoint(item, row, outcome):
    """A key experience: what one point more goes with."""
    gains = {name: row[name] for name in ("gain", "gain_low", "gain_high", "reach", "cost")}
    figures = {"figure": row["performance"], "target": row["performance"] + row["shortfall"]}
    return {"kind": "improve", "item": item, "evidence": "performance", "gain_item": outcome} | figures | gains


def wait(item, knee):
    """A wait with a knee: what goes with no wait beyond it."""
    rows = knee.set_index("metric")
    place, gain = rows.loc["knee"], rows.loc["gain"]
    facts = {"figure": place["estimate"], "low": place["ci_low"], "high": place["ci_high"], "gain_item": place["item"]}
    gains = {"gain": gain["estimate"], "gain_low": gain["ci_low"], "gain_high": gain["ci_high"]}
    return {"kind": "wait", "item": item, "evidence": "knee", "reach": rows.loc["beyond", "estimate"]} | facts | gains


def visit(row, store, answers):
    """A store below its limits: what the whole gains if it comes up to the centre."""
    share = row["n"] / answers
    low, high = row["shrunken_low"], row["shrunken_high"]
    gains = {"gain": share * (row["target"] - row["shrunken"]), "gain_low": share * (row["target"] - high)}
    gains |= {"gain_high": share * (row["target"] - low), "gain_item": row["item"], "reach": 100 * share}
    facts = {"figure": row["shrunken"], "low": low, "high": high, "target": row["target"]}
    return {"kind": "visit", "item": row["item"], "group": row[store], "evidence": row["signal"]} | facts | gains

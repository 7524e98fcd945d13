"""Recommended actions, each made from a row of the results: what to do, why, what would go with it, how sure."""

import pandas as pd

COLUMNS = [
    "kind",
    "item",
    "group",
    "evidence",
    "figure",
    "low",
    "high",
    "gain",
    "gain_low",
    "gain_high",
    "reach",
    "cost",
]
MOST = 8


def recommended_actions(*, experiences=None, named=(), stores=None, store=None, knees=None):
    """Actions that the results carry; nothing without a row that stands.

    Parameters
    ----------
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
        ``kind`` ("improve" a touchpoint, "visit" a store, "wait": keep a wait under its knee), ``item, group, evidence``
        (which figure), ``figure, low, high``, ``gain, gain_low, gain_high`` (points of the overall rating that go with one
        point more on the touchpoint; an association, no promise), ``reach`` (percent of customers), ``cost``; eight rows
        at most, touchpoints first.
    """
    rows = []
    if experiences is not None:
        table = experiences.set_index("item")
        for item in [name for name in named if name in table.index]:
            row = table.loc[item]
            facts = {"figure": row["performance"], "low": row["performance"] + row["shortfall"], "high": float("nan")}
            gains = {name: row[name] for name in ("gain", "gain_low", "gain_high", "reach", "cost")}
            rows.append({"kind": "improve", "item": item, "evidence": "performance", **facts, **gains})
    for item, knee in (knees or {}).items():
        found = knee.set_index("metric")
        if "knee" in found.index and found.loc["knee", "status"] in ("ok", "low_base"):
            place = found.loc["knee"]
            facts = {"figure": place["estimate"], "low": place["ci_low"], "high": place["ci_high"]}
            rows.append({"kind": "wait", "item": item, "evidence": "knee", **facts})
    if stores is not None:
        worse = stores[stores["signal"].isin(["beyond_998", "beyond_95"]) & stores["status"].isin(["ok", "low_base"])]
        worse = worse[worse["estimate"] < worse["target"]].sort_values("shrunken")
        for row in worse.to_dict("records"):
            facts = {"figure": row["shrunken"], "low": row["shrunken_low"], "high": row["shrunken_high"]}
            rows.append({"kind": "visit", "item": row["item"], "group": row[store], "evidence": row["signal"], **facts})
    return pd.DataFrame(rows[:MOST], columns=COLUMNS)

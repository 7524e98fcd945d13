"""Recommended actions, each made from a row of the results: what to do, why, what would go with it, how sure."""

import pandas as pd

from cemlab.analyse.waiting_curve import falls_faster
from cemlab.measure.schema import ALL

COLUMNS = ["kind", "item", "group", "evidence", "figure", "low", "high", "target"]
COLUMNS += ["gain_item", "gain", "gain_low", "gain_high", "reach", "cost"]
STANDS = ("ok", "low_base")
MOST = 12
EACH = 3  # rows of one kind


def recommended_actions(
    *,
    outcome=None,
    experiences=None,
    named=(),
    stores=None,
    store=None,
    knees=None,
    contacts=None,
    complaints=None,
    groups=None,
):
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
    contacts : pandas.DataFrame, optional
        Rating of customers solved at first contact against the others (`first_contact_gap`), as it may be shown.
    complaints : pandas.DataFrame, optional
        Complaints per 1,000 in total and by store, as they may be shown; limits of stores at 99.8 %.
    groups : pandas.DataFrame, optional
        Claims of the report (`findings`).

    Returns
    -------
    pandas.DataFrame
        ``kind`` ("improve" a touchpoint, "wait": keep a wait under its knee, "resolve" at first contact, "visit" a store,
        "complaints" of a store, "listen" to a group), ``item, group, evidence`` (which figure), ``figure, low, high, target``;
        then what would go with it: ``gain, gain_low, gain_high`` in points of ``gain_item`` (complaints: fewer per 1,000),
        ``reach`` (percent of customers concerned), ``cost``. Twelve rows at most, three of a kind, in the order above, the
        weakest first.

    Notes
    -----
    The gain of a touchpoint goes with one point more on it; that of a wait with waits that end at the knee; that of a store with
    a store that comes up to the centre of the funnel (its share of the answers times what it lacks, by shrunken score); that of
    first contacts and of groups with those concerned coming up to the others, that of complaints with the store coming down to
    the total. A store is judged by its limits at 99.8 %, first contacts by an interval at that level; groups are claims of the
    report's own family of tests. All are associations, no promises of cause, and do not add up.
    """
    rows = []
    if experiences is not None:
        table = experiences.set_index("item")
        rows += [touchpoint(item, table.loc[item], outcome) for item in named if item in table.index][:EACH]
    rows += [wait(item, knee) for item, knee in (knees or {}).items() if falls_faster(knee)][:EACH]
    if contacts is not None:
        rows += [resolve(row) for row in contacts.to_dict("records") if row["difference_low"] > 0]
    if stores is not None:
        answers = stores["n"].sum()
        worse = stores[stores["signal"].isin(["beyond_998", "beyond_95"]) & stores["status"].isin(STANDS)]
        worse = worse[worse["estimate"] < worse["target"]].sort_values("shrunken")
        rows += [visit(row, store, answers) for row in worse.to_dict("records")][:EACH]
    if complaints is not None and store in complaints:
        rows += complained(complaints[complaints["status"].isin(STANDS)], store)[:EACH]
    if groups is not None:
        claimed = groups[(groups["kind"] == "group") & (groups["verdict"] == "claim") & (groups["difference"] < 0)]
        rows += [listen(row) for row in claimed.drop_duplicates(["cut", "group"]).to_dict("records")][:EACH]
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


def resolve(row):
    """Customers who had to come again: what the whole gains if they had been solved at first contact."""
    again = row["n_reference"] / (row["n"] + row["n_reference"])
    gains = {"gain": again * row["difference"], "gain_low": again * row["difference_low"]}
    gains |= {"gain_high": again * row["difference_high"], "gain_item": row["item"], "reach": 100 * again}
    facts = {"figure": row["reference_estimate"], "target": row["estimate"]}
    return {"kind": "resolve", "item": row["item"], "evidence": "again"} | facts | gains


def complained(table, store):
    """Stores whose complaints lie above the total beyond doubt: how many fewer there were if they came down to it."""
    total = table[table[store] == ALL]
    if not len(total):
        return []
    whole, customers = total["estimate"].iloc[0], total["n"].iloc[0]
    rows = []
    above = table[(table[store] != ALL) & (table["ci_low"] > whole)]
    for row in above.sort_values("ci_low", ascending=False).to_dict("records"):
        share = row["n"] / customers
        gains = {"gain": share * (whole - row["estimate"]), "gain_low": share * (whole - row["ci_high"])}
        gains |= {"gain_high": share * (whole - row["ci_low"]), "gain_item": row["item"], "reach": 100 * share}
        facts = {"figure": row["estimate"], "low": row["ci_low"], "high": row["ci_high"], "target": whole}
        rows.append(
            {"kind": "complaints", "item": row["item"], "group": row[store], "evidence": "complaints"} | facts | gains
        )
    return rows


def listen(row):
    """A group that is worse off: what the whole gains if it came up to the others."""
    share = row["n"] / (row["n"] + row["n_reference"])
    gains = {"gain": -share * row["difference"], "gain_low": -share * row["difference_high"]}
    gains |= {"gain_high": -share * row["difference_low"], "gain_item": row["item"], "reach": 100 * share}
    facts = {"figure": row["estimate"], "target": row["estimate"] - row["difference"]}
    group = f"{row['cut']}={row['group']}"
    return {"kind": "listen", "item": row["item"], "group": group, "evidence": f"group_{row['unit']}"} | facts | gains

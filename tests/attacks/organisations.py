"""Random organisations, their answers, and what their reports publish."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cemlab.measure.schema import ALL
from cemlab.release import apply_release, plan_release


@dataclass
class Organisation:
    """People, the cuts of their reports, and what is done to them."""

    people: pd.DataFrame  # a row a person and wave: _person, _wave, div, dept, team, gender, said (0 or 1), late
    cuts: list
    first_cuts: list  # of an earlier report of the last wave, made before the late ones answered; empty: none


def organisation(rng, most=10):
    """Two or three levels, units of 1 to 60, a segment, often crossed; sometimes a second wave, sometimes an earlier report."""
    teams = int(rng.integers(3, most + 1))
    sizes = np.clip(np.exp(rng.normal(2.6, 0.9, teams)).astype(int), 1, 60)
    team = np.repeat(np.arange(teams), sizes)
    dept, div = team // int(rng.integers(2, 4)), team // int(rng.integers(4, 7))
    count = len(team)
    share = rng.choice([0.0, 1.0, 0.3, 0.5, 0.8, 0.95], teams, p=[0.12, 0.12, 0.2, 0.26, 0.2, 0.1])
    people = pd.DataFrame({
        "_person": [f"p{i}" for i in range(count)],
        "div": [f"v{i}" for i in div], "dept": [f"d{i}" for i in dept], "team": [f"t{i}" for i in team],
        "gender": np.where(rng.random(count) < rng.uniform(0.1, 0.6), "f", "m"),
        "said": (rng.random(count) < share[team]).astype(int),
    })  # fmt: skip
    wave = people.assign(_wave="2", late=rng.random(count) < rng.choice([0.02, 0.3]))
    if rng.random() < 0.4:
        stayed = rng.random(count) < rng.choice([0.6, 0.9, 0.98])
        left = people[rng.random(count) < 0.15].assign(_person=lambda f: f["_person"] + "x", _wave="1", late=False)
        left["said"] = rng.integers(0, 2, len(left))
        moved = people[stayed].assign(_wave="1", late=False)
        move = rng.random(len(moved)) < 0.05
        moved.loc[move, ["div", "dept", "team"]] = people[["div", "dept", "team"]].iloc[0].to_numpy()
        wave = pd.concat([moved, left, wave], ignore_index=True)
    cuts = [["team"], ["dept"], ["gender"]]
    cuts += [["div"]] if rng.random() < 0.5 else []
    cuts += [["dept", "gender"]] if rng.random() < 0.4 else []
    cuts += [["team", "gender"]] if rng.random() < 0.15 else []
    first = (
        [[["team"], ["gender"]], [["div", "gender"]], [["dept"]]][int(rng.integers(3))] if rng.random() < 0.4 else []
    )
    return Organisation(wave, cuts, first)


def figures(people, cuts, wave="_wave"):
    """Shares by every cut and wave, as results."""
    columns = list(dict.fromkeys(c for cut in cuts for c in cut))
    said, parts = people["said"].to_numpy(), []
    for cut in [[], *cuts]:
        marks = people[cut[0]].to_numpy(object) if cut else np.full(len(people), "")
        for other in cut[1:]:
            marks = marks + "|" + people[other].to_numpy(object)
        groups, number = np.unique(
            np.char.add(np.char.add(people[wave].to_numpy(str), "|"), marks.astype(str)), return_inverse=True
        )
        n = np.bincount(number.reshape(-1))
        share = np.bincount(number.reshape(-1), weights=said) / n
        codes = [dict(zip([wave, *cut], group.split("|"), strict=False)) for group in groups]
        parts += [
            {**c, "estimate": 100 * s, "se": 100 * np.sqrt(s * (1 - s) / m), "n": m}
            for c, s, m in zip(codes, share, n, strict=True)
        ]
    out = pd.DataFrame({c: pd.array([row.get(c, ALL) for row in parts], dtype=object) for c in [*columns, wave]})
    out = out.assign(**{c: [float(row[c]) for row in parts] for c in ("estimate", "se", "n")})
    return out.assign(metric="favourable", item="q", unit="percent", ci_low=np.nan, ci_high=np.nan, status="ok")


def publish(org, protect="plan", least=10):
    """Every report of an organisation as it leaves.

    Parameters
    ----------
    org : Organisation
    protect : {"plan", "few", "sibling"}
        What is hidden: what the plan says, groups of few persons only, or one sibling more beside each lone one.

    Returns
    -------
    (list of (pandas.DataFrame, pandas.DataFrame), list)
        What is published and the people it was counted on; the plans.
    """
    if protect != "plan":
        out = [(naive(figures(org.people, org.cuts), org.cuts, least, protect), org.people)]
        if org.first_cuts:
            early = org.people[(org.people["_wave"] == "2") & ~org.people["late"]]
            out.insert(0, (naive(figures(early, org.first_cuts), org.first_cuts, least, protect), early))
        return out, []
    ledger, versions, out, plans = [], {}, [], []
    if org.first_cuts:
        early = org.people[(org.people["_wave"] == "2") & ~org.people["late"]]
        first = plan_release(early, org.first_cuts, min_persons=least)
        out.append((apply_release(figures(early, org.first_cuts), first), early))
        versions = {1: early}
        cells = {
            place: [[list(kind), n, total]]
            for (kind, _), told in first.seen.items()
            for place, (n, total) in told.items()
        }
        for place, row in enumerate(first.groups.to_dict("records")):
            if row["shown"]:
                group = {cut: row[cut] for cut in first.cuts if row[cut] != ALL}
                ledger.append({"group": group, "wave": row["_wave"], "version": 1, "figures": cells.get(place, [])})
        plans.append(first)
    plan = plan_release(org.people, org.cuts, min_persons=least, ledger=ledger, versions=versions)
    out.append((apply_release(figures(org.people, org.cuts), plan), org.people))
    return out, [*plans, plan]


def naive(results, cuts, least, how):
    """Groups of few persons hidden; with "sibling", the smallest other group of the cut as well where only one is hidden."""
    hidden = (results["n"] < least).to_numpy(copy=True)
    columns = list(dict.fromkeys(c for cut in cuts for c in cut))
    if how == "sibling":
        made = results[columns].ne(ALL).apply(tuple, axis=1)
        for _, rows in results.groupby([made, "_wave"]).indices.items():
            if hidden[rows].sum() == 1 and len(rows) > 1:
                left = rows[~hidden[rows]]
                hidden[left[np.argmin(results["n"].to_numpy()[left])]] = True
    return results.assign(estimate=results["estimate"].where(~hidden), status=np.where(hidden, "hidden", "ok"))

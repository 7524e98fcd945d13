"""Iterative proportional fitting on the cells of a sample: rows are counted once, then only cells are weighed."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from cemlab.checks import DataError, require_choice, require_columns
from cemlab.measure.attach import attach_weights
from cemlab.measure.frames import columns_of, lazy
from cemlab.measure.moments import counts
from cemlab.measure.schema import MISSING

WEIGHT_COLUMNS = ["n", "sum", "mean", "smallest", "largest", "cv", "deff", "n_eff", "efficiency"]


class Weighted(NamedTuple):
    """Rows with their weights, how well each margin is met, and a one-row summary."""

    data: object
    margins: pd.DataFrame
    report: pd.DataFrame


def weigh(data, margins, weights, *, cap, missing, total, name, tolerance, max_rounds, where):
    """What raking and post-stratification share: guards, one reduction to cells, rounds on the cells, the report."""
    require_choice(missing, ("error", "own"), name="missing", where=where)
    if not margins:
        raise ValueError(f"{where}: no targets given; pass for example {{'sex': {{'f': 0.5, 'm': 0.5}}}}.")
    if cap is not None and not cap > 1:
        raise ValueError(f"{where}: `cap` is {cap!r}; it is a multiple of the mean weight and must be over 1.")
    if total is not None and not total > 0:
        raise ValueError(f"{where}: `total` is {total!r}; the weights must sum to more than 0.")
    columns = list(dict.fromkeys(column for group in margins for column in group))
    have = columns_of(lazy(data, where))
    require_columns(have, columns, where)
    if name in have:
        raise ValueError(f"{where}: column {name!r} is already there; choose another `name` for the new weights.")
    cells = counts(data, weights or columns[0], by=columns, weights=weights, where=where)
    cells = cells.groupby([*columns, "value"] if weights else columns, as_index=False, sort=True)[["n", "w"]].sum()
    n, base = cells["n"].to_numpy(float), (cells["w"] / cells["n"]).to_numpy(float)
    if not n.sum():
        raise DataError(f"{where}: the data hold no rows.")
    base = base * n.sum() / (base * n).sum()
    fitted = [fit_margin(cells, n, base, group, codes, missing, where) for group, codes in shares(margins, where)]
    weight, rounds, error = iterate(n, base, fitted, cap, tolerance, max_rounds)
    converged = bool(error <= tolerance)
    if not converged and cap is None:
        raise DataError(
            f"{where}: margins not met after {rounds} rounds, a share is still {error:.2g} off its target. The margins "
            "contradict each other in this sample (cells without respondents); join codes or drop a margin."
        )
    capped = int(n[weight >= cap * (1 - 1e-9)].sum()) if cap else 0
    scale = (total or n.sum()) / n.sum()
    cells = cells.assign(**{name: weight * scale})
    summary = describe(n.sum(), (n * weight).sum() * scale, (n * weight**2).sum() * scale**2, weight * scale)
    before = (base * n).sum() ** 2 / (base**2 * n).sum() / n.sum()
    report = pd.DataFrame([{"rounds": rounds, "converged": converged, "largest_error": error, "n_capped": capped}])
    report = report.assign(cap=np.nan if cap is None else float(cap), **summary, efficiency_before=before)
    table = pd.concat([margin_table(m, n, base, weight) for m in fitted], ignore_index=True)
    keys = {"columns": columns, "base": weights, "name": name}
    return Weighted(attach_weights(data, cells, **keys, where=where), table, report)


def shares(margins, where):
    """Targets as shares that sum to 1, by margin; ValueError when they are neither shares nor equal totals."""
    totals = {}
    for group, codes in margins.items():
        values = [value for value in codes.values() if isinstance(value, (int, float, np.number))]
        if len(values) < len(codes) or not values or not all(0 < value < np.inf for value in values):
            raise ValueError(
                f"{where}: the targets of {' x '.join(group)!r} must be numbers over 0; leave out codes that the "
                "population does not have."
            )
        totals[group] = float(sum(values))
    for group, total in totals.items():
        like_shares = abs(total - 1) <= 1e-3 or abs(total - 100) <= 0.1
        same = all(abs(total - other) <= 1e-3 * total for other in totals.values())
        if not like_shares and (total <= 100 or not same):
            raise ValueError(
                f"{where}: the targets of {' x '.join(group)!r} sum to {total:g}; shares must sum to 1 or 100, counts to "
                f"the same total in every margin (totals here: {[f'{t:g}' for t in totals.values()]})."
            )
        codes = {tuple(plain(code) for code in key): value / total for key, value in margins[group].items()}
        yield group, codes


def plain(code):
    """A code as the counts write it: 1, 1.0 and "1" are the same."""
    whole = isinstance(code, (float, np.floating)) and float(code).is_integer()
    return str(int(code)) if whole else str(code)


def fit_margin(cells, n, base, group, codes, missing, where):
    """One margin on the cells: which code each cell has, and the target share of each code."""
    have = list(cells[list(group)].itertuples(index=False, name=None))
    name = " x ".join(group)
    lost = np.array([MISSING in cell for cell in have])
    codes = dict(codes)
    if lost.any():
        if missing == "error":
            raise DataError(
                f"{where}: {int(n[lost].sum()):,} of {int(n.sum()):,} respondents have no code for {name!r}; leave them "
                'out, or let them keep their own share with missing="own".'
            )
        own = float((n * base)[lost].sum() / (n * base).sum())
        have = [(MISSING,) * len(group) if gone else cell for cell, gone in zip(have, lost, strict=True)]
        codes = {**{code: share * (1 - own) for code, share in codes.items()}, (MISSING,) * len(group): own}
    unknown = sorted(set(have) - set(codes))
    if unknown:
        rows = int(sum(count for cell, count in zip(have, n, strict=True) if cell in unknown))
        raise DataError(
            f"{where}: {rows:,} respondents have a code of {name!r} without a target, for example "
            f"{' x '.join(unknown[0])!r}; the targets name {sorted(' x '.join(c) for c in codes)[:10]}. Add a target or join codes."
        )
    order = list(codes)
    place = np.array([order.index(cell) for cell in have])
    found = np.bincount(place, n * base, len(order))
    empty = [order[i] for i in np.flatnonzero(found == 0) if codes[order[i]] > 0]
    if empty:
        raise DataError(
            f"{where}: no respondent (with a weight over 0) has code {' x '.join(empty[0])!r} of {name!r}, whose target "
            f"is {100 * codes[empty[0]]:.1f} %; no weight can stand for people who were not met. Join it with another code."
        )
    return {"name": name, "codes": order, "place": place, "target": np.array([codes[code] for code in order])}


def iterate(n, base, margins, cap, tolerance, max_rounds):
    """Rounds of proportional fitting; gives weights with mean 1, rounds used, largest error of a share."""
    weight, total = base.copy(), n.sum()
    rounds = 0
    while rounds < max_rounds:
        rounds += 1
        last = weight
        for margin in margins:
            found = np.bincount(margin["place"], n * weight, len(margin["target"]))
            factor = np.divide(margin["target"] * total, found, out=np.zeros_like(found), where=found > 0)
            weight = weight * factor[margin["place"]]
        weight = cut(weight, n, cap) if cap else weight
        error = max(np.abs(share_of(m, n * weight) - m["target"]).max() for m in margins)
        if error <= tolerance or (cap and np.abs(weight - last).max() < 1e-12):
            break
    return weight, rounds, float(error)


def cut(weight, n, cap):
    """Weights no larger than `cap` times their mean, which is 1."""
    for _ in range(10_000):
        if weight.max() <= cap * (1 + 1e-9):
            break
        weight = np.minimum(weight, cap)
        weight = weight * n.sum() / (n * weight).sum()
    return weight


def share_of(margin, weighted):
    """Weighted share of each code of a margin."""
    return np.bincount(margin["place"], weighted, len(margin["target"])) / weighted.sum()


def margin_table(margin, n, base, weight):
    """One margin before and after."""
    return pd.DataFrame(
        {
            "column": margin["name"],
            "code": [" x ".join(code) for code in margin["codes"]],
            "n": np.bincount(margin["place"], n, len(margin["target"])).astype(int),
            "share_before": share_of(margin, n * base),
            "share_target": margin["target"],
            "share_after": share_of(margin, n * weight),
        }
    )


def describe(n, total, squares, values):
    """Columns of `weight_summary` from n, sum of w, sum of w squared and the weights' range."""
    mean = total / n
    n_eff = total**2 / squares
    return {
        "n": int(n),
        "sum": total,
        "mean": mean,
        "smallest": float(np.min(values)),
        "largest": float(np.max(values)),
        "cv": float(np.sqrt(max(n / n_eff - 1, 0.0))),
        "deff": n / n_eff,
        "n_eff": n_eff,
        "efficiency": n_eff / n,
    }

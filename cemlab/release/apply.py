"""Results as a plan allows: rows of hidden groups, or that refer to one, lose every figure; so do answers all the same."""

import numpy as np
import pandas as pd

from cemlab.checks import require_columns
from cemlab.measure.memberships import PANEL
from cemlab.measure.schema import ALL, COMPARISONS, ESTIMATES
from cemlab.release.coarse import coarse_range, rounded, scale_of
from cemlab.release.same_answers import ONE_CODE, give_away
from cemlab.release.small_groups import REST, blank

NOT_SUMS = ("quantile", "sd", "margin")
NOBODY = -2  # a row that refers to no group of the study
OUTSIDE = ("target", "benchmark", "")  # references that are no group of the study
NO_GROUPS = ("stage", "part", "question", "row", "letter", "above", "rest", "sentence", "label", "verdict", "rule")


def apply_release(
    results, plan, *, wave=None, bounds=None, hide_counts=True, enhanced=False, labels=(), outside=OUTSIDE
):
    """Blank every figure of every row that is, refers to, or gives away a group that `plan` hides.

    Parameters
    ----------
    results : pandas.DataFrame
        Estimates or comparisons, with a column for each cut that they make (``_wave`` for the wave).
    plan : Plan
        Output of `plan_release`.
    wave : str, optional
        Wave of rows without ``_wave``; the newest of the plan when left out.
    bounds : dict of str to (float, float), optional
        Ends of the scale of each item whose mean is shown.
    hide_counts : bool, default True
        Blank the bases of hidden rows, too.
    enhanced : bool, default False
        Show no base at all, and round figures so that no count can be read off them.
    labels : tuple of str
        Further text columns that describe rows and define no group.
    outside : tuple of str
        References that are no group of the study.

    Returns
    -------
    pandas.DataFrame
        The same rows. Hidden ones have status "hidden" and no figures. Where (nearly) everybody gave the same answer, the
        figure is blank as well, and ``ci_low`` to ``ci_high`` is the coarse range it lies in (`coarse_text` writes it).

    Raises
    ------
    ValueError
        A text column that is no cut of the plan, a group or a reference that it does not know. In doubt nothing is released.

    Notes
    -----
    A share of 0 or 100 %, a mean at an end of its scale and an interval of no width tell what everybody said. Such a figure,
    and any within max(1, 5 %) persons of an end, becomes a range. What would give it away by subtraction is looked for with a
    linear program for every figure (`same_answers`), and hidden. The plan remembers what passed: of results given later only
    what tells nothing beside it is shown, so pass totals before parts.
    """
    where = "apply_release"
    require_columns(results.columns, ["n", "status"], where)
    if not len(results):
        return results.copy()
    own, other = places(results, plan, wave, labels, outside, where)
    hidden = ~shown_of(results, own, other, plan)
    out = blank(results, hidden, hide_counts)
    out = without_extremes(out, plan, own, other, bounds or {})
    return rounded(out) if enhanced else out


def places(results, plan, wave, labels, outside, where):
    """For each row, the place of its own group in the plan (-1: nobody is in it) and of the one it refers to (-2: none)."""
    known = {*ESTIMATES, *COMPARISONS, *plan.cuts, *labels, *NO_GROUPS, "_wave"}
    strange = [c for c in results.columns if c not in known and not pd.api.types.is_numeric_dtype(results[c])]
    if strange:
        raise ValueError(
            f"{where}: column {strange[0]!r} of the results may define groups that the plan does not know; add it to the "
            f"cuts of `plan_release`, or name it in `labels` if it describes rows."
        )
    cuts = [cut for cut in plan.cuts if cut in results.columns]
    default = str(wave or plan.wave)
    waves = (
        [default if pd.isna(w) or w == ALL else str(w) for w in results["_wave"]]
        if "_wave" in results
        else [default] * len(results)
    )
    references = results["reference"] if "reference" in results else [None] * len(results)
    codes_of = [[ALL if pd.isna(code) else str(code) for code in results[cut].to_numpy(object)] for cut in cuts]
    listed = (
        [dict(zip(cuts, codes, strict=True)) for codes in zip(*codes_of, strict=True)] if cuts else [{}] * len(results)
    )
    own, other, seen = [], [], {}
    for codes, at, reference, n in zip(listed, waves, references, results["n"], strict=True):
        if not n > 0 and plan.at(codes, at) is None:
            own.append(-1)
            other.append(NOBODY)
            continue
        key = (*codes.values(), at, reference if isinstance(reference, str) else "")
        if key not in seen:
            seen[key] = one_row(codes, at, key[-1], plan, outside, where)
        own.append(seen[key][0])
        other.append(seen[key][1])
    return np.array(own, dtype=int), np.array(other, dtype=int)


def one_row(codes, wave, reference, plan, outside, where):
    """Places of a row's group and of the group it refers to."""
    own = plan.at(codes, wave)
    if own is None:
        raise ValueError(
            f"{where}: the plan knows no group {codes} of wave {wave!r}; make the plan from the same answers, with every "
            "cut that is published."
        )
    if reference in outside:
        return own, NOBODY
    if reference in (REST, ALL):
        return own, plan.at({}, wave)
    active = {cut: code for cut, code in codes.items() if code != ALL}
    before = plan.at(codes, reference)
    if before is None and wave != PANEL:
        before = beside(active, wave, reference, plan)
    if wave == PANEL and reference in set(plan.groups["_wave"]):
        return own, own
    if before is None:
        raise ValueError(
            f"{where}: rows refer to {reference!r}, which is no group of the plan; name it in `outside` if it is none of the "
            "study's."
        )
    return own, before


def beside(active, wave, reference, plan):
    """The group with the same cuts, or else the one group with a single cut, that is called as the reference."""
    groups = plan.groups
    mine = groups[groups["_wave"] == wave]
    if active:
        rows = mine[
            mine[[c for c in plan.cuts if c not in active]].eq(ALL).all(axis=1) & mine[list(active)].ne(ALL).all(axis=1)
        ]
        named = rows[list(active)].agg(" / ".join, axis=1) == reference if len(rows) else []
        if np.any(named):
            return int(rows.index[named][0])
    single = mine[mine[list(plan.cuts)].ne(ALL).sum(axis=1) == 1]
    found = single.index[single[list(plan.cuts)].eq(reference).any(axis=1)]
    return int(found[0]) if len(found) == 1 else None


def shown_of(results, own, other, plan):
    """True for rows whose group, and the one referred to, is shown of the row's item; no base may be under the minimum."""
    items = results["item"].astype(object).to_numpy() if "item" in results else np.full(len(results), "", object)
    base = results["n"].to_numpy(float)
    other_base = results["n_reference"].to_numpy(float) if "n_reference" in results else np.full(len(results), np.nan)
    out = np.zeros(len(results), dtype=bool)
    for item in dict.fromkeys(items):
        rows = np.flatnonzero(items == item)
        bases = {}
        for group, n in [*zip(own[rows], base[rows], strict=True), *zip(other[rows], other_base[rows], strict=True)]:
            if group >= 0 and n > 0:
                bases[group] = min(n, bases.get(group, np.inf))
        open_ = np.append(plan.open_for(item, bases), [True, False])  # -2: no group; -1: nobody is in it
        out[rows] = open_[own[rows]] & open_[other[rows]] & (own[rows] >= 0)
    rest = (other_base > 0) & (other_base < plan.min_persons)
    return out & ~((base > 0) & (base < plan.min_persons)) & ~rest


def without_extremes(results, plan, own, other, bounds):
    """Figures at an end of their scale as ranges, and whatever would tell them hidden."""
    out = results.reset_index(drop=True)
    scale = scale_of(out, bounds)
    cells = figures(out, own, other, scale)
    coarse, gone = give_away(cells, plan)
    near = set(zip(cells["kind"][coarse], cells["group"][coarse], strict=True))
    lost = set(zip(cells["kind"][gone], cells["group"][gone], strict=True))
    kinds = kind_of(out)
    numbers = [c for c in out.columns if pd.api.types.is_float_dtype(out[c]) and c not in ("at", "level")]
    numbers = [c for c in numbers if c not in ("n", "n_eff", "n_missing", "n_reference", "n_eff_reference")]
    same = told_alone(out, scale)
    which, ranges = np.zeros(len(out), dtype=bool), {}
    for row, kind in enumerate(kinds):
        ends = scale[row]
        mine, its = (kind, own[row]), (kind, other[row])
        if mine in near or mine in lost or its in near or its in lost or same.iloc[row]:
            which[row] = True
            if mine in near and mine not in lost and ends is not None and "ci_low" in out:
                ranges[row] = coarse_range(out["estimate"].iloc[row], out["n"].iloc[row], *ends)
    which &= (out["status"] != "hidden").to_numpy()
    out.loc[which, numbers] = np.nan
    out.loc[which, "status"] = "hidden"
    for row, (low, high) in ranges.items():
        if which[row]:
            out.loc[row, ["ci_low", "ci_high"]] = low, high
    out.index = results.index
    return out


def told_alone(results, scale):
    """Rows whose figure tells of single answers by itself: no spread, or a place in the order of numbers like age or pay."""
    out = pd.Series(False, index=results.index)
    if "se" in results:
        out |= results["se"].eq(0) & (results["n"] > 1)
        if "metric" in results:
            out &= ~(results["metric"].isin(ONE_CODE) & results["estimate"].eq(0))
    if "metric" in results:
        out |= results["metric"].eq("sd") & results["estimate"].eq(0)
        out |= results["metric"].eq("quantile") & np.array([ends is None for ends in scale], dtype=bool)
    return out


def kind_of(results):
    """What a row's figure is about, whatever its group and whichever table it stands in: metric, item, code."""
    parts = {
        c: results[c].astype(object).to_numpy() if c in results else [""] * len(results)
        for c in ("metric", "item", "at", "row")
    }
    rows = zip(*parts.values(), strict=True)
    return [(str(metric), str(item), code_of(metric, at, row)) for metric, item, at, row in rows]


def code_of(metric, at, row):
    """The answer that a share is of: in ``at`` of a distribution, in ``row`` of a table."""
    code = at if pd.notna(at) and at != "" else row if metric in ("share", "net") else ""
    try:
        return f"{float(code):g}"
    except (TypeError, ValueError):
        return str(code)


def figures(results, own, other, scale):
    """Both sides of every row as cells: kind, group, persons, and the figure's place from 0 to 1 on its scale."""
    out = []
    kinds = kind_of(results)
    sides = [(own, "estimate", "n"), (other, "reference_estimate", "n_reference")]
    for places_, value, base in sides:
        if value not in results or base not in results:
            continue
        for row in np.flatnonzero((places_ >= 0) & results[value].notna().to_numpy() & results[base].gt(0).to_numpy()):
            if scale[row] is not None and kinds[row][0] not in NOT_SUMS:
                low, high = scale[row]
                share = (results[value].iloc[row] - low) / (high - low)
                out.append((kinds[row], places_[row], float(results[base].iloc[row]), share))
    frame = pd.DataFrame(out, columns=["kind", "group", "n", "share"])
    return frame.drop_duplicates(["kind", "group"], ignore_index=True)

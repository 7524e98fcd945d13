"""Two marked sets of rows compared by group: the ground of waves and periods."""

import narwhals as nw
import numpy as np
import pandas as pd

from cemlab.checks import require_choice
from cemlab.measure.answers import require_cuts
from cemlab.measure.clusters import cluster_variance, repeated_covariance, repeated_products
from cemlab.measure.difference import METHODS, difference
from cemlab.measure.frames import collect_all
from cemlab.measure.multiplicity import METHODS as ADJUSTMENTS
from cemlab.measure.multiplicity import adjust_p
from cemlab.measure.schema import BLANKED, MISSING, as_list, comparisons
from cemlab.measure.score_rows import in_order
from cemlab.measure.sums import SUMS, score_sums, scoring


def compare_sides(frame, items, rules, wave, current, previous, *, by, weights, id, cluster, level, where):
    """Rows marked `current` or `previous` in column `wave`, compared by group; also the set of marks that were there."""
    metric = rules[items[0]].metric
    cells = score_sums(frame.to_native(), items, rules, by=[*by, wave, *as_list(cluster)], weights=weights, where=where)
    keys = in_order(cells[[*by, "item"]].drop_duplicates(), items, by)
    sums = cells.groupby([wave, *by, "item"])[SUMS].sum()
    present = set(cells[wave])
    one, two = (
        (sums.loc[code] if code in present else sums.iloc[:0].droplevel(0)).reindex(index_of(keys), fill_value=0.0)
        for code in (current, previous)
    )
    one, two = one.reset_index(drop=True), two.reset_index(drop=True)
    covariance = clustered = None
    if id and present == {current, previous}:
        covariance = shared_people(frame, keys, rules, one, two, by, wave, current, id, cluster, weights)
    if cluster:
        parts = {key: part.set_index(cluster)[SUMS] for key, part in cells.groupby([wave, *by, "item"])}
        nobody = pd.DataFrame(columns=SUMS, dtype=float)
        rows = [
            cluster_variance(parts.get((current, *r), nobody), parts.get((previous, *r), nobody))
            for r in keys.itertuples(index=False, name=None)
        ]
        v1, v2, v, df = np.array(rows, dtype=float).reshape(len(keys), 4).T
        if covariance:
            extra1, extra2, cov = covariance
            v1, v2, v = v1 + extra1, v2 + extra2, np.maximum(v + extra1 + extra2 - 2 * cov, 0.0)
        clustered, covariance = (v1, v2, v, df), None
    out = pd.DataFrame(difference(metric, one, two, level=level, covariance=covariance, clustered=clustered))
    return pd.concat([keys, out], axis=1).assign(method=method_token(metric, id, cluster)), present


def method_token(metric, id=None, cluster=None):
    """What was done, in one word for the manifest and the method notes."""
    return (f"t-clustered:{cluster}" if cluster else METHODS[metric]) + (f";repeated:{id}" if id else "")


def index_of(keys):
    """The rows of `keys` as an index, plain for a single column."""
    return pd.Index(keys.iloc[:, 0]) if keys.shape[1] == 1 else pd.MultiIndex.from_frame(keys)


def shared_people(frame, keys, rules, one, two, by, wave, current, id, cluster, weights):
    """Covariance from persons with several answers; with clusters, only what the clusters do not hold already."""
    if not some_repeat(frame, id):
        return tuple(np.zeros((3, len(keys))))
    persons = [([id], 1), *([([cluster, id], -1)] if cluster else [])]
    asked = [(name, rule, who) for name, rule in rules.items() for who, _ in persons]
    found = iter(repeated_products(frame, asked, wave=wave, current=current, by=by, weights=weights))
    pieces = [np.zeros((3, len(keys)))]
    for name in rules:
        rows = np.flatnonzero(keys["item"] == name)
        m1, w1, m2, w2 = (
            array.to_numpy(float)[rows] for array in (one["wx"] / one["w"], one["w"], two["wx"] / two["w"], two["w"])
        )
        for _, sign in persons:
            products = next(found)
            if by:
                products = keys.loc[rows, by].merge(products, on=by, how="left").fillna(0.0)
            piece = np.zeros((3, len(keys)))
            piece[:, rows] = repeated_covariance(products, m1, w1, m2, w2)
            pieces.append(sign * piece)
    return tuple(np.nan_to_num(sum(pieces)))


def some_repeat(frame, id):
    """Whether any person has more than one row; then all that repeated answers add is nothing."""
    rows = frame.filter(~nw.col(id).is_null()).select(nw.col(id))
    sizes = rows.select(nw.col(id).n_unique().alias("persons"), nw.len().alias("rows"))
    (table,) = collect_all([sizes])
    return bool(table["persons"].iloc[0] < table["rows"].iloc[0])


def checked(items, by, cluster, metric, scale, top, bottom, level, adjust, where):
    """Check the arguments that need no data; return the scoring of each item."""
    require_cuts(items, by, cluster, level, where)
    require_choice(adjust, (None, *ADJUSTMENTS), name="adjust", where=where)
    return {name: scoring(name, metric, scale=scale, top=top, bottom=bottom, where=where) for name in items}


def finish(out, by, metric, rules, level, adjust, min_n):
    """Blank rows without a test, adjust the p-values of the others, and give the table its shape."""
    n, other = (np.nan_to_num(out[column].to_numpy(float)) for column in ("n_eff", "n_eff_reference"))
    other = np.where(out["reference"] == "target", np.inf, other)
    untested = (np.fmin(n, other) < min_n) | out["p_value"].isna().to_numpy()
    for cut in by:
        untested |= (out[cut] == MISSING).to_numpy(bool)
    kept = {c: np.where(untested, np.nan, out[c].to_numpy(float)) for c in BLANKED if c in out}
    kept["p_adjusted"] = adjust_p(kept["p_value"], adjust)
    kept["status"] = np.where(untested, "not_estimable", "ok")
    units = [rules[item].unit for item in out["item"]]
    return comparisons(out.assign(**kept, metric=metric, unit=units, adjust=adjust or "none", level=level), by)

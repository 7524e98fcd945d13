"""From summed points to rows of estimates: shares, means, their intervals, order and status."""

import numpy as np
import pandas as pd

from cemlab.measure.answers import answers, points_by_group, scale_bounds
from cemlab.measure.errors import spread
from cemlab.measure.intervals import logit_limits, quantile, share_interval
from cemlab.measure.schema import MISSING, as_list, estimates


def summarise(table, points, items, by, cluster, *, linearised=False):
    """Mean of `points` by group and item with its error, in the order of groups and items."""
    sums = points_by_group(table, points, by, cluster)
    if not as_list(by) and not len(sums):  # no rows at all: everyone is still one group, of nobody
        sums = pd.DataFrame({"item": as_list(items)}).reindex(columns=sums.columns)
        sums = sums.fillna({c: 0.0 for c in sums.columns if c not in ("item", cluster)})
    return in_order(spread(sums, as_list(by), cluster=cluster, linearised=linearised), items, by)


def share_rows(table, hit, items, by, weights, cluster, level, method, *, metric, at=np.nan):
    """Estimates of the share of answers where `hit` is true, in percent."""
    figures = summarise(table, 100.0 * np.asarray(hit, float), items, by, cluster, linearised=method == "linearised")
    share, n, df = figures["estimate"] / 100, figures["n_eff"], figures["df"]
    if method == "linearised":
        low, high = logit_limits(share, figures["se"] / 100, quantile(level, df))
        edge = share_interval(share, n, level=level, method="clopper_pearson", df=df)
        low, high = (np.where(share.isin([0, 1]), e, v) for e, v in zip(edge, (low, high), strict=True))
    else:
        low, high = share_interval(share, n, level=level, method=method, df=df)
    low, high = 100 * low, 100 * high
    return finish(
        figures, by, weights, cluster, level, method, metric=metric, unit="percent", low=low, high=high, at=at
    )


def shares_rows(table, parts, by, weights, cluster, level, method, *, metric=None):
    """Estimates of many shares from the same answers in one go, ordered as `parts`.

    `parts` is a list of (label, item, answers that count); the label becomes ``at``, or ``metric`` when that is None.
    """
    stacked = []
    for place, (_, item, codes) in enumerate(parts):
        rows = table[table["item"] == item]
        stacked.append(rows.assign(item=f"{place}", hit=rows["value"].isin(codes)))
    stacked = pd.concat(stacked, ignore_index=True)
    names = [f"{place}" for place in range(len(parts))]
    out = share_rows(stacked, stacked["hit"], names, by, weights, cluster, level, method, metric=metric or "share")
    place = out["item"].astype(int)
    labels = place.map(dict(enumerate(label for label, _, _ in parts)))
    out = out.assign(item=place.map(dict(enumerate(item for _, item, _ in parts))))
    return estimates(out.assign(**({"at": labels} if metric else {"metric": labels})), by)


def mean_rows(figures, by, weights, cluster, level, method, *, metric, scale):
    """Estimates of a mean with a t interval; inside the scale when there is one."""
    figures = figures.copy()
    if method == "t" and not cluster:
        with np.errstate(divide="ignore", invalid="ignore"):
            n_eff = figures["n_eff"].where(figures["n_eff"] > 1 + 1e-9)
            figures["se"] = np.sqrt(figures["variance"] / (n_eff - 1))
        figures["df"] = n_eff - 1
    elif not cluster:
        figures["df"] = (figures["n"] - 1.0).where(figures["n"] > 1)
    half = quantile(level, figures["df"]) * figures["se"]
    low, high = figures["estimate"] - half, figures["estimate"] + half
    if scale is not None:
        bounds = np.array([scale_bounds(scale, metric, item) for item in figures["item"]]).reshape(-1, 2)
        low, high = low.clip(lower=bounds[:, 0]), high.clip(upper=bounds[:, 1])
    return finish(figures, by, weights, cluster, level, method, metric=metric, unit="mean", low=low, high=high)


def finish(figures, by, weights, cluster, level, method, *, metric, unit, low, high, at=np.nan):
    """Rows in the shape of estimates; groups without an answer or without an error read "not_estimable"."""
    out = figures.assign(metric=metric, unit=unit, at=at, ci_low=low, ci_high=high, level=level)
    out["status"] = np.where(out["estimate"].isna() | out["se"].isna(), "not_estimable", "ok")
    suffix = "_clustered" if cluster else "_kish" if weights and method != "linearised" else ""
    return estimates(out.assign(method=method + suffix), by)


def box_rows(data, items, scale, codes, *, name, metric, by, weights, cluster, level, method):
    """Share of the box `codes` (None: the two outermost) by group and item."""
    codes = {item: box_codes(codes, scale, item, name=name, where=metric) for item in as_list(items)}
    table = answers(data, items, scale, by=by, weights=weights, cluster=cluster, level=level, where=metric)
    return share_rows(table, in_box(table, codes), items, by, weights, cluster, level, method, metric=metric)


def in_box(table, codes):
    """True for counted answers among the codes of their item's box; `codes` maps items to codes."""
    hit = np.zeros(len(table), dtype=bool)
    for item, box in codes.items():
        hit |= ((table["item"] == item) & table["value"].isin(box)).to_numpy()
    return hit


def box_codes(codes, scale, item, *, name, where):
    """The codes of an item's box: as given, else the two outermost of the scale, leaving at least one code out."""
    low, high = scale_bounds(scale, where, item)
    codes = codes.get(item) if isinstance(codes, dict) else codes
    if codes is None:
        if high - low < 2:
            raise ValueError(f"{where}: a scale {low} to {high} has two codes; say which counts, `{name}=[{high}]`.")
        return [low, low + 1] if name == "bottom" else [high - 1, high]
    codes = [codes] if np.isscalar(codes) else list(codes)
    outside = [code for code in codes if code not in range(low, high + 1)]
    if outside or not codes:
        what = f"{outside} lie outside the scale" if outside else "that names no code of the scale"
        raise ValueError(f"{where}: `{name}` is {codes}; {what} {low} to {high}.")
    return codes


def in_order(frame, items, by):
    """Rows by group (numbers as numbers, missing last), then items as given; other order is kept."""
    by, items = as_list(by), as_list(items)

    def rank(column):
        if column.name == "item":
            return column.map({item: place for place, item in enumerate(items)})
        codes = column.astype(str).unique().tolist()
        places = {code: place for place, code in enumerate(sorted(codes, key=group_order))}
        return column.astype(str).map(places)

    return frame.sort_values([*by, "item"], key=rank, kind="stable").reset_index(drop=True)


def group_order(code):
    """Sort key of a group's code: numbers by value, then words, "(missing)" last."""
    if code == MISSING:
        return (2, 0.0, code)
    try:
        return (0, float(code), code)
    except ValueError:
        return (1, 0.0, code)

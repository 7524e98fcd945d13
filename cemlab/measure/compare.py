"""Groups against the others, and a wave against the one before: differences with intervals and adjusted tests."""

import itertools

import numpy as np
import pandas as pd

from cemlab.checks import require_columns
from cemlab.measure.clusters import cluster_variance
from cemlab.measure.compare_sides import checked, compare_sides, finish, method_token
from cemlab.measure.difference import difference
from cemlab.measure.frames import collect_all, columns_of, group_column, lazy
from cemlab.measure.schema import MISSING, as_list
from cemlab.measure.score_rows import in_order
from cemlab.measure.sums import SUMS, score_sums

REST = "(rest)"


def compare_groups(
    data,
    item,
    *,
    by,
    metric="nps",
    scale=None,
    top=None,
    bottom=None,
    against="complement",
    weights=None,
    cluster=None,
    level=0.95,
    adjust="bh",
    min_n=30,
):
    """Each group against all others, every pair of groups, or each group against one of them.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per answer.
    item : str or list of str
        Columns compared; all rows of the answer are one family of tests.
    by : str or list of str
        Column that makes the groups; several columns make one group per combination of their codes.
    metric : {"nps", "top_box", "bottom_box", "mean"}, default "nps"
        What is compared; points, percent, percent and scale points.
    scale : tuple (low, high) or dict of item to tuple, optional
        Bounds of the answers; boxes and guards follow from it. NPS is always 0 to 10.
    top, bottom : list of codes or dict of item to list, optional
        Codes of the box; by default the two highest (lowest) of `scale`.
    against : {"complement", "pairwise"} or a group's code, default "complement"
        "complement" sets a group against everyone with another known group, never against a total that holds it.
    weights : str, optional
        Column of case weights; tests then use Kish's effective bases.
    cluster : str, optional
        Column of clusters (store, agent, or the person when persons answer more than once); rows without one count as
        clusters of their own. Tests then use the variance between clusters and t.
    level : float, default 0.95
        Confidence level of the intervals.
    adjust : {"bh", "holm", "bonferroni", "hochberg", "hommel", "by"} or None, default "bh"
        Adjustment of the p-values over all tested rows of this call.
    min_n : float, default 30
        A row with a smaller effective base on either side gets no test.

    Returns
    -------
    pandas.DataFrame
        `by` and the columns of `schema.COMPARISONS`: ``estimate`` is the group's, ``reference`` says against whom
        ("(rest)" for the complement), ``difference`` = estimate - reference. Rows under `min_n`, and the group
        "(missing)" (which belongs to no complement and no pair), have status "not_estimable", no figures, and do not
        count in the family.

    Raises
    ------
    ValueError
        Unknown column, metric, group code or adjustment; a box without scale or codes.
    DataError
        An answer off the scale; a missing or negative weight.

    Notes
    -----
    NPS: z with both variances. Shares: z with the pooled share, Newcombe interval. Means: Welch t. Unanswered rows are
    left out item by item. With `cluster` the unrest between clusters is in ``difference_se`` and the test; ``n_eff`` stays
    Kish's, since a base judged from the clusters would keep just the rows whose error came out small. A group found in a
    single cluster is not estimable: group and cluster cannot be told apart. Without `cluster`, answers nested in stores
    make p-values too small. The interval is not adjusted.

    References
    ----------
    Kish, L. (1965). Survey Sampling. Newcombe, R. G. (1998). Statist. Med., 17, 873-890. Rocks, B. (2016). The American
    Statistician, 70, 365-372.

    Examples
    --------
    >>> import pandas as pd
    >>> scores = [9] * 30 + [5] * 20 + [9] * 20 + [5] * 30
    >>> answers = pd.DataFrame({"shop": ["a"] * 50 + ["b"] * 50, "recommend": scores})
    >>> found = compare_groups(answers, "recommend", by="shop")
    >>> found[["shop", "estimate", "reference", "difference", "p_value"]].round(3)
      shop  estimate reference  difference  p_value
    0    a      20.0    (rest)        40.0    0.041
    1    b     -20.0    (rest)       -40.0    0.041
    """
    where = "compare_groups"
    items, by = as_list(item), as_list(by)
    if not by:
        raise ValueError(f"{where}: `by` is empty; name the column that makes the groups.")
    rules = checked(items, by, cluster, metric, scale, top, bottom, level, adjust, where)
    cells = score_sums(data, items, rules, by=[*by, *as_list(cluster)], weights=weights, where=where)
    cells["group__"] = cells[by].agg(" / ".join, axis=1) if len(by) > 1 else cells[by[0]]
    unknown = cells[by].eq(MISSING).any(axis=1)
    groups = in_order(cells.loc[~unknown].drop_duplicates("group__"), items, by)["group__"].tolist()
    if against in ("complement", "pairwise"):
        pairs = [(g, REST) for g in groups] if against == "complement" else list(itertools.combinations(groups, 2))
    elif against in groups:
        pairs = [(g, against) for g in groups if g != against]
    else:
        raise ValueError(
            f"{where}: `against` is {against!r}; it must be 'complement', 'pairwise' or one of the groups {groups[:20]}."
        )
    known = cells.loc[~unknown]
    total = known.groupby("item")[SUMS].sum()
    of_group = known.groupby(["item", "group__"])[SUMS].sum()
    sums = dict.fromkeys(itertools.product(items, groups), np.zeros(len(SUMS)))
    sums |= dict(zip(of_group.index, of_group.to_numpy(float), strict=True))

    def other(name, g, r):
        if r != REST:
            return sums[name, r]
        return sum(
            (sums[name, h] for h in groups if h != g), np.zeros(len(SUMS))
        )  # not total - group: no rounding left

    keys = [(name, g, r) for name in items for g, r in pairs]
    one = pd.DataFrame([sums[name, g] for name, g, _ in keys], columns=SUMS)
    two = pd.DataFrame([other(*key) for key in keys], columns=SUMS)
    clustered = None
    if cluster:
        per = known.set_index(cluster)
        parts = dict(iter(per.groupby(["item", "group__"])[SUMS]))
        everyone = {name: part[SUMS].groupby(level=0).sum() for name, part in per.groupby("item")}
        clustered = [between_clusters(parts, everyone, key) for key in keys]
        clustered = tuple(np.array(column, dtype=float) for column in zip(*clustered, strict=True)) or None
    out = pd.DataFrame(difference(metric, one, two, level=level, clustered=clustered))
    labels = known.drop_duplicates("group__").set_index("group__")[by]
    out[by] = labels.loc[[g for _, g, _ in keys]].to_numpy() if keys else None
    out["item"], out["reference"] = [k[0] for k in keys], [k[2] for k in keys]
    if against == "complement" and unknown.any():
        lost = cells[unknown].groupby([*by, "item"], sort=False)["n"].sum().reset_index()
        out = pd.concat([out, lost.assign(reference=REST, n_reference=lost["item"].map(total["n"]))], ignore_index=True)
    out["method"] = method_token(metric, cluster=cluster)
    return finish(out, by, metric, rules, level, adjust, min_n)


def between_clusters(parts, everyone, key):
    """`cluster_variance` of one comparison from the cells of its two sides."""
    name, group, reference = key
    mine = parts.get((name, group))
    if mine is None:
        return (np.nan,) * 4
    if reference == REST:
        rest = everyone[name].sub(mine, fill_value=0.0)
        rest = rest[rest["n"] > 0]
    else:
        rest = parts.get((name, reference))
    return cluster_variance(mine, rest) if rest is not None and len(rest) else (np.nan,) * 4


def compare_waves(
    data,
    item,
    *,
    current,
    previous,
    wave="_wave",
    by=None,
    metric="nps",
    scale=None,
    top=None,
    bottom=None,
    weights=None,
    id=None,
    cluster=None,
    level=0.95,
    adjust="bh",
    min_n=30,
):
    """The change from one wave to another, for everyone or by group.

    Parameters
    ----------
    data, item, metric, scale, top, bottom, weights, level, adjust, min_n
        As in `compare_groups`.
    current, previous : str
        Codes of the two waves in column `wave`.
    wave : str, default "_wave"
        Column of the wave.
    by : str or list of str, optional
        Groups within which the waves are compared.
    id : str, optional
        Column of the person (such as ``_person``): the covariance of people who answered in both waves is subtracted,
        that of people who answered twice in one wave is added. Rows without an id count as different people.
    cluster : str, optional
        Column of clusters such as stores: the variance between clusters is used, covariance of the two waves in the
        same cluster included; with `id`, persons seen in several clusters are allowed for too.

    Returns
    -------
    pandas.DataFrame
        The `by` columns, then the columns of `schema.COMPARISONS`: ``estimate`` belongs to `current`, ``reference`` is
        the code of `previous`, ``difference`` = current - previous. Rows under `min_n` on either side (an item asked in
        one wave only, for instance) and the group "(missing)" have status "not_estimable" and no figures, and do not
        count in the family of tests.

    Raises
    ------
    ValueError
        Unknown column or wave, `current` equal to `previous`, unknown metric or adjustment.
    DataError
        An answer off the scale; a missing or negative weight.

    Notes
    -----
    Tests as in `compare_groups`. A change of the questionnaire, the quotas or the panel between the waves is in the
    difference and no test can see it: compare the waves' ``changes`` in the codebook. When the same people answer twice
    and `id` is left out, the interval is too wide (and claims are missed); with shares the p-value then stays pooled.
    """
    where = "compare_waves"
    items, by = as_list(item), as_list(by)
    current, previous = str(current), str(previous)
    rules = checked(items, by, cluster, metric, scale, top, bottom, level, adjust, where)
    if wave in by:
        raise ValueError(
            f"{where}: {wave!r} is the column of the wave and cannot be a group too; leave it out of `by`."
        )
    if current == previous:
        raise ValueError(f"{where}: `current` and `previous` are both {current!r}; name two different waves.")
    frame = lazy(data, where)
    needed = [*items, wave, *by, *as_list(weights), *as_list(id), *as_list(cluster)]
    require_columns(columns_of(frame), needed, where)
    schema = frame.collect_schema()
    chosen = frame.filter(group_column(wave, schema).is_in([current, previous]))
    out, present = compare_sides(
        *(chosen, items, rules, wave, current, previous),
        **{"by": by, "weights": weights, "id": id, "cluster": cluster, "level": level, "where": where},
    )
    absent = {current, previous} - present
    if absent:
        (there,) = collect_all([frame.select(group_column(wave, schema).alias("wave")).unique()])
        raise ValueError(
            f"{where}: no rows of wave {sorted(absent)} in column {wave!r}; waves there: {sorted(there['wave'])}."
        )
    return finish(out.assign(reference=previous), by, metric, rules, level, adjust, min_n)

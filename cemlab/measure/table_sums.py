"""From counted answers to the additive sums of every row of a table, by group."""

import numpy as np
import pandas as pd

from cemlab.measure.sums import SUMS


def group_sums(table, rows, groups):
    """Sums of `sums.SUMS` of every row by group (rows, groups, 8), how many count in it, answers where these are needed."""
    out, hits, spreads = np.zeros((len(rows), len(groups), len(SUMS))), np.zeros((len(rows), len(groups))), {}
    parts = by_item(table, groups)
    for r, row in enumerate(rows):
        if row.counted not in parts:
            continue
        g, values, codes, answered, missing, n, w, w2 = parts[row.counted]
        base = answered & row.in_base(values)
        x = np.where(base, row.scores(values, codes), 0.0)
        wx, w2x = w * x, w2 * x
        columns = np.stack([n, missing, w, w2, wx, wx * x, w2x, w2x * x], axis=1)
        columns[~base] = 0.0
        columns[:, 1] = missing
        np.add.at(out[r], g, columns)
        np.add.at(hits[r], g, n * (base & (x == 100)))
        if row.metric == "quantile":
            spreads[r] = (g[base], x[base], w[base])
    return out, hits, spreads


def by_item(table, groups):
    """Arrays of each item's distinct answers: group, number, text (or None), answered, missing, n, w, w2."""
    g = pd.Categorical(table["key"], categories=groups).codes
    values, codes = table["value"].to_numpy(float), table["code"].to_numpy(object)
    texts = table["code"].notna().to_numpy()
    answered = ~np.isnan(values) | texts
    values = np.where(np.isnan(values), 0.0, values)
    n, unasked, w, w2 = (table[name].to_numpy(float) for name in ("n", "unasked", "w", "w2"))
    missing = np.where(answered, 0.0, n - unasked)
    out = {}
    for item, at in table.groupby("item", sort=False).indices.items():
        text = codes[at] if texts[at].any() else None
        out[item] = (g[at], values[at], text, answered[at], missing[at], n[at], w[at], w2[at])
    return out

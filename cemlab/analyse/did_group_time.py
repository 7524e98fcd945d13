"""Effects by cohort and period (Callaway and Sant'Anna), their averages, and errors from influence functions."""

import numpy as np
import pandas as pd


def group_time(panel, *, controls="never", method="doubly_robust"):
    """(frame of cohort, time, base, att, n, n_control; influence functions, one row a unit) of a balanced panel.

    The base is the period before the cohort's first treated one, for earlier periods the one before (placebo effects).
    """
    order = np.lexsort((panel.period, panel.unit))
    y = panel.y[order].reshape(panel.units, len(panel.periods))
    first = panel.first[order].reshape(y.shape)[:, 0]
    x = panel.x[order].reshape(*y.shape, -1)
    rows, functions = [], []
    for cohort in panel.cohorts:
        start = int(np.searchsorted(panel.periods, cohort))
        if start == 0:
            continue  # treated from the first period on: nothing to compare with
        for t in range(1, len(panel.periods)):
            base = start - 1 if t >= start else t - 1
            late = panel.periods[max(t, base)]
            other = np.isinf(first) if controls == "never" else (first > late) & (first != cohort)
            inside = (first == cohort) | other
            if not other.any():
                continue
            d = (first[inside] == cohort).astype(float)
            z = np.column_stack([np.ones(len(d)), x[inside, base]])
            att, influence = METHODS[method](y[inside, t] - y[inside, base], d, z)
            whole = np.zeros(panel.units)
            whole[inside] = influence * panel.units / len(d)
            rows.append((cohort, panel.periods[t], panel.periods[base], t - start, att, int(d.sum()), int(other.sum())))
            functions.append(whole)
    names = ["cohort", "time", "base", "since", "att", "n", "n_control"]
    influence = np.array(functions).T if functions else np.empty((panel.units, 0))
    return pd.DataFrame(rows, columns=names), influence, first


def outcome_fit(dy, d, z):
    """Expected change from those not treated, and the linear representation of its coefficients."""
    w = 1 - d
    inverse = np.linalg.pinv(z.T @ (w[:, None] * z) / len(d))
    fitted = z @ (inverse @ (z.T @ (w * dy) / len(d)))
    return fitted, (w * (dy - fitted))[:, None] * z @ inverse


def propensity(d, z):
    """Weights of those not treated (odds of being treated), and the linear representation of the logit's coefficients."""
    b = np.zeros(z.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-z @ b))
        step = np.linalg.pinv(z.T @ ((p * (1 - p))[:, None] * z)) @ (z.T @ (d - p))
        b = b + step
        if np.abs(step).max() < 1e-12:
            break
    p = 1 / (1 + np.exp(-z @ b))
    information = np.linalg.pinv(z.T @ ((p * (1 - p))[:, None] * z)) * len(d)
    return p * (1 - d) / (1 - p), ((d - p)[:, None] * z) @ information


def plain(dy, d, z):
    """Difference of the mean changes."""
    share = d.mean()
    treated, control = dy[d == 1].mean(), dy[d == 0].mean()
    return treated - control, d * (dy - treated) / share - (1 - d) * (dy - control) / (1 - share)


def regression(dy, d, z):
    """Outcome regression on those not treated."""
    fitted, lean = outcome_fit(dy, d, z)
    share = d.mean()
    treated, control = (d * dy).mean() / share, (d * fitted).mean() / share
    one = d * (dy - treated) / share
    other = (d * (fitted - control) + lean @ (d[:, None] * z).mean(axis=0)) / share
    return treated - control, one - other


def weighting(dy, d, z):
    """Inverse probability weighting, weights summing to one."""
    w, lean = propensity(d, z)
    treated, control = (d * dy).mean() / d.mean(), (w * dy).mean() / w.mean()
    one = d * (dy - treated) / d.mean()
    slope = ((w * (dy - control))[:, None] * z).mean(axis=0)
    return treated - control, one - (w * (dy - control) + lean @ slope) / w.mean()


def doubly_robust(dy, d, z):
    """Outcome regression and weighting together: right where one of the two models is."""
    fitted, by_outcome = outcome_fit(dy, d, z)
    w, by_weight = propensity(d, z)
    rest = dy - fitted
    treated, control = (d * rest).mean() / d.mean(), (w * rest).mean() / w.mean()
    one = (d * (rest - treated) - by_outcome @ (d[:, None] * z).mean(axis=0)) / d.mean()
    slope = ((w * (rest - control))[:, None] * z).mean(axis=0)
    other = w * (rest - control) + by_weight @ slope - by_outcome @ (w[:, None] * z).mean(axis=0)
    return treated - control, one - other / w.mean()


METHODS = {"plain": plain, "regression": regression, "weighting": weighting, "doubly_robust": doubly_robust}


def averages(cells, influence, first):
    """Averages of the effects after treatment began: rows ``metric, at, estimate, se`` (see `difference_in_differences`)."""
    size = {g: float((first == g).mean()) for g in cells["cohort"].unique()}
    after = (cells["since"] >= 0).to_numpy()
    cohort, since, time = (cells[c].to_numpy() for c in ("cohort", "since", "time"))
    part = Averaging(cells["att"].to_numpy(), influence, first, cohort, np.array([size[g] for g in cohort]))
    out, each = [("att", np.nan, *part.weighted(after))], {}
    for metric, key, where in (
        ("cohort", cohort, after), ("since", since, np.ones(len(cells), bool)), ("time", time, after),
    ):  # fmt: skip
        values = np.unique(key[where])
        each[metric] = [
            part.mean(where & (key == v)) if metric == "cohort" else part.weighted(where & (key == v)) for v in values
        ]
        out += [(metric, v, *found) for v, found in zip(values, each[metric], strict=True)]
    later = [found for v, found in zip(np.unique(since), each["since"], strict=True) if v >= 0]
    groups = list(np.unique(cohort[after]))
    own = Averaging(np.array([f[0] for f in each["cohort"]]), np.column_stack([f[1] for f in each["cohort"]]), first,
                    np.array(groups), np.array([size[g] for g in groups]))  # fmt: skip
    out.append(("by_cohort", np.nan, *own.weighted(np.ones(len(groups), bool))))
    out.append(("by_since", np.nan, *together(later)))
    out.append(("by_time", np.nan, *together(each["time"])))
    rows = [(m, at, value, float(np.sqrt((f**2).mean() / len(first)))) for m, at, value, f in out]
    return pd.DataFrame(rows, columns=["metric", "at", "estimate", "se"])


def together(found):
    """Plain mean of averages."""
    return float(np.mean([f[0] for f in found])), np.mean([f[1] for f in found], axis=0)


class Averaging:
    """Averages of effects with the share of each cohort as weight; the shares are estimated, and their error is counted."""

    def __init__(self, att, influence, first, cohort, share):
        self.att, self.influence, self.first, self.cohort, self.share = att, influence, first, cohort, share

    def mean(self, where):
        """Plain mean of the cells."""
        return float(self.att[where].mean()), self.influence[:, where].mean(axis=1)

    def weighted(self, where):
        """Mean of the cells by the share of their cohort."""
        share, att = self.share[where], self.att[where]
        total = share.sum()
        weight = share / total
        off = (self.first[:, None] == self.cohort[where]).astype(float) - share
        drift = off / total - off.sum(axis=1, keepdims=True) * weight / total
        return float(weight @ att), self.influence[:, where] @ weight + drift @ att

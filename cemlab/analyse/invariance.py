"""Does a questionnaire measure the same thing in every group? Configural, metric and scalar invariance of its dimensions."""

import numpy as np
import pandas as pd

from cemlab.analyse.likelihood_factors import fit
from cemlab.checks import require_columns
from cemlab.measure.frames import columns_of, lazy
from cemlab.measure.item_sums import item_sums
from cemlab.measure.scales import as_dimensions
from cemlab.measure.schema import as_list, estimates

MODELS = ("configural", "metric", "scalar")
LOSS = 0.010  # of CFI, from which on a stricter model is refused (Cheung and Rensvold 2002)


def measurement_invariance(data, dimensions, *, by, reverse=(), scale=None, weights=None, min_n=100):
    """Whether means of dimensions may be compared between groups (languages, sites, waves).

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per person; only persons who answered all items count.
    dimensions : dict of str to list of str
        As in `confirmatory_factors`.
    by : str
        Column of the groups; those with fewer than `min_n` complete persons are left out.
    reverse, scale, weights
        As in `confirmatory_factors`.
    min_n : int, default 100

    Returns
    -------
    pandas.DataFrame
        Estimates, ``item`` "configural" (the same items on the same dimensions), "metric" (equal loadings: relations may be
        compared) and "scalar" (equal intercepts, too: means may be compared); ``metric`` "chi2", "df", "p_value", "cfi",
        "rmsea", and against the model before "chi2_difference", "df_difference", "p_difference", "cfi_difference" and
        "holds" (1 or 0). ``n`` counts the persons of all groups.

    Raises
    ------
    ValueError
        Unknown column, fewer than two groups of enough persons, or a group whose model has no proper solution.

    Notes
    -----
    Maximum likelihood on covariances and means with divisor n, chi2 the sum over groups; RMSEA with the factor of the square root
    of the number of groups (Steiger 1998). A model holds when CFI falls by no more than 0.010 (Cheung and Rensvold 2002): with many
    persons chi2 refuses everything. Agrees with R's ``lavaan::cfa(group =, group.equal = c("loadings", "intercepts"))``. Where
    scalar invariance fails, differences between means may be differences in how the questions are understood.
    """
    where = "measurement_invariance"
    named = as_dimensions(dimensions, where)
    items = [item for group in named.values() for item in group]
    frame = lazy(data, where)
    require_columns(columns_of(frame), [by, *items], where)
    options = {"reverse": as_list(reverse), "scale": scale, "missing": "listwise", "weights": weights, "where": where}
    groups = groups_of(frame, by, items, options, min_n)
    if len(groups) < 2:
        raise ValueError(f"{where}: {len(groups)} group(s) of {by!r} with {min_n} complete persons; two are needed.")
    places = np.repeat(np.arange(len(named)), [len(group) for group in named.values()])
    n = np.array([one[0] for one in groups])
    spread = np.sqrt(sum(size * np.diag(s) for size, s, _ in groups) / n.sum())
    middle = sum(size * m for size, _, m in groups) / n.sum()
    covariances = [s / np.outer(spread, spread) for _, s, _ in groups]
    means = [(m - middle) / spread for _, _, m in groups]
    p, k, count = len(items), len(named), len(groups)
    null = -sum(size * np.linalg.slogdet(s / np.sqrt(np.outer(np.diag(s), np.diag(s))))[1] for size, s, _ in groups)
    null_df = count * p * (p - 1) / 2
    starts, first = [], 0.0
    for size, s in zip(n, covariances, strict=True):
        own = start_of(s, places, k, where)
        first += size * own[-1]
        starts.append(own)
    own_parameters = 2 * p + k * (k - 1) / 2
    rows, before = [], None
    for name in MODELS:
        if name == "configural":
            chi2, df = first, count * (p * (p + 1) / 2 - own_parameters)
        else:
            model = Equal(places, k, n / n.sum(), covariances, means, scalar=name == "scalar")
            chi2, df = n.sum() * model.solved(starts), model.df
        rows.append(figures(name, chi2, df, null, null_df, n.sum(), count, before))
        before = rows[-1]
    long = pd.concat([pd.Series(row).rename("estimate").rename_axis("metric").reset_index().assign(item=name) for name, row in zip(MODELS, rows, strict=True)])  # fmt: skip
    return estimates(long.assign(n=int(round(n.sum())), n_eff=n.sum(), method="ml", unit="fit", level=np.nan))


def groups_of(frame, by, items, options, min_n):
    """Effective base, covariances (divisor n) and means of each group with enough complete persons."""
    import narwhals as nw

    from cemlab.measure.frames import collect_all

    (codes,) = collect_all([frame.select(nw.col(by)).unique()])
    out = []
    for code in sorted(codes[by].dropna().tolist(), key=str):
        rows = frame.filter(nw.col(by) == code).to_native()
        sums = item_sums(rows, items, **options)
        if sums.complete >= max(min_n, len(items) + 2) and not sums.constant:
            out.append((sums.n_eff, sums.covariance * (sums.n_eff - 1) / sums.n_eff, np.asarray(sums.mean, float)))
    return out


def start_of(covariance, places, factors, where):
    """A group's own model: loadings, residuals and correlations on the scale of `covariance`, and its discrepancy."""
    sd = np.sqrt(np.diag(covariance))
    try:
        model, theta, value, _, done = fit(covariance / np.outer(sd, sd), places, factors)
    except np.linalg.LinAlgError:
        done = False
    if not done:
        raise ValueError(f"{where}: a group's model has no proper solution; use fewer dimensions or larger groups.")
    loadings, phi, residual = model.parts(theta)
    return loadings[np.arange(len(places)), places] * sd, residual * sd**2, phi, value


class Equal:
    """Equal loadings in all groups and, with `scalar`, equal intercepts; the first item of each factor sets its scale."""

    def __init__(self, places, factors, share, covariances, means, *, scalar):
        self.places, self.k, self.p, self.share = places, factors, len(places), share
        self.covariances, self.means, self.scalar, self.groups = covariances, means, scalar, len(share)
        self.marker = np.array([np.flatnonzero(places == f)[0] for f in range(factors)])
        self.free = np.setdiff1d(np.arange(self.p), self.marker)
        self.low = np.tril_indices(factors)
        per = self.p + len(self.low[0])
        self.size = len(self.free) + self.groups * per + (self.p + (self.groups - 1) * factors if scalar else 0)
        mean_parameters = 0 if scalar else self.groups * self.p
        self.df = self.groups * (self.p * (self.p + 1) / 2 + self.p) - self.size - mean_parameters

    def solved(self, starts):
        """The smallest discrepancy."""
        from scipy.optimize import minimize

        x = minimize(self.value, self.start(starts), jac=True, method="L-BFGS-B", options={"maxiter": 5000, "ftol": 1e-15, "gtol": 1e-8, "maxcor": 40}).x  # fmt: skip
        return self.value(x)[0]

    def start(self, starts):
        """Parameters to begin with, from the groups' own models."""
        loading = sum(w * own[0] for w, own in zip(self.share, starts, strict=True))
        scale = loading[self.marker]
        out = [(loading / scale[self.places])[self.free]]
        for _, residual, phi, _ in starts:
            chol = np.linalg.cholesky(phi * np.outer(scale, scale) + 1e-6 * np.eye(self.k))
            chol[np.diag_indices(self.k)] = np.log(np.diag(chol))
            out += [np.log(np.maximum(residual, 0.02)), chol[self.low]]
        if self.scalar:
            out.append(np.zeros(self.p + (self.groups - 1) * self.k))
        return np.concatenate(out)

    def value(self, x):
        """Discrepancy and its slope."""
        lam = np.zeros((self.p, self.k))
        lam[self.marker, np.arange(self.k)] = 1.0
        at = len(self.free)
        lam[self.free, self.places[self.free]] = x[:at]
        d_lam, slope, total = np.zeros_like(lam), np.zeros(self.size), 0.0
        intercept = np.zeros(self.p)
        if self.scalar:
            tail = self.size - self.p - (self.groups - 1) * self.k
            intercept = x[tail : tail + self.p]
        for g, (w, s, m) in enumerate(zip(self.share, self.covariances, self.means, strict=True)):
            residual, chol = np.exp(x[at : at + self.p]), np.zeros((self.k, self.k))
            chol[self.low] = x[at + self.p : at + self.p + len(self.low[0])]
            diagonal = np.exp(np.diag(chol))
            chol[np.diag_indices(self.k)] = diagonal
            phi = chol @ chol.T
            implied = lam @ phi @ lam.T + np.diag(residual)
            inverse = np.linalg.inv(implied)
            alpha = np.zeros(self.k)
            if self.scalar and g:
                place = tail + self.p + (g - 1) * self.k
                alpha = x[place : place + self.k]
            gap = m - intercept - lam @ alpha if self.scalar else np.zeros(self.p)
            seen = s + np.outer(gap, gap)
            sign, size = np.linalg.slogdet(inverse @ s)
            total += w * (np.trace(inverse @ seen) - size - self.p)
            pull = w * (inverse - inverse @ seen @ inverse)  # by the implied covariances
            lean = -2 * w * inverse @ gap  # by the implied means
            d_lam += 2 * pull @ lam @ phi + (np.outer(lean, alpha) if self.scalar else 0.0)
            slope[at : at + self.p] = np.diag(pull) * residual
            d_chol = 2 * (lam.T @ pull @ lam) @ chol
            d_chol[np.diag_indices(self.k)] *= diagonal
            slope[at + self.p : at + self.p + len(self.low[0])] = d_chol[self.low]
            if self.scalar:
                slope[tail : tail + self.p] += lean
                if g:
                    slope[place : place + self.k] = lam.T @ lean
            at += self.p + len(self.low[0])
        slope[: len(self.free)] = d_lam[self.free, self.places[self.free]]
        return total, slope


def figures(name, chi2, df, null, null_df, n, groups, before):
    """Fit of one model, and what it loses against the one before."""
    from scipy.stats import chi2 as law

    over, over_null = max(chi2 - df, 0.0), max(null - null_df, chi2 - df, 1e-300)
    out = {"chi2": chi2, "df": df, "p_value": law.sf(chi2, df), "cfi": 1 - over / over_null}
    out["rmsea"] = np.sqrt(groups * over / (df * n)) if df else np.nan
    if before is None:
        return out
    more, steps = chi2 - before["chi2"], df - before["df"]
    out |= {"chi2_difference": more, "df_difference": steps, "p_difference": law.sf(max(more, 0.0), steps)}
    loss = out["cfi"] - before["cfi"]
    return out | {"cfi_difference": loss, "holds": float(loss >= -LOSS)}

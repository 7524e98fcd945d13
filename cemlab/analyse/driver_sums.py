"""What a driver analysis keeps of the rows: sums of products by unit, from which every figure and every draw is made."""

from dataclasses import dataclass

import narwhals as nw
import numpy as np

from cemlab.checks import require_choice
from cemlab.measure.frames import lazy, number_column
from cemlab.measure.rows import reasons, unit_products, with_units
from cemlab.measure.schema import as_list
from cemlab.measure.sums import scoring

MIN_USERS, MIN_JOINT = 100, 30
LARGEST_REPAIR = 0.1


class NoDrivers(ValueError):
    """Answers that carry no driver analysis: too few, too much alike, or contradicting each other."""


@dataclass(frozen=True)
class DriverSums:
    """Sums of a driver analysis; made by `driver_sums`."""

    outcome: str
    drivers: list  # those that can be estimated
    excluded: dict  # driver -> why not: constant, few_users, few_joint_users
    missing: str  # "complete", "listwise" or "pairwise"
    unit_kind: str  # what is resampled: persons, replicates or clusters
    units: np.ndarray  # (units, m, m) sums of products
    noise_scale: float  # sum of w^2 over sum of w
    people: object  # frame of `reasons`: n, n_missing, not_applicable by item
    n: int  # answers to the outcome that take part
    n_eff: float
    options: dict  # what the sums were made with

    @property
    def k(self):
        return len(self.drivers)

    @property
    def total(self):
        return self.units.sum(axis=0)

    def draws(self, number, seed):
        """Sums of `number` bootstrap samples of the units: (number, m, m)."""
        size, m = self.units.shape[0], self.units.shape[-1]
        rng = np.random.default_rng(seed)
        flat = self.units.reshape(size, -1)
        out = np.empty((number, m * m))
        for start in range(0, number, 500):
            stop = min(start + 500, number)
            out[start:stop] = rng.multinomial(size, np.full(size, 1 / size), size=stop - start).astype(float) @ flat
        return out.reshape(number, m, m)

    def describe(self, sums):
        """Base weights (k + 1), means (k + 1), standard deviations and correlations (k + 1, k + 1); outcome last."""
        size = self.k + 1
        values, answered = slice(0, size), slice(size, 2 * size)
        joint = sums[..., answered, answered]
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = sums[..., values, answered] / joint  # of the row's column, over those who also answered the column's
            covariance = sums[..., values, values] / joint - mean * np.swapaxes(mean, -1, -2)
        base = np.einsum("...ii->...i", joint)
        means = np.einsum("...ii->...i", mean)
        sd = np.sqrt(np.maximum(np.einsum("...ii->...i", covariance), 0.0))
        with np.errstate(divide="ignore", invalid="ignore"):
            correlation = np.nan_to_num(covariance / sd[..., :, None] / sd[..., None, :], posinf=0.0, neginf=0.0)
        correlation[..., np.arange(self.k + 1), np.arange(self.k + 1)] = 1.0
        return base, means, sd, correlation

    def reach(self, base):
        """Percent of those asked who used each driver, from the base weights of `describe`."""
        who = self.people.loc[self.drivers]
        known = (who["n"] + who["not_applicable"]).to_numpy(float)
        if self.missing != "pairwise":
            return np.broadcast_to(100 * who["n"].to_numpy(float) / known, (*base.shape[:-1], self.k)).copy()
        return np.minimum(100 * base[..., : self.k] / base[..., self.k :] * who["rows"].to_numpy(float) / known, 100.0)

    def noise(self, number, seed, inflate):
        """Correlations of `number` pure-noise drivers with drivers and outcome: (number, k + 1).

        A noise driver z is independent of everything, so its sums with 1, x and y are normal with covariance the sum of
        w^2 (1, x, y)(1, x, y)': drawn from the sums, no row is touched. `inflate` is the variance that resampling adds
        (2 for a noise driver in a bootstrap sample, 1 in the sample itself).
        """
        base, means, sd, _ = self.describe(self.total)
        turn = np.hstack([np.diag(1 / base / sd), np.diag(-means / base / sd)])  # sums to correlations
        covariance = turn @ self.total @ turn.T * self.noise_scale * inflate
        covariance += 1e-10 * np.diag(np.diag(covariance))  # drivers that repeat each other
        values = np.random.default_rng(seed).normal(size=(number, self.k + 1))
        return values @ np.linalg.cholesky(covariance).T


def driver_sums(
    data, outcome, drivers, *, weights=None, cluster=None, metric="mean", missing="pairwise", min_users=MIN_USERS
):
    """Reduce rows to the sums of a driver analysis (`key_drivers` tells what the arguments mean).

    Returns
    -------
    DriverSums

    Raises
    ------
    ValueError
        Unknown column, text instead of numbers, the outcome among the drivers, a driver named twice, fewer than two
        drivers that can be estimated, an unknown `missing` or `metric`.
    """
    where, drivers = "key_drivers", as_list(drivers)
    require_choice(missing, ("pairwise", "listwise"), name="missing", where=where)
    require_choice(metric, ("mean", "nps"), name="metric", where=where)
    again = sorted({d for d in drivers if drivers.count(d) > 1})
    if again or outcome in drivers:
        raise ValueError(f"{where}: {(again or [outcome])[0]!r} stands twice among outcome and drivers; keep one.")
    frame = lazy(data, where)
    people = reasons(frame.to_native(), [*drivers, outcome], where=where)  # names and types, before anything else
    if metric == "nps":
        value = number_column(outcome)
        points = scoring(outcome, "nps", where=where).expression(value)
        frame = frame.with_columns(nw.when(~value.is_null()).then(points).alias(outcome))
    frame = frame.filter(~number_column(outcome).is_null())
    people = reasons(frame.to_native(), [*drivers, outcome], where=where).set_index("item")
    if people.loc[outcome, "n"] == 0 or people.loc[outcome, "low"] == people.loc[outcome, "high"]:
        raise NoDrivers(
            f"{where}: the outcome {outcome!r} has no spread in {people.loc[outcome, 'n']:,} answers; nothing can drive it."
        )
    constant = [d for d in drivers if people.loc[d, "n"] == 0 or people.loc[d, "low"] == people.loc[d, "high"]]
    excluded = dict.fromkeys(constant, "constant")
    excluded |= {d: "few_users" for d in drivers if d not in excluded and people.loc[d, "n"] < min_users}
    kept = [d for d in drivers if d not in excluded]
    units, kind = with_units(frame.to_native(), cluster=cluster, where=where)
    gaps = bool((people.loc[kept, "n"] < people.loc[kept, "rows"]).any())
    if missing == "listwise" and gaps:
        for driver in kept:
            units = units.filter(~number_column(driver).is_null())
    found = unit_products(units.to_native(), [*kept, outcome], weights=weights, where=where)
    products, size = found["products"], len(kept) + 1
    if missing == "pairwise" and gaps:
        joint = products.sum(axis=0)[size:, size:] * found["n"].sum() / max(found["w"].sum(), 1e-300)
        all_kept = kept
        kept, dropped = drop_thin_pairs(kept, joint)
        excluded |= dropped
        keep = [i for i, d in enumerate([*all_kept, outcome]) if d in kept or d == outcome]
        places = [*keep, *(size + i for i in keep)]
        products = products[:, places][:, :, places]
    how = missing if gaps else "complete"
    if len(kept) < 2:
        raise NoDrivers(
            f"{where}: {len(kept)} of {len(drivers)} drivers can be estimated ({excluded}); at least 2 are needed. "
            f"Constant ratings tell nothing, and a touchpoint needs {min_users} users (`min_users`)."
        )
    w, w2 = found["w"].sum(), found["w2"].sum()
    if w == 0:
        raise NoDrivers(f"{where}: no row answers the outcome and all {len(kept)} drivers; take missing='pairwise'.")
    used = found["n"] > 0
    return DriverSums(
        outcome=outcome,
        drivers=kept,
        excluded={d: excluded[d] for d in drivers if d in excluded},
        missing=how,
        unit_kind=kind,
        units=products[used],
        noise_scale=w2 / w,
        people=people,
        n=int(found["n"].sum()),
        n_eff=w * w / w2,
        options={"metric": metric, "weighted": weights is not None, "cluster": cluster},
    )


def drop_thin_pairs(drivers, joint):
    """Leave out the less used driver of each pair that fewer than 30 people both used; the rest, and why not."""
    kept, dropped = list(range(len(drivers))), {}
    users = np.diag(joint)
    while True:
        thin = [(i, j) for i in kept for j in kept if i < j and joint[i, j] < MIN_JOINT]
        if not thin:
            return [drivers[i] for i in kept], dropped
        involved = [i for pair in thin for i in pair]
        worst = max(set(involved), key=lambda i: (involved.count(i), -users[i]))
        kept.remove(worst)
        dropped[drivers[worst]] = "few_joint_users"


def repaired(correlation):
    """Correlation matrices without negative eigenvalues (clipped, diagonal back to 1), and the largest change."""
    values, vectors = np.linalg.eigh(correlation)
    bad = values[..., 0] < -1e-10
    if not np.any(bad):
        return correlation, 0.0
    clipped = (vectors * np.maximum(values, 1e-6)[..., None, :]) @ np.swapaxes(vectors, -1, -2)
    scale = np.sqrt(np.einsum("...ii->...i", clipped))
    clipped = clipped / scale[..., :, None] / scale[..., None, :]
    out = np.where(bad[..., None, None], clipped, correlation)
    return out, float(np.abs(out - correlation).max())

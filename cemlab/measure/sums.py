"""From rows to additive sums of a scored answer: the shared ground of comparisons, periods and control charts."""

from dataclasses import dataclass

import narwhals as nw
import numpy as np
import pandas as pd

from cemlab.checks import require_choice, require_scale
from cemlab.measure.moments import counts, is_why_missing, moments
from cemlab.measure.schema import as_list
from cemlab.measure.score_rows import box_codes

METRICS = ("nps", "top_box", "bottom_box", "mean")
SUMS = ["n", "n_missing", "w", "w2", "wx", "wxx", "w2x", "w2xx"]


@dataclass(frozen=True)
class Scoring:
    """How one item's answers become scores: points for NPS, 0 or 100 for a box, the answer itself for a mean."""

    metric: str
    low: float | None = None
    high: float | None = None
    codes: tuple = ()

    @property
    def unit(self):
        """Unit of the estimate, as in the schema."""
        return {"nps": "points", "mean": "mean"}.get(self.metric, "percent")

    @property
    def is_share(self):
        """True for a share of answers (two-proportion tests), False for NPS and means."""
        return self.metric in ("top_box", "bottom_box")

    def of(self, values):
        """Scores of an array of answers."""
        if self.metric == "nps":
            return 100.0 * (values >= 9) - 100.0 * (values <= 6)
        return 100.0 * np.isin(values, self.codes) if self.is_share else values

    def expression(self, value):
        """The same scores as a narwhals expression."""
        if self.metric == "nps":
            return nw.when(value >= 9).then(nw.lit(100.0)).when(value <= 6).then(nw.lit(-100.0)).otherwise(nw.lit(0.0))
        if self.is_share:
            return nw.when(value.is_in([float(c) for c in self.codes])).then(nw.lit(100.0)).otherwise(nw.lit(0.0))
        return value


def scoring(item, metric, *, scale=None, top=None, bottom=None, where):
    """The Scoring of `item`; `scale`, `top` and `bottom` may be dicts from item to their value."""
    require_choice(metric, METRICS, name="metric", where=where)
    scale, top, bottom = (option.get(item) if isinstance(option, dict) else option for option in (scale, top, bottom))
    low, high = (
        (None, None) if scale is None else scale if isinstance(scale, (tuple, list)) else (scale.low, scale.high)
    )
    if metric == "nps":
        return Scoring(metric, 0, 10)
    if metric == "mean":
        return Scoring(metric, low, high)
    codes, name = (top, "top") if metric == "top_box" else (bottom, "bottom")
    if low is not None:
        codes = box_codes(codes, (low, high), item, name=name, where=where)
    elif codes is None:
        raise ValueError(
            f"{where}: {metric} of {item!r} needs `scale` (low, high) or `{name}` (the codes of the box), "
            "for example scale=(1, 5); the codebook holds both."
        )
    return Scoring(metric, low, high, tuple(as_list(codes) if not np.isscalar(codes) else [codes]))


def score_sums(data, items, scorings, *, by=None, weights=None, where):
    """Sums of scores by group: the `by` columns, item, n, n_missing, w, w2, wx, wxx, w2x, w2xx (they may be added up).

    `scorings` is a dict item -> Scoring. Means without a scale are reduced by `moments`; everything else goes through
    `counts`, which also serves the guard of the scale.
    """
    by = as_list(by)
    if all(s.metric == "mean" and s.low is None for s in scorings.values()):
        return moments(data, items, by=by, weights=weights, where=where)[[*by, "item", *SUMS]]
    table = counts(data, items, by=by, weights=weights, where=where)
    if not pd.api.types.is_numeric_dtype(table["value"]):
        values = pd.to_numeric(table["value"], errors="coerce")
        if (values.isna() & table["value"].notna()).any():
            raise ValueError(f"{where}: {items} hold text, not numbers; recode them in the codebook.")
        table = table.assign(value=values)
    given = table["value"].notna().to_numpy()
    value = np.where(given, table["value"].to_numpy(float), 0.0)
    x = np.zeros(len(table))
    for item, rule in scorings.items():
        rows = (table["item"] == item).to_numpy()
        if rule.low is not None:
            require_scale(table[rows], rule.low, rule.high, column=item, where=where)
        x[rows] = rule.of(value[rows])
    missing = is_why_missing(table["why"]).to_numpy(bool)
    n, w, w2 = (np.where(given, table[column].to_numpy(float), 0.0) for column in ("n", "w", "w2"))
    sums = [n, np.where(~given & missing, table["n"], 0.0), w, w2, w * x, w * x * x, w2 * x, w2 * x * x]
    keys = [*by, "item"]
    table = pd.DataFrame({**{key: table[key] for key in keys}, **dict(zip(SUMS, sums, strict=True))})
    return table.groupby(keys, sort=True, observed=True).sum().reset_index()


def side(sums, metric_is_mean):
    """One side of a comparison from its sums: arrays n, n_eff, mean, var (divisor n) and se2 on the effective base."""
    with np.errstate(divide="ignore", invalid="ignore"):
        w, w2 = sums["w"].to_numpy(float), sums["w2"].to_numpy(float)
        n_eff = np.where(w2 > 0, w * w / w2, 0.0)
        mean = np.where(w > 0, sums["wx"].to_numpy(float) / w, np.nan)
        var = np.maximum(sums["wxx"].to_numpy(float) / w - mean * mean, 0.0)
        var = np.where(var < 1e-13 * (mean * mean), 0.0, var)  # what is left of rounding when all answers are equal
        divisor = n_eff - 1 if metric_is_mean else n_eff
        se2 = np.where(divisor > 0, var / divisor, np.nan)
    return {"n": sums["n"].to_numpy(float), "n_eff": n_eff, "w": w, "mean": mean, "var": var, "se2": se2}

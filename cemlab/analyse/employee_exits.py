"""Who left after a survey, by band of engagement: people followed, shares at a few times, one ratio (`release.leavers` says why)."""

from datetime import date

import numpy as np
import pandas as pd
import polars as pl

from cemlab.analyse import employee_study as staff
from cemlab.measure.schema import comparisons

EPOCH = date(1970, 1, 1)
BANDS = ("low", "middle", "high")
DIGITS = 2  # of a coefficient: more would tell who of the known leavers was in which band


def followed(rows, book, wave):
    """People of a wave with ``band``, ``days__`` until they left or the dates end, and ``gone__`` (1, 0); None without HR data.

    Who left before answering (a date before the survey) is left out.
    """
    asked, hr = book.employee_questions, book.employee_questions.staff
    if asked.index is None or not staff.present(rows, [hr.left or hr.gone or ""]):
        return None
    mine = staff.in_bands(rows.filter(pl.col("_wave") == wave), book)
    if hr.gone:
        return mine.with_columns(pl.col(hr.gone).cast(pl.Float64).alias("gone__"))
    gone, days, seen = leaving(hr)
    made = mine.with_columns(days.alias("days__"), gone.cast(pl.Float64).alias("gone__"), seen.alias("seen__"))
    return made.filter(pl.col("days__") > 0)


def leaving(hr):
    """Expressions: whether somebody left until the dates end, days from the answer until then or the end, days to the end."""
    start = pl.col("_date").cast(pl.Int32).cast(pl.Float64)
    end = float((hr.until - EPOCH).days)
    gone = pl.col(hr.left).is_not_null() & (pl.col(hr.left) <= end)
    return gone, pl.when(gone).then(pl.col(hr.left)).otherwise(pl.lit(end)) - start, pl.lit(end) - start


def survival(people, times):
    """`turnover_survival` at `times` and `turnover_cox` up to the last of them; (None, None) where too few left."""
    from cemlab.analyse.turnover import turnover_cox, turnover_survival

    if not times:
        return None, None
    end, known = float(times[-1]), people.filter(pl.col("band").is_not_null())
    inside = (pl.col("days__") <= end) & (pl.col("gone__") == 1)
    cut = known.select(  # leavers after the last time are told of in no figure
        "band", pl.min_horizontal("days__", pl.lit(end)).alias("days__"), inside.cast(pl.Float64).alias("gone__")
    )
    found = turnover_survival(cut, "days__", "gone__", band="band", at=tuple(float(t) for t in times)).estimates
    found = found.assign(n_eff=found["n"].astype(float))  # everybody is followed to the end
    try:
        return found, few_digits(turnover_cox(cut, "days__", "gone__", band="band", reference="high"))
    except ValueError:
        return found, None


def risk(people):
    """`turnover_risk` against high engagement; None where too few left."""
    from cemlab.analyse.turnover import turnover_risk

    known = people.filter(pl.col("band").is_not_null())
    try:
        return few_digits(turnover_risk(known, "gone__", band="band", reference="high"))
    except ValueError:
        return None


def few_digits(frame):
    """Coefficients (not shares) with two digits: full ones would fit one way only of placing the known leavers in bands."""
    rows = ~frame["metric"].isin(["left", "left_within"])
    out = frame.copy()
    for column in ("estimate", "se", "ci_low", "ci_high", "p_value"):
        values = out.loc[rows, column].to_numpy(float)
        out.loc[rows, column] = [float(f"{v:.{DIGITS}g}") if np.isfinite(v) else v for v in values]
    return out


def turnover_claim(ratios, index):
    """Low against high engagement as one candidate: the hazard (or odds) ratio, its logarithm tested; None without."""
    if ratios is None:
        return None
    rows = ratios[ratios["metric"].isin(["hazard_ratio", "odds_ratio"]) & (ratios["band"] == "low")]
    if not len(rows) or not np.isfinite(rows["estimate"].iloc[0]):
        return None
    row = rows.iloc[0]
    made = pd.DataFrame([{
        "metric": "hazard_ratio", "item": index, "unit": "ratio", "estimate": row["estimate"], "n": row["n"],
        "n_eff": row["n"], "reference": "target", "n_reference": np.nan, "difference": np.log(row["estimate"]),
        "difference_low": np.log(row["ci_low"]), "difference_high": np.log(row["ci_high"]), "p_value": row["p_value"],
        "p_adjusted": row["p_value"], "adjust": "none", "level": row["level"], "method": row["method"], "status": row["status"],
    }])  # fmt: skip
    return comparisons(made)

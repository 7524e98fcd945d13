"""What an employee study estimates from people rather than units: drivers, the same people in two waves, who left afterwards."""

from datetime import date

import numpy as np
import pandas as pd
import polars as pl

from cemlab.analyse import employee_study as staff
from cemlab.measure.schema import comparisons

EPOCH = date(1970, 1, 1)
BANDS = ("low", "middle", "high")


def drivers(rows, book, outcome, *, unit=None, part="within", draws=1000, seed=1):
    """`unit_drivers` of an outcome by the dimensions other than the index; None where there are too few of them."""
    from cemlab.analyse.unit_drivers import unit_drivers

    names = [name for name in staff.dimensions(rows, book) if name not in (outcome, book.employee_questions.index)]
    if len(names) < 2 or outcome is None or not staff.present(rows, [outcome]):
        return None
    if unit is None:
        from cemlab.analyse.drivers import key_drivers

        return key_drivers(rows, outcome, names, missing="listwise", draws=draws, seed=seed)
    return unit_drivers(rows.drop_nulls(unit), outcome, names, unit=unit, part=part, draws=draws, seed=seed)


def driver_claims(results):
    """Each driver against noise, as comparisons for the report's family; None without results."""
    from cemlab.analyse.driver_table import driver_claims as claims_of

    if results is None:
        return None
    made = claims_of(results)
    return made.assign(reference="target") if len(made) else None


def panel(everyone, wave, previous, person):
    """Rows of those who answered both waves; None without a wave before or without persons."""
    if previous is None or person is None:
        return None
    rows = everyone.filter(pl.col("_wave").is_in([wave, previous]) & pl.col(person).is_not_null())
    both = rows.group_by(person).agg(pl.col("_wave").n_unique().alias("waves")).filter(pl.col("waves") == 2)
    return rows.join(both.select(person), on=person, how="semi").collect().lazy()


def dropout(rows, book, *, wave, previous, person, level=0.95):
    """Odds of not answering again for one point more on a dimension of the last wave (logit, one dimension at a time).

    Parameters
    ----------
    rows : polars.LazyFrame
        Those who answered, both waves, with their scores.
    book : Codebook
    wave, previous, person : str

    Returns
    -------
    pandas.DataFrame or None
        Estimates, metric "odds_ratio", item the dimension, ``p_value``; None without persons or when too few stayed or went.
    """
    import statsmodels.api as sm
    from scipy.stats import norm

    from cemlab.measure.schema import estimates

    if previous is None or person is None:
        return None
    again = rows.filter(pl.col("_wave") == wave).select(person).unique().with_columns(pl.lit(1.0).alias("again"))
    names = list(staff.dimensions(rows, book))
    then = rows.filter(pl.col("_wave") == previous).join(again, on=person, how="left")
    table = then.select(*names, (1.0 - pl.col("again").fill_null(0.0)).alias("gone")).collect().to_pandas()
    out, z = [], norm.ppf(0.5 + level / 2)
    for name in names:
        known = table[[name, "gone"]].dropna()
        if min(known["gone"].sum(), (1 - known["gone"]).sum()) < 30:
            return None
        fitted = sm.Logit(known["gone"].to_numpy(), sm.add_constant(known[[name]].to_numpy())).fit(disp=0)
        slope, se = fitted.params[1], fitted.bse[1]
        out.append({
            "metric": "odds_ratio", "item": name, "unit": "ratio", "estimate": np.exp(slope), "se": np.exp(slope) * se,
            "ci_low": np.exp(slope - z * se), "ci_high": np.exp(slope + z * se), "n": len(known), "n_eff": len(known),
            "p_value": 2 * norm.sf(abs(slope / se)),
        })  # fmt: skip
    frame = pd.DataFrame(out)
    return estimates(frame.assign(level=level, method="logit", at=np.nan)).assign(p_value=frame["p_value"])


def followed(rows, book, wave):
    """People of a wave with ``band``, ``days`` until they left or the dates end, and ``left`` (1, 0); None without HR data.

    Who left before answering (a date before the survey) is left out.
    """
    asked, hr = book.employee_questions, book.employee_questions.staff
    if asked.index is None or not staff.present(rows, [hr.left or hr.gone or ""]):
        return None
    mine = staff.in_bands(rows.filter(pl.col("_wave") == wave), book)
    if hr.gone:
        return mine.with_columns(pl.col(hr.gone).cast(pl.Float64).alias("gone__"))
    start = (pl.col("_date").cast(pl.Int32)).cast(pl.Float64)
    end = float((hr.until - EPOCH).days)
    left = pl.col(hr.left).is_not_null() & (pl.col(hr.left) <= end)
    days = pl.when(left).then(pl.col(hr.left)).otherwise(pl.lit(end)) - start
    made = mine.with_columns(days.alias("days__"), left.cast(pl.Float64).alias("gone__"))
    return made.filter(pl.col("days__") > 0)


def survival(people, *, at=(180.0, 365.0)):
    """`turnover_survival` and `turnover_cox` against high engagement; None where too few left."""
    from cemlab.analyse.turnover import turnover_cox, turnover_survival

    known = people.filter(pl.col("band").is_not_null())
    try:
        ratios = turnover_cox(known, "days__", "gone__", band="band", reference="high")
    except ValueError:
        return None
    return turnover_survival(known, "days__", "gone__", band="band", at=at), ratios


def risk(people):
    """`turnover_risk` against high engagement; None where too few left."""
    from cemlab.analyse.turnover import turnover_risk

    known = people.filter(pl.col("band").is_not_null())
    try:
        return turnover_risk(known, "gone__", band="band", reference="high")
    except ValueError:
        return None


def turnover_claim(ratios, index):
    """Low against high engagement as one candidate: the hazard (or odds) ratio, its logarithm tested; None without."""
    if ratios is None:
        return None
    rows = ratios[ratios["metric"].isin(["hazard_ratio", "odds_ratio"]) & (ratios["band"] == "low")]
    if not len(rows):
        return None
    row = rows.iloc[0]
    made = pd.DataFrame([{
        "metric": "hazard_ratio", "item": index, "unit": "ratio", "estimate": row["estimate"], "n": row["n"],
        "n_eff": row["n"], "reference": "target", "n_reference": np.nan, "difference": np.log(row["estimate"]),
        "difference_low": np.log(row["ci_low"]), "difference_high": np.log(row["ci_high"]), "p_value": row["p_value"],
        "p_adjusted": row["p_value"], "adjust": "none", "level": row["level"], "method": row["method"], "status": row["status"],
    }])  # fmt: skip
    return comparisons(made)


def large_bands(frame, least):
    """Whether every band of a frame holds at least `least` persons."""
    return bool((frame["n"] >= least).all())

"""What an employee study estimates from people rather than units: drivers, the same people in two waves."""

import numpy as np
import pandas as pd
import polars as pl

from cemlab.analyse import employee_study as staff


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

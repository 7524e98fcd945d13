"""What an employee study estimates from people rather than units: drivers, the same people in two waves."""

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


def panel_scores(rows, book):
    """(rows with a number for every figure whose change is told, {its column: (metric, item, unit)})."""
    asked, made, kinds = book.employee_questions, [], {}
    for name in staff.dimensions(rows, book):
        kinds[f"{name}__favourable"] = ("favourable", name, "percent")
    for column in book.of_role("nps"):
        if staff.present(rows, [column.name]):
            value = pl.col(column.name)
            score = pl.when(value >= 9).then(100.0).when(value <= 6).then(-100.0).when(value.is_not_null()).then(0.0)
            made.append(score.alias("nps__"))
            kinds["nps__"] = ("nps", column.name, "points")
    for name in filter(None, (asked.satisfaction, asked.stay)):
        if staff.present(rows, [name]):
            top = pl.col(name).is_in([float(code) for code in book.columns[name].scale.top_codes])
            made.append(pl.when(pl.col(name).is_not_null()).then(top.cast(pl.Float64) * 100).alias(f"{name}__top"))
            kinds[f"{name}__top"] = ("top_box", name, "percent")
    return rows.with_columns(*made), kinds


def of_both(rows, wave, previous, person):
    """Rows of both waves whose persons are known; None without a wave before, without persons, or if nobody answered twice."""
    if previous is None or person is None:
        return None
    rows = rows.filter(pl.col("_wave").is_in([wave, previous]) & pl.col(person).is_not_null())
    waves = rows.group_by(person).agg(pl.col("_wave").n_unique().alias("waves")).select("waves").collect()["waves"]
    return rows if len(waves) and waves.max() == 2 else None


def all_twice(rows, wave, previous, person):
    """Whether everybody stands in both waves."""
    rows = rows.filter(pl.col("_wave").is_in([wave, previous]))
    waves = rows.group_by(person).agg(pl.col("_wave").n_unique().alias("waves"))
    return waves.filter(pl.col("waves") < 2).head(1).collect().is_empty()


def panel_changes(rows, book, *, wave, previous, person):
    """`panel_change` of every figure: ``method`` paired (the same people) and likelihood (everybody, drop-out at random given answers).

    None without people who answered both.
    """
    from cemlab.analyse.panel_change import panel_change

    rows = of_both(rows, wave, previous, person)
    if rows is None:
        return None
    rows, kinds = panel_scores(rows, book)
    found = panel_change(rows, list(kinds), person=person, wave="_wave", previous=previous, current=wave)
    found = found[found["method"].isin(["paired", "likelihood"])].reset_index(drop=True)
    parts = [kinds[column] for column in found["item"]]
    return found.assign(
        **{name: [part[place] for part in parts] for place, name in enumerate(("metric", "item", "unit"))}
    )


def dropout(rows, book, *, wave, previous, person):
    """`panel_dropout` by the dimensions of the last wave: share lost, odds ratios together, gaps one by one; None without people."""
    from cemlab.analyse.panel_change import panel_dropout

    rows = of_both(rows, wave, previous, person)
    if rows is None:
        return None
    names = list(staff.dimensions(rows, book))
    return panel_dropout(rows, names, person=person, wave="_wave", previous=previous, current=wave)

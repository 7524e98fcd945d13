"""How many distinct persons stand behind each group and item."""

import narwhals as nw
import pandas as pd

from cemlab.checks import require_columns
from cemlab.measure.frames import collect_all, columns_of, group_column, lazy
from cemlab.measure.remembered import tables_of
from cemlab.measure.schema import ALL, as_list


def distinct_persons(data, by=None, *, person="_person", items=None):
    """Distinct persons in total, by each cut and, where asked, by item.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per answer.
    by : str or list, optional
        Cuts: each entry is a column, or a list of columns that are crossed.
    person : str or None, default "_person"
        Column of the person; rows without one count as a person each. None: every row is a person.
    items : str or list of str, optional
        Count, for each of these columns, only persons who answered it.

    Returns
    -------
    pandas.DataFrame
        One column per cut column ("(all)" where a row does not make that cut), ``item`` if asked, ``persons``.

    Raises
    ------
    ValueError
        Unknown column.

    Notes
    -----
    Rows without a person are taken as different persons, which overstates how many there are: in anonymous surveys the
    same person may have answered twice. Totals are counted, not added up: a person may be in two groups.

    Examples
    --------
    >>> import pandas as pd
    >>> answers = pd.DataFrame({"_person": ["p", "p", "q"], "team": ["a", "b", "b"]})
    >>> distinct_persons(answers, "team")
        team  persons
    0  (all)        2
    1      a        1
    2      b        2
    """
    where = "distinct_persons"
    cuts = [[], *(as_list(cut) for cut in as_list(by))]
    columns = list(dict.fromkeys(column for cut in cuts for column in cut))
    items = as_list(items)
    frame = lazy(data, where)
    require_columns(columns_of(frame), [*columns, *items, *as_list(person)], where)
    asked = {tuple(cut): ("persons", *cut, None, *items, None, person) for cut in cuts}
    known = tables_of(frame.to_native())
    lacking = [cut for cut in asked if asked[cut] not in known]
    made = collect_all([persons_query(frame, cut, items, person) for cut in lacking])
    known |= {asked[cut]: table for cut, table in zip(lacking, made, strict=True)}
    tables = [known[asked[tuple(cut)]] for cut in cuts]
    out = []
    for cut, table in zip(cuts, tables, strict=True):
        table = table.rename(columns={f"by__{column}": column for column in cut})
        table = table.sort_values(cut, kind="stable") if cut else table
        groups = pd.DataFrame({c: table[c] if c in cut else ALL for c in columns}, index=table.index)
        for item in items or [None]:
            name = f"persons__{item}" if item else "persons"
            piece = groups.assign(**({"item": item} if item else {}), persons=table[name].fillna(0).astype("int64"))
            out.append(piece)
    return pd.concat(out, ignore_index=True)


def persons_query(frame, cut, items, person):
    """Rows are counted by person first, persons second; a row without a person is one more person."""
    schema = frame.collect_schema()
    nobody = nw.lit(None, nw.String)
    keys = [f"by__{column}" for column in cut]
    answered = [nw.when(given(item, schema)).then(nw.lit(1)).otherwise(nw.lit(0)).alias(f"a__{item}") for item in items]
    rows = frame.with_columns(  # a select of constants alone would have one row
        *(group_column(column, schema) for column in cut),
        (nw.col(person) if person else nobody).alias("person__"),
        nw.lit(1).alias("row__"),
        *answered,
    )
    sums = [nw.col("row__").sum(), *(nw.col(f"a__{item}").sum() for item in items)]
    per_person = rows.group_by(*keys, "person__").agg(*sums)
    alone = nw.col("person__").is_null()
    persons = [nw.when(alone).then(nw.col("row__")).otherwise(nw.lit(1)).alias("persons")]
    for item in items:
        own = nw.col(f"a__{item}")
        once = nw.when(own > 0).then(nw.lit(1)).otherwise(nw.lit(0))
        persons.append(nw.when(alone).then(own).otherwise(once).alias(f"persons__{item}"))
    names = ["persons", *(f"persons__{item}" for item in items)]
    counted = per_person.select(*(nw.col(key) for key in keys), *persons)
    totals = [nw.col(name).sum() for name in names]
    return counted.group_by(*keys).agg(*totals) if keys else counted.select(*totals)


def given(item, schema):
    """True where a column holds an answer; NaN is none."""
    column = nw.col(item)
    return ~(column.fill_nan(None) if schema[item].is_float() else column).is_null()

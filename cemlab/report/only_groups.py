"""Which groups a report may be kept to: what is published must not tell, by subtraction, about a few persons left out.

The total is published, and so is a report of each group that may have one. Total less these reports leaves the groups
without one; where that is somebody, but fewer than the minimum, the smallest published group gets none either. Judged
period by period, for one set of columns at a time: reports by hotel beside reports by hotel and tier, or a quarter less
two of its months, are not held against each other.
"""

import itertools

import polars as pl

from cemlab.measure.schema import MISSING

FEW = "schedule: {unit} has fewer than {least} persons in {period}"
FIRST = 100  # so many answers of a group, times the minimum, are looked at for its persons before all of them are
BESIDE = "schedule: {unit} is kept back in {period}: its report beside the others would tell about fewer than {least} persons"


def persons_in(pairs):
    """Distinct persons of rows ``person, rows``; a row without a person is one more person."""
    alone = pairs["person"].is_null()
    return int(pairs.filter(alone)["rows"].sum()) + pairs.filter(~alone)["person"].n_unique()


def pairs_of(answers, columns, person, least):
    """Persons by group: the columns as text ("(missing)" where there is none), ``person, rows``, of a lazy frame.

    Only of groups that may be fewer than `least` are the persons listed. A larger one is one row without a person and with
    its answers: whatever it is put together with is no few persons, so memory does not grow with answers.
    """
    texts = [pl.col(c).cast(pl.String).fill_null(MISSING).alias(c) for c in columns]
    who = (pl.col(person).cast(pl.String) if person else pl.lit(None, pl.String)).alias("person")
    rows = answers.select(*texts, who)
    first = pl.col("person").head(FIRST * least)
    at_least = first.drop_nulls().n_unique() + first.null_count()
    sizes = rows.group_by(*columns).agg(rows=pl.len(), persons=at_least).collect()
    large = sizes.filter(pl.col("persons") >= least)
    small = rows.join(sizes.filter(pl.col("persons") < least).lazy().select(columns), on=columns, how="semi")
    small = small.group_by(*columns, "person").agg(rows=pl.len()).collect()
    return pl.concat([large.select(*columns, pl.lit(None, pl.String).alias("person"), "rows"), small])


def margins(pairs, columns):
    """The totals that are published beside the groups: everybody, and each group of fewer of the columns."""
    yield pairs
    for number in range(1, len(columns)):
        for some in itertools.combinations(columns, number):
            yield from (part for _, part in pairs.group_by(*some, maintain_order=True))


def groups_without(pairs, columns, least):
    """Groups that get no report of their own.

    Parameters
    ----------
    pairs : polars.DataFrame
        From `pairs_of`, of one wave.
    columns : list of str
        The columns that define the groups.
    least : int
        Persons a report must rest on.

    Returns
    -------
    dict of tuple to int
        Codes of the columns -> persons; -1 in place of the number for a group that is large enough and kept back only
        because the others would be told by subtraction.
    """
    person = pl.col("person")  # as `persons_in` counts, all groups at once
    persons = person.drop_nulls().n_unique() + pl.col("rows").filter(person.is_null()).sum()
    counted = pairs.group_by(*columns).agg(persons=persons).sort(columns)
    sizes = {tuple(code): int(n) for *code, n in counted.rows()}
    closed = {code: n for code, n in sizes.items() if n < least or MISSING in code}
    changed = bool(closed)
    while changed:  # a group kept back for one total may leave too few in another
        changed = False
        for part in margins(pairs, columns):
            own = part.partition_by(columns, as_dict=True)
            shown = sorted((sizes[code], code) for code in own if code not in closed)
            left = [own[code] for code in own if code in closed]
            if shown and left and 0 < persons_in(pl.concat(left)) < least:
                closed[shown[0][1]] = -1
                changed = True
    return closed


def may_be_kept_to(pairs, only, least, closed=None):
    """Whether a report may be kept to these groups ({column: codes}); `closed` are those of `groups_without`.

    Of the groups without a report, neither those inside nor those outside may be fewer than `least` persons: the report,
    or the total less the report, would tell about them.
    """
    columns = list(only)
    closed = groups_without(pairs, columns, least) if closed is None else closed
    inside = pl.all_horizontal(pl.col(c).is_in(codes) for c, codes in only.items())
    if persons_in(pairs.filter(inside)) < least:
        return False
    if not closed:
        return True
    shut = pl.Series([code in closed for code in pairs.select(columns).rows()], dtype=pl.Boolean)
    for part in margins(pairs.with_columns(shut=shut), columns):
        if persons_in(part) < least:  # no report shows this total
            continue
        for side in (inside, ~inside):
            if 0 < persons_in(part.filter(side & pl.col("shut"))) < least:
                return False
    return True


def told(code, n, columns, *, period, least):
    """Why a unit gets no report, in one sentence."""
    unit = ",".join(f"{c}={v}" for c, v in zip(columns, code, strict=True))
    return (BESIDE if n < 0 else FEW).format(unit=unit, period=period, least=least)

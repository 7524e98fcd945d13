"""The employee study: which figures it reports, level by level of the organisation, and which claims it may make."""

import polars as pl

from cemlab.measure.compare import compare_waves
from cemlab.measure.schema import combine
from cemlab.measure.scores import nps, nps_shares, top_box

SEPARATOR = " / "  # between the codes of a unit whose own code stands under several parents


def present(data, names):
    """The columns among `names` that `data` has."""
    have = set(data.collect_schema().names())
    return [name for name in names if name in have]


def dimensions(data, book):
    """{dimension: items that the data have}; dimensions without any are left out."""
    asked = book.employee_questions.items
    found = {name: present(data, items) for name, items in asked.items()}
    return {name: items for name, items in found.items() if items}


def scales(book, items):
    """Keyword arguments of the measures: bounds, favourable and unfavourable codes of every item."""
    parts = {item: book.columns[item].scale for item in items}
    return {
        "scale": {item: (scale.low, scale.high) for item, scale in parts.items()},
        "top": {item: list(scale.top_codes) for item, scale in parts.items()},
        "bottom": {item: list(scale.bottom_codes) for item, scale in parts.items()},
    }


def every_item(groups):
    """The items of all dimensions, in order."""
    return [item for items in groups.values() for item in items]


def distinct_units(data, levels):
    """Rows whose unit codes are unique on every level: a code that stands under several parents carries its parent's."""
    frame = data
    for above, level in zip(levels, levels[1:], strict=False):
        pairs = frame.select(above, level).drop_nulls().unique().collect()
        if pairs[level].n_unique() < len(pairs):
            joined = pl.concat_str([pl.col(above), pl.lit(SEPARATOR), pl.col(level)])
            frame = frame.with_columns(joined.alias(level))
    return frame


def by_levels(make, levels):
    """`make(None)` for everybody and `make(level)` for each level, under one another."""
    frames = [make(None), *(make(level) for level in levels)]
    frames = [frame for frame in frames if frame is not None and len(frame)]
    return combine(frames, by=list(levels)) if frames else None


def index_scores(data, book, *, by=None, weights=None, headcount=None, level=0.95):
    """`engagement_index` of every dimension, from rows with persons' scores; None where the data have none."""
    from cemlab.measure.scales import index_of_scores

    groups = dimensions(data, book)
    if not groups:
        return None
    options = {"by": by, "weights": weights, "headcount": headcount, "level": level}
    return index_of_scores(data, groups, scale=scales(book, every_item(groups))["scale"], **options)


def item_scores(data, book, *, by=None, weights=None, level=0.95):
    """The same item by item."""
    from cemlab.measure.scales import engagement_index

    items = every_item(dimensions(data, book))
    return engagement_index(data, items, **scales(book, items), by=by, weights=weights, level=level) if items else None


def headline(data, book, *, by=None, weights=None, headcount=None, level=0.95):
    """eNPS, satisfaction and the wish to leave (shares of the top codes), as far as they were asked; None without any."""
    from cemlab.measure.census import census_intervals

    asked, options = book.employee_questions, {"by": by, "weights": weights, "level": level}
    frames = [nps(data, c.name, **options) for c in book.of_role("nps") if present(data, [c.name])]
    for name in filter(None, (asked.satisfaction, asked.stay)):
        if present(data, [name]):
            scale = book.columns[name].scale
            frames.append(top_box(data, name, scale=(scale.low, scale.high), top=list(scale.top_codes), **options))
    if not frames:
        return None
    out = combine(frames, by=[by] if by else [])
    return out if headcount is None else census_intervals(out, headcount, by=by)


def enps_parts(data, book, *, weights=None, by=None):
    """Promoters, passives and detractors with the eNPS; None where it was not asked."""
    frames = []
    for column in book.of_role("nps"):
        if present(data, [column.name]):
            frames += [
                nps_shares(data, column.name, by=by, weights=weights),
                nps(data, column.name, by=by, weights=weights),
            ]
    return combine(frames) if frames else None


def wave_changes(data, book, *, wave, previous, weights=None, person=None):
    """Change of every dimension's favourable share, of eNPS, satisfaction and the wish to leave; None without a wave before.

    `data` holds both waves with the persons' scores (`person_scores`); people who answered both are paired.
    """
    if previous is None:
        return None
    groups, asked = dimensions(data, book), book.employee_questions
    options = {"wave": "_wave", "current": wave, "previous": previous, "weights": weights, "id": person}
    frames = []
    for name in groups:
        column = f"{name}__favourable"
        made = compare_waves(data, column, metric="mean", **options)
        frames.append(made.assign(item=name, metric="favourable", unit="percent"))
    for column in book.of_role("nps"):
        if present(data, [column.name]):
            frames.append(compare_waves(data, column.name, metric="nps", **options))
    for name in filter(None, (asked.satisfaction, asked.stay)):
        if present(data, [name]):
            scale = book.columns[name].scale
            boxes = {"metric": "top_box", "scale": (scale.low, scale.high), "top": list(scale.top_codes)}
            frames.append(compare_waves(data, name, **boxes, **options))
    return combine(frames) if frames else None


def stay_column(book):
    """The question on the wish to leave, or None."""
    name = book.employee_questions.stay
    return book.columns[name] if name else None


def bands(book):
    """Codes and limits of the bands of engagement on the mean of the index: low, middle, high."""
    asked = book.employee_questions
    if asked.bands:
        return asked.bands
    items = asked.dimensions[asked.index].items if asked.index else ()
    if not items:
        return None
    scale = book.columns[items[0]].scale
    width = (scale.high - scale.low) / 4
    return (scale.low + 2 * width, scale.low + 3 * width)


def in_bands(data, book):
    """`data` with the column ``band`` (low, middle, high) from the mean of the index."""
    low, high = bands(book)
    score = pl.col(book.employee_questions.index)
    band = pl.when(score < low).then(pl.lit("low")).when(score < high).then(pl.lit("middle"))
    return data.with_columns(pl.when(score.is_not_null()).then(band.otherwise(pl.lit("high"))).alias("band"))

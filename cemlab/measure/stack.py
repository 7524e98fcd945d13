"""Respondents turned into respondent x brand rows, so that brands are measured like groups and errors follow the respondent."""

import narwhals as nw

from cemlab.checks import require_columns
from cemlab.measure.frames import columns_of, lazy, number_column

RESPONDENT = "_respondent"


def stack_brands(data, questions, *, brands, keep=(), brand="brand"):
    """One row per respondent and brand.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per respondent.
    questions : dict
        New column -> brand -> where it stands: a column of numbers (0/1, a rating), or (column, codes), which gives 1 where
        the answer is one of the codes, 0 where it is another. A brand that a question leaves out was not asked.
    brands : list of str
        Codes of the brands, in order.
    keep : list of str
        Columns repeated on each row of a respondent (segments, weights, wave).
    brand : str, default "brand"
        Name of the column of brands.

    Returns
    -------
    polars.LazyFrame, or a Spark data frame for one
        The `keep` columns, ``_respondent`` (the person where known, else the answer's key or row), `brand`, the questions as
        Float64, and ``<question>__why`` where the data say why an answer is missing.

    Raises
    ------
    ValueError
        Unknown column, no brands, no questions.

    Notes
    -----
    A respondent's rows hang together: errors across brands need ``cluster="_respondent"``. Within one brand each respondent
    has one row, so figures by brand need no cluster.

    Examples
    --------
    >>> import pandas as pd
    >>> answers = pd.DataFrame({"knows__a": [1.0, 0.0], "knows__b": [1.0, 1.0], "likes": ["a", "b"]})
    >>> where = {"knows": {"a": "knows__a", "b": "knows__b"}, "likes": {"a": ("likes", ["a"]), "b": ("likes", ["b"])}}
    >>> stack_brands(answers, where, brands=["a", "b"]).collect().sort("_respondent", "brand").to_pandas()
      _respondent brand  knows  likes
    0           0     a    1.0    1.0
    1           0     b    1.0    0.0
    2           1     a    0.0    0.0
    3           1     b    1.0    1.0
    """
    where = "stack_brands"
    if not brands or not questions:
        raise ValueError(f"{where}: {len(brands)} brands and {len(questions)} questions; give at least one of each.")
    frame = lazy(data, where)
    have = columns_of(frame)
    places = [place for by_brand in questions.values() for place in by_brand.values()]
    require_columns(have, [*keep, *(place if isinstance(place, str) else place[0] for place in places)], where)
    frame, have = named_respondents(frame, have)
    explained = [name for name, by in questions.items() if any(f"{column_of(p)}__why" in have for p in by.values())]
    parts = []
    for one in brands:
        columns = [nw.col(RESPONDENT), nw.lit(str(one)).alias(brand)]
        for name, by_brand in questions.items():
            place = by_brand.get(one)
            columns.append(answer(place, frame).alias(name))
            if name in explained:
                columns.append(reason(place, have).alias(f"{name}__why"))
        parts.append(frame.select(*(nw.col(c) for c in keep), *columns))
    return nw.concat(parts, how="vertical").to_native()


def column_of(place):
    """The column that a place reads."""
    return place if isinstance(place, str) else place[0]


def named_respondents(frame, have):
    """The frame with a text column that tells respondents apart."""
    known = [nw.col(name).cast(nw.String) for name in ("_person", "_key") if name in have]
    if "_key" not in have:
        native = frame.to_native()
        if hasattr(native, "with_row_index"):
            frame = nw.from_native(native.with_row_index("row__"))
            known.append(nw.col("row__").cast(nw.String))
        elif not known:
            raise ValueError("stack_brands: a Spark frame needs a column '_key' or '_person' that names respondents.")
    name = known[0]
    for other in known[1:]:
        name = nw.when(name.is_null()).then(other).otherwise(name)
    return frame.with_columns(name.alias(RESPONDENT)), have


def answer(place, frame):
    """Expression of one brand's answer as a number."""
    if place is None:
        return nw.lit(None, nw.Float64)
    if isinstance(place, str):
        return number_column(place)
    column, codes = place
    numeric = frame.collect_schema()[column].is_numeric()
    value = number_column(column) if numeric else nw.col(column)
    hit = value.is_in([float(c) for c in codes] if numeric else [str(c) for c in codes])
    number = nw.when(hit).then(nw.lit(1.0)).otherwise(nw.lit(0.0))
    return nw.when(~value.is_null()).then(number)


def reason(place, have):
    """Expression: why a brand's answer is missing."""
    if place is None:
        return nw.lit("not_asked")
    why = f"{column_of(place)}__why"
    return nw.col(why) if why in have else nw.lit(None, nw.String)

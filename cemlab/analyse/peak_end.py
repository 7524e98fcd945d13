"""Peak-end check: does the overall rating follow the average of the touchpoints, the worst, the best or the last one?"""

import narwhals as nw

from cemlab.analyse.drivers import key_drivers
from cemlab.measure.frames import lazy, number_column
from cemlab.measure.schema import as_list

MOMENTS = ("average", "low_point", "high_point", "last_moment")
FEWEST = 3


def peak_end(data, outcome, touchpoints, *, weights=None, cluster=None, level=0.95, seed=1, draws=2000):
    """How much of the overall rating goes with the average, the worst, the best and the last touchpoint of each person.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per answer.
    outcome : str
        Overall rating.
    touchpoints : list of str
        Ratings on one scale, in the order of the journey.
    weights, cluster, level, seed, draws
        As in `key_drivers`.

    Returns
    -------
    pandas.DataFrame
        Output of `key_drivers` for the items ``average, low_point, high_point, last_moment``: relative weights with
        intervals.

    Raises
    ------
    ValueError
        Fewer than three touchpoints.

    Notes
    -----
    Persons with fewer than three rated touchpoints are left out: for them the four figures are much the same. The average holds
    the other three, so that its share is shared by nature; relative weights divide what they have in common, and only a
    clear order of the shares tells anything. A memory of peaks and ends is one explanation among others (the last touchpoint may
    simply matter more).

    References
    ----------
    Kahneman, D., Fredrickson, B., Schreiber, C., Redelmeier, D. (1993). Psychological Science, 4, 401-405.
    """
    where, touchpoints = "peak_end", as_list(touchpoints)
    if len(touchpoints) < FEWEST:
        raise ValueError(f"{where}: {len(touchpoints)} touchpoints; average, peak and end differ from {FEWEST} on.")
    frame = lazy(data, where)
    values = [number_column(name) for name in touchpoints]
    rated = nw.sum_horizontal(*(nw.when(value.is_null()).then(nw.lit(0)).otherwise(nw.lit(1)) for value in values))
    frame = frame.with_columns(
        nw.mean_horizontal(*values).alias("average"),
        nw.min_horizontal(*values).alias("low_point"),
        nw.max_horizontal(*values).alias("high_point"),
        nw.coalesce(*reversed(values)).alias("last_moment"),
        rated.alias("rated__"),
    )
    frame = frame.filter(nw.col("rated__") >= FEWEST).to_native()
    options = {"weights": weights, "cluster": cluster, "level": level, "seed": seed, "draws": draws}
    return key_drivers(frame, outcome, list(MOMENTS), **options)

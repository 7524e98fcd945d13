"""Who answered at all: response rates, and whether the silent differ in what operational data know."""

import narwhals as nw

from cemlab.checks import require_columns
from cemlab.measure.compare import compare_groups
from cemlab.measure.frames import columns_of, lazy
from cemlab.measure.schema import as_list, combine
from cemlab.measure.scores import top_box


def response_rate(invited, answered, *, by=None, level=0.95):
    """Share of the invited who answered, in percent, by group.

    Parameters
    ----------
    invited : data frame
        One row per invitation (operational data).
    answered : str
        Column that is 1 (or true) where an answer came, else 0.
    by : str or list of str, optional
        Each column is cut on its own (channel, store).

    Returns
    -------
    pandas.DataFrame
        Estimates (metric "top_box" renamed "response_rate"): the total, then each cut.
    """
    frame = lazy(invited, "response_rate")
    require_columns(columns_of(frame), [answered], "response_rate")
    rows = frame.with_columns(nw.col(answered).cast(nw.Float64).alias(answered)).to_native()
    options = {"scale": (0, 1), "top": [1], "level": level}
    frames = [top_box(rows, answered, **options), *(top_box(rows, answered, by=cut, **options) for cut in as_list(by))]
    return combine(frames).assign(metric="response_rate")


def nonresponse(invited, answered, amounts, *, level=0.95, min_n=30):
    """Whether those who answered differ from those who did not, in what the operational data know (means).

    Parameters
    ----------
    invited : data frame
        One row per invitation.
    answered : str
        Column that is 1 where an answer came, else 0.
    amounts : str or list of str
        Numeric columns: spend, tenure, 0/1 for a complaint.

    Returns
    -------
    pandas.DataFrame
        Comparisons, one row per amount: those who answered against those who did not. No difference here is no proof of
        none in what was asked.
    """
    frame = lazy(invited, "nonresponse")
    require_columns(columns_of(frame), [answered, *as_list(amounts)], "nonresponse")
    state = nw.when(nw.col(answered).cast(nw.Float64) == 1).then(nw.lit("answered")).otherwise(nw.lit("silent"))
    rows = frame.with_columns(state.alias("state__")).to_native()
    found = compare_groups(
        rows, as_list(amounts), by="state__", metric="mean", level=level, min_n=min_n, against="complement"
    )
    found = found[found["state__"] == "answered"].drop(columns="state__")
    return found.assign(reference="silent").reset_index(drop=True)

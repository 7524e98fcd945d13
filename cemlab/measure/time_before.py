"""The periods before the newest wave: limits drawn from them show what that wave changed."""

import pandas as pd

from cemlab.measure.profile import wave_profile

FEWEST_PERIODS = 8


def time_before(chart, rows):
    """First and last period of a control chart that end before the newest wave of `rows` begins, as a baseline for its limits.

    None where there is one wave only or fewer than eight such periods with a figure.
    """
    waves = wave_profile(rows)
    starts = pd.Series(pd.to_datetime(chart["start"]).unique()).sort_values()
    if len(waves) < 2 or len(starts) < 2:
        return None
    begin = pd.to_datetime(waves["first"]).max()
    ended = starts[starts.shift(-1) <= begin]  # the next period has begun when the wave begins
    codes = chart[(chart["status"] == "ok") & pd.to_datetime(chart["start"]).isin(ended)]["at"].unique()
    return (codes[0], codes[-1]) if len(codes) >= FEWEST_PERIODS else None

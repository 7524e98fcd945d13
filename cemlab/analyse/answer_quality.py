"""Checks of response quality that a study's codebook allows, and the answers that it leaves out of every figure."""

import narwhals as nw

from cemlab.measure.frames import columns_of, lazy, number_column
from cemlab.measure.quality import quality_flags, without

RATED = ("nps", "outcome", "effort", "touchpoint")


def study_flags(data, codebook):
    """The answers with a column ``doubt__<check>`` for each check; None where the study asks no NPS.

    Contradictions are looked for between the recommendation (9 or 10) and each overall rating (its lowest codes), bursts of
    10s by store and minute. A codebook that names `least_seconds` judges speed by it instead of by the median.
    """
    have = set(columns_of(lazy(data, "study_flags")))
    score = codebook.only("nps")
    if score is None or score.name not in have:
        return None
    items = [c.name for c in codebook.of_role(*RATED) if c.name in have]
    pairs = [
        (score.name, 9, 10, c.name, c.scale.low, max(c.scale.bottom_codes))
        for c in codebook.of_role("outcome")
        if c.name in have
    ]
    store = codebook.only("store")
    bursts = {"burst_by": store.name, "praise": (score.name, 10)} if store and {"_at", store.name} <= have else {}
    rules = codebook.quality
    duration = "duration" if "duration" in have and rules.least_seconds is None else None
    flagged = quality_flags(
        data, items, duration=duration, pairs=pairs, most_missing=rules.most_missing, wave="_wave", **bursts
    )
    if rules.least_seconds is None or "duration" not in have:
        return flagged
    fast = (number_column("duration") < rules.least_seconds).fill_null(False)
    marked = nw.when(fast).then(nw.lit(1, nw.Int8)).otherwise(nw.lit(0, nw.Int8)).alias("doubt__speeder")
    return lazy(flagged, "study_flags").with_columns(marked).to_native()


def without_excluded(data, codebook):
    """The answers less those that the codebook leaves out (`quality.exclude`); as they are where it names none."""
    excluded = codebook.quality.exclude
    flagged = study_flags(data, codebook) if excluded else None
    if flagged is None:
        return data
    known = columns_of(lazy(flagged, "without_excluded"))
    return without(flagged, [check for check in excluded if f"doubt__{check}" in known])

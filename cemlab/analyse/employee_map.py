"""The heat map of an employee study on every level of the organisation, adjusted as one family; the dimensions against benchmarks."""

import numpy as np
import pandas as pd

from cemlab.analyse import employee_study as staff
from cemlab.measure.multiplicity import adjust_p
from cemlab.measure.schema import combine, comparisons

TARGET = "target"


def tested_map(data, book, levels, *, weights=None, metric="favourable", level=0.95):
    """Every unit of every level against everybody else (`unit_heatmap`), one family; None without units."""
    from cemlab.analyse.unit_heatmap import unit_heatmap

    options = staff.scales(book, staff.every_item(staff.dimensions(data, book)))
    groups = staff.dimensions(data, book)
    frames = [
        unit_heatmap(data.drop_nulls(cut), groups, unit=cut, metric=metric, **options, weights=weights, level=level)
        for cut in levels
        if several(data, cut)
    ]
    return as_one_family(frames, levels)


def changed_map(data, book, levels, *, wave, previous, person=None, weights=None, level=0.95):
    """Every unit of every level against its own last wave, one family; None without a wave before."""
    from cemlab.analyse.unit_heatmap import unit_heatmap

    if previous is None:
        return None
    options = staff.scales(book, staff.every_item(staff.dimensions(data, book)))
    options |= {"weights": weights, "level": level, "person": person}
    groups = staff.dimensions(data, book)
    waves = {"against": "previous", "current": wave, "previous": previous}
    frames = [unit_heatmap(data.drop_nulls(cut), groups, unit=cut, **waves, **options) for cut in levels]
    return as_one_family(frames, levels)


def drawn_in(data, book, levels, *, weights=None, level=0.95):
    """Scores of every unit drawn towards the company (`shrunken_units`), level by level; None without units."""
    from cemlab.analyse.unit_heatmap import shrunken_units

    groups = staff.dimensions(data, book)
    options = staff.scales(book, staff.every_item(groups)) | {"weights": weights, "level": level}
    frames = [shrunken_units(data.drop_nulls(cut), groups, unit=cut, **options) for cut in levels if several(data, cut)]
    frames = [frame[frame["metric"] == "favourable"] for frame in frames]
    return combine(frames, by=list(levels)) if frames else None


def several(data, cut):
    """Whether a level has at least two units."""
    return data.select(cut).drop_nulls().unique().collect().height > 1


def as_one_family(frames, levels):
    """Comparisons of all levels under one another, p-values adjusted over all of them."""
    frames = [frame for frame in frames if frame is not None and len(frame)]
    if not frames:
        return None
    out = combine(frames, by=list(levels))
    return out.assign(p_adjusted=adjust_p(out["p_value"], "bh"), adjust="bh")


def against_benchmarks(scores, book):
    """The company's dimensions against their benchmarks (a figure without error of its own); None without any.

    `scores` are index estimates of the whole company, without group columns. The interval is the score's own.
    """
    from scipy.stats import norm

    marks = {name: part.benchmark for name, part in book.employee_questions.dimensions.items()}
    rows = scores[(scores["metric"] == "favourable") & scores["item"].map(marks).notna()].reset_index(drop=True)
    if not len(rows):
        return None
    mark = rows["item"].map(marks).astype(float)
    gap = rows["estimate"] - mark
    with np.errstate(divide="ignore", invalid="ignore"):
        p = 2 * norm.sf(np.abs(gap / rows["se"]))
    out = rows.assign(
        reference=TARGET, reference_estimate=mark, n_reference=np.nan, difference=gap, difference_se=rows["se"],
        difference_low=rows["ci_low"] - mark, difference_high=rows["ci_high"] - mark, p_value=p, adjust="bh",
        p_adjusted=adjust_p(pd.Series(p), "bh"),
    )  # fmt: skip
    return comparisons(out)

"""Lines of sources by month: who gets a panel, what is drawn, what is left out."""

import pandas as pd
import pytest

from cemlab.report.charts_sources import lines_worth, month_name, source_panels
from cemlab.report.charts_text import volume_by_source


def months(source, values, n=200, first=4):
    rows = [
        {"source": source, "month": f"2026-{first + i:02d}", "estimate": v, "ci_low": None if v is None else v - 5,
         "ci_high": None if v is None else v + 5, "n": n, "status": "hidden" if v is None else "ok", "unit": "points"}
        for i, v in enumerate(values)
    ]  # fmt: skip
    return pd.DataFrame(rows)


FRAME = pd.concat([months("a", [10, 20, 30, 25]), months("b", [1, None, 3, 2], n=300), months("c", [1, None, None, 2])])


def test_two_months_are_no_line_and_the_largest_stands_first():
    assert lines_worth(FRAME, "source") == (["b", "a"], 1)


def test_panels_share_a_scale_and_tell_their_bases():
    fig = source_panels(FRAME, by="source", names=[("a", "甲"), ("b", "乙")])
    one, two = fig.axes
    assert one.get_ylim() == two.get_ylim()
    assert one.get_title(loc="left") == "甲（每月 n=200～200）"
    assert [line.get_ydata().tolist() for line in one.lines][1] == [10, 20, 30, 25]
    assert "乙 2026-04 1.0, 2026-06 3.0, 2026-07 2.0" in fig.cemlab_alt


def test_a_hidden_month_leaves_a_gap():
    (ax,) = source_panels(FRAME, by="source", names=[("b", "乙")]).axes
    assert pd.isna(ax.lines[0].get_ydata()[1])


@pytest.mark.parametrize(
    "lang, names", [("zh", ["2025年12月", "2026年1月", "2月"]), ("en", ["Dec 2025", "Jan 2026", "Feb"])]
)
def test_months_name_their_year_once(lang, names):
    known = ["2025-12", "2026-01", "2026-02"]
    assert [month_name(m, known, lang) for m in known] == names


def test_a_column_that_lacks_is_named():
    with pytest.raises(ValueError, match="ci_low"):
        source_panels(FRAME.drop(columns="ci_low"), by="source", names=[("a", "a")])


def test_columns_of_volume_stand_on_each_other():
    """Two periods, 3 + 1 and 2 + 4 reviews: the second source begins where the first ends; sums are told."""
    counted = pd.DataFrame({"a": [3, 2], "b": [1, 4]}, index=["4月6日", "4月13日"])
    fig = volume_by_source(counted, names=["甲", "乙"])
    boxes = [(bar.get_y(), bar.get_height()) for bar in fig.axes[0].patches]
    assert boxes == [(0, 3), (0, 2), (3, 1), (2, 4)]
    assert fig.cemlab_note == "合计：甲 5；乙 5。"

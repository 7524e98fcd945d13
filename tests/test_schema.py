"""The shapes of results."""

import pandas as pd
import pytest

from cemlab.measure.schema import ALL, COMPARISONS, ESTIMATES, MISSING, combine, comparisons, estimates

ROW = {
    "metric": "nps",
    "item": "recommend",
    "unit": "points",
    "estimate": 20.0,
    "n": 100,
    "level": 0.95,
    "method": "wald",
}


def test_columns_come_in_order_and_typed():
    table = estimates(pd.DataFrame([ROW | {"segment": None}]), by="segment")
    assert list(table.columns) == ["segment", *ESTIMATES]
    assert table.loc[0, "segment"] == MISSING
    assert table["n"].dtype == "int64"
    assert table.loc[0, "status"] == "ok"
    assert list(comparisons(pd.DataFrame([ROW])).columns) == COMPARISONS


def test_combine_names_the_total():
    total = estimates(pd.DataFrame([ROW]))
    cut = estimates(pd.DataFrame([ROW | {"segment": "a"}, ROW | {"segment": "b"}]), by="segment")
    table = combine([total, cut])
    assert table["segment"].tolist() == [ALL, "a", "b"]
    assert list(combine([total, cut], by=["store", "segment"]).columns[:2]) == ["store", "segment"]


def test_combine_keeps_estimates_and_comparisons_apart():
    with pytest.raises(ValueError, match="different shapes"):
        combine([estimates(pd.DataFrame([ROW])), comparisons(pd.DataFrame([ROW]))])
    with pytest.raises(ValueError, match="no frames given"):
        combine([])


def test_an_unknown_status_is_refused():
    with pytest.raises(ValueError, match="status \\['fine'\\] is not one of"):
        estimates(pd.DataFrame([ROW | {"status": "fine"}]))

"""The same figures from pandas, polars (eager and lazy) and a local Spark session, to 1e-9."""

import importlib.util
import os
import shutil
import sys

import numpy as np
import pandas as pd
import polars as pl
import pytest

from cemlab.measure.persons import distinct_persons
from cemlab.measure.scores import bottom_box, distribution, effort_score, mean_score, nps, nps_shares, top_box
from cemlab.measure.weights import rake, weight_summary

RNG = np.random.default_rng(20)
SIZE = 2000
DATA = pd.DataFrame(
    {
        "recommend": np.where(RNG.random(SIZE) < 0.1, np.nan, RNG.integers(0, 11, SIZE)),
        "overall": np.where(RNG.random(SIZE) < 0.1, np.nan, RNG.integers(1, 6, SIZE)),
        "wait": RNG.gamma(2.0, 7.0, SIZE),
        "segment": RNG.choice(["1", "2", "新客"], SIZE),
        "code": RNG.integers(1, 4, SIZE),
        "store": RNG.choice([f"s{i:02}" for i in range(40)], SIZE),
        "_person": RNG.choice([f"p{i}" for i in range(900)], SIZE),
        "w": RNG.uniform(0.3, 3.0, SIZE),
    }
)
DATA["recommend__why"] = np.where(
    DATA["recommend"].isna(), np.where(RNG.random(SIZE) < 0.5, "no_answer", "not_asked"), None
)
MEASURES = {
    "nps": lambda data: nps(data, "recommend"),
    "nps weighted by two cuts": lambda data: nps(data, "recommend", by=["segment", "code"], weights="w"),
    "nps clustered": lambda data: nps(data, "recommend", by="segment", weights="w", cluster="store"),
    "nps shares": lambda data: nps_shares(data, "recommend", by="code"),
    "top box of two items": lambda data: top_box(
        data, ["overall", "recommend"], scale=(0, 10), by="segment", weights="w"
    ),
    "bottom box": lambda data: bottom_box(data, "overall", scale=(1, 5), method="linearised", weights="w"),
    "mean of a scale": lambda data: mean_score(data, "overall", scale=(1, 5), by="code", weights="w"),
    "mean of an amount": lambda data: mean_score(data, "wait", by="segment", cluster="store"),
    "effort": lambda data: effort_score(data, "overall", scale=(1, 5), by="segment"),
    "distribution": lambda data: distribution(data, "overall", scale=(1, 5), weights="w"),
    "weights": lambda data: weight_summary(data, "w", by="segment"),
    "persons": lambda data: distinct_persons(data, ["segment", ["segment", "code"]], items="recommend"),
}


@pytest.fixture(scope="module")
def spark():
    """A local Spark session, or a skip that says what is missing."""
    if importlib.util.find_spec("pyspark") is None:
        pytest.skip("pyspark is not installed: pip install 'cemlab[spark]'")
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        pytest.skip("no Java: install a JRE (17 or later) or set JAVA_HOME")
    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.master("local[2]").appName("cemlab").config("spark.ui.enabled", "false")
    builder = builder.config("spark.sql.shuffle.partitions", "2").config("spark.driver.bindAddress", "127.0.0.1")
    session = builder.config("spark.driver.host", "127.0.0.1").getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()


@pytest.fixture(scope="module")
def spark_data(spark):
    """The answers as a Spark frame: missing is null there."""
    rows = DATA.astype(object).where(DATA.notna(), None)
    kinds = {"recommend": "double", "overall": "double", "wait": "double", "w": "double", "code": "bigint"}
    schema = ", ".join(f"`{column}` {kinds.get(column, 'string')}" for column in DATA.columns)
    return spark.createDataFrame([tuple(row) for row in rows.itertuples(index=False, name=None)], schema)


@pytest.mark.parametrize("name", MEASURES)
@pytest.mark.parametrize("engine", ["polars", "lazy"])
def test_polars_gives_the_figures_of_pandas(name, engine):
    frame = pl.from_pandas(DATA)
    got = MEASURES[name](frame if engine == "polars" else frame.lazy())
    pd.testing.assert_frame_equal(got, MEASURES[name](DATA), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", MEASURES)
def test_spark_gives_the_figures_of_pandas(name, spark_data):
    pd.testing.assert_frame_equal(MEASURES[name](spark_data), MEASURES[name](DATA), rtol=1e-9, atol=1e-9)


def test_spark_gets_the_weights_of_pandas(spark_data):
    targets = {"segment": {"1": 30, "2": 30, "新客": 40}, "code": {1: 50, 2: 30, 3: 20}}
    want = rake(DATA, targets, weights="w").data.sort_values(["wait"])["weight"]
    got = rake(spark_data, targets, weights="w").data.select("wait", "weight").collect()
    np.testing.assert_allclose([row["weight"] for row in sorted(got)], want, rtol=1e-9)

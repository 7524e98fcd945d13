"""What to improve first: exactly the planted touchpoint, nothing where nothing drives, and None where it cannot be said."""

import polars as pl
import pytest

from cemlab.analyse.touchpoint_drivers import claims_of, experiences_of, journey, study_drivers
from cemlab.codebook import load_codebook
from cemlab.report.findings import findings
from cemlab.report.verdict import key_claims, suggestions
from cemlab.simulate import PLANTED, TOUCHPOINTS, noise_answers, service_answers


@pytest.fixture(scope="module")
def codebook(root):
    return load_codebook(root / "data" / "codebooks" / "service_touchpoints.yml")


@pytest.fixture(scope="module")
def answers():
    part = service_answers().filter(wave="2026Q3").with_columns(pl.col(*TOUCHPOINTS).replace(9.0, None))
    why = [pl.when(pl.col(c).is_null()).then(pl.lit("not_applicable")).alias(f"{c}__why") for c in TOUCHPOINTS]
    return part.with_columns(*why, _person=pl.col("person").cast(pl.String), _replicate=pl.col("person") % 256).lazy()


def test_the_planted_touchpoint_is_the_one_key_experience(codebook, answers):
    drivers = study_drivers(answers, codebook, draws=1000)
    said = findings(claims_of(drivers), codebook)
    named = [row["item"] for row in key_claims(experiences_of(drivers), said)]
    assert named == [PLANTED["key_experience"]]
    assert "优先改进“早餐”：距目标 0.50 分" in suggestions(said, codebook, experiences=drivers.experiences)[0]
    assert drivers.experiences["item"].iloc[0] == PLANTED["key_experience"]
    assert set(drivers.paths["path"]) == {"cut", "convert"}


def test_without_drivers_nothing_is_named(codebook):
    """12 samples whose touchpoints have nothing to do with the outcome: at most one may name a key experience."""
    named = 0
    for seed in range(12):
        data = noise_answers(seed, drivers=False).filter(pl.col("_wave") == "2026Q3").lazy()
        drivers = study_drivers(data, codebook, draws=300)
        named += bool(key_claims(experiences_of(drivers), findings(claims_of(drivers), codebook)))
    assert named <= 1


def test_low_points_are_those_planted_low(codebook, answers):
    curve = journey(answers, codebook, draws=500).set_index("item")
    assert set(curve.index[curve["mark"] == "low_point"]) == {"breakfast", "complaint"}


def test_too_few_answers_or_touchpoints_give_none(codebook, answers):
    few = answers.collect().head(150).lazy()
    assert study_drivers(few, codebook) is None
    assert study_drivers(answers.drop(*[t for t in TOUCHPOINTS if t != "room"]), codebook) is None
    assert claims_of(None) == {}
    assert experiences_of(None) is None

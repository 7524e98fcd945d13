"""The employee study without a report: units and their names, bands, people followed; noise in, no claims out."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from cemlab.analyse import employee_exits as exits
from cemlab.analyse import employee_map as maps
from cemlab.analyse import employee_people as people
from cemlab.analyse import employee_study as staff
from cemlab.codebook import load_codebook
from cemlab.release.leavers import told_times
from cemlab.report.employee_report import scored
from cemlab.report.employee_units import find_unit, tree_of, unit_name
from cemlab.report.findings import claims, findings
from cemlab.simulate_employee import DIMENSIONS, ITEMS, REVERSED, employee_answers


@pytest.fixture
def book(root):
    return load_codebook(root / "data" / "codebooks" / "employee_engagement.yml")


def test_a_code_under_two_parents_carries_its_parents():
    rows = pl.LazyFrame({"site": ["x", "x", "y"], "team": ["a", "b", "a"]})
    made = staff.distinct_units(rows, ["site", "team"]).collect()
    assert made["team"].to_list() == ["x / a", "x / b", "y / a"]


def test_units_are_found_by_code_or_label_and_mistakes_are_named(book):
    rows = pl.LazyFrame({"division": ["rd", "rd", "plant"], "department": ["apps", "design", "works2"], "team": ["t04", "t11", "t48"]})  # fmt: skip
    tree = tree_of(rows, ["division", "department", "team"], book)
    assert [node.code for node in tree] == ["rd", "apps", "t04", "design", "t11", "plant", "works2", "t48"]
    assert find_unit("二厂", tree, book) == find_unit("Works 2", tree, book) == ("department", "works2")
    assert [node.code for node in tree.around(("department", "apps"))] == ["rd", "apps", "t04"]
    assert unit_name(book, ("team", "t04"), "zh") == "应用研发部一组"
    with pytest.raises(ValueError, match="no unit 'Works 3'. Did you mean 'Works 2'"):
        find_unit("Works 3", tree, book)


def test_people_are_followed_from_their_answer_to_the_day_they_left(book):
    """Answered on 8 Sep 2025; one left 30 days later, one is still there on 31 Oct 2026, one left before."""
    days = [(date(2025, 10, 8) - date(1970, 1, 1)).days, None, (date(2025, 9, 1) - date(1970, 1, 1)).days]
    rows = pl.LazyFrame(
        {"_wave": ["2025"] * 3, "_date": [date(2025, 9, 8)] * 3, "left": pl.Series(days, dtype=pl.Float64), "engagement": [2.5, 4.5, 3.0]}
    )  # fmt: skip
    made = exits.followed(rows, book, "2025").collect()
    assert made["days__"].to_list() == [30.0, 418.0]
    assert made["gone__"].to_list() == [1.0, 0.0]
    assert made["band"].to_list() == ["low", "high"]


def pure_noise(seed):
    """Answers of which no dimension goes with another, with a unit, a wave or leaving: each is dealt anew among all who answered."""
    rng, rows = np.random.default_rng(seed), employee_answers(seed=seed, truth=False).filter(pl.col("answered") == 1)
    waves = []
    for wave in ("2025", "2026"):
        part = rows.filter(pl.col("wave") == wave)
        for name in DIMENSIONS:
            order = rng.permutation(len(part))
            part = part.with_columns(part[item][order].alias(item) for item in ITEMS if item.startswith(name))
        waves.append(part)
    turned = [(6 - pl.col(item)).alias(item) for item in REVERSED]
    left = pl.col("left").cast(pl.Date).cast(pl.Int32).cast(pl.Float64)
    return pl.concat(waves).drop(DIMENSIONS, strict=False).with_columns(
        *turned, left, pl.col("wave").alias("_wave"), pl.col("person").cast(pl.String).alias("_person"),
        pl.col("answered_on").cast(pl.Date).alias("_date"),
    )  # fmt: skip


@pytest.mark.parametrize("seed", [5, 3])
def test_noise_in_no_claims_out(book, seed):
    """Every unit, wave, dimension, driver and band differs by chance only: some 500 tests, no sentence."""
    rows = pure_noise(seed).lazy()
    both = scored(rows, book).collect().lazy()
    now = both.filter(pl.col("_wave") == "2026")
    changes = staff.wave_changes(both, book, wave="2026", previous="2025", person="_person")
    tested = maps.tested_map(rows.filter(pl.col("_wave") == "2026"), book, ["division", "department", "team"])
    drivers = people.drivers(now, book, "engagement", unit="team", draws=200, seed=seed)
    followed = exits.followed(both, book, "2025")
    _, ratios = exits.survival(followed, told_times(followed, 10))
    candidates = {"wave": changes, "unit": tested, "driver": people.driver_claims(drivers)}
    said = findings(candidates | {"turnover": exits.turnover_claim(ratios, "engagement")}, book)
    assert len(said) > 500 and set(said["kind"]) == {"wave", "unit", "driver", "turnover"}
    assert len(claims(said)) == 0

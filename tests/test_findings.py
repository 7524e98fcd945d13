"""Sentences from rows: one family, nothing from noise, everything that was planted, and the right words."""

import pandas as pd
import polars as pl
import pytest

from cemlab.analyse.touchpoints import candidate_claims, headline, this_wave
from cemlab.codebook import load_codebook
from cemlab.measure.schema import comparisons
from cemlab.report.findings import claims, findings, minimum_effect, with_family
from cemlab.report.verdict import headline_figures, opening_sentence, suggestions, top_findings
from cemlab.report.wording import gap, number, value
from cemlab.simulate import PLANTED, TOUCHPOINTS, noise_answers, service_answers

SEGMENTS = ["purpose", "gender", "age", "tier", "member", "channel"]


@pytest.fixture(scope="module")
def codebook(root):
    return load_codebook(root / "data" / "codebooks" / "service_touchpoints.yml")


@pytest.fixture(scope="module")
def answers():
    unused = pl.col(*TOUCHPOINTS).replace(9.0, None)
    return service_answers().rename({"wave": "_wave", "person": "_person"}).with_columns(unused).lazy()


@pytest.fixture(scope="module")
def table(codebook, answers):
    waves = {"wave": "2026Q3", "previous": "2026Q2"}
    return findings(candidate_claims(answers, codebook, **waves, segments=SEGMENTS, person="_person"), codebook)


def row(**changes):
    base = {"metric": "nps", "item": "recommend", "unit": "points", "estimate": 22.0, "n": 1200, "n_eff": 1200.0}
    base |= {"reference": "2026Q2", "n_reference": 1200, "difference": -14.0, "difference_low": -20.3}
    return base | {"difference_high": -7.7, "p_value": 1e-5, "level": 0.95, "status": "ok"} | changes


def test_the_report_says_exactly_what_was_planted(table):
    said = claims(table)
    found = {(r.kind, r.metric, r.item, *([r.cut] if r.cut else [])) for r in said.itertuples()}
    assert found == PLANTED["claims"]


def test_planted_figures_stand_in_the_sentences(table):
    said = claims(table).set_index(["kind", "item"])["sentence"]
    assert "净推荐值 NPS 22.0 分，较2026年第二季度显著下降 14.0 分（95% 置信区间" in said["wave", "recommend"]
    assert "显著下降 16.0 个百分点" in said["wave", "breakfast"]
    assert "“商务出差”的受访者：净推荐值 NPS 5.0 分，显著低于其余受访者 28.3 分" in said["group", "recommend"]


@pytest.mark.parametrize("block", range(4))
def test_noise_makes_no_claims(codebook, block):
    """50 samples of pure noise a block, 200 in all: any claim in at most 18 of 200 (99 % binomial bound of 5 %).

    Each block of 50 may hold at most 4, so that 200 samples stay at 16 or fewer.
    """
    with_claim = 0
    for seed in range(50 * block, 50 * block + 50):
        waves = {"wave": "2026Q3", "previous": "2026Q2"}
        candidates = candidate_claims(noise_answers(seed), codebook, **waves, segments=SEGMENTS)
        with_claim += len(claims(findings(candidates, codebook))) > 0
    assert with_claim <= 4


def test_one_family_is_stricter_than_single_tests(codebook):
    """20 candidates at p = 0.03: none may be said, though each alone would be."""
    frame = comparisons(pd.DataFrame([row(p_value=0.03) for _ in range(20)]))
    extra = comparisons(pd.DataFrame([row(p_value=0.9) for _ in range(20)]))
    assert len(claims(findings({"wave": frame, "group": extra.assign(gender="1")}, codebook))) == 0


def test_certain_claims_of_one_kind_do_not_carry_doubtful_ones_of_another(codebook):
    """Raw 0.02, 0.5 and 0.9 alone make 0.06; beside 20 certain changes Benjamini-Hochberg alone would make 0.02 of it."""
    groups = [row(gender=f"{i}", reference="(rest)", p_value=p) for i, p in enumerate((0.02, 0.5, 0.9))]
    groups = comparisons(pd.DataFrame(groups), by="gender")
    waves = comparisons(pd.DataFrame([row(item=f"q{i}", p_value=1e-9) for i in range(20)]))
    out = findings({"group": groups, "wave": waves}, codebook)
    assert out["verdict"].value_counts().to_dict() == {"claim": 20, "not_significant": 3}
    assert out.loc[out["p_value"] == 0.02, "p_family"].tolist() == pytest.approx([0.06])


def test_a_claim_needs_its_minimum_effect(codebook):
    small = comparisons(pd.DataFrame([row(difference=-2.5, difference_low=-3.1, difference_high=-1.9)]))
    out = findings({"wave": small}, codebook)
    assert out.loc[0, "verdict"] == "small_effect"
    assert "小于约定的最小值得关注的差异（3.0 分）" in out.loc[0, "sentence"]
    assert minimum_effect(codebook, "top_box") == 2


def test_two_groups_are_one_test(table):
    assert table[(table["cut"] == "gender") & (table["metric"] == "nps")].shape[0] == 1
    assert table[(table["cut"] == "purpose") & (table["metric"] == "nps")]["group"].tolist() == ["business"]


def test_a_handful_of_others_does_not_make_two_tests_of_one(codebook):
    """Men against the rest and women against the rest are one test with 9 others, two with 400 others."""
    men = row(gender="1", reference="(rest)", n=1295, n_reference=1341, p_value=1e-5)
    women = row(gender="2", reference="(rest)", difference=13.9, n=1332, n_reference=1304, p_value=1.2e-5)
    others = row(gender="3", reference="(rest)", n=9, n_reference=2627, p_value=None, status="not_estimable")
    frame = comparisons(pd.DataFrame([men, women, others]), by="gender")
    out = findings({"group": frame}, codebook)
    assert out["group"].tolist() == ["1", "3"]
    assert with_family(frame, "group", out)["verdict"].tolist() == ["claim", "claim", "not_estimable"]
    many = [men | {"n_reference": 1732}, women | {"n_reference": 1695}, others | {"n": 400}]
    assert len(findings({"group": comparisons(pd.DataFrame(many), by="gender")}, codebook)) == 3


def test_what_could_not_be_tested_says_of_whom_and_why(codebook):
    untested = {"p_value": None, "status": "not_estimable"}
    group = comparisons(pd.DataFrame([row(gender="1", reference="(rest)", **untested)]), by="gender")
    wave = comparisons(
        pd.DataFrame([row(n_reference=0, **untested), row(item="overall", metric="top_box", **untested)])
    )
    said = findings({"group": group, "wave": wave}, codebook)["sentence"].tolist()
    assert said[0].endswith("的受访者：净推荐值 NPS 样本不足，未作检验。") and "性别" in said[0]
    assert said[1] == "净推荐值 NPS：上期未问此题，未作检验。"
    assert said[2].endswith("：样本不足，未作检验。")


def test_missing_groups_and_untested_rows_make_no_claim(codebook):
    frame = comparisons(
        pd.DataFrame(
            [
                row(gender=None, reference="(rest)"),
                row(gender="1", reference="(rest)", p_value=None, status="not_estimable"),
                row(gender="2", reference="(rest)"),
            ]
        ),
        by="gender",
    )
    out = findings({"group": frame}, codebook)
    assert out["group"].tolist() == ["2", "1"]
    assert out["verdict"].tolist() == ["claim", "not_estimable"]
    assert "样本不足，未作检验" in out.loc[1, "sentence"]


def test_no_candidates_no_findings(codebook):
    out = findings({}, codebook)
    assert len(out) == 0
    assert suggestions(out, codebook) == ["本期没有经检验成立的下降或落后，无需专项整改；按原计划继续监测。"]


def test_the_first_screen(codebook, answers, table):
    cards = headline_figures(headline(this_wave(answers, "2026Q3"), codebook), table, codebook, previous="2026Q2")
    assert [c["value"] for c in cards] == ["22.0 分", "67.0%", "70.0%"]
    assert [c["change"] for c in cards] == [
        "较2026年第二季度显著下降 14.0 分",
        "较2026年第二季度显著下降 10.0 个百分点",
        "较2026年第二季度未见显著变化",
    ]
    assert opening_sentence(cards, table).startswith(
        "净推荐值 NPS 22.0 分，较2026年第二季度显著下降 14.0 分；总体满意度 67.0%"
    )
    assert len(top_findings(table)) == 3
    advice = suggestions(table, codebook)
    assert "早餐" in advice[0]
    assert "商务出差" in advice[1]
    alone = headline_figures(
        headline(this_wave(answers, "2026Q3"), codebook), findings({}, codebook), codebook, previous=None
    )
    assert {c["change"] for c in alone} == {"无上期可比"}


def test_english_on_request(codebook, answers):
    waves = {"wave": "2026Q3", "previous": "2026Q2"}
    candidates = candidate_claims(answers, codebook, **waves, segments=["purpose"])
    said = claims(findings(candidates, codebook, lang="en"))["sentence"].tolist()
    assert "NPS 22.0 points, significantly down 14.0 points since Q2 2026" in " ".join(said)
    assert "Breakfast (top boxes) 62.0%, significantly down 16.0 percentage points" in " ".join(said)


@pytest.mark.parametrize(
    "text, expected",
    [
        (gap(-3.04, "percent", "zh"), "3.0 个百分点"),
        (gap(5, "points", "zh"), "5.0 分"),
        (value(62, "percent", "zh"), "62.0%"),
        (value(-0.04, "points", "zh"), "0.0 分"),
        (number(-0.001, "mean"), "0.00"),
    ],
)
def test_units_are_worded_by_the_house_rules(text, expected):
    assert text == expected
